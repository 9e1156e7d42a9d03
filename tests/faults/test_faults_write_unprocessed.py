"""Promise 3: items handed back and throttling storms lose nothing, and the rate comes back."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pytest
from strict_endpoint import Faults, StrictService, VirtualClock, VirtualTransport
from strict_endpoint.kit import Result, contact_batches, contact_items, run_virtual

from importer.write import Command, Outcome, Part, Reply, Request, TableDestination, Verdict
from importer.write.brake import Brake
from importer.write.pace import Pace

ROWS = 600


class Trusting(TableDestination):
    """Takes a status 200 for success."""

    def read(self, part: Part, sent: Request, reply: Reply) -> Outcome:
        if reply.status == 200:
            return Outcome(Verdict.SETTLED, written=part.indexes)
        return super().read(part, sent, reply)


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9])
@pytest.mark.parametrize("seed", range(5))
def test_items_handed_back_at_random_all_land(seed: int, share: float) -> None:
    clock = VirtualClock()
    service = StrictService(Faults(seed=seed, unprocessed=share), now=clock.now)
    result = run_virtual(service, clock, contact_batches(ROWS), seed=seed)
    assert result.error is None
    assert result.written == list(range(ROWS))
    assert result.failed == []
    assert sorted(service.items.values(), key=lambda item: int(item["email"]["S"][7:-12])) == contact_items(ROWS)
    assert set(service.stored.values()) == {1}


def test_control_a_batch_taken_as_done_by_its_status_loses_rows() -> None:
    """What `.get("UnprocessedItems", {})` or a glance at the status makes of the same service."""
    clock = VirtualClock()
    service = StrictService(Faults(seed=1, unprocessed=0.3), now=clock.now)
    run_virtual(service, clock, contact_batches(ROWS), destination=Trusting)
    assert len(service.items) < ROWS * 0.8


def test_delays_between_tries_of_one_batch_are_jittered_and_bounded() -> None:
    clock = VirtualClock()
    service = StrictService(Faults(throttle=1.0), now=clock.now)
    begun_s = clock.now()
    command = lambda: Command(workers=1, state="cancel" if clock.now() > begun_s + 120 else "run")  # noqa: E731
    transports: list[VirtualTransport] = []
    run_virtual(service, clock, contact_batches(25), command=command, transports=transports)
    starts = transports[0].starts
    gaps = [later - earlier for earlier, later in itertools.pairwise(starts)]
    assert max(gaps) <= 5.0 + 1.1
    assert len(gaps) > 25
    assert len({round(gap, 3) for gap in gaps}) > 20


def test_after_a_storm_of_60_s_the_rate_is_back_within_10_s() -> None:
    before, after = stormy(Pace())
    assert after >= 0.8 * before > 0


def test_control_a_brake_that_never_lets_go_does_not_come_back() -> None:
    class Stuck(Brake):
        def limit_wcu(self, now_s: float) -> float | None:
            return None if math.isinf(self._limit) else self._limit

    before, after = stormy(Pace(brake=Stuck()))
    assert after < 0.2 * before


class Incurious(Brake):
    """Never asks whether what is refused comes from our rate."""

    def _ask(self, now_s: float) -> None:
        self._yield(now_s)


MIXED = {"unprocessed": 0.1, "throttle": 0.05, "error_503": 0.03}


@pytest.mark.parametrize("seed", [5, 6])
def test_after_a_storm_in_mixed_trouble_the_rate_is_back_within_10_s(seed: int) -> None:
    before, after = stormy(Pace(), seed=seed, **MIXED)
    assert after >= 0.8 * before > 0


def test_control_without_learning_what_is_chance_the_rate_is_low_before_and_after() -> None:
    ours, _ = stormy(Pace(), seed=6, **MIXED)
    assert max(stormy(Pace(brake=Incurious()), seed=6, **MIXED)) < 0.4 * ours


def stormy(pace: Pace, seed: int = 2, **trouble: float) -> tuple[int, int]:
    """Rows in the 10 s before a storm of a minute, and in those from 10 s after it on; nothing is lost.

    `trouble`: other faults, all the time.
    """
    clock = VirtualClock()
    storm = (20.0, 80.0)
    service = StrictService(Faults(seed=seed, storms=(storm,), **trouble), now=clock.now)
    begun_s = clock.now()

    def command() -> Command:
        return Command(state="cancel" if clock.now() > begun_s + 105 else "run", workers=4)

    how = {"command": command, "latency_s": 0.05, "patience_s": 50.0, "pace": pace, "seed": seed}
    result = run_virtual(service, clock, contact_batches(300_000), **how)
    assert landed(result, begun_s + 21, begun_s + 80) == 0
    assert result.failed == []
    assert len(result.written) == len(service.items)
    return landed(result, begun_s + 10, begun_s + 20), landed(result, begun_s + 90, begun_s + 100)


def test_the_brake_spares_a_throttling_service_and_control_without_it_does_not() -> None:
    """A table of 200 WCU/s: with the brake few requests are wasted, and little of its capacity."""
    wasted, taken_s = capacity_run()
    assert wasted < 0.12
    assert taken_s < 4000 / 200
    assert capacity_run(brake=False)[0] > wasted


class Loose(Brake):
    """Never slows down."""

    def throttled(self, now_s: float) -> None:
        return


def capacity_run(*, brake: bool = True) -> tuple[float, float]:
    """Share of rows sent in vain, and seconds, for 4,000 rows."""
    clock = VirtualClock()
    service = StrictService(Faults(capacity_wcu=200.0), now=clock.now)
    begun_s = clock.now()
    pace = Pace(brake=Brake() if brake else Loose())
    result = run_virtual(service, clock, contact_batches(4000), latency_s=0.01, pace=pace)
    assert len(result.written) == 4000
    sent = sum(service.sent.values())
    return 1 - 4000 / sent, clock.now() - begun_s


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("capacity", "most"), [(100.0, 0.17), (400.0, 0.06)])
def test_at_a_tables_edge_little_is_sent_in_vain_and_the_capacity_is_used(
    capacity: float, most: float, seed: int
) -> None:
    service, sent, _ = one_minute(Faults(seed=seed, capacity_wcu=capacity), seed)
    assert 1 - len(service.items) / sent < most
    assert len(service.items) >= 0.95 * capacity * 60


@pytest.mark.parametrize(
    ("fault", "share", "least"),
    [("unprocessed", 0.1, 0.75), ("unprocessed", 0.3, 0.75), ("unprocessed", 0.6, 0.6), ("throttle", 0.2, 0.8)],
)
def test_what_is_refused_whatever_we_send_hardly_brakes_in_the_first_minute(
    fault: str, share: float, least: float
) -> None:
    """Of what goes through without a brake, but with the same delays: ten to twenty seconds go by in asking."""
    assert compared_to_unbraked(Brake(), Faults(seed=1, **{fault: share})) >= least


@pytest.mark.parametrize("share", [0.75, 0.9])
def test_where_most_is_refused_whatever_we_send_nothing_brakes_from_the_second_half_minute_on(share: float) -> None:
    assert compared_to_unbraked(Brake(), Faults(seed=1, unprocessed=share), from_s=30) >= 0.9


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(1, 6))
@pytest.mark.parametrize(
    ("fault", "share"),
    [*(("unprocessed", share) for share in (0.1, 0.3, 0.5)), *(("throttle", share) for share in (0.1, 0.3, 0.5))],
)
def test_what_is_refused_whatever_we_send_hardly_brakes_with_any_seed(fault: str, share: float, seed: int) -> None:
    assert compared_to_unbraked(Brake(), Faults(seed=seed, **{fault: share})) >= 0.65


@pytest.mark.parametrize("fault", ["unprocessed", "throttle"])
def test_control_without_the_question_such_a_table_is_taken_for_a_full_one(fault: str) -> None:
    assert compared_to_unbraked(Incurious(), Faults(seed=1, **{fault: 0.2})) < 0.1


def compared_to_unbraked(brake: Brake, faults: Faults, from_s: float = 0, to_s: float = 60) -> float:
    """Rows landed in these seconds, as a share of what a sender with the same delays and no brake lands."""
    begun_s = VirtualClock().now()
    results = [one_minute(faults, faults.seed, workers=4, pace=Pace(brake=one))[2] for one in (brake, Loose())]
    ours, unbraked = (landed(result, begun_s + from_s, begun_s + to_s) for result in results)
    return ours / unbraked


def one_minute(
    faults: Faults, seed: int, workers: int | None = None, **how: Any
) -> tuple[StrictService, int, Result]:
    """The service after a minute of sending, how many rows were sent, and what the engine told."""
    clock = VirtualClock()
    service, begun_s = StrictService(faults, now=clock.now), clock.now()
    command = lambda: Command(state="cancel" if clock.now() > begun_s + 60 else "run", workers=workers)  # noqa: E731
    batches = contact_batches(100_000)
    result = run_virtual(service, clock, batches, command=command, latency_s=0.1, seed=seed, **how)
    return service, sum(service.sent.values()), result


def landed(result: Result, from_s: float, to_s: float) -> int:
    return sum(tick.written for tick in result.ticks if from_s < tick.t_s <= to_s)
