"""Three-way: what a translator did outside, into the catalogue that moved on meanwhile.

Entry by entry: where one side alone changed something, the change stands; where both changed it
differently, somebody has to choose. No word that either side wrote is thrown away.
"""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .errors import Problem, Span
from .model import CHANGED, Catalogue, Entry, Key, Previous, State

THEIRS = ("PO-Revision-Date", "Last-Translator", "Language-Team", "X-Generator")
"""Header fields that are the translator's to set."""

_FUZZY = "fuzzy"
_HEAD = 40
_COMPARED = 60
_PAIRS = 2_500


@dataclass(frozen=True, slots=True)
class Tally:
    """What came in, in messages."""

    translated: int = 0
    """Messages whose translation came in confirmed."""

    fuzzy: int = 0
    """Messages whose translation came in and needs work."""

    unchanged: int = 0
    """Messages that went out and are as they were."""

    gone: int = 0
    """Translations of texts that the original does not have any more; kept as obsolete."""

    @property
    def came(self) -> bool:
        """Whether anything came in."""
        return bool(self.translated or self.fuzzy or self.gone)


def reconcile(
    ours: Catalogue, base: Catalogue, theirs: Catalogue, rebased: Catalogue
) -> tuple[Catalogue, Tally, tuple[Problem, ...]]:
    """`ours` with what changed from `base` to `theirs`, how much that is, and what is in the way.

    `rebased` is `theirs` merged with the present source: it knows where the translation of a text
    that was edited meanwhile belongs. With a problem of weight the catalogue is not to be used.
    """
    problems = [*_strange(base, theirs), *_foreign(ours, base)]
    if problems:
        return ours, Tally(), tuple(problems)
    work = _Work(ours, base, rebased)
    after = {entry.key: entry for entry in (*theirs.entries, *theirs.obsolete)}
    unchanged = 0
    for entry in base.entries:
        came = work.take(entry, after[entry.key], theirs.path)
        unchanged += not came
    for entry in base.obsolete:
        if entry.key in after:  # a tool may have purged it; that takes nothing from us
            work.take(entry, after[entry.key], theirs.path)
    counts = list(work.came.values())
    tally = Tally(
        translated=counts.count("translated"),
        fuzzy=counts.count("fuzzy"),
        unchanged=unchanged,
        gone=counts.count("gone"),
    )
    return work.result(theirs), tally, tuple(work.problems)


# ── Messages ─────────────────────────────────────────────────────────────────────────────────


def _strange(base: Catalogue, theirs: Catalogue) -> Iterator[Problem]:
    """Messages that are not those that went out: changed, added, taken away."""
    out = {entry.key: entry for entry in base.entries}
    back = {entry.key: entry for entry in theirs.entries}
    known = {entry.key for entry in base.obsolete}
    gone = {entry.key: entry for entry in theirs.obsolete}
    missing = [entry for key, entry in out.items() if key not in back]
    added = [entry for key, entry in back.items() if key not in out]
    added += [entry for key, entry in gone.items() if key not in known and key not in out]
    near = _pairs(missing, added)
    for entry in added:
        before = near.get(entry.key)
        if before is not None:
            missing.remove(before)
            what = "msgctxt" if before.key[1] == entry.key[1] else "msgid"
            message = f"the {what} was changed: “{head(entry.key[1])}”"
            hint = f"it went out as “{head(before.key[1])}”; restore it"
            if what == "msgctxt":
                context = head(before.key[0])
                hint = f"restore msgctxt “{context}”" if context else "it went out without one"
        else:
            message = f"this message did not go out: “{head(entry.key[1])}”"
            hint = "take it out; messages are made by publish update alone"
        yield Problem("X3", message, Span(theirs.path, entry.line or 1), hint)
    for entry in missing:
        marked = entry.key in gone
        line = gone[entry.key].line if marked else _place(entry, base.entries, back)
        what = "was marked obsolete" if marked else "is missing"
        message = f"a message {what}: “{head(entry.key[1])}”"
        hint = "put it back, as it went out, or leave its msgstr empty"
        yield Problem("X3", message, Span(theirs.path, line or 1), hint)
    for key, entry in back.items():
        if key in out and entry.plural != out[key].plural:
            message = f"the msgid_plural was changed: “{head(key[1])}”"
            hint = f"it went out as “{head(out[key].plural)}”; restore it"
            yield Problem("X3", message, Span(theirs.path, entry.line or 1), hint)


