"""XLIFF 1.2, for translators whose tools do not read gettext catalogues. Imports translate-toolkit
and lxml, alone, and only once they are used: they come with the extra `xliff`.

What comes back is a stranger's XML: it is refused before lxml sees it where it is too large, is
not UTF-8 or declares a document type, since everything dangerous in XML begins with one. Of what
was parsed only units that went out are read, and of those only words, states and notes.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from . import catalogue, locales
from .errors import Problem, PublishError, Span
from .load import decode
from .locales import Locale
from .model import Catalogue, Entry, Key, Returned
from .reconcile import head

SIZE = catalogue.SIZE
"""Largest file, in bytes."""

_SPACE = "urn:oasis:names:tc:xliff:document:1.2"
_FORM = "text/x-gettext-translation"
_SKELETON = f"""<?xml version="1.0" encoding="UTF-8"?>
<xliff xmlns="{_SPACE}" version="1.2"><file original="" source-language="" target-language="" \
datatype="plaintext"><header><skl><internal-file form="{_FORM}"/></skl></header><body/></file>\
</xliff>"""

_DEVELOPER, _TRANSLATOR = "developer", "translator"
_MARKS = frozenset({"mrk"})
"""Inline elements that only say something about the words in them, such as where a segment ends."""
_CODES = frozenset({"ph", "it", "bpt", "ept"})
"""Inline elements whose content is native code: what a tool protects, as it stands in the text."""

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DECLARATION = re.compile(
    r"""<\?xml\s+version\s*=\s*(?:"[^"<&]*"|'[^'<&]*')"""
    r"""(?:\s+encoding\s*=\s*(?:"([^"<&]*)"|'([^'<&]*)'))?[^?<>]*\?>"""
)
_PROLOG = re.compile(r"(?:\s++|<!--(?>.*?-->)|<\?(?>.*?\?>))*+", re.DOTALL)
_TAGS = 150_000
"""Most tags of a file: each costs the parser hundreds of bytes. Exports have fewer."""
_MOST = 50
"""Most problems of one file that are told one by one."""
_AGAIN = "it may be cut off; ask for it again"
_UNREAD = "nothing of this file was read"
_FRESH = "what publish export wrote is needed whole; take the words into a fresh export"


# ── Going out ────────────────────────────────────────────────────────────────────────────────


def pack(base: Catalogue, source: Locale) -> bytes:
    """An XLIFF file of the catalogue, and in its header of what the import needs.

    The same catalogue gives the same bytes. Raises `PublishError` where the extra is not installed
    and for what an XLIFF file cannot hold.
    """
    path = base.path or base.domain
    etree, toolkit = _libraries()
    if problems := tuple(_impossible(base, path)):
        raise PublishError(problems)
    store = toolkit.Xliff1File(io.BytesIO(_SKELETON.encode()))
    (file,) = store.document.getroot()
    file.set("original", base.domain)
    store.setsourcelanguage(source.tag)
    store.settargetlanguage(base.locale.tag if base.locale else "")
    (skeleton,) = file.iter(f"{{{_SPACE}}}internal-file")
    skeleton.text = catalogue.dump(base)
    for entry in base.entries:
        _add_unit(store, entry)
    etree.cleanup_namespaces(store.document)  # the toolkit makes its units as XLIFF 1.1
    buffer = io.BytesIO()
    store.serialize(buffer)
    buffer.write(b"\n")
    data = buffer.getvalue()
    if len(data) > SIZE:
        message = f"would become larger than {SIZE // 1024:,} KiB as XLIFF"
        raise PublishError([Problem("F7", message, Span(path), "publish pack has room for more")])
    return data


def _add_unit(store: Any, entry: Entry) -> None:
    context, msgid = entry.key
    unit = store.UnitClass(msgid)
    unit.setid(_id(entry.key))
    store.addunit(unit)
    unit.target = entry.translation
    if not entry.translation:
        unit.set_state_n(unit.statemap["new"])
    elif entry.fuzzy:
        unit.set_state_n(unit.S_NEEDS_REVIEW)
    if context:
        unit.createcontextgroup("po-entry", [("x-po-msgctxt", context)], "information")
    for reference in entry.references:
        unit.addlocation(reference)
    unit.addnote(entry.notes, origin=_DEVELOPER)
    unit.addnote(entry.comments, origin=_TRANSLATOR)
    if entry.fuzzy and entry.previous:
        unit.addalttrans(entry.translation, sourcetxt=entry.previous.msgid)
        unit.xmlelement[-1].set("alttranstype", "previous-version")


