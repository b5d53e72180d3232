"""What was built, looked at again: nothing is wrong with what a build makes, and each fault that is
put into it is found as what it is."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from publish import built, urls
from publish.build import build
from publish.cli import main
from publish.errors import Problem
from publish.load import configuration
from publish.model import Pdf
from publish.pdf import Job

from . import sites

HERE = Path(__file__).parent
ROOT = Path(__file__).parent.parent
BASE = "https://harbour.example/"
PAGE = "en/harbour-lights/index.html"
TURKISH = "tr/harbour-lights/index.html"


def engine(job: Job) -> Pdf:
    return Pdf(b"%PDF-1.7 " + job.edition.encode(), 3)


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("built") / "site"
    shutil.copytree(HERE / "site", root)
    build(root, engine=engine)
    return root


@pytest.fixture
def root(pristine: Path, tmp_path: Path) -> Path:
    """A copy of the small whole site, built."""
    target = tmp_path / "site"
    shutil.copytree(pristine, target)
    return target


def seal(root: Path) -> None:
    """Write a manifest that fits, as a build does: what is wrong then was made wrong."""
    folder = root / "output"
    paths = [path for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json"]
    files = [
        {
            "path": path.relative_to(folder).as_posix(),
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "size": path.stat().st_size,
        }
        for path in sorted(paths)
    ]
    (folder / "manifest.json").write_text(json.dumps({"files": files}), encoding="utf-8")


def found(root: Path) -> tuple[Problem, ...]:
    return built.check(root, configuration(root))


def told(root: Path) -> list[str]:
    return [f"{one.span.path[7:]}: {one.code} {one.message}" for one in found(root)]


def edit(root: Path, path: str, old: str, new: str) -> None:
    file = root / "output" / path
    text = file.read_text(encoding="utf-8")
    assert old in text, old
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def put(root: Path, path: str, text: str) -> None:
    file = root / "output" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def into_body(root: Path, path: str, html: str) -> None:
    edit(root, path, "</main>", f"{html}</main>")


# ── Nothing is wrong with what a build makes ─────────────────────────────────────────────────


def test_nothing_is_wrong_with_the_small_site(root: Path) -> None:
    assert told(root) == []


def test_nothing_is_wrong_below_a_path_and_without_feeds_and_pdfs(site: Path) -> None:
    settings = site / "pyproject.toml"
    text = settings.read_text(encoding="utf-8")
    base = "https://harbour.example"
    text = text.replace(f'"{base}"', f'"{base}/notes/2026"\nfeeds = false')
    settings.write_text(text, encoding="utf-8")
    build(site, pdfs=False)
    assert told(site) == []


def test_nothing_is_wrong_with_a_site_in_one_language(tmp_path: Path) -> None:
    sites.made(tmp_path, 3, ["fa"], pieces=6)
    build(tmp_path, pdfs=False)
    assert told(tmp_path) == []


@pytest.mark.parametrize(
    ("seed", "tags"), [(1, ("en", "tr", "ru")), (2, ("tr", "fa", "en", "pt-BR", "ru"))]
)
def test_with_made_up_sites_only_titles_in_strange_letters_are_wrong(
    tmp_path: Path, seed: int, tags: tuple[str, ...]
) -> None:
    sites.made(tmp_path, seed, tags, pieces=12)
    build(tmp_path, engine=engine)
    problems = found(tmp_path)
    # Front matter cannot mark the Persian word that chance put into titles.
    assert {(one.code, one.message[:6]) for one in problems} == {("V8", "“دفتر”")}
    assert len(problems) == len({one.message.partition(", which")[0] for one in problems})
    for one in problems:
        line = (tmp_path / one.span.path).read_text(encoding="utf-8").split("\n")[one.span.line - 1]
        assert line[one.span.column - 1 :].startswith("دفتر")


def test_the_site_of_this_repository_has_nothing_wrong_from_one_end_to_the_other(
    tmp_path: Path,
) -> None:
    for name in ("pyproject.toml", "sources", "locales"):
        source = HERE.parent / name
        copy = shutil.copytree if source.is_dir() else shutil.copyfile
        copy(source, tmp_path / name)
    run = CliRunner(catch_exceptions=False).invoke
    assert run(main, ["-C", str(tmp_path), "build", "--no-pdf"]).exit_code == 0
    result = run(main, ["-C", str(tmp_path), "check", "--built"])
    assert (result.exit_code, result.output) == (0, "no problems\n")


def test_long_feeds_and_several_in_a_language_need_not_name_every_text(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shorter = re.compile(r"<entry>.*?</entry>\n", re.DOTALL)
    text = (root / "output" / FEED).read_text(encoding="utf-8")
    put(root, FEED, shorter.sub("", text, count=1))
    seal(root)
    monkeypatch.setattr(built, "_FEED_LENGTH", 2)
    assert told(root) == [f"{FEED}: V7 the feed does not name {PAGE}"]
    monkeypatch.setattr(built, "_FEED_LENGTH", 1)
    assert told(root) == []
    monkeypatch.undo()
    put(root, "en/sea.xml", text.replace(f"{BASE}en/feed.xml", f"{BASE}en/sea.xml"))
    put(root, "en/sea.xml", shorter.sub("", (root / "output/en/sea.xml").read_text("utf-8")))
    into_body(root, PAGE, '<a href="../sea.xml">x</a>')
    seal(root)
    assert told(root) == []


def test_nothing_is_wrong_with_a_preview(site: Path) -> None:
    build(site, pdfs=False, drafts=True)
    assert not (site / "output/sitemap.xml").exists()
    assert told(site) == []
    # It is one only as long as search engines may list none of its pages.
    edit(site, PAGE, '<meta name="robots" content="noindex">', "")
    seal(site)
    assert "robots.txt: V7 it keeps search engines out of the whole site (Disallow: /)" in told(
        site
    )


@pytest.mark.parametrize(
    "rules",
    [
        "User-agent: x\nDisallow: /",
        "User-agent: *\nDisallow: /en/old/",
        "User-agent: *\nDisallow:",
        "User-agent: *\nDisallow: /\nAllow: /",
        "User-agent: *\nDisallow: /old/\nUser-agent: x\nDisallow: /",
        "# User-agent: *\nDisallow: /",
    ],
)
def test_crawlers_may_be_kept_out_of_parts_and_some_of_all(root: Path, rules: str) -> None:
    put(root, "robots.txt", f"{rules}\nSitemap: {BASE}sitemap.xml\n")
    seal(root)
    assert told(root) == []


def test_nothing_is_wrong_with_all_that_a_page_can_show(tmp_path: Path) -> None:
    sites.mixed(tmp_path / "site")
    build(tmp_path / "site", pdfs=False)
    assert told(tmp_path / "site") == []


# ── V1 ───────────────────────────────────────────────────────────────────────────────────────


def test_a_file_that_was_changed_is_not_the_one_that_was_built(root: Path) -> None:
    edit(root, PAGE, "Two duties", "Two dutiez")
    edit(root, "en/harbour-lights/harbour-lights.en.pdf", "harbour", "harbout")
    message = "V1 this is not the file that was built: size or sha256 differ"
    assert told(root) == [
        f"en/harbour-lights/harbour-lights.en.pdf: {message}",
        f"{PAGE}: {message}",
    ]


def test_files_that_were_added_or_taken_away_or_are_none_are_told(root: Path) -> None:
    output = root / "output"
    (output / "robots.txt").unlink()
    (output / "favicon.ico").mkdir()
    (output / ".well-known").mkdir()
    (output / ".well-known/x").touch()
    (output / "en/secret").symlink_to(root / "pyproject.toml")
    assert told(root) == [
        ".well-known/x: V1 no build put this file here: the manifest does not name it",
        "en/secret: V1 this is no regular file",
        "manifest.json: V1 robots.txt is not there, and the manifest names it",
        "sitemap.xml: V6 no page names this file",
    ]


def test_folders_in_folders_are_looked_at_however_deep_they_are(root: Path) -> None:
    with sites.deep(root / "output", 1_500) as lowest:
        (lowest / "x").touch()
        found = told(root)
    message = "V1 no build put this file here: the manifest does not name it"
    assert f"{'d/' * 1_500}x: {message}" in found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "the manifest cannot be read: JSONDecodeError"),
        ("[]", "the manifest cannot be read: TypeError"),
        ('{"files": [{"path": "x"}]}', "the manifest cannot be read: KeyError"),
        (
            '{"files": [{"path": 1, "size": 1, "sha256": ""}]}',
            "an entry of the manifest has no path, size or sha256",
        ),
        ("[" * 100_000, "the manifest cannot be read: RecursionError"),
    ],
)
def test_a_manifest_that_is_none_is_told(root: Path, text: str, message: str) -> None:
    put(root, "manifest.json", text)
    assert f"manifest.json: V1 {message}" in told(root)


def test_a_manifest_that_is_missing_or_names_a_file_twice_is_told(root: Path) -> None:
    manifest = root / "output/manifest.json"
    files = json.loads(manifest.read_text(encoding="utf-8"))["files"]
    manifest.write_text(json.dumps({"files": [*files, files[0]]}), encoding="utf-8")
    assert told(root) == [f"manifest.json: V1 the manifest names {files[0]['path']} twice"]
    manifest.unlink()
    assert "manifest.json: V1 there is no manifest.json" in told(root)


# ── Faults of a page's making: the manifest fits ─────────────────────────────────────────────

Fault = Callable[[Path], None]


def swap(path: str, old: str, new: str) -> Fault:
    return lambda root: edit(root, path, old, new)


def body(html: str, path: str = PAGE) -> Fault:
    return lambda root: into_body(root, path, html)


def file(path: str, text: str) -> Fault:
    return lambda root: put(root, path, text)


def both(*faults: Fault) -> Fault:
    def make(root: Path) -> None:
        for fault in faults:
            fault(root)

    return make


def cut(path: str, pattern: str) -> Fault:
    """Take away the first place that fits a pattern."""

    def make(root: Path) -> None:
        target = root / "output" / path
        text = target.read_text(encoding="utf-8")
        shorter = re.sub(pattern, "", text, count=1, flags=re.DOTALL)
        assert shorter != text
        target.write_text(shorter, encoding="utf-8")

    return make


def gone(path: str) -> Fault:
    return lambda root: (root / "output" / path).unlink()


def lonely(root: Path) -> None:
    """Lead all links to one page elsewhere."""
    for path in (root / "output").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        address = "en/liman-isiklari" if path.parent.name == "output" else "liman-isiklari"
        if path.parts[-3] == "tr" or path.parts[-2] == "tr":
            address = "en/liman-isiklari"
        fewer = re.sub(rf'<a href="(?:\.\./)*{address}/"', '<a href="./"', text)
        path.write_text(fewer.replace('"./" lang="en" dir="ltr" hreflang="en"', '"./"'), "utf-8")


def link(address: str) -> Fault:
    return body(f'<a href="{address}">x</a>')


def moved(target: str) -> str:
    """A page at an old address, without anything else to be wrong."""
    return (
        f'<!doctype html><html lang="en" dir="ltr"><head><meta name="robots" content="noindex">'
        f'<meta http-equiv="refresh" content="0; url={target}"></head>'
        f'<body><a href="{target}">new</a></body></html>'
    )


FEED = "en/feed.xml"
AUTHOR = "en/authors/ada-deniz/index.html"
CSS = urls.asset("screen.css", (ROOT / "templates/screen.css").read_bytes())
ALTERNATE = f'<link rel="alternate" hreflang="tr" href="{BASE}tr/harbour-lights/">\n'
FAULTS: dict[str, tuple[Fault, list[str]]] = {
    # V2
    "a relative link that is dead": (
        link("../nowhere/"),
        [f"{PAGE}: V2 “../nowhere/” leads nowhere: there is no en/nowhere/index.html"],
    ),
    "a link from the root": (
        link("/en/nowhere/"),
        [f"{PAGE}: V2 “/en/nowhere/” leads nowhere: there is no en/nowhere/index.html"],
    ),
    "a full address": (
        link(f"{BASE}x"),
        [f"{PAGE}: V2 “{BASE}x” leads nowhere: there is no x"],
    ),
    "an address without its scheme": (
        link("//harbour.example/x"),
        [f"{PAGE}: V2 “//harbour.example/x” leads nowhere: there is no x"],
    ),
    "a scheme that the site has not": (
        link("http://harbour.example/en/"),
        [
            f"{PAGE}: V2 “http://harbour.example/en/” leads to the site by http, not https",
        ],
    ),
    "out of the tree": (
        link("../../../x"),
        [f"{PAGE}: V2 “../../../x” leaves the site"],
    ),
    "no slash": (
        link("../liman-isiklari"),
        [f"{PAGE}: V2 “../liman-isiklari” has no slash at its end; the page is en/liman-isiklari/"],
    ),
    "an image": (
        body('<img src="x.png" srcset="y.png 2x" alt="">'),
        [
            f"{PAGE}: V2 “x.png” leads nowhere: there is no en/harbour-lights/x.png",
            f"{PAGE}: V2 “y.png” leads nowhere: there is no en/harbour-lights/y.png",
        ],
    ),
    "a PDF for reference managers": (
        swap(PAGE, f'url" content="{BASE}en/harbour-lights/h', f'url" content="{BASE}en/h'),
        [
            (
                f"{PAGE}: V2 “{BASE}en/harbour-lights.en.pdf” leads nowhere: there is no "
                "en/harbour-lights.en.pdf"
            ),
        ],
    ),
    "a file of a reference manager": (
        swap("en/harbour-lights/harbour-lights.en.ris", f"{BASE}en/", f"{BASE}xx/"),
        [
            (
                "en/harbour-lights/harbour-lights.en.ris: V2 “https://harbour.example/xx/harbour-lights/”"
                " leads nowhere: there is no xx/harbour-lights/index.html"
            ),
        ],
    ),
    "a stylesheet": (
        swap(CSS, "*/", "*/ p { background: url(x.png) }"),
        [f"{CSS}: V2 “x.png” leads nowhere: there is no assets/x.png"],
    ),
    "crawlers": (
        swap("robots.txt", "sitemap.xml", "map.xml"),
        [
            f"robots.txt: V2 “{BASE}map.xml” leads nowhere: there is no map.xml",
            "sitemap.xml: V6 no page names this file",
        ],
    ),
    "a page that sends on to nowhere": (
        file("en/old/index.html", moved("../nowhere/")),
        ["en/old/index.html: V2 “../nowhere/” leads nowhere: there is no en/nowhere/index.html"]
        * 2,
    ),
    "a page that sends on to itself": (
        file("en/old/index.html", moved("../old/")),
        ["en/old/index.html: V2 the page sends its readers on to itself"],
    ),
    "a page that sends on twice": (
        both(
            file("en/old/index.html", moved("../older/")),
            file("en/older/index.html", moved("../")),
        ),
        ["en/old/index.html: V2 readers are sent on to en/older/index.html, which sends them on"],
    ),
    "a list of redirects": (
        file(
            "_redirects",
            "# old\n/en/old/ /en/ 301\n/en/a /en/nowhere/ 301\n/en/b\n/en/c /en/ 999\n"
            "/en/old/ /tr/ 301\n/en/d/* /en/:splat\n/en/ /tr/ 302!\n"
            "/x/* https://x.example/:splat 302\n/tr/ /tr/\n",
        ),
        [
            "_redirects: V2 “/en/nowhere/” leads nowhere: there is no en/nowhere/index.html",
            "_redirects: V2 the line has no address to go to",
            "_redirects: V2 “999” is no status of a redirect",
            "_redirects: V2 “/en/old/” is sent on twice",
            "_redirects: V2 “/en/” is a page, and readers are sent away",
            "_redirects: V2 “/tr/” is sent on to itself",
        ],
    ),
    "an address of a feed's entry": (
        swap(FEED, f'href="{BASE}en/harbour-lights/"', f'href="{BASE}en/nowhere/"'),
        [
            (f"{FEED}: V2 “{BASE}en/nowhere/” leads nowhere: there is no en/nowhere/index.html"),
        ],
    ),
    "an address of another version in a feed": (
        swap(FEED, f'href="{BASE}tr/harbour-lights/"', f'href="{BASE}tr/nowhere/"'),
        [
            (f"{FEED}: V2 “{BASE}tr/nowhere/” leads nowhere: there is no tr/nowhere/index.html"),
        ],
    ),
    "an address of another version in the sitemap": (
        swap("sitemap.xml", f'href="{BASE}tr/harbour-lights/"', f'href="{BASE}tr/nowhere/"'),
        [
            (
                f"sitemap.xml: V2 “{BASE}tr/nowhere/” leads nowhere: "
                "there is no tr/nowhere/index.html"
            ),
        ],
    ),
    "no page for what is not there": (
        gone("404.html"),
        ["404.html: V2 there is no page for addresses that lead nowhere"],
    ),
    "a search without an index": (
        body('<form data-bundle="../../pagefind/"></form>'),
        [
            (
                f"{PAGE}: V2 the search has no index: "
                "there is no pagefind-entry.json in “../../pagefind/”"
            ),
        ],
    ),
    "a search without some of its index": (
        both(
            body('<form data-bundle="/pagefind/"></form>'),
            body('<form data-bundle="../../pagefind/"></form>', TURKISH),
            file(
                "pagefind/pagefind-entry.json",
                '{"languages": {"en": {"hash": "en_1", "wasm": "en"}, '
                '"fa": {"hash": "fa_2", "wasm": null}}}',
            ),
            file("pagefind/pagefind.en_1.pf_meta", "x"),
            file("pagefind/wasm.en.pagefind", "x"),
        ),
        [
            f"pagefind/pagefind-entry.json: V2 the search loads pagefind/{name}, which is not there"
            for name in ("pagefind.js", "pagefind.fa_2.pf_meta", "wasm.unknown.pagefind")
        ],
    ),
    "a search whose index is none": (
        both(
            body('<form data-bundle="/pagefind/"></form>'),
            file("pagefind/pagefind-entry.json", "[]"),
        ),
        ["pagefind/pagefind-entry.json: V2 the search’s index cannot be read: TypeError"],
    ),
    # V3
    "a link that skips what is on every page": (
        swap(PAGE, '<main id="page-content"', "<main"),
        [f"{PAGE}: V3 there is no id “page-content” in this page"],
    ),
    "an id of the page": (link("#x"), [f"{PAGE}: V3 there is no id “x” in this page"]),
    "an id of another page": (
        link("../liman-isiklari/#x"),
        [f"{PAGE}: V3 there is no id “x” in en/liman-isiklari/index.html"],
    ),
    "a label": (
        swap(PAGE, 'id="page-notes"', 'id="page-note"'),
        [f"{PAGE}: V3 aria-labelledby names “page-notes”, which is not there"],
    ),
    "an id twice": (
        body('<p id="duties"></p>'),
        [f"{PAGE}: V3 id “duties” stands 2 times"],
    ),
    # V4
    "a version that does not answer": (
        cut(
            PAGE,
            r'<link rel="alternate" hreflang="en" .*?(?=<link rel="alternate" type)',
        ),
        [
            f"{TURKISH}: V4 {PAGE} does not name the same versions as this page",
            "sitemap.xml: V4 the versions are not those that en/harbour-lights/index.html names",
            f"{FEED}: V4 the entry’s versions are not those that {PAGE} names",
        ],
    ),
    "a page that does not name itself": (
        swap(TURKISH, ALTERNATE, ""),
        [
            f"{PAGE}: V4 {TURKISH} does not name the same versions as this page",
            f"{TURKISH}: V4 {PAGE} does not name the same versions as this page",
            f"{TURKISH}: V4 the page is not among its own versions",
            f"sitemap.xml: V4 the versions are not those that {TURKISH} names",
            f"tr/feed.xml: V4 the entry’s versions are not those that {TURKISH} names",
        ],
    ),
    "a version in the wrong language": (
        swap(PAGE, f'hreflang="tr" href="{BASE}tr/har', f'hreflang="ru" href="{BASE}tr/har'),
        [
            f"{PAGE}: V4 hreflang says ru, and {TURKISH} is in tr",
            f"{PAGE}: V4 og:locale and og:locale:alternate are not the languages of the versions",
            f"{TURKISH}: V4 {PAGE} does not name the same versions as this page",
            f"sitemap.xml: V4 the versions are not those that {PAGE} names",
            f"en/feed.xml: V4 the entry’s versions are not those that {PAGE} names",
        ],
    ),
    "no x-default": (
        cut(PAGE, r'<link rel="alternate" hreflang="x-default".*?>'),
        [
            f"{PAGE}: V4 no version is named for readers of other languages (x-default)",
            f"{PAGE}: V4 {TURKISH} does not name the same versions as this page",
            f"{TURKISH}: V4 {PAGE} does not name the same versions as this page",
            f"sitemap.xml: V4 the versions are not those that {PAGE} names",
        ],
    ),
    "a relative version": (
        swap(PAGE, f'hreflang="tr" href="{BASE}tr/', 'hreflang="tr" href="/tr/'),
        [f"{PAGE}: V4 the address of the version in tr is not a full one"],
    ),
    "a version on another site": (
        swap(PAGE, f'hreflang="tr" href="{BASE}', 'hreflang="tr" href="https://x.example/'),
        [
            f"{PAGE}: V4 the version in tr is not of this site",
            f"{PAGE}: V4 og:locale and og:locale:alternate are not the languages of the versions",
            f"{TURKISH}: V4 {PAGE} does not name the same versions as this page",
            f"sitemap.xml: V4 the versions are not those that {PAGE} names",
            f"en/feed.xml: V4 the entry’s versions are not those that {PAGE} names",
        ],
    ),
    "a version twice": (
        swap(PAGE, ALTERNATE, ALTERNATE + ALTERNATE),
        [f"{PAGE}: V4 two versions are said to be in tr"],
    ),
    "canonical": (
        swap(TURKISH, f'canonical" href="{BASE}tr', f'canonical" href="{BASE}en'),
        [f"{TURKISH}: V4 the canonical address is not the page’s own, {BASE}tr/harbour-lights/"],
    ),
    "no canonical": (
        swap(PAGE, f'<link rel="canonical" href="{BASE}en/harbour-lights/">', ""),
        [f"{PAGE}: V4 the canonical address is not the page’s own, {BASE}en/harbour-lights/"],
    ),
    "the address for networks": (
        swap(PAGE, f'og:url" content="{BASE}en/harbour-lights/', f'og:url" content="{BASE}en/'),
        [f"{PAGE}: V4 og:url is not the page’s own address, {BASE}en/harbour-lights/"],
    ),
    "the languages for networks": (
        swap(PAGE, '<meta property="og:locale:alternate" content="tr_TR">', ""),
        [f"{PAGE}: V4 og:locale and og:locale:alternate are not the languages of the versions"],
    ),
    "the page's own language for networks": (
        swap(PAGE, '"og:locale" content="en_US"', '"og:locale" content="en_GB"'),
        [f"{PAGE}: V4 og:locale and og:locale:alternate are not the languages of the versions"],
    ),
    "a link that promises another language": (
        body('<a href="../../tr/" hreflang="ru">x</a>'),
        [f"{PAGE}: V4 hreflang says ru, and tr/index.html is in tr"],
    ),
    "a version that search engines may not list": (
        swap(TURKISH, "<title>", '<meta name="robots" content="noindex"><title>'),
        [
            f"{PAGE}: V4 the version in tr, {TURKISH}, is no page for search engines",
            f"sitemap.xml: V4 {TURKISH} is no page for search engines",
            f"tr/feed.xml: V4 the entry’s versions are not those that {TURKISH} names",
        ],
    ),
    "the sitemap's versions": (
        swap(
            "sitemap.xml",
            f'<xhtml:link rel="alternate" hreflang="tr" href="{BASE}tr/harbour-lights/" />',
            "",
        ),
        [f"sitemap.xml: V4 the versions are not those that {PAGE} names"],
    ),
    "a page that the sitemap lacks": (
        cut("sitemap.xml", rf"<url>\n<loc>{BASE}en/harbour-lights/.*?</url>\n"),
        [f"{PAGE}: V4 the sitemap does not name this page"],
    ),
    "the feed's versions": (
        swap(
            FEED,
            f'hreflang="tr" href="{BASE}tr/harbour-lights/"',
            f'hreflang="ru" href="{BASE}tr/harbour-lights/"',
        ),
        [f"{FEED}: V4 the entry’s versions are not those that {PAGE} names"],
    ),
    "the feed of another language": (
        swap(PAGE, f'href="{BASE}en/feed.xml"', f'href="{BASE}tr/feed.xml"'),
        [f"{PAGE}: V4 the page names no feed in en"],
    ),
    # V6
    "a page that no link leads to": (
        lonely,
        [
            "en/liman-isiklari/index.html: V6 no links lead here from the page at the root",
            "en/liman-isiklari/liman-isiklari.en.pdf: V6 no page that readers reach links to it",
        ],
    ),
    "a PDF that no link leads to": (
        swap(PAGE, '<a href="harbour-lights.en.pdf"', "<a "),
        ["en/harbour-lights/harbour-lights.en.pdf: V6 no page that readers reach links to it"],
    ),
    "a file that nothing needs": (
        file("assets/x.css", "p {}"),
        ["assets/x.css: V6 no page names this file"],
    ),
    # V7
    "XML that is none": (
        swap(FEED, "<entry>", "<entry"),
        [f"{FEED}: V7 not well-formed: not well-formed (invalid token)"],
    ),
    "XML that could unfold": (
        swap(FEED, "<feed", '<!DOCTYPE feed [<!ENTITY x "y">]>\n<feed'),
        [f"{FEED}: V7 not well-formed: a document type is declared"],
    ),
    "XML of another kind": (
        both(
            file("x.xml", "<rss/>"),
            link("/x.xml"),
        ),
        ["x.xml: V7 “rss” is neither a feed nor a sitemap"],
    ),
    "a feed without a title": (
        swap(FEED, "<title>Harbour Papers</title>", ""),
        [f"{FEED}: V7 <feed> has no title"],
    ),
    "an entry without its time": (
        swap(
            FEED,
            "<published>2026-03-04T00:00:00Z</published>\n<updated>2026-03-04T00:00:00Z</updated>",
            "",
        ),
        [f"{FEED}: V7 <entry> has no updated"],
    ),
    "a time that is none": (
        swap(FEED, "<updated>2026-03-04T00:00:00Z", "<updated>4 March"),
        [f"{FEED}: V7 “4 March” is no instant"],
    ),
    "an entry without an author": (
        cut(FEED, r"<author>.*?</author>\n"),
        [f"{FEED}: V7 the entry has no author"],
    ),
    "an id of entries twice": (
        swap(
            FEED,
            "urn:uuid:cc820ead-1a3e-52d5-b887-9dd43a2d74d2",
            "urn:uuid:ebd2fba4-b3e4-5ec1-8399-fe1569610378",
        ),
        [f"{FEED}: V7 the entry’s id stands twice"],
    ),
    "the size of a PDF": (
        swap(FEED, 'length="27"', 'length="28"'),
        [f"{FEED}: V7 length is 28, and en/harbour-lights/harbour-lights.en.pdf has 27 bytes"],
    ),
    "a feed with the address of another": (
        swap(FEED, f'href="{BASE}en/feed.xml"', f'href="{BASE}tr/feed.xml"'),
        [f"{FEED}: V7 the feed does not name its own address (rel=self)"],
    ),
    "an entry that leads to another site": (
        swap(FEED, f'href="{BASE}en/harbour-lights/"', 'href="https://x.example/"'),
        [f"{FEED}: V7 the entry names no page in en"],
    ),
    "crawlers that are kept out": (
        file("robots.txt", "User-agent: *\nDisallow: /\n"),
        ["robots.txt: V7 it keeps search engines out of the whole site (Disallow: /)"],
    ),
    "crawlers that are kept out, and there is no sitemap": (
        both(
            file("robots.txt", "User-Agent: x\nuser-agent: *\nDISALLOW: /* # all\nAllow: /x\n"),
            gone("sitemap.xml"),
        ),
        [
            "robots.txt: V7 it keeps search engines out of the whole site (Disallow: /)",
            "sitemap.xml: V7 there is no sitemap that names pages",
        ],
    ),
    "an address of the sitemap twice": (
        swap("sitemap.xml", f"<loc>{BASE}tr/</loc>", f"<loc>{BASE}en/</loc>"),
        [
            f"sitemap.xml: V7 “{BASE}en/” stands twice",
            "tr/index.html: V4 the sitemap does not name this page",
        ],
    ),
    "an address of another site": (
        swap("sitemap.xml", f"<loc>{BASE}tr/</loc>", "<loc>https://x.example/</loc>"),
        [
            "sitemap.xml: V7 “https://x.example/” is not an address of the site",
            "tr/index.html: V4 the sitemap does not name this page",
        ],
    ),
    "a day that is none": (
        swap("sitemap.xml", "<lastmod>2026-03-04", "<lastmod>4 March"),
        ["sitemap.xml: V7 lastmod “4 March” is no date"],
    ),
    "a text that neither search engines nor its feed have": (
        both(
            cut(FEED, r"<entry>.*?</entry>\n"),
            swap(PAGE, "<title>", '<meta name="robots" content="noindex"><title>'),
        ),
        [
            f"{TURKISH}: V4 the version in en, {PAGE}, is no page for search engines",
            f"sitemap.xml: V4 {PAGE} is no page for search engines",
        ],
    ),
    "crawlers of any name and another that are kept out": (
        file("robots.txt", "User-agent: *\nUser-agent: x\nDisallow: /\n"),
        ["robots.txt: V7 it keeps search engines out of the whole site (Disallow: /)"],
    ),
    "a day that no calendar has": (
        swap("sitemap.xml", "<lastmod>2026-03-04", "<lastmod>2026-13-45"),
        ["sitemap.xml: V7 lastmod “2026-13-45” is no date"],
    ),
    "an instant that no clock has": (
        swap(FEED, "<updated>2026-03-04T00", "<updated>2026-03-04T25"),
        [f"{FEED}: V7 “2026-03-04T25:00:00Z” is no instant"],
    ),
    "a text that its feed lacks": (
        cut(FEED, r"<entry>.*?</entry>\n"),
        [f"{FEED}: V7 the feed does not name {PAGE}"],
    ),
    "no sitemap": (
        both(
            gone("sitemap.xml"),
            file("robots.txt", "User-agent: *\n"),
        ),
        ["sitemap.xml: V7 there is no sitemap that names pages"],
    ),
    # V8: more of it in test_pages
    "a page without a language": (
        swap(PAGE, '<html lang="en" dir="ltr">', '<html dir="ltr">'),
        [f"{PAGE}: V8 <html> has no lang"],
    ),
    "a language that the site has not": (
        swap(AUTHOR, '<html lang="en"', '<html lang="de"'),
        [
            f"{AUTHOR}: V8 lang=“de” is not a language of the site",
            f"{AUTHOR}: V4 hreflang says en, and {AUTHOR} is in de",
            f"{AUTHOR}: V4 hreflang says en, and {AUTHOR} is in de",
            f"tr/authors/ada-deniz/index.html: V4 hreflang says en, and {AUTHOR} is in de",
            f"{AUTHOR}: V4 the page names no feed in de",
            f"{AUTHOR}: V4 og:locale and og:locale:alternate are not the languages of the versions",
            f"{AUTHOR}: V5 inLanguage is en, and the page is in de",
        ],
    ),
    "a feed in a language that the site has not": (
        swap(FEED, 'xml:lang="en"', 'xml:lang="de"'),
        [
            f"{FEED}: V8 xml:lang=“de” is not a language of the site",
            *[f"{FEED}: V7 the entry names no page in de"] * 2,
            *[
                f"{path}: V4 the page names no feed in en"
                for path in (
                    *("index.html", "en/index.html", AUTHOR, PAGE),
                    *("en/topics/index.html", "en/topics/sea/index.html"),
                )
            ],
            "en/liman-isiklari/index.html: V4 the page names no feed in en",
        ],
    ),
    "words without their language, wherever they are listed": (
        both(
            body("<p>А слово и дело.</p>", "en/index.html"),
            body("<p>А слово и дело.</p>", AUTHOR),
            body("<p>В слово и\nдело: слово и дело.</p>"),
            body("<p>Бир слово</p>", TURKISH),
        ),
        [
            (
                f"{AUTHOR}: V8 “слово и дело” is not in the letters of en, "
                "which 3 pages say it is in"
            ),
            f"{TURKISH}: V8 “Бир слово” is not in the letters of tr, which the page says it is in",
        ],
    ),
    "words without their language": (
        swap(PAGE, '<span lang="fa" dir="rtl">', "<span>"),
        [f"{PAGE}: V8 “دفتر” is not in the letters of en, which the page says it is in"],
    ),
    # V9: more of it in test_pages
    "a script of another site": (
        body('<script src="https://x.example/x.js"></script>'),
        [
            f"{PAGE}: V9 “https://x.example/x.js” is loaded from elsewhere",
            f"{PAGE}: V9 the policy does not allow “https://x.example/x.js” (script-src)",
        ],
    ),
    "an image of another site": (
        body('<img src="https://x.example/x.png" alt="">'),
        [f"{PAGE}: V9 “https://x.example/x.png” is loaded from elsewhere"],
    ),
    "a font of another site": (
        swap(CSS, "*/", "*/ @import '//x.example/x.css';"),
        [f"{CSS}: V9 “//x.example/x.css” is loaded from elsewhere"],
    ),
    "a form of another site": (
        body('<form action="https://x.example/"></form>'),
        [f"{PAGE}: V9 “https://x.example/” is loaded from elsewhere"],
    ),
    "a script that the policy alone knows": (
        swap(PAGE, "script-src 'sha256-", "script-src 'sha256-old' 'sha256-"),
        [f"{PAGE}: V9 the policy names a script that is not there: 'sha256-old'"],
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_as_what_it_is_and_nothing_else(root: Path, name: str) -> None:
    fault, expected = FAULTS[name]
    fault(root)
    seal(root)
    assert sorted(told(root)) == sorted(expected)


def test_places_are_lines_and_columns_of_the_file(root: Path) -> None:
    into_body(root, PAGE, '<a href="../liman-isiklari/#:~:text=x">x</a><a href="#top">x</a>')
    into_body(root, PAGE, '<p>\n <a title="x" href="../a&amp;b/">x</a></p>')
    edit(root, FEED, 'length="27"', 'length="28"')
    seal(root)
    for problem in found(root):
        lines = (root / problem.span.path).read_text(encoding="utf-8").split("\n")
        rest = lines[problem.span.line - 1][problem.span.column - 1 :]
        assert rest.startswith(('href="../a&amp;b/"', '<link rel="enclosure"'))


def test_without_a_page_at_the_root_nothing_is_reached(root: Path) -> None:
    (root / "output/index.html").unlink()
    seal(root)
    messages = told(root)
    assert "index.html: V6 there is no page at the root" in messages
    assert f"en/index.html: V2 “{BASE}” leads nowhere: there is no index.html" in messages


# ── Structured data: the policy names what was changed ───────────────────────────────────────


def data(root: Path, path: str, old: str, new: str) -> None:
    """Change a page's JSON-LD and name it in the policy."""
    edit(root, path, old, new)
    text = (root / "output" / path).read_text(encoding="utf-8")
    [script] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    named = re.sub(r"'sha256-[^']*'", f"'sha256-{digest}'", text)
    (root / "output" / path).write_text(named, encoding="utf-8")


