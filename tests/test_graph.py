"""The language graph of made-up sites: every place that names an edition's versions names the same,
and each of them is there."""

from __future__ import annotations

import dataclasses
import datetime
import json
import posixpath
import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from publish import feeds, typography, urls
from publish.build import build
from publish.load import load
from publish.locales import open_graph, parse
from publish.model import Pdf, Plan, Site, Standing
from publish.pdf import Job
from publish.release import HELD

from . import whole
from .conftest import NOW
from .sites import made

BASE = "https://tides.example/"
SITES = (
    pytest.param((3, ("en", "tr", "ru"), 40), id="en-tr-ru"),
    pytest.param((5, ("tr", "fa", "en", "pt-BR", "ru"), 24), id="tr-fa-en-pt-BR-ru"),
    pytest.param((3, ("en", "tr", "ru", "fa", "pt-BR"), 500), id="500", marks=pytest.mark.prove),
)

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
ATOM = "{http://www.w3.org/2005/Atom}"
XHTML = "{http://www.w3.org/1999/xhtml}"

Versions = dict[str, str]
"""hreflang → address."""


def engine(job: Job) -> Pdf:
    return Pdf(f"%PDF-1.7 {job.edition} {job.html}".encode(), 3)


@dataclasses.dataclass(frozen=True)
class Built:
    """A site that was built, and what was decided for it."""

    root: Path
    site: Site
    plan: Plan
    files: dict[str, bytes]
    pages: dict[str, LexborHTMLParser]
    former: dict[str, LexborHTMLParser]
    """Pages at addresses that editions had before."""

    def has(self, address: str) -> bool:
        assert address.startswith(BASE), address
        return urls.file(address.removeprefix(BASE).partition("#")[0]) in self.files


def files(root: Path) -> dict[str, bytes]:
    found = [path for path in (root / "output").rglob("*") if path.is_file()]
    return {path.relative_to(root / "output").as_posix(): path.read_bytes() for path in found}


@pytest.fixture(scope="module", params=SITES)
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Built:
    seed, tags, pieces = request.param
    root = tmp_path_factory.mktemp("made")
    made(root, seed, tags, pieces)
    settings = root / "pyproject.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + "page_size = 3\n", "utf-8")
    build(root, engine=engine, now=NOW)
    found, site = files(root), load(root).site
    pages = {
        path.removesuffix("index.html"): LexborHTMLParser(content.decode())
        for path, content in found.items()
        if path.endswith(".html")
    }
    former = {path: page for path, page in pages.items() if page.css("meta[http-equiv=refresh]")}
    pages = {path: page for path, page in pages.items() if path not in former}
    return Built(root, site, whole.plan(site, NOW), found, pages, former)


def kinds(built: Built) -> Counter[str]:
    """What chance made, and how often."""
    found: Counter[str] = Counter()
    shown = {one.slug for one in built.plan.editions}
    for piece in built.site.pieces:
        over = piece.release and piece.release <= NOW
        found["draft"] += piece.draft
        found["released"] += bool(over) and piece.slug in shown
        found["embargoed"] += bool(piece.release) and not over
        found["together"] += piece.release_together and piece.slug in shown
    found["not published"] = len(built.site.pieces) - len(shown)
    for held in built.plan.held:
        found["waiting"] += held.reason.startswith("it waits for ")
        found["held by its editor"] += held.reason == HELD
        found["not complete"] += held.reason == "it is not complete"
        found["without a title"] += held.reason == "its title is not translated"
    for one in built.plan.editions:
        found["edition"] += 1
        found["stale"] += one.stale > 0
        found["in part"] += one.untranslated > 0
        found["current"] += one.standing is Standing.CURRENT
        page = built.pages[one.path]
        found["link to another language"] += len(page.css(".text a[hreflang]"))
        found["link to nothing"] += not page.css(".text a")
    found["redirect"] = len(built.former)
    return found


def heads(page: LexborHTMLParser) -> Versions:
    nodes = page.css("head link[rel=alternate][hreflang]")
    found = {str(node.attributes["hreflang"]): str(node.attributes["href"]) for node in nodes}
    assert len(found) == len(nodes)
    return found


def indexed(built: Built) -> Iterator[tuple[str, LexborHTMLParser]]:
    """Every page but the one for what is not there."""
    yield from ((path, page) for path, page in built.pages.items() if path != urls.NOT_FOUND)


