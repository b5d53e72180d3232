"""The command line: arguments in, printed results and an exit code out.

Imports click and rich, alone. Results go to stdout, diagnostics to stderr. Exit codes: 0 done,
1 problems found, 2 usage, 75 another build is at work (sysexits' EX_TEMPFAIL), 130 interrupted from
the keyboard (as shells say it: 128 and the number of SIGINT).
"""

from __future__ import annotations

import datetime
import gc
import json
import os
import re
import shlex
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from . import __version__
from .errors import LockedError, Problem, PublishError, Severity, printable, stopping

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from .build import Report
    from .load import Loaded
    from .locales import Locale
    from .model import Coverage
    from .status import Row, Task
    from .workers import Step

PROBLEMS = 1
LOCKED = 75
INTERRUPTED = 130

_FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="How results are printed.",
)


_CHECK_FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    help="How results are printed; github: as annotations of a workflow.",
)


class _Group(click.Group):
    """Runs a command; prints problems as lines and turns them into exit codes."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except PublishError as error:
            _print_problems(error.problems)
            if error.why:
                click.echo(f"publish: nothing was published: {printable(error.why)}", err=True)
            ctx.exit(PROBLEMS)
        except LockedError as error:
            click.echo(f"publish: {error}", err=True)
            click.echo("  hint: build again when it has ended", err=True)
            ctx.exit(LOCKED)
        except KeyboardInterrupt:
            # A terminal has written ^C where the line stood.
            click.echo("\n" * sys.stderr.isatty() + "publish: interrupted", err=True)
            ctx.exit(INTERRUPTED)


@click.group(cls=_Group)
@click.version_option(__version__, prog_name="publish")
@click.option(
    "-C",
    "root",
    metavar="DIR",
    type=click.Path(path_type=Path),
    default=Path(),
    help="The site's folder (default: this one).",
)
@click.pass_context
def main(ctx: click.Context, root: Path) -> None:
    """Publish one Markdown source in many languages, as pages and PDFs."""
    if not root.is_dir():
        raise click.UsageError(f"there is no folder {root}")
    ctx.obj = root


def run() -> None:
    """What the program `publish` does: one command, and the process ends."""
    try:
        main()
    finally:
        # The interpreter would look through all there is for garbage, once more: after a build of
        # thousands of pages a third of a second, for nothing.
        gc.freeze()


def _load(root: Path) -> Loaded:
    from .load import load

    return load(root)


def _now() -> datetime.datetime:
    """The moment at which a command runs; each asks once."""
    return datetime.datetime.now(datetime.UTC)


# ── Commands ─────────────────────────────────────────────────────────────────────────────────


@main.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--title", metavar="TEXT", help="Name of the site (default: the folder's).")
@click.option(
    "--language",
    "tags",
    metavar="TAG",
    multiple=True,
    default=("en",),
    show_default=True,
    help="Language of the site; may be repeated, the first is the site's own.",
)
@click.option(
    "--base-url",
    metavar="URL",
    default="https://example.org",
    show_default=True,
    help="Where the site will be found.",
)
@click.pass_obj
def init(root: Path, folder: Path, title: str | None, tags: tuple[str, ...], base_url: str) -> None:
    """Start a site in an empty folder: settings, a sample piece, templates, catalogues."""
    from . import init as beginning

    languages = tuple(dict.fromkeys(_tag(tag) for tag in tags))
    target = Path(os.path.abspath(root / folder))  # noqa: PTH100 — links stay, `..` goes
    today = _now().date()
    begun = beginning.init(
        target, target.name if title is None else title, languages, base_url, today
    )
    for path in begun.files:
        click.echo(f"created  {path}")
    _print_problems(problem for problem in begun.problems if problem.code != "T2")
    steps = [f"cd {shlex.quote(str(folder))}"] if target != Path.cwd() else []
    if begun.untranslated:
        missing = ", ".join(locale.tag for locale in begun.untranslated)
        message = f"the templates are not translated into {missing} yet; no build before they are"
        click.echo(f"publish: {message}", err=True)
        steps += [f"translate {path}" for path in begun.to_translate]
    steps += ["see to title and base_url in pyproject.toml"]
    steps += ["publish check, then: publish build"]
    for number, step in enumerate(steps):
        click.echo(f"{'next' if number == 0 else '':7}  {printable(step)}")


@main.command()
@click.argument("title")
@click.option("--author", "authors", metavar="ID", multiple=True, help="Author; may be repeated.")
@click.option("--language", metavar="TAG", help="Original language (default: the site's).")
@click.option("--slug", default="", metavar="SLUG", help="Address (default: made of the title).")
@click.pass_obj
def new(root: Path, title: str, authors: tuple[str, ...], language: str | None, slug: str) -> None:
    """Start a piece: its file, its slug, today's date."""
    from . import new as skeleton

    site = _load(root).site
    locale = site.settings.default_language if language is None else _tag(language)
    today = datetime.datetime.now(tz=datetime.UTC).date()
    path = skeleton.new(root, site, title, authors, locale, today, slug)
    slug = Path(path).stem
    click.echo(f"created  {path}   ({locale.tag}, draft)")
    click.echo(f"next     write it, then: publish update {slug}")


