"""Rounds of fixed rows on disk: `fixes/1`, `fixes/2` … each a small list with the row numbers of the run's own.

A round that was killed before the ledger had it leaves a folder that the next one of that number takes away.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from importer.errors import FatalError
from importer.files import sha256_of
from importer.plain_types import UNREADABLE
from importer.run.folder import RunFolder
from importer.run.staged import open_stage

if TYPE_CHECKING:
    import pandas as pd

    from importer.intake import Stage


@dataclass(frozen=True)
class RoundFolder:
    """The paths of one round. Nothing here says that they exist."""

    path: Path

    @property
    def source(self) -> Path:
        """The file that was sent, byte for byte."""
        return self.path / "source"

    @property
    def stage(self) -> Path:
        return self.path / "stage"

    @property
    def recipe(self) -> Path:
        return self.path / "recipe.json"

    @property
    def check(self) -> Path:
        return self.path / "check"

    @property
    def note(self) -> Path:
        """What was told when it was merged: file name, person and counts; no cell."""
        return self.path / "round.json"

    def fingerprint(self) -> str:
        """SHA-256 (hex) over everything that decides what is written of the round. FatalError when a file is gone."""
        decides = (self.source, self.recipe, self.stage, self.check)
        files = [path for one in decides for path in (sorted(one.iterdir()) if one.is_dir() else [one])]
        told = hashlib.sha256()
        try:
            for path in files:
                told.update(f"{path.relative_to(self.path)}\0{sha256_of(path)}\0".encode())
        except OSError as error:
            raise FatalError(f"A file of {self.path} cannot be read ({error.strerror}). Put it back.") from error
        return told.hexdigest()


@dataclass(frozen=True)
class RowsNow:
    """Rows as they stand: `cells` (text, index `row`, ascending), what is past the last column, reading problems."""

    cells: pd.DataFrame
    surplus: dict[int, tuple[str, ...]]
    problems: dict[int, str]


def round_folder(folder: RunFolder, number: int) -> RoundFolder:
    """The folder of round `number` (from 1)."""
    return RoundFolder(folder.fixes / str(number))


def read_note(folder: RunFolder, number: int) -> dict[str, Any]:
    """What was told of a round; empty when its note is gone."""
    try:
        told: dict[str, Any] = json.loads(round_folder(folder, number).note.read_text(encoding="utf-8"))
    except UNREADABLE:
        return {}
    return told if isinstance(told, dict) else {}


def rows_now(folder: RunFolder, rows: Iterable[int], fixed: dict[int, int]) -> RowsNow:
    """`rows` as last fixed, before the recipe; those that were never fixed as the list has them.

    `fixed`: row → the round that fixed it last. Rows that the list does not have are left out.
    """
    import pandas as pd

    wanted = sorted(set(rows))
    by_round: dict[int, list[int]] = {}
    for row in wanted:
        by_round.setdefault(fixed.get(row, 0), []).append(row)
    parts: list[pd.DataFrame] = []
    surplus: dict[int, tuple[str, ...]] = {}
    problems: dict[int, str] = {}
    for number, some in by_round.items():
        stage = staged_round(folder, number)
        parts.append(stage.take(some))
        known = set(some)
        surplus |= {row: cells for row, cells in stage.surplus().items() if row in known}
        problems |= {row: code for row, code in stage.blocking_rows().items() if row in known}
    cells = pd.concat(parts).sort_index() if parts else open_stage(folder).take(())
    return RowsNow(cells, surplus, problems)


def staged_round(folder: RunFolder, number: int) -> Stage:
    """The stage of a round; that of the list itself for 0."""
    from importer.intake import Stage

    return Stage.open(round_folder(folder, number).stage) if number else open_stage(folder)
