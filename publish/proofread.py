"""Sources proofread: what an editor would mend in a text before it is translated.

Read are the blocks and atoms that the build's own parser makes of a text, never the raw Markdown.
Each rule is a function from a `Page` to its findings; what depends on the language stands in a
table of usage. A language without an entry there is checked by the rules that need none.
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from . import locales, markdown, typography
from .errors import RULES, Problem, Severity, Span, Waiver
from .locales import Locale
from .markdown import Block, Comment, Cut
from .model import Author, Piece, Text

OBJECT = "\ufffc"
"""Stands for code, an image, an address, or a passage in another language."""

LONG = 200
"""Words of a paragraph from which on it is called long."""


# ── Usage ────────────────────────────────────────────────────────────────────────────────────


class Usage(NamedTuple):
    """What depends on the language of a text."""

    foreign: frozenset[str] = frozenset()
    """Letters that the language does not have; names keep theirs."""

    loans: frozenset[str] = frozenset()
    """Words that have such letters and are at home in the language all the same."""

    doubled: frozenset[str] = frozenset()
    """Words that rightly stand twice in a row."""

    function_words: frozenset[str] = frozenset()
    """Commonest small words, by which a passage in the language is known."""

    openers: frozenset[str] = frozenset()
    """Words that have a capital only where a sentence begins."""

    marks_inside: bool = False
    """Whether a note's mark stands before the full stop and not behind it."""

    abbreviations: frozenset[str] = frozenset()
    """Words that end in a full stop and may end a heading or come before a mark."""

    ibid: tuple[str, ...] = ()
    """How a note says that it cites what the note before it cites."""

    access: tuple[str, ...] = ()
    """How a note names the day on which a page was read."""

    leftovers: tuple[str, ...] = ()
    """What web pages print around a text, found where a text was copied from one."""

    suffixes: frozenset[str] | None = None
    """What stands behind an apostrophe; None where anything may."""

    future: frozenset[str] = frozenset()
    """Words of a sentence that speaks of what is still to come."""

    day_first: bool = True
    """Whether everyone reads 3.4.2021 as the third of April."""


# The doubled words are reduplications of the Turkish language (TDK's "ikileme") and those found
# doubled in published translations; Russian writes most of its own with a hyphen.
_USAGE = {
    "en": Usage(
        foreign=frozenset("İıŞşĞğ"),
        doubled=frozenset({"had", "that", "bye", "so", "very", "no", "ha", "hear"}),
        function_words=frozenset(
            {"the", "of", "and", "in", "to", "on", "for", "with", "a", "an", "is", "from", "by"}
        ),
        openers=frozenset(
            {
                *("The", "A", "An", "This", "That", "These", "Those", "It", "He", "She", "They"),
                *("We", "But", "And", "However", "In", "There", "If", "When", "As", "For", "On"),
            }
        ),
        abbreviations=frozenset({"etc", "inc", "ltd", "co", "jr", "sr", "no", "vol", "ed", "eds"}),
        ibid=("ibid", "ibidem", "op. cit", "loc. cit", "idem"),
        access=("access date", "date of access", "accessed", "accession", "retrieved", "accesion"),
        leftovers=(
            *("similar posts", "related posts", "related articles", "you may also like"),
            *("share this", "share on", "click to share", "tweet this", "read more"),
            *("continue reading", "print this page", "leave a comment", "like this", "loading"),
            *("this post is also available in", "this article is also available in"),
        ),
        suffixes=frozenset({"s", "t", "re", "ve", "ll", "d", "m"}),
        future=frozenset(
            {
                *("will", "shall", "until", "by", "plans", "planned", "due", "scheduled"),
                *("expected", "to", "would", "upcoming", "next", "expires", "before"),
            }
        ),
        day_first=False,
    ),
    "tr": Usage(
        foreign=frozenset("qwxQWXäßåøñÄÅØÑ"),
        loans=frozenset({"web", "www", "wifi", "watt", "kilowatt", "x", "w", "q"}),
        doubled=frozenset(
            {
                *("hemen", "birer", "ikişer", "tek", "teker", "adım", "tekrar", "sık", "yavaş"),
                *("zaman", "parça", "ayrı", "kısa", "uzun", "ara", "ağır", "art", "bire", "ya"),
                *("da", "de", "hem", "ne", "bir", "derin", "büyük", "küçük", "ince", "çeşit"),
                *("türlü", "kat", "kapı", "sokak", "bölük", "sıra", "yer", "yan", "karşı", "baş"),
                *("usul", "açık", "acı", "tane", "damla", "dilim", "diyar", "köşe", "gün", "satır"),
                *("yıl", "mı", "mi", "mu", "mü", "çok", "pek", "sabah", "akşam", "için", "hızlı"),
                *("kelime", "madde", "grup", "deste", "avuç", "fersah", "ileri", "peş", "yeni"),
            }
        ),
        function_words=frozenset(
            {"ve", "ile", "için", "bir", "bu", "da", "de", "ya", "veya", "olarak", "göre"}
        ),
        openers=frozenset(
            {"Bu", "Bir", "Ancak", "Ve", "O", "Ama", "Fakat", "Bunun", "Böylece", "Şu", "Çünkü"}
        ),
        abbreviations=frozenset({"vb", "vs", "vd", "bkz", "dr", "prof", "doç", "s", "c", "no"}),
        ibid=("a.g.e", "a.g.m", "a.g.y", "a.e", "a.y", "ibid", "age", "agm"),
        access=("erişim", "erişildi", "erişilmiştir", "accessed"),
        leftovers=(
            *(
                "benzer yazılar",
                "ilgili yazılar",
                "ilgili haberler",
                "bunlar da ilginizi çekebilir",
            ),
            *("paylaş", "facebook'ta paylaş", "twitter'da paylaş", "devamını oku", "yorum yap"),
            *(
                "bu yazı şu dillerde de mevcuttur",
                "bu yazıyı paylaş",
                "this post is also available",
            ),
        ),
        future=frozenset({"kadar", "planlanan", "beklenen", "öngörülen", "gelecek", "önce"}),
    ),
    "ru": Usage(
        foreign=frozenset("іїєґўѣІЇЄҐЎѢәқңғүұһөӘҚҢҒҮҰҺӨ"),
        doubled=frozenset({"едва", "чуть", "еле", "давно", "да", "нет", "ну", "очень", "так"}),
        function_words=frozenset({"и", "в", "на", "с", "по", "от", "из", "для", "что", "о", "к"}),
        openers=frozenset(
            {"Это", "В", "На", "И", "Но", "Он", "Она", "Они", "Однако", "Так", "Также", "При", "С"}
        ),
        marks_inside=True,
        abbreviations=frozenset(
            {*("г", "гг", "в", "вв", "д", "п", "др", "пр", "т", "с", "стр", "млн", "млрд", "тыс")}
        ),
        ibid=("там же", "указ. соч", "ibid", "op. cit"),
        access=("дата обращения", "обращения", "accessed"),
        leftovers=(
            *("похожие записи", "похожие статьи", "похожие материалы", "читайте также"),
            *("поделиться", "поделитесь", "читать далее", "оставить комментарий"),
            *("эта запись также доступна на", "this post is also available"),
        ),
        future=frozenset(
            {"будет", "будут", "до", "планируется", "ожидается", "состоится", "состоятся", "к"}
        ),
    ),
}

