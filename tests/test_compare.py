"""Comparing a translation with its original: case files in tests/compare/, and properties.

Cases have the form of those in tests/markdown/.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings

from publish.compare import differences, line_differences
from publish.locales import parse

from .test_markdown import DEFINITIONS, LABELS, MSGSTRS, cases, inlines

TR = parse("tr")
CASES = Path(__file__).parent / "compare"


@pytest.mark.parametrize(("kind", "source", "expected"), [*cases(CASES)])
def test_case(kind: str, source: str, expected: str) -> None:
    assert kind == "differences"
    msgid, _, msgstr = source.partition("\n=> ")
    found = differences(msgid, msgstr.replace("\n=> ", "\n"), TR, DEFINITIONS)
    assert all(difference.hint for difference in found)
    told = "\n".join(f"{difference.code} {difference.message}" for difference in found)
    assert told == expected


@settings(deadline=None, max_examples=300)
@given(MSGSTRS, MSGSTRS)
def test_any_two_texts_can_be_compared(msgid: str, msgstr: str) -> None:
    assert {d.code for d in differences(msgid, msgstr, TR)} <= {
        *("E2", "E3", "E4", "E5", "E6", "E8", "E10")
    }


@settings(deadline=None, max_examples=150)
@given(inlines(LABELS))
def test_a_text_differs_from_itself_in_nothing(msgid: str) -> None:
    assert differences(msgid, msgid, TR, DEFINITIONS) == ()


@pytest.mark.parametrize(
    ("msgid", "msgstr", "codes"),
    [
        ("One", "Bir", []),
        ("One *two*", "**Bir** `iki` [üç](javascript:dört) [^1]", []),
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
    assert [difference.code for difference in line_differences(msgid, msgstr)] == codes
