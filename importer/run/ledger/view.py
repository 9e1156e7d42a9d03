"""The ledger as readers see it: the pages, the command line and the proof. Each answer is of one moment."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from importer.errors import FatalError
from importer.run.ledger import fixes, reading
from importer.run.ledger.file import connect, no_room, transaction
from importer.run.ledger.ranges import PositionSet
from importer.run.processes import is_alive
from importer.run.states import (
    STILL_S,
    Bucket,
    Buckets,
    Deed,
    Event,
    FailedRow,
    ListMember,
    RunCommand,
    RunState,
    Sample,
    Snapshot,
)


class LedgerView:
    """One open ledger; use it in the thread that opened it, and close it (it is a context manager)."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> Self:
        """An existing ledger; ConfigError when there is none, FatalError when it is damaged."""
        return cls(path, connect(path, read_only=read_only))

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.close()

    def _reading(self) -> Any:
        return transaction(self._connection, self.path, write=False)

    def snapshot(self) -> Snapshot:
        """The run now; one whose process is gone without a word is told as paused."""
        with self._reading() as connection:
            found = reading.read_snapshot(connection, time.monotonic())
        if found.state is RunState.RUNNING and found.holder is not None and not is_alive(found.holder):
            return found.interrupted(no_room(self.path))
        if found.state is RunState.RUNNING and (found.heartbeat_age_s or 0.0) > STILL_S:
            return found.standing_still()
        return found

    def recount(self) -> Buckets:
        """The buckets counted anew from every row and range; differs from the snapshot's only in a damaged ledger."""
        with self._reading() as connection:
            return reading.count_buckets(connection)

    def samples(self, since_t_s: float = -1.0, *, most: int | None = None) -> list[Sample]:
        """Chart lines after `since_t_s`, oldest first; with `most`, about so many, evenly picked, and the newest."""
        with self._reading() as connection:
            return reading.read_samples(connection, since_t_s, most)

    def events(self, limit: int = 50) -> list[Event]:
        """The latest events, newest first."""
        with self._reading() as connection:
            return reading.read_events(connection, limit)

    def deeds(self) -> list[Deed]:
        """What persons did with the run, in order."""
        with self._reading() as connection:
            return reading.read_deeds(connection)

    def failures(self, limit: int = 50) -> list[FailedRow]:
        """Rows that the service refused, highest row numbers first."""
        with self._reading() as connection:
            return reading.read_failures(connection, limit)

    def outcomes(self, *buckets: Bucket) -> Iterator[tuple[int, str, str, str]]:
        """(row, bucket, code, column) of every row in `buckets`, by row number, streamed from one transaction."""
        with self._reading() as connection:
            yield from reading.read_outcomes(connection, tuple(bucket.value for bucket in buckets))

    def members(self) -> tuple[ListMember, ...]:
        """The lists that the list is made of, where they are several, with their rows that are not written."""
        with self._reading() as connection:
            return reading.read_members(connection)

    def said(self) -> dict[str, str]:
        """Code, with the attribute it is about → our words for it, of the rows that the service refused."""
        with self._reading() as connection:
            return dict(connection.execute(f"SELECT code, {reading.as_text('message')} FROM said"))

    def plan_hash(self) -> str:
        """The fingerprint of the plan that this ledger was made for."""
        with self._reading() as connection:
            found: str = connection.execute("SELECT plan_hash FROM run").fetchone()[0]
        return found

    def read_command(self) -> RunCommand:
        """What a person wants of the runner now."""
        with self._reading() as connection:
            return reading.read_command(connection)

    def pending(self, slice_index: int, ready: int) -> list[tuple[int, int]]:
        """Ranges of positions of a slice with `ready` rows that have no bucket yet (stops exclusive)."""
        settled, _, _ = self._slice(slice_index, ready)
        return list(settled.missing(ready))

    def rounds(self) -> list[fixes.FixRound]:
        """The rounds of fixed rows, in order."""
        with self._reading() as connection:
            return fixes.read_rounds(connection)

    def fixed_rows(self) -> dict[int, int]:
        """Row → the round that fixed it last."""
        with self._reading() as connection:
            return fixes.read_fixed(connection)

    def buckets_of(self, rows: Iterable[int]) -> dict[int, str]:
        """Row → its bucket; rows that are written or pending are left out."""
        with self._reading() as connection:
            return fixes.read_buckets_of(connection, rows)

    def _slice(self, slice_index: int, ready: int) -> tuple[PositionSet, int, bool]:
        sql = "SELECT settled, written, started, ready FROM slice WHERE slice_index = ?"
        with self._reading() as connection:
            found = connection.execute(sql, (slice_index,)).fetchone()
        if found is None or found[3] != ready:
            told = f"Part {slice_index + 1} of the list has {ready:,} rows to send, not the number that was planned."
            raise FatalError(f"{told} Make a new run from the same list.")
        return PositionSet.from_text(found[0]), found[1], bool(found[2])
