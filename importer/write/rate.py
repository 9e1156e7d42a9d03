"""How much a second, as an average that forgets. Times are the engine's monotonic clock."""

from __future__ import annotations

import math
from dataclasses import dataclass

MEASURE_S = 1.0
"""The average forgets with this time constant, in seconds."""

GRAIN_S = 0.001
"""Times closer together than this, in seconds, are one time: forgetting costs more than counting."""

WARM_S = 0.25
"""A rate is taken over at least so long, in seconds."""


@dataclass
class Rate:
    """Nothing so far; `begun_s` is when the first was added."""

    begun_s: float | None = None
    _value: float = 0.0
    _at_s: float = 0.0

    def add(self, amount: float, now_s: float) -> None:
        """`amount` more."""
        self.begun_s = now_s if self.begun_s is None else self.begun_s
        if now_s - self._at_s >= GRAIN_S:
            self._value, self._at_s = self._faded(now_s), now_s
        self._value += amount / MEASURE_S

    def per_s(self, now_s: float) -> float:
        """So much a second lately; in the first second, of the time there was."""
        if self.begun_s is None:
            return 0.0
        known = 1.0 - math.exp(-max(WARM_S, now_s - self.begun_s) / MEASURE_S)
        return self._faded(now_s) / known

    def lately(self, now_s: float) -> float:
        """So much in the last second or so, however short the time was."""
        return self._faded(now_s) * MEASURE_S

    def _faded(self, now_s: float) -> float:
        return self._value * math.exp(-max(0.0, now_s - self._at_s) / MEASURE_S)
