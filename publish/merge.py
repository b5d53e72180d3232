"""Merging a fresh cut of a text into the catalogue that its translators have worked on.

The rules are those of `msgmerge --previous`, except for the pairing: an edited text is found by
its place among its neighbours first, and never takes the translation of a text that still stands.
No translated word is thrown away; what has no place any more becomes obsolete.
"""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from . import locales
from .locales import Locale
from .markdown import CUTTING_RULES
from .messages import Domain
from .model import CHANGED, Catalogue, Entry, Key, Previous, Segment, State

_FUZZY = "fuzzy"


@dataclass(frozen=True, slots=True)
class Tally:
    """What a merge did, in messages."""

    kept: int
    """Messages whose entry stayed as it was."""

    stale: int
    """Messages that were edited; their earlier translation is kept for review."""

    new: int
    """Messages without a translation to start from."""

    retired: int
    """Entries whose text has gone."""


def template(domain: Domain) -> Catalogue:
    """The domain's template (`.pot`)."""
    return Catalogue(
        domain=domain.name,
        locale=None,
        header=tuple((name, value) for name, value in _header(domain, None) if value is not None),
        entries=tuple(_fresh(domain, segment, 2) for segment in domain.segments),
    )


def merge(old: Catalogue | None, domain: Domain, locale: Locale) -> tuple[Catalogue, Tally]:
    """The catalogue with exactly the messages of the domain, in their order.

    Merging the result again changes nothing.
    """
    segments = domain.segments
    live = {entry.key: entry for entry in old.entries} if old else {}
    gone = {entry.key: entry for entry in old.obsolete} if old else {}
    keys = [segment.key for segment in segments]
    edited = _align(list(live.values()), segments, gone)
    forms = locales.plural_forms(locale)[0]
    entries: list[Entry] = []
    stale = kept = 0
    for segment in segments:
        entry = live.get(segment.key) or gone.get(segment.key)
        if entry and (entry.plural == segment.plural or entry.state is State.MISSING):
            entries.append(_refresh(entry, segment, domain, forms))
            kept += 1
        elif entry := entry or edited.get(segment.key):
            entries.append(_edit(entry, segment, domain, forms))
            stale += 1
        else:
            entries.append(_fresh(domain, segment, forms))
    present, reused = set(keys), {entry.key for entry in edited.values()}
    leaving = [e for e in live.values() if e.key not in present and e.key not in reused]
    obsolete = [
        *(e for e in gone.values() if e.key not in present),
        *(_retire(e) for e in leaving if e.state is not State.MISSING or e.comments),
    ]
    merged = Catalogue(
        domain=domain.name,
        locale=locale,
        header_comment=old.header_comment if old else "",
        header_flags=old.header_flags if old else (),
        entries=tuple(entries),
        obsolete=tuple(obsolete),
        path=old.path if old else "",
    )
    same = old is not None and (merged.entries, merged.obsolete) == (old.entries, old.obsolete)
    header = _merged_header(old.header if old else (), _header(domain, locale), keep_date=same)
    new = len(segments) - kept - stale
    return dataclasses.replace(merged, header=header), Tally(kept, stale, new, len(leaving))


# ── Pairing ──────────────────────────────────────────────────────────────────────────────────


def _align(
    old: Sequence[Entry], segments: Sequence[Segment], gone: Mapping[Key, Entry]
) -> dict[Key, Entry]:
    """New key → the translated entry that is the same block before its edit.

    The old order is the catalogue's. In each gap between unchanged neighbours, the likeliest pairs
    are taken first; an entry whose text still stands elsewhere lends to nobody.
    """
    before = [entry.key for entry in old]
    after = [segment.key for segment in segments]
    if before == after:
        return {}
    from . import similar  # not needed, nor waited for, where nothing was edited

    standing, known = set(after), set(before)
    pairs: dict[Key, Entry] = {}
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for operation, i1, i2, j1, j2 in matcher.get_opcodes():
        if operation != "replace":
            continue
        lenders = [e for e in old[i1:i2] if e.key not in standing and e.state is not State.MISSING]
        seekers = [s for s in segments[j1:j2] if s.key not in known and s.key not in gone]
        candidates = sorted(
            (
                (-similar.likeness(e.key[1], s.key[1]), i, j)
                for i, e in enumerate(lenders)
                for j, s in enumerate(seekers)
                if e.key[0] == s.key[0] and similar.same_block(e.key[1], s.key[1])
            ),
        )
        lent, found = set(), set()
        for _, i, j in candidates:
            if i not in lent and j not in found:
                lent.add(i)
                found.add(j)
                pairs[seekers[j].key] = lenders[i]
    return pairs


# ── Entries ──────────────────────────────────────────────────────────────────────────────────