ARTICLE = f"{BASE}en/harbour-lights/#article"
TRANSLATION = f"{BASE}tr/harbour-lights/#article"
SAYINGS = {
    "not to be read": (
        PAGE,
        '{"@context"',
        '{"@context',
        [
            f"{PAGE}: V5 the JSON-LD cannot be read: Expecting ':' delimiter",
            f"{TURKISH}: V5 no page says what “{ARTICLE}” is",
        ],
    ),
    "no context": (
        PAGE,
        '"@context"',
        '"context"',
        [
            f"{PAGE}: V5 the JSON-LD has no @context",
            f"{TURKISH}: V5 no page says what “{ARTICLE}” is",
        ],
    ),
    "nobody says what it is": (
        PAGE,
        f'"publisher":{{"@id":"{BASE}#publisher"}}',
        f'"publisher":{{"@id":"{BASE}#house"}}',
        [f"{PAGE}: V5 no page says what “{BASE}#house” is"],
    ),
    "a name elsewhere that nobody explains": (
        PAGE,
        f'"publisher":{{"@id":"{BASE}#publisher"}}',
        '"publisher":{"@id":"https://x.example/#house"}',
        [f"{PAGE}: V5 no page says what “https://x.example/#house” is"],
    ),
    "a dead address": (
        PAGE,
        f'"contentUrl":"{BASE}en/',
        f'"contentUrl":"{BASE}xx/',
        [
            (
                f"{PAGE}: V2 “{BASE}xx/harbour-lights/harbour-lights.en.pdf” leads nowhere: "
                "there is no xx/harbour-lights/harbour-lights.en.pdf"
            ),
        ],
    ),
    "the wrong language": (
        TURKISH,
        '"inLanguage":"tr","datePublished"',
        '"inLanguage":"en","datePublished"',
        [
            f"{TURKISH}: V5 inLanguage is en, and the page is in tr",
            f"{PAGE}: V5 “{TRANSLATION}” is said to be in tr, not en",
        ],
    ),
    "an original that does not know": (
        PAGE,
        f'"workTranslation":[{{"@type":"Article","@id":"{TRANSLATION}"',
        '"workExample":[{"@type":"Article","@id":"https://x.example/","name":"x"',
        [f"{TURKISH}: V5 “{ARTICLE}” does not name this text as its translation"],
    ),
    "a translation that does not know": (
        TURKISH,
        '"translationOfWork":',
        '"isBasedOn":',
        [f"{PAGE}: V5 “{TRANSLATION}” does not name this text as its original"],
    ),
    "its own translation": (
        TURKISH,
        f'"translationOfWork":{{"@type":"Article","@id":"{ARTICLE}"',
        f'"translationOfWork":{{"@type":"Article","@id":"{TRANSLATION}"',
        [
            f"{TURKISH}: V5 the text is said to be its own translation",
            f"{TURKISH}: V5 “{TRANSLATION}” does not name this text as its translation",
            f"{PAGE}: V5 “{TRANSLATION}” does not name this text as its original",
        ],
    ),
    "its own translation, as the original has it": (
        PAGE,
        f'"workTranslation":[{{"@type":"Article","@id":"{TRANSLATION}"',
        f'"workTranslation":[{{"@id":"{ARTICLE}"}},{{"@type":"Article","@id":"{TRANSLATION}"',
        [
            f"{PAGE}: V5 the text is said to be its own translation",
            f"{PAGE}: V5 “{ARTICLE}” does not name this text as its original",
            f"{TURKISH}: V5 the translations of the original are not those that it names itself",
        ],
    ),
    "other translations": (
        TURKISH,
        f'"workTranslation":[{{"@type":"Article","@id":"{TRANSLATION}"',
        f'"workTranslation":[{{"@type":"Article","@id":"{ARTICLE}"',
        [
            f"{TURKISH}: V5 the translations of the original are not those that it names itself",
            f"{TURKISH}: V5 “{ARTICLE}” is said to be in tr, not en",
        ],
    ),
}


