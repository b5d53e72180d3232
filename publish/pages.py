"""One built page as a browser would read it: what it names, says and marks.

Nothing here knows how pages are made. What is wrong within one page is told here; what hangs
together with other files is `built`'s. Imports selectolax, alone.
"""

from __future__ import annotations

import base64
import datetime
import functools
import hashlib
import html
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from . import locales
from .errors import Problem, Span


@dataclass(frozen=True, slots=True)
class Link:
    """One address that a page names."""

    kind: str
    """What it is for: `page` (readers follow it), `name` (machines do), `form`, or, where a browser
    loads it unasked, the policy's directive: `img-src`, `style-src`; `*` where it has none."""

    attribute: str
    """The attribute that holds it."""

    value: str
    """The whole value of the attribute."""

    address: str
    """The address."""

    language: str = ""
    """The language that the page says is there; empty where it says nothing."""


@dataclass(frozen=True, slots=True)
class Strange:
    """Words in the letters of another language than the one that is said of them."""

    words: str
    """The words, with one space between two."""

    language: str
    """What is said of them."""

    span: Span
    """Where they stand first in the page."""


@dataclass(frozen=True, slots=True)
class Page:
    """What one page says."""

    language: str
    """`lang` of the root element."""

    links: tuple[Link, ...]
    """Every address, in the page's order."""

    ids: frozenset[str]
    """What a fragment can lead to."""

    canonical: tuple[str, ...]
    """Addresses that the page gives as its own."""

    versions: tuple[tuple[str, str], ...]
    """Its versions in other languages and itself: `hreflang` and address."""

    feeds: tuple[str, ...]
    """Addresses of the feeds it names."""

    metas: Mapping[str, tuple[str, ...]]
    """Contents of its `<meta>` elements by name or property."""

    refresh: str | None
    """Where it sends readers on; None where it stays."""

    indexed: bool
    """Whether search engines may list it."""

    data: tuple[str, ...]
    """Its JSON-LD."""

    bundles: tuple[str, ...]
    """Addresses of the folders that its search loads (`data-bundle`)."""

    strange: tuple[Strange, ...]
    """Words in strange letters, each once: other pages may list the same ones."""

    problems: tuple[Problem, ...]
    """What else is wrong within the page."""


def read(path: str, text: str) -> Page:
    """What the page in the file `path` says, and what is wrong in it."""
    reader = _Reader(path, text)
    reader.walk()
    return reader.page()


def place(path: str, text: str, attribute: str, value: str, number: int = 1) -> Span:
    """Where an attribute has a value for the `number`th time: the parser keeps no places."""
    given = r"\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s>]+)"
    pattern = re.compile(rf"(?<=\s){re.escape(attribute)}{given}", re.IGNORECASE)
    for match in pattern.finditer(text):
        if html.unescape(match[1].strip("\"'")) == value:
            number -= 1
            if not number:
                return _span(path, text, match.start())
    return Span(path)


def _span(path: str, text: str, offset: int) -> Span:
    line = text.count("\n", 0, offset) + 1
    return Span(path, line, offset - (text.rfind("\n", 0, offset) + 1) + 1)


# ── Scripts ──────────────────────────────────────────────────────────────────────────────────

_LETTERS = {
    "Grek": "\u0370-\u0373\u0376-\u037d\u0386-\u03ff\u1f00-\u1fff",
    "Cyrl": "\u0400-\u052f\u1c80-\u1c8f\ua640-\ua69f",
    "Armn": "\u0531-\u0556\u0560-\u0588",
    "Hebr": "\u05d0-\u05f2\ufb1d-\ufb4f",
    "Arab": "\u0620-\u064a\u066e-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06ff\u0750-\u077f\u08a0-\u08c9"
    "\ufb50-\ufdff\ufe70-\ufefc",
    "Syrc": "\u0710-\u072f",
    "Deva": "\u0904-\u0939\u0958-\u0961",
    "Beng": "\u0985-\u09b9",
    "Guru": "\u0a05-\u0a39",
    "Gujr": "\u0a85-\u0ab9",
    "Taml": "\u0b85-\u0bb9",
    "Telu": "\u0c05-\u0c39",
    "Knda": "\u0c85-\u0cb9",
    "Mlym": "\u0d05-\u0d3a",
    "Thai": "\u0e01-\u0e2e",
    "Geor": "\u10a0-\u10ff\u1c90-\u1cbf",
    "Ethi": "\u1200-\u135a",
    "Hang": "\u1100-\u11ff\uac00-\ud7a3",
    "Kana": "\u3041-\u3096\u30a1-\u30fa",
    "Hani": "\u3400-\u4dbf\u4e00-\u9fff",
}
"""Scripts that are told apart, by ISO 15924, with their letters; Latin stands in any text."""

