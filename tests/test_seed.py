"""The acceptance run on a real published commentary with real notes, in three languages."""

from __future__ import annotations

import json
import re
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

import pikepdf
import pytest
from click.testing import CliRunner
from selectolax.lexbor import LexborHTMLParser, LexborNode

from publish import built
from publish.build import Report, build
from publish.check import check
from publish.cli import main
from publish.errors import Severity
from publish.load import configuration, load
from publish.locales import parse

from .conftest import SHARED
from .pdfs import text
from .test_pdf import right_to_left
from .translators import fill

pytestmark = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the real texts in ../shared are not here"
)

SLUG, AUTHOR = "taliban-divergence", "dogacan-basaran"
PERSIAN = "چنین صفحهای وجود ندارد"
TITLES = {
    "en": "Taliban Divergence in Russia-Iran Relations?",
    "tr": "Rusya-İran İlişkilerinde Taliban Ayrışması mı?",
    "ru": "Расхождение вокруг «Талибана» в российско-иранских отношениях?",
}
SETTINGS = """\
[tool.publish]
title = "Model"
base_url = "https://model.example"
languages = ["en", "tr", "ru"]
"""


@dataclass(frozen=True)
class Run:
    """What became of the site at each step of the acceptance run."""

    root: Path
    filled: int
    made: dict[str, str]
    """Catalogues that the first update made."""
    translated: dict[str, str]
    """The same, filled in."""
    second: dict[str, str]
    """After the second update."""
    third: dict[str, str]
    """After the third."""
    report: Report
    first: dict[str, bytes]
    """`output/` after the first build."""
    again: dict[str, bytes]
    """`output/` after the second."""


def update(root: Path) -> dict[str, str]:
    result = CliRunner(catch_exceptions=False).invoke(main, ["-C", str(root), "update"])
    assert (result.exit_code, result.stderr) == (0, "")
    return catalogues(root)


def catalogues(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root / "locales").as_posix(): path.read_text(encoding="utf-8")
        for path in sorted((root / "locales").rglob("*"))
        if path.is_file()
    }


def tree(root: Path) -> dict[str, bytes]:
    folder = root / "output"
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def copied(target: Path) -> Path:
    """A copy of the model site that may be written, with nothing but its settings added."""
    shutil.copytree(SHARED / "seed-site", target)
    for path in (target, *target.rglob("*")):
        path.chmod(path.stat().st_mode | stat.S_IWUSR)
    (target / "pyproject.toml").write_text(SETTINGS, encoding="utf-8")
    return target


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    root = copied(tmp_path_factory.mktemp("seed") / "site")
    made = update(root)
    filled = fill(root, root / "translations")
    translated = catalogues(root)
    second, third = update(root), update(root)
    report = build(root)
    first = tree(root)
    build(root)
    return Run(root, filled, made, translated, second, third, report, first, tree(root))


def test_nothing_is_wrong_with_what_was_built(run: Run) -> None:
    assert built.check(run.root, configuration(run.root)) == ()


@pytest.fixture(scope="module")
def pages(run: Run) -> dict[str, LexborHTMLParser]:
    """The piece's page by language."""
    return {tag: parsed(run.first[f"{tag}/{SLUG}/index.html"]) for tag in TITLES}


def parsed(content: bytes) -> LexborHTMLParser:
    return LexborHTMLParser(content.decode())


def pdf(run: Run, tag: str) -> bytes:
    return run.first[f"{tag}/{SLUG}/{SLUG}.{tag}.pdf"]


# ── Catalogues ───────────────────────────────────────────────────────────────────────────────


def test_update_makes_a_template_for_each_source_and_a_catalogue_for_each_language(
    run: Run,
) -> None:
    piece, author = f"pieces/{SLUG}", f"authors/{AUTHOR}"
    assert sorted(run.made) == sorted(
        [
            *(f"{name}.pot" for name in (piece, author, "tags")),
            *(f"{tag}/LC_MESSAGES/{piece}.po" for tag in ("tr", "ru")),
            *(f"{tag}/LC_MESSAGES/{author}.po" for tag in ("en", "ru")),
            *(f"{tag}/LC_MESSAGES/tags.po" for tag in ("tr", "ru")),
        ]
    )


