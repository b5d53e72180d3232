"""Full-text search without a server: an index for each language, made by Pagefind's binary.

What is indexed are the texts of editions and authors' pages, not their markup, so that templates
can be changed without a thought for search. Letters that readers take for one are folded here and,
by the same rules, in `templates/search.js`, which looks words up.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
import re
import subprocess
import tempfile
import threading
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser
from typing import IO, Any, cast

from . import locales, urls
from .errors import Problem, PublishError, Span
from .locales import Locale
from .model import Artefact, Edition, Listed, Profile, Rendering, Run, Settings

PATIENCE = 600.0
"""Seconds after which the binary is taken to hang."""

_ENTRY = "pagefind-entry.json"
_SERVED = re.compile(r"pagefind\.js|.*\.(?:pf_meta|pf_index|pf_fragment)")
"""What a search loads besides the entry and the engines: nothing of Pagefind's own interfaces."""

_SIGNATURE = b"pagefind_dcd"
"""How a file of the index begins once it is unpacked, and one that never was packed."""

_WHERE = Span("pyproject.toml")
_FAINT = 0.2
"""What a spelling weighs that the text does not have, beside the text's own."""

_BLOCK = re.compile(
    r"blockquote|d[dlt]|div|fig(?:caption|ure)|h[1-6r]|[ou]l|li|p|pre|section|t(?:able|[dhr])"
)
_HEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))
_VOID = frozenset(("br", "hr", "img", "wbr"))


@dataclass(frozen=True, slots=True)
class Document:
    """A page as the index knows it."""

    path: str
    """The page's path in `output/`."""

    locale: Locale
    """Language of the page, and so the index that it stands in."""

    content: str
    """HTML of all that can be found, folded."""

    card: str
    """HTML of its item in a list of results, as its readers see it."""

    @property
    def url(self) -> str:
        """What Pagefind calls the page. Fragments are named by what they hold, and this is in them:
        so a fragment with another card has another name."""
        return f"/{self.path}?{hashlib.sha256(self.card.encode()).hexdigest()[:12]}"


def missing_extra(settings: Settings) -> Iterator[Problem]:
    """The package that makes the index, where a site wants search and does not have it."""
    if settings.search:
        try:
            _binary()
        except ImportError:
            hint = "pip install 'publish-editions[search]', or take the setting out"
            yield Problem("B7", "search = true needs the package “pagefind-bin”", _WHERE, hint)


def documents(
    editions: Iterable[Edition],
    profiles: Iterable[Profile],
    card: Callable[[Listed | Profile], str],
) -> Iterator[Document]:
    """Everything that can be found; `card` renders its item of a list of results."""
    yield from (_edition(one, card) for one in editions)
    yield from (_profile(one, card) for one in profiles)


def artefacts(found: Iterable[Document]) -> tuple[Artefact, ...]:
    """The index, as the files that a search loads. Raises `PublishError` where Pagefind fails."""
    cards: dict[str, str] = {}
    try:
        files = _indexed(found, cards)
        if not cards:
            return ()
        entry = json.loads(files[_ENTRY])
        # They come in the order of a hash table, which is another one each time.
        entry["languages"] = dict(sorted(entry["languages"].items()))
        engines = {one["wasm"] or "unknown" for one in entry["languages"].values()}
        served = {
            path: _fragment(content, cards) if path.endswith(".pf_fragment") else content
            for path, content in files.items()
            if _SERVED.fullmatch(path)
        }
        served |= {path: files[path] for path in (f"wasm.{name}.pagefind" for name in engines)}
    except (OSError, EOFError, LookupError, TypeError, ValueError) as error:
        raise _failed(str(error) or type(error).__name__) from None
    served[_ENTRY] = json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode()
    return tuple(Artefact(urls.BUNDLE + path, served[path]) for path in sorted(served))


def _fragment(content: bytes, cards: Mapping[str, str]) -> bytes:
    """What a result brings along: the card, in place of the text that Pagefind would quote from.

    A card cannot go through Pagefind: as metadata its markup would be found, and filters come in
    another order each time. It is not packed, as libraries pack the same into different bytes.
    """
    data = json.loads(gzip.decompress(content).removeprefix(_SIGNATURE))
    kept = {"url": data["url"], "content": "", "word_count": data["word_count"], "anchors": []}
    kept |= {"filters": {}, "meta": {"card": cards[data["url"]]}}
    text = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
    return _SIGNATURE + text.encode()


