"""The law of builds that remember: whatever happened before, the site is the one that a clean build
of the same inputs makes, byte by byte, and so is what is told of it.
"""

from __future__ import annotations

import atexit
import dataclasses
import datetime
import functools
import json
import os
import random
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from unittest import mock

import jinja2
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from publish import memo
from publish.build import Remembered
from publish.built import check
from publish.cli import main
from publish.errors import Problem, Severity
from publish.load import configuration, load
from publish.model import Pdf
from publish.pdf import Job
from publish.snapshot import packaged_theme
from publish.update import update

from . import mutants, rebuilds
from .rebuilds import CACHE, CHANGES, CLEAN, NOW, RELEASE, Apart, Asked, Change, Outcome, Tree

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


PAGES = ["index.html", "en/lamps/index.html", "tr/lamps/lamps.tr.pdf", "en/index.html", "none"]
"""Files of `output/` that somebody may ask about."""


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
        self.kept: list[Path] = []
        """Copies of the cache and of the site as they were earlier."""
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

    @rule(drafts=st.booleans(), pdfs=st.booleans(), patience=st.sampled_from((0, 1, 8, 100)))
    def ask(self, drafts: bool, pdfs: bool, patience: int) -> None:
        self.asked = dataclasses.replace(self.asked, drafts=drafts, pdfs=pdfs, patience=patience)
        self.law()

    @rule(how=st.sampled_from(["clean", "explain", "keep_going"]), name=st.sampled_from(PAGES))
    def ask_otherwise(self, how: str, name: str) -> None:
        """What is asked for besides changes nothing of a site without faults."""
        wanted = self.wanted()
        options = {how: name if how == "explain" else True}
        got, _ = rebuilds.run(self.root, self.asked, **options)
        if wanted.tree is not None:
            same(got, wanted)
        self.law()

    @rule(
        name=st.sampled_from(sorted(rebuilds.BREACHES)),
        names=_names({**rebuilds.SOURCE, **rebuilds.TRANSLATION}),
        seed=SEEDS,
    )
    def go_on(self, name: str, names: list[str], seed: int) -> None:
        """A build leaves a faulty piece as it is, and perhaps another does; then it is mended."""
        before = rebuilds.inputs(self.root)
        rebuilds.BREACHES[name](self.root, random.Random(seed))
        rebuilds.run(self.root, self.asked, keep_going=True)
        self.change(names, seed)
        rebuilds.run(self.root, self.asked, keep_going=True)
        rebuilds.restore(self.root, before)
        self.change(names, seed + 1)
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
    def keep(self) -> None:
        copy = self.folder / f"kept-{len(self.kept)}"
        for folder in (self.root / CACHE, self.output):
            if folder.is_dir():
                shutil.copytree(folder, copy / folder.name, symlinks=True)
        self.kept.append(copy)

    @precondition(lambda self: self.kept)
    @rule(seed=SEEDS, output=st.booleans(), cache=st.booleans())
    def bring_back(self, seed: int, output: bool, cache: bool) -> None:
        """An older cache comes back, or an older site, or both."""
        copy = self.kept[seed % len(self.kept)]
        if cache:
            self._take_cache(copy / CACHE)
        if output and (copy / "output").is_dir():
            shutil.rmtree(self.output, ignore_errors=True)
            shutil.copytree(copy / "output", self.output, symlinks=True)
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
TestHistories.settings = settings(_ANY, max_examples=15, stateful_step_count=3)

TestMany = pytest.mark.prove(Many.TestCase)
TestMany.settings = settings(_ANY, max_examples=200, stateful_step_count=15)

TestReal = pytest.mark.prove(Real.TestCase)
TestReal.settings = settings(_ANY, max_examples=10, stateful_step_count=8)


# ── Everything once ──────────────────────────────────────────────────────────────────────────


def law(root: Path, asked: Asked = Asked()) -> None:  # noqa: B008 — frozen
    """Build, and hold it against a clean build."""
    same(rebuilds.run(root, asked)[0], apart().clean(rebuilds.inputs(root), asked))


