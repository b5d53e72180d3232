"""Every file of `output/`: kept where all that it hangs on is as it was, made anew where not.

What a file hangs on is gathered in named parts (`_Press.common`, `_edition`, …), and the file is
known by the key of all of them. A part that were missing here would leave a stale page in place;
a part too many only costs a rendering.
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import unquote

from . import (
    check,
    citations,
    feeds,
    hosting,
    html,
    memo,
    output,
    pdf,
    redirects,
    release,
    search,
    sitemaps,
    snapshot,
    toolchain,
    urls,
    workers,
)
from .edition import Planner
from .errors import Problem, PublishError, Span, in_order, stopping
from .locales import Locale
from .memo import Memo
from .model import (
    Artefact,
    Byline,
    Edition,
    Front,
    Held,
    Listed,
    ListPage,
    Plan,
    Printed,
    Profile,
    Settings,
    Skipped,
    Subject,
    Topics,
)
from .output import Filed, Stage, Standing
from .snapshot import Snapshot
from .survey import Survey, of_all, survey
from .workers import Done, Engine, Step, Task

LISTS = {
    Front: "front.html",
    Profile: "author.html",
    Topics: "topics.html",
    Subject: "topic.html",
}
"""The template of each kind of list; a series has one of its own."""

ASPECTS = {
    "its authors": ("bylines",),
    "its versions in other languages": ("alternates", "default_path"),
    "the pieces it is shown with": ("related", "part"),
    "its topics and its series": (
        "topics",
        "topic_paths",
        "series",
        "series_path",
        "series_home",
    ),
    "its images": ("images", "image"),
    "where its links lead": ("links",),
}
"""What of an edition is told apart when somebody asks why its page was rendered; all its other
fields are of the piece and its translation."""

_ASSET = re.compile(r"assets/[^\s\"',<>]+")

Parts = Mapping[str, str]
"""What a file hangs on: a name for each part, and what the part is known by."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a build is asked for."""

    now: datetime.datetime
    """The moment that the site is published for."""

    pdfs: bool
    """Whether PDFs are made."""

    drafts: bool
    """Whether it is a preview."""

    keep_going: bool
    """Whether a piece with a fault stays as it was, instead of stopping the build."""

    explain: str
    """The file of `output/` of which somebody asks why it was rendered; empty where nobody does."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many files of a kind were made."""

    rendered: int = 0
    """Anew."""

    reused: int = 0
    """Kept as they were."""


@dataclass(frozen=True, slots=True)
class Made:
    """What was made and published."""

    pages: Count
    """Pages of editions."""

    pdfs: Count
    """PDFs of editions."""

    lists: Count
    """All other pages."""

    redirects: Count
    """Pages that lead from a former address to the one of now."""

    held: tuple[Held, ...]
    """Editions kept back."""

    skipped: tuple[Skipped, ...]
    """Sources that stay as they were, by path."""

    problems: tuple[Problem, ...]
    """What is wrong, in order."""

    reasons: tuple[str, ...]
    """Why the file was rendered that somebody asked about."""

    since: datetime.datetime | None
    """The last moment of a release before this one; None where there was none."""

    until: datetime.datetime | None
    """The next moment of a release; None where none is known."""


def make(
    root: Path,
    seen: Snapshot,
    memory: Memo,
    standing: Standing,
    order: Order,
    pool: Executor,
    engine: Engine,
    tell: Callable[[Step], None],
) -> Made:
    """Publish the site in `root` as it was `seen`. Raises `PublishError`, and then `output/` stands
    as it stood."""
    before = _before(root, memory, order) if order.keep_going else None
    frozen: frozenset[str] = frozenset()
    late: list[Problem] = []
    press: _Press | None = None
    while True:
        known = survey(root, seen, memory, letters=order.pdfs, before=before, frozen=frozen)
        if lost := tuple(_lost(root, known, standing)):
            raise PublishError(in_order((*known.problems, *lost)))
        with output.stage(root, standing) as stage:
            press = _Press(root, known, memory, standing, stage, order, engine, press)
            try:
                faults = press.print(pool, tell)
                stops = stopping(faults)
                if not stops:
                    press.pages(tell)
                    press.rest()
            except PublishError as error:  # of a template, mostly
                paths = {problem.span.path for problem in stopping(error.problems)}
                why = of_all(paths - known.keys.keys()) if order.keep_going else ""
                raise PublishError((*known.problems, *error.problems), error.why or why) from None
            if not stops:
                _unchanged(root, seen)
                notices = stage.publish()
                break
        paths = {problem.span.path for problem in stops}
        shared = paths - known.keys.keys()
        if not order.keep_going or shared or paths <= frozen:
            why = of_all(shared) if order.keep_going else ""
            raise PublishError((*known.problems, *faults), why)
        frozen |= paths
        late += stops
    _remember(root, memory, order, known, before or {}, press.explained)
    moments = [release.appears(piece) for piece in known.site.pieces]
    return Made(
        pages=press.counts("page"),
        pdfs=press.counts("pdf"),
        lists=press.counts("list"),
        redirects=press.counts("redirect"),
        held=press.plan.held,
        skipped=press.skipped(),
        problems=in_order(dict.fromkeys((*known.problems, *faults, *late, *notices))),
        reasons=tuple(press.reasons),
        since=max((one for one in moments if one <= order.now), default=None),
        until=min((one for one in moments if one > order.now), default=None),
    )