_TOGETHER = {
    "Jpan": ("Kana", "Hani"),
    "Hrkt": ("Kana",),
    "Hira": ("Kana",),
    "Kore": ("Hang", "Hani"),
    "Hans": ("Hani",),
    "Hant": ("Hani",),
    "Aran": ("Arab",),
}
"""Names for several scripts, or for forms of one."""

_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u093c-\u094d\u200c\u200d"
_ANY = frozenset({"", "und", "zxx", "mul"})
"""Languages about whose letters nothing can be said."""


@functools.cache
def _foreign(script: str) -> re.Pattern[str]:
    """Runs of two or more letters of one script that is neither this one nor Latin."""
    own = _TOGETHER.get(script, (script,))
    runs = [
        f"[{letters}](?:[{_MARKS}]*[{letters}])+"
        for name, letters in _LETTERS.items()
        if name not in own
    ]
    return re.compile("|".join(runs))


_UNMARKED = frozenset({"-comment", "script", "style", "template", "title", "code", "kbd", "samp"})
"""Where no words stand, or none that a language can be said of."""


_HEAD = frozenset({"base", "head", "link", "meta", "script", "style", "title"})
"""What is set nowhere, and so in no direction."""

_JOINED = re.compile(r"[\s,\-]+(?:\w[\s,\-]+)?")
"""What stands between words of one run; one letter alone is too short to be looked at."""


# ── The walk ─────────────────────────────────────────────────────────────────────────────────

_PAGE, _NAME, _FORM, _FETCH = "page", "name", "form", "*"

_SOURCES: dict[tuple[str, str], str] = {
    ("a", "href"): _PAGE,
    ("a", "ping"): _FETCH,
    ("area", "href"): _PAGE,
    ("img", "src"): "img-src",
    ("input", "src"): "img-src",
    ("image", "href"): "img-src",
    ("image", "xlink:href"): "img-src",
    ("use", "href"): "img-src",
    ("use", "xlink:href"): "img-src",
    ("script", "src"): "script-src",
    ("script", "href"): "script-src",
    ("iframe", "src"): "frame-src",
    ("frame", "src"): "frame-src",
    ("embed", "src"): "object-src",
    ("object", "data"): "object-src",
    ("audio", "src"): "media-src",
    ("video", "src"): "media-src",
    ("video", "poster"): "img-src",
    ("track", "src"): "media-src",
    ("form", "action"): _FORM,
    ("button", "formaction"): _FORM,
    ("input", "formaction"): _FORM,
    ("body", "background"): "img-src",
    ("q", "cite"): _NAME,
    ("blockquote", "cite"): _NAME,
    ("ins", "cite"): _NAME,
    ("del", "cite"): _NAME,
}
"""Which attribute of which element holds an address, and what for."""

_RELATIONS = {
    "stylesheet": "style-src",
    "icon": "img-src",
    "apple-touch-icon": "img-src",
    "mask-icon": "img-src",
    "modulepreload": "script-src",
    "manifest": "manifest-src",
    "preconnect": _FETCH,
    "dns-prefetch": _FETCH,
    "prefetch": _FETCH,
    "prerender": _FETCH,
    "preload": _FETCH,
}
"""What a browser fetches for a `<link>`; it only notes all others."""

