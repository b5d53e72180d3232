"""The conformance run without Java: reading, judging, and never passing in silence."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from publish.errors import Problem, PublishError, Span

from .conformance import pages, pdfs, samples, tools, verdicts, web
from .conformance.__main__ import main
from .conformance.verdicts import Allowance, Document, Finding, Verdict

FILE = Path("editions/some.tr.pdf")
GLYPH = ["7.21.8-1", "no .notdef glyph", "Glyph 0 is used", "root/pages[0]"]


def verapdf(files: Sequence[Path], **more: Any) -> str:
    """What the runner prints where all is well, but for what `more` says."""
    whole = {"compliant": True, "checks": 15_299, "end": "normal", "failures": [], **more}
    lines = [
        json.dumps({"file": str(file), "profile": profile, **whole})
        for file in files
        for profile in tools.PROFILES
    ]
    return "\n".join(lines)


def outloud(files: Sequence[Path], *findings: dict[str, Any], **more: Any) -> str:
    """outloud's report where all is well, but for what it is told to say."""
    rules = [{"rule": "DOC-001", "status": "ran"}, {"rule": "TBL-001", "status": "not-applicable"}]
    answer = {"error": None, "findings": findings, "rules": rules, **more}
    return json.dumps({"results": [{"path": str(file), **answer} for file in files]})


def said(severity: str = "warning", **more: Any) -> dict[str, Any]:
    message = "7 annotation(s) lack the Print flag"
    return {"rule": "LNK-004", "severity": severity, "message": message, "count": 7, **more}


# ── veraPDF ──────────────────────────────────────────────────────────────────────────────────


def test_a_compliant_file_passes_both_profiles() -> None:
    both = verdicts.of_verapdf(verapdf([FILE]), [FILE])[FILE]
    assert both == (Verdict("PDF/UA-1", 15_299), Verdict("PDF/A-2a", 15_299))
    assert all(one.passed for one in both)


def test_failures_of_one_kind_are_told_once_with_all_their_places() -> None:
    other = [*GLYPH[:3], "root/pages[1]"]
    lines = verapdf([FILE], compliant=False, failures=[GLYPH, other])
    [first, _] = verdicts.of_verapdf(lines, [FILE])[FILE]
    places = ("root/pages[0]", "root/pages[1]")
    message = "Glyph 0 is used (no .notdef glyph)"
    assert first.findings == (Finding("failure", "7.21.8-1", message, places, 2),)
    assert first.count("failure") == 2
    assert not first.passed


def test_what_the_runner_prints_besides_is_not_read() -> None:
    noise = "WARNING: a font is odd\n" + verapdf([FILE])
    assert all(one.passed for one in verdicts.of_verapdf(noise, [FILE])[FILE])


@pytest.mark.parametrize(
    ("printed", "why"),
    [
        ("", "veraPDF did not speak of it"),
        (verapdf([Path("other.pdf")]), "veraPDF did not speak of it"),
        (verapdf([FILE], error="java.io.IOException: torn"), "java.io.IOException: torn"),
        (verapdf([FILE], checks=0), "veraPDF made no check"),
        (verapdf([FILE], end="cancelled"), "veraPDF ended early: cancelled"),
        (verapdf([FILE], compliant=False), "veraPDF says compliant: False, with 0 failures"),
        (verapdf([FILE], failures=[GLYPH]), "veraPDF says compliant: True, with 1 failures"),
    ],
)
def test_whatever_is_no_clear_answer_of_verapdf_is_no_pass(printed: str, why: str) -> None:
    for one in verdicts.of_verapdf(printed, [FILE])[FILE]:
        assert one.unchecked == why
        assert not one.passed


# ── outloud ──────────────────────────────────────────────────────────────────────────────────


def read(printed: str, allowed: Sequence[Allowance] = ()) -> Verdict:
    [verdict] = verdicts.of_outloud(printed, [FILE], allowed)[FILE]
    return verdict


def test_a_file_with_nothing_to_say_of_passes() -> None:
    assert read(outloud([FILE])) == Verdict("outloud", checks=1)
    assert read(outloud([FILE])).passed


@pytest.mark.parametrize(
    ("severity", "kind", "passed"),
    [("error", "failure", False), ("warning", "warning", False), ("info", "info", True)],
)
def test_errors_and_warnings_stand_against_a_pass(severity: str, kind: str, passed: bool) -> None:
    verdict = read(outloud([FILE], said(severity, page=3, evidence="x")))
    [finding] = verdict.findings
    assert (finding.kind, finding.places, finding.count) == (kind, ("page 3: x",), 7)
    assert verdict.count(kind) == 7
    assert verdict.passed is passed


