"""Ask the cleaned list in SQL: a process of its own answers (`ask_child`), this side waits, and ends it. I/O."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from importer.duckdb_engine import settings_of
from importer.errors import FatalError, RunCancelled
from importer.store import ask_child
from importer.store.ask_words import QueryRefused, refusal_words
from importer.store.tables import Table

MOST_S = 30.0
"""A million rows are grouped and sorted in 2 s; what takes longer was not meant."""

MOST_ROWS = 100_000
MOST_CHARACTERS = 64_000_000
"""Of an answer; the rest is cut, and that is said."""

MOST_SQL = 100_000
"""Characters of a question: room for a list of thousands of keys."""

SPILL_MB = 2_048

_LOOK_S = 0.1
"""How soon a cancel is heard."""


@dataclass(frozen=True)
class Answer:
    """`columns` and `kinds` (number, text, time, yes or no) side by side; `rows` of numbers, booleans, texts and
    None. `is_cut`: there are more rows than may be handed out. It took `seconds`."""

    columns: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    is_cut: bool
    seconds: float


def ask(
    sql: str,
    tables: dict[str, Callable[[], Table]],
    folder: Path,
    *,
    most_rows: int = MOST_ROWS,
    most_s: float = MOST_S,
    cancelled: Callable[[], bool] = lambda: False,
) -> Answer:
    """The answer to one question about `tables`; each is made when the question names it. It spills to `folder`.

    Raises QueryRefused, in words, when it cannot be asked or takes more than it may, RunCancelled when `cancelled`
    says so.
    """
    if len(sql) > MOST_SQL:
        raise QueryRefused(
            f"The question has {len(sql):,} characters, more than {MOST_SQL:,}. Ask for less at a time."
        )
    start_s = time.monotonic()
    with tempfile.TemporaryDirectory(prefix=".ask-", dir=folder) as spill, _child(spill) as process:
        line = _Lines(process, start_s + most_s, cancelled)
        _say(process, _question(sql, list(tables), Path(spill), most_rows, most_s))
        named = _heard(line.next(), {})
        asked = {name: tables[name]() for name in named["tables"]}
        line.until_s = time.monotonic() + most_s  # making a table is no part of the answer
        views = [f"create view {name} as {table.sql}" for name, table in asked.items()]
        files = sorted({str(file) for table in asked.values() for file in table.files})
        _say(process, {"views": views, "files": files})
        known = {name: table.columns for name, table in asked.items()}
        columns = _heard(line.next(), known)["columns"]
        rows: list[tuple[Any, ...]] = []
        while isinstance(row := line.next(), list):
            rows.append(tuple(row))
        end = _heard(row, known)
    names, kinds = [name for name, _ in columns], [kind for _, kind in columns]
    return Answer(tuple(names), tuple(kinds), tuple(rows), end["is_cut"], time.monotonic() - start_s)


def _question(sql: str, tables: Sequence[str], spill: Path, most_rows: int, most_s: float) -> dict[str, Any]:
    return {
        "sql": sql,
        "tables": tables,
        "config": settings_of(spill / "spill", spill_mb=SPILL_MB),
        "seconds": int(most_s) + 1,
        "spill_mb": SPILL_MB,
        "most_rows": most_rows,
        "most_characters": MOST_CHARACTERS,
    }


def _heard(line: Any, known: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    if not isinstance(line, dict):
        raise FatalError("The answer cannot be read. Ask again.")
    if "refused" in line:
        raise QueryRefused(refusal_words(line["refused"], line["detail"], known))
    return line


@contextmanager
def _child(folder: str) -> Iterator[subprocess.Popen[bytes]]:
    """The process, ended with the block. It gets nothing of the environment, where keys of an account may be."""
    words = [sys.executable, "-I", str(ask_child.__file__)]
    with subprocess.Popen(
        words,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env={"LC_ALL": "C.UTF-8", "PYTHONIOENCODING": "utf-8"},
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _say(process: subprocess.Popen[bytes], message: dict[str, Any]) -> None:
    stdin = process.stdin
    assert stdin is not None
    try:
        stdin.write(json.dumps(message).encode() + b"\n")
        stdin.flush()
    except BrokenPipeError:
        raise _lost() from None


class _Lines:
    """The lines that the process says, waited for until `until_s` (of `time.monotonic`)."""

    def __init__(self, process: subprocess.Popen[bytes], until_s: float, cancelled: Callable[[], bool]) -> None:
        assert process.stdout is not None
        self._stdout: IO[bytes] = process.stdout
        self._rest = bytearray()
        self._cancelled = cancelled
        self._most_s = until_s - time.monotonic()
        self.until_s = until_s

    def next(self) -> Any:
        """The next line, read. Raises QueryRefused when time or process run out, RunCancelled."""
        while (at := self._rest.find(b"\n")) < 0:
            self._wait()
            piece = os.read(self._stdout.fileno(), 1 << 20)
            if not piece:
                raise _lost()
            self._rest += piece
        line = bytes(self._rest[:at])
        del self._rest[: at + 1]
        return json.loads(line)

    def _wait(self) -> None:
        while not select.select([self._stdout], [], [], _LOOK_S)[0]:
            if self._cancelled():
                raise RunCancelled("The question was cancelled.")
            if time.monotonic() > self.until_s:
                raise QueryRefused(
                    f"There was no answer after {self._most_s:.0f} s. Ask for less: with a condition (where), or "
                    "fewer rows joined."
                )


def _lost() -> QueryRefused:
    return QueryRefused(refusal_words("OutOfMemoryException", "", {}))