def changed(root: Path, change: Change) -> bool:
    """Let somebody do this so that something changes, if it can be done on this site at all."""
    before = rebuilds.inputs(root)
    for seed in range(12):
        change(root, random.Random(seed))
        if rebuilds.inputs(root) != before:
            return True
    return change is rebuilds.touched


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param(rebuilds.SOURCE, id="sources"),
        pytest.param(rebuilds.FRONT_MATTER, id="front matter"),
        pytest.param(rebuilds.TRANSLATION, id="catalogues"),
        pytest.param(rebuilds.WHOLE, id="the whole"),
    ],
)
def test_every_change(root: Path, changes: Mapping[str, Change]) -> None:
    """Two by two, and all undone after each."""
    begin, names = rebuilds.inputs(root), sorted(changes)
    law(root)
    for pair in zip(names[::2], [*names[1::2], names[-1]], strict=False):
        for name in pair:
            assert changed(root, changes[name]), name
        law(root)
        rebuilds.restore(root, begin)
    law(root)


@pytest.mark.parametrize("patience", [1, 8, 100])
def test_pages_wait_for_their_pdfs_whatever_is_made_meanwhile(root: Path, patience: int) -> None:
    late = Asked(patience=patience)
    assert changed(root, rebuilds.SOURCE["paragraph"])
    law(root, late)
    shutil.rmtree(root / CACHE)
    law(root, late)
    shutil.rmtree(root / "output")
    law(root, late)


@pytest.mark.prove
@pytest.mark.parametrize("name", sorted(CHANGES))
def test_every_change_in_many_ways(root: Path, name: str) -> None:
    """Each is seen by a build, and most leave a site that can be built."""
    begin, stopped = rebuilds.inputs(root), 0
    law(root)
    for seed in range(20):
        CHANGES[name](root, random.Random(seed))
        law(root)
        clean = apart().clean(rebuilds.inputs(root), Asked())
        stopped += clean.tree is None
        rebuilds.restore(root, begin)
    law(root)
    assert stopped < 5


@pytest.mark.prove
def test_every_template_and_every_setting(root: Path) -> None:
    begin = rebuilds.inputs(root)
    law(root)
    for path in sorted((packaged_theme() / "templates").iterdir()):
        for mark in "12":
            rebuilds.mark_template(root, path.name, mark)
            law(root)
        rebuilds.restore(root, begin)
        law(root)
    for search in ("", "true"):
        for name, values in sorted(rebuilds.CHOICES.items()):
            for value in values:
                rebuilds.set_to(root, name, value)
                rebuilds.set_to(root, "search", search)
                law(root)
            rebuilds.restore(root, begin)


@pytest.mark.parametrize("folder", ["output", CACHE])
def test_every_damage(root: Path, folder: str) -> None:
    """Of every file at once: whichever would be used, it is damaged."""
    law(root)
    for how in (*rebuilds.FILE, *rebuilds.FOLDER):
        paths = sorted((root / folder).rglob("*")) if how in rebuilds.FILE else [root / folder]
        for path in paths:
            # Without its manifest the folder would be none of ours.
            spared = path.name == "manifest.json" and how in ("gone", "a folder", "a link")
            if not spared and (path.is_dir() if how in rebuilds.FOLDER else path.is_file()):
                {**rebuilds.FILE, **rebuilds.FOLDER}[how](path, random.Random(1))
        law(root)
    put(root, LAMPS, "at dusk", "at noon")
    law(root)


# ── What is rendered ─────────────────────────────────────────────────────────────────────────


ALWAYS = ("", "404.html")
"""The pages that show nearly all of the site, which every build makes that does anything."""


@dataclasses.dataclass
class Seen:
    """What one build rendered, and what that changed."""

    pages: set[str]
    """Addresses of the pages that were rendered."""

    pdfs: list[str]
    """Editions whose PDFs were made."""

    changed: set[str]
    """Addresses of the pages that are new or have other bytes than before."""

    changed_pdfs: set[str]
    """Paths of the PDFs that are new or have other bytes than before."""

    report: Any
    """What the build said."""


