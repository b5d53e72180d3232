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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from . import locales, urls
from .errors import Problem, Span
from .model import Author, Correction, Piece, Text

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


def unbalanced(text: str) -> tuple[int, ...]:
    """Where bidirectional controls stand that are not closed, or close nothing."""
    wrong: list[int] = []
    opened: list[int] = []
    for at, char in enumerate(text):
        if char in _OPENING:
            opened.append(at)
        elif char in _CLOSING_CONTROLS:
            if opened and _OPENING[text[opened[-1]]] == char:
                opened.pop()
            else:
                wrong.append(at)
    return tuple(sorted((*wrong, *opened)))


def line_fault(text: str) -> str:
    """Why `text` cannot be a title, a name or a summary, or an empty string where it can.

    Checked here and not only in the file's text, because YAML has escapes for every character.
    """
    if not text.strip():
        return "is empty"
    if any(char in "\n\r\u2028\u2029" for char in text.strip()):
        return "has more than one line"
    if any(unicodedata.category(char) in ("Cc", "Cs") or char == "\ufeff" for char in text.strip()):
        return "holds a control character"
    if unbalanced(text):
        return "holds a bidirectional control that is not closed"
    if not unicodedata.is_normalized("NFC", text):
        return "is not composed Unicode (NFC)"
    return ""


def _one_line(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("is not a text")
    if fault := line_fault(value):
        raise ValueError(fault)
    return value.strip()


def _date(value: object) -> object:
    # pydantic reads "86400" as a day in 1970.
    if not isinstance(value, str):
        raise ValueError("is not a date: write YYYY-MM-DD")
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError(f"“{value}” is not a date: write YYYY-MM-DD")
    try:
        return datetime.date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"“{value}” is not a day of the calendar: {error}") from None


def _identifier(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("is not a text")
    if fault := urls.slug_fault(value):
        raise ValueError(f"“{value}” {fault}")
    return value


def _tag(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("is not a text")
    try:
        locales.parse(value)
    except locales.UnknownLocaleError as error:
        hint = f"did you mean {error.near}?" if error.near else "write en, tr, pt-BR (BCP 47)"
        raise ValueError(f"“{value}” is not a language tag; {hint}") from None
    return value


Line = Annotated[str, BeforeValidator(_one_line)]
Day = Annotated[datetime.date, BeforeValidator(_date)]
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
    tags: list[Line] = []
    updated: Day | None = None
    corrections: list[_CorrectionFields] = []


class _AuthorFields(_Strict):
    name: Line
    language: Tag
    title: Line | None = None
    affiliation: Line | None = None


_EXAMPLES = {
    "title": 'title: "A Title in One Line"',
    "date": "date: 2026-11-24",
    "language": "language: en",
    "authors": "authors: [some-author]",
    "summary": "summary: One or two sentences that stand below the title.",
    "name": "name: First Last",
}


# ── Reading ──────────────────────────────────────────────────────────────────────────────────


def piece(path: str, slug: str, text: str) -> tuple[Piece | None, tuple[Problem, ...]]:
    """The piece in a source file, and its faults; None where front matter cannot be read."""
    front, body, marks, problems = _split(path, text)
    fields = _validate(_PieceFields, front, marks, problems) if front is not None else None
    if fields is None:
        return None, tuple(problems)
    if fields.updated is not None and fields.updated < fields.date:
        message = f"updated ({fields.updated}) is before date ({fields.date})"
        problems.append(Problem("S1", message, marks["updated",]))
    if not fields.authors:
        problems.append(Problem("S1", "authors is empty", marks["authors",], _EXAMPLES["authors"]))
    for name, values in (("authors", fields.authors), ("tags", fields.tags)):
        for index, value in enumerate(values):
            if value in values[:index]:
                message = f"“{value}” stands twice in {name}"
                problems.append(Problem("S1", message, marks[name, index]))
    if problems:
        return None, tuple(problems)
    return Piece(
        slug=slug,
        locale=locales.parse(fields.language),
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
    ), ()


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
    empty = (
        []
        if after.strip()
        else [Problem("S1", "there is no text below the front matter", body.span)]
    )
    if len(front.encode()) > _FRONT_MATTER_SIZE:
        message = f"front matter is larger than {_FRONT_MATTER_SIZE // 1024} KiB"
        return None, body, marks, [Problem("F7", message, Span(path))]
    reader = _Yaml(path, marks)
    try:
        node = yaml.compose(front, Loader=yaml.SafeLoader)
        value = reader.value(node, (), 0) if node else {}
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        span = Span(path, mark.line + 2, mark.column + 1) if mark else Span(path)
        message = f"YAML: {error.problem or error.context}"
        return None, body, marks, [Problem("S1", message, span, "quote a text that has : or #")]
    except yaml.YAMLError as error:
        return None, body, marks, [Problem("S1", f"YAML: {error}", Span(path))]
    except RecursionError:
        return None, body, marks, [Problem("S1", "YAML: nested too deeply", Span(path))]
    if not reader.problems and not isinstance(value, dict):
        reader.problems.append(Problem("S1", "front matter is not a list of keys", Span(path, 2)))
    return (None if reader.problems else value), body, marks, reader.problems + empty


@dataclass(slots=True)
class _Yaml:
    """Turns a node tree into plain values, remembering where each stands."""

    path: str
    marks: Marks
    problems: list[Problem] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)

    def value(self, node: yaml.Node, place: Place, depth: int) -> object:
        # Front matter begins on line 2, below the first ---.
        span = Span(self.path, node.start_mark.line + 2, node.start_mark.column + 1)
        self.marks[place] = span
        if id(node) in self.seen:
            self._fault("aliases (*name) are not read here", span)
            return None
        self.seen.add(id(node))
        if depth > _DEPTH:
            self._fault("front matter is nested too deeply", span)
            return None
        if node.tag not in _TAGS:
            self._fault(f"tags ({node.tag}) are not read here", span)
            return None
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
                self._fault("a key is a plain word", span)
                continue
            if key.value in found:
                self._fault(f"key “{key.value}” stands twice", span)
                continue
            found[key.value] = self.value(value, (*place, key.value), depth + 1)
            self.marks[(*place, key.value, "#key")] = span
        return found

    def _fault(self, message: str, span: Span) -> None:
        self.problems.append(Problem("S1", message, span))


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
        problems += [_problem(fault, marks, known) for fault in error.errors()]
        return None


def _problem(fault: Any, marks: Marks, known: Sequence[str]) -> Problem:
    place: Place = fault["loc"]
    name = ".".join(str(part) for part in place)
    match fault["type"]:
        case "extra_forbidden":
            near = difflib.get_close_matches(str(place[-1]), known, 1)
            hint = f"did you mean {near[0]}?" if near else "known are " + ", ".join(known)
            return Problem("S1", f"unknown key “{name}”", marks[(*place, "#key")], hint)
        case "missing":
            span = marks[()] if len(place) == 1 else marks[place[:-1]]
            hint = _EXAMPLES.get(str(place[-1]), "")
            return Problem("S1", f"key “{name}” is missing", span, hint)
        case "list_type":
            return Problem("S1", f"{name} is not a list", marks[place], f"write {name}: [one, two]")
        case "value_error":
            message = str(fault["ctx"]["error"])
        case _:
            message = fault["msg"][:1].lower() + fault["msg"][1:]  # pydantic's own English
    while place not in marks:
        place = place[:-1]
    return Problem("S1", f"{name}: {message}", marks[place], "")
