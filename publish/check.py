"""Checking a site: what is wrong in sources, catalogues, templates, before anything is rendered."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import posixpath
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from . import (
    edition,
    fonts,
    html,
    images,
    lists,
    locales,
    markdown,
    messages,
    pdf,
    proofread,
    release,
    review,
    search,
    urls,
)
from .edition import Translation, internal
from .errors import Problem, PublishError, Span, in_order
from .load import Loaded
from .locales import Locale
from .markdown import Cut, Reference
from .messages import Domain
from .model import Author, Entry, Key, Piece, Site, Text
from .release import Release


def check(
    loaded: Loaded, *, fuzzy: bool = False, now: datetime.datetime | None = None
) -> tuple[Problem, ...]:
    """Every problem of a site, in order: what holds something back, and what looks wrong.

    Waived problems are among them, and notes. `fuzzy` also checks translations that nobody
    confirmed. What is published is that of the moment `now`; the clock is read once, here.
    """
    now = now or datetime.datetime.now(datetime.UTC)
    translations = tuple(edition.translations(loaded.site))
    return in_order(
        (
            *blocking(loaded, translations),
            *pdf.missing_library(),
            *_editorial(loaded, translations, now),
            *review.translations(loaded.site, translations, fuzzy=fuzzy),
        )
    )


def blocking(
    loaded: Loaded, translations: Sequence[Translation] | None = None, *, pdfs: bool = True
) -> tuple[Problem, ...]:
    """What a build has to know, in order: all that stops it or holds a passage back, and the
    warnings met while reading. Without `pdfs` it does not matter what their fonts have."""
    site = loaded.site
    if translations is None:
        translations = tuple(edition.translations(site))
    its: dict[str, list[Translation]] = {}
    for one in translations:
        its.setdefault(one.domain.name, []).append(one)
    found: list[Problem] = []
    places: list[Place] = []
    everything: tuple[Piece | Author, ...] = (*site.pieces, *site.authors)
    domains = [messages.of_source(source) for source in everything]
    for source, domain in zip(everything, domains, strict=True):
        found += alone(source, domain, its.get(domain.name, ()), letters=pdfs)
        places.append(Place.of(source, domain.cut))
    looked = functools.cache(
        lambda name: images.look(posixpath.splitext(name)[1].casefold(), site.images[name])
    )
    known = edition.catalogues(site, (*domains, messages.of_tags(site)))
    listed = [(one.path, one.domain, one.locale) for one in site.catalogues if one.locale]
    return in_order(
        (
            *loaded.problems,
            *found,
            *failed(its.get(messages.TAGS, ())),
            *_bodies(loaded),
            *among(
                site,
                (*places, *_unread_places(loaded)),
                frozenset(site.images),
                looked,
                _faulty(loaded.problems),
            ),
            *(letters(site) if pdfs else ()),
            *orphans(
                site,
                listed,
                {one.path: name for (name, _), one in known.items() if one.domain != name},
                _faulty(loaded.problems),
            ),
            *interface_faults(site),
            *search.missing_extra(site.settings),
        )
    )


# ── Sources ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Place:
    """A text as far as other texts lead to it, or it to them."""

    path: str
    """The file."""

    links: tuple[Reference, ...]
    """Its links that lead to what is or should be a part of the site."""

    images: tuple[Reference, ...]
    """Its images."""

    anchors: frozenset[str] | None
    """Ids that links may lead to; None where nobody knows."""

    @staticmethod
    def of(source: Piece | Author, cut: Cut | None) -> Place:
        """The text of a source that was cut."""
        if cut is None:
            return Place(source.path, (), (), None)
        return Place(source.path, edition.leading(source.path, cut), cut.images, cut.anchors)


def alone(
    source: Piece | Author,
    domain: Domain,
    translations: Sequence[Translation],
    *,
    letters: bool = True,
) -> Iterator[Problem]:
    """Faults of a source and its translations, as far as no look at the rest of the site is needed;
    with `letters` also those that the fonts of PDFs do not have."""
    if domain.cut:
        yield from domain.cut.problems
        yield from _anchors(domain.cut, source.path)
        yield from proofread.errors(_page(source, domain.cut))
    if letters:
        yield from _drawn(source, domain)
        for one in translations:
            if isinstance(source, Piece) and fonts.writes(locales.script(one.locale)):
                yield from _lacking(one.translator, Span(one.path), 0)
    yield from failed(translations)


def among(
    site: Site,
    places: Sequence[Place],
    pictures: Collection[str],
    looked: Callable[[str], images.Fault | None],
    unread: frozenset[str],
) -> Iterator[Problem]:
    """Faults that only a look at the whole site shows: links, images, addresses.

    `site` needs no texts, `pictures` are the paths of its images, `looked` says what is wrong with
    one. What leads to a file that is `unread`, since it has a fault itself, is taken to be right.
    """
    files = {piece.path for piece in site.pieces} | {author.path for author in site.authors}
    files |= unread
    former = {old.content: piece.slug for piece in site.pieces for old in piece.former_slugs}
    anchors = {place.path: place.anchors for place in places}
    for place in places:
        yield from _images(place, pictures, looked, unread)
        yield from _links(place, files, former, anchors)
    yield from _former(site)
    yield from _addresses(site)


def sources(site: Site, problems: Iterable[Problem] = ()) -> Iterator[Problem]:
    """Faults in the texts of pieces and authors: notes, links, images.

    `problems` were met while reading: what leads to a file that has one is taken to be right.
    """
    everything: tuple[Piece | Author, ...] = (*site.pieces, *site.authors)
    domains = [messages.of_source(source) for source in everything]
    pairs = list(zip(everything, domains, strict=True))
    for source, domain in pairs:
        yield from alone(source, domain, (), letters=False)
    files = _faulty(problems)
    files |= {source.path for source in everything}
    anchors = {source.path: domain.cut.anchors for source, domain in pairs if domain.cut}
    former = {old.content: piece.slug for piece in site.pieces for old in piece.former_slugs}
    for source, domain in pairs:
        place = Place.of(source, domain.cut)
        yield from _images(place, site.images.keys(), lambda _: None, _faulty(problems))
        yield from _links(place, files, former, anchors)
    yield from _addresses(site)


def _page(source: Piece | Author, cut: Cut, names: Iterable[str] = ()) -> proofread.Page:
    if isinstance(source, Piece):
        return proofread.of_piece(source, cut, names)
    return proofread.of_author(source, cut, names)


def _pages(site: Site) -> Iterator[tuple[Piece | Author, proofread.Page]]:
    """Pieces and authors, ready to be proofread."""
    names = [author.name.content for author in site.authors]
    for piece in site.pieces:
        if cut := messages.of_piece(piece).cut:
            yield piece, proofread.of_piece(piece, cut, names)
    for author in site.authors:
        if cut := messages.of_author(author).cut:
            yield author, proofread.of_author(author, cut, names)


def _editorial(
    loaded: Loaded, translations: Sequence[Translation], now: datetime.datetime
) -> Iterator[Problem]:
    """What an editor would mend, links to what is not published, and biographies that readers
    cannot read."""
    site, unread = loaded.site, _faulty(loaded.problems)
    releases = edition.releases(site, translations, now)
    for source, page in _pages(site):
        links = tuple(_unpublished(source, page.cut, site, unread, releases, now))
        yield from proofread.warnings(dataclasses.replace(page, links=links))
    yield from _biographies(site, translations, releases)


def _unpublished(
    source: Piece | Author,
    cut: Cut,
    site: Site,
    unread: frozenset[str],
    releases: Mapping[str, Release],
    now: datetime.datetime,
) -> Iterator[Problem]:
    """Links to pieces that readers of the text will not find, or not in their language; with
    nothing about files that have a fault, as nobody knows what will be in them."""
    # A biography stands in every language, from now on.
    own = releases.get(source.slug) if isinstance(source, Piece) else None
    here = [one for one in site.settings.languages if own is None or not own.own.get(one)]
    authors = {who for one in releases.values() if not one.whole for who in one.piece.authors}
    for link in cut.links:
        kind, slug = internal(source.path, link.target)
        if kind == "external" and _own(link.target, site.settings.base_url):
            message = f"{link.target} is of this site, and nobody sees to it that it is there"
            hint = "link a piece by its file (other-piece.md): readers of each language get theirs"
            yield Problem("S34", message, link.span, hint)
        known = any(one.id == slug and one.path not in unread for one in site.authors)
        if kind == "author" and known and slug not in authors:
            message = f"{link.target} has no page: nothing by them is published"
            hint = "readers see the words without the link until something is"
            yield Problem("S35", message, link.span, hint)
        target = releases.get(slug) if kind == "piece" else None
        if target is None or target.piece.path in unread:
            continue
        if target.whole and (own is None or release.may_lack(own, target, now)):
            message = f"{link.target} is not published: {target.whole}"
            hint = "readers see the words without the link until it is published"
            yield Problem("S35", message, link.span, hint)
            continue
        catalogues = {one: f"locales/{one.posix}/LC_MESSAGES/pieces/{slug}.po" for one in here}
        lacking = [one.tag for one in here if target.own.get(one) and catalogues[one] not in unread]
        if lacking:
            message = f"{link.target} is not published in {', '.join(lacking)}"
            home = target.piece.locale.tag
            hint = f"readers are led to its edition in {home}; is that meant? then say why above "
            hint += "the block: <!-- check-ignore: S34 … -->"
            yield Problem("S34", message, link.span, hint)


_OTHER_IMAGES = re.compile(r"\.(?:avif|bmp|gif|heic|svg|tiff?|webp)\Z", re.IGNORECASE)


def _own(address: str, base_url: str) -> bool:
    """Whether a full address is one of the site's."""
    return address.casefold() == base_url or address.casefold().startswith(f"{base_url}/")


