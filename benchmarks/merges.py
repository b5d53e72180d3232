"""What becomes of translations when their texts are edited: this project, msgmerge, Babel.

    python -m benchmarks.merges [SCRIPTS]

One paragraph of a piece of seventeen is edited at a time, each in every way; then several edits
are made at once, SCRIPTS (300) scripts for each number of edits. The script knows the truth: which
old paragraph each new one comes from. *carried* is the number of old translations that stand, for
review or confirmed, where their paragraph lives on; *wrong* the number of paragraphs that got a
translation of another one. Needs msgmerge (gettext) beside what the tests need.
"""

from __future__ import annotations

import io
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from babel.messages import pofile

from publish import catalogue
from publish.merge import merge, template
from publish.model import Catalogue
from tests import edits
from tests.test_merge import TR, complete, domain, turkish

Merger = Callable[[Catalogue, Sequence[str]], dict[str, str]]
"""The old catalogue and the new texts in; each text's translation out, with its comments."""


def publish(old: Catalogue, texts: Sequence[str]) -> dict[str, str]:
    """Our own merge."""
    found, _ = merge(old, domain(texts), TR)
    return {entry.key[1]: f"{entry.translation} {entry.comments}" for entry in found.entries}


def msgmerge(old: Catalogue, texts: Sequence[str]) -> dict[str, str]:
    """`msgmerge --previous`."""
    with tempfile.TemporaryDirectory() as folder:
        po, pot = Path(folder) / "a.po", Path(folder) / "a.pot"
        po.write_text(catalogue.dump(old), encoding="utf-8")
        pot.write_text(catalogue.dump(template(domain(texts))), encoding="utf-8")
        done = subprocess.run(
            ["msgmerge", "--quiet", "--previous", po, pot], capture_output=True, check=True
        )
    found, problems = catalogue.read("a.po", done.stdout.decode(), old.domain, old.locale)
    assert found is not None, problems
    return {entry.key[1]: entry.translation for entry in found.entries}


def babel(old: Catalogue, texts: Sequence[str]) -> dict[str, str]:
    """Babel's `Catalog.update`, which `pybabel update` calls."""
    known = pofile.read_po(io.StringIO(catalogue.dump(old)))
    known.update(pofile.read_po(io.StringIO(catalogue.dump(template(domain(texts))))))
    return {str(message.id): str(message.string) for message in known if message.id}


MERGERS: dict[str, Merger] = {
    "publish": publish,
    "msgmerge --previous": msgmerge,
    "pybabel update": babel,
}


def judged(merger: Merger, piece: Sequence[edits.Block]) -> edits.Verdict:
    """How one tool does with one edited piece."""
    found = merger(complete(edits.PARAGRAPHS), [block.text for block in piece])
    held = [
        frozenset(
            number
            for number, text in enumerate(edits.PARAGRAPHS)
            if turkish(text) in found.get(block.text, "")
        )
        for block in piece
    ]
    return edits.judge(piece, held)


def row(title: str, cells: Sequence[object]) -> None:
    """One line of the table."""
    print(f"{title:28}" + "".join(f"{cell!s:>26}" for cell in cells), flush=True)


def main(scripts: int) -> None:
    """Print both tables."""
    row("one edit, carried/lost", [*MERGERS])
    for name, edit in edits.SINGLE.items():
        cells = []
        for merger in MERGERS.values():
            lost = sum(
                verdict.asked != verdict.carried
                for at in range(len(edits.PARAGRAPHS))
                for verdict in [judged(merger, edit(edits.blocks(), at, random.Random(at)))]
            )
            cells.append(f"{len(edits.PARAGRAPHS) - lost}/{lost}")
        row(name, cells)
    cells = []
    for merger in MERGERS.values():
        pieces = [
            edits.resembling_a_sibling(edits.blocks(), at, random.Random(at))
            for at in range(len(edits.PARAGRAPHS))
        ]
        cells.append(f"{sum(judged(merger, piece).wrong for piece in pieces)} of 17 borrow")
    row("a new one like a sibling", cells)
    print()
    row("edits at once", [f"{name}: lost, wrong" for name in MERGERS] + ["worse than msgmerge"])
    for size in (3, 5, 8):
        totals = {name: [0, 0, 0] for name in MERGERS}
        worse = 0
        for seed in range(scripts):
            chance = random.Random(size * 1_000_000 + seed)
            names = chance.choices([*edits.MANY], k=size)
            piece = edits.script(edits.blocks(), names, seed)
            verdicts = {name: judged(merger, piece) for name, merger in MERGERS.items()}
            for name, verdict in verdicts.items():
                totals[name][0] += verdict.asked
                totals[name][1] += verdict.asked - verdict.carried
                totals[name][2] += verdict.wrong
            if verdicts["publish"].carried < verdicts["msgmerge --previous"].carried:
                worse += 1
                print("worse:", names, seed, verdicts)
        cells = [f"{lost} of {asked}, {wrong}" for asked, lost, wrong in totals.values()]
        row(f"{size}, in {scripts} scripts", [*cells, worse])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
