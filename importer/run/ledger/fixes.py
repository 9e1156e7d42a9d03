"""Rounds of fixed rows in the ledger: rows leave their bucket and take a place in new slices, all in one transaction.

`run.ready` counts places in slices. A row that was sent, failed and was fixed has two, so the round tells how many of
its rows had a place before (`again`): places less those are the rows that ever had one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from importer.errors import FatalError
from importer.run.ledger.reading import read_buckets
from importer.run.states import Bucket, RunState

BATCH_ROWS = 25

TABLES = """
CREATE TABLE IF NOT EXISTS fix_round (
    round INTEGER PRIMARY KEY, at TEXT NOT NULL, fingerprint TEXT NOT NULL, first_slice INTEGER NOT NULL,
    slices INTEGER NOT NULL, rows INTEGER NOT NULL, sent INTEGER NOT NULL, again INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS fixed_row (
    row INTEGER PRIMARY KEY, round INTEGER NOT NULL REFERENCES fix_round (round), placed INTEGER NOT NULL
);
CREATE TRIGGER IF NOT EXISTS outcome_moves_its_tally AFTER UPDATE OF bucket ON outcome
BEGIN
    UPDATE tally SET rows = rows - 1 WHERE bucket = OLD.bucket;
    UPDATE tally SET rows = rows + 1 WHERE bucket = NEW.bucket;
END;
CREATE TRIGGER IF NOT EXISTS outcome_leaves_its_tally AFTER DELETE ON outcome
BEGIN UPDATE tally SET rows = rows - 1 WHERE bucket = OLD.bucket; END;
"""
"""Made with the first round, so that the ledger of a run without any is as it always was."""

FIXABLE = (Bucket.REJECTED.value, Bucket.FAILED.value)


@dataclass(frozen=True)
class FixRound:
    """One round: `rows` were fixed, `sent` of them passed and have places in `slices` from `first_slice`."""

    number: int
    at: str
    fingerprint: str
    first_slice: int
    slices: int
    rows: int
    sent: int


@dataclass(frozen=True)
class Merge:
    """What a round does to the ledger. `passed_by_slice`: row numbers to be sent, slice by slice; `others`: row →
    (bucket, code, column) of the rows that were fixed and still are not to be sent."""

    at: str
    fingerprint: str
    passed_by_slice: Sequence[Sequence[int]]
    others: Mapping[int, tuple[str, str, str]]

    @property
    def sent(self) -> int:
        """Rows to be sent."""
        return sum(map(len, self.passed_by_slice))


def has_fixes(connection: sqlite3.Connection) -> bool:
    """Whether any round was merged."""
    return bool(connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'fix_round'").fetchone())


def read_rounds(connection: sqlite3.Connection) -> list[FixRound]:
    """All rounds, in order."""
    if not has_fixes(connection):
        return []
    found = connection.execute(
        "SELECT round, at, fingerprint, first_slice, slices, rows, sent FROM fix_round ORDER BY round"
    )
    return [FixRound(*row) for row in found]


def read_fixed(connection: sqlite3.Connection) -> dict[int, int]:
    """Row → the round that fixed it last."""
    if not has_fixes(connection):
        return {}
    return dict(connection.execute("SELECT row, round FROM fixed_row"))


def read_buckets_of(connection: sqlite3.Connection, rows: Iterable[int]) -> dict[int, str]:
    """Row → its bucket, of those of `rows` that are neither written nor pending."""
    found: dict[int, str] = {}
    for row in rows:
        bucket = connection.execute("SELECT bucket FROM outcome WHERE row = ?", (row,)).fetchone()
        if bucket is not None:
            found[row] = bucket[0]
    return found


def merge_round(connection: sqlite3.Connection, merge: Merge) -> int:
    """Merge one round inside the caller's transaction; its number. FatalError when the numbers would not add up."""
    for statement in _statements(TABLES):
        connection.execute(statement)
    number, first = connection.execute(
        "SELECT (SELECT coalesce(max(round), 0) + 1 FROM fix_round), (SELECT coalesce(max(slice_index), -1) + 1 "
        "FROM slice)"
    ).fetchone()
    pending = _pending(connection)
    rows = merge.sent + len(merge.others)
    connection.execute(
        "INSERT INTO fix_round VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
        (number, merge.at, merge.fingerprint, first, len(merge.passed_by_slice), rows, merge.sent),
    )
    again = 0
    for at, passed in enumerate(merge.passed_by_slice):
        again += sum(_take(connection, row, number) for row in passed)
        connection.execute("INSERT INTO slice (slice_index, ready) VALUES (?, ?)", (first + at, len(passed)))
    for row, outcome in merge.others.items():
        _keep(connection, row, number, outcome)
    batches = sum(-(-len(passed) // BATCH_ROWS) for passed in merge.passed_by_slice)
    connection.execute("UPDATE fix_round SET again = ? WHERE round = ?", (again, number))
    connection.execute("UPDATE run SET ready = ready + ?, batches = batches + ?", (merge.sent, batches))
    if _pending(connection) != pending + merge.sent:
        raise FatalError("The numbers of the fixed rows do not add up. Nothing was changed; please report it.")
    if merge.sent:
        connection.execute(
            "UPDATE run SET state = ?, reason = ?, finished_at = NULL WHERE state = ?",
            (RunState.PAUSED.value, "Fixed rows wait to be sent. Resume to send them.", RunState.FINISHED.value),
        )
    return int(number)


def _statements(script: str) -> list[str]:
    """One by one: `executescript` would end the transaction."""
    found, held = [], ""
    for part in script.split(";"):
        held += part + ";"
        if sqlite3.complete_statement(held):
            found.append(held)
            held = ""
    return found


def _take(connection: sqlite3.Connection, row: int, number: int) -> bool:
    """A row out of its bucket: it gets a place in a slice. Whether it had one before."""
    placed = _placed(connection, row)
    marks = ",".join("?" * len(FIXABLE))
    gone = connection.execute(f"DELETE FROM outcome WHERE row = ? AND bucket IN ({marks})", (row, *FIXABLE))
    if gone.rowcount != 1:
        raise FatalError(f"Row {row:,} is no longer among the rows to fix. Nothing was changed; send the file again.")
    connection.execute("INSERT OR REPLACE INTO fixed_row VALUES (?, ?, 1)", (row, number))
    return placed


def _keep(connection: sqlite3.Connection, row: int, number: int, outcome: tuple[str, str, str]) -> None:
    """A row that was fixed and is not sent gets the reason of now."""
    placed = _placed(connection, row)
    connection.execute('UPDATE outcome SET bucket = ?, code = ?, "column" = ? WHERE row = ?', (*outcome, row))
    connection.execute("INSERT OR REPLACE INTO fixed_row VALUES (?, ?, ?)", (row, number, int(placed)))


def _placed(connection: sqlite3.Connection, row: int) -> bool:
    """Whether the row has had a place in a slice: it failed there, now or in an earlier round."""
    failed = connection.execute(
        "SELECT 1 FROM outcome WHERE row = ? AND bucket = ?", (row, Bucket.FAILED.value)
    ).fetchone()
    known = connection.execute("SELECT placed FROM fixed_row WHERE row = ?", (row,)).fetchone()
    return failed is not None or (known is not None and bool(known[0]))


def _pending(connection: sqlite3.Connection) -> int:
    rows = connection.execute("SELECT rows FROM run").fetchone()[0]
    return read_buckets(connection, rows).pending
