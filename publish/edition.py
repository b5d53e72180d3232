"""What each edition shows: the one place where translations meet texts and things are decided.

Site in, `Plan` out. Whether an edition is published, which words stand in it, in which language
they are, who its siblings are: all of that is here and nowhere else.
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote

from . import compare, images, markdown, messages, reading, release, typography, urls, waivers
from .compare import Difference, Pair
from .errors import Waiver
from .lists import Lists, subjects
from .locales import Locale
from .markdown import Passage, Target
from .merge import adopted, merge
from .messages import Domain
from .model import (
    CHANGED,
    Alternate,
    Artefact,
    Author,
    Byline,
    Catalogue,
    Changed,
    Coverage,
    Edition,
    Entry,
    Front,
    Glossary,
    Held,
    Ignore,
    Image,
    Key,
    Listed,
    Picture,
    Piece,
    Plan,
    Preview,
    Profile,
    Redirect,
    Run,
    SearchPage,
    Segment,
    Site,
    Standing,
    State,
    Subject,
)
from .release import Release

COMPLETED = "X-Completed"
"""Header field that remembers the day on which a translation was first complete."""

OUTDATED = "X-Outdated-Since"
"""Header field that remembers the day of the edit since which it is not complete any more."""


# ── Translation ──────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Translation:
    """One domain in one language: what readers get for each message."""

    domain: Domain
    """The messages."""

    locale: Locale
    """Language wanted."""

    passages: Mapping[Key, Passage]
    """What stands in each message's place, and in which language."""

    coverage: Coverage
    """Words by state."""

    failed: tuple[tuple[Entry, Difference], ...]
    """Translations that break a rule, and the rule."""

    completed: bool
    """Whether the catalogue remembers that it was complete once."""

    waived: tuple[tuple[Entry, Difference, str], ...]
    """Translations that break a rule which somebody set aside, and the reason."""

    entries: Mapping[Key, Entry]
    """The catalogue's entries by message, as they stand after a merge."""

    path: str
    """Path of the catalogue; empty where there is none."""

    translator: str
    """Who translated last, by the catalogue's header; empty where nobody is named."""

    translated_on: datetime.date | None
    """Day on which they last did; None where nobody knows."""

    def run(self, context: str, text: str) -> Run:
        """A front-matter text in the language wanted where translated, else in its own; set by the
        rules of that language."""
        passage = self.passages[context, text]
        changed = None
        if passage.state is State.STALE:
            new = typography.text(text, self.domain.locale)
            changed = Changed(new, self.domain.locale, passage.since)
        return Run(typography.text(passage.text, passage.locale), passage.locale, changed)

    @property
    def whole(self) -> bool:
        """Whether every message is in the language wanted."""
        return all(passage.locale == self.locale for passage in self.passages.values())

    @property
    def open(self) -> int:
        """How many messages are not translated, or translated from an earlier text."""
        return sum(p.state is not State.TRANSLATED for p in self.passages.values())

    @property
    def stale(self) -> int:
        """How many messages are translated from an earlier text."""
        return sum(passage.state is State.STALE for passage in self.passages.values())

    @property
    def stale_since(self) -> datetime.date | None:
        """Day of the first change since; None where nobody knows."""
        return min((p.since for p in self.passages.values() if p.since), default=None)


def translate(
    domain: Domain,
    catalogue: Catalogue | None,
    locale: Locale,
    check_ignore: Sequence[Ignore] = (),
) -> Translation:
    """What readers of `locale` get for each message, from a fresh merge of the catalogue.

    A translation that changes anything but words fails, and the original stands in its place
    (law 4); so does one that nobody confirmed. The text's own language needs no catalogue.
    `check_ignore` are the rules that the site sets aside for this language.
    """
    words = dict.fromkeys(State, 0)
    passages: dict[Key, Passage] = {}
    failed: list[tuple[Entry, Difference]] = []
    waived: list[tuple[Entry, Difference, str]] = []
    own = domain.locale == locale
    merged = None if own else merge(catalogue, domain, locale)[0]
    entries = {entry.key: entry for entry in merged.entries} if merged else {}
    aside = (*domain.check_ignore, *check_ignore)
    for segment, count in zip(domain.segments, domain.words, strict=True):
        state, text = State.TRANSLATED, segment.key[1]
        if entry := entries.get(segment.key):
            state = entry.state
            if state in (State.TRANSLATED, State.STALE):
                found = compare.differences(pair(domain, segment, entry, locale))
                reasons = [reason(difference, entry, aside) for difference in found]
                broken = [d for d, why in zip(found, reasons, strict=True) if not why]
                failed += [(entry, difference) for difference in broken]
                waived += [(entry, d, why) for d, why in zip(found, reasons, strict=True) if why]
                if broken:
                    state = State.FAILED
                elif state is State.STALE and _outdated(domain, segment, entry, locale, aside):
                    state = State.SUGGESTED
                else:
                    text = entry.translation
        theirs = state in (State.TRANSLATED, State.STALE)
        shown = locale if theirs else domain.locale
        since = _changed_on(entry, domain) if entry and state is State.STALE else None
        passages[segment.key] = Passage(text, shown, state, since)
        words[state] += count
    header = dict(catalogue.header) if catalogue else {}
    name = translator(header)
    return Translation(
        domain=domain,
        locale=locale,
        passages=passages,
        coverage=Coverage(**{state.value: count for state, count in words.items()}),
        failed=tuple(failed),
        completed=COMPLETED in header,
        waived=tuple(waived),
        entries=entries,
        path=catalogue.path if catalogue else "",
        translator=name,
        translated_on=_revised(header, name),
    )


