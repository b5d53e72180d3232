"""The corpus as other tools want it: finished Markdown in every language, with a theme for each.

Themes are in `themes/`: each writes the pages that this project writes, as far as its tool can.
"""

from __future__ import annotations

import datetime
import functools
import json
import re
import shutil
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import vocabulary as words
from benchmarks.corpus import (
    BASE_URL,
    TITLE,
    TRANSLATORS,
    Corpus,
    Message,
    Piece,
    Texts,
    catalogue,
    markdown,
    piece_messages,
    write_text,
)
from publish import locales

THEMES = Path(__file__).parent / "themes"
PAGE = 20
"""So many entries has a page of a list."""

RELATED = 3
"""So many related pieces are named."""

SCREEN = Path(__file__).parent.parent / "templates" / "screen.css"


def key(name: Texts) -> str:
    """A topic's or series' name in an address, the same in every language."""
    plain = unicodedata.normalize("NFKD", name["en"]).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def hugo_site(corpus: Corpus, folder: Path, *, citations: bool = True) -> None:
    """Write a site for Hugo; with `citations` it makes files for reference managers too."""
    shutil.copytree(THEMES / "hugo", folder, dirs_exist_ok=True)
    more = folder / "citations.toml"
    if citations:
        settings = folder / "hugo.toml"
        plain = settings.read_text(encoding="utf-8")
        plain = plain.replace('page = ["html"]', 'page = ["html", "bib", "ris"]')
        settings.write_text(plain + more.read_text(encoding="utf-8"), encoding="utf-8")
    more.unlink()
    (folder / "assets").mkdir(exist_ok=True)
    shutil.copy(SCREEN, folder / "assets")
    for language in corpus.languages:
        write_text(folder / f"i18n/{language}.toml", "\n".join(_phrases(language)) + "\n")
        content = folder / "content" / language
        for tag in words.TAGS:
            write_text(content / f"topics/{key(tag)}/_index.md", _front({"title": tag[language]}))
        for name in corpus.series():
            write_text(content / f"series/{key(name)}/_index.md", _front({"title": name[language]}))
        for one in corpus.authors():
            told = {"title": one.name[language], "affiliation": one.affiliation[language]}
            text = f"{_front(told)}\n{one.biography[language]}\n"
            write_text(content / f"authors/{one.identifier}/_index.md", text)
    names = corpus.series()
    for piece in corpus.pieces():
        for language in corpus.languages:
            front = _fields(piece, language) | {
                "description": piece.summary[language],
                "lastmod": str(piece.revised(language)),
                "topics": [key(words.TAGS[tag]) for tag in piece.tags],
                "authors": list(piece.authors),
            }
            if piece.series is not None:
                front["series"] = [key(names[piece.series])]
            text = f"{_front(front)}\n{markdown(piece.blocks, language)}"
            write_text(folder / f"content/{language}/{piece.slug}.md", text)


LABELS = (("en", "English", "en_US"), ("tr", "Türkçe", "tr_TR"), ("ru", "Русский", "ru_RU"))


def pelican_site(corpus: Corpus, folder: Path) -> None:
    """Write a site for Pelican: one for each language, built in one process."""
    shutil.copytree(THEMES / "pelican", folder, dirs_exist_ok=True)
    (folder / "theme/static").mkdir(exist_ok=True)
    shutil.copy(SCREEN, folder / "theme/static")
    names = corpus.series()
    for language in corpus.languages:
        told = {
            "SITENAME": TITLE[language],
            "SITEURL": f"{BASE_URL}/{language}",
            "DEFAULT_LANG": language,
            "CACHE_PATH": f"cache/{language}",
            "LANGUAGES": [label for label in LABELS if label[0] in corpus.languages],
            **_spoken(language),
            "TAG_NAMES": {key(tag): tag[language] for tag in words.TAGS},
            "SERIES_NAMES": {key(name): name[language] for name in names},
            "AUTHOR_DATA": _people(corpus, language),
        }
        lines = ["from settings import *", *(f"{name} = {told[name]!r}" for name in told)]
        write_text(folder / f"settings_{language}.py", "\n".join(lines) + "\n")
    for piece in corpus.pieces():
        for language in corpus.languages:
            fields = _fields(piece, language) | {
                "slug": piece.slug,
                "day": _day(piece.date, language),
                "description": piece.summary[language],
                "modified": piece.revised(language),
                "tags": ", ".join(key(words.TAGS[tag]) for tag in piece.tags),
                "authors": ", ".join(piece.authors),
            }
            if piece.series is not None:
                fields["series"] = key(names[piece.series])
            front = "\n".join(f"{name}: {value}" for name, value in fields.items())
            text = markdown(piece.blocks, language, r"({filename}\1.md)")
            write_text(folder / f"content/{language}/{piece.slug}.md", f"{front}\n\n{text}")