def _foreign(ours: Catalogue, base: Catalogue) -> Iterator[Problem]:
    """Messages of what went out that count where ours do not; nobody's work looks like that."""
    plurals = {entry.key: entry.plural for entry in (*ours.entries, *ours.obsolete)}
    for entry in (*base.entries, *base.obsolete):
        if plurals.get(entry.key, entry.plural) != entry.plural:
            message = f"the msgid_plural is not the one here: “{head(entry.key[1])}”"
            hint = "take the words into a fresh pack"
            yield Problem("X3", message, Span(base.path, entry.line or 1), hint)


def _pairs(missing: Sequence[Entry], added: Sequence[Entry]) -> dict[Key, Entry]:
    """Each added message with the missing one that it probably was, by how they begin."""
    if len(missing) * len(added) > _PAIRS:  # then it is another file, and comparing takes long
        return {}
    found: dict[Key, Entry] = {}
    left = list(missing)
    for entry in added:
        likeness = [(_likeness(entry, other), n) for n, other in enumerate(left)]
        ratio, n = max(likeness, default=(0.0, 0))
        if ratio >= 0.6:
            found[entry.key] = left.pop(n)
    return found


def _likeness(one: Entry, other: Entry) -> float:
    a, b = one.key[1][:_COMPARED], other.key[1][:_COMPARED]
    return difflib.SequenceMatcher(None, a, b, autojunk=False).ratio()


def _place(entry: Entry, order: Sequence[Entry], back: Mapping[Key, Entry]) -> int:
    """The line of the message before which a missing one stood."""
    keys = [other.key for other in order]
    following = (key for key in keys[keys.index(entry.key) :] if key in back)
    key = next(following, None)
    return back[key].line if key is not None else max((e.line for e in back.values()), default=1)


# ── Words ────────────────────────────────────────────────────────────────────────────────────


class _Work:
    """The present catalogue while a translator's work comes in."""

    def __init__(self, ours: Catalogue, base: Catalogue, rebased: Catalogue) -> None:
        self.ours = ours
        self.base = base
        self.live = {entry.key: entry for entry in ours.entries}
        self.gone = {entry.key: entry for entry in ours.obsolete}
        self.rebased = {entry.key: entry for entry in rebased.entries}
        self.came: dict[Key, str] = {}
        self.problems: list[Problem] = []
        out = {entry.key for entry in base.entries}
        # Where a text went that was edited since: new texts that remember an earlier one.
        self.moved = _by_previous(e for e in ours.entries if e.key not in out)
        self.guessed = _by_previous(e for e in rebased.entries if e.key not in out)

    def take(self, before: Entry, after: Entry, path: str) -> bool:
        """Bring one message in; whether it changed anything."""
        if _words(before) == _words(after) and before.comments == after.comments:
            return False
        here, home, present = self._home(before, after)
        if home is None:
            if not any(_forms(after)) and not after.comments:
                return False
            self.gone[before.key] = dataclasses.replace(
                after, notes="", references=(), line=0, flags=_flags(before.flags, after.fuzzy)
            )
            self.came[before.key] = "gone"
            return True
        edited = present.key != before.key
        merged = self._merged(before, present, after, path, edited=edited)
        if merged == present:
            return False
        home[here] = merged
        fuzzy = "fuzzy" if merged.fuzzy else "translated"
        self.came[here] = "gone" if home is self.gone else fuzzy
        return True

    def _home(self, before: Entry, after: Entry) -> tuple[Key, dict[Key, Entry] | None, Entry]:
        """Where a message is now, and as what; no catalogue where its text has gone."""
        key = before.key
        if key in self.live:
            return key, self.live, self.live[key]
        origins = [key]
        if before.fuzzy and before.previous:
            origins.append((before.previous.context, before.previous.msgid))
        for origin in origins:
            if origin in self.moved:
                found = self.live[self.moved[origin]]
                return found.key, self.live, found
        if key in self.gone:
            return key, self.gone, self.gone[key]
        for origin in origins:
            if origin in self.guessed:
                found = self.rebased[self.guessed[origin]]
                free = self.live[found.key].state is State.MISSING
                if free and _forms(found) == _forms(after):
                    empty = dataclasses.replace(
                        self.live[found.key],
                        flags=_flags(found.flags, fuzzy=True),
                        previous=found.previous,
                        notes=found.notes,
                    )
                    return found.key, self.live, empty
        return key, None, before

    def _merged(
        self, before: Entry, present: Entry, after: Entry, path: str, *, edited: bool
    ) -> Entry:
        """One message of three; `edited` where its text is another by now."""
        comments = both(before.comments, present.comments, after.comments)
        result = dataclasses.replace(present, comments=comments)
        if _words(before) == _words(after):
            return result
        same = _forms(present) == _forms(after)
        emptied = not any(_forms(after))
        if emptied:
            if any(_forms(before)) and any(_forms(present)):
                self._tell_emptied(before, after, path)
            return result
        free = not any(_forms(present)) or _forms(present) == _forms(before)
        if not same and not free:
            self._tell_conflict(before, present, after, path)
            return result
        remembered = after.previous if after.fuzzy else None
        previous: Previous | None
        if edited:
            fuzzy = present.fuzzy or not same
            previous = remembered or Previous(*before.key, before.plural)
        elif same:
            fuzzy = present.fuzzy if after.fuzzy == before.fuzzy else after.fuzzy
            previous = remembered or present.previous
        else:  # a doubt that arose here meanwhile holds for the new words too
            fuzzy = after.fuzzy or (present.fuzzy and not before.fuzzy)
            previous = remembered or present.previous
        kept = (note for note in result.notes.split("\n") if fuzzy or not _tells_change(note))
        return dataclasses.replace(
            result,
            translation=after.translation,
            plurals=after.plurals if present.plural else (),
            flags=_flags(present.flags, fuzzy),
            previous=previous if fuzzy else None,
            notes="\n".join(kept),
        )

    def _tell_conflict(self, before: Entry, present: Entry, after: Entry, path: str) -> None:
        here, there = (head(_shown(entry)) for entry in (present, after))
        message = (
            f"“{head(before.key[1])}” was changed on both sides: here “{here}”, there “{there}”"
        )
        hint = "choose: write one of the two into both catalogues, then import again"
        self.problems.append(Problem("X4", message, Span(path, after.line or 1), hint))

    def _tell_emptied(self, before: Entry, after: Entry, path: str) -> None:
        message = f"the translation of “{head(before.key[1])}” was emptied; ours stays"
        hint = "to say that it is not right, mark it as needing work"
        self.problems.append(Problem("X6", message, Span(path, after.line or 1), hint))

    def result(self, theirs: Catalogue) -> Catalogue:
        """The catalogue with what came in, and with the header fields that are the translator's."""
        before = dict(self.base.header)
        changed = {
            name: value
            for name, value in theirs.header
            if name in THEIRS and value and value != before.get(name, "")
        }
        header = [(name, changed.pop(name, value)) for name, value in self.ours.header]
        comment = both(self.base.header_comment, self.ours.header_comment, theirs.header_comment)
        return dataclasses.replace(
            self.ours,
            header=(*header, *changed.items()),
            header_comment=comment,
            entries=tuple(self.live.values()),
            obsolete=tuple(self.gone.values()),
        )


