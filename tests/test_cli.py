"""The command line: what it prints where, its exit codes, and what it does not load."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from publish import __version__, cli, output, workers
from publish.cli import main
from publish.workers import Step

from .sites import deep

ROOT = Path(__file__).parent.parent
LIGHTS = "sources/pieces/harbour-lights.md"
LIGHTS_TR = "locales/tr/LC_MESSAGES/pieces/harbour-lights.po"
PORT_EN = "locales/en/LC_MESSAGES/pieces/liman-isiklari.po"
COMMANDS = dict(main.commands)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def run(root: Path, *arguments: str, color: bool = False, **environment: str) -> Result:
    """What a command prints and its exit code; an exception that escapes fails the test."""
    runner = CliRunner(env={"NO_COLOR": None, **environment}, catch_exceptions=False)
    return runner.invoke(main, ["-C", str(root), *arguments], color=color)


def json_of(root: Path, *arguments: str, exit_code: int = 0) -> Any:
    result = run(root, *arguments, "--format", "json")
    assert result.exit_code == exit_code, result.stderr
    return json.loads(result.stdout)


def process(
    *arguments: str, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from publish.cli import main; main()", *arguments]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        cwd=cwd,
        env=os.environ | environment,
    )


def broken(root: Path) -> None:
    """Three faults in two files, and a warning."""
    edit(root / LIGHTS, "summary:", "sumary:")
    edit(root / "sources/authors/ada-deniz.md", "language: tr", "language: xx")
    (root / "sources/pieces/notes.txt").touch()


# ── Exit codes ───────────────────────────────────────────────────────────────────────────────


def test_zero_is_done(site: Path) -> None:
    for arguments in (("check",), ("status",), ("build", "--no-pdf"), ("update",)):
        result = run(site, *arguments)
        assert (result.exit_code, result.stderr) == (0, ""), arguments


@pytest.mark.parametrize("command", ["check", "build", "update", "status"])
def test_one_is_problems_found(site: Path, command: str) -> None:
    broken(site)
    result = run(site, command)
    assert result.exit_code == 1
    assert f"{LIGHTS}:7:1: error[S1] unknown key “sumary”" in result.stderr
    assert "hint: did you mean summary?" in result.stderr
    assert "sources/authors/ada-deniz.md:5:11: error[S1]" in result.stderr


@pytest.mark.parametrize("command", ["check", "build", "update", "status", "new x"])
def test_a_folder_that_is_no_site_is_a_problem(tmp_path: Path, command: str) -> None:
    result = run(tmp_path, *command.split())
    assert result.exit_code == 1
    assert "pyproject.toml:1:1: error[F8]" in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["publsh"],
        ["check", "--frmat", "json"],
        ["check", "--format", "yaml"],
        ["build", "--jobs", "0"],
        ["build", "--clean", "--keep-going"],
        ["new"],
        ["new", "A Title", "--language", "xx"],
    ],
)
def test_two_is_usage(site: Path, arguments: list[str]) -> None:
    result = run(site, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Usage:" in result.stderr


def test_a_folder_that_is_not_there_is_usage(tmp_path: Path) -> None:
    result = run(tmp_path / "nowhere", "check")
    assert result.exit_code == 2
    assert "nowhere" in result.stderr


def test_a_folder_in_the_place_of_a_piece_is_told_and_not_taken_for_its_removal(
    site: Path,
) -> None:
    assert run(site, "build", "--no-pdf").exit_code == 0
    page = site / "output/en/harbour-lights/index.html"
    assert page.exists()
    (site / LIGHTS).unlink()
    (site / LIGHTS).mkdir()
    for arguments in (("check",), ("build", "--no-pdf"), ("build", "--no-pdf", "--keep-going")):
        result = run(site, *arguments)
        assert result.exit_code == 1, arguments
        assert f"{LIGHTS}:1:1: error[F1] is not a regular file" in result.stdout + result.stderr
        assert page.exists()


def test_folders_in_folders_do_no_harm_however_deep_they_are(site: Path) -> None:
    with deep(site / "sources", 1_500):
        for arguments in (("check",), ("build", "--no-pdf")):
            result = run(site, *arguments)
            assert (result.exit_code, result.stderr) == (0, ""), arguments


def test_seventy_five_is_another_build(site: Path) -> None:
    with output.locked(site):
        result = run(site, "build", "--no-pdf")
    assert (result.exit_code, result.stdout) == (75, "")
    assert result.stderr.splitlines() == [
        f"publish: another build of this site is at work (process {os.getpid()})",
        "  hint: build again when it has ended",
    ]
    assert not (site / "output").exists()


def test_a_hundred_and_thirty_is_an_interruption(site: Path) -> None:
    assert process("-C", str(site), "build", "--no-pdf").returncode == 0
    before = (site / "output/manifest.json").read_bytes()
    edit(site / LIGHTS, "summary:", "updated: 2026-09-01\nsummary:")
    code = (
        "import os, signal; from publish import cli, output\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "output.Stage.publish = lambda _: os.kill(os.getpid(), signal.SIGINT)\n"
        "cli.run()\n"
    )
    command = [sys.executable, "-c", code, "-C", str(site), "build", "--no-pdf"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "publish: interrupted\n")
    assert (site / "output/manifest.json").read_bytes() == before
    assert not list(site.glob(".output.stage-*"))


def test_a_real_process_has_the_same_exit_codes(site: Path) -> None:
    assert process("-C", str(site), "check").returncode == 0
    with output.locked(site):
        assert process("-C", str(site), "build").returncode == 75
    broken(site)
    assert process("-C", str(site), "check").returncode == 1
    assert process("-C", str(site), "nonsense").returncode == 2


# ── What is printed where ────────────────────────────────────────────────────────────────────


def test_problems_go_to_stderr_and_the_count_to_stdout(site: Path) -> None:
    broken(site)
    result = run(site, "check")
    assert result.stdout == "3 errors, 1 warning\n"
    assert "sources/pieces/notes.txt:1:1: warning[F9]" in result.stderr
    assert "\x1b" not in result.stdout + result.stderr


def test_no_problems_are_said_so(site: Path) -> None:
    result = run(site, "check")
    assert (result.stdout, result.stderr) == ("no problems\n", "")


def test_a_build_says_what_it_published_and_what_it_held(site: Path) -> None:
    (site / PORT_EN).unlink()
    result = run(site, "build", "--no-pdf")
    assert result.stdout.startswith("published 3 pages, 0 PDFs and 10 lists and other pages")
    assert result.stderr.startswith("held      liman-isiklari, en: ")
    assert (site / "output/tr/liman-isiklari/index.html").is_file()


def test_a_build_that_goes_on_says_what_stayed_as_it_was(site: Path) -> None:
    run(site, "build", "--no-pdf")
    edit(site / LIGHTS, "summary:", "sumary:")
    (site / "sources/pieces/new.md").write_text("new", encoding="utf-8")
    result = run(site, "build", "--no-pdf", "--keep-going")
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-2:] == [
        f"skipped   {LIGHTS}: kept as it was (en, tr)",
        "skipped   sources/pieces/new.md: not published",
    ]
    (site / PORT_EN).unlink()
    report = json_of(site, "build", "--no-pdf", "--keep-going", exit_code=1)
    assert report["skipped"] == [
        {"path": LIGHTS, "locales": ["en", "tr"]},
        {"path": "sources/pieces/new.md", "locales": []},
    ]
    [held] = report["held"]
    assert (held["slug"], held["locale"]) == ("liman-isiklari", "en")
    assert held["reason"]


def test_a_build_that_cannot_go_on_says_why(site: Path) -> None:
    broken(site)
    with (site / "locales/tr/LC_MESSAGES/tags.po").open("a", encoding="utf-8") as file:
        file.write('msgid "x')
    said = (
        "publish: nothing was published: --keep-going skips single pieces and authors, but what is "
        "wrong with locales/tr/LC_MESSAGES/tags.po concerns the whole site"
    )
    result = run(site, "build", "--no-pdf", "--keep-going")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines()[-1] == said
    assert "nothing was published" not in run(site, "build", "--no-pdf").stderr


def test_a_build_counts_redirects_where_there_are_any(site: Path) -> None:
    assert "redirect" not in run(site, "build", "--no-pdf").stdout
    edit(site / LIGHTS, "summary:", "former_slugs: [old-lights]\nsummary:")
    result = run(site, "build", "--no-pdf")
    assert "10 lists and other pages and 2 redirects into output/" in result.stdout
    assert result.stdout.splitlines()[1].endswith(", 2 redirects")
    assert json_of(site, "build", "--no-pdf")["redirects_reused"] == 2


def test_a_build_that_stops_prints_no_result(site: Path) -> None:
    broken(site)
    assert run(site, "build").stdout == ""
    assert run(site, "build", "--format", "json").stdout == ""


def test_warnings_do_not_stop_an_update(site: Path) -> None:
    (site / "sources/pieces/notes.txt").touch()
    result = run(site, "update")
    assert result.exit_code == 0
    assert "warning[F9]" in result.stderr
    assert LIGHTS_TR in result.stdout


def test_status_shows_what_can_be_read_and_says_what_cannot(site: Path) -> None:
    broken(site)
    result = run(site, "status")
    assert "pieces/liman-isiklari" in result.stdout
    assert "harbour-lights" not in result.stdout
    assert "what could not be read is missing above" in result.stderr


def test_status_has_a_line_for_each_source_and_language(site: Path) -> None:
    (site / PORT_EN).unlink()
    lines = run(site, "status").stdout.splitlines()
    row = next(line.split() for line in lines if line.startswith("pieces/harbour-lights"))
    assert row[1] == "tr"
    assert "46/46" in row
    held = next(line for line in lines if line.startswith("pieces/liman-isiklari"))
    assert "no: its title is not translated" in " ".join(held.split())


def test_status_never_cuts_a_name_off(site: Path) -> None:
    slug = "-".join(["long"] * 16)
    (site / f"sources/pieces/{slug}.md").write_bytes((site / LIGHTS).read_bytes())
    for columns in ("40", "80"):
        result = run(site, "status", COLUMNS=columns)
        assert f"pieces/{slug}" in result.stdout
        assert "…" not in result.stdout


def test_update_says_what_became_of_each_catalogue(site: Path) -> None:
    edit(site / LIGHTS, "every* ship.", "every* ship at sea.")
    edit(site / LIGHTS, "- Publish its character.", "- Publish its character.\n- Paint it.")
    first = run(site, "update").stdout
    [line] = [line for line in first.splitlines() if LIGHTS_TR in line]
    assert line.split(maxsplit=2) == ["written", LIGHTS_TR, "8 kept · 1 stale · 1 new"]
    again = run(site, "update").stdout
    assert all(line.startswith("as it was") for line in again.splitlines())


def test_update_takes_the_pieces_that_it_is_given(site: Path) -> None:
    result = run(site, "update", "liman-isiklari")
    assert result.exit_code == 0
    assert [line.split()[3] for line in result.stdout.splitlines()] == [PORT_EN]
    unknown = run(site, "update", "nothing")
    assert unknown.exit_code == 1
    assert "there is no piece “nothing”" in unknown.stderr


ADDRESS = "https://register.example/lights"


def test_a_dry_run_shows_each_change_and_writes_nothing(site: Path) -> None:
    edit(site / LIGHTS, "every* ship.", "every* ship at sea.")
    edit(site / LIGHTS, "- Publish its character.", "- Paint it.")
    before = (site / LIGHTS_TR).read_bytes()
    result = run(site, "update", "--dry-run")
    assert (site / LIGHTS_TR).read_bytes() == before
    first = result.stdout.splitlines()[:5]
    assert first[0].split(maxsplit=3) == [
        *("would", "write"),
        LIGHTS_TR,
        "7 kept · 1 stale · 1 new · 1 retired",
    ]
    assert [line.split(maxsplit=1) for line in first[1:4]] == [
        [
            "stale",
            f"A lighthouse serves *every* ship{{+ at sea+}}.[^1] See [the register]({ADDRESS}).",
        ],
        ["new", "{+Paint it.+}"],
        ["retired", "[-Publish its character.-]"],
    ]


def test_an_edit_has_one_grade(site: Path) -> None:
    result = run(site, "update", "--minor", "--correction")
    assert result.exit_code == 2
    assert "not both" in result.stderr


def test_an_edit_can_be_called_minor_or_a_correction(site: Path) -> None:
    edit(site / LIGHTS, "every* ship.", "every* ship at sea.")
    assert "9 kept · 0 stale" in run(site, "update", "--minor", "harbour-lights").stdout
    edit(site / LIGHTS, "ship at sea.", "vessel at sea.")
    run(site, "update", "--correction")
    assert "corrected 2026-03-04" in (site / LIGHTS_TR).read_text(encoding="utf-8")


def test_todo_lists_what_is_open_with_what_changed(site: Path) -> None:
    edit(site / LIGHTS, "every* ship.", "every* ship at sea.")
    edit(site / LIGHTS_TR, 'msgstr "İki görev"', 'msgstr ""')
    lines = run(site, "todo", "tr").stdout.splitlines()
    assert lines[0].split(maxsplit=2) == ["stale", f"{LIGHTS_TR}:31", "paragraph, 10 words"]
    assert "ship{+ at sea+}." in lines[1]
    assert lines[2].split(maxsplit=2) == ["missing", f"{LIGHTS_TR}:40", "heading 2, 2 words"]
    assert lines[4] == "2 passages, 12 words"
    rows = json_of(site, "todo", "tr")
    assert [row["state"] for row in rows] == ["stale", "missing"]
    assert rows[0]["previous"].startswith("A lighthouse serves *every* ship.")


def test_todo_knows_the_languages_of_the_site(site: Path) -> None:
    assert run(site, "todo", "en").stdout == "nothing is open\n"
    result = run(site, "todo", "de")
    assert result.exit_code == 2
    assert "it has en, tr" in result.stderr


def test_status_ends_with_the_next_step_of_each_language(site: Path) -> None:
    assert "next" not in run(site, "status").stdout
    edit(site / LIGHTS, "every* ship.", "every* ship at sea.")
    last = run(site, "status").stdout.splitlines()[-1]
    assert last == "next, tr: look at 10 words in pieces/harbour-lights again"


def test_new_writes_a_skeleton_and_names_the_next_step(site: Path) -> None:
    result = run(site, "new", "The Keeper’s Çay", "--author", "ada-deniz", "--language", "tr")
    assert result.exit_code == 0
    path = "sources/pieces/the-keeper-s-cay.md"
    assert f"created  {path}   (tr, draft)" in result.stdout
    assert "publish update the-keeper-s-cay" in result.stdout
    assert "language: tr\nauthors: [ada-deniz]" in (site / path).read_text(encoding="utf-8")
    assert run(site, "new", "The Keeper’s Çay").exit_code == 1


def test_new_suggests_the_language_that_was_meant(site: Path) -> None:
    result = run(site, "new", "A Title", "--language", "EN")
    assert result.exit_code == 2
    assert "did you mean en?" in result.stderr


# ── JSON ─────────────────────────────────────────────────────────────────────────────────────


def test_status_as_json(site: Path) -> None:
    (site / PORT_EN).unlink()
    rows = json_of(site, "status")
    assert rows[0] == {
        "domain": "pieces/harbour-lights",
        "locale": "tr",
        "state": "complete",
        "words": {
            "translated": 46,
            "stale": 0,
            "suggested": 0,
            "failed": 0,
            "missing": 0,
            "total": 46,
        },
        "published": True,
        "url": "https://harbour.example/tr/harbour-lights/",
        "reason": "",
        "stale_since": None,
    }
    assert (rows[1]["domain"], rows[1]["published"], rows[1]["url"]) == (
        "pieces/liman-isiklari",
        False,
        "",
    )
    assert all(list(row) == list(rows[0]) for row in rows)


def test_check_as_json(site: Path) -> None:
    broken(site)
    rows = json_of(site, "check", exit_code=1)
    keys = ["code", "severity", "path", "line", "column", "message", "hint"]
    assert all(list(row) == keys for row in rows)
    assert [row["severity"] for row in rows] == ["error", "error", "error", "warning"]
    [unknown] = [row for row in rows if row["message"] == "unknown key “sumary”"]
    assert unknown == {
        "code": "S1",
        "severity": "error",
        "path": LIGHTS,
        "line": 7,
        "column": 1,
        "message": "unknown key “sumary”",
        "hint": "did you mean summary?",
    }
    assert run(site, "check", "--format", "json").stderr == ""


def test_check_as_json_without_problems_is_an_empty_list(site: Path) -> None:
    assert json_of(site, "check") == []


def test_check_as_json_of_a_folder_that_is_no_site(tmp_path: Path) -> None:
    [row] = json_of(tmp_path, "check", exit_code=1)
    assert (row["code"], row["path"]) == ("F8", "pyproject.toml")


def test_check_counts_what_it_does_not_show(site: Path) -> None:
    edit(site / LIGHTS_TR, "Işığı yanık tutmak.", "Işığı - yanık yanık tutmak")
    edit(site / LIGHTS, "language: en", "language: en\ncheck_ignore: {W4: a song}")
    result = run(site, "check")
    assert result.exit_code == 0
    assert result.stdout == "0 errors, 1 warning, 1 waived, 1 note not shown\n"
    assert "W4" not in result.stderr
    assert "N8" not in result.stderr
    result = run(site, "check", "--verbose")
    assert result.stdout == "0 errors, 1 warning, 1 waived, 1 note\n"
    assert "  waived: a song\n" in result.stderr
    assert "note[N8]" in result.stderr
    assert [row["code"] for row in json_of(site, "check")] == ["W2"]
    rows = json_of(site, "check", "--verbose")
    assert [(row["code"], row["waived"]) for row in rows] == [
        ("N8", ""),
        ("W2", ""),
        ("W4", "a song"),
    ]


def test_what_is_waived_does_not_fail_a_check(site: Path) -> None:
    edit(site / LIGHTS_TR, "hizmet eder.[^1]", "hizmet eder.")
    assert run(site, "check").exit_code == 1
    edit(site / LIGHTS, "language: en", "language: en\ncheck_ignore: {E2: one is enough}")
    result = run(site, "check")
    assert (result.exit_code, result.stdout) == (0, "no problems, 1 waived\n")


def test_check_looks_at_unconfirmed_translations_on_request(site: Path) -> None:
    edit(site / LIGHTS_TR, 'msgid "Two duties"', '#, fuzzy\nmsgid "Two duties"')
    edit(site / LIGHTS_TR, "İki görev", "İki <b>görev</b>")
    assert run(site, "check").exit_code == 0
    assert run(site, "check", "--fuzzy").exit_code == 1


def test_check_annotates_a_workflow(site: Path) -> None:
    edit(site / LIGHTS_TR, "Işığı yanık tutmak.", "<b>Işığı %0A,::yanık tutmak.")
    result = run(site, "check", "--format", "github")
    assert result.exit_code == 1
    [line] = result.stdout.splitlines()
    assert line.startswith(f"::error file={LIGHTS_TR},line=45,col=1,title=E6::HTML added: <b>%0A")
    assert result.stderr == ""


def test_an_annotation_cannot_be_forged(site: Path) -> None:
    name = site / "sources/pieces/a,b:c%.txt"
    name.write_text("x", encoding="utf-8")
    [line] = run(site, "check", "--format", "github").stdout.splitlines()
    assert line.startswith("::warning file=sources/pieces/a%2Cb%3Ac%25.txt,line=1,col=1,title=F9::")


def test_explain_says_what_a_rule_demands(site: Path) -> None:
    result = run(site, "explain", "w1")
    assert result.exit_code == 0
    assert result.stdout.startswith("W1  A translation keeps the numbers of the original.\n")
    assert "# check-ignore: W1 reason" in result.stdout
    unknown = run(site, "explain", "E99")
    assert unknown.exit_code == 2
    assert "did you mean E9?" in unknown.stderr


def test_build_as_json(site: Path) -> None:
    edit(site / LIGHTS_TR, "hizmet eder.[^1]", "hizmet eder.")
    report = json_of(site, "build", "--no-pdf")
    assert isinstance(report.pop("seconds"), float)
    [problem] = report.pop("problems")
    assert (problem["code"], problem["path"]) == ("E2", LIGHTS_TR)
    assert report == {
        "pages": 4,
        "pdfs": 0,
        "pages_rendered": 4,
        "pages_reused": 0,
        "pdfs_rendered": 0,
        "pdfs_reused": 0,
        "lists": 10,
        "lists_rendered": 10,
        "lists_reused": 0,
        "redirects": 0,
        "redirects_rendered": 0,
        "redirects_reused": 0,
        "held": [],
        "skipped": [],
        "reasons": [],
    }


# ── Folders and paths ────────────────────────────────────────────────────────────────────────


def test_the_folder_of_the_site_is_the_current_one_or_a_named_one(site: Path) -> None:
    assert process("check", cwd=site).stdout == "no problems\n"
    assert process("-C", site.name, "check", cwd=site.parent).stdout == "no problems\n"


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        ([], {"authors", "pieces"}),
        (["sources/pieces"], {"pieces"}),
        ([LIGHTS], {"pieces"}),
        (["./sources/pieces/"], {"pieces"}),
        (["sources/authors", LIGHTS], {"authors", "pieces"}),
        (["sources/piec"], set()),
        (["locales"], set()),
    ],
)
def test_paths_narrow_what_check_shows(site: Path, wanted: list[str], shown: set[str]) -> None:
    broken(site)
    (site / "sources/pieces/notes.txt").unlink()
    (site / "sources/piec").mkdir()
    rows = json_of(site, "check", *wanted, exit_code=1 if shown else 0)
    assert {row["path"].split("/")[1] for row in rows} == shown


# ── Terminals ────────────────────────────────────────────────────────────────────────────────


def test_colour_is_for_terminals_and_can_be_refused(site: Path) -> None:
    broken(site)
    assert "\x1b[31merror[S1]\x1b[0m" in run(site, "check", color=True).stderr
    assert "\x1b[33mwarning[F9]\x1b[0m" in run(site, "check", color=True).stderr
    refused = run(site, "check", color=True, NO_COLOR="1")
    assert "\x1b" not in refused.stdout + refused.stderr
    assert "\x1b[31m" in run(site, "check", color=True, NO_COLOR="").stderr
    assert "\x1b" not in run(site, "check").stderr


@pytest.mark.parametrize(
    "name", ["a\x1b[31mb", "a\u202eb", "a\x9bb", "a\nerror: b", "a\rb", "a\udcffb"]
)
def test_control_characters_of_strangers_are_neutralised(site: Path, name: str) -> None:
    try:
        (site / f"sources/pieces/{name}.md").write_text("x", encoding="utf-8")
    except OSError:
        pytest.skip("this system does not take such a name")
    result = run(site, "check", color=True, NO_COLOR="1")
    assert result.exit_code == 1
    raw = set(result.stderr) & set("\x1b\u202e\x9b\r")
    assert raw == set()
    for line in result.stderr.splitlines():
        assert line.startswith(("sources/pieces/a", "  hint: ")), line
    printed = run(site, "check", "--format", "json").stdout
    assert set(printed) & set("\x1b\u202e\x9b\r\udcff") == set()
    assert len({row["path"] for row in json.loads(printed)}) == 1


def test_control_characters_in_what_strangers_write_are_neutralised(site: Path) -> None:
    edit(site / LIGHTS, "tags: [Sea]", 'tags: [Sea]\n"\\e[31m\\u202e\\x9b\\nx": y')
    result = run(site, "check", color=True, NO_COLOR="1")
    assert "unknown key “\\x1b[31m\\u202e\\x9b\\x0ax”" in result.stderr
    printed = run(site, "check", "--format", "json").stdout
    assert set(printed) & set("\x1b\u202e\x9b") == set()
    messages = [row["message"] for row in json.loads(printed)]
    assert "unknown key “\x1b[31m\u202e\x9b\nx”" in messages


def test_what_cannot_be_encoded_does_not_break_the_output(site: Path) -> None:
    broken(site)
    done = process("-C", str(site), "check", PYTHONIOENCODING="ascii:backslashreplace")
    assert done.returncode == 1
    assert "error[S1]" in done.stderr


# ── Progress ─────────────────────────────────────────────────────────────────────────────────


STEPS = """
import sys, time
from publish.cli import progress
from publish.workers import Step
with progress(quiet="quiet" in sys.argv) as tell:
    for number in range(20):
        tell(Step("rendering PDFs", number, 900))
        time.sleep(0.06)
