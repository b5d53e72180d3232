"""Typography: what each language asks for, what is left alone, and that nothing else changes.

In expectations `~` stands for a no-break space.
"""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publish import locales, typography
from publish.locales import parse
from publish.typography import NBSP, OBJECT, nodes, text

EN, TR, RU, DE = parse("en"), parse("tr"), parse("ru"), parse("de")
KNOWN = [parse(tag) for tag in sorted(locales._MARKS_OF)]


def shown(words: str, tag: str) -> str:
    return text(words, parse(tag)).replace(NBSP, "~")


def test_the_examples_in_the_module_hold() -> None:
    assert doctest.testmod(typography).failed == 0


# ── Spaces ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "expected",
    [
        *("Dr.~Ada and Mr.~Smith", "Prof.~Dr. x", "see p.~5, pp.~12–13", "No.~5", "§~6"),
        *("vol.~II", "p.~xii, pp.~iv–vi", "ch.~IV.", "No. I think", "p. vain", "fig. Vx"),
        *("20~km, 5~m and 30~%", "3~a.m.", "5 men", "12 kmh", "a No. Two", "ship. The", "no. 5"),
        *("10 000", "a — b", "in the house", "xDr. Ada"),
    ],
)
def test_english_spaces(expected: str) -> None:
    assert shown(expected.replace("~", " "), "en") == expected


@pytest.mark.parametrize(
    "expected",
    [
        *("Dr.~Ada, Prof.~Dr.~Ali", "bkz.~s.~12", "c.~3, no.~4", "700~km", "15.000 ton", "5~TL"),
        *("c.~II", "s.~xii", "C. İnan"),
        *("Dr. x", "ve bu", "a s. b", "20~%"),
    ],
)
def test_turkish_spaces(expected: str) -> None:
    assert shown(expected.replace("~", " "), "tr") == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("% 20 ve %30", "%20 ve %30"),
        ("(% 20)", "(%20)"),
        ("% 20 km", "%20~km"),
        ("20 % 30", "20~% 30"),
        ("%% 20", "%% 20"),
        ("% yirmi", "% yirmi"),
        ("%~20", "%~20"),
        ("%  20", "%  20"),
    ],
)
def test_the_turkish_percent_sign_stands_at_its_number(words: str, expected: str) -> None:
    assert shown(words.replace("~", NBSP), "tr") == expected
    assert shown("% 20", "en") == "% 20"


@pytest.mark.parametrize(
    "expected",
    [
        *("В~доме и~на~море", "и~в~саду", "«О~людях» (и~о~нас)", "Без~того, что~было", "А~он"),
        *("что-то из-за границы", "кто-то за~мной", "около дома", "вода и", "я в", "кофе с,"),
        *("Москва~— столица", "да~— нет", "2001~– 2002", "— Да", "Урал —море", "«и»~— союз"),
        *("А.~С.~Пушкин", "у~А.~С.~Пушкина", "J.~Smith", "т.~е. так", "и~т.~д.", "и~т.~п."),
        *("2008~г. Он", "XX~в. и~дальше", "г.~Москва", "1990–1995~гг.", "до~н.~э.", "им.~Ленина"),
        *("№~5", "§~6", "с.~12", "т.~3", "см.~рис.~4"),
        *("13~км, 5~млн~руб.", "20~%", "42~м по~высоте", "5 метров", "1000 книг", "5~тыс.~экз."),
        *("12~500", "1~234~567~км", "в~2018 500 лет", "3,14 159 2", "100 20"),
    ],
)
def test_russian_spaces(expected: str) -> None:
    assert shown(expected.replace("~", " "), "ru") == expected


def test_a_language_without_rules_keeps_its_spaces() -> None:
    words = "Dr. A 5 km, в доме"
    assert text(words, DE) == text(words, parse("ka")) == words


