"""What an operation would change, counted over the whole list before it is done. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from importer.clean.fitting import ChunkSource, fit_operation
from importer.clean.growth import Growth, refuse_columns
from importer.clean.lineage import part_for
from importer.clean.operation import Operation, join_words
from importer.clean.recipe import Recipe
from importer.clean.rows import DropRows, KeepRows
from importer.errors import ConfigError
from importer.profile import column_text

SAMPLE_CELLS = 5
"""Enough to see what happens, few enough to read."""

SHOWN_COLUMNS = 4
"""Of a row that goes: enough to know it by."""

DROPPED = "(dropped)"
"""What stands for a row that goes, where a cell's new text would."""

OnRows = Callable[[int], None]


@runtime_checkable
class ColumnSource(Protocol):
    """A list of which single columns can be read."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the list as it came."""

    def chunks(self) -> Iterator[pd.DataFrame]:
        """The list in row order, chunk by chunk."""

    def chunks_of(self, columns: Collection[str], /) -> Iterator[pd.DataFrame]:
        """Only some of its columns."""


@dataclass(frozen=True)
class Change:
    """`cells` that become different, in `rows` rows; `dropped` rows; the first such cells as (row, before, after).

    `unparsed`: filled cells it is meant for and cannot read. `added`, `removed`: columns.
    """

    cells: int
    rows: int
    dropped: int
    sample: tuple[tuple[int, str, str], ...]
    unparsed: int = 0
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def sentence(self) -> str:
        """`Will change 38 cells in 38 rows. 4 cells cannot be read and stay as they are.`"""
        said = []
        if self.dropped:
            said.append(f"Will drop {_number(self.dropped, 'row')}.")
        elif self.cells:
            said.append(f"Will change {_number(self.cells, 'cell')} in {_number(self.rows, 'row')}.")
        for verb, columns in (("add", self.added), ("take out", self.removed)):
            if columns:
                said.append(f"Will {verb} column{'s' if len(columns) > 1 else ''} {join_words(columns)}.")
        if not said:
            said.append("Will change nothing.")
        if self.unparsed:
            stay = "stays as it is" if self.unparsed == 1 else "stay as they are"
            said.append(f"{_number(self.unparsed, 'cell')} cannot be read and {stay}.")
        return " ".join(said)


def count_changes(
    recipe: Recipe,
    operation: Operation,
    stage: ChunkSource,
    *,
    sample: int = SAMPLE_CELLS,
    on_progress: OnRows | None = None,
) -> Change:
    """What `operation` would do after `recipe`; reads the stage once, one chunk in memory at a time.

    `on_progress(rows)` is told of every chunk's rows.
    """
    return count_each(recipe, (operation,), stage, sample=sample, on_progress=on_progress)[0]


def count_each(
    recipe: Recipe,
    operations: Sequence[Operation],
    stage: ChunkSource,
    *,
    sample: int = SAMPLE_CELLS,
    on_progress: OnRows | None = None,
) -> tuple[Change, ...]:
    """What each of `operations` alone would do after `recipe`, in one reading of the stage for all of them; of a
    `ColumnSource` only the columns that they hang on are read."""
    if isinstance(stage, ColumnSource):
        with suppress(ConfigError):  # what a step may make hangs on how long the other cells of a row are: see below
            return _count_in_part(recipe, operations, stage, sample, on_progress)
    steps = [fit_operation(recipe, operation, stage) for operation in operations]
    return _count((recipe.apply(chunk).frame for chunk in stage.chunks()), steps, sample, on_progress)


def _count_in_part(
    recipe: Recipe,
    operations: Sequence[Operation],
    stage: ColumnSource,
    sample: int,
    on_progress: OnRows | None,
) -> tuple[Change, ...]:
    columns = recipe.columns_after(stage.columns)
    for step in operations:
        recipe.then(step).check(stage.columns)
    wanted = {name for step in operations for name in _hangs_on(step, columns)} or {*columns[:1]}
    names = [name for name in columns if name in wanted]
    part = part_for(recipe, stage.columns, wanted, rows=True)
    source = _PartSource(stage, part.columns or stage.columns[:1])
    steps = [fit_operation(part.recipe, operation, source) for operation in operations]
    frames = (part.recipe.apply(chunk).frame[names] for chunk in source.chunks())
    return _count(frames, steps, sample, on_progress, columns)


