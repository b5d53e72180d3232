"""The values that the stages hand to each other: what was read, decided and made.

Frozen and picklable; they hold facts and do not act.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from .errors import Problem, Span
from .locales import Locale

# ── Sources ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of source text and where it stands."""

    content: str
    """The text itself: one line in front matter, Markdown in a body."""

    span: Span
    """Where its first character stands."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A dated correction that every edition prints."""

    date: datetime.date
    """Day of the correction."""

    text: Text
    """What was corrected, as plain text."""


@dataclass(frozen=True, slots=True)
class Ignore:
    """A rule that somebody sets aside, and why."""

    code: str
    """Code of the rule, as written; empty where none could be read."""

    reason: str
    """The reason; empty where none was given."""

    span: Span
    """Where it says so."""


@dataclass(frozen=True, slots=True)
class Author:
    """A person who writes pieces: `sources/authors/<id>.md`."""

    id: str
    """The file's name without `.md`; also the person's address."""

    locale: Locale
    """Language in which name, title, affiliation and bio were written."""

    name: Text
    """Name as printed on a piece."""

    title: Text | None
    """Academic or other title that stands before the name: `Dr.`"""

    affiliation: Text | None
    """Field or institution, as printed below the name."""

    bio: Text
    """Biography, Markdown."""

    path: str
    """Path of the file relative to the site's root."""

    keeps_bio: bool = False
    """Whether the biography is left in its language on purpose."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A commentary in its original language: `sources/pieces/<slug>.md`."""

    slug: str
    """The file's name without `.md`; also the piece's address in every language."""

    locale: Locale
    """Original language."""

    title: Text
    """Title, plain text in one line."""

    summary: Text
    """Standfirst, plain text in one line."""

    date: datetime.date
    """Day of first publication."""

    updated: datetime.date | None
    """Day of the last substantive change, if any."""

    authors: tuple[str, ...]
    """Ids of the authors, in the order in which they are printed."""

    tags: tuple[Text, ...]
    """Topics, in the words of the site's shared vocabulary (its default language)."""

    corrections: tuple[Correction, ...]
    """Corrections, oldest first."""

    body: Text
    """The commentary, Markdown."""

    path: str
    """Path of the file relative to the site's root."""

    hold: tuple[Locale, ...] = ()
    """Languages in which it is never published."""

    pin: tuple[Locale, ...] = ()
    """Languages in which it is published as soon as its title is translated, and stays so."""

    check_ignore: tuple[Ignore, ...] = ()
    """Rules that the editor sets aside for all translations of the piece."""

    localized_urls: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Address → language tag → the address that a translation may have in its place."""

    series: Text | None = None
    """Series that it belongs to, in the words of the site's shared vocabulary."""

    draft: bool = False
    """Whether it is not to be published yet, in any language."""

    release: datetime.datetime | None = None
    """The moment, with its offset, before which it is published in no language."""

    release_together: bool = False
    """Whether it is published in no language before it can be in all that are not held."""

    former_slugs: tuple[Text, ...] = ()
    """Slugs that it had before; their addresses lead to it."""


# ── Messages and catalogues ──────────────────────────────────────────────────────────────────


LONGEST = 20_000
"""Characters of the longest message; the time that Markdown's parser takes grows with their
square."""

Key = tuple[str, str]
"""`(msgctxt, msgid)`; an absent context is the empty string."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One translatable message, cut from a source or extracted from a template."""

    key: Key
    """Context and text."""

    kind: str
    """What it is, for the translator: `paragraph`, `heading 2`, `note 3`, `title` …"""

    span: Span
    """Where it stands."""

    notes: tuple[str, ...] = ()
    """What the editor wants translators to know."""

    plural: str = ""
    """The plural `msgid_plural`, for interface messages that count."""

    flags: tuple[str, ...] = ()
    """gettext flags, such as `python-format`."""


