"""What an operation would change, counted over the whole list before it is done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from importer.clean.operation import Operation
from importer.clean.recipe import Recipe
from importer.profile import column_text

SAMPLE_CELLS = 5
"""Enough to see what happens, few enough to read."""


class ChunkSource(Protocol):
    """What is asked of a stage here."""

    def chunks(self) -> Iterator[pd.DataFrame]:
        """The list in row order, chunk by chunk."""


@dataclass(frozen=True)
class Change:
    """`cells` that become different, in `rows` rows; `dropped` rows; the first such cells as (row, before, after)."""

    cells: int
    rows: int
    dropped: int
    sample: tuple[tuple[int, str, str], ...]

    def sentence(self) -> str:
        """`Will change 38 cells in 38 rows.`"""
        if self.dropped:
            return f"Will drop {_count(self.dropped, 'row')}."
        if not self.cells:
            return "Will change nothing."
        return f"Will change {_count(self.cells, 'cell')} in {_count(self.rows, 'row')}."


def count_changes(recipe: Recipe, operation: Operation, stage: ChunkSource, *, sample: int = SAMPLE_CELLS) -> Change:
    """What `operation` would do after `recipe`; reads the stage once, one chunk in memory at a time."""
    cells = rows = dropped = 0
    shown: list[tuple[int, str, str]] = []
    for chunk in stage.chunks():
        before = recipe.apply(chunk).frame
        after = operation.apply(before)
        dropped += len(before) - len(after)
        columns = tuple(column for column in operation.changes(tuple(before.columns)) if column in before.columns)
        masks = {column: _differing(before, after, column) for column in columns}
        if not masks or len(after) < len(before):
            continue
        cells += sum(int(mask.sum()) for mask in masks.values())
        rows += int(np.logical_or.reduce(list(masks.values())).sum())
        shown += _first_cells(before, after, masks, sample - len(shown))
    return Change(cells, rows, dropped, tuple(shown))


def _differing(before: pd.DataFrame, after: pd.DataFrame, column: str) -> np.ndarray:
    return np.asarray(pc.not_equal(column_text(before, column), column_text(after, column)))


def _first_cells(
    before: pd.DataFrame, after: pd.DataFrame, masks: dict[str, np.ndarray], most: int
) -> list[tuple[int, str, str]]:
    """Up to `most` changed cells, in row order, of a row in column order."""
    found = sorted((int(at), column) for column, mask in masks.items() for at in np.flatnonzero(mask)[:most])
    return [
        (int(before.index[at]), before[column].iat[at], after[column].iat[at]) for at, column in found[: max(most, 0)]
    ]


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" + ("" if number == 1 else "s")