_NO_USAGE = Usage()

# Passages of languages that sources quote from, told by their small words.
_OTHERS = {
    "de": frozenset({"der", "die", "das", "und", "von", "für", "mit", "zur", "im", "des"}),
    "fr": frozenset({"le", "la", "les", "des", "du", "et", "une", "dans", "sur", "pour", "aux"}),
    "es": frozenset({"el", "los", "las", "y", "del", "una", "en", "por", "para", "la"}),
}

_SCRIPTS = {
    "ARABIC": "fa or ar",
    "CYRILLIC": "ru",
    "HEBREW": "he",
    "GREEK": "el",
    "LATIN": "en",
    "ARMENIAN": "hy",
    "GEORGIAN": "ka",
    "CJK": "zh or ja",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "DEVANAGARI": "hi",
    "THAI": "th",
    "SYRIAC": "syc",
    "ETHIOPIC": "am",
    "BENGALI": "bn",
    "TAMIL": "ta",
    "MONGOLIAN": "mn",
    "TIBETAN": "bo",
    "THAANA": "dv",
}
"""Scripts by the first word of their letters' names, each with a language it is likely to be."""


def _usage(locale: Locale) -> Usage:
    return _USAGE.get(_language(locale.tag), _NO_USAGE)


def _language(tag: str) -> str:
    return tag.partition("-")[0]


@functools.cache
def _script(char: str) -> str:
    """The script of a letter; empty for all else and for scripts that are not told apart."""
    if unicodedata.category(char)[0] != "L":
        return ""
    script = unicodedata.name(char, "").split(" ", 1)[0]
    return script if script in _SCRIPTS else ""


def _own_script(locale: Locale) -> str:
    return _script(locale.endonym[0])


def _same(text: str, locale: Locale) -> str:
    """The text for comparing without regard to case; Turkish has two letters i."""
    if _language(locale.tag) in ("tr", "az"):
        text = text.replace("I", "ı").replace("İ", "i")
    return text.casefold()


def _plain(text: str) -> str:
    """The text without marks on its letters, for telling spellings of one name."""
    letters = unicodedata.normalize("NFD", text.replace("ı", "i").replace("й", "\0"))
    return "".join(c for c in letters if not unicodedata.combining(c)).casefold()


# ── Reading ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Passage:
    """Words marked as being in another language."""

    start: int
    """Where they stand in the reading."""

    language: str
    """Language tag as written."""

    text: str
    """The words."""


@dataclass(frozen=True)  # without slots, so that it can keep what it is asked for
class Reading:
    """A block as its readers see it, with the way back to the source."""

    block: Block
    """The block."""

    text: str
    """Words, spaces and punctuation; `OBJECT` for what has no words of the text's own language."""

    definitions: markdown.Definitions | None = ()
    """Link reference definitions of the source; None of a text that is plain."""

    marks: tuple[int, ...] = ()
    """Before which characters note marks stand."""

    links: tuple[tuple[int, int, str], ...] = ()
    """Links: first character, end, address."""

    passages: tuple[Passage, ...] = ()
    """Passages in other languages."""

    breaks: tuple[int, ...] = ()
    """Where line breaks stand that were written as spaces at the end of a line."""

    @functools.cached_property
    def offsets(self) -> tuple[int, ...]:
        """Where each character, and the end, stands in the block's content. Of a plain text nobody
        knows here how YAML wrapped it, so that all of it stands where it begins."""
        if self.definitions is None:
            return (0,) * (len(self.text) + 1)
        placed = markdown.placed(self.block.content, self.definitions)
        return _read(self.block, self.definitions, placed)[1]

    @property
    def kind(self) -> str:
        """The block's kind, without a number."""
        return self.block.kind.partition(" ")[0]

    def span(self, index: int) -> Span:
        """The place of a character in the source."""
        return self.block.span(self.offsets[index])

    def joined(self, index: int) -> bool:
        """Whether a character and the next one are neighbours in the source too."""
        return self.offsets[index + 1] - self.offsets[index] <= 1


def read(block: Block, definitions: markdown.Definitions = ()) -> Reading:
    """A block of Markdown as its readers see it."""
    inline = markdown.inline(block.content, definitions)
    if any(inline.all("break")):  # how it was written, only its place tells
        inline = markdown.placed(block.content, definitions)
    return _read(block, definitions, inline)[0]


def _read(
    block: Block, definitions: markdown.Definitions, inline: markdown.Inline
) -> tuple[Reading, tuple[int, ...]]:
    """The reading, and where its characters stand, if the atoms know where they do."""
    text: list[str] = []
    length = 0
    offsets: list[int] = []
    marks: list[int] = []
    links: list[tuple[int, int, str]] = []
    opened: list[tuple[int, str]] = []
    passages: list[Passage] = []
    breaks: list[int] = []
    foreign: list[str] = []
    languages: list[str] = []

    def put(words: str, places: Sequence[int]) -> None:
        nonlocal length
        text.append(words)
        length += len(words)
        offsets.extend(places)

    for atom in inline.atoms:
        at = atom.offsets[0] if atom.offsets else len(block.content)
        if atom.kind == "span":
            languages.append(atom.language)
            if atom.language and len([one for one in languages if one]) == 1:
                put(OBJECT, atom.offsets[:1])
                foreign = []
        elif atom.kind == "/span":
            language = languages.pop()
            if language and not any(languages):
                passages.append(Passage(length - 1, language, "".join(foreign)))
        elif any(languages):
            words = {"text": atom.content, "fold": " ", "break": " "}
            foreign.append(words.get(atom.kind, ""))
        elif atom.kind == "text":
            put(atom.content, atom.offsets)
        elif atom.kind in ("fold", "break"):
            if atom.kind == "break" and block.content[at - 1 : at] == " ":
                breaks.append(length)
            put(" " if atom.kind == "fold" else "\n", atom.offsets[:1])
        elif atom.kind == "mark":
            marks.append(length)
        elif atom.kind in ("code", "address", "image"):
            put(OBJECT, atom.offsets[:1])
        if atom.kind == "link":
            opened.append((length, atom.content))
        elif atom.kind == "/link" and opened:
            start, address = opened.pop()
            links.append((start, length, address))
    reading = Reading(
        block=block,
        text="".join(text),
        definitions=definitions,
        marks=tuple(marks),
        links=tuple(links),
        passages=tuple(passages),
        breaks=tuple(breaks),
    )
    return reading, (*offsets, len(block.content))


