"""Whose turn it is to change a list: one browser tab, or process that works for one, at a time for each run."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from importer.errors import ConfigError
from importer.run.folder import RunFolder


class _Turn:
    """The lock of one run's folder: among threads, and among processes by the system's lock on the folder."""

    def __init__(self) -> None:
        self.threads = threading.RLock()
        self.depth = 0


_TURNS: dict[Path, _Turn] = {}


class ChangedElsewhere(ConfigError):
    """The list is not as it was when it was looked at: another browser tab changed it meanwhile."""


@contextmanager
def changing(folder: RunFolder) -> Iterator[None]:
    """Held from reading what decides a run's outcome (history, schema, dialect) to keeping it or freezing its plan,
    so that no browser tab overwrites what another one did.

    One at a time for each run, over all threads and processes; whoever has it may take it again in the same thread.
    """
    turn = _TURNS.setdefault(folder.path, _Turn())
    with turn.threads:
        held = _locked(folder.path) if turn.depth == 0 else -1
        turn.depth += 1
        try:
            yield
        finally:
            turn.depth -= 1
            if held >= 0:
                os.close(held)


def _locked(path: Path) -> int:
    """A descriptor of the folder that has its lock; -1 where there is no folder, or the disk has no locks."""
    try:
        held = os.open(path, os.O_RDONLY)
    except OSError:
        return -1
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
    except OSError:
        os.close(held)
        return -1
    return held


def refuse_frozen(folder: RunFolder) -> None:
    """ConfigError when the run's plan is frozen."""
    if folder.frozen:
        raise ConfigError(f"Run {folder.run_id} is planned already and cannot change. Make a new run of the list.")
