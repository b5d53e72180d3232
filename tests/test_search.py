"""The index, and what readers find with it: a table of queries, asked in a real browser."""

from __future__ import annotations

import functools
import http.server
import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from publish import search
from publish.build import build
from publish.errors import PublishError
from publish.locales import parse
from publish.model import Listed, Profile, Settings

from .conftest import planned, the

HERE = Path(__file__).parent
FOLDER = HERE / "search"
MANY = 13
"""How many pieces there are that one word finds: more than are shown at once."""
SHOWN = 3
"""The last rank at which a piece counts as found: three results are on a phone's first screen."""

EN, TR, RU, FA = (parse(tag) for tag in ("en", "tr", "ru", "fa"))


def settings(**values: Any) -> Settings:
    return Settings({"en": "Papers"}, "https://papers.example", (EN, TR), EN, **values)


def searched(root: Path) -> Path:
    """The site with search turned on."""
    file = root / "pyproject.toml"
    file.write_text(file.read_text(encoding="utf-8") + "search = true\n", encoding="utf-8")
    return root


def page(name: str, content: str, tag: str = "en") -> search.Document:
    html = f'<html lang="{tag}"><body data-pagefind-body>{content}</body></html>'
    return search.Document(f"{tag}/{name}/", parse(tag), html, f"<li>{name}</li>")


# ── Letters ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "of", "index", "folded"),
    [
        ("ISPARTA, Işık ve İzmir", TR, TR, "ısparta, ışık ve izmir"),
        ("İ", TR, TR, "i"),
        ("International", EN, TR, "International"),
        ("ISPARTA", TR, EN, "ISPARTA"),
        ("Лёд и ЁЛКА", RU, RU, "Лед и ЕЛКА"),
        ("Лёд", RU, EN, "Лёд"),
        ("Cafe\u0301", EN, EN, "Café"),
    ],
)
def test_letters_are_folded_by_the_language_of_index_and_passage(
    text: str, of: Any, index: Any, folded: str
) -> None:
    found = search.fold(text, of, index)
    # Whatever else is a capital Pagefind itself makes small.
    assert (found.casefold() if index == TR and of == TR else found) == folded


@pytest.mark.parametrize(
    ("word", "of", "others"),
    [
        ("IŞIĞI", TR, ["ışıkı", "işiği", "işiki"]),
        ("IMF", TR, ["imf"]),
        ("dağ", TR, []),
        ("iğne", TR, []),
        ("РЫНОК", RU, ["рынка"]),
        ("ребёнок,", RU, ["ребенка,"]),
        ("отец", RU, ["отца"]),
        ("Волк", RU, []),
        ("ток", RU, ["тка"]),
        ("IMF", EN, []),
    ],
)
def test_words_are_found_by_other_spellings_of_their_stem(
    word: str, of: Any, others: list[str]
) -> None:
    assert list(search._others(search.fold(word, of, of), of)) == others


# ── Texts ────────────────────────────────────────────────────────────────────────────────────


def document(root: Path, slug: str, tag: str) -> search.Document:
    plan, _ = planned(root)
    path = the(plan, slug, tag).path
    [found] = [
        one for one in search.documents(plan.editions, plan.profiles, card) if one.path == path
    ]
    return found


def content(root: Path, slug: str, tag: str) -> LexborHTMLParser:
    return LexborHTMLParser(document(root, slug, tag).content)


def words_of(tree: LexborHTMLParser, selector: str) -> str:
    [node] = tree.css(selector)
    return node.text()


def card(found: Listed | Profile) -> str:
    return f'<li lang="x">&amp; "{found.path}"</li>'


def test_a_page_is_found_by_its_title_summary_people_topics_text_and_notes(site: Path) -> None:
    text = words_of(content(site, "harbour-lights", "en"), "body")
    edition = the(planned(site)[0], "harbour-lights", "en")
    said = [edition.title, edition.summary.text, edition.bylines[0].name.text]
    said += [topic.text for topic in edition.topics]
    note = LexborHTMLParser(edition.body.notes[0].html).text().strip()
    for words in (*said, note):
        assert " ".join(words.split()) in text


def test_every_page_of_a_published_edition_and_author_is_in_the_index_and_no_other(
    site: Path,
) -> None:
    plan, _ = planned(site)
    paths = [one.path for one in search.documents(plan.editions, plan.profiles, card)]
    assert sorted(paths) == sorted(
        one.path for pages in (plan.editions, plan.profiles) for one in pages
    )
    (site / "locales/tr/LC_MESSAGES/pieces/harbour-lights.po").unlink()
    plan, _ = planned(site)
    assert "tr/harbour-lights/" not in [
        one.path for one in search.documents(plan.editions, plan.profiles, card)
    ]


