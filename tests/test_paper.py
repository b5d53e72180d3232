"""The look of paper: what `print.css` promises, in PDFs of pages that were made for it."""

from __future__ import annotations

import contextlib
import io
import re
import struct
import zlib
from collections import Counter
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from publish import pdf
from publish.pdf import Job

CSS = Path(__file__).parents[1] / "templates/print.css"
WORDS = "The harbour keeps its light through the winter and counts the ships at night. "
LETTER = (612, 792)
A4 = (595, 842)


def printed(
    body: str,
    size: str = "A4",
    opening: str = "",
    images: dict[str, bytes] | None = None,
    direction: str = "ltr",
    rail: str = "",
    language: str = "en",
) -> bytes:
    """The PDF of a print page with a text in it."""
    html = (
        f'<!doctype html><html lang="{language}" dir="{direction}"><head><title>Lights</title>'
        f"<style>@page {{ size: {size} }}</style></head><body>{opening}<main>"
        '<article data-date="4 March"><header class="opening"><h1 data-short="Lights">Lights</h1>'
        f'</header><div class="columns">{rail}<div class="text">{body}</div></div></article></main>'
    )
    job = Job(
        html=html,
        stylesheet=CSS.read_text(encoding="utf-8"),
        stylesheet_path=CSS.name,
        images=images or {},
        source="a.md",
        edition="a, en",
        epoch=0,
    )
    made = pdf.render(job)
    assert made.problems == ()
    return made.content


def lines(content: bytes) -> list[list[tuple[str, float, float]]]:
    """Each page's lines from top to bottom: text, left end, right end, in points."""
    document = pypdfium2.PdfDocument(content)
    pages = []
    try:
        for page in document:
            words = page.get_textpage()
            found: dict[int, list[tuple[float, float, str]]] = {}
            for index in range(words.count_chars()):
                char = words.get_text_range(index, 1)
                if char.strip():
                    left, bottom, right, _ = words.get_charbox(index, loose=True)
                    found.setdefault(round(bottom), []).append((left, right, char))
            words.close()
            page.close()
            pages.append(
                [
                    ("".join(c for *_, c in row), min(r[0] for r in row), max(r[1] for r in row))
                    for _, row in sorted(found.items(), reverse=True)
                ]
            )
    finally:
        document.close()
    return pages


