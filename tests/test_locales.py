"""Languages: canonical tags only, and what is said in each."""

from __future__ import annotations

import copy
import dataclasses
import datetime
import doctest
import pickle
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publish import locales
from publish.locales import Locale, UnknownLocaleError, parse

EN, TR, RU, FA = parse("en"), parse("tr"), parse("ru"), parse("fa")
TAGS = [*locales._ENDONYMS, "en", "tr", "de", "fa", "ar", "he", "ja", "zh", "ka", "pt-BR", "en-GB"]


def parsed(tag: str) -> Locale | str:
    """The locale of a tag, or the tag that is suggested for one that is not canonical."""
    try:
        return parse(tag)
    except UnknownLocaleError as error:
        return error.near


def test_the_examples_in_the_module_hold() -> None:
    assert doctest.testmod(locales).failed == 0


# ── Tags ─────────────────────────────────────────────────────────────────────────────────────


def test_a_language_has_one_value_with_three_spellings() -> None:
    found = parse("pt-BR")
    assert (found.tag, found.posix, found.path) == ("pt-BR", "pt_BR", "pt-br")
    assert (found.endonym, found.direction) == ("Português (Brasil)", "ltr")


def test_a_language_is_one_value_wherever_it_has_been() -> None:
    found = parse("pt-BR")
    assert pickle.loads(pickle.dumps(found)) is found  # noqa: S301 — our own
    assert copy.deepcopy(found) is found
    assert found != dataclasses.replace(found)


def test_a_language_that_is_written_from_right_to_left_says_so() -> None:
    assert [locale.direction for locale in (EN, TR, RU, FA)] == ["ltr", "ltr", "ltr", "rtl"]


@pytest.mark.parametrize(
    ("tag", "meant"),
    [
        ("EN", "en"),
        ("en-us", "en-US"),
        ("en-UK", "en-GB"),
        ("tr_TR", "tr-TR"),
        ("pt_br", "pt-BR"),
        ("zh-TW", "zh-Hant-TW"),
        ("iw", "he"),
    ],
)
def test_another_spelling_is_refused_with_the_one_that_is_meant(tag: str, meant: str) -> None:
    assert parsed(tag) == meant


@pytest.mark.parametrize(
    "tag",
    [
        *(
            "",
            " ",
            "en ",
            "en\n",
            "e",
            "zz",
            "xx",
            "qq-QQ",
            "english",
            "Türkçe",
            "root",
            "und",
            "C",
        ),
        *("tr..", "../x", "en/../x", "en@../../x", "ca-ES@valencia", "en.UTF-8", "en\0", "ın"),
    ],
)
def test_what_is_no_language_is_refused_without_a_guess(tag: str) -> None:
    assert parsed(tag) == ""


@given(st.one_of(st.text(), st.from_regex(r"[A-Za-z]{2,4}([-_@./][A-Za-z0-9]{1,5}){0,3}")))
def test_whatever_is_accepted_is_written_as_given_and_safe_in_a_path(text: str) -> None:
    locale = parsed(text)
    if isinstance(locale, str):
        assert not locale or parse(locale).tag == locale
    else:
        assert locale.tag == text
        assert re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", locale.path)
        assert locale.posix == locale.tag.replace("-", "_")


@pytest.mark.parametrize(
    ("tag", "direction"),
    [
        *(("fa", "rtl"), ("ota", "rtl"), ("az-Arab", "rtl"), ("uz-AF", "rtl"), ("he", "rtl")),
        *(("la", "ltr"), ("fa-Latn", "ltr"), ("tr", "ltr"), ("en-GB", "ltr"), ("grc", "ltr")),
        *(
            ("xx", ""),
            ("TR", ""),
            ("tr_TR", ""),
            ("", ""),
            ("en-Xxxx", ""),
            ("en@x", ""),
            ("a b", ""),
        ),
    ],
)
def test_a_passage_may_be_in_any_language_and_script_that_has_a_name(
    tag: str, direction: str
) -> None:
    assert locales.direction(tag) == direction


@given(st.text())
def test_no_text_is_too_strange_to_ask_its_direction(text: str) -> None:
    assert locales.direction(text) in ("", "ltr", "rtl")


# ── Names ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("tag", sorted(set(TAGS)))
def test_a_name_in_a_list_begins_with_a_capital_where_the_script_has_them(tag: str) -> None:
    endonym = parse(tag).endonym
    assert endonym
    assert endonym[0] == endonym[0].upper() or tag == "ka"


def test_names_in_running_text_are_as_the_language_writes_them() -> None:
    assert locales.name_in(RU, EN) == "английский"
    assert locales.name_in(TR, EN) == "İngilizce"
    assert locales.name_in(EN, FA) == "Persian"


