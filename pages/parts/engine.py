"""The embedded engine, held for as long as the app runs; it ends by itself if the app is killed."""

from __future__ import annotations

from contextlib import suppress

from importer.errors import ImporterError
from importer.settings import Settings
from importer.table import EngineLease, load_default

_PURPOSE = "app"
_held: list[EngineLease] = []


def hold_engine(settings: Settings) -> None:
    """Start the engine if this home uses it. Raises ConfigError when none can be had."""
    if load_default(settings).connection.kind != "embedded" or _held:
        return
    lease = EngineLease(settings, _PURPOSE)
    lease.__enter__()
    _held.append(lease)


def release_engine(settings: Settings) -> None:
    """Give the lease back: the engine ends when nobody else (a running import) holds one."""
    while _held:
        with suppress(ImporterError, OSError):
            _held.pop().__exit__(None, None, None)
