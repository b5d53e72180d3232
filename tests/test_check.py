"""What `publish check` says: one case folder for each rule, and what no folder can hold.

A folder `cases/<CODE>-<name>/` holds what differs from the small whole site: its files are laid
over a copy, `<name>.absent` takes `<name>` away, `<name>.case` stands for `<name>` (other tools
would read the pyproject.toml of a case as their own). `expected.txt` is what an editor reads.

After a wording has changed, `python -m tests.test_check` writes every expected.txt anew: read the
difference before you believe it.
"""

from __future__ import annotations

import dataclasses
import datetime
import re
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publish import catalogue, images, locales, waivers
from publish.check import check, interface
from publish.errors import (
    RULES,
    Problem,
    PublishError,
    Severity,
    Span,
    Stops,
    printable,
    stopping,
)
from publish.load import Loaded, load
from publish.model import Entry
from publish.update import update

from . import translators
from .conftest import NOW

HERE = Path(__file__).parent
CASES = sorted((HERE / "cases").iterdir())

ELSEWHERE = {
    "B1": "comes from the PDF engine while a site is built: test_pdf",
    "B2": "comes from a dying worker process: test_workers",
    "B3": "comes from the layout of a PDF: test_build",
    "B4": "comes from what is installed: test_pdf",
    "B6": "comes from the layout of a PDF: test_pdf",
    "B7": "comes from what is installed: test_search",
    "B8": "comes from the binary that makes the index: test_search",
    "B9": "comes from a cluster: test_cluster",
    "B10": "comes from a cluster: test_cluster",
    "O1": "comes from publishing: test_output",
    "O2": "comes from publishing: test_output",
    "O5": "comes from a build that goes on without its memory: test_press",
    "O4": "comes from a file that changes while a site is built: test_build, test_incremental",
    **{f"V{number}": "comes from what was built: test_built" for number in range(1, 8)},
    "V8": "comes from what was built: test_pages",
    "V9": "comes from what was built: test_pages",
    "O3": "comes from beginning a site: test_init",
    "X1": "comes from a file that is sent back: test_bundle",
    "X2": "comes from a file that is sent back: test_bundle",
    "X3": "comes from a file that is sent back: test_reconcile",
    "X4": "comes from a file that is sent back: test_reconcile",
    "X5": "comes from a file that is sent back: test_bundle",
    "X6": "comes from a file that is sent back: test_reconcile",
    "X7": "comes from what is installed: test_xliff",
    "X8": "comes from a file that is sent out or back: test_xliff",
}
"""Rules without a case folder, with the reason and the tests that cover them."""


def lay_over(case: Path, root: Path) -> None:
    """Make the copy of the small site in `root` the site of the case."""
    for path in sorted(case.rglob("*")):
        target = root / path.relative_to(case)
        if path.name == "expected.txt" or (path.is_dir() and not path.is_symlink()):
            continue
        if path.suffix == ".absent":
            gone = target.with_suffix("")
            shutil.rmtree(gone) if gone.is_dir() else gone.unlink()
            continue
        target = target.with_suffix("") if path.suffix == ".case" else target
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target, follow_symlinks=False)


def problems_of(root: Path) -> tuple[Problem, ...]:
    """What check finds; the settings' faults arrive as an exception."""
    try:
        return check(load(root))
    except PublishError as error:
        return error.problems


def told(problems: Iterable[Problem]) -> str:
    """The problems as an editor reads them."""
    lines: list[str] = []
    for problem in problems:
        lines.append(str(problem) + (f" (waived: {problem.waived})" if problem.waived else ""))
        if problem.hint:
            lines.append(f"  hint: {printable(problem.hint)}")
    return "".join(f"{line}\n" for line in lines)


def told_of(case: Path, root: Path) -> str:
    """What check says of a case; notes, which are told on request, where the case is of one."""
    note = RULES[case.name.partition("-")[0]].severity is Severity.NOTE
    return told(waivers.shown(problems_of(root), verbose=note))


