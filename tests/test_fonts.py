"""The fonts: where they are, and what they have."""

from __future__ import annotations

import re

import pytest

from publish import fonts

LETTERS = {
    "Turkish": "çğıöşüÇĞİÖŞÜâîû",
    "Russian": "абвгдеёжзийклмнопрстуфхцчшщъыьэюяЁЙ",
    "Kazakh": "әғқңөұүһі",
    "Persian": "آابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی‌۰۱۲۳۴۵۶۷۸۹",
    "Greek": "αβγδεζηθικλμνξοπρστυφχψωάέήίόύώ",
    "marks": "“”‘’„«»–—…№§°€₽₺·•\u00a0\u202f\u2009\u2060\u200b\u200e\u200f",
}


@pytest.mark.parametrize("letters", LETTERS.values(), ids=LETTERS)
def test_the_letters_of_our_languages_are_there(letters: str) -> None:
    assert fonts.missing(letters) == ()


def test_what_is_missing_is_named_once_in_order() -> None:
    assert fonts.missing("b 京 a 北 京 💡") == ("京", "北", "💡")
    assert fonts.named("京北") == "京 (U+4EAC), 北 (U+5317)"
    assert fonts.named("一二三四五六七").endswith("五 (U+4E94) and 2 more")


def test_letters_that_are_passed_over_for_speed_are_there() -> None:
    usual = [chr(code) for code in range(0x3000) if fonts._USUAL.fullmatch(chr(code))]
    assert len(usual) > 300
    assert [char for char in usual if char not in fonts.characters() and not char.isspace()] == []


def test_substitutes_are_there_and_their_characters_are_not() -> None:
    for char, instead in fonts.SUBSTITUTES.items():
        assert fonts.missing(char) == fonts.missing(instead) == ()


def test_scripts_that_can_be_written() -> None:
    assert all(map(fonts.writes, ("Latn", "Cyrl", "Grek", "Arab")))
    assert not any(map(fonts.writes, ("Hans", "Hebr", "Deva")))


def test_each_file_is_declared_once_and_without_a_range_of_weights() -> None:
    rules = [face.rule for face in fonts.faces()]
    assert len(rules) == len({face.path for face in fonts.faces()}) == 8
    for rule in rules:
        assert rule.startswith("@font-face{font-family:'")
        assert not re.search(r"font-weight:\d+ \d+", rule)
    assert {face.family for face in fonts.faces()} == fonts.FAMILIES


def test_characters_that_only_the_font_of_code_has_are_missing() -> None:
    assert fonts.missing("the ─ of a frame") == ("─",)
