"""Catalogues: what is written is read again, what is broken is refused, nothing vanishes."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publish import catalogue
from publish.errors import Problem
from publish.load import decode
from publish.locales import Locale, parse
from publish.model import Catalogue, Entry, Previous

TR = parse("tr")
HEADER = (("Language", "tr"), ("Content-Type", "text/plain; charset=UTF-8"))
HEAD = r"""msgid ""
msgstr ""
"Language: tr\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

"""


def read(text: str, locale: Locale | None = TR) -> Catalogue:
    found, problems = catalogue.read("a.po", text, "pieces/a", locale)
    assert problems == ()
    assert found is not None
    return found


def faults(text: str, locale: Locale | None = TR) -> tuple[Problem, ...]:
    found, problems = catalogue.read("a.po", text, "pieces/a", locale)
    assert (found is None) is bool(problems)
    return problems


# ── Round trips ──────────────────────────────────────────────────────────────────────────────


LETTERS = st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"), exclude_characters="\ufeff")
SPECIAL = st.sampled_from(
    (
        *('"', "\\", "\\n", "\n", "\n\n", "\t", "\\\n", '\\"', "#", "#~ ", "#| ", "msgid ", "a\nb"),
        *(
            "Ünlü",
            "свет",
            "دفتر",
            "\u00a0",
            "\u200c",
            "🕯",
            "long words " * 12,
            "https://a.example/" + "b" * 90,
        ),
    )
)
STRINGS = st.lists(st.one_of(SPECIAL, st.text(LETTERS, max_size=12)), max_size=6).map("".join)
WORDS = STRINGS.filter(bool)
LINES = st.one_of(st.text(LETTERS, max_size=20), SPECIAL.map(lambda s: s.replace("\n", "⏎")))
COMMENTS = st.lists(LINES.map(lambda line: line.rstrip(" \t")), max_size=4).map("\n".join)
NAMES = st.text(
    st.characters(categories=("Lu", "Ll", "Nd"), max_codepoint=127), min_size=1, max_size=8
)
FLAGS = st.lists(
    st.sampled_from(("fuzzy", "python-format", "no-python-format", "md-text")),
    unique=True,
    max_size=3,
).map(tuple)
PATHS = st.lists(NAMES.map("sources/{}.md".format), max_size=3).map(tuple)


@st.composite
def entries(draw: st.DrawFn, *, obsolete: bool) -> Entry:
    plural = draw(st.one_of(st.just(""), st.just(""), WORDS))
    forms = tuple(draw(st.lists(STRINGS, min_size=1, max_size=6))) if plural else ()
    previous = st.builds(Previous, STRINGS, WORDS, STRINGS)
    return Entry(
        key=(draw(st.one_of(st.just(""), STRINGS)), draw(WORDS)),
        translation=forms[0] if forms else draw(STRINGS),
        plural=plural,
        plurals=forms,
        flags=draw(FLAGS),
        previous=draw(st.one_of(st.none(), previous)),
        comments=draw(COMMENTS),
        notes="" if obsolete else draw(COMMENTS),
        references=() if obsolete else draw(PATHS),
    )


def unique(found: list[Entry]) -> tuple[Entry, ...]:
    return tuple({entry.key: entry for entry in found}.values())


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue:
    """Any catalogue that keeps the rules of text files."""
    value = st.text(LETTERS, max_size=90).map(str.strip)
    unknown = draw(st.dictionaries(NAMES.map("X-{}".format), value, max_size=3))
    live = unique(draw(st.lists(entries(obsolete=False), max_size=4)))
    keys = {entry.key for entry in live}
    gone = unique(draw(st.lists(entries(obsolete=True), max_size=3)))
    return Catalogue(
        domain="pieces/a",
        locale=None,
        header=(*HEADER, *unknown.items()),
        header_comment=draw(COMMENTS),
        header_flags=draw(FLAGS),
        entries=live,
        obsolete=tuple(entry for entry in gone if entry.key not in keys),
    )


@settings(deadline=None, max_examples=300)
@given(catalogues())
def test_what_is_written_is_read_again(written: Catalogue) -> None:
    assert read(catalogue.dump(written), None) == written


@settings(deadline=None, max_examples=100)
@given(catalogues())
def test_writing_keeps_the_rules_of_text_files(written: Catalogue) -> None:
    text = catalogue.dump(written)
    assert {problem.code for problem in decode("a.po", text.encode())[1]} <= {"F5", "F6"}
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


FULL = Catalogue(
    domain="pieces/a",
    locale=TR,
    header=(
        *HEADER,
        ("Plural-Forms", "nplurals=2; plural=(n != 1);"),
        ("X-Unknown", "kept: as is"),
    ),
    header_comment="Translators:\n  Ada <ada@a.example>, 2024",
    header_flags=("fuzzy",),
    entries=(
        Entry(
            ("title", "A title"),
            "Bir başlık",
            comments="a remark\n\n   indented",
            notes="title\n for whom",
            references=("sources/pieces/a.md",),
        ),
        Entry(("", 'line\\\nbreak and "quotes"\t'), "satır\\\nsonu «ç» \\n"),
        Entry(
            ("", "Changed words"),
            "Sözler",
            flags=("fuzzy", "md-text"),
            previous=Previous("before", "Words", "Plural words"),
            notes="paragraph\nchanged 2024-01-02",
        ),
        Entry(("", "%(n)s page"), "%(n)s sayfa", "%(n)s pages", ("%(n)s sayfa", "%(n)s sayfalar")),
        Entry(("", "A long message " * 9), "Uzun bir ileti " * 9),
        Entry(("", "Empty"), ""),
    ),
    obsolete=(
        Entry(
            ("summary", "Gone"),
            "Gitti",
            flags=("fuzzy",),
            previous=Previous("", "Going"),
            comments="why it went",
        ),
        Entry(("", "%(n)s ship"), "%(n)s gemi", "%(n)s ships", ("%(n)s gemi", "%(n)s gemiler")),
        Entry(("", "Last"), "Son"),
    ),
)
"""A catalogue with everything that a catalogue may hold."""

GOLDEN = r"""# Translators:
#   Ada <ada@a.example>, 2024
#, fuzzy
msgid ""
msgstr ""
"Language: tr\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"
"X-Unknown: kept: as is\n"