@pytest.mark.parametrize(("size", "points"), [("A4", A4), ("Letter", LETTER)])
def test_the_measure_is_the_same_on_every_paper(size: str, points: tuple[int, int]) -> None:
    content = printed(f"<p>{WORDS * 30}</p>", size)
    with pikepdf.open(io.BytesIO(content)) as document:
        _, _, width, height = (round(float(n)) for n in document.pages[0].MediaBox)
    assert (width, height) == points
    body = [line for line in lines(content)[0] if len(line[0]) > 45]
    left, right = min(line[1] for line in body), max(line[2] for line in body)
    assert 340 < right - left < 355
    letters = len(WORDS.replace(" ", ""))
    counts = sorted(len(text) * len(WORDS) // letters for text, *_ in body)
    assert 60 <= counts[len(counts) // 2] <= 70


def test_all_of_a_text_is_set_in_few_fonts() -> None:
    note = '\u2060<span class="footnote">A <em>note</em>.</span>'
    content = printed(
        f"<h2>Head</h2><p>Text <em>in italics</em>, <strong>bold</strong>.{note}</p><h3>Deep</h3>"
        "<table><tr><th>A</th><td>b</td></tr></table><ol><li>Item</li></ol>"
        '<p class="stale">Old.<br><span class="notice">Changed</span></p>',
        opening='<header class="masthead"><p class="site-title" data-short="S">S</p>'
        '<p class="kicker">K</p></header><p class="standfirst">Words</p>',
    )
    with pikepdf.open(io.BytesIO(content)) as document:
        found = [o for o in document.objects if isinstance(o, pikepdf.Dictionary)]
        assert sum(each.get("/Type") == "/FontDescriptor" for each in found) <= 9


def test_pictures_are_not_smoothed() -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\x00\x80"))
    content = printed(
        '<figure><img src="a.png" alt="Grey"></figure>', images={"a.png": png + chunk(b"IEND", b"")}
    )
    with pikepdf.open(io.BytesIO(content)) as document:
        images = [o for o in document.objects if isinstance(o, pikepdf.Stream)]
        smoothed = [
            bool(each.get("/Interpolate", False))
            for each in images
            if each.get("/Subtype") == "/Image"
        ]
    assert smoothed
    assert not any(smoothed)


def test_long_names_of_publisher_and_series_do_not_touch() -> None:
    site, series = "it " * 80, "Notes " * 40
    content = printed(
        "<p>Text.</p>",
        opening=f'<header class="masthead"><p class="site-title" data-short="S">{site}</p>'
        f'<p class="kicker">{series}</p></header>',
    )
    document = pypdfium2.PdfDocument(content)
    words = document[0].get_textpage()
    search = words.search("Notes")
    starts = []
    while place := search.get_next():
        starts.append(words.get_charbox(place[0], loose=True)[0])
    text = words.get_text_bounded(right=min(starts) - 25)
    words.close()
    document.close()
    assert "Notes" not in text
    assert text.split().count("it") == 80


@pytest.mark.parametrize("above", [22, 23, 24, 25, 33, 34, 35, 36])
def test_no_notice_is_parted_from_its_passage(above: int) -> None:
    filled = "<br>".join(["Line"] * above)
    page = printed(
        f'<p>{filled}</p><p class="notice">Open</p><h2 class="untranslated" lang="tr">Ev</h2>'
        f'<p class="untranslated" lang="tr">{"Uzun bir metin. " * 12}</p>'
        f'<p class="stale">{"Old words. " * 14}<br><span class="notice">Changed</span></p>'
        f'<h3 class="stale">Head</h3><p class="notice">New</p><p>{WORDS * 3}</p>'
    )
    for number, rows in enumerate(lines(page)):
        texts = [text for text, *_ in rows if text.strip("0123456789")]
        texts = [text for text in texts if text not in ("Lights", "·4March")]
        if texts:
            assert texts[-1] not in ("Open", "Ev", "Head", "New"), number
            assert texts[0] not in ("Changed", "New"), number


def test_an_address_breaks_without_a_hyphen() -> None:
    address = "https://register.example/" + "navigation_information_" * 8
    broken = {
        kind: [text for text, *_ in lines(printed(f"<p>See <a{kind}>{address}</a></p>"))[0]]
        for kind in ("", ' class="address"')
    }
    hyphens = {
        kind: sum(line.endswith(("-", "‐", "\ufffe", "\u00ad", "\x02")) for line in found)
        for kind, found in broken.items()
    }
    assert hyphens[' class="address"'] == 0 < hyphens[""]


def box(content: bytes, words: str, number: int = 0) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of some words on a page, the first, in points."""
    document = pypdfium2.PdfDocument(content)
    page = document[number].get_textpage()
    place = page.search(words).get_next()
    assert place is not None, words
    found = [page.get_charbox(index, loose=True) for index in range(place[0], sum(place))]
    page.close()
    document.close()
    edges = list(zip(*found, strict=True))
    return min(edges[0]), min(edges[1]), max(edges[2]), max(edges[3])


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_columns_of_a_table_keep_their_side(direction: str) -> None:
    cells = "".join(
        f'<td class="align-{side}" dir="{direction}">{side}</td>'
        for side in ("left", "center", "right")
    )
    page = printed(
        "<table><tr><td>Harbours of old</td><td>Harbours of middle</td><td>Harbours of new</td>"
        f"</tr><tr>{cells}</tr></table>"
    )
    wide = [box(page, f"Harbours of {name}") for name in ("old", "middle", "new")]
    left, center, right = (box(page, name) for name in ("left", "center", "right"))
    if direction == "ltr":
        assert abs(left[0] - wide[0][0]) < 1
        assert abs(right[2] - wide[2][2]) < 1
    assert abs((center[0] + center[2]) - (wide[1][0] + wide[1][2])) < 2


@pytest.mark.parametrize("level", [2, 3, 4, 5, 6])
def test_every_heading_stands_on_the_grid(level: int) -> None:
    page = printed(f"<p>Above</p><h{level}>Heading</h{level}><p>Below</p>")
    above, heading, below = (box(page, words)[1] for words in ("Above", "Heading", "Below"))
    assert (round(above - heading, 1), round(heading - below, 1)) == (30.4, 15.2)


MASTHEAD = (
    '<header class="masthead"><p class="site-title" data-short="Papers">Papers</p>'
    '<p class="kicker">Series</p></header>'
)


@pytest.mark.parametrize(("direction", "margins"), [("ltr", (192.9, 57.7)), ("rtl", (57.7, 192.9))])
def test_a_page_from_right_to_left_is_mirrored(
    direction: str, margins: tuple[float, float]
) -> None:
    rail = '<aside class="rail"><p class="author">Deniz</p></aside>'
    page = printed(f"<p>{WORDS * 60}</p>", opening=MASTHEAD, direction=direction, rail=rail)
    left, right = margins[0], A4[0] - margins[1]
    rows = lines(page)[1]
    assert abs(min(row[1] for row in rows) - left) < 1
    assert right - 12 < max(row[2] for row in rows) < right + 1
    # Running head and rail stand at the start of the line, the page's number at its end.
    head, name, day = (box(page, words, 1) for words in ("Lights", "Papers", "March"))
    foot = min(name[0], day[0]), 0, max(name[2], day[2])
    facts = box(page, "Deniz")
    number = lines(page)[1][-1]
    if direction == "ltr":
        assert abs(head[0] - left) < 1
        assert abs(foot[0] - left) < 1
        assert foot[2] < right - 100
        assert abs(number[2] - right) < 1
        assert abs(facts[0] - (left - 136)) < 1
    else:
        assert abs(head[2] - right) < 1
        assert abs(foot[2] - right) < 1
        assert foot[0] > left + 100
        assert abs(number[1] - left) < 1
        assert abs(facts[2] - (right + 136)) < 1


def test_persian_pages_and_notes_count_in_their_own_digits() -> None:
    note = '<span class="footnote" lang="fa" dir="rtl">دریا</span>'
    text = f"<p>{WORDS * 60}{note}</p><ol><li>یک</li><li>دو</li></ol>"
    page = printed(text, direction="rtl", language="fa")
    with contextlib.closing(pypdfium2.PdfDocument(page)) as document:
        words = "".join(leaf.get_textpage().get_text_range() for leaf in document)
    # The folios of two pages, the mark, its note, and two items.
    assert Counter(re.findall("[۰-۹]", words)) == {"۱": 4, "۲": 2}
    assert re.findall("[0-9]", words) == ["4"]  # of the running date


def test_figures_of_a_table_have_one_width() -> None:
    page = printed("<table><tr><td>11711<br>88088</td></tr></table>")
    one, other = (box(page, number) for number in ("11711", "88088"))
    assert (one[0], one[2]) == pytest.approx((other[0], other[2]), abs=0.1)


@pytest.mark.parametrize("above", [23, 26, 29, 32])
def test_a_short_table_stays_whole(above: int) -> None:
    rows = "".join(f"<tr><td>Row {number}<br>of it</td></tr>" for number in range(4))
    page = printed(f"<p>{'<br>'.join(['Line'] * above)}</p><table>{rows}</table>")
    with_rows = [
        number
        for number, texts in enumerate(lines(page))
        if any(text.startswith(("Row", "ofit")) for text, *_ in texts)
    ]
    assert len(with_rows) == 1


def test_a_row_of_a_long_table_stays_whole() -> None:
    lines_of_it = "<br>" * 8
    rows = "".join(
        f"<tr><td>Row{number}.{lines_of_it}End{number}.</td></tr>" for number in range(24)
    )
    pages = [
        "".join(text for text, *_ in texts) for texts in lines(printed(f"<table>{rows}</table>"))
    ]
    assert len(pages) > 2
    for page in pages:
        for number in range(24):
            assert (f"Row{number}." in page) == (f"End{number}." in page)


def families(content: bytes) -> set[str]:
    """The families that a PDF embeds."""
    with pikepdf.open(io.BytesIO(content)) as document:
        found = [o for o in document.objects if isinstance(o, pikepdf.Dictionary)]
        names = [str(o["/FontName"]) for o in found if o.get("/Type") == "/FontDescriptor"]
    return {name.partition("+")[2].partition("-Regular")[0] for name in names}


@pytest.mark.parametrize("language", ["en", "fa"])
def test_code_has_a_face_in_which_columns_line_up(language: str) -> None:
    block = f'<p>Text <code>iiii</code> <code>MMMM</code></p><pre lang="{language}">'
    page = printed(f"{block}<code>ilil =\nMWMW =\n</code></pre>")
    narrow, wide = (
        right - left for left, _, right, _ in (box(page, words) for words in ("iiii", "MMMM"))
    )
    assert narrow == pytest.approx(wide, abs=0.1)
    assert box(page, "ilil =")[2] == pytest.approx(box(page, "MWMW =")[2], abs=0.1)
    assert any("Code" in name for name in families(page))


def test_a_line_with_code_keeps_to_the_grid_and_one_without_needs_no_face_more() -> None:
    page = printed("<p>Above<br>some <code>code()</code> here<br>Below</p>")
    above, line, below = (box(page, words)[1] for words in ("Above", "here", "Below"))
    assert (round(above - line, 1), round(line - below, 1)) == (15.2, 15.2)
    assert not any("Code" in name for name in families(printed("<p>Text</p>")))
