"""Which messages each domain has: pieces, authors, topics and the interface.

`update`, `status`, `check` and every edition take their messages from here, freshly cut.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from . import markdown
from .locales import Locale, parse
from .markdown import Cut
from .model import Author, Ignore, Key, Piece, Segment, Site, Text

INTERFACE = "interface"
"""Domain of what templates say; written in English."""

TAGS = "tags"
"""Domain of series and topics; written in the site's default language."""

FRONT_MATTER = frozenset({"title", "summary", "correction", "name", "affiliation", "series", "tag"})
"""Kinds of messages that are plain text, not Markdown; also their contexts, but an editor may give
a paragraph a context of the same name."""


@dataclass(frozen=True, slots=True)
class Domain:
    """All messages of one source."""

    name: str
    """`pieces/<slug>`, `authors/<id>`, `tags` or `interface`."""

    path: str
    """The source file; empty where each message has its own."""

    locale: Locale
    """Language of the messages."""

    date: datetime.date | None
    """Day of the source's last change, by its own front matter."""

    segments: tuple[Segment, ...]
    """Messages in document order, each key once."""

    words: tuple[int, ...]
    """Words of each segment."""

    cut: Cut | None = None
    """The body's cut, where there is a body."""

    born: datetime.date | None = None
    """Day of the source's first publication."""

    hold: tuple[Locale, ...] = ()
    """Languages in which its editor never publishes it."""

    pin: tuple[Locale, ...] = ()
    """Languages in which its editor publishes it however little is translated."""

    check_ignore: tuple[Ignore, ...] = ()
    """Rules that the editor sets aside for its translations."""

    localized_urls: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Address → language tag → the address that a translation may have in its place."""


def of_source(source: Piece | Author) -> Domain:
    """The messages of a piece or an author."""
    return of_piece(source) if isinstance(source, Piece) else of_author(source)


def of_piece(piece: Piece) -> Domain:
    """The messages of a piece: title, summary and corrections, then its text."""
    front = [_line("title", piece.title), _line("summary", piece.summary)]
    front += [_line("correction", correction.text) for correction in piece.corrections]
    cut = markdown.cut(piece.body, piece.locale)
    date = piece.updated or piece.date
    domain = _domain(f"pieces/{piece.slug}", piece.path, piece.locale, date, front, cut)
    return dataclasses.replace(
        domain,
        born=piece.date,
        hold=piece.hold,
        pin=piece.pin,
        check_ignore=piece.check_ignore,
        localized_urls=piece.localized_urls,
    )


def of_author(author: Author) -> Domain:
    """The messages of an author: name, title and affiliation, then the biography."""
    front = [_line("name", author.name)]
    front += [_line("title", author.title)] if author.title else []
    front += [_line("affiliation", author.affiliation)] if author.affiliation else []
    cut = markdown.cut(author.bio, author.locale, notes=False)
    return _domain(f"authors/{author.id}", author.path, author.locale, None, front, cut)


def of_tags(site: Site) -> Domain:
    """The series and topics that pieces name, each in alphabetical order of their code points."""
    first: dict[Key, Text] = {}
    for piece in site.pieces:
        if piece.series:
            first.setdefault(("series", piece.series.content), piece.series)
        for tag in piece.tags:
            first.setdefault(("tag", tag.content), tag)
    segments = [_line(key[0], first[key]) for key in sorted(first)]
    return _domain(TAGS, "", site.settings.default_language, None, segments, None)


def of_interface(site: Site) -> Domain:
    """What the templates say. Raises `PublishError` for a template that does not parse."""
    from . import extract  # `publish status` answers at once, and has no need of it

    segments = extract.messages(site.templates, site.template_paths)
    return _domain(INTERFACE, "", parse("en"), None, list(segments), None)


def of_sources(site: Site) -> Iterator[Domain]:
    """The domains that have a source file, and the shared vocabulary."""
    yield from (of_piece(piece) for piece in site.pieces)
    yield from (of_author(author) for author in site.authors)
    yield of_tags(site)


def _line(context: str, text: Text) -> Segment:
    return Segment((context, text.content), context, text.span)


def _domain(
    name: str,
    path: str,
    locale: Locale,
    date: datetime.date | None,
    front: list[Segment],
    cut: Cut | None,
) -> Domain:
    unique: dict[tuple[str, str], tuple[Segment, int]] = {}
    for segment in front:
        unique.setdefault(segment.key, (segment, markdown.count_words(segment.key[1])))
    if cut:
        for segment, words in zip(cut.segments, cut.words, strict=True):
            unique.setdefault(segment.key, (segment, words))
    return Domain(
        name=name,
        path=path,
        locale=locale,
        date=date,
        segments=tuple(segment for segment, _ in unique.values()),
        words=tuple(words for _, words in unique.values()),
        cut=cut,
    )
