"""The built site in a real browser: reading, moving about, printing, with and without a mouse.

Every page that a test opens is watched: a complaint of the browser or a request to another host
fails the test, whatever it is about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page

from publish.build import build
from publish.model import Pdf
from publish.pdf import Job

from . import browser as browsers
from .browser import Watched
from .conformance.samples import copy_sample
from .sites import mixed

PIECE = "caspian-moving-shore"
NAMES = {"en": "English", "tr": "Türkçe", "ru": "Русский"}
WIDTHS = (320, 360, 768, 1280)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for this file: while it runs, nothing else in the process can await anything."""
    path = browsers.installed()
    if path is None:
        pytest.skip(f"no browser is here: {', '.join(browsers.NAMES)}")
    with browsers.started(path) as found:
        yield found


@dataclass(frozen=True)
class Sites:
    """The sample site in `sample/`, one of all that a page shows in `mixed/`."""

    folder: Path
    url: str

    @property
    def kinds(self) -> list[str]:
        """One page of each kind in each language; of pieces, those of both sites."""
        sample, other = (browsers.kinds(self.folder / name) for name in ("sample", "mixed"))
        more = [
            path for kind, path in other.items() if kind not in sample or kind.page == "edition"
        ]
        return [f"sample/{path}" for path in sample.values()] + [f"mixed/{path}" for path in more]


def engine(job: Job) -> Pdf:
    return Pdf(b"%PDF-1.7 " + b"x" * 42_000, 3)


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    root = tmp_path_factory.mktemp("browser")
    folder = root / "served"
    folder.mkdir()
    for name, write in (("sample", copy_sample), ("mixed", mixed)):
        write(root / name)
        # What is not found is answered with addresses from the root, and knows the prefix.
        settings = root / name / "pyproject.toml"
        text = settings.read_text(encoding="utf-8")
        below, number = re.subn(r'(base_url = "https://[^"/]+)"', rf'\1/{name}"', text)
        assert number == 1
        settings.write_text(below, encoding="utf-8")
        build(root / name, engine=engine)
        (root / name / "output").rename(folder / name)
    # Each lies below a prefix: no address may take the site for the root of its host.
    with browsers.served(folder) as url:
        yield Sites(folder, url)


Opener = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, sites: Sites) -> Iterator[Opener]:
    """Opens a page in a context of its own, without motion unless that is asked for."""
    pages: list[Watched] = []

    def open_page(path: str = "", **options: Any) -> Page:
        asked = {"reduced_motion": "reduce", "viewport": {"width": 1280, "height": 900}} | options
        one = browsers.watched(browser.new_context(**asked), sites.url)
        pages.append(one)
        one.page.goto(sites.url + path)
        return one.page

    yield open_page
    for one in pages:
        one.page.context.close()
        assert one.faults == ()


def measured(page: Page, call: str) -> list[str]:
    found: list[str] = page.evaluate(f"measure.{call}")
    return found


def resized(page: Page, widths: Sequence[int]) -> Iterator[int]:
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800})
        yield width


SPACED = """\
const sheet = new CSSStyleSheet()
sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
    word-spacing: .16em !important } p { margin-bottom: 2em !important }`)
document.adoptedStyleSheets = [sheet]
"""
"""What readers may set without losing text (WCAG 2.2, 1.4.12)."""

NAVIGATION = "nav a, .masthead a, .reach a, .colophon a, .choices h2 a"


