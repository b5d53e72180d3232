"""Pages that list pieces: paging, topics, series, what is related, and what they never show."""

from __future__ import annotations

import doctest
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from selectolax.lexbor import LexborHTMLParser

from publish import lists
from publish.build import build
from publish.check import check
from publish.load import load
from publish.locales import parse
from publish.model import Front, Pdf, Plan, Profile, Subject
from publish.pdf import Job

from . import whole
from .conftest import NOW, the
from .sites import made

EN, TR = parse("en"), parse("tr")
LIGHTS, PORT = "sources/pieces/harbour-lights.md", "sources/pieces/liman-isiklari.md"
PORT_EN = "locales/en/LC_MESSAGES/pieces/liman-isiklari.po"


def test_the_examples_in_the_module_hold() -> None:
    assert doctest.testmod(lists).failed == 0


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def setting(root: Path, line: str) -> None:
    path = root / "pyproject.toml"
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")


def piece(root: Path, slug: str, **front: str) -> None:
    keys = {"title": slug, "date": "2026-01-01", "language": "en", "tags": "[Sea]"}
    keys |= {"authors": "[ada-deniz]", "summary": "Short."} | front
    lines = "".join(f"{key}: {value}\n" for key, value in keys.items())
    (root / f"sources/pieces/{slug}.md").write_text(f"---\n{lines}---\n\nText.\n", "utf-8")


def author(root: Path, name: str) -> None:
    text = f"---\nname: {name}\nlanguage: en\n---\n\nWrites.\n"
    (root / f"sources/authors/{name}.md").write_text(text, encoding="utf-8")


def planned(root: Path) -> Plan:
    return whole.plan(load(root).site, NOW)


def subject(plan: Plan, path: str) -> Subject:
    [found] = [one for one in plan.subjects if one.path == path]
    return found


def slugs(page: Front | Profile | Subject) -> list[str]:
    return [one.slug for one in page.pieces]


def page(root: Path, path: str) -> LexborHTMLParser:
    return LexborHTMLParser((root / "output" / path).read_text(encoding="utf-8"))


# ── Pages of a list ──────────────────────────────────────────────────────────────────────────


@given(st.integers(0, 60), st.integers(1, 9))
def test_everything_stands_on_one_page_in_its_order(count: int, size: int) -> None:
    items = list(range(count))
    made_pages = lists.pages("en/", items, size)
    assert [item for _, part in made_pages for item in part] == items
    assert [paging.number for paging, _ in made_pages] == [*range(1, len(made_pages) + 1)]
    for paging, part in made_pages:
        assert 0 < len(part) <= size or not items
        assert (paging.before, paging.total) == ((paging.number - 1) * size, count)
        assert len(paging.paths) == (len(made_pages) if len(made_pages) > 1 else 0)
        assert {1, paging.number, len(made_pages)} <= set(paging.shown)
        assert len(paging.shown) <= 7
    following = [paging.next for paging, _ in made_pages]
    assert following[-1] == ""
    assert [paging.previous for paging, _ in made_pages][1:] == list(made_pages[0][0].paths[:-1])
    assert following[:-1] == list(made_pages[0][0].paths[1:])


def test_a_long_index_has_several_pages_each_with_its_own_address(site: Path) -> None:
    for number in range(5):
        piece(site, f"piece-{number}", date=f"2025-01-0{number + 1}")
    setting(site, "page_size = 3")
    plan = planned(site)
    english = [plan.fronts[0], *(x for x in plan.later if isinstance(x, Front))]
    assert [one.path for one in english] == ["en/", "en/page/2/", "en/page/3/"]
    assert [slugs(one) for one in english] == [
        ["harbour-lights", "liman-isiklari", "piece-4"],
        ["piece-3", "piece-2", "piece-1"],
        ["piece-0"],
    ]
    first, second, _ = english
    assert [one.path for one in first.alternates] == ["en/", "tr/"]
    assert (second.alternates, second.default_path) == ((), "")
    assert [one.path for one in second.languages] == ["en/", "tr/"]


