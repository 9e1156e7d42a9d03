"""kill -9 at any moment: no row is lost, few are sent twice, and the buckets sum at every moment on the way."""

from __future__ import annotations

import os
import random
import signal
from pathlib import Path
from typing import Any

import pytest
from run_kit import PATIENCE_S, planned_run, snapshot, start_runner_process, strict_table, until

from importer.plan import Mode
from importer.run import RunFolder, RunState
from importer.settings import Settings

WORKERS = 4


def kill_again_and_again(settings: Settings, folder: RunFolder, kills: int, rng: random.Random, how: str) -> int:
    """Start a runner and kill it after some more rows, `kills` times; rows that may be sent again, by the ledger."""
    step = snapshot(folder).rows // (kills + 2)
    again = 0
    for _ in range(kills):
        process = start_runner_process(settings, folder, how)
        settled = snapshot(folder).rows - snapshot(folder).buckets.pending
        goal = settled + rng.randint(1, step)
        until(folder, lambda now, goal=goal: now.rows - now.buckets.pending >= goal)
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        assert process.exitcode == -signal.SIGKILL, "it was killed while it was sending"
        again += snapshot(folder).most_workers * 25
    return again


def finish(settings: Settings, folder: RunFolder, how: str) -> None:
    process = start_runner_process(settings, folder, how)
    process.join(PATIENCE_S)
    assert process.exitcode == 0


@pytest.mark.parametrize("workers", [WORKERS, None], ids=["4 workers", "found by itself"])
def test_20_kills_over_20_000_rows_lose_no_row_and_send_at_most_workers_x_25_twice_each(
    tmp_path: Path, workers: int | None
) -> None:
    """With a number that is found while it runs, the ledger holds the most workers there ever were."""
    settings, kills = Settings(tmp_path / "home"), 20
    with strict_table(latency_s=0.01) as table:
        folder = planned_run(settings, table.url, 20_000, workers=workers)
        again = kill_again_and_again(settings, folder, kills, random.Random(11), "as it is")
        assert snapshot(folder).state is RunState.PAUSED
        finish(settings, folder, "as it is")
        sent = table.log()["sent"]
        stored = {item["email"]["S"] for item in table.items()}
    assert stored == {f"p{row}@example.com" for row in range(20_000)}
    assert len(sent) == 20_000
    sent_again = sum(sent.values()) - 20_000
    assert 0 < sent_again <= again
    if workers is not None:
        assert again == kills * workers * 25
    after = snapshot(folder)
    assert (after.state, after.buckets.written, after.starts) == (RunState.FINISHED, 20_000, kills + 1)


@pytest.mark.parametrize(
    ("how", "loses"), [("as it is", False), ("recorded before acknowledged", True)], ids=["ours", "control"]
)
@pytest.mark.parametrize("workers", [WORKERS, None], ids=["4 workers", "found by itself"])
def test_rows_handed_back_survive_a_kill_only_if_recorded_after_they_are_acknowledged(
    tmp_path: Path, how: str, loses: bool, workers: int | None
) -> None:
    settings = Settings(tmp_path / "home")
    with strict_table(latency_s=0.01, unprocessed=0.12, seed=3) as table:
        folder = planned_run(settings, table.url, 4_000, workers=workers)
        again = kill_again_and_again(settings, folder, 5, random.Random(5), how)
        finish(settings, folder, how)
        log: dict[str, Any] = table.log()
    assert snapshot(folder).buckets.written == 4_000, "the ledger says so in either case"
    lost = 4_000 - len(log["written"])
    assert (lost > 0) is loses, f"{lost} rows lost"
    if not loses:
        assert sum(log["written"].values()) - 4_000 <= again


@pytest.mark.parametrize(
    ("how", "mistaken"), [("as it is", False), ("start not noted", True)], ids=["ours", "control"]
)
def test_after_kills_an_insert_takes_no_row_of_its_own_for_one_that_was_there_before(
    tmp_path: Path, how: str, mistaken: bool
) -> None:
    """A kill falls between a write and its record: the row is in the table, and a comparison tells whose it is."""
    settings = Settings(tmp_path / "home")
    with strict_table(latency_s=0.05) as table:
        folder = planned_run(settings, table.url, 2_000, workers=WORKERS, mode=Mode.INSERT)
        kill_again_and_again(settings, folder, 5, random.Random(5), how)
        finish(settings, folder, how)
        stored = sorted(item["email"]["S"] for item in table.items())
    assert stored == sorted(f"p{row}@example.com" for row in range(2_000)), "all are there in either case"
    buckets = snapshot(folder).buckets
    assert buckets.written + buckets.skipped == 2_000
    assert (buckets.skipped > 0) is mistaken


def test_control_a_ledger_that_is_not_told_of_more_workers_promises_too_little(tmp_path: Path) -> None:
    """Workers are found by itself, and the engine's word on them never reaches the ledger."""
    settings, kills = Settings(tmp_path / "home"), 5
    with strict_table(latency_s=0.01) as table:
        folder = planned_run(settings, table.url, 5_000, workers=None)
        again = kill_again_and_again(settings, folder, kills, random.Random(11), "workers not told")
        finish(settings, folder, "as it is")
        sent_again = sum(table.log()["sent"].values()) - 5_000
    assert sent_again > again
