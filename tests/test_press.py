"""What each file hangs on: what changed is made anew, what did not is kept, and why is told."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from publish import check, html, memo, output, press, search, snapshot, toolchain, urls
from publish.build import Report, build
from publish.edition import Planner
from publish.errors import Problem, PublishError, Span, stopping
from publish.html import Renderer
from publish.locales import parse
from publish.memo import Memo
from publish.model import Artefact, Edition, Pdf, Run, Settings
from publish.pdf import Job
from publish.press import ASPECTS, _Press
from publish.survey import survey

from . import sites
from .conftest import NOW
from .rebuilds import Late
from .test_build import LIGHTS, LIGHTS_TR, blames, edit, tree

PORT = "sources/pieces/liman-isiklari.md"
ADA = "sources/authors/ada-deniz.md"
PORT_EN = "locales/en/LC_MESSAGES/pieces/liman-isiklari.po"
ADA_EN = "locales/en/LC_MESSAGES/authors/ada-deniz.po"
TAGS_TR = "locales/tr/LC_MESSAGES/tags.po"
OWN_TEMPLATES = Path(__file__).parent.parent / "templates"


def printed(job: Job) -> Pdf:
    """An engine whose PDFs are all of one length and tell what they were made of."""
    return Pdf(f"%PDF {snapshot.digest(repr(job).encode())}".encode(), 1)


def longer(job: Job) -> Pdf:
    """The same with a second page."""
    return dataclasses.replace(printed(job), pages=2)


def built(root: Path, **options: Any) -> Report:
    """A build at the usual moment."""
    whole: dict[str, Any] = {"engine": printed, "now": NOW} | options
    return build(root, **whole)


@pytest.fixture(autouse=True, scope="module")
def _silent() -> Iterator[None]:
    """Whether templates parse and are translated is looked at elsewhere; it takes longer than all
    else."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(check, "interface_faults", lambda _: iter(()))
        yield


def skipped(report: Report) -> dict[str, list[str]]:
    """What stays as it was, and the languages in which it is published."""
    return {one.path: [locale.tag for locale in one.locales] for one in report.skipped}


def counts(report: Report) -> tuple[int, int, int]:
    """How many pages, PDFs and lists were made anew."""
    return report.pages_rendered, report.pdfs_rendered, report.lists_rendered


# ── Which change renders what ────────────────────────────────────────────────────────────────


