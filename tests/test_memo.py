"""What a memory gives back: what was put in, or nothing; whatever became of its files meanwhile."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import functools
import os
import pickle
import random
import resource
import shutil
import sqlite3
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publish import memo, model
from publish.build import build
from publish.errors import Problem, Span
from publish.locales import Locale, parse
from publish.memo import DATABASE, DOCUMENTS, FOLDER, GENERATIONS, Memo, key
from publish.model import (
    Coverage,
    Edition,
    Ignore,
    Paging,
    Rendering,
    Run,
    Settings,
    Standing,
)
from publish.snapshot import digest

from . import sites
from .conftest import NOW, planned, the
from .test_build import edit, plain, tree
from .test_faults import mounted

EN, TR = parse("en"), parse("tr")

VALUE = (
    Problem("S5", "“ışık” is not there", Span("sources/pieces/a.md", 3, 4), "link another"),
    {("", "Two duties"): Run("İki görev", TR), "b": None},
    frozenset({"x", "y"}),
    Standing.BEHIND,
    datetime.date(2026, 2, 28),
    datetime.datetime(2026, 12, 1, 9, tzinfo=datetime.timezone(datetime.timedelta(hours=5.75))),
    (1, 2.5, True, None, b"\0\xff", "دفتر"),
    Paging(),
)


def kept(root: Path, **values: object) -> Path:
    """A memory of these values, closed; the path of its database."""
    with memo.opened(root) as memory:
        for name, value in values.items():
            memory.put("kind", name, value)
    return root / FOLDER / DATABASE


def got(root: Path, name: str) -> Any:
    """A value as the next build finds it."""
    with memo.opened(root) as memory:
        return memory.get("kind", name)


def works(root: Path) -> None:
    """The memory in this folder can be used as if it were new."""
    kept(root, new=VALUE)
    assert got(root, "new") == VALUE


# ── Values ───────────────────────────────────────────────────────────────────────────────────


def test_a_value_comes_back_as_it_was_and_a_language_as_the_very_same(tmp_path: Path) -> None:
    kept(tmp_path, value=VALUE)
    found = got(tmp_path, "value")
    assert found == VALUE
    assert found[1]["", "Two duties"].locale is TR
    assert found[5].utcoffset() == VALUE[5].utcoffset()


def test_all_that_builds_remember_comes_back_equal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sites.mixed(tmp_path / "site")
    root = tmp_path / "site"
    edit(
        root / "sources/pieces/liman-isiklari.md",
        "tags: [Sea]",
        "tags: [Sea]\ncheck_ignore: {W7: verse}\nhold: [fa]",
    )
    put: dict[tuple[str, str], object] = {}
    real = Memo.put

    def recorded(self: Memo, kind: str, name: str, value: object, **options: Any) -> None:
        put[kind, name] = value
        real(self, kind, name, value, **options)

    monkeypatch.setattr(Memo, "put", recorded)
    build(root, engine=plain, now=NOW)
    build(root, engine=plain, now=NOW, keep_going=True)
    assert {kind for kind, _ in put} == {
        *("source", "text", "interface", "look", "image", "scaled", "print page", "pdf"),
        *("files", "parts", "published", "build"),
    }
    with memo.opened(root) as memory:
        for (kind, name), value in put.items():
            assert memory.get(kind, name) == value, kind


def test_what_was_never_put_is_not_found(tmp_path: Path) -> None:
    kept(tmp_path, one=1)
    with memo.opened(tmp_path) as memory:
        assert memory.get("kind", "two") is None
        assert memory.get("other", "one") is None


def test_a_memory_without_a_folder_knows_what_was_put_into_it_and_no_document() -> None:
    memory = Memo(None)
    memory.put("kind", "one", VALUE)
    memory.keep(digest(b"x"), b"x")
    memory.finish()
    assert memory.get("kind", "one") == VALUE
    assert memory.document(digest(b"x")) is None
    memory.close()


def test_what_was_committed_outlasts_a_build_that_ends_without_a_word(tmp_path: Path) -> None:
    with memo.opened(tmp_path) as memory:
        memory.put("kind", "one", 1)
        memory.commit()
        memory.put("kind", "two", 2)
        memory._database.execute("ROLLBACK")
        memory._database.execute("BEGIN")
    assert (got(tmp_path, "one"), got(tmp_path, "two")) == (1, None)


# ── Hostile values ───────────────────────────────────────────────────────────────────────────


class Told:
    """Pickled as a call of something with some arguments."""

    def __init__(self, function: Callable[..., object], *arguments: object) -> None:
        self.call = function, arguments

    def __reduce__(self) -> Any:
        return self.call


def named(module: str, name: str) -> bytes:
    """A pickle that only names something."""
    return (
        b"\x80\x04"
        + b"".join(b"\x8c" + bytes([len(text)]) + text.encode() for text in (module, name))
        + b"\x93."
    )


def smuggled(root: Path, content: bytes) -> None:
    """Put a row into a memory as somebody would who knows its format."""
    database = sqlite3.connect(kept(root))
    row = ("kind", "bad", 0, "", memo._sum("kind", "bad", "", content), content)
    with database:
        database.execute("INSERT OR REPLACE INTO memory VALUES (?, ?, ?, ?, ?, ?)", row)
    database.close()


def test_the_helper_that_smuggles_is_a_way_in(tmp_path: Path) -> None:
    smuggled(tmp_path, pickle.dumps(("fine",)))
    assert got(tmp_path, "bad") == ("fine",)


@pytest.mark.parametrize(
    "value",
    [
        Told(os.system, "touch executed"),
        Told(eval, "open('executed', 'w')"),
        Told(exec, "open('executed', 'w')"),
        Told(open, "executed", "w"),
        Told(os.mkdir, "executed"),
        Told(functools.partial, os.mkdir, "executed"),
        Told(getattr, "a text", "upper"),
        Told(subprocess.Popen, ["touch", "executed"]),
        Told(Path, "executed"),
        Told(collections.OrderedDict),
        Told(build, Path()),
        Told(memo._remove, Path("site")),
    ],
    ids=lambda value: value.call[0].__name__,
)
def test_a_value_that_names_anything_but_plain_classes_is_not_made(
    tmp_path: Path, value: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    smuggled(tmp_path, pickle.dumps((value,), protocol=5))
    assert got(tmp_path, "bad") is None
    assert not Path("executed").exists()
    works(tmp_path)


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("publish.model", "dataclass"),
        ("publish.model", "datetime"),
        ("publish.model", "Enum"),
        ("publish.press", "make"),
        ("publish.press", "workers"),
        ("publish.survey", "Reader"),
        ("publish.edition", "Planner"),
        ("publish.edition", "re.compile"),
        ("publish.memo", "Memo"),
        ("publish.locales", "name"),
        ("publish", "__path__"),
        ("datetime", "sys"),
        ("builtins", "set"),
        ("enum", "Enum"),
    ],
)
def test_only_values_are_found_by_their_names(tmp_path: Path, module: str, name: str) -> None:
    smuggled(tmp_path, named(module, name))
    assert got(tmp_path, "bad") is None


def test_no_module_is_imported_because_a_value_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "evil_twin.py").write_text("open('executed', 'w').close()\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("frozenset", "Locale", "date"):
        smuggled(tmp_path, named("evil_twin", name))
        assert got(tmp_path, "bad") is None
    assert not Path("executed").exists()
    assert "evil_twin" not in sys.modules


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b".",
        b"\x80\x05",
        b"\x80\x05\x8e\xff\xff\xff\xff\xff\xff\xff\x7f",
        b"\x80\x04\x8c\x01aQ.",
        b"\x80\x02\x82\x01.",
    ],
)
def test_what_is_no_pickle_is_not_found(tmp_path: Path, content: bytes) -> None:
    smuggled(tmp_path, content)
    assert got(tmp_path, "bad") is None
    works(tmp_path)


def test_a_language_that_is_none_is_not_found(tmp_path: Path) -> None:
    smuggled(tmp_path, pickle.dumps(Told(parse, "../../x")))
    assert got(tmp_path, "bad") is None


# ── Damage ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The database of a small memory."""
    return kept(tmp_path_factory.mktemp("whole"), one=VALUE, two=("zwei",)).read_bytes()


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100
)
@given(
    places=st.lists(st.integers(0, 1 << 20), min_size=1, max_size=4),
    mask=st.integers(1, 255),
    cut=st.none() | st.integers(0, 1 << 20),
)
def test_a_damaged_database_gives_what_was_put_in_or_nothing(
    whole: bytes, tmp_path: Path, places: list[int], mask: int, cut: int | None
) -> None:
    spoilt = bytearray(whole)
    for place in places:
        spoilt[place % len(whole)] ^= mask
    path = kept(tmp_path)
    path.write_bytes(spoilt[: None if cut is None else cut % len(whole)])
    with memo.opened(tmp_path) as memory:
        assert memory.get("kind", "one") in (None, VALUE)
        assert memory.get("kind", "two") in (None, ("zwei",))
        memory.put("kind", "three", 3)
        assert memory.get("kind", "three") in (None, 3)
        memory.finish()
    works(tmp_path)