@pytest.mark.parametrize(
    "graph", ["7", '[7, {"@id": 8, "@type": ["Article"]}]', '{"@id": []}', "[" * 900 + "]" * 900]
)
def test_structured_data_of_any_form_is_read(root: Path, graph: str) -> None:
    text = (root / "output" / PAGE).read_text(encoding="utf-8")
    old = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text)[0]
    data(root, PAGE, old, f'{{"@context":"https://schema.org","@graph":{graph}}}')
    seal(root)
    assert told(root) == [f"{TURKISH}: V5 no page says what “{ARTICLE}” is"]


def test_structured_data_is_one_object(root: Path) -> None:
    text = (root / "output" / PAGE).read_text(encoding="utf-8")
    data(
        root, PAGE, re.findall(r'<script type="application/ld\+json">(.*?)</script>', text)[0], "[]"
    )
    seal(root)
    assert f"{PAGE}: V5 the JSON-LD has no @context" in told(root)


@pytest.mark.parametrize("name", SAYINGS)
def test_what_structured_data_says_is_true(root: Path, name: str) -> None:
    path, old, new, expected = SAYINGS[name]
    data(root, path, old, new)
    seal(root)
    assert sorted(told(root)) == sorted(expected)


# ── Pages and files of other kinds ───────────────────────────────────────────────────────────


