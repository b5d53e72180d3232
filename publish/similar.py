"""How alike two texts are. Imports rapidfuzz, alone."""

from __future__ import annotations

from rapidfuzz import fuzz

SHORT = 25
"""Below this many characters, likeness by chance is common."""


def same_block(old: str, new: str) -> bool:
    """Whether two texts between the same neighbours are one block before and after an edit.

    A text that was shortened, split or merged shares a long run with the other (`partial_ratio`),
    where the plain ratio fails. The thresholds were measured on edits of real pieces: edited
    blocks reach 60 or share a run of 85, unrelated paragraphs stay below 55 and 75.
    """
    if min(len(old), len(new)) < SHORT:
        return fuzz.ratio(old, new) >= 85
    return fuzz.ratio(old, new) >= 60 or fuzz.partial_ratio(old, new) >= 85


def likeness(old: str, new: str) -> float:
    """A score from 0 to 100 by which candidates are ranked."""
    return max(fuzz.ratio(old, new), fuzz.partial_ratio(old, new))
