"""What a build has to know of each source before it can decide anything, remembered by content.

A source and its translations are read, cut, merged, checked and rendered together and only once:
nothing of that hangs on other sources. What is left in memory is small; texts are put aside until
a page needs them.
"""

from __future__ import annotations

import dataclasses
import functools
import posixpath
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from . import check, edition, images, memo, merge, messages, search, snapshot, toolchain
from .check import Place
from .edition import Surveyed, Translation, Version
from .errors import Problem, PublishError, in_order, stopping
from .load import Listing, Reader
from .load import in_order as newest_first
from .locales import Locale
from .memo import Memo
from .model import Author, Catalogue, Picture, Piece, Rendering, Site, Text
from .snapshot import Snapshot

Catalogues = tuple[tuple[Locale, str, str], ...]
"""The catalogues of a source: language, path, and the domain that the path names."""

Adoption = tuple[str, str, str, Locale]
"""A catalogue that found another source: that one's name, the catalogue's path, the domain that the
path names, its language."""


@dataclass(frozen=True, slots=True)
class Record:
    """One source, as it is remembered."""

    surveyed: Surveyed | None
    """What is known of it, without its texts; None where it could not be read."""

    place: Place
    """Its links and images."""

    problems: tuple[Problem, ...]
    """What is wrong with it and its catalogues, as far as it alone can tell."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An image, as it is remembered."""

    picture: Picture
    """What pages say of it, without contents."""

    sums: tuple[str, ...]
    """The SHA-256 of each of its files."""


@dataclass(frozen=True, slots=True)
class Survey:
    """All that is known of a site before anything is decided."""

    site: Site
    """The site without texts: pieces and authors have empty bodies, and of the catalogues only
    those of interface and topics are there."""

    surveys: Mapping[str, Surveyed]
    """What is known of each source, by its path."""

    tags: Mapping[Locale, Translation]
    """What topics and series are called."""

    problems: tuple[Problem, ...]
    """What is wrong, in order."""

    keys: Mapping[str, str]
    """The keys under which the sources are remembered, by their paths."""

    new: frozenset[str]
    """Paths of sources that were not remembered as they are."""

    frozen: frozenset[str]
    """Paths of sources that have a fault, and stay as they were before."""

    texts: Callable[[str, Version], Rendering]
    """A text that was put aside, by its source and version."""

    pictured: Callable[[str], Shown | None]
    """An image by its path, without contents."""

    picture: Callable[[str], Picture]
    """An image with its contents."""


def survey(
    root: Path,
    seen: Snapshot,
    memory: Memo,
    *,
    letters: bool,
    before: Mapping[str, str] | None = None,
    frozen: frozenset[str] = frozenset(),
) -> Survey:
    """The site in `root` as it was `seen`. Raises `PublishError` with every problem that stops a
    build; with `letters` those of the fonts of PDFs too.

    `before` are keys of sources as they were when they had no fault: where it is given, a source
    with a fault is taken for what it was then, or left out, and only other faults stop a build; so
    is any source that is `frozen`, since its fault was found later, and a piece whose author nobody
    knows, with the authors that it had.
    """
    try:
        surveyor = _Surveyor(root, seen, memory, letters)
    except PublishError as error:  # of the settings, without which there is no source
        why = "" if before is None else of_all(problem.span.path for problem in error.problems)
        raise PublishError(error.problems, why) from None
    return surveyor.survey(before, frozen)