def seen(root: Path, asked: Asked = Asked(), **options: Any) -> Seen:  # noqa: B008 — frozen
    """Build in this process, and watch."""
    pages: set[str] = set()
    pdfs: list[str] = []

    def engine(job: Job) -> Pdf:
        pdfs.append(job.edition)
        made = rebuilds.stand_in(job)
        # As long as any other: nothing that the page says of it changes with it.
        return dataclasses.replace(made, content=made.content[-32:], pages=1)

    def render(self: jinja2.Template, *given: Any, **named: Any) -> str:
        context = dict(*given, **named)
        whole = self.name and not self.name.startswith("_") and self.name != "print.html"
        if whole and context.get("path", "") not in ALWAYS:
            pages.add(context["path"])
        return rendered(self, *given, **named)

    before, rendered = rebuilds.tree(root / "output"), jinja2.Template.render
    with mock.patch.object(jinja2.Template, "render", render):
        outcome, report = rebuilds.run(root, asked, engine=engine, **options)
    assert outcome.tree is not None
    assert report is not None, outcome.problems
    changed = {path for path, what in outcome.tree.items() if before.get(path) != what}
    html = {path.removesuffix("index.html") for path in changed if path.endswith(".html")}
    files = {path for path in changed if path.endswith(".pdf")}
    return Seen(pages, pdfs, html - {*ALWAYS}, files, report)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The site, with no build yet."""
    rebuilds.restore(tmp_path / "site", written())
    return tmp_path / "site"


@functools.cache
def written() -> Mapping[str, bytes]:
    """The site's files."""
    with tempfile.TemporaryDirectory() as folder:
        rebuilds.write_site(Path(folder))
        return rebuilds.inputs(Path(folder))


LAMPS = "sources/pieces/lamps.md"
LAMPS_TR = rebuilds.po("tr", "pieces/lamps")

LAMPS_PDFS = {"lamps, en", "lamps, tr", "lamps, ru"}
TIDES_PDFS = {"tides, tr", "tides, en"}
PDFS = {*LAMPS_PDFS, *TIDES_PDFS, "ledger, en"}


RETIRED = '\n#~ msgid "Gone."\n#~ msgstr "Gitti."\n'
"""An entry that no text has any more."""


def put(root: Path, name: str, old: str, new: str) -> None:
    """Change a text in a file that has it once."""
    text = (root / name).read_text(encoding="utf-8")
    assert text.count(old) == 1
    rebuilds.write(root / name, text.replace(old, new))


def add(root: Path, name: str, more: str) -> None:
    """Add a text to the end of a file."""
    rebuilds.write(root / name, (root / name).read_text(encoding="utf-8") + more)


def entitle(root: Path, title: str) -> None:
    """Give a piece another title, and tell its translators."""
    rebuilds.put(root / LAMPS, "title", title)
    update(root, load(root))


def touch(root: Path) -> None:
    """Give all files other times, those of the site and of its output too."""
    for path in root.rglob("*"):
        os.utime(path, (10**9, 10**9), follow_symlinks=False)


def places(folder: Path) -> dict[str, tuple[int, int]]:
    """Which file stands where, and when it was written."""
    found = {path: path.lstat() for path in (folder, *folder.rglob("*"))}
    return {path.as_posix(): (what.st_ino, what.st_mtime_ns) for path, what in found.items()}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda root: None, id="nothing"),
        pytest.param(lambda root: rebuilds.write(root / ".notes", "x"), id="a hidden file"),
        pytest.param(lambda root: add(root, LAMPS_TR, RETIRED), id="words that are only kept"),
    ],
)
def test_where_nothing_changed_nothing_is_rendered_and_nothing_written(
    root: Path, change: Callable[[Path], None]
) -> None:
    seen(root)
    change(root)
    before = places(root / "output")
    again = seen(root)
    assert (again.pages, again.pdfs, again.changed) == (set(), [], set())
    assert (again.report.pages_rendered, again.report.pdfs_rendered) == (0, 0)
    assert (again.report.pages_reused, again.report.pdfs_reused) == (6, 6)
    assert (again.report.pages, again.report.pdfs) == (6, 6)
    assert places(root / "output") == before


def test_times_and_the_hour_do_not_matter(root: Path) -> None:
    seen(root)
    touch(root)
    before = places(root / "output")
    again = seen(root, Asked(now=NOW + DAY))
    assert (again.pages, again.pdfs) == (set(), [])
    assert places(root / "output") == before


