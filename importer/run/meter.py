"""From the engine's ticks to one sample a second for the chart. Times are monotonic seconds; no clock is read.

The engine ticks four times a second. Where ticks are missing for so long that the screen tells of no sign of life,
the runner was asleep: that time is neither running time nor part of a rate or a latency. Where it waited for its own
next batch, it was not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from importer.run.states import STILL_S, Sample

if TYPE_CHECKING:
    from importer.write import Tick

SAMPLE_S = 1.0


class Meter:
    """Adds ticks up; `base_s` is how long the run was running in earlier starts, `start_s` the monotonic now."""

    def __init__(self, base_s: float, start_s: float) -> None:
        self._base_s = base_s - start_s
        self._last_s = self._heard_s = start_s
        self._asleep_s = 0.0
        self._ticks: list[Tick] = []

    def add(self, tick: Tick, wall: float) -> Sample | None:
        """A sample when a second has passed since the one before, else None."""
        silent_s, self._heard_s = tick.t_s - self._heard_s - tick.waited_s, tick.t_s
        if silent_s > STILL_S:
            self._base_s -= silent_s
            self._last_s += silent_s
            self._asleep_s += silent_s
        self._ticks.append(tick)
        if tick.t_s - self._last_s < SAMPLE_S:
            return None
        return self.flush(wall)

    def flush(self, wall: float) -> Sample | None:
        """A sample of what has come in since the last one; None when nothing has."""
        ticks, self._ticks = self._ticks, []
        if not ticks or ticks[-1].t_s <= self._last_s:
            return None
        dt_s, self._last_s = ticks[-1].t_s - self._last_s, ticks[-1].t_s
        written = sum(tick.written for tick in ticks)
        latencies_s = sorted(filter(self._awake, (one for tick in ticks for one in tick.latencies_s)))
        self._asleep_s = 0.0
        return Sample(
            t_s=self._base_s + ticks[-1].t_s,
            dt_s=dt_s,
            wall=wall,
            written=written,
            rows_s=written / dt_s,
            wcu_s=sum(tick.wcu for tick in ticks) / dt_s,
            p50_ms=percentile_ms(latencies_s, 0.50),
            p95_ms=percentile_ms(latencies_s, 0.95),
            in_flight=max(tick.in_flight for tick in ticks),
            retries=sum(tick.retries for tick in ticks),
            throttled=sum(tick.throttled for tick in ticks),
            unprocessed=sum(tick.unprocessed for tick in ticks),
            errors=sum(tick.errors for tick in ticks),
            put_requests=sum(tick.put_requests for tick in ticks),
            limit_wcu=ticks[-1].limit_wcu,
            workers=ticks[-1].workers,
            waiting=max(tick.waiting for tick in ticks),
        )

    def _awake(self, latency_s: float) -> bool:
        """Whether it was measured awake. The gap between ticks that tells of a sleep began up to a second before it,
        so what was waited for of an answer that lay there meanwhile is not known: it is left out."""
        return self._asleep_s == 0.0 or latency_s < self._asleep_s - SAMPLE_S


def percentile_ms(ascending_s: Sequence[float], share: float) -> float | None:
    """The nearest-rank percentile of sorted seconds, in milliseconds; None of nothing. `share`: above 0, up to 1."""
    if not ascending_s:
        return None
    return ascending_s[math.ceil(share * len(ascending_s)) - 1] * 1000.0