def test_a_database_whose_fault_sqlite_cannot_put_into_words_is_none(
    whole: bytes, tmp_path: Path
) -> None:
    path = kept(tmp_path)
    path.write_bytes(whole.replace(b"CREATE TABLE memory", b"CREATE T\xe4BLE memory", 1))
    with pytest.raises(UnicodeDecodeError):
        sqlite3.connect(path).execute("PRAGMA synchronous = OFF")
    assert got(tmp_path, "one") is None
    works(tmp_path)


def test_every_byte_of_a_row_matters(tmp_path: Path, whole: bytes) -> None:
    path = kept(tmp_path)
    start = whole.index("İki görev".encode())
    for place in random.Random(1).sample(range(start - 300, start + 200), 60):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x20]) + whole[place + 1 :])
        assert got(tmp_path, "one") in (None, VALUE)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE memory SET key = 'two'",
        "UPDATE memory SET kind = 'other'",
        "UPDATE memory SET document = 'x'",
        "UPDATE memory SET document = x'ff'",
        "UPDATE memory SET document = CAST(x'ff' AS TEXT)",
        "UPDATE memory SET sum = x'00'",
        "UPDATE memory SET sum = 'text'",
        "UPDATE memory SET value = 'text'",
        "UPDATE memory SET value = 17",
        "UPDATE memory SET value = value || x'00'",
        "UPDATE memory SET used = 'text'",
        "UPDATE memory SET used = x'00'",
    ],
)
def test_a_row_that_somebody_changed_is_not_found(tmp_path: Path, statement: str) -> None:
    database = sqlite3.connect(kept(tmp_path, one=VALUE))
    with database:
        database.execute(statement)
    database.close()
    with memo.opened(tmp_path) as memory:
        for kind in ("kind", "other"):
            for name in ("one", "two"):
                assert memory.get(kind, name) is None
    works(tmp_path)