@pytest.mark.parametrize(
    ("change", "pages", "pdfs"),
    [
        pytest.param(
            lambda root: put(root, LAMPS_TR, "Two duties (tr)", "İki görev"),
            {"tr/lamps/"},
            {"lamps, tr"},
            id="a heading's translation",
        ),
        pytest.param(
            lambda root: put(root, LAMPS_TR, "What a lamp owes to ships. (tr)", "Borcu."),
            {"tr/lamps/", "tr/", "tr/authors/ada/", "tr/topics/light/", "tr/series/of-the-port/"},
            {"lamps, tr"},
            id="a summary's translation",
        ),
        pytest.param(
            lambda root: put(root, LAMPS_TR, "Last-Translator: Ay", "Last-Translator: Nur Ay"),
            {"tr/lamps/"},
            {"lamps, tr"},
            id="the translator",
        ),
        pytest.param(
            lambda root: put(root, "sources/pieces/ledger.md", "in summer", "in winter"),
            {"en/ledger/"},
            {"ledger, en"},
            id="a paragraph of a piece that is not translated",
        ),
        pytest.param(
            lambda root: put(root, "sources/authors/ada.md", "hukuku çalışır", "hukuku yazar"),
            {"en/lamps/", "tr/lamps/", "ru/lamps/", "tr/tides/", "en/tides/", "tr/authors/ada/"},
            LAMPS_PDFS | TIDES_PDFS,
            id="a biography",
        ),
        pytest.param(
            lambda root: put(root, rebuilds.po("en", "authors/ada"), "çalışır. (en)", "works."),
            {"en/lamps/", "en/tides/", "en/authors/ada/"},
            {"lamps, en", "tides, en"},
            id="a biography's translation",
        ),
        pytest.param(
            lambda root: entitle(root, "Lamps on the Quays"),
            {"en/lamps/", "tr/lamps/", "ru/lamps/", "en/ledger/", "en/tides/", "en/"},
            LAMPS_PDFS | {"tides, en", "ledger, en"},
            id="a title",
        ),
        pytest.param(
            lambda root: add(root, "templates/print.css", "/* more */\n"),
            set(),
            PDFS,
            id="the style of paper",
        ),
        pytest.param(
            lambda root: add(root, "templates/screen.css", "/* more */\n"),
            {"en/", "en/page/2/", "en/lamps/", "ru/lamps/", "tr/authors/ivan/"},
            set(),
            id="the style of the screen",
        ),
        pytest.param(
            lambda root: rebuilds.paint(root / "sources/pieces/lamp.png", 255),
            {"en/lamps/", "tr/lamps/", "ru/lamps/"},
            LAMPS_PDFS,
            id="an image",
        ),
        pytest.param(
            lambda root: rebuilds.put(root / LAMPS, "former_slugs", "[former-lamps, older-lamps]"),
            {"en/older-lamps/", "tr/older-lamps/", "ru/older-lamps/"},
            set(),
            id="a former address",
        ),
    ],
)
def test_what_changed_is_rendered_and_nothing_else(
    root: Path, change: Callable[[Path], None], pages: set[str], pdfs: set[str]
) -> None:
    seen(root)
    change(root)
    after = seen(root)
    assert pages <= after.changed
    assert after.pages == after.changed
    assert sorted(after.pdfs) == sorted(pdfs)
    assert len(after.changed_pdfs) == len(pdfs)
    editions = {f"{tag}/{slug}/" for slug, tag in (name.split(", ") for name in PDFS)}
    report = after.report
    assert report.pages_rendered == len(editions & after.pages)
    assert (report.pages_rendered + report.pages_reused, report.pages) == (6, 6)
    assert (report.pdfs_rendered, report.pdfs_reused) == (len(pdfs), 6 - len(pdfs))


def test_a_piece_that_comes_at_its_moment_is_rendered_with_what_shows_it(root: Path) -> None:
    seen(root)
    after = seen(root, Asked(now=RELEASE))
    assert {"ru/charts/", "ru/", "ru/authors/ivan/"} <= after.changed
    assert after.pages == after.changed
    assert "charts, ru" in after.pdfs
    assert len(after.pdfs) == len(after.changed_pdfs)


def test_a_clean_build_renders_all_and_is_what_the_next_one_knows(root: Path) -> None:
    first = seen(root)
    clean = seen(root, clean=True)
    assert (clean.pages, sorted(clean.pdfs)) == (first.pages, sorted(first.pdfs))
    assert (clean.report.pages_reused, clean.report.pdfs_reused) == (0, 0)
    assert clean.changed == set()
    again = seen(root)
    assert (again.pages, again.pdfs) == (set(), [])


