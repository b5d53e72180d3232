"""Waivers: who said, with a reason, that a rule does not hold here.

A translator says it in a comment of the message (`# check-ignore: W1 reason`), an editor in front
matter (`check_ignore`), the owner of a site in its settings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .errors import RULES, Problem, Rule, Severity, Span, Waiver
from .model import Entry, Ignore

_COMMENT = re.compile(r"\s*check-ignore:\s*(.*)\Z")
_CODES = re.compile(r"((?:[A-Za-z]+[0-9]+)(?:\s*,\s*[A-Za-z]+[0-9]+)*)(?:\s+(.*))?\Z")
_FLAG = re.compile(r"ignore-([a-z][0-9]+)\Z")
_SPELLED = {code.casefold(): code for code in RULES}


def parse(text: str, span: Span) -> tuple[Ignore, ...]:
    """What stands behind `check-ignore:`: codes joined by commas, then the reason."""
    match = _CODES.match(text.strip())
    if match is None:
        return (Ignore("", text.strip(), span),)
    codes = [_code(code.strip()) for code in match[1].split(",")]
    return tuple(Ignore(code, (match[2] or "").strip(), span) for code in codes)


def _code(written: str) -> str:
    return _SPELLED.get(written.casefold(), written)


def of_entry(entry: Entry, path: str) -> tuple[Ignore, ...]:
    """The waivers in a message's comments and flags."""
    if not entry.comments and not entry.flags:
        return ()
    span = Span(path, entry.line or 1)
    found: list[Ignore] = []
    for line in entry.comments.split("\n"):
        if match := _COMMENT.match(line):
            found += parse(match[1], span)
    # Weblate's flag has no room for a reason.
    known = {ignore.code for ignore in found}
    for flag in entry.flags:
        if match := _FLAG.match(flag):
            code = _code(match[1])
            if code not in known:
                found.append(Ignore(code, f"flag {flag}", span))
    return tuple(found)


def reason(code: str, given: Sequence[Ignore], by: Waiver) -> str:
    """Why a rule is set aside; empty where it is not, or where `by` may not do it."""
    if not _may(RULES[code], by):
        return ""
    return next((ignore.reason for ignore in given if ignore.code == code), "")


def _may(rule: Rule, by: Waiver) -> bool:
    return rule.waived_by is Waiver.TRANSLATOR or (
        rule.waived_by is Waiver.EDITOR and by is Waiver.EDITOR
    )


def faults(given: Sequence[Ignore], by: Waiver) -> Iterator[Problem]:
    """What is wrong with waivers themselves: they do not hold, and somebody should know."""
    for ignore in given:
        rule = RULES.get(ignore.code)
        if rule is None:
            named = f"there is no rule {ignore.code}" if ignore.code else "no rule is named"
            hint = "write check-ignore: W1 and the reason; publish explain W1 says what W1 is"
            yield Problem("K1", f"{named} to set aside", ignore.span, hint)
        elif not _may(rule, by):
            message, hint = f"{rule.code} cannot be set aside here", _WHO[rule.waived_by]
            yield Problem("K1", message, ignore.span, hint)
        elif not ignore.reason:
            hint = "write the reason behind the code: whoever comes next wants to know it"
            yield Problem("K1", f"{rule.code} is set aside without a reason", ignore.span, hint)


_WHO = {
    Waiver.NOBODY: "nobody can: correct what it found",
    Waiver.EDITOR: "the editor can, by check_ignore in front matter or in the settings",
    Waiver.TRANSLATOR: "the translator can",
}


def unused(given: Sequence[Ignore], by: Waiver) -> Iterator[Problem]:
    """What is told of waivers that match no finding. Those of a source's own rules are not known
    here, nor those that do not hold anyway."""
    for ignore in given:
        rule = RULES.get(ignore.code)
        if rule and ignore.code[0] in "EWN" and _may(rule, by) and ignore.reason:
            message = f"{ignore.code} finds nothing here that could be set aside"
            yield Problem("N10", message, ignore.span, "take the line out")


def shown(problems: Sequence[Problem], *, verbose: bool) -> tuple[Problem, ...]:
    """The problems that are printed: notes and waived ones only on request."""
    return tuple(
        problem
        for problem in problems
        if verbose or not (problem.waived or problem.severity is Severity.NOTE)
    )
