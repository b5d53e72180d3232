"""A cluster of two workers on this machine: what it makes, and what is told when it can't."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from benchmarks.pdfs import jobs
from publish import pdf, toolchain, workers
from publish.workers import Cluster, Done, Limits, Task, cluster, made, processes

from .engines import obeys, plain, slow, task
from .test_workers import MEMORY, by_path, children, gone, linux, told

ROOT = Path(__file__).parent.parent


@dataclass
class Local:
    """A scheduler and workers of its own on the loopback interface."""

    folder: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    address: str = ""

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start one of Dask's commands."""
        environment = os.environ | {
            "PYTHONPATH": str(ROOT),
            "DASK_TEMPORARY_DIRECTORY": str(self.folder),
            "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "2s",
            "TMPDIR": str(self.folder),
        }
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *arguments], stdout=log, stderr=log, env=environment
            )
        self.processes.append(process)
        return process

    def schedule(self) -> subprocess.Popen[bytes]:
        """Start the scheduler; its address is known afterwards."""
        file = self.folder / "scheduler.json"
        file.unlink(missing_ok=True)
        host = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        scheduler = self.start(
            "distributed.cli.dask_scheduler", *host, "--scheduler-file", f"{file}"
        )
        while not file.exists() or not file.read_bytes().endswith(b"}"):
            assert scheduler.poll() is None, (self.folder / "log").read_text()
            time.sleep(0.02)
        self.address = json.loads(file.read_bytes())["address"]
        return scheduler

    def work(self, threads: int = 1) -> subprocess.Popen[bytes]:
        """Start a worker."""
        plain = ("--no-dashboard", "--no-nanny", "--host", "127.0.0.1")
        command = ("distributed.cli.dask_worker", self.address)
        return self.start(*command, *plain, "--nthreads", str(threads))

    def close(self) -> None:
        """End everything that was started."""
        for process in reversed(self.processes):
            process.kill()
            process.wait()


@pytest.fixture
def local(tmp_path: Path) -> Iterator[Local]:
    found = Local(tmp_path)
    try:
        yield found
    finally:
        found.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "PATIENCE", 2.0)


def faults(tasks: list[Task], pool: Executor) -> list[str]:
    """What is told of a cluster that makes nothing, once for all tasks."""
    found = list(made(tasks, plain, pool))
    assert [one.pdf for one in found] == [None] * len(tasks)
    [problem] = {problem for one in found for problem in one.problems}
    return [str(problem), problem.hint]


# ── What a cluster makes ─────────────────────────────────────────────────────────────────────


def test_a_cluster_makes_what_this_process_makes_though_a_worker_is_killed(local: Local) -> None:
    local.schedule()
    crew = [local.work(), local.work()]
    orders = {3: "refuse no", 5: "die 7"}
    tasks = [task(number, orders.get(number, "")) for number in range(60)]
    expected = {one.path: plain(one.job) for n, one in enumerate(tasks) if n not in orders}
    done: dict[str, Done] = {}
    with cluster(local.address) as pool:
        for one in made(tasks, obeys, pool):
            done[one.task.path] = one
            if len(done) == 20:
                crew[0].kill()
                crew[0].wait()
    assert len(done) == len(tasks)
    assert {path: one.pdf for path, one in done.items() if one.pdf} == expected
    how = "a worker process ended with exit code 7, 2 times"
    assert [told(done[tasks[number].path]) for number in orders] == [
        ["sources/pieces/p3.md:1:1: error[B1] no; "],
        [f"sources/pieces/p5.md:1:1: error[B2] PDF (p5, tr): {how}; {MEMORY}"],
    ]
    with cluster(local.address) as pool, pytest.raises(ZeroDivisionError, match="here") as caught:
        list(made([task(1, "bug here")], obeys, pool))
    assert "engines.py" in caught.value.__notes__[0]


@linux
@pytest.mark.prove
def test_a_worker_that_is_killed_takes_its_own_processes_along(local: Local) -> None:
    local.schedule()
    worker = local.work(2)
    with cluster(local.address) as pool:
        assert len(by_path(made([task(number) for number in range(9)], plain, pool))) == 9
        [nursery] = children(worker.pid)
        crew = children(nursery)
        assert len(crew) == 2
    folder = local.folder / "nothing"
    folder.mkdir()
    worker.kill()
    gone([nursery, *crew], folder)


