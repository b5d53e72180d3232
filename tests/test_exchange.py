"""`publish pack` and `import`: what goes out, what comes back, and when nothing is written."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest

from publish import bundle, catalogue, exchange
from publish.check import check
from publish.errors import PublishError
from publish.load import load
from publish.update import update

from .test_cli import run
from .test_update import BIO_EN, LIGHTS, LIGHTS_TR, edit, read, snapshot

PO, OWN = "pieces/harbour-lights.po", "do-not-edit/tr/pieces/harbour-lights.po"


def pack(site: Path, language: str = "tr", name: str = "harbour-lights") -> exchange.Parcel:
    return exchange.pack(site, load(site), language, name)


def members(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def sent_back(site: Path, *changes: tuple[str, str], name: str = "x.zip") -> Path:
    """The archive of a translator who replaced some texts."""
    found = members(pack(site).content)
    for old, new in changes:
        assert found[PO].count(old) == 1, old
        found[PO] = found[PO].replace(old, new)
    path = site.parent / name
    with zipfile.ZipFile(path, "w") as archive:
        for member, text in found.items():
            archive.writestr(member, text)
    return path


def receive(site: Path, *files: Path) -> tuple[exchange.Arrival, ...]:
    return exchange.receive(site, load(site), files)[0]


def refused(site: Path, *files: Path) -> list[str]:
    before = snapshot(site)
    with pytest.raises(PublishError) as caught:
        receive(site, *files)
    assert snapshot(site) == before
    return [f"{problem.code} {problem.message}" for problem in caught.value.problems]


# ── Going out ────────────────────────────────────────────────────────────────────────────────


def test_a_pack_holds_what_a_translator_needs(site: Path) -> None:
    (site / "locales/tr/glossary.csv").write_bytes(b"lighthouse,fener,\n")
    before = snapshot(site)
    parcel = pack(site)
    assert snapshot(site) == before
    assert parcel.name == "harbour-lights.tr.zip"
    found = members(parcel.content)
    assert found[PO] == found[OWN] == (site / LIGHTS_TR).read_text(encoding="utf-8")
    assert found["pieces/harbour-lights.md"] == (site / LIGHTS).read_text(encoding="utf-8")
    assert found["glossary.csv"] == "lighthouse,fener,\n"
    assert "from English (en) into Türkçe (tr)" in found["README.txt"]
    assert PO in found["README.txt"]
    assert parcel == pack(site)


def test_the_catalogue_in_it_is_what_update_would_leave(site: Path) -> None:
    edit(site / LIGHTS, "Keep the light burning.", "Keep the lights burning.")
    found = members(pack(site).content)[PO]
    assert '#| msgid "Keep the light burning."' in found
    update(site, load(site))
    assert found == (site / LIGHTS_TR).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("language", "name", "expected"),
    [
        ("en", "liman-isiklari", "liman-isiklari.en.zip"),
        ("tr", LIGHTS, "harbour-lights.tr.zip"),
        ("en", "authors/ada-deniz", "authors.ada-deniz.en.zip"),
        ("tr", "tags", "tags.tr.zip"),
    ],
)
def test_whatever_has_a_catalogue_can_be_packed(
    site: Path, language: str, name: str, expected: str
) -> None:
    assert pack(site, language, name).name == expected


@pytest.mark.parametrize(
    ("language", "name", "expected"),
    [
        (
            "tr",
            "harbor-lights",
            "F8 there is no piece “harbor-lights” (did you mean harbour-lights?)",
        ),
        ("tr", "../x", "F8 there is no “../x” ()"),
        ("de", "harbour-lights", "F8 “de” is not a language of the site (the site has en, tr)"),
        ("TR", "harbour-lights", "F8 “TR” is not a language of the site (did you mean tr?)"),
        ("en", "tags", "F8 tags is written in en (name a language that it is translated into)"),
    ],
)
def test_what_is_not_there_is_told(site: Path, language: str, name: str, expected: str) -> None:
    with pytest.raises(PublishError) as caught:
        pack(site, language, name)
    assert [f"{p.code} {p.message} ({p.hint})" for p in caught.value.problems] == [expected]


def test_a_fault_of_the_source_or_the_catalogue_stops_a_pack_and_of_another_does_not(
    site: Path,
) -> None:
    edit(site / "sources/pieces/liman-isiklari.md", "date: 2026-02-01", "date: soon")
    assert pack(site).content
    with pytest.raises(PublishError, match="S1"):
        pack(site, "en", "liman-isiklari")
    edit(site / LIGHTS, "[^log]: See", "See")
    with pytest.raises(PublishError, match="S2"):
        pack(site)


def test_a_glossary_is_no_link_and_not_without_end(site: Path) -> None:
    glossary = site / "locales/tr/glossary.csv"
    glossary.symlink_to("/etc/passwd")
    with pytest.raises(PublishError, match="F1"):
        pack(site)
    glossary.unlink()
    glossary.write_bytes(b"x" * (2 * 1024 * 1024 + 1))
    with pytest.raises(PublishError, match="F7"):
        pack(site)


def test_no_other_file_is_written_over(site: Path) -> None:
    path = site.parent / "new/x.zip"
    exchange.save(path, b"one")
    exchange.save(path, b"one")
    with pytest.raises(PublishError, match="is there already"):
        exchange.save(path, b"two")
    assert path.read_bytes() == b"one"


# ── Coming back ──────────────────────────────────────────────────────────────────────────────


def test_nothing_done_nothing_written(site: Path) -> None:
    file = sent_back(site)
    before = snapshot(site)
    [arrival] = receive(site, file)
    assert snapshot(site) == before
    assert (arrival.catalogue, arrival.tally.unchanged) == (LIGHTS_TR, 9)


def test_work_comes_in_and_an_update_finds_nothing_more_to_do(site: Path) -> None:
    file = sent_back(
        site,
        ('msgstr "İki görev"', 'msgstr "İki ödev"'),
        ("Last-Translator: ", "Last-Translator: Ada <a@a.example>"),
    )
    [arrival] = receive(site, file)
    assert (arrival.tally.translated, arrival.tally.unchanged) == (1, 8)
    assert "İki ödev" in {entry.translation for entry in read(site, LIGHTS_TR).entries}
    assert dict(read(site, LIGHTS_TR).header)["Last-Translator"] == "Ada <a@a.example>"
    assert check(load(site)) == ()
    before = snapshot(site)
    assert not any(change.written for change in update(site, load(site)))
    receive(site, file)
    assert snapshot(site) == before


def test_two_translators_of_a_piece_add_up(site: Path) -> None:
    one = sent_back(site, ('msgstr "İki görev"', 'msgstr "İki ödev"'))
    two = sent_back(site, ('msgstr "Liman Fenerleri"', 'msgstr "Fenerler"'), name="y.zip")
    receive(site, one, two)
    found = {entry.translation for entry in read(site, LIGHTS_TR).entries}
    assert {"İki ödev", "Fenerler"} <= found


def test_a_first_catalogue_comes_in_whole(site: Path) -> None:
    (site / LIGHTS_TR).unlink()
    file = sent_back(site, ('msgid "Two duties"\nmsgstr ""', 'msgid "Two duties"\nmsgstr "İki"'))
    receive(site, file)
    assert [e.translation for e in read(site, LIGHTS_TR).entries if e.translation] == ["İki"]


def test_all_files_or_none(site: Path) -> None:
    good = sent_back(site, ('msgstr "İki görev"', 'msgstr "İki ödev"'))
    bad = sent_back(site, ('msgid "Two duties"', 'msgid "Two big duties"'), name="y.zip")
    assert refused(site, good, bad) == ["X3 the msgid was changed: “Two big duties”"]
    clash = sent_back(site, ('msgstr "İki görev"', 'msgstr "İki iş"'), name="z.zip")
    assert refused(site, good, clash) == [
        "X4 “Two duties” was changed on both sides: here “İki ödev”, there “İki iş”"
    ]


def test_a_source_that_has_gone_or_has_a_fault_takes_nothing(site: Path) -> None:
    file = sent_back(site, ('msgstr "İki görev"', 'msgstr "İki ödev"'))
    edit(site / LIGHTS, "[^log]: See", "See")
    assert [line[:2] for line in refused(site, file)] == ["S2"]
    (site / LIGHTS).rename(site / "sources/pieces/other.md")
    assert refused(site, file) == ["X1 there is no pieces/harbour-lights any more"]


def test_only_files_that_are_known_are_taken(site: Path, tmp_path: Path) -> None:
    po = tmp_path / "a.po"
    po.write_bytes((site / BIO_EN).read_bytes())
    link, pipe = tmp_path / "link.zip", tmp_path / "pipe.zip"
    link.symlink_to(sent_back(site))
    os.mkfifo(pipe)
    large = tmp_path / "large.zip"
    large.write_bytes(b"PK\x03\x04" + bytes(bundle.SIZE))
    assert sorted(refused(site, po, link, pipe, large, tmp_path / "none.zip")) == [
        "F1 is a symbolic link",
        "F1 is not a regular file",
        "F7 is larger than 8,192 KiB",
        "F8 cannot be read: No such file or directory",
        "X1 is not a file that is taken back",
    ]


def test_what_would_grow_beyond_reading_is_not_written(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = "uzun " * 1000
    files = [
        sent_back(site, (old, f'msgstr "{long}"'), name=f"{number}.zip")
        for number, old in enumerate(('msgstr "İki görev"', 'msgstr "Işığı yanık tutmak."'))
    ]
    monkeypatch.setattr(catalogue, "SIZE", 11 * 1024)
    assert refused(site, *files) == ["F7 would become larger than 11 KiB"]


# ── The command line ─────────────────────────────────────────────────────────────────────────


def test_the_commands_say_what_they_did(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(site, "pack", "tr", "harbour-lights")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("packed    harbour-lights.tr.zip\n")
    assert (tmp_path / "harbour-lights.tr.zip").read_bytes() == pack(site).content
    result = run(site, "pack", "tr", "harbour-lights", "--to", str(tmp_path / "b.zip"))
    assert (tmp_path / "b.zip").is_file()
    file = sent_back(site, ('msgstr "İki görev"', 'msgstr "İki ödev"'))
    result = run(site, "import", str(file))
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        f"taken in   {file} → {LIGHTS_TR}   1 translated, 0 fuzzy, 8 unchanged\n"
    )
    edit(site / LIGHTS_TR, "İki ödev", "İki iş")
    result = run(site, "import", str(file))
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"{file}/pieces/harbour-lights.po:" in result.stderr
    assert run(site, "import").exit_code == 2
