"""Files beside an edition from which reference managers read how to cite it: BibTeX and RIS."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping

from . import typography, urls
from .model import Artefact, Edition, Plan, Printed, Settings
from .settings import told

_BIBTEX = str.maketrans(
    {
        # TeX's own characters. Braces must be in pairs also where they are escaped, so that none
        # stand bare.
        "\\": "\\textbackslash{}",
        "{": "\\textbraceleft{}",
        "}": "\\textbraceright{}",
        "~": "\\textasciitilde{}",
        "^": "\\textasciicircum{}",
        **{char: f"\\{char}" for char in "#$%&_"},
    }
)


def artefacts(plan: Plan, settings: Settings, made: Mapping[str, Printed]) -> Iterator[Artefact]:
    """Both files of every edition; `made` are the PDFs that are there, by their paths."""
    for one in plan.editions:
        yield from of(one, settings, pdf=one.pdf_path in made)


def of(one: Edition, settings: Settings, *, pdf: bool) -> Iterator[Artefact]:
    """Both files of an edition, which may have a PDF."""
    path = urls.reference(one.locale, one.slug, "bib")
    yield Artefact(path, bibtex(one, settings).encode())
    path = urls.reference(one.locale, one.slug, "ris")
    yield Artefact(path, ris(one, settings, pdf).encode())


def bibtex(one: Edition, settings: Settings) -> str:
    """The edition for BibTeX and biblatex."""
    fields = {
        "author": " and ".join(_name(byline.person.text) for byline in one.bylines),
        # Braces of its own: styles put titles into lower case by the rules of English.
        "title": f"{{{_tex(one.title)}}}",
        "translator": "" if one.is_original else _name(one.translator),
        "organization": _tex(_house(one, settings)),
        "date": one.date.isoformat(),
        "year": one.date.isoformat()[:4],
        "language": one.locale.tag,
        # Both programs take it as it stands.
        "url": urls.absolute(settings.base_url, one.path),
    }
    lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items() if value]
    return f"@online{{{one.slug}.{one.locale.path},\n{''.join(lines)}}}\n"


def ris(one: Edition, settings: Settings, pdf: bool) -> str:
    """The edition as RIS, which most other reference managers read."""
    house = _house(one, settings)
    fields = [("TY", "ELEC")]
    fields += [("AU", _family_first(byline.person.text)) for byline in one.bylines]
    fields += [("A4", "" if one.is_original else _family_first(one.translator))]
    fields += [("TI", one.title), ("T2", house), ("PB", house)]
    fields += [("PY", one.date.isoformat()[:4]), ("DA", one.date.isoformat().replace("-", "/"))]
    fields += [("LA", one.locale.tag), ("AB", one.summary.text)]
    fields += [("KW", topic.text) for topic in one.topics]
    fields += [("UR", urls.absolute(settings.base_url, one.path))]
    fields += [("L1", urls.absolute(settings.base_url, one.pdf_path))] if pdf else []
    lines = [f"{tag}  - {_line(value)}\r\n" for tag, value in fields if value]
    return "".join(lines) + "ER  - \r\n"


def _house(one: Edition, settings: Settings) -> str:
    title = told(settings, settings.title, one.locale)
    return title.text if title else ""


def _line(text: str) -> str:
    """A text as it is typed, in one line."""
    line = " ".join(typography.plain(text).split())
    if line.isprintable():
        return line
    return "".join(char for char in line if unicodedata.category(char) != "Cc")


def _tex(text: str) -> str:
    return _line(text).translate(_BIBTEX)


def _family_first(name: str) -> str:
    """A name as RIS wants it, divided where BibTeX divides it too: before the last word and the
    small ones in front of that. One with a comma is divided already.

    >>> _family_first("Vera van der Sand")
    'van der Sand, Vera'
    """
    words = name.split()
    if "," in name or len(words) < 2:
        return name
    at = len(words) - 1
    while at > 1 and words[at - 1][:1].islower():
        at -= 1
    return f"{' '.join(words[at:])}, {' '.join(words[:at])}"


def _name(name: str) -> str:
    """A name whose words are no separators to BibTeX."""
    escaped = _tex(name)
    words = escaped.casefold().split()
    return f"{{{escaped}}}" if "," in escaped or "and" in words else escaped