def _former(site: Site) -> Iterator[Problem]:
    """Former slugs that cannot lead anywhere, or lead to two pieces."""
    living = {piece.slug: piece.path for piece in site.pieces}
    seen: dict[str, str] = {}
    for piece in sorted(site.pieces, key=lambda piece: piece.path):
        for former in piece.former_slugs:
            slug = former.content
            message, hint = "", "an address leads to one place: take it out here"
            if fault := urls.slug_fault(slug):
                message = f"former slug “{slug}” {fault}"
            elif slug == piece.slug:
                message = f"former slug “{slug}” is the one that the piece has now"
            elif slug in living:
                message = f"former slug “{slug}” is the address of {living[slug]} now"
            elif seen.get(slug) == piece.path:
                message = f"former slug “{slug}” stands twice"
            elif slug in seen:
                message = f"former slug “{slug}” leads to {seen[slug]} already"
            seen.setdefault(slug, piece.path)
            if message:
                yield Problem("S33", message, former.span, hint)


def _biographies(
    site: Site, translations: Sequence[Translation], releases: Mapping[str, Release]
) -> Iterator[Problem]:
    """Biographies that are not in the language of an edition on which they are printed."""
    released = {
        (piece.path, locale)
        for piece in site.pieces
        for locale in {*site.settings.languages, piece.locale}
        if not releases[piece.slug].because(locale)
    }
    read = {(author.path, author.locale) for author in site.authors}
    for one in translations:
        bio = one.domain.cut.segments if one.domain.cut else ()
        if all(one.passages[segment.key].locale == one.locale for segment in bio):
            read.add((one.domain.path, one.locale))
    for author in site.authors:
        pieces = [piece for piece in site.pieces if author.id in piece.authors]
        wanted = {tag for piece in pieces for path, tag in released if path == piece.path}
        missing = sorted(one.tag for one in wanted if (author.path, one) not in read)
        if missing and not author.keeps_bio:
            message = f"the biography is printed in {author.locale.tag} on pages in "
            hint = "translate it in the catalogue of that language, or say bio: keep"
            yield Problem("S12", message + ", ".join(missing), author.bio.span, hint)