def _id(key: Key) -> str:
    """A unit's name: the same wherever the message stands, and in every export."""
    return hashlib.sha256("\x04".join(key).encode()).hexdigest()[:16]


def _impossible(base: Catalogue, path: str) -> Iterator[Problem]:
    for entry in base.entries:
        before = (entry.previous.context, entry.previous.msgid) if entry.previous else ()
        texts = (*entry.key, entry.translation, entry.notes, entry.comments, *before)
        if found := _ILLEGAL.search("\n".join(texts)):
            message = f"character U+{ord(found[0]):04X} cannot stand in XML"
            hint = "take it out, or use publish pack"
            yield Problem("X8", message, Span(path, entry.line or 1), hint)


def _libraries() -> tuple[Any, Any]:
    """lxml's `etree` and the toolkit's `xliff`; raises where they are not installed."""
    try:
        from lxml import etree
        from translate.storage import xliff as toolkit
    except ImportError as error:
        message = f"XLIFF needs the package “{error.name}”"
        hint = "pip install 'publish-editions[xliff]'"
        # The same place for every file, so that it is told once.
        raise PublishError([Problem("X7", message, Span("pyproject.toml"), hint)]) from None
    return etree, toolkit


# ── Coming back ──────────────────────────────────────────────────────────────────────────────


def unpack(
    path: str, data: bytes, languages: Iterable[Locale]
) -> tuple[Returned | None, tuple[Problem, ...]]:
    """What went out and what came back in a file, and its faults; None where it has any.

    An unchanged file gives two equal catalogues. The lines of the second one are the file's own.
    """
    try:
        etree, toolkit = _libraries()
        root = _parse(etree, path, data)
        file = _file(root, path)
        base = _base(file, path, languages)
    except PublishError as error:
        return None, error.problems
    bodies = [child for child in file if child.tag == _name("body")]
    if len(bodies) != 1:
        return None, (Problem("X1", "holds no <body>", Span(path, file.sourceline), _FRESH),)
    reading = _Reading(path, base, toolkit.Xliff1Unit)
    entries = reading.entries(bodies[0])
    if reading.problems:
        return None, reading.told()
    return Returned(base, dataclasses.replace(base, entries=entries, path=path)), ()