_NOBODY = frozenset({"", "full name", "automatically generated", "anonymous", "none"})
"""What tools write for a translator whom nobody named, case-folded."""


def translator(header: Mapping[str, str]) -> str:
    """The name in `Last-Translator`, without the address, which is nobody's business."""
    words = re.sub(r"<[^>]*>?|\S+@\S+", " ", header.get("Last-Translator", ""))
    name = " ".join(words.split()).strip(" ,;()")
    return "" if name.casefold() in _NOBODY else name


def _revised(header: Mapping[str, str], translator: str) -> datetime.date | None:
    """The day of `PO-Revision-Date`; none while it is the midnight that `publish update` writes
    into a new catalogue and nobody has put a name to it."""
    revision = header.get("PO-Revision-Date", "")
    if not translator and revision.endswith(" 00:00+0000"):
        return None
    return _day(revision[:10])


def _changed_on(entry: Entry, domain: Domain) -> datetime.date | None:
    """The day of the first `changed` note; none where the editor did not date the change, so that
    the note has the day of first publication."""
    words = (note.split() for note in entry.notes.split("\n"))
    days = [_day(word[1]) for word in words if len(word) > 1 and word[0] == CHANGED]
    known = (day for day in days if day and not (domain.born and day <= domain.born))
    return min(known, default=None)


def _day(text: str) -> datetime.date | None:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def pair(
    domain: Domain,
    segment: Segment,
    entry: Entry,
    locale: Locale,
    glossary: Glossary | None = None,
    house_quotes: bool = False,
) -> Pair:
    """A message's translation beside the text that it was made from."""
    stale = entry.state is State.STALE and entry.previous is not None
    original = entry.previous.msgid if stale and entry.previous else entry.key[1]
    return Pair(
        msgid=original,
        msgstr=entry.translation,
        locale=locale,
        original=domain.locale,
        kind=segment.kind,
        plain=segment.kind in messages.FRONT_MATTER,
        definitions=domain.cut.definitions if domain.cut else (),
        notes=domain.cut.notes if domain.cut else None,
        localized=domain.localized_urls,
        glossary=glossary,
        house_quotes=house_quotes,
    )


def reason(difference: Difference, entry: Entry, aside: Sequence[Ignore]) -> str:
    """Why a finding does not count; empty where it does.

    `aside` are the rules that editor and site set aside.
    """
    if difference.firm:
        return ""
    return waivers.reason(
        difference.code, waivers.of_entry(entry, ""), Waiver.TRANSLATOR
    ) or waivers.reason(difference.code, aside, Waiver.EDITOR)


def _outdated(
    domain: Domain, segment: Segment, entry: Entry, locale: Locale, aside: Sequence[Ignore]
) -> bool:
    """Whether the original has gained or lost links, notes or the like since: the translation can
    then no longer stand in its place, through no fault of the translator's."""
    now = dataclasses.replace(pair(domain, segment, entry, locale), msgid=entry.key[1])
    return any(not reason(found, entry, aside) for found in compare.differences(now))


def held_because(translation: Translation, threshold: float, floor: float) -> str:
    """Why a translation is not published, by itself; empty where it is. Whether the piece is
    published at all, `releases` knows."""
    coverage, domain = translation.coverage, translation.domain
    if translation.locale in domain.hold:
        return release.HELD
    for segment in domain.segments:
        passage = translation.passages[segment.key]
        if segment.kind == "title" and passage.locale != translation.locale:
            return "its title is not translated"
    if coverage.share >= threshold or translation.locale in domain.pin:
        return ""
    if translation.completed:
        return "" if coverage.share >= floor else "too little of it is translated"
    return "it is not complete"


