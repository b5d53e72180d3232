"""`publish check --built`: what is wrong with the files of `output/`, whoever made them.

A second look that knows nothing of the plan, the templates or the address scheme: it reads what is
there, as a browser, a search engine and a feed reader would. No page is kept in memory, only what
hangs together with other files.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import re
import stat
import urllib.parse
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import locales, pages, xmltree
from .errors import Problem, Span, in_order
from .model import Settings
from .output import FOLDER, MANIFEST
from .xmltree import Element

_REDIRECTS = "_redirects"
_NOT_FOUND = "404.html"
_ROBOTS = "robots.txt"
_SERVED = (
    MANIFEST,
    _ROBOTS,
    _NOT_FOUND,
    _REDIRECTS,
    "_headers",
    "favicon.ico",
    "CNAME",
    ".nojekyll",
)
"""Files that hosts, browsers and crawlers ask for by their names."""

_FETCHED = ("pagefind/", ".well-known/")
"""Folders whose files no page names: a script or a protocol does."""

_ENTRY = "pagefind-entry.json"
"""What a search loads first; it names the rest."""

_UNLISTED = "/search/index.html"
"""Pages without words of their own need not stand in the sitemap."""

_ATOM = "http://www.w3.org/2005/Atom "
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9 "
_XHTML_LINK = "http://www.w3.org/1999/xhtml link"
_FEED_LENGTH = 50
"""Entries from which on a feed may leave older ones out."""

_SITEMAP_ADDRESSES = 50_000
_SITEMAP_SIZE = 50 * 1024 * 1024

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)\Z")
_DAY = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?\Z")
_ROOTED = re.compile(r"[/#]|[A-Za-z][A-Za-z0-9+.\-]*:")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_ADDRESS = re.compile(r"https?://[^\s{}<>\"]+")
_STATUSES = frozenset({"200", "301", "302", "303", "307", "308", "404", "410", "451"})

_Versions = tuple[tuple[str, str], ...]
"""`hreflang` and file, sorted."""

_Said = _Versions | None
"""The same; None where an address is dead, which is told where it stands."""


@dataclass(frozen=True, slots=True)
class _Target:
    """Where an address leads."""

    path: str = ""
    """A file of the tree; empty where the address leads elsewhere, or is at fault."""

    fragment: str = ""
    """What it names in the page."""

    fault: str = ""
    """Why it leads nowhere."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where something is said; its line is looked up only where it is wrong."""

    path: str
    attribute: str
    value: str


@dataclass(slots=True)
class _Kept:
    """What is kept of a page."""

    language: str
    indexed: bool
    moved: bool
    """Whether it only sends readers on."""
    versions: _Versions
    fronts: tuple[str, ...]
    """The files of the feeds that it names."""
    is_article: bool
    """Whether it says that it is a text, and not a list or a person's page."""


@dataclass(slots=True)
class _Work:
    """An article as structured data has it."""

    page: str
    language: str
    original: str
    translations: frozenset[str]
    siblings: frozenset[str]
    """What a translation says of its original's translations."""


def check(root: Path, settings: Settings) -> tuple[Problem, ...]:
    """Every problem of the built site below `root`, sorted by place."""
    tree = _Tree(root / FOLDER, settings)
    tree.look()
    return in_order(tree.problems)


