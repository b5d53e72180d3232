"""The language graph of made-up sites: every place that names an edition's versions names the same,
and each of them is there."""

from __future__ import annotations

import dataclasses
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from publish import edition, urls
from publish.build import build
from publish.load import load
from publish.model import Pdf, Plan
from publish.pdf import Job

from .sites import made

BASE = "https://tides.example/"
SITES = ((1, ("en", "tr", "ru")), (2, ("tr", "fa", "en", "pt-BR", "ru")))

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"

Versions = dict[str, str]
"""hreflang → address."""


def engine(job: Job) -> Pdf:
    return Pdf(b"%PDF-1.7 " + job.edition.encode(), 3)


@dataclasses.dataclass(frozen=True)
class Built:
    """A site that was built, and what was decided for it."""

    root: Path
    plan: Plan
    files: dict[str, bytes]
    pages: dict[str, LexborHTMLParser]

    def has(self, address: str) -> bool:
        assert address.startswith(BASE), address
        return urls.file(address.removeprefix(BASE).partition("#")[0]) in self.files


def files(root: Path) -> dict[str, bytes]:
    found = [path for path in (root / "output").rglob("*") if path.is_file()]
    return {path.relative_to(root / "output").as_posix(): path.read_bytes() for path in found}


@pytest.fixture(scope="module", params=SITES, ids=lambda one: "-".join(one[1]))
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Built:
    seed, tags = request.param
    root = tmp_path_factory.mktemp("made")
    made(root, seed, tags, pieces=24)
    build(root, engine=engine)
    found = files(root)
    pages = {
        path.removesuffix("index.html"): LexborHTMLParser(content.decode())
        for path, content in found.items()
        if path.endswith(".html")
    }
    return Built(root, edition.plan(load(root).site), found, pages)


def heads(page: LexborHTMLParser) -> Versions:
    nodes = page.css("head link[rel=alternate][hreflang]")
    found = {str(node.attributes["hreflang"]): str(node.attributes["href"]) for node in nodes}
    assert len(found) == len(nodes)
    return found


def sitemap(built: Built) -> Iterator[tuple[str, Versions, str]]:
    """Address, versions and day of every page."""
    for url in ET.fromstring(built.files["sitemap.xml"]):
        links = url.findall(f"{XHTML}link")
        versions = {link.attrib["hreflang"]: link.attrib["href"] for link in links}
        assert len(versions) == len(links)
        assert {link.attrib["rel"] for link in links} == {"alternate"}
        yield (
            url.findtext(f"{SITEMAP}loc") or "",
            versions,
            url.findtext(f"{SITEMAP}lastmod") or "",
        )


def test_the_sites_are_worth_looking_at(built: Built) -> None:
    sizes = {sum(bool(one.path) for one in page.alternates) for page in built.plan.editions}
    assert {1, 2, 3} <= sizes
    assert built.plan.held
    assert any(page.locale != page.original for page in built.plan.editions)


def test_no_page_is_without_a_fault_in_the_graph(built: Built) -> None:
    for path, page in built.pages.items():
        versions = heads(page)
        address = BASE + path
        [canonical] = page.css("head link[rel=canonical]")
        assert canonical.attributes["href"] == address
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
    default = load(built.root).site.settings.default_language
    for one in built.plan.editions:
        published = {other.locale: other.path for other in one.alternates if other.path}
        expected = published.get(default) or published[one.original]
        assert heads(built.pages[one.path])["x-default"] == BASE + expected
    for front in built.plan.fronts:
        assert heads(built.pages[front.path])["x-default"] == BASE


def test_the_sitemap_names_every_page_with_the_same_versions(built: Built) -> None:
    entries = list(sitemap(built))
    assert sorted(address for address, _, _ in entries) == sorted(BASE + p for p in built.pages)
    for address, versions, _ in entries:
        assert versions == heads(built.pages[address.removeprefix(BASE)])


def test_the_sitemap_knows_days_from_the_texts_and_not_from_a_clock(built: Built) -> None:
    days = {address: day for address, _, day in sitemap(built)}
    for one in built.plan.editions:
        dates = [one.date, one.updated, *(date for date, _ in one.corrections)]
        dates += [one.translated_on] if not one.is_original else []
        assert days[BASE + one.path] == max(day for day in dates if day).isoformat()
    for front in built.plan.fronts:
        listed = [BASE + piece.path for piece in front.pieces + front.elsewhere]
        assert days[BASE + front.path] == max(days[address] for address in listed)


def test_another_build_gives_the_same_bytes(built: Built) -> None:
    build(built.root, engine=engine)
    assert files(built.root) == built.files


def test_a_version_that_comes_or_goes_is_told_on_every_other(tmp_path: Path) -> None:
    made(tmp_path, 3, ("en", "tr", "ru"), pieces=8)
    build(tmp_path, pdfs=False)
    before = edition.plan(load(tmp_path).site)
    one = next(page for page in before.editions if not page.is_original)
    original = tmp_path / "output" / urls.piece(one.original, one.slug) / "index.html"
    assert f'href="{BASE}{one.path}"' in original.read_text(encoding="utf-8")
    catalogue = tmp_path / f"locales/{one.locale.posix}/LC_MESSAGES/pieces/{one.slug}.po"
    catalogue.unlink()
    build(tmp_path, pdfs=False)
    assert not (tmp_path / "output" / one.path).exists()
    assert f"{BASE}{one.path}" not in original.read_text(encoding="utf-8")
