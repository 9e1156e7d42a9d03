"""The loop: order, signals, bounds. All in virtual time."""

from __future__ import annotations

import pytest
from botocore.credentials import Credentials
from strict_endpoint import Faults, StrictService, VirtualClock, VirtualTransport
from strict_endpoint.kit import contact_batches, contact_items, run_virtual

from importer.errors import FatalError, RunCancelled, RunPaused
from importer.write import Command, TableDestination, engine
from importer.write.brake import Brake
from importer.write.pace import Pace
from importer.write.retry import Patience


def start(faults: Faults | None = None) -> tuple[StrictService, VirtualClock]:
    clock = VirtualClock()
    return StrictService(faults, now=clock.now), clock


def test_every_row_is_written_and_told_once() -> None:
    service, clock = start()
    result = run_virtual(service, clock, contact_batches(110))
    assert result.error is None
    assert result.written == list(range(110))
    assert list(service.items.values()) == contact_items(110)
    assert [ack.complete for ack in result.acks] == [True] * 5
    assert {ack.attempts for ack in result.acks} == {1}


def test_no_batches_is_no_work() -> None:
    service, clock = start()
    assert run_virtual(service, clock, []).acks == []


def test_workers_bound_what_is_in_flight_and_follow_the_command() -> None:
    service, clock = start()
    transports: list[VirtualTransport] = []
    run_virtual(service, clock, contact_batches(2000), command=lambda: Command(workers=7), transports=transports)
    assert transports[0].most_in_flight == 7


def test_nothing_new_starts_before_the_replies_are_recorded() -> None:
    service, clock = start()
    recorded: list[int] = []
    unrecorded_at_start: list[int] = []
    answered = 0

    class Watching(VirtualTransport):
        def send(self, token, request) -> None:
            unrecorded_at_start.append(answered - len(recorded))
            super().send(token, request)

        def poll(self, timeout_s):
            nonlocal answered
            replies = super().poll(timeout_s)
            answered += len(replies)
            return replies

    def destination(*parts, open_transport, **more):
        return TableDestination(*parts, open_transport=lambda: Watching(service, clock), **more)

    run_virtual(service, clock, contact_batches(500), record=recorded.extend, destination=destination)
    assert len(recorded) == 20
    assert set(unrecorded_at_start) == {0}


def test_a_ledger_that_cannot_be_written_ends_the_run_at_once() -> None:
    service, clock = start()

    def full(acks) -> None:
        raise FatalError("The disk is full.")

    result = run_virtual(service, clock, contact_batches(1000), record=full)
    assert str(result.error) == "The disk is full."
    assert len(service.requests) == 1


@pytest.mark.parametrize(("state", "error"), [("pause", RunPaused), ("cancel", RunCancelled)])
def test_after_a_command_no_new_request_and_what_is_in_flight_is_recorded(state: str, error: type) -> None:
    service, clock = start()
    asked_s = clock.now() + 1.0
    transports: list[VirtualTransport] = []

    def command() -> Command:
        return Command(state=state if clock.now() >= asked_s else "run")

    result = run_virtual(
        service, clock, contact_batches(50_000), command=command, latency_s=0.03, transports=transports
    )
    assert isinstance(result.error, error)
    assert transports[0].starts[-1] <= asked_s + 0.1
    assert clock.now() <= asked_s + 1.6
    assert len(result.written) == len(service.items) > 2500


@pytest.mark.parametrize("drain_s", [engine.DRAIN_S, 2.0], ids=["ours", "control"])
def test_an_answer_that_takes_too_long_is_not_awaited_and_not_recorded(
    monkeypatch: pytest.MonkeyPatch, drain_s: float
) -> None:
    """The rest of the 2 s that are promised is for saving the state; the control leaves nothing of them."""
    monkeypatch.setattr(engine, "DRAIN_S", drain_s)
    service, clock = start()
    asked_s = clock.now() + 0.2
    command = lambda: Command(state="cancel" if clock.now() >= asked_s else "run")  # noqa: E731
    result = run_virtual(service, clock, contact_batches(1000), command=command, latency_s=30.0)
    assert isinstance(result.error, RunCancelled)
    assert result.written == []
    assert (clock.now() <= asked_s + 2.0) is (drain_s < 2.0)


