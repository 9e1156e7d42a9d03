"""The run's stage, opened when it is asked for: what reads lists takes a second to load."""

from __future__ import annotations

from typing import TYPE_CHECKING

from importer.errors import ConfigError
from importer.run.folder import RunFolder

if TYPE_CHECKING:
    from importer.intake import Stage


def open_stage(folder: RunFolder) -> Stage:
    """The run's stage; ConfigError when the list has not been read yet."""
    from importer.intake import Stage

    if not folder.stage.exists():
        raise ConfigError(f"The list of run {folder.run_id} has not been read yet. Read it first.")
    return Stage.open(folder.stage)


def staged_rows(folder: RunFolder) -> int:
    """Rows of the stage, 0 as long as there is none."""
    return open_stage(folder).rows if folder.stage.exists() else 0
