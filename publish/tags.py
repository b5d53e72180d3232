"""The tags of a PDF, which screen readers read: mended before the file is written.

WeasyPrint's own tags conform and still read badly. Beyond them (ISO 14289-1, PDF/UA-1; ISO 32000-1,
14.8):

- a passage in another language says which, on its own element (WCAG 2.2, 3.1.2);
- a note is a Note with an ID right behind the block that calls it, its mark a Reference;
- what a page break parted is one paragraph, list or section again, and what a line break parted
  one link;
- a list item has one LBody, and a list inside it stands there; a link holds all of its words, and
  one that is an image without words says what it shows;
- headings descend one level at a time; what is drawn from right to left says how it is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pydyf

from . import boxes

_HEADINGS = frozenset({"/H1", "/H2", "/H3", "/H4", "/H5", "/H6"})
_BLOCKS = frozenset({"/P", *_HEADINGS})
# What a page break may part and what is put together again.
_PARTED = _BLOCKS | {
    *("/Part", "/Art", "/Sect", "/Div", "/BlockQuote", "/L", "/LI", "/LBody", "/NonStruct"),
    *("/Span", "/Link", "/Table", "/THead", "/TBody", "/TR", "/TH", "/TD"),
}


def finish(document: Any, pdf: Any) -> None:
    """Mend the tags of a PDF that is about to be written: WeasyPrint's `finisher`."""
    _Tags(pdf, document.metadata.lang or "").mend()


