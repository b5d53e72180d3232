"""Comparing a translation with its original: case files in tests/compare/, and properties.

Cases have the form of those in tests/markdown/.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings

from benchmarks.checks import FALSE, TRUE, accepted, digest, verdicts
from publish.compare import RULES, Difference, Pair, address, differences
from publish.doubts import RULES as DOUBTS
from publish.doubts import doubts
from publish.locales import parse

from .test_markdown import DEFINITIONS, LABELS, MSGSTRS, cases, inlines

TR, EN = parse("tr"), parse("en")
LANGUAGES = {"turkish": TR, "russian": parse("ru"), "persian": parse("fa")}
CASES = Path(__file__).parent / "compare"


@pytest.mark.parametrize(("kind", "source", "expected"), [*cases(CASES)])
def test_case(kind: str, source: str, expected: str) -> None:
    msgid, _, msgstr = source.partition("\n=> ")
    msgstr = msgstr.replace("\n=> ", "\n")
    found: tuple[Difference, ...]
    if kind == "differences":
        found = differences(Pair(msgid, msgstr, TR, definitions=DEFINITIONS))
    else:
        what, bar, words = msgid.rpartition("|")
        kinds = {"note": "note 1", "title": "title", "": "paragraph"}
        pair = Pair(
            words if bar else msgid,
            msgstr,
            LANGUAGES[kind],
            EN,
            kind=kinds[what if bar else ""],
            plain=what == "title",
        )
        found = (*differences(pair), *doubts(pair))
    assert all(difference.hint for difference in found)
    told = "\n".join(f"{difference.code} {difference.message}" for difference in found)
    assert told == expected


@pytest.mark.parametrize("code", [*RULES, *DOUBTS])
def test_every_rule_has_a_case_that_breaks_it(code: str) -> None:
    texts = [path.read_text(encoding="utf-8") for path in CASES.glob("*.md")]
    # The two that depend on the site have their cases in test_doubts.
    assert any(f"\n{code} " in text for text in texts) == (code not in ("W11", "W12"))


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


# ── Addresses ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://a.example/%D0%90", "https://a.example/А", True),
        ("https://A.Example", "https://a.example/", True),
        ("https://münchen.example/", "https://xn--mnchen-3ya.example/", True),
        ("https://a.example/%7Eb", "https://a.example/~b", True),
        ("https://a.example/b%2Fc", "https://a.example/b/c", False),
        ("https://a.example/?q=1", "https://a.example/?q=2", False),
        ("https://a.example/#b", "https://a.example/#c", False),
        ("https://a.example/B", "https://a.example/b", False),
        ("https://a.example/%FF", "https://a.example/%FE", False),
        ("a.md", "a.md#b", False),
    ],
)
def test_addresses_are_compared_as_browsers_do(one: str, other: str, same: bool) -> None:
    assert (address(one) == address(other)) == same


@pytest.mark.parametrize(("tag", "codes"), [("tr", []), ("ru", ["E3"])])
def test_an_address_may_be_that_of_its_language(tag: str, codes: list[str]) -> None:
    localized = {"https://en.example/X": {"tr": "https://tr.example/Y"}}
    for msgstr in ("[bu](https://tr.example/Y)", "[bu](https://en.example/X)"):
        pair = Pair("[this](https://en.example/X)", msgstr, parse(tag), localized=localized)
        kept = msgstr.endswith("X)")
        assert [d.code for d in differences(pair)] == ([] if kept else codes)


def test_a_note_that_the_piece_does_not_have_is_named() -> None:
    pair = Pair("One.[^1]", "Bir.[^9]", TR, notes=frozenset({"1"}))
    [found] = differences(pair)
    assert found.hint.startswith("the piece has no note [^9]")


def test_a_link_to_nowhere_can_never_be_waived() -> None:
    [found] = [d for d in differences(Pair("One.", "[Bir](javascript:x).", TR)) if d.code == "E3"]
    assert found.firm


# ── Accepted work ────────────────────────────────────────────────────────────────────────────


def test_no_error_rule_cries_wolf_over_accepted_work(shared: Path) -> None:
    catalogues = sorted((shared / "corpora").rglob("*.po"))
    if not catalogues:
        pytest.skip("the catalogues in ../shared/corpora are not here")
    judged = verdicts()
    assert set(judged.values()) <= TRUE | FALSE
    every: set[str] = set()
    for path in catalogues:
        pairs = [*accepted(path)]
        false = Counter[str]()
        for pair in pairs:
            for code in {difference.code for difference in differences(pair)}:
                name = digest(code, pair)
                assert name in judged, f"{path.stem} {code} {name}: read it, and say what it is"
                false[code] += judged[name] in FALSE
                every.add(name)
        for code in RULES:
            assert false[code] < len(pairs) * 0.002, (path.stem, code, false[code])
    # What was rightly found is found still.
    assert not [name for name in judged.keys() - every if judged[name] in TRUE]
