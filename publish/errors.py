"""Problems as data: what is wrong, where, and what to do about it.

A fault in what an editor, a translator or a site owner wrote is a `Problem`. Functions collect
all of them and either return them or raise one `PublishError`. Any other exception is a bug in
this package and keeps its traceback.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Severity(Enum):
    """How much a problem weighs."""

    ERROR = "error"
    """Something would be published wrong."""

    WARNING = "warning"
    """Worth a look; nothing is held back."""

    NOTE = "note"
    """A habit or a guess; told only to those who ask for it."""


class Stops(Enum):
    """What an error holds back."""

    BUILD = "build"
    """The whole build: `output/` stays as it was."""

    PASSAGE = "passage"
    """One translated passage: the original stands in its place (law 4)."""

    EXCHANGE = "exchange"
    """Taking back what came from outside: what is here stays as it was."""

    START = "start"
    """Beginning a site: the folder stays as it was."""

    NOTHING = "nothing"
    """Nothing; the problem is only told."""


class Waiver(Enum):
    """Who may set a rule aside for a passage or a piece, with a reason."""

    NOBODY = "nobody"
    """Readers' safety, or a form that other tools rely on, hangs on it."""

    EDITOR = "editor"
    """The editor, in front matter or in a comment above a block: what stands in the page besides
    words is theirs to decide (law 4)."""

    TRANSLATOR = "translator"
    """Also the translator, in a comment of the message."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of problem."""

    code: str
    """Short stable name, such as `S2`: F files, C settings, S sources, P catalogues (PO),
    E, W and N translations, G glossaries, K waivers, T templates and interface, B building,
    O output, V what was built, X exchange with translators."""

    severity: Severity
    """Weight of every problem of this kind."""

    stops: Stops
    """What a problem of this kind holds back."""

    meaning: str
    """What the rule demands, as one sentence for the person who has to follow it."""

    waived_by: Waiver = Waiver.NOBODY
    """Who may say, with a reason, that the rule does not hold here."""


def _stop(code: str, meaning: str) -> Rule:
    return Rule(code, Severity.ERROR, Stops.BUILD, meaning)


def _fall_back(code: str, meaning: str, waived_by: Waiver = Waiver.TRANSLATOR) -> Rule:
    return Rule(code, Severity.ERROR, Stops.PASSAGE, meaning, waived_by)


def _refuse(code: str, meaning: str) -> Rule:
    return Rule(code, Severity.ERROR, Stops.EXCHANGE, meaning)


def _found(code: str, meaning: str) -> Rule:
    """A rule of what was built: it is looked at afterwards, when nothing is held back any more."""
    return Rule(code, Severity.ERROR, Stops.NOTHING, meaning)


def _warn(code: str, meaning: str, waived_by: Waiver = Waiver.NOBODY) -> Rule:
    return Rule(code, Severity.WARNING, Stops.NOTHING, meaning, waived_by)


def _doubt(code: str, meaning: str) -> Rule:
    return _warn(code, meaning, Waiver.TRANSLATOR)


def _note(code: str, meaning: str, waived_by: Waiver = Waiver.TRANSLATOR) -> Rule:
    return Rule(code, Severity.NOTE, Stops.NOTHING, meaning, waived_by)


def _mend(code: str, meaning: str, severity: Severity = Severity.WARNING) -> Rule:
    """A rule of proofreading: the editor may say why it does not hold here."""
    stops = Stops.BUILD if severity is Severity.ERROR else Stops.NOTHING
    return Rule(code, severity, stops, meaning, Waiver.EDITOR)


