"""Made-up lists in run folders, planned without any engine; used by the tests of run and prove."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from importer.check import CheckResult, ColumnSpec, Email, Required, Schema, Winner
from importer.clean import History, Operation, save_history
from importer.intake import Dialect
from importer.plan import Mode, Pace, Plan
from importer.run import (
    Ledger,
    RunFolder,
    adopt_source,
    check_run,
    create_run,
    freeze_plan,
    plan_run,
    prepare_schema,
    prepare_stage,
)
from importer.settings import Settings
from importer.table import Connection, KeyPart, TableKey, Target
from importer.write import Acknowledged, Failure

KEY = TableKey(KeyPart("email", "S"))
TARGET = Target(Connection("custom", endpoint_url="http://127.0.0.1:1"), "made-up", "EmailContacts")
NOW = datetime(2025, 3, 1, 10, 0, 0, tzinfo=UTC)

LIST = (
    "email,name\r\n"
    "anna@example.com,Anna\r\n"
    "nobody,Bert\r\n"
    'cleo@example.com,"Cleo, the 2nd"\r\n'
    "anna@example.com,Anna again\r\n"
    "dora@example.com,=1+1\r\n"
    "bad@example,+49 30 555-0100\r\n"
)
"""Rows 2 to 7: 2 loses to 5 (last wins), 3 and 7 are no e-mail addresses, 4, 5 and 6 are ready."""


def checked_folder(
    tmp_path: Path,
    content: str | bytes = LIST,
    *,
    dialect: Dialect | None = None,
    operations: tuple[Operation, ...] = (),
    columns: tuple[str, ...] = ("email", "name"),
) -> RunFolder:
    """A run whose list is read and checked: the first column is an e-mail address and the key, the last one wins."""
    source = tmp_path / "list.csv"
    source.write_bytes(content if isinstance(content, bytes) else content.encode())
    folder = create_run(Settings(tmp_path / "home"), source_name="list.csv", who="tester", now=NOW)
    adopt_source(folder, source)
    prepare_stage(folder, dialect)
    save_history(folder.recipe, History(operations))
    specs = [ColumnSpec(columns[0], "email", rules=(Required(), Email()))]
    specs += [ColumnSpec(column, column) for column in columns[1:]]
    prepare_schema(folder, KEY, Schema(tuple(specs), ("email",), Winner.LAST))
    check_run(folder, KEY)
    return folder


def plan_for(folder: RunFolder, *, mode: Mode = Mode.OVERWRITE, max_bad: str | None = None) -> Plan:
    return plan_run(folder, target=TARGET, key=KEY, mode=mode, pace=Pace(), max_bad=max_bad)


def frozen_folder(tmp_path: Path, content: str | bytes = LIST, **how: object) -> RunFolder:
    """The same with its plan frozen."""
    folder = checked_folder(tmp_path, content, **how)  # type: ignore[arg-type]
    freeze_plan(folder, plan_for(folder), CheckResult.open(folder.check)).close()
    return folder


def settle(folder: RunFolder, *, written: tuple[int, ...] = (), failed: tuple[int, ...] = ()) -> None:
    """Record these positions of the first slice as a runner would."""
    failures = tuple(Failure(position, "ItemTooLarge", "The item is over 400 KB. Shorten it.") for position in failed)
    with Ledger.open(folder.ledger) as ledger:
        ledger.open_slice(0, CheckResult.open(folder.check).ready_rows(0))
        ledger.start_slice(0)
        ledger.record([Acknowledged(0, written, failures, (), 0.004, 1, 1.0, 0)])