def _line(kind: str, text: Text) -> Reading:
    """A text of front matter, which is plain."""
    return Reading(Block(kind, text.content, (text.span,)), text.content, None)


@dataclass(frozen=True, slots=True)
class Page:
    """A source as a proofreader has it before them."""

    locale: Locale
    """Language of the text."""

    readings: tuple[Reading, ...]
    """Its blocks: front matter, then the body in the order of the source."""

    cut: Cut
    """The body's structure."""

    date: datetime.date | None = None
    """Day of the last change, else of publication."""

    names: frozenset[str] = frozenset()
    """Words that are names of the site's authors."""

    links: tuple[Problem, ...] = ()
    """What is wrong with its links, as far as only the whole site can tell."""

    @property
    def usage(self) -> Usage:
        """What depends on the language."""
        return _usage(self.locale)

    @property
    def running(self) -> Iterator[Reading]:
        """Blocks of sentences: no titles, headings and cells."""
        kinds = ("paragraph", "quotation", "list", "note", "summary", "correction")
        return (reading for reading in self.readings if reading.kind in kinds)


def of_piece(piece: Piece, cut: Cut, names: Iterable[str] = ()) -> Page:
    """The page of a piece."""
    front = [_line("title", piece.title), _line("summary", piece.summary)]
    front += [_line("correction", one.text) for one in piece.corrections]
    body = (read(block, cut.definitions) for block in cut.blocks)
    day = max(piece.date, piece.updated or piece.date)
    return Page(piece.locale, (*front, *body), cut, day, frozenset(_words_of(names)))


def of_author(author: Author, cut: Cut, names: Iterable[str] = ()) -> Page:
    """The page of an author; name and title are theirs."""
    body = tuple(read(block, cut.definitions) for block in cut.blocks)
    return Page(author.locale, body, cut, None, frozenset(_words_of(names)))


def _words_of(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        yield from _LETTERS.findall(name)


# ── Rules ────────────────────────────────────────────────────────────────────────────────────

_LETTERS = re.compile(r"[^\W\d_]+")
_TOKEN = re.compile(r"\w+(?:[’'.\-]\w+)*")
_END = re.compile(r"[\s\"'”’“»)\]*_]*\Z")
_SENTENCE = re.compile(r"[.!?…:;—–]+[\"'”’»)\]]*\s+[\"'“‘«„(\[]*\Z")


def _first_in_sentence(text: str, index: int) -> bool:
    before = text[:index]
    return not _LETTERS.search(before) or bool(_SENTENCE.search(before[-24:]))


def _capital(word: str) -> bool:
    return unicodedata.category(word[0]) in ("Lu", "Lt")


def _headings(page: Page) -> Iterator[Problem]:
    level = 1
    for reading in page.readings:
        if reading.kind not in ("heading", "title"):
            continue
        text, span = reading.text, reading.span(0)
        if reading.kind == "heading":
            own = int(reading.block.kind.rpartition(" ")[2])
            if own == 1:
                hint = "begin sections with ## ; the title is the page's only #"
                yield Problem("S4", "a heading of level 1 beside the title", span, hint)
            elif own > level + 1:
                message = f"heading of level {own} below one of level {level}"
                yield Problem("S4", message, span, f"write it with {'#' * (level + 1)}")
            level = max(own, 1)
        words = [word for word in _LETTERS.findall(text) if len(word) > 3]
        letters = [c for c in text if unicodedata.category(c) in ("Lu", "Ll", "Lt")]
        shouted = letters and all(unicodedata.category(c) == "Lu" for c in letters)
        if shouted and (len(words) > 1 or any(len(word) > 7 for word in words)):
            hint = "write it as in a sentence; the look is the style sheet's"
            yield Problem("S4", f"“{text.strip()}” is all capitals", span, hint)
        end = text.rstrip()
        if end.endswith(".") and not end.endswith(".."):
            last = end.rstrip(".").rpartition(" ")[2]
            known = _same(last, page.locale) in page.usage.abbreviations
            if not (known or "." in last or len(last) < 3):
                place = reading.span(len(end) - 1)
                yield Problem("S4", "a heading ends in a full stop", place, "take it out")


def _copied(page: Page) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for reading in page.readings:
        if reading.kind not in ("paragraph", "quotation", "list", "heading"):
            continue
        text, span = reading.text, reading.span(0)
        if not text.strip().strip("\u00a0\u200b\\"):
            hint = "take it out; the distance between paragraphs is the style sheet's"
            yield Problem("S8", "a paragraph without words", span, hint)
            continue
        words = _TOKEN.findall(text)
        plain = _same(" ".join(text.replace("’", "'").split()).strip(" :.…!*→»"), page.locale)
        for leftover in page.usage.leftovers:
            rest = plain.removeprefix(leftover)
            whole = rest == "" or (rest != plain and _TAIL.match(rest) and len(words) < 13)
            if whole:
                hint = "take it out; it came along when the text was copied"
                message = f"“{_short(text)}” belongs to a web page, not to the text"
                yield Problem("S8", message, span, hint)
                break
        if reading.kind == "paragraph" and len(words) >= 8:
            if plain in first:
                message = f"this paragraph stands on line {first[plain]} already"
                yield Problem("S8", message, span, "take one of them out")
            first.setdefault(plain, span.line)


# "share on" and "also available in" go on; a sentence that begins with the same words ends.
_TAIL = re.compile(r"(?:[: ]+[^.!?]*)\Z")


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) < 40 else text[:39] + "…"


