"""`publish update`: what it writes, what it leaves alone, and when it does not begin."""

from __future__ import annotations

import dataclasses
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from publish import catalogue
from publish.errors import PublishError
from publish.load import load
from publish.locales import parse
from publish.merge import Grade, Tally
from publish.model import Catalogue, State
from publish.update import Change, update

from . import whole
from .conftest import NOW

LIGHTS = "sources/pieces/harbour-lights.md"
LIGHTS_POT = "locales/pieces/harbour-lights.pot"
LIGHTS_TR = "locales/tr/LC_MESSAGES/pieces/harbour-lights.po"
PORT_EN = "locales/en/LC_MESSAGES/pieces/liman-isiklari.po"
BIO_EN = "locales/en/LC_MESSAGES/authors/ada-deniz.po"
TAGS_TR = "locales/tr/LC_MESSAGES/tags.po"
INTERFACE = "locales/interface.pot"


def run(
    site: Path, *only: str, grade: Grade = Grade.SUBSTANTIVE, dry: bool = False
) -> dict[str, Change]:
    changes = update(site, load(site), only, grade=grade, dry=dry)
    return {change.path: change for change in changes}


def refused(site: Path, *only: str) -> list[str]:
    """The codes and paths of the faults; fails where anything was written."""
    before = snapshot(site)
    with pytest.raises(PublishError) as caught:
        run(site, *only)
    assert snapshot(site) == before
    return [f"{problem.code} {problem.span.path}" for problem in caught.value.problems]


def snapshot(site: Path) -> dict[str, tuple[bytes, int, int]]:
    """Content, inode and time of every file."""
    return {
        str(path.relative_to(site)): (
            path.read_bytes(),
            path.stat().st_ino,
            path.stat().st_mtime_ns,
        )
        for path in sorted(site.rglob("*"))
        if path.is_file()
    }


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def read(site: Path, path: str) -> Catalogue:
    tag = path.split("/")[1]
    text = (site / path).read_text(encoding="utf-8")
    found, problems = catalogue.read(path, text, "pieces/a", parse(tag))
    assert found is not None, problems
    return found


# ── What is written ──────────────────────────────────────────────────────────────────────────


def test_a_site_that_is_up_to_date_is_left_alone(site: Path) -> None:
    before = snapshot(site)
    changes = run(site)
    assert snapshot(site) == before
    assert [*changes] == [LIGHTS_TR, PORT_EN, BIO_EN, TAGS_TR]
    assert not any(change.written for change in changes.values())
    assert changes[LIGHTS_TR].tally.kept == 9


def test_a_site_without_catalogues_gets_all_of_them(site: Path) -> None:
    before = {path: text for path, (text, _, _) in snapshot(site).items() if path.endswith(".pot")}
    shutil.rmtree(site / "locales")
    changes = run(site)
    assert [*changes] == [LIGHTS_TR, PORT_EN, BIO_EN, TAGS_TR]
    assert all(change.written and change.tally.kept == 0 for change in changes.values())
    for path, text in before.items():
        assert (site / path).read_bytes() == text
    assert {entry.state for entry in read(site, LIGHTS_TR).entries} == {State.MISSING}


def test_what_it_writes_it_leaves_alone_the_next_time(site: Path) -> None:
    shutil.rmtree(site / "locales")
    run(site)
    before = snapshot(site)
    assert not any(change.written for change in run(site).values())
    assert snapshot(site) == before


def test_an_edited_passage_is_told_to_translators(site: Path) -> None:
    edit(site / LIGHTS, "Keep the light burning.", "Keep the lights burning.")
    changes = run(site)
    assert changes[LIGHTS_TR].written
    assert changes[LIGHTS_TR].tally.stale == 1
    [stale] = [entry for entry in read(site, LIGHTS_TR).entries if entry.fuzzy]
    assert stale.key[1] == "Keep the lights burning."
    assert stale.translation == "Işığı yanık tutmak."
    assert stale.notes == "list item\nchanged 2026-03-04"
    assert "Keep the lights burning." in (site / LIGHTS_POT).read_text(encoding="utf-8")


def test_no_other_catalogue_is_touched(site: Path) -> None:
    before = snapshot(site)
    edit(site / LIGHTS, "Keep the light burning.", "Keep the lights burning.")
    run(site)
    after = snapshot(site)
    assert {path for path in after if after[path] != before[path]} == {
        *(LIGHTS, LIGHTS_POT, LIGHTS_TR)
    }


