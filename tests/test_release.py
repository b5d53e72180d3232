"""When a piece is published: drafts, embargoes, waiting for translations, with no clock at all."""

from __future__ import annotations

import dataclasses
import datetime
import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publish import release
from publish.locales import Locale, parse
from publish.model import Piece
from publish.release import DRAFT, HELD, Release, decide

from .conftest import NOW, a_piece

EN, TR, RU = parse("en"), parse("tr"), parse("ru")
ALL = {EN: "", TR: "", RU: ""}
SECOND = datetime.timedelta(seconds=1)
LATER = NOW + datetime.timedelta(days=7)
INCOMPLETE = "it is not complete"


def at(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text)


def fate(piece: Piece, own: dict[Locale, str] | None = None) -> Release:
    return decide(piece, own or ALL, NOW)


def because(one: Release) -> list[str]:
    return [one.because(locale) for locale in (EN, TR, RU)]


def test_the_examples_in_the_module_hold() -> None:
    assert doctest.testmod(release).failed == 0


def test_a_piece_of_which_nothing_is_said_is_published() -> None:
    one = fate(a_piece(), ALL | {RU: INCOMPLETE})
    assert one.whole == ""
    assert because(one) == ["", "", INCOMPLETE]


def test_a_draft_is_published_in_no_language() -> None:
    one = fate(a_piece(draft=True), ALL | {RU: INCOMPLETE})
    assert because(one) == [DRAFT] * 3


def test_what_an_editor_holds_for_good_says_so_in_a_draft_too() -> None:
    assert because(fate(a_piece(draft=True), ALL | {RU: HELD})) == [DRAFT, DRAFT, HELD]


@pytest.mark.parametrize("offset", ["+00:00", "+14:00", "-12:00"])
def test_a_day_to_come_has_not_begun_anywhere(offset: str) -> None:
    begins = at("2026-12-01T00:00+14:00")
    piece = dataclasses.replace(a_piece(), date=begins.date())
    zone = at(f"2026-01-01T00:00{offset}").tzinfo
    early = decide(piece, ALL, (begins - SECOND).astimezone(zone))
    assert because(early) == ["its date is a day to come: 1 December 2026"] * 3
    assert decide(piece, ALL, begins.astimezone(zone)).whole == ""
    # Who names a moment means it.
    released = dataclasses.replace(piece, release=at("2026-11-24T09:00+03:00"))
    assert decide(released, ALL, NOW).whole == ""
    oldest = dataclasses.replace(a_piece(), date=datetime.date.min)
    assert decide(oldest, ALL, NOW).whole == ""


# ── Embargoes ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("moment", "published"),
    [
        (NOW, True),
        (NOW - SECOND, True),
        (NOW + SECOND, False),
        (NOW + datetime.timedelta(microseconds=1), False),
        # The same moment, in other places' time; and a second later.
        (at("2026-11-24T15:00:00+03:00"), True),
        (at("2026-11-24T15:00:01+03:00"), False),
        (at("2026-11-24T07:00:00-05:00"), True),
        (at("2026-11-24T07:00:01-05:00"), False),
        (at("2026-11-25T02:00:00+14:00"), True),
        (at("2026-11-25T02:00:01+14:00"), False),
        (at("2026-11-24T17:45:00+05:45"), True),
        (at("2026-11-24T12:01:00+23:59"), True),
        (at("0001-01-01T00:00:00+14:00"), True),
        (at("0001-01-01T00:00:00-23:59"), True),
        (at("9999-12-31T23:59:59-23:59"), False),
        (at("9999-12-31T23:59:59+23:59"), False),
    ],
)
def test_a_piece_is_published_from_the_very_moment_of_its_release_on(
    moment: datetime.datetime, published: bool
) -> None:
    assert (fate(a_piece(release=moment)).whole == "") is published


@given(
    st.datetimes(
        min_value=at("0002-01-01"),
        max_value=at("9998-01-01"),
        timezones=st.timezones(),
    )
)
def test_an_embargo_is_a_moment_wherever_its_clock_stands(moment: datetime.datetime) -> None:
    # Also where summer time has just begun or ended: what is written is an offset.
    written = moment.replace(tzinfo=datetime.timezone(moment.utcoffset() or datetime.timedelta()))
    piece = a_piece(release=written)
    assert decide(piece, ALL, written).whole == ""
    assert decide(piece, ALL, written.astimezone(datetime.UTC)).whole == ""
    assert decide(piece, ALL, written - SECOND).whole.startswith("it is released on ")


