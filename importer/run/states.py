"""The states of a run, the buckets its rows are in, and what a reader of the ledger is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import Enum

from importer.list_warning import ListWarning

STILL_S = 5.0
"""A runner beats once a second; five that are missing are no coincidence: it sleeps, is stopped or starved."""


class RunState(Enum):
    """Where a run stands. Only `running` has a process; `finished` means that no row is pending."""

    DRAFT = "draft"
    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    FINISHED = "finished"
    FAILED = "failed"

    @property
    def resumable(self) -> bool:
        """True when a runner may be started: there is a plan, no process, and perhaps rows to send."""
        return self in {RunState.QUEUED, RunState.PAUSED, RunState.CANCELLED, RunState.FAILED}


class Bucket(Enum):
    """Every row of the list is in exactly one."""

    WRITTEN = "written"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"
    FAILED = "failed"
    PENDING = "pending"


@dataclass(frozen=True)
class Buckets:
    """Rows per bucket; `total` is the number of rows of the list at every moment."""

    written: int = 0
    unchanged: int = 0
    skipped: int = 0
    duplicate: int = 0
    rejected: int = 0
    failed: int = 0
    pending: int = 0

    @property
    def total(self) -> int:
        """The sum of all buckets."""
        return sum(self.to_dict().values())

    @property
    def not_written(self) -> int:
        """Rows that the finished run left out of the table; `unchanged` rows are in it already."""
        return self.skipped + self.duplicate + self.rejected + self.failed + self.pending

    def to_dict(self) -> dict[str, int]:
        """Bucket name → rows, in the order of DESIGN's words."""
        return asdict(self)


@dataclass(frozen=True)
class Holder:
    """Who runs a run: `mark` tells this process from a later one with the same pid; `since` is ISO 8601 UTC."""

    pid: int
    host: str
    mark: str
    since: str

    def sentence(self) -> str:
        """`process 4711 on host alpha, since 2025-03-01T10:00:00Z`."""
        return f"process {self.pid} on host {self.host}, since {self.since}"


@dataclass(frozen=True)
class RunCommand:
    """What a person wants of the runner; None for a cap means no cap, for `workers` that their number is found while
    it runs. `version` grows with each command."""

    state: str = "run"
    rate_wcu: float | None = None
    rate_rows: float | None = None
    pause_s: float = 0.0
    workers: int | None = None
    version: int = 0


@dataclass(frozen=True)
class Sample:
    """One line of the live chart, about one a second.

    `t_s` counts the seconds that the run was running, over all its starts: neither a pause nor a clock that jumps
    shows in it. `wall` is Unix seconds, for display alone. Counts are of this sample's `dt_s` only;
    `limit_wcu` is the rate in force at its end (a person's cap or the brake; None: no limit), `workers` the number of
    requests allowed at a time, `waiting` the parts of batches that waited for another try.
    """

    t_s: float
    dt_s: float
    wall: float
    written: int
    rows_s: float
    wcu_s: float
    p50_ms: float | None
    p95_ms: float | None
    in_flight: int
    retries: int
    throttled: int
    unprocessed: int
    errors: int
    put_requests: int
    limit_wcu: float | None
    workers: int = 0
    waiting: int = 0


@dataclass(frozen=True)
class Event:
    """Something worth telling a person: `at` is ISO 8601 UTC, `text` holds no cell's value."""

    at: str
    kind: str
    text: str


@dataclass(frozen=True)
class Deed:
    """What a person did with a run: `at` is ISO 8601 UTC, `who` as they are signed in, `what` a few words of ours."""

    at: str
    who: str
    what: str


@dataclass(frozen=True)
class FailedRow:
    """One row that the service refused: its number, a stable code, and our words for that code."""

    row: int
    code: str
    message: str


@dataclass(frozen=True)
class Snapshot:
    """The run at one moment, read in one transaction: `buckets.total == rows` always.

    `pacing` says in plain words why the runner holds back, empty when it does not; `last` is the newest line of the
    chart, None before the first. `most_workers` is the largest
    number of requests that were ever allowed at a time: a kill sends at most 25 times as many rows again.
    """

    state: RunState
    reason: str
    buckets: Buckets
    rows: int
    batches_done: int
    batches_total: int
    rate_rows_s: float | None
    rate_wcu_s: float | None
    eta_s: float | None
    active_s: float
    starts: int
    pacing: str
    most_workers: int
    command: RunCommand
    holder: Holder | None
    heartbeat_age_s: float | None
    started_at: str | None
    finished_at: str | None
    last: Sample | None = None

    @property
    def percent(self) -> float:
        """Rows that have found their bucket, 0 … 100; an empty list is done."""
        if self.rows == 0:
            return 100.0
        return 100.0 * (self.rows - self.buckets.pending) / self.rows

    def standing_still(self) -> Snapshot:
        """The same, of a runner that gave no sign of life for a while: asleep, stopped, or starved."""
        told = f"no sign of life from the runner for {self.heartbeat_age_s or 0:.0f} s; it goes on when it can"
        return replace(self, rate_rows_s=None, rate_wcu_s=None, eta_s=None, last=None, pacing=told)

    def interrupted(self, no_room: str = "") -> Snapshot:
        """The same, told as paused: the ledger says running, and its process is gone without a word. `no_room`: that
        the disk is full, which is then most likely why, and why nothing more is in the ledger."""
        reason = no_room or (
            "The runner's process is gone (killed, or the machine stopped). "
            "Nothing recorded is lost. Resume to send the rest."
        )
        return replace(self, state=RunState.PAUSED, reason=reason, holder=None, heartbeat_age_s=None)


@dataclass(frozen=True)
class ListMember:
    """One of several lists that are imported as one: its rows are numbered on from `rows_before` up to `last_row`.
    `not_written`: bucket → how many of its rows are in it."""

    name: str
    rows_before: int
    last_row: int
    rows: int
    not_written: Mapping[str, int] = field(default_factory=dict, hash=False)

    def to_dict(self) -> dict[str, object]:
        """Plain JSON types."""
        return {"name": self.name, "rows": self.rows, "rows_before": self.rows_before} | dict(self.not_written)


def place_of(members: Sequence[ListMember], row: int) -> str:
    """Where a person finds a row: `row 7`, or `feb.csv, row 3` where there are several lists."""
    member = next((member for member in members if row <= member.last_row), None)
    return f"row {row}" if member is None else f"{member.name}, row {row - member.rows_before}"


@dataclass(frozen=True)
class RunSummary:
    """One line of the runs list. Times are ISO 8601 UTC or None. `warnings`: told of the list before it was sent.
    `key`: attribute of the table's key → the column that becomes it; empty before there is a plan."""

    run_id: str
    state: RunState
    reason: str
    source_name: str
    who: str
    table: str
    target: str
    created_at: str
    started_at: str | None
    finished_at: str | None
    rows_read: int
    buckets: Buckets
    warnings: tuple[ListWarning, ...] = ()
    key: Mapping[str, str] = field(default_factory=dict, hash=False)

    def to_dict(self) -> dict[str, object]:
        """Flat, with the names that the command line promises."""
        return {
            "run_id": self.run_id,
            "state": self.state.value,
            "rows_read": self.rows_read,
            **self.buckets.to_dict(),
            "reason": self.reason,
            "source_name": self.source_name,
            "who": self.who,
            "table": self.table,
            "target": self.target,
            "key": dict(self.key),
            "created_at": self.created_at,
            "started_at": self.started_at,
            "finished_at": self.finished_at,
            "warnings": [warning.to_dict() for warning in self.warnings],
        }