def _parse(etree: Any, path: str, data: bytes) -> Any:
    """The root element. Nothing but UTF-8 without a document type ever reaches the parser."""
    if len(data) > SIZE:
        message = f"is larger than {SIZE // 1024:,} KiB"
        raise PublishError([Problem("F7", message, Span(path), _UNREAD)])
    text, problems = decode(path, data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n"))
    if problems:
        raise PublishError(problems)
    start = 0
    if declaration := _DECLARATION.match(text):
        start = declaration.end()
        encoding = declaration[1] or declaration[2] or "UTF-8"
        if encoding.casefold() not in ("utf-8", "utf8"):
            message = f"the first line names the encoding “{encoding}”"
            raise PublishError([Problem("F2", message, Span(path), "save as UTF-8")])
    prolog = _PROLOG.match(text, start)
    start = prolog.end() if prolog else start
    if text.startswith("<!", start) and not text.startswith("<!--", start):
        line = text.count("\n", 0, start) + 1
        column = start - text.rfind("\n", 0, start)
        message = "declares a document type or entities"
        raise PublishError([Problem("X2", message, Span(path, line, column), _UNREAD)])
    if text.count("<") > _TAGS:
        message = f"holds more than {_TAGS:,} tags"
        raise PublishError([Problem("X2", message, Span(path), _UNREAD)])
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    try:
        return etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        said = re.sub(r", line \d+, column \d+(?: \([^()]*\))?$", "", error.msg or "")
        if said[1:2].islower():
            said = said[:1].lower() + said[1:]  # the parser's own English
        message = f"is not a whole XML file: {said}"
        span = Span(path, max(line, 1), max(column, 1))
        raise PublishError([Problem("X1", message, span, _AGAIN)]) from None


def _file(root: Any, path: str) -> Any:
    """The one `<file>` of an XLIFF 1.2 document."""
    if root.tag != _name("xliff") or root.get("version") != "1.2":
        message, hint = "is not XLIFF 1.2", "save as XLIFF 1.2, as publish export wrote it"
        raise PublishError([Problem("X1", message, Span(path, root.sourceline), hint)])
    files = [child for child in root if child.tag == _name("file")]
    if len(files) != 1:
        what = "holds no <file>" if not files else "holds more than one <file>"
        hint = "send back one file for each that went out"
        raise PublishError([Problem("X1", what, Span(path, root.sourceline), hint)])
    return files[0]


def _base(file: Any, path: str, languages: Iterable[Locale]) -> Catalogue:
    """The catalogue that went out, from the header."""
    place = f"{_name('header')}/{_name('skl')}/{_name('internal-file')}"
    found = file.findall(place)
    if len(found) != 1 or len(found[0]):
        message = "holds no copy of what went out (<skl> with its <internal-file>)"
        raise PublishError([Problem("X1", message, Span(path, file.sourceline), _FRESH)])
    # A tool may have taken away the white space at its end, which ends the last line.
    text, line = (found[0].text or "").rstrip() + "\n", found[0].sourceline
    _, problems = decode(path, text.encode())
    base = None
    if not problems:
        base, problems = catalogue.read(path, text, file.get("original", ""), None)
    if base is None:
        first = problems[0]
        message = f"the copy of what went out was changed: {first.message}"
        span = Span(path, line + first.span.line - 1, first.span.column)
        raise PublishError([Problem("X1", message, span, _FRESH)])
    posix = dict(base.header).get("Language", "")
    locale = next((one for one in languages if one.posix == posix), None)
    if locale is None:
        message = f"“{posix}” is not a language of the site"
        raise PublishError([Problem("X1", message, Span(path, line))])
    named = file.get("target-language", locale.tag)
    if not _same_language(named, locale):
        message = f"the target-language is “{named}”; it went out for {locale.tag}"
        raise PublishError([Problem("X1", message, Span(path, file.sourceline))])
    return dataclasses.replace(
        base,
        locale=locale,
        entries=tuple(dataclasses.replace(e, line=e.line + line - 1) for e in base.entries),
        obsolete=tuple(dataclasses.replace(e, line=e.line + line - 1) for e in base.obsolete),
    )


def _same_language(named: str, locale: Locale) -> bool:
    """Whether a tool that writes `tr-TR` for `tr` means this language."""
    try:
        found = locales.parse(named.replace("_", "-"))
    except locales.UnknownLocaleError:
        return False
    return found.tag.partition("-")[0] == locale.tag.partition("-")[0]


@dataclass(slots=True)
class _Reading:
    """The units that came back, beside the messages that went out."""

    path: str
    base: Catalogue
    unit: Any
    problems: list[Problem] = dataclasses.field(default_factory=list)
    untold: int = 0

    def entries(self, body: Any) -> tuple[Entry, ...]:
        """The messages in the order in which they went out."""
        known = {_id(entry.key): entry for entry in self.base.entries}
        found: dict[str, Entry] = {}
        strange: list[tuple[str, Any]] = []
        for element in body.iter(_name("trans-unit"), _name("bin-unit")):
            name = element.get("id", "")
            entry = known.get(name)
            if entry is None or element.tag == _name("bin-unit"):
                if len(strange) < _MOST:
                    strange.append((name, element))
                else:
                    self.untold += 1
            elif name in found:
                message = f"this unit stands twice: “{head(entry.key[1])}”"
                self._tell("X3", message, element, f"the first is on line {found[name].line}")
            else:
                found[name] = self._entry(entry, element)
        self._tell_strange(known, found, strange)
        line = body.sourceline
        for name, entry in known.items():
            if name in found:
                line = found[name].line
            else:
                message = f"a unit is missing: “{head(entry.key[1])}”"
                hint = "put it back, as it went out, or leave its target empty"
                self._add(Problem("X3", message, Span(self.path, line), hint))
        return tuple(found[name] for name in known if name in found)

    def _tell_strange(
        self, known: dict[str, Entry], found: dict[str, Entry], strange: list[tuple[str, Any]]
    ) -> None:
        missing = {entry.key[1]: name for name, entry in known.items() if name not in found}
        for name, element in strange:
            source = str(element.findtext(_name("source"), ""))
            if source in missing:
                own = missing.pop(source)
                found[own] = dataclasses.replace(known[own], line=element.sourceline)
                hint = f"it went out with id=“{own}”; restore it"
                message = f"the id of a unit was changed: “{name}”"
            else:
                hint = "take it out; messages are made by publish update alone"
                message = f"this unit did not go out: “{head(source) or name}”"
            self._tell("X3", message, element, hint)

    def _entry(self, entry: Entry, element: Any) -> Entry:
        """One message with the words, the state and the notes of its unit."""
        sources = [child for child in element if child.tag == _name("source")]
        targets = [child for child in element if child.tag == _name("target")]
        result = dataclasses.replace(entry, line=element.sourceline)
        source = self._text(sources[0]) if len(sources) == 1 else ""
        if source != entry.key[1]:
            message = f"the source was changed: “{head(source)}”"
            hint = f"it went out as “{head(entry.key[1])}”; restore it"
            self._tell("X3", message, sources[0] if sources else element, hint)
        if len(targets) > 1:
            hint = "leave the one that is right"
            self._tell("X8", "a unit has more than one target", targets[1], hint)
        result = dataclasses.replace(result, comments=self._comments(entry, element))
        text = self._text(targets[0]) if targets else ""
        if text != entry.translation:
            text = self._clean(text, targets[0]) if text.strip() else ""
        if not text:
            if not entry.translation:
                return result
            return dataclasses.replace(
                result, translation="", flags=_flags(entry, fuzzy=False), previous=None
            )
        fuzzy = not self._confirmed(entry, element, targets[0])
        return dataclasses.replace(
            result,
            translation=text,
            flags=_flags(entry, fuzzy=fuzzy),
            previous=entry.previous if fuzzy and entry.fuzzy else None,
        )

    def _confirmed(self, entry: Entry, element: Any, target: Any) -> bool:
        """Whether a translation needs no work.

        Tools say so by the state, by the approval, or by both, and some change only one of them:
        then what was changed counts, and not what is left of what went out.
        """
        unit = self.unit.createfromxmlElement(element)
        approved = bool(unit.isapproved())
        level = unit.statemap.get(target.get("state"))
        if level is None:
            return approved
        if level >= unit.S_TRANSLATED:
            return True
        return approved and (entry.fuzzy or not entry.translation)

    def _comments(self, entry: Entry, element: Any) -> str:
        """What the translator remarked. Some tools drop all notes: that takes none of ours away."""
        notes = [
            child
            for child in element
            if child.tag == _name("note") and child.get("from") != _DEVELOPER
        ]
        text = "\n".join(filter(None, (self._text(note).strip() for note in notes)))
        if not text or text == entry.comments.strip():
            return entry.comments
        return "\n".join(line.rstrip(" \t") for line in self._clean(text, notes[0]).split("\n"))

    def _text(self, element: Any) -> str:
        """The words in an element; what cannot be said in words is a problem."""
        parts = [element.text or ""]
        for child in element:
            name = str(child.tag).removeprefix(_name(""))
            if name in _MARKS:
                parts.append(self._text(child))
            elif name in _CODES and child.text and not len(child):
                parts.append(child.text)
            else:
                message = f"<{name.rpartition('}')[2]}> stands for what words cannot say"
                hint = "take it out; what is marked in a text stands in it as it went out"
                self._tell("X8", message, child, hint)
            parts.append(child.tail or "")
        return "".join(parts)

    def _clean(self, text: str, element: Any) -> str:
        """A text that came back, with line feeds alone; character references can hide the rest."""
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        for problem in decode(self.path, text.encode())[1]:
            span = Span(self.path, element.sourceline + problem.span.line - 1)
            self._add(dataclasses.replace(problem, span=span))
        return text

    def _tell(self, code: str, message: str, element: Any, hint: str) -> None:
        if (
            len(self.problems) < _MOST
        ):  # a line is looked for in as many steps as there are elements
            self._add(Problem(code, message, Span(self.path, element.sourceline), hint))
        else:
            self.untold += 1

    def _add(self, problem: Problem) -> None:
        if len(self.problems) < _MOST:
            self.problems.append(problem)
        else:
            self.untold += 1

    def told(self) -> tuple[Problem, ...]:
        """The first problems: a file of nothing but faults is told in a page."""
        if not self.untold:
            return tuple(self.problems)
        message = f"{self.untold} more faults are not told"
        return (*self.problems, Problem("X1", message, self.problems[-1].span))


def _name(local: str) -> str:
    return f"{{{_SPACE}}}{local}"


def _flags(entry: Entry, *, fuzzy: bool) -> tuple[str, ...]:
    if fuzzy is entry.fuzzy:
        return entry.flags
    return ("fuzzy", *entry.flags) if fuzzy else tuple(f for f in entry.flags if f != "fuzzy")
