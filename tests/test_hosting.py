"""How the site is served: what `_headers` says, and what real servers and a browser make of it."""

from __future__ import annotations

import dataclasses
import functools
import http.client
import http.server
import os
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from publish import hosting, urls
from publish.build import build
from publish.load import load
from publish.locales import parse
from publish.model import Pdf, Settings

HERE = Path(__file__).parent
ROOT = HERE.parent
FRESH = "public, max-age=0, must-revalidate"
FOR_EVER = "public, max-age=31536000, immutable"
MOVED = "/en/old-lights/ /en/harbour-lights/ 301\n"

SITE = Settings(
    title={"en": "Papers"},
    base_url="https://harbour.example",
    languages=(parse("en"), parse("pt-BR")),
    default_language=parse("en"),
)


def rules(settings: Settings) -> dict[str, dict[str, str]]:
    """Pattern → header → value, as a host reads them."""
    [artefact] = hosting.artefacts(settings)
    assert artefact.path == "_headers"
    found: dict[str, dict[str, str]] = {}
    for line in artefact.content.decode("ascii").splitlines():
        if line.startswith("/"):
            found[line] = fields = {}
        else:
            name, _, value = line.strip().partition(": ")
            fields[name] = value
    return found


def answered(settings: Settings, path: str) -> list[tuple[str, str]]:
    """The headers that a host sends with a path, each as often as a rule has it."""
    return [
        header
        for pattern, fields in rules(settings).items()
        if fnmatchcase(path, pattern)
        for header in fields.items()
    ]


# ── Headers ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("path", "cache", "kind"),
    [
        ("/", FRESH, None),
        ("/en/", FRESH, None),
        ("/pt-br/some-piece/some-piece.pt-br.pdf", FRESH, None),
        ("/pt-br/feed.xml", FRESH, "application/atom+xml; charset=utf-8"),
        ("/assets/screen.0123456789ab.css", FOR_EVER, None),
        ("/sitemap.xml", FRESH, None),
        ("/404.html", FRESH, None),
        ("/else.txt", None, None),
    ],
)
def test_no_host_is_told_two_values_of_one_header(
    path: str, cache: str | None, kind: str | None
) -> None:
    found = answered(SITE, path)
    assert len(dict(found)) == len(found)
    assert dict(found).items() >= hosting.headers(SITE).items()
    assert (dict(found).get("Cache-Control"), dict(found).get("Content-Type")) == (cache, kind)


def test_a_site_below_a_path_names_it_to_the_host() -> None:
    below = dataclasses.replace(SITE, base_url="https://harbour.example/notes")
    assert {pattern.removeprefix("/notes") for pattern in rules(below)} == set(rules(SITE))
    assert answered(below, "/other/") == []


def test_hosts_take_the_file_as_it_is() -> None:
    # Cloudflare's limits: 100 rules, 2,000 characters a line, one splat a rule.
    [artefact] = hosting.artefacts(SITE)
    assert max(map(len, artefact.content.decode().splitlines())) < 2000
    assert all(pattern.count("*") <= 1 for pattern in rules(SITE))


def test_a_site_without_feeds_names_none() -> None:
    silent = dataclasses.replace(SITE, feeds=False)
    assert not any("feed" in pattern for pattern in rules(silent))
    for snippet in hosting.SNIPPETS.values():
        assert "atom" in snippet(SITE, "/srv/site", ())
        assert "feed.xml" not in snippet(silent, "/srv/site", ())


@pytest.mark.parametrize(
    ("base_url", "bound"),
    [
        ("https://harbour.example", True),
        ("http://harbour.example", False),
        # Others live on that host.
        ("https://harbour.example/notes", False),
    ],
)
def test_only_a_host_of_its_own_is_bound_to_https(base_url: str, bound: bool) -> None:
    found = hosting.headers(dataclasses.replace(SITE, base_url=base_url))
    assert ("Strict-Transport-Security" in found) is bound
    assert "preload" not in found.get("Strict-Transport-Security", "")


def test_the_policy_opens_nothing_but_the_search() -> None:
    plain, search = hosting.policy(search=False), hosting.policy(search=True)
    for policy in (plain, search):
        assert "unsafe-inline" not in policy
        assert "'unsafe-eval'" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "http" not in policy
    assert "script-src 'none'" in plain
    assert "script-src 'self' 'wasm-unsafe-eval'" in search
    assert "connect-src 'self'" in search