def sitemap(built: Built) -> Iterator[tuple[str, Versions, str]]:
    """Address, versions and day of every page."""
    for url in ET.fromstring(built.files["sitemap.xml"]):
        links = url.findall(f"{XHTML}link")
        versions = {link.attrib["hreflang"]: link.attrib["href"] for link in links}
        assert len(versions) == len(links)
        assert {link.attrib["rel"] for link in links} <= {"alternate"}
        yield (
            url.findtext(f"{SITEMAP}loc") or "",
            versions,
            url.findtext(f"{SITEMAP}lastmod") or "",
        )


def test_the_sites_are_worth_looking_at(built: Built) -> None:
    later = {type(page).__name__ for page in built.plan.later}
    assert later == {"Front", "Profile", "Subject"}
    assert any(page.more for page in built.plan.fronts)
    sizes = {sum(bool(one.path) for one in page.alternates) for page in built.plan.editions}
    assert len(sizes) >= 3
    assert built.plan.held
    assert any(page.locale != page.original for page in built.plan.editions)
    assert [kind for kind, number in kinds(built).items() if not number] == []


def test_nothing_speaks_of_what_is_not_published(built: Built) -> None:
    shown = {one.slug for one in built.plan.editions}
    hidden = {piece.slug[-3:] for piece in built.site.pieces if piece.slug not in shown}
    assert hidden
    name = re.compile(rb"(?:[Pp]iece|former)[- ]([0-9]{3})")
    for path, content in built.files.items():
        named = {match.decode() for match in name.findall(path.encode() + b"\n" + content)}
        assert not named & hidden, path
    # The pattern finds what is there.
    every = name.findall(b"".join(built.files.values()))
    assert {number.decode() for number in every} == {one[-3:] for one in shown}


def test_every_former_address_leads_to_its_edition(built: Built) -> None:
    lines = [line.split() for line in built.files["_redirects"].decode().splitlines()]
    table = {old.removeprefix("/"): new.removeprefix("/") for old, new, _ in lines}
    assert len(table) == len(lines) == 2 * len(built.former)
    assert {number for *_, number in lines} == {"301"}
    for path, page in built.former.items():
        [canonical] = page.css("head link[rel=canonical]")
        [refresh] = page.css("meta[http-equiv=refresh]")
        [link] = page.css("main a")
        target = posixpath.normpath(path + str(link.attributes["href"])) + "/"
        assert refresh.attributes["content"] == f"0; url={link.attributes['href']}"
        assert canonical.attributes["href"] == BASE + target
        assert table[path] == target
        assert target in built.pages
        [html] = page.css("html")
        assert [html.attributes["lang"]] == [
            one.locale.tag for one in built.plan.editions if one.path == target
        ]
    for old, new in table.items():
        assert urls.file(new) in built.files
        assert urls.file(old) in built.files or old.endswith(".pdf")
    piece_by_slug = {piece.slug: piece for piece in built.site.pieces}
    assert len(built.former) == sum(
        len(piece_by_slug[one.slug].former_slugs) for one in built.plan.editions
    )


def test_no_page_is_without_a_fault_in_the_graph(built: Built) -> None:
    later = {page.path for page in built.plan.later}
    for path, page in indexed(built):
        versions = heads(page)
        address = BASE + path
        [canonical] = page.css("head link[rel=canonical]")
        assert canonical.attributes["href"] == address
        if path in later:
            assert versions == {}, "a later page of a list is no version of another"
            continue
        assert address in versions.values(), "does not name itself"
        assert versions["x-default"].startswith(BASE)
        for tag, target in versions.items():
            assert built.has(target), f"{path} names {target}"
            other = built.pages[target.removeprefix(BASE)]
            assert heads(other) == versions or not path, f"{target} does not answer {path}"
            if tag != "x-default":
                [html] = other.css("html")
                assert html.attributes["lang"] == tag


def test_only_published_editions_are_in_it(built: Built) -> None:
    held = {BASE + urls.piece(one.locale, one.slug) for one in built.plan.held}
    assert held
    for page in built.pages.values():
        assert not held & set(heads(page).values())
    text = b"".join(data for path, data in built.files.items() if path.endswith(".xml")).decode()
    assert not [address for address in held if f'"{address}"' in text or f">{address}<" in text]


