"""Counts between two ticks."""

from __future__ import annotations

from importer.write.model import Outcome, Tick, Verdict


class Meter:
    """What happened since the last tick."""

    def __init__(self, now_s: float) -> None:
        self._since_s = now_s
        self._clear()

    def _clear(self) -> None:
        self._puts = self._retries = self._throttled = self._unprocessed = self._errors = self._written = 0
        self._latencies: list[float] = []
        self._wcu = 0.0

    def sent(self, rows: int, *, again: bool) -> None:
        """A request with `rows` rows has left."""
        self._puts += rows
        self._retries += again

    def answered(self, latency_s: float, outcome: Outcome, written: int, wcu: float) -> None:
        """A request was answered, or lost."""
        self._latencies.append(latency_s)
        self._throttled += outcome.verdict is Verdict.THROTTLED
        self._errors += outcome.verdict in (Verdict.RETRY, Verdict.SKEW, Verdict.PAUSE, Verdict.FATAL)
        self._unprocessed += len(outcome.again)
        self._written += written
        self._wcu += wcu

    def due(self, now_s: float, every_s: float) -> bool:
        """Whether it is time for a tick."""
        return now_s - self._since_s >= every_s

    def tick(self, now_s: float) -> Tick:
        """The counts; starts anew."""
        tick = Tick(
            t_s=now_s,
            in_flight=0,
            put_requests=self._puts,
            retries=self._retries,
            throttled=self._throttled,
            unprocessed=self._unprocessed,
            errors=self._errors,
            latencies_s=tuple(self._latencies),
            written=self._written,
            wcu=self._wcu,
        )
        self._since_s = now_s
        self._clear()
        return tick
