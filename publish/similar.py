"""How alike two texts are. Imports rapidfuzz, alone."""

from __future__ import annotations

from rapidfuzz import fuzz
from rapidfuzz.distance import LCSseq

SHORT = 25
"""Below this many characters, likeness by chance is common."""


def same_block(old: str, new: str) -> bool:
    """Whether two texts between the same neighbours are one block before and after an edit.

    A text that was shortened, split or merged shares a long run with the other (`partial_ratio`),
    where the plain ratio fails. The thresholds were measured on edits of real pieces: edited
    blocks reach 60 or share a run of 85, unrelated paragraphs stay below 55 and 75.
    """
    shorter = min(len(old), len(new))
    if shorter < SHORT:
        return fuzz.ratio(old, new) >= 85
    if fuzz.ratio(old, new) >= 60:
        return True
    # A run of 85 has at least 0.85/1.15 of the shorter text's characters in common with the
    # longer one, in order. Where they are not there, the slow search for a run is spared.
    if LCSseq.similarity(old, new) < 0.739 * shorter:
        return False
    return fuzz.partial_ratio(old, new, score_cutoff=85) >= 85


def likeness(old: str, new: str) -> float:
    """A score from 0 to 100 by which candidates are ranked."""
    return max(fuzz.ratio(old, new), fuzz.partial_ratio(old, new))
