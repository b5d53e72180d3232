"""Checking a site: what is wrong in sources, catalogues, templates, before anything is rendered."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from . import edition, html, locales, messages
from .edition import internal
from .errors import Problem, PublishError, Span, in_order
from .load import Loaded
from .locales import Locale
from .messages import Domain
from .model import Author, Entry, Key, Piece, Site


def check(loaded: Loaded) -> tuple[Problem, ...]:
    """Every problem of a site, those met while reading among them, in order."""
    site = loaded.site
    return in_order(
        (
            *loaded.problems,
            *sources(site),
            *_orphans(site, loaded.problems),
            *_translations(site),
            *_interface(site),
        )
    )


# ── Sources ──────────────────────────────────────────────────────────────────────────────────


def sources(site: Site) -> Iterator[Problem]:
    """Faults of pieces and authors: unknown authors and languages, notes, links, images."""
    for piece in site.pieces:
        if piece.locale not in site.settings.languages:
            yield _language_fault(piece, site)
        yield from _authors(piece, site)
        yield from _body(messages.of_piece(piece), piece, site)
    for author in site.authors:
        yield from _body(messages.of_author(author), author, site)


def _language_fault(piece: Piece, site: Site) -> Problem:
    tags = ", ".join(locale.tag for locale in site.settings.languages)
    message = f"“{piece.locale.tag}” is not one of the site's languages"
    return Problem("S1", message, Span(piece.path), f"the site has {tags}")


def _authors(piece: Piece, site: Site) -> Iterator[Problem]:
    known = [author.id for author in site.authors]
    for name in piece.authors:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]}?" if near else f"write sources/authors/{name}.md"
            yield Problem("S1", f"there is no author “{name}”", Span(piece.path), hint)


def _body(domain: Domain, source: Piece | Author, site: Site) -> Iterator[Problem]:
    cut = domain.cut
    if cut is None:
        return
    yield from cut.problems
    for image in cut.images:
        kind, name = internal(source.path, image.target)
        if kind == "external":
            hint = "put the image beside the source; nothing is fetched from elsewhere"
            yield Problem("S5", f"image {image.target} is not of this site", image.span, hint)
        elif kind != "image" or name not in site.images:
            hint = "PNG or JPEG, named relative to this file"
            yield Problem("S5", f"there is no image {image.target}", image.span, hint)
    slugs = {piece.slug for piece in site.pieces}
    ids = {author.id for author in site.authors}
    for link in cut.links:
        kind, name = internal(source.path, link.target)
        there = {
            "external": True,
            "anchor": name in cut.anchors,
            "piece": name in slugs,
            "author": name in ids,
        }.get(kind, False)
        if not there:
            hint = "link a piece by its file (other-piece.md), a heading by its {#anchor}"
            yield Problem("S5", f"this link leads nowhere: {link.target}", link.span, hint)


# ── Catalogues ───────────────────────────────────────────────────────────────────────────────


def _orphans(site: Site, problems: Iterable[Problem]) -> Iterator[Problem]:
    """Catalogues that no source has. A source that could not be read has lost nothing."""
    names = {domain.name for domain in messages.of_sources(site)} | {messages.INTERFACE}
    unread = {p.span.path.removeprefix("sources/").removesuffix(".md") for p in problems}
    for catalogue in site.catalogues:
        if catalogue.domain not in names and catalogue.domain not in unread:
            hint = (
                "was the source renamed or taken away? publish update keeps what it does not know"
            )
            yield Problem(
                "P5", f"no source is called {catalogue.domain}", Span(catalogue.path), hint
            )


def _translations(site: Site) -> Iterator[Problem]:
    paths = {name: c.path for name, c in edition.by_name(site.catalogues).items()}
    for translation in edition.translations(site):
        path = paths.get((translation.domain.name, translation.locale), "")
        for entry, difference in translation.failed:
            span = Span(path, entry.line or 1)
            yield Problem(difference.code, difference.message, span, difference.hint)


# ── Interface ────────────────────────────────────────────────────────────────────────────────


def interface(site: Site) -> dict[str, html.Interface]:
    """Each language's interface messages: the site's own words over the packaged ones."""
    found: dict[str, dict[Key, tuple[str, ...]]] = {}
    for catalogue in (*site.theme_catalogues, *site.catalogues):
        if catalogue.domain == messages.INTERFACE and catalogue.locale is not None:
            own = found.setdefault(catalogue.locale.tag, {})
            for entry in catalogue.entries:
                if not entry.fuzzy and all(_forms(entry)):
                    own[entry.key] = _forms(entry)
    return dict(found)


def _forms(entry: Entry) -> tuple[str, ...]:
    return entry.plurals if entry.plural else (entry.translation,)


def _interface(site: Site) -> Iterator[Problem]:
    yield from html.Renderer(site.settings, site.templates, site.template_paths, {}).faults()
    try:
        domain = messages.of_interface(site)
    except PublishError:
        return  # the same syntax faults, told above
    known = interface(site)
    for locale in site.settings.languages:
        if locale != domain.locale:
            yield from _untranslated(domain, locale, known.get(locale.tag, {}))
    for catalogue in (*site.theme_catalogues, *site.catalogues):
        if catalogue.domain == messages.INTERFACE and catalogue.locale is not None:
            for entry in catalogue.entries:
                yield from _placeholders(entry, catalogue.locale, catalogue.path)


def _untranslated(domain: Domain, locale: Locale, known: html.Interface) -> Iterator[Problem]:
    missing = [segment.key[1] for segment in domain.segments if segment.key not in known]
    if missing:
        path = f"locales/{locale.posix}/LC_MESSAGES/{messages.INTERFACE}.po"
        message = f"the interface has no {locale.tag} for {len(missing)} messages: “{missing[0]}”"
        yield Problem("T2", message + (" …" if missing[1:] else ""), Span(path), _UPDATE)


_UPDATE = "run publish update and translate this catalogue"


def _placeholders(entry: Entry, locale: Locale, path: str) -> Iterator[Problem]:
    """Placeholders are those of the original, and there is a form for every plural."""
    forms = _forms(entry)
    if entry.fuzzy or not any(forms):
        return
    span = Span(path, entry.line or 1)
    needed = set(html.placeholders(entry.key[1])) | set(html.placeholders(entry.plural))
    for form in forms:
        found = set(html.placeholders(form))
        # A plural's form may leave the number out ("one page").
        lost = set() if entry.plural else needed - found
        if lost or found - needed:
            wrong = ", ".join(_shown(name) for name in sorted(lost | (found - needed)))
            hint = "keep each %(name)s of the original; write %% for a percent sign"
            yield Problem("T3", f"placeholders differ: {wrong}", span, hint)
    if entry.plural and len(forms) != locales.plural_forms(locale)[0]:
        number = locales.plural_forms(locale)[0]
        message = f"{len(forms)} plural forms where {locale.tag} has {number}"
        yield Problem("T3", message, span, "run publish update")


def _shown(name: str) -> str:
    return "a lone %" if name == "%" else f"%({name})s"
