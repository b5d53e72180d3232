"""The ZIP of a translator: the same bytes each time, and nothing hostile comes back in it."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publish import bundle, catalogue
from publish.locales import parse
from publish.model import Catalogue, Entry, Returned

TR = parse("tr")
BASE = Catalogue(
    domain="pieces/a",
    locale=TR,
    header=(("Language", "tr"), ("Content-Type", "text/plain; charset=UTF-8")),
    entries=(
        Entry(("title", "A title"), "Bir başlık"),
        Entry(("", "Words")),
        Entry(("", "B"), "b"),
    ),
)
TEXT = catalogue.dump(BASE).encode()
WORK = TEXT.replace(b'msgid "Words"\nmsgstr ""', 'msgid "Words"\nmsgstr "Sözler"'.encode())
PO, OWN = "pieces/a.po", "do-not-edit/tr/pieces/a.po"
MEMBERS = {PO: WORK, OWN: TEXT}


def zipped(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def with_member(info: zipfile.ZipInfo, content: bytes = b"x") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in MEMBERS.items():
            archive.writestr(name, text)
        archive.writestr(info, content)
    return buffer.getvalue()


def unpacked(data: bytes) -> tuple[Returned | None, list[str]]:
    returned, problems = bundle.unpack("x.zip", data, (parse("en"), TR))
    return returned, [f"{p.code} {p.span.path}:{p.span.line} {p.message}" for p in problems]


def whole(data: bytes) -> Returned:
    returned, problems = unpacked(data)
    assert problems == []
    assert returned is not None
    return returned


# ── There and back ───────────────────────────────────────────────────────────────────────────


def test_what_goes_out_comes_back() -> None:
    data = bundle.pack(BASE, {"README.txt": b"read", "pieces/a.md": b"# a", "glossary.csv": b"x"})
    returned = whole(data)
    assert (returned.base, returned.theirs) == (BASE, BASE)
    assert returned.theirs.path == "x.zip/pieces/a.po"


def test_an_archive_has_the_same_bytes_each_time() -> None:
    others = {"pieces/a.md": b"# a", "glossary.csv": b"x", "README.txt": b"read"}
    data = bundle.pack(BASE, others)
    assert data == bundle.pack(BASE, dict(reversed(others.items())))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = archive.infolist()
    assert [info.filename for info in infos] == [
        *("README.txt", "pieces/a.po", "glossary.csv", "pieces/a.md", OWN)
    ]
    assert {info.date_time for info in infos} == {(1980, 1, 1, 0, 0, 0)}
    assert {info.external_attr >> 16 for info in infos} == {stat.S_IFREG | 0o644}
    assert {info.create_system for info in infos} == {3}
    assert {info.compress_type for info in infos} == {zipfile.ZIP_STORED}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_work_comes_back_from_any_packer(method: int) -> None:
    returned = whole(zipped(MEMBERS, method))
    assert returned.base == BASE
    assert [entry.translation for entry in returned.theirs.entries] == ["Bir başlık", "Sözler", "b"]


def test_also_with_its_folder_and_what_systems_and_editors_leave() -> None:
    noise = {
        "a.tr/": b"",
        "a.tr/.DS_Store": b"x",
        "__MACOSX/a.tr/pieces/._a.po": b"x",
        "a.tr/pieces/._a.po": b"x",
        "a.tr/pieces/a.mo": b"x",
        "a.tr/Thumbs.db": b"x",
        "a.tr/README.txt": b"changed",
    }
    members = {f"a.tr/{name}": content for name, content in MEMBERS.items()}
    assert whole(zipped({**noise, **members})).theirs.path == "x.zip/a.tr/pieces/a.po"


def test_and_from_a_system_with_other_line_ends() -> None:
    crlf = b"\xef\xbb\xbf" + WORK.replace(b"\n", b"\r\n")
    assert whole(zipped({**MEMBERS, PO: crlf})).theirs == whole(zipped(MEMBERS)).theirs


def test_another_file_is_named_and_not_read() -> None:
    returned, problems = unpacked(zipped({**MEMBERS, "pieces/notes.txt": b"x", "b.po": b"x"}))
    assert returned is not None
    assert problems == ["X5 x.zip/pieces/notes.txt:1 is not read", "X5 x.zip/b.po:1 is not read"]


# ── What is refused ──────────────────────────────────────────────────────────────────────────

NAMES = {
    "/etc/passwd": "an absolute name",
    "../x.po": "the name leads out of its folder",
    "pieces/../../x.po": "the name leads out of its folder",
    "pieces/./x.po": "the name leads out of its folder",
    "pieces//x.po": "the name leads out of its folder",
    "..\\x.po": "a backslash in the name",
    "C:\\x.po": "a backslash in the name",
    "C:/x.po": "a drive letter or a colon in the name",
    "pieces/a.po:stream": "a drive letter or a colon in the name",
    "pieces/\x1b[2J.po": "the name holds invisible characters",
    "pieces/\u202eop.a": "the name holds invisible characters",
    "PIECES/A.po": "stands twice, as “pieces/a.po” and as “PIECES/A.po”",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_is_refused(name: str) -> None:
    returned, problems = unpacked(zipped({**MEMBERS, name: b"x"}))
    assert returned is None
    assert any(line.startswith("X2 ") and line.endswith(NAMES[name]) for line in problems)


def test_all_hostile_members_are_told_at_once() -> None:
    _, problems = unpacked(zipped({**MEMBERS, **dict.fromkeys(NAMES, b"x")}))
    assert len(problems) >= len(NAMES)


def typed(mode: int, name: str = "pieces/link") -> bytes:
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = (mode | 0o777) << 16
    return with_member(info, b"/etc/passwd")


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        (stat.S_IFLNK, "is a symbolic link"),
        (stat.S_IFIFO, "is not a regular file"),
        (stat.S_IFCHR, "is not a regular file"),
        (stat.S_IFBLK, "is not a regular file"),
        (stat.S_IFSOCK, "is not a regular file"),
        (stat.S_IFDIR, "is not a regular file"),
    ],
)
def test_only_regular_files_are_taken(mode: int, expected: str) -> None:
    assert unpacked(typed(mode)) == (None, [f"X2 x.zip/pieces/link:1 {expected}"])


def test_a_catalogue_that_is_a_link_is_refused() -> None:
    info = zipfile.ZipInfo(PO)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(OWN, TEXT)
        archive.writestr(info, b"/etc/passwd")
    assert unpacked(buffer.getvalue()) == (None, ["X2 x.zip/pieces/a.po:1 is a symbolic link"])


def test_a_name_that_stands_twice_is_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = with_member(zipfile.ZipInfo(PO), WORK)
    returned, problems = unpacked(data)
    assert returned is None
    assert problems == [
        "X2 x.zip/pieces/a.po:1 stands twice, as “pieces/a.po” and as “pieces/a.po”"
    ]


def patched(data: bytes, offset: int, value: bytes) -> bytes:
    """The archive with bytes of each directory entry changed, and of each member's own header."""
    out = bytearray(data)
    for mark, shift in ((b"PK\x01\x02", 0), (b"PK\x03\x04", -2)):
        at = data.find(mark)
        while at >= 0:
            out[at + offset + shift : at + offset + shift + len(value)] = value
            at = data.find(mark, at + 4)
    return bytes(out)


