"""What the command line shows: answers on stdout, progress and errors on stderr."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Column

PLAIN_EVERY_S = 5.0
"""Between two lines of progress where stderr is no terminal, so that a log stays readable."""


def answer(as_json: bool, told: dict[str, Any], lines: list[str]) -> None:
    """One JSON object, or the lines, on stdout."""
    print(json.dumps(told, ensure_ascii=False) if as_json else "\n".join(lines), flush=True)


def tell(text: str) -> None:
    """One line on stderr; nothing where nobody reads it any more."""
    with suppress(OSError):
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
                console=Console(stderr=True, markup=False, highlight=False),
                transient=True,
                expand=True,
            )
            self._task = self._progress.add_task(title, total=None)

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
        if self._progress is not None:
            self._progress.update(self._task, completed=done, total=total or None)
            return
        if self._clock() - self._told_s >= PLAIN_EVERY_S:
            self._told_s = self._clock()
            percent = 100.0 * done / total if total else 0.0
            tell(f"{self._title}: {percent:.0f}%")