# ── The plan ─────────────────────────────────────────────────────────────────────────────────


def plan(site: Site, now: datetime.datetime, *, drafts: bool = False) -> Plan:
    """Everything that is published at the moment `now`, which knows its offset.

    With `drafts` a preview: also what is a draft or not released yet.
    """
    return _Planner(site, now, drafts).plan()


def releases(
    site: Site, translations: Iterable[Translation], now: datetime.datetime
) -> dict[str, Release]:
    """Which editions of each piece are published at the moment `now`, by its slug.

    `translations` are those of the pieces; others do no harm.
    """
    settings = site.settings
    own: dict[str, dict[Locale, str]] = {}
    for one in translations:
        if one.locale != one.domain.locale:
            because = held_because(one, settings.threshold, settings.floor)
            own.setdefault(one.domain.name, {})[one.locale] = because
    return {
        piece.slug: release.decide(piece, own.get(f"pieces/{piece.slug}", {}), now)
        for piece in site.pieces
    }


def translations(site: Site) -> Iterator[Translation]:
    """Every domain of the sources in every language of the site but its own."""
    domains = tuple(messages.of_sources(site))
    known = catalogues(site, domains)
    for domain in domains:
        for locale in site.settings.languages:
            if locale != domain.locale:
                catalogue = known.get((domain.name, locale))
                yield translate(domain, catalogue, locale, aside(site, locale))


def aside(site: Site, locale: Locale) -> tuple[Ignore, ...]:
    """The rules that the site sets aside for translations into a language."""
    return site.settings.check_ignore.get(locale.tag, ())


def catalogues(site: Site, domains: Sequence[Domain]) -> dict[tuple[str, Locale], Catalogue]:
    """The site's catalogues by domain and language; `domains` are all that the site has.

    A renamed source has those of its old name, also before anybody ran `publish update`.
    """
    return adopted(site.catalogues, domains)


