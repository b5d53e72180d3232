"""How long it takes to merge new messages into a large catalogue: this project beside its peers.

    python -m benchmarks.catalogues [CATALOGUE.po]

Whole processes are set side by side: each reads a catalogue of some 3,800 entries and a template
with 200 messages more, merges, looks for suggestions, and writes the result. Without CATALOGUE the
texts are generated paragraphs; with one (a real catalogue, such as ../shared/corpora has) its own
entries are used, 200 of them taken out. Generated ones are merged at a quarter and at half of the
size too, to show how the time grows (a catalogue may have 100,000 lines). Each figure is the least
of five runs (of three or one for the slow peers).
"""

from __future__ import annotations

import dataclasses
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from publish import catalogue
from publish.catalogue import dump, read
from publish.errors import Span
from publish.locales import parse
from publish.memory import Memory
from publish.merge import merge, template
from publish.messages import Domain
from publish.model import Catalogue, Entry, Segment

TR = parse("tr")
NEW = 200
"""Messages that the template has and the catalogue has not."""


def merge_files(po: Path, pot: Path) -> None:
    """What `publish update` does with one catalogue: read, merge, suggest, write."""
    old, problems = read(po.name, po.read_text(encoding="utf-8"), "pieces/a", TR)
    assert old is not None, problems[:3]
    new, problems = read(pot.name, pot.read_text(encoding="utf-8"), "pieces/a", None)
    assert new is not None, problems[:3]
    after, _ = merge(old, of_segments(new), TR)
    after, _ = Memory([after]).suggest(after)
    po.with_suffix(".out").write_text(catalogue.dump(after, old), encoding="utf-8")


def of_segments(found: Catalogue) -> Domain:
    """A domain with the messages of a template."""
    segments = tuple(
        Segment(entry.key, "paragraph", Span("a.md"), plural=entry.plural)
        for entry in found.entries
    )
    return Domain(
        name="pieces/a",
        path="sources/pieces/a.md",
        locale=parse("en"),
        date=None,
        segments=segments,
        words=tuple(1 for _ in segments),
    )


def generated(number: int) -> list[str]:
    """Paragraphs of 15 to 100 words, as commentaries have; a few words are common and most rare,
    as in any language."""
    chance = random.Random(1)
    syllables = [
        "ba",
        "ce",
        "di",
        "fo",
        "gu",
        "har",
        "ken",
        "lim",
        "mor",
        "nes",
        "pol",
        "rit",
        "sta",
        "tur",
        "ven",
        "wil",
    ]
    known = ["".join(chance.choices(syllables, k=chance.randrange(1, 5))) for _ in range(8000)]
    weights = [1 / (rank + 3) for rank in range(len(known))]
    return [
        " ".join(chance.choices(known, weights, k=chance.randrange(15, 100))) + f" {index}."
        for index in range(number)
    ]


def prepare(folder: Path, texts: list[tuple[str, str]], new: int) -> tuple[Path, Path]:
    """The old catalogue without `new` of the messages, and the template with all of them."""
    segments = tuple(Segment(("", text), "paragraph", Span("a.md")) for text, _ in texts)
    domain = Domain(
        "pieces/a", "sources/pieces/a.md", parse("en"), None, segments, tuple(1 for _ in segments)
    )
    absent = set(random.Random(2).sample(range(len(texts)), new))
    full, _ = merge(None, domain, TR)
    entries = tuple(
        dataclasses.replace(entry, translation=texts[number][1])
        for number, entry in enumerate(full.entries)
        if number not in absent
    )
    po, pot = folder / "a.po", folder / "a.pot"
    po.write_text(dump(dataclasses.replace(full, entries=entries)), encoding="utf-8")
    pot.write_text(dump(template(domain)), encoding="utf-8")
    return po, pot


def seconds(command: list[str], runs: int) -> float:
    """The least wall time of a whole process."""
    found = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, env=os.environ | {"LC_ALL": "C"})
        found.append(time.perf_counter() - start)
    return min(found)


def row(name: str, texts: list[tuple[str, str]], peers: tuple[str, ...]) -> None:
    """Measure one size and print its line."""
    with tempfile.TemporaryDirectory() as name_of_folder:
        folder = Path(name_of_folder)
        po, pot = prepare(folder, texts, NEW)
        ours = seconds([sys.executable, "-m", __spec__.name, "--merge", str(po), str(pot)], 5)
        cells = [f"publish {ours:.2f} s"]
        if "msgmerge" in peers and shutil.which("msgmerge"):
            out = str(folder / "out.po")
            runs = 3 if "pybabel" in peers else 1
            theirs = seconds(["msgmerge", "-q", "--previous", "-o", out, str(po), str(pot)], runs)
            cells.append(f"msgmerge {theirs:.2f} s = {theirs / ours:.1f} ×")
        if "pybabel" in peers:
            copy = folder / "b.po"
            shutil.copy(po, copy)
            command = [sys.executable, "-m", "babel.messages.frontend", "update", "-l", "tr"]
            theirs = seconds([*command, "-i", str(pot), "-o", str(copy), "--previous"], 1)
            cells.append(f"pybabel {theirs:.2f} s = {theirs / ours:.1f} ×")
    print(f"{name:44} " + "   ".join(cells), flush=True)


def main(path: str) -> None:
    """Print the table."""
    if path:
        found, problems = read(path, Path(path).read_text(encoding="utf-8"), "a", None)
        assert found is not None, problems[:3]
        real: list[Entry] = [e for e in found.entries if not e.plural and not e.key[0]]
        texts = [(entry.key[1], entry.translation) for entry in real]
        row(
            f"{len(texts) - NEW} entries of {Path(path).name}, {NEW} new",
            texts,
            ("msgmerge", "pybabel"),
        )
        return
    for size in (950, 1900, 3800):
        texts = [
            (text, f"Çeviri {n}: {text[::-1]}") for n, text in enumerate(generated(size + NEW))
        ]
        row(f"{size} generated entries, {NEW} new", texts, ("msgmerge",) if size == 3800 else ())


if __name__ == "__main__":
    if sys.argv[1:2] == ["--merge"]:
        merge_files(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        main(sys.argv[1] if len(sys.argv) > 1 else "")
