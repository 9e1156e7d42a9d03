"""Caps are held over time, whatever the items weigh."""

from __future__ import annotations

import random

import pytest

from importer.write.model import Command
from importer.write.pace import Bucket, Pace


def spend(pace: Pace, seconds: float, costs, *, now_s: float = 0.0) -> float:
    """WCU that start within `seconds`, as fast as the pace lets them."""
    end_s, total = now_s + seconds, 0.0
    while now_s < end_s:
        wait_s = pace.wait_s(now_s)
        if wait_s > 0:
            now_s += min(wait_s, 0.05)
            continue
        estimated, consumed = next(costs)
        pace.start(estimated, 1, now_s)
        pace.settle(estimated, consumed, 0, now_s)
        total += consumed
    return total


@pytest.mark.parametrize("rate", [10.0, 100.0, 4000.0])
def test_a_cap_is_held_within_a_tenth_over_600_seconds_for_items_of_0_1_to_60_kb(rate: float) -> None:
    dice = random.Random(rate)
    pace = Pace()
    pace.follow(Command(rate_wcu=rate), 0.0)
    most = 60 if rate >= 100 else 5

    def costs():
        while True:
            estimated = sum(dice.randint(1, most) for _ in range(25))
            yield estimated, estimated * dice.choice([1.0, 1.0, 2.0, 3.0])  # indexes cost more than was thought

    assert spend(pace, 600, costs()) == pytest.approx(rate * 600, rel=0.1)


def test_no_cap_never_waits() -> None:
    pace = Pace()
    pace.start(1e9, 25, 0.0)
    pace.settle(1e9, 1e9, 0, 0.0)
    assert pace.wait_s(0.0) == 0.0


def test_the_first_request_goes_alone_for_a_second_at_the_most() -> None:
    pace = Pace()
    pace.start(25.0, 25, 0.0)
    assert pace.wait_s(0.4) == pytest.approx(0.6)
    assert pace.wait_s(1.0) == 0.0


def test_a_lower_rate_does_not_spend_what_a_higher_one_saved() -> None:
    bucket = Bucket(rate=1000.0)
    bucket.wait_s(0.0)
    bucket.wait_s(10.0)
    bucket.set_rate(10.0, 10.0)
    bucket.take(1.0)
    assert bucket.wait_s(10.0) == pytest.approx(0.1, rel=0.01)


def test_rows_a_second_are_a_cap_of_their_own() -> None:
    pace, now_s, rows = Pace(), 0.0, 0
    pace.follow(Command(rate_rows=50.0), 0.0)
    while now_s < 60:
        wait_s = pace.wait_s(now_s)
        now_s += wait_s
        if wait_s == 0:
            pace.start(25.0, 25, now_s)
            rows += 25
    assert rows == pytest.approx(3000, rel=0.02)


def test_rows_that_come_back_do_not_count() -> None:
    pace = Pace()
    pace.follow(Command(rate_rows=25.0), 0.0)
    pace.start(25.0, 25, 0.0)
    assert pace.wait_s(0.0) == pytest.approx(1.0)
    pace.settle(25.0, 5.0, 20, 0.0)
    assert pace.wait_s(0.0) == pytest.approx(0.2, rel=0.01)


def test_the_old_pause_of_100_ms_lies_between_an_answer_and_the_next_request() -> None:
    pace = Pace()
    pace.follow(Command(pause_s=0.1), 0.0)
    assert pace.wait_s(0.0) == 0.0
    pace.start(25.0, 25, 0.0)
    pace.settle(25.0, 25.0, 0, 0.4)
    assert pace.wait_s(0.4) == pytest.approx(0.1)
    assert pace.wait_s(0.5) == 0.0


def test_a_cap_changes_while_it_runs() -> None:
    pace = Pace()
    costs = iter(lambda: (25.0, 25.0), None)
    pace.follow(Command(rate_wcu=100.0), 0.0)
    assert spend(pace, 60, costs) == pytest.approx(6000, rel=0.05)
    pace.follow(Command(rate_wcu=1000.0), 60.0)
    assert spend(pace, 60, costs, now_s=60.0) == pytest.approx(60_000, rel=0.05)
    pace.follow(Command(), 120.0)
    pace.start(25.0, 25, 120.0)
    assert pace.wait_s(120.0) == 0.0


def test_a_rate_of_nothing_starts_nothing() -> None:
    pace = Pace()
    pace.follow(Command(rate_wcu=0.0), 0.0)
    assert pace.wait_s(1000.0) > 60


def test_the_lower_of_cap_and_brake_is_in_force() -> None:
    pace = Pace()
    for step in range(100):
        pace.brake.consumed(100.0, step / 10)
    pace.brake.throttled(10.0)
    pace.follow(Command(rate_wcu=100.0), 10.0)
    assert pace.limit_wcu(10.0) == 100.0
    pace.follow(Command(rate_wcu=10_000.0), 10.0)
    assert pace.limit_wcu(10.0) == pace.brake.limit_wcu(10.0)
