"""Glossaries: `locales/<locale>/glossary.csv` in, terms out, and where a text has them.

A term may have several translations, separated by `|`. A word that ends in `*` is a stem: Turkish
and Russian inflect. What follows an apostrophe is an ending too and is not compared.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from . import locales
from .errors import Problem, Span
from .locales import Locale
from .model import Glossary, Term

SIZE = 1024 * 1024
"""Largest glossary, in bytes."""

TERMS = 5000
"""Most terms of a glossary."""

LENGTH = 200
"""Longest term or translation, in characters."""

_COLUMNS = ["term", "translation", "note"]
_WORD = re.compile(r"[^\W_]+\*?")
_APOSTROPHE = re.compile(r"(?<=\w)[’'ʼ]\w+")


def parse(path: str, text: str, locale: Locale) -> tuple[Glossary, tuple[Problem, ...]]:
    """The glossary in a CSV text, and what is wrong with its rows, which are left out."""
    problems: list[Problem] = []
    terms: list[Term] = []
    first: dict[str, int] = {}
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header = True
    line = 1

    def fault(message: str, hint: str, column: int = 1) -> None:
        problems.append(Problem("G1", message, Span(path, line, column), hint))

    while True:
        line = reader.line_num + 1
        try:
            row = next(reader, None)
        except csv.Error as error:
            fault(f"CSV: {error}", "a cell with commas or quotes stands in double quotes")
            break
        if row is None:
            break
        if header:
            header = False
            if row != _COLUMNS:
                fault("the first line is not term,translation,note", "write it so")
                break
            continue
        if not row:
            continue
        if len(row) != len(_COLUMNS):
            cells = "one cell" if len(row) == 1 else f"{len(row)} cells"
            column = 1 + sum(len(cell) + 1 for cell in row[: len(_COLUMNS)])
            hint = "term,translation,note; a cell with a comma stands in double quotes"
            fault(f"{cells} where 3 should stand", hint, column if len(row) > 3 else 1)
            continue
        term, translation, note = (" ".join(cell.split()) for cell in row)
        forms = tuple(form.strip() for form in translation.split("|"))
        folded = locales.fold(term, None)
        second = len(row[0]) + 2
        if not _WORD.search(term):
            fault("a term is empty", "write the word as originals have it")
        elif not all(_WORD.search(form) for form in forms):
            hint = "write the word as translations have it; several are separated by |"
            fault(f"“{term}” has an empty translation", hint, second)
        elif max(len(term), len(translation)) > LENGTH:
            fault(f"a term is longer than {LENGTH} characters", "a glossary holds words and names")
        elif folded in first:
            hint = f"the first is on line {first[folded]}; write both translations there, with |"
            fault(f"“{term}” stands twice", hint)
        elif len(terms) >= TERMS:
            fault(f"more than {TERMS} terms", "keep those that are often translated wrongly")
            break
        else:
            first[folded] = line
            terms.append(Term(term, forms, note))
    return Glossary(locale, tuple(terms), path), tuple(problems)


def missing(
    glossary: Glossary, original: str, translation: str, language: Locale | None
) -> Iterator[Term]:
    """The terms that an original has and whose translation its translation lacks."""
    before, after = _words(original), _words(translation)
    folded_before = [locales.fold(word, language) for word in before]
    folded_after = [locales.fold(word, glossary.locale) for word in after]
    for term in glossary.terms:
        # A term with a capital is a name, and names are not found in other words.
        name = any(char.isupper() for char in term.term)
        wanted = _WORD.findall(term.term)
        if not name:
            wanted = [locales.fold(word, language) for word in wanted]
        if not _stands(wanted, before if name else folded_before):
            continue
        forms = (
            [locales.fold(word, glossary.locale) for word in _WORD.findall(form)]
            for form in term.translations
        )
        if not any(_stands(form, folded_after) for form in forms):
            yield term


def _words(text: str) -> list[str]:
    return [word.rstrip("*") for word in _WORD.findall(_APOSTROPHE.sub("", text))]


def _stands(wanted: list[str], words: list[str]) -> bool:
    """Whether the words stand in the text next to each other; `*` ends a stem."""
    if not any(_fits(wanted[0], word) for word in words):
        return False
    return any(
        all(_fits(w, words[at + n]) for n, w in enumerate(wanted))
        for at in range(len(words) - len(wanted) + 1)
    )


def _fits(wanted: str, word: str) -> bool:
    return word.startswith(wanted[:-1]) if wanted.endswith("*") else word == wanted
