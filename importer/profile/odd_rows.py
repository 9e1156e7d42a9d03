"""Rows that are not like the others: the sum of what is odd about their cells, and of what is blank. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa

from importer.profile.cells import column_text
from importer.profile.odd_cells import (
    FEWEST_ROWS,
    MEDIUM,
    STRONG,
    WEAK,
    Cells,
    ColumnShape,
    Oddity,
    bytes_and_places,
    size_weights,
)
from importer.profile.odd_screen import Screen

MOST_ODD = 0.2
"""Share of the rows above which they are another kind of rows rather than odd ones; then none is flagged."""

MOST_COLUMNS = 500
"""Columns looked at; the shape of a row shows in its first ones."""

ODD_ROW = np.dtype([("row", "<i8"), ("column", "<i2"), ("oddity", "u1")])
"""A row that is not like the others, the place of the column that tells it best (-1: the row as a whole), and why."""


@dataclass(frozen=True)
class OddCells:
    """Of a column of a chunk: the places of cells that count, what each counts, why (Oddity); where it is blank."""

    at: np.ndarray
    weights: np.ndarray
    oddities: np.ndarray
    blank: np.ndarray


@dataclass
class _Tally:
    """Of each row of a chunk the sum of what counts, and the column and Oddity that count most."""

    total: np.ndarray
    most: np.ndarray
    column: np.ndarray
    oddity: np.ndarray

    @classmethod
    def of(cls, rows: int) -> _Tally:
        """Nothing counted yet."""
        return cls(np.zeros(rows), np.zeros(rows), np.full(rows, -1, np.int16), np.zeros(rows, np.uint8))

    def add(self, at: np.ndarray, weights: np.ndarray, column: int, oddities: np.ndarray) -> None:
        """Rows `at` (places in the chunk) have something odd in `column`, or (-1) as a whole, which tells more."""
        self.total[at] += weights
        ahead = weights > self.most[at] if column >= 0 else weights >= self.most[at]
        at = at[ahead]
        self.most[at], self.column[at], self.oddity[at] = weights[ahead], column, oddities[ahead]


def _odd_cells(
    cells: Cells, shape: ColumnShape, units: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where a cell counts, what it counts and why. `units`: where a cell has not the column's unit."""
    there: np.ndarray = np.flatnonzero(np.bincount(cells.kinds, minlength=1))
    by_kind, by_size = shape.weights(there.astype(np.uint16)), size_weights(cells.sizes, shape)
    if by_size is None and units is None and not by_kind.total.any():
        return there[:0], by_kind.total[:0], by_kind.oddity[:0]
    table: np.ndarray = np.zeros(int(there.max(initial=0)) + 1)
    oddity: np.ndarray = np.zeros(len(table), dtype=np.uint8)
    table[there], oddity[there] = by_kind.total, by_kind.oddity
    where = (table > 0).take(cells.kinds)
    where |= ((by_size > 0) & ~cells.blank) if by_size is not None else False
    where |= (units & ~cells.blank) if units is not None else False
    at = np.flatnonzero(where)
    weights, oddities = table[cells.kinds[at]], oddity[cells.kinds[at]]
    if by_size is not None:
        oddities = np.where(by_size[at] > weights, np.uint8(Oddity.LENGTH), oddities)
        weights = np.minimum(weights + by_size[at], STRONG)
    if units is not None:
        oddities = np.where(units[at] & (weights < STRONG), np.uint8(Oddity.UNIT), oddities)
        weights = np.where(units[at], STRONG, weights)
    return at, weights, oddities


def _look_at(cells: Cells, shape: ColumnShape, units: np.ndarray | None) -> OddCells:
    """What is odd about each of these cells; those that say "nothing" in a word are blank."""
    at, weights, oddities = _odd_cells(cells, shape, units)
    nothing = cells.null_words(at)
    blank = cells.blank
    blank[at[nothing]] = True
    return OddCells(at[~nothing], weights[~nothing], oddities[~nothing], blank)


