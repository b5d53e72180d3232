"""What WeasyPrint keeps to itself: laid-out boxes, and the tags that it makes of them.

Every private name of WeasyPrint that this package leans on stands in this module, and `install`
refuses to work with a release that has others. What is done here, and why, beyond what the engine
does by itself (ISO 14289-1, PDF/UA-1; ISO 32000-1, 14.8):

- running heads and page numbers are artifacts, not marked content that no tag owns;
- a passage in another language says which, on its own element (WCAG 3.1.2);
- a note is a Note with an ID right behind the block that calls it, its mark a Reference; each
  leads to the other;
- what a page break parted is one paragraph, list or section again, and what a line break parted
  one link;
- words stay words where lines end: the space is there, a hyphen of hyphenation is a soft one
  (14.8.2.2.3), and a glyph that several characters share is copied as the usual one of them;
- a list item has one LBody, and a list inside it stands there; a link holds all of its words.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

RELEASE = "70."
"""Releases of WeasyPrint whose private names are known here."""

_PARAMETERS = {
    "_build_box_tree": ("box", "parent", "pdf", "page_number", "nums", "annotations", "tags"),
    "Stream.marked": ("self", "box", "tag"),
    "Stream.end_text": ("self",),
    "remove_last_whitespace": ("context", "line"),
    "skip_first_whitespace": ("box", "skip_stack"),
    "split_text_box": ("context", "box", "available_width", "skip", "is_line_start"),
    "Page.__init__": ("self", "page_box"),
    "instantiateVariableFont": (
        *("varfont", "axisLimits", "inplace", "optimize", "overlap", "updateFontNames"),
        *("downgradeCFF2", "static"),
    ),
    "Layout.setup": ("self", "style"),
    "ColorProfile.__init__": ("self", "file_object", "src", "rendering_intent", "components"),
}


@functools.cache
def install() -> None:
    """Let every PDF of this process record which box each of its tags was made from.

    Raises `RuntimeError` where WeasyPrint is not the release that this module knows.
    """
    import weasyprint
    from weasyprint.css import ColorProfile
    from weasyprint.document import Page
    from weasyprint.formatting_structure.boxes import MarginBox
    from weasyprint.layout import inline
    from weasyprint.pdf import fonts, tags
    from weasyprint.pdf.stream import Stream
    from weasyprint.text import line_break

    verify(
        weasyprint.__version__,
        {
            "_build_box_tree": getattr(tags, "_build_box_tree", None),
            "Stream.marked": getattr(Stream, "marked", None),
            "Stream.end_text": getattr(Stream, "end_text", None),
            "remove_last_whitespace": getattr(inline, "remove_last_whitespace", None),
            "skip_first_whitespace": getattr(inline, "skip_first_whitespace", None),
            "split_text_box": getattr(inline, "split_text_box", None),
            "instantiateVariableFont": getattr(fonts, "instantiateVariableFont", None),
            "Layout.setup": getattr(line_break.Layout, "setup", None),
            "Page.__init__": Page.__init__,
            "ColorProfile.__init__": ColorProfile.__init__,
        },
    )
    build, marked, end_text = tags._build_box_tree, Stream.marked, Stream.end_text
    strip, split = inline.remove_last_whitespace, inline.split_text_box
    skip_first = inline.skip_first_whitespace
    skipped = lost = False

    def recording(
        box: Any, parent: Any, pdf: Any, page: int, nums: Any, annotations: Any, known: Any
    ) -> Iterator[Any]:
        box = _unwrapped(box)
        if isinstance(box, MarginBox) and getattr(box, "publish_artifact", False):
            return  # all of it is drawn as artifacts
        boxes = pdf.__dict__.setdefault("publish_boxes", {})
        for element in build(box, parent, pdf, page, nums, annotations, known):
            # An element of a box that has none of its own comes from further in: it is known.
            boxes.setdefault(element.number, box)
            yield element

    @contextlib.contextmanager
    def marked_or_artifact(self: Any, box: Any, tag: str) -> Iterator[None]:
        if getattr(box, "publish_artifact", False):
            with self.artifact():
                yield
            return
        self.publish_box = box
        try:
            with marked(self, box, tag):
                yield
        finally:
            self.publish_box = None

    def ending(self: Any) -> None:
        box = getattr(self, "publish_box", None)
        if box is not None and isinstance(self._fonts, _Fonts):
            _end_line(self, box)
        end_text(self)

    def skipping(box: Any, skip_stack: Any) -> Any:
        nonlocal skipped
        found = skip_first(box, skip_stack)
        skipped = found != skip_stack
        return found

    def stripped(context: Any, line: Any) -> None:
        nonlocal lost
        line.publish_skipped = skipped
        before = _last_text(line)
        length = len(before.text) if before is not None else 0
        strip(context, line)
        after = _last_text(line)
        if after is not None and (lost or after is not before or len(after.text) < length):
            after.publish_space = True
        lost = False

    def parted(context: Any, box: Any, width: Any, skip: Any, is_line_start: Any = True) -> Any:
        nonlocal lost
        line, resume, preserved = split(context, box, width, skip, is_line_start)
        if resume is not None:
            taken = box.text.encode()[skip or 0 : resume].decode()
            spaced = taken != taken.rstrip(" \n")
            if line is None:
                lost = spaced
            elif spaced and not line.text.endswith(" "):
                line.publish_space = True
        return line, resume, preserved

    tags._build_box_tree = recording
    Stream.marked = marked_or_artifact
    Stream.end_text = ending
    inline.remove_last_whitespace = stripped
    inline.split_text_box = parted
    inline.skip_first_whitespace = skipping
    fonts.instantiateVariableFont = _cut_by_harfbuzz(fonts.instantiateVariableFont)
    line_break.Layout.setup = _releasing(line_break.Layout.setup)


def _last_text(line: Any) -> Any:
    """The last box of a line that holds words or a space; None where the line ends otherwise."""
    for child in reversed(getattr(line, "children", ())):
        if _kind(child) == "TextBox":
            if child.text:
                return child
        elif _kind(child) != "InlineBox":
            return None
        elif (found := _last_text(child)) is not None:
            return found
    return None


_LAST_GLYPH = re.compile(rb"(\[.*<[0-9a-f]*)([0-9a-f]{4}>-?\d*\] TJ)\Z", re.DOTALL)


def _end_line(stream: Any, box: Any) -> None:
    """Write what belongs to the text and was lost to the end of a line.

    The space goes where the line ends and draws nothing. A hyphen that hyphenation set says that
    it is one (`ActualText` of U+00AD), so that the word is read and copied as one.
    """
    # A line that was not justified may still be drawn with its space.
    drawn = box.pango_layout.text
    if getattr(box, "publish_space", False) and not drawn.endswith(" "):
        name, size = stream._current_font
        spaced = [font for font in stream._fonts.values() if font.to_unicode.space]
        # Any font's space will do where this one has not set any yet: it draws nothing.
        spaced.sort(key=lambda font: font.hash != name)
        if spaced:
            stream.set_font_size(spaced[0].hash, size)
            stream.show_text(f"<{spaced[0].to_unicode.space:04x}>")
    elif drawn.endswith(HYPHEN) and (found := _LAST_GLYPH.match(stream.stream[-1])):
        stream.stream[-1] = found[1] + b">] TJ"
        stream.stream += [b"/Span <</ActualText <FEFF00AD>>> BDC", b"[<" + found[2], b"EMC"]


HYPHEN = "\u2010"
"""What hyphenation sets at the end of a line; `pdf` writes other hyphens as `-`."""


_DECLARED = """
hb_blob_t * hb_blob_create (
    const char *data, unsigned int length, int mode, void *user_data, void *destroy);
