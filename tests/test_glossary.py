"""Glossaries: strict reading, and terms found in inflected texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publish import glossary
from publish.locales import parse as locale

TR, RU, EN = locale("tr"), locale("ru"), locale("en")
HEAD = "term,translation,note\n"


def faults(text: str) -> list[tuple[int, int]]:
    """Line and column of each fault."""
    return [(p.span.line, p.span.column) for p in glossary.parse("g.csv", text, TR)[1]]


def test_a_glossary_is_read_in_file_order() -> None:
    text = HEAD + '"strait, the",boğaz*|Boğaziçi,"not ""channel"""\n\nIran,İran,\n'
    found, problems = glossary.parse("g.csv", text, TR)
    assert problems == ()
    assert [(t.term, t.translations, t.note) for t in found.terms] == [
        ("strait, the", ("boğaz*", "Boğaziçi"), 'not "channel"'),
        ("Iran", ("İran",), ""),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("term;translation;note\n", [(1, 1)]),
        (HEAD + "a,b\n", [(2, 1)]),
        (HEAD + "a,b,c,d\n", [(2, 7)]),
        (HEAD + " ,b,\n", [(2, 1)]),
        (HEAD + "a,b||c,\n", [(2, 3)]),
        (HEAD + "Aa,b,\nx,y,\naA,c,\n", [(4, 1)]),
        (HEAD + "a" * 201 + ",b,\n", [(2, 1)]),
        (HEAD + 'a,"b\n', [(2, 1)]),
    ],
)
def test_a_bad_row_is_told_with_its_place(text: str, expected: list[tuple[int, int]]) -> None:
    assert faults(text) == expected


def test_a_glossary_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glossary, "TERMS", 2)
    found, problems = glossary.parse("g.csv", HEAD + "a,b,\nc,d,\ne,f,\n", TR)
    assert len(found.terms) == 2
    assert [problem.message for problem in problems] == ["more than 2 terms"]


@pytest.mark.parametrize(
    ("row", "original", "translation", "missed"),
    [
        ("Taliban,Taliban,", "The Taliban ruled.", "Taliban’ın yönetimi.", False),
        ("Taliban,Taliban,", "The Taliban ruled.", "Örgütün yönetimi.", True),
        ("Taliban,Taliban,", "No word of them.", "Örgüt.", False),
        ("strait*,boğaz*,", "Straits and Strait", "boğazları", False),
        ("strait*,boğaz*,", "Straits", "kanal", True),
        ("strait,boğaz,", "strait", "boğazlar", True),
        ("Caspian Sea,Hazar Deniz*|Hazar,", "the Caspian Sea’s shore", "Hazar’ın kıyısı", False),
        ("Caspian Sea,Hazar Deniz*,", "the Caspian Sea", "Hazar sonra deniz", True),
        ("Caspian Sea,Hazar Deniz*,", "the Sea", "deniz", False),
        ("light,ışık,", "Light!", "IŞIK!", False),
        ("us,bize,", "the US", "ABD", True),
        ("US,ABD,", "give us more", "bize", False),
    ],
)
def test_terms_are_found_in_texts_that_inflect(
    row: str, original: str, translation: str, missed: bool
) -> None:
    found, problems = glossary.parse("g.csv", HEAD + row + "\n", TR)
    assert problems == ()
    assert bool([*glossary.missing(found, original, translation, EN)]) == missed


@given(st.text(), st.text())
def test_any_text_can_be_a_glossary(text: str, words: str) -> None:
    found, _ = glossary.parse("g.csv", HEAD + text, RU)
    assert [*glossary.missing(found, "", words, EN)] == []
    glossary.missing(found, words, text, EN)