def _long(page: Page) -> Iterator[Problem]:
    for reading in page.readings:
        count = markdown.count_words(reading.text)
        if count > LONG and reading.kind in ("paragraph", "quotation", "list", "note"):
            hint = "divide it: a small edit sends all of it back to the translators"
            yield Problem("S9", f"a {reading.kind} of {count} words", reading.span(0), hint)


def _scripts(page: Page) -> Iterator[Problem]:
    own = _own_script(page.locale)
    allowed = {own, "LATIN", ""} if own else set(_SCRIPTS) | {""}
    for reading in _body(page):
        if all(_script(char) in allowed for char in set(reading.text)):
            continue
        run = 0
        for match in _LETTERS.finditer(reading.text):
            scripts = [_script(char) for char in match[0]]
            strange = [i for i, script in enumerate(scripts) if script not in allowed]
            # A lone Greek letter is a symbol.
            if not strange or (len(match[0]) == 1 and scripts[0] == "GREEK"):
                continue
            at = match.start() + strange[0]
            if at < run:
                continue
            script = scripts[strange[0]]
            run = _run_end(reading.text, at, script)
            words = _short(reading.text[at:run])
            if len(strange) < len(match[0]):
                message = f"“{match[0]}” mixes letters of two scripts"
                hint = "write it anew in one of them; some letters only look alike"
            else:
                message = f"“{words}” is in another script and says no language"
                hint = f"mark it: [words]{{lang=…}}, here perhaps lang={_SCRIPTS[script]}"
            yield Problem("S10", message, reading.span(at), hint)


def _run_end(text: str, start: int, script: str) -> int:
    end = start
    for index in range(start, len(text)):
        found = _script(text[index])
        if found == script:
            end = index + 1
        elif found or text[index] == OBJECT:
            break
    return end


def _body(page: Page) -> Iterator[Reading]:
    """Blocks of Markdown; in front matter nothing can be marked."""
    front = ("title", "summary", "correction")
    return (reading for reading in page.readings if reading.kind not in front)


def _latinized(page: Page) -> Iterator[Problem]:
    for reading in page.readings:
        for passage in reading.passages:
            scripts = {_script(char) for char in passage.text} - {""}
            if scripts == {"LATIN"} and _not_latin(passage.language):
                message = f"Latin letters are marked as {passage.language}"
                hint = f"a transliteration is lang={_language(passage.language)}-Latn"
                yield Problem("S28", message, reading.span(passage.start), hint)


def _not_latin(tag: str) -> bool:
    if len(tag.split("-")) > 1:
        return False
    try:
        return _own_script(locales.parse(tag)) not in ("LATIN", "")
    except locales.UnknownLocaleError:
        return locales.direction(tag) == "rtl"


def _letters(page: Page) -> Iterator[Problem]:
    usage, places = page.usage, locales.places(page.locale)
    if not usage.foreign:
        return
    plain = {_plain(place): place for place in places}
    for reading in page.readings:
        quoted = list(_foreign_quotes(reading, page))
        for match in _LETTERS.finditer(reading.text):
            word = match[0]
            letters = sorted({char for char in word if char in usage.foreign})
            known = word in page.names or word in places or _same(word, page.locale) in usage.loans
            if not letters or known or any(a <= match.start() < b for a, b, _ in quoted):
                continue
            name = plain.get(_plain(word), "")
            if name:
                message = f"“{word}” has letters of another language"
                yield Problem("S11", message, reading.span(match.start()), f"is it {name}?")
            elif not _capital(word) and len(word) > 2:
                message = f"“{word}” has letters of another language: {', '.join(letters)}"
                hint = "mark the words: [words]{lang=…}"
                yield Problem("S11", message, reading.span(match.start()), hint)


def _marks(page: Page) -> Iterator[Problem]:
    for reading in _body(page):
        text = reading.text
        for at in dict.fromkeys(reading.marks):
            before, after = text[:at], text[at : at + 1]
            span = _mark_span(reading, at)
            if before[-1:].isspace():
                hint = "a mark stands directly behind a word or its punctuation"
                yield Problem("S13", "white space before a note's mark", span, hint)
                continue
            if after and after in "”»":
                hint = "put it behind the closing quotation mark"
                yield Problem("S13", "a note's mark inside quotation marks", span, hint)
            elif page.usage.marks_inside:
                last = _LETTERS.findall(before[-12:])
                short = before.endswith(".") and last and _abbreviated(last[-1], page)
                if before[-1:] in (".", ",", ";", ":") and not before.endswith("..") and not short:
                    hint = f"in this language the mark stands before “{before[-1]}”"
                    yield Problem("S13", "a note's mark behind punctuation", span, hint)
            elif page.usage is not _NO_USAGE and after and after in ".,;:!?":
                hint = f"in this language the mark stands behind “{after}”"
                yield Problem("S13", "a note's mark before punctuation", span, hint)


def _abbreviated(word: str, page: Page) -> bool:
    return _same(word, page.locale) in page.usage.abbreviations


def _mark_span(reading: Reading, at: int) -> Span:
    """The first of the marks before a character."""
    before = reading.offsets[at - 1] + 1 if at else 0
    found = reading.block.content.find("[^", before)
    return reading.block.span(found if found >= 0 else before)


def _ibid(page: Page) -> Iterator[Problem]:
    for reading in page.readings:
        if reading.kind != "note":
            continue
        plain = _same(reading.text, page.locale)
        if len(plain) != len(reading.text):
            continue
        for words in page.usage.ibid:
            pattern = rf"(?:^|[.;(:]\s*|\b(?:see|bkz\.?|см\.)\s+){re.escape(words)}(?!\w)"
            if match := re.search(pattern, plain):
                at = match.end() - len(words)
                message = f"“{reading.text[at : match.end()]}” leans on the note before"
                hint = "name the source again; notes are read alone, and their order may change"
                yield Problem("S14", message, reading.span(at), hint)
                break


_EMPTY_FIELD = re.compile(r",(?=\s*,)")
_MISSPELT = re.compile(r"\b(?:[Aa]ccesion|[Aa]ccesed|[Aa]cessed|(?:[Dd]ate of )[Aa]ccess?ion)\b")
_NUMERIC = re.compile(r"(?<![\w./-])(\d{1,2})([./])(\d{1,2})\2(\d{4})(?![\w/])")


