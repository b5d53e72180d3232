"""What a whole site costs: this project beside Hugo, Pelican, MkDocs and Sphinx.

    python -m benchmarks.site [--pieces 300] [--rounds 3] [--scaling] [--pdfs] [--edit]

Each tool gets the same corpus (`benchmarks.corpus`) as it wants it: this project Markdown in the
language of the original and gettext catalogues, Sphinx English Markdown and gettext catalogues,
the others finished Markdown in every language. The tools take turns, whole processes each, and of
all rounds the least counts:

- from nothing: without output and without cache;
- again: nothing has changed;
- one edit: one sentence of one translation is another one.

`--scaling` measures 100, 1,000 and 10,000 pieces, this project and Hugo alone. `--edit` changes one
translation among 1,000 pieces, with PDFs. `--pdfs` measures workers, and the build's CPU for each
PDF beside a warm loop of WeasyPrint. Without an option the first table alone is made.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import peers
from benchmarks.corpus import LANGUAGES, Corpus, piece, publish_site
from benchmarks.measure import (
    MEGABYTE,
    PEERS,
    ROOT,
    Command,
    Cost,
    Figure,
    least,
    run,
    table,
    verdicts,
)
from benchmarks.pdfs import Worker, weasyprint_command
from benchmarks.pdfs import lay_out as lay_out_prints
from publish import pdf
from publish.build import build
from publish.model import Pdf

EDITED = 1
"""The piece whose translation is edited; its original is not in that language."""

INTO = "tr"
SIZES = (100, 1_000, 10_000)
ADDED = tuple(f" Bu cümle {when} eklendi." for when in ("dün", "bugün", "sonradan", "gecikerek"))


@dataclass(frozen=True, slots=True)
class Tool:
    """One contestant."""

    name: str
    """What it is called in tables."""

    write: Callable[[Corpus, Path], None]
    """Writes its site."""

    commands: tuple[Command, ...]
    """What builds it, in its folder."""

    made: tuple[str, ...]
    """What it leaves in its folder."""

    edited: str
    """The file that one edit changes."""

    there: bool = True
    """Whether it is installed."""


def publish_command(*options: str) -> Command:
    """This project's own build, from the copy that this module lies in."""
    code = "from publish.cli import run; run()"
    return Command(
        (sys.executable, "-c", code, "build", *options),
        {"PYTHONPATH": str(ROOT)},
    )


def hugo_program() -> str:
    """Hugo's own program in its package, without the Python that starts it."""
    found = sorted(PEERS.glob("lib/*/site-packages/hugo/binaries/hugo*"))
    return str(found[0]) if found else (shutil.which("hugo") or "")


def tools() -> tuple[Tool, ...]:
    """All contestants, this project first."""
    slug = piece(EDITED, 2).slug
    program = str(PEERS / "bin" / "python")
    there = Path(program).exists()
    plain = {"PYTHONPATH": "", "PYTHONHASHSEED": "0"}
    hugo = hugo_program()
    po = f"LC_MESSAGES/pieces/{slug}.po"
    build_hugo = (Command((hugo, "build", "--quiet")),)
    left_by_hugo = ("public", "resources", ".hugo_build.lock")
    return (
        Tool(
            "publish",
            publish_site,
            (publish_command("--no-pdf"),),
            ("output", ".publish-cache"),
            f"locales/{INTO}/{po}",
        ),
        Tool(
            "Hugo",
            lambda corpus, folder: peers.hugo_site(corpus, folder, citations=True),
            build_hugo,
            left_by_hugo,
            f"content/{INTO}/{slug}.md",
            bool(hugo),
        ),
        Tool(
            "Hugo, no citation files",
            lambda corpus, folder: peers.hugo_site(corpus, folder, citations=False),
            build_hugo,
            left_by_hugo,
            f"content/{INTO}/{slug}.md",
            bool(hugo),
        ),
        Tool(
            "Pelican",
            peers.pelican_site,
            (Command((program, "build.py", *LANGUAGES), plain),),
            ("public", "cache"),
            f"content/{INTO}/{slug}.md",
            there,
        ),
        Tool(
            "MkDocs",
            peers.mkdocs_site,
            (Command((program, "-m", "mkdocs", "build", "-q"), plain),),
            ("public",),
            f"content/{INTO}/{slug}.md",
            there,
        ),
        Tool(
            "Sphinx",
            peers.sphinx_site,
            tuple(
                Command(
                    (
                        *(program, "-m", "sphinx", "-q", "-b", "dirhtml"),
                        *("-D", f"language={language}", "source", f"public/{language}"),
                    ),
                    plain | {"SITE_LANGUAGE": language},
                )
                for language in LANGUAGES
            ),
            ("public",),
            f"locale/{INTO}/LC_MESSAGES/{slug}.po",
            there,
        ),
    )


