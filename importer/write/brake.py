"""Slow down when the service throttles, come back when it stops.

On a throttle the limit becomes 0.8 of the rate that just went through (at most twice a second); it stays for 2 s and
then trebles every second until the service objects again or the limit is far above what is sent. Why trebling: a
storm may push the limit to its floor, and from there ≥ 80 % of the old rate must be back within 10 s; 3^8 > 6,000.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

CUT = 0.8
CUT_EVERY_S = 0.5
HOLD_S = 2.0
GROWTH_PER_S = 3.0
UNPROCESSED_SHARE = 0.2
SHARE_WEIGHT = 0.1
"""A partial reply counts as a throttle when, averaged over about ten replies, this share of rows is handed back."""

FLOOR_WCU = 25.0
"""One full batch of small contacts a second: what an idle table takes at its least."""

MEASURE_S = 1.0
"""The rate that goes through is an average that forgets with this time constant, in seconds."""

WARM_S = 0.25


@dataclass
class Brake:
    """The limit in WCU/s that throttles have taught; None while there were none lately."""

    _limit: float | None = None
    _cut_at_s: float = -math.inf
    _rate: float = 0.0
    _rate_at_s: float | None = None
    _begun_s: float = 0.0
    _share: float = 0.0

    def consumed(self, wcu: float, now_s: float) -> None:
        """`wcu` were taken by the table."""
        if self._rate_at_s is None:
            self._begun_s = now_s
        self._rate = self._faded(now_s) + wcu / MEASURE_S
        self._rate_at_s = now_s

    def answered(self, unprocessed: int, sent: int, now_s: float) -> None:
        """`unprocessed` of `sent` rows came back: a few are everyday, many over several replies are a throttle."""
        self._share += (unprocessed / max(1, sent) - self._share) * SHARE_WEIGHT
        if unprocessed and self._share >= UNPROCESSED_SHARE:
            self.throttled(now_s)

    def rate_wcu(self, now_s: float) -> float:
        """WCU/s that went through lately; in the first second, of the time there was."""
        known = 1.0 - math.exp(-max(WARM_S, now_s - self._begun_s) / MEASURE_S)
        return self._faded(now_s) / known

    def _faded(self, now_s: float) -> float:
        if self._rate_at_s is None:
            return 0.0
        return self._rate * math.exp(-max(0.0, now_s - self._rate_at_s) / MEASURE_S)

    def throttled(self, now_s: float) -> None:
        """The service said: too fast."""
        if now_s - self._cut_at_s < CUT_EVERY_S:
            return
        passed = self.rate_wcu(now_s)
        limit = self.limit_wcu(now_s)
        base = passed if limit is None else min(limit, max(passed, limit * CUT))
        self._limit = max(FLOOR_WCU, CUT * base)
        self._cut_at_s = now_s

    def limit_wcu(self, now_s: float) -> float | None:
        """The limit now; None = none."""
        if self._limit is None:
            return None
        grown = max(0.0, now_s - self._cut_at_s - HOLD_S)
        limit = self._limit * GROWTH_PER_S ** min(grown, 60.0)
        if grown > 5.0 and limit > 4 * max(self.rate_wcu(now_s), FLOOR_WCU):
            self._limit = None
            return None
        return limit
