"""Limits, double starts, a machine that sleeps, a wall clock that jumps: nothing wrong on screen or in the table."""

from __future__ import annotations

import itertools
import math
import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from run_kit import PATIENCE_S, planned_run, snapshot, start_runner_process, strict_table, until, until_sent_twice
from scene_kit import Scene
from strict_endpoint import Faults, running_endpoint

from importer.errors import ImporterError
from importer.plan import Mode
from importer.run import Bucket, Ledger, RunFolder, RunState, Snapshot, cancel_run, meter, runner, start_runner
from importer.run.ledger import view
from importer.run.lock import RunLock
from importer.run.meter import Meter
from importer.run.states import Sample
from importer.settings import Settings
from importer.write import Tick

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


WITHOUT_LOCK = Path(__file__).parent / "without_lock"


def tab(settings: Settings, folder: RunFolder) -> str:
    """A person presses Start in a tab; what the tab says, empty when it started a runner."""
    try:
        start_runner(settings, folder.run_id)
    except ImporterError as error:
        return str(error)
    return ""


def test_two_tabs_that_start_the_same_run_at_once_start_one_runner(tmp_path: Path) -> None:
    settings, told = Settings(tmp_path / "home"), []
    with strict_table(latency_s=0.005) as table:
        folder = planned_run(settings, table.url, 3_000)
        gate = threading.Barrier(2)
        tabs = [threading.Thread(target=lambda: (gate.wait(), told.append(tab(settings, folder)))) for _ in range(2)]
        for one in tabs:
            one.start()
        for one in tabs:
            one.join()
        until(folder, lambda now: now.state is RunState.FINISHED)
        log = table.log()
    assert snapshot(folder).starts == 1
    assert (len(log["sent"]), max(log["sent"].values())) == (3_000, 1)
    assert all("is being run by" in one for one in told if one)


@pytest.mark.parametrize("locked", [True, False], ids=["ours", "control"])
def test_a_tab_that_starts_a_run_which_goes_already_starts_no_second_runner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    """Without the lock, in tabs and runners, two processes send the same rows."""
    if not locked:
        monkeypatch.setenv("PYTHONPATH", f"{WITHOUT_LOCK}{os.pathsep}{os.environ['PYTHONPATH']}")
        monkeypatch.setattr(RunLock, "__enter__", lambda lock: lock)
    settings = Settings(tmp_path / "home")
    with strict_table(latency_s=0.5) as table:
        folder = planned_run(settings, table.url, 10_000)
        assert tab(settings, folder) == ""
        until(folder, lambda now: now.buckets.written > 0)
        told = tab(settings, folder)
        if not locked:
            until_sent_twice(table)
        cancel_run(settings, folder.run_id)
        ended = until(folder, lambda now: now.state is not RunState.RUNNING)
        sent = table.log()["sent"]
    assert ("is being run by" in told) is locked
    assert (ended.starts, max(sent.values())) == ((1, 1) if locked else (2, 2))


def possible(now: Snapshot) -> bool:
    """Whether all can be true that a screen shows of a run of some seconds."""
    assert now.buckets.total == now.rows
    return (
        0 <= now.percent <= 100
        and 0 <= now.active_s < 120
        and 0 <= (now.rate_rows_s or 0) < 20_000
        and 0 <= (now.eta_s or 0) < 120
        and 0 <= (now.heartbeat_age_s or 0) < 120
    )


SLOW_S, SLOW_ROWS = 0.15, 3_000
"""Answers in flight when the runner falls asleep are a seventh of their second's: enough to be its 95th of 100."""

SLEEP_S = 7.0
"""Longer than a second of samples and the five after which the screen tells of no sign of life."""


