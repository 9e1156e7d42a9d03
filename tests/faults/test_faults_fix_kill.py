"""kill -9 while fixed rows are merged and while they are sent: every row in one bucket at any moment, none lost."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from run_kit import KEY, PATIENCE_S, WARM, snapshot, start_runner_process, strict_table, until

from importer.check import CheckResult, ColumnSpec, DynamoType, Schema
from importer.fix import arrived, merge, merge_fixed
from importer.plan import Pace
from importer.prove import write_reject_file
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
from importer.run.ledger import fixes
from importer.settings import Settings
from importer.table import Connection, Target

ROWS, WORKERS = 2_000, 4
BAD = range(0, ROWS, 2)
"""Every second row has no number for an age; its reject file comes back with one."""


def finished_run(settings: Settings, url: str) -> RunFolder:
    source = settings.home.parent / "contacts.csv"
    lines = (f"p{row}@example.com,Testperson {row},{'old' if row in BAD else row % 90}" for row in range(ROWS))
    source.write_text("email,name,age\n" + "\n".join(lines) + "\n")
    folder = create_run(settings, source_name=source.name, who="tester", now=datetime.now(UTC))
    adopt_source(folder, source)
    prepare_stage(folder)
    columns = (ColumnSpec("email", "email"), ColumnSpec("name", "name"), ColumnSpec("age", "age", DynamoType.N))
    prepare_schema(folder, KEY, Schema(columns, ("email",)))
    check_run(folder, KEY)
    target = Target(Connection("custom", endpoint_url=url), "made-up", "EmailContacts")
    plan = plan_run(folder, target=target, key=KEY, pace=Pace(workers=WORKERS))
    freeze_plan(folder, plan, CheckResult.open(folder.check)).close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
        assert execute_run(settings, folder.run_id) is RunState.FINISHED
    return folder


def fixed_file(folder: RunFolder) -> Path:
    path = folder.path.parent / "fixed.csv"
    path.write_text(write_reject_file(folder).read_text().replace(",old\n", ",41\n"))
    return path


def merge_child(folder: RunFolder, path: Path, dies: str, how: str) -> None:
    """Merge in a process of its own that kills itself at a named moment; `how` breaks it for the control."""

    def die(*given: Any, **named: Any) -> Any:
        os.kill(os.getpid(), signal.SIGKILL)

    if how == "without a transaction":
        Ledger._writing = lambda ledger: contextlib.nullcontext(ledger._connection)  # type: ignore[method-assign]
    if dies == "while the rows are checked":
        merge.check_stage = die  # type: ignore[assignment]
    if dies == "before the ledger is told":
        Ledger.merge = die  # type: ignore[method-assign]
    if dies == "in the middle of the ledger's work":
        fixes._keep = die  # type: ignore[assignment]
        fixes._pending = _on_call(2, fixes._pending, die)  # type: ignore[assignment]
    merge_fixed(folder, path, name="fixed.csv", who="tester")


def _on_call(number: int, real: Any, instead: Any) -> Any:
    """`real` until its call `number`, which is `instead`."""
    calls = iter(range(1, number + 1))
    return lambda *given: instead() if next(calls) == number else real(*given)


MOMENTS = ["while the rows are checked", "before the ledger is told", "in the middle of the ledger's work"]


@contextlib.contextmanager
def killed_merge(tmp_path: Path, dies: str, how: str) -> Iterator[tuple[Settings, RunFolder, Path, Any]]:
    """A run whose merge was killed at `dies`."""
    settings = Settings(tmp_path / "home")
    with strict_table(latency_s=0.005) as table:
        folder = finished_run(settings, table.url)
        path = fixed_file(folder)
        process = WARM.Process(target=merge_child, args=(folder, path, dies, how))
        process.start()
        process.join(PATIENCE_S)
        assert process.exitcode == -signal.SIGKILL
        yield settings, folder, path, table


@pytest.mark.parametrize("dies", MOMENTS)
def test_a_killed_merge_leaves_the_run_as_it_was_and_the_file_can_be_sent_again(tmp_path: Path, dies: str) -> None:
    with killed_merge(tmp_path, dies, "as it is") as (settings, folder, path, table):
        now = snapshot(folder)
        assert (now.state, now.buckets.written, now.buckets.rejected) == (RunState.FINISHED, 1_000, 1_000)
        outcome = merge_fixed(folder, path, name="fixed.csv", who="tester")
        assert (outcome.round, outcome.changed, outcome.passed) == (1, 1_000, 1_000)
        assert [left.name for left in folder.fixes.iterdir()] == ["1"]
        finish(settings, folder, "as it is")
        stored = {item["email"]["S"]: item["age"]["N"] for item in table.items()}
    assert stored == {f"p{row}@example.com": "41" if row in BAD else str(row % 90) for row in range(ROWS)}


def test_control_a_merge_that_is_not_one_transaction_leaves_rows_that_nobody_sends(tmp_path: Path) -> None:
    with killed_merge(tmp_path, MOMENTS[-1], "without a transaction") as (_, folder, _, _):
        with Ledger.open(folder.ledger, read_only=True) as ledger:
            now = ledger.snapshot()
        assert now.state is RunState.FINISHED
        assert now.buckets.pending == 1_000


@contextlib.contextmanager
def in_the_temporary_folder(folder: RunFolder, content: bytes) -> Iterator[Path]:
    """The way that leaves cells behind, for the control."""
    with tempfile.TemporaryDirectory() as made:
        path = Path(made) / "fixed"
        path.write_bytes(content)
        yield path


def upload_child(folder: RunFolder, content: bytes, temporary: str, keep: Any) -> None:
    """What a page does with a file that came, in a process that kills itself while its rows are checked."""
    tempfile.tempdir = temporary
    with keep(folder, content) as path:
        merge_child(folder, path, MOMENTS[0], "as it is")


def killed_upload(tmp_path: Path, keep: Any) -> tuple[RunFolder, bytes, list[str]]:
    """The run, what was sent, and the files that lie in the system's temporary folder afterwards."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    with strict_table() as table:
        folder = finished_run(Settings(tmp_path / "home"), table.url)
    content = fixed_file(folder).read_bytes()
    process = WARM.Process(target=upload_child, args=(folder, content, str(temporary), keep))
    process.start()
    process.join(PATIENCE_S)
    assert process.exitcode == -signal.SIGKILL
    return folder, content, [path.name for path in temporary.rglob("*") if path.is_file()]


