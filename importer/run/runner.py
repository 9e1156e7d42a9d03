"""The runner: one process that takes a planned run from where its ledger stands to the end.

Pause and cancel end the process; resume starts another one. So there is one way to go on, whatever stopped the run.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple

from importer.errors import ConfigError, FatalError, ImporterError, RetryableError, RunCancelled, RunPaused
from importer.logs import describe_error
from importer.plan import Plan
from importer.run.capacity import CapacityWatch
from importer.run.desk import REFUSED, BadCount, Desk, RefusalCount, signals_cancel
from importer.run.destination import body_maker, open_batch_endpoint, open_destination, usable_connection
from importer.run.feed import ListToSend, feed_batches
from importer.run.folder import RunFolder, open_run
from importer.run.heartbeat import Heartbeat
from importer.run.ledger import Ledger
from importer.run.lock import RunLock
from importer.run.meter import Meter
from importer.run.preparer import Preparer
from importer.run.processes import this_holder
from importer.run.saved.last_list import note_imported
from importer.run.states import RunState, Snapshot
from importer.run.unchanged import fixed_lists, planned_list_at_once
from importer.settings import Settings
from importer.write import Acknowledged, Batch, BodyOf, Tick, stop_asked, write_batches

Echo = Callable[[Snapshot], None]

ECHO_S = 0.2
"""Shortest time between two lines of progress told to whoever started the runner."""

LOCK_PATIENCE_S = 0.3
"""Longer than whoever starts or cancels a run holds its lock."""

log = logging.getLogger(__name__)


def execute_run(
    settings: Settings,
    run_id: str,
    *,
    echo: Echo | None = None,
    only_queued: bool = False,
    send: Callable[..., None] = write_batches,
    wall_clock: Callable[[], float] = time.time,
    preparer: Preparer | None = None,
) -> RunState:
    """Run a planned run to its end, or to where a person, a signal or trouble stops it; the state it is left in.

    `echo` gets a snapshot a few times a second. `only_queued` does nothing for a run that was cancelled since it was
    queued. `send` is the write engine. `wall_clock` (Unix seconds) signs requests and is told for display: nothing is
    timed by it. `preparer` is a process that has loaded already; without one a long list gets its own. Raises
    RunBusy when another process has the run, ConfigError when there is no plan or something planned has changed,
    FatalError (after saving the state where the disk allows it) on a full disk or a damaged ledger.
    """
    folder = open_run(settings, run_id)
    if not folder.frozen:
        raise ConfigError(
            f"Run {run_id} has no plan yet. Start the import on its page, or import its file with `run`."
        )
    holder = this_holder(_now())
    with RunLock(folder, holder, patience_s=LOCK_PATIENCE_S), Ledger.open(folder.ledger) as ledger:
        stands = ledger.snapshot().state
        if stands is RunState.FINISHED or (only_queued and stands is not RunState.QUEUED):
            return stands
        ledger.begin(holder, time.monotonic())
        log.info("Run %s: started as process %d", run_id, holder.pid)
        with Heartbeat(folder.ledger):
            state, reason = _guarded(
                settings, folder, ledger, echo or _silent, send=send, wall_clock=wall_clock, preparer=preparer
            )
        log.info("Run %s: %s. %s", run_id, state.value, reason)
        if echo is not None:
            echo(ledger.snapshot())
    if state is RunState.FINISHED:
        note_imported(settings, folder, _now())
    return state


def _guarded(
    settings: Settings,
    folder: RunFolder,
    ledger: Ledger,
    echo: Echo,
    *,
    send: Callable[..., None],
    wall_clock: Callable[[], float],
    preparer: Preparer | None,
) -> tuple[RunState, str]:
    """Run, and leave the ledger at a state whatever happens; refusals and fatal errors go on to the caller."""
    desk = Desk(ledger)
    try:
        with signals_cancel(desk), ExitStack() as until_sent:
            at_once = planned_list_at_once(folder, ledger)
            plan, listed, confirm_source = until_sent.enter_context(at_once)
            rounds = fixed_lists(folder, ledger, listed)
            if preparer is None and Preparer.worth_it(rows=ledger.snapshot().buckets.pending):
                preparer = until_sent.enter_context(Preparer())
            batches = until_sent.enter_context(feed_batches(listed, ledger, body_maker(plan), preparer))
            try:
                open_it = partial(_opened, settings, plan, folder.run_id, wall_clock)
                opened = desk.while_heard(open_it, give_up=lambda late: late.kept.close())
                until_sent.push(opened.kept)
            finally:  # a list that changed is told even where the table cannot be reached
                desk.while_heard(confirm_source)
            watch = until_sent.enter_context(opened.watch)
            desk.table_wcu = lambda: watch.table_wcu
            everything = until_sent.enter_context(closing(_then(batches, rounds, ledger, body_maker(plan))))
            Sending(plan, ledger, desk, echo, wall_clock).run(everything, opened.destination, send)
        state, reason = _ended(ledger)
    except RunPaused as signal:
        state, reason = RunState.PAUSED, str(signal)
        if isinstance(asked := stop_asked(desk.command()), RunCancelled):  # asked for while it paused by itself
            state, reason = RunState.CANCELLED, desk.cancelled_by or str(asked)
    except RunCancelled as signal:
        state, reason = RunState.CANCELLED, desk.cancelled_by or str(signal)
    except (ConfigError, FatalError) as error:
        _save_failure(ledger, str(error))
        raise
    except Exception as error:
        log.exception("Run %s stopped on an unexpected error", folder.run_id)
        state, reason = RunState.FAILED, f"Unexpected error ({describe_error(error)}). Resume to try again."
    ledger.set_state(state, reason, _now())
    return state, reason


class _Opened(NamedTuple):
    """Where batches go; `kept` is what it needs for as long as it is used (the embedded engine)."""

    destination: Any
    watch: CapacityWatch
    kept: ExitStack


def _opened(settings: Settings, plan: Plan, run_id: str, wall_clock: Callable[[], float]) -> _Opened:
    """The table, or a pause that says what is the matter with it: a person can mend that and resume."""
    try:
        with ExitStack() as kept:
            if plan.target.connection.kind == "batch":
                return _Opened(*open_batch_endpoint(settings, plan.target.connection), kept.pop_all())
            usable = usable_connection(settings, plan.target.connection, purpose=f"run-{run_id}")
            found = open_destination(plan, kept.enter_context(usable), wall_clock=wall_clock)
            return _Opened(*found, kept.pop_all())
    except (ConfigError, RetryableError) as error:
        raise RunPaused(str(error)) from error


def _ended(ledger: Ledger) -> tuple[RunState, str]:
    """Finished when every row has its bucket; anything else after the last slice is a fault of ours, told as such."""
    told, counted = ledger.snapshot().buckets, ledger.recount()
    if told != counted:
        return RunState.FAILED, "The ledger does not add up. Keep it, and import the list again as a new run."
    pending = told.pending
    if pending == 0:
        return RunState.FINISHED, ""
    return RunState.FAILED, f"{pending:,} rows are still pending after the last batch. Resume to send them."


def _save_failure(ledger: Ledger, reason: str) -> None:
    """Leave the state where the disk allows it; if not, the missing process tells the readers enough."""
    try:
        ledger.set_state(RunState.FAILED, reason, _now())
    except ImporterError as error:
        log.error("The state could not be saved: %s", error)


@dataclass
class Sending:
    """What the write engine calls while it sends: record, command, tick."""

    plan: Plan
    ledger: Ledger
    desk: Desk
    echo: Echo
    wall_clock: Callable[[], float] = time.time

    def __post_init__(self) -> None:
        now = self.ledger.snapshot()
        self._bad = BadCount(self.plan.max_bad, now.rows, now.buckets.rejected + now.buckets.failed)
        stops = [event for event in self.ledger.events() if event.kind == RunState.PAUSED.value]
        self._refusals = RefusalCount(told_before=any(event.text.startswith(REFUSED) for event in stops))
        self._meter = Meter(now.active_s, time.monotonic())
        self._echoed_s = float("-inf")
        self._told = ""
        self._most_workers = now.most_workers

    def run(self, batches: Iterator[Batch], destination: Any, send: Callable[..., None]) -> None:
        """Send everything pending. Raises as the write engine does."""
        try:
            send(batches, destination, record=self.record, command=self.desk.command, on_tick=self.tick)
        finally:
            if held := self._refusals.release():
                self.ledger.record(held)
            self._sample(self._meter.flush(self.wall_clock()))

    def record(self, acknowledged: Sequence[Acknowledged]) -> None:
        """Acknowledged first, recorded second. RunPaused at once when more rows are bad than allowed.

        Replies that came together with the one that broke the limit are left out, and those in flight are not
        awaited: the limit is passed by one batch at most, and the others' rows stay pending. So do rows that are
        refused one after another for one reason, which stops the run too.
        """
        known: list[Acknowledged] = []
        for reply in acknowledged:
            now, refused = self._refusals.add(reply)
            known += now
            over = self._bad.add(len(reply.failed)) if reply.failed else ""
            if over:
                known += self._refusals.release()
            if over or refused:
                self.ledger.record(known)
                raise RunPaused(over or refused)
        self.ledger.record(known)

    def tick(self, tick: Tick) -> None:
        """Samples for the chart, reasons of the pace as events, progress for whoever looks on.

        More workers than ever are told by a tick before they are used, so the ledger always knows the most.
        """
        if tick.workers > self._most_workers:
            self._most_workers = tick.workers
            self.ledger.set_most_workers(tick.workers)
        self._sample(self._meter.add(tick, self.wall_clock()))
        if tick.reason != self._told:
            self._told = tick.reason
            self.ledger.set_pacing(tick.reason)
        if tick.t_s - self._echoed_s >= ECHO_S:
            self._echoed_s = tick.t_s
            self.echo(self.ledger.snapshot())

    def _sample(self, sample: Any) -> None:
        if sample is not None:
            self.ledger.add_sample(sample)


def _then(
    batches: Iterator[Batch], rounds: Sequence[ListToSend], ledger: Ledger, body_of: BodyOf
) -> Generator[Batch, None, None]:
    """The batches of the list, then those of each round of fixed rows."""
    yield from batches
    for listed in rounds:
        with feed_batches(listed, ledger, body_of) as more:
            yield from more


def _silent(_: Snapshot) -> None:
    """Nobody looks on."""


def _now() -> datetime:
    return datetime.now(UTC)