@pytest.mark.parametrize(
    "statement",
    [
        "PRAGMA application_id = 0",
        f"PRAGMA application_id = {memo.FORMAT + 1}",
        "CREATE TABLE more (a)",
        "CREATE VIEW more AS SELECT * FROM memory",
        "CREATE INDEX more ON memory (used)",
        "CREATE TRIGGER more AFTER DELETE ON memory BEGIN SELECT 1; END",
        "ALTER TABLE memory RENAME TO other",
        "ALTER TABLE memory ADD COLUMN more",
        "DROP TABLE memory",
    ],
)
def test_a_database_of_another_make_is_begun_anew(tmp_path: Path, statement: str) -> None:
    database = sqlite3.connect(kept(tmp_path, one=VALUE))
    database.execute(statement)
    database.close()
    assert got(tmp_path, "one") is None
    works(tmp_path)
    database = sqlite3.connect(tmp_path / FOLDER / DATABASE)
    assert len(database.execute("SELECT * FROM sqlite_master").fetchall()) == 2
    database.close()


def test_another_format_does_not_read_this_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(tmp_path, one=VALUE)
    monkeypatch.setattr(memo, "FORMAT", memo.FORMAT + 1)
    assert got(tmp_path, "one") is None


def test_a_number_of_publications_that_cannot_be_is_no_matter(tmp_path: Path) -> None:
    for number in (-(2**31), 2**31 - 1):
        path = kept(tmp_path, one=VALUE)
        database = sqlite3.connect(path)
        database.execute(f"PRAGMA user_version = {number}")
        database.close()
        with memo.opened(tmp_path) as memory:
            assert memory.get("kind", "one") in (None, VALUE)
            memory.finish()
        works(tmp_path)


@pytest.mark.parametrize("mode", ["DEFERRED", "EXCLUSIVE"])
def test_a_database_that_somebody_else_has_open_costs_nothing_but_the_memory(
    tmp_path: Path, mode: str
) -> None:
    other = sqlite3.connect(kept(tmp_path, one=VALUE), isolation_level=None)
    other.execute(f"BEGIN {mode}")
    other.execute("DELETE FROM memory")
    with memo.opened(tmp_path) as memory:
        assert memory.get("kind", "one") in (None, VALUE)
        memory.put("kind", "two", 2)
        memory.get("kind", "two")
        memory.finish()
    other.close()
    assert got(tmp_path, "one") == VALUE
    works(tmp_path)


