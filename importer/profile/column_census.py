"""Columns counted by their different cells: how often each is there, and in which row first.

What is asked of a cell alone is asked of the cells of several columns at a time: a list may have thousands of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from importer.profile.cells import TrimmedCells, column_text, matches, together
from importer.profile.damage import TITLES, cell_damage, damage_in
from importer.profile.lengths import DigitLengths, Lengths, only_digits
from importer.profile.model import ColumnProfile, Damage, ShapeCount
from importer.profile.number_cells import NumberCensus, NumberSigns
from importer.profile.shapes import CODE, DATE, DATE_TIME, DAY_FIRST, EMPTY, MONTH_FIRST, SHAPES, WHOLE, shape_codes

TOP_SHOWN = 10
LONGEST_TOP = 200
"""Characters; a longer cell is a note, not a value that repeats, and is no top value."""

ROW_BITS = 32
"""Of the number of a row; how many rows have a cell stands above it, so that one number orders by both."""

CUT = 200
"""Characters of a misfit that are kept: enough to recognise it, and a cell may hold megabytes."""

CELLS_AT_A_TIME = 32_768
"""Cells of several columns that are looked at together: then what a call costs no longer counts."""

Column = TypeVar("Column")

CELL = pa.large_string()
_DATES = (SHAPES.index(DATE), SHAPES.index(DATE_TIME))
_EMPTY = SHAPES.index(EMPTY)


@dataclass(frozen=True)
class DifferentCells:
    """The different cells of a column, or some of them, in parallel: `large_string` cells, how many rows have each
    (int64), and the first row that has it."""

    cells: pa.Array
    counts: np.ndarray
    first_rows: np.ndarray

    @classmethod
    def of(cls, column: pa.DictionaryArray, rows: np.ndarray) -> DifferentCells:
        """Of a whole column, encoded in the order its cells appear, in these rows."""
        at = np.asarray(column.indices)
        before = np.maximum.accumulate(np.concatenate([[-1], at[:-1]]))
        return cls(column.dictionary, np.bincount(at, minlength=len(column.dictionary)), rows[at > before])


@dataclass(frozen=True)
class CellFacts:
    """What each of some different cells is by itself, in parallel. `codes`: positions in SHAPES; `sizes`: bytes once
    trimmed, `lengths`: characters as it is; `damage` as `cell_damage` has it; `orders`: where DAY_FIRST and where
    MONTH_FIRST fits, None where no cell is a date; `digits`: where it is digits alone, `zero_led` where it begins
    with 0."""

    codes: np.ndarray
    sizes: np.ndarray
    lengths: np.ndarray
    damage: dict[str, np.ndarray]
    orders: np.ndarray | None
    digits: np.ndarray
    zero_led: np.ndarray
    numbers: NumberSigns

    @classmethod
    def of(cls, cells: pa.Array) -> CellFacts:
        """Of `large_string` cells."""
        trimmed = TrimmedCells.of(cells)
        codes = shape_codes(trimmed)
        return cls(
            codes=codes,
            sizes=trimmed.sizes,
            lengths=np.asarray(pc.utf8_length(cells)),
            damage=cell_damage(trimmed),
            orders=_orders(trimmed, codes),
            digits=only_digits(trimmed, codes),
            zero_led=trimmed.first == ord("0"),
            numbers=NumberSigns.of(cells, trimmed, codes),
        )

    def part(self, part: slice) -> CellFacts:
        """Those of some of the cells."""
        return CellFacts(
            codes=self.codes[part],
            sizes=self.sizes[part],
            lengths=self.lengths[part],
            damage={code: mask[part] for code, mask in self.damage.items()},
            orders=None if self.orders is None else self.orders[:, part],
            digits=self.digits[part],
            zero_led=self.zero_led[part],
            numbers=self.numbers.part(part),
        )


def _orders(cells: TrimmedCells, codes: np.ndarray) -> np.ndarray | None:
    at = np.flatnonzero(np.isin(codes, _DATES))
    if not len(at):
        return None
    orders: np.ndarray = np.zeros((2, len(codes)), dtype=bool)
    dates = cells.at(at)
    for place, pattern in enumerate((DAY_FIRST, MONTH_FIRST)):
        orders[place, at] = matches(dates, pattern)
    return orders


class ColumnCensus:
    """What was seen of one column so far. No cell comes twice, so every count is exact."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.distinct = 0
        self._shapes: np.ndarray = np.zeros(len(SHAPES), dtype=np.int64)
        self._first: dict[int, tuple[int, str]] = {}
        self._damage: dict[str, tuple[int, int]] = {}
        self._orders: np.ndarray = np.zeros(2, dtype=np.int64)
        self._top: list[tuple[int, str]] = []
        self._lengths = Lengths()
        self._digits = DigitLengths()
        self._numbers = NumberCensus()

    def add(self, some: DifferentCells, facts: CellFacts | None = None) -> None:
        """Takes in different cells of the column that were not there before."""
        facts = facts or CellFacts.of(some.cells)
        counts, first_rows = some.counts, some.first_rows
        self._count_shapes(some, facts.codes)
        self._count_damage(damage_in(facts.damage, slice(None), self.name), counts, first_rows)
        if facts.orders is not None:
            self._orders = self._orders + facts.orders @ counts
        self._numbers.add(facts.numbers, counts, first_rows)
        if facts.digits.any():
            at = np.flatnonzero(facts.digits)
            self._digits.add(facts.sizes[at], counts[at], first_rows[at], zero_led=facts.zero_led[at])
        filled = facts.codes != _EMPTY
        self.distinct += int(filled.sum())
        self._add_top(some, filled & (facts.lengths <= LONGEST_TOP))
        self._lengths.add(facts.lengths[filled], counts[filled])

    def finish(self) -> ColumnProfile:
        """The profile of what was seen."""
        rows, empty = int(self._shapes.sum()), int(self._shapes[_EMPTY])
        order = sorted(np.flatnonzero(self._shapes).tolist(), key=lambda code: (-self._shapes[code], code))
        shapes = tuple(ShapeCount(SHAPES[code], int(self._shapes[code])) for code in order)
        main = next((found.shape for found in shapes if found.shape != EMPTY), EMPTY)
        fitting = {main, EMPTY}
        if main == WHOLE and self._digits.are_codes():
            main, fitting = CODE, {CODE, WHOLE, EMPTY}
        misfit = min((seen for code, seen in self._first.items() if SHAPES[code] not in fitting), default=None)
        shortest, longest, mean = self._lengths.summary()
        return ColumnProfile(
            name=self.name,
            rows=rows,
            filled=rows - empty,
            empty=empty,
            distinct=self.distinct,
            shapes=shapes,
            main_shape=main,
            first_misfit_row=misfit[0] if misfit else None,
            first_misfit=misfit[1] if misfit else None,
            top_values=tuple((text, -(order >> ROW_BITS)) for order, text in self._top),
            length_min=shortest,
            length_max=longest,
            length_mean=mean,
            length_histogram=self._lengths.histogram(),
            damage=self._all_damage(rows - empty),
            code_length=self._digits.code_length(self.name, rows - empty),
            day_first=int(self._orders[0]),
            month_first=int(self._orders[1]),
            numbers=self._numbers.finish(),
        )

    def _count_shapes(self, some: DifferentCells, codes: np.ndarray) -> None:
        self._shapes += np.bincount(codes, weights=some.counts, minlength=len(SHAPES)).astype(np.int64)
        for code in np.flatnonzero(np.bincount(codes)).tolist():
            at = _earliest(some.first_rows, codes == code)
            row = int(some.first_rows[at])
            if code not in self._first or row < self._first[code][0]:
                self._first[code] = row, some.cells[at].as_py()[:CUT]

    def _count_damage(self, masks: dict[str, np.ndarray], counts: np.ndarray, first_rows: np.ndarray) -> None:
        for code, mask in masks.items():
            row = int(first_rows[mask].min())
            seen, first = self._damage.get(code, (0, row))
            self._damage[code] = (seen + int(counts[mask].sum()), min(first, row))

    def _add_top(self, some: DifferentCells, may_be: np.ndarray) -> None:
        """The most frequent cells, those that come first in the list before others as frequent."""
        at = np.flatnonzero(may_be)
        order = some.first_rows[at] - (some.counts[at] << ROW_BITS)
        best = np.argpartition(order, TOP_SHOWN)[:TOP_SHOWN] if len(at) > TOP_SHOWN else np.arange(len(at))
        cells = [some.cells[place].as_py() for place in at[best].tolist()]
        self._top = sorted((*self._top, *zip(order[best].tolist(), cells, strict=True)))[:TOP_SHOWN]

    def _all_damage(self, filled: int) -> tuple[Damage, ...]:
        found = {code: Damage(code, TITLES[code], *seen) for code, seen in self._damage.items()}
        lost = self._digits.lost_zeros(self.name, filled)
        if lost:
            found[lost.code] = lost
        return tuple(found[code] for code in TITLES if code in found)