def own(name: str, old: str = "", new: str = "") -> Callable[[Path], None]:
    """A template of the site's own, that of the package with a change."""

    def change(root: Path) -> None:
        (root / "templates").mkdir(exist_ok=True)
        text = (OWN_TEMPLATES / name).read_text(encoding="utf-8")
        assert old in text
        (root / "templates" / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def added(name: str, text: str) -> Callable[[Path], None]:
    """Text at the end of a template."""

    def change(root: Path) -> None:
        own(name)(root)
        with (root / "templates" / name).open("a", encoding="utf-8") as file:
            file.write(text)

    return change


def edited(path: str, old: str, new: str) -> Callable[[Path], None]:
    return lambda root: edit(root / path, old, new)


def set_to(line: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        with (root / "pyproject.toml").open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")

    return change


def touched(root: Path) -> None:
    for path in root.rglob("*.*"):
        path.touch()


def untagged(root: Path) -> None:
    for path in (LIGHTS, PORT):
        edit(root / path, "tags: [Sea]", "tags: []")


def repainted(root: Path) -> None:
    Image.new("RGB", (40, 40), "red").save(root / "sources/pieces/lamp.png")


def unshown(root: Path) -> None:
    Image.new("RGB", (40, 40), "red").save(root / "sources/pieces/unshown.png")


def interface_word(root: Path) -> None:
    path = root / "locales/tr/LC_MESSAGES/interface.po"
    shutil.copy(snapshot.packaged_theme() / "locales/tr/LC_MESSAGES/interface.po", path)
    text = path.read_text(encoding="utf-8")
    head, _, rest = text.partition('msgid "Notes"\nmsgstr "')
    assert rest
    path.write_text(f'{head}msgid "Notes"\nmsgstr "X{rest}', encoding="utf-8")


def corrected(root: Path) -> None:
    words = '{ date: 2026-04-01, text: "Another year." }'
    edit(root / PORT, "tags: [Sea]", f"tags: [Sea]\ncorrections: [{words}]")


EVERYTHING = (4, 4, 10)
NOTHING = (0, 0, 0)

CHANGES: Mapping[str, tuple[Callable[[Path], None], tuple[int, int, int]]] = {
    "nothing": (lambda _: None, NOTHING),
    "times": (touched, NOTHING),
    "a paragraph of a translation": (edited(LIGHTS_TR, "İki görev", "İki ödev"), (1, 1, 0)),
    "a title of a translation": (edited(LIGHTS_TR, "Liman Fenerleri", "Fenerler"), (2, 2, 4)),
    "a paragraph of a piece": (edited(PORT, "yanar", "söner"), (2, 2, 0)),
    "a word of the biography": (edited(ADA, "Bu kişi", "Kişi"), (4, 4, 2)),
    "the affiliation": (edited(ADA, "Deniz hukuku", "Hukuk"), (4, 4, 2)),
    "a correction": (corrected, (2, 2, 8)),
    "the name of a topic": (edited(TAGS_TR, 'msgstr "Deniz"', 'msgstr "Denizler"'), (2, 2, 2)),
    "the site's title": (edited("pyproject.toml", "Harbour Papers", "Papers"), (4, 2, 10)),
    "the licence": (set_to('licence = "CC BY 4.0"'), EVERYTHING),
    "the size of paper": (set_to('pdf = { paper = "Letter" }'), (4, 4, 8)),
    "feeds": (set_to("feeds = false"), (4, 0, 9)),
    "the page size": (set_to("page_size = 19"), (4, 0, 8)),
    "a word of the interface": (interface_word, (4, 0, 8)),
    "the screen's style sheet": (added("screen.css", "\n"), (4, 0, 10)),
    "paper's style sheet": (added("print.css", "\n"), (0, 4, 0)),
    "the template of pages": (added("edition.html", "\n"), (4, 0, 0)),
    "the template of print": (added("print.html", "\n"), (0, 4, 0)),
    "a template that all pages have": (added("base.html", "\n"), (4, 0, 10)),
    "a template that pages and lists have": (added("_pieces.html", "\n"), (4, 0, 6)),
    "the template of the front": (added("front.html", "\n"), (0, 0, 2)),
    "the template of series, of which there are none": (added("series.html", "\n"), NOTHING),
    "a template that nobody includes": (own("_notice.html"), NOTHING),
    "an image": (repainted, (2, 2, 0)),
    "an image that nobody shows": (unshown, NOTHING),
}
"""What is changed, and how many pages, PDFs and lists that renders. Where the template says the
same as before, pages are made anew and PDFs are found to be the same."""


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small whole site with an image, built once."""
    root = tmp_path_factory.mktemp("begun") / "site"
    shutil.copytree(Path(__file__).parent / "site", root)
    Image.new("RGB", (40, 40), "blue").save(root / "sources/pieces/lamp.png")
    edit(root / LIGHTS, "## Two", "![A lamp](lamp.png)\n\n## Two")
    report = built(root)
    assert counts(report) == (report.pages, report.pdfs, report.lists) == EVERYTHING
    return root


@pytest.fixture
def standing(begun: Path, tmp_path: Path) -> Path:
    """A copy of it, with its memory and its output."""
    return Path(shutil.copytree(begun, tmp_path / "standing"))


@pytest.mark.parametrize("name", CHANGES)
def test_what_hangs_on_a_change_is_made_anew_and_nothing_else(standing: Path, name: str) -> None:
    change, expected = CHANGES[name]
    change(standing)
    assert counts(built(standing)) == expected
    assert counts(built(standing)) == NOTHING


def test_a_pdf_of_another_length_is_told_on_the_pages(standing: Path) -> None:
    report = built(standing, engine=longer)
    assert counts(report) == (4, 4, 0)
    assert counts(built(standing, engine=longer)) == NOTHING
    # Back again: pages are found no more in `output/`, but every PDF is remembered.
    assert counts(built(standing)) == (4, 0, 0)


def test_a_list_shows_what_became_of_pieces_in_other_languages_only(standing: Path) -> None:
    edit(standing / PORT, "tags: [Sea]", "tags: [Sea]\nhold: [en]")
    built(standing)
    front = "en/index.html"
    assert "Liman Işıkları" in tree(standing)[front].decode()
    edit(standing / PORT, "Liman Işıkları", "Limanın Işıkları")
    built(standing)
    assert "Limanın Işıkları" in tree(standing)[front].decode()


@pytest.mark.parametrize("name", ["a paragraph of a piece", "a word of the biography"])
def test_what_search_finds_is_made_anew_with_what_it_finds(
    standing: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def artefacts(found: Iterable[object]) -> list[Artefact]:
        made.append(repr(list(found)))
        return [Artefact(f"{urls.BUNDLE}index", made[-1].encode())]

    monkeypatch.setattr(search, "artefacts", artefacts)
    monkeypatch.setattr(search, "missing_extra", lambda _: ())
    set_to("search = true")(standing)
    built(standing)
    CHANGES["the page size"][0](standing)
    built(standing, explain="x")
    CHANGES[name][0](standing)
    built(standing)
    built(standing, explain="x")
    assert len(made) == len(set(made)) + 1 == 3


def test_drafts_and_their_absence_are_two_sites(standing: Path) -> None:
    before = tree(standing)
    assert counts(built(standing, drafts=True)) == (4, 0, 10)
    assert counts(built(standing)) == (4, 0, 10)
    assert tree(standing) == before


def test_what_got_lost_or_was_changed_in_the_output_is_made_again(standing: Path) -> None:
    before = tree(standing)
    (standing / "output/en/harbour-lights/index.html").write_text("x", encoding="utf-8")
    (standing / "output/tr/harbour-lights/harbour-lights.tr.pdf").unlink()
    (standing / "output/en/index.html").unlink()
    report = built(standing)
    assert counts(report) == (1, 0, 1)
    assert tree(standing) == before
    shutil.rmtree(standing / "output")
    assert counts(built(standing)) == (4, 0, 10)
    assert tree(standing) == before
    shutil.rmtree(standing / ".publish-cache/pdfs")
    shutil.rmtree(standing / "output")
    assert counts(built(standing)) == EVERYTHING
    assert tree(standing) == before


# ── Parts ────────────────────────────────────────────────────────────────────────────────────


def pressed(root: Path, *, drafts: bool = False) -> _Press:
    """What makes the files of a site as it is, before it makes any."""
    known = survey(root, snapshot.take(root), Memo(None), letters=False)
    order = press.Order(NOW, True, drafts, False, "")
    nothing = output.Standing({}, False)
    with output.stage(root, nothing) as stage:
        return _Press(root, known, Memo(None), nothing, stage, order, printed)


def parts(root: Path, *, drafts: bool = False) -> dict[str, str]:
    """What the page of the translation hangs on, and its PDF."""
    one = pressed(root, drafts=drafts)
    [edition] = [
        found
        for found in one.plan.editions
        if (found.slug, found.locale.tag) == ("harbour-lights", "tr")
    ]
    paper, page = one._paper(), one._page_parts(edition, None)
    images = {"the contents of its images": memo.key(one._contents(edition))}
    return {**paper, PRINT: paper["the templates"], **page, **images}


PRINT = "the templates of its PDF"
TEXT = "the piece or its translation"
AUTHORS = "its authors"
VERSIONS = "its versions in other languages"
BESIDE = "the pieces it is shown with"
LINKS = "where its links lead"

PARTS: Mapping[str, tuple[Callable[[Path], None], set[str]]] = {
    "nothing": (touched, set()),
    "the translation": (edited(LIGHTS_TR, "İki görev", "İki ödev"), {TEXT}),
    "the name of the translator": (
        edited(LIGHTS_TR, "Last-Translator: ", "Last-Translator: Ayşe <a@b.example>"),
        {TEXT},
    ),
    "the title": (edited(LIGHTS_TR, "Liman Fenerleri", "Fenerler"), {TEXT}),
    "the biography": (edited(ADA, "Bu kişi", "Kişi"), {AUTHORS}),
    "the name": (edited(ADA, "name: Ada Deniz", "name: Ada Su"), {AUTHORS, BESIDE}),
    "a translation of the biography": (
        edited(ADA_EN, 'msgstr "Dr."', 'msgstr "Doctor"'),
        set(),
    ),
    "the title of a related piece": (edited(PORT, "Liman Işıkları", "Işıklar"), {BESIDE}),
    "the text of a related piece": (edited(PORT, "yanar", "söner"), set()),
    "that a related piece goes": (
        edited(PORT, "tags: [Sea]", "tags: [Sea]\ndraft: true"),
        {BESIDE, LINKS},
    ),
    "the day of an update": (
        edited(LIGHTS, "tags: [Sea]", "tags: [Sea]\nupdated: 2026-03-05"),
        {TEXT},
    ),
    "the name of a topic": (
        edited(TAGS_TR, 'msgstr "Deniz"', 'msgstr "Denizler"'),
        {"its topics and its series"},
    ),
    "another address of a topic": (
        set_to('slugs = { Sea = "ocean" }'),
        {"the settings", "its topics and its series"},
    ),
    "another language": (
        edited("pyproject.toml", '["en", "tr"]', '["en", "tr", "fa"]'),
        {"the settings", VERSIONS},
    ),
    "the default language": (
        set_to('default_language = "tr"'),
        {"the settings", VERSIONS, "its topics and its series"},
    ),
    "that there are topics no more": (
        untagged,
        {"its topics and its series", "which lists of topics there are"},
    ),
    "an image": (repainted, {LINKS, "its images", "the contents of its images"}),
    "the licence": (set_to('licence = "CC BY 4.0"'), {"the settings"}),
    "a template": (added("edition.html", "\n"), {"the templates"}),
    "a template within": (added("_macros.html", "\n"), {"the templates", PRINT}),
    "a template of texts": (added("_changed.html", "\n"), {"the templates", PRINT}),
    "another template": (added("front.html", "\n"), set()),
    "a template of print": (added("print.html", "\n"), {PRINT}),
    "a style sheet": (added("screen.css", "\n"), {"the style sheets"}),
    "the style sheet of paper": (added("print.css", "\n"), {"the style sheet of paper"}),
    "words of the interface": (interface_word, {"the words of the interface"}),
}


@pytest.fixture(scope="module")
def parts_before(begun: Path) -> dict[str, str]:
    """The parts of the site that nobody changed."""
    return parts(begun)


@pytest.mark.parametrize("name", PARTS)
def test_what_a_file_hangs_on_has_a_name(
    standing: Path, parts_before: dict[str, str], name: str
) -> None:
    change, expected = PARTS[name]
    change(standing)
    now = parts(standing)
    assert now.keys() == parts_before.keys()
    assert {part for part in now if now[part] != parts_before[part]} == expected


def test_a_preview_and_another_program_are_parts_too(
    begun: Path, parts_before: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def changed(now: Mapping[str, str]) -> set[str]:
        return {part for part in now if now[part] != parts_before[part]}

    assert changed(parts(begun, drafts=True)) == {"the settings", "whether it is a preview"}
    monkeypatch.setattr(toolchain, "engine", lambda: "another")
    assert changed(parts(begun)) == {"what sets PDFs"}
    monkeypatch.setattr(toolchain, "program", lambda: "another")
    assert changed(parts(begun)) == {
        "what sets PDFs",
        "this program, its libraries or fonts",
    }


def other_than(value: Any) -> Any:
    """A value that is not equal."""
    if isinstance(value, str):
        return f"{value}x"
    if isinstance(value, tuple):
        return value[1:] if value else (parse("ru"),)
    if isinstance(value, int):
        return value + 1
    return Run("another", parse("ru"))


OF_ASPECTS = {name: aspect for aspect, names in ASPECTS.items() for name in names}
FIELDS = [field.name for field in dataclasses.fields(Edition)]


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_of_an_edition_is_in_a_part(begun: Path, name: str) -> None:
    whole = _pressed_once(begun)
    one = whole.plan.editions[1]
    version = whole._planner.versions[LIGHTS, one.locale]
    before, key = whole._edition(one), memo.key(whole._facts(one))
    values: dict[str, Any] = {
        "slug": "liman-isiklari",
        "locale": parse("en"),
        "body": one.body,  # it is left out, and known by its digest instead
    }
    values = {name: values.get(name) or other_than(getattr(one, name))}
    if name == "body":
        other = dataclasses.replace(version, digest="another")
        whole._planner.versions[LIGHTS, one.locale] = other
    changed = dataclasses.replace(one, **values)
    after = whole._edition(changed)
    assert memo.key(whole._facts(changed)) != key
    assert OF_ASPECTS.get(name, TEXT) in {part for part in after if after[part] != before[part]}
    whole._planner.versions[LIGHTS, one.locale] = version


_PRESSES: dict[Path, _Press] = {}


def _pressed_once(root: Path) -> _Press:
    if root not in _PRESSES:
        _PRESSES[root] = pressed(root)
    return _PRESSES[root]


def test_the_aspects_name_fields_and_each_once() -> None:
    named = [name for names in ASPECTS.values() for name in names]
    assert len(set(named)) == len(named)
    assert set(named) < {*FIELDS, "links"}


# ── What a template includes ─────────────────────────────────────────────────────────────────

TEMPLATES = {
    "a.html": "{% extends 'b.html' %}{%- include \"c.html\" ignore missing with context -%}",
    "b.html": "{% from 'd.html' import x, y with context %}{% include 'missing.html' %}",
    "c.html": "{% include 'a.html' %}{%import 'e.html' as e%}",
    "d.html": "",
    "e.html": "{{ 'f.html' }}{# nothing #}",
    "f.html": "{% set include = 1 %}{{ include }}",
    "dynamic.html": "{% include name %}",
    "joined.html": "{% include 'a' ~ '.html' %}",
    "chosen.html": "{% extends 'd.html' if x else 'e.html' %}",
    "several.html": "{% include ['d.html', 'e.html'] %}",
    "within.html": "{% include('d.html') %}",
    "escaped.html": "{% include '\\x64.html' %}",
    "far.html": "{% include 'deep.html' %}",
    "deep.html": "{% include name ~ '%' %}",
    "tight.html": "{%+include'd.html'%}",
    "lines.html": "{%\n  include\n  'd.html'\n  without context\n%}",
    "_changed.html": "",
    "_notice.html": "{% include 'd.html' %}",
    "screen.css": "",
}
ALWAYS = {"_changed.html", "_notice.html", "d.html"}
SITE = Settings({"en": "A"}, "https://a.example", (parse("en"),), parse("en"))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.html", {"a.html", "b.html", "c.html", "e.html"}),
        ("c.html", {"a.html", "b.html", "c.html", "e.html"}),
        ("d.html", set()),
        ("e.html", {"e.html"}),
        ("f.html", {"f.html"}),
        ("tight.html", {"tight.html"}),
        ("lines.html", {"lines.html"}),
        *((f"{name}.html", set(TEMPLATES)) for name in ("dynamic", "joined", "chosen", "within")),
        *((f"{name}.html", set(TEMPLATES)) for name in ("several", "escaped", "far", "deep")),
        ("missing.html", set()),
    ],
)
def test_the_closure_of_a_template_is_all_that_it_may_show(name: str, expected: set[str]) -> None:
    renderer = Renderer(SITE, TEMPLATES, {}, {})
    found = renderer.closure(name)
    assert dict(found) == {one: TEMPLATES[one] for one in expected | ALWAYS}
    assert found == tuple(sorted(found))


def test_the_closure_of_each_packaged_template_is_smaller_than_the_theme() -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in OWN_TEMPLATES.iterdir()}
    renderer = Renderer(SITE, texts, {}, {})
    for name in texts:
        names = {one for one, _ in renderer.closure(name)}
        assert names >= {name, *html._BY_CODE}
        assert len(names) < len(texts)
    assert "print.html" not in dict(renderer.closure("edition.html"))
    assert "_languages.html" in dict(renderer.closure("front.html"))


# ── Reasons ──────────────────────────────────────────────────────────────────────────────────

PAGE = "tr/harbour-lights/index.html"
PAPER = "tr/harbour-lights/harbour-lights.tr.pdf"
KEPT = "it was kept: all that it hangs on is as it was"


def why(root: Path, path: str, **options: Any) -> tuple[str, ...]:
    return built(root, explain=path, **options).reasons


def test_a_first_build_says_that_it_is_the_first(site: Path) -> None:
    first = "it is not remembered that it was ever rendered before"
    assert why(site, PAGE) == (first,)
    assert why(site, PAGE) == (KEPT,)
    assert why(site, PAGE, clean=True) == (first,)


@pytest.mark.parametrize(
    ("path", "name", "expected"),
    [
        (PAGE, "nothing", [KEPT]),
        (PAPER, "nothing", [KEPT]),
        ("tr/index.html", "nothing", [KEPT]),
        (PAGE, "a paragraph of a translation", [f"{TEXT}: not what it was"]),
        (PAPER, "a paragraph of a translation", [f"{TEXT}: not what it was"]),
        (PAGE, "a word of the biography", [f"{AUTHORS}: not what it was"]),
        (PAGE, "paper's style sheet", [KEPT]),
        (PAPER, "paper's style sheet", ["the style sheet of paper: not what it was"]),
        (
            "tr/index.html",
            "a title of a translation",
            ["the list: not what it was", f"{LIGHTS}, as listed: not what it was"],
        ),
        (
            "tr/authors/ada-deniz/index.html",
            "a word of the biography",
            ["the author: not what it was"],
        ),
        (
            "index.html",
            "nothing",
            ["it is made in every build, since it shows nearly all of the site"],
        ),
        ("nowhere.html", "nothing", []),
    ],
)
def test_the_reasons_are_told_for_the_file_that_somebody_asked_about(
    standing: Path, path: str, name: str, expected: list[str]
) -> None:
    CHANGES[name][0](standing)
    assert list(why(standing, path)) == expected


@pytest.mark.parametrize(
    "path", ["en/index.html", "en/topics/sea/index.html", "en/authors/ada-deniz/index.html"]
)
def test_a_list_says_which_pieces_came_and_went(standing: Path, path: str) -> None:
    changed = ("the list: not what it was",)
    edit(standing / PORT, "summary:", "draft: true\nsummary:")
    assert why(standing, path) == (*changed, f"{PORT}, as listed: it is not there any more")
    edit(standing / PORT, "draft: true\nsummary:", "summary:")
    assert why(standing, path) == (*changed, f"{PORT}, as listed: it was not there")
    (standing / PORT_EN).unlink()
    assert why(standing, path) == (*changed, f"{PORT}, as listed: not what it was")


def test_a_list_that_changes_without_its_pieces_names_none(standing: Path) -> None:
    edit(standing / "pyproject.toml", "Harbour Papers", "Papers")
    told = why(standing, "en/topics/sea/index.html")
    assert told == ("the settings: not what it was",)


def test_a_file_that_is_gone_is_told_to_be_missing(standing: Path) -> None:
    (standing / "output" / PAGE).unlink()
    assert why(standing, PAGE) == ("output/ does not have it as it was rendered last",)


def test_what_is_published_no_longer_is_not_explained_for_ever(standing: Path) -> None:
    set_to("search = false")(standing)
    known = remembered_parts(standing, drafts=True)
    page, paper = "tr/liman-isiklari/index.html", "tr/liman-isiklari/liman-isiklari.tr.pdf"
    assert {page, paper, "en/index.html"} <= known
    edit(standing / PORT, "summary:", "draft: true\nsummary:")
    edit(standing / LIGHTS, "summary:", "former_slugs: [old-lights]\nsummary:")
    now = remembered_parts(standing)
    assert known - now == {
        f"{tag}/liman-isiklari/{name}"
        for tag in ("en", "tr")
        for name in ("index.html", f"liman-isiklari.{tag}.pdf")
    }
    assert now - known == {f"{tag}/old-lights/index.html" for tag in ("en", "tr")}
    # PDFs that were not asked for are not gone.
    assert remembered_parts(standing, pdfs=False) == now
    edit(standing / LIGHTS, "summary:", "sumary:")
    assert remembered_parts(standing, keep_going=True) == now


def remembered_parts(root: Path, **options: Any) -> set[str]:
    """The files of which it is remembered after a build what they hang on."""
    built(root, **options)
    with memo.opened(root) as memory:
        rows = memory._database.execute("SELECT key FROM memory WHERE kind = 'parts'")
        return {key for (key,) in rows}


def test_a_build_that_nobody_asks_gives_no_reasons(standing: Path) -> None:
    CHANGES["the licence"][0](standing)
    assert built(standing).reasons == ()


# ── Faults of PDFs, and builds that go on all the same ───────────────────────────────────────


def but(slug: str, code: str = "B1") -> Callable[[Job], Pdf]:
    """An engine that has a fault to tell of one piece's PDFs."""

    def engine(job: Job) -> Pdf:
        return (blames(code) if slug in job.source else printed)(job)

    engine.__qualname__ = f"but.{slug}.{code}"
    return engine


def test_a_warning_of_a_pdf_is_told_again_when_it_is_kept(site: Path) -> None:
    first = built(site, engine=but("harbour", "B3"))
    again = built(site, engine=but("harbour", "B3"), explain="x")
    assert [one.code for one in first.problems] == ["B3", "B3"]
    assert again.problems == first.problems
    assert counts(again) == NOTHING


def test_a_pdf_with_a_fault_stops_a_build_and_the_others_are_remembered(site: Path) -> None:
    made: list[str] = []

    def engine(job: Job) -> Pdf:
        made.append(job.edition)
        return but("harbour")(job)

    with pytest.raises(PublishError) as caught:
        built(site, engine=engine)
    assert [one.span.path for one in caught.value.problems] == [LIGHTS, LIGHTS]
    assert len(made) == 4
    with pytest.raises(PublishError):
        built(site, engine=engine)
    assert [name.partition(",")[0] for name in made[4:]] == ["harbour-lights"] * 2
    assert not (site / "output").exists()


def test_a_piece_whose_pdf_has_a_fault_stays_as_it_was(standing: Path) -> None:
    before = tree(standing)
    edit(standing / LIGHTS, "Two duties", "Three duties")
    edit(standing / PORT, "yanar", "söner")
    report = built(standing, engine=but("harbour"), keep_going=True)
    assert [(one.code, one.span.path) for one in report.problems if one.code[0] == "B"] == [
        ("B1", LIGHTS)
    ] * 2
    now = tree(standing)
    assert now.keys() == before.keys()
    assert skipped(report) == {LIGHTS: ["en", "tr"]}
    changed = {path for path in now if now[path] != before[path]}
    assert not [path for path in changed if "/harbour-lights/" in path]
    assert {"tr/liman-isiklari/index.html", "tr/liman-isiklari/liman-isiklari.tr.pdf"} <= changed
    # Mended, it comes out as if nothing had been.
    built(standing)
    after = tree(standing)
    built(standing, clean=True)
    assert tree(standing) == after


@pytest.mark.parametrize("fault", ["a key", "a catalogue", "no author", "a new author"])
def test_a_piece_with_a_fault_keeps_all_that_stands_of_it(standing: Path, fault: str) -> None:
    before = tree(standing)
    if fault == "a key":
        edit(standing / LIGHTS, "summary:", "sumary:")
    elif fault == "a catalogue":
        edit(standing / LIGHTS_TR, 'msgstr "İki görev"', 'msgstr "İki görev')
    elif fault == "no author":
        (standing / ADA).unlink()
    else:
        edit(standing / LIGHTS, "authors: [ada-deniz]", "authors: [ada-deniz, bo]")
        (standing / "sources/authors/bo.md").write_text("---\nnam: B\n---\n", encoding="utf-8")
    with pytest.raises(PublishError) as caught:
        built(standing)
    report = built(standing, keep_going=True)
    assert report.problems == caught.value.problems
    author = {ADA: ["en", "tr"]} if fault == "no author" else {}
    bo: dict[str, list[str]] = {"sources/authors/bo.md": []} if fault == "a new author" else {}
    pieces = {LIGHTS: ["en", "tr"]} | ({PORT: ["en", "tr"]} if fault == "no author" else {})
    assert skipped(report) == {**author, **bo, **pieces}
    assert tree(standing) == before
    assert counts(built(standing, keep_going=True)) == NOTHING


def test_a_faulty_piece_that_never_stood_is_held_and_the_others_appear(site: Path) -> None:
    edit(site / PORT, "summary:", "sumary:")
    report = built(site, keep_going=True)
    assert (report.pages, report.pdfs) == (2, 2)
    assert not [path for path in tree(site) if "liman-isiklari" in path]
    assert {problem.span.path for problem in report.problems} == {PORT}
    assert skipped(report) == {PORT: []}


def test_a_piece_that_stays_is_told_with_the_languages_that_it_has(site: Path) -> None:
    (site / PORT_EN).unlink()
    built(site)
    edit(site / PORT, "summary:", "sumary:")
    assert skipped(built(site, keep_going=True)) == {PORT: ["tr"]}


def test_an_author_with_a_fault_stays_and_is_told(standing: Path) -> None:
    edit(standing / ADA, "name:", "nam:")
    report = built(standing, keep_going=True)
    assert skipped(report)[ADA] == ["en", "tr"]


def test_redirects_are_counted(site: Path) -> None:
    for numbers in ((2, 2, 0), (2, 0, 2)):
        if numbers[1]:
            edit(site / LIGHTS, "summary:", "former_slugs: [old-lights]\nsummary:")
        report = built(site)
        told = (report.redirects, report.redirects_rendered, report.redirects_reused)
        assert told == numbers
    edit(site / LIGHTS, "[old-lights]", "[old-lights, older-lights]")
    report = built(site)
    assert (report.redirects, report.redirects_rendered) == (4, 2)


def test_a_fault_that_is_of_no_piece_stops_also_a_build_that_goes_on(standing: Path) -> None:
    before = tree(standing)

    def engine(job: Job) -> Pdf:
        problem = Problem("B1", "a style sheet", Span(job.stylesheet_path))
        return dataclasses.replace(printed(job), problems=(problem,))

    edit(standing / LIGHTS, "Two duties", "Three duties")
    with pytest.raises(PublishError) as caught:
        built(standing, engine=engine, keep_going=True)
    assert "/print.css concerns the whole site" in caught.value.why
    with pytest.raises(PublishError) as caught:
        built(standing, engine=engine)
    assert caught.value.why == ""
    assert tree(standing) == before


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (TAGS_TR, 'msgstr "Deniz"', 'msgstr "Deniz'),
        ("pyproject.toml", "languages", "langauges"),
    ],
)
def test_a_fault_of_the_whole_site_is_told_by_its_file_to_who_wanted_to_go_on(
    standing: Path, path: str, old: str, new: str
) -> None:
    before = tree(standing)
    edit(standing / path, old, new)
    edit(standing / LIGHTS, "summary:", "sumary:")
    with pytest.raises(PublishError) as caught:
        built(standing, keep_going=True)
    assert f" wrong with {path} concerns the whole site" in caught.value.why
    with pytest.raises(PublishError) as caught:
        built(standing)
    assert caught.value.why == ""
    assert tree(standing) == before


