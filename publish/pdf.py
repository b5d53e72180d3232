"""PDF editions: print HTML in, PDF bytes out. Imports weasyprint and the font packages, alone.

WeasyPrint is imported when the first PDF is made. It reads nothing but what it is handed: the
fetcher knows the fonts and the edition's images by name, and everything else stops the work.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import logging
import multiprocessing.util
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import fontpkg_amiri
import fontpkg_source_serif_4

from .errors import Problem, PublishError, Span
from .model import Pdf

BASE = "https://site.invalid/"
"""Base of relative addresses in print HTML; no such host exists (RFC 2606)."""

VARIANT = "pdf/ua-1"
"""Tagged, accessible PDF (ISO 14289-1)."""


@dataclass(frozen=True, slots=True)
class Job:
    """One PDF to make."""

    html: str
    """The print page."""

    stylesheet: str
    """The print style sheet."""

    stylesheet_path: str
    """The style sheet's file, for problems."""

    images: Mapping[str, bytes]
    """Images by the path that the page names them with."""

    source: str
    """The file whose edition this is, for problems."""

    edition: str
    """What a problem calls the edition: `tr, some-piece`."""

    epoch: int
    """The edition's date in seconds since 1970-01-01, written into fonts instead of the clock."""


def render(job: Job) -> Pdf:
    """The PDF of a job, the same bytes for the same job. Problems are returned with it.

    Raises `PublishError` where the page names a file that it was not handed.
    """
    span = Span(job.source)
    with _recorded() as records, _dated(job.epoch):
        engine = _engine()
        try:
            document, complaints = engine.document(job)
            content = document.write_pdf(pdf_variant=VARIANT)
        except engine.forbidden as error:
            message = f"PDF ({job.edition}): {error}"
            raise PublishError([Problem("B1", message, span)]) from None
        slipped = _slipped(document)
    sheet = Span(job.stylesheet_path)
    problems = [Problem("B1", f"PDF: {message}", sheet) for message in dict.fromkeys(complaints)]
    hint = "write it with other characters, or build with --no-pdf"
    problems += [
        Problem("B1", f"PDF ({job.edition}): {message}", span, hint)
        for message in dict.fromkeys((*records, *_borrowed(document)))
    ]
    hint = "move its mark by a sentence, or shorten the note"
    problems += [
        Problem(
            "B3", f"PDF ({job.edition}): note {note} is not on the page of its mark", span, hint
        )
        for note in slipped
    ]
    return Pdf(content, len(document.pages), tuple(problems))


def _borrowed(document: Any) -> Iterator[str]:
    """What our fonts lack and Pango took from the machine's, without a word."""
    for font in document.fonts.values():
        if font.family not in _FAMILIES.values():
            lacking = sorted(set("".join(font.to_unicode.values())) - {" "})
            names = ", ".join(f"{char} (U+{ord(char):04X})" for char in lacking)
            yield f"our fonts do not have {names}; this machine's {font.family} does"


def _places(document: Any) -> dict[Any, tuple[int, int | None]]:
    """The page of each note's mark and the page of the note, by the note's element.

    WeasyPrint's boxes are private; marks and notes are told apart by their pseudo-elements.
    """
    marks: dict[Any, int] = {}
    notes: dict[Any, int] = {}
    for number, page in enumerate(document.pages):
        for box in page._page_box.descendants():
            tag = str(getattr(box, "element_tag", None) or "")
            if tag.endswith("::footnote-call"):
                marks.setdefault(box.element, number)
            elif tag.endswith("::footnote-marker"):
                notes.setdefault(box.element, number)
    return {element: (page, notes.get(element)) for element, page in marks.items()}


def _slipped(document: Any) -> tuple[int, ...]:
    """Numbers of the notes that do not stand on the page of their mark, or nowhere at all."""
    places = _places(document).values()
    return tuple(index for index, (mark, note) in enumerate(places, start=1) if mark != note)


def _pusher(document: Any) -> Any:
    """The element whose text pushed the first note that slipped off its page; None if none did.

    Where a page ends just above the first place at which a paragraph may break, WeasyPrint 70 takes
    placed notes off the page to make room for the line that is lacking, and puts none back. That
    paragraph, or the rest of it, is then the first on the next page.
    """
    slipped = [mark for mark, note in _places(document).values() if mark != note]
    if not slipped or min(slipped) + 1 == len(document.pages):
        return None

    def first(box: Any) -> Any:
        for child in getattr(box, "children", ()):
            if type(child).__name__ == "LineBox":
                return box
            in_flow = child.is_in_normal_flow() and child.element_tag not in _HEADINGS
            if in_flow and (found := first(child)) is not None:
                return found
        return None

    block = first(document.pages[min(slipped) + 1]._page_box.children[0])
    return None if block is None else block.element


_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
"""They only follow the paragraph that they stay with."""


SHORT = 0.2
"""Share of its height below which a last page counts as nearly empty."""


def _nearly_empty(document: Any) -> bool:
    """Whether the last of several pages holds next to nothing."""
    page = document.pages[-1]._page_box
    flow = page.children[0].descendants()  # margin boxes and notes are the page's other children
    bottoms = (b.position_y + b.height for b in flow if type(b).__name__ == "LineBox")
    lowest = max(bottoms, default=0)
    return len(document.pages) > 1 and lowest - page.content_box_y() < SHORT * page.height


