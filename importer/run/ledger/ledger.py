"""The ledger: the truth about a run, written by its one runner, read by everyone else. No cell's value is in it.

A batch is recorded after the service acknowledged it. A row is pending until it is in a bucket, so what a killed
process did not record is sent again. Written rows are kept as ranges of positions per slice, not one by one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from importer.errors import FatalError
from importer.run.folder import iso
from importer.run.ledger import fixes, reading
from importer.run.ledger.file import create_file, transaction
from importer.run.ledger.ranges import PositionSet
from importer.run.ledger.view import LedgerView
from importer.run.states import Bucket, Holder, ListMember, RunCommand, RunState, Sample

if TYPE_CHECKING:
    from importer.write import Acknowledged

IN_TABLE = "already_in_table"
"""Code of a row that insert-only left alone because its key is in the table."""


@dataclass
class OpenSlice:
    """What the runner knows of a slice that it is sending. `rows[p]` is the row number of position p."""

    rows: Any
    settled: PositionSet
    written: int


class Ledger(LedgerView):
    """One open ledger that is written to, by one process at a time."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        super().__init__(path, connection)
        self._open_slices: dict[int, OpenSlice] = {}

    @classmethod
    def create(
        cls,
        path: Path,
        *,
        plan_hash: str,
        rows: int,
        ready_by_slice: Sequence[int],
        batches: int,
        outcomes: Iterable[tuple[int, str, str, str]],
        command: RunCommand,
        now: datetime,
        members: Iterable[ListMember] = (),
    ) -> Ledger:
        """A new ledger in which every row of `outcomes` (row, bucket, code, column) has its bucket already.
        `members`: the lists that the list is made of, where they are several."""
        ledger = cls(path, create_file(path))
        with ledger._writing() as connection:
            connection.execute(
                "INSERT INTO run (id, plan_hash, rows, ready, batches, state, created_at) "
                "VALUES (1, ?, ?, ?, ?, ?, ?)",
                (plan_hash, rows, sum(ready_by_slice), batches, RunState.QUEUED.value, iso(now)),
            )
            kept = [b.value for b in Bucket if b not in {Bucket.WRITTEN, Bucket.PENDING}]
            connection.executemany("INSERT INTO tally VALUES (?, 0)", [(bucket,) for bucket in kept])
            connection.executemany("INSERT INTO slice (slice_index, ready) VALUES (?, ?)", enumerate(ready_by_slice))
            connection.executemany("INSERT INTO outcome VALUES (?, ?, ?, ?)", outcomes)
            connection.executemany(
                "INSERT INTO member (last_row, rows_before, name, rows) VALUES (?, ?, ?, ?)",
                [(member.last_row, member.rows_before, member.name, member.rows) for member in members],
            )
            connection.execute(
                "INSERT INTO command VALUES (1, ?, ?, ?, ?, ?, 0)",
                (command.state, command.rate_wcu, command.rate_rows, command.pause_s, command.workers),
            )
            pending = reading.read_buckets(connection, rows).pending
            if pending != sum(ready_by_slice):
                told = f"{pending:,} rows have no bucket but {sum(ready_by_slice):,} are ready. Check the list again."
                raise FatalError(f"The numbers of the check do not add up: {told}")
        return ledger

    def _writing(self) -> Any:
        return transaction(self._connection, self.path)

    # What a person asks

    def command(self, **wanted: Any) -> RunCommand:
        """Change the wanted state ("run", "pause", "cancel"), caps, pause or workers; what is not named stays."""
        with self._writing() as connection:
            allowed = {"state", "rate_wcu", "rate_rows", "pause_s", "workers"}
            for name in sorted(wanted.keys() & allowed):
                connection.execute(f"UPDATE command SET {name} = ?", (wanted[name],))
            connection.execute("UPDATE command SET version = version + 1")
            return reading.read_command(connection)

    def merge(self, merge: fixes.Merge, told: str) -> int:
        """Move a round of fixed rows, all or none, with an event that tells of it; the round's number."""
        with self._writing() as connection:
            number = fixes.merge_round(connection, merge)
            _add_event(connection, merge.at, "fix", f"Round {number}: {told}")
        return number

    def note_deed(self, who: str, what: str, now: datetime) -> None:
        """A person did something with the run: `what` in a few words of ours, without a cell's value."""
        told = "".join(sign if sign.isprintable() else " " for sign in who).strip()[:200]
        with self._writing() as connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS deed "
                "(id INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL)"
            )
            connection.execute(
                "INSERT INTO deed (at, who, what) VALUES (?, ?, ?)", (iso(now), told or "nobody named", what)
            )

    # What the runner writes

    def begin(self, holder: Holder, heartbeat_s: float) -> None:
        """The run is running, held by `holder`; a command left from an earlier start no longer counts."""
        with self._writing() as connection:
            connection.execute(
                "UPDATE command SET state = 'run' WHERE (SELECT state FROM run) <> ?", (RunState.QUEUED.value,)
            )
            if not reading.tells_begun(connection):  # a ledger made before starts were told apart
                connection.execute("ALTER TABLE holder ADD COLUMN begun_active_s REAL NOT NULL DEFAULT 0")
            connection.execute("DELETE FROM holder")
            connection.execute(
                "INSERT INTO holder VALUES (1, ?, ?, ?, ?, ?, (SELECT active_s FROM run))",
                (holder.pid, holder.host, holder.mark, holder.since, heartbeat_s),
            )
            connection.execute(
                "UPDATE run SET state = ?, reason = '', pacing = '', starts = starts + 1, finished_at = NULL, "
                "started_at = coalesce(started_at, ?)",
                (RunState.RUNNING.value, holder.since),
            )

    def beat(self, heartbeat_s: float) -> None:
        """The runner lives; seconds of its host's monotonic clock."""
        with self._writing() as connection:
            connection.execute("UPDATE holder SET heartbeat_s = ?", (heartbeat_s,))

    def set_state(self, state: RunState, reason: str, now: datetime) -> None:
        """The run stands at `state` and nobody holds it, in one step with an event that says so."""
        with self._writing() as connection:
            ended = iso(now) if state in {RunState.FINISHED, RunState.FAILED, RunState.CANCELLED} else None
            connection.execute("UPDATE run SET state = ?, reason = ?, finished_at = ?", (state.value, reason, ended))
            if state is not RunState.RUNNING:
                connection.execute("DELETE FROM holder")
            _add_event(connection, iso(now), state.value, reason)

    def queue(self, now: datetime) -> None:
        """A runner is about to be started; from here on a cancel counts."""
        with self._writing() as connection:
            connection.execute("UPDATE command SET state = 'run', version = version + 1")
            connection.execute("UPDATE run SET state = ?, reason = ''", (RunState.QUEUED.value,))
            _add_event(connection, iso(now), RunState.QUEUED.value, "")

    def set_pacing(self, reason: str) -> None:
        """Why the runner holds back, empty when it no longer does; kept as an event too."""
        with self._writing() as connection:
            connection.execute("UPDATE run SET pacing = ?", (reason,))
            _add_event(connection, iso(datetime.now(UTC)), "pace", reason or "Back at full speed.")

    def set_most_workers(self, workers: int) -> None:
        """So many requests may be in flight from now on, more than ever before."""
        with self._writing() as connection:
            connection.execute("UPDATE run SET most_workers = max(most_workers, ?)", (workers,))

    def add_sample(self, sample: Sample) -> None:
        """One line of the chart; the run's running time goes on to its end."""
        with self._writing() as connection:
            values = tuple(vars(sample).values())
            connection.execute(f"INSERT OR REPLACE INTO sample VALUES ({','.join('?' * len(values))})", values)
            connection.execute("UPDATE run SET active_s = ?", (sample.t_s,))

    def open_slice(self, slice_index: int, rows: Any) -> tuple[list[tuple[int, int]], bool]:
        """Take a slice up: its pending ranges, and whether an earlier start may have sent some."""
        settled, written, started = self._slice(slice_index, len(rows))
        pending = list(settled.missing(len(rows)))
        if pending:
            self._open_slices[slice_index] = OpenSlice(rows, settled, written)
        return pending, started

    def start_slice(self, slice_index: int) -> None:
        """Note that rows of the slice may be sent from now on."""
        with self._writing() as connection:
            connection.execute("UPDATE slice SET started = 1 WHERE slice_index = ?", (slice_index,))

    def record(self, acknowledged: Sequence[Acknowledged]) -> None:
        """Put acknowledged rows into their buckets, all or none. FatalError on a full disk or numbers that clash."""
        touched: dict[int, OpenSlice] = {}
        outcomes: list[tuple[int, str, str, str]] = []
        for reply in acknowledged:
            at = self._open_slices[reply.batch_slice]
            touched[reply.batch_slice] = at
            at.written += at.settled.add(reply.written)
            outcomes.extend(_outcomes(at, reply))
        with self._writing() as connection:
            connection.executemany(
                "UPDATE slice SET written = ?, settled = ? WHERE slice_index = ?",
                [(at.written, at.settled.to_text(), index) for index, at in touched.items()],
            )
            if outcomes:
                failures = [failure for reply in acknowledged for failure in reply.failed]
                said = {reading.said_of(failure.code, failure.attribute): failure.message for failure in failures}
                connection.executemany("INSERT INTO outcome VALUES (?, ?, ?, ?)", outcomes)
                connection.executemany("INSERT OR IGNORE INTO said VALUES (?, ?)", said.items())
        for index, at in touched.items():
            if len(at.settled) == len(at.rows):
                del self._open_slices[index]


def _outcomes(at: OpenSlice, reply: Acknowledged) -> Iterator[tuple[int, str, str, str]]:
    for failure in reply.failed:
        if at.settled.add_range(failure.position, failure.position + 1):
            yield int(at.rows[failure.position]), Bucket.FAILED.value, failure.code, failure.attribute
    for position in reply.existing:
        if at.settled.add_range(position, position + 1):
            yield int(at.rows[position]), Bucket.SKIPPED.value, IN_TABLE, ""


def _add_event(connection: sqlite3.Connection, at: str, kind: str, text: str) -> None:
    connection.execute("INSERT INTO event (at, kind, text) VALUES (?, ?, ?)", (at, kind, text))
