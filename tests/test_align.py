"""Aligning: who was whom in an edited text. What merging makes of it is test_merge's."""

from __future__ import annotations

import random

from publish.align import Pairs, align
from publish.model import Entry, Key

from .edits import OTHERS, PARAGRAPHS, cut_to_its_first_third, split_in_two, word_added


def entries(texts: list[str] | tuple[str, ...]) -> dict[Key, Entry]:
    return {("", text): Entry(("", text), f"tr {text[:9]}") for text in texts}


def keys(texts: list[str] | tuple[str, ...]) -> list[Key]:
    return [("", text) for text in texts]


def texts_of(found: dict[Key, tuple[Entry, ...]]) -> dict[str, list[str]]:
    return {key[1]: [entry.key[1] for entry in before] for key, before in found.items()}


def test_nothing_is_paired_where_nothing_changed() -> None:
    assert align(entries(PARAGRAPHS), (), keys(PARAGRAPHS)) == Pairs()


def test_an_edited_text_is_found_between_its_neighbours() -> None:
    edited = cut_to_its_first_third(PARAGRAPHS[3])[0]
    found = align(entries(PARAGRAPHS), (), keys([*PARAGRAPHS[:3], edited, *PARAGRAPHS[4:]]))
    assert texts_of(found.edited) == {edited: [PARAGRAPHS[3]]}
    assert not found.proposed
    assert found.renamed == {("", PARAGRAPHS[3])}


def test_what_was_put_together_stands_in_the_order_of_the_new_text() -> None:
    text = f"{PARAGRAPHS[5]} {PARAGRAPHS[4]}"
    found = align(entries(PARAGRAPHS), (), keys([*PARAGRAPHS[:4], text, *PARAGRAPHS[6:]]))
    assert texts_of(found.edited) == {text: [PARAGRAPHS[5], PARAGRAPHS[4]]}
    assert not found.renamed


def test_also_where_one_of_the_texts_came_from_afar() -> None:
    text = f"{PARAGRAPHS[4]} {PARAGRAPHS[12]}"
    rest = [*PARAGRAPHS[5:12], *PARAGRAPHS[13:]]
    found = align(entries(PARAGRAPHS), (), keys([*PARAGRAPHS[:4], text, *rest]))
    assert texts_of(found.edited) == {text: [PARAGRAPHS[4], PARAGRAPHS[12]]}


def test_a_part_is_proposed_the_translation_of_the_whole() -> None:
    parts = split_in_two(PARAGRAPHS[0])
    found = align(entries(PARAGRAPHS), (), keys([*parts, *PARAGRAPHS[1:]]))
    assert len(found.edited) == len(found.proposed) == 1
    assert {*texts_of(found.edited), *texts_of(found.proposed)} == {*parts}


def test_what_was_edited_and_moved_is_proposed() -> None:
    text = word_added(PARAGRAPHS[1])[0]
    found = align(entries(PARAGRAPHS), (), keys([PARAGRAPHS[0], *PARAGRAPHS[2:], text]))
    assert texts_of(found.proposed) == {text: [PARAGRAPHS[1]]}
    assert not found.edited


def test_a_text_that_returns_is_left_to_its_own_entry() -> None:
    text = word_added(PARAGRAPHS[1])[0]
    now = keys([PARAGRAPHS[0], text, *PARAGRAPHS[2:]])
    assert align(entries(PARAGRAPHS), {("", text)}, now) == Pairs()


def test_other_cutting_rules_leave_a_translation_whole() -> None:
    old = ["One *two*  three\nfour.", "Five [six](a.md).", "Seven,", "eight.", "Nine."]
    new = ["One *two* three four.", "Five [six][a].", "Seven, eight.", "Nine and ten."]
    links = (("A", "a.md", ""),)
    found = align(entries(old), (), keys(new), recut=True, definitions=links)
    assert texts_of(found.same) == {new[0]: [old[0]], new[1]: [old[1]], new[2]: [old[2], old[3]]}
    assert align(entries(old), (), keys(new)).same == {}


def test_unrelated_texts_are_never_paired() -> None:
    chance = random.Random(1)
    for _ in range(50):
        old = [*PARAGRAPHS[:6], chance.choice(PARAGRAPHS[6:]), *PARAGRAPHS[6:8]]
        new = [*PARAGRAPHS[:6], chance.choice(OTHERS), *PARAGRAPHS[6:8]]
        old, new = list(dict.fromkeys(old)), list(dict.fromkeys(new))
        assert align(entries(old), (), keys(new)) == Pairs()
