"""A second look at a site's translations: doubts, waivers, and what only shows between them.

Only `publish check` asks for it; what holds a passage back, every build knows from `edition`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from . import compare, doubts, edition, figures, markdown, waivers
from .compare import Difference
from .edition import Translation
from .errors import Problem, Span, Waiver
from .locales import Locale
from .markdown import Inline
from .model import Entry, Ignore, Key, Segment, Site, State


def translations(
    site: Site, found: Sequence[Translation], *, fuzzy: bool = False
) -> Iterator[Problem]:
    """What looks wrong in translations, and what was waived, by whom and how.

    `fuzzy` looks at translations too that nobody confirmed.
    """
    used: dict[Ignore, bool] = {}
    for ignores in site.settings.check_ignore.values():
        yield from waivers.faults(ignores, Waiver.EDITOR)
        used |= dict.fromkeys(ignores, False)
    for piece in site.pieces:
        yield from waivers.faults(piece.check_ignore, Waiver.EDITOR)
        used |= dict.fromkeys(piece.check_ignore, False)
    for translation in found:
        look = _Look(site, translation, translation.path, fuzzy)
        yield from look.problems()
        for ignore in look.aside:
            used[ignore] = used.get(ignore, False) or ignore.code in look.codes
    yield from waivers.unused([ignore for ignore, hit in used.items() if not hit], Waiver.EDITOR)
    yield from _otherwise(found)


class _Look:
    """A look at one domain in one language."""

    def __init__(self, site: Site, translation: Translation, path: str, fuzzy: bool) -> None:
        self.translation = translation
        self.path = path
        self.fuzzy = fuzzy
        self.codes: set[str] = set()
        locale = translation.locale
        self.house_quotes = locale in site.settings.house_quotes
        self.glossary = next((g for g in site.glossaries if g.locale == locale), None)
        self.aside = (*translation.domain.check_ignore, *edition.aside(site, locale))
        self.failed: dict[Key, list[Difference]] = {}
        for entry, difference in translation.failed:
            self.failed.setdefault(entry.key, []).append(difference)
        self.waived: dict[Key, list[Difference]] = {}
        for entry, difference, _ in translation.waived:
            self.waived.setdefault(entry.key, []).append(difference)

    def problems(self) -> Iterator[Problem]:
        for segment in self.translation.domain.segments:
            entry = self.translation.entries.get(segment.key)
            if entry is None or entry.state is State.MISSING:
                continue
            span = Span(self.path, entry.line or 1)
            own = waivers.of_entry(entry, self.path)
            yield from waivers.faults(own, Waiver.TRANSLATOR)
            yield from self._of_entry(entry, span)
            if entry.state is State.SUGGESTED and not self.fuzzy:
                continue
            codes: set[str] = set()
            for difference, why in self._found(segment, entry):
                codes.add(difference.code)
                yield Problem(difference.code, difference.message, span, difference.hint, why)
            codes |= {difference.code for difference in self.failed.get(entry.key, [])}
            yield from waivers.unused([i for i in own if i.code not in codes], Waiver.TRANSLATOR)
            self.codes |= codes

    def _found(self, segment: Segment, entry: Entry) -> Iterator[tuple[Difference, str]]:
        """What looks wrong in a translation, and why that does not count.

        Failures that hold it back are told elsewhere; waived ones are told here.
        """
        failed, waived = self.failed.get(entry.key, []), self.waived.get(entry.key, [])
        pair = edition.pair(
            self.translation.domain,
            segment,
            entry,
            self.translation.locale,
            self.glossary,
            self.house_quotes,
        )
        if entry.state is State.SUGGESTED:
            waived = list(compare.differences(pair))
        empty = any(difference.code == "E10" for difference in failed)
        for difference in (*waived, *(() if empty else doubts.doubts(pair))):
            yield difference, edition.reason(difference, entry, self.aside)

    def _of_entry(self, entry: Entry, span: Span) -> Iterator[Problem]:
        """What shows in the entry itself."""
        comment = " ".join(
            line for line in entry.comments.split("\n") if not line.startswith("check-ignore:")
        )
        if len(comment) > len(entry.key[1]) and len(comment) > 80:
            message, hint = "the comment is longer than the text", "long talk belongs elsewhere"
            yield Problem("N9", message, span, hint)
        if entry.fuzzy and entry.previous is not None:
            before = entry.previous.msgid
            if before == entry.key[1]:
                message = "the original is as it was when this was translated"
                yield Problem("N11", message, span, "read it once more and take the mark away")
            elif changed := _changed(before, entry.key[1], self.translation.domain.cut):
                message = f"changed in the original: {changed}"
                yield Problem("N12", message, span, "change the same in the translation")


def _changed(before: str, after: str, cut: markdown.Cut | None) -> str:
    """Numbers, addresses and notes that an edit of an original has changed."""
    definitions = cut.definitions if cut else ()
    had, has = (markdown.inline(text, definitions) for text in (before, after))
    numbers = figures.change(compare.words(had), compare.words(has))
    parts = [*_pairs("numbers", numbers.lost, numbers.gained)]
    for what, kind, form in (("addresses", "link", "{}"), ("notes", "mark", "[^{}]")):
        lost, gained = (
            [form.format(content) for content in sorted(_contents(x, kind) - _contents(y, kind))]
            for x, y in ((had, has), (has, had))
        )
        parts += _pairs(what, lost, gained)
    return "; ".join(parts)


def _contents(inline: Inline, kind: str) -> set[str]:
    return {atom.content for atom in inline.all(kind)}


def _pairs(what: str, lost: Iterable[str], gained: Iterable[str]) -> Iterator[str]:
    left, right = ", ".join(lost) or "none", ", ".join(gained) or "none"
    if left != right:
        yield f"{what} {left} → {right}"


def _otherwise(found: Iterable[Translation]) -> Iterator[Problem]:
    """One text with different translations in several places."""
    first: dict[tuple[Key, Locale, Locale], tuple[str, Span]] = {}
    for translation in found:
        for key, entry in translation.entries.items():
            if entry.state is not State.TRANSLATED or not any(c.isalpha() for c in key[1]):
                continue
            span = Span(translation.path, entry.line or 1)
            place = key, translation.domain.locale, translation.locale
            words, where = first.setdefault(place, (entry.translation, span))
            if words != entry.translation:
                message = f"translated otherwise in {where.path}:{where.line}"
                yield Problem("N16", message, span, "choose one, unless the context differs")
