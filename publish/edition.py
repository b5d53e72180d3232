"""What each edition shows: the one place where translations meet texts and things are decided.

Site in, `Plan` out. Whether an edition is published, which words stand in it, in which language
they are, who its siblings are: all of that is here and nowhere else.
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
import hashlib
import posixpath
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote

from . import compare, images, markdown, messages, reading, release, typography, urls, waivers
from .compare import Difference, Pair
from .errors import Waiver
from .lists import Lists, subjects
from .locales import Locale
from .markdown import Cut, Passage, Reference, Shown, Target
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
    Rendering,
    Run,
    SearchPage,
    Segment,
    Settings,
    Site,
    Standing,
    State,
    Subject,
)
from .release import Release

COMPLETED = "X-Completed"
"""Header field that remembers the day on which a translation was first complete."""

OUT_OF_ORDER = "its files have a fault, and it does not stand whole in output/"
"""Why an edition is not published whose piece has a fault in a build that goes on all the same."""

UNWRITTEN = Rendering("", "")
"""Stands for a text that has not been put into its page yet."""

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

    stray: bool = False
    """Whether the catalogue has messages, and none of this domain's."""

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
        stray=_stray(catalogue, domain),
    )


def _stray(catalogue: Catalogue | None, domain: Domain) -> bool:
    if catalogue is None or catalogue.domain != domain.name:
        return False
    own = {segment.key for segment in domain.segments}
    return not any(entry.key in own for entry in catalogue.entries)


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


# ── What is known of a source ────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Version:
    """A source in one language, as lists and other sources need to know it."""

    locale: Locale
    """The language."""

    coverage: Coverage
    """Words by state."""

    because: str
    """Why it would not be published by itself; empty where it would, and for an author."""

    runs: Mapping[Key, Run]
    """What stands for each text of the front matter."""

    bodily: bool
    """Whether all of the text is in this language."""

    standing: Standing
    """How current it is."""

    stale: int
    """How many messages are translated from an earlier text."""

    stale_since: datetime.date | None
    """Day of the first change since; None where nobody knows."""

    untranslated: int
    """How many messages stand in the original language."""

    translator: str
    """Who translated last; empty where nobody is named."""

    translated_on: datetime.date | None
    """Day on which they last did; None where nobody knows."""

    minutes: int
    """How long the text takes to read; 0 where nobody can say."""

    image: Shown | None
    """The first image of the text."""

    text: Rendering | None
    """The text with its notes, where it leads inside the site still open; None once it was put
    aside."""

    digest: str
    """What the text is known by, when it is not at hand."""

    def run(self, context: str, text: str) -> Run:
        """What stands for a text of the front matter."""
        return self.runs[context, text]


@dataclass(frozen=True, slots=True)
class Surveyed:
    """A source and its translations, as far as nothing else of the site is needed to know them."""

    source: Piece | Author
    """The source."""

    links: tuple[Reference, ...]
    """Its links that lead to what is or should be a part of the site."""

    images: tuple[Reference, ...]
    """The images that it shows."""

    anchors: frozenset[str]
    """Ids that links from elsewhere may lead to."""

    versions: tuple[Version, ...]
    """It in every language of the site."""

    strays: tuple[Locale, ...] = ()
    """Languages whose catalogue has its name, but not one of its messages."""

    def version(self, locale: Locale) -> Version:
        """It in one of the languages."""
        return next(one for one in self.versions if one.locale == locale)


def surveyed(
    domain: Domain,
    source: Piece | Author,
    translations: Sequence[Translation],
    settings: Settings,
) -> Surveyed:
    """All that can be said of one source alone; its texts rendered, but for where links lead.

    `translations` are of each language of the site, in its order.
    """
    cut = domain.cut
    return Surveyed(
        source=source,
        links=leading(source.path, cut) if cut else (),
        images=cut.images if cut else (),
        anchors=cut.anchors if cut else frozenset(),
        versions=tuple(_version(source, one, settings) for one in translations),
        strays=tuple(one.locale for one in translations if one.stray),
    )