_PRELOADS = {"image": "img-src", "style": "style-src", "script": "script-src", "font": "font-src"}

_REFERENCES = (
    "aria-labelledby",
    "aria-describedby",
    "aria-controls",
    "aria-owns",
    "aria-details",
    "aria-flowto",
    "aria-activedescendant",
    "aria-errormessage",
    "for",
    "headers",
    "list",
    "form",
    "popovertarget",
)
"""Attributes that name ids of the same page."""

_SAID_ELSEWHERE = frozenset({"class", "content", "dir", "hreflang", "lang", "rel", "type"})
"""Attributes that are read with their element; most are these."""

_ABSOLUTE = ("og:url", "og:image", "article:author", "citation_pdf_url")
"""Contents of `<meta>` that are addresses; others are where they look like one."""

_SCRIPT_TYPES = frozenset(
    {"", "module", "importmap", "speculationrules", "text/javascript", "application/javascript"}
)
_RUNS = re.compile(r"(?:javascript|vbscript|data:text/html)", re.IGNORECASE)
_BLANKS = re.compile(r"[\x00-\x20]+")
_CANDIDATE = re.compile(r"\s*([^\s,]\S*[^\s,]|[^\s,])(?:\s+[^\s,]+)?\s*(?:,|\Z)")
_REFRESH = re.compile(
    r"\s*[\d.]*\s*[;,]\s*(?:url\s*=\s*)?([\"']?)(.*?)\1\s*\Z", re.IGNORECASE | re.DOTALL
)
_HIDDEN = re.compile(
    r"<script\b.*?</script>|<style\b.*?</style>|<title\b.*?</title>|<!--.*?-->"
    r"|<code\b.*?</code>|<[^>]*>",
    re.IGNORECASE | re.DOTALL,
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d(?=[T ]\d\d:\d\d|\Z)")
_TIME = re.compile(
    r"\d{4,}|\d{4}-(?:0[1-9]|1[0-2])|\d{4}-W[0-5]\d|(?:--)?(?:0[1-9]|1[0-2])-[0-3]\d"
    r"|[0-2]\d:[0-5]\d(?::[0-5]\d(?:\.\d+)?)?|P[\dYMWDTHS.]+|Z|[+-]\d\d:?\d\d"
)
"""What HTML takes for a time besides days: years, months, weeks, hours, durations, zones."""

_ESCAPED = re.compile("[&<>\u00a0\"']")
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_CSS_ADDRESS = re.compile(
    r"url\(\s*(?:\"([^\"]*)\"|'([^']*)'|([^)\"'\s]*))\s*\)|@import\s+(?:\"([^\"]*)\"|'([^']*)')",
    re.IGNORECASE,
)


def stylesheet(text: str) -> Iterator[str]:
    """The addresses that a stylesheet makes a browser load."""
    for match in _CSS_ADDRESS.finditer(_CSS_COMMENT.sub(" ", text)):
        address = next((group for group in match.groups() if group is not None), "")
        if address:
            yield address


@dataclass(slots=True)
class _Reader:
    path: str
    text: str
    problems: list[Problem] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    """Older anchors, `<a name>`."""
    references: list[tuple[str, str, str]] = field(default_factory=list)
    """Attribute, its value, and one id in it."""
    canonical: list[str] = field(default_factory=list)
    versions: list[tuple[str, str]] = field(default_factory=list)
    feeds: list[str] = field(default_factory=list)
    metas: dict[str, list[str]] = field(default_factory=dict)
    refresh: str | None = None
    language: str = ""
    policies: list[str] = field(default_factory=list)
    inline: list[tuple[str, str]] = field(default_factory=list)
    """Type and text of each script in the page."""
    data: list[str] = field(default_factory=list)
    bundles: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    headings: int = 0
    early: list[tuple[str, str]] = field(default_factory=list)
    """Attribute and value of what is loaded before a policy was met."""
    strange: dict[tuple[str, str], str] = field(default_factory=dict)
    """Run of words and language → what stands before it: tells which of several is meant."""

    def walk(self) -> None:
        root = LexborHTMLParser(self.text).root
        # The script that letters have to be of, the language as it is said, the direction.
        stack: list[tuple[LexborNode, re.Pattern[str] | None, str, str]] = []
        stack += [(root, None, "", "ltr")] if root else []
        while stack:
            node, foreign, language, direction = stack.pop()
            tag = node.tag or ""
            following = node.next if tag != "html" else None
            if following is not None:
                stack.append((following, foreign, language, direction))
            if tag == "-text":
                if foreign is not None:
                    text = node.text_content or ""
                    if not text.isascii():
                        self._letters(text, foreign, language)
                continue
            attributes = node.attributes
            if attributes or tag == "html":
                foreign, language, direction = self._marking(
                    tag, attributes, foreign, language, direction
                )
                self._element(tag, attributes)
            if tag == "script":
                self._script(attributes, node.text() or "")
            elif tag == "style":
                self._style(node.text() or "")
            elif tag == "title" and not _drawn(node):
                self.titles.append(node.text().strip())
            elif tag == "h1":
                self.headings += 1
            elif tag == "img" and "alt" not in attributes:
                self._wordless(attributes)
            elif tag == "base":
                self._at("V9", "a <base> element turns every relative address", "<base")
            child = node.first_child
            if child is not None:
                stack.append((child, None if tag in _UNMARKED else foreign, language, direction))

    def page(self) -> Page:
        self._ids()
        self._named()
        self._policy()
        robots = " ".join(self.metas.get("robots", ()))
        return Page(
            language=self.language,
            links=tuple(self.links),
            ids=frozenset(self.ids) | self.names,
            canonical=tuple(self.canonical),
            versions=tuple(self.versions),
            feeds=tuple(self.feeds),
            metas={name: tuple(values) for name, values in self.metas.items()},
            refresh=self.refresh,
            indexed="noindex" not in robots.casefold() and self.refresh is None,
            data=tuple(self.data),
            bundles=tuple(self.bundles),
            strange=self._strange(),
            problems=tuple(self.problems),
        )

    # ── Telling ──────────────────────────────────────────────────────────────────────────────

    def _add(self, code: str, message: str, span: Span, hint: str = "") -> None:
        self.problems.append(Problem(code, message, span, hint))

    def _of(self, code: str, message: str, attribute: str, value: str, hint: str = "") -> None:
        """A problem of an attribute."""
        self._add(code, message, place(self.path, self.text, attribute, value), hint)

    def _at(self, code: str, message: str, words: str, hint: str = "") -> None:
        """A problem at the first place that has these words."""
        offset = max(self.text.find(words), 0)
        self._add(code, message, _span(self.path, self.text, offset), hint)

    # ── Titles, headings, images and dates ───────────────────────────────────────────────────────

    def _named(self) -> None:
        """A page has one title and one heading, unless it only sends its readers on."""
        if self.refresh is not None:
            return
        if not any(self.titles):
            self._at("V8", "the page has no title", "<title" if self.titles else "<head")
        elif len(self.titles) > 1:
            hint = "browsers show the first"
            self._again(f"the page has {len(self.titles)} titles", "title", hint)
        if not self.headings:
            self._at("V8", "the page has no <h1>", "<body", "its title stands there")
        elif self.headings > 1:
            hint = "one for the page; headings within it begin with <h2>"
            self._again(f"the page has {self.headings} <h1>", "h1", hint)

    def _again(self, message: str, tag: str, hint: str) -> None:
        """A problem of the second element of its kind."""
        places = [match.start() for match in re.finditer(rf"<{tag}[\s>]", self.text)]
        self._add("V8", message, _span(self.path, self.text, [*places, 0, 0][1]), hint)

    def _wordless(self, attributes: Mapping[str, str | None]) -> None:
        source = attributes.get("src") or ""
        hint = 'what it shows, for those who do not see it; alt="" where it only adorns'
        self._of("V8", f"the image “{source[:60]}” has no alt", "src", source, hint)

    def _date(self, value: str) -> None:
        day = _DAY.match(value)
        try:
            if day:
                datetime.date.fromisoformat(day[0])
        except ValueError:
            day = None
        if not day and not _TIME.fullmatch(value):
            message = f"“{value[:40]}” is no date that machines can read"
            self._of("V8", message, "datetime", value, "for example 2026-08-12")

    # ── Languages ────────────────────────────────────────────────────────────────────────────

    def _marking(
        self,
        tag: str,
        attributes: Mapping[str, str | None],
        foreign: re.Pattern[str] | None,
        language: str,
        direction: str,
    ) -> tuple[re.Pattern[str] | None, str, str]:
        """What holds below an element, from what held above it; tells what is wrong with it."""
        said, way = attributes.get("lang"), attributes.get("dir")
        if tag == "html":
            self.language = said or ""
            if not said or not way:
                missing = "lang" if not said else "dir"
                self._at("V8", f"<html> has no {missing}", "<html", "for example lang=tr dir=ltr")
        elif said is None and way is None:
            return foreign, language, direction
        if way is not None and way not in ("ltr", "rtl", "auto"):
            hint = "ltr or rtl"
            self._of("V8", f"dir=“{way}” is no direction of writing", "dir", way, hint)
            way = None
        if said is None:
            return foreign, language, way or direction
        if said in _ANY:
            return None, said, way or direction
        own = locales.direction(said)
        if not own:
            hint = "BCP 47, such as tr, ru, fa-Latn"
            self._of("V8", f"lang=“{said}” is not a language tag", "lang", said, hint)
            return None, said, way or direction
        # <bdi> finds its direction itself.
        shown = way or ("auto" if tag == "bdi" else direction)
        if shown not in (own, "auto") and (way or tag != "html") and tag not in _HEAD:
            message = f"{said} is written {own}, and the text is set {shown}"
            self._of("V8", message, "lang", said, f"lang={said} dir={own}")
        return _foreign(locales.passage_script(said)), said, shown if shown != "auto" else own

    def _letters(self, text: str, foreign: re.Pattern[str], language: str) -> None:
        runs: list[tuple[int, int]] = []
        for match in foreign.finditer(text):
            word = re.split(r"\s", text[: match.end()])[-1]
            if "://" in word or word.startswith("www."):
                continue
            start = match.start()
            if runs and _JOINED.fullmatch(text, runs[-1][1], start):
                start = runs.pop()[0]
            runs.append((start, match.end()))
        for start, end in runs:
            before = _ESCAPED.split(text[max(start - 20, 0) : start])[-1]
            self.strange.setdefault((text[start:end], language), before)

    def _strange(self) -> tuple[Strange, ...]:
        if not self.strange:
            return ()
        found: dict[tuple[str, str], Strange] = {}
        # The same length, so that places are places of the file.
        words = _HIDDEN.sub(lambda match: " " * len(match[0]), self.text)
        for (run, language), before in self.strange.items():
            offset = words.find(before + run)
            offset = offset + len(before) if offset >= 0 else max(words.find(run), 0)
            span = _span(self.path, self.text, offset)
            spaced = " ".join(run.split())
            found.setdefault((spaced, language), Strange(spaced, language, span))
        return tuple(found.values())

    # ── Addresses ────────────────────────────────────────────────────────────────────────────

    def _element(self, tag: str, attributes: Mapping[str, str | None]) -> None:
        for name, given in attributes.items():
            if name in _SAID_ELSEWHERE:
                continue
            value = given or ""
            if name == "id":
                self.ids.append(value)
            elif name.startswith("on"):
                self._of("V9", f"{name} is a script in an attribute", name, value)
            elif name == "style":
                self._inline_style(value)
            elif name == "srcdoc":
                self._of("V9", "srcdoc holds a page within the page", name, value)
            elif name in ("srcset", "imagesrcset"):
                for candidate in _CANDIDATE.finditer(value):
                    self._link("img-src", name, value, candidate[1])
            elif name == "src" and tag == "source":
                self._link("media-src", name, value, value)
            elif kind := _SOURCES.get((tag, name)):
                language = str(attributes.get("hreflang") or "")
                self._link(kind, name, value, value, language)
            elif name in _REFERENCES and value:
                self.references += [(name, value, one) for one in value.split()]
            elif name == "datetime":
                self._date(value)
            elif name == "data-bundle":
                self.bundles.append(value)
            elif name == "usemap":
                self.references.append((name, value, value.removeprefix("#")))
            elif name == "name" and tag in ("a", "map"):
                self.names.add(value)
            elif name == "href" and tag == "base":
                self._of("V9", "a <base> element turns every relative address", name, value)
        if tag == "link":
            self._relation(attributes)
        elif tag == "meta":
            self._meta(attributes)

    def _link(
        self, kind: str, attribute: str, value: str, address: str, language: str = ""
    ) -> None:
        if _RUNS.match(_BLANKS.sub("", address)):
            self._of("V9", f"“{address[:40]}” runs a script", attribute, value)
            return
        self.links.append(Link(kind, attribute, value, address, language))
        if kind.endswith("-src") and not self.policies:
            self.early.append((attribute, value))

    def _relation(self, attributes: Mapping[str, str | None]) -> None:
        href = attributes.get("href") or ""
        relations = (attributes.get("rel") or "").casefold().split()
        kinds = [_RELATIONS[one] for one in relations if one in _RELATIONS]
        language = attributes.get("hreflang")
        if "preload" in relations:
            kinds = [_PRELOADS.get((attributes.get("as") or "").casefold(), _FETCH)]
        if "canonical" in relations:
            self.canonical.append(href)
        if "alternate" in relations and "stylesheet" not in relations:
            if language is not None and not attributes.get("type"):
                self.versions.append((language, href))
            elif attributes.get("type") == "application/atom+xml":
                self.feeds.append(href)
        self._link(kinds[0] if kinds else _NAME, "href", href, href, "")

    def _meta(self, attributes: Mapping[str, str | None]) -> None:
        content = attributes.get("content") or ""
        equivalent = (attributes.get("http-equiv") or "").casefold()
        if equivalent == "content-security-policy":
            self.policies.append(content)
        elif equivalent == "refresh":
            match = _REFRESH.match(content)
            self.refresh = match[2] if match else ""
            self._link(_PAGE, "content", content, self.refresh)
        name = (attributes.get("name") or attributes.get("property") or "").casefold()
        if name:
            self.metas.setdefault(name, []).append(content)
        if name in _ABSOLUTE or content.startswith(("http://", "https://")):
            self._link(_NAME, "content", content, content)
        if name in _ABSOLUTE and not content.startswith(("http://", "https://")):
            self._of("V4", f"{name} is not a full address", "content", content)

    # ── Ids ──────────────────────────────────────────────────────────────────────────────────

    def _ids(self) -> None:
        for one, times in Counter(self.ids).items():
            if times > 1:
                span = place(self.path, self.text, "id", one, 2)
                self._add("V3", f"id “{one}” stands {times} times", span, "each id stands once")
        known = {*self.ids, *self.names}
        for attribute, value, one in dict.fromkeys(self.references):
            if one not in known:
                self._of("V3", f"{attribute} names “{one}”, which is not there", attribute, value)

    # ── Scripts, styles and the policy ───────────────────────────────────────────────────────

    def _script(self, attributes: Mapping[str, str | None], text: str) -> None:
        kind = (attributes.get("type") or "").casefold()
        if kind == "application/ld+json":
            self.data.append(text)
        if not attributes.get("src"):
            self.inline.append((kind, text))

    def _style(self, text: str) -> None:
        self.links += [Link("style-src", "style", "", one) for one in stylesheet(text)]
        if not self._allows("style-src", _digests(text)):
            self._at("V9", "the policy does not allow the <style> of this page", "<style")

    def _inline_style(self, value: str) -> None:
        self.links += [Link("style-src", "style", value, one) for one in stylesheet(value)]
        if not self._allows("style-src", frozenset()):
            self._of("V9", "the policy does not allow styles in attributes", "style", value)

    def _allows(self, directive: str, digests: frozenset[str]) -> bool:
        """Whether all policies allow what stands in the page itself."""
        named = [_allowed(_directives(policy), directive) for policy in self.policies]
        return all(one is None or digests & {*one} or "'unsafe-inline'" in one for one in named)

    def _policy(self) -> None:
        if not self.policies:
            # A page that only sends its readers on has nothing that a policy would keep out.
            loads = any(link.kind.endswith(("-src", _FETCH)) for link in self.links)
            if self.refresh is None or self.inline or loads:
                hint = "base.html has it: <meta http-equiv=Content-Security-Policy …>"
                self._at("V9", "the page has no policy (Content-Security-Policy)", "<head", hint)
            return
        for attribute, value in dict.fromkeys(self.early):
            message = "this is loaded before the policy is read"
            self._of("V9", message, attribute, value, "put the policy first in <head>")
        hashes = {digest for _, text in self.inline for digest in _digests(text)}
        for policy in self.policies:
            directives = _directives(policy)
            for fault, hint in _weak(directives, hashes):
                self._of("V9", fault, "content", policy, hint)
            for link in dict.fromkeys(self.links):
                self._blocked(directives, link)
        for kind, text in self.inline:
            if kind in _SCRIPT_TYPES and not self._allows("script-src", _digests(text)):
                self._at("V9", "the policy does not allow a script of this page", text or "<script")

    def _blocked(self, directives: Mapping[str, tuple[str, ...]], link: Link) -> None:
        if not link.kind.endswith("-src"):
            return
        allowed = _allowed(directives, link.kind)
        scheme = "data:" if link.address.startswith("data:") else "'self'"
        if allowed is not None and scheme not in allowed:
            message = f"the policy does not allow “{link.address[:60]}” ({link.kind})"
            self._of("V9", message, link.attribute, link.value)


def _drawn(node: LexborNode) -> bool:
    """Whether it is part of a drawing: there a title is no title of the page."""
    above = node.parent
    while above is not None and above.tag != "svg":
        above = above.parent
    return above is not None


_STRONG = frozenset({"'none'", "'self'", "'wasm-unsafe-eval'"})
_HARMLESS = frozenset({"img-src", "font-src", "media-src", "worker-src"})


def _directives(policy: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for part in policy.split(";"):
        name, *sources = part.split() or [""]
        if name:
            found.setdefault(name.casefold(), tuple(sources))
    return found


def _allowed(directives: Mapping[str, tuple[str, ...]], name: str) -> tuple[str, ...] | None:
    """What a directive allows; None where nothing is forbidden."""
    chain = [name, "child-src"] if name == "frame-src" else [name]
    return next((directives[one] for one in (*chain, "default-src") if one in directives), None)


def _weak(directives: Mapping[str, tuple[str, ...]], hashes: set[str]) -> Iterator[tuple[str, str]]:
    """What a policy allows without need, each with a hint."""
    if "default-src" not in directives:
        yield "the policy has no default-src", "default-src 'none', then what pages need"
    for directive, sources in directives.items():
        if not directive.endswith(("-src", "-src-elem", "-src-attr")):
            continue
        for source in sources:
            if source.startswith(("'sha256-", "'sha384-", "'sha512-")):
                if directive.startswith("script-src") and source not in hashes:
                    hint = "was the script changed after the page was made?"
                    yield f"the policy names a script that is not there: {source}", hint
            elif source not in _STRONG and not (
                source in ("data:", "blob:") and directive in _HARMLESS
            ):
                yield f"{directive} allows {source}", "pages need nothing from elsewhere"


def _digests(text: str) -> frozenset[str]:
    """The spellings by which a policy can name a script."""
    data = text.encode("utf-8", "replace")
    return frozenset(
        f"'{name}-{base64.b64encode(hashlib.new(name, data).digest()).decode()}'"
        for name in ("sha256", "sha384", "sha512")
    )
