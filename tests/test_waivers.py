"""Waivers: how they are written, who may give them, what is wrong with them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publish import waivers
from publish.errors import RULES, Problem, Span, Waiver
from publish.model import Entry, Ignore

HERE = Span("a.po", 3)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("W1 no number here", [("W1", "no number here")]),
        ("W1, E5 both", [("W1", "both"), ("E5", "both")]),
        (" w1,e5  both ", [("W1", "both"), ("E5", "both")]),
        ("W1", [("W1", "")]),
        ("because", [("", "because")]),
        ("", [("", "")]),
        ("X99 strange", [("X99", "strange")]),
    ],
)
def test_codes_come_first_and_the_reason_last(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(i.code, i.reason) for i in waivers.parse(text, HERE)] == expected


def test_a_message_waives_by_comment_and_by_flag() -> None:
    comments = "Hard one.\ncheck-ignore: W1 verse\ncheck-ignore: E5 prose"
    entry = Entry(("", "a"), "b", comments=comments, flags=("ignore-w8", "ignore-w1"), line=3)
    found = waivers.of_entry(entry, "a.po")
    assert [(i.code, i.reason) for i in found] == [
        ("W1", "verse"),
        ("E5", "prose"),
        ("W8", "flag ignore-w8"),
    ]
    assert {i.span for i in found} == {HERE}


@pytest.mark.parametrize(
    ("code", "by", "holds"),
    [
        ("W1", Waiver.TRANSLATOR, True),
        ("W1", Waiver.EDITOR, True),
        ("E3", Waiver.TRANSLATOR, False),
        ("E3", Waiver.EDITOR, True),
        ("E6", Waiver.EDITOR, False),
        ("E9", Waiver.EDITOR, False),
        ("F2", Waiver.EDITOR, False),
        ("P1", Waiver.EDITOR, False),
    ],
)
def test_who_may_waive_what(code: str, by: Waiver, holds: bool) -> None:
    given_ = [Ignore(code, "why", HERE)]
    assert bool(waivers.reason(code, given_, by)) == holds
    assert bool([*waivers.faults(given_, by)]) != holds
    assert bool([*waivers.unused(given_, by)]) == (holds and code[0] in "EWN")


def test_files_and_letters_are_nobodys_to_waive() -> None:
    firm = {code for code, rule in RULES.items() if rule.waived_by is Waiver.NOBODY}
    assert {"E6", "E9"} <= firm
    assert {code for code in RULES if code[0] in "FCPTBO"} <= firm
    editors = {code for code, rule in RULES.items() if rule.waived_by is Waiver.EDITOR}
    assert {"E2", "E3", "E4"} <= editors


def test_notes_and_waived_problems_are_shown_on_request() -> None:
    problems = [Problem("W1", "a", HERE), Problem("N1", "b", HERE)]
    problems.append(Problem("W8", "c", HERE, waived="why"))
    assert [p.code for p in waivers.shown(problems, verbose=False)] == ["W1"]
    assert [p.code for p in waivers.shown(problems, verbose=True)] == ["W1", "N1", "W8"]


@given(st.text())
def test_any_comment_can_be_read(text: str) -> None:
    found = waivers.of_entry(Entry(("", "a"), comments=f"check-ignore: {text}"), "a.po")
    assert all(ignore.span.path == "a.po" for ignore in found)
