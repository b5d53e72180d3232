"""Front matter and bodies: values stay texts, every fault has its place, nothing raises."""

from __future__ import annotations

import datetime
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from publish import sources
from publish.errors import Problem, Span
from publish.locales import parse
from publish.model import Author, Piece

from .conftest import NOW

PATH = "sources/pieces/harbour.md"
LEAST = {
    "title": "Harbour",
    "date": "2026-03-04",
    "language": "en",
    "authors": "[ada]",
    "summary": "A harbour.",
}
EN, TR = parse("en"), parse("tr")


def text_of(fields: dict[str, str], body: str = "Text.\n") -> str:
    """A source file; a value stands as it would after `key: `."""
    front = "".join(f"{key}: {value}\n" for key, value in fields.items())
    return f"---\n{front}---\n\n{body}"


def read(text: str) -> Piece:
    """The piece in a text without faults."""
    piece, problems = sources.piece(PATH, "harbour", text)
    assert problems == ()
    assert piece is not None
    return piece


def faults(text: str) -> tuple[Problem, ...]:
    """The faults of a piece that cannot be read."""
    piece, problems = sources.piece(PATH, "harbour", text)
    assert piece is None
    assert problems
    return problems


def fault(text: str) -> Problem:
    """The one fault of a piece that cannot be read."""
    (problem,) = faults(text)
    return problem


# ── What is read ─────────────────────────────────────────────────────────────────────────────


def test_a_piece_is_its_front_matter_and_its_text() -> None:
    text = """\
---
title: "Harbour: Lights" # quoted, because of the colon
date: 2026-03-04
updated: 2026-03-05
language: en
authors: [ada, can-kaya]
tags:
  - Sea
  - "Law"
summary: >
  What a lighthouse
  owes to ships.
corrections:
  - {date: 2026-03-07, text: The second.}
  - date: 2026-03-06
    text: The first.
---

A lighthouse.
"""
    piece = read(text)
    assert (piece.slug, piece.locale, piece.path) == ("harbour", EN, PATH)
    assert piece.title.content == "Harbour: Lights"
    assert piece.summary.content == "What a lighthouse owes to ships."
    assert (piece.date, piece.updated) == (datetime.date(2026, 3, 4), datetime.date(2026, 3, 5))
    assert piece.authors == ("ada", "can-kaya")
    assert [tag.content for tag in piece.tags] == ["Sea", "Law"]
    assert [c.text.content for c in piece.corrections] == ["The first.", "The second."]
    assert piece.body.content == "\nA lighthouse.\n"


def test_an_author_is_a_name_and_a_biography() -> None:
    text = "---\nname: Ada Deniz\nlanguage: tr\naffiliation: Deniz hukuku\n---\nBir kişi.\n"
    author, problems = sources.author("sources/authors/ada.md", "ada", text)
    assert problems == ()
    assert isinstance(author, Author)
    assert (author.id, author.locale, author.title) == ("ada", TR, None)
    assert author.name.content == "Ada Deniz"
    assert author.affiliation is not None
    assert author.affiliation.content == "Deniz hukuku"
    assert author.bio.content == "Bir kişi.\n"


def test_every_text_knows_where_it_stands() -> None:
    text = text_of(LEAST | {"tags": "[Sea,  Law]"}, "First line.\n")
    lines = text.split("\n")
    piece = read(text)
    for part in (piece.title, piece.summary, *piece.tags):
        assert lines[part.span.line - 1][part.span.column - 1 :].startswith(part.content)
    below = "\n".join(lines[piece.body.span.line - 1 :])
    assert below == piece.body.content


@pytest.mark.parametrize(
    "value", ["no", "yes", "null", "true", "12:30", "2021-10-27", "1e3", "0x1F", "1_000", "=", "~"]
)
def test_a_value_stays_the_text_that_was_written(value: str) -> None:
    assert read(text_of(LEAST | {"title": value})).title.content == value


def test_norwegian_is_a_language_and_not_a_refusal() -> None:
    assert read(text_of(LEAST | {"language": "no"})).locale.tag == "no"


