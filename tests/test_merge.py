"""Merging: translations follow their texts, nothing is lost, the living lend nothing."""

from __future__ import annotations

import dataclasses
import datetime
import itertools
import os
import random
import shutil
import subprocess
import zlib
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publish import catalogue
from publish.errors import Span
from publish.locales import Locale, parse
from publish.merge import Grade, Tally, merge, template
from publish.messages import Domain
from publish.model import Catalogue, Entry, Previous, Segment, State

from . import edits
from .edits import EDITS, PARAGRAPHS, cut_to_its_first_third, split_in_two, word_added

EN, TR, RU = parse("en"), parse("tr"), parse("ru")
DAY = datetime.date(2024, 5, 6)

SHORT = ("Bells", "Dials", "The station", "After the war", "Notes", "Sources")


def domain(
    texts: Sequence[str], contexts: Mapping[str, str] | None = None, day: datetime.date | None = DAY
) -> Domain:
    segments = tuple(
        Segment(((contexts or {}).get(text, ""), text), "paragraph", Span("sources/pieces/a.md"))
        for text in texts
    )
    words = tuple(len(text.split()) for text in texts)
    return Domain("pieces/a", "sources/pieces/a.md", EN, day, segments, words)


def of_segments(*segments: Segment, path: str = "") -> Domain:
    return Domain("interface", path, EN, None, segments, tuple(1 for _ in segments))


def turkish(text: str) -> str:
    """A translation that tells which text it was made from."""
    return f"Türkçe {text[:12]} {zlib.crc32(text.encode())}"


def translated(found: Catalogue) -> Catalogue:
    """Every empty entry translated."""
    entries = tuple(
        entry
        if entry.translation
        else dataclasses.replace(entry, translation=turkish(entry.key[1]))
        for entry in found.entries
    )
    return dataclasses.replace(found, entries=entries)


def changed(found: Catalogue, text: str, **values: object) -> Catalogue:
    """The catalogue after a translator's work on one entry."""
    entries = tuple(
        dataclasses.replace(entry, **values) if entry.key[1] == text else entry  # type: ignore[arg-type]
        for entry in found.entries
    )
    assert entries != found.entries
    return dataclasses.replace(found, entries=entries)


def complete(texts: Sequence[str]) -> Catalogue:
    return translated(merge(None, domain(texts), TR)[0])


def the(found: Catalogue, text: str) -> Entry:
    [entry] = [entry for entry in found.entries if entry.key[1] == text]
    return entry


def reread(found: Catalogue) -> Catalogue:
    """The catalogue as the next command finds it on disk."""
    again, problems = catalogue.read(found.path, catalogue.dump(found), found.domain, found.locale)
    assert again is not None, problems
    return again


def states(found: Catalogue) -> Counter[State]:
    return Counter(entry.state for entry in found.entries)


# ── The first merge ──────────────────────────────────────────────────────────────────────────


def test_without_a_catalogue_there_is_an_empty_one_in_document_order() -> None:
    found, tally = merge(None, domain(["One.", "Two."]), TR)
    assert tally == Tally(kept=0, stale=0, new=2, retired=0)
    assert found == Catalogue(
        domain="pieces/a",
        locale=TR,
        header=(
            ("Project-Id-Version", "pieces/a"),
            ("POT-Creation-Date", "2024-05-06 00:00+0000"),
            ("PO-Revision-Date", "2024-05-06 00:00+0000"),
            ("Last-Translator", ""),
            ("Language-Team", ""),
            ("Language", "tr"),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=UTF-8"),
            ("Content-Transfer-Encoding", "8bit"),
            ("Plural-Forms", "nplurals=2; plural=(n != 1);"),
            ("X-Source-Language", "en"),
            ("X-Segmenter", "publish 1"),
        ),
        entries=(
            Entry(("", "One."), notes="paragraph", references=("sources/pieces/a.md",)),
            Entry(("", "Two."), notes="paragraph", references=("sources/pieces/a.md",)),
        ),
    )


def test_a_template_has_no_language_and_no_translators() -> None:
    found = template(domain(["One."]))
    assert found.locale is None
    assert dict(found.header)["Language"] == ""
    assert not {"PO-Revision-Date", "Last-Translator", "Plural-Forms"} & set(dict(found.header))
    assert dict(found.header)["POT-Creation-Date"] == "2024-05-06 00:00+0000"
    assert found.entries == merge(None, domain(["One."]), TR)[0].entries


def test_a_source_without_a_date_has_none_in_its_header() -> None:
    assert "POT-Creation-Date" not in dict(template(domain(["One."], day=None)).header)
    assert dict(merge(None, domain(["One."], day=None), TR)[0].header)["PO-Revision-Date"] == (
        "YEAR-MO-DA HO:MI+ZONE"
    )


def test_notes_kinds_flags_and_plurals_come_from_the_source() -> None:
    segment = Segment(
        ("menu", "%(n)s page"),
        "interface",
        Span("templates/a.html", 3),
        ("first", "second"),
        "%(n)s pages",
        ("python-format",),
    )
    found, _ = merge(None, of_segments(segment), RU)
    assert found.entries == (
        Entry(
            ("menu", "%(n)s page"),
            plural="%(n)s pages",
            plurals=("", "", ""),
            flags=("python-format",),
            notes="interface\nfirst\nsecond",
            references=("templates/a.html",),
        ),
    )