def test_a_piece_that_does_not_fit_what_stays_stops_a_build_that_goes_on(standing: Path) -> None:
    """The piece as it was has the former name that another has been given."""
    edit(standing / LIGHTS, "summary:", "former_slugs: [old-lights]\nsummary:")
    built(standing)
    before = tree(standing)
    edit(standing / LIGHTS, "former_slugs: [old-lights]\nsummary:", "sumary:")
    edit(standing / PORT, "summary:", "former_slugs: [old-lights]\nsummary:")
    with pytest.raises(PublishError) as caught:
        built(standing, keep_going=True)
    assert "S33" in {problem.code for problem in caught.value.problems}
    assert caught.value.why.endswith(f" does not fit: {PORT}")
    assert tree(standing) == before


@pytest.mark.parametrize("shared", ["a former address", "the address of a topic"])
def test_what_two_pieces_cannot_both_have_stops_a_build_that_goes_on(
    standing: Path, shared: str
) -> None:
    """Also where the piece that the fault is told of had it before, and would keep it."""
    first, second = sorted((LIGHTS, PORT))
    if shared == "a former address":
        mine = theirs = "former_slugs: [old-lights]"
    else:
        mine, theirs = "tags: [Big Air]", "tags: [Big-Air]"
        for path in (first, second):
            text = (standing / path).read_text(encoding="utf-8")
            (standing / path).write_text(re.sub(r"tags:.*\n", "", text), encoding="utf-8")
    edit(standing / second, "summary:", f"{mine}\nsummary:")
    built(standing)
    before = tree(standing)
    edit(standing / first, "summary:", f"{theirs}\nsummary:")
    with pytest.raises(PublishError) as caught:
        built(standing, keep_going=True)
    assert {"S33", "S36"} & {problem.code for problem in caught.value.problems}
    assert "does not fit" in caught.value.why
    assert tree(standing) == before


