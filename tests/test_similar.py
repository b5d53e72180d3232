"""How alike texts are: an edited block is known again, a stranger is not."""

from __future__ import annotations

import pytest

from publish.similar import likeness, same_block

WHOLE = (
    "The keeper counts the ships of the day. He writes their names into a book that nobody reads. "
    "In the morning the book is closed, and the lamp is wiped until it shines again."
)
OTHER = (
    "Bread was scarce that winter, and the baker sold it by the slice. Children stood in line for "
    "hours with coins that their mothers had counted twice."
)


@pytest.mark.parametrize(
    "edited",
    [
        WHOLE,
        WHOLE.replace("keeper", "old keeper"),
        WHOLE.partition(". ")[2],
        WHOLE[: len(WHOLE) // 3],
        WHOLE[len(WHOLE) // 2 :],
        f"{OTHER} {WHOLE}",
    ],
    ids=["same", "a word added", "first sentence dropped", "first third", "a half", "merged"],
)
def test_an_edited_block_is_the_same_block(edited: str) -> None:
    assert same_block(WHOLE, edited)
    assert same_block(edited, WHOLE)


def test_an_unrelated_paragraph_is_another_block() -> None:
    assert not same_block(WHOLE, OTHER)


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("The lamp", "The lamps", True),
        ("The lamp", "The ramp of", False),
        ("Notes", "The lamp", False),
        ("", "The lamp", False),
    ],
)
def test_short_texts_need_to_be_nearly_equal(old: str, new: str, same: bool) -> None:
    assert same_block(old, new) is same


def test_the_nearer_text_is_likelier() -> None:
    assert likeness(WHOLE, WHOLE) == 100
    assert likeness(WHOLE, WHOLE[:80]) > likeness(WHOLE, OTHER)