FEET = (1, 3 / 4, 5 / 4, 2 / 3)
"""What the foot margin is multiplied by, one after the other, until a layout has no fault: a
narrower foot takes back the last lines of a nearly empty page, a wider one hands it more."""

WHOLE = "; orphans: 99"
"""Added to the style of a paragraph that pushed notes off a page: it would have gone to the next
page anyhow, and pushes nothing where it has no place to break."""

PUSHERS = 4
"""How many paragraphs are kept whole at most for the sake of notes, before the foot changes."""


@contextlib.contextmanager
def _dated(epoch: int) -> Iterator[None]:
    # fontTools stamps the clock into the fonts it cuts, unless this variable speaks.
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = str(epoch)
    try:
        yield
    finally:
        if before is None:
            del os.environ["SOURCE_DATE_EPOCH"]
        else:
            os.environ["SOURCE_DATE_EPOCH"] = before


@contextlib.contextmanager
def _recorded() -> Iterator[list[str]]:
    """Collects what WeasyPrint and the font tools would write to their logs."""
    records: list[str] = []

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            records.append(record.getMessage())

    handler = Handler(logging.WARNING)
    logger = logging.getLogger("weasyprint")
    propagate, logger.propagate = logger.propagate, False
    logger.addHandler(handler)
    try:
        yield records
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagate


_FAMILIES = {fontpkg_source_serif_4: "Source Serif 4", fontpkg_amiri: "Amiri"}


def _faces() -> Iterator[tuple[str, Path]]:
    """Each packaged font file with the `@font-face` rule that declares it."""
    for module, family in _FAMILIES.items():
        for path in sorted((Path(module.ROOT) / "files").glob("*.ttf")):
            style = "italic" if "Italic" in path.name else "normal"
            # A variable font's weights are all in one file; a range would be refused.
            variable = "[" in path.name
            weight = "" if variable else f"font-weight:{700 if 'Bold' in path.name else 400};"
            source = f"src:url('{path.as_uri()}')"
            face = f"font-family:'{family}';font-style:{style};{weight}{source}"
            yield f"@font-face{{{face}}}", path


class _Engine:
    """WeasyPrint with our fonts and style sheets, made once a process."""

    def __init__(self) -> None:
        import weasyprint
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

        faces = list(_faces())
        files = {path.as_uri(): path for _, path in faces}

        class Fetcher(URLFetcher):  # type: ignore[misc]
            """Serves what it was given and nothing else."""

            def __init__(self, images: Mapping[str, bytes]) -> None:
                super().__init__()
                self._images = images

            def fetch(self, url: str, headers: Any = None) -> Any:  # noqa: ARG002 — WeasyPrint's
                if url in files:
                    return URLFetcherResponse(url, files[url].read_bytes(), {})
                name = unquote(url.removeprefix(BASE))
                if name in self._images:
                    return URLFetcherResponse(url, self._images[name], {})
                raise FatalURLFetchingError(f"not a file of the site: {url}")

        self.forbidden = FatalURLFetchingError
        """Raised for an address that the page was not handed; not an `Exception`."""
        self._weasyprint = weasyprint
        self._fetcher = Fetcher
        self._fonts = FontConfiguration()
        self._sheets: dict[str, tuple[Any, tuple[str, ...]]] = {}
        self._font_css = weasyprint.CSS(
            string="\n".join(rule for rule, _ in faces),
            font_config=self._fonts,
            url_fetcher=Fetcher({}),
        )

    def _css(self, text: str) -> tuple[Any, tuple[str, ...]]:
        """A style sheet, read once, and what it was blamed for then."""
        if text not in self._sheets:
            with _recorded() as records:
                css = self._weasyprint.CSS(
                    string=text, font_config=self._fonts, url_fetcher=self._fetcher({})
                )
            self._sheets[text] = css, tuple(records)
        return self._sheets[text]

    def document(self, job: Job) -> tuple[Any, tuple[str, ...]]:
        """The laid-out document of a job, and what its style sheet is blamed for."""
        style, complaints = self._css(job.stylesheet)
        best, fewest, margin = None, None, 0.0
        for foot in FEET:
            styles = [self._font_css, style]
            if fewest is not None:
                styles.append(self._css(f"@page {{ margin-bottom: {margin * foot:.1f}px }}")[0])
            # Read anew for each foot, since other paragraphs push notes there.
            page = self._weasyprint.HTML(
                string=job.html, base_url=BASE, url_fetcher=self._fetcher(job.images)
            )
            for _ in range(PUSHERS + 1):
                document = page.render(
                    stylesheets=styles, font_config=self._fonts, pdf_variant=VARIANT
                )
                faults = len(_slipped(document)), _nearly_empty(document)
                if fewest is None:
                    margin = document.pages[-1]._page_box.margin_bottom
                if fewest is None or faults < fewest:
                    best, fewest = document, faults
                if fewest == (0, False):
                    return best, complaints
                pusher = _pusher(document)
                if pusher is None or WHOLE in pusher.get("style", ""):
                    break
                pusher.set("style", pusher.get("style", "") + WHOLE)
        return best, complaints


@functools.cache
def _engine() -> _Engine:
    # A worker ends without running destructors, and the engine's folder of fonts would stay.
    multiprocessing.util.Finalize(None, _close, exitpriority=1)
    return _Engine()


def _close() -> None:
    _engine.cache_clear()
    gc.collect()