def _earliest(first_rows: np.ndarray, mask: np.ndarray) -> int:
    """Where among the cells of `mask` the one is that comes first in the list."""
    at = np.flatnonzero(mask)
    return int(at[first_rows[at].argmin()])


def count_columns(names: Sequence[str], columns: Sequence[pa.Array], rows: np.ndarray) -> list[ColumnProfile]:
    """The profiles of some whole columns, encoded in the order their cells appear, in these rows."""
    facts, stop, profiles = CellFacts.of(together([column.dictionary for column in columns])), 0, []
    for name, column in zip(names, columns, strict=True):
        start, stop = stop, stop + len(column.dictionary)
        census = ColumnCensus(name)
        census.add(DifferentCells.of(column, rows), facts if len(columns) == 1 else facts.part(slice(start, stop)))
        profiles.append(census.finish())
    return profiles


def side_by_side(columns: Sequence[Column], rows: int) -> list[Sequence[Column]]:
    """The columns of so many rows in groups that are looked at together."""
    size = max(1, CELLS_AT_A_TIME // max(1, rows))
    return [columns[start : start + size] for start in range(0, len(columns), size)]


def table_of(frame: pd.DataFrame, columns: Sequence[str]) -> pa.Table:
    """`row` and some columns of a chunk, in their order, called by their places: c0, c1 and so on."""
    cells = (column_text(frame, name) for name in columns)
    return pa.table([pa.array(frame.index.to_numpy(), pa.int64()), *cells], ["row", *places_of(columns)])


def places_of(columns: Sequence[str]) -> list[str]:
    """What columns are called where names may be anything."""
    return [f"c{at}" for at in range(len(columns))]


def encoded_column(table: pa.Table, at: int) -> pa.DictionaryArray:
    """The column at this place behind `row`, encoded in the order its cells appear."""
    return table.column(at + 1).cast(CELL).combine_chunks().dictionary_encode()


def profile_columns(frames: Iterable[pd.DataFrame], columns: Sequence[str]) -> dict[str, ColumnProfile]:
    """The profiles of some columns of a few rows (chunks or parts of them, in the list's order)."""
    nothing = table_of(pd.DataFrame(columns=list(columns), dtype="str"), columns)
    table = pa.concat_tables([nothing, *(table_of(frame, columns) for frame in frames)])
    profiles: list[ColumnProfile] = []
    for group in side_by_side(columns, table.num_rows):
        encoded = [encoded_column(table, len(profiles) + at) for at in range(len(group))]
        profiles += count_columns(group, encoded, table["row"].to_numpy())
    return {column.name: column for column in profiles}
