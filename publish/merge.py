"""Merging a fresh cut of a text into the catalogue that its translators have worked on.

The rules are those of `msgmerge --previous`, except for the pairing: an edited text is found by
its place among its neighbours first, and never takes the translation of a text that still stands.
No translated word is thrown away; what has no place any more becomes obsolete.

What the merge itself cannot know, the translations of other texts, is `memory`'s.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from . import locales, markdown
from .align import align
from .locales import Locale
from .markdown import CUTTING_RULES
from .messages import Domain
from .model import CHANGED, CORRECTED, SUGGESTED, Catalogue, Entry, Previous, Segment, State

_FUZZY = "fuzzy"
_SEGMENTER = f"publish {CUTTING_RULES}"


class Grade(Enum):
    """What the editor says of the edits since the last update."""

    SUBSTANTIVE = "substantive"
    """Translations of edited texts stand, marked, until a translator has looked at them."""

    MINOR = "minor"
    """A typo was mended: translations stay valid."""

    CORRECTION = "correction"
    """Something was wrong: no reader may be shown the translation of the old text any more."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What a merge did, in messages."""

    kept: int
    """Messages whose translation stands as it was."""

    stale: int
    """Messages that were edited; their earlier translation is kept for review."""

    new: int
    """Messages without a translation to start from."""

    retired: int
    """Entries whose text has gone."""

    suggested: int = 0
    """Messages that another text's translation is proposed for."""


def template(domain: Domain) -> Catalogue:
    """The domain's template (`.pot`)."""
    return Catalogue(
        domain=domain.name,
        locale=None,
        header=tuple((name, value) for name, value in _header(domain, None) if value is not None),
        entries=tuple(_fresh(domain, segment, 2) for segment in domain.segments),
    )


def merge(
    old: Catalogue | None, domain: Domain, locale: Locale, grade: Grade = Grade.SUBSTANTIVE
) -> tuple[Catalogue, Tally]:
    """The catalogue with exactly the messages of the domain, in their order.

    Merging the result again changes nothing.
    """
    work = _Merge(old, domain, locale, grade)
    merged = Catalogue(
        domain=domain.name,
        locale=locale,
        header_comment=old.header_comment if old else "",
        header_flags=old.header_flags if old else (),
        entries=work.entries(),
        obsolete=work.obsolete(),
        path=old.path if old and old.domain == domain.name else "",
    )
    same = old is not None and (merged.entries, merged.obsolete) == (old.entries, old.obsolete)
    header = _merged_header(old.header if old else (), _header(domain, locale), keep_date=same)
    return dataclasses.replace(merged, header=header), work.tally()


def adopted(
    catalogues: Iterable[Catalogue], domains: Sequence[Domain]
) -> dict[tuple[str, Locale], Catalogue]:
    """The catalogues by domain and language; a renamed source keeps its own by their content.

    A catalogue that shares no message with the source of its name, or whose source has gone, goes
    to the domain of the same kind that has none of its own and shares most of its messages, at
    least half of them. Where nobody takes it, it stays where it is.
    """
    found = {(c.domain, c.locale): c for c in catalogues if c.locale is not None}
    keys = {domain.name: {segment.key for segment in domain.segments} for domain in domains}
    strays = [
        (name, locale, catalogue)
        for (name, locale), catalogue in found.items()
        if "/" in name and not any(entry.key in keys.get(name, ()) for entry in catalogue.entries)
    ]
    if not strays:
        return found
    at_home = {(name, locale) for name, locale in found} - {stray[:2] for stray in strays}
    pairs: list[tuple[float, str, str, Locale, Catalogue]] = []
    for domain in domains:
        own = keys[domain.name]
        for strayed, locale, stray in strays:
            free = (domain.name, locale) not in at_home and locale != domain.locale
            if not free or domain.name.split("/")[0] != strayed.split("/")[0]:
                continue
            shared = sum(entry.key in own for entry in stray.entries)
            if shared and 2 * shared >= min(len(own), len(stray.entries)):
                pairs.append((-shared, domain.name, strayed, locale, stray))
    adopting: dict[tuple[str, Locale], Catalogue] = {}
    taken: set[tuple[str, Locale]] = set()
    for _, name, strayed, locale, stray in sorted(pairs, key=lambda pair: pair[:3]):
        if (name, locale) not in adopting and (strayed, locale) not in taken:
            adopting[name, locale] = stray
            taken.add((strayed, locale))
    return {key: c for key, c in found.items() if key not in taken} | adopting


