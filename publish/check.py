"""Checking a site: what is wrong in sources, catalogues, templates, before anything is rendered."""

from __future__ import annotations

import dataclasses
import datetime
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

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
from .markdown import Cut
from .messages import Domain
from .model import Author, Entry, Key, Piece, Site
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
    return in_order(
        (
            *loaded.problems,
            *sources(site, loaded.problems),
            *_bodies(loaded),
            *_former(site),
            *_images(loaded),
            *(_letters(site) if pdfs else ()),
            *_orphans(site, loaded.problems),
            *_failed(edition.translations(site) if translations is None else translations),
            *_interface(site),
            *search.missing_extra(site.settings),
        )
    )


# ── Sources ──────────────────────────────────────────────────────────────────────────────────


def sources(site: Site, problems: Iterable[Problem] = ()) -> Iterator[Problem]:
    """Faults in the texts of pieces and authors: notes, links, images.

    `problems` were met while reading: what leads to a file that has one is taken to be right.
    """
    unread = _faulty(problems)
    for piece in site.pieces:
        yield from _text(messages.of_piece(piece).cut, piece.path, site, unread)
    for author in site.authors:
        yield from _text(messages.of_author(author).cut, author.path, site, unread)
    for _, page in _pages(site):
        yield from proofread.errors(page)
    yield from _addresses(site)


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
    """The same faults where front matter could not be read."""
    unread = _faulty(loaded.problems)
    for body in loaded.bodies:
        piece = body.span.path.startswith("sources/pieces/")
        cut = markdown.cut(body, loaded.site.settings.default_language, notes=piece)
        yield from _text(cut, body.span.path, loaded.site, unread)


def _faulty(problems: Iterable[Problem]) -> frozenset[str]:
    return frozenset(problem.span.path for problem in problems)


def _text(cut: Cut | None, source: str, site: Site, unread: frozenset[str]) -> Iterator[Problem]:
    if cut is None:
        return
    yield from cut.problems
    for image in cut.images:
        kind, name = internal(source, image.target)
        if kind == "external":
            hint = "put the image beside the source; nothing is fetched from elsewhere"
            yield Problem("S5", f"image {image.target} is not of this site", image.span, hint)
        elif kind != "image" or name not in site.images.keys() | unread:
            hint = "readers would see its description alone: name a PNG or JPEG beside this file"
            message = f"there is no image {image.target}"
            if _OTHER_IMAGES.search(image.target):
                message = f"image {image.target} is neither PNG nor JPEG"
            yield Problem("S5", message, image.span, hint)
    files = {piece.path for piece in site.pieces} | {author.path for author in site.authors}
    files |= unread
    former = {old.content: piece.slug for piece in site.pieces for old in piece.former_slugs}
    anchors = {piece.slug: messages.of_piece(piece).cut for piece in _linked(cut, source, site)}
    for link in cut.links:
        kind, name = internal(source, link.target)
        there = {
            "external": True,
            "anchor": name in cut.anchors,
            "piece": f"sources/pieces/{name}.md" in files and _anchored(name, link.target, anchors),
            "author": f"sources/authors/{name}.md" in files,
        }.get(kind, False)
        if not there:
            hint = "readers would find nothing there: "
            if kind == "piece" and name in former:
                hint += f"the piece is called {former[name]}.md now"
            else:
                hint += "link a piece by its file (other-piece.md), a heading by its {#anchor}"
            yield Problem("S5", f"this link leads nowhere: {link.target}", link.span, hint)


def _images(loaded: Loaded) -> Iterator[Problem]:
    """Images that cannot be published, wherever a text shows one; each file is looked at once."""
    looked: dict[str, images.Fault | None] = {}
    for source, cut in _cuts(loaded):
        for image in cut.images:
            _, name = internal(source, image.target)
            if name not in loaded.site.images:
                continue  # told by `_text`
            if name not in looked:
                suffix = posixpath.splitext(name)[1].casefold()
                looked[name] = images.look(suffix, loaded.site.images[name])
            if fault := looked[name]:
                message = f"image {image.target} {fault.message}"
                yield Problem("S32", message, image.span, fault.hint)


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


