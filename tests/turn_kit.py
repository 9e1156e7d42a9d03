"""How long other threads of the process wait for their turn while some work is done, as a second person does."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

NAP_S = 0.005
"""As long as Python lets a thread work before another may have its turn (`sys.getswitchinterval()`)."""


@dataclass
class Turns:
    """The longest that a thread had to wait for its turn, in seconds of this process's CPU: what other processes do
    meanwhile does not count, and one call that gives no turn counts whole."""

    longest_s: float = 0.0
    waits: list[float] = field(default_factory=list)


@contextmanager
def watched_turns() -> Iterator[Turns]:
    """Watch them for as long as the block lasts."""
    turns, ended = Turns(), threading.Event()

    def watch() -> None:
        while not ended.is_set():
            wall, cpu = time.monotonic(), time.process_time()
            time.sleep(NAP_S)
            waited = min(time.monotonic() - wall, time.process_time() - cpu)
            turns.waits.append(waited)
            turns.longest_s = max(turns.longest_s, waited)

    watcher = threading.Thread(target=watch, name="turns", daemon=True)
    watcher.start()
    try:
        yield turns
    finally:
        ended.set()
        watcher.join()
