"""Stands in for translators: fills catalogues from files of translations.

A file is a JSON array of `{"context", "source", "translation"}` in document order, as the model
piece's translations are; `<name>.<tag>.json` belongs to `pieces/<name>` or `authors/<name>`, and
its entries with the context `tag` belong to the topics.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path

from publish import catalogue
from publish.locales import parse
from publish.model import Catalogue, Key


def read(path: Path) -> dict[Key, str]:
    """The translations in a file by context and source."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    return {(row["context"] or "", row["source"]): row["translation"] for row in rows}


def fill(site: Path, translations: Path) -> int:
    """Fill every catalogue of the site from a folder of translations; how many were used."""
    used = 0
    for file in sorted(translations.glob("*.json")):
        name, tag, _ = file.name.split(".")
        folder = site / "locales" / parse(tag).posix / "LC_MESSAGES"
        known = read(file)
        for domain in (f"pieces/{name}", f"authors/{name}", "tags"):
            path = folder / f"{domain}.po"
            if path.is_file():
                used += fill_one(path, domain, tag, known)
    return used


def fill_one(path: Path, domain: str, tag: str, known: Mapping[Key, str]) -> int:
    """Fill the empty entries of one catalogue."""
    old = load(path, domain, tag)
    entries = tuple(
        dataclasses.replace(entry, translation=known[entry.key])
        if entry.key in known and not entry.translation
        else entry
        for entry in old.entries
    )
    path.write_text(catalogue.dump(dataclasses.replace(old, entries=entries)), encoding="utf-8")
    return sum(one is not other for one, other in zip(entries, old.entries, strict=True))


def load(path: Path, domain: str, tag: str) -> Catalogue:
    """The catalogue in a file that has no fault."""
    text = path.read_text(encoding="utf-8")
    found, problems = catalogue.read(str(path), text, domain, parse(tag))
    assert found is not None, problems
    return found