def directives(policy: str) -> dict[str, set[str]]:
    """Directive → its sources; a hash stands for data, which asks for nothing."""
    parts = (part.split() for part in policy.split(";"))
    return {
        name: {source for source in sources if not source.startswith("'sha256-")} - {"'none'"}
        for name, *sources in parts
    }


def test_the_policy_of_answers_is_no_narrower_than_that_of_pages(site: Path) -> None:
    build(site, pdfs=False)
    answer = directives(hosting.policy(search=False))
    for page in (site / "output").rglob("*.html"):
        [policy] = re.findall(r'Policy" content="([^"]+)"', page.read_text(encoding="utf-8"))
        for name, sources in directives(policy).items():
            assert sources <= answer[name], (page, name)


def test_a_build_writes_the_headers(site: Path) -> None:
    build(site, pdfs=False)
    [artefact] = hosting.artefacts(load(site).site.settings)
    assert (site / "output/_headers").read_bytes() == artefact.content


# ── Snippets ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "base_url", "pairs"),
    [
        ("", "https://a.example", ()),
        (MOVED, "https://a.example", (("/en/old-lights/", "/en/harbour-lights/"),)),
        ("# none\n\n/x/ /y/  # why\n/z\n", "https://a.example", (("/x/", "/y/"),)),
        ("/notes/x/ /notes/y/ 301\n", "https://a.example/notes", (("/x/", "/y/"),)),
        ("/x/ https://b.example/ 301\n", "https://a.example", ()),
        ("/x/ /y/\n/x/ /z/\n", "https://a.example", (("/x/", "/y/"),)),
        ("/x/* /y/:splat\n/{x} /y/\n", "https://a.example", ()),
    ],
)
def test_old_addresses_are_read_as_they_were_published(
    text: str, base_url: str, pairs: tuple[tuple[str, str], ...]
) -> None:
    assert hosting.moved(text, base_url) == pairs


@pytest.mark.parametrize(
    ("folder", "right"),
    [
        ("/srv/site", True),
        ("/srv/Liman Yazıları/output", True),
        ("srv/site", False),
        ('/srv/"site', False),
        ("/srv/$site", False),
        ("/srv/{site}", False),
        ("/srv/a\nb", False),
    ],
)
def test_a_folder_that_a_configuration_would_misread_has_a_fault(folder: str, right: bool) -> None:
    assert (hosting.folder_fault(folder) == "") is right


# ── Real servers ─────────────────────────────────────────────────────────────────────────────

NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
CADDY = shutil.which("caddy")
PROGRAMS = {"nginx": NGINX, "caddy": CADDY}
CONFIGURATION = """\
daemon off;
master_process off;
pid {here}/nginx.pid;
error_log {here}/error.log;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {here}/body;
    proxy_temp_path {here}/proxy;
    fastcgi_temp_path {here}/fastcgi;
    uwsgi_temp_path {here}/uwsgi;
    scgi_temp_path {here}/scgi;
    server {{
        listen 127.0.0.1:{port};
        include {here}/snippet;
    }}
}}
"""
ALONE = "{\n\tadmin off\n\tauto_https off\n}\n"


@dataclass(frozen=True)
class Answer:
    """What a server said."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Server:
    """A server at work, and the site that it serves."""

    port: int
    prefix: str
    settings: Settings
    output: Path

    def get(self, path: str, **headers: str) -> Answer:
        """The answer to one request, redirects not followed."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", f"{self.prefix}{path}", headers=headers)
        response = connection.getresponse()
        names = [name for name, _ in response.getheaders()]
        assert len(names) == len(set(names)), names
        answer = Answer(response.status, dict(response.getheaders()), response.read())
        connection.close()
        return answer


def environment(here: Path) -> dict[str, str]:
    """Programs keep what they remember in the test's own folder."""
    places = ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")
    return {**os.environ, **dict.fromkeys(places, str(here))}


