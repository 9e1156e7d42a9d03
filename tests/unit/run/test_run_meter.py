"""Ticks of the engine become samples of a second; percentiles of their latencies."""

from importer.run.meter import Meter, percentile_ms
from importer.write import Tick


def tick(t_s: float, written: int, latencies_s=(), **more) -> Tick:
    values = {"in_flight": 4, "put_requests": 1, "retries": 0, "throttled": 0, "unprocessed": 0, "errors": 0} | more
    return Tick(t_s=t_s, latencies_s=tuple(latencies_s), written=written, wcu=float(written), **values)


def test_a_sample_is_the_sum_of_a_second_and_its_time_goes_on_from_earlier_starts():
    meter = Meter(base_s=60.0, start_s=1000.0)
    assert meter.add(tick(1000.5, 50, [0.010, 0.030]), 5.0) is None
    sample = meter.add(tick(1001.25, 75, [0.020], throttled=2, limit_wcu=80.0), 6.0)
    assert (sample.t_s, sample.dt_s, sample.wall) == (61.25, 1.25, 6.0)
    assert (sample.written, sample.rows_s, sample.wcu_s) == (125, 100.0, 100.0)
    assert (sample.p50_ms, sample.p95_ms, sample.throttled, sample.limit_wcu) == (20.0, 30.0, 2, 80.0)


def test_what_is_left_at_the_end_is_not_lost():
    meter = Meter(0.0, 0.0)
    meter.add(tick(1.0, 25), 1.0)
    meter.add(tick(1.2, 25), 1.2)
    rest = meter.flush(1.2)
    assert (rest.written, round(rest.dt_s, 6)) == (25, 0.2)
    assert meter.flush(1.3) is None


def test_a_sleep_is_neither_running_time_nor_part_of_a_rate_or_a_latency():
    meter = Meter(base_s=10.0, start_s=0.0)
    meter.add(tick(0.5, 50, [0.020]), 0.5)
    fell_asleep_after_sending, before_a_late_tick = 3599.780, 3599.510
    meter.add(tick(3600.25, 25, [fell_asleep_after_sending, before_a_late_tick, 0.040]), 3600.25)
    woken = meter.add(tick(3600.75, 25, [0.020]), 3600.75)
    assert (woken.t_s, woken.dt_s, woken.written, woken.rows_s) == (11.0, 1.0, 100, 100.0)
    assert [round(ms, 6) for ms in (woken.p50_ms, woken.p95_ms)] == [20.0, 40.0]
    assert meter.add(tick(3602.0, 25, [0.030]), 3602.0).t_s == 12.25


def test_a_wait_for_the_next_batch_is_no_sleep():
    """The control, without the wait told, is taken for a sleep."""
    ours, control = Meter(base_s=0.0, start_s=0.0), Meter(base_s=0.0, start_s=0.0)
    sample = ours.add(tick(8.0, 40, [0.030], waited_s=7.5), 0.0)
    assert (sample.t_s, sample.dt_s, sample.rows_s, sample.p95_ms) == (8.0, 8.0, 5.0, 30.0)
    assert control.add(tick(8.0, 40, [0.030], waited_s=0.0), 0.0) is None


def test_a_service_that_answers_late_is_no_sleep():
    meter = Meter(base_s=0.0, start_s=0.0)
    for step in range(1, 40):
        meter.add(tick(step / 4, 0), 0.0)
    late = meter.add(tick(10.0, 25, [9.5]), 0.0)
    assert (late.t_s, late.dt_s, late.p95_ms) == (10.0, 1.0, 9500.0)


def test_percentiles_of_nothing_and_of_one():
    assert percentile_ms([], 0.5) is None
    assert percentile_ms([0.004], 0.95) == 4.0


def test_a_percentile_is_the_least_value_that_so_large_a_share_does_not_exceed():
    """Nearest rank, as https://en.wikipedia.org/wiki/Percentile#The_nearest-rank_method works it out."""
    assert [percentile_ms([0.015, 0.020, 0.035, 0.040, 0.050], share) for share in (0.05, 0.3, 0.4, 0.5, 1.0)] == [
        15.0,
        20.0,
        20.0,
        35.0,
        50.0,
    ]
    assert percentile_ms([0.001, 0.002], 0.50) == 1.0
    assert percentile_ms([rank / 1000 for rank in range(1, 21)], 0.95) == 19.0, "the greatest of 20 is p100"
