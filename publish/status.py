"""`publish status`: how far every source is translated, by words, from a fresh cut."""

from __future__ import annotations

from dataclasses import dataclass

from . import edition, urls
from .edition import Translation
from .locales import Locale
from .model import Coverage, Site


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


def status(site: Site) -> tuple[Row, ...]:
    """A row for every source and every language of the site but its own."""
    return tuple(_row(site, translation) for translation in edition.translations(site))


def _row(site: Site, translation: Translation) -> Row:
    kind, _, name = translation.domain.name.partition("/")
    settings = site.settings
    reason, path = "", ""
    if kind == "pieces":
        reason = edition.held_because(translation, settings.threshold, settings.floor)
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
    )