def test_a_pace_pause_is_left_at_once_by_a_command() -> None:
    service, clock = start()
    asked_s = clock.now() + 5.0
    command = lambda: Command(state="pause" if clock.now() >= asked_s else "run", pause_s=600.0)  # noqa: E731
    result = run_virtual(service, clock, contact_batches(1000), command=command)
    assert isinstance(result.error, RunPaused)
    assert len(result.written) == 25
    assert clock.now() <= asked_s + 0.1


def test_credentials_that_expired_pause_and_nothing_is_failed() -> None:
    service, clock = start(Faults(expired_keys=("AKIDEXAMPLE",)))
    result = run_virtual(service, clock, contact_batches(100))
    assert isinstance(result.error, RunPaused)
    assert "expired" in str(result.error)
    assert (result.written, result.failed) == ([], [])


def test_credentials_that_can_be_renewed_are_renewed_without_a_pause() -> None:
    service, clock = start()

    class Rotating:
        key = "OLD"

        def get_frozen_credentials(self):
            return Credentials(self.key, "made-up", f"token of {self.key}").get_frozen_credentials()

    rotating = Rotating()

    def record(acks) -> None:
        rotating.key = "NEW"
        service.set_faults(Faults(expired_keys=("OLD",)))

    result = run_virtual(service, clock, contact_batches(500), credentials=rotating, record=record, latency_s=0.2)
    assert result.error is None
    assert len(service.items) == 500


def test_credentials_that_cannot_be_had_pause() -> None:
    service, clock = start()

    class Broken:
        def get_frozen_credentials(self):
            raise OSError("the profile is gone, with a path nobody should see")

    result = run_virtual(service, clock, contact_batches(100), credentials=Broken())
    assert str(result.error) == "The credentials cannot be renewed. Sign in again (or set the profile), and resume."


def test_access_denied_pauses_and_names_the_table() -> None:
    service, clock = start(Faults(denied=("BatchWriteItem",)))
    result = run_virtual(service, clock, contact_batches(100))
    assert isinstance(result.error, RunPaused)
    assert "table EmailContacts" in str(result.error)


def test_a_table_gone_ends_the_run() -> None:
    service, clock = start(Faults(gone=True))
    assert isinstance(run_virtual(service, clock, contact_batches(100)).error, FatalError)


@pytest.mark.parametrize("offset_s", [-7200.0, 7200.0])
def test_a_clock_that_is_hours_wrong_costs_one_round(offset_s: float) -> None:
    service, clock = start(Faults(clock_offset_s=offset_s))
    result = run_virtual(service, clock, contact_batches(500))
    assert result.error is None
    assert len(service.items) == 500
    assert service.met["InvalidSignatureException"] <= 4


def test_no_answer_for_the_whole_patience_pauses() -> None:
    service, clock = start(Faults(reset=1.0))
    begun_s = clock.now()
    result = run_virtual(service, clock, contact_batches(1000), patience_s=90.0)
    assert isinstance(result.error, RunPaused)
    assert "for 90 s (no answer from the endpoint). Resume when it is back." in str(result.error)
    assert clock.now() - begun_s < 93


@pytest.mark.parametrize(("counted_from", "paused_s"), [("sending", 120), ("control: the loss", 180)])
def test_a_silent_service_is_told_after_the_seconds_that_it_was_silent(
    monkeypatch: pytest.MonkeyPatch, counted_from: str, paused_s: int
) -> None:
    """Every request is lost when the 60 s for its answer are over."""
    if counted_from != "sending":
        trouble = Patience.trouble
        monkeypatch.setattr(Patience, "trouble", lambda patience, sent_s, now_s: trouble(patience, now_s, now_s))
    service, clock = start(Faults(reset=1.0))
    begun_s = clock.now()
    result = run_virtual(service, clock, contact_batches(1000), latency_s=60.0)
    assert isinstance(result.error, RunPaused)
    assert "for 120 s (no answer from the endpoint). Resume when it is back." in str(result.error)
    assert clock.now() - begun_s == pytest.approx(paused_s, abs=2.0)