@dataclass(slots=True)
class _Tree:
    folder: Path
    settings: Settings
    problems: list[Problem] = field(default_factory=list)
    sizes: dict[str, int] = field(default_factory=dict)
    """Every file of the tree; its place among them is its number."""
    paths: list[str] = field(default_factory=list)
    """The same, by their numbers."""
    numbers: dict[str, int] = field(default_factory=dict)
    kept: dict[str, _Kept] = field(default_factory=dict)
    edges: dict[str, array[int]] = field(default_factory=dict)
    """Page or stylesheet → the numbers of files that readers or browsers come to from it."""
    used: set[int] = field(default_factory=set)
    """Files that a page, a stylesheet or `robots.txt` names in whatever way."""
    fragments: dict[tuple[str, str], _Place] = field(default_factory=dict)
    """File and id → the first place that leads there."""
    languages: dict[tuple[str, str], _Place] = field(default_factory=dict)
    """File and language → the first place that says so."""
    listed: dict[str, tuple[_Said, Span]] = field(default_factory=dict)
    """Page → its versions in the sitemap."""
    entries: dict[str, tuple[_Said, Span]] = field(default_factory=dict)
    """Page → its versions in the feed of its language."""
    sitemaps: list[str] = field(default_factory=list)
    feeds: dict[str, str] = field(default_factory=dict)
    """Feed → its language."""
    complete: dict[str, Span] = field(default_factory=dict)
    """Language → its feed, where it is short enough to name every text."""
    bundles: set[str] = field(default_factory=set)
    """Folders of searches that were looked at."""
    named: dict[str, str] = field(default_factory=dict)
    """`@id` → the first page that names it."""
    declared: set[str] = field(default_factory=set)
    spoken: dict[tuple[str, str], str] = field(default_factory=dict)
    """`@id` and the language that it is said to be in → the first page that says so."""
    works: dict[str, _Work] = field(default_factory=dict)
    strange: dict[tuple[str, str], tuple[Span, int]] = field(default_factory=dict)
    """Words in strange letters and what is said of them → where first, and on how many pages."""
    manifest: dict[str, tuple[int, str]] = field(default_factory=dict)
    known: dict[_Versions, _Versions] = field(default_factory=dict)
    """Each set of versions once: pages of one piece share it."""
    scheme: str = ""
    host: str = ""
    barred: Span | None = None
    """Where `robots.txt` keeps search engines out of the whole site."""
    prefix: str = ""
    """What the addresses of the site begin with."""
    base: str = ""
    """Path of the base URL, without a slash at its end."""

    def look(self) -> None:
        split = urllib.parse.urlsplit(self.settings.base_url)
        self.scheme, self.host, self.base = split.scheme, split.netloc.casefold(), split.path
        self.prefix = f"{self.settings.base_url}/"
        self._walk()
        self.sizes = dict(sorted(self.sizes.items()))
        self.paths = list(self.sizes)
        self.numbers = {path: number for number, path in enumerate(self.sizes)}
        self._manifest()
        for path in self.sizes:
            self._file(path)
        if _NOT_FOUND not in self.sizes:
            message = "there is no page for addresses that lead nowhere"
            self._add("V2", message, Span(_shown(_NOT_FOUND)), _BUILD)
        self._anchors()
        self._graph()
        self._data()
        self._strange()
        self._reach()

    # ── Telling ──────────────────────────────────────────────────────────────────────────────

    def _add(self, code: str, message: str, span: Span, hint: str = "") -> None:
        self.problems.append(Problem(code, message, span, hint))

    def _at(self, code: str, message: str, place: _Place, hint: str = "") -> None:
        """A problem whose line has to be looked up."""
        span = pages.place(
            _shown(place.path), self._again(place.path), place.attribute, place.value
        )
        self._add(code, message, span, hint)

    def _again(self, path: str) -> str:
        """The text of a file that was read before; empty where it has gone meanwhile."""
        try:
            return (self.folder / path).read_bytes().decode("utf-8", "replace")
        except OSError:
            return ""

    # ── Files and the manifest ───────────────────────────────────────────────────────────────

    def _walk(self) -> None:
        # As deep as folders may be: no function that calls itself would get there.
        waiting = [""]
        while waiting:
            below = waiting.pop()
            try:
                for entry in sorted(os.scandir(self.folder / below), key=lambda one: one.name):
                    path = below + entry.name
                    info = entry.stat(follow_symlinks=False)
                    if stat.S_ISDIR(info.st_mode):
                        waiting.append(f"{path}/")
                    elif stat.S_ISREG(info.st_mode):
                        self.sizes[path] = info.st_size
                    else:
                        self._add("V1", "this is no regular file", Span(_shown(path)), _BUILD)
            except OSError as error:
                self._add("V1", f"cannot be read: {error.strerror}", Span(_shown(below)), _BUILD)

    def _manifest(self) -> None:
        span = Span(_shown(MANIFEST))
        if MANIFEST not in self.sizes:
            self._add("V1", f"there is no {MANIFEST}", span, _BUILD)
            return
        try:
            document = json.loads((self.folder / MANIFEST).read_bytes())
            entries = [(one["path"], one["size"], one["sha256"]) for one in document["files"]]
        except (ValueError, RecursionError, TypeError, KeyError) as error:
            message = f"the manifest cannot be read: {type(error).__name__}"
            self._add("V1", message, span, _BUILD)
            return
        for path, size, digest in entries:
            if not (isinstance(path, str) and isinstance(size, int) and isinstance(digest, str)):
                self._add(
                    "V1", "an entry of the manifest has no path, size or sha256", span, _BUILD
                )
            elif path in self.manifest:
                self._add("V1", f"the manifest names {path} twice", span, _BUILD)
            elif path not in self.sizes:
                self._add("V1", f"{path} is not there, and the manifest names it", span, _BUILD)
                self.manifest[path] = size, digest
            else:
                self.manifest[path] = size, digest
        for path in self.sizes:
            if path not in self.manifest and path != MANIFEST:
                message = "no build put this file here: the manifest does not name it"
                self._add("V1", message, Span(_shown(path)), _BUILD)

    def _file(self, path: str) -> None:
        """Read a file once: is it what the manifest says, and what does it name?"""
        suffix = path.rpartition(".")[2]
        try:
            if suffix in ("html", "xml", "css", "bib", "ris", "txt") or path == _REDIRECTS:
                content = (self.folder / path).read_bytes()
                digest = hashlib.sha256(content).hexdigest()
            else:
                content = b""
                with (self.folder / path).open("rb") as file:
                    digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            self._add("V1", f"cannot be read: {error.strerror}", Span(_shown(path)), _BUILD)
            return
        if path in self.manifest and self.manifest[path] != (self.sizes[path], digest):
            message = "this is not the file that was built: size or sha256 differ"
            self._add("V1", message, Span(_shown(path)), _BUILD)
        if suffix == "xml":
            self._xml(path, content)
        elif content:
            try:
                text = content.decode()
            except UnicodeDecodeError:
                self._add("V7", "this text is not UTF-8", Span(_shown(path)), _BUILD)
                return
            self._text(path, suffix, text)

    def _text(self, path: str, suffix: str, text: str) -> None:
        if suffix == "html":
            self._page(path, text)
        elif suffix == "css":
            for address in pages.stylesheet(text):
                span = _found(path, text, address)
                self._loaded(path, address, span, self._named(path, address, span))
        elif path == _REDIRECTS:
            self._redirects(text)
        else:
            if path == _ROBOTS:
                self._robots(text)
            for match in _ADDRESS.finditer(text):
                span = _found(path, text, match[0])
                lead = self._named if path == _ROBOTS else self._leads
                lead(path, match[0].rstrip(".,;"), span)

    # ── Addresses ────────────────────────────────────────────────────────────────────────────

    def _resolve(self, source: str, address: str) -> _Target:
        """Where an address leads from the file `source`."""
        path = self._plain(source, address)
        return _Target(path) if path else self._any(source, address)

    def _plain(self, source: str, address: str) -> str:
        """The same for nearly all addresses: without anything that would have to be taken apart."""
        if not address:
            path = source
        elif address.startswith(self.prefix):
            path = address[len(self.prefix) :]
        else:
            path, folder = address, source.rpartition("/")[0]
            while path.startswith("../") and folder:
                path, folder = path[3:], folder.rpartition("/")[0]
            path = f"{folder}/{path}" if folder else path
        path = f"{path}index.html" if path.endswith("/") or not path else path
        # Only what is written as files are named is among them.
        return path if path in self.sizes else ""

    def _any(self, source: str, address: str) -> _Target:
        rest, _, fragment = address.strip().partition("#")
        rest = rest.partition("?")[0]
        scheme = _SCHEME.match(rest)
        if scheme or rest.startswith("//"):
            named = scheme[1].casefold() if scheme else self.scheme
            if named not in ("http", "https"):
                return _ELSEWHERE
            host, slash, path = rest.partition("//")[2].partition("/")
            if host.rpartition("@")[2].casefold() != self.host:
                return _ELSEWHERE
            path = slash + path
            if path != self.base and not path.startswith(f"{self.base}/"):
                return _ELSEWHERE  # a neighbour on the same host
            if named != self.scheme:
                return _Target(fault=f"leads to the site by {named}, not {self.scheme}")
            parts = path[len(self.base) :].lstrip("/").split("/")
            above: list[str] = []
        elif rest.startswith("/"):
            if not rest.startswith(f"{self.base}/"):
                return _Target(fault=f"leads out of the site, which lies below {self.base}/")
            parts, above = rest[len(self.base) + 1 :].split("/"), []
        elif not rest:
            return _Target(source, urllib.parse.unquote(fragment))
        else:
            parts, above = rest.split("/"), source.split("/")[:-1]
        for index, part in enumerate(parts):
            if part == "..":
                if not above:
                    return _Target(fault="leaves the site")
                above.pop()
            elif part not in (".", ""):
                above.append(urllib.parse.unquote(part) if "%" in part else part)
            if index == len(parts) - 1 and part in ("", ".", ".."):
                above.append("index.html")
        path = "/".join(above)
        if path in self.sizes:
            return _Target(path, urllib.parse.unquote(fragment) if "%" in fragment else fragment)
        if f"{path}/index.html" in self.sizes:
            return _Target(fault=f"has no slash at its end; the page is {path}/")
        return _Target(fault=f"leads nowhere: there is no {path}")

    def _leads(self, source: str, address: str, place: Span | _Place) -> _Target:
        """The same, with what is wrong told."""
        target = self._resolve(source, address)
        if target.fault:
            message = f"“{_short(address)}” {target.fault}"
            if isinstance(place, Span):
                self._add("V2", message, place)
            else:
                self._at("V2", message, place)
        return target

    def _named(self, source: str, address: str, place: Span | _Place) -> _Target:
        """The same, by what counts as a use of the file."""
        target = self._leads(source, address, place)
        if target.path:
            self.used.add(self.numbers[target.path])
        return target

    def _loaded(self, path: str, address: str, place: Span | _Place, target: _Target) -> None:
        """Nothing that a browser loads unasked is from elsewhere."""
        if target.path:
            self.edges.setdefault(path, array("I")).append(self.numbers[target.path])
        elif not target.fault and not address.startswith("data:"):
            message, hint = (
                f"“{_short(address)}” is loaded from elsewhere",
                "bring it into the site",
            )
            if isinstance(place, Span):
                self._add("V9", message, place, hint)
            else:
                self._at("V9", message, place, hint)

    def _own(self, path: str) -> str:
        """The full address of a file."""
        return f"{self.settings.base_url}/{path.removesuffix('index.html')}"

    # ── Pages ────────────────────────────────────────────────────────────────────────────────

    def _page(self, path: str, text: str) -> None:
        page = pages.read(_shown(path), text)
        self.problems += page.problems
        for one in page.strange:
            first, times = self.strange.get((one.words, one.language), (one.span, 0))
            self.strange[one.words, one.language] = first, times + 1
        seen: set[pages.Link] = set()
        edges = array("I")
        for link in page.links:
            if link in seen:
                continue
            seen.add(link)
            place = _Place(path, link.attribute, link.value)
            if path == _NOT_FOUND and not _ROOTED.match(link.address):
                message = f"“{_short(link.address)}” is relative, and hosts show {path} everywhere"
                self._at("V2", message, place, "let it begin with a slash")
            target = self._named(path, link.address, place)
            if link.kind == "page":
                if target.path:
                    edges.append(self.numbers[target.path])
                    self._follow(path, page, link, target, place)
            elif link.kind != "name":
                self._loaded(path, link.address, place, target)
        edges.extend(self.edges.get(path, ()))
        self.edges[path] = edges
        moved = page.refresh is not None
        if moved and self._resolve(path, page.refresh or "").path == path:
            self._at(
                "V2",
                "the page sends its readers on to itself",
                _Place(path, "http-equiv", "refresh"),
            )
        indexed = page.indexed and path != _NOT_FOUND
        if page.language and page.language not in [one.tag for one in self.settings.languages]:
            message = f"lang=“{page.language}” is not a language of the site"
            self._at("V8", message, _Place(path, "lang", page.language))
        versions = self._head(path, page, indexed)
        fronts = tuple(self._resolve(path, one).path for one in page.feeds)
        is_article = "article" in page.metas.get("og:type", ())
        self.kept[path] = _Kept(page.language, indexed, moved, versions, fronts, is_article)
        for address in page.bundles:
            self._bundle(path, address)
        for data in page.data:
            self._structured(path, text, data, page.language)

    def _bundle(self, path: str, address: str) -> None:
        """What a search page's script loads: the index's entry, and the files that it names."""
        place = _Place(path, "data-bundle", address)
        target = self._any(path, f"{address}{_ENTRY}").path
        folder = target.removesuffix(_ENTRY)
        if not target:
            message = f"the search has no index: there is no {_ENTRY} in “{_short(address)}”"
            self._at("V2", message, place, _BUILD)
            return
        if folder in self.bundles:
            return
        self.bundles.add(folder)
        span = Span(_shown(target))
        try:
            entry = json.loads((self.folder / target).read_bytes())
            languages = [(one["hash"], one["wasm"]) for one in entry["languages"].values()]
        except (OSError, ValueError, RecursionError, TypeError, KeyError, AttributeError) as error:
            message = f"the search’s index cannot be read: {type(error).__name__}"
            self._add("V2", message, span, _BUILD)
            return
        names = ["pagefind.js"]
        for digest, engine in languages:
            names += [f"pagefind.{digest}.pf_meta", f"wasm.{engine or 'unknown'}.pagefind"]
        for name in dict.fromkeys(names):
            if f"{folder}{name}" not in self.sizes:
                message = f"the search loads {folder}{name}, which is not there"
                self._add("V2", message, span, _BUILD)

    def _follow(
        self, path: str, page: pages.Page, link: pages.Link, target: _Target, place: _Place
    ) -> None:
        if target.fragment and _is_page(target.path) and not target.fragment.startswith(":~:"):
            if target.path != path:
                self.fragments.setdefault((target.path, target.fragment), place)
            elif target.fragment not in page.ids and target.fragment != "top":
                self._at("V3", f"there is no id “{target.fragment}” in this page", place)
        if link.language and _is_page(target.path):
            self.languages.setdefault((target.path, link.language), place)

    def _head(self, path: str, page: pages.Page, indexed: bool) -> _Versions:
        """What the head says of the page and its versions, as far as this page alone tells."""
        own = self._own(path)
        if not indexed:
            return ()
        if page.canonical != (own,):
            given = page.canonical[-1] if page.canonical else ""
            message = f"the canonical address is not the page’s own, {own}"
            place = _Place(path, "href", given) if given else _Place(path, "rel", "canonical")
            self._at("V4", message, place, "one <link rel=canonical>, to the page itself")
        for name in ("og:url", "citation_fulltext_html_url"):
            for given in page.metas.get(name, ()):
                if given != own:
                    message = f"{name} is not the page’s own address, {own}"
                    self._at("V4", message, _Place(path, "content", given))
        if not page.versions:
            return ()
        found: dict[str, str] = {}
        for tag, address in page.versions:
            place = _Place(path, "hreflang", tag)
            if not address.startswith(("https://", "http://")):
                self._at("V4", f"the address of the version in {tag} is not a full one", place)
            if tag in found:
                self._at("V4", f"two versions are said to be in {tag}", place)
            target = self._resolve(path, address).path
            if target:
                found[tag] = target
            if not (target or self._resolve(path, address).fault):
                self._at("V4", f"the version in {tag} is not of this site", place)
        if "x-default" not in dict(page.versions):
            message = "no version is named for readers of other languages (x-default)"
            self._at("V4", message, _Place(path, "rel", "alternate"))
        # The page at the root is for readers of any language, and in the default one itself.
        own_tags = {tag for tag, target in found.items() if target == path}
        if not own_tags & {page.language, "x-default"}:
            message = "the page is not among its own versions"
            self._at("V4", message, _Place(path, "rel", "alternate"))
        self._networks(path, page, found)
        versions = tuple(sorted(found.items()))
        return self.known.setdefault(versions, versions)

    def _networks(self, path: str, page: pages.Page, versions: Mapping[str, str]) -> None:
        """What Open Graph says of languages."""
        own, others = page.metas.get("og:locale", ()), page.metas.get("og:locale:alternate", ())
        if not page.language or not (own or others):
            return
        spelled = {
            tag: locales.open_graph(locales.parse(tag))
            for tag in (*versions, page.language)
            if tag in [one.tag for one in self.settings.languages]
        }
        expected = sorted(name for tag, name in spelled.items() if tag != page.language)
        if own != (spelled.get(page.language),) or sorted(others) != expected:
            message = "og:locale and og:locale:alternate are not the languages of the versions"
            self._at("V4", message, _Place(path, "property", "og:locale"))

    def _strange(self) -> None:
        """Once for a text, however many pages list it: who wrote it mends it in one place."""
        for (words, language), (span, times) in self.strange.items():
            say = "the page says" if times == 1 else f"{times} pages say"
            message = f"“{_short(words)}” is not in the letters of {language}, which {say} it is in"
            self._add("V8", message, span, _MARK)

    # ── Structured data ──────────────────────────────────────────────────────────────────────

    def _structured(self, path: str, text: str, data: str, language: str) -> None:
        span = _found(path, text, "application/ld+json")
        try:
            document = json.loads(data)
        except (ValueError, RecursionError) as error:
            why = str(error).partition(": line")[0]
            self._add("V5", f"the JSON-LD cannot be read: {why}", span)
            return
        if not isinstance(document, dict) or "@context" not in document:
            self._add("V5", "the JSON-LD has no @context", span)
            return
        own = self._own(path)
        graph = document.get("@graph", document)
        for node in graph if isinstance(graph, list) else [graph]:
            if not isinstance(node, dict):
                continue
            said = node.get("inLanguage")
            if node.get("url") == own and isinstance(said, str) and language not in ("", said):
                message = f"inLanguage is {said}, and the page is in {language}"
                self._add("V5", message, span)
            if node.get("@type") == "Article" and isinstance(node.get("@id"), str):
                self._work(path, node)
        for node in _objects(document):
            identifier = node.get("@id")
            if isinstance(identifier, str):
                self.named.setdefault(identifier, path)
                if isinstance(node.get("inLanguage"), str):
                    self.spoken.setdefault((identifier, node["inLanguage"]), path)
                home = self._resolve(path, identifier).path
                if node.keys() - {"@id", "@type"} and home in ("", path):
                    self.declared.add(identifier)
            for key in ("@id", "url", "contentUrl", "mainEntityOfPage"):
                address = node.get(key)
                if isinstance(address, str):
                    self._leads(path, address, span)

    def _work(self, path: str, node: Mapping[str, Any]) -> None:
        original = node.get("translationOfWork")
        self.works[node["@id"]] = _Work(
            page=path,
            language=str(node.get("inLanguage")),
            original=next(iter(_identifiers(original)), ""),
            translations=frozenset(_identifiers(node.get("workTranslation"))),
            siblings=frozenset(
                _identifiers(original.get("workTranslation")) if isinstance(original, dict) else ()
            ),
        )

    def _data(self) -> None:
        for identifier, path in self.named.items():
            if identifier not in self.declared:
                message = f"no page says what “{_short(identifier)}” is"
                hint = "the page at its address has to, else any"
                self._at("V5", message, _Place(path, "type", "application/ld+json"), hint)
        for (identifier, language), path in self.spoken.items():
            work = self.works.get(identifier)
            if work and work.page != path and work.language != language:
                message = f"“{_short(identifier)}” is said to be in {language}, not {work.language}"
                self._at("V5", message, _Place(path, "type", "application/ld+json"))
        for identifier, work in self.works.items():
            for message in self._translations(identifier, work):
                self._at("V5", message, _Place(work.page, "type", "application/ld+json"))

    def _translations(self, identifier: str, work: _Work) -> Iterator[str]:
        if identifier == work.original or identifier in work.translations:
            yield "the text is said to be its own translation"
        original = self.works.get(work.original)
        if original and identifier not in original.translations:
            yield f"“{_short(work.original)}” does not name this text as its translation"
        elif original and work.siblings and work.siblings != original.translations:
            yield "the translations of the original are not those that it names itself"
        for other in sorted(work.translations):
            if other in self.works and self.works[other].original != identifier:
                yield f"“{_short(other)}” does not name this text as its original"

    # ── Feeds, sitemaps, redirects ───────────────────────────────────────────────────────────

    def _xml(self, path: str, content: bytes) -> None:
        try:
            root = xmltree.parse(content)
        except xmltree.BrokenError as error:
            span = Span(_shown(path), error.line, error.column)
            self._add("V7", f"not well-formed: {error}", span, _BUILD)
            return
        if root.name == f"{_ATOM}feed":
            self._feed(path, root)
        elif root.name in (f"{_SITEMAP}urlset", f"{_SITEMAP}sitemapindex"):
            self.sitemaps.append(path)
            if len(content) > _SITEMAP_SIZE or len(root.children) > _SITEMAP_ADDRESSES:
                hint = "50,000 addresses and 50 MB are the most that search engines read"
                self._add("V7", "the sitemap is too long", Span(_shown(path)), hint)
            for entry in root.children:
                self._listed(path, entry, root.name == f"{_SITEMAP}urlset")
        else:
            message = f"“{root.name.split(' ')[-1]}” is neither a feed nor a sitemap"
            self._add("V7", message, Span(_shown(path), root.line, root.column))

    def _listed(self, path: str, entry: Element, is_page: bool) -> None:
        span = Span(_shown(path), entry.line, entry.column)
        address = entry.told(f"{_SITEMAP}loc")
        day = entry.told(f"{_SITEMAP}lastmod")
        if day and not _is_time(day, _DAY):
            self._add("V7", f"lastmod “{_short(day)}” is no date", span, "for example 2026-08-12")
        if not address.startswith(f"{self.settings.base_url}/"):
            message = f"“{_short(address)}” is not an address of the site"
            self._add("V7", message, span, f"its addresses begin with {self.settings.base_url}/")
            return
        if not is_page:
            self._named(path, address, span)
            return
        target = self._leads(path, address, span).path
        if not target:
            return
        if target in self.listed:
            self._add("V7", f"“{_short(address)}” stands twice", span)
        versions = [self._version(path, link) for link in entry.all(_XHTML_LINK)]
        self.listed[target] = _said(versions), span

    def _version(self, path: str, link: Element) -> tuple[str, _Target]:
        """Its `hreflang`, and where it leads."""
        span = Span(_shown(path), link.line, link.column)
        target = self._leads(path, link.attributes.get("href", ""), span)
        return link.attributes.get("hreflang", ""), target

    def _feed(self, path: str, root: Element) -> None:
        span = Span(_shown(path), root.line, root.column)
        language = root.attributes.get(xmltree.LANGUAGE, "")
        self.feeds[path] = language
        if language not in [one.tag for one in self.settings.languages]:
            self._add("V8", f"xml:lang=“{language}” is not a language of the site", span)
        authored = any(root.all(f"{_ATOM}author"))
        self._atom(root, span, ("id", "title", "updated"))
        own = [self._version(path, link)[1].path for link in _links(root, "self")]
        if own != [path]:
            self._add("V7", "the feed does not name its own address (rel=self)", span)
        for link in _links(root, "alternate"):
            self._version(path, link)
        identifiers = {root.told(f"{_ATOM}id")}
        found: list[bool] = []
        for entry in root.all(f"{_ATOM}entry"):
            place = Span(_shown(path), entry.line, entry.column)
            self._atom(entry, place, ("id", "title", "updated"))
            if not authored and not any(entry.all(f"{_ATOM}author")):
                self._add("V7", "the entry has no author", place)
            if entry.told(f"{_ATOM}id") in identifiers:
                self._add("V7", "the entry’s id stands twice", place, "an id is for one entry")
            identifiers.add(entry.told(f"{_ATOM}id"))
            found.append(self._entry(path, entry, place, language))
        if len(found) < _FEED_LENGTH and all(found):
            self.complete[language] = span

    def _atom(self, element: Element, span: Span, names: Sequence[str]) -> None:
        for name in names:
            if not element.told(f"{_ATOM}{name}"):
                self._add("V7", f"<{element.name.split(' ')[-1]}> has no {name}", span)
        for name in ("updated", "published"):
            for instant in element.all(f"{_ATOM}{name}"):
                if instant.text and not _is_time(instant.text, _INSTANT):
                    place = Span(span.path, instant.line, instant.column)
                    hint = "for example 2026-08-12T00:00:00Z"
                    self._add("V7", f"“{_short(instant.text)}” is no instant", place, hint)

    def _entry(self, path: str, entry: Element, span: Span, language: str) -> bool:
        """Whether it leads to a page of the feed's language."""
        versions = [self._version(path, link) for link in _links(entry, "alternate")]
        said = _said(versions)
        own = [target.path for tag, target in versions if tag == language and target.path]
        if not own and said is not None:
            self._add("V7", f"the entry names no page in {language}", span)
        for target in own:
            self.entries[target] = said, span
        for link in _links(entry, "enclosure"):
            target = self._version(path, link)[1].path
            size = link.attributes.get("length", "")
            if target and size != str(self.sizes[target]):
                place = Span(span.path, link.line, link.column)
                message = (
                    f"length is {size or 'missing'}, and {target} has {self.sizes[target]} bytes"
                )
                self._add("V7", message, place)
        return bool(own)

    def _robots(self, text: str) -> None:
        """Whether crawlers of any name are kept out of everything (RFC 9309)."""
        named, in_head, rules = False, False, dict[str, int]()
        for number, line in enumerate(text.split("\n"), start=1):
            key, _, value = (part.strip() for part in line.partition("#")[0].partition(":"))
            if key.casefold() == "user-agent":
                named, in_head = value == "*" or (in_head and named), True
            elif key.casefold() in ("allow", "disallow"):
                in_head = False
                if named and value.rstrip("*") in ("/", f"{self.base}/"):
                    rules.setdefault(key.casefold(), number)
        # Where both hold, crawlers may come in.
        if "disallow" in rules and "allow" not in rules:
            self.barred = Span(_shown(_ROBOTS), rules["disallow"], 1)

    def _redirects(self, text: str) -> None:
        """The list of addresses that have moved, as static hosts read it."""
        seen: set[str] = set()
        for number, line in enumerate(text.split("\n"), start=1):
            fields = (
                line.partition("#")[0].split() if line.lstrip().startswith("#") else line.split()
            )
            if not fields:
                continue
            span = Span(_shown(_REDIRECTS), number, 1)
            if len(fields) < 2:
                hint = "for example /en/old/ /en/new/ 301"
                self._add("V2", "the line has no address to go to", span, hint)
                continue
            source, target, *rest = fields
            if rest and rest[0].rstrip("!") not in _STATUSES:
                self._add("V2", f"“{_short(rest[0])}” is no status of a redirect", span)
            if source in seen:
                self._add("V2", f"“{_short(source)}” is sent on twice", span)
            seen.add(source)
            if "/:" in target.replace("://", ""):
                continue  # with placeholders, which only the host can fill
            found = self._leads(_REDIRECTS, self._based(target), span).path
            here = self._resolve(_REDIRECTS, self._based(source)).path
            if found and found == here:
                self._add("V2", f"“{_short(source)}” is sent on to itself", span)
            elif here and _is_page(here) and not self._moves(here):
                self._add("V2", f"“{_short(source)}” is a page, and readers are sent away", span)

    def _based(self, address: str) -> str:
        """Hosts take such a list for the root of what they serve, with or without the base path."""
        below = address.startswith("/") and not address.startswith(f"{self.base}/")
        return f"{self.base}{address}" if below else address

    def _moves(self, path: str) -> bool:
        """Whether a page only sends its readers on; the list comes before the pages."""
        return pages.read(path, self._again(path)).refresh is not None

    # ── What hangs together ──────────────────────────────────────────────────────────────────

    def _anchors(self) -> None:
        """Anchors in other pages: only these are read a second time."""
        wanted: dict[str, list[tuple[str, _Place]]] = defaultdict(list)
        for (path, fragment), place in self.fragments.items():
            wanted[path].append((fragment, place))
        for path, places in wanted.items():
            ids = pages.read(path, self._again(path)).ids
            for fragment, place in places:
                if fragment not in ids:
                    self._at("V3", f"there is no id “{fragment}” in {path}", place)

    def _graph(self) -> None:
        for (path, language), place in self.languages.items():
            kept = self.kept.get(path)
            if kept and kept.language not in ("", language) and not kept.moved:
                message = f"hreflang says {language}, and {path} is in {kept.language}"
                self._at("V4", message, place)
        for path, kept in self.kept.items():
            if kept.moved:
                self._chain(path)
            if not kept.indexed:
                continue
            # Each once, by its language and not as the version for everybody else.
            for target, tag in {path: tag for tag, path in reversed(kept.versions)}.items():
                other = self.kept.get(target)
                if other is None or not other.indexed:
                    message = f"the version in {tag}, {target}, is no page for search engines"
                elif other.language and tag not in ("x-default", other.language):
                    message = f"hreflang says {tag}, and {target} is in {other.language}"
                elif other.versions != kept.versions:
                    message = f"{target} does not name the same versions as this page"
                else:
                    continue
                self._at(
                    "V4", message, _Place(path, "hreflang", tag), "each names itself and all others"
                )
            if kept.fronts and kept.language:
                said = {self.feeds.get(one, kept.language) for one in kept.fronts}
                if kept.language not in said:
                    message = f"the page names no feed in {kept.language}"
                    self._at("V4", message, _Place(path, "type", "application/atom+xml"))
        self._sitemap()
        # Of several feeds in a language, none need name every text.
        single = {one for one, times in Counter(self.feeds.values()).items() if times == 1}
        for path, kept in self.kept.items():
            feed = self.complete.get(kept.language) if kept.language in single else None
            if feed and kept.is_article and kept.indexed and path not in self.entries:
                hint = f"with fewer than {_FEED_LENGTH} entries it names every text"
                self._add("V7", f"the feed does not name {path}", feed, hint)
        for path, (versions, span) in self.entries.items():
            kept = self.kept.get(path)
            named = [one for one in kept.versions if one[0] != "x-default"] if kept else []
            if versions is None:
                continue
            if tuple(named) != versions and (named or len(versions) > 1):
                message = f"the entry’s versions are not those that {path} names"
                self._add("V4", message, span)

    def _chain(self, path: str) -> None:
        """Readers are sent on once."""
        for number in self.edges[path]:
            target = self.paths[number]
            if target in self.kept and self.kept[target].moved and target != path:
                message = f"readers are sent on to {target}, which sends them on"
                self._at("V2", message, _Place(path, "http-equiv", "refresh"))

    def _sitemap(self) -> None:
        open_to_all = any(kept.indexed for kept in self.kept.values())
        if self.barred and (open_to_all or self.listed):
            message = "it keeps search engines out of the whole site (Disallow: /)"
            hint = "Allow: / where the site is for readers; a preview has no sitemap"
            self._add("V7", message, self.barred, hint)
            # What crawlers may not ask for needs no name.
            self.used |= {self.numbers[path] for path in self.sitemaps}
        if not self.listed:
            if self.barred and not open_to_all:
                return  # a preview
            span = Span(_shown("sitemap.xml"))
            self._add("V7", "there is no sitemap that names pages", span, _BUILD)
            return
        for path, (versions, span) in self.listed.items():
            kept = self.kept.get(path)
            if kept is None or not kept.indexed:
                self._add("V4", f"{path} is no page for search engines", span)
            elif versions not in (kept.versions, None):
                self._add("V4", f"the versions are not those that {path} names", span)
        for path, kept in self.kept.items():
            if kept.versions and path not in self.listed and not path.endswith(_UNLISTED):
                self._add("V4", "the sitemap does not name this page", Span(_shown(path)))

    def _reach(self) -> None:
        """From the page at the root, by links that readers follow."""
        paths = self.paths
        start = self.numbers.get("index.html")
        if start is None:
            self._add("V6", "there is no page at the root", Span(_shown("index.html")), _BUILD)
            return
        seen, open_numbers = {start}, [start]
        while open_numbers:
            for number in self.edges.get(paths[open_numbers.pop()], ()):
                if number not in seen:
                    seen.add(number)
                    open_numbers.append(number)
        for number, path in enumerate(paths):
            kept = self.kept.get(path)
            if kept:
                if kept.indexed and number not in seen:
                    message = "no links lead here from the page at the root"
                    self._add("V6", message, Span(_shown(path)))
            elif path in _SERVED or path.startswith(_FETCHED) or number in seen:
                continue
            elif path.endswith(".pdf"):
                self._add("V6", "no page that readers reach links to it", Span(_shown(path)))
            elif number not in self.used:
                self._add("V6", "no page names this file", Span(_shown(path)))