@pytest.mark.parametrize(
    ("how", "wrong"),
    [
        ("as it is", set()),
        ("sleep not noticed", {"rate while asleep", "time left while asleep", "time", "rate", "latency"}),
    ],
    ids=["ours", "control"],
)
def test_a_runner_that_sleeps_in_the_middle_goes_on_and_the_screen_stays_true(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str, wrong: set[str]
) -> None:
    if wrong:
        monkeypatch.setattr(view, "STILL_S", math.inf)
    settings = Settings(tmp_path / "home")
    with strict_table(latency_s=SLOW_S) as table:
        folder = planned_run(settings, table.url, SLOW_ROWS)
        process = start_runner_process(settings, folder, how)
        until(folder, lambda now: now.buckets.written > 500 and now.last is not None)
        time.sleep(SLOW_S / 3)  # what was recorded a moment ago is followed by new requests: they are under way
        os.kill(process.pid, signal.SIGSTOP)
        try:
            time.sleep(0.1)
            asleep = snapshot(folder)
            still = until(folder, lambda now: (now.heartbeat_age_s or 0.0) > SLEEP_S)
        finally:
            os.kill(process.pid, signal.SIGCONT)
        assert still.state is RunState.RUNNING
        assert still.buckets == asleep.buckets, "nothing moves while it sleeps"
        awake = until(folder, lambda now: now.buckets.written > asleep.buckets.written + 1_000)
        process.join(PATIENCE_S)
        log = table.log()
    for now in (still, awake):
        assert possible(now)
        assert now.pacing.startswith("no sign of life") is (now is still and not wrong)
    assert process.exitcode == 0
    assert (len(log["sent"]), max(log["sent"].values())) == (SLOW_ROWS, 1), "nothing was sent twice"
    assert untrue(still, folder) == wrong


def untrue(still: Snapshot, folder: RunFolder) -> set[str]:
    """What is told as if the runner had not slept: by the screen meanwhile, and by the samples of the whole run."""
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        samples, active_s = ledger.samples(), ledger.snapshot().active_s
    assert sum(sample.written for sample in samples) == SLOW_ROWS
    assert sum(sample.dt_s for sample in samples) == pytest.approx(active_s)
    told = {
        "rate while asleep": still.rate_rows_s is not None,
        "time left while asleep": still.eta_s is not None,
        "time": max(sample.dt_s for sample in samples) > SLEEP_S - 1,
        "rate": min(sample.rows_s for sample in samples[:-1]) < 100,
        "latency": max(sample.p95_ms or 0.0 for sample in samples) > (SLEEP_S - 1) * 1000,
    }
    return {one for one, holds in told.items() if holds}


class ByTheWall(Meter):
    """Times samples by the clock on the wall."""

    def add(self, tick: Tick, wall: float) -> Sample | None:
        self.off_s = getattr(self, "off_s", tick.t_s - wall)
        return super().add(replace(tick, t_s=wall + self.off_s), wall)


@pytest.mark.parametrize("jump_s", [3_600.0, -3_600.0])
@pytest.mark.parametrize("timed", ["ours", "control: timed by the wall"])
def test_a_wall_clock_that_jumps_by_an_hour_shows_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, endpoint_url: str, jump_s: float, timed: str
) -> None:
    if timed != "ours":
        monkeypatch.setattr(runner, "Meter", ByTheWall)
        monkeypatch.setattr(meter, "STILL_S", math.inf)
    planned_run(Settings(tmp_path / "home"), endpoint_url, ROWS, workers=4)
    scene = Scene(tmp_path / "home", Faults())

    def jump(now: Snapshot) -> None:
        look(now)
        if now.buckets.written > 500:
            scene.wall_s = jump_s

    look, scene.look = scene.look, jump  # type: ignore[method-assign]
    assert scene.run(0.3) is RunState.FINISHED
    assert len(scene.service.items) == ROWS
    assert scene.service.met["InvalidSignatureException"] > 0, "the service did see another clock"
    with Ledger.open(scene.folder.ledger, read_only=True) as ledger:
        samples = ledger.samples()
    true = shown_truly(scene.seen, samples)
    assert true is (timed == "ours")
    if true:
        assert max(sample.wall for sample in samples) - min(sample.wall for sample in samples) > 3_500


def shown_truly(seen: list[Snapshot], samples: list[Sample]) -> bool:
    """Every snapshot is possible, and there is a sample for every second."""
    times = [sample.t_s for sample in samples]
    return (
        len(samples) >= 5
        and all(0 < later - earlier < 3 for earlier, later in itertools.pairwise(times))
        and max(sample.rows_s for sample in samples) < 20_000
        and all(possible(now) for now in seen)
    )
