"""Publication under faults of the real system: kills, full and read-only disks, mounts, rivals.

strace puts a kill or an error in the place of the nth system call of one kind. In the normal suite
that is a sample; `prove` goes through every call.
"""

from __future__ import annotations

import errno
import hashlib
import itertools
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from publish import output
from publish.errors import PublishError
from publish.output import Filed

from . import faults
from .faults import Tree, beside, tree

DRIVER = """
import hashlib, os, pathlib, sys
from publish import errors, output

STORED = hashlib.sha256(b"stored").hexdigest()
root = pathlib.Path(sys.argv[1])
version = sys.argv[2]

def publish(version):
    files = {"index.html": version, "en/kept/index.html": "kept", "en/kept/kept.en.pdf": "pdf"}
    files[f"en/{version}/index.html"] = "page"
    with output.locked(root):
        output.prepare(root)
        stands = output.standing(root)
        with output.stage(root, stands) as site:
            for path, text in files.items():
                filed = stands.files.get(path)
                if text != "kept" or not filed or not site.keep(path, filed.sha256):
                    site.write(path, text.encode())
            filed = output.Filed("", STORED, 6)
            if not site.place(f"{version}.pdf", root / "store" / STORED, filed):
                site.write(f"{version}.pdf", b"stored")
            return site.publish()

"""

ONCE = """
os.path.exists("/publication/begins")
try:
    told, status = publish(version), 0
except errors.PublishError as error:
    told, status = error.problems, 1
os.path.exists("/publication/ends")
print(*(f"{problem}: {problem.hint}" for problem in told), sep="\\n")
sys.exit(status)
"""

FOREVER = """
print("ready", flush=True)
while True:
    for version in ("old", "new"):
        publish(version)
        with open(root / ".." / "count", "a") as count:
            count.write(".")
"""

RIVAL = """
print("ready", flush=True)
done = turned_away = 0
while done < 20 or not turned_away and done < 2000:
    try:
        publish(version)
        done += 1
    except errors.LockedError:
        turned_away += 1
print(done, turned_away)
"""

MEMORY = frozenset({"mmap", "ioctl"})
"""Calls with a descriptor that touch no file of ours, made by the interpreter."""

ERRORS = ("ENOSPC", "EIO", "EROFS")


@dataclass(frozen=True)
class Point:
    """One system call of a publication."""

    name: str
    """Of the call."""

    number: int
    """Among the calls of this name in the whole process, from 1."""


def environment() -> dict[str, str]:
    """That of a driver: it imports what this test imported, and always starts alike."""
    code = str(Path(output.__file__).parents[1])
    return os.environ | {
        "PYTHONPATH": code,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
    }


def command(code: str, root: Path, version: str) -> list[str]:
    return [sys.executable, "-c", DRIVER + code, str(root), version]


def driven(
    root: Path, version: str, *before: str, mask: int = 0o022
) -> subprocess.CompletedProcess[str]:
    """One publication in a process of its own, behind the words of another command."""
    return subprocess.run(
        [*before, *command(ONCE, root, version)],
        capture_output=True,
        text=True,
        check=False,
        env=environment(),
        umask=mask,
    )


def started(base: Path) -> Path:
    """A site whose old version stands, and a store with one PDF."""
    root = base / "root"
    (root / "store").mkdir(parents=True)
    (root / "store" / hashlib.sha256(b"stored").hexdigest()).write_bytes(b"stored")
    assert driven(root, "old").returncode == 0
    return root


@dataclass(frozen=True)
class Stand:
    """A site to break, and what it should be."""

    root: Path
    old: Tree
    new: Tree
    before: bool
    """Whether the tree published before the old version is still there, to be taken over."""

    def reset(self) -> None:
        """The old version stands again, and nothing else."""
        for path in self.root.iterdir():
            if path.name.startswith(".output."):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.rmtree(self.root / "output")
        shutil.copytree(self.root.parent / "saved", self.root / "output")
        if self.before:
            before = self.root / ".output.before"
            shutil.copytree(self.root / "output", before, copy_function=os.link)
            files = sorted(path for path in before.rglob("*") if path.is_file())
            files[0].unlink()
            files[1].unlink()
            files[1].write_text("of another build", encoding="utf-8")
            (before / "gone").mkdir()
            (before / "gone/index.html").write_text("gone", encoding="utf-8")
            (before / "strange").symlink_to(self.root)

    def leavings(self) -> set[str]:
        """What is beside the site and does not belong there."""
        return set(beside(self.root)) - {"store", "output", ".output.lock"}

    def now(self) -> Tree:
        """What stands; its manifest must be true."""
        found = tree(self.root / "output")
        assert output.standing(self.root).whole
        return found

    def heal(self) -> None:
        """The next build needs nobody's help, and leaves what a clean one does."""
        done = driven(self.root, "new")
        assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr
        assert self.now() == self.new
        assert not self.leavings()