def test_a_key_without_a_value_that_need_not_be_there_is_not_there() -> None:
    piece = read(text_of(LEAST | {"updated": "", "tags": "", "corrections": ""}))
    assert (piece.updated, piece.tags, piece.corrections) == (None, (), ())


def test_the_body_keeps_every_character() -> None:
    body = "  leading\ttabs\n---\n\nnot a fence: ---\n...\n# Heading\nno line end"
    assert read(text_of(LEAST, body)).body.content == "\n" + body


def test_the_body_can_be_had_where_front_matter_cannot_be_read() -> None:
    text = text_of(LEAST | {"title": "a: b"}, "Text[^1].\n")
    assert faults(text)
    body = sources.body(PATH, text)
    assert (body.content, body.span) == ("\nText[^1].\n", Span(PATH, 8))
    assert sources.body(PATH, "no fence").content == ""


# ── What belongs to the site ─────────────────────────────────────────────────────────────────


def test_an_author_or_a_language_that_the_site_has_not_is_a_fault_at_its_place() -> None:
    text = text_of(LEAST | {"authors": "[ada, cem, zeynep]", "language": "fr"})
    piece, problems = sources.piece(PATH, "harbour", text, (EN, TR), {"ada", "can"})
    assert piece is not None
    assert [(p.span.line, p.span.column, p.message, p.hint) for p in problems] == [
        (4, 11, "language: “fr” is not one of the site's languages", "the site has en, tr"),
        (5, 16, "there is no author “cem”", "write sources/authors/cem.md"),
        (5, 21, "there is no author “zeynep”", "write sources/authors/zeynep.md"),
    ]


def test_an_author_that_is_nearly_there_is_named() -> None:
    text = text_of(LEAST | {"authors": "[ada-denis]"})
    _, problems = sources.piece(PATH, "harbour", text, (EN,), {"ada-deniz"})
    assert [problem.hint for problem in problems] == ["did you mean ada-deniz?"]


# ── Faults ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("key", LEAST)
def test_a_key_that_is_missing_is_named_with_an_example(key: str) -> None:
    problem = fault(text_of({name: value for name, value in LEAST.items() if name != key}))
    assert problem.message == f"key “{key}” is missing"
    assert problem.span == Span(PATH, 2, 1)
    assert problem.hint.startswith(f"{key}: ")


@pytest.mark.parametrize("key", LEAST)
def test_a_key_without_a_value_is_told_where_the_value_is_missing(key: str) -> None:
    text = text_of(LEAST | {key: ""}).replace(f"{key}: \n", f"{key}:\n")
    line = list(LEAST).index(key) + 2
    assert fault(text).message == f"key “{key}” has no value"
    assert fault(text).span == Span(PATH, line, len(key) + 2)


def test_the_example_of_every_required_key_can_be_copied() -> None:
    examples = {problem.hint.split(": ", 1)[0]: problem.hint for problem in faults("---\n---\nx\n")}
    text = "---\n" + "\n".join(examples.values()) + "\n---\nText.\n"
    assert set(examples) == set(LEAST)
    assert read(text).authors == ("some-author",)


