"""The words of the write engine: what goes in (batches), what comes out (acknowledgements, ticks), what steers it.

What is made anew for every request is a named tuple: as unchangeable as a frozen dataclass, and made in a third of
the time.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple, Protocol


class Body(NamedTuple):
    """What a request carries: DynamoDB's operation, the bytes, and their SHA-256 in hex, for the signature."""

    target: str
    data: bytes
    sha256: bytes


class Around(NamedTuple):
    """What stands before and after the joined puts in a body for `target`."""

    target: str
    before: bytes
    after: bytes


class BodyOf(Protocol):
    """Puts → the body of the request that writes all of them."""

    @property
    def around(self) -> Around | None:
        """Where a body is the joined puts with something around them; else None."""

    def __call__(self, puts: Sequence[bytes]) -> Body:
        """The body and its hash. Needs nothing of the run, so any process can call it."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Up to 25 put requests of one slice.

    `positions[i]` is the place of `puts[i]` among the slice's ready rows; `puts[i]` is the JSON text
    `{"PutRequest":{"Item":{…}}}`; `wcu` the estimated write units of all. `maybe_sent` says that a process that
    was killed may have sent these rows already: insert-only then compares before it calls a row existing. `body` is
    that of a request with all the rows, where it was made beforehand.
    """

    slice_index: int
    positions: Sequence[int]
    puts: Sequence[bytes]
    wcu: float
    maybe_sent: bool = False
    body: Body | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """A row that the service refused for good. `code` is stable; `message` never holds a value of the row;
    `attribute` is the one that it is about, "" where that is not known."""

    position: int
    code: str
    message: str
    attribute: str = ""


class Acknowledged(NamedTuple):
    """What one reply settled of one batch. A batch whose reply was partial is acknowledged in several of these.

    `written`, `failed` and `existing` (insert-only: the key is in the table already) hold positions; together they
    are the rows settled now. `complete` is true in the last one of its batch. `attempts` counts the requests that
    this reply needed (1 = the first went through), `unprocessed` the rows that the service handed back this time,
    `unknown` those that are to be read back: they may be in the table.
    """

    batch_slice: int
    written: Sequence[int]
    failed: tuple[Failure, ...]
    existing: Sequence[int]
    latency_s: float
    attempts: int
    consumed_wcu: float
    unprocessed: int
    complete: bool = True
    unknown: int = 0


@dataclass(frozen=True)
class Command:
    """What the person wants now; read at least every 50 ms. Rates are over all workers; None = no cap.

    `workers` None: as many requests at a time as bring more rows, 64 at the most. `table_wcu` is the table's write
    capacity as last described; None when it is on demand or not known.
    """

    state: str = "run"
    rate_wcu: float | None = None
    rate_rows: float | None = None
    pause_s: float = 0.0
    workers: int | None = None
    table_wcu: float | None = None


@dataclass(frozen=True)
class Tick:
    """What happened since the tick before. `t_s` is the engine's monotonic clock.

    `limit_wcu` is the rate in force (the person's cap or the brake, the lower; None = none) and `reason` says in
    plain words why the engine holds back ("" when it does not). `workers` is the number of requests that may be in
    flight from now on, `waiting` the parts of batches that wait for another try. `waited_s` is how long the engine
    waited for its next batch; replies that lay there unread meanwhile are not in `latencies_s`.
    """

    t_s: float
    in_flight: int
    put_requests: int
    retries: int
    throttled: int
    unprocessed: int
    errors: int
    latencies_s: tuple[float, ...]
    written: int
    wcu: float
    limit_wcu: float | None = None
    reason: str = ""
    workers: int = 0
    waiting: int = 0
    waited_s: float = 0.0


class Ask(Enum):
    """What a part asks of the destination."""

    WRITE = "write"
    COMPARE = "compare"


class Part(NamedTuple):
    """Rows of one batch that travel in one request. `indexes` point into the batch's `puts`.

    `attempt` counts the requests in a row that settled nothing. `maybe_written` says that an earlier request with
    these rows may have reached the table though its reply was lost.
    """

    batch: Batch
    indexes: Sequence[int]
    ask: Ask = Ask.WRITE
    attempt: int = 0
    maybe_written: bool = False


class Room(NamedTuple):
    """What one request may carry, in write units and in rows; a row at the least goes all the same."""

    wcu: float = math.inf
    rows: float = math.inf

    def rows_of(self, batch: Batch) -> int:
        """Of a batch with so heavy rows, how many there is room for."""
        count = len(batch.puts)
        if self.wcu >= batch.wcu and self.rows >= count:
            return count
        return max(1, int(min(self.rows, self.wcu * count / max(1e-9, batch.wcu))))


UNLIMITED = Room()


class Request(NamedTuple):
    """One HTTP POST. `headers` are whole lines, each ended by CRLF; `Host` and the body's length are the transport's.

    `resend_safe` false forbids the transport to send it twice on its own.
    """

    url: str
    headers: bytes
    body: bytes
    resend_safe: bool = True


class Reply(NamedTuple):
    """What came back. `headers`: name in lower case → value, repeated ones joined by commas (RFC 9110, 5.3).

    `body` is as it was sent: a content coding is still on it. `status` 0 means no usable answer, and `trouble` says
    why: `tls`, `connect` (nothing was sent), `lost`, `garbled`: what came is no HTTP, or `endless`. After the last
    three something may have been stored.
    """

    status: int
    headers: Mapping[bytes, bytes]
    body: bytes
    trouble: str = ""
    latency_s: float = 0.0


class Verdict(Enum):
    """What a reply means for its part."""

    SETTLED = "settled"
    THROTTLED = "throttled"
    RETRY = "retry"
    SPLIT = "split"
    SKEW = "skew"
    PAUSE = "pause"
    FATAL = "fatal"


class FailedRow(NamedTuple):
    """`puts[place]` of a batch, which the service refused for good; the words as a Failure has them."""

    place: int
    code: str
    message: str
    attribute: str = ""


class Outcome(NamedTuple):
    """A reply, read. Index tuples point into the batch's `puts`.

    SETTLED: `written`, `existing`, `failed` are done, `again` wait for another try, `compare` have to be read back.
    THROTTLED, RETRY: all again, after a delay; `unsure` when the rows may be in the table all the same. SPLIT: one
    of the rows is bad and the service does not say which; `failed` holds the verdict in case it is only one.
    PAUSE, FATAL: `message` is for the person. `code` is the service's word for it, `reason` ours for the screen.
    """

    verdict: Verdict
    written: Sequence[int] = ()
    existing: Sequence[int] = ()
    failed: Sequence[FailedRow] = ()
    again: Sequence[int] = ()
    compare: Sequence[int] = ()
    unsure: bool = False
    consumed_wcu: float | None = None
    code: str = ""
    reason: str = ""
    message: str = ""
