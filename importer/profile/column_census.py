"""Columns counted chunk by chunk. All work is done once for each different cell of a chunk.

What is asked of a cell alone is asked of the cells of several columns at a time: a list may have thousands of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from importer.profile.cells import TrimmedCells, column_text, matches, together
from importer.profile.damage import TITLES, cell_damage, damage_in
from importer.profile.hash_sample import HashSample, text_hashes
from importer.profile.lengths import DigitLengths, Lengths, only_digits
from importer.profile.model import ColumnProfile, Damage, ShapeCount
from importer.profile.number_cells import NumberCensus, NumberSigns
from importer.profile.shapes import CODE, DATE, DATE_TIME, DAY_FIRST, EMPTY, MONTH_FIRST, SHAPES, WHOLE, shape_codes
from importer.profile.top_values import TopValues

DISTINCT_CAP = 131_072
"""Different values of a column counted exactly: 1.5 MB a column; above it ±0.3 %."""

TOP_SHOWN = 10
CUT = 200
"""Characters of a misfit that are kept: enough to recognise it, and a cell may hold megabytes."""


CELLS_AT_A_TIME = 32_768
"""Cells of several columns that are looked at together: then what a call costs no longer counts."""

_DATES = (SHAPES.index(DATE), SHAPES.index(DATE_TIME))


@dataclass(frozen=True)
class CellFacts:
    """What each of some different cells is by itself, in parallel. `codes`: positions in SHAPES; `sizes`: bytes once
    trimmed, `lengths`: characters as it is; `damage` as `cell_damage` has it; `orders`: where DAY_FIRST and where
    MONTH_FIRST fits, None where no cell is a date; `digits`: where it is digits alone, `zero_led` where it begins
    with 0."""

    codes: np.ndarray
    hashes: np.ndarray
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
            hashes=text_hashes(cells),
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
            hashes=self.hashes[part],
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


def count_columns(
    censuses: Sequence[ColumnCensus], columns: Sequence[pa.Array], rows: np.ndarray
) -> list[np.ndarray]:
    """Takes the cells of some columns of a chunk and their row numbers into their censuses; the 64-bit hash of each
    cell comes back, column by column."""
    encoded = [cells.dictionary_encode() for cells in columns]
    facts, stop, hashes = CellFacts.of(together([one.dictionary for one in encoded])), 0, []
    for census, one in zip(censuses, encoded, strict=True):
        start, stop = stop, stop + len(one.dictionary)
        at, own = np.asarray(one.indices), facts if len(encoded) == 1 else facts.part(slice(start, stop))
        census.add(one.dictionary, at, own, rows)
        hashes.append(own.hashes[at])
    return hashes


def side_by_side(censuses: Sequence[ColumnCensus], rows: int) -> list[Sequence[ColumnCensus]]:
    """The censuses in groups whose cells in a chunk of so many rows are looked at together."""
    size = max(1, CELLS_AT_A_TIME // max(1, rows))
    return [censuses[start : start + size] for start in range(0, len(censuses), size)]


class ColumnCensus:
    """What was seen of one column so far; `merge` joins the counts of two parts of a list in any order."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._rows = 0
        self._shapes: np.ndarray = np.zeros(len(SHAPES), dtype=np.int64)
        self._first: dict[int, tuple[int, str]] = {}
        self._damage: dict[str, tuple[int, int]] = {}
        self._orders: np.ndarray = np.zeros(2, dtype=np.int64)
        self._distinct = HashSample(DISTINCT_CAP)
        self._top = TopValues()
        self._lengths = Lengths()
        self._digits = DigitLengths()
        self._numbers = NumberCensus()

    def update(self, cells: pa.Array, rows: np.ndarray) -> np.ndarray:
        """Takes in the column's cells in a chunk and their row numbers; the 64-bit hash of each cell comes back."""
        return count_columns([self], [cells], rows)[0]

    def add(self, different: pa.Array, at: np.ndarray, facts: CellFacts, rows: np.ndarray) -> None:
        """Takes in the different cells of a chunk in the order they come, and for each of its `rows` which it has."""
        counts = np.bincount(at, minlength=len(different))
        first_rows = rows[_first_positions(at)]
        self._rows += len(at)
        self._count_shapes(different, facts.codes, counts, first_rows)
        self._count_damage(damage_in(facts.damage, slice(None), self.name), counts, first_rows)
        if facts.orders is not None:
            self._orders = self._orders + facts.orders @ counts
        self._numbers.add(facts.numbers, counts, first_rows)
        if facts.digits.any():
            at = np.flatnonzero(facts.digits)
            self._digits.add(facts.sizes[at], counts[at], first_rows[at], zero_led=facts.zero_led[at])
        filled = facts.codes != SHAPES.index(EMPTY)
        lengths, hashes = facts.lengths, facts.hashes
        if not filled.all():
            different, counts = different.filter(pa.array(filled)), counts[filled]
            lengths, hashes = lengths[filled], hashes[filled]
        self._distinct.add(hashes)
        self._top.add(different, counts)
        self._lengths.add(lengths, counts)

    def merge(self, other: ColumnCensus) -> None:
        """Takes in what another census of the same column saw."""
        self._rows += other._rows
        self._shapes = self._shapes + other._shapes
        for code, (row, text) in other._first.items():
            self._note_first(code, row, text)
        for name, (count, row) in other._damage.items():
            self._note_damage(name, count, row)
        self._orders = self._orders + other._orders
        self._distinct.merge(other._distinct)
        self._top.merge(other._top)
        self._lengths.merge(other._lengths)
        self._digits.merge(other._digits)
        self._numbers.merge(other._numbers)

    def finish(self) -> ColumnProfile:
        """The profile of what was seen; the census can go on counting."""
        empty = int(self._shapes[SHAPES.index(EMPTY)])
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
            rows=self._rows,
            filled=self._rows - empty,
            empty=empty,
            distinct=self._distinct.distinct,
            distinct_exact=self._distinct.exact,
            shapes=shapes,
            main_shape=main,
            first_misfit_row=misfit[0] if misfit else None,
            first_misfit=misfit[1] if misfit else None,
            top_values=self._top.most_common(TOP_SHOWN),
            top_undercount=self._top.undercount,
            length_min=shortest,
            length_max=longest,
            length_mean=mean,
            length_histogram=self._lengths.histogram(),
            damage=self._all_damage(self._rows - empty),
            code_length=self._digits.code_length(self.name, self._rows - empty),
            day_first=int(self._orders[0]),
            month_first=int(self._orders[1]),
            numbers=self._numbers.finish(),
        )

    def _count_shapes(self, cells: pa.Array, codes: np.ndarray, counts: np.ndarray, first_rows: np.ndarray) -> None:
        self._shapes = self._shapes + np.bincount(codes, weights=counts, minlength=len(SHAPES)).astype(np.int64)
        for code in np.flatnonzero(np.bincount(codes)).tolist():
            at = int((codes == code).argmax())
            if code not in self._first or first_rows[at] < self._first[code][0]:
                self._note_first(code, int(first_rows[at]), cells[at].as_py()[:CUT])

    def _note_first(self, code: int, row: int, text: str) -> None:
        self._first[code] = min((row, text), self._first.get(code, (row, text)))

    def _count_damage(self, masks: dict[str, np.ndarray], counts: np.ndarray, first_rows: np.ndarray) -> None:
        for code, mask in masks.items():
            self._note_damage(code, int(counts[mask].sum()), int(first_rows[mask][0]))

    def _note_damage(self, code: str, count: int, row: int) -> None:
        seen, first = self._damage.get(code, (0, row))
        self._damage[code] = (seen + count, min(first, row))

    def _all_damage(self, filled: int) -> tuple[Damage, ...]:
        found = {code: Damage(code, TITLES[code], *seen) for code, seen in self._damage.items()}
        lost = self._digits.lost_zeros(self.name, filled)
        if lost:
            found[lost.code] = lost
        return tuple(found[code] for code in TITLES if code in found)


def profile_columns(frames: Iterable[pd.DataFrame], columns: Sequence[str]) -> dict[str, ColumnProfile]:
    """The profiles of some columns of a few rows (chunks or parts of them, in the list's order)."""
    censuses = {name: ColumnCensus(name) for name in columns}
    for frame in frames:
        if len(frame):
            for group in side_by_side([*censuses.values()], len(frame)):
                count_columns(group, [column_text(frame, one.name) for one in group], frame.index.to_numpy())
    return {name: census.finish() for name, census in censuses.items()}


def _first_positions(at: np.ndarray) -> np.ndarray:
    """Where each dictionary index is met first: as the dictionary is in order of appearance, at each new maximum."""
    before = np.maximum.accumulate(np.concatenate([[-1], at[:-1]]))
    return np.flatnonzero(at > before)