# ── The same text ────────────────────────────────────────────────────────────────────────────


def test_the_same_text_keeps_its_translation_untouched() -> None:
    before = changed(complete(PARAGRAPHS), PARAGRAPHS[3], comments="a remark", flags=("md-text",))
    assert merge(before, domain(PARAGRAPHS), TR) == (before, Tally(17, 0, 0, 0))


def test_texts_that_change_places_keep_their_translations() -> None:
    before = complete(PARAGRAPHS)
    after, tally = merge(before, domain([*PARAGRAPHS[8:], *PARAGRAPHS[:8]]), TR)
    assert tally == Tally(17, 0, 0, 0)
    assert after.entries == (*before.entries[8:], *before.entries[:8])


def test_what_the_source_says_about_a_text_is_refreshed() -> None:
    before = changed(
        complete(["One."]),
        "One.",
        notes="heading 2\nold note",
        references=("gone.md",),
        comments="c",
    )
    assert merge(before, domain(["One."]), TR)[0].entries == (
        Entry(
            ("", "One."),
            turkish("One."),
            comments="c",
            notes="paragraph",
            references=("sources/pieces/a.md",),
        ),
    )


def test_contexts_tell_texts_apart() -> None:
    before = complete(["Light."])
    after, tally = merge(before, domain(["Light."], {"Light.": "adjective"}), TR)
    assert tally == Tally(kept=0, stale=0, new=1, retired=1)
    assert after.entries[0].state is State.MISSING
    assert after.obsolete[0].translation == turkish("Light.")


# ── Edited texts ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_every_edited_paragraph_keeps_its_translation(edit: Callable[[str], list[str]]) -> None:
    before = complete(PARAGRAPHS)
    for place, text in enumerate(PARAGRAPHS):
        parts = edit(text)
        after, tally = merge(
            before, domain([*PARAGRAPHS[:place], *parts, *PARAGRAPHS[place + 1 :]]), TR
        )
        assert (tally.kept, tally.stale, tally.retired) == (16, 1, 0), text
        assert tally.suggested + tally.new == len(parts) - 1
        [stale] = [entry for entry in after.entries if entry.state is State.STALE]
        assert stale.key[1] in parts
        assert stale.translation == turkish(text)
        assert stale.flags == ("fuzzy",)
        assert stale.previous == Previous("", text)
        assert stale.notes == "paragraph\nchanged 2024-05-06"
        assert after.obsolete == ()


def test_every_paragraph_edited_at_once_keeps_its_translation() -> None:
    after, tally = merge(
        complete(PARAGRAPHS), domain([word_added(text)[0] for text in PARAGRAPHS]), TR
    )
    assert tally == Tally(kept=0, stale=17, new=0, retired=0)
    assert [entry.translation for entry in after.entries] == [turkish(p) for p in PARAGRAPHS]


def test_the_other_part_of_a_split_text_gets_the_translation_as_a_suggestion() -> None:
    first, second = split_in_two(PARAGRAPHS[4])
    texts = [*PARAGRAPHS[:4], first, second, *PARAGRAPHS[5:]]
    after, _ = merge(complete(PARAGRAPHS), domain(texts), TR)
    assert {the(after, first).state, the(after, second).state} == {State.STALE, State.SUGGESTED}
    assert the(after, first).translation == the(after, second).translation == turkish(PARAGRAPHS[4])
    assert the(after, second).previous == Previous("", PARAGRAPHS[4])


def test_two_paragraphs_made_one_have_both_translations() -> None:
    joined = f"{PARAGRAPHS[4]} {PARAGRAPHS[5]}"
    before = changed(complete(PARAGRAPHS), PARAGRAPHS[5], comments="a remark")
    after, tally = merge(before, domain([*PARAGRAPHS[:4], joined, *PARAGRAPHS[6:]]), TR)
    assert tally == Tally(kept=15, stale=1, new=0, retired=2)
    both = the(after, joined)
    assert both.translation == f"{turkish(PARAGRAPHS[4])} {turkish(PARAGRAPHS[5])}"
    assert both.previous == Previous("", joined)
    assert both.comments == "a remark"
    assert both.state is State.STALE


def test_and_give_them_back_when_they_are_taken_apart_again() -> None:
    joined = f"{PARAGRAPHS[4]} {PARAGRAPHS[5]}"
    before = complete(PARAGRAPHS)
    after, _ = merge(before, domain([*PARAGRAPHS[:4], joined, *PARAGRAPHS[6:]]), TR)
    back, tally = merge(reread(after), domain(PARAGRAPHS), TR)
    assert tally == Tally(kept=17, stale=0, new=0, retired=1)
    assert back.entries == before.entries


def test_three_paragraphs_made_one_and_shortened_have_all_translations() -> None:
    parts = PARAGRAPHS[4:7]
    joined = word_added(" ".join([parts[0], cut_to_its_first_third(parts[1])[0], parts[2]]))[0]
    after, _ = merge(complete(PARAGRAPHS), domain([*PARAGRAPHS[:4], joined, *PARAGRAPHS[7:]]), TR)
    found = the(after, joined).translation
    assert turkish(parts[0]) in found
    assert turkish(parts[2]) in found