hb_face_t * hb_face_create (hb_blob_t *blob, unsigned int index);
int hb_subset_input_pin_axis_location (
    hb_subset_input_t *input, hb_face_t *face, hb_tag_t axis_tag, float axis_value);
"""
_OVERLAPS = 0x10
"""HB_SUBSET_FLAGS_SET_OVERLAPS_FLAG: contours of the fonts overlap, and are filled as one."""


class _Cut:
    """A font file, as far as WeasyPrint uses a font of fontTools."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def save(self, file: Any) -> None:
        file.write(self.content)


def _cut_by_harfbuzz(original: Callable[..., Any]) -> Callable[..., Any]:
    """What makes one weight and size of a variable font; `original` is fontTools' way.

    HarfBuzz, which has cut the font to its glyphs already, does it in a hundredth of the time; by
    fontTools it is half of what a PDF takes. Releases of HarfBuzz before 6 can't.
    """
    from weasyprint.pdf.fonts import get_hb_object_data
    from weasyprint.text.ffi import ffi, harfbuzz, harfbuzz_subset

    if not (harfbuzz_subset and harfbuzz.hb_version_atleast(6, 0, 0)):
        return original
    ffi.cdef(_DECLARED, override=True)

    def instance(font: Any, location: dict[str, float], static: bool = True) -> Any:
        content = font.reader.file.getvalue()
        data = ffi.from_buffer(content)
        blob = harfbuzz.hb_blob_create(data, len(content), 0, ffi.NULL, ffi.NULL)
        face = ffi.gc(harfbuzz.hb_face_create(blob, 0), harfbuzz.hb_face_destroy)
        harfbuzz.hb_blob_destroy(blob)
        wanted = ffi.gc(
            harfbuzz_subset.hb_subset_input_create_or_fail(),
            harfbuzz_subset.hb_subset_input_destroy,
        )
        count = font["maxp"].numGlyphs
        glyphs = ffi.new(f"hb_codepoint_t[{count}]", tuple(range(count)))
        kept = harfbuzz_subset.hb_subset_input_glyph_set(wanted)
        harfbuzz.hb_set_add_sorted_array(kept, glyphs, count)
        harfbuzz_subset.hb_subset_input_set_flags(
            wanted,
            harfbuzz_subset.HB_SUBSET_FLAGS_RETAIN_GIDS
            | harfbuzz_subset.HB_SUBSET_FLAGS_PASSTHROUGH_UNRECOGNIZED
            | _OVERLAPS,
        )
        for axis in font["fvar"].axes:
            tag = harfbuzz.hb_tag_from_string(axis.axisTag.encode(), -1)
            place = location.get(axis.axisTag, axis.defaultValue)
            if not harfbuzz_subset.hb_subset_input_pin_axis_location(wanted, face, tag, place):
                return original(font, location, static=static)
        made = harfbuzz_subset.hb_subset_or_fail(face, wanted)
        if made == ffi.NULL:
            return original(font, location, static=static)
        return _Cut(get_hb_object_data(ffi.gc(made, harfbuzz.hb_face_destroy)))

    return instance