def test_a_piece_stays_as_it_was_however_long_nobody_touched_it(standing: Path) -> None:
    for number in range(memo.GENERATIONS + 3):
        words = "yanar", "söner"
        edit(standing / PORT, words[number % 2], words[1 - number % 2])
        built(standing)
    before = tree(standing)
    edit(standing / LIGHTS, "summary:", "sumary:")
    assert skipped(built(standing, keep_going=True)) == {LIGHTS: ["en", "tr"]}
    assert tree(standing) == before


@pytest.mark.parametrize("shape", ["a pipe", "a link", "a catalogue that is none"])
def test_a_piece_that_is_no_file_any_more_stays_as_it_was(standing: Path, shape: str) -> None:
    before = tree(standing)
    path = standing / (LIGHTS_TR if shape == "a catalogue that is none" else LIGHTS)
    text = path.read_text(encoding="utf-8")
    path.unlink()
    if shape == "a link":
        (standing / "elsewhere.md").write_text(text, encoding="utf-8")
        path.symlink_to(standing / "elsewhere.md")
    else:
        os.mkfifo(path)
    edit(standing / PORT, "yanar", "söner")
    report = built(standing, keep_going=True)
    assert skipped(report) == {LIGHTS: ["en", "tr"]}
    assert "F1" in {problem.code for problem in report.problems}
    now = tree(standing)
    assert {path for path in now if now[path] != before.get(path)} >= {
        "tr/liman-isiklari/index.html"
    }
    assert not [p for p in now if "/harbour-lights/" in p and now[p] != before[p]]


