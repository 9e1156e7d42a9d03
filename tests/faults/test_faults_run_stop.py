"""Cancel, two starts, expired credentials, a full disk, a starter that goes away: the run stays whole and goes on."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest
from run_kit import (
    PATIENCE_S,
    REPOSITORY,
    StrictTable,
    planned_run,
    snapshot,
    start_runner_process,
    strict_table,
    until,
    until_sent_twice,
)

from importer.errors import ConfigError
from importer.run import RunFolder, RunState, cancel_run, execute_run, runner
from importer.settings import Settings

MOST_AFTER = 50
"""Requests of 4 workers in 0.25 s, each answered after 0.02 s; the promise is 0.1 s. They are counted, not timed: a
machine without time for the runner has none for its requests either."""


def importer(settings: Settings, *arguments: str, broken: str = "", **how: Any) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own, after the code in `broken`."""
    start = "import sys; from importer.__main__ import main; sys.exit(main())"
    program = ["-c", f"{broken}\n{start}"] if broken else ["-m", "importer"]
    environ = {
        **os.environ,
        "IMPORTER_HOME": str(settings.home),
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "made-up",
    }
    return subprocess.run(
        [sys.executable, *program, *arguments],
        cwd=REPOSITORY,
        env=environ,
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        **how,
    )


@pytest.mark.parametrize(("how", "stops"), [("as it is", True), ("deaf", False)], ids=["ours", "control"])
def test_after_a_cancel_no_new_request_and_the_rest_is_sent_on_resume(tmp_path: Path, how: str, stops: bool) -> None:
    settings = Settings(tmp_path / "home")
    with strict_table(latency_s=0.02) as table:
        folder = planned_run(settings, table.url, 10_000)
        process = start_runner_process(settings, folder, how)
        until(folder, lambda now: now.buckets.written > 300)
        cancel_run(settings, folder.run_id)
        before = table.log()["requests"]
        process.join(PATIENCE_S)
        assert (table.log()["requests"] - before <= MOST_AFTER) is stops
        if not stops:
            return
        assert process.exitcode == 1
        now = snapshot(folder)
        assert now.state is RunState.CANCELLED
        assert 0 < now.buckets.pending < 10_000
        assert importer(settings, "resume", folder.run_id).returncode == 0
        sent = table.log()["sent"]
    assert (len(sent), max(sent.values())) == (10_000, 1), "in order stopped means nothing sent twice"
    assert snapshot(folder).state is RunState.FINISHED


