"""What the engine keeps private: refused where it is another, and used to draw what is read."""

from __future__ import annotations

import inspect
import io
import re
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
import weasyprint
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont
from weasyprint.pdf import tags as weasyprint_tags

from publish import boxes, fonts, pdf

from .conftest import Made
from .pdfs import FOOT, NOTE, PAGES, artifacts, job, opened, small, tags, text

# ── The private names ────────────────────────────────────────────────────────────────────────


def test_the_release_at_hand_is_the_one_that_is_known() -> None:
    boxes.install()
    boxes.install()
    assert weasyprint.__version__.startswith(boxes.RELEASE)


def _other(box: Any, parent: Any, pdf: Any) -> None:
    """What the function might take in another release."""


@pytest.mark.parametrize(
    ("version", "names", "told"),
    [
        ("71.0", {}, "its version is 71.0"),
        ("70.1", {"_build_box_tree": _other}, "_build_box_tree takes box, parent, pdf"),
        ("70.0", {"Stream.marked": None}, "Stream.marked is not there"),
    ],
)
def test_another_release_is_refused_with_what_differs(
    version: str, names: dict[str, Callable[..., Any] | None], told: str
) -> None:
    with pytest.raises(RuntimeError, match=told):
        boxes.verify(version, names)


def test_a_known_release_is_not_refused() -> None:
    boxes.verify("70.3", {})


def test_what_is_installed_takes_what_the_engine_hands_it() -> None:
    # Names may differ inside the wrapper; their number may not.
    boxes.install()
    taken = inspect.signature(weasyprint_tags._build_box_tree).parameters
    assert len(taken) == len(boxes._PARAMETERS["_build_box_tree"])


# ── What is drawn ────────────────────────────────────────────────────────────────────────────


def test_running_heads_and_page_numbers_are_artifacts(made: dict[str, Made]) -> None:
    found = pdf.render(job(f"<p>{'word ' * 120}</p>", PAGES))
    with opened(found.content) as document:
        assert len(document.pages) > 2
        for page in document.pages:
            assert artifacts(page) == "HEAD"
        assert "HEAD" not in tags(document).text
    with opened(made["harbour-lights, en"].pdf.content) as document:
        assert artifacts(document.pages[0]) == "1"


def test_shared_glyphs_are_copied_as_the_usual_character() -> None:
    made = pdf.render(job("<p>first\u00a0‐ then - and \u202f- https://a-b.example/</p>"))
    copied = text(made.content)
    assert "https://a-b.example/" in copied
    assert not set(copied) & set("\u00a0\u202f\u2010")


PROSE = (
    "The keeper <em>wrote down</em> every extraordinary ship that passed, "
    '<a href="https://a.example/">and the hour of the unforgettable night</a> in Berlin-Mitte, '
    "<strong>notwithstanding</strong> the wind; congratulations <em>followed</em>."
)


@pytest.mark.parametrize("width", range(22, 60, 3))
def test_words_are_whole_and_apart_where_lines_end(width: int) -> None:
    style = "p { hyphens: auto; text-align: justify }"
    body = f'<p>One two.</p><p lang="en-US" style="width: {width}mm">{PROSE}</p>'
    words = re.sub("<.*?>", "", PROSE)
    text = list(small(body, style).all("P"))[1].text
    assert text.replace("\u00ad", "") == words
    assert "Berlin-Mitte" in text.replace("\u00ad", "")


def test_hyphens_of_hyphenation_are_soft_and_others_are_not() -> None:
    narrow = 'lang="en-US" style="width: 20mm; hyphens: auto"'
    found = small(f"<p>One two.</p><p {narrow}>notwithstanding Berlin-Mitte</p>")
    text = list(found.all("P"))[1].text
    assert "\u00ad" in text
    assert text.replace("\u00ad", "") == "notwithstanding Berlin-Mitte"


def test_an_address_that_a_line_end_parts_has_no_space_in_it() -> None:
    address = "https://a.example/" + "abc/" * 12
    body = f'<p style="width: 30mm; overflow-wrap: anywhere">See {address} now</p>'
    assert f"See {address} now" in small(body).text


def test_a_hyphen_that_does_not_break_is_set_with_the_fonts_at_hand() -> None:
    made = pdf.render(job('<p style="width: 12mm">Kars\u2011Akhalkalaki</p>'))
    assert made.problems == ()
    assert "Kars-Akhalkalaki" in text(made.content)


def test_where_notes_stand_is_told() -> None:
    engine = pdf._engine()
    body = f"<p>One{NOTE}</p><p style='break-before: page'>Two{NOTE}</p>"
    document, _ = engine.document(job(body, FOOT))
    assert boxes.notes(document) == (
        boxes.Placed(1, 1, 1, 1, "A note."),
        boxes.Placed(2, 2, 2, 2, "A note."),
    )


# ── Fonts ────────────────────────────────────────────────────────────────────────────────────


def variable() -> TTFont:
    """The roman with three letters and a space, the places of all other glyphs left empty."""
    [path] = [face.path for face in fonts.faces() if face.path.name.startswith("SourceSerif4[")]
    options = subset.Options(retain_gids=True, notdef_outline=True, drop_tables=["GSUB", "GPOS"])
    cutter = subset.Subsetter(options)
    cutter.populate(text="aİж ")
    font = TTFont(path)
    cutter.subset(font)
    file = io.BytesIO()
    font.save(file)
    return TTFont(io.BytesIO(file.getvalue()))