# ── One merge ──────────────────────────────────────────────────────────────────────────────────


class _Merge:
    """One merge: what is there, and what goes where."""

    def __init__(self, old: Catalogue | None, domain: Domain, locale: Locale, grade: Grade) -> None:
        self._domain = domain
        self._grade = grade
        self._forms = locales.plural_forms(locale)[0]
        self._live = {entry.key: entry for entry in old.entries} if old else {}
        self._gone = {entry.key: entry for entry in old.obsolete} if old else {}
        keys = [segment.key for segment in domain.segments]
        self._keys = set(keys)
        header = dict(old.header) if old else {}
        recut = header.get("X-Segmenter", _SEGMENTER) != _SEGMENTER
        self._pairs = align(
            self._live,
            self._gone,
            keys,
            recut=recut,
            definitions=domain.cut.definitions if domain.cut else (),
        )
        self._counts: Counter[str] = Counter()

    def entries(self) -> tuple[Entry, ...]:
        return tuple(self._entry(segment) for segment in self._domain.segments)

    def _entry(self, segment: Segment) -> Entry:
        own = self._live.get(segment.key) or self._gone.get(segment.key)
        if own and (own.plural == segment.plural or own.state is State.MISSING):
            self._counts["kept"] += 1
            return self._refresh(own, segment)
        if own:
            self._counts["stale"] += 1
            return self._edit((own,), segment)
        if before := self._pairs.same.get(segment.key):
            self._counts["kept"] += 1
            return self._refresh(_joined(before), segment)
        if before := self._pairs.edited.get(segment.key):
            if self._grade is Grade.MINOR and _is_minor(before, segment):
                self._counts["kept"] += 1
                return self._refresh(_readdressed(_joined(before), segment), segment)
            self._counts["stale"] += 1
            return self._edit(before, segment)
        if before := self._pairs.proposed.get(segment.key):
            self._counts["suggested"] += 1
            return self._edit(before, segment, proposed=True)
        self._counts["new"] += 1
        return _fresh(self._domain, segment, self._forms)

    def obsolete(self) -> tuple[Entry, ...]:
        left = (e for e in self._leaving() if e.state is not State.MISSING or e.comments)
        return (
            *(entry for entry in self._gone.values() if entry.key not in self._keys),
            *(_retire(entry) for entry in left),
        )

    def _leaving(self) -> list[Entry]:
        used = self._pairs.renamed
        return [e for e in self._live.values() if e.key not in self._keys and e.key not in used]

    def tally(self) -> Tally:
        counts = self._counts
        return Tally(
            kept=counts["kept"],
            stale=counts["stale"],
            new=counts["new"],
            retired=len(self._leaving()),
            suggested=counts["suggested"],
        )

    # ── Entries ──────────────────────────────────────────────────────────────────────────────

    def _refresh(self, entry: Entry, segment: Segment) -> Entry:
        """The same translation, with what the source says about it now."""
        fuzzy = entry.fuzzy
        marks = _marks(entry) if fuzzy else ()
        if self._grade is Grade.CORRECTION and entry.state is State.STALE:
            # Edited on the day of the correction, but brought up to date before it was called one.
            today = f"{CHANGED} {self._domain.date}"
            marks = tuple(
                mark.replace(CHANGED, CORRECTED) if mark == today else mark for mark in marks
            )
        return dataclasses.replace(
            entry,
            key=segment.key,
            plural=segment.plural,
            plurals=_plurals(entry.plurals or (entry.translation,), segment, self._forms),
            flags=_flags(entry.flags, segment.flags),
            previous=entry.previous if fuzzy else None,
            comments=_comments(entry, segment),
            notes="\n".join((_notes(segment), *marks)),
            references=_references(self._domain, segment),
        )

    def _edit(self, before: Sequence[Entry], segment: Segment, *, proposed: bool = False) -> Entry:
        """The translation of an earlier text, to be looked at again; the oldest text is kept."""
        entry = _joined(before)
        word = CORRECTED if self._grade is Grade.CORRECTION else CHANGED
        day = f" {self._domain.date}" if self._domain.date else ""
        marks: tuple[str, ...] = (f"{word}{day}",)
        if proposed or entry.state is State.SUGGESTED:
            # A proposal that nobody confirmed stays one, whatever happens to its text.
            marks = tuple(mark for mark in _marks(entry) if mark.split(" ", 1)[0] != CHANGED)
        return dataclasses.replace(
            entry,
            key=segment.key,
            plural=segment.plural,
            plurals=_plurals(entry.plurals or (entry.translation,), segment, self._forms),
            flags=_flags((_FUZZY, *entry.flags), segment.flags),
            previous=(entry.previous if entry.fuzzy else None)
            or Previous(entry.key[0], entry.key[1], entry.plural),
            comments=_comments(entry, segment),
            notes="\n".join((_notes(segment), *marks)),
            references=_references(self._domain, segment),
        )


