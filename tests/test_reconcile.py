"""Three-way: what each side alone changed stands, what both changed is told, no word is lost."""

from __future__ import annotations

import dataclasses
import datetime
import doctest
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from publish import catalogue, reconcile
from publish.errors import Problem, Severity, Span
from publish.locales import parse
from publish.merge import merge
from publish.messages import Domain
from publish.model import Catalogue, Entry, Previous, Segment, State
from publish.reconcile import Tally

EN, TR = parse("en"), parse("tr")

ONE = "The first public clock of the town hung above the grain market and had one hand."
TWO = "Its keeper was a locksmith called Bertel, who climbed the tower twice a day."
THREE = "Bells came before dials, and people spoke of what they had heard."
TEXTS = (ONE, TWO, THREE)
TWO_NOW = TWO.replace("twice", "three times")


def domain(texts: Sequence[str]) -> Domain:
    segments = tuple(Segment(("", t), "paragraph", Span("sources/pieces/a.md")) for t in texts)
    day = datetime.date(2026, 5, 6)
    return Domain("pieces/a", "sources/pieces/a.md", EN, day, segments, tuple(1 for _ in texts))


def merged(old: Catalogue | None, texts: Sequence[str] = TEXTS) -> Catalogue:
    return merge(old, domain(texts), TR)[0]


def changed(found: Catalogue, text: str, **values: Any) -> Catalogue:
    entries = tuple(
        dataclasses.replace(entry, **values) if entry.key[1] == text else entry
        for entry in found.entries
    )
    assert entries != found.entries
    return dataclasses.replace(found, entries=entries)


def word(found: Catalogue, text: str, translation: str, **values: Any) -> Catalogue:
    return changed(found, text, translation=translation, **values)


def the(found: Catalogue, text: str) -> Entry:
    [entry] = [entry for entry in (*found.entries, *found.obsolete) if entry.key[1] == text]
    return entry


def back(found: Catalogue) -> Catalogue:
    """The catalogue as it is read from the file that came back."""
    text = catalogue.dump(found)
    again, problems = catalogue.read("x.zip/pieces/a.po", text, "pieces/a", TR)
    assert again is not None, problems
    return again


def bring_in(
    ours: Catalogue, base: Catalogue, theirs: Catalogue, texts: Sequence[str] = TEXTS
) -> tuple[Catalogue, Tally, tuple[Problem, ...]]:
    """What the import does: both sides on the present source, then the three-way."""
    theirs = back(theirs)
    new, tally, problems = reconcile.reconcile(
        merged(ours, texts), back(base), theirs, merged(theirs, texts)
    )
    return merged(new, texts), tally, problems


def taken(
    ours: Catalogue, base: Catalogue, theirs: Catalogue, texts: Sequence[str] = TEXTS
) -> tuple[Catalogue, Tally]:
    new, tally, problems = bring_in(ours, base, theirs, texts)
    assert problems == ()
    return new, tally


EMPTY = merged(None)
BASE = word(word(EMPTY, ONE, "bir"), TWO, "iki")


def test_the_example_in_the_module_holds() -> None:
    assert doctest.testmod(reconcile).failed == 0


# ── One side changed ─────────────────────────────────────────────────────────────────────────


def test_nothing_changed_nothing_comes_in() -> None:
    assert taken(BASE, BASE, BASE) == (BASE, Tally(unchanged=3))


def test_what_the_translator_did_comes_in() -> None:
    theirs = word(BASE, THREE, "üç", comments="is that a pun?")
    theirs = word(theirs, TWO, "ikinci", flags=("fuzzy",))
    new, tally = taken(BASE, BASE, theirs)
    assert new == theirs
    assert tally == Tally(translated=1, fuzzy=1, unchanged=1)


def test_what_was_done_here_stays() -> None:
    ours = word(BASE, THREE, "üç", comments="seen")
    assert taken(ours, BASE, BASE) == (ours, Tally(unchanged=3))


def test_work_on_different_messages_adds_up() -> None:
    new, tally = taken(word(BASE, ONE, "birinci"), BASE, word(BASE, THREE, "üç"))
    assert new == word(word(BASE, ONE, "birinci"), THREE, "üç")
    assert tally == Tally(translated=1, unchanged=2)


def test_the_same_work_twice_is_no_change() -> None:
    theirs = word(BASE, THREE, "üç")
    assert taken(theirs, BASE, theirs) == (theirs, Tally(unchanged=3))


