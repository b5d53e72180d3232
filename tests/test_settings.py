"""Settings: what is read, what is refused, and where the fault stands."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publish import urls
from publish.errors import Problem, PublishError, Span
from publish.locales import parse as locale
from publish.model import Settings
from publish.settings import FILE, parse

LEAST = """\
[tool.publish]
title = "Harbour Papers"
base_url = "https://harbour.example"
languages = ["en", "tr"]
"""


def parsed(text: str) -> Settings | tuple[Problem, ...]:
    """The settings in the text of a pyproject.toml, or its faults."""
    try:
        return parse(text)
    except PublishError as error:
        return error.problems


def problems(text: str) -> tuple[Problem, ...]:
    """The faults of a text that has some."""
    found = parsed(text)
    assert not isinstance(found, Settings)
    assert {problem.span.path for problem in found} == {FILE}
    return found


def faults(text: str) -> list[tuple[str, int, int, str]]:
    """Code, line, column and message of every fault."""
    return [(p.code, p.span.line, p.span.column, p.message) for p in problems(text)]


def only(text: str) -> Problem:
    """The one fault of a text."""
    (problem,) = problems(text)
    return problem


# ── What is read ─────────────────────────────────────────────────────────────────────────────


def test_three_settings_are_enough() -> None:
    assert parse(LEAST) == Settings(
        title={"en": "Harbour Papers"},
        base_url="https://harbour.example",
        languages=(locale("en"), locale("tr")),
        default_language=locale("en"),
        threshold=1.0,
        floor=0.6,
        theme="templates",
    )


def test_every_setting_can_be_set() -> None:
    text = """\
[project]
name = "harbour"

[tool.publish]
base_url = "http://localhost:8000/notes/"
languages = ["en", "tr", "pt-BR"]
default_language = "tr"
threshold = 0.9
floor = 0
theme = "design/site"
feeds = false
search = true

[tool.publish.title]
en = "Harbour Papers"
tr = "Liman Yazıları"
"""
    assert parse(text) == Settings(
        title={"en": "Harbour Papers", "tr": "Liman Yazıları"},
        base_url="http://localhost:8000/notes",
        languages=(locale("en"), locale("tr"), locale("pt-BR")),
        default_language=locale("tr"),
        threshold=0.9,
        floor=0.0,
        theme="design/site",
        feeds=False,
        search=True,
    )


def test_settings_of_other_tools_are_left_alone() -> None:
    assert parse(LEAST + '\n[tool.other]\nlanguages = "none"\nthme = 1\n') == parse(LEAST)


# ── Faults ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("[tool.publish\n", 1, 14),
        ("[tool.publish]\ntitle = Harbour\n", 2, 9),
        ('[tool.publish]\ntitle = "Harbour\n', 2, 17),
        ("a = 1\na = 2\n", 2, 6),
        ('a = """\n', 2, 1),
    ],
)
def test_broken_toml_is_told_at_its_place(text: str, line: int, column: int) -> None:
    problem = only(text)
    assert (problem.code, problem.span) == ("C1", Span(FILE, line, column))
    assert problem.message.startswith("TOML: ")


@pytest.mark.parametrize("text", ["a = " + "[" * 5000, "a = " + "1" * 5000, "a = " + "{b=" * 5000])
def test_toml_made_to_exhaust_the_reader_is_a_fault(text: str) -> None:
    assert only(text).code == "C1"


@pytest.mark.parametrize(
    "text",
    [
        *("", "tool = 1", "[tool]\npublish = 1", "[[tool.publish]]", "[[tool]]\npublish = 1"),
        '["tool.publish"]\ntitle = "x"',
    ],
)
def test_without_a_table_of_settings_there_is_no_site(text: str) -> None:
    assert only(text).message == "there is no [tool.publish]"


@pytest.mark.parametrize("value", ["0", "201", "-1", "20.0", '"20"', "true", "[]"])
def test_a_page_has_room_for_1_to_200_pieces(value: str) -> None:
    assert only(f"{LEAST}page_size = {value}\n").message == (
        "page_size is not a number from 1 to 200"
    )
    assert parse(f"{LEAST}page_size = 200\n").page_size == 200
    assert parse(LEAST).page_size == 20


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("slugs = 1", "slugs is not a table"),
        ('slugs = { "Вода" = 1 }', "slugs: the address of “Вода” is not a text"),
        (
            'slugs = { "Вода" = "W/a" }',
            "slugs: the address of “Вода” " + urls.slug_fault("W/a"),
        ),
    ],
)
def test_addresses_of_topics_are_slugs(line: str, message: str) -> None:
    assert only(f"{LEAST}{line}\n").message == message
    known = parse(f'{LEAST}slugs = {{ "Вода" = "water", "Авторы" = "authors" }}\n').slugs
    assert known == {"Вода": "water", "Авторы": "authors"}


def test_an_unknown_setting_names_the_nearest_one_or_all() -> None:
    assert only(LEAST + "tresholds = 1\n").hint == "did you mean threshold?"
    assert only(LEAST + "watermark = 1\n").hint == (
        "known are title, base_url, languages, default_language, threshold, floor, theme, "
        "check_ignore, house_quotes, pdf, licence, licence_url, disclaimer, feeds, search, "
        "page_size, slugs"
    )


