"""Markdown: cutting a text into messages, putting translations in their places, safe HTML.

Imports markdown-it-py with its plugins and nh3, alone.

Extraction and translation are one walk (`_walk`): a core rule placed before markdown-it's `inline`
visits each inline token in document order. `cut` lets the walk record, `render` lets it replace;
so the two cannot drift. A message is the token's raw source with soft line breaks folded to one
space, and a translation is parsed by the inline parser in its block's own place: a msgstr that
begins with `# ` or `- ` stays a paragraph.
"""

from __future__ import annotations

import contextlib
import copy
import datetime
import functools
import itertools
import re
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.html_re import close_tag, open_tag
from markdown_it.common.utils import escapeHtml
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore, block
from markdown_it.rules_inline import StateInline, image
from markdown_it.token import Token
from mdit_py_plugins.attrs import attrs_plugin
from mdit_py_plugins.footnote import footnote_plugin

from . import locales, typography, urls
from .errors import Problem, Span
from .locales import Locale, UnknownLocaleError, parse
from .model import LONGEST, Note, Rendering, Segment, State, Text

CUTTING_RULES = "1"
"""Version of the rules by which texts are cut; each catalogue's header records it."""


DEPTH = 40
"""How many blocks may stand inside each other; a list item counts as two. What is nested twice
as deep the parser passes over without a word, so this is told long before."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A link or image in a source."""

    target: str
    """Address as written, percent-encoded."""

    span: Span
    """Where it stands."""


@dataclass(frozen=True, slots=True)
class Block:
    """A block of running text, as it stands in a source."""

    kind: str
    """What it is, as translators read it: `paragraph`, `heading 2`, `note 3` …"""

    content: str
    """Inline Markdown, its lines as they were wrapped."""

    places: tuple[Span, ...]
    """Where each of its lines begins."""

    def span(self, offset: int) -> Span:
        """Where a character of its content stands."""
        line = self.content.count("\n", 0, offset)
        column = offset - (self.content.rfind("\n", 0, offset) + 1)
        place = self.places[line]
        return Span(place.path, place.line, max(1, place.column + column))


@dataclass(frozen=True, slots=True)
class Comment:
    """An HTML comment on lines of its own, which is not printed."""

    content: str
    """What it says."""

    span: Span
    """Where it stands."""

    lines: tuple[int, int]
    """First and last line of the block below it; `(0, 0)` where there is none."""


@dataclass(frozen=True, slots=True)
class Cut:
    """What a source text consists of."""

    segments: tuple[Segment, ...]
    """Messages in document order, each key once."""

    words: tuple[int, ...]
    """Words of each segment, without marks, addresses and code."""

    links: tuple[Reference, ...]
    """Links in document order."""

    images: tuple[Reference, ...]
    """Images in document order."""

    anchors: frozenset[str]
    """Ids that links inside the text may lead to."""

    definitions: Definitions
    """Link reference definitions: label, address, title."""

    unused: tuple[Reference, ...]
    """Link reference definitions that no link names; the target is the label."""

    blocks: tuple[Block, ...]
    """Blocks of running text in the order of the source, notes among them."""

    comments: tuple[Comment, ...]
    """Comments in the order of the source."""

    problems: tuple[Problem, ...]
    """Faults of the source."""

    notes: frozenset[str] = frozenset()
    """Labels of its notes."""


@dataclass(frozen=True, slots=True)
class Passage:
    """What stands in the place of a segment."""

    text: str
    """Inline Markdown."""

    locale: Locale
    """Language it is in."""

    state: State = State.TRANSLATED
    """State of the segment."""

    since: datetime.date | None = None
    """Day on which the original changed, of a stale one; None where nobody knows."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a link or image of a source leads in an edition."""

    screen: str
    """Address on the page."""

    paper: str
    """Address in the PDF."""

    locale: Locale | None = None
    """Language of what is there, where it is not the edition's."""

    width: int = 0
    """Pixels across of an image; 0 where nobody knows, and for a link."""

    height: int = 0
    """Pixels down."""

    candidates: tuple[tuple[str, int], ...] = ()
    """Addresses of all versions of an image, where there are several, with their widths."""


NOWHERE = Target("", "")
"""Where a link leads whose target is not published: its words stand without it."""

COLUMN = "(min-width: 56rem) 36rem, (min-width: 48rem) 64vw, 90vw"
"""How wide the packaged theme shows an image that fills the column, for browsers to choose by."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An image in a rendered text."""

    address: str
    """Where its file is, as the page has it."""

    alt: str
    """Its description."""

    locale: Locale
    """Language of the description."""


Definitions = tuple[tuple[str, str, str], ...]
"""Link reference definitions: label, address, title."""

Choose = Callable[[Segment], Passage | None]
"""Decides what stands in a segment's place; None leaves the source as it is."""

Resolve = Callable[[str], Target]
"""Finds where an address of the source leads."""


# ── The parser ───────────────────────────────────────────────────────────────────────────────

_DIRECTIVE = re.compile(r"<!--\s*(?:(note|context):(.*)|(skip)\s*)-->\Z", re.DOTALL)
_HEADING_ID = re.compile(r"(?<!\s)\s+\{#([a-z0-9][a-z0-9-]*)\}\Z")
_AUTOLINK = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]{1,31}:[^<>\x00-\x20]*>")
_BACKTICKS = re.compile(r"`+")
_GAP = re.compile(r"([ \t]*)(\n?)[ \t]*")
_WORD = re.compile(r"\w+(?:[’'.,\-]\w+)*")


@functools.cache
def _parser(*, tracing: bool = False) -> MarkdownIt:
    """The parser; one that is `tracing` is slower, and remembers where each part stands."""
    options = {
        "html": False,
        "linkify": False,
        "typographer": False,
        "maxNesting": 2 * DEPTH,
        "store_labels": True,
    }
    md = MarkdownIt("commonmark", options)
    md.enable("table")
    md.use(footnote_plugin, inline=False, always_match_refs=True)
    md.use(attrs_plugin, after=(), spans=True, allowed=("lang", "dir"))
    # A method put in its place is how this parser is told which links are safe.
    md.validateLink = urls.safe  # type: ignore[method-assign]
    # The parser offers no other way to say both.
    md.normalizeLink = functools.lru_cache(md.normalizeLink)  # type: ignore[method-assign]
    md.inline.ruler.at("image", _image)
    if tracing:
        md.inline.ruler.before("text", "trace", _trace)
        md.inline.ruler2.before("fragments_join", "offsets", _offsets)
    md.block.ruler.before(
        "paragraph", "directive", _directive, {"alt": ["paragraph", "reference", "blockquote"]}
    )
    md.core.ruler.at("normalize", _normalize)
    md.core.ruler.at("block", _blocks)
    md.core.ruler.before("inline", "messages", _messages)
    md.core.ruler.at("inline", _inlines)
    md.core.ruler.after("inline", "places", _places)
    md.core.ruler.after("places", "changes", _changes)
    md.core.ruler.after("changes", "notices", _notices)
    md.core.ruler.after("notices", "typeset", _typeset)
    md.core.ruler.after("typeset", "keep", _keep)
    for name, rule in (
        ("changed", _render_changed),
        ("directive", _render_nothing),
        ("footnote_ref", _render_mark),
        ("footnote_anchor", _render_nothing),
        ("image", _render_image),
        ("link_open", _render_link),
        ("notice", _render_notice),
        ("span_open", _render_span),
    ):
        md.add_render_rule(name, rule)
    return md