def findings(page: Page, path: str) -> Iterator[tuple[str, str]]:
    """All that is wrong with the look of one page: what is looked at, and what is found.

    One after the other, since what takes time is to load a page.
    """
    session = page.context.new_cdp_session(page)
    page.emulate_media(media="screen")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for one in measured(page, "contrasts(7, 4.5)"):
            yield f"contrast, {scheme}", one
    for size in (16, 32):
        session.send("Page.setFontSizes", {"fontSizes": {"standard": size}})
        for width in resized(page, WIDTHS):
            for one in measured(page, "overflow()"):
                yield f"room, {size} px text", f"{width}: {one}"
    session.send("Page.setFontSizes", {"fontSizes": {"standard": 16}})
    for width in resized(page, (320, 1280)):
        for one in measured(page, "small(24)"):
            yield "targets", f"{width}: {one}"
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    for width in resized(page, (390, 1024)):
        for one in measured(page, f"low('{NAVIGATION}', 44)"):
            yield "fingers", f"{width}: {one}"
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
    page.emulate_media(media="print")
    for _ in resized(page, (642,)):  # A4 within margins of 2 cm
        for one in measured(page, "overflow()"):
            yield "paper", one
    page.emulate_media(media="screen")
    page.evaluate(SPACED)
    for width in resized(page, (320, 1280)):
        for one in measured(page, "overflow()"):
            yield "spacing", f"{width}: {one}"


LOOKS = (
    *("contrast, light", "contrast, dark", "room, 16 px text", "room, 32 px text"),
    *("targets", "fingers", "paper", "spacing"),
)


@pytest.fixture(scope="module")
def looks(browser: Browser, sites: Sites) -> dict[str, list[str]]:
    """What is wrong with one page of each kind in each language, by what is looked at."""
    found: dict[str, list[str]] = {}
    with browser.new_context(reduced_motion="reduce") as context:
        one = browsers.watched(context, sites.url)
        for path in sites.kinds:
            one.page.goto(sites.url + path)
            for look, wrong in findings(one.page, path):
                found.setdefault(look, []).append(f"{path}: {wrong}")
    assert one.faults == ()
    return found


@pytest.mark.parametrize("look", LOOKS)
def test_every_kind_of_page_can_be_read(looks: dict[str, list[str]], look: str) -> None:
    assert set(looks) <= set(LOOKS)
    assert looks.get(look, []) == []


def path(page: Page, sites: Sites) -> str:
    return page.url.removeprefix(sites.url)


# ── What the browser says ────────────────────────────────────────────────────────────────────


def test_no_page_is_complained_of_or_asks_another_host(
    browser: Browser, sites: Sites, opened: Opener
) -> None:
    page = opened()
    pages = browsers.pages(sites.folder / "sample")
    for one in pages:
        page.goto(f"{sites.url}sample/{one}")
        assert page.locator("main").count() == 1, one
    assert len(pages) > 15


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ("<script>1</script>", "policy: script-src"),
        ("<p style='color: red'>a</p>", "policy: style-src"),
        ("<img src='http://127.0.0.2:9/a.png' alt='a'>", "policy: img-src"),
        ("<img src='missing.png' alt='a'>", "404"),
    ],
)
def test_what_a_page_may_not_do_is_seen(
    browser: Browser, sites: Sites, bad: str, said: str
) -> None:
    good = (sites.folder / "sample/en/index.html").read_text(encoding="utf-8")
    (sites.folder / "bad.html").write_text(good.replace("</main>", f"{bad}</main>"))
    with browser.new_context() as context:
        one = browsers.watched(context, sites.url)
        one.page.goto(sites.url + "bad.html")
        one.page.wait_for_load_state("networkidle")
        (sites.folder / "bad.html").unlink()
        assert any(said in fault for fault in one.faults), one.faults


def test_pages_are_light(sites: Sites) -> None:
    [sheet] = {file.read_bytes() for file in sites.folder.glob("*/assets/screen.*.css")}
    assert len(sheet) < 20_000
    sizes = {one.parent.name: one.stat().st_size for one in sites.folder.rglob("index.html")}
    assert max(sizes.values()) < 60_000, sizes


# ── Languages ────────────────────────────────────────────────────────────────────────────────


def language(page: Page, tag: str) -> None:
    """The page is in this language, and says so everywhere."""
    assert page.locator("html").get_attribute("lang") == tag
    current = page.locator("nav.languages [aria-current]")
    assert current.text_content() == NAMES[tag]
    assert current.get_attribute("aria-current") == "page"
    assert page.title()
    for link in page.locator("nav.languages a, .available a").all():
        assert link.get_attribute("lang") == link.get_attribute("hreflang")
        assert link.text_content() == NAMES[link.get_attribute("lang") or ""]