@pytest.mark.parametrize(
    ("printed", "why"),
    [
        (outloud([]), "outloud did not speak of it"),
        (outloud([FILE], error="not a PDF"), "not a PDF"),
        (outloud([FILE], rules=[]), "outloud made no check"),
        (
            outloud(
                [FILE], rules=[{"rule": "A", "status": "ran"}, {"rule": "B", "status": "crashed"}]
            ),
            "these rules broke down: B",
        ),
    ],
)
def test_whatever_is_no_clear_answer_of_outloud_is_no_pass(printed: str, why: str) -> None:
    assert read(printed).unchecked == why
    assert not read(printed).passed


@pytest.mark.parametrize(
    ("rule", "message", "passed"),
    [
        ("LNK-004", r"\d+ annotation\(s\) lack the Print flag", True),
        ("LNK-005", r"\d+ annotation\(s\) lack the Print flag", False),
        ("LNK-004", r"\d+ annotation\(s\)", False),
        ("LNK-004", "Print flag", False),
    ],
)
def test_a_warning_is_allowed_by_its_rule_and_its_whole_message(
    rule: str, message: str, passed: bool
) -> None:
    verdict = read(outloud([FILE], said()), [Allowance(rule, message, "screen only")])
    assert verdict.passed is passed
    assert verdict.findings[0].allowed == ("screen only" if passed else "")


def test_an_error_cannot_be_allowed() -> None:
    verdict = read(outloud([FILE], said("error")), [Allowance("LNK-004", ".*", "no")])
    assert not verdict.passed
    assert verdict.findings[0].allowed == ""


def test_every_allowance_says_what_it_is_for() -> None:
    assert all(one.rule and one.message and one.reason for one in verdicts.ALLOWED)


# ── Judging ──────────────────────────────────────────────────────────────────────────────────


def test_a_document_is_too_large_above_its_limit_and_not_at_it() -> None:
    passed = (Verdict("outloud", 1),)
    assert Document("a.pdf", 3, 150_000, passed, 150_000).faults == ()
    assert Document("a.pdf", 3, 150_001, passed).faults == ()
    large = Document("a.pdf", 3, 150_001, passed, 150_000)
    assert large.faults == ("150001 bytes, 150000 are allowed",)
    assert "TOO LARGE" in "".join(verdicts.details([large]))


def test_a_document_that_nothing_was_said_of_does_not_pass() -> None:
    assert Document("a.pdf", 3, 1, ()).faults == ("not checked by any validator",)


def test_a_validator_that_blames_nothing_is_dead() -> None:
    failure = Finding("failure", "7.1-9", "no title")
    warning = Finding("warning", "LNK-004", "hidden")
    assert verdicts.alive([Verdict("PDF/UA-1", 9, (failure,))]) == ()
    [fault] = verdicts.alive([Verdict("outloud", 9, (warning,))])
    assert fault == "outloud finds nothing wrong with an untagged PDF"
    assert verdicts.alive([Verdict("PDF/UA-1", 9)])
    assert verdicts.alive([Verdict("PDF/UA-1", 9, (failure,), "ended early")])


def test_places_are_cut_and_counted_unless_all_are_wanted() -> None:
    finding = Finding("failure", "7.1-3", "untagged", tuple("abcdef"), 6)
    document = Document("a.pdf", 1, 1, (Verdict("PDF/UA-1", 9, (finding,)),))
    short, whole = list(verdicts.details([document], 2)), list(verdicts.details([document], None))
    assert short[1:] == [
        "a.pdf",
        "  PDF/UA-1: failure 7.1-3 ×6: untagged",
        "    at a",
        "    at b",
        "    … and at 4 more places (--all tells them)",
    ]
    assert [line for line in whole if line.startswith("    at ")] == [
        f"    at {x}" for x in "abcdef"
    ]


# ── The run ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def edition(tmp_path: Path) -> Path:
    """Some PDF; what is wrong with it is for the validators to say."""
    return samples.untagged(tmp_path / "some.tr.pdf")


