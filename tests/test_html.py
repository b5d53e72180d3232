"""Pages: catalogue text is never markup, faults have a place, every page says its language."""

from __future__ import annotations

import base64
import dataclasses
import datetime
import hashlib
import json
import posixpath
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from publish import check, locales, typography
from publish.build import build
from publish.errors import PublishError
from publish.html import Interface, Renderer, placeholders
from publish.load import load
from publish.locales import Locale, parse
from publish.model import Front, Pdf, Settings, Standing
from publish.pdf import Job

from .conftest import NOW
from .whole import plan

EN, TR, RU, FA = parse("en"), parse("tr"), parse("ru"), parse("fa")
BASE = "https://harbour.example/"
LIGHTS_TR = "locales/tr/LC_MESSAGES/pieces/harbour-lights.po"
PORT_EN = "locales/en/LC_MESSAGES/pieces/liman-isiklari.po"
BIO_EN = "locales/en/LC_MESSAGES/authors/ada-deniz.po"
HOSTILE = "<script>alert(1)</script>"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def engine(job: Job) -> Pdf:
    """A PDF of three pages and 43 kB."""
    return Pdf(b"%PDF-1.7 " + b"x" * 42_000, 3)


# ── Templates ────────────────────────────────────────────────────────────────────────────────


def renderer(templates: Mapping[str, str], messages: Interface, locale: Locale) -> Renderer:
    settings = Settings(
        title={"en": f"Papers {HOSTILE}"},
        base_url="https://a.example",
        languages=(EN, TR, RU, FA),
        default_language=EN,
    )
    paths = {name: f"theme/{name}" for name in templates}
    return Renderer(settings, templates, paths, {locale.tag: messages})


def rendered(
    text: str, messages: Interface | None = None, locale: Locale = EN, part: str | None = None
) -> str:
    """A front page whose template is `text`; it may include `part.html`."""
    templates = {"front.html": text} | ({} if part is None else {"part.html": part})
    front = Front(locale=locale, alternates=(), pieces=(), elsewhere=(), path=f"{locale.path}/")
    return renderer(templates, messages or {}, locale).front(front)


def fault(text: str, part: str | None = None) -> tuple[str, str, int]:
    """Message and place of the one problem that a template has."""
    with pytest.raises(PublishError) as caught:
        rendered(text, part=part)
    [problem] = caught.value.problems
    assert problem.code == "T1"
    return problem.message, problem.span.path, problem.span.line


def said(*forms: str) -> Interface:
    """A catalogue in which the message `M` is translated."""
    return {("", "M"): forms, ("context", "M"): forms}


CALLS = ("{{ _('M') }}", "{{ pgettext('context', 'M') }}", "{{ ngettext('M', 'Ms', 2) }}")


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "text",
    [
        HOSTILE,
        "<b>a</b>",
        "&lt;b&gt;",
        "{{ config }}",
        '{% include "secret.html" %}',
        "{{ settings.title }}",
        "%(a",
        "100% hazır",
        "% d %d %s %(n)d %(n)9999999s",
    ],
)
def test_catalogue_text_comes_out_as_text(call: str, text: str) -> None:
    page = LexborHTMLParser(f"<p>{rendered(call, said(text, text))}</p>")
    [paragraph] = page.css("p")
    # Quotation marks are set, and spaces that hold.
    assert paragraph.text() == typography.text(text, EN)
    assert [node.tag for node in paragraph.iter(include_text=False)] == []


@pytest.mark.parametrize("quote", ['"', "'"])
@pytest.mark.parametrize("call", [call.replace("'", "`") for call in CALLS])
def test_catalogue_text_cannot_leave_an_attribute(call: str, quote: str) -> None:
    inner = "'" if quote == '"' else '"'
    text = f"{quote} onclick={quote}alert(1){quote} <"
    template = f"<p title={quote}{call.replace('`', inner)}{quote}>x</p>"
    [paragraph] = LexborHTMLParser(rendered(template, said(text, text))).css("p")
    assert paragraph.attributes == {"title": text}


def test_values_are_escaped_everywhere() -> None:
    page = rendered('<p title="{{ site_title.text }}">{{ site_title.text }}</p>')
    [paragraph] = LexborHTMLParser(page).css("p")
    assert paragraph.text() == paragraph.attributes["title"] == f"Papers {HOSTILE}"


def test_fields_are_filled_in_and_escaped_unless_they_are_markup() -> None:
    template = "{{ _('M', a='<i>', b=url('') | urlize) }}"
    page = LexborHTMLParser(rendered(template, said("%(b)s %(a)s %(a)s")))
    assert page.css_first("i") is None
    assert [node.attributes["href"] for node in page.css("a")] == ["https://a.example/"]
    assert page.text().strip() == "https://a.example/ <i> <i>"


def test_a_value_is_never_read_as_a_message() -> None:
    assert rendered("{{ _('M', a='%(b)s %%', b='no') }}", said("%(a)s")) == "%(b)s %%"


def test_two_percent_signs_are_one_and_a_lone_one_stays() -> None:
    assert rendered("{{ _('M') }}", said("100%% or 100%")) == "100% or 100%"


def test_a_field_that_nobody_gives_is_a_problem_of_the_template() -> None:
    message, path, line = fault("\n{{ _('M %(zz)s', a=1) }}")
    assert "zz" in message
    assert (path, line) == ("theme/front.html", 2)


