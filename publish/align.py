"""Who was whom: which translated entries the new messages of an edited text come from.

The old order is the catalogue's, the new one the source's. An entry whose text still stands lends
to nobody; one whose text has gone lends once, but for the parts of a text that was split.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from . import markdown
from .markdown import Definitions
from .model import Entry, Key, State


@dataclass(slots=True)
class Pairs:
    """Message → the entries whose translation it gets; several where texts were put together."""

    same: dict[Key, tuple[Entry, ...]] = field(default_factory=dict)
    """The same words, cut by other rules: the translation stands."""

    edited: dict[Key, tuple[Entry, ...]] = field(default_factory=dict)
    """The same block, before its edit."""

    proposed: dict[Key, tuple[Entry, ...]] = field(default_factory=dict)
    """A block that was edited and moved at once, or one part of a block that was split."""

    @property
    def renamed(self) -> set[Key]:
        """Entries that live on under another key, and nowhere else.

        Those that were put together stay obsolete besides: so each returns whole, should its
        text be taken apart again.
        """
        every = (*self.same.values(), *self.edited.values(), *self.proposed.values())
        return {entries[0].key for entries in every if len(entries) == 1}

    def _lent(self) -> set[Key]:
        every = (*self.same.values(), *self.edited.values(), *self.proposed.values())
        return {entry.key for entries in every for entry in entries}

    def _found(self) -> set[Key]:
        return {*self.same, *self.edited, *self.proposed}


def align(
    live: Mapping[Key, Entry],
    gone: Collection[Key],
    keys: Sequence[Key],
    *,
    recut: bool = False,
    definitions: Definitions = (),
) -> Pairs:
    """Pair the messages that the catalogue does not have with entries whose text has gone.

    `live` holds the catalogue's entries in their order, `gone` the keys of obsolete ones (their
    texts have returned), `keys` the messages of the source. `recut` says that other cutting
    rules made the catalogue, `definitions` what links of the source refer to. In each gap
    between unchanged neighbours the likeliest pairs are taken first; then what was merged or
    split there; what was edited and moved comes last.
    """
    pairs = Pairs()
    before = list(live)
    if before == list(keys):
        return pairs
    standing, known = set(keys), set(live) | set(gone)

    def lenders(wanted: Iterable[Key] = before) -> list[Entry]:
        lent = pairs._lent()
        return [
            live[key]
            for key in wanted
            if key not in standing and key not in lent and live[key].state is not State.MISSING
        ]

    def seekers(wanted: Iterable[Key] = keys) -> list[Key]:
        found = pairs._found()
        return [key for key in wanted if key not in known and key not in found]

    if recut:
        leaving = [live[key] for key in before if key not in standing]
        pairs.same.update(_recut(leaving, seekers(), definitions))
    matcher = difflib.SequenceMatcher(None, before, keys, autojunk=False)
    for operation, i1, i2, j1, j2 in matcher.get_opcodes():
        if operation == "replace":
            old, new = lenders(before[i1:i2]), seekers(keys[j1:j2])
            paired = _likeliest(old, new)
            _put_together(old, paired)
            pairs.edited.update(paired)
            pairs.proposed.update(_parts(old, [key for key in new if key not in paired]))
    moved = _likeliest(lenders(), seekers())
    pairs.proposed.update(moved)
    for paired in (pairs.edited, moved):
        _put_together(lenders(), paired)
    pairs.proposed.update(moved)
    return pairs


def _likeliest(old: Sequence[Entry], new: Sequence[Key]) -> dict[Key, tuple[Entry, ...]]:
    """One entry for each message that is the same block, the likeliest pairs first."""
    if not old or not new:
        return {}
    from . import similar  # not needed, nor waited for, where nothing was edited

    candidates = sorted(
        (-similar.likeness(entry.key[1], key[1]), i, j)
        for i, entry in enumerate(old)
        for j, key in enumerate(new)
        if entry.key[0] == key[0] and similar.same_block(entry.key[1], key[1])
    )
    lent: set[int] = set()
    found: dict[Key, tuple[Entry, ...]] = {}
    for _, i, j in candidates:
        if i not in lent and new[j] not in found:
            lent.add(i)
            found[new[j]] = (old[i],)
    return found


def _put_together(old: Sequence[Entry], paired: dict[Key, tuple[Entry, ...]]) -> None:
    """Add to each pair what is left over and has become a part of its text.

    What was put together stands in the order of the new text.
    """
    if not old or not paired:
        return
    from . import similar

    lent = {entry.key for entries in paired.values() for entry in entries}
    for entry in old:
        context, part = entry.key
        whole = max(
            (
                key
                for key, entries in paired.items()
                if key[0] == context
                and entry.key not in lent
                and len(part) < len(key[1]) > len(entries[0].key[1])
                and similar.within(part, key[1])
            ),
            key=lambda key: similar.likeness(part, key[1]),
            default=None,
        )
        if whole is not None:
            members = (*paired[whole], entry)
            place = {one.key: similar.place(one.key[1], whole[1]) for one in members}
            paired[whole] = tuple(sorted(members, key=lambda one: place[one.key]))


def _parts(old: Sequence[Entry], new: Sequence[Key]) -> dict[Key, tuple[Entry, ...]]:
    """Messages that are parts of an old text, another part of which has its translation."""
    if not old or not new:
        return {}
    from . import similar

    found: dict[Key, tuple[Entry, ...]] = {}
    for key in new:
        wholes = (
            entry
            for entry in old
            if entry.key[0] == key[0]
            and len(key[1]) < len(entry.key[1])
            and similar.within(entry.key[1], key[1])
        )
        if whole := max(wholes, key=lambda e: similar.likeness(e.key[1], key[1]), default=None):
            found[key] = (whole,)
    return found


# ── Other cutting rules ──────────────────────────────────────────────────────────────────────

_HEAD = 6
"""How many letters texts are looked up by."""


def _recut(
    old: Sequence[Entry], new: Sequence[Key], definitions: Definitions
) -> dict[Key, tuple[Entry, ...]]:
    """Messages that differ from old ones, or from several in a row, in the cutting alone."""
    letters = [_letters(entry.key[1], definitions) for entry in old]
    beginning: dict[str, list[int]] = {}
    for number, text in enumerate(letters):
        if text:
            beginning.setdefault(text[:_HEAD], []).append(number)
    found: dict[Key, tuple[Entry, ...]] = {}
    for key in new:
        wanted = _letters(key[1], definitions)
        heads = (wanted[:length] for length in range(1, min(_HEAD, len(wanted)) + 1))
        for start in (number for head in heads for number in beginning.get(head, ())):
            run = _run(old, letters, start, key[0], wanted)
            if run and all(entry.state is not State.MISSING for entry in run):
                found[key] = run
                break
    return found


def _run(
    old: Sequence[Entry], letters: Sequence[str], start: int, context: str, wanted: str
) -> tuple[Entry, ...]:
    """The entries from `start` on that say together what is wanted; none if they do not."""
    text = ""
    for end in range(start, len(old)):
        if old[end].key[0] != context or not letters[end]:
            break
        text += letters[end]
        if text == wanted:
            return tuple(old[start : end + 1])
        if not wanted.startswith(text):
            break
    return ()


def _letters(msgid: str, definitions: Definitions) -> str:
    """What a text says, whatever the rules by which it was cut and written down."""
    atoms = markdown.inline(msgid, definitions).atoms
    text = "".join(atom.content for atom in atoms if atom.kind in ("text", "code", "mark"))
    return "".join(char for char in text if char.isalnum())
