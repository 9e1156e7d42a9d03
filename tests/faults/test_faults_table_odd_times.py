"""Limits, double starts, a machine that sleeps, a wall clock that jumps: nothing wrong on screen or in the table."""

from __future__ import annotations

import itertools
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from run_kit import planned_run, snapshot, start_runner_process, strict_table, until
from scene_kit import Scene
from strict_endpoint import Faults, running_endpoint

from importer.errors import ImporterError
from importer.plan import Mode
from importer.run import Bucket, Ledger, RunState, Snapshot, start_runner
from importer.settings import Settings

ROWS = 2_000
LIMIT = 20


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")


@pytest.fixture
def endpoint_url() -> Iterator[str]:
    """Describes the table, and nothing else."""
    with running_endpoint() as endpoint:
        yield endpoint.url


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("limit", [LIMIT, None], ids=["ours", "control"])
def test_too_many_bad_rows_pause_the_run_within_one_batch_and_it_resumes(
    tmp_path: Path, endpoint_url: str, limit: int | None, mode: Mode
) -> None:
    bad = range(0, ROWS, 2)
    told = None if limit is None else str(limit)
    planned_run(Settings(tmp_path / "home"), endpoint_url, ROWS, workers=32, bad=bad, mode=mode, max_bad=told)
    scene = Scene(tmp_path / "home", Faults(bad_mark="bad"))
    scene.mode = mode
    state = scene.run(0.05)
    failed = scene.now().buckets.failed
    if limit is None:
        assert (state, failed) == (RunState.FINISHED, len(bad))
        return
    assert state is RunState.PAUSED
    assert LIMIT < failed <= LIMIT + 25
    assert "more than the limit of 20" in scene.now().reason
    assert scene.run(0.05) is RunState.FINISHED, "a resume is a person's word to go on"
    assert [row for row, _ in scene.rows_in(Bucket.FAILED)] == list(bad)
    assert len(scene.service.items) == ROWS - len(bad)


def test_two_tabs_that_start_the_same_run_at_once_start_one_runner(tmp_path: Path) -> None:
    settings, told = Settings(tmp_path / "home"), []
    with strict_table(latency_s=0.005) as table:
        folder = planned_run(settings, table.url, 3_000)
        gate = threading.Barrier(2)

        def tab() -> None:
            gate.wait()
            try:
                start_runner(settings, folder.run_id)
            except ImporterError as error:
                told.append(str(error))

        tabs = [threading.Thread(target=tab) for _ in range(2)]
        for one in tabs:
            one.start()
        for one in tabs:
            one.join()
        until(folder, lambda now: now.state is RunState.FINISHED)
        log = table.log()
    assert snapshot(folder).starts == 1
    assert (len(log["sent"]), max(log["sent"].values())) == (3_000, 1)
    assert all("is being run by" in one for one in told)


def sane(now: Snapshot) -> None:
    """What a screen shows of it is possible."""
    assert now.buckets.total == now.rows
    assert 0 <= now.percent <= 100
    assert 0 <= now.active_s < 120
    assert now.rate_rows_s is None or 0 <= now.rate_rows_s < 100_000
    assert now.eta_s is None or 0 <= now.eta_s < 3_600
    assert now.heartbeat_age_s is None or 0 <= now.heartbeat_age_s < 120


def test_a_runner_that_sleeps_in_the_middle_goes_on_and_the_screen_stays_true(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home")
    with strict_table(latency_s=0.05) as table:
        folder = planned_run(settings, table.url, 10_000)
        process = start_runner_process(settings, folder)
        until(folder, lambda now: now.buckets.written > 1_000)
        os.kill(process.pid, signal.SIGSTOP)
        try:
            time.sleep(0.1)
            asleep = snapshot(folder)
            still = until(folder, lambda now: now.pacing.startswith("no sign of life"))
        finally:
            os.kill(process.pid, signal.SIGCONT)
        sane(still)
        assert (still.state, still.rate_rows_s, still.eta_s) == (RunState.RUNNING, None, None)
        assert still.buckets == asleep.buckets, "nothing moves while it sleeps"
        awake = until(folder, lambda now: now.buckets.written > asleep.buckets.written + 2_000)
        sane(awake)
        assert not awake.pacing.startswith("no sign of life")
        process.join(60)
        log = table.log()
    assert process.exitcode == 0
    assert (len(log["sent"]), max(log["sent"].values())) == (10_000, 1), "nothing was sent twice"
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        samples = ledger.samples()
    assert sum(sample.written for sample in samples) == 10_000
    assert max(sample.dt_s for sample in samples) > 4, "the sleep is one long sample, not a second of nothing"


@pytest.mark.parametrize("jump_s", [3_600.0, -3_600.0])
def test_a_wall_clock_that_jumps_by_an_hour_shows_nowhere(tmp_path: Path, endpoint_url: str, jump_s: float) -> None:
    planned_run(Settings(tmp_path / "home"), endpoint_url, ROWS, workers=4)
    scene = Scene(tmp_path / "home", Faults())

    def jump(now: Snapshot) -> None:
        look(now)
        sane(now)
        if now.buckets.written > 500:
            scene.wall_s = jump_s

    look, scene.look = scene.look, jump  # type: ignore[method-assign]
    assert scene.run(0.3) is RunState.FINISHED
    assert len(scene.service.items) == ROWS
    assert scene.service.met["InvalidSignatureException"] > 0, "the service did see another clock"
    with Ledger.open(scene.folder.ledger, read_only=True) as ledger:
        samples = ledger.samples()
    times = [sample.t_s for sample in samples]
    assert all(0 < later - earlier < 3 for earlier, later in itertools.pairwise(times))
    assert max(sample.rows_s for sample in samples) < 20_000
    assert max(sample.wall for sample in samples) - min(sample.wall for sample in samples) > 3_500
    assert max(now.active_s for now in scene.seen) < 30
