"""How far every source is translated, by words, from a fresh cut."""

from __future__ import annotations

import dataclasses
import datetime
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from publish.cli import main
from publish.load import load
from publish.locales import parse
from publish.model import Coverage, State
from publish.release import DRAFT, HELD
from publish.status import Row, kept_back, next_step, status, todo

from .conftest import NOW

LIGHTS_TR = "locales/tr/LC_MESSAGES/pieces/harbour-lights.po"
BIO_EN = "locales/en/LC_MESSAGES/authors/ada-deniz.po"
OTHER = "sources/pieces/liman-isiklari.md"
HEADING = 'msgstr "İki görev"'


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def rows(root: Path) -> dict[tuple[str, str], Row]:
    loaded = load(root)
    assert loaded.problems == ()
    return {(row.domain, row.locale.tag): row for row in status(loaded.site, NOW)}


def lights(root: Path) -> Row:
    return rows(root)["pieces/harbour-lights", "tr"]


def test_there_is_a_row_for_every_source_and_every_language_but_its_own(site: Path) -> None:
    assert list(rows(site)) == [
        ("pieces/harbour-lights", "tr"),
        ("pieces/liman-isiklari", "en"),
        ("authors/ada-deniz", "en"),
        ("tags", "tr"),
    ]


def test_a_complete_translation_is_published_at_its_address(site: Path) -> None:
    row = lights(site)
    assert (row.state, row.published, row.reason) == ("complete", True, "")
    assert row.url == "https://harbour.example/tr/harbour-lights/"
    assert row.coverage == Coverage(translated=46)


def test_a_passage_without_translation_is_counted_by_its_words(site: Path) -> None:
    edit(site / LIGHTS_TR, HEADING, 'msgstr ""')
    row = lights(site)
    assert (row.state, row.published) == ("behind", True)
    assert row.coverage == Coverage(translated=44, missing=2)


@pytest.mark.parametrize(
    ("old", "new", "coverage"),
    [
        ('msgid "Two duties"', '#, fuzzy\nmsgid "Two duties"', Coverage(44, suggested=2)),
        (
            'msgid "Two duties"',
            '#. changed\n#, fuzzy\n#| msgid "Both duties"\nmsgid "Two duties"',
            Coverage(44, stale=2),
        ),
        (HEADING, 'msgstr "İki görev<br>"', Coverage(44, failed=2)),
    ],
    ids=["suggested", "stale", "failed"],
)
def test_each_state_has_its_words(site: Path, old: str, new: str, coverage: Coverage) -> None:
    edit(site / LIGHTS_TR, old, new)
    row = lights(site)
    assert row.coverage == coverage
    assert row.state == "behind"


def test_an_edit_of_the_source_counts_before_anyone_ran_update(site: Path) -> None:
    edit(site / "sources/pieces/harbour-lights.md", "## Two duties", "## Three duties of keepers")
    row = lights(site)
    assert row.coverage == Coverage(translated=44, missing=4)
    assert row.state == "behind"


def test_an_edition_that_is_held_says_why_and_has_no_address(site: Path) -> None:
    edit(site / LIGHTS_TR, '"X-Completed: 2026-03-04\\n"\n', "")
    edit(site / LIGHTS_TR, HEADING, 'msgstr ""')
    row = lights(site)
    assert (row.published, row.url, row.reason) == (False, "", "it is not complete")


def test_an_edition_that_the_editor_holds_says_so_though_it_is_complete(site: Path) -> None:
    edit(site / "sources/pieces/harbour-lights.md", "tags: [Sea]", "tags: [Sea]\nhold: [tr]")
    row = lights(site)
    assert (row.state, row.published, row.url) == ("complete", False, "")
    assert row.reason == "the editor holds it back"


def test_a_source_without_a_catalogue_is_empty(site: Path) -> None:
    (site / LIGHTS_TR).unlink()
    row = lights(site)
    assert (row.state, row.published, row.url) == ("empty", False, "")
    assert row.coverage == Coverage(missing=46)


