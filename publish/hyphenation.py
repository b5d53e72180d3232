"""Where words may be divided at a line's end, for the PDF engine. Imports pyphen, alone.

pyphen, which WeasyPrint asks, has no Turkish, and reads plain `en` as British. `install` teaches it
both in this process; no file is written. Turkish needs no dictionary: a syllable has one vowel and
takes one consonant before it.
"""

from __future__ import annotations

import re

import pyphen

from . import locales

LEAST = 2
"""How many letters stay together at either end of a word and on either side of an apostrophe."""

ABBREVIATION = 8
"""How long a word in capitals may be that is taken for an abbreviation: `UNCITRAL`."""

_VOWELS = "aeıioöuüâîûAEIİOÖUÜÂÎÛ"
_CONSONANTS = "bcçdfgğhjklmnpqrsştvwxyzBCÇDFGĞHJKLMNPQRSŞTVWXYZ"
# A letter may carry its marks as characters of their own. No case is changed anywhere: Python makes
# two characters of a small İ, and every place behind it would be wrong.
_MARKS = "[\u0300-\u036f]*"
_LETTERS = re.compile(rf"(?:[{_VOWELS}{_CONSONANTS}]{_MARKS})+")
_SYLLABLE = re.compile(rf"[{_CONSONANTS}]?{_MARKS}[{_VOWELS}]{_MARKS}")
_MARK = re.compile("[\u0300-\u036f]")


class PyphenError(RuntimeError):
    """The installed pyphen is not the one that this module knows how to teach."""


def hyphens(word: str) -> tuple[int, ...]:
    """Where a Turkish word may be divided: before which of its characters.

    Nothing is divided beside an apostrophe, where a hyphen would be one sign too many. A short
    word in capitals is taken for an abbreviation and stays whole.

    >>> hyphens("İstanbul’dakiler")
    (2, 5, 11, 13)
    >>> hyphens("UNICEF")
    ()
    """
    found: list[int] = []
    for run in _LETTERS.finditer(word):
        letters, start = run[0], run.start()
        if len(letters) <= ABBREVIATION and letters.isupper():
            continue
        syllables = [match.start() for match in _SYLLABLE.finditer(letters)]
        for at in syllables[1:]:  # what stands before the first vowel belongs to it
            before, after = _MARK.sub("", letters[:at]), _MARK.sub("", letters[at:])
            if len(before) >= LEAST and len(after) >= LEAST:
                found.append(start + at)
    return tuple(found)


class _Turkish(pyphen.HyphDict):  # type: ignore[misc]
    """Stands in pyphen's cache where patterns read from a file would."""

    def __init__(self) -> None:
        self.words: dict[str, list[pyphen.DataInt]] = {}

    def positions(self, word: str) -> list[pyphen.DataInt]:
        """The positions as pyphen wants them: numbers without an alternative spelling."""
        if word not in self.words:
            self.words[word] = [pyphen.DataInt(at) for at in hyphens(word)]
        return self.words[word]


_KNOWN = {
    "LANGUAGES": dict,
    "LANGUAGES_LOWERCASE": dict,
    "hdcache": dict,
    "HyphDict": type,
    "DataInt": type,
    "Pyphen": type,
}
"""What is used of pyphen and is not promised anywhere."""


def install() -> None:
    """Teach pyphen Turkish, and the right regions of languages that have several; once or often.

    Raises `PyphenError` where pyphen is not built as expected.
    """
    for name, kind in _KNOWN.items():
        if not isinstance(getattr(pyphen, name, None), kind):
            raise PyphenError(f"pyphen {_version()} has no {name} that is a {kind.__name__}")
    _teach_turkish()
    _choose_regions()
    pyphen.LANGUAGES_LOWERCASE.update(
        {name.lower(): name for name in pyphen.LANGUAGES}  # language tags are ASCII
    )
    _try_out()


def _teach_turkish() -> None:
    # A name, not a file: what is in the cache is never read.
    path = pyphen.Path("hyph_tr.dic")
    pyphen.LANGUAGES["tr"] = path
    if not isinstance(pyphen.hdcache.get(path), _Turkish):
        pyphen.hdcache[path] = _Turkish()


def _choose_regions() -> None:
    """A bare language is that of its likely region, and a region without patterns of its own
    follows the one that Unicode CLDR lets it inherit from."""
    known = dict(pyphen.LANGUAGES)
    for language in known:
        full = f"{language}_{locales.likely_region(language)}"
        if full in known:
            pyphen.LANGUAGES[language] = known[full]
    parents = locales.parents()
    for name in (*parents, *parents.values()):
        ancestor = name
        while ancestor not in known and ancestor in parents:
            ancestor = parents[ancestor]
        # The English of the world, from which most regions inherit, is divided as British is.
        ancestor = "en_GB" if ancestor == "en_001" else ancestor
        if ancestor in known and name not in known:
            pyphen.LANGUAGES[name] = known[ancestor]


_TRIALS = (("tr", "tr"), ("tr-TR", "tr"), ("en", "en_US"), ("en-GB", "en_GB"), ("en-AU", "en_GB"))
"""Tags of texts, each with the language whose patterns WeasyPrint must then come to."""


def _try_out() -> None:
    for tag, expected in _TRIALS:
        found = pyphen.LANGUAGES.get(pyphen.language_fallback(tag))
        if found is None or found != pyphen.LANGUAGES.get(expected):
            raise PyphenError(f"pyphen {_version()} takes {found} for {tag}, not {expected}")
    positions = pyphen.Pyphen(lang="tr").positions("İstanbul")
    if positions != [2, 5]:
        raise PyphenError(f"pyphen {_version()} divides “İstanbul” at {positions}, not at [2, 5]")


def _version() -> str:
    return str(getattr(pyphen, "VERSION", "of an unknown version"))
