"""DuckDB as it is used here: loaded when it is first asked for, bounded, closed after each use. I/O."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from importer.errors import ConfigError, FatalError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY_MB = 512
"""Of one connection; what needs more is spilled to the disk. Ten people who look through lists at once stay below
6 GB, and nothing is held in between: a connection lives as long as its query."""

THREADS = 2

SPILL_MB = 4_096
"""Of the disk, for one query."""


def settings_of(spill: Path, *, spill_mb: int = SPILL_MB) -> dict[str, Any]:
    """What a connection is opened with. It takes no variable of Python's for a table, and fetches no extension."""
    return {
        "memory_limit": f"{MEMORY_MB}MB",
        "threads": THREADS,
        "temp_directory": str(spill),
        "max_temp_directory_size": f"{spill_mb}MB",
        "python_enable_replacements": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }


@contextmanager
def connected(folder: Path) -> Iterator[DuckDBPyConnection]:
    """A connection of its own, for one look; it spills to a folder in `folder`, which is gone afterwards.

    Raises ConfigError where what is read is damaged or gone, FatalError where memory or disk do not suffice.
    """
    import duckdb

    spill = folder / f".spill-{secrets.token_hex(8)}"
    try:
        with duckdb.connect(":memory:", config=settings_of(spill)) as connection:
            yield connection
    except duckdb.OutOfMemoryException:
        raise FatalError(
            f"The list needs more than {MEMORY_MB} MB of memory and {SPILL_MB:,} MB of disk to be looked through. "
            "Look for less at a time."
        ) from None
    except (duckdb.IOException, duckdb.InvalidInputException):
        raise ConfigError("What was kept of the list is damaged or gone. Read the list again.") from None
    finally:
        shutil.rmtree(spill, ignore_errors=True)


def quoted(name: str) -> str:
    """A name as SQL takes it literally."""
    return '"' + name.replace('"', '""') + '"'


def text_literal(text: str) -> str:
    """A text as SQL takes it literally."""
    return "'" + text.replace("'", "''") + "'"


def read_sql(file: Path) -> str:
    """A Parquet file as a table of SQL."""
    return f"read_parquet({text_literal(str(file))})"