def _cuts(loaded: Loaded) -> Iterator[tuple[str, Cut]]:
    """All texts of pieces and authors, those with unreadable front matter too."""
    for domain in messages.of_sources(loaded.site):
        if domain.cut:
            yield domain.path, domain.cut
    for body in loaded.bodies:
        piece = body.span.path.startswith("sources/pieces/")
        yield (
            body.span.path,
            markdown.cut(body, loaded.site.settings.default_language, notes=piece),
        )


def _linked(cut: Cut, source: str, site: Site) -> Iterator[Piece]:
    """Pieces of which a text names a place, by an anchor."""
    named = {internal(source, link.target) for link in cut.links if "#" in link.target}
    yield from (piece for piece in site.pieces if ("piece", piece.slug) in named)


def _anchored(slug: str, target: str, cuts: Mapping[str, Cut | None]) -> bool:
    """Whether the piece has the anchor that a link names; a piece with a fault may have any."""
    anchor = target.partition("#")[2]
    cut = cuts.get(slug)
    return not anchor or cut is None or anchor in cut.anchors


def _letters(site: Site) -> Iterator[Problem]:
    """Letters of the sources that the fonts of the PDFs do not have."""
    for locale in site.settings.languages:
        if not fonts.writes(locales.script(locale)):
            message = f"the fonts of the PDFs have no letters of {locale.tag}"
            yield Problem("B5", message, Span("pyproject.toml"), _NO_PDF)
    for texts in (site.settings.title, site.settings.licence, site.settings.disclaimer):
        for text in texts.values():
            yield from _lacking(text, Span("pyproject.toml"), 0)
    for domain in messages.of_sources(site):
        if not fonts.writes(locales.script(domain.locale)):
            continue
        for segment in domain.segments:
            if segment.kind in messages.FRONT_MATTER:
                yield from _lacking(segment.key[1], segment.span, 0)
    written = [(piece.locale, piece.body) for piece in site.pieces]
    written += [(author.locale, author.bio) for author in site.authors]
    for locale, body in written:
        if not fonts.writes(locales.script(locale)):
            continue
        printed = _UNDRAWN.sub(lambda part: _BUT_LINES.sub(" ", part[0]), body.content)
        for number, line in enumerate(printed.split("\n")):
            yield from _lacking(line, Span(body.span.path, body.span.line + number), 1)
    for catalogue in (*site.theme_catalogues, *site.catalogues):
        if catalogue.locale is None or not fonts.writes(locales.script(catalogue.locale)):
            continue
        if catalogue.domain == messages.INTERFACE:
            for entry in catalogue.entries:
                for form in () if entry.fuzzy else _forms(entry):
                    yield from _lacking(form, Span(catalogue.path, entry.line or 1), 0)
        elif catalogue.domain.startswith("pieces/"):
            name = edition.translator(dict(catalogue.header))
            yield from _lacking(name, Span(catalogue.path), 0)


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


def _orphans(site: Site, problems: Iterable[Problem]) -> Iterator[Problem]:
    """Catalogues that nobody reads. Sources that could not be read have lost nothing."""
    domains = tuple(messages.of_sources(site))
    written = {domain.name: domain.locale for domain in domains}
    known = edition.catalogues(site, domains)
    renamed = {c.path: name for (name, _), c in known.items() if c.domain != name}
    unread = {p.span.path.removeprefix("sources/").removesuffix(".md") for p in problems}
    for catalogue in site.catalogues:
        domain, span = catalogue.domain, Span(catalogue.path)
        if domain == messages.INTERFACE or unread & {domain, domain.partition("/")[0], "sources"}:
            continue
        if catalogue.path in renamed:
            hint = "run publish update: it moves the catalogue"
            message = f"its source is called {renamed[catalogue.path]} now"
            yield Problem("P5", message, span, hint)
        elif domain not in written:
            hint = "was the source renamed or taken away? publish update leaves the file alone"
            yield Problem("P5", f"no source is called {domain}", span, hint)
        elif catalogue.locale == written[domain]:
            message = f"{domain} is written in {written[domain].tag}: this catalogue is not read"
            hint = "was it once written in another language? else take the file away"
            yield Problem("P5", message, span, hint)


def _failed(translations: Iterable[Translation]) -> Iterator[Problem]:
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


def _interface(site: Site) -> Iterator[Problem]:
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
