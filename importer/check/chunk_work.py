"""One slice of the stage, cleaned and checked: columns that are new, joined with what is kept of the others. I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from importer.check.alike_keys import ALIKE, alike_records, plain_parts
from importer.check.chunk_check import ChunkChecker, ColumnsCheck, joined_key
from importer.check.column_view import first_names, parsed_numbers
from importer.check.held_types import HeldPath
from importer.check.kept_columns import (
    CheckPrints,
    ColumnNotes,
    KeptColumns,
    odd_arrays,
    odd_of,
    small,
)
from importer.check.limits import write_units
from importer.check.notices import Facts, NoticeFinder
from importer.check.numbers import CellMarks
from importer.check.odd_rows import ODD_ROW_CAUSE, find_odd
from importer.check.repeats import TextHashes
from importer.check.schema import DynamoType, Schema
from importer.check.suggest import SAMPLE_CELLS, SUGGESTIBLE
from importer.check.text import arrow_text, as_mask
from importer.check.verdicts import CauseName, Masks
from importer.clean import DropRows, KeepRows, ParseNumbers, Part, Recipe, part_for, refuse_columns
from importer.intake import Stage
from importer.profile import OddCells, RowShapes, column_text

Unread = Mapping[tuple[str, str], np.ndarray]


@dataclass(frozen=True)
class Scope:
    """What of a list is looked at, and what is known of it already.

    `columns`: of the schema, judged anew. `again`: those and others of which what hangs on the rows left is looked at
    again. `odd`: of which it is looked at again what is odd in them. `cleaned`: columns after the recipe, made anew;
    `every_step`: and all that steps make on the way. `versions`: fingerprints of all that steps make. `kept`: what is
    known of the others, by `prints`. `whole`: each step is done to the rows that the steps before it left, instead of
    to every row; then nothing is known, and nothing can be kept.
    """

    columns: frozenset[str]
    again: frozenset[str]
    odd: frozenset[str]
    cleaned: tuple[str, ...]
    versions: frozenset[str]
    kept: KeptColumns
    prints: CheckPrints
    every_step: bool
    whole: bool

    def arrays_of(self, chunk: CheckedChunk) -> dict[str, dict[str, np.ndarray]]:
        """What is kept of a chunk, by fingerprint and name."""
        found = {self.prints.columns[name]: notes.arrays() for name, notes in chunk.notes.items()}
        found |= {self.prints.odd[name]: odd_arrays(odd) for name, odd in chunk.odd_cells.items()}
        if len(chunk.rows) < len(chunk.stage_rows) and self.prints.rows not in self.kept:
            dropped: np.ndarray = np.flatnonzero(~np.isin(chunk.stage_rows, chunk.rows)).astype(np.int32)
            found[self.prints.rows] = {"dropped": dropped}
        return found


@dataclass(frozen=True)
class CheckedChunk:
    """What one slice of the stage showed, in a form that one process can hand to another.

    `stage_rows`: its rows before cleaning, `rows` after; `failures` and `units` (write units) belong to `rows`.
    Of the columns looked at anew: `repeats` of all rows, as a RepeatFinder takes them, by column, the key under "";
    `alike` as an AlikeFinder takes them; `samples`: of each cause that may be mended some distinct failing cells of
    `rows`; `marks` and `met` of `rows`; `notes` and `odd_cells`, to be kept. `odd`: ODD_ROW of rows that are not like
    the others.
    """

    stage_rows: np.ndarray
    rows: np.ndarray
    failures: Masks
    units: np.ndarray
    odd: np.ndarray
    repeats: dict[str, np.ndarray]
    alike: np.ndarray
    samples: dict[CauseName, list[str]]
    marks: dict[str, CellMarks]
    met: dict[str, frozenset[HeldPath]]
    notes: dict[str, ColumnNotes]
    odd_cells: dict[str, OddCells]


@dataclass(frozen=True)
class ChunkWork:
    """The number of a slice → the slice, cleaned and checked. Changes nothing, so it is done by several at a time.
    `sure`: as `sure_numbers` tells."""

    stage: Stage
    recipe: Recipe
    schema: Schema
    facts: Facts
    shapes: RowShapes
    sure: frozenset[str]
    scope: Scope
    hashes: Mapping[str, TextHashes] = field(repr=False)

    def __reduce__(self) -> tuple[Any, ...]:
        """What was made for the first chunk is made anew elsewhere."""
        parts = (self.stage, self.recipe, self.schema, self.facts, self.shapes, self.sure, self.scope, self.hashes)
        return ChunkWork, parts

    @cached_property
    def _checker(self) -> ChunkChecker:
        return ChunkChecker(self.schema, self._blocked, self.scope.columns)

    @cached_property
    def _marker(self) -> ChunkChecker:
        """For what hangs on the rows left."""
        scope = self.scope
        return self._checker if scope.again == scope.columns else ChunkChecker(self.schema, {}, scope.again)

    @cached_property
    def _blocked(self) -> Mapping[int, str]:
        return self.stage.blocking_rows()

    @cached_property
    def _notices(self) -> NoticeFinder:
        return NoticeFinder(self.schema, self.facts, self.scope.columns)

    @cached_property
    def _drops(self) -> bool:
        return any(isinstance(step, DropRows | KeepRows) for step in self.recipe.operations)

    @cached_property
    def _part(self) -> Part:
        """What it takes to clean what is made anew, in every row."""
        if self.scope.whole:
            return Part(self.stage.columns, self.recipe)
        if self.scope.every_step:
            steps = enumerate(self.recipe.operations, start=1)
            kept = {number: step for number, step in steps if not isinstance(step, DropRows | KeepRows)}
            return Part(self.stage.columns, Recipe(tuple(kept.values()), tuple(kept)))
        return part_for(self.recipe, self.stage.columns, self.scope.cleaned)

    @cached_property
    def _rows_part(self) -> Part:
        """What it takes to know which rows are left."""
        return part_for(self.recipe, self.stage.columns, (), rows=True)

    def __call__(self, slice_index: int) -> CheckedChunk:
        chunk = self.stage.chunk(slice_index, self._part.columns)
        steps = self.recipe.operations
        refuse_columns(steps, self.stage.columns, len(chunk), range(1, len(steps) + 1))
        cleaned = self._part.recipe.apply(chunk, noting=True)
        every = cleaned.frame
        checked = self._checker.columns(every)
        notes = self._notes(every, checked, cleaned.unread)
        odd_cells = {name: self._look(every, name) for name in self.shapes.columns if name in self.scope.odd}
        repeats, alike = self._repeats(every, checked)
        left = self._left(slice_index, every.index)
        frame = every if left is None else every[left]
        failures, sizes = self._of_columns(notes | self._kept_notes(slice_index), len(every))
        all_odd = odd_cells | self._kept_odd(slice_index, len(every))
        failures, odd, units = self._joined(every.index, failures, sizes, all_odd, left)
        return CheckedChunk(
            stage_rows=chunk.index.to_numpy(dtype=np.int64),
            rows=frame.index.to_numpy(dtype=np.int64),
            failures=failures,
            units=units,
            odd=odd,
            repeats=repeats,
            alike=alike,
            samples=_samples({cause: failures[cause] for cause in failures if cause[1] in self.scope.again}, frame),
            marks=self._marker.marks(frame),
            met=checked.met if left is None or not any(checked.met.values()) else self._checker.met(frame),
            notes=notes,
            odd_cells=odd_cells,
        )

    def _left(self, slice_index: int, rows: pd.Index) -> np.ndarray | None:
        """Which of the rows are left, where steps drop some that were cleaned all the same."""
        if self.scope.whole or not self._drops:
            return None
        kept = self.scope.kept
        if self.scope.prints.rows in kept:
            left: np.ndarray = np.ones(len(rows), dtype=bool)
            left[kept.arrays(self.scope.prints.rows, slice_index).get("dropped", [])] = False
            return left
        part = self._rows_part
        dropped = part.recipe.apply(self.stage.chunk(slice_index, part.columns)).dropped
        return ~np.isin(rows.to_numpy(), np.array(dropped, dtype=np.int64))

    def _look(self, frame: pd.DataFrame, name: str) -> OddCells:
        return self.shapes.look(self.shapes.columns.index(name), column_text(frame, name))

    def _kept_notes(self, slice_index: int) -> dict[str, ColumnNotes]:
        """Of the columns that are not judged anew."""
        scope = self.scope
        known = {name: print_ for name, print_ in scope.prints.columns.items() if name not in scope.columns}
        return {name: ColumnNotes.of(scope.kept.arrays(print_, slice_index)) for name, print_ in known.items()}

    def _kept_odd(self, slice_index: int, rows: int) -> dict[str, OddCells]:
        scope = self.scope
        known = {name: print_ for name, print_ in scope.prints.odd.items() if name not in scope.odd}
        return {name: odd_of(scope.kept.arrays(print_, slice_index), rows) for name, print_ in known.items()}

    def _notes(self, frame: pd.DataFrame, checked: ColumnsCheck, unread: Unread) -> dict[str, ColumnNotes]:
        """Of the columns looked at anew."""
        failures = checked.failures | self._notices.masks(frame, unread, checked.failures)
        failures = self._read_as_said(failures, frame, unread)
        failing: dict[str, dict[str, np.ndarray]] = {name: {} for name in self.scope.columns}
        for (code, name), mask in failures.items():
            failing[name][code] = np.flatnonzero(mask).astype(np.int32)
        sizes = {name: small(sizes) for name, sizes in checked.sizes.items()}
        return {name: ColumnNotes(failing[name], sizes.get(name)) for name in self.scope.columns}

    def _of_columns(self, notes: Mapping[str, ColumnNotes], rows: int) -> tuple[Masks, np.ndarray]:
        """Failures of all columns, and bytes of each row."""
        sizes: np.ndarray = np.zeros(rows, dtype=np.int64)
        failures: Masks = {}
        for spec in self.schema.columns:
            mine = notes[spec.column]
            for code in sorted(mine.failing):
                mask: np.ndarray = np.zeros(rows, dtype=bool)
                mask[mine.failing[code]] = True
                failures[code, spec.column] = mask
            if mine.sizes is not None:
                sizes += mine.sizes
        return failures, sizes

    def _joined(
        self,
        index: pd.Index,
        failures: Masks,
        sizes: np.ndarray,
        odd: Mapping[str, OddCells],
        left: np.ndarray | None,
    ) -> tuple[Masks, np.ndarray, np.ndarray]:
        """Failures, odd rows and write units of the rows that are left, of what all columns show."""
        rows = index.to_numpy(dtype=np.int64)
        failures = self._checker.with_rows(failures, rows, sizes)
        odd_rows = find_odd(
            self.shapes.sum_up([odd[name] for name in self.shapes.columns], rows), rows, self._blocked
        )
        if len(odd_rows):
            failures[ODD_ROW_CAUSE] = np.isin(rows, odd_rows["row"])
        units = write_units(sizes)
        if left is None:
            return failures, odd_rows, units
        failures = {cause: mask[left] for cause, mask in failures.items() if mask[left].any()}
        return failures, odd_rows[np.isin(odd_rows["row"], rows[left])], units[left]

    def _read_as_said(self, failures: Masks, frame: pd.DataFrame, unread: Unread) -> Masks:
        """Where it is said how numbers are written, none is unsure, and what cannot be read so is no number: `5.5`
        where points are for thousands would be read as the only fraction."""
        out = {
            name: mask for name, mask in failures.items() if name[0] != "maybe_thousands" or name[1] not in self.sure
        }
        for spec in self.schema.imported:
            rows = unread.get((ParseNumbers.kind, spec.column))
            if rows is not None and spec.type is DynamoType.N and spec.column in self.scope.columns:
                pointed = np.isin(frame.index.to_numpy(), rows)
                pointed &= frame[spec.column].str.contains(".", regex=False).to_numpy(dtype=bool)
                if ("not_a_number", spec.column) in failures:
                    pointed &= ~failures["not_a_number", spec.column]
                out["point_of_thousands", spec.column] = pointed
        return {name: mask for name, mask in out.items() if mask.any()}

    def _repeats(self, frame: pd.DataFrame, checked: ColumnsCheck) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Records of keys and of columns that must not repeat, and of keys that are not their own plain form."""
        rows = frame.index.to_numpy(dtype=np.int64)
        repeats = {name: self.hashes[name].of_filled(rows, frame[name]) for name in self.hashes if name}
        if not checked.key_parts:
            return repeats, np.empty(0, dtype=ALIKE)
        has_key = checked.has_key
        exact = repeats[""] = self.hashes[""].records(rows[has_key], checked.keys[has_key])
        plain = joined_key(plain_parts(checked.key_parts, self.schema.key_specs))
        other = as_mask(pc.not_equal(arrow_text(plain), arrow_text(checked.keys))) & has_key
        return repeats, alike_records(self.hashes[""], rows[other], exact[other[has_key]], plain[other])


