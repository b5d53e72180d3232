"""Publication: the one module that writes `output/`.

A new tree grows beside it: what changed is written, what did not is a hard link to the file that
stands. Then both are exchanged in one step (`renameat2`, RENAME_EXCHANGE), so that `output/` is at
every moment one complete build. Where the file system cannot exchange, files are replaced one by
one, the manifest last; each file is whole, and a manifest that does not fit tells the next build.

Every touch of the disk is a function of `os`, or `_exchange` or `_syncfs`: tests put others in
their place and let any one of them fail.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import hashlib
import itertools
import json
import os
import re
import secrets
import stat
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from json.encoder import encode_basestring
from pathlib import Path

from .errors import LockedError, Problem, PublishError, Span

FOLDER = "output"
"""The published site, below the site's root."""

MANIFEST = "manifest.json"
"""List of every other file with its size and SHA-256, sorted, without a clock."""

_STAGE = ".output.stage-"
_BEFORE = ".output.before"
_LOCK = ".output.lock"
_OLD_STANDS = "the old site stands as it was"
_RENAME_EXCHANGE = 2
_CANNOT_EXCHANGE = (errno.EBUSY, errno.EXDEV, errno.ENOSYS, errno.EINVAL, errno.ENOTSUP)
_CANNOT_LINK = (errno.EPERM, errno.EXDEV, errno.EMLINK, errno.ENOTSUP, errno.ENOSYS)
_FILE_MODE = 0o644
_FOLDER_MODE = 0o755
# A pipe in the place of a file must not keep the build waiting.
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_ENTER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_CHUNK = 1 << 20
_LARGE = 1 << 15
_ROWS = 1024


@dataclass(frozen=True, slots=True)
class Filed:
    """A line of the manifest."""

    path: str
    """Below `output/`."""

    sha256: str
    """Of its content, in hexadecimal digits."""

    size: int
    """In bytes."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What `output/` holds, by its bytes."""

    files: Mapping[str, Filed]
    """By path: those that the manifest names and whose content is what it says."""

    whole: bool
    """Whether that is all: no file is missing, damaged or too many, and every mode is right."""

    inodes: Mapping[str, int] = field(default_factory=dict, compare=False)
    """By path the number under which the file system has each of the files."""

    lost: frozenset[str] = field(default=frozenset(), compare=False)
    """Paths that the manifest names, and whose file is missing or damaged."""


# ── What stands ──────────────────────────────────────────────────────────────────────────────


def standing(root: Path) -> Standing:
    """What `output/` truly holds: every file is read. Damage makes it less, and is no error."""
    base = os.fspath(root / FOLDER)
    said, canonical = _said(f"{base}/{MANIFEST}")
    found = _Found(base, said)
    there = [filed for path, filed in said.items() if path in found.files]
    # Threads gain where most of the time goes by in hashing; with small files they lose.
    large = [filed for filed in there if filed.size >= _LARGE]
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        step = 64
        parts = [large[start : start + step] for start in range(0, len(large), step)]
        hashed = pool.map(lambda part: [*_true(base, part)], parts)
        small = _true(base, (filed for filed in there if filed.size < _LARGE))
        files, inodes = dict[str, Filed](), dict[str, int]()
        for filed, inode in itertools.chain(small, itertools.chain.from_iterable(hashed)):
            files[filed.path], inodes[filed.path] = filed, inode
    folders = {""}
    for path in files:
        _add_parents(path, folders)
    whole = (
        canonical
        and not found.strange
        and len(files) == len(said)
        and found.files == {MANIFEST, *files}
        and found.folders == folders
    )
    return Standing(files, whole, inodes, frozenset(said.keys() - files.keys()))


def manifest_sum(root: Path) -> str:
    """The SHA-256 of the manifest, in hexadecimal; of nothing where there is none."""
    try:
        return hashlib.sha256((root / FOLDER / MANIFEST).read_bytes()).hexdigest()
    except OSError:
        return ""


def content(root: Path, path: str) -> bytes:
    """What a file of `output/` holds. Raises `PublishError` where it cannot be read."""
    try:
        return (root / FOLDER / path).read_bytes()
    except OSError as error:
        raise _cannot(error, f"{FOLDER}/{path}") from None


