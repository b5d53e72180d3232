"""How often each rule for translations speaks on accepted work: `python -m benchmarks.checks`.

Reads every `.po` below a folder (default: `../shared/corpora`; none is part of this project) and
compares each translated, not fuzzy entry with its original, as inline Markdown. Printed are, for
each catalogue and rule, entries checked, hits, and hits per 1,000. For each rule that holds a
passage back the aim is below 2 false alarms per 1,000 entries: its hits were read one by one, and
`verdicts.txt` keeps what was judged; printed are true, false and unjudged ones, and false per
1,000. `--show CODE` prints the hits of one rule with their digests, to be read.

How the rules answer the relevant checks of two other tools:

    pofilter                      here       Weblate                       here
    accelerators, printf,         E7, T3     placeholders, *-format        E7, T3
      variables, pythonbraceformat
    blank, emails, urls           E10, E3    same, unchanged               W5, W6
    brackets, doublequoting       W3, N13    bracket and quote marks       W3, N13
    doublespacing, doublewords    N1, W4     double_space, duplicate       N1, W4
    endpunc, puncspacing          W2, N8     end_stop, end_question, …     W2, N15
    escapes, newlines, tabs,      E8         begin_ and end_newline,       E8
      startwhitespace, endwhitespace           newline count, *_space
    long, short                   W7         max-length                    W7
    numbers                       W1, E11    (none)                        W1, E11
    simpleplurals, nplurals       T3         plurals, same-plurals         T3
    unchanged, untranslated       W5         inconsistent                  N16
    xmltags, validxml             E6         safe-html, xml-tags           E6
    (none)                        E9         zero-width space, kashida     E9
    (none)                        E1 – E5    md-link, md-reflink,          E1 – E5
                                               md-syntax, md-code
    (none)                        W12        glossary                      W12
"""

from __future__ import annotations

import argparse
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from publish import catalogue, locales
from publish.compare import RULES as ERRORS
from publish.compare import Difference, Pair, differences
from publish.doubts import RULES as DOUBTS
from publish.doubts import doubts
from publish.model import Entry

CORPORA = Path(__file__).parent.parent.parent / "shared" / "corpora"
VERDICTS = Path(__file__).parent / "verdicts.txt"
TRUE = frozenset({"wrong", "backwards", "markup", "edge"})
"""Verdicts that say that an editor wants to hear of it."""

FALSE = frozenset({"benign", "localized"})
"""Verdicts that say that nothing is wrong."""

_LANGUAGE = re.compile(r'^"Language: ([\w-]+)\\n"$', re.MULTILINE)


def accepted(path: Path) -> Iterator[Pair]:
    """The translated, not fuzzy entries of a catalogue, as pairs."""
    text = path.read_text(encoding="utf-8")
    language = _LANGUAGE.search(text)
    locale = locales.parse(language[1].replace("_", "-") if language else path.stem)
    # The catalogues' headers are other tools' own; only the entries matter here.
    entries: tuple[Entry, ...] = catalogue.entries(text)
    for entry in entries:
        # A fenced block is no inline text; here it is no message either.
        if entry.translation and not (entry.fuzzy or entry.plural or "```" in entry.key[1]):
            yield Pair(entry.key[1], entry.translation, locale, locales.parse("en"))


def hits(pair: Pair) -> tuple[Difference, ...]:
    """What all rules say of a pair."""
    return (*differences(pair), *doubts(pair))


def digest(code: str, pair: Pair) -> str:
    """Names a rule's hit on a pair without saying its texts."""
    told = f"{code}\0{pair.msgid}\0{pair.msgstr}"
    return hashlib.sha256(told.encode()).hexdigest()[:10]


def verdicts() -> dict[str, str]:
    """Digest of each hit that was read → what was judged of it."""
    judged: dict[str, str] = {}
    verdict = ""
    for line in VERDICTS.read_text(encoding="utf-8").splitlines():
        if line.startswith("E"):
            _, verdict, _ = line.split()
        elif not line.startswith("#"):
            judged.update(dict.fromkeys(line.split(), verdict))
    return judged


def main() -> None:
    """Print the measurements."""
    parser = argparse.ArgumentParser(description="Measure the rules on accepted translations.")
    parser.add_argument("folder", nargs="?", type=Path, default=CORPORA)
    parser.add_argument("--show", metavar="CODE", default="")
    given = parser.parse_args()
    judged = verdicts()
    for path in sorted(given.folder.rglob("*.po")):
        found: dict[str, Counter[str]] = {code: Counter() for code in (*ERRORS, *DOUBTS)}
        number = 0
        for pair in accepted(path):
            number += 1
            told = hits(pair)
            for code in {difference.code for difference in told}:
                found[code][judged.get(digest(code, pair), "unjudged")] += 1
            for difference in told:
                if difference.code == given.show:
                    name = digest(given.show, pair)
                    print(f"{path.stem} {name} {judged.get(name, '')} {difference.message}")
                    print(f"  {pair.msgid}\n  {pair.msgstr}")
        print(f"{path.relative_to(given.folder)}: {number} entries")
        for code, by_verdict in found.items():
            every = by_verdict.total()
            line = f"  {code:4} {every:5} hits {every / number * 1000:7.2f} per 1,000"
            if code in ERRORS:
                false = sum(by_verdict[verdict] for verdict in FALSE)
                unjudged = by_verdict["unjudged"]
                true = every - false - unjudged
                line += f"   {true:4} true {false:3} false {unjudged:4} unjudged"
                line += f" {false / number * 1000:6.2f} false per 1,000"
            print(line)


if __name__ == "__main__":
    main()
