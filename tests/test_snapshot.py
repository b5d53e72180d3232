"""What a build sees of a site: every file by its content, in one walk, and no more than that."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from publish.errors import PublishError
from publish.load import Reader
from publish.snapshot import Snapshot, digest, packaged_theme, take

from .sites import deep
from .test_build import LIGHTS, edit

PORT = "sources/pieces/liman-isiklari.md"


def write(path: Path, content: bytes = b"") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


# ── What is seen ─────────────────────────────────────────────────────────────────────────────


def test_every_file_of_the_site_is_known_by_its_content(site: Path) -> None:
    files = take(site).files
    assert set(files) == {
        "pyproject.toml",
        "sources/authors/ada-deniz.md",
        LIGHTS,
        PORT,
        "locales/authors/ada-deniz.pot",
        "locales/pieces/harbour-lights.pot",
        "locales/pieces/liman-isiklari.pot",
        "locales/tags.pot",
        "locales/en/LC_MESSAGES/authors/ada-deniz.po",
        "locales/en/LC_MESSAGES/pieces/liman-isiklari.po",
        "locales/tr/LC_MESSAGES/pieces/harbour-lights.po",
        "locales/tr/LC_MESSAGES/tags.po",
        "templates",
    }
    for path, known in files.items():
        if path.endswith((".md", ".po", ".toml")):
            assert known == digest((site / path).read_bytes())


@pytest.mark.parametrize(
    "name",
    [
        *("sources/a.md", "sources/a.MD", "sources/a.png", "sources/a.jpg", "sources/x/a.JPEG"),
        *("locales/tr/x.po", "locales/tr/glossary.csv", "locales/tr/x.PO"),
        *("templates/a.html", "templates/a.css", "templates/a.js", "pyproject.toml"),
    ],
)
def test_of_what_a_build_reads_the_content_matters(site: Path, name: str) -> None:
    path = site / name
    write(path, b"one")
    before = take(site)
    write(path, b"two")
    after = take(site)
    assert before != after
    assert before.digest != after.digest


def test_where_there_are_no_settings_none_are_seen(tmp_path: Path) -> None:
    assert set(take(tmp_path).files) == {"sources", "locales", "templates"}
    (tmp_path / "pyproject.toml").symlink_to("nowhere")
    assert take(tmp_path).files["pyproject.toml"] == "other"


@pytest.mark.parametrize("name", ["sources/a.webp", "locales/tr/x.mo", "templates/README"])
def test_of_all_else_only_the_name_is_seen(site: Path, name: str) -> None:
    bare = take(site)
    write(site / name, b"one")
    before = take(site)
    write(site / name, b"two")
    assert bare != before == take(site)


@pytest.mark.parametrize(
    "name",
    [
        *("sources/.hidden.md", "sources/a.md~", "sources/.git/x.md", "templates/.x.html"),
        *("output/index.html", ".publish-cache/x.toml", "README.md", "other/a.md"),
    ],
)
def test_what_is_hidden_or_elsewhere_is_not_seen(site: Path, name: str) -> None:
    write(site / "templates/a.html")
    before = take(site)
    write(site / name, b"x")
    assert take(site) == before


def test_no_time_and_no_mode_of_a_file_matters(site: Path, tmp_path: Path) -> None:
    before = take(site)
    for path in site.rglob("*"):
        os.utime(path, (0, 0))
        path.chmod(0o700)
    other = shutil.copytree(site, tmp_path / "other", copy_function=shutil.copyfile)
    assert take(site) == take(other) == before
    assert take(site).digest == take(other).digest == before.digest


def test_whatever_becomes_of_a_file_is_seen(site: Path) -> None:
    seen = [take(site)]
    (site / PORT).rename(site / "sources/pieces/other.md")
    seen.append(take(site))
    (site / "sources/pieces/other.md").write_bytes((site / LIGHTS).read_bytes())
    seen.append(take(site))
    (site / "sources/pieces/other.md").unlink()
    seen.append(take(site))
    (site / "sources/pieces/other.md").symlink_to("harbour-lights.md")
    seen.append(take(site))
    (site / "sources/pieces/other.md").unlink()
    (site / "sources/pieces/other.md").mkdir()
    write(site / "sources/pieces/other.md/x.md")
    seen.append(take(site))
    shutil.rmtree(site / "locales")
    seen.append(take(site))
    (site / "locales").mkdir()
    seen.append(take(site))
    assert len({one.digest for one in seen}) == len(seen)


def test_a_digest_does_not_confuse_neighbours() -> None:
    one = Snapshot({"a": "b", "c": "d"})
    assert one.digest == Snapshot({"c": "d", "a": "b"}).digest
    for other in (
        Snapshot({"a": "bc", "": "d"}),
        Snapshot({"a": "b"}),
        Snapshot({"a": "d", "c": "b"}),
        Snapshot({"a": "b", "c": "d"}, Snapshot({})),
        Snapshot({"a": "b"}, Snapshot({"c": "d"})),
    ):
        assert other.digest != one.digest


# ── What cannot be read ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", [LIGHTS, "pyproject.toml", "sources", "templates", "locales/x.po"])
@pytest.mark.parametrize("thing", ["a pipe", "a link", "a link to itself", "nothing", "a folder"])
def test_nothing_waits_for_what_is_no_file_and_nothing_is_followed(
    site: Path, tmp_path: Path, name: str, thing: str
) -> None:
    write(tmp_path / "outside/a.md", b"secret")
    path = site / name
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    if thing == "a pipe":
        os.mkfifo(path)
    elif thing == "a link":
        path.symlink_to(tmp_path / "outside")
    elif thing == "a link to itself":
        path.symlink_to(path.name)
    elif thing == "a folder":
        path.mkdir()
    files = take(site).files
    assert not [known for known in files.values() if known == digest(b"secret")]
    assert files.get(name) in (None, "link", "other")


@pytest.mark.parametrize("name", ["sources/pieces/new.md", "locales/tr/LC_MESSAGES/new.PO"])
def test_a_folder_where_a_file_belongs_is_seen_and_not_entered(site: Path, name: str) -> None:
    before = take(site)
    (site / name).mkdir()
    (site / name / "a.md").touch()
    after = take(site)
    assert after.files == {**before.files, name: "other"}
    assert after.digest != before.digest


def test_folders_in_folders_are_seen_however_deep_they_are(site: Path) -> None:
    before = take(site)
    with deep(site / "sources", 1_500) as lowest:
        assert take(site) == before
        (lowest / "a.md").write_bytes(b"Words.")
        found = take(site).files
    assert found == {**before.files, f"sources/{'d/' * 1_500}a.md": digest(b"Words.")}


def test_a_file_that_may_not_be_read_is_seen_as_such(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open

    def refuse(path: str, flags: int) -> int:
        if path.endswith(LIGHTS):
            raise PermissionError(13, "denied")
        return real(path, flags)

    before = take(site)
    monkeypatch.setattr(os, "open", refuse)
    after = take(site)
    assert after.files == {**before.files, LIGHTS: "other"}


def test_a_name_that_is_not_unicode_does_no_harm(site: Path) -> None:
    name = os.fsdecode(b"sources/pieces/b\xff.md")
    write(site / name, b"x")
    seen = take(site)
    assert seen.files[name] == digest(b"x")
    assert len(seen.digest) == 64


def test_a_file_that_grows_while_it_is_read_is_not_what_it_was(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fstat

    def earlier(descriptor: int) -> os.stat_result:
        found = list(real(descriptor))
        found[6] = max(0, found[6] - 1)
        return os.stat_result(found)

    before = take(site)
    monkeypatch.setattr(os, "fstat", earlier)
    assert take(site).files[LIGHTS] == before.files[LIGHTS]
    monkeypatch.undo()
    with (site / LIGHTS).open("ab") as file:
        file.write(b" ")
    monkeypatch.setattr(os, "fstat", earlier)
    assert take(site).files[LIGHTS] != before.files[LIGHTS]


def test_a_file_that_comes_in_parts_is_read_whole(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, before = os.read, take(site)
    monkeypatch.setattr(os, "read", lambda descriptor, length: real(descriptor, min(length, 100)))
    assert take(site) == before


# ── The theme ────────────────────────────────────────────────────────────────────────────────


def test_the_packaged_theme_is_seen_with_the_words_of_its_interface() -> None:
    seen = take(Path("/nonexistent")).theme
    assert seen is not None
    root = packaged_theme()
    assert seen.files["templates/base.html"] == digest((root / "templates/base.html").read_bytes())
    assert "locales/tr/LC_MESSAGES/interface.po" in seen.files
    names = [path for path in seen.files if not path.startswith("templates/")]
    assert all(path.endswith("/interface.po") for path in names)


def test_a_theme_of_another_name_is_seen(site: Path) -> None:
    write(site / "looks/deep/a.html", b"a")
    write(site / "templates/b.html", b"b")
    assert "templates/b.html" in take(site).files
    with (site / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write('theme = "./looks//deep/"\n')
    files = take(site).files
    assert files["looks/deep/a.html"] == digest(b"a")
    assert "templates/b.html" not in files


@pytest.mark.parametrize("theme", ['"../outside"', '"/"', '"x/../../outside"', '"."', '""', "7"])
def test_no_theme_leads_out_of_the_site(site: Path, tmp_path: Path, theme: str) -> None:
    write(tmp_path / "outside/a.html", b"a")
    write(site / "templates/b.html", b"b")
    with (site / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(f"theme = {theme}\n")
    files = take(site).files
    assert "templates/b.html" in files
    assert digest(b"a") not in files.values()
    assert all(path.startswith(("sources", "locales", "templates", "pyp")) for path in files)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[tool.publish",
        b"\xff\xfe",
        b"\xef\xbb\xbf[tool.publish]",
        b"tool = 3",
        b"[tool]\npublish = []",
        b'[tool.publish]\ntheme = "a\\u0000b"',
        b'[tool.publish]\ntheme = {a = "b"}',
        b"x = " + b"[" * 100_000,
    ],
)
def test_settings_that_cannot_be_read_name_the_usual_theme(site: Path, content: bytes) -> None:
    write(site / "templates/b.html", b"b")
    write(site / "pyproject.toml", content)
    files = take(site).files
    assert files["templates/b.html"] == digest(b"b")
    assert files["pyproject.toml"] == digest(content)


# ── What is read later ───────────────────────────────────────────────────────────────────────


def told(call: object, *arguments: object) -> list[tuple[str, str]]:
    assert callable(call)
    with pytest.raises(PublishError) as caught:
        call(*arguments)
    return [(problem.code, problem.span.path) for problem in caught.value.problems]


def test_what_is_not_what_it_was_is_refused(site: Path) -> None:
    seen = take(site)
    content = (site / LIGHTS).read_bytes()
    seen.compare(LIGHTS, content)
    seen.compare("sources/pieces/never.md", None)
    assert told(seen.compare, LIGHTS, content + b" ") == [("O4", LIGHTS)]
    assert told(seen.compare, LIGHTS, None) == [("O4", LIGHTS)]
    assert told(seen.compare, "sources/pieces/new.md", b"") == [("O4", "sources/pieces/new.md")]


def test_a_reader_reads_what_was_seen_and_nothing_else(site: Path) -> None:
    reader = Reader(site, take(site))
    text = reader.text(LIGHTS, 1 << 20)
    assert text
    assert reader.problems == []
    edit(site / LIGHTS, "Two duties", "Two duties!")
    assert told(reader.text, LIGHTS, 1 << 20) == [("O4", LIGHTS)]
    (site / LIGHTS).unlink()
    assert told(reader.text, LIGHTS, 1 << 20) == [("O4", LIGHTS)]
    write(site / "sources/pieces/new.md", b"x")
    assert told(reader.text, "sources/pieces/new.md", 99) == [("O4", "sources/pieces/new.md")]
    assert reader.text("sources/pieces/never.md", 99) is None
    assert [problem.code for problem in reader.problems] == ["F8"]


def test_a_reader_knows_the_packaged_theme_as_it_was_seen(site: Path) -> None:
    seen = take(site)
    other = Snapshot(seen.files, Snapshot({}))
    reader = Reader(site, seen)
    assert "base.html" in reader.templates("templates")[0]
    reader = Reader(site, other)
    assert told(reader.templates, "templates")[0][0] == "O4"