def _citations(page: Page) -> Iterator[Problem]:
    for reading in page.readings:
        if reading.kind != "note":
            continue
        text = reading.text
        for match in _EMPTY_FIELD.finditer(text):
            hint = "name what is missing, or take the comma out"
            yield Problem("S15", "an empty field: two commas", reading.span(match.start()), hint)
        access = _access(reading, page)
        if access < 0:
            continue
        if page.usage is _USAGE["en"]:
            for match in _MISSPELT.finditer(text):
                message, span = f"“{match[0]}”", reading.span(match.start())
                yield Problem("S15", message, span, "the day a page was read: accessed 3 May 2026")
        numeric = _NUMERIC.search(text, access)
        # In Russian notes the numeric form is the standard one.
        if numeric and not page.usage.marks_inside:
            message = f"the day of access in digits: {numeric[0]}"
            hint = "name the month, as the language does"
            yield Problem("S15", message, reading.span(numeric.start()), hint)
        if not reading.links and "://" not in text:
            hint = "write what it leads to: [words](https://…)"
            message = "a page was read, but there is no address"
            yield Problem("S15", message, reading.span(access), hint)


def _access(reading: Reading, page: Page) -> int:
    """Where a note names a day of access, with a date or alone in brackets; else -1."""
    plain = _same(reading.text, page.locale)
    if len(plain) != len(reading.text):
        return -1
    for words in page.usage.access:
        pattern = rf"\b{re.escape(words)}\b(?=[^.;)]{{0,24}}\d)"
        if match := re.search(pattern, plain):
            return match.start()
    return -1


_QUOTED = re.compile(r"“([^“”]*)”|«([^«»]*)»|„([^„“”]*)[“”]")


def _foreign_quotes(reading: Reading, page: Page) -> Iterator[tuple[int, int, str]]:
    """Quoted words in another language: where they begin and end, and the language."""
    own = page.usage.function_words
    for match in _QUOTED.finditer(reading.text):
        inner = match[0][1:-1]
        if OBJECT in inner:
            continue
        words = _LETTERS.findall(inner)
        plain = {_same(word, page.locale) for word in words}
        if len(words) < 3 or plain & own:
            continue
        candidates = {
            **{tag: usage.function_words for tag, usage in _USAGE.items()},
            **_OTHERS,
        }
        for tag, small in candidates.items():
            if tag != _language(page.locale.tag) and len(plain & (small - own)) > 1:
                yield match.start(), match.end(), tag
                break
        else:
            strange = [word for word in words if set(word) & page.usage.foreign]
            if len(strange) > 1:
                yield match.start(), match.end(), "…"


def _titles(page: Page) -> Iterator[Problem]:
    if not page.usage.function_words:
        return
    for reading in _body(page):
        for start, end, tag in _foreign_quotes(reading, page):
            message = f"quoted words in another language: {_short(reading.text[start:end])}"
            hint = f"mark them inside the quotation marks: “[words]{{lang={tag}}}”"
            yield Problem("S16", message, reading.span(start + 1), hint)


_DOUBLED = re.compile(r"(?<![\w’'\-])([^\W\d_]{2,})[ \u00a0\n]+([^\W\d_]{2,})(?![\w’'\-])")
_POINTS: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (re.compile(r"(?<=[^\s.!?/])\.\.(?![./])"), "two full stops", "one, or three (…)"),
    (re.compile(r"[,;:]\.(?!\.)"), "a full stop behind “{0}”", "keep one of them"),
    (re.compile(r",,|;;|,;|;,"), "“{0}”: two signs in a row", "keep one of them"),
    (
        re.compile(r"(?<=[^\W\d_])[,;](?=[^\W\d_])"),
        "no space behind “{0}”",
        "put a space behind it",
    ),
    (
        re.compile(r"(?<=[^\W\d_]{2})[.!?:](?=[^\W\d_]{2})"),
        "no space behind “{0}”",
        "put a space behind it",
    ),
    (
        re.compile(r"(?<=[\w”’»)])[ \u00a0]+(?:[,;]|[:!?.](?=\s|$|[”’»]))"),
        "a space before “{0}”",
        "take the space out",
    ),
    (re.compile(r"(?<=\S)  +(?=\S)"), "more than one space", "one is enough"),
)
_AFTER = re.compile(r";\s+([^\W\d_]+)\s+([^\W\d_]+)")


def _typing(page: Page) -> Iterator[Problem]:
    french = _language(page.locale.tag) == "fr"
    for reading in page.readings:
        text = reading.text
        yield from _twice(reading, page)
        for pattern, message, hint in _POINTS:
            for match in pattern.finditer(text):
                sign = match[0].strip()[:1] if "full stop" in message else match[0].strip()
                if _rightly(reading, match, message, french):
                    continue
                at = match.start() + (message.startswith("more"))
                yield Problem("S17", message.format(sign), reading.span(at), hint)
        for match in _AFTER.finditer(text):
            if match[1] in page.usage.openers and not _capital(match[2]):
                if reading.kind == "note":
                    continue
                message = f"“{match[1]}” has a capital behind “;”"
                hint = "a full stop, or a small letter; or is the “;” too much?"
                yield Problem("S17", message, reading.span(match.start(1)), hint)
        if reading.kind == "paragraph":
            yield from _open_end(reading)


def _rightly(reading: Reading, match: re.Match[str], message: str, french: bool) -> bool:
    """Whether a hit of the patterns is no fault."""
    text, at = reading.text, match.start()
    if message.startswith("“{0}”") and ",," in match[0] and reading.kind == "note":
        return True  # told as a field of a citation
    if message.startswith("more"):
        return not all(reading.joined(index) for index in range(at, match.end() - 1))
    if message.startswith("a space"):
        sign = match.end() - 1
        if at in reading.marks or sign in reading.marks:
            return True  # told where the mark is
        smiley = text[sign] in ":;" and text[sign + 1 : sign + 2] in (")", "(", "-")
        return smiley or (french and text[sign] in ";:!?")
    if message.startswith("no space"):
        if not reading.joined(at - 1) or not reading.joined(at) or at + 1 in reading.marks:
            return True
        word = re.split(r"\s", text[:at])[-1] + re.split(r"\s", text[at:])[0]
        if "@" in word or "/" in word or "://" in word:
            return True
        # A full stop inside names of sites and files is followed by a small letter.
        return match[0] in ".:" and not (
            _capital(text[at + 1]) and not _capital(text[at + 2]) and not _capital(text[at - 1])
        )
    return False


