"""Which edited texts are still the same block: the thresholds, and the shortcut before them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz import fuzz

from publish.similar import SHORT, likeness, same_block

LIGHT = (
    "A lighthouse serves every ship that passes, whatever her flag. Its keeper asks no questions "
    "and sends no bill. The light is paid for by those who never see it."
)
CLOCK = (
    "The first public clock of the town hung above the grain market and had one hand. Nobody "
    "missed the other, since farmers needed the hour and not the minute."
)


@pytest.mark.parametrize(
    "new",
    [
        LIGHT,
        LIGHT.replace("every ship", "each and every ship"),
        LIGHT.partition(". ")[2],
        LIGHT.rpartition(". ")[2],
        LIGHT[: len(LIGHT) // 3],
        f"{LIGHT} {CLOCK}",
        f"{CLOCK} {LIGHT}",
        LIGHT.replace(". ", "; ").replace("keeper", "warden"),
    ],
)
def test_an_edited_shortened_or_joined_text_is_the_same_block(new: str) -> None:
    assert same_block(LIGHT, new)
    assert same_block(new, LIGHT)


@pytest.mark.parametrize(
    "new",
    [
        CLOCK,
        CLOCK.partition(". ")[0],
        CLOCK * 5,
        "Свет маяка виден каждому кораблю, под каким бы флагом он ни шёл.",
        "x" * len(LIGHT),
    ],
)
def test_another_text_is_not(new: str) -> None:
    assert not same_block(LIGHT, new)
    assert not same_block(new, LIGHT)


@pytest.mark.parametrize(
    "new", ["Two duties of light", "Two duty of lights", "Two duties of lights"]
)
def test_a_short_text_may_change_by_a_letter_or_two(new: str) -> None:
    assert same_block("Two duties of lights", new)


@pytest.mark.parametrize(
    "new", ["Duties", "Two", "Two duties of ships", "Three duties of light", ""]
)
def test_a_short_text_that_changes_more_is_another(new: str) -> None:
    assert not same_block("Two duties of lights", new)


def test_a_short_text_is_not_found_inside_a_long_one() -> None:
    assert len("whatever her flag") < SHORT
    assert not same_block("whatever her flag", LIGHT)


def test_likeness_ranks_the_nearer_text_higher() -> None:
    near, far = (
        LIGHT.replace("every", "any"),
        LIGHT.replace("ship", "boat").replace("light", "lamp"),
    )
    assert likeness(LIGHT, LIGHT) == 100
    assert 100 > likeness(LIGHT, near) > likeness(LIGHT, far) > likeness(LIGHT, CLOCK)


SENTENCES = st.lists(
    st.sampled_from((*LIGHT.split(), *CLOCK.split(), "маяк", "fener")), min_size=4, max_size=40
).map(" ".join)


@settings(deadline=None, max_examples=150)
@given(SENTENCES, SENTENCES)
def test_the_shortcut_decides_as_the_whole_search_would(old: str, new: str) -> None:
    whole = fuzz.ratio(old, new) >= 60 or fuzz.partial_ratio(old, new) >= 85
    if min(len(old), len(new)) >= SHORT:
        assert same_block(old, new) is whole


@pytest.mark.parametrize("percent", range(70, 81))
def test_the_shortcut_spares_no_text_of_which_just_enough_is_left(percent: int) -> None:
    beginning = LIGHT[: len(LIGHT) * percent // 100]
    for new in ("0" * 300 + beginning, LIGHT[-len(beginning) :] + "0" * 300):
        assert fuzz.ratio(LIGHT, new) < 60
        assert same_block(LIGHT, new) is (fuzz.partial_ratio(LIGHT, new) >= 85)


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_two_texts_can_be_compared_in_any_order(old: str, new: str) -> None:
    assert same_block(old, new) is same_block(new, old)
    assert same_block(old, old) is True
