"""Synthetic pieces whose notes stand at every place of a page, for the sweep in `test_fills`.

Words planted beside each mark and into each note (`cq7x`, `nq7x … zq7x`) tell from the finished
PDF alone on which pages they came to stand.
"""

from __future__ import annotations

import io
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pypdfium2

from publish.build import build
from publish.model import Pdf
from publish.pdf import Job

SENTENCES = {
    "en": (
        "The keeper wrote down every ship that passed, and the hour, and the wind.",
        "Nobody asked for these books until the port was sold.",
        "A light that goes out for one night is remembered longer than one that burned for years.",
        "The council paid for oil, for wicks, and, in bad winters, for bread.",
        "What the register leaves out is told by the accounts, which were kept with more care.",
        "Two treaties name the strait; neither of them says where it begins.",
        "In the summer of that year the harbour froze on the maps and nowhere else.",
        "The pilots disagreed, as pilots do, about depth, current and fees.",
    ),
    "tr": (
        "Bekçi geçen her gemiyi, saati ve rüzgârı deftere yazardı.",
        "Liman satılana kadar bu defterleri kimse sormadı.",
        "Bir gece sönen fener, yıllarca yanandan daha uzun süre hatırlanır.",
        "Meclis yağın, fitilin, sert kışlarda da ekmeğin parasını öderdi.",
        "Sicilin söylemediğini, daha büyük bir özenle tutulan hesaplar söyler.",
        "İki antlaşma boğazın adını anar; nerede başladığını ikisi de söylemez.",
        "O yılın yazında liman haritalarda dondu, başka hiçbir yerde değil.",
        "Kılavuzlar derinlik, akıntı ve ücret üzerine, her zamanki gibi, anlaşamadı.",
    ),
    "ru": (
        "Смотритель записывал каждое прошедшее судно, час и ветер.",
        "Об этих книгах никто не спрашивал, пока порт не продали.",
        "Огонь, погасший на одну ночь, помнят дольше того, который горел годами.",
        "Совет платил за масло, за фитили, а в суровые зимы и за хлеб.",
        "О чём молчит реестр, о том говорят счета: их вели с большей тщательностью.",
        "Пролив назван в двух договорах; ни в одном не сказано, где он начинается.",
        "Летом того года гавань замёрзла на картах и больше нигде.",
        "Лоцманы, как водится, спорили о глубине, о течении и о плате.",
    ),
}
TITLES = {"en": "The Keeper’s Books", "tr": "Bekçinin Defterleri", "ru": "Книги смотрителя"}
WIDE = 66
"""About how many characters a line of text has."""


@dataclass(frozen=True, slots=True)
class Fill:
    """One piece: lines of padding, a place with notes, and paragraphs that run over the page."""

    language: str
    """Its language."""

    place: str
    """What the notes stand in, one of `PLACES`; `chance` for a piece of paragraphs of which chance
    gives every other one a note."""

    lines: int
    """Lines before the place; in a piece by chance the number that chance begins with."""

    note: int
    """About how many lines a note has."""

    end: str
    """What follows the text, one of `ENDS`."""

    @property
    def slug(self) -> str:
        """Its name as a piece."""
        return f"{self.language}-{self.place}-{self.lines:02}-{self.note:02}-{self.end}"


PLACES = ("paragraph", "line", "item", "quotation", "heading")
"""A paragraph; a line with three notes; list items, each with one; a quotation; the paragraph below
a heading."""

ENDS = ("bio", "bare", "bios")
"""A biography and related pieces, one line about the author, or two biographies, corrected."""