def test_placeholders_are_names_and_lone_percent_signs() -> None:
    assert placeholders("%(a)s %(b)s %(a)s 5%%") == ("a", "b")
    assert placeholders("%(a)d") == ("%",)
    assert placeholders("%") == ("%",)


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (1, "1 страница"),
        (2, "2 страницы"),
        (5, "5 страниц"),
        (11, "11 страниц"),
        (21, "21 страница"),
    ],
)
def test_russian_has_three_plural_forms(count: int, expected: str) -> None:
    messages: Interface = {
        ("", "%(count)s page"): ("%(count)s страница", "%(count)s страницы", "%(count)s страниц")
    }
    text = f"{{{{ ngettext('%(count)s page', '%(count)s pages', {count}) }}}}"
    assert rendered(text, messages, RU) == expected


@pytest.mark.parametrize(
    ("count", "expected"), [(1, "1 page"), (2, "2 pages"), (1200, "1,200 pages")]
)
def test_english_needs_no_catalogue(count: int, expected: str) -> None:
    assert rendered(f"{{{{ ngettext('%(count)s page', '%(count)s pages', {count}) }}}}") == expected


def test_a_text_in_another_language_is_marked_and_one_in_the_pages_is_not() -> None:
    assert rendered("{{ run(site_title) }}").startswith("Papers &lt;script&gt;")
    [span] = LexborHTMLParser(rendered("{{ run(site_title) }}", locale=FA)).css("span")
    assert span.attributes == {"lang": "en", "dir": "ltr"}
    assert span.text() == f"Papers {HOSTILE}"


def test_lists_escape_words_and_keep_markup() -> None:
    page = rendered("{{ join(['<i>', _('M'), run(site_title)]) }}", said("<u>"), TR)
    assert page.startswith("&lt;i&gt;, &lt;u&gt; ve <span lang=")


def test_dates_and_sizes_are_in_the_pages_language() -> None:
    assert rendered("{{ file_size(61000) }}, {{ number(1200) }}", locale=RU) == "61\xa0кБ, 1\xa0200"


def test_trans_blocks_are_not_known() -> None:
    message, path, line = fault("{% trans %}M{% endtrans %}")
    assert "trans" in message
    assert (path, line) == ("theme/front.html", 1)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("{{ nothing }}", "nothing"),
        ("{{ front.nothing }}", "nothing"),
        ("{{ nothing.at.all }}", "nothing"),
        ("{% for x in nothing %}{% endfor %}", "nothing"),
        ("{% if nothing %}{% endif %}", "nothing"),
        ("{{ 1 / 0 }}", "division"),
        ("{{ href() }}", "argument"),
        ("{{ front.path + 1 }}", "str"),
        ("{% include 'nothing.html' %}", "nothing.html"),
        ("{{ nothing | nonsense }}", "nonsense"),
        ("{% if %}", "Expected"),
        ("{{ front", "end of"),
    ],
)
def test_a_template_that_names_what_is_not_there_is_a_problem_with_its_line(
    text: str, word: str
) -> None:
    message, path, line = fault(f"one\n\n{text}")
    assert word in message
    assert (path, line) == ("theme/front.html", 3)


def test_the_place_is_in_the_template_that_is_at_fault() -> None:
    part = "\n\n\n{{ nothing }}"
    assert fault("{% include 'part.html' %}", part=part)[1:] == ("theme/part.html", 4)
    assert fault("\n{% extends 'part.html' %}", part=part)[1:] == ("theme/part.html", 4)
    assert fault("{% include 'part.html' %}", part="\n{% if %}")[1:] == ("theme/part.html", 2)
    macro = "{% macro m(x) %}\n{{ x.nothing }}{% endmacro %}"
    text = "{% from 'part.html' import m %}{{ m(1) }}"
    assert fault(text, part=macro)[1:] == ("theme/part.html", 2)


def test_a_bug_of_ours_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(value: int, locale: Locale) -> str:
        raise LookupError("a bug")

    monkeypatch.setattr(locales, "number", breaks)
    with pytest.raises(LookupError, match="a bug"):
        rendered("{{ number(1) }}")


def test_syntax_faults_of_all_templates_are_found_at_once() -> None:
    templates = {"a.html": "\n{% if %}", "b.html": "fine {{ nothing }}", "c.html": "{{ 1 | nope }}"}
    problems = renderer(templates | {"d.css": "{% if %}"}, {}, EN).faults()
    assert [(p.code, p.span.path, p.span.line) for p in problems] == [
        ("T1", "theme/a.html", 2),
        ("T1", "theme/c.html", 1),
    ]


def test_style_sheets_for_the_screen_are_named_by_their_content() -> None:
    styles = renderer({"screen.css": "a{}", "print.css": "b{}", "x.html": ""}, {}, EN).styles
    assert list(styles) == ["screen.css"]
    assert re.fullmatch(r"assets/screen\.[0-9a-f]{12}\.css", styles["screen.css"])
    other = renderer({"screen.css": "a{ }"}, {}, EN).styles
    assert other["screen.css"] != styles["screen.css"]


def test_a_sites_own_template_wins_one_file_at_a_time(site: Path) -> None:
    (site / "templates").mkdir()
    (site / "templates/front.html").write_text("own {{ front.path }}", encoding="utf-8")
    (site / "templates/_bio.html").write_text("own bio of {{ byline.name.text }}", encoding="utf-8")
    build(site, engine=engine)
    assert (site / "output/tr/index.html").read_text("utf-8") == "own tr/"
    page = (site / "output/tr/harbour-lights/index.html").read_text("utf-8")
    assert "own bio of Dr.\u00a0Ada Deniz" in page
    assert "Liman Fenerleri" in page


def test_a_sites_own_style_sheet_wins(site: Path) -> None:
    (site / "templates").mkdir()
    (site / "templates/screen.css").write_text("p { color: red }", encoding="utf-8")
    build(site, engine=engine)
    [sheet] = (site / "output/assets").iterdir()
    assert sheet.read_text("utf-8") == "p { color: red }"
    page = LexborHTMLParser((site / "output/en/index.html").read_text("utf-8"))
    [link] = page.css("link[rel=stylesheet]")
    assert link.attributes["href"] == f"../assets/{sheet.name}"