def test_what_hosts_and_scripts_ask_for_needs_no_link(root: Path) -> None:
    text = (root / "output/en/index.html").read_text(encoding="utf-8")
    head = re.sub(r'<link rel="(?:alternate" hreflang|canonical).*?>\n', "", text)
    head = re.sub(r'<meta property="og:(?:url|locale.*?)" .*?>\n', "", head)
    lost = re.sub(r'(href|src)="(?!https:|#)(?:\.\./)?', r'\1="/en/', head)
    lost = lost.replace("/en/assets/", "/assets/").replace("/en/tr/", "/tr/")
    put(root, "404.html", lost.replace('href="/en/./"', 'href="/en/"'))
    put(root, "_headers", "/*\n  X-Frame-Options: DENY\n")
    put(root, "_redirects", "/en/old/ /en/harbour-lights/ 301\n")
    put(root, "en/old/index.html", moved("../harbour-lights/"))
    put(root, "pagefind/pagefind.js", "1")
    put(root, ".well-known/security.txt", "Contact: mailto:x@x.example")
    # A later page of a list: only itself, and none in other languages.
    own = f'<link rel="canonical" href="{BASE}en/page/2/">'
    later = re.sub(r'href="(?!https:|#)', 'href="../../', head).replace("<title>", f"{own}<title>")
    put(root, "en/page/2/index.html", later)
    into_body(root, "en/index.html", '<a href="page/2/">2</a>')
    # A page that looks for others: with its versions, but in no sitemap.
    for tag in ("en", "tr"):
        text = (root / f"output/{tag}/authors/ada-deniz/index.html").read_text(encoding="utf-8")
        text = text.replace("authors/ada-deniz/", "search/").replace("../../", "../")
        text = re.sub(
            "<main.*</main>", "<main id=page-content><h1>x</h1></main>", text, flags=re.DOTALL
        )
        text = re.sub(r"<script.*</script>\n", "", text)
        text = re.sub(r" script-src '.*?';", "", text)
        put(root, f"{tag}/search/index.html", text)
        into_body(root, f"{tag}/index.html", '<a href="search/">x</a>')
    seal(root)
    assert told(root) == []