def _tag(tag: str) -> Locale:
    """Any language, by its tag."""
    from . import locales

    try:
        return locales.parse(tag)
    except locales.UnknownLocaleError as error:
        near = f"; did you mean {error.near}?" if error.near else ""
        raise click.BadParameter(f"“{tag}” is not a language tag{near}") from None


@main.command()
@click.argument("pieces", nargs=-1, metavar="[PIECE]...")
@click.option("--minor", is_flag=True, help="The edits mend typos: translations stay valid.")
@click.option(
    "--correction",
    is_flag=True,
    help="Something was wrong: old translations are not shown any more.",
)
@click.option("--dry-run", "dry", is_flag=True, help="Say what would change, and write nothing.")
@click.pass_obj
def update(root: Path, pieces: tuple[str, ...], minor: bool, correction: bool, dry: bool) -> None:
    """Cut the sources into messages and merge them into the catalogues."""
    from . import update as updating
    from .merge import Grade

    if minor and correction:
        raise click.UsageError("an edit is --minor or a --correction, not both")
    grade = Grade.MINOR if minor else Grade.CORRECTION if correction else Grade.SUBSTANTIVE
    loaded = _load(root)
    changes = updating.update(root, loaded, pieces, grade=grade, dry=dry)
    _print_problems(p for p in loaded.problems if p.severity is Severity.WARNING)
    for change in changes:
        tally = change.tally
        counts = f"{tally.kept} kept · {tally.stale} stale · {tally.new} new"
        counts += f" · {tally.suggested} suggested" if tally.suggested else ""
        counts += f" · {tally.retired} retired" if tally.retired else ""
        done = ("would write" if dry else "written") if change.written else "as it was"
        click.echo(f"{done:{11 if dry else 9}}  {change.path}   {counts}")
        if change.renamed:
            click.echo(f"  renamed    from {change.renamed}")
        if dry:
            for step in updating.steps(change):
                click.echo(f"  {step.what:9}  {_changes(step.old, step.new)}")


@main.command()
@_FORMAT
@click.argument("locale", metavar="LOCALE")
@click.pass_obj
def todo(root: Path, locale: str, form: str) -> None:
    """List what is open in a language, what most people read first."""
    from . import status as standing

    loaded = _load(root)
    language = _language(loaded, locale)
    tasks = standing.todo(loaded.site, language)
    if form == "json":
        _print_json([_task_row(task) for task in tasks])
    else:
        for task in tasks:
            place = f"{task.span.path}:{task.span.line}"
            click.echo(f"{task.state.value:9}  {place}   {task.kind}, {_count(task.words, 'word')}")
            text = _changes(task.previous, task.msgid) if task.previous else printable(task.msgid)
            click.echo(f"           {text}")
        words = _count(sum(task.words for task in tasks), "word")
        click.echo(f"{_count(len(tasks), 'passage')}, {words}" if tasks else "nothing is open")
    _refuse_half(loaded)


def _language(loaded: Loaded, tag: str) -> Locale:
    """The site's language of that name, in BCP 47 or POSIX spelling."""
    languages = loaded.site.settings.languages
    for locale in languages:
        if tag in (locale.tag, locale.posix):
            return locale
    known = ", ".join(locale.tag for locale in languages)
    raise click.BadParameter(f"“{tag}” is not a language of the site; it has {known}")


