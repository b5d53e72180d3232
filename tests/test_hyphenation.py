"""Hyphenation: Turkish by its syllables, English by its region, and WeasyPrint that follows."""

from __future__ import annotations

import doctest
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import babel
import pyphen
import pytest
from hypothesis import given
from hypothesis import strategies as st
from weasyprint import HTML

from publish import hyphenation
from publish.hyphenation import PyphenError, hyphens, install

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """pyphen taught, and as it was again afterwards."""
    for name in ("LANGUAGES", "LANGUAGES_LOWERCASE", "hdcache"):
        monkeypatch.setattr(pyphen, name, dict(getattr(pyphen, name)))
    install()


def divided(word: str, lang: str = "tr") -> str:
    """The word as pyphen divides it when asked as WeasyPrint asks it."""
    return str(pyphen.Pyphen(lang=lang).inserted(word))


def test_the_examples_in_the_module_hold() -> None:
    assert doctest.testmod(hyphenation).failed == 0


# ── Turkish ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "expected",
    [
        *("Ulus-la-ra-ra-sı", "Üni-ver-si-te-si", "kont-rol", "Af-ga-nis-tan", "öğ-ret-men"),
        *("İk-ti-sa-di", "İs-tan-bul", "Iğ-dır", "ULUS-LA-RA-RA-SI", "İLİŞ-Kİ-LER"),
        *("hü-kû-met", "Kâ-bil", "mil-lî", "mil-lî-leş-tir-me", "sa-at", "şi-ir-ler", "bo-ğaz"),
        *("stra-te-ji", "Stras-burg", "prog-ram", "kra-li-çe", "elekt-rik", "ara-ba"),
        # Capitals and marks as characters of their own.
        *("Ça-nak-ka-le", "I\u0307s-tan-bul", "og\u0306-ret-men", "ŞAN-LI-UR-FA-LI"),
        # Beside an apostrophe a hyphen would be one sign too many.
        *("Tah-ran'da", "Tah-ran’da", "Tah-ran’ın", "İs-tan-bul’un", "An-ka-ra’ya"),
        *("Tür-ki-ye’de-ki-ler", "Kars’ın-ki", "Ali’nin", "Mont-rö’nün", "Rio’da", "11’in-ci"),
        # An abbreviation is not divided; a longer word in capitals may be.
        *("UNESCO’nun", "TBMM’nin", "NATO’da-ki", "UNICEF", "TÜBİTAK", "ULUS-LA-RA-SI"),
        *("Mar-ma-ra-e-reğ-li-si", "re’sen", "x", "", "1936", "(ara)"),
    ],
)
def test_a_turkish_word_is_divided(expected: str) -> None:
    word = expected.replace("-", "")
    assert divided(word) == expected
    assert [*hyphens(word)] == pyphen.Pyphen(lang="tr").positions(word)


def test_the_positions_are_those_of_patterns_read_from_a_file(tmp_path: Path) -> None:
    """Hyphenation patterns say the same: before a consonant and vowel, and between vowels."""
    vowels, consonants = "aeıioöuüâîû", "bcçdfgğhjklmnpqrsştvwxyz"
    patterns = [f"1{c}{v}" for c in consonants for v in vowels]
    patterns += [f"{a}1{b}" for a in vowels for b in vowels]
    path = tmp_path / "hyph_tr.dic"
    path.write_text("\n".join(["UTF-8", *patterns]), encoding="utf-8")
    read = pyphen.Pyphen(filename=path, cache=False)
    words = [word for word in turkish_words() if word.islower() and word.isalpha()]
    assert len(words) > 500
    cluster = re.compile(f"[{consonants}]{{2}}")
    for word in words:
        # The patterns know no vowel that has to stand before.
        if not cluster.match(word):
            assert [*hyphens(word)] == read.positions(word), word