def empty(tool: Tool, folder: Path) -> None:
    """Take away all that a tool has made."""
    for name in tool.made:
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    for path in folder.glob("locale/**/*.mo"):  # what Sphinx compiles
        path.unlink()


def edit(path: Path, number: int) -> None:
    """Change a sentence of the first paragraph of a Markdown file, or of its translation."""
    text = path.read_text(encoding="utf-8")
    for sentence in ADDED:
        text = text.replace(sentence, "")
    if path.suffix == ".po":
        start = text.index("#. paragraph")
        end = text.index("\n\n", start) - 1
    else:
        start = text.index("\n\n", text.index("\n---\n") if text.startswith("---") else 0) + 2
        end = text.index("\n\n", start)
    text = text[:end] + ADDED[number % len(ADDED)] + text[end:]
    path.write_text(text, encoding="utf-8")


# ── The first table ──────────────────────────────────────────────────────────────────────────

Costs = dict[str, dict[str, list[Cost]]]
"""Tool → what was done → what it took each time."""

NOTHING, AGAIN, ONE = "from nothing", "again", "one edit"


def compare(pieces: int, rounds: int, chosen: Sequence[Tool], *, edits: bool = True) -> Costs:
    """Have tools take turns on a corpus."""
    found: Costs = {}
    with tempfile.TemporaryDirectory() as name:
        corpus = Corpus(pieces)
        for tool in chosen:
            tool.write(corpus, Path(name) / tool.name)
        for turn in range(rounds):
            for tool in chosen:
                folder = Path(name) / tool.name
                costs = found.setdefault(tool.name, {})
                empty(tool, folder)
                costs.setdefault(NOTHING, []).append(run(tool.commands, folder))
                made = pages(folder)
                assert made >= pieces * len(LANGUAGES), (tool.name, made)
                costs.setdefault(AGAIN, []).append(run(tool.commands, folder))
                if edits:
                    edit(folder / tool.edited, turn)
                    costs.setdefault(ONE, []).append(run(tool.commands, folder))
                print(f"  {tool.name}: {made} pages", file=sys.stderr, flush=True)
    return found


def pages(folder: Path) -> int:
    """How many pages a tool has made."""
    return sum(1 for name in ("output", "public") for _ in (folder / name).rglob("*.html"))


def rows(found: Costs) -> Iterator[tuple[str, ...]]:
    """The lines of the table."""
    base = {done: least(costs) for done, costs in found["publish"].items()}
    for name, by_done in found.items():
        cells = [name]
        for done, costs in by_done.items():
            cost = least(costs)
            ratio = cost.cpu / base[done].cpu
            cells += [f"{cost.cpu:.2f}", f"{cost.wall:.2f}"]
            cells += [f"{cost.peak / MEGABYTE:.0f}"] if done == NOTHING else []
            cells += [f"{ratio:.2f} ×"] if done == NOTHING else []
        yield tuple(cells)


HEAD = (
    "",
    "from nothing: CPU s",
    "wall s",
    "peak MB",
    "CPU ÷ publish",
    "again: CPU s",
    "wall s",
    "one edit: CPU s",
    "wall s",
)


def figures(found: Costs) -> Iterator[Figure]:
    """What was asked of the first table."""

    def cpu(name: str) -> float | None:
        return least(found[name][NOTHING]).cpu if name in found else None

    ours = least(found["publish"][NOTHING]).cpu
    for name in ("Hugo", "Hugo, no citation files"):
        theirs = cpu(name)
        ratio = ours / theirs if theirs else None
        what = f"HTML from nothing, CPU, publish ÷ {name}"
        yield Figure(what, "at most 1.50 ×", ratio, " ×", highest=1.5)
    for name, asked in (("Pelican", 2.5), ("MkDocs", 3.5), ("Sphinx", 15.0)):
        theirs = cpu(name)
        ratio = theirs / ours if theirs else None
        what = f"HTML from nothing, CPU, {name} ÷ publish"
        yield Figure(what, f"at least {asked:.2f} ×", ratio, " ×", lowest=asked)
    again = least(found["publish"][AGAIN]).wall
    for name in ("Hugo", "Hugo, no citation files"):
        if name in found:
            ratio = again / least(found[name][NOTHING]).wall
            what = f"nothing changed, wall, publish ÷ {name} from nothing"
            yield Figure(what, "at most 0.25 ×", ratio, " ×", highest=0.25)


# ── Growth ───────────────────────────────────────────────────────────────────────────────────