def test_a_kill_leaves_the_file_that_a_page_was_sent_in_the_runs_own_folder_alone(tmp_path: Path) -> None:
    folder, content, left = killed_upload(tmp_path, arrived)
    assert left == []
    (path,) = folder.arrived.iterdir()
    assert path.read_bytes() == content
    assert (folder.arrived.stat().st_mode & 0o777, path.stat().st_mode & 0o777) == (0o700, 0o600)
    with arrived(folder, content) as path:
        assert [one.name for one in folder.arrived.iterdir()] == [path.name]
        assert merge_fixed(folder, path, name="fixed.csv", who="tester").passed == 1_000
    assert not folder.arrived.exists()


def test_control_in_the_systems_temporary_folder_a_kill_leaves_its_cells(tmp_path: Path) -> None:
    assert killed_upload(tmp_path, in_the_temporary_folder)[2] == ["fixed"]


@pytest.mark.parametrize(
    ("how", "loses"), [("as it is", False), ("recorded before acknowledged", True)], ids=["ours", "control"]
)
def test_fixed_rows_survive_kills_while_they_are_sent(tmp_path: Path, how: str, loses: bool) -> None:
    settings, kills, rng = Settings(tmp_path / "home"), 8, random.Random(3)
    with strict_table(latency_s=0.05, unprocessed=0.2, seed=3) as table:
        folder = finished_run(settings, table.url)
        merge_fixed(folder, fixed_file(folder), name="fixed.csv", who="tester")
        for _ in range(kills):
            process = start_runner_process(settings, folder, how)
            goal = snapshot(folder).buckets.written + rng.randint(1, 1_000 // (2 * kills))
            until(folder, lambda now, goal=goal: now.buckets.written >= goal)
            os.kill(process.pid, signal.SIGKILL)
            process.join()
            assert process.exitcode == -signal.SIGKILL, "it was killed while it was sending"
        finish(settings, folder, how)
        log = table.log()
    after = snapshot(folder)
    assert (after.state, after.buckets.written) == (RunState.FINISHED, ROWS), "the ledger says so in either case"
    lost = ROWS - len(log["written"])
    assert (lost > 0) is loses, f"{lost} rows lost"
    if not loses:
        assert sum(log["written"].values()) - ROWS <= kills * WORKERS * 25


def finish(settings: Settings, folder: RunFolder, how: str) -> None:
    process = start_runner_process(settings, folder, how)
    process.join(PATIENCE_S)
    assert process.exitcode == 0
