"""Other tools: they accept our catalogues, and what they write anew leaves update nothing to do."""

from __future__ import annotations

import gettext as gettexts
import io
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import polib
import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from publish import catalogue
from publish.load import load
from publish.locales import parse
from publish.model import Catalogue
from publish.update import update

from .test_update import LIGHTS, LIGHTS_TR, edit, snapshot

ROOT = Path(__file__).parent.parent
OURS = sorted(
    [*(ROOT / "locales").rglob("*.po"), *(ROOT / "tests/site/locales").rglob("*.po")],
    key=str,
)

GETTEXT = pytest.mark.skipif(
    not all(map(shutil.which, ("msgcat", "msgfmt"))), reason="gettext's tools are not installed"
)


def gettext(*command: str | Path) -> str:
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": "C"}
    done = subprocess.run(command, capture_output=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def read(text: str, tag: str) -> Catalogue:
    found, problems = catalogue.read("a.po", text, "pieces/a", parse(tag))
    assert found is not None, problems
    return found


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


# ── They accept ours ─────────────────────────────────────────────────────────────────────────


@GETTEXT
@pytest.mark.parametrize("path", OURS, ids=name)
def test_gettext_accepts_our_catalogues_and_reads_in_them_what_we_read(
    path: Path, tmp_path: Path
) -> None:
    tag = path.parts[path.parts.index("LC_MESSAGES") - 1].replace("_", "-")
    gettext("msgfmt", "-c", "-o", tmp_path / "a.mo", path)
    assert read(gettext("msgcat", path), tag) == read(path.read_text(encoding="utf-8"), tag)


@pytest.mark.parametrize("path", OURS, ids=name)
def test_babel_compiles_our_catalogues(path: Path) -> None:
    tag = path.parts[path.parts.index("LC_MESSAGES") - 1].replace("_", "-")
    text = path.read_text(encoding="utf-8")
    found = read_po(io.BytesIO(text.encode()), locale=tag.replace("-", "_"))
    compiled = io.BytesIO()
    write_mo(compiled, found)
    compiled.seek(0)
    words = gettexts.GNUTranslations(compiled)
    for entry in read(text, tag).entries:
        if entry.translation and not entry.fuzzy and not entry.plural:
            context, msgid = entry.key
            told = words.pgettext(context, msgid) if context else words.gettext(msgid)
            assert told == entry.translation


# ── Whoever wrote it last ────────────────────────────────────────────────────────────────────


def msgcat(*options: str) -> Callable[[Path], None]:
    def rewrite(path: Path) -> None:
        path.write_text(gettext("msgcat", *options, path), encoding="utf-8")

    return rewrite


def by_polib(width: int) -> Callable[[Path], None]:
    def rewrite(path: Path) -> None:
        polib.pofile(str(path), wrapwidth=width).save(str(path))

    return rewrite


@pytest.fixture
def worked(site: Path) -> Path:
    """The small site with an edited paragraph, a gone one, remarks and something untranslated."""
    edit(site / LIGHTS, "Keep the light burning.", "Keep the lights burning.")
    edit(site / LIGHTS, "- Publish its character.\n", "")
    edit(
        site / LIGHTS_TR,
        "#. title\n",
        "# a remark\n#. title\n",
    )
    edit(site / LIGHTS_TR, 'msgstr "Fener kuralları, 1889."', 'msgstr ""')
    update(site, load(site))
    text = (site / LIGHTS_TR).read_text(encoding="utf-8")
    assert "#| " in text
    assert "#~ " in text
    return site


@pytest.mark.parametrize(
    "rewrite",
    [
        pytest.param(msgcat(), marks=GETTEXT, id="msgcat"),
        pytest.param(msgcat("--no-wrap"), marks=GETTEXT, id="msgcat-no-wrap"),
        pytest.param(msgcat("--width=40"), marks=GETTEXT, id="msgcat-40"),
        pytest.param(by_polib(77), id="polib-77"),
        pytest.param(by_polib(0), id="polib-no-wrap"),
    ],
)
def test_a_catalogue_written_by_another_tool_keeps_its_bytes(
    worked: Path, rewrite: Callable[[Path], None]
) -> None:
    path = worked / LIGHTS_TR
    rewrite(path)
    before = snapshot(worked)
    assert not any(change.written for change in update(worked, load(worked)))
    assert snapshot(worked) == before
