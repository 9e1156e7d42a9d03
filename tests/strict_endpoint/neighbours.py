"""Other writers on the table: their puts come by chance, and take their units from the same bucket as ours."""

from __future__ import annotations

import heapq
import random
from dataclasses import dataclass, field
from typing import Any

from strict_endpoint.service import Answer, StrictService


@dataclass
class Neighbours:
    """Put requests of `rows` items of one write unit each, `asks` items a second on average (a Poisson process).

    Each is independent of the table's state; a request is tried `tries` times in all, with the delays of AWS's SDKs
    (full jitter, 50 ms x 2^n, at most 20 s), and every try counts as asked.
    """

    asks: float
    seed: int = 1
    rows: int = 1
    tries: int = 1
    until_s: float = float("inf")
    asked: int = 0
    refused: int = 0
    wrote: int = 0
    _due: list[tuple[float, int, int, int]] = field(default_factory=list)
    _number: int = 0

    def begin(self, now_s: float) -> None:
        """The first of them is under way."""
        self._random = random.Random(self.seed)
        self.begun_s = now_s
        self._next(now_s)

    def _next(self, now_s: float) -> None:
        if self.asks:
            self._number += 1
            due_s = now_s + self._random.expovariate(self.asks / self.rows)
            heapq.heappush(self._due, (due_s, self._number, 0, self.rows))

    def due(self, now_s: float) -> tuple[float, int, int, int] | None:
        """The next try that has arrived by `now_s`: time, number, tries before, items."""
        if not self._due or self._due[0][0] > now_s or self._due[0][0] > self.begun_s + self.until_s:
            return None
        return heapq.heappop(self._due)

    def answered(self, at_s: float, number: int, tried: int, sent: int, landed: int) -> None:
        """A try is over."""
        self.asked += sent
        self.refused += sent - landed
        self.wrote += landed
        if tried == 0:
            self._next(at_s)
        if landed < sent and tried + 1 < self.tries:
            delay_s = self._random.uniform(0.0, min(20.0, 0.05 * 2**tried))
            heapq.heappush(self._due, (at_s + delay_s, number, tried + 1, sent - landed))

    def forget(self) -> None:
        """Count from now on."""
        self.asked = self.refused = self.wrote = 0

    @property
    def refused_share(self) -> float:
        """Of what they asked for, what the table refused them."""
        return self.refused / max(1, self.asked)


class SharedService(StrictService):
    """A table that others fill too. Whatever they asked for before one of our requests is served before it."""

    def __init__(self, faults: Any, neighbours: Neighbours, **more: Any) -> None:
        super().__init__(faults, **more)
        self.neighbours = neighbours
        self.neighbours.begin(self.now())
        self.ours: list[tuple[int, int]] = []
        self.taken = 0

    def handle(self, headers: dict[str, str], body: bytes) -> Answer:
        """One POST of ours."""
        self.play_to(self.now())
        before = self.taken
        answer = super().handle(headers, body)
        if rows := body.count(b'"PutRequest"'):
            self.ours.append((rows, self.taken - before))
        return answer

    def _store(self, item: dict) -> None:
        super()._store(item)
        self.taken += 1

    @property
    def sent_for_one_landed(self) -> float:
        """Rows that we sent for each that landed, from when a third of them had been refused; 0 = never so many."""
        sent = landed = 0
        for number, (rows, taken) in enumerate(self.ours):
            sent, landed = sent + rows, landed + taken
            if 3 * landed <= 2 * sent:
                since = self.ours[number + 1 :]
                return sum(rows for rows, _ in since) / max(1, sum(taken for _, taken in since))
        return 0.0

    def play_to(self, now_s: float) -> None:
        """All that the others asked for until then."""
        clock = self.now
        while (one := self.neighbours.due(now_s)) is not None:
            at_s, number, tried, rows = one
            self.now = lambda: at_s  # noqa: B023
            landed = sum(self._affords(1.0) for _ in range(rows))
            self.neighbours.answered(at_s, number, tried, rows, landed)
        self.now = clock
