"""XLIFF: what goes out, what comes back from tools, and what strangers' XML cannot do."""

from __future__ import annotations

import dataclasses
import re
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from translate.storage import factory
from translate.storage import xliff as toolkit

from publish import catalogue, exchange, xliff
from publish.check import check
from publish.errors import PublishError
from publish.load import load
from publish.locales import parse
from publish.model import Catalogue, Entry, Previous, Returned
from publish.update import update

from .test_cli import ROOT, loaded, run
from .test_exchange import receive, refused
from .test_update import BIO_EN, LIGHTS, LIGHTS_TR, TAGS_TR, edit, read, snapshot

EN, TR = parse("en"), parse("tr")
SPACE = "urn:oasis:names:tc:xliff:document:1.2"
BASE = Catalogue(
    domain="pieces/a",
    locale=TR,
    header=(
        ("Project-Id-Version", "pieces/a"),
        ("Language", "tr"),
        ("Content-Type", "text/plain; charset=UTF-8"),
    ),
    header_comment="Ada <a@a.example>, 2026.",
    entries=(
        Entry(("title", "A title"), "Bir başlık", notes="title", references=("sources/a.md",)),
        Entry(("", "Words")),
        Entry(
            ("", "An edited text"),
            "Bir metin",
            flags=("fuzzy", "no-wrap"),
            previous=Previous("", "A text"),
            notes="paragraph\nchanged 2026-03-04",
            comments="Emin değilim.\n\nBak: <b> & “ç”",
        ),
        Entry(("", "A suggested one"), "Öneri", flags=("fuzzy",), notes="suggested by tags"),
        Entry(("", "two  spaces \n a\ttab & <b>\"'\\</b> ]]>"), " iki\n\tsatır & <i> ]]> \r\n"),
        Entry(
            ("", "[Щука]{lang=ru} [دفتر]{lang=fa}[^1]"), "Щука İıŞş دفتر\u200cها \u2067شرق\u2069 🙂"
        ),
    ),
    obsolete=(Entry(("", "Gone"), "Gitti"),),
)
DATA = xliff.pack(BASE, EN)


def unpacked(data: bytes) -> tuple[Returned | None, list[str]]:
    returned, problems = xliff.unpack("x.xlf", data, (EN, TR))
    return returned, [f"{p.code} {p.span.line} {p.message}" for p in problems]


def whole(data: bytes) -> Returned:
    returned, problems = unpacked(data)
    assert problems == []
    assert returned is not None
    return returned


def faults(data: bytes) -> list[str]:
    returned, problems = unpacked(data)
    assert returned is None
    assert problems
    return problems


def changed(*pairs: tuple[str, str], data: bytes = DATA) -> bytes:
    text = data.decode()
    for old, new in pairs:
        assert text.count(old) == 1, (old, text.count(old))
        text = text.replace(old, new)
    return text.encode()


def line(mark: str, data: bytes = DATA) -> int:
    """The line of a text that stands once in a file."""
    text = data.decode()
    assert text.count(mark) == 1, (mark, text.count(mark))
    return text[: text.index(mark)].count("\n") + 1


def unit(msgid: str, data: bytes = DATA) -> str:
    """The whole unit of a message, as it stands in the file."""
    found = re.findall(r"<trans-unit .*?</trans-unit>", data.decode(), re.DOTALL)
    [one] = [text for text in found if f"<source>{msgid}</source>" in text]
    return str(one)


def entry(data: bytes, msgid: str) -> Entry:
    [found] = [entry for entry in whole(data).theirs.entries if entry.key[1] == msgid]
    return found


# ── Going out ────────────────────────────────────────────────────────────────────────────────


def test_the_file_says_what_an_xliff_file_says() -> None:
    root = etree.fromstring(DATA)
    assert (root.tag, root.get("version")) == (f"{{{SPACE}}}xliff", "1.2")
    [file] = root
    assert dict(file.attrib) == {
        "original": "pieces/a",
        "source-language": "en",
        "target-language": "tr",
        "datatype": "plaintext",
    }
    assert [child.tag for child in file] == [f"{{{SPACE}}}header", f"{{{SPACE}}}body"]
    [skeleton] = file.iter(f"{{{SPACE}}}internal-file")
    assert skeleton.text == catalogue.dump(BASE)
    units = list(file.iter(f"{{{SPACE}}}trans-unit"))
    assert [(u[1].get("state"), u.get("approved")) for u in units] == [
        ("translated", "yes"),
        ("new", None),
        ("needs-review-translation", "no"),
        ("needs-review-translation", "no"),
        ("translated", "yes"),
        ("translated", "yes"),
    ]
    assert {u.get("{http://www.w3.org/XML/1998/namespace}space") for u in units} == {"preserve"}
    assert unit("A title") == (
        f'<trans-unit xml:space="preserve" id="{xliff._id(("title", "A title"))}" approved="yes">\n'
        "        <source>A title</source>\n"
        '        <target state="translated">Bir başlık</target>\n'
        '        <context-group name="po-entry" purpose="information">\n'
        '          <context context-type="x-po-msgctxt">title</context>\n'
        "        </context-group>\n"
        '        <context-group name="" purpose="location">\n'
        '          <context context-type="sourcefile">sources/a.md</context>\n'
        "        </context-group>\n"
        '        <note from="developer">title</note>\n'
        "      </trans-unit>"
    )
    stale = unit("An edited text")
    assert '<alt-trans xml:space="preserve" alttranstype="previous-version">' in stale
    assert "<source>A text</source>" in stale
    assert '<note from="translator">Emin değilim.\n\nBak: &lt;b&gt; &amp; “ç”</note>' in stale