class State(Enum):
    """How far a message is translated, as readers see it."""

    TRANSLATED = "translated"
    """The translation stands."""

    STALE = "stale"
    """The original was edited since; the translation of the earlier text still stands, marked."""

    SUGGESTED = "suggested"
    """A machine's or a colleague's proposal that nobody confirmed; readers see the original."""

    FAILED = "failed"
    """The translation breaks a rule; readers see the original."""

    MISSING = "missing"
    """Not translated; readers see the original."""


@dataclass(frozen=True, slots=True)
class Previous:
    """The text that a fuzzy translation was made from (gettext's `#|`)."""

    context: str
    """Earlier msgctxt; empty where there was none."""

    msgid: str
    """Earlier msgid."""

    plural: str = ""
    """Earlier msgid_plural; empty where there was none."""


CHANGED = "changed"
"""First word of the `#.` comment that tells a stale entry from a suggested one; a day follows."""

CORRECTED = "corrected"
"""The same for a text that was corrected: the old translation is not shown any more."""

SUGGESTED = "suggested"
"""First word of the `#.` comment that says where a suggested translation comes from."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of a catalogue with its translation."""

    key: Key
    """Context and msgid."""

    translation: str = ""
    """msgstr, or msgstr[0] of a plural message."""

    plural: str = ""
    """msgid_plural; empty for most messages."""

    plurals: tuple[str, ...] = ()
    """All msgstr[n] of a plural message."""

    flags: tuple[str, ...] = ()
    """gettext flags in file order, `fuzzy` among them."""

    previous: Previous | None = None
    """What the translation was made from, while fuzzy."""

    comments: str = ""
    """The translator's own comments (`# `), lines joined by newlines."""

    notes: str = ""
    """Extracted comments (`#.`), lines joined by newlines."""

    references: tuple[str, ...] = ()
    """Source files (`#:`), without line numbers."""

    line: int = field(default=0, compare=False)
    """Line of the entry's msgid (or msgctxt) in the file it was read from; 0 for a new one."""

    text: str = field(default="", compare=False, repr=False)
    """Its lines in that file, as they stand there; empty for a new one."""

    @property
    def fuzzy(self) -> bool:
        """Whether the entry needs work and must not be read as confirmed."""
        return "fuzzy" in self.flags

    @property
    def state(self) -> State:
        """The state as far as the catalogue alone can tell."""
        if not (any(self.plurals) if self.plural else self.translation):
            return State.MISSING
        if not self.fuzzy:
            return State.TRANSLATED
        marked = any(note.split(" ", 1)[0] == CHANGED for note in self.notes.split("\n"))
        return State.STALE if marked and self.previous else State.SUGGESTED


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One gettext catalogue: the translations of one domain into one language."""

    domain: str
    """`pieces/<slug>`, `authors/<id>`, `tags` or `interface`."""

    locale: Locale | None
    """Language it translates into; None for a template (`.pot`)."""

    header: tuple[tuple[str, str], ...] = ()
    """Header fields in file order."""

    header_comment: str = ""
    """Comment above the header."""

    header_flags: tuple[str, ...] = ()
    """Flags of the header entry; gettext writes `fuzzy` in templates."""

    entries: tuple[Entry, ...] = ()
    """Live entries in file order."""

    obsolete: tuple[Entry, ...] = ()
    """Entries whose text has gone (`#~`), in file order."""

    path: str = field(default="", compare=False)
    """Path of the file relative to the site's root; empty for one that is not on disk."""


# ── Glossaries ───────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Term:
    """A word or name that is always translated the same way."""

    term: str
    """The term as originals have it; `*` at a word's end stands for any ending."""

    translations: tuple[str, ...]
    """Forms that are right in the translation, written likewise."""

    note: str
    """What translators should know."""


@dataclass(frozen=True, slots=True)
class Glossary:
    """The terms of one language: `locales/<locale>/glossary.csv`."""

    locale: Locale
    """Language translated into."""

    terms: tuple[Term, ...]
    """Terms in file order."""

    path: str
    """Path of the file relative to the site's root."""


