"""What stops or steers the runner: a person through the ledger, a signal, the limit of bad rows."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

from importer.logs import let_go_of_terminal
from importer.plan import BadLimit
from importer.run.ledger import Ledger
from importer.write import Acknowledged, Command, stop_asked

Done = TypeVar("Done")

LISTEN_S = 0.05
"""How often commands are heard while nothing is sent yet, as often as the write engine hears them."""


class Desk:
    """Asked by the write engine every 50 ms. `table_wcu` gives the table's write capacity as last described."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.table_wcu: Callable[[], float | None] = lambda: None
        self._cancelled_by = ""

    def command(self) -> Command:
        """What is wanted now, read from the ledger (about 20 µs); a signal to this process comes first."""
        told = self._ledger.read_command()
        state = "cancel" if self._cancelled_by else told.state
        return Command(state, told.rate_wcu, told.rate_rows, told.pause_s, told.workers, self.table_wcu())

    def while_heard(self, work: Callable[[], Done], give_up: Callable[[Done], object] = lambda _: None) -> Done:
        """What `work` gives (or raises), done in a thread while commands are heard, for it may wait for a service.

        Raises RunPaused or RunCancelled within 50 ms of such a command; what comes of the work after all goes to
        `give_up`.
        """
        done: Future[Done] = Future()
        threading.Thread(target=_settle, args=(done, work), name="while-heard", daemon=True).start()
        while not wait([done], LISTEN_S).done:
            if (stop := stop_asked(self.command())) is not None:
                done.add_done_callback(lambda late: None if late.exception() else give_up(late.result()))
                raise stop
        return done.result()

    def cancel(self, reason: str) -> None:
        """Answer `cancel` from now on; the first reason counts. Safe in a signal handler."""
        self._cancelled_by = self._cancelled_by or reason

    @property
    def cancelled_by(self) -> str:
        """Why this process cancels by itself, empty when it does not."""
        return self._cancelled_by


def _settle(done: Future[Done], work: Callable[[], Done]) -> None:
    try:
        done.set_result(work())
    except BaseException as error:
        done.set_exception(error)


ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, an end that the system asks for, a terminal that was closed (unless nohup has that ignored)."""


@contextmanager
def signals_cancel(desk: Desk) -> Iterator[None]:
    """The signals that end a process cancel the run in order, for as long as the block lasts."""

    def cancel(number: int, frame: FrameType | None) -> None:
        if number == signal.SIGHUP:
            let_go_of_terminal()
        desk.cancel(f"Cancelled by {signal.Signals(number).name}. It can be resumed.")

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard = [number for number in ENDING_SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, cancel) for number in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


REFUSED_ROWS = 75
"""Three whole batches: the service has nothing to say that is about single rows then."""

REFUSED = "Row after row is refused for one reason"
"""How the reason of such a pause begins."""


class RefusalCount:
    """Holds back what the service refuses until it is known to be about single rows: until it takes another row.

    Refused with one code `REFUSED_ROWS` times in a row, the run is stopped and the rows stay pending, so that they
    are sent again once the cause is mended. A reply beside which rows are to be read back says nothing of a table
    that takes none: after a stop many of them are in it. `told_before`: the run was stopped so already; then they
    count as failed, and each start gets past them.
    """

    def __init__(self, *, told_before: bool) -> None:
        self._told_before = told_before
        self._held: list[Acknowledged] = []
        self._code = ""
        self._rows = 0

    def add(self, reply: Acknowledged) -> tuple[list[Acknowledged], str]:
        """What may be recorded by now, in order, and why to stop ("" as long as there is no reason to)."""
        codes = {failure.code for failure in reply.failed}
        if reply.written or reply.existing or reply.unknown or len(codes) != 1:
            return [*self.release(), reply], ""
        before = [] if codes == {self._code} else self.release()
        self._code = codes.pop()
        self._held.append(reply)
        self._rows += len(reply.failed)
        if self._rows < REFUSED_ROWS:
            return before, ""
        held = self.release()
        return [*before, *(held if self._told_before else ())], self._reason(reply.failed[-1].message)

    def release(self) -> list[Acknowledged]:
        """All that is held back; it counts from nothing again."""
        held, self._held, self._rows, self._code = self._held, [], 0, ""
        return held

    def _reason(self, message: str) -> str:
        kept = "They are among the failed rows now." if self._told_before else "They are not lost: they stay pending."
        return (
            f"{REFUSED}, {REFUSED_ROWS} by now: {message} {kept} Mend that, then resume; "
            "or bring the list in again without them."
        )


class BadCount:
    """Counts rows rejected or failed against `--max-bad`; None means no limit.

    A start that is over the limit already is a person's word to go on: then the limit does not count any more.
    """

    def __init__(self, limit: str | None, list_rows: int, bad_rows: int) -> None:
        parsed = BadLimit.parse(limit) if limit is not None else None
        self._limit = None if parsed is not None and parsed.exceeded(bad_rows, list_rows) else parsed
        self._list_rows = list_rows
        self._bad_rows = bad_rows

    def add(self, failed: int) -> str:
        """Count `failed` more; the reason to stop, empty as long as the limit holds."""
        self._bad_rows += failed
        if self._limit is None or not self._limit.exceeded(self._bad_rows, self._list_rows):
            return ""
        allowed = self._limit.allowed(self._list_rows)
        return (
            f"{self._bad_rows:,} rows were rejected or failed, more than the limit of {allowed:,}. "
            "Look at the failed rows; resume to go on without the limit."
        )
