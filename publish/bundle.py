"""The ZIP that a translator works on away from the repository. Imports zipfile, alone.

What comes back is a stranger's file: nothing of it is unpacked to disk, only members with the
names that went out are read, and each only as far as its limit.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from . import catalogue
from .errors import Problem, Span, printable
from .load import decode
from .locales import Locale
from .model import Catalogue, Returned

SIZE = 8 * 1024 * 1024
"""Largest archive, and largest sum of its members unpacked, in bytes."""

MEMBERS = 64
"""Most members of an archive."""

README = "README.txt"
"""Member that says how to work with the others."""

GLOSSARY = "glossary.csv"
"""Member with the words agreed on."""

_BASE = "do-not-edit"
_BASE_NAME = re.compile(rf"((?:[^/]+/)?){_BASE}/([^/]+)/((?:(?:pieces|authors)/)?[^/]+)\.po")
_NOISE = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
_DATE = (1980, 1, 1, 0, 0, 0)
_MODE = stat.S_IFREG | 0o644
_READABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, OSError),
    *(NotImplementedError, RuntimeError, ValueError, struct.error, OverflowError),
)
"""What reading a broken archive may raise."""


# ── Going out ────────────────────────────────────────────────────────────────────────────────


def pack(base: Catalogue, others: Mapping[str, bytes]) -> bytes:
    """An archive of the catalogue, of the other files by name, and of what the import needs.

    The same files give the same bytes on any machine: order, dates and modes are fixed, and nothing
    is compressed, since compressors differ.
    """
    text = catalogue.dump(base).encode()
    posix = base.locale.posix if base.locale else ""
    members = {
        README: others.get(README, b""),
        f"{base.domain}.po": text,
        **{name: others[name] for name in sorted(others) if name != README},
        f"{_BASE}/{posix}/{base.domain}.po": text,
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, _DATE)
            info.create_system = 3  # Unix, on every system
            info.external_attr = _MODE << 16
            archive.writestr(info, content, zipfile.ZIP_STORED)
    return buffer.getvalue()


# ── Coming back ──────────────────────────────────────────────────────────────────────────────


def unpack(
    path: str, data: bytes, languages: Iterable[Locale]
) -> tuple[Returned | None, tuple[Problem, ...]]:
    """The catalogue in an archive that came back, and its faults; None where one has weight."""
    archive, problems = _open(path, data)
    if archive is None:
        return None, problems
    with archive:
        members = archive.infolist()
        problems = tuple(_hostile(path, members))
        if problems:
            return None, problems
        names = {info.orig_filename: info for info in members if not _noise(info)}
        bases = [match for name in names if (match := _BASE_NAME.fullmatch(name))]
        if len(bases) != 1:
            what = "holds no" if not bases else "holds more than one"
            message = f"{what} {_BASE}/…/….po: publish pack did not make this archive"
            hint = "send the whole folder back as it came, with your .po in it; or pack anew"
            return None, (Problem("X1", message, Span(path), hint),)
        folder, posix, domain = bases[0].groups()
        locale = next((one for one in languages if one.posix == posix), None)
        translated = f"{folder}{domain}.po"
        if locale is None:
            message = f"{posix} is not a language of the site"
            return None, (Problem("X1", message, Span(f"{path}/{bases[0][0]}")),)
        if translated not in names:
            hint = "the translated catalogue keeps its name and place"
            return None, (Problem("X1", f"holds no {domain}.po", Span(path), hint),)
        extra = tuple(_extra(path, names, {bases[0][0], translated}, folder, domain))
        base, faults = _catalogue(archive, path, names[bases[0][0]], domain, locale)
        theirs, more = _catalogue(archive, path, names[translated], domain, locale)
    if base is None or theirs is None:
        return None, (*extra, *faults, *more)
    return Returned(base, theirs), extra


def _open(path: str, data: bytes) -> tuple[zipfile.ZipFile | None, tuple[Problem, ...]]:
    hint = "it may be cut off; ask for it again"
    if not data.startswith(b"PK\x03\x04"):
        return None, (Problem("X1", "is not a ZIP archive", Span(path), hint),)
    # Each member's entry in the directory has this mark: a million of them are never even listed.
    if data.count(b"PK\x01\x02") > MEMBERS:
        message = f"holds more than {MEMBERS} files"
        return None, (Problem("X2", message, Span(path), "send back what publish pack made"),)
    try:
        return zipfile.ZipFile(io.BytesIO(data)), ()
    except _BROKEN:
        return None, (Problem("X1", "is not a whole ZIP archive", Span(path), hint),)


def _hostile(path: str, members: Iterable[zipfile.ZipInfo]) -> Iterator[Problem]:
    """Members that no translator's archive has; one of them is enough to read none."""
    seen: dict[str, str] = {}
    total = 0
    for info in members:
        name = info.orig_filename
        span = Span(f"{path}/{printable(name)}")
        total += info.file_size
        for what in _faults(info):
            yield Problem("X2", what, span, "nothing of this archive was read")
        fold = unicodedata.normalize("NFKC", name).casefold()
        if fold in seen:
            message = f"stands twice, as “{seen[fold]}” and as “{name}”"
            yield Problem("X2", message, span, "nothing of this archive was read")
        seen.setdefault(fold, name)
    if total > SIZE:
        message = f"holds more than {SIZE // 1024:,} KiB unpacked"
        yield Problem("X2", message, Span(path), "nothing of this archive was read")