class _Tags:
    """The tree of structure elements of one PDF."""

    def __init__(self, pdf: Any, language: str) -> None:
        self.pdf = pdf
        self.language = language
        self.boxes = boxes.recorded(pdf)
        tree = self.at(pdf.catalog["StructTreeRoot"])
        self.root = self.at(tree["K"][0])
        self.parents = self.at(tree["ParentTree"])
        self.moved: dict[bytes, bytes] = {}

    def mend(self) -> None:
        notes = self.footnotes()
        self.join(self.root, _parted)
        for element in list(self.below(self.root)):
            if not element:
                continue  # united with another
            if element["S"] == "/LI":
                self.body(element)
            elif element["S"] == "/L":
                self.nested(element)
            elif element["S"] == "/Table":
                self.table(element)
            elif element["S"] == "/Link":
                self.describe(element)
            self.join(element, _same_link)
        self.calls(notes)
        self.drop_empty(self.root)
        self.headings()
        self.reverse()
        self.languages(self.root, self.language)
        self.repoint(self.parents["Nums"])

    # ── Elements ─────────────────────────────────────────────────────────────────────────────

    def at(self, reference: bytes) -> Any:
        return self.pdf.objects[int(reference.split()[0])]

    def element(self, kid: bytes | int) -> Any:
        """The structure element that a kid is; None for marked content and annotations."""
        if not isinstance(kid, bytes):
            return None
        found = self.at(kid)
        return found if found.get("Type") == "/StructElem" else None

    def kids(self, element: Any) -> list[Any]:
        return [kid for kid in map(self.element, element["K"]) if kid is not None]

    def below(self, element: Any) -> Iterator[Any]:
        for kid in self.kids(element):
            yield kid
            yield from self.below(kid)

    def box(self, element: Any) -> Any:
        return self.boxes.get(element.number)

    def tag(self, element: Any) -> str:
        box = self.box(element)
        return "" if box is None else boxes.tag(box)

    def new(self, kind: str, like: Any, kids: Sequence[Any]) -> Any:
        """A new element in the place of `like`, whose kids come to stand in it."""
        element = pydyf.Dictionary(
            {"Type": "/StructElem", "S": kind, "K": pydyf.Array(), "Pg": like["Pg"]}
        )
        element["P"] = like["P"]
        self.pdf.add_object(element)
        self.adopt(element, kids)
        return element

    def adopt(self, parent: Any, kids: Sequence[Any]) -> None:
        for kid in kids:
            kid["P"] = parent.reference
            parent["K"].append(kid.reference)

    def wrap(self, element: Any, kind: str) -> None:
        """Put a new element of a kind around this one."""
        siblings = self.at(element["P"])["K"]
        place = siblings.index(element.reference)
        outer = self.new(kind, element, [element])
        siblings[place] = outer.reference

    # ── What breaks parted ───────────────────────────────────────────────────────────────────

    def join(self, parent: Any, same: Callable[[_Tags, Any, Any], bool]) -> None:
        """Put together what stands side by side and belongs together."""
        kids = parent["K"]
        index = 1
        while index < len(kids):
            first, second = self.element(kids[index - 1]), self.element(kids[index])
            if first is not None and second is not None and same(self, first, second):
                del kids[index]
                self.unite(first, second)
            else:
                index += 1

    def unite(self, first: Any, second: Any) -> None:
        """The kids of the second element become the first's; nothing is left of the second."""
        edge = len(first["K"])
        cells = {}
        if first["S"] == "/TR":
            # A page break goes through all the cells of a row, not between two of them.
            cells = {id(boxes.source(self.box(cell))): cell for cell in self.kids(first)}
        for kid in second["K"]:
            inner = self.element(kid)
            same = cells.get(id(boxes.source(self.box(inner)))) if cells and inner else None
            if same is not None:
                self.unite(same, inner)
            elif inner is not None:
                inner["P"] = first.reference
                first["K"].append(kid)
            elif isinstance(kid, int) and first["Pg"] != second["Pg"]:
                first["K"].append(self.content(kid, second["Pg"]))
            else:
                first["K"].append(kid)
        if second["S"] == "/Table":
            self.headers(first, second)
        self.moved[second.reference] = first.reference
        second.clear()
        if 0 < edge < len(first["K"]):
            last, following = self.element(first["K"][edge - 1]), self.element(first["K"][edge])
            if last is not None and following is not None and _parted(self, last, following):
                del first["K"][edge]
                self.unite(last, following)

    def content(self, number: int, page: bytes) -> bytes:
        """Marked content of another page than its element's."""
        found = pydyf.Dictionary({"Type": "/MCR", "Pg": page, "MCID": number})
        self.pdf.add_object(found)
        return bytes(found.reference)

    def repoint(self, values: Any) -> None:
        """Let the way back, from content to elements, end at those that are left."""
        for index, value in enumerate(values):
            if isinstance(value, list):
                self.repoint(value)
            elif isinstance(value, bytes):
                values[index] = self.place(value)

    def place(self, reference: bytes) -> bytes:
        """Where the element that a reference meant is now."""
        while reference in self.moved:
            reference = self.moved[reference]
        return reference

    # ── Links ────────────────────────────────────────────────────────────────────────────────

    def describe(self, link: Any) -> None:
        """A link that is an image without words says what the image shows."""
        inside = [link, *self.below(link)]
        figures = [element for element in inside if element["S"] == "/Figure"]
        others = [element for element in inside if element["S"] != "/Figure"]
        words = any(isinstance(kid, int) for element in others for kid in element["K"])
        if figures and not words:
            texts = (figure["Alt"].string for figure in figures if "Alt" in figure)
            link["Alt"] = pydyf.String(" ".join(texts))

    # ── Notes ────────────────────────────────────────────────────────────────────────────────

    def footnotes(self) -> dict[Any, Any]:
        """The notes by their element in the page, taken out of their areas."""
        found: dict[Any, Any] = {}
        for area in self.kids(self.root):
            if boxes.kind(self.box(area)) != "FootnoteAreaBox":
                continue
            self.root["K"].remove(area.reference)
            for part in self.kids(area):
                element = boxes.source(self.box(part))
                if element in found:
                    self.unite(found[element], part)
                else:
                    found[element] = self.note(part)
            area.clear()
        return found

    def note(self, note: Any) -> Any:
        note["S"] = "/Note"
        # Numbers of objects are the same in each run, and no two are equal.
        note["ID"] = pydyf.String(f"note-{note.number}")
        for inner in list(self.below(note)):
            if self.tag(inner).endswith("::footnote-marker"):
                inner["S"] = "/Link" if boxes.linked(self.box(inner)) else "/Span"
                self.wrap(inner, "/Lbl")
        return note

    def calls(self, notes: dict[Any, Any]) -> None:
        """Marks become references, and each note stands behind the block that calls it."""
        behind: dict[int, Any] = {}
        for call in list(self.below(self.root)):
            box = self.box(call)
            if box is not None and boxes.again(box):
                call["S"] = "/Reference"
            if not self.tag(call).endswith("::footnote-call"):
                continue
            call["S"] = "/Link" if boxes.linked(self.box(call)) else "/Span"
            self.wrap(call, "/Reference")
            note = notes.pop(boxes.source(self.box(call)), None)
            if note is None:
                continue
            block = call
            while block is not self.root and block["S"] not in _BLOCKS | {"/LBody", "/TD", "/TH"}:
                block = self.at(block["P"])
            if block["S"] in _BLOCKS:
                home = self.at(block["P"])
                last = behind.get(block.number, block)
                home["K"].insert(home["K"].index(last.reference) + 1, note.reference)
                behind[block.number] = note
            else:
                home = block
                # Before a list inside the item, whose own notes come later.
                lists = [kid.reference for kid in self.kids(home) if kid["S"] == "/L"]
                place = home["K"].index(lists[0]) if lists else len(home["K"])
                home["K"].insert(place, note.reference)
            note["P"] = home.reference
        self.adopt(self.root, list(notes.values()))

    # ── Lists ────────────────────────────────────────────────────────────────────────────────

    def body(self, item: Any) -> None:
        """All of a list item but its label stands in one LBody."""
        kids = self.kids(item)
        bodies = [kid for kid in kids if kid["S"] == "/LBody"]
        loose = [kid for kid in kids if kid["S"] not in ("/Lbl", "/LBody")]
        if not loose:
            return
        rest = [kid.reference for kid in kids if kid["S"] == "/Lbl"]
        contents = [kid for kid in kids if kid["S"] != "/Lbl"]
        body = self.new("/LBody", item, [])
        body["P"] = item.reference
        for kid in contents:
            if kid in bodies:
                self.unite(body, kid)
            else:
                self.adopt(body, [kid])
        item["K"][:] = [*rest, body.reference]

    def nested(self, outer: Any) -> None:
        """A list inside an item stands in the item's body, not beside the item."""
        kept: list[Any] = []
        for kid in self.kids(outer):
            if kid["S"] == "/L" and kept and kept[-1]["S"] == "/LI":
                item = kept[-1]
                bodies = [inner for inner in self.kids(item) if inner["S"] == "/LBody"]
                self.adopt(bodies[-1] if bodies else item, [kid])
            else:
                kept.append(kid)
        outer["K"][:] = [kid.reference for kid in kept]

    # ── Tables, headings, links ──────────────────────────────────────────────────────────────

    def headers(self, first: Any, second: Any) -> None:
        """Cells of a table's next part name the headers of its first: there they are read."""
        known = {kid["ID"].string for kid in self.below(first) if "ID" in kid}
        if not known:
            return  # its own header is the first that there is
        for cell in self.below(second):
            if cell["S"] == "/TD" and "Headers" in cell.get("A", {}):
                names = [name.string for name in cell["A"]["Headers"]]
                moved = [f"{first.number}-{name.partition('-')[2]}" for name in names]
                cell["A"]["Headers"] = pydyf.Array(pydyf.String(n) for n in moved if n in known)

    def table(self, table: Any) -> None:
        """The header comes first, also where the engine had no room for it on the first page; the
        cells that it did not know of there name it."""
        kids = self.kids(table)
        table["K"][:] = [
            *(kid.reference for kid in kids if kid["S"] == "/THead"),
            *(kid.reference for kid in kids if kid["S"] != "/THead"),
        ]
        names = [cell["ID"] for cell in self.below(table) if cell["S"] == "/TH" and "ID" in cell]
        for row in self.below(table):
            cells = self.kids(row) if row["S"] == "/TR" else []
            for cell, name in zip(cells, names, strict=False):
                if cell["S"] == "/TD" and not cell["A"].get("Headers"):
                    cell["A"]["Headers"] = pydyf.Array([name])

    def headings(self) -> None:
        """Headings descend one level at a time (PDF/UA-1, 7.4.2), whatever an editor wrote.

        What the engine parted inside one is no heading of its own."""
        above: list[int] = []
        for element in self.below(self.root):
            kind = element["S"]
            if kind not in _HEADINGS:
                continue
            if self.at(element["P"])["S"] in _HEADINGS:
                element["S"] = "/Span"
                continue
            level = int(kind[2:])
            while above and above[-1] >= level:
                above.pop()
            above.append(level)
            element["S"] = f"/H{len(above)}"

    def reverse(self) -> None:
        """What is drawn from right to left says how it is read: the other way round."""
        texts = boxes.reversed_texts(self.pdf)
        pages = {reference: page for page, reference in enumerate(self.pdf.page_references)}
        for element in self.below(self.root) if texts else ():
            page = pages.get(element["Pg"], -1)
            words = [texts.get((page, kid)) for kid in element["K"] if isinstance(kid, int)]
            if words and None not in words:
                element["ActualText"] = pydyf.String("".join(map(str, words)))

    # ── The rest ─────────────────────────────────────────────────────────────────────────────

    def drop_empty(self, parent: Any) -> None:
        """Boxes that hold nothing are nothing to read."""
        for kid in self.kids(parent):
            self.drop_empty(kid)
            if not kid["K"] and kid["S"] in _BLOCKS | {"/NonStruct", "/Span", "/Div", "/Sect"}:
                parent["K"].remove(kid.reference)
                kid.clear()

    def languages(self, parent: Any, language: str) -> None:
        """Elements whose language is not that of what they stand in say which it is."""
        for kid in self.kids(parent):
            box = self.box(kid)
            own = language if box is None else boxes.language(box) or self.language
            if own != language:
                kid["Lang"] = pydyf.String(own)
            self.languages(kid, own)


def _parted(tags: _Tags, first: Any, second: Any) -> bool:
    """Whether a page break parted two elements."""
    one, other = tags.box(first), tags.box(second)
    return (
        one is not None
        and other is not None
        and boxes.source(one) is not None
        and boxes.source(one) is boxes.source(other)
        and boxes.tag(one) == boxes.tag(other)
        and first["S"] == second["S"]
        and first["S"] in _PARTED
        and first["Pg"] != second["Pg"]
    )


def _same_link(tags: _Tags, first: Any, second: Any) -> bool:
    """Whether a line break parted a link."""
    one, other = tags.box(first), tags.box(second)
    return (
        first["S"] == second["S"] == "/Link"
        and one is not None
        and other is not None
        and boxes.source(one) is boxes.source(other)
        and boxes.tag(one) == boxes.tag(other)
    )
