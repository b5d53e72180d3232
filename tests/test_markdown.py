"""Cutting, translating and rendering Markdown: case files in tests/markdown/, and properties.

A case is a title, `.`, input, `.`, expectation, `.`, as in markdown-it's fixtures; what the two are
is told at the top of each file. Failing cases are named by file and line.
"""

from __future__ import annotations

import datetime
import functools
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publish import markdown, typography
from publish.compare import Pair, differences
from publish.errors import Span
from publish.locales import parse
from publish.markdown import COLUMN, NOTICE, Passage, Target, cut, inline, render
from publish.model import Rendering, Segment, State, Text

EN, TR = parse("en"), parse("tr")
CASES = Path(__file__).parent / "markdown"
DEFINITIONS = (("R", "https://r.example", ""), ("S", "s.md", ""))


def text(content: str) -> Text:
    return Text(content, Span("sources/pieces/a.md"))


def identity(segment: Segment) -> Passage:
    return Passage(segment.key[1], EN)


# ── Case files ───────────────────────────────────────────────────────────────────────────────


def said_messages(source: str) -> str:
    lines: list[str] = []
    for segment in cut(text(source), EN).segments:
        context, msgid = segment.key
        lines += [f"# {note}" for note in segment.notes]
        where = f"{segment.kind}[{context}]" if context else segment.kind
        lines.append(f"{where}: {msgid}".replace("\n", "⏎"))
    return "\n".join(lines)


def said_html(source: str) -> str:
    return render(text(source), EN).html


def said_paper(source: str) -> str:
    return render(text(source), EN).print_html


def said_notes(source: str) -> str:
    return "".join(
        f"{note.number} ({' '.join(note.marks)}): {note.html}"
        for note in render(text(source), EN).notes
    )


def said_translated(case: str) -> str:
    source: list[str] = []
    passages: list[tuple[str, State]] = []
    for line in case.split("\n"):
        mark, words = line[:2], line[3:]
        if mark == "=+":
            before, state = passages.pop()
            passages.append((f"{before}\n{words}", state))
        elif mark in MARKS:
            passages.append((words, MARKS[mark]))
        else:
            source.append(line)
    original = text("\n".join(source))
    keys = [segment.key for segment in cut(original, EN).segments]
    chosen = dict(zip(keys, passages, strict=True))

    def choose(segment: Segment) -> Passage:
        words, state = chosen[segment.key]
        missing = state is State.MISSING
        return Passage(segment.key[1] if missing else words, EN if missing else TR, state)

    rendering = render(original, TR, choose, original=EN)
    return rendering.html + "".join(
        f"{note.number} ({' '.join(note.marks)}): {note.html}" for note in rendering.notes
    )


MARKS = {"=>": State.TRANSLATED, "=~": State.STALE, "=!": State.MISSING}


def said_problems(source: str) -> str:
    return "\n".join(
        f"{problem.span.line}:{problem.span.column} {problem.code} {problem.message}"
        for problem in cut(text(source), EN).problems
    )


SAYERS: dict[str, Callable[[str], str]] = {
    "html": said_html,
    "messages": said_messages,
    "notes": said_notes,
    "paper": said_paper,
    "problems": said_problems,
    "translated": said_translated,
}


def cases(folder: Path) -> Iterator[object]:
    """Every case of a folder: the name of its file, what is given, what is expected."""
    for path in sorted(folder.glob("*.md")):
        lines = path.read_text(encoding="utf-8").split("\n")
        dots = [number for number, line in enumerate(lines) if line == "."]
        assert len(dots) % 3 == 0, f"{path.name}: a case has three dots"
        for first, second, third in zip(dots[::3], dots[1::3], dots[2::3], strict=True):
            source, expected = lines[first + 1 : second], lines[second + 1 : third]
            name = f"{path.name}:{first}: {lines[first - 1]}"
            yield pytest.param(path.stem, "\n".join(source), "\n".join(expected), id=name)


@pytest.mark.parametrize(("kind", "source", "expected"), [*cases(CASES)])
def test_case(kind: str, source: str, expected: str) -> None:
    assert SAYERS[kind](source).strip("\n") == expected


def test_every_kind_of_case_has_its_file() -> None:
    assert sorted(SAYERS) == sorted(path.stem for path in CASES.glob("*.md"))


def test_the_pinned_messages_are_of_these_cutting_rules() -> None:
    assert markdown.CUTTING_RULES == "1"


# ── What HTML consists of ────────────────────────────────────────────────────────────────────