# a remark
#
#    indented
#. title
#.  for whom
#: sources/pieces/a.md
msgctxt "title"
msgid "A title"
msgstr "Bir başlık"

msgid ""
"line\\\n"
"break and \"quotes\"\t"
msgstr ""
"satır\\\n"
"sonu «ç» \\n"

#. paragraph
#. changed 2024-01-02
#, fuzzy, md-text
#| msgctxt "before"
#| msgid "Words"
#| msgid_plural "Plural words"
msgid "Changed words"
msgstr "Sözler"

msgid "%(n)s page"
msgid_plural "%(n)s pages"
msgstr[0] "%(n)s sayfa"
msgstr[1] "%(n)s sayfalar"

msgid ""
"A long message A long message A long message A long message A long message A "
"long message A long message A long message A long message "
msgstr ""
"Uzun bir ileti Uzun bir ileti Uzun bir ileti Uzun bir ileti Uzun bir ileti "
"Uzun bir ileti Uzun bir ileti Uzun bir ileti Uzun bir ileti "

msgid "Empty"
msgstr ""

# why it went
#, fuzzy
#~| msgid "Going"
#~ msgctxt "summary"
#~ msgid "Gone"
#~ msgstr "Gitti"

#~ msgid "%(n)s ship"
#~ msgid_plural "%(n)s ships"
#~ msgstr[0] "%(n)s gemi"
#~ msgstr[1] "%(n)s gemiler"

