"""Pages that list pieces: what stands on each, in which order, and which pages there are.

From decided editions to lists; which editions there are and what they say is decided before.
Everything here grows with the number of pieces and not with its square.
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TypedDict, TypeVar

from . import locales, urls
from .locales import Locale
from .model import (
    Alternate,
    Key,
    Listed,
    Paging,
    Part,
    Piece,
    Run,
    Settings,
    Site,
    Subject,
    Text,
    Topic,
    Topics,
)

RELATED = 3
"""How many related pieces an edition lists at most."""

ELSEWHERE = 5
"""How many pieces a list names at most that exist in other languages only."""

NEIGHBOURS = 1
"""How many pages on either side of it a page links to by their number."""


# ── Topics and series ────────────────────────────────────────────────────────────────────────


def subjects(piece: Piece) -> tuple[Key, ...]:
    """The topics and the series of a piece, as `(kind, words)`, each once."""
    found = [("tag", tag.content) for tag in piece.tags]
    found += [("series", piece.series.content)] if piece.series else []
    return tuple(dict.fromkeys(found))


def named(site: Site) -> dict[Key, Text]:
    """Every topic and series, with the first place that names it, in the order of the sources."""
    found: dict[Key, Text] = {}
    for piece in sorted(site.pieces, key=lambda piece: piece.path):
        for tag in piece.tags:
            found.setdefault(("tag", tag.content), tag)
        if piece.series:
            found.setdefault(("series", piece.series.content), piece.series)
    return found


def slug(settings: Settings, words: str) -> str:
    """The address of a topic or series; empty where nobody could type one."""
    return settings.slugs.get(words) or urls.slug(words)


# ── Pages of a list ──────────────────────────────────────────────────────────────────────────

_Item = TypeVar("_Item")


class Page(TypedDict):
    """What every page of a list of pieces has, as fields of `Front`, `Profile` and `Subject`."""

    locale: Locale
    alternates: tuple[Alternate, ...]
    languages: tuple[Alternate, ...]
    pieces: tuple[Listed, ...]
    elsewhere: tuple[Listed, ...]
    more: tuple[Alternate, ...]
    path: str
    default_path: str
    modified: datetime.date | None
    paging: Paging


def pages(path: str, items: Sequence[_Item], size: int) -> list[tuple[Paging, Sequence[_Item]]]:
    """The pages of a list that begins at `path`, each with its items; one if it is empty."""
    count = max(1, -(-len(items) // size))
    paths = tuple(urls.page(path, number) for number in range(1, count + 1)) if count > 1 else ()
    return [
        (
            Paging(
                number=number,
                paths=paths,
                shown=_shown(number, count),
                before=(number - 1) * size,
                total=len(items),
            ),
            items[(number - 1) * size : number * size],
        )
        for number in range(1, count + 1)
    ]


def _shown(number: int, count: int) -> tuple[int, ...]:
    """The first page, the last, and neighbours; 0 where others are left out.

    >>> _shown(7, 12)
    (1, 0, 6, 7, 8, 0, 12)
    >>> _shown(1, 4)
    (1, 2, 3, 4)
    """
    near = range(max(1, number - NEIGHBOURS), min(count, number + NEIGHBOURS) + 1)
    found: list[int] = []
    for one in sorted({1, count, *near}):
        last = found[-1] if found else 0
        if one - last == 2:  # the number itself is as short as the sign that it is left out
            found.append(one - 1)
        elif one - last > 2:
            found.append(0)
        found.append(one)
    return tuple(found)


class Lists:
    """What is listed where. Made once a plan; `published` are the editions that there are."""

    def __init__(
        self,
        site: Site,
        published: Collection[tuple[str, Locale]],
        listed: Callable[[str, Locale], Listed],
        modified: Callable[[str, Locale], datetime.date],
        said: Callable[[Locale, Key], Run],
    ) -> None:
        """`listed` and `modified` know an edition as lists show it, and its day; `said` what a
        topic or series is called in a language."""
        self._settings = site.settings
        self._languages = site.settings.languages
        self._pieces = {piece.slug: piece for piece in site.pieces}
        self._published = published
        self._listed = listed
        self._modified = modified
        self._said = said
        # Pieces stand newest first; a set of them is a number with a bit for each, the newest
        # lowest, so that what two sets share is found without a look at every pair.
        self._order = [
            p.slug for p in site.pieces if any((p.slug, x) in published for x in self._languages)
        ]
        self._bits = {name: 1 << index for index, name in enumerate(self._order)}
        self._all = (1 << len(self._order)) - 1
        self._here = {
            locale: sum(bit for name, bit in self._bits.items() if (name, locale) in published)
            for locale in self._languages
        }
        self._of: dict[Key, list[str]] = {}
        for name in self._order:
            for key in self._keys(name):
                self._of.setdefault(key, []).append(name)
        self._sets = {key: sum(self._bits[n] for n in names) for key, names in self._of.items()}
        self._parts: dict[str, dict[str, int]] = {}
        # What is asked for again and again, for one edition after the other.
        self._named_in: dict[tuple[str, Locale], Locale] = {}
        self._addresses: dict[tuple[Locale, Key], str] = {}
        self._shares: tuple[str, list[int], int] = "", [], 0

    def _keys(self, name: str) -> list[Key]:
        piece = self._pieces[name]
        return [*subjects(piece), *(("author", who) for who in dict.fromkeys(piece.authors))]

    def _shown_in(self, name: str, locale: Locale) -> Locale:
        """The language in which a list in `locale` names a piece: its own, else the original's,
        else the first of the site's that there is."""
        found = self._named_in.get((name, locale))
        if found is None:
            wanted = (locale, self._pieces[name].locale, *self._languages)
            found = next(one for one in wanted if (name, one) in self._published)
            self._named_in[name, locale] = found
        return found

    def _all_listed(self, names: Iterable[str], locale: Locale) -> tuple[Listed, ...]:
        return tuple([self._listed(name, self._shown_in(name, locale)) for name in names])

    # ── Every list ───────────────────────────────────────────────────────────────────────────

    def everything(self) -> Sequence[str]:
        """Every published piece, newest first."""
        return self._order

    def by(self, author: str) -> Sequence[str]:
        """The published pieces of an author, newest first."""
        return self._of.get(("author", author), [])

    def versions(
        self, current: Locale, address: Callable[[Locale], str], original: Locale | None = None
    ) -> tuple[Alternate, ...]:
        """A page that every language has, in each."""
        return self._versions(self._languages, current, address, original)

    def _versions(
        self,
        there: Sequence[Locale],
        current: Locale,
        address: Callable[[Locale], str],
        original: Locale | None = None,
    ) -> tuple[Alternate, ...]:
        return tuple(
            Alternate(locale, address(locale), "", locale == original, locale == current)
            for locale in there
        )

    def pages(
        self,
        names: Sequence[str],
        locale: Locale,
        alternates: Sequence[Alternate],
        default_path: str,
    ) -> list[Page]:
        """The pages of a list of pieces in a language, as the fields that all such pages have.

        The first one goes on with some of what exists in other languages only. Later ones are no
        translations of each other, so that none names another as its version.
        """
        [path] = [one.path for one in alternates if one.current]
        here = [name for name in names if (name, locale) in self._published]
        others = [name for name in names if (name, locale) not in self._published]
        left = {self._shown_in(name, locale) for name in others[ELSEWHERE:]}
        found: list[Page] = []
        for paging, part in pages(path, here, self._settings.page_size):
            first = paging.number == 1
            beside = others[:ELSEWHERE] if first else []
            found.append(
                Page(
                    locale=locale,
                    alternates=tuple(alternates) if first else (),
                    languages=() if first else tuple(alternates),
                    pieces=self._all_listed(part, locale),
                    elsewhere=self._all_listed(beside, locale),
                    more=tuple(one for one in alternates if first and one.locale in left),
                    path=urls.page(path, paging.number),
                    default_path=default_path if first else "",
                    modified=self._newest((*part, *beside), locale),
                    paging=paging,
                )
            )
        return found

    def _newest(self, names: Iterable[str], locale: Locale) -> datetime.date | None:
        return max(
            (self._modified(name, self._shown_in(name, locale)) for name in names), default=None
        )

    # ── Topics and series ────────────────────────────────────────────────────────────────────

    def subjects(self) -> list[list[Subject]]:
        """The pages of every topic and series in every language that has pieces of it."""
        found = []
        for key, names in sorted(self._of.items()):
            if key[0] == "author":
                continue
            there = self._having(key)
            ordered = names[::-1] if key[0] == "series" else names
            for locale in there:
                address = functools.partial(self.address, key=key)
                alternates = self._versions(there, locale, address)
                home, said = self._default(alternates), self._said(locale, key)
                pages = self.pages(ordered, locale, alternates, home)
                found.append([Subject(kind=key[0], name=said, home=home, **page) for page in pages])
        return found

    def topics(self) -> tuple[Topics, ...]:
        """The list of all topics in every language that has any."""
        keys = [key for key in sorted(self._of) if key[0] == "tag"]
        there = [one for one in self._languages if any(self._count(key, one) for key in keys)]
        found = []
        for locale in there:
            alternates = self._versions(there, locale, urls.topics)
            listed = [
                Topic(
                    name=self._said(locale, key),
                    path=self.address(locale, key),
                    count=count,
                )
                for key in keys
                if (count := self._count(key, locale))
            ]
            listed.sort(key=lambda topic: locales.sorting(topic.name.text, locale))
            tagged = (
                n for n in self._order if (n, locale) in self._published and self._pieces[n].tags
            )
            found.append(
                Topics(
                    locale=locale,
                    alternates=alternates,
                    topics=tuple(listed),
                    path=urls.topics(locale),
                    default_path=self._default(alternates),
                    modified=self._newest(tagged, locale),
                )
            )
        return tuple(found)

    def address(self, locale: Locale, key: Key) -> str:
        """The page of a topic or series that has a piece in the language."""
        if (locale, key) not in self._addresses:
            address = urls.subject(locale, key[0], slug(self._settings, key[1]))
            self._addresses[locale, key] = address
        return self._addresses[locale, key]

    def home(self, key: Key) -> str:
        """Its page for readers of any other language than those that have one."""
        there = self._having(key)
        return self._default(self._versions(there, there[0], lambda one: self.address(one, key)))

    def _count(self, key: Key, locale: Locale) -> int:
        return (self._sets[key] & self._here[locale]).bit_count()

    def _having(self, key: Key) -> list[Locale]:
        """The languages in which there is a piece of it."""
        return [locale for locale in self._languages if self._sets[key] & self._here[locale]]

    def _default(self, alternates: Sequence[Alternate]) -> str:
        default = self._settings.default_language
        ours = [one for one in alternates if one.locale == default]
        return (ours or list(alternates))[0].path

    # ── Beside an edition ────────────────────────────────────────────────────────────────────

    def part(self, piece: Piece, locale: Locale) -> Part | None:
        """Where an edition stands in its series, oldest first: among all parts that are published,
        so that it has one number in all languages. Its neighbours are in its own language where
        they are there, else in another."""
        if piece.series is None:
            return None
        key = piece.series.content
        if key not in self._parts:
            names = self._of["series", key][::-1]
            self._parts[key] = {name: number for number, name in enumerate(names)}
        parts = self._parts[key]
        if len(parts) < 2:
            return None
        names, at = list(parts), parts[piece.slug]
        [previous] = self._all_listed(names[at - 1 : at], locale) or [None]
        [following] = self._all_listed(names[at + 1 : at + 2], locale) or [None]
        return Part(number=at + 1, count=len(parts), previous=previous, next=following)

    def related(self, piece: Piece, locale: Locale) -> tuple[Listed, ...]:
        """Pieces with shared topics or authors: those in the edition's own language first, of these
        those of other series than its own, whose parts have links already; then those that share
        most; then the newest."""
        sharing, siblings = self._sharing(piece.slug)
        found: list[str] = []
        here = self._here[locale]
        for group in (here & ~siblings, here & siblings, ~here & ~siblings, ~here & siblings):
            seen = 0
            for level in range(len(sharing) - 1, 0, -1):
                left = sharing[level] & group & ~seen
                seen |= left
                while left and len(found) < RELATED:
                    lowest = left & -left
                    found.append(self._order[lowest.bit_length() - 1])
                    left ^= lowest
        return self._all_listed(found, locale)

    def _sharing(self, name: str) -> tuple[list[int], int]:
        """The pieces that share so many topics and authors with a piece, or more, by how many; and
        those of its series."""
        last, sharing, siblings = self._shares
        if last != name:  # the languages of a piece come one after another; all would be too much
            # Each subject moves those that have it one set up.
            sharing, siblings = [self._all & ~self._bits[name]], 0
            for key in self._keys(name):
                if key[0] == "series":
                    siblings = self._sets[key]
                    continue
                sharing.append(0)
                for level in range(len(sharing) - 1, 0, -1):
                    sharing[level] |= sharing[level - 1] & self._sets[key]
            self._shares = name, sharing, siblings
        return sharing, siblings
