"""Spaces that hold and marks that quote, set by the language's own rules when a text is rendered.

Pure. A text loses nothing here: a space may become a no-break space, a straight quotation mark the
language's own, and in Turkish the space behind a percent sign goes. Dashes, letters and marks that
were set by hand stay. Where it is not certain what a mark means, it stays as it is.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import NamedTuple

from . import locales
from .locales import Locale

OBJECT = "\ufffc"
"""Stands for what has no words of the text's own: code, an image, an address, another language."""

NBSP = "\u00a0"
"""No-break space."""

_GONE = "\uffff"
"""Stands for a space that is taken out, as long as places are counted; not a character."""


def text(words: str, locale: Locale) -> str:
    """A plain text, set in its language.

    >>> text('Mr. Smith said "No. 5"', locales.parse("en"))
    'Mr.\\xa0Smith said “No.\\xa05”'
    """
    return _set(words, locale).replace(_GONE, "")


def plain(words: str) -> str:
    """A text as it is typed, for whoever compares it or cannot know what a no-break space is."""
    return words.replace(NBSP, " ")


def nodes(parts: Sequence[str], locale: Locale) -> tuple[str, ...]:
    """The parts of one running text, each set as the whole is: a mark may open in one and close in
    another. `OBJECT` stands for what is not to be looked at.
    """
    whole = "".join(parts)
    done = _set(whole, locale)
    if done == whole:
        return tuple(parts)
    found: list[str] = []
    at = 0
    for part in parts:
        found.append(done[at : at + len(part)].replace(_GONE, ""))
        at += len(part)
    return tuple(found)


@functools.lru_cache(maxsize=4096)
def _set(words: str, locale: Locale) -> str:
    """The text with each change in its place, so that its length stays."""
    rules = _rules(locale)
    if rules.spaces:
        words = rules.spaces.sub(NBSP, words)
    if rules.percent_first and "%" in words:
        words = _PERCENT.sub(_GONE, words)
    if not rules.quotes:
        return words
    if rules.elisions and "'" in words:
        words = _ELISIONS.sub(lambda match: match[0].replace("'", "’"), words)
    # What was set makes more certain what is left; each round leaves fewer straight marks.
    before = ""
    while words != before and ('"' in words or "'" in words):
        before, words = words, _quoted(words, rules)
    return words


class _Rules(NamedTuple):
    """What a language asks for."""

    spaces: re.Pattern[str] | None = None
    """Spaces that hold."""

    quotes: str = ""
    """Its quotation marks: opening and closing, and those of a quotation in a quotation."""

    percent_first: bool = False
    """Whether the percent sign stands before its number, without a space."""

    bare_genitive: bool = False
    """Whether a word may end in an apostrophe: the ports’ harbours."""

    elisions: bool = False
    """Whether a word may begin with one: ’twas, rock ’n’ roll, the ’90s."""


# ── Spaces ───────────────────────────────────────────────────────────────────────────────────

# Every pattern sees a no-break space as the space that it was, so that nothing depends on which
# space is looked at first.
_S = "[ \u00a0\u202f]"
_START = r"(?<![\w.\-’'])"
_UPPER = r"[A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪĮİĶĹĻĽŁŃŅŇŌŐŒŔŘŚŞŠŢŤŪŮŰŲŹŻŽȘȚЀ-Я]"
_PERCENT = re.compile(rf"(?<=(?<![\d%])(?<!\d{_S})%) (?=\d)")


def _behind(*words: str, start: str = _START) -> str:
    """Just behind one of the words and its space; a look back has to know its length."""
    by_length: dict[int, list[str]] = {}
    for word in words:
        by_length.setdefault(len(word), []).append(re.escape(word))
    return "|".join(f"(?<={start}(?:{'|'.join(same)}) )" for same in by_length.values())