def test_authors_are_shown_in_every_language_and_topics_have_no_page(site: Path) -> None:
    (site / BIO_EN).unlink()
    found = rows(site)
    author = found["authors/ada-deniz", "en"]
    assert (author.state, author.published) == ("empty", True)
    assert author.url == "https://harbour.example/en/authors/ada-deniz/"
    assert found["tags", "tr"].url == ""
    assert found["tags", "tr"].coverage == Coverage(translated=1)


# ── What is next ─────────────────────────────────────────────────────────────────────────────

TR = parse("tr")


def row(name: str, *, published: bool = True, reason: str = "", **words: int) -> Row:
    coverage = Coverage(**words)
    open_ = coverage.total - coverage.translated
    return Row(name, TR, "behind", coverage, published, "", reason, int(open_ > 0), None)


def step(*found: Row) -> str:
    return next_step(found, TR)


FAULTY = row("pieces/faulty", translated=90, failed=10)
NEARLY = row(
    "pieces/nearly", published=False, reason="it is not complete", translated=95, missing=5
)
HALF = row("pieces/half", published=False, reason="it is not complete", translated=50, missing=50)
STALE = row("pieces/stale", translated=80, stale=20)
NOT_BEGUN = row("pieces/new", published=False, reason="its title is not translated", missing=70)
AUTHOR = row("authors/one", missing=3)


def test_the_next_step_is_what_helps_readers_most() -> None:
    rows = [AUTHOR, NOT_BEGUN, STALE, HALF, NEARLY, FAULTY]
    assert step(*rows) == "mend 10 words in pieces/faulty: publish check says where"
    assert step(*rows[:5]) == "translate 5 words in pieces/nearly, and readers get it"
    assert step(*rows[:3]) == "look at 20 words in pieces/stale again"
    assert step(*rows[:2]) == "translate 70 words in pieces/new, and readers get it"
    assert step(AUTHOR) == "translate 3 words in authors/one"
    assert step(row("pieces/done", translated=5)) == ""


def test_what_is_suggested_wants_confirming() -> None:
    waiting = row("pieces/waiting", published=False, reason="it is not complete", suggested=9)
    assert step(waiting) == (
        "confirm what is suggested for 9 words in pieces/waiting, and readers get it"
    )
    assert step(row("authors/one", translated=2, suggested=1)) == (
        "confirm what is suggested for one word in authors/one"
    )


def test_it_says_since_when_something_is_stale() -> None:
    since = dataclasses.replace(STALE, since=datetime.date(2026, 5, 3))
    assert step(since).endswith("again, edited since 2026-05-03")


def test_what_the_editor_holds_comes_after_what_readers_can_get() -> None:
    held = row("pieces/held", published=False, reason=HELD, translated=99, missing=1)
    assert step(held, STALE) == step(STALE)
    assert step(held, NOT_BEGUN) == step(NOT_BEGUN)


def test_it_promises_readers_nothing_that_the_editor_keeps_back() -> None:
    early = "it is released on 1 December 2026, 09:00 (+03:00)"
    soon = dataclasses.replace(NEARLY, domain="pieces/soon", reason=early, remark=early)
    assert step(soon, STALE) == f"translate 5 words in pieces/soon; {early}"
    held = dataclasses.replace(NEARLY, reason=HELD, remark=HELD)
    assert step(held) == f"translate 5 words in pieces/nearly; {HELD}"
    draft = dataclasses.replace(NEARLY, reason=DRAFT, remark=DRAFT)
    assert step(draft, NOT_BEGUN) == step(NOT_BEGUN)
    suggested = dataclasses.replace(
        soon, coverage=Coverage(translated=95, suggested=5), domain="pieces/soon"
    )
    assert step(suggested) == f"confirm what is suggested for 5 words in pieces/soon; {early}"


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("draft: true", DRAFT),
        (
            "date: 2026-12-01\nrelease: 2026-12-01T09:00+03:00",
            "it is released on 1 December 2026, 09:00 (+03:00)",
        ),
    ],
)
def test_a_translation_of_what_is_kept_back_is_not_published(
    site: Path, lines: str, reason: str
) -> None:
    if lines.startswith("date"):
        edit(site / OTHER, "date: 2026-02-01\n", "")
    edit(site / OTHER, "tags: [Sea]", f"tags: [Sea]\n{lines}")
    row = rows(site)["pieces/liman-isiklari", "en"]
    assert (row.published, row.url, row.reason, row.state) == (False, "", reason, "complete")
    assert lights(site).published


