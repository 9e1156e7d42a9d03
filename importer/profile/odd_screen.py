"""Which cells of a column can be odd at all: a quick look at its bytes, which spares a look at every cell. Pure.

A cell is odd by its signs only if it has one that nearly no other has, or lacks one that nearly all have. The first
shows in the bytes of the whole column; that no cell lacks a sign is proved by where the sign stands.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from importer.profile.odd_cells import AMBIGUOUS_BYTES, BITS, DIGIT, KINDS, LETTER, SIGNS, ColumnShape

MOST_SUSPECTS = 0.1
"""Share of cells from which on it is quicker to look at all of them."""


@dataclass(frozen=True)
class Screen:
    """`common`: bytes that any cell may have; `needed`: bits that count when a filled cell lacks them."""

    common: bytes
    needed: tuple[int, ...]

    @classmethod
    def of(cls, shape: ColumnShape) -> Screen:
        """For what is usual in a column."""
        bits = sum(bit for bit in BITS if bit & shape.telling and shape.never(bit) > 0)
        rare: np.ndarray = (KINDS & bits) != 0
        if bits:
            rare[list(AMBIGUOUS_BYTES)] = True
        return cls(bytes(np.flatnonzero(~rare).tolist()), _needed(shape))

    def suspects(self, data: np.ndarray, places: np.ndarray, sizes: np.ndarray) -> np.ndarray | None:
        """Places of the cells that may be odd by their signs, ascending; None where that cannot be said quickly."""
        filled = slice(None) if sizes.all() else np.flatnonzero(sizes)
        starts, ends = places[:-1][filled], places[1:][filled]
        if len(starts) and not all(_all_have(bit, data, starts, ends) for bit in self.needed):
            return None
        left = data.tobytes().translate(None, self.common)
        if len(left) > MOST_SUSPECTS * len(sizes):
            return None
        at = [np.flatnonzero(data == byte) for byte in set(left)]
        found = np.unique(np.searchsorted(places, np.concatenate(at), side="right") - 1) if at else at
        return np.asarray(found, dtype=np.int64)


def _needed(shape: ColumnShape) -> tuple[int, ...]:
    """Typed cells without a digit have a rare sign or say nothing."""
    signs = [bit for bit in SIGNS.values() if shape.always(bit) > 0]
    if shape.is_typed:
        return tuple(signs)
    both = [bit for bit in (LETTER, DIGIT) if shape.always(bit) > 0]
    if shape.is_code:
        return tuple(signs if shape.always(SIGNS["at"]) else [*both, *signs])
    has_words = shape.named_months or shape.unit is not None
    return tuple(bit for bit in (DIGIT, LETTER) if bit in both and (bit == DIGIT or has_words)) + tuple(
        bit for bit in signs if bit == SIGNS["at"]
    )


def _all_have(bit: int, data: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> bool:
    """Whether each of the cells provably has the bit: at its start, at its end, or each equally often."""
    if bit in (LETTER, DIGIT):
        return any(bool(np.all(KINDS.take(data.take(places)) & bit)) for places in (starts, ends - 1))
    first = data[starts[0] : ends[0]]
    found = first[(KINDS.take(first) & bit) != 0]
    if not len(found):
        return False
    at = np.flatnonzero(data == found[0])
    each, rest = divmod(len(at), len(starts))
    return bool(not rest and all((at[n::each] >= starts).all() and (at[n::each] < ends).all() for n in range(each)))
