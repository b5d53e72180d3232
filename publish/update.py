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
from .edition import COMPLETED, OUTDATED
from .errors import Problem, PublishError, Span, stopping
from .load import Loaded
from .locales import Locale
from .memory import Memory
from .merge import Grade, Tally, merge, template
from .messages import Domain
from .model import Catalogue, Site, State


@dataclass(frozen=True, slots=True)
class Change:
    """One catalogue that was brought up to date."""

    path: str
    """Path of the catalogue relative to the site's root."""

    tally: Tally
    """What became of its messages."""

    before: Catalogue | None
    """The catalogue as it was; None where there was none."""

    after: Catalogue
    """The catalogue as it is now, or would be."""

    written: bool
    """Whether the file changed, or would."""

    renamed: str = ""
    """Path under which it stood before its source was renamed; empty if it was not."""


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of one message."""

    what: str
    """`stale`, `kept` (under a new msgid), `suggested`, `revived`, `new`, `retired`, or `header`
    for a field of the header."""

    old: str
    """The text before; empty where there was none."""

    new: str
    """The text now; empty where it has gone."""


def steps(change: Change) -> tuple[Step, ...]:
    """What a change does, message by message, for people to read."""
    old, new = change.before, change.after
    live = {entry.key: entry for entry in old.entries} if old else {}
    gone = {entry.key: entry for entry in old.obsolete} if old else {}
    keys = {entry.key for entry in new.entries}
    left = {e.translation: e.key[1] for e in live.values() if e.translation and e.key not in keys}
    found = []
    for entry in new.entries:
        was, text = live.get(entry.key), entry.key[1]
        if was is not None:
            if entry.state is not was.state:
                found.append(Step(_VERBS[entry.state], text, text))
        elif entry.key in gone:
            found.append(Step("revived", "", text))
        elif entry.previous and entry.fuzzy:
            found.append(Step(_VERBS[entry.state], entry.previous.msgid, text))
        else:
            found.append(Step(_VERBS[entry.state], left.get(entry.translation, ""), text))
    retired = (entry for entry in new.obsolete if entry.key not in gone)
    found += [Step("retired", entry.key[1], "") for entry in retired]
    if old:
        fields = dict(old.header)
        for name, value in dict(new.header).items():
            if fields.get(name, "") != value:
                before = f"{name}: {fields[name]}" if name in fields else ""
                found.append(Step("header", before, f"{name}: {value}"))
        lost = fields.keys() - dict(new.header).keys()
        found += [Step("header", f"{name}: {fields[name]}", "") for name in sorted(lost)]
    return tuple(found)


_VERBS = {
    State.TRANSLATED: "kept",
    State.STALE: "stale",
    State.SUGGESTED: "suggested",
    State.MISSING: "new",
}


def update(
    root: Path,
    loaded: Loaded,
    only: Sequence[str] = (),
    *,
    grade: Grade = Grade.SUBSTANTIVE,
    dry: bool = False,
) -> tuple[Change, ...]:
    """Write every domain's template and merge its catalogues; `only` names pieces.

    `grade` is what the editor says of the edits; `dry` finds out what would change and writes
    nothing. Raises `PublishError` before a file is touched: for an unknown piece, and for every
    fault of a source or catalogue that stops a build (a half-read source would retire
    translations).
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
    domains = tuple(_domains(site))  # before a file is touched: it may raise
    planned = tuple(_changes(site, domains, wanted, grade))
    if dry:
        return planned
    for domain, _ in domains:
        if not wanted or domain.name in wanted:
            write(root, f"locales/{domain.name}.pot", template(domain), None)
    # What moves is written first: another catalogue may take its old place.
    planned = tuple(sorted(planned, key=lambda one: not one.renamed))
    changes = tuple(
        dataclasses.replace(
            one, written=write(root, one.path, one.after, None if one.renamed else one.before)
        )
        for one in planned
    )
    left = {change.renamed for change in changes} - {"", *(change.path for change in changes)}
    _remove(root, site, left)
    return changes


def _changes(
    site: Site,
    domains: Sequence[tuple[Domain, tuple[Locale, ...]]],
    wanted: set[str],
    grade: Grade,
) -> Iterator[Change]:
    """Every catalogue merged, then completed from the memory that all of them together are."""
    old = edition.catalogues(site, [domain for domain, _ in domains])
    merged: dict[tuple[str, Locale], tuple[Catalogue, Tally]] = {}
    for domain, languages in domains:
        for locale in languages:
            key = domain.name, locale
            if not wanted or domain.name in wanted:
                merged[key] = merge(old.get(key), domain, locale, grade)
    memories: dict[tuple[bool, Locale], Memory] = {}
    for domain, languages in domains:
        for locale in languages:
            key = domain.name, locale
            if key not in merged:
                continue
            after, tally = merged[key]
            # What templates say is no prose, and lends nothing to it.
            prose = domain.name != messages.INTERFACE
            if (prose, locale) not in memories:
                current = old | {name: found for name, (found, _) in merged.items()}
                memories[prose, locale] = Memory(
                    found
                    for (name, its), found in current.items()
                    if its == locale and (name != messages.INTERFACE) is prose
                )
            after, found = memories[prose, locale].suggest(after)
            before = old.get(key)
            there = {entry.key for entry in before.entries} if before else set()
            tally = dataclasses.replace(
                tally,
                kept=tally.kept - len(found & there),
                new=tally.new - len(found - there),
                suggested=tally.suggested + len(found),
            )
            after = with_history(site, after, domain, locale)
            path = f"locales/{locale.posix}/LC_MESSAGES/{domain.name}.po"
            renamed = before.path if before and before.domain != domain.name else ""
            written = before != after or bool(renamed)
            yield Change(path, tally, before, after, written, renamed)


def _remove(root: Path, site: Site, left: set[str]) -> None:
    """Take away the catalogues whose content has moved to a renamed source's, and templates
    that no catalogue is left for."""
    for path in left:
        (root / path).unlink()
    orphaned = {c.domain for c in site.catalogues if c.path in left}
    staying = {c.domain for c in site.catalogues if c.path not in left}
    for name in orphaned - staying:
        (root / f"locales/{name}.pot").unlink(missing_ok=True)


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


def with_history(site: Site, merged: Catalogue, domain: Domain, locale: Locale) -> Catalogue:
    """Remember since when the translation is complete, or since when no more.

    `X-Completed` is the day of the translator's last revision, `X-Outdated-Since` the day of the
    source's edit that ended completeness; the first such day stays until it is complete again.
    """
    header = dict(merged.header)
    if domain.date is None:
        return merged
    translation = edition.translate(domain, merged, locale, edition.aside(site, locale))
    coverage = translation.coverage
    whole = bool(coverage.total) and not translation.open
    if whole:
        header.pop(OUTDATED, None)
        if COMPLETED not in header:
            revised = header.get("PO-Revision-Date", "")[:10]
            header[COMPLETED] = revised if revised[:4].isdigit() else str(domain.date)
    elif COMPLETED in header and coverage.total > coverage.translated + coverage.failed:
        header.setdefault(OUTDATED, str(domain.date))
    return dataclasses.replace(merged, header=tuple(header.items()))


def write(root: Path, path: str, new: Catalogue, old: Catalogue | None) -> bool:
    """Write the catalogue where its meaning is not that of the file; whether bytes changed.

    Raises `PublishError` where it cannot be written; the old file then stands as it was.
    """
    if old == new:
        return False
    data = catalogue.dump(new, old).encode()
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
