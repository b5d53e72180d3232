"""What each edition shows: publication, words in their language, siblings, addresses."""

from __future__ import annotations

import dataclasses
import datetime
import io
import re
import struct
import zlib
from pathlib import Path
from urllib.parse import quote

import pytest
from PIL import Image
from selectolax.lexbor import LexborHTMLParser, LexborNode

from publish import edition, images, urls
from publish.edition import Translation
from publish.load import load
from publish.locales import parse
from publish.model import Changed, Edition, Plan, Preview, Profile, Run, Standing

from . import whole
from .conftest import NOW

EN, TR = parse("en"), parse("tr")
LIGHTS_TR = "locales/tr/LC_MESSAGES/pieces/harbour-lights.po"
PORT_EN = "locales/en/LC_MESSAGES/pieces/liman-isiklari.po"
BIO_EN = "locales/en/LC_MESSAGES/authors/ada-deniz.po"
LIGHTS, PORT = "sources/pieces/harbour-lights.md", "sources/pieces/liman-isiklari.md"
PIECES = "sources/pieces"
HEADING = 'msgstr "İki görev"'
COMPLETED = '"X-Completed: 2026-03-04\\n"\n'


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def planned(root: Path) -> Plan:
    loaded = load(root)
    assert loaded.problems == ()
    return whole.plan(loaded.site, NOW)


def the(plan: Plan, slug: str, tag: str) -> Edition:
    [found] = [one for one in plan.editions if (one.slug, one.locale.tag) == (slug, tag)]
    return found


def lights(root: Path, tag: str = "tr") -> Edition:
    return the(planned(root), "harbour-lights", tag)


def translation(root: Path, name: str, tag: str) -> Translation:
    [found] = [
        one
        for one in edition.translations(load(root).site)
        if (one.domain.name, one.locale.tag) == (name, tag)
    ]
    return found


def held(plan: Plan) -> list[tuple[str, str, str]]:
    return [(one.slug, one.locale.tag, one.reason) for one in plan.held]


def body(one: Edition) -> LexborHTMLParser:
    return LexborHTMLParser(one.body.html)


def block(one: Edition, words: str) -> LexborNode:
    """The block of the body that holds these words."""
    [found] = [node for node in body(one).css("p, li, h1, h2, h3, td, th") if words in node.text()]
    return found


def piece(root: Path, slug: str, **front: str) -> None:
    keys = {"title": f"“{slug}”", "date": "2026-01-01", "language": "en", "tags": "[Sea]"}
    keys |= {"authors": "[ada-deniz]", "summary": "Short."} | front
    lines = "".join(f"{key}: {value}\n" for key, value in keys.items())
    (root / f"sources/pieces/{slug}.md").write_text(f"---\n{lines}---\n\nText.\n", "utf-8")


def author(root: Path, name: str, bio: str, language: str = "en") -> None:
    text = f"---\nname: {name}\nlanguage: {language}\n---\n\n{bio}\n"
    (root / f"sources/authors/{name}.md").write_text(text, encoding="utf-8")


