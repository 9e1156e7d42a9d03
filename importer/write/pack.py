"""Puts → batches that BatchWriteItem takes: at most 25 puts and 16 MB on the wire."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise

import numpy as np

from importer.write.build import PutRange, Puts
from importer.write.model import Around, Batch, Body, BodyOf

MAX_ITEMS = 25
"""BatchWriteItem, API reference: up to 25 put requests."""

MAX_BYTES = 16 * 1024 * 1024
"""BatchWriteItem, API reference: up to 16 MB transmitted over the network."""

ENVELOPE_BYTES = 1024
"""Kept free for what surrounds the puts: the table's name (255 at most) and the request's own words (under 100)."""


@dataclass(frozen=True)
class WrappedBodies:
    """The bodies of a slice's batches where a body is the joined puts with something `around` them: only the hashes
    (SHA-256 in hex, as bytes) are kept."""

    around: Around
    hashes: list[bytes]

    @classmethod
    def of(cls, around: Around, batches: Iterable[PutRange]) -> WrappedBodies:
        """Those of `batches`; nothing is copied."""
        begun, hashes = sha256(around.before), []
        for puts in batches:
            whole = begun.copy()
            whole.update(puts.view)
            whole.update(around.after)
            hashes.append(whole.hexdigest().encode())
        return cls(around, hashes)

    def body(self, at: int, puts: PutRange) -> Body:
        """The body of batch `at`, put together."""
        target, before, after = self.around
        return Body(target, b"".join((before, puts.view, after)), self.hashes[at])


@dataclass(frozen=True)
class PackedSlice:
    """A slice cut into batches, in a form that one process can hand to another: one buffer and short lists.
    Iterating makes the batches, in order.

    `positions[i]` (int64) belongs to put `i`; batch `i` has the puts `cuts[i]:cuts[i + 1]` and `wcu[i]` write units.
    """

    slice_index: int
    positions: np.ndarray
    puts: PutRange
    cuts: np.ndarray
    wcu: np.ndarray
    maybe_sent: bool
    bodies: WrappedBodies | list[Body] | None

    def __iter__(self) -> Iterator[Batch]:
        edges = pairwise(self.cuts.tolist())
        for at, ((first, last), wcu, places) in enumerate(zip(edges, self.wcu.tolist(), self._places(), strict=True)):
            puts = self.puts[first:last]
            yield Batch(self.slice_index, places, puts, wcu, self.maybe_sent, self._body(at, puts))

    def _places(self) -> Iterator[Sequence[int]]:
        """The positions of each batch: two numbers where they are neighbours, as they nearly always are."""
        first, last = self.positions[self.cuts[:-1]].tolist(), self.positions[self.cuts[1:] - 1].tolist()
        for (start, stop), low, high in zip(pairwise(self.cuts.tolist()), first, last, strict=True):
            neighbours = high - low == stop - start - 1
            yield range(low, high + 1) if neighbours else tuple(self.positions[start:stop].tolist())

    def _body(self, at: int, puts: PutRange) -> Body | None:
        if isinstance(self.bodies, WrappedBodies):
            return self.bodies.body(at, puts)
        return None if self.bodies is None else self.bodies[at]


def pack_batches(
    slice_index: int,
    positions: Sequence[int] | np.ndarray,
    puts: Puts,
    *,
    max_items: int = MAX_ITEMS,
    max_bytes: int = MAX_BYTES,
    maybe_sent: bool = False,
    body_of: BodyOf | None = None,
) -> PackedSlice:
    """The puts in order, cut into batches. `positions[i]` belongs to put `i`. A put is never cut: one that is
    larger than `max_bytes` travels alone, and the service says no. With `body_of` each batch has its body at once."""
    if len(positions) != len(puts):
        raise ValueError(f"{len(positions)} positions for {len(puts)} puts.")
    cuts = _cuts(puts.bodies.ends, len(puts), max_items, max_bytes)
    totals = np.concatenate(([0.0], np.cumsum(puts.wcu, dtype=np.float64)))[cuts]
    return PackedSlice(
        slice_index,
        np.asarray(positions, dtype=np.int64),
        puts.bodies,
        np.array(cuts, dtype=np.int64),
        np.diff(totals),
        maybe_sent,
        None if body_of is None else _bodies(puts.bodies, cuts, body_of),
    )


def _bodies(puts: PutRange, cuts: list[int], body_of: BodyOf) -> WrappedBodies | list[Body]:
    batches = (puts[first:last] for first, last in pairwise(cuts))
    if body_of.around is not None:
        return WrappedBodies.of(body_of.around, batches)
    return [body_of(batch) for batch in batches]


def _cuts(ends: Sequence[int], count: int, max_items: int, max_bytes: int) -> list[int]:
    """Where batches begin, and the end of the last."""
    cuts = [0]
    while cuts[-1] < count:
        first = cuts[-1]
        fits = bisect_right(ends, ends[first] + max_bytes - ENVELOPE_BYTES, lo=first) - 1
        cuts.append(min(first + max_items, max(fits, first + 1), count))
    return cuts