def _refuse_half(loaded: Loaded) -> None:
    """End with 1 where something could not be read, and say so."""
    if stopping(loaded.problems):
        _print_problems(loaded.problems)
        click.echo("publish: what could not be read is missing above", err=True)
        sys.exit(PROBLEMS)


@main.command()
@click.argument("locale")
@click.argument("piece")
@click.option(
    "--to",
    "target",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The archive (default: <piece>.<locale>.zip in the current folder).",
)
@click.pass_obj
def pack(root: Path, locale: str, piece: str, target: Path | None) -> None:
    """Make one ZIP that a translator can work on away from the repository."""
    from . import exchange

    parcel = exchange.pack(root, _load(root), locale, piece)
    target = target or Path(parcel.name)
    exchange.save(target, parcel.content)
    click.echo(f"packed    {printable(str(target))}")
    click.echo(f"next      send it; when it comes back: publish import {printable(target.name)}")


@main.command()
@click.argument("locale")
@click.argument("pieces", nargs=-1, metavar="[PIECE]...")
@click.option("--xliff", is_flag=True, help="As XLIFF 1.2, one file a catalogue (needs the extra).")
@click.option(
    "--to",
    "target",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="The folder of the files (default: this one).",
)
@click.pass_obj
def export(root: Path, locale: str, pieces: tuple[str, ...], xliff: bool, target: Path) -> None:
    """Write catalogues in a form for other tools; without PIECE, all of a language."""
    from . import exchange

    if not xliff:
        raise click.UsageError("name the form that the files are to have: --xliff")
    for parcel in exchange.export(_load(root), locale, pieces):
        path = target / parcel.name
        exchange.save(path, parcel.content)
        click.echo(f"exported  {printable(str(path))}")
    click.echo("next      have them translated; when they come back: publish import FILE…")


@main.command("import")
@click.argument(
    "files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path)
)
@click.pass_obj
def import_(root: Path, files: tuple[Path, ...]) -> None:
    """Take back what translators worked on; all files, or none."""
    from . import exchange

    arrivals, warnings = exchange.receive(root, _load(root), files)
    _print_problems(warnings)
    for arrival in arrivals:
        tally = arrival.tally
        counts = f"{tally.translated} translated, {tally.fuzzy} fuzzy, {tally.unchanged} unchanged"
        counts += f", {tally.gone} of texts that have gone" if tally.gone else ""
        word = "taken in" if tally.came else "as it was"
        click.echo(f"{word:9}  {printable(arrival.path)} → {arrival.catalogue}   {counts}")


@main.command()
@_FORMAT
@click.pass_obj
def status(root: Path, form: str) -> None:
    """Show how far every source is translated, by words."""
    from . import status as standing

    loaded = _load(root)
    now = _now()
    rows = standing.status(loaded.site, now)
    if form == "json":
        _print_json([_status_row(row) for row in rows])
    else:
        _print_status(rows)
        for domain, reason in standing.kept_back(loaded.site, now):
            click.echo(f"held, in all languages: {domain}: {reason}")
        for locale in loaded.site.settings.languages:
            if step := standing.next_step(rows, locale):
                click.echo(f"next, {locale.tag}: {step}")
    _refuse_half(loaded)


@main.command()
@_CHECK_FORMAT
@click.option("--verbose", is_flag=True, help="Print notes and waived problems too.")
@click.option("--fuzzy", is_flag=True, help="Check translations too that nobody confirmed.")
@click.option("--built", is_flag=True, help="Check the files of output/ instead.")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.pass_obj
def check(
    root: Path, paths: tuple[str, ...], form: str, verbose: bool, fuzzy: bool, built: bool
) -> None:
    """Find every fault of sources, catalogues and templates, or of what was built.

    PATH narrows what is shown.
    """
    from . import check as checking
    from . import waivers

    for path in paths:
        if not (root / path).exists():
            raise click.UsageError(f"there is no {path} in the site")
    problems: Sequence[Problem]
    try:
        if built:
            problems = _built(root, fuzzy=fuzzy)
        else:
            problems = checking.check(_load(root), fuzzy=fuzzy, now=_now())
    except PublishError as error:
        problems = error.problems
    problems = [problem for problem in problems if _below(problem.span.path, paths)]
    shown = waivers.shown(problems, verbose=verbose)
    if form == "json":
        _print_json([_problem_row(problem, waived=verbose) for problem in shown])
    elif form == "github":
        for problem in shown:
            click.echo(_annotation(problem))
    else:
        _print_problems(shown)
        click.echo(_tally(problems, verbose=verbose))
    if any(p.severity is Severity.ERROR and not p.waived for p in problems):
        sys.exit(PROBLEMS)