def test_an_encrypted_member_is_refused() -> None:
    returned, problems = unpacked(patched(zipped(MEMBERS), 8, b"\x01\x00"))
    assert returned is None
    assert problems == [f"X2 x.zip/{name}:1 is encrypted" for name in MEMBERS]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_compression_without_a_bound_is_refused(method: int) -> None:
    _, problems = unpacked(zipped(MEMBERS, method))
    expected = "is compressed in a way that is not read"
    assert problems == [f"X2 x.zip/{name}:1 {expected}" for name in MEMBERS]


BIG = b"\n" * (catalogue.SIZE + 1)


def test_a_member_that_says_it_is_too_large_is_refused_unread() -> None:
    data = zipped({**MEMBERS, PO: BIG})
    assert len(data) < 10_000
    assert unpacked(data) == (None, ["X2 x.zip/pieces/a.po:1 is larger than 2,048 KiB"])


def test_a_member_that_lies_about_its_size_is_read_no_further_than_it_says() -> None:
    data = patched(zipped({**MEMBERS, PO: BIG}), 24, (100).to_bytes(4, "little"))
    returned, problems = unpacked(data)
    assert returned is None
    assert "X1 x.zip/pieces/a.po:1 cannot be unpacked" in problems


def test_the_sum_of_the_members_is_bounded() -> None:
    large = {f"pieces/{n}.txt": BIG[:-1] for n in range(4)}
    assert unpacked(zipped({**MEMBERS, **large})) == (
        None,
        ["X2 x.zip:1 holds more than 8,192 KiB unpacked"],
    )