def test_a_worker_with_other_releases_is_a_problem_that_names_it(
    local: Local, monkeypatch: pytest.MonkeyPatch
) -> None:
    local.schedule()
    local.work()
    there = dict(workers.fingerprint())
    here = there | {"weasyprint": "69.0"}
    del here["pydyf"]
    monkeypatch.setattr(workers, "fingerprint", lambda: tuple(here.items()))
    with cluster(local.address) as pool:
        message, hint = faults([task(1), task(2)], pool)
    assert message.startswith("pyproject.toml:1:1: error[B10] the worker tcp://127.0.0.1:")
    assert message.endswith(
        f" makes PDFs with other releases: weasyprint {there['weasyprint']} (here 69.0), "
        f"pydyf {there['pydyf']} (here none)"
    )
    assert hint


# ── What a cluster cannot make ───────────────────────────────────────────────────────────────


def test_a_cluster_without_workers_is_told_and_not_waited_for(
    local: Local, impatient: None
) -> None:
    local.schedule()
    with cluster(local.address) as pool:
        message, hint = faults([task(number) for number in range(30)], pool)
    assert message == (
        f"pyproject.toml:1:1: error[B9] the cluster at {local.address} has no workers"
    )
    assert "start it first" in hint


def test_a_scheduler_that_is_not_there_is_told(impatient: None) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        with cluster(address) as pool:
            message, hint = faults([task(1), task(2)], pool)
    assert message.startswith(f"pyproject.toml:1:1: error[B9] there is no cluster at {address}: ")
    assert "start it first" in hint


def test_a_secured_address_without_certificates_is_told(impatient: None) -> None:
    with cluster("tls://127.0.0.1:9") as pool:
        message, _ = faults([task(1)], pool)
    assert "there is no cluster at tls://127.0.0.1:9: certificates for it are missing" in message


@pytest.mark.prove
def test_a_scheduler_that_dies_is_told(local: Local, impatient: None) -> None:
    scheduler = local.schedule()
    local.work()
    with cluster(local.address) as pool:
        found = made((task(number) for number in range(500)), slow, pool)
        next(found)
        scheduler.kill()
        lost = [one for one in found if one.pdf is None]
    [problem] = {problem for one in lost for problem in one.problems}
    assert str(problem).startswith(
        f"pyproject.toml:1:1: error[B9] the cluster at {local.address} was lost"
    )


@pytest.mark.prove
def test_a_scheduler_that_does_not_answer_is_told(local: Local, impatient: None) -> None:
    scheduler = local.schedule()
    local.work()
    with cluster(local.address) as pool:
        found = made((task(number) for number in range(500)), slow, pool)
        next(found)
        scheduler.send_signal(signal.SIGSTOP)
        lost = [one for one in found if one.pdf is None]
        scheduler.kill()
    [problem] = {problem for one in lost for problem in one.problems}
    assert str(problem).endswith(f"the cluster at {local.address} was lost: no answer in 2 s")


def test_the_missing_extra_is_told_with_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with cluster("tcp://127.0.0.1:9") as pool:
        assert faults([task(1)], pool) == [
            "pyproject.toml:1:1: error[B9] --executor needs the package “distributed”",
            "pip install 'publish-editions[cluster]'",
        ]


def test_whoever_was_sent_home_is_asked_for_nothing() -> None:
    pool = Cluster("tcp://127.0.0.1:9", Limits())
    pool.shutdown(cancel_futures=True)
    with pytest.raises(RuntimeError, match="sent home"):
        pool.submit(plain, task(1).job)


def test_what_was_made_with_is_the_same_in_every_process_here() -> None:
    with processes(1, warm=False) as pool:
        assert pool.submit(workers.fingerprint).result() == workers.fingerprint()
    names = dict(workers.fingerprint())
    assert {"publish", "weasyprint", "freetype"} <= set(names)
    assert toolchain.code().startswith(names["publish"])
    assert all(names[library] for library in ("pango-1.0", "harfbuzz", "fontconfig"))


# ── The real engine ──────────────────────────────────────────────────────────────────────────


@pytest.mark.prove
def test_three_hundred_pdfs_are_the_local_ones_though_a_worker_is_killed(local: Local) -> None:
    samples = jobs(ROOT, local.folder)
    tasks = []
    for number in range(300):
        job = samples[number % len(samples)]
        html = job.html.replace("</body>", f"<p>Number {number} of many.</p></body>")
        tasks.append(
            Task(dataclasses.replace(job, html=html), f"{number}", job.source, job.edition)
        )
    with processes(2) as pool:
        here = by_path(made(tasks, pdf.render, pool))
    local.schedule()
    crew = [local.work(), local.work()]
    there: dict[str, Done] = {}
    with cluster(local.address) as pool:
        for one in made(tasks, pdf.render, pool):
            there[one.task.path] = one
            if len(there) == 100:
                crew[1].kill()
    assert there == here
    assert len({one.pdf.content for one in there.values() if one.pdf}) == 300