def test_a_text_that_was_edited_and_moved_gets_its_translation_as_a_suggestion() -> None:
    moved = word_added(PARAGRAPHS[2])[0]
    texts = [*PARAGRAPHS[:2], *PARAGRAPHS[3:9], moved, *PARAGRAPHS[9:]]
    after, tally = merge(complete(PARAGRAPHS), domain(texts), TR)
    assert tally == Tally(kept=16, stale=0, new=0, retired=0, suggested=1)
    assert the(after, moved).state is State.SUGGESTED
    assert the(after, moved).translation == turkish(PARAGRAPHS[2])
    assert the(after, moved).previous == Previous("", PARAGRAPHS[2])


# ── The truth about edits ────────────────────────────────────────────────────────────────────


def held(piece: Sequence[edits.Block], found: Catalogue) -> list[frozenset[int]]:
    """Whose translations each block of a piece has got."""
    by_text = {entry.key[1]: entry.translation for entry in found.entries}
    return [
        frozenset(n for n, text in enumerate(PARAGRAPHS) if turkish(text) in by_text[block.text])
        for block in piece
    ]


@pytest.mark.parametrize("name", edits.SINGLE)
def test_no_edit_of_a_paragraph_loses_its_translation(name: str) -> None:
    before = complete(PARAGRAPHS)
    for at in range(len(PARAGRAPHS)):
        piece = edits.SINGLE[name](edits.blocks(), at, random.Random(at))
        after, _ = merge(before, domain([block.text for block in piece]), TR)
        verdict = edits.judge(piece, held(piece, after))
        assert (verdict.carried, verdict.wrong) == (17, 0), PARAGRAPHS[at]


@settings(deadline=None, max_examples=150)
@given(
    st.sampled_from([3, 5, 8]).flatmap(
        lambda size: st.lists(st.sampled_from([*edits.MANY]), min_size=size, max_size=size)
    ),
    st.integers(0, 10**6),
)
def test_no_translation_stands_on_another_paragraph_after_many_edits(
    names: list[str], seed: int
) -> None:
    piece = edits.script(edits.blocks(), names, seed)
    after, _ = merge(complete(PARAGRAPHS), domain([block.text for block in piece]), TR)
    assert edits.judge(piece, held(piece, after)).wrong == 0


def test_a_paragraph_written_anew_starts_from_nothing() -> None:
    other = "Of cats, on the other hand, the chronicles say nothing at all before 1802."
    after, tally = merge(
        complete(PARAGRAPHS), domain([*PARAGRAPHS[:4], other, *PARAGRAPHS[5:]]), TR
    )
    assert tally == Tally(kept=16, stale=0, new=1, retired=1)
    assert the(after, other).state is State.MISSING
    assert [entry.translation for entry in after.obsolete] == [turkish(PARAGRAPHS[4])]


def test_short_texts_are_the_same_only_if_they_hardly_differ() -> None:
    before = complete(["The old clocks", *PARAGRAPHS[:2]])
    near, _ = merge(before, domain(["The old clock", *PARAGRAPHS[:2]]), TR)
    far, _ = merge(before, domain(["The old bells", *PARAGRAPHS[:2]]), TR)
    assert near.entries[0].state is State.STALE
    assert far.entries[0].state is State.MISSING


def test_a_new_paragraph_that_resembles_a_living_one_borrows_from_none() -> None:
    similar = word_added(PARAGRAPHS[6])[0]
    for place in range(len(PARAGRAPHS) + 1):
        texts = [*PARAGRAPHS[:place], similar, *PARAGRAPHS[place:]]
        after, tally = merge(complete(PARAGRAPHS), domain(texts), TR)
        assert tally == Tally(kept=17, stale=0, new=1, retired=0)
        assert the(after, similar).state is State.MISSING


def test_nor_where_another_paragraph_was_taken_out_in_its_place() -> None:
    similar = word_added(PARAGRAPHS[6])[0]
    texts = [*PARAGRAPHS[:2], similar, *PARAGRAPHS[3:]]
    after, _ = merge(complete(PARAGRAPHS), domain(texts), TR)
    assert the(after, similar).state is State.MISSING
    assert the(after, PARAGRAPHS[6]).state is State.TRANSLATED


def test_nor_where_the_one_it_resembles_moved_away() -> None:
    similar = word_added(PARAGRAPHS[6])[0]
    texts = [*PARAGRAPHS[:6], similar, *PARAGRAPHS[7:], PARAGRAPHS[6]]
    after, tally = merge(complete(PARAGRAPHS), domain(texts), TR)
    assert tally == Tally(kept=17, stale=0, new=1, retired=0)
    assert the(after, similar).state is State.MISSING


def test_a_text_without_a_translation_lends_nothing() -> None:
    before = changed(complete(PARAGRAPHS), PARAGRAPHS[0], translation="")
    edited = word_added(PARAGRAPHS[0])[0]
    after, tally = merge(before, domain([edited, *PARAGRAPHS[1:]]), TR)
    assert tally == Tally(kept=16, stale=0, new=1, retired=1)
    assert the(after, edited) == Entry(
        ("", edited), notes="paragraph", references=("sources/pieces/a.md",)
    )
    assert after.obsolete == ()


