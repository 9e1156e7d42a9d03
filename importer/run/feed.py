"""Slices of the stage → batches, a slice ahead of the sending; at most two slices are in memory."""

from __future__ import annotations

import gc
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
import pandas as pd

from importer.check import CheckResult, Schema, convert_chunk
from importer.clean import Recipe
from importer.intake import Stage
from importer.parallel import usable_cores
from importer.run.ledger import Ledger
from importer.run.preparer import Preparer
from importer.write import Batch, BodyOf, PackedSlice, build_puts, pack_batches

SHORT_ROWS = 5_000
"""Of the shortest piece of a slice: 0.01 s of work where a slice takes 0.03 s, and whole batches."""

ENOUGH_AHEAD = 0.5
"""Of a slice, beside the piece that is being sent: the second core is never idle, and memory holds two slices."""

GIVE_WAY_S = 0.0005
"""How long a thread may keep the interpreter while another waits for it, as long as a run is sent."""


@dataclass(frozen=True)
class ListToSend:
    """What is needed to turn a slice of the list into put requests; read only, so a thread may use it."""

    stage: Stage
    recipe: Recipe
    schema: Schema
    checked: CheckResult
    first_slice: int = 0
    """The ledger's number of the stage's first slice: above 0 for a round of fixed rows."""

    def frame(self, slice_index: int) -> pd.DataFrame:
        """The slice as the recipe leaves it."""
        return self.recipe.apply(self.stage.chunk(slice_index - self.first_slice)).frame


@dataclass(frozen=True)
class SliceToSend:
    """Rows of a slice that are left to send: `positions[i]` is the place of `rows[i]` among its ready rows (int64,
    ascending). `goes_on`: more of the slice's rows come next; `share` of them all is here."""

    slice_index: int
    positions: np.ndarray
    rows: np.ndarray
    maybe_sent: bool
    goes_on: bool = False
    share: float = 1.0

    def pieces(self, lengths: Sequence[int]) -> Iterator[SliceToSend]:
        """The same in pieces of these lengths."""
        for first, last in pairwise(accumulate(lengths, initial=0)):
            part, goes_on = slice(first, last), last < len(self.rows)
            share = (last - first) / len(self.rows)
            yield replace(self, positions=self.positions[part], rows=self.rows[part], goes_on=goes_on, share=share)


def growing(rows: int) -> list[int]:
    """Lengths of pieces that are `rows` together, each twice as long as the one before."""
    lengths: list[int] = []
    while (left := rows - sum(lengths)) > 0:
        lengths.append(min(SHORT_ROWS << len(lengths), left))
    return lengths


class PackWork:
    """Rows of a slice → their batches, ready to be signed and sent. It keeps the frame of a slice that goes on."""

    def __init__(self, listed: ListToSend, body_of: BodyOf) -> None:
        self._listed = listed
        self._body_of = body_of
        self._kept: tuple[int, pd.DataFrame] | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return PackWork, (self._listed, self._body_of)

    def __call__(self, slice_: SliceToSend) -> PackedSlice:
        schema = self._listed.schema
        puts = build_puts(convert_chunk(_chosen(self._frame(slice_), slice_.rows), schema), key=schema.key)
        return pack_batches(
            slice_.slice_index, slice_.positions, puts, maybe_sent=slice_.maybe_sent, body_of=self._body_of
        )

    def _frame(self, slice_: SliceToSend) -> pd.DataFrame:
        index, kept = slice_.slice_index, self._kept
        frame = kept[1] if kept is not None and kept[0] == index else self._listed.frame(index)
        self._kept = (index, frame) if slice_.goes_on else None
        return frame


