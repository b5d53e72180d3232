"""PDF editions: print HTML in, PDF bytes out. Drives WeasyPrint, whose private parts `boxes` knows.

WeasyPrint is imported when the first PDF is made. It reads nothing but what it is handed: the
fetcher knows the fonts and the edition's images by name, and everything else stops the work.
Each file is PDF/A-2a (ISO 19005-2) and PDF/UA-1 (ISO 14289-1) at once: the engine writes the
first, `boxes`, `tags` and `xmp` add what the second asks for.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import gc
import logging
import multiprocessing.util
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from . import boxes, fonts, urls, xmp
from .errors import Problem, PublishError, Span
from .model import Pdf

BASE = "https://site.invalid/"
"""Base of relative addresses in print HTML; no such host exists (RFC 2606)."""

VARIANT = "pdf/a-2a"
"""The engine's own conformance; PDF/UA-1 comes on top of it, which is no way the engine knows."""


GIVEN = "given"
"""Tells the engine to look for no colour profile: the document has been given it."""


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
    """The day on which the edition was modified, in seconds since 1970-01-01; written into fonts
    instead of the clock."""


def render(job: Job) -> Pdf:
    """The PDF of a job, the same bytes for the same job. Problems are returned with it.

    Raises `PublishError` where the page names a file that it was not handed, and `RuntimeError`
    where WeasyPrint is not the release that `boxes` knows.
    """
    span = Span(job.source)
    with _recorded() as records, _dated(job.epoch):
        engine = _engine()
        try:
            document, complaints = engine.document(job)
            addresses = tuple(dict.fromkeys(boxes.addresses(document)))
            boxes.prepare(document)
            _describe(document)
            content = document.write_pdf(
                pdf_variant=VARIANT, output_intent=GIVEN, finisher=engine.finish
            )
        except engine.forbidden as error:
            message = f"PDF ({job.edition}): {error}"
            raise PublishError([Problem("B1", message, span)]) from None
    unsafe = (
        f"a link that no PDF may hold: {address}"
        for kind, address in addresses
        if kind != "internal" and not (kind == "external" and _leads_out(address))
    )
    sheet = Span(job.stylesheet_path)
    problems = [
        *(Problem("B1", f"PDF: {message}", sheet) for message in dict.fromkeys(complaints)),
        *(Problem("B1", f"PDF: {message}", Span(FONTS)) for message in engine.complaints),
        *(
            Problem("B1", f"PDF ({job.edition}): {message}", span, _hint(message))
            for message in dict.fromkeys((*_worth_telling(records), *_borrowed(document)))
        ),
        *(Problem("B1", f"PDF ({job.edition}): {message}", span) for message in unsafe),
        *_slips(document, job),
        *_lost(document, job),
    ]
    return Pdf(content, len(document.pages), tuple(problems))


FONTS = "pyproject.toml"
"""The file that a fault of the font packages is told of: their names stand there."""


def _hint(message: str) -> str:
    """What to do where letters are missing; the engine's other messages speak for themselves."""
    letters = message.startswith((".notdef", _LACKING))
    return "write it with other characters, or build with --no-pdf" if letters else ""


_LACKING = "our fonts do not have"


def _leads_out(address: str) -> bool:
    """Whether an absolute address is of the web or of mail, and not of the page's own base."""
    return urls.safe(address) and ":" in address and not address.startswith(BASE)


def _slips(document: Any, job: Job) -> Iterator[Problem]:
    """Notes that do not stand on the page of their mark; a long one may run on from there."""
    for note in boxes.notes(document):
        if note.begins != note.called:
            message = f"PDF ({job.edition}): {_named(note)} is not on the page of its mark"
            hint = "move its mark by a sentence, or shorten the note"
            yield Problem("B3", message, Span(job.source), hint)


def _named(note: boxes.Placed) -> str:
    """A note as its editor finds it: its number counts in this edition, its words lead to it."""
    words = note.words if len(note.words) <= 40 else f"{note.words[:40].rstrip()}…"
    return f"note {note.number} (“{words}”)" if words else f"note {note.number}"