def test_all_faults_are_told_at_once_each_at_its_line() -> None:
    text = """\
[tool.other]
floor = "not ours"

[tool.publish] # the site
title = ""
  base_url = "harbour.example"
languages = ["en"]
"threshold" = 2
theme = "/etc"
thme = "x"
"""
    assert faults(text) == [
        ("C3", 5, 1, "title is not a text"),
        ("C3", 6, 3, "base_url is not an absolute web address"),
        ("C3", 8, 1, "threshold is not a share between 0 and 1"),
        ("C3", 9, 1, "theme is not a folder inside the site"),
        ("C2", 10, 1, "unknown setting “thme”"),
    ]


def test_what_is_missing_is_told_at_the_table() -> None:
    assert faults("\n\n[tool.publish]  # nothing yet\n") == [
        ("C3", 3, 1, "base_url is missing"),
        ("C3", 3, 1, "languages is missing"),
        ("C3", 3, 1, "title is missing"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"Harbour Papers"', "3", "title is neither a text nor a table of texts by language"),
        ('"Harbour Papers"', "{}", "title is neither a text nor a table of texts by language"),
        ('"Harbour Papers"', r'"Harbour\nPapers"', "title has more than one line"),
        ('"Harbour Papers"', '{ en = " " }', "title in en is not a text"),
        ('"Harbour Papers"', '{ tr = "a" }', "title has no text in the default language, en"),
        ('"Harbour Papers"', '{ en = "a", EN = "b" }', "title: “EN” is not a language tag"),
        ("https://harbour.example", "ftp://harbour.example", "base_url is not an absolute web"),
        ("https://harbour.example", "//harbour.example", "base_url is not an absolute web"),
        ("https://harbour.example", "https://a b", "base_url is not an absolute web address"),
        ("https://harbour.example", "https://a.example/?q", "base_url is not an absolute web"),
        ("https://harbour.example", 'javascript:x//https://a"\n#', "base_url is not an absolute"),
        ('["en", "tr"]', '"en"', "languages is not a list of language tags"),
        ('["en", "tr"]', "[]", "languages is not a list of language tags"),
        ('["en", "tr"]', '["en", 3]', "languages: 3 is not a language tag in quotes"),
        ('["en", "tr"]', '["en", "../x"]', "languages: “../x” is not a language tag"),
        ('["en", "tr"]', '["en", "en@../x"]', "languages: “en@../x” is not a language tag"),
        ('["en", "tr"]', '["en", "en"]', "languages: en stands twice"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(old: str, new: str, message: str) -> None:
    problem = only(LEAST.replace(old, new))
    assert problem.code == "C3"
    assert problem.message.startswith(message)
    assert problem.hint


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('default_language = "fr"', "default_language fr is not one of the languages"),
        ('default_language = "xx"', "default_language: “xx” is not a language tag"),
        ("threshold = true", "threshold is not a share between 0 and 1"),
        ("threshold = nan", "threshold is not a share between 0 and 1"),
        ("threshold = -0.1", "threshold is not a share between 0 and 1"),
        ('floor = "1"', "floor is not a share between 0 and 1"),
        ("threshold = 0.5\nfloor = 0.6", "floor is above threshold"),
        ('theme = ""', "theme is not a folder inside the site"),
        ('theme = "."', "theme is not a folder inside the site"),
        ('theme = "../x"', "theme is not a folder inside the site"),
        ('theme = "a/../../x"', "theme is not a folder inside the site"),
        (r'theme = "a\u0000b"', "theme is not a folder inside the site"),
        ('theme = ".publish-cache"', "theme: .publish-cache is not a folder for templates"),
        ('theme = "design/.git"', "theme: design/.git is not a folder for templates"),
        ('theme = "output"', "theme: output is not a folder for templates"),
        ('theme = "./output/x"', "theme: output/x is not a folder for templates"),
        ("theme = 3", "theme is not a folder inside the site"),
    ],
)
def test_a_value_out_of_bounds_is_refused_with_a_hint(line: str, message: str) -> None:
    problem = only(LEAST + line + "\n")
    assert (problem.code, problem.message) == ("C3", message)
    assert problem.hint


def test_rules_are_set_aside_by_language_with_their_reasons() -> None:
    settings = parse(
        LEAST + 'house_quotes = ["tr"]\n[tool.publish.check_ignore.tr]\nW8 = " a b "\n'
    )
    [one] = settings.check_ignore["tr"]
    assert (one.code, one.reason, one.span.line) == ("W8", "a b", LEAST.count("\n") + 3)
    assert settings.house_quotes == (locale("tr"),)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('check_ignore = "W8"', "check_ignore is not a table of tables"),
        ('check_ignore = { tr = "W8" }', "check_ignore is not a table of tables"),
        ("check_ignore = { tr = { W8 = 1 } }", "check_ignore: a reason in tr is not a text"),
        ('check_ignore = { ru = { W8 = "a" } }', "check_ignore: ru is not one of the languages"),
        ('house_quotes = "tr"', "house_quotes is not a list of languages of the site"),
        ('house_quotes = ["ru"]', "house_quotes is not a list of languages of the site"),
        ("house_quotes = [[]]", "house_quotes is not a list of languages of the site"),
    ],
)
def test_rules_are_set_aside_in_tables(line: str, message: str) -> None:
    problem = only(LEAST + line + "\n")
    assert (problem.code, problem.message) == ("C3", message)
    assert problem.hint


