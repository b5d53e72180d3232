"""What looks wrong in a translation and holds nothing back: warnings, and notes on habit.

Whether it is wrong, people decide. What a translation must keep is the business of `compare`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from . import figures, glossary, locales
from .compare import HOLE, Difference, Found, Pair, Rule, Sides, mixed
from .locales import Locale

_WORDS = re.compile(r"[^\W\d_]+(?:[’'\-][^\W\d_]+)*")
_LETTERS = re.compile(r"[^\W\d_]+")


def doubts(pair: Pair) -> tuple[Difference, ...]:
    """What looks wrong in a translation."""
    sides = Sides(pair)
    return tuple(Difference(code, *told) for code, rule in RULES.items() for told in rule(sides))


def _language(locale: Locale | None) -> str:
    return locale.tag.partition("-")[0] if locale else ""


def _listed(items: Sequence[str]) -> str:
    return ", ".join(items[:5]) + (" …" if len(items) > 5 else "")


# ── Numbers ──────────────────────────────────────────────────────────────────────────────────

_SPELLED = {
    "en": re.compile(
        r"\b(?:eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|"
        r"(?:twen|thir|for|fif|six|seven|eigh|nine)ty|hundreds?|thousands?|millions?|billions?|"
        r"dozens?|half|quarter|\w+teenth|\w+tieth)\b",
        re.IGNORECASE,
    ),
    "tr": re.compile(
        r"\b(?:on|yirmi|otuz|kırk|elli|altmış|yetmiş|seksen|doksan|yüz|bin|milyon|milyar|yarı)",
        re.IGNORECASE,
    ),
    "ru": re.compile(
        r"\b(?:\w+надцат|двадцат|тридцат|сорок|\w+десят|девяност|сто\b|сот|двест|\w+ста\b|тысяч|"
        r"миллион|миллиард|полов|дюжин)",
        re.IGNORECASE,
    ),
}
"""Numbers above ten, written out."""


def _spelled(text: str, locale: Locale | None) -> bool:
    pattern = _SPELLED.get(_language(locale))
    return bool(pattern and pattern.search(text))


def _change(sides: Sides) -> tuple[figures.Change, tuple[str, ...]] | None:
    """How numbers differ, and those lost that are not told as E11; None where they are equal."""
    if not any(c.isdecimal() for c in sides.text) and not any(
        c.isdecimal() for c in sides.text_before
    ):
        return None
    change = figures.change(sides.text_before, sides.text)
    told = Counter(change.lost_dates) if sides.short else Counter()
    lost = tuple((Counter(change.lost) - told).elements())
    if told and not lost:
        return None  # what stands in the place of a lost date is no second finding
    return (change, lost) if lost or change.gained else None


def _written_out(sides: Sides, change: figures.Change) -> bool:
    if change.small:
        return True
    if change.lost and change.gained:
        return False
    text, locale = (
        (sides.text, sides.pair.locale) if change.lost else (sides.text_before, sides.pair.original)
    )
    return _spelled(text, locale)


def _numbers(sides: Sides) -> Found:
    """W1."""
    if (found := _change(sides)) and not _written_out(sides, found[0]):
        yield _numbered(found), "copy every number from the original, or write it out"


def _small_numbers(sides: Sides) -> Found:
    """N6."""
    if (found := _change(sides)) and _written_out(sides, found[0]):
        yield f"number written out? {_numbered(found)}", "look whether it is the same number"


def _numbered(found: tuple[figures.Change, tuple[str, ...]]) -> str:
    change, lost = found
    parts = [f"missing in translation: {_listed(lost)}"] if lost else []
    parts += [f"only in translation: {_listed(change.gained)}"] if change.gained else []
    return "; ".join(parts)


# ── Ends, brackets, quotation marks ──────────────────────────────────────────────────────────

_ENDS = frozenset(".?!…؟۔।。！？։؛")
_ASKING = frozenset("?؟？")
_CLOSERS = " \t\n\u00a0\u202f\u200e\u200f\u200c)]}»”“’‘'\"*_›"


_SMILEY = re.compile(r"[:;]-?[()]")


def _end(text: str) -> str:
    return _SMILEY.sub("", text).rstrip(_CLOSERS)[-3:]


def _asks(end: str, locale: Locale | None) -> bool:
    return bool(_ASKING.intersection(end)) or (_language(locale) == "el" and end.endswith(";"))


def _final(sides: Sides) -> Found:
    """W2."""
    had, has = _end(sides.text_before), _end(sides.text)
    # One word with a full stop is an abbreviation.
    if not has or has[-1] == HOLE or " " not in sides.text_before.strip():
        return
    if had[-1:] in _ASKING:
        if not _asks(has, sides.pair.locale):
            yield "the original asks a question", "end with the question mark of the language"
    elif had[-1:] in _ENDS and has[-1] not in _ENDS and not _asks(has, sides.pair.locale):
        message = f"the original ends with {had[-1]} and the translation with {has[-1]}"
        yield message, "is the end of the sentence missing?"


def _colon(sides: Sides) -> Found:
    """N15."""
    if _end(sides.text_before).endswith(":") and _end(sides.text).endswith("."):
        yield "the original ends with : and the translation with .", "does something follow?"


_ITEM = re.compile(r"(?<!\w)\w{1,2}\)\Z")
_FAMILIES = {"round brackets": ("(", ")"), "square brackets": ("[", "]"), "braces": ("{", "}")}
_QUOTES = {"«": "»", "“": "”", "„": "“”"}


def _unclosed(text: str) -> set[str]:
    """What is not closed, or closes nothing, in a text."""
    text = _SMILEY.sub(" ", text)
    wrong = set()
    for name, (opening, closing) in _FAMILIES.items():
        depth = 0
        for at, char in enumerate(text if closing in text or opening in text else ""):
            if char == opening:
                depth += 1
            elif char == closing and (depth or not _ITEM.search(text[max(0, at - 3) : at + 1])):
                depth -= 1
                if depth < 0:
                    break
        if depth:
            wrong.add(name)
    if not _quotes_close(text):
        wrong.add("quotation marks")
    return wrong


def _quotes_close(text: str) -> bool:
    """Whether quotation marks close. `“` closes after `„` and opens otherwise; `’` may be an
    apostrophe anywhere, so that it closes where something is open and else says nothing."""
    opened: list[str] = []
    for at, char in enumerate(text):
        if opened and char in _QUOTES.get(opened[-1], ""):
            opened.pop()
        elif char in _QUOTES:
            opened.append(char)
        elif char in "»”":
            return False
        elif char == "‘" and not (
            (at and text[at - 1].isalpha()) or text[at + 1 : at + 2].isdecimal()
        ):
            opened.append("‘")
        elif char == "’" and opened and opened[-1] == "‘":
            inside = at and text[at - 1].isalpha() and text[at + 1 : at + 2].isalpha()
            if not inside:
                opened.pop()
    return not opened


def _brackets(sides: Sides) -> Found:
    """W3."""
    wrong = _unclosed(sides.prose)
    if wrong and (gained := sorted(wrong - _unclosed(sides.prose_before))):
        yield f"not closed: {', '.join(gained)}", "every opening mark needs the closing one"
    if sides.prose.count("((") > sides.prose_before.count("(("):
        yield "a doubled bracket: ((", "take one out"


_HOUSE = {
    "ru": "«»„“",
    "uk": "«»„“”",
    "tr": "“”‘’",
    "en": "“”‘’",
    "fa": "«»",
    "es": "«»“”‘’",
    "fr": "«»“”‘’\u2039\u203a",
    "de": "„“‚‘»«",
}
"""Quotation marks of a language, main and inner pairs."""
_MARKS = frozenset('«»“”„"')


def _strange_quotes(sides: Sides) -> Found:
    house = _HOUSE.get(_language(sides.pair.locale))
    if house is None or sides.own:
        return
    strange = sorted(_MARKS.intersection(sides.prose) - set(house))
    if strange:
        language = sides.pair.locale.tag
        yield f"not a quotation mark of {language}: {' '.join(strange)}", f"{language} has {house}"


def _house_quotes(sides: Sides) -> Found:
    """W11."""
    if sides.pair.house_quotes:
        yield from _strange_quotes(sides)


def _habitual_quotes(sides: Sides) -> Found:
    """N13."""
    if not sides.pair.house_quotes:
        yield from _strange_quotes(sides)


# ── Words ────────────────────────────────────────────────────────────────────────────────────

_DOUBLES = {
    "tr": frozenset(
        (
            *("hemen", "birer", "tek", "teker", "adım", "tekrar", "sık", "yavaş", "zaman", "parça"),
            *("ayrı", "kısa", "uzun", "ara", "ağır", "art", "bire", "ya", "de", "da", "hem", "ne"),
        )
    ),
    "ru": frozenset(("едва", "чуть", "еле", "давно")),
    "uk": frozenset(("ледь", "далеко", "давно")),
    "en": frozenset(("had", "that")),
}
"""Words that a language doubles on purpose."""


def _doubles(text: str, locale: Locale | None) -> dict[str, str]:
    """Words that stand twice in a row, folded → as written."""
    found: dict[str, str] = {}
    last: re.Match[str] | None = None
    for match in _WORDS.finditer(text):
        if last and text[last.end() : match.start()].isspace():
            word = locales.fold(match[0], locale)
            if word == locales.fold(last[0], locale):
                found[word] = f"{last[0]} {match[0]}"
        last = match
    return found


def _doubled(sides: Sides) -> Found:
    """W4."""
    locale = sides.pair.locale
    found = _doubles(sides.prose, locale)
    for word in _DOUBLES.get(_language(locale), frozenset()):
        found.pop(word, None)
    if found and not _doubles(sides.prose_before, sides.pair.original):
        yield f"a word twice in a row: {_listed([*found.values()])}", "take one out"


_LOWER = 3
_QUOTED = re.compile(r"«[^»]*»|“[^”]*”|„[^“”]*[“”]|\"[^\"]*\"|‘[^’]*’")


def _same(sides: Sides) -> bool:
    if sides.own or sides.pair.msgid.strip() != sides.pair.msgstr.strip():
        return False
    names: set[str] = set()
    if sides.pair.glossary:
        names = {w for t in sides.pair.glossary.terms for w in _LETTERS.findall(t.term)}
    plain = [w for w in _LETTERS.findall(sides.prose) if len(w) >= _LOWER and w.islower()]
    return len([word for word in plain if word not in names]) >= 4


_RUN = 6
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f][A-Za-z\u00c0-\u024f’'\-]*")


def _run(sides: Sides) -> str:
    """A run of words that nobody translated; empty where there is none."""
    if sides.own or not sides.prose:
        return ""
    after = _QUOTED.sub(HOLE, sides.prose)
    for run in _runs(after, _WORDS):
        known = _QUOTED.sub(HOLE, sides.prose_before)
        shared = _shared(run, [w for r in _runs(known, _WORDS) for w in [*r, HOLE]])
        if shared:
            return shared
    if locales.script(sides.pair.locale) != "Latn":
        for run in _runs(after, _LATIN):
            if len(run) >= _RUN and _prose(run):
                return " ".join(run[:_RUN])
    return ""


def _runs(text: str, pattern: re.Pattern[str]) -> Iterator[list[str]]:
    """Runs of words with nothing but spaces and commas between them."""
    run: list[str] = []
    end = 0
    for match in pattern.finditer(text):
        if run and text[end : match.start()].strip(" ,\n"):
            yield run
            run = []
        run.append(match[0])
        end = match.end()
    if run:
        yield run


def _shared(run: list[str], known: list[str]) -> str:
    if len(run) < _RUN:
        return ""
    grams = {tuple(known[at : at + _RUN]) for at in range(len(known) - _RUN + 1)}
    for at in range(len(run) - _RUN + 1):
        gram = run[at : at + _RUN]
        if tuple(gram) in grams and _prose(gram):
            return " ".join(gram)
    return ""


def _prose(run: Sequence[str]) -> bool:
    """Whether a run is language and not a name: names have capitals."""
    return sum(word.islower() and len(word) > 1 for word in run) >= _RUN // 2 + 1


def _untranslated(sides: Sides) -> Found:
    """W5."""
    if not sides.note and _same(sides):
        yield "the translation is the original", "leave it empty while it is not translated"


def _left(sides: Sides) -> Found:
    """W6."""
    if not sides.note and not _same(sides) and (run := _run(sides)):
        message = f"a run of words is not translated: {run} …"
        yield message, "mark what is quoted as [words]{lang=…}, or translate it"


def _cited(sides: Sides) -> Found:
    """N14."""
    if sides.note and (_same(sides) or _run(sides)):
        yield "stays in the original's language", "titles do; sentences are translated"


_BRACKETED = re.compile(r"\s?[(\[][^()\[\]]*[)\]]")
_DENSE = frozenset({"Hans", "Hant", "Jpan", "Kore", "Hani"})


def _length(sides: Sides) -> Found:
    """W7."""
    if locales.script(sides.pair.locale) in _DENSE or sides.own:
        return
    before, after = (t.replace(HOLE, "").strip() for t in (sides.text_before, sides.text))
    if after.count("(") + after.count("[") > before.count("(") + before.count("["):
        before, after = _BRACKETED.sub("", before), _BRACKETED.sub("", after)
    if len(before) < 40 or not after:
        return
    ratio = len(after) / len(before)
    if not 0.5 <= ratio <= 2:
        shown = f"{len(after)} characters for {len(before)}"
        if not 0.3 <= ratio <= 3:
            yield f"another entry's text? {shown}", "compare it with the original"
        else:
            yield shown, "is a sentence missing, or one too many?"


def _emphasis(sides: Sides) -> Found:
    """W8."""
    for kind, name in (("em", "*…*"), ("strong", "**…**")):
        had, has = (sum(1 for _ in x.all(kind)) for x in (sides.before, sides.after))
        if had != has:
            hint = "stress what the original stresses"
            yield f"{name}: {had} in the original, {has} here", hint


# ── Letters ──────────────────────────────────────────────────────────────────────────────────

_TURKISH = (
    re.compile(r"[a-zçğıöşü]I[a-zçğıöşü]"),
    re.compile(r"[A-ZÇĞİÖŞÜ]{2}i[A-ZÇĞİÖŞÜ]|\A[A-ZÇĞİÖŞÜ]i[A-ZÇĞİÖŞÜ]{2}"),
)
_MISSPELT = re.compile(r"(?<!\w)(?:ISTANBUL|TURKIYE|IZMIR|IRAN|ISRAIL|Iran|Israil)\w*")


def _phrases(text: str) -> Iterator[str]:
    """Every two words that follow each other."""
    for match in re.finditer(r"(?=((?<!\w)\w+[ ,]+\w+))", text):
        yield match[1]


def _dotless(sides: Sides) -> Found:
    """W10."""
    if _language(sides.pair.locale) != "tr" or sides.own:
        return
    known = set(_LETTERS.findall(sides.text_before))
    wrong = [
        word
        for word in dict.fromkeys(_LETTERS.findall(sides.prose))
        if word not in known and any(pattern.search(word) for pattern in _TURKISH)
    ]
    # In a name of several words (Iran Daily) the word is not Turkish.
    phrases = set(_phrases(sides.text_before))
    wrong += [
        match[0]
        for match in _MISSPELT.finditer(sides.prose)
        if not any(phrase in sides.prose for phrase in phrases if match[0] in phrase)
    ]
    if wrong:
        yield f"I for İ, or i for ı: {_listed(wrong)}", "in Turkish: İran, İSTANBUL, TÜRKİYE, ılık"


def _scripts(sides: Sides) -> Found:
    """N7."""
    if others := mixed(sides)[1]:
        yield f"letters of two scripts in a word: {_listed(others)}", "is it a name?"


# ── Terms ────────────────────────────────────────────────────────────────────────────────────


def _terms(sides: Sides) -> Found:
    """W12."""
    if sides.pair.glossary is None or sides.own:
        return
    for term in glossary.missing(
        sides.pair.glossary, sides.prose_before, sides.text, sides.pair.original
    ):
        forms = " or ".join(term.translations)
        message = f"“{term.term}” is {forms} in the glossary"
        yield message, term.note or f"write it so; the terms are in {sides.pair.glossary.path}"


def _more_code(sides: Sides) -> Found:
    """W13."""
    had, has = (Counter(a.content for a in x.all("code")) for x in (sides.before, sides.after))
    if gained := has - had:
        yield f"code added: {_listed(sorted(gained))}", "is it meant as code?"


# ── Typing ───────────────────────────────────────────────────────────────────────────────────

_DOUBLE_SPACE = re.compile(r"\S  +(?=\S)")


def _spaces(sides: Sides) -> Found:
    """N1."""
    had, has = (
        sum(len(_DOUBLE_SPACE.findall(atom.content)) for atom in x.all("text"))
        for x in (sides.before, sides.after)
    )
    if has > had:
        yield "a double space", "one space stands between words"


def _loose_marks(sides: Sides) -> Found:
    """N2."""
    had, has = (
        sum(
            a.kind == "text" and a.content[-1:].isspace() and b.kind == "mark"
            for a, b in zip(x.atoms, x.atoms[1:], strict=False)
        )
        for x in (sides.before, sides.after)
    )
    if has > had:
        yield "white space before a note mark", "the mark follows its word at once"


def _capitals(sides: Sides) -> Found:
    """N3."""
    letters = [char for char in sides.prose if char.isalpha()]
    shouted = len(letters) >= 6 and all(char.isupper() for char in letters)
    if shouted and any(char.islower() for char in sides.prose_before):
        yield "the translation is in capitals", "the page's style makes capitals where needed"


def _ellipsis(sides: Sides) -> Found:
    """N4."""
    if "..." in sides.text and "..." not in sides.text_before:
        yield "three full stops for an ellipsis", "the character is …"


def _order(sides: Sides) -> Found:
    """N5."""
    had, has = ([a.content for a in x.all("mark")] for x in (sides.before, sides.after))
    if had != has and sorted(had) == sorted(has):
        yield "note marks in another order", "that is fine; the notes are numbered anew"


_PERCENT = {
    "ru": (re.compile(r"\d%"), "20 %, with a no-break space"),
    "uk": (re.compile(r"\d %"), "20%"),
    "en": (re.compile(r"\d[ \u00a0]%"), "20%"),
    "tr": (re.compile(r"\d[ \u00a0\u202f]?%"), "%20"),
}


def _spacing(sides: Sides) -> Found:
    """N8."""
    if " - " in sides.text and " - " not in sides.text_before:
        yield "a hyphen for a dash", "the dash is —"
    if found := _PERCENT.get(_language(sides.pair.locale)):
        pattern, right = found
        if not sides.own and pattern.search(sides.text):
            yield "a percent sign out of its place", f"{sides.pair.locale.tag} has {right}"


RULES: dict[str, Rule] = {
    "W1": _numbers,
    "W2": _final,
    "W3": _brackets,
    "W4": _doubled,
    "W5": _untranslated,
    "W6": _left,
    "W7": _length,
    "W8": _emphasis,
    "W10": _dotless,
    "W11": _house_quotes,
    "W12": _terms,
    "W13": _more_code,
    "N1": _spaces,
    "N2": _loose_marks,
    "N3": _capitals,
    "N4": _ellipsis,
    "N5": _order,
    "N6": _small_numbers,
    "N7": _scripts,
    "N8": _spacing,
    "N13": _habitual_quotes,
    "N14": _cited,
    "N15": _colon,
}
"""Code → the function that finds it."""
