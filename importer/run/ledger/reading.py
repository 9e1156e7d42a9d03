"""Queries of the ledger. Each is told a connection that is inside a read transaction, so that answers agree."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from importer.plain_types import of_its_types
from importer.run.ledger.ranges import PositionSet
from importer.run.states import (
    Buckets,
    Deed,
    Event,
    FailedRow,
    Holder,
    ListMember,
    RunCommand,
    RunState,
    Sample,
    Snapshot,
)

RATE_WINDOW_S = 15.0
"""Seconds of running that the shown rate and the time left are taken over: steady, yet follows a storm."""

SAMPLE = (
    "t_s, dt_s, wall, written, rows_s, wcu_s, p50_ms, p95_ms, in_flight, retries, throttled, unprocessed, "
    "errors, put_requests, limit_wcu, workers, waiting"
)
"""The columns of a sample, in the order of its fields."""


def read_buckets(connection: sqlite3.Connection, rows: int) -> Buckets:
    """Rows per bucket; what no bucket has is pending, so the sum is `rows` by construction."""
    tally = dict(connection.execute("SELECT bucket, rows FROM tally"))
    tally["written"] = connection.execute("SELECT coalesce(sum(written), 0) FROM slice").fetchone()[0]
    return of_its_types(Buckets(**tally, pending=rows - sum(tally.values())))


def read_members(connection: sqlite3.Connection) -> tuple[ListMember, ...]:
    """The lists that the list is made of, with their rows that are not written; none for one list, or where the
    ledger is older than that was kept."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'member'").fetchone():
        return ()
    counted = "SELECT bucket, count(*) FROM outcome WHERE row > ? AND row <= ? GROUP BY bucket"
    members = connection.execute("SELECT name, rows_before, last_row, rows FROM member ORDER BY last_row").fetchall()
    return tuple(
        of_its_types(
            ListMember(name, before, last, rows, dict(connection.execute(counted, (before, last)).fetchall()))
        )
        for name, before, last, rows in members
    )


def count_buckets(connection: sqlite3.Connection) -> Buckets:
    """The buckets counted anew, row by row and range by range: what `read_buckets` says if the ledger is whole."""
    rows, ready = connection.execute("SELECT rows, ready FROM run").fetchone()
    outcomes: dict[str, int] = dict(connection.execute("SELECT bucket, count(*) FROM outcome GROUP BY bucket"))
    settled = sum(len(PositionSet.from_text(text)) for (text,) in connection.execute("SELECT settled FROM slice"))
    again = _places_left(connection)
    before_the_run = rows - (ready - again)
    written = settled - again - (sum(outcomes.values()) - before_the_run)
    return Buckets(**outcomes, written=written, pending=ready - settled)


def _places_left(connection: sqlite3.Connection) -> int:
    """Places in slices whose row was fixed and has a new one; 0 in a run without fixed rows."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'fix_round'").fetchone():
        return 0
    left: int = connection.execute("SELECT coalesce(sum(again), 0) FROM fix_round").fetchone()[0]
    return left


def read_command(connection: sqlite3.Connection) -> RunCommand:
    """What a person wants now."""
    row = connection.execute("SELECT state, rate_wcu, rate_rows, pause_s, workers, version FROM command").fetchone()
    return of_its_types(RunCommand(*row))


def read_holder(connection: sqlite3.Connection) -> tuple[Holder, float] | None:
    """The process that has the run and its last heartbeat in monotonic seconds of its host; None when none has."""
    row = connection.execute("SELECT pid, host, mark, since, heartbeat_s FROM holder").fetchone()
    return None if row is None else (of_its_types(Holder(*row[:4])), row[4])


def tells_begun(connection: sqlite3.Connection) -> bool:
    """Whether the ledger tells how long the run had been running when its runner began."""
    found = connection.execute("SELECT 1 FROM pragma_table_info('holder') WHERE name = 'begun_active_s'").fetchone()
    return found is not None


def read_begun_s(connection: sqlite3.Connection) -> float:
    """Seconds of running before the present runner began: samples up to there are not of now. -1 without one."""
    row = connection.execute("SELECT begun_active_s FROM holder").fetchone() if tells_begun(connection) else None
    return -1.0 if row is None else float(row[0])


def read_rates(connection: sqlite3.Connection, since_t_s: float) -> tuple[float | None, float | None]:
    """Rows and write units a second over the last `RATE_WINDOW_S` of running after `since_t_s`; None before the
    first sample there."""
    dt_s, rows, wcu = connection.execute(
        "SELECT sum(dt_s), sum(written), sum(wcu_s * dt_s) FROM sample "
        "WHERE t_s > max(?, (SELECT max(t_s) FROM sample) - ?)",
        (since_t_s, RATE_WINDOW_S),
    ).fetchone()
    return (rows / dt_s, wcu / dt_s) if dt_s else (None, None)


def read_snapshot(connection: sqlite3.Connection, monotonic_s: float) -> Snapshot:
    """Everything the progress shows. `monotonic_s` is this host's now, for the heartbeat's age."""
    rows, ready, batches, state, reason, active_s, starts, pacing, started_at, finished_at, most = connection.execute(
        "SELECT rows, ready, batches, state, reason, active_s, starts, pacing, started_at, finished_at, most_workers "
        "FROM run"
    ).fetchone()
    buckets = read_buckets(connection, rows)
    held = read_holder(connection)
    running = state == RunState.RUNNING.value
    begun_s = read_begun_s(connection) if running else -1.0
    rate_rows_s, rate_wcu_s = read_rates(connection, begun_s)
    now = Snapshot(
        state=RunState(state),
        reason=reason,
        buckets=buckets,
        rows=rows,
        batches_done=done_batches(ready, buckets.pending, batches),
        batches_total=batches,
        rate_rows_s=rate_rows_s if running else None,
        rate_wcu_s=rate_wcu_s if running else None,
        eta_s=buckets.pending / rate_rows_s if running and rate_rows_s else None,
        active_s=active_s,
        starts=starts,
        pacing=pacing if running else "",
        most_workers=most,
        command=read_command(connection),
        holder=held[0] if held else None,
        heartbeat_age_s=max(0.0, monotonic_s - held[1]) if held else None,
        started_at=started_at,
        finished_at=finished_at,
        last=read_last_sample(connection, begun_s),
    )
    return of_its_types(now)


def done_batches(ready: int, pending: int, batches: int) -> int:
    """Batches' worth of rows that are settled: split and repeated batches count once, the last one at the end."""
    return batches if ready == 0 else (ready - pending) * batches // ready


