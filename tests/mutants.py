"""What keys are made of, each part with a history that goes wrong where it is left out."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from publish import memo
from publish.build import Remembered
from publish.model import Edition, Pdf
from publish.pdf import Job
from publish.snapshot import packaged_theme

from . import rebuilds
from .rebuilds import NOW, RELEASE, Asked, po, write

LAMPS, TIDES, CHARTS, LEDGER = (
    f"sources/pieces/{slug}.md" for slug in ("lamps", "tides", "charts", "ledger")
)
IVAN = "sources/authors/ivan.md"

Builds = Iterator[Asked | None]
"""How each build of a history is asked for; None: by another engine, and nobody looks at it."""

History = Callable[[Path], Builds]


@dataclass(frozen=True)
class Mutant:
    """One part of one key, left out."""

    where: str
    """The function that asks for the key, with its module."""

    part: str | int
    """The part: its name, or its place."""

    history: History
    """What shows that it is needed."""

    def __str__(self) -> str:
        """The mutant as a test is called by."""
        return f"{self.where}, {self.part}"


def change(root: Path, name: str, old: str, new: str) -> None:
    """Change a text that a file has."""
    assert old in (root / name).read_text(encoding="utf-8")
    rebuilds.replace(root / name, old, new)


def more(root: Path, name: str, text: str) -> None:
    """Add a text to the end of a file."""
    write(root / name, (root / name).read_text(encoding="utf-8") + text)


# ── Histories ────────────────────────────────────────────────────────────────────────────────


def _once(begin: Callable[[Path], object] | None, then: Callable[[Path], object]) -> History:
    """A site is prepared and built, then something is done to it."""

    def history(root: Path) -> Builds:
        if begin:
            begin(root)
        yield Asked()
        then(root)
        yield Asked()

    return history


def _asked(first: Asked, second: Asked, begin: Callable[[Path], object] | None = None) -> History:
    """A site is built twice, and asked for otherwise."""

    def history(root: Path) -> Builds:
        if begin:
            begin(root)
        yield first
        yield second

    return history


def _first_engine(root: Path) -> Builds:
    yield None
    yield Asked()


fonts = _asked(Asked(), Asked(fonts=True))
libraries = _asked(Asked(), Asked(libraries=True))
next_release = _asked(Asked(), Asked(release=True))
theme = _asked(Asked(), Asked(theme=True))
drafts = _asked(Asked(), Asked(drafts=True))
licence = _once(None, lambda root: rebuilds.set_to(root, "licence", '"CC0"'))
page = _once(None, lambda root: rebuilds.mark_template(root, "edition.html", "1"))
screen = _once(None, lambda root: more(root, "templates/screen.css", "/* more */\n"))
paper = _once(None, lambda root: more(root, "templates/print.css", "/* more */\n"))
paragraph = _once(None, lambda root: change(root, LAMPS, "at dusk", "at noon"))
msgstr = _once(None, lambda root: change(root, po("tr", "pieces/lamps"), "duties (tr)", "görev"))
life = _once(None, lambda root: change(root, IVAN, "карты порта", "карты"))
topic = _once(None, lambda root: change(root, po("tr", "tags"), "Light (tr)", "Işık"))
image = _once(None, lambda root: rebuilds.paint(root / "sources/pieces/lamp.png", 255))
held = _once(None, lambda root: rebuilds.put(root / LAMPS, "hold", "[tr]"))


def _own_interface(root: Path) -> None:
    own = packaged_theme() / po("tr", "interface")
    write(root / po("tr", "interface"), own.read_text(encoding="utf-8"))


def _said(root: Path) -> None:
    def say(entry: Any) -> Any:
        plain = not entry.plural and "%" not in entry.key[1] and entry.translation
        return rebuilds.translated(entry, "!") if plain else entry

    rebuilds.work(root / po("tr", "interface"), say)


def _no_topics(root: Path) -> None:
    for path in rebuilds.pieces(root):
        rebuilds.put(path, "tags", "[]")


interface = _once(_own_interface, _said)
no_topics = _once(None, _no_topics)
preview = _asked(
    Asked(now=RELEASE),
    Asked(now=RELEASE, drafts=True),
    lambda root: rebuilds.set_to(root, "feeds", "false"),
)
other_title = _once(
    None, lambda root: change(root, po("en", "pieces/tides"), "Gelgit Defteri (en)", "A Log")
)


def _strangers(root: Path) -> None:
    """`ledger` has nothing in common with `charts`, and leads to it."""
    rebuilds.put(root / LEDGER, "authors", "[ada]")
    rebuilds.put(root / LEDGER, "tags", "[Oil]")
    more(root, LEDGER, "\nSee [the charts](charts.md).\n")


link = _asked(Asked(), Asked(now=RELEASE), _strangers)
link_of_author = _asked(
    Asked(),
    Asked(now=RELEASE),
    lambda root: more(root, "sources/authors/ada.md", "\nBkz. [haritalar](../pieces/charts.md).\n"),
)


def _portrait(root: Path) -> None:
    rebuilds.paint(root / "sources/authors/ivan.png", 0)
    more(root, IVAN, "\n![Лицо](ivan.png)\n")


portrait = _once(_portrait, lambda root: rebuilds.paint(root / "sources/authors/ivan.png", 255))
named = _once(None, lambda root: rebuilds.put(root / LAMPS, "title", '"Lamps on the Quays"'))


def _found(root: Path) -> None:
    rebuilds.set_to(root, "search", "true")


found = _once(_found, lambda root: change(root, LAMPS, "at dusk", "at noon"))


def _found_alone(root: Path) -> None:
    """An author has no piece in a language, and a page."""
    _found(root)
    rebuilds.put(root / TIDES, "authors", "[ada]")


found_author = _once(
    _found_alone, lambda root: change(root, po("tr", "authors/ivan"), "collects", "gathers")
)


def _plain_paper(root: Path) -> None:
    write(root / "templates/print.html", "<!doctype html><title>{{ edition.title }}</title>\n")


day = _once(_plain_paper, lambda root: rebuilds.put(root / LAMPS, "updated", "2026-11-02"))


def _moved_theme(root: Path) -> None:
    (root / "templates").rename(root / "look")
    rebuilds.set_to(root, "theme", '"look"')


theme_folder = _once(None, _moved_theme)

# What a survey hangs on.


def _two_languages(root: Path) -> None:
    """Nothing is in Russian."""
    rebuilds.set_to(root, "languages", '["en", "tr"]')
    rebuilds.set_to(root, "title", '"Papers"')
    (root / CHARTS).unlink()
    gone = [*root.glob("locales/ru/**/*.po"), *root.glob("locales/*/*/*/charts.po")]
    for path in (*gone, *root.glob("locales/*/*/authors/ivan.po")):
        path.unlink()
    write(root / IVAN, "---\nname: Ivan\nlanguage: tr\n---\n\nHarita toplar.\n")
    rebuilds.put(root / TIDES, "hold", "")


another_language = _once(
    _two_languages, lambda root: rebuilds.set_to(root, "languages", '["en", "tr", "ru"]')
)


def _half(root: Path) -> None:
    """`ledger` is translated in part, and has never been whole."""
    rebuilds.set_to(root, "floor", "0.2")
    path = root / po("tr", "pieces/ledger")
    left = iter([False, False, True])
    rebuilds.work(
        path,
        lambda one: rebuilds.translated(one, " (tr)") if not next(left, False) else one,
    )


threshold = _once(
    _half,
    lambda root: rebuilds.set_to(root, "threshold", "0.3"),
)


def _nearly_nothing(root: Path) -> None:
    """Of a translation that was whole once its title is left, and little more."""
    path = root / po("tr", "pieces/lamps")
    rebuilds.work(
        path,
        lambda one: (
            one if one.key[0] == "title" else dataclasses.replace(one, translation="", flags=())
        ),
    )


floor = _once(_nearly_nothing, lambda root: rebuilds.set_to(root, "floor", "0.0"))


def _without_a_mark(root: Path) -> None:
    """A translation loses the mark of a note, which a site may allow."""
    rebuilds.work(
        root / po("tr", "pieces/lamps"),
        lambda one: dataclasses.replace(one, translation=one.translation.replace("[^1]", "")),
    )


check_ignore = _once(
    _without_a_mark,
    lambda root: rebuilds.set_to(root, "check_ignore", '{ tr = { E2 = "as the house does" } }'),
)
letters = _asked(
    Asked(pdfs=False),
    Asked(),
    lambda root: more(root, LEDGER, "\nThis cannot be set: [北京]{lang=zh}.\n"),
)


def _rename(root: Path) -> None:
    (root / LEDGER).rename(root / "sources/pieces/oil.md")


renamed = _once(None, _rename)


def _astray(root: Path) -> None:
    """`lamps` has another name, its catalogues have not."""
    (root / LAMPS).rename(root / "sources/pieces/quay.md")
    for path in (root / TIDES, root / CHARTS):
        rebuilds.replace(path, "(lamps.md)", "(quay.md)")


def _of_something_else(root: Path) -> None:
    path = root / po("tr", "pieces/lamps")
    rebuilds.work(
        path,
        lambda one: dataclasses.replace(one, key=(one.key[0], f"Nothing of it: {hash(one.key)}")),
    )


def _another_text(root: Path) -> None:
    front = (root / "sources/pieces/quay.md").read_text(encoding="utf-8").split("---\n")[1]
    write(root / "sources/pieces/quay.md", f"---\n{front}---\n\nNothing of what there was.\n")
    rebuilds.put(root / "sources/pieces/quay.md", "title", '"Something Else Altogether"')
    rebuilds.put(root / "sources/pieces/quay.md", "summary", '"Not a word is the same."')
    rebuilds.put(root / "sources/pieces/quay.md", "corrections", "")


adopted_by_next = _asked(Asked(), Asked(release=True), _astray)
other_strays = _once(_astray, _of_something_else)
other_candidate = _once(_astray, _another_text)


def _new_sentence(root: Path) -> None:
    text = rebuilds.packaged("_feed.html")
    write(root / "templates/_feed.html", text + "{{ _('A new sentence.') }}\n")


def _one_language(root: Path) -> None:
    _two_languages(root)
    rebuilds.set_to(root, "languages", '["en"]')
    for path in sorted(root.glob("locales/tr/**/*.po")):
        path.unlink()
    for name in (TIDES, IVAN, "sources/authors/ada.md"):
        rebuilds.put(root / name, "language", "en")
    _new_sentence(root)


more_languages = _once(
    _one_language, lambda root: rebuilds.set_to(root, "languages", '["en", "tr"]')
)
new_sentence = _once(None, _new_sentence)


def _broken_interface(root: Path) -> None:
    def say(entry: Any) -> Any:
        return dataclasses.replace(entry, translation=entry.translation.replace("%(", "("))

    rebuilds.work(root / po("tr", "interface"), say)


broken_interface = _once(_own_interface, _broken_interface)


def _broken_template(root: Path) -> None:
    write(root / "templates/_spare.html", "{% if %}\n")


broken_moves = _once(_broken_template, _moved_theme)


def _rename_image(root: Path) -> None:
    (root / "sources/pieces/lamp.png").rename(root / "sources/pieces/light.png")
    for path in (root / LAMPS, *root.glob("locales/*/LC_MESSAGES/pieces/lamps.po")):
        rebuilds.replace(path, "(lamp.png)", "(light.png)")


renamed_image = _once(None, _rename_image)

# ── Mutants ──────────────────────────────────────────────────────────────────────────────────

MUTANTS = (
    # Whether anything has to be done.
    Mutant("build.build", 0, fonts),
    Mutant("build.build", 1, libraries),
    Mutant("build.build", 2, paragraph),
    Mutant("build.build", 4, drafts),
    Mutant("build.build", 5, _first_engine),
    # Sources.
    Mutant("survey.__init__", 0, next_release),
    Mutant("survey.__init__", 1, another_language),
    Mutant("survey.__init__", 3, threshold),
    Mutant("survey.__init__", 4, floor),
    Mutant("survey.__init__", 5, check_ignore),
    Mutant("survey.__init__", 6, letters),
    Mutant("survey._record", 0, threshold),
    Mutant("survey._record", 1, renamed),
    Mutant("survey._record", 2, paragraph),
    Mutant("survey._record", 3, msgstr),
    Mutant("survey._adopt", 0, adopted_by_next),
    Mutant("survey._adopt", 1, other_strays),
    Mutant("survey._adopt", 2, other_candidate),
    Mutant("survey._interface", 0, next_release),
    Mutant("survey._interface", 1, more_languages),
    Mutant("survey._interface", 2, new_sentence),
    Mutant("survey._interface", 3, broken_moves),
    Mutant("survey._interface", 4, broken_interface),
    Mutant("survey._interface", 5, theme),
    Mutant("survey._image_key", 0, next_release),
    Mutant("survey._image_key", 1, renamed_image),
    Mutant("survey._image_key", 2, image),
    # Pages and PDFs: what all of a kind hang on.
    *(
        Mutant("press", part, history)
        for part, history in {
            "this program, its libraries or fonts": fonts,
            "the settings": licence,
            "the templates": page,
            "the style sheets": screen,
            "the words of the interface": interface,
            "which lists of topics there are": no_topics,
            "whether it is a preview": preview,
            "the style sheet of paper": paper,
            "what sets PDFs": libraries,
            "the list": named,
            "the author": life,
            "where its links lead": link_of_author,
            "the piece": named,
            "the pieces": found,
            "the authors": found_author,
        }.items()
    ),
    Mutant("press._of_all", 0, page),
    Mutant("press._page", 0, page),
    Mutant("press._page", 1, paragraph),
    Mutant("press._page", 2, paper),
    Mutant("press._missing", 0, paper),
    Mutant("press._missing", 1, paragraph),
    Mutant("press._named", 0, licence),
    Mutant("press._search", 0, found),
    Mutant("press._file", 1, paragraph),
    # An edition, which is known by all of its fields; these have something else in their place.
    Mutant("press._own", "body", paragraph),
    Mutant("press._own", "bylines", life),
    Mutant("press._own", "related", other_title),
    Mutant("press._own", "links", link),
    Mutant("press._own", 0, paragraph),
    # What a PDF is made from.
    *(
        Mutant("press._tasks", part, history)
        for part, history in {
            "html": paragraph,
            "stylesheet": paper,
            "stylesheet_path": theme_folder,
            "images": portrait,
            "epoch": day,
        }.items()
    ),
    Mutant("press._tasks", 0, paragraph),
    Mutant("press._tasks", 1, fonts),
    Mutant("press._tasks", 2, libraries),
    Mutant("press._tasks", 3, _first_engine),
)
"""Every part of every key, but for those below."""

IMPLIED: Mapping[tuple[str, str | int], str] = {
    ("build.build", 3): "without PDFs the part before it is empty",
    ("survey.__init__", 2): "only of sources that cannot be read, which are not remembered",
    ("press._missing", 2): "images are among where links lead, by names that have their sums",
    ("press._tasks", "source"): "it is in the name of the edition",
    ("press._tasks", "edition"): "it is in the source's name, and its language in the page's",
    ("press._file", 0): "the path is in what each page is made from",
}
"""Parts that could be left out, and why: they cost nothing, and keep the others honest."""


def parts_of(where: str, parts: tuple[object, ...]) -> Iterator[tuple[str, str | int]]:
    """The parts of a key that a function asks for."""
    names = sorted({name for part in parts for name in names_of(part)})
    if where in SHARED:
        yield from (("press", name) for name in names)
    elif where == "press._tasks":
        yield from ((where, name) for name in names)
    elif where == "press._own":
        fields = {field.name for field in dataclasses.fields(Edition)}
        assert {*names} == fields | {"links"}
        yield from ((where, name) for name in ("body", "bylines", "related", "links"))
    if not where.startswith("press.") or where in (*SHARED, *ALONE):
        yield from ((where, number) for number in range(len(parts)))


def _fewer(**gone: object) -> Callable[..., bool]:
    whole = Remembered.holds

    def holds(self: Remembered, manifest: str, now: datetime.datetime) -> bool:
        left = {name: manifest if value is None else value for name, value in gone.items()}
        less: Any = dataclasses.replace(self, **left)  # type: ignore[arg-type]
        return whole(less, manifest, now)

    return holds


def _old_output(root: Path) -> Builds:
    """A whole site of before comes back, with a manifest that is true of it."""
    yield Asked()
    shutil.copytree(root / "output", root / ".kept")
    change(root, LAMPS, "at dusk", "at noon")
    yield Asked()
    shutil.rmtree(root / "output")
    (root / ".kept").rename(root / "output")
    yield Asked()


FEWER: Mapping[str, tuple[Callable[..., bool], History]] = {
    "manifest": (_fewer(manifest=None), _old_output),
    "since": (
        _fewer(since=datetime.datetime.min.replace(tzinfo=datetime.UTC)),
        _asked(Asked(now=RELEASE), Asked(now=NOW)),
    ),
    "until": (
        _fewer(until=datetime.datetime.max.replace(tzinfo=datetime.UTC)),
        _asked(Asked(now=NOW), Asked(now=RELEASE)),
    ),
}
"""What is looked at before a whole build is taken for done: each without one of its questions."""


SHARED = ("press._of_all", "press._page", "press._missing", "press._named", "press._search")
"""The functions whose keys have parts with names that several have."""

ALONE = ("press._file", "press._own", "press._tasks")
"""Other functions of `press` whose keys decide what is kept."""


@contextlib.contextmanager
def at_work(mutant: Mutant) -> Iterator[Callable[[], int]]:
    """Leave a part out of every key that has it; how often that was."""
    whole, times = memo.key, 0

    def key(*parts: object) -> str:
        nonlocal times
        code = sys._getframe(1).f_code
        module = Path(code.co_filename).stem
        where = f"{module}.{code.co_name}"
        if isinstance(mutant.part, int):
            if mutant.where == where:
                times += 1
                parts = tuple(part for n, part in enumerate(parts) if n != mutant.part)
        elif mutant.where == where or (mutant.where == "press" and where in SHARED):
            left = tuple(_without(part, mutant) for part in parts)
            times += left != parts
            parts = left
        return whole(*parts)

    with mock.patch.object(memo, "key", key):
        yield lambda: times


def _without(part: object, mutant: Mutant) -> object:
    if mutant.part not in names_of(part):
        return part
    if isinstance(part, Mapping):
        return {name: value for name, value in part.items() if name != mutant.part}
    assert isinstance(part, tuple)
    return tuple(pair for pair in part if pair[0] != mutant.part)


def names_of(part: object) -> frozenset[str]:
    """The names of the parts that a part of a key consists of; empty where they have none."""
    if isinstance(part, Mapping):
        return frozenset(part)
    if isinstance(part, tuple) and all(isinstance(one, tuple) and len(one) == 2 for one in part):
        return frozenset(name for name, _ in part if isinstance(name, str))
    return frozenset()


def other_engine(job: Job) -> Pdf:
    """Another engine than ours."""
    return Pdf(b"%PDF of another engine", 1)