#~ msgid "Last"
#~ msgstr "Son"
"""


def test_a_catalogue_is_written_like_this() -> None:
    assert catalogue.dump(FULL) == GOLDEN


def test_and_read_back_whole() -> None:
    assert read(GOLDEN) == FULL


def test_entries_know_the_line_of_their_message() -> None:
    lines = ["", *GOLDEN.split("\n")]
    found = read(GOLDEN)
    assert lines[found.entries[0].line] == 'msgctxt "title"'
    assert lines[found.entries[2].line] == 'msgid "Changed words"'
    assert lines[found.obsolete[0].line] == '#~ msgctxt "summary"'


@pytest.mark.parametrize("name", ["es.po", "uk.po", "fa/fa.po"])
def test_real_catalogues_keep_their_meaning(shared: Path, name: str) -> None:
    path = shared / "corpora/comprehensive-rust" / name
    original = read(path.read_text(encoding="utf-8"), parse(path.stem))
    text = catalogue.dump(original)
    again = read(text, parse(path.stem))
    assert len(original.entries) > 3600
    assert original.obsolete
    assert again == original
    assert catalogue.dump(again) == text


# ── Other hands ──────────────────────────────────────────────────────────────────────────────


def test_other_ways_to_write_the_same() -> None:
    text = HEAD + (
        '#title\n#.note\n#:a.md  b.md\n#:c.md\n#,fuzzy,  md-text\n#,python-format\n#|  msgid  "x"\n'
        '#| ""\n#| "y"\n  msgctxt\t"c"\nmsgid"a"\n\t"b"  \nmsgstr   ""\n"c\\td"\n"e"\n'
        '#~msgid "f"\n#~\tmsgstr "g"\n#~ "h"'
        "\n"
    )
    found = read(text)
    assert found.entries == (
        Entry(
            ("c", "ab"),
            "c\tde",
            flags=("fuzzy", "md-text", "python-format"),
            previous=Previous("", "xy"),
            comments="title",
            notes="note",
            references=("a.md", "b.md", "c.md"),
        ),
    )
    assert found.obsolete == (Entry(("", "f"), "gh"),)


def test_messages_need_no_blank_line_between_them() -> None:
    found = read(
        HEAD + 'msgid "a"\nmsgstr "b"\nmsgid "c"\nmsgstr "d"\n# e\nmsgid "f"\nmsgstr "g"\n'
    )
    assert [entry.key[1] for entry in found.entries] == ["a", "c", "f"]
    assert found.entries[2].comments == "e"


def test_a_header_without_a_line_end_or_with_continued_lines_is_read() -> None:
    header = "Content-Type: text/plain; charset=utf-8\\nX-A: one\\n two\\nX-B: three"
    text = f'msgid ""\nmsgstr "{header}"\n'
    assert read(text).header[1:] == (("X-A", "one two"), ("X-B", "three"))


@pytest.mark.parametrize("language", ["", "tr", "tr_TR", "tr-TR", "tr_TR.UTF-8", "tr@latin"])
def test_a_header_may_name_its_language_more_closely(language: str) -> None:
    assert faults(HEAD.replace("Language: tr", f"Language: {language}")) == ()


GETTEXT = pytest.mark.skipif(
    not all(map(shutil.which, ("msgcat", "msgfmt"))), reason="gettext's tools are not installed"
)


def gettext(*command: str | Path, text: str = "") -> str:
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": "C"}
    done = subprocess.run(
        command, input=text.encode(), capture_output=True, check=False, env=environment
    )
    assert (done.returncode, done.stderr.decode()) == (0, "")
    return done.stdout.decode()


GNU_HEADER = (
    ("Project-Id-Version", "a"),
    ("PO-Revision-Date", "2024-01-02 00:00+0000"),
    ("Last-Translator", "Ada <ada@a.example>"),
    ("Language-Team", "tr"),
    *HEADER,
    ("MIME-Version", "1.0"),
    ("Content-Transfer-Encoding", "8bit"),
    ("Plural-Forms", "nplurals=2; plural=(n != 1);"),
)


@GETTEXT
def test_msgfmt_accepts_what_is_written(tmp_path: Path) -> None:
    path = tmp_path / "a.po"
    path.write_text(catalogue.dump(dataclasses.replace(FULL, header=GNU_HEADER, header_flags=())))
    gettext("msgfmt", "-c", "-o", tmp_path / "a.mo", path)
    assert (tmp_path / "a.mo").stat().st_size > 0


@GETTEXT
@settings(deadline=None, max_examples=25)
@given(catalogues())
def test_msgcat_reads_in_it_what_we_read(written: Catalogue) -> None:
    # It has its own way with comments and unknown flags, and drops what is untranslated and gone.
    plain = dataclasses.replace(
        written,
        header=GNU_HEADER,
        header_comment="",
        header_flags=(),
        entries=tuple(map(plainer, written.entries)),
        obsolete=tuple(plainer(entry) for entry in written.obsolete if entry.translation),
    )
    again = gettext("msgcat", "--force-po", "-", text=catalogue.dump(plain))
    assert read(again, None) == plain


def plainer(entry: Entry) -> Entry:
    flags = ("fuzzy",) if entry.fuzzy and entry.translation else ()
    return dataclasses.replace(entry, comments="", notes="", references=(), flags=flags)


# ── Faults ───────────────────────────────────────────────────────────────────────────────────


WHERE = HEAD.count("\n")
"""Lines above the first message of a test."""

BROKEN = {
    "P1: an unquoted msgstr": ('msgid "a"\nmsgstr b\n', "2:8 P1 the text is not in double quotes"),
    "P1: an empty msgstr": ('msgid "a"\nmsgstr\n', "2:7 P1 the text is not in double quotes"),
    "P1: single quotes": ("msgid 'a'\nmsgstr \"\"\n", "1:7 P1 the text is not in double quotes"),
    "P1: an unclosed text": ('msgid "a\nmsgstr "b"\n', "1:7 P1 the text is not closed"),
    "P1: a lone quote": ('msgid "a"\nmsgstr "\n', "2:8 P1 the text is not closed"),
    "P1: an escaped end": ('msgid "a"\nmsgstr "b\\"\n', "2:8 P1 the text is not closed"),
    "P1: an unclosed continuation": (
        'msgid "a"\nmsgstr ""\n  "b\n',
        "3:3 P1 the text is not closed",
    ),
    "P1: a quote inside": (
        'msgid "a"\nmsgstr "b "c" d"\n',
        "2:8 P1 a double quote inside the text",
    ),
    "P1: words behind the text": ('msgid "a" b\nmsgstr ""\n', "1:7 P1 the text is not closed"),
    "P1: an unknown escape": ('msgid "a"\nmsgstr "b\\q\\\\q"\n', "2:10 P1 unknown escape \\q"),
    "P1: two unknown escapes": (
        'msgid "a"\nmsgstr "\\x\\y"\n',
        "2:9 P1 unknown escape \\x",
        "2:11 P1 unknown escape \\y",
    ),
    "P1: an unknown keyword": (
        'msgid "a"\nmsgstr "b"\nmsgstring "c"\n',
        '3:1 P1 this is not a line of a catalogue: msgstring "c"',
    ),
    "P1: prose": (
        "  some words\n",
        "1:3 P1 this is not a line of a catalogue: some words",
    ),
    "P1: a text without a keyword": ('"a"\n', "1:1 P1 a text without a keyword"),
    "P1: a text behind a comment": (
        '# a\n"b"\nmsgid "c"\nmsgstr ""\n',
        "2:1 P1 a text without a keyword",
    ),
    "P1: a text behind an earlier msgid": (
        '#| msgid "a"\n"b"\nmsgid "c"\nmsgstr ""\n',
        "2:1 P1 a text without a keyword",
    ),
    "P1: a msgstr without a msgid": (
        'msgstr "a"\n',
        "1:1 P1 msgstr without a msgid before it",
        "1:1 P2 this message has no msgid",
    ),
    "P1: two msgstr": (
        'msgid "a"\nmsgstr "b"\nmsgstr "c"\n',
        "3:1 P1 msgstr without a msgid before it",
        "3:1 P2 this message has no msgid",
    ),
    "P1: a comment inside": (
        'msgid "a"\n# b\nmsgstr "c"\n',
        "2:1 P1 a comment stands inside a message",
    ),
    "P1: an earlier msgid inside": (
        'msgid "a"\n#| msgid "b"\nmsgstr "c"\n',
        "2:1 P1 a comment stands inside a message",
    ),
    "P1: an earlier msgstr": (
        '#| msgstr "a"\nmsgid "b"\nmsgstr ""\n',
        "1:1 P1 msgstr in a comment on an earlier msgid",
    ),
    "P1: an earlier msgid twice": (
        '#| msgid "a"\n#| msgid "b"\nmsgid "c"\nmsgstr ""\n',
        "2:1 P1 msgid stands twice in a message",
    ),
    "P1: forms without a plural": (
        'msgid "a"\nmsgstr[0] "b"\n',
        "1:1 P1 msgstr[0] where msgstr should stand",
    ),
    "P1: a plural without forms": (
        'msgid "a"\nmsgid_plural "b"\nmsgstr "c"\n',
        "1:1 P1 msgstr where msgstr[0] should stand",
    ),
    "P1: a form left out": (
        'msgid "a"\nmsgid_plural "b"\nmsgstr[0] "c"\nmsgstr[2] "d"\n',
        "1:1 P1 msgstr[0], msgstr[2] where msgstr[0], msgstr[1] should stand",
    ),
    "P1: a form twice": (
        'msgid "a"\nmsgid_plural "b"\nmsgstr[0] "c"\nmsgstr[0] "d"\n',
        "4:1 P1 msgstr[0] stands twice in a message",
    ),
    "P1: an empty plural": (
        'msgid "a"\nmsgid_plural ""\nmsgstr[0] "c"\n',
        "1:1 P1 an empty msgid_plural",
    ),
    "P1: half obsolete": (
        '#~ msgid "a"\nmsgstr "b"\n',
        "2:1 P1 a message is obsolete in part",
    ),
    "P1: a text that is not obsolete": (
        '#~ msgid "a"\n#~ msgstr ""\n"b"\n',
        "3:1 P1 a message is obsolete in part",
    ),
    "P1: a control character": ('msgid "a\x0c"\nmsgstr ""\n', "1:9 P1 control character U+000C"),
    "P1: a line end that is none": (
        'msgid "a\u2028"\nmsgstr ""\n',
        "1:9 P1 control character U+2028",
    ),
    "P1: a conflict": (
        'msgid "a"\n<<<<<<< HEAD\nmsgstr "b"\n=======\nmsgstr "c"\n>>>>>>> other\n',
        "2:1 P1 this is not a line of a catalogue: <<<<<<< HEAD",
        "4:1 P1 this is not a line of a catalogue: =======",
        "5:1 P1 msgstr without a msgid before it",
        "6:1 P1 this is not a line of a catalogue: >>>>>>> other",
        "5:1 P2 this message has no msgid",
    ),
    "P2: no msgstr": (
        'msgid "a"\n\nmsgid "b"\nmsgstr "c"\n',
        "1:1 P2 this message has no msgstr",
    ),
    "P2: no msgstr at the end": ('msgctxt "c"\nmsgid "a"\n', "1:1 P2 this message has no msgstr"),
    "P2: no msgid": ('msgctxt "c"\n', "1:1 P2 this message has no msgid"),
    "P2: no line end": ('msgid "a"\nmsgstr "b"', "2:11 P2 the last line has no end"),
    "P2: a comment at the end": (
        'msgid "a"\nmsgstr "b"\n\n#. c\n',
        "5:1 P2 the file ends with a comment that belongs to no message",
    ),
    "P2: an earlier msgid at the end": (
        'msgid "a"\nmsgstr "b"\n\n#| msgid "c"\n',
        "5:1 P2 the file ends with a comment that belongs to no message",
    ),
    "P3: twice": (
        'msgid "a"\nmsgstr "b"\n\nmsgid "a"\nmsgstr "c"\n',
        "4:1 P3 this message stands twice: a",
    ),
    "P3: twice in the same context": (
        'msgctxt "c"\nmsgid "a"\nmsgstr "b"\n\nmsgctxt "c"\nmsgid ""\n"a"\nmsgstr ""\n',
        "5:1 P3 this message stands twice: a",
    ),
    "P3: live and obsolete": (
        'msgid "a"\nmsgstr "b"\n\n#~ msgid "a"\n#~ msgstr "c"\n',
        "4:1 P3 this message stands twice: a",
    ),
    "P3: two headers": (
        'msgid ""\nmsgstr ""\n',
        "1:1 P3 this message stands twice: ",
    ),
}


@pytest.mark.parametrize(("body", "expected"), [(b, e) for b, *e in BROKEN.values()], ids=[*BROKEN])
def test_a_broken_catalogue_is_refused(body: str, expected: list[str]) -> None:
    found = faults(HEAD + body)
    said = [f"{p.span.line - WHERE}:{p.span.column} {p.code} {p.message}" for p in found]
    assert sorted(said) == sorted(expected)
    assert {p.span.path for p in found} == {"a.po"}


def test_all_faults_are_told_at_once() -> None:
    found = faults(HEAD + 'msgid "a\nmsgstr "b"\n\nmsgid "c"\n\nmsgid "d"\nmsgstr "\\q"\n')
    assert [(p.code, p.span.line - WHERE) for p in found] == [("P1", 1), ("P2", 4), ("P1", 7)]


HEADERS = {
    "empty": ("", "1:1 P4 the file is empty"),
    "blank": ("\n \n", "1:1 P4 the file is empty"),
    "no header": ('msgid "a"\nmsgstr "b"\n', "1:1 P4 the header is missing"),
    "a header elsewhere": (
        f'# b\n\nmsgid "a"\nmsgstr "b"\n\n{HEAD}',
        "3:1 P4 the header is missing",
    ),
    "an obsolete header": ('#~ msgid ""\n#~ msgstr ""\n', "1:1 P4 the header is missing"),
    "a header with a context": (
        HEAD.replace('msgid ""', 'msgctxt "a"\nmsgid ""'),
        "1:1 P4 the header is missing",
    ),
    "no charset": (
        HEAD.replace("; charset=UTF-8", ""),
        "1:1 P4 the header names no charset, not UTF-8",
    ),
    "an empty header": ('msgid ""\nmsgstr ""\n', "1:1 P4 the header names no charset, not UTF-8"),
    "a plural header": (
        'msgid ""\nmsgid_plural "a"\nmsgstr[0] ""\n',
        "1:1 P4 the header names no charset, not UTF-8",
    ),
    "another charset": (
        HEAD.replace("UTF-8", "KOI8-R"),
        "1:1 P4 the header names KOI8-R, not UTF-8",
    ),
    "a charset that begins the same": (
        HEAD.replace("UTF-8", "UTF-8-but-not"),
        "1:1 P4 the header names UTF-8-but-not, not UTF-8",
    ),
    "another language": (
        HEAD.replace("Language: tr", "Language: ru"),
        "1:1 P4 the header says Language: ru, the folder says tr",
    ),
    "plurals that are no formula": (
        HEAD.replace("(n != 1)", "__import__('os')"),
        "1:1 P4 Plural-Forms is not the language's",
    ),
    "plurals without an end": (
        HEAD.replace("(n != 1)", "n" * 400),
        "1:1 P4 Plural-Forms is not the language's",
    ),
    "plurals of another language": (
        HEAD.replace("nplurals=2", "nplurals=3")
        + 'msgid "a"\nmsgid_plural "b"\nmsgstr[0] ""\nmsgstr[1] ""\nmsgstr[2] ""\n',
        "1:1 P4 Plural-Forms is not the language's",
    ),
    "no number of plurals": (
        HEAD.replace("nplurals=2", "nplurals=INTEGER"),
        "1:1 P4 Plural-Forms is not the language's",
    ),
}


@pytest.mark.parametrize(("text", "expected"), HEADERS.values(), ids=[*HEADERS])
def test_a_header_is_refused(text: str, expected: str) -> None:
    said = [f"{p.span.line}:{p.span.column} {p.code} {p.message}" for p in faults(text)]
    assert said == [expected]


def test_the_number_of_plurals_matters_only_where_something_is_counted() -> None:
    assert faults(HEAD.replace("nplurals=2", "nplurals=3") + 'msgid "a"\nmsgstr "b"\n') == ()


def test_a_template_has_no_language_to_agree_with() -> None:
    assert faults(HEAD.replace("Language: tr", "Language: ru"), None) == ()


# ── Truncation ───────────────────────────────────────────────────────────────────────────────


def test_a_file_cut_off_anywhere_is_refused_or_read_as_what_is_there() -> None:
    data = GOLDEN.encode()
    whole = [*FULL.entries, *FULL.obsolete]
    ends = [len(part.encode()) for part in accumulated(GOLDEN.split("\n\n"))]
    refused = 0
    for size in range(len(data)):
        text, problems = decode("a.po", data[:size])
        found = None
        if not problems:
            found, problems = catalogue.read("a.po", text, "pieces/a", TR)
        if found is None:
            refused += 1
            assert problems[0].span.line >= 1
            continue
        complete = max(0, sum(end <= size for end in ends) - 1)
        rest = [*found.entries, *found.obsolete]
        assert rest[:complete] == whole[:complete]
        assert len(rest) <= complete + 1
        for last in rest[complete:]:
            assert last.key == whole[complete].key
            assert last.plurals == whole[complete].plurals[: len(last.plurals)]
            assert whole[complete].translation.startswith(last.translation)
    assert refused > len(data) * 0.9


def accumulated(parts: list[str]) -> list[str]:
    return ["\n\n".join(parts[: number + 1]) + "\n" for number in range(len(parts))]


# ── Any text ─────────────────────────────────────────────────────────────────────────────────


FRAGMENTS = st.sampled_from(
    (
        *(
            'msgid "a"\n',
            'msgstr "b"\n',
            'msgid "c"\nmsgstr "d"\n',
            'msgid "e"\nmsgstr "f"\n',
            "\n",
        ),
        *(
            'msgctxt "c"\n',
            'msgid_plural "d"\n',
            'msgid_plural ""\n',
            'msgstr[0] "e"\n',
            'msgstr[1] "f"\n',
        ),
        *(
            'msgstr[10] "g"\n',
            "msgstr[",
            'msgid ""\nmsgstr ""\n',
            '"x"\n',
            '"a\\n"\n',
            '"',
            "\\",
            "\\n",
        ),
        *(
            "#~ ",
            "#~\n",
            "#| ",
            "#~| ",
            "# ",
            "#\n",
            "#. ",
            "#: ",
            "#, fuzzy\n",
            "#, \n",
            "#,\n",
            "#-\n",
        ),
        *('#~ msgid "q"\n', '#~ msgstr "r"\n', '#| msgid "p"\n', '#~| msgctxt "p"\n', 'msgid"h"\n'),
        *(
            "\t",
            " ",
            "\r",
            "\x00",
            "\x85",
            "\u2028",
            "\x0c",
            "\ufeff",
            'domain "x"\n',
            "<<<<<<< a\n",
        ),
    )
)
SCRAWL = st.lists(st.one_of(FRAGMENTS, FRAGMENTS, st.text(max_size=3)), max_size=14).map("".join)


@settings(deadline=None, max_examples=1500)
@given(st.sampled_from((HEAD, HEAD, HEAD, "")), SCRAWL)
def test_any_text_is_read_or_refused_and_what_is_read_can_be_written(head: str, body: str) -> None:
    found, problems = catalogue.read("a.po", head + body, "pieces/a", TR)
    assert (found is None) is bool(problems)
    if found is not None:
        text = catalogue.dump(found)
        again = read(text)
        assert catalogue.dump(again) == text
        assert [translated(entry) for entry in again.entries] == [
            translated(entry) for entry in found.entries
        ]


def translated(entry: Entry) -> tuple[object, ...]:
    return entry.key, entry.translation, entry.plural, entry.plurals, entry.flags, entry.comments


# ── Lines that nobody touched ────────────────────────────────────────────────────────────────

WRAPPED = """msgid ""
msgstr ""
"Language: tr\\n"
"Content-Type: text/plain; charset=UTF-8\\n"

