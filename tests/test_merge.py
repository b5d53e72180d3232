"""The merge: no translated word is lost, and none comes to stand in the wrong place."""

from __future__ import annotations

import dataclasses
import datetime
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publish import catalogue
from publish.errors import Span
from publish.locales import parse
from publish.merge import merge, template
from publish.messages import Domain
from publish.model import Catalogue, Entry, Previous, Segment, State

TR, RU = parse("tr"), parse("ru")
DAY = datetime.date(2026, 3, 4)

_ROWS = """
tower | Ayvalik | masons | silver | is a row of stones | a teacher
mole | Trieste | divers | grain | serves as a car park | the council
quay | Batum | smiths | salt | houses a school | every child
dock | Sinop | carters | copper | lies under water | the archivist
canal | Odessa | porters | cloth | belongs to the navy | a visitor
lock | Varna | sawyers | wool | was sold last year | one widow
bridge | Riga | founders | coal | leans to one side | the bank
wharf | Porto | riggers | wine | feeds the gulls | a diver
beacon | Genoa | glaziers | oil | has been painted blue | the mayor
arsenal | Cadiz | joiners | tea | stores old nets | a poet
yard | Acre | tilers | sugar | is lit on Sundays | the insurer
gate | Jaffa | painters | hemp | smells of tar | an engineer
wall | Izmir | caulkers | iron | carries a plaque | the priest
customs house | Split | pilots | timber | awaits repair | a sailor
signal mast | Kerch | clerks | paper | rings in the wind | the newspaper
pilot station | Rhodes | cooks | barley | grew a fig tree | a botanist
ropewalk | Tunis | drummers | figs | is closed | nobody
"""

PARAGRAPHS = tuple(
    f"The {noun} of {place} was built before anyone had drawn a map of its shore. "
    f"Its {number} {workers} were paid in {money}, and their names stand in a ledger. "
    f"What remains {today}, and {who} still asks why."
    for number, row in enumerate(_ROWS.strip().splitlines(), start=21)
    for noun, place, workers, money, today, who in [row.split(" | ")]
)


def domain(*texts: str | Segment) -> Domain:
    segments = tuple(
        text if isinstance(text, Segment) else Segment(("", text), "paragraph", Span("x.md"))
        for text in texts
    )
    path = "sources/pieces/x.md"
    return Domain("pieces/x", path, parse("en"), DAY, segments, tuple(1 for _ in segments))


def translated(*texts: str) -> Catalogue:
    """A catalogue in which every text is translated."""
    fresh, _ = merge(None, domain(*texts), TR)
    entries = tuple(
        dataclasses.replace(entry, translation=f"çeviri {n}: {entry.key[1][:12]}")
        for n, entry in enumerate(fresh.entries)
    )
    return dataclasses.replace(fresh, entries=entries)


def entry(merged: Catalogue, text: str) -> Entry:
    (found,) = (e for e in merged.entries if e.key[1] == text)
    return found


def words(of: Catalogue) -> set[str]:
    """Every translated text and every comment of a translator."""
    found = set()
    for e in (*of.entries, *of.obsolete):
        found |= {e.translation, *e.plurals, e.comments}
    return found - {""}


# ── Keeping ──────────────────────────────────────────────────────────────────────────────────


def test_a_message_that_stands_keeps_its_entry_untouched() -> None:
    old = translated("One text.", "Another text.")
    new, tally = merge(old, domain("One text.", "Another text."), TR)
    assert new == old
    assert (tally.kept, tally.stale, tally.new, tally.retired) == (2, 0, 0, 0)


def test_entries_stand_in_the_order_of_the_document() -> None:
    old = translated(*PARAGRAPHS[:3])
    new, _ = merge(old, domain(*reversed(PARAGRAPHS[:3])), TR)
    assert [e.key[1] for e in new.entries] == list(reversed(PARAGRAPHS[:3]))
    assert {e.translation for e in new.entries} == {e.translation for e in old.entries}


def test_headers_and_comments_of_others_are_kept() -> None:
    old = dataclasses.replace(
        translated("A text."),
        header=(("Last-Translator", "Ada"), ("X-Poedit-Basepath", ".."), ("Language", "tr")),
        header_comment="Ada’s file",
    )
    new, _ = merge(old, domain("A text.", PARAGRAPHS[0]), TR)
    header = dict(new.header)
    assert new.header[:3] == old.header
    assert new.header_comment == "Ada’s file"
    assert header["POT-Creation-Date"] == "2026-03-04 00:00+0000"
    assert header["X-Source-Language"] == "en"