def _joined(entries: Sequence[Entry]) -> Entry:
    """Several entries as one: their texts and translations one after the other."""
    first = entries[0]
    if len(entries) == 1:
        return first
    before = [e.previous.msgid if e.fuzzy and e.previous else e.key[1] for e in entries]
    states = {entry.state for entry in entries}
    fuzzy = states != {State.TRANSLATED}
    marks = tuple(dict.fromkeys(mark for entry in entries for mark in _marks(entry)))
    if State.SUGGESTED in states:
        marks = tuple(mark for mark in marks if mark.split(" ", 1)[0] != CHANGED)
    return Entry(
        key=(first.key[0], " ".join(entry.key[1] for entry in entries)),
        translation=" ".join(entry.translation for entry in entries),
        flags=tuple(
            flag
            for flag in dict.fromkeys(flag for entry in entries for flag in entry.flags)
            if fuzzy or flag != _FUZZY
        ),
        previous=Previous(first.key[0], " ".join(before)) if fuzzy else None,
        comments="\n".join(filter(None, (entry.comments for entry in entries))),
        notes="\n".join(marks),
    )


def _is_minor(before: Sequence[Entry], segment: Segment) -> bool:
    """Whether a minor edit leaves the translation whole: of one block into one, or of several that
    were put together without another change."""
    return len(before) == 1 or _joined(before).key[1] == segment.key[1]


def _readdressed(entry: Entry, segment: Segment) -> Entry:
    """The entry with the one address that a minor edit changed changed in its translation, too."""
    before, after = (
        Counter(
            atom.content for atom in markdown.inline(text).atoms if atom.kind in ("link", "image")
        )
        for text in (entry.key[1], segment.key[1])
    )
    lost, gained = [*(before - after).elements()], [*(after - before).elements()]
    if len(lost) != 1 or len(gained) != 1 or entry.translation.count(f"({lost[0]}") != 1:
        return entry
    translation = entry.translation.replace(f"({lost[0]}", f"({gained[0]}")
    return dataclasses.replace(entry, translation=translation)


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


def _marks(entry: Entry) -> tuple[str, ...]:
    """What earlier updates noted about how the translation came here."""
    lines = entry.notes.split("\n")
    return tuple(line for line in lines if line.split(" ", 1)[0] in (CHANGED, CORRECTED, SUGGESTED))


def _retire(entry: Entry) -> Entry:
    notes = "\n".join(_marks(entry)) if entry.fuzzy else ""
    return dataclasses.replace(entry, notes=notes, references=(), line=0)


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
        ("PO-Revision-Date", (date or _UNREVISED) if locale else None),
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
    fields.append(("X-Segmenter", _SEGMENTER))
    return fields


_UNREVISED = "YEAR-MO-DA HO:MI+ZONE"
"""gettext's own word for "never"; Babel does not read a catalogue where the field is empty."""

_OURS = frozenset({"POT-Creation-Date", "X-Source-Language", "X-Segmenter"})


def _merged_header(
    old: Sequence[tuple[str, str]], ours: Sequence[tuple[str, str | None]], *, keep_date: bool
) -> tuple[tuple[str, str], ...]:
    """The old header with missing fields added and ours brought up to date; others are kept."""
    fresh = {name: value for name, value in ours if value is not None}
    old = [(n, _UNREVISED if n == "PO-Revision-Date" and not v else v) for n, v in old]
    if keep_date:
        fresh.pop("POT-Creation-Date", None)
    present = {name for name, _ in old}
    kept = [
        (name, fresh[name] if name in _OURS and name in fresh else value) for name, value in old
    ]
    return (*kept, *((name, value) for name, value in fresh.items() if name not in present))
