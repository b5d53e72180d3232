"""Languages: one value with its spellings, and what Babel knows about each.

Imports Babel's locale data, alone (its extraction is `extract`'s).
"""

from __future__ import annotations

import datetime
import functools
import gettext
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import babel
import babel.core
import babel.dates
import babel.lists
import babel.numbers


@dataclass(frozen=True, slots=True, eq=False)
class Locale:
    """A language as the site knows it. Compare these, never raw strings.

    There is one value a language, which `parse` makes: equal ones are the same.
    """

    tag: str
    """BCP 47 spelling, for `lang`, `hreflang` and PDF: `pt-BR`."""

    posix: str
    """POSIX spelling, for `locales/` and PO headers: `pt_BR`."""

    endonym: str
    """The language's name in itself, as it stands in a list: `Русский`."""

    direction: str
    """`ltr` or `rtl`."""

    def __reduce__(self) -> tuple[Callable[[str], Locale], tuple[str]]:
        """Have `parse` find it again where it is unpickled or copied."""
        return parse, (self.tag,)

    @property
    def path(self) -> str:
        """The language's folder in URLs: the tag in lower case (tags are ASCII)."""
        return self.tag.lower()


class UnknownLocaleError(ValueError):
    """Not the canonical BCP 47 tag of a language that Babel has data for."""

    def __init__(self, text: str, near: str = "") -> None:
        """Keep the text and the canonical tag it probably means, if any."""
        super().__init__(text)
        self.near = near


# Unicode CLDR gives names for running text, where many languages write them in lower case. These
# are the forms for a list of languages.
_ENDONYMS = {
    "az": "Azərbaycanca",
    "be": "Беларуская",
    "bg": "Български",
    "bs": "Bosanski",
    "ca": "Català",
    "cs": "Čeština",
    "da": "Dansk",
    "el": "Ελληνικά",
    "es": "Español",
    "et": "Eesti",
    "fi": "Suomi",
    "fr": "Français",
    "hr": "Hrvatski",
    "hu": "Magyar",
    "hy": "Հայերեն",
    "it": "Italiano",
    "kk": "Қазақша",
    "ky": "Кыргызча",
    "lt": "Lietuvių",
    "lv": "Latviešu",
    "mk": "Македонски",
    "mn": "Монгол",
    "nb": "Norsk bokmål",
    "nn": "Norsk nynorsk",
    "no": "Norsk",
    "pl": "Polski",
    "pt": "Português",
    "pt-BR": "Português (Brasil)",
    "ro": "Română",
    "ru": "Русский",
    "sk": "Slovenčina",
    "sl": "Slovenščina",
    "sq": "Shqip",
    "sr": "Српски",
    "sr-Latn": "Srpski",
    "sv": "Svenska",
    "tg": "Тоҷикӣ",
    "tk": "Türkmençe",
    "uk": "Українська",
    "uz": "Oʻzbekcha",
}


# Babel itself also takes `root`, `und` and whatever follows an @.
_TAG = re.compile(r"(?!und\b)[a-z]{2,3}(?:[-_][a-z0-9]{2,8})*\Z", re.ASCII | re.IGNORECASE)


@functools.cache
def parse(tag: str) -> Locale:
    """The locale of a canonical BCP 47 tag.

    Raises `UnknownLocaleError` for anything else. Babel resolves `en-UK` to British English without
    a word; here the text must equal the canonical spelling.
    """
    if not _TAG.match(tag):
        raise UnknownLocaleError(tag)
    try:
        data = babel.Locale.parse(tag.replace("_", "-"), sep="-")
    except (ValueError, TypeError, babel.core.UnknownLocaleError):
        raise UnknownLocaleError(tag) from None
    canonical = str(data).replace("_", "-")
    if canonical != tag:
        same = re.split("[-_]", tag.casefold())[0] == data.language
        raise UnknownLocaleError(tag, near=canonical if same else data.language)
    return Locale(
        tag=tag,
        posix=str(data),
        endonym=_ENDONYMS.get(tag) or data.get_display_name(data) or tag,
        direction=data.text_direction,
    )