def _releasing(original: Callable[..., None]) -> Callable[..., None]:
    """`Layout.setup` without its leak: it keeps the attributes of every text, 70 kB a document.

    Goes together with `Unshared`: without it, an attribute would be freed twice.
    """
    from weasyprint.text.ffi import ffi, pango

    def setup(self: Any, style: Any) -> None:
        original(self, style)
        if not isinstance(style.font_config.font_features, Unshared):
            return
        attributes = pango.pango_layout_get_attributes(self.layout)
        if attributes != ffi.NULL:
            # The layout holds a reference of its own; this is the maker's.
            pango.pango_attr_list_unref(attributes)

    return setup


class Unshared(dict[Any, Any]):
    """The font features of a configuration, none of which may be used twice: each list of
    attributes owns, and in the end frees, its own."""

    def setdefault(self, key: Any, default: Any = None) -> Any:  # noqa: ARG002 — dict's own
        """What was just made, and not what was made before."""
        return default


def verify(version: str, names: dict[str, Callable[..., Any] | None]) -> None:
    """Raise `RuntimeError` unless these are the private names of a release known here."""
    wrong = [] if version.startswith(RELEASE) else [f"its version is {version}"]
    for name, function in names.items():
        if function is None:
            wrong.append(f"{name} is not there")
        elif (found := tuple(inspect.signature(function).parameters)) != _PARAMETERS[name]:
            wrong.append(f"{name} takes {', '.join(found)}")
    if wrong:
        message = f"PDFs need WeasyPrint {RELEASE}*, this one is another: {'; '.join(wrong)}"
        raise RuntimeError(message)


