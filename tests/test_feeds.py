"""Atom feeds (RFC 4287): one language each, ids that stay, what was modified last first."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from publish import feeds
from publish.build import build
from publish.load import load
from publish.locales import parse
from publish.model import Plan, Printed, Run, Settings

from . import whole
from .conftest import NOW

TR = parse("tr")
BASE = "https://harbour.example/"
ATOM = "{http://www.w3.org/2005/Atom}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def planned(root: Path) -> tuple[Plan, Settings]:
    site = load(root).site
    return whole.plan(site, NOW), site.settings


def written(
    plan: Plan, settings: Settings, made: Mapping[str, Printed] | None = None
) -> dict[str, ET.Element]:
    found = feeds.artefacts(plan, settings, made or {})
    return {artefact.path: ET.fromstring(artefact.content) for artefact in found}


def said(element: ET.Element, name: str) -> str:
    [found] = element.findall(f"{ATOM}{name}")
    return found.text or ""


def links(element: ET.Element, relation: str) -> list[dict[str, str]]:
    found = [link.attrib for link in element.findall(f"{ATOM}link")]
    return [
        {k: v for k, v in link.items() if k != "rel"} for link in found if link["rel"] == relation
    ]


def entries(feed: ET.Element) -> list[ET.Element]:
    return feed.findall(f"{ATOM}entry")


def test_each_language_has_a_feed_that_says_its_own(site: Path) -> None:
    found = written(*planned(site))
    assert list(found) == ["en/feed.xml", "tr/feed.xml"]
    feed = found["tr/feed.xml"]
    assert (feed.tag, feed.attrib[LANG]) == (f"{ATOM}feed", "tr")
    assert said(feed, "title") == "Liman Yazıları"
    assert links(feed, "self") == [
        {"type": "application/atom+xml", "hreflang": "tr", "href": f"{BASE}tr/feed.xml"}
    ]
    assert links(feed, "alternate") == [
        {"type": "text/html", "hreflang": "tr", "href": f"{BASE}tr/"}
    ]
    titles = [said(entry, "title") for entry in entries(feed)]
    assert sorted(titles) == ["Liman Fenerleri", "Liman Işıkları"]


def test_what_was_modified_last_stands_first_and_dates_the_feed(site: Path) -> None:
    for feed in written(*planned(site)).values():
        days = [said(entry, "updated") for entry in entries(feed)]
        assert days == sorted(days, reverse=True)
        assert said(feed, "updated") == days[0]
        for entry in entries(feed):
            assert said(entry, "published") <= said(entry, "updated")
            datetime.datetime.strptime(said(entry, "updated"), "%Y-%m-%dT%H:%M:%S%z")


def test_an_id_is_made_of_the_address_as_that_of_the_pdf_is(site: Path) -> None:
    [feed, _] = written(*planned(site)).values()
    ids = {said(entry, "id") for entry in entries(feed)}
    assert uuid.uuid5(uuid.NAMESPACE_URL, f"{BASE}en/harbour-lights/").urn in ids
    assert len(ids | {said(feed, "id")}) == len(entries(feed)) + 1


def test_an_entry_leads_to_its_own_page_first_and_to_every_other_version(site: Path) -> None:
    feed = written(*planned(site))["tr/feed.xml"]
    [entry] = [one for one in entries(feed) if said(one, "title") == "Liman Fenerleri"]
    assert [link["href"] for link in links(entry, "alternate")] == [
        f"{BASE}tr/harbour-lights/",
        f"{BASE}en/harbour-lights/",
    ]
    [author] = entry.findall(f"{ATOM}author")
    assert said(author, "name") == "Ada Deniz"
    assert said(author, "uri") == f"{BASE}tr/authors/ada-deniz/"


def test_a_pdf_that_is_there_is_enclosed_with_its_length(site: Path) -> None:
    plan, settings = planned(site)
    path = "tr/harbour-lights/harbour-lights.tr.pdf"
    feed = written(plan, settings, {path: Printed(2, 1234)})["tr/feed.xml"]
    enclosed = [link for entry in entries(feed) for link in links(entry, "enclosure")]
    assert enclosed == [
        {
            "type": "application/pdf",
            "hreflang": "tr",
            "href": BASE + path,
            "length": "1234",
        }
    ]


def test_a_text_in_another_language_carries_it(site: Path) -> None:
    plan, settings = planned(site)
    changed = [dataclasses.replace(one, summary=Run("Kısaca.", TR)) for one in plan.editions]
    plan = dataclasses.replace(plan, editions=tuple(changed))
    found = written(plan, settings)
    for tag, marked in (("en", "tr"), ("tr", None)):
        for summary in found[f"{tag}/feed.xml"].iter(f"{ATOM}summary"):
            assert summary.attrib.get(LANG) == marked


def test_a_language_with_nothing_has_a_feed_all_the_same(site: Path) -> None:
    plan, settings = planned(site)
    [feed, _] = written(dataclasses.replace(plan, editions=()), settings).values()
    assert entries(feed) == []
    assert said(feed, "updated") == "1970-01-01T00:00:00Z"


def test_a_feed_is_of_bounded_length(site: Path) -> None:
    plan, settings = planned(site)
    first = plan.editions[0]
    days = [datetime.date(2026, 1, 1) + datetime.timedelta(days=n) for n in range(70)]
    many = [dataclasses.replace(first, slug=f"p-{day}", modified=day) for day in days]
    feed = written(dataclasses.replace(plan, editions=tuple(many)), settings)["en/feed.xml"]
    assert len(entries(feed)) == feeds.LENGTH
    assert said(entries(feed)[0], "updated") == f"{days[-1]}T00:00:00Z"


def test_pages_name_the_feed_of_their_language(site: Path) -> None:
    build(site, pdfs=False)
    for tag in ("en", "tr"):
        page = (site / f"output/{tag}/harbour-lights/index.html").read_text("utf-8")
        [link] = LexborHTMLParser(page).css("head link[type='application/atom+xml']")
        assert link.attributes["href"] == f"{BASE}{tag}/feed.xml"
    page = (site / "output/index.html").read_text("utf-8")
    found = LexborHTMLParser(page).css("head link[type='application/atom+xml']")
    assert [(node.attributes["title"], node.attributes["href"]) for node in found] == [
        ("Harbour Papers (English)", f"{BASE}en/feed.xml"),
        ("Liman Yazıları (Türkçe)", f"{BASE}tr/feed.xml"),
    ]


def test_a_site_that_wants_no_feeds_has_none_and_names_none(site: Path) -> None:
    with (site / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("feeds = false\n")
    build(site, pdfs=False)
    assert list((site / "output").rglob("feed.xml")) == []
    assert [p for p in (site / "output").rglob("*.html") if "atom" in p.read_text("utf-8")] == []


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_title_is_well_formed(text: str) -> None:
    plan, settings = SAMPLE
    one = dataclasses.replace(plan.editions[0], title=text)
    feed = written(dataclasses.replace(plan, editions=(one,)), settings)["en/feed.xml"]
    # What XML cannot hold is told by a character of its own; line ends are XML's.
    known = "".join(char if char >= " " or char in "\t\n\r" else "\ufffd" for char in text)
    known = known.replace("\u00a0", " ").replace("\uffff", "\ufffd").replace("\ufffe", "\ufffd")
    known = known.replace("\r\n", "\n").replace("\r", "\n")
    assert entries(feed)[0].findtext(f"{ATOM}title", "") == known


SAMPLE = planned(Path(__file__).parent / "site")