# ── Settings and the site ────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Paper:
    """`pdf` of the settings."""

    paper: str = "A4"
    """Size of the page: `A4` or `Letter`."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`[tool.publish]` of pyproject.toml."""

    title: Mapping[str, str]
    """The site's name by language tag; a plain string stands under the default language."""

    base_url: str
    """Absolute address of the site, without a slash at its end."""

    languages: tuple[Locale, ...]
    """Languages of the site, in the order in which they are listed."""

    default_language: Locale
    """Language of the shared vocabulary, and of the chooser's own words."""

    threshold: float = 1.0
    """Share of words that must be translated before an edition first appears."""

    floor: float = 0.6
    """Share of words below which an edition that was once complete is withdrawn."""

    theme: str = "templates"
    """Folder of the site's own templates."""

    check_ignore: Mapping[str, tuple[Ignore, ...]] = field(default_factory=dict)
    """Rules set aside for all translations into a language, by its tag."""

    house_quotes: tuple[Locale, ...] = ()
    """Languages whose quotation marks are a rule of the house and not only a habit."""

    pdf: Paper = Paper()
    """How PDFs are made."""

    licence: Mapping[str, str] = field(default_factory=dict)
    """What readers may do with the texts, by language tag; empty where nothing is said."""

    licence_url: str = ""
    """Address of the licence's own text."""

    disclaimer: Mapping[str, str] = field(default_factory=dict)
    """Whose views the texts are, or the like, by language tag; empty where nothing is said."""

    feeds: bool = True
    """Whether each language has an Atom feed."""

    search: bool = False
    """Whether each language has a page on which its texts can be searched."""
    page_size: int = 20
    """How many pieces a page of a list has."""

    slugs: Mapping[str, str] = field(default_factory=dict)
    """Topic or series → its address, where its own letters make none or one that is taken."""


@dataclass(frozen=True, slots=True)
class Site:
    """Everything that was read, once."""

    settings: Settings
    """The site's settings."""

    authors: tuple[Author, ...]
    """All authors, by id."""

    pieces: tuple[Piece, ...]
    """All pieces, newest first."""

    catalogues: tuple[Catalogue, ...]
    """All catalogues that belong to the site."""

    theme_catalogues: tuple[Catalogue, ...]
    """Interface catalogues that travel with the packaged templates."""

    templates: Mapping[str, str]
    """Template name → text; the site's own over the packaged ones."""

    template_paths: Mapping[str, str]
    """Template name → what a problem or a catalogue calls its file."""

    images: Mapping[str, bytes]
    """Path relative to the root → bytes, for every image among the sources."""

    glossaries: tuple[Glossary, ...] = ()
    """The glossaries of the site's languages."""


# ── Editions ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Run:
    """A plain text with the language it really is in."""

    text: str
    """Plain text; templates escape it."""

    locale: Locale
    """Its language."""

    changed: Changed | None = None
    """What the original says now, where this is a translation of an earlier text."""


@dataclass(frozen=True, slots=True)
class Changed:
    """The new original of a stale front-matter text."""

    text: str
    """Plain text; templates escape it."""

    locale: Locale
    """Its language."""

    since: datetime.date | None
    """Day on which the original changed; None where nobody knows."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Words of the original by the state of their translation."""

    translated: int = 0
    """Words whose translation stands."""

    stale: int = 0
    """Words edited since they were translated."""

    suggested: int = 0
    """Words with an unconfirmed proposal."""

    failed: int = 0
    """Words whose translation breaks a rule."""

    missing: int = 0
    """Words without a translation."""

    @property
    def total(self) -> int:
        """All words."""
        return self.translated + self.stale + self.suggested + self.failed + self.missing

    @property
    def share(self) -> float:
        """Share of words that readers get in their language, between 0 and 1."""
        return (self.translated + self.stale) / self.total if self.total else 1.0


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote of a rendered text."""

    number: int
    """Its number, from 1, in the order of first reference."""

    html: str
    """Its paragraphs, safe HTML."""

    marks: tuple[str, ...]
    """Ids of the marks in the text that lead here."""


@dataclass(frozen=True, slots=True)
class Rendering:
    """A Markdown text in one language, as safe HTML."""

    html: str
    """For the screen: note marks are links to `#note-<n>`."""

    print_html: str
    """For paper: each note stands inline at its first mark, in `<span class="footnote">`."""

    notes: tuple[Note, ...] = ()
    """The notes, by number."""


@dataclass(frozen=True, slots=True)
class Alternate:
    """One language version of a piece, or the news that there is none yet."""

    locale: Locale
    """Language of the version."""

    path: str
    """Its page's path in `output/`; empty while it is not published."""

    pdf_path: str
    """Its PDF's path in `output/`; empty while it is not published."""

    original: bool
    """Whether this is the language the piece was written in."""

    current: bool
    """Whether this is the edition that lists it."""