def scale(sizes: Sequence[int], rounds: int) -> tuple[str, tuple[Figure, ...]]:
    """Time and memory of this project and Hugo at growing sizes."""
    lines: list[tuple[str, ...]] = []
    ours: dict[int, dict[str, Cost]] = {}
    for size in sizes:
        times = rounds if size < max(SIZES) else 1
        chosen = [tool for tool in tools()[:2] if tool.there]
        found = compare(size, times, chosen, edits=False)
        for name, by_done in found.items():
            costs = {done: least(several) for done, several in by_done.items()}
            if name == "publish":
                ours[size] = costs
            cells = [f"{size:,} × 3, {name}"]
            for done in (NOTHING, AGAIN):
                cost = costs[done]
                cells += [f"{cost.cpu:.2f}", f"{cost.wall:.2f}", f"{cost.peak / MEGABYTE:.0f}"]
            lines.append(tuple(cells))
            print("  " + " ".join(cells), file=sys.stderr, flush=True)
    head = ("", "from nothing: CPU s", "wall s", "peak MB", "again: CPU s", "wall s", "peak MB")
    return table(head, lines), tuple(growth(ours))


def growth(ours: dict[int, dict[str, Cost]]) -> Iterator[Figure]:
    """What was asked of growth."""
    small, large = SIZES[1:]
    if large not in ours or small not in ours:
        return
    again = ours[large][AGAIN]
    name = "nothing changed, 10,000 × 3"
    yield Figure(f"{name}, wall", "under 4 s", again.wall, " s", highest=4)
    yield Figure(f"{name}, peak", "under 500 MB", again.peak / MEGABYTE, " MB", highest=500)
    for done in (NOTHING, AGAIN):
        before, after = ours[small][done], ours[large][done]
        name = f"growth from 1,000 to 10,000, {done}"
        ratio = after.wall / before.wall
        yield Figure(f"{name}, wall", "× 10 ± 15 %", ratio, " ×", 8.5, 11.5)
        ratio = after.peak / before.peak
        yield Figure(f"{name}, peak", "at most × 3", ratio, " ×", highest=3)


# ── One translation among many, with PDFs ────────────────────────────────────────────────────


def stand_in(job: pdf.Job) -> Pdf:
    """Something in a PDF's place: thousands of real ones would take a quarter of an hour."""
    return Pdf(b"%PDF-1.7\n%" + job.edition.encode(), 1, ())


# A build knows an engine by its name: what this one made is kept by those that follow.
stand_in.__module__, stand_in.__qualname__ = pdf.render.__module__, pdf.render.__qualname__


FEWEST_EDITS = 3
"""The first edit of a site that was built once has no tree of before to begin with."""


def one_edit(pieces: int, rounds: int) -> tuple[str, tuple[Figure, ...]]:
    """Change one translation among `pieces` and build again, PDFs included."""
    command = [publish_command("--format", "json")]
    tool = tools()[0]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "site"
        tool.write(Corpus(pieces), folder)
        build(folder, engine=stand_in)
        again, edits, single = [], [], []
        prints = Path(name) / "prints"
        edition = Path(name) / "edition"
        for turn in range(max(rounds, FEWEST_EDITS)):
            again.append(run(command, folder))
            edit(folder / tool.edited, turn)
            edits.append(run(command, folder))
            shutil.rmtree(prints, ignore_errors=True)
            shutil.rmtree(edition, ignore_errors=True)
            single.append(one_pdf(edition, prints))
    before, after, alone = least(again), least(edits), least(single)
    ratio = after.wall / (before.wall + alone.wall)
    lines = [
        ("nothing changed", f"{before.cpu:.2f}", f"{before.wall:.2f}", ""),
        ("one translation changed", f"{after.cpu:.2f}", f"{after.wall:.2f}", counted(after.told)),
        ("WeasyPrint's command on that edition", f"{alone.cpu:.2f}", f"{alone.wall:.2f}", ""),
    ]
    what = f"one msgstr among {pieces:,} × 3"
    name = f"{what}, wall ÷ (nothing changed + one PDF)"
    made = rendered(after.told).get("pdfs_rendered")
    return table(("", "CPU s", "wall s", "rendered"), lines), (
        Figure(name, "at most 1.30 ×", ratio, " ×", highest=1.3),
        Figure(f"{what}, PDFs rendered", "1", made, "", 1, 1),
    )


COUNTS = ("pages_rendered", "pages_reused", "lists_rendered", "pdfs_rendered", "pdfs_reused")


def rendered(told: str) -> dict[str, int]:
    """What a build says to have rendered and reused."""
    try:
        found = json.loads(told)
    except ValueError:
        return {}
    return {name: found[name] for name in COUNTS if name in found}


