"""The brake: cut to what lands, back along CUBIC's curve, next to nothing where a table is full without us."""

from __future__ import annotations

import math

import pytest

from importer.write.brake import Brake


def braked(brake: Brake) -> float:
    """A throttle at t=10 after 1,000 WCU/s."""
    for step in range(100):
        brake.consumed(100.0, step / 10)
    brake.throttled(10.0)
    limit = brake.limit_wcu(10.0)
    assert limit is not None
    return limit


def lands(brake: Brake, from_s: float, to_s: float, *, replies_per_s: int = 10, refused: int = 0) -> None:
    """Replies to 25 rows each, of which `refused` came back."""
    for number in range(round((to_s - from_s) * replies_per_s)):
        now_s = from_s + number / replies_per_s
        brake.started(25.0, now_s)
        brake.consumed(25.0 - refused, now_s, estimated_wcu=25.0)
        brake.answered(refused, 25, now_s)


def refused_in_a_row(replies_per_s: int, refused: int) -> bool:
    """Whether so many refusals, one after the other, lower the rate of a run that has gone well for 5 s."""
    brake, now_s = Brake(), 0.0
    lands(brake, 0.0, 5.0, replies_per_s=replies_per_s)
    for number in range(refused):
        now_s = 5.0 + number / replies_per_s
        brake.refused(now_s)
    return brake.limit_wcu(now_s) is not None


@pytest.mark.parametrize(
    ("replies_per_s", "refused", "lowered"),
    [(10, 1, False), (10, 2, True), (200, 2, False), (200, 4, False), (200, 7, True)],
)
def test_one_refused_request_is_everyday_and_one_in_twenty_is_not(
    replies_per_s: int, refused: int, lowered: bool
) -> None:
    """Of about ten replies, or of half a second's where more come: two in a row count at 10 a second, not at 200."""
    assert refused_in_a_row(replies_per_s, refused) is lowered


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


def test_few_rows_handed_back_are_everyday_and_more_than_one_in_twenty_are_a_throttle() -> None:
    brake = Brake()
    lands(brake, 0.0, 10.0, refused=1)
    assert brake.limit_wcu(10.0) is None
    lands(brake, 10.0, 12.0, refused=4)
    assert brake.limit_wcu(12.0) is not None


def test_replies_counted_together_lower_the_rate_as_one_by_one() -> None:
    """Both have seen 6 of 25 rows come back six times after a calm second; then ten full batches go through."""
    together, singly = Brake(), Brake()
    for brake in (together, singly):
        lands(brake, 0.0, 1.0, replies_per_s=100)
        lands(brake, 1.0, 1.06, replies_per_s=100, refused=6)
    together.answered(0, 250, 1.1, replies=10)
    for _ in range(10):
        singly.answered(0, 25, 1.1)
    assert together.limit_wcu(1.1) is None is singly.limit_wcu(1.1)
    for brake in (together, singly):
        lands(brake, 1.1, 1.2, replies_per_s=200, refused=20)
    assert together.limit_wcu(1.2) == pytest.approx(singly.limit_wcu(1.2))


def test_a_first_batch_of_which_a_third_is_refused_is_enough() -> None:
    """A table that others fill is not met with four requests at a time until six replies are there."""
    brake = Brake()
    brake.started(25.0, 0.0)
    brake.consumed(16.0, 0.1, estimated_wcu=25.0)
    brake.answered(9, 25, 0.1)
    assert brake.limit_wcu(0.1) is not None
    calm = Brake()
    calm.started(25.0, 0.0)
    calm.consumed(17.0, 0.1, estimated_wcu=25.0)
    calm.answered(8, 25, 0.1)
    assert calm.limit_wcu(0.1) is None


def test_a_throttle_cuts_to_seven_tenths_of_what_landed() -> None:
    assert 600 < braked(Brake()) < 720


def test_replies_to_what_was_sent_before_a_cut_cut_no_further() -> None:
    brake = Brake()
    for _ in range(20):
        brake.started(25.0, 9.9)
    limit = braked(brake)
    for number in range(20):
        brake.consumed(0.0, 10.5 + number / 100, estimated_wcu=25.0)
        brake.refused(10.5 + number / 100)
    assert brake.limit_wcu(10.7) == pytest.approx(limit, rel=0.001)
    for number in range(20):
        brake.consumed(0.0, 10.8 + number / 100)
        brake.refused(10.8 + number / 100)
    assert brake.limit_wcu(11.0) < 0.1 * limit


