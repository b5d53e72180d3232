"""What the benchmarks reckon with: the words that Typst is given, and the least of many times."""

from __future__ import annotations

import pytest

from benchmarks.pdfs import Cost, Typesetter, escaped, least


@pytest.mark.parametrize(
    ("page", "wanted"),
    [
        ("<p>One <em>two</em> three.</p>", "\n\nOne #emph[two] three.\n\n"),
        ("<h2>A <span>b</span></h2>", "\n\n== A b\n\n"),
        ("<ul><li>a</ul><p>b</p>", "\n- a\n\n\nb\n\n"),
        ("<blockquote><p>a</p></blockquote>", "\n#quote(block: true)[\n\na\n\n]\n"),
        ('a<span class="footnote">n <b>o</b></span>', "a#footnote[n #strong[o]]"),
        ('<a href="https://a.example/?b=c">d</a>', '#link("https://a.example/?b=c")[d]'),
        ('<a href="#b">d</a>', "d"),
        ('<span lang="fa" dir="rtl">دفتر</span>', '#text(lang: "fa")[دفتر]'),
        ("a<br>b", "a \\ b"),
        ("<style>h1 { color: red }</style>a<img src=x>b", "ab"),
    ],
)
def test_a_print_page_becomes_a_typst_document(page: str, wanted: str) -> None:
    head = '<html lang="tr-TR"><head><title>A "b" #c</title></head>'
    made = Typesetter.document(f"{head}<body>{page}</body></html>")
    assert made.endswith(f"8.6pt)\n{wanted}")
    assert """title: "A 'b' #c")""" in made
    assert 'lang: "tr"' in made


def test_words_mean_nothing_to_typst_but_themselves() -> None:
    assert escaped("#a *b*\n  @c - 1") == r"\#a \*b\* \@c \- 1"


def test_the_cheapest_of_each_edition_counts() -> None:
    found = least([[Cost(3, 4), Cost(1, 2)], [Cost(5, 5), Cost(7, 1)]])
    assert found == Cost(3, 3.5)
