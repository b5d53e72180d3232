"""Reads what the validators say and decides. No verdict is a pass unless a validator gave it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .tools import PROFILES

SIZE = 150_000
"""Bytes that a PDF of the sample site may have."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """A kind of warning that is not a fault."""

    rule: str
    """The validator's name of it: `LNK-004`."""

    message: str
    """What it says: a regular expression for the whole message, which has room for nothing else."""

    reason: str
    """Why it is right as it is."""


ALLOWED: tuple[Allowance, ...] = (
    Allowance(
        "TXT-004",
        r"font [A-Z]{6}\+Amiri(?:-\w+)*: \d+ different codes all map to U\+06[0-9A-F]{2} '.'",
        "Arabic letters have a form for each place in a word; all of them are the same letter",
    ),
    Allowance(
        "ORD-001",
        r"\d page\(s\) paint tagged content out of tag-tree order; worst is page \d+, where .*",
        "notes are drawn at the foot of the page and read behind the paragraph that calls them; "
        "that all else is drawn in the order of the tags is held by tests/test_golden.py",
    ),
)
"""Warnings that were looked into and are right as they are, each with the reason."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a validator says, once for all places where it says it."""

    kind: str
    """`failure`, `warning` or `info`."""

    rule: str
    """Clause and test number, or the rule's code."""

    message: str

    places: tuple[str, ...] = ()
    """Where, in the validator's words."""

    count: int = 1
    """How often."""

    allowed: str = ""
    """Why it is no fault, where it is a warning that is allowed."""

    @property
    def fault(self) -> bool:
        """Whether it stands against a pass."""
        return self.kind == "failure" or (self.kind == "warning" and not self.allowed)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one validator says of one file."""

    validator: str
    """The standard, or the tool."""

    checks: int = 0
    """How many checks it made."""

    findings: tuple[Finding, ...] = ()

    unchecked: str = ""
    """Why this is no verdict, where it is none."""

    def count(self, kind: str) -> int:
        """How often something of a kind was found."""
        return sum(one.count for one in self.findings if one.kind == kind)

    @property
    def passed(self) -> bool:
        """Whether the validator looked and found nothing that is a fault."""
        return not self.unchecked and not any(one.fault for one in self.findings)


@dataclass(frozen=True, slots=True)
class Document:
    """One PDF, and what all validators say of it."""

    name: str
    """What the report calls it."""

    pages: int
    size: int
    """In bytes."""

    verdicts: tuple[Verdict, ...]

    limit: int | None = None
    """The size that it may have."""

    @property
    def large(self) -> bool:
        """Whether it has more bytes than it may have."""
        return self.limit is not None and self.size > self.limit

    @property
    def faults(self) -> tuple[str, ...]:
        """What stands against it, a few words each."""
        found = [
            f"{one.validator}: not checked: {one.unchecked}"
            if one.unchecked
            else f"{one.validator}: " + _kinds(one)
            for one in self.verdicts
            if not one.passed
        ]
        if not self.verdicts:
            found.append("not checked by any validator")
        if self.large:
            found.append(f"{self.size} bytes, {self.limit} are allowed")
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the run: what it says, and what stands against a pass."""

    title: str
    lines: tuple[str, ...]
    faults: tuple[str, ...]


def _kinds(verdict: Verdict) -> str:
    counts = Counter[str]()
    for one in verdict.findings:
        if one.fault:
            counts[f"{one.kind} {one.rule}"] += one.count
    return ", ".join(f"{name} ×{count}" for name, count in counts.items())


# ── Reading ──────────────────────────────────────────────────────────────────────────────────


def of_verapdf(printed: str, files: Sequence[Path]) -> dict[Path, tuple[Verdict, ...]]:
    """The runner's lines, as one verdict for each file and profile."""
    answers: dict[tuple[str, str], dict[str, Any]] = {}
    for line in printed.splitlines():
        if line.startswith("{"):
            answer = json.loads(line)
            answers[answer["file"], answer["profile"]] = answer
    return {
        file: tuple(
            _by_verapdf(standard, answers.get((str(file), profile)))
            for profile, standard in PROFILES.items()
        )
        for file in files
    }


def _by_verapdf(standard: str, answer: dict[str, Any] | None) -> Verdict:
    if answer is None:
        return Verdict(standard, unchecked="veraPDF did not speak of it")
    if "error" in answer:
        return Verdict(standard, unchecked=answer["error"])
    checks = int(answer["checks"])
    places: dict[tuple[str, str], list[str]] = {}
    for rule, demand, message, place in answer["failures"]:
        told = f"{message} ({demand})" if message and message != demand else demand
        places.setdefault((rule, told), []).append(place)
    findings = tuple(
        Finding("failure", rule, told, tuple(where), len(where))
        for (rule, told), where in sorted(places.items())  # veraPDF's own order is chance
    )
    why = ""
    if answer["end"] != "normal":
        why = f"veraPDF ended early: {answer['end']}"
    elif not checks:
        why = "veraPDF made no check"
    elif bool(answer["compliant"]) is bool(findings):
        why = f"veraPDF says compliant: {answer['compliant']}, with {len(findings)} failures"
    return Verdict(standard, checks, findings, why)