class _Found:
    """The names below a folder, without following a link; those that a manifest says are its
    very texts, since there are many."""

    def __init__(self, base: str, said: Mapping[str, Filed]) -> None:
        self._said = said
        self.files: set[str] = set()
        self.folders: set[str] = set()
        self.strange = False
        try:
            top = os.lstat(base)
        except OSError:
            self.strange = True
            return
        if stat.S_ISDIR(top.st_mode):
            self._look(base, "", top.st_mode)

    def _look(self, base: str, prefix: str, mode: int) -> None:
        self.folders.add(prefix.removesuffix("/"))
        self.strange |= stat.S_IMODE(mode) != _FOLDER_MODE
        try:
            with os.scandir(f"{base}/{prefix}") as entries:
                for entry in entries:
                    path = prefix + entry.name
                    if entry.is_file(follow_symlinks=False):
                        known = self._said.get(path)
                        self.files.add(known.path if known else path)
                    elif entry.is_dir(follow_symlinks=False):
                        mode = entry.stat(follow_symlinks=False).st_mode
                        self._look(base, path + "/", mode)
                    else:
                        self.strange = True
        except (OSError, RecursionError):
            self.strange = True


def _said(path: str) -> tuple[dict[str, Filed], bool]:
    """What a manifest says, by path, and whether it says so in the very bytes that we would
    write."""
    try:
        descriptor = os.open(path, _READ)
        try:
            info = os.fstat(descriptor)
            if not stat.S_ISREG(info.st_mode):
                return {}, False
            content = b"".join(_chunks(descriptor))
        finally:
            os.close(descriptor)
        rows = json.loads(content, object_hook=_row)["files"]
        said = {row.path: row for row in rows if isinstance(row, Filed)}
        right = stat.S_IMODE(info.st_mode) == _FILE_MODE and _says(content, said)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}, False
    return said, right


def _row(found: dict[str, object]) -> object:
    """A line of a manifest, as soon as it is read; anything else as it is."""
    path, sha256, size = found.get("path"), found.get("sha256"), found.get("size")
    if isinstance(path, str) and isinstance(sha256, str) and type(size) is int:
        path.encode()
        return Filed(path, sha256, size)
    return found


def _true(base: str, said: Iterable[Filed]) -> Iterator[tuple[Filed, int]]:
    """Those whose file is a regular one of the right mode and content, with its inode."""
    for filed in said:
        with suppress(OSError):
            descriptor = os.open(f"{base}/{filed.path}", _READ)
            try:
                info = os.fstat(descriptor)
                if stat.S_IMODE(info.st_mode) == _FILE_MODE and _holds(descriptor, info, filed):
                    yield filed, info.st_ino
            finally:
                os.close(descriptor)


def _holds(descriptor: int, info: os.stat_result, filed: Filed) -> bool:
    if not stat.S_ISREG(info.st_mode) or info.st_size != filed.size:
        return False
    # Nearly always this is all, and no second read need say that there is no more.
    digest = hashlib.sha256(os.read(descriptor, min(filed.size, _CHUNK)))
    if filed.size > _CHUNK:
        for chunk in _chunks(descriptor):
            digest.update(chunk)
    return digest.hexdigest() == filed.sha256


def _chunks(descriptor: int) -> Iterator[bytes]:
    while chunk := os.read(descriptor, _CHUNK):
        yield chunk


def _manifest(entries: Mapping[str, Filed]) -> Iterator[bytes]:
    """The manifest of these files, part by part: of many it is large."""
    # As json.dumps with indent=1 would say it, many times faster.
    yield b'{\n "files": ['
    paths = sorted(entries)
    for start in range(0, len(paths), _ROWS):
        rows = [
            f'\n  {{\n   "path": {encode_basestring(path)},\n   "sha256": '
            f'{encode_basestring(entries[path].sha256)},\n   "size": {entries[path].size}\n  }}'
            for path in paths[start : start + _ROWS]
        ]
        yield ("," * bool(start) + ",".join(rows)).encode()
    yield b"\n ]\n}\n" if paths else b"]\n}\n"


def _says(content: bytes, entries: Mapping[str, Filed]) -> bool:
    """Whether this is the manifest of these files, byte for byte."""
    at = 0
    for part in _manifest(entries):
        if not content.startswith(part, at):
            return False
        at += len(part)
    return at == len(content)


def _add_parents(path: str, folders: set[str]) -> None:
    folder = path.rpartition("/")[0]
    while folder not in folders:
        folders.add(folder)
        folder = folder.rpartition("/")[0]


