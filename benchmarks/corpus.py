"""A site of any size to measure with: `python -m benchmarks.corpus FOLDER PIECES`.

Pieces are made, not kept: each from its number alone, so that one of a small corpus is the same in
a large one but for the pieces that it links to and a second author. Sentences are patterns with
their words in three languages; what a number says in one language it says in the others, as a
translation does. Nothing here reads a clock.
"""

from __future__ import annotations

import datetime
import functools
import itertools
import json
import random
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from benchmarks import vocabulary as words

LANGUAGES = ("en", "tr", "ru")
"""The languages that there are words for; the first is the site's default."""

PIECES_PER_AUTHOR = 25
"""So many pieces have one author for their first."""

PIECES_PER_SERIES = 12
"""So many pieces are in one series; one piece in eight is in any."""

FIRST_DAY = datetime.date(2012, 1, 2)
TRANSLATED = datetime.timedelta(days=9)
DAYS = 4703
"""A prime: dates are spread over so many days and repeat only after as many pieces."""

BASE_URL = "https://notes.example"
TITLE = {"en": "Notes on Measures", "tr": "Ölçüler Üzerine Notlar", "ru": "Заметки о мерах"}
TRANSLATORS = {"en": "Ruth Archer", "tr": "Elif Sezgin", "ru": "Нина Ветрова"}

Texts = Mapping[str, str]
"""Language → what is said in it."""


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a text."""

    kind: str
    """`paragraph`, `heading`, `item`, `quote`, or `note`."""

    texts: Texts
    """Its inline Markdown; a link to another piece has the address `piece:<slug>`."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes."""

    identifier: str
    """Names the file."""

    language: str
    """The language that the biography was written in."""

    name: Texts
    """Their name in each alphabet."""

    affiliation: Texts
    """Where they work."""

    biography: Texts
    """One paragraph."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One text with its translations."""

    number: int
    """Which of the corpus it is."""

    slug: str
    """Names the file and the address."""

    language: str
    """The language that it was written in."""

    date: datetime.date
    """When it was published."""

    authors: tuple[str, ...]
    """Who wrote it, by identifier."""

    tags: tuple[int, ...]
    """Its topics, by their place in `vocabulary.TAGS`."""

    series: int | None
    """Its series' number."""

    title: Texts
    """What stands above it."""

    summary: Texts
    """What stands below the title."""

    blocks: tuple[Block, ...]
    """The text; notes come last."""

    def revised(self, language: str) -> datetime.date:
        """When its edition in a language was last worked on."""
        return self.date if language == self.language else self.date + TRANSLATED


_Written = TypeVar("_Written", Author, Piece)


@dataclass(frozen=True, slots=True)
class Corpus:
    """All pieces and authors, each made when it is asked for."""

    size: int
    """How many pieces there are."""

    languages: tuple[str, ...] = LANGUAGES
    """The languages in which there is everything."""

    def pieces(self) -> Iterator[Piece]:
        """Every piece, in order of number."""
        return (self._within(piece(number, self.size)) for number in range(self.size))

    def authors(self) -> tuple[Author, ...]:
        """Every author."""
        return tuple(self._within(author(number)) for number in range(_authors(self.size)))

    def _within(self, one: _Written) -> _Written:
        """With an original in one of the languages that there are."""
        known = one.language in self.languages
        return one if known else replace(one, language=self.languages[0])

    def series(self) -> tuple[Texts, ...]:
        """The names of all series."""
        numbers = [_series(number) for number in range(self.size)]
        last = max((number for number in numbers if number is not None), default=-1)
        return tuple(series(number) for number in range(last + 1))


# ── Making ───────────────────────────────────────────────────────────────────────────────────