def test_a_fault_in_a_sites_own_template_has_its_path(site: Path) -> None:
    (site / "design").mkdir()
    (site / "design/front.html").write_text("\n{{ nothing }}", encoding="utf-8")
    edit(site / "pyproject.toml", "[tool.publish]", '[tool.publish]\ntheme = "design"')
    with pytest.raises(PublishError) as caught:
        build(site, engine=engine)
    [problem] = caught.value.problems
    assert (problem.span.path, problem.span.line) == ("design/front.html", 2)


# ── Every page of a whole site ───────────────────────────────────────────────────────────────


class Pages(dict[str, LexborHTMLParser]):
    """The pages of a built site by their paths in `output/`."""

    def __init__(self, root: Path) -> None:
        self.output = root / "output"
        for path in sorted(self.output.rglob("*.html")):
            name = path.relative_to(self.output).as_posix().removesuffix("index.html")
            self[name] = LexborHTMLParser(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    """The small whole site in three languages, one of which has nothing yet; a bio untranslated."""
    root = tmp_path_factory.mktemp("pages") / "site"
    shutil.copytree(Path(__file__).parent / "site", root)
    edit(root / "pyproject.toml", '["en", "tr"]', '["en", "tr", "ru"]')
    (root / BIO_EN).unlink()
    (root / PORT_EN).unlink()
    edit(root / "sources/pieces/harbour-lights.md", "[^log] More", "[^log] Again.[^1] More")
    edit(root / LIGHTS_TR, "denir.[^log] Devamı", "denir.[^log] Yine.[^1] Devamı")
    edit(root / LIGHTS_TR, "in Persian.[^log] More", "in Persian.[^log] Again.[^1] More")
    build(root, engine=engine)
    return Pages(root)


EDITIONS = ("en/harbour-lights/", "tr/harbour-lights/", "tr/liman-isiklari/")


def test_the_site_has_these_pages_and_no_other(pages: Pages) -> None:
    lists = [f"{tag}/{rest}" for tag in ("en", "ru", "tr") for rest in ("", "authors/ada-deniz/")]
    topics = [f"{tag}/topics/{rest}" for tag in ("en", "tr") for rest in ("", "sea/")]
    assert sorted(pages) == sorted(["", "404.html", *lists, *topics, *EDITIONS])


def only(page: LexborHTMLParser | LexborNode, selector: str) -> LexborNode:
    [node] = page.css(selector)
    return node


def attribute(page: LexborHTMLParser, selector: str, name: str) -> str:
    return str(only(page, selector).attributes[name])


def test_every_page_says_its_language_and_direction(pages: Pages) -> None:
    for path, page in pages.items():
        locale = parse(path.partition("/")[0] if "/" in path else "en")
        assert attribute(page, "html", "lang") == locale.tag
        assert attribute(page, "html", "dir") == locale.direction


def test_every_page_has_one_title_and_one_first_heading(pages: Pages) -> None:
    for path, page in pages.items():
        assert [node.text().strip() != "" for node in page.css("head title")] == [True], path
        assert [node.text().strip() != "" for node in page.css("h1")] == [True], path
        assert len(page.css("main")) == 1, path


def test_every_page_is_its_own_canonical(pages: Pages) -> None:
    for path, page in pages.items():
        if path != "404.html":
            assert attribute(page, "link[rel=canonical]", "href") == BASE + path


def alternates(page: LexborHTMLParser) -> dict[str, str]:
    nodes = page.css("head link[rel=alternate][hreflang]:not([type])")
    found = {str(n.attributes["hreflang"]): str(n.attributes["href"]) for n in nodes}
    assert len(found) == len(nodes)
    return found


def test_versions_name_each_other_and_themselves_absolutely(pages: Pages) -> None:
    for path, page in pages.items():
        if path == "404.html":
            continue
        versions = alternates(page)
        default = versions.pop("x-default")
        assert default in {*versions.values(), BASE}
        if path:
            assert versions[path.partition("/")[0]] == BASE + path
        for tag, address in versions.items():
            other = alternates(pages[address.removeprefix(BASE)])
            if path:
                assert other == {**versions, "x-default": default}, (path, tag)


def test_a_pieces_default_version_is_the_sites_language_else_the_original(pages: Pages) -> None:
    assert alternates(pages["tr/harbour-lights/"])["x-default"] == f"{BASE}en/harbour-lights/"
    assert alternates(pages["tr/liman-isiklari/"])["x-default"] == f"{BASE}tr/liman-isiklari/"
    assert alternates(pages["tr/"])["x-default"] == BASE


def test_the_chooser_leads_to_every_language(pages: Pages) -> None:
    links = pages[""].css("main a[hreflang]")
    assert [(n.attributes["href"], n.text(), n.attributes["hreflang"]) for n in links] == [
        ("en/", "English", "en"),
        ("tr/", "Türkçe", "tr"),
        ("ru/", "Русский", "ru"),
    ]


def test_no_page_has_a_script_an_inline_style_or_a_third_party(pages: Pages) -> None:
    for path, page in pages.items():
        [data] = page.css("script")
        assert data.attributes == {"type": "application/ld+json"}
        assert page.css("style, iframe, object, embed, form, base, [style]") == [], path
        for node in page.css("*"):
            names = [name for name in node.attributes if name.startswith("on")]
            assert names == [], (path, node.tag)
        loaded = page.css(
            "link[rel=stylesheet], link[rel=icon], link[rel=preload], [src], [srcset]"
        )
        for node in loaded:
            address = str(node.attributes.get("href") or node.attributes.get("src"))
            assert urlsplit(address)[:2] == ("", ""), (path, address)


def test_every_page_forbids_itself_whatever_it_does_not_need(pages: Pages) -> None:
    for page in pages.values():
        policy = attribute(page, 'meta[http-equiv="Content-Security-Policy"]', "content")
        rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split(";")}
        assert rules.pop("default-src") == ["'none'"]
        assert rules.pop("base-uri") == rules.pop("form-action") == ["'none'"]
        data = only(page, "script").text().encode()
        digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
        assert rules.pop("script-src") == [f"'sha256-{digest}'"]
        assert set(rules) == {"img-src", "style-src", "font-src"}
        assert all(sources == ["'self'"] for sources in rules.values())


