"""What DuckDB makes of the cleaned list."""

from __future__ import annotations

from typing import Any

import duckdb

from importer.store import CleanedList


def rows_of(cleaned: CleanedList) -> list[tuple[Any, ...]]:
    """All that is in the list, by row."""
    names = [f"x{at}" for at in range(len(cleaned.columns))]
    with duckdb.connect() as connection:
        return connection.execute(f"{cleaned.sql(names)} order by row").fetchall()
