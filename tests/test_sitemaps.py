"""The sitemap: in the protocol's order, in several files where it is long, named by robots.txt."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

from publish import sitemaps
from publish.load import load

from . import whole
from .conftest import NOW

NAME = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def written(site: Path, limit: int = sitemaps.LIMIT) -> dict[str, str]:
    found = load(site).site
    made = sitemaps.artefacts(whole.plan(found, NOW), found.settings, limit)
    return {artefact.path: artefact.content.decode() for artefact in made}


def test_a_short_sitemap_is_one_file_that_crawlers_are_told_of(site: Path) -> None:
    files = written(site)
    assert set(files) == {"sitemap.xml", "robots.txt"}
    assert files["robots.txt"].splitlines() == [
        "User-agent: *",
        "Allow: /",
        "",
        "Sitemap: https://harbour.example/sitemap.xml",
    ]
    root = ET.fromstring(files["sitemap.xml"])
    assert root.tag == f"{NAME}urlset"
    assert root[0].findtext(f"{NAME}loc") == "https://harbour.example/"


def test_elements_stand_in_the_order_that_the_schema_wants(site: Path) -> None:
    for url in ET.fromstring(written(site)["sitemap.xml"]):
        names = [child.tag.partition("}")[2] for child in url]
        assert names[:2] == ["loc", "lastmod"]
        assert set(names[2:]) == {"link"}


def test_a_long_sitemap_is_an_index_of_several(site: Path) -> None:
    whole = ET.fromstring(written(site)["sitemap.xml"])
    files = written(site, limit=4)
    index = ET.fromstring(files["sitemap.xml"])
    assert index.tag == f"{NAME}sitemapindex"
    names = [entry.findtext(f"{NAME}loc", "").rpartition("/")[2] for entry in index]
    assert names == ["sitemap-1.xml", "sitemap-2.xml", "sitemap-3.xml", "sitemap-4.xml"]
    parts = [ET.fromstring(files[name]) for name in names]
    assert [len(part) for part in parts] == [4, 4, 4, 1]
    assert [url[0].text for part in parts for url in part] == [url[0].text for url in whole]
    for entry, part in zip(index, parts, strict=True):
        days = [url.findtext(f"{NAME}lastmod", "") for url in part]
        assert entry.findtext(f"{NAME}lastmod") == max(days)


def test_a_site_without_a_piece_has_a_sitemap_without_days(site: Path) -> None:
    for path in (site / "sources/pieces").iterdir():
        path.unlink()
    root = ET.fromstring(written(site)["sitemap.xml"])
    assert len(root) == 3
    assert list(root.iter(f"{NAME}lastmod")) == []
