"""Who makes the PDFs: a lost worker is named and costs its own task alone, and nothing stays."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pytest

from publish import pdf, workers
from publish.errors import PublishError
from publish.workers import Done, Limits, Processes, Task, in_process, made, processes

from .conftest import Made
from .engines import knows, obeys, plain, slow, task
from .rebuilds import Late

Result = TypeVar("Result")

ROOT = Path(__file__).parent.parent

linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


def told(done: Done) -> list[str]:
    return [f"{problem}; {problem.hint}" for problem in done.problems]


def by_path(done: Iterator[Done]) -> dict[str, Done]:
    found = list(done)
    assert len({one.task.path for one in found}) == len(found)
    return {one.task.path: one for one in found}


@pytest.fixture(scope="module")
def crew() -> Iterator[Executor]:
    """Two workers with short patience."""
    with processes(2, Limits(seconds=1, memory=200 * workers.MEGABYTE), warm=False) as pool:
        yield pool


# ── What is asked for, and when ──────────────────────────────────────────────────────────────


def test_every_task_is_done_once_whoever_works(crew: Executor) -> None:
    tasks = [task(number) for number in range(40)]
    expected = {one.path: Done(one, plain(one.job), ()) for one in tasks}
    with in_process() as alone, ThreadPoolExecutor(3) as threads:
        for pool in (alone, threads, crew):
            assert by_path(made(tasks, plain, pool)) == expected


def test_nothing_to_do_is_done_at_once(crew: Executor) -> None:
    assert list(made([], plain, crew)) == []


def test_tasks_are_asked_for_as_workers_come_free(crew: Executor) -> None:
    asked = 0

    def tasks() -> Iterator[Task]:
        nonlocal asked
        for number in range(12):
            asked += 1
            yield task(number)

    with in_process() as alone:
        for pool, ahead in ((alone, 1), (crew, 4)):
            asked = 0
            for number, _ in enumerate(made(tasks(), slow, pool), 1):
                assert asked < number + ahead
            assert asked == 12


def test_while_all_workers_are_busy_other_things_are_done() -> None:
    """As far as there is time: no further than until something is done, and all of it where
    nothing ever is until then."""
    seen: list[int] = []

    def others() -> Iterator[None]:
        for number in range(9):
            seen.append(number)
            yield

    for patience, steps in ((0, 0), (3, 3), (50, 9)):
        seen.clear()
        [done] = made([task(1)], plain, Late(patience), others())
        assert done.pdf == plain(task(1).job)
        assert seen == [*range(steps)]


def test_whoever_stops_asking_has_what_waits_taken_back() -> None:
    class Idle(Executor):
        """Works for whom it likes."""

        handed: list[Future[object]]

        def submit(
            self, fn: Callable[..., Result], /, *args: object, **kwargs: object
        ) -> Future[Result]:
            future: Future[Result] = Future()
            if not self.handed:
                future.set_result(fn(*args))
            self.handed.append(future)  # type: ignore[arg-type]
            return future

    idle = Idle()
    idle.handed = []
    done = made(map(task, range(9)), plain, idle)
    next(done)
    done.close()  # type: ignore[attr-defined]
    assert [future.cancelled() for future in idle.handed[1:]] == [True] * (len(idle.handed) - 1)
    assert len(idle.handed) > 1


# ── What goes wrong in a task ────────────────────────────────────────────────────────────────


def test_a_refused_document_has_its_problems_and_the_others_are_made(crew: Executor) -> None:
    tasks = [task(1, "refuse not a file of the site"), task(2)]
    with in_process() as alone:
        for pool in (alone, crew):
            found = by_path(made(tasks, obeys, pool))
            assert told(found[tasks[0].path]) == [
                "sources/pieces/p1.md:1:1: error[B1] not a file of the site; "
            ]
            assert found[tasks[0].path].pdf is None
            assert found[tasks[1].path].pdf == plain(tasks[1].job)


def test_a_bug_keeps_its_traceback(crew: Executor) -> None:
    with pytest.raises(ZeroDivisionError, match="here") as caught:
        list(made([task(1, "bug here")], obeys, crew))
    [note] = caught.value.__notes__
    assert "engines.py" in note
    assert "raise ZeroDivisionError(value)" in note


def test_an_exception_that_does_not_travel_is_told_by_its_traceback(crew: Executor) -> None:
    with pytest.raises(RuntimeError, match="raise _OddError"):
        list(made([task(1, "odd x")], obeys, crew))


LATE = "took longer than 1 s, 2 times; make the text shorter, or find what in it takes so long"
MEMORY = "is there enough memory? try --jobs 1"


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("die 3", f"ended with exit code 3, 2 times; {MEMORY}"),
        ("die 0", f"ended with exit code 0, 2 times; {MEMORY}"),
        ("signal SIGSEGV", f"died (SIGSEGV), 2 times; {MEMORY}"),
        ("signal SIGKILL", f"died (SIGKILL), 2 times; {MEMORY}"),
        ("ask", f"ran out of memory, 2 times; {MEMORY}"),
        pytest.param(
            "eat",
            "needed more than 200 MB, 2 times; make the text shorter, or its images smaller",
            marks=linux,
        ),
    ],
)
def test_a_lost_worker_is_told_with_its_edition_and_how_and_costs_no_other_task(
    crew: Executor, order: str, expected: str
) -> None:
    tasks = [task(number, order if number == 3 else "") for number in range(8)]
    found = by_path(made(tasks, obeys, crew))
    assert told(found[tasks[3].path]) == [
        f"sources/pieces/p3.md:1:1: error[B2] PDF (p3, tr): a worker process {expected}"
    ]
    assert {path: one.pdf for path, one in found.items()} == {
        one.path: None if one is tasks[3] else plain(one.job) for one in tasks
    }


def test_whatever_takes_too_long_is_stopped_and_told(crew: Executor) -> None:
    orders = {1: "hang", 2: "spin", 4: "signal SIGSTOP"}
    tasks = [task(number, orders.get(number, "")) for number in range(8)]
    found = by_path(made(tasks, obeys, crew))
    assert [told(found[tasks[number].path]) for number in orders] == [
        [f"sources/pieces/p{n}.md:1:1: error[B2] PDF (p{n}, tr): a worker process {LATE}"]
        for n in orders
    ]
    assert [found[one.path].pdf for n, one in enumerate(tasks) if n not in orders] == [
        plain(one.job) for n, one in enumerate(tasks) if n not in orders
    ]


def test_what_the_machine_refuses_is_told(crew: Executor, tmp_path: Path) -> None:
    [done] = made([task(1, f"once {tmp_path}/no/such/folder")], obeys, crew)
    [line] = told(done)
    assert line.startswith("sources/pieces/p1.md:1:1: error[B2] PDF (p1, tr): [Errno 2] No such")
    assert line.endswith("; is there room for temporary files, and for more processes?")


def test_no_workers_at_all_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    told = r"error\[B2\] no worker processes can be started"
    with pytest.raises(PublishError, match=told), processes(2):
        pytest.fail("they were started")


def test_what_is_lost_once_is_made_by_another_worker(crew: Executor, tmp_path: Path) -> None:
    tasks = [task(number, f"once {tmp_path / str(number)}") for number in range(5)]
    found = by_path(made(tasks, obeys, crew))
    assert [found[one.path] for one in tasks] == [Done(one, plain(one.job), ()) for one in tasks]
    assert len(list(tmp_path.iterdir())) == 5


def test_a_pool_that_breaks_as_a_whole_is_told_for_all_that_it_did_not_do() -> None:
    class Broken(Executor):
        def submit(
            self, fn: Callable[..., Result], /, *args: object, **kwargs: object
        ) -> Future[Result]:
            raise BrokenExecutor

    found = list(made([task(1), task(2)], plain, Broken()))
    assert [told(one) for one in found] == [
        [f"{lost} died before it was done, 2 times; {MEMORY}"]
        for lost in (
            "sources/pieces/p1.md:1:1: error[B2] PDF (p1, tr): a worker process",
            "sources/pieces/p2.md:1:1: error[B2] PDF (p2, tr): a worker process",
        )
    ]


# ── Workers ──────────────────────────────────────────────────────────────────────────────────


def test_work_in_this_process_is_done_when_it_is_handed_in() -> None:
    with in_process() as pool:
        done = pool.submit(int, "7")
        assert done.done()
        assert done.result() == 7
        with pytest.raises(ValueError, match="seven"):
            pool.submit(int, "seven").result()


def test_workers_do_what_any_executor_does() -> None:
    pool = Processes(2, Limits(), warm=False)
    assert list(pool.map(int, ["1", "2", "3"])) == [1, 2, 3]
    waiting = [pool.submit(time.sleep, 0.01) for _ in range(5)]
    pool.shutdown()
    assert [future.result() for future in waiting] == [None] * 5
    with pytest.raises(RuntimeError, match="sent home"):
        pool.submit(int, "7")
    pool.shutdown()


def test_a_worker_that_fails_while_it_waits_costs_nothing(tmp_path: Path) -> None:
    with processes(1, warm=False) as pool:
        list(made([task(1, f"pid {tmp_path}")], obeys, pool))
        [path] = tmp_path.iterdir()
        os.kill(int(path.name), signal.SIGKILL)
        assert [one.problems for one in made([task(2)], obeys, pool)] == [()]


def test_a_worker_that_had_no_memory_left_is_replaced(tmp_path: Path) -> None:
    orders = [f"pid {tmp_path}", f"pid {tmp_path}", "ask", f"pid {tmp_path}"]
    with processes(1, warm=False) as pool:
        for number, order in enumerate(orders):
            list(made([task(number, order)], obeys, pool))
            assert len(list(tmp_path.iterdir())) == (1 if number < 3 else 2)


@linux
def test_a_worker_that_stays_large_is_replaced(tmp_path: Path) -> None:
    with processes(1, Limits(memory=2 * workers.MEGABYTE), warm=False) as pool:
        # Any Python process has more than one megabyte: each document gets a new worker. The
        # limit itself is looked at while a document is made, and these are made at once.
        done = list(made([task(n, f"pid {tmp_path}") for n in range(3)], obeys, pool))
    assert len(list(tmp_path.iterdir())) >= sum(one.pdf is not None for one in done)


@linux
def test_nothing_is_left_of_workers_that_were_stopped(tmp_path: Path) -> None:
    code = (
        "from publish.workers import *\nfrom tests.engines import *\nimport sys, os\n"
        "tasks = [task(n, f'pid {sys.argv[1]}') for n in range(4)] + [task(9, 'hang')] * 3\n"
        "with processes(2, warm=False) as pool:\n"
        "    done = made(tasks, obeys, pool)\n"
        "    [next(done) for _ in range(4)]\n"
        "    print('working', flush=True)\n"
        "    sys.stdin.readline()\n"
        "    if sys.argv[2] == 'raise': raise SystemExit\n"
    )
    for end in ("leave", "raise", "kill"):
        folder = tmp_path / end
        temporary = tmp_path / f"{end}-tmp"
        folder.mkdir()
        temporary.mkdir()
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(folder), end],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env=os.environ | {"TMPDIR": str(temporary)},
        )
        assert process.stdout
        assert process.stdout.readline() == b"working\n"
        nurses = children(process.pid)
        pids = [pid for nurse in nurses for pid in children(nurse)]
        assert len(nurses) == 1
        assert {int(path.name) for path in folder.iterdir()} <= set(pids)
        assert len(list(temporary.iterdir())) == 1
        if end == "kill":
            process.kill()
        process.communicate(b"\n")
        gone([*nurses, *pids], temporary)


def children(parent: int) -> list[int]:
    """The processes that a process has started, whichever of its threads did."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            pid, _, rest = path.read_text(encoding="ascii", errors="replace").partition(" ")
            if int(rest.rpartition(")")[2].split()[1]) == parent:
                found.append(int(pid))
    return found


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and was not asked for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2][1] != "Z"
    except OSError:
        return False