def test_pdfs_licence_and_disclaimer_are_set() -> None:
    settings = parse(
        LEAST
        + 'pdf = { paper = "Letter" }\nlicence = { en = "CC BY 4.0", tr = " CC BY 4.0 lisansı" }\n'
        + 'licence_url = "https://a.example/by?v=4#en"\ndisclaimer = " Views are ours. "\n'
    )
    assert settings.pdf.paper == "Letter"
    assert settings.licence == {"en": "CC BY 4.0", "tr": "CC BY 4.0 lisansı"}
    assert settings.licence_url == "https://a.example/by?v=4#en"
    assert settings.disclaimer == {"en": "Views are ours."}
    assert parse(LEAST).pdf.paper == "A4"


@pytest.mark.parametrize(
    ("line", "code", "message", "hint"),
    [
        ('pdf = "A4"', "C3", "pdf is not a table", 'for example pdf = { paper = "Letter" }'),
        ('pdf = { papers = "A4" }', "C2", "unknown setting “papers” in pdf", "did you mean paper?"),
        ('pdf = { paper = "a4" }', "C3", "pdf: “a4” is not a size of paper", "did you mean A4?"),
        ("pdf = { paper = [] }", "C3", "pdf: “[]” is not a size of paper", "known are A4, Letter"),
    ],
)
def test_paper_is_of_a_known_size(line: str, code: str, message: str, hint: str) -> None:
    problem = only(LEAST + line + "\n")
    assert (problem.code, problem.span.line) == (code, 5)
    assert (problem.message, problem.hint) == (message, hint)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("licence = 4", "licence is neither a text nor a table of texts by language"),
        ('licence = ""', "licence is not a text"),
        ('licence = { tr = "a" }', "licence has no text in the default language, en"),
        ('disclaimer = { en = "a", xx = "b" }', "disclaimer: “xx” is not a language tag"),
        ('licence = { en = "a", fa = "b" }', "licence: fa is not one of the languages"),
        (r'disclaimer = "a\nb"', "disclaimer has more than one line"),
        ('licence = "a"\nlicence_url = "by"', "licence_url is not a web address"),
        ('licence = "a"\nlicence_url = "javascript:a"', "licence_url is not a web address"),
        ('licence = "a"\nlicence_url = 4', "licence_url is not a web address"),
        ('licence_url = "https://a.example"', "licence_url stands without licence"),
        ('feeds = "yes"', "feeds is neither true nor false"),
        ("feeds = 1", "feeds is neither true nor false"),
        ('search = "on"', "search is neither true nor false"),
    ],
)
def test_licence_and_disclaimer_are_texts(line: str, message: str) -> None:
    problem = only(LEAST + line + "\n")
    assert (problem.code, problem.message) == ("C3", message)
    assert problem.span.line == 4 + len(line.splitlines())
    assert problem.hint


def test_a_fault_in_the_languages_makes_nothing_else_look_wrong() -> None:
    text = LEAST.replace('"Harbour Papers"', '{ EN = "a" }').replace('["en",', '["EN",')
    assert [message for *_, message in faults(text)] == [
        "title: “EN” is not a language tag",
        "languages: “EN” is not a language tag",
    ]


# ── Laws ─────────────────────────────────────────────────────────────────────────────────────

_SCALARS = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=20),
    st.integers(-(2**40), 2**40),
    st.floats(),
    st.booleans(),
    st.sampled_from(["en", "tr", "EN", "../x", "https://a.example", "templates"]),
)
_VALUES = st.one_of(_SCALARS, st.lists(_SCALARS, max_size=4))
_KEYS = st.sampled_from(
    [
        *("title", "base_url", "languages", "default_language", "threshold", "floor", "theme"),
        *("thme", "check_ignore", "house_quotes", "pdf", "licence", "licence_url", "disclaimer"),
        *("feeds", "search", "page_size", "slugs"),
    ]
)


def _toml(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
    return str(value).lower()


@given(st.text())
def test_any_text_gives_settings_or_problems(text: str) -> None:
    assert parsed(text)


@given(st.dictionaries(_KEYS, _VALUES))
def test_any_table_gives_settings_or_problems_at_its_lines(table: dict[str, object]) -> None:
    lines = ["[tool.publish]", *(f"{key} = {_toml(value)}" for key, value in table.items())]
    found = parsed("\n".join(lines))
    if isinstance(found, Settings):
        assert found.default_language in found.languages
        assert found.default_language.tag in found.title
    else:
        assert {problem.code for problem in found} <= {"C2", "C3"}
        assert all(1 <= problem.span.line <= len(lines) for problem in found)
        assert all(problem.hint for problem in found)
