"""The address scheme: slugs, paths, and links between them."""

from __future__ import annotations

import doctest
import hashlib
import re
from pathlib import PurePosixPath
from urllib.parse import urljoin

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from publish import urls
from publish.locales import parse

TR, BR = parse("tr"), parse("pt-BR")

SLUGS = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,3}", fullmatch=True)
LOCALES = st.sampled_from([TR, BR])
PAGES = st.one_of(
    st.just(""),
    LOCALES.map(urls.front),
    LOCALES.map(urls.search),
    st.builds(urls.piece, LOCALES, SLUGS),
    st.builds(urls.author, LOCALES, SLUGS),
)
FILES = st.one_of(
    st.builds(urls.pdf, LOCALES, SLUGS),
    st.builds(urls.reference, LOCALES, SLUGS, st.sampled_from(["bib", "ris"])),
    st.builds(urls.feed, LOCALES),
    st.builds(urls.asset, SLUGS.map(lambda slug: f"{slug}.css"), st.binary(max_size=9)),
)


def test_the_examples_in_the_module_hold() -> None:
    assert doctest.testmod(urls).failed == 0


# ── Slugs ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("slug", ["a", "harbour-lights", "1889", "a-1", "a" * 80])
def test_a_slug_is_ascii_words_joined_by_hyphens(slug: str) -> None:
    assert urls.slug_fault(slug) == ""


@pytest.mark.parametrize(
    "slug",
    [
        *(
            "",
            "-",
            "a-",
            "-a",
            "a--b",
            "a b",
            "a_b",
            "a.b",
            "A",
            "CON",
            "é",
            "ı",
            "İstanbul",
            "a\n",
        ),
        *("..", "../x", "a/b", "/etc/passwd", ".git", "a\\b", "a\0b", "%2e%2e", "а", "١"),
    ],
)
def test_nothing_else_is_a_slug(slug: str) -> None:
    assert urls.slug_fault(slug) == (
        "is not made of ASCII lower-case words and digits joined by single hyphens"
    )


def test_a_slug_is_at_most_eighty_characters_long() -> None:
    assert urls.slug_fault("a" * 81) == "is longer than 80 characters"
    assert urls.slug_fault("a/" * 150) == "is longer than 80 characters"


@pytest.mark.parametrize("slug", sorted(urls.RESERVED))
def test_a_slug_takes_no_name_that_the_site_needs(slug: str) -> None:
    assert urls.slug_fault(slug) == "is a name that the site needs for itself"


@given(st.text())
def test_what_may_be_a_slug_stays_in_its_folder(text: str) -> None:
    if not urls.slug_fault(text):
        assert PurePosixPath(urls.piece(TR, text)).parts == ("tr", text)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Harbour Lights", "harbour-lights"),
        ("  Harbour — lights, again!  ", "harbour-lights-again"),
        ("Liman Işıkları", "liman-isiklari"),
        ("İSTANBUL’un IŞIĞI", "istanbul-un-isigi"),
        ("I\u0307stanbul", "istanbul"),
        ("Свет в гавани: щит и ёж", "svet-v-gavani-shchit-i-yozh"),
        ("Объезд", "obezd"),
        ("и\u0306од", "yod"),
        ("Straße, Øre, Łódź, Œuvre", "strasse-ore-lodz-oeuvre"),
        ("1889: the rules", "1889-the-rules"),
        ("دفتر", ""),
        ("", ""),
        ("../../etc/passwd", "etc-passwd"),
        ("..", ""),
        (f"{'long ' * 15}{'word' * 9}", "-".join(["long"] * 15)),
        ("x" * 200, "x" * 80),
    ],
)
def test_a_slug_is_what_readers_would_type(title: str, slug: str) -> None:
    assert urls.slug(title) == slug


@given(st.text(st.characters()))
@example("index")
def test_any_title_gives_a_valid_slug_or_none(title: str) -> None:
    slug = urls.slug(title)
    assert slug == "" or urls.slug_fault(slug) == "" or slug in urls.RESERVED


@given(st.text(st.characters()))
def test_the_slug_of_a_slug_is_itself(title: str) -> None:
    slug = urls.slug(title)
    assert urls.slug(slug) == slug


# ── Paths ────────────────────────────────────────────────────────────────────────────────────


def test_every_page_has_its_place_below_its_language() -> None:
    assert urls.front(TR) == "tr/"
    assert urls.piece(TR, "liman") == "tr/liman/"
    assert urls.author(TR, "ada-deniz") == "tr/authors/ada-deniz/"
    assert urls.pdf(TR, "liman") == "tr/liman/liman.tr.pdf"
    assert urls.reference(TR, "liman", "bib") == "tr/liman/liman.tr.bib"
    assert urls.feed(TR) == "tr/feed.xml"


def test_a_language_is_lower_case_in_addresses() -> None:
    assert urls.pdf(BR, "porto") == "pt-br/porto/porto.pt-br.pdf"


def test_a_page_is_the_index_of_its_folder_and_a_file_is_itself() -> None:
    assert urls.file("") == "index.html"
    assert urls.file("tr/liman/") == "tr/liman/index.html"
    assert urls.file("tr/liman/liman.tr.pdf") == "tr/liman/liman.tr.pdf"


def test_a_shared_file_is_named_by_its_content() -> None:
    digest = hashlib.sha256(b"p {}").hexdigest()
    assert urls.asset("screen.css", b"p {}") == f"assets/screen.{digest[:12]}.css"
    assert urls.asset("screen.css", b"p {}") != urls.asset("screen.css", b"p { }")


@given(st.binary(), st.sampled_from(["screen.css", "a.b.png"]))
def test_a_shared_file_keeps_its_kind(content: bytes, name: str) -> None:
    assert re.fullmatch(r"assets/[a-z.]+\.[0-9a-f]{12}\.(css|png)", urls.asset(name, content))


# ── Links ────────────────────────────────────────────────────────────────────────────────────


@given(PAGES, st.one_of(PAGES, FILES))
def test_a_relative_link_leads_back_to_its_target(source: str, target: str) -> None:
    link = urls.relative(source, target)
    for root in ("https://harbour.example/", "https://harbour.example/below/a/prefix/"):
        assert urljoin(root + source, link) == root + target


@given(PAGES)
def test_no_page_links_to_itself_with_an_empty_link(page: str) -> None:
    assert urls.relative(page, page) == "./"


def test_an_absolute_address_begins_with_the_site() -> None:
    assert urls.absolute("https://harbour.example/notes", "tr/liman/") == (
        "https://harbour.example/notes/tr/liman/"
    )


# ── Addresses that authors write ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "url",
    [
        *("https://a.example", "HTTP://A.example", "mailto:a@b.example", "a.md", "../a.png", "/a"),
        *("#a", "?a:b", "a/b:c", "", "a%3Ab"),
    ],
)
def test_a_safe_address(url: str) -> None:
    assert urls.safe(url)


@pytest.mark.parametrize(
    "url",
    [
        *("javascript:a", "JAVASCRIPT:a", "java\tscript:a", " javascript:a", "\x00javascript:a"),
        *("data:,a", "file:///a", "ftp://a", "vbscript:a", "//a.example", "a:b", ":a", "c:\\a"),
    ],
)
def test_an_unsafe_address(url: str) -> None:
    assert not urls.safe(url)