def _bodies(loaded: Loaded) -> Iterator[Problem]:
    for body in loaded.bodies:
        yield from unread(body, loaded.site.settings.default_language)[0]


def _unread_places(loaded: Loaded) -> Iterator[Place]:
    for body in loaded.bodies:
        yield unread(body, loaded.site.settings.default_language)[1]


def unread(body: Text, locale: Locale) -> tuple[tuple[Problem, ...], Place]:
    """The faults of a text whose front matter could not be read, and where it leads; `locale` is
    the language it is taken to be in."""
    path = body.span.path
    cut = markdown.cut(body, locale, notes=path.startswith("sources/pieces/"))
    place = Place(path, edition.leading(path, cut), cut.images, None)
    return (*cut.problems, *_anchors(cut, path)), place


def _faulty(problems: Iterable[Problem]) -> frozenset[str]:
    return frozenset(problem.span.path for problem in problems)


def _anchors(cut: Cut, source: str) -> Iterator[Problem]:
    """Links to places in the same text that are not there."""
    for link in cut.links:
        kind, name = internal(source, link.target)
        if kind == "anchor" and name not in cut.anchors:
            yield _dead(link)


def _dead(link: Reference, instead: str = "") -> Problem:
    hint = "readers would find nothing there: "
    hint += instead or "link a piece by its file (other-piece.md), a heading by its {#anchor}"
    return Problem("S5", f"this link leads nowhere: {link.target}", link.span, hint)


