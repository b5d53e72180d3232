"""Reads what validators say of pages; asks schemas about feeds and sitemaps. All as verdicts."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from lxml import etree

from . import tools, verdicts
from .verdicts import Allowance, Finding, Verdict

NU, AXE, ATOM, SITEMAP = "Nu HTML checker", "axe-core", "Atom (RFC 4287)", "sitemaps.org"

HERE = Path(__file__).parent

TAGS = (
    *("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"),
    "best-practice",
)
"""The rules of axe-core that are asked."""

ALLOWED: tuple[Allowance, ...] = (
    Allowance(
        "color-contrast",
        r"Elements must meet .*: Element content contains only non-text characters",
        "an arrow leads back from a note; tests/test_browser.py measures it with every other text",
    ),
)
"""What axe-core cannot decide and was looked into, each with the reason why it is right."""


# ── Pages ────────────────────────────────────────────────────────────────────────────────────


def of_nu(messages: str, looked_at: str, names: Mapping[str, str]) -> Verdict:
    """The checker's report on the addresses in `names`, which are told by their names."""
    said = json.loads(messages)["messages"]
    places: dict[tuple[str, str], list[str]] = {}
    stray = [one["message"] for one in said if one["type"] == "non-document-error"]
    for one in said:
        if one.get("url") in names and one["type"] != "non-document-error":
            kind = "failure" if one["type"] == "error" else one.get("subType", "info")
            line = f":{one['lastLine']}" if "lastLine" in one else ""
            places.setdefault((kind, one["message"]), []).append(f"{names[one['url']]}{line}")
    findings = tuple(
        Finding(kind, "nu", message, tuple(where), len(where))
        for (kind, message), where in sorted(places.items())
    )
    seen = set(looked_at.split())
    unseen = [name for address, name in names.items() if address not in seen]
    why = ""
    if stray:
        why = f"it broke down: {stray[0]}"
    elif unseen:
        why = f"it did not look at {unseen[0]} and {len(unseen) - 1} more"
    elif not names:
        why = "there was nothing to look at"
    return Verdict(NU, len(names), findings, why)


def of_axe(
    answers: Mapping[str, Mapping[str, Any]], allowed: Sequence[Allowance] = ALLOWED
) -> Verdict:
    """What axe-core found on pages, each named with the state that it was seen in."""
    places: dict[tuple[str, str, str], list[str]] = {}
    checks = 0
    for name, answer in answers.items():
        checks += len(answer["passes"]) + len(answer["violations"]) + len(answer["incomplete"])
        for kind, key in (("failure", "violations"), ("warning", "incomplete")):
            for one in answer[key]:
                for node in one["nodes"]:
                    message = f"{one['help']}: {_first(node)}" if kind == "warning" else one["help"]
                    where = f"{name}: {' '.join(map(str, node['target']))}"
                    places.setdefault((kind, one["id"], message), []).append(where)
    findings = tuple(
        Finding(
            kind,
            rule,
            message,
            tuple(where),
            len(where),
            verdicts.excuse(rule, message, allowed) if kind == "warning" else "",
        )
        for (kind, rule, message), where in sorted(places.items())
    )
    silent = [name for name, answer in answers.items() if not answer["passes"]]
    why = f"it checked nothing on {silent[0]}" if silent else ""
    return Verdict(AXE, checks, findings, why or ("" if checks else "it made no check"))


def _first(node: Mapping[str, Any]) -> str:
    """Why axe-core cannot decide."""
    said = [one["message"] for key in ("any", "all", "none") for one in node[key]]
    return " ".join(str(said[0]).split()) if said else ""


# ── Feeds and sitemaps ───────────────────────────────────────────────────────────────────────

_ATOM = "{http://www.w3.org/2005/Atom}"
_SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def of_feeds(files: Mapping[str, bytes]) -> Verdict:
    """Feeds, by their names, before the grammar of Atom and what RFC 4287 says besides."""
    grammar = etree.RelaxNG(etree.parse(HERE / "atom.rng"))
    findings = []
    for name, content in files.items():
        tree, broken = _parsed(name, content)
        findings += broken
        if tree is not None:
            findings += _invalid(name, tree, grammar)
            findings += [Finding("failure", "prose", one, (name,)) for one in _prose(tree)]
    return Verdict(ATOM, len(files), tuple(findings), "" if files else "there is no feed")


def _prose(tree: Any) -> Iterator[str]:
    """What the RFC demands and its grammar cannot say."""
    root = tree.getroot()
    entries = [root] if root.tag == f"{_ATOM}entry" else root.findall(f"{_ATOM}entry")
    if root.tag == f"{_ATOM}feed" and not any(
        link.get("rel") == "self" for link in root.findall(f"{_ATOM}link")
    ):
        yield "a feed should say where it lies (4.1.1)"
    for one in (root, *(entry for entry in entries if entry is not root)):
        kinds = Counter(
            (link.get("type"), link.get("hreflang"))
            for link in one.findall(f"{_ATOM}link")
            if link.get("rel", "alternate") == "alternate"
        )
        for (kind, language), count in kinds.items():
            if count > 1:
                yield f"{count} alternates of one type and language: {kind}, {language} (4.1.1)"
        if one.tag == f"{_ATOM}entry":
            if not kinds and one.find(f"{_ATOM}content") is None:
                yield "an entry has neither content nor an alternate (4.1.2)"
            if one.find(f"{_ATOM}author") is None and root.find(f"{_ATOM}author") is None:
                yield "an entry has no author (4.1.2)"
    ids = Counter((one.findtext(f"{_ATOM}id"), one.findtext(f"{_ATOM}updated")) for one in entries)
    for (identifier, _), count in ids.items():
        if count > 1:
            yield f"{count} entries of one time have the id {identifier} (4.1.1)"


def of_sitemaps(files: Mapping[str, bytes]) -> Verdict:
    """Sitemaps and their indexes, by their names, before the schemas of sitemaps.org."""
    schema = f"""
        <schema xmlns="http://www.w3.org/2001/XMLSchema">
        <import namespace="http://www.sitemaps.org/schemas/sitemap/0.9"
            schemaLocation="{tools.sitemap_schema().as_uri()}"/>
        <import namespace="http://www.w3.org/1999/xhtml"
            schemaLocation="{(HERE / "versions.xsd").as_uri()}"/>
        </schema>"""
    lists = etree.XMLSchema(etree.fromstring(schema))
    indexes = etree.XMLSchema(etree.parse(HERE / "siteindex.xsd"))
    findings = []
    for name, content in files.items():
        tree, broken = _parsed(name, content)
        findings += broken
        if tree is not None:
            index = tree.getroot().tag == f"{_SITEMAP}sitemapindex"
            findings += _invalid(name, tree, indexes if index else lists)
    return Verdict(SITEMAP, len(files), tuple(findings), "" if files else "there is no sitemap")


def _parsed(name: str, content: bytes) -> tuple[Any, list[Finding]]:
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        return etree.fromstring(content, parser).getroottree(), []
    except etree.XMLSyntaxError as error:
        return None, [Finding("failure", "xml", str(error), (name,))]


def _invalid(name: str, tree: Any, schema: Any) -> list[Finding]:
    """All that a schema has against a document."""
    if schema.validate(tree):
        return []
    return [
        Finding("failure", "schema", one.message, (f"{name}:{one.line}",))
        for one in schema.error_log
    ]