# ── The folder ───────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Path]:
    """A folder beside the site, which nobody may touch."""
    folder = tmp_path / "outside"
    (folder / "ab").mkdir(parents=True)
    for name in ("thesis.txt", "ab/thesis.txt", "ab/CACHEDIR.TAG"):
        (folder / name).write_text("years of work", encoding="utf-8")
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    yield folder
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def in_place_of(path: Path, thing: str, outside: Path) -> None:
    """Put something else where a part of the memory is."""
    memo._remove(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    if thing == "a folder":
        path.mkdir()
        (path / "more").touch()
    elif thing == "a file":
        path.write_bytes(b"no database, but longer than a header would be" * 10)
    elif thing == "an empty file":
        path.touch()
    elif thing == "a pipe":
        os.mkfifo(path)
    else:
        target = {"a link to a folder": ".", "a link to a file": "thesis.txt"}
        path.symlink_to(outside / target.get(thing, "nothing"))


@pytest.mark.parametrize(
    "thing",
    [
        *("a folder", "a file", "an empty file", "a pipe"),
        *("a link to a folder", "a link to a file", "a link to nothing"),
    ],
)
@pytest.mark.parametrize(
    "name",
    [
        *("", "CACHEDIR.TAG", ".gitignore", DOCUMENTS, DATABASE),
        *(f"{DATABASE}-journal", f"{DATABASE}-wal", f"{DOCUMENTS}/{digest(b'pdf')[:2]}"),
        f"{DOCUMENTS}/{digest(b'pdf')[:2]}/{digest(b'pdf')}",
    ],
)
def test_whatever_lies_in_the_place_of_a_part_costs_no_more_than_the_memory(
    tmp_path: Path, outside: Path, name: str, thing: str
) -> None:
    root = tmp_path / "site"
    root.mkdir()
    kept(root, one=VALUE)
    in_place_of(root / FOLDER / name, thing, outside)
    with memo.opened(root) as memory:
        assert memory.get("kind", "one") in (None, VALUE)
        memory.put("kind", "two", 2, document="x")
        memory.keep(digest(b"pdf"), b"pdf")
        memory.commit()
        for _ in range(GENERATIONS + 1):
            memory.finish()
    works(root)
    with memo.opened(root) as memory:
        memory.keep(digest(b"pdf"), b"pdf")
        document = memory.document(digest(b"pdf"))
        assert document
        assert document.read_bytes() == b"pdf"
        assert document.parent.resolve() == document.parent
    with memo.opened(root, clean=True) as memory:
        assert memory.get("kind", "new") is None


def test_no_pdf_is_looked_for_where_a_link_leads(tmp_path: Path) -> None:
    name = digest(b"pdf")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / name).write_bytes(b"other")
    root = tmp_path / "site"
    root.mkdir()
    with memo.opened(root) as memory:
        folder = root / FOLDER / DOCUMENTS / name[:2]
        folder.symlink_to(elsewhere)
        assert memory.document(name) is None
        memory.keep(name, b"pdf")
        assert memory.document(name) == folder / name
        assert (folder / name).read_bytes() == b"pdf"
    assert (elsewhere / name).read_bytes() == b"other"


def test_a_site_whose_folders_of_pdfs_are_links_makes_its_pdfs_anew(
    site: Path, tmp_path: Path
) -> None:
    build(site, engine=plain, now=NOW)
    expected = tree(site)
    shutil.rmtree(site / "output")
    elsewhere = tmp_path / "elsewhere"
    (site / FOLDER / DOCUMENTS).rename(elsewhere)
    (site / FOLDER / DOCUMENTS).mkdir()
    for folder in elsewhere.iterdir():
        (site / FOLDER / DOCUMENTS / folder.name).symlink_to(folder)
        for path in folder.iterdir():
            path.chmod(0o600)
    report = build(site, engine=plain, now=NOW)
    assert (report.pdfs, report.pdfs_rendered) == (4, 4)
    assert tree(site) == expected
    found = [path.stat() for path in elsewhere.rglob("*") if path.is_file()]
    assert [(one.st_mode & 0o777, one.st_nlink) for one in found] == [(0o600, 1)] * 4


def test_links_among_the_folders_of_pdfs_are_not_followed_when_old_ones_go(
    tmp_path: Path, outside: Path
) -> None:
    root = tmp_path / "site"
    root.mkdir()
    with memo.opened(root) as memory:
        memory.put("pdf", "one", 1, document="x")
        (root / FOLDER / DOCUMENTS / "ab").symlink_to(outside)
        (root / FOLDER / DOCUMENTS / "cd").mkdir()
        (root / FOLDER / DOCUMENTS / "cd/old").touch()
        for _ in range(GENERATIONS + 1):
            memory.finish()
        assert not (root / FOLDER / DOCUMENTS / "cd/old").exists()


