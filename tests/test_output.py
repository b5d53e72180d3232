"""Publication: one complete build at every moment, whatever fails; nothing of others touched."""

from __future__ import annotations

import dataclasses
import errno
import fcntl
import hashlib
import itertools
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from publish import output
from publish.errors import LockedError, Problem, PublishError
from publish.model import Artefact

from . import faults, whole
from .faults import Tree, beside, tree


def site(*changes: tuple[str, str]) -> list[Artefact]:
    """The files of a small site, some of them changed."""
    files = {
        "index.html": "chooser",
        "en/index.html": "front",
        "en/piece/index.html": "page",
        "en/piece/piece.en.pdf": "pdf",
        "assets/screen.0.css": "style",
    }
    return [Artefact(path, text.encode()) for path, text in (files | dict(changes)).items()]


OLD = site()
NEW = [
    *site(("index.html", "new chooser"), ("tr/other/index.html", "new page"))[1:],
    Artefact("index.html", b"new chooser"),
]


def fresh(base: Path, artefacts: list[Artefact]) -> Tree:
    """What a first build of these files makes."""
    base.mkdir()
    whole.publish(base, artefacts)
    return tree(base / "output")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A site's root whose `output/` holds the old files."""
    folder = tmp_path / "root"
    folder.mkdir()
    whole.publish(folder, OLD)
    return folder