@pytest.mark.parametrize(
    ("key", "value", "column", "message"),
    [
        ("title", "[a]", 8, "title is not a text"),
        ("title", '" "', 8, "title is empty"),
        ("title", "|\n  a\n  b", 8, "title has more than one line"),
        ("title", '"a\\tb"', 8, "title holds a control character"),
        ("title", '"a\\0b"', 8, "title holds a control character"),
        ("title", '"a\\eb"', 8, "title holds a control character"),
        ("title", '"a\\ud800b"', 8, "title holds a control character"),
        ("title", '"a\\uFEFFb"', 8, "title holds a control character"),
        ("title", '"a\\Lb"', 8, "title has more than one line"),
        ("title", '"a\\u202Eb"', 8, "title holds a bidirectional control that is not closed"),
        ("title", '"a\\u2069b"', 8, "title holds a bidirectional control that is not closed"),
        ("title", '"\\UFFFFFFFF"', 9, "YAML: this escape names no character"),
        ("title", '"a \\U00110000"', 11, "YAML: this escape names no character"),
        ("title", "a\ufffeb", 9, "YAML: character U+FFFE is not allowed"),
        ("title", "a: b", 9, "YAML: a second colon in a line"),
        ("title", '"a', 8, "YAML: a quoted text is not closed"),
        ("title", "[a", 8, "YAML: expected ',' or ']', but got ':'"),
        ("title", "@a", 8, "YAML: found character '@' that cannot start any token"),
        ("title", "*a", 8, "YAML: found undefined alias 'a'"),
        ("title", "!!python/name:os.system x", 8, "YAML tags (tag:yaml.org,2002:python/name:"),
        ("title", "!local x", 8, "YAML tags (!local) are not read here"),
        ("date", "2026-3-4", 7, "date: “2026-3-4” is not a date"),
        ("date", "04.03.2026", 7, "date: “04.03.2026” is not a date"),
        ("date", "86400", 7, "date: “86400” is not a date"),
        ("date", "2026-03-04T10:00", 7, "date: “2026-03-04T10:00” is not a date"),
        ("date", "٢٠٢٦-٠٣-٠٤", 7, "date: “٢٠٢٦-٠٣-٠٤” is not a date"),
        ("date", "2026-02-30", 7, "date: “2026-02-30” is not a day of the calendar"),
        ("date", "[2026-03-04]", 7, "date is not a date"),
        ("language", "EN", 11, "language: “EN” is not a language tag"),
        ("language", "english", 11, "language: “english” is not a language tag"),
        ("language", "en@../../x", 11, "language: “en@../../x” is not a language tag"),
        ("language", "[en]", 11, "language is not a text"),
        ("authors", "ada", 10, "authors is not a list"),
        ("authors", "[]", 10, "authors is empty"),
        ("authors", "[ada, ada]", 16, "“ada” stands twice in authors"),
        ("authors", "[../ada]", 11, "authors: “../ada” is not made of ASCII"),
        ("authors", "[Ada]", 11, "authors: “Ada” is not made of ASCII"),
        ("authors", "[[ada]]", 11, "authors is not a text"),
        ("authors", f"[{'a' * 81}]", 11, f"authors: “{'a' * 81}” is longer than 80 characters"),
    ],
)
def test_a_value_that_cannot_be_right_is_told_at_its_place(
    key: str, value: str, column: int, message: str
) -> None:
    problem = fault(text_of(LEAST | {key: value}))
    line = list(LEAST).index(key) + 2
    assert problem.code == "S1"
    assert problem.message.startswith(message)
    assert problem.span == Span(PATH, line, column)
    assert problem.hint


@pytest.mark.parametrize(
    ("value", "line", "column", "message"),
    [
        ("fixed", 7, 14, "corrections is not a list"),
        ("[fixed]", 7, 15, "corrections: an entry has no keys"),
        ("\n- date: 2026-03-04", 8, 3, "key “corrections.text” is missing"),
        ("\n- date:\n  text: a", 8, 8, "corrections.date has no value"),
        ("\n- date: soon\n  text: a", 8, 9, "corrections.date: “soon” is not a date"),
        ("\n- date: 2026-03-04\n  text: a\n  txt: b", 10, 3, "unknown key “corrections.txt”"),
    ],
)
def test_a_correction_has_a_date_and_a_text(
    value: str, line: int, column: int, message: str
) -> None:
    problem = fault(text_of(LEAST | {"corrections": value}))
    assert (problem.message, problem.span) == (message, Span(PATH, line, column))
    assert problem.hint


