"""Problems: their order, their looks, and the table of rules."""

from __future__ import annotations

import doctest
import pickle
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publish import errors
from publish.errors import (
    RULES,
    LockedError,
    Problem,
    PublishError,
    Severity,
    Span,
    Stops,
    in_order,
    printable,
    stopping,
)

PLACES = st.builds(Span, st.sampled_from(["a.md", "b.md"]), st.integers(1, 9), st.integers(1, 9))
PROBLEMS = st.builds(Problem, st.sampled_from(sorted(RULES)), st.text(), PLACES, st.text())


def test_the_examples_in_the_module_hold() -> None:
    assert doctest.testmod(errors).failed == 0


# ── Order ────────────────────────────────────────────────────────────────────────────────────


def test_problems_are_sorted_by_place_and_told_once() -> None:
    late = Problem("S1", "late", Span("b.md", 1, 1))
    tenth = Problem("S1", "on line ten", Span("a.md", 10, 1))
    second = Problem("S1", "on line two", Span("a.md", 2, 9))
    assert in_order([late, tenth, second, late]) == (second, tenth, late)


@given(st.lists(PROBLEMS))
def test_the_order_does_not_depend_on_how_problems_were_met(problems: list[Problem]) -> None:
    assert in_order(problems) == in_order(reversed(problems))
    assert set(in_order(problems)) == set(problems)


def test_an_error_carries_its_problems_in_order() -> None:
    problems = [Problem("S2", "b", Span("b.md")), Problem("S1", "a", Span("a.md"))]
    error = PublishError(problems)
    assert error.problems == tuple(reversed(problems))
    assert str(error) == "a.md:1:1: error[S1] a\nb.md:1:1: error[S2] b"


def test_an_error_comes_back_whole_from_a_worker_process() -> None:
    error = PublishError([Problem("B2", "died", Span("a.md", 3, 4), "try again")], "no reason")
    known = pickle.loads(pickle.dumps(error))  # noqa: S301 — our own
    assert (known.problems, known.why) == (error.problems, "no reason")


def test_a_lock_names_its_process_where_that_is_known() -> None:
    known = pickle.loads(pickle.dumps(LockedError(4321)))  # noqa: S301 — our own
    assert (known.process, str(known)) == (
        4321,
        "another build of this site is at work (process 4321)",
    )
    assert str(LockedError()) == "another build of this site is at work"


# ── Looks ────────────────────────────────────────────────────────────────────────────────────


def test_a_problem_is_printed_with_its_place_weight_and_code() -> None:
    problem = Problem("P5", "no source is called x", Span("locales/tr/x.po", 3, 14))
    assert str(problem) == "locales/tr/x.po:3:14: warning[P5] no source is called x"
    assert problem.severity is Severity.WARNING


def test_a_place_without_a_line_is_the_beginning_of_the_file() -> None:
    assert Span("a.md") == Span("a.md", 1, 1)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a\nb\r\tc", r"a\x0ab\x0d\x09c"),
        ("\x85\u2028\u2029", r"\x85\u2028\u2029"),
        ("\u202eevil\u2066", r"\u202eevil\u2066"),
        ("\ud800\udcff", r"\ud800\udcff"),
        ("\U000e0041", r"\U000e0041"),
        ("Ünal — دفتر, Щука 🙂", "Ünal — دفتر, Щука 🙂"),
    ],
)
def test_only_what_cannot_be_seen_is_escaped(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text(st.characters()))
def test_nothing_printed_can_steer_a_terminal_or_break_a_line(text: str) -> None:
    shown = printable(text)
    assert not {unicodedata.category(char) for char in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert len(shown.splitlines()) <= 1


def test_a_file_name_cannot_forge_a_line_of_output() -> None:
    problem = Problem("F1", "is a link", Span("a\n::error::forged\x1b[2K.md"))
    assert str(problem) == r"a\x0a::error::forged\x1b[2K.md:1:1: error[F1] is a link"


# ── Rules ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("code", RULES)
def test_every_rule_says_in_one_sentence_what_it_demands(code: str) -> None:
    rule = RULES[code]
    assert rule.code == code
    assert re.fullmatch(r"[FCSPEWNGKTBOVX]\d+", code)
    assert re.fullmatch(r"\S.{10,100}\.", rule.meaning)


@pytest.mark.parametrize("code", RULES)
def test_warnings_stop_nothing_and_errors_stop_something(code: str) -> None:
    rule = RULES[code]
    # What was built is looked at when nothing is left that could be held back.
    told_only = rule.severity is not Severity.ERROR or code.startswith("V")
    assert told_only == (rule.stops is Stops.NOTHING)


def test_a_broken_translation_holds_back_its_passage_and_not_the_build() -> None:
    place = Span("a.md")
    source, translation, orphan = (Problem(code, "x", place) for code in ("S1", "E3", "P5"))
    assert stopping([source, translation, orphan]) == (source,)