def test_what_could_be_made_before_a_pdf_had_a_fault_is_counted_and_explained(
    standing: Path,
) -> None:
    edit(standing / LIGHTS, "Two duties", "Three duties")
    edit(standing / PORT, "yanar", "söner")
    asked = "tr/liman-isiklari/liman-isiklari.tr.pdf"
    report = built(standing, engine=but("harbour"), keep_going=True, explain=asked)
    made = report.pdfs_rendered
    assert "the piece or its translation: not what it was" in report.reasons
    assert not any("kept" in reason for reason in report.reasons)
    assert made >= 1


@contextlib.contextmanager
def broken(root: Path, name: str) -> Iterator[None]:
    """A site with a template that fails on every page made from it."""
    path = root / "templates" / name
    path.parent.mkdir(exist_ok=True)
    text = (OWN_TEMPLATES / name).read_text(encoding="utf-8")
    head = "{% block content %}"
    path.write_text(text.replace(head, head + "{{ nothing.at.all }}"), encoding="utf-8")
    yield
    path.unlink()


def test_a_build_that_was_stopped_does_not_hide_why_a_file_is_rendered(standing: Path) -> None:
    page = "tr/liman-isiklari/index.html"
    edit(standing / PORT, "yanar", "söner")
    for _ in range(2):
        with pytest.raises(PublishError):
            built(standing, engine=but("harbour"), pdfs=True, explain=page)
    with broken(standing, "author.html"), pytest.raises(PublishError):
        built(standing)
    reasons = built(standing, explain=page).reasons
    assert "the piece or its translation: not what it was" in reasons