def sure_numbers(recipe: Recipe, stage: Stage) -> frozenset[str]:
    """Columns of numbers whose points nobody need ask about: a step or the source says how they are written."""
    typed = {one.name for one in stage.report.declared if one.type in ("N", "NS")}
    typed |= {name for name, kind in stage.report.typed.items() if kind == "N"}
    first = first_names(recipe, stage.columns)
    return parsed_numbers(recipe, stage.columns) | {column for column, name in first.items() if name in typed}


def _samples(failures: Masks, frame: pd.DataFrame) -> dict[CauseName, list[str]]:
    """At most SAMPLE_CELLS distinct failing cells of each cause that may be mended."""
    wanted = [(code, column) for code, column in failures if code in SUGGESTIBLE and column]
    cells = {column: arrow_text(frame[column]) for column in {column for _, column in wanted}}
    return {cause: _first_cells(cells[cause[1]], failures[cause]) for cause in wanted}


def _first_cells(cells: pa.Array, failing: np.ndarray) -> list[str]:
    """At most SAMPLE_CELLS distinct ones of the failing cells."""
    some = cells.take(pa.array(np.flatnonzero(failing)[: 4 * SAMPLE_CELLS])).unique()
    texts: list[str] = some[:SAMPLE_CELLS].to_pylist()
    return texts
