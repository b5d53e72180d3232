"""gettext catalogues: strict reading, byte-stable writing. Imports polib, alone.

polib accepts unterminated strings, unescaped quotes and truncated files without a word, so the
reading is our own: what `_lint` has found whole is what a catalogue says. polib sets the strings
that are written; unknown headers and comments stay as they are, and lines wrap at 79 columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import polib

from . import locales
from .errors import Problem, Span
from .locales import Locale
from .model import LONGEST, Catalogue, Entry, Key, Previous

SIZE = 2 * 1024 * 1024
"""Largest catalogue, in bytes; polib's time grows faster than the file."""

_LINES = 100_000
_FAULTS = 100
"""Faults of one file that are told; whoever has so many has another file in hand."""

WIDTH = 79
"""Columns at which written strings wrap."""

_KEYWORD = re.compile(
    r"(msgctxt|msgid_plural|msgid|msgstr(?:\[(\d{1,2})\])?)(?![\w\[])[ \t]*(.*)\Z"
)
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"\Z')
_ONE = r'"[^"\\\n]*(?:\\[nt"\\r][^"\\\n]*)*"'
_QUOTED = rf"{_ONE}(?:\n{_ONE})*"
_BLOCK = re.compile(
    rf"(?P<comments>(?:#(?![|~]).*\n)*)(?:msgctxt (?P<msgctxt>{_QUOTED})\n)?"
    rf"msgid (?P<msgid>{_QUOTED})\nmsgstr (?P<msgstr>{_QUOTED})\Z"
)
_ESCAPE = re.compile(r"\\(.)")
_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "r": "\r"}
_PLURAL_FORMS = re.compile(
    r"\s*nplurals\s*=\s*([1-6])\s*;\s*plural\s*=([\sn0-9%&|=!<>?:()]{1,300});?\s*\Z"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_CHARSET = re.compile(r"charset=([\w.:-]+)")


# ── Reading ──────────────────────────────────────────────────────────────────────────────────


def read(
    path: str, text: str, domain: str, locale: Locale | None
) -> tuple[Catalogue | None, tuple[Problem, ...]]:
    """The catalogue in `text`, and its faults; None where it has any.

    A catalogue with a fault is refused whole: what could not be read must not look untranslated.
    """
    lint = _lint(path, text)
    if not lint.problems and text.strip():
        _check_header(lint, locale)
    if lint.problems or not text.strip():
        if not lint.problems:
            lint.fault(
                "P4",
                "the file is empty",
                1,
                hint="take it away, or write it anew with publish update",
            )
        return None, tuple(lint.problems)
    first, *messages = lint.messages
    comments = _comments(first)
    lines = text.split("\n")
    catalogue = Catalogue(
        domain=domain,
        locale=locale,
        header=_header(first),
        header_comment="\n".join(comments["#"]),
        header_flags=_flags(comments),
        entries=tuple(_entry(message, lines) for message in messages if not message.obsolete),
        obsolete=tuple(_entry(message, lines) for message in messages if message.obsolete),
        path=path,
    )
    return catalogue, ()


def entries(text: str) -> tuple[Entry, ...]:
    """The live entries of a catalogue, whatever its header says: for looking at others' work."""
    messages = _lint("", text).messages[1:]
    lines = text.split("\n")
    return tuple(_entry(message, lines) for message in messages if not message.obsolete)


@dataclass(slots=True)
class _Message:
    """What the lint knows of one message."""

    line: int = 0
    first: int = 0
    last: int = 0
    obsolete: bool = False
    strings: dict[str, str] = field(default_factory=dict)
    previous: dict[str, str] = field(default_factory=dict)
    comments: list[str] = field(default_factory=list)
    legible: bool = True

    @property
    def key(self) -> Key:
        return self.strings.get("msgctxt", ""), self.strings.get("msgid", "")

    @property
    def forms(self) -> list[str]:
        """Names of the translations, in the order of the file."""
        return [name for name in self.strings if name.startswith("msgstr")]

    @property
    def complete(self) -> bool:
        return "msgid" in self.strings and bool(self.forms)


@dataclass(slots=True)
class _Lint:
    """A strict pass over the lines of a catalogue."""

    path: str
    messages: list[_Message] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    current: _Message = field(default_factory=_Message)
    name: str = ""
    target: dict[str, str] | None = None

    def full(self) -> bool:
        """Whether so much is wrong that more would not be read."""
        return len(self.problems) >= _FAULTS

    def fault(self, code: str, message: str, line: int, column: int = 1, hint: str = "") -> None:
        if self.full():
            return
        self.problems.append(Problem(code, message, Span(self.path, line, column), hint))

    def close(self, line: int) -> None:
        """End the current message, if one has begun."""
        current, self.current = self.current, _Message()
        self.target = None
        if not current.strings:
            return
        if current.complete:
            forms = ["msgstr"]
            if "msgid_plural" in current.strings:
                forms = [f"msgstr[{n}]" for n in range(len(current.forms))]
                if not current.strings["msgid_plural"]:
                    self.fault("P1", "an empty msgid_plural", current.line)
            if current.forms != forms:
                message = f"{', '.join(current.forms)} where {', '.join(forms)} should stand"
                self.fault("P1", message, current.line, 1, "a plural counts its msgstr from 0")
            self.messages.append(current)
            return
        what = "msgstr" if "msgid" in current.strings else "msgid"
        hint = "the file may be cut off; take it from version control"
        self.fault("P2", f"this message has no {what}", current.line or line, hint=hint)


def _lint(path: str, text: str) -> _Lint:
    lint = _Lint(path)
    lines = text.split("\n")
    whole = not _CONTROL.search(text)
    number = 1
    if len(lines) > _LINES:
        hint = "is this what it should be?"
        lint.fault("F7", f"a catalogue of more than {_LINES:,} lines", _LINES + 1, hint=hint)
        return lint
    for block in text.removesuffix("\n").split("\n\n"):
        if lint.full():
            return lint
        length = block.count("\n") + 1
        if not (whole and _lint_block(lint, block, number)):
            for at, line in enumerate(lines[number - 1 : number + length], start=number):
                if lint.full():
                    return lint
                _lint_line(lint, line, at)
                if line and not line.isspace():
                    lint.current.first = lint.current.first or at
                    lint.current.last = at
        number += length + 1
    if lines[-1] != "":
        hint = "the file may be cut off; take it from version control"
        lint.fault("P2", "the last line has no end", len(lines), len(lines[-1]) + 1, hint)
    if not lint.current.strings and (lint.current.comments or lint.current.previous):
        hint = "the file may be cut off; take it from version control"
        lint.fault(
            "P2", "the file ends with a comment that belongs to no message", len(lines), 1, hint
        )
    lint.close(len(lines))
    first: dict[Key, int] = {}
    for message in lint.messages:
        if not message.legible:
            continue
        for name, string in message.strings.items():
            if len(string) > LONGEST and not (name == "msgstr" and not message.key[1]):
                said = f"{name} has more than {LONGEST:,} characters"
                lint.fault("F7", said, message.line, 1, "no paragraph is so long")
        if message.key in first:
            where = f"the first is on line {first[message.key]}"
            lint.fault(
                "P3", f"this message stands twice: {_head(message.key[1])}", message.line, 1, where
            )
        first.setdefault(message.key, message.line)
    return lint


def _lint_block(lint: _Lint, block: str, number: int) -> bool:
    """A whole message in its commonest form, in which nothing can be wrong: whether it is one."""
    match = _BLOCK.match(block)
    if match is None or lint.current.strings or lint.current.comments or lint.current.previous:
        return False
    comments = match["comments"]
    lines = comments.count("\n")
    message = _Message(
        line=number + lines,
        first=number,
        last=number + block.count("\n"),
        comments=[line.strip(" \t") for line in comments.split("\n")[:-1]],
    )
    for name in ("msgctxt", "msgid", "msgstr"):
        if quoted := match[name]:
            text = quoted.replace('"\n"', "")[1:-1]
            if "\\" in text:
                text = _ESCAPE.sub(lambda m: _ESCAPES[m[1]], text)
            message.strings[name] = text
    lint.messages.append(message)
    return True


def _lint_line(lint: _Lint, line: str, number: int) -> None:
    rest = line.strip(" \t")
    if control := _CONTROL.search(line):
        message = f"control character U+{ord(control[0]):04X}"
        lint.fault("P1", message, number, control.start() + 1, "take it out")
    if not rest:
        if lint.current.strings:
            lint.close(number)
        return
    obsolete = rest.startswith("#~")
    previous = rest.startswith(("#|", "#~|"))
    if previous or (rest.startswith("#") and not obsolete):
        if lint.current.complete:
            lint.close(number)
        elif lint.current.strings:
            lint.fault("P1", "a comment stands inside a message", number)
    if previous:
        marker = "#~|" if obsolete else "#|"
        _lint_string(lint, rest.removeprefix(marker).lstrip(" \t"), line, number, previous=True)
        return
    if rest.startswith("#") and not obsolete:
        lint.current.comments.append(rest)
        lint.target = None
        return
    if obsolete:
        rest = rest.removeprefix("#~").lstrip(" \t")
        if not rest:
            return
    _lint_string(lint, rest, line, number, obsolete=obsolete)


def _lint_string(
    lint: _Lint,
    rest: str,
    line: str,
    number: int,
    *,
    obsolete: bool = False,
    previous: bool = False,
) -> None:
    """One line that holds a string: a keyword with its string, or the string's next line."""
    match = _KEYWORD.match(rest)
    quoted = match[3] if match else rest
    column = line.rfind(quoted) + 1 if quoted else len(line) + 1
    if match:
        name = match[1]
        if not previous:
            _begin(lint, name, number, obsolete)
        elif name.startswith("msgstr"):
            lint.fault("P1", f"{name} in a comment on an earlier msgid", number)
        lint.name = name
        lint.target = lint.current.previous if previous else lint.current.strings
        if name in lint.target:
            lint.fault("P1", f"{name} stands twice in a message", number)
        lint.target[name] = ""
    elif not quoted.startswith('"'):
        hint = "a line is a keyword (msgctxt, msgid, msgstr) and a text in double quotes"
        lint.fault("P1", f"this is not a line of a catalogue: {_head(rest)}", number, column, hint)
        return
    elif lint.target is None or previous is not (lint.target is lint.current.previous):
        lint.fault("P1", "a text without a keyword", number, column, "which msgid or msgstr is it?")
        return
    if not previous and obsolete is not lint.current.obsolete:
        hint = "each line of an obsolete message begins with #~, and no other does"
        lint.fault("P1", "a message is obsolete in part", number, 1, hint)
    if not quoted.startswith('"'):
        lint.current.legible = False
        hint = f'write {lint.name} "…"'
        lint.fault("P1", "the text is not in double quotes", number, column, hint)
    elif not _STRING.match(quoted):
        lint.current.legible = False
        closed = quoted.endswith('"') and len(quoted) > 1 and not quoted.endswith('\\"')
        message = "a double quote inside the text" if closed else "the text is not closed"
        hint = 'write \\" for a quote in the text' if closed else 'end it with "'
        lint.fault("P1", message, number, column, hint)
    else:
        for escape in _ESCAPE.finditer(quoted):
            if lint.full():
                break
            if escape[1] not in _ESCAPES:
                place = column + escape.start()
                hint = 'known are \\n, \\t, \\" and \\\\; write \\\\ for a backslash'
                lint.fault("P1", f"unknown escape {escape[0]}", number, place, hint)
        if lint.target is not None:
            lint.target[lint.name] += _ESCAPE.sub(lambda m: _ESCAPES.get(m[1], m[0]), quoted[1:-1])


_ORDER = {"msgctxt": 0, "msgid": 1, "msgid_plural": 2, "msgstr": 3}


def _begin(lint: _Lint, name: str, number: int, obsolete: bool) -> None:
    """Start a new message where `name` cannot continue the current one."""
    rank = _ORDER[name.partition("[")[0]]
    last = max((_ORDER[n.partition("[")[0]] for n in lint.current.strings), default=-1)
    continues = name.startswith("msgstr[") and last == 3
    if rank <= last and not continues:
        lint.close(number)
        last = -1
    if rank > 1 and last < 1:
        lint.fault("P1", f"{name} without a msgid before it", number)
    if not lint.current.line:
        lint.current.line = number
        lint.current.obsolete = obsolete


def _check_header(lint: _Lint, locale: Locale | None) -> None:
    first = lint.messages[0] if lint.messages else _Message(line=1)
    if first.key != ("", "") or "msgid" not in first.strings or first.obsolete:
        hint = 'a catalogue begins with msgid "" and its header'
        lint.fault("P4", "the header is missing", first.line, 1, hint)
        return
    header = dict(_header(first))
    charset = _CHARSET.search(header.get("Content-Type", ""))
    if charset is None or charset[1].casefold() not in ("utf-8", "utf8"):
        named = charset[1] if charset else "no charset"
        hint = 'write "Content-Type: text/plain; charset=UTF-8\\n"'
        lint.fault("P4", f"the header names {named}, not UTF-8", first.line, 1, hint)
    language = header.get("Language", "")
    if locale is not None and language and _primary(language) != _primary(locale.posix):
        message = f"the header says Language: {language}, the folder says {locale.posix}"
        lint.fault("P4", message, first.line)
    plural = header.get("Plural-Forms", "")
    counts = any(message.strings.get("msgid_plural") for message in lint.messages)
    if locale is not None and plural:
        match = _PLURAL_FORMS.match(plural)
        number, formula = locales.plural_forms(locale)
        ours = match is not None and int(match[1]) == number
        if match is None or (counts and not (ours and locales.same_plurals(locale, match[2]))):
            hint = f"write Plural-Forms: nplurals={number}; plural={formula};"
            lint.fault("P4", "Plural-Forms is not the language's", first.line, 1, hint)


def _primary(language: str) -> str:
    return re.split(r"[-_@.]", language)[0]


def _header(message: _Message) -> tuple[tuple[str, str], ...]:
    fields: list[tuple[str, str]] = []
    for line in message.strings.get("msgstr", "").split("\n"):
        name, colon, value = line.partition(":")
        if colon:
            fields.append((name.strip(), value.strip()))
        elif line.strip() and fields:
            fields[-1] = (fields[-1][0], f"{fields[-1][1]} {line.strip()}")
    return tuple(fields)


def _entry(message: _Message, lines: Sequence[str]) -> Entry:
    before, strings = message.previous, message.strings
    comments = _comments(message)
    forms = [strings[name] for name in message.forms]
    previous = None
    if "msgid" in before:
        previous = Previous(
            before.get("msgctxt", ""), before["msgid"], before.get("msgid_plural", "")
        )
    return Entry(
        key=message.key,
        translation=forms[0],
        plural=strings.get("msgid_plural", ""),
        plurals=tuple(forms) if "msgid_plural" in strings else (),
        flags=_flags(comments),
        previous=previous,
        comments="\n".join(comments["#"]),
        notes="\n".join(comments["#."]),
        references=tuple(name for line in comments["#:"] for name in line.split()),
        line=message.line,
        text="\n".join(lines[message.first - 1 : message.last]) + "\n",
    )


def _flags(comments: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    flags = ",".join(comments["#,"]).split(",")
    return tuple(dict.fromkeys(flag.strip() for flag in flags if flag.strip()))


def _comments(message: _Message) -> dict[str, list[str]]:
    """The comments of each kind by its marker, which they are without."""
    found: dict[str, list[str]] = {"#": [], "#.": [], "#:": [], "#,": []}
    for comment in message.comments:
        marker = comment[:2] if comment[1:2] and comment[1] in ".:,|~=" else "#"
        if marker in found:
            found[marker].append(comment.removeprefix(marker).removeprefix(" "))
    return found


# ── Writing ──────────────────────────────────────────────────────────────────────────────────


def dump(catalogue: Catalogue, before: Catalogue | None = None) -> str:
    """The catalogue as the text of a PO file: LF, wrapped at 79 columns, obsolete entries last.

    An entry that is in `before`, as that was read, keeps the lines it has there, however its last
    writer wrapped them: so a difference shows what has changed, and nothing else. polib sets the
    strings; comments are written as they are, since it would wrap them anew.
    """
    head = polib.POEntry(msgid="", msgstr="".join(f"{k}: {v}\n" for k, v in catalogue.header))
    lines = [*_commented(catalogue.header_comment, "#")]
    if catalogue.header_flags:
        lines.append("#, " + ", ".join(catalogue.header_flags))
    blocks = ["\n".join([*lines, head.__unicode__(WIDTH)])]
    for entries, old, obsolete in (
        (catalogue.entries, before.entries if before else (), False),
        (catalogue.obsolete, before.obsolete if before else (), True),
    ):
        known = {entry.key: entry for entry in old if entry.text}
        for entry in entries:
            same = known.get(entry.key)
            blocks.append(
                same.text if same and same == entry else _dump_entry(entry, obsolete=obsolete)
            )
    return "\n".join(blocks)


def _dump_entry(entry: Entry, *, obsolete: bool) -> str:
    context, msgid = entry.key
    lines = [*_commented(entry.comments, "#")]
    lines += _commented(entry.notes, "#.")
    lines += [f"#: {reference}" for reference in entry.references]
    if entry.flags:
        lines.append("#, " + ", ".join(entry.flags))
    before = entry.previous
    strings = polib.POEntry(
        msgctxt=context or None,
        msgid=msgid,
        msgid_plural=entry.plural,
        msgstr="" if entry.plural else entry.translation,
        msgstr_plural=dict(enumerate(entry.plurals)) if entry.plural else {},
        obsolete=obsolete,
        previous_msgctxt=(before.context or None) if before else None,
        previous_msgid=before.msgid if before else None,
        previous_msgid_plural=(before.plural or None) if before else None,
    )
    return "\n".join([*lines, strings.__unicode__(WIDTH)])


def _commented(text: str, marker: str) -> Iterator[str]:
    if text:
        for line in text.split("\n"):
            yield f"{marker} {line}" if line else marker


def _head(text: str) -> str:
    line = text.split("\n", 1)[0]
    return line if len(line) <= 40 else line[:39] + "…"