@pytest.mark.parametrize("patience", [0, 3, 100])
def test_which_faults_are_told_does_not_hang_on_who_works(standing: Path, patience: int) -> None:
    """Those of PDFs come first; a template's are told once no PDF has any."""
    workers = {"workers": Late(patience)} if patience else {}
    for path in (LIGHTS, PORT):
        edit(standing / path, "summary:", "updated: 2026-11-01\nsummary:")
    for engine, codes in ((but("harbour"), {"B1"}), (printed, {"T1"})):
        with broken(standing, "topics.html"), pytest.raises(PublishError) as caught:
            built(standing, engine=engine, **workers)
        assert {one.code for one in stopping(caught.value.problems)} == codes


def test_a_template_that_fails_on_a_page_concerns_the_whole_site(standing: Path) -> None:
    with broken(standing, "author.html"), pytest.raises(PublishError) as caught:
        built(standing, keep_going=True)
    assert "templates/author.html concerns the whole site" in caught.value.why


def test_pdfs_that_stay_are_counted_where_none_is_made(standing: Path) -> None:
    edit(standing / LIGHTS, "summary:", "sumary:")
    report = built(standing, keep_going=True, pdfs=False)
    assert (report.pdfs, report.pdfs_rendered) == (2, 0)


def test_what_changes_while_a_build_is_at_work_is_not_published(standing: Path) -> None:
    before = tree(standing)

    def engine(job: Job) -> Pdf:
        (standing / "sources/pieces/new.md").write_text("new", encoding="utf-8")
        return printed(job)

    edit(standing / LIGHTS, "Two duties", "Three duties")
    with pytest.raises(PublishError) as caught:
        built(standing, engine=engine)
    assert [(one.code, one.span.path) for one in caught.value.problems] == [
        ("O4", "sources/pieces/new.md")
    ]
    assert tree(standing) == before