def test_readers_of_other_languages_are_sent_to_the_sites_language_else_the_original(
    built: Built,
) -> None:
    default = built.site.settings.default_language
    for one in built.plan.editions:
        published = {other.locale: other.path for other in one.alternates if other.path}
        expected = published.get(default) or published[one.original]
        assert heads(built.pages[one.path])["x-default"] == BASE + expected
    for front in built.plan.fronts:
        assert heads(built.pages[front.path])["x-default"] == BASE


def test_the_sitemap_names_every_page_with_the_same_versions(built: Built) -> None:
    entries = list(sitemap(built))
    expected = sorted(BASE + path for path, _ in indexed(built))
    assert sorted(address for address, _, _ in entries) == expected
    for address, versions, _ in entries:
        assert versions == heads(built.pages[address.removeprefix(BASE)])


def test_the_sitemap_knows_days_from_the_texts_and_not_from_a_clock(built: Built) -> None:
    days = {address: day for address, _, day in sitemap(built)}
    for one in built.plan.editions:
        dates = [one.date, one.updated, *(date for date, _ in one.corrections)]
        dates += [one.translated_on] if not one.is_original else []
        assert days[BASE + one.path] == max(day for day in dates if day).isoformat()
    plan = built.plan
    for page in (*plan.fronts, *plan.subjects, *plan.later):
        listed = [BASE + piece.path for piece in page.pieces + page.elsewhere]
        assert days[BASE + page.path] == max(days[address] for address in listed)
    for overview in plan.topics:
        lists = (page for page in (*plan.subjects, *plan.later) if page.locale == overview.locale)
        known = [days[BASE + page.path] for page in lists]
        assert days[BASE + overview.path] <= max(known)


# ── What pages say of themselves to machines ─────────────────────────────────────────────────


def data(page: LexborHTMLParser) -> list[dict[str, Any]]:
    """The top nodes of a page's JSON-LD."""
    [script] = page.css("script")
    assert script.attributes == {"type": "application/ld+json"}
    nodes: list[dict[str, Any]] = json.loads(script.text())["@graph"]
    return nodes


def objects(value: object) -> Iterator[dict[str, Any]]:
    """Every object in a JSON value."""
    if isinstance(value, dict):
        yield value
    for item in (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    ):
        yield from objects(item)


def test_structured_data_has_the_same_versions(built: Built) -> None:
    for one in built.plan.editions:
        article = data(built.pages[one.path])[0]
        original = article if one.is_original else article["translationOfWork"]
        works = [original, *original.get("workTranslation", [])]
        versions = {work["inLanguage"]: work["url"] for work in works}
        assert len(versions) == len(works)
        expected = heads(built.pages[one.path])
        del expected["x-default"]
        assert versions == expected
        assert versions[one.locale.tag] == article["url"] == BASE + one.path


def test_every_name_in_structured_data_is_declared_by_some_page(built: Built) -> None:
    nodes = [node for page in built.pages.values() for node in objects(data(page))]
    named = {node["@id"] for node in nodes if "@id" in node}
    declared = {node["@id"] for node in nodes if "@id" in node and len(node) > 2}
    top = {node["@id"] for page in built.pages.values() for node in data(page)}
    people = {node["@id"] for node in nodes if node.get("@type") == "Person" and "@id" in node}
    assert named == declared == top | people
    for address in named:
        assert built.has(address)
    # A person has a page that says who they are.
    pages = {data(built.pages[one.path])[0]["mainEntity"]["@id"] for one in built.plan.profiles}
    assert people == pages


def test_every_file_that_structured_data_names_is_there(built: Built) -> None:
    seen = 0
    for page in built.pages.values():
        for node in objects(data(page)):
            for key in ("url", "contentUrl", "mainEntityOfPage"):
                if key in node:
                    seen += 1
                    assert built.has(node[key]), node
    assert seen > 200


def metas(page: LexborHTMLParser, name: str) -> list[str]:
    nodes = page.css(f'head meta[name="{name}"], head meta[property="{name}"]')
    return [str(node.attributes["content"]) for node in nodes]


def test_open_graph_says_the_same(built: Built) -> None:
    for path, page in indexed(built):
        assert metas(page, "og:url") == [BASE + path]
        [own], others = metas(page, "og:locale"), metas(page, "og:locale:alternate")
        tags = {open_graph(parse(tag)) for tag in heads(page) if tag != "x-default"}
        assert {own, *others} == (tags or {own})
        assert len({own, *others}) == 1 + len(others)
        for name in ("og:type", "og:title", "og:description", "og:site_name"):
            [content] = metas(page, name)
            assert content


