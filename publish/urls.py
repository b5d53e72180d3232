"""The address scheme: where every page and file of the site lives.

Paths are relative to `output/`, with forward slashes; a page's path ends in a slash and its file
is the `index.html` there. Built from slugs, ids and language tags alone.
"""

from __future__ import annotations

import functools
import hashlib
import re
import unicodedata
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from .locales import Locale

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")

SLUG_LENGTH = 80
"""Longest slug, in characters."""

RESERVED = frozenset(
    {"authors", "assets", "feed", "topics", "series", "search", "page", "index", "404"}
)
"""Names that a piece may not take, because pages of the site itself live there."""

NOT_FOUND = "404.html"
"""The page that hosts show, at any address, where there is none."""

# ISO 9 is for catalogues; readers type what they hear. Letters that Unicode does not take apart.
_LATIN = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "yo", "ж": "zh",
        "з": "z", "и": "i", "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o",
        "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts",
        "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu",
        "я": "ya", "ı": "i", "ß": "ss", "æ": "ae", "ø": "o", "đ": "d", "ł": "l", "þ": "th",
        "œ": "oe", "ə": "a", "’": "-", "'": "-",
    }
)  # fmt: skip

CHOOSER = ""
"""The page at the root, where readers choose their language."""

SITEMAP = "sitemap.xml"
"""The list of all pages for search engines."""

ROBOTS = "robots.txt"
"""What crawlers read first."""

REDIRECTS = "_redirects"
"""Old addresses, for hosts that read it."""

BUNDLE = "pagefind/"
"""The folder of what a search loads. The entry in it names the rest by content."""

HEADERS = "_headers"
"""What hosts that read it are to say with every answer."""


def slug_fault(slug: str) -> str:
    """Why `slug` cannot be an address, or an empty string where it can."""
    if len(slug) > SLUG_LENGTH:
        return f"is longer than {SLUG_LENGTH} characters"
    if not _SLUG.match(slug):
        return "is not made of ASCII lower-case words and digits joined by single hyphens"
    if slug in RESERVED:
        return "is a name that the site needs for itself"
    return ""


@functools.lru_cache(maxsize=4096)
def slug(title: str) -> str:
    """An address for a title: ASCII words joined by hyphens, at most as long as a slug may be.

    Made once; then it is the file's name and stays. Empty where no letter has a Latin form.

    >>> slug("İran’ın Suları: Щука")
    'iran-in-sulari-shchuka'
    """
    # casefold() is not for showing; İ folds to i and a combining dot, which goes with the marks.
    folded = unicodedata.normalize("NFC", title.casefold()).translate(_LATIN)
    plain = unicodedata.normalize("NFKD", folded)
    words = re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c)))
    found = ""
    for word in words:
        longer = f"{found}-{word}" if found else word[:SLUG_LENGTH]
        if len(longer) > SLUG_LENGTH:
            break
        found = longer
    return found


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


def search(locale: Locale) -> str:
    """The page on which readers of a language search."""
    return f"{locale.path}/search/"


def topics(locale: Locale) -> str:
    """All topics of a language."""
    return f"{locale.path}/topics/"


def subject(locale: Locale, kind: str, slug: str) -> str:
    """The pieces of a topic (of `kind` `tag`) or of a `series` in a language."""
    return f"{locale.path}/{'series' if kind == 'series' else 'topics'}/{slug}/"


def page(path: str, number: int) -> str:
    """A page of a list that begins at `path`.

    >>> page("tr/", 1), page("tr/", 2)
    ('tr/', 'tr/page/2/')
    """
    return path if number == 1 else f"{path}page/{number}/"


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
    here, there = source.split("/")[:-1], target.split("/")
    shared = 0
    while shared < min(len(here), len(there) - 1) and here[shared] == there[shared]:
        shared += 1
    return "../" * (len(here) - shared) + "/".join(there[shared:]) or "./"


def absolute(base_url: str, path: str) -> str:
    """The full address of a path in `output/`."""
    return f"{base_url}/{path}"


def rooted(base_url: str, path: str) -> str:
    """The link to `path` that works at any address of the site.

    >>> rooted("https://x.example/papers", "en/")
    '/papers/en/'
    """
    return f"{urlsplit(base_url).path}/{path}"


# ── Addresses that authors write ─────────────────────────────────────────────────────────────

SCHEMES = frozenset({"https", "http", "mailto"})
"""Schemes of links that lead out of the site."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")


def safe(url: str) -> bool:
    """Whether a link may lead there: https, http, mailto, or a place inside the site."""
    scheme = _SCHEME.match(url)
    if scheme:
        return scheme[1].lower() in SCHEMES  # ASCII by its pattern
    return not url.startswith("//") and ":" not in re.split(r"[/?#]", url, maxsplit=1)[0]