def test_every_language_mark_is_a_language(pages: Pages) -> None:
    for page in pages.values():
        for node in page.css("[lang], [hreflang]:not([hreflang=x-default])"):
            for name in ("lang", "hreflang"):
                if tag := node.attributes.get(name):
                    assert parse(tag).tag == tag


def test_ids_stand_once_on_a_page(pages: Pages) -> None:
    for path, page in pages.items():
        ids = [node.attributes["id"] for node in page.css("[id]")]
        assert len(set(ids)) == len(ids), path


def addresses(pages: Pages) -> Iterator[tuple[str, str, str]]:
    """Page, path in `output/` and fragment of every address that leads into the site."""
    for path, page in pages.items():
        for node in page.css("[href], [src]"):
            address = str(node.attributes.get("href") or node.attributes.get("src"))
            if address.startswith(BASE):
                target, _, fragment = address.removeprefix(BASE).partition("#")
            elif address.startswith("/"):
                assert path == "404.html", "only that page stands at any depth"
                target, _, fragment = address[1:].partition("#")
            elif re.match(r"[a-z]+:", address):
                continue
            else:
                target, _, fragment = address.partition("#")
                joined = posixpath.normpath(posixpath.join(path, target)) if target else path
                target = f"{joined}/" if target.endswith("/") and joined != "." else joined
                target = "" if target == "." else target
            yield path, target, fragment


def test_every_address_inside_the_site_leads_to_a_file_and_its_anchor(pages: Pages) -> None:
    seen = 0
    for path, target, fragment in addresses(pages):
        seen += 1
        file = pages.output / target
        file = file / "index.html" if target == "" or target.endswith("/") else file
        assert file.is_file(), f"{path} leads to {target}"
        if fragment:
            assert pages[target].css_first(f'[id="{fragment}"]') is not None, (path, fragment)
    assert seen > 100


def test_labels_of_regions_exist(pages: Pages) -> None:
    for path, page in pages.items():
        for node in page.css("[aria-labelledby]"):
            assert page.css_first(f"#{node.attributes['aria-labelledby']}") is not None, path


def test_notes_and_marks_lead_to_each_other(pages: Pages) -> None:
    page = pages["tr/harbour-lights/"]
    marks = page.css("main sup a[role=doc-noteref]")
    assert [mark.text() for mark in marks] == ["1", "2", "1"]
    [notes] = page.css("[role=doc-endnotes]")
    backlinks = {}
    for note in notes.css("li[id]"):
        for back in note.css("a[role=doc-backlink]"):
            assert str(back.attributes["aria-label"]).strip()
            backlinks[str(back.attributes["href"])] = f"#{note.attributes['id']}"
    assert backlinks == {f"#{mark.attributes['id']}": mark.attributes["href"] for mark in marks}
    assert len(backlinks) == 3
    assert "Fener kuralları, 1889." in notes.text()


def test_back_links_of_one_note_are_told_apart(pages: Pages) -> None:
    labels = [
        node.attributes["aria-label"]
        for node in pages["tr/harbour-lights/"].css("[role=doc-backlink]")
    ]
    assert len(set(labels)) == 3


def available(page: LexborHTMLParser, words: str) -> LexborNode:
    """The paragraph with these words, the innermost element that has links."""
    found = [node for node in page.css("main p") if words in node.text()]
    assert len(found) == 1
    return found[0]


def test_the_other_versions_stand_by_their_own_names_with_the_original_marked(
    pages: Pages,
) -> None:
    english = available(pages["en/harbour-lights/"], "This piece is also available in")
    [link] = english.css("a")
    assert link.text() == "Türkçe"
    assert link.attributes["href"] == "../../tr/harbour-lights/"
    assert link.attributes["lang"] == link.attributes["hreflang"] == "tr"
    assert "original" not in english.text()
    [line] = {
        str(node.parent.parent.html if node.parent and node.parent.parent else "")
        for node in pages["tr/harbour-lights/"].css("main article a[hreflang=en][lang=en]")
        if node.text() == "English"
    }
    assert "özgün" in line


def test_a_language_without_a_version_is_named_and_not_linked(pages: Pages) -> None:
    page = pages["en/harbour-lights/"]
    assert "Not yet in Russian" in " ".join(only(page, "main article").text().split())
    assert page.css_first("[hreflang=ru]") is None
    assert page.css_first('[href*="/ru/"]') is None


def test_the_language_list_marks_the_current_one(pages: Pages) -> None:
    for path in EDITIONS:
        [current] = pages[path].css("nav [aria-current=page]")
        assert current.attributes["hreflang"] == current.attributes["lang"] == path[:2]
        assert current.text() == parse(path[:2]).endonym


def test_the_pdf_link_says_language_pages_and_size(pages: Pages) -> None:
    [link] = pages["tr/harbour-lights/"].css("main a[type='application/pdf']")
    assert (link.attributes["hreflang"], link.attributes["href"]) == ("tr", "harbour-lights.tr.pdf")
    for word in ("PDF", "Türkçe", "3 sayfa", locales.file_size(42_009, TR)):
        assert word in link.text()


