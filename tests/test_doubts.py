"""What looks wrong in a translation; most cases are in tests/compare/."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from publish import glossary
from publish.compare import Pair, differences
from publish.doubts import RULES, doubts
from publish.locales import parse

from .test_markdown import DEFINITIONS, LABELS, MSGSTRS, inlines

EN, TR, RU, FA = (parse(tag) for tag in ("en", "tr", "ru", "fa"))


@settings(deadline=None, max_examples=200)
@given(MSGSTRS, MSGSTRS)
def test_any_two_texts_can_be_doubted(msgid: str, msgstr: str) -> None:
    for locale in (TR, RU, FA):
        for plain in (False, True):
            found = doubts(Pair(msgid, msgstr, locale, EN, plain=plain))
            assert {d.code for d in found} <= RULES.keys()


@settings(deadline=None, max_examples=200)
@given(inlines(LABELS))
def test_a_text_beside_itself_raises_no_doubt(msgid: str) -> None:
    pair = Pair(msgid, msgid, TR, TR, definitions=DEFINITIONS)
    assert (*differences(pair), *doubts(pair)) == ()


def test_quotation_marks_warn_only_where_the_house_says_so() -> None:
    pairs = [Pair("“One”", "«Bir»", TR, EN, house_quotes=house) for house in (False, True)]
    assert [[d.code for d in doubts(pair)] for pair in pairs] == [["N13"], ["W11"]]


@pytest.mark.parametrize(("msgstr", "codes"), [("burun", []), ("Burnu", ["W12"])])
def test_a_term_of_the_glossary_has_its_translation(msgstr: str, codes: list[str]) -> None:
    terms, _ = glossary.parse("g.csv", "term,translation,note\ncape,burun*,not burn\n", TR)
    found = doubts(Pair("The cape", msgstr, TR, EN, glossary=terms))
    assert [d.code for d in found] == codes
    assert [d.hint for d in found] == ["not burn"] * len(codes)


@pytest.mark.parametrize("tag", ["ja", "zh", "ko"])
def test_scripts_that_need_few_characters_are_not_too_short(tag: str) -> None:
    pair = Pair("Keep the light burning until the ship has passed.", "灯火", parse(tag), EN)
    assert "W7" not in {d.code for d in doubts(pair)}