@pytest.fixture(params=["exchange", "file by file"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways of publishing: as this system does it, and as one does that cannot exchange."""
    if request.param == "file by file":
        monkeypatch.setattr(output, "_exchange", lambda *_: False)
    return str(request.param)


def fault(call: Callable[[], object]) -> str:
    """The message of the one O1 that a call raises."""
    return problem(call).message


def put(root: Path, stands: output.Standing, artefacts: list[Artefact]) -> tuple[Problem, ...]:
    """Publish over what was found to stand."""
    with output.stage(root, stands) as site:
        for artefact in artefacts:
            site.write(artefact.path, artefact.content)
        return site.publish()


def problem(call: Callable[[], object]) -> Problem:
    """The one O1 that a call raises."""
    with pytest.raises(PublishError) as caught:
        call()
    [found] = caught.value.problems
    assert (found.code, found.span.path) == ("O1", "output")
    assert found.hint
    return found


def failing_at(number: int, call: Callable[..., object], error: int) -> Callable[..., object]:
    """`call`, failing the nth time."""
    count = itertools.count()

    def counting(*args: object, **kwargs: object) -> object:
        if next(count) == number:
            raise OSError(error, os.strerror(error))
        return call(*args, **kwargs)

    return counting


# ── Publishing ───────────────────────────────────────────────────────────────────────────────


def test_a_first_build_makes_the_folder(tmp_path: Path) -> None:
    whole.publish(tmp_path, OLD)
    assert beside(tmp_path) == ["output"]
    found = {path: content for path, (content, _) in tree(tmp_path / "output").items() if content}
    del found["manifest.json"]
    assert found == {artefact.path: artefact.content for artefact in OLD}


def test_the_manifest_is_true_sorted_and_has_no_clock(root: Path) -> None:
    manifest = json.loads((root / "output/manifest.json").read_bytes())
    assert list(manifest) == ["files"]
    rows = manifest["files"]
    assert [row["path"] for row in rows] == sorted(artefact.path for artefact in OLD)
    for row in rows:
        content = (root / "output" / row["path"]).read_bytes()
        assert row == {
            "path": row["path"],
            "sha256": hashlib.sha256(content).hexdigest(),
            "size": len(content),
        }


def test_the_order_of_the_files_does_not_matter(root: Path, tmp_path: Path) -> None:
    assert fresh(tmp_path / "other", list(reversed(OLD))) == tree(root / "output")


def test_a_later_build_leaves_exactly_its_own_files(root: Path, tmp_path: Path, way: str) -> None:
    whole.publish(root, NEW)
    assert tree(root / "output") == fresh(tmp_path / "new", NEW)
    whole.publish(root, OLD)
    assert tree(root / "output") == fresh(tmp_path / "old", OLD)
    assert beside(root) == ["output"]


def test_a_file_may_become_a_folder_and_a_folder_a_file(
    root: Path, tmp_path: Path, way: str
) -> None:
    turned = [Artefact("index.html/index.html", b"a"), Artefact("en", b"b")]
    whole.publish(root, turned)
    assert tree(root / "output") == fresh(tmp_path / "turned", turned)
    whole.publish(root, OLD)
    assert tree(root / "output") == fresh(tmp_path / "old", OLD)


def test_strange_things_in_the_folder_are_replaced_and_not_followed(
    root: Path, tmp_path: Path, way: str
) -> None:
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "index.html").write_text("precious")
    for path in sorted((root / "output/en").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (root / "output/en").rmdir()
    (root / "output/en").symlink_to(victim)
    (root / "output/index.html").unlink()
    (root / "output/index.html").symlink_to(victim / "index.html")
    (root / "output/dangling").symlink_to("nowhere")
    whole.publish(root, OLD)
    assert tree(root / "output") == fresh(tmp_path / "old", OLD)
    assert tree(victim)["index.html"][0] == b"precious"
    assert sorted(path.name for path in victim.iterdir()) == ["index.html"]


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077, 0o777])
def test_modes_do_not_depend_on_the_umask(root: Path, way: str, mask: int) -> None:
    before = os.umask(mask)
    try:
        whole.publish(root, NEW)
    finally:
        os.umask(before)
    for path, (content, mode) in tree(root / "output").items():
        assert mode == (0o755 if content is None else 0o644), path


def test_the_modes_of_a_first_build_do_not_depend_on_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        whole.publish(tmp_path, OLD)
    finally:
        os.umask(before)
    modes = {mode for _, mode in tree(tmp_path / "output").values()}
    assert modes == {0o644, 0o755}


def test_publishing_the_same_again_changes_no_byte(root: Path, way: str) -> None:
    before = tree(root / "output")
    whole.publish(root, OLD)
    assert tree(root / "output") == before


# ── What stands ──────────────────────────────────────────────────────────────────────────────

PAGE = "en/piece/index.html"


def manifest(root: Path) -> list[dict[str, object]]:
    """The rows of the manifest."""
    rows: list[dict[str, object]] = json.loads((root / "output/manifest.json").read_bytes())[
        "files"
    ]
    return rows


def say(root: Path, rows: object) -> None:
    """Write a manifest of these rows, in the form that is ours."""
    text = json.dumps({"files": rows}, indent=1, ensure_ascii=False) + "\n"
    (root / "output/manifest.json").write_text(text, encoding="utf-8", errors="surrogatepass")


def test_what_was_published_stands_whole(root: Path, tmp_path: Path) -> None:
    found = output.standing(root)
    assert found.whole
    assert [dataclasses.asdict(filed) for filed in found.files.values()] == manifest(root)
    assert output.standing(tmp_path) == output.Standing({}, whole=False)
    (tmp_path / "empty").mkdir()
    whole.publish(tmp_path / "empty", [])
    assert output.standing(tmp_path / "empty") == output.Standing({}, whole=True)


@pytest.mark.parametrize("rows", [1, 2, 3, 4])
def test_a_manifest_is_written_as_json_would(
    root: Path, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    monkeypatch.setattr(output, "_ROWS", rows)
    names = ['a "quoted" \\ name.html', "т/ş\u2028.html", "a/\x01.html"]
    whole.publish(root, [Artefact(name, b"x") for name in names])
    before = (root / "output/manifest.json").read_bytes()
    say(root, manifest(root))
    assert (root / "output/manifest.json").read_bytes() == before
    assert output.standing(root).whole
    for other in (before + b"\n", before[:-1], before.replace(b": 1", b":  1", 1)):
        (root / "output/manifest.json").write_bytes(other)
        assert not output.standing(root).whole


def _edit(root: Path) -> None:
    (root / "output" / PAGE).write_text("PAGE")


def _swap(root: Path) -> None:
    (root / "output" / PAGE).rename(root / "away")
    (root / "output" / PAGE).symlink_to(root / "away")


def _swap_folder(root: Path) -> None:
    (root / "output/en/piece").rename(root / "away")
    (root / "output/en/piece").symlink_to(root / "away")


def _pipe(root: Path) -> None:
    (root / "output" / PAGE).unlink()
    os.mkfifo(root / "output" / PAGE, 0o644)


@pytest.mark.parametrize(
    ("damage", "lost"),
    [
        (_edit, {PAGE}),
        (_swap, {PAGE}),
        (_swap_folder, {PAGE, "en/piece/piece.en.pdf"}),
        (_pipe, {PAGE}),
        (lambda root: (root / "output" / PAGE).unlink(), {PAGE}),
        (lambda root: (root / "output" / PAGE).chmod(0o600), {PAGE}),
        (lambda root: (root / "output" / PAGE).write_text("page and more"), {PAGE}),
        (lambda root: (root / "output/en").chmod(0o700), set()),
        (lambda root: (root / "output").chmod(0o700), set()),
        (lambda root: (root / "output/manifest.json").chmod(0o600), set()),
        (lambda root: (root / "output/more.html").touch(), set()),
        (lambda root: (root / "output/more").mkdir(mode=0o755), set()),
        (lambda root: (root / "output/more").symlink_to("nowhere"), set()),
        (lambda root: say(root, manifest(root)[::-1]), set()),
        (lambda root: say(root, manifest(root) + manifest(root)[:1]), set()),
        (lambda root: say(root, manifest(root)[1:]), {"assets/screen.0.css"}),
    ],
)
def test_damage_is_seen_and_does_not_last(
    root: Path, tmp_path: Path, damage: Callable[[Path], object], lost: set[str]
) -> None:
    before = output.standing(root).files
    damage(root)
    found = output.standing(root)
    assert not found.whole
    assert before.keys() - found.files.keys() == lost
    assert all(before[path] == filed for path, filed in found.files.items())
    whole.publish(root, OLD)
    assert output.standing(root) == output.Standing(before, whole=True)
    assert tree(root / "output") == fresh(tmp_path / "clean", OLD)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff",
        b"[" * 100_000,
        b"[]",
        b'{"files": {}}',
        b'{"files": 1}',
        b'{"files": [1]}',
        b'{"files": [{"path": "index.html"}]}',
        b'{"files": [{"path": 1, "sha256": 2, "size": "3"}]}',
        b'{"files": [{"path": "index.html", "sha256": null, "size": 7}]}',
        b'{"files": [{"path": "index.html", "sha256": "0", "size": 1e9}]}',
        b'{"files": [{"path": "\\ud800", "sha256": "0", "size": 1}]}',
        b'{"files": [{"path": "\\u0000", "sha256": "0", "size": 1}]}',
        b'{"files": [{"path": "../victim", "sha256": "%s", "size": 0}]}'
        % hashlib.sha256().hexdigest().encode(),
    ],
)
def test_a_manifest_of_someone_else_says_nothing(root: Path, content: bytes) -> None:
    (root / "victim").touch(mode=0o644)
    (root / "output/manifest.json").write_bytes(content)
    assert output.standing(root) == output.Standing({}, whole=False)


def test_a_manifest_that_is_a_pipe_keeps_nobody_waiting(root: Path) -> None:
    (root / "output/manifest.json").unlink()
    os.mkfifo(root / "output/manifest.json")
    assert output.standing(root) == output.Standing({}, whole=False)


def test_a_manifest_behind_a_link_says_nothing(root: Path) -> None:
    (root / "output/manifest.json").rename(root / "away")
    (root / "output/manifest.json").symlink_to(root / "away")
    assert output.standing(root) == output.Standing({}, whole=False)


def test_no_file_is_believed_that_could_not_be_read(root: Path) -> None:
    for number in itertools.count():
        with faults.disk(faults.at(number, errno.EIO)) as disk:
            found = output.standing(root)
        if number >= len(disk.steps):
            break
        assert found.files.items() <= output.standing(root).files.items()
    assert found.whole


# ── The stage ────────────────────────────────────────────────────────────────────────────────


def sum_of(content: bytes) -> str:
    """As the manifest says it."""
    return hashlib.sha256(content).hexdigest()


def inodes(root: Path) -> dict[str, int]:
    """Which files stand, whatever they hold."""
    folder = root / "output"
    return {path.relative_to(folder).as_posix(): path.stat().st_ino for path in folder.rglob("*")}


def test_where_nothing_changed_nothing_is_touched(root: Path) -> None:
    before = inodes(root), (root / "output").stat()
    with faults.disk(lambda *_: None) as disk:
        stands = output.standing(root)
        with output.stage(root, stands) as site:
            for artefact in OLD[1:]:
                site.write(artefact.path, artefact.content)
            assert site.keep("index.html", sum_of(b"chooser"))
            assert site.publish() == ()
    assert (inodes(root), (root / "output").stat()) == before
    assert not {"mkdir", "link", "write", "unlink", "_syncfs", "_exchange"} & set(disk.steps)


def test_what_did_not_change_is_the_same_file(root: Path) -> None:
    before = inodes(root)
    whole.publish(root, site(("index.html", "new chooser")))
    after = inodes(root)
    assert after["index.html"] != before["index.html"]
    assert after["assets/screen.0.css"] == before["assets/screen.0.css"]
    assert after[PAGE] == before[PAGE]


def test_what_is_damaged_is_written_anew_even_with_nothing_else_to_do(root: Path) -> None:
    _edit(root)
    before = inodes(root)
    whole.publish(root, OLD)
    assert (root / "output" / PAGE).read_text() == "page"
    assert inodes(root)[PAGE] != before[PAGE]


def test_only_what_stands_with_this_sum_is_kept(root: Path) -> None:
    with output.stage(root, output.standing(root)) as site:
        assert not site.keep("index.html", sum_of(b"other"))
        assert not site.keep("other.html", sum_of(b"chooser"))
        assert site.keep("index.html", sum_of(b"chooser"))
        assert site.keep("index.html", sum_of(b"chooser"))
        site.publish()
    assert output.standing(root).files.keys() == {"index.html"}


def test_what_is_kept_and_goes_meanwhile_is_told(root: Path) -> None:
    with output.stage(root, output.standing(root)) as site:
        site.keep("index.html", sum_of(b"chooser"))
        (root / "output/index.html").unlink()
        assert "output/index.html" in fault(site.publish)
    assert sorted(path.name for path in root.iterdir()) == ["output"]


def test_a_file_from_the_store_is_linked(root: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    store.write_bytes(b"stored")
    store.chmod(0o600)
    filed = output.Filed("made.pdf", sum_of(b"stored"), 6)
    with output.stage(root, output.standing(root)) as site:
        assert site.place("made.pdf", store, filed)
        assert site.place("again/made.pdf", store, filed)
        site.publish()
    assert inodes(root)["made.pdf"] == inodes(root)["again/made.pdf"] == store.stat().st_ino
    assert output.standing(root).whole
    assert {filed.path for filed in output.standing(root).files.values()} == {
        "made.pdf",
        "again/made.pdf",
    }


@pytest.mark.parametrize(
    "content", [None, b"", b"sToreD", b"stored and more", "link", "folder", "pipe"]
)
def test_a_file_of_the_store_that_is_not_what_it_was_is_refused(
    root: Path, tmp_path: Path, content: bytes | str | None
) -> None:
    store = tmp_path / "store"
    if content == "link":
        (tmp_path / "away").write_bytes(b"stored")
        store.symlink_to(tmp_path / "away")
    elif content == "folder":
        store.mkdir()
    elif content == "pipe":
        os.mkfifo(store)
    elif isinstance(content, bytes):
        store.write_bytes(content)
    filed = output.Filed("made.pdf", sum_of(b"stored"), 6)
    with output.stage(root, output.standing(root)) as site:
        assert not site.place("made.pdf", store, filed)
        site.write("made.pdf", b"stored")
        site.publish()
    assert (root / "output/made.pdf").read_bytes() == b"stored"


@pytest.mark.parametrize("links", [True, False])
def test_a_file_of_the_store_that_changes_while_it_is_taken_is_refused(
    root: Path, tmp_path: Path, links: bool
) -> None:
    store = tmp_path / "store"
    store.write_bytes(b"stored")
    filed = output.Filed("made.pdf", sum_of(b"stored"), 6)

    def change(step: str, _: int) -> None:
        if step == "link":
            (tmp_path / "other").write_bytes(b"edited")
            (tmp_path / "other").replace(store) if links else store.write_bytes(b"edited")
            if not links:
                raise OSError(errno.EPERM, "no links here")

    with output.stage(root, output.standing(root)) as site:
        with faults.disk(change):
            assert not site.place("made.pdf", store, filed)
        site.write("made.pdf", b"stored")
        site.publish()
    assert (root / "output/made.pdf").read_bytes() == b"stored"
    assert output.standing(root).whole


def test_what_is_copied_and_was_changed_meanwhile_is_told(root: Path) -> None:
    with output.stage(root, output.standing(root)) as site:
        site.keep("index.html", sum_of(b"chooser"))
        (root / "output/index.html").write_text("CHOOSER")
        with faults.disk(faults.always(errno.EPERM, "link")):
            assert "was changed while" in fault(site.publish)
    assert sorted(path.name for path in root.iterdir()) == ["output"]


def test_an_edit_in_place_is_found_in_the_site_and_in_the_store(root: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    store.write_bytes(b"stored")
    filed = output.Filed("made.pdf", sum_of(b"stored"), 6)
    with output.stage(root, output.standing(root)) as site:
        site.place("made.pdf", store, filed)
        site.publish()
    (root / "output/made.pdf").write_bytes(b"edited")
    assert store.read_bytes() == b"edited"
    with output.stage(root, output.standing(root)) as site:
        assert not site.keep("made.pdf", filed.sha256)
        assert not site.place("made.pdf", store, filed)
        site.write("made.pdf", b"stored")
        site.publish()
    assert (root / "output/made.pdf").read_bytes() == b"stored"
    assert store.read_bytes() == b"edited"


def test_two_writers_of_one_path_are_one_or_a_bug(root: Path) -> None:
    with output.stage(root, output.standing(root)) as site:
        assert site.write("new.html", b"new") == site.write("new.html", b"new")
        with pytest.raises(ValueError, match=r"two contents for new\.html"):
            site.write("new.html", b"other")
        site.write("index.html", b"chooser")
        with pytest.raises(ValueError, match=r"two contents for index\.html"):
            site.write("index.html", b"other")
        site.publish()
    assert output.standing(root).files.keys() == {"index.html", "new.html"}


@pytest.mark.parametrize("path", ["", "/etc/passwd", "../victim", "a/../../victim", "a//b", "a/."])
def test_a_path_that_leads_elsewhere_is_a_bug(root: Path, path: str) -> None:
    store = root.parent / "store"
    store.write_bytes(b"x")
    with output.stage(root, output.standing(root)) as site:
        with pytest.raises(ValueError, match="path"):
            site.write(path, b"x")
        with pytest.raises(ValueError, match="path"):
            site.place(path, store, output.Filed(path, sum_of(b"x"), 1))
    assert sorted(path.name for path in root.iterdir()) == ["output"]


@pytest.mark.parametrize(
    "paths",
    [("en/piece", "en/piece/index.html"), ("a", "a/b"), ("manifest.json",), ("manifest.json/a",)],
)
def test_a_path_that_is_a_file_and_something_else_is_a_bug(
    root: Path, paths: tuple[str, ...]
) -> None:
    before = tree(root / "output")
    for order in (paths, paths[::-1]):
        with pytest.raises(ValueError, match="something else"):
            whole.publish(root, [Artefact(path, b"page") for path in order])
    assert tree(root / "output") == before
    assert sorted(path.name for path in root.iterdir()) == ["output"]


def test_a_stage_that_is_left_is_gone(root: Path) -> None:
    before = tree(root / "output")
    with output.stage(root, output.standing(root)) as site:
        site.write("new/index.html", b"new")
        assert len(list(root.glob(".output.stage-*"))) == 1
    assert sorted(path.name for path in root.iterdir()) == ["output"]
    assert tree(root / "output") == before


def test_a_folder_that_is_no_longer_ours_is_not_replaced(root: Path) -> None:
    with output.stage(root, output.standing(root)) as site:
        site.write("new/index.html", b"new")
        (root / "output").rename(root / "away")
        (root / "output").mkdir()
        (root / "output/thesis.tex").write_text("precious")
        assert "no build put there" in fault(site.publish)
    assert (root / "output/thesis.tex").read_text() == "precious"


def test_where_no_sync_of_the_whole_tells_failures_each_file_is_synced(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def count() -> int:
        with faults.disk(lambda *_: None) as disk:
            monkeypatch.setattr(output, "_syncfs", lambda _: False)
            whole.publish(root, NEW)
        whole.publish(root, OLD)
        return disk.steps.count("fsync")

    # Two files, the manifest, six folders of the stage, and the root.
    assert count() == 10
    for number in range(9):
        with faults.disk(faults.at(number, errno.EIO, "fsync")):
            monkeypatch.setattr(output, "_syncfs", lambda _: False)
            assert problem(lambda: whole.publish(root, NEW)).hint == "the old site stands as it was"


def test_large_files_are_read_and_copied_in_pieces(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output, "_CHUNK", 3)
    store = tmp_path / "store"
    store.write_bytes(b"stored")
    filed = output.Filed("made.pdf", sum_of(b"stored"), 6)
    with (
        faults.disk(faults.always(errno.EPERM, "link")),
        output.stage(root, output.standing(root)) as site,
    ):
        assert site.place("made.pdf", store, filed)
        assert site.keep(PAGE, sum_of(b"page"))
        site.publish()
    assert output.standing(root).whole
    (root / "output/made.pdf").write_bytes(b"storeD")
    assert output.standing(root).files.keys() == {PAGE}


# ── Failures ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO, errno.EDQUOT])
@pytest.mark.parametrize("step", ["_syncfs", "write", "mkdir", "link", "open"])
def test_where_the_disk_refuses_the_old_site_stands(root: Path, step: str, error: int) -> None:
    before = tree(root / "output")
    stands = output.standing(root)
    with faults.disk(faults.at(0, error, step)):
        message = fault(lambda: put(root, stands, NEW))
    assert os.strerror(error) in message
    assert tree(root / "output") == before
    assert beside(root) == ["output"]


# With this mask every mode has to be set by a call of its own.
@pytest.mark.parametrize("mask", [0o077, pytest.param(0o022, marks=pytest.mark.prove)])
def test_whichever_step_fails_the_site_is_old_or_new_and_never_half(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mask: int
) -> None:
    monkeypatch.setattr(output, "_syncfs", lambda _: True)
    if not exchanges(tmp_path):
        pytest.skip("this file system cannot exchange two folders")
    old, new = tree(root / "output"), fresh(tmp_path / "new", NEW)
    before = os.umask(mask)
    outcomes = set()
    try:
        for number in itertools.count():
            with faults.disk(faults.at(number, errno.EIO)) as disk:
                try:
                    whole.publish(root, NEW)
                    told = False
                except PublishError as error:
                    [problem] = error.problems
                    assert problem.code == "O1"
                    told = True
            stands = tree(root / "output")
            assert stands in (old, new), disk.steps[-1]
            assert told or stands == new
            outcomes.add((told, stands == new))
            if number >= len(disk.steps):
                break
            assert beside(root) == ["output"], disk.steps
            whole.publish(root, OLD)
            assert tree(root / "output") == old
            assert beside(root) == ["output"]
    finally:
        os.umask(before)
    assert outcomes == {(True, False), (True, True), (False, True)}


def test_file_by_file_each_file_is_whole_and_the_next_build_repairs(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output, "_exchange", lambda *_: False)
    new = fresh(tmp_path / "new", NEW)
    old = tree(root / "output")
    for number in range(3):
        with faults.disk(faults.at(number, errno.EIO, "rename")) as disk:
            fault(lambda: whole.publish(root, NEW))
        assert "rmdir" in disk.steps
        for path, state in tree(root / "output").items():
            assert state in (old.get(path), new.get(path))
        assert tree(root / "output")["manifest.json"] == old["manifest.json"]
        whole.publish(root, OLD)
        assert tree(root / "output") == old
    whole.publish(root, NEW)
    assert tree(root / "output") == new


def test_replacing_file_by_file_is_said_aloud(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert whole.publish(root, NEW) == ()
    monkeypatch.setattr(output, "_exchange", lambda *_: False)
    (notice,) = whole.publish(root, OLD)
    assert (notice.code, notice.severity.value) == ("O2", "warning")


def test_a_failure_says_what_stands_now(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for step in ("write", "_syncfs", "_exchange"):
        with faults.disk(faults.at(0, errno.EIO, step)):
            told = problem(lambda: whole.publish(root, NEW))
        assert told.hint == "the old site stands as it was"
    with faults.disk(faults.at(0, errno.EIO, "fsync")):
        assert problem(lambda: whole.publish(root, NEW)).hint.startswith("the new site stands")
    monkeypatch.setattr(output, "_exchange", lambda *_: False)
    shutil.rmtree(root / ".output.before")
    with faults.disk(faults.at(0, errno.EIO, "rename")):
        assert "side by side" in problem(lambda: whole.publish(root, OLD)).hint


RUN = """
import os, resource, sys, pathlib
from publish import errors, output
from publish.model import Artefact
from tests import whole
root = pathlib.Path(sys.argv[1])
files = [Artefact(f"{n}.html", b"x" * 5000) for n in range(5)]
"""


def run(code: str, root: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", RUN + code, str(root)]
    above = Path(__file__).parent.parent
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=above)


def test_a_file_that_may_not_grow_leaves_the_old_site(root: Path) -> None:
    before = tree(root / "output")
    code = """
resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))
try:
    whole.publish(root, files)
