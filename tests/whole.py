"""In one call what a build does step by step: a whole plan with its texts, a whole `output/`."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable
from pathlib import Path

from publish import messages, output
from publish.edition import Planner, aside, catalogues, picture, surveyed, translate
from publish.errors import Problem
from publish.model import Artefact, Author, Piece, Plan, Profile, Site


def plan(site: Site, now: datetime.datetime, *, drafts: bool = False) -> Plan:
    """Everything that is published at the moment `now`, which knows its offset.

    With `drafts` a preview: also what is a draft or not released yet.
    """
    sources: tuple[Piece | Author, ...] = (*site.pieces, *site.authors)
    domains = [messages.of_source(source) for source in sources]
    tags = messages.of_tags(site)
    known = catalogues(site, (*domains, tags))
    surveys = {}
    for domain, source in zip(domains, sources, strict=True):
        its = [
            translate(domain, known.get((domain.name, one)), one, aside(site, one))
            for one in site.settings.languages
        ]
        surveys[source.path] = surveyed(domain, source, its, site.settings)
    planner = Planner(
        site,
        surveys,
        {
            one: translate(tags, known.get((messages.TAGS, one)), one, aside(site, one))
            for one in site.settings.languages
        },
        lambda path: picture(path, site.images[path]) if path in site.images else None,
        now,
        drafts=drafts,
    )
    found = planner.plan()
    return dataclasses.replace(
        found,
        editions=tuple(planner.written(one) for one in found.editions),
        profiles=tuple(planner.introduced(one) for one in found.profiles),
        later=tuple(
            planner.introduced(one) if isinstance(one, Profile) else one for one in found.later
        ),
    )


def publish(root: Path, artefacts: Iterable[Artefact]) -> tuple[Problem, ...]:
    """Make `output/` hold exactly these files and their manifest."""
    with output.stage(root, output.standing(root)) as site:
        for artefact in artefacts:
            site.write(artefact.path, artefact.content)
        return site.publish()