@pytest.mark.parametrize("where", ["nav.languages", ".available"])
def test_a_piece_is_read_in_each_language_and_in_the_first_again(
    opened: Opener, sites: Sites, where: str
) -> None:
    page = opened(f"sample/en/{PIECE}/")
    language(page, "en")
    titles = [page.title()]
    for tag in ("tr", "ru", "en"):
        page.locator(where).get_by_role("link", name=NAMES[tag], exact=True).click()
        assert path(page, sites) == f"sample/{tag}/{PIECE}/"
        language(page, tag)
        titles.append(page.title())
    assert titles[0] == titles.pop()
    assert len(set(titles)) == 3


@pytest.mark.parametrize("which", ["", "authors/defne-ornek/"])
def test_lists_lead_to_themselves_in_each_language(
    opened: Opener, sites: Sites, which: str
) -> None:
    page = opened(f"sample/en/{which}")
    for tag in ("tr", "ru", "en"):
        page.locator("nav.languages").get_by_role("link", name=NAMES[tag]).click()
        assert path(page, sites) == f"sample/{tag}/{which}"
        language(page, tag)


def test_the_chooser_leads_on_to_the_newest_piece(opened: Opener, sites: Sites) -> None:
    page = opened("sample/")
    choice = page.locator(".choices > li", has_text="Русский")
    assert choice.get_attribute("lang") == "ru"
    choice.get_by_role("link", name="Русский").click()
    language(page, "ru")
    page.locator(".pieces a").first.click()
    language(page, "ru")
    assert page.locator("body.edition").count() == 1


def test_a_page_names_the_languages_that_it_is_not_in(opened: Opener) -> None:
    page = opened("mixed/en/liman-isiklari/")
    assert page.locator(".absent").text_content() == "Not yet in Persian"
    assert page.locator(".available a").all_text_contents() == ["Türkçe"]
    page.goto(page.url.replace("/en/", "/tr/"))
    assert "Farsça" in (page.locator(".absent").text_content() or "")


# ── Notes ────────────────────────────────────────────────────────────────────────────────────

MARKS = ".note-mark a"


def in_view(page: Page, selector: str) -> bool:
    found: bool = page.eval_on_selector(selector, "measure.inView")
    return found


def fragment(page: Page) -> str:
    return page.url.partition("#")[2]


def test_a_note_and_its_marks_lead_to_each_other(opened: Opener) -> None:
    page = opened("mixed/en/harbour-lights/", viewport={"width": 390, "height": 300})
    marks = page.locator(MARKS)
    assert [mark.get_attribute("href") for mark in marks.all()] == ["#note-1", "#note-2", "#note-1"]
    assert {mark.get_attribute("role") for mark in marks.all()} == {"doc-noteref"}
    assert page.locator("section.notes").get_attribute("role") == "doc-endnotes"
    for number, place in ((0, 0), (2, 1)):
        mark = marks.nth(number)
        mark.click()
        assert fragment(page) == "note-1"
        assert page.locator(":target").get_attribute("id") == "note-1"
        assert in_view(page, "#note-1")
        background = "getComputedStyle(document.querySelector('#note-1')).backgroundColor"
        assert page.evaluate(background) != "rgba(0, 0, 0, 0)"
        back = page.locator("#note-1 [role=doc-backlink]").nth(place)
        assert f"place {place + 1}" in (back.get_attribute("aria-label") or "")
        assert page.evaluate("scrollY") > 0
        back.click()
        assert fragment(page) == mark.get_attribute("id")
        assert in_view(page, f"#{fragment(page)}")


def test_notes_are_reached_and_left_by_keys_alone(opened: Opener) -> None:
    page = opened("mixed/en/harbour-lights/", viewport={"width": 390, "height": 300})
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.locator(f"{MARKS}:focus").count():
            break
    page.keyboard.press("Enter")
    assert fragment(page) == "note-1"
    assert in_view(page, "#note-1")
    # Whoever goes on from there is in the note, and not at the top of the page.
    page.keyboard.press("Tab")
    assert page.locator("#note-1 [role=doc-backlink]:focus").count() == 1
    page.keyboard.press("Enter")
    assert in_view(page, f"{MARKS} >> nth=0")
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    assert focused.get_attribute("href") in ("#note-1", "https://register.example/lights")


