"""Puts → batches that BatchWriteItem takes: at most 25 puts and 16 MB on the wire."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

import numpy as np

from importer.write.build import Puts
from importer.write.model import Batch, BodyOf

MAX_ITEMS = 25
"""BatchWriteItem, API reference: up to 25 put requests."""

MAX_BYTES = 16 * 1024 * 1024
"""BatchWriteItem, API reference: up to 16 MB transmitted over the network."""

ENVELOPE_BYTES = 1024
"""Kept free for what surrounds the puts: the table's name (255 at most) and the request's own words (under 100)."""


def pack_batches(
    slice_index: int,
    positions: Sequence[int],
    puts: Puts,
    *,
    max_items: int = MAX_ITEMS,
    max_bytes: int = MAX_BYTES,
    maybe_sent: bool = False,
    body_of: BodyOf | None = None,
) -> Iterator[Batch]:
    """The puts in order, cut into batches. `positions[i]` belongs to put `i`. A put is never cut: one that is
    larger than `max_bytes` travels alone, and the service says no. With `body_of` each batch has its body at once."""
    if len(positions) != len(puts):
        raise ValueError(f"{len(positions)} positions for {len(puts)} puts.")
    ends = puts.bodies.ends
    places = np.asarray(positions, dtype=np.int64).tolist()
    totals = [0.0, *np.cumsum(puts.wcu, dtype=np.float64).tolist()]
    first = 0
    while first < len(positions):
        fits = bisect_right(ends, ends[first] + max_bytes - ENVELOPE_BYTES, lo=first) - 1
        last = min(first + max_items, max(fits, first + 1), len(positions))
        bodies = puts.bodies[first:last]
        yield Batch(
            slice_index,
            tuple(places[first:last]),
            bodies,
            totals[last] - totals[first],
            maybe_sent,
            None if body_of is None else body_of(bodies),
        )
        first = last