@dataclass(frozen=True, slots=True)
class Byline:
    """An author as one edition prints them."""

    author: str
    """Author id."""

    name: Run
    """Title and name."""

    honorific: Run | None
    """Title alone."""

    person: Run
    """Name alone, as catalogues and citations have it."""

    affiliation: Run | None
    """Field or institution."""

    bio: Rendering
    """Biography, in the edition's language where translated, else as written."""

    bio_locale: Locale
    """Language the biography is in."""

    path: str
    """The author's page in this edition's language, in `output/`."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A piece as lists show it."""

    slug: str
    """Slug."""

    title: str
    """Title in `locale`."""

    summary: Run
    """Standfirst."""

    date: datetime.date
    """Day of first publication."""

    names: tuple[Run, ...]
    """Authors' names."""

    locale: Locale
    """Language of the edition listed."""

    path: str
    """Its page in `output/`."""


class Preview(Enum):
    """Why an edition stands in a preview that readers do not get yet."""

    DRAFT = "draft"
    """Its piece is a draft."""

    EARLY = "early"
    """Its piece waits for the moment of its release, or for its translations."""


@dataclass(frozen=True, slots=True)
class Paging:
    """Which page of a list this is, and where the others are."""

    number: int = 1
    """Its number, from 1."""

    paths: tuple[str, ...] = ()
    """Every page of the list, this one among them; empty where there is but one."""

    shown: tuple[int, ...] = ()
    """Numbers of the pages that it links to by their number; 0 stands for some left out."""

    before: int = 0
    """How many pieces stand on earlier pages."""

    total: int = 0
    """How many pieces the list has."""

    @property
    def previous(self) -> str:
        """The page before; empty on the first."""
        return self.paths[self.number - 2] if self.number > 1 else ""

    @property
    def next(self) -> str:
        """The page behind; empty on the last."""
        return self.paths[self.number] if self.number < len(self.paths) else ""


@dataclass(frozen=True, slots=True)
class Part:
    """The place of an edition in a series of several, among what is published in its language."""

    number: int
    """Its number, from 1."""

    count: int
    """How many there are."""

    previous: Listed | None
    """The part before."""

    next: Listed | None
    """The part behind."""


@dataclass(frozen=True, slots=True)
class Image:
    """An image as networks show it beside a link."""

    path: str
    """Its file in `output/`."""

    width: int
    """Pixels across."""

    height: int
    """Pixels down."""

    alt: Run
    """What it shows."""


class Standing(Enum):
    """How current an edition is."""

    ORIGINAL = "original"
    """The language the piece was written in."""

    CURRENT = "current"
    """Translated completely, nothing changed since."""

    BEHIND = "behind"
    """Some passages are stale or not translated."""