def test_a_catalogue_that_was_wrapped_by_another_hand_keeps_its_bytes(site: Path) -> None:
    path = site / LIGHTS_TR
    text = path.read_text(encoding="utf-8")
    other = text.replace('msgid "Two duties"', 'msgid ""\n"Two "\n"duties"').replace(
        "\n\n", "\n\n\n"
    )
    assert other != text
    path.write_text(other, encoding="utf-8")
    before = snapshot(site)
    assert not run(site)[LIGHTS_TR].written
    assert snapshot(site) == before


def test_wrapping_a_source_anew_changes_nothing(site: Path) -> None:
    edit(site / LIGHTS, "every* ship.[^1] See", "every*\nship.[^1]  \t\n  See".replace("  \t", ""))
    before = snapshot(site)
    run(site)
    assert snapshot(site) == before


def test_a_date_alone_changes_no_catalogue(site: Path) -> None:
    edit(site / LIGHTS, "date: 2026-03-04", "date: 2026-03-04\nupdated: 2026-04-05")
    assert not run(site)[LIGHTS_TR].written


def test_a_template_is_never_anyones_own(site: Path) -> None:
    original = (site / LIGHTS_POT).read_bytes()
    (site / LIGHTS_POT).write_text("not a template", encoding="utf-8")
    run(site)
    assert (site / LIGHTS_POT).read_bytes() == original


def test_catalogues_of_sources_that_are_gone_are_kept(site: Path) -> None:
    text = (site / LIGHTS_TR).read_bytes()
    (site / LIGHTS).unlink()
    assert LIGHTS_TR not in run(site)
    assert (site / LIGHTS_TR).read_bytes() == text


# ── Renamed sources ──────────────────────────────────────────────────────────────────────────

RENAMED = LIGHTS_TR.replace("harbour", "other")


def renamed(site: Path) -> None:
    (site / LIGHTS).rename(site / "sources/pieces/other-lights.md")


def test_a_renamed_piece_keeps_its_catalogues(site: Path) -> None:
    before = read(site, LIGHTS_TR)
    renamed(site)
    changes = run(site)
    assert changes[RENAMED].tally == Tally(kept=9, stale=0, new=0, retired=0)
    assert changes[RENAMED].renamed == LIGHTS_TR
    assert changes[RENAMED].written
    after = read(site, RENAMED)
    assert [e.translation for e in after.entries] == [e.translation for e in before.entries]
    assert dict(after.header) | {"Project-Id-Version": ""} == dict(before.header) | {
        "Project-Id-Version": ""
    }
    assert not (site / LIGHTS_TR).exists()
    assert not (site / LIGHTS_POT).exists()
    assert not any(change.written for change in run(site).values())


def test_also_where_it_was_edited_at_once(site: Path) -> None:
    edit(site / LIGHTS, "A lighthouse serves", "A tall lighthouse serves")
    renamed(site)
    assert run(site)[RENAMED].tally == Tally(kept=8, stale=1, new=0, retired=0)


def test_a_renamed_piece_is_published_before_anyone_updates(site: Path) -> None:
    renamed(site)
    plan = whole.plan(load(site).site, NOW)
    assert ("other-lights", "tr") in {(one.slug, one.locale.tag) for one in plan.editions}


def test_a_new_piece_may_take_the_old_name(site: Path) -> None:
    before = read(site, LIGHTS_TR)
    renamed(site)
    (site / LIGHTS).write_text(
        '---\ntitle: "Boats"\ndate: 2026-03-05\nlanguage: en\nauthors: [ada-deniz]\n'
        "summary: Of boats.\n---\n\nA boat is not a light.\n",
        encoding="utf-8",
    )
    would = run(site, dry=True)
    changes = run(site)
    assert {path: change.tally for path, change in would.items()} == {
        path: change.tally for path, change in changes.items()
    }
    after = read(site, RENAMED)
    assert [e.translation for e in after.entries] == [e.translation for e in before.entries]
    assert [entry.key[1] for entry in read(site, LIGHTS_TR).entries] == [
        "Boats",
        "Of boats.",
        "A boat is not a light.",
    ]
    assert read(site, LIGHTS_TR).obsolete == ()
    assert not any(change.written for change in run(site).values())