_ELSEWHERE = _Target()
_BUILD = "run publish build again"
_MARK = (
    "in a text mark it: [words]{lang=…}; a title, summary, topic or series cannot be marked: "
    "write it in the page’s own letters, or keep it for the text"
)


def _shown(path: str) -> str:
    return f"{FOLDER}/{path}"


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"


def _is_page(path: str) -> bool:
    return path.endswith(".html")


def _found(path: str, text: str, words: str) -> Span:
    offset = max(text.find(words), 0)
    start = text.rfind("\n", 0, offset) + 1
    return Span(_shown(path), text.count("\n", 0, offset) + 1, offset - start + 1)


def _is_time(text: str, form: re.Pattern[str]) -> bool:
    """Whether it has the form, and a calendar has it."""
    try:
        return bool(form.match(text) and datetime.datetime.fromisoformat(text))
    except ValueError:
        return False


def _links(element: Element, relation: str) -> Iterator[Element]:
    for link in element.all(f"{_ATOM}link"):
        if link.attributes.get("rel", "alternate") == relation:
            yield link


def _said(versions: Sequence[tuple[str, _Target]]) -> _Said:
    if any(target.fault for _, target in versions):
        return None
    return tuple(sorted((tag, target.path) for tag, target in versions))


def _objects(value: object) -> Iterator[dict[str, Any]]:
    """Every object in a JSON value."""
    left = [value]
    while left:
        item = left.pop()
        if isinstance(item, dict):
            yield item
            left += reversed(item.values())
        elif isinstance(item, list):
            left += reversed(item)


def _identifiers(value: object) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict) and isinstance(one.get("@id"), str):
            yield one["@id"]