print("done", file=sys.stderr)
"""


def on_a_terminal(code: str, *arguments: str, **environment: str) -> str:
    """What a program writes to stderr where that is a terminal."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", code, *arguments]
    known = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=theirs, env=known | environment
    ) as process:
        os.close(theirs)
        written = b""
        try:
            while part := os.read(ours, 4096):
                written += part
        except OSError:  # the other end is closed
            pass
        os.close(ours)
        assert process.stdout
        assert process.stdout.read() == b""
    assert process.returncode == 0
    return written.decode()


COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-9]")


def test_a_terminal_has_a_bar_while_something_takes_its_time() -> None:
    coloured, plain = (
        on_a_terminal(STEPS, TERM="xterm-256color", **more) for more in ({}, {"NO_COLOR": "1"})
    )
    for text in (coloured, plain):
        assert re.search("rendering PDFs .*[0-9]+/900", text)
        # Its line is erased before anything else is said.
        assert re.search("\x1b\\[2K(?:\x1b\\[[0-9;?]*[a-zA-Z]|\r)*done\r\n$", text)
    assert COLOUR.search(coloured)
    assert not COLOUR.search(plain)


def test_a_terminal_that_can_nothing_and_a_program_that_reads_get_no_bar() -> None:
    assert on_a_terminal(STEPS, TERM="dumb") == "done\r\n"
    assert on_a_terminal(STEPS, "quiet", TERM="xterm") == "done\r\n"