# ── Texts ────────────────────────────────────────────────────────────────────────────────────


def _edition(one: Edition, card: Callable[[Listed | Profile], str]) -> Document:
    names = tuple(byline.name for byline in one.bylines)
    listed = Listed(
        slug=one.slug,
        title=one.title,
        summary=one.summary,
        date=one.date,
        names=names,
        locale=one.locale,
        path=one.path,
    )
    text = _Text(one.locale)
    text.say("h1", [Run(one.title, one.locale)])
    text.say("p", [one.summary], 3)
    text.say("p", [*names, *one.topics, *([one.series] if one.series else [])], 2)
    text.read(one.body)
    text.say("p", [run for _, run in one.corrections])
    return Document(one.path, one.locale, text.page(), card(listed))


def _profile(one: Profile, card: Callable[[Listed | Profile], str]) -> Document:
    text = _Text(one.locale)
    text.say("h1", [one.byline.name])
    text.say("p", [one.byline.affiliation] if one.byline.affiliation else [], 3)
    text.read(one.byline.bio, one.byline.bio_locale)
    return Document(one.path, one.locale, text.page(), card(one))


class _Text:
    """Collects what a page says, folded for the index of its language."""

    def __init__(self, locale: Locale) -> None:
        self._locale = locale
        self._parts: list[str] = []

    def say(self, tag: str, runs: Iterable[Run], weight: float = 1) -> None:
        """Add texts as one block, which may weigh more than running text."""
        self._block(tag, [(f"{run.text} ", run.locale) for run in runs], weight)

    def read(self, rendering: Rendering, locale: Locale | None = None) -> None:
        """Add a rendered text with its notes, block by block."""
        for source in (rendering.html, *(note.html for note in rendering.notes)):
            reader = _Reader(locale or self._locale)
            reader.feed(source)
            reader.close()
            for tag, passages in reader.blocks:
                self._block(tag, passages)

    def page(self) -> str:
        """The whole as Pagefind reads it."""
        body = "".join(self._parts)
        return f'<html lang="{self._locale.tag}"><body data-pagefind-body>{body}</body></html>'

    def _block(self, tag: str, passages: Iterable[tuple[str, Locale]], weight: float = 1) -> None:
        folded = "".join(fold(text, of, self._locale) for text, of in passages)
        self._add(tag, folded, weight)
        others = dict.fromkeys(
            other for word in folded.split() for other in _others(word, self._locale)
        )
        self._add("p", " ".join(others), 1 if tag == "h1" else weight * _FAINT)

    def _add(self, tag: str, text: str, weight: float) -> None:
        if words := " ".join(text.split()):
            marks = f' data-pagefind-weight="{weight:g}"' if weight != 1 else ""
            self._parts.append(f"<{tag}{marks}>{escape(words)}</{tag}>")


def fold(text: str, locale: Locale, index: Locale) -> str:
    """A passage in `locale` as the index of the language `index` has it.

    Pagefind makes small letters by the rules of English; in Turkish that has to be done before. A
    passage in another language keeps its letters. In Russian ё is е, as most people type it.
    """
    text = unicodedata.normalize("NFC", text)
    if _language(index) == "tr" and _language(locale) == "tr":
        return text.replace("İ", "i").replace("I", "ı")
    if _language(index) == "ru":
        return text.replace("ё", "е").replace("Ё", "Е")
    return text


_SOFT = re.compile(r"ğ(?=[aeıioöuü])")
_FLEETING = re.compile(r"([бвгджзклмнпрстфхцчшщ])[ео]([кц])\b")


def _others(word: str, index: Locale) -> Iterator[str]:
    """Spellings by which a folded word is found too, after texts that have them as they are.

    Stems that Pagefind's stemmers take for two: Turkish ışık, ışığı; Russian рынок, рынка. And in
    Turkish whatever has an ı, for those who have none on the keyboard or take IMF for English.
    """
    word = word.casefold()  # only compared; Turkish capitals are none any more
    known: tuple[str, ...] = (word,)
    if _language(index) == "tr":
        hard = _SOFT.sub("k", word)
        known = (word, hard, word.replace("ı", "i"), hard.replace("ı", "i"))
    elif _language(index) == "ru":
        known = (word, _FLEETING.sub(r"\1\2а", word))
    yield from (other for other in dict.fromkeys(known) if other != word)