# ── Keys ─────────────────────────────────────────────────────────────────────────────────────


def test_the_first_key_leads_past_the_navigation(opened: Opener) -> None:
    page = opened(f"sample/tr/{PIECE}/")
    skip = page.locator("a.skip")
    box = skip.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 0
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    box = skip.bounding_box()
    assert box is not None
    assert box["y"] >= 0
    assert page.evaluate("measure.focus()")["wrong"] == []
    page.keyboard.press("Enter")
    assert page.locator(":target").evaluate("(one) => one.localName") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_every_target_is_reached_by_keys_in_order_and_the_focus_is_seen(
    opened: Opener, sites: Sites
) -> None:
    page = opened(viewport={"width": 390, "height": 500})
    for path in (one for one in sites.kinds if "/tr/" not in one and "/ru/" not in one):
        page.goto(sites.url + path)
        targets = len(measured(page, "targets()"))
        places: list[int] = []
        for _ in range(2 * targets + 9):
            page.keyboard.press("Tab")
            focus = page.evaluate("measure.focus()")
            if focus is None or (places and focus["place"] == 0):
                break
            assert focus["wrong"] == [], path
            # Besides, browsers let keys reach whatever scrolls.
            places += [focus["place"]] if focus["place"] >= 0 else []
        assert places == list(range(targets)), path


# ── Sight ────────────────────────────────────────────────────────────────────────────────────


def test_what_readers_ask_of_colours_is_done(opened: Opener) -> None:
    page = opened("sample/en/")
    seen = set()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        style = "getComputedStyle(document.documentElement)"
        seen.update(page.evaluate(f"[{style}.color, {style}.backgroundColor]"))
    assert len(seen) == 4
    shade = "#777"
    page.evaluate(f"document.querySelector('h1').style.color = '{shade}'")
    assert [one for one in measured(page, "contrasts(7, 4.5)") if one.startswith("h1")]


def test_nothing_moves_for_readers_who_want_no_motion(opened: Opener) -> None:
    behaviour = "getComputedStyle(document.documentElement).scrollBehavior"
    assert opened("sample/en/").evaluate(behaviour) == "auto"
    assert opened("sample/en/", reduced_motion="no-preference").evaluate(behaviour) == "smooth"


def test_a_systems_own_colours_keep_links_and_focus_apart(opened: Opener) -> None:
    page = opened(f"sample/en/{PIECE}/", forced_colors="active")
    seen = page.evaluate(
        "['.text a', '.text p'].map((one) => getComputedStyle(document.querySelector(one)).color)"
    )
    assert len(set(seen)) == 2
    for _ in range(3):
        page.keyboard.press("Tab")
        assert page.evaluate("measure.focus()")["wrong"] == []
    assert measured(page, "contrasts(7, 4.5)") == []


# ── Room ─────────────────────────────────────────────────────────────────────────────────────


def test_what_does_not_fit_is_seen(opened: Opener) -> None:
    page = opened("sample/en/", viewport={"width": 320, "height": 500})
    for styles, said in (
        ({"width": "340px"}, "the page is"),
        ({"overflow": "hidden", "height": "5px"}, "cut off: h1"),
    ):
        page.locator("h1").evaluate("(one, styles) => Object.assign(one.style, styles)", styles)
        assert said in str(measured(page, "overflow()"))
    links = page.locator(".masthead a")
    tiny = "font-size: 4px; line-height: 1; min-height: 0; min-width: 0"
    links.evaluate_all(f"(all) => all.forEach((one) => {{ one.style.cssText = '{tiny}' }})")
    page.locator(".masthead .languages ul").evaluate("(one) => { one.style.columnGap = '1px' }")
    assert len(measured(page, "low('.masthead a', 44)")) == links.count()
    assert len(measured(page, "small(24)")) == 3