def lines(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    steps: Sequence[tuple[float, Step]],
) -> list[tuple[float, str]]:
    """The lines that are printed where there is no terminal, and when."""
    now = 0.0
    monkeypatch.setattr("publish.cli.time.monotonic", lambda: now)
    found = []
    with cli.progress() as tell:
        for when, step in steps:
            now = when
            tell(step)
            captured = capsys.readouterr()
            assert captured.out == ""
            found += [(when, line) for line in captured.err.splitlines()]
    return found


def test_elsewhere_there_is_a_line_now_and_then(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    brisk = [(number / 10, Step("rendering PDFs", number, 900)) for number in range(901)]
    assert lines(capsys, monkeypatch, brisk)[:2] == [
        (10.0, "rendering PDFs: 100 of 900"),
        (20.0, "rendering PDFs: 200 of 900"),
    ]
    assert len(lines(capsys, monkeypatch, brisk)) == 9
    slow = [(7.0 * number, Step("rendering PDFs", number, 1200)) for number in range(30)]
    assert lines(capsys, monkeypatch, slow) == [
        (63.0, "rendering PDFs: 9 of 1,200"),
        (126.0, "rendering PDFs: 18 of 1,200"),
        (189.0, "rendering PDFs: 27 of 1,200"),
    ]
    short = [(number / 10, Step("rendering PDFs", number, 99)) for number in range(99)]
    assert lines(capsys, monkeypatch, short) == []
    two = [(30.0, Step("rendering pages", 0, 0)), (45.0, Step("rendering PDFs", 5, 50))]
    assert lines(capsys, monkeypatch, two) == [(45.0, "rendering PDFs: 5 of 50")]


def test_a_build_says_how_far_it_is(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "LINE", 0.0)
    assert "rendering PDFs: 4 of 4\n" in run(site, "build", "--jobs", "1").stderr
    assert "rendering" not in run(site, "build", "--jobs", "1", "--format", "json").stderr


# ── A cluster ────────────────────────────────────────────────────────────────────────────────


def test_a_build_has_its_pdfs_made_where_it_is_told(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def cluster(address: str) -> AbstractContextManager[Executor]:
        asked.append(address)
        return workers.in_process()

    monkeypatch.setattr(workers, "cluster", cluster)
    for address in ("tcp://127.0.0.1:8786", "tls://dask.example:1", "tcp://[::1]:65535"):
        assert run(site, "build", "--no-pdf", "--executor", address).exit_code == 0
    assert asked == []
    assert run(site, "build", "--executor", "tls://dask.example:1").exit_code == 0
    assert asked == ["tls://dask.example:1"]


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1:8786", "tcp://127.0.0.1", "tcp://127.0.0.1:0", "tcp://127.0.0.1:65536"),
        *("inproc://1/2/3", "ucx://host:1", "tcp://host:8786/", "tcp://a b:1", "", "tcp://:8786"),
        "TCP://host:1",
    ],
)
def test_any_other_address_is_a_usage_error(site: Path, address: str) -> None:
    result = run(site, "build", "--executor", address)
    assert result.exit_code == 2
    assert f"“{address}” is no tcp://HOST:PORT and no tls://HOST:PORT" in result.stderr


