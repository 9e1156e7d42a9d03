"""How long to wait before the next try: full jitter.

    delay = random between 0 and min(cap, base × 2^(attempt - 1))

Source: "Exponential backoff and jitter", AWS Architecture Blog: of the three ways it compares, full jitter does the
least work in all. Base 50 ms is botocore's for DynamoDB; the cap of 5 s keeps a run within 10 s of its old rate once
a storm is over. There is no limit on attempts: a row is never given up because a service is busy.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol


class Uniform(Protocol):
    """The one method of `random.Random` that is needed."""

    def uniform(self, a: float, b: float) -> float: ...


@dataclass(frozen=True)
class Backoff:
    """`base_s` and `cap_s` in seconds."""

    base_s: float = 0.05
    cap_s: float = 5.0

    def ceiling_s(self, attempt: int) -> float:
        """The longest wait before try number `attempt` + 1; `attempt` counts the vain tries in a row, from 1."""
        return float(min(self.cap_s, self.base_s * 2 ** min(max(attempt, 1) - 1, 32)))

    def delay_s(self, attempt: int, random: Uniform) -> float:
        """A random wait up to the ceiling."""
        return random.uniform(0.0, self.ceiling_s(attempt))


ASLEEP_S = 5.0
"""The engine asks every 50 ms how long it has had no answer; who has not asked for so long was asleep."""


STARVED_S = 1200.0
"""A table that takes not one row for so long has no capacity to speak of, or others take all of it: a person should
know. Storms that are over sooner are ridden out."""


@dataclass
class Patience:
    """How long the engine goes on without a usable answer. A throttle is one: the service is there; but
    not even that goes on for ever (`starved_limit_s`).

    It counts from when the first request without an answer was sent (a silent service is known as one only when the
    time-out of the answer is over), but from no time before the last usable answer or the end of a sleep.
    """

    limit_s: float
    since_s: float | None = None
    not_before_s: float = -math.inf
    asked_s: float | None = None
    starved_limit_s: float = STARVED_S
    starved_since_s: float | None = None

    def progress(self, now_s: float, *, landed: bool = True) -> None:
        """The service answered; `landed`: a row is settled by it."""
        self.since_s, self.not_before_s = None, now_s
        if landed:
            self.starved_since_s = None
        elif self.starved_since_s is None:
            self.starved_since_s = now_s

    def starved_s(self, now_s: float) -> float | None:
        """The seconds awake in which the service took no row at all, when they are over the limit, else None."""
        self._look(now_s)
        if self.starved_since_s is None or now_s - self.starved_since_s < self.starved_limit_s:
            return None
        return now_s - self.starved_since_s

    def trouble(self, sent_s: float, now_s: float) -> None:
        """A request sent at `sent_s` was lost, or its answer was none."""
        self._look(now_s)
        if self.since_s is None:
            self.since_s = max(sent_s, self.not_before_s)

    def spent_s(self, now_s: float) -> float | None:
        """The seconds awake without an answer when they are over the limit, else None."""
        self._look(now_s)
        if self.since_s is None or now_s - self.since_s < self.limit_s:
            return None
        return now_s - self.since_s

    def _look(self, now_s: float) -> None:
        """Take out a sleep that has just ended."""
        if self.asked_s is not None and now_s - self.asked_s > ASLEEP_S:
            self.not_before_s = now_s
            if self.since_s is not None:
                self.since_s += now_s - self.asked_s
            if self.starved_since_s is not None:
                self.starved_since_s += now_s - self.asked_s
        self.asked_s = now_s
