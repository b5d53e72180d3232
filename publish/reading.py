"""How long a text takes to read.

By the speeds at which healthy adults read continuous text silently, in words a minute, which
S. Trauzettel-Klosinski and K. Dietz measured with one text in 17 languages: “Standardized
Assessment of Reading Performance: The New International Reading Speed Texts IReST”, Investigative
Ophthalmology & Visual Science 53 (2012), 5452–5461.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from . import locales
from .locales import Locale

WORDS = {
    "ar": 138, "de": 179, "en": 228, "es": 218, "fi": 161, "fr": 195, "he": 187, "it": 188,
    "nl": 202, "pl": 166, "pt": 181, "ru": 184, "sl": 180, "sv": 199, "tr": 166,
}  # fmt: skip
"""Words a minute, by language."""

MEAN = 184
"""Words a minute in any other language: the mean of those measured."""

CHARACTERS = {"ja": 357, "zh": 255}
"""Characters a minute in languages that put no spaces between words, as far as measured."""

_UNSPACED = frozenset({"Khmr", "Laoo", "Mymr", "Thai", "Tibt"})
"""Scripts without spaces between words, of whose readers nothing was measured."""

# What stands in a message and is no word: addresses behind words, note marks, attributes.
_NO_WORDS = re.compile(r"\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*[^()]*\)|\[\^[^\]]*\]|\]\{[^{}]*\}")
_WORD = re.compile(r"\w\S*")
_CHARACTER = re.compile(r"\w")


def minutes(texts: Iterable[tuple[Locale, str]]) -> int:
    """Minutes that texts take, each in its language and in inline Markdown: rounded up, at least
    one. 0 where one is in a language of which nobody can say."""
    found = 0.0
    for locale, text in texts:
        if locales.script(locale) in _UNSPACED:
            return 0
        language = locale.tag.partition("-")[0]
        words = _NO_WORDS.sub(" ", text) if "]" in text else text
        if language in CHARACTERS:
            found += len(_CHARACTER.findall(words)) / CHARACTERS[language]
        else:
            found += len(_WORD.findall(words)) / WORDS.get(language, MEAN)
    # A text of exactly two minutes takes two, however its parts were added.
    return max(1, math.ceil(found - 1e-9))
