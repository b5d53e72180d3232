"""Translation memory: what it suggests, from where, and what it never does."""

from __future__ import annotations

import dataclasses

from hypothesis import given, settings
from hypothesis import strategies as st

from publish.memory import Memory
from publish.merge import merge
from publish.model import Catalogue, Entry, Previous, State

from .edits import PARAGRAPHS, cut_to_its_first_third, word_added
from .test_merge import TR, changed, complete, domain, reread, the, turkish


def of(name: str, found: Catalogue) -> Catalogue:
    return dataclasses.replace(found, domain=name)


def fresh(texts: list[str]) -> Catalogue:
    return of("pieces/b", merge(None, domain(texts), TR)[0])


def test_the_same_text_of_another_piece_is_suggested_with_its_origin() -> None:
    memory = Memory([of("pieces/a", complete(PARAGRAPHS))])
    after, found = memory.suggest(fresh([PARAGRAPHS[3]]))
    assert found == {("", PARAGRAPHS[3])}
    assert after.entries == (
        Entry(
            ("", PARAGRAPHS[3]),
            turkish(PARAGRAPHS[3]),
            flags=("fuzzy",),
            notes="paragraph\nsuggested from pieces/a",
            references=("sources/pieces/a.md",),
        ),
    )
    assert after.entries[0].state is State.SUGGESTED


def test_translations_that_disagree_suggest_nothing() -> None:
    one = of("pieces/a", complete(["One light."]))
    other = of("pieces/c", changed(one, "One light.", translation="Bir fener."))
    assert Memory([one, other]).suggest(fresh(["One light."]))[1] == frozenset()
    assert Memory([one]).suggest(fresh(["One light."]))[1]


def test_a_near_text_of_another_piece_is_suggested_with_what_it_was_made_from() -> None:
    near = word_added(PARAGRAPHS[3])[0]
    memory = Memory([of("pieces/a", complete(PARAGRAPHS))])
    [entry] = memory.suggest(fresh([near]))[0].entries
    assert entry.translation == turkish(PARAGRAPHS[3])
    assert entry.previous == Previous("", PARAGRAPHS[3])
    assert entry.fuzzy


def test_what_differs_beside_words_is_named() -> None:
    old = "In 2019 the [harbour](a.md) had forty lights, twelve of them green.[^1]"
    new = "In 2021 the [harbour](b.md) had forty lights, twelve of them green."
    [entry] = Memory([of("pieces/a", complete([old]))]).suggest(fresh([new]))[0].entries
    differing = "differs in 2019, 2021, [^1], a.md, b.md"
    assert entry.notes == f"paragraph\nsuggested from pieces/a; {differing}"


def test_a_text_that_is_not_near_enough_is_not_suggested() -> None:
    cut = cut_to_its_first_third(PARAGRAPHS[3])[0]
    memory = Memory([of("pieces/a", complete([*PARAGRAPHS, "The old clocks"]))])
    assert memory.suggest(fresh([cut]))[1] == frozenset()
    assert memory.suggest(fresh(["The old bells"]))[1] == frozenset()
    assert memory.suggest(fresh(["The old clock"]))[1]


def test_what_nobody_confirmed_is_not_suggested() -> None:
    found = changed(complete(PARAGRAPHS), PARAGRAPHS[3], flags=("fuzzy",))
    assert Memory([of("pieces/a", found)]).suggest(fresh([PARAGRAPHS[3]]))[1] == frozenset()


def test_a_sibling_that_stands_lends_nothing() -> None:
    near = word_added(PARAGRAPHS[6])[0]
    found, _ = merge(complete(PARAGRAPHS), domain([*PARAGRAPHS, near]), TR)
    assert Memory([found]).suggest(found) == (found, frozenset())


def test_one_that_has_gone_does() -> None:
    near = word_added(PARAGRAPHS[6])[0]
    gone, _ = merge(complete(PARAGRAPHS), domain(PARAGRAPHS[:6]), TR)
    found, _ = merge(gone, domain([*PARAGRAPHS[:6], near]), TR)
    after, _ = Memory([found]).suggest(found)
    assert the(after, near).translation == turkish(PARAGRAPHS[6])
    assert after.obsolete == found.obsolete


def test_but_to_one_text_only() -> None:
    near = [word_added(PARAGRAPHS[6])[0], word_added(word_added(PARAGRAPHS[6])[0])[0]]
    gone, _ = merge(complete(PARAGRAPHS), domain(PARAGRAPHS[:6]), TR)
    found, _ = merge(gone, domain([*PARAGRAPHS[:6], *near]), TR)
    assert Memory([found]).suggest(found)[1] == {("", near[0])}


def test_the_text_that_a_stale_translation_was_made_from_lends_to_other_pieces() -> None:
    edited = word_added(PARAGRAPHS[3])[0]
    stale, _ = merge(complete(PARAGRAPHS), domain([*PARAGRAPHS[:3], edited]), TR)
    assert the(stale, edited).state is State.STALE
    [entry] = Memory([stale]).suggest(fresh([PARAGRAPHS[3]]))[0].entries
    assert (entry.translation, entry.state) == (turkish(PARAGRAPHS[3]), State.SUGGESTED)
    assert Memory([stale]).suggest(stale)[1] == frozenset()


def test_contexts_are_told_apart() -> None:
    title = {"One light.": "title"}
    one = merge(None, domain(["One light."], title), TR)[0]
    memory = Memory([of("pieces/a", changed(one, "One light.", translation="Bir fener."))])
    assert memory.suggest(fresh(["One light."]))[1] == frozenset()


def test_a_suggestion_stays_until_it_is_confirmed() -> None:
    memory = Memory([of("pieces/a", complete(PARAGRAPHS))])
    source = domain([word_added(PARAGRAPHS[3])[0]])
    after, _ = memory.suggest(fresh([source.segments[0].key[1]]))
    again, _ = merge(reread(after), dataclasses.replace(source, name="pieces/b"), TR)
    assert again.entries == after.entries
    [entry] = merge(changed(after, source.segments[0].key[1], flags=()), source, TR)[0].entries
    assert (entry.state, entry.previous, entry.notes) == (State.TRANSLATED, None, "paragraph")


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.sampled_from(PARAGRAPHS), unique=True, max_size=6),
    st.lists(st.sampled_from([*PARAGRAPHS, *(word_added(p)[0] for p in PARAGRAPHS)]), max_size=6),
)
def test_to_suggest_again_changes_nothing(known: list[str], sought: list[str]) -> None:
    others = [of("pieces/a", complete(known)), of("pieces/c", complete(known[:2]))]
    found = fresh(list(dict.fromkeys(sought)))
    once, _ = Memory([*others, found]).suggest(found)
    assert Memory([*others, once]).suggest(once) == (once, frozenset())
