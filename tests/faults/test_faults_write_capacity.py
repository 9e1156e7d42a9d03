"""Promise 7: the cap counts what the service says it cost, and the pace follows what the table takes."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

import pytest
from strict_endpoint import Faults, StrictService, VirtualClock
from strict_endpoint.kit import Result, contact_batches, run_virtual, typed

from importer.write import Batch, Command, Outcome, Part, Reply, Request, TableDestination, build_puts, pack_batches
from importer.write.pace import Pace

SECONDS = 600
RATE = 200.0


def heavy_batches(seed: int) -> Iterator[Batch]:
    """Items of 0.1 to 60 KB, small ones more often, without end."""
    dice = random.Random(seed)
    for index in range(400):
        sizes = [int(100 * 600 ** dice.random()) for _ in range(50)]
        emails = typed("email", "S", [f"c{index}-{row}@example.com" for row in range(50)])
        notes = typed("note", "S", ["x" * size for size in sizes])
        yield from pack_batches(index, range(50), build_puts([emails, notes]))


def capped(seed: int, **how: object) -> Result:
    clock = VirtualClock()
    service = StrictService(Faults(seed=seed, index_factor=2.0, unprocessed=0.02), now=clock.now)
    begun_s = clock.now()

    def command() -> Command:
        return Command("cancel" if clock.now() > begun_s + SECONDS else "run", rate_wcu=RATE)

    return run_virtual(service, clock, heavy_batches(seed), latency_s=0.02, command=command, **how)


def consumed(result: Result) -> float:
    return sum(tick.wcu for tick in result.ticks)


@pytest.mark.parametrize("seed", range(3))
def test_a_cap_counts_the_indexes_and_holds_within_a_tenth_for_items_of_0_1_to_60_kb(seed: int) -> None:
    assert consumed(capped(seed)) == pytest.approx(RATE * SECONDS, rel=0.1)


class Deaf(TableDestination):
    """Does not hear what a request cost; a test adds it up beside."""

    cost = 0.0

    def read(self, part: Part, sent: Request, reply: Reply) -> Outcome:
        outcome = super().read(part, sent, reply)
        Deaf.cost += outcome.consumed_wcu or 0.0
        return outcome._replace(consumed_wcu=None)


def test_control_an_estimate_alone_goes_twice_as_fast() -> None:
    """Every put costs the same again in an index; only the reply tells."""
    Deaf.cost = 0.0
    capped(0, destination=Deaf)
    assert Deaf.cost > 1.7 * RATE * SECONDS


def test_control_without_the_bucket_nothing_holds() -> None:
    class Loose(Pace):
        def wait_s(self, now_s: float) -> float:
            return 0.0

    clock = VirtualClock()
    service = StrictService(Faults(index_factor=2.0), now=clock.now)
    begun_s = clock.now()
    command = lambda: Command("cancel" if clock.now() > begun_s + 1 else "run", rate_wcu=RATE)  # noqa: E731
    result = run_virtual(service, clock, heavy_batches(0), latency_s=0.02, command=command, pace=Loose())
    assert consumed(result) > 5 * RATE


STEPS = ((0.0, 120.0), (60.0, 480.0), (120.0, 60.0))


def followed(*, described: bool) -> tuple[Result, StrictService, float]:
    """A table of 120, then 480, then 60 WCU/s, a minute each; with the number described every 15 s or not."""
    clock = VirtualClock()
    service = StrictService(Faults(capacity_steps=STEPS), now=clock.now)
    begun_s = clock.now()

    def command() -> Command:
        since = clock.now() - begun_s
        seen = [wcu for start, wcu in STEPS if start <= since // 15 * 15]
        return Command("cancel" if since > 180 else "run", table_wcu=seen[-1] if described else None)

    result = run_virtual(service, clock, contact_batches(60_000), latency_s=0.01, command=command)
    return result, service, begun_s


def landed(result: Result, from_s: float, to_s: float) -> int:
    return sum(tick.written for tick in result.ticks if from_s < tick.t_s <= to_s)


@pytest.mark.parametrize("described", [True, False])
def test_the_pace_follows_a_table_whose_capacity_changes(described: bool) -> None:
    result, service, begun_s = followed(described=described)
    for start, wcu in STEPS:
        settled_s = begun_s + start + (5 if described else 15)
        end_s = begun_s + start + 60
        assert landed(result, settled_s, end_s) >= 0.95 * wcu * (end_s - settled_s)
    assert 1 - len(result.written) / sum(service.sent.values()) < 0.1, "few rows are sent in vain"
    assert {"throttled: the table's write capacity"} <= {tick.reason for tick in result.ticks}


@pytest.mark.parametrize(
    ("reason", "resource", "words"),
    [
        ("TableWriteProvisionedThroughputExceeded", "", "throttled: the table's write capacity"),
        ("TableWriteAccountLimitExceeded", "", "throttled: the account's limit"),
        ("TableWriteKeyRangeThroughputExceeded", "", "throttled: a hot partition key"),
        (
            "IndexWriteProvisionedThroughputExceeded",
            "/index/by-city",
            "throttled: the write capacity of an index (index by-city)",
        ),
        ("IndexWriteKeyRangeThroughputExceeded", "/index/by-city", "throttled: a hot partition key (index by-city)"),
    ],
)
def test_what_is_at_its_limit_is_named(reason: str, resource: str, words: str) -> None:
    clock = VirtualClock()
    arn = Faults().throttle_resource + resource
    faults = Faults(capacity_wcu=100.0, throttle_reason=reason, throttle_resource=arn)
    result = run_virtual(StrictService(faults, now=clock.now), clock, contact_batches(1_500))
    assert words in {tick.reason for tick in result.ticks}


def test_a_storm_that_never_ends_is_told_all_the_time_and_not_in_turns() -> None:
    """One sentence on the screen, not one that comes and goes with each reply."""
    clock = VirtualClock()
    service = StrictService(Faults(seed=3, unprocessed=0.3, throttle=0.2, error_500=0.05), now=clock.now)
    result = run_virtual(service, clock, contact_batches(8_000))
    told = [(tick.t_s, tick.reason) for tick in result.ticks if tick.t_s > result.ticks[0].t_s + 1]
    assert all(reason for _, reason in told)
    changes = sum(one[1] != other[1] for one, other in itertools.pairwise(told))
    assert changes < (told[-1][0] - told[0][0]) / 5


def test_trouble_that_does_not_come_from_our_rate_does_not_brake_it_to_nothing() -> None:
    """One row in ten handed back and one request in twenty throttled, however slowly we send."""
    clock = VirtualClock()
    service = StrictService(Faults(seed=1, unprocessed=0.1, throttle=0.05), now=clock.now)
    begun_s = clock.now()
    result = run_virtual(service, clock, contact_batches(8_000), latency_s=0.02)
    assert len(result.written) / (clock.now() - begun_s) > 200
