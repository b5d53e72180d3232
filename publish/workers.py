"""Who makes the PDFs: this process, worker processes of this machine, or a cluster's.

The seam is the standard `concurrent.futures.Executor`: `made` works with whichever it is given.
The pool of this module is there because the standard one breaks as a whole when one of its
workers dies, and stops none that hangs: here a lost worker costs its own task alone.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import importlib.metadata
import itertools
import logging
import os
import pickle
import platform
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
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from . import fonts, pdf, toolchain
from .errors import Problem, PublishError, Span
from .model import Pdf

_Result = TypeVar("_Result")

Engine = Callable[[pdf.Job], Pdf]
"""Makes one PDF. Tests hand in a plain function."""

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Step:
    """How far a part of a build is; what a progress bar shows."""

    what: str
    """What is being done: `rendering PDFs`."""

    done: int
    """How many are done."""

    total: int
    """How many there are."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may take of a worker."""

    seconds: float = 300
    """Wall time."""

    memory: int = 1024 * MEGABYTE
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


_NO_MORE = object()

TRIES = 2
"""How often a task is given to a worker before its loss is a problem."""


def made(
    tasks: Iterable[Task],
    engine: Engine,
    workers: Executor,
    meanwhile: Iterable[None] = (),
) -> Iterator[Done]:
    """Every task as it is done, in whatever order.

    Tasks are asked for as workers come free, so that few print pages are held at a time. While all
    workers are busy, `meanwhile` is gone through as far as time allows: each step of it does
    something else that has to be done. An exception that is none of `PublishError` is a bug of the
    engine, and is raised.
    """
    source, others = iter(tasks), iter(meanwhile)
    waiting: dict[Future[Pdf], tuple[Task, int]] = {}
    try:
        while True:
            ahead = getattr(workers, "ahead", 2 * (os.cpu_count() or 1))
            for task in itertools.islice(source, max(0, ahead - len(waiting))):
                waiting[_submit(workers, engine, task.job)] = task, 1
            if not waiting:
                return
            while not any(future.done() for future in waiting):
                if next(others, _NO_MORE) is _NO_MORE:
                    wait(waiting, return_when=FIRST_COMPLETED)
            for future in [one for one in waiting if one.done()]:
                task, attempt = waiting.pop(future)
                try:
                    result = future.result()
                except PublishError as error:
                    yield Done(task, None, error.problems)
                except OSError as error:  # of this machine: its disk is full, it has no more files
                    yield Done(task, None, (_problem(task, f"{error}", _ROOM),))
                except (BrokenExecutor, CancelledError, MemoryError) as error:
                    if attempt < TRIES:
                        waiting[_submit(workers, engine, task.job)] = task, attempt + 1
                    else:
                        yield Done(task, None, (_told(task, error),))
                else:
                    yield Done(task, result, result.problems)
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


_ROOM = "is there room for temporary files, and for more processes?"


def _told(task: Task, error: BaseException) -> Problem:
    how, hint = "died before it was done", _MEMORY
    if isinstance(error, Lost):
        how, hint = error.how, error.hint
    elif isinstance(error, MemoryError):
        how = "ran out of memory"
    return _problem(task, f"a worker process {how}, {TRIES} times", hint)


def _problem(task: Task, message: str, hint: str) -> Problem:
    return Problem("B2", f"PDF ({task.edition}): {message}", Span(task.source), hint)


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