def test_reference_managers_read_what_the_page_says(built: Built) -> None:
    for one in built.plan.editions:
        page = built.pages[one.path]
        assert (
            metas(page, "citation_title")
            == metas(page, "og:title")
            == [typography.plain(one.title)]
        )
        assert metas(page, "citation_author") == [b.person.text for b in one.bylines]
        assert metas(page, "citation_publication_date") == [one.date.strftime("%Y/%m/%d")]
        assert metas(page, "citation_language") == [one.locale.tag]
        for name in ("citation_publisher", "citation_technical_report_institution"):
            assert metas(page, name) == ["Papers & <Tides>"]
        assert metas(page, "citation_pdf_url") == [BASE + one.pdf_path]
        assert built.has(BASE + one.pdf_path)


# ── Feeds ────────────────────────────────────────────────────────────────────────────────────


def test_feeds_have_the_same_versions_and_what_they_name_is_there(built: Built) -> None:
    for front in built.plan.fronts:
        feed = ET.fromstring(built.files[urls.feed(front.locale)])
        editions = [one for one in built.plan.editions if one.locale == front.locale]
        entries = feed.findall(f"{ATOM}entry")
        assert len(entries) == min(len(editions), feeds.LENGTH)
        for entry in entries:
            links = [link.attrib for link in entry.findall(f"{ATOM}link")]
            alternates = [link for link in links if link["rel"] == "alternate"]
            versions = {link["hreflang"]: link["href"] for link in alternates}
            assert len(versions) == len(alternates)
            expected = heads(built.pages[alternates[0]["href"].removeprefix(BASE)])
            del expected["x-default"]
            assert versions == expected
            assert alternates[0]["hreflang"] == front.locale.tag
            [enclosure] = [link for link in links if link["rel"] == "enclosure"]
            content = built.files[enclosure["href"].removeprefix(BASE)]
            assert enclosure["length"] == str(len(content))
        names = [element.text or "" for element in feed.iter(f"{ATOM}uri")]
        assert all(built.has(name) for name in names)


def test_no_two_things_have_the_same_id(built: Built) -> None:
    found = [ET.fromstring(text) for path, text in built.files.items() if path.endswith("feed.xml")]
    ids = [element.text for feed in found for element in feed.iter(f"{ATOM}id")]
    entries = sum(len(feed.findall(f"{ATOM}entry")) for feed in found)
    assert len(set(ids)) == len(ids) == entries + len(found)


# ── Citations ────────────────────────────────────────────────────────────────────────────────


def test_an_edition_is_cited_by_its_own_address_everywhere(built: Built) -> None:
    for one in built.plan.editions:
        page = built.pages[one.path]
        [shown] = page.css("#page-cite ~ div a[dir=ltr]")
        files = page.css("#page-cite ~ div a[download]")
        assert shown.attributes["href"] == BASE + one.path
        assert len(files) == 2
        for node in files:
            content = built.files[one.path + str(node.attributes["href"])].decode()
            assert content.count(BASE + one.path) == (2 if content.startswith("TY") else 1)


def test_another_build_gives_the_same_bytes(built: Built) -> None:
    build(built.root, engine=engine, now=NOW + datetime.timedelta(days=1))
    assert files(built.root) == built.files


def test_a_version_that_comes_or_goes_is_told_on_every_other(tmp_path: Path) -> None:
    made(tmp_path, 3, ("en", "tr", "ru"), pieces=8)
    build(tmp_path, pdfs=False, now=NOW)
    before = whole.plan(load(tmp_path).site, NOW)
    together = {p.slug for p in load(tmp_path).site.pieces if p.release_together}
    one = next(p for p in before.editions if not p.is_original and p.slug not in together)
    original = tmp_path / "output" / urls.piece(one.original, one.slug) / "index.html"
    assert f'href="{BASE}{one.path}"' in original.read_text(encoding="utf-8")
    catalogue = tmp_path / f"locales/{one.locale.posix}/LC_MESSAGES/pieces/{one.slug}.po"
    catalogue.unlink()
    build(tmp_path, pdfs=False, now=NOW)
    assert not (tmp_path / "output" / one.path).exists()
    assert f"{BASE}{one.path}" not in original.read_text(encoding="utf-8")