def line_of(root: Path, problem: Problem) -> str:
    """The line that a problem points to; what is no text file has one empty line."""
    path = root / problem.span.path
    data = b"" if path.is_symlink() or not path.is_file() else path.read_bytes()
    return data.decode("utf-8-sig", "replace").split("\n")[problem.span.line - 1]


# ── Case folders ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_check_says_what_the_case_expects(site: Path, case: Path) -> None:
    lay_over(case, site)
    found = problems_of(site)
    assert told_of(case, site) == (case / "expected.txt").read_text(encoding="utf-8")
    for problem in found:
        assert problem.span.column <= len(line_of(site, problem)) + 1


@pytest.mark.parametrize("code", RULES)
def test_every_rule_has_a_case_or_a_reason_why_not(code: str) -> None:
    assert any(case.name.startswith(f"{code}-") for case in CASES) != (code in ELSEWHERE)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_case_shows_its_rule(case: Path) -> None:
    code = case.name.partition("-")[0]
    assert f"[{code}] " in (case / "expected.txt").read_text(encoding="utf-8")
    assert code in RULES


def main() -> None:
    """Write what check says now into every case's expected.txt."""
    for case in CASES:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "site"
            shutil.copytree(HERE / "site", root)
            lay_over(case, root)
            (case / "expected.txt").write_text(told_of(case, root), encoding="utf-8")


# ── The whole site ───────────────────────────────────────────────────────────────────────────


