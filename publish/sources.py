"""Front matter and bodies: the bytes of a source file in, a `Piece` or an `Author` out.

Imports PyYAML and pydantic, alone. YAML is read as a tree of marked nodes and never constructed:
every value stays the text that the editor wrote (`language: no` is the text "no"), and every
fault knows its line and column.
"""

from __future__ import annotations

import datetime
import difflib
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from . import locales, urls
from .errors import Problem, Span
from .locales import Locale
from .model import Author, Correction, Ignore, Piece, Text

SIZE = 1024 * 1024
"""Largest source file, in bytes."""

_FRONT_MATTER_SIZE = 16 * 1024
_DEPTH = 6
_FENCE = re.compile(r"---[ \t]*\n")
_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in ("map", "seq", "str", "int", "float", "bool", "null", "timestamp", "value")
)
_CLOSING = re.compile(r"^---[ \t]*(?:\n|\Z)", re.MULTILINE)

Place = tuple[Any, ...]
Marks = dict[Place, Span]


# ── Fields ───────────────────────────────────────────────────────────────────────────────────


_OPENING = {
    **dict.fromkeys("\u202a\u202b\u202d\u202e", "\u202c"),
    **dict.fromkeys("\u2066\u2067\u2068", "\u2069"),
}
_CLOSING_CONTROLS = frozenset(_OPENING.values())
_DIRECTIONS = re.compile(f"[{''.join((*_OPENING, *_CLOSING_CONTROLS))}]")


def directed(text: str) -> bool:
    """Whether there are bidirectional controls in it."""
    return _DIRECTIONS.search(text) is not None


def unbalanced(text: str) -> tuple[int, ...]:
    """Where bidirectional controls stand that are not closed, or close nothing."""
    wrong: list[int] = []
    opened: list[int] = []
    for match in _DIRECTIONS.finditer(text):
        at, char = match.start(), match[0]
        if char in _OPENING:
            opened.append(at)
        elif opened and _OPENING[text[opened[-1]]] == char:
            opened.pop()
        else:
            wrong.append(at)
    return tuple(sorted((*wrong, *opened)))


_NO_TEXT = "\ufeff\ufffe\uffff"


def line_fault(text: str) -> str:
    """Why `text` cannot be a title, a name or a summary, or an empty string where it can.

    Checked here and not only in the file's text, because YAML has escapes for every character.
    """
    if not text.strip():
        return "is empty"
    if any(char in "\n\r\u2028\u2029" for char in text.strip()):
        return "has more than one line"
    if any(unicodedata.category(char) in ("Cc", "Cs") or char in _NO_TEXT for char in text.strip()):
        return "holds a control character"
    if unbalanced(text):
        return "holds a bidirectional control that is not closed"
    return ""


def _one_line(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("is not a text")
    if fault := line_fault(value):
        escaped = "write the letters themselves, without \\ escapes"
        raise ValueError(fault, *([escaped] if fault.startswith("holds") else []))
    return value.strip()


def _date(value: object) -> object:
    # pydantic reads "86400" as a day in 1970.
    hint = "year, month and day: 2026-11-24"
    if not isinstance(value, str):
        raise ValueError("is not a date", hint)
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError(f"“{value}” is not a date", hint)
    try:
        return datetime.date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"“{value}” is not a day of the calendar: {error}", hint) from None


_INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?"
    r"(Z|([+-])([0-9]{2}):([0-9]{2}))?"
)


def _instant(value: object) -> object:
    """An instant of RFC 3339, to the second at most; its offset says which moment it is."""
    hint = "day, time and offset from UTC: 2026-12-01T09:00+03:00"
    if not isinstance(value, str):
        raise ValueError("is not an instant", hint)
    match = _INSTANT.fullmatch(value)
    if match is None:
        raise ValueError(f"“{value}” is not an instant", hint)
    if not match[5]:
        raise ValueError(f"“{value}” has no offset: it is another moment everywhere", hint)
    hours, minutes = int(match[7] or 0), int(match[8] or 0)
    if hours > 23 or minutes > 59:
        raise ValueError(f"“{value}” has an offset that is no time of day", hint)
    offset = datetime.timedelta(hours=hours, minutes=minutes)
    zone = datetime.timezone(-offset if match[6] == "-" else offset)
    try:
        time = datetime.time(int(match[2]), int(match[3]), int(match[4] or 0), tzinfo=zone)
        return datetime.datetime.combine(datetime.date.fromisoformat(match[1]), time)
    except ValueError as error:
        raise ValueError(f"“{value}” is no moment of the calendar: {error}", hint) from None


