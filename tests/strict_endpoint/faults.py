"""Which faults are played, and which one a request meets."""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass

PER_REQUEST = (
    "throttle", "error_500", "error_503", "reset", "lost_reply", "half_body", "cut_json", "wrong_crc", "html",
    "no_key", "slow", "no_code", "no_http",
)  # fmt: skip


@dataclass(frozen=True)
class Faults:
    """Probabilities (0–1) per request unless said otherwise."""

    seed: int = 1
    unprocessed: float = 0.0  # per item: handed back
    throttle: float = 0.0  # the whole request: ProvisionedThroughputExceededException
    storms: tuple[tuple[float, float], ...] = ()  # (from, to) in seconds since the first request: all throttled
    error_500: float = 0.0  # half of them after the write
    error_503: float = 0.0  # an HTML page of a load balancer, nothing written
    reset: float = 0.0  # the connection dies before the write
    lost_reply: float = 0.0  # the connection dies after the write
    half_body: float = 0.0  # the body ends early; half of them unwritten
    cut_json: float = 0.0  # 200, a shorter body that claims to be whole; half of them unwritten
    wrong_crc: float = 0.0  # 200 with a checksum that does not fit; half of them unwritten
    html: float = 0.0  # 200 with a proxy's page, nothing written
    no_key: float = 0.0  # 200 with {}, nothing written
    no_code: float = 0.0  # 400 with nothing in it, nothing written
    no_http: float = 0.0  # bytes that are no HTTP, and an end; half of them unwritten
    slow: float = 0.0
    slow_s: float = 1.0
    latency_s: float = 0.0  # every answer
    expired_keys: tuple[str, ...] = ()  # access keys that are refused as expired
    denied: tuple[str, ...] = ()  # operations that these credentials have no right to
    gone: bool = False
    clock_offset_s: float = 0.0  # how far the service's clock is ahead; over 300 s requests are refused
    bad_mark: str = ""  # an item whose key contains this is refused, in a text that quotes the whole item
    capacity_wcu: float = 0.0  # write units a second the table takes; 0 = all
    burst_s: float = 1.0  # of the capacity that nobody used, so many seconds are saved up (AWS: 300); full at first
    capacity_steps: tuple[
        tuple[float, float], ...
    ] = ()  # (from, write units a second), seconds since the first write
    index_factor: float = 1.0  # what a put consumes with its indexes, as a multiple of the table's own units
    throttle_reason: str = ""  # such as TableWriteKeyRangeThroughputExceeded, told with each throttle
    throttle_resource: str = "arn:aws:dynamodb:us-east-1:123456789012:table/EmailContacts"
    slow_spells: tuple[tuple[float, float, float], ...] = ()  # (from, to, more seconds for every answer)
    statement_fault: float = 0.0  # per INSERT statement: half ThrottlingError, half InternalServerError

    @classmethod
    def from_dict(cls, given: dict) -> Faults:
        """From JSON: lists become tuples, unknown names are an error."""
        pairs = lambda v: tuple(tuple(one) for one in v)  # noqa: E731
        tuples = dict.fromkeys(("storms", "capacity_steps", "slow_spells"), pairs)
        tuples |= dict.fromkeys(("expired_keys", "denied"), tuple)
        return cls(**{name: tuples.get(name, lambda v: v)(value) for name, value in given.items()})

    def to_dict(self) -> dict:
        """As JSON takes it."""
        return asdict(self)


class Player:
    """Throws the dice, the same for the same seed."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.random = random.Random(faults.seed)
        self.started_s: float | None = None

    def pick(self, now_s: float) -> str:
        """The fault that a request meets, "" for none."""
        since = self.since_s(now_s)
        if any(start <= since < end for start, end in self.faults.storms):
            return "throttle"
        draw = self.random.random()
        for name in PER_REQUEST:
            draw -= getattr(self.faults, name)
            if draw < 0:
                return name
        return ""

    def since_s(self, now_s: float) -> float:
        """Seconds since the first write."""
        if self.started_s is None:
            self.started_s = now_s
        return now_s - self.started_s

    def capacity_wcu(self, now_s: float) -> float:
        """Write units a second that the table takes now; 0 = all."""
        since = self.since_s(now_s)
        steps = [wcu for start, wcu in self.faults.capacity_steps if start <= since]
        return steps[-1] if steps else self.faults.capacity_wcu

    def slower_s(self, now_s: float) -> float:
        """What every answer takes longer now."""
        since = self.since_s(now_s)
        return sum(more for start, end, more in self.faults.slow_spells if start <= since < end)

    def hands_back(self) -> bool:
        """Whether this item is unprocessed."""
        return self.random.random() < self.faults.unprocessed

    def coin(self) -> bool:
        """Half of the times."""
        return self.random.random() < 0.5
