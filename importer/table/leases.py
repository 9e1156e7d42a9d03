"""Who needs the embedded engine: one file a lease. It runs as long as one live lease is left.

A lease of a process is named by pid, start time and purpose, and ends with that process, however it ends.
A lasting lease (`engine start` on the command line) belongs to no process and ends with `engine stop`.
"""

from __future__ import annotations

import re
from pathlib import Path

from importer.settings import Settings
from importer.table.engine_state import ProcessMark, own_mark

_OWNED = re.compile(r"(?P<pid>\d+)-(?P<started_ms>\d+)-(?P<purpose>[\w.-]+)")
_LASTING = "lasting-"


def lease_folder(settings: Settings) -> Path:
    """Where the leases lie."""
    return settings.engine / "leases"


def take_lease(settings: Settings, purpose: str, *, lasting: bool = False) -> Path:
    """A lease of this process (or a lasting one); taking the same one again changes nothing."""
    folder = lease_folder(settings)
    folder.mkdir(mode=0o700, exist_ok=True)
    words = re.sub(r"[^\w.-]+", "_", purpose) or "unnamed"
    mark = own_mark()
    path = folder / (f"{_LASTING}{words}" if lasting else f"{mark.pid}-{round(mark.started_at * 1000)}-{words}")
    path.touch(mode=0o600)
    return path


def drop_lasting_leases(settings: Settings) -> None:
    """End the leases that belong to no process."""
    for path in _files(settings):
        if path.name.startswith(_LASTING):
            path.unlink(missing_ok=True)


def live_leases(settings: Settings) -> tuple[str, ...]:
    """Names of the leases that still count; those of dead processes are cleared away."""
    live = []
    for path in _files(settings):
        if _is_live(path.name):
            live.append(path.name)
        else:
            path.unlink(missing_ok=True)
    return tuple(live)


def _is_live(name: str) -> bool:
    if name.startswith(_LASTING):
        return True
    parts = _OWNED.fullmatch(name)
    return parts is not None and ProcessMark(int(parts["pid"]), int(parts["started_ms"]) / 1000).alive


def _files(settings: Settings) -> list[Path]:
    try:
        return sorted(lease_folder(settings).iterdir())
    except OSError:
        return []
