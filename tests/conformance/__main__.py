"""`python -m tests.conformance [PDF or folder …]`: validate editions, and say all that is wrong.

Without arguments it publishes the sample site (this repository), others that are made for it,
and the seed site (in `../shared`) into a temporary folder and validates what comes out. Ends with
1 on any failure, on any warning that is not allowed, and where anything could not be checked.
`make conformance` installs the validators first.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from . import pages, pdfs, verdicts


def main(arguments: Sequence[str] | None = None) -> int:
    """Run every section and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance")
    parser.add_argument("paths", nargs="*", type=Path, metavar="PDF or folder")
    parser.add_argument("--all", action="store_true", help="tell every place of each finding")
    chosen = parser.parse_args(arguments)
    places = None if chosen.all else verdicts.PLACES
    with tempfile.TemporaryDirectory(prefix="conformance-") as scratch:
        sections = [pdfs.section(chosen.paths, Path(scratch) / "pdfs", places=places)]
        sites = [path for path in chosen.paths if any(path.rglob("*.html"))]
        if sites or not chosen.paths:
            sections.append(pages.section(sites, Path(scratch) / "pages", places=places))
    for section in sections:
        print(f"\n── {section.title} ──\n")
        print("\n".join(section.lines))
    print("\n── Outcome ──\n")
    faults = [(section.title, fault) for section in sections for fault in section.faults]
    for title, fault in faults:
        print(f"{title}: {fault}")
    print(f"conformance: {len(faults)} faults" if faults else "conformance: passed")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
