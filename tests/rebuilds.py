"""A small whole site, all that may happen to it between two builds, and builds in processes of
their own: what an incremental build is held against is a clean one that knows nothing of it.

Each change is a function of the site's folder and of chance, so that a test can name those it
wants, and a history of any of them can be played again.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import functools
import gc
import hashlib
import inspect
import io
import os
import random
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeVar
from unittest import mock

import fontpkg_source_code_pro
import jinja2
import jinja2.ext
from PIL import Image

from publish import catalogue, check, fonts, images, merge, pdf, reading, snapshot, toolchain
from publish import load as load_module
from publish.build import Report, build
from publish.errors import Problem, PublishError, Span
from publish.load import load
from publish.locales import parse
from publish.merge import Grade
from publish.model import Catalogue, Entry, Held, Pdf, Site
from publish.pdf import Job
from publish.snapshot import packaged_theme
from publish.update import update
from publish.workers import InProcess

_Result = TypeVar("_Result")

HERE = Path(__file__).parent

NOW = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)
"""The moment at which a history begins."""

RELEASE = datetime.datetime(2026, 12, 1, 6, tzinfo=datetime.UTC)
"""The moment at which `charts` is published, and any piece that is given one."""

CACHE = ".publish-cache"
"""Where builds remember, below the site's root."""

# ── The site ─────────────────────────────────────────────────────────────────────────────────

SETTINGS = """\
[tool.publish]
title = { en = "Port Papers", tr = "Liman Yazıları", ru = "Портовые записки" }
base_url = "https://port.example"
languages = ["en", "tr", "ru"]
default_language = "en"
page_size = 2
licence = "CC BY 4.0"
"""

SOURCES = {
    "pieces/lamps": """\
title: "Lamps on the Quay"
date: 2026-03-04
language: en
authors: [ada]
tags: [Harbour, Light]
series: "Of the Port"
former_slugs: [former-lamps]
corrections: [{date: 2026-09-01, text: "The year was wrong."}]
summary: "What a lamp owes to ships."
---

A lamp serves *every* ship.[^1] See [the register](https://register.example/lights).

![A lamp, black on white](lamp.png)

## Two duties

Keep the light burning at night.

More in [the other piece](tides.md), by [its author](../authors/ivan.md).

[^1]: Rules for lights, 1889.
""",
    "pieces/tides": """\
title: "Gelgit Defteri"
date: 2026-02-01
language: tr
authors: [ada, ivan]
tags: [Harbour]
series: "Of the Port"
hold: [ru]
summary: "Bir defterin tarihi."
---

Su, İstanbul’da az yükselir.

Defter [fenerlerle](lamps.md) başlar.

Son sayfası boştur.
""",
    "pieces/charts": """\
title: "Старые карты"
date: 2026-12-01
language: ru
authors: [ivan]
tags: [Light]
release: 2026-12-01T09:00+03:00
summary: "О картах."
---

Карта старше порта.

О фонарях [сказано раньше](lamps.md).
""",
    "pieces/ledger": """\
title: "The Ledger"
date: 2026-01-15
language: en
authors: [ivan]
tags: [Harbour]
summary: "Who paid for oil."
---

Nobody paid in summer.

The rest is lost at sea.
""",
    "authors/ada": """\
name: Ada Deniz
title: Dr.
affiliation: Deniz hukuku
language: tr
---

Ada Deniz, deniz hukuku çalışır.
""",
    "authors/ivan": """\
name: Иван Портов
language: ru
---

Иван Портов собирает карты порта.
""",
}

OWN = ("_macros.html", "edition.html", "print.html", "screen.css", "print.css")
"""The templates of which the site has its own."""


def write(path: Path, text: str) -> None:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def write_site(root: Path) -> None:
    """Write the site: three languages; `lamps` has a current edition and a stale one, `tides` one
    and one that is held, `ledger` is not translated, `charts` is not published yet; the
    biographies are translated into some languages."""
    write(root / "pyproject.toml", SETTINGS)
    for name, text in SOURCES.items():
        write(root / f"sources/{name}.md", f"---\n{text}")
    paint(root / "sources/pieces/lamp.png", 0)
    for name in OWN:
        mark_template(root, name, "own")
    update(root, load(root), (), grade=Grade.SUBSTANTIVE)
    for tag, name in (
        ("tr", "pieces/lamps"),
        ("ru", "pieces/lamps"),
        ("en", "pieces/tides"),
        ("en", "authors/ada"),
        ("en", "authors/ivan"),
        ("tr", "authors/ivan"),
        ("tr", "tags"),
    ):
        work(root / po(tag, name), functools.partial(translated, mark=f" ({tag})"))
        if name == "authors/ivan":
            replace(root / po(tag, name), 'msgstr "Иван Портов', 'msgstr "Ivan Portov')
            replace(root / po(tag, name), "Portov собирает карты порта", "Portov collects charts")
        head(root / po(tag, name), "X-Completed", "2026-10-01")
        head(root / po(tag, name), "Last-Translator", "Ayşe Kaya <a@b.example>")
    lamps = root / "sources/pieces/lamps.md"
    write(lamps, lamps.read_text(encoding="utf-8").replace("at night.", "at dusk."))
    update(root, load(root), (), grade=Grade.SUBSTANTIVE)
    turkish = root / po("tr", "pieces/lamps")
    work(turkish, lambda entry: dataclasses.replace(entry, flags=(), previous=None, notes=""))


def packaged(name: str) -> str:
    """The text of a template that travels with the package."""
    return (packaged_theme() / "templates" / name).read_text(encoding="utf-8")


def paint(path: Path, shade: int) -> None:
    """Draw an image whose file has the same size for any shade."""
    Image.new("L", (8, 8), shade).save(path, "PNG", compress_level=0)