class _Surveyor:
    """Holds what is the same for all sources."""

    def __init__(self, root: Path, seen: Snapshot, memory: Memo, letters: bool) -> None:
        self._root = root
        self._seen = seen
        self._memory = memory
        self._letters = letters
        self._reader = Reader(root, seen)
        self._settings = self._reader.configuration()
        self._listing = self._reader.listing(self._settings)
        self._program = toolchain.program()
        settings = self._settings
        self._key = memo.key(
            self._program,
            settings.languages,
            settings.default_language,
            settings.threshold,
            settings.floor,
            settings.check_ignore,
            letters,
        )
        self._ids = self._listing.known
        self._catalogues = _by_domain(self._listing)
        self._keys: dict[str, str] = {}
        self._unknown: set[str] = set()

    def survey(self, before: Mapping[str, str] | None, frozen: frozenset[str]) -> Survey:
        paths = (*self._listing.pieces, *self._listing.authors)
        records = {path: self._record(path) for path in paths}
        renamed = self._adopt(records)
        found = self._found(records, renamed)
        stops = stopping(found.problems)
        if before is None:
            if stops:
                raise PublishError(found.problems)
            return found
        faulty = {problem.span.path: self._source_of(problem) for problem in stops}
        if shared := {path for path, source in faulty.items() if source is None}:
            raise PublishError(found.problems, of_all(shared))
        frozen |= {source for source in faulty.values() if source}
        if not frozen:
            return found
        more = frozen
        while more:
            frozen |= more
            self._freeze(records, more, before)
            more = _hanging(records) - frozen
        again = self._found(records, renamed, frozen)
        # What cannot be read is listed again; any other fault is of what was put together.
        told = {one for one in self._reader.problems if self._source_of(one) in frozen}
        if rest := set(stopping(again.problems)) - told:
            named = ", ".join(sorted({problem.span.path for problem in rest}))
            why = f"--keep-going leaves others as they were, with which this does not fit: {named}"
            raise PublishError((*found.problems, *rest), why)
        return dataclasses.replace(again, problems=found.problems, frozen=frozen)

    def _freeze(
        self, records: dict[str, Record], paths: Iterable[str], before: Mapping[str, str]
    ) -> None:
        """Take sources for what they were."""
        for path in paths:
            known = self._memory.get("source", before.get(path, ""))
            old = known.surveyed if isinstance(known, Record) else None
            if old is not None and not self._whole(old):
                old = None
            records[path] = Record(old, Place(path, (), (), None), ())
            self._keys[path] = before.get(path, "")

    def _whole(self, known: Surveyed) -> bool:
        """Whether a source is remembered with all its texts, in the languages of now."""
        return {one.locale for one in known.versions} == {*self._settings.languages} and all(
            isinstance(self._memory.get("text", one.digest), Rendering) for one in known.versions
        )

    def _source_of(self, problem: Problem) -> str | None:
        """The source whose own fault a problem is, or that of a catalogue of it."""
        path = problem.span.path
        if _SOURCE.fullmatch(path):
            return path
        catalogue = _CATALOGUE.fullmatch(path)
        source = f"sources/{catalogue[1]}.md" if catalogue else ""
        there = source in self._listing.pieces or source in self._listing.authors
        return source if there else None

    # ── One source ───────────────────────────────────────────────────────────────────────────

    def _record(self, path: str, catalogues: Catalogues | None = None) -> Record:
        """What is known of a source; `catalogues` where they are not those of its name."""
        if catalogues is None:
            catalogues = self._catalogues.get(domain_of(path), ())
        files = [(one.tag, name, self._seen.files.get(name)) for one, name, _ in catalogues]
        key = memo.key(self._key, path, self._seen.files.get(path), tuple(map(tuple, files)))
        self._keys[path] = key
        known = self._memory.get("source", key)
        if isinstance(known, Record) and self._holds(known):
            return known
        self._unknown.add(path)
        record = self._new(path, catalogues)
        if not stopping(record.problems):
            if record.surveyed:
                for version in record.surveyed.versions:
                    self._memory.put("text", version.digest, version.text)
            record = _light(record)
            self._memory.put("source", key, record)
            return record
        return _light(record)

    def _holds(self, record: Record) -> bool:
        """Whether the authors are still there that a remembered piece has."""
        source = record.surveyed.source if record.surveyed else None
        return not isinstance(source, Piece) or self._ids.issuperset(source.authors)

    def _new(self, path: str, catalogues: Catalogues) -> Record:
        reader = Reader(self._root, self._seen)
        source, body = reader.source(path, self._settings, self._ids)
        if source is None:
            told: tuple[Problem, ...] = ()
            place = Place(path, (), (), None)
            if body is not None:
                told, place = check.unread(body, self._settings.default_language)
            for locale, name, of in catalogues:
                reader.catalogue(name, of, locale)
            return Record(None, place, (*reader.problems, *told))
        domain = messages.of_source(source)
        read = {where: reader.catalogue(name, of, where) for where, name, of in catalogues}
        site = self._settings
        translations = [
            edition.translate(domain, read.get(one), one, site.check_ignore.get(one.tag, ()))
            for one in site.languages
        ]
        problems = [*reader.problems]
        problems += check.alone(source, domain, translations, letters=self._letters)
        surveyed = edition.surveyed(domain, source, translations, site)
        return Record(surveyed, Place.of(source, domain.cut), tuple(problems))

    def _text(self, path: str, version: Version) -> Rendering:
        """A text that was put aside; made again where it has got lost."""
        known = self._memory.get("text", version.digest)
        if isinstance(known, Rendering):
            return known
        catalogues = self._adopted.get(path, self._catalogues.get(domain_of(path), ()))
        record = self._new(path, catalogues)
        for one in record.surveyed.versions if record.surveyed else ():
            if one.digest == version.digest and one.text is not None:
                return one.text
        raise LookupError(f"the text of {path} in {version.locale.tag} has got lost")

    # ── Renamed sources ──────────────────────────────────────────────────────────────────────

    _adopted: Mapping[str, Catalogues] = {}

    def _adopt(self, records: dict[str, Record]) -> Mapping[str, str]:
        """Give catalogues to the sources that were renamed; the new names by catalogue."""
        by_name = {domain_of(path): path for path in records}
        strays = [
            (domain, locale, path)
            for (domain, locale), path in self._listing.catalogues.items()
            if "/" in domain and self._strayed(records.get(by_name.get(domain, "")), domain, locale)
        ]
        if not strays:
            return {}
        gone = {(domain, locale) for domain, locale, _ in strays}
        homes = self._listing.catalogues.keys() - gone
        wanted = {locale for _, locale in gone}
        candidates = sorted(
            path
            for name, path in by_name.items()
            if (one_known := records[path].surveyed)
            and any((name, one) not in homes and one != one_known.source.locale for one in wanted)
        )
        files = self._seen.files
        at_home = [
            (domain, locale, path)
            for (domain, locale), path in sorted(
                self._listing.catalogues.items(), key=lambda item: item[1]
            )
            if (domain, locale) in homes and by_name.get(domain) in candidates
        ]
        key = memo.key(
            self._key,
            tuple((path, files.get(path)) for *_, path in (*strays, *at_home)),
            tuple((path, files.get(path)) for path in candidates),
        )
        known = self._memory.get("adopted", key)
        if not isinstance(known, tuple):
            known = self._adoptions(candidates, (*strays, *at_home))
            self._memory.put("adopted", key, known)
        changed = self._rearranged(known, strays)
        self._adopted = {by_name[name]: own for name, own in changed.items() if name in by_name}
        for path, own in self._adopted.items():
            records[path] = self._record(path, own)
        return {path: name for name, path, _, _ in known}

    def _rearranged(
        self, known: Collection[Adoption], strays: Iterable[tuple[str, Locale, str]]
    ) -> dict[str, Catalogues]:
        """The catalogues of each domain that got another one, or lost one."""
        changed: dict[str, dict[Locale, tuple[str, str]]] = {}
        taken = {path for _, path, _, _ in known}
        for name in {name for name, *_ in known} | {d for d, _, path in strays if path in taken}:
            changed[name] = {
                locale: (path, domain)
                for locale, path, domain in self._catalogues.get(name, ())
                if path not in taken
            }
        for name, path, domain, locale in known:
            changed[name][locale] = path, domain
        return {
            name: tuple((locale, *where) for locale, where in own.items())
            for name, own in changed.items()
        }

    def _strayed(self, record: Record | None, domain: str, locale: Locale) -> bool:
        """Whether a catalogue has lost its source, as far as its name and messages tell."""
        if record is None:
            return f"sources/{domain}.md" not in self._seen.files
        return record.surveyed is not None and locale in record.surveyed.strays

    def _adoptions(
        self, candidates: Iterable[str], catalogues: Iterable[tuple[str, Locale, str]]
    ) -> tuple[Adoption, ...]:
        """Each catalogue that finds another source."""
        reader = Reader(self._root, self._seen)
        read = [reader.source(path, self._settings, self._ids) for path in candidates]
        domains = [messages.of_source(source) for source, _ in read if source]
        known: list[Catalogue] = []
        for domain, locale, path in catalogues:
            found = reader.catalogue(path, domain, locale)
            known += [found] if found else []
        return tuple(
            (name, one.path, one.domain, locale)
            for (name, locale), one in sorted(
                merge.adopted(known, domains).items(), key=lambda item: item[1].path
            )
            if one.domain != name
        )

    # ── The whole ────────────────────────────────────────────────────────────────────────────

    def _found(
        self,
        records: Mapping[str, Record],
        renamed: Mapping[str, str],
        frozen: Collection[str] = (),
    ) -> Survey:
        reader = Reader(self._root, self._seen, list(self._reader.problems))
        surveys = {path: one.surveyed for path, one in records.items() if one.surveyed}
        pieces = [one.source for one in surveys.values() if isinstance(one.source, Piece)]
        authors = [one.source for one in surveys.values() if isinstance(one.source, Author)]
        ids = {author.id for author in authors}
        if frozen:  # an author that was never read takes their pieces along
            pieces = [piece for piece in pieces if ids.issuperset(piece.authors)]
            left = {*(piece.path for piece in pieces), *(author.path for author in authors)}
            surveys = {path: one for path, one in surveys.items() if path in left}
        site = self._site(reader, pieces, authors)
        tags = messages.of_tags(site)
        known = {one.locale: one for one in site.catalogues if one.domain == messages.TAGS}
        translations = {
            one: edition.translate(tags, known.get(one), one, edition.aside(site, one))
            for one in self._settings.languages
        }
        own = [problem for one in records.values() for problem in one.problems]
        unread = frozenset(problem.span.path for problem in (*own, *reader.problems)) | {*frozen}
        listed = [
            (path, domain, locale) for (domain, locale), path in self._listing.catalogues.items()
        ]
        problems = (
            *own,
            *reader.problems,
            *check.failed(translations.values()),
            *check.among(
                site,
                [one.place for one in records.values()],
                frozenset(self._listing.images),
                self._looked,
                unread,
            ),
            *(check.letters(site) if self._letters else ()),
            *check.orphans(site, listed, renamed, unread),
            *self._interface(site),
            *search.missing_extra(site.settings),
        )
        return Survey(
            site=site,
            surveys=surveys,
            tags=translations,
            problems=in_order(problems),
            keys=self._keys,
            new=frozenset(self._unknown),
            frozen=frozenset(),
            texts=self._text,
            pictured=self._pictured,
            picture=self._picture,
        )

    def _site(self, reader: Reader, pieces: Iterable[Piece], authors: Iterable[Author]) -> Site:
        """The site without texts."""
        templates, paths = reader.templates(self._settings.theme)
        shared = [
            reader.catalogue(path, domain, locale)
            for (domain, locale), path in self._listing.catalogues.items()
            if domain in (messages.INTERFACE, messages.TAGS)
        ]
        return Site(
            settings=self._settings,
            authors=tuple(sorted(authors, key=lambda author: author.id)),
            pieces=newest_first(pieces),
            catalogues=tuple(one for one in shared if one),
            theme_catalogues=tuple(reader.theme_catalogues(self._settings)),
            templates=templates,
            template_paths=paths,
            images={},
            glossaries=tuple(reader.glossaries(self._listing)),
        )

    def _interface(self, site: Site) -> tuple[Problem, ...]:
        spoken = [one for one in site.catalogues if one.domain == messages.INTERFACE]
        key = memo.key(
            self._program,
            site.settings.languages,
            site.templates,
            site.template_paths,
            tuple((one.path, self._seen.files.get(one.path)) for one in spoken),
            self._seen.theme.digest if self._seen.theme else "",
        )
        known = self._memory.get("interface", key)
        if not isinstance(known, tuple):
            known = tuple(check.interface_faults(site))
            self._memory.put("interface", key, known)
        return known

    # ── Images ───────────────────────────────────────────────────────────────────────────────

    def _looked(self, path: str) -> images.Fault | None:
        """What is wrong with an image."""
        key = self._image_key(path)
        known = self._memory.get("look", key)
        if not isinstance(known, tuple):
            content = self._content(path)
            known = (images.look(posixpath.splitext(path)[1].casefold(), content),)
            self._memory.put("look", key, known)
        [fault] = known
        return fault if isinstance(fault, images.Fault) else None

    def _image_key(self, path: str) -> str:
        return memo.key(self._program, path, self._seen.files.get(path))

    def _content(self, path: str) -> bytes:
        reader = Reader(self._root, self._seen)
        content = reader.image(path)
        if content is None:
            raise PublishError(reader.problems)
        return content

    def _pictured(self, path: str) -> Shown | None:
        if path not in self._images or self._looked(path):
            return None
        known = self._memory.get("image", self._image_key(path))
        return known if isinstance(known, Shown) else self._scaled(path)[0]

    @functools.cached_property
    def _images(self) -> frozenset[str]:
        return frozenset(self._listing.images)

    def _picture(self, path: str) -> Picture:
        known = self._memory.get("scaled", self._image_key(path))
        return known if isinstance(known, Picture) else self._scaled(path)[1]

    def _scaled(self, path: str) -> tuple[Shown, Picture]:
        whole = edition.picture(path, self._content(path))
        sums = tuple(snapshot.digest(version.content) for version in whole.versions)
        shown = Shown(dataclasses.replace(whole, versions=(), paper=b""), sums)
        self._memory.put("image", self._image_key(path), shown)
        self._memory.put("scaled", self._image_key(path), whole)
        return shown, whole