@pytest.mark.parametrize("space", ["  ", "\n", "\t", "\u202f", "\u2009", NBSP])
def test_only_a_single_plain_space_is_made_to_hold(space: str) -> None:
    for words in (f"в{space}доме", f"да{space}— нет", f"№{space}5", f"5{space}км"):
        assert text(words, RU) == words


# ── Quotation marks ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("tag", "words", "expected"),
    [
        ("en", '"Yes," she said.', "“Yes,” she said."),
        ("en", 'He said "this is "it" there".', "He said “this is ‘it’ there”."),
        ("en", "'He said \"yes\" to me'", "‘He said “yes” to me’"),
        ("en", '("a"—"b") "c"', "(“a”—“b”) “c”"),
        ("en", "don't, the ports' rock 'n' roll", "don’t, the ports’ rock ’n’ roll"),
        ("en", "'Twas 'tis 'em, the '90s and '80s.", "’Twas ’tis ’em, the ’90s and ’80s."),
        ("en", "He said 'go', 'em' and \"'Tis so\".", "He said ‘go’, ‘em’ and “’Tis so”."),
        ("en", "the U.S.'s 'so.' and 'A.'", "the U.S.’s ‘so.’ and ‘A.’"),
        ("tr", "T.C.'nin ve 'A.' 'n' 'tis", "T.C.’nin ve ‘A.’ ‘n’ 'tis"),
        ("en", "'the ports' harbours'", "‘the ports’ harbours’"),
        ("en", "the 1990's", "the 1990’s"),
        ("en", '"in 1992" and', "“in 1992” and"),
        ("en", '“he said "x" there”', "“he said ‘x’ there”"),
        ("en", '"a "in 1992" b"', "“a ‘in 1992’ b”"),
        ("en-GB", '"a"', "“a”"),
        ("tr", "Tahran'da \"söz\" 1936'da", "Tahran’da “söz” 1936’da"),
        ("tr", "\"Söz\"'ün, (BM)'nin, '\"a\"'", "“Söz”’ün, (BM)’nin, ‘“a”’"),
        ("tr", "\"dışta 'içte' dışta\"", "“dışta ‘içte’ dışta”"),
        ("ru", '"слово "да" там"', "«слово „да“ там»"),
        ("ru", '«слово "да" там»', "«слово „да“ там»"),
        ("ru", "\"слово 'да' там\" д'Артаньян", "«слово „да“ там» д’Артаньян"),
        ("ru", "'слово'", "«слово»"),
        ("de", "\"sagte 'ja'\"", "„sagte ‚ja‘“"),
        ("fr", '"l\'eau"', "«l’eau»"),
        ("sv", '"ja" ”nej”', "”ja” ”nej”"),
        ("sv", '”ja "x" nej”', "”ja ’x’ nej”"),
        ("fa", '"دفتر"', "«دفتر»"),
    ],
)
def test_straight_marks_become_the_languages_own(tag: str, words: str, expected: str) -> None:
    assert shown(words, tag).replace("~", " ") == expected


@pytest.mark.parametrize(
    "words",
    [
        *(
            "5' 10\"",
            "5'10\"",
            "5'x10'",
            "5' × 10' wide",
            '6" pipe',
            "26' 46\"",
            "5″ 6′",
            'not closed "yes',
            'closed" only',
        ),
        *('lang="tr" x="y"', "''two''", '"', "'", '" "', "'90", 'a"b', "https://a.b/it's", '\\"'),
        *("www.a.b/'c'd", "“set” ‘by’ «hand» „here“", '"a “b" c”'),
    ],
)
def test_what_is_not_certain_stays(words: str) -> None:
    assert text(words, EN) == words


def test_only_english_words_end_in_an_apostrophe() -> None:
    for locale in (TR, RU, DE):
        assert text("the ports' x", locale) == "the ports' x"


def test_inches_in_a_quotation_stay() -> None:
    assert text('"a 6" pipe" and "5\' 10" tall"', EN) == '“a 6" pipe” and “5\' 10" tall”'


