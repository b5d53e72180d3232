"""`publish build`: the straight line from a site's files to `output/`.

Load, check, decide, render, write. PDFs are made by whatever `concurrent.futures.Executor` the
build is given: one that works in this process, worker processes, or a cluster's.
"""

from __future__ import annotations

import dataclasses
import datetime
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from . import (
    check,
    citations,
    edition,
    feeds,
    hosting,
    html,
    output,
    pdf,
    redirects,
    search,
    sitemaps,
    urls,
)
from .errors import Problem, PublishError, in_order, stopping
from .load import load
from .model import (
    Artefact,
    Edition,
    Front,
    Held,
    Pdf,
    Plan,
    Profile,
    Site,
    Subject,
    Topics,
)
from .workers import Done, Engine, Step, Task, in_process, made, processes


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did."""

    pages: int
    """Editions published as pages."""

    pdfs: int
    """Editions published as PDFs."""

    lists: int
    """Other pages: the chooser, indexes, topics, series, authors, search, and the one for what is
    not there."""

    held: tuple[Held, ...]
    """Editions kept back."""

    problems: tuple[Problem, ...]
    """What is wrong and did not stop the build."""

    seconds: float
    """Wall time."""


def executor(jobs: int, *, warm: bool = True) -> AbstractContextManager[Executor]:
    """Workers for `jobs` PDFs at a time; one works in this process."""
    return in_process() if jobs <= 1 else processes(jobs, warm=warm)


def build(
    root: Path,
    *,
    workers: Executor | None = None,
    jobs: int = 1,
    pdfs: bool = True,
    engine: Engine = pdf.render,
    now: datetime.datetime | None = None,
    drafts: bool = False,
    tell: Callable[[Step], None] = lambda _: None,
) -> Report:
    """Publish the site in `root` as it is at the moment `now`; the clock is read once, here.

    With `drafts` it is a preview for those who work on the site: it also has drafts and what is
    not released yet, no feed and no sitemap, and search engines are asked to leave it alone.

    Raises `PublishError` with every problem that stops a build, before `output/` is touched, and
    `LockedError` where another build is at work. `workers` overrides `jobs`. `tell` hears how far
    the PDFs are.
    """
    start = time.monotonic()
    with output.locked(root):
        loaded = load(root)
        problems = check.blocking(loaded, pdfs=pdfs)
        if stopping(problems):
            raise PublishError(problems)
        output.prepare(root)
        site = loaded.site
        if drafts:
            settings = dataclasses.replace(site.settings, feeds=False)
            site = dataclasses.replace(site, settings=settings)
        plan = edition.plan(site, now or datetime.datetime.now(datetime.UTC), drafts=drafts)
        renderer = html.Renderer(
            site.settings,
            site.templates,
            site.template_paths,
            check.interface(site),
            {one.locale.tag: one.path for one in plan.topics},
            preview=plan.preview,
        )
        documents: dict[str, Pdf] = {}
        faults: list[Problem] = []
        if pdfs:
            if workers is not None:
                documents, faults = _pdfs(site, plan, renderer, workers, engine, tell)
            else:
                with executor(min(jobs, len(plan.editions)), warm=engine is pdf.render) as pool:
                    documents, faults = _pdfs(site, plan, renderer, pool, engine, tell)
            faults += pdf.missing_library()
            if stopping(faults):
                raise PublishError((*problems, *faults))
        notices = output.publish(root, _artefacts(site, plan, renderer, documents))
    return Report(
        pages=len(plan.editions),
        pdfs=len(documents),
        lists=2 + len(_lists(plan)) + len(plan.searches),
        held=plan.held,
        problems=in_order((*problems, *faults, *notices)),
        seconds=time.monotonic() - start,
    )


def _pdfs(
    site: Site,
    plan: Plan,
    renderer: html.Renderer,
    workers: Executor,
    engine: Engine,
    tell: Callable[[Step], None],
) -> tuple[dict[str, Pdf], list[Problem]]:
    """Every edition's PDF by its path in `output/`, and all that went wrong."""
    sources = {piece.slug: piece.path for piece in site.pieces}
    images = {picture.source: picture.paper for picture in plan.pictures}
    tasks = (
        Task(
            _job(site, one, renderer, images, sources[one.slug]),
            one.pdf_path,
            sources[one.slug],
            _named(one),
        )
        for one in plan.editions
    )
    done: dict[str, Done] = {}
    for one in made(tasks, engine, workers):
        done[one.task.path] = one
        tell(Step("rendering PDFs", len(done), len(plan.editions)))
    order = [done[one.pdf_path] for one in plan.editions]
    documents = {one.task.path: one.pdf for one in order if one.pdf is not None}
    return documents, [problem for one in order for problem in one.problems]


def _job(
    site: Site, one: Edition, renderer: html.Renderer, images: Mapping[str, bytes], source: str
) -> pdf.Job:
    midnight = datetime.datetime.combine(one.modified, datetime.time(), datetime.UTC)
    return pdf.Job(
        html=renderer.print_edition(one),
        stylesheet=site.templates["print.css"],
        stylesheet_path=site.template_paths["print.css"],
        images={path: images[path] for path in one.images},
        source=source,
        edition=_named(one),
        epoch=int(midnight.timestamp()),
    )


def _named(one: Edition) -> str:
    return f"{one.slug}, {one.locale.tag}"


def _artefacts(
    site: Site, plan: Plan, renderer: html.Renderer, made: dict[str, Pdf]
) -> Sequence[Artefact]:
    """Every file of `output/` but its manifest."""
    found = [_page(urls.CHOOSER, renderer.chooser(plan))]
    found.append(_page(urls.NOT_FOUND, renderer.not_found(plan)))
    found += [_page(page.path, renderer.list(page)) for page in _lists(plan)]
    found += citations.artefacts(plan, site.settings, made)
    found += sitemaps.artefacts(plan, site.settings)
    found += redirects.artefacts(plan, site.settings, made)
    found += [_page(one.path, renderer.redirect(one)) for one in plan.redirects]
    found += hosting.artefacts(site.settings)
    if site.settings.feeds:
        found += feeds.artefacts(plan, site.settings, made)
    if site.settings.search:
        found += [_page(page.path, renderer.search(page)) for page in plan.searches]
        found += search.artefacts(search.documents(plan, renderer.card))
    for one in plan.editions:
        found.append(_page(one.path, renderer.edition(one, made.get(one.pdf_path))))
    found += [Artefact(path, document.content) for path, document in made.items()]
    for name, path in (renderer.styles | renderer.scripts).items():
        found.append(Artefact(path, site.templates[name].encode()))
    # Two images may be one file: the same picture beside a piece and beside an author.
    found += dict.fromkeys(file for picture in plan.pictures for file in picture.versions)
    return found


def _lists(plan: Plan) -> Sequence[Front | Profile | Subject | Topics]:
    return (*plan.fronts, *plan.topics, *plan.subjects, *plan.profiles, *plan.later)


def _page(path: str, text: str) -> Artefact:
    return Artefact(urls.file(path), text.encode())
