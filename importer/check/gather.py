"""First pass over the stage: every chunk cleaned and checked, its failures put by, its keys noted. I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from importer.check.alike_keys import AlikeFinder, alike_records, plain_parts
from importer.check.by_pandera import Masks
from importer.check.cells import JSON_WAYS
from importer.check.chunk_check import ChunkCheck, ChunkChecker, joined_key
from importer.check.codes import code_of
from importer.check.column_view import first_names, parsed_numbers
from importer.check.held_types import HeldPath
from importer.check.notices import TELLS_WHY, Facts, NoticeFinder
from importer.check.numbers import CellMarks
from importer.check.odd_rows import ODD_ROW_CAUSE, find_odd, too_many
from importer.check.repeats import RepeatFinder, TextHashes
from importer.check.rules import Unique
from importer.check.schema import DynamoType, Schema
from importer.check.suggest import SAMPLE_CELLS, SUGGESTIBLE
from importer.check.text import arrow_text, as_mask
from importer.check.verdicts import CauseName, CauseTable, Failing
from importer.clean import Operation, ParseNumbers, Recipe
from importer.intake import Stage
from importer.profile import RowShapes

EXAMPLE_ROWS = 5
Finders = Mapping[str, RepeatFinder]

_FAILURE = np.dtype([("row", "<i8"), ("cause", "<i4")])


@dataclass
class CauseTally:
    """What is kept of a cause in memory: its count, first rows and some distinct failing cells. `held_back`: cells
    that fail with a blocking cause of the column too."""

    count: int = 0
    held_back: int = 0
    rows: list[int] = field(default_factory=list)
    cells: dict[str, None] = field(default_factory=dict)

    def add(self, rows: np.ndarray) -> None:
        """Failures in ascending rows, after those added before."""
        self.count += len(rows)
        missing = EXAMPLE_ROWS - len(self.rows)
        if missing > 0:
            self.rows += rows[:missing].tolist()


@dataclass
class Gathered:
    """What the first pass leaves: slice by slice on disk (`failing`, `rows`), and small sums in memory.

    `facts`: of each column after the recipe. `suggestions`: for causes that more than their failing cells decide.
    `marks`: of columns of numbers and of sets. `shapes`: what nearly all rows have in common, `odd`: those that have
    it not, as ODD_ROW. `met`: paths into the table's maps and lists that the list has too.
    """

    folder: Path
    causes: CauseTable
    tallies: dict[CauseName, CauseTally] = field(default_factory=dict)
    facts: Facts = field(default_factory=dict)
    suggestions: dict[CauseName, tuple[Operation, ...]] = field(default_factory=dict)
    marks: dict[str, CellMarks] = field(default_factory=dict)
    shapes: RowShapes = field(default_factory=RowShapes)
    odd: list[np.ndarray] = field(default_factory=list)
    met: set[HeldPath] = field(default_factory=set)
    slices: int = 0
    max_row: int = 0

    def tally(self, name: CauseName) -> CauseTally:
        """The tally of a cause, a new one when there is none."""
        self.causes.number(name)
        return self.tallies.setdefault(name, CauseTally())

    def rows(self, slice_index: int) -> tuple[np.ndarray, np.ndarray]:
        """Row numbers of a slice and which of them the recipe dropped."""
        rows = np.fromfile(self._path(slice_index, "rows"), dtype="<i8")
        return np.abs(rows), rows < 0

    def units(self, slice_index: int) -> np.ndarray:
        """Write units of each row of a slice; 0 of those that the recipe dropped."""
        return np.fromfile(self._path(slice_index, "units"), dtype="<i4")

    def failing(self, slice_index: int) -> Failing:
        """Failures of a slice, in no order."""
        records = np.fromfile(self._path(slice_index, "failing"), dtype=_FAILURE)
        return Failing(records["row"].astype(np.int64), records["cause"].astype(np.int64))

    def add_failing(self, slice_index: int, failing: Failing) -> None:
        """Put more failures by; the tallies count them."""
        for number in np.unique(failing.causes).tolist():
            self.tally(self.causes.names[number]).add(np.sort(failing.rows[failing.causes == number]))
        records: np.ndarray = np.empty(len(failing.rows), dtype=_FAILURE)
        records["row"], records["cause"] = failing.rows, failing.causes
        with self._path(slice_index, "failing").open("ab") as file:
            file.write(records.tobytes())

    def rename(self, name: CauseName, new: CauseName) -> None:
        """All failures of one cause are those of another, of which there are none yet."""
        self.causes.rename(name, new)
        self.tallies[new] = self.tallies.pop(name)

    def forget(self, name: CauseName) -> None:
        """Take out all failures of a cause."""
        del self.tallies[name]
        number = self.causes.number(name)
        for slice_index in range(self.slices):
            records = np.fromfile(self._path(slice_index, "failing"), dtype=_FAILURE)
            records[records["cause"] != number].tofile(self._path(slice_index, "failing"))

    def add_slice(self, slice_rows: np.ndarray, kept: np.ndarray, units: np.ndarray) -> int:
        """A new slice of the stage; rows that are not `kept` were dropped. `units` belong to `kept`. Its number."""
        is_kept = np.isin(slice_rows, kept)
        np.where(is_kept, slice_rows, -slice_rows).astype("<i8").tofile(self._path(self.slices, "rows"))
        of_all: np.ndarray = np.zeros(len(slice_rows), dtype="<i4")
        of_all[is_kept] = units
        of_all.tofile(self._path(self.slices, "units"))
        self.max_row = max(self.max_row, int(slice_rows.max(initial=0)))
        self.slices += 1
        return self.slices - 1

    def _path(self, slice_index: int, what: str) -> Path:
        return self.folder / f"{slice_index}.{what}"


@dataclass(frozen=True)
class CheckedChunk:
    """What one slice of the stage showed, in a form that one process can hand to another.

    `stage_rows`: its rows before cleaning, `rows` after; `failures` and `units` (write units) belong to `rows`.
    `repeats`: as a RepeatFinder takes them, by column, the key under ""; `alike`: as an AlikeFinder takes them.
    `samples`: of each cause that may be mended some distinct failing cells. `marks`, `met`: as a ChunkCheck has them.
    `odd`: ODD_ROW of rows that are not like the others.
    """

    stage_rows: np.ndarray
    rows: np.ndarray
    failures: Masks
    units: np.ndarray
    repeats: dict[str, np.ndarray]
    alike: np.ndarray
    samples: dict[CauseName, list[str]]
    marks: dict[str, CellMarks]
    odd: np.ndarray
    met: frozenset[HeldPath]


@dataclass(frozen=True)
class ChunkWork:
    """The number of a slice → the slice, cleaned and checked. Changes nothing, so it is done by several at a time."""

    stage: Stage
    recipe: Recipe
    schema: Schema
    facts: Facts
    shapes: RowShapes
    hashes: Mapping[str, TextHashes]

    def __reduce__(self) -> tuple[Any, ...]:
        """What was made for the first chunk is made anew elsewhere."""
        return ChunkWork, (self.stage, self.recipe, self.schema, self.facts, self.shapes, self.hashes)

    @cached_property
    def _checker(self) -> ChunkChecker:
        return ChunkChecker(self.schema, self._blocked)

    @cached_property
    def _blocked(self) -> Mapping[int, str]:
        return self.stage.blocking_rows()

    @cached_property
    def _notices(self) -> NoticeFinder:
        return NoticeFinder(self.schema, self.facts)

    @cached_property
    def _sure(self) -> frozenset[str]:
        """Columns of numbers whose points nobody need ask about: a step or the source says how they are written."""
        report = self.stage.report
        typed = {one.name for one in report.declared if one.type in ("N", "NS")}
        typed |= {name for name, kind in report.typed.items() if kind == "N"}
        first = first_names(self.recipe, self.stage.columns)
        parsed = parsed_numbers(self.recipe, self.stage.columns)
        return parsed | {column for column, name in first.items() if name in typed}

    def __call__(self, slice_index: int) -> CheckedChunk:
        chunk = self.stage.chunk(slice_index)
        cleaned = self.recipe.apply(chunk, noting=True)
        frame = cleaned.frame
        checked = self._checker.check(frame)
        failures = checked.failures | self._notices.masks(frame, cleaned.unread, checked.failures)
        failures = self._read_as_said(failures, frame, cleaned.unread)
        odd = find_odd(frame, self.shapes, self._blocked)
        if len(odd):
            failures[ODD_ROW_CAUSE] = np.isin(checked.rows, odd["row"])
        rows = chunk.index.to_numpy(dtype=np.int64)
        repeats = self._repeats(checked)
        alike = self._alike(checked, repeats[""])
        samples = _samples(failures, frame)
        marks, met = checked.marks, checked.met
        return CheckedChunk(rows, checked.rows, failures, checked.units, repeats, alike, samples, marks, odd, met)

    def _read_as_said(
        self, failures: Masks, frame: pd.DataFrame, unread: Mapping[tuple[str, str], np.ndarray]
    ) -> Masks:
        """Where it is said how numbers are written, none is unsure, and what cannot be read so is no number: `5.5`
        where points are for thousands would be read as the only fraction."""
        out = {
            name: mask for name, mask in failures.items() if name[0] != "maybe_thousands" or name[1] not in self._sure
        }
        for spec in self.schema.imported:
            rows = unread.get((ParseNumbers.kind, spec.column))
            if rows is not None and spec.type is DynamoType.N:
                pointed = np.isin(frame.index.to_numpy(), rows)
                pointed &= frame[spec.column].str.contains(".", regex=False).to_numpy(dtype=bool)
                if ("not_a_number", spec.column) in failures:
                    pointed &= ~failures["not_a_number", spec.column]
                out["point_of_thousands", spec.column] = pointed
        return {name: mask for name, mask in out.items() if mask.any()}

    def _alike(self, checked: ChunkCheck, exact: np.ndarray) -> np.ndarray:
        """Of the rows whose key is not its own plain form."""
        plain = joined_key(plain_parts(checked.key_parts, self.schema.key_specs))
        other = as_mask(pc.not_equal(arrow_text(plain), arrow_text(checked.keys))) & checked.has_key
        return alike_records(self.hashes[""], checked.rows[other], exact[other[checked.has_key]], plain[other])

    def _repeats(self, checked: ChunkCheck) -> dict[str, np.ndarray]:
        repeats = {"": self.hashes[""].records(checked.rows[checked.has_key], checked.keys[checked.has_key])}
        for column, cells in checked.unique.items():
            repeats[column] = self.hashes[column].of_filled(checked.rows, cells)
        return repeats


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


def gather_chunk(gathered: Gathered, chunk: CheckedChunk, finders: Finders, alike: AlikeFinder) -> None:
    """Put by what a chunk showed; chunks are taken in the list's order."""
    slice_index = gathered.add_slice(chunk.stage_rows, chunk.rows, chunk.units)
    gathered.add_failing(slice_index, _numbered(gathered, chunk))
    for cause, cells in chunk.samples.items():
        kept = gathered.tally(cause).cells
        kept.update(dict.fromkeys(cells[: SAMPLE_CELLS - len(kept)]))
    for cause, count in held_back(chunk.failures).items():
        gathered.tally(cause).held_back += count
    for column, marks in chunk.marks.items():
        gathered.marks[column] = gathered.marks.get(column, CellMarks()) + marks
    gathered.met |= chunk.met
    for column, records in chunk.repeats.items():
        finders[column].add(records)
    alike.add(chunk.alike)
    gathered.odd.append(chunk.odd)