def test_an_hour_that_comes_twice_is_two_moments() -> None:
    summer, winter = at("2026-10-25T02:30+02:00"), at("2026-10-25T02:30+01:00")
    between = at("2026-10-25T01:00+00:00")
    assert decide(a_piece(release=summer), ALL, between).whole == ""
    assert decide(a_piece(release=winter), ALL, between).whole


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-12-01T09:00+03:00", "1 December 2026, 09:00 (+03:00)"),
        ("2026-12-31T23:59:59-03:30", "31 December 2026, 23:59:59 (-03:30)"),
        ("2027-01-01T00:00+00:00", "1 January 2027, 00:00 (+00:00)"),
    ],
)
def test_an_embargo_says_until_when_in_the_editors_own_time(moment: str, words: str) -> None:
    assert because(fate(a_piece(release=at(moment)))) == [f"it is released on {words}"] * 3


# ── Together ─────────────────────────────────────────────────────────────────────────────────


def test_a_piece_that_is_released_together_waits_for_each_translation() -> None:
    one = fate(a_piece(release_together=True), ALL | {RU: INCOMPLETE})
    waits = f"it waits for Russian: {INCOMPLETE}"
    assert because(one) == [waits, waits, INCOMPLETE]
    both = fate(a_piece(release_together=True), {EN: "", TR: "its title", RU: INCOMPLETE})
    assert both.whole == f"it waits for Turkish: its title; for Russian: {INCOMPLETE}"


def test_it_does_not_wait_for_what_is_held() -> None:
    one = fate(a_piece(release_together=True), ALL | {RU: HELD})
    assert because(one) == ["", "", HELD]


def test_an_embargo_applies_besides() -> None:
    complete = fate(a_piece(release_together=True, release=LATER))
    assert complete.whole.startswith("it is released on ")
    over = fate(a_piece(release_together=True, release=NOW), ALL | {RU: INCOMPLETE})
    assert over.whole.startswith("it waits for ")


def test_what_is_missing_beyond_a_translation_is_known() -> None:
    waiting = fate(a_piece(release_together=True), {EN: "", TR: INCOMPLETE, RU: INCOMPLETE})
    assert waiting.beyond(TR) == f"it waits for Russian: {INCOMPLETE}"
    last = fate(a_piece(release_together=True), ALL | {TR: INCOMPLETE})
    assert last.beyond(TR) == ""
    assert fate(a_piece(draft=True)).beyond(TR) == DRAFT
    assert fate(a_piece(), ALL | {TR: HELD}).beyond(TR) == HELD
    assert fate(a_piece(), ALL | {TR: INCOMPLETE}).beyond(TR) == ""


# ── Links ────────────────────────────────────────────────────────────────────────────────────


PUBLISHED = a_piece("a")
KINDS = {
    "published": a_piece("b"),
    "over": a_piece("b", release=NOW),
    "soon": a_piece("b", release=NOW + SECOND),
    "later": a_piece("b", release=LATER),
    "draft": a_piece("b", draft=True),
    "waiting": a_piece("b", release_together=True),
}


@pytest.mark.parametrize(
    ("source", "lacking"),
    [
        (PUBLISHED, {"soon", "later", "draft", "waiting"}),
        (a_piece("a", release=NOW), {"soon", "later", "draft", "waiting"}),
        (a_piece("a", release=NOW + SECOND), {"later", "draft", "waiting"}),
        (a_piece("a", release=LATER), {"draft", "waiting"}),
        (a_piece("a", draft=True), set()),
        # Its translators decide when it appears.
        (a_piece("a", release_together=True), {"soon", "later", "draft", "waiting"}),
    ],
)
def test_a_target_may_be_lacking_when_the_piece_that_links_it_appears(
    source: Piece, lacking: set[str]
) -> None:
    waiting = ALL | {RU: INCOMPLETE}
    one = fate(source, waiting)
    found = {
        kind
        for kind, piece in KINDS.items()
        if release.may_lack(one, fate(piece, waiting if kind == "waiting" else ALL), NOW)
    }
    assert found == lacking


def test_a_piece_never_lacks_itself() -> None:
    one = fate(a_piece("a", release=LATER))
    assert not release.may_lack(one, one, NOW)
