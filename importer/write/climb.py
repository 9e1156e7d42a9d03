"""How many requests are in flight: more connections only while they bring more rows.

A hill climb on rows a second. It starts at 4 and doubles while doubling pays (slow start); then it stands still and
tries, every few seconds, a quarter more and a fifth fewer in turn. A step up stays when it brought 5 % more rows, a
step down stays when it cost less than 3 %. When answers get much slower and fewer rows go through, it steps down at
once, and doubles again from there if that pays: a longer way to the service wants more connections, a service out of
breath wants fewer, and only trying tells the two apart. Windows in which something else held the engine back (a cap,
throttles, no batch at hand) say nothing about connections and do not count.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

LEAST, START, MOST = 1, 4, 64
DOUBLE_PAYS = 1.25
UP_PAYS = 1.05
DOWN_COSTS = 0.97
WINDOW_S = 1.0
FIRST_WINDOW_S = 0.1
"""While doubling: short, so that a fast table is at its level within a second."""

ROUNDS = 4
"""A window has at least so many answers for each connection, however slow they are."""

PROBE_EVERY_S = 4.0
SLOWER = 2.5
SLOWER_BY_S = 0.02
FEWER_ROWS = 0.8
STEP_BACK = 0.7
"""Answers take 2.5 times as long (and 20 ms more) and a fifth fewer rows go through: step down to 0.7."""


class _Phase(Enum):
    DOUBLE = "double"
    STAND = "stand"
    UP = "up"
    DOWN = "down"


@dataclass
class _Window:
    """Rows and latencies since `from_s`; the first `skip` answers belong to the level before."""

    from_s: float | None = None
    skip: int = 0
    answers: int = 0
    rows: int = 0
    latency_s: float = 0.0


class Climb:
    """`level` is the number of requests that may be in flight. Times are the engine's monotonic clock."""

    def __init__(self, start: int = START, most: int = MOST) -> None:
        """`most`: the highest level that it tries by itself."""
        self.level = start
        self.slower_at_s = float("-inf")
        self._most = most
        self._fixed = False
        self._phase = _Phase.DOUBLE
        self._window = _Window()
        self._before: tuple[int, float] | None = None
        self._rate = self._latency_s = 0.0
        self._probe_at_s = 0.0
        self._next_probe = _Phase.UP

    def follow(self, workers: int | None) -> None:
        """A person's fixed number, or None: find it."""
        if workers is not None:
            self.level, self._fixed = max(LEAST, workers), True
        elif self._fixed:
            self.__init__(min(self.level, self._most), self._most)  # type: ignore[misc]

    def held_back(self) -> None:
        """Fewer than `level` were in flight, for another reason than slow answers."""
        self._window = _Window()

    def answered(self, rows: int, latency_s: float, now_s: float, *, replies: int = 1) -> None:
        """Answers settled `rows` rows; `latency_s` is the sum of how long each took."""
        window = self._window
        if self._fixed:
            return
        if window.skip > 0:
            window.skip -= replies
            return
        if window.from_s is None:
            window.from_s = now_s
            return
        window.answers += replies
        window.rows += rows
        window.latency_s += latency_s
        least_s = FIRST_WINDOW_S if self._phase is _Phase.DOUBLE else WINDOW_S
        if now_s - window.from_s >= least_s and window.answers >= ROUNDS * self.level:
            rate = window.rows / (now_s - window.from_s)
            self._window = _Window()
            self._judge(rate, window.latency_s / window.answers, now_s)

    def _judge(self, rate: float, latency_s: float, now_s: float) -> None:
        if self._phase is _Phase.DOUBLE:
            self._double(rate, latency_s, now_s)
        elif self._phase is _Phase.STAND:
            self._stand(rate, latency_s, now_s)
        else:
            self._weigh(rate, latency_s, now_s)

    def _double(self, rate: float, latency_s: float, now_s: float) -> None:
        gain = rate / self._before[1] if self._before and self._before[1] else float("inf")
        if gain >= DOUBLE_PAYS and self.level < self._most and rate:
            self._before = (self.level, rate)
            self._go(min(self._most, self.level * 2), _Phase.DOUBLE)
            return
        if gain < UP_PAYS and self._before:
            self.level, rate = self._before
        self._settle(rate, latency_s, now_s)

    def _stand(self, rate: float, latency_s: float, now_s: float) -> None:
        slower = latency_s > SLOWER * self._latency_s and latency_s > self._latency_s + SLOWER_BY_S
        if self._latency_s and slower and rate < FEWER_ROWS * self._rate:
            self.slower_at_s = now_s
            self._before = None
            self._go(max(LEAST, int(self.level * STEP_BACK)), _Phase.DOUBLE)
            return
        self._rate, self._latency_s = rate, latency_s
        if now_s < self._probe_at_s:
            return
        self._before = (self.level, rate)
        up = self.level + max(1, self.level // 4)
        down = self.level - max(1, self.level // 5)
        probe, self._next_probe = self._next_probe, _Phase.DOWN if self._next_probe is _Phase.UP else _Phase.UP
        if probe is _Phase.UP and self.level < self._most:
            self._go(min(self._most, up), _Phase.UP)
        elif probe is _Phase.DOWN and self.level > LEAST:
            self._go(max(LEAST, down), _Phase.DOWN)

    def _weigh(self, rate: float, latency_s: float, now_s: float) -> None:
        """A step was tried: keep it, or go back."""
        before_level, before_rate = self._before or (self.level, rate)
        least = UP_PAYS if self._phase is _Phase.UP else DOWN_COSTS
        kept = rate >= least * before_rate
        if not kept:
            self.level, rate = before_level, before_rate
        again = kept and self._phase is _Phase.UP
        if again:
            self._next_probe = _Phase.UP
        self._settle(rate, latency_s, now_s if again else now_s + PROBE_EVERY_S)

    def _settle(self, rate: float, latency_s: float, probe_at_s: float) -> None:
        self._rate, self._latency_s, self._probe_at_s = rate, latency_s, probe_at_s
        self._go(self.level, _Phase.STAND)

    def _go(self, level: int, phase: _Phase) -> None:
        """To another level; answers to what is in flight already do not count for it."""
        self._window = _Window(skip=max(self.level, level))
        self.level, self._phase = level, phase