def command(name: str, text: str, port: int, here: Path) -> list[str]:
    """Write the configuration; what starts the server with it."""
    if name == "nginx":
        (here / "snippet").write_text(text, encoding="utf-8")
        (here / "nginx.conf").write_text(CONFIGURATION.format(here=here, port=port), "utf-8")
        program = [str(NGINX), "-p", str(here), "-e", f"{here}/start.log"]
        return [*program, "-c", f"{here}/nginx.conf"]
    text = re.sub(r"^\w+://\S+ \{", f"http://127.0.0.1:{port} {{", text, flags=re.MULTILINE)
    (here / "Caddyfile").write_text(ALONE + text, encoding="utf-8")
    return [str(CADDY), "run", "--adapter", "caddyfile", "--config", f"{here}/Caddyfile"]


@contextmanager
def running(name: str, text: str, here: Path) -> Iterator[int]:
    """The port of the server, which ends with the context."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (here / "log").open("wb") as log:
        process = subprocess.Popen(
            command(name, text, port, here), stdout=log, stderr=log, env=environment(here)
        )
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None, (here / "log").read_text(encoding="utf-8")
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(
    scope="module",
    params=[(name, path) for name in PROGRAMS for path in ("", "/notes")],
    ids="".join,
)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """The small whole site behind a real server, at the root of a host and below a path."""
    name, prefix = request.param
    if PROGRAMS[name] is None:
        pytest.skip(f"{name} is not installed")
    here = tmp_path_factory.mktemp("server")
    root = here / "Liman Yazıları"
    shutil.copytree(HERE / "site", root)
    file = root / "pyproject.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("harbour.example", f"harbour.example{prefix}"), encoding="utf-8")
    build(root, engine=lambda job: Pdf(b"%PDF-1.7 as far as a server knows", 1))
    settings, output = load(root).site.settings, root / "output"
    missing = output / urls.NOT_FOUND
    if not missing.exists():
        missing.write_text("<!doctype html><title>Not here</title>", encoding="utf-8")
    with (output / "_redirects").open("a", encoding="utf-8") as redirects:
        redirects.write(MOVED)
    pairs = hosting.moved((output / "_redirects").read_text("utf-8"), settings.base_url)
    snippet = hosting.SNIPPETS[name](settings, str(output), pairs)
    with running(name, snippet, here) as port:
        yield Server(port, prefix, settings, output)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/tr/", "text/html; charset=utf-8"),
        ("/tr/harbour-lights/", "text/html; charset=utf-8"),
        ("/tr/harbour-lights/harbour-lights.tr.pdf", "application/pdf"),
        ("/tr/harbour-lights/harbour-lights.tr.bib", "application/x-bibtex; charset=utf-8"),
        (
            "/tr/harbour-lights/harbour-lights.tr.ris",
            "application/x-research-info-systems; charset=utf-8",
        ),
        ("/tr/feed.xml", "application/atom+xml; charset=utf-8"),
        ("/sitemap.xml", "application/xml; charset=utf-8|text/xml; charset=utf-8"),
        ("/robots.txt", "text/plain; charset=utf-8"),
    ],
)
def test_a_server_says_what_a_file_is_and_that_it_may_change(
    server: Server, path: str, kind: str
) -> None:
    answer = server.get(path)
    assert answer.status == 200
    assert answer.headers["Content-Type"].casefold() in kind.split("|")
    assert answer.headers["Cache-Control"] == FRESH
    assert answer.headers.items() >= hosting.headers(server.settings).items()
    assert "Content-Disposition" not in answer.headers
    file = server.output / f"{path.removeprefix('/')}{'index.html' if path[-1] == '/' else ''}"
    assert answer.body == file.read_bytes()
    [tag] = [value for name, value in answer.headers.items() if name.casefold() == "etag"]
    again = server.get(path, **{"If-None-Match": tag})
    assert (again.status, again.body) == (304, b"")


def test_a_server_lets_assets_be_kept_for_ever(server: Server) -> None:
    [sheet] = server.output.glob("assets/*.css")
    answer = server.get(f"/assets/{sheet.name}")
    assert (answer.status, answer.headers["Cache-Control"]) == (200, FOR_EVER)
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert answer.headers.items() >= hosting.headers(server.settings).items()


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/en/nothing/here/at/all/",
        "/en/harbour-lights/nothing.bib",
        "/assets/screen.000000000000.css",
        "/assets/",
        "/_headers",
        "/_redirects",
        "/.output.lock",
    ],
)
def test_what_is_missing_has_its_page_and_is_not_kept(server: Server, path: str) -> None:
    answer = server.get(path)
    assert answer.status == 404
    assert answer.body == (server.output / urls.NOT_FOUND).read_bytes()
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == FRESH
    assert answer.headers.items() >= hosting.headers(server.settings).items()


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/en/old-lights/", "/en/harbour-lights/"),
        ("/tr/harbour-lights", "/tr/harbour-lights/"),
    ],
)
def test_a_server_leads_on_from_old_and_short_addresses(
    server: Server, path: str, target: str
) -> None:
    answer = server.get(path)
    assert answer.status in {301, 308}
    assert answer.headers["Location"] == f"{server.prefix}{target}"


@pytest.mark.parametrize("way", ["/..", "/%2e%2e", "/en/..%2f..", "/assets/../.."])
def test_nothing_beside_the_published_site_is_served(server: Server, way: str) -> None:
    assert (server.output.parent / "pyproject.toml").is_file()
    assert b"[tool.publish]" not in server.get(f"{way}/pyproject.toml").body


def test_a_site_below_a_path_is_found_without_the_last_slash(server: Server) -> None:
    if server.prefix:
        answer = server.get("")
        assert answer.status in {301, 302, 308}
        assert answer.headers["Location"] == f"{server.prefix}/"


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_server_finds_no_fault_in_what_is_printed(name: str, tmp_path: Path) -> None:
    if PROGRAMS[name] is None:
        pytest.skip(f"{name} is not installed")
    redirects = [(f"/en/{'long-' * 15}{n}/", f"/en/short-{n}/") for n in range(200)]
    for base_url in ("https://harbour.example", "https://harbour.example/notes"):
        settings = dataclasses.replace(SITE, base_url=base_url)
        text = hosting.SNIPPETS[name](settings, str(tmp_path), redirects)
        program = command(name, text, 8080, tmp_path)
        if name == "nginx":
            program.append("-t")
        else:
            (tmp_path / "Caddyfile").write_text(text, encoding="utf-8")
            program[1] = "validate"
        done = subprocess.run(
            program, capture_output=True, text=True, check=False, env=environment(tmp_path)
        )
        assert done.returncode == 0, done.stderr
        assert "warn" not in done.stderr.casefold(), done.stderr


# ── A browser ────────────────────────────────────────────────────────────────────────────────


class Host(http.server.SimpleHTTPRequestHandler):
    """A host that reads `_headers`."""

    def __init__(self, *args: Any, settings: Settings, **more: Any) -> None:
        """Keep whose headers they are."""
        self.settings = settings
        super().__init__(*args, **more)

    def end_headers(self) -> None:
        """Add what the rules say."""
        for name, value in answered(self.settings, self.path):
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 — the base class's name
        """Say nothing."""


def test_a_browser_finds_no_page_that_the_headers_forbid_anything(tmp_path: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is not installed")
    for name in ("sources", "locales", "templates"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copyfile(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    build(tmp_path, pdfs=False)
    settings, output = load(tmp_path).site.settings, tmp_path / "output"
    pages = [
        path
        for path in sorted(output.rglob("*.html"))
        if 'http-equiv="refresh"' not in path.read_text(encoding="utf-8")
    ]
    told: list[str] = []
    handler = functools.partial(Host, directory=str(output), settings=settings)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as host:
        threading.Thread(target=host.serve_forever, daemon=True).start()
        with playwright.sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            page = browser.new_page()
            page.on(
                "console",
                lambda message: told.append(f"{message.location['url']}: {message.text}"),
            )
            page.on("pageerror", lambda error: told.append(str(error)))
            for path in pages:
                address = path.relative_to(output).as_posix().removesuffix("index.html")
                page.goto(f"http://127.0.0.1:{host.server_port}/{address}")
                # The stylesheet came, and so it was allowed.
                assert page.evaluate("document.styleSheets[0].cssRules.length") > 10
            browser.close()
        host.shutdown()
    assert len(pages) > 10
    # Browsers ask for an icon that no page names.
    assert [text for text in told if "/favicon.ico" not in text] == []
