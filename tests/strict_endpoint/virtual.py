"""The service without a network, in time that only passes when somebody waits."""

from __future__ import annotations

import heapq
import itertools
from typing import Any

from importer.write import Reply, Request
from strict_endpoint.service import StrictService

START_S = 1_800_000_000.0


class VirtualClock:
    """Starts at `START_S` seconds since 1970; `wait` lets time pass."""

    def __init__(self) -> None:
        self.time_s = START_S

    def now(self) -> float:
        """The time."""
        return self.time_s

    def wait(self, seconds: float) -> bool:
        """Sleep."""
        self.time_s += max(seconds, 1e-4)
        return False


class VirtualTransport:
    """importer.write's Transport: each request is handled at once and answered after its latency.

    `busy_s`: the service works on one request at a time, this long; the others queue before it.
    """

    def __init__(
        self, service: StrictService, clock: VirtualClock, latency_s: float = 0.005, busy_s: float = 0.0
    ) -> None:
        self.service, self.clock, self.latency_s, self.busy_s = service, clock, latency_s, busy_s
        self.free_at_s = 0.0
        self.queue: list[tuple[float, int, float, Any, Reply]] = []
        self.order = itertools.count()
        self.most_in_flight = 0
        self.starts: list[float] = []

    @property
    def in_flight(self) -> int:
        """Requests without a reply given back."""
        return len(self.queue)

    def send(self, token: Any, request: Request) -> None:
        """Handle it; the answer comes later."""
        headers = {}
        for line in request.headers.decode().splitlines():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        answer = self.service.handle(headers, request.body)
        now_s = self.clock.now()
        self.free_at_s = max(self.free_at_s, now_s) + self.busy_s
        latency_s = self.free_at_s - now_s + self.latency_s + answer.delay_s
        told = {name.lower().encode(): value.encode() for name, value in answer.headers.items()}
        lost = answer.reset or answer.cut_at is not None
        reply = Reply(0, {}, b"", "lost") if lost else Reply(answer.status, told, answer.body)
        if answer.raw:
            reply = Reply(0, {}, b"", "garbled")
        heapq.heappush(self.queue, (now_s + latency_s, next(self.order), now_s, token, reply))
        self.most_in_flight = max(self.most_in_flight, len(self.queue))
        self.starts.append(now_s)

    def poll(self, timeout_s: float) -> list[tuple[Any, Reply]]:
        """Replies that are due, at the latest after `timeout_s`. Their latency ends when they are read."""
        end_s = self.clock.now() + timeout_s
        due_s = min(end_s, max(self.clock.now(), self.queue[0][0])) if self.queue else end_s
        self.clock.time_s = max(due_s, self.clock.now() + 1e-6)
        replies = []
        while self.queue and self.queue[0][0] <= self.clock.now():
            _, _, sent_s, token, reply = heapq.heappop(self.queue)
            replies.append((token, reply._replace(latency_s=self.clock.now() - sent_s)))
        return replies

    def close(self) -> None:
        """Forget what is in flight."""
        self.queue.clear()
