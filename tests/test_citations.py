"""BibTeX and RIS: whatever a title or name holds, both stay whole and say who, what and where."""

from __future__ import annotations

import dataclasses
import doctest
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publish import citations
from publish.build import build
from publish.locales import parse
from publish.model import Edition, Printed, Run

from .conftest import planned, the

EN = parse("en")
BASE = "https://harbour.example/"


PLAN, SETTINGS = planned(Path(__file__).parent / "site")
ONE = dataclasses.replace(the(PLAN, "harbour-lights", "tr"), translator="Ayşe Su")


def titled(title: str) -> Edition:
    return dataclasses.replace(ONE, title=title)


def named(*names: str) -> Edition:
    bylines = tuple(dataclasses.replace(ONE.bylines[0], person=Run(n, EN)) for n in names)
    return dataclasses.replace(ONE, bylines=bylines)


def field(text: str, name: str) -> str:
    """A field of a BibTeX entry, as a reader takes it: up to the brace that closes it."""
    start = text.index(f"  {name} = {{") + len(f"  {name} = {{")
    depth, at = 1, start
    while depth:
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        at += 1
    assert text[at : at + 2] == ",\n"
    return text[start : at - 1]


_COMMANDS = {
    "textbackslash": "\\",
    "textbraceleft": "{",
    "textbraceright": "}",
    "textasciitilde": "~",
    "textasciicircum": "^",
}


def typeset(value: str) -> str:
    """What TeX makes of a field's text."""

    def read(match: re.Match[str]) -> str:
        return _COMMANDS[match[1]] if match[1] else match[2]

    return re.sub(r"\\([a-z]+)\{\}|\\([#$%&_])", read, value)


def test_the_examples_in_the_module_hold() -> None:
    assert doctest.testmod(citations).failed == 0


# ── BibTeX ───────────────────────────────────────────────────────────────────────────────────


def test_bibtex_says_who_what_where_and_in_which_language() -> None:
    assert citations.bibtex(ONE, SETTINGS) == (
        "@online{harbour-lights.tr,\n"
        "  author = {Ada Deniz},\n"
        "  title = {{Liman Fenerleri}},\n"
        "  translator = {Ayşe Su},\n"
        "  organization = {Liman Yazıları},\n"
        f"  date = {{{ONE.date}}},\n"
        f"  year = {{{ONE.date.year}}},\n"
        "  language = {tr},\n"
        f"  url = {{{BASE}tr/harbour-lights/}},\n"
        "}\n"
    )


def test_an_original_has_no_translator() -> None:
    one = dataclasses.replace(the(PLAN, "harbour-lights", "en"), translator="Ayşe Su")
    assert "Ayşe" not in citations.bibtex(one, SETTINGS)
    assert "Ayşe" not in citations.ris(one, SETTINGS, False)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("100% of A & B, #1 in $", r"100\% of A \& B, \#1 in \$"),
        ("a_b ~ ^", r"a\_b \textasciitilde{} \textasciicircum{}"),
        ("{a} \\b", r"\textbraceleft{}a\textbraceright{} \textbackslash{}b"),
        ("Dr.\u00a0No", "Dr. No"),
        ("“Işık” и دفتر", "“Işık” и دفتر"),
        ("two\nlines", "two lines"),
    ],
)
def test_texs_own_characters_are_escaped(title: str, expected: str) -> None:
    assert field(citations.bibtex(titled(title), SETTINGS), "title") == f"{{{expected}}}"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_title_comes_out_as_it_went_in(title: str) -> None:
    text = citations.bibtex(titled(title), SETTINGS)
    value = field(text, "title")
    assert (
        typeset(value[1:-1]).split()
        == "".join(
            char
            for char in " ".join(title.replace("\u00a0", " ").split())
            if ord(char) not in CONTROLS
        ).split()
    )
    assert field(text, "url") == f"{BASE}tr/harbour-lights/"
    assert text.count("\n") == 10


CONTROLS = frozenset([*range(32), *range(127, 160)])


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("Ada Deniz", "Vera Primerova"), "Ada Deniz and Vera Primerova"),
        (("Law and Sea Group", "Ada Deniz"), "{Law and Sea Group} and Ada Deniz"),
        (("Deniz, Jr.",), "{Deniz, Jr.}"),
        (("Ferdinand Sand",), "Ferdinand Sand"),
    ],
)
def test_names_are_told_apart(names: tuple[str, ...], expected: str) -> None:
    assert field(citations.bibtex(named(*names), SETTINGS), "author") == expected


# ── RIS ──────────────────────────────────────────────────────────────────────────────────────


def test_ris_says_the_same() -> None:
    text = citations.ris(ONE, SETTINGS, True)
    assert text.endswith("\r\nER  - \r\n")
    lines = text.split("\r\n")
    assert lines[0] == "TY  - ELEC"
    for line in (
        "AU  - Deniz, Ada",
        "A4  - Su, Ayşe",
        "TI  - Liman Fenerleri",
        "T2  - Liman Yazıları",
        f"DA  - {ONE.date.isoformat().replace('-', '/')}",
        "LA  - tr",
        "KW  - Deniz",
        f"UR  - {BASE}tr/harbour-lights/",
        f"L1  - {BASE}tr/harbour-lights/harbour-lights.tr.pdf",
    ):
        assert line in lines


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ada Deniz", "Deniz, Ada"),
        ("Ada Nur Deniz", "Deniz, Ada Nur"),
        ("Vera van der Sand", "van der Sand, Vera"),
        ("von Sand", "Sand, von"),
        ("Deniz, Ada", "Deniz, Ada"),
        ("Plato", "Plato"),
    ],
)
def test_ris_has_the_family_first(name: str, expected: str) -> None:
    assert f"AU  - {expected}\r\n" in citations.ris(named(name), SETTINGS, False)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_text_makes_a_line_of_its_own(title: str) -> None:
    lines = citations.ris(titled(title), SETTINGS, False).split("\r\n")
    assert lines.pop() == ""
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in lines)
    assert all(len(line.splitlines()) == 1 for line in lines)
    assert len([line for line in lines if line.startswith(("TY", "ER"))]) == 2


def test_ris_names_a_pdf_only_where_there_is_one() -> None:
    made = {ONE.pdf_path: Printed(1, 1)}
    files = {one.path: one.content.decode() for one in citations.artefacts(PLAN, SETTINGS, made)}
    assert "L1  - " in files["tr/harbour-lights/harbour-lights.tr.ris"]
    assert "L1  - " not in files["en/harbour-lights/harbour-lights.en.ris"]
    assert len(files) == 2 * len(PLAN.editions)


# ── On the page ──────────────────────────────────────────────────────────────────────────────


def test_the_files_stand_beside_the_page_that_names_them(site: Path) -> None:
    build(site, pdfs=False)
    folder = site / "output/tr/harbour-lights"
    page = (folder / "index.html").read_text(encoding="utf-8")
    for kind in ("bib", "ris"):
        name = f"harbour-lights.tr.{kind}"
        assert f'href="{name}"' in page
        assert "Liman Fenerleri" in (folder / name).read_text(encoding="utf-8")