def test_but_its_comment_is_kept() -> None:
    before = changed(complete(PARAGRAPHS), PARAGRAPHS[0], translation="", comments="hard to say")
    after, _ = merge(before, domain(PARAGRAPHS[1:]), TR)
    assert after.obsolete == (Entry(("", PARAGRAPHS[0]), comments="hard to say"),)


def test_each_translation_is_used_once() -> None:
    halves = [f"{PARAGRAPHS[0]} First.", f"{PARAGRAPHS[0]} Second."]
    after, tally = merge(complete(PARAGRAPHS), domain([*halves, *PARAGRAPHS[1:]]), TR)
    assert tally == Tally(kept=16, stale=1, new=1, retired=0)
    assert [entry.translation for entry in after.entries].count(turkish(PARAGRAPHS[0])) == 1


def test_an_edit_keeps_the_translators_comments_and_flags() -> None:
    before = changed(complete(PARAGRAPHS), PARAGRAPHS[0], comments="a remark", flags=("md-text",))
    edited = word_added(PARAGRAPHS[0])[0]
    after, _ = merge(before, domain([edited, *PARAGRAPHS[1:]]), TR)
    assert the(after, edited).comments == "a remark"
    assert the(after, edited).flags == ("fuzzy", "md-text")


def test_a_text_edited_twice_remembers_what_its_translation_was_made_from() -> None:
    once = word_added(PARAGRAPHS[0])[0]
    twice = word_added(once)[0]
    found = complete(PARAGRAPHS)
    found, _ = merge(found, domain([once, *PARAGRAPHS[1:]], day=datetime.date(2024, 6, 1)), TR)
    found, _ = merge(
        reread(found), domain([twice, *PARAGRAPHS[1:]], day=datetime.date(2024, 7, 1)), TR
    )
    assert the(found, twice).previous == Previous("", PARAGRAPHS[0])
    assert the(found, twice).translation == turkish(PARAGRAPHS[0])
    assert the(found, twice).notes == "paragraph\nchanged 2024-07-01"


def test_a_text_edited_back_is_still_to_be_confirmed() -> None:
    once = word_added(PARAGRAPHS[0])[0]
    found, _ = merge(complete(PARAGRAPHS), domain([once, *PARAGRAPHS[1:]]), TR)
    found, _ = merge(found, domain(PARAGRAPHS), TR)
    back = the(found, PARAGRAPHS[0])
    assert back.flags == ("fuzzy",)
    assert back.previous == Previous("", PARAGRAPHS[0])
    assert back.translation == turkish(PARAGRAPHS[0])


def test_a_confirmed_translation_forgets_the_earlier_text() -> None:
    once = word_added(PARAGRAPHS[0])[0]
    texts = [once, *PARAGRAPHS[1:]]
    found, _ = merge(complete(PARAGRAPHS), domain(texts), TR)
    found, _ = merge(changed(found, once, flags=()), domain(texts), TR)
    assert the(found, once).state is State.TRANSLATED
    assert the(found, once).previous is None
    assert the(found, once).notes == "paragraph"


def test_a_confirmed_translation_is_what_the_next_edit_starts_from() -> None:
    once = word_added(PARAGRAPHS[0])[0]
    twice = word_added(once)[0]
    found, _ = merge(complete(PARAGRAPHS), domain([once, *PARAGRAPHS[1:]]), TR)
    found = changed(found, once, flags=(), translation="Yeni söz")
    found, _ = merge(found, domain([twice, *PARAGRAPHS[1:]]), TR)
    assert the(found, twice).previous == Previous("", once)
    assert the(found, twice).translation == "Yeni söz"


def test_a_suggestion_stays_one_whatever_happens_to_its_text() -> None:
    before = changed(complete(PARAGRAPHS), PARAGRAPHS[0], flags=("fuzzy",))
    edited = word_added(PARAGRAPHS[0])[0]
    after, _ = merge(before, domain([edited, *PARAGRAPHS[1:]]), TR)
    assert the(after, edited).state is State.SUGGESTED
    assert the(after, edited).previous == Previous("", PARAGRAPHS[0])


# ── Grades ───────────────────────────────────────────────────────────────────────────────────


def test_a_minor_edit_leaves_translations_valid() -> None:
    edited = word_added(PARAGRAPHS[0])[0]
    after, tally = merge(complete(PARAGRAPHS), domain([edited, *PARAGRAPHS[1:]]), TR, Grade.MINOR)
    assert tally == Tally(17, 0, 0, 0)
    assert the(after, edited) == Entry(
        ("", edited),
        turkish(PARAGRAPHS[0]),
        notes="paragraph",
        references=("sources/pieces/a.md",),
    )


def test_but_not_of_what_was_stale_before() -> None:
    once = word_added(PARAGRAPHS[0])[0]
    twice = word_added(once)[0]
    found, _ = merge(complete(PARAGRAPHS), domain([once, *PARAGRAPHS[1:]]), TR)
    found, _ = merge(found, domain([twice, *PARAGRAPHS[1:]]), TR, Grade.MINOR)
    assert the(found, twice).state is State.STALE
    assert the(found, twice).previous == Previous("", PARAGRAPHS[0])