# ── Words and numbers ────────────────────────────────────────────────────────────────────────


def test_dates_are_in_the_languages_long_form() -> None:
    day = datetime.date(2026, 3, 4)
    assert [locales.long_date(day, locale) for locale in (EN, TR, RU)] == [
        "March 4, 2026",
        "4 Mart 2026",
        "4 марта 2026\u202fг.",
    ]


def test_lists_are_joined_as_the_language_does() -> None:
    assert locales.join(["A", "B", "C"], TR) == "A, B ve C"
    assert locales.join(["A", "B"], RU) == "A и B"
    assert locales.join(["A"], EN) == "A"
    assert locales.join([], EN) == ""


def test_numbers_have_the_languages_signs() -> None:
    assert locales.number(12345, EN) == "12,345"
    assert locales.number(12345, TR) == "12.345"


@pytest.mark.parametrize(
    ("share", "shown"), [(1.0, "%100"), (0.999, "%99"), (0.29, "%29"), (0.57, "%57"), (0.0, "%0")]
)
def test_a_share_is_rounded_down_so_that_only_all_is_a_hundred(share: float, shown: str) -> None:
    assert locales.percent(share, TR) == shown


@pytest.mark.parametrize(
    ("size", "locale", "shown"),
    [
        (1, EN, "1 kB"),
        (1000, EN, "1 kB"),
        (1001, EN, "2 kB"),
        (60_100, RU, "61 кБ"),
        (999_999, EN, "1,000 kB"),
        (1_000_000, EN, "1 MB"),
        (1_250_000, TR, "1,2 MB"),
    ],
)
def test_sizes_are_rounded_up_and_named_in_the_language(
    size: int, locale: Locale, shown: str
) -> None:
    assert locales.file_size(size, locale).replace("\xa0", " ") == shown


# ── Plurals ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("tag", "forms"),
    [
        *(("en", 2), ("tr", 2), ("az", 2), ("fa", 2), ("ka", 2), ("ky", 2), ("uz", 2)),
        *(("ru", 3), ("pl", 3), ("ja", 1), ("ar", 6)),
    ],
)
def test_a_catalogue_has_the_forms_that_translators_tools_expect(tag: str, forms: int) -> None:
    assert locales.plural_forms(parse(tag))[0] == forms


@pytest.mark.parametrize(
    ("count", "form"), [(0, 2), (1, 0), (2, 1), (5, 2), (11, 2), (21, 0), (22, 1), (112, 2)]
)
def test_russian_counts_in_three_forms(count: int, form: int) -> None:
    assert locales.plural_index(RU, count) == form


@given(st.sampled_from(TAGS), st.integers(0, 10**6))
def test_every_count_has_one_of_the_languages_forms(tag: str, count: int) -> None:
    locale = parse(tag)
    assert 0 <= locales.plural_index(locale, count) < locales.plural_forms(locale)[0]


# ── Regions ──────────────────────────────────────────────────────────────────────────────────


def test_a_language_without_region_is_that_of_its_likely_one() -> None:
    regions = {"en": "US", "pt": "BR", "de": "DE", "xx": ""}
    assert {language: locales.likely_region(language) for language in regions} == regions


def test_most_english_inherits_from_that_of_the_world() -> None:
    parents = locales.parents()
    assert (parents["en_AU"], parents["en_DE"], parents["en_150"]) == ("en_001", "en_150", "en_001")
    assert "en_US" not in parents


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("tr", "tr_TR"),
        ("en", "en_US"),
        ("en-GB", "en_GB"),
        ("ru", "ru_RU"),
        ("fa", "fa_IR"),
        ("pt-BR", "pt_BR"),
        ("sr-Latn", "sr_RS"),
        ("zh-Hant", "zh_TW"),
        ("es-419", "es_ES"),
        ("eo", "eo"),
    ],
)
def test_open_graph_wants_a_territory(tag: str, expected: str) -> None:
    assert locales.open_graph(parse(tag)) == expected


def test_numbers_have_the_digits_and_signs_of_the_language() -> None:
    day = datetime.date(2026, 8, 12)
    assert locales.long_date(day, FA) == "۱۲ اوت ۲۰۲۶"
    assert (locales.number(1234, FA), locales.percent(0.29, FA)) == ("۱٬۲۳۴", "۲۹٪")
    assert locales.file_size(61_000, FA).startswith("۶۱")
    assert locales.number(1234, parse("ar-EG")) == "١٬٢٣٤"
    assert locales.number(1234, parse("ar")) == "1,234"