def test_every_translation_finds_its_message_and_every_message_its_translation(run: Run) -> None:
    rows = sum(
        len(json.loads(path.read_text(encoding="utf-8")))
        for path in (run.root / "translations").glob("*.json")
    )
    assert run.filled == rows == 60
    for path, content in run.translated.items():
        if path.endswith(".po"):
            assert not re.search(r'msgstr ""\n(?:\n|\Z)', content), path


def test_the_second_update_remembers_completion_and_changes_nothing_else(run: Run) -> None:
    assert list(run.second) == list(run.translated)
    changed = {path for path in run.second if run.second[path] != run.translated[path]}
    assert changed == {f"{tag}/LC_MESSAGES/pieces/{SLUG}.po" for tag in ("tr", "ru")}
    for path in changed:
        before, after = run.translated[path].splitlines(), run.second[path].splitlines()
        [added] = [line for line in after if line not in before]
        assert re.fullmatch(r'"X-Completed: \d{4}-\d\d-\d\d\\n"', added)
        assert [line for line in after if line != added] == before


def test_the_third_update_changes_nothing(run: Run) -> None:
    assert run.third == run.second


def test_nothing_is_wrong_with_the_site(run: Run) -> None:
    found = check(load(run.root))
    assert [str(problem) for problem in found if problem.severity is Severity.ERROR] == []


def test_the_text_shows_what_an_editor_would_mend(run: Run) -> None:
    found = check(load(run.root))
    assert {(problem.code, problem.span.line) for problem in found} == {
        *(("S18", 7), ("S31", 11), ("S11", 19), ("S19", 27), ("S19", 41), ("S17", 41)),
        *(("S15", 47), ("S15", 49), ("S15", 51)),
    }


# ── The site ─────────────────────────────────────────────────────────────────────────────────


def test_the_build_makes_three_pages_and_three_pdfs(run: Run) -> None:
    assert (run.report.pages, run.report.pdfs) == (3, 3)
    assert run.report.held == ()
    assert {problem.severity for problem in run.report.problems} <= {
        Severity.WARNING,
        Severity.NOTE,
    }
    assert {path for path in run.first if SLUG in path} == {
        path
        for tag in TITLES
        for path in (
            f"{tag}/{SLUG}/index.html",
            *(f"{tag}/{SLUG}/{SLUG}.{tag}.{kind}" for kind in ("pdf", "bib", "ris")),
        )
    }


def test_a_second_build_gives_the_same_bytes(run: Run) -> None:
    assert run.again == run.first


@pytest.mark.parametrize("tag", TITLES)
def test_each_page_has_its_title_and_links_the_other_two_by_their_own_names(
    pages: dict[str, LexborHTMLParser], tag: str
) -> None:
    page = pages[tag]
    [heading] = page.css("h1")
    assert heading.text().replace("\u00a0", " ") == TITLES[tag]
    for other in TITLES:
        name = parse(other).endonym
        links = page.css(f"a[hreflang={other}][lang={other}]")
        inside = [node for node in links if node.text() == name]
        assert inside, (tag, other)
        expected = "./" if other == tag else f"../../{other}/{SLUG}/"
        assert {node.attributes["href"] for node in inside} == {expected}


def test_the_english_page_names_the_turkish_and_the_russian_one(
    pages: dict[str, LexborHTMLParser],
) -> None:
    [line] = [
        node
        for node in pages["en"].css("main p")
        if "This piece is also available in" in node.text()
    ]
    assert [node.text() for node in line.css("a")] == ["Türkçe", "Русский"]


@pytest.mark.parametrize("tag", TITLES)
def test_the_persian_title_is_marked_on_each_page(
    pages: dict[str, LexborHTMLParser], tag: str
) -> None:
    assert [
        node.text() for node in pages[tag].css("span") if node.attributes.get("lang") == "fa"
    ] == [PERSIAN]
    [span] = pages[tag].css("span[lang=fa]")
    assert span.attributes == {"lang": "fa", "dir": "rtl"}