@pytest.fixture(params=["anew", "taken over"])
def stand(tmp_path: Path, request: pytest.FixtureRequest) -> Stand:
    """An old version, saved too; what the new one will be."""
    other = started(tmp_path / "other")
    assert driven(other, "new").returncode == 0
    root = started(tmp_path)
    shutil.copytree(root / "output", tmp_path / "saved")
    stand = Stand(root, tree(root / "output"), tree(other / "output"), request.param != "anew")
    stand.reset()
    return stand


# ── At every system call ─────────────────────────────────────────────────────────────────────


@cache
def _why_not_traced() -> str:
    if sys.platform != "linux" or not shutil.which("strace"):
        return "strace is not installed"
    tried = subprocess.run(
        ["strace", "-o", "/dev/null", "true"], capture_output=True, text=True, check=False
    )
    return f"strace may not trace here: {tried.stderr.strip()}" if tried.returncode else ""


@pytest.fixture
def strace() -> str:
    """The command, where it works."""
    if reason := _why_not_traced():
        pytest.skip(reason)
    return "strace"


def points(strace: str, stand: Stand, mask: int) -> list[Point]:
    """The calls on files between the two marks of the driver, in their order."""
    log = stand.root.parent / "log"
    traced = ("-o", str(log), "-e", "trace=%file,%desc,syncfs", "-e", "signal=none")
    assert driven(stand.root, "new", strace, *traced, mask=mask).returncode == 0
    stand.reset()
    counts: Counter[str] = Counter()
    found: list[Point] = []
    within = False
    for line in log.read_text(errors="replace").splitlines():
        if not (match := re.match(r"(\w+)\(", line)):
            continue
        name = match[1]
        counts[name] += 1
        if "/publication/begins" in line:
            within = True
        elif "/publication/ends" in line:
            return found
        elif within and name not in MEMORY:
            found.append(Point(name, counts[name]))
    raise AssertionError("the driver did not come to its end")


def injected(strace: str, stand: Stand, point: Point, what: str, mask: int) -> tuple[int, str]:
    """How a publication ends that meets this at one call, and what it says."""
    fault = ("-e", f"trace={point.name}", "-e", f"inject={point.name}:{what}:when={point.number}")
    quiet = ("-o", "/dev/null", "-e", "signal=none")
    done = driven(stand.root, "new", strace, *quiet, *fault, mask=mask)
    assert "Traceback" not in done.stderr, (point, what, done.stderr)
    return done.returncode, done.stdout.strip()


def killed(strace: str, stand: Stand, point: Point, mask: int = 0o022) -> str:
    """Whether old or new stands after a kill at this call; the rest is asserted."""
    status, _ = injected(strace, stand, point, "signal=SIGKILL", mask)
    assert status == -signal.SIGKILL, point
    found = stand.now()
    assert found in (stand.old, stand.new), point
    stand.heal()
    stand.reset()
    return "old" if found == stand.old else "new"


def refused(strace: str, stand: Stand, point: Point, error: str, mask: int = 0o022) -> str:
    """What stands after this call was refused, and whether it was told; the rest is asserted."""
    status, said = injected(strace, stand, point, f"error={error}", mask)
    found = stand.now()
    assert not stand.leavings(), (point, error)
    if status == 0:
        assert (found, said) == (stand.new, ""), (point, error)
        outcome = "new, untold"
    else:
        assert status == 1, (point, error, status)
        assert len(said.splitlines()) == 1, said
        assert re.match(r"output:1:1: error\[O1\] cannot write \S+: .", said), said
        new = "the new site stands" in said
        assert found == (stand.new if new else stand.old), (point, error, said)
        outcome = "new, told" if new else "old, told"
    stand.heal()
    stand.reset()
    return outcome


