"""The tables that may be asked: the cleaned list, what fails in it, and what is in each of its columns. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from importer.duckdb_engine import read_sql, text_literal
from importer.profile import SPACES
from importer.store.ask_words import QueryRefused
from importer.store.versions import CleanedList, distinct_names

PROFILED_COLUMNS = 500
"""The engine takes a second to plan so many; a wider list has SUMMARIZE."""

FAILURE_COLUMNS = ("row", "column_name", "code", "message", "holds_back")
PROFILE_COLUMNS = (
    "column_name",
    "filled",
    "empty",
    "distinct_values",
    "shortest",
    "longest",
    "most_frequent",
    "most_frequent_count",
)


@dataclass(frozen=True)
class Table:
    """A table that may be asked: its columns, the SELECT that makes it, and the files that this reads."""

    columns: tuple[str, ...]
    sql: str
    files: tuple[Path, ...]


@dataclass(frozen=True)
class CauseFacts:
    """What is said of the failures of one code in one column ("" for the whole row)."""

    code: str
    column: str
    message: str
    holds_back: bool


def list_table(cleaned: CleanedList) -> Table:
    """`row` and the columns of the list as text, in the rows that its steps leave; the names are those of
    `distinct_names`."""
    names = distinct_names([place.name for place in cleaned.columns])
    return Table(("row", *names), cleaned.sql(names), cleaned.files)


def failures_table(file: Path, not_ready: Path, causes: Iterable[CauseFacts]) -> Table:
    """A row for each cell, or row, that fails a rule or is warned about; `holds_back`: it keeps the row back, after
    all decisions. `not_ready`: the rows that will not be written."""
    facts = ", ".join(
        f"({', '.join(map(text_literal, (cause.column, cause.code, cause.message)))}, {cause.holds_back})"
        for cause in causes
    )
    causes_sql = f"(values {facts})" if facts else "(select '', '', '', false where false)"
    sql = (
        'select f."row", f."column"::varchar as column_name, f.code::varchar as code, '
        "coalesce(c.message, f.code::varchar) as message, "
        f'coalesce(c.holds_back, false) and f."row" in (select "row" from {read_sql(not_ready)}) as holds_back '
        f"from {read_sql(file)} f left join {causes_sql} c(column_name, code, message, holds_back) "
        'on c.column_name = f."column"::varchar and c.code = f.code::varchar'
    )
    return Table(FAILURE_COLUMNS, sql, (file, not_ready))


def profile_table(cleaned: CleanedList) -> Table:
    """A row for each column, counted exactly over the rows that steps leave. A cell of nothing but spaces is empty;
    `shortest` and `longest` are characters of filled cells."""
    if len(cleaned.columns) > PROFILED_COLUMNS:
        raise QueryRefused(
            f"The list has {len(cleaned.columns):,} columns, and profile holds {PROFILED_COLUMNS} at most. "
            "Write: summarize list"
        )
    names = distinct_names([place.name for place in cleaned.columns])
    only = f" semi join {read_sql(cleaned.left)} using (row)" if cleaned.left else ""
    is_filled = f"trim(cell, {text_literal(SPACES)}) <> '' as is_filled"
    filled = "filter (is_filled)"
    parts = [
        f"select {text_literal(name)} as column_name, coalesce(sum(n) {filled}, 0)::bigint as filled, "
        f"(coalesce(sum(n), 0) - coalesce(sum(n) {filled}, 0))::bigint as empty, "
        f"count(*) {filled} as distinct_values, "
        f"min(length(cell)) {filled} as shortest, max(length(cell)) {filled} as longest, "
        f"arg_max(cell, n) {filled} as most_frequent, max(n) {filled} as most_frequent_count "
        f"from (select *, {is_filled} from "
        f"(select cell, count(*) as n from ({cleaned.column_sql(place)}){only} group by cell))"
        for name, place in zip(names, cleaned.columns, strict=True)
    ]
    return Table(PROFILE_COLUMNS, " union all ".join(parts), cleaned.files)
