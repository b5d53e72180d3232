"""PDF editions: tagged, in their languages, in our fonts, closed; and the same bytes each time."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import itertools
import logging
import os
import pickle
import re
import subprocess
import sys
import time
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from publish import boxes, pdf
from publish import fonts as font_files
from publish.errors import Problem, PublishError
from publish.fonts import Face
from publish.model import Pdf
from publish.pdf import Job

from .conftest import PERSIAN, Made
from .pdfs import addresses, dictionaries, fonts, job, metadata, opened, small, tags, text

FORBIDDEN = frozenset(
    f"/{name}"
    for name in (
        *("JavaScript", "JS", "Launch", "SubmitForm", "ImportData", "GoToR", "GoToE"),
        *("RichMedia", "EmbeddedFiles", "EmbeddedFile", "EF", "AA", "XFA", "OpenAction"),
    )
)


@pytest.fixture(scope="module")
def english(made: dict[str, Made]) -> Made:
    return made["harbour-lights, en"]


@pytest.fixture(scope="module")
def turkish(made: dict[str, Made]) -> Made:
    return made["harbour-lights, tr"]


def active(document: pikepdf.Pdf) -> set[str]:
    """Forbidden names that stand anywhere, as a key or as a value."""
    found: set[str] = set()
    for dictionary in dictionaries(document):
        for key, value in dictionary.items():
            found |= FORBIDDEN & {key, str(value) if isinstance(value, pikepdf.Name) else ""}
    return found


def right_to_left(content: bytes) -> str:
    """The letters of Arabic script, line by line, in the order in which they are read.

    Extraction puts the words of a passage inside a Latin line into the order of that line.
    """
    document = pypdfium2.PdfDocument(content)
    found: list[tuple[int, int, float, str]] = []
    try:
        for number, page in enumerate(document):
            words = page.get_textpage()
            for index in range(words.count_chars()):
                char = words.get_text_range(index, 1)
                if "\u0600" <= char <= "\u06ff":
                    _, bottom, right, _ = words.get_charbox(index, loose=True)
                    found.append((number, -round(bottom), -right, char))
            words.close()
            page.close()
    finally:
        document.close()
    return "".join(char for *_, char in sorted(found))


# ── A finished PDF ───────────────────────────────────────────────────────────────────────────


def test_no_edition_of_the_whole_site_has_a_complaint(made: dict[str, Made]) -> None:
    assert len(made) == 4
    assert [str(problem) for one in made.values() for problem in one.pdf.problems] == []


def test_the_document_says_its_language_title_and_author(made: dict[str, Made]) -> None:
    for name, tag, title in (
        ("harbour-lights, en", "en", "Harbour Lights"),
        ("harbour-lights, tr", "tr", "Liman Fenerleri"),
        ("liman-isiklari, tr", "tr", "Liman Işıkları"),
    ):
        with opened(made[name].pdf.content) as document:
            assert document.Root["/Lang"] == tag
            assert document.docinfo["/Title"] == title
            assert document.docinfo["/Author"] == "Dr. Ada Deniz"
            assert document.Root["/ViewerPreferences"]["/DisplayDocTitle"]
            with document.open_metadata() as metadata:
                assert metadata["dc:title"] == title


def test_the_document_is_tagged(made: dict[str, Made]) -> None:
    for one in made.values():
        with opened(one.pdf.content) as document:
            assert document.Root["/MarkInfo"]["/Marked"]
            kinds = {str(each["/S"]) for each in dictionaries(document) if "/S" in each}
            assert document.Root["/StructTreeRoot"]["/Type"] == "/StructTreeRoot"
            assert {"/H1", "/P", "/Link"} <= kinds


def test_the_document_has_as_many_pages_as_it_says(made: dict[str, Made]) -> None:
    for one in made.values():
        with opened(one.pdf.content) as document:
            assert len(document.pages) == one.pdf.pages > 0


def test_every_font_is_embedded_and_ours(made: dict[str, Made]) -> None:
    families = set()
    for one in made.values():
        with opened(one.pdf.content) as document:
            found = fonts(document)
        assert all(found.values()), found
        families |= {"-".join(name.replace(",", "-").split("-")[:2]) for name in found}
    assert {family for family in families if not family.startswith("Amiri")} == {"Source-Serif"}
    assert any(family.startswith("Amiri") for family in families)


def test_nothing_in_the_document_acts(made: dict[str, Made]) -> None:
    for one in made.values():
        with opened(one.pdf.content) as document:
            assert active(document) == set()


def test_what_acts_would_be_found_however_deep_it_stands() -> None:
    for name in sorted(FORBIDDEN):
        with pikepdf.new() as document:
            page = document.add_blank_page()
            action = pikepdf.Dictionary(Next=pikepdf.Array([pikepdf.Dictionary({name: "x"})]))
            page.obj["/Annots"] = pikepdf.Array([pikepdf.Dictionary(A=action)])
            assert active(document) == {name}
            page.obj["/Annots"] = pikepdf.Array(
                [document.make_indirect(pikepdf.Dictionary(S=pikepdf.Name(name)))]
            )
            assert active(document) == {name}


def test_addresses_are_of_the_web_or_of_mail_and_never_of_this_machine(
    made: dict[str, Made],
) -> None:
    for one in made.values():
        with opened(one.pdf.content) as document:
            found = addresses(document)
        assert found
        for address in found:
            assert address.partition(":")[0] in ("https", "http", "mailto"), address
            assert "site.invalid" not in address


def test_links_lead_to_the_register_the_other_piece_and_the_other_pdf(english: Made) -> None:
    with opened(english.pdf.content) as document:
        found = addresses(document)
    assert {
        "https://register.example/lights",
        "https://harbour.example/en/liman-isiklari/",
        "https://harbour.example/tr/harbour-lights/harbour-lights.tr.pdf",
        "https://harbour.example/en/harbour-lights/",
    } <= found


def test_the_text_can_be_read_out(english: Made, turkish: Made) -> None:
    for words in (
        "Harbour Lights",
        "What a lighthouse owes to ships.",
        "Two duties",
        "Rules for lights, 1889.",
        "Türkçe",
        "March 4, 2026",
    ):
        assert words in text(english.pdf.content)
    for words in ("Liman Fenerleri", "Fener kuralları, 1889.", "İki görev", "4 Mart 2026"):
        assert words in text(turkish.pdf.content)


def test_the_persian_title_is_in_logical_order(english: Made, turkish: Made) -> None:
    for one in (english, turkish):
        assert right_to_left(one.pdf.content) == PERSIAN.replace(" ", "")
        assert set(PERSIAN.split()) <= set(text(one.pdf.content).split())


def test_the_biography_is_in_the_document(english: Made, turkish: Made) -> None:
    for one in (english, turkish):
        assert "Ada Deniz, deniz hukuku çalışır." in text(one.pdf.content)
    assert "in Turkish" in text(english.pdf.content)


def test_no_path_of_this_machine_is_in_the_document(made: dict[str, Made]) -> None:
    for one in made.values():
        with opened(one.pdf.content) as document:
            for each in dictionaries(document):
                data = each.read_bytes() if isinstance(each, pikepdf.Stream) else b""
                assert b"file:///" not in data
                assert b"site-packages" not in data


# ── The same bytes ───────────────────────────────────────────────────────────────────────────


def test_the_same_job_gives_the_same_bytes_at_another_time(
    english: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 86_400)
    assert pdf.render(english.job).content == english.pdf.content


def test_the_same_job_gives_the_same_bytes_in_another_process(
    english: Made, tmp_path: Path
) -> None:
    stored = tmp_path / "job"
    stored.write_bytes(pickle.dumps(english.job))
    code = (
        "import hashlib, pathlib, pickle, sys; from publish import pdf;"
        "made = pdf.render(pickle.loads(pathlib.Path(sys.argv[1]).read_bytes()));"
        "print(hashlib.sha256(made.content).hexdigest(), made.pages, made.problems)"
    )
    environment = os.environ | {
        "TZ": "Pacific/Kiritimati",
        "PYTHONHASHSEED": "4711",
        "LC_ALL": "C",
        "SOURCE_DATE_EPOCH": "5",
    }
    done = subprocess.run(
        [sys.executable, "-c", code, str(stored)],
        capture_output=True,
        text=True,
        check=True,
        cwd="/",
        env=environment,
    )
    digest = hashlib.sha256(english.pdf.content).hexdigest()
    assert done.stdout == f"{digest} {english.pdf.pages} ()\n"
    assert done.stderr == ""


def test_another_document_in_between_changes_nothing(english: Made, turkish: Made) -> None:
    assert pdf.render(turkish.job).content == turkish.pdf.content
    assert pdf.render(english.job).content == english.pdf.content


@pytest.mark.parametrize("before", ["1234567890", None])
def test_the_environment_is_as_it_was_afterwards(
    before: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    if before:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", before)
    pdf.render(job("<p>x</p>"))
    assert os.environ.get("SOURCE_DATE_EPOCH") == before
    with pytest.raises(PublishError):
        pdf.render(job('<img src="nothing.png" alt="x">'))
    assert os.environ.get("SOURCE_DATE_EPOCH") == before


def test_the_log_is_as_it_was_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    logger = logging.getLogger("weasyprint")
    before = list(logger.handlers)
    for propagate in (True, False):
        monkeypatch.setattr(logger, "propagate", propagate)
        pdf.render(job("<p>x</p>", "p { nonsense: 1 }"))
        assert (logger.handlers, logger.propagate) == (before, propagate)


# ── Complaints ───────────────────────────────────────────────────────────────────────────────


def complaint(made: Pdf) -> Problem:
    [problem] = made.problems
    assert problem.code == "B1"
    assert problem.span.path == "sources/pieces/small.md"
    assert "small, en" in problem.message
    return problem


def test_a_small_document_has_no_complaint() -> None:
    made = pdf.render(job("<p>Şişli · Щука · <span lang=fa dir=rtl>دفتر</span></p>"))
    assert made.problems == ()


def test_a_property_that_the_engine_does_not_know_is_told_each_time() -> None:
    for _ in range(2):
        [problem] = pdf.render(job("<p>x</p>", "p { nonsense: 1 }")).problems
        assert (problem.code, problem.span.path) == ("B1", "templates/print.css")
        assert "nonsense" in problem.message


def test_a_style_sheet_is_not_blamed_for_another() -> None:
    pdf.render(job("<p>x</p>", "p { nonsense: 2 }"))
    assert pdf.render(job("<p>x</p>", "p { color: red }")).problems == ()


@pytest.mark.parametrize("char", ["字", "\U00010600", "\U0010fffd"])
def test_a_character_that_our_fonts_lack_is_named(char: str) -> None:
    assert f"U+{ord(char):04X}" in complaint(pdf.render(job(f"<p>a {char} b</p>"))).message


def test_an_image_that_is_none_is_told() -> None:
    made = pdf.render(job('<img src="a.png" alt="x">', a_png=b"\x89PNG\r\n\x1a\n broken"))
    assert "a.png" in complaint(made).message


@pytest.mark.parametrize(
    "body",
    [
        '<a href="ftp://a.example/">x</a>',
        '<a href="file:///etc/passwd">x</a>',
        '<a href="javascript:alert(1)">x</a>',
        '<a href="other.html">x</a>',
    ],
)
def test_a_link_that_leads_to_no_page_and_no_mailbox_is_told(body: str) -> None:
    assert "a link that no PDF may hold" in complaint(pdf.render(job(f"<p>{body}</p>"))).message


def test_links_to_pages_mailboxes_and_places_are_not_told() -> None:
    body = '<p id="p"><a href="https://a.example/">x</a> <a href="mailto:a@b.example">y</a></p>'
    made = pdf.render(job(f'{body}<p><a href="#p">z</a></p>'))
    assert made.problems == ()
    with opened(made.content) as document:
        assert addresses(document) == {"https://a.example/", "mailto:a@b.example"}


def test_an_option_that_the_engine_does_not_know_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = pdf._engine()
    render = engine._weasyprint.HTML.render
    monkeypatch.setattr(
        engine._weasyprint.HTML, "render", lambda self, **named: render(self, **named, speed=9)
    )
    assert "speed" in complaint(pdf.render(job("<p>x</p>"))).message


def test_a_font_that_does_not_load_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "Broken.ttf"
    broken.write_bytes(b"no font")
    faces = (*font_files.faces(), Face("Broken", broken))
    monkeypatch.setattr(font_files, "faces", lambda: faces)
    monkeypatch.setattr(pdf, "_engine", pdf._Engine)
    problems = pdf.render(job("<p>x</p>")).problems
    assert {(problem.code, problem.span.path) for problem in problems} == {("B1", "pyproject.toml")}
    assert any("Broken" in problem.message for problem in problems)


def test_packages_without_fonts_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(font_files, "faces", lambda: ())
    monkeypatch.setattr(pdf, "_engine", pdf._Engine)
    problems = pdf.render(job("<p>x</p>")).problems
    assert "the packages of the fonts hold no fonts" in problems[0].message


def test_the_library_that_cuts_fonts_is_missed_once_and_not_for_each_document(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert list(pdf.missing_library()) == []

    def absent(name: str) -> None:
        raise OSError(name)

    monkeypatch.setattr("ctypes.CDLL", absent)
    [problem] = pdf.missing_library()
    assert problem.code == "B4"
    monkeypatch.setattr("weasyprint.pdf.fonts.harfbuzz_subset", None)
    made = pdf.render(job("<p>Şişli</p>"))
    assert made.problems == ()
    assert text(made.content) == "Şişli"


def test_a_font_of_this_machine_is_not_blamed_on_the_letters() -> None:
    made = pdf.render(job("<p>plain</p>", "p { font-family: 'DejaVu Sans', 'Noto Sans' }"))
    assert complaint(made).message.startswith("PDF (small, en): a style asks for ")
    assert complaint(made).hint == ""


@pytest.mark.parametrize(("start", "first"), [("95", "95."), ("0", "0."), ("x", "1.")])
def test_numbered_lists_begin_with_their_number(start: str, first: str) -> None:
    labels = small(f'<ol start="{start}"><li>a</li><li>b</li></ol>').all("Lbl")
    assert next(labels).text.strip() == first


# ── Notes ────────────────────────────────────────────────────────────────────────────────────


def filled(lines: int) -> Job:
    """Two notes whose marks stand below so many lines of a small page."""
    note = '<span class="footnote">A note that is long enough to need a second line here.</span>'
    text = "The keeper wrote down every ship that passed, and the hour, and the wind. " * 3
    marked = f"<p>Words with a mark.{note} More words follow.</p>"
    body = f"<h1>T</h1><p>First.{note}</p><p>{'Line.<br>' * lines}</p>{marked}<p>{text}</p>"
    style = """
        @page { size: 100mm; margin: 10mm }
        html { font-size: 10pt; line-height: 14pt; orphans: 2; widows: 2 }
        body, p { margin: 0 }
        .footnote { float: footnote; footnote-policy: line }
    """
    return job(body, style)


SLIPPING = 4
"""How many lines make a note slip in WeasyPrint 70."""


def test_a_note_stands_on_the_page_of_its_mark_where_it_would_slip(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wanted = filled(SLIPPING)
    assert pdf.render(wanted).problems == ()
    monkeypatch.setattr(boxes, "pusher", lambda _: None)
    monkeypatch.setattr(pdf, "FEET", (1,))
    [problem] = pdf.render(wanted).problems
    assert (problem.code, problem.span.path) == ("B3", "sources/pieces/small.md")
    assert "note 2" in problem.message


def test_a_slipped_note_is_cured_where_it_was_pushed_and_not_by_the_foot(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pdf, "FEET", (1,))
    assert pdf.render(filled(SLIPPING)).problems == ()


def test_a_paragraph_that_pushes_a_note_is_kept_whole_in_its_own_style() -> None:
    wanted = filled(SLIPPING)
    styled = dataclasses.replace(wanted, html=wanted.html.replace("<p>", '<p style="color: red">'))
    assert pdf.render(styled).problems == ()


def test_a_nearly_empty_last_page_is_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    style = """
        @page { size: 100mm; margin: 20mm }
        html { font-size: 10pt; line-height: 14pt }
        body, p { margin: 0 }
    """
    wanted = job("<p>One line.</p>" * 13, style)
    assert pdf.render(wanted).pages == 1
    monkeypatch.setattr(pdf, "FEET", (1,))
    assert pdf.render(wanted).pages == 2


# ── The fetcher ──────────────────────────────────────────────────────────────────────────────

SECRET = "file:///etc/passwd"  # noqa: S105 — a file that every machine has
CHANNELS = {
    "image": f'<img src="{SECRET}" alt="x">',
    "image by a relative path": '<img src="../../../etc/passwd" alt="x">',
    "image that was not handed in": '<img src="sources/pieces/other.png" alt="x">',
    "image of the web": '<img src="https://evil.example/a.png" alt="x">',
    "image of the web without a scheme": '<img src="//evil.example/a.png" alt="x">',
    "image in its own address": '<img src="data:image/png;base64,AAAA" alt="x">',
    "object": f'<object data="{SECRET}"></object>',
    "embedded": f'<embed src="{SECRET}">',
    "link to attach": f'<a rel="attachment" href="{SECRET}">x</a>',
    "list marker": f"<ul style=\"list-style-image: url('{SECRET}')\"><li>x</ul>",
    "inline style": f"<p style=\"background: url('{SECRET}')\">x</p>",
    "content": f"<style>p::before {{ content: url('{SECRET}') }}</style><p>x</p>",
    "import": f"<style>@import url('{SECRET}');</style>",
}
HEADS = {
    "style sheet": f'<link rel="stylesheet" href="{SECRET}">',
    "attachment": f'<link rel="attachment" href="{SECRET}">',
}
STYLES = {
    "import": f"@import url('{SECRET}');",
    "font": f"@font-face {{ font-family: x; src: url('{SECRET}') }}",
    "background": f"html {{ background: url('{SECRET}') }}",
}


def refused(wanted: Job) -> None:
    with pytest.raises(PublishError) as caught:
        pdf.render(wanted)
    [problem] = caught.value.problems
    assert problem.code == "B1"
    assert problem.span.path == "sources/pieces/small.md"
    assert any(
        address in problem.message
        for address in (SECRET, "evil.example/a.png", "other.png", "etc/passwd", "data:image")
    )


@pytest.mark.parametrize("body", CHANNELS.values(), ids=CHANNELS)
def test_the_page_gets_nothing_that_was_not_handed_in(body: str) -> None:
    refused(job(body))


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_the_head_gets_nothing_that_was_not_handed_in(head: str) -> None:
    refused(job("<p>x</p>", head=head))


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_the_style_sheet_gets_nothing_at_all(style: str) -> None:
    for _ in range(2):
        refused(dataclasses.replace(job("<p>x</p>"), stylesheet=style))


def test_an_image_for_one_document_is_not_there_for_the_next() -> None:
    body = '<img src="a.png" alt="x">'
    assert pdf.render(job(body, a_png=grey())).problems == ()
    with pytest.raises(PublishError):
        pdf.render(job(body))


def test_the_engine_works_on_after_a_refusal(english: Made) -> None:
    refused(job(CHANNELS["image"]))
    assert pdf.render(english.job).content == english.pdf.content


def grey() -> bytes:
    """A whole image, three pixels wide and two high."""
    file = io.BytesIO()
    Image.new("L", (3, 2), 128).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("name", ["a.png", "sources/pieces/büyük lamba.png"])
def test_an_image_that_was_handed_in_is_embedded(name: str) -> None:
    wanted = dataclasses.replace(job(f'<img src="{name}" alt="x">'), images={name: grey()})
    made = pdf.render(wanted)
    assert made.problems == ()
    with opened(made.content) as document:
        images = [each for each in dictionaries(document) if each.get("/Subtype") == "/Image"]
        sizes = {(int(image["/Width"]), int(image["/Height"])) for image in images}
    assert sizes == {(3, 2)}


# ── Headings behind the text ─────────────────────────────────────────────────────────────────


def test_no_heading_behind_the_text_touches_the_next(made: dict[str, Made]) -> None:
    """An English page with a one-line biography in Turkish, whose heading has two lines."""
    document = pypdfium2.PdfDocument(made["harbour-lights, en"].pdf.content)
    words = document[0].get_textpage()
    boxes_: list[tuple[float, float]] = []
    for label in ("About the author", "(in Turkish)", "Related pieces", "How to cite"):
        first, _ = words.search(label).get_next() or (0, 0)
        boxes_.append(words.get_charbox(first, loose=True)[1::2])
    words.close()
    document.close()
    gaps = [above[0] - below[1] for above, below in itertools.pairwise(boxes_)]
    assert all(gap > 4 for gap in gaps[1:]), gaps


def test_a_heading_stands_in_no_heading(english: Made) -> None:
    with opened(english.pdf.content) as document:
        headings = list(tags(document).all("H2"))
    assert "About the author (in Turkish)" in [heading.text for heading in headings]
    assert [heading.text for heading in headings for _ in heading.all("H2")] == []


# ── What the print page says in its head and rail ────────────────────────────────────────────


def test_an_edition_that_was_never_updated_was_changed_when_it_appeared(english: Made) -> None:
    assert '<meta name="dcterms.created" content="2026-03-04">' in english.job.html
    assert '<meta name="dcterms.modified" content="2026-03-04">' in english.job.html
    with opened(english.pdf.content) as document:
        assert metadata(document)["xmp:ModifyDate"].startswith("2026-03-04")


def test_links_to_other_versions_say_their_language(made: dict[str, Made]) -> None:
    for name, others in (("harbour-lights, en", ["tr"]), ("harbour-lights, tr", ["en"])):
        versions = re.findall(r'<span class="version"><a [^>]*>', made[name].job.html)
        assert [re.findall(r'hreflang="([^"]*)"', version) for version in versions] == [others]
