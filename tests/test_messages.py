"""Which messages each source has, in which order, and how many words they hold."""

from __future__ import annotations

import dataclasses
import datetime
from pathlib import Path

import pytest

from publish import messages
from publish.errors import PublishError, Span
from publish.load import load
from publish.locales import parse
from publish.messages import Domain
from publish.model import Author, Piece, Site
from publish.sources import author, piece

EN, TR = parse("en"), parse("tr")
PATH = "sources/pieces/log.md"
FRONT = """\
title: "A Log"
date: 2026-03-04
language: en
authors: [ada]
tags: [Sea]
summary: A log.
"""


def a_piece(body: str, front: str = FRONT) -> Piece:
    """A piece with this text."""
    found, problems = piece(PATH, "log", f"---\n{front}---\n\n{body}")
    assert found is not None, problems
    return found


def an_author(body: str) -> Author:
    """An author with this biography."""
    front = "name: Ada Deniz\ntitle: Dr.\naffiliation: Deniz hukuku\nlanguage: tr\n"
    found, problems = author("sources/authors/ada.md", "ada", f"---\n{front}---\n\n{body}")
    assert found is not None, problems
    return found


def keys(domain: Domain) -> list[tuple[str, str]]:
    """Context and text of each message."""
    return [segment.key for segment in domain.segments]


# ── Pieces ───────────────────────────────────────────────────────────────────────────────────


def test_a_piece_says_its_front_matter_and_then_its_text() -> None:
    text = "A *lighthouse*.[^1]\n\n## Two duties\n\n- Burn.\n\n[^1]: Rules.\n"
    front = FRONT + "corrections:\n- {date: 2026-03-05, text: A wrong year.}\n"
    domain = messages.of_piece(a_piece(text, front))
    assert keys(domain) == [
        ("title", "A Log"),
        ("summary", "A log."),
        ("correction", "A wrong year."),
        ("", "A *lighthouse*.[^1]"),
        ("", "Two duties"),
        ("", "Burn."),
        ("", "Rules."),
    ]
    assert [segment.kind for segment in domain.segments] == [
        *("title", "summary", "correction", "paragraph", "heading 2", "list item", "note 1")
    ]


def test_a_domain_has_the_name_the_place_and_the_language_of_its_source() -> None:
    domain = messages.of_piece(a_piece("Text.\n"))
    assert (domain.name, domain.path, domain.locale) == ("pieces/log", PATH, EN)
    assert domain.cut is not None


def test_a_piece_is_as_old_as_its_last_change() -> None:
    assert messages.of_piece(a_piece("Text.\n")).date == datetime.date(2026, 3, 4)
    changed = a_piece("Text.\n", FRONT + "updated: 2026-03-06\n")
    assert messages.of_piece(changed).date == datetime.date(2026, 3, 6)


def test_each_message_stands_where_its_text_stands() -> None:
    domain = messages.of_piece(a_piece("First.\n\nSecond.\n"))
    spans = {segment.key: segment.span for segment in domain.segments}
    assert spans["title", "A Log"] == Span(PATH, 2, 8)
    assert spans["summary", "A log."] == Span(PATH, 7, 10)
    assert spans["", "First."] == Span(PATH, 10, 1)
    assert spans["", "Second."] == Span(PATH, 12, 1)


def test_a_text_that_stands_twice_is_one_message_at_its_first_place() -> None:
    domain = messages.of_piece(a_piece("Again.\n\nOnce.\n\nAgain.\n"))
    assert keys(domain)[2:] == [("", "Again."), ("", "Once.")]
    assert domain.segments[2].span.line == 10


def test_the_title_is_another_message_than_the_same_words_in_the_text() -> None:
    assert keys(messages.of_piece(a_piece("A Log\n"))) == [
        *(("title", "A Log"), ("summary", "A log."), ("", "A Log"))
    ]


def test_words_are_counted_without_marks_addresses_and_code() -> None:
    domain = messages.of_piece(
        a_piece(
            "A *light*[^1] at [the register](https://r.example/a-b) is `on off`.\n\n[^1]: Rule.\n"
        )
    )
    assert dict(zip(keys(domain), domain.words, strict=True)) == {
        ("title", "A Log"): 2,
        ("summary", "A log."): 2,
        ("", "A *light*[^1] at [the register](https://r.example/a-b) is `on off`."): 6,
        ("", "Rule."): 1,
    }