def _hangs_on(step: Operation, columns: tuple[str, ...]) -> set[str]:
    """The columns that it takes to say what the step changes: those it reads, writes or takes out, and for rows that
    go those that tell of them."""
    told = {*step.needs(), *step.changes(columns)} | {*columns} - {*step.columns_after(columns)}
    if isinstance(step, DropRows | KeepRows):
        told |= {*columns[:SHOWN_COLUMNS]}
    return told & {*columns}


@dataclass(frozen=True)
class _PartSource:
    stage: ColumnSource
    columns: tuple[str, ...]

    def chunks(self) -> Iterator[pd.DataFrame]:
        return self.stage.chunks_of(self.columns)


def _count(
    frames: Iterable[pd.DataFrame],
    steps: Sequence[Operation],
    sample: int,
    on_progress: OnRows | None,
    columns: tuple[str, ...] = (),
) -> tuple[Change, ...]:
    """`columns`: of the whole list, where the frames hold only some of them."""
    totals = [Change(0, 0, 0, ())] * len(steps)
    for before in frames:
        totals = [
            _sum(total, _change_of(before, step, sample - len(total.sample), columns or tuple(before.columns)))
            for total, step in zip(totals, steps, strict=True)
        ]
        if on_progress is not None:
            on_progress(len(before))
    return tuple(totals)


def _change_of(before: pd.DataFrame, step: Operation, sample: int, columns: tuple[str, ...]) -> Change:
    """What `step` does to one chunk of a list with these columns."""
    refuse_columns((step,), columns, len(before), (None,))
    growth = Growth(before)
    growth.refuse_ahead(step, before)
    after = step.apply(before)
    growth.refuse_grown(step, after)
    added = tuple(column for column in after.columns if column not in before.columns)
    removed = tuple(column for column in before.columns if column not in after.columns)
    told = Change(0, 0, len(before) - len(after), (), step.unparsed(before), added, removed)
    if told.dropped:
        return replace(told, sample=_dropped_rows(before, after, step, sample))
    shared = [column for column in step.changes(tuple(before.columns)) if column not in (*added, *removed)]
    masks = {column: _differing(before, after, column) for column in shared}
    if not masks:
        return replace(told, sample=_new_cells(before, after, step, added, sample))
    cells = sum(int(mask.sum()) for mask in masks.values())
    rows = int(np.logical_or.reduce(list(masks.values())).sum())
    return replace(told, cells=cells, rows=rows, sample=tuple(_first_cells(before, after, masks, sample)))


def _dropped_rows(
    before: pd.DataFrame, after: pd.DataFrame, step: Operation, most: int
) -> tuple[tuple[int, str, str], ...]:
    """The first rows that go, with what stands in the columns that are asked and in the first of the others."""
    rows = before.index.difference(after.index)[: max(most, 0)]
    shown = list(dict.fromkeys((*step.needs(), *before.columns)))[:SHOWN_COLUMNS]
    return tuple((int(row), " | ".join(before.loc[row, shown]), DROPPED) for row in rows)


def _new_cells(
    before: pd.DataFrame, after: pd.DataFrame, step: Operation, added: tuple[str, ...], most: int
) -> tuple[tuple[int, str, str], ...]:
    """The first rows: what stood in the columns it reads, what stands in the new ones."""
    rows = before.index[: max(most, 0)] if added else before.index[:0]
    needed = list(step.needs())
    return tuple(
        (int(row), " | ".join(before.loc[row, needed]), " | ".join(after.loc[row, list(added)])) for row in rows
    )


def _sum(one: Change, other: Change) -> Change:
    return Change(
        one.cells + other.cells,
        one.rows + other.rows,
        one.dropped + other.dropped,
        one.sample + other.sample,
        one.unparsed + other.unparsed,
        other.added,
        other.removed,
    )


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


def _number(number: int, word: str) -> str:
    return f"{number:,} {word}" + ("" if number == 1 else "s")
