"""A translation beside its original: the pair taken apart, and what a translation must keep.

Compared are the atoms that the build's own parser makes of both texts, never the raw text. What
merely looks wrong in a translation is the business of `doubts`.
"""

from __future__ import annotations

import contextlib
import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote_to_bytes

from . import figures, fonts, locales, markdown
from .locales import Locale
from .markdown import Atom, Definitions, Inline
from .model import Glossary
from .sources import unbalanced

HOLE = "\ufffc"
"""Stands in a text for what is not made of its words: code, an address, a foreign passage. It is
no space, which would join words that do not follow each other."""

_WORD = re.compile(r"\w")
_WORDS = re.compile(r"[^\W\d_]+")
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>()\[\]]+")


@dataclass(frozen=True, slots=True)
class Difference:
    """A rule that a translation breaks."""

    code: str
    """Code of the rule."""

    message: str
    """What differs."""

    hint: str
    """What to do about it."""

    firm: bool = False
    """Whether nobody can waive it, whoever may waive its rule."""


@dataclass(frozen=True, slots=True)
class Pair:
    """An original, its translation, and what the rules want to know about the two."""

    msgid: str
    """The original."""

    msgstr: str
    """The translation."""

    locale: Locale
    """Language of the translation."""

    original: Locale | None = None
    """Language of the original; None where it is not known."""

    kind: str = "paragraph"
    """What the message is: `paragraph`, `note 3`, `title` …"""

    plain: bool = False
    """Whether the texts are plain ones of one line, such as a title."""

    definitions: Definitions = ()
    """Link reference definitions of the piece."""

    notes: frozenset[str] | None = None
    """Labels of the piece's notes; None where they are not known."""

    localized: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Address → language tag → the address that may stand for it in a translation."""

    glossary: Glossary | None = None
    """Terms of the translation's language."""

    house_quotes: bool = False
    """Whether the quotation marks of the translation's language are a rule of the house."""


class Sides:
    """A pair taken apart."""

    __slots__ = (
        *("after", "before", "kinds", "pair", "prose", "prose_before", "read", "read_before"),
        *("text", "text_before"),
    )

    def __init__(self, pair: Pair) -> None:
        """Parse both texts as the build does, inline or as a plain line."""
        self.pair = pair
        self.before = _parsed(pair.msgid, pair)
        """Atoms of the original."""
        self.after = _parsed(pair.msgstr, pair)
        """Atoms of the translation."""
        self.kinds = {atom.kind for one in (self.before, self.after) for atom in one.atoms}
        """What kinds of atoms either has."""
        self.read_before = _read(self.before)
        """All that readers of the original are told, descriptions of images too."""
        self.read = _read(self.after)
        """All that readers of the translation are told."""
        self.text_before = words(self.before)
        """Words of the original."""
        self.text = words(self.after)
        """Words of the translation."""
        marked = "span" in self.kinds
        self.prose_before = (
            words(self.before, pair.original or pair.locale) if marked else self.text_before
        )
        """Words of the original in its own language."""
        self.prose = words(self.after, pair.locale) if marked else self.text
        """Words of the translation in its own language."""

    @property
    def short(self) -> bool:
        """Whether it is a title, another line of front matter, or a note."""
        return self.pair.plain or self.note

    @property
    def note(self) -> bool:
        """Whether it is a note, where titles and names often stay as they were."""
        return self.pair.kind.startswith("note")

    @property
    def own(self) -> bool:
        """Whether the translation is in the language of the original."""
        return self.pair.original == self.pair.locale


def _parsed(text: str, pair: Pair) -> Inline:
    if pair.plain:
        return Inline((Atom("text", text),), markdown.html_tags(text), (), ())
    return markdown.inline(text, pair.definitions)