def test_two_pieces_may_swap_their_names(site: Path) -> None:
    renamed(site)
    shutil.copy(site / "sources/pieces/other-lights.md", site / LIGHTS)
    edit(site / LIGHTS, "Harbour Lights", "Boats")
    text = (site / LIGHTS).read_text(encoding="utf-8")
    head, _, _ = text.partition("A lighthouse")
    head = head.replace("What a lighthouse owes to ships.", "Of boats.")
    (site / LIGHTS).write_text(head + "A boat is not a light.\n", encoding="utf-8")
    run(site)
    for path, words in ((LIGHTS_TR, "Tekne"), (RENAMED, "Fener")):
        found = read(site, path)
        entries = tuple(
            dataclasses.replace(entry, text="", translation=entry.translation or words)
            for entry in found.entries
        )
        done = dataclasses.replace(found, entries=entries)
        (site / path).write_text(catalogue.dump(done), encoding="utf-8")
    before = [read(site, path) for path in (LIGHTS_TR, RENAMED)]
    (site / LIGHTS).rename(site / "boats.md")
    (site / "sources/pieces/other-lights.md").rename(site / LIGHTS)
    (site / "boats.md").rename(site / "sources/pieces/other-lights.md")
    run(site)
    after = [read(site, path) for path in (RENAMED, LIGHTS_TR)]
    for old, new in zip(before, after, strict=True):
        assert [e.translation for e in old.entries] == [e.translation for e in new.entries]
    assert not any(change.written for change in run(site).values())


def test_a_copy_of_a_piece_takes_nothing_away(site: Path) -> None:
    text = (site / LIGHTS_TR).read_bytes()
    shutil.copy(site / LIGHTS, site / "sources/pieces/other-lights.md")
    changes = run(site)
    assert (site / LIGHTS_TR).read_bytes() == text
    assert changes[RENAMED].renamed == ""
    assert changes[RENAMED].tally.suggested == 9


def test_another_piece_does_not_inherit(site: Path) -> None:
    text = (site / LIGHTS_TR).read_bytes()
    (site / LIGHTS).write_text(
        (site / LIGHTS).read_text(encoding="utf-8").partition("---\n\n")[0]
        + "---\n\nOf boats, and of nothing else.\n",
        encoding="utf-8",
    )
    renamed(site)
    edit(site / "sources/pieces/other-lights.md", "title: ", "title: Boats and ")
    edit(site / "sources/pieces/other-lights.md", "summary: ", "summary: Boats and ")
    run(site)
    assert (site / LIGHTS_TR).read_bytes() == text


# ── Grades ───────────────────────────────────────────────────────────────────────────────────


def test_a_minor_edit_leaves_the_translation_valid(site: Path) -> None:
    edit(site / LIGHTS, "A lighthouse serves", "A tall lighthouse serves")
    [change] = [c for c in run(site, grade=Grade.MINOR).values() if c.written]
    assert change.tally == Tally(kept=9, stale=0, new=0, retired=0)
    assert all(entry.state is State.TRANSLATED for entry in change.after.entries)
    assert not any(change.written for change in run(site).values())


def test_a_correction_shows_the_old_translation_to_nobody(site: Path) -> None:
    edit(site / LIGHTS, "A lighthouse serves", "No lighthouse serves")
    run(site, grade=Grade.CORRECTION)
    [entry] = [e for e in read(site, LIGHTS_TR).entries if "No lighthouse serves" in e.key[1]]
    assert entry.state is State.SUGGESTED
    assert entry.translation
    assert entry.previous is not None
    assert not any(change.written for change in run(site).values())


def test_also_where_the_edit_was_brought_up_to_date_before(site: Path) -> None:
    edit(site / LIGHTS, "A lighthouse serves", "No lighthouse serves")
    run(site)
    run(site, grade=Grade.CORRECTION)
    [entry] = [e for e in read(site, LIGHTS_TR).entries if "No lighthouse serves" in e.key[1]]
    assert entry.state is State.SUGGESTED


# ── Without writing ──────────────────────────────────────────────────────────────────────────


def test_a_dry_run_says_what_would_change_and_writes_nothing(site: Path) -> None:
    edit(site / LIGHTS, "Two duties", "Two big duties")
    before = {path: path.read_bytes() for path in site.rglob("*") if path.is_file()}
    would = run(site, dry=True)
    assert {path: path.read_bytes() for path in site.rglob("*") if path.is_file()} == before
    assert would == run(site)


def test_a_language_that_is_added_gets_its_catalogues(site: Path) -> None:
    edit(site / "pyproject.toml", '["en", "tr"]', '["en", "tr", "pt-BR"]')
    changes = run(site)
    added = {path for path in changes if "/pt_BR/" in path}
    assert added >= {
        "locales/pt_BR/LC_MESSAGES/pieces/harbour-lights.po",
        "locales/pt_BR/LC_MESSAGES/pieces/liman-isiklari.po",
        "locales/pt_BR/LC_MESSAGES/authors/ada-deniz.po",
        "locales/pt_BR/LC_MESSAGES/tags.po",
    }
    assert not any(change.written for path, change in changes.items() if path not in added)


