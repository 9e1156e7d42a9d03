"""Promises 6 and 7 on the write engine: a command stops it at once, a cap is held over all workers."""

from __future__ import annotations

import pytest
from strict_endpoint import Faults, StrictService, VirtualClock, VirtualTransport, running_endpoint
from strict_endpoint.kit import EMAIL_KEY, contact_batches, run_engine, run_virtual, signing_parts

from importer.errors import RunCancelled
from importer.write import Command, TableDestination


def test_cancel_stops_new_requests_within_100_ms_and_ends_within_2_s() -> None:
    clock = VirtualClock()
    service = StrictService(Faults(seed=1, slow=0.05, slow_s=20.0), now=clock.now)
    asked_s = clock.now() + 3.0
    transports: list[VirtualTransport] = []
    command = lambda: Command("cancel" if clock.now() >= asked_s else "run", workers=4)  # noqa: E731
    result = run_virtual(
        service, clock, contact_batches(50_000), command=command, latency_s=0.1, transports=transports
    )
    assert isinstance(result.error, RunCancelled)
    assert transports[0].starts[-1] <= asked_s + 0.1
    assert clock.now() <= asked_s + 0.1 + 2.0
    assert 0 <= len(service.items) - len(result.written) <= 4 * 25


def test_what_was_cancelled_can_be_sent_later() -> None:
    with running_endpoint(Faults(latency_s=0.02)) as endpoint:
        place = TableDestination(signing_parts(endpoint.url), "EmailContacts", "overwrite", EMAIL_KEY)
        command = lambda: Command(state="cancel" if len(endpoint.service.items) > 1000 else "run")  # noqa: E731
        batches = list(contact_batches(5000))
        result = run_engine(place, batches, command=command)
        assert isinstance(result.error, RunCancelled)
        assert 1000 < len(result.written) == len(endpoint.service.items) < 5000
        done = set(result.written)
        rest = run_engine(place, [batch for batch in batches if batch.positions[0] not in done])
        assert rest.error is None
        assert len(endpoint.service.items) == 5000
        assert set(endpoint.service.sent.values()) == {1}


def test_control_a_command_that_nobody_asks_for_stops_nothing() -> None:
    clock = VirtualClock()
    service = StrictService(now=clock.now)
    begun_s = clock.now()
    result = run_virtual(service, clock, contact_batches(5000), command=Command)
    assert clock.now() > begun_s
    assert len(result.written) == 5000


@pytest.mark.parametrize(("rate", "workers"), [(50.0, 1), (50.0, 16), (200.0, 4)])
def test_a_cap_is_held_within_a_tenth_over_all_workers_for_600_s(rate: float, workers: int) -> None:
    clock = VirtualClock()
    service = StrictService(Faults(seed=1, unprocessed=0.1), now=clock.now)
    begun_s = clock.now()

    def command() -> Command:
        return Command(rate_wcu=rate, workers=workers, state="cancel" if clock.now() > begun_s + 600 else "run")

    result = run_virtual(service, clock, contact_batches(130_000), command=command, latency_s=0.02)
    assert sum(tick.wcu for tick in result.ticks) == pytest.approx(rate * 600, rel=0.1)
    assert len(service.items) == pytest.approx(rate * 600, rel=0.1)


def test_control_without_a_cap_the_rate_is_another() -> None:
    clock = VirtualClock()
    service = StrictService(now=clock.now)
    begun_s = clock.now()
    run_virtual(service, clock, contact_batches(40_000), latency_s=0.02)
    assert 40_000 / (clock.now() - begun_s) > 4000


def test_the_old_pause_of_100_ms_gives_the_old_pace() -> None:
    """25 rows, an answer after 20 ms, 100 ms of pause: 8.3 batches a second, whatever the workers."""
    clock = VirtualClock()
    service = StrictService(now=clock.now)
    begun_s = clock.now()
    run_virtual(
        service, clock, contact_batches(2500), latency_s=0.02, command=lambda: Command(pause_s=0.1, workers=1)
    )
    assert clock.now() - begun_s == pytest.approx(100 * 0.12, rel=0.05)


def test_cap_and_concurrency_change_while_it_runs() -> None:
    """A minute each: 100 WCU/s, then 400, then no cap and 2 requests at a time."""
    clock = VirtualClock()
    service = StrictService(now=clock.now)
    begun_s = clock.now()
    wanted = [Command(rate_wcu=100.0), Command(rate_wcu=400.0), Command(workers=2), Command("cancel")]
    command = lambda: wanted[min(3, int((clock.now() - begun_s) // 60))]  # noqa: E731
    result = run_virtual(service, clock, contact_batches(130_000), command=command, latency_s=0.05)

    def rate(minute: int) -> float:
        from_s, to_s = begun_s + 60 * minute, begun_s + 60 * (minute + 1)
        return sum(tick.wcu for tick in result.ticks if from_s < tick.t_s <= to_s) / 60

    assert rate(0) == pytest.approx(100, rel=0.1)
    assert rate(1) == pytest.approx(400, rel=0.1)
    assert rate(2) == pytest.approx(2 * 25 / 0.05, rel=0.1)
    last_minute = [tick for tick in result.ticks if tick.t_s > begun_s + 121]
    assert {tick.workers for tick in last_minute} == {2}
    assert max(tick.in_flight for tick in last_minute) == 2
    assert len({position for ack in result.acks for position in ack.written}) == len(service.items)
