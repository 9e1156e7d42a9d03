"""A process beside the runner that makes slices ready to be sent, so that a second core does its half of a run.

A thread cannot: the sender takes the interpreter a few times for each request, and waits for it most of its time
while a thread of the same process prepares (measured: two cores were no faster than one).

The process is given the list as the runner has it, works on one slice at a time and keeps nothing. It ends when its
input does, so it never outlives a runner that is killed. Whatever goes wrong with it, the runner prepares the slice
itself: there is nothing to lose here. Loading takes it a second, during which the runner does not wait.
"""

from __future__ import annotations

import logging
import os
import pickle
import select
import signal
import struct
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

import numpy as np

from importer.parallel import usable_cores

CODE_HOME = Path(__file__).resolve().parents[2]

WORTH_ROWS = 40_000
"""Fewer rows are sent before the process has loaded."""

WORTH_BYTES = 4_000_000
"""The same of a list that has not been read yet: about 100 bytes a row."""

PATIENCE_S = 60.0
"""A slice takes about 0.05 s; one that takes this long stands still, and is left."""

PIPE_BYTES = 1 << 20
"""Asked of the system (Linux gives 64 KB unasked, so that a slice would take 130 turns)."""

_HEAD = struct.Struct("<QQ")

log = logging.getLogger(__name__)


class Preparer:
    """The process, started at once. Used by one thread at a time; a context manager that ends it."""

    def __init__(self, *, patience_s: float = PATIENCE_S) -> None:
        self._patience_s = patience_s
        self._process = subprocess.Popen(
            [sys.executable, "-m", "importer.run.preparer"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=CODE_HOME,
        )
        self._given: Any = None
        self._loaded = False
        self._broken = False

    @classmethod
    def worth_it(cls, *, rows: int = 0, size_bytes: int = 0) -> bool:
        """Whether a list of so many rows or bytes is sent faster with a second process on this machine."""
        is_long = rows >= WORTH_ROWS or size_bytes >= WORTH_BYTES
        return is_long and os.name == "posix" and usable_cores() > 1

    def __enter__(self) -> Preparer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    def ready(self) -> bool:
        """Whether it has loaded and works; never waits."""
        if not self._loaded and not self._broken and self._speaks(0):
            self._loaded = self._ask() is not None
        return self._loaded and not self._broken

    def prepare(self, listed: Any, slice_: Any, body_of: Any) -> Any | None:
        """`listed.packed(slice_, body_of)` as the other process makes it; None when it could not."""
        if self._given is not listed:
            self._given = listed
            if self._ask(("list", listed, body_of)) is None:
                return None
        return self._ask(("slice", slice_))

    def close(self) -> None:
        """End the process."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    log.debug("The preparing process had ended already.")
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()

    def _ask(self, question: Any = None) -> Any | None:
        """The answer; None (and never asked again) when the process is gone, stands still or could not say."""
        try:
            if question is not None:
                send(self._process.stdin, question)
            if not self._speaks(self._patience_s):
                raise EOFError
            return receive(self._process.stdout)
        except (OSError, EOFError, ValueError, pickle.PickleError, AttributeError, TypeError):
            log.warning("The preparing process is of no use; this process prepares the slices.")
            self._broken = True
            self._process.kill()
            return None

    def _speaks(self, timeout_s: float) -> bool:
        told: Any = self._process.stdout
        return bool(select.select([told], [], [], timeout_s)[0])


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
    """Answer until the input ends: True for a list, a packed slice for a slice, None for one that cannot be made."""
    listed: Any = None
    body_of: Any = None
    while True:
        try:
            kind, *given = receive(asked)
        except EOFError:
            return
        if kind == "list":
            listed, body_of = given
            send(told, True)
            continue
        try:
            packed = listed.packed(given[0], body_of)
        except Exception:  # the runner meets it too, and tells it
            packed = None
        send(told, packed)


def main() -> None:
    """The process itself: Ctrl-C is the runner's to hear, and nothing but answers goes to the output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    told = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    _widen(told.fileno())
    import importer.run.feed
    import importer.write  # noqa: F401 - loaded before the first slice is asked for

    send(told, True)
    try:
        serve(sys.stdin.buffer, told)
    except (BrokenPipeError, ValueError):
        sys.exit(1)


def _widen(pipe: int) -> None:
    """A wider pipe, where the system can."""
    try:
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    except (ImportError, AttributeError, OSError):
        log.debug("The pipe stays as it is.")


if __name__ == "__main__":
    main()