def _directive(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Block rule: an HTML comment on lines of its own speaks to translators and is not printed."""
    begin = state.bMarks[start] + state.tShift[start]
    if state.is_code_block(start) or not state.src.startswith("<!--", begin):
        return False
    closing = state.src.find("-->", begin, state.eMarks[end - 1])
    if closing < 0:
        return False
    line = start
    while state.eMarks[line] < closing:
        line += 1
        if state.isEmpty(line):
            return False
    if state.src[closing + 3 : state.eMarks[line]].strip():
        return False
    if not silent:
        token = state.push("directive", "", 0)
        # Without the marks of the quotation around it.
        token.content = state.getLines(start, line + 1, state.blkIndent, False).strip()
        token.map = [start, line + 1]
        token.hidden = True
        state.line = line + 1
    return True


def _image(state: StateInline, silent: bool) -> bool:
    """Inline rule: markdown-it's own, but a note mark in a description, which never shows, does
    not count among the marks."""
    if state.src[state.pos] != "!":
        return False
    env, state.env = state.env, {"references": state.env.get("references", {})}
    try:
        return image(state, silent)
    finally:
        state.env = env


def _trace(state: StateInline, silent: bool) -> bool:
    """Inline rule that never matches: remembers where the parser is, for `placed`."""
    if not silent and "trace" in state.env:
        state.env["trace"].append((len(state.tokens), len(state.pending), state.pos))
    return False


def _offsets(state: StateInline) -> None:
    """Inline rule before texts are joined: where each token, and each character of texts, stands.

    Joining keeps the characters of texts in their order, so one list serves all of them.
    """
    if "trace" not in state.env:  # inside an image
        return
    steps: list[tuple[int, int, int]] = state.env["trace"]
    texts: list[int] = []
    others: list[int] = []
    step = 0
    for index, token in enumerate(state.tokens):
        # The last step before this token was made.
        while step + 1 < len(steps) and steps[step + 1][0] <= index:
            step += 1
        at = steps[step][2] if steps else 0
        if token.type not in ("text", "text_special"):
            others.append(at)
            continue
        first = step
        while first > 0 and steps[first - 1][0] == index:
            first -= 1
        for offset in range(len(token.content)):
            while first < step and steps[first + 1][1] <= offset:
                first += 1
            known = steps[first][0] == index and token.type == "text"
            texts.append(steps[first][2] + offset - steps[first][1] if known else at)
    state.env["offsets"] = texts, others


# ── What has been parsed ─────────────────────────────────────────────────────────────────────
#
# A text is cut, proofread, compared and rendered in each language, and parsed once for all that.

_MARKUP = re.compile(r"[\n\r\0\\`*_\[\]<&]")
"""Characters by which an inline text can be anything else than its characters."""


def _definitions(env: Mapping[str, Any]) -> Definitions:
    """The link reference definitions that a document's parser has found."""
    found = env.get("references", {}).items()
    return tuple((label, value["href"], value.get("title", "")) for label, value in found)


def _normalize(state: StateCore) -> None:
    """Core rule, in place of markdown-it's `normalize`, which writes every text anew."""
    state.src = _normal(state.src)


def _normal(text: str) -> str:
    """The text with the line ends and characters that the parser knows."""
    if "\r" in text:
        text = re.sub(r"\r\n?", "\n", text)
    return text.replace("\0", "\ufffd")


def _blocks(state: StateCore) -> None:
    """Core rule, in place of markdown-it's `block`."""
    if state.inlineMode:
        block(state)
        return
    tokens, env = _parsed_blocks(state.src)
    state.tokens.extend(map(_copy, tokens))
    state.env.update(copy.deepcopy(env))


@functools.lru_cache(maxsize=8)
def _parsed_blocks(content: str) -> tuple[tuple[Token, ...], dict[str, Any]]:
    """The blocks of a document, whose lines are not parsed yet, and what its parser knows."""
    md, env, tokens = _parser(), dict[str, Any](), list[Token]()
    md.block.parse(content, md, env, tokens)
    return tuple(tokens), env


def _inlines(state: StateCore) -> None:
    """Core rule, in place of markdown-it's `inline`."""
    definitions = _definitions(state.env)
    for token in state.tokens:
        if token.type != "inline":
            continue
        token.children = _copies(token.content, definitions)
        _number(token.children, state.env)


def _number(tokens: Sequence[Token], env: MutableMapping[str, Any]) -> None:
    """Number the marks of notes in a document as they are met, as the footnote plugin does."""
    for mark in tokens:
        if mark.type == "footnote_ref":
            known = env.setdefault("footnotes", {})
            numbers, notes = known.setdefault("refs", {}), known.setdefault("list", {})
            label = mark.meta["label"]
            if numbers.get(f":{label}", -1) < 0:
                numbers[f":{label}"] = len(notes)
                notes[len(notes)] = {"label": label, "count": 0}
            note = notes[numbers[f":{label}"]]
            mark.meta.update({"id": numbers[f":{label}"], "subId": note["count"]})
            note["count"] += 1


@functools.lru_cache(maxsize=2048)
def _parsed(content: str, definitions: Definitions) -> tuple[Token, ...]:
    """The tokens of an inline text, for reading: what was escaped is still apart."""
    tokens: list[Token] = []
    md = _parser()
    md.inline.parse(content, md, _scratch(definitions), tokens)
    return tuple(tokens)


def _copies(content: str, definitions: Definitions) -> list[Token]:
    """The same for whoever changes them."""
    if not _MARKUP.search(content):
        return [Token("text", "", 0, content=content)] if content else []
    return [*map(_copy, _parsed(content, definitions))]


def _copy(token: Token) -> Token:
    """A token that may be changed; `Token.copy` takes many times as long."""
    return Token(
        token.type,
        token.tag,
        token.nesting,
        {**token.attrs},
        token.map,
        token.level,
        None if token.children is None else [*map(_copy, token.children)],
        token.content,
        token.markup,
        token.info,
        {**token.meta},
        token.block,
        token.hidden,
    )


def _fold(content: str, definitions: Definitions) -> str:
    """The message of an inline token: soft line breaks become a space, hard ones `\\` + newline.

    Inside code spans a line break is a space and nothing around it changes (CommonMark 6.1).
    Where folding would change what the text renders to, it stays as it is.
    """
    if "\n" not in content:
        return content
    parts: list[str] = []
    at = 0
    while at < len(content):
        char = content[at]
        step = char
        if char == "\\" and at + 1 < len(content):
            step = content[at : at + 2]
            if step == "\\\n":
                at += len(_GAP.match(content, at + 1)[0]) - 1  # type: ignore[index]
        elif char == "`":
            run = _BACKTICKS.match(content, at)[0]  # type: ignore[index]
            closing = re.compile(rf"(?<!`){run}(?!`)").search(content, at + len(run))
            step = content[at : closing.end()] if closing else run
            parts.append(step.replace("\n", " "))
            at += len(step)
            continue
        elif char == "<" and (link := _AUTOLINK.match(content, at)):
            step = link[0]
        elif char in " \t\n" and (gap := _GAP.match(content, at)):
            step = gap[0]
            if gap[2]:
                step = "\\\n" if gap[1].endswith("  ") else " "
            parts.append(step)
            at = gap.end()
            continue
        parts.append(step)
        at += len(step)
    folded = "".join(parts)
    same = _flat(content, definitions) == _flat(folded, definitions)
    return folded if same else content


def _flat(content: str, definitions: Definitions) -> str:
    env = _scratch(definitions)
    return str(_parser().renderInline(content, env)).replace("\n", " ")


def _scratch(definitions: Definitions, **values: object) -> dict[str, Any]:
    # Parsing marks numbers the notes in the env, so trials get an env of their own.
    known = {label: {"href": href, "title": title} for label, href, title in definitions}
    return {"references": known, **values}


def _written(children: Sequence[Token]) -> list[str]:
    """The runs of text as they were written, for finding markup that is none.

    A bracket that was escaped stands for itself and is left out.
    """
    runs = [""]
    for child in children:
        if child.type == "text":
            runs[-1] += child.content
        elif child.type == "text_special":
            runs[-1] += "\ufffc" if child.content in _BRACKETS else child.content
        elif child.type == "softbreak":
            runs[-1] += "\n"
        else:
            runs.append("")
    return runs


# ── The walk ─────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class _Slot:
    """A place in the token stream that holds one message."""

    segment: Segment
    token: Token
    block: Token
    part: str = "text"
    """`text`, or `alt` and `caption` of an image that stands alone."""
    passage: Passage | None = None
    """What stands there, where somebody decides."""


@dataclass(slots=True)
class _Walk:
    """One visit of all slots: the source's place, and who decides about each slot."""

    source: Text
    locale: Locale
    choose: Choose | None = None
    original: Locale | None = None
    slots: list[_Slot] = field(default_factory=list)


def _messages(state: StateCore) -> None:
    """Core rule before `inline`: visits each message in document order."""
    walk: _Walk | None = state.env.get("walk")
    for index, token in enumerate(state.tokens):
        if token.type == "inline" and len(token.content) > LONGEST:
            # Told by the audit, and then nothing is published: the text is not looked at.
            token.content, token.meta["long"] = "", True
        if token.type == "heading_open":
            inline = state.tokens[index + 1]
            if match := _HEADING_ID.search(inline.content):
                inline.content = inline.content[: match.start()]
                token.attrSet("id", match[1])
    if walk is None:
        return
    for slot in _walk(state.tokens, _definitions(state.env), walk.source):
        walk.slots.append(slot)
        passage = slot.passage = walk.choose(slot.segment) if walk.choose else None
        if passage is None:
            continue
        if slot.part == "text":
            slot.token.content = passage.text
        else:
            slot.token.meta[slot.part] = passage.text
        _mark_passage(slot, passage, walk.locale)
        if passage.state is State.STALE and passage.locale == walk.locale:
            slot.token.meta.setdefault("changed", []).append((slot, passage.since))
    if walk.original is not None and walk.original != walk.locale:
        _mark_skipped(state.tokens, walk.original)


def _mark_skipped(tokens: Sequence[Token], original: Locale) -> None:
    """A block that is not translated on purpose says which language it is in."""
    attrs = {"lang": original.tag, "dir": original.direction}
    for index, token in enumerate(tokens):
        if token.meta.get("skipped"):
            if token.hidden:
                tokens[index + 1].meta["wrap"] = attrs
            else:
                token.attrs.update(attrs)


def _mark_passage(slot: _Slot, passage: Passage, locale: Locale) -> None:
    attrs: dict[str, str] = {}
    if passage.locale != locale:
        attrs = {"lang": passage.locale.tag, "dir": passage.locale.direction}
        attrs["class"] = "untranslated"
    elif passage.state is State.STALE:
        attrs["class"] = "stale"
    if slot.part != "text":
        slot.token.meta["parts"][slot.part] = attrs
    elif not attrs:
        return
    elif slot.block.hidden:
        slot.token.meta["wrap"] = attrs
    else:
        for name, value in attrs.items():
            slot.block.attrSet(name, value)


def _walk(tokens: Sequence[Token], definitions: Definitions, source: Text) -> Iterator[_Slot]:
    """All slots in document order. The one place that decides what is translatable."""
    lines = _lines(source.content)
    opened: list[Token] = []
    notes: list[str] = []
    context = ""
    skip_from: int | None = None
    skip_level: int | None = None
    for index, token in enumerate(tokens):
        if token.type == "directive":
            skip_from = index + 1 if skip_from == index else skip_from
            if match := _DIRECTIVE.match(token.content):
                if match[3]:
                    skip_from = index + 1
                elif match[1] == "note":
                    notes.append(" ".join(match[2].split()))
                else:
                    context = match[2].strip()
            continue
        if skip_from == index:
            skip_level = token.level
            token.meta["skipped"] = True
        if token.nesting == 1:
            opened.append(token)
        elif token.nesting == -1:
            opened.pop()
        if token.type == "inline" and token.content.strip() and skip_level is None:
            block = tokens[index - 1]
            span = _place(lines, source.span, token, opened, token.content.split("\n", 1)[0])
            kind = _kind(opened)
            found = list(_slots(token, block, definitions, context, kind, span, tuple(notes)))
            yield from found
            notes, context = [], ""
        if skip_level is not None and token.level <= skip_level and token.nesting <= 0:
            skip_level = None


def _slots(
    token: Token,
    block: Token,
    definitions: Definitions,
    context: str,
    kind: str,
    span: Span,
    notes: tuple[str, ...],
) -> Iterator[_Slot]:
    if token.content.startswith("![") and block.type == "paragraph_open":
        children = _parsed(token.content, definitions)
        if len(children) == 1 and children[0].type == "image":
            image = children[0]
            token.meta["alone"] = True
            # A caption is plain text in one line, however its lines were wrapped.
            lines = str(image.attrGet("title") or "").split("\n")
            token.meta["caption"] = " ".join(line.strip(" \t") for line in lines)
            token.meta["written caption"] = token.meta["caption"]
            parts = (
                ("alt", "image description", _fold(image.content, definitions)),
                ("caption", "image caption", token.meta["caption"]),
            )
            token.meta["parts"] = {part: {} for part, _, message in parts if message.strip()}
            for part, what, message in parts:
                if part in token.meta["parts"]:
                    segment = Segment((context, message), what, span, notes)
                    yield _Slot(segment, token, block, part)
            return
    message = _fold(token.content, definitions)
    yield _Slot(Segment((context, message), kind, span, notes), token, block)


def _kind(opened: Sequence[Token]) -> str:
    block = opened[-1]
    if block.type == "heading_open":
        return f"heading {block.tag[1:]}"
    if block.type in ("th_open", "td_open"):
        return "table heading" if block.type == "th_open" else "table cell"
    for token in reversed(opened):
        if token.type == "footnote_reference_open":
            return f"note {token.meta['label']}"
        if token.type == "list_item_open":
            return "list item"
        if token.type == "blockquote_open":
            return "quotation"
    return "paragraph"


def _lines(content: str) -> list[str]:
    """The lines as the parser counts them."""
    return _normal(content).split("\n")


def _place(
    lines: Sequence[str],
    start: Span,
    token: Token,
    opened: Sequence[Token],
    needle: str,
    after: Span | None = None,
) -> Span:
    """Where `needle` stands within the lines of a block, else where the block begins."""
    extent = token.map
    for outer in reversed(opened):
        extent = extent or outer.map
    first, end = extent or (0, len(lines))
    line, passed = (after.line - start.line, after.column) if after else (first, 0)
    for number in range(line, min(end, len(lines))):
        column = lines[number].find(needle, passed if number == line else 0) if needle else -1
        if column >= 0:
            return Span(start.path, start.line + number, column + 1)
    return Span(start.path, start.line + first, 1)


def _places(state: StateCore) -> None:
    """Core rule after `inline`: language marks inside list items, and images that stand alone.

    Before escapes are resolved, it also remembers the text as it was written.
    """
    for index, token in enumerate(state.tokens):
        if token.type in ("th_open", "td_open") and (style := token.attrGet("style")):
            # Inline styles are forbidden by the pages' content security policy.
            del token.attrs["style"]
            token.attrJoin("class", "align-" + str(style).rpartition(":")[2])
        if token.type != "inline" or token.children is None:
            continue
        if "stream" in state.env:
            token.meta["written"] = _written(token.children)
            token.meta["entities"] = [
                (c.markup, c.content) for c in token.children if c.info == "entity"
            ]
        if token.meta.get("alone"):
            image = token.children[0]
            parts = token.meta["parts"]
            first: dict[str, str] = next(iter(parts.values()), {})
            alike = all(attrs == first for attrs in parts.values())
            if state.tokens[index - 1].hidden:
                _mark_line(token, image, parts)
            if token.meta["caption"]:
                image.attrSet("title", token.meta["caption"])
            image.content = token.meta.get("alt", image.content)
            image.children = _copies(image.content, _definitions(state.env))
            if not state.tokens[index - 1].hidden:
                # Where description and caption are in different languages, each says its own.
                if alike:
                    state.tokens[index - 1].attrs.update(first)
                image.meta["figure"] = {} if alike else parts
                state.tokens[index - 1].tag = state.tokens[index + 1].tag = "figure"
        if wrap := token.meta.get("wrap"):
            opening, closing = Token("span_open", "span", 1), Token("span_close", "span", -1)
            opening.attrs = dict(wrap)
            token.children = [opening, *token.children, closing]


def _mark_line(token: Token, image: Token, parts: Mapping[str, dict[str, str]]) -> None:
    """An image in a list item's own line: description and caption are attributes of one element,
    which has one language, so that both are the original's as soon as one of them is."""
    marked = [attrs for attrs in parts.values() if attrs]
    if not marked:
        return
    token.meta["wrap"] = max(marked, key=lambda attrs: "lang" in attrs)
    if any("lang" in attrs for attrs in marked) and not all("lang" in a for a in parts.values()):
        token.meta.update({"alt": image.content, "caption": token.meta["written caption"]})
        token.meta.pop("changed", None)


def _changes(state: StateCore) -> None:
    """Core rule after `places`: the new original of a stale passage, right behind it.

    It stands where blocks may: after a paragraph, heading or figure, inside a cell or list item.
    """
    walk: _Walk | None = state.env.get("walk")
    if walk is None or walk.original is None or walk.original == walk.locale:
        return
    found: list[Token] = []
    behind: Token | None = None
    for index, token in enumerate(state.tokens):
        found.append(token)
        if token.type == "inline" and "changed" in token.meta:
            block = state.tokens[index - 1]
            behind = _changed(token.meta["changed"], walk.original, state.env)
            # The renderer breaks the line between a hidden block and the next.
            behind.hidden = block.hidden
            if block.type in ("th_open", "td_open"):
                behind.meta["inside"] = True
            else:
                continue
        if behind is not None:
            found.append(behind)
            behind = None
    state.tokens = found


def _changed(
    slots: Sequence[tuple[_Slot, datetime.date | None]], original: Locale, env: Mapping[str, Any]
) -> Token:
    changed = Token("changed", "details", 0, block=True)
    changed.attrs = {"lang": original.tag, "dir": original.direction}
    definitions = _definitions(env)
    changed.meta["since"] = min((since for _, since in slots if since), default=None)
    changed.meta["texts"] = [
        (slot.part, _plain_marks(_copies(slot.segment.key[1], definitions), env))
        if slot.part != "caption"
        else (slot.part, [Token("text", "", 0, content=slot.segment.key[1])])
        for slot, _ in slots
    ]
    return changed


@dataclass(frozen=True, slots=True)
class _Place:
    """A passage in the token stream."""

    note: int
    """Where its note begins; 0 in the text."""
    first: int
    """Where its block begins; that of the whole table for a cell."""
    last: int
    """Where that block ends."""
    inline: Token | None
    """The line that can hold a notice; headings, tables and figures get a paragraph instead."""
    foreign: Locale | None
    """Language of one that is not translated."""
    stale: bool
    """Whether its original has changed."""
    since: datetime.date | None
    """Day of the change."""

    @property
    def standing(self) -> object:
        """Neighbours that share it share a notice; false for one that is current."""
        return (self.note, self.foreign, self.since) if self.foreign or self.stale else None


def _notices(state: StateCore) -> None:
    """Core rule after `changes`: what passages that are not current say of themselves on paper.

    A run of neighbours says it once: before the first where they are not translated, behind the
    last where they have changed.
    """
    walk: _Walk | None = state.env.get("walk")
    if walk is None or walk.original is None or walk.original == walk.locale:
        return
    apart: dict[tuple[int, bool], Token] = {}
    for standing, run in itertools.groupby(_passages(state.tokens, walk), lambda p: p.standing):
        if standing is None:
            continue
        places = list(run)
        place = places[0] if places[0].foreign else places[-1]
        notice = Token("notice", "span" if place.inline else "p", 0, block=not place.inline)
        notice.meta = {"since": place.since, "foreign": place.foreign}
        if place.inline:
            _say(place.inline, notice, first=place.foreign is not None)
            continue
        # Cells speak through their table, which has one notice of a kind.
        said = apart.setdefault(
            (place.first if place.foreign else place.last, not place.foreign), notice
        )
        said.meta["since"] = min((s for s in (said.meta["since"], place.since) if s), default=None)
    state.tokens = [
        each
        for index, token in enumerate(state.tokens)
        for each in (apart.get((index, False)), token, apart.get((index, True)))
        if each is not None
    ]


def _passages(tokens: Sequence[Token], walk: _Walk) -> Iterator[_Place]:
    """All passages that can be seen on paper, in the order of the source."""
    slots = {id(slot.token): slot for slot in walk.slots if slot.part in ("text", "caption")}
    opened: list[int] = []
    ends: dict[int, int] = {}
    for index, token in enumerate(tokens):
        if token.nesting == 1:
            opened.append(index)
        elif token.nesting == -1:
            ends[opened.pop()] = index
    note = 0
    table = 0
    for index, token in enumerate(tokens):
        if token.type == "footnote_reference_open":
            note = index
        elif token.type == "footnote_reference_close":
            note = 0
        elif token.type == "table_open":
            table = index
        slot = slots.get(id(token))
        if slot is None or slot.passage is None or (slot.part == "caption" and slot.block.hidden):
            continue
        cell = slot.block.type in ("th_open", "td_open")
        apart = cell or slot.block.type == "heading_open" or slot.block.tag == "figure"
        passage = slot.passage
        foreign = passage.locale if passage.locale != walk.locale else None
        stale = foreign is None and passage.state is State.STALE
        first = table if cell else index - 1
        yield _Place(
            note=note,
            first=first,
            last=ends[first],
            inline=None if apart and not note else token,
            foreign=foreign,
            stale=stale,
            since=passage.since if stale else None,
        )


def _say(token: Token, notice: Token, *, first: bool) -> None:
    """Put a notice into a line, inside the span that marks the line's language, if there is one."""
    children = token.children or []
    edge = 1 if token.meta.get("wrap") else 0
    at = edge if first else len(children) - edge
    notice.meta["first"] = first
    token.children = [*children[:at], notice, *children[at:]]


def _plain_marks(children: list[Token], env: Mapping[str, Any]) -> list[Token]:
    """The note marks among them are those of the page, and lead nowhere from here."""
    numbers = env.get("footnotes", {}).get("refs", {})
    for child in children:
        if child.type == "footnote_ref":
            child.meta["plain"] = numbers.get(f":{child.meta['label']}", -1) + 1
    return children


# ── Typography ───────────────────────────────────────────────────────────────────────────────


def _typeset(state: StateCore) -> None:
    """Core rule after `notices`: spaces and quotation marks by the rules of each passage's own
    language. Only where a text is rendered; messages are cut as they were written."""
    walk: _Walk | None = state.env.get("walk")
    if walk is None or not state.env.get("typeset"):
        return
    languages: list[Locale | None] = [walk.locale]
    for token in state.tokens:
        if token.type == "changed":
            locale = _language(token, languages[-1])
            for _, children in token.meta["texts"]:
                _set_inline(children, locale)
        elif token.nesting == 1:
            languages.append(_language(token, languages[-1]))
        elif token.nesting == -1:
            languages.pop()
        elif token.type == "inline":
            _set_inline(token.children or [], languages[-1])
            for child in token.children or []:
                if token.meta.get("alone") and child.type == "image":
                    _set_caption(child, languages[-1])


def _language(token: Token, outer: Locale | None) -> Locale | None:
    """The language inside a token; None for one that nothing is known about."""
    tag = token.attrGet("lang")
    if tag is None:
        return outer
    try:
        return locales.parse(str(tag))
    except UnknownLocaleError:
        return None


@dataclass(slots=True)
class _Stream:
    """Texts that are set together: what a reader of one language reads in one go."""

    locale: Locale | None
    parts: list[str] = field(default_factory=list)
    tokens: list[Token | None] = field(default_factory=list)

    def add(self, part: str, token: Token | None = None) -> None:
        self.parts.append(part)
        self.tokens.append(token)


def _set_inline(children: Sequence[Token], locale: Locale | None) -> None:
    """Set the texts among the tokens; code, addresses and images are not looked at, note marks
    are not there, and passages in another language are texts of their own."""
    streams = [_Stream(locale)]
    opened = [streams[0]]
    address = False
    for token in children:
        stream = opened[-1]
        if token.type == "text" and not address:
            stream.add(token.content, token)
        elif token.type == "softbreak":
            stream.add(" ", token)
        elif token.type == "hardbreak":
            stream.add("\n")
        elif token.type == "text_special":
            # Escaped, so it means itself.
            stream.add(typography.OBJECT if token.content in _QUOTES else token.content)
            token.type = "text"
        elif token.type == "code_inline":
            stream.add(typography.OBJECT)
        elif token.type == "image":
            stream.add(typography.OBJECT)
            _set_inline(token.children or [], _part_language(token, "alt", stream.locale))
        elif token.type in ("link_open", "link_close") and token.markup == "autolink":
            address = token.type == "link_open"
            if address:
                stream.add(typography.OBJECT)
        elif token.type == "span_open":
            inner = _language(token, stream.locale)
            if inner != stream.locale:
                stream.add(typography.OBJECT)
                stream = _Stream(inner)
                streams.append(stream)
            opened.append(stream)
        elif token.type == "span_close":
            opened.pop()
    for stream in streams:
        if stream.locale is None:
            continue
        done = typography.nodes(stream.parts, stream.locale)
        for part, before, after in zip(stream.tokens, stream.parts, done, strict=True):
            if part is not None and before != after:
                part.type, part.content = "text", after


_QUOTES = frozenset("\"'")


def _part_language(image: Token, part: str, outer: Locale | None) -> Locale | None:
    """The language of an image's description or caption."""
    marked = Token("", "", 0)
    marked.attrs = dict(image.meta.get("figure", {}).get(part, {}))
    return _language(marked, outer)


def _set_caption(image: Token, outer: Locale | None) -> None:
    locale = _part_language(image, "caption", outer)
    if locale is not None and (caption := str(image.attrGet("title") or "")):
        image.attrSet("title", typography.text(caption, locale))


# ── Cutting ──────────────────────────────────────────────────────────────────────────────────


@functools.lru_cache(maxsize=1024)
def cut(source: Text, locale: Locale, *, notes: bool = True) -> Cut:
    """The messages of a Markdown text, its references, and its faults.

    `notes=False` is for biographies, which share their page with a piece and have no notes.
    """
    walk = _Walk(source, locale)
    env: dict[str, Any] = {"walk": walk}
    tokens, stream = _parse_keeping_notes(source.content, env)
    segments: dict[tuple[str, str], Segment] = {}
    for slot in walk.slots:
        segments.setdefault(slot.segment.key, slot.segment)
    definitions = _definitions(env)
    audit = _Audit(source, stream, notes, env.get("references", {}))
    return Cut(
        segments=tuple(segments.values()),
        words=tuple(_words(key[1], definitions) for key in segments),
        links=tuple(audit.links),
        images=tuple(audit.images),
        anchors=frozenset(str(t.attrGet("id")) for t in tokens if t.attrGet("id")),
        definitions=definitions,
        unused=tuple(audit.unused),
        blocks=tuple(audit.blocks),
        comments=tuple(audit.comments),
        problems=tuple(audit.problems),
        notes=audit.labels,
    )


def _parse_keeping_notes(content: str, env: dict[str, Any]) -> tuple[list[Token], list[Token]]:
    """Parsed tokens, and the same with the notes where the source has them.

    The footnote plugin moves the notes to the end and drops those without a mark.
    """
    env["stream"] = []
    tokens = _parser().parse(content, env)
    return tokens, env["stream"]


def _keep(state: StateCore) -> None:
    """Core rule before `footnote_tail`: remembers the stream in the order of the source."""
    if "stream" in state.env:
        state.env["stream"].extend(state.tokens)


class _Audit:
    """Faults and references of a source, read off its tokens."""

    def __init__(
        self,
        source: Text,
        tokens: Sequence[Token],
        notes: bool,
        definitions: Mapping[str, Any],
    ) -> None:
        self.links: list[Reference] = []
        self.images: list[Reference] = []
        self.unused: list[Reference] = []
        self.blocks: list[Block] = []
        self.comments: list[Comment] = []
        self.problems: list[Problem] = []
        self._lines = _lines(source.content)
        self._start = source.span
        self._opened: list[Token] = []
        self._marks: dict[str, Span] = {}
        self._notes: dict[str, Span] = {}
        self._found: dict[tuple[int, str], Span] = {}
        self._ids: set[str] = set()
        self._deep = False
        self._labels: set[str] = set()
        self._passed = (-1, 0)
        for index, token in enumerate(tokens):
            if token.type == "directive":
                self._comment(tokens, index)
            elif token.nesting == 1:
                self._opened.append(token)
                self._block(token, notes)
                if token.type == "footnote_reference_open":
                    self._note(token, notes)
            elif token.nesting == -1:
                closed = self._opened.pop()
                if closed.type == "footnote_reference_open" and not closed.meta.get("filled"):
                    label = closed.meta["label"]
                    self._add("S2", f"note [^{label}] has no text", self._notes[label])
            elif token.type == "inline":
                if token.meta.get("long"):
                    message = f"a paragraph of more than {LONGEST:,} characters"
                    self._add("F7", message, self._at(token, ""), "divide it")
                elif not token.content.strip() and self._opened[-1].type == "heading_open":
                    hint = "write its words, or take the line out"
                    self._add("S5", "a heading has no words", self._at(token, "#"), hint)
                self._inline(token, token.children or [], notes)
        for label, span in self._marks.items():
            if label not in self._notes:
                hint = f"write the note on a line of its own: [^{label}]: …"
                self._add("S2", f"mark [^{label}] has no note", span, hint)
        for label, span in self._notes.items():
            if label not in self._marks and notes:
                hint = f"put [^{label}] into the text, or take the note out"
                self._add("S2", f"note [^{label}] has no mark in the text", span, hint)
        for label, definition in definitions.items():
            if label not in self._labels:
                place = Span(self._start.path, self._start.line + definition["map"][0])
                self.unused.append(Reference(label, place))

    @property
    def labels(self) -> frozenset[str]:
        return frozenset(self._notes)

    def _add(self, code: str, message: str, span: Span, hint: str = "") -> None:
        self.problems.append(Problem(code, message, span, hint))

    def _at(self, token: Token, needle: str) -> Span:
        """Where `needle` stands in the block; its next occurrence each time it is sought."""
        key = id(token), needle
        last = self._found.get(key)
        self._found[key] = _place(self._lines, self._start, token, self._opened, needle, last)
        return self._found[key]

    def _block(self, token: Token, named: bool) -> None:
        """Depth, and the id of a heading; biographies share their page with a piece."""
        if token.level >= DEPTH and not self._deep:
            self._deep = True
            hint = "readers lose their way long before; use headings"
            self._add("F7", "lists and quotations are nested too deeply", self._at(token, ""), hint)
        if name := str(token.attrGet("id") or ""):
            span = self._at(token, f"{{#{name}}}")
            if not named:
                self._add("S6", f"a biography has no anchors ({{#{name}}})", span, "take it out")
            elif _RESERVED.match(name):
                hint = "names that begin with page-, note- or mark- belong to the page"
                self._add("S6", f"the anchor {{#{name}}} is taken", span, hint)
            elif name in self._ids:
                self._add("S6", f"the anchor {{#{name}}} stands twice", span, "rename one")
            self._ids.add(name)

    def _note(self, token: Token, allowed: bool) -> None:
        label = token.meta["label"]
        span = self._at(token, f"[^{label}]:")
        if not allowed:
            self._add("S2", "a biography has no notes", span)
        if label in self._notes:
            first = self._notes[label].line
            self._add("S2", f"note [^{label}] stands twice", span, f"the first is on line {first}")
        else:
            self._notes[label] = span

    def _comment(self, tokens: Sequence[Token], index: int) -> None:
        """A comment, and the lines of the block it stands above, which is not a comment."""
        token = tokens[index]
        while index < len(tokens) - 1 and tokens[index].type == "directive":
            index += 1
        below = token if tokens[index].type == "directive" else tokens[index]
        # The end of a quotation or a list is below nothing.
        first, end = (below.map or (0, 0)) if below.nesting >= 0 and below is not token else (0, 0)
        start, line = self._start, (token.map or (0, 0))[0]
        lines = (start.line + first, start.line + end - 1) if end else (0, 0)
        column = len(self._lines[line]) - len(self._lines[line].lstrip()) + 1
        text = token.content.removeprefix("<!--").removesuffix("-->").strip()
        self.comments.append(Comment(text, Span(start.path, start.line + line, column), lines))

    def _running(self, token: Token) -> None:
        """The block of a run of text, with the place of each line."""
        extent = token.map or next((o.map for o in reversed(self._opened) if o.map), [0, 0])
        places: list[Span] = []
        # The parser also takes lines of nothing but no-break spaces off a paragraph.
        blank = itertools.takewhile(lambda line: not line.strip(), self._lines[extent[0] :])
        first = extent[0] + sum(1 for _ in blank)
        for number, text in enumerate(token.content.split("\n"), start=first):
            words = text.strip()
            line = self._lines[number] if number < len(self._lines) else ""
            # Cells of one row stand behind each other.
            passed = self._passed[1] if self._passed[0] == number else 0
            found = max(line.find(words, passed), 0)
            self._passed = number, found + len(words)
            column = found + 1 - (len(text) - len(text.lstrip()))
            places.append(Span(self._start.path, self._start.line + number, column))
        self.blocks.append(Block(_kind(self._opened), token.content, tuple(places)))

    def _inline(self, token: Token, children: Sequence[Token], notes: bool) -> None:
        if token.content.strip():
            self._running(token)
        for outer in self._opened:
            if outer.type == "footnote_reference_open":
                outer.meta["filled"] = True
        marked = any(child.type == "footnote_ref" for child in children)
        for run in token.meta["written"]:
            self._text(token, run, marked)
        for entity, char in token.meta["entities"]:
            if _UNSEEN.match(char):
                message = f"{entity} stands for U+{ord(char):04X}, which nobody sees"
                hint = "take it out; a passage of another direction is [words]{lang=…}"
                self._add("F5", message, self._at(token, entity), hint)
        for index, child in enumerate(children):
            self._labels.add(str(child.meta.get("label", "")))
            if child.type == "link_open":
                target = str(child.attrGet("href") or "")
                span = self._at(token, target)
                self.links.append(Reference(target, span))
                if not _shown(children, index):
                    hint = "say in the square brackets what is there"
                    self._add("S5", f"the link to {target} has no words", span, hint)
            elif child.type == "image":
                self._image(token, child)
            elif child.type == "span_open":
                self._span(token, child)
            elif child.type == "footnote_ref":
                self._mark(token, child.meta["label"], notes)

    def _mark(self, token: Token, label: str, allowed: bool) -> None:
        span = self._at(token, f"[^{label}]")
        self._marks.setdefault(label, span)
        if any(outer.type == "footnote_reference_open" for outer in self._opened):
            self._add("S2", f"mark [^{label}] stands inside a note", span, "notes have no notes")
        elif not allowed:
            self._add("S2", "a biography has no notes", span)

    def _text(self, token: Token, text: str, marked: bool) -> None:
        for tag in html_tags(text):
            hint = "Markdown has words for most of it; a foreign passage is [words]{lang=fa}"
            span = self._at(token, tag.split("\n", 1)[0])
            self._add("S6", f"HTML is not read here: {tag}", span, hint)
        for label in _UNDEFINED.finditer(text):
            span = self._at(token, label[0].split("\n", 1)[0])
            hint = f"write its address on a line of its own: [{label[1]}]: https://…"
            self._add("S5", f"no link is defined as [{label[1]}]", span, hint)
        for link in _DEAD.finditer(text):
            hint = (
                "an address begins with https://, http://, mailto: or leads to a file of the site"
            )
            before = text[: link.start()]
            # What begins before the mark, the parser takes for no link.
            if marked and urls.safe(link[1]) and before.count("[") <= before.count("]"):
                hint = "a note's mark stands outside the words of a link: [words](address)[^1]"
            span = self._at(token, link[0].strip())
            self._add("S6", f"this link leads nowhere: {link[1]}", span, hint)

    def _image(self, token: Token, image: Token) -> None:
        target = str(image.attrGet("src") or "")
        span = self._at(token, "![")
        self.images.append(Reference(target, span))
        for child in image.children or []:
            if child.type == "footnote_ref":
                message = f"mark [^{child.meta['label']}] stands in an image's description"
                self._add("S2", message, span, "put it into the text")
        if not image.content.strip():
            hint = "say in the square brackets what the image shows"
            self._add("S5", f"image {target} has no alternative text", span, hint)

    def _span(self, token: Token, span: Token) -> None:
        place = self._at(token, "]{")
        for name in span.meta.get("insecure_attrs", {}):
            self._add("S6", f"attribute {name} is not known", place, "known are lang and dir")
        if fault := _span_fault(span):
            self._add("S6", fault, place)


def _shown(children: Sequence[Token], index: int) -> bool:
    """Whether a reader sees anything of the link that begins here."""
    inside = itertools.takewhile(lambda child: child.type != "link_close", children[index + 1 :])
    return any(child.type == "image" or child.content.strip() for child in inside)


# Comments and the like count from their opening on; seeking their ends takes quadratic time.
_TAG = re.compile(rf"{open_tag}|{close_tag}|<!--|<\?|<!\[?[A-Za-z]")
# A link that the parser did not take for one, because of its address.
_DEAD = re.compile(r"\]\(([^\s\]]*?)[)\s]")
# A link by a label that nothing defines; labels of digits are citations of another kind.
_UNDEFINED = re.compile(r"\[[^\[\]]+\]\[(?!\^|\d+\])([^\[\]]+)\]")
_BRACKETS = frozenset("<>[]()")
# What a text file may not hold either, and what an impossible number (&#0;) becomes.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffd]")
_RESERVED = re.compile(r"(?:page|note|mark)-")


def _span_fault(span: Token) -> str:
    language, direction = span.attrGet("lang"), span.attrGet("dir")
    if language is not None and not locales.direction(str(language)):
        return f"“{language}” is not a language tag"
    if direction not in (None, "ltr", "rtl", "auto"):
        return f"dir is ltr, rtl or auto, not “{direction}”"
    return ""


def count_words(text: str) -> int:
    """Words of a plain text."""
    return len(_WORD.findall(text))


def _words(content: str, definitions: Definitions) -> int:
    atoms = inline(content, definitions).atoms
    return sum(count_words(atom.content) for atom in atoms if atom.kind in ("text", "address"))


# ── Inline texts as values ───────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Atom:
    """One part of an inline text, as the build's own parser sees it."""

    kind: str
    """`text`, `code`, `address` (words of an autolink), `mark` (of a note), `image`, `break` and
    `fold` (hard and soft); `link`, `span`, `em`, `strong`, with a slash where they end."""

    content: str = ""
    """Words of a text or code span; label of a mark; address of a link or image."""

    language: str = ""
    """Language tag of a `span`, as written."""

    direction: str = ""
    """Direction of a `span`, as written or as its language has it."""

    children: tuple[Atom, ...] = ()
    """What an image's description consists of."""

    offsets: tuple[int, ...] = field(default=(), compare=False)
    """Where each character of a text stands in the inline text, or where another part begins;
    empty unless they were asked for."""


@dataclass(frozen=True, slots=True)
class Inline:
    """An inline text taken apart."""

    atoms: tuple[Atom, ...]
    """Its parts in order."""

    tags: tuple[str, ...]
    """HTML tags and comments, which are shown as text and never read."""

    dead: tuple[str, ...]
    """Addresses of links that the parser took for none, because they lead nowhere safe."""

    faults: tuple[str, ...]
    """What is wrong with the attributes of its spans."""

    def all(self, kind: str) -> Iterator[Atom]:
        """The atoms of a kind."""
        return (atom for atom in self.atoms if atom.kind == kind)


@functools.lru_cache(maxsize=4096)
def inline(text: str, definitions: Definitions = ()) -> Inline:
    """An inline text as the parser sees it where the piece has these link definitions."""
    text = _readable(text)
    if not _MARKUP.search(text):
        return Inline((Atom("text", text),) if text else (), (), (), ())
    return _taken_apart(_parsed(text, definitions))


def placed(text: str, definitions: Definitions = ()) -> Inline:
    """The same, and of each atom, where it stands in the text."""
    scratch = _scratch(definitions, trace=[])
    tokens: list[Token] = []
    md = _parser(tracing=True)
    md.inline.parse(_readable(text), md, scratch, tokens)
    return _taken_apart(tokens, *scratch["offsets"])


def _readable(text: str) -> str:
    """The text as the parser wants it; none where nobody is to read it."""
    return "" if len(text) > LONGEST else _normal(text)


def _taken_apart(
    tokens: Sequence[Token], texts: Sequence[int] = (), others: Sequence[int] = ()
) -> Inline:
    written = _written(tokens)
    spans = [token for token in tokens if token.type == "span_open"]
    strange = [", ".join(token.meta.get("insecure_attrs", {})) for token in spans]
    return Inline(
        atoms=_atoms(tokens, texts, others),
        tags=tuple(tag for run in written for tag in html_tags(run)),
        dead=tuple(match[1] for run in written for match in _DEAD.finditer(run)),
        faults=tuple(filter(None, (*map(_span_fault, spans), *strange))),
    )


_ATOMS = {
    "text": "text",
    "text_special": "text",
    "code_inline": "code",
    "softbreak": "fold",
    "hardbreak": "break",
    "image": "image",
    "footnote_ref": "mark",
    "link_open": "link",
    "link_close": "/link",
    "span_open": "span",
    "span_close": "/span",
    "em_open": "em",
    "em_close": "/em",
    "strong_open": "strong",
    "strong_close": "/strong",
}


def _atoms(
    tokens: Sequence[Token], texts: Sequence[int] = (), others: Sequence[int] = ()
) -> tuple[Atom, ...]:
    """The tokens as atoms; `texts` and `others` say where their characters and they stand."""
    found: list[Atom] = []
    automatic = False
    passed = index = 0
    for kind, run in itertools.groupby(tokens, lambda token: _ATOMS.get(token.type)):
        if kind == "text":  # what was escaped is a text like those around it
            content = "".join(token.content for token in run)
            offsets = tuple(texts[passed : passed + len(content)])
            passed += len(content)
            found.append(Atom("address" if automatic else "text", content, offsets=offsets))
            continue
        for token in run:
            offsets = tuple(others[index : index + 1])
            index += 1
            if kind is None:
                continue
            if kind in ("link", "/link"):
                automatic = kind == "link" and token.markup == "autolink"
            content, language, direction = "", "", ""
            children: tuple[Atom, ...] = ()
            if kind == "code":
                content = token.content
            elif kind == "mark":
                content = token.meta["label"]
            elif kind == "link":
                content = str(token.attrGet("href"))
            elif kind == "image":
                content, children = str(token.attrGet("src")), _atoms(token.children or [])
            elif kind == "span":
                language, direction = str(token.attrGet("lang") or ""), _direction(token)
            found.append(Atom(kind, content, language, direction, children, offsets))
    return tuple(found)


def _direction(span: Token) -> str:
    given, language = span.attrGet("dir"), span.attrGet("lang")
    if given is None and language is not None:
        return locales.direction(str(language))
    return str(given or "")


def html_tags(text: str) -> tuple[str, ...]:
    """HTML tags and comments in a plain text."""
    return tuple(match[0] for match in _TAG.finditer(text)) if "<" in text else ()


def without_tags(text: str) -> str:
    """A text without its HTML tags."""
    return _TAG.sub("", text)


# ── Rendering ────────────────────────────────────────────────────────────────────────────────


def render(
    source: Text,
    locale: Locale,
    choose: Choose | None = None,
    resolve: Resolve | None = None,
    original: Locale | None = None,
    *,
    first: bool = True,
) -> Rendering:
    """The text as safe HTML in `locale`, each message replaced by what `choose` gives for it, and
    each passage's spaces and quotation marks set by the rules of its language.

    `resolve` says where links and images lead; without it addresses stay as written. `original`
    is the language of what is skipped, and of the new text behind each stale passage (see
    `CHANGED`); without it a stale passage is only marked. Where the text is the `first` of its
    page, browsers load its first image at once; all others wait until readers come near.
    """
    if resolve is None:
        return outline(source, locale, choose, original, lambda _: False)
    made = outline(source, locale, choose, original, lambda _: True)
    return filled(made, resolve, first=first)


def outline(
    source: Text,
    locale: Locale,
    choose: Choose | None,
    original: Locale | None,
    opened: Callable[[str], bool],
) -> Rendering:
    """The text as `render` makes it, but for where the `opened` of its addresses lead: that is left
    for `filled`, since it hangs on what else is published."""
    walk = _Walk(source, locale, choose, original)
    env: dict[str, Any] = {"walk": walk, "opened": opened, "typeset": True}
    env["digits"] = functools.partial(locales.digits, locale=locale)
    md = _parser()
    tokens = md.parse(source.content, env)
    body, notes = _split_notes(tokens)
    env["notes"] = notes
    _render_once(body, env)
    screen = md.renderer.render(body, md.options, {**env, "medium": "screen"})
    paper = md.renderer.render(body, md.options, {**env, "medium": "paper"})
    counts = {n: ref["count"] for n, ref in env.get("footnotes", {}).get("list", {}).items()}
    return Rendering(
        html=_clean(screen),
        print_html=_clean(paper),
        notes=tuple(
            Note(
                number=index + 1,
                html=_clean(md.renderer.render(note, md.options, {**env, "medium": "screen"})),
                marks=tuple(_mark_id(index, sub) for sub in range(counts[index])),
            )
            for index, note in notes.items()
        ),
    )


def _render_once(tokens: Sequence[Token], env: dict[str, Any]) -> None:
    """Render what is the same on screen and on paper."""
    md = _parser()
    for token in tokens:
        children = token.children or []
        if children and _APART.isdisjoint([child.type for child in children]):
            html = md.renderer.render([token], md.options, env)
            token.children = [Token("html_inline", "", 0, content=html)]


_APART = frozenset({"footnote_ref", "notice"})
"""What shows otherwise on paper than on screen."""


def _split_notes(tokens: Sequence[Token]) -> tuple[list[Token], dict[int, list[Token]]]:
    body: list[Token] = []
    notes: dict[int, list[Token]] = {}
    current = body
    for token in tokens:
        if token.type in ("footnote_block_open", "footnote_block_close", "footnote_close"):
            continue
        if token.type == "footnote_open":
            current = notes.setdefault(token.meta["id"], [])
        else:
            current.append(token)
    return body, notes


def _mark_id(index: int, sub: int) -> str:
    return f"mark-{index + 1}" + (f"-{sub + 1}" if sub else "")


def _render_nothing(*_: object) -> str:
    return ""


def _render_mark(
    renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Mapping[str, Any]
) -> str:
    meta = tokens[index].meta
    if "plain" in meta:
        return f'<sup class="note-mark">{meta["plain"]}</sup>' if meta["plain"] else ""
    number = meta["id"] + 1
    shown = env.get("digits", str)(str(number))
    if env.get("medium") == "paper":
        # A word joiner (U+2060): the PDF engine would break the line before the mark.
        if meta["subId"] == 0:
            note = _note_inline(renderer, meta["id"], options, env)
            return f'\u2060<span class="footnote">{note}</span>'
        return f'\u2060<sup class="note-mark"><a href="#note-{number}">{shown}</a></sup>'
    mark = f'href="#note-{number}" id="{_mark_id(meta["id"], meta["subId"])}"'
    return f'<sup class="note-mark"><a {mark} role="doc-noteref">{shown}</a></sup>'


def _note_inline(renderer: Any, number: int, options: Any, env: Mapping[str, Any]) -> str:
    """A note for the foot of a page, where only inline content may stand: each item of a list has
    its marker as text."""
    parts = []
    env = {**env, "foot": True}
    # The next number of each open list; None for one of bullets.
    lists: list[int | None] = []
    marker = ""
    tokens = env.get("notes", {}).get(number, [])
    for before, token in itertools.pairwise([Token("", "", 0), *tokens]):
        text = ""
        if token.type in ("bullet_list_open", "ordered_list_open"):
            numbered = token.type == "ordered_list_open"
            lists.append(int(token.attrGet("start") or 1) if numbered else None)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
        elif token.type == "list_item_open":
            at = lists[-1]
            bullet = "–" if len(lists) > 1 else "•"
            shown = bullet if at is None else env["digits"](f"{at}.")
            marker += f"{shown}{typography.NBSP}"
            lists[-1] = at if at is None else at + 1
        elif token.type == "inline":
            text = renderer.renderInline(token.children or [], options, env)
            names = ("lang", "dir", "class")
            attrs = _attributes({n: before.attrs[n] for n in names if n in before.attrs})
            text = f"<span{attrs}>{text}</span>" if attrs else text
        elif token.type in ("fence", "code_block"):
            text = f"<code>{escapeHtml(token.content.rstrip())}</code>"
        if text:
            parts.append(marker + text)
            marker = ""
    return "<br>".join(parts)


def _attributes(attrs: Mapping[str, Any]) -> str:
    return "".join(f' {name}="{escapeHtml(str(value))}"' for name, value in attrs.items())


_OPEN, _SHUT = "\ue000", "\ue001"
# Only an attribute can hold these: the parser takes neither letter into an address as it is.
_HOLE = re.compile(
    f'<(?:a ([^>]*?)href="{_OPEN}([^"{_SHUT}]*){_SHUT}"([^>]*)>(.*?)</a>'
    f'|img src="{_OPEN}([^"{_SHUT}]*){_SHUT}")',
    re.DOTALL,
)


def _address(env: Mapping[str, Any], address: str) -> str:
    """An address as it is written, or the hole that is left for it."""
    opened = env.get("opened")  # none where a text is only read, and not rendered
    return f"{_OPEN}{address}{_SHUT}" if opened and opened(address) else address


def holes(rendering: Rendering) -> tuple[str, ...]:
    """The addresses that `outline` left open, each once, in order."""
    texts = (rendering.html, rendering.print_html, *(note.html for note in rendering.notes))
    found = (m[2] if m[5] is None else m[5] for text in texts for m in _HOLE.finditer(text))
    return tuple(dict.fromkeys(map(unescape, found)))


def filled(rendering: Rendering, resolve: Resolve, *, first: bool = True) -> Rendering:
    """What `outline` left open, filled with where each address leads."""
    at_once = [True] if first else []

    def fill(match: re.Match[str], paper: bool) -> str:
        before, address, after, words, picture = match.groups()
        target = resolve(unescape(address if picture is None else picture))
        there = escapeHtml(target.paper if paper else target.screen)
        if picture is not None:
            return f'<img src="{there}"' + ("" if paper else _attributes(_loading(target, at_once)))
        if target == NOWHERE:
            return str(words)
        language = f' hreflang="{target.locale.tag}"' if target.locale is not None else ""
        return f'<a {before}href="{there}"{language}{after}>{words}</a>'

    def whole(text: str, paper: bool = False) -> str:
        return _HOLE.sub(lambda match: fill(match, paper), text) if _OPEN in text else text

    return Rendering(
        html=whole(rendering.html),
        print_html=whole(rendering.print_html, paper=True),
        notes=tuple(Note(n.number, whole(n.html), n.marks) for n in rendering.notes),
    )


CHANGED = re.compile(
    r'<details class="changed"><summary>(?:<time datetime="([0-9-]+)"></time>)?</summary>'
)
"""How the new original of a stale passage begins; what stands in the summary is for whoever knows
the page's language to say. Never found in a text: there `<` is escaped, in an attribute `\"` is."""


def _render_changed(
    renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Mapping[str, Any]
) -> str:
    if env.get("medium") == "paper":
        return ""
    token = tokens[index]
    since, attrs = token.meta["since"], _attributes(token.attrs)
    when = f'<time datetime="{since}"></time>' if since else ""
    texts = "".join(
        f"<p{attrs}>{_new_text(renderer, part, children, options, env)}</p>"
        for part, children in token.meta["texts"]
    )
    end = "" if token.hidden or token.meta.get("inside") else "\n"
    return f'<details class="changed"><summary>{when}</summary>{texts}</details>{end}'


NOTICE = re.compile(
    r'<(p|span) class="notice">'
    r'(?:<time datetime="([0-9-]+)"></time>|<a hreflang="([A-Za-z0-9-]+)"></a>)?</\1>'
)
"""What a passage that is not current says of itself on paper, before anybody has put words to it:
the day on which its original changed, or the language that it is still in."""


def _render_notice(
    _renderer: Any, tokens: Sequence[Token], index: int, _options: Any, env: Mapping[str, Any]
) -> str:
    if env.get("medium") != "paper":
        return ""
    token = tokens[index]
    since, foreign = token.meta["since"], token.meta["foreign"]
    known = f'<time datetime="{since}"></time>' if since else ""
    known = f'<a hreflang="{foreign.tag}"></a>' if foreign else known
    html = f'<{token.tag} class="notice">{known}</{token.tag}>'
    if token.block:
        return html + "\n"
    # Lines of its own for it, in any kind of block.
    return f"{html}<br>" if token.meta["first"] else f"<br>{html}"


def _new_text(
    renderer: Any, part: str, children: Sequence[Token], options: Any, env: Mapping[str, Any]
) -> str:
    if part == "alt":
        return escapeHtml(renderer.renderInlineAsText(children, options, env))
    return str(renderer.renderInline(children, options, env))


def _render_link(
    renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Mapping[str, Any]
) -> str:
    token = _copy(tokens[index])
    token.attrs["href"] = _address(env, str(token.attrGet("href") or ""))
    if _ADDRESS.match(_link_words(tokens, index)):
        token.attrs["class"] = "address"
    return str(renderer.renderToken([token], 0, options, env))


_ADDRESS = re.compile(r"\s*(?:https?://|www\.|[^\s@]+@[^\s@]+\s*\Z)", re.IGNORECASE)
"""Words that are an address themselves: they are never divided by a hyphen."""


def _link_words(tokens: Sequence[Token], index: int) -> str:
    """The words of the link that begins here."""
    inside = itertools.takewhile(lambda token: token.type != "link_close", tokens[index + 1 :])
    return "".join(token.content for token in inside if token.type in ("text", "code_inline"))


def _render_image(
    renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Mapping[str, Any]
) -> str:
    image = tokens[index]
    alt = renderer.renderInlineAsText(image.children or [], options, env)
    title = str(image.attrGet("title") or "")
    source = _address(env, str(image.attrGet("src") or ""))
    attrs = f'src="{escapeHtml(source)}" alt="{escapeHtml(alt)}"'
    parts = {part: _attributes(own) for part, own in image.meta.get("figure", {}).items()}
    attrs += parts.get("alt", "")
    if "figure" in image.meta and env.get("foot"):
        return f"<img {attrs}>" + (f"<br>{escapeHtml(title)}" if title else "")
    if "figure" in image.meta:
        opening = f"<figcaption{parts.get('caption', '')}>"
        return f"<img {attrs}>" + (f"{opening}{escapeHtml(title)}</figcaption>" if title else "")
    return f'<img {attrs} title="{escapeHtml(title)}">' if title else f"<img {attrs}>"


def _loading(target: Target, at_once: list[bool]) -> dict[str, str]:
    """What lets a browser keep the room of an image, choose a version, and take its time."""
    if not target.width:
        return {}
    attrs: dict[str, str] = {}
    if target.candidates:
        versions = ", ".join(f"{address} {width}w" for address, width in target.candidates)
        attrs |= {"srcset": versions, "sizes": COLUMN}
    attrs |= {"width": str(target.width), "height": str(target.height)}
    if at_once:
        at_once.pop()
    else:
        attrs["loading"] = "lazy"
    return attrs | {"decoding": "async"}


def _render_span(
    renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Mapping[str, Any]
) -> str:
    token = _copy(tokens[index])
    if direction := _direction(token):
        token.attrs["dir"] = direction
    return str(renderer.renderToken([token], 0, options, env))


_TAGS = frozenset(
    (
        *("a", "blockquote", "br", "code", "em", "figcaption", "figure", "hr", "img", "li", "ol"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "p", "pre", "span", "strong", "sup", "ul"),
        *("table", "tbody", "td", "th", "thead", "tr", "details", "summary", "time"),
    )
)
_ATTRIBUTES: dict[str, set[str]] = {
    "*": {"lang", "dir", "class", "id"},
    "a": {"href", "hreflang", "role", "title"},
    "img": {"src", "srcset", "sizes", "width", "height", "loading", "decoding", "alt", "title"},
    "ol": {"start"},
    "time": {"datetime"},
}


_CLEANER = nh3.Cleaner(
    tags=set(_TAGS), attributes=_ATTRIBUTES, link_rel=None, url_schemes=set(urls.SCHEMES)
)


def _clean(html: str) -> str:
    """A second wall behind the parser: nothing but known tags and attributes leaves this module."""
    return _CLEANER.clean(html)


def first_image(html: str, locale: Locale) -> Shown | None:
    """The first image of a rendered text in `locale`, wherever it leads."""
    if "<img " not in html:
        return None
    reader = _ImageReader(locale)
    reader.feed(html)
    return reader.found


class _ImageReader(HTMLParser):
    """Finds the first image, and the language that its description is in."""

    def __init__(self, locale: Locale) -> None:
        super().__init__()
        self.found: Shown | None = None
        self._languages = [locale]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        locale = self._languages[-1]
        if known.get("lang"):
            with contextlib.suppress(UnknownLocaleError):
                locale = parse(str(known["lang"]))
        if tag == "img" and self.found is None:
            address = str(known.get("src") or "").strip(_OPEN + _SHUT)
            self.found = Shown(address, str(known.get("alt") or ""), locale)
        if tag not in ("img", "br", "hr"):
            self._languages.append(locale)

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("img", "br", "hr") and len(self._languages) > 1:
            self._languages.pop()