def held_back(failures: Masks) -> dict[CauseName, int]:
    """For each cause that tells why a cell is wrong, how many of its cells a rule or type holds back."""
    out: dict[CauseName, int] = {}
    blocking = {(code, column): fails for (code, column), fails in failures.items() if code_of(code).blocking}
    for (code, column), mask in failures.items():
        others = [fails for (_, of), fails in blocking.items() if of == column or (code, column) == ODD_ROW_CAUSE]
        if (code in TELLS_WHY or (code, column) == ODD_ROW_CAUSE) and others:
            out[code, column] = int((mask & np.logical_or.reduce(others)).sum())
    return out


def settle_sets(gathered: Gathered) -> None:
    """Where no cell at all has the set's sign between its members, it is another sign for all of them."""
    for code, column in list(gathered.tallies):
        if code == "other_separator" and not gathered.marks.get(column, CellMarks()).separated:
            gathered.rename((code, column), ("one_member_each", column))


def settle_odd(gathered: Gathered, rows: int) -> None:
    """Rows of which too many are odd are of a kind of their own: then none of the list's `rows` is called so."""
    if ODD_ROW_CAUSE in gathered.tallies and too_many(gathered.tallies[ODD_ROW_CAUSE].count, rows):
        gathered.forget(ODD_ROW_CAUSE)
        gathered.odd.clear()