def _ending(last: str, *rules: tuple[str, str]) -> str:
    """Rules for spaces behind one of the characters: what stands before, and what comes next.
    Most spaces are passed over by the character alone."""
    pairs = "|".join(f"(?:{behind})(?={ahead})" for behind, ahead in rules)
    return f"(?<={last} )(?:{pairs})"


def _spaces(*groups: str) -> re.Pattern[str]:
    """Single spaces to which a rule of one of the groups applies."""
    return re.compile(f" (?<=\\S )(?:{'|'.join(groups)})")


def _measure(*units: str) -> tuple[str, str]:
    names = "|".join(map(re.escape, sorted(units, key=len, reverse=True)))
    return r"(?<=\d )", rf"(?:{names})(?!\w)"


def _with_capital(*words: str) -> tuple[str, ...]:
    # Russian words: their first letters have one capital each, whoever asks.
    return (*words, *(word[0].translate(_CAPITALS) + word[1:] for word in words))


_CAPITALS = str.maketrans("абвгдежзиклмнопрстуч", "АБВГДЕЖЗИКЛМНОПРСТУЧ")
_UNITS = (
    *("km²", "m²", "km³", "m³", "km/h", "km", "cm", "mm", "m", "kg", "mg", "g", "ha", "kWh"),
    *("MWh", "GWh", "TWh", "kW", "MW", "GW", "kV", "Hz", "kHz", "MHz", "GHz", "kB", "MB", "GB"),
    *("°C", "°F", "‰", "%"),
)
_RUSSIAN_UNITS = (
    *("км²", "м²", "км³", "м³", "км/ч", "км", "см", "мм", "м", "кг", "мг", "г", "га", "т", "л"),
    *("кВт·ч", "кВт", "МВт", "ГВт", "кВ", "Гц", "МГц", "кБ", "КБ", "МБ", "ГБ"),
    *("тыс.", "млн", "млрд", "трлн", "руб.", "долл.", "чел.", "экз."),
)
_SHORT = (
    *("а", "без", "в", "во", "да", "до", "для", "за", "и", "из", "или", "изо", "как", "к", "ко"),
    *("на", "над", "не", "ни", "но", "о", "об", "обо", "от", "ото", "по", "под", "при", "про"),
    *("с", "со", "то", "у", "что"),
)
"""Russian prepositions, conjunctions and negations of one to three letters."""

_SIGN = ("(?<=[№§] )", r"\d")
_FIGURE = r"\d|(?:[IVXLCDM]+|[ivxlcdm]+)(?!\w)"
"""A number, also one in Roman figures."""

