"""One page: what it names, and what is wrong within it."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publish.errors import Problem
from publish.pages import Link, Page, place, read, stylesheet

POLICY = "default-src 'none'; img-src 'self'; style-src 'self'"
TITLE, HEADING = "<title>x</title>", "<h1>x</h1>"


def page(
    body: str = "",
    head: str = "",
    policy: str = POLICY,
    root: str = "en ltr",
    title: str = TITLE,
    heading: str = HEADING,
) -> Page:
    lang, direction = root.split()
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n' if policy else ""
    text = f'<!doctype html>\n<html lang="{lang}" dir="{direction}">\n<head>\n{meta}{head}'
    return read("output/x.html", f"{text}{title}</head>\n<body>{heading}\n{body}\n</body></html>\n")


def told(found: Page) -> list[str]:
    return [f"{problem.code} {problem.message}" for problem in found.problems]


def place_of(problem: Problem) -> tuple[int, int]:
    return problem.span.line, problem.span.column


def test_every_address_is_found_with_what_it_is_for() -> None:
    found = page(
        '<a href="a/" hreflang="tr">a</a><area href="b">'
        '<img src="c.png" srcset="d.png 1x, e.png" alt="">'
        '<video src="f" poster="g"></video><iframe src="h"></iframe><form action="i"></form>'
        '<object data="j"></object><script src="k"></script><blockquote cite="l"></blockquote>'
        "<p style=\"background: url('m')\"></p><style>@import 'n';</style>",
        '<link rel="alternate stylesheet" href="o" hreflang="tr"><link rel="icon" href="p">'
        '<link rel="next" href="q"><meta name="x:url" content="https://x.example/u">'
        '<link rel="preload" as="font" href="r"><link rel="dns-prefetch" href="s">'
        '<meta property="og:image" content="https://x.example/t">',
    )
    assert {link.address: link.kind for link in found.links} == {
        "a/": "page",
        "b": "page",
        "c.png": "img-src",
        "d.png": "img-src",
        "e.png": "img-src",
        "f": "media-src",
        "g": "img-src",
        "h": "frame-src",
        "i": "form",
        "j": "object-src",
        "k": "script-src",
        "l": "name",
        "m": "style-src",
        "n": "style-src",
        "o": "style-src",
        "p": "img-src",
        "q": "name",
        "r": "font-src",
        "s": "*",
        "https://x.example/t": "name",
        "https://x.example/u": "name",
    }
    assert Link("page", "href", "a/", "a/", "tr") in found.links


def test_what_the_head_says_is_read() -> None:
    found = page(
        "",
        '<link rel="canonical" href="/x"><link rel="alternate" hreflang="tr" href="/y">'
        '<link rel="next" hreflang="tr" href="/z"><link rel="alternate stylesheet" href="/s">'
        '<link rel="alternate" type="application/atom+xml" href="/f">'
        '<link rel="alternate" type="application/pdf" href="/p" hreflang="tr">'
        '<link rel="alternate" href="/q">'
        '<meta name="robots" content="NoIndex"><meta property="og:locale" content="en_US">'
        '<script type="application/ld+json">{}</script>',
    )
    assert (found.language, found.canonical, found.versions) == ("en", ("/x",), (("tr", "/y"),))
    assert (found.feeds, found.data, found.indexed) == (("/f",), ("{}",), False)
    assert found.metas["og:locale"] == ("en_US",)
    assert told(found) == []


@pytest.mark.parametrize("content", ["0; url=../new/", "0;URL='../new/'", "0, ../new/"])
def test_where_readers_are_sent_on_is_read(content: str) -> None:
    found = page("", f'<meta http-equiv="refresh" content="{content}">', policy="")
    assert (found.refresh, found.indexed) == ("../new/", False)
    assert [link.address for link in found.links if link.kind == "page"] == ["../new/"]
    assert told(found) == []  # nothing is loaded, so no policy is missed
    for more in ("<script>x()</script>", "<img src='x' alt=''>"):
        found = page(more, f'<meta http-equiv="refresh" content="{content}">', policy="")
        assert told(found) == ["V9 the page has no policy (Content-Security-Policy)"]


def test_addresses_in_stylesheets_are_found_but_not_those_in_comments() -> None:
    text = '/* url(no) */ @import "a.css"; b { src: url(b.woff) url(\'c d\'); x: url( "e" ) }'
    assert list(stylesheet(text)) == ["a.css", "b.woff", "c d", "e"]


def test_places_are_those_of_the_file_whatever_the_quotes_and_entities() -> None:
    text = '<a href=x>\n <a href=\'y&amp;z\'>\n  <a data-href="y&z" href="y&z">'
    assert [
        (span.line, span.column)
        for span in (
            place("p", text, "href", "x"),
            place("p", text, "href", "y&z"),
            place("p", text, "href", "y&z", 2),
            place("p", text, "href", "nowhere"),
        )
    ] == [(1, 4), (2, 5), (3, 22), (1, 1)]


# ── V3 ───────────────────────────────────────────────────────────────────────────────────────


def test_an_id_stands_once() -> None:
    found = page('<p id="a"></p>\n<p id="b"></p><p id="a"></p>')
    assert told(found) == ["V3 id “a” stands 2 times"]
    assert place_of(found.problems[0]) == (8, 18)
    assert found.ids == {"a", "b"}


@pytest.mark.parametrize(
    "attribute", ["aria-labelledby", "aria-describedby", "aria-controls", "for", "list"]
)
def test_what_names_an_id_finds_it(attribute: str) -> None:
    found = page(f'<i id="a"></i><b {attribute}="a"></b>\n<b {attribute}="a c"></b>')
    listed = told(found)
    assert listed == [f"V3 {attribute} names “c”, which is not there"]
    assert place_of(found.problems[0]) == (8, 4)


# ── V8 ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "body",
    [
        "Words, <i lang='fa' dir='rtl'>دفتر نگهبان</i> and <i lang='ru'>Москва</i>.",
        "<bdi lang='fa'>دفتر</bdi> <i lang='fa-Latn'>daftar</i> <i lang='ota' dir='rtl'>دفتر</i>",
        "<div lang='fa' dir='rtl'>دفتر <span lang='en' dir='ltr'>log</span> دفتر</div>",
        "<i lang='ja'>日本のこと</i> <i lang='zh-Hans'>中国</i> <i lang='el'>λόγος</i>",
        "A π, a Δ, a µ and an Ω; <code>дом</code>; https://ru.example/Страница; www.пример.рф",
        "<p dir='rtl'><i lang='und'><b lang='fa'>دفتر</b></i></p>",
        "<img alt='Слово' src='x.png'><i lang=''>Слово</i><script type='text/x'>слово</script>",
        "<a href='x' dir='ltr'>x</a> <p dir='auto'>x</p> <p dir='rtl'><i lang='fa'>دفتر</i></p>",
    ],
)
def test_passages_that_say_their_language_are_in_order(body: str) -> None:
    found = page(body)
    assert (told(found), found.strange) == ([], ())


@pytest.mark.parametrize(
    ("root", "body", "run", "column"),
    [
        ("en ltr", "The log, دفتر, is kept.", "دفتر", 10),
        ("tr ltr", "Kent <b>Москва</b>.", "Москва", 9),
        ("ru ltr", "Слово دَفتَر.", "دَفتَر", 7),
        ("fa rtl", "دفتر Москва", "Москва", 6),
        ("en ltr", "Of &amp; دفتر نگهبان.", "دفتر نگهبان", 10),
        ("en ltr", "<i lang='fa' dir='rtl'>Москва</i>", "Москва", 24),
        ("en ltr", "<i lang='ru'>слово</i>, or слово", "слово", 28),
        ("en ltr", "<i lang='fa-Latn'>دفتر</i>", "دفتر", 19),
        ("zh-Hans ltr", "中国 のこと", "のこと", 4),
    ],
)
def test_letters_of_another_script_say_their_language(
    root: str, body: str, run: str, column: int
) -> None:
    found = page(body, root=root, title=f"<title>{run}</title>")
    assert told(found) == []
    [strange] = found.strange
    assert (strange.words, strange.span.line, strange.span.column) == (run, 7, column)


def test_words_in_strange_letters_that_stand_together_are_told_together() -> None:
    found = page(
        "In Слово и\nдело, a дом-музей, <b>Москва</b>: слово и a слово и дело https://ж.ру"
    )
    assert [one.words for one in found.strange] == [
        "Слово и дело, a дом-музей",
        "Москва",
        "слово",
        "слово и дело",
    ]
    found = page("слово и дело; слово и\nдело, <i lang='fa' dir='rtl'>слово</i>")
    assert [(one.words, one.language) for one in found.strange] == [
        ("слово и дело", "en"),
        ("слово", "fa"),
    ]


def test_latin_letters_stand_in_any_text() -> None:
    found = page("Слово IMF и World Bank", root="ru ltr")
    assert (told(found), found.strange) == ([], ())


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("<i lang='xq'>x</i>", "lang=“xq” is not a language tag"),
        ("<i lang='EN'>x</i>", "lang=“EN” is not a language tag"),
        ("<i lang='tr_TR'>x</i>", "lang=“tr_TR” is not a language tag"),
        ("<i dir='left'>x</i>", "dir=“left” is no direction of writing"),
        ("<i lang='fa'>دفتر</i>", "fa is written rtl, and the text is set ltr"),
        ("<i lang='fa' dir='ltr'>دفتر</i>", "fa is written rtl, and the text is set ltr"),
        ("<i lang='tr' dir='rtl'>x</i>", "tr is written ltr, and the text is set rtl"),
    ],
)
def test_languages_and_directions_are_true(body: str, message: str) -> None:
    assert told(page(body)) == [f"V8 {message}"]


@pytest.mark.parametrize("element", ["meta property='og:image:alt' content='x'", "link href='x'"])
def test_what_stands_in_the_head_is_set_in_no_direction(element: str) -> None:
    assert told(page(head=f"<{element} lang='en'>", root="fa rtl")) == []
    [message] = told(page(head=f"<{element} lang='xq'>", root="fa rtl"))
    assert message == "V8 lang=“xq” is not a language tag"


@pytest.mark.parametrize(
    ("html", "messages"),
    [
        ("<html>", ["V8 <html> has no lang"]),
        ("<html lang=en>", ["V8 <html> has no dir"]),
        ("<html lang=fa>", ["V8 <html> has no dir"]),
        ("<html lang=fa dir=ltr>", ["V8 fa is written rtl, and the text is set ltr"]),
        ("<html lang=klingon dir=ltr>", ["V8 lang=“klingon” is not a language tag"]),
    ],
)
def test_a_page_says_its_language_and_direction(html: str, messages: list[str]) -> None:
    meta = f'<meta http-equiv="content-security-policy" content="{POLICY}">'
    text = f"<!doctype html>{html}<head>{meta}<title>x</title></head><body><h1>x</h1>"
    assert told(read("p", text)) == messages


@pytest.mark.parametrize(
    ("title", "heading", "message", "place"),
    [
        ("", HEADING, "the page has no title", (3, 1)),
        ("<title>\n</title>", HEADING, "the page has no title", (5, 1)),
        (TITLE + TITLE, HEADING, "the page has 2 titles", (5, 17)),
        (TITLE, "", "the page has no <h1>", (6, 1)),
        (TITLE, HEADING + HEADING, "the page has 2 <h1>", (6, 17)),
    ],
)
def test_a_page_has_one_title_and_one_heading(
    title: str, heading: str, message: str, place: tuple[int, int]
) -> None:
    found = page(title=title, heading=heading)
    assert told(found) == [f"V8 {message}"]
    assert place_of(found.problems[0]) == place
    moved = '<meta http-equiv="refresh" content="0; url=x">'
    assert told(page(head=moved, title=title, heading=heading)) == []


def test_a_drawing_may_have_titles_of_its_own() -> None:
    assert told(page("<svg><title>x</title><g><title>y</title></g></svg>")) == []


def test_an_image_has_words_that_stand_for_it_or_says_that_it_needs_none() -> None:
    assert told(page("<img src='x' alt=''><img src='x' alt>")) == []
    found = page("<img src='x' alt='x'>\n <img class='y' src='z.png'>")
    assert told(found) == ["V8 the image “z.png” has no alt"]
    assert place_of(found.problems[0]) == (8, 17)
    assert told(page("<img>")) == ["V8 the image “” has no alt"]


@pytest.mark.parametrize(
    "value",
    [
        *("2026-03-04", "2024-02-29", "2026-03-04T09:30Z", "2026-03-04 09:30:15+03:00", "2026"),
        *("2026-03", "2026-W07", "03-04", "--03-04", "09:30", "09:30:15.5", "P1DT2H", "+03:00"),
    ],
)
def test_times_are_those_that_machines_can_read(value: str) -> None:
    assert told(page(f"<time datetime='{value}'>x</time><del datetime='{value}'>x</del>")) == []


@pytest.mark.parametrize(
    "value",
    ["", "4 March", "2026-13-45", "2026-02-29", "2026-3-4", "2026-13", "13-01", "2026-03-04x", "x"],
)
def test_other_times_are_told(value: str) -> None:
    found = page(f"<p>\n<time class='x' datetime='{value}'>x</time></p>")
    assert told(found) == [f"V8 “{value}” is no date that machines can read"]
    assert place_of(found.problems[0]) == (8, 17)


# ── V9 ───────────────────────────────────────────────────────────────────────────────────────


def digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('<p onclick="x()"></p>', "onclick is a script in an attribute"),
        ('<a href=" java\tscript:x()">x</a>', "“ java\tscript:x()” runs a script"),
        ('<a href="JAVASCRIPT:x()">x</a>', "“JAVASCRIPT:x()” runs a script"),
        ('<a href="data:text/html,x">x</a>', "“data:text/html,x” runs a script"),
        ("<p style='color: red'></p>", "the policy does not allow styles in attributes"),
        ("<style>p {}</style>", "the policy does not allow the <style> of this page"),
        ("<script>x()</script>", "the policy does not allow a script of this page"),
        ("<script src='x.js'></script>", "the policy does not allow “x.js” (script-src)"),
        ("<video src='x'></video>", "the policy does not allow “x” (media-src)"),
        (
            "<img src='data:image/png,x' alt=''>",
            "the policy does not allow “data:image/png,x” (img-src)",
        ),
        ("<base href='/x/'>", "a <base> element turns every relative address"),
        ("<iframe srcdoc='x'></iframe>", "srcdoc holds a page within the page"),
    ],
)
def test_pages_run_and_load_nothing_that_is_not_allowed(body: str, message: str) -> None:
    assert f"V9 {message}" in told(page(body))


@pytest.mark.parametrize(
    ("policy", "messages"),
    [
        ("", ["the page has no policy (Content-Security-Policy)"]),
        ("img-src 'self'", ["the policy has no default-src"]),
        (
            "default-src 'none'; script-src 'unsafe-inline'",
            ["script-src allows 'unsafe-inline'"],
        ),
        ("default-src 'self' https://cdn.example", ["default-src allows https://cdn.example"]),
        ("default-src *", ["default-src allows *"]),
        ("default-src 'none'; style-src 'sha256-x'", []),
        (
            f"default-src 'none'; script-src {digest('old')}",
            [f"the policy names a script that is not there: {digest('old')}"],
        ),
        ("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'", []),
        ("default-src 'none'; img-src data:; form-action 'none'; base-uri 'none'", []),
    ],
)
def test_a_policy_is_there_and_allows_nothing_without_need(
    policy: str, messages: list[str]
) -> None:
    assert told(page("x", policy=policy)) == [f"V9 {message}" for message in messages]


def test_a_script_that_the_policy_names_may_run_and_data_are_none() -> None:
    policy = f"default-src 'none'; script-src {digest('x()')}"
    assert told(page("<script>x()</script>", policy=policy)) == []
    assert told(page("<script type='application/json'>x()</script>")) == []


def test_styles_are_allowed_as_the_policy_has_it() -> None:
    style = "<style>p {}</style>"
    assert told(page(style, policy="img-src 'self'")) == ["V9 the policy has no default-src"]
    loose = "default-src 'none'; style-src 'unsafe-inline'"
    assert told(page(style, policy=loose)) == ["V9 style-src allows 'unsafe-inline'"]
    exact = f"default-src 'none'; style-src {digest('p {}')}"
    assert told(page(style, policy=exact)) == []


def test_what_a_policy_does_not_name_falls_back() -> None:
    policy = "default-src 'none'; child-src 'self'"
    assert told(page("<iframe src='x'></iframe>", policy=policy)) == []
    none = "V9 the policy has no default-src"
    assert told(page("<video src='x'></video>", policy="img-src 'self'; ; ")) == [none]
    assert told(page("<img src='x' alt=''>", policy=policy)) == [
        "V9 the policy does not allow “x” (img-src)"
    ]


def test_the_policy_stands_before_what_it_is_for() -> None:
    meta = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    found = page(head=f'<link rel="stylesheet" href="x.css">{meta}', policy="")
    assert told(found) == ["V9 this is loaded before the policy is read"]
    assert told(page(head=f'<link rel="next" href="x">{meta}', policy="")) == []


def test_networks_are_told_full_addresses() -> None:
    found = page(head='<link rel="next"><meta property="og:url" content="/x/">')
    assert [link.address for link in found.links] == ["", "/x/"]
    assert told(found) == ["V4 og:url is not a full address"]


PARTS = [
    *("<html", "<head>", "<body>", "<p ", "<a ", "<img ", "<link ", "<meta ", "<table>", "<svg>"),
    *("<script>", "</script>", "<style>", "</style>", "<template>", ">", "<!--", "-->", "&amp;"),
    *(" href ", " src ", " srcset ", " lang ", " content ", " rel "),
    *(
        f" {name}={value} "
        for name in ("href", "srcset", "rel", "content", "http-equiv", "lang", "dir", "id", "for")
        for value in ("", "'", '"', "x", "'a, b 2x, '", "refresh", "alternate", "rtl", "//", "url(")
    ),
]


@given(st.lists(st.sampled_from(PARTS) | st.text(max_size=5), max_size=25))
def test_whatever_stands_in_a_page_is_read(parts: list[str]) -> None:
    text = "".join(parts).encode("utf-8", "replace").decode()
    lines = text.split("\n")
    for problem in read("p", text).problems:
        assert problem.span.column <= len(lines[problem.span.line - 1]) + 1


def test_a_page_that_is_no_page_is_read_all_the_same() -> None:
    assert "V8 <html> has no lang" in told(read("p", ""))
    assert told(read("p", "<div>" * 20000))  # as deep as it likes