def colours() -> dict[str, Any]:
    """The colour profile that PDF/A wants named, by the name that WeasyPrint gives it; for one
    document, since a profile that was written once is written otherwise the next time.
    """
    from weasyprint.css import ColorProfile

    file = io.BytesIO(_profile())
    return {"srgb": ColorProfile(file, _SRGB, "relative-colorimetric", (["r"], ["g"], ["b"]))}


_SRGB = "sRGB2014.icc"


@functools.cache
def _profile() -> bytes:
    """WeasyPrint's own profile; the engine would open its file for each document, and leave it."""
    import weasyprint.pdf

    return (files(weasyprint.pdf) / _SRGB).read_bytes()


def _unwrapped(box: Any) -> Any:
    """The box itself, of an absolutely placed one."""
    return getattr(box, "_box", box)


def _inside(box: Any) -> Iterator[Any]:
    """A box and everything in it, in the order of the text."""
    box = _unwrapped(box)
    yield box
    for child in getattr(box, "children", ()):
        yield from _inside(child)


def _kind(box: Any) -> str:
    """The class of a box, such as `LineBox`."""
    return type(box).__name__


def _tag(box: Any) -> str:
    """Name of the element or pseudo-element that a box was made for; empty for anonymous boxes."""
    return "" if box.element is None else str(box.element_tag)


# ── Layout ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a note and its mark stand."""

    number: int
    """The note's number, from 1."""

    called: int
    """Page of its mark, from 1."""

    begins: int
    """Page on which its text begins, from 1; 0 where it is nowhere."""

    ends: int
    """Page on which its text ends."""


@dataclass(slots=True)
class _Found:
    """The boxes of one note."""

    page: int
    call: Any
    parts: list[tuple[int, Any]]
    marker: Any = None


def _notes(document: Any) -> list[_Found]:
    """The document's notes in the order of their marks."""
    found: dict[Any, _Found] = {}
    for number, page in enumerate(document.pages, start=1):
        for box in _inside(page._page_box):
            if _tag(box).endswith("::footnote-call") and _kind(box) != "TextBox":
                found.setdefault(box.element, _Found(number, box, []))
    for number, page in enumerate(document.pages, start=1):
        for area in _areas(page):
            for part in map(_unwrapped, area.children):
                note = found.get(part.element)
                if note is None:
                    continue  # the rest of a note whose mark is nowhere
                note.parts.append((number, part))
                for box in _inside(part):
                    if _tag(box).endswith("::footnote-marker") and _kind(box) != "TextBox":
                        note.marker = note.marker or box
    return list(found.values())


def _areas(page: Any) -> Iterator[Any]:
    """Where notes stand on a page."""
    for child in page._page_box.children:
        if _kind(child) == "FootnoteAreaBox":
            yield child


def notes(document: Any) -> tuple[Placed, ...]:
    """Where each note of a laid-out document stands, in the order of the marks."""
    return tuple(
        Placed(
            number=number,
            called=note.page,
            begins=note.parts[0][0] if note.parts else 0,
            ends=note.parts[-1][0] if note.parts else 0,
        )
        for number, note in enumerate(_notes(document), start=1)
    )


def pusher(document: Any) -> Any:
    """The element whose text pushed the first note that slipped off its page; None if none did.

    Where a page ends just above the first place at which a paragraph may break, WeasyPrint 70 takes
    placed notes off the page to make room for the line that is lacking, and puts none back. That
    paragraph, or the rest of it, is then the first on the next page.
    """
    slipped = [note.called for note in notes(document) if note.begins != note.called]
    if not slipped or min(slipped) == len(document.pages):
        return None

    def first(box: Any) -> Any:
        for child in map(_unwrapped, getattr(box, "children", ())):
            if _kind(child) == "LineBox":
                return box
            # A heading only follows the paragraph that it stays with.
            in_flow = child.is_in_normal_flow() and child.element_tag not in _HEADINGS
            if in_flow and (found := first(child)) is not None:
                return found
        return None

    block = first(document.pages[min(slipped)]._page_box.children[0])
    return None if block is None else block.element


_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


