"""A process beside this one that does pieces of the same work, so that a second core does its half. Shared by steps.

A thread cannot where the work is Python's as much as Arrow's: it waits for the interpreter at every turn, and whoever
sends meanwhile waits with it (measured: two cores were no faster than one).

The process is handed the work once, is asked for piece after piece, and keeps nothing that anybody would miss. It
ends when its input does, so it never outlives one that is killed. Whatever goes wrong with it, the piece is done
here: there is nothing to lose. Loading takes it a second, during which nobody waits for it.
"""

from __future__ import annotations

import importlib
import logging
import os
import pickle
import select
import signal
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, ClassVar, Self, TypeVar

import numpy as np

Piece = TypeVar("Piece")
Done = TypeVar("Done")

CODE_HOME = Path(__file__).resolve().parents[1]

PATIENCE_S = 60.0
"""A piece takes about 0.05 s; one that takes this long stands still, and is left."""

PIPE_BYTES = 1 << 20
"""Asked of the system (Linux gives 64 KB unasked, so that a slice would take 130 turns)."""

_HEAD = struct.Struct("<QQ")

log = logging.getLogger(__name__)


class SecondProcess:
    """The process, started at once. Used by one thread at a time; a context manager that ends it.

    `loads`: modules that it loads before it is ready.
    """

    loads: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *, patience_s: float = PATIENCE_S) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "importer.second_process", *self.loads],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=CODE_HOME,
        )
        _widen(self._process.stdin)
        self._asked = PatientEnd(self._process.stdin, patience_s)
        self._told = PatientEnd(self._process.stdout, patience_s)
        self._work: Any = None
        self._loaded = False
        self._broken = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    def ready(self) -> bool:
        """Whether it has loaded and works; never waits."""
        if not self._loaded and not self._broken and self._told.is_ready(0.0):
            self._loaded = self._ask() is not None
        return self._loaded and not self._broken

    def do(self, work: Callable[[Piece], Done], piece: Piece) -> Done:
        """`work(piece)`, done by the process where it is ready and can, else here. `work` never answers None."""
        done = self.try_to(work, piece) if self.ready() else None
        return done if done is not None else work(piece)

    def try_to(self, work: Callable[[Piece], Done], piece: Piece) -> Done | None:
        """`work(piece)` as the process does it; None when it could not. `work` is sent once, `piece` each time."""
        if self._work is not work:
            self._work = work
            if self._ask(("work", work)) is None:
                return None
        done: Done | None = self._ask(("piece", piece))
        return done

    def close(self) -> None:
        """End the process."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    log.debug("The second process had ended already.")
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()

    def _ask(self, question: Any = None) -> Any | None:
        """The answer; None (and never asked again) when the process is gone, stands still or could not say."""
        try:
            if question is not None:
                send(self._asked, question)
            return receive(self._told)
        except (OSError, EOFError, ValueError, pickle.PickleError, AttributeError, TypeError):
            log.warning("The second process is of no use; this one does the work alone.")
            self._broken = True
            self._process.kill()
            return None


class PatientEnd:
    """This side's end of a pipe, past Python's own buffer. Raises TimeoutError where the other side moves nothing for
    `patience_s`: it stands still, in the middle of a piece too."""

    def __init__(self, stream: Any, patience_s: float) -> None:
        self._fd: int = stream.fileno()
        self._writes: bool = stream.writable()
        self._patience_s = patience_s
        os.set_blocking(self._fd, False)

    def is_ready(self, timeout_s: float) -> bool:
        """Whether something can be moved, after at most so long."""
        read, written = ([], [self._fd]) if self._writes else ([self._fd], [])
        return any(select.select(read, written, [], timeout_s))

    def write(self, data: Any) -> None:
        """All of it."""
        left = memoryview(data)
        while left:
            try:
                left = left[os.write(self._fd, left) :]
            except BlockingIOError:
                self._wait()

    def readinto(self, into: memoryview) -> int:
        """What is there, at least a byte; 0 at the end."""
        while True:
            try:
                return os.readv(self._fd, [into])
            except BlockingIOError:
                self._wait()

    def flush(self) -> None:
        """Nothing is kept back."""

    def _wait(self) -> None:
        if not self.is_ready(self._patience_s):
            raise TimeoutError


def send(stream: Any, value: Any) -> None:
    """Write `value`; what is large in it goes as it lies in memory."""
    buffers: list[pickle.PickleBuffer] = []
    head = pickle.dumps(value, protocol=5, buffer_callback=buffers.append)
    raws = [buffer.raw() for buffer in buffers]
    stream.write(_HEAD.pack(len(head), len(raws)) + struct.pack(f"<{len(raws)}Q", *(raw.nbytes for raw in raws)))
    for part in (head, *raws):
        stream.write(part)
    stream.flush()


def receive(stream: Any) -> Any:
    """What `send` wrote. Raises EOFError when the other side is gone."""
    head_bytes, count = _HEAD.unpack(_read(stream, _HEAD.size))
    sizes = struct.unpack(f"<{count}Q", _read(stream, 8 * count))
    head = _read(stream, head_bytes)
    return pickle.loads(head, buffers=[_read(stream, size) for size in sizes])


def _read(stream: Any, size: int) -> memoryview:
    """So many bytes, into memory that is not cleared first."""
    into = memoryview(np.empty(size, dtype=np.uint8))  # type: ignore[arg-type]
    done = 0
    while done < size:
        got = stream.readinto(into[done:])
        if not got:
            raise EOFError
        done += got
    return into


def serve(asked: IO[bytes], told: IO[bytes]) -> None:
    """Answer until the input ends: True for work, what comes of a piece for a piece, None for one that fails."""
    work: Any = None
    while True:
        try:
            kind, given = receive(asked)
        except EOFError:
            return
        if kind == "work":
            work = given
            send(told, True)
            continue
        try:
            done = work(given)
        except Exception:  # who asked meets it too, and tells it
            done = None
        send(told, done)


def main(loads: list[str]) -> None:
    """The process itself: Ctrl-C and a closed terminal are for the other one to hear, and nothing but answers goes to
    the output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    told = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    _widen(told)
    for module in loads:
        importlib.import_module(module)
    send(told, True)
    try:
        serve(sys.stdin.buffer, told)
    except (BrokenPipeError, ValueError):
        sys.exit(1)


def _widen(pipe: Any) -> None:
    """A wider pipe, where the system can."""
    try:
        import fcntl

        fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    except (ImportError, AttributeError, OSError):
        log.debug("The pipe stays as it is.")


if __name__ == "__main__":
    main(sys.argv[1:])
