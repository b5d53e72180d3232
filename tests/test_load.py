"""Reading a site: regular files only, text that keeps the rules, everything once."""

from __future__ import annotations

import os
import stat
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publish import catalogue, images, load, sources
from publish.errors import Problem, PublishError, Span
from publish.load import decode

from .sites import deep

PIECE = "sources/pieces/harbour-lights.md"
OTHER = "sources/pieces/liman-isiklari.md"
AUTHOR = "sources/authors/ada-deniz.md"
CATALOGUE = "locales/tr/LC_MESSAGES/pieces/harbour-lights.po"
PNG = b"\x89PNG\r\n\x1a\n"


def problems(root: Path) -> tuple[Problem, ...]:
    """What is met while the site is read; the settings' faults arrive as an exception."""
    try:
        return load.load(root).problems
    except PublishError as error:
        return error.problems


def told(root: Path) -> list[tuple[str, str, str]]:
    """Code, path and message of each problem."""
    return [(problem.code, problem.span.path, problem.message) for problem in problems(root)]


# ── What is read ─────────────────────────────────────────────────────────────────────────────


def test_the_small_site_is_read_whole(site: Path) -> None:
    loaded = load.load(site)
    assert loaded.problems == ()
    assert loaded.bodies == ()
    assert [piece.slug for piece in loaded.site.pieces] == ["harbour-lights", "liman-isiklari"]
    assert [author.id for author in loaded.site.authors] == ["ada-deniz"]
    assert {(c.domain, c.locale and c.locale.tag) for c in loaded.site.catalogues} == {
        ("pieces/harbour-lights", "tr"),
        ("pieces/liman-isiklari", "en"),
        ("authors/ada-deniz", "en"),
        ("tags", "tr"),
    }


def test_pieces_come_newest_first_and_then_by_name(site: Path) -> None:
    text = (site / OTHER).read_text(encoding="utf-8")
    for name in ("zeta", "alpha"):
        (site / f"sources/pieces/{name}.md").write_text(text, encoding="utf-8")
    assert [piece.slug for piece in load.load(site).site.pieces] == [
        *("harbour-lights", "alpha", "liman-isiklari", "zeta")
    ]


def test_a_site_without_templates_has_the_packaged_ones(site: Path) -> None:
    read = load.load(site).site
    assert {"base.html", "edition.html", "print.html", "print.css"} <= set(read.templates)
    assert read.template_paths["base.html"] == "templates/base.html"
    assert [c.locale and c.locale.tag for c in read.theme_catalogues] == ["tr"]


