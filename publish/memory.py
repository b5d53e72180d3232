"""Translation memory: what other texts' translations have to offer for messages without one.

Everything comes from the site's own catalogues; nothing is asked of a service. What is offered is
always for a translator to confirm (`fuzzy`), with its origin in a `#.` comment; readers never see
it. A message that is still in the same source lends nothing to its siblings.
"""

from __future__ import annotations

import dataclasses
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from . import similar
from .markdown import inline
from .model import SUGGESTED, Catalogue, Entry, Key, Previous, State

_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")


@dataclass(frozen=True, slots=True)
class _Offer:
    """A confirmed translation."""

    entry: Entry
    domain: str
    standing: bool
    """Whether its text still stands in its source."""


class Memory:
    """All confirmed translations into one language, live and obsolete."""

    def __init__(self, catalogues: Iterable[Catalogue]) -> None:
        """Remember what the catalogues hold, but for plurals."""
        self._exact: dict[Key, list[_Offer]] = defaultdict(list)
        for catalogue in sorted(catalogues, key=lambda catalogue: catalogue.domain):
            for entries, standing in ((catalogue.entries, True), (catalogue.obsolete, False)):
                for entry in entries:
                    if entry.plural:
                        continue
                    if entry.state is State.TRANSLATED:
                        offer = _Offer(entry, catalogue.domain, standing)
                        self._exact[entry.key].append(offer)
                    elif entry.state is State.STALE and entry.previous:
                        # Its own text has gone, but may stand in another source.
                        key = entry.previous.context, entry.previous.msgid
                        self._exact[key].append(_Offer(entry, catalogue.domain, False))
        self._by_context: dict[str, list[Key]] = defaultdict(list)
        for key in self._exact:
            self._by_context[key[0]].append(key)
        self._indexes: dict[str, similar.Index] = {}

    def suggest(self, catalogue: Catalogue) -> tuple[Catalogue, frozenset[Key]]:
        """The catalogue with suggestions where it has no translation, and which messages got one.

        The same text elsewhere comes first, if its translations agree; then the nearest text.
        What has been suggested once, for an edited text or before, is not suggested again.
        """
        lent = {entry.previous.msgid for entry in catalogue.entries if entry.previous}
        entries: list[Entry] = []
        found: set[Key] = set()
        for entry in catalogue.entries:
            offered = entry
            if entry.state is State.MISSING and not entry.plural:
                offered = self._same(entry, catalogue) or self._near(entry, catalogue, lent)
                if offered.previous:
                    lent.add(offered.previous.msgid)
                if offered is not entry:
                    found.add(entry.key)
            entries.append(offered)
        return dataclasses.replace(catalogue, entries=tuple(entries)), frozenset(found)

    def _same(self, entry: Entry, catalogue: Catalogue) -> Entry | None:
        offers = [o for o in self._exact.get(entry.key, ()) if o.domain != catalogue.domain]
        if not offers or len({offer.entry.translation for offer in offers}) > 1:
            return None
        return _offered(entry, offers[0], "")

    def _near(self, entry: Entry, catalogue: Catalogue, lent: set[str]) -> Entry:
        context = entry.key[0]
        if context not in self._by_context:
            return entry
        keys = self._by_context[context]
        if context not in self._indexes:
            self._indexes[context] = similar.Index([msgid for _, msgid in keys])
        passing: set[int] = set()
        while best := self._indexes[context].near(entry.key[1], passing):
            number = best[0]
            offers = [
                offer
                for offer in self._exact[keys[number]]
                if not (offer.domain == catalogue.domain and offer.standing)
            ]
            agree = len({offer.entry.translation for offer in offers}) == 1
            if agree and keys[number][1] not in lent and keys[number] != entry.key:
                return _offered(entry, offers[0], keys[number][1])
            passing.add(number)
        return entry


def _offered(entry: Entry, offer: _Offer, msgid: str) -> Entry:
    """The entry with another one's translation, to be confirmed; `msgid` is a near text."""
    mark = f"{SUGGESTED} from {offer.domain}"
    if msgid and (differing := _differing(msgid, entry.key[1])):
        mark += f"; differs in {', '.join(differing)}"
    return dataclasses.replace(
        entry,
        translation=offer.entry.translation,
        flags=tuple(dict.fromkeys(("fuzzy", *entry.flags))),
        previous=Previous(entry.key[0], msgid) if msgid else None,
        notes="\n".join(filter(None, (entry.notes, mark))),
    )


def _differing(old: str, new: str) -> list[str]:
    """Numbers, addresses and note marks that only one of two texts has."""
    facts = []
    for text in (old, new):
        atoms = inline(text).atoms
        words = " ".join(atom.content for atom in atoms if atom.kind == "text")
        facts.append(
            {
                *_NUMBER.findall(words),
                *(atom.content for atom in atoms if atom.kind in ("link", "image")),
                *(f"[^{atom.content}]" for atom in atoms if atom.kind == "mark"),
            }
        )
    return sorted(facts[0] ^ facts[1])