def test_a_kill_at_some_calls_leaves_one_whole_site(strace: str, stand: Stand) -> None:
    found = points(strace, stand, 0o022)
    some = [point for point in found if point.name in {"linkat", "syncfs", "renameat2", "unlinkat"}]
    outcomes = {killed(strace, stand, point) for point in some[:: max(1, len(some) // 5)]}
    assert outcomes == {"old", "new"}


def test_errors_at_some_calls_are_told_and_leave_one_whole_site(strace: str, stand: Stand) -> None:
    found = points(strace, stand, 0o022)
    some = {point.name: point for point in found if point.name in {"linkat", "syncfs", "mkdirat"}}
    outcomes = {refused(strace, stand, point, "ENOSPC") for point in some.values()}
    assert len(some) == 3
    assert outcomes == {"old, told"}


# With the second mask every mode has to be set by a call of its own.
@pytest.mark.prove
@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_a_kill_at_every_call_leaves_one_whole_site(strace: str, stand: Stand, mask: int) -> None:
    found = points(strace, stand, mask)
    outcomes = Counter(killed(strace, stand, point, mask) for point in found)
    print("kills", oct(mask), len(found), dict(outcomes), dict(Counter(p.name for p in found)))  # noqa: T201
    assert outcomes.keys() == {"old", "new"}
    assert {"linkat", "mkdirat", "renameat2", "syncfs", "unlinkat", "write"} <= {
        point.name for point in found
    }


@pytest.mark.prove
@pytest.mark.parametrize("mask", [0o022, 0o077])
@pytest.mark.parametrize("error", ERRORS)
def test_an_error_at_every_call_leaves_one_whole_site(
    strace: str, stand: Stand, error: str, mask: int
) -> None:
    found = points(strace, stand, mask)
    outcomes = Counter(refused(strace, stand, point, error, mask) for point in found)
    print("errors", error, oct(mask), len(found), dict(outcomes))  # noqa: T201
    assert outcomes.keys() >= {"old, told", "new, untold"}


@pytest.mark.prove
def test_a_whole_build_that_is_killed_leaves_one_whole_site(strace: str, site: Path) -> None:
    def built(*before: str) -> int:
        code = "from publish.cli import main; main()"
        arguments = ["-C", str(site), "build", "--no-pdf"]
        return subprocess.run(
            [*before, sys.executable, "-c", code, *arguments],
            capture_output=True,
            check=False,
            env=environment(),
        ).returncode

    assert built() == 0
    old = tree(site / "output")
    settings = site / "pyproject.toml"
    before = settings.read_text(encoding="utf-8")
    after = re.sub(r"https://[^\"]+", "https://elsewhere.example", before)
    log = site.parent / "log"
    settings.write_text(after, encoding="utf-8")
    kinds = ("openat", "mkdirat", "linkat", "write", "syncfs", "renameat2", "fsync", "unlinkat")
    assert built("strace", "-o", str(log), "-e", f"trace={','.join(kinds)}") == 0
    new = tree(site / "output")
    assert old != new
    counts: Counter[str] = Counter()
    found: list[Point] = []
    within = False
    for line in log.read_text(errors="replace").splitlines():
        if match := re.match(r"(\w+)\(", line):
            counts[match[1]] += 1
            within |= ".output.stage-" in line
            if within:
                found.append(Point(match[1], counts[match[1]]))
    chance = random.Random(1)
    rare = [point for point in found if point.name in {"syncfs", "renameat2", "fsync", "linkat"}]
    outcomes: Counter[str] = Counter()
    for point in (*rare[:8], *chance.sample(found, 32)):
        settings.write_text(before, encoding="utf-8")
        assert built() == 0
        assert tree(site / "output") == old
        settings.write_text(after, encoding="utf-8")
        fault = f"inject={point.name}:signal=SIGKILL:when={point.number}"
        status = built("strace", "-o", "/dev/null", "-e", f"trace={point.name}", "-e", fault)
        stands = tree(site / "output")
        assert stands in (old, new), point
        outcomes[f"{'old' if stands == old else 'new'} after {status}"] += 1
        assert built() == 0
        assert tree(site / "output") == new
        assert not list(site.glob(".output.stage-*"))
    print("builds", len(found), dict(outcomes))  # noqa: T201
    assert outcomes[f"old after {-signal.SIGKILL}"]


# ── At any moment ────────────────────────────────────────────────────────────────────────────


@contextmanager
def running(code: str, root: Path, version: str = "old") -> Iterator[subprocess.Popen[str]]:
    """A driver that has come as far as to say so."""
    process = subprocess.Popen(
        command(code, root, version), stdout=subprocess.PIPE, text=True, env=environment()
    )
    assert process.stdout
    try:
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.parametrize("times", [3, pytest.param(150, marks=pytest.mark.prove)])
def test_a_kill_at_any_moment_leaves_one_whole_site(stand: Stand, times: int) -> None:
    chance = random.Random(times)
    outcomes: Counter[str] = Counter()
    for _ in range(times):
        with running(FOREVER, stand.root) as process, pytest.raises(subprocess.TimeoutExpired):
            process.wait(chance.uniform(0, 0.08))
        found = stand.now()
        assert found in (stand.old, stand.new)
        outcomes[f"{'old' if found == stand.old else 'new'}, {len(stand.leavings())} left"] += 1
        stand.heal()
    print("moments", times, dict(outcomes))  # noqa: T201


def test_two_builds_at_once_take_turns_or_are_turned_away(stand: Stand) -> None:
    with running(RIVAL, stand.root, "old") as one, running(RIVAL, stand.root, "new") as other:
        said = [process.communicate()[0].split() for process in (one, other)]
        assert (one.returncode, other.returncode) == (0, 0)
    assert all(int(done) >= 20 for done, _ in said)
    assert stand.now() in (stand.old, stand.new)
    assert not stand.leavings()


@pytest.mark.parametrize("looks", [30, pytest.param(2000, marks=pytest.mark.prove)])
def test_a_reader_meets_one_whole_site_however_often_it_changes(stand: Stand, looks: int) -> None:
    whole = {"old": 0, "new": 0}
    with running(FOREVER, stand.root):
        while sum(whole.values()) < looks:
            published = _count(stand)
            descriptor = os.open(stand.root / "output", os.O_RDONLY | os.O_DIRECTORY)
            try:
                version = _read(descriptor, "index.html").decode()
                for row in json.loads(_read(descriptor, "manifest.json"))["files"]:
                    content = _read(descriptor, row["path"])
                    assert hashlib.sha256(content).hexdigest() == row["sha256"]
                _read(descriptor, f"en/{version}/index.html")
            except (FileNotFoundError, AssertionError):
                # Two publications later the tree is taken over, which only who has it open sees.
                assert _count(stand) > published
                continue
            finally:
                os.close(descriptor)
            whole[version] += 1


def _count(stand: Stand) -> int:
    """How often the driver has published."""
    count = stand.root.parent / "count"
    return len(count.read_text(encoding="utf-8")) if count.exists() else 0


def _read(descriptor: int, path: str) -> bytes:
    with os.fdopen(os.open(path, os.O_RDONLY, dir_fd=descriptor), "rb") as file:
        return file.read()


# ── On disks that refuse ─────────────────────────────────────────────────────────────────────


@contextmanager
def mounted(place: Path, *arguments: str) -> Iterator[None]:
    """Something mounted there, where this user may."""
    done = subprocess.run(
        ["mount", *arguments, str(place)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"nothing can be mounted here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", str(place)], check=True)


def put(root: Path, **files: bytes) -> tuple[str, ...]:
    """Publish these files; the codes of what is told."""
    with output.locked(root):
        output.prepare(root)
        with output.stage(root, output.standing(root)) as site:
            for name, content in files.items():
                site.write(f"{name}/index.html", content)
            return tuple(problem.code for problem in site.publish())


def test_a_full_disk_leaves_the_old_site(tmp_path: Path) -> None:
    with mounted(tmp_path, "-t", "tmpfs", "-o", "size=256k", "tmpfs"):
        put(tmp_path, kept=b"k" * 50_000, page=b"old")
        before = tree(tmp_path / "output")
        with pytest.raises(PublishError) as caught:
            put(tmp_path, kept=b"k" * 50_000, page=b"new", more=b"m" * 400_000)
        [problem] = caught.value.problems
        assert problem.message == f"cannot write output/more/index.html: {_says(errno.ENOSPC)}"
        assert problem.hint == "the old site stands as it was"
        assert tree(tmp_path / "output") == before
        assert set(beside(tmp_path)) == {"output", ".output.lock"}
        # What is kept is not there twice: the disk would not hold it.
        assert put(tmp_path, kept=b"k" * 50_000, page=b"p" * 120_000) == ()
        assert output.standing(tmp_path).whole


def test_a_read_only_disk_is_told_before_anything_is_rendered(tmp_path: Path) -> None:
    with mounted(tmp_path, "-t", "tmpfs", "tmpfs"):
        put(tmp_path, page=b"old")
        before = tree(tmp_path / "output")
        with mounted(tmp_path, "-o", "bind", str(tmp_path)):
            subprocess.run(["mount", "-o", "remount,ro,bind", str(tmp_path)], check=True)
            with pytest.raises(PublishError) as caught:
                put(tmp_path, page=b"new")
            [problem] = caught.value.problems
            assert _says(errno.EROFS) in problem.message
            with pytest.raises(PublishError, match=_says(errno.EROFS)):
                output.prepare(tmp_path)
            assert tree(tmp_path / "output") == before
        put(tmp_path, page=b"new")
        assert output.standing(tmp_path).whole


@pytest.mark.parametrize("kind", ["tmpfs", "bind"])
def test_a_read_only_mount_is_told_before_anything_is_rendered(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "output"
    put(tmp_path, page=b"old")
    how = ("-t", "tmpfs", "tmpfs") if kind == "tmpfs" else ("-o", "bind", str(place))
    with mounted(place, *how):
        put(tmp_path, page=b"old")
        before = tree(place)
        subprocess.run(["mount", "-o", "remount,ro,bind", str(place)], check=True)
        with output.locked(tmp_path), pytest.raises(PublishError) as caught:
            output.prepare(tmp_path)
        [problem] = caught.value.problems
        assert problem.message == f"cannot write output: {_says(errno.EROFS)}"
        assert problem.hint == "the old site stands as it was"
        assert tree(place) == before
        assert set(beside(tmp_path)) == {"output", ".output.lock"}
    put(tmp_path, page=b"new")
    assert output.standing(tmp_path).whole


@pytest.mark.parametrize("kind", ["tmpfs", "bind"])
def test_a_folder_that_is_a_mount_is_replaced_file_by_file(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "output"
    place.mkdir()
    (tmp_path / "bound").mkdir()
    how = ("-t", "tmpfs", "tmpfs") if kind == "tmpfs" else ("-o", "bind", str(tmp_path / "bound"))
    with mounted(place, *how):
        assert put(tmp_path, kept=b"kept", page=b"old", gone=b"gone") == ("O2",)
        inode = (place / "kept/index.html").stat().st_ino
        assert put(tmp_path, kept=b"kept", page=b"new") == ("O2",)
        assert (place / "kept/index.html").stat().st_ino == inode
        assert (place / "page/index.html").read_bytes() == b"new"
        assert output.standing(tmp_path).whole
        assert put(tmp_path, kept=b"kept", page=b"new") == ()
        left = set(beside(tmp_path))
        assert left == {"output", "bound", ".output.lock"}


@pytest.mark.parametrize("stride", [7, pytest.param(1, marks=pytest.mark.prove)])
def test_whatever_fails_on_a_mount_the_next_build_repairs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stride: int
) -> None:
    monkeypatch.setattr(output, "_syncfs", lambda _: True)
    place = tmp_path / "output"
    place.mkdir()
    with mounted(place, "-t", "tmpfs", "tmpfs"):
        told = 0
        for number in itertools.count(step=stride):
            put(tmp_path, kept=b"kept", page=b"old", gone=b"gone")
            with faults.disk(faults.at(number, errno.EIO)) as disk:
                try:
                    put(tmp_path, kept=b"kept", page=b"new")
                except PublishError as error:
                    told += len(error.problems)
            # Each file is whole, whatever stands beside it.
            pages = {(place / "page/index.html").read_bytes(), b"old", b"new"}
            assert pages == {b"old", b"new"}
            put(tmp_path, kept=b"kept", page=b"new")
            assert output.standing(tmp_path).whole
            assert set(beside(tmp_path)) == {"output", ".output.lock"}
            if number >= len(disk.steps):
                break
        print("mounts", number, told)  # noqa: T201
        assert told > 50 / stride


@pytest.mark.parametrize("error", [errno.EPERM, errno.EMLINK, errno.ENOTSUP])
def test_where_nothing_can_be_linked_it_is_copied(tmp_path: Path, error: int) -> None:
    put(tmp_path, kept=b"kept", page=b"old")
    store = tmp_path / "store"
    store.write_bytes(b"stored")
    inode = (tmp_path / "output/kept/index.html").stat().st_ino
    filed = Filed("stored.pdf", hashlib.sha256(b"stored").hexdigest(), 6)
    with (
        faults.disk(faults.always(error, "link")),
        output.stage(tmp_path, output.standing(tmp_path)) as site,
    ):
        site.write("kept/index.html", b"kept")
        assert site.place("stored.pdf", store, filed)
        assert site.publish() == ()
    found = output.standing(tmp_path)
    assert (found.whole, set(found.files)) == (True, {"kept/index.html", "stored.pdf"})
    assert (tmp_path / "output/kept/index.html").stat().st_ino != inode
    assert (tmp_path / "output/stored.pdf").stat().st_ino != store.stat().st_ino


def _says(error: int) -> str:
    return os.strerror(error)