def test_a_note_s_number_is_no_part_of_a_word(site: Path) -> None:
    body = the(planned(site)[0], "harbour-lights", "en").body.html
    assert "</sup>" in body
    for block in content(site, "harbour-lights", "en").css("p, h2"):
        assert not any(word[:-1].isalpha() and word[-1].isdigit() for word in block.text().split())


def test_the_new_original_of_a_stale_passage_is_not_found_in_the_translation() -> None:
    reader = search._Reader(TR)
    reader.feed(
        '<p>Bir <i>söz</i>cük.</p><details class="changed"><summary></summary><p lang="en">One '
        'word.</p></details><p>Son<br>ra <span lang="en">IMF <b>Int</b></span> I</p>'
        '<figure><img alt="Deniz" src="a.png"><figcaption>Altı</figcaption></figure>'
    )
    blocks = [[(text, at.tag) for text, at in parts] for _, parts in reader.blocks if parts]
    assert blocks == [
        [("Bir ", "tr"), ("söz", "tr"), ("cük.", "tr")],
        [("Son", "tr"), ("  ", "tr"), ("ra ", "tr"), ("IMF ", "en"), ("Int", "en"), (" I", "tr")],
        [(" Deniz ", "tr")],
        [("Altı", "tr")],
    ]


def test_what_is_typed_in_a_title_stays_text(site: Path) -> None:
    path = site / "sources/pieces/harbour-lights.md"
    text = path.read_text(encoding="utf-8")
    title = text.partition("title: ")[2].partition("\n")[0]
    path.write_text(
        text.replace(title, '"A </h1></body> <b title=x> & \\" light"'), encoding="utf-8"
    )
    tree = content(site, "harbour-lights", "en")
    assert words_of(tree, "h1") == 'A </h1></body> <b title=x> & " light'


# ── The index ────────────────────────────────────────────────────────────────────────────────


def test_the_bundle_has_what_a_search_loads_and_nothing_else() -> None:
    found = search.artefacts([page("a", "one"), page("b", "iki", "tr"), page("c", "سه", "fa")])
    names = {Path(one.path).name for one in found}
    assert {one.path.partition("/")[0] for one in found} == {"pagefind"}
    engines = {"wasm.en.pagefind", "wasm.tr.pagefind", "wasm.unknown.pagefind"}
    assert {name for name in names if "wasm" in name} == engines
    assert {"pagefind.js", "pagefind-entry.json"} <= names
    assert {Path(name).suffix for name in names} == {
        ".js",
        ".json",
        ".pagefind",
        ".pf_fragment",
        ".pf_index",
        ".pf_meta",
    }
    assert not any("ui" in name or "worker" in name or "highlight" in name for name in names)


def test_the_entry_names_the_languages_in_one_order() -> None:
    tags = ["tr", "ru", "fr", "fa", "en", "de", "az"]
    found = search.artefacts([page("a", "<p>x</p>", tag) for tag in tags])
    [entry] = [one.content for one in found if one.path == "pagefind/pagefind-entry.json"]
    assert list(json.loads(entry)["languages"]) == sorted(tags)


def test_nothing_to_find_makes_no_bundle() -> None:
    assert search.artefacts([]) == ()


def test_a_result_brings_its_card_and_a_new_card_has_a_new_address() -> None:
    def fragments(card: str) -> dict[str, bytes]:
        one = search.Document("en/a/", EN, page("a", "<p>one word</p>").content, card)
        found = search.artefacts([one])
        return {x.path: x.content for x in found if x.path.endswith(".pf_fragment")}

    [(path, content)] = fragments('<li lang="tr">İ & "x"</li>').items()
    assert json.loads(content.removeprefix(b"pagefind_dcd"))["meta"] == {
        "card": '<li lang="tr">İ & "x"</li>'
    }
    assert b'word"' not in content
    assert path not in fragments("<li>another</li>")


SCRIPT = """
import sys
from pathlib import Path
from publish.build import build
build(Path(sys.argv[1]), pdfs=False)
"""