def sweep() -> list[Fill]:
    """Every line of the first two pages in every language, and pieces by chance."""
    found = []
    for offset, language in enumerate(SENTENCES):
        for lines in range(70):
            place = PLACES[(lines + offset) % len(PLACES)]
            note = (1, 8, 2, 12)[(lines // 5 + offset) % 4]
            found.append(Fill(language, place, lines, note, ENDS[(lines // 2) % len(ENDS)]))
        found += [
            Fill(language, "chance", seed, (2, 4, 8)[seed % 3], ENDS[seed % len(ENDS)])
            for seed in range(30)
        ]
    return found


class _Writer:
    """Writes the Markdown of one fill."""

    def __init__(self, fill: Fill) -> None:
        self.fill = fill
        self.chance = random.Random(fill.slug)
        self.definitions: list[str] = []

    def words(self, lines: float) -> str:
        """Sentences that fill about so many lines of the text."""
        text = ""
        while len(text) < lines * WIDE - 20:
            text += " " + self.chance.choice(SENTENCES[self.fill.language])
        return text.strip()

    def mark(self, lines: int) -> str:
        """A word with a note mark behind it; the note is kept for the end of the file."""
        number = len(self.definitions) + 1
        inside = self.words(lines * 1.35)[: int(lines * WIDE * 1.35) - 15]
        self.definitions.append(f"[^{number}]: nq{number}x {inside} zq{number}x")
        return f"cq{number}x[^{number}]"

    def marked(self, lines: float, *marks: int) -> str:
        """Sentences with marks of notes in the midst of them."""
        half = self.words(lines / 2)
        return f"{half} {' '.join(self.mark(note) for note in marks)} {self.words(lines / 2)}"

    def text(self) -> str:
        """The body."""
        fill, note = self.fill, self.fill.note
        if fill.place == "chance":
            blocks = [
                self.marked(lines, note if self.chance.random() < 0.7 else 1)
                if self.chance.random() < 0.5
                else self.words(lines)
                for lines in self.chance.choices((1, 2, 3, 4, 5, 6, 8), k=20)
            ]
            blocks.insert(self.chance.randrange(4, 16), f"## {TITLES[fill.language]}")
            return "\n\n".join((*blocks, *self.definitions))
        full, rest = divmod(fill.lines, 7)
        blocks = ["\\\n".join(["—"] * lines) for lines in [rest, *[7] * full] if lines]
        # A page needs a note already, for the next one to push it off.
        blocks.append(self.marked(1.2, 1))
        match fill.place:
            case "line":
                blocks.append(self.marked(4, note, 1, 2))
            case "item":
                blocks.append("\n".join(f"- {self.marked(2.5, each)}" for each in (note, 1, 2)))
            case "quotation":
                blocks.append("> " + self.marked(4, note))
            case "heading":
                blocks += [f"## {TITLES[fill.language]}", self.marked(3, note)]
            case _:
                blocks.append(self.marked(3, note))
        blocks += [self.words(lines) for lines in (4, 6)]
        blocks += [self.marked(5, 2), self.words(5), self.marked(6, 1), *map(self.words, (4, 7))]
        return "\n\n".join((*blocks, *self.definitions))


def _piece(title: str, language: str, authors: Sequence[str], extra: str, body: str) -> str:
    head = (
        f"title: {title}\ndate: 2026-03-04\nlanguage: {language}\nauthors: [{', '.join(authors)}]"
    )
    return f"---\n{head}\nsummary: {SENTENCES[language][0]}\n{extra}---\n\n{body}\n"


def jobs(root: Path, fills: Sequence[Fill]) -> dict[Fill, Job]:
    """The jobs of a site in `root` that has a piece for each fill."""
    pieces, authors = root / "sources/pieces", root / "sources/authors"
    for folder in (pieces, authors, root / "locales"):
        folder.mkdir(parents=True)
    title = "{ en = 'Papers', tr = 'Yazılar', ru = 'Записки' }"
    (root / "pyproject.toml").write_text(
        f"[tool.publish]\ntitle = {title}\nbase_url = 'https://harbour.example'\n"
        "languages = ['en', 'tr', 'ru']\n",
        encoding="utf-8",
    )

    def author(name: str, language: str, bio: str) -> str:
        text = f"---\nname: {name}\nlanguage: {language}\n---\n\n{bio}\n"
        (authors / f"{name}.md").write_text(text, encoding="utf-8")
        return name

    for language, sentences in SENTENCES.items():
        first = author(f"ada-{language}", language, " ".join(sentences[:5]))
        author(f"eda-{language}", language, " ".join(sentences[:8]))
        for number in range(3):  # what a piece is related to must not depend on other fills
            text = _piece(TITLES[language], language, [first], "", sentences[0])
            (pieces / f"{language}-related-{number}.md").write_text(text, encoding="utf-8")
    for fill in fills:
        writer, extra = _Writer(fill), ""
        by = [f"ada-{fill.language}"]
        if fill.end == "bare":
            by = [author(f"author-of-{fill.slug}", fill.language, SENTENCES[fill.language][1])]
        elif fill.end == "bios":
            by.append(f"eda-{fill.language}")
            extra = f"corrections: [{{ date: 2026-03-05, text: '{TITLES[fill.language]}' }}]\n"
        text = _piece(TITLES[fill.language], fill.language, by, extra, writer.text())
        (pieces / f"{fill.slug}.md").write_text(text, encoding="utf-8")
    found: dict[str, Job] = {}

    def engine(job: Job) -> Pdf:
        found[job.source] = job
        return Pdf(b"", 1, ())

    build(root, engine=engine)
    return {fill: found[f"sources/pieces/{fill.slug}.md"] for fill in fills}


@dataclass(frozen=True, slots=True)
class Note:
    """Where one note came to stand; pages count from 0, and -1 is nowhere."""

    number: int
    """Its number."""

    call: int
    """Page of its mark in the text."""

    begins: int
    """Page on which it begins."""

    ends: int
    """Page on which it ends."""

    @property
    def slipped(self) -> bool:
        """Whether it is anywhere but on the page of its mark."""
        return not self.call == self.begins == self.ends >= 0


def notes(content: bytes) -> list[Note]:
    """Every note of a finished PDF, found by the words planted beside mark and note."""
    found: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for page, text in enumerate(texts(content)):
        # A mark stands right behind its word and has the number of the word.
        for planted, number in re.findall(r"([cnz])q(\d+)x", text):
            found[int(number)][planted].append(page)
        for number, mark in re.findall(r"cq(\d+)x\W*(\d+)", text):
            assert number == mark, (number, mark)
        for mark, number in re.findall(r"(\d+)\. nq(\d+)x", text):
            assert number == mark, (number, mark)
    return [
        Note(number, *(where[kind][0] if len(where[kind]) == 1 else -1 for kind in "cnz"))
        for number, where in sorted(found.items())
    ]


def texts(content: bytes) -> Iterator[str]:
    """The text of each page."""
    document = pypdfium2.PdfDocument(io.BytesIO(content))
    try:
        for page in document:
            yield page.get_textpage().get_text_bounded()
    finally:
        document.close()