def test_this_machine_or_others_make_the_pdfs(site: Path) -> None:
    result = run(site, "build", "--executor", "tcp://127.0.0.1:1", "--jobs", "2")
    assert result.exit_code == 2
    assert "give one of them" in result.stderr


def test_a_cluster_that_is_not_there_stops_the_build(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "PATIENCE", 1.0)
    result = run(site, "build", "--executor", "tcp://127.0.0.1:1")
    assert result.exit_code == 1
    assert result.stderr.count("error[B9]") == 1
    assert "there is no cluster at tcp://127.0.0.1:1" in result.stderr
    assert not (site / "output").exists()


# ── Help and speed ───────────────────────────────────────────────────────────────────────────


def test_help_lists_every_command(tmp_path: Path) -> None:
    text = run(tmp_path, "--help").stdout
    for name in COMMANDS:
        assert f"\n  {name} " in text


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_explains_itself_and_stands_in_the_readme(
    name: str, tmp_path: Path
) -> None:
    command = COMMANDS[name]
    assert command.help
    assert run(tmp_path, name, "--help").exit_code == 0
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"`publish {name}" in readme
    [usage] = [line for line in readme.splitlines() if line.startswith(f"| `publish {name}")]
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help
            assert {*parameter.opts, *parameter.secondary_opts} & set(
                usage.replace("[", " ").replace("]", " ").replace("`", " ").split()
            ), parameter.opts


