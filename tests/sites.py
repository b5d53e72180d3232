"""Made-up sites: one by chance, of pieces in several languages; one of all that a page can show.

What is a draft, comes later, waits for its translations, or had another name, chance decides too.
The moment at which the sites are looked at is `conftest.NOW`.
"""

from __future__ import annotations

import dataclasses
import random
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

from publish import catalogue
from publish.load import load
from publish.locales import Locale, parse
from publish.merge import Grade
from publish.model import Catalogue, Entry
from publish.update import update

WORDS = ("harbour", "light", "keeper", "tide", "chart", "pilot", "signal", "mast", "ledger")

ENDING = " in the end."
"""How paragraphs end until an editor changes that."""

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
    together = set()
    for number in range(pieces):
        text = _piece(chance, number, tags, pieces)
        _write(root / f"sources/pieces/{slug(number)}.md", text)
        if "release_together" in text:
            together.add(f"pieces/{slug(number)}")
    update(root, load(root), (), grade=Grade.SUBSTANTIVE)
    for path in sorted(root.glob("locales/*/LC_MESSAGES/**/*.po")):
        locale = parse(path.relative_to(root).parts[1].replace("_", "-"))
        domain = path.relative_to(root / "locales" / locale.posix / "LC_MESSAGES")
        name = domain.with_suffix("").as_posix()
        _translate(chance, path, name, locale, 0.8 if name in together else 0.6)
    _edit(chance, root)


@contextmanager
def deep(folder: Path, depth: int) -> Iterator[Path]:
    """So many folders called d, each in the one before; the lowest. They go again with the files in
    it: what else removes trees calls itself, and would not get there."""
    folders = [folder]
    try:
        for _ in range(depth):
            lower = folders[-1] / "d"
            lower.mkdir()
            folders.append(lower)
        yield folders[-1]
    finally:
        for file in folders[-1].iterdir():
            file.unlink()
        for made_last in reversed(folders[1:]):
            made_last.rmdir()


def slug(number: int) -> str:
    """The name of a piece; no other has it in it."""
    return f"piece-{number:03}"


def title(number: int) -> str:
    """How its title begins in every language; no other has it in it."""
    return f"Piece {number:03} of"


def former(number: int) -> str:
    """The name that it had before, if it had one."""
    return f"former-{number:03}"


def _edit(chance: random.Random, root: Path) -> None:
    """Let editors change a paragraph here and there after the translators were done."""
    for path in sorted(root.glob("sources/pieces/*.md")):
        if chance.random() < 0.4:
            text = path.read_text(encoding="utf-8")
            path.write_text(text.replace(ENDING, " at last.", 1), encoding="utf-8")
    update(root, load(root), (), grade=Grade.SUBSTANTIVE)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _piece(chance: random.Random, number: int, tags: Sequence[str], pieces: int) -> str:
    language = chance.choice(tags)
    words = f"{title(number)} the {chance.choice(WORDS)}"
    words += HOSTILE if number % 5 == 0 else " دفتر" if number % 5 == 1 else ""
    kind = chance.choices(("now", "draft", "over", "later"), (70, 8, 11, 11))[0]
    month, day = 12 if kind == "later" else chance.randint(1, 9), chance.randint(1, 28)
    authors = ", ".join(f"person-{who}" for who in chance.sample(range(4), chance.randint(1, 3)))
    front = [f'title: "{words}"', f"date: 2026-{month:02}-{day:02}", f"language: {language}"]
    front += [f"authors: [{authors}]", f"tags: [{chance.choice(WORDS)}]", "summary: In short."]
    if kind == "draft":
        front.append("draft: true")
    elif kind != "now":
        offset = chance.choice(("Z", "+03:00", "-05:00", "+05:45"))
        front.append(f"release: 2026-{month:02}-{day:02}T09:00{offset}")
    if chance.random() < 0.2:
        front.append("release_together: true")
    if chance.random() < 0.2:
        front.append(f"former_slugs: [{former(number)}]")
    if chance.random() < 0.3 and month < 10:
        front.append(f"updated: 2026-10-{day:02}")
    if chance.random() < 0.3:
        front.append("series: The <Log> & Book")
    if chance.random() < 0.2:
        front.append(f'corrections: [{{date: 2026-11-{day:02}, text: "A wrong </year>."}}]')
    held = [tag for tag in tags if tag != language and chance.random() < 0.15]
    front += [f"hold: [{', '.join(held)}]"] if held else []
    lines = "\n".join(front)
    text = "\n\n".join(" ".join(chance.choices(WORDS, k=12)) + ENDING for _ in range(3))
    other = slug(chance.choice([one for one in range(pieces) if one != number]))
    return f"---\n{lines}\n---\n\n{text}\n\nMore in [another piece]({other}.md).\n"


