"""A run in front of a person: a live bar with the numbers of the watch page, or plain lines where it is no terminal.

Everything comes from snapshots of the ledger. The bar is drawn at most twice a second, in the runner's own process:
it may not cost the sending anything that is felt.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from importer.cli.screen import PLAIN_EVERY_S, tell
from importer.run import RunState, Snapshot, live_facts, speed

BAR_EVERY_S = 0.5

NARROW = 72
"""Columns below which the time left goes to a line of its own."""


class LiveRun:
    """Shows each snapshot that is due; use it as a context manager. The bar is gone afterwards, the lines stay."""

    def __init__(self, title: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._title = title
        self._clock = clock
        self._every_s = PLAIN_EVERY_S
        self._shown_s = clock()
        self._live: Live | None = None
        if sys.stderr.isatty():
            console = Console(stderr=True, markup=False, highlight=False)
            self._every_s, self._shown_s = BAR_EVERY_S, float("-inf")
            self._live = Live(console=console, auto_refresh=False, transient=True, redirect_stdout=False)

    def __enter__(self) -> LiveRun:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def snapshot(self, now: Snapshot) -> None:
        """Show it, if the last one was shown some time ago or this is the end."""
        ended = now.state is not RunState.RUNNING
        if not ended and self._clock() - self._shown_s < self._every_s:
            return
        self._shown_s = self._clock()
        if self._live is None:
            tell(f"{self._title}: {run_line(now)}")
        else:
            self._live.update(drawn(now, self._title, self._live.console.width), refresh=True)


def drawn(now: Snapshot, title: str, columns: int) -> RenderableType:
    """The bar, the buckets, and how the last second went. Long values go on in their own column, never past it."""
    head = Table.grid(padding=(0, 1), expand=True)
    for share in (None, 1, None, None):
        head.add_column(ratio=share, no_wrap=True)
    told = speed(now)[:1] if columns < NARROW else speed(now)
    bar = ProgressBar(total=max(1, now.rows), completed=now.rows - now.buckets.pending)
    head.add_row(title, bar, f"{now.percent:.0f}%", " · ".join(told))
    body = Table.grid(padding=(0, 2), expand=True)
    body.add_column(no_wrap=True, style="dim")
    body.add_column(ratio=1, overflow="fold")
    body.add_row("Rows", Text(buckets_line(now)))
    if columns < NARROW and len(speed(now)) > 1:
        body.add_row("Time", Text(speed(now)[1]))
    for name, value in live_facts(now).items():
        body.add_row(name, Text(value))
    if now.pacing:
        body.add_row(Text("Holding back", style="yellow"), Text(now.pacing, style="yellow"))
    return Group(head, body)


def buckets_line(now: Snapshot) -> str:
    """`12,400 of 20,000 written, 4 rejected, 0 failed`; other buckets only when they hold rows."""
    counts = now.buckets.to_dict()
    always = ("rejected", "failed")
    more = [
        f"{counts[name]:,} {name}"
        for name in counts
        if name not in ("written", "pending") and (counts[name] or name in always)
    ]
    return ", ".join([f"{counts['written']:,} of {now.rows:,} written", *more])


def run_line(now: Snapshot) -> str:
    """All of it in one line: `62%, batch 12 of 73, 300 of 1,825 written, 4 rejected, 0 failed, 950 rows/s, …`."""
    parts = [f"{now.percent:.0f}%", f"batch {now.batches_done:,} of {now.batches_total:,}", buckets_line(now)]
    parts += speed(now)
    line = ", ".join(parts)
    facts = [f"{name.lower()}: {value}" for name, value in live_facts(now).items()]
    if now.pacing:
        facts.append(f"holding back: {now.pacing}")
    return "; ".join([line, *facts])