def both(before: str, ours: str, theirs: str) -> str:
    """Comments of both sides: the one that changed, or all lines of ours and theirs.

    >>> both("a", "a\\nb", "a\\nc")
    'a\\nb\\nc'
    """
    if theirs in (before, ours):
        return ours
    if ours == before:
        return theirs
    lines = ours.split("\n") if ours else []
    return "\n".join([*lines, *(line for line in theirs.split("\n") if line not in lines)])


def head(text: str) -> str:
    """The beginning of a text, short enough for a message."""
    line = " ".join(text.split())
    return line if len(line) <= _HEAD else line[: _HEAD - 1] + "…"


def _by_previous(entries: Iterable[Entry]) -> dict[Key, Key]:
    found: dict[Key, Key] = {}
    for entry in entries:
        if entry.fuzzy and entry.previous:
            found.setdefault((entry.previous.context, entry.previous.msgid), entry.key)
    return found


def _words(entry: Entry) -> tuple[tuple[str, ...], bool]:
    return _forms(entry), entry.fuzzy


def _forms(entry: Entry) -> tuple[str, ...]:
    forms = entry.plurals if entry.plural else (entry.translation,)
    while forms and not forms[-1]:
        forms = forms[:-1]
    return forms


def _shown(entry: Entry) -> str:
    return " / ".join(_forms(entry))


def _flags(flags: Iterable[str], fuzzy: bool) -> tuple[str, ...]:
    """Flags are ours, apart from `fuzzy`."""
    own = tuple(flags)
    if (_FUZZY in own) is fuzzy:
        return own
    return (_FUZZY, *own) if fuzzy else tuple(flag for flag in own if flag != _FUZZY)


def _tells_change(note: str) -> bool:
    return note.split(" ", 1)[0] == CHANGED