def png() -> bytes:
    """A whole image of one grey pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\x00\x80")
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def picture(kind: str, size: tuple[int, int]) -> bytes:
    file = io.BytesIO()
    Image.effect_noise(size, 50).save(file, kind)
    return file.getvalue()


# ── Publication ──────────────────────────────────────────────────────────────────────────────


def test_a_complete_translation_is_published(site: Path) -> None:
    plan = planned(site)
    assert [(one.slug, one.locale.tag) for one in plan.editions] == [
        ("harbour-lights", "en"),
        ("harbour-lights", "tr"),
        ("liman-isiklari", "en"),
        ("liman-isiklari", "tr"),
    ]
    assert plan.held == ()


def test_a_translation_that_never_was_complete_is_held(site: Path) -> None:
    edit(site / LIGHTS_TR, COMPLETED, "")
    edit(site / LIGHTS_TR, HEADING, 'msgstr ""')
    assert held(planned(site)) == [("harbour-lights", "tr", "it is not complete")]


def test_a_language_without_a_catalogue_is_held(site: Path) -> None:
    (site / LIGHTS_TR).unlink()
    plan = planned(site)
    assert held(plan) == [("harbour-lights", "tr", "its title is not translated")]
    assert plan.held[0].coverage.missing == plan.held[0].coverage.total > 0


def test_a_translation_that_was_complete_once_stays_when_the_original_grows(site: Path) -> None:
    edit(site / LIGHTS, "Publish its character.", "Publish its character.\n- Paint it red.")
    one = lights(site)
    assert one.standing is Standing.BEHIND
    assert (one.stale, one.untranslated) == (0, 1)
    assert (one.coverage.missing, one.coverage.total) == (3, 49)


def test_a_translation_that_was_complete_once_goes_below_the_floor(site: Path) -> None:
    edit(site / "pyproject.toml", "[tool.publish]", "[tool.publish]\nfloor = 0.97")
    edit(site / LIGHTS_TR, HEADING, 'msgstr ""')
    assert held(planned(site)) == [("harbour-lights", "tr", "too little of it is translated")]


def test_the_floor_itself_is_enough(site: Path) -> None:
    edit(site / LIGHTS_TR, HEADING, 'msgstr ""')
    found = translation(site, "pieces/harbour-lights", "tr")
    share = found.coverage.share
    assert 0.9 < share < 1
    assert edition.held_because(found, 1.0, share) == ""
    assert edition.held_because(found, 1.0, share + 1e-9) == "too little of it is translated"


def test_the_threshold_itself_is_enough_for_a_first_publication(site: Path) -> None:
    edit(site / LIGHTS_TR, COMPLETED, "")
    edit(site / LIGHTS_TR, HEADING, 'msgstr ""')
    found = translation(site, "pieces/harbour-lights", "tr")
    share = found.coverage.share
    assert edition.held_because(found, share, 0.0) == ""
    assert edition.held_because(found, share + 1e-9, 0.0) == "it is not complete"


def test_the_threshold_is_a_setting(site: Path) -> None:
    edit(site / "pyproject.toml", "[tool.publish]", "[tool.publish]\nthreshold = 0.9")
    edit(site / LIGHTS_TR, COMPLETED, "")
    edit(site / LIGHTS_TR, HEADING, 'msgstr ""')
    assert held(planned(site)) == []


def test_coverage_counts_words_not_messages(site: Path) -> None:
    edit(site / LIGHTS_TR, HEADING, 'msgstr ""')
    coverage = translation(site, "pieces/harbour-lights", "tr").coverage
    assert (coverage.missing, coverage.translated, coverage.total) == (2, 44, 46)


@pytest.mark.parametrize("settings", ["threshold = 0.0\nfloor = 0.0", ""])
def test_an_edition_without_a_translated_title_is_held(site: Path, settings: str) -> None:
    edit(site / "pyproject.toml", "[tool.publish]", f"[tool.publish]\n{settings}")
    edit(site / LIGHTS_TR, 'msgstr "Liman Fenerleri"', 'msgstr ""')
    assert held(planned(site)) == [("harbour-lights", "tr", "its title is not translated")]


FIRST = "it is not complete"
FALLEN = "too little of it is translated"
TITLE = "its title is not translated"
HOLD = "the editor holds it back"


@pytest.mark.parametrize(
    ("key", "once", "lost", "reason"),
    [
        ("", False, "", ""),
        ("", False, "heading", FIRST),
        ("", True, "heading", ""),
        ("", True, "nearly all", FALLEN),
        ("", True, "title", TITLE),
        ("pin", False, "", ""),
        ("pin", False, "heading", ""),
        ("pin", False, "nearly all", ""),
        ("pin", True, "nearly all", ""),
        ("pin", False, "title", TITLE),
        ("hold", False, "", HOLD),
        ("hold", True, "", HOLD),
        ("hold", True, "title", HOLD),
    ],
)
def test_whether_an_edition_is_published(
    site: Path, key: str, once: bool, lost: str, reason: str
) -> None:
    path = site / LIGHTS_TR
    if key:
        edit(site / LIGHTS, "tags: [Sea]", f"tags: [Sea]\n{key}: [tr]")
    if not once:
        edit(path, COMPLETED, "")
    if lost == "heading":
        edit(path, HEADING, 'msgstr ""')
    elif lost == "title":
        edit(path, 'msgstr "Liman Fenerleri"', 'msgstr ""')
    elif lost == "nearly all":
        header, title, *_ = path.read_text(encoding="utf-8").split("\n\n")
        path.write_text(f"{header}\n\n{title}\n", encoding="utf-8")
    found = planned(site)
    assert held(found) == ([("harbour-lights", "tr", reason)] if reason else [])
    assert (("harbour-lights", TR) in {(e.slug, e.locale) for e in found.editions}) is (not reason)


def test_an_edition_that_is_held_back_is_not_promised(site: Path) -> None:
    edit(site / LIGHTS, "tags: [Sea]", "tags: [Sea]\nhold: [tr]")
    plan = planned(site)
    assert [one.locale for one in the(plan, "harbour-lights", "en").alternates] == [EN]
    shown = repr((plan.editions, plan.fronts, plan.profiles))
    assert "tr/harbour-lights" not in shown
    assert "Liman Fenerleri" not in shown


def test_a_title_with_a_line_break_is_as_good_as_none(site: Path) -> None:
    edit(site / LIGHTS_TR, 'msgstr "Liman Fenerleri"', 'msgstr "Liman\\nFenerleri"')
    assert held(planned(site)) == [("harbour-lights", "tr", "its title is not translated")]
    [(_, difference)] = translation(site, "pieces/harbour-lights", "tr").failed
    assert difference.code == "E8"


def test_the_original_needs_no_catalogue(site: Path) -> None:
    for path in site.glob("locales/*/LC_MESSAGES/pieces/*.po"):
        path.unlink()
    published = [(one.slug, one.locale.tag) for one in planned(site).editions]
    assert published == [("harbour-lights", "en"), ("liman-isiklari", "tr")]


def test_a_catalogue_in_the_originals_own_language_changes_nothing(site: Path) -> None:
    before = lights(site, "en")
    own = (site / LIGHTS_TR).read_text("utf-8").replace('"Language: tr\\n"', '"Language: en\\n"')
    (site / "locales/en/LC_MESSAGES/pieces/harbour-lights.po").write_text(own, "utf-8")
    assert lights(site, "en") == before


# ── What readers see of a translation ────────────────────────────────────────────────────────


def test_a_translated_passage_is_shown_without_marks(site: Path) -> None:
    node = block(lights(site), "İki görev")
    assert node.attributes == {"id": "duties"}


def test_a_missing_passage_is_the_original_in_its_own_language(site: Path) -> None:
    edit(site / LIGHTS_TR, HEADING, 'msgstr ""')
    one = lights(site)
    node = block(one, "Two duties")
    assert (node.attributes["lang"], node.attributes["dir"]) == ("en", "ltr")
    assert (one.standing, one.stale, one.untranslated) == (Standing.BEHIND, 0, 1)


def test_a_passage_of_a_tight_list_is_marked_too(site: Path) -> None:
    edit(site / LIGHTS_TR, 'msgstr "Işığı yanık tutmak."', 'msgstr ""')
    for html in (lights(site).body.html, lights(site).body.print_html):
        [node] = LexborHTMLParser(html).css("li [lang=en], li[lang=en]")
        assert (node.text(), node.attributes["dir"]) == ("Keep the light burning.", "ltr")


def test_a_suggestion_never_reaches_readers(site: Path) -> None:
    edit(site / LIGHTS_TR, 'msgid "Two duties"', '#, fuzzy\nmsgid "Two duties"')
    one = lights(site)
    assert block(one, "Two duties").attributes["lang"] == "en"
    assert "görev" not in one.body.html + one.body.print_html
    assert one.coverage.suggested == 2


def test_a_stale_passage_keeps_its_translation_and_is_marked(site: Path) -> None:
    edit(
        site / LIGHTS_TR,
        'msgid "Two duties"',
        '#. changed 2026-03-05\n#, fuzzy\n#| msgid "Both duties"\nmsgid "Two duties"',
    )
    one = lights(site)
    node = block(one, "İki görev")
    assert "stale" in str(node.attributes["class"]).split()
    assert "lang" not in node.attributes
    [new] = body(one).css("h2 + details.changed > p")
    assert (new.text(), new.attributes) == ("Two duties", {"lang": "en", "dir": "ltr"})
    assert "Two duties" not in one.body.print_html
    assert (one.coverage.stale, one.standing) == (2, Standing.BEHIND)
    assert (one.stale, one.untranslated) == (1, 0)


def test_an_edit_of_the_source_makes_a_passage_stale_before_anyone_ran_update(site: Path) -> None:
    edit(site / LIGHTS, "every* ship.", "every* ship at sea.")
    one = lights(site)
    assert block(one, "Fener her gemiye").attributes == {"class": "stale"}
    assert (one.coverage.stale, one.coverage.missing) == (10, 0)


def test_a_stale_passage_does_not_keep_a_mark_whose_note_has_gone(site: Path) -> None:
    edit(site / LIGHTS, "every* ship.[^1] See", "every* ship. See")
    edit(site / LIGHTS, "[^1]: Rules for lights, 1889.\n\n", "")
    one = lights(site)
    assert "[^1]" not in one.body.html + one.body.print_html
    assert [note.number for note in one.body.notes] == [1]
    assert block(one, "A lighthouse serves").attributes["lang"] == "en"


BREACHES = {
    "E2 a lost note mark": ("hizmet eder.[^1]", "hizmet eder.", "E2"),
    "E2 a doubled note mark": ("hizmet eder.[^1]", "hizmet[^1] eder.[^1]", "E2"),
    "E2 another note's mark": ("hizmet eder.[^1]", "hizmet eder.[^1][^log]", "E2"),
    "E3 another address": ("[sicil](https://register.", "[sicil](https://evil.", "E3"),
    "E3 an address more": ("*her*", "[her](https://evil.example/)", "E3"),
    "E3 an image": ("*her*", "![her](https://evil.example/a.png)", "E3"),
    "E6 HTML": ("hizmet eder", "<b onclick=alert(1)>hizmet</b> eder", "E6"),
    "E6 a script": ("hizmet eder", "<script>alert(1)</script> eder", "E6"),
    "E8 a line break": ("hizmet eder", "hizmet\\\\\\neder", "E8"),
}


@pytest.mark.parametrize("breach", BREACHES.values(), ids=BREACHES)
def test_a_translation_that_changes_more_than_words_gives_way(
    site: Path, breach: tuple[str, str, str]
) -> None:
    old, new, code = breach
    edit(site / LIGHTS_TR, old, new)
    one = lights(site)
    assert block(one, "A lighthouse serves").attributes["lang"] == "en"
    assert "Fener" not in block(one, "A lighthouse serves").text()
    assert body(one).css_first("script, [onclick], img, [href*=evil]") is None
    failed = translation(site, "pieces/harbour-lights", "tr").failed
    assert {difference.code for _, difference in failed} == {code}
    assert one.coverage.failed == 8


def test_a_translation_that_drops_a_foreign_passage_gives_way(site: Path) -> None:
    edit(site / LIGHTS_TR, "[دفتر]{lang=fa dir=rtl} denir", "defter denir")
    one = lights(site)
    assert block(one, "The keeper’s log").attributes["lang"] == "en"
    assert [node.text() for node in body(one).css("[lang=fa][dir=rtl]")] == ["دفتر"]


def test_markdown_of_blocks_in_a_translation_stays_words(site: Path) -> None:
    edit(site / LIGHTS_TR, HEADING, 'msgstr "# - İki görev"')
    node = block(lights(site), "İki görev")
    assert (node.tag, node.text()) == ("h2", "# - İki görev")


def test_a_failed_note_stands_in_the_original_in_page_and_pdf(site: Path) -> None:
    edit(site / LIGHTS_TR, 'msgstr "Fener kuralları, 1889."', 'msgstr "<i>Kurallar</i>"')
    one = lights(site)
    note = LexborHTMLParser(one.body.notes[0].html).css_first("[lang=en]")
    assert note is not None
    assert note.text() == "Rules for lights, 1889."
    paper = LexborHTMLParser(one.body.print_html).css_first("[lang=en]")
    assert paper is not None
    assert paper.text() == "Rules for lights, 1889."


NOBODY = (
    "",
    "FULL NAME <EMAIL@ADDRESS>",
    "Automatically generated",
    "a@b.example",
    "<a@b.example>",
)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        *((header, "") for header in NOBODY),
        ("Ayşe Yılmaz <ayse@a.example>", "Ayşe Yılmaz"),
        ("Ayşe Yılmaz ayse@a.example", "Ayşe Yılmaz"),
        ("Ayşe  Yılmaz", "Ayşe Yılmaz"),
        ("Ayşe Yılmaz <ayse@a.example", "Ayşe Yılmaz"),
    ],
)
def test_a_translator_is_a_name_without_an_address(site: Path, header: str, name: str) -> None:
    edit(site / LIGHTS_TR, "Last-Translator: ", f"Last-Translator: {header}")
    assert lights(site).translator == name
    assert lights(site, "en").translator == ""


@pytest.mark.parametrize(
    ("name", "revision", "day"),
    [
        ("", "2026-03-04 00:00+0000", None),
        ("Ayşe", "2026-03-04 00:00+0000", "2026-03-04"),
        ("", "2026-03-09 14:12+0300", "2026-03-09"),
        ("Ayşe", "YEAR-MO-DA HO:MI+ZONE", None),
        ("Ayşe", "2026-13-27 10:00+0000", None),
        ("Ayşe", "", None),
    ],
)
def test_a_translation_has_the_day_of_its_last_revision(
    site: Path, name: str, revision: str, day: str | None
) -> None:
    edit(site / LIGHTS_TR, "Last-Translator: ", f"Last-Translator: {name}")
    edit(
        site / LIGHTS_TR, "PO-Revision-Date: 2026-03-04 00:00+0000", f"PO-Revision-Date: {revision}"
    )
    found = lights(site).translated_on
    assert (str(found) if found else None) == day


def stale(site: Path, msgid: str, note: str) -> None:
    mark = f'#. {note}\n#, fuzzy\n#| msgid "Before"\n'
    edit(site / LIGHTS_TR, f'msgid "{msgid}"', f'{mark}msgid "{msgid}"')


def test_an_edition_knows_since_when_it_is_behind(site: Path) -> None:
    stale(site, "Two duties", "changed 2026-05-03")
    stale(site, "Keep the light burning.", "changed 2026-06-01")
    stale(site, "Publish its character.", "changed 2026-03-04")
    stale(site, "Rules for lights, 1889.", "changed soon")
    one = lights(site)
    assert (one.stale, str(one.stale_since)) == (4, "2026-05-03")


def test_a_change_on_the_day_of_first_publication_was_not_dated(site: Path) -> None:
    stale(site, "Two duties", "changed 2026-03-04")
    one = lights(site)
    assert (one.stale, one.stale_since) == (1, None)


def test_stale_front_matter_brings_its_new_original(site: Path) -> None:
    for old, new in (
        ('"Harbour Lights"', '"Harbour Lights Now"'),
        ("to ships.", 'to ships\' "crew".'),
    ):
        edit(site / LIGHTS, old, new)
    edit(site / LIGHTS, "tags: [Sea]", "tags: [Sea]\nupdated: 2026-05-03")
    one = lights(site)
    day = datetime.date(2026, 5, 3)
    assert (one.title, one.title_changed) == (
        "Liman Fenerleri",
        Changed("Harbour Lights Now", EN, day),
    )
    changed = Changed("What a lighthouse owes to ships’ “crew”.", EN, day)
    assert one.summary == Run("Bir fenerin gemilere borcu.", TR, changed)


def test_a_stale_biography_stands_with_its_new_original(site: Path) -> None:
    edit(site / "sources/authors/ada-deniz.md", "deniz hukuku çalışır", "hep deniz hukuku çalışır")
    [byline] = lights(site, "en").bylines
    assert byline.bio_locale == EN
    [new] = LexborHTMLParser(byline.bio.html).css("p.stale + details.changed > p[lang=tr]")
    assert "hep deniz hukuku çalışır" in new.text()


def test_front_matter_falls_back_with_its_language(site: Path) -> None:
    edit(site / LIGHTS_TR, 'msgstr "Bir fenerin gemilere borcu."', 'msgstr ""')
    assert lights(site).summary == Run("What a lighthouse owes to ships.", EN)


def test_front_matter_is_words_and_not_markdown(site: Path) -> None:
    edit(site / LIGHTS_TR, 'msgstr "Liman Fenerleri"', 'msgstr "Liman * Fenerleri [^1] & < 3"')
    assert lights(site).title == "Liman * Fenerleri [^1] & < 3"


def test_front_matter_with_html_or_without_words_keeps_an_edition_back(site: Path) -> None:
    for title in ("Liman <b>Fenerleri</b>", "—", "Liman\\nFenerleri"):
        edit(site / LIGHTS_TR, 'msgstr "Liman Fenerleri"', f'msgstr "{title}"')
        held = {(one.slug, one.locale): one.reason for one in planned(site).held}
        assert held["harbour-lights", TR] == "its title is not translated"
        edit(site / LIGHTS_TR, f'msgstr "{title}"', 'msgstr "Liman Fenerleri"')


def test_corrections_are_dated_oldest_first_and_in_the_language_they_are_in(site: Path) -> None:
    rows = "\n  - {date: 2026-03-09, text: Second.}\n  - {date: 2026-03-08, text: First.}"
    edit(site / LIGHTS, "tags: [Sea]", f"tags: [Sea]\ncorrections:{rows}")
    found = lights(site).corrections
    assert [(str(date), run) for date, run in found] == [
        ("2026-03-08", Run("First.", EN)),
        ("2026-03-09", Run("Second.", EN)),
    ]


def test_topics_are_translated_or_stand_in_the_vocabularys_language(site: Path) -> None:
    assert lights(site).topics == (Run("Deniz", TR),)
    (site / "locales/tr/LC_MESSAGES/tags.po").unlink()
    assert lights(site).topics == (Run("Sea", EN),)
    assert the(planned(site), "liman-isiklari", "tr").topics == (Run("Sea", EN),)


def test_an_edition_knows_how_current_it_is(site: Path) -> None:
    plan = planned(site)
    assert the(plan, "harbour-lights", "en").standing is Standing.ORIGINAL
    assert the(plan, "harbour-lights", "tr").standing is Standing.CURRENT
    turkish = the(plan, "harbour-lights", "tr")
    assert (turkish.stale, turkish.stale_since, turkish.untranslated) == (0, None, 0)


# ── Siblings ─────────────────────────────────────────────────────────────────────────────────


def test_alternates_hold_the_edition_itself_and_are_the_same_for_all_siblings(site: Path) -> None:
    plan = planned(site)
    seen = []
    for tag in ("en", "tr"):
        alternates = the(plan, "harbour-lights", tag).alternates
        assert [one.locale.tag for one in alternates if one.current] == [tag]
        seen.append([(a.locale, a.path, a.pdf_path, a.original) for a in alternates])
    assert seen[0] == seen[1]
    assert seen[0] == [
        (EN, "en/harbour-lights/", "en/harbour-lights/harbour-lights.en.pdf", True),
        (TR, "tr/harbour-lights/", "tr/harbour-lights/harbour-lights.tr.pdf", False),
    ]


def test_a_language_without_an_edition_is_named_and_not_linked(site: Path) -> None:
    (site / LIGHTS_TR).unlink()
    [there, absent] = lights(site, "en").alternates
    assert (there.path, absent.locale) == ("en/harbour-lights/", TR)
    assert (absent.path, absent.pdf_path, absent.original, absent.current) == ("", "", False, False)


def test_languages_stand_in_the_order_of_the_settings(site: Path) -> None:
    edit(site / "pyproject.toml", '["en", "tr"]', '["tr", "en"]\ndefault_language = "en"')
    plan = planned(site)
    assert [a.locale.tag for a in the(plan, "harbour-lights", "en").alternates] == ["tr", "en"]
    assert [front.locale.tag for front in plan.fronts] == ["tr", "en"]


# ── Authors ──────────────────────────────────────────────────────────────────────────────────


def test_a_biography_is_in_the_editions_language_where_it_is_translated(site: Path) -> None:
    [byline] = lights(site, "en").bylines
    assert byline.bio_locale == EN
    assert "works on the law of the sea" in byline.bio.html
    assert byline.name == Run("Dr.\u00a0Ada Deniz", EN)
    assert byline.affiliation == Run("Law of the sea", EN)
    assert byline.path == "en/authors/ada-deniz/"


def test_a_biography_without_a_translation_stands_as_written_with_its_language(site: Path) -> None:
    (site / BIO_EN).unlink()
    [byline] = lights(site, "en").bylines
    assert byline.bio_locale == TR
    assert "deniz hukuku çalışır" in byline.bio.html
    assert LexborHTMLParser(byline.bio.html).css_first("[lang]") is None
    assert byline.name == Run("Dr.\u00a0Ada Deniz", TR)
    assert byline.affiliation == Run("Deniz hukuku", TR)


def test_a_biography_translated_in_part_stands_whole_as_written(site: Path) -> None:
    with (site / "sources/authors/ada-deniz.md").open("a", encoding="utf-8") as file:
        file.write("\nAda Deniz ayrıca yelken yapar.\n")
    [byline] = lights(site, "en").bylines
    assert byline.bio_locale == TR
    assert "law of the sea" not in byline.bio.html
    assert "yelken yapar" in byline.bio.html
    assert byline.affiliation == Run("Law of the sea", EN)


def test_title_and_name_never_mix_languages(site: Path) -> None:
    edit(site / BIO_EN, 'msgid "Dr."\nmsgstr "Dr."', 'msgid "Dr."\nmsgstr ""')
    edit(
        site / BIO_EN,
        'msgid "Ada Deniz"\nmsgstr "Ada Deniz"',
        'msgid "Ada Deniz"\nmsgstr "Ada Sea"',
    )
    assert lights(site, "en").bylines[0].name == Run("Dr.\u00a0Ada Deniz", TR)


def test_an_author_without_title_and_affiliation_is_a_name(site: Path) -> None:
    author(site, "bo", "Writes.")
    edit(site / LIGHTS, "[ada-deniz]", "[bo, ada-deniz]")
    [bo, ada] = lights(site, "en").bylines
    assert (bo.name, bo.affiliation) == (Run("bo", EN), None)
    assert ada.author == "ada-deniz"


def test_a_biography_links_from_the_page_it_stands_on(site: Path) -> None:
    text = "Wrote [this](../pieces/liman-isiklari.md) with [Ada](ada-deniz.md)."
    author(site, "bo", text)
    edit(site / LIGHTS, "[ada-deniz]", "[bo]")
    plan = planned(site)
    on_page = LexborHTMLParser(the(plan, "harbour-lights", "en").bylines[0].bio.html)
    assert [a.attributes["href"] for a in on_page.css("a")] == [
        "../liman-isiklari/",
        "../authors/ada-deniz/",
    ]
    [profile] = [p for p in plan.profiles if (p.byline.author, p.locale) == ("bo", EN)]
    on_profile = LexborHTMLParser(profile.byline.bio.html)
    assert [a.attributes["href"] for a in on_profile.css("a")] == [
        "../../liman-isiklari/",
        "../ada-deniz/",
    ]


def test_a_biography_as_written_leads_to_the_editions_own_language(site: Path) -> None:
    author(site, "bo", "Wrote [this](../pieces/liman-isiklari.md).")
    edit(site / LIGHTS, "[ada-deniz]", "[bo]")
    [byline] = lights(site, "tr").bylines
    assert byline.bio_locale == EN
    link = LexborHTMLParser(byline.bio.html).css_first("a")
    assert link is not None
    assert link.attributes == {"href": "../liman-isiklari/"}


def test_images_of_biographies_belong_to_the_edition(site: Path) -> None:
    (site / "sources/authors/bo.png").write_bytes(png())
    author(site, "bo", "![Bo](bo.png)")
    edit(site / LIGHTS, "[ada-deniz]", "[bo]")
    assert lights(site, "en").images == ("sources/authors/bo.png",)


# ── Lists ────────────────────────────────────────────────────────────────────────────────────


def test_related_pieces_come_in_the_editions_language_then_by_likeness_then_by_date(
    site: Path,
) -> None:
    author(site, "bo", "Writes.")
    piece(site, "older", date="2025-01-01", authors="[bo]")
    piece(site, "newer", date="2025-02-01", authors="[bo]")
    piece(site, "nearest", date="2020-01-01")
    piece(site, "yabanci", date="2026-03-01", language="tr")
    piece(site, "unlike", date="2026-03-01", authors="[bo]", tags="[Land]")
    (site / PORT_EN).unlink()
    found = [one.slug for one in lights(site, "en").related]
    assert found == ["nearest", "newer", "older"]


def test_related_pieces_fill_up_with_those_of_other_languages(site: Path) -> None:
    (site / PORT_EN).unlink()
    [other] = lights(site, "en").related
    assert (other.locale, other.path) == (TR, "tr/liman-isiklari/")
    assert (other.title, other.summary) == ("Liman Işıkları", Run("Bir fenerin tarihi.", TR))
    assert other.names == (Run("Dr.\u00a0Ada Deniz", TR),)


def test_a_piece_is_not_related_to_itself_nor_to_strangers(site: Path) -> None:
    author(site, "bo", "Writes.")
    piece(site, "unlike", authors="[bo]", tags="[Land]")
    plan = planned(site)
    assert [one.slug for one in the(plan, "harbour-lights", "en").related] == ["liman-isiklari"]
    assert the(plan, "unlike", "en").related == ()


def test_fronts_list_their_language_and_the_rest_as_elsewhere(site: Path) -> None:
    (site / PORT_EN).unlink()
    plan = planned(site)
    english, turkish = plan.fronts
    assert [one.path for one in english.pieces] == ["en/harbour-lights/"]
    assert [(one.path, one.locale) for one in english.elsewhere] == [("tr/liman-isiklari/", TR)]
    assert [one.path for one in turkish.pieces] == ["tr/harbour-lights/", "tr/liman-isiklari/"]
    assert turkish.elsewhere == ()
    assert [(a.path, a.current) for a in english.alternates] == [("en/", True), ("tr/", False)]


def test_profiles_exist_in_every_language_with_elsewhere(site: Path) -> None:
    (site / PORT_EN).unlink()
    author(site, "bo", "Has published nothing.")
    plan = planned(site)
    profiles: dict[tuple[str, str], Profile] = {
        (one.byline.author, one.locale.tag): one for one in plan.profiles
    }
    assert sorted(profiles) == [("ada-deniz", "en"), ("ada-deniz", "tr")]
    english = profiles["ada-deniz", "en"]
    assert [one.slug for one in english.pieces] == ["harbour-lights"]
    assert [one.slug for one in english.elsewhere] == ["liman-isiklari"]
    assert [(a.path, a.original) for a in english.alternates] == [
        ("en/authors/ada-deniz/", False),
        ("tr/authors/ada-deniz/", True),
    ]


# ── Addresses ────────────────────────────────────────────────────────────────────────────────


def links(one: Edition) -> dict[str, LexborNode]:
    return {node.text(): node for node in body(one).css("a") if node.attributes["href"]}


def test_a_link_between_pieces_leads_to_the_editions_language(site: Path) -> None:
    english = links(lights(site, "en"))["the other piece"]
    assert english.attributes == {"href": "../liman-isiklari/"}
    paper = LexborHTMLParser(lights(site, "en").body.print_html)
    found = [node.attributes["href"] for node in paper.css("a")]
    assert "https://harbour.example/en/liman-isiklari/" in found
    turkish = links(lights(site, "tr"))["öteki yazıda"]
    assert turkish.attributes == {"href": "../liman-isiklari/"}


def test_a_link_to_a_piece_without_that_edition_leads_to_the_original(site: Path) -> None:
    (site / PORT_EN).unlink()
    one = lights(site, "en")
    link = links(one)["the other piece"]
    assert link.attributes == {"href": "../../tr/liman-isiklari/", "hreflang": "tr"}
    paper = LexborHTMLParser(one.body.print_html).css_first("a[hreflang=tr]")
    assert paper is not None
    assert paper.attributes["href"] == "https://harbour.example/tr/liman-isiklari/"


def test_anchors_and_addresses_elsewhere_stay_as_written(site: Path) -> None:
    more = "[Up](#duties), [there](liman-isiklari.md#end), [mail](mailto:a@harbour.example)"
    edit(site / LIGHTS, "More in [the", f"{more}. More in [the")
    found = {text: node.attributes for text, node in links(lights(site, "en")).items()}
    assert found["Up"] == {"href": "#duties"}
    assert found["there"] == {"href": "../liman-isiklari/#end"}
    assert found["mail"] == {"href": "mailto:a@harbour.example"}
    assert found["the register"] == {"href": "https://register.example/lights"}


def test_a_link_to_an_author_leads_to_the_page_in_the_editions_language(site: Path) -> None:
    edit(site / LIGHTS, "More in [the", "[Ada](../authors/ada-deniz.md). More in [the")
    assert links(lights(site, "en"))["Ada"].attributes == {"href": "../authors/ada-deniz/"}


@pytest.mark.parametrize(
    ("name", "written"), [("lamp.png", "lamp.png"), ("büyük lamba.png", "büyük%20lamba.png")]
)
def test_an_image_becomes_an_asset_on_the_page_and_stays_a_file_of_the_site_on_paper(
    site: Path, name: str, written: str
) -> None:
    (site / "sources/pieces" / name).write_bytes(png())
    edit(site / LIGHTS, "## Two", f"![A lamp]({written})\n\n## Two")
    one = lights(site, "en")
    image = body(one).css_first("img")
    assert image is not None
    assert image.attributes["src"] == f"../../{quote(urls.asset(name, png()))}"
    assert image.attributes["alt"] == "A lamp"
    paper = LexborHTMLParser(one.body.print_html).css_first("img")
    assert paper is not None
    assert paper.attributes["src"] == f"sources/pieces/{name}"
    assert one.images == (f"sources/pieces/{name}",)


def test_every_file_of_an_image_is_in_the_plan_and_addressed_on_the_page(site: Path) -> None:
    drawn = picture("JPEG", (1000, 500))
    (site / "sources/pieces/a, b.jpg").write_bytes(drawn)
    edit(site / LIGHTS, "## Two", "![A lamp](a,%20b.jpg)\n\n## Two")
    plan = planned(site)
    [known] = plan.pictures
    assert (known.source, known.widths, known.height) == (f"{PIECES}/a, b.jpg", (480, 1000), 500)
    small, whole = known.versions
    assert whole.path == urls.asset("a, b.jpg", whole.content)
    assert small.path == urls.asset("a, b-480.jpg", small.content)
    for tag in ("en", "tr"):
        image = body(the(plan, "harbour-lights", tag)).css_first("img")
        assert image is not None
        # No address holds a comma or a space, which a list of versions is divided by.
        addresses = [f"../../{quote(version.path)}" for version in known.versions]
        assert image.attributes["src"] == addresses[-1]
        assert image.attributes["srcset"] == f"{addresses[0]} 480w, {addresses[1]} 1000w"
        assert (image.attributes["width"], image.attributes["height"]) == ("1000", "500")


def test_an_image_is_prepared_once_for_all_editions_and_not_where_none_shows_it(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (site / "sources/pieces/lamp.png").write_bytes(png())
    (site / "sources/pieces/unused.png").write_bytes(picture("PNG", (3, 3)))
    edit(site / LIGHTS, "## Two", "![A lamp](lamp.png)\n\n![Again](lamp.png)\n\n## Two")
    made: list[bytes] = []
    prepare = images.prepare

    def counted(data: bytes) -> images.Prepared:
        made.append(data)
        return prepare(data)

    monkeypatch.setattr(images, "prepare", counted)
    assert [known.source for known in planned(site).pictures] == [f"{PIECES}/lamp.png"]
    assert made == [png()]


def test_a_biography_loads_its_image_at_once_on_the_authors_own_page_alone(site: Path) -> None:
    (site / "sources/authors/bo.png").write_bytes(png())
    author(site, "bo", "![Bo](bo.png)")
    edit(site / LIGHTS, "[ada-deniz]", "[bo]")
    plan = planned(site)
    [byline] = the(plan, "harbour-lights", "en").bylines
    [profile] = [one for one in plan.profiles if one.byline.author == "bo" and one.locale == EN]
    loading = []
    for bio in (byline.bio, profile.byline.bio):
        image = LexborHTMLParser(bio.html).css_first("img")
        assert image is not None
        loading.append(image.attributes.get("loading"))
    assert loading == ["lazy", None]


@pytest.mark.parametrize(
    ("address", "meaning"),
    [
        ("https://a.example/x", ("external", "https://a.example/x")),
        ("mailto:a@a.example", ("external", "mailto:a@a.example")),
        ("#note", ("anchor", "note")),
        ("other.md", ("piece", "other")),
        ("other.md#part", ("piece", "other")),
        ("../authors/bo.md", ("author", "bo")),
        ("lamp.PNG", ("image", "sources/pieces/lamp.PNG")),
        ("%6camp.png", ("image", "sources/pieces/lamp.png")),
        ("../../../etc/passwd", ("unknown", "../etc/passwd")),
        ("../../../etc/lamp.png", ("unknown", "../etc/lamp.png")),
        ("/etc/lamp.png", ("unknown", "/etc/lamp.png")),
        ("%2e%2e/%2e%2e/%2e%2e/lamp.png", ("unknown", "../lamp.png")),
        ("sub/other.md", ("unknown", "sources/pieces/sub/other.md")),
    ],
)
def test_an_address_in_a_source_has_one_meaning(address: str, meaning: tuple[str, str]) -> None:
    assert edition.internal(LIGHTS, address) == meaning


# ── Unpublished ──────────────────────────────────────────────────────────────────────────────


def test_an_unpublished_edition_appears_nowhere_in_the_plan(site: Path) -> None:
    (site / PORT_EN).unlink()
    plan = planned(site)
    shown = repr((plan.editions, plan.fronts, plan.profiles))
    assert "en/liman-isiklari" not in shown
    assert "Lights of the Port" not in shown
    assert "tr/liman-isiklari" in shown


def test_a_paragraph_with_the_context_of_a_title_is_still_markdown(site: Path) -> None:
    edit(site / LIGHTS, "A lighthouse serves", "<!-- context: title -->\n\nA lighthouse serves")
    edit(
        site / LIGHTS_TR,
        'msgid ""\n"A lighthouse serves *every* ship.',
        'msgctxt "title"\nmsgid ""\n"A lighthouse serves *every* ship.',
    )
    edit(
        site / LIGHTS_TR,
        "[sicil](https://register.example/lights)",
        "[sicil](https://evil.example)",
    )
    assert "evil.example" not in "".join(one.body.html for one in planned(site).editions)


# ── Drafts, embargoes, together ──────────────────────────────────────────────────────────────


def published(plan: Plan) -> list[tuple[str, str]]:
    return [(one.slug, one.locale.tag) for one in plan.editions]


LIGHTS_ALONE = [("harbour-lights", "en"), ("harbour-lights", "tr")]


def kept_back(root: Path, line: str) -> None:
    edit(root / PORT, "tags: [Sea]", f"tags: [Sea]\n{line}")


KEPT_BACK = {
    "draft: true": "it is a draft",
    "date: 2026-12-01\nrelease: 2026-12-01T09:00+03:00": (
        "it is released on 1 December 2026, 09:00 (+03:00)"
    ),
    "release_together: true": "it waits for English: it is not complete",
}


def keep_back(root: Path, lines: str) -> None:
    """Keep the Turkish piece back by these lines of its front matter."""
    if lines.startswith("date"):
        edit(root / PORT, "date: 2026-02-01\n", "")
    if "together" in lines:
        text = (root / PORT_EN).read_text(encoding="utf-8")
        text = re.sub(r'(?m)^"X-Completed.*\n', "", text)
        text = re.sub(r'(msgid "Fener, .*\nmsgstr) ".+"', r'\1 ""', text)
        (root / PORT_EN).write_text(text, encoding="utf-8")
    kept_back(root, lines)


@pytest.mark.parametrize(("lines", "reason"), KEPT_BACK.items())
def test_a_piece_that_is_kept_back_has_no_edition_and_a_reason(
    site: Path, lines: str, reason: str
) -> None:
    keep_back(site, lines)
    plan = planned(site)
    assert published(plan) == LIGHTS_ALONE
    own = "it is not complete" if "together" in lines else reason
    assert held(plan) == [("liman-isiklari", "en", own), ("liman-isiklari", "tr", reason)]


@pytest.mark.parametrize("lines", KEPT_BACK)
def test_nothing_that_is_published_knows_of_it(site: Path, lines: str) -> None:
    keep_back(site, lines)
    (site / PIECES / "deniz.png").write_bytes(png())
    edit(site / PORT, "yanar.", "yanar.\n\n![Deniz](deniz.png)")
    plan = planned(site)
    shown = dataclasses.replace(plan, held=())
    for word in ("liman-isiklari", "Liman Işıkları", "Fener, ", "deniz.png"):
        assert word not in repr(shown), word
    assert all(one.related == () for one in plan.editions)
    days = [max(one.modified for one in plan.editions if one.locale == at) for at in (EN, TR)]
    assert [len(one.pieces + one.elsewhere) for one in plan.fronts] == [1, 1]
    assert [len(one.pieces + one.elsewhere) for one in plan.profiles] == [1, 1]
    assert [one.modified for one in plan.fronts] == days
    assert [one.modified for one in plan.profiles] == days


@pytest.mark.parametrize("lines", KEPT_BACK)
def test_a_link_to_it_is_words_on_the_screen_and_on_paper(site: Path, lines: str) -> None:
    keep_back(site, lines)
    for tag, words in (("en", "More in the other piece."), ("tr", "Devamı öteki yazıda.")):
        one = lights(site, tag)
        assert words in block(one, words).text()
        assert not [node for node in block(one, words).css("a") if words[-8:-1] in node.text()]
        assert one.body.html.count("<a ") == one.body.html.count("</a>")
        assert one.body.print_html.count("<a ") == one.body.print_html.count("</a>") == 1
    assert lights(site).standing is Standing.CURRENT


def test_a_site_of_which_nothing_is_published_has_its_pages(site: Path) -> None:
    for path in (LIGHTS, PORT):
        edit(site / path, "tags: [Sea]", "tags: [Sea]\ndraft: true")
    plan = planned(site)
    assert len(plan.editions) + len(plan.redirects) + len(plan.pictures) == 0
    assert [one.reason for one in plan.held] == ["it is a draft"] * 4
    assert {one.modified for one in plan.fronts} == {None}
    assert plan.profiles == ()


def test_it_is_there_from_the_very_moment_on(site: Path) -> None:
    keep_back(site, "date: 2026-12-01\nrelease: 2026-12-01T09:00+03:00")
    read = load(site).site
    moment = datetime.datetime(2026, 12, 1, 6, tzinfo=datetime.UTC)
    second = datetime.timedelta(seconds=1)
    assert published(whole.plan(read, moment - second)) == LIGHTS_ALONE
    plan = whole.plan(read, moment)
    assert len(plan.editions) == 4
    assert plan.held == ()
    assert whole.plan(read, moment + second) == plan


def test_released_together_it_comes_with_its_last_translation_and_stays(site: Path) -> None:
    keep_back(site, "release_together: true")
    assert published(planned(site)) == LIGHTS_ALONE
    edit(site / "pyproject.toml", 'languages = ["en", "tr"]', THRESHOLDS)
    # Once complete, and now above the floor: an edit takes nothing back.
    edit(site / PORT_EN, '"Language: en\\n"\n', '"Language: en\\n"\n' + COMPLETED)
    assert len(planned(site).editions) == 4
    edit(site / "pyproject.toml", "floor = 0.4", "floor = 0.9")
    assert held(planned(site)) == [
        ("liman-isiklari", "en", "too little of it is translated"),
        ("liman-isiklari", "tr", "it waits for English: too little of it is translated"),
    ]


THRESHOLDS = 'languages = ["en", "tr"]\nfloor = 0.4'


def test_together_waits_for_no_language_that_is_held_or_pinned(site: Path) -> None:
    keep_back(site, "release_together: true")
    text = (site / PORT).read_text(encoding="utf-8")
    for line, number in (("hold", 3), ("pin", 4)):
        (site / PORT).write_text(text.replace("tags:", f"{line}: [en]\ntags:"), encoding="utf-8")
        assert len(planned(site).editions) == number


@pytest.mark.parametrize("lines", KEPT_BACK)
def test_a_preview_has_it_and_says_what_it_is(site: Path, lines: str) -> None:
    keep_back(site, lines)
    plan = whole.plan(load(site).site, NOW, drafts=True)
    assert plan.preview
    others = ["tr"] if "together" in lines else ["en", "tr"]
    assert sorted(published(plan)) == LIGHTS_ALONE + [("liman-isiklari", tag) for tag in others]
    expected = Preview.DRAFT if "draft" in lines else Preview.EARLY
    for one in plan.editions:
        assert one.preview is (None if one.slug == "harbour-lights" else expected)
    assert [one.reason for one in plan.held] == ["it is not complete"] * ("together" in lines)


def test_each_language_has_a_search_page_where_the_site_wants_search(site: Path) -> None:
    assert whole.plan(load(site).site, NOW).searches == ()
    file = site / "pyproject.toml"
    file.write_text(file.read_text(encoding="utf-8") + "search = true\n", encoding="utf-8")
    pages = whole.plan(load(site).site, NOW).searches
    assert [page.path for page in pages] == ["en/search/", "tr/search/"]
    for page in pages:
        assert [one.path for one in page.alternates if one.current] == [page.path]
        assert {one.path for one in page.alternates} == {"en/search/", "tr/search/"}
        assert page.default_path == "en/search/"
        assert [byline.author for byline in page.authors] == ["ada-deniz"]
        assert not page.empty
