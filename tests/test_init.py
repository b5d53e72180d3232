"""`publish init`: a site that can be published at once, or no trace of one."""

from __future__ import annotations

import dataclasses
import datetime
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from publish import catalogue, check, init
from publish.build import build
from publish.cli import main
from publish.errors import PublishError
from publish.load import load
from publish.locales import parse
from publish.model import Settings
from publish.snapshot import packaged_theme

TODAY = datetime.date(2026, 11, 24)
URL = "https://harbour.example"


def begun(root: Path, *tags: str, title: str = "IŞIK ve İnci", url: str = URL) -> init.Begun:
    """Begin a site in these languages."""
    return init.init(root, title, [parse(tag) for tag in tags], url, TODAY)


def settings_of(root: Path) -> Settings:
    """The settings of the new site."""
    return load(root).site.settings


# ── A site that can be published ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("tags", "sample"),
    [
        (("en", "tr", "ru"), "en"),
        (("tr",), "tr"),
        (("ru", "en"), "ru"),
    ],
)
def test_a_new_site_has_no_fault_and_is_published_at_once(
    tags: Sequence[str], sample: str, tmp_path: Path
) -> None:
    root = tmp_path / "site"
    assert begun(root, *tags).problems == ()
    problems = check.check(load(root))
    assert [str(problem) for problem in problems] == []
    report = build(root, pdfs=False)
    assert (report.pages, report.problems) == (1, ())
    for tag in tags:
        assert (root / f"output/{tag}/index.html").is_file()
    page = (root / f"output/{sample}/sample-piece/index.html").read_text(encoding="utf-8")
    assert f'<html lang="{sample}"' in page
    # No language's rules have touched the title.
    assert "IŞIK ve İnci" in page


def test_a_new_site_has_pdfs(tmp_path: Path) -> None:
    root = tmp_path / "site"
    begun(root, "ru", "en", "tr")
    report = build(root)
    assert (report.pdfs, report.problems) == (1, ())
    assert (root / "output/ru/sample-piece/sample-piece.ru.pdf").read_bytes()[:5] == b"%PDF-"


def test_every_sample_names_the_topic_that_only_its_own_site_has(tmp_path: Path) -> None:
    begun(tmp_path / "first", "en-GB", "en")
    begun(tmp_path / "second", "fa", "en")
    pieces = [load(tmp_path / name).site.pieces[0] for name in ("first", "second")]
    assert [piece.locale.tag for piece in pieces] == ["en-GB", "en"]
    assert [len(piece.tags) for piece in pieces] == [1, 0]


def _translated(path: Path, tag: str) -> None:
    """Fill the catalogue with its own originals."""
    text = path.read_text(encoding="utf-8")
    found, problems = catalogue.read(path.as_posix(), text, "interface", parse(tag))
    assert found is not None, problems
    entries = tuple(
        dataclasses.replace(
            entry,
            translation="" if entry.plural else entry.key[1],
            plurals=tuple(entry.plural for _ in entry.plurals) if entry.plural else (),
        )
        for entry in found.entries
    )
    path.write_text(catalogue.dump(dataclasses.replace(found, entries=entries)), encoding="utf-8")


@pytest.mark.parametrize(("tags", "pages"), [(("fa", "en"), 1), (("fa",), 0)])
def test_a_language_that_the_templates_do_not_speak_waits_for_its_catalogue(
    tags: Sequence[str], pages: int, tmp_path: Path
) -> None:
    root = tmp_path / "site"
    site = begun(root, *tags)
    assert {problem.code for problem in site.problems} == {"T2"}
    assert [locale.tag for locale in site.untranslated] == ["fa"]
    [path] = site.to_translate
    _translated(root / path, "fa")
    assert check.check(load(root)) == ()
    assert build(root, pdfs=False).pages == pages
    assert 'lang="fa" dir="rtl"' in (root / "output/fa/index.html").read_text(encoding="utf-8")


