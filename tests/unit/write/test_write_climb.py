"""Concurrency finds its own level: more connections only while they bring more rows. All in virtual time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from strict_endpoint import Faults, StrictService, VirtualClock
from strict_endpoint.kit import Result, contact_batches, run_virtual

from importer.write import Batch, Command, standstill
from importer.write.climb import MOST, Climb

ROWS = 60_000


def run(
    latency_s: float, busy_s: float, workers: int | None = None, rows: int = ROWS, **faults
) -> tuple[float, Result]:
    """Rows a second over the last two thirds, and what was told. `busy_s`: what a request costs the service."""
    clock = VirtualClock()
    service = StrictService(Faults(**faults), now=clock.now)
    begun_s = clock.now()
    batches = contact_batches(rows)
    result = run_virtual(
        service, clock, batches, latency_s=latency_s, busy_s=busy_s, command=lambda: Command(workers=workers)
    )
    assert len(result.written) == len(service.items) == rows
    whole_s = clock.now() - begun_s
    late = [tick for tick in result.ticks if tick.t_s > begun_s + whole_s / 3]
    return sum(tick.written for tick in late) / (whole_s * 2 / 3), result


def test_with_20_ms_of_latency_the_rate_is_the_same_by_concurrency_alone() -> None:
    near, _ = run(0.0005, 0.002)
    far, told = run(0.020, 0.002)
    assert far >= 0.95 * near
    assert max(tick.workers for tick in told.ticks) <= MOST


def test_control_4_connections_reach_less_than_half_of_it() -> None:
    near, _ = run(0.0005, 0.002)
    far, _ = run(0.020, 0.002, workers=4)
    assert far < 0.5 * near


def test_a_service_that_does_one_at_a_time_gets_few_connections() -> None:
    """2 ms of work and 0.5 ms of way: two connections keep it busy."""
    _, told = run(0.0005, 0.002)
    assert told.ticks[-1].workers <= 5


def test_never_more_than_64() -> None:
    _, told = run(0.5, 0.0)
    assert max(tick.workers for tick in told.ticks) == MOST


def test_a_persons_number_is_kept() -> None:
    _, told = run(0.02, 0.002, workers=7, rows=20_000)
    assert {tick.workers for tick in told.ticks} <= {4, 7}
    assert told.ticks[-1].workers == 7


def test_when_answers_get_slow_it_steps_down_says_so_and_comes_back() -> None:
    rate, told = run(0.005, 0.002, slow_spells=((2.0, 5.0, 0.1),), rows=80_000)
    begun_s = told.ticks[0].t_s
    during = [tick for tick in told.ticks if 2.0 < tick.t_s - begun_s < 5.0]
    before = max(tick.workers for tick in told.ticks if 1.5 < tick.t_s - begun_s < 2.0)
    assert min(tick.workers for tick in during) < before
    assert any(tick.reason.startswith("slower answers") for tick in during)
    assert rate > 0.7 * 12_500


def test_a_cap_teaches_nothing_about_connections() -> None:
    """The rate does not grow with the level because of the cap: the level stays where it was."""
    clock = VirtualClock()
    service = StrictService(now=clock.now)
    capped = run_virtual(
        service, clock, contact_batches(5_000), latency_s=0.02, command=lambda: Command(rate_wcu=200.0)
    )
    assert {tick.workers for tick in capped.ticks} == {4}


def test_cap_and_connections_change_while_it_runs() -> None:
    clock = VirtualClock()
    service = StrictService(now=clock.now)
    begun_s = clock.now()
    wanted = [
        (0.0, Command(rate_wcu=100.0, workers=2)),
        (20.0, Command(rate_wcu=1000.0, workers=12)),
        (40.0, Command()),
    ]

    def command() -> Command:
        return next(one for at_s, one in reversed(wanted) if clock.now() - begun_s >= at_s)

    result = run_virtual(service, clock, contact_batches(40_000), latency_s=0.02, command=command)

    def written(from_s: float, to_s: float) -> int:
        return sum(tick.written for tick in result.ticks if from_s < tick.t_s - begun_s <= to_s)

    assert written(0, 20) == pytest.approx(2_000, rel=0.1)
    assert written(20, 40) == pytest.approx(20_000, rel=0.1)
    assert {tick.workers for tick in result.ticks if 0.1 < tick.t_s - begun_s < 20} == {2}
    assert {tick.workers for tick in result.ticks if 20.1 < tick.t_s - begun_s < 40} == {12}
    assert (clock.now() - begun_s) < 41, "without a cap the rest takes less than a second"


def test_before_more_connections_are_used_a_tick_tells_their_number() -> None:
    clock = VirtualClock()
    service = StrictService(now=clock.now)
    told = [0]
    seen: list[tuple[int, int]] = []

    class Watched(StrictService):
        def handle(self, headers, body):
            seen.append((transports[0].in_flight + 1, max(told)))
            return super().handle(headers, body)

    transports: list = []
    service = Watched(now=clock.now)
    batches = contact_batches(20_000)
    run_virtual(
        service, clock, batches, latency_s=0.05, transports=transports, on_tick=lambda tick: told.append(tick.workers)
    )
    assert max(told) > 4
    assert all(in_flight <= allowed for in_flight, allowed in seen)


def test_windows_that_were_held_back_do_not_count() -> None:
    climb = Climb()
    for step in range(1000):
        climb.answered(25, 0.02, step / 100)
        climb.held_back()
    assert climb.level == 4


@pytest.mark.parametrize("long_s", [standstill.LONG_S, float("inf")], ids=["ours", "control"])
def test_waiting_for_our_own_next_batch_is_not_told_as_slower_answers(
    monkeypatch: pytest.MonkeyPatch, long_s: float
) -> None:
    """The service answers in 5 ms throughout; after 40,000 rows each piece of 16 batches takes 0.25 s to be made."""
    monkeypatch.setattr(standstill, "LONG_S", long_s)
    clock = VirtualClock()

    def batches() -> Iterator[Batch]:
        for number, batch in enumerate(contact_batches(60_000)):
            if number >= 1_600 and number % 16 == 0:
                clock.wait(0.25)
            yield batch

    told = run_virtual(StrictService(now=clock.now), clock, batches(), latency_s=0.005, busy_s=0.0002).ticks
    latencies_s = sorted(latency_s for tick in told for latency_s in tick.latencies_s)
    waited_s = sum(tick.waited_s for tick in told)
    late = [tick for tick in told if tick.t_s > told[-1].t_s - 10.0]
    assert waited_s == pytest.approx(50 * 0.25)
    assert (latencies_s[-1] < 0.03) is (long_s < 1)
    assert any(tick.reason.startswith("slower answers") for tick in told) is (long_s > 1)
    assert (late[-1].workers < late[0].workers) is (long_s > 1)