def turkish_words() -> list[str]:
    """Words of Turkish: of CLDR's names, of this repository's own texts, and some more."""
    texts: list[str] = []
    data = babel.Locale("tr")
    for names in (data.territories, data.languages, data.scripts, data.currencies, data.variants):
        texts += map(str, names.values())
    texts += [str(name) for zone in data.time_zones.values() for name in zone.values()]
    for widths in (data.months, data.days):
        texts += [str(name) for style in widths.values() for name in style["wide"].values()]
    catalogues = sorted((ROOT / "locales/tr").rglob("*.po"))
    texts += [
        "".join(re.findall(r'^(?:msgstr[^"]*)?"(.*)"$', entry, re.MULTILINE))
        for path in catalogues
        for entry in re.split(r"(?=^msgstr)", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        if entry.startswith("msgstr") and "Content-Type" not in entry
    ]
    for name in ("pieces/montreux-at-ninety", "authors/defne-ornek"):
        texts.append((ROOT / f"sources/{name}.md").read_text(encoding="utf-8"))
    texts += [ENDINGS, MORE]
    letters = "a-pr-vyzâîûçğıöşü" + "A-PR-VYZÂÎÛÇĞİÖŞÜ"
    found = re.findall(rf"(?<![\w’'])[{letters}]+(?:[’'][{letters}]+)?(?![\w’'])", " ".join(texts))
    return sorted({word for word in found if len(word) > 3})


# Endings pile up on stems by the harmony of vowels; each stem here has its own set.
ENDINGS = " ".join(
    stem + ending
    for stems, endings in (
        (
            "kitap yol kara kıyı sınır barış anlaşma yasa bakan başkan ordu boğaz kanal liman",
            "lar ları larda lardan ların larla lık lıklar lıkları lıklardan larımız larımızdan",
        ),
        (
            "deniz devlet ülke kişi öğretmen görüş ilke seçim ekonomi bölge gemi tekne ilişki",
            "ler leri lerde lerden lerin lerle lik likler likleri liklerden lerimiz lerimizden",
        ),
        (
            "Ankara’ İstanbul’ Kars’ Bakü’ Hazar’ Moskova’ Taşkent’ Tahran' Iğdır' Ağrı’ Aral’",
            "dan dakiler daki dakilerin dır dadır danmış",
        ),
        (
            "İzmir’ Edirne’ Türkiye’ İran' İngiltere’ Kâbil’ Şili’ Çin’ Özbekistan’ Belçika’",
            "den deki dekiler dekilerin dir dedir denmiş",
        ),
    )
    for stem in stems.split()
    for ending in endings.split()
)
MORE = """
hükûmet hükûmetler hükûmetlerarası kâğıt kâğıtlar rüzgâr rüzgârlı mahkûm mahkûmiyet millî
millîleştirme resmî resmîlik tarihî dinî siyasî askerî hâkimiyet hâkim kâtip lâzım sükûnet
dükkân imkân imkânsızlık İRAN IRAK İLİŞKİLER ULUSLARARASI ANTLAŞMALAR SINIRLAR IŞIK İŞBİRLİĞİ
İstanbul’un Iğdır’ın Sözleşmesi’nin saatler şiirler şairane kooperatif koordinasyon realite
teori ideoloji biyografi coğrafya reaktör kaide
"""


def syllables(word: str) -> list[str]:
    """The syllable rule, told from the right: a syllable ends a word or stands before another, has
    one vowel, and begins with the one consonant before it if there is one; the first has all."""
    vowels = set("aeıioöuüâîû")
    small = word.replace("I", "ı").replace("İ", "i").lower()
    assert len(small) == len(word)
    parts: list[str] = []
    rest = word
    while True:
        at = max((i for i, char in enumerate(small[: len(rest)]) if char in vowels), default=-1)
        if at > 0 and small[at - 1] not in vowels:
            at -= 1  # the one consonant
        if at <= 0 or not vowels.intersection(small[:at]):
            return [rest, *reversed(parts)]
        parts.append(rest[at:])
        rest = rest[:at]


def rule(word: str) -> set[int]:
    """Where the syllable rule divides, at least two letters from either end and an apostrophe."""
    found: set[int] = set()
    start = 0
    for part in re.split("([’'])", word):
        at = start
        for syllable in syllables(part)[:-1]:
            at += len(syllable)
            if at - start >= 2 and start + len(part) - at >= 2:
                found.add(at)
        start += len(part)
    return found


def test_turkish_is_divided_by_the_rule_of_its_syllables() -> None:
    words = turkish_words()
    agreed = asked = 0
    differing = []
    for word in words:
        ours, theirs = set(pyphen.Pyphen(lang="tr").positions(word)), rule(word)
        agreed += len(ours & theirs)
        asked += len(ours | theirs)
        if ours != theirs:
            differing.append(word)
    share = agreed / asked  # what differs is abbreviations
    print(f"{len(words)} words, {asked} points, {share:.2%} agree; not: {differing}")  # noqa: T201
    assert len(words) >= 2000
    for letter in "İıâûî’'":
        assert sum(letter in word for word in words) >= 5, letter
    assert share > 0.98


@given(st.text(alphabet="abcıiIİaâûî’'-. \u0307ş1é", max_size=30))
def test_any_text_is_divided_between_letters_and_not_beside_an_apostrophe(word: str) -> None:
    for at in hyphens(word):
        assert 2 <= at <= len(word) - 2
        assert not set(word[at - 2 : at + 2]) & set("’'-. 1")
        assert word[at] != "\u0307"


# ── Installing ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        *(("en", "democ-ra-cy"), ("en-US", "democ-ra-cy"), ("en-PH", "democ-ra-cy")),
        *(("en-GB", "demo-cracy"), ("en-AU", "demo-cracy"), ("en-IE", "demo-cracy")),
        *(("en-DE", "demo-cracy"), ("en-001", "demo-cracy")),
    ],
)
def test_english_is_divided_as_its_region_does(tag: str, expected: str) -> None:
    assert divided("democracy", pyphen.language_fallback(tag)) == expected


