"""What tests share: the small whole site, and the folder of real texts beside the project."""

from __future__ import annotations

import datetime
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from publish import pdf
from publish.build import build
from publish.errors import Span
from publish.load import load
from publish.locales import parse
from publish.model import Edition, Pdf, Piece, Plan, Settings, Text
from publish.pdf import Job

from . import whole

HERE = Path(__file__).parent
SHARED = HERE.parent.parent / "shared"


NOW = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)
"""The moment at which tests publish, where no other matters."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """One option: write the golden files anew."""
    parser.addoption("--refresh", action="store_true", help="write tests/golden anew")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A copy of the small whole site: two pieces, one author, two languages, nothing wrong."""
    root = tmp_path / "site"
    shutil.copytree(HERE / "site", root)
    return root


@pytest.fixture
def shared() -> Path:
    """The folder of real texts and catalogues, which does not travel with the project."""
    if not SHARED.is_dir():
        pytest.skip("the real texts in ../shared are not here")
    return SHARED


def a_piece(
    slug: str = "lights",
    *,
    draft: bool = False,
    release: datetime.datetime | None = None,
    release_together: bool = False,
) -> Piece:
    """A piece of which only that matters."""
    nothing = Text("", Span(f"sources/pieces/{slug}.md"))
    return Piece(
        slug=slug,
        locale=parse("en"),
        title=nothing,
        summary=nothing,
        date=NOW.date(),
        updated=None,
        authors=(),
        tags=(),
        corrections=(),
        body=nothing,
        path=nothing.span.path,
        draft=draft,
        release=release,
        release_together=release_together,
    )


PERSIAN = "دفتر نگهبان چراغ"
"""A title of several words in Arabic script."""


@dataclass(frozen=True)
class Made:
    """A PDF and what it was made from."""

    job: Job
    pdf: Pdf


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Made]:
    """The PDFs of the small whole site with a longer Persian title and an untranslated bio."""
    root = tmp_path_factory.mktemp("pdf") / "site"
    shutil.copytree(HERE / "site", root)
    for path in (
        root / "sources/pieces/harbour-lights.md",
        root / "locales/tr/LC_MESSAGES/pieces/harbour-lights.po",
    ):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("[دفتر]", f"[{PERSIAN}]"), encoding="utf-8")
    (root / "locales/en/LC_MESSAGES/authors/ada-deniz.po").unlink()
    found: dict[str, Made] = {}

    def engine(job: Job) -> Pdf:
        found[job.edition] = Made(job, pdf.render(job))
        return found[job.edition].pdf

    build(root, engine=engine)
    return found


def planned(root: Path) -> tuple[Plan, Settings]:
    """What a site publishes, and its settings."""
    site = load(root).site
    return whole.plan(site, NOW), site.settings


def the(plan: Plan, slug: str, tag: str) -> Edition:
    """One edition of a plan."""
    [found] = [one for one in plan.editions if (one.slug, one.locale.tag) == (slug, tag)]
    return found
