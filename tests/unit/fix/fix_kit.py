"""A small list whose run is finished against a strict endpoint, and fixed files as people and programs make them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from strict_endpoint import Faults, running_endpoint

from importer.check import CheckResult, ColumnSpec, Email, Phone, Required, Schema, Winner
from importer.clean import History, Operation, save_history
from importer.fix import FixOutcome, merge_fixed
from importer.intake import Dialect
from importer.plan import Mode, Pace
from importer.prove import write_reject_file, write_spreadsheet_rejects
from importer.run import (
    Ledger,
    RunFolder,
    RunState,
    adopt_source,
    check_run,
    create_run,
    execute_run,
    freeze_plan,
    plan_run,
    prepare_schema,
    prepare_stage,
)
from importer.settings import Settings
from importer.table import Connection, KeyPart, TableKey, Target

KEY = TableKey(KeyPart("email", "S"))

LIST = (
    "email,name,phone\n"
    "anna@example.com,Anna,+49 30 5550100\n"
    "nobody,Bert,\n"
    "cleo@example.com,=1+1,call me\n"
    "dora at example,00123,\n"
    "emil@example.com,Emil,\n"
    "bad6@example.com,Fay,\n"
)
"""Rows 2 to 7: 2 and 6 are fine, 3 and 5 are no addresses, 4 has no phone number, 7 is refused by the service."""


@dataclass
class Table:
    """The strict endpoint's."""

    url: str
    service: Any

    def items(self) -> dict[str, dict[str, str]]:
        """E-mail → attributes, as they are stored."""
        stored = self.service.items.values()
        return {item["email"]["S"]: {name: value["S"] for name, value in item.items()} for item in stored}


@contextmanager
def strict_table(bad_mark: str = "bad") -> Iterator[Table]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
        with running_endpoint(Faults(bad_mark=bad_mark)) as endpoint:
            yield Table(endpoint.url, endpoint.service)


def checked_run(
    tmp_path: Path,
    content: str | bytes = LIST,
    *,
    operations: tuple[Operation, ...] = (),
    winner: Winner = Winner.LAST,
    dialect: Dialect | None = None,
    schema: Schema | None = None,
) -> RunFolder:
    source = tmp_path / "list.csv"
    source.write_bytes(content if isinstance(content, bytes) else content.encode())
    folder = create_run(settings_in(tmp_path), source_name="list.csv", who="tester", now=datetime.now(UTC))
    adopt_source(folder, source)
    prepare_stage(folder, dialect)
    save_history(folder.recipe, History(operations))
    columns = (
        ColumnSpec("email", "email", rules=(Required(), Email())),
        ColumnSpec("name", "name"),
        ColumnSpec("phone", "phone", rules=(Phone(),)),
    )
    prepare_schema(folder, KEY, schema or Schema(columns, ("email",), winner))
    check_run(folder, KEY)
    return folder


def planned_run(tmp_path: Path, url: str, content: str | bytes = LIST, *, mode: Mode = Mode.OVERWRITE, **how: Any):
    folder = checked_run(tmp_path, content, **how)
    target = Target(Connection("custom", endpoint_url=url), "made-up", "EmailContacts")
    plan = plan_run(folder, target=target, key=KEY, mode=mode, pace=Pace(workers=1))
    freeze_plan(folder, plan, CheckResult.open(folder.check)).close()
    return folder


def finished_run(tmp_path: Path, url: str, content: str | bytes = LIST, **how: Any) -> RunFolder:
    folder = planned_run(tmp_path, url, content, **how)
    assert send(folder) is RunState.FINISHED
    return folder


def send(folder: RunFolder) -> RunState:
    return execute_run(Settings(folder.path.parents[1]), folder.run_id)


def settings_in(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "home")


Row = dict[str, Any]


def exact(folder: RunFolder, change: Callable[[str], str] = lambda text: text) -> Path:
    """The exact file, changed as a text editor would."""
    path = folder.path.parent / "fixed.csv"
    path.write_bytes(change(write_reject_file(folder).read_bytes().decode()).encode())
    return path


def spreadsheet(folder: RunFolder, change: Callable[[list[Row]], list[Row]] = lambda rows: rows, **save: Any) -> Path:
    """The file for spreadsheets, rows changed, saved as `save` says (delimiter, encoding)."""
    text = write_spreadsheet_rejects(folder).read_text("utf-8-sig")
    rows = change(list(csv.DictReader(io.StringIO(text, newline=""), restkey="")))
    return save_rows(folder, rows, **save)


def save_rows(folder: RunFolder, rows: list[Row], *, delimiter: str = ",", encoding: str = "utf-8-sig") -> Path:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    names = [name for name in rows[0] if name]
    writer.writerow(names)
    writer.writerows([*(row[name] for name in names), *row.get("", ())] for row in rows)
    path = folder.path.parent / "fixed.csv"
    path.write_bytes(out.getvalue().encode(encoding, "replace"))
    return path


def with_cells(cells: dict[int, Row]) -> Callable[[list[Row]], list[Row]]:
    """A change of cells by row number."""
    return lambda rows: [row | cells.get(int(row["_row"]), {}) for row in rows]


def merge(folder: RunFolder, path: Path) -> FixOutcome:
    return merge_fixed(folder, path, name=path.name, who="tester")


def buckets(folder: RunFolder) -> dict[str, int]:
    """The buckets that hold rows, counted two ways."""
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        now, counted = ledger.snapshot(), ledger.recount()
    assert now.buckets == counted
    assert now.buckets.total == now.rows
    return {name: rows for name, rows in counted.to_dict().items() if rows}