@pytest.mark.parametrize("place", [{"wght": 400, "opsz": 10.6}, {"wght": 600, "opsz": 25}])
def test_harfbuzz_makes_the_letters_that_fonttools_makes(place: dict[str, float]) -> None:
    boxes.install()
    made = io.BytesIO()
    boxes._cut_by_harfbuzz(instantiateVariableFont)(variable(), place).save(made)
    ours, theirs = TTFont(made), instantiateVariableFont(variable(), place, static=True)
    assert "fvar" not in ours
    names = [theirs.getBestCmap()[ord(char)] for char in "aİж "]
    for name in names:
        assert ours["hmtx"][name][0] == theirs["hmtx"][name][0]
        for one, other in zip(
            ours["glyf"][name].getCoordinates(ours["glyf"])[0],
            theirs["glyf"][name].getCoordinates(theirs["glyf"])[0],
            strict=True,
        ):
            assert abs(one[0] - other[0]) <= 1
            assert abs(one[1] - other[1]) <= 1
    assert ours["glyf"][names[0]].numberOfContours > 0


def test_without_that_harfbuzz_fonttools_makes_the_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("weasyprint.text.ffi.harfbuzz_subset", None)
    assert boxes._cut_by_harfbuzz(instantiateVariableFont) is instantiateVariableFont


def test_no_feature_of_a_font_is_used_twice() -> None:
    features = boxes.Unshared()
    assert [features.setdefault("onum", value) for value in ("one", "two")] == ["one", "two"]
    assert isinstance(pdf._engine()._fonts.font_features, boxes.Unshared)


def test_other_configurations_are_left_as_they_are() -> None:
    boxes.install()
    style = weasyprint.CSS(string="p { font-variant-numeric: oldstyle-nums }")
    for _ in range(3):
        html = weasyprint.HTML(string="<html lang=en><title>T</title><p>1 2 3</p>" * 2)
        assert html.write_pdf(stylesheets=[style]).startswith(b"%PDF")


# ── What runs off the page ───────────────────────────────────────────────────────────────────

SHEET = "@page { size: 80mm 60mm; margin: 8mm } body, p { margin: 0 }"


def codes(body: str, style: str = "") -> list[str]:
    return [problem.code for problem in pdf.render(job(body, SHEET + style)).problems]


def test_a_word_that_runs_off_the_paper_is_told() -> None:
    word = "W" * 200
    [problem] = pdf.render(job(f"<p>{word}</p>", SHEET)).problems
    assert problem.code == "B6"
    assert "text runs off page 1: “WWW" in problem.message
    assert codes(f"<p>{word}</p>", "p { overflow-wrap: break-word }") == []


def test_a_table_that_is_too_wide_breaks_its_words_and_others_do_not() -> None:
    cells = "".join(f"<td>extraordinary{n}</td>" for n in range(9))
    assert codes(f"<table><tr>{cells}</tr></table>") == []
    body = "<table><tr><td>extraordinary</td><td>words</td></tr></table>"
    [row] = small(body, SHEET).all("TR")
    assert [cell.text for cell in row.kids] == ["extraordinary", "words"]


def test_a_note_that_is_longer_than_a_page_is_told_by_its_number() -> None:
    note = f'<span class="footnote">{"A long note. " * 200}</span>'
    body = f"<p>One{NOTE}</p><p>Two{note}</p>"
    told = [p for p in pdf.render(job(body, SHEET + FOOT)).problems if p.code == "B6"]
    assert any("note 2 (“A long note." in p.message for p in told)


def test_a_table_longer_than_a_page_begins_where_it_stands() -> None:
    rows = "".join(f"<tr><td>row {n}</td></tr>" for n in range(60))
    style = "table { break-inside: avoid }"
    [table] = small(f"<p>Before</p><table>{rows}</table>", SHEET + style).all("Table")
    assert table.page == 1
    short = "<tr><td>row</td></tr>" * 4
    found = small(f"<p>{'Line.<br>' * 7}</p><table>{short}</table>", SHEET + style)
    assert next(found.all("Table")).page == 2


def test_spaces_between_elements_are_drawn() -> None:
    link = '<a href="https://x.example/">four</a>'
    body = f"<p>one <em>two</em> <strong>three</strong> {link} <em>five</em></p>"
    assert next(small(body).all("P")).text == "one two three four five"
    copied = text(pdf.render(job(body)).content)
    assert copied == "one two three four five"


def test_the_space_at_a_line_s_end_is_of_the_line_s_own_font() -> None:
    body = f'<p>One two.</p><p style="width: 30mm"><strong>{"word " * 20}</strong></p>'
    with opened(pdf.render(job(body)).content) as document:
        inside, switches = False, []
        for instruction in pikepdf.parse_content_stream(document.pages[0]):
            name = str(instruction.operator)
            if name in ("BT", "ET"):
                inside = name == "BT"
                switches += [0] if inside else []
            elif name == "Tf" and inside:
                switches[-1] += 1
    assert len(switches) > 3
    assert set(switches) == {1}