# ── When it would come out otherwise ─────────────────────────────────────────────────────────


def test_the_moments_of_releases_around_a_build_are_known(site: Path) -> None:
    edit(site / PORT, "date: 2026-02-01", "date: 2026-12-01\nrelease: 2026-12-01T09:00+03:00")
    moment = datetime.datetime(2026, 12, 1, 6, tzinfo=datetime.UTC)
    second = datetime.timedelta(seconds=1)
    assert built(site).pages == 2
    assert built(site, now=moment - second).pages == 2
    assert built(site, now=moment).pages == 4
    assert built(site, now=moment + second).pages == 4
    assert built(site, now=moment - second).pages == 2


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("second", [False, True])
def test_a_site_that_is_as_it_was_is_not_even_planned(
    standing: Path, monkeypatch: pytest.MonkeyPatch, *, first: bool, second: bool
) -> None:
    """Whether a build without a fault was to go on, or is to, makes no difference."""
    edit(standing / PORT, "yanar", "söner")
    built(standing, keep_going=first)

    def never(*_: object, **__: object) -> Any:
        pytest.fail("it was planned")

    monkeypatch.setattr(Planner, "plan", never)
    assert counts(built(standing, keep_going=second)) == NOTHING


def test_a_fault_is_told_by_every_build_that_goes_on(standing: Path) -> None:
    engine = but("harbour")
    edit(standing / LIGHTS, "Two duties", "Three duties")
    told = [built(standing, engine=engine, keep_going=True) for _ in range(3)]
    assert [skipped(one) for one in told] == [{LIGHTS: ["en", "tr"]}] * 3
    assert [{problem.code for problem in one.problems} for one in told] == [{"B1"}] * 3
    with pytest.raises(PublishError):
        built(standing, engine=engine)


