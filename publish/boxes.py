"""What WeasyPrint keeps to itself: laid-out boxes, how they are drawn, and what it forgets.

Every private name of WeasyPrint that this package leans on stands in this module, and `install`
refuses to work with a release that has others. What is done here beyond what the engine does:

- it is remembered which box each tag was made from, so that `tags` can mend the tree of tags;
- running heads and page numbers are drawn as artifacts (ISO 32000-1, 14.8.2.2), not as marked
  content that no tag owns; a note's mark leads to its note, and the note back;
- words stay words where lines end: the space is there, a hyphen of hyphenation is a soft one
  (14.8.2.2.3), and a glyph that several characters share is copied as the usual one of them;
- fonts are cut by HarfBuzz alone, and memory that each text would keep is freed.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import io
import re
from collections.abc import Callable, Iterator
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
    from weasyprint.formatting_structure.boxes import PageBox
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
        box = unwrapped(box)
        if getattr(box, "publish_artifact", False):
            return  # all of it is drawn as artifacts
        if isinstance(box, PageBox):
            _remember_reversed(pdf, page, known)
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


def _remember_reversed(pdf: Any, page: int, marked: Any) -> None:
    """Note the texts of a page that were drawn from right to left, by their marked content."""
    reverse = pdf.__dict__.setdefault("publish_reversed", {})
    for box, content in marked.items():
        layout = getattr(box, "pango_layout", None)
        if layout is not None and layout.first_line_direction % 2:
            space = " " if getattr(box, "publish_space", False) else ""
            reverse[page, content["mcid"]] = box.text + space


def _last_text(line: Any) -> Any:
    """The last box of a line that holds words or a space; None where the line ends otherwise."""
    for child in reversed(getattr(line, "children", ())):
        if kind(child) == "TextBox":
            if child.text:
                return child
        elif kind(child) != "InlineBox":
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
    spaced = [font for font in stream._fonts.values() if font.to_unicode.space]
    if not box.text.strip():
        # A space between two elements stands alone in its box, and the engine draws no such box.
        if spaced and box.text:
            x, y = box.position_x, box.position_y + box.baseline
            stream.set_text_matrix(1, 0, 0, -1, x, y)
            stream.set_font_size(spaced[0].hash, box.style["font_size"])
            stream.show_text(f"<{spaced[0].to_unicode.space:04x}>")
        return
    # A line that was not justified may still be drawn with its space.
    drawn = box.pango_layout.text
    if getattr(box, "publish_space", False) and not drawn.endswith(" "):
        name, size = stream._current_font
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


def unwrapped(box: Any) -> Any:
    """The box itself, of an absolutely placed one."""
    return getattr(box, "_box", box)


def inside(box: Any) -> Iterator[Any]:
    """A box and everything in it, in the order of the text."""
    box = unwrapped(box)
    yield box
    for child in getattr(box, "children", ()):
        yield from inside(child)


def kind(box: Any) -> str:
    """The class of a box, such as `LineBox`."""
    return type(box).__name__


def tag(box: Any) -> str:
    """Name of the element or pseudo-element that a box was made for; empty for anonymous boxes."""
    return "" if box.element is None else str(box.element_tag)


def source(box: Any) -> Any:
    """The element that a box was made for; the same for its parts and pseudo-elements."""
    return box.element


def language(box: Any) -> str:
    """The language of a box; empty where nothing says it."""
    return str(box.style["lang"] or "")


def linked(box: Any) -> bool:
    """Whether a link of its own was made for a box that has been drawn."""
    return box.link_annotation is not None


def reversed_texts(pdf: Any) -> dict[tuple[int, int], str]:
    """Texts that were drawn from right to left, in the order in which they are read, by page (from
    0) and number of their marked content."""
    found: dict[tuple[int, int], str] = pdf.__dict__.get("publish_reversed", {})
    return found


def again(box: Any) -> bool:
    """Whether a box is the mark of a note that was called before."""
    return box.element is not None and box.element.get("class") == "note-mark"


def recorded(pdf: Any) -> dict[int, Any]:
    """The box that each tag of a drawn document was made from, by the tag's object number."""
    found: dict[int, Any] = pdf.__dict__.get("publish_boxes", {})
    return found


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

    words: str
    """How its text begins, as far as its first line goes."""


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
        for box in inside(page._page_box):
            if tag(box).endswith("::footnote-call") and kind(box) != "TextBox":
                found.setdefault(box.element, _Found(number, box, []))
    for number, page in enumerate(document.pages, start=1):
        for area in _areas(page):
            for part in map(unwrapped, area.children):
                note = found.get(part.element)
                if note is None:
                    continue  # the rest of a note whose mark is nowhere
                note.parts.append((number, part))
                for box in inside(part):
                    if tag(box).endswith("::footnote-marker") and kind(box) != "TextBox":
                        note.marker = note.marker or box
    return list(found.values())


def _areas(page: Any) -> Iterator[Any]:
    """Where notes stand on a page."""
    for child in page._page_box.children:
        if kind(child) == "FootnoteAreaBox":
            yield child