def edit(path: Path, old: str, new: str) -> None:
    """Replace the one occurrence of a text in a file."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


PIECE = "sources/pieces/harbour-lights.md"
OTHER = "sources/pieces/liman-isiklari.md"
OTHER = "sources/pieces/liman-isiklari.md"
AUTHOR = "sources/authors/ada-deniz.md"
CATALOGUE = "locales/tr/LC_MESSAGES/pieces/harbour-lights.po"


def places(root: Path) -> list[tuple[str, str]]:
    """Code and path of each problem that is no note."""
    found = waivers.shown(problems_of(root), verbose=False)
    return [(problem.code, problem.span.path) for problem in found]


def test_nothing_is_wrong_with_the_small_site(site: Path) -> None:
    assert told(problems_of(site)) == ""


def test_nothing_is_wrong_with_the_site_of_this_repository() -> None:
    assert told(waivers.shown(problems_of(HERE.parent), verbose=False)) == ""


def test_faults_of_many_files_are_told_at_once_in_the_order_of_their_places(site: Path) -> None:
    lay_over(HERE / "cases/S1-all-at-once", site)
    found = problems_of(site)
    assert {problem.code for problem in found} == {
        *("F2", "P1", "P4"),
        *("S1", "S2"),
        *("S12", "S5", "S6", "S7", "T1"),
    }
    assert [problem.span for problem in found] == sorted(problem.span for problem in found)


def test_a_text_is_checked_even_where_its_front_matter_cannot_be_read(site: Path) -> None:
    edit(site / AUTHOR, "language: tr", "language: xx")
    edit(site / AUTHOR, "uydurulmuştur.", "<b>uydurulmuştur</b>.")
    assert [(p.code, p.span.line) for p in problems_of(site)] == [("S1", 5), ("S6", 8), ("S6", 8)]


def test_what_leads_to_a_file_with_a_fault_is_not_wrong_too(site: Path) -> None:
    edit(site / OTHER, "date: 2026-02-01", "date: soon")
    edit(site / AUTHOR, "name: Ada Deniz", "name:")
    edit(
        site / PIECE,
        "- Keep",
        "![Light](light.png)\n\nBy [Ada](../authors/ada-deniz.md).\n\n- Keep",
    )
    (site / "sources/pieces/light.png").symlink_to(site / "pyproject.toml")
    assert places(site) == [("S1", AUTHOR), ("F1", "sources/pieces/light.png"), ("S1", OTHER)]


def test_an_image_is_looked_at_where_front_matter_cannot_be_read(site: Path) -> None:
    edit(site / PIECE, "- Keep", "![Light](light.png)\n\n- Keep")
    edit(site / PIECE, "date: 2026-03-04", "date: soon")
    (site / "sources/pieces/light.png").write_bytes(b"GIF89a")
    assert places(site) == [("S1", PIECE), ("S32", PIECE)]


def test_an_image_that_no_text_shows_does_not_matter(site: Path) -> None:
    (site / "sources/pieces/light.png").write_bytes(b"GIF89a")
    assert places(site) == []


def test_an_image_is_decoded_once_however_often_it_is_shown(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(site / PIECE, "- Keep", "![Light](light.gif.png)\n\n![Light](light.gif.png)\n\n- Keep")
    edit(site / AUTHOR, "uydurulmuştur.", "![Işık](../pieces/light.gif.png)")
    (site / "sources/pieces/light.gif.png").write_bytes(b"GIF89a")
    seen: list[bytes] = []
    look = images.look

    def counted(suffix: str, data: bytes) -> images.Fault | None:
        seen.append(data)
        return look(suffix, data)

    monkeypatch.setattr(images, "look", counted)
    found = [path for code, path in places(site) if code == "S32"]
    assert found == [AUTHOR, PIECE, PIECE]
    assert seen == [b"GIF89a"]


def test_catalogues_are_no_orphans_while_their_source_cannot_be_read(site: Path) -> None:
    edit(site / PIECE, "title: ", "titel: ")
    assert {code for code, _ in places(site)} == {"S1"}
    (site / "sources/pieces").rename(site / "pieces")
    assert {code for code, _ in places(site)} == {"P5"}
    (site / "sources/pieces").symlink_to(site / "pieces")
    assert places(site) == [("F1", "sources/pieces")]


def test_balanced_bidirectional_controls_are_fine(site: Path) -> None:
    edit(site / PIECE, "Keep the light burning.", "Keep the \u2067light\u2069 burning.")
    edit(site / CATALOGUE, 'msgid "Keep the light', 'msgid "Keep the \u2067light\u2069')
    edit(site / CATALOGUE, "Işığı", "\u2067Işığı\u2069")
    assert places(site) == []


# ── Links ────────────────────────────────────────────────────────────────────────────────────

SCRIPTS = [
    *("javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "vbscript:x"),
    *("&#106;avascript:alert(1)", "&#x6A;avascript:alert(1)", "&#0000106avascript:alert(1)"),
    *("java&Tab;script:alert(1)", "java&NewLine;script:alert(1)", "javascript&colon;alert(1)"),
    *("<javascript:alert(1)>", "<java\tscript:alert(1)>", "java\tscript:alert(1)"),
    *("data:text/html,x", "file:///etc/passwd", "//elsewhere.example", "\\/elsewhere.example"),
    *("/\\elsewhere.example", "blob:x", "view-source:x", "javascript%3Aalert(1)", "%6aavascript:x"),
]


def test_a_source_leads_to_web_pages_and_its_own_site_only(site: Path) -> None:
    lines = [f"{mark}[word]({address})" for mark in ("", "!") for address in SCRIPTS]
    edit(site / PIECE, "- Keep", "\n\n".join([*lines, "- Keep"]))
    found = [problem for problem in problems_of(site) if problem.span.path == PIECE]
    assert {problem.code for problem in found} <= {"S5", "S6"}
    assert {problem.span.line: "" for problem in found}.keys() == {
        14 + 2 * number for number in range(len(lines))
    }


def test_a_translation_leads_where_the_original_leads(site: Path) -> None:
    words = [f"See [word {number}](https://register.example)." for number in range(len(SCRIPTS))]
    edit(site / PIECE, "- Keep", "\n\n".join([*words, "- Keep"]))
    with (site / CATALOGUE).open("a", encoding="utf-8") as file:
        for source, address in zip(words, SCRIPTS, strict=True):
            quoted = address.replace("\\", "\\\\").replace("\t", "\\t")
            file.write(f'\nmsgid "{source}"\nmsgstr "Bkz. [söz]({quoted})."\n')
    found = [problem for problem in problems_of(site) if problem.severity is Severity.ERROR]
    assert [(problem.code, problem.span.path) for problem in found] == [("E3", CATALOGUE)] * len(
        words
    )
    for problem in found:
        assert "address missing: https://register.example" in problem.message
        assert line_of(site, problem).startswith('msgid "See [word')


def linked(root: Path, now: datetime.datetime = NOW) -> list[tuple[str, str, int]]:
    """What is told of links to what is not published: code, file and line."""
    return [
        (problem.code, problem.span.path, problem.span.line)
        for problem in check(load(root), now=now)
        if problem.code in ("S34", "S35") and not problem.waived
    ]


def front(root: Path, path: str, *lines: str) -> None:
    edit(root / path, "tags: [Sea]", "\n".join(["tags: [Sea]", *lines]))


LINK = "The keeper’s log"


def test_a_link_to_what_is_not_published_yet_is_told_until_the_very_moment(site: Path) -> None:
    edit(site / OTHER, "date: 2026-02-01", "date: 2026-12-01")
    front(site, OTHER, "release: 2026-12-01T09:00+03:00")
    moment = datetime.datetime(2026, 12, 1, 6, tzinfo=datetime.UTC)
    assert linked(site, moment) == []
    before = moment - datetime.timedelta(seconds=1)
    assert linked(site, before) == [("S35", PIECE, 17)]
    [problem] = [one for one in check(load(site), now=before) if one.code == "S35"]
    assert problem.message == (
        "liman-isiklari.md is not published: it is released on 1 December 2026, 09:00 (+03:00)"
    )
    assert problem.span.column == 96


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("draft: true", False),
        ("release: 2026-12-01T09:00+03:00", False),
        ("release: 2026-12-01T06:00Z", False),
        ("release: 2026-12-01T08:59+03:00", True),
    ],
)
def test_no_link_is_told_of_that_no_reader_meets(site: Path, line: str, told: bool) -> None:
    for path, day in ((PIECE, "2026-03-04"), (OTHER, "2026-02-01")):
        edit(site / path, f"date: {day}", "date: 2026-12-01")
    front(site, OTHER, "release: 2026-12-01T09:00+03:00")
    front(site, PIECE, line)
    assert bool(linked(site)) is told


def test_a_link_is_told_of_once_with_every_language_that_lacks_its_end(site: Path) -> None:
    edit(site / "pyproject.toml", '["en", "tr"]', '["en", "tr", "ru"]')
    edit(site / PIECE, "tags: [Sea]", "tags: [Sea]\npin: [ru]")
    (site / "locales/en/LC_MESSAGES/pieces/liman-isiklari.po").unlink()
    # Its own edition in Russian is not there either: its title is not translated.
    assert [(p.code, p.message) for p in check(load(site), now=NOW) if p.code == "S34"] == [
        ("S34", "liman-isiklari.md is not published in en")
    ]
    update(site, load(site))
    path = site / "locales/ru/LC_MESSAGES/pieces/harbour-lights.po"
    assert translators.fill_one(
        path, "pieces/harbour-lights", "ru", {("title", "Harbour Lights"): "Огни гавани"}
    )
    assert [p.message for p in check(load(site), now=NOW) if p.code == "S34"] == [
        "liman-isiklari.md is not published in en, ru"
    ]


@pytest.mark.parametrize(("code", "line"), [("S34", "hold: [en]"), ("S35", "draft: true")])
def test_an_editor_may_say_that_it_is_meant(site: Path, code: str, line: str) -> None:
    front(site, OTHER, line)
    assert [found for found, *_ in linked(site)] == [code]
    edit(site / PIECE, LINK, f"<!-- check-ignore: {code} it comes soon -->\n{LINK}")
    assert linked(site) == []


def test_a_biography_is_read_in_every_language_from_now_on(site: Path) -> None:
    front(site, OTHER, "hold: [en]")
    author = "sources/authors/ada-deniz.md"
    with (site / author).open("a", encoding="utf-8") as file:
        file.write("\nSee [this](../pieces/liman-isiklari.md).\n")
    assert [path for _, path, _ in linked(site)] == [author, PIECE]
    edit(site / OTHER, "hold: [en]", "draft: true")
    assert next(found for found in linked(site) if found[1] == author)[0] == "S35"


def test_a_former_slug_is_no_address_for_links_and_the_new_one_is_named(site: Path) -> None:
    front(site, OTHER, "former_slugs: [fener]")
    edit(site / PIECE, "(liman-isiklari.md)", "(fener.md)")
    [problem] = [one for one in problems_of(site) if one.code == "S5"]
    assert (
        problem.hint
        == "readers would find nothing there: the piece is called liman-isiklari.md now"
    )


# ── Translations ─────────────────────────────────────────────────────────────────────────────


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30
)
@given(words=st.text(st.characters(codec="utf-8"), min_size=1))
def test_whatever_a_translator_writes_holds_back_a_passage_at_most(site: Path, words: str) -> None:
    loaded = load(site)
    catalogues = tuple(
        dataclasses.replace(
            one, entries=tuple(dataclasses.replace(e, translation=words) for e in one.entries)
        )
        for one in loaded.site.catalogues
    )
    found = check(Loaded(dataclasses.replace(loaded.site, catalogues=catalogues), ()))
    assert stopping(found) == ()
    for problem in found:
        assert RULES[problem.code].stops is not Stops.BUILD
        assert problem.hint
        assert problem.span.line > 1


def test_a_mark_may_go_where_its_passage_is_in_the_language_of_the_translation(site: Path) -> None:
    text = (site / CATALOGUE).read_text(encoding="utf-8")
    assert 'msgstr "Bkz. “Fener Defteri”, 1903."' in text
    edit(site / CATALOGUE, "Bkz. “Fener Defteri”", "Bkz. [“Fener Defteri”]{lang=tr}")
    assert places(site) == []


def test_what_is_not_confirmed_is_not_checked(site: Path) -> None:
    edit(site / CATALOGUE, '[^1] Bkz. "', 'Bkz. "')
    assert places(site) == [("E2", CATALOGUE)]
    edit(site / CATALOGUE, 'msgid ""\n"A lighthouse', '#, fuzzy\nmsgid ""\n"A lighthouse')
    assert places(site) == []


# ── Interface ────────────────────────────────────────────────────────────────────────────────


def test_a_language_that_the_package_does_not_speak_is_told(site: Path) -> None:
    edit(site / "pyproject.toml", '"tr"]', '"tr", "de"]')
    (problem,) = [p for p in problems_of(site) if p.code == "T2"]
    assert problem.span == Span("locales/de/LC_MESSAGES/interface.po")
    assert re.fullmatch(r"the interface has no de for \d+ messages: “.+” …", problem.message)
    assert problem.hint == "run publish update and translate this catalogue"


def test_the_hint_about_a_new_language_leads_to_a_site_without_faults(site: Path) -> None:
    edit(site / "pyproject.toml", '"tr"]', '"tr", "de"]')
    update(site, load(site))
    path = site / "locales/de/LC_MESSAGES/interface.po"
    empty = translators.load(path, "interface", "de")
    entries = tuple(
        dataclasses.replace(
            entry,
            translation=entry.key[1],
            plurals=(entry.key[1], entry.plural) if entry.plural else (),
        )
        for entry in empty.entries
    )
    full = dataclasses.replace(empty, entries=entries)
    path.write_text(catalogue.dump(full), encoding="utf-8")
    assert places(site) == []


def test_a_sites_own_words_stand_over_the_packaged_ones_unless_fuzzy(site: Path) -> None:
    read = load(site).site
    (theme,) = read.theme_catalogues
    key = theme.entries[0].key
    packaged = interface(read)["tr"][key]
    for flags, expected in (((), ("Bizim",)), (("fuzzy",), packaged)):
        own = dataclasses.replace(theme, entries=(Entry(key, "Bizim", flags=flags),))
        assert interface(dataclasses.replace(read, catalogues=(own,)))["tr"][key] == expected


def test_a_form_that_is_not_translated_leaves_the_packaged_words(site: Path) -> None:
    read = load(site).site
    (theme,) = read.theme_catalogues
    key, packaged = next((e.key, e.plurals) for e in theme.entries if e.plural)
    half = Entry(key, "bir", plural="x", plurals=("bir", ""))
    own = dataclasses.replace(theme, entries=(half,))
    assert interface(dataclasses.replace(read, catalogues=(own,)))["tr"][key] == packaged
    assert len(packaged) == locales.plural_forms(locales.parse("tr"))[0]


# ── Before anything is written ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "name", ["../x", "../../pyproject", "harbour-light", "", "Harbour-Lights", "."]
)
def test_update_knows_pieces_by_their_slug_and_nothing_else(site: Path, name: str) -> None:
    before = {path: path.read_bytes() for path in site.rglob("*") if path.is_file()}
    with pytest.raises(PublishError) as caught:
        update(site, load(site), [name])
    assert [p.message for p in caught.value.problems] == [f"there is no piece “{name}”"]
    assert {path: path.read_bytes() for path in site.rglob("*") if path.is_file()} == before


STOPPED = [
    case
    for case in CASES
    # No translation is lost by what is wrong with an image or with a former address.
    if case.name[0] in "FSP"
    and not case.name.startswith(("S32", "S33"))
    and re.search(r": error\[", (case / "expected.txt").read_text("utf-8"))
]


@pytest.mark.parametrize("case", STOPPED, ids=lambda case: case.name)
def test_no_catalogue_is_touched_while_a_source_or_catalogue_has_a_fault(
    site: Path, case: Path
) -> None:
    lay_over(case, site)
    before = {path: path.lstat().st_mtime_ns for path in site.rglob("*")}
    with pytest.raises(PublishError):
        update(site, load(site))
    assert {path: path.lstat().st_mtime_ns for path in site.rglob("*")} == before


if __name__ == "__main__":
    main()


def test_a_language_that_no_font_can_write_is_told_once(site: Path) -> None:
    edit(site / "pyproject.toml", '["en", "tr"]', '["en", "tr", "zh"]')
    path = site / "sources/pieces/harbour-lights.md"
    text = path.read_text(encoding="utf-8")
    (site / "sources/pieces/deng-ta.md").write_text(
        text.replace("language: en", "language: zh")
        .replace("Harbour Lights", "灯塔")
        .replace("A lighthouse serves", "灯塔为每一艘船服务"),
        encoding="utf-8",
    )
    told = [problem for problem in check(load(site)) if problem.code in ("B5", "E13")]
    assert [(problem.span.path, problem.message) for problem in told] == [
        ("pyproject.toml", "the fonts of the PDFs have no letters of zh")
    ]


def test_a_full_address_of_the_site_itself_is_told(site: Path) -> None:
    file = site / "sources/pieces/harbour-lights.md"
    text = file.read_text(encoding="utf-8")
    addresses = "<https://harbour.example/en/x/> <https://harbour.example.org/>"
    file.write_text(f"{text}\n{addresses}\n", encoding="utf-8")
    [fault] = [one for one in check(load(site)) if one.code == "S34"]
    assert fault.message.startswith("https://harbour.example/en/x/ is of this site")
    assert fault.span.line == text.count("\n") + 2
