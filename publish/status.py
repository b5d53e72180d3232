"""`publish status` and `publish todo`: how far every source is translated, by words, from a fresh
cut, and what is to be done next."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from . import edition, release, urls
from .edition import Translation
from .errors import Span
from .locales import Locale
from .model import Coverage, Site, State
from .release import Release


@dataclass(frozen=True, slots=True)
class Row:
    """One source in one language."""

    domain: str
    """`pieces/<slug>`, `authors/<id>` or `tags`."""

    locale: Locale
    """Language."""

    state: str
    """`complete`, `behind` (something is open), or `empty` (nothing is translated)."""

    coverage: Coverage
    """Words of the original by state."""

    published: bool
    """Whether readers see this language."""

    url: str
    """Address of the edition; empty where it is not published, or for topics."""

    reason: str
    """What keeps an edition back; empty where nothing does."""

    passages: int
    """How many passages are open."""

    since: datetime.date | None
    """Day of the first edit that a stale passage has not followed; None where there is none."""

    remark: str = ""
    """Why readers would not get the edition even if all of it were translated; empty where they
    would."""


@dataclass(frozen=True, slots=True)
class Task:
    """One open passage."""

    domain: str
    """Its source."""

    state: State
    """What it is: stale, suggested, failed or missing."""

    kind: str
    """`paragraph`, `heading 2`, `note 3`, `title` …"""

    words: int
    """Its words."""

    msgid: str
    """The original as it is now."""

    msgstr: str
    """The translation that there is; empty where there is none."""

    previous: str
    """The original that the translation was made from; empty where it was none, or this one."""

    span: Span
    """Its place in the catalogue; in the source while no catalogue has it."""


def status(site: Site, now: datetime.datetime) -> tuple[Row, ...]:
    """A row for every source and every language of the site but its own, at the moment `now`."""
    translations = tuple(edition.translations(site))
    releases = edition.releases(site, translations, now)
    return tuple(_row(site, translation, releases) for translation in translations)


def kept_back(site: Site, now: datetime.datetime) -> tuple[tuple[str, str], ...]:
    """The pieces of which no edition is published at the moment `now`, by domain, and why."""
    releases = edition.releases(site, edition.translations(site), now)
    return tuple((f"pieces/{slug}", one.whole) for slug, one in releases.items() if one.whole)


def _row(site: Site, translation: Translation, releases: Mapping[str, Release]) -> Row:
    kind, _, name = translation.domain.name.partition("/")
    settings = site.settings
    reason, remark, path = "", "", ""
    if kind == "pieces":
        reason = releases[name].because(translation.locale)
        remark = releases[name].beyond(translation.locale)
        path = urls.piece(translation.locale, name)
    elif kind == "authors":
        path = urls.author(translation.locale, name)
    published = not reason
    coverage = translation.coverage
    if not translation.open:
        state = "complete"
    else:
        state = "behind" if coverage.translated or coverage.stale else "empty"
    url = urls.absolute(settings.base_url, path) if path and published else ""
    return Row(
        domain=translation.domain.name,
        locale=translation.locale,
        state=state,
        coverage=coverage,
        published=published,
        url=url,
        reason=reason,
        passages=translation.open,
        since=translation.stale_since,
        remark=remark,
    )


def next_step(rows: Iterable[Row], locale: Locale) -> str:
    """The most useful next thing for a language, in words; empty where all is done.

    First what readers miss through a slip (a faulty translation in a published edition), then the
    edition that is nearest to being published, then what is stale, then the rest.
    """
    mine = [row for row in rows if row.locale == locale and row.passages]
    best = min(mine, key=lambda row: _rank(mine, row), default=None)
    if best is None:
        return ""
    coverage = best.coverage
    if best.published and coverage.failed:
        return f"mend {_words(coverage.failed)} in {best.domain}: publish check says where"
    open_words = coverage.total - coverage.translated - coverage.stale
    left = _words(open_words)
    then = f"; {best.remark}" if best.remark else ", and readers get it"
    if coverage.suggested and coverage.suggested == open_words:
        then = "" if best.published else then
        return f"confirm what is suggested for {left} in {best.domain}{then}"
    if not best.published and coverage.share < 1:
        return f"translate {left} in {best.domain}{then}"
    if coverage.stale and coverage.share == 1:
        since = f", edited since {best.since}" if best.since else ""
        return f"look at {_words(coverage.stale)} in {best.domain} again{since}"
    return f"translate {left} in {best.domain}"


def _rank(rows: list[Row], row: Row) -> tuple[int, int, int]:
    """The lower, the more useful; rows of pieces come newest first."""
    coverage = row.coverage
    left = coverage.total - coverage.translated - coverage.stale
    if not row.domain.startswith("pieces/"):
        return 5, 0, left
    if row.published and coverage.failed:
        return 0, 0, left
    last = row.reason in (release.HELD, release.DRAFT)
    if not row.published and left < coverage.total and not last:
        return 1, left, rows.index(row)
    if row.published:
        return 2, rows.index(row), left
    return (4 if last else 3), rows.index(row), left


def _words(number: int) -> str:
    return "one word" if number == 1 else f"{number:,} words"


def todo(site: Site, locale: Locale) -> tuple[Task, ...]:
    """The open passages of a language, those first that most people read.

    Newest pieces come first, among those of a day the ones with most editions, drafts last; then
    the authors of those pieces, then the topics. Passages stand in document order.
    """
    translations = tuple(edition.translations(site))
    settings = site.settings
    editions = Counter(
        one.domain.name
        for one in translations
        if not edition.held_because(one, settings.threshold, settings.floor)
    )
    pieces = sorted(
        site.pieces,
        key=lambda p: (p.draft, -p.date.toordinal(), -editions[f"pieces/{p.slug}"], p.slug),
    )
    authors = dict.fromkeys(who for piece in pieces for who in piece.authors)
    order = [
        *(f"pieces/{piece.slug}" for piece in pieces),
        *(f"authors/{who}" for who in authors),
    ]
    place = {name: number for number, name in enumerate(order)}
    mine = [one for one in translations if one.locale == locale]
    mine.sort(key=lambda one: place.get(one.domain.name, len(place)))
    return tuple(task for one in mine for task in _tasks(one))


def _tasks(translation: Translation) -> Iterable[Task]:
    domain = translation.domain
    for segment, words in zip(domain.segments, domain.words, strict=True):
        state = translation.passages[segment.key].state
        if state is State.TRANSLATED:
            continue
        entry = translation.entries[segment.key]
        before = entry.previous.msgid if entry.previous and entry.fuzzy else ""
        yield Task(
            domain=domain.name,
            state=state,
            kind=segment.kind,
            words=words,
            msgid=segment.key[1],
            msgstr=entry.translation,
            previous="" if before == segment.key[1] else before,
            span=Span(translation.path, entry.line) if entry.line else segment.span,
        )
