"""Reading a site, once: every input file becomes a value, or a problem.

Files are opened without following links and only if they are regular files; what the stages work
from are the bytes read here.
"""

from __future__ import annotations

import itertools
import os
import re
import stat
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from . import catalogue, glossary, images, locales, settings, snapshot, sources, urls
from .errors import Problem, PublishError, Span, printable
from .locales import Locale
from .model import Author, Catalogue, Glossary, Piece, Settings, Site, Text
from .snapshot import Snapshot, packaged_theme

_BOM = b"\xef\xbb\xbf"
_CONFLICT = ("<<<<<<< ", "||||||| ", ">>>>>>> ")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_PARAGRAPH = re.compile(r"[^\n]+(?:\n[^\n]+)*")
_MOST = 100  # of one kind in one file: finding the place of each takes as long as the file
_LINK = "is a symbolic link"
_ITSELF = "put the file itself here"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What reading gave."""

    site: Site
    """All that could be read; what a fault kept out is missing in it."""

    problems: tuple[Problem, ...]
    """Faults met while reading."""

    bodies: tuple[Text, ...] = ()
    """Texts below front matter that could not be read: checked all the same."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Where a site's files are, by their names alone."""

    pieces: tuple[str, ...]
    """Paths of the pieces."""

    authors: tuple[str, ...]
    """Paths of the authors."""

    images: tuple[str, ...]
    """Paths of the images."""

    catalogues: Mapping[tuple[str, Locale], str]
    """Paths of the catalogues, by domain and language."""

    glossaries: tuple[tuple[Locale, str], ...]
    """Paths of the glossaries with their languages."""

    @property
    def known(self) -> frozenset[str]:
        """Ids of the authors."""
        return frozenset(PurePosixPath(path).stem for path in self.authors)


def load(root: Path) -> Loaded:
    """Read the site in `root`. Raises `PublishError` where there is no readable configuration."""
    reader = Reader(root)
    configuration = reader.configuration()
    listing = reader.listing(configuration)
    read = [reader.source(path, configuration, listing.known) for path in listing.pieces]
    read += [reader.source(path, configuration, listing.known) for path in listing.authors]
    pieces = [source for source, _ in read if isinstance(source, Piece)]
    authors = [source for source, _ in read if isinstance(source, Author)]
    pictures = {path: reader.image(path) for path in listing.images}
    templates, paths = reader.templates(configuration.theme)
    translated = (reader.catalogue(path, *key) for key, path in listing.catalogues.items())
    site = Site(
        settings=configuration,
        authors=tuple(sorted(authors, key=lambda author: author.id)),
        pieces=in_order(pieces),
        catalogues=tuple(one for one in translated if one),
        theme_catalogues=tuple(reader.theme_catalogues(configuration)),
        templates=templates,
        template_paths=paths,
        images={path: data for path, data in pictures.items() if data is not None},
        glossaries=tuple(reader.glossaries(listing)),
    )
    bodies = tuple(body for _, body in read if body)
    return Loaded(site, tuple(reader.problems), bodies)


