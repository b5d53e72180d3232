"""What a whole process takes, and how figures are printed."""

from __future__ import annotations

import ctypes
import functools
import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

MEGABYTE = 1024 * 1024
ROOT = Path(__file__).parent.parent
PEERS = ROOT / ".venv-bench"
"""The environment that `.ci/bench` makes."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took."""

    cpu: float
    """Seconds of CPU, user and system, of all its processes."""

    wall: float
    """Seconds."""

    peak: float
    """Bytes of its largest process, at their most."""

    told: str = ""
    """What it printed."""


@dataclass(frozen=True, slots=True)
class Command:
    """One process."""

    arguments: tuple[str, ...]
    """The program and what it is given."""

    environment: Mapping[str, str] = field(default_factory=dict)
    """What its environment has beside this process's own."""


# Started by this process itself, a command would begin with this one's memory for its peak.
_LAUNCH = """\
import json, os, sys, time
start = time.perf_counter()
child = os.fork()
if child == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
status, usage = os.wait4(child, 0)[1:]
wall = time.perf_counter() - start
with os.fdopen(int(sys.argv[1]), "w") as pipe:
    json.dump([wall, status, usage.ru_utime + usage.ru_stime, usage.ru_maxrss], pipe)
"""


def run(commands: Sequence[Command], folder: Path) -> Cost:
    """Run commands in a folder, one after another.

    Raises `RuntimeError` with the end of what a command said where it failed.
    """
    _adopt()
    before = _children()
    cpu = peak = wall = 0.0
    told = ""
    for command in commands:
        environment = os.environ | dict(command.environment)
        reading, writing = os.pipe()
        launch = [sys.executable, "-I", "-S", "-c", _LAUNCH, str(writing), *command.arguments]
        with (folder / ".out").open("w+b") as out, (folder / ".err").open("w+b") as err:
            subprocess.run(
                launch,
                cwd=folder,
                env=environment,
                stdout=out,
                stderr=err,
                pass_fds=[writing],
                check=True,
            )
            os.close(writing)
            with os.fdopen(reading, encoding="ascii") as pipe:
                took, status, own, largest = json.load(pipe)
            wall += took
            usages = []
            # What it left running, a server of forks for one, ends now; its usage counts too.
            while left := _children() - before:
                usages += [os.wait4(child, 0)[2] for child in left]
            out.seek(0)
            told = out.read().decode(errors="replace")
            if code := os.waitstatus_to_exitcode(status):
                err.seek(0)
                said = (told + err.read().decode(errors="replace"))[-2000:]
                raise RuntimeError(f"{' '.join(command.arguments)}: {code}\n{said}")
        # The usage of a process comes with that of all children it has waited for.
        cpu += own + sum(usage.ru_utime + usage.ru_stime for usage in usages)
        scale = 1 if sys.platform == "darwin" else 1024
        peak = max(peak, *(most * scale for most in (largest, *(u.ru_maxrss for u in usages))))
    return Cost(cpu, wall, peak, told)


@functools.cache
def _adopt() -> None:
    """Become the parent of what commands leave running, so that its usage can be asked."""
    if sys.platform == "linux":
        set_child_subreaper = 36
        ctypes.CDLL(None).prctl(set_child_subreaper, 1, 0, 0, 0)


def _children() -> set[int]:
    """This process's children."""
    found: set[int] = set()
    for path in Path("/proc/self/task").glob("*/children"):
        found.update(map(int, path.read_text(encoding="ascii").split()))
    return found


def least(costs: Sequence[Cost]) -> Cost:
    """The least of each, which is what disturbed a run least."""
    return Cost(
        min(cost.cpu for cost in costs),
        min(cost.wall for cost in costs),
        min(cost.peak for cost in costs),
        costs[-1].told,
    )


# ── Printing ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure that is asked, and what was reached."""

    name: str
    """What is measured."""

    asked: str
    """What is asked, for people; empty where nothing is."""

    reached: float | None
    """What was measured; None where it was not."""

    unit: str
    """What follows the number."""

    lowest: float = 0
    """The least that will do."""

    highest: float = float("inf")
    """The most that will do."""

    @property
    def met(self) -> bool:
        """Whether it is what was asked."""
        return self.reached is not None and self.lowest <= self.reached <= self.highest


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown, whose columns stand below each other."""
    widths = [max(len(row[at]) for row in (head, *rows)) for at in range(len(head))]

    def line(cells: Sequence[str]) -> str:
        first, *others = (
            cell.rjust(width) if at else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        return f"| {' | '.join([first, *others])} |"

    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join([line(head), f"| {' | '.join(rule)} |", *map(line, rows)])


def verdicts(figures: Sequence[Figure]) -> str:
    """The table of what was asked and what was reached."""
    rows = []
    for figure in figures:
        got = "not measured" if figure.reached is None else f"{figure.reached:.2f}{figure.unit}"
        met = "yes" if figure.met else "no"
        met = met if figure.asked and figure.reached is not None else ""
        rows.append((figure.name, figure.asked, got, met))
    return table(("figure", "asked", "reached", "met"), rows)


# ── The machine ──────────────────────────────────────────────────────────────────────────────

_OURS = ("babel", "jinja2", "markdown-it-py", "weasyprint")
_THEIRS = ("hugo", "pelican", "mkdocs", "mkdocs-static-i18n", "sphinx", "myst-parser", "typst")


def machine(during: Mapping[str, str]) -> str:
    """What the figures were measured on, without the machine's own name; `during` says how."""
    rows = [
        ("processor", _processor()),
        ("cores", str(len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count())),
        ("memory", f"{_memory() / 1024 / MEGABYTE:.0f} GB"),
        ("system", f"{platform.system()} {platform.release().partition('-')[0]}"),
        ("Python", platform.python_version()),
    ]
    rows += [(name, metadata.version(name)) for name in _OURS]
    rows += sorted(_versions().items())
    for name, command in (("msgmerge", "msgmerge"), ("Chromium", "chromium")):
        rows.append((name, _version(command)))
    return table(("", ""), [*rows, *during.items()])


def _processor() -> str:
    found = Path("/proc/cpuinfo")
    lines = found.read_text(encoding="utf-8").splitlines() if found.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _versions() -> dict[str, str]:
    """The releases of the peers."""
    python = PEERS / "bin/python"
    if not python.exists():
        return dict.fromkeys(_THEIRS, "not installed")
    asked = (
        "import json, importlib.metadata as m;"
        f"print(json.dumps({{n: m.version(n) for n in {_THEIRS!r}}}))"
    )
    done = subprocess.run([python, "-c", asked], check=True, capture_output=True, text=True)
    found: dict[str, str] = json.loads(done.stdout)
    return found


def _version(command: str) -> str:
    try:
        done = subprocess.run([command, "--version"], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        return "not installed"
    words = done.stdout.splitlines()[0].split()
    return next((word for word in words if word[:1].isdigit()), "of unknown release")