def test_a_clean_build_takes_nothing_from_a_cache_that_lies(root: Path) -> None:
    """Not even where nobody could tell: another engine's PDFs are kept under our keys."""
    lie = Pdf(b"%PDF of another engine", 1)
    rebuilds.run(root, Asked(), engine=lambda _: lie)
    outcome, _ = rebuilds.run(root, Asked(), **CLEAN)
    same(outcome, apart().clean(rebuilds.inputs(root), Asked()))


def test_what_an_engine_said_of_a_pdf_is_told_again_with_it(root: Path) -> None:
    first, _ = rebuilds.run(root, Asked())
    assert {problem.code for problem in first.problems} >= {"B3"}
    report: Any
    second, report = rebuilds.run(root, Asked())
    assert report.pdfs_rendered == 0
    assert second.problems == first.problems


def test_what_was_refused_is_asked_for_again(root: Path) -> None:
    """A build that was stopped remembers no PDF that there was not."""
    add(root, LAMPS, "\nThis is unsettable.\n")
    first, _ = rebuilds.run(root, Asked())
    second, _ = rebuilds.run(root, Asked())
    assert first == second
    assert [problem.code for problem in second.problems if problem.code != "B3"] == ["B1"] * 3


def test_what_a_stopped_build_made_is_not_made_again(root: Path) -> None:
    asked: list[str] = []

    def engine(job: Job) -> Pdf:
        asked.append(job.edition)
        return rebuilds.stand_in(job)

    add(root, LAMPS, "\nThis is unsettable.\n")
    rebuilds.run(root, Asked(), engine=engine)
    assert set(asked) == PDFS
    asked.clear()
    put(root, LAMPS, "unsettable", "settable")
    rebuilds.run(root, Asked(), engine=engine)
    assert set(asked) == LAMPS_PDFS


# ── Inputs that change under a build ─────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("change", "at"),
    [
        pytest.param(lambda root: put(root, LAMPS, "at dusk", "at noon"), 1, id="a source at once"),
        pytest.param(lambda root: put(root, LAMPS, "at dusk", "at noon"), 6, id="a source"),
        pytest.param(lambda root: put(root, LAMPS_TR, "duties (tr)", "görev"), 6, id="a catalogue"),
        pytest.param(
            lambda root: add(root, "templates/screen.css", "/**/\n"), 6, id="a style sheet"
        ),
        pytest.param(lambda root: rebuilds.set_to(root, "licence", '"CC0"'), 6, id="a setting"),
        pytest.param(
            lambda root: rebuilds.paint(root / "sources/pieces/lamp.png", 255), 6, id="an image"
        ),
        pytest.param(
            lambda root: (root / "sources/pieces/ledger.md").unlink(), 6, id="a piece that goes"
        ),
    ],
)
def test_what_changes_during_a_build_is_published_whole_or_not_at_all(
    root: Path, change: Callable[[Path], None], at: int
) -> None:
    old = rebuilds.inputs(root)
    rebuilds.run(root, Asked())
    before = rebuilds.tree(root / "output")
    # All PDFs are made anew, so that the change can come at any of them.
    add(root, "templates/print.css", "/* more */\n")
    held = rebuilds.inputs(root)
    made: list[str] = []

    def engine(job: Job) -> Pdf:
        made.append(job.edition)
        if len(made) == at:
            change(root)
        return rebuilds.stand_in(job)

    outcome, _ = rebuilds.run(root, Asked(), engine=engine)
    assert len(made) == 6
    new = rebuilds.inputs(root)
    assert len({repr(sorted(one.items())) for one in (old, held, new)}) == 3
    if outcome.tree is None:
        assert outcome.problems
        assert differences(rebuilds.tree(root / "output"), before) == []
    else:
        whole = [apart().clean(one, Asked()) for one in (held, new)]
        assert outcome in whole
    # Whatever it was, nothing of it is taken for what it is not.
    same(rebuilds.run(root, Asked())[0], apart().clean(new, Asked()))
    rebuilds.restore(root, held)
    same(rebuilds.run(root, Asked())[0], apart().clean(held, Asked()))


# ── Faults that leave the rest its way ───────────────────────────────────────────────────────


