"""Long works on lists, beside the pages: begun once, whatever page is open, watched and stopped from any of them.

Reading, counting what is in each column, checking, looking for people: each is a work of one list and one kind. Who
asks for the same again joins it; another version (another dialect, other steps) takes the place of the one before.
As many as there are cores are done at a time over all people; the others wait for their turn, in order.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from importer.errors import ImporterError, RunCancelled
from importer.parallel import usable_cores
from importer.run.workers import Job, Workers

log = logging.getLogger(__name__)

MOST_HELD = 100
"""Works that have ended and are held with what came of them, the newest; a result is small."""


SETTLED_S = 0.5
"""Before that a rate says nothing."""


@dataclass(eq=False)
class Work:
    """One work on its way, or ended. `result` is what came of it, `error` what ended it. `ahead`: how many others
    are done before it is its turn; 0 once it is begun. `is_told`: a page has shown the error."""

    run_id: str
    kind: str
    version: object
    done: int = 0
    total: int = 0
    ahead: int = 0
    start_s: float = 0.0
    result: Any = None
    error: BaseException | None = None
    is_told: bool = False
    is_cancelled: threading.Event = field(default_factory=threading.Event)
    has_ended: threading.Event = field(default_factory=threading.Event)

    def tell(self, done: int, total: int) -> None:
        """How far it has come."""
        self.done, self.total = done, total

    def is_awaited(self) -> bool:
        """Whether it is going on, or ended with an error that nobody was told yet."""
        if self.has_ended.is_set():
            return not (self.error is None or self.is_told or isinstance(self.error, RunCancelled))
        return not self.is_cancelled.is_set()

    @property
    def share(self) -> float:
        """Of the whole, 0 to 1."""
        return min(1.0, self.done / self.total) if self.total else 0.0

    @property
    def passed_s(self) -> float:
        """Since it was begun."""
        return time.monotonic() - self.start_s if self.start_s else 0.0

    @property
    def rate(self) -> float:
        """Done a second so far; 0 as long as nobody knows."""
        return self.done / self.passed_s if self.passed_s > SETTLED_S else 0.0

    @property
    def left_s(self) -> float | None:
        """Seconds until it is done, at this rate."""
        return (self.total - self.done) / self.rate if self.rate and self.total else None


class Works:
    """All works of the app. `most`: that are done at a time by processes."""

    def __init__(self, most: int = 0) -> None:
        self._most = most or usable_cores()
        self._of: dict[tuple[str, str], Work] = {}
        self._stopped: set[tuple[str, str]] = set()
        self._busy: list[Work] = []
        self._queue: list[Work] = []
        self._turn = threading.Condition()
        self._workers = Workers()

    def find(self, run_id: str, kind: str) -> Work | None:
        """The newest work of this kind on this list, ended or not."""
        return self._of.get((run_id, kind))

    def going(self, run_id: str, kind: str) -> Work | None:
        """The one that has not ended."""
        work = self.find(run_id, kind)
        return None if work is None or work.has_ended.is_set() else work

    def ask(self, run_id: str, kind: str, version: object, job: Job, *, apart: bool = True) -> Work:
        """The work of this version, going or ended; begun where there is none, or a person knows that it failed."""
        work = self.find(run_id, kind)
        if work is not None and work.version == version and work.has_ended.is_set() and not work.is_told:
            return work
        return self.begin(run_id, kind, version, job, apart=apart)

    def begin(
        self,
        run_id: str,
        kind: str,
        version: object,
        job: Job,
        *,
        apart: bool = True,
        then: Callable[[], object] | None = None,
    ) -> Work:
        """As `ask`, but done once more where it has ended well. `apart`: by a process, when it is its turn; else by a
        thread at once, which is for what takes a second. One of another version ends first. `then` is done after a
        good end."""
        with self._turn:
            before = self.find(run_id, kind)
            if before is not None and before.version == version and before.is_awaited():
                return before
            work = Work(run_id, kind, version)
            self._hold(work)
        name = f"{kind}-{run_id}"
        threading.Thread(target=self._run, args=(work, job, before, apart, then), name=name, daemon=True).start()
        return work

    def stop(self, run_id: str, kind: str) -> None:
        """A person stops it, for every page; it is begun again when one asks for that (`allow`)."""
        self._stopped.add((run_id, kind))
        if (work := self.find(run_id, kind)) is not None:
            work.is_cancelled.set()

    def is_stopped(self, run_id: str, kind: str) -> bool:
        """Whether a person stopped it and nobody has asked for it again."""
        return (run_id, kind) in self._stopped

    def allow(self, run_id: str, kind: str) -> None:
        """A person asks for it again."""
        self._stopped.discard((run_id, kind))

    def close(self) -> None:
        """End all of them, and the processes."""
        for work in list(self._of.values()):
            work.is_cancelled.set()
        self._workers.close()

    def _hold(self, work: Work) -> None:
        self._of.pop((work.run_id, work.kind), None)
        self._of[work.run_id, work.kind] = work
        ended = [key for key, other in self._of.items() if other.has_ended.is_set()]
        for key in ended[: max(0, len(ended) - MOST_HELD)]:
            del self._of[key]

    def _run(self, work: Work, job: Job, before: Work | None, apart: bool, then: Callable[[], object] | None) -> None:
        try:
            if before is not None:
                before.is_cancelled.set()
                before.has_ended.wait()
            if apart:
                self._take_turn(work)
            work.start_s = time.monotonic()
            do = partial(self._workers.do, job) if apart else job
            work.result = do(work.tell, work.is_cancelled.is_set)
        except BaseException as error:
            work.error = error
        finally:
            self._leave(work)
            try:
                if work.error is None and then is not None:
                    then()
            except ImporterError as error:
                log.warning("What follows on %s of %s was not begun: %s", work.kind, work.run_id, error)
            finally:
                work.has_ended.set()

    def _take_turn(self, work: Work) -> None:
        """Wait until fewer than `most` are being done and nobody came before. Raises RunCancelled."""
        with self._turn:
            self._queue.append(work)
            self._count_ahead()
            while work.ahead:
                if work.is_cancelled.is_set():
                    raise RunCancelled("It was stopped before it was its turn.")
                self._turn.wait(0.1)
            self._queue.remove(work)
            self._busy.append(work)
            self._count_ahead()

    def _leave(self, work: Work) -> None:
        with self._turn:
            self._queue = [other for other in self._queue if other is not work]
            self._busy = [other for other in self._busy if other is not work]
            work.ahead = 0
            self._count_ahead()
            self._turn.notify_all()

    def _count_ahead(self) -> None:
        free = self._most - len(self._busy)
        for place, work in enumerate(self._queue):
            work.ahead = max(0, place + 1 - free)


WORKS = Works()
"""Those of this process."""
