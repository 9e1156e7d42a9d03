"""Which latencies are the service's when the sending stood still for our own next batch."""

from __future__ import annotations

from importer.write.standstill import Standstill


def test_a_reply_that_may_have_lain_unread_is_not_measured_and_the_next_ones_are() -> None:
    standstill = Standstill()
    before_s = standstill.waited_s
    assert standstill.waited(0.25)
    after_s = standstill.waited_s
    assert not standstill.measured(before_s), "it was under way while we waited"
    assert standstill.measured(after_s), "it was sent when the batch had come"
    assert standstill.read()
    assert standstill.measured(before_s), "it was not there yet when all were read that were"
    assert not standstill.read()


def test_batches_that_are_made_already_hide_no_latency() -> None:
    standstill = Standstill()
    for _ in range(1_000):
        assert not standstill.waited(0.000_05)
        assert standstill.measured(standstill.waited_s - 0.000_05)
        standstill.read()


def test_many_short_waits_between_two_readings_are_a_long_one() -> None:
    standstill = Standstill()
    assert [standstill.waited(0.002) for _ in range(4)] == [False, False, True, True]
    assert [standstill.measured(waited_s) for waited_s in (0.0, 0.002, 0.004)] == [False, False, True]
