"""A translation beside its original: what it changes beside words, and what looks wrong in it.

Compared are the atoms that the build's own parser makes of both texts, never the raw text.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from . import markdown
from .locales import Locale
from .markdown import Definitions, Inline

_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Difference:
    """A rule that a translation breaks."""

    code: str
    """Code of the rule."""

    message: str
    """What differs."""

    hint: str
    """What to do about it."""


# ── What a translation must keep ─────────────────────────────────────────────────────────────


def differences(
    msgid: str, msgstr: str, locale: Locale, definitions: Definitions = ()
) -> tuple[Difference, ...]:
    """What a translation into `locale` changes beside words (law 4); empty where it may stand.

    A marked passage in the target's own language may lose its mark.
    """
    before, after = markdown.inline(msgid, definitions), markdown.inline(msgstr, definitions)
    found: list[Difference] = []

    def compare(code: str, what: str, lost: Counter[str], gained: Counter[str], hint: str) -> None:
        parts = [f"{what} missing: {', '.join(sorted(lost.elements()))}"] if lost else []
        parts += [f"{what} added: {', '.join(sorted(gained.elements()))}"] if gained else []
        if parts:
            found.append(Difference(code, "; ".join(parts), hint))

    had, has = (Counter(f"[^{mark.content}]" for mark in x.all("mark")) for x in (before, after))
    hint = "keep each [^…] of the original, once, where the sentence now needs it"
    compare("E2", "note mark", had - has, has - had, hint)
    for what, kind in (("address", "link"), ("image", "image")):
        had, has = (Counter(atom.content for atom in x.all(kind)) for x in (before, after))
        hint = "copy addresses from the original; only the words in [ ] are yours"
        compare("E3", what, had - has, has - had, hint)
    if not found or found[-1].code != "E3":
        what, hint = "address that leads nowhere", "take the link out: the original has none here"
        compare("E3", what, Counter(), Counter(after.dead) - Counter(before.dead), hint)
    needed = Counter({span: n for span, n in _spans(before).items() if span[0] != locale.tag})
    compare(
        "E4",
        "marked passage",
        Counter(span[2] for span in (needed - _spans(after)).elements()),
        Counter(),
        "keep [words]{lang=…} as it is; a translation of the words may follow in brackets",
    )
    if after.faults:
        message = f"attribute not allowed: {after.faults[0]}"
        found.append(Difference("E4", message, "known are lang and dir"))
    codes = [{atom.content for atom in x.all("code")} for x in (before, after)]
    hint = "keep what stands between backticks as it is"
    compare("E5", "code", Counter(codes[0] - codes[1]), Counter(), hint)
    hint = "write < as &lt; where it is meant as a sign; markup is *…*, **…** and […](…)"
    compare("E6", "HTML", Counter(), Counter(after.tags) - Counter(before.tags), hint)
    if _worded(before) and not _worded(after):
        message = "there are no words in the translation"
        found.append(Difference("E10", message, "leave it empty while it is not translated"))
    breaks = [sum(1 for _ in x.all("break")) for x in (before, after)]
    if breaks[0] != breaks[1]:
        message = f"line breaks: {breaks[0]} in the original, {breaks[1]} here"
        found.append(Difference("E8", message, "a line break is \\ at the end of a line"))
    return tuple(found)


def _worded(inline: Inline) -> bool:
    """Whether readers find a word in it."""
    return any(
        _WORD.search(atom.content)
        or any(_WORD.search(part.content) for part in atom.children if part.kind == "text")
        for atom in inline.atoms
        if atom.kind in ("text", "code", "address", "image")
    )


def _spans(inline: Inline) -> Counter[tuple[str, str, str]]:
    """Marked passages by language, direction and words."""
    found: Counter[tuple[str, str, str]] = Counter()
    opened: list[tuple[str, str, list[str]]] = []
    for atom in inline.atoms:
        if atom.kind == "span":
            opened.append((atom.language, atom.direction, []))
        elif atom.kind == "/span":
            language, direction, words = opened.pop()
            found[language, direction, "".join(words)] += 1
        elif atom.kind in ("text", "address", "code", "fold"):
            for _, _, words in opened:
                words.append(" " if atom.kind == "fold" else atom.content)
    return found


def line_differences(msgid: str, msgstr: str) -> tuple[Difference, ...]:
    """The same for a plain text of one line, such as a title."""
    found: list[Difference] = []
    tags = [Counter(markdown.html_tags(text)) for text in (msgid, msgstr)]
    if gained := tags[1] - tags[0]:
        message = f"HTML added: {', '.join(sorted(gained.elements()))}"
        found.append(Difference("E6", message, "this text is plain: it has no markup at all"))
    if "\n" in msgstr:
        hint = "write it in one line, as the original is"
        found.append(Difference("E8", "line breaks in a text of one line", hint))
    if _WORD.search(msgid) and not _WORD.search(msgstr):
        message = "there are no words in the translation"
        found.append(Difference("E10", message, "leave it empty while it is not translated"))
    return tuple(found)
