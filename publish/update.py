"""`publish update`: cut every source, write the templates, merge the catalogues."""

from __future__ import annotations

import contextlib
import dataclasses
import difflib
import os
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import catalogue, check, edition, messages
from .edition import COMPLETED
from .errors import Problem, PublishError, Span, stopping
from .load import Loaded
from .locales import Locale
from .merge import Tally, merge, template
from .messages import Domain
from .model import Catalogue, Site


@dataclass(frozen=True, slots=True)
class Change:
    """One catalogue that was brought up to date."""

    path: str
    """Path of the catalogue relative to the site's root."""

    tally: Tally
    """What became of its messages."""

    written: bool
    """Whether the file changed."""


def update(root: Path, loaded: Loaded, only: Sequence[str] = ()) -> tuple[Change, ...]:
    """Write every domain's template and merge its catalogues; `only` names pieces.

    Raises `PublishError` before a file is touched: for an unknown piece, and for every fault of
    a source or catalogue that stops a build (a half-read source would retire translations).
    """
    site = loaded.site
    faults = [*stopping(loaded.problems), *check.sources(site, loaded.problems)]
    # However a piece is named: its slug, its domain, its file.
    wanted = {
        "pieces/" + name.removeprefix("sources/").removeprefix("pieces/").removesuffix(".md")
        for name in only
    }
    known = {f"pieces/{piece.slug}" for piece in site.pieces}
    for name in sorted(wanted - known):
        slug = name.removeprefix("pieces/")
        near = difflib.get_close_matches(name, sorted(known), 1)
        hint = f"did you mean {near[0].removeprefix('pieces/')}?" if near else ""
        faults.append(Problem("F8", f"there is no piece “{slug}”", Span("sources/pieces"), hint))
    if faults:
        raise PublishError(faults)
    catalogues = edition.by_name(site.catalogues)
    changes: list[Change] = []
    for domain, languages in tuple(_domains(site)):  # before a file is touched: it may raise
        if wanted and domain.name not in wanted:
            continue
        _write(root, f"locales/{domain.name}.pot", template(domain), None)
        for locale in languages:
            old = catalogues.get((domain.name, locale))
            merged, tally = merge(old, domain, locale)
            merged = _completed(site, merged, domain, locale)
            path = f"locales/{locale.posix}/LC_MESSAGES/{domain.name}.po"
            changes.append(Change(path, tally, _write(root, path, merged, old)))
    return tuple(changes)


def _domains(site: Site) -> Iterator[tuple[Domain, tuple[Locale, ...]]]:
    """Each domain that has messages, with the languages it needs catalogues for.

    The packaged interface brings its own catalogues; a site needs one where it has templates of
    its own or a language that the package does not speak.
    """
    for domain in messages.of_sources(site):
        if domain.segments:
            others = tuple(loc for loc in site.settings.languages if loc != domain.locale)
            yield domain, others
    domain = messages.of_interface(site)
    own = {c.locale for c in site.catalogues if c.domain == messages.INTERFACE}
    spoken = check.interface(site)
    needing = tuple(
        locale
        for locale in site.settings.languages
        if locale != domain.locale
        and (
            locale in own
            or any(segment.key not in spoken.get(locale.tag, {}) for segment in domain.segments)
        )
    )
    if needing:
        yield domain, needing


def _completed(site: Site, merged: Catalogue, domain: Domain, locale: Locale) -> Catalogue:
    """Remember the day on which the translation was first complete, by its own revision date."""
    header = dict(merged.header)
    if COMPLETED in header or domain.date is None:
        return merged
    translation = edition.translate(domain, merged, locale, edition.aside(site, locale))
    if translation.open or not translation.coverage.total:
        return merged
    revised = header.get("PO-Revision-Date", "")[:10]
    day = revised if revised[:4].isdigit() else str(domain.date)
    return dataclasses.replace(merged, header=(*merged.header, (COMPLETED, day)))


def _write(root: Path, path: str, new: Catalogue, old: Catalogue | None) -> bool:
    """Write the catalogue where its meaning is not that of the file; atomically."""
    if old == new:
        return False
    data = catalogue.dump(new).encode()
    target = root / path
    if target.is_file() and target.read_bytes() == data:
        return False
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        temporary.replace(target)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise PublishError(
            [Problem("F8", f"cannot be written: {error.strerror}", Span(path))]
        ) from None
    return True