def test_the_toolkit_reads_every_message_and_state() -> None:
    store = toolkit.Xliff1File.parsestring(DATA)
    assert (store.sourcelanguage, store.targetlanguage) == ("en", "tr")
    found = [(one.source, one.target or "", one.isfuzzy()) for one in store.units]
    assert found == [(e.key[1], e.translation, e.fuzzy) for e in BASE.entries]
    assert [one.getnotes("translator") for one in store.units][2] == BASE.entries[2].comments
    assert "XLIFF" in factory.getclass("x.xlf").Name


def test_the_same_catalogue_gives_the_same_bytes() -> None:
    assert xliff.pack(BASE, EN) == DATA
    ids = re.findall(r'<trans-unit [^>]*id="([^"]+)"', DATA.decode())
    fewer = xliff.pack(dataclasses.replace(BASE, entries=BASE.entries[1:]), EN)
    assert re.findall(r'<trans-unit [^>]*id="([^"]+)"', fewer.decode()) == ids[1:]
    assert len(set(ids)) == len(BASE.entries)


@pytest.mark.parametrize("char", ["\x00", "\x1b", "\ufffe", "\uffff"])
def test_what_xml_cannot_hold_does_not_go_out(char: str) -> None:
    for wrong in (
        Entry(("", f"a{char}"), line=7),
        Entry(("", "a"), f"{char}b", line=7),
        Entry(("", "a"), comments=char, line=7),
        Entry(("", "a"), "b", flags=("fuzzy",), previous=Previous("", char), line=7),
    ):
        with pytest.raises(PublishError) as caught:
            xliff.pack(dataclasses.replace(BASE, entries=(wrong,), path="a.po"), EN)
        [problem] = caught.value.problems
        assert (problem.code, problem.span.path, problem.span.line) == ("X8", "a.po", 7)
        assert f"U+{ord(char):04X}" in problem.message


def test_what_would_be_too_large_to_come_back_does_not_go_out() -> None:
    large = Entry(("", "a" * 700_000), "b")
    with pytest.raises(PublishError, match=r"F7.*would become larger than 2,048 KiB as XLIFF"):
        xliff.pack(dataclasses.replace(BASE, entries=(large, large)), EN)


