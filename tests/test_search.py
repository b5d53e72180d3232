"""The index, and what readers find with it: a table of queries, asked in a real browser."""

from __future__ import annotations

import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from publish.build import build

HERE = Path(__file__).parent
FOLDER = HERE / "search"
SHOWN = 3
"""The last rank at which a piece counts as found: three results are on a phone's first screen."""


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
    build(root, pdfs=False)
    return root


# ── In a browser ─────────────────────────────────────────────────────────────────────────────


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Keep still."""


@dataclass
class Reader:
    """Somebody at a browser, and all that it complained of."""

    page: Any
    site: str
    complaints: list[str] = field(default_factory=list)
    loaded: list[tuple[str, int]] = field(default_factory=list)

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
        links = self.page.locator(".found a")
        found = links.evaluate_all("links => links.map(link => link.href)")
        return [address.removeprefix(self.site) for address in found]

    def said(self) -> str:
        return str(self.page.inner_text(".said"))


@pytest.fixture(scope="module")
def reader(root: Path) -> Iterator[Reader]:
    """The site below a prefix, on a plain file server, and a browser that looks at it."""
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
        page = browser.new_page()
        reader = Reader(page, f"http://127.0.0.1:{server.server_port}/output/")
        page.on("console", lambda message: reader.complaints.append(message.text))
        page.on("pageerror", lambda error: reader.complaints.append(str(error)))
        page.on("request", lambda request: reader.loaded.append((request.url, 0)))
        yield reader
        browser.close()
        server.shutdown()


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
    assert reader.complaints == []
