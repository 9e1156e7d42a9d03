"""What the command line shows: answers on stdout, progress and errors on stderr."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Column

from importer.run import Snapshot

PLAIN_EVERY_S = 5.0
"""Between two lines of progress where stderr is no terminal, so that a log stays readable."""


def answer(as_json: bool, told: dict[str, Any], lines: list[str]) -> None:
    """One JSON object, or the lines, on stdout."""
    print(json.dumps(told, ensure_ascii=False) if as_json else "\n".join(lines), flush=True)


def tell(text: str) -> None:
    """One line on stderr."""
    print(text, file=sys.stderr, flush=True)


class Bar:
    """A bar on a terminal, plain lines elsewhere; use it as a context manager."""

    def __init__(self, title: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._title = title
        self._clock = clock
        self._told_s = clock()
        self._progress: Progress | None = None
        self._task = TaskID(0)
        if sys.stderr.isatty():
            self._progress = Progress(
                TextColumn("{task.description}", table_column=Column(min_width=len(title), no_wrap=True)),
                BarColumn(bar_width=16, table_column=Column(min_width=16)),
                TextColumn("{task.percentage:>3.0f}%", table_column=Column(min_width=4, no_wrap=True)),
                TimeRemainingColumn(compact=True, table_column=Column(min_width=5, no_wrap=True)),
                TextColumn("{task.fields[told]}", table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis")),
                console=Console(stderr=True, markup=False, highlight=False),
                transient=True,
                expand=True,
            )
            self._task = self._progress.add_task(title, total=None, told="")

    def __enter__(self) -> Bar:
        if self._progress is not None:
            self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        if self._progress is not None:
            self._progress.stop()

    def step(self, done: int, total: int) -> None:
        """Progress of a step before the run."""
        self._show(done, total, "")

    def snapshot(self, now: Snapshot) -> None:
        """Progress of a run, from its ledger."""
        self._show(now.rows - now.buckets.pending, now.rows, run_line(now))

    def _show(self, done: int, total: int, told: str) -> None:
        if self._progress is not None:
            self._progress.update(self._task, completed=done, total=total or None, told=told)
            return
        if self._clock() - self._told_s >= PLAIN_EVERY_S:
            self._told_s = self._clock()
            percent = 100.0 * done / total if total else 0.0
            tell(f"{self._title}: {percent:.0f}% {told}".rstrip())


def run_line(now: Snapshot) -> str:
    """`batch 12 of 73, 300 written, 4 rejected, 0 failed, 950 rows/s`, and why it holds back, if it does."""
    buckets = now.buckets
    parts = [
        f"batch {now.batches_done:,} of {now.batches_total:,}",
        f"{buckets.written:,} written",
        f"{buckets.rejected:,} rejected",
        f"{buckets.failed:,} failed",
    ]
    if now.rate_rows_s is not None:
        parts.append(f"{now.rate_rows_s:,.0f} rows/s")
    if now.pacing:
        parts.append(now.pacing)
    return ", ".join(parts)