def test_the_number_of_members_is_bounded() -> None:
    many = {f"pieces/{n}.txt": b"" for n in range(bundle.MEMBERS)}
    assert unpacked(zipped({**MEMBERS, **many})) == (None, ["X2 x.zip:1 holds more than 64 files"])


def without(name: str) -> dict[str, bytes]:
    return {other: content for other, content in MEMBERS.items() if other != name}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "X1 x.zip:1 is not a ZIP archive"),
        (b"msgid", "X1 x.zip:1 is not a ZIP archive"),
        (b"#!/bin/sh\n" + zipped(MEMBERS), "X1 x.zip:1 is not a ZIP archive"),
        (zipped(MEMBERS)[:-30], "X1 x.zip:1 is not a whole ZIP archive"),
        (zipped(without(PO)), "X1 x.zip:1 holds no pieces/a.po"),
        (
            zipped(without(OWN)),
            "X1 x.zip:1 holds no do-not-edit/…/….po: publish pack did not make this archive",
        ),
        (
            zipped({**MEMBERS, OWN.replace("tr", "en"): TEXT}),
            (
                "X1 x.zip:1 holds more than one do-not-edit/…/….po: publish pack did not make this "
                "archive"
            ),
        ),
        (
            zipped({PO: WORK, OWN.replace("tr", "xx"): TEXT}),
            "X1 x.zip/do-not-edit/xx/pieces/a.po:1 xx is not a language of the site",
        ),
    ],
)
def test_what_publish_pack_did_not_make_is_refused(data: bytes, expected: str) -> None:
    assert unpacked(data) == (None, [expected])


def test_the_catalogue_is_read_strictly_and_its_line_is_told() -> None:
    broken = WORK.replace(b'msgstr "b"', b'msgstr "b')
    returned, problems = unpacked(zipped({**MEMBERS, PO: broken}))
    assert returned is None
    [problem] = problems
    line = broken.decode().split("\n").index('msgstr "b') + 1
    assert problem == f"P1 x.zip/pieces/a.po:{line} the text is not closed"


def test_a_catalogue_of_another_language_is_refused() -> None:
    german = WORK.replace(b"Language: tr", b"Language: de")
    _, problems = unpacked(zipped({**MEMBERS, PO: german}))
    assert problems == ["P4 x.zip/pieces/a.po:1 the header says Language: de, the folder says tr"]


def test_a_damaged_member_is_refused() -> None:
    data = zipped(MEMBERS, zipfile.ZIP_STORED).replace("Sözler".encode(), "Sözlük".encode())
    assert unpacked(data) == (None, ["X1 x.zip/pieces/a.po:1 cannot be unpacked"])


# ── Any bytes ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "make",
    [lambda: bundle.pack(BASE, {"README.txt": b"x"}), lambda: zipped(MEMBERS)],
    ids=["stored", "deflated"],
)
def test_an_archive_cut_off_anywhere_is_refused_or_read_whole(make: Callable[[], bytes]) -> None:
    data = make()
    expected = whole(data)
    for length in range(len(data)):
        returned, problems = unpacked(data[:length])
        assert returned in (None, expected)
        assert (returned is None) is bool(problems)


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_any_damage_is_refused_or_told_or_harmless(draw: st.DataObject) -> None:
    data = bytearray(zipped(MEMBERS))
    for _ in range(draw.draw(st.integers(1, 6))):
        data[draw.draw(st.integers(4, len(data) - 1))] = draw.draw(st.integers(0, 255))
    returned, problems = unpacked(bytes(data))
    assert returned is not None or problems
    if returned is not None:  # each member's checksum holds
        assert (returned.base, returned.theirs) == (BASE, whole(zipped(MEMBERS)).theirs)
