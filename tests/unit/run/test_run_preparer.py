"""The process beside the runner: it makes what the runner would make, and is missed by nobody when it fails."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from unit.run.run_folders import frozen_folder

from importer.endpoint import BatchBody
from importer.run import Ledger, Preparer
from importer.run.feed import PackWork, SliceToSend, feed_batches
from importer.run.unchanged import planned_list
from importer.write import Batch, BodyOf, TableBody

REPOSITORY = Path(__file__).resolve().parents[3]
ROWS = 60
WIDE = "email,name\n" + "".join(f"p{row}@example.com,Zoë {row}\n" for row in range(ROWS))
PATIENCE_S = 60.0


def wait_until(holds, what: str) -> None:
    give_up_s = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < give_up_s, what
        time.sleep(0.02)


@pytest.fixture(scope="module")
def preparer():
    with Preparer() as started:
        wait_until(started.ready, "it did not load")
        yield started


@pytest.fixture
def listed(tmp_path):
    folder = frozen_folder(tmp_path, WIDE)
    with Ledger.open(folder.ledger) as ledger:
        yield planned_list(folder, ledger)[1], ledger


def told(batches: list[Batch]) -> list[tuple]:
    return [(one.slice_index, one.positions, list(one.puts), one.wcu, one.maybe_sent, one.body) for one in batches]


def fed(listed, body_of: BodyOf, preparer: Preparer | None) -> list[Batch]:
    with feed_batches(*listed, body_of, preparer) as batches:
        return list(batches)


@pytest.mark.parametrize(
    "body_of", [TableBody("Contacts", insert=False), TableBody("Contacts", insert=True), BatchBody()]
)
def test_its_batches_are_those_of_the_runner_byte_for_byte(listed, preparer, body_of):
    whole, _ = listed
    rows = whole.checked.ready_rows(0)
    some = SliceToSend(0, rows.argsort()[10:52], rows[10:52], maybe_sent=True)

    made = preparer.try_to(PackWork(whole, body_of), some)

    assert told(list(made)) == told(list(PackWork(whole, body_of)(some)))
    assert [len(batch.positions) for batch in made] == [25, 17]
    assert preparer.ready()


def test_a_feed_takes_what_it_made(listed, preparer, monkeypatch):
    def refuse(*_):
        raise AssertionError("the runner prepared a slice itself")

    monkeypatch.setattr(PackWork, "__call__", refuse)

    batches = fed(listed, TableBody("Contacts", insert=False), preparer)

    assert [position for batch in batches for position in batch.positions] == list(range(ROWS))


def test_without_it_the_same_feed_needs_the_runner(listed, monkeypatch):
    def refuse(*_):
        raise AssertionError("the runner prepared a slice itself")

    monkeypatch.setattr(PackWork, "__call__", refuse)

    with pytest.raises(AssertionError, match="the runner prepared a slice itself"):
        fed(listed, TableBody("Contacts", insert=False), None)


def test_a_slice_that_it_cannot_make_is_left_to_the_runner_and_it_goes_on(listed, preparer):
    whole, _ = listed
    rows = whole.checked.ready_rows(0)
    absent = SliceToSend(7, rows.argsort()[:3], rows[:3], maybe_sent=False)

    assert preparer.try_to(PackWork(whole, TableBody("Contacts", insert=False)), absent) is None
    assert preparer.ready()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "stands still"])
def test_rows_are_fed_all_the_same_when_it_is_gone(listed, how):
    with Preparer(patience_s=0.2) as doomed:
        wait_until(doomed.ready, "it did not load")
        os.kill(doomed.pid, how)

        batches = fed(listed, TableBody("Contacts", insert=False), doomed)

        assert [position for batch in batches for position in batch.positions] == list(range(ROWS))
        assert not doomed.ready(), "it is not asked again"


def test_nobody_waits_for_it_to_load(listed):
    with Preparer() as loading:
        assert not loading.ready()
        assert len(fed(listed, TableBody("Contacts", insert=False), loading)) == 3


def test_it_ends_with_a_runner_that_is_killed():
    code = (
        "import time; from importer.run import Preparer\n"
        "preparer = Preparer()\n"
        "while not preparer.ready(): time.sleep(0.02)\n"
        "print(preparer.pid, flush=True); time.sleep(600)\n"
    )
    runner = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=REPOSITORY, text=True)
    assert runner.stdout is not None
    pid = int(runner.stdout.readline())
    assert psutil.pid_exists(pid)

    runner.kill()
    runner.wait()
    runner.stdout.close()

    wait_until(lambda: not psutil.pid_exists(pid), "it outlived its runner")


def test_a_short_list_gets_none():
    assert not Preparer.worth_it(rows=39_999)
    assert not Preparer.worth_it(size_bytes=3_999_999)