class _Line(Executor):
    """Takes orders, which threads of its own hand on. Functions have to be importable where they
    are called."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._orders: queue.SimpleQueue[tuple[Future[Any], bytes] | None] = queue.SimpleQueue()
        self._fault: PublishError | None = None
        """Why nothing will be made any more."""

    def submit(
        self, fn: Callable[..., _Result], /, *args: object, **kwargs: object
    ) -> Future[_Result]:
        """Have a worker call `fn`. The future has a `Lost` where the worker did not live to."""
        order = pickle.dumps((fn, args, kwargs))
        future: Future[_Result] = Future()
        with self._lock:
            if self._closing.is_set():
                raise RuntimeError("these workers have been sent home")
            if self._fault is None:
                self._orders.put((future, order))
            else:
                future.set_exception(self._fault)
        return future


# ── Processes of this machine ────────────────────────────────────────────────────────────────


@contextmanager
def processes(jobs: int, limits: Limits | None = None, *, warm: bool = True) -> Iterator[Executor]:
    """Workers for `jobs` documents at a time. Whatever runs at the end is stopped.

    Returns at once: a process of its own loads the engine meanwhile (`warm`), and workers are
    forks of that one, which cost next to nothing. Raises `PublishError` where there can be none.
    """
    try:
        pool = Processes(jobs, limits or Limits(), warm=warm)
    except OSError as error:
        message = f"no worker processes can be started: {error}"
        problem = Problem("B2", message, Span("pyproject.toml"), _ROOM)
        raise PublishError([problem]) from None
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


class Processes(_Line):
    """Worker processes, each replaced when it is lost."""

    def __init__(self, jobs: int, limits: Limits, *, warm: bool = True) -> None:
        """Start to load what workers need; the workers themselves come with the tasks."""
        super().__init__()
        self.ahead = 2 * jobs
        """How many tasks it is given at a time: one more waits for each worker."""
        self._limits = limits
        self._warm = warm
        self._workers: set[_Worker] = set()
        self._nursery = _Nursery(warm=warm)
        self._renewals = 0
        self._threads = [threading.Thread(target=self._serve, daemon=True) for _ in range(jobs)]
        self._watch = threading.Thread(target=self._look, daemon=True)
        for thread in (*self._threads, self._watch):
            thread.start()

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
                future.set_exception(Lost("could not be started", _ROOM))
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
                    with contextlib.suppress(OSError):
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
        if not select.select([self._report], [], [], 1)[0]:  # it lives, but can't be spoken to
            os.kill(self._pid, signal.SIGKILL)
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


# ── A cluster ────────────────────────────────────────────────────────────────────────────────


@contextmanager
def cluster(address: str, limits: Limits | None = None) -> Iterator[Executor]:
    """The workers of the Dask cluster whose scheduler is at `address`, tcp://… or tls://….

    Returns at once. A cluster that is not there, has no workers, or has other releases than this
    machine is a problem of every document that it was given.
    """
    pool = Cluster(address, limits or Limits())
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


BATCH = 4
"""How many documents travel together: they share what a journey costs, and few are lost at once."""

BATCH_SIZE = 4 * MEGABYTE
"""At how many bytes a batch is full, however few documents they are."""

PATIENCE = 10.0
"""Seconds in which a scheduler answers, and a worker appears where there is none."""

_Batch = list[tuple["Future[Any]", bytes]]


class Cluster(_Line):
    """The workers of a Dask cluster, each of which has processes of its own as this machine has.

    A worker that dies takes its batch along; the scheduler gives it to another one.
    """

    def __init__(self, address: str, limits: Limits) -> None:
        """Begin to look for the scheduler."""
        super().__init__()
        self.ahead = 2 * BATCH
        """How many tasks it is given at a time: a batch waits for each worker."""
        self._address = address
        self._limits = limits
        self._away: dict[Any, _Batch] = {}
        self._client: Any = None
        self._porters = ThreadPoolExecutor(16)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Wait for what the workers were given, or take it back with `cancel_futures`."""
        with self._lock:
            first = not self._closing.is_set()
            self._closing.set()
            if cancel_futures and self._fault is None:
                self._fault = PublishError([])
        if first:
            self._orders.put(None)
        if wait and not (cancel_futures and self._client is None):
            self._thread.join()

    def _serve(self) -> None:
        """Connect, hand out batches, and see that there are workers."""
        _silence()
        try:
            self._connect()
            looked, seen = 0.0, time.monotonic()
            while True:
                with self._lock:
                    if self._fault or (self._closing.is_set() and self._idle()):
                        break
                if batch := self._batch():
                    self._send(batch)
                if time.monotonic() - looked > 1:
                    looked = time.monotonic()
                    threads = sum(self._threads().values())
                    self.ahead = 2 * BATCH * max(1, threads)
                    if threads:
                        seen = time.monotonic()
                    elif looked - seen > PATIENCE:
                        raise _unusable(f"the cluster at {self._address} has no workers", _START)
        except PublishError as error:
            self._fail(error)
        except Exception as error:  # noqa: BLE001 — whatever the client makes of a lost scheduler
            self._fail(_unusable(f"the cluster at {self._address} was lost: {error}", _START))
        finally:
            self._fail(PublishError([]))
            if self._client is not None:
                with contextlib.suppress(Exception):
                    self._client.close(timeout=1)
            self._porters.shutdown(wait=False)

    def _idle(self) -> bool:
        return self._orders.empty() and not self._away

    def _connect(self) -> None:
        try:
            import distributed
        except ImportError:
            message = "--executor needs the package “distributed”"
            raise _unusable(message, "pip install 'publish-editions[cluster]'") from None
        told = ""
        try:
            self._client = distributed.Client(  # type: ignore[no-untyped-call]
                self._address, timeout=PATIENCE / 2, set_as_default=False, name="publish"
            )
        except TypeError:  # what Dask makes of a tls:// address without certificates
            told = "certificates for it are missing, or not as README says under “A cluster”"
        except (OSError, ValueError, RuntimeError) as error:
            told = "; ".join(str(error).splitlines())
        if told:
            # What is left of the client must not be met by the collector within another one's
            # start: both take the same lock.
            gc.collect()
            raise _unusable(f"there is no cluster at {self._address}: {told}", _START)

    def _threads(self) -> dict[str, int]:
        """How many threads each worker has; an error where the scheduler does not answer."""
        ask = self._client.scheduler.ncores
        try:
            found: dict[str, int] = self._client.sync(ask, workers=None, callback_timeout=PATIENCE)
        except TimeoutError:
            raise TimeoutError(f"no answer in {PATIENCE:g} s") from None
        return found

    def _batch(self) -> _Batch:
        """What stands in line, as far as it goes on one journey."""
        batch: _Batch = []
        size = 0
        with contextlib.suppress(queue.Empty):
            while len(batch) < BATCH and size < BATCH_SIZE:
                order = self._orders.get(timeout=0.02 if batch else 0.2)
                if order is None:
                    break
                if order[0].set_running_or_notify_cancel():
                    batch.append(order)
                    size += len(order[1])
        return batch

    def _send(self, batch: _Batch) -> None:
        orders = [order for _, order in batch]
        remote = self._client.submit(_made_there, orders, self._limits, pure=False)
        with self._lock:
            self._away[remote] = batch
        # Not in Dask's one thread for that: bringing a result from a worker that is gone can take
        # half a minute, until the scheduler has it made elsewhere.
        remote.add_done_callback(lambda remote: self._porters.submit(self._arrived, remote))

    def _arrived(self, remote: Any) -> None:
        with self._lock:
            batch = self._away.pop(remote, [])
        try:
            worker, environment, answers = remote.result()
            fault = _foreign(worker, environment, fingerprint())
            results = [(False, fault)] * len(batch) if fault else answers
        except CancelledError:
            message = f"the cluster at {self._address} was lost"
            self._fail(_unusable(message, _START), batch)
            return
        except Exception as error:  # noqa: BLE001 — what the cluster itself met, not the engine
            results = [(False, self._met(error))] * len(batch)
        finally:
            with contextlib.suppress(Exception):
                remote.release()
        for (future, _), (done, result) in zip(batch, results, strict=True):
            if done:
                future.set_result(result)
            else:
                future.set_exception(result)

    def _met(self, error: Exception) -> Exception:
        from distributed import KilledWorker

        if isinstance(error, KilledWorker):
            return Lost("of the cluster died", "look into what that worker wrote")
        hint = "is the same release of publish installed at the scheduler and the workers?"
        told = "; ".join(str(error).splitlines()[:2])
        return _unusable(f"the cluster at {self._address} failed: {told}", hint)

    def _fail(self, error: PublishError, batch: _Batch | None = None) -> None:
        """Give up: nothing will come any more."""
        with self._lock:
            self._fault = self._fault or error
            lost = [future for future, _ in batch or ()]
            lost += [future for one in self._away.values() for future, _ in one]
            away = list(self._away)
            self._away.clear()
            with contextlib.suppress(queue.Empty):
                while True:
                    if (order := self._orders.get_nowait()) is not None:
                        order[0].set_running_or_notify_cancel()
                        lost.append(order[0])
        for future in lost:
            if not future.done():
                future.set_exception(self._fault)
        with contextlib.suppress(Exception):
            self._client.cancel(away)