def _twice(reading: Reading, page: Page) -> Iterator[Problem]:
    text, at = reading.text, 0
    while match := _DOUBLED.search(text, at):
        at = match.start(2)
        first, second = _same(match[1], page.locale), _same(match[2], page.locale)
        # Names are doubled (Bora Bora); Turkish doubles adverbs and gerunds at will (koşa koşa).
        rightly = first in page.usage.doubled or _capital(match[2])
        if _language(page.locale.tag) == "tr" and len(first) > 3 and first[-1] in "ae":
            rightly = True
        if first == second and not rightly:
            message = f"“{match[2]}” stands twice"
            yield Problem("S17", message, reading.span(match.start(2)), "keep one of them")


def _open_end(reading: Reading) -> Iterator[Problem]:
    text = _END.sub("", reading.text)
    if text and text[-1].isalnum() and markdown.count_words(text) > 12:
        message = "a paragraph ends without punctuation"
        yield Problem("S17", message, reading.span(len(text) - 1), "is something missing?")


# ── Quotation marks ──────────────────────────────────────────────────────────────────────────

_PAIRS = {"“": "”", "«": "»", "„": "“”", "(": ")", "[": "]"}
_TWO_SINGLES = re.compile(r"[‘’']{2}|``")
_INSIDE = re.compile(r"(?<=[^\W\d_])[‘“`´]([^\W\d_]+)")
_STRAIGHT_PAIR = re.compile(r"(?<!\w)'(?=[^\W\d_])[^'\n]*?[^\W_s]'(?!\w)")
_ENUMERATION = re.compile(r"(?:^|[\s;,(])[\w]{1,3}\)\Z")
_SMILEY = re.compile(r"[:;=]-?[()]")


def _quotes(page: Page) -> Iterator[Problem]:
    readings = tuple(_quotable(page))
    for index, reading in enumerate(readings):
        text = reading.text
        yield from _straight(reading, page.locale)
        singles = list(_TWO_SINGLES.finditer(text))
        # They come in pairs: the one that opens is told.
        for match in singles[::2]:
            hint = "one double quotation mark is a character of its own, as in “words”"
            message = f"two single quotation marks for a double one: {match[0]}"
            yield Problem("S18", message, reading.span(match.start()), hint)
        for match in _INSIDE.finditer(text):
            suffixes = page.usage.suffixes
            if suffixes is None or _same(match[1], page.locale) in suffixes:
                what = "an opening quotation mark inside a word"
                at = match.start()
                message = f"{what}: {_around(text, at)}"
                yield Problem("S18", message, reading.span(at), "the apostrophe is ’")
        yield from _turned(reading, page)
        before = readings[index - 1] if index else None
        after = readings[index + 1] if index + 1 < len(readings) else None
        yield from _unbalanced(reading, before, after)


def _quotable(page: Page) -> Iterator[Reading]:
    return iter(page.readings)


def _around(text: str, at: int) -> str:
    """The word around a character."""
    start = max(text.rfind(" ", 0, at), text.rfind("\n", 0, at)) + 1
    end = re.compile(r"\s|\Z").search(text, at)
    return text[start : end.start() if end else len(text)]


def _straight(reading: Reading, locale: Locale) -> Iterator[Problem]:
    """Straight marks that stay so on the page, since it is not certain what they mean."""
    text = reading.text
    if '"' not in text and "'" not in text:
        return
    done = typography.nodes(tuple(text), locale)
    opened = False
    hint = "it stays straight, as it has no partner that fits; type the language's own marks"
    for match in re.finditer('"', text):
        at = match.start()
        # Inches, and seconds of an angle.
        if done[at] != '"' or (not opened and text[:at][-1:].isdigit()):
            continue
        if not opened:
            yield Problem("S18", 'a straight quotation mark (")', reading.span(at), hint)
        opened = not opened
    for match in _STRAIGHT_PAIR.finditer(text):
        if done[match.start()] == "'":
            message = "straight single quotation marks (')"
            yield Problem("S18", message, reading.span(match.start()), hint)


def _turned(reading: Reading, page: Page) -> Iterator[Problem]:
    """Quotation marks that look the wrong way."""
    text = reading.text
    low = "„" in text or _language(page.locale.tag) in ("ru", "de", "bg", "uk", "cs", "sk")
    for match in re.finditer(
        r"(?:(?<=[\s(])|^)[”»](?=\w)|(?<=[\w.,!?…])[“«](?=[\s.,;:!?)]|$)", text
    ):
        if match[0] == "“" and low:
            continue
        message = f"{match[0]} looks the wrong way: {_around(text, match.start())}"
        yield Problem("S18", message, reading.span(match.start()), "turn it round")


def _unbalanced(
    reading: Reading, before: Reading | None, after: Reading | None
) -> Iterator[Problem]:
    text = reading.text
    opened, closing = _open(text)
    # A quotation of several paragraphs opens in each and closes in the last.
    for at in opened:
        continues = text[at] in "“«„" and after is not None and after.kind == reading.kind
        if continues and after is not None and after.text.lstrip().startswith(text[at]):
            continue
        message = f"{text[at]} is not closed"
        yield Problem("S18", message, reading.span(at), "close it where the words end")
    for at in closing:
        left = _open(before.text)[0] if before is not None else []
        if before is not None and any(text[at] in _PAIRS[before.text[o]] for o in left):
            continue
        message = f"{text[at]} closes nothing"
        yield Problem("S18", message, reading.span(at), "open it where the words begin")


def _open(text: str) -> tuple[list[int], list[int]]:
    """Marks and brackets that are not closed, and those that close nothing."""
    stack: list[int] = []
    closing: list[int] = []
    smileys = {match.end() - 1 for match in _SMILEY.finditer(text)}
    for at, char in enumerate(text):
        if char not in "“”«»„()[]" or at in smileys:
            continue
        top = text[stack[-1]] if stack else ""
        if stack and char in _PAIRS[top]:
            stack.pop()
        elif char in _PAIRS:
            stack.append(at)
        elif char == ")" and _ENUMERATION.search(text[: at + 1]):
            continue
        else:
            closing.append(at)
    return stack, closing


# ── Names and dates ──────────────────────────────────────────────────────────────────────────