def kept_going(root: Path, **options: Any) -> tuple[Tree, list[str]]:
    """Build what can be built; what stands in `output/` then, and the codes of what was told."""
    outcome, _ = rebuilds.run(root, Asked(), keep_going=True, **options)
    codes = [problem.code for problem in outcome.problems if problem.code != "B3"]
    return rebuilds.tree(root / "output"), codes


def wrong(root: Path) -> list[Problem]:
    """What a second look finds wrong with the site as it stands."""
    found = check(root, configuration(root))
    return [problem for problem in found if problem.severity is Severity.ERROR]


def of(slug: str, tree: Tree) -> dict[str, bytes]:
    """The files of a piece: pages, PDFs, references."""
    mine = {path: content for path, (_, content) in tree.items() if f"/{slug}/" in f"/{path}"}
    return {path: content for path, content in mine.items() if content}


FAULTS = [
    pytest.param("[nothing](nothing.md)", "S5", id="a link"),
    pytest.param("A mark.[^none]", "S2", id="a note"),
    pytest.param("![None](none.png)", "S5", id="an image"),
    pytest.param("This is unsettable.", "B1", id="the engine"),
]


@pytest.mark.parametrize(("text", "code"), FAULTS)
def test_a_faulty_piece_keeps_what_it_has_and_the_rest_is_published(
    root: Path, text: str, code: str
) -> None:
    rebuilds.run(root, Asked())
    before = rebuilds.tree(root / "output")
    put(root, LAMPS, "at dusk.", f"at noon. {text}")
    put(root, "sources/pieces/ledger.md", "in summer", "in winter")
    after, codes = kept_going(root)
    assert codes[0] == code
    assert of("lamps", after) == of("lamps", before)
    assert len(of("lamps", after)) >= 6
    assert b"in winter" in after["en/ledger/index.html"][1]
    assert of("ledger", after).keys() == of("ledger", before).keys()
    named = {row["path"] for row in json.loads(after["manifest.json"][1])["files"]}
    files = {path for path, (mode, _) in after.items() if stat.S_ISREG(mode)}
    assert named == files - {"manifest.json"}
    assert wrong(root) == []


@pytest.mark.parametrize(("text", "code"), FAULTS)
def test_a_faulty_piece_that_was_never_published_is_not_there(
    root: Path, text: str, code: str
) -> None:
    add(root, "sources/pieces/ledger.md", f"\n{text}\n")
    after, codes = kept_going(root)
    assert codes[0] == code
    assert of("ledger", after) == {}
    assert len(of("lamps", after)) >= 6
    assert not any(b"The Ledger" in content for _, content in after.values())
    assert wrong(root) == []


def test_a_new_image_of_a_piece_that_is_kept_is_not_published(root: Path) -> None:
    """The page that is kept shows the image that it showed, and no other page shows this one."""
    rebuilds.run(root, Asked())
    before = rebuilds.tree(root / "output")
    put(root, LAMPS, "at dusk.", "at noon. [nothing](nothing.md)")
    rebuilds.paint(root / "sources/pieces/lamp.png", 255)
    after, _ = kept_going(root)
    images = [path for path in before if path.startswith("assets/lamp.")]
    assert [path for path in after if path.startswith("assets/lamp.")] == images
    assert wrong(root) == []


def test_a_faulty_piece_stays_where_an_author_of_it_goes(root: Path) -> None:
    rebuilds.run(root, Asked())
    before = rebuilds.tree(root / "output")
    rebuilds.no_author(root, random.Random(0))
    assert not (root / "sources/authors/ivan.md").exists()
    add(root, "sources/pieces/ledger.md", "\n[nothing](nothing.md)\n")
    after, _ = kept_going(root)
    assert of("ledger", after) == of("ledger", before)


def test_what_was_kept_is_built_again_when_it_is_mended(root: Path) -> None:
    rebuilds.run(root, Asked())
    put(root, LAMPS, "at dusk.", "at noon. [nothing](nothing.md)")
    kept_going(root)
    same_again, codes = kept_going(root)
    assert codes
    assert b"at noon" not in same_again["en/lamps/index.html"][1]
    put(root, LAMPS, " [nothing](nothing.md)", "")
    same(rebuilds.run(root, Asked())[0], apart().clean(rebuilds.inputs(root), Asked()))


