"""Who makes the PDFs: this process, worker processes of this machine, or a cluster's.

The seam is the standard `concurrent.futures.Executor`: `made` works with whichever it is given.
The pool of this module is there because the standard one breaks as a whole when one of its
workers dies, and stops none that hangs: here a lost worker costs its own task alone.
"""

from __future__ import annotations

import contextlib
import gc
import itertools
import os
import pickle
import queue
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    wait,
)
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from . import fonts, pdf
from .errors import Problem, PublishError, Span
from .model import Pdf

_Result = TypeVar("_Result")

Engine = Callable[[pdf.Job], Pdf]
"""Makes one PDF. Tests hand in a plain function."""

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may take of a worker."""

    seconds: float = 300
    """Wall time."""

    memory: int = 2048 * MEGABYTE
    """Resident set of the worker in bytes, looked at ten times a second where the system has
    /proc: a limit of the kernel would make allocations fail inside the engine's libraries, and
    not all of them say so."""


@dataclass(frozen=True, slots=True)
class Task:
    """One PDF of the site that is to be made."""

    job: pdf.Job
    """What it is made from."""

    path: str
    """Where it will stand in `output/`."""

    source: str
    """The file whose edition this is, for problems."""

    edition: str
    """What a problem calls the edition: `some-piece, tr`."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a task."""

    task: Task
    """The task."""

    pdf: Pdf | None
    """The PDF; nothing where it could not be made."""

    problems: tuple[Problem, ...]
    """All that is wrong with it, those of the PDF among them."""


class Lost(BrokenExecutor):
    """A worker was lost, and its task with it; others may go on."""

    def __init__(self, how: str, hint: str = "") -> None:
        """Keep what happened to the worker, and what to do about it."""
        self.how = how
        self.hint = hint
        super().__init__(how, hint)


TRIES = 2
"""How often a task is given to a worker before its loss is a problem."""


def made(tasks: Iterable[Task], engine: Engine, workers: Executor) -> Iterator[Done]:
    """Every task as it is done, in whatever order.

    Tasks are asked for as workers come free, so that few print pages are held at a time. An
    exception that is none of `PublishError` is a bug of the engine, and is raised.
    """
    ahead = getattr(workers, "ahead", 2 * (os.cpu_count() or 1))
    source = iter(tasks)
    waiting: dict[Future[Pdf], tuple[Task, int]] = {}
    try:
        while True:
            for task in itertools.islice(source, ahead - len(waiting)):
                waiting[_submit(workers, engine, task.job)] = task, 1
            if not waiting:
                return
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                task, attempt = waiting.pop(future)
                try:
                    pdf = future.result()
                except PublishError as error:
                    yield Done(task, None, error.problems)
                except (BrokenExecutor, CancelledError, MemoryError) as error:
                    if attempt < TRIES:
                        waiting[_submit(workers, engine, task.job)] = task, attempt + 1
                    else:
                        yield Done(task, None, (_told(task, error),))
                else:
                    yield Done(task, pdf, pdf.problems)
    finally:
        for future in waiting:
            future.cancel()


def _submit(workers: Executor, engine: Engine, job: pdf.Job) -> Future[Pdf]:
    try:
        return workers.submit(engine, job)
    except BrokenExecutor as error:  # of a pool that broke while tasks were still handed out
        future: Future[Pdf] = Future()
        future.set_exception(error)
        return future


_MEMORY = "is there enough memory? try --jobs 1"


def _told(task: Task, error: BaseException) -> Problem:
    how, hint = "died before it was done", _MEMORY
    if isinstance(error, Lost):
        how, hint = error.how, error.hint
    elif isinstance(error, MemoryError):
        how = "ran out of memory"
    message = f"PDF ({task.edition}): a worker process {how}, {TRIES} times"
    return Problem("B2", message, Span(task.source), hint)


# ── In this process ──────────────────────────────────────────────────────────────────────────


class InProcess(Executor):
    """An executor without processes or threads: work is done when it is handed in."""

    ahead = 1
    """How many tasks it is given at a time."""

    def submit(
        self, fn: Callable[..., _Result], /, *args: object, **kwargs: object
    ) -> Future[_Result]:
        """Call `fn` now and return a finished future."""
        future: Future[_Result] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 — a future hands it on to whoever asks
            future.set_exception(error)
        return future


@contextmanager
def in_process() -> Iterator[Executor]:
    """No workers at all. Nothing stops a document that never ends."""
    yield InProcess()