def test_a_sites_own_template_wins_one_file_at_a_time(site: Path) -> None:
    packaged = load.load(site).site.templates
    (site / "design").mkdir()
    (site / "design/screen.css").write_text("p {}\n", encoding="utf-8")
    (site / "design/notes.txt").write_text("no template\n", encoding="utf-8")
    with (site / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write('theme = "design"\n')
    read = load.load(site).site
    assert read.templates == {**packaged, "screen.css": "p {}\n"}
    assert read.template_paths["screen.css"] == "design/screen.css"
    assert read.template_paths["print.css"] == "templates/print.css"


def test_images_are_the_bytes_that_stand_beside_the_sources(site: Path) -> None:
    (site / "sources/pieces/harbour.png").write_bytes(PNG + b"1")
    (site / "sources/pieces/harbour.JPG").write_bytes(b"\xff\xd8\xff2")
    assert load.load(site).site.images == {
        "sources/pieces/harbour.png": PNG + b"1",
        "sources/pieces/harbour.JPG": b"\xff\xd8\xff2",
    }


def test_hidden_files_and_backups_of_editors_are_left_out(site: Path) -> None:
    for name in (".draft.md", "harbour-lights.md~", ".#harbour-lights.md"):
        (site / "sources/pieces" / name).write_bytes(b"\xff")
    (site / ".git").mkdir()
    assert problems(site) == ()


def test_catalogues_of_other_languages_are_told_and_not_read(site: Path) -> None:
    (site / "locales/ru/LC_MESSAGES").mkdir(parents=True)
    (site / "locales/ru/LC_MESSAGES/tags.po").write_bytes(b"\xff")
    assert told(site) == [
        ("P5", "locales/ru/LC_MESSAGES/tags.po", "ru is not a language of the site")
    ]


def test_what_can_be_read_is_read_where_something_else_cannot(site: Path) -> None:
    (site / OTHER).write_bytes(b"\xff")
    loaded = load.load(site)
    assert [piece.slug for piece in loaded.site.pieces] == ["harbour-lights"]
    assert len(loaded.site.catalogues) == 4
    assert [problem.code for problem in loaded.problems] == ["F2"]


def test_the_text_below_broken_front_matter_is_kept_for_checking(site: Path) -> None:
    text = (site / PIECE).read_text(encoding="utf-8").replace("title: ", "titel: ")
    (site / PIECE).write_text(text, encoding="utf-8")
    (body,) = load.load(site).bodies
    assert body.span == Span(PIECE, 9)
    assert body.content == text.split("---\n", 2)[2]


# ── Files ────────────────────────────────────────────────────────────────────────────────────


def test_a_pipe_among_the_sources_is_refused_at_once(site: Path) -> None:
    os.mkfifo(site / "sources/pieces/pipe.md")
    os.mkfifo(site / "locales/tr/LC_MESSAGES/pipe.po")
    assert told(site) == [
        ("F1", "sources/pieces/pipe.md", "is not a regular file"),
        ("F1", "locales/tr/LC_MESSAGES/pipe.po", "is not a regular file"),
    ]


def test_refused_files_are_closed_again(site: Path) -> None:
    (site / "pyproject.toml").unlink()
    os.mkfifo(site / "pyproject.toml")
    before = len(os.listdir("/dev/fd"))  # noqa: PTH208 — it counts itself each time
    assert problems(site)
    assert len(os.listdir("/dev/fd")) == before  # noqa: PTH208


def test_settings_in_a_pipe_are_refused_at_once(site: Path) -> None:
    (site / "pyproject.toml").unlink()
    os.mkfifo(site / "pyproject.toml")
    assert told(site) == [("F1", "pyproject.toml", "is not a regular file")]


@pytest.mark.parametrize(
    "name", [PIECE, "sources/pieces", "sources", "sources/pieces/harbour.png", "locales", CATALOGUE]
)
def test_a_link_is_refused_wherever_it_leads(site: Path, tmp_path: Path, name: str) -> None:
    outside = tmp_path / "outside"
    path = site / name
    if path.exists():
        path.rename(outside)
    else:
        outside.write_bytes(PNG)
    path.symlink_to(outside)
    assert ("F1", name, "is a symbolic link") in told(site)
    assert load.load(site).site.images == {}


def test_a_link_that_leads_nowhere_or_round_is_refused(site: Path) -> None:
    (site / "sources/pieces/gone.md").symlink_to("nowhere.md")
    (site / "sources/pieces/round").symlink_to(".")
    assert told(site) == [
        ("F1", "sources/pieces/gone.md", "is a symbolic link"),
        ("F1", "sources/pieces/round", "is a symbolic link"),
    ]


def test_linked_settings_are_refused(site: Path) -> None:
    (site / "pyproject.toml").rename(site / "real.toml")
    (site / "pyproject.toml").symlink_to("real.toml")
    assert told(site) == [("F1", "pyproject.toml", "is a symbolic link")]


def test_a_file_where_a_folder_belongs(site: Path) -> None:
    (site / "templates").write_text("not a folder\n", encoding="utf-8")
    assert told(site) == [("F1", "templates", "is not a folder")]


@pytest.mark.parametrize(
    "name",
    [PIECE, AUTHOR, CATALOGUE, "locales/tr/glossary.csv", "sources/pieces/new.MD"],
)
@pytest.mark.parametrize("inside", ["", "index.md"])
def test_a_folder_where_a_file_belongs_is_told(site: Path, name: str, inside: str) -> None:
    (site / name).unlink(missing_ok=True)
    (site / name).mkdir()
    if inside:
        (site / name / inside).touch()
    assert ("F1", name, "is not a regular file") in told(site)
    assert not any(path.startswith(f"{name}/") for _, path, _ in told(site))


def test_folders_may_be_called_as_they_like_otherwise(site: Path) -> None:
    for name in ("sources/pieces/map.png", "templates/chart.js", "sources/pieces/md"):
        (site / name).mkdir(parents=True)
    assert problems(site) == ()


def test_folders_in_folders_are_read_however_deep_they_are(site: Path) -> None:
    with deep(site / "sources/pieces", 1_500) as lowest:
        assert problems(site) == ()
        (lowest / "a.md").write_text("Words.\n", encoding="utf-8")
        found = told(site)
    path = f"sources/pieces/{'d/' * 1_500}a.md"
    assert ("S7", path, "stands in a folder below sources/pieces/") in found


def test_a_folder_in_the_place_of_the_settings_is_no_file(site: Path) -> None:
    (site / "pyproject.toml").unlink()
    (site / "pyproject.toml").mkdir()
    assert told(site) == [("F1", "pyproject.toml", "is not a regular file")]


def test_what_the_system_refuses_is_told(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.open

    def refuse(path: Path, flags: int, mode: int = 0o777) -> int:
        if path == site / PIECE:
            raise PermissionError(13, "Permission denied")
        return real(path, flags, mode)

    monkeypatch.setattr(os, "open", refuse)
    assert told(site) == [("F8", PIECE, "cannot be read: Permission denied")]


def test_a_folder_that_cannot_be_listed_is_told(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.scandir

    def refuse(path: Path) -> object:
        if path == site / "sources/pieces":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert told(site) == [("F8", "sources/pieces", "cannot be read: Permission denied")]


@pytest.mark.parametrize(
    ("name", "limit"),
    [(PIECE, sources.SIZE), (CATALOGUE, catalogue.SIZE), ("pyproject.toml", sources.SIZE)],
)
def test_a_text_is_read_up_to_its_limit(site: Path, name: str, limit: int) -> None:
    with (site / name).open("ab") as file:
        file.write(b"#" * limit)
    assert told(site) == [("F7", name, f"is larger than {limit // 1024:,} KiB")]


def test_an_image_is_read_as_far_as_it_takes_to_see_that_it_is_too_large(site: Path) -> None:
    path = site / "sources/pieces/harbour.png"
    path.write_bytes(PNG)
    os.truncate(path, images.SIZE + 10)
    read = load.load(site)
    assert read.problems == ()
    assert len(read.site.images["sources/pieces/harbour.png"]) == images.SIZE + 1


@pytest.mark.parametrize("name", ["a\nb.md", "a\x1b[2K.md", "a\u202eb.md", "a\u200bb.png"])
def test_a_name_that_shows_itself_wrongly_is_refused(site: Path, name: str) -> None:
    (site / "sources/pieces" / name).write_bytes(PNG)
    ((code, path, message),) = told(site)
    assert (code, message) == ("F5", "the name holds invisible characters")
    assert path.isprintable()


def test_a_name_that_is_not_utf_8_is_refused_and_can_be_printed(site: Path) -> None:
    try:
        Path(os.fsdecode(os.fsencode(site / "sources/pieces") + b"/\xff.md")).touch()
    except OSError:
        pytest.skip("this file system has UTF-8 names only")
    ((code, path, _),) = told(site)
    assert (code, path) == ("F5", r"sources/pieces/\udcff.md")


# ── Names ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "name",
    [
        *("Harbour.md", "harbour_lights.md", "harbour lights.md", "-a.md", "a--b.md", "a.b.md"),
        *("İstanbul.md", "истина.md", "CON.md", "authors.md", f"{'a' * 81}.md", "a.MD"),
    ],
)
def test_a_name_that_is_no_slug_is_refused_with_the_reason(site: Path, name: str) -> None:
    text = (site / OTHER).read_text(encoding="utf-8")
    (site / "sources/pieces" / name).write_text(text, encoding="utf-8")
    found = [(p.code, p.span.path) for p in problems(site)]
    assert found == [("S7", f"sources/pieces/{name}")]
    assert problems(site)[0].hint


@pytest.mark.parametrize(
    "other", ["Harbour-Lights.md", "ｈarbour-lights.md", "old/harbour-lights.md"]
)
def test_names_that_are_one_on_some_systems_are_taken(site: Path, other: str) -> None:
    text = (site / PIECE).read_text(encoding="utf-8")
    path = site / "sources/pieces" / other
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    if path.samefile(site / PIECE):
        pytest.skip("this file system takes the two names for one")
    taken = [p for p in problems(site) if "is taken by" in p.message]
    assert [p.code for p in taken] == ["S7"]
    assert {taken[0].span.path, taken[0].message.rpartition(" ")[2]} == {
        PIECE,
        f"sources/pieces/{other}",
    }


def test_a_piece_and_an_author_may_share_a_name(site: Path) -> None:
    text = (site / OTHER).read_text(encoding="utf-8")
    (site / "sources/pieces/ada-deniz.md").write_text(text, encoding="utf-8")
    assert problems(site) == ()


# ── One fault, told once ─────────────────────────────────────────────────────────────────────


def test_an_author_with_a_fault_is_still_an_author(site: Path) -> None:
    text = (site / AUTHOR).read_text(encoding="utf-8").replace("language: tr", "language: xx")
    (site / AUTHOR).write_text(text, encoding="utf-8")
    assert [path for _, path, _ in told(site)] == [AUTHOR]


def test_an_image_of_an_author_is_no_author(site: Path) -> None:
    (site / "sources/authors/can-kaya.png").write_bytes(PNG)
    text = (site / PIECE).read_text(encoding="utf-8").replace("[ada-deniz]", "[can-kaya]")
    (site / PIECE).write_text(text, encoding="utf-8")
    assert told(site) == [("S1", PIECE, "there is no author “can-kaya”")]


# ── Text ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("data", "code", "line", "column"),
    [
        (b"ab\xff", "F2", 1, 3),
        ("aş\n".encode() + b"\xe7", "F2", 2, 1),
        ("ş".encode()[:1], "F2", 1, 1),
        (b"a\xed\xa0\x80", "F2", 1, 2),
        (b"\xff\xfea\0", "F2", 1, 1),
        (b"\xef\xbb\xbfa\n", "F3", 1, 1),
        (b"a\r\n", "F4", 1, 2),
        (b"a\nb\rc", "F4", 2, 2),
        (b"a\n\0", "F5", 2, 1),
        (b"a\tb\n\x1b[2K", "F5", 2, 1),
        (b"a\x7f", "F5", 1, 2),
        ("a\x85".encode(), "F5", 1, 2),
        ("a\u2028b".encode(), "F5", 1, 2),
        ("a\ufeff".encode(), "F5", 1, 2),
        ("a\u202eb\n\nc".encode(), "F5", 1, 2),
        ("a\n\n\u2069b".encode(), "F5", 3, 1),
        ("\u2067a\n\nb\u2069".encode(), "F5", 1, 1),
        (b"<<<<<<< HEAD\n", "F6", 1, 1),
        (b"a\n||||||| base\n", "F6", 2, 1),
        (b">>>>>>> theirs", "F6", 1, 1),
    ],
)
def test_a_breach_of_the_rules_for_text_is_told_at_its_place(
    data: bytes, code: str, line: int, column: int
) -> None:
    first = decode("a.md", data)[1][0]
    assert (first.code, first.span) == (code, Span("a.md", line, column))
    assert first.hint


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Ünal, Щука, دفتر, 🙂\tand\u00a0so\u200con\n",
        "a \u2067دفتر\u2069 b\n\n\u202aab\u202c\n",
        "Heading\n=======\n\n> quoted\n>> twice\n",
        "a <<<<<<< in a line\n",
        "u\u0308\n",
    ],
)
def test_text_that_keeps_the_rules_is_read_as_it_is(text: str) -> None:
    assert decode("a.md", text.encode()) == (text, ())


