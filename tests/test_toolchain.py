"""What decides bytes beside a site's own files: whatever of it changes, changes the digest."""

from __future__ import annotations

import ctypes
import functools
import platform
import re
import shutil
import sys
from importlib import metadata
from pathlib import Path

import pytest

from publish import fonts, toolchain
from publish.fonts import Face


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that has this program's code, two fonts and two packages, and is taken for all."""
    for path in Path(toolchain.__file__).parent.glob("*.py"):
        shutil.copy(path, tmp_path)
    for name in ("a.ttf", "b.ttf"):
        (tmp_path / name).write_bytes(name.encode())
    for name in ("alpha-1.0.dist-info", "beta-2.0.dist-info"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(toolchain, "__file__", str(tmp_path / "toolchain.py"))
    monkeypatch.setattr(sys, "path", [str(tmp_path), str(tmp_path / "nothing"), ""])
    monkeypatch.setattr(
        fonts,
        "faces",
        lambda: tuple(Face("Serif", path) for path in sorted(tmp_path.glob("*.ttf"))),
    )
    return tmp_path


def forget() -> None:
    """Look at the code anew, as another process would."""
    toolchain.code.cache_clear()
    toolchain._python.cache_clear()


def known() -> str:
    """The digest as another process would make it."""
    forget()
    try:
        return toolchain.program()
    finally:
        forget()


def test_the_same_tools_have_the_same_digest(copy: Path) -> None:
    assert known() == known()
    (copy / "unrelated.txt").touch()
    (copy / "gamma.egg-link").touch()
    before = known()
    (copy / "unrelated.txt").write_bytes(b"x")
    for path in copy.iterdir():
        path.touch()
    assert known() == before


def test_any_change_of_a_font_the_code_or_a_package_changes_it(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = [known()]
    font = copy / "a.ttf"
    font.write_bytes(font.read_bytes()[:-1] + b"g")
    seen.append(known())
    font.rename(copy / "c.ttf")
    seen.append(known())
    (copy / "c.ttf").unlink()
    seen.append(known())
    for path in (copy / "html.py", copy / "memo.py"):
        path.write_bytes(path.read_bytes() + b"\n")
        seen.append(known())
    (copy / "added.py").touch()
    seen.append(known())
    (copy / "added.py").rename(copy / "added_too.py")
    seen.append(known())
    (copy / "alpha-1.0.dist-info").rename(copy / "alpha-1.1.dist-info")
    seen.append(known())
    (copy / "beta-2.0.dist-info").rmdir()
    seen.append(known())
    monkeypatch.setattr(sys, "version", "4.0")
    seen.append(known())
    monkeypatch.setattr(platform, "machine", lambda: "another")
    seen.append(known())
    monkeypatch.setattr(fonts, "faces", lambda: (Face("Sans", copy / "b.ttf"),))
    seen.append(known())
    assert [seen.index(one) for one in seen] == list(range(len(seen)))


def test_what_runs_is_the_code_that_this_process_began_with(copy: Path) -> None:
    forget()
    try:
        before = toolchain.program()
        (copy / "html.py").write_bytes(b"")
        assert toolchain.program() == before
        (copy / "a.ttf").write_bytes(b"other")
        assert toolchain.program() != before
    finally:
        forget()


def named(folder: str) -> str:
    """The normal form of the name in `Markdown_It_py-3.0.dist-info`."""
    return re.sub("[-_.]+", "-", folder.partition("-")[0]).casefold()


def test_the_real_fonts_and_packages_are_among_what_is_looked_at() -> None:
    names = set(toolchain._packages())
    for package in ("jinja2", "markdown-it-py", "weasyprint", "pyphen", "babel"):
        place = metadata.distribution(package).locate_file("")
        [found] = {name for name in names if named(name) == re.sub("[-_.]+", "-", package)}
        assert (Path(str(place)) / found).is_dir()
    assert {face.family for face in fonts.faces()} == fonts.FAMILIES
    assert re.fullmatch("[0-9a-f]{64}", toolchain.program())


# ── The system's libraries ───────────────────────────────────────────────────────────────────


def test_the_libraries_that_set_pdfs_are_named_with_their_releases() -> None:
    found = dict(part.split(" ") for part in toolchain.engine().split(", "))
    assert list(found) == ["pango-1.0", "harfbuzz", "harfbuzz-subset", "fontconfig", "freetype"]
    for name, release in found.items():
        wanted = r"\d{5}" if name == "fontconfig" else r"\d+\.\d+\.\d+"
        assert re.fullmatch(wanted, release), name


def test_where_a_library_is_not_there_its_release_is_empty(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(name: str) -> ctypes.CDLL:
        raise OSError(name)

    monkeypatch.setattr(ctypes, "CDLL", missing)
    assert {release for _, release in toolchain.libraries.__wrapped__()} == {""}


def test_a_library_that_does_not_tell_its_release_is_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    class Mute:
        def __init__(self, name: str) -> None:
            asked.append(name)

        def __getattr__(self, name: str) -> object:
            raise AttributeError(name)

    monkeypatch.setattr(ctypes, "CDLL", Mute)
    assert toolchain._release("freetype") == ""
    assert asked == ["libfreetype.so.0", "libfreetype.so.1", "libfreetype.so.6"]


@pytest.mark.parametrize("platform_name", ["linux", "darwin", "win32", "freebsd14"])
def test_every_platform_has_names_for_the_files(
    monkeypatch: pytest.MonkeyPatch, platform_name: str
) -> None:
    asked: list[str] = []

    def missing(name: str) -> ctypes.CDLL:
        asked.append(name)
        raise OSError(name)

    monkeypatch.setattr(sys, "platform", platform_name)
    monkeypatch.setattr(ctypes, "CDLL", missing)
    toolchain._release("harfbuzz")
    assert any("harfbuzz" in name for name in asked)


def test_another_release_of_a_library_is_another_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toolchain, "_release", functools.partial("{0} 1.2".format))
    assert toolchain.libraries.__wrapped__() != toolchain.libraries()