def mkdocs_site(corpus: Corpus, folder: Path) -> None:
    """Write a site for MkDocs, which is told what stands in each list."""
    shutil.copytree(THEMES / "mkdocs", folder, dirs_exist_ok=True)
    shutil.copy(THEMES / "shared/shared.html", folder / "theme")
    shutil.copy(SCREEN, folder / "theme")
    lists = tuple(_lists(corpus))
    for language in corpus.languages:
        write_text(folder / f"data_{language}.json", _quoted(_data(corpus, language, lists)))
        content = folder / "content" / language
        for told in lists:
            write_text(content / f"{told.path}index.md", "---\ntitle: x\n---\n")
    for piece in corpus.pieces():
        for language in corpus.languages:
            text = _front({"title": piece.title[language]}) + markdown(piece.blocks, language)
            write_text(folder / f"content/{language}/{piece.slug}.md", text)


def sphinx_site(corpus: Corpus, folder: Path) -> None:
    """Write a site for Sphinx: English pages, catalogues, and what stands in each list."""
    shutil.copytree(THEMES / "sphinx", folder, dirs_exist_ok=True)
    theme = folder / "themes/notes"
    (theme / "static").mkdir(exist_ok=True)
    shutil.copy(THEMES / "shared/shared.html", theme)
    shutil.copy(SCREEN, theme / "static")
    (folder / "source").mkdir(exist_ok=True)
    (folder / "conf.py").rename(folder / "source/conf.py")
    lists = tuple(_lists(corpus))
    for language in corpus.languages:
        write_text(folder / f"data_{language}.json", _quoted(_data(corpus, language, lists)))
    write_text(folder / "source/index.md", "---\norphan: true\n---\n\n# x\n")
    for piece in corpus.pieces():
        text = f"---\norphan: true\n---\n\n# {piece.title['en']}\n\n{markdown(piece.blocks, 'en')}"
        write_text(folder / f"source/{piece.slug}.md", text)
        messages: list[Message] = [("title", "", piece.title)]
        messages += [message for message in piece_messages(piece) if not message[1]]
        for language in corpus.languages[1:]:
            text = catalogue(piece.slug, "en", language, messages, piece.date)
            write_text(folder / f"locale/{language}/LC_MESSAGES/{piece.slug}.po", text)


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list, for the tools that make none."""

    path: str
    """Its address below the language's own; empty for the index."""

    kind: str
    """`home`, `topics`, `topic`, `author` or `series`."""

    name: str
    """Which topic, author or series, by key."""

    entries: tuple[Piece, ...]
    """The pieces that stand on it."""

    count: int
    """How many the whole list has."""

    number: int
    """Which page it is."""

    pages: int
    """How many there are."""

    base: str
    """Address of the first page."""


def _lists(corpus: Corpus) -> Iterator[Listing]:
    newest = sorted(corpus.pieces(), key=lambda piece: piece.date, reverse=True)
    topics: dict[str, list[Piece]] = {}
    authors: dict[str, list[Piece]] = {}
    series: dict[str, list[Piece]] = {}
    names = corpus.series()
    for piece in newest:
        for tag in piece.tags:
            topics.setdefault(key(words.TAGS[tag]), []).append(piece)
        for author in piece.authors:
            authors.setdefault(author, []).append(piece)
        if piece.series is not None:
            series.setdefault(key(names[piece.series]), []).insert(0, piece)
    yield from _paged("home", "", "", newest)
    yield Listing("topics/", "topics", "", (), 0, 1, 1, "topics/")
    for kind, folder, found in (
        ("topic", "topics", topics),
        ("author", "authors", authors),
        ("series", "series", series),
    ):
        for name, pieces in sorted(found.items()):
            yield from _paged(kind, name, f"{folder}/{name}/", pieces)


