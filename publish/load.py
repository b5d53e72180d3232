"""Reading a site, once: every input file becomes a value, or a problem.

Files are opened without following links and only if they are regular files; what the stages work
from are the bytes read here.
"""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from . import catalogue, settings, sources, urls
from .errors import Problem, PublishError, Span
from .locales import Locale
from .model import Author, Catalogue, Piece, Settings, Site

IMAGE_SIZE = 20 * 1024 * 1024
"""Largest image, in bytes."""

_IMAGES = {".png": b"\x89PNG\r\n\x1a\n", ".jpg": b"\xff\xd8\xff", ".jpeg": b"\xff\xd8\xff"}
_CONFLICT = ("<<<<<<< ", "||||||| ", ">>>>>>> ")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_OPENING = {0x202A: 0x202C, 0x202B: 0x202C, 0x202D: 0x202C, 0x202E: 0x202C}
_OPENING |= {0x2066: 0x2069, 0x2067: 0x2069, 0x2068: 0x2069}


@dataclass(frozen=True, slots=True)
class Loaded:
    """What reading gave."""

    site: Site
    """All that could be read; what a fault kept out is missing in it."""

    problems: tuple[Problem, ...]
    """Faults met while reading."""


def load(root: Path) -> Loaded:
    """Read the site in `root`. Raises `PublishError` where there is no readable configuration."""
    reader = _Reader(root)
    text = reader.text(settings.FILE, sources.SIZE)
    if text is None:
        raise PublishError(reader.problems)
    configuration = settings.parse(text)
    pieces, authors, images = reader.sources()
    templates, paths = reader.templates(configuration.theme)
    site = Site(
        settings=configuration,
        authors=tuple(sorted(authors, key=lambda author: author.id)),
        pieces=tuple(sorted(pieces, key=lambda piece: (-piece.date.toordinal(), piece.slug))),
        catalogues=tuple(reader.catalogues(configuration)),
        theme_catalogues=tuple(reader.theme_catalogues(configuration)),
        templates=templates,
        template_paths=paths,
        images=images,
    )
    return Loaded(site, tuple(reader.problems))


def packaged_theme() -> Path:
    """The folder with `templates/` and `locales/` that travel with the package.

    In the wheel that is `publish/theme`; in a checkout it is the repository itself, whose own site
    uses the very same files.
    """
    inside = Path(__file__).parent / "theme"
    return inside if inside.is_dir() else Path(__file__).parent.parent