def test_a_later_page_says_where_it_is_and_leads_on(site: Path) -> None:
    for number in range(3):
        piece(site, f"piece-{number}", date=f"2025-01-0{number + 1}", language="tr")
    setting(site, "page_size = 2")
    build(site, pdfs=False)
    # The newest piece leads the first page alone.
    first = page(site, "tr/index.html").css_first("body.front.newest main > .pieces > li")
    assert first is not None
    second = page(site, "tr/page/2/index.html")
    assert second.css("body.newest") == []
    links = {str(x.attributes["rel"]): x.attributes["href"] for x in second.css("head link[rel]")}
    base = "https://harbour.example/tr/"
    assert links["canonical"] == f"{base}page/2/"
    assert (links["prev"], links["next"]) == (base, f"{base}page/3/")
    assert second.css("head [hreflang]") == []
    [nav] = second.css("nav.paging")
    assert nav.attributes["aria-label"] == "Sayfalar"
    assert [x.text() for x in nav.css("[rel]")] == ["Daha yeni", "Daha eski"]
    assert [x.text() for x in nav.css("li")] == ["1", "2", "3"]
    assert [x.text() for x in nav.css("[aria-current=page]")] == ["2"]
    assert "Sayfa 2/3" in second.css("title")[0].text()
    languages = second.css(".languages a")
    assert [x.attributes["href"] for x in languages] == ["../../../en/", "../../"]
    assert [x.attributes.get("rel") for x in languages] == [None, None]
    assert [x.attributes.get("aria-current") for x in languages] == [None, "true"]
    # One page needs no way to another.
    assert page(site, "en/index.html").css(".paging, head link[rel=next]") == []


def test_what_exists_in_other_languages_only_is_named_in_part_with_the_way_to_the_rest(
    site: Path,
) -> None:
    for number in range(9):
        piece(site, f"piece-{number}", date=f"2025-01-0{number + 1}")
    setting(site, "page_size = 1")
    plan = planned(site)
    turkish = plan.fronts[1]
    assert [one.slug for one in turkish.elsewhere] == [f"piece-{n}" for n in (8, 7, 6, 5, 4)]
    assert [one.path for one in turkish.more] == ["en/"]
    later = [one for one in plan.later if isinstance(one, Front) and one.locale == TR]
    assert later
    assert not any(one.elsewhere or one.more for one in later)
    # Nothing is left out of a short list.
    assert plan.fronts[0].more == ()


def test_an_author_of_many_pieces_has_several_pages(site: Path) -> None:
    setting(site, "page_size = 1")
    build(site, pdfs=False)
    second = page(site, "en/authors/ada-deniz/page/2/index.html")
    assert [x.text() for x in second.css(".pieces h3 a")] == ["Lights of the Port"]
    assert second.css("#page-about") == []
    assert page(site, "en/authors/ada-deniz/index.html").css("#page-about") != []


# ── Topics ───────────────────────────────────────────────────────────────────────────────────


def test_a_topic_has_a_page_where_a_piece_of_it_is_published(site: Path) -> None:
    piece(site, "inland", tags="[Land]")
    plan = planned(site)
    assert [one.path for one in plan.subjects] == [
        "en/topics/land/",
        "en/topics/sea/",
        "tr/topics/sea/",
    ]
    land, sea = subject(plan, "en/topics/land/"), subject(plan, "en/topics/sea/")
    assert [one.path for one in land.alternates] == ["en/topics/land/"]
    assert [one.path for one in sea.alternates] == ["en/topics/sea/", "tr/topics/sea/"]
    assert subject(plan, "tr/topics/sea/").default_path == "en/topics/sea/"
    assert (subject(plan, "tr/topics/sea/").name.text, slugs(land)) == ("Deniz", ["inland"])


def test_a_topic_without_a_page_in_the_sites_language_sends_others_to_the_first(site: Path) -> None:
    piece(site, "kara", tags="[Land]", language="tr")
    land = subject(planned(site), "tr/topics/land/")
    assert land.default_path == "tr/topics/land/"
    assert land.name.locale == EN  # nobody has translated it


def test_all_topics_are_counted_and_stand_in_the_order_of_the_alphabet(site: Path) -> None:
    for number, tag in enumerate(("Iron", "Ice", "Zoo", "Çay", "Cat")):
        piece(site, f"piece-{number}", tags=f"[{tag}, Sea]", language="tr")
    english, turkish = planned(site).topics
    assert [(x.name.text, x.count) for x in english.topics] == [("Sea", 2)]
    assert [(x.name.text, x.count) for x in turkish.topics] == [
        *(("Cat", 1), ("Çay", 1), ("Deniz", 7)),
        *(("Ice", 1), ("Iron", 1), ("Zoo", 1)),
    ]


def test_a_site_without_topics_leads_to_none(site: Path) -> None:
    for path in (LIGHTS, PORT):
        edit(site / path, "tags: [Sea]", "tags: []")
    build(site, pdfs=False)
    assert not (site / "output/en/topics").exists()
    assert page(site, "en/index.html").css(".places") == []
    assert page(site, "404.html").css('a[href*="topics"]') == []


