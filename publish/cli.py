"""The command line: arguments in, printed results and an exit code out.

Imports click and rich, alone. Results go to stdout, diagnostics to stderr. Exit codes: 0 done,
1 problems found, 2 usage, 75 another build is at work (sysexits' EX_TEMPFAIL).
"""

from __future__ import annotations

import datetime
import json
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from . import __version__
from .errors import LockedError, Problem, PublishError, Severity, printable, stopping

if TYPE_CHECKING:
    from .load import Loaded
    from .status import Row

PROBLEMS = 1
LOCKED = 75

_FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="How results are printed.",
)


class _Group(click.Group):
    """Runs a command; prints problems as lines and turns them into exit codes."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except PublishError as error:
            _print_problems(error.problems)
            ctx.exit(PROBLEMS)
        except LockedError:
            click.echo("publish: another build of this site is at work", err=True)
            ctx.exit(LOCKED)


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


def _load(root: Path) -> Loaded:
    from .load import load

    return load(root)


# ── Commands ─────────────────────────────────────────────────────────────────────────────────


@main.command()
@click.argument("title")
@click.option("--author", "authors", metavar="ID", multiple=True, help="Author; may be repeated.")
@click.option("--language", metavar="TAG", help="Original language (default: the site's).")
@click.option("--slug", default="", metavar="SLUG", help="Address (default: made of the title).")
@click.pass_obj
def new(root: Path, title: str, authors: tuple[str, ...], language: str | None, slug: str) -> None:
    """Start a piece: its file, its slug, today's date."""
    from . import locales
    from . import new as skeleton

    site = _load(root).site
    locale = site.settings.default_language
    if language is not None:
        try:
            locale = locales.parse(language)
        except locales.UnknownLocaleError as error:
            near = f"; did you mean {error.near}?" if error.near else ""
            raise click.BadParameter(f"“{language}” is not a language tag{near}") from None
    today = datetime.datetime.now(tz=datetime.UTC).date()
    path = skeleton.new(root, site, title, authors, locale, today, slug)
    slug = Path(path).stem
    click.echo(f"created  {path}   ({locale.tag})")
    click.echo(f"next     write it, then: publish update {slug}")


@main.command()
@click.argument("pieces", nargs=-1, metavar="[PIECE]...")
@click.pass_obj
def update(root: Path, pieces: tuple[str, ...]) -> None:
    """Cut the sources into messages and merge them into the catalogues."""
    from . import update as updating

    loaded = _load(root)
    changes = updating.update(root, loaded, pieces)
    _print_problems(p for p in loaded.problems if p.severity is Severity.WARNING)
    for change in changes:
        tally = change.tally
        counts = f"{tally.kept} kept · {tally.stale} stale · {tally.new} new"
        counts += f" · {tally.retired} retired" if tally.retired else ""
        click.echo(f"{'written' if change.written else 'as it was':9}  {change.path}   {counts}")


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
    rows = standing.status(loaded.site)
    if form == "json":
        _print_json([_status_row(row) for row in rows])
    else:
        _print_status(rows)
    stopped = stopping(loaded.problems)
    if stopped:
        _print_problems(loaded.problems)
        click.echo("publish: what could not be read is missing above", err=True)
        sys.exit(PROBLEMS)


@main.command()
@_FORMAT
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.pass_obj
def check(root: Path, paths: tuple[str, ...], form: str) -> None:
    """Find every fault of sources, catalogues and templates; PATH narrows what is shown."""
    from . import check as checking

    for path in paths:
        if not (root / path).exists():
            raise click.UsageError(f"there is no {path} in the site")
    problems: Sequence[Problem]
    try:
        problems = checking.check(_load(root))
    except PublishError as error:
        problems = error.problems
    problems = [problem for problem in problems if _below(problem.span.path, paths)]
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    if form == "json":
        _print_json([_problem_row(problem) for problem in problems])
    else:
        _print_problems(problems)
        counts = f"{_count(len(errors), 'error')}, "
        counts += _count(len(problems) - len(errors), "warning")
        click.echo(counts if problems else "no problems")
    if errors:
        sys.exit(PROBLEMS)


@main.command()
@_FORMAT
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=lambda: len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1,
    show_default="processors",
    help="PDFs made at a time.",
)
@click.option("--pdf/--no-pdf", "pdfs", default=True, help="Whether PDFs are made.")
@click.pass_obj
def build(root: Path, form: str, jobs: int, pdfs: bool) -> None:
    """Publish the site into output/."""
    from . import build as building

    report = building.build(root, jobs=jobs, pdfs=pdfs)
    _print_problems(report.problems)
    for held in report.held:
        message = f"held      {held.slug}, {held.locale.tag}: {held.reason}"
        click.echo(message, err=True)
    if form == "json":
        _print_json(
            {
                "pages": report.pages,
                "pdfs": report.pdfs,
                "pages_rendered": report.pages,
                "pages_reused": 0,
                "pdfs_rendered": report.pdfs,
                "pdfs_reused": 0,
                "problems": [_problem_row(problem) for problem in report.problems],
                "seconds": round(report.seconds, 3),
            }
        )
    else:
        made = f"{_count(report.pages, 'page')}, {_count(report.pdfs, 'PDF')}"
        lists = f"{_count(report.lists, 'index and author page')}"
        click.echo(f"published {made} and {lists} into output/ in {report.seconds:.1f} s")


# ── Printing ─────────────────────────────────────────────────────────────────────────────────


def _print_json(value: object) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=2)
    # What could steer a terminal is escaped, which means the same in JSON; letters stay letters.
    safe = (c if c == "\n" or printable(c) == c else json.dumps(c)[1:-1] for c in text)
    click.echo("".join(safe))


def _problem_row(problem: Problem) -> dict[str, object]:
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "path": problem.span.path,
        "line": problem.span.line,
        "column": problem.span.column,
        "message": problem.message,
        "hint": problem.hint,
    }


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
    }


def _print_problems(problems: Iterable[Problem]) -> None:
    plain = bool(os.environ.get("NO_COLOR"))
    for problem in problems:
        colour = "red" if problem.severity is Severity.ERROR else "yellow"
        place, _, rest = str(problem).partition(": ")
        word, _, message = rest.partition(" ")
        word = word if plain else click.style(word, fg=colour)
        click.echo(f"{place}: {word} {message}", err=True)
        if problem.hint:
            click.echo(f"  hint: {printable(problem.hint)}", err=True)


def _print_status(rows: Iterable[Row]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("source", "language", "", "words", "readers see it"):
        table.add_column(
            heading, justify="right" if heading == "words" else "left", overflow="fold"
        )
    for row in rows:
        coverage = row.coverage
        share = coverage.share
        full = int(share * 10)
        words = f"{coverage.translated + coverage.stale:,}/{coverage.total:,}"
        seen = "yes" if row.published else f"no: {row.reason}"
        if row.published and row.state != "complete":
            seen = "in part" if row.domain.startswith("pieces/") else "in the original"
        bar = "█" * full + "░" * (10 - full)
        table.add_row(row.domain, row.locale.tag, f"{bar} {int(share * 100):3} %", words, seen)
    # Only a terminal has an edge to wrap at.
    width = None if sys.stdout.isatty() else 1000
    console = Console(width=width, no_color=bool(os.environ.get("NO_COLOR")))
    console.print(table)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _below(path: str, wanted: Sequence[str]) -> bool:
    """Whether `path` is one of the wanted files or stands below a wanted folder."""
    parts = Path(path).parts
    return not wanted or any(parts[: len(Path(w).parts)] == Path(w).parts for w in wanted)