def test_dates_are_for_readers_and_for_machines(pages: Pages) -> None:
    texts = {node.text(): node.attributes["datetime"] for node in pages["tr/"].css("time")}
    assert texts == {"4 Mart 2026": "2026-03-04", "1 Şubat 2026": "2026-02-01"}


def test_a_biography_in_another_language_is_marked(pages: Pages) -> None:
    for path in ("en/harbour-lights/", "en/authors/ada-deniz/"):
        marked = [n for n in pages[path].css("[lang=tr][dir=ltr]") if "hukuku çalışır" in n.text()]
        assert marked != [], path
        assert "(in Turkish)" in pages[path].text()
    turkish = pages["tr/harbour-lights/"]
    assert [n for n in turkish.css("main [lang]") if "hukuku çalışır" in n.text()] == []


def test_pieces_of_other_languages_are_listed_apart_with_theirs(pages: Pages) -> None:
    page = pages["en/"]
    [link] = page.css("main a[href='../tr/liman-isiklari/']")
    assert link.attributes["lang"] == link.attributes["hreflang"] == "tr"
    assert [n.attributes.get("lang") for n in page.css("main a[href='harbour-lights/']")] == [None]


def test_a_foreign_passage_keeps_language_and_direction(pages: Pages) -> None:
    for path in ("en/harbour-lights/", "tr/harbour-lights/"):
        [span] = pages[path].css("span[lang=fa][dir=rtl]")
        assert span.text() == "دفتر"


# ── Typography ───────────────────────────────────────────────────────────────────────────────


def test_titles_names_and_sentences_are_set_and_the_head_has_plain_spaces(site: Path) -> None:
    edit(site / "sources/pieces/harbour-lights.md", '"Harbour Lights"', 'Lights in 5 km of "Port"')
    row = "\ncorrections: [{date: 2026-03-09, text: It is on p. 5.}]"
    edit(site / "sources/pieces/harbour-lights.md", "tags: [Sea]", f"tags: [Sea]{row}")
    edit(site / "pyproject.toml", "Harbour Papers", "Papers No. 5")
    jobs: list[Job] = []

    def keep(job: Job) -> Pdf:
        jobs.append(job)
        return engine(job)

    build(site, engine=keep)
    [paper] = [job.html for job in jobs if job.edition == "harbour-lights, en"]
    for page in (Pages(site)["en/harbour-lights/"], LexborHTMLParser(paper)):
        assert only(page, "h1").text() == "Lights in 5\u00a0km of “Port”"
        assert "It is on p.\u00a05." in page.text()
        assert "Dr.\u00a0Ada Deniz" in page.text()
        assert "Papers No.\u00a05" in page.text()
        assert only(page, "title").text().startswith("Lights in 5 km of “Port”")
        assert attribute(page, "meta[name=author]", "content") == "Dr. Ada Deniz"


def test_what_the_templates_say_is_set_in_the_pages_language() -> None:
    words = said('% 20 "%(a)s", %(b)s\'nın; bkz. %(b)s, %(c)s')
    template = "{{ _('M', a='x y', b='s. 5', c='\"') }} {{ _('It is \"5 km\"') }}"
    # What fills a field in was set where it came from.
    expected = "%20 “x y”, s. 5’nın; bkz.\u00a0s. 5, &#34; It is “5\u00a0km”"
    assert rendered(template, words, TR) == expected


# ── Hostile sites ────────────────────────────────────────────────────────────────────────────

TEMPLATE = "{{ config }} {% include 'secret' %} <script>alert(1)</script> \\\" ' onload=x"
WORDS = TEMPLATE.replace(HOSTILE, "& < 3")
"""The same without HTML, which a translation may not bring where the original has none."""


def as_read(template: str) -> str:
    """What YAML and PO files mean by it, with the quotation marks of a page."""
    return template.replace("\\", "").replace("'secret'", "‘secret’")


def test_what_editors_and_translators_write_is_text_on_every_page(site: Path) -> None:
    # Else what looks like a placeholder would not reach the page at all.
    with (site / "pyproject.toml").open("a", encoding="utf-8") as file:
        for tag in ("en", "tr"):
            file.write(f'\n[tool.publish.check_ignore.{tag}]\nE7 = "text"\n')
    edit(site / "sources/pieces/harbour-lights.md", '"Harbour Lights"', f'"{TEMPLATE}"')
    edit(site / LIGHTS_TR, 'msgid "Harbour Lights"', f'msgid "{TEMPLATE}"')
    edit(site / LIGHTS_TR, 'msgstr "Liman Fenerleri"', f'msgstr "{TEMPLATE}"')
    edit(site / LIGHTS_TR, 'msgstr "Bir fenerin gemilere borcu."', f'msgstr "{WORDS}"')
    edit(site / LIGHTS_TR, 'msgstr "İki görev"', "msgstr \"{{ config }} {% include 'x' %}\"")
    edit(site / BIO_EN, 'msgid "Dr."\nmsgstr "Dr."', f'msgid "Dr."\nmsgstr "{WORDS}"')
    edit(site / BIO_EN, 'msgstr "Law of the sea"', f'msgstr "{WORDS}"')
    edit(site / "locales/tr/LC_MESSAGES/tags.po", 'msgstr "Deniz"', f'msgstr "{WORDS}"')
    seen: list[Job] = []

    def keep(job: Job) -> Pdf:
        seen.append(job)
        return engine(job)

    build(site, engine=keep)
    pages = Pages(site)
    for page in (*pages.values(), *(LexborHTMLParser(job.html) for job in seen)):
        assert page.css("script:not([type='application/ld+json']), [onload], iframe") == []
    page = pages["tr/harbour-lights/"]
    data = json.loads(only(page, "head > script").text())
    assert data["@graph"][0]["headline"] == typography.plain(as_read(TEMPLATE))
    assert only(page, "h1").text() == as_read(TEMPLATE)
    assert attribute(page, "meta[name=description]", "content") == as_read(WORDS)
    assert only(page, "#duties").text() == "{{ config }} {% include ‘x’ %}"
    assert as_read(WORDS) in only(pages["en/authors/ada-deniz/"], "h1").text()


