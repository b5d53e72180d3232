"""Publication: the one module that writes `output/`.

Stage beside it, then exchange in one step (`renameat2`, RENAME_EXCHANGE), so that `output/` is at
every moment one complete build. Where the file system cannot exchange, files are replaced one by
one, the manifest last; each file is whole, and a manifest that does not fit tells the next build.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .errors import LockedError, Problem, PublishError, Span
from .model import Artefact

FOLDER = "output"
"""The published site, below the site's root."""

MANIFEST = "manifest.json"
"""List of every other file with its size and SHA-256, sorted, without a clock."""

_STAGE = ".output.stage-"
_LOCK = ".output.lock"
_OLD_STANDS = "the old site stands as it was"
_RENAME_EXCHANGE = 2
_AT_FDCWD = -100
_CANNOT_EXCHANGE = (errno.EBUSY, errno.EXDEV, errno.ENOSYS, errno.EINVAL, errno.ENOTSUP)


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """Keep other builds of the same site out. Raises `LockedError` where one is at work."""
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(root / _LOCK, flags, 0o644)
    except OSError as error:
        raise _cannot(error, _LOCK) from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LockedError from None
        except OSError as error:
            raise _cannot(error, _LOCK) from None
        yield
    finally:
        os.close(descriptor)


def prepare(root: Path) -> None:
    """Take away what a killed build left, and see that publishing can work at all.

    Raises `PublishError` before anything is rendered: where `output/` is a link or a file, or
    holds what no build of ours put there, or its parent cannot be written.
    """
    for leaving in root.glob(f"{_STAGE}*"):
        if not leaving.is_symlink() and leaving.is_dir():
            shutil.rmtree(leaving, ignore_errors=True)
    folder = root / FOLDER
    probe = root / f"{_STAGE}{secrets.token_hex(8)}"
    try:
        if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
            raise _fault(f"{FOLDER} is not a folder", "move it away; publishing replaces it whole")
        if folder.exists() and any(folder.iterdir()) and not (folder / MANIFEST).is_file():
            message = f"{FOLDER}/ holds files that no build put there"
            raise _fault(message, f"it has no {MANIFEST}; publishing replaces the folder whole")
        probe.mkdir()
        probe.rmdir()
    except OSError as error:
        raise _cannot(error, ".") from None


def publish(root: Path, artefacts: Iterable[Artefact]) -> tuple[Problem, ...]:
    """Make `output/` hold exactly these files and their manifest.

    Returns a warning where files had to be replaced one by one. Raises `PublishError` where the
    system refuses (no space, no right): the old site then stands, unless the hint says otherwise.
    """
    stage = root / f"{_STAGE}{secrets.token_hex(8)}"
    hint = _OLD_STANDS
    try:
        _fill(stage, artefacts)
        _sync(stage)
        folder = root / FOLDER
        at_once = _rename(stage, folder) or _exchange(stage, folder)
        if not at_once:
            hint = "old and new files may stand side by side; build again"
            _replace(stage, folder)
        hint = "the new site stands, but might not outlast a power cut; build again"
        _fsync(root)
    except OSError as error:
        raise _cannot(error, FOLDER, hint) from None
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    if at_once:
        return ()
    message = "this file system cannot exchange folders; files were replaced one by one"
    return (Problem("O2", message, Span(FOLDER), "readers may have met old and new together"),)


def _fill(stage: Path, artefacts: Iterable[Artefact]) -> None:
    _make(stage)
    entries = []
    for artefact in sorted(artefacts, key=lambda artefact: artefact.path):
        target = stage / artefact.path
        _make(target.parent)
        _write(target, artefact.content)
        digest = hashlib.sha256(artefact.content).hexdigest()
        entries.append({"path": artefact.path, "sha256": digest, "size": len(artefact.content)})
    text = json.dumps({"files": entries}, ensure_ascii=False, indent=1) + "\n"
    _write(stage / MANIFEST, text.encode())


def _make(folder: Path) -> None:
    """The folder and those above it that are not there yet, open to readers whatever the umask."""
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir()
        folder.chmod(0o755)


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        os.fchmod(descriptor, 0o644)


def _sync(stage: Path) -> None:
    """Everything in the stage is on disk before it becomes visible."""
    for folder, _, names in os.walk(stage, topdown=False):
        for name in names:
            _fsync(Path(folder, name))
        _fsync(Path(folder))


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _rename(stage: Path, folder: Path) -> bool:
    """Put the first build in its place; False where there is an older one."""
    if folder.exists():
        return False
    stage.rename(folder)
    return True


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; False where the system cannot."""
    with suppress(AttributeError):
        libc = ctypes.CDLL(None, use_errno=True)
        names = os.fsencode(one), os.fsencode(other)
        if libc.renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0:
            return True
        number = ctypes.get_errno()
        if number not in _CANNOT_EXCHANGE:
            raise OSError(number, os.strerror(number), str(other))
    return False


def _replace(stage: Path, folder: Path) -> None:
    """Replace file by file: shared files, then pages, the manifest last, then deletions."""
    fresh = [path.relative_to(stage) for path in stage.rglob("*") if path.is_file()]
    fresh.sort(key=lambda path: (path.name == MANIFEST, path.suffix == ".html", path.as_posix()))
    for path in fresh:
        target = folder / path
        for parent in (*reversed(path.parents[:-1]), path):
            place = folder / parent
            if place.is_symlink() or (place.exists() and place.is_dir() != (parent != path)):
                place.unlink() if not place.is_dir() or place.is_symlink() else shutil.rmtree(place)
        _make(target.parent)
        (stage / path).replace(target)
    keep = {folder / path for path in fresh}
    keep |= {parent for path in keep for parent in path.parents}
    for path in sorted(folder.rglob("*"), reverse=True):
        if path not in keep:
            path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()


def _cannot(error: OSError, path: str, hint: str = _OLD_STANDS) -> PublishError:
    return _fault(f"cannot write {path}: {error.strerror}", hint)


def _fault(message: str, hint: str) -> PublishError:
    return PublishError([Problem("O1", message, Span(FOLDER), hint)])