def _faults(info: zipfile.ZipInfo) -> Iterator[str]:
    name = info.orig_filename
    kind = stat.S_IFMT(info.external_attr >> 16)
    if name != printable(name):
        yield "the name holds invisible characters"
    if info.filename != name:
        yield f"has two names, the other is “{info.filename}”"
    if name.startswith("/"):
        yield "an absolute name"
    if "\\" in name:
        yield "a backslash in the name"
    if ":" in name:
        yield "a drive letter or a colon in the name"
    if {"", ".", ".."} & set(name.removesuffix("/").split("/")):
        yield "the name leads out of its folder"
    if kind == stat.S_IFLNK:
        yield "is a symbolic link"
    elif kind not in (0, stat.S_IFDIR if name.endswith("/") else stat.S_IFREG):
        yield "is not a regular file"
    if info.flag_bits & 0x2041:
        yield "is encrypted"
    if info.compress_type not in _READABLE:
        yield "is compressed in a way that is not read"
    if info.file_size > catalogue.SIZE:
        yield f"is larger than {catalogue.SIZE // 1024:,} KiB"


def _noise(info: zipfile.ZipInfo) -> bool:
    """What operating systems leave in archives, and folders."""
    name = PurePosixPath(info.orig_filename)
    return (
        info.is_dir()
        or name.parts[0] == "__MACOSX"
        or name.name in _NOISE
        or name.name.startswith("._")
    )


def _extra(
    path: str, names: Iterable[str], read: set[str], folder: str, domain: str
) -> Iterator[Problem]:
    known = {f"{folder}{name}" for name in (README, GLOSSARY, f"{domain}.md", f"{domain}.mo")}
    for name in names:
        if name not in read | known:
            hint = "it did not go out, and is left where it is"
            yield Problem("X5", "is not read", Span(f"{path}/{name}"), hint)


def _catalogue(
    archive: zipfile.ZipFile, path: str, info: zipfile.ZipInfo, domain: str, locale: Locale
) -> tuple[Catalogue | None, tuple[Problem, ...]]:
    where = f"{path}/{info.orig_filename}"
    try:
        with archive.open(info) as file:
            data = file.read(catalogue.SIZE + 1)
    except _BROKEN:
        hint = "the archive may be damaged; ask for it again"
        return None, (Problem("X1", "cannot be unpacked", Span(where), hint),)
    if len(data) > catalogue.SIZE:
        message = f"is larger than {catalogue.SIZE // 1024:,} KiB"
        return None, (Problem("X2", message, Span(where)),)
    return read(where, data, domain, locale)


def read(
    path: str, data: bytes, domain: str, locale: Locale
) -> tuple[Catalogue | None, tuple[Problem, ...]]:
    """The catalogue in a member; a byte-order mark and CR LF are what other systems make of it."""
    text, problems = decode(path, data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n"))
    if problems:
        return None, problems
    return catalogue.read(path, text, domain, locale)
