"""Promise 5: one bad item of 25 costs its own row and ten requests at most."""

from __future__ import annotations

import pytest
from strict_endpoint import Faults, StrictService, VirtualClock
from strict_endpoint.kit import contact_batches, run_virtual

from importer.write import Outcome, Part, Reply, Request, TableDestination, Verdict


def start(**faults) -> tuple[StrictService, VirtualClock]:
    clock = VirtualClock()
    return StrictService(Faults(bad_mark="bad", **faults), now=clock.now), clock


@pytest.mark.parametrize("place", range(25))
def test_24_land_and_the_bad_one_is_told_with_its_reason(place: int) -> None:
    service, clock = start()
    result = run_virtual(service, clock, contact_batches(25, bad=[place]))
    assert result.error is None
    assert result.written == [row for row in range(25) if row != place]
    assert [failure.position for failure in result.failed] == [place]
    assert len(service.items) == 24
    assert len(service.requests) - 1 <= 10
    assert set(service.stored.values()) == {1}


def test_the_reason_never_quotes_the_item() -> None:
    service, clock = start()
    result = run_virtual(service, clock, contact_batches(25, bad=[3]))
    (failure,) = result.failed
    assert failure.code == "ValidationException"
    for value in ("bad3", "example.com", "Zoë", "Testperson"):
        assert value not in failure.message
        assert value not in repr(result.ticks)


def test_control_without_halving_24_good_rows_are_lost() -> None:
    class Whole(TableDestination):
        def read(self, part: Part, sent: Request, reply: Reply) -> Outcome:
            outcome = super().read(part, sent, reply)
            if outcome.verdict is Verdict.SPLIT:
                return Outcome(Verdict.SETTLED, failed=outcome.failed)
            return outcome

    service, clock = start()
    result = run_virtual(service, clock, contact_batches(25, bad=[3]), destination=Whole)
    assert (len(result.written), len(result.failed)) == (0, 25)


@pytest.mark.parametrize("seed", range(5))
def test_bad_items_among_other_faults(seed: int) -> None:
    bad = [7, 8, 60, 99]
    service, clock = start(seed=seed, unprocessed=0.3, throttle=0.1, reset=0.05, lost_reply=0.05, cut_json=0.05)
    result = run_virtual(service, clock, contact_batches(500, bad=bad), seed=seed)
    assert [failure.position for failure in result.failed] == bad
    assert result.written == [row for row in range(500) if row not in bad]
    assert len(service.items) == 496


def test_every_row_bad_is_every_row_told() -> None:
    service, clock = start()
    result = run_virtual(service, clock, contact_batches(30, bad=range(30)))
    assert [failure.position for failure in result.failed] == list(range(30))
    assert service.items == {}