def test_without_the_extra_the_hint_says_what_to_install(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = sent_back(site)
    for name in ("translate", "translate.storage", "translate.storage.xliff"):
        monkeypatch.setitem(sys.modules, name, None)
    for arguments in (("export", "tr", "--xliff"), ("import", str(file), str(file))):
        result = run(site, *arguments)
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.count("error[X7] XLIFF needs the package “translate") == 1
        assert "hint: pip install 'publish-editions[xliff]'" in result.stderr


# ── There and back ───────────────────────────────────────────────────────────────────────────


def test_what_goes_out_comes_back() -> None:
    returned = whole(DATA)
    assert returned.base == BASE
    assert returned.theirs == BASE
    assert returned.theirs.path == "x.xlf"
    assert [one.line for one in returned.theirs.entries] == [
        line(f'id="{xliff._id(one.key)}"') for one in BASE.entries
    ]
    assert [one.line for one in returned.base.entries][1] == line('msgid "Words"')


def test_every_line_end_and_byte_order_mark_of_other_systems_is_taken() -> None:
    assert whole(b"\xef\xbb\xbf" + DATA.replace(b"\n", b"\r\n")).theirs == BASE


LEGIBLE = st.text(
    st.characters(
        exclude_categories=["Cs", "Cc", "Zl", "Zp"],
        # controls of direction must be closed, and U+FEFF and these two no text file holds
        exclude_characters="\ufeff\ufffe\uffff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
        include_characters="\n\t",
    )
)
ENTRIES = st.builds(
    lambda key, text, fuzzy, notes, comments: Entry(
        key,
        text,
        flags=("fuzzy",) if fuzzy else (),
        notes=" ".join(notes.split()),
        comments="\n".join(" ".join(part.split()) for part in comments.split("\n")),
    ),
    st.tuples(st.sampled_from(["", "title"]), LEGIBLE.filter(bool)),
    LEGIBLE,
    st.booleans(),
    LEGIBLE,
    LEGIBLE,
)


@settings(deadline=None, max_examples=100)
@given(st.lists(ENTRIES, unique_by=lambda one: one.key, max_size=3))
def test_any_text_comes_back_as_it_went_out(entries: list[Entry]) -> None:
    base = dataclasses.replace(BASE, entries=tuple(entries))
    returned = whole(xliff.pack(base, EN))
    assert (returned.base, returned.theirs) == (base, base)


@pytest.mark.parametrize(
    ("approved", "state", "fuzzy"),
    [
        ("", "translated", False),
        ("", "final", False),
        ("", "signed-off", False),
        ("", "", True),
        ("", "new", True),
        ("", "needs-translation", True),
        ("", "x-mine", True),
        ("yes", "new", False),
        ("yes", "", False),
        ("yes", "x-mine", False),
        ("no", "translated", False),
        ("no", "", True),
    ],
)
def test_a_new_translation_is_done_when_its_unit_says_so(
    approved: str, state: str, fuzzy: bool
) -> None:
    before = unit("Words")
    target = f'<target state="{state}">Sözler</target>' if state else "<target>Sözler</target>"
    after = before.replace('<target state="new"></target>', target)
    assert after != before
    if approved:
        after = after.replace("<trans-unit ", f'<trans-unit approved="{approved}" ')
    found = entry(changed((before, after)), "Words")
    assert (found.translation, found.fuzzy) == ("Sözler", fuzzy)


@pytest.mark.parametrize(
    ("msgid", "approved", "state", "fuzzy"),
    [
        ("A title", "yes", "translated", False),
        ("A title", "yes", "needs-review-translation", True),  # only the state was changed
        ("A title", "yes", "needs-adaptation", True),
        ("A title", "no", "translated", False),
        ("A title", "no", "final", False),
        ("A title", "no", "needs-translation", True),
        ("A title", "no", "", True),
        ("A title", "", "", True),
        ("A title", "yes", "", False),
        ("An edited text", "no", "needs-review-translation", True),
        ("An edited text", "yes", "needs-review-translation", False),  # only the approval was
        ("An edited text", "no", "translated", False),
        ("An edited text", "yes", "final", False),
        ("An edited text", "no", "", True),
        ("An edited text", "yes", "", False),
    ],
)
def test_whichever_of_state_and_approval_a_tool_changes_counts(
    msgid: str, approved: str, state: str, fuzzy: bool
) -> None:
    before = unit(msgid)
    after = re.sub(r' approved="\w+"', f' approved="{approved}"' if approved else "", before)
    after = re.sub(r' state="[\w-]+"', f' state="{state}"' if state else "", after, count=1)
    found = entry(DATA if after == before else changed((before, after)), msgid)
    [out] = [one for one in BASE.entries if one.key[1] == msgid]
    assert (found.translation, found.fuzzy) == (out.translation, fuzzy)
    assert found.previous == (out.previous if fuzzy else None)
    assert "no-wrap" not in out.flags or "no-wrap" in found.flags


def test_the_toolkit_marks_a_unit_and_we_understand_it() -> None:
    store = toolkit.Xliff1File.parsestring(DATA)
    for one in store.units:
        if one.source == "A title":
            one.markfuzzy()
        elif one.source == "An edited text":
            one.markfuzzy(False)
        elif one.source == "Words":
            one.target = "Sözler"
    back = {one.key[1]: one for one in whole(bytes(store)).theirs.entries}
    assert back["A title"].fuzzy
    assert not back["An edited text"].fuzzy
    assert (back["Words"].translation, back["Words"].fuzzy) == ("Sözler", False)
    untouched = {"A title", "An edited text", "Words"}
    assert [e for e in BASE.entries if e.key[1] not in untouched] == [
        e for e in back.values() if e.key[1] not in untouched
    ]


@pytest.mark.parametrize("target", ["", "<target/>", "<target></target>", "<target>\n   </target>"])
def test_an_empty_target_is_none(target: str) -> None:
    before = '<target state="translated">Bir başlık</target>'
    found = entry(changed((before, target)), "A title")
    assert (found.translation, found.flags) == ("", ())


def test_notes_come_back_as_comments_and_are_not_lost_with_a_tool_that_drops_them() -> None:
    note = '<note from="translator">Emin değilim.\n\nBak: &lt;b&gt; &amp; “ç”</note>'
    assert entry(changed((note, "")), "An edited text").comments == BASE.entries[2].comments
    both = entry(changed((note, f"{note}<note>Yeni &#13;\nnot </note>")), "An edited text")
    assert both.comments == f"{BASE.entries[2].comments}\nYeni\nnot"
    target = '<target state="translated">Bir başlık</target>'
    data = changed((target, f'{target}<note from="Ada">Kısa</note>'))
    assert (entry(data, "A title").comments, entry(data, "A title").notes) == ("Kısa", "title")


TARGET = '<target state="translated">Bir başlık</target>'


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ("<![CDATA[Bir <b> &]]>", "Bir <b> &"),
        ("Bir <!-- yorum --><?bir yönerge?>başlık", "Bir başlık"),
        ("Bir&#32;ba&#x15F;l&#305;k", "Bir başlık"),
        ('<mrk mtype="seg" mid="1">Bir </mrk><mrk mtype="seg">başlık</mrk>', "Bir başlık"),
        ('<mrk mtype="x-a">Bir <mrk mtype="term">başlık</mrk></mrk>', "Bir başlık"),
        ('Bir<ph id="1">[^1]</ph> <bpt id="2">*</bpt>baş<ept id="2">*</ept>', "Bir[^1] *baş*"),
        ('Bir<it id="1" pos="open">[</it>', "Bir["),
        ("Bir\r\nbaşlık&#13;&#10;iki&#13;üç", "Bir\nbaşlık\niki\nüç"),
    ],
)
def test_what_is_a_text_in_other_clothes_is_read_as_text(inner: str, text: str) -> None:
    data = changed((TARGET, f'<target state="translated">{inner}</target>'))
    assert entry(data, "A title").translation == text