def test_notes_to_translators_travel_with_the_next_message_only() -> None:
    domain = messages.of_piece(
        a_piece("<!-- note: A ship, not a person. -->\n\nShe sails.\n\nEnd.\n")
    )
    assert [segment.notes for segment in domain.segments[2:]] == [("A ship, not a person.",), ()]


# ── Authors, topics, the whole site ──────────────────────────────────────────────────────────


def test_an_author_says_who_they_are_and_then_their_biography() -> None:
    domain = messages.of_author(an_author("Bir kişi.\n\nİki paragraf.\n"))
    assert keys(domain) == [
        ("name", "Ada Deniz"),
        ("title", "Dr."),
        ("affiliation", "Deniz hukuku"),
        ("", "Bir kişi."),
        ("", "İki paragraf."),
    ]
    assert (domain.name, domain.locale, domain.date) == ("authors/ada", TR, None)


def test_what_an_author_does_not_say_is_no_message() -> None:
    silent = dataclasses.replace(an_author("Bir kişi.\n"), title=None, affiliation=None)
    assert keys(messages.of_author(silent)) == [("name", "Ada Deniz"), ("", "Bir kişi.")]


def test_topics_are_one_vocabulary_in_the_sites_first_language(site: Path) -> None:
    read = load(site).site
    front = FRONT.replace("[Sea]", "[Law, Sea, Abacus]").replace("language: en", "language: tr")
    read = dataclasses.replace(read, pieces=(*read.pieces, a_piece("Metin.\n", front)))
    domain = messages.of_tags(read)
    assert keys(domain) == [("tag", "Abacus"), ("tag", "Law"), ("tag", "Sea")]
    assert (domain.name, domain.locale) == ("tags", EN)
    assert domain.segments[2].span.path == "sources/pieces/harbour-lights.md"


def test_series_stand_in_the_vocabulary_beside_topics_of_the_same_name(site: Path) -> None:
    read = load(site).site
    front = FRONT.replace("tags:", "series: Sea\ntags:")
    read = dataclasses.replace(read, pieces=(*read.pieces, a_piece("Text.\n", front)))
    domain = messages.of_tags(read)
    assert keys(domain) == [("series", "Sea"), ("tag", "Sea")]
    assert {segment.kind for segment in domain.segments} <= messages.FRONT_MATTER


def test_every_source_has_a_domain_and_the_topics_come_last(site: Path) -> None:
    assert [domain.name for domain in messages.of_sources(load(site).site)] == [
        *("pieces/harbour-lights", "pieces/liman-isiklari", "authors/ada-deniz", "tags")
    ]


# ── Interface ────────────────────────────────────────────────────────────────────────────────


def with_template(root: Path, text: str) -> Site:
    """The small site with one template of its own and none of the packaged ones."""
    read = load(root).site
    return dataclasses.replace(
        read, templates={"own.html": text}, template_paths={"own.html": "templates/own.html"}
    )


def test_the_interface_says_what_templates_say_in_english(site: Path) -> None:
    text = """\
<p>{{ _('Read on') }} {{ pgettext('verb', 'Light') }}</p>
{# translators: of a PDF #}
<p>{{ ngettext('%(count)s page', '%(count)s pages', n) }} {{ _('Read on') }}</p>
"""
    domain = messages.of_interface(with_template(site, text))
    assert (domain.name, domain.locale) == ("interface", EN)
    assert keys(domain) == [("", "Read on"), ("verb", "Light"), ("", "%(count)s page")]
    counted = domain.segments[2]
    assert counted.plural == "%(count)s pages"
    assert counted.notes == ("of a PDF",)
    assert counted.span == Span("templates/own.html", 3)


def test_a_template_that_does_not_parse_is_a_problem_with_a_line(site: Path) -> None:
    with pytest.raises(PublishError) as caught:
        messages.of_interface(with_template(site, "<p>\n{{ _('x' }}</p>\n"))
    (problem,) = caught.value.problems
    assert (problem.code, problem.span) == ("T1", Span("templates/own.html", 2))


def test_the_packaged_interface_has_messages(site: Path) -> None:
    assert len(messages.of_interface(load(site).site).segments) > 20