RULES: dict[str, Rule] = {
    rule.code: rule
    for rule in (
        _stop("F1", "Inputs are regular files: no links, folders, pipes, sockets or devices."),
        _stop("F2", "Text files are UTF-8."),
        _stop("F3", "Text files begin with text, not with a byte-order mark."),
        _stop("F4", "Lines end with a line feed alone (LF), not with CR LF."),
        _stop("F5", "Text holds no control characters, and bidirectional controls are closed."),
        _stop("F6", "Version-control conflicts are resolved before anything is published."),
        _stop("F7", "Inputs stay below their size limit."),
        _stop("F8", "Every folder and file that the site needs is there and can be read."),
        _warn("F9", "Only texts (.md) and images (.png, .jpg) stand among the sources."),
        _stop("C1", "pyproject.toml is valid TOML and has a [tool.publish] table."),
        _stop("C2", "[tool.publish] holds only settings that exist."),
        _stop("C3", "Every setting has a value of the right kind."),
        _stop("S1", "Front matter has all required keys, only known keys, and valid values."),
        _stop("S2", "Each note has a text and a mark, and its label stands once."),
        _stop("S3", "Text is composed Unicode (NFC)."),
        _stop(
            "S5",
            "Images, links and headings have words; what the site links to in itself is there.",
        ),
        _stop("S6", "Sources hold Markdown only: no HTML, safe link schemes, known attributes."),
        _stop("S7", "A file's name is its slug: ASCII lower-case words joined by hyphens, once."),
        _mend("S4", "Headings descend one level at a time, below the title, without a full stop."),
        _mend("S8", "A text holds nothing that came along when it was copied, and nothing twice."),
        _mend("S9", "A paragraph has no more than 200 words.", Severity.NOTE),
        _mend("S10", "Words in another script say which language they are in.", Severity.ERROR),
        _mend("S11", "Words with letters of another language are names, or say their language."),
        _mend("S12", "An author's biography is there in every language of their pieces."),
        _mend("S13", "A note's mark stands where the language has it, without a space before it."),
        _mend("S14", "A note names its source, and does not lean on the note before it."),
        _mend("S15", "A citation has no empty field, and a page that was read has an address."),
        _mend("S16", "Quoted words in another language say which one."),
        _mend("S17", "No word stands twice; punctuation and spaces are those of the language."),
        _mend("S18", "Quotation marks and brackets are the right characters, and closed."),
        _mend("S19", "A name has its capital, and one spelling throughout a piece."),
        _mend("S20", "Dates name their month, their right weekday, and no day to come."),
        _mend("S24", "A note's mark is written [^1]; [1] is text."),
        _mend("S25", "The words of a link say where it leads."),
        _mend("S26", "Every link definition is used."),
        _mend("S27", "A line break is written with a backslash, which can be seen."),
        _mend("S28", "A transliteration says so: fa-Latn."),
        _warn("S29", "A check-ignore comment names rules that may be set aside, and a reason."),
        _mend("S30", "A check-ignore comment stands above a block that needs it.", Severity.NOTE),
        _mend("S31", "A piece writes its dates in one way.", Severity.NOTE),
        _stop("S32", "An image is a whole PNG or JPEG that does not move, and not too large."),
        _stop("S33", "A former slug is nobody's address any more, and leads to one piece."),
        _mend("S34", "A link leads to a piece that is there in every language of its readers."),
        _mend("S35", "A link leads to a piece that is published when its readers come."),
        _stop("S36", "Every topic and series has an address of its own."),
        _stop(
            "P1", "A catalogue is well-formed gettext PO: keyword, quoted string, known escapes."
        ),
        _stop("P2", "A catalogue is whole: every msgid has its msgstr."),
        _stop("P3", "A message (msgctxt and msgid) stands once in a catalogue."),
        _stop("P4", "A catalogue's header names UTF-8, its language and that language's plurals."),
        _warn("P5", "Every catalogue belongs to a source and to a language of the site."),
        _fall_back("E1", "Markup of a translation works: readers see none of its signs."),
        _fall_back("E2", "A translation keeps every note mark of the original.", Waiver.EDITOR),
        _fall_back(
            "E3", "A translation keeps every link and image target of the original.", Waiver.EDITOR
        ),
        _fall_back(
            "E4",
            "A translation keeps the passages marked as being in another language.",
            Waiver.EDITOR,
        ),
        _fall_back("E5", "A translation keeps every code span of the original."),
        _fall_back("E6", "A translation brings no HTML of its own.", Waiver.NOBODY),
        _fall_back("E7", "A translation keeps every placeholder of the original."),
        _fall_back("E8", "A translation keeps the line breaks and edges of the original."),
        _fall_back(
            "E9",
            "A translation is composed Unicode, without invisible or broken characters.",
            Waiver.NOBODY,
        ),
        _fall_back("E10", "A translation has words where the original has."),
        _fall_back("E11", "Titles and notes keep every year and date of the original."),
        _fall_back("E12", "A word is written in letters of one script."),
        _fall_back(
            "E13",
            "A translation has no letters that neither its original nor the fonts of PDFs have.",
            Waiver.EDITOR,
        ),
        _doubt("W1", "A translation keeps the numbers of the original."),
        _doubt("W2", "A translation ends as a sentence, or a question, where the original does."),
        _doubt("W3", "Brackets and quotation marks are closed where those of the original are."),
        _doubt("W4", "No word stands twice in a row by mistake."),
        _doubt("W5", "A translation is not the original once more."),
        _doubt("W6", "No run of words is left in the original's language."),
        _doubt("W7", "A translation is about as long as the original."),
        _doubt("W8", "A translation has the emphasis of the original."),
        _doubt("W10", "Turkish words have the right one of the letters I, ı, İ and i."),
        _doubt("W11", "Quotation marks are those of the language, where a house makes it a rule."),
        _doubt("W12", "A term of the glossary has one of its translations."),
        _doubt("W13", "A translation has no code spans beside those of the original."),
        _note("N1", "Words are one space apart."),
        _note("N2", "No white space stands before a note mark."),
        _note("N3", "A translation is not in capitals where the original is not."),
        _note("N4", "An ellipsis is one character (…) where the original has one."),
        _note("N5", "Note marks stand in the order of the original, or renumber the notes."),
        _note("N6", "Small numbers may be written out; look whether it is the same number."),
        _note("N7", "Words that join scripts are names that join scripts."),
        _note("N8", "Dashes and percent signs are spaced as the language has it."),
        _note("N9", "A translator's comment is shorter than the text it speaks of."),
        _note("N10", "A waiver matches something that is found.", Waiver.NOBODY),
        _note("N11", "A translation that needs no work is confirmed."),
        _note("N12", "A changed original says what changed: numbers, links, notes."),
        _note("N13", "Quotation marks are those of the language."),
        _note("N14", "A note that stays in the original's language does so on purpose."),
        _note("N15", "A colon at the end of the original stays one."),
        _note("N16", "The same text has the same translation everywhere."),
        _warn("G1", "A glossary has the columns term, translation, note; each term stands once."),
        _warn("K1", "A waiver names a rule that may be set aside there, and gives the reason."),
        _stop("T1", "Templates are valid Jinja and name only values that exist."),
        _stop("T2", "The interface is translated into every language of the site."),
        _stop("T3", "An interface translation keeps the placeholders and plural forms."),
        _stop("B1", "A PDF is made without a warning from its engine."),
        _stop("B2", "A PDF worker finishes its document."),
        _warn("B3", "A note stands at the foot of the page of its mark."),
        _warn("B4", "The library that cuts fonts to size quickly is there."),
        _stop("B5", "Every letter of a text can be set in the fonts of the PDFs."),
        _stop("B6", "All of a PDF's text stands on its pages."),
        _stop("B7", "A site with search has the extra “search” of this package."),
        _stop("B8", "The index of a search is made whole."),
        _stop("B9", "A cluster that is to make PDFs can be reached, and has workers."),
        _stop("B10", "The workers of a cluster make PDFs with the releases that are here."),
        _stop("O1", "output/ can be written and is a folder of ours."),
        _warn("O2", "The old output/ and the new one are exchanged in one step."),
        Rule(
            "O3",
            Severity.ERROR,
            Stops.START,
            "A new site begins in an empty folder, and begins whole.",
        ),
        _stop("O4", "No file changes while a build is at work."),
        _stop("O5", "Of a piece that is to stay as it was, it is remembered what it was."),
        _found("V1", "The manifest names every file that was built, with its size and SHA-256."),
        _found("V2", "Every address within the site leads to a file that is there."),
        _found("V3", "An id stands once in its page, and whatever names one finds it."),
        _found("V4", "Versions of a page name each other, alike in pages, feeds and sitemap."),
        _found("V5", "Structured data can be read, and names only what some page declares."),
        _found("V6", "Every page is reached from the root by links; every file is used."),
        _found("V7", "Feeds and sitemaps are well-formed and have what they must have."),
        _found(
            "V8",
            "Pages say language, direction and dates truly; they have title, heading, image texts.",
        ),
        _found("V9", "Pages load nothing from elsewhere and run nothing but what they name."),
        _refuse("X1", "What comes back is a whole file that publish pack or export made."),
        _refuse("X2", "A file that comes back hides nothing and leads nowhere."),
        _refuse("X3", "A catalogue comes back with the messages that went out."),
        _refuse("X4", "What was changed here and by a translator differently, somebody chooses."),
        _warn("X5", "An archive that comes back holds what went out, and nothing else."),
        _warn("X6", "A translation is not taken back by emptying it."),
        _refuse("X7", "XLIFF needs the extra “xliff” of this package."),
        _refuse("X8", "Words travel in XLIFF as plain text that XML can hold."),
    )
}
"""Every code, with its severity and meaning. The only list of them."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a file that its reader can open."""

    path: str
    """Path relative to the site's root, with forward slashes."""

    line: int = 1
    """Line, counted from 1."""

    column: int = 1
    """Column in characters, counted from 1."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault, ready to be shown."""

    code: str
    """Key into `RULES`."""

    message: str
    """What is wrong, in lower case, without a full stop."""

    span: Span
    """Where it is wrong."""

    hint: str = ""
    """What to do about it; empty where the message says it all."""

    waived: str = ""
    """The reason for which somebody set the rule aside here; empty where nobody did."""

    @property
    def severity(self) -> Severity:
        """The severity of this problem's rule."""
        return RULES[self.code].severity

    def __str__(self) -> str:
        """`path:line:column: severity[code] message`, safe to print on a terminal."""
        where = f"{self.span.path}:{self.span.line}:{self.span.column}"
        return printable(f"{where}: {self.severity.value}[{self.code}] {self.message}")