def test_a_confirmed_message_loses_its_earlier_text_and_the_word_changed() -> None:
    base = merged(BASE, (ONE, TWO_NOW, THREE))
    assert the(base, TWO_NOW).state is State.STALE
    theirs = changed(base, TWO_NOW, flags=())
    new, tally = taken(base, base, theirs, (ONE, TWO_NOW, THREE))
    found = the(new, TWO_NOW)
    assert (found.fuzzy, found.previous, found.notes) == (False, None, "paragraph")
    assert tally == Tally(translated=1, unchanged=2)


def test_flags_and_notes_other_than_fuzzy_are_ours() -> None:
    base = changed(BASE, ONE, flags=("md-text",))
    theirs = changed(base, ONE, translation="b", flags=("no-wrap", "fuzzy"), notes="x")
    new, _ = taken(base, base, theirs)
    assert the(new, ONE).flags == ("fuzzy", "md-text")
    assert the(new, ONE).notes == "paragraph"


def test_comments_of_both_sides_are_kept() -> None:
    base = changed(BASE, ONE, comments="first")
    ours, theirs = (changed(base, ONE, comments=f"first\n{who}") for who in ("here", "there"))
    new, _ = taken(ours, base, theirs)
    assert the(new, ONE).comments == "first\nhere\nthere"


def test_an_emptied_translation_takes_nothing_away_and_is_told() -> None:
    new, tally, problems = bring_in(BASE, BASE, word(BASE, TWO, ""))
    assert (new, tally) == (BASE, Tally(unchanged=3))
    [problem] = problems
    assert (problem.code, problem.severity) == ("X6", Severity.WARNING)
    assert problem.message == (
        "the translation of “Its keeper was a locksmith called Berte…” was emptied; ours stays"
    )


# ── Both sides changed ───────────────────────────────────────────────────────────────────────


def test_different_words_on_both_sides_are_a_conflict_with_its_line() -> None:
    theirs = word(BASE, TWO, "ikinci")
    _, _, problems = bring_in(word(BASE, TWO, "iki kere"), BASE, theirs)
    [problem] = problems
    assert (problem.code, problem.span.path) == ("X4", "x.zip/pieces/a.po")
    assert problem.message == (
        "“Its keeper was a locksmith called Berte…” was changed on both sides: "
        "here “iki kere”, there “ikinci”"
    )
    line = catalogue.dump(theirs).split("\n")[problem.span.line - 1]
    assert line.startswith('msgid ""')
    assert "Its keeper" in catalogue.dump(theirs).split("\n")[problem.span.line]


def test_a_first_translation_on_both_sides_is_a_conflict_too() -> None:
    _, _, problems = bring_in(word(BASE, THREE, "üç"), BASE, word(BASE, THREE, "üçüncü"))
    assert [problem.code for problem in problems] == ["X4"]


def test_words_confirmed_there_and_changed_here_are_a_conflict() -> None:
    base = changed(BASE, ONE, flags=("fuzzy",))
    _, _, problems = bring_in(word(base, ONE, "birinci"), base, changed(base, ONE, flags=()))
    assert [problem.code for problem in problems] == ["X4"]


def test_the_same_words_confirmed_on_one_side_are_confirmed() -> None:
    base = changed(BASE, ONE, flags=("fuzzy",))
    both = word(base, ONE, "birinci")
    confirmed = changed(both, ONE, flags=())
    for ours, theirs in ((confirmed, both), (both, confirmed)):
        new, _ = taken(ours, base, theirs)
        assert not the(new, ONE).fuzzy


def test_words_that_need_work_are_not_confirmed_by_what_was_confirmed_here() -> None:
    base = changed(BASE, ONE, flags=("fuzzy",))
    ours, theirs = changed(base, ONE, flags=()), word(base, ONE, "birinci")
    new, tally = taken(ours, base, theirs)
    assert (the(new, ONE).translation, the(new, ONE).fuzzy) == ("birinci", True)
    assert tally.fuzzy == 1


# ── The source was edited meanwhile ──────────────────────────────────────────────────────────


