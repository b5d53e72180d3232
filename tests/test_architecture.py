"""The conventions of ARCHITECTURE.md, as far as a machine can hold them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import publish

ROOT = Path(__file__).parent.parent
MODULES = sorted(path.stem for path in (ROOT / "publish").glob("*.py") if path.stem != "__init__")
TEMPLATES = sorted((ROOT / "templates").glob("*.html"))


@pytest.mark.parametrize("module", MODULES)
def test_every_module_is_named_in_the_architecture_and_has_tests(module: str) -> None:
    assert f"`{module}`" in (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    assert (ROOT / "tests" / f"test_{module}.py").is_file()


def test_the_architecture_names_no_module_that_is_not_there() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    table = re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)
    assert sorted(table) == MODULES


def test_all_is_what_is_public() -> None:
    public = {name for name in vars(publish) if not name.startswith("_")} - set(MODULES)
    assert public | {"__version__"} == set(publish.__all__)


@pytest.mark.parametrize("module", MODULES)
def test_public_names_say_what_they_are(module: str) -> None:
    tree = ast.parse((ROOT / "publish" / f"{module}.py").read_text(encoding="utf-8"))
    silent = [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert silent == []


@pytest.mark.parametrize("module", MODULES)
def test_no_case_is_changed_by_rules_of_english(module: str) -> None:
    text = (ROOT / "publish" / f"{module}.py").read_text(encoding="utf-8")
    found = re.findall(r".*\.(?:upper|capitalize|title|swapcase)\(\).*", text)
    # ASCII by construction: language tags in URLs, schemes, the first letter of an English message.
    lowered = [
        line
        for line in re.findall(r".*\.lower\(\).*", text)
        if "tag.lower()" not in line and "ASCII" not in line and "English" not in line
    ]
    assert found + lowered == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_never_hand_catalogue_text_out_as_markup(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "{% trans" not in text
    assert "autoescape" not in text
    safe = re.findall(r"([\w.\[\]]+)(?:\s*\|\s*trim)?\s*\|\s*safe", text)
    assert len(safe) == len(re.findall(r"\bsafe\b", text))
    assert set(safe) <= {
        "edition.body.html",
        "note.html",
        "byline.bio.html",
    }


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_need_no_script_no_inline_style_and_no_third_party(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = re.findall(r"<script|\sstyle=|\son\w+=|<style|@import|https?://", text)
    # The print page never reaches a browser; its one rule fits the title's width to the title.
    allowed = {"print.html": ["<style"], "base.html": ["<script"], "search.html": ["<script"]}
    assert found == allowed.get(path.name, [])
    # What stands in all pages is data, which no browser runs; the search page runs a file of ours.
    kind = (
        'type="module" src="{{ href('
        if path.name == "search.html"
        else 'type="application/ld+json">'
    )
    assert text.count("<script") == text.count(f"<script {kind}")


def test_version_and_changelog_agree() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'version = "{publish.__version__}"' in pyproject
    assert f"## {publish.__version__}" in changelog
