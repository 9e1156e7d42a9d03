"""Slices of the stage → batches, a slice ahead of the sending; at most two slices are in memory."""

from __future__ import annotations

import gc
import sys
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from importer.check import CheckResult, Schema, convert_chunk
from importer.clean import Recipe
from importer.intake import Stage
from importer.run.ledger import Ledger
from importer.write import Batch, BodyOf, build_puts, pack_batches

GIVE_WAY_S = 0.0005
"""How long a thread may keep the interpreter while another waits for it, as long as a run is sent."""


@dataclass(frozen=True)
class ListToSend:
    """What is needed to turn a slice of the list into put requests; read only, so a thread may use it."""

    stage: Stage
    recipe: Recipe
    schema: Schema
    checked: CheckResult

    def batches(self, slice_: SliceToSend, body_of: BodyOf) -> list[Batch]:
        """The slice's rows in batches, ready to be signed and sent."""
        frame = self.recipe.apply(self.stage.chunk(slice_.slice_index)).frame
        chosen = frame if len(slice_.rows) == len(frame) else frame.loc[slice_.rows]
        puts = build_puts(convert_chunk(chosen, self.schema), key=self.schema.key)
        packed = pack_batches(
            slice_.slice_index, slice_.positions, puts, maybe_sent=slice_.maybe_sent, body_of=body_of
        )
        return list(packed)


@dataclass(frozen=True)
class SliceToSend:
    """A slice with rows left to send: `positions[i]` is the place of `rows[i]` among its ready rows, ascending."""

    slice_index: int
    positions: Sequence[int]
    rows: Any
    maybe_sent: bool


def feed_batches(listed: ListToSend, ledger: Ledger, body_of: BodyOf) -> Generator[Batch, None, None]:
    """Batches of everything that is pending, slice by slice. The ledger is used in the caller's thread only."""
    with _undisturbed(), ThreadPoolExecutor(max_workers=1, thread_name_prefix="prepare-slice") as preparing:
        ahead = None
        for slice_ in _slices(listed, ledger):
            coming = preparing.submit(listed.batches, slice_, body_of)
            if ahead is not None:
                yield from ahead.result()
            ahead = coming
        if ahead is not None:
            yield from ahead.result()


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
        pending, maybe_sent = ledger.open_slice(index, ready)
        positions = [position for start, stop in pending for position in range(start, stop)]
        if positions:
            yield SliceToSend(index, positions, ready[positions], maybe_sent)
