"""Columns of a chunk as text, what is blank in them, and what their bytes tell before a pattern is tried. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from importer.profile.space_signs import SPACES

ENDLESS = 1 << 40
"""Bytes; no cell is as long."""


def column_text(frame: pd.DataFrame, column: str) -> pa.Array:
    """The cells of `column` as one contiguous `large_string` array, in row order; shares memory where it can."""
    return as_text(frame[column])


def as_text(series: pd.Series) -> pa.Array:
    """A `str` series as one contiguous `large_string` array."""
    array = pa.array(series, from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    return array if array.type == pa.large_string() else array.cast(pa.large_string())


def trim(cells: pa.Array) -> pa.Array:
    """The cells without the spaces at their ends."""
    return pc.utf8_trim(cells, characters=SPACES)


def is_blank(cells: pa.Array) -> pa.Array:
    """Where a cell is empty or holds nothing but spaces."""
    return pc.equal(trim(cells), "")


def matches(cells: pa.Array, pattern: str) -> np.ndarray:
    """Where a cell matches (RE2)."""
    return np.asarray(pc.match_substring_regex(cells, pattern))


def together(arrays: Sequence[pa.Array]) -> pa.Array:
    """The cells of several columns, one after another."""
    return arrays[0] if len(arrays) == 1 else pa.concat_arrays(arrays)


def bytes_of(signs: str) -> np.ndarray:
    """For each byte whether a text of `signs` can begin or end with it."""
    table: np.ndarray = np.zeros(256, dtype=bool)
    table[list(signs.encode())] = True
    return table


class Pattern:
    """A pattern (RE2), and what a cell that fits it must have: to ask that first is many times as fast.

    `first`, `last`: signs that it can begin and end with ("": any). `least`, `most`: its size in bytes. `has`: parts
    of which one is in it (none: any).
    """

    def __init__(
        self,
        regex: str,
        first: str = "",
        last: str = "",
        *,
        least: int = 1,
        most: int = ENDLESS,
        has: tuple[bytes, ...] = (),
    ) -> None:
        self.regex = regex
        self._ends = [bytes_of(signs) if signs else None for signs in (first, last)]
        self._least, self._most, self._has = least, most, has

    def may_fit(self, cells: TrimmedCells, among: np.ndarray) -> np.ndarray:
        """Positions of the cells of `among` (a mask) that may fit; none of the others does."""
        if self._has and not cells.has(*self._has):
            return np.empty(0, dtype=np.int64)
        there = zip(self._ends, cells.bytes_there, strict=True)
        if any(table is not None and not (table & some).any() for table, some in there):
            return np.empty(0, dtype=np.int64)
        for table, ends in zip(self._ends, (cells.first, cells.last), strict=True):
            among = among & table[ends] if table is not None else among
        if self._least > 1:
            among = among & (cells.sizes >= self._least)
        if self._most < ENDLESS:
            among = among & (cells.sizes <= self._most)
        return np.flatnonzero(among)


_SPACE_LIKE = bytes_of(SPACES)


@dataclass(frozen=True)
class TrimmedCells:
    """Cells without the spaces at their ends, and of each its first and last byte (0 where it is empty) and its size
    in bytes. `padded`: where spaces were taken off. `data`: the bytes of all."""

    text: pa.Array
    padded: np.ndarray
    first: np.ndarray
    last: np.ndarray
    sizes: np.ndarray
    data: np.ndarray

    @classmethod
    def of(cls, cells: pa.Array) -> TrimmedCells:
        """Of `large_string` cells."""
        first, last, sizes, data = _ends(cells)
        padded: np.ndarray = np.zeros(len(cells), dtype=bool)
        maybe = _SPACE_LIKE[first] | _SPACE_LIKE[last]
        if maybe.any():
            text = trim(cells)
            padded = np.asarray(pc.not_equal(text, cells))
            if padded.any():
                return cls(text, padded, *_ends(text))
        return cls(cells, padded, first, last, sizes, data)

    @cached_property
    def _bytes(self) -> bytes:
        return self.data.tobytes()

    @cached_property
    def bytes_there(self) -> tuple[np.ndarray, np.ndarray]:
        """For each byte whether a cell begins, and whether one ends with it."""
        first, last = (np.bincount(ends, minlength=256) > 0 for ends in (self.first, self.last))
        return first, last

    @cached_property
    def is_ascii(self) -> bool:
        """Whether no cell has any other sign."""
        return len(self.data) == 0 or int(self.data.max()) < 0x80

    def has(self, *parts: bytes) -> bool:
        """Whether any of `parts` is anywhere in the cells; to look for its first byte alone is ten times as fast."""
        return any(self._may_have(part) and part in self._bytes for part in parts)

    def _may_have(self, part: bytes) -> bool:
        if part[0] < 0x80 or len(part) == 1:
            return part[:1] in self._bytes
        return bool(self._pairs[part[0] << 8 | part[1]])

    @cached_property
    def _pairs(self) -> np.ndarray:
        """For each two bytes of which the first is not ASCII whether they stand together anywhere: letters of one
        language share their first byte, and a search would stop at each of them."""
        pairs: np.ndarray = np.zeros(1 << 16, dtype=bool)
        at = np.flatnonzero(self.data[:-1] >= 0x80)
        pairs[self.data[at].astype(np.uint16) << 8 | self.data[at + 1]] = True
        return pairs

    def at(self, places: np.ndarray) -> pa.Array:
        """The text of the cells at these places, which ascend."""
        return self.text if len(places) == len(self.text) else self.text.take(pa.array(places))


def _ends(cells: pa.Array) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """First and last byte and size of each cell, and the bytes of all."""
    offsets = cells.buffers()[1]
    if offsets is None or not len(cells):
        none: np.ndarray = np.empty(0, dtype=np.uint8)
        return none, none, np.empty(0, dtype=np.int64), none
    places = np.frombuffer(offsets, dtype=np.int64)[cells.offset : cells.offset + len(cells) + 1]
    data: Any = np.frombuffer(cells.buffers()[2] or b"", dtype=np.uint8)
    sizes = np.diff(places)
    if sizes.all():
        return data[places[:-1]], data[places[1:] - 1], sizes, data[places[0] : places[-1]]
    first: np.ndarray = np.zeros(len(sizes), dtype=np.uint8)
    last: np.ndarray = np.zeros(len(sizes), dtype=np.uint8)
    filled = np.flatnonzero(sizes)
    first[filled] = data[places[filled]]
    last[filled] = data[places[filled + 1] - 1]
    return first, last, sizes, data[places[0] : places[-1]]
