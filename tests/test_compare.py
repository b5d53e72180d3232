"""Comparing a translation with its original: case files in tests/compare/, and properties.

Cases have the form of those in tests/markdown/.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings

from publish.compare import RULES, Pair, differences
from publish.locales import parse

from .test_markdown import DEFINITIONS, LABELS, MSGSTRS, cases, inlines

TR = parse("tr")
CASES = Path(__file__).parent / "compare"


@pytest.mark.parametrize(("kind", "source", "expected"), [*cases(CASES)])
def test_case(kind: str, source: str, expected: str) -> None:
    assert kind == "differences"
    msgid, _, msgstr = source.partition("\n=> ")
    found = differences(Pair(msgid, msgstr.replace("\n=> ", "\n"), TR, definitions=DEFINITIONS))
    assert all(difference.hint for difference in found)
    told = "\n".join(f"{difference.code} {difference.message}" for difference in found)
    assert told == expected


@settings(deadline=None, max_examples=300)
@given(MSGSTRS, MSGSTRS)
def test_any_two_texts_can_be_compared(msgid: str, msgstr: str) -> None:
    assert {d.code for d in differences(Pair(msgid, msgstr, TR))} <= RULES.keys()


@settings(deadline=None, max_examples=150)
@given(inlines(LABELS))
def test_a_text_differs_from_itself_in_nothing(msgid: str) -> None:
    assert differences(Pair(msgid, msgid, TR, definitions=DEFINITIONS)) == ()


@pytest.mark.parametrize(
    ("msgid", "msgstr", "codes"),
    [
        ("One", "Bir", []),
        ("One *two*", "Bir *iki* [^1]", []),
        ("One two", "Bir *iki*", ["E1"]),
        ("One `two`", "Bir `iki` [üç](javascript:dört)", ["E1"]),
        ("One < two", "Bir < iki > üç", []),
        ("One", "<b>Bir</b>", ["E6"]),
        ("One", "Bir <!-- iki", ["E6"]),
        ("One <b>", "Bir <b>", []),
        ("One", "Bir\niki", ["E8"]),
        ("One", "…", ["E10"]),
        ("—", "–", []),
        ("One", "<i>\n", ["E6", "E8"]),
    ],
)
def test_a_plain_line_is_compared_as_one(msgid: str, msgstr: str, codes: list[str]) -> None:
    assert [d.code for d in differences(Pair(msgid, msgstr, TR, plain=True))] == codes