def piece(number: int, size: int) -> Piece:
    """The piece of this number in a corpus of `size`."""
    chance = random.Random(f"piece {number}")
    thing = _thing(number)
    place = _place(number)
    title = _filled(words.TITLES[chance.randrange(len(words.TITLES))], chance, thing, place)
    summary = _joined(chance, words.SUMMARIES, 1, thing, place)
    others = _authors(size)
    first = number // PIECES_PER_AUTHOR
    second = int(chance.random() * others)
    authors = (first,) if chance.random() < 0.85 or second == first else (first, second)
    chosen = sorted(chance.sample(range(len(words.TAGS)), chance.randrange(2, 5)))
    return Piece(
        number=number,
        slug=slug(number),
        language=_language(number),
        date=FIRST_DAY + datetime.timedelta(days=number * 1009 % DAYS),
        authors=tuple(author(one).identifier for one in authors),
        tags=tuple(chosen),
        series=_series(number),
        title=title,
        summary=summary,
        blocks=tuple(_blocks(chance, number, size, thing, place)),
    )


def slug(number: int) -> str:
    """The name of a piece's file."""
    return f"{words.THINGS[_thing(number)].name}-{words.PLACES[_place(number)].name}-{number:05}"


@functools.cache
def author(number: int) -> Author:
    """The author of this number."""
    chance = random.Random(f"author {number}")
    given = words.GIVEN[number % len(words.GIVEN)]
    # The numbers of given and family names have no common divisor: all pairs come before one twice.
    family = words.FAMILIES[number % len(words.FAMILIES)]
    again = number // (len(words.GIVEN) * len(words.FAMILIES))
    identifier = f"{given.name}-{family.name}" + (f"-{again + 1}" if again else "")
    name = {one: f"{given.texts[one]} {family.texts[one]}" for one in LANGUAGES}
    thing = chance.randrange(len(words.THINGS))
    place = chance.randrange(len(words.PLACES))
    first, *others = (_filled(pattern, chance, thing, place) for pattern in words.BIOGRAPHIES)
    return Author(
        identifier=identifier,
        language=_language(number),
        name=name,
        affiliation=words.AFFILIATIONS[chance.randrange(len(words.AFFILIATIONS))],
        biography=_beside(name, {one: words.small(first[one], one) for one in LANGUAGES}, *others),
    )