def test_all_breaches_of_a_file_are_told_at_once() -> None:
    data = "\ufeffa\r\nb\x07\n<<<<<<< x\n\u202e".encode()
    assert [problem.code for problem in decode("a.md", data)[1]] == ["F3", "F4", "F5", "F6", "F5"]


@given(st.one_of(st.binary(), st.text().map(str.encode)))
def test_any_bytes_are_text_or_have_a_fault_at_a_place_in_them(data: bytes) -> None:
    text, found = decode("a.md", data)
    lines = data.decode("utf-8-sig", "replace").split("\n")
    assert found or text.encode() == data
    for problem in found:
        assert problem.code in ("F2", "F3", "F4", "F5", "F6")
        assert problem.span.column <= len(lines[problem.span.line - 1]) + 1


@given(st.text("ab\n\u202a\u202c\u2066\u2069"))
def test_no_control_turns_around_another_paragraph(text: str) -> None:
    paragraphs = text.split("\n\n")
    wrong = any(sources.unbalanced(paragraph) for paragraph in paragraphs)
    assert bool(decode("a.md", text.encode())[1]) == wrong


@pytest.mark.parametrize(
    ("text", "shown", "column"),
    [
        ("Tu\u0308rk", "u\u0308", 2),
        ("10 \u212b", "\u212b", 4),
        ("a\u0315\u0300b", "a\u0315\u0300", 1),
    ],
)
def test_decomposed_text_is_shown_with_its_marks(
    site: Path, text: str, shown: str, column: int
) -> None:
    with (site / OTHER).open("a", encoding="utf-8") as file:
        file.write(f"\n{text}\n")
    (problem,) = problems(site)
    assert problem == Problem(
        *("S3", f"“{shown}” is not composed Unicode", Span(OTHER, 12, column)),
        "save as NFC; most editors do",
    )
    assert not unicodedata.is_normalized("NFC", text)


def test_reading_changes_nothing(site: Path) -> None:
    before = {path: (path.lstat().st_mtime_ns, path.is_file()) for path in site.rglob("*")}
    load.load(site)
    after = {path: (path.lstat().st_mtime_ns, path.is_file()) for path in site.rglob("*")}
    assert after == before
    assert all(stat.S_ISREG(path.lstat().st_mode) or path.is_dir() for path in after)
