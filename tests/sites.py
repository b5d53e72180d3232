"""Made-up sites: some dozen pieces in several languages, of which chance decides who has what."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Sequence
from pathlib import Path

from publish import catalogue
from publish.load import load
from publish.locales import Locale, parse
from publish.merge import Grade
from publish.model import Catalogue, Entry
from publish.update import update

WORDS = ("harbour", "light", "keeper", "tide", "chart", "pilot", "signal", "mast", "ledger")

HOSTILE = "</script></head><!-- & \\\" ' ]]> {a} 50% $x_1 ~^ #"
"""A title that would leave any place it is put in, as it stands within double quotes in YAML."""


def made(root: Path, seed: int, tags: Sequence[str], pieces: int = 30) -> None:
    """Write a site of so many pieces in these languages; the first of them is the default."""
    chance = random.Random(seed)
    languages = ", ".join(f'"{tag}"' for tag in tags)
    settings = f'title = {{ {tags[0]} = "Papers & <Tides>" }}\nbase_url = "https://tides.example"\n'
    settings += f'languages = [{languages}]\nlicence = "CC BY 4.0"\n'
    settings += 'licence_url = "https://creativecommons.org/licenses/by/4.0/"\n'
    _write(root / "pyproject.toml", f"[tool.publish]\n{settings}")
    for number in range(4):
        front = f"name: Person {number}\nlanguage: {chance.choice(tags)}\n"
        front += "title: Dr.\n" if number % 2 else ""
        _write(root / f"sources/authors/person-{number}.md", f"---\n{front}---\n\nA life.\n")
    for number in range(pieces):
        _write(root / f"sources/pieces/piece-{number}.md", _piece(chance, number, tags))
    update(root, load(root), (), grade=Grade.SUBSTANTIVE)
    for path in sorted(root.glob("locales/*/LC_MESSAGES/**/*.po")):
        locale = parse(path.relative_to(root).parts[1].replace("_", "-"))
        domain = path.relative_to(root / "locales" / locale.posix / "LC_MESSAGES")
        _translate(chance, path, domain.with_suffix("").as_posix(), locale)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _piece(chance: random.Random, number: int, tags: Sequence[str]) -> str:
    language = chance.choice(tags)
    title = f"Piece {number} of the {chance.choice(WORDS)}"
    title += HOSTILE if number % 5 == 0 else " دفتر" if number % 5 == 1 else ""
    month, day = chance.randint(1, 9), chance.randint(1, 28)
    authors = ", ".join(f"person-{who}" for who in chance.sample(range(4), chance.randint(1, 3)))
    front = [f'title: "{title}"', f"date: 2026-{month:02}-{day:02}", f"language: {language}"]
    front += [f"authors: [{authors}]", f"tags: [{chance.choice(WORDS)}]", "summary: In short."]
    if chance.random() < 0.3:
        front.append(f"updated: 2026-10-{day:02}")
    if chance.random() < 0.3:
        front.append("series: The <Log> & Book")
    if chance.random() < 0.2:
        front.append(f'corrections: [{{date: 2026-11-{day:02}, text: "A wrong </year>."}}]')
    held = [tag for tag in tags if tag != language and chance.random() < 0.15]
    front += [f"hold: [{', '.join(held)}]"] if held else []
    lines = "\n".join(front)
    text = "\n\n".join(" ".join(chance.choices(WORDS, k=6)) + "." for _ in range(3))
    return f"---\n{lines}\n---\n\n{text}\n"


def _translate(chance: random.Random, path: Path, domain: str, locale: Locale) -> None:
    text = path.read_text(encoding="utf-8")
    found, problems = catalogue.read(path.as_posix(), text, domain, locale)
    assert found is not None, problems
    share = 1.0 if domain == "interface" else chance.choice((0.0, 0.6, 1.0, 1.0, 1.0))
    entries = tuple(
        _entry(entry, locale if domain != "interface" else None)
        # What is decided must not hang on how much the interface has to say.
        if domain == "interface" or chance.random() < share
        else entry
        for entry in found.entries
    )
    # Once complete and then fallen behind, they stay above the floor.
    known = {"X-Completed": "2026-11-01", "Last-Translator": "Ayşe & Can <a@b.example>"}
    known["PO-Revision-Date"] = f"2026-11-{chance.randint(1, 20):02} 10:00+0300"
    complete = known if share > 0 and chance.random() < 0.7 else {}
    header = tuple((dict(found.header) | complete).items())
    new: Catalogue = dataclasses.replace(found, entries=entries, header=header)
    path.write_text(catalogue.dump(new), encoding="utf-8")


def _entry(entry: Entry, locale: Locale | None) -> Entry:
    """The entry translated; the interface keeps its words."""
    translation = f"{entry.key[1]} ({locale.tag})" if locale else entry.key[1]
    plurals = tuple(entry.plural for _ in entry.plurals) if entry.plural else ()
    return dataclasses.replace(entry, translation=translation, plurals=plurals)