def _fresh(domain: Domain, segment: Segment, forms: int) -> Entry:
    return Entry(
        key=segment.key,
        plural=segment.plural,
        plurals=_plurals((), segment, forms),
        flags=segment.flags,
        notes=_notes(segment),
        references=_references(domain, segment),
    )


def _refresh(entry: Entry, segment: Segment, domain: Domain, forms: int) -> Entry:
    """The same translation, with what the source says about it now."""
    fuzzy = entry.fuzzy
    stale = [note for note in entry.notes.split("\n") if note.split(" ", 1)[0] == CHANGED]
    return dataclasses.replace(
        entry,
        plural=segment.plural,
        plurals=_plurals(entry.plurals or (entry.translation,), segment, forms),
        flags=_flags(entry.flags, segment.flags),
        previous=entry.previous if fuzzy else None,
        comments=_comments(entry, segment),
        notes="\n".join([_notes(segment), *(stale if fuzzy else ())]),
        references=_references(domain, segment),
    )


def _edit(entry: Entry, segment: Segment, domain: Domain, forms: int) -> Entry:
    """The translation of an earlier text, to be looked at again; the oldest text is remembered."""
    before = Previous(entry.key[0], entry.key[1], entry.plural)
    when = f"{CHANGED} {domain.date}" if domain.date else CHANGED
    kept = entry.state is State.SUGGESTED
    return dataclasses.replace(
        entry,
        key=segment.key,
        plural=segment.plural,
        plurals=_plurals(entry.plurals or (entry.translation,), segment, forms),
        flags=_flags((_FUZZY, *entry.flags), segment.flags),
        previous=(entry.previous if entry.fuzzy else None) or before,
        comments=_comments(entry, segment),
        # A proposal that nobody confirmed stays one, whatever happens to its text.
        notes=_notes(segment) if kept else "\n".join([_notes(segment), when]),
        references=_references(domain, segment),
    )


def _plurals(own: Sequence[str], segment: Segment, forms: int) -> tuple[str, ...]:
    """As many forms as the language has; translated ones are never cut off."""
    if not segment.plural:
        return ()
    return (*own, *("" for _ in range(forms - len(own))))


def _comments(entry: Entry, segment: Segment) -> str:
    """The translator's comments, and plural forms that have no other place any more."""
    forms = enumerate(() if segment.plural else entry.plurals)
    lost = (f"msgstr[{number}]: {form}" for number, form in forms if number and form)
    return "\n".join(filter(None, (entry.comments, *lost)))


def _retire(entry: Entry) -> Entry:
    return dataclasses.replace(entry, notes="", references=(), line=0)


def _flags(own: Iterable[str], needed: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*own, *needed)))


def _notes(segment: Segment) -> str:
    return "\n".join((segment.kind, *segment.notes))


def _references(domain: Domain, segment: Segment) -> tuple[str, ...]:
    return (domain.path or segment.span.path,)


# ── Headers ──────────────────────────────────────────────────────────────────────────────────


def _header(domain: Domain, locale: Locale | None) -> list[tuple[str, str | None]]:
    """Fields in gettext's order; None for those that only ever come from translators' tools."""
    date = f"{domain.date} 00:00+0000" if domain.date else None
    fields: list[tuple[str, str | None]] = [
        ("Project-Id-Version", domain.name),
        ("POT-Creation-Date", date),
        ("PO-Revision-Date", (date or "") if locale else None),
        ("Last-Translator", "" if locale else None),
        ("Language-Team", "" if locale else None),
        ("Language", locale.posix if locale else ""),
        ("MIME-Version", "1.0"),
        ("Content-Type", "text/plain; charset=UTF-8"),
        ("Content-Transfer-Encoding", "8bit"),
    ]
    if locale:
        number, formula = locales.plural_forms(locale)
        fields.append(("Plural-Forms", f"nplurals={number}; plural={formula};"))
    fields.append(("X-Source-Language", domain.locale.tag))
    fields.append(("X-Segmenter", f"publish {CUTTING_RULES}"))
    return fields


_OURS = frozenset({"POT-Creation-Date", "X-Source-Language", "X-Segmenter"})


def _merged_header(
    old: Sequence[tuple[str, str]], ours: Sequence[tuple[str, str | None]], *, keep_date: bool
) -> tuple[tuple[str, str], ...]:
    """The old header with missing fields added and ours brought up to date; others are kept."""
    fresh = {name: value for name, value in ours if value is not None}
    if keep_date:
        fresh.pop("POT-Creation-Date", None)
    present = {name for name, _ in old}
    kept = [
        (name, fresh[name] if name in _OURS and name in fresh else value) for name, value in old
    ]
    return (*kept, *((name, value) for name, value in fresh.items() if name not in present))