@pytest.mark.parametrize("tag", TITLES)
def test_the_three_notes_lead_there_and_back(pages: dict[str, LexborHTMLParser], tag: str) -> None:
    page = pages[tag]
    marks = page.css("a[role=doc-noteref]")
    assert len(marks) == 3
    for mark in marks:
        [note] = page.css(str(mark.attributes["href"]))
        [back] = note.css("a[role=doc-backlink]")
        assert back.attributes["href"] == f"#{mark.attributes['id']}"


def test_no_translated_page_has_a_passage_of_the_original(
    pages: dict[str, LexborHTMLParser],
) -> None:
    for tag in ("tr", "ru"):
        foreign = [node.text() for node in pages[tag].css("article [lang=en]")]
        # The site has one name in all languages, which the citation marks as what it is.
        assert set(foreign) == {"English", "Model"}


BIO = {
    "en": "graduated in 2014",
    "tr": "mezun olmuştur",
    "ru": "окончил",
}


@pytest.mark.parametrize("tag", TITLES)
def test_the_biography_is_in_the_pages_language(
    run: Run, pages: dict[str, LexborHTMLParser], tag: str
) -> None:
    for page in (pages[tag], parsed(run.first[f"{tag}/authors/{AUTHOR}/index.html"])):
        [passage] = [node for node in page.css("p") if BIO[tag] in node.text()]
        assert language(passage) == tag
    assert BIO[tag] in text(pdf(run, tag))


def language(node: LexborNode) -> str:
    """The language that an element is in, by itself or by what holds it."""
    current: LexborNode | None = node
    while current is not None:
        if tag := current.attributes.get("lang"):
            return tag
        current = current.parent
    return ""


def test_without_its_translation_the_biography_is_turkish_and_says_so(
    run: Run, tmp_path: Path
) -> None:
    root = tmp_path / "site"
    shutil.copytree(run.root, root, ignore=shutil.ignore_patterns("output", ".output*"))
    path = f"en/LC_MESSAGES/authors/{AUTHOR}.po"
    (root / "locales" / path).write_text(run.made[path], encoding="utf-8")
    build(root, pdfs=False)
    page = parsed((root / f"output/en/{SLUG}/index.html").read_bytes())
    [passage] = [node for node in page.css("p") if BIO["tr"] in node.text()]
    assert language(passage) == "tr"
    assert [node.attributes["lang"] for node in page.css("html")] == ["en"]
    assert BIO["en"] not in page.text()
    turkish = parsed((root / f"output/tr/{SLUG}/index.html").read_bytes())
    [same] = [node for node in turkish.css("p") if BIO["tr"] in node.text()]
    assert language(same) == "tr"
    assert turkish.css("article section[lang]") == []


# ── The PDFs ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("tag", TITLES)
def test_each_pdf_is_whole(run: Run, tag: str, tmp_path: Path) -> None:
    file = tmp_path / "edition.pdf"
    file.write_bytes(pdf(run, tag))
    with pikepdf.open(file) as document:
        assert 4 <= len(document.pages) <= 6
        assert document.Root["/Lang"] == tag
        assert document.docinfo["/Title"] == TITLES[tag]
    assert file.stat().st_size < 150_000


@pytest.mark.parametrize("tag", TITLES)
def test_each_pdf_can_be_read_out(run: Run, tag: str) -> None:
    words = text(pdf(run, tag))
    assert TITLES[tag] in words
    assert right_to_left(pdf(run, tag)) == PERSIAN.replace(" ", "")
    for other in TITLES:
        if other != tag:
            assert parse(other).endonym in words


def test_pages_say_how_long_their_pdf_is(run: Run, pages: dict[str, LexborHTMLParser]) -> None:
    for tag, page in pages.items():
        [link] = page.css("main a[type='application/pdf']")
        numbers = re.findall(r"\d+", link.text())
        size = -(-len(pdf(run, tag)) // 1000)
        assert int(numbers[1]) == size
        assert 4 <= int(numbers[0]) <= 6
        assert parse(tag).endonym in link.text()
