"""How alike two texts are. Imports rapidfuzz, alone."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz, process
from rapidfuzz.distance import LCSseq

SHORT = 25
"""Below this many characters, likeness by chance is common."""

_WORDS = re.compile(r"\w+")
_TOKENS = re.compile(r"\s+|[^\s\w]|\w+")


def same_block(old: str, new: str) -> bool:
    """Whether two texts of one piece are one block before and after an edit.

    A text that was shortened, split or merged shares a long run with the other (`partial_ratio`),
    where the plain ratio fails. The thresholds were measured on edits of real pieces: edited
    blocks reach 60 or share a run of 85, unrelated paragraphs stay below 55 and 75.
    """
    shorter = min(len(old), len(new))
    if shorter < SHORT:
        return fuzz.ratio(old, new) >= 85
    return fuzz.ratio(old, new) >= 60 or within(old, new)


def within(one: str, other: str) -> bool:
    """Whether the shorter text is, but for small edits, a run of the longer one."""
    shorter = min(len(one), len(other))
    if shorter < SHORT:
        return False
    # A run of 85 has at least 0.85/1.15 of the shorter text's characters in common with the
    # longer one, in order. Where they are not there, the slow search for a run is spared.
    if LCSseq.similarity(one, other) < 0.739 * shorter:
        return False
    return fuzz.partial_ratio(one, other, score_cutoff=85) >= 85


def likeness(old: str, new: str) -> float:
    """A score from 0 to 100 by which candidates are ranked."""
    return max(fuzz.ratio(old, new), fuzz.partial_ratio(old, new))


def place(part: str, whole: str) -> int:
    """Where in the longer text the run begins that the shorter one is likest to."""
    found = fuzz.partial_ratio_alignment(part, whole)
    return found.dest_start if found else 0


class Index:
    """Texts among which near ones are sought, many times.

    A near text shares at least half of the distinct words of the one it is sought for; so only
    texts with one of its rarer words are compared at all.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        """Note which text holds which word."""
        self._texts = texts
        self._holding: dict[str, list[int]] = defaultdict(list)
        for number, text in enumerate(texts):
            for word in set(_WORDS.findall(text)):
                self._holding[word].append(number)

    def near(self, text: str, passing: Iterable[int] = ()) -> tuple[int, float] | None:
        """Position and likeness (70 to 100; 85 to 100 for short texts) of the nearest text, or
        None; `passing` are positions not to be taken."""
        words = sorted(set(_WORDS.findall(text)), key=lambda word: len(self._holding.get(word, ())))
        found: set[int] = set()
        for word in words[: len(words) // 2 + 1]:
            found.update(self._holding.get(word, ()))
        choices = {
            number: self._texts[number]
            for number in sorted(found.difference(passing))
            if len(text) >= SHORT <= len(self._texts[number])
            or fuzz.ratio(text, self._texts[number]) >= 85
        }
        best = process.extractOne(text, choices, scorer=fuzz.ratio, score_cutoff=70)
        return None if best is None else (best[2], best[1])


def word_changes(old: str, new: str) -> tuple[tuple[str, str], ...]:
    """The way from one text to the other, in words: `("=", kept)`, `("-", old)`, `("+", new)`.

    >>> word_changes("One old clock.", "One new clock.")
    (('=', 'One '), ('-', 'old'), ('+', 'new'), ('=', ' clock.'))
    """
    before, after = _TOKENS.findall(old), _TOKENS.findall(new)
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    found: list[tuple[str, str]] = []
    for operation, i1, i2, j1, j2 in matcher.get_opcodes():
        if operation == "equal":
            found.append(("=", "".join(before[i1:i2])))
            continue
        if i2 > i1:
            found.append(("-", "".join(before[i1:i2])))
        if j2 > j1:
            found.append(("+", "".join(after[j1:j2])))
    return tuple(found)
