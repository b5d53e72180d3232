"""Numbers in texts of any language, as values that can be compared."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass

_SEPARATORS = {"\u066b": ".", "\u066c": ",", "\u2009": " ", "\u2007": " "}
# Whole figures; those that end a name (`x86`, `i32`) belong to it.
_FIGURE = re.compile(
    r"(?<![^\W\d_])(?<![\d.,])(?:\d{1,3}(?: \d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)*)", re.ASCII
)
_GROUP = re.compile(r"[., ](?=\d{3}(?!\d))")
_MARK = re.compile(r"\[\d+\]")
_CLOCK = re.compile(
    r"(?<![\d.,:])\d{1,2}[:.]\d{2}(?!\d|[.,:]\d|\s?%)(?:\s?[ap]\.?m\b\.?)?"
    r"|(?<![\d.,])\d{1,2}\s?[ap]\.?m\b\.?",
    re.IGNORECASE,
)
_DECADE = re.compile(r"(?:1\d|20)\d0")
_ROMAN = re.compile(r"(?<!\w)(?=[IVXLC])C{0,3}(?:X[CL]|L?X{0,3})(?:I[XV]|V?I{0,3})(?!\w)")
_ROMANS = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_DATE = re.compile(
    r"(?<!\d)(?:"
    r"(\d{1,2})(?:st|nd|rd|th|-?[^\W\d_]{1,2}|\.)?\s+(?:of\s+)?[^\W\d_]{3,}\.?,?\s+[12]\d{3}"
    r"|[^\W\d_]{3,}\.?\s+(\d{1,2})(?:st|nd|rd|th)?,\s*[12]\d{3}"
    r"|(\d{1,2})[./-](\d{1,2})[./-][12]\d{3}"
    r"|[12]\d{3}-(\d{1,2})-(\d{1,2})"
    r")(?!\d)"
)

TEN = 10
"""Numbers up to here are often written out."""


@dataclass(frozen=True, slots=True)
class Change:
    """How the numbers of two texts differ."""

    lost: tuple[str, ...]
    """Numbers of the first that the second lacks."""

    gained: tuple[str, ...]
    """Numbers of the second that the first lacks."""

    lost_dates: tuple[str, ...]
    """Those of the lost that are a year or the day of a date."""

    @property
    def small(self) -> bool:
        """Whether it can be a matter of writing numbers out: small ones, on one side only."""
        return not (self.lost and self.gained) and all(
            n.isdecimal() and int(n) <= TEN for n in self.lost + self.gained
        )


def change(before: str, after: str) -> Change:
    """How the numbers of a text and of its translation differ, by value."""
    before, after = _plain(before), _plain(after)
    if _CLOCK.search(before) and _CLOCK.search(after):
        before, after = _CLOCK.sub(" ", before), _CLOCK.sub(" ", after)
    had, has = _numbers(before), _numbers(after)
    lost, gained = had - has, has - had
    _forgive_decades(lost, gained)
    _forgive_decades(gained, lost)
    _forgive_romans(lost, _romans(after) - _romans(before))
    _forgive_romans(gained, _romans(before) - _romans(after))
    kept = _years(before) | Counter(day for day in _days(before))
    return Change(
        lost=_sorted(lost),
        gained=_sorted(gained),
        lost_dates=_sorted(Counter(n for n in lost.elements() if n in kept)),
    )


def _sorted(numbers: Counter[str]) -> tuple[str, ...]:
    return tuple(sorted(numbers.elements(), key=lambda n: (len(n), n)))


def ascii_digits(text: str) -> str:
    """The text with every script's decimal digits as ASCII ones."""
    return _DIGIT.sub(lambda match: str(unicodedata.digit(match[0])), text)


_DIGIT = re.compile(r"[^\D0-9]")


def _plain(text: str) -> str:
    for written, plain in _SEPARATORS.items():
        text = text.replace(written, plain)
    return _MARK.sub(" ", ascii_digits(unicodedata.normalize("NFKC", text)))


def _numbers(text: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for match in _FIGURE.finditer(text):
        number = _GROUP.sub("", match[0]).replace(",", ".")
        # A date or a version is several numbers; 1.5 is one.
        parts = [number] if number.count(".") <= 1 else number.split(".")
        for part in parts:
            whole, point, rest = part.partition(".")
            found[(whole.lstrip("0") or "0") + point + rest] += 1
    return found


def _years(text: str) -> Counter[str]:
    numbers = re.findall(r"(?<![\d.,])(?<![^\W\d_])[12]\d{3}(?![\d]|[.,]\d)", text)
    return Counter(number for number in numbers if 1000 <= int(number) <= 2100)


def _days(text: str) -> list[str]:
    return [part.lstrip("0") for match in _DATE.findall(text) for part in match if part]


def _forgive_decades(lost: Counter[str], gained: Counter[str]) -> None:
    """The 1990s may be the 90s."""
    for number in [n for n in lost if _DECADE.fullmatch(n)]:
        both = min(lost[number], gained[number[2:]])
        lost[number] -= both
        gained[number[2:]] -= both
    _drop(lost)
    _drop(gained)


def _forgive_romans(numbers: Counter[str], romans: Counter[str]) -> None:
    """A century may be counted in Roman numerals."""
    for number, times in romans.items():
        numbers[number] -= min(times, numbers[number])
    _drop(numbers)


def _drop(numbers: Counter[str]) -> None:
    for number in [n for n, times in numbers.items() if times <= 0]:
        del numbers[number]


def _romans(text: str) -> Counter[str]:
    # Cyrillic Х and І are typed for the numerals too.
    text = text.translate({0x0425: "X", 0x0406: "I", 0x0421: "C"})
    return Counter(str(_roman(match[0])) for match in _ROMAN.finditer(text))


def _roman(numeral: str) -> int:
    values = [_ROMANS[letter] for letter in numeral]
    following = [*values[1:], 0]
    return sum(-v if v < after else v for v, after in zip(values, following, strict=True))
