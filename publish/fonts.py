"""The fonts of the PDFs: their files, and which characters they have.

Imports the font packages and fontTools, alone. Fonts are embedded as they come from their packages.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import fontpkg_amiri
import fontpkg_source_code_pro
import fontpkg_source_serif_4

_TEXT = {"Source Serif 4": fontpkg_source_serif_4, "Amiri": fontpkg_amiri}
_PACKAGES = {**_TEXT, "Source Code Pro": fontpkg_source_code_pro}

FAMILIES = frozenset(_PACKAGES)
"""Names of the families that PDFs are set in."""


@dataclass(frozen=True, slots=True)
class Face:
    """One font file."""

    family: str
    """Family, as style sheets name it."""

    path: Path
    """The file."""

    @property
    def rule(self) -> str:
        """The `@font-face` rule that declares it."""
        style = "italic" if "Italic" in self.path.name else "normal"
        # A variable font's weights are all in one file; a range would be refused.
        weight = 700 if "Bold" in self.path.name else 400
        static = "" if "[" in self.path.name else f"font-weight:{weight};"
        source = f"src:url('{self.path.as_uri()}')"
        return f"@font-face{{font-family:'{self.family}';font-style:{style};{static}{source}}}"


@functools.cache
def faces() -> tuple[Face, ...]:
    """Every font file of the packages; empty where the packages are broken."""
    return tuple(
        Face(family, path)
        for family, module in _PACKAGES.items()
        for path in sorted((Path(module.ROOT) / "files").glob("*.ttf"))
    )


# The letters of the usual languages, their punctuation and signs: what is made of these alone needs
# no look into the fonts, which takes longer than all else that `publish status` does.
_USUAL = re.compile(
    "[\t\n -~\xa0-\u017f\u038e-\u03a1\u03a3-\u03ce\u0400-\u045f\u0606-\u06ff\u1ea0-\u1ef9"
    "\u2000-\u2010\u2012-\u2015\u2018-\u2022\u2026\u2028-\u2030\u20ac\u2116\u2122\u2212]+"
)


@functools.cache
def characters() -> frozenset[str]:
    """The characters that some font of texts has.

    That of code does not count: its letters would stand out among others.
    """
    from fontTools.ttLib import TTFont

    found: set[str] = set()
    for face in faces():
        if face.family not in _TEXT:
            continue
        with TTFont(face.path, lazy=True) as font:
            found.update(map(chr, font.getBestCmap()))
    return frozenset(found)


def missing(text: str) -> tuple[str, ...]:
    """Characters of a text that can't be set, each once, in order; white space and what is never
    drawn (joiners, marks of direction) do not count.

    >>> missing("Lübeck, Iğdır, Київ, تهران 北京")
    ('北', '京')
    """
    rest = _USUAL.sub("", text)
    if not rest:
        return ()
    return tuple(
        char
        for char in dict.fromkeys(rest)
        if char not in characters()
        and char not in SUBSTITUTES
        and not char.isspace()
        and unicodedata.category(char) not in ("Cc", "Cf")
        and not "\ufe00" <= char <= "\ufe0f"  # which form of a sign is meant
    )


_SCRIPTS = frozenset({"Arab", "Cyrl", "Grek", "Latn"})


def writes(script: str) -> bool:
    """Whether the fonts have the letters of a script, by its ISO 15924 code."""
    return script in _SCRIPTS


def named(characters: Iterable[str]) -> str:
    """Characters as a problem tells them: `北 (U+5317), 京 (U+4EAC)`; of many the first five."""
    told = [f"{char} (U+{ord(char):04X})" for char in characters]
    return ", ".join(told[:5]) + (f" and {len(told) - 5} more" if len(told) > 5 else "")


SUBSTITUTES = {"\u2010": "-", "\u2011": "\u2060-\u2060"}
"""What is set for other characters. The hyphen that may break a line is the one of every keyboard,
drawn alike; the one that may not is in neither font, and stands between word joiners instead."""
