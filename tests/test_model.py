"""The values that stages hand to each other: what they say of themselves, and that they travel."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publish import model
from publish.load import load
from publish.locales import parse
from publish.model import Catalogue, Coverage, Entry, Previous, Standing, State

from . import whole
from .conftest import NOW

CLASSES = [
    value
    for _, value in inspect.getmembers(model, inspect.isclass)
    if value.__module__ == model.__name__ and dataclasses.is_dataclass(value)
]
BEFORE = Previous("", "An older text.")
COUNTS = st.integers(0, 10_000)


# ── Shape ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("value", CLASSES, ids=lambda value: value.__name__)
def test_values_are_frozen_slotted_and_hold_no_lists(value: type) -> None:
    parameters = value.__dataclass_params__  # type: ignore[attr-defined]
    assert parameters.frozen
    assert "__slots__" in vars(value)
    assert not [field for field in dataclasses.fields(value) if "list[" in str(field.type)]


def test_every_field_says_what_it_is() -> None:
    tree = ast.parse(Path(model.__file__).read_text(encoding="utf-8"))
    silent = [
        f"{node.name}.{ast.unparse(field)}"
        for node in tree.body
        if isinstance(node, ast.ClassDef)
        for field, after in zip(node.body, [*node.body[1:], None], strict=True)
        if isinstance(field, ast.AnnAssign | ast.Assign)
        and not (isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant))
    ]
    assert silent == []


def test_a_site_and_its_plan_travel_to_a_worker_and_back(site: Path) -> None:
    read = load(site).site
    assert pickle.loads(pickle.dumps(read)) == read  # noqa: S301
    plan = whole.plan(read, NOW)
    assert pickle.loads(pickle.dumps(plan)) == plan  # noqa: S301


# ── Entries ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("entry", "state"),
    [
        (Entry(("", "a")), State.MISSING),
        (Entry(("", "a"), "b"), State.TRANSLATED),
        (Entry(("", "a"), "b", flags=("python-format",)), State.TRANSLATED),
        (Entry(("", "a"), "", flags=("fuzzy",), previous=BEFORE), State.MISSING),
        (Entry(("", "a"), "b", flags=("fuzzy",)), State.SUGGESTED),
        (Entry(("", "a"), "b", flags=("fuzzy",), previous=BEFORE), State.SUGGESTED),
        (Entry(("", "a"), "b", flags=("fuzzy",), notes="changed 2026-03-04"), State.SUGGESTED),
        (
            Entry(
                *(("", "a"), "b"),
                flags=("fuzzy",),
                previous=BEFORE,
                notes="paragraph\nchanged 2026",
            ),
            State.STALE,
        ),
        (
            Entry(("", "a"), "b", flags=("fuzzy",), previous=BEFORE, notes="changed-over text"),
            State.SUGGESTED,
        ),
        (Entry(("", "a"), "b", notes="changed 2026-03-04"), State.TRANSLATED),
        (Entry(("", "a"), "", plural="as", plurals=("", "")), State.MISSING),
        (Entry(("", "a"), "", plural="as", plurals=("", "bs")), State.TRANSLATED),
    ],
)
def test_the_state_of_an_entry_is_read_off_its_flags_and_marker(entry: Entry, state: State) -> None:
    assert entry.state is state


def test_where_an_entry_stood_is_no_part_of_its_meaning() -> None:
    assert Entry(("", "a"), "b", line=3) == Entry(("", "a"), "b", line=30)
    assert Catalogue("tags", parse("tr"), path="x.po") == Catalogue("tags", parse("tr"))
    assert Entry(("", "a"), "b") != Entry(("", "a"), "b", comments="a translator's word")


# ── Coverage ─────────────────────────────────────────────────────────────────────────────────


@given(COUNTS, COUNTS, COUNTS, COUNTS, COUNTS)
def test_readers_get_what_is_translated_now_or_was_before_an_edit(
    translated: int, stale: int, suggested: int, failed: int, missing: int
) -> None:
    coverage = Coverage(translated, stale, suggested, failed, missing)
    assert coverage.total == translated + stale + suggested + failed + missing
    assert 0 <= coverage.share <= 1
    assert (coverage.share == 1) == (suggested + failed + missing == 0)


def test_a_text_without_words_is_wholly_translated() -> None:
    assert Coverage().share == 1


def test_only_the_language_a_piece_was_written_in_is_the_original(site: Path) -> None:
    editions = whole.plan(load(site).site, NOW).editions
    originals = {(one.slug, one.locale.tag) for one in editions if one.is_original}
    assert originals == {("harbour-lights", "en"), ("liman-isiklari", "tr")}
    assert {one.standing for one in editions if not one.is_original} == {Standing.CURRENT}