@dataclass(frozen=True, slots=True)
class Edition:
    """One piece in one language, as decided: everything its page and PDF show."""

    slug: str
    """Slug of the piece."""

    locale: Locale
    """Language of the edition."""

    original: Locale
    """Language the piece was written in."""

    title: str
    """Title, in the edition's language (an edition without one is not published)."""

    original_title: str
    """Title in the original language."""

    title_changed: Changed | None
    """What the original's title is now, where `title` translates an earlier one."""

    summary: Run
    """Standfirst."""

    date: datetime.date
    """Day of first publication."""

    updated: datetime.date | None
    """Day of the last substantive change."""

    modified: datetime.date
    """Day of whatever came last: publication, update, correction, or this translation."""

    series: Run | None
    """Series that it belongs to."""

    topics: tuple[Run, ...]
    """Topics."""

    corrections: tuple[tuple[datetime.date, Run], ...]
    """Corrections, oldest first."""

    body: Rendering
    """The text with its notes."""

    bylines: tuple[Byline, ...]
    """Authors with their biographies."""

    alternates: tuple[Alternate, ...]
    """Every language of the site, this one among them, in the site's order, but for those that the
    editor holds back: what is not to come is not promised."""

    default_path: str
    """Page for readers of any other language (`x-default`): the edition in the site's default
    language, else the original."""

    related: tuple[Listed, ...]
    """Related pieces, nearest first."""

    coverage: Coverage
    """Words by state."""

    standing: Standing
    """How current this edition is."""

    stale: int
    """How many passages have changed in the original since they were translated."""

    stale_since: datetime.date | None
    """Day of the first of those changes; None where nobody knows."""

    untranslated: int
    """How many passages stand in the original language."""

    translator: str
    """Who translated it last; empty where nobody is named."""

    translated_on: datetime.date | None
    """Day on which they last did; None where nobody knows."""

    path: str
    """Path of its page in `output/`: `tr/some-piece/`."""

    pdf_path: str
    """Path of its PDF in `output/`."""

    images: tuple[str, ...]
    """Paths of the images it shows, relative to the site's root."""

    preview: Preview | None = None
    """Why readers do not get it yet; None for an edition that is published."""
    image: Image | None = None
    """The first of its text."""

    minutes: int = 0
    """How long its text takes to read; 0 where nobody can say."""

    topic_paths: tuple[str, ...] = ()
    """The page of each of the topics, in their order."""

    series_path: str = ""
    """The page of the series."""

    series_home: str = ""
    """The page of the series for readers of any other language: it names the series."""

    part: Part | None = None
    """Its place in the series; None where it stands alone."""

    @property
    def is_original(self) -> bool:
        """Whether this is the language the piece was written in."""
        return self.standing is Standing.ORIGINAL


@dataclass(frozen=True, slots=True)
class Held:
    """An edition that is not published, and why."""

    slug: str
    """Slug of the piece."""

    locale: Locale
    """Language of the edition."""

    coverage: Coverage
    """Words by state."""

    reason: str
    """What keeps it back."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A piece or an author that a build left as it was, for a fault of its own or of what it hangs
    on."""

    path: str
    """Its source."""

    locales: tuple[Locale, ...]
    """Languages in which it is published as it was; none where it is not published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """A page of a list of pieces in one language."""

    locale: Locale
    """Language of the page."""

    alternates: tuple[Alternate, ...]
    """The same page in every language that has it. Later pages have no versions: they list other
    pieces in every language, so that it is empty there."""

    pieces: tuple[Listed, ...]
    """Pieces in this language, as many as the page has: newest first, those of a series as they
    appeared."""

    elsewhere: tuple[Listed, ...]
    """Some of those that exist in other languages only, in the same order; on the first page
    alone."""

    path: str
    """Path of the page in `output/`."""

    default_path: str = ""
    """Page for readers of any other language: of an index the one at the root, where they choose,
    else that in the site's default language, else the first; empty on a later page."""

    modified: datetime.date | None = None
    """Day on which the last of the pieces listed was modified; None where there is none."""

    more: tuple[Alternate, ...] = ()
    """The same list in languages that have more of them than `elsewhere` shows."""

    paging: Paging = Paging()
    """Which page of the list it is."""

    languages: tuple[Alternate, ...] = ()
    """On a later page, the first page in each language; empty on a first one, where `alternates`
    says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile(ListPage):
    """An author's page in one language."""

    byline: Byline
    """The author."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Front(ListPage):
    """The index of one language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject(ListPage):
    """The page of a topic or of a series in one language."""

    kind: str
    """`tag` or `series`."""

    name: Run
    """What it is called."""

    home: str
    """`default_path` of the first page."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic in the list of all topics of a language."""

    name: Run
    """What it is called."""

    path: str
    """Its page in `output/`."""

    count: int
    """How many pieces it has in the language."""


