"""The command line: arguments in, printed results and an exit code out.

Imports click and rich, alone. Results go to stdout, diagnostics to stderr. Exit codes: 0 done,
1 problems found, 2 usage, 75 another build is at work (sysexits' EX_TEMPFAIL).
"""

from __future__ import annotations

import datetime
import json
import os
import sys
from collections import Counter
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
@_CHECK_FORMAT
@click.option("--verbose", is_flag=True, help="Print notes and waived problems too.")
@click.option("--fuzzy", is_flag=True, help="Check translations too that nobody confirmed.")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.pass_obj
def check(root: Path, paths: tuple[str, ...], form: str, verbose: bool, fuzzy: bool) -> None:
    """Find every fault of sources, catalogues and templates; PATH narrows what is shown."""
    from . import check as checking
    from . import waivers

    for path in paths:
        if not (root / path).exists():
            raise click.UsageError(f"there is no {path} in the site")
    problems: Sequence[Problem]
    try:
        problems = checking.check(_load(root), fuzzy=fuzzy)
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
    }


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