_STRAY = re.compile(r"(?<![\w’'-])[^\W\d_]{3,}(?![\w])")
_COINED = frozenset({"OAuth"})


def _names(page: Page) -> Iterator[Problem]:
    places = locales.places(page.locale)
    small = {_same(place, page.locale): place for place in places if len(place) > 3}
    seen = {word for r in page.readings for word in _LETTERS.findall(r.text)}
    spelt: dict[str, dict[str, list[Span]]] = {}
    for reading in page.readings:
        text = reading.text
        for match in _STRAY.finditer(text):
            word = match[0]
            if _stray(word):
                hint = "or is it a name? then add a comment: check-ignore: S19 reason"
                message = f"stray capitals: {word}"
                yield Problem("S19", message, reading.span(match.start()), hint)
        for match in _LETTERS.finditer(text):
            word, span = match[0], reading.span(match.start())
            place = small.get(word) if not _capital(word) else None
            if place and place in seen and word != place:
                message = f"“{word}” without its capital"
                yield Problem("S19", message, span, f"elsewhere here it is {place}")
            if not _capital(word) or _first_in_sentence(text, match.start()):
                continue
            if reading.kind in ("heading", "title") or _in_quotes(text, match.start()):
                continue
            if _language(page.locale.tag) == "tr" and word not in places:
                name = next((p for p in places if p != word and _dotless(p) == _dotless(word)), "")
                if name:
                    yield Problem("S19", f"“{word}” is spelt otherwise", span, f"is it {name}?")
                    continue
            if len(word) > 3 and not set(word) & page.usage.foreign:
                spelt.setdefault(_plain(word), {}).setdefault(word, []).append(span)
    for forms in spelt.values():
        if len(forms) > 1 and not any(_shouts(form) for form in forms):
            ordered = sorted(forms, key=lambda form: (-len(forms[form]), forms[form][0]))
            for form in ordered[1:]:
                message = f"one name in two spellings: {ordered[0]} and {form}"
                yield Problem("S19", message, forms[form][0], "choose one")


def _stray(word: str) -> bool:
    """Two capitals and then small letters: `BAt`; but not `PDFs` and `IDs`."""
    kinds = [unicodedata.category(char) for char in word]
    if kinds[:2] != ["Lu", "Lu"] or set(kinds[2:]) != {"Ll"} or word in _COINED:
        return False
    return word[2:] != "s"


def _shouts(word: str) -> bool:
    return all(unicodedata.category(char) == "Lu" for char in word)


def _dotless(word: str) -> str:
    return word.replace("İ", "I").replace("ı", "i")


def _in_quotes(text: str, at: int) -> bool:
    return any(match.start() < at < match.end() for match in _QUOTED.finditer(text))


class _Day(NamedTuple):
    """A full date in a text."""

    at: int
    date: datetime.date
    weekday: int | None
    style: str


@functools.cache
def _date_patterns(locale: Locale) -> tuple[tuple[str, re.Pattern[str]], ...]:
    months = "|".join(re.escape(name) for name in locales.month_names(locale))
    days = "|".join(re.escape(_stem(name, locale)) for name in locales.day_names(locale))
    before = rf"(?:\b(?P<before>{days})\w?,? +)?"
    after = rf"(?:,? +(?P<after>{days})\b)?"
    return (
        (
            "day month year",
            re.compile(
                rf"{before}\b(?P<day>\d{{1,2}}) +(?P<month>{months}) +(?P<year>\d{{4}})\b{after}"
            ),
        ),
        (
            "month day, year",
            re.compile(
                rf"{before}\b(?P<month>{months}) +(?P<day>\d{{1,2}}), +(?P<year>\d{{4}})\b{after}"
            ),
        ),
    )


def _stem(name: str, locale: Locale) -> str:
    """A weekday's name without the vowel that Russian changes: в среду."""
    return name[:-1] if locale.tag == "ru" and name[-1] in "аья" else name


def _days(text: str, locale: Locale) -> Iterator[_Day]:
    months = locales.month_names(locale)
    days = [_stem(name, locale) for name in locales.day_names(locale)]
    for style, pattern in _date_patterns(locale):
        for match in pattern.finditer(text):
            month = months.index(match["month"]) + 1
            try:
                date = datetime.date(int(match["year"]), month, int(match["day"]))
            except ValueError:
                continue
            name = match["before"] or match["after"]
            at = match.start("day" if style.startswith("day") else "month")
            yield _Day(at, date, days.index(name) if name else None, style)


def _dates(page: Page) -> Iterator[Problem]:
    for reading in page.readings:
        text = reading.text
        for match in _NUMERIC.finditer(text):
            day, month = int(match[1]), int(match[3])
            slashed = match[2] == "/" or not page.usage.day_first
            if slashed and 0 < day < 13 and 0 < month < 13 and day != month:
                message = f"{match[0]} may be two days"
                yield Problem("S20", message, reading.span(match.start()), "name the month")
        for found in _days(text, page.locale):
            span = reading.span(found.at)
            right = locales.day_names(page.locale)[found.date.weekday()]
            if found.weekday is not None and found.weekday != found.date.weekday():
                message = f"{found.date} was a {right}"
                yield Problem("S20", message, span, "mend the day or the date")
            if (
                page.date is not None
                and found.date > page.date
                and not _to_come(reading, page, found)
            ):
                message = f"{found.date} is after the piece's own date, {page.date}"
                hint = "mend the date, or set updated in the front matter"
                yield Problem("S20", message, span, hint)


def _to_come(reading: Reading, page: Page, found: _Day) -> bool:
    """Whether the sentence speaks of what is still to come."""
    start = max((m.end() for m in re.finditer(r"[.!?]\s", reading.text[: found.at])), default=0)
    end = re.compile(r"[.!?](?:\s|\Z)|\Z").search(reading.text, found.at)
    sentence = reading.text[start : end.start() if end else len(reading.text)]
    words = {_same(word, page.locale) for word in _LETTERS.findall(sentence)}
    if words & page.usage.future:
        return True
    # Turkish has its future in the verb.
    return page.locale.tag == "tr" and bool(re.search(r"(?:ecek|acak|eceğ|acağ)\w*\b", sentence))


def _date_styles(page: Page) -> Iterator[Problem]:
    first: str = ""
    for reading in page.running:
        for found in sorted(_days(reading.text, page.locale)):
            if first and found.style != first:
                message = f"dates in two styles: {first}, and here {found.style}"
                yield Problem("S31", message, reading.span(found.at), "choose one for the piece")
                return
            first = first or found.style


