"""A table that refuses row after row for one reason stops the run within three batches, and nothing is lost by it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from main_job.kit import MainJob, TableSpec

from importer.check import CheckResult
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
from importer.table import KeyPart, TableKey, embedded_connection, find_target

KEY = TableKey(KeyPart("id", "S"))
ROWS = 3_000


def planned(main_job: MainJob, tmp_path: Path, ages: list[str]) -> tuple[RunFolder, str]:
    """A run of rows with these ages that is planned for a table without an index, and the table's name."""
    file = tmp_path / "list.csv"
    file.write_text("id,age\n" + "".join(f"p{number},{age}\n" for number, age in enumerate(ages)), "utf-8")
    table = main_job.make_table(TableSpec({"id": "S"}))
    folder = create_run(main_job.settings, source_name="list.csv", who="", now=datetime.now(UTC))
    adopt_source(folder, file)
    prepare_stage(folder)
    prepare_schema(folder, KEY)
    check_run(folder, KEY)
    target = find_target(embedded_connection(main_job.settings), table)
    freeze_plan(folder, plan_run(folder, target=target, key=KEY), CheckResult.open(folder.check)).close()
    return folder, table


def made_anew(main_job: MainJob, table: str, *, age: str = "") -> None:
    """The table, empty, with an index over `age` of that type, or without one."""
    main_job.client.delete_table(TableName=table)
    parts = {"id": "S"} | ({"age": age} if age else {})
    index = {"IndexName": "byAge", "KeySchema": [{"AttributeName": "age", "KeyType": "HASH"}]}
    indexes = [index | {"Projection": {"ProjectionType": "ALL"}}]
    main_job.client.create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": kind} for name, kind in parts.items()],
        BillingMode="PAY_PER_REQUEST",
        **({"GlobalSecondaryIndexes": indexes} if age else {}),
    )


def resumed(main_job: MainJob, folder: RunFolder) -> tuple[int, dict[str, object]]:
    code, out, _ = main_job.command("resume", folder.run_id, "--json")
    return code, json.loads(out)


def test_a_run_that_is_refused_row_after_row_pauses_and_goes_on_once_the_cause_is_mended(
    main_job: MainJob, tmp_path: Path
) -> None:
    folder, table = planned(main_job, tmp_path, ["x"] * ROWS)
    made_anew(main_job, table, age="N")
    code, summary = resumed(main_job, folder)
    assert (code, summary["state"], summary["failed"], summary["pending"]) == (1, "paused", 0, ROWS)
    assert "Row after row is refused for one reason, 75 by now: An index key has another type" in str(
        summary["reason"]
    )
    made_anew(main_job, table)
    code, summary = resumed(main_job, folder)
    assert (code, summary["state"], summary["written"], summary["failed"]) == (0, "finished", ROWS, 0)
    assert len(main_job.items(table)) == ROWS


def test_resumed_without_mending_it_pauses_again_and_each_start_gets_past_three_batches(
    main_job: MainJob, tmp_path: Path
) -> None:
    folder, table = planned(main_job, tmp_path, ["x"] * ROWS)
    made_anew(main_job, table, age="N")
    resumed(main_job, folder)
    for failed in (75, 150):
        code, summary = resumed(main_job, folder)
        assert (code, summary["state"], summary["adds_up"]) == (1, "paused", True)
        assert failed <= int(str(summary["failed"])) <= failed + 48
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        assert {one.code for one in ledger.failures(5)} == {"WrongKeyType"}


def test_control_single_rows_that_are_refused_stop_nothing(main_job: MainJob, tmp_path: Path) -> None:
    folder, table = planned(main_job, tmp_path, ["x", "", ""] * 200)
    made_anew(main_job, table, age="N")
    code, summary = resumed(main_job, folder)
    assert (code, summary["state"], summary["written"], summary["failed"]) == (3, "finished", 400, 200)


def test_control_fewer_than_three_batches_all_refused_are_failed_and_told(main_job: MainJob, tmp_path: Path) -> None:
    folder, table = planned(main_job, tmp_path, ["x"] * 60)
    made_anew(main_job, table, age="N")
    code, summary = resumed(main_job, folder)
    assert (code, summary["state"], summary["failed"], summary["pending"]) == (3, "finished", 60, 0)