def test_what_was_kept_is_not_kept_for_good_by_a_build_that_stops(root: Path) -> None:
    """Without the option the same fault stops the build, and the mixed site stands."""
    rebuilds.run(root, Asked())
    put(root, LAMPS, "at dusk.", "at noon. [nothing](nothing.md)")
    put(root, "sources/pieces/ledger.md", "in summer", "in winter")
    mixed, _ = kept_going(root)
    outcome, _ = rebuilds.run(root, Asked())
    assert outcome.tree is None
    assert differences(rebuilds.tree(root / "output"), mixed) == []


def test_where_nothing_is_faulty_to_keep_going_changes_nothing(root: Path) -> None:
    outcome, _ = rebuilds.run(root, Asked(), keep_going=True)
    same(outcome, apart().clean(rebuilds.inputs(root), Asked()))


@pytest.mark.parametrize("name", ["settings", "template"])
def test_what_is_wrong_with_the_whole_site_stops_it_all_the_same(root: Path, name: str) -> None:
    rebuilds.run(root, Asked())
    before = rebuilds.tree(root / "output")
    rebuilds.BREACHES[name](root, random.Random(0))
    after, codes = kept_going(root)
    assert codes
    assert differences(after, before) == []


def test_the_command_keeps_going_and_ends_with_1(root: Path) -> None:
    runner = CliRunner()
    site = ["-C", str(root), "build", "--no-pdf"]
    assert runner.invoke(main, site).exit_code == 0
    put(root, LAMPS, "at dusk.", "at noon. [nothing](nothing.md)")
    put(root, "sources/pieces/ledger.md", "in summer", "in winter")
    stopped = runner.invoke(main, site)
    assert stopped.exit_code == 1
    page = root / "output/en/ledger/index.html"
    assert b"in summer" in page.read_bytes()
    kept = runner.invoke(main, [*site, "--keep-going"])
    assert kept.exit_code == 1
    assert "sources/pieces/lamps.md:" in kept.output
    assert "published" in kept.output
    assert b"in winter" in page.read_bytes()
    assert b"at noon" not in (root / "output/en/lamps/index.html").read_bytes()


# ── Mutants ──────────────────────────────────────────────────────────────────────────────────


def lived(root: Path, history: mutants.History) -> None:
    """Live through a history, and hold each of its builds against a clean one."""
    for asked in history(root):
        if asked is None:
            rebuilds.run(root, Asked(), engine=mutants.other_engine)
        else:
            law(root, asked)


@pytest.mark.prove
@pytest.mark.parametrize("mutant", mutants.MUTANTS, ids=str)
def test_a_key_without_one_of_its_parts_is_found_out(root: Path, mutant: mutants.Mutant) -> None:
    begin = rebuilds.inputs(root)
    lived(root, mutant.history)
    shutil.rmtree(root)
    rebuilds.restore(root, begin)
    with mutants.at_work(mutant) as times, pytest.raises((AssertionError, LookupError)):
        lived(root, mutant.history)
    assert times()


@pytest.mark.prove
@pytest.mark.parametrize("question", sorted(mutants.FEWER))
def test_a_build_that_asks_too_little_is_found_out(root: Path, question: str) -> None:
    fewer, history = mutants.FEWER[question]
    with mock.patch.object(Remembered, "holds", fewer), pytest.raises(AssertionError):
        lived(root, history)


@pytest.mark.parametrize("question", sorted(mutants.FEWER))
def test_the_histories_of_a_whole_build_are_lawful(root: Path, question: str) -> None:
    lived(root, mutants.FEWER[question][1])


def test_every_part_of_every_key_has_a_mutant(root: Path) -> None:
    """A new part needs a history that shows what for."""
    found: set[tuple[str, str | int]] = set()
    whole = memo.key

    def key(*parts: object) -> str:
        code = sys._getframe(1).f_code
        where = f"{Path(code.co_filename).stem}.{code.co_name}"
        found.update(mutants.parts_of(where, parts))
        return whole(*parts)

    with mock.patch.object(memo, "key", key):
        for asked in mutants.found(root):
            rebuilds.run(root, asked or Asked())
        for asked in mutants.adopted_by_next(root):
            rebuilds.run(root, asked or Asked())
    known = {(mutant.where, mutant.part) for mutant in mutants.MUTANTS}
    assert found == known | mutants.IMPLIED.keys()