def words(inline: Inline, locale: Locale | None = None) -> str:
    """The text that readers read, without code, addresses and HTML.

    With a `locale`, passages marked as being in another language are left out too.
    """
    parts: list[str] = []
    foreign: list[bool] = []
    for atom in inline.atoms:
        if atom.kind == "text" and not foreign:
            parts.append(atom.content)
        elif atom.kind == "span":
            own = locale is None or not atom.language or atom.language == locale.tag
            foreign.append(not own)
            if not own:
                parts.append(HOLE)
        elif atom.kind == "/span":
            foreign.pop()
        elif any(foreign):
            continue
        elif atom.kind == "image":
            parts += [HOLE, *(a.content for a in atom.children if a.kind == "text"), HOLE]
        else:
            parts.append(_SHOWN.get(atom.kind, atom.content if atom.kind == "text" else ""))
    text = markdown.without_tags("".join(parts)) if inline.tags else "".join(parts)
    return _ADDRESS.sub(HOLE, text) if "://" in text or "www." in text else text


_SHOWN = {"code": HOLE, "address": HOLE, "fold": " ", "break": "\n"}


# ── What a translation must keep ─────────────────────────────────────────────────────────────

Found = Iterator[tuple[str, str]]
"""Message and hint of each finding of a rule."""


def differences(pair: Pair) -> tuple[Difference, ...]:
    """What a translation changes beside words (law 4); empty where it may stand.

    A marked passage in the target's own language may lose its mark.
    """
    sides = Sides(pair)
    found = [Difference(code, *told) for code, rule in RULES.items() for told in rule(sides)]
    found += (Difference("E3", *told, firm=True) for told in _unsafe(sides))
    return tuple(found)


def _counted(what: str, lost: Counter[str], gained: Counter[str]) -> str:
    parts = [f"{what} missing: {', '.join(sorted(lost.elements()))}"] if lost else []
    parts += [f"{what} added: {', '.join(sorted(gained.elements()))}"] if gained else []
    return "; ".join(parts)