# ── Processes of this machine ────────────────────────────────────────────────────────────────


@contextmanager
def processes(jobs: int, limits: Limits | None = None, *, warm: bool = True) -> Iterator[Executor]:
    """Workers for `jobs` documents at a time. Whatever runs at the end is stopped.

    Returns at once: a process of its own loads the engine meanwhile (`warm`), and workers are
    forks of that one, which cost next to nothing.
    """
    pool = Processes(jobs, limits or Limits(), warm=warm)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


class Processes(Executor):
    """Worker processes, each replaced when it is lost. Functions have to be importable."""

    def __init__(self, jobs: int, limits: Limits, *, warm: bool = True) -> None:
        """Start to load what workers need; the workers themselves come with the tasks."""
        self.ahead = 2 * jobs
        """How many tasks it is given at a time: one more waits for each worker."""
        self._limits = limits
        self._warm = warm
        self._orders: queue.SimpleQueue[tuple[Future[Any], bytes] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._workers: set[_Worker] = set()
        self._nursery = _Nursery(warm=warm)
        self._renewals = 0
        self._threads = [threading.Thread(target=self._serve, daemon=True) for _ in range(jobs)]
        self._watch = threading.Thread(target=self._look, daemon=True)
        for thread in (*self._threads, self._watch):
            thread.start()

    def submit(
        self, fn: Callable[..., _Result], /, *args: object, **kwargs: object
    ) -> Future[_Result]:
        """Have a worker call `fn`. The future has a `Lost` where the worker did not live to."""
        order = pickle.dumps((fn, args, kwargs))
        future: Future[_Result] = Future()
        with self._lock:
            if self._closing.is_set():
                raise RuntimeError("these workers have been sent home")
            self._orders.put((future, order))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let the workers finish what they were given, or stop them with `cancel_futures`."""
        with self._lock:
            first = not self._closing.is_set()
            self._closing.set()
            for _ in self._threads if first else ():
                self._orders.put(None)
        if cancel_futures:
            self._stop()
        if wait:
            self._end()
        else:
            threading.Thread(target=self._end, daemon=True).start()

    def _stop(self) -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                if (order := self._orders.get_nowait()) is not None:
                    order[0].cancel()
        for _ in self._threads:
            self._orders.put(None)
        with self._lock:
            self._nursery.close()
            for worker in self._workers:
                worker.kill("was stopped")

    def _end(self) -> None:
        for thread in self._threads:
            thread.join()
        with self._lock:
            self._nursery.close()

    def _serve(self) -> None:
        """Hand orders to one worker after the other."""
        worker: _Worker | None = None
        while (order := self._orders.get()) is not None:
            future, work = order
            if not future.set_running_or_notify_cancel():
                continue
            worker = worker or self._spawn()
            if worker is None:
                hint = "is there enough memory, and are more processes allowed?"
                future.set_exception(Lost("could not be started", hint))
                continue
            try:
                answer = worker.ask(work)
            except (EOFError, OSError):
                future.set_exception(worker.lost())
                self._dismiss(worker)
                worker = None
                continue
            try:
                done, result = pickle.loads(answer)  # noqa: S301 — our own worker's
            except Exception as error:  # noqa: BLE001 — what it made cannot be brought here
                done, result = False, error
            if done:
                future.set_result(result)
            else:
                future.set_exception(result)
            # What failed for want of memory may be half there; one that stays large has less
            # left for the next document.
            if isinstance(result, MemoryError) or worker.memory() > self._limits.memory // 2:
                self._dismiss(worker)
                worker = None
        if worker is not None:
            self._dismiss(worker)

    def _spawn(self) -> _Worker | None:
        while True:
            with self._lock:
                nursery = self._nursery
            with contextlib.suppress(EOFError, OSError):
                worker = nursery.worker()
                with self._lock:
                    self._workers.add(worker)
                    if self._closing.is_set() and nursery.closed:
                        worker.kill("was stopped")
                return worker
            with self._lock:
                if nursery is self._nursery:
                    if self._closing.is_set() or self._renewals == RENEWALS:
                        return None
                    self._renewals += 1
                    nursery.close()
                    self._nursery = _Nursery(warm=self._warm)

    def _dismiss(self, worker: _Worker) -> None:
        with self._lock:
            self._workers.discard(worker)
        worker.close()

    def _look(self) -> None:
        """Stop workers that take too much."""
        before = time.monotonic()
        while any(thread.is_alive() for thread in self._threads):
            time.sleep(TICK)
            # A build that was suspended blames no worker for the time that it slept.
            passed = min(time.monotonic() - before, 10 * TICK)
            before = time.monotonic()
            with self._lock:
                workers = tuple(self._workers)
            for worker in workers:
                worker.look(self._limits, passed)


TICK = 0.1
"""Seconds between two looks at what workers take."""

RENEWALS = 3
"""How often the process that workers are forks of is started anew before all of them are lost."""


class _Worker:
    """A worker process, as the build sees it."""

    def __init__(self, channel: Connection, report: int) -> None:
        self._channel = channel
        self._report = report
        """Where its exit status is told, a pipe."""
        self._lock = threading.Lock()
        self._busy: float | None = None
        self._stopped: Lost | None = None
        self._gone = False
        try:
            self._pid = int(channel.recv_bytes())
        except BaseException:
            self.close()
            raise

    def ask(self, order: bytes) -> bytes:
        """Its answer to an order; `EOFError` or `OSError` where it is lost."""
        with self._lock:
            self._busy = 0.0
        self._channel.send_bytes(order)
        answer = self._channel.recv_bytes()
        with self._lock:
            self._busy = None
            if self._stopped:  # too late: the signal is on its way
                raise EOFError
        return answer

    def look(self, limits: Limits, passed: float) -> None:
        """Stop it where the document at hand takes more than it may; `passed` seconds went by."""
        with self._lock:
            if self._busy is None:
                return
            self._busy += passed
            late = self._busy > limits.seconds
        if late:
            hint = "make the text shorter, or find what in it takes so long"
            self.kill(f"took longer than {limits.seconds:g} s", hint)
        elif self.memory() > limits.memory:
            hint = "make the text shorter, or its images smaller"
            self.kill(f"needed more than {limits.memory // MEGABYTE:,} MB", hint)

    def memory(self) -> int:
        """Its resident set in bytes; 0 where that cannot be known."""
        try:
            pages = Path(f"/proc/{self._pid}/statm").read_text(encoding="ascii").split()[1]
        except (OSError, IndexError):
            return 0
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def kill(self, how: str, hint: str = "") -> None:
        """Stop it, and remember why."""
        with self._lock:
            if not (self._stopped or self._gone):
                self._stopped = Lost(how, hint)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self._pid, signal.SIGKILL)

    def lost(self) -> Lost:
        """What happened to it, once it is gone."""
        with self._lock:
            # Its number may be another's from now on.
            self._gone = True
        told = os.read(self._report, _STATUS.size)
        if self._stopped:
            return self._stopped
        if len(told) < _STATUS.size:
            return Lost("died", _MEMORY)
        code = os.waitstatus_to_exitcode(*_STATUS.unpack(told))
        if code >= 0:
            return Lost(f"ended with exit code {code}", _MEMORY)
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        return Lost(f"died ({name})", _MEMORY)

    def close(self) -> None:
        """Let it end."""
        with self._lock:
            self._gone = True
        self._channel.close()
        os.close(self._report)


_STATUS = struct.Struct("i")


class _Nursery:
    """The process that workers are forks of, as the build sees it."""

    def __init__(self, *, warm: bool) -> None:
        self.closed = False
        """Whether it was ended from here."""
        # The engine keeps copies of its fonts in a folder for temporary files. This one goes
        # whatever becomes of the processes.
        self._folder = tempfile.mkdtemp(prefix="publish-")
        self._control, theirs = socket.socketpair()
        code = "import sys; sys.path[:] = sys.argv[4:]; from publish.workers import nurse; nurse()"
        path = [entry or str(Path.cwd()) for entry in sys.path]
        words = [str(theirs.fileno()), self._folder, "warm" if warm else "cold", *path]
        try:
            # A group of its own, so that whoever interrupts the build speaks to the build alone.
            self._process = subprocess.Popen(  # noqa: S603 — this very interpreter
                [sys.executable, "-c", code, *words],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env=os.environ | {"TMPDIR": self._folder},
                process_group=0,
            )
        except BaseException:
            self._control.close()
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        finally:
            theirs.close()

    def worker(self) -> _Worker:
        """A new worker, once everything is loaded."""
        mine, theirs = socket.socketpair()
        reading, writing = os.pipe()
        channel = Connection(mine.detach())
        try:
            socket.send_fds(self._control, [b"+"], [theirs.fileno(), writing])
        except BaseException:
            channel.close()
            os.close(reading)
            raise
        finally:
            theirs.close()
            os.close(writing)
        return _Worker(channel, reading)

    def close(self) -> None:
        """End it, at once; workers go on until their channels are closed."""
        if not self.closed:
            self.closed = True
            self._process.kill()
            self._process.wait()
            self._control.close()
            shutil.rmtree(self._folder, ignore_errors=True)


# ── What follows runs in those processes ─────────────────────────────────────────────────────


def nurse() -> NoReturn:
    """Load what workers need, then fork one whenever the build asks; end with the build."""
    control = socket.socket(fileno=int(sys.argv[1]))
    if sys.argv[3] == "warm":
        with contextlib.suppress(Exception):  # a fault will be met again, and told, by a worker
            pdf.render(_WARMING)
    # What is there now is not looked at again in search of garbage, and stays shared in memory.
    gc.collect()
    gc.freeze()
    ended, wakes = os.pipe()
    os.set_blocking(wakes, False)
    signal.set_wakeup_fd(wakes)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    reports: dict[int, int] = {}
    while True:
        ready = select.select([control.fileno(), ended], [], [])[0]
        if ended in ready:
            os.read(ended, 4096)
            _bury(reports)
        if control.fileno() in ready:
            message, received, *_ = socket.recv_fds(control, 1, 2)
            if not message:  # the build is gone
                break
            channel, report = received
            pid = os.fork()
            if pid == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for descriptor in (control.detach(), ended, wakes, report, *reports.values()):
                    os.close(descriptor)
                _work(Connection(channel))
            os.close(channel)
            reports[pid] = report
    for pid in reports:
        os.kill(pid, signal.SIGKILL)
    shutil.rmtree(sys.argv[2], ignore_errors=True)
    os._exit(0)


def _bury(reports: dict[int, int]) -> None:
    """Tell the build how its workers ended."""
    while reports:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        report = reports.pop(pid)
        with contextlib.suppress(BrokenPipeError):  # nobody asks any more
            os.write(report, _STATUS.pack(status))
        os.close(report)


def _work(channel: Connection) -> NoReturn:
    code = 1
    try:
        channel.send_bytes(str(os.getpid()).encode())
        while True:
            channel.send_bytes(_answer(channel.recv_bytes()))
    except (EOFError, OSError):  # the build is done with this one
        code = 0
    except BaseException:  # noqa: BLE001 — nothing may run on into what the nursery does
        traceback.print_exc()
    finally:
        os._exit(code)


def _answer(order: bytes) -> bytes:
    """What comes of an order: whether it was done, and its result or exception."""
    try:
        function, arguments, named = pickle.loads(order)  # noqa: S301 — the build's
        return pickle.dumps((True, function(*arguments, **named)))
    except Exception as error:  # noqa: BLE001 — handed on to whoever asks
        if not isinstance(error, MemoryError):
            error.add_note(f"in a worker process:\n{traceback.format_exc()}")
        try:
            answer = pickle.dumps((False, error))
            pickle.loads(answer)  # noqa: S301 — our own; some exceptions do not come back
        except Exception:  # noqa: BLE001
            return pickle.dumps((False, RuntimeError(traceback.format_exc())))
        return answer


_FAMILIES = ", ".join(f"'{family}'" for family in sorted(fonts.FAMILIES, reverse=True))

_WARMING = pdf.Job(
    html="""<html lang="en"><head><title>Warm</title></head><body><h1 id="a">Warm</h1>
<p>Letters, figures 123<span class="note">of a <a href="https://example.org/">note</a></span> and
<b>bold</b>, <i>italic <b>both</b></i>, <code>code</code>.</p>
<p lang="tr">Işıkların ısıttığı <b>çiçek</b> <i>öğretmenlerinden</i></p>
<p lang="ru">Достопримечательности <b>города</b> <i>преимущественно</i></p>
<p lang="fa" dir="rtl">دفتر نگهبان <b>چراغ</b></p>
<ol><li><a href="#a">One</a></li></ol><table><tr><th>A</th><td>1</td></tr></table></body></html>""",
    stylesheet=f"""
@page {{ size: A4; @bottom-right {{ content: counter(page) }} }}
html {{ font: 10pt {_FAMILIES};
  hyphens: auto; text-align: justify; width: 6cm }}
code {{ font-family: 'Source Code Pro' }}
.note {{ float: footnote }}""",
    stylesheet_path="",
    images={},
    source="",
    edition="",
    epoch=0,
)
"""A document that has of everything a little: what it brings into memory, each worker has."""