def settle_json(gathered: Gathered) -> None:
    """Lists and maps of a column are written in one way, the one that most cells have; what is written otherwise, or
    is neither, is held back. DynamoDB JSON is seldom written by chance, so it goes before where both are as many."""
    for column in {column for code, column in gathered.tallies if code in JSON_WAYS}:
        typed, plain, broken = ((code, column) for code in JSON_WAYS)
        counts = {name: tally.count for name in (typed, plain, broken) if (tally := gathered.tallies.get(name))}
        if typed in counts and broken in counts:
            gathered.rename(broken, ("broken_dynamodb_json", column))
        if plain in counts and 0 < counts[plain] <= counts.get(typed, 0):
            gathered.rename(plain, ("not_dynamodb_json", column))
        elif plain in counts:
            gathered.forget(plain)
            if typed in counts:
                gathered.rename(typed, ("not_plain_json", column))


def settle_points(gathered: Gathered) -> None:
    """What 12.000 is in a column of numbers, by all of its cells: a fraction where most points are surely decimal
    ones, held back where the column can only be read with points for thousands, else unsure."""
    for code, column in list(gathered.tallies):
        if code == "maybe_thousands":
            marks = gathered.marks.get(column, CellMarks())
            if marks.are_thousands():
                gathered.rename((code, column), ("point_of_thousands", column))
            elif marks.are_decimals(gathered.tallies[code, column].count):
                gathered.forget((code, column))


