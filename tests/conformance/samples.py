"""What the validators are given: the sites' PDFs, and one that every validator must blame."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pikepdf

from publish.build import build

from ..conftest import SHARED
from ..test_images import PRINTED
from ..test_seed import copied, update
from ..translators import fill

ROOT = Path(__file__).parent.parent.parent


def sample_site(root: Path) -> Path:
    """Publish the site that this repository is, from a copy; where it lies."""
    copy_sample(root)
    return _built(root)


def copy_sample(root: Path) -> None:
    """Copy what makes this repository a site."""
    shutil.copytree(
        ROOT, root, ignore=shutil.ignore_patterns(".*", "output", "tests", "__pycache__")
    )


def seed_site(root: Path) -> Path | None:
    """Publish the real commentary beside the project, if it is there, with its translations."""
    if not (SHARED / "seed-site").is_dir():
        return None
    copied(root)
    update(root)
    fill(root, root / "translations")
    update(root)
    return _built(root)


def pictures_site(root: Path) -> Path:
    """Publish a small site whose editions show every kind of image."""
    shutil.copytree(ROOT / "tests/site", root)
    piece = root / "sources/pieces/harbour-lights.md"
    with piece.open("a", encoding="utf-8") as text:
        for name, data in PRINTED.items():
            suffix = ".png" if data.startswith(b"\x89PNG") else ".jpg"
            file = name.replace(" ", "-") + suffix
            piece.with_name(file).write_bytes(data)
            text.write(f'\n![{name}]({file} "It is {name}.")\n')
        # Where else an image can stand: in a line, in a link, in a cell, in a list, in a note.
        shown = f"![an image]({file})"
        text.write(f"\nA line with {shown} in it.[^n]\n\n[{shown}](https://harbour.example/)\n")
        text.write(f"\n| a | b |\n| - | - |\n| {shown} | c |\n\n- {shown}\n\n> {shown}\n")
        text.write(f"\n[^n]: A note with {shown} in it.\n")
    return _built(root)


def _built(root: Path) -> Path:
    build(root, jobs=os.cpu_count() or 1)
    return root / "output"


def untagged(path: Path) -> Path:
    """Write a PDF of one page without tags, language, title, metadata or embedded font."""
    with pikepdf.new() as document:
        page = document.add_blank_page(page_size=(300, 200))
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        page.Contents = document.make_stream(b"BT /F1 12 Tf 20 100 Td (Nobody hears this.) Tj ET")
        document.save(path)
    return path