def test_a_language_whose_marks_are_not_known_keeps_straight_ones() -> None:
    assert text('o\'zbek "x"', parse("uz")) == 'o\'zbek "x"'


def test_a_text_of_marks_alone_is_not_looked_at() -> None:
    many = '"a" ' * typography.MANY
    assert text(many, EN) == many
    assert text(many[:400], EN).count("“") == 100


# ── Nodes ────────────────────────────────────────────────────────────────────────────────────


def test_a_mark_opens_in_one_node_and_closes_in_another() -> None:
    assert nodes(('"', "word", '"'), EN) == ("“", "word", "”")
    assert nodes(("в", " ", "доме"), RU) == ("в", NBSP, "доме")
    assert nodes(('"', OBJECT, '" и ', OBJECT), RU) == ("«", OBJECT, f"» и{NBSP}", OBJECT)
    assert nodes(("%", " ", "20"), TR) == ("%", "", "20")
    assert nodes((OBJECT, "'da"), TR) == (OBJECT, "’da")


# ── Laws ─────────────────────────────────────────────────────────────────────────────────────

SIGNS = st.sampled_from(
    (
        *"\"\"\"'''  .,()—–-%§№5“”„«»‘’‹›",
        *(" ", " ", " ", " ", "\n", NBSP, OBJECT, "\u202f", "% ", "20", "в", "и", "т. е.", "А. С."),
        *("word", "Dr.", "p. 5", "km", "км", " г.", "s", "'s", "İ", "d'", "ports'", "https://a.b"),
    )
)
TEXTS = st.one_of(st.lists(SIGNS, max_size=25).map("".join), st.text(max_size=20))
LANGUAGES = st.sampled_from((EN, TR, RU, *KNOWN))


def plain(words: str) -> str:
    """The text with one kind of space, and one of mark in place of all."""
    kinds = str.maketrans(dict.fromkeys("\"'“”„«»‘’‚‹›", '"') | {NBSP: " "})
    return words.translate(kinds)


@settings(deadline=None, max_examples=400)
@given(TEXTS, LANGUAGES)
def test_only_spaces_and_marks_change(words: str, locale: locales.Locale) -> None:
    done = text(words, locale)
    if locale == TR:
        assert plain(done).replace("% ", "%") == plain(words).replace("% ", "%")
        return
    assert plain(done) == plain(words)
    marks = {*locales.quotation_marks(locale), "’"}
    for before, after in zip(words, done, strict=True):
        if before in "\"'":
            assert after in {before} | marks
        else:
            assert after in {before, NBSP}
            assert before in (after, " ")


@settings(deadline=None, max_examples=400)
@given(TEXTS, LANGUAGES)
def test_what_is_set_stays_as_it_is(words: str, locale: locales.Locale) -> None:
    done = text(words, locale)
    assert text(done, locale) == done


@pytest.mark.parametrize(
    ("tag", "words"),
    [("en", 'word„ "\'b’») .,"'), ("fa", '"\'„" ”"\'"a—) '), ("tr", '»"„"\'.""')],
)
def test_what_was_set_leaves_nothing_to_set(tag: str, words: str) -> None:
    done = text(words, parse(tag))
    assert done != words
    assert text(done, parse(tag)) == done


@settings(deadline=None, max_examples=200)
@given(st.lists(TEXTS, max_size=5), LANGUAGES)
def test_nodes_are_set_as_the_whole_is(parts: list[str], locale: locales.Locale) -> None:
    done = nodes(parts, locale)
    assert len(done) == len(parts)
    assert "".join(done) == text("".join(parts), locale)


@pytest.mark.parametrize("part", ['"a ', "'a' ", "1", "1' ", "в ", "А. ", "1 000 ", "www.", " %"])
def test_a_hostile_text_is_set_all_the_same(part: str) -> None:
    for locale in (EN, TR, RU):
        words = part * (20_000 // len(part))
        assert plain(text(words, locale)) == plain(words)
