"""Store: the cleaned list as columns on disk, and one engine (DuckDB) that looks through it and answers questions."""

from __future__ import annotations

from importer.store.ask_words import QueryRefused
from importer.store.asking import MOST_ROWS, MOST_S, Answer, ask
from importer.store.csv_out import answer_csv, shown
from importer.store.looking import ListLook, RowFilter, RowOrder, value_counts
from importer.store.tables import (
    FAILURE_COLUMNS,
    PROFILE_COLUMNS,
    CauseFacts,
    Table,
    failures_table,
    list_table,
    profile_table,
)
from importer.store.versions import CleanedList, ColumnPlace, cleaned_list, distinct_names

__all__ = [
    "FAILURE_COLUMNS",
    "MOST_ROWS",
    "MOST_S",
    "PROFILE_COLUMNS",
    "Answer",
    "CauseFacts",
    "CleanedList",
    "ColumnPlace",
    "ListLook",
    "QueryRefused",
    "RowFilter",
    "RowOrder",
    "Table",
    "answer_csv",
    "ask",
    "cleaned_list",
    "distinct_names",
    "failures_table",
    "list_table",
    "profile_table",
    "shown",
    "value_counts",
]
