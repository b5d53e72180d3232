"""PDF editions: print HTML in, PDF bytes out. Imports weasyprint and the font packages, alone.

WeasyPrint is imported when the first PDF is made. It reads nothing but what it is handed: the
fetcher knows the fonts and the edition's images by name, and everything else stops the work.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fontpkg_amiri
import fontpkg_source_serif_4

from .errors import Problem, Span
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

    images: Mapping[str, bytes]
    """Images by the path that the page names them with."""

    source: str
    """The file whose edition this is, for problems."""

    edition: str
    """What a problem calls the edition: `tr, some-piece`."""

    epoch: int
    """The edition's date in seconds since 1970-01-01, written into fonts instead of the clock."""


def render(job: Job) -> Pdf:
    """The PDF of a job, the same bytes for the same job. Problems are returned with it."""
    with _recorded() as records, _dated(job.epoch):
        engine = _engine()
        document = engine.document(job)
        content = document.write_pdf(pdf_variant=VARIANT)
    problems = tuple(
        Problem("B1", f"PDF ({job.edition}): {message}", Span(job.source))
        for message in dict.fromkeys(records)
    )
    return Pdf(content, len(document.pages), problems)


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


def _faces() -> Iterator[tuple[str, Path]]:
    """Each packaged font file with the `@font-face` rule that declares it."""
    for module, family in (
        (fontpkg_source_serif_4, "Source Serif 4"),
        (fontpkg_amiri, "Amiri"),
    ):
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
                name = url.removeprefix(BASE)
                if name in self._images:
                    return URLFetcherResponse(url, self._images[name], {})
                raise FatalURLFetchingError(f"not a file of the site: {url}")

        self._weasyprint = weasyprint
        self._fetcher = Fetcher
        self._fonts = FontConfiguration()
        self._font_css = weasyprint.CSS(
            string="\n".join(rule for rule, _ in faces),
            font_config=self._fonts,
            url_fetcher=Fetcher({}),
        )

    @functools.lru_cache(maxsize=4)  # noqa: B019 — the engine lives as long as its process
    def _css(self, text: str) -> Any:
        return self._weasyprint.CSS(
            string=text, font_config=self._fonts, url_fetcher=self._fetcher({})
        )

    def document(self, job: Job) -> Any:
        """The laid-out document of a job."""
        page = self._weasyprint.HTML(
            string=job.html, base_url=BASE, url_fetcher=self._fetcher(job.images)
        )
        return page.render(
            stylesheets=[self._font_css, self._css(job.stylesheet)],
            font_config=self._fonts,
            pdf_variant=VARIANT,
        )


@functools.cache
def _engine() -> _Engine:
    return _Engine()
