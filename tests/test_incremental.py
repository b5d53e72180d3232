"""The law of builds that remember: whatever happened before, the site is the one that a clean build
of the same inputs makes, byte by byte, and so is what is told of it.
"""

from __future__ import annotations

import atexit
import dataclasses
import datetime
import functools
import random
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from . import rebuilds
from .rebuilds import CACHE, CHANGES, NOW, RELEASE, Apart, Asked, Change, Outcome, Tree

DAY, SECOND = datetime.timedelta(days=1), datetime.timedelta(seconds=1)
SEEDS = st.integers(0, 10**6)


# ── What histories begin with ────────────────────────────────────────────────────────────────


@functools.cache
def apart(*, real: bool = False) -> Apart:
    """The process whose forks build; one for all tests of this module."""
    found = Apart(real=real)
    atexit.register(found.close)
    return found


@functools.cache
def begun(*, real: bool = False, other: bool = False) -> Path:
    """The site with its first build; or another site, whose files have the same names."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    root = folder / "site"
    rebuilds.write_site(root)
    if other:
        rebuilds.set_to(root, "title", '"Another Site"')
        for path in rebuilds.pieces(root):
            rebuilds.replace(path, "\n\n", "\n\nElsewhere.\n\n")
    apart(real=real).run(root, Asked(real=real))
    return root


def differences(one: Tree | None, other: Tree | None) -> list[str]:
    """Paths at which two sites differ, and how, for whoever reads a failure."""
    if one is None or other is None:
        return [] if one is other else ["one of the builds was stopped"]
    found = [f"{path}: only in the site as it is" for path in sorted(one.keys() - other.keys())]
    found += [f"{path}: only in a clean build" for path in sorted(other.keys() - one.keys())]
    for path in sorted(one.keys() & other.keys()):
        if one[path][0] != other[path][0]:
            found.append(f"{path}: mode {one[path][0]:o}, in a clean build {other[path][0]:o}")
        if one[path][1] != other[path][1]:
            found.append(f"{path}: other bytes than in a clean build")
    return found


def same(got: Outcome, wanted: Outcome) -> None:
    """Two builds came to the same."""
    assert got.problems == wanted.problems
    assert differences(got.tree, wanted.tree) == []
    assert (got.held, got.counts) == (wanted.held, wanted.counts)


# ── Histories ────────────────────────────────────────────────────────────────────────────────


def _names(changes: Mapping[str, Change]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(sorted(changes)), min_size=1, max_size=3)


class Histories(RuleBasedStateMachine):
    """Editors, translators and owners at work, damage, kills; a build after every step."""

    real = False

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.root = self.folder / "site"
        shutil.copytree(begun(real=self.real), self.root, symlinks=True)
        self.asked = Asked(real=self.real)
        self.past = [rebuilds.inputs(self.root)]
        """The inputs of earlier builds that were not stopped."""
        self.caches: list[Path] = []
        """Copies of the cache as it was earlier."""
        self.law()

    def teardown(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    # ── The law ──────────────────────────────────────────────────────────────────────────────

    @property
    def output(self) -> Path:
        return self.root / "output"

    def wanted(self) -> Outcome:
        """What a clean build makes of the site as it is."""
        return apart(real=self.real).clean(rebuilds.inputs(self.root), self.asked)

    def law(self, *, here: bool = False) -> None:
        """Build, `here` or in another process, and hold it against a clean build."""
        wanted, before = self.wanted(), rebuilds.tree(self.output)
        if here:
            got, _ = rebuilds.run(self.root, self.asked)
        else:
            got = apart(real=self.real).run(self.root, self.asked)
        same(got, wanted)
        assert list(self.root.glob(".output.stage-*")) == []
        now = rebuilds.inputs(self.root)
        if got.tree is None:
            assert differences(rebuilds.tree(self.output), before) == []
            rebuilds.restore(self.root, self.past[-1])
        elif now != self.past[-1]:
            self.past = [*self.past[-5:], now]

    def change(self, names: list[str], seed: int) -> None:
        chance = random.Random(seed)
        for name in names:
            CHANGES[name](self.root, chance)

    # ── People at work ───────────────────────────────────────────────────────────────────────

    @rule(names=_names(rebuilds.SOURCE), seed=SEEDS, here=st.booleans())
    def write(self, names: list[str], seed: int, here: bool) -> None:
        self.change(names, seed)
        self.law(here=here)

    @rule(names=_names(rebuilds.FRONT_MATTER), seed=SEEDS, here=st.booleans())
    def edit(self, names: list[str], seed: int, here: bool) -> None:
        self.change(names, seed)
        self.law(here=here)

    @rule(names=_names(rebuilds.TRANSLATION), seed=SEEDS, here=st.booleans())
    def translate(self, names: list[str], seed: int, here: bool) -> None:
        self.change(names, seed)
        self.law(here=here)

    @rule(names=_names(rebuilds.WHOLE), seed=SEEDS, here=st.booleans())
    def design(self, names: list[str], seed: int, here: bool) -> None:
        self.change(names, seed)
        self.law(here=here)

    @rule(seed=SEEDS, whole=st.booleans())
    def undo(self, seed: int, whole: bool) -> None:
        """All of an earlier state comes back, or one file of it."""
        earlier = self.past[seed % len(self.past)]
        name = sorted(earlier)[seed % len(earlier)]
        one = rebuilds.inputs(self.root) | {name: earlier[name]}
        rebuilds.restore(self.root, earlier if whole else one)
        self.law()

    @rule(name=st.sampled_from(sorted(rebuilds.BREACHES)), seed=SEEDS)
    def breach(self, name: str, seed: int) -> None:
        """A build is stopped, the fault is mended, perhaps otherwise than it was before."""
        rebuilds.BREACHES[name](self.root, random.Random(seed))
        self.law()
        self.change(["paragraph"] * (seed % 2), seed)
        self.law()

    # ── Other builds ─────────────────────────────────────────────────────────────────────────

    @rule(now=st.sampled_from([NOW, NOW + DAY, RELEASE - SECOND, RELEASE, RELEASE + DAY]))
    def wait(self, now: datetime.datetime) -> None:
        """The clock moves on, or is put back."""
        self.asked = dataclasses.replace(self.asked, now=now)
        self.law()

    @rule(drafts=st.booleans(), pdfs=st.booleans())
    def ask(self, drafts: bool, pdfs: bool) -> None:
        self.asked = dataclasses.replace(self.asked, drafts=drafts, pdfs=pdfs)
        self.law()

    @precondition(lambda self: not self.real)
    @rule(here=st.booleans())
    def move(self, here: bool) -> None:
        """The site is built on a machine with other fonts."""
        self.asked = dataclasses.replace(self.asked, fonts=not self.asked.fonts)
        self.law(here=here)

    @rule(
        names=_names(CHANGES),
        seed=SEEDS,
        at=st.one_of(st.integers(1, 40), st.integers(1, 150), st.integers(1, 600)),
    )
    def kill(self, names: list[str], seed: int, at: int) -> None:
        """A build is killed, and leaves the old site or the new one."""
        before = rebuilds.tree(self.output)
        self.change(names, seed)
        apart(real=self.real).killed(self.root, self.asked, at)
        after, wanted = rebuilds.tree(self.output), self.wanted().tree
        assert differences(after, before) == [] or differences(after, wanted) == []
        self.law()

    # ── Damage ───────────────────────────────────────────────────────────────────────────────

    @rule(seed=SEEDS, times=st.integers(1, 4))
    def damage_output(self, seed: int, times: int) -> None:
        chance = random.Random(seed)
        for _ in range(times):
            rebuilds.damage(self.output, chance)
        self.law()

    @rule(seed=SEEDS, times=st.integers(1, 4), names=_names(CHANGES))
    def damage_cache(self, seed: int, times: int, names: list[str]) -> None:
        chance = random.Random(seed)
        for _ in range(times):
            rebuilds.damage(self.root / CACHE, chance)
        self.change(names * (seed % 2), seed)
        self.law()

    @rule()
    def keep_cache(self) -> None:
        if (self.root / CACHE).is_dir():
            copy = self.folder / f"cache-{len(self.caches)}"
            shutil.copytree(self.root / CACHE, copy, symlinks=True)
            self.caches.append(copy)

    @precondition(lambda self: self.caches)
    @rule(seed=SEEDS)
    def old_cache(self, seed: int) -> None:
        self._take_cache(self.caches[seed % len(self.caches)])
        self.law()

    @rule()
    def foreign_cache(self) -> None:
        self._take_cache(begun(real=self.real, other=True) / CACHE)
        self.law()

    def _take_cache(self, other: Path) -> None:
        self._drop_cache()
        if other.is_dir():
            shutil.copytree(other, self.root / CACHE, symlinks=True)

    def _drop_cache(self) -> None:
        mine = self.root / CACHE
        if mine.is_symlink() or mine.is_file():
            mine.unlink()
        elif mine.exists():
            shutil.rmtree(mine)

    @rule(how=st.sampled_from(["a file", "a link to a folder", "a link to a file", "a stray link"]))
    def no_cache(self, how: str) -> None:
        """Something else stands where the cache was; nothing is written through a link."""
        self._drop_cache()
        elsewhere = self.folder / "elsewhere"
        shutil.rmtree(elsewhere, ignore_errors=True)
        elsewhere.mkdir()
        (elsewhere / "a file").write_bytes(b"ours")
        before = rebuilds.tree(elsewhere)
        if how == "a file":
            (self.root / CACHE).write_bytes(b"not a folder")
        else:
            place = {"a link to a folder": elsewhere, "a link to a file": elsewhere / "a file"}
            (self.root / CACHE).symlink_to(place.get(how, elsewhere / "nothing"))
        self.law()
        assert rebuilds.tree(elsewhere) == before
        self._drop_cache()
        self.law()


class Many(Histories):
    """The same, at length."""


class Real(Histories):
    """The same with the engine that makes PDFs."""

    real = True


_ANY = settings(deadline=None, suppress_health_check=list(HealthCheck))

TestHistories = Histories.TestCase
TestHistories.settings = settings(_ANY, max_examples=15, stateful_step_count=5)

TestMany = pytest.mark.prove(Many.TestCase)
TestMany.settings = settings(_ANY, max_examples=200, stateful_step_count=15)

TestReal = pytest.mark.prove(Real.TestCase)
TestReal.settings = settings(_ANY, max_examples=10, stateful_step_count=8)
