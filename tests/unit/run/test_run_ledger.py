"""The ledger: buckets that sum at every moment, and what is still pending after a kill."""

import random
import sqlite3
import stat
import time
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.errors import ConfigError, FatalError
from importer.run import Bucket, Buckets, FailedRow, Holder, Ledger, RunCommand, RunState, Sample
from importer.run.ledger import file as ledger_file
from importer.run.processes import this_holder
from importer.write import Acknowledged, Failure

NOW = datetime(2025, 3, 1, 10, 0, 0, tzinfo=UTC)
DEAD = Holder(999_999_999, this_holder(NOW).host, "gone", "2025-03-01T10:00:00Z")


def make_ledger(path: Path, ready_by_slice: list[int], outcomes=()) -> Ledger:
    outcomes = list(outcomes)
    return Ledger.create(
        path,
        plan_hash="f00d",
        rows=sum(ready_by_slice) + len(outcomes),
        ready_by_slice=ready_by_slice,
        batches=sum(-(-ready // 25) for ready in ready_by_slice),
        outcomes=outcomes,
        command=RunCommand(),
        now=NOW,
    )


def reply(slice_index: int, written=(), failed=(), existing=()) -> Acknowledged:
    failures = tuple(Failure(position, "item_too_large", "The item is larger than 400 KB.") for position in failed)
    return Acknowledged(slice_index, tuple(written), failures, tuple(existing), 0.004, 1, float(len(written)), 0)


def sample(t_s: float, dt_s: float, written: int) -> Sample:
    return Sample(
        t_s, dt_s, 1.7e9, written, written / dt_s, written / dt_s, 4.0, 9.0, 4, 0, 0, 0, 0, written // 25, None
    )


def test_a_new_ledger_has_every_row_in_a_bucket(tmp_path):
    outcomes = [
        (5, "rejected", "email", "mail"),
        (9, "duplicate", "duplicate_key", "mail"),
        (11, "skipped", "drop", ""),
    ]
    with make_ledger(tmp_path / "ledger.sqlite", [30, 12], outcomes) as ledger:
        now = ledger.snapshot()
    assert now.state is RunState.QUEUED
    assert now.buckets == Buckets(skipped=1, duplicate=1, rejected=1, pending=42)
    assert now.buckets.total == now.rows == 45
    assert (now.batches_done, now.batches_total) == (0, 3)


def test_numbers_that_do_not_add_up_never_become_a_ledger(tmp_path):
    with pytest.raises(FatalError, match="do not add up"):
        Ledger.create(
            tmp_path / "ledger.sqlite",
            plan_hash="f00d",
            rows=10,
            ready_by_slice=[8],
            batches=1,
            outcomes=[(3, "rejected", "email", "mail")],
            command=RunCommand(),
            now=NOW,
        )


def test_the_ledger_is_its_owners_alone(tmp_path):
    make_ledger(tmp_path / "ledger.sqlite", [3]).close()
    assert stat.S_IMODE((tmp_path / "ledger.sqlite").stat().st_mode) == 0o600


def test_written_failed_and_existing_rows_leave_pending(tmp_path):
    with make_ledger(tmp_path / "ledger.sqlite", [50]) as ledger:
        ledger.open_slice(0, list(range(101, 151)))
        ledger.record([reply(0, written=range(24), failed=[24])])
        ledger.record([reply(0, written=(25, 27), existing=(26,))])
        now = ledger.snapshot()
        assert now.buckets == Buckets(written=26, failed=1, skipped=1, pending=22)
        assert ledger.pending(0, 50) == [(28, 50)]
        assert ledger.failures() == [FailedRow(125, "item_too_large", "The item is larger than 400 KB.")]
        assert list(ledger.outcomes(Bucket.SKIPPED)) == [(127, "skipped", "already_in_table", "")]


def test_what_was_not_recorded_is_pending_for_the_next_process(tmp_path):
    path = tmp_path / "ledger.sqlite"
    with make_ledger(path, [100, 10]) as ledger:
        assert ledger.open_slice(0, list(range(2, 102))) == ([(0, 100)], False)
        ledger.start_slice(0)
        ledger.record([reply(0, written=range(50, 75)), reply(0, written=range(25))])
    with Ledger.open(path) as after_kill:
        assert after_kill.open_slice(0, list(range(2, 102))) == ([(25, 50), (75, 100)], True)
        assert after_kill.open_slice(1, list(range(102, 112))) == ([(0, 10)], False)
        after_kill.record([reply(0, written=(*range(25, 50), *range(75, 100))), reply(1, written=range(10))])
        assert after_kill.snapshot().buckets == Buckets(written=110)
        assert after_kill.open_slice(0, list(range(2, 102))) == ([], True)


def test_a_row_acknowledged_twice_counts_once(tmp_path):
    with make_ledger(tmp_path / "ledger.sqlite", [30]) as ledger:
        ledger.open_slice(0, list(range(30)))
        ledger.record([reply(0, written=range(20))])
        ledger.record([reply(0, written=range(10, 25), failed=[3], existing=[4])])
        assert ledger.snapshot().buckets == Buckets(written=25, pending=5)


def test_a_slice_that_is_not_as_planned_is_refused(tmp_path):
    with (
        make_ledger(tmp_path / "ledger.sqlite", [30]) as ledger,
        pytest.raises(FatalError, match="Part 1 of the list has 29 rows"),
    ):
        ledger.open_slice(0, list(range(29)))


@given(seed=st.integers(0, 2**32), kills=st.integers(0, 5))
@settings(max_examples=25)
def test_buckets_sum_at_every_moment_whatever_comes_back_in_whatever_order(tmp_path_factory, seed, kills):
    rng = random.Random(seed)
    path = tmp_path_factory.mktemp("ledger") / "ledger.sqlite"
    sizes = [rng.randint(0, 120) for _ in range(3)]
    ledger = make_ledger(path, sizes, [(row, rng.choice(["rejected", "duplicate"]), "c", "") for row in range(1, 8)])
    with Ledger.open(path, read_only=True) as reader:
        for _ in range(kills + 1):
            for index, size in enumerate(sizes):
                pending, _ = ledger.open_slice(index, list(range(1000 * index + 8, 1000 * index + 8 + size)))
                left = [position for start, stop in pending for position in range(start, stop)]
                rng.shuffle(left)
                for start in range(0, rng.randint(0, len(left)), 7):
                    part = sorted(left[start : start + 7])
                    failed, existing = part[:1] * rng.randint(0, 1), part[1:2] * rng.randint(0, 1)
                    written = [position for position in part if position not in failed + existing]
                    ledger.record([reply(index, written, failed, existing)])
                    now = reader.snapshot()
                    assert now.buckets.total == now.rows == sum(sizes) + 7
                    assert now.buckets == reader.recount()
                    assert min(now.buckets.to_dict().values()) >= 0
            ledger.close()
            ledger = Ledger.open(path)
        raw = sqlite3.connect(path)
        counted = dict(raw.execute("SELECT bucket, count(*) FROM outcome GROUP BY bucket"))
        raw.close()
        told = reader.snapshot().buckets.to_dict()
        assert counted == {b: n for b, n in told.items() if n and b not in {"written", "pending"}}
    ledger.close()


def test_control_a_ledger_that_lost_an_outcome_does_not_add_up(tmp_path):
    with make_ledger(tmp_path / "ledger.sqlite", [30], [(40, "rejected", "email", "mail")]) as ledger:
        ledger.open_slice(0, list(range(30)))
        ledger.record([reply(0, written=range(20), failed=[20])])
        assert ledger.recount() == ledger.snapshot().buckets
        ledger._connection.execute("DELETE FROM outcome WHERE bucket = 'failed'")
        assert ledger.recount() != ledger.snapshot().buckets


def test_rate_and_time_left_come_from_running_time_not_from_the_clock_on_the_wall(tmp_path):
    with make_ledger(tmp_path / "ledger.sqlite", [4000]) as ledger:
        ledger.begin(this_holder(NOW), time.monotonic())
        ledger.open_slice(0, list(range(4000)))
        ledger.record([reply(0, written=range(1000))])
        ledger.add_sample(sample(1.0, 1.0, 400))
        jumped = sample(2.0, 1.0, 600)
        ledger.add_sample(Sample(**{**vars(jumped), "wall": 1.7e9 - 3600}))
        now = ledger.snapshot()
        assert now.rate_rows_s == 500.0
        assert now.eta_s == 6.0
        assert now.active_s == 2.0
        assert [line.t_s for line in ledger.samples()] == [1.0, 2.0]
        assert [line.t_s for line in ledger.samples(1.0)] == [2.0]


def test_after_a_resume_the_numbers_of_the_start_before_are_not_told_as_now(tmp_path):
    with make_ledger(tmp_path / "ledger.sqlite", [4000]) as ledger:
        ledger.begin(this_holder(NOW), time.monotonic())
        ledger.add_sample(sample(1.0, 1.0, 400))
        assert (ledger.snapshot().rate_rows_s, ledger.snapshot().last.t_s) == (400.0, 1.0)
        ledger.set_state(RunState.PAUSED, "", NOW)
        assert ledger.snapshot().last.t_s == 1.0, "a run that stands still shows where it ended"
        ledger.begin(this_holder(NOW), time.monotonic())
        resumed = ledger.snapshot()
        assert (resumed.rate_rows_s, resumed.eta_s, resumed.last) == (None, None, None)
        ledger.add_sample(sample(2.0, 1.0, 100))
        assert (ledger.snapshot().rate_rows_s, ledger.snapshot().last.t_s) == (100.0, 2.0)


def test_a_ledger_that_does_not_tell_starts_apart_yet_is_taken_up(tmp_path):
    with make_ledger(tmp_path / "ledger.sqlite", [4000]) as ledger:
        ledger._connection.execute("ALTER TABLE holder DROP COLUMN begun_active_s")
        assert ledger.snapshot().rate_rows_s is None
        ledger.add_sample(sample(1.0, 1.0, 400))
        ledger.begin(this_holder(NOW), time.monotonic())
        assert ledger.snapshot().rate_rows_s is None
        ledger.add_sample(sample(2.0, 1.0, 100))
        assert ledger.snapshot().rate_rows_s == 100.0


def test_a_runner_without_a_sign_of_life_has_no_rate_and_the_screen_says_so(tmp_path):
    with make_ledger(tmp_path / "ledger.sqlite", [4000]) as ledger:
        ledger.begin(this_holder(NOW), time.monotonic() - 30)
        ledger.add_sample(sample(1.0, 1.0, 400))
        now = ledger.snapshot()
    assert (now.rate_rows_s, now.eta_s) == (None, None)
    assert now.pacing == "no sign of life from the runner for 30 s; it goes on when it can"


def test_the_samples_of_a_long_run_are_thinned_where_they_are_read(tmp_path):
    with make_ledger(tmp_path / "ledger.sqlite", [4000]) as ledger:
        for second in range(1, 3001):
            ledger.add_sample(sample(second + 0.4, 1.0, 1))
        thinned = ledger.samples(most=600)
        assert [line.t_s for line in thinned[:3]] == [5.4, 10.4, 15.4]
        assert thinned[-1].t_s == 3000.4
        assert len(thinned) <= 601
        assert len(ledger.samples()) == 3000


def test_the_most_connections_ever_allowed_stay_known(tmp_path):
    with make_ledger(tmp_path / "ledger.sqlite", [10]) as ledger:
        ledger.set_most_workers(16)
        ledger.set_most_workers(9)
        assert ledger.snapshot().most_workers == 16


def test_commands_reach_the_runner_and_what_is_not_named_stays(tmp_path):
    path = tmp_path / "ledger.sqlite"
    with make_ledger(path, [10]) as runner, Ledger.open(path) as page:
        page.command(rate_wcu=50.0, workers=2)
        page.command(state="pause")
        assert runner.read_command() == RunCommand("pause", 50.0, None, 0.0, 2, 2)


def test_a_cancel_of_a_queued_run_still_counts_when_its_runner_begins(tmp_path):
    with make_ledger(tmp_path / "ledger.sqlite", [10]) as ledger:
        ledger.command(state="cancel")
        ledger.begin(this_holder(NOW), 1.0)
        assert ledger.read_command().state == "cancel"


def test_a_cancel_of_an_earlier_start_no_longer_counts_after_a_resume(tmp_path):
    with make_ledger(tmp_path / "ledger.sqlite", [10]) as ledger:
        ledger.begin(this_holder(NOW), 1.0)
        ledger.command(state="cancel")
        ledger.set_state(RunState.CANCELLED, "Cancelled.", NOW)
        ledger.begin(this_holder(NOW), 2.0)
        assert ledger.read_command().state == "run"
        assert ledger.snapshot().starts == 2


@pytest.mark.parametrize(
    ("free_bytes", "told"),
    [
        (8_388_608, "The runner's process is gone"),
        (8_388_607, "is full: 8,388,607 bytes are free, 8,388,608 are needed. Free some space, then resume the run"),
    ],
    ids=["room", "no room"],
)
def test_a_run_that_a_full_disk_ended_without_a_word_is_told_with_path_and_need(
    tmp_path, monkeypatch, free_bytes, told
):
    monkeypatch.setattr(ledger_file.shutil, "disk_usage", lambda _: SimpleNamespace(free=free_bytes))
    with make_ledger(tmp_path / "ledger.sqlite", [10]) as ledger:
        ledger.begin(DEAD, 1.0)
        now = ledger.snapshot()
    assert now.state is RunState.PAUSED
    assert told in now.reason
    assert (str(tmp_path) in now.reason) is (free_bytes < 8_388_608)


def test_a_run_whose_process_is_gone_is_told_as_paused_not_running(tmp_path):
    with make_ledger(tmp_path / "ledger.sqlite", [10]) as ledger:
        ledger.begin(DEAD, 1.0)
        now = ledger.snapshot()
        assert now.state is RunState.PAUSED
        assert "process is gone" in now.reason
        ledger.begin(this_holder(NOW), 1.0)
        assert ledger.snapshot().state is RunState.RUNNING


def test_a_read_only_ledger_reads_without_a_writer_and_refuses_to_write(tmp_path):
    path = tmp_path / "ledger.sqlite"
    make_ledger(path, [10]).close()
    with Ledger.open(path, read_only=True) as reader:
        assert reader.snapshot().buckets == Buckets(pending=10)
        with pytest.raises(FatalError):
            reader.command(state="cancel")


def test_a_missing_and_a_damaged_ledger_are_plain_sentences(tmp_path):
    with pytest.raises(ConfigError, match="cannot be opened"):
        Ledger.open(tmp_path / "none.sqlite")
    (tmp_path / "bad.sqlite").write_bytes(b"not a database at all, not even close" * 100)
    with pytest.raises(FatalError, match="damaged"), Ledger.open(tmp_path / "bad.sqlite") as ledger:
        ledger.snapshot()


def test_a_full_disk_stops_with_path_and_need_and_the_ledger_stays_true(tmp_path):
    path = tmp_path / "ledger.sqlite"
    with make_ledger(path, [5000]) as ledger:
        ledger.open_slice(0, list(range(5000)))
        ledger.record([reply(0, written=range(25))])
        pages = ledger._connection.execute("PRAGMA page_count").fetchone()[0]
        ledger._connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(FatalError, match=r"The disk of .* is full: [\d,]+ bytes are free, 8,388,608 are needed"):
            for start in range(25, 5000, 25):
                ledger.record([reply(0, failed=range(start, start + 25))])
    with Ledger.open(path) as after:
        now = after.snapshot()
        assert now.buckets.total == 5000
        assert now.buckets.written == 25
        assert now.buckets.failed < 4975
