"""How long the sending stood still for our own next batch, and which replies lay there unread meanwhile.

What was sent before may have been answered long before it was read: how long the service took is not known then, and
says nothing about it.
"""

from __future__ import annotations

LONG_S = 0.005
"""A batch that is made already comes in some µs; a thread of ours that has its turn meanwhile keeps it 0.5 ms
(`GIVE_WAY_S` of importer/run/feed.py). A service of this machine answers in 2 ms."""


class Standstill:
    """`waited_s` are the seconds waited for batches so far: a request keeps what they were when it was sent."""

    def __init__(self) -> None:
        self.waited_s = 0.0
        self._at_reading_s = 0.0

    def waited(self, seconds: float) -> bool:
        """The next batch was so long in coming; whether replies may lie unread for long now."""
        self.waited_s += seconds
        return self.waited_s - self._at_reading_s > LONG_S

    def measured(self, waited_s: float) -> bool:
        """Whether the latency of a reply that is read now is the service's; `waited_s` as its request has it."""
        return self.waited_s - max(waited_s, self._at_reading_s) <= LONG_S

    def read(self) -> bool:
        """All replies that were there are read; whether they may have lain there for long."""
        long, self._at_reading_s = self.waited_s - self._at_reading_s > LONG_S, self.waited_s
        return long
