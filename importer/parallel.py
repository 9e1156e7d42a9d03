"""Work on one piece of a list after another, side by side on the machine's cores. Shared by all steps.

Threads serve where the work is Arrow's and NumPy's: their kernels give the interpreter away.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import TypeVar

Piece = TypeVar("Piece")
Done = TypeVar("Done")

_END = object()

MAX_THREADS = 4
"""More would wait for the interpreter: a check holds it for a third of its time."""


def usable_cores() -> int:
    """The cores this process may use; all of the machine's where the system does not tell."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def one_ahead(pieces: Iterable[Piece]) -> Generator[Piece, None, None]:
    """The pieces; each next one is being made in a thread while the caller has the one before. What making it raises
    is raised at its place. A caller that stops early waits for the one that is being made."""
    making = iter(pieces)
    with ThreadPoolExecutor(1, thread_name_prefix="one-ahead") as pool:
        coming = pool.submit(next, making, _END)
        while (piece := coming.result()) is not _END:
            coming = pool.submit(next, making, _END)
            yield piece  # type: ignore[misc]


def in_order(
    work: Callable[[Piece], Done],
    pieces: Iterable[Piece],
    *,
    threads: int = 0,
    also: Callable[[Piece], Done] | None = None,
) -> Generator[Done, None, None]:
    """`work` of each piece, in the pieces' order; `threads` 0: as many as there are cores, at most MAX_THREADS.

    `also` does the same work elsewhere: one of the threads takes it to there.
    At most threads + 1 results are held, so memory does not grow with the list. What `work` raises is raised at its
    place. A caller that stops early waits for the pieces that are being worked on, and no more are begun.
    """
    threads = threads or min(usable_cores(), MAX_THREADS)
    if threads == 1:
        yield from map(work, pieces)
        return
    free: SimpleQueue[Callable[[Piece], Done]] = SimpleQueue()
    for way in [also or work, *[work] * (threads - 1)]:
        free.put(way)

    def one(piece: Piece) -> Done:
        way = free.get()
        try:
            return way(piece)
        finally:
            free.put(way)

    ahead: deque[Future[Done]] = deque()
    with ThreadPoolExecutor(threads, thread_name_prefix="side-by-side") as pool:
        try:
            for piece in pieces:
                ahead.append(pool.submit(one, piece))
                if len(ahead) > threads:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)
