"""A whole list counted: its columns, its duplicate rows and keys.

What memory holds is counted by Arrow: to load an engine would take longer than to count it. A longer list is counted
by DuckDB (`long_list`). Both come to the different cells of each column, which are looked at in one way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from importer.errors import ConfigError
from importer.intake import Stage
from importer.parallel import in_order
from importer.profile.cells import trim
from importer.profile.column_census import count_columns, encoded_column, side_by_side
from importer.profile.damage import TITLES
from importer.profile.long_list import ChunkSource, Counted, count_long, tables_of
from importer.profile.model import ColumnProfile, Damage, ListProfile

MOST_CELLS = 2_000_000
"""Held in memory at the same time."""

MOST_BYTES = 128 * 1024 * 1024
"""Of text that they have together."""

WIDE = 500
"""Columns from which on a query for each costs more than it counts: then some columns at a time are held."""


def profile_stage(stage: ChunkSource, key_column: str | None = None, *, folder: Path | None = None) -> ListProfile:
    """The profile of a list. One that memory does not hold spills to `folder` (by default the stage's).

    Raises ConfigError for an unknown key, FatalError where memory and disk do not suffice.
    """
    if key_column is not None and key_column not in stage.columns:
        raise ConfigError(f'The list has no column "{key_column}" to be the key. Choose one of its columns.')
    counted = _count_held(stage, key_column)
    if counted is None:
        with ExitStack() as temporary:
            home = folder or (stage.folder if isinstance(stage, Stage) else None)
            home = home or Path(temporary.enter_context(TemporaryDirectory()))
            counted = count_long(stage, key_column, home)
    return ListProfile(
        rows=counted.rows,
        columns=counted.columns,
        duplicate_rows=counted.duplicate_rows,
        duplicate_keys=counted.duplicate_keys,
        key_column=key_column,
        damage=_summed(counted.columns),
    )


def _count_held(stage: ChunkSource, key_column: str | None) -> Counted | None:
    """Counted in memory, some columns at a time where there are many; None where that takes too much."""
    is_wide = len(stage.columns) > WIDE
    if not is_wide and len(stage.columns) * stage.rows > MOST_CELLS:
        return None
    size = max(1, MOST_CELLS // max(1, stage.rows))
    columns: list[ColumnProfile] = []
    rows: np.ndarray = np.empty(0, dtype=np.int64)
    same, duplicate_keys = _SameRows(), None
    for start in range(0, len(stage.columns), size):
        names = stage.columns[start : start + size]
        table = _held(stage, names, MOST_BYTES if not is_wide else None)
        if table is None:
            return None
        rows = table["row"].to_numpy()
        for profiles, encoded in _counted(table, names, rows):
            columns += profiles
            for profile, column in zip(profiles, encoded, strict=True):
                same.narrow(np.asarray(column.indices))
                if profile.name == key_column:
                    duplicate_keys = profile.filled - _distinct_keys(column.dictionary)
    return Counted(len(rows), tuple(columns), same.repeats, duplicate_keys)


def _held(stage: ChunkSource, names: tuple[str, ...], most_bytes: int | None) -> pa.Table | None:
    """Some columns of the list; None where their text is longer than `most_bytes`."""
    tables, size_bytes = [], 0
    for table in tables_of(stage, names):
        tables.append(table)
        size_bytes += table.nbytes if most_bytes is not None else 0
        if most_bytes is not None and size_bytes > most_bytes:
            return None
    return pa.concat_tables(tables)


def _counted(
    table: pa.Table, names: Sequence[str], rows: np.ndarray
) -> Iterator[tuple[list[ColumnProfile], list[pa.DictionaryArray]]]:
    """The profiles and the cells of the columns, group by group, side by side on the machine's cores."""

    def counted(places: Sequence[int]) -> tuple[list[ColumnProfile], list[pa.DictionaryArray]]:
        encoded = [encoded_column(table, at) for at in places]
        return count_columns([names[at] for at in places], encoded, rows), encoded

    return in_order(counted, side_by_side(range(len(names)), len(rows)))


def _distinct_keys(different: pa.Array) -> int:
    keys = trim(different)
    return len(pc.unique(keys.filter(pc.not_equal(keys, ""))))


class _SameRows:
    """Which rows are the same in all columns so far; only those that are, are followed."""

    def __init__(self) -> None:
        self._places: np.ndarray | None = None
        self._groups: np.ndarray = np.empty(0, dtype=np.int64)

    def narrow(self, at: np.ndarray) -> None:
        """Takes in one more column: a number for each row, equal where the cells are."""
        if self._places is None:
            self._places, self._groups = np.arange(len(at)), np.zeros(len(at), dtype=np.int64)
        if len(self._places):
            groups = pd.factorize(self._groups * len(at) + at[self._places])[0]
            shared = np.bincount(groups)[groups] > 1
            self._places, self._groups = self._places[shared], groups[shared]

    @property
    def repeats(self) -> int:
        """Rows that are the same as an earlier one."""
        return len(self._groups) - len(np.unique(self._groups))


def _summed(columns: tuple[ColumnProfile, ...]) -> tuple[Damage, ...]:
    """The damage of all columns, one entry a code."""
    found = [damage for column in columns for damage in column.damage]
    kinds = {code: [damage for damage in found if damage.code == code] for code in TITLES}
    return tuple(
        Damage(code, TITLES[code], sum(kind.count for kind in same), min(kind.first_row for kind in same))
        for code, same in kinds.items()
        if same
    )
