"""`publish update`: what is written, what is left alone, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from publish.errors import PublishError
from publish.load import load
from publish.update import Change, update

from . import translators

PO = "locales/tr/LC_MESSAGES/pieces/harbour-lights.po"
SOURCE = "sources/pieces/harbour-lights.md"


def run(site: Path, *only: str) -> dict[str, Change]:
    return {change.path: change for change in update(site, load(site), only)}


def tree(site: Path) -> dict[str, bytes]:
    return {str(p.relative_to(site)): p.read_bytes() for p in site.rglob("*") if p.is_file()}


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_site_that_is_up_to_date_keeps_every_byte(site: Path) -> None:
    before = tree(site)
    changes = run(site)
    assert tree(site) == before
    assert not any(change.written for change in changes.values())


def test_new_catalogues_are_made_with_their_languages_headers(site: Path) -> None:
    for path in (site / "locales").rglob("*.po"):
        path.unlink()
    assert all(change.written for change in run(site).values())
    found = translators.load(site / PO, "pieces/harbour-lights", "tr")
    header = dict(found.header)
    assert header["Language"] == "tr"
    assert header["Plural-Forms"] == "nplurals=2; plural=(n != 1);"
    assert header["POT-Creation-Date"] == "2026-03-04 00:00+0000"
    assert header["X-Source-Language"] == "en"
    assert [entry.key[0] for entry in found.entries[:2]] == ["title", "summary"]


def test_an_edited_paragraph_keeps_its_translation_for_review(site: Path) -> None:
    edit(site / SOURCE, "Keep the light burning.", "Keep the lights burning.")
    tally = run(site)[PO].tally
    assert (tally.stale, tally.new, tally.retired) == (1, 0, 0)
    text = (site / PO).read_text(encoding="utf-8")
    assert '#| msgid "Keep the light burning."' in text
    assert "Işığı yanık tutmak." in text


def test_a_catalogue_that_another_tool_wrapped_keeps_its_bytes(site: Path) -> None:
    path = site / PO
    edit(path, 'msgstr "Liman Fenerleri"', 'msgstr ""\n"Liman "\n"Fenerleri"')
    before = path.read_bytes()
    assert not run(site)[PO].written
    assert path.read_bytes() == before


def test_only_the_pieces_named_are_touched(site: Path) -> None:
    edit(site / SOURCE, "Two duties", "Three duties")
    edit(site / "sources/pieces/liman-isiklari.md", "Fener, İstanbul’da yanar.", "Fener yanar.")
    assert set(run(site, "harbour-lights")) == {PO}


def test_a_piece_that_is_not_there_is_named(site: Path) -> None:
    with pytest.raises(PublishError, match="there is no piece “nowhere”"):
        run(site, "nowhere")


@pytest.mark.parametrize(
    ("path", "fault"),
    [(SOURCE, "---\n"), (PO, '\nmsgid "cut off'), (SOURCE, "A mark.[^9]\n")],
    ids=["front matter", "catalogue", "note"],
)
def test_nothing_is_written_while_anything_has_a_fault(site: Path, path: str, fault: str) -> None:
    if fault == "---\n":
        edit(site / path, "title:", "titel:")
    else:
        with (site / path).open("a", encoding="utf-8") as file:
            file.write(f"\n{fault}")
    before = tree(site)
    with pytest.raises(PublishError):
        run(site)
    assert tree(site) == before


def test_a_finished_translation_is_remembered_with_its_revision_day(site: Path) -> None:
    path = site / PO
    edit(path, '"X-Completed: 2026-03-04\\n"\n', "")
    edit(path, "PO-Revision-Date: 2026-03-04 00:00", "PO-Revision-Date: 2026-05-06 12:30")
    run(site)
    assert '"X-Completed: 2026-05-06\\n"' in path.read_text(encoding="utf-8")


def test_an_unfinished_translation_is_not_called_complete(site: Path) -> None:
    path = site / PO
    edit(path, '"X-Completed: 2026-03-04\\n"\n', "")
    edit(path, 'msgstr "İki görev"', 'msgstr ""')
    run(site)
    assert "X-Completed" not in path.read_text(encoding="utf-8")


def test_the_packaged_interface_needs_no_catalogue_of_the_sites_own(site: Path) -> None:
    run(site)
    assert not list(site.rglob("interface.po*"))


def test_a_language_that_the_package_lacks_gets_an_interface_catalogue(site: Path) -> None:
    edit(site / "pyproject.toml", '["en", "tr"]', '["en", "tr", "de"]')
    changes = run(site)
    assert "locales/de/LC_MESSAGES/interface.po" in changes
    assert "locales/tr/LC_MESSAGES/interface.po" not in changes


def test_no_half_written_file_is_left(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(site / SOURCE, "Two duties", "Three duties")
    before = (site / PO).read_bytes()

    def refuse(_: Path, __: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(PublishError, match="No space left"):
        run(site)
    assert (site / PO).read_bytes() == before
    assert not [path for path in site.rglob(".*") if path.is_file()]