def test_the_templates_are_those_of_the_package(tmp_path: Path) -> None:
    root = tmp_path / "site"
    begun(root, "en")
    theme = packaged_theme() / "templates"
    # The script of the search goes with the index that this very package makes.
    names = {path.name for path in theme.iterdir()} - {"search.js"}
    assert {path.name for path in (root / "templates").iterdir()} == names | {"README.md"}
    for name in names:
        assert (root / "templates" / name).read_bytes() == (theme / name).read_bytes()
    # As their README says: what is taken away comes from the package again.
    page = build_front(root)
    (root / "templates/front.html").unlink()
    (root / "templates/screen.css").unlink()
    assert build_front(root) == page


def build_front(root: Path) -> str:
    """The index, built."""
    build(root, pdfs=False)
    return (root / "output/en/index.html").read_text(encoding="utf-8")


def test_the_settings_say_what_was_asked_for_and_what_else_there_is(tmp_path: Path) -> None:
    root = tmp_path / "site"
    title = 'A "quoted" \\ {title} # of 50 %'
    begun(root, "tr", "en", title=title, url="https://harbour.example/notes/")
    found = settings_of(root)
    assert dict(found.title) == {"tr": title}
    assert found.base_url == "https://harbour.example/notes"
    assert [locale.tag for locale in found.languages] == ["tr", "en"]
    assert f"# {title}\n" in (root / "README.md").read_text(encoding="utf-8")
    # Every setting that is only shown is one, and shown as it is without it.
    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    shown = re.sub(r"^# (\w+ = .*)$", r"\1", text, flags=re.MULTILINE)
    values = tomllib.loads(shown)["tool"]["publish"]
    assert {"threshold", "floor", "theme", "feeds", "pdf"} <= values.keys()
    for name in ("threshold", "floor", "theme", "feeds"):
        assert values[name] == getattr(found, name)


def test_the_published_site_does_not_go_into_version_control(tmp_path: Path) -> None:
    begun(tmp_path / "site", "en")
    assert "/output/\n" in (tmp_path / "site/.gitignore").read_text(encoding="utf-8")


# ── Nothing half, nothing overwritten ────────────────────────────────────────────────────────


def refused(root: Path, *tags: str, **more: str) -> list[tuple[str, str]]:
    """Code and message of what is wrong; nothing may have been written."""
    above = root.parent.parent
    before = sorted(above.rglob("*"))
    with pytest.raises(PublishError) as caught:
        begun(root, *(tags or ("en",)), **more)
    assert sorted(above.rglob("*")) == before
    return [(problem.code, problem.message) for problem in caught.value.problems]


def test_an_empty_folder_and_one_under_version_control_will_do(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "clone/.git").mkdir(parents=True)
    for name in ("empty", "clone"):
        site = begun(tmp_path / name, "en")
        assert "pyproject.toml" in site.files
        assert "templates/" in site.files
        assert not list((tmp_path / name).glob(".publish-init*"))


@pytest.mark.parametrize("name", ["notes.txt", ".hidden", "output/index.html"])
def test_a_folder_that_holds_anything_is_left_alone(name: str, tmp_path: Path) -> None:
    root = tmp_path / "a/site"
    (root / name).parent.mkdir(parents=True)
    (root / name).write_text("mine", encoding="utf-8")
    assert refused(root) == [("O3", "is not empty")]
    assert (root / name).read_text(encoding="utf-8") == "mine"


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/site").write_text("mine", encoding="utf-8")
    assert refused(tmp_path / "a/site") == [("O3", "is not a folder")]
    assert refused(tmp_path / "a/site/below")[0][0] == "O3"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"title": ""}, "C3"),
        ({"title": "Two\nlines"}, "C3"),
        ({"title": "\x7f"}, "C3"),
        ({"title": "\udcff"}, "C3"),
        ({"url": "harbour.example"}, "C3"),
    ],
)
def test_settings_that_would_be_refused_are_not_written(
    more: dict[str, str], code: str, tmp_path: Path
) -> None:
    assert {found for found, _ in refused(tmp_path / "a/b", **more)} == {code}