def test_a_journal_that_names_another_file_does_not_have_it_deleted(
    tmp_path: Path, outside: Path
) -> None:
    """SQLite takes away the super-journal of a transaction that it rolls back."""
    root = tmp_path / "site"
    root.mkdir()
    path = kept(root, one=VALUE)
    magic, victim = bytes.fromhex("d9d505f920a163d7"), os.fsencode(outside / "thesis.txt")
    pages = path.stat().st_size // 4096
    head = (magic + struct.pack(">5I", 0, 0, pages, 512, 4096)).ljust(512, b"\0")
    check = struct.pack(">II", len(victim), sum(victim))
    name = struct.pack(">I", 0x40000000 // 4096 + 1) + victim + check + magic
    path.with_name(f"{DATABASE}-journal").write_bytes(head + name)
    assert got(root, "one") == VALUE


def test_a_build_that_was_killed_while_it_wrote_leaves_what_it_had_committed(
    tmp_path: Path,
) -> None:
    kept(tmp_path, one=VALUE)
    code = (
        "import os, sys, pathlib; from publish import memo\n"
        "with memo.opened(pathlib.Path(sys.argv[1])) as memory:\n"
        "    memory._database.execute('PRAGMA cache_size = 1')\n"
        "    for number in range(40):\n"
        "        memory.put('kind', str(number), os.urandom(4000))\n"
        "    os._exit(9)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert done.returncode == 9
    assert (tmp_path / FOLDER / f"{DATABASE}-journal").stat().st_size > 0
    assert got(tmp_path, "one") == VALUE
    assert got(tmp_path, "3") is None


def test_a_clean_memory_knows_nothing_and_no_neighbour_is_touched(tmp_path: Path) -> None:
    for suffix in ("-journal", "-wal", "-shm"):
        (tmp_path / f"{FOLDER}{suffix}").touch()
    kept(tmp_path, one=VALUE)
    with memo.opened(tmp_path, clean=True) as memory:
        memory.keep(digest(b"x"), b"x")
    assert got(tmp_path, "one") is None
    with memo.opened(tmp_path, clean=True) as memory:
        document = memory.document(digest(b"x"))
        assert document
        assert not document.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [FOLDER, *(f"{FOLDER}{suffix}" for suffix in ("-journal", "-wal", "-shm"))]
    )


def test_the_folder_says_of_itself_that_it_is_a_cache(tmp_path: Path) -> None:
    kept(tmp_path)
    tag = (tmp_path / FOLDER / "CACHEDIR.TAG").read_bytes()
    assert tag.startswith(b"Signature: 8a477f597d28d172789f06886806bc55\n")
    assert (tmp_path / FOLDER / ".gitignore").read_bytes() == b"*\n"


def test_where_nothing_can_be_written_there_is_a_memory_for_this_build_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with memo.opened(tmp_path) as memory:
        memory.put("kind", "one", VALUE)
        assert memory.get("kind", "one") == VALUE
        assert memory.document("x") is None
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_may_not_be_written_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(tmp_path, one=VALUE)
    real = memo._connected

    def fixed(path: str) -> sqlite3.Connection:
        database = real(path)
        database.execute("PRAGMA query_only = ON")
        return database

    with monkeypatch.context() as patch:
        patch.setattr(memo, "_connected", lambda p: (real if p == ":memory:" else fixed)(p))
        with memo.opened(tmp_path) as memory:
            assert memory.get("kind", "one") == VALUE
            memory.put("kind", "two", 2)
            assert memory.get("kind", "one") is None
            memory.put("kind", "two", 2)
            assert memory.get("kind", "two") == 2
            memory.finish()
    works(tmp_path)


def test_a_disk_that_is_full_costs_the_memory_and_not_the_build(tmp_path: Path) -> None:
    kept(tmp_path, one=VALUE)
    code = (
        "import resource, sys, pathlib; from publish import memo, snapshot\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))\n"
        "content = bytes(100_000)\n"
        "with memo.opened(pathlib.Path(sys.argv[1])) as memory:\n"
        "    assert memory.get('kind', 'one') is not None\n"
        "    memory.keep(snapshot.digest(content), content)\n"
        "    for number in range(50):\n"
        "        memory.put('kind', str(number), bytes(5_000))\n"
        "        memory.commit()\n"
        "    memory.finish()\n"
        "    print(memory.get('kind', '49') == bytes(5_000))\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("True\n", "")
    assert list(tmp_path.glob(f"{FOLDER}/{DOCUMENTS}/*/*")) == []
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 60_000
    assert got(tmp_path, "one") == VALUE
    works(tmp_path)


def test_a_disk_that_is_full_leaves_what_was_committed(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    with mounted(disk, "-t", "tmpfs", "-o", "size=256k", "tmpfs"):
        kept(disk, one=VALUE)
        with memo.opened(disk) as memory:
            for number in range(4):
                memory.put("kind", str(number), random.randbytes(5_000))
            memory.commit()
            for number in range(4, 100):
                memory.put("kind", str(number), random.randbytes(5_000))
                memory.commit()
            assert memory.get("kind", "99") is not None
            assert memory.get("kind", "one") is None
        assert got(disk, "one") == VALUE
        assert got(disk, "3") is not None
        assert got(disk, "99") is None


class Refusing:
    """A database that answers each statement which begins so by an error of this code."""

    def __init__(self, real: sqlite3.Connection, start: str, error: Exception) -> None:
        self._real, self._start, self._error = real, start, error

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)

    def execute(self, statement: str, *arguments: Any) -> sqlite3.Cursor:
        if statement.startswith(self._start):
            raise self._error
        return self._real.execute(statement, *arguments)


def trouble(code: int) -> sqlite3.Error:
    """An error of SQLite's, as it tells it."""
    error = sqlite3.OperationalError("trouble")
    error.sqlite_errorcode = code
    return error


PASSING = {
    "full": trouble(sqlite3.SQLITE_FULL),
    "a write that fails": trouble(sqlite3.SQLITE_IOERR_WRITE),
    "busy": trouble(sqlite3.SQLITE_BUSY_SNAPSHOT),
    "locked": trouble(sqlite3.SQLITE_LOCKED),
    "no descriptor left": trouble(sqlite3.SQLITE_CANTOPEN),
    "no memory": trouble(sqlite3.SQLITE_NOMEM),
    "no memory, as Python says it": MemoryError(),
}
LASTING = {
    "corrupt": trouble(sqlite3.SQLITE_CORRUPT),
    "no database": trouble(sqlite3.SQLITE_NOTADB),
    "written by nobody though writable": trouble(sqlite3.SQLITE_READONLY),
    "no code": sqlite3.OperationalError("trouble"),
    "no text": UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"),
}


@pytest.mark.parametrize("start", ["PRAGMA application_id", "SELECT used", "INSERT", "COMMIT"])
@pytest.mark.parametrize("name", [*PASSING, *LASTING])
def test_only_a_file_that_is_of_no_use_is_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, start: str
) -> None:
    kept(tmp_path, one=VALUE)
    error, real = (PASSING | LASTING)[name], memo._connected

    def connected(path: str) -> Any:
        return real(path) if path == ":memory:" else Refusing(real(path), start, error)

    with monkeypatch.context() as patch:
        patch.setattr(memo, "_connected", connected)
        with memo.opened(tmp_path) as memory:
            memory.get("kind", "one")
            memory.put("kind", "two", 2)
            memory.commit()
            memory.put("kind", "two", 2)
            assert memory.get("kind", "two") == 2
    assert got(tmp_path, "one") == (VALUE if name in PASSING else None)
    works(tmp_path)


def test_a_file_that_the_system_lets_nobody_write_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = kept(tmp_path, one=VALUE)
    monkeypatch.setattr(os, "access", lambda of, _: Path(of) != path)
    with memo.opened(tmp_path) as memory:
        memory._database.execute("PRAGMA query_only = ON")
        memory.put("kind", "two", 2)
        assert memory.get("kind", "one") is None
    assert got(tmp_path, "one") == VALUE


def test_a_head_that_forbids_writing_is_damage(tmp_path: Path) -> None:
    path = kept(tmp_path, one=VALUE)
    content = path.read_bytes()
    path.write_bytes(content[:18] + b"\x03" + content[19:])
    with memo.opened(tmp_path) as memory:
        memory.put("kind", "two", 2)
    assert got(tmp_path, "one") is None
    works(tmp_path)


# ── Documents ────────────────────────────────────────────────────────────────────────────────


def test_a_document_takes_the_place_of_whatever_is_there(tmp_path: Path) -> None:
    name = digest(b"%PDF")
    with memo.opened(tmp_path) as memory:
        document = memory.document(name)
        assert document
        for content in (b"%PD", b"%PDF and more", b""):
            document.parent.mkdir(exist_ok=True)
            document.write_bytes(content)
            memory.keep(name, b"%PDF")
            assert document.read_bytes() == b"%PDF"
        assert document.stat().st_mode & 0o777 == 0o644
        assert [path.name for path in document.parent.iterdir()] == [name]


def test_of_a_document_that_cannot_be_written_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "no space")

    name = digest(b"%PDF")
    with memo.opened(tmp_path) as memory:
        document = memory.document(name)
        assert document
        with monkeypatch.context() as patch:
            patch.setattr(Path, "chmod", refuse)
            memory.keep(name, b"%PDF")
        assert not document.exists()
        memory.keep(name, b"%PDF")
        assert document.read_bytes() == b"%PDF"


