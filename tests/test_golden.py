"""The sample site's PDFs as texts that a person can read: `tests/golden/<slug>.<tag>.txt`.

Each says what the PDF says about itself, its outline, its tags with their languages, where its
notes stand, and every page line by line. `pytest tests/test_golden.py --refresh` writes them anew:
read every line of the difference.
"""

from __future__ import annotations

import ctypes
import shutil
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

from publish import pdf
from publish.build import build
from publish.model import Pdf

from .pdfs import Tag, artifacts, fonts, in_order, metadata, opened, outline, pages, tags

ROOT = Path(__file__).parent.parent
GOLDEN = Path(__file__).parent / "golden"
ENGINE = GOLDEN / "engine.txt"
EDITIONS = sorted(path.stem for path in GOLDEN.glob("*.*.txt"))


def engine() -> str:
    """What decides where lines and pages end, beside texts and style sheet."""
    found = [f"{name} {version(name)}" for name in ("weasyprint", "fontpkg-source-serif-4")]
    for name, function in (
        ("pango-1.0", "pango_version_string"),
        ("harfbuzz", "hb_version_string"),
    ):
        call = getattr(ctypes.CDLL(f"lib{name}.so.0"), function)
        call.restype = ctypes.c_char_p
        found.append(f"{name} {call().decode()}")
    return "".join(f"{line}\n" for line in found)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Pdf]:
    """The PDFs of this repository's own site by `<slug>.<tag>`."""
    root = tmp_path_factory.mktemp("sample")
    for name in ("sources", "locales", "templates"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copyfile(ROOT / "pyproject.toml", root / "pyproject.toml")
    found: dict[str, Pdf] = {}

    def render(job: pdf.Job) -> Pdf:
        slug, _, tag = job.edition.partition(", ")
        found[f"{slug}.{tag}"] = pdf.render(job)
        return found[f"{slug}.{tag}"]

    build(root, engine=render)
    return found


# ── A PDF as a text ──────────────────────────────────────────────────────────────────────────

INLINE = frozenset({"Span", "NonStruct", "Link", "Reference", "Lbl", "Figure"})


def told(name: str, made: Pdf) -> str:
    with opened(made.content) as document:
        said = metadata(document)
        tree = tags(document)
        lines = [f"{name}.pdf, {made.pages} pages, language {document.Root['/Lang']}", ""]
        lines += [f"{key}: {said[key]}" for key in sorted(said) if key != "pdf:Producer"]
        lines += ["", "── Fonts ──", "", *sorted(fonts(document)), "", "── Outline ──", ""]
        lines += [f"{'  ' * level}{title}  {page}" for level, title, page in outline(document)]
        lines += ["", "── Tags ──", "", *structure(tree, 0), "", "── Notes ──", ""]
        calls, notes = list(tree.all("Reference")), list(tree.all("Note"))
        for call, note in zip(calls, notes, strict=True):
            number = call.text.strip()
            lines.append(f"{number}: called on page {call.page}, stands on {standing(note)}")
        for index, (page, text) in enumerate(
            zip(document.pages, pages(made.content), strict=True), start=1
        ):
            lines += ["", f"── Page {index}, artifacts: {artifacts(page) or 'none'} ──", ""]
            lines += [line.rstrip() for line in text.split("\n")]
    return "\n".join(lines).rstrip("\n") + "\n"


def standing(note: Tag) -> str:
    found = sorted({note.page, *(tag.page for tag in note.all())})
    return ", ".join(map(str, found))


def structure(tag: Tag, depth: int) -> Iterator[str]:
    """An element a line, with its language where it says one, and its words."""
    blocks = [kid for kid in tag.kids if not flat(kid)]
    language = f" [{tag.own}]" if tag.own else ""
    if not blocks:
        words = " ".join("".join(marked(part) for part in tag.parts).replace("\xad", "").split())
        yield f"{'  ' * depth}{tag.kind}{language}  {words}".rstrip()
        return
    yield f"{'  ' * depth}{tag.kind}{language}"
    for kid in tag.kids:
        yield from structure(kid, depth + 1)


def flat(tag: Tag) -> bool:
    """Whether an element is part of a line of words."""
    return tag.kind in INLINE and all(flat(kid) for kid in tag.kids)


def marked(part: Tag | str) -> str:
    """The words of an inline element: ‹links›, ^marks, {language: passages}, (pictures)."""
    if isinstance(part, str):
        return part
    words = "".join(marked(kid) for kid in part.parts)
    if part.kind == "Figure":
        words = f"({part.alt})"
    elif part.kind == "Reference":
        words = "^" + words.strip("‹›")
    elif part.kind == "Link":
        words = f"‹{words}›"
    return f"{{{part.own}: {words}}}" if part.own else words


# ── Tests ────────────────────────────────────────────────────────────────────────────────────


def test_every_edition_of_the_sample_site_has_its_file(
    sample: dict[str, Pdf], request: pytest.FixtureRequest
) -> None:
    if request.config.getoption("--refresh"):
        for old in GOLDEN.glob("*.txt"):
            old.unlink()
        for name, made in sample.items():
            (GOLDEN / f"{name}.txt").write_text(told(name, made), encoding="utf-8")
        ENGINE.write_text(engine(), encoding="utf-8")
        pytest.skip("written anew: read the difference")
    assert sorted(sample) == EDITIONS


@pytest.mark.parametrize("name", EDITIONS)
def test_an_edition_is_as_its_file_says(
    name: str, sample: dict[str, Pdf], request: pytest.FixtureRequest
) -> None:
    if engine() != ENGINE.read_text(encoding="utf-8"):
        pytest.skip(f"lines end elsewhere with this engine: {engine().split()}")
    if request.config.getoption("--refresh"):
        pytest.skip("written anew: read the difference")
    assert told(name, sample[name]) == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


def test_no_edition_has_a_complaint_or_weighs_too_much(sample: dict[str, Pdf]) -> None:
    for name, made in sample.items():
        assert (name, made.problems) == (name, ())
        assert len(made.content) < 150_000


def test_every_note_stands_on_the_page_of_its_mark(sample: dict[str, Pdf]) -> None:
    counted = 0
    for made in sample.values():
        with opened(made.content) as document:
            tree = tags(document)
        for call, note in zip(tree.all("Reference"), tree.all("Note"), strict=True):
            assert next(call.all("Span")).page == next(note.all("Span")).page
            counted += 1
    assert counted > 20


def test_all_but_notes_is_drawn_in_the_order_in_which_it_is_read(sample: dict[str, Pdf]) -> None:
    for made in sample.values():
        with opened(made.content) as document:
            assert in_order(document) > 0.9


def test_what_can_never_stand_in_a_golden_file_would_be_seen(sample: dict[str, Pdf]) -> None:
    name, made = next(iter(sample.items()))
    text = told(name, made)
    assert text.count("── Page ") == made.pages
    assert "pdfuaid:part: 1" in text
    assert "called on page" in text