class PublishError(Exception):
    """Work stopped because of problems; carries all of them, sorted by place, and of a build that
    was to keep going, why it could not.

    Survives pickling, so that a worker process can raise it.
    """

    def __init__(self, problems: Iterable[Problem], why: str = "") -> None:
        """Keep the problems, sorted by place and code."""
        self.problems = in_order(problems)
        self.why = why
        super().__init__(self.problems, why)

    def __str__(self) -> str:
        """All problems, one a line."""
        return "\n".join(str(problem) for problem in self.problems)


class LockedError(Exception):
    """Another build is writing the same `output/`; carries the id of its process, 0 where that is
    not known."""

    def __init__(self, process: int = 0) -> None:
        """Keep the id."""
        self.process = process
        super().__init__(process)

    def __str__(self) -> str:
        """What is at work."""
        named = f" (process {self.process})" if self.process else ""
        return f"another build of this site is at work{named}"


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems without repetitions, sorted by place, code and message."""
    return tuple(sorted(set(problems), key=lambda p: (p.span, p.code, p.message, p.hint)))


def stopping(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Those problems that stop a build."""
    return tuple(p for p in problems if RULES[p.code].stops is Stops.BUILD and not p.waived)


def printable(text: str) -> str:
    """`text` with what is invisible or breaks a line made visible: one problem, one line.

    File names, msgids and messages come from strangers and end up on terminals and in CI logs.

    >>> printable("a\\x1b[31mb")
    'a\\\\x1b[31mb'
    """
    return "".join(
        _escape(char) if unicodedata.category(char) in _UNPRINTABLE else char for char in text
    )


# Controls, formats (bidirectional ones among them), separators, undecodable bytes of a name.
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def _escape(char: str) -> str:
    code = ord(char)
    if code > 0xFFFF:
        return f"\\U{code:08x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