def _numbered(gathered: Gathered, chunk: CheckedChunk) -> Failing:
    rows = [chunk.rows[mask] for mask in chunk.failures.values()]
    numbers = [
        np.full(len(part), gathered.causes.number(name)) for name, part in zip(chunk.failures, rows, strict=True)
    ]
    if not rows:
        return Failing(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
    return Failing(np.concatenate(rows), np.concatenate(numbers))


def note_repeats(gathered: Gathered, column: str, finder: RepeatFinder) -> None:
    """Add the failures of rule `unique` of one column to the slices they belong to."""
    parts = [part.rows[part.repeated] for part in finder.parts()]
    note_rows(gathered, (Unique.code, column), np.concatenate(parts))


def note_rows(gathered: Gathered, cause: CauseName, failing: np.ndarray) -> None:
    """Add a failure of `cause` for each of some rows to the slices they belong to."""
    if not len(failing):
        return
    hits: np.ndarray = np.zeros(gathered.max_row + 1, dtype=bool)
    hits[failing] = True
    number = gathered.causes.number(cause)
    for slice_index in range(gathered.slices):
        rows, dropped = gathered.rows(slice_index)
        hit = rows[hits[rows] & ~dropped]
        if len(hit):
            gathered.add_failing(slice_index, Failing(hit, np.full(len(hit), number)))