def last_fill(document: Any) -> float:
    """How much of the last page's height holds text: 0 is nothing, 1 all of it."""
    page = document.pages[-1]._page_box
    flow = _inside(page.children[0])  # margin boxes and notes are the page's other children
    lowest = max((b.position_y + b.height for b in flow if _kind(b) == "LineBox"), default=0)
    return float((lowest - page.content_box_y()) / page.height)


def foot_margin(document: Any) -> float:
    """The margin below the last page's text, in CSS pixels."""
    return float(document.pages[-1]._page_box.margin_bottom)


# ── Before writing ───────────────────────────────────────────────────────────────────────────


def prepare(document: Any) -> None:
    """Make a laid-out document ready to be written with the tags that `finish` mends.

    Marks what stands in page margins as artifacts, takes links out of links, lets each note's mark
    lead to the note and back, and has glyphs say the usual one of their characters.
    """
    document.fonts = _Fonts()
    lines: dict[tuple[int, str], Any] = {}
    for page in document.pages:
        page.links = list(_outermost(page))
        for child in page._page_box.children:
            if _kind(child) == "MarginBox":
                for box in _inside(child):
                    box.publish_artifact = True
        for box in _inside(page._page_box):
            if _kind(box) == "LineBox":
                key = id(box.element), _tag(box)
                if getattr(box, "publish_skipped", False) and key in lines:
                    # The space before this line's first word ends the line above.
                    last = _last_text(lines[key])
                    if last is not None:
                        last.publish_space = True
                lines[key] = box
    for number, note in enumerate(_notes(document), start=1):
        if note.marker is None:
            continue
        there, back = f"note-{number}", f"mark-{number}"
        for page_number, target, box, source in (
            (note.page, there, note.call, back),
            (note.parts[0][0], back, note.marker, there),
        ):
            x, y, width, height = box.hit_area()
            page = document.pages[page_number - 1]
            page.links.append(("internal", target, (x, y, x + width, y + height), box))
            page.anchors[source] = (x, y, x + width, y + height)


class _Fonts(dict[Any, Any]):
    """The fonts of a document, from the moment when a page first needs them."""

    def __setitem__(self, key: Any, font: Any) -> None:
        font.to_unicode = _Letters(font.to_unicode)
        super().__setitem__(key, font)


class _Letters(dict[int, str]):
    """Glyph → what is copied and searched for it; the engine notes the first character it meets.

    In most fonts a hyphen is one glyph whether it was typed or comes from hyphenation, and so is a
    space, whether or not a line may end there: an address would be copied with a U+2010 in it.
    """

    _USUAL = str.maketrans("\u2010\u2011\xad\xa0\u2009\u202f", "---   ")

    space: int | None = None
    """The glyph of the space, once it is known."""

    def __setitem__(self, glyph: int, text: str) -> None:
        usual = text.translate(self._USUAL)
        if usual == " " and self.space is None:
            self.space = glyph
        super().__setitem__(glyph, usual)


def _outermost(page: Any) -> Iterator[tuple[Any, ...]]:
    """A page's links without those that a link around them holds: `<a><em>…</em></a>` is one."""
    inner: set[int] = set()

    def walk(box: Any, linked: bool) -> None:
        box = _unwrapped(box)
        own = getattr(box, "link", None) is not None
        if linked and not own:
            inner.add(id(box))
        for child in getattr(box, "children", ()):
            walk(child, linked or own)

    walk(page._page_box, False)
    for link in page.links:
        if id(link[3]) not in inner:
            yield link


def addresses(document: Any) -> Iterator[tuple[str, str]]:
    """Kind and address of every link and attachment: `external`, `internal`, `attachment`."""
    for page in document.pages:
        for kind, target, *_ in page.links:
            yield kind, target
    for attachment in document.metadata.attachments:
        yield "attachment", str(getattr(attachment, "source", attachment))


# ── After writing ────────────────────────────────────────────────────────────────────────────

_BLOCKS = frozenset({"/P", "/H1", "/H2", "/H3", "/H4", "/H5", "/H6"})
# What a page break may part and what is put together again.
_PARTED = _BLOCKS | {
    *("/Part", "/Art", "/Sect", "/Div", "/BlockQuote", "/L", "/LI", "/LBody", "/NonStruct"),
    *("/Span", "/Link"),
}