def test_nor_of_what_was_moved_split_or_put_together_with_more() -> None:
    moved = word_added(PARAGRAPHS[2])[0]
    parts = split_in_two(PARAGRAPHS[8])
    joined = word_added(f"{PARAGRAPHS[11]} {PARAGRAPHS[12]}")[0]
    texts = [*PARAGRAPHS[:2], *PARAGRAPHS[3:8], *parts, PARAGRAPHS[9], moved, PARAGRAPHS[10]]
    after, _ = merge(
        complete(PARAGRAPHS), domain([*texts, joined, *PARAGRAPHS[13:]]), TR, Grade.MINOR
    )
    assert the(after, moved).state is State.SUGGESTED
    assert State.SUGGESTED in {the(after, part).state for part in parts}
    assert the(after, joined).state is State.STALE
    plain = f"{PARAGRAPHS[11]} {PARAGRAPHS[12]}"
    after, _ = merge(
        complete(PARAGRAPHS),
        domain([*PARAGRAPHS[:11], plain, *PARAGRAPHS[13:]]),
        TR,
        Grade.MINOR,
    )
    assert the(after, plain).state is State.TRANSLATED


def test_an_address_that_a_minor_edit_mends_is_mended_in_translations() -> None:
    old = "The [register](https://a.example/old) is kept by the harbour master of the town."
    new = old.replace("/old", "/new")
    before = changed(
        complete([old]), old, translation="[Sicil](https://a.example/old) limanda tutulur."
    )
    after, _ = merge(before, domain([new]), TR, Grade.MINOR)
    assert the(after, new).translation == "[Sicil](https://a.example/new) limanda tutulur."
    assert the(after, new).state is State.TRANSLATED


def test_a_correction_shows_no_old_translation() -> None:
    edited = word_added(PARAGRAPHS[0])[0]
    texts = [edited, *PARAGRAPHS[1:]]
    after, tally = merge(complete(PARAGRAPHS), domain(texts), TR, Grade.CORRECTION)
    assert tally == Tally(kept=16, stale=1, new=0, retired=0)
    assert the(after, edited).state is State.SUGGESTED
    assert the(after, edited).notes == "paragraph\ncorrected 2024-05-06"
    assert the(after, edited).previous == Previous("", PARAGRAPHS[0])
    again = merge(reread(after), domain(texts), TR)[0]
    assert again == after
    next_edit = word_added(edited)[0]
    later, _ = merge(after, domain([next_edit, *PARAGRAPHS[1:]]), TR)
    assert the(later, next_edit).state is State.SUGGESTED


def test_a_correction_leaves_older_edits_alone() -> None:
    old = word_added(PARAGRAPHS[0])[0]
    now = word_added(PARAGRAPHS[5])[0]
    earlier = domain([old, *PARAGRAPHS[1:]], day=datetime.date(2024, 1, 1))
    found, _ = merge(complete(PARAGRAPHS), earlier, TR)
    texts = [old, *PARAGRAPHS[1:5], now, *PARAGRAPHS[6:]]
    found, _ = merge(found, domain(texts), TR, Grade.CORRECTION)
    assert the(found, old).state is State.STALE
    assert the(found, now).state is State.SUGGESTED


# ── Other cutting rules ──────────────────────────────────────────────────────────────────────


def test_catalogues_cut_by_other_rules_are_rekeyed_and_not_marked() -> None:
    old = ["One *light*  over\nthe harbour.", "Two lights,", "one of them green."]
    new = ["One *light* over the harbour.", "Two lights, one of them green."]
    before = with_header(complete(old), X_Segmenter="publish 0")
    after, tally = merge(before, domain(new), TR)
    assert tally == Tally(kept=2, stale=0, new=0, retired=2)
    assert [entry.state for entry in after.entries] == [State.TRANSLATED] * 2
    assert after.entries[1].translation == f"{turkish(old[1])} {turkish(old[2])}"
    assert dict(after.header)["X-Segmenter"] == "publish 1"
    assert merge(reread(after), domain(new), TR)[0] == after


# ── Gone and back ────────────────────────────────────────────────────────────────────────────


def test_a_text_that_goes_leaves_its_translation_at_the_end() -> None:
    before = changed(
        complete(PARAGRAPHS),
        PARAGRAPHS[2],
        comments="a remark",
        flags=("fuzzy", "md-text"),
        previous=Previous("", "Before."),
    )
    after, tally = merge(before, domain([*PARAGRAPHS[:2], *PARAGRAPHS[3:]]), TR)
    assert tally == Tally(kept=16, stale=0, new=0, retired=1)
    assert after.entries == (*before.entries[:2], *before.entries[3:])
    assert after.obsolete == (
        Entry(
            ("", PARAGRAPHS[2]),
            turkish(PARAGRAPHS[2]),
            flags=("fuzzy", "md-text"),
            previous=Previous("", "Before."),
            comments="a remark",
        ),
    )


def test_and_gets_it_back_when_it_returns() -> None:
    before = changed(
        complete(PARAGRAPHS),
        PARAGRAPHS[2],
        comments="a remark",
        flags=("fuzzy", "md-text"),
        previous=Previous("", "Before."),
    )
    gone, _ = merge(before, domain([*PARAGRAPHS[:2], *PARAGRAPHS[3:]]), TR)
    back, tally = merge(reread(gone), domain(PARAGRAPHS), TR)
    assert tally == Tally(kept=17, stale=0, new=0, retired=0)
    assert back.entries == before.entries
    assert back.obsolete == ()