# ── Generations ──────────────────────────────────────────────────────────────────────────────


def test_what_no_publication_needs_is_forgotten_with_its_document(tmp_path: Path) -> None:
    old, new = digest(b"old"), digest(b"new")
    with memo.opened(tmp_path) as memory:
        for content, name in ((b"old", old), (b"new", new)):
            memory.keep(name, content)
            memory.put("pdf", content.decode(), 1, document=name)
        memory.put("kind", "lasting", 1, lasting=True)
        memory.put("kind", "old", 1)
        memory.put("kind", "new", 1)
    there: list[tuple[int, bool, bool]] = []
    for number in range(3 * GENERATIONS):
        with memo.opened(tmp_path) as memory:
            assert memory.get("kind", "new") == memory.get("pdf", "new") == 1
            memory.finish()
            paths = [memory.document(old), memory.document(new)]
            there.append((number, *(bool(path and path.exists()) for path in paths)))  # type: ignore[arg-type]
    assert there == [(number, number < GENERATIONS, True) for number in range(3 * GENERATIONS)]
    with memo.opened(tmp_path) as memory:
        assert memory.get("kind", "old") is memory.get("pdf", "old") is None
        assert memory.get("kind", "lasting") == 1


def test_what_is_not_retained_is_forgotten_however_lasting_it_is(tmp_path: Path) -> None:
    with memo.opened(tmp_path) as memory:
        for kind, name in (("parts", "one"), ("parts", "two"), ("other", "two")):
            memory.put(kind, name, 1, lasting=True)
        memory.retain("parts", {"one", "three"})
    with memo.opened(tmp_path) as memory:
        assert memory.get("parts", "one") == memory.get("other", "two") == 1
        assert memory.get("parts", "two") is memory.get("parts", "three") is None


