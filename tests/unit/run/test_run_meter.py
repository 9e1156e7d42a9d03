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


def test_percentiles_of_nothing_and_of_one():
    assert percentile_ms([], 0.5) is None
    assert percentile_ms([0.004], 0.95) == 4.0