@pytest.fixture
def validators(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Stands in for both validators: they blame the proof, and the rest as told."""

    def answer(*findings: dict[str, Any], failures: Sequence[list[str]] = ()) -> None:
        def of_verapdf(files: Sequence[Path]) -> str:
            proof, *others = files
            bad = {"compliant": False, "failures": [GLYPH]}
            told = {"compliant": not failures, "failures": failures}
            return verapdf([proof], **bad) + "\n" + verapdf(others, **told)

        def of_outloud(files: Sequence[Path]) -> str:
            proof, *others = files
            results = [
                *json.loads(outloud([proof], said("error")))["results"],
                *json.loads(outloud(others, *findings))["results"],
            ]
            return json.dumps({"results": results})

        monkeypatch.setattr(tools, "verapdf", of_verapdf)
        monkeypatch.setattr(tools, "outloud", of_outloud)

    return answer


def test_a_run_without_faults_ends_with_0(
    edition: Path, validators: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    validators()
    assert main([str(edition)]) == 0
    printed = capsys.readouterr().out
    [row] = [line for line in printed.splitlines() if line.startswith("some.tr.pdf ")]
    size = f"{edition.stat().st_size / 1000:.1f}"
    assert row.split() == ["some.tr.pdf", "1", size, "15299/0", "15299/0", "0/0"]
    assert printed.endswith("conformance: passed\n")


@pytest.mark.parametrize(
    ("findings", "failures", "told"),
    [
        ([said()], [], "outloud: warning LNK-004 ×7: 7 annotation(s) lack the Print flag"),
        ([said("error")], [], "outloud: failure LNK-004 ×7: 7 annotation(s) lack the Print flag"),
        ([], [GLYPH], "PDF/A-2a: failure 7.21.8-1: Glyph 0 is used (no .notdef glyph)"),
    ],
)
def test_a_run_with_faults_tells_them_and_ends_with_1(
    findings: list[dict[str, Any]],
    failures: list[list[str]],
    told: str,
    edition: Path,
    validators: Callable[..., None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    validators(*findings, failures=failures)
    assert main([str(edition.parent)]) == 1
    printed = capsys.readouterr().out
    assert f"  {told}\n" in printed
    assert "conformance: passed" not in printed


def test_a_missing_tool_is_never_a_pass(
    edition: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(tools, "ENVIRONMENT", tmp_path / "none")
    monkeypatch.setenv("PATH", "")
    assert main([str(edition)]) == 1
    printed = capsys.readouterr().out
    for name in ("PDF/UA-1", "PDF/A-2a"):
        assert f"{name}: NOT CHECKED: there is no Java here; run: make conformance" in printed
    assert "outloud: NOT CHECKED: outloud is not in .venv-conformance" in printed
    [row] = [line for line in printed.splitlines() if line.startswith("some.tr.pdf ")]
    assert row.count("NOT CHECKED") == 3


@pytest.mark.parametrize("dead", [verapdf, outloud])
def test_a_validator_that_finds_nothing_anywhere_is_never_a_pass(
    dead: Callable[[Sequence[Path]], str],
    edition: Path,
    validators: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    validators()
    monkeypatch.setattr(tools, dead.__name__, dead)
    assert main([str(edition)]) == 1
    assert "finds nothing wrong with an untagged PDF" in capsys.readouterr().out


@pytest.mark.parametrize(("tool", "lost"), [("verapdf", 2), ("outloud", 1)])
@pytest.mark.parametrize("printed", ["{", "[]", '{"results": [{}]}\n'])
def test_nonsense_from_one_tool_is_never_a_pass(
    tool: str,
    lost: int,
    printed: str,
    edition: Path,
    validators: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    validators()
    monkeypatch.setattr(tools, tool, lambda files: printed)
    assert main([str(edition)]) == 1
    [row] = [
        line for line in capsys.readouterr().out.splitlines() if line.startswith("some.tr.pdf ")
    ]
    assert row.count("NOT CHECKED") == lost


def test_a_tool_that_breaks_down_says_how(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = tmp_path / "bin" / "outloud"
    (tmp_path / "lib/python3/site-packages").mkdir(parents=True)
    command.parent.mkdir()
    command.write_text("#!/bin/sh\necho half\necho 'out of memory' >&2\nexit 3\n", encoding="utf-8")
    command.chmod(0o755)
    monkeypatch.setattr(tools, "ENVIRONMENT", tmp_path)
    with pytest.raises(tools.ToolError, match="outloud ended with 3: out of memory"):
        tools.outloud([FILE])


def test_where_there_is_nothing_to_check_nothing_passes(
    tmp_path: Path, validators: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    validators()
    (tmp_path / "empty").mkdir()
    assert main([str(tmp_path / "empty"), str(tmp_path / "gone.pdf")]) == 1
    printed = capsys.readouterr().out
    assert "empty: not checked: no PDF there" in printed
    assert "gone.pdf: not checked: no PDF there" in printed


def test_without_arguments_both_sites_are_published_and_the_sample_has_a_limit(
    edition: Path,
    validators: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    validators()
    monkeypatch.setattr(samples, "sample_site", lambda root: edition.parent)
    monkeypatch.setattr(samples, "pictures_site", lambda root: None)
    monkeypatch.setattr(samples, "seed_site", lambda root: None)
    monkeypatch.setattr(verdicts, "SIZE", 100)
    monkeypatch.setattr(pages, "section", lambda *_, **__: verdicts.Section("Pages", (), ()))
    assert main([]) == 1
    printed = capsys.readouterr().out
    assert "NOT CHECKED: the seed site is not beside the project" in printed
    size = edition.stat().st_size
    assert f"sample/some.tr.pdf: {size} bytes, 100 are allowed" in printed
    monkeypatch.setattr(verdicts, "SIZE", 1000)
    assert main([]) == 0


def test_a_site_that_does_not_build_is_a_fault(
    tmp_path: Path, validators: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(root: Path) -> Path:
        raise PublishError([Problem("S2", "mark [^2] has no note", Span("sources/pieces/x.md", 3))])

    validators()
    monkeypatch.setattr(samples, "sample_site", broken)
    monkeypatch.setattr(samples, "pictures_site", lambda root: None)
    monkeypatch.setattr(samples, "seed_site", lambda root: None)
    found = pdfs.section([], tmp_path, places=None)
    assert found.faults == ("sample site: not checked: it does not build",)
    assert any("mark [^2] has no note" in line for line in found.lines)


# ── Pages, feeds and sitemaps ────────────────────────────────────────────────────────────────

PAGE = "http://a.example/b.html"


def nu(*messages: dict[str, Any], looked_at: str = PAGE) -> Verdict:
    return web.of_nu(json.dumps({"messages": messages}), looked_at, {PAGE: "b.html"})


def test_what_the_nu_html_checker_says_is_told_with_its_places() -> None:
    assert nu() == Verdict(web.NU, 1)
    error = {"type": "error", "url": PAGE, "lastLine": 3, "message": "no"}
    verdict = nu(error, error, {"type": "info", "subType": "warning", "url": PAGE, "message": "hm"})
    assert verdict.findings == (
        Finding("failure", "nu", "no", ("b.html:3", "b.html:3"), 2),
        Finding("warning", "nu", "hm", ("b.html",)),
    )
    assert not verdict.passed


def test_a_page_that_was_not_looked_at_is_no_pass() -> None:
    assert "did not look at b.html" in nu(looked_at="").unchecked
    assert "Forbidden" in nu({"type": "non-document-error", "message": "Forbidden"}).unchecked
    assert web.of_nu('{"messages": []}', "", {}).unchecked


def axe(**more: Any) -> dict[str, Any]:
    return {"passes": [{}], "violations": [], "incomplete": [], **more}


def test_what_axe_finds_fails_and_what_it_leaves_open_wants_a_reason() -> None:
    assert web.of_axe({"a": axe()}).passed
    node = {"target": ["p"], "any": [{"message": "who knows"}], "all": [], "none": []}
    found = [{"id": "r", "help": "Do it", "nodes": [node]}]
    [failure] = web.of_axe({"a": axe(violations=found)}).findings
    assert failure == Finding("failure", "r", "Do it", ("a: p",))
    assert not web.of_axe({"a": axe(incomplete=found)}).passed
    reason = Allowance("r", "Do it: who knows", "because")
    assert web.of_axe({"a": axe(incomplete=found)}, [reason]).passed
    assert web.of_axe({"a": axe(passes=[])}).unchecked
    assert web.of_axe({}).unchecked


def test_feeds_are_held_to_grammar_and_prose(site: Path) -> None:
    output = samples.built(site, samples.unprinted)
    feeds = pages.Built("site", output).feeds
    assert set(feeds) == {"en/feed.xml", "tr/feed.xml"}
    assert web.of_feeds(feeds).passed
    assert web.of_feeds({}).unchecked
    whole = feeds["en/feed.xml"].decode()
    for old, new in (
        ("</author>", "</author><author/>"),
        ("T00:00:00Z", ""),
        ("<entry>", "<entry><title>again</title>"),
        (' href="', ' ref="'),
        ("</feed>", ""),
        ('rel="self"', 'rel="related"'),
    ):
        assert not web.of_feeds({"a": whole.replace(old, new).encode()}).passed, old
    for bad in (samples.BAD_FEED, samples.ANONYMOUS_FEED):
        assert web.of_feeds({"a": bad.encode()}).count("failure") >= 2


def test_a_missing_schema_or_browser_is_a_fault(
    tmp_path: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tools, "MODULES", tmp_path / "missing")
    monkeypatch.setattr("tests.browser.installed", lambda: None)
    output = samples.built(site, samples.unprinted)
    section = pages.section([output], tmp_path / "scratch", places=3)
    for validator in (web.NU, web.AXE, web.SITEMAP):
        assert any(f"output: {validator}: not checked" in fault for fault in section.faults)
    assert "NOT CHECKED" in "\n".join(section.lines)