def test_editions_are_held_and_pinned_by_their_languages() -> None:
    piece = read(text_of(LEAST | {"hold": "[ru, pt-BR]", "pin": "[tr]"}))
    assert [locale.tag for locale in piece.hold] == ["ru", "pt-BR"]
    assert [locale.tag for locale in piece.pin] == ["tr"]
    plain = read(text_of(LEAST))
    assert (plain.hold, plain.pin) == ((), ())


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"hold": "ru"}, "hold is not a list"),
        ({"pin": "[tr, tr]"}, "“tr” stands twice in pin"),
        ({"hold": "[Russian]"}, "hold: “Russian” is not a language tag"),
        ({"hold": "[en]"}, "hold: “en” is the language that the piece is written in"),
        ({"pin": "[en]"}, "pin: “en” is the language that the piece is written in"),
        ({"hold": "[ru]", "pin": "[tr, ru]"}, "“ru” is both held and pinned"),
    ],
)
def test_an_edition_is_held_or_pinned_only_where_that_means_something(
    keys: dict[str, str], message: str
) -> None:
    problem = fault(text_of(LEAST | keys))
    assert problem.message == message
    assert problem.span.line == len(LEAST) + len(keys) + 1
    assert problem.hint


def test_a_held_language_is_one_of_the_sites() -> None:
    text = text_of(LEAST | {"hold": "[fr]", "pin": "[tr]"})
    languages = [parse(tag) for tag in ("en", "tr")]
    _, [problem] = sources.piece(PATH, "a", text, languages)
    assert problem.message == "hold: “fr” is not one of the site's languages"
    assert problem.hint == "the site has en, tr"


def test_an_unknown_key_names_the_nearest_one_or_all() -> None:
    near, far = faults(text_of(LEAST | {"sumary": "x", "colour": "blue"}))
    assert (near.message, near.hint) == ("unknown key “sumary”", "did you mean summary?")
    assert far.hint == (
        "known are title, date, language, authors, summary, series, tags, updated, corrections, "
        "hold, pin, draft, release, release_together, former_slugs, check_ignore, localized_urls"
    )


def test_a_piece_says_which_rules_do_not_hold_and_which_addresses_are_localized() -> None:
    urls = "{https://en.example/X: {tr: https://tr.example/Y}}"
    rules = "{W7: verse grows, E2: }"
    piece = read(text_of(LEAST | {"check_ignore": rules, "localized_urls": urls}))
    assert [(one.code, one.reason, one.span) for one in piece.check_ignore] == [
        ("W7", "verse grows", Span(PATH, 7, 16)),
        ("E2", "", Span(PATH, 7, 33)),
    ]
    assert piece.localized_urls == {"https://en.example/X": {"tr": "https://tr.example/Y"}}


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("check_ignore", "W7", "check_ignore has no keys"),
        ("check_ignore", "[W7]", "check_ignore has no keys"),
        ("check_ignore", "{W7: [a]}", "check_ignore.W7 is not a text"),
        ("check_ignore", '{W7: "a\\nb"}', "check_ignore.W7 has more than one line"),
        ("localized_urls", "{a: b}", "localized_urls.a has no keys"),
        ("localized_urls", "{a: {tr: b}}", "localized_urls.a.tr: “b” is not a web address"),
        ("localized_urls", "{a: {tr: }}", "localized_urls.a.tr has no value"),
        ("localized_urls", "{a: {turkish: https://b.example}}", "“turkish” is not a language tag"),
    ],
)
def test_waivers_and_localized_addresses_are_tables(key: str, value: str, message: str) -> None:
    problem = fault(text_of(LEAST | {key: value}))
    assert problem.message == message
    assert problem.span.line == 7
    assert problem.hint


def test_a_piece_is_not_updated_before_it_appears() -> None:
    problem = fault(text_of(LEAST | {"updated": "2026-03-03"}))
    assert problem.message == "updated (2026-03-03) is before date (2026-03-04)"
    assert problem.span == Span(PATH, 7, 10)