def of_outloud(
    printed: str, files: Sequence[Path], allowed: Sequence[Allowance] = ALLOWED
) -> dict[Path, tuple[Verdict, ...]]:
    """outloud's report, as a verdict for each file."""
    answers = {answer["path"]: answer for answer in json.loads(printed)["results"]}
    return {file: (_by_outloud(answers.get(str(file)), allowed),) for file in files}


def _by_outloud(answer: dict[str, Any] | None, allowed: Sequence[Allowance]) -> Verdict:
    if answer is None:
        return Verdict("outloud", unchecked="outloud did not speak of it")
    if answer["error"]:
        return Verdict("outloud", unchecked=answer["error"])
    checks = sum(run["status"] == "ran" for run in answer["rules"])
    broken = [run["rule"] for run in answer["rules"] if run["status"] == "crashed"]
    findings = tuple(_told(one, allowed) for one in answer["findings"])
    why = ""
    if broken:
        why = f"these rules broke down: {', '.join(broken)}"
    elif not checks:
        why = "outloud made no check"
    return Verdict("outloud", checks, findings, why)


def _told(one: dict[str, Any], allowed: Sequence[Allowance]) -> Finding:
    kind = {"error": "failure"}.get(one["severity"], one["severity"])
    place = [f"page {one['page']}"] if "page" in one else []
    place += [str(one["evidence"])] if one.get("evidence") else []
    places = (": ".join(place),) if place else ()
    reason = excuse(one["rule"], one["message"], allowed) if kind == "warning" else ""
    return Finding(kind, one["rule"], one["message"], places, one["count"], reason)


def excuse(rule: str, message: str, allowed: Sequence[Allowance]) -> str:
    """Why a warning is no fault, or nothing."""
    return "; ".join(
        allowance.reason
        for allowance in allowed
        if allowance.rule == rule and re.fullmatch(allowance.message, message)
    )


def alive(verdicts: Sequence[Verdict], proof: str = "an untagged PDF") -> tuple[str, ...]:
    """What is wrong with validators, judged by what they say of a file that none may pass."""
    faults = []
    for one in verdicts:
        if one.unchecked:
            faults.append(f"{one.validator}: not checked: {one.unchecked}")
        elif not one.count("failure"):
            faults.append(f"{one.validator} finds nothing wrong with {proof}")
    return tuple(faults)


# ── Telling ──────────────────────────────────────────────────────────────────────────────────

HEAD = ("file", "pages", "KB", *PROFILES.values(), "outloud")
PLACES = 3
"""How many places of a finding are told, unless all are asked for."""


def table(documents: Sequence[Document]) -> Iterator[str]:
    """A line for each document: checks/failures for each standard, failures/warnings of outloud."""
    rows = [HEAD, *(_row(document) for document in documents)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, *cells in rows:
        line = "  ".join(cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True))
        yield f"{name.ljust(widths[0])}  {line}"


def _row(document: Document) -> tuple[str, ...]:
    cells = []
    for one in document.verdicts:
        if one.unchecked:
            cells.append("NOT CHECKED")
        elif one.validator == "outloud":
            cells.append(f"{one.count('failure')}/{one.count('warning')}")
        else:
            cells.append(f"{one.checks}/{one.count('failure')}")
    return (document.name, str(document.pages), f"{document.size / 1000:.1f}", *cells)


def details(documents: Sequence[Document], places: int | None = PLACES) -> Iterator[str]:
    """Everything that was found, document by document."""
    for document in documents:
        said = [(one.validator, found) for one in document.verdicts for found in one.findings]
        if not (said or document.faults):
            continue
        yield ""
        yield document.name
        for one in document.verdicts:
            if one.unchecked:
                yield f"  {one.validator}: NOT CHECKED: {one.unchecked}"
        if document.large:
            yield f"  TOO LARGE: {document.size} bytes, {document.limit} are allowed"
        for validator, found in said:
            times = f" ×{found.count}" if found.count > 1 else ""
            yield f"  {validator}: {found.kind} {found.rule}{times}: {found.message}"
            if found.allowed:
                yield f"    allowed: {found.allowed}"
            for place in found.places[:places]:
                yield f"    at {place}"
            if more := len(found.places[places:] if places is not None else ()):
                yield f"    … and at {more} more places (--all tells them)"