# ── Before anything is rendered ──────────────────────────────────────────────────────────────


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """Keep other builds of the same site out. Raises `LockedError` where one is at work."""
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(root / _LOCK, flags, _FILE_MODE)
    except OSError as error:
        raise _cannot(error, _LOCK) from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LockedError(_holder(descriptor)) from None
        except OSError as error:
            raise _cannot(error, _LOCK) from None
        _sign(descriptor)
        yield
    finally:
        with suppress(OSError):
            os.close(descriptor)


def _sign(descriptor: int) -> None:
    """Say in the lock file which process holds it. No build waits for that to succeed."""
    with suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, b"%d\n" % os.getpid(), 0)


def _holder(descriptor: int) -> int:
    """The process that a lock file names; 0 where it names none."""
    with suppress(OSError):
        if found := re.fullmatch(rb"([1-9][0-9]{0,9})\n", os.pread(descriptor, 16, 0)):
            return int(found[1])
    return 0


def prepare(root: Path) -> None:
    """Take away what a killed build left, and see that publishing can work at all.

    Raises `PublishError` before anything is rendered: where `output/` is a link or a file, or
    holds what no build of ours put there, or it or its parent cannot be written.
    """
    probe = _STAGE + secrets.token_hex(8)
    try:
        top = os.open(root, _ENTER & ~os.O_NOFOLLOW)
        try:
            for name, is_folder in _names(top):
                if is_folder and name.startswith(_STAGE):
                    _remove(name, top)
            _refuse_what_is_not_ours(top)
            _refuse_read_only(top)
            os.mkdir(probe, _FOLDER_MODE, dir_fd=top)
            if not _remove(probe, top):
                os.rmdir(probe, dir_fd=top)
        finally:
            os.close(top)
    except OSError as error:
        raise _cannot(error, ".") from None


def _refuse_what_is_not_ours(top: int) -> None:
    mode = _mode(FOLDER, top)
    if not mode:
        return
    if not stat.S_ISDIR(mode):
        raise _fault(f"{FOLDER} is not a folder", "move it away; publishing replaces it whole")
    descriptor = os.open(FOLDER, _ENTER, dir_fd=top)
    try:
        if not stat.S_ISREG(_mode(MANIFEST, descriptor)) and _names(descriptor):
            message = f"{FOLDER}/ holds files that no build put there"
            hint = f"move it away or delete it: it has no {MANIFEST}, and a build replaces it whole"
            raise _fault(message, hint)
    finally:
        os.close(descriptor)


def _refuse_read_only(top: int) -> None:
    """`output/` can be on a file system of its own, of which what is beside it tells nothing."""
    if not _mode(FOLDER, top):
        return
    descriptor = os.open(FOLDER, _ENTER, dir_fd=top)
    try:
        if os.fstatvfs(descriptor).f_flag & os.ST_RDONLY:
            raise _cannot(OSError(errno.EROFS, os.strerror(errno.EROFS)), FOLDER)
    finally:
        os.close(descriptor)


def _mode(name: str, folder: int) -> int:
    """Kind and mode bits of what has this name, be it a link; 0 for nothing."""
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return 0


# ── Publishing ───────────────────────────────────────────────────────────────────────────────


@contextmanager
def stage(root: Path, standing: Standing) -> Iterator[Stage]:
    """A new `output/` in the making; what is not published when the context ends is gone."""
    try:
        top = os.open(root, _ENTER & ~os.O_NOFOLLOW)
    except OSError as error:
        raise _cannot(error, ".") from None
    site = Stage(top, standing)
    try:
        yield site
    finally:
        site.close()
        with suppress(OSError):
            os.close(top)


