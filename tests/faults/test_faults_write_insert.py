"""Insert-only: what is in the table stays, and our own row is never taken for another's."""

from __future__ import annotations

import pytest
from strict_endpoint import Faults, StrictService, VirtualClock, running_endpoint
from strict_endpoint.kit import (
    EMAIL_KEY,
    contact_batches,
    contact_items,
    contact_puts,
    run_engine,
    run_virtual,
    signing_parts,
    typed,
)

from importer.write import Backoff, TableDestination, build_puts, pack_batches
from importer.write.follow import Part
from importer.write.model import Outcome, Reply, Request

ROWS = 1000
THERE = {
    row: {"email": {"S": f"contact{row}@example.com"}, "name": {"S": "Was Here First"}} for row in range(0, ROWS, 50)
}


def start(**faults) -> tuple[StrictService, VirtualClock]:
    clock = VirtualClock()
    service = StrictService(Faults(**faults), now=clock.now)
    put_there(service)
    return service, clock


def put_there(service: StrictService) -> None:
    for item in THERE.values():
        service._store(item)


def check(service: StrictService, result) -> None:
    assert result.error is None
    assert result.existing == list(THERE)
    assert result.written == [row for row in range(ROWS) if row not in THERE]
    wanted = {item["email"]["S"]: item for item in contact_items(ROWS)}
    wanted.update({item["email"]["S"]: item for item in THERE.values()})
    assert {item["email"]["S"]: item for item in service.items.values()} == wanted


def test_rows_that_exist_are_told_and_left_alone() -> None:
    service, clock = start()
    check(service, run_virtual(service, clock, contact_batches(ROWS), mode="insert"))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    "faults",
    [
        {"lost_reply": 0.2},
        {"cut_json": 0.2},
        {"half_body": 0.2},
        {"wrong_crc": 0.2},
        {"error_500": 0.2},
        {"statement_fault": 0.1, "unprocessed": 0.2},
        {"throttle": 0.2, "reset": 0.1, "html": 0.1, "no_key": 0.1},
    ],
    ids="+".join,
)
def test_a_row_whose_reply_was_lost_is_ours_and_not_existing(seed: int, faults: dict) -> None:
    service, clock = start(seed=seed, **faults)
    check(service, run_virtual(service, clock, contact_batches(ROWS), mode="insert", seed=seed))


def test_control_without_comparing_our_own_rows_are_called_existing() -> None:
    class Forgetful(TableDestination):
        def read(self, part: Part, sent: Request, reply: Reply) -> Outcome:
            return super().read(Part(part.batch, part.indexes, part.ask, part.attempt), sent, reply)

    service, clock = start(lost_reply=0.2)
    result = run_virtual(service, clock, contact_batches(ROWS), mode="insert", destination=Forgetful)
    assert len(result.existing) > len(THERE)


def test_over_real_sockets_a_lost_reply_is_never_sent_again_in_silence() -> None:
    """An overwrite is repeated when a kept connection dies; of an insert the engine must hear."""
    with running_endpoint(Faults(seed=3, lost_reply=0.2)) as endpoint:
        put_there(endpoint.service)
        place = TableDestination(signing_parts(endpoint.url), "EmailContacts", "insert", EMAIL_KEY)
        result = run_engine(place, contact_batches(ROWS), backoff=Backoff(0.001, 0.01))
        assert endpoint.service.met["lost_reply"] >= 3
        check(endpoint.service, result)


@pytest.mark.parametrize(("maybe_sent", "written", "existing"), [(True, 100, 0), (False, 60, 40)])
def test_rows_that_a_killed_process_may_have_sent_are_compared(maybe_sent: bool, written: int, existing: int) -> None:
    clock = VirtualClock()
    service = StrictService(now=clock.now)
    for item in contact_items(40):
        service._store(item)
    batches = pack_batches(0, range(100), contact_puts(100), maybe_sent=maybe_sent)
    result = run_virtual(service, clock, batches, mode="insert")
    assert (len(result.written), len(result.existing)) == (written, existing)


@pytest.mark.parametrize(("last", "written", "failed"), [(30, 25, 0), (31, 0, 25)])
def test_the_longest_statement_that_the_plan_lets_through_lands_and_one_character_more_does_not(
    last: int, written: int, failed: int
) -> None:
    names = [*(f"a{number:046}" for number in range(156)), "b" * last]
    columns = [typed(name, "S", ["x"] * 25) for name in names]
    emails = typed("email", "S", [f"contact{row}@example.com" for row in range(25)])
    clock = VirtualClock()
    service = StrictService(now=clock.now)
    puts = build_puts([emails, *columns], key=("email",))
    result = run_virtual(service, clock, pack_batches(0, range(25), puts), mode="insert")
    assert (len(result.written), len(result.failed)) == (written, failed)


def test_a_bad_row_fails_alone() -> None:
    service, clock = start(bad_mark="bad")
    result = run_virtual(service, clock, contact_batches(100, bad=[13]), mode="insert")
    assert [failure.position for failure in result.failed] == [13]
    assert len(result.written) == 97
    assert result.existing == [0, 50]
