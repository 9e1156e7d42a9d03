"""Promise 3: items handed back and throttling storms lose nothing, and the rate comes back."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from strict_endpoint import Faults, StrictService, VirtualClock, VirtualTransport
from strict_endpoint.kit import contact_batches, contact_items, run_virtual

from importer.write import Command, Outcome, Part, Reply, Request, TableDestination, Verdict
from importer.write.brake import Brake
from importer.write.pace import Pace
from importer.write.trial import Trial

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
            return self._limit

    before, after = stormy(Pace(brake=Stuck()))
    assert after < 0.2 * before


class Unlearning(Brake):
    """Never finds out that a share is refused whatever we send."""

    def _chance_known(self, now_s: float) -> Trial | None:
        return None


MIXED = {"unprocessed": 0.1, "throttle": 0.05, "error_503": 0.03}


@pytest.mark.parametrize("seed", [5, 6])
def test_after_a_storm_in_mixed_trouble_the_rate_is_back_within_10_s(seed: int) -> None:
    before, after = stormy(Pace(), seed=seed, **MIXED)
    assert after >= 0.9 * before > 0


def test_control_without_learning_what_is_chance_the_rate_is_low_before_and_after() -> None:
    ours, _ = stormy(Pace(), seed=6, **MIXED)
    assert max(stormy(Pace(brake=Unlearning()), seed=6, **MIXED)) < 0.4 * ours


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
    service, sent = one_minute(Faults(seed=seed, capacity_wcu=capacity), seed)
    assert 1 - len(service.items) / sent < most
    assert len(service.items) >= 0.95 * capacity * 60


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("share", [0.6, 0.75, 0.9])
def test_items_handed_back_whatever_we_send_do_not_brake_it_to_nothing(share: float, seed: int) -> None:
    """At least 0.75 of what a sender without a brake, but with the same delays, gets through."""
    assert compared_to_unbraked(Brake(), Faults(seed=seed, unprocessed=share)) >= 0.75


@pytest.mark.parametrize("seed", range(2))
def test_one_request_in_five_throttled_whatever_we_send_hardly_brakes(seed: int) -> None:
    assert compared_to_unbraked(Brake(), Faults(seed=seed, throttle=0.2)) >= 0.85


def test_control_without_learning_what_is_chance_throttles_brake_to_a_quarter() -> None:
    assert compared_to_unbraked(Unlearning(), Faults(seed=1, throttle=0.2)) < 0.25


def compared_to_unbraked(brake: Brake, faults: Faults) -> float:
    """Rows landed in a minute, as a share of what a sender with the same delays and no brake lands."""
    ours, _ = one_minute(faults, faults.seed, workers=4, pace=Pace(brake=brake))
    unbraked, _ = one_minute(faults, faults.seed, workers=4, pace=Pace(brake=Loose()))
    return len(ours.items) / len(unbraked.items)


def test_control_a_brake_that_takes_every_refusal_for_an_edge_goes_to_its_floor() -> None:
    class Believing(Brake):
        def _judge(self, trial: Trial, now_s: float) -> None:
            trial.decided = True

    faults = Faults(seed=1, unprocessed=0.6)
    believing, _ = one_minute(faults, 1, workers=4, pace=Pace(brake=Believing()))
    ours, _ = one_minute(faults, 1, workers=4)
    assert len(believing.items) < 0.25 * len(ours.items)


def one_minute(faults: Faults, seed: int, workers: int | None = None, **how: Any) -> tuple[StrictService, int]:
    """The service after a minute of sending, and how many rows were sent."""
    clock = VirtualClock()
    service, begun_s = StrictService(faults, now=clock.now), clock.now()
    command = lambda: Command(state="cancel" if clock.now() > begun_s + 60 else "run", workers=workers)  # noqa: E731
    batches = contact_batches(100_000)
    run_virtual(service, clock, batches, command=command, latency_s=0.1, seed=seed, **how)
    return service, sum(service.sent.values())


def landed(result, from_s: float, to_s: float) -> int:
    return sum(tick.written for tick in result.ticks if from_s < tick.t_s <= to_s)