def _translate(
    chance: random.Random, path: Path, domain: str, locale: Locale, complete: float
) -> None:
    """Translate a catalogue, with some probability to its end."""
    text = path.read_text(encoding="utf-8")
    found, problems = catalogue.read(path.as_posix(), text, domain, locale)
    assert found is not None, problems
    done = domain == "interface" or chance.random() < complete
    share = 1.0 if done else chance.choice((0.0, 0.8, 0.8))
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
    remembered = known if share > 0 and chance.random() < 0.7 else {}
    header = tuple((dict(found.header) | remembered).items())
    new: Catalogue = dataclasses.replace(found, entries=entries, header=header)
    path.write_text(catalogue.dump(new), encoding="utf-8")


def _entry(entry: Entry, locale: Locale | None) -> Entry:
    """The entry translated; the interface keeps its words."""
    translation = f"{entry.key[1]} ({locale.tag})" if locale else entry.key[1]
    plurals = tuple(entry.plural for _ in entry.plurals) if entry.plural else ()
    return dataclasses.replace(entry, translation=translation, plurals=plurals)


# ── One of all that a page shows ─────────────────────────────────────────────────────────────

_FRONT = """\
series: Of Lamps and Men
pin: [tr, fa]
updated: 2026-05-01
corrections:
  - { date: 2026-05-01, text: "The first version named another year." }
"""

_MORE = """
The same rules hold ashore.[^1] Of the lamp itself nothing is said.

### What is measured

> A light that nobody tends is *worse* than none.

![A square, black on white](square.png "A lamp, as charts show it")

| lamp | range in nautical miles | keepers |
| :- | -: | :-: |
| [the old one](https://lamps.example/a/very/long/address/that/nothing/divides) | 12 | 2 |
| the new one | 21 | none |

```
light = lamp.at(hour="dusk", character="Fl(2) W 10s", range=21, sectors=["white", "red", "green"])
```

1. Light it.
2. Put it out, as [the keepers]{lang=tr} say.
"""

_PERSIAN = """\
Harbour Lights = چراغ‌های بندر
What a lighthouse owes to ships. = آنچه فانوس دریایی به کشتی‌ها بدهکار است.
Two duties = دو وظیفه
Keep the light burning. = چراغ را روشن نگه دارید.
What is measured = آنچه اندازه گرفته می‌شود
Rules for lights, 1889. = قواعد چراغ‌ها، ۱۸۸۹.
The same rules hold ashore.[^1] Of the lamp itself nothing is said. = همین قواعد در خشکی نیز هست.[^1] از چراغ چیزی گفته نشد.
A light that nobody tends is *worse* than none. = چراغی که کسی از آن مراقبت نکند از نبودنش *بدتر* است.
Sea = دریا
Of Lamps and Men = از چراغ‌ها و آدم‌ها
"""  # noqa: E501 — one translation a line


def mixed(root: Path) -> None:
    """Write the small whole site with all that a page can show: passages that are stale and others
    that are not translated, a Persian edition, tables, code, an image, a correction, a series."""
    shutil.copytree(Path(__file__).parent / "site", root)
    settings = root / "pyproject.toml"
    text = settings.read_text(encoding="utf-8").replace('["en", "tr"]', '["en", "tr", "fa"]')
    text += 'licence = "CC BY 4.0"\nlicence_url = "https://creativecommons.org/licenses/by/4.0/"\n'
    _write(settings, text)
    Image.new("1", (1600, 900)).save(root / "sources/pieces/square.png")
    piece = root / "sources/pieces/harbour-lights.md"
    text = piece.read_text(encoding="utf-8").replace("summary:", f"{_FRONT}summary:")
    text = text.replace("*every* ship.", "*every* ship by night.").replace(
        "\n[^1]:", f"{_MORE}\n[^1]:"
    )
    _write(piece, text.replace("log]: See", "log]: In [the list](https://lamps.example/list), see"))
    update(root, load(root), (), grade=Grade.SUBSTANTIVE)
    persian = dict(line.split(" = ") for line in _PERSIAN.splitlines())
    for path in sorted(root.glob("locales/fa/LC_MESSAGES/**/*.po")):
        domain = path.relative_to(root / "locales/fa/LC_MESSAGES").with_suffix("").as_posix()
        text = path.read_text(encoding="utf-8")
        found, problems = catalogue.read(path.as_posix(), text, domain, parse("fa"))
        assert found is not None, problems
        entries = tuple(
            _entry(entry, None)
            if domain == "interface"
            else dataclasses.replace(entry, translation=persian.get(entry.key[1], ""))
            for entry in found.entries
        )
        header = tuple((dict(found.header) | {"X-Completed": "2026-05-01"}).items())
        new: Catalogue = dataclasses.replace(found, entries=entries, header=header)
        _write(path, catalogue.dump(new))