def test_all_faults_of_front_matter_are_told_at_once() -> None:
    text = text_of(LEAST | {"title": "!!x a", "date": "soon", "colour": "blue"}) + "title: a\n"
    text = text.replace("language: en\n", "language: en\nlanguage: tr\n")
    assert {(p.span.line, p.message) for p in faults(text)} == {
        (2, "YAML tags (tag:yaml.org,2002:x) are not read here"),
        (3, "date: “soon” is not a date"),
        (5, "key “language” stands twice"),
        (8, "unknown key “colour”"),
    }


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "no --- line"),
        ("Text.\n", 1, "no --- line"),
        ("\n---\ntitle: a\n---\n", 1, "no --- line"),
        ("----\ntitle: a\n----\n", 1, "no --- line"),
        ("---\ntitle: a\n", 1, "no closing --- line"),
        ("---\ntitle: a\n--- \t-\nText.\n", 1, "no closing --- line"),
        ("---\njust words\n---\nText.\n", 2, "front matter has no keys"),
        ("---\n- a\n- b\n---\nText.\n", 2, "front matter has no keys"),
        (text_of(LEAST, ""), 8, "there is no text below the front matter"),
        (text_of(LEAST, " \n\t\n"), 8, "there is no text below the front matter"),
    ],
)
def test_a_source_is_front_matter_between_two_lines_and_a_text(
    text: str, line: int, message: str
) -> None:
    problem = fault(text)
    assert (problem.message, problem.span) == (message, Span(PATH, line))
    assert problem.hint


BOMB = "a0: &a0 [x, x]\n" + "\n".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 10)
)


@pytest.mark.parametrize(
    ("lines", "refused"),
    [
        ("a: &a [b]\nc: *a", "anchors and aliases"),
        ("a: &a [*a]", "anchors and aliases"),
        (BOMB, "anchors and aliases"),
        ("a: " + "[" * 4000 + "]" * 4000, "nested too deeply"),
        ("a: " + "{b: " * 3000, "nested too deeply"),
        ("<<: {title: x}", "a key is a plain word"),
        ("? [complex]\n: x", "a key is a plain word"),
        ("a: !!binary aGVsbG8=", "YAML tags"),
        ("a: !!python/object/apply:os.system [true]", "YAML tags"),
    ],
)
def test_the_dangerous_parts_of_yaml_are_refused(lines: str, refused: str) -> None:
    problems = faults(f"---\n{lines}\n---\nText.\n")
    assert [problem for problem in problems if refused in problem.message]


def test_front_matter_is_small() -> None:
    problem = fault(text_of(LEAST | {"summary": "a" * 17_000}))
    assert (problem.code, problem.message) == ("F7", "front matter is larger than 16 KiB")


# ── Bidirectional controls ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("plain", ()),
        ("a \u2067b\u2069 c", ()),
        ("\u202a\u2066x\u2069\u202c", ()),
        ("a\u202e", (1,)),
        ("\u2069a", (0,)),
        ("\u202a\u2066x\u202c\u2069", (0, 3)),
        ("\u2068\u2068x\u2069", (0,)),
    ],
)
def test_bidirectional_controls_are_closed_by_their_own_kind(
    text: str, wrong: tuple[int, ...]
) -> None:
    assert sources.unbalanced(text) == wrong


@given(st.text("\u202a\u202e\u202c\u2066\u2068\u2069ab"))
def test_without_its_wrong_controls_a_text_is_balanced(text: str) -> None:
    wrong = set(sources.unbalanced(text))
    rest = "".join(char for at, char in enumerate(text) if at not in wrong)
    assert sources.unbalanced(rest) == ()


# ── Laws ─────────────────────────────────────────────────────────────────────────────────────

_CHARACTERS = st.characters(codec="utf-8")
_YAML = st.lists(
    st.sampled_from(
        [*"{}[]:-?!&*#|>'\"%@`~<\\ \n\t", ": ", "- ", "a", "\\U", "0", "---\n", "\x85"]
    ),
    max_size=30,
).map("".join)


@given(st.one_of(st.text(_CHARACTERS), _YAML.map("---\n{}\n---\nText.\n".format)))
@example('---\na: "\\UFFFFFFFF"\n---\n')
@example("---\na: !%zz b\n---\n")
@example("---\n%YAML 999999999.1\n---\n")
def test_any_text_is_read_or_refused_but_never_raises(text: str) -> None:
    lines = text.count("\n") + 1
    for piece, problems in (
        sources.piece(PATH, "harbour", text),
        sources.author(PATH, "harbour", text),
    ):
        assert piece is not None or problems
        for problem in problems:
            assert 1 <= problem.span.line <= lines + text.count("\x85")
            assert problem.span.column >= 1


