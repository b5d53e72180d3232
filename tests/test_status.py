"""How far every source is translated, by words, from a fresh cut."""

from __future__ import annotations

from pathlib import Path

import pytest

from publish.load import load
from publish.model import Coverage
from publish.status import Row, status

LIGHTS_TR = "locales/tr/LC_MESSAGES/pieces/harbour-lights.po"
BIO_EN = "locales/en/LC_MESSAGES/authors/ada-deniz.po"
HEADING = 'msgstr "İki görev"'


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def rows(root: Path) -> dict[tuple[str, str], Row]:
    loaded = load(root)
    assert loaded.problems == ()
    return {(row.domain, row.locale.tag): row for row in status(loaded.site)}


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
