"""Look through the cleaned list: search, filter, sort, count, whatever its length. Rows are told by number. I/O.

Cells, names and what a person typed are bound as values, or quoted; nothing of them is SQL.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from importer.duckdb_engine import connected, read_sql
from importer.errors import ConfigError
from importer.store.versions import CleanedList

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

BETWEEN = "\x1f"
"""Between the cells of a row that is searched as one text; nobody types it."""

SEARCHED_AT_ONCE = 500
"""Columns that are searched in one query: each takes 32 kB of memory a thread, however few rows there are."""


@dataclass(frozen=True)
class RowFilter:
    """Which rows are meant; what is left out asks for nothing. `text`: somewhere in the row, whatever its capitals.
    `column` and `value`: the cell is exactly that. `cause`: (code, column) of failures that they have. `among`: only
    of these rows of the list (int64, ascending)."""

    text: str = ""
    column: str = ""
    value: str | None = None
    cause: tuple[str, str] | None = None
    among: np.ndarray | None = field(default=None, repr=False, compare=False)

    @property
    def is_named(self) -> bool:
        """Whether `among` says it all."""
        return self.among is not None and not self.text and self.value is None and self.cause is None


@dataclass(frozen=True)
class RowOrder:
    """By the cells of `column` ("" for the order of the list): numbers by size, then texts; empty cells are last."""

    column: str = ""
    is_descending: bool = False


@dataclass(frozen=True)
class ListLook:
    """The list as it is looked through. `failures`: those of its check. It spills to `folder`."""

    cleaned: CleanedList
    failures: Path
    folder: Path

    def count(self, wanted: RowFilter) -> int:
        """How many rows are meant; of `among` alone, how many it names."""
        if wanted.is_named:
            return len(wanted.among if wanted.among is not None else ())
        return int(self._ask(f"select count(*) from {_FROM}", wanted, ())[0][0])

    def rows(self, wanted: RowFilter, order: RowOrder, offset: int, limit: int) -> list[int]:
        """Numbers of up to `limit` rows from place `offset` (from 0) on, in that order."""
        if wanted.is_named and not order.column and wanted.among is not None:
            named: list[int] = wanted.among[offset : offset + limit].tolist()
            return named
        keys = "row"
        if order.column:
            turn = "desc" if order.is_descending else "asc"
            cell = f"list.{self._alias(order.column)}"
            keys = f"{cell} = '', try_cast({cell} as double) {turn} nulls last, lower({cell}) {turn}, row"
        sql = f"select row from {_FROM} order by {keys} limit {int(limit)} offset {int(offset)}"
        return [int(row) for (row,) in self._ask(sql, wanted, (order.column,) if order.column else ())]

    def all_rows(self, wanted: RowFilter) -> np.ndarray:
        """Numbers of all rows that are meant (int64, ascending). A text is looked for in some columns at a time."""
        if not wanted.text:
            return self._numbers(wanted)
        columns, rest = self.cleaned.columns, replace(wanted, value=None)
        parts = [columns[at : at + SEARCHED_AT_ONCE] for at in range(0, len(columns), SEARCHED_AT_ONCE)]
        some = [replace(self, cleaned=replace(self.cleaned, columns=part))._numbers(rest) for part in parts]
        rows: np.ndarray = some[0] if len(some) == 1 else np.unique(np.concatenate([np.empty(0, np.int64), *some]))
        return rows if wanted.value is None else self._numbers(replace(wanted, text="", among=rows))

    def _numbers(self, wanted: RowFilter) -> np.ndarray:
        sql, values = self._query(f"select row from {_FROM}", wanted, ())
        with self._engine(wanted) as connection:
            rows: np.ndarray = np.sort(connection.execute(sql, values).fetchnumpy()["row"])
        return rows

    def values(self, wanted: RowFilter, column: str, most: int) -> list[tuple[str, int]]:
        """The most frequent cells of a column in these rows, and how many rows have each."""
        cell = f"list.{self._alias(column)}"
        sql = f"select {cell}, count(*) as n from {_FROM} group by all order by n desc, {cell} limit {int(most)}"
        return [(str(value), int(count)) for value, count in self._ask(sql, wanted, (column,))]

    def causes(self, wanted: RowFilter) -> dict[tuple[str, str], int]:
        """(code, column) of what fails in these rows → how many rows have it."""
        sql = (
            'select f.code::varchar, f."column"::varchar, count(distinct f.row) '
            f"from {read_sql(self.failures)} f where f.row in (select row from {_FROM}) group by all"
        )
        return {(str(code), str(column)): int(count) for code, column, count in self._ask(sql, wanted, ())}

    def _alias(self, column: str) -> str:
        return f"x{self._place(column)}"

    def _place(self, column: str) -> int:
        names = [place.name for place in self.cleaned.columns]
        if column not in names:
            raise ConfigError("The column that the rows were chosen by is gone. Choose another one.")
        return names.index(column)

    def _ask(self, sql: str, wanted: RowFilter, columns: Sequence[str]) -> list[tuple[Any, ...]]:
        query, values = self._query(sql, wanted, columns)
        with self._engine(wanted) as connection:
            return connection.execute(query, values).fetchall()

    @contextmanager
    def _engine(self, wanted: RowFilter) -> Iterator[DuckDBPyConnection]:
        with connected(self.folder) as connection:
            if wanted.among is not None:
                connection.register("among", pa.table({"row": pa.array(wanted.among, pa.int64())}))
            yield connection

    def _query(self, sql: str, wanted: RowFilter, columns: Sequence[str]) -> tuple[str, list[str]]:
        """`sql` names the list as `_FROM`; `columns` are those that it reads beside the filter's."""
        only, values = self._conditions(wanted)
        places = list(range(len(self.cleaned.columns)))
        if not wanted.text:
            named = dict.fromkeys((*columns, *((wanted.column,) if wanted.value is not None else ())))
            places = sorted(self._place(column) for column in named)
        part = replace(self.cleaned, columns=tuple(self.cleaned.columns[at] for at in places))
        where = f" where {' and '.join(only)}" if only else ""
        return sql.replace(_FROM, f"({part.sql([f'x{at}' for at in places])}) list{where}"), values

    def _conditions(self, wanted: RowFilter) -> tuple[list[str], list[str]]:
        only, values = [], []
        if wanted.text:
            cells = ", ".join(f"x{at}" for at in range(len(self.cleaned.columns)))
            only.append(f"contains(lower(concat_ws('{BETWEEN}', {cells})), lower(?))")
            values.append(wanted.text)
        if wanted.value is not None:
            only.append(f"{self._alias(wanted.column)} = ?")
            values.append(wanted.value)
        if wanted.cause is not None:
            failing = f'select row from {read_sql(self.failures)} where code::varchar = ? and "column"::varchar = ?'
            only.append(f"row in ({failing})")
            values += wanted.cause
        if wanted.among is not None:
            only.append("row in (select row from among)")
        return only, values


def value_counts(cleaned: CleanedList, column: str, folder: Path, most: int) -> Counter[str]:
    """Each value of a column in the rows that steps leave, and how many rows have it, exactly; of more than `most`
    values only some more than that. It spills to `folder`."""
    place = next(place for place in cleaned.columns if place.name == column)
    left = f" semi join {read_sql(cleaned.left)} using (row)" if cleaned.left else ""
    sql = f"select cell, count(*) from ({cleaned.column_sql(place)}){left} group by cell limit {int(most) + 1}"
    with connected(folder) as connection:
        counted = connection.execute(sql).fetchall()
    return Counter({str(value): int(count) for value, count in counted})


_FROM = "{rows of the filter}"
