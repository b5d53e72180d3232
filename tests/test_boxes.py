"""Tags that say what validators do not ask for, and the private names that they rest on."""

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
from publish.model import Pdf

from .conftest import PERSIAN, Made
from .pdfs import Tag, artifacts, job, opened, tags, text


def tree(made: Pdf) -> Tag:
    with opened(made.content) as document:
        return tags(document)


def small(body: str, style: str = "") -> Tag:
    made = pdf.render(job(body, style))
    assert [str(problem) for problem in made.problems] == []
    return tree(made)


def shape(tag: Tag) -> str:
    """An element as one line: `L(LI(Lbl LBody))`; texts are left out."""
    kids = " ".join(shape(kid) for kid in tag.kids if kid.kind != "Span" or kid.own or kid.kids)
    return f"{tag.kind}({kids})" if kids else tag.kind


@pytest.fixture(scope="module")
def english(made: dict[str, Made]) -> Tag:
    return tree(made["harbour-lights, en"].pdf)


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


# ── What each tag says ───────────────────────────────────────────────────────────────────────


def test_a_passage_in_another_language_says_which(english: Tag) -> None:
    said = {(tag.kind, tag.own) for tag in english.all() if tag.own}
    assert {("Link", "tr"), ("Span", "fa"), ("Span", "tr")} <= said
    [persian] = [tag for tag in english.all() if tag.own == "fa"]
    assert sorted(persian.text) == sorted(PERSIAN)
    [bio] = [tag for tag in english.all("Sect") if tag.own == "tr"]
    assert "Ada Deniz, deniz hukuku" in bio.text.replace("\u2010", "")


def test_a_language_inside_another_is_said_where_it_changes() -> None:
    body = '<div lang="tr"><p>Bir <span lang="en">one</span> <em>iki</em></p></div><p>Two</p>'
    found = small(body)
    assert [(tag.kind, tag.own) for tag in found.all() if tag.own] == [
        ("Div", "tr"),
        ("Span", "en"),
    ]
    assert {tag.language for tag in found.all() if tag.text.strip() == "iki"} == {"tr"}


def test_a_note_stands_behind_the_paragraph_that_calls_it(english: Tag) -> None:
    notes = list(english.all("Note"))
    assert [note.text for note in notes] == [
        "1. Rules for lights, 1889.",
        "2. See “Fener Defteri”, 1903.",
    ]
    assert len({note.name for note in notes if note.name}) == 2
    for note in notes:
        assert note.parent is not None
        before = note.parent.kids[note.parent.kids.index(note) - 1]
        assert before.kind == "P"
        [reference] = before.all("Reference")
        assert reference.text + "." == note.text.split()[0]
        assert next(tag.kind for tag in note.kids) == "Lbl"


def test_a_mark_leads_to_its_note_and_the_note_back(made: dict[str, Made]) -> None:
    with opened(made["harbour-lights, en"].pdf.content) as document:
        found = tags(document)
        names = document.Root["/Names"]["/Dests"]["/Names"]
        known = {str(name) for name in names[::2]}
    for number, (reference, note) in enumerate(
        zip(found.all("Reference"), found.all("Note"), strict=True), start=1
    ):
        assert next(reference.all("Link")).leads == [f"note-{number}"]
        assert next(note.all("Link")).leads == [f"mark-{number}"]
        assert {f"note-{number}", f"mark-{number}"} <= known


NOTE = '<span class="footnote">A note.</span>'
FOOT = ".footnote { float: footnote }"


@pytest.mark.parametrize(
    ("body", "shaped"),
    [
        (f"<p>One{NOTE}</p><p>Two</p>", "P(Reference(Link)) Note(Lbl(Link)) P"),
        (f"<h1>One{NOTE}</h1><p>Two</p>", "H1(Reference(Link)) Note(Lbl(Link)) P"),
        (
            f"<p>One{NOTE} two{NOTE}</p>",
            "P(Reference(Link) Reference(Link)) Note(Lbl(Link)) Note(Lbl(Link))",
        ),
        (f"<ul><li>One{NOTE}</ul>", "L(LI(Lbl LBody(Reference(Link) Note(Lbl(Link)))))"),
        (
            f"<ul><li><p>One{NOTE}</p></ul>",
            "L(LI(Lbl LBody(P(Reference(Link)) Note(Lbl(Link)))))",
        ),
    ],
)
def test_notes_stand_where_they_are_called(body: str, shaped: str) -> None:
    assert shape(small(body, FOOT)) == f"Document({shaped})"