def _built(root: Path, *, fuzzy: bool) -> Sequence[Problem]:
    from . import built as looking
    from .load import configuration
    from .output import FOLDER

    if fuzzy:
        raise click.UsageError("--fuzzy is of translations; --built looks at output/ alone")
    if (root / FOLDER).is_symlink() or not (root / FOLDER).is_dir():
        raise click.UsageError(f"there is no {FOLDER}/ to look at; first: publish build")
    return looking.check(root, configuration(root))


@main.command()
@click.argument("code")
def explain(code: str) -> None:
    """Say what a rule such as E2 demands, and who may set it aside."""
    from . import explain as explaining

    text = explaining.explain(code)
    if text is None:
        near = explaining.near(code)
        raise click.BadParameter(f"there is no rule {code}; did you mean {near}?")
    click.echo(text)


def _address(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """The address of a scheduler, as it was given."""
    if value is not None:
        found = re.fullmatch(r"(?:tcp|tls)://(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):(\d+)", value)
        if not found or not 0 < int(found[1]) < 1 << 16:
            raise click.BadParameter(f"“{value}” is no tcp://HOST:PORT and no tls://HOST:PORT")
    return value


@main.command()
@_FORMAT
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=lambda: len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1,
    show_default="processors",
    help="PDFs made at a time.",
)
@click.option(
    "--executor",
    "address",
    metavar="ADDRESS",
    callback=_address,
    help="Dask cluster that makes the PDFs: tcp://HOST:PORT or tls://HOST:PORT.",
)
@click.option("--pdf/--no-pdf", "pdfs", default=True, help="Whether PDFs are made.")
@click.option(
    "--drafts", is_flag=True, help="A preview: also drafts, and what is not released yet."
)
@click.option("--clean", is_flag=True, help="Make everything anew, whatever is remembered.")
@click.option(
    "--keep-going", is_flag=True, help="Leave a piece with a fault as it stands; publish the rest."
)
@click.option(
    "--explain", metavar="PAGE", default="", help="Say why a page or PDF of output/ was rendered."
)
@click.pass_context
def build(
    context: click.Context,
    form: str,
    jobs: int,
    address: str | None,
    pdfs: bool,
    drafts: bool,
    clean: bool,
    keep_going: bool,
    explain: str,
) -> None:
    """Publish the site into output/."""
    from . import build as building

    root: Path = context.obj
    given = context.get_parameter_source("jobs")
    if address and given is not click.core.ParameterSource.DEFAULT:
        raise click.UsageError("--jobs is of this machine, --executor of others: give one of them")
    if clean and keep_going:
        raise click.UsageError("--keep-going keeps what --clean forgets: give one of them")
    if not os.path.lexists(root / "pyproject.toml"):
        # The lock that a build begins with would stay in a folder that is no site.
        _load(root)
    with progress(quiet=form == "json") as tell, _crew(address if pdfs else None) as crew:
        report = building.build(
            root,
            workers=crew,
            jobs=jobs,
            pdfs=pdfs,
            now=_now(),
            drafts=drafts,
            clean=clean,
            keep_going=keep_going,
            explain=_built_file(root, explain),
            tell=tell,
        )
    _print_problems(report.problems)
    for held in report.held:
        message = f"held      {held.slug}, {held.locale.tag}: {held.reason}"
        click.echo(message, err=True)
    for one in report.skipped:
        languages = ", ".join(locale.tag for locale in one.locales)
        stands = f"kept as it was ({languages})" if languages else "not published"
        click.echo(f"skipped   {printable(one.path)}: {stands}", err=True)
    if form == "json":
        _print_json(
            {
                "pages": report.pages,
                "pdfs": report.pdfs,
                "lists": report.lists,
                "pages_rendered": report.pages_rendered,
                "pages_reused": report.pages_reused,
                "pdfs_rendered": report.pdfs_rendered,
                "pdfs_reused": report.pdfs_reused,
                "lists_rendered": report.lists_rendered,
                "lists_reused": report.lists_reused,
                "redirects": report.redirects,
                "redirects_rendered": report.redirects_rendered,
                "redirects_reused": report.redirects_reused,
                "held": [
                    {"slug": one.slug, "locale": one.locale.tag, "reason": one.reason}
                    for one in report.held
                ],
                "skipped": [
                    {"path": one.path, "locales": [locale.tag for locale in one.locales]}
                    for one in report.skipped
                ],
                "problems": [_problem_row(problem) for problem in report.problems],
                "reasons": list(report.reasons),
                "seconds": round(report.seconds, 3),
            }
        )
    else:
        _print_build(report, "previewed" if drafts else "published")
        if explain:
            known = report.reasons or ("no page or PDF of that name is made",)
            for reason in known:
                click.echo(f"explain   {printable(explain)}: {reason}")
        if drafts:
            click.echo("next      look at it; publish build takes out again what is not published")
    if stopping(report.problems):
        context.exit(1)


