"""How often notes slip, and what the cure costs: the sweep of synthetic pieces in one table.

    python -m benchmarks.fills [WORKERS]

Each piece of `tests.fills` is laid out by WeasyPrint itself, once, and by `publish.pdf.render`. Of
both finished PDFs the table says in how many a note stands on another page than its mark, or
nowhere, and in how many the last page has next to no lines; of ours also how often they were laid
out. “lines” are counted in the text of the page, its notes and furniture among them.
"""

from __future__ import annotations

import dataclasses
import functools
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benchmarks.pdfs import Cost, counting, plain, timed
from publish import pdf
from publish.model import Pdf
from publish.pdf import Job
from tests import fills

FEW = 10
"""A last page of fewer lines than this counts as nearly empty."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one piece."""

    name: str
    """Its name."""

    cost: Cost
    """What it took."""

    slipped: int
    """How many of its notes are not on the page of their mark."""

    last: int
    """Lines on the last of several pages; a whole page where there is one."""

    problems: int
    """Problems that came with it."""


def outcome(name: str, content: bytes, cost: Cost, problems: int) -> Outcome:
    """What a finished PDF says."""
    slipped = sum(note.slipped for note in fills.notes(content))
    *before, last = fills.texts(content)
    lines = [line for line in last.splitlines() if line.strip()]
    return Outcome(name, cost, slipped, len(lines) if before else FEW, problems)


@functools.cache
def tools() -> tuple[Callable[[], int], Callable[[Job], bytes]]:
    """The count of layouts and WeasyPrint itself, once a process."""
    return counting(), plain(Path.cwd())


def both(one: tuple[str, Job]) -> tuple[Outcome, Outcome]:
    """A piece by WeasyPrint itself, and by this project."""
    name, job = one
    layouts, single = tools()
    contents: list[bytes] = []
    made: list[Pdf] = []
    cost = timed(lambda: contents.append(single(job)))
    before = layouts()
    own = timed(lambda: made.append(pdf.render(job)))
    own = dataclasses.replace(own, layouts=layouts() - before)
    return (
        outcome(name, contents[0], dataclasses.replace(cost, layouts=1), 0),
        outcome(name, made[0].content, own, len(made[0].problems)),
    )


def row(name: str, found: Sequence[Outcome]) -> None:
    """Print one contestant's line."""
    layouts = sum(each.cost.layouts for each in found) / len(found)
    print(
        f"{name:12} {sum(each.slipped > 0 for each in found):8} "
        f"{sum(each.last < FEW for each in found):13} {layouts:8.2f} "
        f"{sum(each.problems for each in found):9} "
        f"{sum(each.cost.cpu for each in found) / len(found):11.3f}"
    )


def main(workers: int) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as name:
        made = fills.jobs(Path(name) / "site", fills.sweep())
    jobs = [(fill.slug, job) for fill, job in made.items()]
    with ProcessPoolExecutor(workers) as pool:
        found = list(pool.map(both, jobs, chunksize=10))
    once, ours = zip(*found, strict=True)
    heads = f"{'slipped':>8} {'nearly empty':>13} {'layouts':>8} {'problems':>9} {'CPU s each':>11}"
    print(f"{len(jobs):4} pieces  {heads}")
    row("WeasyPrint", once)
    row("publish", ours)
    often = Counter(each.cost.layouts for each in ours)
    print("pieces by layouts:", ", ".join(f"{n}: {often[n]}" for n in sorted(often)))
    for each in ours:
        if each.slipped or each.cost.layouts > 3:
            print(f"  {each.name}: {each.cost.layouts} layouts, {each.slipped} slipped")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2)