def test_list_items_have_one_body_and_lists_inside_stand_there() -> None:
    body = "<ul><li><p>One</p><p>two</p><ol><li>three</li></ol></li><li>four</li></ul>"
    assert shape(small(body)) == "Document(L(LI(Lbl LBody(P P L(LI(Lbl LBody)))) LI(Lbl LBody)))"
    tight = "<ul><li>One<ul><li>two</li></ul></li></ul>"
    assert (
        shape(small(tight, "ul { list-style-type: disc }"))
        == "Document(L(LI(Lbl LBody(L(LI(Lbl LBody))))))"
    )


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        ("<em>one</em>", "one"),
        ("one <strong>two</strong> three", "one two three"),
        ("<sup>1</sup>", "1"),
    ],
)
def test_a_link_holds_all_of_its_words_and_is_one(inside: str, words: str) -> None:
    found = small(f'<p>See <a href="https://a.example/">{inside}</a>.</p>')
    [link] = found.all("Link")
    assert (link.text, link.leads) == (words, ["https://a.example/"])


def test_a_link_that_a_line_break_parts_is_one_link() -> None:
    body = f'<p style="width: 30mm"><a href="https://a.example/">{"word " * 12}</a></p>'
    [link] = small(body).all("Link")
    assert link.leads[1:] == link.leads[:-1] != []
    assert link.text.replace(" ", "") == "word" * 12


PAGES = "@page { size: 60mm 40mm; margin: 8mm; @top-left { content: 'HEAD' } } p { margin: 0 }"


def test_a_paragraph_that_page_breaks_part_is_one_paragraph() -> None:
    body = f"<article><p>{'word ' * 120}</p><p>end</p></article>"
    found = small(body, PAGES)
    assert shape(found) == "Document(Art(P P))"
    assert next(found.all("P")).text.count("word") == 120
    assert max(tag.page for tag in found.all()) > 2


def test_a_list_and_a_note_that_page_breaks_part_are_one() -> None:
    body = f"<ul><li>{'word ' * 60}</li><li>end</li></ul>"
    assert shape(small(body, PAGES)) == "Document(L(LI(Lbl LBody) LI(Lbl LBody)))"


def test_two_paragraphs_alike_stay_two_also_where_a_page_ends_between_them() -> None:
    body = "<p>word</p><p style='break-before: page'>word</p>"
    assert shape(small(body, PAGES)) == "Document(P P)"


def test_the_way_back_from_content_ends_in_the_tree() -> None:
    body = f"<p>{'word ' * 120}</p><p><a href='https://a.example/'>{'word ' * 30}</a></p>"
    made = pdf.render(job(body, PAGES))
    with opened(made.content) as document:
        root = document.Root["/StructTreeRoot"]
        reached = set()

        def walk(element: Any) -> None:
            reached.add(element.objgen)
            for kid in element["/K"]:
                if not isinstance(kid, int) and kid.get("/Type") == "/StructElem":
                    assert kid["/P"].objgen == element.objgen
                    walk(kid)

        walk(root["/K"][0])
        for value in list(root["/ParentTree"]["/Nums"])[1::2]:
            owners = list(value) if isinstance(value, pikepdf.Array) else [value]
            for owner in owners:
                assert owner.objgen in reached


def test_running_heads_and_page_numbers_are_artifacts(made: dict[str, Made]) -> None:
    found = pdf.render(job(f"<p>{'word ' * 120}</p>", PAGES))
    with opened(found.content) as document:
        assert len(document.pages) > 2
        for page in document.pages:
            assert artifacts(page) == "HEAD"
        assert "HEAD" not in tags(document).text
    with opened(made["harbour-lights, en"].pdf.content) as document:
        assert artifacts(document.pages[0]) == "1"


def test_a_picture_has_its_words_in_their_language() -> None:
    from .test_pdf import grey

    body = '<p lang="tr"><img src="a.png" alt="Bir fener"></p>'
    made = pdf.render(job(body, a_png=grey()))
    [figure] = tree(made).all("Figure")
    assert (figure.alt, figure.language) == ("Bir fener", "tr")


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
    assert boxes.notes(document) == (boxes.Placed(1, 1, 1, 1), boxes.Placed(2, 2, 2, 2))


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