# ── Only some ────────────────────────────────────────────────────────────────────────────────


def test_only_the_pieces_that_are_named_are_updated(site: Path) -> None:
    shutil.rmtree(site / "locales")
    assert [*run(site, "harbour-lights")] == [LIGHTS_TR]
    assert sorted(path for path in snapshot(site) if path.startswith("locales/")) == sorted(
        (LIGHTS_POT, LIGHTS_TR)
    )


def test_several_can_be_named(site: Path) -> None:
    assert [*run(site, "liman-isiklari", "harbour-lights")] == [LIGHTS_TR, PORT_EN]


@pytest.mark.parametrize("name", ["pieces/harbour-lights", LIGHTS, "harbour-lights.md"])
def test_a_piece_may_be_named_by_its_file_or_domain(site: Path, name: str) -> None:
    assert [*run(site, name)] == [LIGHTS_TR]


def test_an_unknown_piece_is_told_before_a_file_is_touched(site: Path) -> None:
    shutil.rmtree(site / "locales")
    assert refused(site, "harbour-lights", "harbor-lights", "ada-deniz") == [
        "F8 sources/pieces",
        "F8 sources/pieces",
    ]


def test_an_unknown_piece_is_told_with_what_was_meant(site: Path) -> None:
    with pytest.raises(PublishError) as caught:
        run(site, "harbor-lights")
    [problem] = caught.value.problems
    assert problem.message == "there is no piece “harbor-lights”"
    assert problem.hint == "did you mean harbour-lights?"


# ── Faults ───────────────────────────────────────────────────────────────────────────────────


def break_front_matter(site: Path) -> None:
    edit(site / LIGHTS, "date: 2026-03-04", "date: yesterday")


def break_text(site: Path) -> None:
    edit(site / LIGHTS, "[^log]: See", "See")


def break_catalogue(site: Path) -> None:
    edit(site / LIGHTS_TR, 'msgstr "İki görev"', "msgstr İki görev")


def cut_catalogue(site: Path) -> None:
    path = site / LIGHTS_TR
    path.write_bytes(path.read_bytes()[:-20])


def break_template(site: Path) -> None:
    (site / "templates").mkdir()
    (site / "templates/edition.html").write_text("{% if %}", encoding="utf-8")


def break_link(site: Path) -> None:
    edit(site / LIGHTS, "(liman-isiklari.md)", "(limanlar.md)")


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (break_front_matter, {f"S1 {LIGHTS}"}),
        (break_text, {f"S2 {LIGHTS}"}),
        (break_catalogue, {f"P1 {LIGHTS_TR}"}),
        (cut_catalogue, {f"P1 {LIGHTS_TR}", f"P2 {LIGHTS_TR}"}),
        (break_template, {"T1 templates/edition.html"}),
        (break_link, {f"S5 {LIGHTS}"}),
    ],
)
def test_a_fault_is_told_before_a_file_is_touched(
    site: Path, fault: Callable[[Path], None], expected: set[str]
) -> None:
    fault(site)
    # Something to write in a piece that comes first and in one that comes last.
    (site / BIO_EN).unlink()
    edit(site / "sources/pieces/liman-isiklari.md", "yanar", "söner")
    assert expected <= set(refused(site))


def test_all_faults_are_told_at_once(site: Path) -> None:
    break_text(site)
    break_catalogue(site)
    assert set(refused(site, "nothing")) == {
        *(f"S2 {LIGHTS}", f"P1 {LIGHTS_TR}", "F8 sources/pieces")
    }


def test_what_only_a_reader_would_miss_stops_nothing(site: Path) -> None:
    edit(site / LIGHTS_TR, "hizmet eder.[^1]", "hizmet eder.")
    (site / "sources/pieces/notes.txt").write_text("stray", encoding="utf-8")
    assert not run(site)[LIGHTS_TR].written


# ── Writing ──────────────────────────────────────────────────────────────────────────────────


def test_a_catalogue_is_replaced_whole(site: Path) -> None:
    edit(site / LIGHTS, "Two duties", "Two big duties")
    link = site / "kept.po"
    os.link(site / LIGHTS_TR, link)
    before = link.read_bytes()
    run(site)
    assert link.read_bytes() == before
    assert (site / LIGHTS_TR).read_bytes() != before
    assert not [path for path in site.rglob(".*") if path.is_file()]