@given(
    st.fixed_dictionaries(
        {key: st.one_of(st.just(value), _YAML) for key, value in LEAST.items()},
        optional={
            key: st.one_of(_YAML, st.text(_CHARACTERS, max_size=9))
            for key in (
                *("tags", "updated", "corrections", "hold", "pin", "other"),
                *("draft", "release", "release_together", "former_slugs"),
            )
        },
    )
)
def test_front_matter_with_any_values_is_read_or_refused(fields: dict[str, str]) -> None:
    piece, problems = sources.piece(PATH, "harbour", text_of(fields))
    assert (piece is None) == bool(problems)


@given(st.text(st.characters(codec="utf-8", max_codepoint=0xFFFF)))
def test_a_quoted_title_is_read_as_it_was_meant_or_has_a_fault(title: str) -> None:
    text = text_of(LEAST | {"title": json.dumps(title)})
    piece, problems = sources.piece(PATH, "harbour", text)
    said = sources.line_fault(title)
    if piece is not None:
        assert said == ""
        assert piece.title.content == title.strip()
    else:
        assert [problem.message.removeprefix("title ") for problem in problems] == [said]


# ── When it is published ─────────────────────────────────────────────────────────────────────

LATE = LEAST | {"date": "9999-12-31"}


def test_nothing_said_means_published() -> None:
    piece = read(text_of(LEAST))
    assert (piece.draft, piece.release, piece.release_together) == (False, None, False)
    assert piece.former_slugs == ()


def test_what_is_said_is_read() -> None:
    keys = {
        "draft": "true",
        "release": "2026-03-04T09:00+03:00",
        "release_together": '"true"',
        "former_slugs": "[old-one, authors]",
    }
    piece = read(text_of(LEAST | keys))
    assert (piece.draft, piece.release_together) == (True, True)
    assert str(piece.release) == "2026-03-04 09:00:00+03:00"
    assert [text.content for text in piece.former_slugs] == ["old-one", "authors"]
    assert [text.span.column for text in piece.former_slugs] == [16, 25]
    assert not read(text_of(LEAST | {"draft": "false", "release_together": "false"})).draft


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-03-04T09:00+03:00", "2026-03-04T06:00:00+00:00"),
        ("2026-03-04T09:00:59+03:00", "2026-03-04T06:00:59+00:00"),
        ("2026-03-04T09:00Z", "2026-03-04T09:00:00+00:00"),
        ("2026-03-04T09:00-00:00", "2026-03-04T09:00:00+00:00"),
        ("2026-03-04T00:00+14:00", "2026-03-03T10:00:00+00:00"),
        ("2026-03-04T23:59:59-12:00", "2026-03-05T11:59:59+00:00"),
        ("2024-02-29T09:00+05:45", "2024-02-29T03:15:00+00:00"),
        ("0001-01-02T00:00+00:00", "0001-01-02T00:00:00+00:00"),
    ],
)
def test_a_release_is_an_instant(written: str, moment: str) -> None:
    for value in (written, f'"{written}"'):
        piece = read(text_of(LATE | {"release": value}))
        assert piece.release is not None
        assert piece.release.astimezone(datetime.UTC).isoformat() == moment