def _crew(address: str | None) -> AbstractContextManager[Executor | None]:
    """The workers of a cluster, if one is to make the PDFs."""
    if address is None:
        return nullcontext()
    from . import workers

    return workers.cluster(address)


def _print_build(report: Report, word: str) -> None:
    made = [_count(report.pages, "page"), _count(report.pdfs, "PDF")]
    made.append(f"{report.lists} lists and other pages")
    kinds = [
        ("page", report.pages_rendered, report.pages_reused),
        ("PDF", report.pdfs_rendered, report.pdfs_reused),
        ("list", report.lists_rendered, report.lists_reused),
    ]
    if report.redirects:
        made.append(_count(report.redirects, "redirect"))
        kinds.append(("redirect", report.redirects_rendered, report.redirects_reused))
    whole = f"{', '.join(made[:-1])} and {made[-1]}"
    click.echo(f"{word} {whole} into output/ in {report.seconds:.1f} s")
    click.echo(f"rendered  {', '.join(_count(rendered, kind) for kind, rendered, _ in kinds)}")
    click.echo(f"reused    {', '.join(_count(reused, kind) for kind, _, reused in kinds)}")


def _built_file(root: Path, page: str) -> str:
    """The file in output/ that somebody means: by its path, with or without the folder's name, or
    by its address."""
    if not page:
        return ""
    from . import urls
    from .output import FOLDER

    path = page.partition("://")[2].partition("/")[2] if "://" in page else page
    path = path.removeprefix("./").removeprefix(f"{root / FOLDER}/").removeprefix(f"{FOLDER}/")
    path = path.removeprefix("/")
    return urls.file(path if "." in path.rpartition("/")[2] or not path else f"{path.rstrip('/')}/")


@main.command()
@click.argument("server", type=click.Choice(["nginx", "caddy"]))
@click.option(
    "--root",
    "folder",
    metavar="DIR",
    help="Where the server finds the published site (default: output/ of this one).",
)
@click.pass_obj
def hosting(root: Path, server: str, folder: str | None) -> None:
    """Print the configuration of a server: headers, caching, 404 page, old addresses."""
    from . import hosting as serving
    from . import output, urls

    settings = _load(root).site.settings
    published = (root / output.FOLDER).absolute()
    place = str(published) if folder is None else folder.rstrip("/")
    if fault := serving.folder_fault(place):
        raise click.BadParameter(f"--root: the folder {printable(place)} {fault}")
    redirects = published / urls.REDIRECTS
    text = redirects.read_text(encoding="utf-8") if redirects.is_file() else ""
    if not published.is_dir():
        message = "nothing is published yet: old addresses are known after publish build"
        click.echo(f"publish: {message}", err=True)
    moved = serving.moved(text, settings.base_url)
    click.echo(serving.SNIPPETS[server](settings, place, moved), nl=False)