@pytest.mark.parametrize(
    ("inner", "name"),
    [
        ('Bir <g id="1">başlık</g>', "g"),
        ('Bir <x id="1"/>', "x"),
        ('Bir <bx id="1"/>a<ex id="1"/>', "bx"),
        ('Bir <ph id="1"/>', "ph"),
        ('Bir <ph id="1"></ph>', "ph"),
        ('Bir <ph id="1">a<sub>b</sub></ph>', "ph"),
        ('Bir <mrk mtype="seg"><x id="1"/></mrk>', "x"),
        ("Bir <b>başlık</b>", "b"),
        ('Bir <b xmlns="http://www.w3.org/1999/xhtml">başlık</b>', "b"),
        ('Bir <mrk xmlns="urn:other">başlık</mrk>', "mrk"),
    ],
)
def test_what_no_text_can_say_is_refused_with_its_line(inner: str, name: str) -> None:
    data = changed((TARGET, f'<target state="translated">\n{inner}</target>'))
    place = line(TARGET) + 1
    assert faults(data)[0] == f"X8 {place} <{name}> stands for what words cannot say"


# ── Other units than those that went out ─────────────────────────────────────────────────────


def without(msgid: str) -> tuple[str, str]:
    return unit(msgid), ""


MSGID = 'msgid "Words"'
TITLE = xliff._id(("title", "A title"))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            ("<source>A title</source>", "<source>The title</source>"),
            f"X3 {line('<source>A title</source>')} the source was changed: “The title”",
        ),
        (
            ("<source>A title</source>", ""),
            f"X3 {line(f'{TITLE}')} the source was changed: “”",
        ),
        (
            ("<source>A title</source>", '<source>A <g id="1">title</g></source>'),
            f"X3 {line('<source>A title</source>')} the source was changed: “A”",
        ),
        (without("Words"), f"X3 {line(TITLE)} a unit is missing: “Words”"),
        (without("A title"), f"X3 {line('<body>')} a unit is missing: “A title”"),
        (
            ("<body>", '<body><trans-unit id="n"><source>Other</source></trans-unit>'),
            f"X3 {line('<body>')} this unit did not go out: “Other”",
        ),
        (
            ("<body>", f'<body><bin-unit id="{TITLE}"><bin-source/></bin-unit>'),
            f"X3 {line('<body>')} this unit did not go out: “{TITLE}”",
        ),
        (
            (f'id="{TITLE}"', 'id="1"'),
            f"X3 {line(TITLE)} the id of a unit was changed: “1”",
        ),
        (
            (f'id="{TITLE}" ', ""),
            f"X3 {line(TITLE)} the id of a unit was changed: “”",
        ),
        (
            (unit("Words"), unit("Words") * 2),
            f"X3 {line('<source>Words</source>') + 2} this unit stands twice: “Words”",
        ),
        (
            (TARGET, f"{TARGET}<target>Bir</target>"),
            f"X8 {line(TARGET)} a unit has more than one target",
        ),
    ],
)
def test_a_changed_unit_is_refused_with_its_line(change: tuple[str, str], expected: str) -> None:
    assert expected in faults(changed(change))


