"""Former addresses: a table for hosts, and a page at each."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from publish import redirects
from publish.build import build
from publish.model import Pdf
from publish.pdf import Job

from .conftest import NOW, planned

LIGHTS, PORT = "sources/pieces/harbour-lights.md", "sources/pieces/liman-isiklari.md"
PORT_EN = "locales/en/LC_MESSAGES/pieces/liman-isiklari.po"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def front(path: Path, line: str) -> None:
    edit(path, "tags: [Sea]", f"tags: [Sea]\n{line}")


def engine(job: Job) -> Pdf:
    return Pdf(b"%PDF " + job.edition.encode(), 1)


@pytest.fixture
def renamed(site: Path) -> Path:
    """The small site, whose first piece has had two names."""
    front(site / LIGHTS, "former_slugs: [lights, old-lights]")
    return site


def table(root: Path, *, pdfs: bool = True) -> list[str]:
    build(root, engine=engine, now=NOW, pdfs=pdfs)
    path = root / "output/_redirects"
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def test_each_former_address_leads_to_the_page_and_to_the_pdf_in_its_language(
    renamed: Path,
) -> None:
    assert table(renamed) == [
        "/en/lights/ /en/harbour-lights/ 301",
        "/en/lights/lights.en.pdf /en/harbour-lights/harbour-lights.en.pdf 301",
        "/tr/lights/ /tr/harbour-lights/ 301",
        "/tr/lights/lights.tr.pdf /tr/harbour-lights/harbour-lights.tr.pdf 301",
        "/en/old-lights/ /en/harbour-lights/ 301",
        "/en/old-lights/old-lights.en.pdf /en/harbour-lights/harbour-lights.en.pdf 301",
        "/tr/old-lights/ /tr/harbour-lights/ 301",
        "/tr/old-lights/old-lights.tr.pdf /tr/harbour-lights/harbour-lights.tr.pdf 301",
    ]


def test_without_pdfs_nothing_leads_to_one(renamed: Path) -> None:
    lines = table(renamed, pdfs=False)
    assert len(lines) == 4
    assert not [line for line in lines if ".pdf" in line]


def test_a_site_below_a_path_names_it_in_both_addresses(renamed: Path) -> None:
    edit(renamed / "pyproject.toml", "https://harbour.example", "https://a.example/papers")
    assert table(renamed, pdfs=False)[0] == "/papers/en/lights/ /papers/en/harbour-lights/ 301"
    # The page leads there by itself wherever the site stands.
    page = (renamed / "output/en/lights/index.html").read_text(encoding="utf-8")
    assert 'content="0; url=../harbour-lights/"' in page


def test_a_site_that_never_renamed_a_piece_has_no_table(site: Path) -> None:
    assert table(site) == []
    plan, settings = planned(site)
    assert list(redirects.artefacts(plan, settings, ())) == []


def test_only_languages_in_which_the_piece_is_published_have_former_addresses(site: Path) -> None:
    front(site / PORT, "former_slugs: [fener]")
    (site / PORT_EN).unlink()
    assert table(site, pdfs=False) == ["/tr/fener/ /tr/liman-isiklari/ 301"]
    assert not (site / "output/en/fener").exists()


@pytest.mark.parametrize("line", ["draft: true", "release: 2026-02-01T00:00+03:00"])
def test_a_piece_that_is_kept_back_has_none(renamed: Path, line: str) -> None:
    front(renamed / PORT, f"former_slugs: [fener]\n{line}")
    before = [one for one in table(renamed) if "fener" in one]
    assert bool(before) is line.startswith("release")


def test_the_page_at_a_former_address_leads_on_and_says_so(renamed: Path) -> None:
    build(renamed, engine=engine, now=NOW)
    text = (renamed / "output/tr/old-lights/index.html").read_text(encoding="utf-8")
    page = LexborHTMLParser(text)
    [html] = page.css("html")
    assert html.attributes == {"lang": "tr", "dir": "ltr"}
    [refresh] = page.css('meta[http-equiv="refresh"]')
    assert refresh.attributes["content"] == "0; url=../harbour-lights/"
    [robots] = page.css('meta[name="robots"]')
    assert robots.attributes["content"] == "noindex"
    [canonical] = page.css('link[rel="canonical"]')
    assert canonical.attributes["href"] == "https://harbour.example/tr/harbour-lights/"
    [link] = page.css("main a")
    assert (link.attributes["href"], link.text()) == ("../harbour-lights/", "Liman Fenerleri")
    [heading] = page.css("h1")
    assert heading.text() == "Bu yazının adresi değişti"
    [policy] = page.css('meta[http-equiv="Content-Security-Policy"]')
    assert str(policy.attributes["content"]).startswith("default-src 'none'; ")
    assert not page.css("script, [style], style")
    assert len(text) < 2000


def test_what_leads_on_is_in_no_list(renamed: Path) -> None:
    build(renamed, engine=engine, now=NOW)
    for path in (renamed / "output").rglob("*"):
        former = re.search(r"old-lights|/lights/", path.as_posix())
        if path.is_file() and not former and path.name not in ("_redirects", "manifest.json"):
            assert b"old-lights" not in path.read_bytes(), path


def test_a_page_that_is_not_renamed_any_more_takes_its_old_address_with_it(renamed: Path) -> None:
    assert table(renamed)
    edit(renamed / LIGHTS, "former_slugs: [lights, old-lights]\n", "")
    assert table(renamed) == []
    assert not (renamed / "output/en/old-lights").exists()