def test_it_returns_even_where_an_edited_neighbour_could_take_its_place() -> None:
    gone, _ = merge(complete(PARAGRAPHS), domain(PARAGRAPHS[1:]), TR)
    texts = [PARAGRAPHS[0], *word_added(PARAGRAPHS[1]), *PARAGRAPHS[2:]]
    back, tally = merge(gone, domain(texts), TR)
    assert tally == Tally(kept=16, stale=1, new=0, retired=0)
    assert the(back, PARAGRAPHS[0]).state is State.TRANSLATED
    assert the(back, texts[1]).translation == turkish(PARAGRAPHS[1])


def test_gone_entries_keep_their_order() -> None:
    found = complete(PARAGRAPHS)
    for text in (PARAGRAPHS[5], PARAGRAPHS[1], PARAGRAPHS[9]):
        left = [entry.key[1] for entry in found.entries if entry.key[1] != text]
        found, _ = merge(found, domain(left), TR)
    assert [entry.key[1] for entry in found.obsolete] == [PARAGRAPHS[n] for n in (5, 1, 9)]


def test_a_source_that_is_emptied_loses_no_word() -> None:
    before = complete(PARAGRAPHS)
    after, tally = merge(before, domain([]), TR)
    assert tally == Tally(kept=0, stale=0, new=0, retired=17)
    assert [entry.translation for entry in after.obsolete] == [turkish(p) for p in PARAGRAPHS]


# ── Plurals ──────────────────────────────────────────────────────────────────────────────────


def counted(singular: str, plural: str) -> Domain:
    return of_segments(Segment(("", singular), "interface", Span("a.html"), (), plural))


def pages(*forms: str) -> Catalogue:
    found, _ = merge(None, counted("%(n)s page", "%(n)s pages"), TR)
    return changed(found, "%(n)s page", translation=forms[0], plurals=forms)


def test_plural_forms_are_kept_untouched() -> None:
    before = pages("%(n)s sayfa", "%(n)s sayfalar")
    assert merge(before, counted("%(n)s page", "%(n)s pages"), TR) == (before, Tally(1, 0, 0, 0))


def test_missing_plural_forms_are_added_and_none_is_cut_off() -> None:
    fewer, _ = merge(pages("bir"), counted("%(n)s page", "%(n)s pages"), RU)
    more, _ = merge(pages("bir", "iki", "üç"), counted("%(n)s page", "%(n)s pages"), TR)
    assert fewer.entries[0].plurals == ("bir", "", "")
    assert more.entries[0].plurals == ("bir", "iki", "üç")


def test_a_changed_plural_is_a_changed_text() -> None:
    after, tally = merge(pages("bir", "iki"), counted("%(n)s page", "%(n)s leaves"), TR)
    assert tally == Tally(kept=0, stale=1, new=0, retired=0)
    assert after.entries[0].plurals == ("bir", "iki")
    assert after.entries[0].fuzzy
    assert after.entries[0].previous == Previous("", "%(n)s page", "%(n)s pages")
    assert merge(after, counted("%(n)s page", "%(n)s leaves"), TR) == (after, Tally(1, 0, 0, 0))


def test_a_message_that_counts_no_more_keeps_its_other_forms_as_a_comment() -> None:
    after, _ = merge(pages("bir", "iki"), counted("%(n)s page", ""), TR)
    assert after.entries[0].translation == "bir"
    assert after.entries[0].plurals == ()
    assert after.entries[0].comments == "msgstr[1]: iki"
    assert after.entries[0].fuzzy
    assert merge(reread(after), counted("%(n)s page", ""), TR)[0] == after


def test_a_message_that_begins_to_count_keeps_its_translation_for_review() -> None:
    before = translated(merge(None, counted("page", ""), TR)[0])
    after, _ = merge(before, counted("page", "pages"), TR)
    assert after.entries[0].plurals == (turkish("page"), "")
    assert after.entries[0].fuzzy


# ── Headers ──────────────────────────────────────────────────────────────────────────────────


def with_header(found: Catalogue, **fields: str) -> Catalogue:
    named = {name.replace("_", "-"): value for name, value in fields.items()}
    header = {**dict(found.header), **named}
    return dataclasses.replace(found, header=tuple(header.items()))


def test_the_translators_header_is_kept() -> None:
    before = dataclasses.replace(
        with_header(
            complete(PARAGRAPHS),
            PO_Revision_Date="2023-01-01 12:00+0300",
            Last_Translator="Ada <ada@a.example>",
            Language="tr_TR",
            X_Generator="Poedit 3.4",
            X_Unknown="as is",
        ),
        header_comment="Ada, 2023",
        header_flags=("fuzzy",),
    )
    after, _ = merge(before, domain(PARAGRAPHS[1:]), TR)
    assert after.header == before.header
    assert after.header_comment == "Ada, 2023"
    assert after.header_flags == ("fuzzy",)


def test_missing_fields_are_added_at_the_end() -> None:
    before = complete(PARAGRAPHS)
    bare = dataclasses.replace(
        before, header=(("X-First", "1"), ("Content-Type", "text/plain; charset=UTF-8"))
    )
    after, _ = merge(bare, domain(PARAGRAPHS[1:]), TR)
    assert after.header[:2] == bare.header
    assert set(after.header[2:]) == set(before.header) - set(bare.header)