def _links(
    place: Place,
    files: Collection[str],
    former: Mapping[str, str],
    anchors: Mapping[str, frozenset[str] | None],
) -> Iterator[Problem]:
    """Links that lead nowhere; the `files` are there, or taken to be."""
    for link in place.links:
        kind, name = internal(place.path, link.target)
        target = f"sources/{kind}s/{name}.md"
        there = kind in ("piece", "author") and target in files
        if there and kind == "piece" and (anchor := link.target.partition("#")[2]):
            known = anchors.get(target)
            # A piece with a fault may have any.
            there = known is None or anchor in known
        if not there:
            moved = kind == "piece" and name in former
            yield _dead(link, f"the piece is called {former[name]}.md now" if moved else "")


def _images(
    place: Place,
    pictures: Collection[str],
    looked: Callable[[str], images.Fault | None],
    unread: frozenset[str],
) -> Iterator[Problem]:
    """Images that are not there, or cannot be published."""
    for image in place.images:
        kind, name = internal(place.path, image.target)
        if kind == "external":
            hint = "put the image beside the source; nothing is fetched from elsewhere"
            yield Problem("S5", f"image {image.target} is not of this site", image.span, hint)
        elif kind == "image" and name in pictures:
            if fault := looked(name):
                message = f"image {image.target} {fault.message}"
                yield Problem("S32", message, image.span, fault.hint)
        elif kind != "image" or name not in unread:
            hint = "readers would see its description alone: name a PNG or JPEG beside this file"
            message = f"there is no image {image.target}"
            if _OTHER_IMAGES.search(image.target):
                message = f"image {image.target} is neither PNG nor JPEG"
            yield Problem("S5", message, image.span, hint)


def _addresses(site: Site) -> Iterator[Problem]:
    """Topics and series that have no address, or that of another."""
    taken: dict[tuple[str, str], str] = {}
    for (kind, words), text in lists.named(site).items():
        what = "series" if kind == "series" else "topic"
        slug = lists.slug(site.settings, words)
        other = taken.setdefault((kind, slug), words)
        hint = f'name one in pyproject.toml, below [tool.publish.slugs]: "{words}" = "some-words"'
        if not slug:
            message = f"the {what} “{words}” has no letters for an address"
            yield Problem("S36", message, text.span, hint)
        elif other != words:
            message = f"the {what} “{words}” has the address of “{other}”: {slug}"
            hint = f"write one of them the same everywhere, or {hint}"
            yield Problem("S36", message, text.span, hint)


def letters(site: Site) -> Iterator[Problem]:
    """Letters that the fonts of the PDFs do not have, in what all editions say; `site` needs no
    sources."""
    for locale in site.settings.languages:
        if not fonts.writes(locales.script(locale)):
            message = f"the fonts of the PDFs have no letters of {locale.tag}"
            yield Problem("B5", message, Span("pyproject.toml"), _NO_PDF)
    for texts in (site.settings.title, site.settings.licence, site.settings.disclaimer):
        for text in texts.values():
            yield from _lacking(text, Span("pyproject.toml"), 0)
    for domain in (messages.of_tags(site),):
        if fonts.writes(locales.script(domain.locale)):
            for segment in domain.segments:
                yield from _lacking(segment.key[1], segment.span, 0)
    for catalogue in (*site.theme_catalogues, *site.catalogues):
        if catalogue.locale is None or not fonts.writes(locales.script(catalogue.locale)):
            continue
        if catalogue.domain == messages.INTERFACE:
            for entry in catalogue.entries:
                for form in () if entry.fuzzy else _forms(entry):
                    yield from _lacking(form, Span(catalogue.path, entry.line or 1), 0)


def _drawn(source: Piece | Author, domain: Domain) -> Iterator[Problem]:
    """Letters of a source that the fonts of the PDFs do not have."""
    if not fonts.writes(locales.script(domain.locale)):
        return
    for segment in domain.segments:
        if segment.kind in messages.FRONT_MATTER:
            yield from _lacking(segment.key[1], segment.span, 0)
    body = source.body if isinstance(source, Piece) else source.bio
    if not fonts.missing(body.content):
        return
    printed = _UNDRAWN.sub(lambda part: _BUT_LINES.sub(" ", part[0]), body.content)
    for number, line in enumerate(printed.split("\n")):
        yield from _lacking(line, Span(body.span.path, body.span.line + number), 1)


