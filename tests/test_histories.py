"""Any history of authors and translators at work: no word is lost, one update is enough.

The site is held in memory; every update goes through the text of the catalogues, as on disk.
"""

from __future__ import annotations

import dataclasses
import datetime
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from publish import catalogue
from publish.errors import Span
from publish.load import Loaded
from publish.locales import parse
from publish.merge import Grade
from publish.model import Catalogue, Entry, Key, Piece, Settings, Site, State, Text
from publish.update import Change, update

from . import edits

EN, TR = parse("en"), parse("tr")
NUMBERS = st.integers(0, 10**6)


def piece(slug: str, texts: list[str], day: int) -> Piece:
    path = f"sources/pieces/{slug}.md"
    return Piece(
        slug=slug,
        locale=EN,
        title=Text("Of clocks", Span(path, 2)),
        summary=Text("What they tell.", Span(path, 3)),
        date=datetime.date(2024, 1, 1),
        updated=datetime.date(2024, 1, 1) + datetime.timedelta(days=day),
        authors=(),
        tags=(),
        corrections=(),
        body=Text("\n\n".join(texts) + "\n", Span(path, 5)),
        path=path,
    )


class Histories(RuleBasedStateMachine):
    """Authors edit, rename, remove and restore pieces; translators work; somebody updates."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: dict[str, list[edits.Block]] = {}
        self.removed: dict[str, list[edits.Block]] = {}
        self.catalogues: dict[str, Catalogue] = {}
        self.words: set[str] = set()
        """Translations that somebody wrote and nobody of the translators took back."""
        self.right: dict[tuple[str, Key], str] = {}
        """What a translator confirmed, by slug and message, while its text stands."""
        self.count = 0
        self.ever: set[str] = set()
        self.moved: dict[str, str] = {}
        """Catalogue → the slug that its piece has by now; the catalogue follows at an update."""

    @initialize(start=st.integers(0, 12), size=st.integers(1, 5))
    def begin(self, start: int, size: int) -> None:
        self.pieces["one"] = list(edits.blocks(edits.PARAGRAPHS[start : start + size]))
        self.pieces["two"] = list(edits.blocks(edits.OTHERS[:2]))
        self.run(Grade.SUBSTANTIVE)

    # ── Authors ──────────────────────────────────────────────────────────────────────────────

    @precondition(lambda self: self.pieces)
    @rule(name=st.sampled_from([*edits.MANY]), seed=NUMBERS)
    def edit(self, name: str, seed: int) -> None:
        slug = sorted(self.pieces)[seed % len(self.pieces)]
        after = edits.script(self.pieces[slug], [name], seed)
        standing = {block.text for block in after}
        for block in self.pieces[slug]:
            if block.text not in standing:
                self.right.pop((slug, ("", block.text)), None)
        self.pieces[slug] = list(after)
        self.count += 1

    @precondition(lambda self: self.pieces)
    @rule(seed=NUMBERS)
    def rename(self, seed: int) -> None:
        slug = sorted(self.pieces)[seed % len(self.pieces)]
        self.count += 1
        new = f"renamed-{self.count}"
        self.pieces[new] = self.pieces.pop(slug)
        # Confirmed work moves along if most of the piece is as it was at the last update.
        at = next((old for old, now in self.moved.items() if now == slug), slug)
        self.moved[at] = new
        known = self.catalogues.get(at)
        keys = {entry.key for entry in known.entries} if known else set()
        now = {("", block.text) for block in self.pieces[new]}
        moves = {k: v for k, v in self.right.items() if k[0] == slug}
        for old in moves:
            del self.right[old]
        if len(now & keys) * 2 > len(now) and len(self.pieces) == 2 and not self.removed:
            self.right |= {(new, key): word for (_, key), word in moves.items()}

    @precondition(lambda self: len(self.pieces) > 1)
    @rule(seed=NUMBERS)
    def remove(self, seed: int) -> None:
        slug = sorted(self.pieces)[seed % len(self.pieces)]
        self.removed[slug] = self.pieces.pop(slug)
        self.right = {key: word for key, word in self.right.items() if key[0] != slug}

    @precondition(lambda self: self.removed)
    @rule(seed=NUMBERS)
    def restore(self, seed: int) -> None:
        slug = sorted(self.removed)[seed % len(self.removed)]
        self.pieces[slug] = self.removed.pop(slug)

    # ── Translators, with Poedit ─────────────────────────────────────────────────────────────

    def _entry(self, seed: int) -> tuple[str, int] | None:
        found = [
            (slug, number)
            for slug, known in sorted(self.catalogues.items())
            for number in range(len(known.entries))
        ]
        return found[seed % len(found)] if found else None

    def _work(self, slug: str, number: int, **values: object) -> None:
        known = self.catalogues[slug]
        entries = list(known.entries)
        old = entries[number]
        entries[number] = dataclasses.replace(old, text="", **values)  # type: ignore[arg-type]
        self.catalogues[slug] = dataclasses.replace(known, entries=tuple(entries))
        if "translation" in values:
            self.words -= {word for word in self.words if word in old.translation}
            self.right.pop((self.moved.get(slug, slug), old.key), None)

    @rule(seed=NUMBERS)
    def translate(self, seed: int) -> None:
        if place := self._entry(seed):
            slug, number = place
            entry = self.catalogues[slug].entries[number]
            self.count += 1
            word = f"«{self.count}»"
            flags = tuple(flag for flag in entry.flags if flag != "fuzzy")
            # What was there is shown to the translator, who replaces it.
            shared = self._elsewhere(slug, number)
            lost = {w for w in self.words if w in entry.translation and w not in shared}
            self._work(slug, number, translation=f"Çeviri {word}", flags=flags, previous=None)
            self.words = (self.words | {w for w in shared if w in self.ever}) - lost | {word}
            self.ever.add(word)
            if slug in self.pieces and slug not in self.moved:
                texts = {("", block.text) for block in self.pieces[slug]}
                if entry.key in texts:
                    self.right[slug, entry.key] = word

    def _elsewhere(self, slug: str, number: int) -> set[str]:
        """Words that also stand in other entries."""
        entries: list[Entry] = []
        for name, known in self.catalogues.items():
            entries += [
                e for n, e in enumerate(known.entries) if (name, n) != (slug, number)
            ] + list(known.obsolete)
        return {word for word in self.words for entry in entries if word in entry.translation}

    @rule(seed=NUMBERS)
    def doubt(self, seed: int) -> None:
        if place := self._entry(seed):
            slug, number = place
            entry = self.catalogues[slug].entries[number]
            if entry.translation and not entry.fuzzy:
                self._work(slug, number, flags=("fuzzy", *entry.flags))
                self.right.pop((self.moved.get(slug, slug), entry.key), None)

    @rule(seed=NUMBERS)
    def remark(self, seed: int) -> None:
        if place := self._entry(seed):
            self.count += 1
            word = f"‹{self.count}›"
            entry = self.catalogues[place[0]].entries[place[1]]
            comments = "\n".join(filter(None, (entry.comments, f"remark {word}")))
            self._work(*place, comments=comments)
            self.words.add(word)

    # ── Updates ──────────────────────────────────────────────────────────────────────────────

    def site(self) -> Site:
        return Site(
            settings=Settings(
                title={"en": "Clocks"},
                base_url="https://clocks.example",
                languages=(EN, TR),
                default_language=EN,
            ),
            authors=(),
            pieces=tuple(
                piece(slug, [block.text for block in found], self.count)
                for slug, found in sorted(self.pieces.items())
            ),
            catalogues=tuple(
                dataclasses.replace(
                    found, path=f"locales/tr/LC_MESSAGES/pieces/{slug}.po", domain=f"pieces/{slug}"
                )
                for slug, found in sorted(self.catalogues.items())
            ),
            theme_catalogues=(),
            templates={},
            template_paths={},
            images={},
        )

    def changes(self, grade: Grade) -> tuple[Change, ...]:
        return update(Path(), Loaded(self.site(), ()), grade=grade, dry=True)

    def run(self, grade: Grade) -> None:
        before = {slug: {e.key: e for e in c.entries} for slug, c in self.catalogues.items()}
        for change in self.changes(grade):
            slug = change.after.domain.removeprefix("pieces/")
            if change.renamed:
                old = Path(change.renamed).stem
                before[slug] = before.pop(old)
                del self.catalogues[old]
            text = catalogue.dump(change.after, change.before)
            found, problems = catalogue.read(change.path, text, change.after.domain, TR)
            assert found is not None, problems
            assert found == change.after
            self.catalogues[slug] = found
            if grade is Grade.CORRECTION:
                gone = {entry.key for entry in change.before.obsolete} if change.before else set()
                for entry in found.entries:
                    if entry.key not in before.get(slug, {}) and entry.key not in gone:
                        assert entry.state in (State.SUGGESTED, State.MISSING)
        assert not any(change.written for change in self.changes(Grade.SUBSTANTIVE))
        self.moved.clear()

    @rule(grade=st.sampled_from(Grade))
    def update(self, grade: Grade) -> None:
        self.run(grade)
        for (slug, key), word in self.right.items():
            [entry] = [e for e in self.catalogues[slug].entries if e.key == key]
            assert entry.state is State.TRANSLATED
            assert word in entry.translation

    @invariant()
    def no_word_is_lost(self) -> None:
        text = "".join(
            entry.translation + entry.comments
            for known in self.catalogues.values()
            for entry in (*known.entries, *known.obsolete)
        )
        assert {word for word in self.words if word not in text} == set()


Histories.TestCase.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)
TestHistories = Histories.TestCase
