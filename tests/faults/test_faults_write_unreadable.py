"""Promise 4: replies that prove nothing lose nothing. The control that trusts them loses rows."""

from __future__ import annotations

import pytest
from strict_endpoint import Faults, StrictService, VirtualClock, running_endpoint
from strict_endpoint.kit import EMAIL_KEY, contact_batches, contact_items, run_engine, run_virtual, signing_parts

from importer.write import Backoff, Outcome, Part, Reply, Request, TableDestination, Verdict

ROWS = 5000
UNREADABLE = ("half_body", "cut_json", "wrong_crc", "html", "no_key", "reset", "lost_reply", "error_500", "error_503")


def by_row(items) -> list:
    return sorted(items, key=lambda item: int(item["email"]["S"][7:-12]))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("fault", UNREADABLE)
def test_one_kind_of_unreadable_reply_loses_no_row(fault: str, seed: int) -> None:
    clock = VirtualClock()
    service = StrictService(Faults(seed=seed, **{fault: 0.2}), now=clock.now)
    result = run_virtual(service, clock, contact_batches(ROWS // 5), seed=seed)
    assert result.error is None
    assert service.met[fault] > 0
    assert result.written == list(range(ROWS // 5))
    assert by_row(service.items.values()) == contact_items(ROWS // 5)


@pytest.mark.parametrize("seed", range(5))
def test_all_kinds_together_on_1_in_100_calls_lose_no_row(seed: int) -> None:
    clock = VirtualClock()
    service = StrictService(Faults(seed=seed, **dict.fromkeys(UNREADABLE, 0.01)), now=clock.now)
    result = run_virtual(service, clock, contact_batches(ROWS), seed=seed)
    assert sum(service.met.values()) > 5
    assert result.written == list(range(ROWS))
    assert by_row(service.items.values()) == contact_items(ROWS)


def test_over_real_sockets_no_row_is_lost() -> None:
    faults = Faults(seed=7, **dict.fromkeys(UNREADABLE, 0.02), unprocessed=0.05)
    with running_endpoint(faults) as endpoint:
        place = TableDestination(signing_parts(endpoint.url), "EmailContacts", "overwrite", EMAIL_KEY)
        result = run_engine(place, contact_batches(ROWS), backoff=Backoff(0.001, 0.01))
    assert result.error is None
    assert len(set(UNREADABLE) & set(endpoint.service.met)) >= 7
    assert endpoint.service.met["unprocessed"] > 0
    assert result.written == list(range(ROWS))
    assert by_row(endpoint.service.items.values()) == contact_items(ROWS)


class Trusting(TableDestination):
    """As boto3's callers do: a reply without the key is read as "nothing unprocessed"."""

    def read(self, part: Part, sent: Request, reply: Reply) -> Outcome:
        outcome = super().read(part, sent, reply)
        if reply.status == 200 and outcome.verdict is Verdict.RETRY:
            return Outcome(Verdict.SETTLED, written=part.indexes)
        return outcome


@pytest.mark.parametrize("fault", ["cut_json", "wrong_crc", "html", "no_key"])
def test_control_a_reply_without_the_key_counted_as_success_loses_rows(fault: str) -> None:
    clock = VirtualClock()
    service = StrictService(Faults(seed=1, **{fault: 0.05}), now=clock.now)
    result = run_virtual(service, clock, contact_batches(ROWS), destination=Trusting)
    assert result.written == list(range(ROWS))
    assert len(service.items) < ROWS
