"""The address scheme: where every page and file of the site lives.

Paths are relative to `output/`, with forward slashes; a page's path ends in a slash and its file
is the `index.html` there. Built from slugs, ids and language tags alone.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from pathlib import PurePosixPath

from .locales import Locale

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")

SLUG_LENGTH = 80
"""Longest slug, in characters."""

RESERVED = frozenset({"authors", "assets", "feed", "topics", "series", "search", "index", "404"})
"""Names that a piece may not take, because pages of the site itself live there."""

CHOOSER = ""
"""The page at the root, where readers choose their language."""

SITEMAP = "sitemap.xml"
"""The list of all pages for search engines."""

ROBOTS = "robots.txt"
"""What crawlers read first."""

HEADERS = "_headers"
"""What hosts that read it are to say with every answer."""

REDIRECTS = "_redirects"
"""Old addresses, for hosts that read it."""


def slug_fault(slug: str) -> str:
    """Why `slug` cannot be an address, or an empty string where it can."""
    if len(slug) > SLUG_LENGTH:
        return f"is longer than {SLUG_LENGTH} characters"
    if not _SLUG.match(slug):
        return "is not made of ASCII lower-case words and digits joined by single hyphens"
    if slug in RESERVED:
        return "is a name that the site needs for itself"
    return ""


def front(locale: Locale) -> str:
    """The index of a language."""
    return f"{locale.path}/"


def piece(locale: Locale, slug: str) -> str:
    """An edition's page."""
    return f"{locale.path}/{slug}/"


def pdf(locale: Locale, slug: str) -> str:
    """An edition's PDF."""
    return f"{locale.path}/{slug}/{slug}.{locale.path}.pdf"


def reference(locale: Locale, slug: str, kind: str) -> str:
    """A file beside an edition from which reference managers read how to cite it: `bib`, `ris`."""
    return f"{locale.path}/{slug}/{slug}.{locale.path}.{kind}"


def feed(locale: Locale) -> str:
    """The feed of a language."""
    return f"{locale.path}/feed.xml"


def author(locale: Locale, author_id: str) -> str:
    """An author's page in a language."""
    return f"{locale.path}/authors/{author_id}/"


def asset(name: str, content: bytes) -> str:
    """A file that pages share, named by its content so that caches may keep it for ever."""
    path = PurePosixPath(name)
    digest = hashlib.sha256(content).hexdigest()[:12]
    return f"assets/{path.stem}.{digest}{path.suffix}"


def file(path: str) -> str:
    """The file that a page's path stands for."""
    return f"{path}index.html" if path == "" or path.endswith("/") else path


def relative(source: str, target: str) -> str:
    """The link from the page `source` to `target`; both paths in `output/`.

    Relative, so that a site works below any prefix.

    >>> relative("tr/some-piece/", "ru/some-piece/")
    '../../ru/some-piece/'
    >>> relative("", "en/")
    'en/'
    """
    path = posixpath.relpath("/" + target, "/" + posixpath.dirname(source))
    return f"{path}/" if target.endswith("/") or target == "" else path


def absolute(base_url: str, path: str) -> str:
    """The full address of a path in `output/`."""
    return f"{base_url}/{path}"
