"""A list that memory does not hold, counted by DuckDB, which spills to the disk and gives the interpreter away. I/O.

It says which cells a column has, how many rows have each and which is the first; what they look like is asked of
these alone, some at a time. Cells and names of columns never become SQL.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd
import pyarrow as pa

from importer.duckdb_engine import connected, read_sql, text_literal
from importer.intake import Stage
from importer.parallel import in_order
from importer.profile.column_census import CELL, ColumnCensus, DifferentCells, places_of, table_of
from importer.profile.damage import PADDED
from importer.profile.model import ColumnProfile
from importer.profile.space_signs import SPACES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LISTS_AT_A_TIME = 2
"""Counted by one process: each takes all cores, and its engine's memory. Others wait for their turn."""

BATCH_CELLS = 65_536
"""Different cells that are looked at together: more would fall out of the processor's memory."""


class ChunkSource(Protocol):
    """What is asked of a stage here."""

    @property
    def rows(self) -> int:
        """Rows of the list as it came."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the list, in order."""

    def chunks(self, columns: Iterable[str] | None = None) -> Iterator[pd.DataFrame]:
        """The list in row order, chunk by chunk, or only some of its columns."""


@dataclass(frozen=True)
class Counted:
    """A list's rows and columns; how many rows are as an earlier one, in every cell and in the key (None: no key)."""

    rows: int
    columns: tuple[ColumnProfile, ...]
    duplicate_rows: int
    duplicate_keys: int | None


def tables_of(stage: ChunkSource, columns: tuple[str, ...]) -> Iterator[pa.Table]:
    """`row` and some columns of the list, at least one chunk; of a stage as its cells lie on the disk."""
    if isinstance(stage, Stage) and stage.slices:
        yield from stage.tables(columns)
        return
    yield table_of(pd.DataFrame(columns=list(columns), dtype="str"), columns)
    for chunk in stage.chunks() if columns == stage.columns else stage.chunks(columns):
        yield table_of(chunk, columns)


_turns = BoundedSemaphore(LISTS_AT_A_TIME)


def count_long(stage: ChunkSource, key_column: str | None, folder: Path) -> Counted:
    """Every count exactly. What does not fit into the engine's memory is spilled to `folder`."""
    with _turns, connected(folder) as connection:
        places = places_of(stage.columns)
        table = _table(connection, stage, places)

        def counted(at: int) -> tuple[ColumnProfile, int]:
            return _count_column(connection, f"from {table}", places[at], stage.columns[at])

        columns, different = zip(*in_order(counted, range(len(places))), strict=True)
        rows = columns[0].rows
        is_any_unique = rows in different
        duplicate_rows = 0 if is_any_unique else _duplicate_rows(connection, table, places)
        keys = None
        if key_column is not None:
            at = stage.columns.index(key_column)
            keys = columns[at].filled - _distinct_keys(connection, table, places[at], columns[at])
    return Counted(rows, columns, duplicate_rows, keys)


def _table(connection: DuckDBPyConnection, stage: ChunkSource, places: Sequence[str]) -> str:
    """The list as a table of SQL with `row` and the columns called by their `places`: the stage's own file, or what
    its chunks are put into."""
    if isinstance(stage, Stage) and stage.slices:
        return read_sql(stage.folder / "rows.parquet")
    batches = (batch for table in tables_of(stage, stage.columns) for batch in table.to_batches())
    schema = pa.schema([("row", pa.int64()), *((place, CELL) for place in places)])
    connection.register("chunks", pa.RecordBatchReader.from_batches(schema, batches))
    connection.execute("create table list as from chunks")
    return "list"


def _count_column(connection: DuckDBPyConnection, table: str, place: str, name: str) -> tuple[ColumnProfile, int]:
    """The profile of a column, and how many different cells it has, blank ones too."""
    census, different = ColumnCensus(name), 0
    sql = f"select {place}, count(*), min(row) {table} group by {place}"
    with connection.cursor() as cursor:
        for batch in cursor.sql(sql).to_arrow_reader(BATCH_CELLS):
            cells, counts, first_rows = batch.columns
            some = DifferentCells(cells.cast(CELL), np.asarray(counts), np.asarray(first_rows))
            census.add(some)
            different += len(cells)
    return census.finish(), different


def _duplicate_rows(connection: DuckDBPyConnection, table: str, places: Sequence[str]) -> int:
    """Rows that are as an earlier one in every cell: only those whose hash comes again are compared cell by cell."""
    columns = ", ".join(places)
    connection.execute(
        f"create table again as select hash({columns}) as h from {table} group by h having count(*) > 1"
    )
    again = f"select count(*) as n from {table} where hash({columns}) in (select h from again) group by {columns}"
    return _number(connection, f"select coalesce(sum(n - 1), 0)::bigint from ({again})")


def _distinct_keys(connection: DuckDBPyConnection, table: str, place: str, column: ColumnProfile) -> int:
    """Keys that differ by more than spaces at their ends. Where no cell has any, they are the different cells."""
    if PADDED not in {damage.code for damage in column.damage}:
        return column.distinct
    keys = f"select trim({place}, {text_literal(SPACES)}) as key from {table} group by {place}"
    return _number(connection, f"select count(distinct key) from ({keys}) where key <> ''")


def _number(connection: DuckDBPyConnection, sql: str) -> int:
    [(number,)] = connection.execute(sql).fetchall()
    return int(number)