def gone(pids: Sequence[int], folder: Path) -> None:
    """Wait until processes have ended and a folder is empty; half a minute is for ever."""
    for _ in range(600):
        if not any(map(alive, pids)) and not list(folder.iterdir()):
            return
        time.sleep(0.05)
    pytest.fail(f"{pids} run on, or something stays in {folder}")


@linux
def test_workers_come_anew_when_what_they_are_forks_of_is_gone(tmp_path: Path) -> None:
    pool = Processes(1, Limits(), warm=False)
    tasks = [task(n, f"pid {tmp_path}") for n in range(6)]
    assert all(one.pdf for one in made(tasks[:1], obeys, pool))
    for number, one in enumerate(tasks[1:5], 1):
        for pid in (pool._nursery._process.pid, int(last(tmp_path).name)):
            os.kill(pid, signal.SIGKILL)
        pool._nursery._process.wait()
        [done] = made([one], obeys, pool)
        if number <= workers.RENEWALS:
            assert done.pdf == plain(one.job)
        else:
            assert "a worker process could not be started" in done.problems[0].message
    pool.shutdown(cancel_futures=True)


def last(folder: Path) -> Path:
    return max(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns)


def test_workers_that_load_still_are_left_at_once() -> None:
    with processes(2) as pool:
        future = pool.submit(pdf.render, task(1).job)
    assert future.cancelled() or isinstance(future.exception(), BrokenExecutor)


# ── The real engine ──────────────────────────────────────────────────────────────────────────


def test_a_warm_worker_makes_the_bytes_that_this_process_makes(made: dict[str, Made]) -> None:
    tasks = [Task(one.job, edition, one.job.source, edition) for edition, one in made.items()]
    with processes(2) as pool:
        assert pool.submit(knows, "weasyprint.pdf").result()
        found = by_path(workers.made(tasks, pdf.render, pool))
    assert {path: one.pdf for path, one in found.items()} == {
        edition: one.pdf for edition, one in made.items()
    }


def test_what_warms_a_worker_has_nothing_wrong() -> None:
    assert pdf.render(workers._WARMING).problems == ()