def test_a_sites_own_interface_catalogue_cannot_bring_markup(site: Path) -> None:
    theme = Path(__file__).parent.parent / "locales/tr/LC_MESSAGES/interface.po"
    text = theme.read_text(encoding="utf-8")
    hostile = re.sub(r'(msgid "Skip to the text"\n)msgstr ".*"', rf'\1msgstr "\\" {HOSTILE}"', text)
    assert hostile != text
    (site / "locales/tr/LC_MESSAGES/interface.po").write_text(hostile, encoding="utf-8")
    build(site, engine=engine)
    page = Pages(site)["tr/"]
    assert [node.parent.tag for node in page.css("script") if node.parent] == ["head"]
    assert f'" {HOSTILE}' in [node.text() for node in page.css("body > a")]


def published(site: Path) -> tuple[list[str], list[str]]:
    """A build's file names, and its texts with those that its PDFs are made from."""
    jobs: list[Job] = []

    def keep(job: Job) -> Pdf:
        jobs.append(job)
        return engine(job)

    build(site, engine=keep)
    files = [path for path in (site / "output").rglob("*") if path.is_file()]
    texts = [path.read_text(encoding="utf-8") for path in files if path.suffix != ".pdf"]
    return [path.as_posix() for path in files], texts + [job.html for job in jobs]


def test_an_unpublished_edition_is_named_in_no_file(site: Path) -> None:
    (site / PORT_EN).unlink()
    names, texts = published(site)
    for word in ("en/liman-isiklari", "liman-isiklari.en"):
        assert not any(word in text for text in (*names, *texts))


def test_stale_and_untranslated_passages_are_told_in_the_edition_box(site: Path) -> None:
    build(site, engine=engine)
    assert "complete and current" in Pages(site)["en/liman-isiklari/"].text()
    edit(site / PORT_EN, 'msgstr "The light burns in Istanbul."', 'msgstr ""')
    build(site, engine=engine)
    page = Pages(site)["en/liman-isiklari/"]
    [passage] = [
        node for node in page.css("[lang=tr]") if node.text() == "Fener, İstanbul’da yanar."
    ]
    assert passage.attributes["dir"] == "ltr"
    assert "complete and current" not in page.text()
    assert "1 passage is not translated yet." in page.text()


def with_stale(site: Path, count: int, date: str = "2026-05-03") -> None:
    """The first `count` one-line messages of the Turkish edition become stale."""
    path = site / LIGHTS_TR
    lines = path.read_text(encoding="utf-8").split("\n")
    places = [i for i, line in enumerate(lines) if line.startswith("msgid ") and line != 'msgid ""']
    for place in reversed(places[:count]):
        context = lines[place - 1].startswith("msgctxt ")
        previous = [f"#| {lines[place - 1]}"] if context else []
        mark = [f"#. changed {date}", "#, fuzzy", *previous, '#| msgid "Before"']
        at = place - context
        lines[at:at] = mark
    path.write_text("\n".join(lines), encoding="utf-8")


def test_what_changed_opens_on_the_page_and_only_there(site: Path) -> None:
    with_stale(site, 5)
    jobs: list[Job] = []

    def keep(job: Job) -> Pdf:
        jobs.append(job)
        return engine(job)

    build(site, engine=keep)
    page = Pages(site)["tr/harbour-lights/"]
    opened = page.css("details")
    assert len(opened) == 5
    for one in opened:
        assert set(one.attributes) == {"class"}
        assert "Özgün metinde 3 Mayıs 2026 tarihinde değişti" in only(one, "summary").text()
        new = only(one, "p")
        assert new.attributes == {"lang": "en", "dir": "ltr"}
        assert new.text().strip()
    assert only(page, "h1.stale + details p").text() == "Harbour Lights"
    assert only(page, ".standfirst.stale + details p").text() == "What a lighthouse owes to ships."
    assert only(page, "h2#duties + details p").text() == "Two duties"
    assert len(page.css("li > span.stale + details")) == 2
    assert not any("<details" in job.html for job in jobs)


def printed(site: Path) -> dict[str, LexborHTMLParser]:
    """The pages that PDFs are made from, by edition."""
    jobs: dict[str, str] = {}

    def keep(job: Job) -> Pdf:
        jobs[job.edition] = job.html
        return engine(job)

    build(site, engine=keep)
    return {name: LexborHTMLParser(html) for name, html in jobs.items()}


def test_paper_says_what_changed_and_leads_to_the_page(site: Path) -> None:
    with_stale(site, 5)
    page = printed(site)["harbour-lights, tr"]
    said = [(node.tag, node.text().strip()) for node in page.css(".notice")]
    words = "Özgün metinde 3 Mayıs 2026 tarihinde değişti"
    assert said == [("p", words), ("p", words), ("span", words)]
    leads = [node.attributes["href"] for node in page.css(".notice a")]
    assert leads == [f"{BASE}tr/harbour-lights/"] * 3
    assert only(page, "h1.stale + p.notice + p.standfirst.stale + p.notice").tag == "p"


