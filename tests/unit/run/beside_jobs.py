"""Jobs for the processes of the tests: a process finds them by this module's name."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from importer.errors import RunCancelled, SourceError

Tell = Callable[[int, int], None]
IsStopped = Callable[[], bool]


def where(tell: Tell, is_stopped: IsStopped) -> int:
    """The process that does it."""
    tell(1, 2)
    return os.getpid()


def refuse(tell: Tell, is_stopped: IsStopped) -> None:
    """As a list that cannot be read."""
    raise SourceError("There is no list in it.")


def crash(tell: Tell, is_stopped: IsStopped) -> None:
    """With an error that cannot be sent."""

    class Odd(Exception):
        pass

    raise Odd("ann@example.com")


def die(tell: Tell, is_stopped: IsStopped) -> None:
    """As one that the system ends."""
    os.kill(os.getpid(), signal.SIGKILL)


def until_stopped(tell: Tell, is_stopped: IsStopped, *, begun: Path) -> None:
    """Asks whether it is to stop."""
    begun.touch()
    while not is_stopped():
        tell(1, 2)
        time.sleep(0.01)
    raise RunCancelled("It was stopped.")


def deaf(tell: Tell, is_stopped: IsStopped, *, begun: Path) -> None:
    """Hears nothing, as a long query does."""
    begun.touch()
    while True:
        time.sleep(0.01)
