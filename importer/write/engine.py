"""The loop that sends batches: one thread, many requests in flight, and nothing new before what is known is recorded.

The order is the promise: replies are read, what they settle is recorded, then new requests start. So a process that
is killed has at most one unrecorded request for each worker, and sends at most workers × 25 rows twice. Before more
workers than ever are used, a tick tells their number: the ledger always knows the bound.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import NamedTuple

from importer.errors import FatalError, ImporterError, RunCancelled, RunPaused
from importer.write.climb import Climb
from importer.write.destination import Destination
from importer.write.follow import Positions, positions_of, settled_rows
from importer.write.meter import Meter, Tally
from importer.write.model import (
    UNLIMITED,
    Acknowledged,
    Batch,
    Command,
    Failure,
    Outcome,
    Part,
    Reply,
    Request,
    Room,
    Tick,
    Verdict,
)
from importer.write.outbox import Outbox
from importer.write.pace import Pace
from importer.write.restraint import NO_ROOM, SLOWER, Restraint
from importer.write.retry import Backoff, Patience, Uniform
from importer.write.standstill import Standstill
from importer.write.transport import Transport

COMMAND_EVERY_S = 0.05
TICK_EVERY_S = 0.25
DEFAULT_BACKOFF = Backoff()
JITTER = (0.5, 1.5)
"""Between requests of a limited rate lies this share of what the rate asks for: one on average."""

DRAIN_S = 1.5
"""Promised are 2 s from the command to the saved state; half a second is for hearing of it, recording and closing."""


def write_batches(
    batches: Iterable[Batch],
    destination: Destination,
    *,
    record: Callable[[Sequence[Acknowledged]], None],
    command: Callable[[], Command],
    on_tick: Callable[[Tick], None] | None = None,
    clock: Callable[[], float] = time.monotonic,
    wait: Callable[[float], object] | None = None,
    random: Uniform | None = None,
    backoff: Backoff = DEFAULT_BACKOFF,
    patience_s: float = 120.0,
    pace: Pace | None = None,
    climb: Climb | None = None,
) -> None:
    """Write all batches; returns when every row of them is settled and recorded.

    `record` gets what replies settled, before any new request starts; whatever it raises ends the run at once.
    `command` is asked every 50 ms. `wait(seconds)` sleeps and may return early (`threading.Event.wait`).

    Raises RunPaused and RunCancelled when the command says so (replies in flight are awaited for up to 1.5 s and
    recorded first); RunPaused too when credentials are refused or no usable answer came for `patience_s`
    seconds (a throttle is an answer); FatalError when the table is gone.
    """
    sleep = wait or threading.Event().wait
    loop = _Loop(
        outbox=Outbox(iter(batches), backoff, random or Random()),
        destination=destination,
        record=record,
        ask_command=command,
        on_tick=on_tick,
        clock=clock,
        patience=Patience(patience_s),
        pace=pace or Pace(),
        climb=climb or Climb(),
        transport=destination.open_transport(),
        meter=Meter(clock()),
    )
    try:
        loop.run(sleep)
    finally:
        loop.transport.close()
        loop.tick(force=True)


def stop_asked(command: Command) -> RunPaused | RunCancelled | None:
    """The signal that a command to stop is; None for one to go on."""
    if command.state == "pause":
        return RunPaused("The run is paused. Nothing is lost; resume it when you like.")
    if command.state == "cancel":
        return RunCancelled("The run is cancelled. What is written stays; it can be resumed.")
    return None


class _Sent(NamedTuple):
    part: Part
    request: Request
    estimated_wcu: float
    at_s: float
    waited_s: float


_NO_ROOM = (Verdict.THROTTLED, Verdict.SETTLED)
"""Verdicts of an answer that may leave every row to be sent again."""


@dataclass(eq=False)
class _Loop:
    """The state of one `write_batches`."""

    outbox: Outbox
    destination: Destination
    record: Callable[[Sequence[Acknowledged]], None]
    ask_command: Callable[[], Command]
    on_tick: Callable[[Tick], None] | None
    clock: Callable[[], float]
    patience: Patience
    pace: Pace
    climb: Climb
    transport: Transport
    meter: Meter
    restraint: Restraint = field(default_factory=Restraint)
    standstill: Standstill = field(default_factory=Standstill)
    signal: ImporterError | None = None
    command: Command = field(default_factory=Command)
    command_at_s: float = -math.inf
    last_trouble: str = ""
    most_workers: int = 0

    def run(self, sleep: Callable[[float], object]) -> None:
        """Until all is settled, or a signal."""
        while True:
            self.read_command()
            self.start_requests()
            if self.signal is not None:
                self.drain()
                raise self.signal
            if self.outbox.done:
                return
            timeout_s = self.next_wake_s()
            if self.transport.in_flight:
                self.take_replies(timeout_s)
            else:
                sleep(timeout_s)
            self.tick()

    def take_replies(self, timeout_s: float) -> None:
        """Those that are there, after at most `timeout_s` without any."""
        self.take(self.transport.poll(timeout_s))
        if self.standstill.read():
            self.climb.held_back()

    def next_wake_s(self) -> float:
        """How long there is nothing to do but to listen."""
        now_s = self.clock()
        wake_s = self.command_at_s + COMMAND_EVERY_S - now_s
        if self.transport.in_flight < self.climb.level:
            wake_s = min(wake_s, max(self.outbox.wait_s(now_s, self.climb.level), self.pace.wait_s(now_s)))
        return max(0.0, min(wake_s, COMMAND_EVERY_S))

    def read_command(self) -> None:
        """Every 50 ms: caps, workers, and whether to stop."""
        now_s = self.clock()
        if now_s - self.command_at_s < COMMAND_EVERY_S:
            return
        self.command, self.command_at_s = self.ask_command(), now_s
        self.pace.follow(self.command, now_s)
        self.climb.follow(self.command.workers)
        self.signal = stop_asked(self.command) or self.signal
        spent_s = self.patience.spent_s(now_s)
        if self.signal is None and spent_s is not None:
            told = f"No usable answer from {self.destination.place} for {spent_s:.0f} s ({self.last_trouble})."
            self.signal = RunPaused(f"{told} Resume when it is back.")
        starved_s = self.patience.starved_s(now_s)
        if self.signal is None and starved_s is not None:
            why = self.restraint.reason(now_s) or "throttled"
            told = f"{self.destination.place} has taken no row for {starved_s:.0f} s ({why})."
            self.signal = RunPaused(f"{told} Nothing is lost: give the table capacity, or wait, and resume.")

    def start_requests(self) -> None:
        """As many as workers and pace allow."""
        if self.climb.level > self.most_workers:
            self.most_workers = self.climb.level
            self.tick(force=True)
        if self.signal is None and self.pace.is_free:
            self.start_freely()
        while self.signal is None and self.transport.in_flight < min(self.climb.level, self.most_workers):
            now_s = self.clock()
            may_start = self.pace.wait_s(now_s) <= 0
            part = self.next_part(now_s, self.pace.room(now_s))[0] if may_start else None
            if part is None:
                self.climb.held_back()
                return
            self.read_command()  # a batch may have been long in coming
            if self.signal is None:
                self.start(part)

    def start_freely(self) -> None:
        """Where nothing holds the rate back, all that may be in flight; who counts is told of all of them at once.

        A command that is due is asked for first: the batch that was long in coming goes back, for the next turn.
        """
        rows, again, wcu, now_s = 0, 0, 0.0, 0.0
        for _ in range(min(self.climb.level, self.most_workers) - self.transport.in_flight):
            part, now_s = self.next_part(self.clock(), UNLIMITED)
            if part is None:
                self.climb.held_back()
                break
            if now_s - self.command_at_s >= COMMAND_EVERY_S:
                self.outbox.give_back(part)
                break
            estimated_wcu = self.send(part, now_s)
            if estimated_wcu is None:
                break
            rows, again, wcu = rows + len(part.indexes), again + (part.attempt > 0), wcu + estimated_wcu
        if rows:
            self.pace.start(wcu, rows, now_s)
            self.meter.sent(rows, again)

    def next_part(self, asked_s: float, room: Room) -> tuple[Part | None, float]:
        """What may be sent now, and when that was known. Nothing is read while a batch is long in coming."""
        part = self.outbox.next_part(asked_s, self.climb.level, room)
        now_s = self.clock()
        if self.standstill.waited(now_s - asked_s):
            self.climb.held_back()
        return part, now_s

    def start(self, part: Part) -> None:
        """Send one part, at the pace in force."""
        now_s = self.clock()
        wcu = self.send(part, now_s)
        if wcu is not None:
            self.pace.start(wcu, len(part.indexes), now_s, jitter=self.outbox.random.uniform(*JITTER))
            self.meter.sent(len(part.indexes), part.attempt > 0)

    def send(self, part: Part, now_s: float) -> float | None:
        """Send one part; the write units that it should cost. None when it cannot be signed: there is a signal."""
        try:
            request = self.destination.request(part)
        except RunPaused as signal:
            self.signal = signal
            return None
        batch, rows = part.batch, len(part.indexes)
        wcu = batch.wcu if rows == len(batch.positions) else batch.wcu * rows / len(batch.positions)
        self.transport.send(_Sent(part, request, wcu, now_s, self.standstill.waited_s), request)
        return wcu

    def take(self, replies: list[tuple[_Sent, Reply]]) -> None:
        """Read the replies, record what they settle, queue what is left."""
        if not replies:
            return
        now_s = self.clock()
        acks, whole, partly = [], Tally(), []
        all_measured = self.standstill.measured(-math.inf)
        for sent, reply in replies:
            part = sent.part
            outcome = self.destination.read(part, sent.request, reply)
            rows = len(part.indexes)
            if outcome.verdict is Verdict.SETTLED and len(outcome.written) == rows:
                wcu = sent.estimated_wcu if outcome.consumed_wcu is None else outcome.consumed_wcu
                measured = all_measured or self.standstill.measured(sent.waited_s)
                whole.add(rows, reply.latency_s, sent.estimated_wcu, wcu, measured)
                written, complete = positions_of(part.batch, outcome.written), self.outbox.settled(part.batch, rows)
                told = (part.batch.slice_index, written, (), (), reply.latency_s, part.attempt + 1, wcu, 0, complete)
                acks.append(Acknowledged(*told))
            else:
                partly.append((sent, reply, outcome))
        if whole.replies:
            self.note_whole(whole, now_s)
        for sent, reply, outcome in partly:
            if (ack := self.settle(sent, reply, outcome, now_s)) is not None:
                acks.append(ack)
        if acks:
            self.record(acks)

    def note_whole(self, whole: Tally, now_s: float) -> None:
        """Tell all who count of the replies that left nothing to do; one call for all that came together."""
        self.pace.settle(whole.estimated_wcu, whole.wcu, 0, now_s)
        self.pace.brake.answered(0, whole.rows, now_s, replies=whole.replies)
        self.climb.answered(whole.rows, whole.latency_s, now_s, replies=whole.replies)
        self.patience.progress(now_s)
        self.meter.wrote(whole)

    def settle(self, sent: _Sent, reply: Reply, outcome: Outcome, now_s: float) -> Acknowledged | None:
        """Queue the follow-up of a reply that leaves something to do; what it settles."""
        part = sent.part
        self.set_signal(outcome)
        self.outbox.follow_up(part, outcome, now_s)
        rows = settled_rows(part, outcome)
        written, settled = len(rows[0]), sum(map(len, rows))
        wcu = outcome.consumed_wcu
        if wcu is None:
            wcu = sent.estimated_wcu * written / max(1, len(part.indexes))
        self.pace.settle(sent.estimated_wcu, wcu, len(part.indexes) - written, now_s)
        self.note(sent, reply, outcome, settled, now_s)
        self.meter.answered(reply.latency_s, outcome, written, wcu, measured=self.standstill.measured(sent.waited_s))
        if not settled:
            return None
        return self.acknowledged(part, reply, rows, wcu, len(outcome.again))._replace(unknown=len(outcome.compare))

    def acknowledged(
        self, part: Part, reply: Reply, rows: tuple[Positions, tuple[Failure, ...], Positions], wcu: float, again: int
    ) -> Acknowledged:
        """What a reply settled: `rows` are written, failed, existing."""
        written, failed, existing = rows
        complete = self.outbox.settled(part.batch, len(written) + len(failed) + len(existing))
        return Acknowledged(
            part.batch.slice_index, written, failed, existing, reply.latency_s, part.attempt + 1, wcu, again, complete
        )

    def note(self, sent: _Sent, reply: Reply, outcome: Outcome, settled: int, now_s: float) -> None:
        """Tell brake, patience, climb and restraint."""
        rows = len(sent.part.indexes)
        self.climb.answered(settled, reply.latency_s, now_s)
        if outcome.reason:
            self.restraint.heard(outcome, now_s)
        if outcome.verdict is Verdict.THROTTLED:
            self.pace.brake.refused(now_s, rows)
        elif outcome.verdict is Verdict.SETTLED:
            self.pace.brake.answered(len(outcome.again), rows, now_s)
        elif outcome.verdict is Verdict.SPLIT:
            self.pace.brake.excused(rows)
        if not settled and outcome.verdict in (Verdict.RETRY, Verdict.SKEW):
            self.patience.trouble(sent.at_s, now_s)
            self.last_trouble = outcome.reason or outcome.code
        else:
            self.patience.progress(now_s, landed=bool(settled or outcome.compare) or outcome.verdict not in _NO_ROOM)

    def set_signal(self, outcome: Outcome) -> None:
        """Stop after a reply that no retry can change."""
        if self.signal is None and outcome.verdict is Verdict.FATAL:
            self.signal = FatalError(f"{outcome.message} Destination: {self.destination.place}.")
        elif self.signal is None and outcome.verdict is Verdict.PAUSE:
            self.signal = RunPaused(f"{outcome.message} Destination: {self.destination.place}.")

    def drain(self) -> None:
        """Wait up to 1.5 s for the replies in flight, and record them."""
        end_s = self.clock() + DRAIN_S
        while self.transport.in_flight and self.clock() < end_s:
            self.take_replies(min(COMMAND_EVERY_S, max(0.0, end_s - self.clock())))

    def tick(self, *, force: bool = False) -> None:
        """Tell what happened, four times a second."""
        now_s = self.clock()
        if self.on_tick is not None and (force or self.meter.due(now_s, TICK_EVERY_S)):
            if now_s - self.climb.slower_at_s < TICK_EVERY_S:
                self.restraint.say(SLOWER, 0, now_s)
            if self.pace.brake.yields(now_s):
                self.restraint.say(NO_ROOM, 4, now_s)
            tick = self.meter.tick(now_s, self.standstill.waited_s)
            self.on_tick(
                replace(
                    tick,
                    in_flight=self.transport.in_flight,
                    limit_wcu=self.pace.limit_wcu(now_s),
                    reason=self.restraint.reason(now_s),
                    workers=self.climb.level,
                    waiting=len(self.outbox.waiting),
                )
            )
