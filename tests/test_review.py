"""A second look at translations: who waived what, what only shows between catalogues."""

from __future__ import annotations

from pathlib import Path

import pytest

from publish import edition
from publish.build import build
from publish.check import blocking, check
from publish.errors import Problem
from publish.load import load
from publish.locales import parse
from publish.model import State

CATALOGUE = "locales/tr/LC_MESSAGES/pieces/harbour-lights.po"
PORT_EN = "locales/en/LC_MESSAGES/pieces/liman-isiklari.po"
PIECE = "sources/pieces/harbour-lights.md"
KEEP = 'msgid "Keep the light burning."'
THERE = "https://register.example/fenerler"
MARK = "hizmet eder.[^1]"
EDITOR = "check_ignore: {E2: one note is enough}"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def told(site: Path, *, fuzzy: bool = False) -> list[tuple[str, str]]:
    """Code and waiver of each problem."""
    return [(problem.code, problem.waived) for problem in check(load(site), fuzzy=fuzzy)]


def state(site: Path, msgid: str) -> State:
    found = edition.translations(load(site).site)
    [one] = [t for t in found if t.domain.name == "pieces/harbour-lights"]
    return one.passages["", msgid].state


# ── Waivers ──────────────────────────────────────────────────────────────────────────────────


def test_a_waived_error_holds_nothing_back(site: Path) -> None:
    edit(site / CATALOGUE, "Işığı yanık tutmak.", "Işığı `yanık` tutmak.")
    edit(site / CATALOGUE, KEEP, 'msgid "Keep the `light` burning."')
    edit(site / PIECE, "Keep the light burning.", "Keep the `light` burning.")
    msgid = "Keep the `light` burning."
    assert state(site, msgid) is State.FAILED
    assert [code for code, waived in told(site) if not waived] == ["E5", "W13"]
    edit(site / CATALOGUE, f'msgid "{msgid}"', f'# check-ignore: E5, W13 prose\nmsgid "{msgid}"')
    assert state(site, msgid) is State.TRANSLATED
    assert told(site) == [("E5", "prose"), ("W13", "prose")]
    assert build(site, pdfs=False).problems == ()
    assert "Işığı <code>yanık</code>" in (site / "output/tr/harbour-lights/index.html").read_text(
        encoding="utf-8"
    )


def test_a_translator_cannot_waive_what_is_the_editors(site: Path) -> None:
    edit(site / CATALOGUE, MARK, "hizmet eder.")
    edit(site / CATALOGUE, 'msgid ""\n"A light', '# check-ignore: E2 no room\nmsgid ""\n"A light')
    assert told(site) == [("E2", ""), ("K1", "")]
    assert [problem.code for problem in blocking(load(site))] == ["E2"]


@pytest.mark.parametrize("where", ["front matter", "settings"])
def test_an_editor_waives_for_a_piece_and_an_owner_for_a_language(site: Path, where: str) -> None:
    edit(site / CATALOGUE, MARK, "hizmet eder.")
    if where == "settings":
        with (site / "pyproject.toml").open("a", encoding="utf-8") as file:
            file.write('\n[tool.publish.check_ignore.tr]\nE2 = "one note is enough"\n')
    else:
        edit(site / PIECE, "language: en", f"language: en\n{EDITOR}")
    assert told(site) == [("E2", "one note is enough")]
    assert blocking(load(site)) == ()


def test_nobody_waives_html_or_a_script(site: Path) -> None:
    edit(site / PIECE, "language: en", "language: en\ncheck_ignore: {E3: old, E6: fine}")
    edit(site / CATALOGUE, "Işığı yanık tutmak.", "<b>Işığı</b> [yanık](javascript:x) tutmak.")
    held = [problem.code for problem in blocking(load(site))]
    assert held == ["E3", "E6"]


def test_an_address_of_another_language_may_be_agreed_on(site: Path) -> None:
    edit(site / CATALOGUE, "[sicil](https://register.example/lights)", f"[sicil]({THERE})")
    assert told(site) == [("E3", "")]
    pair = f"https://register.example/lights: {{tr: {THERE}}}"
    edit(site / PIECE, "language: en", f"language: en\nlocalized_urls: {{{pair}}}")
    assert told(site) == []


# ── What a build does not ask ────────────────────────────────────────────────────────────────


def test_a_build_is_told_errors_alone(site: Path) -> None:
    edit(site / CATALOGUE, "Işığı yanık tutmak.", "Işığı yanık yanık tutmak")
    assert [code for code, _ in told(site)] == ["W2", "W4"]
    assert build(site, pdfs=False).problems == ()


# ── Fuzzy ────────────────────────────────────────────────────────────────────────────────────


def test_unconfirmed_translations_are_looked_at_on_request(site: Path) -> None:
    edit(site / CATALOGUE, MARK, "eder eder.")
    edit(site / CATALOGUE, 'msgid ""\n"A light', '#, fuzzy\nmsgid ""\n"A light')
    assert told(site) == []
    assert [code for code, _ in told(site, fuzzy=True)] == ["E2", "W4"]
    assert build(site, pdfs=False).problems == ()


# ── Glossaries ───────────────────────────────────────────────────────────────────────────────


def test_a_glossary_speaks_of_its_own_language(site: Path) -> None:
    (site / "locales/en/glossary.csv").write_text("term,translation,note\nFener,beacon,\n", "utf-8")
    (site / "locales/tr/glossary.csv").write_text("term,translation,note\nlight,fener*,\n", "utf-8")
    read = load(site).site
    assert [g.locale for g in read.glossaries] == [parse("en"), parse("tr")]
    found: list[Problem] = [p for p in check(load(site)) if p.code == "W12"]
    assert {(problem.span.path, problem.message) for problem in found} == {
        (CATALOGUE, "“light” is fener* in the glossary"),
        (PORT_EN, "“Fener” is beacon in the glossary"),
    }


def test_a_glossary_behind_a_link_is_not_read(site: Path) -> None:
    (site / "elsewhere.csv").write_text("term,translation,note\n", "utf-8")
    (site / "locales/tr/glossary.csv").symlink_to(site / "elsewhere.csv")
    assert load(site).site.glossaries == ()
    assert [code for code, _ in told(site)] == ["F1"]