def _remember(
    root: Path,
    memory: Memo,
    order: Order,
    known: Survey,
    before: Mapping[str, str],
    explained: Collection[str],
) -> None:
    """Keep what the next build has to know of the one that was published, and what it can use."""
    keys = {path: key for path, key in known.keys.items() if key}
    if known.frozen:
        keys = {**before, **keys}
    published = output.manifest_sum(root), order.drafts, keys
    memory.put("published", "sources", published, lasting=True)
    memory.retain("parts", explained)
    # What is to stay as it was, should it ever have a fault, has to be known with its texts.
    memory.need("text", (one.digest for known in known.surveys.values() for one in known.versions))
    memory.finish(but=() if order.pdfs else ("pdf", "print page"))


def _before(root: Path, memory: Memo, order: Order) -> Mapping[str, str]:
    """The keys of the sources that `output/` was made from; none where it is another site, or a
    preview and is to be none, or the other way round."""
    known = memory.get("published", "sources")
    if not isinstance(known, tuple) or known[:2] != (output.manifest_sum(root), order.drafts):
        return {}
    return dict(known[2])


def _lost(root: Path, known: Survey, standing: Standing) -> Iterator[Problem]:
    """Pieces with a fault that stand in `output/`, and of which it is not known what they were, or
    not all stands that is to stay."""
    if not known.frozen:
        return
    there = {piece.path for piece in known.site.pieces}
    languages = known.site.settings.languages
    for path in sorted(one for one in known.keys if one.startswith("sources/pieces/")):
        slug = path.removeprefix("sources/pieces/").removesuffix(".md")
        stands = {one for one in languages if _page_of(one, slug) in standing.files}
        home = known.surveys[path].source.locale if path in known.surveys else None
        gone = path not in there or (path in known.frozen and home not in stands)
        half = path in known.frozen and not _all_stands(root, slug, languages, standing)
        if half or (stands and gone):
            message = "it cannot stay as it was: that is not remembered, or not whole in output/"
            hint = "mend the faults: a build without any makes all of it"
            yield Problem("O5", message, Span(path), hint)


def _all_stands(root: Path, slug: str, languages: Iterable[Locale], standing: Standing) -> bool:
    """Whether nothing is missing or damaged of the editions of a piece and what they show."""
    for locale in languages:
        folder, page = urls.piece(locale, slug), _page_of(locale, slug)
        if any(path.startswith(folder) for path in standing.lost):
            return False
        if page in standing.files and not standing.lost.isdisjoint(_assets(root, page)):
            return False
    return True


def _assets(root: Path, page: str) -> Iterator[str]:
    """What a page that stands shows of `assets/`, and perhaps more that looks like it."""
    for asset in _ASSET.findall(output.content(root, page).decode()):
        yield unquote(unescape(asset))


def _page_of(locale: Locale, slug: str) -> str:
    return urls.file(urls.piece(locale, slug))


def _unchanged(root: Path, seen: Snapshot) -> None:
    """See that the site is still what was published. Raises `PublishError`."""
    now = snapshot.take(root)
    if now != seen:
        paths = sorted(now.files.keys() | seen.files.keys())
        gone = [path for path in paths if now.files.get(path) != seen.files.get(path)]
        raise PublishError([snapshot.changed(path) for path in gone or ["templates"]])