def test_the_limit_comes_back_to_the_edge_in_8_s_rests_there_and_goes() -> None:
    """A table that took about 950 WCU/s: 0.7 of it, flat at the edge, 1.3 of it after 16 s, then away."""
    brake = Brake()
    edge = braked(brake) / 0.7
    lands(brake, 10.0, 40.0, replies_per_s=100)
    assert brake.limit_wcu(14.0) == pytest.approx((1 - 0.3 * 0.5**3) * edge)
    assert brake.limit_wcu(18.0) == pytest.approx(edge)
    assert brake.limit_wcu(22.0) == pytest.approx((1 + 0.3 * 0.5**3) * edge)
    assert brake.limit_wcu(26.0) == pytest.approx(1.3 * edge)
    assert brake.limit_wcu(27.0) == pytest.approx(2.6 * edge)
    assert brake.limit_wcu(40.0) is None


def test_beyond_the_edge_the_limit_grows_no_faster_than_replies_are_heard() -> None:
    """Two replies a second: from 1.3 of the edge it takes 8 s to double, not one."""
    brake = Brake()
    edge = braked(brake) / 0.7
    lands(brake, 10.0, 31.0, replies_per_s=2)
    for step in range(20):
        brake.consumed(500.0, 27.0 + step / 10)
    grown = brake.limit_wcu(29.0)
    assert grown is not None
    assert 1.3 * edge < grown < 2 * 1.3 * edge


def test_where_no_reply_comes_the_limit_stays() -> None:
    brake = Brake()
    limit = braked(brake)
    assert brake.limit_wcu(100.0) == limit


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


def test_a_storm_goes_to_next_to_nothing_and_leaves_the_edge_known() -> None:
    brake = Brake()
    edge = braked(brake) / 0.7
    for number in range(1200):
        brake.refused(10 + number / 10)
    assert brake.limit_wcu(130.0) in (0.3, 6.0)
    lands(brake, 130.0, 137.0)
    assert (brake.limit_wcu(137.0) or math.inf) > 0.8 * edge


def rows_for(brake: Brake, now_s: float) -> int:
    """Rows of one unit in a request."""
    room = brake.room(now_s)
    return int(max(1.0, min(25.0, room.rows, room.wcu)))


def test_a_table_that_refuses_single_rows_and_full_batches_more_is_left_at_the_floor() -> None:
    """Others fill it: one row in five is refused when next to nothing is sent, nine in ten of a batch."""
    brake, now_s = Brake(), 0.0
    while now_s < 60.0 and not brake.yields(now_s):
        now_s += 0.25
        rows = rows_for(brake, now_s)
        refused = round(0.9 * rows) if rows > 1 else int(now_s * 4) % 5 == 0
        brake.consumed(rows - refused, now_s)
        brake.answered(refused, rows, now_s)
    assert brake.limit_wcu(now_s) == 0.3
    assert now_s < 20.0


def test_a_table_that_refuses_as_much_of_a_batch_as_of_single_rows_sets_the_rate_free() -> None:
    brake, now_s, sent = Brake(), 0.0, 0
    for number in range(4000):
        limit = brake.limit_wcu(now_s)
        rows = rows_for(brake, now_s)
        now_s += max(rows / limit if limit else 0.0, 0.025)
        refused = rows // 5 if rows > 1 else number % 5 == 0
        brake.started(rows, now_s)
        brake.consumed(rows - refused, now_s, estimated_wcu=rows)
        brake.answered(refused, rows, now_s)
        sent += rows
    assert brake.limit_wcu(now_s) is None
    assert sent / now_s > 500


def test_requests_carry_fewer_rows_while_the_limit_is_low() -> None:
    brake = Brake()
    assert brake.room(0.0) == (math.inf, math.inf)
    limit = braked(brake)
    assert brake.room(10.0).wcu == pytest.approx(limit / 8)