# a remark
#: a.md
msgid ""
"One "
"light."
msgstr ""
"Bir "
"fener."

#: a.md
msgid "Two lights."
msgstr   "İki fener."

#~ msgid ""
#~ "Three "
#~ "lights."
#~ msgstr "Üç fener."
"""


def test_entries_that_did_not_change_keep_their_lines() -> None:
    before, problems = catalogue.read("a.po", WRAPPED, "pieces/a", parse("tr"))
    assert before is not None, problems
    assert catalogue.dump(before, before).endswith(WRAPPED.partition("\n\n")[2])
    one, two = before.entries
    after = dataclasses.replace(
        before, entries=(one, dataclasses.replace(two, translation="İki fener daha."))
    )
    now = WRAPPED.replace('msgstr   "İki fener."', 'msgstr "İki fener daha."')
    assert catalogue.dump(after, before).partition("\n\n")[2] == now.partition("\n\n")[2]
    assert "One light." in catalogue.dump(after)


# ── The short way and the long one ───────────────────────────────────────────────────────────


def assert_read_alike(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages of the commonest form are read at once; line by line they read the same."""
    short = catalogue.read("a.po", text, "pieces/a", parse("tr"))
    with monkeypatch.context() as patched:
        patched.setattr(catalogue, "_lint_block", lambda *_: False)
        assert catalogue.read("a.po", text, "pieces/a", parse("tr")) == short
        long = catalogue.read("a.po", text, "pieces/a", parse("tr"))
    for one, other in zip(
        *(found[0].entries if found[0] else () for found in (short, long)), strict=True
    ):
        assert (one.line, one.text) == (other.line, other.text)