def test_of_many_starts_at_once_one_runs_and_the_others_are_told(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home")
    with strict_table(latency_s=0.5) as table:
        folder = planned_run(settings, table.url, 3_000)
        processes = [start_runner_process(settings, folder) for _ in range(5)]
        until_all_but_one_ended(processes)
        table.play(latency_s=0.0)
        for process in processes:
            process.join(PATIENCE_S)
        sent = table.log()["sent"]
    assert sorted(process.exitcode for process in processes) == [0, 7, 7, 7, 7]
    assert (len(sent), max(sent.values())) == (3_000, 1)
    assert snapshot(folder).starts == 1


def until_all_but_one_ended(processes: Sequence[Any]) -> None:
    give_up_s = time.monotonic() + PATIENCE_S
    while sum(process.is_alive() for process in processes) > 1:
        assert time.monotonic() < give_up_s, "more than one is at work"
        time.sleep(0.02)


def test_control_without_the_lock_two_starts_send_rows_twice(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home")
    with strict_table(latency_s=0.5) as table:
        folder = planned_run(settings, table.url, 2_000)
        processes = [start_runner_process(settings, folder, "without lock") for _ in range(2)]
        until_sent_twice(table)
        table.play(latency_s=0.0)
        for process in processes:
            process.join(PATIENCE_S)


def test_a_second_start_says_who_has_the_run(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home")
    with strict_table(latency_s=0.5) as table:
        folder = planned_run(settings, table.url, 5_000)
        process = start_runner_process(settings, folder)
        now = until(folder, lambda now: now.buckets.written > 0)
        second = importer(settings, "resume", folder.run_id)
        cancel_run(settings, folder.run_id)
        process.join(PATIENCE_S)
    assert now.holder is not None
    assert second.returncode == 1
    assert (
        f"is being run by process {process.pid} on host {now.holder.host}, since {now.holder.since}" in second.stderr
    )
    assert "Traceback" not in second.stderr


def test_expired_credentials_pause_the_run_and_reject_nothing(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home")
    with strict_table(latency_s=0.05) as table:
        folder = planned_run(settings, table.url, 5_000)
        process = start_runner_process(settings, folder)
        until(folder, lambda now: now.buckets.written > 300)
        table.play(expired_keys=["AKIDEXAMPLE"])
        process.join(PATIENCE_S)
        now = snapshot(folder)
        assert now.state is RunState.PAUSED
        assert "expired" in now.reason
        assert (now.buckets.failed, now.buckets.rejected) == (0, 0)
        still = importer(settings, "resume", folder.run_id)
        assert still.returncode == 1
        assert "expired" in still.stdout
        table.play(latency_s=0.0)
        assert importer(settings, "resume", folder.run_id).returncode == 0
        assert len(table.items()) == 5_000


def test_a_run_goes_on_when_whoever_started_it_is_gone(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home")
    with strict_table(latency_s=0.01) as table:
        folder = planned_run(settings, table.url, 3_000)
        code = (
            "import os, sys; from pathlib import Path; from importer.run import start_runner; "
            "from importer.settings import Settings; "
            "print(start_runner(Settings(Path(sys.argv[1])), sys.argv[2]), flush=True); os._exit(0)"
        )
        environ = {**os.environ, "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "made-up"}
        starter = subprocess.run(
            [sys.executable, "-c", code, str(settings.home), folder.run_id],
            cwd=REPOSITORY,
            env=environ,
            check=False,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
        )
        assert starter.returncode == 0, starter.stderr
        until(folder, lambda now: now.state is RunState.FINISHED)
        assert len(table.items()) == 3_000
    assert folder.log.stat().st_mode & 0o077 == 0
    until_written(folder.receipt)


def until_written(path: Path) -> None:
    """The runner writes its proof after the last row."""
    give_up_s = time.monotonic() + PATIENCE_S
    while not path.exists():
        assert time.monotonic() < give_up_s
        time.sleep(0.05)


ERRORS_AS_THEY_COME = """
from contextlib import nullcontext
from importer.run.ledger import file
file.told_as_importer_errors = lambda path: nullcontext()
"""
WRITES_UNHEARD = """
from contextlib import suppress
from importer.run import Ledger
record = Ledger.record

def unheard(ledger, acknowledged):
    with suppress(Exception):
        record(ledger, acknowledged)

Ledger.record = unheard
"""
STOPS, TOLD = "stops", "tells path and need"


@pytest.mark.parametrize(
    ("broken", "kept"),
    [("", {STOPS, TOLD}), (ERRORS_AS_THEY_COME, {STOPS}), (WRITES_UNHEARD, {TOLD})],
    ids=["ours", "control: SQLite's own errors", "control: a record that fails is not heard"],
)
def test_a_full_disk_stops_the_run_with_path_and_need_and_it_resumes(
    tmp_path: Path, broken: str, kept: set[str]
) -> None:
    settings = Settings(tmp_path / "home")
    with strict_table(latency_s=0.002) as table:
        folder = planned_run(settings, table.url, 20_000)
        stopped = full_disk_run(settings, folder, broken)
        assert stopped.returncode == 1
        assert "Traceback" not in stopped.stderr
        now, sent = snapshot(folder).buckets, len(table.log()["sent"])
        assert 0 < now.pending < 20_000
        held = {
            STOPS: sent - now.written <= 4 * 25,
            TOLD: f"The disk of {folder.path} is full" in stopped.stderr and "8,388,608 are needed" in stopped.stderr,
        }
        assert {promise for promise, holds in held.items() if holds} == kept
        if not broken:
            assert_resumes(settings, folder, table)


def full_disk_run(settings: Settings, folder: RunFolder, broken: str) -> subprocess.CompletedProcess[str]:
    """A runner that may write no file beyond 200 kB, which its ledger's log soon reaches.

    `broken` is code that takes a protection out of it. It stopped when no more was sent than was in flight: 25 rows
    for each of the 4 workers.
    """
    limit = 200_000
    return importer(
        settings,
        "resume",
        folder.run_id,
        broken=broken,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )


def assert_resumes(settings: Settings, folder: RunFolder, table: StrictTable) -> None:
    assert importer(settings, "resume", folder.run_id).returncode == 0
    assert len(table.items()) == snapshot(folder).buckets.written == snapshot(folder).rows


def test_buckets_sum_to_the_file_at_every_moment_of_a_stormy_run(tmp_path: Path) -> None:
    settings, seen = Settings(tmp_path / "home"), set()
    with strict_table(latency_s=0.02, unprocessed=0.1, lost_reply=0.02, bad_mark="bad", seed=9) as table:
        folder = planned_run(settings, table.url, 6_000, bad=range(0, 6_000, 997))
        process = start_runner_process(settings, folder)
        until(folder, lambda now: seen.add(now.buckets) or now.state is RunState.FINISHED)
        process.join(PATIENCE_S)
    assert len(seen) > 50, "many different moments were looked at"
    now = snapshot(folder)
    assert (now.buckets.written, now.buckets.failed, now.buckets.pending) == (5_993, 7, 0)


@pytest.mark.parametrize(("confirmed", "sent"), [(True, 0), (False, 500)], ids=["ours", "control"])
def test_nothing_is_sent_of_a_list_whose_source_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, confirmed: bool, sent: int
) -> None:
    """The first slice is prepared while the source is hashed; the control does not wait for the hash."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
    at_once = runner.planned_list_at_once

    @contextmanager
    def unconfirmed(folder: RunFolder, ledger: Any) -> Iterator[Any]:
        with at_once(folder, ledger) as (plan, listed, _):
            yield plan, listed, lambda: None

    if not confirmed:
        monkeypatch.setattr(runner, "planned_list_at_once", unconfirmed)
    settings = Settings(tmp_path / "home")
    with strict_table() as table:
        folder = planned_run(settings, table.url, 500)
        folder.source.write_bytes(folder.source.read_bytes().replace(b"Zo", b"zo"))
        with nullcontext() if not confirmed else pytest.raises(ConfigError, match="the source changed"):
            execute_run(settings, folder.run_id)
        assert len(table.log()["sent"]) == len(table.items()) == sent