@functools.cache
def series(number: int) -> Texts:
    """The name of a series."""
    thing = words.THINGS[number * 5 % len(words.THINGS)]
    place = words.PLACES[(number * 7 + number // len(words.THINGS)) % len(words.PLACES)]
    again = number // (len(words.THINGS) * len(words.PLACES))
    tail = f" {again + 1}" if again else ""
    return {
        "en": f"Letters from {place.forms['place']}: {thing.forms['plain']}{tail}",
        "tr": f"{place.forms['yer']} Mektupları: {thing.forms['şey']}{tail}",
        "ru": f"Письма {place.forms['откуда']}: {thing.forms['вещь']}{tail}",
    }


def _series(number: int) -> int | None:
    return number // 8 // PIECES_PER_SERIES if number % 8 == 3 else None


def _authors(size: int) -> int:
    return max(1, -(-size // PIECES_PER_AUTHOR))


def _language(number: int) -> str:
    """Seven of ten are English."""
    return {3: "tr", 5: "ru", 8: ("tr", "ru")[number // 10 % 2]}.get(number % 10, "en")


def _thing(number: int) -> int:
    return number * 11 % len(words.THINGS)


def _place(number: int) -> int:
    return (number * 7 + number // len(words.THINGS)) % len(words.PLACES)


def _filled(pattern: Texts, chance: random.Random, thing: int, place: int) -> Texts:
    """A pattern with its words, the same in each language."""
    forms: dict[str, str] = {}
    forms |= words.THINGS[thing].forms
    forms |= words.PLACES[place].forms
    forms |= words.WHENS[int(chance.random() * len(words.WHENS))].forms
    forms |= words.VERBS[int(chance.random() * len(words.VERBS))].forms
    one = int(chance.random() * len(words.ACTORS))
    two = (one + 1 + int(chance.random() * (len(words.ACTORS) - 1))) % len(words.ACTORS)
    forms |= words.ACTORS[one].forms
    forms |= words.OTHERS[two]
    forms["year"] = str(1861 + int(chance.random() * 150))
    forms["number"] = str(
        (1 + int(chance.random() * 8)) * 10 + (0, 5, 6, 7, 8, 9)[int(chance.random() * 6)]
    )
    return {one: words.capital(text.format_map(forms), one) for one, text in pattern.items()}


def _joined(
    chance: random.Random, patterns: Sequence[Texts], number: int, thing: int, place: int
) -> Texts:
    """So many sentences of these patterns, none of them twice."""
    chosen = chance.sample(range(len(patterns)), number)
    told = [_filled(patterns[one], chance, thing, place) for one in chosen]
    return {one: " ".join(texts[one] for texts in told) for one in LANGUAGES}


def _blocks(
    chance: random.Random, number: int, size: int, thing: int, place: int
) -> Iterator[Block]:
    """Some 600 words in three parts, with two notes."""

    left: dict[int, list[int]] = {}

    def told(patterns: Sequence[Texts], sentences: int = 1) -> Texts:
        parts = []
        for _ in range(sentences):
            # No pattern comes again before all have come.
            pool = left.setdefault(id(patterns), [])
            if not pool:
                pool += chance.sample(range(len(patterns)), len(patterns))
            # The subject stays in sight, but not in every sentence.
            what = thing if chance.random() < 0.5 else int(chance.random() * len(words.THINGS))
            where = place if chance.random() < 0.5 else int(chance.random() * len(words.PLACES))
            parts.append(_filled(patterns[pool.pop()], chance, what, where))
        return _beside(*parts)

    def paragraph(*parts: Texts) -> Block:
        return Block("paragraph", _beside(*parts))

    def linked() -> Texts:
        other = int(chance.random() * size)
        target = slug(other if other != number else (number + 1) % size)
        found = told(words.LINKS)
        return {one: text.replace("TARGET", f"piece:{target}") for one, text in found.items()}

    headings = [words.HEADINGS[one] for one in sorted(chance.sample(range(len(words.HEADINGS)), 3))]
    plain = words.SENTENCES
    yield paragraph(told(plain, 2), _marked(told(plain), 1), told(plain))
    yield paragraph(told(plain, 2), linked(), told(plain))
    yield Block("heading", headings[0])
    yield paragraph(told(plain), told(words.EMPHASES), told(plain, 2))
    yield paragraph(told(words.OUTSIDE), told(plain, 2))
    yield Block("paragraph", told(words.LEADS))
    for chosen in sorted(chance.sample(range(len(words.ITEMS)), 3)):
        yield Block("item", _filled(words.ITEMS[chosen], chance, thing, place))
    yield paragraph(told(plain, 2), linked())
    yield Block("heading", headings[1])
    yield paragraph(told(plain), _marked(told(plain), 2), told(plain, 2))
    yield Block("quote", told(words.QUOTES, 2))
    yield paragraph(told(plain, 2), told(words.EMPHASES), told(plain))
    yield Block("heading", headings[2])
    yield paragraph(told(plain, 3))
    yield paragraph(told(words.OUTSIDE), told(plain), linked())
    yield paragraph(told(plain, 2))
    for note in (1, 2):
        yield Block("note", _noted(told(words.NOTES), note))


def _beside(*parts: Texts) -> Texts:
    return {one: " ".join(part[one] for part in parts) for one in LANGUAGES}


def _marked(texts: Texts, note: int) -> Texts:
    """With a note's mark at the end; Russian sets it before the full stop."""
    mark = f"[^{note}]"
    return {
        one: f"{text[:-1]}{mark}." if one == "ru" else text + mark for one, text in texts.items()
    }


def _noted(texts: Texts, note: int) -> Texts:
    """Two notes of a piece are never the same message."""
    return {one: f"{text} ({note})" for one, text in texts.items()}


# ── Writing: a site of this project ──────────────────────────────────────────────────────────

_PIECE_LINK = re.compile(r"\(piece:([a-z0-9-]+)\)")
_PREFIX = {"heading": "## ", "item": "- ", "quote": "> "}
_LINE = re.compile(r".{1,76}(?: |$)|\S+ ?")
_COMMENT = {"heading": "heading 2", "item": "list item", "quote": "quotation"}
_PLURALS = {
    "en": "nplurals=2; plural=(n != 1);",
    "tr": "nplurals=2; plural=(n != 1);",
    "ru": (
        "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12"
        " || n%100>14) ? 1 : 2);"
    ),
}

Message = tuple[str, str, Texts]
"""A comment for the translator, a context, and the texts."""


def markdown(blocks: Sequence[Block], language: str, link: str = r"(\1.md)") -> str:
    """A text in one language; `link` replaces the address of a piece, parentheses included."""
    parts: list[str] = []
    note = 0
    before = ""
    for block in blocks:
        text = _PIECE_LINK.sub(link, block.texts[language])
        prefix = _PREFIX.get(block.kind, "")
        if block.kind == "note":
            note += 1
            prefix = f"[^{note}]: "
        if parts:
            parts.append("\n" if block.kind == before == "item" else "\n\n")
        parts.append(prefix + text)
        before = block.kind
    return "".join(parts) + "\n"


def publish_site(corpus: Corpus, folder: Path) -> None:
    """Write a site for `publish`: sources and complete catalogues."""
    title = ", ".join(f"{one} = {_quoted(TITLE[one])}" for one in corpus.languages)
    write_text(
        folder / "pyproject.toml",
        f"""\
[tool.publish]
title = {{ {title} }}
base_url = "{BASE_URL}"
languages = {json.dumps(list(corpus.languages))}
default_language = "{LANGUAGES[0]}"
feeds = true
search = false
""",
    )
    for one in corpus.authors():
        path = f"sources/authors/{one.identifier}.md"
        lines = [
            "---",
            f"name: {_quoted(one.name[one.language])}",
            f"affiliation: {_quoted(one.affiliation[one.language])}",
            f"language: {one.language}",
            "---",
            "",
            one.biography[one.language],
            "",
        ]
        write_text(folder / path, "\n".join(lines))
        messages: list[Message] = [
            ("name", "name", one.name),
            ("affiliation", "affiliation", one.affiliation),
            ("paragraph", "", one.biography),
        ]
        domain = f"authors/{one.identifier}"
        _catalogues(corpus, folder, domain, one.language, messages, [path] * 3, None)
    names = corpus.series()
    # A shared message stands at the newest piece that has it.
    tagged: dict[int, tuple[int, str]] = {}
    serial: dict[int, tuple[int, str]] = {}
    for text in corpus.pieces():
        path = f"sources/pieces/{text.slug}.md"
        place = -text.date.toordinal(), path
        for tag in text.tags:
            tagged[tag] = min(place, tagged.get(tag, place))
        if text.series is not None:
            serial[text.series] = min(place, serial.get(text.series, place))
        write_text(folder / path, _source(text, names))
        found = [*piece_messages(text)]
        domain = f"pieces/{text.slug}"
        places = [path] * len(found)
        _catalogues(corpus, folder, domain, text.language, found, places, text.date)
    shared = [("series", "series", names[number], path) for number, (_, path) in serial.items()]
    shared += [("tag", "tag", words.TAGS[number], path) for number, (_, path) in tagged.items()]
    shared.sort(key=lambda row: (row[1], row[2][LANGUAGES[0]]))
    found = [row[:3] for row in shared]
    places = [row[3] for row in shared]
    _catalogues(corpus, folder, "tags", LANGUAGES[0], found, places, None)


def _source(text: Piece, names: Sequence[Texts]) -> str:
    language, default = text.language, LANGUAGES[0]
    tags = ", ".join(_quoted(words.TAGS[tag][default]) for tag in text.tags)
    lines = [
        "---",
        f"title: {_quoted(text.title[language])}",
        f"date: {text.date}",
        f"language: {language}",
        f"authors: [{', '.join(text.authors)}]",
        f"tags: [{tags}]",
        *([f"series: {_quoted(names[text.series][default])}"] if text.series is not None else []),
        f"summary: {_quoted(text.summary[language])}",
        "---",
        "",
        markdown(text.blocks, language),
    ]
    return "\n".join(lines)


def piece_messages(text: Piece) -> Iterator[Message]:
    """What is translated of a piece, in order."""
    yield "title", "title", text.title
    yield "summary", "summary", text.summary
    for block in text.blocks:
        texts = {one: _PIECE_LINK.sub(r"(\1.md)", told) for one, told in block.texts.items()}
        number = block.texts["en"][-2] if block.kind == "note" else ""
        yield _COMMENT.get(block.kind, f"{block.kind} {number}".rstrip()), "", texts


def _catalogues(
    corpus: Corpus,
    folder: Path,
    domain: str,
    language: str,
    messages: Sequence[Message],
    paths: Sequence[str],
    date: datetime.date | None,
) -> None:
    """The catalogue of every other language."""
    for locale in corpus.languages:
        if locale != language:
            text = catalogue(domain, language, locale, messages, date, paths)
            write_text(folder / f"locales/{locale}/LC_MESSAGES/{domain}.po", text)


def catalogue(
    domain: str,
    language: str,
    locale: str,
    messages: Sequence[Message],
    date: datetime.date | None,
    paths: Sequence[str] = (),
) -> str:
    """A complete catalogue from a language into another; `paths` say where each message stands."""
    revised = f"{(date or FIRST_DAY) + TRANSLATED}"
    header = [
        ("Project-Id-Version", domain),
        *([("POT-Creation-Date", f"{date} 00:00+0000")] if date else []),
        ("PO-Revision-Date", f"{revised} 10:30+0000"),
        ("Last-Translator", TRANSLATORS[locale]),
        ("Language-Team", ""),
        ("Language", locale),
        ("MIME-Version", "1.0"),
        ("Content-Type", "text/plain; charset=UTF-8"),
        ("Content-Transfer-Encoding", "8bit"),
        ("Plural-Forms", _PLURALS[locale]),
        ("X-Source-Language", language),
        ("X-Segmenter", "publish 1"),
        *([("X-Completed", revised)] if date else []),
    ]
    lines = ['msgid ""\nmsgstr ""']
    lines += [f'"{name}: {value}\\n"' for name, value in header]
    for (comment, context, texts), path in itertools.zip_longest(messages, paths):
        lines.append(f"\n#. {comment}")
        if path:
            lines.append(f"#: {path}")
        if context:
            lines.append(f'msgctxt "{context}"')
        lines.append(_field("msgid", texts[language]))
        lines.append(_field("msgstr", texts[locale]))
    return "\n".join(lines) + "\n"


def _field(name: str, text: str) -> str:
    told = text.replace("\\", "\\\\").replace('"', '\\"')
    if len(told) + len(name) <= 76:
        return f'{name} "{told}"'
    return f'{name} ""\n' + "\n".join(f'"{line}"' for line in _LINE.findall(told))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def write_text(path: Path, text: str) -> None:
    """Write a file, and the folder that it is in where there is none."""
    try:
        path.write_text(text, encoding="utf-8")
    except FileNotFoundError:
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")


def write(folder: Path, pieces: int, languages: Sequence[str] = LANGUAGES) -> None:
    """Write a site for `publish` with so many pieces."""
    publish_site(Corpus(pieces, tuple(languages)), folder)


def main(arguments: Sequence[str]) -> None:
    """Write a site as the command line says."""
    folder, number = arguments
    write(Path(folder), int(number))


if __name__ == "__main__":
    main(sys.argv[1:])
