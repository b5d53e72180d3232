"""Addresses that editions had before, as a table that static hosts read: `_redirects`.

A page of its own stands at each of them too (`redirect.html`), for hosts that read no such table.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from urllib.parse import urlsplit

from . import urls
from .model import Artefact, Plan, Settings

MOVED = 301
"""Moved for good (RFC 9110, section 15.4.2): search engines take the new address over."""


def artefacts(plan: Plan, settings: Settings, made: Collection[str]) -> Iterator[Artefact]:
    """The table, where there is anything in it; `made` are the paths of the PDFs that are there."""
    if plan.preview:
        return  # addresses of what is not published are nobody's business
    lines = []
    # Hosts read addresses from their own root, below which the site may stand somewhere.
    root = urlsplit(settings.base_url).path
    for one in plan.redirects:
        lines.append(f"{root}/{one.path} {root}/{one.target} {MOVED}\n")
        if one.pdf_target in made:
            lines.append(f"{root}/{one.pdf_path} {root}/{one.pdf_target} {MOVED}\n")
    if lines:
        yield Artefact(urls.REDIRECTS, "".join(lines).encode())
