"""When a piece is published: drafts, embargoes, and pieces that wait for their translations.

Knows no clock: whoever asks says which moment it is.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from . import locales
from .locales import Locale
from .model import Piece

DRAFT = "it is a draft"
"""Why no edition of a piece is published whose front matter says so."""

HELD = "the editor holds it back"
"""Why an edition is not published that front matter holds."""

_ENGLISH = locales.parse("en")


@dataclass(frozen=True, slots=True)
class Release:
    """Which editions of a piece are published at a moment, and why the others are not."""

    piece: Piece
    """The piece."""

    until: str
    """Why the editor keeps the whole piece back: a draft, an embargo; empty where they do not."""

    waits: str
    """For which translations the whole piece waits; empty where it waits for none."""

    own: Mapping[Locale, str]
    """Why the edition in a language would not be published even if the piece were."""

    @property
    def whole(self) -> str:
        """Why no edition of the piece is published; empty where some are."""
        return self.until or self.waits

    def because(self, locale: Locale) -> str:
        """Why the edition in a language is not published; empty where it is."""
        own = self.own.get(locale, "")
        if own == HELD:
            return own
        # Who keeps others waiting is told what is missing there.
        return self.until or own or self.waits

    def beyond(self, locale: Locale) -> str:
        """Why the edition in a language would not be published even if all of it were translated;
        empty where it would."""
        if self.own.get(locale, "") == HELD:
            return HELD
        others = {other: reason for other, reason in self.own.items() if other != locale}
        return self.until or (_waiting(others) if self.waits else "")


def decide(piece: Piece, own: Mapping[Locale, str], now: datetime.datetime) -> Release:
    """What of a piece is published at the moment `now`, which knows its offset.

    `own` says for each language of the site why its edition alone would not be published, empty
    where it would.
    """
    return Release(
        piece=piece,
        until=_kept(piece, now),
        waits=_waiting(own) if piece.release_together else "",
        own=own,
    )


def _kept(piece: Piece, now: datetime.datetime) -> str:
    if piece.draft:
        return DRAFT
    if not embargoed(piece, now):
        return ""
    if piece.release:
        return f"it is released on {moment(piece.release)}"
    return f"its date is a day to come: {day(piece.date)}"


_EARLIEST = datetime.timezone(datetime.timedelta(hours=14))
"""Where on Earth a day begins first."""


def appears(piece: Piece) -> datetime.datetime:
    """The moment of release; where none is given, that at which the day that the piece is dated
    begins somewhere on Earth."""
    return piece.release or datetime.datetime.combine(piece.date, datetime.time(), _EARLIEST)


def embargoed(piece: Piece, now: datetime.datetime) -> bool:
    """Whether the piece is to be released later than `now`; at that very moment it is released."""
    return appears(piece) > now


def _waiting(own: Mapping[Locale, str]) -> str:
    missing = [
        f"{locales.name_in(_ENGLISH, locale)}: {reason}"
        for locale, reason in own.items()
        if reason and reason != HELD
    ]
    return "it waits for " + "; for ".join(missing) if missing else ""


def may_lack(source: Release, target: Release, now: datetime.datetime) -> bool:
    """Whether readers may find the piece `source` at a moment at which `target` is not there, by
    what is known at `now`."""
    if source.piece.draft or source.piece.slug == target.piece.slug:
        return False
    if target.piece.draft or target.waits:
        return True
    return embargoed(target.piece, max(appears(source.piece), now))


def moment(instant: datetime.datetime) -> str:
    """An instant in words, with the offset that its editor wrote.

    >>> moment(datetime.datetime.fromisoformat("2026-12-01T09:00+03:00"))
    '1 December 2026, 09:00 (+03:00)'
    """
    text = instant.isoformat()
    clock, offset = text[11:19], text[-6:]
    return f"{day(instant)}, {clock.removesuffix(':00')} ({offset})"


def day(date: datetime.date) -> str:
    """A day in words.

    >>> day(datetime.date(2026, 12, 1))
    '1 December 2026'
    """
    return f"{date.day} {locales.month_names(_ENGLISH)[date.month - 1]} {date.year}"
