"""What tests share: the small whole site, and the folder of real texts beside the project."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SHARED = HERE.parent.parent / "shared"


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
