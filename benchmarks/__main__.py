"""All figures of speed in one run: `python -m benchmarks` writes `benchmarks/RESULTS.md`.

python -m benchmarks [--pieces 300] [--rounds 3] [--largest 10000]
"""

from __future__ import annotations

import argparse
import contextlib
import io
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import catalogues, pdfs, site
from benchmarks.corpus import Corpus, publish_site
from benchmarks.measure import Figure, machine, verdicts

RESULTS = Path(__file__).parent / "RESULTS.md"

HEAD = """\
# What it costs

Written by `python -m benchmarks`; `make bench` runs it. All tools take turns in one run on the
same generated corpus (`benchmarks/corpus.py`): pieces of some 600 words in English, Turkish and
Russian, with headings, links to each other, a list, a quotation and two notes. Figures are of
whole processes, children included: CPU is user and system time, peak the largest process. Of all
rounds the least counts. CPU and wall time in seconds.

What each builds, beside the page of every piece in every language with byline, biographies, date,
topics, notes, related pieces, links to its translations, canonical and `hreflang` links, Open
Graph and JSON-LD:

- **publish** reads one source a piece and gettext catalogues; compares every translation with its
  original and sets typography. It writes indexes, pages of topics, series and authors, a feed a
  language, a sitemap, BibTeX and RIS files for each edition, checksums, and rules for servers.
  PDFs are left out where a table says HTML.
- **Hugo** reads finished Markdown in every language and writes the same pages and files, without
  rules for servers and checksums. A second line leaves BibTeX and RIS files out. Not minified, no
  images.
- **Pelican** reads finished Markdown, one site a language in one process, with its content cache;
  related pieces and pages of series come from a plug-in of twenty lines. No BibTeX, no RIS.
- **MkDocs** with mkdocs-static-i18n reads finished Markdown, and is told beforehand what stands
  in lists and which pieces are related. No feed, no BibTeX, no RIS.
- **Sphinx** with MyST reads English Markdown and gettext catalogues, one build a language without
  a search index, and is told the same beforehand. No feed, no sitemap, no BibTeX, no RIS.

Their themes are in `benchmarks/themes`.
"""

PDFS = """\
The least CPU and wall time of each edition of the site, as means; `benchmarks/pdfs.py` says what
each does."""

CATALOGUES = """\
Whole processes that merge 200 new messages into a catalogue; `benchmarks/catalogues.py` says
how."""


def printed(work: Callable[[], None]) -> str:
    """What a benchmark prints, as a block."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        work()
    return f"```\n{out.getvalue().rstrip()}\n```"


def all_pdfs() -> None:
    """The costs of a PDF, on three pieces of the corpus."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "corpus"
        publish_site(Corpus(3), folder)
        pdfs.compare(folder)
        pdfs.hold(folder)


def main(arguments: Sequence[str]) -> None:
    """Measure everything and write it down."""
    parser = argparse.ArgumentParser(description="Measure speed beside other tools.")
    parser.add_argument("--pieces", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--largest", type=int, default=site.SIZES[-1])
    given = parser.parse_args(arguments)
    sizes = [size for size in site.SIZES if size <= given.largest]
    figures: list[Figure] = []
    parts = [HEAD, f"## The machine\n\n{machine()}"]

    def add(title: str, found: tuple[str, tuple[Figure, ...]]) -> None:
        parts.append(f"## {title}\n\n{found[0]}")
        figures.extend(found[1])
        print(parts[-1], end="\n\n", flush=True)

    add(f"HTML of {given.pieces} pieces × 3 languages", site.first(given.pieces, given.rounds))
    add("Growth", site.scale(sizes, given.rounds))
    among = min(1000, given.largest)
    add(
        f"One translation changed among {among:,} × 3, with PDFs",
        site.one_edit(among, given.rounds),
    )
    add("Workers", site.make_pdfs(min(20, given.pieces), given.rounds))
    add("One PDF", (f"{PDFS}\n\n{printed(all_pdfs)}", ()))
    add("Catalogues", (f"{CATALOGUES}\n\n{printed(lambda: catalogues.main(''))}", ()))
    parts.insert(1, f"## What is asked, and what is reached\n\n{verdicts(figures)}")
    RESULTS.write_text("\n\n".join(part.rstrip() for part in parts) + "\n", encoding="utf-8")
    print(parts[1])


if __name__ == "__main__":
    main(sys.argv[1:])