def test_paper_says_what_is_not_translated_in_its_own_language(site: Path) -> None:
    edit(site / LIGHTS_TR, 'msgstr "Bir fenerin gemilere borcu."', 'msgstr ""')
    edit(site / LIGHTS_TR, 'msgstr "Işığı yanık tutmak."', 'msgstr ""')
    page = printed(site)["harbour-lights, tr"]
    for notice in page.css(".notice"):
        assert notice.text().strip() == "henüz çevrilmedi; dili: İngilizce"
        assert (notice.attributes.get("lang"), notice.attributes.get("dir")) in {
            ("tr", "ltr"),
            (None, None),
        }
    assert only(page, "p.notice + p.standfirst[lang=en].untranslated").tag == "p"
    assert only(page, "li > [lang=en] > .notice[lang=tr] + br").tag == "br"


def test_a_note_is_in_the_pages_language_in_a_passage_that_is_not(site: Path) -> None:
    text = (site / LIGHTS_TR).read_text(encoding="utf-8")
    at = text.index("[^1]", text.index("msgstr", text.index("[^1]")))
    start = text.rindex("msgstr", 0, at)
    end = text.index("\n\n", start)
    (site / LIGHTS_TR).write_text(f'{text[:start]}msgstr ""{text[end:]}', encoding="utf-8")
    page = printed(site)["harbour-lights, tr"]
    assert only(page, "p[lang=en] .footnote[lang=tr][dir=ltr]").text() != ""


def test_paper_is_of_the_size_that_is_set(site: Path) -> None:
    assert "@page { size: A4 }" in only(printed(site)["harbour-lights, en"], "style").text()
    edit(site / "pyproject.toml", "[tool.publish]", '[tool.publish]\npdf = { paper = "Letter" }')
    assert "@page { size: Letter }" in only(printed(site)["harbour-lights, en"], "style").text()


def test_licence_and_disclaimer_say_their_language_where_it_is_another(site: Path) -> None:
    rows = 'licence = { en = "Free <b>", tr = "Özgür" }\nlicence_url = "https://a.example/?a&b"\n'
    edit(
        site / "pyproject.toml",
        "[tool.publish]",
        f'[tool.publish]\n{rows}disclaimer = "Views are ours."',
    )
    pages = printed(site)
    for edition, said in (("harbour-lights, en", "Free <b>"), ("harbour-lights, tr", "Özgür")):
        link = only(pages[edition], 'a[href="https://a.example/?a&b"]')
        assert (link.text(), link.css_first("[lang]")) == (said, None)
    assert only(pages["harbour-lights, tr"], "p > span[lang=en]").text() == "Views are ours."
    assert "Views are ours." in only(pages["harbour-lights, en"], ".endmatter").text()
    assert only(Pages(site)["tr/harbour-lights/"], "a[rel=license]").text() == "Özgür"


def test_a_series_stands_in_place_of_the_kind_in_its_own_language(site: Path) -> None:
    edit(site / "sources/pieces/harbour-lights.md", "tags:", "series: Of Lamps\ntags:")
    kickers = {name: only(page, ".kicker") for name, page in printed(site).items()}
    assert kickers["harbour-lights, en"].text() == "Of Lamps"
    assert only(kickers["harbour-lights, tr"], "[lang=en]").text() == "Of Lamps"
    assert kickers["liman-isiklari, tr"].text() == "Yorum"
    page = Pages(site)["tr/harbour-lights/"]
    assert only(page, ".kicker [lang=en].untranslated").text() == "Of Lamps"


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("Harbour Lights", "Harbour Lights"),
        ("One two three four five six seven", "One two three four five six seven"),
        ("One two three four five six seven eight", "One two three four five six seven…"),
        ("A short one: which says more than a line holds", "A short one"),
        ("A shore that moves, a line that stays: both of them", "A shore that moves…"),
        ("Unpronounceably-long-words notwithstanding it", "Unpronounceably-long-words…"),
    ],
)
def test_a_running_title_is_no_longer_than_a_line(site: Path, title: str, short: str) -> None:
    path = site / "sources/pieces/harbour-lights.md"
    edit(path, '"Harbour Lights"', json.dumps(title))
    heading = only(printed(site)["harbour-lights, en"], "h1")
    assert heading.attributes["data-short"] == short


@pytest.mark.parametrize(("count", "said"), [(1, "1 pasaj değişti"), (4, "4 pasaj değişti")])
def test_the_box_says_how_much_changed_since_when(site: Path, count: int, said: str) -> None:
    with_stale(site, count)
    build(site, engine=engine, pdfs=False)
    box = " ".join(only(Pages(site)["tr/harbour-lights/"], ".standing").text().split())
    assert f"Özgün metinde 3 Mayıs 2026 tarihinden bu yana {said}." in box
    assert "çevrilmedi" not in box
    assert "Özgün metin: İngilizce, 4 Mart 2026" in box


def test_the_box_names_the_translator_and_the_day_but_no_address(site: Path) -> None:
    edit(site / LIGHTS_TR, "Last-Translator: ", "Last-Translator: Ayşe <b> <ayse@a.example>")
    build(site, engine=engine, pdfs=False)
    pages = Pages(site)
    box = only(pages["tr/harbour-lights/"], ".standing")
    assert "Çeviren: Ayşe, 4 Mart 2026" in " ".join(box.text().split())
    assert only(box, "bdi").text() == "Ayşe"
    assert [path for path, page in pages.items() if "ayse@" in str(page.html)] == []
    assert "Ayşe" not in pages["en/harbour-lights/"].text()