def test_a_language_without_region_is_that_of_its_likely_one() -> None:
    for bare, full in (("de", "de_DE"), ("pt", "pt_BR"), ("pt_AO", "pt_PT"), ("ru", "ru_RU")):
        assert pyphen.LANGUAGES[bare] == pyphen.LANGUAGES[full]


def test_installing_again_changes_nothing_and_writes_nothing() -> None:
    before = dict(pyphen.LANGUAGES), dict(pyphen.LANGUAGES_LOWERCASE), dict(pyphen.hdcache)
    words = pyphen.Pyphen(lang="tr").hd
    install()
    assert (pyphen.LANGUAGES, pyphen.LANGUAGES_LOWERCASE, pyphen.hdcache) == before
    assert pyphen.Pyphen(lang="tr").hd is words
    assert not pyphen.LANGUAGES["tr"].exists()


@pytest.mark.parametrize("name", hyphenation._KNOWN)
def test_a_pyphen_without_what_is_used_is_refused(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(pyphen, name)
    with pytest.raises(PyphenError, match=f"has no {name}"):
        install()


def test_a_pyphen_that_seeks_languages_otherwise_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pyphen, "language_fallback", lambda tag: "en_US")
    with pytest.raises(PyphenError, match=r"takes .*hyph_en_US.dic for tr, not tr"):
        install()


def test_a_pyphen_that_does_not_ask_the_cache_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Deaf(pyphen.Pyphen):  # type: ignore[misc]
        def __init__(self, *, lang: str) -> None:
            super().__init__(lang="ru")

    monkeypatch.setattr(pyphen, "Pyphen", Deaf)
    with pytest.raises(PyphenError, match=r"pyphen [0-9.]+ divides “İstanbul” at"):
        install()


# ── WeasyPrint ───────────────────────────────────────────────────────────────────────────────


def lines(box: Any) -> Iterator[str]:
    if type(box).__name__ == "LineBox":
        yield "".join(getattr(part, "text", "") for part in box.descendants())
    else:
        for child in getattr(box, "children", ()):
            yield from lines(child)


def column(words: str, lang: str, width: int = 8) -> list[str]:
    style = f"width:{width}ch;hyphens:auto;hyphenate-limit-chars:6 3 3;font-family:monospace"
    page = f"<html lang='{lang}'><body><p style='{style}'>{words}"
    return [*lines(HTML(string=page).render().pages[0]._page_box)]


def test_weasyprint_breaks_turkish_words_in_a_narrow_column() -> None:
    text = "Uluslararası İktisadi İLİŞKİLERİ Üniversitesi’ndekiler"
    broken = column(text, "tr", 7)
    hyphen = "\u2010"
    ends = [line for line in broken if line.endswith(hyphen)]
    assert len(ends) >= 4
    for line in broken:
        assert not line.strip(hyphen).endswith(("’", "'"))
    whole = "".join(line.removesuffix(hyphen) if line in ends else f"{line} " for line in broken)
    assert " ".join(whole.split()) == text
    # Where a line ends depends on the font at hand; that each is the end of a syllable does not.
    words = text.split()
    for end in ends:
        [word] = [word for word in words if end.removesuffix(hyphen) in word]
        at = word.index(end.removesuffix(hyphen)) + len(end.removesuffix(hyphen))
        assert at in hyphenation.hyphens(word)
    assert any(end.startswith("İk") for end in ends)


@pytest.mark.parametrize(("lang", "first"), [("en", "democ\u2010"), ("en-GB", "demo\u2010")])
def test_weasyprint_breaks_english_as_the_page_says(lang: str, first: str) -> None:
    assert column("democracy", lang, 7)[0] == first