except errors.PublishError as error:
    print(error)
"""
    done = run(code, root)
    assert "error[O1]" in done.stdout
    assert os.strerror(errno.EFBIG) in done.stdout
    assert done.stderr == ""
    assert tree(root / "output") == before
    assert beside(root) == ["output"]


@pytest.mark.parametrize("step", ["write", "link"])
def test_a_build_that_is_killed_leaves_the_old_site_and_the_next_one_sweeps(
    root: Path, step: str
) -> None:
    before = tree(root / "output")
    code = f"""
os.{step} = lambda *_, **__: os.kill(os.getpid(), 9)
with output.locked(root):
    whole.publish(root, [Artefact("index.html", b"chooser"), *files])
"""
    assert run(code, root).returncode == -9
    assert tree(root / "output") == before
    assert len([path for path in root.iterdir() if path.name.startswith(".output.stage-")]) == 1
    with output.locked(root):
        output.prepare(root)
    assert beside(root) == [".output.lock", "output"]
    assert tree(root / "output") == before


def exchanges(folder: Path, *, make: bool = True) -> bool:
    """Whether this file system can exchange two folders."""
    for name in ("one", "other") if make else ():
        (folder / name).mkdir(exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        return output._exchange(descriptor, "one", "other")
    finally:
        os.close(descriptor)


def test_an_exchange_swaps_both_or_says_that_it_cannot(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one/mark").touch()
    done = exchanges(tmp_path)
    assert (tmp_path / "other/mark").exists() is done
    assert (tmp_path / "one/mark").exists() is not done


def test_an_exchange_that_fails_for_another_reason_is_an_error(tmp_path: Path) -> None:
    if not exchanges(tmp_path):
        pytest.skip("this file system cannot exchange two folders")
    (tmp_path / "other").rmdir()
    with pytest.raises(FileNotFoundError):
        exchanges(tmp_path, make=False)


def test_a_reader_never_sees_files_of_two_builds(root: Path, tmp_path: Path) -> None:
    if not exchanges(tmp_path):
        pytest.skip("this file system cannot exchange two folders")
    names = [artefact.path for artefact in OLD]
    builds = [[Artefact(path, str(number).encode()) for path in names] for number in range(40)]
    whole.publish(root, builds[0])
    done = threading.Event()
    published: list[int] = []

    def write() -> None:
        for number, build in enumerate(builds[1:]):
            whole.publish(root, build)
            published.append(number)
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    seen: set[str] = set()
    while not done.is_set():
        seen |= set(read_pinned(root / "output", published))
    writer.join()
    seen |= set(read_pinned(root / "output", published))
    assert str(len(builds) - 1) in seen
    assert len(seen) > 3


def read_pinned(folder: Path, published: list[int]) -> Iterator[str]:
    """Reads one build through a descriptor of its folder; nothing where it was taken over for the
    next build but one, which only a reader sees who has it open since then."""
    before = len(published)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        manifest = json.loads(_read(descriptor, "manifest.json"))
        contents = {}
        for row in manifest["files"]:
            contents[row["path"]] = _read(descriptor, row["path"])
            assert hashlib.sha256(contents[row["path"]]).hexdigest() == row["sha256"]
    except (FileNotFoundError, AssertionError):
        assert len(published) > before
        return
    finally:
        os.close(descriptor)
    [number] = set(contents.values())
    yield number.decode()


def _read(descriptor: int, path: str) -> bytes:
    with os.fdopen(os.open(path, os.O_RDONLY, dir_fd=descriptor), "rb") as file:
        return file.read()


# ── Before anything is rendered ──────────────────────────────────────────────────────────────


def test_nothing_and_an_empty_folder_and_a_build_of_ours_are_fine(root: Path) -> None:
    before = tree(root / "output")
    output.prepare(root)
    assert tree(root / "output") == before
    other = root / "other"
    other.mkdir()
    output.prepare(other)
    assert list(other.iterdir()) == []
    (other / "output").mkdir()
    output.prepare(other)
    assert [path.name for path in other.iterdir()] == ["output"]


def test_a_link_in_the_place_of_the_folder_is_refused_and_its_target_untouched(
    root: Path, tmp_path: Path
) -> None:
    victim = tmp_path / "victim"
    (root / "output").rename(victim)
    (root / "output").symlink_to(victim)
    before = tree(victim)
    assert "not a folder" in fault(lambda: output.prepare(root))
    assert tree(victim) == before
    (root / "output").unlink()
    (root / "output").symlink_to("nowhere")
    assert "not a folder" in fault(lambda: output.prepare(root))


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "output").write_text("precious")
    assert "not a folder" in fault(lambda: output.prepare(tmp_path))
    assert (tmp_path / "output").read_text() == "precious"


@pytest.mark.parametrize("name", ["thesis.tex", ".git"])
def test_a_folder_of_someone_else_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "output").mkdir()
    (tmp_path / "output" / name).write_text("precious")
    with pytest.raises(PublishError) as caught:
        output.prepare(tmp_path)
    [problem] = caught.value.problems
    assert problem.message == "output/ holds files that no build put there"
    assert problem.hint.startswith("move it away or delete it: it has no manifest.json")
    assert (tmp_path / "output" / name).read_text() == "precious"


def test_a_place_that_cannot_be_written_is_told(
    root: Path,
) -> None:
    with faults.disk(faults.at(0, errno.EROFS, "mkdir")):
        assert os.strerror(errno.EROFS) in fault(lambda: output.prepare(root))


def test_a_folder_on_a_read_only_file_system_is_told(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, inode = os.fstatvfs, (root / "output").stat().st_ino

    def fixed(descriptor: int) -> os.statvfs_result:
        found = list(real(descriptor))
        found[8] |= os.ST_RDONLY if os.fstat(descriptor).st_ino == inode else 0
        return os.statvfs_result(found)

    monkeypatch.setattr(os, "fstatvfs", fixed)
    before = tree(root)
    told = fault(lambda: output.prepare(root))
    assert f"cannot write output: {os.strerror(errno.EROFS)}" in told
    assert tree(root) == before


def test_a_folder_that_cannot_be_read_is_told(root: Path) -> None:
    with faults.disk(faults.at(0, errno.EACCES, "scandir")):
        assert os.strerror(errno.EACCES) in fault(lambda: output.prepare(root))


def test_only_our_own_leavings_are_swept(root: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "file").touch()
    (root / ".output.stage-0123").mkdir()
    (root / ".output.stage-0123/half").touch()
    (root / ".output.stage-link").symlink_to(victim)
    (root / ".output.stagecoach").mkdir()
    (root / "stage").mkdir()
    output.prepare(root)
    kept = set(beside(root))
    assert kept == {"output", ".output.stage-link", ".output.stagecoach", "stage"}
    assert (victim / "file").exists()


# ── The lock ─────────────────────────────────────────────────────────────────────────────────


def test_a_second_build_is_kept_out_and_the_lock_is_released(tmp_path: Path) -> None:
    for _ in range(2):
        with output.locked(tmp_path), pytest.raises(LockedError), output.locked(tmp_path):
            pytest.fail("both hold the lock")


def test_the_lock_is_released_when_a_build_fails(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), output.locked(tmp_path):
        raise ZeroDivisionError
    with output.locked(tmp_path):
        pass


def test_another_process_is_kept_out(tmp_path: Path) -> None:
    code = """