def test_what_cannot_be_written_is_a_problem_and_leaves_nothing_behind(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(site / LIGHTS, "Two duties", "Two big duties")
    before = (site / LIGHTS_TR).read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(PublishError) as caught:
        run(site)
    [problem] = caught.value.problems
    assert (problem.code, problem.span.path) == ("F8", LIGHTS_POT)
    assert problem.message == "cannot be written: No space left on device"
    assert (site / LIGHTS_TR).read_bytes() == before
    assert not [path for path in site.rglob(".*") if path.is_file()]


def test_a_folder_that_is_a_file_is_a_problem(site: Path) -> None:
    shutil.rmtree(site / "locales/authors")
    (site / "locales/authors").write_text("", encoding="utf-8")
    with pytest.raises(PublishError) as caught:
        run(site)
    [problem] = caught.value.problems
    assert (problem.code, problem.span.path) == ("F8", "locales/authors/ada-deniz.pot")


# ── Completion ───────────────────────────────────────────────────────────────────────────────


def completed(site: Path) -> str | None:
    return dict(read(site, LIGHTS_TR).header).get("X-Completed")


def forget(site: Path) -> None:
    edit(site / LIGHTS_TR, '"X-Completed: 2026-03-04\\n"\n', "")


def test_a_complete_catalogue_is_marked_with_its_own_revision_date(site: Path) -> None:
    forget(site)
    edit(site / LIGHTS_TR, "PO-Revision-Date: 2026-03-04", "PO-Revision-Date: 2026-03-19")
    assert run(site)[LIGHTS_TR].written
    assert completed(site) == "2026-03-19"


def test_or_with_its_sources_date_where_it_has_none(site: Path) -> None:
    forget(site)
    edit(site / LIGHTS_TR, "PO-Revision-Date: 2026-03-04 00:00+0000", "PO-Revision-Date: ")
    run(site)
    assert completed(site) == "2026-03-04"


def test_an_incomplete_catalogue_is_not(site: Path) -> None:
    forget(site)
    edit(site / LIGHTS_TR, 'msgstr "İki görev"', 'msgstr ""')
    assert not run(site)[LIGHTS_TR].written
    assert completed(site) is None


def test_nor_one_with_a_translation_that_fails(site: Path) -> None:
    forget(site)
    edit(site / LIGHTS_TR, "hizmet eder.[^1]", "hizmet eder.")
    run(site)
    assert completed(site) is None


def test_nor_one_with_a_passage_that_changed(site: Path) -> None:
    forget(site)
    edit(site / LIGHTS, "Keep the light burning.", "Keep the lights burning.")
    run(site)
    assert completed(site) is None


def test_once_complete_it_stays_marked(site: Path) -> None:
    edit(site / LIGHTS, "Keep the light burning.", "Keep the lights burning.")
    run(site)
    assert completed(site) == "2026-03-04"


# ── The interface ────────────────────────────────────────────────────────────────────────────


def interface(changes: dict[str, Change]) -> list[str]:
    return [path for path in changes if path.endswith("/interface.po")]


def test_the_packaged_interface_needs_no_catalogue(site: Path) -> None:
    assert interface(run(site)) == []
    assert not (site / INTERFACE).exists()


def test_a_language_that_the_package_lacks_gets_one(site: Path) -> None:
    edit(site / "pyproject.toml", '["en", "tr"]', '["en", "tr", "pt-BR"]')
    changes = run(site)
    assert interface(changes) == ["locales/pt_BR/LC_MESSAGES/interface.po"]
    assert changes["locales/pt_BR/LC_MESSAGES/interface.po"].tally.new > 10
    assert (site / INTERFACE).is_file()


def test_templates_of_ones_own_get_one_for_what_they_say_anew(site: Path) -> None:
    (site / "templates").mkdir()
    (site / "templates/own.html").write_text('{{ _("Only here") }}', encoding="utf-8")
    changes = run(site)
    assert interface(changes) == ["locales/tr/LC_MESSAGES/interface.po"]
    found = read(site, "locales/tr/LC_MESSAGES/interface.po")
    assert "Only here" in {entry.key[1] for entry in found.entries}


def test_an_interface_catalogue_that_is_there_is_kept_up_to_date(site: Path) -> None:
    path = site / "locales/tr/LC_MESSAGES/interface.po"
    path.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        'msgid "Gone"\nmsgstr "Gitti"\n',
        encoding="utf-8",
    )
    changes = run(site)
    assert changes["locales/tr/LC_MESSAGES/interface.po"].written
    assert changes["locales/tr/LC_MESSAGES/interface.po"].tally.retired == 1
    found = read(site, "locales/tr/LC_MESSAGES/interface.po")
    assert [entry.translation for entry in found.obsolete] == ["Gitti"]
