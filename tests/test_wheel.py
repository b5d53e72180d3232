"""The wheel carries the default theme, and publishes a site that has no templates of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's content, as an installation would lay it down."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site-packages")
    return folder / "site-packages"


def test_every_template_and_interface_catalogue_travels(unpacked: Path) -> None:
    theme = unpacked / "publish" / "theme"
    here = {path.name for path in (ROOT / "templates").iterdir()}
    assert {path.name for path in (theme / "templates").iterdir()} == here
    catalogues = {p.relative_to(ROOT / "locales") for p in ROOT.glob("locales/**/interface.po")}
    assert {p.relative_to(theme / "locales") for p in theme.rglob("*.po")} == catalogues
    assert len(catalogues) >= 2


def test_the_repositorys_own_texts_do_not_travel(unpacked: Path) -> None:
    assert not list(unpacked.rglob("*.md"))
    assert not (unpacked / "sources").exists()


def test_an_installation_publishes_a_site_without_templates(unpacked: Path, site: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(unpacked)}
    command = [sys.executable, "-c", "from publish.cli import main; main()"]
    command += ["-C", str(site), "build", "--no-pdf"]
    done = subprocess.run(
        command, cwd=site, env=environment, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert done.returncode == 0
    page = (site / "output" / "tr" / "harbour-lights" / "index.html").read_text(encoding="utf-8")
    assert "Bu yazının diğer dilleri:" in page


def test_an_installation_starts_a_site_with_its_theme(unpacked: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(unpacked)}
    for arguments in (["init", "site", "--language", "tr"], ["-C", "site", "build", "--no-pdf"]):
        command = [sys.executable, "-c", "from publish.cli import main; main()", *arguments]
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
    theme = unpacked / "publish" / "theme" / "templates"
    for path in theme.glob("*.[!j]*"):
        assert (tmp_path / "site/templates" / path.name).read_bytes() == path.read_bytes()