@pytest.mark.parametrize("edge", ["0001-01-01T00:00+14:00", "9999-12-31T23:59:59-23:59"])
def test_an_instant_at_the_edge_of_the_calendar_is_one(edge: str) -> None:
    piece = read(text_of(LATE | {"release": edge}))
    assert piece.release is not None
    assert piece.release > NOW or piece.release < NOW


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("2026-03-04", "“2026-03-04” is not an instant"),
        ("2026-03-04T09:00", "“2026-03-04T09:00” has no offset: it is another moment everywhere"),
        ("2026-03-04 09:00+03:00", "“2026-03-04 09:00+03:00” is not an instant"),
        ("2026-03-04T09+03:00", "“2026-03-04T09+03:00” is not an instant"),
        ("2026-03-04T09:00+03", "“2026-03-04T09:00+03” is not an instant"),
        ("2026-03-04T09:00 Europe/Istanbul", "“2026-03-04T09:00 Europe/Istanbul” is not an"),
        ("2026-03-04T09:00:00.5Z", "“2026-03-04T09:00:00.5Z” is not an instant"),
        ("2026-3-4T9:00Z", "“2026-3-4T9:00Z” is not an instant"),
        ("٢٠٢٦-03-04T09:00Z", "“٢٠٢٦-03-04T09:00Z” is not an instant"),
        ("tomorrow", "“tomorrow” is not an instant"),
        ("1772668800", "“1772668800” is not an instant"),
        ("[2026-03-04T09:00Z]", "is not an instant"),
        ("2026-02-29T09:00Z", "“2026-02-29T09:00Z” is no moment of the calendar: day is out"),
        ("2026-13-01T09:00Z", "“2026-13-01T09:00Z” is no moment of the calendar: month must"),
        ("2026-12-31T24:00Z", "“2026-12-31T24:00Z” is no moment of the calendar: hour must"),
        ("2026-12-31T09:60Z", "“2026-12-31T09:60Z” is no moment of the calendar: minute must"),
        # A leap second: no clock here counts them.
        ("2016-12-31T23:59:60Z", "“2016-12-31T23:59:60Z” is no moment of the calendar: second"),
        ("0000-01-01T00:00Z", "“0000-01-01T00:00Z” is no moment of the calendar: year 0"),
        ("2026-03-04T09:00+24:00", "“2026-03-04T09:00+24:00” has an offset that is no time of"),
        ("2026-03-04T09:00+03:60", "“2026-03-04T09:00+03:60” has an offset that is no time of"),
    ],
)
def test_what_is_no_instant_is_told_with_its_place(written: str, message: str) -> None:
    problem = fault(text_of(LATE | {"release": written}))
    assert problem.message.removeprefix("release").removeprefix(": ").strip().startswith(message)
    assert (problem.code, problem.span) == ("S1", Span(PATH, 7, 10))
    assert problem.hint == "day, time and offset from UTC: 2026-12-01T09:00+03:00"


@pytest.mark.parametrize(
    ("date", "release", "right"),
    [
        ("2026-12-01", "2026-12-01T00:00+03:00", True),
        ("2026-12-01", "2026-11-30T23:59:59+03:00", True),
        ("2026-12-02", "2026-12-01T09:00+03:00", True),
        # The day is the one that its editor's calendar shows, not that of UTC.
        ("2026-11-30", "2026-12-01T00:00+03:00", False),
        ("2026-11-30", "2026-11-30T23:00-05:00", True),
        ("2026-11-30", "2026-12-01T00:00-05:00", False),
    ],
)
def test_a_piece_is_not_dated_before_its_release(date: str, release: str, right: bool) -> None:
    piece, problems = sources.piece(
        PATH, "harbour", text_of(LEAST | {"date": date, "release": release})
    )
    assert (piece is not None) is right
    assert [(p.message, p.span.line) for p in problems] == (
        [] if right else [(f"date ({date}) is before the day of release (2026-12-01)", 3)]
    )


@pytest.mark.parametrize("key", ["draft", "release_together"])
@pytest.mark.parametrize("value", ["yes", "True", "1", "on", "[true]", "{true: true}"])
def test_yes_and_no_are_true_and_false(key: str, value: str) -> None:
    problem = fault(text_of(LEAST | {key: value}))
    assert problem.message.startswith(key)
    assert problem.message.endswith("is neither true nor false")
    assert problem.hint == f"{key}: true"


@pytest.mark.parametrize("value", ["[Old]", "[old_one]", "['']", "[../x]", "[a/b]", "[[a]]", "a"])
def test_a_former_slug_is_one_that_a_file_could_have(value: str) -> None:
    assert fault(text_of(LEAST | {"former_slugs": value})).message.startswith("former_slugs")
