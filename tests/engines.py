"""Engines for tests of workers: in a module of their own, which loads quickly in a process."""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import sys
import time
from pathlib import Path
from typing import NoReturn

from publish.errors import Problem, PublishError, Span
from publish.model import Pdf
from publish.pdf import Job
from publish.workers import Task


def task(number: int, text: str = "", html: str = "") -> Task:
    """A task; what an engine is to do stands in the job's style sheet."""
    source = f"sources/pieces/p{number}.md"
    job = Job(html or f"<p>{number}", text, "print.css", {}, source, f"p{number}, tr", number)
    return Task(job, f"tr/p{number}/p{number}.tr.pdf", source, job.edition)


def plain(job: Job) -> Pdf:
    """A PDF of one page out of what it is given."""
    return Pdf(f"%PDF {hashlib.sha256(repr(job).encode()).hexdigest()}".encode(), 1)


def slow(job: Job) -> Pdf:
    """The same, in its time."""
    time.sleep(0.05)
    return plain(job)


def obeys(job: Job) -> Pdf:
    """Does to its process what the style sheet says, if it says anything."""
    word, _, value = job.stylesheet.partition(" ")
    match word:
        case "die":
            os._exit(int(value))
        case "signal":
            os.kill(os.getpid(), getattr(signal, value))
        case "hang":
            time.sleep(600)
        case "spin":
            while True:
                pass
        case "eat":
            _eat()
        case "bug":
            raise ZeroDivisionError(value)
        case "refuse":
            raise PublishError([Problem("B1", value, Span(job.source))])
        case "ask":
            raise MemoryError
        case "odd":
            raise _OddError(value, 2)
        case "once" if not Path(value).exists():
            Path(value).touch()
            os._exit(1)
        case "pid":
            with contextlib.suppress(FileExistsError):
                (Path(value) / str(os.getpid())).touch(exist_ok=False)
    return plain(job)


def knows(module: str) -> bool:
    """Whether this process has a module in memory."""
    return module in sys.modules


def _eat() -> NoReturn:
    held = []
    while True:
        held.append(b"x" * 5_000_000)
        time.sleep(0.002)


class _OddError(Exception):
    """Comes through no pipe."""

    def __init__(self, one: str, two: int) -> None:
        super().__init__(one)
        self.two = two