def read_samples(connection: sqlite3.Connection, since_t_s: float, most: int | None) -> list[Sample]:
    """Samples after `since_t_s`, oldest first; with `most`, those of every so-many-th second, and the newest."""
    newest, found = connection.execute("SELECT max(t_s), count(*) FROM sample WHERE t_s > ?", (since_t_s,)).fetchone()
    step = 1 if not most else max(1, -(-found // most))
    rows = connection.execute(
        f"SELECT {SAMPLE} FROM sample "
        "WHERE t_s > ? AND (? = 1 OR CAST(t_s AS INTEGER) % ? = 0 OR t_s = ?) ORDER BY t_s",
        (since_t_s, step, step, newest),
    )
    return [Sample(*row) for row in rows]


def read_last_sample(connection: sqlite3.Connection, since_t_s: float) -> Sample | None:
    """The newest sample after `since_t_s`; None before the first there."""
    newest = f"SELECT {SAMPLE} FROM sample WHERE t_s > ? ORDER BY t_s DESC LIMIT 1"
    row = connection.execute(newest, (since_t_s,)).fetchone()
    return None if row is None else of_its_types(Sample(*row))


def read_events(connection: sqlite3.Connection, limit: int) -> list[Event]:
    """The latest events, newest first."""
    rows = connection.execute("SELECT at, kind, text FROM event ORDER BY id DESC LIMIT ?", (limit,))
    return [of_its_types(Event(*row)) for row in rows]


def said_of(code: str, attribute: str) -> str:
    """Under which name our words for a refusal are kept: one code may be of several attributes."""
    return f"{code} {attribute}".rstrip()


def read_deeds(connection: sqlite3.Connection) -> list[Deed]:
    """What persons did, in order; nothing in a ledger made before that was kept."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'deed'").fetchone():
        return []
    return [of_its_types(Deed(*row)) for row in connection.execute("SELECT at, who, what FROM deed ORDER BY id")]


def read_failures(connection: sqlite3.Connection, limit: int) -> list[FailedRow]:
    """Rows that the service refused, highest row numbers first."""
    rows = connection.execute(
        "SELECT row, outcome.code, coalesce(message, '') FROM outcome LEFT JOIN said "
        """ON said.code = rtrim(outcome.code || ' ' || outcome."column") """
        "WHERE bucket = 'failed' ORDER BY row DESC LIMIT ?",
        (limit,),
    )
    return [of_its_types(FailedRow(*row)) for row in rows]


def as_text(column: str) -> str:
    """A column as text: SQLite keeps whatever a damaged page says, of any type."""
    return f"coalesce(CAST(\"{column}\" AS TEXT), '')"


def read_outcomes(connection: sqlite3.Connection, buckets: tuple[str, ...]) -> Iterator[tuple[int, str, str, str]]:
    """(row, bucket, code, column) of every row in `buckets`, by row number, streamed."""
    marks = ",".join("?" * len(buckets))
    texts = f"{as_text('code')}, {as_text('column')}"
    yield from connection.execute(
        f"SELECT row, bucket, {texts} FROM outcome WHERE bucket IN ({marks}) ORDER BY row", buckets
    )