def test_a_piece_that_waits_for_a_translation_says_so_in_the_others(site: Path) -> None:
    edit(site / "pyproject.toml", '["en", "tr"]', '["en", "tr", "ru"]')
    edit(site / OTHER, "tags: [Sea]", "tags: [Sea]\nrelease_together: true")
    found = rows(site)
    english, russian = (found["pieces/liman-isiklari", tag] for tag in ("en", "ru"))
    assert english.reason == "it waits for Russian: its title is not translated"
    assert (russian.reason, russian.remark) == ("its title is not translated", "")


# ── What is to do ────────────────────────────────────────────────────────────────────────────


def test_open_passages_come_in_the_order_in_which_people_read(site: Path) -> None:
    for path in (site / "locales/en").rglob("*.po"):
        path.unlink()
    shutil.copy(site / OTHER, site / "sources/pieces/newer.md")
    edit(site / "sources/pieces/newer.md", "date: 2026-02-01", "date: 2026-02-02")
    domains = [task.domain for task in todo(load(site).site, parse("en"))]
    assert list(dict.fromkeys(domains)) == [
        "pieces/newer",
        "pieces/liman-isiklari",
        "authors/ada-deniz",
    ]


def test_drafts_come_last(site: Path) -> None:
    for path in (site / "locales/en").rglob("*.po"):
        path.unlink()
    shutil.copy(site / OTHER, site / "sources/pieces/newer.md")
    edit(site / "sources/pieces/newer.md", "date: 2026-02-01", "date: 2026-02-02\ndraft: true")
    domains = [task.domain for task in todo(load(site).site, parse("en"))]
    assert list(dict.fromkeys(domains))[:2] == ["pieces/liman-isiklari", "pieces/newer"]


def test_a_task_says_where_and_what(site: Path) -> None:
    edit(site / "sources/pieces/harbour-lights.md", "every* ship.", "every* ship at sea.")
    [task] = todo(load(site).site, TR)
    assert (task.state, task.kind, task.span.path) == (State.STALE, "paragraph", LIGHTS_TR)
    assert task.previous.startswith("A lighthouse serves *every* ship.")
    assert task.msgid.startswith("A lighthouse serves *every* ship at sea.")
    assert task.msgstr
    (site / LIGHTS_TR).unlink()
    first = todo(load(site).site, TR)[0]
    assert (first.state, first.span.path) == (State.MISSING, "sources/pieces/harbour-lights.md")


def test_a_site_of_one_language_is_told_what_is_kept_back_too(site: Path) -> None:
    settings = site / "pyproject.toml"
    text = re.sub("(?m)^languages = .*", 'languages = ["en"]', settings.read_text(encoding="utf-8"))
    settings.write_text(re.sub("(?m)^title = .*", 'title = "A"', text), encoding="utf-8")
    for path in ("sources/pieces/liman-isiklari.md", "sources/authors/ada-deniz.md"):
        file = site / path
        file.write_text(
            file.read_text(encoding="utf-8").replace("language: tr", "language: en"), "utf-8"
        )
    file = site / "sources/pieces/liman-isiklari.md"
    file.write_text(
        file.read_text(encoding="utf-8").replace("---\n", "---\ndraft: true\n", 1), "utf-8"
    )
    assert kept_back(load(site).site, NOW) == (("pieces/liman-isiklari", "it is a draft"),)
    said = CliRunner().invoke(main, ["-C", str(site), "status"]).output
    assert "held, in all languages: pieces/liman-isiklari: it is a draft" in said
