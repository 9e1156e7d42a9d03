"""Caps are held over time, whatever the items weigh; the brake slows down and lets go."""

from __future__ import annotations

import random

import pytest

from importer.write.brake import Brake
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
    assert pace.wait_s(0.0) == 0.0


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


def braked(brake: Brake) -> float:
    """A throttle at t=10 after 1,000 WCU/s."""
    for step in range(100):
        brake.consumed(100.0, step / 10)
    brake.throttled(10.0)
    limit = brake.limit_wcu(10.0)
    assert limit is not None
    return limit


def test_a_throttle_cuts_to_a_fifth_below_what_passed() -> None:
    assert 700 < braked(Brake()) < 850


def test_throttles_within_half_a_second_cut_once() -> None:
    brake = Brake()
    limit = braked(brake)
    brake.throttled(10.2)
    assert brake.limit_wcu(10.2) == limit


def test_the_limit_stays_creeps_past_the_edge_and_goes() -> None:
    """A table that takes about 950 WCU/s: hold 1 s, up to 0.9 of it, 6 s to 1.05 of it, then away."""
    brake = Brake()
    limit = braked(brake)
    for step in range(1, 25):
        brake.consumed(25.0, 10 + step / 40, estimated_wcu=25.0)
        brake.answered(0, 25, 10 + step / 40)
    assert brake.limit_wcu(11.0) == limit
    assert brake.limit_wcu(11.1) == pytest.approx(limit * 3**0.1)
    assert brake.limit_wcu(11.5) == pytest.approx(0.9 * limit / 0.8, rel=0.02)
    assert brake.limit_wcu(17.1) == pytest.approx(1.05 * limit / 0.8, rel=0.02)
    for step in range(100):
        brake.answered(0, 25, 17.1 + step / 100)
    assert brake.limit_wcu(18.1) == pytest.approx(2 * 1.05 * limit / 0.8, rel=0.1)
    assert brake.limit_wcu(25.0) is None


def test_beyond_the_edge_the_limit_grows_no_faster_than_replies_are_heard() -> None:
    """Two replies a second: it takes 5 s to double, not one."""
    brake = Brake()
    limit = braked(brake)
    for step in range(20):
        brake.answered(0, 25, 10.5 + step / 2)
        brake.consumed(500.0, 10.5 + step / 2)
    grown = brake.limit_wcu(20.0)
    assert grown is not None
    assert grown < 1.6 * 1.05 * limit / 0.8


def test_nothing_beyond_the_edge_is_tried_before_the_cut_is_judged() -> None:
    brake = Brake()
    limit = braked(brake)
    assert brake.limit_wcu(30.0) == pytest.approx(0.9 * limit / 0.8, rel=0.02)


def test_the_limit_creeps_from_when_the_cut_is_judged_not_from_when_it_was_made() -> None:
    """Replies are few: it takes until 14.0 to know that the cut helped, so 1.05 is reached at 20.0."""
    brake = Brake()
    limit = braked(brake)
    for step in range(1, 26):
        brake.consumed(25.0, 10 + step / 5, estimated_wcu=25.0)
        brake.answered(0, 25, 10 + step / 5)
    assert brake.limit_wcu(14.0) == pytest.approx(0.9 * limit / 0.8, rel=0.005)
    assert brake.limit_wcu(17.0) == pytest.approx(0.975 * limit / 0.8, rel=0.005)
    assert brake.limit_wcu(20.0) == pytest.approx(1.05 * limit / 0.8, rel=0.005)


def test_a_described_capacity_that_changes_is_gone_to_at_once() -> None:
    brake = Brake()
    brake.described(1000.0, 0.0)
    braked(brake)
    brake.described(3000.0, 10.5)
    assert brake.limit_wcu(10.5) == pytest.approx(0.9 * 3 * 950, rel=0.02)
    brake.described(100.0, 11.0)
    assert brake.limit_wcu(11.0) == pytest.approx(0.9 * 95, rel=0.02)


def test_without_throttles_a_described_capacity_is_no_limit() -> None:
    brake = Brake()
    brake.consumed(100.0, 0.0)
    brake.described(10.0, 0.0)
    brake.described(5.0, 1.0)
    assert brake.limit_wcu(1.0) is None


def test_a_storm_never_pushes_below_the_floor() -> None:
    brake = Brake()
    braked(brake)
    for step in range(200):
        brake.throttled(10 + step * 0.6)
    assert brake.limit_wcu(130.0) == 25.0


def test_one_throttle_in_a_hundred_is_no_edge_and_two_close_together_are() -> None:
    brake = Brake()
    for number in range(1000):
        if number % 100:
            brake.answered(0, 25, number / 10)
        else:
            brake.refused(number / 10)
    assert brake.limit_wcu(100.0) is None
    brake.refused(100.0)
    brake.refused(100.1)
    assert brake.limit_wcu(100.1) is not None


def test_few_rows_handed_back_are_everyday_and_many_are_a_throttle() -> None:
    brake = Brake()
    for number in range(100):
        brake.answered(3, 25, number / 10)
    brake.answered(20, 25, 10.0)
    assert brake.limit_wcu(10.0) is None
    for number in range(3):
        brake.answered(20, 25, 10.1 + number / 10)
    assert brake.limit_wcu(10.3) is not None


def test_the_lower_of_cap_and_brake_is_in_force() -> None:
    pace = Pace()
    braked(pace.brake)
    pace.follow(Command(rate_wcu=100.0), 10.0)
    assert pace.limit_wcu(10.0) == 100.0
    pace.follow(Command(rate_wcu=10_000.0), 10.0)
    assert pace.limit_wcu(10.0) == pace.brake.limit_wcu(10.0)