class _Blanks:
    """Of each row of a chunk how much is blank that nearly always is filled."""

    def __init__(self, rows: int, shapes: Sequence[ColumnShape]) -> None:
        self._full: np.ndarray = np.array([shape.always_filled for shape in shapes])
        self._blank: np.ndarray = np.zeros(rows)
        self._count: np.ndarray = np.zeros(rows, dtype=np.int32)
        self._last: np.ndarray = np.zeros(rows, dtype=np.int32)

    def add(self, blank: np.ndarray, place: int) -> None:
        """The blank cells of a column; columns come in order."""
        if not blank.any():
            self._last[:] = place
            return
        np.copyto(self._last, place, where=~blank)
        if self._full[place]:
            self._blank += self._full[place] * blank
            self._count += blank

    def note(self, tally: _Tally) -> None:
        """Half of the row is strong, a third counts; so does a row that ends early."""
        if self._full.sum() < FEWEST_FULL:
            return
        share = self._blank / self._full.sum()
        at = np.flatnonzero(share > 0)
        weights = np.where(share[at] >= 0.5, STRONG, np.where(share[at] >= 0.3, MEDIUM, WEAK))
        weights[self._count[at] < FEWEST_FULL] = WEAK
        weights[self._ends_early()[at]] = STRONG
        tally.add(at, weights, -1, np.full(len(at), np.uint8(Oddity.MOSTLY_BLANK)))

    def _ends_early(self) -> np.ndarray:
        """Rows with nothing in their last third, where two columns at least nearly always are filled."""
        behind: np.ndarray = np.append(np.cumsum(self._full[::-1])[::-1], 0.0)
        long: np.ndarray = len(self._full) - 1 - self._last >= LEAST_END * len(self._full)
        return long & (behind[self._last + 1] >= FEWEST_FULL)


FEWEST_FULL = 2
"""Cells that are blank and nearly always are filled; a single one is often simply not known."""

LEAST_END = 0.3


@dataclass(frozen=True)
class RowShapes:
    """What holds of nearly all rows of a list, column by column; `find` looks for the rows that break it."""

    columns: tuple[str, ...] = ()
    shapes: tuple[ColumnShape, ...] = ()

    @classmethod
    def learn(cls, frames: Iterable[pd.DataFrame], columns: Sequence[str]) -> RowShapes:
        """From some rows of the list in which odd ones are few; nothing is learnt from fewer than FEWEST_ROWS."""
        parts = [frame for frame in frames if len(frame)]
        if sum(map(len, parts)) < FEWEST_ROWS:
            return cls()
        rows = pd.concat(parts) if len(parts) > 1 else parts[0]
        names = tuple(columns)[:MOST_COLUMNS]
        return cls(names, tuple(ColumnShape.of(Cells.of(column_text(rows, name))) for name in names))

    def find(self, frame: pd.DataFrame) -> np.ndarray:
        """ODD_ROW of each odd row of `frame`, in its order."""
        cells = [self.look(place, column_text(frame, name)) for place, name in enumerate(self.columns)]
        return self.sum_up(cells, frame.index.to_numpy())

    def look(self, place: int, text: pa.Array) -> OddCells:
        """What is odd about each cell of the column at this place of `columns`, whatever the others hold."""
        shape = self.shapes[place]
        if not shape.may_tell:
            return OddCells(*_NOTHING, Cells.of(text, shape.telling).blank)
        data, places = bytes_and_places(text)
        sizes = np.diff(places)
        units = shape.unit.odd(data, places) if shape.unit is not None else None
        some = self._screens[place].suspects(data, places, sizes)
        if some is None:
            return _look_at(Cells.of(text, shape.telling), shape, units)
        more = [odd for odd in (size_weights(sizes, shape), units) if odd is not None]
        some = np.union1d(some, np.flatnonzero(np.logical_or.reduce(more))) if more else some
        if not len(some):
            return OddCells(*_NOTHING, sizes == 0)
        cells = Cells.of(text.take(pa.array(some)), shape.telling)
        odd = _look_at(cells, shape, None if units is None else units[some])
        blank: np.ndarray = sizes == 0
        blank[some[odd.blank]] = True
        return OddCells(some[odd.at], odd.weights, odd.oddities, blank)

    @cached_property
    def _screens(self) -> tuple[Screen, ...]:
        return tuple(map(Screen.of, self.shapes))

    def sum_up(self, columns: Sequence[OddCells], rows: np.ndarray) -> np.ndarray:
        """ODD_ROW of those of `rows` in which enough is odd; a look at the cells of each of `columns`, in order."""
        tally, blanks = _Tally.of(len(rows)), _Blanks(len(rows), self.shapes)
        for place, cells in enumerate(columns):
            tally.add(cells.at, cells.weights, place, cells.oddities)
            blanks.add(cells.blank, place)
        blanks.note(tally)
        odd = np.flatnonzero(tally.total >= STRONG - _ROUNDING)
        out: np.ndarray = np.empty(len(odd), dtype=ODD_ROW)
        out["row"] = rows[odd]
        out["column"], out["oddity"] = tally.column[odd], tally.oddity[odd]
        return out


_NOTHING: tuple[np.ndarray, np.ndarray, np.ndarray] = (
    np.empty(0, dtype=np.int64),
    np.empty(0),
    np.empty(0, dtype=np.uint8),
)
_ROUNDING = 1e-9
"""0.6 and 0.4 are 1."""