def finish(document: Any, pdf: Any) -> None:
    """Mend the tags of a PDF that is about to be written: WeasyPrint's `finisher`."""
    _Tags(pdf, document.metadata.lang or "").mend()


class _Tags:
    """The tree of structure elements of one PDF."""

    def __init__(self, pdf: Any, language: str) -> None:
        self.pdf = pdf
        self.language = language
        self.boxes: dict[int, Any] = pdf.__dict__.get("publish_boxes", {})
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
            self.join(element, _same_link)
        self.calls(notes)
        self.drop_empty(self.root)
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
        return "" if box is None else _tag(box)

    def new(self, kind: str, like: Any, kids: Sequence[Any]) -> Any:
        """A new element in the place of `like`, whose kids come to stand in it."""
        import pydyf

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
        for kid in second["K"]:
            inner = self.element(kid)
            if inner is not None:
                inner["P"] = first.reference
                first["K"].append(kid)
            elif isinstance(kid, int) and first["Pg"] != second["Pg"]:
                first["K"].append(self.content(kid, second["Pg"]))
            else:
                first["K"].append(kid)
        self.moved[second.reference] = first.reference
        second.clear()
        if 0 < edge < len(first["K"]):
            last, following = self.element(first["K"][edge - 1]), self.element(first["K"][edge])
            if last is not None and following is not None and _parted(self, last, following):
                del first["K"][edge]
                self.unite(last, following)

    def content(self, number: int, page: bytes) -> bytes:
        """Marked content of another page than its element's."""
        import pydyf

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

    # ── Notes ────────────────────────────────────────────────────────────────────────────────

    def footnotes(self) -> dict[Any, Any]:
        """The notes by their element in the page, taken out of their areas."""
        found: dict[Any, Any] = {}
        for area in self.kids(self.root):
            if _kind(self.box(area)) != "FootnoteAreaBox":
                continue
            self.root["K"].remove(area.reference)
            for part in self.kids(area):
                element = self.box(part).element
                if element in found:
                    self.unite(found[element], part)
                else:
                    found[element] = self.note(part)
            area.clear()
        return found

    def note(self, note: Any) -> Any:
        import pydyf

        note["S"] = "/Note"
        # Numbers of objects are the same in each run, and no two are equal.
        note["ID"] = pydyf.String(f"note-{note.number}")
        for inner in list(self.below(note)):
            if self.tag(inner).endswith("::footnote-marker"):
                inner["S"] = "/Link" if self.box(inner).link_annotation else "/Span"
                self.wrap(inner, "/Lbl")
        return note

    def calls(self, notes: dict[Any, Any]) -> None:
        """Marks become references, and each note stands behind the block that calls it."""
        behind: dict[int, Any] = {}
        for call in list(self.below(self.root)):
            if not self.tag(call).endswith("::footnote-call"):
                continue
            call["S"] = "/Link" if self.box(call).link_annotation else "/Span"
            self.wrap(call, "/Reference")
            note = notes.pop(self.box(call).element, None)
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
                home["K"].append(note.reference)
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

    # ── The rest ─────────────────────────────────────────────────────────────────────────────

    def drop_empty(self, parent: Any) -> None:
        """Boxes that hold nothing are nothing to read."""
        for kid in self.kids(parent):
            self.drop_empty(kid)
            if not kid["K"] and kid["S"] in ("/NonStruct", "/Span", "/Div", "/Sect"):
                parent["K"].remove(kid.reference)
                kid.clear()

    def languages(self, parent: Any, language: str) -> None:
        """Elements whose language is not that of what they stand in say which it is."""
        import pydyf

        for kid in self.kids(parent):
            box = self.box(kid)
            own = language if box is None else str(box.style["lang"] or self.language)
            if own != language:
                kid["Lang"] = pydyf.String(own)
            self.languages(kid, own)


def _parted(tags: _Tags, first: Any, second: Any) -> bool:
    """Whether a page break parted two elements."""
    one, other = tags.box(first), tags.box(second)
    return (
        one is not None
        and other is not None
        and one.element is not None
        and one.element is other.element
        and _tag(one) == _tag(other)
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
        and one.element is other.element
        and _tag(one) == _tag(other)
    )