def test_a_build_that_publishes_nothing_lets_nothing_age(tmp_path: Path) -> None:
    kept(tmp_path, one=1)
    for _ in range(3 * GENERATIONS):
        with memo.opened(tmp_path):
            pass
    assert got(tmp_path, "one") == 1


def test_a_value_with_a_document_that_two_rows_have_keeps_it(tmp_path: Path) -> None:
    name = digest(b"same")
    with memo.opened(tmp_path) as memory:
        memory.keep(name, b"same")
        memory.put("pdf", "one", 1, document=name)
        for _ in range(GENERATIONS):
            memory.finish()
        memory.put("pdf", "two", 2, document=name)
        memory.finish()
        document = memory.document(name)
        assert memory.get("pdf", "one") is None
        assert document
        assert document.exists()


# ── Keys ─────────────────────────────────────────────────────────────────────────────────────

SMALL: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers(-2, 2)
    | st.sampled_from([0.5, 1.5])
    | st.text("ab'\",()\\0é", max_size=3)
    | st.binary(max_size=2)
    | st.sampled_from([EN, TR, parse("pt-BR"), "en", "tr"])
    | st.dates(datetime.date(2026, 1, 1), datetime.date(2026, 1, 3))
    | st.sampled_from([*Standing, "original", "ORIGINAL", "Locale", "mapping", "date", "set"])
    | st.builds(Run, st.text("ab", max_size=1), st.sampled_from([EN, TR]))
    | st.builds(Coverage, st.integers(0, 1), st.integers(0, 1))
)
PARTS = st.recursive(
    SMALL,
    lambda inner: (
        st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text("ab", max_size=2), inner, max_size=3)
        | st.frozensets(st.text("ab", max_size=2), max_size=3)
    ),
    max_leaves=6,
)


def strict(value: Any) -> Any:
    """The value so that only what a key tells apart is unequal: 1, True and 1.0 are."""
    if isinstance(value, tuple):
        return "tuple", tuple(map(strict, value))
    if isinstance(value, dict):
        return "dict", frozenset((name, strict(one)) for name, one in value.items())
    return type(value), value


