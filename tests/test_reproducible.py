"""Same inputs, same bytes: whichever machine, place, hour and environment a build is made in.

Each build is a process of its own, since much of that is settled when a process begins.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from . import rebuilds
from .rebuilds import Tree

FAR = {
    "TZ": "Pacific/Kiritimati",
    "LC_ALL": "tr_TR.UTF-8",
    "LANG": "tr_TR.UTF-8",
    "LANGUAGE": "tr:ru",
    "PYTHONHASHSEED": "4711",
}
"""An environment of a far place."""

_BUILD = """
import datetime, functools, sys
from pathlib import Path
from tests import rebuilds
from publish import pdf
from publish.build import build
root, moment, jobs, real = sys.argv[1:]
build(
    Path(root),
    now=datetime.datetime.fromisoformat(moment),
    jobs=int(jobs),
    engine=pdf.render if real else rebuilds.stand_in,
)
"""

UMASK = "import os; os.umask(0o077)"
CLOCK = "import time; time.time = lambda: 4102444800.0; time.time_ns = lambda: 4102444800 * 10**9"
BACKWARDS = """
import os
names, entries = os.listdir, os.scandir
class Backwards:
    def __init__(self, found): self.found = iter(found)
    def __iter__(self): return self
    def __next__(self): return next(self.found)
    def __enter__(self): return self
    def __exit__(self, *_): self.close()
    def close(self): self.found = iter(())
os.listdir = lambda *given: sorted(names(*given), reverse=True)
os.scandir = lambda *given: Backwards(sorted(entries(*given), key=lambda e: e.name, reverse=True))
"""


def built(
    root: Path,
    *,
    before: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    moment: str = "2026-11-24T12:00+00:00",
    jobs: int = 1,
    real: bool = False,
    flags: Sequence[str] = (),
) -> Tree:
    """What a build in a process of its own leaves in `output/`."""
    code = "\n".join((*before, _BUILD))
    given = [str(root), moment, str(jobs), "real" if real else ""]
    surroundings = {
        "PATH": os.environ["PATH"],
        "TZ": "UTC",
        "LC_ALL": "C.UTF-8",
        "PYTHONHASHSEED": "0",
        "PYTHONPATH": str(rebuilds.HERE.parent),
        **(environment or {}),
    }
    done = subprocess.run(
        [sys.executable, *flags, "-c", code, *given],
        env=surroundings,
        cwd=folder or rebuilds.HERE.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return rebuilds.tree(root / "output")


def site(root: Path) -> Path:
    """A site of one piece in two languages, with an image."""
    rebuilds.write_site(root)
    for name in ("tides", "charts", "ledger"):
        (root / f"sources/pieces/{name}.md").unlink()
        for path in root.glob(f"locales/*/LC_MESSAGES/pieces/{name}.po"):
            path.unlink()
    lamps = root / "sources/pieces/lamps.md"
    rebuilds.replace(lamps, "[the other piece](tides.md)", "another piece")
    rebuilds.replace(lamps, "[its author](../authors/ivan.md)", "another author")
    (root / "sources/authors/ivan.md").unlink()
    for path in root.glob("locales/*/LC_MESSAGES/pieces/lamps.po"):
        rebuilds.work(path, lambda entry: rebuilds.translated(entry, " (new)"))
    return root


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Tree]:
    """The site, and what a build made of it here and now."""
    root = site(tmp_path_factory.mktemp("first") / "site")
    return root, built(root)


def moved(root: Path, target: Path) -> Path:
    """The site at another place, written in another order and at another time."""
    for path in sorted(rebuilds.inputs(root), reverse=True):
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / path, target / path)
        os.utime(target / path, (0, 0))
    return target


@pytest.mark.parametrize(
    ("how", "given"),
    [
        ("environment", {"environment": FAR}),
        ("umask", {"before": [UMASK]}),
        ("clock", {"before": [CLOCK], "moment": "2026-11-30T23:59:59+03:00"}),
        ("order of folders", {"before": [BACKWARDS]}),
        ("optimised", {"flags": ["-OO"]}),
        ("workers", {"jobs": 2}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_how_it_is_built_does_not_matter(
    first: tuple[Path, Tree], tmp_path: Path, how: str, given: dict[str, object]
) -> None:
    root = moved(first[0], tmp_path / "deep" / "at another place")
    assert built(root, folder=tmp_path, **given) == first[1]  # type: ignore[arg-type]


def test_what_was_remembered_elsewhere_serves_here(
    first: tuple[Path, Tree], tmp_path: Path
) -> None:
    """A site that is moved with all that is in it, and built again in another environment."""
    root = tmp_path / "site"
    shutil.copytree(first[0], root, symlinks=True)
    again = built(root, before=[UMASK, CLOCK], environment=FAR, folder=tmp_path)
    assert again == first[1]
    rebuilds.replace(root / "sources/pieces/lamps.md", "at dusk", "at noon")
    changed = built(root, environment=FAR)
    assert changed != first[1]
    assert changed == built(moved(root, tmp_path / "clean"))


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Tree]:
    """The site, and what a build with real PDFs made of it here and now."""
    root = site(tmp_path_factory.mktemp("real") / "site")
    return root, built(root, real=True)


def test_real_pdfs_are_the_same_bytes_wherever_they_are_made(
    real: tuple[Path, Tree], tmp_path: Path
) -> None:
    root, here = real
    far = built(
        moved(root, tmp_path / "deep" / "there"),
        before=[UMASK, CLOCK, BACKWARDS],
        environment={**FAR, "LANGUAGE": "", "SOURCE_DATE_EPOCH": "1"},
        folder=tmp_path,
        moment="2026-11-30T23:59:59+03:00",
        real=True,
        jobs=2,
    )
    assert far == here
    assert sum(content.startswith(b"%PDF-1.7") for _, content in here.values()) == 3


def test_the_languages_of_whoever_builds_set_no_ligatures(
    real: tuple[Path, Tree], tmp_path: Path
) -> None:
    """A word in Latin letters on a page in Russian is set alike wherever it is made: Turkish has
    no “fi” in one letter."""
    root, here = real
    theirs = {"LANGUAGE": "tr", "PANGO_LANGUAGE": "tr"}
    assert built(moved(root, tmp_path / "there"), real=True, environment=theirs) == here


def test_no_file_says_where_it_was_made(first: tuple[Path, Tree]) -> None:
    """No file holds a path of this machine, the name of its user or of the machine itself."""
    root, tree = first
    told = [str(root), str(rebuilds.HERE.parent), os.uname().nodename]
    for path, (_, content) in tree.items():
        for name in told:
            assert name.encode() not in content, f"{path} says {name}"
