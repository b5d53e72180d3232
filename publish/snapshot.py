"""What every file of a site holds, by its digest: one walk, one look at each.

A build decides by these digests, and by no file's time, what it has to do; and whatever it reads
later has to be what was seen here, so that all of it works from one state of the site.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from .errors import Problem, PublishError, Span

SETTINGS = "pyproject.toml"
"""The file with the site's settings."""

THEME = "templates"
"""The folder of templates, where the settings name no other."""

_CONTENTS = (".md", ".png", ".jpg", ".jpeg", ".po", ".csv", ".html", ".css", ".js", ".toml")
_FILES = (".md", ".po", ".csv")
_NAMED = "named"
_LINK = "link"
_OTHER = "other"
_MOST = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The files below one root at one time."""

    files: Mapping[str, str]
    """Path from the root → SHA-256 of the content, in hexadecimal; of what is not read, a word for
    what it is."""

    theme: Snapshot | None = None
    """The packaged theme, beside a site."""

    @property
    def digest(self) -> str:
        """What all of it is known by."""
        whole = hashlib.sha256()
        for path, content in sorted(self.files.items()):
            whole.update(f"{path}\0{content}\n".encode(errors="surrogateescape"))
        if self.theme:
            whole.update(self.theme.digest.encode())
        return whole.hexdigest()

    def compare(self, path: str, content: bytes | None) -> None:
        """Raise `PublishError` where a file is not any more what it was; None: it has gone."""
        now = None if content is None else digest(content)
        if now != self.files.get(path):
            raise PublishError([changed(path)])


def changed(path: str) -> Problem:
    """That a file changed while a build read it."""
    hint = "nothing was published; build again when it is saved"
    return Problem("O4", "changed while the build was at work", Span(path), hint)


def digest(content: bytes) -> str:
    """What a content is known by."""
    return hashlib.sha256(content).hexdigest()


def packaged_theme() -> Path:
    """The folder with `templates/` and `locales/` that travel with the package.

    In the wheel that is `publish/theme`; in a checkout it is the repository itself, whose own site
    uses the very same files.
    """
    inside = Path(__file__).parent / "theme"
    return inside if inside.is_dir() else Path(__file__).parent.parent


def take(root: Path) -> Snapshot:
    """The site in `root`, and the packaged theme."""
    files = dict(_file(str(root), SETTINGS)) if os.path.lexists(root / SETTINGS) else {}
    for folder in ("sources", "locales", _theme(root)):
        files |= _tree(str(root), folder)
    packaged = packaged_theme()
    theme = dict(_tree(str(packaged), THEME))
    theme |= {
        path: content
        for path, content in _tree(str(packaged), "locales")
        if path.endswith("/LC_MESSAGES/interface.po")
    }
    return Snapshot(files, Snapshot(theme))


def _theme(root: Path) -> str:
    """The folder that the settings name; what is wrong with them is told by who reads them."""
    try:
        text = (_read(f"{root}/{SETTINGS}") or b"").decode()
        named = PurePosixPath(tomllib.loads(text)["tool"]["publish"].get("theme", THEME))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return THEME
    inside = named.parts and not named.is_absolute() and ".." not in named.parts
    return str(named) if inside and "\0" not in str(named) else THEME


def _tree(root: str, folder: str) -> Iterator[tuple[str, str]]:
    """Every file of a folder that is really there."""
    if Path(root, folder).is_symlink():
        yield folder, _LINK
    else:
        yield from _below(root, folder)


def names_a_file(name: str) -> bool:
    """Whether only a file is called so: what is missing where a folder has such a name, a piece or
    a catalogue, would count in silence as removed."""
    return name.casefold().endswith(_FILES)


def _below(root: str, top: str) -> Iterator[tuple[str, str]]:
    """Every file below a folder, but for hidden ones and editors' backups."""
    # As deep as folders may be: no function that calls itself would get there.
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        try:
            entries = list(os.scandir(f"{root}/{folder}"))
        except OSError:
            yield folder, _OTHER
            continue
        for entry in entries:
            name = entry.name
            if name.startswith(".") or name.endswith("~"):
                continue
            path = f"{folder}/{name}"
            if entry.is_symlink():
                yield path, _LINK
            elif not entry.is_dir(follow_symlinks=False):
                yield from _file(root, path)
            elif names_a_file(name):
                yield path, _OTHER
            else:
                waiting.append(path)


def _file(root: str, path: str) -> Iterator[tuple[str, str]]:
    if not path.casefold().endswith(_CONTENTS):
        yield path, _NAMED
        return
    content = _read(f"{root}/{path}")
    yield path, _OTHER if content is None else digest(content)


_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def _read(path: str) -> bytes | None:
    """The content of a regular file; None where there is none."""
    try:
        descriptor = os.open(path, _FLAGS)
    except OSError:
        return None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return None
        # One byte more than there seem to be: a file that grows meanwhile is told by it.
        content = os.read(descriptor, min(status.st_size, _MOST) + 1)
        while len(content) < status.st_size and len(content) < _MOST:
            more = os.read(descriptor, _MOST)
            if not more:
                break
            content += more
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return content
