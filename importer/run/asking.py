"""Questions in SQL about a run's list, as pages and command line ask them."""

from __future__ import annotations

from collections.abc import Callable

from importer.check import CheckResult
from importer.run.folder import RunFolder
from importer.run.schemas import read_recipe
from importer.run.staged import open_stage
from importer.store import (
    MOST_ROWS,
    Answer,
    CauseFacts,
    CleanedList,
    Table,
    ask,
    cleaned_list,
    failures_table,
    list_table,
    profile_table,
)


def list_now(folder: RunFolder) -> CleanedList:
    """The list as the run's steps make it; columns that are not on the disk yet are made."""
    folder.store.mkdir(mode=0o700, exist_ok=True)
    return cleaned_list(open_stage(folder), read_recipe(folder), folder.store)


def ask_list(
    folder: RunFolder,
    sql: str,
    *,
    most_rows: int = MOST_ROWS,
    before_failures: Callable[[], object] = lambda: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Answer:
    """The answer to one question about `list` (cleaned), `failures` (of the last check) and `profile`.

    `before_failures` is called when the question names failures. Raises QueryRefused in words, RunCancelled when
    `cancelled` says so, ConfigError where the list was not read or not checked yet.
    """
    folder.store.mkdir(mode=0o700, exist_ok=True)

    def failures() -> Table:
        before_failures()
        return _failures(folder)

    tables = {
        "list": lambda: list_table(list_now(folder)),
        "failures": failures,
        "profile": lambda: profile_table(list_now(folder)),
    }
    return ask(sql, tables, folder.store, most_rows=most_rows, cancelled=cancelled)


def _failures(folder: RunFolder) -> Table:
    result = CheckResult.open(folder.check)
    facts = [
        CauseFacts(cause.code, cause.column, result.message(cause.code, cause.column), cause.holds_back)
        for cause in result.report.causes
    ]
    return failures_table(folder.check / "failures.parquet", folder.check / "outcomes.parquet", facts)