@pytest.mark.parametrize("updated", [True, False], ids=["updated", "not-updated"])
@pytest.mark.parametrize("before", ["iki", ""], ids=["translated", "untranslated"])
def test_words_for_an_edited_text_go_to_it_for_review(updated: bool, before: str) -> None:
    now = (ONE, TWO_NOW, THREE)
    base = word(EMPTY, TWO, before) if before else EMPTY
    ours = merged(base, now) if updated else base
    new, tally = taken(ours, base, word(base, TWO, "ikinci"), now)
    found = the(new, TWO_NOW)
    assert (found.translation, found.fuzzy) == ("ikinci", True)
    assert found.previous == Previous("", TWO)
    assert found.state is State.STALE
    assert tally == Tally(fuzzy=1, unchanged=2)


def test_also_where_it_was_edited_twice() -> None:
    now = TWO_NOW.replace("climbed", "went up")
    ours = merged(merged(BASE, (ONE, TWO_NOW, THREE)), (ONE, now, THREE))
    new, _ = taken(ours, BASE, word(BASE, TWO, "ikinci"), (ONE, now, THREE))
    assert the(new, now).translation == "ikinci"
    assert the(new, now).previous == Previous("", TWO)


def test_words_confirmed_for_a_text_that_is_no_more_remember_that_text() -> None:
    base = merged(BASE, (ONE, TWO_NOW, THREE))
    now = (ONE, TWO_NOW.replace("climbed", "went up"), THREE)
    ours = merged(base, now)
    assert the(ours, now[1]).previous == Previous("", TWO)
    new, tally = taken(ours, base, changed(base, TWO_NOW, flags=()), now)
    assert (the(new, now[1]).translation, the(new, now[1]).fuzzy) == ("iki", True)
    assert the(new, now[1]).previous == Previous("", TWO_NOW)
    assert tally == Tally(fuzzy=1, unchanged=2)


def test_words_for_an_edited_text_that_was_translated_anew_are_kept_as_obsolete() -> None:
    now = (ONE, TWO_NOW, THREE)
    ours = word(merged(BASE, now), TWO_NOW, "üç kere", flags=())
    new, tally = taken(ours, BASE, word(BASE, TWO, "ikinci"), now)
    assert the(new, TWO_NOW).translation == "üç kere"
    assert [(entry.key[1], entry.translation) for entry in new.obsolete] == [(TWO, "ikinci")]
    assert tally == Tally(unchanged=2, gone=1)


def test_an_edited_text_reworded_on_both_sides_is_a_conflict() -> None:
    now = (ONE, TWO_NOW, THREE)
    ours = word(merged(BASE, now), TWO_NOW, "üç kere")
    _, _, problems = bring_in(ours, BASE, word(BASE, TWO, "ikinci"), now)
    assert [problem.code for problem in problems] == ["X4"]


@pytest.mark.parametrize("before", ["iki", ""])
def test_words_for_a_text_that_has_gone_are_kept_as_obsolete(before: str) -> None:
    base = word(EMPTY, TWO, before) if before else EMPTY
    new, tally = taken(base, base, word(base, TWO, "ikinci"), (ONE, THREE))
    assert [(entry.key[1], entry.translation) for entry in new.obsolete] == [(TWO, "ikinci")]
    assert tally == Tally(unchanged=2, gone=1)


def test_a_text_that_came_back_takes_the_words_written_for_it_while_it_was_gone() -> None:
    base = merged(BASE, (ONE, THREE))
    [gone] = base.obsolete
    theirs = dataclasses.replace(base, obsolete=(dataclasses.replace(gone, translation="ikinci"),))
    new, _ = taken(BASE, base, theirs)
    assert the(new, TWO).translation == "ikinci"
    purged = dataclasses.replace(base, obsolete=())
    assert taken(base, base, purged, (ONE, THREE)) == (base, Tally(unchanged=2))


# ── Messages that are not those that went out ────────────────────────────────────────────────


def strange(theirs: Catalogue) -> list[str]:
    """What is wrong, and that the line is that of the message."""
    _, _, problems = bring_in(BASE, BASE, theirs)
    lines = catalogue.dump(theirs).split("\n")
    assert all(lines[problem.span.line - 1].strip() for problem in problems)
    return [f"{problem.code} {problem.message} ({problem.hint})" for problem in problems]


def rekeyed(text: str, key: tuple[str, str], plural: str = "") -> Catalogue:
    forms = ("iki", "ikiler") if plural else ()
    return changed(BASE, text, key=key, plural=plural, plurals=forms)