class _Planner:
    """Holds what several editions need while the plan is made."""

    def __init__(self, site: Site, now: datetime.datetime, drafts: bool) -> None:
        self.site = site
        self.drafts = drafts
        self.languages = site.settings.languages
        self.authors = {author.id: author for author in site.authors}
        self.pieces = {piece.slug: piece for piece in site.pieces}
        self.domains = {piece.slug: messages.of_piece(piece) for piece in site.pieces}
        self.bios = {author.id: messages.of_author(author) for author in site.authors}
        self.catalogues = catalogues(
            site, (*self.domains.values(), *self.bios.values(), self._tags)
        )
        self.pictures: dict[str, Picture] = {}
        # The same by the path of the widest file.
        self.widest: dict[str, Picture] = {}
        translations = {
            (piece.slug, locale): self._translate(self.domains[piece.slug], locale)
            for piece in site.pieces
            for locale in self.languages
        }
        self.releases = releases(site, translations.values(), now)
        # Of published editions alone. Where a piece has any, its original is among them.
        self.translations: dict[tuple[str, Locale], Translation] = {}
        self.held: list[Held] = []
        for (slug, locale), translation in translations.items():
            its = self.releases[slug]
            if reason := its.own.get(locale, "") if drafts else its.because(locale):
                self.held.append(Held(slug, locale, translation.coverage, reason))
            else:
                self.translations[slug, locale] = translation
        self.published = tuple(p for p in site.pieces if (p.slug, p.locale) in self.translations)
        self.translated: dict[tuple[str, Locale], Translation] = {}
        self.listed: dict[tuple[str, Locale], Listed] = {}

    def _shared(self, domain: Domain, locale: Locale) -> Translation:
        """What many pages show: authors, topics and series."""
        if (domain.name, locale) not in self.translated:
            self.translated[domain.name, locale] = self._translate(domain, locale)
        return self.translated[domain.name, locale]

    def _translate(self, domain: Domain, locale: Locale) -> Translation:
        catalogue = self.catalogues.get((domain.name, locale))
        return translate(domain, catalogue, locale, aside(self.site, locale))

    def plan(self) -> Plan:
        fronts = [self._fronts(locale) for locale in self.languages]
        profiles = [
            self._profiles(author, locale)
            for author in self.site.authors
            if self.lists.by(author.id)
            for locale in self.languages
        ]
        about = self.lists.subjects()
        lists: list[Sequence[Front | Profile | Subject]] = [*fronts, *about, *profiles]
        return Plan(
            editions=tuple(
                self._edition(piece, locale)
                for piece in self.published
                for locale in self.languages
                if (piece.slug, locale) in self.translations
            ),
            held=tuple(self.held),
            profiles=tuple(pages[0] for pages in profiles),
            fronts=tuple(pages[0] for pages in fronts),
            topics=self.lists.topics(),
            subjects=tuple(pages[0] for pages in about),
            later=tuple(page for pages in lists for page in pages[1:]),
            searches=tuple(
                self._search(locale, [pages[0] for pages in profiles])
                for locale in self.languages
                if self.site.settings.search
            ),
            # Last, when all that shows an image has been decided.
            pictures=tuple(self.pictures[path] for path in sorted(self.pictures)),
            redirects=tuple(
                self._redirect(piece, former.content, locale)
                for piece in self.published
                for former in piece.former_slugs
                for locale in self.languages
                if (piece.slug, locale) in self.translations
            ),
            preview=self.drafts,
        )

    # ── Editions ─────────────────────────────────────────────────────────────────────────────

    def _edition(self, piece: Piece, locale: Locale) -> Edition:
        translation = self.translations[piece.slug, locale]
        path = urls.piece(locale, piece.slug)
        body = markdown.render(
            piece.body,
            locale,
            lambda segment: translation.passages[segment.key],
            functools.partial(self._resolve, piece.path, locale, path),
            piece.locale,
        )
        title = translation.run("title", piece.title.content)
        alternates = self._alternates(piece, locale)
        topics = self._shared(self._tags, locale)
        about = {key: self.lists.address(locale, key) for key in subjects(piece)}
        authors = [self.authors[who] for who in piece.authors]
        domains = [self.domains[piece.slug], *(self.bios[author.id] for author in authors)]
        return Edition(
            slug=piece.slug,
            locale=locale,
            original=piece.locale,
            title=title.text,
            original_title=piece.title.content,
            title_changed=title.changed,
            summary=translation.run("summary", piece.summary.content),
            date=piece.date,
            updated=piece.updated,
            modified=self._modified(piece, locale),
            series=topics.run("series", piece.series.content) if piece.series else None,
            topics=tuple(topics.run("tag", tag.content) for tag in piece.tags),
            corrections=tuple(
                (correction.date, translation.run("correction", correction.text.content))
                for correction in piece.corrections
            ),
            body=body,
            bylines=tuple(self._byline(author, locale, path, first=False) for author in authors),
            alternates=alternates,
            default_path=self._default(alternates),
            related=self.lists.related(piece, locale),
            coverage=translation.coverage,
            standing=_standing(translation),
            stale=translation.stale,
            stale_since=translation.stale_since,
            untranslated=translation.open - translation.stale,
            translator=translation.translator,
            translated_on=translation.translated_on,
            path=path,
            pdf_path=urls.pdf(locale, piece.slug),
            images=tuple(dict.fromkeys(name for domain in domains for name in shown(domain))),
            image=self._image(body.html, path, locale),
            minutes=_minutes(translation),
            topic_paths=tuple(about["tag", tag.content] for tag in piece.tags),
            series_path=about["series", piece.series.content] if piece.series else "",
            series_home=self.lists.home(("series", piece.series.content)) if piece.series else "",
            part=self.lists.part(piece, locale),
            preview=self._preview(piece),
        )

    def _preview(self, piece: Piece) -> Preview | None:
        if not self.releases[piece.slug].whole:
            return None
        return Preview.DRAFT if piece.draft else Preview.EARLY

    def _redirect(self, piece: Piece, former: str, locale: Locale) -> Redirect:
        title = self.translations[piece.slug, locale].run("title", piece.title.content)
        return Redirect(
            locale=locale,
            path=urls.piece(locale, former),
            pdf_path=urls.pdf(locale, former),
            title=title.text,
            target=urls.piece(locale, piece.slug),
            pdf_target=urls.pdf(locale, piece.slug),
        )

    def _image(self, html: str, page: str, locale: Locale) -> Image | None:
        """The first image of a rendered text that stands on `page`."""
        found = markdown.first_image(html, locale)
        if found is None:
            return None
        path = posixpath.normpath(posixpath.join(page, unquote(found.address)))
        picture = self.widest.get(path)
        if picture is None:
            return None
        alt = Run(typography.text(found.alt, found.locale), found.locale)
        return Image(path, picture.widths[-1], picture.height, alt)

    def _alternates(self, piece: Piece, current: Locale) -> tuple[Alternate, ...]:
        """The one list of an edition's siblings; pages, PDFs and heads all read it."""
        return tuple(
            Alternate(
                locale=locale,
                path=urls.piece(locale, piece.slug) if published else "",
                pdf_path=urls.pdf(locale, piece.slug) if published else "",
                original=locale == piece.locale,
                current=locale == current,
            )
            for locale in self.languages
            if locale not in piece.hold
            for published in [(piece.slug, locale) in self.translations]
        )

    def _default(self, alternates: Sequence[Alternate]) -> str:
        """The page of a piece or author for readers of none of these languages."""
        published = [alternate for alternate in alternates if alternate.path]
        ours = [one for one in published if one.locale == self.site.settings.default_language]
        return (ours or [one for one in published if one.original])[0].path

    def _modified(self, piece: Piece, locale: Locale) -> datetime.date:
        days = [piece.date, piece.updated, *(correction.date for correction in piece.corrections)]
        if locale != piece.locale:
            days.append(self.translations[piece.slug, locale].translated_on)
        return max(day for day in days if day)

    def _byline(self, author: Author, locale: Locale, page: str, *, first: bool) -> Byline:
        """The author in the language of `page` as far as that is whole, else as written; `first`
        where the page begins with the biography."""
        domain = self.bios[author.id]
        translation = self._shared(domain, locale)
        bodily = {segment.key for segment in domain.cut.segments} if domain.cut else set()
        translated = all(translation.passages[key].locale == locale for key in bodily)
        bio_locale = locale if translated else author.locale
        resolve = functools.partial(self._resolve, author.path, locale, page)

        def choose(segment: Segment) -> Passage | None:
            return translation.passages[segment.key] if translated else None

        return Byline(
            author=author.id,
            name=_name(translation, author),
            honorific=translation.run("title", author.title.content) if author.title else None,
            person=translation.run("name", author.name.content),
            affiliation=(
                translation.run("affiliation", author.affiliation.content)
                if author.affiliation
                else None
            ),
            bio=markdown.render(
                author.bio, bio_locale, choose, resolve, author.locale, first=first
            ),
            bio_locale=bio_locale,
            path=urls.author(locale, author.id),
        )

    @functools.cached_property
    def _tags(self) -> Domain:
        return messages.of_tags(self.site)

    # ── Lists ────────────────────────────────────────────────────────────────────────────────

    @functools.cached_property
    def lists(self) -> Lists:
        return Lists(
            self.site,
            self.translations.keys(),
            self._listed,
            lambda slug, locale: self._modified(self.pieces[slug], locale),
            lambda locale, key: self._shared(self._tags, locale).run(*key),
        )

    def _listed(self, slug: str, locale: Locale) -> Listed:
        """A published edition as lists show it, made once: most stand in several."""
        if (slug, locale) not in self.listed:
            piece, translation = self.pieces[slug], self.translations[slug, locale]
            self.listed[slug, locale] = Listed(
                slug=slug,
                title=translation.run("title", piece.title.content).text,
                summary=translation.run("summary", piece.summary.content),
                date=piece.date,
                names=tuple(
                    _name(self._shared(self.bios[who], locale), self.authors[who])
                    for who in piece.authors
                ),
                locale=locale,
                path=urls.piece(locale, slug),
            )
        return self.listed[slug, locale]

    def _profiles(self, author: Author, locale: Locale) -> list[Profile]:
        """The pages of an author in a language."""
        path = urls.author(locale, author.id)
        alternates = self.lists.versions(
            locale, lambda one: urls.author(one, author.id), author.locale
        )
        byline = self._byline(author, locale, path, first=True)
        written = self.lists.by(author.id)
        pages = self.lists.pages(written, locale, alternates, self._default(alternates))
        return [Profile(byline=byline, **page) for page in pages]

    def _fronts(self, locale: Locale) -> list[Front]:
        """The pages of a language's index."""
        alternates = self.lists.versions(locale, urls.front)
        everything = self.lists.everything()
        pages = self.lists.pages(everything, locale, alternates, urls.CHOOSER)
        return [Front(**page) for page in pages]

    def _search(self, locale: Locale, profiles: Sequence[Profile]) -> SearchPage:
        here = [one for one in profiles if one.locale == locale]
        return SearchPage(
            locale=locale,
            alternates=self.lists.versions(locale, urls.search),
            empty=not here and all(tag != locale for _, tag in self.translations),
            authors=tuple(one.byline for one in here if one.pieces),
            path=urls.search(locale),
            default_path=urls.search(self.site.settings.default_language),
        )

    # ── Addresses ────────────────────────────────────────────────────────────────────────────

    def _resolve(self, source: str, locale: Locale, page: str, address: str) -> Target:
        """Where a link or image of the file `source` leads, seen from `page`."""
        kind, name = internal(source, address)
        fragment = f"#{address.partition('#')[2]}" if "#" in address else ""
        target, foreign = "", None
        if kind == "image" and name in self.site.images:
            return _shown(self._picture(name), page)
        if kind == "piece" and name in self.domains:
            home = self.domains[name].locale
            if (name, home) not in self.translations:
                return markdown.NOWHERE
            shown = locale if (name, locale) in self.translations else home
            target, foreign = urls.piece(shown, name), None if shown == locale else shown
        elif kind == "author" and name in self.authors:
            if not self.lists.by(name):
                return markdown.NOWHERE
            target = urls.author(locale, name)
        if not target:
            return Target(address, address)
        full = urls.absolute(self.site.settings.base_url, target)
        return Target(urls.relative(page, target) + fragment, full + fragment, foreign)

    def _picture(self, path: str) -> Picture:
        """The image, scaled when the first page shows it."""
        if path not in self.pictures:
            stem, suffix = posixpath.splitext(posixpath.basename(path))
            made = images.prepare(self.site.images[path])
            files = []
            for version in made.screen:
                name = stem if version is made.screen[-1] else f"{stem}-{version.width}"
                address = urls.asset(f"{name}{suffix}", version.content)
                files.append(Artefact(address, version.content))
            widths = tuple(version.width for version in made.screen)
            height = made.screen[-1].height
            picture = Picture(path, tuple(files), widths, height, made.paper)
            self.pictures[path] = self.widest[files[-1].path] = picture
        return self.pictures[path]