_START = "start it first, as README says under “A cluster”, or build without --executor"


def _unusable(message: str, hint: str) -> PublishError:
    return PublishError([Problem("B9", message, Span("pyproject.toml"), hint)])


def _silence() -> None:
    """Keep Dask's own words off the terminal: what matters of them becomes a problem."""
    for name in ("distributed", "distributed.client", "distributed.core", "distributed.comm"):
        logging.getLogger(name).addFilter(lambda _: False)
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


Environment = tuple[tuple[str, str], ...]
"""What the bytes of a PDF depend on besides its job: names and releases."""

_PACKAGES = (
    *("cssselect2", "fontpkg-amiri", "fontpkg-source-code-pro", "fontpkg-source-serif-4"),
    *("fonttools", "pillow", "pydyf", "pyphen", "tinycss2", "tinyhtml5", "weasyprint"),
)


@functools.cache
def fingerprint() -> Environment:
    """What this machine makes PDFs with."""
    found = [
        ("publish", toolchain.code()[:12]),
        ("Python", ".".join(platform.python_version_tuple()[:2])),
        ("machine", platform.machine()),
        ("zlib", zlib.ZLIB_RUNTIME_VERSION),
    ]
    for package in _PACKAGES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found.append((package, importlib.metadata.version(package)))
    return (*found, *toolchain.libraries())