def test_a_service_that_throttles_is_there_and_never_runs_out_of_patience() -> None:
    service, clock = start(Faults(throttle=1.0))
    begun_s = clock.now()

    def command() -> Command:
        if clock.now() - begun_s > 900:
            service.set_faults(Faults())
        return Command()

    result = run_virtual(service, clock, contact_batches(100), command=command, patience_s=60.0)
    assert result.error is None
    assert result.written == list(range(100))


def test_a_table_that_takes_no_row_at_all_pauses_in_the_end_and_says_why() -> None:
    service, clock = start(Faults(throttle=1.0))
    result = run_virtual(service, clock, contact_batches(100))
    assert isinstance(result.error, RunPaused)
    assert "has taken no row for 1200 s" in str(result.error)
    assert result.written == []


def test_batches_that_wait_do_not_pile_up() -> None:
    service, clock = start(Faults(throttle=1.0))
    begun_s, begun = clock.now(), []

    def batches():
        for batch in contact_batches(5000):
            begun.append(batch)
            yield batch

    class Loose(Brake):
        def throttled(self, now_s: float) -> None:
            return

    command = lambda: Command(state="cancel" if clock.now() > begun_s + 30 else "run")  # noqa: E731
    run_virtual(service, clock, batches(), command=command, pace=Pace(brake=Loose()))
    assert len(begun) == 16


def test_a_batch_that_waits_does_not_hold_up_the_others() -> None:
    service, clock = start(Faults(seed=5, throttle=0.2))
    batches = list(contact_batches(2500))
    result = run_virtual(service, clock, batches)
    told = [ack.written[0] // 25 for ack in result.acks]
    assert sorted(set(told)) == list(range(100))
    assert told != sorted(told)


def test_the_first_three_requests_go_alone_and_the_others_as_soon_as_they_are_answered() -> None:
    service, clock = start()
    transports: list[VirtualTransport] = []
    run_virtual(service, clock, contact_batches(200), latency_s=0.2, transports=transports)
    begun_s = transports[0].starts[0]
    assert [round(one - begun_s, 2) for one in transports[0].starts[:7]] == [0.0, 0.2, 0.4, 0.6, 0.6, 0.6, 0.6]


def test_a_first_request_that_hangs_holds_the_others_up_for_a_second_and_no_longer() -> None:
    service, clock = start(Faults(slow=1.0, slow_s=20.0))
    transports: list[VirtualTransport] = []
    run_virtual(service, clock, contact_batches(200), transports=transports)
    begun_s = transports[0].starts[0]
    assert [round(one - begun_s, 1) for one in transports[0].starts[:4]] == [0.0, 1.0, 1.0, 1.0]


def test_ticks_count_everything_once() -> None:
    service, clock = start(Faults(seed=2, unprocessed=0.1, throttle=0.1, reset=0.1))
    result = run_virtual(service, clock, contact_batches(3000))
    assert sum(tick.written for tick in result.ticks) == 3000
    assert sum(len(tick.latencies_s) for tick in result.ticks) == len(service.requests)
    assert sum(tick.throttled for tick in result.ticks) == service.met["throttle"]
    assert sum(tick.errors for tick in result.ticks) == service.met["reset"]
    assert sum(tick.wcu for tick in result.ticks) == 3000
    times = [tick.t_s for tick in result.ticks]
    assert times == sorted(times)
    assert any(tick.reason for tick in result.ticks)


def test_a_partial_reply_is_told_at_once_and_the_batch_completes_once() -> None:
    service, clock = start(Faults(seed=1, unprocessed=0.5))
    result = run_virtual(service, clock, contact_batches(25))
    assert len(result.acks) > 1
    assert [ack.complete for ack in result.acks] == [False] * (len(result.acks) - 1) + [True]
    assert result.acks[0].unprocessed == 25 - len(result.acks[0].written)
    assert sum(ack.consumed_wcu for ack in result.acks) == 25
