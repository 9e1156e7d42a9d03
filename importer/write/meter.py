"""Counts between two ticks."""

from __future__ import annotations

from dataclasses import dataclass, field

from importer.write.model import Outcome, Tick, Verdict


@dataclass(slots=True)
class Tally:
    """Replies that came together and left nothing to do. `latency_s` is the sum; `latencies_s` has each that was
    measured."""

    replies: int = 0
    rows: int = 0
    latency_s: float = 0.0
    estimated_wcu: float = 0.0
    wcu: float = 0.0
    latencies_s: list[float] = field(default_factory=list)

    def add(self, rows: int, latency_s: float, estimated_wcu: float, wcu: float, measured: bool) -> None:
        """One more; `measured`: its latency is the service's."""
        self.replies += 1
        self.rows += rows
        self.latency_s += latency_s
        self.estimated_wcu += estimated_wcu
        self.wcu += wcu
        if measured:
            self.latencies_s.append(latency_s)


class Meter:
    """What happened since the last tick."""

    def __init__(self, now_s: float) -> None:
        self._since_s, self._waited_s = now_s, 0.0
        self._clear()

    def _clear(self) -> None:
        self._puts = self._retries = self._throttled = self._unprocessed = self._errors = self._written = 0
        self._latencies: list[float] = []
        self._wcu = 0.0

    def sent(self, rows: int, again: int) -> None:
        """Requests with `rows` rows have left; `again` of them were another try."""
        self._puts += rows
        self._retries += again

    def answered(self, latency_s: float, outcome: Outcome, written: int, wcu: float, *, measured: bool) -> None:
        """A request was answered, or lost; `measured`: its latency is the service's."""
        if measured:
            self._latencies.append(latency_s)
        self._written += written
        self._wcu += wcu
        if outcome.verdict is Verdict.SETTLED:
            self._unprocessed += len(outcome.again)
        elif outcome.verdict is Verdict.THROTTLED:
            self._throttled += 1
        elif outcome.verdict is not Verdict.SPLIT:
            self._errors += 1

    def wrote(self, whole: Tally) -> None:
        """Requests of which every row was written."""
        self._latencies += whole.latencies_s
        self._written += whole.rows
        self._wcu += whole.wcu

    def due(self, now_s: float, every_s: float) -> bool:
        """Whether it is time for a tick."""
        return now_s - self._since_s >= every_s

    def tick(self, now_s: float, waited_s: float) -> Tick:
        """The counts; starts anew. `waited_s`: how long the batches were in coming, in all."""
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
            waited_s=waited_s - self._waited_s,
        )
        self._since_s, self._waited_s = now_s, waited_s
        self._clear()
        return tick