def test_the_same_bytes_whatever_the_machine_is_set_to(site: Path, tmp_path: Path) -> None:
    searched(site)
    trees = []
    for number, (zone, language) in enumerate(
        (("UTC", "C.UTF-8"), ("Asia/Kamchatka", "tr_TR.UTF-8"), ("America/Lima", "C"))
    ):
        folder = tmp_path / f"tmp-{number}"
        folder.mkdir()
        (folder / "pagefind.toml").write_text('exclude_selectors = ["p"]\n', encoding="utf-8")
        settings = {"TZ": zone, "LC_ALL": language, "TMPDIR": str(folder), "HOME": str(folder)}
        settings |= {"PYTHONHASHSEED": str(number), "PAGEFIND_VERBOSE": "true"}
        settings |= {"PYTHONPATH": str(HERE.parent), "PAGEFIND_BINARY_PATH": "/bin/false"}
        command = [sys.executable, "-c", SCRIPT, str(site)]
        subprocess.run(command, check=True, env=os.environ | settings, cwd=folder)
        output = site / "output/pagefind"
        files = sorted(path for path in output.rglob("*") if path.is_file())
        trees.append([(path.relative_to(output), path.read_bytes()) for path in files])
        assert [path.name for path in folder.iterdir()] == ["pagefind.toml"]
    assert trees[0] == trees[1] == trees[2]
    assert trees[0]


def test_the_order_of_many_pages_is_theirs() -> None:
    pages = [
        page(f"p-{n}", f"<h1>{n}</h1><p>light {n}</p>", "en" if n % 3 else "tr") for n in range(60)
    ]
    assert search.artefacts(pages) == search.artefacts(pages)


# ── When it fails ────────────────────────────────────────────────────────────────────────────


def told(root: Path) -> tuple[str, str]:
    with pytest.raises(PublishError) as caught:
        build(root, pdfs=False)
    [problem] = caught.value.problems
    return problem.code, problem.message


def test_a_site_without_search_needs_no_extra(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pagefind_bin", None)
    build(site, pdfs=False)
    assert not (site / "output/pagefind").exists()
    assert not (site / "output/tr/search").exists()
    assert list((site / "output/assets").glob("*.js")) == []
    pages = [path.read_text(encoding="utf-8") for path in (site / "output").rglob("*.html")]
    assert not any("/search/" in text or "SearchAction" in text for text in pages)
    assert list(search.missing_extra(settings())) == []


def test_search_without_the_extra_stops_before_anything_is_made(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(site, pdfs=False)
    before = (site / "output/manifest.json").read_bytes()
    monkeypatch.setitem(sys.modules, "pagefind_bin", None)
    assert told(searched(site))[0] == "B7"
    [problem] = search.missing_extra(settings(search=True))
    assert "pip install 'publish-editions[search]'" in problem.hint
    assert (site / "output/manifest.json").read_bytes() == before


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("echo it burns >&2; exit 3", "it burns"),
        ("exit 3", "it ended with 3"),
        ("read -d, x; printf 'bm9uc2Vuc2U=,'; exec sleep 60", "Expecting value"),
        ("read -d, x; printf 'e30=,'; exec sleep 60", "payload"),
        ("exec sleep 60", "it ended with -9"),
    ],
    ids=["complains", "ends", "talks nonsense", "leaves things out", "hangs"],
)
def test_a_binary_that_fails_is_a_problem_and_the_old_site_stands(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, words: str
) -> None:
    build(site, pdfs=False)
    before = (site / "output/manifest.json").read_bytes()
    fake = tmp_path / "pagefind"
    fake.write_text(f"#!/bin/bash\n{script}\n", encoding="utf-8")
    fake.chmod(0o755)
    monkeypatch.setattr(search, "_binary", lambda: str(fake))
    if words.endswith("-9"):
        monkeypatch.setattr(search, "PATIENCE", 0.3)
    code, message = told(searched(site))
    assert code == "B8"
    assert words in message
    assert (site / "output/manifest.json").read_bytes() == before
    assert [path.name for path in site.glob(".output.*")] == [".output.lock"]


