"""`sitemap.xml` and `robots.txt`: every page with its versions, for search engines."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from html import escape

from . import urls
from .model import (
    Alternate,
    Artefact,
    Edition,
    Front,
    Plan,
    Profile,
    Settings,
    Subject,
    Topics,
)

LIMIT = 10_000
"""Addresses a file; the protocol allows 50,000 and 50 MB, and each brings its versions along."""

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"

_Page = tuple[str, Sequence[Alternate], str, datetime.date | None]
"""Path, versions, version for everybody else, and the day of the last change."""


def artefacts(plan: Plan, settings: Settings, limit: int = LIMIT) -> Iterator[Artefact]:
    """The sitemap, in several files below an index where it is long, and what names it.

    A preview has none, and crawlers are asked to keep out.
    """
    if plan.preview:
        yield Artefact(urls.ROBOTS, b"User-agent: *\nDisallow: /\n")
        return
    pages = list(_pages(plan))
    parts = [pages[start : start + limit] for start in range(0, len(pages), limit)]
    if len(parts) == 1:
        yield Artefact(urls.SITEMAP, _urls(parts[0], settings.base_url))
    else:
        index: list[str] = []
        for number, part in enumerate(parts, start=1):
            path = urls.SITEMAP.replace(".", f"-{number}.")
            yield Artefact(path, _urls(part, settings.base_url))
            newest = max((day for *_, day in part if day), default=None)
            index += ["<sitemap>", *_location(settings.base_url, path, newest), "</sitemap>"]
        yield Artefact(urls.SITEMAP, _file("sitemapindex", f'xmlns="{_SITEMAP}"', index))
    address = urls.absolute(settings.base_url, urls.SITEMAP)
    yield Artefact(urls.ROBOTS, f"User-agent: *\nAllow: /\n\nSitemap: {address}\n".encode())


def _pages(plan: Plan) -> Iterator[_Page]:
    newest = max((front.modified for front in plan.fronts if front.modified), default=None)
    yield urls.CHOOSER, plan.fronts[0].alternates, urls.CHOOSER, newest
    pages: tuple[Edition | Front | Profile | Subject | Topics, ...] = (
        *plan.fronts,
        *plan.topics,
        *plan.subjects,
        *plan.editions,
        *plan.profiles,
        *plan.later,
    )
    for page in pages:
        yield page.path, page.alternates, page.default_path, page.modified


def _urls(pages: Iterable[_Page], base_url: str) -> bytes:
    lines: list[str] = []
    for path, alternates, default_path, modified in pages:
        versions = [(one.locale.tag, one.path) for one in alternates if one.path]
        # A later page of a list has no versions.
        versions += [("x-default", default_path)] if versions else []
        lines += ["<url>", *_location(base_url, path, modified)]
        lines += [
            f'<xhtml:link rel="alternate" hreflang="{tag}" href="{_address(base_url, target)}" />'
            for tag, target in versions
        ]
        lines.append("</url>")
    return _file("urlset", f'xmlns="{_SITEMAP}" xmlns:xhtml="{_XHTML}"', lines)


def _location(base_url: str, path: str, modified: datetime.date | None) -> Iterator[str]:
    yield f"<loc>{_address(base_url, path)}</loc>"
    if modified:
        yield f"<lastmod>{modified.isoformat()}</lastmod>"


def _address(base_url: str, path: str) -> str:
    return escape(urls.absolute(base_url, path))


def _file(root: str, namespaces: str, lines: Sequence[str]) -> bytes:
    head = f'<?xml version="1.0" encoding="utf-8"?>\n<{root} {namespaces}>'
    return "\n".join([head, *lines, f"</{root}>", ""]).encode()
