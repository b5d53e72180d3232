"""Tags that say what validators do not ask for."""

from __future__ import annotations

import dataclasses
from typing import Any

import pikepdf
import pytest

from publish import pdf

from .conftest import PERSIAN, Made
from .pdfs import FOOT, NOTE, PAGES, Tag, artifacts, dictionaries, job, opened, small, tags, tree
from .test_pdf import grey


def shape(tag: Tag) -> str:
    """An element as one line: `L(LI(Lbl LBody))`; texts are left out."""
    kids = " ".join(shape(kid) for kid in tag.kids if kid.kind != "Span" or kid.own or kid.kids)
    return f"{tag.kind}({kids})" if kids else tag.kind


@pytest.fixture(scope="module")
def english(made: dict[str, Made]) -> Tag:
    return tree(made["harbour-lights, en"].pdf)


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


def test_a_picture_has_its_words_in_their_language() -> None:
    body = '<p lang="tr"><img src="a.png" alt="Bir fener"></p>'
    made = pdf.render(job(body, a_png=grey()))
    [figure] = tree(made).all("Figure")
    assert (figure.alt, figure.language) == ("Bir fener", "tr")


def test_headings_descend_one_level_at_a_time() -> None:
    body = "<h1>A</h1><h4>B</h4><h5>C</h5><h2>D</h2><h6>E</h6><h1>F</h1><h3>G</h3>"
    assert shape(small(body)) == "Document(H1 H2 H3 H2 H3 H1 H2)"


def test_what_is_parted_inside_a_heading_is_no_heading_and_an_empty_one_is_none() -> None:
    body = '<h1>A <span style="display: block">b</span></h1><h2></h2><p>C</p>'
    found = small(body)
    assert [tag.kind for tag in found.kids] == ["H1", "P"]
    assert list(next(found.all("H1")).all("H1")) == []


def test_a_table_that_runs_on_is_one_table_and_its_header_is_read_once() -> None:
    rows = "".join(f"<tr><td>{n}</td><td>b</td></tr>" for n in range(60))
    body = f"<table><thead><tr><th>One</th><th>Two</th></tr></thead><tbody>{rows}</tbody></table>"
    made = pdf.render(job(body, PAGES))
    assert made.problems == ()
    assert made.pages > 2
    [table] = tree(made).all("Table")
    assert [kid.kind for kid in table.kids] == ["THead", "TBody"]
    assert len(list(table.all("TR"))) == 61
    assert table.text.count("One") == 1
    with opened(made.content) as document:
        assert all("One" in artifacts(page) for page in list(document.pages)[1:])
        names, named = set(), set()
        for each in dictionaries(document):
            if each.get("/S") == "/TH":
                names.add(str(each["/ID"]))
            elif each.get("/S") == "/TD":
                named |= {str(name) for name in each["/A"]["/Headers"]}
    assert len(names) == 2
    assert named == names


def test_notes_of_items_come_before_those_of_the_list_inside() -> None:
    note = '<span class="footnote">{}</span>'
    body = f"<ul><li>a{note.format('x')}<ul><li>b{note.format('y')}</li></ul></li></ul>"
    found = small(body, FOOT + "ul { list-style-type: disc }")
    assert [tag.text for tag in found.all("Note")] == ["1. x", "2. y"]
    assert shape(found).index("Note") < shape(found).index("L(", 20)


def test_a_mark_that_stands_again_leads_to_its_note() -> None:
    again = '<sup class="note-mark"><a href="#note-1">1</a></sup>'
    found = small(f"<p>One{NOTE}</p><p>Two{again}</p>", FOOT)
    _, second = found.all("Reference")
    assert second.text == "1"
    assert [link.leads for link in second.all("Link")] == [["note-1"]]


def test_text_from_right_to_left_says_how_it_is_read() -> None:
    words = "این متن فارسی است"
    found = small(f'<p>See <span lang="fa" dir="rtl">{words}</span> here.</p>')
    assert next(found.all("P")).text == f"See {words} here."
    whole = job(f"<p>{words * 9}</p>")
    whole = dataclasses.replace(whole, html=whole.html.replace('lang="en"', 'lang="fa" dir="rtl"'))
    made = pdf.render(whole)
    assert tree(made).text == words * 9


def test_a_row_that_a_page_break_parts_is_one_row_of_whole_cells() -> None:
    left, right = (" ".join(f"{side}{n}" for n in range(90)) for side in "lr")
    row = f"<tr><td>{left}</td><td>{right}</td></tr>"
    body = f"<table><thead><tr><th>One</th><th>Two</th></tr></thead><tbody>{row}</tbody></table>"
    made = pdf.render(job(f"<p>{'Line.<br>' * 2}</p>{body}", PAGES))
    assert [problem.code for problem in made.problems] == ["B6"]
    assert "longer than a page: “l0" in made.problems[0].message
    [table] = tree(made).all("Table")
    assert [kid.kind for kid in table.kids] == ["THead", "TBody"]
    head, cells = table.all("TR")
    assert [cell.text for cell in cells.kids] == [left, right]
    assert [cell.kind for cell in head.kids] == ["TH", "TH"]


def test_a_link_that_is_an_image_says_what_it_shows() -> None:
    lamp = '<a href="https://a.example/"><img src="a.png" alt="A lamp">{}</a>'
    body = f"<p>{lamp.format('')}</p><p>{lamp.format(' and words')}</p>"
    found = tree(pdf.render(job(body, a_png=grey())))
    assert [(tag.alt, tag.text) for tag in found.all("Link")] == [
        ("A lamp", ""),
        ("", " and words"),
    ]


def test_a_link_that_a_page_break_parts_is_one_link_with_all_its_words() -> None:
    words = " ".join(f"word{n}" for n in range(60))
    made = pdf.render(job(f'<p><a href="https://a.example/">{words}</a></p>', PAGES))
    assert made.pages > 1
    [link] = tree(made).all("Link")
    assert link.text == words