def _version(source: Piece | Author, translation: Translation, settings: Settings) -> Version:
    domain, locale = translation.domain, translation.locale
    piece = isinstance(source, Piece)
    body = source.body if isinstance(source, Piece) else source.bio
    bodily = {segment.key for segment in domain.cut.segments} if domain.cut else set()
    whole = all(translation.passages[key].locale == locale for key in bodily)
    shown = locale if piece or whole else source.locale

    def choose(segment: Segment) -> Passage | None:
        return translation.passages[segment.key] if piece or whole else None

    text = markdown.outline(
        body, shown, choose, source.locale, lambda address: leads_in(source.path, address)
    )
    front = [one.key for one in domain.segments if one.kind in messages.FRONT_MATTER]
    judged = piece and locale != source.locale
    return Version(
        locale=locale,
        coverage=translation.coverage,
        because=held_because(translation, settings.threshold, settings.floor) if judged else "",
        runs={key: translation.run(*key) for key in front},
        bodily=whole,
        standing=_standing(translation),
        stale=translation.stale,
        stale_since=translation.stale_since,
        untranslated=translation.open - translation.stale,
        translator=translation.translator,
        translated_on=translation.translated_on,
        minutes=_minutes(translation) if piece else 0,
        image=markdown.first_image(text.html, shown),
        text=text,
        digest=_digest(text),
    )