def _lacking(text: str, span: Span, step: int) -> Iterator[Problem]:
    """What cannot be set in a line; its columns count where `step` is 1."""
    if lacking := fonts.missing(text):
        place = Span(span.path, span.line, span.column + step * text.index(lacking[0]))
        message = f"the fonts of the PDFs do not have {fonts.named(lacking)}"
        yield Problem("B5", message, place, _NO_PDF)


_NO_PDF = "write it with other characters, or build with --no-pdf"
# Comments, descriptions of images, and addresses behind words are not drawn.
_UNDRAWN = re.compile(
    r"<!--.*?-->|!\[[^\]]*\]|\]\([^)\s]*|^\[[^\]]+\]: *\S+", re.DOTALL | re.MULTILINE
)
_BUT_LINES = re.compile(r"[^\n]")


# ── Catalogues ───────────────────────────────────────────────────────────────────────────────


def orphans(
    site: Site,
    listed: Iterable[tuple[str, str, Locale]],
    renamed: Mapping[str, str],
    unread: Collection[str],
) -> Iterator[Problem]:
    """Catalogues that nobody reads. Sources that are `unread`, by their paths, have lost nothing.

    `listed` are path, domain and language of all catalogues; of those that were `renamed` with
    their source, the new name by path. `site` needs no texts.
    """
    written = {f"pieces/{piece.slug}": piece.locale for piece in site.pieces}
    written |= {f"authors/{author.id}": author.locale for author in site.authors}
    written[messages.TAGS] = site.settings.default_language
    names = {path.removeprefix("sources/").removesuffix(".md") for path in unread}
    for path, domain, locale in listed:
        span = Span(path)
        if domain == messages.INTERFACE or names & {domain, domain.partition("/")[0], "sources"}:
            continue
        if path in renamed:
            hint = "run publish update: it moves the catalogue"
            message = f"its source is called {renamed[path]} now"
            yield Problem("P5", message, span, hint)
        elif domain not in written:
            hint = "was the source renamed or taken away? publish update leaves the file alone"
            yield Problem("P5", f"no source is called {domain}", span, hint)
        elif locale == written[domain]:
            message = f"{domain} is written in {written[domain].tag}: this catalogue is not read"
            hint = "was it once written in another language? else take the file away"
            yield Problem("P5", message, span, hint)


def failed(translations: Iterable[Translation]) -> Iterator[Problem]:
    """Translations that do not reach readers."""
    for translation in translations:
        for entry, found in translation.failed:
            span = Span(translation.path, entry.line or 1)
            yield Problem(found.code, found.message, span, found.hint)


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
    for locale in site.settings.languages:
        if parent := locales.parent(locale):
            found[locale.tag] = found.get(parent.tag, {}) | found.get(locale.tag, {})
    return dict(found)


def _forms(entry: Entry) -> tuple[str, ...]:
    return entry.plurals if entry.plural else (entry.translation,)


def interface_faults(site: Site) -> Iterator[Problem]:
    """Templates that do not parse, and what they say that a language has no words for; `site` needs
    no sources."""
    yield from html.Renderer(site.settings, site.templates, site.template_paths, {}).faults()
    try:
        domain = messages.of_interface(site)
    except PublishError:
        return  # the same syntax faults, told above
    known = interface(site)
    for locale in site.settings.languages:
        if domain.locale not in (locale, locales.parent(locale)):
            yield from _untranslated(domain, locale, known.get(locale.tag, {}))
    for catalogue in (*site.theme_catalogues, *site.catalogues):
        if catalogue.domain == messages.INTERFACE and catalogue.locale is not None:
            for entry in catalogue.entries:
                yield from _placeholders(entry, catalogue.locale, catalogue.path)


def _untranslated(domain: Domain, locale: Locale, known: html.Interface) -> Iterator[Problem]:
    missing = [segment.key[1] for segment in domain.segments if segment.key not in known]
    if missing:
        path = f"locales/{locale.posix}/LC_MESSAGES/{messages.INTERFACE}.po"
        number = "one message" if len(missing) == 1 else f"{len(missing)} messages"
        message = f"the interface has no {locale.tag} for {number}: “{missing[0]}”"
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
        there = "one plural form" if len(forms) == 1 else f"{len(forms)} plural forms"
        last = f"msgstr[{number - 1}]"
        hint = "run publish update" if len(forms) < number else f"the last one is {last}"
        yield Problem("T3", f"{there} where {locale.tag} has {number}", span, hint)


def _shown(name: str) -> str:
    return "a lone %" if name == "%" else f"%({name})s"
