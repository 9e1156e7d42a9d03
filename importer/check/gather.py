"""What the chunks showed, put together: failures put by slice by slice, sums, and what all cells decide. I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from importer.check.alike_keys import AlikeFinder
from importer.check.cells import JSON_WAYS
from importer.check.chunk_work import CheckedChunk
from importer.check.codes import code_of
from importer.check.held_types import HeldPath
from importer.check.notices import TELLS_WHY, Facts
from importer.check.numbers import CellMarks
from importer.check.odd_rows import ODD_ROW_CAUSE, too_many
from importer.check.repeats import RepeatFinder
from importer.check.suggest import SAMPLE_CELLS
from importer.check.verdicts import CauseName, CauseTable, Failing, Masks
from importer.clean import Operation
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

    `facts`: of each column after the recipe. `suggestions`: for causes that more than their failing cells decide, and
    for those of columns that were not looked at anew. `marks`: of columns of numbers and of sets. `shapes`: what
    nearly all rows have in common, `odd`: those that have it not, as ODD_ROW. `met`: by column, paths into the
    table's maps and lists that the list has too. `codes_met`: by column, codes of all its cells, of dropped rows too.
    """

    folder: Path
    causes: CauseTable
    tallies: dict[CauseName, CauseTally] = field(default_factory=dict)
    facts: Facts = field(default_factory=dict)
    suggestions: dict[CauseName, tuple[Operation, ...]] = field(default_factory=dict)
    marks: dict[str, CellMarks] = field(default_factory=dict)
    shapes: RowShapes = field(default_factory=RowShapes)
    odd: list[np.ndarray] = field(default_factory=list)
    met: dict[str, set[HeldPath]] = field(default_factory=dict)
    codes_met: dict[str, set[str]] = field(default_factory=dict)
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

    def left(self) -> np.ndarray:
        """Which rows the recipe left: bool by row number."""
        left: np.ndarray = np.zeros(self.max_row + 1, dtype=bool)
        for slice_index in range(self.slices):
            rows, dropped = self.rows(slice_index)
            left[rows[~dropped]] = True
        return left

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


def gather_chunk(gathered: Gathered, chunk: CheckedChunk, finders: Finders, alike: AlikeFinder | None) -> None:
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
    for column, met in chunk.met.items():
        gathered.met.setdefault(column, set()).update(met)
    for column, notes in chunk.notes.items():
        gathered.codes_met.setdefault(column, set()).update(notes.failing)
    for column, records in chunk.repeats.items():
        finders[column].add(records)
    if alike is not None:
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
