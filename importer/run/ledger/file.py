"""The ledger's SQLite file: its tables, how it is opened, and what its errors mean to a person.

WAL with `synchronous=NORMAL`: a commit costs about 15 µs and survives kill -9 (measured); after a power cut the last
commits may be missing, which only means that some rows are sent again.
"""

from __future__ import annotations

import errno
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from importer.errors import ConfigError, FatalError

NEEDED_BYTES = 8 * 1024 * 1024
"""Room a run wants beside its ledger: the write-ahead log grows to about 4 MB between checkpoints, doubled."""

BUSY_S = 10.0
"""Writers (runner, its heartbeat, a page's command) wait this long for one another; each holds the file < 1 ms."""

TABLES = """
CREATE TABLE run (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    plan_hash TEXT NOT NULL, rows INTEGER NOT NULL, ready INTEGER NOT NULL, batches INTEGER NOT NULL,
    state TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '', created_at TEXT NOT NULL,
    started_at TEXT, finished_at TEXT, starts INTEGER NOT NULL DEFAULT 0, active_s REAL NOT NULL DEFAULT 0,
    pacing TEXT NOT NULL DEFAULT '', most_workers INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE slice (
    slice_index INTEGER PRIMARY KEY, ready INTEGER NOT NULL, written INTEGER NOT NULL DEFAULT 0,
    settled TEXT NOT NULL DEFAULT '', started INTEGER NOT NULL DEFAULT 0,
    CHECK (written BETWEEN 0 AND ready)
);
CREATE TABLE outcome (
    row INTEGER PRIMARY KEY, bucket TEXT NOT NULL REFERENCES tally (bucket),
    code TEXT NOT NULL, "column" TEXT NOT NULL
);
CREATE TABLE member (
    last_row INTEGER PRIMARY KEY, rows_before INTEGER NOT NULL, name TEXT NOT NULL, rows INTEGER NOT NULL
);
CREATE TABLE said (code TEXT PRIMARY KEY, message TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE tally (bucket TEXT PRIMARY KEY, rows INTEGER NOT NULL) WITHOUT ROWID;
CREATE TRIGGER outcome_is_tallied AFTER INSERT ON outcome
BEGIN UPDATE tally SET rows = rows + 1 WHERE bucket = NEW.bucket; END;
CREATE TABLE sample (
    t_s REAL PRIMARY KEY, dt_s REAL NOT NULL, wall REAL NOT NULL, written INTEGER NOT NULL, rows_s REAL NOT NULL,
    wcu_s REAL NOT NULL, p50_ms REAL, p95_ms REAL, in_flight INTEGER NOT NULL, retries INTEGER NOT NULL,
    throttled INTEGER NOT NULL, unprocessed INTEGER NOT NULL, errors INTEGER NOT NULL, put_requests INTEGER NOT NULL,
    limit_wcu REAL, workers INTEGER NOT NULL, waiting INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE event (id INTEGER PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL);
CREATE TABLE command (
    id INTEGER PRIMARY KEY CHECK (id = 1), state TEXT NOT NULL, rate_wcu REAL, rate_rows REAL,
    pause_s REAL NOT NULL, workers INTEGER, version INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE holder (
    id INTEGER PRIMARY KEY CHECK (id = 1), pid INTEGER NOT NULL, host TEXT NOT NULL, mark TEXT NOT NULL,
    since TEXT NOT NULL, heartbeat_s REAL NOT NULL, begun_active_s REAL NOT NULL DEFAULT 0
);
"""


def create_file(path: Path) -> sqlite3.Connection:
    """A new ledger file (0600) with empty tables."""
    path.touch(mode=0o600, exist_ok=False)
    connection = connect(path)
    connection.executescript(TABLES)
    return connection


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """An open ledger; transactions are begun by hand. FatalError for a file that is no ledger."""
    with told_as_importer_errors(path):
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rw'}",
            uri=True,
            isolation_level=None,
            timeout=BUSY_S,
        )
        try:
            if not read_only:
                connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
        except sqlite3.Error:
            connection.close()
            raise
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection, path: Path, *, write: bool = True) -> Iterator[sqlite3.Connection]:
    """All of the block or nothing of it; one consistent picture for a reader."""
    with told_as_importer_errors(path):
        connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
        try:
            yield connection
            connection.execute("COMMIT")
        except BaseException as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            # SQLite reads a changed byte of a cell without a word: a reader meets what no writer wrote.
            if not write and isinstance(error, TypeError | ValueError | LookupError):
                raise explain(sqlite3.DatabaseError("a cell"), path) from error
            raise


@contextmanager
def told_as_importer_errors(path: Path) -> Iterator[None]:
    """SQLite's errors as ours: a full disk with its path and need, a missing or a damaged ledger."""
    try:
        yield
    except sqlite3.Error as error:
        raise explain(error, path) from error
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise disk_full(path) from error
        raise


def explain(error: sqlite3.Error, path: Path) -> ConfigError | FatalError:
    """What an error of SQLite means for the run."""
    name = getattr(error, "sqlite_errorname", "") or type(error).__name__
    if name.startswith("SQLITE_FULL") or name in {"SQLITE_IOERR_WRITE", "SQLITE_IOERR_SHMSIZE"}:
        return disk_full(path)
    if name.startswith("SQLITE_CANTOPEN"):
        return ConfigError(f"The ledger {path} cannot be opened. Check that the run exists and may be read.")
    if name.startswith("SQLITE_BUSY"):
        return FatalError(f"The ledger {path} was busy for {BUSY_S:.0f} s. Resume the run.")
    return FatalError(f"The ledger {path} is damaged ({name}). Keep it, and import the list again as a new run.")


def disk_full(path: Path) -> FatalError:
    """The sentence for a full disk; what was recorded stays."""
    return FatalError(_too_little(path, _free_bytes(path)))


def no_room(path: Path) -> str:
    """The same sentence while the ledger at `path` has less room than it needs, else ""."""
    free_bytes = _free_bytes(path)
    return _too_little(path, free_bytes) if free_bytes < NEEDED_BYTES else ""


def _free_bytes(path: Path) -> int:
    try:
        return shutil.disk_usage(path.parent).free
    except OSError:
        return 0


def _too_little(path: Path, free_bytes: int) -> str:
    return (
        f"The disk of {path.parent} is full: {free_bytes:,} bytes are free, {NEEDED_BYTES:,} are needed. "
        "Free some space, then resume the run; nothing recorded is lost."
    )