def test_the_readme_names_no_command_that_is_not_there() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = [line for line in readme.splitlines() if line.startswith("| `publish ")]
    assert {row.split("`")[1].split()[1] for row in rows} == set(COMMANDS)


def test_the_version_is_told() -> None:
    assert __version__ in process("--version").stdout


SLOW = ("weasyprint", "fontTools", "PIL", "pydyf")
HEAVY = (
    *SLOW,
    "rich",
    "babel",
    "jinja2",
    "polib",
    "pydantic",
    "yaml",
    "markdown_it",
    "nh3",
    "selectolax",
)


def loaded(*arguments: str) -> set[str]:
    """The packages that a run of the command line has imported."""
    code = (
        "import sys\n"
        "from publish.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: code = end.code\n"
        "print(code, *sorted({n.partition('.')[0] for n in sys.modules}), file=sys.stderr)"
    )
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    exit_code, *names = done.stderr.split()
    assert exit_code == "0"
    return set(names)


def test_help_loads_nothing_but_click() -> None:
    names = loaded("--help")
    assert "click" in names
    assert names & set(HEAVY) == set()


@pytest.mark.parametrize("command", ["status", "check", "update"])
def test_only_a_pdf_loads_the_pdf_engine(command: str, site: Path) -> None:
    names = loaded("-C", str(site), command)
    assert "polib" in names
    assert names & set(SLOW) == set()


@pytest.mark.parametrize(
    ("command", "needed"), [("status", False), ("update", False), ("check", True)]
)
def test_an_image_is_looked_at_by_none_that_does_not_tell_of_it(
    site: Path, command: str, needed: bool
) -> None:
    Image.new("L", (2, 2), 128).save(site / "sources/pieces/lamp.png")
    with (site / "sources/pieces/harbour-lights.md").open("a", encoding="utf-8") as text:
        text.write("\n![A lamp](lamp.png)\n")
    assert ("PIL" in loaded("-C", str(site), command)) == needed


def test_a_build_without_pdfs_does_not_load_the_pdf_engine(site: Path) -> None:
    assert loaded("-C", str(site), "build", "--no-pdf") & set(SLOW) == set()