def _digest(text: Rendering) -> str:
    """What a rendered text is known by."""
    parts = [text.html, text.print_html]
    parts += [part for note in text.notes for part in (str(note.number), note.html, *note.marks)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def leading(source: str, cut: Cut) -> tuple[Reference, ...]:
    """Links of the file `source` that lead to what is or should be a part of the site."""
    elsewhere = ("external", "anchor")
    return tuple(one for one in cut.links if internal(source, one.target)[0] not in elsewhere)


def leads_in(source: str, address: str) -> bool:
    """Whether an address in the file `source` leads to a part of the site, there or not."""
    return internal(source, address)[0] in ("piece", "author", "image")


# ── The plan ─────────────────────────────────────────────────────────────────────────────────


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


Texts = Callable[[str, Version], Rendering]
"""Finds a text that was put aside, by its source and version."""


class Planner:
    """Decides what every page shows, from what is known of each source.

    The texts themselves are not needed for that: `written` and `introduced` put them in.
    """

    def __init__(
        self,
        site: Site,
        surveys: Mapping[str, Surveyed],
        tags: Mapping[Locale, Translation],
        pictured: Callable[[str], Picture | None],
        now: datetime.datetime,
        *,
        drafts: bool = False,
        frozen: Mapping[str, Collection[Locale]] | None = None,
    ) -> None:
        """`surveys` are by the path of their source, `tags` what topics and series are called.

        `pictured` knows an image by its path, None where there is none that can be shown. Of
        pieces that are `frozen` exactly the named editions are published.
        """
        self.site = site
        self.surveys = surveys
        self.tags = tags
        self.drafts = drafts
        self.languages = site.settings.languages
        self.authors = {author.id: author for author in site.authors}
        self.pieces = {piece.slug: piece for piece in site.pieces}
        self.pictured = functools.cache(pictured)
        self.pictures: dict[str, Picture] = {}
        # A source's versions are asked for again and again.
        self.versions = {
            (path, version.locale): version
            for path, one in surveys.items()
            for version in one.versions
        }
        self.releases: dict[str, Release] = {}
        # Of published editions alone. Where a piece has any, its original is among them.
        self.published: dict[tuple[str, Locale], Version] = {}
        self.held: list[Held] = []
        for piece in site.pieces:
            ours = {one: self.versions[piece.path, one] for one in self.languages}
            own = {one: ours[one].because for one in self.languages if one != piece.locale}
            its = self.releases[piece.slug] = release.decide(piece, own, now)
            for locale, version in ours.items():
                reason = its.own.get(locale, "") if drafts else its.because(locale)
                if frozen and piece.slug in frozen and (drafts or not its.until):
                    reason = "" if locale in frozen[piece.slug] else reason or OUT_OF_ORDER
                if reason:
                    self.held.append(Held(piece.slug, locale, version.coverage, reason))
                else:
                    self.published[piece.slug, locale] = version
        self.sources = tuple(p for p in site.pieces if (p.slug, p.locale) in self.published)
        self.listed: dict[tuple[str, Locale], Listed] = {}
        self.bylines: dict[tuple[str, Locale], Byline] = {}
        self._siblings: dict[str, tuple[Alternate, ...]] = {}
        self._days: dict[tuple[str, Locale], datetime.date] = {}

    def plan(self) -> Plan:
        """Everything that is published; texts are left out."""
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
                for piece in self.sources
                for locale in self.languages
                if (piece.slug, locale) in self.published
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
                for piece in self.sources
                for former in piece.former_slugs
                for locale in self.languages
                if (piece.slug, locale) in self.published
            ),
            preview=self.drafts,
        )

    # ── Texts ────────────────────────────────────────────────────────────────────────────────

    def written(self, one: Edition, texts: Texts | None = None) -> Edition:
        """The edition with its texts; `texts` finds one that was put aside."""
        piece = self.pieces[one.slug]
        return dataclasses.replace(
            one,
            body=self._text(piece, one.locale, one.path, texts, first=True),
            bylines=tuple(
                self._with_bio(byline, one.locale, one.path, texts, first=False)
                for byline in one.bylines
            ),
        )

    def introduced(self, one: Profile, texts: Texts | None = None) -> Profile:
        """The page of an author with their biography."""
        byline = self._with_bio(one.byline, one.locale, one.path, texts, first=True)
        return dataclasses.replace(one, byline=byline)

    def _with_bio(
        self,
        byline: Byline,
        locale: Locale,
        page: str,
        texts: Texts | None,
        *,
        first: bool,
    ) -> Byline:
        author = self.authors[byline.author]
        bio = self._text(author, locale, page, texts, first=first)
        return dataclasses.replace(byline, bio=bio)

    def _text(
        self,
        source: Piece | Author,
        locale: Locale,
        page: str,
        texts: Texts | None,
        *,
        first: bool,
    ) -> Rendering:
        version = self.versions[source.path, locale]
        text = version.text or (texts(source.path, version) if texts else None)
        if text is None:
            raise LookupError(f"the text of {source.path} in {locale.tag} was put aside")
        resolve = functools.partial(self._resolve, source.path, locale, page)
        return markdown.filled(text, resolve, first=first)

    def leads(self, one: Edition | Profile) -> tuple[object, ...]:
        """What decides where the links and images of the page's texts lead, in their order."""
        found: list[object] = []
        sources: list[Piece | Author] = []
        if isinstance(one, Edition):
            sources.append(self.pieces[one.slug])
            sources += [self.authors[byline.author] for byline in one.bylines]
        else:
            sources.append(self.authors[one.byline.author])
        for source in sources:
            known = self.surveys[source.path]
            for reference in known.links:
                kind, name = internal(source.path, reference.target)
                if kind == "piece":
                    home = self.pieces[name].locale if name in self.pieces else one.locale
                    here = (name, one.locale) in self.published
                    found.append((here, home.tag, (name, home) in self.published))
                elif kind == "author":
                    found.append(name in self.authors and bool(self.lists.by(name)))
            for reference in known.images:
                picture = self.pictured(image_path(source.path, reference.target))
                found.append((picture.files, picture.widths) if picture else None)
        return tuple(found)

    # ── Editions ─────────────────────────────────────────────────────────────────────────────

    def _edition(self, piece: Piece, locale: Locale) -> Edition:
        version = self.published[piece.slug, locale]
        alternates = self._alternates(piece, locale)
        [here] = [one for one in alternates if one.current]
        topics = self.tags[locale]
        about = {key: self.lists.address(locale, key) for key in subjects(piece)}
        series = ("series", piece.series.content) if piece.series else None
        authors = [self.authors[who] for who in piece.authors]
        title = version.run("title", piece.title.content)
        sources: tuple[Piece | Author, ...] = (piece, *authors)
        images = [self._shown(source) for source in sources]
        return Edition(
            slug=piece.slug,
            locale=locale,
            original=piece.locale,
            title=title.text,
            original_title=piece.title.content,
            title_changed=title.changed,
            summary=version.run("summary", piece.summary.content),
            date=piece.date,
            updated=piece.updated,
            modified=self._modified(piece, locale),
            series=topics.run(*series) if series else None,
            topics=tuple(topics.run("tag", tag.content) for tag in piece.tags),
            corrections=tuple(
                (correction.date, version.run("correction", correction.text.content))
                for correction in piece.corrections
            ),
            body=UNWRITTEN,
            bylines=tuple(self._byline(author, locale) for author in authors),
            alternates=alternates,
            default_path=self._default(alternates),
            related=self.lists.related(piece, locale),
            coverage=version.coverage,
            standing=version.standing,
            stale=version.stale,
            stale_since=version.stale_since,
            untranslated=version.untranslated,
            translator=version.translator,
            translated_on=version.translated_on,
            path=here.path,
            pdf_path=here.pdf_path,
            images=tuple(dict.fromkeys(name for names in images for name in names)),
            image=self._image(piece, version.image),
            minutes=version.minutes,
            topic_paths=tuple(about["tag", tag.content] for tag in piece.tags),
            series_path=about[series] if series else "",
            series_home=self.lists.home(series) if series else "",
            part=self.lists.part(piece, locale),
            preview=self._preview(piece),
        )

    def _shown(self, source: Piece | Author) -> list[str]:
        """The images of a source, which are published with what shows them."""
        references = self.surveys[source.path].images
        if not references:
            return []
        names = [image_path(source.path, one.target) for one in references]
        for name in names:
            if picture := self.pictured(name):
                self.pictures[name] = picture
        return names

    def images(self, source: Piece | Author) -> set[str]:
        """Paths of the images of a source."""
        references = self.surveys[source.path].images
        return {image_path(source.path, one.target) for one in references}

    def _preview(self, piece: Piece) -> Preview | None:
        if not self.releases[piece.slug].whole:
            return None
        return Preview.DRAFT if piece.draft else Preview.EARLY

    def _redirect(self, piece: Piece, former: str, locale: Locale) -> Redirect:
        title = self.published[piece.slug, locale].run("title", piece.title.content)
        return Redirect(
            locale=locale,
            path=urls.piece(locale, former),
            pdf_path=urls.pdf(locale, former),
            title=title.text,
            target=urls.piece(locale, piece.slug),
            pdf_target=urls.pdf(locale, piece.slug),
        )

    def _image(self, piece: Piece, shown: Shown | None) -> Image | None:
        """The first image of a text, as networks show it."""
        if shown is None:
            return None
        picture = self.pictured(image_path(piece.path, shown.address))
        if picture is None:
            return None
        alt = Run(typography.text(shown.alt, shown.locale), shown.locale)
        return Image(picture.files[-1], picture.widths[-1], picture.height, alt)

    def _alternates(self, piece: Piece, current: Locale) -> tuple[Alternate, ...]:
        """The one list of an edition's siblings; pages, PDFs and heads all read it."""
        if piece.slug not in self._siblings:
            self._siblings[piece.slug] = tuple(
                Alternate(
                    locale=locale,
                    path=urls.piece(locale, piece.slug) if published else "",
                    pdf_path=urls.pdf(locale, piece.slug) if published else "",
                    original=locale == piece.locale,
                    current=False,
                )
                for locale in self.languages
                if locale not in piece.hold
                for published in [(piece.slug, locale) in self.published]
            )
        return tuple(
            dataclasses.replace(one, current=True) if one.locale == current else one
            for one in self._siblings[piece.slug]
        )

    def _default(self, alternates: Sequence[Alternate]) -> str:
        """The page of a piece or author for readers of none of these languages."""
        published = [alternate for alternate in alternates if alternate.path]
        ours = [one for one in published if one.locale == self.site.settings.default_language]
        return (ours or [one for one in published if one.original])[0].path

    def _modified(self, piece: Piece, locale: Locale) -> datetime.date:
        found = self._days.get((piece.slug, locale))
        if found is None:
            days = [piece.date, piece.updated, *(one.date for one in piece.corrections)]
            if locale != piece.locale:
                days.append(self.published[piece.slug, locale].translated_on)
            found = self._days[piece.slug, locale] = max(day for day in days if day)
        return found

    def _byline(self, author: Author, locale: Locale) -> Byline:
        """The author in the language of a page as far as that is whole, else as written."""
        if (author.id, locale) not in self.bylines:
            version = self.versions[author.path, locale]
            self.bylines[author.id, locale] = Byline(
                author=author.id,
                name=_name(version, author),
                honorific=version.run("title", author.title.content) if author.title else None,
                person=version.run("name", author.name.content),
                affiliation=(
                    version.run("affiliation", author.affiliation.content)
                    if author.affiliation
                    else None
                ),
                bio=UNWRITTEN,
                bio_locale=locale if version.bodily else author.locale,
                path=urls.author(locale, author.id),
            )
        return self.bylines[author.id, locale]

    # ── Lists ────────────────────────────────────────────────────────────────────────────────

    @functools.cached_property
    def lists(self) -> Lists:
        return Lists(
            self.site,
            self.published.keys(),
            self._listed,
            lambda slug, locale: self._modified(self.pieces[slug], locale),
            lambda locale, key: self.tags[locale].run(*key),
        )

    def _listed(self, slug: str, locale: Locale) -> Listed:
        """A published edition as lists show it, made once: most stand in several."""
        if (slug, locale) not in self.listed:
            piece, version = self.pieces[slug], self.published[slug, locale]
            self.listed[slug, locale] = Listed(
                slug=slug,
                title=version.run("title", piece.title.content).text,
                summary=version.run("summary", piece.summary.content),
                date=piece.date,
                names=tuple(self._byline(self.authors[who], locale).name for who in piece.authors),
                locale=locale,
                path=urls.piece(locale, slug),
            )
        return self.listed[slug, locale]

    def _profiles(self, author: Author, locale: Locale) -> list[Profile]:
        """The pages of an author in a language."""
        alternates = self.lists.versions(
            locale, lambda one: urls.author(one, author.id), author.locale
        )
        byline = self._byline(author, locale)
        self._shown(author)
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
            empty=not here and all(tag != locale for _, tag in self.published),
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
        if kind == "image" and (picture := self.pictured(name)):
            return _shown(picture, page)
        if kind == "piece":
            # Of a piece with a fault nothing is known, in a build that goes on all the same.
            home = self.pieces[name].locale if name in self.pieces else locale
            if (name, home) not in self.published:
                return markdown.NOWHERE
            shown = locale if (name, locale) in self.published else home
            target, foreign = urls.piece(shown, name), None if shown == locale else shown
        elif kind == "author":
            if name not in self.authors or not self.lists.by(name):
                return markdown.NOWHERE
            target = urls.author(locale, name)
        if not target:
            return Target(address, address)
        full = urls.absolute(self.site.settings.base_url, target)
        return Target(urls.relative(page, target) + fragment, full + fragment, foreign)


def picture(path: str, content: bytes) -> Picture:
    """An image, scaled to what is published of it."""
    stem, suffix = posixpath.splitext(posixpath.basename(path))
    made = images.prepare(content)
    versions = []
    for version in made.screen:
        name = stem if version is made.screen[-1] else f"{stem}-{version.width}"
        versions.append(Artefact(urls.asset(f"{name}{suffix}", version.content), version.content))
    return Picture(
        source=path,
        versions=tuple(versions),
        files=tuple(version.path for version in versions),
        widths=tuple(version.width for version in made.screen),
        height=made.screen[-1].height,
        paper=made.paper,
    )


def _shown(picture: Picture, page: str) -> Target:
    """The image as `page` shows it."""
    addresses = [quote(urls.relative(page, path)) for path in picture.files]
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


def _name(translation: Version, author: Author) -> Run:
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


@functools.lru_cache(maxsize=4096)
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


def image_path(source: str, target: str) -> str:
    """The path from the site's root of a file that `source` names relative to itself."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(source), unquote(target)))
