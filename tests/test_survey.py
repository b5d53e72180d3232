"""What is known of a site: the same whether it is found out now or was remembered."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from publish import check, memo, snapshot, survey, toolchain
from publish.edition import Translation
from publish.errors import Problem, PublishError, Severity, stopping
from publish.load import Reader, load
from publish.locales import parse
from publish.memo import Memo
from publish.model import Piece, Rendering
from publish.survey import Record, Survey

from .test_build import LIGHTS, LIGHTS_TR, PORT_EN, add_image, edit
from .test_check import CASES, lay_over

PORT = "sources/pieces/liman-isiklari.md"
ADA = "sources/authors/ada-deniz.md"
ADA_EN = "locales/en/LC_MESSAGES/authors/ada-deniz.po"
TAGS_TR = "locales/tr/LC_MESSAGES/tags.po"
EN, TR = parse("en"), parse("tr")


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Templates are not looked at: that takes longer than all else."""
    monkeypatch.setattr(check, "interface_faults", lambda _: iter(()))


def looked(root: Path, memory: Memo, *, letters: bool = False, **options: Any) -> Survey:
    """The site as it is now."""
    return survey.survey(root, snapshot.take(root), memory, letters=letters, **options)


def faults(root: Path, memory: Memo, **options: Any) -> tuple[Problem, ...]:
    """What is told of the site, whether or not it stops a build."""
    try:
        return looked(root, memory, **options).problems
    except PublishError as error:
        return error.problems


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Paths of the sources that were read, as they are."""
    found: list[str] = []
    real = Reader.source

    def recorded(self: Reader, path: str, *rest: Any) -> Any:
        found.append(path)
        return real(self, path, *rest)

    monkeypatch.setattr(Reader, "source", recorded)
    return found


# ── Problems ─────────────────────────────────────────────────────────────────────────────────

SHARED = Memo(None)
"""One memory for the sites of all cases: what is remembered of one says nothing about another."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_survey_tells_what_check_tells_of_every_kind_of_fault(
    site: Path, case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if case.name[0] != "T":
        monkeypatch.setattr(check, "interface_faults", lambda _: iter(()))
    lay_over(case, site)
    try:
        wanted = check.blocking(load(site))
    except PublishError as error:
        wanted = error.problems
    for _ in range(2):
        assert faults(site, SHARED, letters=True) == wanted
    if case.name.startswith("B5"):
        assert faults(site, SHARED) == check.blocking(load(site), pdfs=False) != wanted


def test_the_cases_have_what_stops_a_build_and_what_does_not() -> None:
    told = [(case / "expected.txt").read_text(encoding="utf-8") for case in CASES]
    assert sum(": error[" in text for text in told) > 30
    assert sum(": error[" not in text for text in told) > 30