@settings(deadline=None, max_examples=150)
@given(one=st.lists(PARTS, max_size=3), other=st.lists(PARTS, max_size=3))
def test_keys_are_equal_where_values_are_and_only_there(one: list[Any], other: list[Any]) -> None:
    same = strict(tuple(one)) == strict(tuple(other))
    assert (key(*one) == key(*other)) is same
    assert key(*one) == key(*pickle.loads(pickle.dumps(one)))  # noqa: S301 — our own


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("ab", "c"), ("a", "bc")),
        (("a", "b"), (("a", "b"),)),
        ((("a",), "b"), (("a", "b"),)),
        (("a", ""), ("a",)),
        ((1,), ("1",)),
        ((1,), (True,)),
        ((1,), (1.0,)),
        ((0,), (None,)),
        ((None,), ("None",)),
        ((None,), ()),
        (("",), (b"",)),
        ((EN,), ("en",)),
        ((EN,), (("Locale", "en"),)),
        ((EN,), (TR,)),
        (({},), ((),)),
        (({},), (("mapping", ()),)),
        ((frozenset(),), (("set", ()),)),
        ((frozenset(),), ({},)),
        (({"a": "b"},), ((("a", "b"),),)),
        ((datetime.date(2026, 1, 1),), ("2026-01-01",)),
        ((datetime.date(2026, 1, 1),), (("date", "2026-01-01"),)),
        ((datetime.date(2026, 1, 1),), (datetime.datetime(2026, 1, 1),)),  # noqa: DTZ001
        ((Standing.BEHIND,), (("Standing", "BEHIND"),)),
        ((Standing.BEHIND,), ("behind",)),
        ((Run("a", EN),), (("Run", "a", EN, None),)),
        ((Run("a", EN),), (Run("a", TR),)),
        ((Coverage(1),), (Coverage(0, 1),)),
    ],
)
def test_keys_do_not_confuse_what_looks_alike(one: tuple[Any, ...], other: tuple[Any, ...]) -> None:
    assert key(*one) != key(*other)


def test_the_order_of_mappings_and_sets_does_not_matter() -> None:
    pairs = [(letter, letter * 2) for letter in "abcdefgh"]
    assert key(dict(pairs)) == key(dict(reversed(pairs)))
    assert key(frozenset("abcdefgh")) == key(frozenset("hgfedcba"))
    assert key(tuple(pairs)) != key(tuple(reversed(pairs)))


@pytest.mark.parametrize("part", [object(), {1, 2}, bytearray(b"x"), print, Path("x")])
def test_what_no_key_can_be_made_of_is_refused(part: object) -> None:
    with pytest.raises(TypeError, match="is no part of a key"):
        key("a", (part,))


def other_than(value: Any) -> Any:
    """A value of the same kind that is not equal."""
    others: list[tuple[type, Any]] = [
        (bool, lambda v: not v),
        (int, lambda v: v + 1),
        (float, lambda v: v / 2 + 0.1),
        (str, lambda v: f"{v}x"),
        (Locale, lambda v: TR if v is EN else EN),
        (datetime.date, lambda v: v + datetime.timedelta(days=1)),
        (tuple, lambda v: v[1:] if v else ("x",)),
        (dict, lambda v: {**v, "x": "y"}),
        (Rendering, lambda v: Rendering(f"{v.html}x", v.print_html)),
        (Run, lambda v: Run(f"{v.text}x", v.locale)),
        (Coverage, lambda v: dataclasses.replace(v, stale=v.stale + 1)),
        (Standing, lambda v: next(one for one in Standing if one is not v)),
        (model.Paper, lambda _: model.Paper("Letter")),
        (type(None), lambda _: "something"),
    ]
    return next(change(value) for kind, change in others if isinstance(value, kind))


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(Edition)])
def test_every_field_of_an_edition_is_in_its_key(name: str) -> None:
    one = an_edition()
    other = dataclasses.replace(one, **{name: other_than(getattr(one, name))})
    assert key(one) != key(other)


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(Settings)])
def test_every_field_of_the_settings_is_in_their_key(name: str) -> None:
    one = Settings({"en": "A"}, "https://a.example", (EN, TR), EN, check_ignore={"tr": IGNORED})
    other = dataclasses.replace(one, **{name: other_than(getattr(one, name))})
    assert key(one) != key(other)


IGNORED = (Ignore("W7", "verse", Span("pyproject.toml", 9)),)


@functools.cache
def an_edition() -> Edition:
    plan, _ = planned(Path(__file__).parent / "site")
    return the(plan, "harbour-lights", "tr")


def test_another_process_with_other_hashes_makes_the_same_keys() -> None:
    code = (
        "from pathlib import Path; from publish import memo\n"
        "from tests.conftest import planned, the\n"
        "one = the(planned(Path('tests/site'))[0], 'harbour-lights', 'tr')\n"
        "print(memo.key(one, frozenset('abcdefgh'), {letter: 1 for letter in set('abcdefgh')}))\n"
    )
    root = Path(__file__).parent.parent
    found = {key(an_edition(), frozenset("abcdefgh"), dict.fromkeys("abcdefgh", 1))}
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            capture_output=True,
            text=True,
            cwd=root,
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
        )
        found.add(done.stdout.strip())
    assert len(found) == 1