@pytest.mark.parametrize(
    "place",
    [
        "/en/old/ /notes/en/ 301",
        "/notes/en/old/ /en/ 301",
        f"/en/old/ {BASE}notes/en/ 301",
    ],
)
def test_below_a_path_a_list_of_redirects_may_name_it_or_not(site: Path, place: str) -> None:
    settings = site / "pyproject.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("harbour.example", "harbour.example/notes"), encoding="utf-8")
    build(site, pdfs=False)
    put(site, "_redirects", f"{place}\n")
    seal(site)
    assert told(site) == []


def test_the_page_for_what_is_not_found_has_no_relative_links(root: Path) -> None:
    text = moved("/en/").replace('<meta http-equiv="refresh" content="0; url=/en/">', "")
    policy = '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">'
    text = text.replace("<head>", f"<head>{policy}<title>x</title>")
    text = text.replace("<body>", "<body><h1>x</h1>")
    put(root, "404.html", text.replace("<body>", '<body><a href="en/">x</a><a href="#x">x</a>'))
    seal(root)
    assert told(root) == [
        "404.html: V2 “en/” is relative, and hosts show 404.html everywhere",
        "404.html: V3 there is no id “x” in this page",
    ]


def test_texts_are_utf_8_and_files_can_be_read(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "output/robots.txt").write_bytes(b"Sitemap: \xff")
    seal(root)
    assert "robots.txt: V7 this text is not UTF-8" in told(root)

    def refuse(*_: object) -> None:
        raise OSError(5, "no luck")

    monkeypatch.setattr("publish.built.os.scandir", refuse)
    assert ": V1 cannot be read: no luck" in told(root)
    monkeypatch.undo()
    monkeypatch.setattr("publish.built.hashlib.file_digest", refuse)
    message = "V1 cannot be read: no luck"
    assert f"en/harbour-lights/harbour-lights.en.pdf: {message}" in told(root)