def in_order(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """The pieces as lists have them: newest first, those of one day by their slugs."""
    return tuple(sorted(pieces, key=lambda piece: (-piece.date.toordinal(), piece.slug)))


def configuration(root: Path) -> Settings:
    """The settings alone. Raises `PublishError` where they cannot be read."""
    return Reader(root).configuration()


@dataclass(slots=True)
class Reader:
    """Reads files below one root and collects what is wrong with them.

    With a `seen` snapshot, what is read has to be what was seen then: else `PublishError`.
    """

    root: Path
    seen: Snapshot | None = None
    problems: list[Problem] = field(default_factory=list)

    def _fault(self, code: str, message: str, path: str, hint: str = "") -> None:
        self.problems.append(Problem(code, message, Span(path), hint))

    # ── Files ────────────────────────────────────────────────────────────────────────────────

    def files(self, folder: str, *, required: str = "") -> Iterator[str]:
        """Regular files below `folder`, sorted; hidden files and editors' backups are left out.

        `required` is the hint that goes with the fault where there is no such folder.
        """
        # As deep as folders may be: no function that calls itself would get there.
        waiting = self._entries(folder, required)
        while waiting:
            name, entry = waiting.pop()
            if entry.name.startswith(".") or entry.name.endswith("~"):
                continue
            if name != printable(name):
                hint = "rename it in plain letters"
                self._fault("F5", "the name holds invisible characters", printable(name), hint)
            elif entry.is_symlink():
                self._fault("F1", _LINK, name, _ITSELF)
            elif entry.is_dir(follow_symlinks=False) and not snapshot.names_a_file(entry.name):
                waiting += self._entries(name)
            elif entry.is_file(follow_symlinks=False):
                yield name
            else:
                self._fault("F1", "is not a regular file", name, _ITSELF)

    def _entries(self, folder: str, required: str = "") -> list[tuple[str, os.DirEntry[str]]]:
        """What is in a folder, with its path, the last first; nothing and a problem where that
        cannot be said."""
        path = self.root / folder
        try:
            mode = path.lstat().st_mode
        except FileNotFoundError:
            if required:
                self._fault("F8", f"there is no folder {folder}/", folder, required)
            return []
        except OSError as error:
            self._fault("F8", f"cannot be read: {error.strerror}", folder)
            return []
        if not stat.S_ISDIR(mode):
            what = _LINK if stat.S_ISLNK(mode) else "is not a folder"
            self._fault("F1", what, folder, "put the folder itself here")
            return []
        try:
            entries = sorted(os.scandir(path), key=lambda entry: entry.name, reverse=True)
        except OSError as error:
            self._fault("F8", f"cannot be read: {error.strerror}", folder)
            return []
        return [(f"{folder}/{entry.name}", entry) for entry in entries]

    def content(self, path: str, limit: int) -> bytes | None:
        """The content of a regular file, or None and a problem."""
        data = self.start(path, limit + 1)
        if data is not None and len(data) > limit:
            hint = "divide it, or make it smaller"
            self._fault("F7", f"is larger than {limit // 1024:,} KiB", path, hint)
            return None
        return data

    def start(self, path: str, length: int) -> bytes | None:
        """The first bytes of a regular file, or None and a problem."""
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            descriptor = os.open(self.root / path, flags)
        except FileNotFoundError:
            if self.seen is not None:
                self.seen.compare(path, None)
            hint = "is this the site's folder? publish -C DIR names another"
            self._fault("F8", "there is no such file", path, hint)
            return None
        except OSError as error:
            if (self.root / path).is_symlink():
                self._fault("F1", _LINK, path, _ITSELF)
            else:
                self._fault("F8", f"cannot be read: {error.strerror}", path)
            return None
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            self._fault("F1", "is not a regular file", path, _ITSELF)
            return None
        with os.fdopen(descriptor, "rb") as file:
            data = file.read(length)
        if self.seen is not None and len(data) < length:
            self.seen.compare(path, data)
        return data

    def text(self, path: str, limit: int) -> str | None:
        """A text file that keeps the rules of text files, or None and its problems."""
        data = self.content(path, limit)
        if data is None:
            return None
        text, problems = decode(path, data)
        self.problems += problems
        return None if problems else text

    def configuration(self) -> Settings:
        """The settings. Raises `PublishError` where they cannot be read."""
        text = self.text(settings.FILE, sources.SIZE)
        if text is None:
            raise PublishError(self.problems)
        return settings.parse(text)

    # ── Sources ──────────────────────────────────────────────────────────────────────────────

    def listing(self, configuration: Settings) -> Listing:
        """Which files there are, and what is wrong with their names and places."""
        pieces: list[str] = []
        authors: list[str] = []
        pictures: list[str] = []
        taken: dict[tuple[str, str], str] = {}
        hint = "is this the site's folder? publish -C DIR names another"
        for path in self.files("sources", required=hint):
            suffix = path[path.rfind(".") :].casefold()
            if suffix in images.SUFFIXES:
                # What is wrong with it is told where a text shows it.
                pictures.append(path)
            elif suffix == ".md":
                kind = self._kind(PurePosixPath(path), taken)
                if kind:
                    (pieces if kind == "pieces" else authors).append(path)
            else:
                hint = "it is not published; put it elsewhere"
                self._fault("F9", "is neither a text (.md) nor an image (.png, .jpg)", path, hint)
        translated = tuple(self.files("locales"))
        there = frozenset(translated)
        glossaries = [(one, f"locales/{one.posix}/glossary.csv") for one in configuration.languages]
        return Listing(
            pieces=tuple(pieces),
            authors=tuple(authors),
            images=tuple(pictures),
            catalogues=dict(self._catalogues(configuration, translated)),
            glossaries=tuple(found for found in glossaries if found[1] in there),
        )

    def source(
        self, path: str, configuration: Settings, authors: Collection[str]
    ) -> tuple[Piece | Author | None, Text | None]:
        """A piece or author, or the body of what could not be read otherwise; `authors` are the
        ids of those that the site has."""
        text = self.text(path, sources.SIZE)
        if text is None:
            return None, None
        if not unicodedata.is_normalized("NFC", text):
            self.problems.append(_decomposed(path, text))
        name = PurePosixPath(path)
        source: Piece | Author | None
        if name.parts[1] == "pieces":
            languages = configuration.languages
            source, problems = sources.piece(path, name.stem, text, languages, authors)
        else:
            source, problems = sources.author(path, name.stem, text)
        self.problems += problems
        return source, None if source else sources.body(path, text)

    def image(self, path: str) -> bytes | None:
        """The content of an image, as much of it as an image may have and a byte more."""
        return self.start(path, images.SIZE + 1)

    def _kind(self, name: PurePosixPath, taken: dict[tuple[str, str], str]) -> str:
        """What a source is by its place, whose name is seen to: `pieces`, `authors`, or neither."""
        path, slug = str(name), name.stem
        kind = name.parts[1] if len(name.parts) > 2 else ""
        if kind not in ("pieces", "authors"):
            hint = "move it where it belongs"
            self._fault("S7", "is neither in sources/pieces/ nor in sources/authors/", path, hint)
            return ""
        # Two names that differ only in case or composition are one file on some systems.
        fold = kind, unicodedata.normalize("NFKC", slug).casefold()
        if fold in taken:
            self._fault("S7", f"the slug “{slug}” is taken by {taken[fold]}", path, "rename one")
        taken.setdefault(fold, path)
        if len(name.parts) > 3:
            hint = f"move it to sources/{kind}/"
            self._fault("S7", f"stands in a folder below sources/{kind}/", path, hint)
        fault = urls.slug_fault(slug)
        if fault or name.suffix != ".md":
            what = f"the name “{slug}” {fault}" if fault else f"{name.suffix} is written .md"
            self._fault("S7", what, path, "rename the file; its name is the address")
        return kind

    # ── Catalogues and templates ─────────────────────────────────────────────────────────────

    def _catalogues(
        self, configuration: Settings, paths: Sequence[str]
    ) -> Iterator[tuple[tuple[str, Locale], str]]:
        """The catalogues of the site's languages, by domain and language."""
        folders = {locale.posix: locale for locale in configuration.languages}
        for path in paths:
            name = PurePosixPath(path)
            if name.suffix != ".po":
                continue
            if len(name.parts) < 4 or name.parts[2] != "LC_MESSAGES":
                hint = "catalogues live in locales/<language>/LC_MESSAGES/"
                self._fault("P5", "belongs to no language", path, hint)
            elif name.parts[1] not in folders:
                hint = "the site has " + ", ".join(folders)
                self._fault("P5", f"{name.parts[1]} is not a language of the site", path, hint)
            else:
                domain = str(PurePosixPath(*name.parts[3:]).with_suffix(""))
                yield (domain, folders[name.parts[1]]), path

    def catalogue(self, path: str, domain: str, locale: Locale) -> Catalogue | None:
        """A catalogue; None where it has a fault."""
        text = self.text(path, catalogue.SIZE)
        if text is None:
            return None
        found, problems = catalogue.read(path, text, domain, locale)
        self.problems += problems
        return found

    def glossaries(self, listing: Listing) -> Iterator[Glossary]:
        """The glossaries of the site's languages."""
        for locale, path in listing.glossaries:
            text = self.text(path, glossary.SIZE)
            if text is not None:
                found, problems = glossary.parse(path, text, locale)
                self.problems += problems
                yield found

    def theme_catalogues(self, configuration: Settings) -> Iterator[Catalogue]:
        """The packaged interface catalogues of the site's languages, and of those that regional
        variants among them borrow words from."""
        theme = self._theme()
        borrowed = [parent for one in configuration.languages if (parent := locales.parent(one))]
        for locale in dict.fromkeys((*configuration.languages, *borrowed)):
            path = f"locales/{locale.posix}/LC_MESSAGES/interface.po"
            if (theme.root / path).is_file():
                found = theme.catalogue(path, "interface", locale)
                if found:
                    yield found
        if theme.root != self.root:
            self.problems += theme.problems

    def _theme(self) -> Reader:
        """What reads the packaged theme."""
        return Reader(packaged_theme(), self.seen.theme if self.seen else None)

    def templates(self, folder: str) -> tuple[dict[str, str], dict[str, str]]:
        """Templates by name, the site's own over the packaged ones, and their paths."""
        texts: dict[str, str] = {}
        paths: dict[str, str] = {}
        for reader, place in ((self._theme(), "templates"), (self, folder)):
            needed = f"theme names it in {settings.FILE}" if place != settings.THEME else ""
            for path in reader.files(place, required=needed):
                name = path.removeprefix(f"{place}/")
                if not name.endswith((".html", ".css", ".js")):
                    continue
                text = reader.text(path, sources.SIZE)
                if text is not None:
                    texts[name], paths[name] = text, path
        return texts, paths


# ── Text ─────────────────────────────────────────────────────────────────────────────────────


def decode(path: str, data: bytes) -> tuple[str, tuple[Problem, ...]]:
    """Bytes as text, with every breach of the rules for text files.

    UTF-8 without a byte-order mark, LF line ends, no control characters, closed bidirectional
    controls, no conflict markers.
    """
    problems: list[Problem] = []
    if data.startswith(_BOM):
        data = data.removeprefix(_BOM)
        hint = "save as UTF-8 without BOM"
        problems.append(Problem("F3", "begins with a byte-order mark", Span(path), hint))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        message = f"byte 0x{data[error.start]:02x} is not UTF-8"
        span = place(path, before, len(before))
        return "", (*problems, Problem("F2", message, span, "save as UTF-8"))
    if "\r" in text:
        at = text.index("\r")
        hint = "save with LF line ends"
        problems.append(Problem("F4", "a line ends with CR", place(path, text, at), hint))
    if control := _CONTROL.search(text):
        message = f"control character U+{ord(control[0]):04X}"
        problems.append(Problem("F5", message, place(path, text, control.start()), "take it out"))
    problems += itertools.islice(_conflicts(path, text), _MOST)
    problems += itertools.islice(_open_controls(path, text), _MOST)
    return text, tuple(problems)


def place(path: str, text: str, offset: int) -> Span:
    """The span of a character offset."""
    line = text.count("\n", 0, offset) + 1
    return Span(path, line, offset - (text.rfind("\n", 0, offset) + 1) + 1)


def _conflicts(path: str, text: str) -> Iterator[Problem]:
    if not any(marker in text for marker in _CONFLICT):
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if line.startswith(_CONFLICT):
            hint = "choose one side and take the markers out"
            yield Problem("F6", "an unresolved version-control conflict", Span(path, number), hint)


def _open_controls(path: str, text: str) -> Iterator[Problem]:
    """Bidirectional controls that a paragraph leaves open would turn around what follows."""
    if not sources.directed(text):
        return
    for paragraph in _PARAGRAPH.finditer(text):
        for at in sources.unbalanced(paragraph[0]):
            char, span = paragraph[0][at], place(path, text, paragraph.start() + at)
            what = "closes nothing" if char in "\u202c\u2069" else "is not closed"
            message = f"bidirectional control U+{ord(char):04X} {what}"
            yield Problem("F5", message, span, "take it out, or mark words as [words]{dir=rtl}")


def _decomposed(path: str, text: str) -> Problem:
    composed = unicodedata.normalize("NFC", text)
    at = next(
        i for i, pair in enumerate(zip(text, composed + "\0", strict=False)) if len(set(pair)) > 1
    )
    end = at + 1
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    message = f"“{text[at:end]}” is not composed Unicode"
    return Problem("S3", message, place(path, text, at), "save as NFC; most editors do")