def test_the_templates_date_is_the_sources_and_moves_with_its_messages_only() -> None:
    before = complete(PARAGRAPHS)
    later = datetime.date(2025, 1, 2)
    same, _ = merge(before, domain(PARAGRAPHS, day=later), TR)
    other, _ = merge(before, domain(PARAGRAPHS[1:], day=later), TR)
    assert same == before
    assert dict(other.header)["POT-Creation-Date"] == "2025-01-02 00:00+0000"


def test_the_cutting_rules_and_the_sources_language_are_ours_to_say() -> None:
    before = with_header(complete(PARAGRAPHS), X_Segmenter="publish 0", X_Source_Language="de")
    header = dict(merge(before, domain(PARAGRAPHS), TR)[0].header)
    assert (header["X-Segmenter"], header["X-Source-Language"]) == ("publish 1", "en")


# ── Properties ───────────────────────────────────────────────────────────────────────────────


def words_of(entries: Sequence[Entry]) -> Counter[tuple[str, ...]]:
    return Counter(entry.plurals or (entry.translation,) for entry in entries if entry.translation)


def comments_of(entries: Sequence[Entry]) -> Counter[str]:
    return Counter(entry.comments for entry in entries if entry.comments)


def parts_of(translation: str, known: Collection[str]) -> list[str]:
    """The translations that one was put together from."""
    if translation in known:
        return [translation]
    for part in known:
        if translation.startswith(f"{part} "):
            rest = parts_of(translation.removeprefix(f"{part} "), known)
            if rest:
                return [part, *rest]
    return []


def assert_merged(old: Catalogue, source: Domain, locale: Locale = TR) -> Catalogue:
    """Merge, and hold the result against the rules."""
    new, tally = merge(old, source, locale)
    keys = [segment.key for segment in source.segments]
    every = [*new.entries, *new.obsolete]
    assert [entry.key for entry in new.entries] == keys
    assert len({entry.key for entry in every}) == len(every)
    assert tally.kept + tally.stale + tally.new + tally.suggested == len(keys)

    # Nothing is lost.
    before = [*old.entries, *old.obsolete]
    assert not words_of(before) - words_of(every)
    assert not comments_of(before) - comments_of(every)

    # The same text keeps its entry.
    known = {entry.key: entry for entry in before}
    for entry in new.entries:
        was = known.get(entry.key)
        if was is None:
            continue
        assert (entry.translation, entry.comments) == (was.translation, was.comments)
        assert entry.fuzzy is was.fuzzy
        assert entry.previous == (was.previous if was.fuzzy else None)

    # Another text never gets a translation but for review, with what it was made from, and each
    # stands for one text alone.
    lenders: dict[str, list[Entry]] = {}
    for entry in before:
        if entry.translation and entry.key not in keys:
            lenders.setdefault(entry.translation, []).append(entry)
    shown = words_of([entry for entry in before if entry.translation])
    for entry in new.entries:
        if entry.translation and entry.key not in known:
            assert entry.fuzzy
            parts = parts_of(entry.translation, lenders)
            assert parts
            made_from = [
                {
                    one.previous.msgid if one.fuzzy and one.previous else one.key[1]
                    for one in lenders[part]
                }
                for part in parts
            ]
            assert entry.previous is not None
            assert entry.previous.msgid in map(" ".join, itertools.product(*made_from))
            if entry.state is State.STALE and len(parts) == 1:
                shown[entry.translation,] -= 1
                assert shown[entry.translation,] >= 0

    # Once more changes nothing, also from the file.
    assert merge(new, source, locale) == (new, Tally(len(keys), 0, 0, 0))
    assert catalogue.dump(merge(reread(new), source, locale)[0]) == catalogue.dump(new)
    return new


@st.composite
def scripts(draw: st.DrawFn) -> list[tuple[str, int, int]]:
    kinds = (
        "edit",
        "delete",
        "insert",
        "move",
        "split",
        "join",
        "restore",
        "work",
        "confirm",
        "remark",
    )
    numbers = st.integers(0, 40)
    return draw(st.lists(st.tuples(st.sampled_from(kinds), numbers, numbers), max_size=10))


def edited(texts: Sequence[str], kind: str, a: int, b: int) -> list[str]:
    """The texts after one edit by an author; each text stands once."""
    found = list(texts)
    place = a % len(found) if found else 0
    if kind in ("insert", "restore"):
        pool = (*PARAGRAPHS, *SHORT)
        found.insert(place, pool[b % len(pool)])
    elif not found:
        return found
    elif kind == "edit":
        found[place : place + 1] = EDITS[b % 3](found[place])[:1]
    elif kind == "split":
        found[place : place + 1] = split_in_two(found[place])
    elif kind == "join":
        found[place : place + 2] = [" ".join(found[place : place + 2])]
    elif kind == "delete":
        del found[place]
    elif kind == "move":
        found.insert(b % len(found), found.pop(place))
    return list(dict.fromkeys(filter(None, found)))


def worked_on(found: Catalogue, kind: str, a: int, b: int) -> Catalogue:
    """The catalogue after a translator's work on one entry, or on all."""
    if kind == "work" and b % 2:
        return translated(found)
    if not found.entries:
        return found
    entries = list(found.entries)
    place = a % len(entries)
    entry = entries[place]
    if kind == "work":
        entry = dataclasses.replace(entry, translation=turkish(f"{entry.key[1]} {b}"))
    elif kind == "remark":
        entry = dataclasses.replace(entry, comments=f"remark {a} {b}")
    elif kind == "confirm":
        entry = dataclasses.replace(entry, flags=() if b % 3 else ("fuzzy",))
    entries[place] = entry
    return dataclasses.replace(found, entries=tuple(entries))