def _foreign(worker: str, theirs: Environment, ours: Environment) -> PublishError | None:
    """What is wrong with a worker that would make other bytes."""
    if theirs == ours:
        return None
    there, here = dict(theirs), dict(ours)
    names = [name for name in {**here, **there} if here.get(name) != there.get(name)]
    told = ", ".join(f"{n} {there.get(n, 'none')} (here {here.get(n, 'none')})" for n in names)
    message = f"the worker {worker} makes PDFs with other releases: {told}"
    hint = "install the same releases there, and the same fonts"
    return PublishError([Problem("B10", message, Span("pyproject.toml"), hint)])


def _made_there(
    orders: Sequence[bytes], limits: Limits
) -> tuple[str, Environment, Sequence[tuple[bool, Any]]]:
    """A batch, made by processes of the worker that this runs in; its address comes along."""
    from distributed import get_worker

    worker = get_worker()
    pool = _crew(worker.state.nthreads, limits)
    waiting = []
    for order in orders:
        function, arguments, named = pickle.loads(order)  # noqa: S301 — the build's
        waiting.append(pool.submit(function, *arguments, **named))
    wait(waiting)
    answers = [(not one.exception(), one.exception() or one.result()) for one in waiting]
    return worker.address, fingerprint(), answers


_CREW = threading.Lock()


def _crew(jobs: int, limits: Limits) -> Processes:
    """The processes of this worker, which live as long as it does."""
    with _CREW:
        return _started(jobs, limits)


@functools.cache
def _started(jobs: int, limits: Limits) -> Processes:
    return Processes(jobs, limits)


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