@pytest.mark.parametrize("there", [False, True])
@pytest.mark.parametrize("step", ["write_bytes", "rename", "update"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_what_fails_midway_leaves_nothing(
    error: BaseException, step: str, there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "deep/er/site"
    if there:
        root.mkdir(parents=True)
    before = sorted(tmp_path.rglob("*"))
    calls = 0

    def fail(true: Any, *args: Any, **more: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls >= (1 if step == "update" else 3):
            raise error
        return true(*args, **more)

    if step == "update":
        monkeypatch.setattr(init, "update", lambda *args: fail(None))
    else:
        true = getattr(Path, step)
        monkeypatch.setattr(Path, step, lambda *args, **more: fail(true, *args, **more))
    with pytest.raises((PublishError, KeyboardInterrupt)) as caught:
        begun(root, "en")
    if isinstance(caught.value, PublishError):
        [problem] = caught.value.problems
        assert (problem.code, problem.message) == (
            "O3",
            "cannot be written: No space left on device",
        )
    assert calls > 0
    assert sorted(tmp_path.rglob("*")) == before


# ── The command ──────────────────────────────────────────────────────────────────────────────


def run(root: Path, *arguments: str) -> Any:
    """The command line, in this process."""
    return CliRunner().invoke(main, ["-C", str(root), *arguments])


def test_the_command_says_what_it_made_and_what_is_next(tmp_path: Path) -> None:
    done = run(tmp_path, "init", "my site", "--language", "tr", "--language", "en")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "created  .gitignore",
        "created  README.md",
        "created  locales/",
        "created  pyproject.toml",
        "created  sources/",
        "created  templates/",
        "next     cd 'my site'",
        "         see to title and base_url in pyproject.toml",
        "         publish check, then: publish build",
    ]
    found = settings_of(tmp_path / "my site")
    assert (dict(found.title), found.base_url) == ({"tr": "my site"}, "https://example.org")


def test_the_command_says_which_language_the_templates_do_not_speak(tmp_path: Path) -> None:
    done = run(tmp_path, "init", "site", "--language", "en", "--language", "fa")
    assert done.exit_code == 0
    assert done.stderr == (
        "publish: the templates are not translated into fa yet; no build before they are\n"
    )
    assert "         translate locales/fa/LC_MESSAGES/interface.po\n" in done.stdout


def test_the_command_names_a_tag_that_is_none(tmp_path: Path) -> None:
    done = run(tmp_path, "init", "site", "--language", "en-UK")
    assert done.exit_code == 2
    assert "did you mean en-GB?" in done.stderr
    assert not (tmp_path / "site").exists()


def test_a_second_start_is_refused(tmp_path: Path) -> None:
    assert run(tmp_path, "init", "site").exit_code == 0
    done = run(tmp_path, "init", "site")
    assert done.exit_code == 1
    assert "error[O3] is not empty" in done.stderr


def test_the_command_prints_a_configuration_for_a_server(tmp_path: Path) -> None:
    run(tmp_path, "init", "site")
    root = tmp_path / "site"
    done = run(root, "hosting", "nginx")
    assert done.exit_code == 0
    assert f'root "{root}/output";' in done.stdout
    assert "nothing is published yet" in done.stderr
    build(root, pdfs=False)
    (root / "output/_redirects").write_text("/en/old/ /en/sample-piece/ 301\n", encoding="utf-8")
    done = run(root, "hosting", "caddy", "--root", "/srv/site/")
    assert (done.exit_code, done.stderr) == (0, "")
    assert 'root * "/srv/site"' in done.stdout
    assert "redir /en/old/ /en/sample-piece/ permanent" in done.stdout
    assert run(root, "hosting", "nginx", "--root", "/srv/$site").exit_code == 2


def test_a_regional_variant_borrows_the_words_of_its_language(tmp_path: Path) -> None:
    root = tmp_path / "site"
    assert begun(root, "ru-KZ", "en-GB").untranslated == ()
    assert build(root, pdfs=False).problems == ()
    for tag, words in (("ru-kz", "Темы"), ("en-gb", "Atom feed")):
        assert words in (root / f"output/{tag}/index.html").read_text(encoding="utf-8")
