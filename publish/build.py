"""`publish build`: from a site's files to `output/`, by the shortest way that gives the same bytes.

Where nothing has changed since the last build, nothing is even loaded that could make a page.
"""

from __future__ import annotations

import dataclasses
import datetime
import gc
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from . import memo, output, snapshot, toolchain
from .errors import Problem, stopping
from .memo import Memo
from .model import Held, Skipped

if TYPE_CHECKING:
    from .press import Made
    from .workers import Engine, Step

_REAL = "publish.pdf.render"


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did."""

    pages: int
    """Editions published as pages."""

    pdfs: int
    """Editions published as PDFs."""

    lists: int
    """Other pages: the chooser, indexes, topics, series, authors, search, and the one that is shown
    where there is none."""

    redirects: int
    """Pages that lead from a former address to the one of now."""

    pages_rendered: int
    """How many of the editions' pages were made; the others stood already."""

    pdfs_rendered: int
    """How many of the PDFs were made."""

    lists_rendered: int
    """How many of the other pages were made."""

    redirects_rendered: int
    """How many of the redirects were made."""

    held: tuple[Held, ...]
    """Editions kept back."""

    skipped: tuple[Skipped, ...]
    """Pieces and authors with a fault that stay as they were."""

    problems: tuple[Problem, ...]
    """What is wrong: it did not stop the build, or the build went on all the same."""

    reasons: tuple[str, ...]
    """Why the file was rendered, or not, that somebody asked about."""

    seconds: float
    """Wall time."""

    @property
    def pages_reused(self) -> int:
        """How many of the editions' pages stood already."""
        return self.pages - self.pages_rendered

    @property
    def pdfs_reused(self) -> int:
        """How many of the PDFs stood already, or were made by an earlier build."""
        return self.pdfs - self.pdfs_rendered

    @property
    def lists_reused(self) -> int:
        """How many of the other pages stood already."""
        return self.lists - self.lists_rendered

    @property
    def redirects_reused(self) -> int:
        """How many of the redirects stood already."""
        return self.redirects - self.redirects_rendered


@dataclass(frozen=True, slots=True)
class Remembered:
    """A build of before."""

    report: Report
    """What it did."""

    manifest: str
    """The sum of the manifest that it left."""

    since: datetime.datetime | None
    """The last moment of a release that it knew of."""

    until: datetime.datetime | None
    """The next one."""

    def holds(self, manifest: str, now: datetime.datetime) -> bool:
        """Whether it would come out the same now."""
        begun = self.since is None or self.since <= now
        return manifest == self.manifest and begun and (self.until is None or now < self.until)


def build(
    root: Path,
    *,
    workers: Executor | None = None,
    jobs: int = 0,
    pdfs: bool = True,
    engine: Engine | None = None,
    now: datetime.datetime | None = None,
    drafts: bool = False,
    clean: bool = False,
    keep_going: bool = False,
    explain: str = "",
    tell: Callable[[Step], None] = lambda _: None,
) -> Report:
    """Publish the site in `root` as it is at the moment `now`; the clock is read once, here.

    With `drafts` it is a preview for those who work on the site: it also has drafts and what is
    not released yet, no feed and no sitemap, and search engines are asked to leave it alone. A
    `clean` build trusts nothing that an earlier one made. One that is to `keep_going` leaves a
    piece with a fault as it stands. `explain` is a file of `output/`, whose reasons are told.

    Raises `PublishError` with every problem that stops a build, before `output/` is touched, and
    `LockedError` where another build is at work. PDFs are made by `jobs` processes, whose time and
    memory are limited; in this process where that is 0; by `workers` where those are given.
    """
    start = time.monotonic()
    now = now or datetime.datetime.now(datetime.UTC)
    with output.locked(root):
        output.prepare(root)
        seen = snapshot.take(root)
        with _memory(root, seen, clean=clean) as memory:
            key = memo.key(
                toolchain.program(),
                toolchain.engine() if pdfs else "",
                seen.digest,
                pdfs,
                drafts,
                _REAL if engine is None else toolchain.named(engine),
            )
            last = None if explain else memory.get("build", key)
            if (
                isinstance(last, Remembered)
                and last.holds(output.manifest_sum(root), now)
                and output.standing(root).whole
            ):
                seconds = time.monotonic() - start
                return dataclasses.replace(last.report, seconds=seconds)
            crew = _pool(workers, jobs if pdfs else 0, warm=engine is None)
            with _seldom_collected(), crew as pool:
                # Meanwhile a process of its own loads what makes PDFs.
                standing = output.Standing({}, False) if clean else output.standing(root)
                from . import press

                order = press.Order(now, pdfs, drafts, keep_going, explain)
                real = engine or _real()
                made = press.make(root, seen, memory, standing, order, pool, real, tell)
            report = _report(made, time.monotonic() - start)
            # What went on in spite of a fault is to tell it again.
            if not (report.skipped or stopping(report.problems)):
                quiet = dataclasses.replace(
                    report,
                    pages_rendered=0,
                    pdfs_rendered=0,
                    lists_rendered=0,
                    redirects_rendered=0,
                    reasons=(),
                )
                manifest = output.manifest_sum(root)
                memory.put("build", key, Remembered(quiet, manifest, made.since, made.until))
            return report


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Let Python look seldom for what refers to itself, of which a build makes little, and not in
    all that has been loaded."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(10_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _memory(root: Path, seen: snapshot.Snapshot, *, clean: bool) -> AbstractContextManager[Memo]:
    """The site's memory; none is left in a folder that is no site."""
    if snapshot.SETTINGS in seen.files:
        return memo.opened(root, clean=clean)
    return nullcontext(Memo(None))


def _pool(workers: Executor | None, jobs: int, *, warm: bool) -> AbstractContextManager[Executor]:
    from .workers import in_process, processes

    if workers is not None:
        return nullcontext(workers)
    return processes(jobs, warm=warm) if jobs else in_process()


def _real() -> Engine:
    from .pdf import render

    return render


def _report(made: Made, seconds: float) -> Report:
    return Report(
        pages=made.pages.rendered + made.pages.reused,
        pdfs=made.pdfs.rendered + made.pdfs.reused,
        lists=made.lists.rendered + made.lists.reused,
        redirects=made.redirects.rendered + made.redirects.reused,
        pages_rendered=made.pages.rendered,
        pdfs_rendered=made.pdfs.rendered,
        lists_rendered=made.lists.rendered,
        redirects_rendered=made.redirects.rendered,
        held=made.held,
        skipped=made.skipped,
        problems=made.problems,
        reasons=made.reasons,
        seconds=seconds,
    )