class _Press:
    """Makes the files of one plan."""

    def __init__(
        self,
        root: Path,
        known: Survey,
        memory: Memo,
        standing: Standing,
        stage: Stage,
        order: Order,
        engine: Engine,
        earlier: _Press | None = None,
    ) -> None:
        """`earlier` is what this build tried before it met a fault in a PDF."""
        self._root = root
        self._known = known
        self._memory = memory
        self._standing = standing
        self._stage = stage
        self._order = order
        self._engine = engine
        self._site = known.site
        self.settings = _settings(known.site.settings, order)
        self._frozen = self._standing_editions()
        self._planner = Planner(
            known.site,
            known.surveys,
            known.tags,
            lambda path: shown.picture if (shown := known.pictured(path)) else None,
            order.now,
            drafts=order.drafts,
            frozen=self._frozen,
        )
        self.plan: Plan = self._planner.plan()
        spoken = check.interface(known.site)
        self._renderer = html.Renderer(
            self.settings,
            known.site.templates,
            known.site.template_paths,
            spoken,
            {one.locale.tag: one.path for one in self.plan.topics},
            preview=self.plan.preview,
        )
        self._spoken = memo.key(spoken)
        self._program = toolchain.program()
        self._editions = {one.path: one for one in self.plan.editions}
        self._shared: dict[int, tuple[str, Listed | Byline]] = {}
        self._made: dict[str, Printed] = {}
        self._paged: set[str] = set()
        self._lists = self._all_lists()
        self._counts: dict[str, list[int]] = {}
        self._failed: PublishError | None = None
        # Of PDFs, all that was made is remembered, and so it is taken over.
        self._fresh: set[str] = earlier._fresh if earlier else set()
        self.reasons: list[str] = []
        if earlier and order.explain in self._fresh:
            self.reasons += earlier.reasons
        self.explained = {urls.file(one.path) for one in self.plan.editions}
        self.explained |= {one.pdf_path for one in self.plan.editions}

    def counts(self, kind: str) -> Count:
        """How many files of a kind were rendered and kept."""
        return Count(*self._counts.get(kind, (0, 0)))

    def _count(self, kind: str, *, kept: bool) -> None:
        self._counts.setdefault(kind, [0, 0])[kept] += 1

    def skipped(self) -> tuple[Skipped, ...]:
        """What stays as it was, and the languages in which that is published."""
        languages: dict[str, list[Locale]] = {path: [] for path in sorted(self._known.frozen)}
        for edition in self.plan.editions:
            path = self._planner.pieces[edition.slug].path
            if path in languages:
                languages[path].append(edition.locale)
        for profile in self.plan.profiles:
            path = self._planner.authors[profile.byline.author].path
            if path in languages:
                languages[path].append(profile.locale)
        return tuple(Skipped(path, tuple(locales)) for path, locales in languages.items())

    def _standing_editions(self) -> dict[str, list[Locale]]:
        """Of each piece with a fault the languages in which it stands in `output/`, whole."""
        found = {}
        for piece in self._site.pieces:
            if piece.path in self._known.frozen:
                found[piece.slug] = [
                    one
                    for one in self._site.settings.languages
                    if _page_of(one, piece.slug) in self._standing.files
                ]
        return found

    # ── What files hang on ───────────────────────────────────────────────────────────────────

    @functools.cache  # noqa: B019 — a press lives as long as a build
    def common(self, template: str) -> Parts:
        """What every page hangs on that is made from a template."""
        return {
            "this program, its libraries or fonts": self._program,
            "the settings": memo.key(self.settings),
            "the templates": memo.key(
                template, self._renderer.closure(template), self._site.template_paths
            ),
            "the style sheets": memo.key(self._renderer.styles, self._renderer.scripts),
            "the words of the interface": self._spoken,
            "which lists of topics there are": memo.key(
                tuple((one.locale, one.path) for one in self.plan.topics)
            ),
            "whether it is a preview": str(self.plan.preview),
        }

    def _edition(self, one: Edition) -> Parts:
        """What an edition hangs on by itself, part by part."""
        facts = self._facts(one)
        parts = {
            name: memo.key(*(facts.pop(field) for field in fields))
            for name, fields in ASPECTS.items()
        }
        return {**parts, "the piece or its translation": memo.key(facts)}

    def _facts(self, one: Edition) -> dict[str, object]:
        """All fields of an edition, where its texts are known by their digests and its links by
        what decides where they lead."""
        facts = _fields(one)
        piece = self._planner.pieces[one.slug]
        authors = [self._planner.authors[byline.author] for byline in one.bylines]
        versions = self._planner.versions
        facts["body"] = versions[piece.path, one.locale].digest
        facts["bylines"] = tuple(
            (self._known_by(byline), versions[author.path, one.locale].digest)
            for byline, author in zip(one.bylines, authors, strict=True)
        )
        facts["related"] = tuple(map(self._known_by, one.related))
        facts["links"] = self._planner.leads(one)
        return facts

    @functools.cache  # noqa: B019 — a press lives as long as a build
    def _own(self, path: str) -> str:
        """All that the edition with this page hangs on by itself, in one key."""
        return memo.key(self._facts(self._editions[path]))

    @functools.cache  # noqa: B019 — a press lives as long as a build
    def _of_all(self, template: str) -> str:
        """What all pages or PDFs of a template hang on, in one key."""
        return memo.key(self._paper() if template == "print.html" else self.common(template))

    def _known_by(self, value: Listed | Byline) -> str:
        """The key of a value that many pages show, made once."""
        known = self._shared.get(id(value))
        if known is None:
            known = self._shared[id(value)] = memo.key(value), value
        return known[0]

    # ── PDFs ─────────────────────────────────────────────────────────────────────────────────

    def print(self, pool: Executor, tell: Callable[[Step], None]) -> list[Problem]:
        """Make every PDF that is not there yet, and say what is wrong with any."""
        for one in self.plan.editions:
            filed = self._standing.files.get(one.pdf_path)
            if one.slug in self._frozen and filed:
                self._made[one.pdf_path] = Printed(0, filed.size)
                self._count("pdf", kept=True)
        if not self._order.pdfs:
            return []
        faults: list[Problem] = []
        total = len(self.plan.editions)
        keys: dict[str, str] = {}
        tasks = self._tasks(self._missing(faults), keys, faults)
        for done in workers.made(tasks, self._engine, pool, self._meanwhile()):
            faults += self._finished(done, keys[done.task.path])
            tell(Step("rendering PDFs", len(self._made), total))
        faults += pdf.missing_library()
        return faults

    def _source(self, one: Edition) -> str:
        return self._planner.pieces[one.slug].path

    def _missing(self, faults: list[Problem]) -> Iterator[tuple[Edition, str]]:
        """Editions without a PDF, and the key of all that it hangs on."""
        # What is new most likely lacks one, and is on its way while the others are looked at.
        new = self._known.new
        for one in sorted(self.plan.editions, key=lambda one: self._source(one) not in new):
            if one.slug in self._frozen:
                continue
            key = memo.key(self._of_all("print.html"), self._own(one.path), self._contents(one))
            known = self._memory.get("print page", key)
            document = self._memory.get("pdf", known) if isinstance(known, str) else None
            if isinstance(document, _Document) and self._reused(one, document):
                faults += document.problems
            else:
                yield one, key

    def _meanwhile(self) -> Iterator[None]:
        """What can be made while PDFs are: whatever says nothing of one that is not there yet.

        A fault that is met here waits until all PDFs are made, whose own faults come first.
        """
        try:
            self._stage.begin()
            yield
            self._renderer.ready("edition.html")
            yield
            # `yield from` would close it where this is left in the middle, and the rest be lost.
            for _ in self._lists:
                yield
            for one in self.plan.editions:
                if one.pdf_path in self._made:
                    self._page(one)
                    yield
        except PublishError as error:
            self._failed = error

    @functools.cache  # noqa: B019 — a press lives as long as a build
    def _paper(self) -> Parts:
        """What every PDF hangs on."""
        return {
            **self.common("print.html"),
            "the style sheet of paper": memo.key(
                self._site.templates["print.css"], self._site.template_paths["print.css"]
            ),
            "what sets PDFs": f"{toolchain.named(self._engine)}, {toolchain.engine()}",
        }

    def _contents(self, one: Edition) -> tuple[tuple[str, ...], ...]:
        """The sums of an edition's images."""
        shown = [self._known.pictured(path) for path in one.images]
        return tuple(image.sums for image in shown if image)

    def _reused(self, one: Edition, document: _Document) -> bool:
        """Take over a PDF that was made before."""
        path = one.pdf_path
        filed = Filed(path, document.sha256, document.size)
        source = self._memory.document(filed.sha256)
        kept = self._stage.keep(path, filed.sha256) or (
            source is not None and self._stage.place(path, source, filed)
        )
        if kept:
            self._made[path] = Printed(document.pages, filed.size)
            self._count("pdf", kept=path not in self._fresh)
            if path == self._order.explain and path not in self._fresh:
                self.reasons.append("it was kept: all that it hangs on is as it was")
        return kept

    def _tasks(
        self, left: Iterable[tuple[Edition, str]], keys: dict[str, str], faults: list[Problem]
    ) -> Iterator[Task]:
        """The PDFs to make. A print page that is as it was has its PDF already, whatever became
        different on the way to it."""
        for one, key in left:
            job = self._job(one)
            images = {path: snapshot.digest(content) for path, content in job.images.items()}
            own = memo.key(
                _fields(job) | {"images": images},
                self._program,
                toolchain.engine(),
                toolchain.named(self._engine),
            )
            self._memory.put("print page", key, own)
            document = self._memory.get("pdf", own)
            if isinstance(document, _Document) and self._reused(one, document):
                faults += document.problems
                continue
            parts = {
                **self._paper(),
                **self._edition(one),
                "the contents of its images": memo.key(self._contents(one)),
            }
            self._explain(one.pdf_path, parts)
            keys[one.pdf_path] = own
            yield Task(job, one.pdf_path, job.source, job.edition)

    def _job(self, one: Edition) -> pdf.Job:
        written = self._planner.written(one, self._known.texts)
        midnight = datetime.datetime.combine(one.modified, datetime.time(), datetime.UTC)
        images = {
            path: self._known.picture(path).paper
            for path in one.images
            if self._known.pictured(path)
        }
        return pdf.Job(
            html=self._renderer.print_edition(written),
            stylesheet=self._site.templates["print.css"],
            stylesheet_path=self._site.template_paths["print.css"],
            images=images,
            source=self._source(one),
            edition=f"{one.slug}, {one.locale.tag}",
            epoch=int(midnight.timestamp()),
        )

    def _finished(self, done: Done, key: str) -> Sequence[Problem]:
        """Put a PDF in its place, and remember it."""
        if done.pdf is None or stopping(done.problems):
            return done.problems
        path, content = done.task.path, done.pdf.content
        filed = Filed(path, snapshot.digest(content), len(content))
        self._memory.keep(filed.sha256, content)
        source = self._memory.document(filed.sha256)
        if source is None or not self._stage.place(path, source, filed):
            self._stage.write(path, content)
        self._made[path] = Printed(done.pdf.pages, filed.size)
        self._fresh.add(path)
        self._count("pdf", kept=False)
        document = _Document(filed.sha256, filed.size, done.pdf.pages, done.problems)
        self._memory.put("pdf", key, document, document=filed.sha256)
        self._memory.commit()
        return done.problems

    # ── Pages ────────────────────────────────────────────────────────────────────────────────

    def pages(self, tell: Callable[[Step], None]) -> None:
        """The pages of editions, with what lies beside them, as far as they are not there yet."""
        if self._failed:
            raise self._failed
        total = len(self.plan.editions)
        for one in self.plan.editions:
            if one.path not in self._paged:
                self._page(one)
                tell(Step("rendering pages", len(self._paged), total))

    def _page(self, one: Edition) -> None:
        self._paged.add(one.path)
        if one.slug in self._frozen:
            self._stay(one)
            return
        printed = self._made.get(one.pdf_path)
        make = functools.partial(self._edition_files, one, printed)
        key = memo.key(self._of_all("edition.html"), self._own(one.path), printed)
        parts = functools.partial(self._page_parts, one, printed)
        self._file("page", urls.file(one.path), key, parts, make)

    def _page_parts(self, one: Edition, printed: Printed | None) -> Parts:
        return {
            **self.common("edition.html"),
            **self._edition(one),
            "the PDF": memo.key(printed),
        }

    def _edition_files(self, one: Edition, printed: Printed | None) -> Iterator[Artefact]:
        written = self._planner.written(one, self._known.texts)
        yield _page(one.path, self._renderer.edition(written, printed))
        yield from citations.of(one, self.settings, pdf=printed is not None)

    def _stay(self, one: Edition) -> None:
        """Keep all that stands of an edition whose piece has a fault."""
        files = self._standing.files
        for path in sorted(name for name in files if name.startswith(one.path)):
            self._stage.keep(path, files[path].sha256)
        page = urls.file(one.path)
        for asset in _assets(self._root, page):
            if filed := files.get(asset):
                self._stage.keep(filed.path, filed.sha256)
        self._count("page", kept=True)
        if self._order.explain.startswith(one.path):
            self.reasons.append("it stays as it was: its piece has a fault")

    def _file(
        self,
        kind: str,
        path: str,
        key: str,
        parts: Callable[[], Parts],
        make: Callable[[], Iterable[Artefact]],
    ) -> None:
        """A page and what lies beside it: kept if it stands, else made; `parts` name what the key
        is made of."""
        self.explained.add(path)
        key = memo.key(path, key)
        known = self._memory.get("files", key)
        if isinstance(known, tuple) and all(
            self._stage.keep(name, sha256) for name, sha256 in known
        ):
            self._count(kind, kept=True)
            if path == self._order.explain:
                self.reasons.append("it was kept: all that it hangs on is as it was")
            return
        self._explain(path, parts())
        filed = [self._stage.write(one.path, one.content) for one in make()]
        self._memory.put("files", key, tuple((one.path, one.sha256) for one in filed))
        self._count(kind, kept=False)

    # ── All else ─────────────────────────────────────────────────────────────────────────────

    def rest(self) -> None:
        """Every other file, as far as it is not there yet."""
        for _ in self._lists:
            pass
        files = [*redirects.artefacts(self.plan, self.settings, self._made)]
        if self.settings.feeds:
            files += feeds.artefacts(self.plan, self.settings, self._made)
        for artefact in files:
            self._always("file", artefact)

    def _all_lists(self) -> Iterator[None]:
        """Lists and all else that says nothing of PDFs, one a step."""
        plan, render = self.plan, self._renderer
        for page in (*plan.fronts, *plan.topics, *plan.subjects, *plan.profiles, *plan.later):
            self._list(page)
            yield
        for one in plan.redirects:
            parts = {**self.common("redirect.html"), "the piece": memo.key(one)}
            make = functools.partial(render.redirect, one)
            self._named("redirect", one.path, parts, make)
            yield
        for form in plan.searches:
            parts = {**self.common("search.html"), "the list": memo.key(form)}
            make = functools.partial(render.search, form)
            self._named("list", form.path, parts, make)
            yield
        if self.settings.search:
            self._search()
            yield
        self._always("list", _page(urls.CHOOSER, render.chooser(plan)))
        self._always("list", _page(urls.NOT_FOUND, render.not_found(plan)))
        yield
        for artefact in sitemaps.artefacts(plan, self.settings):
            self._always("file", artefact)
            yield
        for artefact in hosting.artefacts(self.settings):
            self._always("file", artefact)
        for name, path in (render.styles | render.scripts).items():
            self._always("file", Artefact(path, self._site.templates[name].encode()))
        shown = self._shown_images()
        for picture in plan.pictures:
            if picture.source in shown:
                self._picture(picture.source)
                yield

    def _named(
        self,
        kind: str,
        path: str,
        parts: Parts,
        make: Callable[[], str],
        explained: Callable[[], Parts] | None = None,
    ) -> None:
        """A page with nothing beside it; `explained` are its parts for who asks, if other ones."""
        known = explained or (lambda: parts)
        self._file(kind, urls.file(path), memo.key(parts), known, _only(path, make))

    def _list(self, page: Front | Profile | Subject | Topics) -> None:
        template = LISTS[type(page)]
        if isinstance(page, Subject) and page.kind == "series":
            template = "series.html"
        parts = {**self.common(template), "the list": memo.key(self._shown(page))}
        if isinstance(page, Profile):
            author = self._planner.authors[page.byline.author]
            digest = self._planner.versions[author.path, page.locale].digest
            parts["the author"] = digest
            parts["where its links lead"] = memo.key(self._planner.leads(page))
        make = functools.partial(self._written_list, page)
        explained = functools.partial(self._list_parts, page, parts)
        self._named("list", page.path, parts, make, explained)

    def _list_parts(self, page: Front | Profile | Subject | Topics, parts: Parts) -> Parts:
        """What a list hangs on, with its pieces one by one: they are in “the list” too."""
        pieces = (*page.pieces, *page.elsewhere) if isinstance(page, ListPage) else ()
        sources = self._planner.pieces
        listed = {f"{sources[one.slug].path}, as listed": self._known_by(one) for one in pieces}
        return {**parts, **listed}

    def _shown(self, page: Front | Profile | Subject | Topics) -> dict[str, object]:
        """All fields of a list; pieces are known by their keys."""
        facts: dict[str, object] = {"kind": type(page).__name__, **_fields(page)}
        if isinstance(page, ListPage):
            facts["pieces"] = tuple(map(self._known_by, page.pieces))
            facts["elsewhere"] = tuple(map(self._known_by, page.elsewhere))
        return facts

    def _written_list(self, page: Front | Profile | Subject | Topics) -> str:
        if isinstance(page, Profile):
            page = self._planner.introduced(page, self._known.texts)
        return self._renderer.list(page)

    def _search(self) -> None:
        """The index of a search, which is of all pages at once."""
        plan = self.plan
        profiles = tuple(self._planner.introduced(one, self._known.texts) for one in plan.profiles)
        parts = {
            **self.common("_found.html"),
            "the pieces": memo.key(tuple(self._own(one.path) for one in plan.editions)),
            "the authors": memo.key(profiles),
        }
        editions = (self._planner.written(one, self._known.texts) for one in plan.editions)
        found = search.documents(editions, profiles, self._renderer.card)
        self._file(
            "search",
            urls.BUNDLE,
            memo.key(parts),
            lambda: parts,
            lambda: search.artefacts(found),
        )

    def _always(self, kind: str, artefact: Artefact) -> None:
        """A file that is made in every build, since it shows nearly all of the site."""
        kept = self._stage.keep(artefact.path, snapshot.digest(artefact.content))
        if not kept:
            self._stage.write(artefact.path, artefact.content)
        self._count(kind, kept=kept)
        if artefact.path == self._order.explain:
            self.reasons.append("it is made in every build, since it shows nearly all of the site")

    def _shown_images(self) -> set[str]:
        """Paths of the images that the pages show which are made: what stays keeps its own."""
        found = {
            name
            for one in self.plan.editions
            if one.slug not in self._frozen
            for name in one.images
        }
        authors = {one.byline.author for one in self.plan.profiles}
        for author in self._site.authors:
            if author.id in authors:
                found |= self._planner.images(author)
        return found

    def _picture(self, path: str) -> None:
        """All versions of an image."""
        shown = self._known.pictured(path)
        if shown is None:
            return
        pairs = zip(shown.picture.files, shown.sums, strict=True)
        if not all(self._stage.keep(*pair) for pair in pairs):
            for version in self._known.picture(path).versions:
                self._stage.write(version.path, version.content)

    # ── Reasons ──────────────────────────────────────────────────────────────────────────────

    def _explain(self, path: str, parts: Parts) -> None:
        """Say why a file is rendered, if it is the one asked about; and remember for the next."""
        short = {name: memo.key(part)[:12] for name, part in parts.items()}
        known = self._memory.get("parts", path)
        when, last, before = known if isinstance(known, tuple) and len(known) == 3 else (-1, {}, {})
        if when == self._memory.generation:  # since then nothing was published
            last = before
        if path == self._order.explain:
            if not last:
                self.reasons.append("it is not remembered that it was ever rendered before")
            else:
                self.reasons += _differences(last, short) or [
                    "output/ does not have it as it was rendered last"
                ]
        row = self._memory.generation, short, last
        self._memory.put("parts", path, row, lasting=True)


@dataclass(frozen=True, slots=True)
class _Document:
    """A PDF, as it is remembered."""

    sha256: str
    """Its sum."""

    size: int
    """Its length in bytes."""

    pages: int
    """Its pages."""

    problems: tuple[Problem, ...]
    """What is wrong with it, and did not stop a build."""


def _differences(old: Parts, new: Parts) -> list[str]:
    """What is not as it was, part by part."""
    told = []
    for name in dict.fromkeys((*new, *old)):
        if name not in old:
            told.append(f"{name}: it was not there")
        elif name not in new:
            told.append(f"{name}: it is not there any more")
        elif new[name] != old[name]:
            told.append(f"{name}: not what it was")
    return told


def _page(path: str, text: str) -> Artefact:
    return Artefact(urls.file(path), text.encode())


def _only(path: str, make: Callable[[], str]) -> Callable[[], Iterable[Artefact]]:
    """What makes a page with nothing beside it."""
    return lambda: [_page(path, make())]


def _fields(value: Edition | Front | Profile | Subject | Topics | pdf.Job) -> dict[str, object]:
    return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}


def _settings(settings: Settings, order: Order) -> Settings:
    return dataclasses.replace(settings, feeds=False) if order.drafts else settings
