"""When the next request may start: token buckets, and a pause between batches.

A bucket may go into debt: a request starts as soon as nothing is owed, takes what it is thought to cost, and
is corrected by what the service says it did cost. So a batch that is larger than the bucket holds up the next ones
instead of never starting, and the rate comes out right over any stretch longer than one batch.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from importer.write.brake import Brake
from importer.write.model import Command, Room

BURST_S = 0.25
"""How much of a rate may be saved up while nothing is sent, in seconds: enough that a late wake-up costs nothing."""

ALONE_S, ALONE_REPLIES = 1.0, 6
"""The first requests go alone, each until its answer comes or for so long: a full table is not met with four of them.
Three that leave nothing to do are enough, or six of any kind: then the brake knows how it goes."""

SLOW_WCU = 8.0
"""Up to this braked rate each row is a request of its own: several senders must not keep step."""


@dataclass
class Bucket:
    """Tokens at `rate` a second; `rate` None lets everything through."""

    rate: float | None = None
    level: float = 0.0
    filled_at_s: float | None = None

    def set_rate(self, rate: float | None, now_s: float) -> None:
        """Change the rate; what was saved or owed stays, within the new rate's burst. No rate, no debt."""
        if rate == self.rate:
            return
        self._fill(now_s)
        if rate is None:
            self.level = 0.0
        elif self.rate is None or rate < self.rate:
            self.level = min(self.level, 0.0)
        self.rate = rate

    def wait_s(self, now_s: float) -> float:
        """Seconds until the bucket is out of debt; 0 = go."""
        if self.rate is None:
            return 0.0
        if self.rate <= 0:
            return 3600.0
        self._fill(now_s)
        return 0.0 if self.level >= 0 else -self.level / self.rate + 1e-6

    def take(self, tokens: float) -> None:
        """Take tokens, into debt if need be; negative gives back."""
        if self.rate is not None:
            self.level -= tokens

    def _fill(self, now_s: float) -> None:
        rate = self.rate or 0.0
        passed_s = 0.0 if self.filled_at_s is None else max(0.0, now_s - self.filled_at_s)
        self.level = min(rate * BURST_S, self.level + rate * passed_s)
        self.filled_at_s = now_s


@dataclass
class Pace:
    """The caps of the person and the brake together. All times are the engine's monotonic clock.

    The person's cap is on what the table takes; the brake's on what is sent, for requests that are throttled are
    what it wants fewer of.
    """

    brake: Brake = field(default_factory=Brake)
    pause_s: float = 0.0
    _capped: Bucket = field(default_factory=Bucket)
    _braked: Bucket = field(default_factory=Bucket)
    _rows: Bucket = field(default_factory=Bucket)
    _last_s: float | None = None
    _alone_to_s: float | None = None
    _alone: int = ALONE_REPLIES
    _limited: bool = False

    def follow(self, command: Command, now_s: float) -> None:
        """Take over the caps of a command."""
        self.pause_s = command.pause_s
        self._capped.set_rate(command.rate_wcu, now_s)
        self._rows.set_rate(command.rate_rows, now_s)
        self.brake.described(command.table_wcu, now_s)
        self._limit()

    def _limit(self) -> None:
        """A bucket's rate may be another one: whether any has one, for most runs have none."""
        self._limited = (self._capped.rate, self._braked.rate, self._rows.rate) != (None, None, None)

    def limit_wcu(self, now_s: float) -> float | None:
        """The rate in force: the lower of cap and brake; None = none."""
        limits = [one for one in (self._capped.rate, self.brake.limit_wcu(now_s)) if one is not None]
        return min(limits, default=None)

    @property
    def is_free(self) -> bool:
        """Whether nothing asks for a wait or a smaller request until a command, or what a reply says: no cap, no
        brake, no pause, nobody to go alone."""
        return not (self._limited or self.pause_s or self._alone) and self.brake.is_free

    def wait_s(self, now_s: float) -> float:
        """Seconds until a request may start; 0 = now."""
        self._braked.set_rate(self.brake.limit_wcu(now_s), now_s)
        self._limit()
        wait_s = self.brake.wait_s(now_s)
        if self._last_s is not None:
            wait_s = max(wait_s, self._last_s + self.pause_s - now_s)
        if self._alone_to_s is not None:
            wait_s = max(wait_s, self._alone_to_s - now_s)
        for bucket in (self._capped, self._braked, self._rows):
            if bucket.rate is not None:
                wait_s = max(wait_s, bucket.wait_s(now_s))
        return wait_s

    def room(self, now_s: float) -> Room:
        """What one request may carry."""
        return self.brake.room(now_s)

    def start(self, wcu: float, rows: int, now_s: float, *, jitter: float = 1.0) -> None:
        """A request that should cost `wcu` starts. `jitter`, around 1, makes the gaps of a slow rate random."""
        if self._limited:
            self._capped.take(wcu)
            slow = self._braked.rate is not None and self._braked.rate <= SLOW_WCU
            self._braked.take(wcu * jitter if slow else wcu)
            self._rows.take(rows)
        self.brake.started(wcu, now_s, rows=rows)
        self._last_s = now_s
        if self._alone_to_s is not None:  # its answer did not come: there is nothing to wait for
            self._alone = 0
        self._alone_to_s = now_s + ALONE_S if self._alone else None

    def settle(self, estimated_wcu: float, consumed_wcu: float, unwritten_rows: int, now_s: float) -> None:
        """Its answer came: it cost `consumed_wcu`, and `unwritten_rows` will be sent again."""
        self._alone = max(0, self._alone - (1 if unwritten_rows else 2))
        self._alone_to_s = None
        if self._limited:
            self._capped.take(consumed_wcu - estimated_wcu)
            self._braked.take(max(0.0, consumed_wcu - estimated_wcu))
            self._rows.take(-unwritten_rows)
        self.brake.consumed(consumed_wcu, now_s, estimated_wcu=estimated_wcu)
        if self.pause_s:
            self._last_s = now_s