@pytest.mark.parametrize(
    ("count", "stale", "untranslated"),
    [
        (1, "изменён 1 фрагмент.", "Ещё не переведён 1 фрагмент."),
        (3, "изменены 3 фрагмента.", "Ещё не переведены 3 фрагмента."),
        (11, "изменено 11 фрагментов.", "Ещё не переведено 11 фрагментов."),
        (21, "изменён 21 фрагмент.", "Ещё не переведён 21 фрагмент."),
    ],
)
def test_russian_counts_what_changed_and_what_is_missing(
    site: Path, count: int, stale: str, untranslated: str
) -> None:
    edit(site / "pyproject.toml", '["en", "tr"]', '["en", "tr", "ru"]')
    loaded = load(site).site
    spoken = check.interface(loaded)
    renderer = Renderer(loaded.settings, loaded.templates, loaded.template_paths, spoken)
    [one] = [e for e in plan(loaded, NOW).editions if (e.slug, e.locale) == ("harbour-lights", TR)]
    behind = dataclasses.replace(
        one,
        locale=RU,
        standing=Standing.BEHIND,
        stale=count,
        stale_since=datetime.date(2026, 5, 3),
        untranslated=count,
    )
    page = LexborHTMLParser(renderer.edition(behind, None))
    box = " ".join(only(page, ".standing").text().split())
    assert f"С 3 мая 2026 г. в оригинале {stale}" in box
    assert untranslated in box
    undated = LexborHTMLParser(
        renderer.edition(dataclasses.replace(behind, stale_since=None), None)
    )
    assert f"После перевода в оригинале {stale}" in " ".join(undated.text().split())


def test_what_is_not_translated_of_front_matter_says_so(site: Path) -> None:
    row = "\ncorrections: [{date: 2026-03-09, text: The year is 1890.}]"
    edit(site / "sources/pieces/harbour-lights.md", "tags: [Sea]", f"tags: [Sea, Port]{row}")
    edit(site / LIGHTS_TR, 'msgstr "Bir fenerin gemilere borcu."', 'msgstr ""')
    build(site, engine=engine, pdfs=False)
    page = Pages(site)["tr/harbour-lights/"]
    marked = {node.text(): node.tag for node in page.css(".untranslated[lang=en][dir=ltr]")}
    assert marked == {
        "What a lighthouse owes to ships.": "p",
        "The year is 1890.": "span",
        "Port": "span",
    }


def test_an_edition_that_is_held_back_is_named_in_no_file(site: Path) -> None:
    edit(site / "pyproject.toml", '["en", "tr"]', '["en", "tr", "ru"]')
    edit(site / "sources/pieces/harbour-lights.md", "tags: [Sea]", "tags: [Sea]\nhold: [tr]")
    names, texts = published(site)
    for word in ("tr/harbour-lights", "harbour-lights.tr", "Liman Fenerleri"):
        assert not any(word in text for text in (*names, *texts))
    page = " ".join(Pages(site)["en/harbour-lights/"].text().split())
    assert "Not yet in Russian" in page
    assert "Turkish" not in page


def test_a_correction_is_dated_on_page_and_paper(site: Path) -> None:
    row = "\ncorrections: [{date: 2026-03-09, text: The year is 1890.}]\nupdated: 2026-03-09"
    edit(site / "sources/pieces/harbour-lights.md", "tags: [Sea]", f"tags: [Sea]{row}")
    jobs: list[Job] = []

    def keep(job: Job) -> Pdf:
        jobs.append(job)
        return engine(job)

    build(site, engine=keep)
    english = Pages(site)["en/harbour-lights/"]
    for page in (english, LexborHTMLParser(jobs[0].html)):
        assert "The year is 1890." in page.text()
        times = {node.attributes["datetime"] for node in page.css("time")}
        assert str(datetime.date(2026, 3, 9)) in times
    turkish = Pages(site)["tr/harbour-lights/"]
    [marked] = [n for n in turkish.css("[lang=en]") if n.text() == "The year is 1890."]
    assert marked.attributes["dir"] == "ltr"


def test_print_pages_say_the_same_in_the_same_languages(site: Path) -> None:
    (site / BIO_EN).unlink()
    jobs: dict[str, Job] = {}

    def keep(job: Job) -> Pdf:
        jobs[job.edition] = job
        return engine(job)

    build(site, engine=keep)
    page = LexborHTMLParser(jobs["harbour-lights, en"].html)
    assert attribute(page, "html", "lang") == "en"
    assert only(page, "title").text() == "Harbour Lights"
    available_links = [n for n in page.css("a[hreflang]") if n.text() == "Türkçe"]
    assert [node.attributes["href"] for node in available_links] == [
        f"{BASE}tr/harbour-lights/harbour-lights.tr.pdf"
    ]
    assert [n.text() for n in page.css("span[lang=fa][dir=rtl]")] == ["دفتر"]
    assert [n for n in page.css("[lang=tr]") if "hukuku çalışır" in n.text()] != []
    for node in page.css("a[href]"):
        assert re.match(r"https?://|mailto:|#", str(node.attributes["href"]))


# ── What texts ask of the style sheets ───────────────────────────────────────────────────────


@pytest.mark.parametrize("sheet", ["screen.css", "print.css"])
@pytest.mark.parametrize(
    ("name", "declared"),
    [
        ("align-center", "text-align: center"),
        ("align-right", "text-align: end"),
        ("address", "hyphens: manual"),
    ],
)
def test_every_class_of_a_text_has_a_look(sheet: str, name: str, declared: str) -> None:
    text = (Path(__file__).parents[1] / "templates" / sheet).read_text(encoding="utf-8")
    assert any(declared in rule for rule in re.findall(rf"\.{name} {{([^}}]*)}}", text))


def test_every_page_has_the_licence_and_no_landmark_is_empty(site: Path) -> None:
    settings = site / "pyproject.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + 'licence = "CC BY 4.0"\n', "utf-8")
    build(site, engine=engine)
    pages = sorted((site / "output").rglob("*.html"))
    assert len(pages) > 10
    for path in pages:
        tree = LexborHTMLParser(path.read_text(encoding="utf-8"))
        assert "CC BY 4.0" in "".join(node.text() for node in tree.css("body > footer")), path
        assert all(node.text().strip() for node in tree.css("header, footer, nav, main")), path