# Zero-width space, word joiner, byte-order mark, soft hyphen, replacement, controls.
_STRAY = re.compile(
    "[\ufffd\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2060\ufeff\u00ad\u034f\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_DOTTED = "i\u0307"
_SUSPECT = re.compile(rf"{_STRAY.pattern}|[\u0307\u202a-\u202e\u2066-\u2069]")
"""What may be wrong with a text's characters, beside how they are composed."""


def _characters(sides: Sides) -> Found:
    """E9, in what is written and in what readers get of it: `&#x202e;` is a character to them."""
    before = sides.pair.msgid + sides.read_before
    written, read = sides.pair.msgstr, sides.read
    texts = (written,) if written == read else (written, read)
    if not any(map(_SUSPECT.search, texts)) and _composed(*texts):
        return
    stray = sorted({char for text in texts for char in _STRAY.findall(text)}.difference(before))
    if stray:
        named = ", ".join(f"U+{ord(char):04X}" for char in stray)
        yield f"invisible or broken character: {named}", "take it out, or type the passage anew"
    for text in texts:
        if (wrong := unbalanced(text)) and not unbalanced(sides.pair.msgid):
            named = f"U+{ord(text[wrong[0]]):04X}"
            message = f"bidirectional control {named} is not closed, or closes nothing"
            yield message, "take it out, or mark the words as [words]{lang=…}"
            break
    if not _composed(*texts) and _composed(before):
        yield "not composed Unicode (NFC)", "type the accented letters anew; most editors save NFC"
    if sides.pair.locale.tag == "tr" and _DOTTED in written + read and _DOTTED not in before:
        message = "a second dot (U+0307) above i"
        yield message, "it comes from lower-casing İ in another language: type the i anew"


def _composed(*texts: str) -> bool:
    return all(unicodedata.is_normalized("NFC", text) for text in texts)


def _read(inline: Inline) -> str:
    return "".join(part.content for atom in inline.atoms for part in (atom, *atom.children))


def _empty(sides: Sides) -> Found:
    """E10."""
    if _worded(sides.before) and not _worded(sides.after):
        message = "there are no words in the translation"
        yield message, "leave it empty while it is not translated"


def _worded(inline: Inline) -> bool:
    """Whether readers find a word in it."""
    return any(
        _WORD.search(atom.content)
        or any(_WORD.search(part.content) for part in atom.children if part.kind == "text")
        for atom in inline.atoms
        if atom.kind in ("text", "code", "address", "image")
    )


_LEAKS = {
    "](": re.compile(
        r"\]\(|\] \((?=https?:|mailto:|www\.|#|\.{0,2}/|[\w./-]+\.(?:md|html?|png|jpe?g)\b)"
    ),
    "`": re.compile(r"`"),
    "**": re.compile(r"\*\*"),
    "__": re.compile(r"__"),
    "*": re.compile(r"(?<=[^\W\d_])\*|\*(?=[^\W\d_])"),
    # Inside a word, or a figure such as 10_u16, it is no markup.
    "_": re.compile(r"(?<=[^\W\d_])_(?!\w)|(?<!\w)_(?=[^\W\d_])"),
}


def _markup(sides: Sides) -> Found:
    """E1."""
    if not any(char in sides.text for char in "]`*_"):
        return
    for sign, pattern in _LEAKS.items():
        places = [match.start() for match in pattern.finditer(sides.text)]
        if len(places) > len(pattern.findall(sides.text_before)) and not (
            sign == "](" and sides.after.dead
        ):
            at = places[0]
            near = sides.text[max(0, at - 12) : at + 14].replace(HOLE, "…").replace("\n", " ")
            yield f"markup shown as text: {near.strip()}", _LEAK_HINTS.get(sign, _LEAK_HINT)
            return


_LEAK_HINTS = {
    "](": "no space stands between ] and (, and every bracket is closed",
    "`": "every ` needs its partner",
}
_LEAK_HINT = (
    "put quotes and punctuation outside the markers, with a letter next to them inside, "
    "and use * rather than _: **Талибан**у, «*İran*»"
)


def _definition(sides: Sides) -> Found:
    """E1: a line that defines a note, where a passage should stand."""
    if _defines(sides.after) and not _defines(sides.before):
        mark = sides.after.atoms[0].content
        yield f"the translation begins with [^{mark}]:", "translate the words of the note alone"


def _defines(inline: Inline) -> bool:
    first = inline.atoms[:2]
    return len(first) == 2 and first[0].kind == "mark" and first[1].content.startswith(":")


def _e1(sides: Sides) -> Found:
    """E1."""
    yield from _markup(sides)
    yield from _definition(sides)


def _note_marks(sides: Sides) -> Found:
    """E2."""
    if "mark" not in sides.kinds:
        return
    had, has = (Counter(a.content for a in x.all("mark")) for x in (sides.before, sides.after))
    lost, gained = had - has, has - had
    if lost or gained:
        told = (Counter({f"[^{label}]": n for label, n in x.items()}) for x in (lost, gained))
        hint = "keep each [^…] of the original, once, where the sentence now needs it"
        unknown = sorted(gained.keys() - sides.pair.notes) if sides.pair.notes is not None else []
        if unknown:
            hint = f"the piece has no note [^{unknown[0]}]; {hint}"
        yield _counted("note mark", *told), hint


def _addresses(sides: Sides) -> Found:
    """E3."""
    if not sides.kinds.intersection(("link", "image")):
        return
    localized = _localized(sides.pair)
    for what, kind in (("address", "link"), ("image", "image")):
        if kind not in sides.kinds:
            continue
        had = {(n, address(a.content)): a for n, a in enumerate(sides.before.all(kind))}
        has = {(n, address(a.content)): a for n, a in enumerate(sides.after.all(kind))}
        before = Counter(key for _, key in had)
        after = Counter(localized.get(key, key) for _, key in has)
        lost, gained = before - after, after - before
        shown = {key: a.content for (_, key), a in had.items()}
        shown |= {localized.get(key, key): a.content for (_, key), a in has.items()}
        if told := _counted(what, *(_named(x, shown) for x in (lost, gained))):
            yield told, "copy addresses from the original; only the words in [ ] are yours"


def _named(keys: Counter[str], shown: Mapping[str, str]) -> Counter[str]:
    named: Counter[str] = Counter()
    for key, number in keys.items():
        named[shown.get(key, key)] += number
    return named


def _localized(pair: Pair) -> dict[str, str]:
    """Each address that stands for another in this language → the address it stands for."""
    return {
        address(forms[pair.locale.tag]): address(known)
        for known, forms in pair.localized.items()
        if pair.locale.tag in forms
    }


def _unsafe(sides: Sides) -> Found:
    """E3: links to where no reader should go. Told only where nothing else is told of them."""
    if not sides.after.dead:
        return
    dead = Counter(sides.after.dead) - Counter(sides.before.dead)
    if dead and not any(_addresses(sides)):
        told = _counted("address that leads nowhere", Counter(), dead)
        yield told, "take the link out: the original has none here"


_ENCODED = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_HOST = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://)([^/?#]*)(.*)\Z", re.DOTALL)


@functools.lru_cache(maxsize=1024)
def address(url: str) -> str:
    """An address in the form in which equal ones are equal texts: escapes of letters resolved,
    the host in lower case and in ASCII (IDNA), query and fragment kept.
    """
    url = _ENCODED.sub(_decoded, url)
    if match := _HOST.match(url):
        host = match[2].casefold()
        with contextlib.suppress(UnicodeError):
            host = host.encode("idna").decode("ascii")
        rest = match[3] if match[3].startswith("/") else "/" + match[3]
        url = match[1].casefold() + host + rest
    return url


def _decoded(match: re.Match[str]) -> str:
    try:
        text = unquote_to_bytes(match[0]).decode("utf-8")
    except UnicodeDecodeError:
        return match[0]
    # What is a sign in addresses stays escaped: a%2Fb is not a/b.
    return "".join(c if c > "\x7f" or c.isalnum() or c in "-._~" else quote(c, "") for c in text)


def _passages(sides: Sides) -> Found:
    """E4."""
    if "span" not in sides.kinds:
        return
    kept = _spans(sides.after)
    needed = {s: n for s, n in _spans(sides.before).items() if s[0] != sides.pair.locale.tag}
    lost = Counter(span[2] for span in (Counter(needed) - kept).elements())
    if lost:
        hint = "keep [words]{lang=…} as it is; a translation of the words may follow in brackets"
        yield _counted("marked passage", lost, Counter()), hint
    if sides.after.faults:
        yield f"attribute not allowed: {sides.after.faults[0]}", "known are lang and dir"


def _spans(inline: Inline) -> Counter[tuple[str, str, str]]:
    """Marked passages by language, direction and words."""
    found: Counter[tuple[str, str, str]] = Counter()
    opened: list[tuple[str, str, list[str]]] = []
    for atom in inline.atoms:
        if atom.kind == "span":
            opened.append((atom.language, atom.direction, []))
        elif atom.kind == "/span":
            language, direction, content = opened.pop()
            found[language, direction, "".join(content)] += 1
        elif atom.kind in ("text", "address", "code", "fold"):
            for _, _, content in opened:
                content.append(" " if atom.kind == "fold" else atom.content)
    return found


def _code(sides: Sides) -> Found:
    """E5."""
    if "code" not in sides.kinds:
        return
    had, has = ({a.content for a in x.all("code")} for x in (sides.before, sides.after))
    if lost := had - has:
        hint = "keep what stands between backticks as it is"
        yield _counted("code", Counter(lost), Counter()), hint


def _html(sides: Sides) -> Found:
    """E6."""
    if not sides.after.tags:
        return
    if gained := Counter(sides.after.tags) - Counter(sides.before.tags):
        hint = "write < as &lt; where it is meant as a sign; markup is *…*, **…** and […](…)"
        if sides.pair.plain:
            hint = "this text is plain: it has no markup at all"
        yield _counted("HTML", Counter(), gained), hint


_PLACEHOLDER = re.compile(r"\{\{[^{}\n]{1,80}\}\}")


def _placeholders(sides: Sides) -> Found:
    """E7. Braces alone are prose; code and attributes are no text."""
    if "{{" in sides.text or "{{" in sides.text_before:
        had, has = (Counter(_PLACEHOLDER.findall(x)) for x in (sides.text_before, sides.text))
        if told := _counted("placeholder", had - has, has - had):
            yield told, "keep {{…}} as it is: something is put in its place"


def _edges(sides: Sides) -> Found:
    """E8."""
    before, after = sides.pair.msgid, sides.pair.msgstr
    if sides.pair.plain:
        if "\n" in after.strip():
            yield "line breaks in a text of one line", "write it in one line, as the original is"
    elif "break" in sides.kinds:
        breaks = [sum(1 for _ in x.all("break")) for x in (sides.before, sides.after)]
        if breaks[0] != breaks[1]:
            message = f"line breaks: {breaks[0]} in the original, {breaks[1]} here"
            yield message, "a line break is \\ at the end of a line"
    if "\r" in after and "\r" not in before:
        yield "a carriage return", "lines end with \\n alone"
    for where, edge in (("begins", _lead), ("ends", _tail)):
        if (had := edge(before)) != (has := edge(after)) and after.strip():
            hint = "white space at the edges is part of the text: copy it from the original"
            yield f"{where} with {_space(has)} where the original {where} with {_space(had)}", hint


def _lead(text: str) -> str:
    return text[: len(text) - len(text.lstrip())]


def _tail(text: str) -> str:
    return text[len(text.rstrip()) :]


def _space(edge: str) -> str:
    if not edge:
        return "none"
    return "a line break" if "\n" in edge else "white space"


# ── Dates and letters ────────────────────────────────────────────────────────────────────────


def _dates(sides: Sides) -> Found:
    """E11."""
    if sides.short and any(char.isdigit() for char in sides.text_before):
        lost = figures.change(sides.text_before, sides.text).lost_dates
        if lost:
            hint = "years and dates of titles and notes are facts: copy them from the original"
            yield f"date missing: {', '.join(lost)}", hint


_LATIN_TWINS = frozenset("aceopxykmthbACEOPXYKMTHB")
_OTHER_TWINS = frozenset("аеорсухіјѕԁԛԝһАВЕЗІЈКМНОРЅСТУХοΟΑΒΕΖΗΙΚΜΝΡΤΥΧ")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_FOREIGN = re.compile(r"[\u0370-\u052f]")
_JOINED = re.compile(r"[A-Za-z][\u0400-\u052f]|[\u0400-\u052f][A-Za-z]")
_BRAND = re.compile(r"[A-Z]{2,}[\u0430-\u044f\u0451-\u045f]+")


def mixed(sides: Sides) -> tuple[list[str], list[str]]:
    """Words of the translation in letters of two scripts: by mistake, and the others."""
    script = locales.script(sides.pair.locale)
    if script not in ("Latn", "Cyrl"):
        return [], []
    if not (_FOREIGN if script == "Latn" else _JOINED).search(sides.prose):
        return [], []
    known = set(_WORDS.findall(sides.text_before))
    wrong: list[str] = []
    others: list[str] = []
    for word in dict.fromkeys(_WORDS.findall(sides.prose)):
        latin = _LATIN.findall(word)
        other = _FOREIGN.findall(word)
        if word in known or not latin or not other:
            continue
        if script == "Latn":
            mistaken = len(latin) >= len(other) and not _OTHER_TWINS.isdisjoint(other)
        else:
            mistaken = _LATIN_TWINS.issuperset(latin) and not _BRAND.fullmatch(word)
        (wrong if mistaken else others).append(word)
    return wrong, others


def _letters(sides: Sides) -> Found:
    """E12."""
    wrong, _ = mixed(sides)
    if wrong:
        hint = "some of its letters only look right: type it anew with one keyboard layout"
        yield f"letters of two scripts in a word: {', '.join(wrong)}", hint


def _unprintable(sides: Sides) -> Found:
    """E13. Of a language whose script no font has there are no PDFs at all, and nothing is held."""
    lacking = fonts.missing(sides.read)
    brought = [char for char in lacking if char not in sides.read_before]
    if brought and fonts.writes(locales.script(sides.pair.locale)):
        message = f"the fonts of the PDFs do not have {fonts.named(brought)}"
        yield message, "write it with other characters"


Rule = Callable[[Sides], Iterable[tuple[str, str]]]

RULES: dict[str, Rule] = {
    "E9": _characters,
    "E10": _empty,
    "E1": _e1,
    "E2": _note_marks,
    "E3": _addresses,
    "E4": _passages,
    "E5": _code,
    "E6": _html,
    "E7": _placeholders,
    "E8": _edges,
    "E11": _dates,
    "E12": _letters,
    "E13": _unprintable,
}
"""Code → the function that finds it, in the order in which they are told."""
