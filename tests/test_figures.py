"""Numbers of an original and of its translation, compared by value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publish.figures import Change, change

SAME = [
    ("1,234,567 tons", "1 234 567 тонн"),
    ("1,234.5 km", "1.234,5 km"),
    ("1\u202f000", "1.000"),
    ("۱۲۳۴ و ۵۶٫۷", "1234 and 56.7"),
    ("20 %", "%20"),
    ("on the 21st", "21. gün"),
    ("the 21st", "21-й"),
    ("in the 1990s", "в 90-е"),
    ("the 1990s", "1990’lar"),
    ("the 21st century", "XXI век"),
    ("the 21st century", "ХХІ век"),
    ("XIX. yüzyıl", "19th century"),
    ("from 9:00 am to 4 pm, 30 days", "с 9:00 до 16:00, 30 дней"),
    ("see [1] and [12]", "bkz."),
    ("05/03/2021", "5.3.2021"),
    ("x86 and i32", "x86"),
    ("1.50", "1,50"),
]


@pytest.mark.parametrize(("before", "after"), SAME)
def test_equal_numbers_are_equal_however_written(before: str, after: str) -> None:
    assert change(before, after) == Change((), (), ())


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("in 2021", "в 2012", Change(("2021",), ("2012",), ("2021",))),
        ("2,000 ships", "200 gemi", Change(("2000",), ("200",), ())),
        ("28 October 2021", "18 Ekim 2021", Change(("28",), ("18",), ("28",))),
        ("October 28, 2021", "Ekim 2021", Change(("28",), (), ("28",))),
        ("2021-10-28", "2021-10-29", Change(("28",), ("29",), ("28",))),
        ("48 ships", "gemiler", Change(("48",), (), ())),
        ("1.5 km", "15 km", Change(("1.5",), ("15",), ())),
    ],
)
def test_other_numbers_are_told(before: str, after: str, expected: Change) -> None:
    assert change(before, after) == expected


@pytest.mark.parametrize(
    ("before", "after", "small"),
    [
        ("two", "2", True),
        ("10", "ten", True),
        ("11", "eleven", False),
        ("3", "4", False),
        ("2.5", "", False),
    ],
)
def test_small_numbers_on_one_side_may_be_written_out(before: str, after: str, small: bool) -> None:
    assert change(before, after).small == small


@given(st.text(), st.text())
def test_any_two_texts_can_be_compared(before: str, after: str) -> None:
    assert change(before, before) == Change((), (), ())
    change(before, after)
