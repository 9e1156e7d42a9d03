"""Slices of the stage → batches, a slice ahead of the sending; at most two slices are in memory."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from importer.check import CheckResult, Schema, convert_chunk
from importer.clean import Recipe
from importer.intake import Stage
from importer.run.ledger import Ledger
from importer.run.preparer import Preparer
from importer.write import Batch, BodyOf, PackedSlice, build_puts, pack_batches

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

    def packed(self, slice_: SliceToSend, body_of: BodyOf) -> PackedSlice:
        """The slice's rows in batches, ready to be signed and sent."""
        frame = self.recipe.apply(self.stage.chunk(slice_.slice_index - self.first_slice)).frame
        chosen = frame if len(slice_.rows) == len(frame) else frame.loc[slice_.rows]
        puts = build_puts(convert_chunk(chosen, self.schema), key=self.schema.key)
        return pack_batches(slice_.slice_index, slice_.positions, puts, maybe_sent=slice_.maybe_sent, body_of=body_of)


@dataclass(frozen=True)
class SliceToSend:
    """A slice with rows left to send: `positions[i]` is the place of `rows[i]` among its ready rows (int64,
    ascending)."""

    slice_index: int
    positions: np.ndarray
    rows: np.ndarray
    maybe_sent: bool


@contextmanager
def feed_batches(
    listed: ListToSend, ledger: Ledger, body_of: BodyOf, preparer: Preparer | None = None
) -> Iterator[Iterator[Batch]]:
    """Batches of everything that is pending, slice by slice; the first slice is being made when the block begins.

    `preparer` makes them as soon as it has loaded. The ledger is used in the caller's thread only.
    """

    def prepared(slice_: SliceToSend) -> PackedSlice:
        made = preparer.prepare(listed, slice_, body_of) if preparer is not None and preparer.ready() else None
        return made if made is not None else listed.packed(slice_, body_of)

    with _undisturbed(), ThreadPoolExecutor(max_workers=1, thread_name_prefix="prepare-slice") as preparing:
        coming = (preparing.submit(prepared, slice_) for slice_ in _slices(listed, ledger))
        yield _in_turn(next(coming, None), coming, ledger)


def _in_turn(
    ahead: Future[PackedSlice] | None, coming: Iterator[Future[PackedSlice]], ledger: Ledger
) -> Iterator[Batch]:
    """The batches of slice after slice; the next slice is taken up before one is handed out."""
    while ahead is not None:
        following = next(coming, None)
        packed = ahead.result()
        ledger.start_slice(packed.slice_index)
        yield from packed
        ahead = following


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
    """The slices that have pending rows, taken up in the ledger one by one."""
    for index in range(listed.stage.slices):
        ready = listed.checked.ready_rows(index)
        pending, maybe_sent = ledger.open_slice(listed.first_slice + index, ready)
        if pending:
            positions = np.concatenate([np.arange(start, stop, dtype=np.int64) for start, stop in pending])
            yield SliceToSend(listed.first_slice + index, positions, ready[positions], maybe_sent)
