"""What steps made for another list do to this one: above all to cells that have no problem as they are. Pure.

A step that only writes a value another way (spaces, capitals, phone numbers) is no news. One that puts another value
in its place, or reads a number or a day in one of several ways, may be right for last month's cells and wrong now.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from importer.check.cell_judge import cells_pass
from importer.check.notices import LEAST_DATES
from importer.check.rules import Required, Unique
from importer.check.schema import ColumnSpec, DynamoType, Schema
from importer.check.text import readable
from importer.clean import (
    ClearNoDates,
    DropColumns,
    EpochSeconds,
    FillBlanks,
    FillFromAbove,
    FillFromColumn,
    MapValues,
    Operation,
    PadZeros,
    ParseDates,
    ParseList,
    ParseNumbers,
    ParseYesNo,
    Recipe,
    RenameColumn,
    Replace,
    SetCellsByKey,
    SetColumn,
    SetFailing,
)

PUTS_A_VALUE = (
    Replace,
    MapValues,
    SetColumn,
    SetCellsByKey,
    SetFailing,
    FillBlanks,
    FillFromColumn,
    FillFromAbove,
    ClearNoDates,
)
READS_A_VALUE = (ParseDates, EpochSeconds, ParseNumbers, PadZeros, ParseYesNo, ParseList)
"""News only where the column has a rule or a type that a cell passes already: else nothing is known of the cell."""

NAMED_ROWS = 5


@dataclass(frozen=True)
class StepEffect:
    """One step on one list: of `rows` it changes `cells`, `good` of them though they pass every rule as they stand;
    `good_rows` are the first of those."""

    step: Operation
    column: str
    rows: int
    cells: int
    good: int
    good_rows: tuple[int, ...] = ()

    @property
    def first_row(self) -> int | None:
        """The first row whose good cell it changes."""
        return self.good_rows[0] if self.good_rows else None

    @property
    def share(self) -> float:
        """Good cells that it changes, as a share (0 to 1) of the rows."""
        return self.good / self.rows if self.rows else 0.0


def step_mark(step: Operation) -> str:
    """The same for the same step, in whatever recipe it stands and whatever list it has seen."""
    step = step.unfitted() if isinstance(step, FillFromAbove) else step
    return hashlib.sha256(json.dumps(step.to_dict(), sort_keys=True).encode()).hexdigest()[:16]


def step_effects(
    recipe: Recipe, schema: Schema, chunks: Iterable[pd.DataFrame], wanted: Sequence[Operation]
) -> tuple[StepEffect, ...]:
    """What each of the `wanted` steps of the recipe does, in order; those that may change no good cell are left out.

    `schema` speaks of the columns that the recipe leaves. Reads the list once; not at all without such a step.
    """
    marks = {step_mark(step) for step in wanted}
    tallies = [
        _Tally(step, spec)
        for at, step in enumerate(recipe.operations)
        if step_mark(step) in marks and (spec := _watched(step, recipe.operations[at + 1 :], schema)) is not None
    ]
    watched = {id(tally.step): tally for tally in tallies}
    if not watched:
        return ()
    keys = {spec.column for spec in schema.key_specs}
    for chunk in chunks:
        frame = chunk
        for step in recipe.operations:
            before, frame = frame, step.apply(frame)
            if (tally := watched.get(id(step))) is not None:
                tally.add(before, frame, keys)
    return tuple(tally.effect() for tally in tallies)


@dataclass
class _Watched:
    """The column that a step changes: its spec under its last name, None where it goes into another column."""

    column: str
    spec: ColumnSpec | None


def _watched(step: Operation, later: Sequence[Operation], schema: Schema) -> _Watched | None:
    """What is to be looked at; None where nothing of the step can do harm."""
    if not isinstance(step, PUTS_A_VALUE + READS_A_VALUE):
        return None
    name = step.column
    for other in later:
        if isinstance(other, RenameColumn) and other.column == name:
            name = other.name
        elif isinstance(other, DropColumns) and name in other.columns:
            return None
    spec = next((spec for spec in schema.columns if spec.column == name), None)
    if spec is not None and spec.attribute is None:
        return None  # it is not written
    if isinstance(step, READS_A_VALUE) and not _is_ruled(spec):
        return None
    return _Watched(step.column, spec)


def _is_ruled(spec: ColumnSpec | None) -> bool:
    """Whether anything is asked of a filled cell of the column."""
    if spec is None:
        return False
    return spec.type is not DynamoType.S or any(not isinstance(rule, Required | Unique) for rule in spec.rules)


class _Tally:
    """What one step does, chunk after chunk."""

    def __init__(self, step: Operation, watched: _Watched) -> None:
        self.step = step
        self._watched = watched
        self._rows = self._cells = self._good = self._filled = 0
        self._good_rows: list[int] = []

    def add(self, before: pd.DataFrame, after: pd.DataFrame, keys: set[str]) -> None:
        """The next chunk, before and after the step."""
        cells = before[self._watched.column]
        self._rows += len(cells)
        self._filled += int(readable(cells).sum())
        changed: np.ndarray = (cells != after[self._watched.column].reindex(cells.index)).to_numpy(dtype=bool)
        if not changed.any():
            return
        hit = cells[changed]
        spec = self._watched.spec
        good = cells_pass(hit, spec, is_key=spec is not None and spec.column in keys)
        self._cells += len(hit)
        self._good += int(good.sum())
        self._good_rows += hit.index[good][: NAMED_ROWS - len(self._good_rows)].tolist()

    def effect(self) -> StepEffect:
        """All of it. What is cleared because it is no date is odd as long as most of the column are dates."""
        if isinstance(self.step, ClearNoDates) and self._cells <= (1 - LEAST_DATES) * self._filled:
            return StepEffect(self.step, self._watched.column, self._rows, self._cells, 0)
        return StepEffect(
            self.step, self._watched.column, self._rows, self._cells, self._good, tuple(self._good_rows)
        )