# ── Markdown's own ───────────────────────────────────────────────────────────────────────────

_LOST = re.compile(r"(?<![\w\]])\[\d{1,3}\]|(?<=[\w.,;:!?”’»)])\[\d{1,3}\]")
# Words that say nothing of where a link leads; screen readers list links without their sentence.
_HERE = frozenset(
    {
        *("here", "click here", "this link", "link", "this page", "read more", "more"),
        *("burada", "buraya tıklayın", "tıklayın", "bu bağlantı", "bağlantı", "buradan"),
        *("здесь", "тут", "по ссылке", "ссылка", "по этой ссылке", "нажмите здесь", "подробнее"),
    }
)


def _lost_notes(page: Page) -> Iterator[Problem]:
    for reading in _body(page):
        for match in _LOST.finditer(reading.text):
            hint = f"a note's mark is [^{match[0][1:-1]}], with its note below"
            message = f"{match[0]} is no mark of a note"
            yield Problem("S24", message, reading.span(match.start()), hint)


def _link_words(page: Page) -> Iterator[Problem]:
    for reading in page.readings:
        for start, end, _ in reading.links:
            words = " ".join(reading.text[start:end].split())
            if _same(words.strip(".!:… "), page.locale) in _HERE:
                message = f"a link that says “{words}”"
                hint = "link the words that name what is there"
                yield Problem("S25", message, reading.span(start), hint)


def _unused(page: Page) -> Iterator[Problem]:
    for definition in page.cut.unused:
        message = f"no link names [{definition.target.casefold()}]"
        yield Problem("S26", message, definition.span, "take the line out, or use it")


def _breaks(page: Page) -> Iterator[Problem]:
    for reading in page.readings:
        for at in reading.breaks:
            hint = "end the line with \\ , or take the spaces out"
            message = "a line break by spaces at the end of a line"
            yield Problem("S27", message, reading.span(at), hint)


def _unpublished(page: Page) -> Iterator[Problem]:
    return (problem for problem in page.links if problem.code == "S35")


def _elsewhere(page: Page) -> Iterator[Problem]:
    return (problem for problem in page.links if problem.code == "S34")


CHECKS: Mapping[str, Callable[[Page], Iterator[Problem]]] = {
    "S4": _headings,
    "S8": _copied,
    "S9": _long,
    "S10": _scripts,
    "S11": _letters,
    "S13": _marks,
    "S14": _ibid,
    "S15": _citations,
    "S16": _titles,
    "S17": _typing,
    "S18": _quotes,
    "S19": _names,
    "S20": _dates,
    "S24": _lost_notes,
    "S25": _link_words,
    "S26": _unused,
    "S27": _breaks,
    "S28": _latinized,
    "S31": _date_styles,
    "S34": _elsewhere,
    "S35": _unpublished,
}
"""Which function finds what. S12 needs the translations, and is told by `check`."""


# ── Waivers ──────────────────────────────────────────────────────────────────────────────────

_IGNORE = re.compile(r"check-ignore:\s*(.*)\Z", re.DOTALL)
_CODES = re.compile(r"([A-Z]\d+(?:\s*,\s*[A-Z]\d+)*)(?:\s+|\Z)(.*)\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Waiver:
    comment: Comment
    codes: tuple[str, ...]
    reason: str


def _waivers(comments: Iterable[Comment]) -> tuple[list[_Waiver], list[Problem]]:
    """The comments that set rules aside, and what is wrong with them."""
    found: list[_Waiver] = []
    problems: list[Problem] = []
    for comment in comments:
        ignore = _IGNORE.match(comment.content)
        if not ignore:
            continue
        match = _CODES.match(ignore[1])
        codes = tuple(re.split(r"\s*,\s*", match[1])) if match else ()
        reason = " ".join(match[2].split()) if match else ""
        faults = [_unwaivable(code) for code in codes]
        if not codes:
            faults = ["check-ignore names no rule"]
        elif not reason:
            faults.append("check-ignore gives no reason")
        for fault in filter(None, faults):
            hint = "<!-- check-ignore: S17 why it is right here -->, above the block"
            problems.append(Problem("S29", fault, comment.span, hint))
        known = tuple(code for code in codes if not _unwaivable(code))
        if known and reason:
            found.append(_Waiver(comment, known, reason))
    return found, problems


def _unwaivable(code: str) -> str:
    """Why a comment cannot set a rule aside; empty where it can."""
    if code not in RULES:
        return f"there is no rule {code}"
    if code not in CHECKS:
        return f"{code} cannot be set aside above a block"
    return "" if RULES[code].waived_by is not Waiver.NOBODY else f"{code} cannot be set aside"


def proofread(page: Page, codes: Iterable[str] = tuple(CHECKS)) -> tuple[Problem, ...]:
    """What the rules find; a finding that a comment sets aside carries the reason.

    Comments are looked at only where all rules are, as only then one can match nothing.
    """
    wanted = set(codes)
    waivers, problems = _waivers(page.cut.comments)
    used: set[tuple[int, str]] = set()
    for code, check in CHECKS.items():
        if code not in wanted:
            continue
        for problem in check(page):
            reason = ""
            for number, waiver in enumerate(waivers):
                first, last = waiver.comment.lines
                if code in waiver.codes and first <= problem.span.line <= last:
                    reason = reason or waiver.reason
                    used.add((number, code))
            problems.append(dataclasses.replace(problem, waived=reason) if reason else problem)
    for number, waiver in enumerate(waivers):
        for code in waiver.codes:
            if (number, code) not in used:
                message = f"check-ignore sets {code} aside, which finds nothing here"
                span = waiver.comment.span
                problems.append(Problem("S30", message, span, "take it out"))
    if wanted >= set(CHECKS):
        return tuple(problems)
    return tuple(problem for problem in problems if problem.code in wanted)


def errors(page: Page) -> tuple[Problem, ...]:
    """What stops a build, and nobody has set aside."""
    codes = [code for code in CHECKS if RULES[code].severity is Severity.ERROR]
    return tuple(problem for problem in proofread(page, codes) if not problem.waived)


def warnings(page: Page) -> tuple[Problem, ...]:
    """All else: what is worth a look, and what somebody has set aside."""
    return tuple(
        problem
        for problem in proofread(page)
        if problem.waived or problem.severity is not Severity.ERROR
    )
