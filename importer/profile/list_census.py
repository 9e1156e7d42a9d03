"""A whole list counted chunk by chunk: its columns, its duplicate rows and keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from importer.errors import ConfigError
from importer.parallel import in_order
from importer.profile.cells import column_text, trim
from importer.profile.column_census import ColumnCensus, count_columns, side_by_side
from importer.profile.damage import TITLES
from importer.profile.hash_sample import HashSample, text_hashes
from importer.profile.model import ColumnProfile, Damage, ListProfile

ROW_CAP = 4_194_304
"""Rows (and keys) whose repeats are counted exactly: 8 bytes each, 50 MB at most; above it ±0.06 % of all rows."""

_MIX = np.uint64(0x9E3779B97F4A7C15)
"""2^64 over the golden ratio, odd: the multiplier of Fibonacci hashing."""


class ChunkSource(Protocol):
    """What is asked of a stage here."""

    @property
    def rows(self) -> int:
        """Rows of the list."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the list, in order."""

    def chunks(self) -> Iterator[pd.DataFrame]:
        """The list in row order, chunk by chunk."""


class ListCensus:
    """What was seen of a list so far; `merge` joins two parts of a list."""

    def __init__(self, columns: Sequence[str], key_column: str | None = None) -> None:
        if key_column is not None and key_column not in columns:
            raise ConfigError(f'The list has no column "{key_column}" to be the key. Choose one of its columns.')
        self._columns = tuple(ColumnCensus(name) for name in columns)
        self._key_column = key_column
        self._rows = 0
        self._whole_rows = HashSample(ROW_CAP)
        self._keys = HashSample(ROW_CAP)

    def update(self, chunk: pd.DataFrame) -> None:
        """Takes in a chunk."""
        rows = chunk.index.to_numpy()
        if not len(rows):
            return

        def counted(group: Sequence[ColumnCensus]) -> list[np.ndarray]:
            return count_columns(group, [column_text(chunk, census.name) for census in group], rows)

        together: np.ndarray = np.zeros(len(rows), dtype=np.uint64)
        for group in in_order(counted, side_by_side(self._columns, len(rows))):
            for hashes in group:
                together = _mixed(together, hashes)
        if self._key_column is not None:
            keys = trim(column_text(chunk, self._key_column))
            self._keys.add(text_hashes(keys.filter(pc.not_equal(keys, ""))))
        self._whole_rows.add(together)
        self._rows += len(rows)

    def merge(self, other: ListCensus) -> None:
        """Takes in what another census of the same columns and key saw."""
        self._rows += other._rows
        for mine, theirs in zip(self._columns, other._columns, strict=True):
            mine.merge(theirs)
        self._whole_rows.merge(other._whole_rows)
        self._keys.merge(other._keys)

    def finish(self) -> ListProfile:
        """The profile of what was seen; the census can go on counting."""
        columns = tuple(census.finish() for census in self._columns)
        return ListProfile(
            rows=self._rows,
            columns=columns,
            duplicate_rows=self._whole_rows.repeats,
            duplicate_keys=None if self._key_column is None else self._keys.repeats,
            key_column=self._key_column,
            duplicates_exact=self._whole_rows.exact and self._keys.exact,
            damage=_summed(columns),
        )


def profile_stage(
    stage: ChunkSource, key_column: str | None = None, *, on_progress: Callable[[int, int], None] | None = None
) -> ListProfile:
    """The profile of a list, read once, one chunk in memory at a time.

    `on_progress` is told (rows counted, rows of the list) after each chunk. Raises ConfigError for an unknown key.
    """
    census = ListCensus(stage.columns, key_column)
    counted = 0
    for chunk in stage.chunks():
        census.update(chunk)
        counted += len(chunk)
        if on_progress is not None:
            on_progress(counted, stage.rows)
    return census.finish()


def _mixed(together: np.ndarray, hashes: np.ndarray) -> np.ndarray:
    """Row hashes with one column more: order counts, and every bit goes into the low ones (sampling looks there)."""
    mixed = (together ^ hashes) * _MIX
    return mixed ^ (mixed >> np.uint64(32))


def _summed(columns: tuple[ColumnProfile, ...]) -> tuple[Damage, ...]:
    """The damage of all columns, one entry a code."""
    found = [damage for column in columns for damage in column.damage]
    kinds = {code: [damage for damage in found if damage.code == code] for code in TITLES}
    return tuple(
        Damage(code, TITLES[code], sum(kind.count for kind in same), min(kind.first_row for kind in same))
        for code, same in kinds.items()
        if same
    )