class Stage:
    """The files of the next `output/`. Every method raises `PublishError` where the system refuses.

    What stands already and stays is only noted, until `publish` knows that anything changed. The
    tree that was published before the one that stands is taken over, where it is still there: most
    of its files are links to the very files that stand, and making and removing thousands of
    folders takes far longer than all else.
    """

    def __init__(self, top: int, standing: Standing) -> None:
        self._top = top
        self._standing = standing
        self._name = _STAGE + secrets.token_hex(8)
        self._begun = False
        self._descriptor = -1
        self._must_set_modes = False
        self._entries: dict[str, Filed] = {}
        self._kept: list[str] = []
        self._made: list[str] = []
        self._folders = {""}
        self._there: set[str] = set()
        self._published = False

    def begin(self) -> None:
        """Be ready for files. The first one would see to that; who knows that there will be one
        can have it done while there is time."""
        if self._descriptor < 0:
            try:
                self._begin()
            except OSError as error:
                raise _cannot(error, FOLDER) from None

    def write(self, path: str, content: bytes) -> Filed:
        """A file with this content. Raises `ValueError` where the path has another already."""
        sha256 = hashlib.sha256(content).hexdigest()
        if self._has(path, sha256) or self.keep(path, sha256):
            return self._entries[path]
        try:
            descriptor = self._create(path)
            try:
                _write(descriptor, content)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise _cannot(error, f"{FOLDER}/{path}") from None
        return self._enter(Filed(path, sha256, len(content)))

    def keep(self, path: str, sha256: str) -> bool:
        """The file that stands at this path, if it has this sum; False where there is none."""
        if self._has(path, sha256):
            return True
        filed = self._standing.files.get(path)
        if filed is None or filed.sha256 != sha256:
            return False
        self._entries[path] = filed
        self._kept.append(path)
        return True

    def place(self, path: str, source: Path, filed: Filed) -> bool:
        """A file from outside, by a link to it; False where it is gone or not what `filed` says.

        Its mode becomes that of a published file.
        """
        if self._has(path, filed.sha256) or self.keep(path, filed.sha256):
            return True
        try:
            descriptor = os.open(source, _READ)
        except OSError:
            return False
        try:
            try:
                info = os.fstat(descriptor)
                true = _holds(descriptor, info, filed)
            except OSError:
                return False
            if not true or not self._take(descriptor, info, os.fspath(source), None, path, filed):
                return False
        except OSError as error:
            raise _cannot(error, f"{FOLDER}/{path}") from None
        finally:
            with suppress(OSError):
                os.close(descriptor)
        self._enter(Filed(path, filed.sha256, filed.size))
        return True

    def publish(self) -> tuple[Problem, ...]:
        """Put all this in the place of `output/`; where it stands there already, touch nothing.

        Returns a warning where files had to be replaced one by one. When it raises, the old site
        stands, unless the hint says otherwise.
        """
        if self._standing.whole and self._entries == self._standing.files:
            return ()
        self._refuse_overlaps()
        hint = _OLD_STANDS
        try:
            _refuse_what_is_not_ours(self._top)
            linked = self._link()
            self._drop_the_rest()
            self._write_manifest()
            self._sync()
            at_once = linked and (self._rename() or _exchange(self._top, self._name, FOLDER))
            self._published = at_once
            if not at_once:
                hint = "old and new files may stand side by side; build again"
                self._replace()
            hint = "the new site stands, but might not outlast a power cut; run sync"
            os.fsync(self._top)
        except OSError as error:
            raise _cannot(error, FOLDER, hint) from None
        if at_once:
            return ()
        message = "this file system cannot exchange folders; files were replaced one by one"
        return (Problem("O2", message, Span(FOLDER), "readers may have met old and new together"),)

    def close(self) -> None:
        """Remove what bears the stage's name: a tree not published, or the one that stood."""
        if self._descriptor >= 0:
            with suppress(OSError):
                os.close(self._descriptor)
            self._descriptor = -1
        if self._published:
            with suppress(OSError):
                _remove(_BEFORE, self._top)
                os.rename(self._name, _BEFORE, src_dir_fd=self._top, dst_dir_fd=self._top)
        if self._begun:
            # A second time, should one removal have failed by chance.
            _ = _remove(self._name, self._top) or _remove(self._name, self._top)

    def _has(self, path: str, sha256: str) -> bool:
        known = self._entries.get(path)
        if known is not None and known.sha256 != sha256:
            raise ValueError(f"two contents for {path}")
        return known is not None

    def _enter(self, filed: Filed) -> Filed:
        self._entries[filed.path] = filed
        self._made.append(filed.path)
        return filed

    def _refuse_overlaps(self) -> None:
        folders = {""}
        for path in self._entries:
            _add_parents(path, folders)
        files = self._entries.keys()
        for path in (*(folders & files), *({MANIFEST} & (folders | files))):
            raise _overlap(path)

    def _begin(self) -> None:
        """Make the folder, and open it before anything is written: what fails later is told."""
        self._begun = True
        if self._take_over():
            return
        os.mkdir(self._name, _FOLDER_MODE, dir_fd=self._top)
        self._descriptor = os.open(self._name, _ENTER, dir_fd=self._top)
        # Where umask and parent left this mode alone, they do so with those below it.
        if stat.S_IMODE(os.fstat(self._descriptor).st_mode) != _FOLDER_MODE:
            self._must_set_modes = True
            os.fchmod(self._descriptor, _FOLDER_MODE)

    def _take_over(self) -> bool:
        """Begin with the tree of before; False where there is none that is worth it."""
        if not self._standing.files or not stat.S_ISDIR(_mode(_BEFORE, self._top)):
            return False
        try:
            os.rename(_BEFORE, self._name, src_dir_fd=self._top, dst_dir_fd=self._top)
        except OSError:
            return False
        try:
            self._descriptor = os.open(self._name, _ENTER, dir_fd=self._top)
            os.fchmod(self._descriptor, _FOLDER_MODE)
            self._sort_out(self._descriptor, "")
        except (OSError, RecursionError):
            if self._descriptor >= 0:
                os.close(self._descriptor)
                self._descriptor = -1
            with suppress(OSError):
                _remove(self._name, self._top)
                os.unlink(self._name, dir_fd=self._top)
            # What cannot be removed keeps its name.
            self._name = _STAGE + secrets.token_hex(8)
            self._folders, self._there = {""}, set()
            return False
        self._must_set_modes = True
        return True

    def _sort_out(self, folder: int, prefix: str) -> None:
        """Keep folders, and the files that are those which stand, by their inodes."""
        with os.scandir(folder) as entries:
            found = [(one.name, one.inode(), one.is_dir(follow_symlinks=False)) for one in entries]
        for name, inode, is_folder in found:
            path = prefix + name
            if not is_folder:
                if self._standing.inodes.get(path) == inode:
                    self._there.add(path)
                else:
                    os.unlink(name, dir_fd=folder)
                continue
            below = os.open(name, _ENTER, dir_fd=folder)
            try:
                os.fchmod(below, _FOLDER_MODE)
                self._folders.add(path)
                self._sort_out(below, path + "/")
            finally:
                os.close(below)

    def _clear(self, path: str) -> None:
        """Make room for a file or folder where the tree of before has another."""
        if path in self._there:
            os.unlink(path, dir_fd=self._descriptor)
            self._there.discard(path)
        elif path in self._folders:
            if any(one.startswith(f"{path}/") for one in self._entries):
                raise _overlap(path)
            if not _remove(path, self._descriptor):
                raise OSError(errno.ENOTEMPTY, os.strerror(errno.ENOTEMPTY), path)
            below = f"{path}/"
            self._folders = {one for one in self._folders if not f"{one}/".startswith(below)}
            self._there = {one for one in self._there if not one.startswith(below)}

    def _drop_the_rest(self) -> None:
        """Take away what the tree of before had and this one has not."""
        if not self._there and len(self._folders) == 1:
            return
        for path in self._there - self._entries.keys():
            os.unlink(path, dir_fd=self._descriptor)
        needed = {""}
        for path in self._entries:
            _add_parents(path, needed)
        for folder in sorted(self._folders - needed, reverse=True):
            os.rmdir(folder, dir_fd=self._descriptor)
        self._folders &= needed

    def _make_parents(self, path: str) -> None:
        if self._descriptor < 0:
            self._begin()
        folder = path.rpartition("/")[0]
        if folder not in self._folders:
            if folder in self._entries:
                raise _overlap(folder)
            self._make_parents(folder)
            self._clear(folder)
            os.mkdir(folder, _FOLDER_MODE, dir_fd=self._descriptor)
            if self._must_set_modes:
                os.chmod(folder, _FOLDER_MODE, dir_fd=self._descriptor)
            self._folders.add(folder)

    def _make_room(self, path: str) -> None:
        """See that a new file can stand there, and nowhere but below the stage."""
        if not path or {"", ".", ".."} & set(path.split("/")):
            raise ValueError(f"no path below {FOLDER}: {path}")
        self._make_parents(path)
        self._clear(path)

    def _create(self, path: str) -> int:
        self._make_room(path)
        descriptor = os.open(path, _CREATE, _FILE_MODE, dir_fd=self._descriptor)
        if self._must_set_modes:
            os.fchmod(descriptor, _FILE_MODE)
        return descriptor

    def _take(
        self,
        descriptor: int,
        info: os.stat_result,
        source: str,
        source_folder: int | None,
        path: str,
        filed: Filed,
    ) -> bool:
        """Link to an open file, or copy it; False where it is no longer what it was."""
        self._make_room(path)
        try:
            if stat.S_IMODE(info.st_mode) != _FILE_MODE:
                os.fchmod(descriptor, _FILE_MODE)
            os.link(
                source,
                path,
                src_dir_fd=source_folder,
                dst_dir_fd=self._descriptor,
                follow_symlinks=False,
            )
        except FileNotFoundError:
            return False
        except OSError as error:
            if error.errno not in _CANNOT_LINK:
                raise
            return self._copy(descriptor, path, filed)
        link = os.stat(path, dir_fd=self._descriptor, follow_symlinks=False)
        if (link.st_dev, link.st_ino) == (info.st_dev, info.st_ino):
            return True
        # Another file has come into its place meanwhile.
        os.unlink(path, dir_fd=self._descriptor)
        return False

    def _copy(self, descriptor: int, path: str, filed: Filed) -> bool:
        digest = hashlib.sha256()
        target = self._create(path)
        try:
            os.lseek(descriptor, 0, os.SEEK_SET)
            for chunk in _chunks(descriptor):
                digest.update(chunk)
                _write(target, chunk)
        finally:
            os.close(target)
        if digest.hexdigest() == filed.sha256:
            return True
        os.unlink(path, dir_fd=self._descriptor)
        return False

    def _link(self) -> bool:
        """Link to what stands and stays; False where `output/` is on a file system of its own."""
        if self._descriptor < 0:
            self._begin()
        if not self._kept:
            return True
        old = os.open(FOLDER, _ENTER, dir_fd=self._top)
        try:
            for path in self._kept:
                if path in self._there:
                    continue
                try:
                    self._make_parents(path)
                    self._clear(path)
                    os.link(
                        path,
                        path,
                        src_dir_fd=old,
                        dst_dir_fd=self._descriptor,
                        follow_symlinks=False,
                    )
                except OSError as error:
                    if error.errno == errno.EXDEV:
                        return False
                    if error.errno not in _CANNOT_LINK:
                        raise _cannot(error, f"{FOLDER}/{path}") from None
                    self._copy_kept(path, old)
        finally:
            os.close(old)
        return True

    def _copy_kept(self, path: str, old: int) -> None:
        try:
            descriptor = os.open(path, _READ, dir_fd=old)
            try:
                same = self._copy(descriptor, path, self._entries[path])
            finally:
                os.close(descriptor)
        except OSError as error:
            raise _cannot(error, f"{FOLDER}/{path}") from None
        if not same:
            raise _fault(f"{FOLDER}/{path} was changed while the site was built", "build again")
        self._made.append(path)

    def _write_manifest(self) -> None:
        descriptor = self._create(MANIFEST)
        try:
            for part in _manifest(self._entries):
                _write(descriptor, part)
        finally:
            os.close(descriptor)

    def _sync(self) -> None:
        """Everything in the stage is on disk before it becomes visible."""
        if _syncfs(self._descriptor):
            return
        for path in (*self._made, MANIFEST):
            _fsync(path, self._descriptor, _READ)
        self._sync_folders(self._descriptor, self._folders)

    def _sync_folders(self, base: int, folders: Iterable[str]) -> None:
        for folder in sorted(folders, reverse=True):
            _fsync(folder or ".", base, _ENTER)

    def _rename(self) -> bool:
        """Put the first build in its place; False where there is an older one."""
        if _mode(FOLDER, self._top):
            return False
        os.rename(self._name, FOLDER, src_dir_fd=self._top, dst_dir_fd=self._top)
        return True

    def _replace(self) -> None:
        """Replace file by file: shared files, then pages, the manifest last, then deletions."""
        folders = {""}
        for path in self._entries:
            _add_parents(path, folders)
        base = os.open(FOLDER, _ENTER, dir_fd=self._top)
        try:
            for folder in sorted(folders):
                _make_folder(folder or ".", base)
            for path in sorted(self._made, key=lambda path: (path.endswith(".html"), path)):
                self._move(path, base)
            self._sync_folders(base, folders)
            self._move(MANIFEST, base)
            _remove_others(base, "", {MANIFEST, *self._entries}, folders)
            self._sync_folders(base, folders)
        finally:
            os.close(base)

    def _move(self, path: str, base: int) -> None:
        if stat.S_ISDIR(_mode(path, base)):
            _remove(path, base)
        try:
            os.rename(path, path, src_dir_fd=self._descriptor, dst_dir_fd=base)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            self._carry(path, base)

    def _carry(self, path: str, base: int) -> None:
        """Move a file to another file system, where it appears whole."""
        source = os.open(path, _READ, dir_fd=self._descriptor)
        try:
            target = os.open(self._name, _CREATE, _FILE_MODE, dir_fd=base)
            try:
                for chunk in _chunks(source):
                    _write(target, chunk)
                os.fchmod(target, _FILE_MODE)
                os.fsync(target)
            finally:
                os.close(target)
            os.rename(self._name, path, src_dir_fd=base, dst_dir_fd=base)
        except OSError:
            with suppress(OSError):
                os.unlink(self._name, dir_fd=base)
            raise
        finally:
            os.close(source)


