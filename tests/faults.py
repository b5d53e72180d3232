"""A disk that fails where a test wants it to: stands in for `os` in `publish.output`."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from publish import output

Tree = dict[str, tuple[bytes | None, int]]
"""Path → content (None for a folder) and mode."""


STEPS = frozenset(
    {
        "chmod",
        "close",
        "fchmod",
        "fstat",
        "fstatvfs",
        "fsync",
        "link",
        "lseek",
        "lstat",
        "mkdir",
        "open",
        "read",
        "rename",
        "rmdir",
        "scandir",
        "stat",
        "unlink",
        "write",
    }
)
"""What `output` asks of `os`; `_exchange` and `_syncfs` are counted like them."""


def tree(folder: Path) -> Tree:
    """Everything in a folder and the folder itself."""
    found: Tree = {}
    for path in (folder, *folder.rglob("*")):
        content = path.read_bytes() if path.is_file() else None
        mode = stat.S_IMODE(path.lstat().st_mode)
        found[path.relative_to(folder).as_posix()] = content, mode
    return found


def beside(root: Path) -> list[str]:
    """What is in a site's folder, but for the tree that was published before."""
    return sorted(path.name for path in root.iterdir() if path.name != ".output.before")


class Disk:
    """`os`, with each step counted; `fail` is asked about each and may raise."""

    def __init__(self, fail: Callable[[str, int], None]) -> None:
        self._fail = fail
        self.steps: list[str] = []

    def __getattr__(self, name: str) -> object:
        found = getattr(os, name)
        return self.counted(name, found) if name in STEPS else found

    def counted(self, name: str, call: Callable[..., object]) -> Callable[..., object]:
        """The same call, counted."""

        def counting(*args: object, **kwargs: object) -> object:
            self.steps.append(name)
            try:
                self._fail(name, len(self.steps) - 1)
            except OSError:
                if name == "close":  # a close that fails has closed
                    call(*args, **kwargs)
                raise
            return call(*args, **kwargs)

        return counting


@contextmanager
def disk(fail: Callable[[str, int], None]) -> Iterator[Disk]:
    """Publish on a disk that fails where `fail` raises: it is given each step and its number."""
    double = Disk(fail)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(output, "os", double)
        patch.setattr(output, "_exchange", double.counted("_exchange", output._exchange))
        patch.setattr(output, "_syncfs", double.counted("_syncfs", lambda _: True))
        yield double


def at(number: int, error: int, name: str | None = None) -> Callable[[str, int], None]:
    """Fail the step of this number, counted among those of one name or among all."""
    left = [number]

    def fail(step: str, _: int) -> None:
        if name in {None, step}:
            left[0] -= 1
            if left[0] == -1:
                raise OSError(error, os.strerror(error))

    return fail


def always(error: int, name: str) -> Callable[[str, int], None]:
    """Fail every step of one name."""

    def fail(step: str, _: int) -> None:
        if step == name:
            raise OSError(error, os.strerror(error))

    return fail
