"""How long a text takes to read: words and not marks, each text at the speed of its language."""

from __future__ import annotations

import pytest

from publish import reading
from publish.locales import parse


def minutes(*texts: tuple[str, str]) -> int:
    return reading.minutes((parse(tag), text) for tag, text in texts)


@pytest.mark.parametrize(
    ("tag", "words", "expected"),
    [
        ("en", 0, 1),
        ("en", 1, 1),
        ("en", 228, 1),
        ("en", 229, 2),
        ("en-GB", 456, 2),
        ("tr", 167, 2),
        ("ru", 184, 1),
        ("ru", 185, 2),
        ("ar", 139, 2),
        ("fa", 184, 1),
        ("fa", 185, 2),
    ],
)
def test_each_language_has_its_speed(tag: str, words: int, expected: int) -> None:
    assert minutes((tag, "word " * words)) == expected


def test_parts_in_two_languages_take_the_time_of_each() -> None:
    assert minutes(("en", "one " * 114), ("tr", "bir " * 83)) == 1
    assert minutes(("en", "one " * 114), ("tr", "bir " * 84)) == 2


@pytest.mark.parametrize(
    "text",
    [
        "See [the register](https://a.example/lights_(old)/x-y-z).",
        'See [the register](a.md "A title of five words").',
        "See the register.[^1]",
        "See — the [register]{lang=fa dir=rtl} …",
        "**See** *the* `register`",
    ],
)
def test_only_words_are_read(text: str) -> None:
    assert minutes(("en", f"{text} " * 76)) == 1
    assert minutes(("en", f"{text} " * 77)) == 2


def test_where_no_spaces_part_words_characters_are_counted_or_nobody_can_say() -> None:
    assert minutes(("zh-Hans", "灯" * 255)) == 1
    assert minutes(("zh-Hans", "灯。" * 256)) == 2
    assert minutes(("ja", "灯" * 358)) == 2
    assert minutes(("th", "ไฟ" * 900)) == 0
    assert minutes(("en", "One."), ("th", "ไฟ")) == 0