def _lost(document: Any, job: Job) -> Iterator[Problem]:
    """Text that readers would not find: it runs off the paper, or over other text."""
    told: set[tuple[int, int]] = set()
    notes = boxes.notes(document)
    for page, note, words in boxes.lost(document):
        place = (note, 0 if note else page)
        if place in told:
            continue
        told.add(place)
        if note:
            message = f"{_named(notes[note - 1])} is longer than a page has room for"
            hint = "shorten it, or say part of it in the text"
        else:
            message = f"text runs off page {page}: “{words[:40]}”"
            hint = "divide it: a word, a line of code or a row of a table is wider than the page"
        yield Problem("B6", f"PDF ({job.edition}): {message}", Span(job.source), hint)
    for page, words in boxes.long_rows(document):
        message = f"a row of a table on page {page} is longer than a page: “{words[:40]}”"
        yield Problem("B6", f"PDF ({job.edition}): {message}", Span(job.source), "divide the row")


_SUBSETTER = "HarfBuzz-Subset"


def _worth_telling(records: list[str]) -> Iterator[str]:
    """What the engine complained of, but for the missing library that `missing_library` tells."""
    for record in records:
        if _SUBSETTER not in record:
            yield record.replace(BASE, "").rstrip(" :")


def missing_library() -> Iterator[Problem]:
    """The library without which each PDF takes three to five times as long, where it is missing.

    WeasyPrint then cuts the fonts by fontTools, and the file is the same for its readers.
    """
    names = {"darwin": "libharfbuzz-subset.0.dylib", "win32": "libharfbuzz-subset-0.dll"}
    try:
        ctypes.CDLL(names.get(sys.platform, "libharfbuzz-subset.so.0"))
    except OSError:
        message = "libharfbuzz-subset is missing: each PDF takes three to five times as long"
        hint = "apt-get install libharfbuzz-subset0, or brew install harfbuzz"
        yield Problem("B4", message, Span(FONTS), hint)


def _borrowed(document: Any) -> Iterator[str]:
    """What our fonts lack and Pango took from the machine's, without a word."""
    for font in document.fonts.values():
        if font.family not in fonts.FAMILIES:
            drawn = sorted(set("".join(font.to_unicode.values())) - {" "})
            if lacking := fonts.missing("".join(drawn)):
                yield f"{_LACKING} {fonts.named(lacking)}; this machine's {font.family} does"
            elif drawn:
                yield f"a style asks for {font.family}, a font of this machine and not of ours"


def _describe(document: Any) -> None:
    """Let the document say in XMP what `xmp` knows and the engine does not."""
    metadata = document.metadata
    named = metadata.custom
    facts = xmp.Facts(
        title=metadata.title or "",
        description=metadata.description or "",
        language=metadata.lang or "",
        identifier=named.get("dcterms.identifier", ""),
        publisher=named.get("dcterms.publisher", ""),
        rights=named.get("dcterms.rights", ""),
        rights_url=named.get("dcterms.license", ""),
        topics=tuple(metadata.keywords),
    )
    original = metadata.generate_rdf_metadata
    metadata.generate_rdf_metadata = lambda *given, **named: xmp.completed(
        original(*given, **named), facts
    )


SHORT = 0.2
"""Share of its height below which a last page counts as nearly empty."""


def _faults(document: Any) -> tuple[int, bool]:
    """How many notes have slipped, and whether the last of several pages holds next to nothing."""
    slipped = sum(note.begins != note.called for note in boxes.notes(document))
    return slipped, len(document.pages) > 1 and boxes.last_fill(document) < SHORT


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
    """Collects what WeasyPrint and the font tools would write to their logs.

    Inside another of its kind, this one alone collects.
    """
    records: list[str] = []

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            records.append(record.getMessage())

    handler = Handler(logging.WARNING)
    logger = logging.getLogger("weasyprint")
    propagate, logger.propagate = logger.propagate, False
    others, logger.handlers = logger.handlers, [handler]
    try:
        yield records
    finally:
        logger.handlers = others
        logger.propagate = propagate