# ── Progress ─────────────────────────────────────────────────────────────────────────────────


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Callable[[Step], None]]:
    """What shows on stderr how far a command is: a bar on a terminal, else a line now and then."""
    if quiet:
        yield lambda _: None
    elif sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        bar = _Bar()
        try:
            yield bar.show
        finally:
            bar.end()
    else:
        yield _Lines().show


class _Bar:
    """A bar that comes when a command takes its time, and is gone when it is done."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._bar: Any = None
        self._task: Any = None

    def show(self, step: Step) -> None:
        """Show how far a step is."""
        if self._bar is None and time.monotonic() - self._start < BAR:
            return
        if self._bar is None:
            from rich import progress
            from rich.console import Console

            self._bar = progress.Progress(
                progress.TextColumn("{task.description}"),
                progress.BarColumn(),
                progress.MofNCompleteColumn(),
                progress.TimeRemainingColumn(),
                console=Console(stderr=True, no_color=bool(os.environ.get("NO_COLOR"))),
                refresh_per_second=4,
                transient=True,
            )
            self._bar.start()
        if self._task is None or self._bar.tasks[0].description != step.what:
            if self._task is not None:
                self._bar.remove_task(self._task)
            self._task = self._bar.add_task(step.what)
        self._bar.update(self._task, completed=step.done, total=step.total)

    def end(self) -> None:
        """Take it away."""
        if self._bar is not None:
            self._bar.stop()


BAR = 0.5
"""Seconds after which a bar appears."""


class _Lines:
    """A line when ten seconds have passed and another tenth is done; one a minute in any case."""

    def __init__(self) -> None:
        self._what = ""
        self._tenth = 0
        self._told = time.monotonic()

    def show(self, step: Step) -> None:
        """Print how far a step is, if it is time."""
        if step.what != self._what:
            self._what, self._tenth = step.what, 0
        tenth = 10 * step.done // max(step.total, 1)
        waited = time.monotonic() - self._told
        if waited >= LINE and (tenth > self._tenth or waited >= 6 * LINE):
            self._tenth, self._told = tenth, time.monotonic()
            click.echo(f"{step.what}: {step.done:,} of {step.total:,}", err=True)


LINE = 10.0
"""Seconds between two lines, at least."""


# ── Printing ─────────────────────────────────────────────────────────────────────────────────


def _print_json(value: object) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=2)
    # What could steer a terminal is escaped, which means the same in JSON; letters stay letters.
    safe = (c if c == "\n" or printable(c) == c else json.dumps(c)[1:-1] for c in text)
    click.echo("".join(safe))


def _problem_row(problem: Problem, *, waived: bool = False) -> dict[str, object]:
    row: dict[str, object] = {
        "code": problem.code,
        "severity": problem.severity.value,
        "path": problem.span.path,
        "line": problem.span.line,
        "column": problem.span.column,
        "message": problem.message,
        "hint": problem.hint,
    }
    return row | ({"waived": problem.waived} if waived else {})


def _annotation(problem: Problem) -> str:
    """The problem as a workflow command of GitHub Actions."""
    kind = "notice" if problem.severity is Severity.NOTE else problem.severity.value
    span = problem.span
    place = {"file": span.path, "line": span.line, "col": span.column, "title": problem.code}
    properties = ",".join(f"{name}={_property(str(value))}" for name, value in place.items())
    message = problem.message + (f"\n{problem.hint}" if problem.hint else "")
    message += f"\nwaived: {problem.waived}" if problem.waived else ""
    return f"::{kind} {properties}::{_data(message)}"


def _data(text: str) -> str:
    """A text as workflow commands carry it: a line break of ours stays one, theirs are shown."""
    lines = (printable(line) for line in text.split("\n"))
    return "%0A".join(line.replace("%", "%25").replace("\r", "%0D") for line in lines)


def _property(text: str) -> str:
    return _data(printable(text)).replace(":", "%3A").replace(",", "%2C")


def _tally(problems: Sequence[Problem], *, verbose: bool) -> str:
    """How many problems of each weight there are, and what is not shown."""
    standing = Counter(problem.severity for problem in problems if not problem.waived)
    waived = sum(bool(problem.waived) for problem in problems)
    errors, warnings = standing[Severity.ERROR], standing[Severity.WARNING]
    parts = []
    if errors or warnings:
        parts = [_count(errors, "error"), _count(warnings, "warning")]
    parts += [f"{waived} waived"] if waived else []
    if notes := standing[Severity.NOTE]:
        parts.append(_count(notes, "note") + ("" if verbose else " not shown"))
    return ", ".join(parts if errors or warnings else ["no problems", *parts])


def _status_row(row: Row) -> dict[str, object]:
    coverage = row.coverage
    return {
        "domain": row.domain,
        "locale": row.locale.tag,
        "state": row.state,
        "words": {
            "translated": coverage.translated,
            "stale": coverage.stale,
            "suggested": coverage.suggested,
            "failed": coverage.failed,
            "missing": coverage.missing,
            "total": coverage.total,
        },
        "published": row.published,
        "url": row.url,
        "reason": row.reason,
        "stale_since": str(row.since) if row.since else None,
    }


def _task_row(task: Task) -> dict[str, object]:
    return {
        "domain": task.domain,
        "state": task.state.value,
        "kind": task.kind,
        "words": task.words,
        "path": task.span.path,
        "line": task.span.line,
        "msgid": task.msgid,
        "msgstr": task.msgstr,
        "previous": task.previous,
    }


def _changes(old: str, new: str) -> str:
    """Two texts as one, words taken out as [-…-] and words put in as {+…+}."""
    from .similar import word_changes

    signs = {"=": ("", ""), "-": ("[-", "-]"), "+": ("{+", "+}")}
    plain = not sys.stdout.isatty() or bool(os.environ.get("NO_COLOR"))
    colours = {"=": None, "-": "red", "+": "green"}
    parts = []
    for sign, words in word_changes(old, new):
        text = f"{signs[sign][0]}{printable(words)}{signs[sign][1]}"
        parts.append(text if plain or not colours[sign] else click.style(text, fg=colours[sign]))
    return "".join(parts)


_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "blue"}


def _print_problems(problems: Iterable[Problem]) -> None:
    plain = bool(os.environ.get("NO_COLOR"))
    for problem in problems:
        colour = _COLOURS[problem.severity]
        place, _, rest = str(problem).partition(": ")
        word, _, message = rest.partition(" ")
        word = word if plain else click.style(word, fg=colour)
        click.echo(f"{place}: {word} {message}", err=True)
        if problem.hint:
            click.echo(f"  hint: {printable(problem.hint)}", err=True)
        if problem.waived:
            click.echo(f"  waived: {printable(problem.waived)}", err=True)


def _print_status(rows: Iterable[Row]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("source", "language", "", "words", "readers see it", "stale since"):
        table.add_column(
            heading, justify="right" if heading == "words" else "left", overflow="fold"
        )
    for row in rows:
        coverage = row.coverage
        words = f"{coverage.translated:,}/{coverage.total:,}"
        seen = "yes" if row.published else f"no: {row.reason}"
        if row.published and row.state != "complete":
            seen = "in part" if row.domain.startswith("pieces/") else "in the original"
        since = (str(row.since) if row.since else "undated") if coverage.stale else ""
        share = 100 * coverage.translated // coverage.total if coverage.total else 100
        bar = f"{_bar(coverage)} {share:3} %"
        table.add_row(row.domain, row.locale.tag, bar, words, seen, since)
    # Only a terminal has an edge to wrap at.
    width = None if sys.stdout.isatty() else 1000
    console = Console(width=width, no_color=bool(os.environ.get("NO_COLOR")))
    console.print(table)


def _bar(coverage: Coverage) -> str:
    """Ten signs: what is translated, stale, proposed or faulty, and missing."""
    total = max(coverage.total, 1)
    ends, signs = 0, ""
    for words, sign in (
        (coverage.translated, "█"),
        (coverage.stale, "▓"),
        (coverage.suggested + coverage.failed, "▒"),
    ):
        ends += words
        signs += sign * (10 * ends // total - len(signs))
    return signs + "░" * (10 - len(signs))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _below(path: str, wanted: Sequence[str]) -> bool:
    """Whether `path` is one of the wanted files or stands below a wanted folder."""
    parts = Path(path).parts
    return not wanted or any(parts[: len(Path(w).parts)] == Path(w).parts for w in wanted)