_SOURCE = re.compile(r"sources/(?:pieces|authors)/[^/]+\.md")
_CATALOGUE = re.compile(r"locales/[^/]+/LC_MESSAGES/((?:pieces|authors)/[^/]+)\.po")


def of_all(paths: Iterable[str]) -> str:
    """Why a build cannot keep going where these files have a fault; empty where there are none."""
    named = ", ".join(sorted(set(paths)))
    if not named:
        return ""
    rule = "--keep-going skips single pieces and authors"
    return f"{rule}, but what is wrong with {named} concerns the whole site"


def domain_of(path: str) -> str:
    """The domain of a source.

    >>> domain_of("sources/pieces/harbour-lights.md")
    'pieces/harbour-lights'
    """
    return path.removeprefix("sources/").removesuffix(".md")


def _by_domain(listing: Listing) -> Mapping[str, Catalogues]:
    found: dict[str, list[tuple[Locale, str, str]]] = {}
    for (domain, locale), path in listing.catalogues.items():
        found.setdefault(domain, []).append((locale, path, domain))
    return {domain: tuple(sorted(own, key=lambda one: one[1])) for domain, own in found.items()}


def _hanging(records: Mapping[str, Record]) -> frozenset[str]:
    """Pieces that have an author who is not there, and these authors."""
    sources = [one.surveyed.source for one in records.values() if one.surveyed]
    ids = {source.id for source in sources if isinstance(source, Author)}
    found: set[str] = set()
    for source in sources:
        if isinstance(source, Piece) and (gone := {*source.authors} - ids):
            found |= {source.path, *(f"sources/authors/{one}.md" for one in gone)}
    return frozenset(found)


def _light(record: Record) -> Record:
    """The record without texts."""
    known = record.surveyed
    if known is None:
        return record
    source = known.source
    empty: Piece | Author
    if isinstance(source, Piece):
        empty = dataclasses.replace(source, body=Text("", source.body.span))
    else:
        empty = dataclasses.replace(source, bio=Text("", source.bio.span))
    versions = tuple(dataclasses.replace(one, text=None) for one in known.versions)
    return dataclasses.replace(
        record, surveyed=dataclasses.replace(known, source=empty, versions=versions)
    )