_RTL_SCRIPTS = frozenset({"Adlm", "Arab", "Hebr", "Mand", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa"})


@functools.cache
def direction(tag: str) -> str:
    """`ltr` or `rtl` for the language of a passage, or an empty string if `tag` names none.

    Wider than `parse`, as `passage_script` is; the writing direction is the script's.
    """
    script = passage_script(tag)
    return ("rtl" if script in _RTL_SCRIPTS else "ltr") if script else ""


@functools.cache
def passage_script(tag: str) -> str:
    """The script of a passage, as ISO 15924 has it, or an empty string if `tag` names no language.

    Wider than `parse`: a quoted title may be in a language without locale data (`ota`, `la`), or
    transliterated (`fa-Latn`). Language, script and territory must be known to CLDR and spelled
    canonically (BCP 47).
    """
    try:
        parts = babel.parse_locale(tag, sep="-")
    except ValueError:
        return ""
    language, territory, script, variant = parts[:4]
    names = babel.Locale("en")
    canonical = "-".join(part for part in (language, script, territory) if part)
    if canonical != tag or variant or language not in names.languages:
        return ""
    if (script and script not in names.scripts) or (
        territory and territory not in names.territories
    ):
        return ""
    if not script:
        likely = babel.core.get_global("likely_subtags")
        full = likely.get(tag.replace("-", "_")) or likely.get(language) or ""
        script = next((part for part in full.split("_") if len(part) == 4), "Latn")
    return str(script)


@functools.cache
def script(locale: Locale) -> str:
    """The script a language is written in, as ISO 15924 has it: `Latn`, `Cyrl`, `Arab`."""
    data = _data(locale)
    if data.script:
        return str(data.script)
    likely = babel.core.get_global("likely_subtags")
    full = likely.get(locale.posix) or likely.get(data.language) or ""
    return next((part for part in full.split("_") if len(part) == 4), "Latn")


@functools.cache
def likely_region(language: str) -> str:
    """The region whose form of a language is meant where none is named: `US` for `en`."""
    full = str(babel.core.get_global("likely_subtags").get(language, ""))
    return full.rpartition("_")[2] if "_" in full else ""


@functools.cache
def open_graph(locale: Locale) -> str:
    """The spelling of `og:locale`, which always names a territory.

    >>> open_graph(parse("tr")), open_graph(parse("pt-BR"))
    ('tr_TR', 'pt_BR')
    """
    data = _data(locale)
    likely = babel.core.get_global("likely_subtags")
    full = str(likely.get(locale.posix) or likely.get(data.language) or "")
    territory = data.territory or full.rpartition("_")[2]
    # Latin America is 419 to CLDR; Open Graph knows territories of two letters.
    if not territory.isalpha():
        territory = likely_region(data.language)
    return f"{data.language}_{territory}" if territory.isalpha() else str(data.language)


@functools.cache
def parent(locale: Locale) -> Locale | None:
    """The language whose words a regional variant can borrow: English for `en-GB`; none for a
    variant in another script, such as `zh-Hant`.

    >>> parent(parse("ru-KZ")) == parse("ru"), parent(parse("ru")), parent(parse("zh-Hant"))
    (True, None, None)
    """
    language = locale.tag.partition("-")[0]
    if language == locale.tag:
        return None
    bare = parse(language)
    same = script(bare) == script(locale) and plural_forms(bare) == plural_forms(locale)
    return bare if same else None


@functools.cache
def parents() -> dict[str, str]:
    """What a language inherits from where that is not the bare language: `en_AU` from `en_001`."""
    return {str(k): str(v) for k, v in babel.core.get_global("parent_exceptions").items()}


# Unicode CLDR has these, Babel does not hand them out. Outer pair, then the pair inside it; a
# language is left out where its marks are not settled or an apostrophe is a letter of another kind.
_QUOTATION_MARKS = {
    "“”‘’": "en tr az da lv nl pt eu id ms vi",
    "«»„“": "ru uk be kk ky tg mn",
    "«»“”": "es ca gl it el pt-PT sq",
    "«»‹›": "de-CH fa fr-CH",
    "«»«»": "fr",
    "«»‘’": "nb nn no",
    "„“‚‘": "de cs sk sl et is",
    "„“„“": "bg lt ka",
    "„”«»": "pl ro",
    "„”‚’": "hr",
    "„”»«": "hu",
    "””’’": "sv fi",
}
_MARKS_OF = {tag: marks for marks, tags in _QUOTATION_MARKS.items() for tag in tags.split()}


def quotation_marks(locale: Locale) -> str:
    """The four marks of a language: outer pair, inner pair; empty where they are not known.

    >>> quotation_marks(parse("ru"))
    '«»„“'
    """
    return _MARKS_OF.get(locale.tag) or _MARKS_OF.get(_data(locale).language, "")


def fold(text: str, locale: Locale | None) -> str:
    """A text in which letters of either case are equal, for comparing only.

    >>> fold("IŞIK, İran", parse("tr"))
    'ışık, iran'
    """
    if locale is not None and locale.tag.partition("-")[0] in ("az", "tr"):
        text = text.replace("I", "ı").replace("İ", "i")
    return text.casefold()


_ALPHABETS = {
    "az": "abcçdeəfgğhxıijkqlmnoöprsştuüvyz",
    "ru": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "tr": "abcçdefgğhıijklmnoöpqrsştuüvwxyz",
    "uk": "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
}


def sorting(text: str, locale: Locale) -> tuple[list[tuple[int, str]], str]:
    """What texts are sorted by in a list: the language's alphabet where that is not the order of
    bare letters, which any other has.

    >>> sorted(["Çin", "Dağ", "Cam", "Işık", "İran"], key=lambda text: sorting(text, parse("tr")))
    ['Cam', 'Çin', 'Dağ', 'Işık', 'İran']
    """
    alphabet = _ALPHABETS.get(locale.tag.partition("-")[0], "")
    keys: list[tuple[int, str]] = []
    for char in fold(text, locale):
        at = alphabet.find(char)
        bare = char if at >= 0 else unicodedata.normalize("NFD", char)[0]
        keys.append((alphabet.find(bare), bare))
    return keys, text


@functools.cache
def _data(locale: Locale) -> babel.Locale:
    return babel.Locale.parse(locale.posix)


@functools.lru_cache(maxsize=4096)
def name_in(locale: Locale, language: Locale) -> str:
    """The name of `language` as running text in `locale` has it: `английский` in Russian."""
    name = _data(language).get_display_name(_data(locale))
    return name or language.endonym


def long_date(date: datetime.date, locale: Locale) -> str:
    """The date in the language's long form.

    >>> long_date(datetime.date(2021, 10, 28), parse("tr"))
    '28 Ekim 2021'
    """
    return digits(babel.dates.format_date(date, "long", locale=_data(locale)), locale)


@functools.cache
def month_names(locale: Locale) -> tuple[str, ...]:
    """The twelve months as they stand in a date: `октября`."""
    names = babel.dates.get_month_names("wide", "format", _data(locale))
    return tuple(names[month] for month in range(1, 13))


@functools.cache
def day_names(locale: Locale) -> tuple[str, ...]:
    """The seven days of the week from Monday on."""
    names = babel.dates.get_day_names("wide", "format", _data(locale))
    return tuple(names[day] for day in range(7))


@functools.cache
def places(locale: Locale) -> frozenset[str]:
    """Countries and cities whose name in the language is one word: `Tehran`, `Тегеран`."""
    data = _data(locale)
    names = {str(name) for name in data.territories.values()}
    zones = data.time_zones
    for zone in babel.core.get_global("zone_territories"):
        # CLDR leaves a city out where its English name is that of the zone.
        city = zones.get(zone, {}).get("city", "")
        if not city and data.language == "en" and "/" in zone:
            city = zone.rpartition("/")[2]
        names.add(str(city))
    return frozenset(name for name in names if name.isalpha())


def join(items: Sequence[str], locale: Locale) -> str:
    """The items as a list in running text: `A, B ve C` in Turkish."""
    return babel.lists.format_list(list(items), locale=_data(locale))


# Where the ten digits of each system begin; Babel hands out their names and signs only.
_ZEROS = {"arab": 0x0660, "arabext": 0x06F0, "beng": 0x09E6, "deva": 0x0966, "mymr": 0x1040}


def digits(text: str, locale: Locale) -> str:
    """The text with the digits that the language is written with.

    >>> digits("12", parse("fa")), digits("12", parse("tr"))
    ('۱۲', '12')
    """
    zero = _ZEROS.get(_data(locale).default_numbering_system)
    return text.translate({48 + n: zero + n for n in range(10)}) if zero else text


def _numbers(locale: Locale) -> dict[str, Any]:
    """What Babel is to be told so that signs fit the digits."""
    return {"locale": _data(locale), "numbering_system": "default"}


@functools.lru_cache(maxsize=4096)
def number(value: int, locale: Locale) -> str:
    """A whole number with the language's digits and group signs."""
    return digits(babel.numbers.format_decimal(value, **_numbers(locale)), locale)


def percent(share: float, locale: Locale) -> str:
    """A share between 0 and 1 as a percentage, rounded down: `%83` in Turkish."""
    # In binary 0.29 * 100 is a little less than 29.
    rounded = int(share * 100 + 1e-9) / 100
    text = babel.numbers.format_percent(rounded, **_numbers(locale))
    symbols = _data(locale).number_symbols.get(_data(locale).default_numbering_system, {})
    return digits(text, locale).replace("%", symbols.get("percentSign", "%"))


def file_size(size: int, locale: Locale) -> str:
    """A file's size in the language: kB of 1,000 bytes, rounded up, or MB with one decimal.

    The unit's name comes from CLDR: `61 КБ` in Russian.
    """
    from babel.units import format_unit

    if size < 1_000_000:
        value: float = -(-size // 1000)
        unit = "digital-kilobyte"
    else:
        value = round(size / 1_000_000, 1)
        unit = "digital-megabyte"
    text = format_unit(value, unit, length="short", **_numbers(locale))
    return digits(text.replace(" ", "\u00a0"), locale)


# Babel 2.18 still gives these one form; gettext's tools, Poedit and Weblate give them two.
_PLURALS = {
    "az": (2, "(n != 1)"),
    "fa": (2, "(n > 1)"),
    "ka": (2, "(n != 1)"),
    "ky": (2, "(n != 1)"),
    "tr": (2, "(n != 1)"),
    "uz": (2, "(n != 1)"),
}


@functools.cache
def plural_forms(locale: Locale) -> tuple[int, str]:
    """How many plural forms a catalogue of the language has, and gettext's formula for them."""
    from babel.messages.plurals import get_plural

    if locale.tag in _PLURALS:
        return _PLURALS[locale.tag]
    plural = get_plural(locale.posix)
    return plural.num_plurals, plural.plural_expr


@functools.cache
def _plural_function(locale: Locale) -> Callable[[int], int]:
    # The formula is Babel's own; a catalogue's is never evaluated.
    function: Callable[[int], int] = gettext.c2py(plural_forms(locale)[1])
    return function


def same_plurals(locale: Locale, formula: str) -> bool:
    """Whether a catalogue's own formula chooses the forms that the language's does.

    `formula` holds gettext's operators, `n` and digits only, so that it ends and stays small.
    """
    try:
        theirs = gettext.c2py(formula)
        return all(int(theirs(n)) == plural_index(locale, n) for n in range(1001))
    except (ValueError, ZeroDivisionError, RecursionError):
        return False


def plural_index(locale: Locale, count: int) -> int:
    """Which `msgstr[…]` of a catalogue in `locale` speaks of `count` things."""
    return int(_plural_function(locale)(count))


def plural_samples(locale: Locale) -> Mapping[str, int]:
    """A count for each of CLDR's plural categories that whole numbers have in the language.

    A page says with them to its script, which knows categories and no formulas, what to say of
    any count.

    >>> plural_samples(parse("ru"))
    {'one': 1, 'few': 2, 'many': 5}
    """
    rule = _data(locale).plural_form
    samples: dict[str, int] = {}
    for count in (*range(1, 201), 0, 1_000_000):
        samples.setdefault(rule(count), count)
    return samples
