"""`publish explain`: every rule, and examples that are true."""

from __future__ import annotations

import pytest

from publish.compare import Pair, differences
from publish.doubts import doubts
from publish.errors import RULES
from publish.explain import EXAMPLES, explain, near
from publish.locales import parse


@pytest.mark.parametrize("code", RULES)
def test_every_rule_is_explained(code: str) -> None:
    text = explain(code)
    assert text is not None
    assert text.startswith(f"{code}  {RULES[code].meaning}\n")
    assert f"severity     {RULES[code].severity.value}" in text
    assert explain(code.casefold()) == text


@pytest.mark.parametrize("code", EXAMPLES)
def test_examples_are_true(code: str) -> None:
    original, bad, good = EXAMPLES[code]
    pairs = [Pair(original, text, parse("tr"), parse("en")) for text in (bad, good)]
    broken, kept = [{d.code for d in (*differences(p), *doubts(p))} for p in pairs]
    assert code in broken
    assert kept == set()


def test_an_unknown_code_is_no_rule_but_one_is_near() -> None:
    assert explain("E99") is None
    assert near("E33") == "E3"
    assert near("ф") in RULES