@pytest.mark.parametrize(("tag", "side"), [("tr", "left"), ("fa", "right")])
def test_a_page_is_mirrored_where_its_language_runs_from_right_to_left(
    opened: Opener, tag: str, side: str
) -> None:
    page = opened(f"mixed/{tag}/harbour-lights/")
    rail, text = page.locator(".rail").bounding_box(), page.locator(".text").bounding_box()
    assert rail is not None
    assert text is not None
    assert (rail["x"] > text["x"]) is (side == "right")
    assert rail["x"] + rail["width"] <= text["x"] or text["x"] + text["width"] <= rail["x"]
    starts = page.eval_on_selector_all(
        ".text > p:not([dir])", "(all) => all.map((one) => getComputedStyle(one).direction)"
    )
    assert set(starts) == {"rtl" if tag == "fa" else "ltr"}


@pytest.mark.parametrize(("tag", "side"), [("tr", "left"), ("fa", "right")])
@pytest.mark.parametrize(
    ("which", "where"),
    [
        ("harbour-lights/", ".text"),
        ("", "main > .pieces > li > div"),
        ("authors/ada-deniz/", ".list > .pieces"),
        ("topics/", ".subjects li"),
        ("harbour-lights/", ".colophon p + p"),
    ],
)
def test_what_leads_on_stands_where_the_text_begins(
    opened: Opener, tag: str, side: str, which: str, where: str
) -> None:
    page = opened(f"mixed/{tag}/{which}")
    start = f"(all) => all.map((one) => Math.round(one.getBoundingClientRect().{side}))"
    [places] = page.eval_on_selector_all(".places li:first-child", start)
    assert set(page.eval_on_selector_all(where, start)) == {places}


# ── Paper ────────────────────────────────────────────────────────────────────────────────────


def test_paper_has_the_text_and_the_addresses_of_its_notes_and_no_navigation(
    opened: Opener,
) -> None:
    page = opened("mixed/en/harbour-lights/")
    page.emulate_media(media="print")
    for gone in (".skip", ".languages", ".pdf", ".colophon", ".back"):
        assert page.locator(gone).count(), gone
        assert not page.locator(gone).first.is_visible(), gone
    address = page.eval_on_selector(
        ".notes a[href^=http]", "(one) => getComputedStyle(one, '::after').content"
    )
    assert "lamps.example/list" in address or "attr(href)" in address
    assert page.locator(".text").is_visible()


@pytest.mark.parametrize("where", [f"sample/ru/{PIECE}/", "mixed/fa/harbour-lights/"])
def test_a_printed_piece_lies_within_its_pages(opened: Opener, where: str) -> None:
    page = opened(where)
    margin = dict.fromkeys(("top", "right", "bottom", "left"), "2cm")
    words = re.findall(r"\w{4,}", page.locator(".text > p").last.inner_text())
    with pypdfium2.PdfDocument(page.pdf(format="A4", margin=margin)) as document:  # type: ignore[arg-type]
        assert 0 < len(document) < 12
        said = ""
        for sheet in document:
            text = sheet.get_textpage()
            width = sheet.get_width()
            for number in range(text.count_rects()):
                left, _, right, _ = text.get_rect(number)
                assert 50 < left < right < width - 50
            said += text.get_text_range()
    if "/fa/" not in where:
        assert words[-1] in said


# ── Without a script ─────────────────────────────────────────────────────────────────────────


def test_nothing_needs_a_script(opened: Opener, sites: Sites) -> None:
    page = opened("mixed/tr/harbour-lights/", java_script_enabled=False)
    changed = page.locator("details.changed").first
    new = changed.locator("p")
    assert not new.is_visible()
    changed.locator("summary").click()
    assert new.is_visible()
    assert new.get_attribute("lang") == "en"
    page.locator(MARKS).first.click()
    assert fragment(page) == "note-1"
    page.locator("#note-1 [role=doc-backlink]").first.click()
    assert fragment(page) != "note-1"
    page.locator("nav.languages").get_by_role("link", name="English").click()
    assert path(page, sites) == "mixed/en/harbour-lights/"
    assert page.locator(".text p").first.is_visible()