_SPACES = {
    "en": _spaces(
        _ending(
            r"[.\d№§]",
            (_behind("Dr.", "Mr.", "Mrs.", "Ms.", "Prof.", "St.", "Rev.", "Gen.", "Sen."), _UPPER),
            (_behind("p.", "pp.", "vol.", "Vol.", "ch.", "fig.", "Fig."), _FIGURE),
            (_behind("No.", "Nos."), r"\d"),
            _measure(*_UNITS, "a.m.", "p.m."),
            _SIGN,
        )
    ),
    "tr": _spaces(
        _ending(
            r"[.\d№§]",
            (_behind("Dr.", "Prof.", "Doç.", "Av.", "Sn.", "Gen.", "Org.", "Yrd.", "Op."), _UPPER),
            (_behind("s.", "ss.", "c."), _FIGURE),
            (_behind("C.", "no.", "No.", "nr.", "md.", "sy."), r"\d"),
            (_behind("bkz.", "Bkz."), r"\S"),
            _measure(*_UNITS, "TL"),
            _SIGN,
        )
    ),
    "ru": _spaces(
        _ending(
            r"[^\W\d_]",
            (_behind(*_with_capital(*_SHORT)), r"[^\s—–]"),
            (_behind("млн", "млрд", "трлн"), r"(?:руб|долл|чел|экз)\."),
            ("(?<=[IVX] )", r"(?:гг?|вв?)\."),
        ),
        _ending(
            r"[.\d№§]",
            # Initials: А. С. Пушкин.
            (r"(?<=(?<![\w\-’'])[А-ЯЁA-Z]\. )", "[А-ЯЁA-Z][.а-яёa-z]"),
            (r"(?<=\d )", r"(?:гг?|вв?)\."),
            (_behind("г.", start=rf"{_START}(?<![\dIVX]{_S})"), "[А-ЯЁ]"),
            (_behind("им.", "ул.", "проф.", "акад.", "доц.", "св.", "оз.", "пос.", "р."), _UPPER),
            (_behind(*_with_capital("см.", "ср.")), r"\S"),
            (_behind(*_with_capital("с.", "стр.", "т.", "гл.", "ст.", "п.", "пп.")), r"[\dIVXLC]"),
            (_behind(*_with_capital("рис.", "табл.", "вып.", "ч.", "кн.", "д.")), r"[\dIVXLC]"),
            (_behind("т.", "Т."), r"[депкно]\."),
            (_behind("н."), r"э\."),
            (_behind("тыс."), r"(?:руб|долл|чел|экз)\."),
            _measure(*_RUSSIAN_UNITS, *_UNITS),
            ("(?<=[№§] )", r"\S"),
            # Thousands, where a space is written already.
            (
                "|".join(rf"(?<=(?<![\d.,]){digits} )" for digits in (r"\d", r"\d\d", r"\d\d\d")),
                r"\d{3}(?!\d)",
            ),
        ),
        # A dash never begins a line.
        rf"(?=[—–](?:{_S}|\Z))",
    ),
}


@functools.cache
def _rules(locale: Locale) -> _Rules:
    language = locale.tag.partition("-")[0]
    return _Rules(
        spaces=_SPACES.get(language),
        quotes=locales.quotation_marks(locale),
        percent_first=language == "tr",
        bare_genitive=language == "en",
        elisions=language == "en",
    )


# ── Quotation marks ──────────────────────────────────────────────────────────────────────────

# Addresses, and feet and minutes with what follows them, are passed over.
_MARKS = re.compile(
    r"""(?:https?://|www\.)[^\s"<>]*[^\s"'<>.,;:!?)\]]"""
    r"""|\d['′][ \u00a0]?\d{1,3}(?:[.,]\d{1,4})?["″]"""
    r"""|\d['′][ \u00a0]?[x×][ \u00a0]?\d{1,3}['′]?"""
    r"""|''+|["'“”„«»‘’‚‹›]"""
)
_CLOSED_BY = dict(
    zip("“„«»”‘‚‹›’", ("”", "“”", "»", "«", "”", "’", "‘’", "›", "‹", "’"), strict=True)
)
MANY = 500
"""From how many marks on a paragraph is no text that anybody wrote, and stays as it is."""

_SINGLE = frozenset("'‘’‚‹›")
_BEFORE = frozenset("([{—–-/…¿¡\"'“”„«»‘‚‹›")
"""What may stand before an opening mark, beside a space."""
_BEHIND = frozenset(")]}—–-/….,;:!?؟،؛\"'“”„«»’‘‚‹›")
"""What may stand behind a closing mark, beside a space."""

_ENDS = frozenset(")]%+")
"""What may stand before an apostrophe, beside a letter or figure."""
_ABBREVIATION = re.compile(rf"{_UPPER}\.\Z")
"""And the full stop of an abbreviation: T.C.’nin."""


_ELISIONS = re.compile(
    r"(?<=\w )'n'(?= \w)"
    r"|(?<![\w'’])'(?:[Tt]was|[Tt]is|[Tt]were|[Tt]will|em|til|\d\ds)(?![\w'’])"
)
"""English words of which the beginning is left out, as far as they are no others without it."""


class _Mark(NamedTuple):
    """A mark in a text, and what its neighbours let it be."""

    at: int
    char: str
    opens: bool
    closes: bool
    inside: bool
    """Whether it stands in a word."""