def test_a_fault_of_the_interface_is_told_again_from_memory(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = Memo(None)
    (site / "templates").mkdir()
    (site / "templates/_feed.html").write_text("{{ _('Never said before') }}", encoding="utf-8")
    before = faults(site, memory)
    assert [problem.code for problem in before] == ["T2"]
    monkeypatch.setattr(check, "interface_faults", never)
    assert faults(site, memory) == before
    monkeypatch.undo()
    (site / "templates/_feed.html").write_text("", encoding="utf-8")
    assert faults(site, memory) == ()


def never(*_: object, **__: object) -> Any:
    """Must not be called."""
    pytest.fail("it was not remembered")


# ── What is remembered ───────────────────────────────────────────────────────────────────────


def facts(known: Survey) -> tuple[object, ...]:
    """All of a survey that can be compared."""
    return (known.site, known.surveys, known.tags, known.problems, known.keys, known.frozen)


def test_what_was_found_out_is_not_found_out_again(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with memo.opened(site) as memory:
        first = looked(site, memory)
        texts = {
            (path, one.locale): first.texts(path, one)
            for path, known in first.surveys.items()
            for one in known.versions
        }
    for name in ("source", "image"):
        monkeypatch.setattr(Reader, name, never)
    for name in ("alone", "interface_faults"):
        monkeypatch.setattr(check, name, never)
    with memo.opened(site) as memory:
        again = looked(site, memory)
        assert facts(again) == facts(first)
        for path, known in again.surveys.items():
            for one in known.versions:
                assert one.text is None
                assert again.texts(path, one) == texts[path, one.locale]
    assert "<em>her</em> gemiye" in texts[LIGHTS, TR].html


def test_a_survey_knows_what_reading_the_site_gives_but_for_the_texts(site: Path) -> None:
    known, read = looked(site, Memo(None)).site, load(site).site

    def bare(source: Any) -> Any:
        name = "body" if isinstance(source, Piece) else "bio"
        text = dataclasses.replace(getattr(source, name), content="")
        return dataclasses.replace(source, **{name: text})

    assert known == dataclasses.replace(
        read,
        pieces=tuple(map(bare, read.pieces)),
        authors=tuple(map(bare, read.authors)),
        catalogues=tuple(one for one in read.catalogues if one.domain == "tags"),
    )


def settings_line(line: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        with (root / "pyproject.toml").open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")

    return change


def grown(path: str, text: str = "\nMore.\n") -> Callable[[Path], None]:
    def change(root: Path) -> None:
        target = root / path
        target.parent.mkdir(exist_ok=True, parents=True)
        with target.open("a", encoding="utf-8") as file:
            file.write(text)

    return change


def signed(path: str) -> Callable[[Path], None]:
    return lambda root: edit(root / path, "Language-Team: ", "Language-Team: Us")


def touch(root: Path) -> None:
    for path in root.rglob("*.*"):
        path.touch()


def with_author(root: Path) -> None:
    text = (root / ADA).read_text(encoding="utf-8")
    (root / "sources/authors/bo.md").write_text(text, encoding="utf-8")


ALL = {LIGHTS, PORT, ADA}

CHANGES: dict[str, tuple[Callable[[Path], None], set[str]]] = {
    "nothing": (lambda _: None, set()),
    "times": (touch, set()),
    "a piece": (grown(LIGHTS), {LIGHTS}),
    "an author": (grown(ADA), {ADA}),
    "a catalogue of a piece": (signed(LIGHTS_TR), {LIGHTS}),
    "a catalogue of an author": (signed(ADA_EN), {ADA}),
    "a catalogue that goes": (lambda root: (root / PORT_EN).unlink(), {PORT}),
    "words of topics": (signed(TAGS_TR), set()),
    "another author": (with_author, {"sources/authors/bo.md"}),
    "a template": (grown("templates/_feed.html", "x"), set()),
    "a glossary": (grown("locales/tr/glossary.csv", "term,translation,note\n"), set()),
    "an image that nobody shows": (lambda r: add_image(r / "sources/pieces/a.png"), set()),
    "the threshold": (settings_line("threshold = 0.9"), ALL),
    "the floor": (settings_line("floor = 0.1"), ALL),
    "rules set aside": (settings_line('check_ignore = { tr = { W7 = "verse" } }'), ALL),
    "the default language": (settings_line('default_language = "tr"'), ALL),
    "the licence": (settings_line('licence = "CC0"'), set()),
    "the page size": (settings_line("page_size = 1"), set()),
    "the theme": (settings_line('theme = "sources"'), set()),
}


@pytest.mark.usefixtures("silent")
@pytest.mark.parametrize("name", CHANGES)
def test_what_changed_is_read_again_and_nothing_else(
    site: Path, read: list[str], name: str
) -> None:
    change, expected = CHANGES[name]
    memory = Memo(None)
    looked(site, memory)
    read.clear()
    change(site)
    known = looked(site, memory)
    assert set(read) == expected
    assert facts(known) == facts(looked(site, Memo(None)))


@pytest.mark.usefixtures("silent")
def test_fonts_matter_where_pdfs_are_made(site: Path, read: list[str]) -> None:
    memory = Memo(None)
    looked(site, memory, letters=True)
    read.clear()
    looked(site, memory, letters=True)
    assert read == []
    looked(site, memory, letters=False)
    assert set(read) == ALL


@pytest.mark.usefixtures("silent")
def test_another_program_believes_nothing(
    site: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = Memo(None)
    looked(site, memory)
    read.clear()
    monkeypatch.setattr(toolchain, "program", lambda: "another")
    looked(site, memory)
    assert set(read) == ALL


@pytest.mark.usefixtures("silent")
def test_a_memory_of_something_else_is_no_record(site: Path, read: list[str]) -> None:
    memory = Memo(None)
    first = looked(site, memory)
    for key in first.keys.values():
        memory.put("source", key, ("no", "record"))
    read.clear()
    assert facts(looked(site, memory)) == facts(first)
    assert set(read) == ALL


@pytest.mark.usefixtures("silent")
def test_nothing_that_stops_a_build_is_remembered(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put: list[object] = []
    real = Memo.put

    def recorded(self: Memo, kind: str, name: str, value: object, **options: Any) -> None:
        put.append(value)
        real(self, kind, name, value, **options)

    monkeypatch.setattr(Memo, "put", recorded)
    memory = Memo(None)
    edit(site / LIGHTS, "summary:", "sumary:")
    edit(site / LIGHTS_TR, 'msgstr "İki görev"', 'msgstr "İki görev')
    before = faults(site, memory)
    assert {problem.span.path for problem in stopping(before)} == {LIGHTS, LIGHTS_TR}
    assert faults(site, memory) == before
    records = [value for value in put if isinstance(value, Record)]
    assert {one.place.path for one in records} == {PORT, ADA}
    assert not [problem for one in records for problem in stopping(one.problems)]


@pytest.mark.usefixtures("silent")
def test_a_warning_is_remembered_with_its_source(site: Path, read: list[str]) -> None:
    memory = Memo(None)
    edit(site / LIGHTS_TR, "[^1] Bkz. ", "Bkz. ")
    before = looked(site, memory).problems
    assert [(problem.code, problem.severity) for problem in before] == [("E2", Severity.ERROR)]
    assert stopping(before) == ()
    read.clear()
    assert looked(site, memory).problems == before
    assert read == []


@pytest.mark.usefixtures("silent")
def test_a_piece_whose_author_goes_is_faulty_although_its_file_is_known(site: Path) -> None:
    memory = Memo(None)
    first = looked(site, memory)
    text = (site / ADA).read_bytes()
    (site / ADA).unlink()
    told = faults(site, memory)
    assert told == check.blocking(load(site))
    assert {problem.span.path for problem in stopping(told)} == {LIGHTS, PORT}
    (site / ADA).write_bytes(text)
    assert facts(looked(site, memory)) == facts(first)


@pytest.mark.usefixtures("silent")
def test_what_changes_under_the_hands_of_a_survey_ends_it(site: Path) -> None:
    seen = snapshot.take(site)
    edit(site / LIGHTS, "Two duties", "Three duties")
    with pytest.raises(PublishError) as caught:
        survey.survey(site, seen, Memo(None), letters=False)
    assert [(one.code, one.span.path) for one in caught.value.problems] == [("O4", LIGHTS)]


# ── Texts ────────────────────────────────────────────────────────────────────────────────────


def lost(memory: Memo, kind: str) -> None:
    """Forget all of a kind."""
    assert memory._database.execute("DELETE FROM memory WHERE kind = ?", (kind,)).rowcount


@pytest.mark.usefixtures("silent")
@pytest.mark.parametrize("renamed", [False, True])
def test_a_text_that_has_got_lost_is_made_again(site: Path, renamed: bool) -> None:
    if renamed:
        (site / LIGHTS).rename(site / "sources/pieces/beacons.md")
    path = "sources/pieces/beacons.md" if renamed else LIGHTS
    memory = Memo(None)
    known = looked(site, memory)
    version = known.surveys[path].version(TR)
    before = known.texts(path, version)
    assert "<em>her</em> gemiye" in before.html
    lost(memory, "text")
    again = looked(site, memory)
    assert again.texts(path, version) == before
    memory.put("text", version.digest, "no text")
    assert again.texts(path, version) == before


@pytest.mark.usefixtures("silent")
def test_a_text_that_nobody_can_make_is_no_other_text(site: Path) -> None:
    known = looked(site, Memo(None))
    version = dataclasses.replace(known.surveys[LIGHTS].version(TR), digest="another")
    with pytest.raises(LookupError, match="in tr has got lost"):
        known.texts(LIGHTS, version)


@pytest.mark.usefixtures("silent")
def test_equal_texts_are_put_aside_once_and_others_apart(site: Path) -> None:
    known = looked(site, Memo(None))
    digests = [one.digest for it in known.surveys.values() for one in it.versions]
    texts = [known.texts(path, one) for path, it in known.surveys.items() for one in it.versions]
    assert len(set(digests)) == len({repr(text) for text in texts}) == len(texts)
    assert all(isinstance(text, Rendering) for text in texts)


# ── Renamed sources ──────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("silent")
def test_a_renamed_source_keeps_its_catalogues_also_from_memory(
    site: Path, read: list[str]
) -> None:
    memory = Memo(None)
    before = looked(site, memory).surveys[LIGHTS]
    (site / LIGHTS).rename(site / "sources/pieces/beacons.md")
    edit(site / PORT, "\n\nFener", "\n\nSee [it](beacons.md). Fener")
    new = "sources/pieces/beacons.md"
    first = looked(site, memory)
    assert first.surveys[new].version(TR).coverage == before.version(TR).coverage
    assert [(one.code, one.span.path) for one in first.problems] == [("P5", LIGHTS_TR)]
    assert "pieces/beacons now" in first.problems[0].message
    read.clear()
    assert facts(looked(site, memory)) == facts(first)
    assert read == []
    assert facts(looked(site, Memo(None))) == facts(first)
    # What the translator does meanwhile still counts.
    edit(site / LIGHTS_TR, 'msgstr "İki görev"', 'msgstr "İki ödev"')
    known = looked(site, memory)
    assert "İki ödev" in known.texts(new, known.surveys[new].version(TR)).html
    assert facts(known) == facts(looked(site, Memo(None)))


@pytest.mark.usefixtures("silent")
def test_a_catalogue_comes_home_when_the_old_name_does(site: Path) -> None:
    memory = Memo(None)
    first = looked(site, memory)
    new = site / "sources/pieces/beacons.md"
    (site / LIGHTS).rename(new)
    looked(site, memory)
    new.rename(site / LIGHTS)
    assert facts(looked(site, memory)) == facts(first)


@pytest.mark.usefixtures("silent")
def test_sources_that_changed_names_with_each_other_keep_their_catalogues(site: Path) -> None:
    memory = Memo(None)
    looked(site, memory)
    other = site / "sources/pieces/other.md"
    (site / LIGHTS).rename(other)
    shutil.copy(site / PORT, site / LIGHTS)
    other.rename(site / PORT)
    edit(site / PORT, "(liman-isiklari.md)", "(harbour-lights.md)")
    for _ in range(2):
        known = looked(site, memory)
        assert facts(known) == facts(looked(site, Memo(None)))
        assert known.problems == check.blocking(load(site), pdfs=False)


@pytest.mark.usefixtures("silent")
def test_catalogues_follow_the_text_when_it_moves_on(site: Path) -> None:
    memory = Memo(None)
    one, other = site / "sources/pieces/beacons.md", site / "sources/pieces/lamps.md"
    (site / LIGHTS).rename(one)
    other.write_text(
        one.read_text(encoding="utf-8").partition("\n\n")[0].replace("Harbour Lights", "Lamps")
        + "\n\nQuite another text, of which no catalogue has a word.\n",
        encoding="utf-8",
    )
    for new in ("beacons", "lamps"):
        known = looked(site, memory)
        assert f"pieces/{new} now" in known.problems[0].message
        assert facts(known) == facts(looked(site, Memo(None)))
        moved = one.read_bytes()
        one.write_bytes(other.read_bytes())
        other.write_bytes(moved)


# ── Images ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def illustrated(site: Path) -> Path:
    """The site with an image."""
    add_image(site / "sources/pieces/lamp.png")
    edit(site / LIGHTS, "## Two", "![A lamp](lamp.png)\n\n## Two")
    return site


LAMP = "sources/pieces/lamp.png"


@pytest.mark.usefixtures("silent")
def test_an_image_is_looked_at_and_scaled_once(
    illustrated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = Memo(None)
    first = looked(illustrated, memory)
    shown, picture = first.pictured(LAMP), first.picture(LAMP)
    assert shown
    assert picture.paper
    assert [snapshot.digest(one.content) for one in picture.versions] == list(shown.sums)
    assert shown.picture == dataclasses.replace(picture, versions=(), paper=b"")
    monkeypatch.setattr(Reader, "image", never)
    again = looked(illustrated, memory)
    assert (again.pictured(LAMP), again.picture(LAMP)) == (shown, picture)
    monkeypatch.undo()
    for kind in ("image", "scaled"):
        lost(memory, kind)
        again = looked(illustrated, memory)
        assert (again.pictured(LAMP), again.picture(LAMP)) == (shown, picture)


@pytest.mark.usefixtures("silent")
def test_an_image_that_is_not_there_or_damaged_is_not_shown(illustrated: Path) -> None:
    memory = Memo(None)
    first = looked(illustrated, memory)
    assert first.pictured("sources/pieces/none.png") is None
    content = (illustrated / LAMP).read_bytes()
    (illustrated / LAMP).write_bytes(content[:45])
    assert [one.code for one in faults(illustrated, memory)] == ["S32"]
    assert [one.code for one in faults(illustrated, memory)] == ["S32"]
    (illustrated / LAMP).unlink()
    assert [one.code for one in faults(illustrated, memory)] == ["S5"]
    (illustrated / LAMP).write_bytes(content)
    assert facts(looked(illustrated, memory)) == facts(first)


@pytest.mark.usefixtures("silent")
def test_an_image_that_changes_while_it_is_asked_for_ends_it(illustrated: Path) -> None:
    memory = Memo(None)
    looked(illustrated, memory)
    known = looked(illustrated, memory)
    add_image(illustrated / "sources/pieces/other.png")
    (illustrated / LAMP).write_bytes((illustrated / LAMP).read_bytes() + b"\n")
    with pytest.raises(PublishError) as caught:
        known.picture(LAMP)
    assert [one.code for one in caught.value.problems] == ["O4"]


# ── Builds that go on all the same ───────────────────────────────────────────────────────────


@pytest.mark.usefixtures("silent")
def test_a_source_with_a_fault_is_taken_for_what_it_was(site: Path) -> None:
    memory = Memo(None)
    before = looked(site, memory)
    edit(site / LIGHTS, "summary:", "sumary:")
    told = faults(site, memory)
    known = looked(site, memory, before=before.keys)
    assert known.problems == told
    assert known.frozen == {LIGHTS}
    assert known.surveys == before.surveys
    assert known.keys == before.keys
    assert known.site.pieces == before.site.pieces


@pytest.mark.usefixtures("silent")
@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (LIGHTS_TR, 'msgstr "İki görev"', 'msgstr "İki görev'),
        (LIGHTS, "(liman-isiklari.md)", "(nowhere.md)"),
        (LIGHTS, "tags: [Sea]", "tags: [Sea]\nformer_slugs: [liman-isiklari]"),
    ],
    ids=["a catalogue", "a link", "a former address"],
)
def test_a_fault_is_that_of_the_source_it_belongs_to(
    site: Path, path: str, old: str, new: str
) -> None:
    memory = Memo(None)
    before = looked(site, memory)
    edit(site / path, old, new)
    edit(site / PORT, "\n\nFener", "\n\nBu fener")
    told = faults(site, memory)
    assert stopping(told)
    known = looked(site, memory, before=before.keys)
    assert known.frozen == {LIGHTS}
    assert known.problems == told
    assert known.surveys[LIGHTS] == before.surveys[LIGHTS]
    assert known.surveys[PORT] != before.surveys[PORT]


@pytest.mark.usefixtures("silent")
def test_an_author_with_a_fault_is_taken_for_who_they_were(site: Path) -> None:
    memory = Memo(None)
    before = looked(site, memory)
    edit(site / ADA, "name:", "nam:")
    known = looked(site, memory, before=before.keys)
    assert known.frozen == {ADA}
    assert known.surveys == before.surveys


@pytest.mark.usefixtures("silent")
def test_what_was_never_without_a_fault_is_left_out(site: Path) -> None:
    edit(site / PORT, "summary:", "sumary:")
    known = looked(site, Memo(None), before={})
    assert known.frozen == {PORT}
    assert [piece.path for piece in known.site.pieces] == [LIGHTS]
    assert set(known.surveys) == {LIGHTS, ADA}


@pytest.mark.usefixtures("silent")
def test_an_author_who_was_never_read_takes_their_pieces_along(site: Path) -> None:
    edit(site / ADA, "name:", "nam:")
    (site / "sources/authors/bo.md").write_text(
        "---\nname: Bo\nlanguage: en\n---\n\nA life.\n", "utf-8"
    )
    text = (site / PORT).read_text(encoding="utf-8").replace("ada-deniz", "bo")
    link = "[it](liman-isiklari.md), [her](../authors/ada-deniz.md)"
    (site / "sources/pieces/of-bo.md").write_text(f"{text} See {link}.\n", encoding="utf-8")
    known = looked(site, Memo(None), before={})
    assert known.frozen == {ADA, LIGHTS, PORT}
    assert [piece.slug for piece in known.site.pieces] == ["of-bo"]
    assert [author.id for author in known.site.authors] == ["bo"]


@pytest.mark.usefixtures("silent")
def test_a_piece_stays_as_it_was_when_a_new_author_of_it_has_a_fault(site: Path) -> None:
    memory = Memo(None)
    before = looked(site, memory)
    edit(site / PORT, "authors: [ada-deniz]", "authors: [ada-deniz, bo]")
    (site / "sources/authors/bo.md").write_text("---\nnam: Bo\n---\n", encoding="utf-8")
    known = looked(site, memory, before=before.keys)
    assert known.frozen == {PORT, "sources/authors/bo.md"}
    assert known.surveys == before.surveys


@pytest.mark.usefixtures("silent")
def test_an_author_who_went_stays_while_their_pieces_do(site: Path) -> None:
    memory = Memo(None)
    before = looked(site, memory)
    (site / ADA).unlink()
    known = looked(site, memory, before=before.keys)
    assert known.frozen == {ADA, LIGHTS, PORT}
    assert known.surveys == before.surveys
    assert known.site.authors == before.site.authors


@pytest.mark.usefixtures("silent")
def test_a_fault_that_is_of_no_source_stops_all_the_same(site: Path) -> None:
    memory = Memo(None)
    before = looked(site, memory)
    edit(site / LIGHTS, "summary:", "sumary:")
    (site / "sources/stray.txt").touch()
    (site / "sources/other").mkdir()
    (site / "sources/other/x.md").touch()
    with pytest.raises(PublishError) as caught:
        looked(site, memory, before=before.keys)
    assert {one.span.path for one in stopping(caught.value.problems)} >= {
        LIGHTS,
        "sources/other/x.md",
    }


@pytest.mark.usefixtures("silent")
def test_what_is_to_stay_stays_although_nothing_is_wrong_with_it_here(site: Path) -> None:
    memory = Memo(None)
    before = looked(site, memory)
    edit(site / LIGHTS, "Two duties", "Three duties")
    known = looked(site, memory, before=before.keys, frozen=frozenset({LIGHTS}))
    assert known.frozen == {LIGHTS}
    assert known.surveys == before.surveys
    assert known.problems == ()
    assert looked(site, memory, before=before.keys).frozen == frozenset()


def test_topics_are_called_what_their_catalogue_says(site: Path) -> None:
    known = looked(site, Memo(None))
    assert isinstance(known.tags[TR], Translation)
    assert known.tags[TR].run("tag", "Sea").text == "Deniz"
    assert known.tags[EN].run("tag", "Sea").text == "Sea"
