"""What the validators are given: sites, and what every validator must blame."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pikepdf

from publish import pdf
from publish.build import build
from publish.model import Pdf
from publish.workers import Engine

from .. import sites
from ..conftest import NOW, SHARED
from ..test_images import PRINTED
from ..test_seed import copied, update
from ..translators import fill

ROOT = Path(__file__).parent.parent.parent


def sample_site(root: Path, engine: Engine = pdf.render) -> Path:
    """Publish the site that this repository is, from a copy; where it lies."""
    copy_sample(root)
    return built(root, engine)


def copy_sample(root: Path) -> None:
    """Copy what makes this repository a site."""
    shutil.copytree(
        ROOT, root, ignore=shutil.ignore_patterns(".*", "output", "tests", "__pycache__")
    )


def seed_site(root: Path, engine: Engine = pdf.render) -> Path | None:
    """Publish the real commentary beside the project, if it is there, with its translations."""
    if not (SHARED / "seed-site").is_dir():
        return None
    copied(root)
    update(root)
    fill(root, root / "translations")
    update(root)
    return built(root, engine)


def mixed_site(root: Path, engine: Engine = pdf.render) -> Path:
    """Publish a small site with all that a page can show, its passages and languages mixed."""
    sites.mixed(root)
    return built(root, engine)


def made_site(root: Path, engine: Engine = pdf.render) -> Path:
    """Publish a site in five languages of which chance decides who has what, with odd titles."""
    sites.made(root, 2, ("tr", "fa", "en", "pt-BR", "ru"), pieces=12)
    return built(root, engine)


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
    return built(root)


def unprinted(job: pdf.Job) -> Pdf:
    """Stands in for a PDF where nobody reads it."""
    return Pdf(b"%PDF-1.7 " + job.edition.encode(), 3)


def built(root: Path, engine: Engine = pdf.render) -> Path:
    """Publish the site in `root`; where it lies."""
    build(root, jobs=1 if engine is unprinted else os.cpu_count() or 1, engine=engine, now=NOW)
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


BAD_PAGE = """\
<!doctype html>
<html>
<head><meta charset="utf-8"><title></title></head>
<body><img src="a.png"><p id="a" style="color: #eee; colr: red">Hardly seen<p id="a"></body>
</html>
"""
"""No language, no title, a picture without words, an id twice, faint text, a property unknown."""

BAD_FEED = """\
<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>a</title><updated>2026-03-04</updated></feed>
"""
"""No id, and a day in place of an instant."""

ANONYMOUS_FEED = """\
<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<id>urn:a</id><title>a</title><updated>2026-03-04T00:00:00Z</updated>
<entry><id>urn:b</id><title>b</title><updated>2026-03-04T00:00:00Z</updated>
<link href="https://a.example/" hreflang="tr"/><link href="https://b.example/" hreflang="tr"/>
</entry>
</feed>
"""
"""What a grammar lets pass: an entry without an author, two alternates of one kind and language."""

BAD_SITEMAP = """\
<?xml version="1.0" encoding="utf-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
    xmlns:xhtml="http://www.w3.org/1999/xhtml">
<url><lastmod>1st of May</lastmod><xhtml:link rel="alternate" href="/a/"/></url>
</urlset>
"""
"""No address, no date, a version without its language."""

BAD_INDEX = """\
<?xml version="1.0" encoding="utf-8"?>
<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"></sitemapindex>
"""
"""Nothing in it."""