def _marks(words: str) -> list[_Mark]:
    found: list[_Mark] = []
    for match in _MARKS.finditer(words):
        char, at = match[0], match.start()
        if len(char) > 1:
            continue
        before, after = words[at - 1 : at], words[at + 1 : at + 2]
        found.append(
            _Mark(
                at,
                char,
                opens=bool(after.strip()) and (not before.strip() or before in _BEFORE),
                closes=bool(before.strip()) and (not after.strip() or after in _BEHIND),
                inside=(before.isalnum() or before == OBJECT) and after.isalpha(),
            )
        )
    return found


def _quoted(words: str, rules: _Rules) -> str:
    """The text with those straight marks set whose meaning is certain."""
    chars = list(words)
    marks = _marks(words)
    if len(marks) > MANY:
        return words
    pairs: list[tuple[_Mark, _Mark]] = []
    opened: list[_Mark] = []
    for index, mark in enumerate(marks):
        # Also behind what has just been closed: “Barış”’ın.
        behind = (
            words[mark.at - 1 : mark.at] in _ENDS
            or (pairs and pairs[-1][1].at == mark.at - 1)
            or _ABBREVIATION.search(words, max(mark.at - 2, 0), mark.at) is not None
        )
        if mark.char in "'’" and (
            mark.inside or (behind and words[mark.at + 1 : mark.at + 2].isalpha())
        ):
            chars[mark.at] = "’"
        elif mark.char not in "\"'":
            if opened and mark.char in _CLOSED_BY.get(opened[-1].char, ""):
                pairs.append((opened.pop(), mark))
            elif mark.char in "“„«‘‚‹" or (mark.char == rules.quotes[0] and mark.opens):
                opened.append(mark)
        elif mark.closes and _partner(opened, mark) and not _more(marks, index, opened, words):
            while opened[-1].char != mark.char:
                opened.pop()
            pairs.append((opened.pop(), mark))
        elif mark.opens:
            opened.append(mark)
        elif rules.bare_genitive and mark.char == "'" and words[mark.at - 1 : mark.at].isalpha():
            chars[mark.at] = "’"
    for pair in pairs:
        if pair[0].char in "\"'":
            chosen = _chosen(pair, pairs, rules.quotes)
            chars[pair[0].at], chars[pair[1].at] = chosen[0], chosen[1]
    return "".join(chars)


def _partner(opened: Sequence[_Mark], mark: _Mark) -> bool:
    """Whether a mark of the kind is open, and nothing set by hand inside it."""
    for other in reversed(opened):
        if other.char == mark.char:
            return True
        if other.char not in "\"'":
            break
    return False


def _more(marks: Sequence[_Mark], index: int, opened: Sequence[_Mark], words: str) -> bool:
    """Whether a mark that could close is rather inches or a genitive, since the one that closes is
    still to come."""
    mark = marks[index]
    before = words[mark.at - 1]
    if not (before.isdigit() or (mark.char == "'" and before in "sS")):
        return False
    if sum(other.char == mark.char for other in opened) > 1:
        return False
    rest = (other for other in marks[index + 1 :] if other.char == mark.char and not other.inside)
    later = next(rest, None)
    return later is not None and later.closes and not later.opens


def _chosen(pair: tuple[_Mark, _Mark], pairs: Sequence[tuple[_Mark, _Mark]], quotes: str) -> str:
    """The language's marks for a pair, by what it stands in."""
    around = [other for other in pairs if other[0].at < pair[0].at and pair[1].at < other[1].at]
    inner = quotes[2] in _SINGLE
    single = pair[0].char == "'"
    if inner:
        # Double and single marks are two things: only a mark inside its like changes.
        around = [other for other in around if (other[0].char in _SINGLE) == single]
    deep = bool(len(around) % 2) != (inner and single)
    return quotes[2:] if deep else quotes[:2]