def _shown(picture: Picture, page: str) -> Target:
    """The image as `page` shows it."""
    addresses = [quote(urls.relative(page, version.path)) for version in picture.versions]
    several = len(addresses) > 1
    return Target(
        addresses[-1],
        picture.source,
        width=picture.widths[-1],
        height=picture.height,
        candidates=tuple(zip(addresses, picture.widths, strict=True)) if several else (),
    )


def _minutes(translation: Translation) -> int:
    """How long the text takes to read as it is shown: without its notes, each passage in the
    language that it really is in."""
    return reading.minutes(
        (passage.locale, passage.text)
        for segment in translation.domain.segments
        if segment.kind not in messages.FRONT_MATTER
        and not segment.kind.startswith(("note ", "image "))
        for passage in [translation.passages[segment.key]]
    )


def _standing(translation: Translation) -> Standing:
    if translation.locale == translation.domain.locale:
        return Standing.ORIGINAL
    return Standing.BEHIND if translation.open else Standing.CURRENT


def _name(translation: Translation, author: Author) -> Run:
    """Title and name together, in one language."""
    name = translation.run("name", author.name.content)
    if author.title is None:
        return name
    title = translation.run("title", author.title.content)
    if title.locale != name.locale:
        title, name = (
            Run(author.title.content, author.locale),
            Run(author.name.content, author.locale),
        )
    return Run(typography.text(f"{title.text} {name.text}", name.locale), name.locale)


_INTERNAL = re.compile(r"sources/(pieces|authors)/([^/]+)\.md\Z")


def internal(source: str, address: str) -> tuple[str, str]:
    """What an address in the file `source` means: its kind, and the slug, id, path or anchor.

    Kinds: `external`, `anchor`, `piece`, `author`, `image`, and `unknown` for anything else.
    """
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", address):
        return "external", address
    path, _, anchor = address.partition("#")
    if not path:
        return "anchor", anchor
    target = image_path(source, path)
    if match := _INTERNAL.match(target):
        return match[1].removesuffix("s"), match[2]
    if target.startswith("sources/") and re.search(r"\.(?:png|jpe?g)\Z", target, re.IGNORECASE):
        return "image", target
    return "unknown", target


def shown(domain: Domain) -> tuple[str, ...]:
    """Paths of the images that a source shows, relative to the site's root."""
    found = domain.cut.images if domain.cut else ()
    return tuple(dict.fromkeys(image_path(domain.path, image.target) for image in found))


def image_path(source: str, target: str) -> str:
    """The path from the site's root of a file that `source` names relative to itself."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(source), unquote(target)))