def _paged(kind: str, name: str, base: str, pieces: Sequence[Piece]) -> Iterator[Listing]:
    pages = -(-len(pieces) // PAGE)
    for number in range(1, pages + 1):
        path = base if number == 1 else f"{base}page/{number}/"
        entries = tuple(pieces[(number - 1) * PAGE : number * PAGE])
        yield Listing(path, kind, name, entries, len(pieces), number, pages, base)


def _data(corpus: Corpus, language: str, lists: Sequence[Listing]) -> dict[str, object]:
    """All that the shared template shows beside texts."""
    names = {key(name): name[language] for name in corpus.series()}
    tags = {key(tag): tag[language] for tag in words.TAGS}
    people = _people(corpus, language)
    spoken = _spoken(language)

    def heading(one: Listing) -> str:
        match one.kind:
            case "home":
                return TITLE[language]
            case "topics":
                return words.PHRASES["topics"][language]
            case "topic":
                return tags[one.name]
            case "author":
                return people[one.name]["name"]
        return names[one.name]

    def listed(one: Listing) -> dict[str, object]:
        def page(number: int) -> str:
            return one.base if number == 1 else f"{one.base}page/{number}/"

        return {
            "heading": heading(one),
            "kicker": one.kind if one.kind in ("topic", "author", "series") else "",
            "count": one.count if one.kind in ("topic", "series") else 0,
            "author": one.name if one.kind == "author" else "",
            "entries": [piece.slug for piece in one.entries],
            "subjects": [
                (other.name, other.count)
                for other in lists
                if one.kind == "topics" and other.kind == "topic" and other.number == 1
            ],
            "number": one.number,
            "pages": one.pages,
            "previous": page(one.number - 1) if one.number > 1 else None,
            "next": page(one.number + 1) if one.number < one.pages else None,
        }

    every = tuple(corpus.pieces())
    related = _related(corpus)
    return {
        "title": TITLE[language],
        "languages": [label for label in LABELS if label[0] in corpus.languages],
        "say": spoken["SAY"],
        "minutes": spoken["MINUTES"],
        "count": spoken["COUNT"],
        "people": people,
        "tags": tags,
        "series": names,
        "lists": {one.path: listed(one) for one in lists},
        "pieces": {
            piece.slug: {
                "title": piece.title[language],
                "summary": piece.summary[language],
                "date": str(piece.date),
                "revised": str(piece.revised(language)),
                "day": _day(piece.date, language),
                "authors": piece.authors,
                "tags": [key(words.TAGS[tag]) for tag in piece.tags],
                "series": key(corpus.series()[piece.series]) if piece.series is not None else "",
                "original": piece.language,
                "translator": TRANSLATORS[language] if language != piece.language else "",
                "minutes": 3,
                "related": related[piece.slug],
            }
            for piece in every
        },
    }


@functools.cache
def _related(corpus: Corpus) -> Mapping[str, list[str]]:
    """For each piece those that share most topics and authors with it."""
    pieces = tuple(corpus.pieces())
    having: dict[object, list[str]] = {}
    for piece in pieces:
        for subject in (*piece.tags, *piece.authors):
            having.setdefault(subject, []).append(piece.slug)
    found = {}
    for piece in pieces:
        shared = Counter(s for subject in (*piece.tags, *piece.authors) for s in having[subject])
        del shared[piece.slug]
        found[piece.slug] = sorted(shared, key=lambda slug: (-shared[slug], slug))[:RELATED]
    return found


def _spoken(language: str) -> dict[str, object]:
    """What themes in Jinja say of their own."""
    return {
        "SAY": {name: texts[language] for name, texts in words.PHRASES.items()},
        "MINUTES": words.COUNTED["minutes"][language]["other"],
        "COUNT": words.COUNTED["count"][language]["other"],
    }


def _people(corpus: Corpus, language: str) -> dict[str, dict[str, str]]:
    return {
        one.identifier: {
            "name": one.name[language],
            "affiliation": one.affiliation[language],
            "biography": one.biography[language],
        }
        for one in corpus.authors()
    }


@functools.cache
def _day(date: datetime.date, language: str) -> str:
    return locales.long_date(date, locales.parse(language))


def _phrases(language: str) -> Iterator[str]:
    for name, texts in words.PHRASES.items():
        yield f"{name} = {_quoted(texts[language])}"
    for name, by_language in words.COUNTED.items():
        yield f"[{name}]"
        for category, text in by_language[language].items():
            yield f"{category} = {_quoted(text.replace('{n}', '{{ .Count }}'))}"


def _fields(piece: Piece, language: str) -> dict[str, object]:
    """What every tool's front matter has."""
    found: dict[str, object] = {
        "title": piece.title[language],
        "date": str(piece.date),
        "original": piece.language,
    }
    if language != piece.language:
        found["translator"] = TRANSLATORS[language]
    return found


def _front(fields: Mapping[str, object]) -> str:
    """Front matter in YAML, whose texts may be written as in JSON."""
    lines = [f"{name}: {_value(value)}" for name, value in fields.items()]
    return "\n".join(["---", *lines, "---", ""])


def _value(value: object) -> str:
    text = str(value)
    return text if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else _quoted(value)


def _quoted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
