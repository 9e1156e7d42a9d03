"""Processes that do long works for the app, one work after another, so that no page waits for the interpreter. I/O.

A thread would do for what is Arrow's or the engine's; what is Python's own (odd files, pairs of people) takes the
interpreter from every page for as long as it goes on. A process takes 1.5 s of the processor to load, so those that
have loaded are kept for the next work. It gives way to pages (`nice`), ends when its input does, and is ended where
it does not hear that it is to stop.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from importer.errors import FatalError, RunCancelled
from importer.run.launch import CODE_HOME
from importer.second_process import PatientEnd, receive, send

OnProgress = Callable[[int, int], None]
IsCancelled = Callable[[], bool]
Job = Callable[[OnProgress, IsCancelled], Any]
"""What is done: told how to say how far it is, and where to ask whether it is to stop. For a process it can be
pickled."""

LOOK_S = 0.05
"""How soon a stop is passed on."""

STOP_S = 3.0
"""From being told to stop until the process is ended: a slice of a list takes less."""

PATIENCE_S = 60.0
"""In the middle of an answer; one that stands still so long is ended."""

MOST_KEPT_MB = 400
"""Of memory, with which a process is kept for the next work: 170 MB are loaded, and more is not given back."""

MOST_KEPT = 1
"""Processes that wait for the next work; more would only hold memory."""

TELL_EVERY_S = 0.1

GIVE_WAY = 5
"""`nice`: pages come first."""


class Worker:
    """A process that does one work at a time."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "importer.run.workers"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=CODE_HOME,
            start_new_session=True,
        )
        self._asked = PatientEnd(self._process.stdin, PATIENCE_S)
        self._told = PatientEnd(self._process.stdout, PATIENCE_S)
        self._is_spent = False

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    def do(self, job: Job, tell: OnProgress, is_cancelled: IsCancelled) -> Any:
        """What comes of the job, or what it raises.

        Raises RunCancelled when `is_cancelled` says so, FatalError when the process is lost; it is of no use then.
        """
        stop_s = 0.0
        self._is_spent = True
        try:
            send(self._asked, ("do", job))
            while True:
                if not stop_s and is_cancelled():
                    stop_s = time.monotonic() + STOP_S
                    send(self._asked, ("stop", None))
                if stop_s and time.monotonic() > stop_s:
                    raise RunCancelled("It was stopped.")
                if self._told.is_ready(LOOK_S):
                    kind, value = receive(self._told)
                    if kind == "told":
                        tell(*value)
                        continue
                    self._is_spent = bool(stop_s)  # the next job would hear of the stop
                    if kind == "done":
                        return value
                    raise value
        except (OSError, EOFError, pickle.PickleError):
            raise FatalError(
                "The process that worked on this list ended, for lack of memory most likely. Start it again."
            ) from None

    def is_good(self) -> bool:
        """Whether it can take another job: it answered the last one, lives, and has not grown."""
        return not self._is_spent and self._process.poll() is None and _resident_mb(self.pid) < MOST_KEPT_MB

    def close(self) -> None:
        """End it."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()


class Workers:
    """Those that are loaded and free; whoever has a work takes one, or starts another."""

    def __init__(self) -> None:
        self._free: list[Worker] = []
        self._lock = threading.Lock()

    def do(self, job: Job, tell: OnProgress, is_cancelled: IsCancelled) -> Any:
        """As `Worker.do`, by one of them; here, where no process can be started."""
        try:
            worker = self._take()
        except OSError:
            return job(tell, is_cancelled)
        try:
            return worker.do(job, tell, is_cancelled)
        finally:
            self._give_back(worker)

    def _take(self) -> Worker:
        with self._lock:
            while self._free:
                worker = self._free.pop()
                if worker.is_good():
                    return worker
                worker.close()
        return Worker()

    def _give_back(self, worker: Worker) -> None:
        with self._lock:
            if len(self._free) < MOST_KEPT and worker.is_good():
                self._free.append(worker)
                return
        worker.close()

    def close(self) -> None:
        """End those that are free."""
        with self._lock:
            free, self._free = self._free, []
        for worker in free:
            worker.close()


def _resident_mb(pid: int) -> float:
    """Memory that a process has; nothing where the system does not tell."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except (OSError, ValueError, IndexError):
        return 0.0


def main() -> None:
    """The process itself: one job after another until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(GIVE_WAY)
    os.umask(0o077)
    told = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
    stop = threading.Event()
    threading.Thread(target=_hear, args=(jobs, stop), daemon=True).start()
    while True:
        job = jobs.get()
        try:
            answer = ("done", job(_Teller(told), stop.is_set))
        except BaseException as error:
            answer = ("failed", _as_sent(error))
        stop.clear()
        send(told, answer)


def _hear(jobs: queue.SimpleQueue[Job], stop: threading.Event) -> None:
    while True:
        try:
            kind, value = receive(sys.stdin.buffer)
        except EOFError:
            os._exit(0)  # whoever asked is gone
        if kind == "stop":
            stop.set()
        else:
            jobs.put(value)


class _Teller:
    """Says how far a job is, some times a second."""

    def __init__(self, told: Any) -> None:
        self._told = told
        self._next_s = 0.0

    def __call__(self, done: int, total: int) -> None:
        now_s = time.monotonic()
        if now_s >= self._next_s:
            self._next_s = now_s + TELL_EVERY_S
            send(self._told, ("told", (done, total)))


def _as_sent(error: BaseException) -> BaseException:
    """The error where it arrives as it is, else one of its kind that does."""
    try:
        if type(pickle.loads(pickle.dumps(error))) is type(error):
            return error
    except Exception:  # what cannot be sent is told of
        return FatalError(f"The work ended ({type(error).__name__}). Start it again.")
    return FatalError(f"The work ended ({type(error).__name__}). Start it again.")


if __name__ == "__main__":
    main()
