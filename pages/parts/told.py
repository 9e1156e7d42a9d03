"""What is told of a list before it is imported, as the command line tells it."""

from __future__ import annotations

from collections.abc import Sequence

from importer.list_warning import ListWarning
from importer.plan import Mode
from importer.run import Asked, RunFolder, list_warnings, read_warnings
from pages.parts.target import TargetNow, known_now

ABOUT_THE_TABLE = ("would_", "table_")
"""How codes begin that no page of the list can mend."""


def told_now(folder: RunFolder, now: TargetNow, mode: Mode | None = None) -> tuple[ListWarning, ...]:
    """All of it, doubts first; of a planned list what was told when it was planned."""
    if folder.frozen:
        return read_warnings(folder)
    seen = now.description is not None and now.connection.kind != "batch"
    sample = known_now(now).sample if seen else None
    return list_warnings(Asked(folder, now.description, sample, mode))


def about_list(told: Sequence[ListWarning]) -> list[ListWarning]:
    """Those that are about the list itself, and hold no row back: as many on every page."""
    return [one for one in told if not one.code.startswith(ABOUT_THE_TABLE) and not one.holds_back]
