"""The embedded engine, held for as long as the app runs; it ends by itself if the app is killed."""

from __future__ import annotations

from contextlib import suppress

from importer.errors import ImporterError
from importer.settings import Settings
from importer.table import EngineLease, engine_status, load_default

_PURPOSE = "app"
_held: list[EngineLease] = []


def hold_engine(settings: Settings) -> None:
    """Start the engine if new lists go to it. Raises ConfigError when none can be had."""
    if load_default(settings).connection.kind == "embedded":
        start_held_engine(settings)


def start_held_engine(settings: Settings) -> None:
    """The engine up, whatever became of the one held before: a lease outlives an engine that ended.

    Raises ConfigError when none can be had.
    """
    if _held and engine_status(settings) is not None:
        return
    release_engine(settings)
    lease = EngineLease(settings, _PURPOSE)
    lease.__enter__()
    _held.append(lease)


def release_engine(settings: Settings) -> None:
    """Give the lease back: the engine ends when nobody else (a running import) holds one."""
    while _held:
        with suppress(ImporterError, OSError):
            _held.pop().__exit__(None, None, None)
