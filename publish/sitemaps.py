"""`sitemap.xml` and `robots.txt`: every page with its versions, for search engines."""

from __future__ import annotations

import datetime
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence

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
        index = ET.Element("sitemapindex", {"xmlns": _SITEMAP})
        for number, part in enumerate(parts, start=1):
            path = urls.SITEMAP.replace(".", f"-{number}.")
            yield Artefact(path, _urls(part, settings.base_url))
            sitemap = ET.SubElement(index, "sitemap")
            ET.SubElement(sitemap, "loc").text = urls.absolute(settings.base_url, path)
            _last_modified(sitemap, max((day for *_, day in part if day), default=None))
        yield Artefact(urls.SITEMAP, _file(index))
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


def _urls(pages: Sequence[_Page], base_url: str) -> bytes:
    root = ET.Element("urlset", {"xmlns": _SITEMAP, "xmlns:xhtml": _XHTML})
    for path, alternates, default_path, modified in pages:
        url = ET.SubElement(root, "url")
        ET.SubElement(url, "loc").text = urls.absolute(base_url, path)
        _last_modified(url, modified)
        versions = [(one.locale.tag, one.path) for one in alternates if one.path]
        # A later page of a list has no versions.
        versions += [("x-default", default_path)] if versions else []
        for tag, target in versions:
            address = urls.absolute(base_url, target)
            link = {"rel": "alternate", "hreflang": tag, "href": address}
            ET.SubElement(url, "xhtml:link", link)
    return _file(root)


def _last_modified(parent: ET.Element, day: datetime.date | None) -> None:
    if day:
        ET.SubElement(parent, "lastmod").text = day.isoformat()


def _file(root: ET.Element) -> bytes:
    ET.indent(root, "")
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()
