"""What is to be sent next: halves of refused batches, what has waited long enough, then a new batch."""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from importer.write.follow import first_part, follow_up
from importer.write.model import UNLIMITED, Ask, Batch, Outcome, Part, Room
from importer.write.retry import Backoff, Uniform

OPEN_PER_WORKER = 4
"""Batches begun and not done, for each worker: those that wait for another try must not pile up without bound."""


@dataclass
class Outbox:
    """The batches that come, and what of those begun is not settled yet. Times are the engine's monotonic clock.

    `ready` are parts to send at once, `waiting` parts with the time when they may be sent again, `open` the rows
    that each begun batch has left, by the batch's `id`.
    """

    batches: Iterator[Batch]
    backoff: Backoff
    random: Uniform
    ready: list[Part] = field(default_factory=list)
    waiting: list[tuple[float, int, Part]] = field(default_factory=list)
    open: dict[int, int] = field(default_factory=dict)
    _order: Iterator[int] = field(default_factory=itertools.count)
    _more: bool = True

    @property
    def done(self) -> bool:
        """Every row of every batch is settled, and none comes."""
        return not self._more and not self.open

    def next_part(self, now_s: float, workers: int, room: Room = UNLIMITED) -> Part | None:
        """What may be sent now; None when nothing may. A part that does not fit into `room` is sent in several."""
        if self.ready:
            part = self.ready.pop()
        elif self.waiting and self.waiting[0][0] <= now_s:
            part = heapq.heappop(self.waiting)[2]
        elif self._more and len(self.open) < OPEN_PER_WORKER * workers:
            batch = next(self.batches, None)
            if batch is None:
                self._more = False
                return None
            self.open[id(batch)] = len(batch.positions)
            part = first_part(batch)
        else:
            return None
        return part if room is UNLIMITED or part.ask is Ask.COMPARE else self._fitting(part, room)

    def _fitting(self, part: Part, room: Room) -> Part:
        """As much of it as there is room for; the rest comes next."""
        rows = room.rows_of(part.batch)
        if rows >= len(part.indexes):
            return part
        self.ready.append(part._replace(indexes=part.indexes[rows:]))
        return part._replace(indexes=part.indexes[:rows])

    def give_back(self, part: Part) -> None:
        """It was not sent after all: it comes next."""
        self.ready.append(part)

    def wait_s(self, now_s: float, workers: int) -> float:
        """Seconds until there is something to send; infinite when only answers can bring it."""
        if self.ready or (self._more and len(self.open) < OPEN_PER_WORKER * workers):
            return 0.0
        return max(0.0, self.waiting[0][0] - now_s) if self.waiting else math.inf

    def settled(self, batch: Batch, rows: int) -> bool:
        """`rows` more of a begun batch are settled; whether it is done."""
        left = self.open.pop(id(batch)) - rows
        if left:
            self.open[id(batch)] = left
        return not left

    def follow_up(self, part: Part, outcome: Outcome, now_s: float) -> None:
        """Take in what a reply leaves to do: another try at once, or one after a delay."""
        soon, later = follow_up(part, outcome)
        self.ready.extend(soon)
        for one in later:
            due_s = now_s + self.backoff.delay_s(one.attempt, self.random)
            heapq.heappush(self.waiting, (due_s, next(self._order), one))