def test_days_may_be_missing_and_data_be_in_a_stylesheet(root: Path) -> None:
    cut("sitemap.xml", "<lastmod>.*?</lastmod>")(root)
    edit(root, CSS, "*/", "*/ p { background: url(data:image/png,x) url(#x) }")
    seal(root)
    assert told(root) == []


def test_a_sitemap_is_not_too_long(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(built, "_SITEMAP_ADDRESSES", 12)
    assert told(root) == ["sitemap.xml: V7 the sitemap is too long"]
    monkeypatch.setattr(built, "_SITEMAP_ADDRESSES", 13)
    assert told(root) == []
    monkeypatch.setattr(built, "_SITEMAP_SIZE", 500)
    assert told(root) == ["sitemap.xml: V7 the sitemap is too long"]


def test_a_sitemap_may_be_in_parts(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publish.sitemaps.artefacts.__defaults__", (4,))
    build(root, engine=engine, clean=True)
    assert (root / "output/sitemap-3.xml").is_file()
    assert told(root) == []
    edit(root, "sitemap.xml", "sitemap-2.xml", "sitemap-9.xml")
    seal(root)
    assert told(root) == [
        "sitemap-2.xml: V6 no page names this file",
        f"sitemap.xml: V2 “{BASE}sitemap-9.xml” leads nowhere: there is no sitemap-9.xml",
    ]


def test_below_a_path_the_rest_of_the_host_is_another_site(site: Path) -> None:
    settings = site / "pyproject.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("harbour.example", "harbour.example/notes"), encoding="utf-8")
    build(site, pdfs=False)
    into_body(site, PAGE, f'<a href="{BASE}about/">x</a><a href="/about/">y</a>')
    seal(site)
    assert told(site) == [f"{PAGE}: V2 “/about/” leads out of the site, which lies below /notes/"]


# ── The command line ─────────────────────────────────────────────────────────────────────────


def test_the_command_line_tells_what_is_wrong_below_a_path(root: Path) -> None:
    into_body(root, PAGE, '<a href="x/">x</a>')
    into_body(root, TURKISH, '<a href="x/">x</a>')
    seal(root)
    run = CliRunner(catch_exceptions=False).invoke
    both_pages = run(main, ["-C", str(root), "check", "--built"])
    assert (both_pages.exit_code, both_pages.stdout) == (1, "2 errors, 0 warnings\n")
    one = run(main, ["-C", str(root), "check", "--built", "--format", "json", "output/tr"])
    assert [(row["code"], row["path"]) for row in json.loads(one.stdout)] == [
        ("V2", f"output/{TURKISH}")
    ]
    none = run(main, ["-C", str(root), "check", "--built", "output/assets"])
    assert (none.exit_code, none.stdout) == (0, "no problems\n")


def test_without_an_output_there_is_nothing_to_look_at(site: Path) -> None:
    run = CliRunner(catch_exceptions=False).invoke
    result = run(main, ["-C", str(site), "check", "--built"])
    assert result.exit_code == 2
    assert "there is no output/ to look at; first: publish build" in result.stderr
    result = run(main, ["-C", str(site), "check", "--built", "--fuzzy"])
    assert (result.exit_code, "--built looks at output/ alone" in result.stderr) == (2, True)


def test_nothing_of_the_sources_is_read(root: Path) -> None:
    shutil.rmtree(root / "sources")
    shutil.rmtree(root / "locales")
    assert told(root) == []