# ── Steps ────────────────────────────────────────────────────────────────────────────────────


def _names(folder: int) -> list[tuple[str, bool]]:
    """What is in a folder, and which of it are folders."""
    with os.scandir(folder) as entries:
        return [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]


def _write(descriptor: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _fsync(path: str, folder: int, flags: int) -> None:
    descriptor = os.open(path, flags, dir_fd=folder)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _syncfs(descriptor: int) -> bool:
    """Sync the whole file system at once; False where that is unknown or would not tell failures.

    Linux tells them since 5.8, and those since the descriptor was opened.
    """
    system = os.uname()
    release = [int(part) for part in system.release.partition("-")[0].split(".") if part.isdigit()]
    if system.sysname != "Linux" or release < [5, 8]:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "syncfs"):
        return False
    if libc.syncfs(descriptor) == 0:
        return True
    number = ctypes.get_errno()
    if number == errno.ENOSYS:
        return False
    raise OSError(number, os.strerror(number))


def _exchange(folder: int, one: str, other: str) -> bool:
    """Exchange two names in a folder in one step; False where the system cannot."""
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "renameat2"):
        return False
    names = os.fsencode(one), os.fsencode(other)
    if libc.renameat2(folder, names[0], folder, names[1], _RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number not in _CANNOT_EXCHANGE:
        raise OSError(number, os.strerror(number), other)
    return False


def _make_folder(path: str, base: int) -> None:
    """See that a folder is there and open to readers, whatever had its name."""
    mode = _mode(path, base)
    if mode and not stat.S_ISDIR(mode):
        os.unlink(path, dir_fd=base)
        mode = 0
    if not mode:
        os.mkdir(path, _FOLDER_MODE, dir_fd=base)
        mode = _mode(path, base)
    if stat.S_IMODE(mode) != _FOLDER_MODE:
        os.chmod(path, _FOLDER_MODE, dir_fd=base)


def _remove_others(base: int, prefix: str, files: set[str], folders: set[str]) -> None:
    """Remove what is neither among these files nor one of these folders."""
    for name, is_folder in _names(base):
        path = prefix + name
        if not is_folder:
            if path not in files:
                os.unlink(name, dir_fd=base)
        elif path not in folders:
            _remove(name, base)
        else:
            below = os.open(name, _ENTER, dir_fd=base)
            try:
                _remove_others(below, path + "/", files, folders)
            finally:
                os.close(below)


def _remove(name: str, folder: int) -> bool:
    """Remove a folder with all that is in it, as far as it goes; False where something is left."""
    with suppress(OSError, RecursionError):
        descriptor = os.open(name, _ENTER, dir_fd=folder)
        try:
            for below, is_folder in _names(descriptor):
                if is_folder:
                    _remove(below, descriptor)
                else:
                    with suppress(OSError):
                        os.unlink(below, dir_fd=descriptor)
        finally:
            os.close(descriptor)
    try:
        os.rmdir(name, dir_fd=folder)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def _overlap(path: str) -> ValueError:
    return ValueError(f"{path} is a file and something else")


def _cannot(error: OSError, path: str, hint: str = _OLD_STANDS) -> PublishError:
    return _fault(f"cannot write {path}: {error.strerror}", hint)


def _fault(message: str, hint: str) -> PublishError:
    return PublishError([Problem("O1", message, Span(FOLDER), hint)])