def _yes_or_no(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("is neither true nor false")
    if value not in ("true", "false"):
        raise ValueError(f"“{value}” is neither true nor false")
    return value == "true"


def _former(value: object) -> object:
    # What else a former slug may not be is told beside the other pieces.
    if not isinstance(value, str):
        raise ValueError("is not a text")
    if value not in urls.RESERVED and (fault := urls.slug_fault(value)):
        hint = "a former slug is the name that the piece's file had before, without .md"
        raise ValueError(f"“{value}” {fault}", hint)
    return value


def _identifier(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("is not a text")
    if fault := urls.slug_fault(value):
        hint = "an author is named by their file in sources/authors/, without .md"
        raise ValueError(f"“{value}” {fault}", hint)
    return value


def _tag(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("is not a text")
    try:
        locales.parse(value)
    except locales.UnknownLocaleError as error:
        hint = f"did you mean {error.near}?" if error.near else "BCP 47, such as en, tr, pt-BR"
        raise ValueError(f"“{value}” is not a language tag", hint) from None
    return value


def _reason(value: object) -> object:
    # Left out, it is told where waivers are told; it must not stop a build.
    return "" if value is None or value == "" else _one_line(value)


def _address(value: object) -> object:
    address = _one_line(value)
    if not re.match(r"https?://[^\s<>]+\Z", str(address)):
        hint = "localized_urls maps whole addresses: https://… to https://…"
        raise ValueError(f"“{address}” is not a web address", hint)
    return address


def _keep(value: object) -> object:
    if value != "keep":
        raise ValueError("has one value only: keep", "the text stands below the second ---")
    return value


Keep = Annotated[str, BeforeValidator(_keep)]
Line = Annotated[str, BeforeValidator(_one_line)]
Reason = Annotated[str, BeforeValidator(_reason)]
Address = Annotated[str, BeforeValidator(_address)]
Day = Annotated[datetime.date, BeforeValidator(_date)]
Instant = Annotated[datetime.datetime, BeforeValidator(_instant)]
YesOrNo = Annotated[bool, BeforeValidator(_yes_or_no)]
Former = Annotated[str, BeforeValidator(_former)]
Identifier = Annotated[str, BeforeValidator(_identifier)]
Tag = Annotated[str, BeforeValidator(_tag)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _CorrectionFields(_Strict):
    date: Day
    text: Line


class _PieceFields(_Strict):
    title: Line
    date: Day
    language: Tag
    authors: list[Identifier]
    summary: Line
    series: Line | None = None
    tags: list[Line] = []
    updated: Day | None = None
    corrections: list[_CorrectionFields] = []
    hold: list[Tag] = []
    pin: list[Tag] = []
    draft: YesOrNo = False
    release: Instant | None = None
    release_together: YesOrNo = False
    former_slugs: list[Former] = []
    check_ignore: dict[str, Reason] = {}
    localized_urls: dict[str, dict[str, Address]] = {}


class _AuthorFields(_Strict):
    name: Line
    language: Tag
    title: Line | None = None
    affiliation: Line | None = None
    bio: Keep | None = None


_EXAMPLES = {
    "title": 'title: "A Title in One Line"',
    "date": "date: 2026-11-24",
    "language": "language: en",
    "authors": "authors: [some-author]",
    "summary": "summary: One or two sentences that stand below the title.",
    "series": "series: Name of a Series",
    "tags": "tags: [one topic, another topic]",
    "name": "name: First Last",
    "affiliation": "affiliation: Law of the sea",
    "text": "text: What was corrected, in one line.",
    "hold": "hold: [tr]",
    "pin": "pin: [tr]",
    "draft": "draft: true",
    "release": "release: 2026-12-01T09:00+03:00",
    "release_together": "release_together: true",
    "former_slugs": "former_slugs: [old-name]",
    "corrections": "corrections: [{date: 2026-11-24, text: What was corrected.}]",
    "check_ignore": "check_ignore: {W7: verse grows in translation}",
    "localized_urls": "localized_urls: {https://example.org/en: {tr: https://example.org/tr}}",
}


# ── Reading ──────────────────────────────────────────────────────────────────────────────────


def piece(
    path: str,
    slug: str,
    text: str,
    languages: Collection[Locale] | None = None,
    authors: Collection[str] | None = None,
) -> tuple[Piece | None, tuple[Problem, ...]]:
    """The piece in a source file, and its faults; None where front matter cannot be read.

    `languages` are the site's, `authors` the ids for which it has a file: a piece that names
    others has a fault, but can be read.
    """
    front, body, marks, problems = _split(path, text)
    fields = _validate(_PieceFields, front, marks, problems) if front is not None else None
    strangers = tuple(_strangers(front or {}, marks, languages, authors))
    if fields is None:
        return None, (*problems, *strangers)
    if fields.updated is not None and fields.updated < fields.date:
        message = f"updated ({fields.updated}) is before date ({fields.date})"
        hint = "updated is the day of the last change"
        problems.append(Problem("S1", message, marks["updated",], hint))
    if fields.release is not None and fields.date < fields.release.date():
        day = fields.release.date()
        message = f"date ({fields.date}) is before the day of release ({day})"
        hint = f"date is the day of first publication, which readers cite: date: {day}"
        problems.append(Problem("S1", message, marks["date",], hint))
    if not fields.authors:
        problems.append(Problem("S1", "authors is empty", marks["authors",], _EXAMPLES["authors"]))
    lists = {name: getattr(fields, name) for name in ("authors", "tags", "hold", "pin")}
    for name, values in lists.items():
        for index, value in enumerate(values):
            if value in values[:index]:
                message = f"“{value}” stands twice in {name}"
                problems.append(Problem("S1", message, marks[name, index], "keep one of them"))
    locale = locales.parse(fields.language)
    hold = tuple(map(locales.parse, fields.hold))
    pin = tuple(map(locales.parse, fields.pin))
    for name, chosen in (("hold", hold), ("pin", pin)):
        for index, other in enumerate(chosen):
            if other == locale:
                message = f"{name}: “{other.tag}” is the language that the piece is written in"
                hint = "name languages of translations; draft: true holds the whole piece back"
                problems.append(Problem("S1", message, marks[name, index], hint))
            elif name == "pin" and other in hold:
                message = f"“{other.tag}” is both held and pinned"
                hint = "hold keeps an edition back, pin publishes it; choose one"
                problems.append(Problem("S1", message, marks[name, index], hint))
    for known, forms in fields.localized_urls.items():
        for tag in forms:
            if not _is_locale(tag):
                hint = "below the address stand language tags: {tr: https://…}"
                span = marks["localized_urls", known, tag, "#key"]
                problems.append(Problem("S1", f"“{tag}” is not a language tag", span, hint))
    if problems:
        return None, (*problems, *strangers)
    return Piece(
        slug=slug,
        locale=locale,
        title=Text(fields.title, marks["title",]),
        summary=Text(fields.summary, marks["summary",]),
        date=fields.date,
        updated=fields.updated,
        authors=tuple(fields.authors),
        tags=tuple(Text(tag, marks["tags", i]) for i, tag in enumerate(fields.tags)),
        corrections=tuple(
            sorted(
                (
                    Correction(item.date, Text(item.text, marks["corrections", i, "text"]))
                    for i, item in enumerate(fields.corrections)
                ),
                key=lambda correction: correction.date,
            )
        ),
        body=body,
        path=path,
        hold=hold,
        pin=pin,
        check_ignore=tuple(
            Ignore(code, reason, marks["check_ignore", code, "#key"])
            for code, reason in fields.check_ignore.items()
        ),
        localized_urls=fields.localized_urls,
        series=Text(fields.series, marks["series",]) if fields.series else None,
        draft=fields.draft,
        release=fields.release,
        release_together=fields.release_together,
        former_slugs=tuple(
            Text(slug, marks["former_slugs", i]) for i, slug in enumerate(fields.former_slugs)
        ),
    ), strangers


def _strangers(
    front: Mapping[str, object],
    marks: Marks,
    languages: Collection[Locale] | None,
    authors: Collection[str] | None,
) -> Iterator[Problem]:
    """Languages and authors that the site does not have, whatever else is wrong."""
    names = front.get("authors")
    tags = [locale.tag for locale in languages or ()]
    named: list[tuple[Place, object]] = [(("language",), front.get("language"))]
    for key in ("hold", "pin"):
        held = front.get(key)
        named += [((key, i), tag) for i, tag in enumerate(held if isinstance(held, list) else ())]
    for place, tag in named:
        if languages is None or not isinstance(tag, str) or tag in tags or not _is_locale(tag):
            continue
        message = f"{place[0]}: “{tag}” is not one of the site's languages"
        yield Problem("S1", message, marks[place], "the site has " + ", ".join(tags))
    for index, name in enumerate(names if isinstance(names, list) else ()):
        if authors is None or not isinstance(name, str) or urls.slug_fault(name):
            continue
        if name not in authors:
            near = difflib.get_close_matches(name, sorted(authors), 1)
            hint = f"did you mean {near[0]}?" if near else f"write sources/authors/{name}.md"
            yield Problem("S1", f"there is no author “{name}”", marks["authors", index], hint)


def _is_locale(tag: str) -> bool:
    try:
        locales.parse(tag)
    except locales.UnknownLocaleError:
        return False
    return True


def body(path: str, text: str) -> Text:
    """What stands below the front matter, readable or not; empty where there is no telling."""
    return _split(path, text)[1]


def author(path: str, author_id: str, text: str) -> tuple[Author | None, tuple[Problem, ...]]:
    """The author in a source file, and its faults; None where front matter cannot be read."""
    front, body, marks, problems = _split(path, text)
    fields = _validate(_AuthorFields, front, marks, problems) if front is not None else None
    if fields is None:
        return None, tuple(problems)
    if problems:
        return None, tuple(problems)
    return Author(
        id=author_id,
        locale=locales.parse(fields.language),
        name=Text(fields.name, marks["name",]),
        title=Text(fields.title, marks["title",]) if fields.title else None,
        affiliation=(
            Text(fields.affiliation, marks["affiliation",]) if fields.affiliation else None
        ),
        bio=body,
        path=path,
        keeps_bio=fields.bio is not None,
    ), ()


def _split(path: str, text: str) -> tuple[Any, Text, Marks, list[Problem]]:
    """Front matter as plain values, the body, the place of each value, and the faults."""
    marks: Marks = {(): Span(path)}
    nothing = Text("", Span(path))
    opening = _FENCE.match(text)
    closing = _CLOSING.search(text, opening.end()) if opening else None
    if opening is None or closing is None:
        missing = "closing " if opening else ""
        hint = "a source begins with --- , lines of key: value, and --- again"
        return None, nothing, marks, [Problem("S1", f"no {missing}--- line", Span(path), hint)]
    front = text[opening.end() : closing.start()]
    after = text[closing.end() :]
    line = text.count("\n", 0, closing.end()) + 1
    body = Text(after, Span(path, line))
    problems: list[Problem] = []
    if not after.strip():
        hint = "write the text below the second ---"
        message = "there is no text below the front matter"
        problems.append(Problem("S1", message, body.span, hint))
    if len(front.encode()) > _FRONT_MATTER_SIZE:
        message = f"front matter is larger than {_FRONT_MATTER_SIZE // 1024} KiB"
        hint = "what readers read stands below the second ---"
        problems.append(Problem("F7", message, Span(path), hint))
        return None, body, marks, problems
    value: object = None
    try:
        node = yaml.compose(front, Loader=yaml.SafeLoader)
        value = _Yaml(path, marks, problems).value(node, (), 0) if node else {}
    except yaml.MarkedYAMLError as error:
        # What is not closed is told where it was opened, not where the next thing surprised.
        opened = "quoted scalar" in (error.context or "") or "flow" in (error.context or "")
        mark = error.context_mark if opened else error.problem_mark
        span = Span(path, mark.line + 2, mark.column + 1) if mark else Span(path, 2)
        message = str(error.problem or error.context)
        problems.append(_unreadable(_PLAIN.get(message, message), span))
    except yaml.reader.ReaderError as error:
        message = f"character U+{int(error.character):04X} is not allowed"
        problems.append(_unreadable(message, _at(path, front, error.position)))
    except (ValueError, OverflowError):
        # PyYAML takes eight hexadecimal digits for a character, whatever they say.
        escape = re.search(r"\\U(?!000|0010)", front)
        span = _at(path, front, escape.start() if escape else 0)
        problems.append(_unreadable("this escape names no character", span))
    except RecursionError:
        message = "YAML: nested too deeply"
        problems.append(Problem("S1", message, Span(path, 2), "keys hold texts or lists"))
    else:
        if not isinstance(value, dict):
            hint = "front matter is lines of key: value"
            problems.append(Problem("S1", "front matter has no keys", Span(path, 2), hint))
    return (value if isinstance(value, dict) else None), body, marks, problems


_PLAIN = {
    "mapping values are not allowed here": "a second colon in a line",
    "found unexpected end of stream": "a quoted text is not closed",
    "found character '\\t' that cannot start any token": "a tab stands where a value begins",
}
"""PyYAML's commonest messages in the words of editors."""


def _unreadable(message: str, span: Span) -> Problem:
    hint = "a text that has : or # or begins with a sign stands in double quotes"
    return Problem("S1", f"YAML: {message}", span, hint)


def _at(path: str, front: str, offset: int) -> Span:
    """The place of a character of the front matter, which begins on line 2."""
    line = front.count("\n", 0, offset)
    return Span(path, line + 2, offset - (front.rfind("\n", 0, offset) + 1) + 1)


class _Unread:
    """Stands in the place of a value whose fault has been told."""


_UNREAD = _Unread()


@dataclass(slots=True)
class _Yaml:
    """Turns a node tree into plain values, remembering where each stands."""

    path: str
    marks: Marks
    problems: list[Problem]
    seen: set[int] = field(default_factory=set)

    def value(self, node: yaml.Node, place: Place, depth: int) -> object:
        # Front matter begins on line 2, below the first ---.
        span = Span(self.path, node.start_mark.line + 2, node.start_mark.column + 1)
        self.marks[place] = span
        if id(node) in self.seen:
            message = "anchors and aliases (&name, *name) are not read here"
            return self._fault(message, span, "write the value out each time")
        self.seen.add(id(node))
        if depth > _DEPTH:
            message = "front matter is nested too deeply"
            return self._fault(message, span, "keys hold texts or lists")
        if node.tag not in _TAGS:
            message = f"YAML tags ({node.tag}) are not read here"
            return self._fault(message, span, "write the value alone")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place, depth)
        if isinstance(node, yaml.SequenceNode):
            return [
                self.value(item, (*place, index), depth + 1)
                for index, item in enumerate(node.value)
            ]
        # A plain empty scalar is "nothing written", everything else is the text as written.
        if node.tag == "tag:yaml.org,2002:null" and node.value == "":
            return None
        return str(node.value)

    def _mapping(self, node: yaml.MappingNode, place: Place, depth: int) -> object:
        found: dict[str, object] = {}
        for key, value in node.value:
            span = Span(self.path, key.start_mark.line + 2, key.start_mark.column + 1)
            if not isinstance(key, yaml.ScalarNode) or key.value == "<<":
                self._fault("a key is a plain word", span, "write key: value")
                continue
            if key.value in found:
                self._fault(f"key “{key.value}” stands twice", span, "keep one of them")
                continue
            found[key.value] = self.value(value, (*place, key.value), depth + 1)
            self.marks[(*place, key.value, "#key")] = span
        return found

    def _fault(self, message: str, span: Span, hint: str) -> _Unread:
        self.problems.append(Problem("S1", message, span, hint))
        return _UNREAD


def _validate(
    model: Callable[..., Any],
    values: Mapping[str, object],
    marks: Marks,
    problems: list[Problem],
) -> Any:
    present = {key: value for key, value in values.items() if value is not None}
    try:
        return model(**present)
    except ValidationError as error:
        known = tuple(getattr(model, "model_fields", {}))
        problems += [
            _problem(fault, marks, known)
            for fault in error.errors()
            if fault["input"] is not _UNREAD
        ]
        return None


def _problem(fault: Any, marks: Marks, known: Sequence[str]) -> Problem:
    place: Place = fault["loc"]
    name = ".".join(part for part in place if isinstance(part, str))
    example = _EXAMPLES.get(name.rpartition(".")[2]) or _EXAMPLES.get(str(place[0]), "")
    match fault["type"]:
        case "extra_forbidden":
            fields = known if len(place) == 1 else tuple(_CorrectionFields.model_fields)
            near = difflib.get_close_matches(str(place[-1]), fields, 1)
            hint = f"did you mean {near[0]}?" if near else "known are " + ", ".join(fields)
            return Problem("S1", f"unknown key “{name}”", marks[(*place, "#key")], hint)
        case "missing" if place not in marks:
            return Problem("S1", f"key “{name}” is missing", marks[place[:-1]], example)
        case "missing":
            return Problem("S1", f"key “{name}” has no value", marks[place], example)
        case _ if fault["input"] is None:
            return Problem("S1", f"{name} has no value", marks[place], example)
        case "list_type":
            return Problem("S1", f"{name} is not a list", marks[place], example)
        case "dict_type":
            return Problem("S1", f"{name} has no keys", marks[place], example)
        case "model_type":
            return Problem("S1", f"{name}: an entry has no keys", marks[place], example)
        case "value_error":
            message, *hints = fault["ctx"]["error"].args
            colon = ":" if message.startswith("“") else ""
            hint = "".join(hints) or example
            return Problem("S1", f"{name}{colon} {message}", marks[place], hint)
        case _:
            raise AssertionError(fault)