ODD_LINES = st.lists(
    st.sampled_from(
        (
            *("", "", " ", "# a", "#", "#. b", "#: c d", "#, fuzzy", "# v  ", "#=", "\tr"),
            *('#| msgid "e"', '#~ msgid "f"', '#~ msgstr "q"', 'msgid ""', 'msgid "g"', '"k"'),
            *('msgid "h"', 'msgstr ""', 'msgstr "i"', 'msgctxt "j"', '"l\\n"', '"m\\q"', '"n'),
            *('msgid_plural "o"', 'msgstr[0] "p"', '  msgid "s"', 'msgid  "t"', '"w" '),
            r'"\"u\\"',
        )
    ),
    max_size=14,
)


@settings(deadline=None, max_examples=400)
@given(ODD_LINES, st.booleans())
def test_any_lines_read_the_same_both_ways(lines: list[str], ended: bool) -> None:
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    text = head + "\n".join(lines) + "\n" * ended
    with pytest.MonkeyPatch.context() as monkeypatch:
        assert_read_alike(text, monkeypatch)


def test_real_catalogues_read_the_same_both_ways(
    shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = shared / "corpora/comprehensive-rust/es.po"
    assert_read_alike(
        path.read_text(encoding="utf-8")[:400_000].rpartition("\n\n")[0] + "\n", monkeypatch
    )


# ── Without end ──────────────────────────────────────────────────────────────────────────────

PO_HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ('msgid "a"\nmsgstr "' + "\\q" * 1000 + '"\n', {"P1"}),
        ('msgid "a"\nmsgstr "b"\n\n' * 1000, {"P3"}),
        ('msgid "a"\nmsgstr "b\n\n' * 1000, {"P1"}),
        ("#| msgid\n" * 1000, {"P1"}),
    ],
)
def test_of_very_many_faults_a_hundred_are_told(body: str, codes: set[str]) -> None:
    found, problems = catalogue.read("a.po", PO_HEAD + body, "pieces/a", parse("tr"))
    assert found is None
    assert len(problems) == 100
    assert {problem.code for problem in problems} == codes


@pytest.mark.parametrize(
    "body",
    [
        'msgid "a"\nmsgstr "' + "b" * 20_001 + '"\n',
        'msgid "' + "a" * 20_001 + '"\nmsgstr "b"\n',
        "# a\n" * 100_001 + 'msgid "a"\nmsgstr "b"\n',
    ],
)
def test_what_no_text_needs_is_refused_with_its_line(body: str) -> None:
    found, problems = catalogue.read("a.po", PO_HEAD + body, "pieces/a", parse("tr"))
    assert found is None
    assert {problem.code for problem in problems} == {"F7"}
    assert all(problem.span.line >= 4 for problem in problems)


def test_the_longest_message_is_read() -> None:
    body = 'msgid "a"\nmsgstr "' + "b" * 20_000 + '"\n'
    assert catalogue.read("a.po", PO_HEAD + body, "pieces/a", parse("tr"))[1] == ()