@dataclass(frozen=True, slots=True)
class Topics:
    """All topics of one language."""

    locale: Locale
    """Language of the page."""

    alternates: tuple[Alternate, ...]
    """The same page in every language that has topics."""

    topics: tuple[Topic, ...]
    """The topics that have a piece in the language, by the language's alphabet."""

    path: str
    """Path of the page in `output/`."""

    default_path: str
    """Page for readers of any other language: the one in the site's default language, else the
    first."""

    modified: datetime.date | None
    """Day on which the last of the pieces counted was modified."""


@dataclass(frozen=True, slots=True)
class SearchPage:
    """The page on which readers search the texts of one language."""

    locale: Locale
    """Language of the page, and of what it finds."""

    alternates: tuple[Alternate, ...]
    """The same page in the other languages."""

    empty: bool
    """Whether there is nothing in the language that could be found."""

    authors: tuple[Byline, ...]
    """Whose pages readers can look through instead."""

    path: str
    """Path of the page in `output/`."""

    default_path: str
    """Page for readers of any other language: that in the site's default language."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An image that pages show, with the files that it is published as."""

    source: str
    """Path of the image, relative to the site's root."""

    files: tuple[str, ...]
    """Paths of what pages show of it in `output/`, the narrowest first."""

    versions: tuple[Artefact, ...]
    """Its files in `output/`, widest last."""

    widths: tuple[int, ...]
    """How many pixels wide each of them is."""

    height: int
    """How many pixels high the widest is."""

    paper: bytes
    """The file that PDFs hold."""


@dataclass(frozen=True, slots=True)
class Redirect:
    """An address that an edition had before, and where it leads now."""

    locale: Locale
    """Language of the edition."""

    path: str
    """The page's former path in `output/`."""

    pdf_path: str
    """The PDF's former path in `output/`."""

    title: str
    """Title of the edition, in its language."""

    target: str
    """Path of its page now."""

    pdf_target: str
    """Path of its PDF now."""


@dataclass(frozen=True, slots=True)
class Plan:
    """All that will be published, decided before anything is rendered."""

    editions: tuple[Edition, ...]
    """Published editions."""

    held: tuple[Held, ...]
    """Editions kept back."""

    profiles: tuple[Profile, ...]
    """Authors' pages, of each the first."""

    fronts: tuple[Front, ...]
    """The index of each language, of each the first page."""

    pictures: tuple[Picture, ...]
    """Every image that any of them shows, by path."""

    redirects: tuple[Redirect, ...] = ()
    """Former addresses of the editions."""

    preview: bool = False
    """Whether it has drafts and what is not released yet: for those who work on them alone."""

    searches: tuple[SearchPage, ...] = ()
    """The search page of each language, where the site has search."""
    topics: tuple[Topics, ...] = ()
    """All topics of each language that has any."""

    subjects: tuple[Subject, ...] = ()
    """The first page of each topic and series in each language that has pieces of it."""

    later: tuple[Front | Profile | Subject, ...] = ()
    """Second and further pages of whatever list is longer than one page."""


# ── Output ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Pdf:
    """A finished PDF."""

    content: bytes
    """The file."""

    pages: int
    """How many pages it has."""

    problems: tuple[Problem, ...] = ()
    """What its engine complained of."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A PDF that stands in `output/`, as pages speak of it."""

    pages: int
    """Number of pages."""

    size: int
    """Length in bytes."""


@dataclass(frozen=True, slots=True)
class Artefact:
    """One file of `output/`."""

    path: str
    """Path relative to `output/`, with forward slashes."""

    content: bytes
    """The file."""


# ── Work that comes back ─────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Returned:
    """A catalogue that a translator worked on outside the repository, beside what went out."""

    base: Catalogue
    """What went out."""

    theirs: Catalogue
    """What came back; its path names the file and the member in it: `x.zip/pieces/a.po`."""
