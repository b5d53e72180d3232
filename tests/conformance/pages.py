"""The readers' site before the Nu HTML checker, axe-core, and the schemas of feeds and sitemaps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Error

from publish import sitemaps
from publish.errors import PublishError
from publish.load import load

from .. import browser as browsers
from .. import whole
from ..conftest import NOW
from . import samples, tools, verdicts, web
from .verdicts import Document, Section, Verdict

STATES: Mapping[str, Mapping[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True},
}
"""How a page of each kind is seen."""

PROOF = "what none may pass"


@dataclass(frozen=True, slots=True)
class Built:
    """A published site."""

    name: str
    """What the report calls it."""

    output: Path

    @property
    def checked(self) -> tuple[str, ...]:
        """Pages and style sheets."""
        return self._files("*.html") + self._files("*.css")

    @property
    def pages(self) -> tuple[str, ...]:
        return self._files("*.html")

    @property
    def feeds(self) -> dict[str, bytes]:
        return self._starting("<feed", "<entry")

    @property
    def sitemaps(self) -> dict[str, bytes]:
        return self._starting("<urlset", "<sitemapindex")

    @property
    def size(self) -> int:
        """Bytes of its pages."""
        return sum((self.output / one).stat().st_size for one in self.pages)

    def _files(self, pattern: str) -> tuple[str, ...]:
        return tuple(
            one.relative_to(self.output).as_posix() for one in sorted(self.output.rglob(pattern))
        )

    def _starting(self, *roots: str) -> dict[str, bytes]:
        """The XML files with one of these elements at their root."""
        texts = {name: (self.output / name).read_bytes() for name in self._files("*.xml")}
        return {
            name: content
            for name, content in texts.items()
            if any(root.encode() in content[:200] for root in roots)
        }


def section(paths: Sequence[Path], scratch: Path, *, places: int | None) -> Section:
    """Check the sites in the folders `paths`; without any, those that are made for it."""
    folder = scratch / "served"
    folder.mkdir(parents=True)
    if paths:
        notices: list[str] = []
        faults: list[str] = []
        for path in paths:
            (folder / path.name).symlink_to(path.resolve())
        names = [path.name for path in paths]
    else:
        names, notices, faults = _published(scratch, folder)
    _proof(folder / PROOF)
    sites = [Built(name, folder / name) for name in (*names, PROOF)]
    with browsers.served(folder) as url:
        said = _verdicts(sites, url)
    documents = [Document(one.name, len(one.pages), one.size, said[one.name]) for one in sites]
    proof = documents.pop()
    faults += verdicts.alive(proof.verdicts, PROOF)
    faults += [f"nothing is said of {PROOF}: {name}" for name in _unblamed(sites[-1], proof)]
    faults += [f"{one.name}: {fault}" for one in documents for fault in one.faults]
    lines = (
        f"{tools.module_versions()}; seen in {', '.join(STATES)}",
        *notices,
        "",
        *_table(documents),
        *verdicts.details(documents, places),
        "",
        *(f"{PROOF}: {one.validator}: {_told(one)}" for one in proof.verdicts),
    )
    return Section("Pages", lines, tuple(faults))


# ── What is checked ──────────────────────────────────────────────────────────────────────────


def _published(scratch: Path, folder: Path) -> tuple[list[str], list[str], list[str]]:
    """Sites that were published into `folder`; what is to be said; what stands against a pass."""
    names: list[str] = []
    notices: list[str] = []
    faults: list[str] = []
    made: tuple[tuple[str, Callable[..., Path | None]], ...] = (
        ("sample", samples.sample_site),
        ("mixed", samples.mixed_site),
        ("made", samples.made_site),
        ("seed", samples.seed_site),
    )
    for name, publish in made:
        try:
            output = publish(scratch / "sites" / name, samples.unprinted)
        except PublishError as error:
            notices.append(f"NOT CHECKED: the {name} site does not build")
            notices += [f"  {problem}" for problem in error.problems]
            faults.append(f"{name} site: not checked: it does not build")
            continue
        if output is None:
            notices.append(f"NOT CHECKED: the {name} site is not beside the project")
            continue
        output.rename(folder / name)
        names.append(name)
    # No site here is so large that its sitemap is divided.
    site = load(scratch / "sites/sample").site
    for artefact in sitemaps.artefacts(whole.plan(site, NOW), site.settings, limit=5):
        if artefact.path.endswith(".xml"):
            (folder / "sample" / f"divided-{artefact.path}").write_bytes(artefact.content)
    return names, notices, faults


def _proof(folder: Path) -> None:
    """Write what every validator must blame."""
    folder.mkdir()
    for name, content in (
        ("bad.html", samples.BAD_PAGE),
        ("bad.css", "a { colr: red }\n"),
        ("feed.xml", samples.BAD_FEED),
        ("anonymous.xml", samples.ANONYMOUS_FEED),
        ("sitemap.xml", samples.BAD_SITEMAP),
        ("index.xml", samples.BAD_INDEX),
    ):
        (folder / name).write_text(content, encoding="utf-8")


def _unblamed(site: Built, proof: Document) -> Iterator[str]:
    """The files of which no validator says anything."""
    places = [place for one in proof.verdicts for found in one.findings for place in found.places]
    for name in (*site.checked, *site.feeds, *site.sitemaps):
        if not any(place.startswith(name) for place in places):
            yield name


# ── What is said ─────────────────────────────────────────────────────────────────────────────


def _verdicts(sites: Sequence[Built], url: str) -> dict[str, tuple[Verdict, ...]]:
    """What each validator says of each site, or why it says nothing."""
    askers: tuple[tuple[str, Callable[[], dict[str, Verdict]]], ...] = (
        (web.NU, lambda: _nu(sites, url)),
        (web.AXE, lambda: _axe(sites, url)),
        (web.ATOM, lambda: {one.name: web.of_feeds(one.feeds) for one in sites}),
        (web.SITEMAP, lambda: {one.name: web.of_sitemaps(one.sitemaps) for one in sites}),
    )
    answers = [_ask(validator, ask, sites) for validator, ask in askers]
    return {one.name: tuple(answer[one.name] for answer in answers) for one in sites}


def _ask(
    validator: str, ask: Callable[[], dict[str, Verdict]], sites: Sequence[Built]
) -> dict[str, Verdict]:
    try:
        return ask()
    except tools.ToolError as error:
        why = str(error)
    except Error as error:
        why = f"the browser broke down: {error.message}"
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        why = f"what it printed cannot be read: {error!r}"
    return {one.name: Verdict(validator, unchecked=why) for one in sites}


def _address(url: str, site: Built, name: str) -> str:
    return f"{url}{site.name}/{name}".replace(" ", "%20")


def _nu(sites: Sequence[Built], url: str) -> dict[str, Verdict]:
    names = {one.name: {_address(url, one, name): name for name in one.checked} for one in sites}
    messages, looked_at = tools.nu([address for one in names.values() for address in one])
    return {name: web.of_nu(messages, looked_at, one) for name, one in names.items()}


def _axe(sites: Sequence[Built], url: str) -> dict[str, Verdict]:
    path = browsers.installed()
    if path is None:
        raise tools.ToolError("there is no Chromium here; run: make conformance")
    with browsers.started(path) as browser:
        return {one.name: web.of_axe(dict(_answers(browser, one, url))) for one in sites}


def _answers(browser: Browser, site: Built, url: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What axe-core says of a page of each kind in each state."""
    for state, options in STATES.items():
        with browser.new_context(**options, reduced_motion="reduce") as context:
            for name in browsers.kinds(site.output).values():
                yield f"{name or './'} ({state})", _seen(context, _address(url, site, name))


def _seen(context: BrowserContext, address: str) -> Mapping[str, Any]:
    page = context.new_page()
    page.goto(address)
    asked = {"runOnly": {"type": "tag", "values": list(web.TAGS)}}
    answer: Mapping[str, Any] = Axe().run(page, options=asked).response
    page.close()
    return answer


# ── Telling ──────────────────────────────────────────────────────────────────────────────────


def _table(documents: Sequence[Document]) -> Iterator[str]:
    """A line for each site: what was checked, and failures/warnings of each validator."""
    names = (web.NU, web.AXE, web.ATOM, web.SITEMAP)
    rows: list[tuple[str, ...]] = [("site", "pages", "KB", *names)]
    for one in documents:
        size = f"{one.size / 1000:.1f}"
        rows.append((one.name, str(one.pages), size, *map(_told, one.verdicts)))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, *cells in rows:
        line = "  ".join(cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True))
        yield f"{name.ljust(widths[0])}  {line}"


def _told(one: Verdict) -> str:
    if one.unchecked:
        return "NOT CHECKED"
    return f"{one.checks} checks, {one.count('failure')}/{one.count('warning')}"