def po(tag: str, name: str) -> str:
    """Path of a catalogue."""
    return f"locales/{tag}/LC_MESSAGES/{name}.po"


def work(path: Path, each: Callable[[Entry], Entry]) -> None:
    """Rewrite a catalogue, entry by entry."""
    rewrite(path, lambda old: dataclasses.replace(old, entries=tuple(map(each, old.entries))))


def head(path: Path, name: str, value: str) -> None:
    """Set a field of a catalogue's header; an empty one goes."""

    def change(old: Catalogue) -> Catalogue:
        header = {**dict(old.header), name: value}
        return dataclasses.replace(old, header=tuple((k, v) for k, v in header.items() if v))

    rewrite(path, change)


def rewrite(path: Path, change: Callable[[Catalogue], Catalogue]) -> None:
    """Rewrite a catalogue as its translator's tool would."""
    parts = path.parts[path.parts.index("LC_MESSAGES") + 1 :]
    locale = parse(path.parts[path.parts.index("LC_MESSAGES") - 1].replace("_", "-"))
    domain = Path(*parts).with_suffix("").as_posix()
    text = path.read_text(encoding="utf-8")
    found, problems = catalogue.read(path.as_posix(), text, domain, locale)
    assert found is not None, problems
    new = change(found)
    entries = tuple(dataclasses.replace(entry, text="") for entry in new.entries)
    write(path, catalogue.dump(dataclasses.replace(new, entries=entries)))


def translated(entry: Entry, mark: str) -> Entry:
    """The entry with a translation that says what the original does, and a mark."""
    plurals = tuple(entry.plural + mark for _ in entry.plurals) if entry.plural else ()
    translation = "" if plurals else entry.key[1] + mark
    return dataclasses.replace(entry, translation=translation, plurals=plurals)


# ── Builds ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Asked:
    """How a build is asked for, and on which machine."""

    now: datetime.datetime = NOW
    """Its moment."""

    drafts: bool = False
    """Whether it is a preview."""

    pdfs: bool = True
    """Whether it makes PDFs."""

    fonts: bool = False
    """Whether this machine has another release of the font of code."""

    libraries: bool = False
    """Whether it has other libraries to set PDFs with."""

    release: bool = False
    """Whether it has the next release of this program."""

    theme: bool = False
    """Whether what the packaged templates say is translated otherwise."""

    real: bool = False
    """Whether PDFs are made by the real engine."""

    patience: int = 0
    """How often a build has to ask for a PDF until it is there: it does other things meanwhile."""


Tree = Mapping[str, tuple[int, bytes]]
"""Path → mode and bytes."""


@dataclass(frozen=True)
class Outcome:
    """What a build came to."""

    tree: Tree | None
    """What stands in `output/`; None where the build was stopped."""

    problems: tuple[Problem, ...]
    """What it told."""

    held: tuple[Held, ...] = ()
    """What it kept back."""

    counts: tuple[int, ...] = ()
    """What it counted."""


def stand_in(job: Job) -> Pdf:
    """An engine whose PDF is a function of its whole job, and of fonts and libraries. Some texts
    it blames, and one word it refuses."""
    said = hashlib.sha256(fonts_on_this_machine() + toolchain.engine().encode())
    for item in dataclasses.fields(job):
        value = getattr(job, item.name)
        if isinstance(value, Mapping):
            value = sorted(value.items())
        said.update(f"{item.name}={value!r}".encode())
    digest = said.digest()
    span = Span(job.source)
    if "unsettable" in job.html:
        raise PublishError([Problem("B1", f"PDF ({job.edition}): cannot be set", span)])
    blamed = [Problem("B3", f"PDF ({job.edition}): a note has slipped", span)]
    content = b"%PDF " + digest * (1 + 40 * (digest[0] % 3))
    return Pdf(content, 1 + digest[1] % 4, tuple(blamed * (digest[2] % 2)))


def fonts_on_this_machine() -> bytes:
    """The fonts, by name and content."""
    faces = fonts.faces()
    return b"".join(face.path.name.encode() + _digest(face.path) for face in faces)