def test_a_changed_msgid_is_refused() -> None:
    assert strange(rekeyed(TWO, ("", "Its keeper was a locksmith called Bert."))) == [
        (
            "X3 the msgid was changed: “Its keeper was a locksmith called Bert.” "
            "(it went out as “Its keeper was a locksmith called Berte…”; restore it)"
        )
    ]


def test_a_changed_context_is_refused() -> None:
    assert strange(rekeyed(TWO, ("title", TWO))) == [
        (
            "X3 the msgctxt was changed: “Its keeper was a locksmith called Berte…” "
            "(it went out without one)"
        )
    ]


def test_a_changed_plural_is_refused() -> None:
    [problem] = strange(rekeyed(TWO, ("", TWO), "Its keepers"))
    assert problem.startswith("X3 the msgid_plural was changed: “Its keeper was")


def test_added_and_missing_messages_are_refused() -> None:
    added = dataclasses.replace(BASE, entries=(*BASE.entries, Entry(("", "Xyz"), "y")))
    assert strange(added) == [
        (
            "X3 this message did not go out: “Xyz” "
            "(take it out; messages are made by publish update alone)"
        )
    ]
    for missing in (BASE.entries[0], BASE.entries[2]):
        left = tuple(entry for entry in BASE.entries if entry is not missing)
        [problem] = strange(dataclasses.replace(BASE, entries=left))
        assert problem.startswith("X3 a message is missing: “")


def test_a_message_marked_obsolete_there_is_refused() -> None:
    gone = dataclasses.replace(BASE.entries[1], notes="", references=())
    left = (BASE.entries[0], BASE.entries[2])
    [problem] = strange(dataclasses.replace(BASE, entries=left, obsolete=(gone,)))
    assert problem.startswith("X3 a message was marked obsolete: “Its keeper")


def test_all_of_them_are_told_at_once_and_another_file_is_no_burden() -> None:
    others = tuple(Entry(("", f"Other text {n}"), "x") for n in range(2000))
    assert len(strange(dataclasses.replace(BASE, entries=others))) == 2003


def test_a_base_that_counts_where_we_do_not_is_refused() -> None:
    base = rekeyed(TWO, ("", TWO), "Its keepers")
    _, _, problems = bring_in(BASE, base, base)
    assert [problem.code for problem in problems] == ["X3"]


# ── Headers ──────────────────────────────────────────────────────────────────────────────────


def headed(found: Catalogue, comment: str = "", **fields: str) -> Catalogue:
    values = {name.replace("_", "-"): value for name, value in fields.items()}
    header = tuple((name, values.pop(name, value)) for name, value in found.header)
    return dataclasses.replace(
        found, header=(*header, *values.items()), header_comment=comment or found.header_comment
    )


def test_a_translators_fields_come_in_and_ours_stay() -> None:
    theirs = headed(
        word(BASE, THREE, "üç"),
        Last_Translator="Ada <ada@a.example>",
        PO_Revision_Date="2026-06-07 10:00+0300",
        X_Generator="Poedit 3.4",
        X_Segmenter="another",
        Project_Id_Version="theirs",
    )
    ours = headed(BASE, Language_Team="Ekip", X_Own="kept")
    new, _ = taken(ours, BASE, theirs)
    header = dict(new.header)
    assert header["Last-Translator"] == "Ada <ada@a.example>"
    assert header["PO-Revision-Date"] == "2026-06-07 10:00+0300"
    assert header["X-Generator"] == "Poedit 3.4"
    assert header["Language-Team"] == "Ekip"
    assert header["X-Own"] == "kept"
    assert header["X-Segmenter"] == dict(BASE.header)["X-Segmenter"]
    assert header["Project-Id-Version"] == "pieces/a"


def test_names_above_the_header_are_kept_from_both_sides() -> None:
    new, _ = taken(headed(BASE, "Ada, 2026"), BASE, headed(BASE, "Bora, 2026"))
    assert new.header_comment == "Ada, 2026\nBora, 2026"


# ── Nothing is lost ──────────────────────────────────────────────────────────────────────────

