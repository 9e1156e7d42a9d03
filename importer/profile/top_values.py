"""The values a column holds most often, counted in bounded memory."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

CANDIDATES = 10_000
"""Values counted at the same time: what is on more than one row in ten thousand of every chunk is always there."""

LONGEST = 200
"""Characters; a longer cell is a note, not a value that repeats, and is not counted here."""


class TopValues:
    """Counts of the most common values.

    While a column has no more than `cap` different values, every count is exact. Beyond that the rarest are
    forgotten, and `undercount` is the most that any count, also that of a value not shown, may be too low: with each
    forgetting it grows by the largest count forgotten (lossy counting, Manku & Motwani 2002).
    """

    def __init__(self, cap: int = CANDIDATES) -> None:
        self._cap = cap
        self._values: pa.Array = pa.array([], pa.large_string())
        self._counts: np.ndarray = np.empty(0, dtype=np.int64)
        self.undercount = 0

    def add(self, values: pa.Array, counts: np.ndarray) -> None:
        """Takes in different values (each once) and how often each was seen."""
        if not len(values):
            return
        lengths = np.asarray(pc.binary_length(values))
        if int(lengths.max()) > LONGEST:
            short = np.asarray(pc.less_equal(pc.utf8_length(values), LONGEST))
            values, counts = values.filter(pa.array(short)), counts[short]
        new = np.arange(len(values))
        if len(self._values):
            known = pc.index_in(values, value_set=self._values)
            at = np.asarray(known.fill_null(-1))
            self._counts[at[at >= 0]] += counts[at >= 0]
            new = np.flatnonzero(at < 0)
        new, left_out = _most(new, counts, self._cap)
        fresh = values if len(new) == len(values) else values.take(pa.array(new))
        self._values = pa.concat_arrays([self._values, fresh]) if len(self._values) else fresh
        self._counts = np.concatenate([self._counts, counts[new]])
        kept, forgotten = _most(np.arange(len(self._counts)), self._counts, self._cap)
        if len(kept) < len(self._counts):
            self._values, self._counts = self._values.take(pa.array(kept)), self._counts[kept]
        self.undercount += max(left_out, forgotten)

    def merge(self, other: TopValues) -> None:
        """Takes in what another one counted."""
        self.undercount += other.undercount
        self.add(other._values, other._counts)

    def most_common(self, number: int) -> tuple[tuple[str, int], ...]:
        """The `number` most common values and their counts, most first, then in order of appearance."""
        order = np.argsort(-self._counts, kind="stable")[:number]
        return tuple(zip(self._values.take(pa.array(order)).to_pylist(), self._counts[order].tolist(), strict=True))


def _most(positions: np.ndarray, counts: np.ndarray, cap: int) -> tuple[np.ndarray, int]:
    """The `cap` positions with the highest counts, in their order, and the highest count left out (0 if none is)."""
    if len(positions) <= cap:
        return positions, 0
    order = np.argsort(-counts[positions], kind="stable")
    return np.sort(positions[order[:cap]]), int(counts[positions[order[cap]]])