def _chosen(frame: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    """The rows of the frame; neighbours are not copied."""
    first = int(frame.index.searchsorted(rows[0]))
    if np.array_equal(frame.index[first : first + len(rows)], rows):
        return frame.iloc[first : first + len(rows)]
    return frame.loc[rows]


@contextmanager
def feed_batches(
    listed: ListToSend, ledger: Ledger, body_of: BodyOf, preparer: Preparer | None = None
) -> Iterator[Iterator[Batch]]:
    """Batches of everything that is pending, slice by slice; the first ones are being made when the block begins.

    `preparer` makes them as soon as it has loaded. The ledger is used in the caller's thread only.
    """
    work = PackWork(listed, body_of)
    prepared = work if preparer is None else partial(preparer.do, work)
    with _undisturbed(), ThreadPoolExecutor(1, thread_name_prefix="prepare-slice") as preparing:
        coming = _Coming(_slices(listed, ledger), lambda slice_: preparing.submit(prepared, slice_))
        coming.prepare_more()
        try:
            yield _in_turn(coming, ledger)
        finally:  # who stops early waits for the piece that is being prepared, not for those after it
            preparing.shutdown(wait=False, cancel_futures=True)


class _Coming:
    """Pieces that are being prepared: one, or a few short ones. Half a slice is ahead at least, and never two."""

    def __init__(self, slices: Iterator[SliceToSend], prepare: Callable[[SliceToSend], Future[PackedSlice]]) -> None:
        self._slices = slices
        self._prepare = prepare
        self._ahead: deque[tuple[float, Future[PackedSlice]]] = deque()

    def prepare_more(self) -> None:
        """Take up what comes next, until enough is ahead."""
        while sum(share for share, _ in self._ahead) < ENOUGH_AHEAD:
            slice_ = next(self._slices, None)
            if slice_ is None:
                return
            self._ahead.append((slice_.share, self._prepare(slice_)))

    def pop(self) -> PackedSlice | None:
        """The next piece, when it is prepared; None after the last. More is taken up before anybody waits."""
        if not self._ahead:
            return None
        _, first = self._ahead.popleft()
        self.prepare_more()
        return first.result()


def _in_turn(coming: _Coming, ledger: Ledger) -> Iterator[Batch]:
    """The batches of piece after piece."""
    started = -1
    while (packed := coming.pop()) is not None:
        if packed.slice_index != started:
            started = packed.slice_index
            ledger.start_slice(started)
        yield from packed


@contextmanager
def _undisturbed() -> Iterator[None]:
    """What holds up the thread that sends is kept short.

    The thread that prepares gives way at once: each request takes the interpreter a few times, and at Python's 5 ms
    the sender stood still for most of the time that a slice was prepared (measured: a run on one core took three
    times as long). What is loaded by now is not searched for garbage again and again (measured: 7 % of a run).
    """
    before_s = sys.getswitchinterval()
    sys.setswitchinterval(GIVE_WAY_S)
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        sys.setswitchinterval(before_s)


def _slices(listed: ListToSend, ledger: Ledger) -> Iterator[SliceToSend]:
    """The slices that have pending rows, taken up in the ledger one by one.

    The first comes in pieces, short ones first, so that sending begins soon; the last ends in short ones, so that
    little is left to send when all is prepared.
    """
    is_first = True
    for index in range(listed.stage.slices):
        ready = listed.checked.ready_rows(index)
        pending, maybe_sent = ledger.open_slice(listed.first_slice + index, ready)
        if pending:
            positions = np.concatenate([np.arange(start, stop, dtype=np.int64) for start, stop in pending])
            whole = SliceToSend(listed.first_slice + index, positions, ready[positions], maybe_sent)
            yield from whole.pieces(_lengths(len(whole.rows), is_first, index == listed.stage.slices - 1))
            is_first = False


def _lengths(rows: int, is_first: bool, is_last: bool) -> list[int]:
    """Of the pieces of a slice with so many rows to send; one core gains nothing by several."""
    if usable_cores() == 1 or not (is_first or is_last):
        return [rows]
    return growing(rows) if is_first else growing(rows)[::-1]