def counted(told: str) -> str:
    """The same for people."""
    return ", ".join(f"{n} {name.replace('_', ' ')}" for name, n in rendered(told).items())


def one_pdf(site: Path, folder: Path) -> Cost:
    """WeasyPrint's own command on the edited edition's print page."""
    tool = tools()[0]
    tool.write(Corpus(EDITED + 1), site)
    edit(site / tool.edited, 0)
    (folder / "site").mkdir(parents=True)
    found: list[pdf.Job] = []

    def record(job: pdf.Job) -> Pdf:
        found.append(job)
        return Pdf(b"%PDF-1.7\n", 1, ())

    build(site, engine=record)
    slug = piece(EDITED, 2).slug
    wanted = [job for job in found if job.edition == f"{slug}, {INTO}"]
    lay_out_prints(folder, wanted)
    cost = weasyprint_command(folder, 0)
    return Cost(cost.cpu, cost.wall, 0)


# ── PDFs ─────────────────────────────────────────────────────────────────────────────────────


def make_pdfs(pieces: int, rounds: int) -> tuple[str, tuple[Figure, ...]]:
    """Workers beside each other, and the build's CPU for each PDF beside WeasyPrint's."""
    tool = tools()[0]
    number = pieces * len(LANGUAGES)
    found: dict[str, list[Cost]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "site"
        tool.write(Corpus(pieces), folder)
        loop = Worker("plain", folder)
        for each in range(min(3, number)):  # warm it up
            loop.make(each)
        for _ in range(rounds):
            for what, options in (
                ("HTML alone", ("--no-pdf",)),
                ("1 worker", ("--jobs", "1")),
                ("2 workers", ("--jobs", "2")),
            ):
                empty(tool, folder)
                found.setdefault(what, []).append(run([publish_command(*options)], folder))
            start = time.perf_counter()
            cpu = sum(loop.make(each).cpu for each in range(number))
            wall = time.perf_counter() - start
            found.setdefault("WeasyPrint, a warm loop", []).append(Cost(cpu, wall, 0))
        loop.close()
    cost = {what: least(costs) for what, costs in found.items()}
    html, one, two = cost["HTML alone"], cost["1 worker"], cost["2 workers"]
    plain = cost["WeasyPrint, a warm loop"]
    lines = [
        (what, f"{each.cpu:.1f}", f"{each.wall:.1f}", f"{number / each.wall:.2f}")
        for what, each in cost.items()
        if what != "HTML alone"
    ]
    lines.insert(0, ("HTML alone", f"{html.cpu:.1f}", f"{html.wall:.1f}", ""))
    parallel = (one.wall - html.wall) / (two.wall - html.wall)
    per_pdf = (one.cpu - html.cpu) / plain.cpu
    title = f"{number} PDFs"
    return table((title, "CPU s", "wall s", "PDFs a second"), lines), (
        Figure("PDFs, 2 workers ÷ 1", "at least 1.80 ×", parallel, " ×", lowest=1.8),
        Figure("PDFs, 2 workers ÷ 1, whole builds", "", one.wall / two.wall, " ×"),
        Figure("CPU for each PDF ÷ warm WeasyPrint", "at most 1.10 ×", per_pdf, " ×", highest=1.1),
    )


# ── The command line ─────────────────────────────────────────────────────────────────────────


def first(pieces: int, rounds: int) -> tuple[str, tuple[Figure, ...]]:
    """The table of all tools."""
    chosen = [tool for tool in tools() if tool.there]
    found = compare(pieces, rounds, chosen)
    lines = [*rows(found)]
    absent = [tool.name for tool in tools() if not tool.there]
    lines += [(name, "not installed", *[""] * (len(HEAD) - 2)) for name in absent]
    return table(HEAD, lines), tuple(figures(found))


def main(arguments: Sequence[str]) -> None:
    """Measure what the command line names, and print it."""
    parser = argparse.ArgumentParser(description="Measure whole sites.")
    parser.add_argument("--pieces", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--largest", type=int, default=SIZES[-1])
    for name in ("scaling", "pdfs", "edit"):
        parser.add_argument(f"--{name}", action="store_true")
    given = parser.parse_args(arguments)
    if given.scaling:
        found = scale([size for size in SIZES if size <= given.largest], given.rounds)
    elif given.pdfs:
        found = make_pdfs(min(given.pieces, 20), given.rounds)
    elif given.edit:
        found = one_edit(min(given.pieces, 1000), given.rounds)
    else:
        found = first(given.pieces, given.rounds)
    print(found[0], verdicts(found[1]), sep="\n\n")


if __name__ == "__main__":
    main(sys.argv[1:])
