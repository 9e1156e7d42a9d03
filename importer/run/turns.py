"""Whose turn it is to change a list: one browser tab at a time for each run."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager
from pathlib import Path

from importer.errors import ConfigError
from importer.run.folder import RunFolder

_LOCKS: dict[Path, threading.RLock] = {}


class ChangedElsewhere(ConfigError):
    """The list is not as it was when it was looked at: another browser tab changed it meanwhile."""


def changing(folder: RunFolder) -> AbstractContextManager[bool]:
    """Held from reading what decides a run's outcome (history, schema, dialect) to keeping it or freezing its plan,
    so that no browser tab overwrites what another one did.

    One at a time for each run, over all threads of the process; whoever has it may take it again.
    """
    return _LOCKS.setdefault(folder.path, threading.RLock())


def refuse_frozen(folder: RunFolder) -> None:
    """ConfigError when the run's plan is frozen."""
    if folder.frozen:
        raise ConfigError(f"Run {folder.run_id} is planned already and cannot change. Make a new run of the list.")