BLOCKS = frozenset(
    (
        *("blockquote", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li"),
        *("ol", "p", "pre", "table", "tbody", "td", "th", "thead", "tr", "ul"),
        *("details", "summary"),
    )
)
INLINES = frozenset({"a", "br", "code", "em", "img", "span", "strong", "sup", "time"})
VOID = frozenset({"br", "hr", "img"})
ATTRIBUTES = {
    "a": {"class", "href", "hreflang", "id", "role", "title"},
    "code": {"class"},
    "img": {
        *("alt", "src", "title"),
        *("srcset", "sizes", "width", "height", "loading", "decoding"),
    },
    "ol": {"start"},
    "time": {"datetime"},
}
PHRASING = frozenset({"p", "span", "h1", "h2", "h3", "h4", "h5", "h6", "em", "strong", "a"})
"""What holds no blocks."""


@dataclass
class Parsed(HTMLParser):
    """HTML as another parser reads it."""

    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag in BLOCKS:
            assert not PHRASING & set(self.opened), f"{tag} inside {self.opened}"
        if tag not in VOID:
            self.opened.append(tag)
        if tag == "code":
            self.codes.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.opened.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if "code" in self.opened:
            self.codes[-1] += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(f"a declaration: {decl}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"an instruction: {data}")

    def values(self, name: str) -> list[str]:
        return [attrs[name] for _, attrs in self.tags if name in attrs]

    @property
    def blocks(self) -> list[str]:
        return [tag for tag, _ in self.tags if tag in BLOCKS]


def parsed(html: str) -> Parsed:
    """The HTML's parts; fails where it is not balanced."""
    found = Parsed()
    found.feed(html)
    found.close()
    assert found.opened == []
    return found


def assert_safe(html: str) -> None:
    for tag, attrs in parsed(html).tags:
        assert tag in BLOCKS | INLINES
        assert set(attrs) <= {"class", "dir", "id", "lang"} | ATTRIBUTES.get(tag, set())
        for name in ("href", "src"):
            assert_safe_address(attrs.get(name, ""))


def assert_safe_address(url: str) -> None:
    """As a browser reads it: without white space and control characters, in any case."""
    seen = "".join(char for char in url if char > " ").casefold().replace("\\", "/")
    scheme = re.match(r"[^/?#]*?:", seen)
    assert scheme is None or scheme[0] in ("http:", "https:", "mailto:")
    assert not seen.startswith("//")


def everything(rendering: Rendering) -> list[str]:
    notes = [note.html for note in rendering.notes]
    return [rendering.html, rendering.print_html, *notes]


# ── Documents ────────────────────────────────────────────────────────────────────────────────


WORDS = st.sampled_from(
    (
        *("word", "fener", "свет", "دفتر", "a_b", "1986.", "#", "-", "x*y", "it’s", "<", "&amp;"),
        *("\\*", "\\`", "&lt;", ">", "|", "+", "~", "!", "[", "]", "(1)", "<b>", "A\u00a0B"),
    )
)
BREAKS = st.sampled_from(
    (" ", " ", " ", "\n", "\n   ", " \n", "\t\n ", "  \n", "   \n\t", "\\\n  ")
)
GAPS = st.sampled_from((" ", "\n", " \n ", "\n\t", "  \n"))
TITLES = st.sampled_from(
    ("", ' "title"', ' "over\nlines"', " 'over\n  lines'", ' "a  \nb"', "\n(t)")
)
TARGETS = st.sampled_from(("https://a.example/?b=1&c", "<a b.md>", "a.md#b", "mailto:a@b.example"))
SPANS = st.sampled_from(("{lang=fa}", "{lang=tr dir=ltr}", "{dir=rtl}", "{lang=fa dir=auto}"))


@functools.cache
def atoms(labels: tuple[str, ...], depth: int) -> st.SearchStrategy[str]:
    """A word, or something of inline Markdown."""
    inner = inlines(labels, depth - 1) if depth else WORDS
    marks = st.sampled_from(labels).map("[^{}]".format) if labels else WORDS
    return st.one_of(
        WORDS,
        marks,
        inner.map("*{}*".format),
        inner.map("**{}**".format),
        st.builds("`{}{}{}`".format, WORDS, GAPS, WORDS),
        GAPS.map("`` ` {}x``".format),
        st.builds("[{}]({}{})".format, inner, TARGETS, TITLES),
        st.builds("[{}][{}]".format, inner, st.sampled_from(("ref", "Ref two", "none"))),
        st.builds("![{}](a.png{})".format, inner, TITLES),
        st.builds("[{}]{}".format, inner, SPANS),
        st.just("<https://a.example/b>"),
        WORDS,
    )


@functools.cache
def inlines(labels: tuple[str, ...] = (), depth: int = 2) -> st.SearchStrategy[str]:
    """Inline Markdown, wrapped anywhere."""
    parts = st.lists(st.tuples(atoms(labels, depth), BREAKS), min_size=1, max_size=4)
    return parts.map(lambda found: "".join(a + b for a, b in found).strip())


LABELS = ("a", "b", "c-1")
DIRECTIVES = st.sampled_from(
    (
        ("<!-- note: a", "note -->"),
        ("<!-- context: c -->",),
        ("<!-- skip -->",),
        ("<!-- TODO -->",),
        ("```python", "# code *x*", "", "```"),
        ("    indented", "    - code"),
        ("***",),
        ("[late]: /late 'Late'",),
    )
)
HEADING_ENDS = st.sampled_from(("", " {#one}", "  {#two-2} ##", " {#No}"))
Lines = tuple[str, ...]


def in_one_line(found: str) -> str:
    return re.sub(r"\s*\n\s*", " ", found)


def rows(cells: list[str], align: str) -> Lines:
    a, b, c, d = (cell.replace("|", "\\|") for cell in cells)
    return (f"| {a} | {b} |", f"|{align}|---|", f"| {c} | {d} |", f"| {a} |")


@functools.cache
def blocks(labels: tuple[str, ...], depth: int = 2) -> st.SearchStrategy[Lines]:
    """A block of any kind, as lines."""
    words, fewer = inlines(labels), inlines(labels, 1)
    lines = words.map(in_one_line)
    simple = st.one_of(
        words.map(lambda found: tuple(found.split("\n"))),
        st.builds(lambda n, a, b: (f"{'#' * n} {a}{b}",), st.integers(1, 4), lines, HEADING_ENDS),
        words.map(lambda found: (*found.split("\n"), "---")),
        st.builds("![{}](a.png{})".format, fewer, TITLES).map(lambda s: tuple(s.split("\n"))),
        DIRECTIVES,
        st.builds(
            rows,
            st.lists(fewer.map(in_one_line), min_size=4, max_size=4),
            st.sampled_from(("---", ":-:", "--:")),
        ),
    )
    if not depth:
        return simple
    several = st.lists(blocks(labels, depth - 1), min_size=1, max_size=3)
    return st.one_of(
        simple,
        several.map(lambda found: tuple(f"> {line}" for line in apart(found))),
        st.builds(items, several, st.sampled_from(("- ", "7. ")), st.booleans()),
    )


def apart(found: Sequence[Lines]) -> Lines:
    return tuple(line for block in found for line in (*block, ""))[:-1]


def items(found: Sequence[Lines], marker: str, loose: bool) -> Lines:
    lines: list[str] = []
    for block in found:
        lines += [f"{marker}{block[0]}", *(" " * len(marker) + line for line in block[1:])]
        lines += [""] if loose else []
    return tuple(lines)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Markdown of every kind of block, with each of three notes marked and defined."""
    found = draw(st.lists(blocks(LABELS), min_size=1, max_size=4))
    for label in LABELS:
        first, *rest = apart(draw(st.lists(blocks(()), min_size=1, max_size=2)))
        place = draw(st.integers(0, len(found)))
        found.insert(place, (f"[^{label}]: {first}", *(f"    {line}" for line in rest)))
    found.append(("[ref]: https://ref.example 'Ref'", "[Ref  two]: two.md"))
    found.append(("".join(f"All[^{label}] " for label in LABELS),))
    return "\n".join(apart(found))


SIGNS = st.sampled_from(
    (
        *"\n\n\n  \t*_`[]()!#-+>|\\<&;:{}=^~1.ab\"'",
        *(
            "\n\n",
            "    ",
            "  \n",
            "- ",
            "1. ",
            "> ",
            "](",
            "![",
            "```",
            "|-|",
            "{#id}",
            "\u00a0",
            "é",
        ),
        *("[^a]", "[^a]: ", "{lang=fa}", '[x](y "', "[x]: /u 't\n", "<http://a>", "&lt;", "http:"),
        *("<!-- skip -->", "<!-- note: x -->", "<!--", "-->", "\x00", "\r", "\u2028"),
    )
)
SCRAWL = st.lists(st.one_of(SIGNS, SIGNS, st.text(max_size=3)), max_size=40).map("".join)


def folded(rendering: Rendering) -> tuple[list[str], list[tuple[str, ...]]]:
    """All that is rendered, with line breaks as spaces."""
    html = [part.replace("\n", " ") for part in everything(rendering)]
    return html, [note.marks for note in rendering.notes]


def assert_identity(source: str) -> None:
    assert folded(render(text(source), EN, identity)) == folded(render(text(source), EN))


# ── Identity ─────────────────────────────────────────────────────────────────────────────────


def test_identity_translation_is_the_plain_rendering_of_every_example_of_commonmark(
    shared: Path,
) -> None:
    path = shared / "corpora/commonmark/spec.json"
    examples = json.loads(path.read_text(encoding="utf-8"))
    assert len(examples) == 652
    for example in examples:
        assert_identity(example["markdown"])


@settings(deadline=None, max_examples=120)
@given(documents())
def test_identity_translation_is_the_plain_rendering_of_documents(source: str) -> None:
    assert_identity(source)


@settings(deadline=None, max_examples=400)
@given(SCRAWL)
def test_identity_translation_is_the_plain_rendering_of_scrawl(source: str) -> None:
    assert_identity(source)


@pytest.mark.parametrize(
    "source",
    [
        "hard  \nbreak and\\\nbreak",
        "![alt](a.png 'title  \n over')",
        "- ![alt](a.png 'title  \n over')",
        "a[^1]\n\n[^1]: ![alt](a.png 'title\nover')",
        "`code\n  over` lines",
        "[x](y 'a  \nb') and\nc",
        "<!-- skip -->\na\nb",
    ],
)
def test_identity_translation_is_the_plain_rendering_of(source: str) -> None:
    assert_identity(source)


# ── Reach ────────────────────────────────────────────────────────────────────────────────────


def assert_reached(source: str) -> None:
    """`cut` and `render` visit the same messages, and each translation is printed."""
    found = cut(text(source), EN).segments
    visited: list[Segment] = []
    numbers = {segment.key: f"§{number}§" for number, segment in enumerate(found)}

    def choose(segment: Segment) -> Passage:
        visited.append(segment)
        return Passage(f"{numbers[segment.key]} {segment.key[1]}", TR)

    rendering = render(text(source), TR, choose)
    assert list(dict.fromkeys(segment.key for segment in visited)) == list(numbers)
    assert len(numbers) == len(found)
    for page in (rendering.html + "".join(n.html for n in rendering.notes), rendering.print_html):
        assert set(re.findall(r"§\d+§", page)) == set(numbers.values())
    for html in everything(rendering):
        assert_safe(html)


@settings(deadline=None, max_examples=100)
@given(documents())
def test_every_message_is_cut_once_in_document_order_and_safely_reached(source: str) -> None:
    assert_reached(source)


def test_a_message_that_stands_twice_is_translated_twice() -> None:
    rendering = render(text("One.\n\n> One."), TR, lambda _: Passage("Bir.", TR))
    assert rendering.html.count("<p>Bir.</p>") == 2


def test_messages_know_their_place() -> None:
    source = Text("One\nline.\n\n- two\n- *three*\n\n| four | five |\n|-|-|\n", Span("a.md", 10))
    places = [(s.span.line, s.span.column) for s in cut(source, EN).segments]
    assert places == [(10, 1), (13, 3), (14, 3), (16, 3), (16, 10)]


def test_words_are_counted_without_marks_addresses_and_code() -> None:
    source = (
        "One *two* [three](https://four.example)[^five] `six` <!-- ?\n\nit’s 1,000 [değil]{lang=tr}"
    )
    assert cut(text(source), EN).words == (3, 3)


def test_a_cut_lists_links_images_anchors_and_definitions() -> None:
    source = "# A {#a}\n\n[b](c.md) ![d](e.png)\n[f][g]\n\n[G]: h.md 'I'\n"
    found = cut(text(source), EN)
    assert [(r.target, r.span.line) for r in found.links] == [("c.md", 3), ("h.md", 3)]
    assert [(r.target, r.span.line, r.span.column) for r in found.images] == [("e.png", 3, 11)]
    assert found.anchors == {"a"}
    assert found.definitions == (("G", "h.md", "I"),)


def test_a_biography_has_no_notes() -> None:
    source = "Text.[^1]\n\n[^1]: Note.\n"
    found = cut(text(source), EN, notes=False).problems
    assert [(p.code, p.message, p.span.line, p.span.column) for p in found] == [
        ("S2", "a biography has no notes", 1, 6),
        ("S2", "a biography has no notes", 3, 1),
    ]


def test_a_biography_has_no_anchors() -> None:
    [found] = cut(text("# One {#a}"), EN, notes=False).problems
    assert (found.code, found.span.column) == ("S6", 7)


@pytest.mark.parametrize("nested", ["> " * 41, "- " * 21])
def test_what_is_nested_too_deeply_is_told_once(nested: str) -> None:
    found = cut(text(f"Text.\n\n{nested}deep\n\n{nested}deeper"), EN).problems
    assert [(problem.code, problem.span.line) for problem in found] == [("F7", 3)]


@pytest.mark.parametrize("nested", ["> " * 39, "- " * 19])
def test_what_is_nested_less_deeply_is_all_there(nested: str) -> None:
    source = text(f"{nested}deep")
    assert cut(source, EN).problems == ()
    assert "deep" in render(source, EN).html


def test_links_and_images_lead_where_they_are_resolved_to_on_each_medium() -> None:
    rendering = render(
        text("[a](b.md) ![c](d.png)[^1]\n\n[^1]: [e](f.md)"),
        EN,
        None,
        lambda address: Target(f"s/{address}", f"p/{address}", TR if address == "b.md" else None),
    )
    assert parsed(rendering.html).values("href") == ["s/b.md", "#note-1"]
    assert parsed(rendering.html).values("hreflang") == ["tr"]
    assert parsed(rendering.html).values("src") == ["s/d.png"]
    assert parsed(rendering.print_html).values("href") == ["p/b.md", "p/f.md"]
    assert parsed(rendering.print_html).values("src") == ["p/d.png"]
    assert parsed(rendering.notes[0].html).values("href") == ["s/f.md"]


def resolved(address: str) -> Target:
    """An image of 1,000 by 500 pixels in two versions, and one that nothing is known about."""
    if address == "?":
        return Target("?", "?")
    versions = ((f"{address}-480", 480), (address, 1000))
    return Target(address, f"p/{address}", width=1000, height=500, candidates=versions)


def images(html: str) -> list[dict[str, str]]:
    return [attrs for tag, attrs in parsed(html).tags if tag == "img"]


def test_the_versions_of_an_image_are_for_the_screen() -> None:
    rendering = render(text("![a](b.png)"), EN, None, resolved)
    assert images(rendering.html) == [
        {
            "src": "b.png",
            "srcset": "b.png-480 480w, b.png 1000w",
            "sizes": COLUMN,
            "width": "1000",
            "height": "500",
            "decoding": "async",
            "alt": "a",
        }
    ]
    assert images(rendering.print_html) == [{"src": "p/b.png", "alt": "a"}]


def test_an_image_in_one_version_leaves_nothing_to_choose() -> None:
    one = Target("b.png", "p", width=10, height=5)
    [image] = images(render(text("![a](b.png)"), EN, None, lambda _: one).html)
    assert image.keys() == {"src", "width", "height", "decoding", "alt"}


def test_only_the_first_image_of_a_page_is_loaded_at_once() -> None:
    source = text("![a](?)[^1]\n\n![b](b.png)\n\n- ![c](c.png)\n\n[^1]: ![d](d.png)\n")
    page = render(source, EN, None, resolved)
    shown = [image.get("loading", "") for image in images(page.html)]
    assert shown == ["", "", "lazy"]
    assert [image["loading"] for image in images(page.notes[0].html)] == ["lazy"]
    later = render(source, EN, None, resolved, first=False)
    assert [image.get("loading", "") for image in images(later.html)] == ["", "lazy", "lazy"]
    assert "loading" not in page.print_html


def test_language_marks_go_into_a_note_on_paper() -> None:
    source = text("One.[^1]\n\n[^1]: Two.\n\n    Three.\n\n    - four\n")
    passages = {"One.[^1]": Passage("Bir.[^1]", TR), "Three.": Passage("Üç.", TR, State.STALE)}
    rendering = render(source, TR, lambda s: passages.get(s.key[1], Passage(s.key[1], EN)))
    original = '<span lang="en" dir="ltr" class="untranslated">'
    assert rendering.print_html == (
        f'<p>Bir.\u2060<span class="footnote">{original}Two.</span><br>'
        f'<span class="stale">Üç.</span><br>•&nbsp;{original}four</span></span></p>\n'
    )


def test_a_language_written_from_right_to_left_says_so() -> None:
    rendering = render(text("سلام"), TR, lambda s: Passage(s.key[1], parse("fa")))
    assert rendering.html == '<p lang="fa" dir="rtl" class="untranslated">سلام</p>\n'


# ── The new original of a stale passage ──────────────────────────────────────────────────────


def stale(segment: Segment) -> Passage:
    return Passage(segment.key[1], TR, State.STALE)


def parsed_screen(rendering: Rendering) -> list[Parsed]:
    return [parsed(rendering.html), *(parsed(note.html) for note in rendering.notes)]


@settings(deadline=None, max_examples=50)
@given(documents())
def test_the_new_original_of_every_stale_passage_is_on_the_screen_alone(source: str) -> None:
    given = text(source.replace("<!-- skip -->", ""))
    rendering = render(given, TR, stale, original=EN)
    marked = render(given, TR, stale)
    notice = r'<br><span class="notice"></span>|<p class="notice"></p>\n'
    assert re.sub(notice, "", rendering.print_html) == marked.print_html
    assert "<details" not in marked.html + rendering.print_html
    pages, before = parsed_screen(rendering), parsed_screen(marked)
    classes = [name for one in pages for value in one.values("class") for name in value.split()]
    assert classes.count("changed") == classes.count("stale")
    assert [one.values("id") for one in pages] == [one.values("id") for one in before]
    for html in everything(rendering):
        assert_safe(html)


DAY = datetime.date(2026, 5, 3)


def noticed(source: str, **states: Passage) -> str:
    """Paper in Turkish: messages that begin with a name of `states` are what it says, others are
    translated. What notices know stands in brackets."""

    def choose(segment: Segment) -> Passage:
        word = segment.key[1].split()[0].strip("*.")
        return states.get(word, Passage(segment.key[1], TR))

    paper = render(text(source), TR, choose, original=EN).print_html
    return NOTICE.sub(lambda m: f"[{m[1]}:{m[2] or m[3] or 'changed'}]", paper)


OPEN = Passage("Open.", EN, State.MISSING)
OLD = Passage("Old.", TR, State.STALE)
DATED = Passage("Old.", TR, State.STALE, DAY)


def test_neighbours_that_are_not_translated_say_so_once_before_the_first() -> None:
    page = noticed("A\n\n## Open\n\nOpen\n\n- Open\n- Open\n\nB\n\nOpen\n\nOpen", Open=OPEN)
    assert page.count(":en]") == 2
    assert page.index("<p>A</p>\n[p:en]\n<h2") < page.index(">[span:en]<br>Open.</p>")
    tight = noticed("- A\n- Open\n- Open", Open=OPEN)
    assert '<li><span lang="en" dir="ltr" class="untranslated">[span:en]<br>Open.</span>' in tight
    assert tight.count("[") == 1


def test_neighbours_that_changed_on_one_day_say_so_once_behind_the_last() -> None:
    page = noticed("Old\n\nOld\n\nDated\n\n- Dated\n\n### Dated\n\nA", Old=OLD, Dated=DATED)
    assert page.count("[") == 2
    assert 'Old.<br>[span:changed]</p>\n<p class="stale">Old.</p>' in page
    assert '<h3 class="stale">Old.</h3>\n[p:2026-05-03]\n<p>A</p>' in page


def test_cells_speak_through_their_table_and_pictures_by_their_caption() -> None:
    rows = "| Open | A |\n|---|---|\n| Old | B |\n| C | Open |\n| Dated | D |\n"
    page = noticed(rows, Open=OPEN, Old=OLD, Dated=DATED)
    assert page.startswith("[p:en]\n<table>")
    assert page.endswith("</table>\n[p:2026-05-03]\n")
    assert page.count("[") == 2
    figure = noticed("![Old](a.png 'Dated')\n\nA\n\n![Old](a.png)", Old=OLD, Dated=DATED)
    assert "</figure>\n[p:2026-05-03]\n<p>A</p>" in figure
    assert figure.count("[") == 1


def test_a_note_speaks_for_itself() -> None:
    source = "Open.[^1]\n\nOpen[^2]\n\n[^1]: Open\n\n[^2]: Old"
    passage = Passage("Open.[^1]", EN, State.MISSING), Passage("Open[^2]", EN, State.MISSING)
    paper = render(
        text(source),
        TR,
        lambda s: {"Open.[^1]": passage[0], "Open[^2]": passage[1], "Old": DATED}.get(
            s.key[1], OPEN
        ),
        original=EN,
    ).print_html
    said = [match[2] or match[3] for match in NOTICE.finditer(paper)]
    assert said == ["en", "en", "2026-05-03"]
    assert re.search(r'class="footnote"><span lang="en"[^>]*><span class="notice">', paper)
    assert re.search(r'<br><span class="notice"><time [^>]*></time></span></span></span>', paper)


@settings(deadline=None, max_examples=25)
@given(documents())
def test_a_translation_of_the_present_text_has_nothing_behind_it(source: str) -> None:
    given = text(source.replace("<!-- skip -->", ""))

    def choose(segment: Segment) -> Passage:
        return Passage(segment.key[1], TR)

    assert render(given, TR, choose, original=EN) == render(given, TR, choose)


def test_the_new_original_says_since_when_where_that_is_known() -> None:
    day = datetime.date(2026, 5, 3)
    source = text("One.\n\n![Two](a.png 'Three')")
    days = {"One.": None, "Two": datetime.date(2026, 6, 1), "Three": day}
    rendering = render(
        source,
        TR,
        lambda segment: Passage("x", TR, State.STALE, days[segment.key[1]]),
        original=EN,
    )
    found = [match[1] for match in markdown.CHANGED.finditer(rendering.html)]
    assert found == [None, "2026-05-03"]


def test_the_new_original_leads_where_the_page_does() -> None:
    source = text("[One](a.md) ![two](b.png)")
    translation = "[Bir](a.md) ![iki](b.png)"
    rendering = render(
        source,
        TR,
        lambda _: Passage(translation, TR, State.STALE),
        lambda address: Target(f"s/{address}", f"p/{address}"),
        EN,
    )
    assert parsed(rendering.html).values("href") == ["s/a.md", "s/a.md"]
    assert parsed(rendering.html).values("src") == ["s/b.png", "s/b.png"]


# ── Any translation ──────────────────────────────────────────────────────────────────────────


PLACES = """\
A paragraph.[^1]

# A heading {#h}

- tight
- list

7. loose

8. list

> A quotation.

| head | two |
|------|:---:|
| cell | |

![alone](a.png "caption")

[ref]: https://ref.example

[^1]: A note.

    Its second paragraph.
"""
"""A text with a message in every kind of place."""

HOSTILE = st.sampled_from(
    (
        *(
            "# a",
            "- a",
            "1986. a",
            "> a",
            "```\na",
            "    a",
            "a\n---",
            "a\n===",
            "***",
            "| a | b |",
        ),
        *(
            "a\n\n- b\n\n# c",
            "[^1]: a",
            "[a]: b",
            "<!-- skip -->",
            "{#a}",
            "a\n\n\n    b",
            "\n",
            "\t",
        ),
        *(
            "<script>alert(1)</script>",
            "&lt;script&gt;alert(1)&lt;/script&gt;",
            "<img src=x onerror=y>",
        ),
        *(
            "[a](javascript:b)",
            "[a](&#106;avascript:b)",
            "[a](JaVaScRiPt:b)",
            "[a](java\tscript:b)",
        ),
        *(
            "[a](<java\tscript:b>)",
            "[a](java\x00script:b)",
            "[a](javascript&colon;b)",
            "<javascript:b>",
        ),
        *(
            "![a](data:image/svg+xml,b)",
            "[a](//b)",
            "[a](\\\\b)",
            "[a](/\\b)",
            "[a](\x01javascript:b)",
        ),
        *(
            "[a]{style=b}",
            '[a]{onclick="b" lang="\'\\">c"}',
            "[a]{lang=x dir=y .z #w}",
            "</p></li></td>",
        ),
        *(
            "![a](b)",
            "![a](b 'c')",
            "![[^1]](b)",
            "[^1][^1]",
            "[^new]",
            "[a[^1]](b)",
            "`a",
            "**a",
            "*",
        ),
        *(
            "]]>",
            "<!--",
            "-->",
            "<a href=b>",
            "</span>",
            "</figcaption>",
            "\ufeff",
            "\u202e",
            "\ud7ff",
        ),
    )
)
MSGSTRS = st.one_of(st.text(), SCRAWL, HOSTILE, inlines(("1",)))


@settings(deadline=None, max_examples=300)
@given(st.lists(MSGSTRS, min_size=1, max_size=12), st.sampled_from(State))
def test_any_translation_is_rendered_safely_and_stays_in_its_block(
    msgstrs: list[str], state: State
) -> None:
    queue = msgstrs * 20

    def choose(_: Segment) -> Passage:
        return Passage(queue.pop(), TR, state)

    rendering = render(text(PLACES), TR, choose)
    for html in everything(rendering):
        assert_safe(html)
    plain = parsed(render(text(PLACES), EN).html).blocks
    for html in (rendering.html, rendering.print_html):
        assert [tag for tag in parsed(html).blocks if tag != "figcaption"] == [
            tag for tag in plain if tag != "figcaption"
        ]


@settings(deadline=None, max_examples=300)
@given(SCRAWL, st.sampled_from(State))
def test_any_source_is_cut_and_rendered_safely(source: str, state: State) -> None:
    cut(text(source), EN)
    rendering = render(text(source), TR, lambda s: Passage(s.key[1], EN, state))
    for html in everything(rendering):
        assert_safe(html)


@given(MSGSTRS)
def test_any_inline_text_can_be_taken_apart(source: str) -> None:
    found = inline(source, DEFINITIONS)
    opened: list[str] = []
    for atom in found.atoms:
        if atom.kind.startswith("/"):
            assert opened.pop() == atom.kind[1:]
        elif atom.kind in ("link", "span", "em", "strong"):
            opened.append(atom.kind)
    assert opened == []


def test_an_inline_text_is_taken_apart_into_what_readers_meet() -> None:
    source = "A *b* [c **d**][R] `e`[^f]\\\n<https://g.example> ![h *i*](j.png) [کتاب]{lang=fa} <b>"
    found = inline(source, DEFINITIONS)
    assert [(a.kind, a.content) for a in found.atoms if a.content or a.kind == "break"] == [
        ("text", "A "),
        ("text", "b"),
        ("text", " "),
        ("link", "https://r.example"),
        ("text", "c "),
        ("text", "d"),
        ("text", " "),
        ("code", "e"),
        ("mark", "f"),
        ("break", ""),
        ("link", "https://g.example"),
        ("address", "https://g.example"),
        ("text", " "),
        ("image", "j.png"),
        ("text", " "),
        ("text", "کتاب"),
        ("text", " <b>"),
    ]
    assert [a.kind for a in found.all("em")] == ["em"]
    assert [(a.language, a.direction) for a in found.all("span")] == [("fa", "rtl")]
    assert found.tags == ("<b>",)


def through_the_parser(patch: pytest.MonkeyPatch) -> None:
    """Let the parser see each text anew, and every text."""
    patch.setattr(markdown, "_MARKUP", re.compile(""))
    patch.setattr(markdown, "_parsed", markdown._parsed.__wrapped__)
    patch.setattr(markdown, "_parsed_blocks", markdown._parsed_blocks.__wrapped__)


@settings(deadline=None, max_examples=300)
@given(st.one_of(MSGSTRS, st.text(st.characters(codec="utf-8")), st.text("a \t!#]&;:^{}~@(")))
def test_a_text_without_markup_is_what_the_parser_would_make_of_it(source: str) -> None:
    found = inline.__wrapped__(source, DEFINITIONS)
    with pytest.MonkeyPatch.context() as patch:
        through_the_parser(patch)
        assert inline.__wrapped__(source, DEFINITIONS) == found


@settings(deadline=None, max_examples=40)
@given(documents())
def test_what_was_parsed_before_is_what_would_be_parsed_now(source: str) -> None:
    def made() -> tuple[object, ...]:
        seen = [render(text(source), TR, choose, original=EN) for choose in (identity, outdated)]
        return cut.__wrapped__(text(source), EN), *seen

    made()  # whoever changes a token by now has changed it for all who come after
    found = made()
    with pytest.MonkeyPatch.context() as patch:
        through_the_parser(patch)
        assert made() == found


def outdated(segment: Segment) -> Passage:
    return Passage(segment.key[1], TR, State.STALE)


@given(MSGSTRS)
def test_each_part_of_an_inline_text_knows_its_place(source: str) -> None:
    found = markdown.placed(source, DEFINITIONS)
    assert found == inline(source, DEFINITIONS)
    for atom in found.atoms:
        many = len(atom.content) if atom.kind in ("text", "address") else 1
        assert len(atom.offsets) == many
        assert all(0 <= at <= len(source) for at in atom.offsets)


# ── Typography ───────────────────────────────────────────────────────────────────────────────


def one_kind(words: str) -> str:
    """The words with one kind of space, and one of quotation mark."""
    return words.translate(str.maketrans("\u00a0\n'“”‘’«»‹›", "  " + '"' * 9))


def assert_only_set(source: str) -> None:
    """What stands on the page is what stood there before, but for spaces and quotation marks in
    running text and in what describes an image."""
    done = render(text(source), EN, original=TR)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typography, "nodes", lambda parts, _: parts)
        patch.setattr(typography, "text", lambda words, _: words)
        plain = render(text(source), EN, original=TR)
    for before, after in zip(everything(plain), everything(done), strict=True):
        old, new = parsed(before), parsed(after)
        assert one_kind("".join(new.words)) == one_kind("".join(old.words))
        assert new.codes == old.codes
        for (tag, was), (same, attrs) in zip(old.tags, new.tags, strict=True):
            assert (tag, one_kind(was.pop("alt", ""))) == (same, one_kind(attrs.pop("alt", "")))
            assert one_kind(was.pop("title", "")) == one_kind(attrs.pop("title", ""))
            assert was == attrs


@settings(deadline=None, max_examples=60)
@given(documents())
def test_typography_leaves_everything_but_spaces_and_quotation_marks(source: str) -> None:
    assert_only_set(source)


@settings(deadline=None, max_examples=150)
@given(SCRAWL)
def test_typography_leaves_everything_else_of_scrawl(source: str) -> None:
    assert_only_set(source)


def test_messages_are_cut_as_they_were_written() -> None:
    [segment] = cut(text('It\'s "5 km" on p.\n5.'), EN).segments
    assert segment.key[1] == 'It\'s "5 km" on p. 5.'
    assert render(text(segment.key[1]), EN).html == "<p>It’s “5&nbsp;km” on p.&nbsp;5.</p>\n"


# ── Law 4 ────────────────────────────────────────────────────────────────────────────────────


ENDING = "\n\n[R]: https://r.example\n[S]: s.md\n\n" + "\n\n".join(
    f"[^{label}]: Note {label}." for label in LABELS
)


@dataclass(frozen=True)
class Skeleton:
    """What a reader could follow, see or copy."""

    addresses: Counter[str]
    images: Counter[str]
    marks: Counter[str]
    codes: Counter[str]
    listed: frozenset[str]


def skeleton(rendering: Rendering) -> Skeleton:
    page = parsed(rendering.html)
    notes = {f"#note-{note.number}": note.html for note in rendering.notes}
    hrefs = page.values("href")
    return Skeleton(
        addresses=Counter(href for href in hrefs if href not in notes),
        images=Counter(page.values("src")),
        marks=Counter(notes[href] for href in hrefs if href in notes),
        codes=Counter(page.codes),
        listed=frozenset(notes.values()),
    )


def assert_law_4(source: str, msgstr: str) -> bool:
    """Where `differences` accepts the translation, only words change; whether it did."""
    original = text(source + ENDING)
    segment = cut(original, EN).segments[0]
    found = cut(original, EN)
    if differences(Pair(segment.key[1], msgstr, TR, definitions=found.definitions)):
        return False
    before = skeleton(render(original, EN))
    after = skeleton(
        render(original, TR, lambda s: Passage(msgstr, TR) if s.key == segment.key else None)
    )
    assert after.addresses == before.addresses
    assert after.images == before.images
    assert after.marks == before.marks
    assert after.listed == before.listed
    assert set(after.codes) >= set(before.codes)
    return True


@st.composite
def translations(draw: st.DrawFn) -> tuple[str, str]:
    """A paragraph, and the same atoms in another order with some lost, changed or added."""
    found = draw(st.lists(atoms(LABELS, 1), min_size=1, max_size=6))
    msgid = "Word " + " ".join(found)
    moved = draw(st.permutations(found))
    kept = [atom for atom in moved if draw(st.integers(0, 9))]
    added = draw(st.lists(st.one_of(atoms(LABELS, 1), HOSTILE, WORDS), max_size=1))
    glue = draw(st.sampled_from((" ", " ", " ", "\n", "", " *", " ![", " `", "](")))
    return msgid, glue.join(["Kelime", *kept, *added])


@settings(deadline=None, max_examples=600)
@given(translations())
def test_an_accepted_translation_changes_words_and_nothing_else(pair: tuple[str, str]) -> None:
    assert_law_4(*pair)


@pytest.mark.parametrize(
    ("source", "msgstr"),
    [
        ("Word [a](b.md) `c` [^a]", "`c` [^a] kelime [a](b.md)"),
        ("Word ![a](b.png)", "![ç](b.png) kelime"),
        ("Word [^a] [^b]", "[^b] Kelime [^a]"),
        ("Word [a][R]", "Kelime <https://r.example>"),
    ],
)
def test_law_4_is_about_translations_that_are_accepted(source: str, msgstr: str) -> None:
    assert assert_law_4(source, msgstr)


@pytest.mark.parametrize(
    ("source", "msgstr"),
    [
        ("Word [a](b.png)", "Kelime ![a](b.png)"),
        ("Word", "Kelime ![a](b.png)"),
        ("Word [^a]", "Kelime [^a] [^b]"),
        ("Word [^a]", "Kelime ![[^a]](b.png)"),
        ("Word `a`", "Kelime a"),
    ],
)
def test_law_4_refuses(source: str, msgstr: str) -> None:
    assert not assert_law_4(source, msgstr)


# ── Addresses ────────────────────────────────────────────────────────────────────────────────


@settings(deadline=None, max_examples=300)
@given(st.text(max_size=12).map(lambda s: f"java{s}script:a") | st.text(max_size=20))
def test_an_address_that_is_let_through_is_safe_for_a_browser(url: str) -> None:
    for html in everything(render(text(f"[a]({url}) [b](<{url}>) ![c]({url}) <{url}>"), EN)):
        assert_safe(html)


# ── Size ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(source, id=name)
        for name, source in {
            "brackets": "[" * 20_000,
            "image brackets": "![" * 4_000,
            "stars": "*a " * 20_000,
            "double stars": "**a " * 20_000,
            "underscores": "_a " * 20_000,
            "backticks": "`" * 20_000,
            "backticks of every length": " ".join("`" * n for n in range(1, 200)),
            "backticks over lines": "`a\n" * 5_000,
            "comments": "<!--" * 4_000,
            "comments over lines": "<!--\n" * 4_000,
            "comments that a blank line cuts": "<!--\n" * 2_000 + "\n-->",
            "comments in text": "a <!-- " * 8_000,
            "instructions": "<?" * 8_000,
            "tags": "<a " * 8_000,
            "attributes": "<a" + " a" * 20_000,
            "quotations": "> " * 200 + "a",
            "lists": "- " * 200 + "a",
            "lists over lines": "".join("  " * n + "- a\n" for n in range(200)),
            "link ends": "](" * 10_000,
            "links": "[a](b " * 5_000,
            "spans": "[" * 2_000 + "a" + "]{lang=fa}" * 2_000,
            "marks": "[^1]" * 5_000,
            "columns": "|a" * 5_000 + "|\n" + "|-" * 5_000 + "|\n" + "|b" * 5_000 + "|\n",
            "spaces": "a" + " " * 20_000 + "b\nc",
            "spaces in a heading": "# a" + " " * 30_000 + "b",
            "spaces in a directive": "<!-- note: a" + " " * 30_000 + "b -->",
            "lines": "a\n" * 20_000,
            "hard breaks": "a\\\n" * 5_000,
            "entities": "&" * 20_000,
        }.items()
    ],
)
def test_a_hostile_text_is_cut_compared_and_rendered_all_the_same(source: str) -> None:
    found = cut(text(source), EN)
    for segment in found.segments[:2]:
        differences(Pair(segment.key[1], segment.key[1], TR, definitions=found.definitions))
    assert_safe(render(text(source), EN, identity).html)


def test_a_paragraph_without_end_is_told_and_not_looked_at() -> None:
    found = cut(text("One.\n\n" + "![" * 10_001), EN)
    assert [(p.code, p.span.line) for p in found.problems] == [("F7", 3)]
    assert [segment.key[1] for segment in found.segments] == ["One."]
    assert cut(text("a" * 20_000), EN).problems == ()


def test_comments_below_comments_belong_to_the_next_block() -> None:
    found = cut(text("<!-- note: a -->\n<!-- note: b -->\n\nOne.\n\n<!-- note: c -->"), EN)
    assert [(c.content, c.lines) for c in found.comments] == [
        ("note: a", (4, 4)),
        ("note: b", (4, 4)),
        ("note: c", (0, 0)),
    ]


def test_a_mark_inside_the_words_of_a_link_is_what_the_hint_is_about() -> None:
    for link, hint in (
        ("[a[^n] b](https://a.example)", "outside the words of a link"),
        ("[a *b*[^n]](c.md)", "outside the words of a link"),
        ("[a](javascript:b)[^n]", "an address begins with"),
        ("[a[^n] b](javascript:b)", "an address begins with"),
    ):
        [problem] = cut(text(f"See {link}.\n\n[^n]: Note."), EN).problems
        assert hint in problem.hint, link


def test_marks_of_notes_have_the_digits_of_the_edition() -> None:
    source = "".join(f"W{n}[^{n}]\n\n[^{n}]: N\n\n" for n in range(1, 11))
    shown = markdown.render(Text(source, Span("a.md")), parse("fa"))
    assert 'href="#note-10"' in shown.html
    assert ">۱۰</a>" in shown.html
    assert [note.number for note in shown.notes][-1] == 10