def _language(locale: Locale) -> str:
    return locale.tag.partition("-")[0]


class _Reader(HTMLParser):
    """Takes the words out of a rendered text, by block, each passage with its language.

    The new original of a stale passage is not the page's text, and a note's number no part of the
    word that it stands at.
    """

    def __init__(self, locale: Locale) -> None:
        super().__init__()
        self.blocks: list[tuple[str, list[tuple[str, Locale]]]] = [("p", [])]
        self._open: list[tuple[str, Locale, bool]] = [("", locale, False)]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if _BLOCK.fullmatch(tag):
            self._begin(tag)
        if tag in _VOID:
            self.handle_data(f" {values.get('alt') or ''} ")
            return
        _, locale, silent = self._open[-1]
        if values.get("lang"):
            locale = locales.parse(str(values["lang"]))
        apart = (values.get("class") or "") in ("changed", "note-mark")
        self._open.append((tag, locale, silent or apart))

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID and len(self._open) > 1:
            self._open.pop()
        if _BLOCK.fullmatch(tag):
            self._begin("p")

    def handle_data(self, data: str) -> None:
        _, locale, silent = self._open[-1]
        if not silent:
            self.blocks[-1][1].append((data, locale))

    def _begin(self, tag: str) -> None:
        self.blocks.append((tag if tag in _HEADINGS else "p", []))


# ── Pagefind ─────────────────────────────────────────────────────────────────────────────────


def _binary() -> str:
    # Not `pagefind.service`: it would take any binary of that name which is on the path.
    import pagefind_bin

    return str(pagefind_bin.get_executable())


def _indexed(found: Iterable[Document], cards: dict[str, str]) -> Mapping[str, bytes]:
    """Every file that Pagefind makes, by its path in the bundle; each page's card goes to `cards`,
    by the address that Pagefind knows the page by."""
    with _service() as ask:
        index = ask({"type": "NewIndex", "config": {}})["index_id"]
        for one in found:
            cards[one.url] = one.card
            page = {"url": one.url, "file_contents": one.content, "file_path": None}
            ask({"type": "AddFile", "index_id": index} | page)
        files = ask({"type": "GetFiles", "index_id": index})["files"] if cards else ()
    return {str(file["path"]): base64.b64decode(file["content"]) for file in files}


@contextmanager
def _service() -> Iterator[Callable[[Mapping[str, object]], Any]]:
    """The binary at work, and how to ask it.

    It reads and writes pipes alone and ends when they close, so that no process and no file
    outlives a build, however that ends. Nothing of the surroundings reaches it.
    """
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(  # noqa: S603 — the package's own binary
            [_binary(), "--service"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            cwd="/",
            env={},
        )
        requests, answers = cast(IO[bytes], process.stdin), cast(IO[bytes], process.stdout)
        watch = threading.Timer(PATIENCE, process.kill)
        watch.daemon = True

        def ask(request: Mapping[str, object]) -> Any:
            try:
                return _answer(requests, answers, request)
            except (BrokenPipeError, EOFError):
                process.kill()
                code = process.wait()
                complaints.seek(0)
                words = " ".join(complaints.read().decode(errors="replace").split())
                raise _failed(words[:200] or f"it ended with {code}") from None

        try:
            watch.start()
            yield ask
        finally:
            watch.cancel()
            process.kill()
            process.wait()
            for pipe in (requests, answers):
                with suppress(OSError):  # a request that nobody has read
                    pipe.close()


def _answer(requests: IO[bytes], answers: IO[bytes], request: Mapping[str, object]) -> Any:
    """One question and its answer; each is JSON in base64, and a comma ends it."""
    message = json.dumps({"message_id": 1, "payload": request}).encode()
    requests.write(base64.b64encode(message) + b",")
    requests.flush()
    said = bytearray()
    while not said.endswith(b","):
        part = os.read(answers.fileno(), 1 << 20)
        if not part:
            raise EOFError
        said += part
    payload = json.loads(base64.b64decode(said[:-1]))["payload"]
    if payload["type"] == "Error":
        raise _failed(str(payload["message"]))
    return payload


def _failed(reason: str) -> PublishError:
    hint = "output/ stands as it was; build again, or take search = true out until this is mended"
    return PublishError([Problem("B8", f"Pagefind made no index: {reason}", _WHERE, hint)])