class _Engine:
    """WeasyPrint with our fonts and style sheets, made once a process."""

    def __init__(self) -> None:
        import weasyprint
        from weasyprint.css.counters import CounterStyle
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

        from . import hyphenation, tags

        boxes.install()
        hyphenation.install()
        faces = fonts.faces()
        files = {face.path.as_uri(): face.path for face in faces}

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
        self.finish = tags.finish
        """Mends the tags of a document that is written."""
        self._weasyprint = weasyprint
        self._fetcher = Fetcher
        self._fonts = FontConfiguration()
        self._fonts.font_features = boxes.Unshared()
        self._no_counters = CounterStyle()
        self._sheets: dict[str, tuple[Any, Any, tuple[str, ...]]] = {}
        with _recorded() as records:
            self._font_css = weasyprint.CSS(
                string="\n".join(face.rule for face in faces),
                font_config=self._fonts,
                url_fetcher=Fetcher({}),
            )
        if not faces:
            records.append("the packages of the fonts hold no fonts")
        self.complaints = tuple(dict.fromkeys(records))
        """What is wrong with the fonts."""

    def _css(self, text: str) -> tuple[Any, Any, tuple[str, ...]]:
        """A style sheet, read once, the counters that it defines, and what it was blamed for."""
        if text not in self._sheets:
            counters = self._no_counters.copy()
            with _recorded() as records:
                css = self._weasyprint.CSS(
                    string=text,
                    font_config=self._fonts,
                    counter_style=counters,
                    url_fetcher=self._fetcher({}),
                )
            self._sheets[text] = css, counters, tuple(records)
        return self._sheets[text]

    def document(self, job: Job) -> tuple[Any, tuple[str, ...]]:
        """The laid-out document of a job, and what its style sheet is blamed for."""
        html = job.html
        for char, substitute in fonts.SUBSTITUTES.items():
            html = html.replace(char, substitute)
        style, counters, complaints = self._css(job.stylesheet)
        best, fewest, margin = None, None, 0.0
        for foot in FEET:
            styles = [self._font_css, style]
            if fewest is not None:
                styles.append(self._css(f"@page {{ margin-bottom: {margin * foot:.1f}px }}")[0])
            # Read anew for each foot, since other paragraphs push notes there.
            page = self._weasyprint.HTML(
                string=html, base_url=BASE, url_fetcher=self._fetcher(job.images)
            )
            for element in page.etree_element.iter("ol"):
                # The attribute is a hint of presentation, and those are not listened to.
                if (start := element.get("start", "")).isdecimal():
                    element.set("style", f"counter-reset: list-item {int(start) - 1}")
            pushed = 0
            while True:
                document = page.render(
                    stylesheets=styles,
                    font_config=self._fonts,
                    counter_style=counters.copy(),
                    color_profiles=boxes.colours(),
                    pdf_variant=VARIANT,
                )
                if boxes.loosen(document):
                    continue
                faults = _faults(document)
                if fewest is None:
                    margin = boxes.foot_margin(document)
                if fewest is None or faults < fewest:
                    best, fewest = document, faults
                if fewest == (0, False):
                    return best, complaints
                pusher = boxes.pusher(document)
                known = pusher is None or WHOLE in pusher.get("style", "")
                if known or pushed == PUSHERS:
                    break
                pushed += 1
                pusher.set("style", pusher.get("style", "") + WHOLE)
        return best, complaints


@functools.cache
def _engine() -> _Engine:
    # A worker ends without running destructors, and the engine's folder of fonts would stay.
    multiprocessing.util.Finalize(None, _close, exitpriority=1)
    # Pango sets letters whose language it cannot tell by the languages of whoever runs it.
    os.environ["PANGO_LANGUAGE"] = "en"
    return _Engine()


def _close() -> None:
    _engine.cache_clear()
    gc.collect()
