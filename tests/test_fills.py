"""Notes on the page of their mark, wherever on the page that is: a sweep of synthetic pieces.

A dozen of them run always, those that a single layout spoils in most ways; `make prove` runs all.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import pytest

from publish import boxes, pdf
from publish.pdf import Job
from tests import fills
from tests.fills import Fill

SWEEP = fills.sweep()

WORST = (
    "en-heading-24-01-bio",  # two notes slip, on two pages
    "en-chance-17-08-bios",  # pages of long notes
    "en-line-26-08-bare",
    "en-quotation-63-01-bare",  # and the last page is nearly empty
    "tr-chance-15-02-bio",  # one slips, and one is lost
    "tr-chance-24-02-bio",
    "tr-heading-68-02-bare",
    "tr-chance-27-02-bio",
    "ru-chance-07-04-bare",  # two slip, and one is lost
    "ru-paragraph-63-02-bare",
    "ru-line-29-12-bios",
    "ru-item-60-02-bio",
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


def test_a_single_layout_spoils_most_of_them(
    dozen: Mapping[Fill, Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Where few are spoilt any more, others prove more: choose them by benchmarks.fills.
    monkeypatch.setattr(boxes, "pusher", lambda _: None)
    monkeypatch.setattr(pdf, "FEET", (1,))
    codes = [problem.code for job in dozen.values() for problem in pdf.render(job).problems]
    assert codes.count("B3") >= len(WORST) / 2


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