POOL = (
    *TEXTS,
    *("Dials", "Sundials corrected all of this, on days without clouds.", "Notes"),
    "The pendulum changed the bargain: a clock now strayed by a minute a day.",
)
NUMBERS = st.integers(0, 30)
EDITS = st.lists(
    st.tuples(st.sampled_from(("edit", "delete", "insert", "move", "update")), NUMBERS, NUMBERS),
    max_size=5,
)
WORK = st.lists(
    st.tuples(st.sampled_from(("word", "flag", "remark", "purge")), NUMBERS, NUMBERS), max_size=6
)


def edited(texts: Sequence[str], kind: str, a: int, b: int) -> list[str]:
    found = list(texts)
    if kind == "insert" or not found:
        found.insert(a, POOL[b % len(POOL)])
    elif kind == "edit":
        found[a % len(found)] += f" Also {b}."
    elif kind == "delete":
        del found[a % len(found)]
    elif kind == "move":
        found.insert(b, found.pop(a % len(found)))
    return list(dict.fromkeys(found))


def worked(found: Catalogue, who: str, script: Sequence[tuple[str, int, int]]) -> Catalogue:
    """The catalogue after somebody's work; each word says who wrote it."""
    for kind, a, b in script:
        if kind == "purge":
            found = dataclasses.replace(found, obsolete=found.obsolete[: a % 3])
            continue
        entries = list(found.entries)
        if not entries:
            continue
        entry = entries[a % len(entries)]
        if kind == "word":
            by = who if b % 4 else "both"
            flags = ("fuzzy",) if b % 3 == 0 else ()
            entry = dataclasses.replace(
                entry, translation=f"{by} {b}: {entry.key[1][:9]} {len(entry.key[1])}", flags=flags
            )
        elif kind == "flag" and entry.translation:
            entry = dataclasses.replace(entry, flags=() if entry.fuzzy else ("fuzzy",))
        elif kind == "remark":
            entry = dataclasses.replace(entry, comments=f"{entry.comments}\n{who} {b}".strip("\n"))
        entries[a % len(entries)] = entry
        found = dataclasses.replace(found, entries=tuple(entries))
    return found


def words(*found: Catalogue) -> set[str]:
    every = (entry for one in found for entry in (*one.entries, *one.obsolete))
    return {entry.translation for entry in every if entry.translation}


def remarks(found: Catalogue) -> set[str]:
    every = (*found.entries, *found.obsolete)
    return {line for entry in every for line in entry.comments.split("\n") if line}


@settings(deadline=None, max_examples=300)
@given(NUMBERS, st.integers(0, 6), WORK, WORK, WORK, EDITS)
def test_no_word_is_lost_whatever_both_sides_and_the_author_did(
    start: int,
    size: int,
    before: list[tuple[str, int, int]],
    here: list[tuple[str, int, int]],
    there: list[tuple[str, int, int]],
    edits: list[tuple[str, int, int]],
) -> None:
    texts = [POOL[(start + n) % len(POOL)] for n in range(size)]
    base = merged(worked(merged(None, texts), "before", before), texts)
    theirs = worked(base, "there", there)
    ours, now = base, texts
    for kind, a, b in edits:
        if kind == "update":
            ours = merged(ours, now)
        else:
            now = edited(now, kind, a, b)
    here = [step for step in here if step[0] != "purge"]
    ours = merged(worked(merged(ours, now), "here", here), now)
    new, tally, problems = bring_in(ours, base, theirs, now)
    if any(problem.severity is Severity.ERROR for problem in problems):
        event("refused")
        assert {problem.code for problem in problems} <= {"X4", "X6"}
        return
    event("came in" if tally.came else "nothing came in")
    out, ours_out = words(base), words(ours)
    # What either side wrote since is there; what neither side touched is there.
    assert words(theirs) - out <= words(new)
    assert ours_out - out <= words(new)
    assert out & words(theirs) & ours_out <= words(new)
    assert words(new) <= words(base, ours, theirs)
    assert remarks(ours) | remarks(theirs) <= remarks(new)
    # Only what one of them called right counts as right.
    for entry in new.entries:
        if entry.translation and not entry.fuzzy:
            sides = [e for one in (ours, theirs) for e in one.entries if e.key == entry.key]
            assert any(
                (side.translation, side.fuzzy) == (entry.translation, False) for side in sides
            )
    # It reads back, and once more changes nothing: neither the import nor an update.
    assert back(new) == new
    assert merged(new, now) == new
    again, none, more = bring_in(new, base, theirs, now)
    assert not none.came
    assert again == new
    assert {problem.code for problem in more} <= {"X6"}