def test_all_that_a_site_can_show_is_built_once_and_kept(tmp_path: Path) -> None:
    root = tmp_path / "site"
    sites.mixed(root)
    set_to("page_size = 1")(root)
    first = built(root)
    files = tree(root)
    assert counts(built(root, explain=PAGE)) == NOTHING
    assert tree(root) == files
    assert first.pages_rendered == first.pages


def test_a_piece_of_which_nothing_is_remembered_is_not_lost(site: Path) -> None:
    build(site, engine=printed, now=NOW)
    before = tree(site / "output")
    shutil.rmtree(site / ".publish-cache")
    edit(site / LIGHTS, "title:", "tilte:")
    with pytest.raises(PublishError) as caught:
        build(site, engine=printed, now=NOW, keep_going=True)
    assert "O5" in {problem.code for problem in caught.value.problems}
    assert tree(site / "output") == before


def test_a_build_that_goes_on_publishes_no_draft(standing: Path) -> None:
    edit(standing / LIGHTS, "summary:", "draft: true\nsummary:")
    built(standing, drafts=True)
    built(standing)
    edit(standing / LIGHTS, "summary:", "sumary:")
    built(standing, keep_going=True)
    assert not [path for path in tree(standing) if "harbour-lights" in path]


def test_a_preview_is_not_kept_in_what_is_published(standing: Path) -> None:
    built(standing, drafts=True)
    before = tree(standing)
    edit(standing / LIGHTS, "summary:", "sumary:")
    with pytest.raises(PublishError) as caught:
        built(standing, keep_going=True)
    assert "O5" in {problem.code for problem in caught.value.problems}
    assert tree(standing) == before


@pytest.mark.parametrize(
    "harm",
    [
        *("a new language", "a text forgotten", "a page damaged", "a translation's page gone"),
        *("a PDF gone", "an image damaged", "all gone"),
    ],
)
def test_a_piece_that_cannot_stay_whole_stops_a_build_that_goes_on(
    standing: Path, harm: str
) -> None:
    if harm == "a new language":
        edit(standing / "pyproject.toml", '"tr"]', '"tr", "ru"]')
    elif harm == "a text forgotten":
        with memo.opened(standing) as memory:
            memory._database.execute("DELETE FROM memory WHERE kind = 'text'")
    elif harm == "a page damaged":
        (standing / "output/en/harbour-lights/index.html").write_text("", encoding="utf-8")
    elif harm == "a translation's page gone":
        (standing / "output/tr/harbour-lights/index.html").unlink()
    elif harm == "a PDF gone":
        (standing / "output/tr/harbour-lights/harbour-lights.tr.pdf").unlink()
    elif harm == "an image damaged":
        [image] = (standing / "output/assets").glob("*.png")
        image.write_bytes(b"")
    else:
        for language in ("en", "tr"):
            shutil.rmtree(standing / "output" / language / "harbour-lights")
    edit(standing / LIGHTS, "summary:", "sumary:")
    before = tree(standing)
    with pytest.raises(PublishError) as caught:
        built(standing, keep_going=True)
    assert "O5" in {problem.code for problem in caught.value.problems}
    assert tree(standing) == before


def test_builds_without_pdfs_forget_none(standing: Path) -> None:
    for number in range(memo.GENERATIONS + 3):
        edit(
            standing / PORT,
            "yanar" if number % 2 == 0 else "söner",
            "söner" if number % 2 == 0 else "yanar",
        )
        built(standing, pdfs=False)
    assert built(standing).pdfs_rendered <= 2