def test_a_tool_may_lay_the_header_out_anew() -> None:
    assert whole(changed(('msgstr "Gitti"\n</internal', 'msgstr "Gitti"</internal'))).theirs == BASE


def test_units_may_move_and_be_grouped() -> None:
    moved = changed(without("Words"), ("<body>", f"<body><group>{unit('Words')}</group>"))
    assert whole(moved).theirs == BASE


def test_a_file_of_nothing_but_faults_is_told_in_a_page() -> None:
    many = '<trans-unit id="n"><source>Other</source></trans-unit>' * 1000
    for change, left in (
        (("<body>", f"<body>{many}"), 950),
        ((TARGET, f"<target>{'<x/>' * 1000}</target>"), 950),
        ((TARGET, f"<target>{'&#x202e;' * 1000}</target>"), 50),
    ):
        problems = faults(changed(change))
        assert len(problems) == 51
        assert problems[-1].endswith(f" {left} more faults are not told")
    assert len(faults(changed((TARGET, f"<target>{chr(0x202E) * 1000}</target>")))) == 100


# ── Hostile and broken files ─────────────────────────────────────────────────────────────────

DECLARED = '<?xml version="1.0" encoding="UTF-8"?>\n'
BODY = DATA.decode().removeprefix(DECLARED)
XINCLUDE = "http://www.w3.org/2001/XInclude"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
HOSTILE: dict[str, tuple[bytes, str]] = {
    "a document type": (f"{DECLARED}<!DOCTYPE xliff>\n{BODY}".encode(), "X2 2 declares a"),
    "a laugh": (
        f'{DECLARED}<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>{BODY}'.encode(),
        "X2 2 declares a document type or entities",
    ),
    "an external entity": (
        f'{DECLARED}<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>{BODY}'.encode(),
        "X2 2 declares a document type or entities",
    ),
    "an external subset": (
        f'<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd">{BODY}'.encode(),
        "X2 1 declares a document type or entities",
    ),
    "one behind a comment": (
        f"{DECLARED}<!-- a\n> --><?b\n?> <!--->-->\n<!DOCTYPE x>{BODY}".encode(),
        "X2 5 declares a document type or entities",
    ),
    "one in lower case": (f"{DECLARED}<!doctype x>{BODY}".encode(), "X2 2 declares a"),
    "one inside": (
        changed(("<body>", "<body><!DOCTYPE x>")),
        f"X1 {line('<body>')} is not a whole XML file: ",
    ),
    "an entity alone": (f'{DECLARED}<!ENTITY a "b">{BODY}'.encode(), "X2 2 declares a"),
    "an unknown entity": (
        changed((">Bir başlık<", ">Bir &başlık;<")),
        f"X1 {line(TARGET)} is not a whole XML file: entity 'başlık' not defined",
    ),
    "another encoding": (DATA.replace(b"UTF-8", b"UTF-16", 1), "F2 1 the first line names"),
    "a seven-bit encoding": (
        DATA.replace(b'"UTF-8"', b"'UTF-7'", 1),
        "F2 1 the first line names the encoding “UTF-7”",
    ),
    "UTF-16": (DATA.decode().encode("utf-16"), "F2 1 byte 0xff is not UTF-8"),
    "UTF-16 without a mark": (f"<a>{'a' * 9}</a>".encode("utf-16-le"), "F5 1 control character"),
    "UTF-32": ("<a>a</a>".encode("utf-32-be"), "F5 1 control character U+0000"),
    "Latin": ("<a>ç</a>".encode("latin-1"), "F2 1 byte 0xe7 is not UTF-8"),
    "a NUL": (changed(("Bir başlık<", "Bir\0<")), f"F5 {line(TARGET)} control character U+0000"),
    "a NUL by name": (changed(("Bir başlık<", "Bir&#0;<")), f"X1 {line(TARGET)} is not a whole"),
    "an escape": (changed(("Bir başlık<", "Bir&#27;<")), f"X1 {line(TARGET)} is not a whole"),
    "a hidden control": (
        changed((">Bir başlık<", ">\nBir&#x9b;<")),
        f"F5 {line(TARGET) + 1} control character U+009B",
    ),
    "a line separator": (
        changed((">Bir başlık<", ">Bir&#x2028;<")),
        f"F5 {line(TARGET)} control character U+2028",
    ),
    "an open override": (
        changed((">Bir başlık<", ">Bir&#x202e;<")),
        f"F5 {line(TARGET)} bidirectional control U+202E is not closed",
    ),
    "one in a note": (
        changed(('<note from="developer">title<', "<note>a&#x202e;<")),
        f"F5 {line('>title</note>')} bidirectional control U+202E is not closed",
    ),
    "one in the header": (
        changed(('msgid "Words"', 'msgid "&#x202e;Words"')),
        f"X1 {line(MSGID)} the copy of what went out was changed: bidirectional",
    ),
    "a surrogate": (changed((">Bir başlık<", ">&#xd800;<")), f"X1 {line(TARGET)} is not a whole"),
    "nesting": (
        changed((">Bir başlık<", ">" + "<mrk>" * 500 + "</mrk>" * 500 + "<")),
        f"X1 {line(TARGET)} is not a whole XML file: ",
    ),
    "an attribute twice": (
        changed((f'id="{TITLE}"', f'id="{TITLE}" id="a"')),
        f"X1 {line(TITLE)} is not a whole XML file: attribute id redefined",
    ),
    "a prefix from nowhere": (changed(("<body>", "<body><a:b/>")), f"X1 {line('<body>')} is not"),
    "XInclude": (
        changed(
            (
                "<body>",
                f'<body xmlns:xi="{XINCLUDE}"><xi:include href="/etc/passwd" parse="text"/>',
            ),
            (unit("Words"), ""),
        ),
        f"X3 {line(TITLE)} a unit is missing",
    ),
    "size": (DATA + b" " * xliff.SIZE, "F7 1 is larger than 2,048 KiB"),
    "tags": (changed(("<body>", "<body>" + "<a/>" * 150_000)), "X2 1 holds more than 150,000 tags"),
    "nothing": (b"", "X1 1 is not a whole XML file: "),
    "white space": (b" \n ", "X1 "),
    "an unclosed comment": (b"<!-- <!DOCTYPE x>" + b"<!--" * 9999, "X1 1 is not a whole"),
    "no XML": (b"PK\x03\x04", "F5 1 control character U+0003"),
    "words": (b"Bir", "X1 1 is not a whole XML file: "),
    "other XML": (b"<html/>", "X1 1 is not XLIFF 1.2"),
    "XLIFF 2": (DATA.replace(b"1.2", b"2.0"), "X1 2 is not XLIFF 1.2"),
    "XLIFF 1.1": (DATA.replace(b"document:1.2", b"document:1.1"), "X1 2 is not XLIFF 1.2"),
    "no namespace": (DATA.replace(f' xmlns="{SPACE}"'.encode(), b""), "X1 2 is not XLIFF 1.2"),
    "no file": (f'<xliff xmlns="{SPACE}" version="1.2"/>'.encode(), "X1 1 holds no <file>"),
    "two files": (
        changed(("</file>", "</file><file/>")),
        f"X1 {line('<xliff ')} holds more than one <file>",
    ),
    "no body": (
        changed(("<body>", "<group>"), ("</body>", "</group>")),
        f"X1 {line('<file ')} holds no <body>",
    ),
    "no skeleton": (
        re.sub(rb"<skl>.*</skl>", b"", DATA, flags=re.DOTALL),
        f"X1 {line('<file ')} holds no copy of what went out",
    ),
    "a changed skeleton": (
        changed(('msgid "Words"', "msgid Words")),
        f"X1 {line(MSGID)} the copy of what went out was changed: the text is not in",
    ),
    "an empty skeleton": (
        re.sub(rb"(<internal-file[^>]*>).*(</internal-file>)", rb"\1\2", DATA, flags=re.DOTALL),
        f"X1 {line('<internal-file')} the copy of what went out was changed: the file is empty",
    ),
    "another language": (
        changed(('target-language="tr"', 'target-language="ru"')),
        f"X1 {line('<file ')} the target-language is “ru”; it went out for tr",
    ),
    "no language": (
        changed(('target-language="tr"', 'target-language="../x"')),
        f"X1 {line('<file ')} the target-language is “../x”; it went out for tr",
    ),
    "a language that the site has not": (
        changed(('"Language: tr', '"Language: fa')),
        f"X1 {line('<internal-file')} “fa” is not a language of the site",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_or_broken_file_is_refused_with_its_line(name: str) -> None:
    data, expected = HOSTILE[name]
    assert faults(data)[0].startswith(expected), faults(data)


def test_words_about_document_types_are_words() -> None:
    inner = "<![CDATA[<!DOCTYPE html> <!ENTITY x>]]>"
    data = changed((TARGET, f'<target state="final"><!-- <!DOCTYPE x> -->{inner}</target>'))
    assert entry(data, "A title").translation == "<!DOCTYPE html> <!ENTITY x>"


@pytest.mark.parametrize("tag", ["tr-TR", "tr_TR"])
def test_a_tool_that_names_the_country_too_means_the_language(tag: str) -> None:
    assert whole(changed(('target-language="tr"', f'target-language="{tag}"'))).theirs == BASE


@pytest.mark.parametrize(
    "head", ["", "<?xml version='1.0'?>", "<?xml version='1.0' encoding='utf8' ?>\n"]
)
def test_the_first_line_may_be_written_otherwise(head: str) -> None:
    assert whole(f"{head}<!-- saved --><?tool x?>\n{BODY}".encode()).theirs == BASE


def test_a_file_that_was_cut_off_anywhere_is_refused_with_a_place() -> None:
    end = len(DATA.rstrip())
    for size in {*range(0, end, 7), *range(200), *range(end - 200, end)}:
        returned, problems = xliff.unpack("x.xlf", DATA[:size], (EN, TR))
        assert returned is None, size
        assert problems
        for problem in problems:
            assert problem.code in {"X1", "F2", "F5"}  # F5: a pair of controls cut in two
            assert 1 <= problem.span.line <= DATA[:size].count(b"\n") + 1


# ── The whole way ────────────────────────────────────────────────────────────────────────────

LIGHTS_XLF = "pieces-harbour-lights.tr.xlf"


def export(site: Path, language: str = "tr", *names: str) -> dict[str, bytes]:
    return {one.name: one.content for one in exchange.export(load(site), language, names)}


def sent_back(site: Path, *changes: tuple[str, str], name: str = "x.xlf") -> Path:
    [content] = export(site, "tr", "harbour-lights").values()
    path = site.parent / name
    path.write_bytes(changed(*changes, data=content))
    return path


DUTY = (">İki görev<", ">İki ödev<")


def test_an_export_has_a_file_for_each_catalogue_of_a_language(site: Path) -> None:
    before = snapshot(site)
    assert set(export(site)) == {LIGHTS_XLF, "tags.tr.xlf"}
    assert set(export(site, "en")) == {"authors-ada-deniz.en.xlf", "pieces-liman-isiklari.en.xlf"}
    assert list(export(site, "tr", "harbour-lights", LIGHTS)) == [LIGHTS_XLF]
    assert export(site, "tr", "tags")["tags.tr.xlf"] == export(site)["tags.tr.xlf"]
    assert snapshot(site) == before


def test_the_catalogue_in_it_is_what_update_would_leave(site: Path) -> None:
    edit(site / LIGHTS, "Keep the light burning.", "Keep the lights burning.")
    data = export(site)[LIGHTS_XLF]
    assert b"<source>Keep the lights burning.</source>" in data
    assert 'state="needs-review-translation">Işığı yanık tutmak.' in data.decode()
    returned, problems = xliff.unpack("x.xlf", data, (EN, TR))
    assert problems == ()
    assert returned is not None
    update(site, load(site))
    assert catalogue.dump(returned.base) == (site / LIGHTS_TR).read_text(encoding="utf-8")


def test_the_texts_of_this_repository_come_back_as_they_went_out() -> None:
    site = load(ROOT)
    languages = site.site.settings.languages
    units = 0
    for language in languages:
        for parcel in exchange.export(site, language.tag):
            returned, problems = xliff.unpack(parcel.name, parcel.content, languages)
            assert problems == ()
            assert returned is not None
            assert returned.theirs == returned.base
            store = toolkit.Xliff1File.parsestring(parcel.content)
            again, problems = xliff.unpack(parcel.name, bytes(store), languages)
            assert (again, problems) == (returned, ())
            units += len(returned.theirs.entries)
    assert units > 100


def test_what_cannot_be_exported_is_told(site: Path) -> None:
    for language, names, expected in (
        ("de", (), "F8 “de” is not a language of the site"),
        ("tr", ("harbor-lights",), "F8 there is no piece “harbor-lights”"),
        ("en", ("tags",), "F8 tags is written in en"),
    ):
        with pytest.raises(PublishError) as caught:
            export(site, language, *names)
        assert [f"{p.code} {p.message}" for p in caught.value.problems] == [expected]
    (site / "sources/pieces/liman-isiklari.md").write_text("---\ntitle: x\n", encoding="utf-8")
    assert export(site, "tr", "harbour-lights")
    with pytest.raises(PublishError, match="S1"):
        export(site)


def test_nothing_done_nothing_written(site: Path) -> None:
    for language in ("tr", "en"):
        for name, content in export(site, language).items():
            (site.parent / name).write_bytes(content)
    files = sorted(site.parent.glob("*.xlf"))
    before = snapshot(site)
    arrivals = receive(site, *files)
    assert snapshot(site) == before
    assert {arrival.catalogue for arrival in arrivals} >= {LIGHTS_TR, BIO_EN, TAGS_TR}
    assert not any(arrival.tally.came for arrival in arrivals)


def test_work_comes_in_once_and_an_update_finds_nothing_more_to_do(site: Path) -> None:
    file = sent_back(site, DUTY)
    [arrival] = receive(site, file)
    assert (arrival.tally.translated, arrival.tally.unchanged) == (1, 8)
    assert "İki ödev" in {one.translation for one in read(site, LIGHTS_TR).entries}
    assert check(load(site)) == ()
    before = snapshot(site)
    assert not any(change.written for change in update(site, load(site)))
    [again] = receive(site, file)
    assert not again.tally.came
    assert snapshot(site) == before


def test_work_on_a_text_that_was_edited_meanwhile_goes_to_the_new_text(site: Path) -> None:
    file = sent_back(site, (">Işığı yanık tutmak.<", ">Işığı söndürmemek.<"))
    edit(site / LIGHTS, "Keep the light burning.", "Keep the lights burning.")
    receive(site, file)
    [found] = [e for e in read(site, LIGHTS_TR).entries if e.key[1] == "Keep the lights burning."]
    assert (found.translation, found.fuzzy) == ("Işığı söndürmemek.", True)


def test_what_was_emptied_stays_with_a_warning(site: Path) -> None:
    file = sent_back(site, (">İki görev<", "><"))
    before = snapshot(site)
    arrivals, problems = exchange.receive(site, load(site), [file])
    assert [problem.code for problem in problems] == ["X6"]
    assert not arrivals[0].tally.came
    assert snapshot(site) == before


def test_all_files_or_none(site: Path) -> None:
    good = sent_back(site, DUTY)
    bad = sent_back(site, ("<source>Two duties<", "<source>Two big duties<"), name="y.xlf")
    assert refused(site, good, bad) == ["X3 the source was changed: “Two big duties”"]
    clash = sent_back(site, (">İki görev<", ">İki iş<"), name="z.xliff")
    assert refused(site, good, clash) == [
        "X4 “Two duties” was changed on both sides: here “İki ödev”, there “İki iş”"
    ]
    strange = sent_back(
        site, ('original="pieces/harbour-lights"', 'original="../../x"'), name="w.xlf"
    )
    assert refused(site, good, strange) == ["X1 there is no ../../x any more"]
    large = site.parent / "large.xlf"
    large.write_bytes(good.read_bytes() + b" " * xliff.SIZE)
    link = site.parent / "link.xlf"
    link.symlink_to(good)
    assert refused(site, good, large, link) == [
        "F7 is larger than 2,048 KiB",
        "F1 is a symbolic link",
    ]


def test_the_commands_say_what_they_did(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(site.parent)
    result = run(site, "export", "tr", "--xliff", "--to", "out/tr")
    assert (result.exit_code, result.stderr) == (0, "")
    assert f"exported  out/tr/{LIGHTS_XLF}\nexported  out/tr/tags.tr.xlf\n" in result.stdout
    assert run(site, "export", "tr", "tags", "--xliff").exit_code == 0
    path = site.parent / "out/tr" / LIGHTS_XLF
    assert path.read_bytes() == export(site)[LIGHTS_XLF]
    assert run(site, "export", "tr", "--xliff", "--to", "out/tr").exit_code == 0  # the same again
    edit(path, *DUTY)
    over = run(site, "export", "tr", "--xliff", "--to", "out/tr")
    assert (over.exit_code, over.stdout) == (1, "")
    assert "is there already, and is another file" in over.stderr
    result = run(site, "import", str(path), "tags.tr.xlf")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        f"taken in   {path} → {LIGHTS_TR}   1 translated, 0 fuzzy, 8 unchanged\n"
        f"as it was  tags.tr.xlf → {TAGS_TR}   0 translated, 0 fuzzy, 1 unchanged\n"
    )
    path.write_bytes(path.read_bytes()[:900])
    cut = run(site, "import", str(path))
    assert (cut.exit_code, cut.stdout) == (1, "")
    assert re.match(rf"{re.escape(str(path))}:\d+:\d+: error\[X1\] is not a whole XML", cut.stderr)
    usage = run(site, "export", "tr")
    assert (usage.exit_code, usage.stdout) == (2, "")
    assert "--xliff" in usage.stderr


def test_only_xliff_loads_its_libraries(site: Path, tmp_path: Path) -> None:
    assert (
        loaded("-C", str(site), "pack", "tr", "tags", "--to", str(tmp_path / "a.zip"))
        & {*("lxml", "translate")}
        == set()
    )
    assert "lxml" in loaded("-C", str(site), "export", "tr", "--xliff", "--to", str(tmp_path))