def test_a_binary_that_cannot_be_started_is_a_problem(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_binary", lambda: "/nowhere/pagefind")
    code, message = told(searched(site))
    assert code == "B8"
    assert "/nowhere/pagefind" in message


HOLD = """
import sys, time
from publish import search
with search._service() as ask:
    ask({"type": "NewIndex", "config": {}})
    print("ready", flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at /proc")
def test_no_process_outlives_a_build_that_is_killed(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(HERE.parent), "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", HOLD], stdout=subprocess.PIPE, env=environment
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"ready\n"
        children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text()
        [child] = [int(number) for number in children.split()]
        parent.send_signal(signal.SIGKILL)
    watch = os.pidfd_open(child) if running(child) else None
    if watch is not None:
        # Its end makes the descriptor readable.
        assert select.select([watch], [], [], 30)[0] or not running(child)
        os.close(watch)
    assert list(tmp_path.iterdir()) == []


def running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


# ── The table ────────────────────────────────────────────────────────────────────────────────


def queries() -> list[tuple[str, str, str]]:
    """Language, query and piece of each row of the table."""
    rows = (FOLDER / "queries.txt").read_text(encoding="utf-8").splitlines()
    cells = [row.split("|") for row in rows if row and not row.startswith("#")]
    return [(tag.strip(), query.strip(), slug.strip()) for tag, query, slug in cells]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This repository's own site with the made-up pieces in it, built."""
    root = tmp_path_factory.mktemp("search")
    for name in ("sources", "locales"):
        shutil.copytree(HERE.parent / name, root / name)
    shutil.copy(HERE.parent / "pyproject.toml", root)
    shutil.copytree(FOLDER / "pieces", root / "sources/pieces", dirs_exist_ok=True)
    for number in range(MANY):
        text = (FOLDER / "pieces/cafe-maps.md").read_text(encoding="utf-8")
        text = re.sub(r"title: .*", f'title: "Lighthouse {number}"', text)
        text = re.sub(r"summary: .*", 'summary: "A lamp."', text.partition("---\n\n")[0])
        path = root / f"sources/pieces/lighthouse-{number}.md"
        path.write_text(f"{text}---\n\nA lamp is lit.\n", encoding="utf-8")
    build(root, pdfs=False)
    return root


# ── In a browser ─────────────────────────────────────────────────────────────────────────────


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files, has an icon, and says nothing."""

    def do_GET(self) -> None:
        """Send a file, or no icon."""
        if self.path == "/favicon.ico":
            self.send_response(204)
            self.end_headers()
        else:
            super().do_GET()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Keep still."""


@dataclass
class Reader:
    """Somebody at a browser, and all that it complained of."""

    page: Any
    site: str
    complaints: list[str] = field(default_factory=list)
    asked_for: list[str] = field(default_factory=list)

    def visit(self, path: str) -> None:
        self.page.goto(self.site + path)

    def ask(self, query: str) -> list[str]:
        """Type a query; the addresses of what is found, below the site's."""
        self.page.fill("#page-query", query)
        self.page.press("#page-query", "Enter")
        return self.answer(query)

    def answer(self, query: str) -> list[str]:
        self.page.wait_for_function(
            "query => document.querySelector('.said .query')?.textContent === query", arg=query
        )
        return self.found()

    def found(self) -> list[str]:
        links = self.page.locator(".found a")
        found = links.evaluate_all("links => links.map(link => link.href)")
        return [address.removeprefix(self.site) for address in found]

    def said(self) -> str:
        return str(self.page.inner_text(".said")).replace("\u00a0", " ")

    def query(self) -> str:
        return str(self.page.input_value("#page-query"))

    def focused(self) -> str:
        return str(self.page.evaluate("() => document.activeElement.textContent"))


@pytest.fixture(scope="module")
def browser(root: Path) -> Iterator[tuple[Any, str]]:
    """A browser, and the address of the site: below a prefix, on a plain file server."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("there is no Chromium")
    handler = functools.partial(Quiet, directory=root)
    with (
        http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server,
        playwright.sync_playwright() as driver,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = driver.chromium.launch(executable_path=chromium)
        yield browser, f"http://127.0.0.1:{server.server_port}/output/"
        browser.close()
        server.shutdown()


@pytest.fixture(scope="module")
def page_of_all(browser: tuple[Any, str]) -> Any:
    """The one page that all tests look at."""
    return browser[0].new_page()


@pytest.fixture
def reader(page_of_all: Any, browser: tuple[Any, str]) -> Iterator[Reader]:
    """Whoever reads the site; nothing may trouble their browser."""
    reader = Reader(page_of_all, browser[1])
    hear = {
        "console": lambda message: reader.complaints.append(message.text),
        "pageerror": lambda error: reader.complaints.append(str(error)),
        "request": lambda request: reader.asked_for.append(request.url),
    }
    for event, ear in hear.items():
        page_of_all.on(event, ear)
    yield reader
    for event, ear in hear.items():
        page_of_all.remove_listener(event, ear)


def test_every_query_of_the_table_finds_its_piece(reader: Reader) -> None:
    missed, language = [], ""
    for tag, query, slug in queries():
        if tag != language:
            language = tag
            reader.visit(f"{tag}/search/")
        found = reader.ask(query)
        if f"{tag}/{slug}/" not in found[:SHOWN]:
            missed.append(f"{tag} | {query} | {slug}: {found}")
    assert missed == []
    assert reader.complaints == []  # no breach of the page's policy among them
    assert {url for url in reader.asked_for if not url.startswith(reader.site)} == set()


@pytest.mark.parametrize(
    ("query", "slug"),
    [("SINIR", "border-gate"), ("SİNİR", "sleepless-city"), ("sınır", "border-gate")],
)
def test_two_turkish_words_that_one_dot_tells_apart_stay_two(
    reader: Reader, query: str, slug: str
) -> None:
    reader.visit("tr/search/")
    assert reader.ask(query)[0] == f"tr/{slug}/"


def test_the_table_is_as_long_as_it_says() -> None:
    asked = [tag for tag, _, _ in queries()]
    assert len(queries()) == len(set(queries()))
    assert min(asked.count(tag) for tag in ("tr", "ru", "en")) >= 20


def test_a_search_finds_pages_of_its_own_language_alone(reader: Reader) -> None:
    reader.visit("tr/search/?q=Caspian")
    assert all(path.startswith("tr/") for path in reader.answer("Caspian"))
    reader.visit("ru/search/?q=Каспий")
    found = reader.answer("Каспий")
    assert found
    assert all(path.startswith("ru/") for path in found)


def test_an_author_is_found_with_their_pieces(reader: Reader) -> None:
    reader.visit("tr/search/?q=Primerova")
    found = reader.answer("Primerova")
    assert {"tr/authors/vera-primerova/", "tr/north-aral-forty-two-metres/"} <= set(found)


def test_a_result_looks_like_an_item_of_the_index(reader: Reader) -> None:
    reader.visit("tr/")
    item = reader.page.locator(".pieces > li", has_text="ISPARTA’DA").first
    listed = item.evaluate("item => item.innerHTML.replaceAll('../', '')")
    reader.visit("tr/search/?q=gül")
    reader.answer("gül")
    assert (
        reader.page.locator(".found > li").first.evaluate(
            "item => item.innerHTML.replaceAll('../', '')"
        )
        == listed
    )
    reader.page.locator(".found a").first.click()
    assert reader.page.inner_text("h1") == "ISPARTA’DA GÜL HASADI: IŞIK, SU VE EMEK"


def test_the_address_says_what_is_searched_and_the_way_back_leads_there(reader: Reader) -> None:
    reader.visit("en/search/?q=saucers")
    assert reader.answer("saucers") == ["en/cafe-maps/"]
    assert reader.query() == "saucers"
    reader.ask("wheat & barley?")
    assert reader.page.url == reader.site + "en/search/?q=wheat+%26+barley%3F"
    reader.page.go_back()
    assert reader.answer("saucers") == ["en/cafe-maps/"]
    assert reader.query() == "saucers"
    reader.page.go_forward()
    reader.answer("wheat & barley?")
    reader.page.fill("#page-query", " ")
    reader.page.press("#page-query", "Enter")
    assert (reader.found(), reader.said()) == ([], "")
    assert reader.page.url == reader.site + "en/search/"


def test_more_results_come_when_they_are_asked_for_and_the_keyboard_follows(reader: Reader) -> None:
    reader.visit("en/search/")
    reader.page.keyboard.press("Tab")  # the link that skips to the text
    reader.page.focus("#page-query")
    reader.page.keyboard.type("lighthouse")
    reader.page.keyboard.press("Enter")
    assert len(reader.answer("lighthouse")) == 10
    assert reader.said() == f"{MANY} results for “lighthouse”"
    reader.page.focus(".more button")
    reader.page.keyboard.press("Enter")
    reader.page.wait_for_function("() => document.querySelectorAll('.found li').length > 10")
    assert len(set(reader.found())) == MANY
    assert reader.focused() == reader.page.locator(".found a").nth(10).inner_text()
    assert not reader.page.is_visible(".more button")


@pytest.mark.parametrize(
    ("tag", "query", "said"),
    [
        ("en", "saucers", "1 result for “saucers”"),
        ("tr", "ıhlamur", "“ıhlamur” için 1 sonuç"),
        ("ru", "ангара", "1 результат по запросу «ангара»"),
        ("ru", "договор", "{} результата по запросу «договор»"),
        ("ru", "Примерова", "{} результатов по запросу «Примерова»"),
    ],
)
def test_the_count_is_said_in_the_plural_of_the_language(
    reader: Reader, tag: str, query: str, said: str
) -> None:
    reader.visit(f"{tag}/search/?q={query}")
    assert said.format(len(reader.answer(query))) == reader.said()


@pytest.mark.parametrize(
    ("tag", "words"), [("en", "Nothing"), ("tr", "bulunamadı"), ("ru", "ниче")]
)
def test_when_nothing_is_found_the_page_says_what_to_try(
    reader: Reader, tag: str, words: str
) -> None:
    reader.visit(f"{tag}/search/")
    assert reader.ask('<b>"qqq"</b>') == []
    assert words in reader.said()
    assert '<b>"qqq"</b>' in reader.said()
    assert reader.page.get_attribute(".said", "role") == "status"
    assert reader.page.is_visible(".browse a")


@pytest.mark.parametrize(
    "missing", ["pagefind.js", "pagefind-entry.json", "*.pf_fragment", "wasm.*"]
)
def test_when_it_cannot_be_loaded_the_page_says_so(reader: Reader, missing: str) -> None:
    reader.page.route(f"**/{missing}*", lambda route: route.abort())
    reader.visit("en/search/?q=saucers")
    reader.page.wait_for_function(
        "() => /could not/.test(document.querySelector('.said').innerText)"
    )
    reader.page.unroute(f"**/{missing}*")
    reader.visit("en/search/?q=saucers")
    assert reader.answer("saucers") == ["en/cafe-maps/"]


def test_nothing_is_loaded_before_somebody_searches(reader: Reader) -> None:
    reader.visit("en/search/")
    assert not any("pagefind" in url for url in reader.asked_for)
    assert reader.complaints == []


def test_without_a_script_the_page_says_so_and_leads_on(browser: tuple[Any, str]) -> None:
    context = browser[0].new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(browser[1] + "tr/search/?q=su")
    assert "betiğin" in page.inner_text("main")
    assert not page.is_visible("form")
    links = page.locator(".browse a").evaluate_all("all => all.map(one => one.href)")
    context.close()
    assert [link.removeprefix(browser[1]) for link in links] == [
        "tr/",
        "tr/topics/",
        "tr/authors/defne-ornek/",
        "tr/authors/vera-primerova/",
    ]


# ── The pages ────────────────────────────────────────────────────────────────────────────────


def test_every_page_but_the_chooser_leads_to_its_language_s_search(root: Path) -> None:
    for path in (root / "output").rglob("index.html"):
        tree = LexborHTMLParser(path.read_text(encoding="utf-8"))
        links = [str(node.attributes["href"]) for node in tree.css(".places li:last-child a")]
        targets = [os.path.normpath(path.parent / link) for link in links]
        tag = path.relative_to(root / "output").parts[0]
        wanted = [] if tag == "index.html" else [str(root / "output" / tag / "search")]
        assert targets == wanted, path


def test_the_search_page_alone_may_run_and_fetch_and_only_what_is_the_site_s(root: Path) -> None:
    for path in (root / "output").rglob("index.html"):
        tree = LexborHTMLParser(path.read_text(encoding="utf-8"))
        [meta] = tree.css("meta[http-equiv=Content-Security-Policy]")
        rules = dict(rule.split(" ", 1) for rule in str(meta.attributes["content"]).split("; "))
        scripts = [node.attributes.get("type") for node in tree.css("script")]
        if path.parent.name == "search":
            assert rules["script-src"].startswith("'self' 'wasm-unsafe-eval' 'sha256-")
            assert (rules["connect-src"], rules["form-action"]) == ("'self'", "'self'")
            assert scripts == ["module", "application/ld+json"]
        else:
            assert rules["script-src"].startswith("'sha256-")
            assert "connect-src" not in rules
            assert rules["form-action"] == "'none'"
            assert scripts == ["application/ld+json"]
        assert rules["default-src"] == "'none'"


def test_a_language_in_which_there_is_nothing_says_so_and_runs_nothing(site: Path) -> None:
    shutil.rmtree(site / "sources/authors")
    shutil.rmtree(site / "sources/pieces")
    for folder in ("authors", "pieces"):
        (site / f"sources/{folder}").mkdir()
    shutil.rmtree(site / "locales", ignore_errors=True)
    build(searched(site), pdfs=False)
    text = (site / "output/tr/search/index.html").read_text(encoding="utf-8")
    assert "Bu dilde henüz" in text
    assert "<form" not in text
    assert 'type="module"' not in text
    assert not (site / "output/pagefind").exists()