@settings(deadline=None, max_examples=120)
@given(st.integers(0, 23), st.integers(0, 17), scripts())
def test_no_history_of_edits_loses_a_word_or_takes_one_from_the_living(
    start: int, size: int, script: list[tuple[str, int, int]]
) -> None:
    pool = (*PARAGRAPHS, *SHORT)
    texts = [pool[(start + n) % len(pool)] for n in range(size)]
    found = complete(texts)
    for kind, a, b in script:
        if kind in ("work", "confirm", "remark"):
            found = worked_on(found, kind, a, b)
        else:
            texts = edited(texts, kind, a, b)
        found = assert_merged(found, domain(texts))


TEXTS = st.lists(st.sampled_from((*PARAGRAPHS[:6], *SHORT)), unique=True, max_size=8)


@settings(deadline=None, max_examples=60)
@given(TEXTS, TEXTS, TEXTS)
def test_any_text_can_follow_any_other(
    first: list[str], second: list[str], third: list[str]
) -> None:
    found = assert_merged(complete(first), domain(second))
    assert_merged(translated(found), domain(third))


# ── msgmerge ─────────────────────────────────────────────────────────────────────────────────


MSGMERGE = pytest.mark.skipif(shutil.which("msgmerge") is None, reason="msgmerge is not installed")


def by_msgmerge(
    folder: Path, old: Catalogue, source: Domain, *, guesses: bool = False
) -> Catalogue:
    """What gettext's own tool makes of the catalogue, with or without its guesses."""
    (folder / "a.po").write_text(catalogue.dump(old), encoding="utf-8")
    (folder / "a.pot").write_text(catalogue.dump(template(source)), encoding="utf-8")
    command = ["msgmerge", "--quiet", "--previous", "--force-po"]
    command += [] if guesses else ["--no-fuzzy-matching"]
    done = subprocess.run(
        [*command, folder / "a.po", folder / "a.pot"],
        capture_output=True,
        check=True,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
    found, problems = catalogue.read("a.po", done.stdout.decode(), old.domain, old.locale)
    assert found is not None, problems
    return found


def kept(entry: Entry) -> tuple[object, ...]:
    # It unmarks as fuzzy what has no translation, and has no remarks of its own on changes.
    fuzzy = entry.fuzzy and bool(entry.translation)
    forms = entry.plurals if any(entry.plurals) else ()
    return entry.key, entry.plural, entry.translation, forms, fuzzy, entry.previous, entry.comments


@MSGMERGE
@settings(deadline=None, max_examples=25)
@given(st.permutations((*PARAGRAPHS, *SHORT)), st.integers(0, 23), scripts())
def test_what_stays_goes_and_returns_is_as_msgmerge_has_it(
    tmp_path_factory: pytest.TempPathFactory,
    order: list[str],
    size: int,
    script: list[tuple[str, int, int]],
) -> None:
    folder = tmp_path_factory.mktemp("msgmerge")
    texts = order[:size]
    found = complete(texts)
    for kind, a, b in script:
        if kind in ("delete", "restore", "move", "insert"):
            texts = edited(texts, kind, a, b)
        elif kind in ("work", "remark", "confirm"):
            found = worked_on(found, kind, a, b)
        source = domain(texts)
        theirs = by_msgmerge(folder, found, source)
        found, _ = merge(found, source, TR)
        assert [kept(entry) for entry in found.entries] == [kept(e) for e in theirs.entries]
        gone = {entry.key: entry.translation for entry in found.obsolete if entry.translation}
        assert gone == {entry.key: entry.translation for entry in theirs.obsolete}


@MSGMERGE
@pytest.mark.parametrize("plural", ["%(n)s pages", "%(n)s leaves", ""])
def test_plurals_are_as_msgmerge_has_them(tmp_path: Path, plural: str) -> None:
    before = pages("bir", "iki")
    source = counted("%(n)s page", plural)
    theirs = by_msgmerge(tmp_path, before, source)
    ours, _ = merge(before, source, TR)
    assert [kept(e)[:-1] for e in ours.entries] == [kept(e)[:-1] for e in theirs.entries]


@MSGMERGE
@settings(deadline=None, max_examples=40)
@given(
    st.sampled_from([3, 5, 8]).flatmap(
        lambda size: st.lists(st.sampled_from([*edits.MANY]), min_size=size, max_size=size)
    ),
    st.integers(0, 10**6),
)
def test_no_script_of_edits_leaves_more_to_msgmerge(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], seed: int
) -> None:
    piece = edits.script(edits.blocks(), names, seed)
    before, source = complete(PARAGRAPHS), domain([block.text for block in piece])
    theirs = by_msgmerge(tmp_path_factory.mktemp("msgmerge"), before, source, guesses=True)
    ours, _ = merge(before, source, TR)
    found = edits.judge(piece, held(piece, ours))
    assert found.carried >= edits.judge(piece, held(piece, theirs)).carried
    assert found.wrong == 0
