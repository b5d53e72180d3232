"""JSON-LD: safe in a script element, one name for one thing, texts with their language."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publish import jsonld
from publish.locales import parse
from publish.model import Edition, Run, Settings

from .conftest import planned, the

EN, TR = parse("en"), parse("tr")
BASE = "https://harbour.example/"


def nodes(text: str) -> dict[str, Any]:
    """The top nodes of a graph by type."""
    document = json.loads(text)
    assert document["@context"] == "https://schema.org"
    found = {node["@type"]: node for node in document["@graph"]}
    assert len(found) == len(document["@graph"])
    return found


def article(site: Path, slug: str, tag: str, pdf: bool = True) -> dict[str, Any]:
    plan, known = planned(site)
    found: dict[str, Any] = nodes(jsonld.edition(the(plan, slug, tag), known, pdf))["Article"]
    return found


def test_an_article_says_what_its_page_says(site: Path) -> None:
    found = article(site, "harbour-lights", "en")
    assert found["@id"] == f"{BASE}en/harbour-lights/#article"
    assert found["url"] == found["mainEntityOfPage"] == f"{BASE}en/harbour-lights/"
    assert found["headline"] == "Harbour Lights"
    assert found["inLanguage"] == "en"
    assert found["datePublished"] <= found["dateModified"]
    assert found["publisher"] == {"@id": f"{BASE}#publisher"}
    assert found["isPartOf"] == [{"@id": f"{BASE}#website"}]
    assert "" not in found.values()
    assert [] not in found.values()


def test_original_and_translation_name_each_other(site: Path) -> None:
    original = article(site, "harbour-lights", "en")
    translation = article(site, "harbour-lights", "tr")
    [named] = original["workTranslation"]
    assert named["@id"] == translation["@id"]
    assert named["inLanguage"] == "tr"
    work = translation["translationOfWork"]
    assert work["@id"] == original["@id"]
    assert work["workTranslation"] == original["workTranslation"]
    assert work["headline"] == {"@value": "Harbour Lights", "@language": "en"}
    assert "workTranslation" not in translation
    assert "translationOfWork" not in original


def test_the_site_names_the_search_of_each_language(site: Path) -> None:
    plan, known = planned(site)
    assert "potentialAction" not in nodes(jsonld.front(plan.fronts[0], known))["WebSite"]
    wanted = dataclasses.replace(known, search=True)
    pages = [jsonld.front(one, wanted) for one in plan.fronts] + [jsonld.chooser(wanted)]
    for page in pages:
        actions = nodes(page)["WebSite"]["potentialAction"]
        assert [action["target"] for action in actions] == [
            {"@type": "EntryPoint", "urlTemplate": f"{BASE}{tag}/search/?q={{search_term_string}}"}
            for tag in ("en", "tr")
        ]
        assert {action["query-input"] for action in actions} == {"required name=search_term_string"}


def test_a_person_is_the_same_in_all_languages(site: Path) -> None:
    plan, known = planned(site)
    names = {
        person["@id"]
        for one in plan.editions
        for person in nodes(jsonld.edition(one, known, False))["Article"]["author"]
    }
    pages = [nodes(jsonld.profile(one, known))["ProfilePage"] for one in plan.profiles]
    assert names == {page["mainEntity"]["@id"] for page in pages}
    assert names == {f"{BASE}en/authors/ada-deniz/#person"}
    assert [page["mainEntity"]["url"] for page in pages] == [page["url"] for page in pages]


def test_a_title_is_no_part_of_a_name(site: Path) -> None:
    [person] = article(site, "harbour-lights", "en")["author"]
    assert (person["honorificPrefix"], person["name"]) == ("Dr.", "Ada Deniz")


def test_a_text_in_another_language_carries_it(site: Path) -> None:
    plan, known = planned(site)
    one = the(plan, "harbour-lights", "en")
    one = dataclasses.replace(one, summary=Run("Kısaca.", TR), topics=(Run("Deniz", TR),))
    found = nodes(jsonld.edition(one, known, False))["Article"]
    assert found["description"] == {"@value": "Kısaca.", "@language": "tr"}
    assert found["keywords"] == [{"@value": "Deniz", "@language": "tr"}]


def test_only_a_pdf_that_is_there_is_named(site: Path) -> None:
    assert "encoding" not in article(site, "harbour-lights", "tr", pdf=False)
    assert article(site, "harbour-lights", "tr")["encoding"] == {
        "@type": "MediaObject",
        "contentUrl": f"{BASE}tr/harbour-lights/harbour-lights.tr.pdf",
        "encodingFormat": "application/pdf",
        "inLanguage": "tr",
    }


def test_translator_correction_series_and_licence_are_there_where_they_are(site: Path) -> None:
    plan, known = planned(site)
    known = dataclasses.replace(known, licence={"en": "CC BY 4.0"}, licence_url="https://a.example")
    one = the(plan, "harbour-lights", "tr")
    day = one.date
    one = dataclasses.replace(
        one,
        translator="Ayşe",
        series=Run("Logs", EN),
        series_path="tr/series/logs/",
        series_home="en/series/logs/",
        corrections=((day, Run("Bir yıl yanlıştı.", TR)),),
    )
    found = nodes(jsonld.edition(one, known, False))["Article"]
    assert found["translator"] == {"@type": "Person", "name": "Ayşe"}
    assert found["isPartOf"][1] == {
        "@type": "CreativeWorkSeries",
        "@id": f"{BASE}en/series/logs/#series",
        "name": {"@value": "Logs", "@language": "en"},
        "url": f"{BASE}tr/series/logs/",
    }
    assert found["correction"] == [
        {
            "@type": "CorrectionComment",
            "datePublished": day.isoformat(),
            "text": "Bir yıl yanlıştı.",
        }
    ]
    assert found["license"] == "https://a.example"
    known = dataclasses.replace(known, licence_url="")
    found = nodes(jsonld.edition(one, known, False))["Article"]
    assert found["license"] == {"@value": "CC BY 4.0", "@language": "en"}


def test_fronts_and_chooser_say_what_the_site_is(site: Path) -> None:
    plan, known = planned(site)
    for front in plan.fronts:
        found = nodes(jsonld.front(front, known))
        assert found["CollectionPage"]["url"] == BASE + front.path
        assert found["CollectionPage"]["isPartOf"] == {"@id": found["WebSite"]["@id"]}
    found = nodes(jsonld.chooser(known))
    assert found["WebSite"]["publisher"] == {"@id": found["Organization"]["@id"]}
    assert found["WebSite"]["inLanguage"] == ["en", "tr"]


@given(st.text())
def test_no_text_leaves_its_place(text: str) -> None:
    one, known = SAMPLE
    made = jsonld.edition(dataclasses.replace(one, title=text), known, True)
    assert "<" not in made
    assert json.loads(made)["@graph"][0].get("headline", "") == text.replace("\u00a0", " ")


@pytest.mark.parametrize("text", ["</script><b>", "<!-- <script>", "\u2028 & \" ' \\", "دفتر"])
def test_a_hostile_title_is_a_title(text: str) -> None:
    one, known = SAMPLE
    made = jsonld.edition(dataclasses.replace(one, title=text), known, True)
    assert "<" not in made
    assert nodes(made)["Article"]["headline"] == text


def _sample() -> tuple[Edition, Settings]:
    plan, known = planned(Path(__file__).parent / "site")
    return the(plan, "harbour-lights", "tr"), known


SAMPLE = _sample()
