"""What earlier builds found out, kept on disk under keys made of all that it hangs on.

A key is a digest of everything that decides a value: it is enough that the key is there, and no
file's time is ever looked at. Whatever is damaged, foreign or from another release is not found,
which costs time and changes nothing. The folder can be deleted at any moment.

Its sums tell damage, not forgery: whoever can write to the folder can make a build publish what
they like, as they could by writing templates. So it is kept out of repositories. Reading it runs
nothing, all the same: values are pickled, and only the plain classes that `_kind` knows are made.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import hashlib
import importlib
import io
import marshal
import operator
import os
import pickle
import shutil
import sqlite3
import stat
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any

from . import locales
from .locales import Locale

FOLDER = ".publish-cache"
"""The memory, below the site's root."""

DATABASE = "memory.sqlite3"
"""All but the PDFs."""

DOCUMENTS = "pdfs"
"""Folder of the PDFs, each named by its SHA-256."""

FORMAT = 1
"""Version of how all this is stored: another one is not read."""

GENERATIONS = 8
"""After how many publications that did not need it something is forgotten, at the latest; at the
earliest after half as many."""

FOR_EVER = 1 << 40
"""The generation of what is never forgotten."""

_TAG = b"Signature: 8a477f597d28d172789f06886806bc55\n# Remembered by publish; may be deleted.\n"
_TABLE = (
    "CREATE TABLE memory (kind TEXT NOT NULL, key TEXT NOT NULL, used INTEGER NOT NULL, "
    "document TEXT NOT NULL, sum BLOB NOT NULL, value BLOB NOT NULL, PRIMARY KEY (kind, key))"
)
_BROKEN = (sqlite3.Error, UnicodeDecodeError, MemoryError)
"""What SQLite says of a file that it cannot use; it quotes from it, be it text or not."""

_PASSING = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
    }
)
"""What is the machine's trouble and none of the file's."""

_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_SUPER = bytes.fromhex("d9d505f920a163d7")
"""How a journal ends that names another file, which SQLite would delete."""


