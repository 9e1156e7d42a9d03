"""Long works beside the pages: joined, replaced, in turn, stopped, and done by a process of their own."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from unit.run import beside_jobs

from importer.errors import FatalError, RunCancelled, SourceError
from importer.run import Work, Works, workers

PATIENCE_S = 60.0


@pytest.fixture
def works(monkeypatch: pytest.MonkeyPatch) -> Iterator[Works]:
    """One at a time."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    made = Works(1)
    yield made
    made.close()


def wait_for(is_so: Callable[[], bool]) -> None:
    end_s = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < end_s
        time.sleep(0.005)


def ended(work: Work) -> Work:
    assert work.has_ended.wait(PATIENCE_S)
    return work


class Held:
    """A job that goes on until it is let go or stopped."""

    def __init__(self) -> None:
        self.let_go = threading.Event()

    def __call__(self, tell: Callable[[int, int], None], is_stopped: Callable[[], bool]) -> str:
        while not self.let_go.wait(0.005):
            if is_stopped():
                raise RunCancelled("It was stopped.")
        tell(4, 4)
        return "done"


def test_who_asks_for_the_same_joins_it_and_has_what_came_of_it(works: Works) -> None:
    job = Held()
    first = works.ask("list", "check", "a", job, apart=False)
    assert works.ask("list", "check", "a", job, apart=False) is first
    assert works.going("list", "check") is first
    job.let_go.set()
    assert ended(first).result == "done"
    assert first.share == 1.0
    assert works.going("list", "check") is None
    assert works.ask("list", "check", "a", job, apart=False) is first, "kept"
    assert works.begin("list", "check", "a", job, apart=False) is not first, "control: begun anew"


def test_another_version_takes_the_place_and_begins_when_the_one_before_has_ended(works: Works) -> None:
    first = works.ask("list", "check", "a", Held(), apart=False)
    job = Held()
    job.let_go.set()
    second = works.ask("list", "check", "b", job, apart=False)
    assert ended(second).result == "done"
    assert first.has_ended.is_set()
    assert isinstance(first.error, RunCancelled)
    other = works.ask("other list", "check", "a", Held(), apart=False)
    assert not other.is_cancelled.is_set(), "control: another list's goes on"
    works.stop("other list", "check")
    ended(other)


def test_what_failed_is_told_once_and_then_tried_again(works: Works) -> None:
    first = ended(works.ask("list", "read", "a", beside_jobs.refuse, apart=False))
    assert works.ask("list", "read", "a", beside_jobs.refuse, apart=False) is first
    first.is_told = True
    assert works.ask("list", "read", "a", beside_jobs.refuse, apart=False) is not first


def test_a_stop_is_for_every_page_until_a_person_asks_again(works: Works) -> None:
    work = works.ask("list", "check", "a", Held(), apart=False)
    works.stop("list", "check")
    assert isinstance(ended(work).error, RunCancelled)
    assert works.is_stopped("list", "check")
    assert not works.is_stopped("list", "profile"), "control"
    works.allow("list", "check")
    assert not works.is_stopped("list", "check")


def test_as_many_as_there_are_cores_go_at_a_time_and_the_others_wait_in_order(works: Works, tmp_path: Path) -> None:
    begun = [tmp_path / name for name in "abc"]
    jobs = [partial(beside_jobs.until_stopped, begun=path) for path in begun]
    first, second = (works.begin(f"list {at}", "read", "", jobs[at]) for at in range(2))
    wait_for(begun[0].exists)
    wait_for(lambda: second.ahead == 1)
    third = works.begin("list 2", "read", "", jobs[2])
    wait_for(lambda: third.ahead == 2)
    at_once = works.begin("list 3", "check", "", beside_jobs.where, apart=False)
    assert ended(at_once).result == os.getpid(), "what takes a moment waits for nobody"
    works.stop("list 1", "read")
    assert isinstance(ended(second).error, RunCancelled)
    assert not begun[1].exists(), "stopped before its turn"
    works.stop("list 0", "read")
    ended(first)
    wait_for(begun[2].exists)
    assert third.ahead == 0
    works.stop("list 2", "read")
    ended(third)


def test_a_process_does_it_and_the_next_work_too(works: Works) -> None:
    first = ended(works.begin("list", "read", "", beside_jobs.where))
    assert first.error is None
    assert first.result != os.getpid()
    assert ended(works.begin("other", "read", "", beside_jobs.where)).result == first.result, "the loaded one"
    assert ended(works.begin("list", "read", "", beside_jobs.where, apart=False)).result == os.getpid(), "control"


def test_errors_come_back_as_they_are_and_others_without_their_text(works: Works) -> None:
    refused = ended(works.begin("list", "read", "", beside_jobs.refuse))
    assert isinstance(refused.error, SourceError)
    assert str(refused.error) == "There is no list in it."
    crashed = ended(works.begin("list", "read", "crash", beside_jobs.crash))
    assert isinstance(crashed.error, FatalError)
    assert "ann@example.com" not in str(crashed.error)


def test_a_process_that_is_lost_is_said_and_another_does_the_next(works: Works) -> None:
    lost = ended(works.begin("list", "read", "", beside_jobs.die))
    assert isinstance(lost.error, FatalError)
    assert "ended" in str(lost.error)
    assert ended(works.begin("list", "read", "next", beside_jobs.where)).error is None


def test_one_that_does_not_hear_the_stop_is_ended(
    works: Works, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "STOP_S", 0.05)
    work = works.begin("list", "check", "", partial(beside_jobs.deaf, begun=tmp_path / "begun"))
    wait_for((tmp_path / "begun").exists)
    works.stop("list", "check")
    assert isinstance(ended(work).error, RunCancelled)
