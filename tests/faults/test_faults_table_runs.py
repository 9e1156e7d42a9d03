"""Every line of the fault table, over 5 seeds: a whole run with its ledger, in virtual time.

At the end the table holds exactly what it should, byte for byte; the buckets sum at every moment that was looked at;
the run stands where the guide says, and screen and ledger say what the guide says; and the fault was met each time.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fault_table import BAD, ROWS, TABLE, THERE, Fault
from ledger_words import HOLDS, untrue
from run_kit import REPOSITORY, planned_run
from scene_kit import Scene, another, as_bytes, item
from strict_endpoint import Faults, running_endpoint

from importer.plan import Mode
from importer.run import Bucket, RunState
from importer.settings import Settings
from importer.write import FailedRow, Outcome, Part, Reply, Request, TableDestination, Verdict

GUIDE = REPOSITORY / "docs" / "guide" / "faults.md"
CASES = [
    pytest.param(fault, faults, seed, id=f"{fault.title}-{number}-seed{seed}")
    for fault in TABLE
    for number, faults in enumerate(fault.variants())
    for seed in range(5)
]


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[Mode, Path]]:
    """A planned run of each mode, to be copied; its table is described by an endpoint that only does that."""
    with running_endpoint() as endpoint:
        homes = {}
        for mode in Mode:
            homes[mode] = tmp_path_factory.mktemp(mode.value) / "home"
            planned_run(Settings(homes[mode]), endpoint.url, ROWS, workers=None, bad=BAD, mode=mode)
        yield homes


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")


def scene(planned: dict[Mode, Path], tmp_path: Path, faults: dict[str, Any], seed: int, **how: Any) -> Scene:
    shutil.copytree(planned[how.get("mode", Mode.OVERWRITE)], tmp_path / "home")
    return Scene(tmp_path / "home", Faults(seed=seed, **faults), **how)


@pytest.mark.parametrize(("fault", "faults", "seed"), CASES)
def test_a_line_of_the_fault_table_holds(
    planned: dict[Mode, Path], tmp_path: Path, fault: Fault, faults: dict[str, Any], seed: int
) -> None:
    played = scene(planned, tmp_path, faults, seed, mode=fault.mode, after=fault.after)
    assert played.run(fault.latency_s) is fault.ends
    stood = played.now()
    assert fault.unmet(faults, played.service.met) == []
    assert fault.says in played.said() if fault.says else played.said() == ""
    assert untrue(guide_lines()[fault.title][2], played, fault, stood) == []
    assert (stood.state, stood.buckets.failed) == (fault.ends, len(fault.failed))
    if fault.ends is not RunState.FINISHED:
        assert fault.says in stood.reason
        assert stood.buckets.written == len(played.service.items) > 0
        assert stood.buckets.pending == ROWS - stood.buckets.written
        played.service.set_faults(Faults())
        assert played.run(fault.latency_s) is RunState.FINISHED
    assert_exact(played, fault)


def assert_exact(played: Scene, fault: Fault) -> None:
    expected = [
        another(row) if row in fault.existing else item(row) for row in range(ROWS) if row not in fault.failed
    ]
    assert as_bytes(played.service.items.values()) == as_bytes(expected)
    end = played.now()
    assert (end.state, end.pacing, end.buckets.pending) == (RunState.FINISHED, "", 0)
    assert [row for row, _ in played.rows_in(Bucket.FAILED)] == list(fault.failed)
    assert played.rows_in(Bucket.SKIPPED) == [(row, "already_in_table") for row in fault.existing]
    assert end.buckets.written == ROWS - len(fault.failed) - len(fault.existing)
    if not fault.repeats:
        assert set(played.service.stored.values()) == {1}


class Trusting(TableDestination):
    """The control: takes a status 200 for success, as careless clients do."""

    def read(self, part: Part, sent: Request, reply: Reply) -> Outcome:
        if reply.status == 200:
            return Outcome(Verdict.SETTLED, written=part.indexes)
        return super().read(part, sent, reply)


@pytest.mark.parametrize("name", ["unprocessed", "cut_json", "wrong_crc", "html", "no_key"])
def test_control_a_run_that_trusts_the_status_finishes_and_has_lost_rows(
    planned: dict[Mode, Path], tmp_path: Path, name: str
) -> None:
    played = scene(planned, tmp_path, {name: 0.2}, 1)
    assert played.run(0.05, Trusting) is RunState.FINISHED
    assert played.now().buckets.written == ROWS
    assert len(played.service.items) < ROWS


class Forgetful(TableDestination):
    """The control: does not remember that an INSERT may have landed though its reply was lost."""

    def read(self, part: Part, sent: Request, reply: Reply) -> Outcome:
        return super().read(Part(part.batch, part.indexes, part.ask, part.attempt), sent, reply)


def test_control_without_comparing_our_own_rows_count_as_existing(planned: dict[Mode, Path], tmp_path: Path) -> None:
    played = scene(planned, tmp_path, {"lost_reply": 0.3}, 1, mode=Mode.INSERT)
    played.run(0.05, Forgetful)
    assert played.now().buckets.skipped > len(THERE)


class GivesUp(TableDestination):
    """The control: refused credentials count as rows that failed."""

    def read(self, part: Part, sent: Request, reply: Reply) -> Outcome:
        outcome = super().read(part, sent, reply)
        if outcome.verdict is Verdict.PAUSE:
            return Outcome(Verdict.SETTLED, failed=[FailedRow(index, "refused", "") for index in part.indexes])
        return outcome


@pytest.mark.parametrize(
    "faults",
    [{"expired_keys": ("AKIDEXAMPLE",)}, {"denied": ("BatchWriteItem",)}],
    ids=["expired", "denied"],
)
def test_control_refused_credentials_taken_for_bad_rows_fail_the_list(
    planned: dict[Mode, Path], tmp_path: Path, faults: dict[str, Any]
) -> None:
    played = scene(planned, tmp_path, faults, 1, after=5)
    played.run(0.05, GivesUp)
    assert played.now().reason.startswith("Row after row is refused for one reason"), "stopped, but not for its cause"
    played.run(0.05, GivesUp)
    assert played.now().buckets.failed > 0


class NotAgain(TableDestination):
    """The control: what was throttled, or has no proof, counts as failed instead of being sent again."""

    def read(self, part: Part, sent: Request, reply: Reply) -> Outcome:
        outcome = super().read(part, sent, reply)
        if outcome.verdict in (Verdict.THROTTLED, Verdict.RETRY):
            return Outcome(Verdict.SETTLED, failed=[FailedRow(index, "refused", "") for index in part.indexes])
        return outcome


@pytest.mark.parametrize(
    "name", ["throttle", "error_500", "error_503", "no_code", "reset", "lost_reply", "half_body"]
)
def test_control_what_is_not_sent_again_fails_good_rows(planned: dict[Mode, Path], tmp_path: Path, name: str) -> None:
    played = scene(planned, tmp_path, {name: 0.2}, 1)
    assert played.run(0.05, NotAgain) is RunState.FINISHED
    assert played.now().buckets.failed == 25 * played.service.met[name] > 0


class StopsAtOnce(TableDestination):
    """The control: signs by its own clock whatever the service says."""

    def _follow_clock(self, outcome: Outcome, reply: Reply) -> Outcome:
        return outcome


def test_control_a_clock_that_is_not_followed_never_writes(planned: dict[Mode, Path], tmp_path: Path) -> None:
    played = scene(planned, tmp_path, {"clock_offset_s": 7200.0}, 1)
    assert played.run(0.05, StopsAtOnce) is RunState.PAUSED
    assert played.service.items == {}


class Undivided(TableDestination):
    """The control: a refused batch is refused as a whole."""

    def read(self, part: Part, sent: Request, reply: Reply) -> Outcome:
        outcome = super().read(part, sent, reply)
        if outcome.verdict is Verdict.SPLIT:
            return Outcome(Verdict.SETTLED, failed=outcome.failed)
        return outcome


def test_control_without_dividing_one_bad_item_costs_its_whole_batch(
    planned: dict[Mode, Path], tmp_path: Path
) -> None:
    played = scene(planned, tmp_path, {"bad_mark": "bad"}, 1)
    played.run(0.05, Undivided)
    assert played.now().buckets.failed == 50


def test_control_a_run_without_a_fault_holds_nothing_that_a_fault_leaves_in_the_ledger(
    planned: dict[Mode, Path], tmp_path: Path
) -> None:
    quiet = scene(planned, tmp_path, {}, 1)
    assert quiet.run(0.05) is RunState.FINISHED
    stood = quiet.now()
    slow, storm = (next(fault for fault in TABLE if name in fault.faults) for name in ("slow", "storms"))
    assert untrue("latencies in the samples", quiet, slow, stood) == ["latencies in the samples"]
    left = [
        "rows pending until they land",
        "the limit in force, in the samples",
        "the reason, as an event",
        "each row written once, though the table may have taken it twice",
        "the rest pending",
        "failed as a run",
        "resumes",
    ]
    assert untrue("; ".join(left), quiet, storm, stood) == left


def guide_lines() -> dict[str, list[str]]:
    """First cell → the other cells of the guide's table."""
    lines = [line for line in GUIDE.read_text("utf-8").splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {first: rest for first, *rest in cells if len(rest) == 3 and first != "Fault"}


def test_the_guide_has_each_line_and_no_other() -> None:
    assert list(guide_lines()) == [fault.title for fault in TABLE]


@pytest.mark.parametrize("fault", TABLE, ids=lambda fault: fault.title)
def test_the_guide_says_what_the_screen_says_and_only_what_the_ledger_is_asked_for(fault: Fault) -> None:
    does, says, holds = guide_lines()[fault.title]
    first = {RunState.FINISHED: "Goes on", RunState.PAUSED: "Pauses", RunState.FAILED: "Stops"}[fault.ends]
    assert does.startswith(first)
    assert fault.says in says
    assert ('"' in says) is bool(fault.says)
    assert set(holds.split("; ")) <= set(HOLDS)


@pytest.mark.parametrize("fault", TABLE, ids=lambda fault: fault.title)
def test_control_a_line_whose_fault_is_not_played_does_not_hold(fault: Fault) -> None:
    for faults in fault.variants():
        assert fault.unmet(faults, Counter()) != []