@dataclass(slots=True)
class _Reader:
    """Reads files below one root and collects what is wrong with them."""

    root: Path
    problems: list[Problem] = field(default_factory=list)

    def _fault(self, code: str, message: str, path: str, hint: str = "") -> None:
        self.problems.append(Problem(code, message, Span(path), hint))

    # ── Files ────────────────────────────────────────────────────────────────────────────────

    def files(self, folder: str, *, required: bool = False) -> Iterator[str]:
        """Regular files below `folder`, sorted; hidden files and editors' backups are left out."""
        path = self.root / folder
        try:
            mode = path.lstat().st_mode
        except FileNotFoundError:
            if required:
                hint = "is this the site's folder? publish -C DIR names another"
                self._fault("F8", f"there is no folder {folder}/", folder, hint)
            return
        except OSError as error:
            self._fault("F8", f"cannot be read: {error.strerror}", folder)
            return
        if not stat.S_ISDIR(mode):
            self._fault("F1", "is not a folder", folder)
            return
        try:
            entries = sorted(os.scandir(path), key=lambda entry: entry.name)
        except OSError as error:
            self._fault("F8", f"cannot be read: {error.strerror}", folder)
            return
        for entry in entries:
            name = f"{folder}/{entry.name}"
            if entry.name.startswith(".") or entry.name.endswith("~"):
                continue
            if entry.is_symlink():
                self._fault("F1", "is a symbolic link", name, "put the file itself here")
            elif entry.is_dir(follow_symlinks=False):
                yield from self.files(name)
            elif entry.is_file(follow_symlinks=False):
                yield name
            else:
                self._fault("F1", "is not a regular file", name)

    def content(self, path: str, limit: int) -> bytes | None:
        """The content of a regular file, or None and a problem."""
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            descriptor = os.open(self.root / path, flags)
        except FileNotFoundError:
            self._fault("F8", "there is no such file", path)
            return None
        except OSError as error:
            code = "F1" if (self.root / path).is_symlink() else "F8"
            self._fault(code, f"cannot be read: {error.strerror}", path)
            return None
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                self._fault("F1", "is not a regular file", path)
                return None
            data = file.read(limit + 1)
        if len(data) > limit:
            self._fault("F7", f"is larger than {limit // 1024:,} KiB", path)
            return None
        return data

    def text(self, path: str, limit: int) -> str | None:
        """A text file that keeps the rules of text files, or None and its problems."""
        data = self.content(path, limit)
        if data is None:
            return None
        text, problems = decode(path, data)
        self.problems += problems
        return None if problems else text

    # ── Sources ──────────────────────────────────────────────────────────────────────────────

    def sources(self) -> tuple[list[Piece], list[Author], dict[str, bytes]]:
        """Pieces, authors and images."""
        pieces: list[Piece] = []
        authors: list[Author] = []
        images: dict[str, bytes] = {}
        taken: dict[tuple[str, str], str] = {}
        for path in self.files("sources", required=True):
            name = PurePosixPath(path)
            suffix = name.suffix.casefold()
            if suffix in _IMAGES:
                data = self.content(path, IMAGE_SIZE)
                if data is not None and not data.startswith(_IMAGES[suffix]):
                    self._fault("S5", "is not the kind of image that its name says", path)
                elif data is not None:
                    images[path] = data
            elif suffix == ".md":
                self._source(name, taken, pieces, authors)
            else:
                self._fault("F9", "is neither a text (.md) nor an image (.png, .jpg)", path)
        return pieces, authors, images

    def _source(
        self,
        name: PurePosixPath,
        taken: dict[tuple[str, str], str],
        pieces: list[Piece],
        authors: list[Author],
    ) -> None:
        path, slug = str(name), name.stem
        kind = name.parts[1] if len(name.parts) > 2 else ""
        if kind not in ("pieces", "authors"):
            self._fault("S7", "is neither in sources/pieces/ nor in sources/authors/", path)
            return
        # Two names that differ only in case or composition are one file on some systems.
        fold = kind, unicodedata.normalize("NFKC", slug).casefold()
        if fold in taken:
            self._fault("S7", f"the slug {slug} is taken by {taken[fold]}", path, "rename one")
        taken.setdefault(fold, path)
        if len(name.parts) > 3:
            self._fault("S7", f"stands in a folder of its own below sources/{kind}/", path)
        fault = urls.slug_fault(slug)
        if fault or name.suffix != ".md":
            what = f"the name “{slug}” {fault}" if fault else f"{name.suffix} is written .md"
            self._fault("S7", what, path, "rename the file; its name is the address")
        text = self.text(path, sources.SIZE)
        if text is None:
            return
        if not unicodedata.is_normalized("NFC", text):
            self.problems.append(_decomposed(path, text))
        if kind == "pieces":
            piece, problems = sources.piece(path, slug, text)
            pieces += [piece] if piece else []
        else:
            author, problems = sources.author(path, slug, text)
            authors += [author] if author else []
        self.problems += problems

    # ── Catalogues and templates ─────────────────────────────────────────────────────────────

    def catalogues(self, configuration: Settings) -> Iterator[Catalogue]:
        """The catalogues of the site's languages."""
        folders = {locale.posix: locale for locale in configuration.languages}
        for path in self.files("locales"):
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
                found = self._catalogue(path, domain, folders[name.parts[1]])
                if found:
                    yield found

    def _catalogue(self, path: str, domain: str, locale: Locale) -> Catalogue | None:
        text = self.text(path, catalogue.SIZE)
        if text is None:
            return None
        found, problems = catalogue.read(path, text, domain, locale)
        self.problems += problems
        return found

    def theme_catalogues(self, configuration: Settings) -> Iterator[Catalogue]:
        """The packaged interface catalogues of the site's languages."""
        theme = _Reader(packaged_theme())
        for locale in configuration.languages:
            path = f"locales/{locale.posix}/LC_MESSAGES/interface.po"
            if (theme.root / path).is_file():
                found = theme._catalogue(path, "interface", locale)
                if found:
                    yield found
        if theme.root != self.root:
            self.problems += theme.problems

    def templates(self, folder: str) -> tuple[dict[str, str], dict[str, str]]:
        """Templates by name, the site's own over the packaged ones, and their paths."""
        texts: dict[str, str] = {}
        paths: dict[str, str] = {}
        for reader, place in ((_Reader(packaged_theme()), "templates"), (self, folder)):
            for path in reader.files(place):
                name = path.removeprefix(f"{place}/")
                if not name.endswith((".html", ".css")):
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
    if data.startswith(b"\xef\xbb\xbf"):
        hint = "save as UTF-8 without BOM"
        return "", (Problem("F3", "begins with a byte-order mark", Span(path), hint),)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        message = f"byte 0x{data[error.start]:02x} is not UTF-8"
        return "", (Problem("F2", message, place(path, before, len(before)), "save as UTF-8"),)
    problems: list[Problem] = []
    if "\r" in text:
        at = text.index("\r")
        hint = "save with LF line ends"
        problems.append(Problem("F4", "a line ends with CR", place(path, text, at), hint))
    if control := _CONTROL.search(text):
        message = f"control character U+{ord(control[0]):04X}"
        problems.append(Problem("F5", message, place(path, text, control.start()), "take it out"))
    problems += _conflicts(path, text)
    problems += _open_controls(path, text)
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
    if not any(chr(code) in text for code in (*_OPENING, 0x202C, 0x2069)):
        return
    stack: list[tuple[int, int]] = []
    previous = ""
    for at, char in enumerate(text + "\n\n"):
        code = ord(char)
        if code in _OPENING:
            stack.append((_OPENING[code], at))
        elif code in (0x202C, 0x2069):
            if not stack or stack[-1][0] != code:
                message = f"bidirectional control U+{code:04X} closes nothing"
                yield Problem("F5", message, place(path, text, at), "take it out")
            else:
                stack.pop()
        elif char == "\n" and previous == "\n":
            for _, start in stack:
                message = f"bidirectional control U+{ord(text[start]):04X} is not closed"
                yield Problem(
                    "F5", message, place(path, text, start), "close it, or mark {dir=rtl}"
                )
            stack.clear()
        previous = char


def _decomposed(path: str, text: str) -> Problem:
    composed = unicodedata.normalize("NFC", text)
    at = next(
        i for i, pair in enumerate(zip(text, composed + "\0", strict=False)) if len(set(pair)) > 1
    )
    message = f"“{text[max(0, at - 1) : at + 1]}” is not composed Unicode"
    return Problem("S3", message, place(path, text, at), "save as NFC; most editors do")
