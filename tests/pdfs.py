"""Finished PDFs taken apart: their tags with the words in them, notes, outline, metadata."""

from __future__ import annotations

import bisect
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

import pikepdf
import pypdfium2

from publish import pdf
from publish.model import Pdf
from publish.pdf import Job

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
NAMES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
}


def opened(content: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(content))


def dictionaries(document: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Every dictionary and stream of a document, those inside others too."""

    def walk(value: object) -> Iterator[pikepdf.Object]:
        if isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
            yield value
            for inner in value.values():
                if not getattr(inner, "is_indirect", False):
                    yield from walk(inner)
        elif isinstance(value, pikepdf.Array):
            for inner in value:
                if not getattr(inner, "is_indirect", False):
                    yield from walk(inner)

    yield from walk(document.trailer)
    for item in document.objects:
        yield from walk(item)


# ── Tags ─────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Tag:
    """One structure element."""

    kind: str
    """`P`, `Link`, `Note` …"""

    language: str
    """The language it is in: its own, else that of what it stands in."""

    own: str
    """The language that it names itself; empty where it names none."""

    page: int
    """Page on which it begins, from 1."""

    words: str = ""
    """The text right in it."""

    name: str = ""
    """Its ID."""

    alt: str = ""
    """Its alternative text."""

    leads: list[str] = field(default_factory=list)
    """Where each annotation that it holds leads: an address, or the name of a place."""

    parts: list[Tag | str] = field(default_factory=list)
    """Texts and elements in it, in their order."""

    parent: Tag | None = None
    """What it stands in."""

    @property
    def kids(self) -> list[Tag]:
        return [part for part in self.parts if isinstance(part, Tag)]

    @property
    def text(self) -> str:
        """All the words in it."""
        return "".join(part if isinstance(part, str) else part.text for part in self.parts)

    def all(self, kind: str = "") -> Iterator[Tag]:
        """The elements in it of a kind, in reading order."""
        for kid in self.kids:
            if kid.kind == kind or not kind:
                yield kid
            yield from kid.all(kind)


def tags(document: pikepdf.Pdf) -> Tag:
    """The structure tree, each element with its words."""
    pages = {page.obj.objgen: number for number, page in enumerate(document.pages, start=1)}
    texts = [_marked(page) for page in document.pages]

    def element(node: Any, parent: Tag | None, language: str) -> Tag:
        own = str(node.get("/Lang", ""))
        page = pages[node["/Pg"].objgen] if "/Pg" in node else 1
        tag = Tag(str(node["/S"])[1:], own or language, own, page, parent=parent)
        tag.name, tag.alt = str(node.get("/ID", "")), str(node.get("/Alt", ""))
        for kid in node["/K"]:
            if isinstance(kid, int):
                tag.parts.append(texts[page - 1][int(kid)])
            elif kid.get("/Type") == "/MCR":
                tag.parts.append(texts[pages[kid["/Pg"].objgen] - 1][int(kid["/MCID"])])
            elif kid.get("/Type") == "/OBJR":
                link = kid["/Obj"]
                tag.leads.append(str(link["/Dest"] if "/Dest" in link else link["/A"]["/URI"]))
            else:
                tag.parts.append(element(kid, tag, tag.language))
        if "/ActualText" in node:
            tag.parts = [str(node["/ActualText"])]
        tag.words = "".join(part for part in tag.parts if isinstance(part, str))
        return tag

    root = document.Root["/StructTreeRoot"]["/K"][0]
    return element(root, None, str(document.Root["/Lang"]))


def _marked(page: pikepdf.Page) -> dict[int, str]:
    """The text of each piece of marked content of a page."""
    fonts = {name: _letters(font) for name, font in page.obj["/Resources"]["/Font"].items()}
    found: dict[int, str] = {}
    open_: list[int | None] = []
    letters: dict[int, str] = {}
    for instruction in pikepdf.parse_content_stream(page):
        operands: Any = instruction.operands
        operator = instruction.operator
        match str(operator):
            case "BDC" if "/MCID" in operands[1]:
                open_.append(int(operands[1]["/MCID"]))
                found[int(operands[1]["/MCID"])] = ""
            case "BDC":
                found[next(n for n in reversed(open_) if n is not None)] += str(
                    operands[1]["/ActualText"]
                )
                open_.append(None)
            case "BMC":
                open_.append(None)
            case "EMC":
                open_.pop()
            case "Tf":
                letters = fonts[str(operands[0])]
            case "TJ" | "Tj":
                strings = operands[0] if str(operator) == "TJ" else [operands[0]]
                number = next((n for n in reversed(open_) if n is not None), None)
                if number is None or None in open_:
                    continue
                for string in strings:
                    if isinstance(string, pikepdf.String):
                        data = bytes(string)
                        codes = zip(data[::2], data[1::2], strict=True)
                        found[number] += "".join(letters.get(a * 256 + b, "") for a, b in codes)
    return found


def in_order(document: pikepdf.Pdf) -> float:
    """The least share, over the pages, of texts that are drawn in the order of the tags; notes,
    which are drawn at the foot and read behind their paragraph, are left out."""
    shares = []
    for page in document.pages:
        wanted = list(_read(document.Root["/StructTreeRoot"]["/K"][0], page.obj.objgen, None))
        rank = {number: index for index, number in enumerate(wanted)}
        drawn = [rank[number] for number in _marked(page) if number in rank]
        ends: list[int] = []
        for number in drawn:
            place = bisect.bisect(ends, number)
            ends[place : place + 1] = [number]
        shares.append(len(ends) / len(drawn))
    return min(shares)


def _read(element: Any, page: tuple[int, int], home: Any) -> Iterator[int]:
    """The marked content of a page in the order of the tags, without notes."""
    home = element.get("/Pg", home)
    for kid in element["/K"]:
        if isinstance(kid, int):
            if home.objgen == page:
                yield int(kid)
        elif kid.get("/Type") == "/MCR":
            if kid["/Pg"].objgen == page:
                yield int(kid["/MCID"])
        elif kid.get("/Type") == "/StructElem" and kid["/S"] != "/Note":
            yield from _read(kid, page, home)


def artifacts(page: pikepdf.Page) -> str:
    """The text of a page that is no content: running heads, page numbers."""
    fonts = {name: _letters(font) for name, font in page.obj["/Resources"]["/Font"].items()}
    inside, text, letters = 0, "", dict[int, str]()
    for instruction in pikepdf.parse_content_stream(page):
        operands: Any = instruction.operands
        operator = instruction.operator
        name = str(operator)
        if name in ("BMC", "BDC"):
            inside += 1 if inside or str(operands[0]) == "/Artifact" else 0
        elif name == "EMC":
            inside = max(inside - 1, 0)
        elif name == "Tf":
            letters = fonts[str(operands[0])]
        elif name in ("TJ", "Tj") and inside:
            for string in operands[0] if name == "TJ" else [operands[0]]:
                if isinstance(string, pikepdf.String):
                    data = bytes(string)
                    codes = zip(data[::2], data[1::2], strict=True)
                    text += "".join(letters.get(a * 256 + b, "") for a, b in codes)
    return text


_PAIR = re.compile(rb"<([0-9a-f]{4})> <([0-9a-f]+)>")


def _letters(font: Any) -> dict[int, str]:
    """Glyph → the letters that it stands for."""
    table = font["/ToUnicode"].read_bytes()
    return {
        int(code, 16): bytes.fromhex(letters.decode()).decode("utf-16-be")
        for code, letters in _PAIR.findall(table)
    }


# ── Metadata, outline, pages ─────────────────────────────────────────────────────────────────


def metadata(document: pikepdf.Pdf) -> dict[str, str]:
    """The XMP properties; `dc:title[tr]` for a text by language, ` | ` between several."""
    packet = document.Root["/Metadata"].read_bytes()
    start, end = packet.index(b"<x:xmpmeta"), packet.index(b"</x:xmpmeta>")
    root = ElementTree.fromstring(packet[start : end + len(b"</x:xmpmeta>")])
    short = {uri: name for name, uri in NAMES.items()}
    found: dict[str, str] = {}

    def put(name: str, value: str) -> None:
        uri, _, local = name[1:].partition("}")
        key = f"{short[uri]}:{local}" if uri in short else ""
        if key and key.partition(":")[0] != "rdf":
            assert key not in found, f"{key} stands twice"
            found[key] = value

    for description in root.iter(f"{{{NAMES['rdf']}}}Description"):
        for name, value in description.attrib.items():
            put(name, value)
        for child in description:
            items = child.findall(f".//{{{NAMES['rdf']}}}li")
            if items and items[0].get(XML_LANG):
                for item in items:
                    put(f"{child.tag}[{item.get(XML_LANG)}]", item.text or "")
            elif items:
                put(child.tag, " | ".join(item.text or "" for item in items))
            else:
                put(child.tag, child.text or "")
    return found


def outline(document: pikepdf.Pdf) -> list[tuple[int, str, int]]:
    """Depth, title and page of each bookmark."""
    pages = {page.obj.objgen: number for number, page in enumerate(document.pages, start=1)}
    found: list[tuple[int, str, int]] = []

    def walk(items: Any, depth: int) -> None:
        for item in items:
            found.append((depth, str(item.title), pages[item.destination[0].objgen]))
            walk(item.children, depth + 1)

    with document.open_outline() as bookmarks:
        walk(bookmarks.root, 1)
    return found


def pages(content: bytes) -> list[str]:
    """The text of each page as it is copied from it, line by line."""
    document = pypdfium2.PdfDocument(content)
    try:
        found = []
        for page in document:
            words = page.get_textpage()
            lines = words.get_text_range().replace("\r\n", "\n")
            # What a soft hyphen at a line's end is extracted as; browsers leave it out.
            found.append(lines.replace("\ufffe", "\u2010\n"))
            words.close()
            page.close()
    finally:
        document.close()
    return found


def text(content: bytes) -> str:
    """The text of all pages, its lines and the words parted between them joined."""
    words = " ".join(" ".join(pages(content)).split())
    return words.replace("\u2010 ", "").replace("\u2010", "-")


def fonts(document: pikepdf.Pdf) -> dict[str, bool]:
    """Fonts in use by name without the subset's mark, and whether each is embedded."""
    return {
        str(each["/FontName"]).rpartition("+")[2]: any(
            name in each for name in ("/FontFile", "/FontFile2", "/FontFile3")
        )
        for each in dictionaries(document)
        if each.get("/Type") == "/FontDescriptor"
    }


def addresses(document: pikepdf.Pdf) -> set[str]:
    """Where the links lead that lead out."""
    return {str(each["/URI"]) for each in dictionaries(document) if "/URI" in each}


# ── Small documents ──────────────────────────────────────────────────────────────────────────

STYLE = "html { font-family: 'Source Serif 4', Amiri }"


def job(body: str, style: str = "", head: str = "", **images: bytes) -> Job:
    """A small job; an image's name is its file's, `_` for the dot."""
    html = f'<!doctype html><html lang="en"><head><title>T</title>{head}</head>'
    return Job(
        html=f"{html}<body>{body}</body></html>",
        stylesheet=f"{STYLE} {style}",
        stylesheet_path="templates/print.css",
        images={name.replace("_", "."): data for name, data in images.items()},
        source="sources/pieces/small.md",
        edition="small, en",
        epoch=0,
    )


def tree(made: Pdf) -> Tag:
    """The structure tree of a finished PDF."""
    with opened(made.content) as document:
        return tags(document)


def small(body: str, style: str = "") -> Tag:
    """The structure tree of a small document that nothing is wrong with."""
    made = pdf.render(job(body, style))
    assert [str(problem) for problem in made.problems] == []
    return tree(made)


NOTE = '<span class="footnote">A note.</span>'
FOOT = ".footnote { float: footnote }"
PAGES = "@page { size: 60mm 40mm; margin: 8mm; @top-left { content: 'HEAD' } } p { margin: 0 }"
"""Small pages with a running head."""
