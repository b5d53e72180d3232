"""A real browser before a built site: what it shows, what it asks for, what it complains of."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

MEASURE = Path(__file__).with_name("measure.js")
"""Functions that every page is given beside its own, which are none."""

NAMES = ("chromium", "chromium-browser", "google-chrome")
"""What Debian and others call the browser. None is ever downloaded."""

VIOLATIONS = (
    "document.addEventListener('securitypolicyviolation', (event) => "
    "console.error(`policy: ${event.violatedDirective}: ${event.blockedURI}`))"
)


def installed() -> str | None:
    """Where the system has a browser, or nothing."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def started(path: str) -> Iterator[Browser]:
    """The browser at `path`, without a window; gone at the end."""
    # Containers have neither the rights that the sandbox asks for nor room in /dev/shm.
    arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        try:
            yield browser
        finally:
            browser.close()


class _Quiet(SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        # Browsers ask for it on their own; that a site has none is no fault of its pages.
        if self.path == "/favicon.ico":
            self.send_response(HTTPStatus.NO_CONTENT)
            self.end_headers()
        else:
            super().do_GET()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 — its own name for it
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address under which this machine alone sees the files in `folder`."""
    handler = partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


@dataclass(frozen=True, slots=True)
class Watched:
    """A page, and what went on behind it."""

    page: Page
    origin: str
    complaints: list[str] = field(default_factory=list)
    """What the browser says on its console, failures and breaches of the policy among it."""

    requests: list[str] = field(default_factory=list)
    """Every address that was asked for."""

    @property
    def faults(self) -> tuple[str, ...]:
        """Complaints, and requests that left the site."""
        abroad = (one for one in self.requests if not one.startswith((self.origin, "data:")))
        return (*self.complaints, *(f"asked for {one}" for one in abroad))


def watched(context: BrowserContext, origin: str) -> Watched:
    """A new page that is watched from the start."""
    context.add_init_script(path=MEASURE)
    context.add_init_script(VIOLATIONS)
    page = context.new_page()
    found = Watched(page, origin)

    def failed(request: Request) -> None:
        found.complaints.append(f"not loaded: {request.url}: {request.failure}")

    page.on("console", lambda said: found.complaints.append(f"{said.type}: {said.text}"))
    page.on("pageerror", lambda error: found.complaints.append(f"error: {error}"))
    page.on("requestfailed", failed)
    page.on("request", lambda request: found.requests.append(request.url))
    return found


class Kind(NamedTuple):
    """What pages have in common that look alike."""

    language: str

    page: str
    """The first class of the body."""

    depth: int

    folder: str
    """The folder below the language, where that holds several pages."""


_LANGUAGE = re.compile(r'<html[^>]* lang="([^"]+)"')
_CLASS = re.compile(r'<body[^>]* class="([^" ]+)')
_REFRESH = re.compile(r'<meta[^>]* http-equiv="refresh"', re.IGNORECASE)


def pages(output: Path) -> list[str]:
    """Every page by its path below `output`. One that only leads on is none that anybody reads."""
    return [
        file.relative_to(output).as_posix().removesuffix("index.html")
        for file in sorted(output.rglob("*.html"))
        if not _REFRESH.search(file.read_text(encoding="utf-8"))
    ]


def kinds(output: Path) -> dict[Kind, str]:
    """One page of each kind in each language, the largest, by its path below `output`."""
    found: dict[Kind, tuple[int, str]] = {}
    for name in pages(output):
        file = output / name
        text = (file / "index.html" if file.is_dir() else file).read_text(encoding="utf-8")
        language, page = _LANGUAGE.search(text), _CLASS.search(text)
        parts = name.split("/")
        kind = Kind(
            language[1] if language else "",
            page[1] if page else "",
            len(parts),
            parts[1] if len(parts) > 3 else "",
        )
        found[kind] = max(found.get(kind, (0, "")), (len(text), name))
    return {kind: name for kind, (_, name) in sorted(found.items())}