class Memo:
    """The memory of one site. Nothing here raises for want of disk, rights or sense in a file."""

    def __init__(self, folder: Path | None) -> None:
        """Open what is in `folder`, or begin anew; None keeps everything for this build alone."""
        self._folder = folder
        self._database = _opened(folder)
        self._generation = 0
        with self._safely():
            self._generation = self._database.execute("PRAGMA user_version").fetchone()[0]

    def get(self, kind: str, key: str) -> Any:
        """The value of a key, or None."""
        try:
            row = self._database.execute(
                "SELECT used, document, sum, value FROM memory WHERE kind = ? AND key = ?",
                (kind, key),
            ).fetchone()
            if row is None:
                return None
            used, document, known, value = row
            if known != _sum(kind, key, document, value):
                self._forget(kind, key)
                return None
            found = _Unpickler(io.BytesIO(value)).load()
            old = used < self._generation - GENERATIONS // 2
        except _BROKEN as error:
            self._lose(error)
            return None
        except Exception:  # noqa: BLE001 — whatever is wrong with it, it is not found
            self._forget(kind, key)
            return None
        if old:
            self._do("UPDATE memory SET used = ? WHERE kind = ? AND key = ?", kind, key)
        return found

    def put(
        self, kind: str, key: str, value: object, *, document: str = "", lasting: bool = False
    ) -> None:
        """Remember a value; `document` is the PDF that goes with it. What is `lasting` is kept for
        as long as the memory is, or until `retain` leaves it out."""
        stream = io.BytesIO()
        _Pickler(stream, protocol=5).dump(value)
        content = stream.getvalue()
        used = FOR_EVER if lasting else self._generation
        row = (kind, key, used, document, _sum(kind, key, document, content), content)
        with self._safely():
            self._database.execute("INSERT OR REPLACE INTO memory VALUES (?, ?, ?, ?, ?, ?)", row)

    def commit(self) -> None:
        """Let what was put so far outlast whatever happens to this build."""
        with self._safely():
            self._database.execute("COMMIT")
            self._database.execute("BEGIN")

    def document(self, sha256: str) -> Path | None:
        """Where a PDF of this sum would be; nowhere where its folder is a link to another place."""
        path = self._place(sha256)
        return None if path is None or path.parent.is_symlink() else path

    def keep(self, sha256: str, content: bytes) -> None:
        """Keep a PDF. Half of one, should this be interrupted, has another sum than its name."""
        path = self._place(sha256)
        if path is None:
            return
        try:
            _make(path.parent)
            _remove(path)
            with path.open("xb") as file:
                file.write(content)
            path.chmod(0o644)
        except OSError:
            _remove(path)

    def _place(self, sha256: str) -> Path | None:
        return self._folder / DOCUMENTS / sha256[:2] / sha256 if self._folder else None

    @property
    def generation(self) -> int:
        """How many sites were published with this memory."""
        return self._generation

    def need(self, kind: str, keys: Iterable[str]) -> None:
        """Say that these are needed, though no build may ask for them for long."""
        if self._generation % (GENERATIONS // 2):
            return  # that was said a short while ago
        with self._safely():
            self._database.executemany(
                "UPDATE memory SET used = ? WHERE kind = ? AND key = ? AND used < ?",
                ((self._generation, kind, key, self._generation) for key in keys),
            )

    def retain(self, kind: str, keys: Collection[str]) -> None:
        """Forget all of a kind but these, however lasting it is."""
        with self._safely():
            rows = self._database.execute("SELECT key FROM memory WHERE kind = ?", (kind,))
            gone = [(kind, key) for (key,) in rows if key not in keys]
            self._database.executemany("DELETE FROM memory WHERE kind = ? AND key = ?", gone)

    def finish(self, but: Sequence[str] = ()) -> None:
        """A site was published: forget what has not been needed for a long time, `but` kinds that
        it had no use for."""
        self._generation += 1
        with self._safely():
            oldest = self._generation - GENERATIONS
            marks = ", ".join("?" for _ in but)
            gone = self._database.execute(
                f"DELETE FROM memory WHERE used < ? AND kind NOT IN ({marks})",  # noqa: S608 — only “?”
                (oldest, *but),
            ).rowcount
            self._database.execute(f"PRAGMA user_version = {self._generation}")
            self.commit()
            if gone and self._folder:
                rows = self._database.execute("SELECT document FROM memory WHERE document != ''")
                known = {row[0] for row in rows}
                for path in _documents(self._folder / DOCUMENTS):
                    if path.name not in known:
                        with contextlib.suppress(OSError):
                            path.unlink()

    def close(self) -> None:
        """Write down the rest."""
        with contextlib.suppress(*_BROKEN):
            self._database.execute("COMMIT")
        with contextlib.suppress(*_BROKEN):
            self._database.close()

    def _forget(self, kind: str, key: str) -> None:
        with self._safely():
            self._database.execute("DELETE FROM memory WHERE kind = ? AND key = ?", (kind, key))

    def _do(self, statement: str, kind: str, key: str) -> None:
        with self._safely():
            self._database.execute(statement, (self._generation, kind, key))

    @contextlib.contextmanager
    def _safely(self) -> Iterator[None]:
        try:
            yield
        except _BROKEN as error:
            self._lose(error)

    def _lose(self, error: Exception) -> None:
        """Go on without the file. Where it is of no use, leave none for the next build; else leave
        it as it was last committed: hours of work may be in it."""
        with contextlib.suppress(*_BROKEN):
            self._database.close()
        if self._folder and not _passes(error, self._folder / DATABASE):
            _remove_database(self._folder / DATABASE)
        self._folder = None
        self._database = _opened(None)


@contextlib.contextmanager
def opened(root: Path, *, clean: bool = False) -> Iterator[Memo]:
    """The memory of the site in `root`; a `clean` one knows nothing."""
    folder = root / FOLDER
    if clean:
        _remove(folder)
    memory = Memo(_usable(folder))
    try:
        yield memory
    finally:
        memory.close()


def _usable(folder: Path) -> Path | None:
    """The folder, if it is one of ours or can be made; not what somebody else may write through."""
    try:
        _make(folder)
        _make(folder / DOCUMENTS)
        for name, content in (("CACHEDIR.TAG", _TAG), (".gitignore", b"*\n")):
            with contextlib.suppress(FileExistsError), (folder / name).open("xb") as file:
                file.write(content)
    except OSError:
        return None
    return folder


def _make(folder: Path) -> None:
    """See that this is a folder, and no link to one."""
    with contextlib.suppress(FileNotFoundError):
        if not stat.S_ISDIR(folder.lstat().st_mode):
            folder.unlink()
    folder.mkdir(exist_ok=True)


def _documents(folder: Path) -> Iterator[Path]:
    """Every file where PDFs are kept; links to folders are not followed."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from Path(entry).iterdir()


def _opened(folder: Path | None) -> sqlite3.Connection:
    """A database that is in order; where the file is not, a new one."""
    if folder is None:
        return _begun(_connected(":memory:"))
    path = folder / DATABASE
    for _ in range(2):
        database = None
        try:
            _see_to(path)
            database = _connected(str(path))
            version = database.execute("PRAGMA application_id").fetchone()[0]
            tables = database.execute("SELECT sql FROM sqlite_master").fetchall()
            if version != FORMAT or (_TABLE,) not in tables or len(tables) != 2:
                database.close()
                _remove_database(path)
                database = _begun(_connected(str(path)))
            else:
                database.execute("BEGIN")
            return database
        except (OSError, *_BROKEN) as error:
            if database:
                database.close()
            if _passes(error, path):
                break
            _remove_database(path)
    return _begun(_connected(":memory:"))


def _passes(error: Exception, path: Path) -> bool:
    """Whether the machine is to blame and not the file, which another build may well read."""
    if isinstance(error, OSError | MemoryError):
        return True
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
    if code == sqlite3.SQLITE_READONLY:
        # A damaged head can forbid writing, too, where the system would allow it.
        return not os.access(path, os.W_OK)
    return code in _PASSING


def _see_to(path: Path) -> None:
    """Take away what SQLite had better not open: links, what is no file, and journals that name
    other files."""
    with contextlib.suppress(FileNotFoundError):
        if not stat.S_ISREG(path.lstat().st_mode):
            _remove_database(path)
    for suffix in ("-journal", "-wal", "-shm"):
        beside = path.with_name(path.name + suffix)
        with contextlib.suppress(FileNotFoundError):
            if not stat.S_ISREG(beside.lstat().st_mode):
                _remove(beside)
    journal = path.with_name(f"{path.name}-journal")
    try:
        descriptor = os.open(journal, _FLAGS)
    except FileNotFoundError:
        return
    try:
        info = os.fstat(descriptor)
        last = max(0, info.st_size - len(_SUPER))
        if stat.S_ISREG(info.st_mode) and os.pread(descriptor, len(_SUPER), last) != _SUPER:
            return
    finally:
        os.close(descriptor)
    _remove(journal)


def _connected(path: str) -> sqlite3.Connection:
    database = sqlite3.connect(path, isolation_level=None, timeout=0)
    try:
        # A power cut may spoil the file, which is found out; waiting for the disk would cost more.
        database.execute("PRAGMA synchronous = OFF")
        database.execute("PRAGMA trusted_schema = OFF")
    except BaseException:
        database.close()
        raise
    database.text_factory = str
    return database


def _begun(database: sqlite3.Connection) -> sqlite3.Connection:
    database.execute(f"PRAGMA application_id = {FORMAT}")
    database.execute(_TABLE)
    database.execute("BEGIN")
    return database


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _remove_database(path: Path) -> None:
    for suffix in ("", "-journal", "-wal", "-shm"):
        _remove(path.with_name(path.name + suffix))


def _sum(kind: str, key: str, document: str, value: bytes) -> bytes:
    head = f"{FORMAT}\0{kind}\0{key}\0{document}\0".encode()
    return hashlib.blake2b(head + value, digest_size=16).digest()


# ── Values ───────────────────────────────────────────────────────────────────────────────────

_MODULES = frozenset(
    f"publish.{name}"
    for name in (
        "build",
        "check",
        "edition",
        "errors",
        "images",
        "markdown",
        "model",
        "press",
        "survey",
    )
)
_PLAIN = frozenset(
    {("builtins", "frozenset")}
    | {("datetime", name) for name in ("date", "datetime", "timezone", "timedelta")}
)
_kinds: dict[tuple[str, str], Any] = {("publish.locales", "parse"): locales.parse}


def _kind(module: str, name: str) -> Any:
    """A class that values consist of: a dataclass or enumeration of ours, or a date."""
    if (module, name) not in _kinds:
        plain = (module, name) in _PLAIN
        if module not in _MODULES and not plain:
            raise pickle.UnpicklingError(f"{module}.{name} is no value")
        found = getattr(importlib.import_module(module), name)
        own = isinstance(found, type) and found.__module__ == module
        if not (plain or (own and (dataclasses.is_dataclass(found) or issubclass(found, Enum)))):
            raise pickle.UnpicklingError(f"{module}.{name} is no value")
        _kinds[module, name] = found
    return _kinds[module, name]


class _Unpickler(pickle.Unpickler):
    find_class = staticmethod(_kind)


_getters: dict[type, Callable[[Any], tuple[Any, ...]]] = {}


def _values(kind: type) -> Callable[[Any], tuple[Any, ...]]:
    """What takes the fields of a dataclass out of one."""
    if kind not in _getters:
        names = [field.name for field in dataclasses.fields(kind)]
        if len(names) == 1:
            [name] = names
            _getters[kind] = lambda value: (getattr(value, name),)
        else:
            _getters[kind] = operator.attrgetter(*names) if names else lambda _: ()
    return _getters[kind]


class _Pickler(pickle.Pickler):
    """Takes our dataclasses apart into their fields, which is what their own makers take."""

    def reducer_override(self, value: Any) -> Any:
        kind = type(value)
        if kind is Locale:
            return locales.parse, (value.tag,)
        if dataclasses.is_dataclass(kind):
            return kind, _values(kind)(value)
        return NotImplemented


def key(*parts: object) -> str:
    """A key made of everything that decides a value: numbers, texts, bytes, dates, enumerations,
    our dataclasses, and tuples, mappings and sets of such."""
    # Version 2 is the last that says equal values alike, whichever objects they share.
    return hashlib.sha256(marshal.dumps(_flat(parts), 2)).hexdigest()


_AS_THEY_ARE = frozenset({str, int, float, bool, type(None), bytes})


def _flat(value: Any) -> Any:
    """The value as nested tuples, the same for equal values alone: `...`, which is no value, tells
    what is taken apart from a tuple of the same."""
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return value
    flatten = _flatteners.get(kind)
    if flatten is None:
        flatten = _flatteners[kind] = _flattener(kind)
    return flatten(value)


_flatteners: dict[type, Callable[[Any], Any]] = {}


def _flattener(kind: type) -> Callable[[Any], Any]:
    """What takes values of a kind apart."""
    name, plain = kind.__name__, _AS_THEY_ARE
    if issubclass(kind, tuple | list):
        return lambda value: tuple([one if type(one) in plain else _flat(one) for one in value])
    if kind is Locale:
        return lambda value: (..., name, value.tag)
    if dataclasses.is_dataclass(kind):
        fields = _values(kind)
        return lambda value: (
            ...,
            name,
            *[one if type(one) in plain else _flat(one) for one in fields(value)],
        )
    if issubclass(kind, Mapping):
        return lambda value: (
            ...,
            "mapping",
            tuple(sorted([(_flat(of), _flat(one)) for of, one in value.items()])),
        )
    if issubclass(kind, frozenset):
        return lambda value: (..., "set", tuple(sorted(map(_flat, value))))
    if issubclass(kind, Enum):
        return lambda value: (..., name, value.name)
    if issubclass(kind, datetime.date):
        return lambda value: (..., "date", value.isoformat())
    raise TypeError(f"{name} is no part of a key")