@functools.cache
def _digest(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()


def elsewhere(asked: Asked) -> contextlib.ExitStack:
    """Let this process be the machine that is asked for."""
    stack = contextlib.ExitStack()
    others = (asked.fonts, other_fonts), (asked.release, next_release), (asked.theme, other_theme)
    for wanted, other in others:
        if wanted:
            stack.enter_context(other())
    if asked.libraries:
        stack.enter_context(mock.patch.object(toolchain, "engine", return_value="other libraries"))
    return stack


@contextlib.contextmanager
def next_release() -> Iterator[None]:
    """Let this program be its next release, which does a few things otherwise."""

    def faults(site: Site) -> Iterator[Problem]:
        yield from told(site)
        yield Problem("F9", "told by the next release", Span("templates"))

    def scaled(content: bytes) -> images.Prepared:
        with tempfile.TemporaryDirectory() as folder:
            paint(Path(folder, "image.png"), 99)
            return prepare(Path(folder, "image.png").read_bytes())

    told, prepare = check.interface_faults, images.prepare
    with (
        mock.patch.object(toolchain, "program", return_value="the next release"),
        mock.patch.object(reading, "minutes", return_value=99),
        mock.patch.object(merge, "adopted", return_value={}),
        mock.patch.object(images, "prepare", scaled),
        mock.patch.object(check, "interface_faults", faults),
    ):
        yield


@contextlib.contextmanager
def other_theme() -> Iterator[None]:
    """Let the packaged templates be translated otherwise."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("templates", "locales"):
            shutil.copytree(packaged_theme() / name, Path(folder, name))
        left = iter([""])  # the first message has no translation any more

        def say(entry: Entry) -> Entry:
            return dataclasses.replace(entry, translation=next(left, f"{entry.translation}!"))

        plain = Path(folder) / po("tr", "interface")
        work(plain, lambda one: one if one.plural or "%" in one.key[1] else say(one))
        with (
            mock.patch.object(snapshot, "packaged_theme", return_value=Path(folder)),
            mock.patch.object(load_module, "packaged_theme", return_value=Path(folder)),
        ):
            yield


@contextlib.contextmanager
def other_fonts() -> Iterator[None]:
    """Let this process find another release of the font of code."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "fonts")
        shutil.copytree(fontpkg_source_code_pro.ROOT, copy)
        for path in (copy / "files").glob("*.ttf"):
            with path.open("ab") as file:
                file.write(b"\0")
        with mock.patch.object(fontpkg_source_code_pro, "ROOT", copy):
            forget()
            yield
        forget()


def forget() -> None:
    """Let the package forget what it has learnt about this machine, as a new process has."""
    for name, module in list(sys.modules.items()):
        if name.startswith("publish."):
            for value in list(vars(module).values()):
                # What is put into other packages is put there once a process; and a language
                # hangs on no machine, while other tests hold theirs and ask whether it is the same.
                known = value is parse or getattr(value, "__name__", "") == "install"
                if hasattr(value, "cache_clear") and not known:
                    value.cache_clear()


CLEAN = {"clean": True} if "clean" in inspect.signature(build).parameters else {}
"""How a build is told to trust nothing that it remembers."""


def run(root: Path, asked: Asked, **options: Any) -> tuple[Outcome, Report | None]:
    """Build in this process."""
    options = {"engine": pdf.render if asked.real else stand_in} | options
    options |= {"now": asked.now, "drafts": asked.drafts, "pdfs": asked.pdfs}
    if asked.patience:
        options |= {"workers": Late(asked.patience)}
    with elsewhere(asked), templates_read_once():
        try:
            report = build(root, **options)
        except PublishError as error:
            return Outcome(None, error.problems), None
    counts = (report.pages, report.pdfs, report.lists)
    return Outcome(tree(root / "output"), report.problems, report.held, counts), report


class Late(Executor):
    """Has done its work when it was asked for it so many times."""

    def __init__(self, times: int) -> None:
        self._times = times

    def submit(
        self, fn: Callable[..., _Result], /, *args: object, **kwargs: object
    ) -> Future[_Result]:
        """A future that is not done at once."""
        done = InProcess().submit(fn, *args, **kwargs)
        future: Future[_Result] = _Awaited(self._times)
        if error := done.exception():
            future.set_exception(error)
        else:
            future.set_result(done.result())
        return future


class _Awaited(Future[_Result]):
    def __init__(self, times: int) -> None:
        super().__init__()
        self._left = times

    def done(self) -> bool:
        self._left -= 1
        return self._left < 0


def tree(folder: Path) -> Tree:
    """All that stands in a folder, and how."""
    found = {}
    for path in (folder, *sorted(folder.rglob("*"))) if folder.exists() else ():
        mode = path.lstat().st_mode
        content = path.read_bytes() if stat.S_ISREG(mode) else b""
        found[path.relative_to(folder).as_posix()] = mode, content
    return found


@contextlib.contextmanager
def templates_read_once() -> Iterator[None]:
    """Compile and search a template's text once in a process: that is two thirds of the time of a
    build as small as this, and not what is tried here."""
    options = ("autoescape", "trim_blocks", "lstrip_blocks", "keep_trailing_newline", "undefined")

    def compile_once(self: jinja2.Environment, source: Any, *rest: Any, **named: Any) -> Any:
        how = tuple(getattr(self, name) for name in options)
        key = source, rest, tuple(named.items()), how
        if key not in _COMPILED:
            _COMPILED[key] = compiled(self, source, *rest, **named)
        return _COMPILED[key]

    def extract_once(fileobj: Any, *rest: Any, **named: Any) -> Any:
        text = fileobj.read()
        key = text, repr((rest, named))
        if key not in _EXTRACTED:
            _EXTRACTED[key] = list(extracted(io.BytesIO(text), *rest, **named))
        return iter(_EXTRACTED[key])

    compiled, extracted = jinja2.Environment.compile, jinja2.ext.babel_extract
    with (
        mock.patch.object(jinja2.Environment, "compile", compile_once),
        mock.patch.object(jinja2.ext, "babel_extract", extract_once),
    ):
        yield


_COMPILED: dict[Any, Any] = {}
_EXTRACTED: dict[Any, Any] = {}


# ── Processes of their own ───────────────────────────────────────────────────────────────────


class Apart:
    """Builds in processes of their own, each a fork of one that has built another site."""

    def __init__(self, *, real: bool = False) -> None:
        """Start the process that the others are forks of."""
        ours, theirs = Pipe()
        code = f"from {__name__} import serve; serve({theirs.fileno()}, real={real})"
        self._process = subprocess.Popen(
            [sys.executable, "-c", code], cwd=HERE.parent, pass_fds=[theirs.fileno()]
        )
        theirs.close()
        self._pipe = ours
        self._known: dict[str, Outcome] = {}

    def close(self) -> None:
        """End the process."""
        self._pipe.close()
        self._process.wait()

    def _ask(self, *request: object) -> Any:
        self._pipe.send(request)
        answer = self._pipe.recv()
        if isinstance(answer, str):
            raise AssertionError(answer)
        return answer

    def clean(self, inputs: Mapping[str, bytes], asked: Asked) -> Outcome:
        """A build of these inputs from nothing, in a folder of its own, one thing after another."""
        asked = dataclasses.replace(asked, patience=0)
        key = hashlib.sha256(repr((sorted(inputs.items()), asked)).encode()).hexdigest()
        if key not in self._known:
            self._known[key] = self._ask("clean", dict(inputs), asked)
        return self._known[key]

    def run(self, root: Path, asked: Asked) -> Outcome:
        """A build in place."""
        answer: Outcome = self._ask("run", root, asked)
        return answer

    def killed(self, root: Path, asked: Asked, at: int) -> int:
        """A build in place that is killed before it asks the system for the `at`th time to change
        something; how often it asked where it came to an end before that, else 0."""
        answer: int = self._ask("killed", root, asked, at)
        return answer


def serve(descriptor: int, real: bool) -> None:
    """Answer requests, each in a fork of this process."""
    pipe = Connection(descriptor)
    if real:
        import weasyprint  # noqa: F401
    with tempfile.TemporaryDirectory() as folder:
        # Another site than any that is asked about, so that what they share is learnt once.
        write_site(Path(folder))
        set_to(Path(folder), "title", '"Somewhere Else"')
        run(Path(folder), Asked())
    gc.freeze()  # forks share what there is as long as nothing walks over it
    while True:
        try:
            request = pipe.recv()
        except EOFError:
            return
        ours, theirs = Pipe(duplex=False)
        child = os.fork()
        if child == 0:
            try:
                theirs.send(_answer(*request))
            except BaseException:  # noqa: BLE001 — told on the other side
                theirs.send(traceback.format_exc())
            os._exit(0)
        theirs.close()
        answer: object = 0
        with contextlib.suppress(EOFError):
            answer = ours.recv()
        ours.close()
        _, status = os.waitpid(child, 0)
        died = os.WIFSIGNALED(status) and os.WTERMSIG(status) != signal.SIGKILL
        pipe.send(f"the build died: {status}" if died else answer)


def _answer(what: str, *given: Any) -> object:
    if what == "clean":
        inputs, asked = given
        with tempfile.TemporaryDirectory() as folder:
            restore(Path(folder), inputs)
            return run(Path(folder), asked, **CLEAN)[0]
    if what == "run":
        return run(*given)[0]
    root, asked, at = given
    with killing(at) as asked_so_far:
        run(root, asked)
    return asked_so_far()


_CHANGING = frozenset(
    {"chmod", "fchmod", "flock", "fsync", "ftruncate", "link", "mkdir", "rename", "replace"}
    | {"rmdir", "symlink", "truncate", "unlink", "write"}
)
"""What Python's own modules ask of the system that changes something, or orders it."""


def _changes_something(function: Any) -> bool:
    owner = type(getattr(function, "__self__", None))
    if owner.__module__ == "sqlite3":
        return True
    name = getattr(function, "__name__", "")
    if owner is io.BufferedWriter:
        return name != "fileno"
    return getattr(function, "__module__", "") in ("posix", "fcntl") and name in _CHANGING


@contextlib.contextmanager
def killing(at: int) -> Iterator[Callable[[], int]]:
    """Kill this process before it asks the system, or its database, for the `at`th time to change
    something."""
    count = 0

    def watch(_: object, event: str, function: Any) -> None:
        nonlocal count
        if event == "c_call" and _changes_something(function):
            count += 1
            if count == at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(watch)
    try:
        yield lambda: count
    finally:
        sys.setprofile(None)


# ── Inputs ───────────────────────────────────────────────────────────────────────────────────


def inputs(root: Path) -> dict[str, bytes]:
    """What a build reads: every file but what builds themselves have written."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.relative_to(root).parts[0].startswith((".", "output"))
    }


def restore(root: Path, wanted: Mapping[str, bytes]) -> None:
    """Let these be the inputs, and no other."""
    now = inputs(root)
    for name in now.keys() - wanted.keys():
        (root / name).unlink()
    for name, content in wanted.items():
        if now.get(name) != content:
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


# ── Changes of sources ───────────────────────────────────────────────────────────────────────

Change = Callable[[Path, random.Random], None]
"""What somebody does to a site."""


def pieces(root: Path) -> list[Path]:
    """The pieces' sources."""
    return sorted(root.glob("sources/pieces/*.md"))


def authors(root: Path) -> list[Path]:
    """The authors' sources."""
    return sorted(root.glob("sources/authors/*.md"))


def replace(path: Path, old: str, new: str) -> None:
    """Replace all of a text in a file, which need not have it."""
    text = path.read_text(encoding="utf-8")
    if old in text:
        path.write_text(text.replace(old, new), encoding="utf-8")


def field(path: Path, name: str) -> str:
    """A field of the front matter, as it is written; empty where there is none."""
    front = path.read_text(encoding="utf-8").split("---\n")[1]
    found = re.search(rf"^{name}: (.*)$", front, re.MULTILINE)
    return found[1] if found else ""


def put(path: Path, name: str, value: str) -> None:
    """Set a field of the front matter; an empty one goes."""
    _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
    lines = [line for line in front.splitlines() if not line.startswith(f"{name}: ")]
    lines += [f"{name}: {value}"] if value else []
    write(path, "---\n" + "\n".join(lines) + f"\n---\n{body}")


ENDINGS = ("at night.", "at dusk.", "in the rain.", "boştur.", "порта.", "at sea.")


def paragraph(root: Path, chance: random.Random) -> None:
    """Let a paragraph end otherwise."""
    path = chance.choice(pieces(root))
    blocks = path.read_text(encoding="utf-8").split("\n\n")
    plain = [n for n, block in enumerate(blocks) if n and re.fullmatch(r"[^\[#`!]+", block)]
    if plain:
        number = chance.choice(plain)
        words = blocks[number].rstrip("\n")
        for ending in ENDINGS:
            words = words.removesuffix(ending).rstrip()
        blocks[number] = f"{words} {chance.choice(ENDINGS)}"
        write(path, "\n\n".join(blocks).rstrip("\n") + "\n")


def added_paragraph(root: Path, chance: random.Random) -> None:
    """Add a paragraph, or take it out again."""
    path, more = chance.choice(pieces(root)), "\nWhat is new stands here.\n"
    text = path.read_text(encoding="utf-8")
    write(path, text.removesuffix(more) if text.endswith(more) else text + more)


def link(root: Path, chance: random.Random) -> None:
    """Let a text lead to another piece, or nowhere."""
    path = chance.choice(pieces(root))
    text = re.sub(r"\nSee also [^\n]*\n", "", path.read_text(encoding="utf-8"))
    others = [other.name for other in pieces(root) if other != path]
    if others and chance.random() < 0.8:
        text += f"\nSee also [this]({chance.choice(others)}).\n"
    write(path, text)


def note(root: Path, chance: random.Random) -> None:
    """Change what a note says."""
    path = chance.choice(pieces(root))
    text = path.read_text(encoding="utf-8")
    year = chance.choice(("1889", "1890"))
    write(path, re.sub(r"Rules for lights, \d+", f"Rules for lights, {year}", text))


def day(root: Path, chance: random.Random) -> None:
    """Change the dates of a piece."""
    path = chance.choice(pieces(root))
    put(path, "release", "")
    put(path, "date", chance.choice(("2025-06-07", "2026-03-04", "2026-08-09")))
    put(path, "updated", chance.choice(("", "2026-10-01", "2026-11-02")))


def release(root: Path, chance: random.Random) -> None:
    """Let a piece come later, or in one with its translations, or at once."""
    path = chance.choice(pieces(root))
    chosen = chance.choice(("", f"{RELEASE:%Y-%m-%dT%H:%MZ}"))
    put(path, "release", chosen)
    put(path, "updated", "")
    put(path, "date", f"{RELEASE:%Y-%m-%d}" if chosen else "2026-08-09")
    put(path, "release_together", chance.choice(("", "", "true")))


def kept_back(root: Path, chance: random.Random) -> None:
    """Hold a translation back, or pin it, or neither."""
    path = chance.choice(pieces(root))
    others = [tag for tag in ("en", "tr", "ru") if tag != field(path, "language")]
    chance.shuffle(others)
    put(path, "hold", chance.choice(("", f"[{others[0]}]")))
    put(path, "pin", chance.choice(("", f"[{others[1]}]")))


def _field(name: str, *values: str) -> Change:
    def change(root: Path, chance: random.Random) -> None:
        path = chance.choice(pieces(root))
        put(path, name, chance.choice(values).replace("SLUG", path.stem))

    change.__doc__ = f"Change {name} of a piece."
    return change


FRONT_MATTER: Mapping[str, Change] = {
    "title": _field("title", '"Lamps on the Quay"', '"Lamps, Again"', '"A Third Title: of Tides"'),
    "summary": _field("summary", '"What a lamp owes."', '"In short, light."'),
    "date": day,
    "tags": _field("tags", "[Harbour, Light]", "[Light]", "[Harbour]", "[Oil]", "[]"),
    "series": _field("series", "", '"Of the Port"', '"Of Oil"'),
    "authors": _field("authors", "[ada]", "[ivan]", "[ada, ivan]", "[ivan, ada]"),
    "hold and pin": kept_back,
    "draft": _field("draft", "", "true"),
    "release": release,
    "former slugs": _field("former_slugs", "", "[former-SLUG]", "[former-SLUG, older-SLUG]"),
    "corrections": _field(
        "corrections",
        "",
        '[{date: 2026-09-01, text: "The year was wrong."}]',
        '[{date: 2026-09-01, text: "A name was."}, {date: 2026-10-09, text: "A day was."}]',
    ),
    "check_ignore": _field("check_ignore", "", '{E2: "as the house does"}'),
}


def life(root: Path, chance: random.Random) -> None:
    """Change a biography."""
    path = chance.choice(authors(root))
    text = path.read_text(encoding="utf-8").rstrip("\n").removesuffix(" Yeni.")
    write(path, text + chance.choice(("\n", " Yeni.\n")))


def person(root: Path, chance: random.Random) -> None:
    """Change what an author is called."""
    path = chance.choice(authors(root))
    name, values = chance.choice(
        (
            ("name", ("Ada Deniz", "Иван Портов", "İpek Su")),
            ("title", ("", "Dr.", "Prof.")),
            ("affiliation", ("", "Deniz hukuku", "Карты")),
        )
    )
    put(path, name, chance.choice(values))


def renamed(root: Path, chance: random.Random) -> None:
    """Rename a piece's source, with its former address or without, with its catalogues or
    without; links follow."""
    path = chance.choice(pieces(root))
    new = chance.choice([name for name in ("lamps", "quay", "piers") if name != path.stem])
    if (path.parent / f"{new}.md").exists():
        return
    if chance.random() < 0.5:
        put(path, "former_slugs", f"[{path.stem}]")
    if chance.random() < 0.5:
        for old in root.glob(f"locales/*/LC_MESSAGES/pieces/{path.stem}.po"):
            old.rename(old.with_name(f"{new}.po"))
    path.rename(path.with_name(f"{new}.md"))
    for other in (*pieces(root), *authors(root), *root.glob("locales/**/*.po")):
        replace(other, f"({path.name})", f"({new}.md)")


def removed(root: Path, chance: random.Random) -> None:
    """Remove a piece, and what leads to it."""
    path = chance.choice(pieces(root))
    if len(pieces(root)) > 2:
        path.unlink()
        for other in pieces(root):
            text = other.read_text(encoding="utf-8")
            write(other, re.sub(rf"\[([^\]]*)\]\({path.name}\)", r"\1", text))
        if chance.random() < 0.5:
            for old in root.glob(f"locales/*/LC_MESSAGES/pieces/{path.stem}.po"):
                old.unlink()


def added(root: Path, chance: random.Random) -> None:
    """Add a piece."""
    name, language = chance.choice(("signals", "pilots")), chance.choice(("en", "tr", "ru"))
    front = f'title: "Of {name}"\ndate: 2026-07-0{chance.randint(1, 9)}\nlanguage: {language}\n'
    front += f'authors: [{chance.choice(("ada", "ivan"))}]\ntags: [Harbour]\nsummary: "New."\n'
    write(root / f"sources/pieces/{name}.md", f"---\n{front}---\n\nIt is new {ENDINGS[0]}\n")


def no_author(root: Path, chance: random.Random) -> None:
    """Remove an author; their pieces are the other's."""
    if len(authors(root)) > 1:
        path = chance.choice(authors(root))
        path.unlink()
        [other] = authors(root)
        for piece in pieces(root):
            put(piece, "authors", f"[{other.stem}]")
            replace(piece, f"(../authors/{path.name})", f"(../authors/{other.name})")


def image(root: Path, chance: random.Random) -> None:
    """Put another image of the same size in bytes in the place of one."""
    paint(root / "sources/pieces/lamp.png", chance.choice((0, 128, 255)))


def stray(root: Path, chance: random.Random) -> None:
    """Leave a file where it is warned of, or an image that no text shows, or take it away."""
    path = root / "sources" / chance.choice(("stray.txt", "stray.png"))
    if path.exists():
        path.unlink()
    else:
        paint(path.with_suffix(".png"), 7)
        path.with_suffix(".png").rename(path)


def same_size(root: Path, chance: random.Random) -> None:
    """Change a letter of a file, and neither its size nor its time."""
    path = chance.choice((*pieces(root), *authors(root), *sorted(root.glob("locales/**/*.po"))))
    before, text = path.stat(), path.read_text(encoding="utf-8")
    # A vowel in the last word of a paragraph, or of a translation.
    form = r"(?<=\w)[aeiuоа](?=\w*\.\n)"
    form = form if path.suffix == ".md" else r"(?<=\w)[aeiuоа](?=[\w ]*\.? \(\w+\))"
    if found := list(re.finditer(form, text)):
        place = chance.choice(found).start()
        alphabet = "aeiu" if text[place] in "aeiu" else "оа"
        letter = chance.choice([one for one in alphabet if one != text[place]])
        path.write_text(text[:place] + letter + text[place + 1 :], encoding="utf-8")
    assert path.stat().st_size == before.st_size
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def touched(root: Path, chance: random.Random) -> None:
    """Give every file another time, and change none."""
    for path in root.rglob("*"):
        if path.is_file() and chance.random() < 0.7:
            when = chance.randint(10**9, 2 * 10**9)
            os.utime(path, (when, when))


SOURCE: Mapping[str, Change] = {
    "paragraph": paragraph,
    "another paragraph": added_paragraph,
    "link": link,
    "note": note,
    "biography": life,
    "person": person,
    "renamed": renamed,
    "removed": removed,
    "added": added,
    "author removed": no_author,
    "image": image,
    "stray": stray,
    "same size": same_size,
    "touched": touched,
}

# ── Changes of catalogues ────────────────────────────────────────────────────────────────────


def _catalogue(root: Path, chance: random.Random) -> Path | None:
    found = sorted(root.glob("locales/*/LC_MESSAGES/**/*.po"))
    return chance.choice(found) if found else None


def _entry(root: Path, chance: random.Random, change: Callable[[Entry], Entry]) -> None:
    path = _catalogue(root, chance)
    if path is None:
        return

    def one(old: Catalogue) -> Catalogue:
        entries = list(old.entries)
        if entries:
            number = chance.randrange(len(entries))
            entries[number] = change(entries[number])
        return dataclasses.replace(old, entries=tuple(entries))

    rewrite(path, one)


def msgstr(root: Path, chance: random.Random) -> None:
    """Translate a message, in one of several ways."""
    mark = chance.choice((" (one)", " (two)", " (three)"))
    _entry(root, chance, lambda entry: dataclasses.replace(translated(entry, mark), flags=()))


def all_of_it(root: Path, chance: random.Random) -> None:
    """Translate a catalogue to its end."""
    path = _catalogue(root, chance)
    if path is not None:
        work(path, lambda entry: dataclasses.replace(translated(entry, " (all)"), flags=()))
        head(path, "X-Completed", "2026-11-01")


def cleared(root: Path, chance: random.Random) -> None:
    """Take a translation back."""
    _entry(
        root,
        chance,
        lambda entry: dataclasses.replace(
            entry, translation="", plurals=tuple("" for _ in entry.plurals), flags=()
        ),
    )


def doubted(root: Path, chance: random.Random) -> None:
    """Mark a translation as fuzzy."""
    _entry(
        root,
        chance,
        lambda entry: dataclasses.replace(entry, flags=("fuzzy",)) if entry.translation else entry,
    )


def wrong(root: Path, chance: random.Random) -> None:
    """Translate a message so that it may not stand: with a link that the original has not."""
    _entry(
        root,
        chance,
        lambda entry: (
            dataclasses.replace(entry, translation="[x](https://x.example)", flags=())
            if not entry.plural
            else entry
        ),
    )


def translator(root: Path, chance: random.Random) -> None:
    """Let somebody else have translated a catalogue last, or on another day."""
    path = _catalogue(root, chance)
    if path is not None:
        head(path, "Last-Translator", chance.choice(("", "Can Ay <c@d.example>", "Anna")))
        when = chance.choice(("2026-10-05 10:00+0300", "2026-11-20 00:00+0000"))
        head(path, "PO-Revision-Date", when)


def completed(root: Path, chance: random.Random) -> None:
    """Let a catalogue have been complete once, or not."""
    path = _catalogue(root, chance)
    if path is not None:
        head(path, "X-Completed", chance.choice(("", "2026-10-01")))


def no_catalogue(root: Path, chance: random.Random) -> None:
    """Remove a catalogue."""
    path = _catalogue(root, chance)
    if path is not None:
        path.unlink()


def updated(root: Path, chance: random.Random) -> None:
    """Run `publish update`."""
    with contextlib.suppress(PublishError):
        update(root, load(root), (), grade=chance.choice(list(Grade)))


def interface(root: Path, chance: random.Random) -> None:
    """Say something of the interface otherwise."""
    tag = chance.choice(("tr", "ru"))
    path = root / po(tag, "interface")
    if not path.exists():
        own = packaged_theme() / po(tag, "interface")
        write(path, own.read_text(encoding="utf-8"))
    mark = chance.choice(("", "!", "?"))

    def say(entry: Entry) -> Entry:
        if entry.plural or "%" in entry.key[1] or not entry.translation:
            return entry
        return dataclasses.replace(entry, translation=entry.translation.rstrip("!?") + mark)

    work(path, say)


TRANSLATION: Mapping[str, Change] = {
    "msgstr": msgstr,
    "all translated": all_of_it,
    "cleared": cleared,
    "fuzzy": doubted,
    "wrong": wrong,
    "translator": translator,
    "completed": completed,
    "catalogue removed": no_catalogue,
    "updated": updated,
    "interface": interface,
}

# ── Changes of the whole site ────────────────────────────────────────────────────────────────


def template(root: Path, chance: random.Random) -> None:
    """Change a template, the site's own or one that it takes from the package."""
    name = chance.choice(sorted(path.name for path in (packaged_theme() / "templates").iterdir()))
    mark_template(root, name, chance.choice("12"))


def mark_template(root: Path, name: str, mark: str) -> None:
    """Give a template a mark that its pages show: in the first element, or in a comment."""
    text = packaged(name)
    if name.endswith(".html"):
        text = re.sub(r"<([a-z]\w*)(?=[ >\n])", rf'<\1 data-mark="{mark}"', text, count=1)
    else:
        text += f"/* {mark} */\n"
    write(root / "templates" / name, text)


SHOWN = (
    "{{ settings.floor }}",
    "{{ settings.page_size }}",
    "{{ settings.pdf.paper }}",
    "{{ settings.languages | length }}",
    "{{ edition.coverage.share }}",
    "{{ edition.related | map(attribute='summary') | list | length }}",
    "{{ edition.bylines | map(attribute='bio') | join }}",
    "{{ edition.untranslated }}",
    "{{ edition.default_path }}",
)
"""What a site's own template may show besides what the packaged ones do."""


def shows(root: Path, chance: random.Random) -> None:
    """Let pages or PDFs show something that they did not."""
    name = chance.choice(("edition.html", "print.html"))
    text = packaged(name).replace("</article>", f"<p>{chance.choice(SHOWN)}</p></article>")
    write(root / "templates" / name, text)


def no_template(root: Path, chance: random.Random) -> None:
    """Remove a template of the site's own: the package has one."""
    if own := sorted(root.glob("templates/*")):
        chance.choice(own).unlink()


def no_templates(root: Path, chance: random.Random) -> None:
    """Remove all templates of the site's own."""
    shutil.rmtree(root / "templates", ignore_errors=True)


CHOICES: Mapping[str, Sequence[str]] = {
    "title": (
        '{ en = "Port Papers", tr = "Liman Yazıları", ru = "Портовые записки" }',
        '{ en = "Harbour Notes", tr = "Liman Yazıları" }',
        '"Quay"',
    ),
    "base_url": ('"https://port.example"', '"https://port.example/notes"'),
    "languages": ('["en", "tr", "ru"]', '["ru", "tr", "en"]', '["tr", "en", "ru"]'),
    "threshold": ("", "1.0", "0.3"),
    "floor": ("", "0.3", "0.0"),
    "page_size": ("1", "2", "20"),
    "feeds": ("", "false"),
    "licence": ('"CC BY 4.0"', '"CC BY-SA 4.0"'),
    "licence_url": ("", '"https://creativecommons.org/licenses/by/4.0/"'),
    "disclaimer": ("", '"The views are the authors’ own."'),
    "pdf": ("", '{ paper = "Letter" }', '{ paper = "A4" }'),
    "slugs": ("", '{ "Harbour" = "port" }', '{ "Of the Port" = "the-port" }'),
    "house_quotes": ("", '["ru"]'),
    "check_ignore": ("", '{ tr = { W8 = "as the house does" } }'),
    "search": ("", "true"),
}
"""What the site's settings may say; empty where they say nothing."""


def setting(root: Path, chance: random.Random) -> None:
    """Change a setting."""
    name = chance.choice(sorted(CHOICES))
    set_to(root, name, chance.choice(CHOICES[name]))


def set_to(root: Path, name: str, value: str) -> None:
    """Set a setting; an empty one goes."""
    path = root / "pyproject.toml"
    text = re.sub(rf"^{name} = .*\n", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    write(path, text + (f"{name} = {value}\n" if value else ""))


def glossary(root: Path, chance: random.Random) -> None:
    """Write a glossary, which readers never see."""
    write(root / "locales/tr/glossary.csv", f"term,translation\nlamp,fener{chance.randint(1, 2)}\n")


WHOLE: Mapping[str, Change] = {
    "template": template,
    "shown": shows,
    "own template removed": no_template,
    "own templates removed": no_templates,
    "setting": setting,
    "glossary": glossary,
}

CHANGES: Mapping[str, Change] = {**SOURCE, **FRONT_MATTER, **TRANSLATION, **WHOLE}
"""All of them by name."""

# ── Faults ───────────────────────────────────────────────────────────────────────────────────


def _broken(more: str) -> Change:
    def change(root: Path, chance: random.Random) -> None:
        path = chance.choice(pieces(root))
        write(path, path.read_text(encoding="utf-8") + more)

    return change


def _file(name: str, text: str) -> Change:
    return lambda root, _: write(root / name, text)


BREACHES: Mapping[str, Change] = {
    "front matter": lambda root, chance: put(chance.choice(pieces(root)), "language", "xx-xx-xx"),
    "link": _broken("\nSee [nothing](nothing.md).\n"),
    "note": _broken("\nA mark.[^none]\n"),
    "image": _broken("\n![None](none.png)\n"),
    "engine": _broken("\nThis is unsettable.\n"),
    "letters": _broken("\nThese cannot be set: 北京.\n"),
    "template": _file("templates/edition.html", "{% if %}"),
    "undefined": _file("templates/print.html", "{{ nothing.at.all }}"),
    "settings": _file("pyproject.toml", "[tool.publish]\ntitel = 1\n"),
    "catalogue": _file("locales/tr/LC_MESSAGES/pieces/lamps.po", 'msgid "a"\nmsgstr "b\n'),
}
"""What stops a build."""

# ── Damage ───────────────────────────────────────────────────────────────────────────────────

Damage = Callable[[Path, random.Random], None]
"""What becomes of a file, or of a folder."""


def _rewritten(path: Path, content: bytes) -> None:
    """Write into the file itself: what is one with it changes too."""
    mode = path.stat().st_mode
    path.chmod(0o644)
    with path.open("r+b") as file:
        file.truncate()
        file.write(content)
    path.chmod(mode)


def _truncated(path: Path, chance: random.Random) -> None:
    content = path.read_bytes()
    _rewritten(path, content[: chance.randint(0, len(content))])


def _flipped(path: Path, chance: random.Random) -> None:
    """Change some bytes, and neither the size of the file nor its time."""
    before, content = path.stat(), bytearray(path.read_bytes())
    for _ in range(min(len(content), chance.choice((1, 1, 50)))):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    _rewritten(path, bytes(content))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _longer(path: Path, _: random.Random) -> None:
    _rewritten(path, path.read_bytes() + b"<!-- more -->")


def _gone(path: Path, _: random.Random) -> None:
    path.unlink()


def _folder(path: Path, _: random.Random) -> None:
    path.unlink()
    path.mkdir()
    (path / "inside").write_bytes(b"a file")


def _link(path: Path, _: random.Random) -> None:
    path.unlink()
    path.symlink_to("/dev/null")


def _mode(path: Path, chance: random.Random) -> None:
    path.chmod(chance.choice((0o600, 0o666, 0o755)))


FILE: Mapping[str, Damage] = {
    "truncated": _truncated,
    "flipped": _flipped,
    "longer": _longer,
    "gone": _gone,
    "a folder": _folder,
    "a link": _link,
    "another mode": _mode,
}
"""What may become of one file."""


def _swapped(folder: Path, chance: random.Random) -> None:
    """Let two files stand in each other's place."""
    found = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    if len(found) > 1:
        one, other = chance.sample(found, 2)
        contents = one.read_bytes(), other.read_bytes()
        _rewritten(one, contents[1])
        _rewritten(other, contents[0])


def _more(folder: Path, chance: random.Random) -> None:
    """Add a file, or a folder with one."""
    path = folder / chance.choice(("more.html", "en/more.html", "more/more.pdf"))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"more")


def _nothing(folder: Path, _: random.Random) -> None:
    shutil.rmtree(folder)


def _emptied(folder: Path, _: random.Random) -> None:
    for path in folder.rglob("*"):
        if path.is_file() and path.name != "manifest.json":
            path.unlink()


def _open(folder: Path, _: random.Random) -> None:
    folder.chmod(0o700)


def _lie(folder: Path, chance: random.Random) -> None:
    """Change a page, and have the manifest agree."""
    manifest = folder / "manifest.json"
    pages = [p for p in sorted(folder.rglob("*.html")) if stat.S_ISREG(p.lstat().st_mode)]
    if pages and manifest.is_file():
        page = chance.choice(pages)
        old, new = page.read_bytes(), page.read_bytes().replace(b"<body", b"<BODY")
        text = manifest.read_text(encoding="utf-8")
        told, lie = (hashlib.sha256(content).hexdigest() for content in (old, new))
        _rewritten(page, new)
        _rewritten(manifest, text.replace(told, lie).encode())


FOLDER: Mapping[str, Damage] = {
    "swapped": _swapped,
    "more": _more,
    "nothing": _nothing,
    "emptied": _emptied,
    "another mode": _open,
    "a lie": _lie,
}
"""What may become of a folder."""


def damage(folder: Path, chance: random.Random, how: str = "") -> str:
    """Damage a folder or one of its files; what was done is told, nothing where there is none."""
    if not folder.is_dir() or folder.is_symlink():
        return ""
    files = [path for path in sorted(folder.rglob("*")) if stat.S_ISREG(path.lstat().st_mode)]
    how = how or chance.choice((*FILE, *FOLDER))
    if how in FOLDER:
        FOLDER[how](folder, chance)
        return how
    # Without its manifest the folder is none of ours, and no build would touch it.
    removing = FILE[how] in (_gone, _folder, _link)
    files = [path for path in files if not (removing and path.name == "manifest.json")]
    if not files:
        return ""
    path = chance.choice(files)
    FILE[how](path, chance)
    return f"{path.relative_to(folder)}: {how}"
