"""Promises 6 and 7 on the write engine: a command stops it at once, a cap is held over all workers."""

from __future__ import annotations

import threading
import time

import pytest
from strict_endpoint import Faults, StrictService, VirtualClock, running_endpoint
from strict_endpoint.kit import EMAIL_KEY, contact_batches, run_engine, run_virtual, signing_parts

from importer.errors import RunCancelled
from importer.write import Command, TableDestination


def test_cancel_stops_new_requests_and_the_rest_can_be_sent_later() -> None:
    with running_endpoint(Faults(latency_s=0.02)) as endpoint:
        place = TableDestination(signing_parts(endpoint.url), "EmailContacts", "overwrite", EMAIL_KEY)
        asked = threading.Event()
        asked_s: list[float] = []
        timer = threading.Timer(0.5, lambda: (asked_s.append(time.monotonic()), asked.set()))
        timer.start()
        command = lambda: Command(state="cancel" if asked.is_set() else "run")  # noqa: E731
        batches = list(contact_batches(20_000))
        result = run_engine(place, batches, command=command)
        timer.join()
        assert isinstance(result.error, RunCancelled)
        assert endpoint.service.requests[-1][0] - asked_s[0] <= 0.1 + 0.05
        assert 0 < len(result.written) == len(endpoint.service.items) < 20_000
        done = set(result.written)
        rest = run_engine(place, [batch for batch in batches if batch.positions[0] not in done])
        assert rest.error is None
        assert len(endpoint.service.items) == 20_000


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
