"""`publish new`: slugs from titles in any language, and a skeleton that can be read."""

from __future__ import annotations

import datetime
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from publish import new
from publish.errors import PublishError
from publish.load import load
from publish.locales import parse

EN, TR, FR = parse("en"), parse("tr"), parse("fr")
TODAY = datetime.date(2026, 11, 24)


def skeleton(root: Path, title: str, *authors: str) -> str:
    """Start a piece in English; its path."""
    return new.new(root, load(root).site, title, authors, EN, TODAY)


def refused(root: Path, title: str, *authors: str) -> list[tuple[str, str]]:
    """Code and message of what is wrong; nothing may have been written."""
    before = sorted(root.rglob("*"))
    with pytest.raises(PublishError) as caught:
        skeleton(root, title, *authors)
    assert sorted(root.rglob("*")) == before
    return [(problem.code, problem.message) for problem in caught.value.problems]


# ── Skeletons ────────────────────────────────────────────────────────────────────────────────


def test_a_skeleton_has_every_key_and_waits_for_its_text(site: Path) -> None:
    path = skeleton(site, 'The "Keeper": a log')
    assert path == "sources/pieces/the-keeper-a-log.md"
    assert (site / path).read_text(encoding="utf-8") == (
        "---\n"
        'title: "The \\"Keeper\\": a log"\n'
        "date: 2026-11-24\n"
        "language: en\n"
        "authors: [ada-deniz]\n"
        "tags: []\n"
        "summary:\n"
        "draft: true\n"
        "---\n\n"
    )


def test_what_is_left_to_write_is_all_that_check_misses(site: Path) -> None:
    path = skeleton(site, "A log")
    assert {(p.span.path, p.span.line, p.message) for p in load(site).problems} == {
        (path, 7, "key “summary” has no value"),
        (path, 10, "there is no text below the front matter"),
    }
    text = (site / path).read_text(encoding="utf-8").replace("summary:", "summary: A log.")
    (site / path).write_text(f"{text}Text.\n", encoding="utf-8")
    assert load(site).problems == ()


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40
)
@given(title=st.text(st.characters(), max_size=20).map("Log {}".format))
@example(title="Log \ud800")
@example(title="Log \x7f")
@example(title="Log u\u0308 \\ \" ' : # {")
@example(title="Log \ufffe")
@example(title="Log \u2028 b\n c")
def test_any_title_is_refused_or_read_back_as_it_was(site: Path, title: str) -> None:
    try:
        path = skeleton(site, title)
    except PublishError as error:
        found = [problem.message for problem in error.problems]
        assert re.match(r"the title (holds|has)|the slug “log.*” is", found[0])
        return
    text = (site / path).read_text(encoding="utf-8").replace("summary:", "summary: A log.")
    (site / path).write_text(f"{text}Text.\n", encoding="utf-8")
    loaded = load(site)
    (site / path).unlink()
    assert loaded.problems == ()
    said = unicodedata.normalize("NFC", " ".join(title.split()))
    assert said in [piece.title.content for piece in loaded.site.pieces]


def test_an_author_is_filled_in_where_there_is_but_one(site: Path) -> None:
    text = (site / "sources/authors/ada-deniz.md").read_text(encoding="utf-8")
    (site / "sources/authors/can-kaya.md").write_text(text, encoding="utf-8")
    first, second = skeleton(site, "One"), skeleton(site, "Two", "can-kaya", "ada-deniz")
    assert "authors: []\n" in (site / first).read_text(encoding="utf-8")
    assert "authors: [can-kaya, ada-deniz]\n" in (site / second).read_text(encoding="utf-8")


def test_the_language_is_the_one_asked_for(site: Path) -> None:
    path = new.new(site, load(site).site, "Fener", (), TR, TODAY)
    assert "language: tr\n" in (site / path).read_text(encoding="utf-8")


def test_a_site_without_pieces_gets_its_first(site: Path) -> None:
    for path in (site / "sources/pieces").iterdir():
        path.unlink()
    (site / "sources/pieces").rmdir()
    assert (site / skeleton(site, "The first")).is_file()


# ── Refusals ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("title", "code", "message"),
    [
        ("", "S1", "the title is empty"),
        (" \n\t", "S1", "the title is empty"),
        ("\x1b[31mLog", "S1", "the title holds a control character"),
        ("Log \udcff", "S1", "the title holds a control character"),
        ("\u202eLog", "S1", "the title holds a bidirectional control that is not closed"),
        ("دفتر", "S7", "the title has no letters for a slug"),
        ("../..", "S7", "the title has no letters for a slug"),
        ("Index", "S7", "the slug “index” is a name that the site needs for itself"),
        ("HARBOUR: Lights!", "S7", "the slug “harbour-lights” is taken"),
    ],
)
def test_a_title_that_cannot_be_a_piece_is_refused(
    site: Path, title: str, code: str, message: str
) -> None:
    ((found, said),) = refused(site, title)
    assert found == code
    assert said.startswith(message)


def test_all_reasons_are_told_at_once(site: Path) -> None:
    with pytest.raises(PublishError) as caught:
        new.new(site, load(site).site, "Harbour Lights", ["../ada", "ada-denis"], FR, TODAY)
    assert {(problem.message, problem.hint) for problem in caught.value.problems} == {
        ("there is no author “../ada”", "known are ada-deniz"),
        ("there is no author “ada-denis”", "did you mean ada-deniz?"),
        ("“fr” is not one of the site's languages", "the site has en, tr"),
        ("the slug “harbour-lights” is taken", "choose another title, or write on in that file"),
    }


def test_a_link_in_the_place_of_the_new_file_is_not_followed(site: Path, tmp_path: Path) -> None:
    (site / "sources/pieces/log.md").symlink_to(tmp_path / "outside.md")
    ((code, message),) = refused(site, "Log")
    assert (code, message) == ("F8", "cannot be written: File exists")
    assert not (tmp_path / "outside.md").exists()


def test_a_folder_that_is_a_file_is_told(site: Path) -> None:
    for path in (site / "sources/pieces").iterdir():
        path.unlink()
    (site / "sources/pieces").rmdir()
    (site / "sources/pieces").write_text("", encoding="utf-8")
    ((code, message),) = refused(site, "Log")
    assert code == "F8"
    assert message.startswith("cannot be written: ")