def test_topics_of_an_edition_lead_to_their_pages(site: Path) -> None:
    build(site, pdfs=False)
    [link] = page(site, "tr/liman-isiklari/index.html").css(".topics a")
    assert (link.text(), link.attributes["href"]) == ("Deniz", "../topics/sea/")


def faults(site: Path) -> list[tuple[str, str, int]]:
    found = [problem for problem in check(load(site)) if problem.code == "S36"]
    return [(problem.message, problem.span.path, problem.span.line) for problem in found]


def test_a_topic_without_an_address_can_be_given_one(site: Path) -> None:
    edit(site / LIGHTS, "tags: [Sea]", 'tags: ["دریا"]')
    assert faults(site) == [("the topic “دریا” has no letters for an address", LIGHTS, 6)]
    setting(site, '[tool.publish.slugs]\n"دریا" = "sea"')
    assert faults(site) == [("the topic “Sea” has the address of “دریا”: sea", PORT, 6)]
    edit(site / "pyproject.toml", '"sea"', '"darya"')
    assert faults(site) == []
    assert "en/topics/darya/" in [one.path for one in planned(site).subjects]


def test_a_series_may_have_the_address_of_a_topic(site: Path) -> None:
    edit(site / LIGHTS, "tags: [Sea]", "tags: [Sea]\nseries: Sea")
    assert faults(site) == []


# ── Series ───────────────────────────────────────────────────────────────────────────────────


def series(root: Path) -> None:
    for number, language in enumerate(("en", "tr", "en", "en")):
        day = f"2025-01-0{number + 1}"
        piece(root, f"part-{number}", date=day, series="The Log", language=language)


def test_a_series_is_read_from_its_beginning(site: Path) -> None:
    series(site)
    found = subject(planned(site), "en/series/the-log/")
    assert slugs(found) == ["part-0", "part-2", "part-3"]
    assert [one.slug for one in found.elsewhere] == ["part-1"]
    assert found.kind == "series"


def test_a_part_has_one_number_in_all_languages_and_neighbours_in_its_own_if_they_are_there(
    site: Path,
) -> None:
    series(site)
    plan = planned(site)
    part = the(plan, "part-2", "en").part
    assert part is not None
    assert (part.number, part.count) == (3, 4)
    assert part.previous is not None
    assert part.next is not None
    assert (part.previous.path, part.next.path) == ("tr/part-1/", "en/part-3/")
    last = the(plan, "part-3", "en").part
    assert last is not None
    assert last.next is None
    assert the(plan, "part-1", "tr").series_path == "tr/series/the-log/"
    assert the(plan, "harbour-lights", "en").part is None


def test_a_page_leads_to_its_series_and_to_the_parts_beside_it(site: Path) -> None:
    series(site)
    build(site, pdfs=False)
    first = page(site, "en/part-0/index.html")
    [kicker] = first.css(".kicker")
    assert " ".join(kicker.text().split()) == "The Log · Part 1 of 4"
    assert [x.attributes["href"] for x in kicker.css("a")] == ["../series/the-log/"]
    assert [x.attributes["href"] for x in first.css("main [rel=next]")] == ["../../tr/part-1/"]
    assert [x.attributes["lang"] for x in first.css("main [rel=next]")] == ["tr"]
    assert first.css("main [rel=prev]") == []
    assert "2/4" in page(site, "tr/part-1/index.html").css(".kicker")[0].text()


def test_a_series_of_one_part_counts_nothing(site: Path) -> None:
    piece(site, "part-0", date="2025-01-01", series="The Log", language="en")
    plan = planned(site)
    assert the(plan, "part-0", "en").part is None
    assert the(plan, "part-0", "en").series_path == "en/series/the-log/"


# ── What is related ──────────────────────────────────────────────────────────────────────────


def test_parts_of_a_series_leave_room_for_others(site: Path) -> None:
    series(site)
    author(site, "bo")
    piece(site, "stranger", date="2020-01-01", authors="[bo]")
    found = the(planned(site), "part-0", "en").related
    assert [one.slug for one in found] == ["harbour-lights", "liman-isiklari", "stranger"]
    found = the(planned(site), "harbour-lights", "en").related
    assert [one.slug for one in found] == ["liman-isiklari", "part-3", "part-2"]


def test_of_what_is_equally_near_the_newest_comes_and_of_one_day_the_first_by_name(
    site: Path,
) -> None:
    for name in ("delta", "alpha", "gamma", "beta"):
        piece(site, name)
    author(site, "bo")
    piece(site, "one", date="2024-01-01", tags="[Sea]", authors="[bo]")
    found = the(planned(site), "one", "en").related
    assert [one.slug for one in found] == ["harbour-lights", "liman-isiklari", "alpha"]


