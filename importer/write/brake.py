"""Slow down when the service throttles, stay just under what it takes, come back when it takes more.

On a throttle the limit becomes 0.8 of the rate that just went through (at most twice a second), and what went
through meanwhile is taken for the table's capacity. The limit holds for a second, trebles each second up to 0.9 of
that capacity, creeps from there to 1.05 of it in 6 s, and trebles again if nothing objects: the shape of CUBIC
(RFC 9438), fast where nothing is known, slow where the edge is. A storm in which nothing goes through teaches no
capacity: the one from before counts, and from its floor ≥ 80 % of the old rate are back within 10 s (3^8 > 6,000).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

CUT = 0.8
CUT_EVERY_S = 0.5
HOLD_S = 1.0
GROWTH_PER_S = 3.0
EDGE = 0.9
EDGE_TOP = 1.05
CREEP_S = 6.0
TEACHES = 0.3
"""A throttle teaches the capacity only when this share of the limit went through since the cut before."""

UNPROCESSED_SHARE = 0.2
REFUSED_SHARE = 0.15
SHARE_WEIGHT = 0.1
FULL = 25
"""A partial reply counts as a throttle when, averaged over about ten full batches, this share is handed back;
requests that are throttled as a whole count as soon as two come close together. One in a hundred is no edge.
"""

JUDGED_ROWS = 100
UNCHANGED = 0.85
CALM_LEAST, CALM_MOST = 0.05, 0.4
CALM_FORGETS_S = 30.0
"""A cut is judged by the share handed back in the 100 rows after it, and no second cut comes before that. When the
share is what it was before (≥ 0.85 of it), it does not come from our rate: a table that refuses one row in ten
whatever we send would otherwise be braked to nothing. It is allowed on top then, and forgotten within 30 s. Above
0.4 it is a storm. (At a table's edge a cut to 0.8 turns a share of 0.5 into 0.38 or less: 0.77 of it.)
"""

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
    _capacity: float | None = None
    _described: float | None = None
    _since_cut: float = 0.0
    _rate: float = 0.0
    _rate_at_s: float | None = None
    _begun_s: float = 0.0
    _share: float = 0.0
    _sent: int = 0
    _back: int = 0
    _before: float = 0.0
    _judged: bool = False
    _calm: float = 0.0
    _calm_at_s: float = 0.0

    def consumed(self, wcu: float, now_s: float) -> None:
        """`wcu` were taken by the table."""
        if self._rate_at_s is None:
            self._begun_s = now_s
        self._rate = self._faded(now_s) + wcu / MEASURE_S
        self._rate_at_s = now_s
        self._since_cut += wcu

    def answered(self, unprocessed: int, sent: int, now_s: float, *, replies: int = 1) -> None:
        """`unprocessed` of `sent` rows came back: a few are everyday, many over several replies are a throttle."""
        self._weigh(unprocessed, sent, replies)
        if unprocessed:
            self._consider(UNPROCESSED_SHARE, now_s)

    def refused(self, now_s: float) -> None:
        """A whole request was throttled, however few rows it had."""
        self._weigh(FULL, FULL)
        self._consider(REFUSED_SHARE, now_s)

    def _weigh(self, back: int, sent: int, replies: int = 1) -> None:
        weight = SHARE_WEIGHT * min(1.0, sent / (FULL * replies))
        if replies > 1:
            weight = 1.0 - (1.0 - weight) ** replies
        self._share += (back / max(1, sent) - self._share) * weight
        if self._sent < JUDGED_ROWS:
            self._sent += sent
            self._back += back

    def _consider(self, most: float, now_s: float) -> None:
        """Cut when more than `most` comes back, unless the cut before showed that cutting does not help."""
        calm = self._calm * math.exp(-(now_s - self._calm_at_s) / CALM_FORGETS_S)
        if self._share < most + calm:
            return
        if self._limit is not None:
            after = self._back / max(1, self._sent)
            if self._sent < JUDGED_ROWS:
                return
            if not self._judged and max(CALM_LEAST, self._before * UNCHANGED) <= after < CALM_MOST:
                self._judged, self._calm, self._calm_at_s = True, after, now_s
                return
        self.throttled(now_s)

    def described(self, table_wcu: float | None, now_s: float) -> None:
        """The table's write capacity as it is described (None: on demand, or not known).

        Only a change counts: others may write to the table too, so its capacity is not ours; what we learned of it
        grows and shrinks in proportion, and is gone to at once.
        """
        before, self._described = self._described, table_wcu
        if not before or not table_wcu or before == table_wcu or self.limit_wcu(now_s) is None:
            return
        self._capacity = max(FLOOR_WCU, (self._capacity or before) * table_wcu / before)
        self._limit, self._cut_at_s, self._since_cut = EDGE * self._capacity, now_s - HOLD_S, 0.0

    def rate_wcu(self, now_s: float) -> float:
        """WCU/s that went through lately; in the first second, of the time there was."""
        known = 1.0 - math.exp(-max(WARM_S, now_s - self._begun_s) / MEASURE_S)
        return self._faded(now_s) / known

    def _faded(self, now_s: float) -> float:
        if self._rate_at_s is None:
            return 0.0
        return self._rate * math.exp(-max(0.0, now_s - self._rate_at_s) / MEASURE_S)

    def throttled(self, now_s: float) -> None:
        """Too fast: a lower limit from now on."""
        if now_s - self._cut_at_s < CUT_EVERY_S:
            return
        passed = self.rate_wcu(now_s)
        limit = self.limit_wcu(now_s)
        base = passed if limit is None else min(limit, max(passed, limit * CUT))
        if limit is None or self._since_cut / (now_s - self._cut_at_s) >= TEACHES * limit:
            self._capacity = max(FLOOR_WCU, passed)
        self._limit = max(FLOOR_WCU, CUT * base)
        self._cut_at_s, self._since_cut = now_s, 0.0
        self._before = self._share if limit is None else self._back / max(1, self._sent)
        self._sent, self._back, self._judged = 0, 0, False

    def limit_wcu(self, now_s: float) -> float | None:
        """The limit now; None = none."""
        if self._limit is None:
            return None
        free_s = max(0.0, now_s - self._cut_at_s - HOLD_S)
        edge = max(EDGE * (self._capacity or 0.0), self._limit)
        to_edge_s = math.log(edge / self._limit, GROWTH_PER_S)
        if free_s <= to_edge_s:
            return float(self._limit * GROWTH_PER_S**free_s)
        beyond_s = free_s - to_edge_s
        top = max(edge, EDGE_TOP * (self._capacity or 0.0))
        limit = edge + (top - edge) * min(1.0, beyond_s / CREEP_S)
        limit *= GROWTH_PER_S ** min(max(0.0, beyond_s - CREEP_S), 60.0)
        if limit > 4 * max(self.rate_wcu(now_s), FLOOR_WCU) and beyond_s > CREEP_S + 1:
            self._limit = self._capacity = None
            return None
        return float(limit)
