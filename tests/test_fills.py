"""Notes on the page of their mark, wherever on the page that is: a sweep of synthetic pieces.

A dozen of them run always, those that a single layout spoils in most ways; `make prove` runs all.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import pytest

from publish import pdf
from publish.pdf import Job
from tests import fills
from tests.fills import Fill

SWEEP = fills.sweep()

WORST = (
    "en-heading-24-01-bio",  # two notes slip, on two pages
    "en-chance-17-08-bios",  # pages of long notes
    "en-line-06-08-bio",
    "en-item-42-01-bio",  # and the last page is nearly empty
    "tr-heading-68-02-bare",  # one slips, and one is lost
    "tr-chance-06-02-bio",
    "tr-chance-27-02-bio",
    "tr-quotation-02-08-bare",
    "ru-item-25-12-bio",
    "ru-line-69-12-bare",
    "ru-paragraph-18-08-bio",
    "ru-chance-22-04-bare",
)
"""Fills that a single layout spoils."""


@pytest.fixture(scope="module")
def dozen(tmp_path_factory: pytest.TempPathFactory) -> Mapping[Fill, Job]:
    """The jobs of the worst."""
    worst = [fill for fill in SWEEP if fill.slug in WORST]
    return fills.jobs(tmp_path_factory.mktemp("dozen"), worst)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Mapping[Fill, Job]:
    """The jobs of all."""
    return fills.jobs(tmp_path_factory.mktemp("sweep"), SWEEP)


def stands(job: Job) -> None:
    made = pdf.render(job)
    assert made.problems == ()
    found = fills.notes(made.content)
    assert found
    assert [note for note in found if note.slipped] == []


@pytest.mark.parametrize("slug", WORST)
def test_notes_stand_on_the_page_of_their_mark(slug: str, dozen: Mapping[Fill, Job]) -> None:
    [job] = (job for fill, job in dozen.items() if fill.slug == slug)
    stands(job)


@pytest.mark.prove
@pytest.mark.parametrize("fill", SWEEP, ids=lambda fill: fill.slug)
def test_notes_stand_on_the_page_of_their_mark_everywhere(
    fill: Fill, whole: Mapping[Fill, Job]
) -> None:
    stands(whole[fill])


def test_a_note_on_another_page_would_be_seen(dozen: Mapping[Fill, Job]) -> None:
    job = next(iter(dozen.values()))
    style = ".footnote { display: block; break-before: page }"
    made = pdf.render(dataclasses.replace(job, stylesheet=style))
    found = fills.notes(made.content)
    assert found
    assert all(note.slipped for note in found)