@pytest.mark.parametrize("seed", range(3))
def test_what_is_related_is_what_a_look_at_every_pair_finds(tmp_path: Path, seed: int) -> None:
    made(tmp_path, seed, ("en", "tr"), pieces=40)
    site = load(tmp_path).site
    plan = whole.plan(site, NOW)
    there = {(one.slug, one.locale) for one in plan.editions}
    pieces = {one.slug: one for one in site.pieces}

    def about(slug: str) -> set[str]:
        return {tag.content for tag in pieces[slug].tags} | set(pieces[slug].authors)

    for one in random.Random(seed).sample(plan.editions, 20):
        own = pieces[one.slug].series
        scored = []
        for index, other in enumerate(site.pieces):
            shared = len(about(one.slug) & about(other.slug))
            if other.slug != one.slug and shared:
                foreign = (other.slug, one.locale) not in there
                sibling = bool(own and other.series and own.content == other.series.content)
                scored.append((foreign, sibling, -shared, index))
        expected = [site.pieces[index].slug for *_, index in sorted(scored)[: lists.RELATED]]
        assert [found.slug for found in one.related] == expected


# ── Where there is no page ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("base", "root"), [("", "/"), ("/papers", "/papers/")])
def test_the_page_for_what_is_not_there_speaks_all_languages_at_any_depth(
    site: Path, base: str, root: str
) -> None:
    edit(site / "pyproject.toml", "harbour.example", f"harbour.example{base}")
    build(site, pdfs=False)
    found = page(site, "404.html")
    assert [x.attributes["content"] for x in found.css("meta[name=robots]")] == ["noindex"]
    assert found.css("link[rel=canonical], link[rel=alternate], meta[property]") == []
    parts = found.css("main .choices > li")
    assert [(x.attributes["lang"], x.attributes["dir"]) for x in parts] == [
        ("en", "ltr"),
        ("tr", "ltr"),
    ]
    assert [x.attributes["href"] for x in found.css("main a")] == [
        *(f"{root}en/", f"{root}en/topics/", f"{root}tr/", f"{root}tr/topics/"),
    ]
    [sheet] = found.css("link[rel=stylesheet]")
    assert str(sheet.attributes["href"]).startswith(f"{root}assets/")
    assert "404" not in (site / "output/sitemap.xml").read_text(encoding="utf-8")


# ── Beside the text ──────────────────────────────────────────────────────────────────────────


def test_a_page_says_how_long_it_takes_to_read_and_paper_does_not(site: Path) -> None:
    text = (site / LIGHTS).read_text(encoding="utf-8")
    (site / LIGHTS).write_text(text + "\n" + "word " * 500 + "\n", encoding="utf-8")
    assert the(planned(site), "harbour-lights", "en").minutes == 3
    jobs: list[str] = []

    def engine(job: Job) -> Pdf:
        jobs.append(job.html)
        return Pdf(b"%PDF-1.7", 1)

    build(site, engine=engine)
    [shown] = page(site, "en/harbour-lights/index.html").css(".minutes")
    assert shown.text() == "3 min read"
    assert not [html for html in jobs if "min read" in html]


def test_networks_are_shown_the_first_image_of_a_text(site: Path) -> None:
    Image.new("L", (40, 20), 128).save(site / "sources/pieces/map.png")
    Image.new("L", (10, 10), 128).save(site / "sources/pieces/note.png")
    text = (site / LIGHTS).read_text(encoding="utf-8")
    new = "[^n]: ![A note](note.png)\n\n![The “north” & <sea>](map.png)\n\nSee.[^n]\n"
    (site / LIGHTS).write_text(f"{text}\n{new}", encoding="utf-8")
    edit(site / LIGHTS, "tags: [Sea]", "tags: [Sea]\npin: [tr]")
    build(site, pdfs=False)
    for tag, language in (("en", None), ("tr", "en")):
        found = page(site, f"{tag}/harbour-lights/index.html").css("meta[property^='og:image']")
        known = {str(x.attributes["property"]): x.attributes["content"] for x in found}
        address = str(known.pop("og:image"))
        assert address.startswith("https://harbour.example/assets/map.")
        assert (site / "output" / address.removeprefix("https://harbour.example/")).is_file()
        assert known == {
            "og:image:width": "40",
            "og:image:height": "20",
            "og:image:alt": "The “north” & <sea>",
        }
        assert found[-1].attributes.get("lang") == language
    assert page(site, "en/liman-isiklari/index.html").css("meta[property^='og:image']") == []