def test_the_date_of_the_template_changes_only_with_its_messages() -> None:
    old = translated("A text.")
    later = dataclasses.replace(domain("A text."), date=datetime.date(2027, 1, 1))
    assert merge(old, later, TR)[0] == old


# ── Editing ──────────────────────────────────────────────────────────────────────────────────


def _word(text: str) -> list[str]:
    return [text.replace(" was ", " was certainly ", 1)]


def _without_first_sentence(text: str) -> list[str]:
    return [text.partition(". ")[2]]


def _first_third(text: str) -> list[str]:
    return [text[: len(text) // 3]]


def _split(text: str) -> list[str]:
    first, _, rest = text.partition(". ")
    return [f"{first}.", rest]


@pytest.mark.parametrize("edit", [_word, _without_first_sentence, _first_third, _split])
@pytest.mark.parametrize("at", range(len(PARAGRAPHS)))
def test_an_edited_paragraph_keeps_its_translation(at: int, edit: object) -> None:
    assert callable(edit)
    old = translated(*PARAGRAPHS)
    pieces = edit(PARAGRAPHS[at])
    new, tally = merge(old, domain(*PARAGRAPHS[:at], *pieces, *PARAGRAPHS[at + 1 :]), TR)
    carried = [e for e in new.entries if e.translation == old.entries[at].translation]
    assert len(carried) == 1
    assert carried[0].key[1] in pieces
    assert carried[0].state is State.STALE
    assert carried[0].previous == Previous("", PARAGRAPHS[at])
    assert tally.kept == len(PARAGRAPHS) - 1


def test_a_text_that_resembles_one_that_stands_borrows_nothing() -> None:
    old = translated(*PARAGRAPHS)
    twin = PARAGRAPHS[4].replace("before", "long before")
    new, tally = merge(old, domain(*PARAGRAPHS[:5], twin, *PARAGRAPHS[5:]), TR)
    assert entry(new, twin).state is State.MISSING
    assert tally.new == 1


def test_a_paragraph_written_anew_starts_empty() -> None:
    old = translated(*PARAGRAPHS[:3])
    other = "Fishermen speak of other things: nets, prices, and the weather of the coming week."
    new, tally = merge(old, domain(PARAGRAPHS[0], other, PARAGRAPHS[2]), TR)
    assert entry(new, other).translation == ""
    assert old.entries[1].translation in words(new)
    assert (tally.new, tally.retired) == (1, 1)


def test_the_oldest_text_is_remembered_while_a_translation_needs_work() -> None:
    first = PARAGRAPHS[0]
    second, third = first.replace("drawn", "ever drawn"), first.replace("drawn", "once drawn")
    new, _ = merge(translated(first), domain(second), TR)
    newer, _ = merge(new, domain(third), TR)
    assert entry(newer, third).previous == Previous("", first)
    assert entry(newer, third).flags == ("fuzzy",)


def test_a_confirmed_translation_forgets_the_earlier_text() -> None:
    edited = PARAGRAPHS[0].replace("drawn", "ever drawn")
    new, _ = merge(translated(PARAGRAPHS[0]), domain(edited), TR)
    done = dataclasses.replace(new.entries[0], flags=())
    again, _ = merge(dataclasses.replace(new, entries=(done,)), domain(edited), TR)
    assert again.entries[0].previous is None
    assert again.entries[0].notes == "paragraph"
    assert again.entries[0].state is State.TRANSLATED


def test_an_untranslated_text_lends_nothing() -> None:
    empty, _ = merge(None, domain(PARAGRAPHS[0]), TR)
    new, _ = merge(empty, domain(PARAGRAPHS[0].replace("drawn", "ever drawn")), TR)
    assert new.entries[0].flags == ()
    assert new.obsolete == ()


def test_a_title_never_takes_the_translation_of_a_paragraph() -> None:
    old = translated("The tower of Ayvalik and its ledger")
    title = Segment(("title", "The tower of Ayvalik and its ledgers"), "title", Span("x.md"))
    new, _ = merge(old, domain(title), TR)
    assert new.entries[0].translation == ""


# ── Going and coming back ────────────────────────────────────────────────────────────────────


def test_a_text_that_goes_becomes_obsolete_and_comes_back_as_it_was() -> None:
    old = translated(*PARAGRAPHS[:2])
    mine = dataclasses.replace(old.entries[1], comments="benim notum", flags=("fuzzy", "md-text"))
    old = dataclasses.replace(old, entries=(old.entries[0], mine))
    gone, tally = merge(old, domain(PARAGRAPHS[0]), TR)
    assert tally.retired == 1
    assert [e.key[1] for e in gone.obsolete] == [PARAGRAPHS[1]]
    back, _ = merge(gone, domain(*PARAGRAPHS[:2]), TR)
    assert back == old


def test_an_untranslated_text_that_goes_leaves_nothing() -> None:
    empty, _ = merge(None, domain(*PARAGRAPHS[:2]), TR)
    assert merge(empty, domain(PARAGRAPHS[0]), TR)[0].obsolete == ()


def test_a_translators_comment_on_an_untranslated_text_is_kept() -> None:
    empty, _ = merge(None, domain("Words."), TR)
    asked = dataclasses.replace(empty.entries[0], comments="bu ne demek?")
    gone, _ = merge(dataclasses.replace(empty, entries=(asked,)), domain(), TR)
    assert [e.comments for e in gone.obsolete] == ["bu ne demek?"]


# ── Plurals and templates ────────────────────────────────────────────────────────────────────


def test_a_plural_has_as_many_forms_as_its_language() -> None:
    pages = Segment(("", "%(count)s page"), "interface", Span("x.html"), (), "%(count)s pages")
    assert merge(None, domain(pages), RU)[0].entries[0].plurals == ("", "", "")
    assert merge(None, domain(pages), TR)[0].entries[0].plurals == ("", "")
    assert template(domain(pages)).entries[0].plurals == ("", "")


def test_a_template_is_not_in_any_language() -> None:
    found = template(domain("Words."))
    assert found.locale is None
    assert dict(found.header)["Language"] == ""
    assert "Plural-Forms" not in dict(found.header)


# ── Laws ─────────────────────────────────────────────────────────────────────────────────────


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[str], ...]:
    """What a text consisted of, version by version."""
    texts = list(PARAGRAPHS[:8])
    versions = [list(texts)]
    dice = draw(st.randoms(use_true_random=False))
    for _ in range(draw(st.integers(1, 6))):
        at = dice.randrange(len(texts)) if texts else 0
        act = dice.choice(["word", "drop", "cut", "move", "new", "back"])
        if act == "new" or not texts:
            texts.insert(at, f"{PARAGRAPHS[dice.randrange(8, 17)]} Number {dice.random()}.")
        elif act == "word":
            texts[at] = texts[at].replace(" ", f" {dice.choice('abcdef')} ", 1)
        elif act == "drop":
            del texts[at]
        elif act == "cut":
            texts[at] = texts[at][: max(10, len(texts[at]) // 2)].rstrip()
        elif act == "move":
            texts.insert(dice.randrange(len(texts)), texts.pop(at))
        else:
            texts.insert(at, dice.choice(PARAGRAPHS[:8]))
        texts = list(dict.fromkeys(texts))
        versions.append(list(texts))
    return tuple(versions)


@settings(max_examples=60, deadline=None)
@given(histories())
def test_no_word_is_lost_and_merging_again_changes_nothing(versions: tuple[list[str], ...]) -> None:
    current = translated(*versions[0])
    for texts in versions[1:]:
        new, tally = merge(current, domain(*texts), TR)
        assert words(current) <= words(new)
        assert [e.key[1] for e in new.entries] == texts
        assert tally.kept + tally.stale + tally.new == len(texts)
        assert merge(new, domain(*texts), TR)[0] == new
        kept = {e.key: e.translation for e in current.entries}
        for e in new.entries:
            if e.key in kept:
                assert e.translation == kept[e.key]
            elif e.translation:
                assert e.fuzzy or any(e.key == other.key for other in current.obsolete)
        current = new


@pytest.mark.skipif(shutil.which("msgmerge") is None, reason="gettext's tools are not here")
def test_msgmerge_agrees_on_what_stands_goes_and_comes_back(tmp_path: Path) -> None:
    old = translated(*PARAGRAPHS[:4])
    gone, _ = merge(old, domain(*PARAGRAPHS[:2]), TR)
    back, _ = merge(gone, domain(*PARAGRAPHS[:3]), TR)
    (tmp_path / "old.po").write_text(catalogue.dump(gone), encoding="utf-8")
    pot = catalogue.dump(template(domain(*PARAGRAPHS[:3])))
    (tmp_path / "new.pot").write_text(pot, encoding="utf-8")
    command = ["msgmerge", "--previous", "--quiet", "--no-fuzzy-matching", "old.po", "new.pot"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    theirs, problems = catalogue.read("theirs.po", done.stdout, "pieces/x", TR)
    assert theirs is not None, problems
    assert [(e.key, e.translation, e.flags) for e in theirs.entries] == [
        (e.key, e.translation, e.flags) for e in back.entries
    ]
    assert {e.key for e in theirs.obsolete} == {e.key for e in back.obsolete}