try:
    with output.locked(root):
        print("free")
except errors.LockedError:
    print("locked")
"""
    with output.locked(tmp_path):
        assert run(code, tmp_path).stdout == "locked\n"
    assert run(code, tmp_path).stdout == "free\n"


def locked_by(root: Path) -> int:
    """The process that is told to hold the lock."""
    with pytest.raises(LockedError) as caught, output.locked(root):
        pytest.fail("both hold the lock")
    return caught.value.process


def test_the_process_is_named_that_holds_the_lock(tmp_path: Path) -> None:
    (tmp_path / ".output.lock").write_text("12345678901234567890", encoding="utf-8")
    with output.locked(tmp_path):
        assert locked_by(tmp_path) == os.getpid()
    done = run("with output.locked(root): print(os.getpid())", tmp_path)
    assert (tmp_path / ".output.lock").read_text(encoding="utf-8") == done.stdout


@pytest.mark.parametrize(
    "content",
    [b"", b"12", b"0\n", b"-1\n", b"12\n34\n", b"12345678901\n", b"\xff\n", b"\x1b[31m\n"],
)
def test_a_lock_file_that_names_nobody_is_a_lock_all_the_same(
    tmp_path: Path, content: bytes
) -> None:
    with output.locked(tmp_path):
        (tmp_path / ".output.lock").write_bytes(content)
        assert locked_by(tmp_path) == 0


@pytest.mark.parametrize("step", ["ftruncate", "pwrite", "pread"])
def test_a_process_that_cannot_be_named_holds_the_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    monkeypatch.setattr(os, step, failing_at(0, getattr(os, step), errno.EIO))
    with output.locked(tmp_path):
        assert locked_by(tmp_path) == 0


def test_two_sites_do_not_lock_each_other(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with output.locked(tmp_path / "a"), output.locked(tmp_path / "b"):
        for name in "ab":
            with pytest.raises(LockedError), output.locked(tmp_path / name):
                pass


def test_a_lock_file_that_is_a_link_is_refused(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    (tmp_path / ".output.lock").symlink_to(victim)
    fault(lambda: output.locked(tmp_path).__enter__())
    assert not victim.exists()


def test_a_file_system_without_locks_is_not_called_another_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fcntl, "flock", failing_at(0, fcntl.flock, errno.ENOLCK))
    assert os.strerror(errno.ENOLCK) in fault(lambda: output.locked(tmp_path).__enter__())
