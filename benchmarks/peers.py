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
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks import vocabulary as words
from benchmarks.corpus import BASE_URL, TITLE, TRANSLATORS, Corpus, Piece, Texts, markdown, write_text
from publish import locales

THEMES = Path(__file__).parent / "themes"
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
