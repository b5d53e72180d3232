"""What an editor would mend: each rule's faults, and its false alarms, in three languages."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publish import check, markdown, proofread
from publish.errors import RULES, Problem, Severity, Span, Waiver
from publish.load import load
from publish.locales import parse
from publish.model import Piece, Text

DAY = datetime.date(2026, 3, 4)


def page(body: str, tag: str = "en", title: str = "Lights") -> proofread.Page:
    text, line = Text(body, Span("x.md", 1)), Text(title, Span("front.md", 2, 8))
    locale = parse(tag)
    piece = Piece(
        *("x", locale, line, Text("—", line.span), DAY, None),
        *(("a",), (), (), text, "x.md"),
    )
    return proofread.of_piece(piece, markdown.cut(text, locale), ["Doğan Ilgaz"])


def found(code: str, body: str, tag: str = "en") -> list[str]:
    """What stands at the place of each finding, up to the end of its line."""
    lines = body.split("\n")
    problems = [p for p in proofread.proofread(page(body, tag)) if p.code == code]
    return [lines[p.span.line - 1][p.span.column - 1 :] for p in problems]


FAULTS = [
    ("S4", "en", "## One\n\n#### Deep", "Deep"),
    ("S4", "ru", "## МАЯКИ ЧЁРНОГО МОРЯ", "МАЯКИ ЧЁРНОГО МОРЯ"),
    ("S8", "ru", "Похожие записи", "Похожие записи"),
    ("S10", "en", "A *word* and \\* دفتر.", "دفتر."),
    ("S10", "ru", "Слово دفتر.", "دفتر."),
    ("S10", "tr", "Bir сөз var.", "сөз var."),
    ("S11", "en", "It was\nin İran.", "İran."),
    ("S13", "en", "A light[^1].\n\n[^1]: x", "[^1]."),
    ("S13", "tr", "Fener [^1] yanar.\n\n[^1]: x", "[^1] yanar."),
    ("S13", "ru", "Маяк горит.[^1]\n\n[^1]: x", "[^1]"),
    ("S14", "ru", "Маяк[^1].\n\n[^1]: Там же, с. 5.", "Там же, с. 5."),
    ("S15", "en", "A.[^1]\n\n[^1]: News,, 1999.", ",, 1999."),
    ("S16", "ru", "«The Register of the Lights» вышел.", "The Register of the Lights» вышел."),
    ("S17", "en", "He is **in** in town.", "in town."),
    ("S17", "tr", "Gemi gemi gelir.", "gemi gelir."),
    ("S17", "tr", "Işık ışık yandı.", "ışık yandı."),
    ("S17", "ru", "Маяк маяк горит.", "маяк горит."),
    ("S17", "ru", "Маяк , море.", " , море."),
    ("S18", "en", "He said “go and went.", "“go and went."),
    ("S18", "tr", "Dalı‘nda okudu.", "‘nda okudu."),
    ("S18", "ru", "Он сказал «да.", "«да."),
    ("S18", "ru", 'Он "там был.', '"там был.'),
    ("S18", "en", 'He said "go and ‘so’.', '"go and ‘so’.'),
    ("S18", "en", "He 'said «so' here».", "'said «so' here»."),
    ("S19", "en", "BAt sea.", "BAt sea."),
    ("S19", "en", "From Tehran to tehran’s hills.", "tehran’s hills."),
    ("S19", "tr", "Gemi Iran’dan geldi.", "Iran’dan geldi."),
    ("S19", "ru", "Из порта Тегеран в тегеран.", "тегеран."),
    ("S20", "en", "On 03.04.2021 it burned.", "03.04.2021 it burned."),
    ("S20", "ru", "В пятницу, 4 марта 2026 г.", "4 марта 2026 г."),
    ("S20", "tr", "4 Mart 2026 Cuma günü.", "4 Mart 2026 Cuma günü."),
    ("S24", "en", "It burns.[1]", "[1]"),
    ("S25", "ru", "Он [здесь](https://a.example).", "здесь](https://a.example)."),
    ("S27", "en", "One  \ntwo.", ""),
    ("S28", "en", "A [daftar]{lang=fa}.", "[daftar]{lang=fa}."),
    ("S31", "en", "On 1 March 2020, then March 2, 2020.", "March 2, 2020."),
]


@pytest.mark.parametrize(("code", "tag", "body", "rest"), FAULTS)
def test_a_fault_is_found_at_its_words(code: str, tag: str, body: str, rest: str) -> None:
    assert found(code, body, tag) == [rest]


RIGHT = [
    ("S4", "en", "## NATO and the EU\n\n### BRICS\n\n## Lights, lamps, etc."),
    ("S4", "tr", "## TBMM\n\n## Deniz, liman vb."),
    ("S8", "en", "Similar posts stood on every hill. They were lit at night."),
    ("S10", "en", "Angles α and µ; [دفتر]{lang=fa}; `маяк`; <https://a.example/маяк>."),
    ("S10", "ru", "Порт Aktau и COVID-19."),
    ("S10", "tr", "İstanbul, Hükûmeti, Çanakkale."),
    ("S11", "en", "Doğan Ilgaz of Türkiye met Erdoğan; [dışişleri]{lang=tr}."),
    ("S11", "tr", "Washington ile New York, web sitesi."),
    ("S13", "en", "A light[^1] burns.[^2] “Yes.”[^1]\n\n[^1]: x\n\n[^2]: y"),
    ("S13", "ru", "Маяк[^1], море[^2]. В 2001 г.[^1] «Да!»[^2]\n\n[^1]: x\n\n[^2]: y"),
    ("S14", "ru", "Там же стоит маяк."),
    ("S15", "ru", "А[^1].\n\n[^1]: [Х](https://a.example) (дата обращения: 27.10.2021)."),
    ("S15", "en", "A.[^1]\n\n[^1]: Rules for access to lights, 1889."),
    ("S16", "en", "“[Fener ve deniz için]{lang=tr}” and “The log of the light”."),
    ("S16", "ru", "«The New York Times» пишет."),
    (
        "S17",
        "en",
        "He had had it; said that that was. Wait … e.g. U.S.A., a .com, at x.com or 3,5.",
    ),
    ("S17", "en", "“It is so.” Smile :) and Bora Bora; The Hague."),
    ("S17", "tr", "Yavaş yavaş, koşa koşa, hemen hemen, da da. T.C. kurumu."),
    ("S17", "ru", "Едва едва, т.е. так; и т.д. Что?.. Да!.."),
    ("S18", "en", "It’s 6' 2\" tall; the keepers’ log ’90s (so); 1) one “a ‘b’ c”."),
    ("S18", "en", "“One paragraph.\n\n“Another one.”"),
    ("S18", "en", 'He said "go" and \'stay here\', "*so*" and ["here"](https://a.example).'),
    ("S18", "ru", 'Он "там" был.'),
    ("S18", "ru", "«Он сказал „да“ и ушёл»."),
    ("S18", "tr", "İran’ın “sözü” ve Dalı’nda."),
    ("S19", "en", "PDFs, IDs, NATO, iPhone and YouTube; china cups; Tehran."),
    ("S19", "tr", "İran ile Irak, Isparta ve Iğdır."),
    ("S20", "en", "On Wednesday, 4 March 2026; 27/10/2021; it will open on 5 May 2026."),
    ("S20", "tr", "03.04.2021 ve 4 Mart 2026 Çarşamba; 5 Mayıs 2026’da açılacak."),
    ("S20", "ru", "03.04.2021; в среду, 4 марта 2026 года; откроется до 5 мая 2026 года."),
    ("S24", "en", "An array a[1], [a link][1] and \\[x\\].\n\n[1]: https://a.example"),
    ("S25", "en", "See [the register here](https://a.example)."),
    ("S26", "en", "See [a]. \n\n[a]: https://a.example"),
    ("S27", "en", "One\\\ntwo\nthree."),
    ("S28", "en", "[daftar]{lang=fa-Latn}, [log]{lang=en}, [دفتر]{lang=fa}."),
    ("S31", "en", "On 1 March 2020, then 2 March 2020."),
]


@pytest.mark.parametrize(("code", "tag", "body"), RIGHT)
def test_what_is_right_is_not_told(code: str, tag: str, body: str) -> None:
    assert found(code, body, tag) == []


def test_what_is_found_in_front_matter_stands_where_it_begins() -> None:
    (problem,) = proofread.proofread(page("A light.", title="The  the lights"))[:1]
    assert problem.span == Span("front.md", 2, 8)


def test_a_comment_sets_a_rule_aside_for_the_block_below_it_alone() -> None:
    body = "<!-- check-ignore: S17, S19 it is\na quotation -->\n\n> BAt at at sea.\n\nAt at sea."
    problems = proofread.proofread(page(body))
    assert [(p.code, p.span.line, p.waived) for p in problems] == [
        ("S17", 4, "it is a quotation"),
        ("S17", 6, ""),
        ("S19", 4, "it is a quotation"),
    ]


def test_an_error_set_aside_stops_no_build() -> None:
    strange = page("The word دفتر.")
    assert [p.code for p in proofread.errors(strange)] == ["S10"]
    assert proofread.warnings(strange) == ()
    waived = page("<!-- check-ignore: S10 a puzzle -->\n\nThe word دفتر.")
    assert proofread.errors(waived) == ()
    assert [(p.code, p.waived) for p in proofread.warnings(waived)] == [("S10", "a puzzle")]


def test_a_build_hears_of_errors_alone(site: Path) -> None:
    path = site / "sources/pieces/harbour-lights.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("- Keep", "At  sea, دفتر.\n\n- Keep"), encoding="utf-8")
    loaded = load(site)
    assert {p.code for p in check.sources(loaded.site)} == {"S10"}
    assert {p.code for p in check.check(loaded)} == {"S10", "S17"}


def test_a_biography_is_kept_in_its_language_on_purpose(site: Path) -> None:
    def told() -> list[Problem]:
        return [problem for problem in check.check(load(site)) if problem.code == "S12"]

    (site / "locales/en/LC_MESSAGES/authors/ada-deniz.po").unlink()
    assert [problem.message for problem in told()] == [
        "the biography is printed in tr on pages in en"
    ]
    path = site / "sources/authors/ada-deniz.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("language: tr", "language: tr\nbio: keep"), encoding="utf-8")
    assert told() == []


@pytest.mark.parametrize("code", proofread.CHECKS)
def test_an_editor_may_say_why_a_rule_does_not_hold(code: str) -> None:
    assert RULES[code].waived_by is Waiver.EDITOR
    assert (RULES[code].severity is Severity.ERROR) == (code == "S10")


@settings(deadline=None, max_examples=150)
@given(
    body=st.text(
        st.sampled_from("aAiİıIşбЯد \n.,;:!?\"'‘’“”«»„()[]{}*_`#-<>!\\&1/^=|~\u00a0"), max_size=60
    ),
    tag=st.sampled_from(["en", "tr", "ru", "fa", "fr"]),
)
def test_no_text_makes_a_rule_fail_and_places_are_within_their_lines(body: str, tag: str) -> None:
    lines = body.split("\n")
    for problem in proofread.proofread(page(body, tag)):
        if problem.span.path == "x.md":
            assert problem.span.column <= len(lines[problem.span.line - 1]) + 1