def notes(document: Any) -> tuple[Placed, ...]:
    """Where each note of a laid-out document stands, in the order of the marks."""
    return tuple(
        Placed(
            number=number,
            called=note.page,
            begins=note.parts[0][0] if note.parts else 0,
            ends=note.parts[-1][0] if note.parts else 0,
            words=_first_words(note.parts[0][1]) if note.parts else "",
        )
        for number, note in enumerate(_notes(document), start=1)
    )


def _first_words(part: Any) -> str:
    """The first line of a note, without its number."""
    line = next((box for box in inside(part) if kind(box) == "LineBox"), part)
    texts = (box for box in inside(line) if kind(box) == "TextBox")
    return "".join(b.text for b in texts if not tag(b).endswith("::footnote-marker")).strip()


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
        for child in map(unwrapped, getattr(box, "children", ())):
            if kind(child) == "LineBox":
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
    flow = inside(page.children[0])  # margin boxes and notes are the page's other children
    lowest = max((b.position_y + b.height for b in flow if kind(b) == "LineBox"), default=0)
    return float((lowest - page.content_box_y()) / page.height)


def loosen(document: Any) -> bool:
    """Let tables that are too wide break their words, and those longer than a page begin where they
    stand; whether anything is to be laid out anew for it. The page's elements are changed."""
    changed = False
    parts: dict[Any, int] = {}
    for page in document.pages:
        edge = page._page_box.content_box_x() + page._page_box.width
        left = page._page_box.content_box_x()
        for box in inside(page._page_box.children[0]):
            if kind(box) == "TableBox" and box.element is not None:
                parts[box.element] = parts.get(box.element, 0) + 1
                start, end = box.border_box_x(), box.border_box_x() + box.border_width()
                if end > edge + 1 or start < left - 1:
                    changed |= _styled(box.element, "overflow-wrap: anywhere; hyphens: auto")
    for element, number in parts.items():
        if number > 1:
            changed |= _styled(element, "break-inside: auto")
    return changed


def _styled(element: Any, rule: str) -> bool:
    """Give an element of the page a rule of its own; whether it had it not."""
    style = element.get("style", "")
    if rule in style:
        return False
    element.set("style", f"{style}; {rule}")
    return True


def long_rows(document: Any) -> Iterator[tuple[int, str]]:
    """Rows of tables that go over more than a page, of which WeasyPrint 70 draws shorter cells more
    than once: the page on which the row begins, and its first words."""
    begun: dict[Any, tuple[int, str]] = {}
    for number, page in enumerate(document.pages, start=1):
        for box in inside(page._page_box.children[0]):
            if kind(box) == "TableRowBox" and not getattr(box, "publish_artifact", False):
                words = next((b.text for b in inside(box) if kind(b) == "TextBox"), "")
                place = begun.setdefault(box.element, (number, words))
                if place[0] == number - 1:
                    yield place


def lost(document: Any) -> Iterator[tuple[int, int, str]]:
    """Texts that run off the paper or over what stands above: the page, the number of the note that
    they belong to (0 for none), and the words."""
    numbers = {note.call.element: number for number, note in enumerate(_notes(document), start=1)}
    for number, page in enumerate(document.pages, start=1):
        top = page._page_box.content_box_y()
        for child in page._page_box.children:
            if kind(child) == "MarginBox":
                continue
            for part in getattr(child, "children", ()):
                note = numbers.get(unwrapped(part).element, 0)
                for box in inside(part):
                    if kind(box) != "TextBox" or not box.text.strip():
                        continue
                    x, y = box.position_x, box.position_y
                    sideways = x < -1 or x + box.width > page.width + 1
                    if sideways or y < top - box.height or y + box.height > page.height + 1:
                        yield number, note, box.text.strip()
                        break


def foot_margin(document: Any) -> float:
    """The margin below the last page's text, in CSS pixels."""
    return float(document.pages[-1]._page_box.margin_bottom)


# ── Before writing ───────────────────────────────────────────────────────────────────────────


def prepare(document: Any) -> None:
    """Make a laid-out document ready to be written with the tags that `tags` mends.

    Marks what stands in page margins as artifacts, takes links out of links, lets each note's mark
    lead to the note and back, and has glyphs say the usual one of their characters.
    """
    document.fonts = _Fonts()
    lines: dict[tuple[int, str], Any] = {}
    headers: set[Any] = set()
    for page in document.pages:
        page.links = list(_outermost(page))
        for child in page._page_box.children:
            if kind(child) == "MarginBox":
                for box in inside(child):
                    box.publish_artifact = True
        for box in inside(page._page_box):
            if getattr(box, "is_header", False):
                if box.element in headers:
                    _repeat(box)
                headers.add(box.element)
            if kind(box) == "LineBox":
                key = id(box.element), tag(box)
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


def _repeat(header: Any) -> None:
    """The header of a table that runs on is drawn again, and read once."""
    for box in inside(header):
        box.publish_artifact = True
        box.mark = {"A": {}}  # where the engine would write what the cell's tag says


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
        box = unwrapped(box)
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
