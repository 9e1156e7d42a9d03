"""How many different values, and how many repeats, in bounded memory."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

BUFFER = 65_536
"""Hashes kept aside before they are merged: sorting a few large parts costs less than many small ones."""


def text_hashes(cells: pa.Array) -> np.ndarray:
    """A 64-bit hash (SipHash, fixed key) of each cell."""
    hashes: np.ndarray = pd.util.hash_array(cells.to_numpy(zero_copy_only=False), categorize=False)
    return hashes


class HashSample:
    """The different 64-bit hashes seen, exactly until there are more than `cap`, then a fair sample of them.

    Above the cap only hashes whose low `level` bits are 0 are kept, one bit more whenever the cap is passed again, so
    the counts are estimates with a standard error of about 1.2 / sqrt(cap) (Flajolet, "On adaptive sampling", 1990).
    Memory: at most 8 bytes x 1.5 x cap, and as much again while merging. Two values share a hash with a chance of
    cap² / 2^65: 5e-10 for 131,072.
    """

    def __init__(self, cap: int) -> None:
        self._cap = cap
        self._level = 0
        self._kept: np.ndarray = np.empty(0, dtype=np.uint64)
        self._waiting: list[np.ndarray] = []
        self._waiting_size = 0
        self._repeats = 0

    def add(self, hashes: np.ndarray) -> None:
        """Takes in uint64 hashes, repeats included."""
        sampled = self._sample(hashes)
        self._waiting.append(sampled)
        self._waiting_size += len(sampled)
        if self._waiting_size >= max(BUFFER, len(self._kept) // 2):
            self._settle()

    def merge(self, other: HashSample) -> None:
        """Takes in what another one saw."""
        other._settle()
        self._settle()
        self._level = max(self._level, other._level)
        self._kept = self._sample(self._kept)
        self._repeats += other._repeats
        self.add(other._kept)

    @property
    def distinct(self) -> int:
        """How many different ones; exact while `exact`."""
        self._settle()
        return len(self._kept) << self._level

    @property
    def repeats(self) -> int:
        """How many were the same as an earlier one; exact while `exact`."""
        self._settle()
        return self._repeats

    @property
    def exact(self) -> bool:
        """False once the cap was passed."""
        self._settle()
        return self._level == 0

    @property
    def kept(self) -> tuple[int, np.ndarray]:
        """The level, and the hashes kept at it, ascending."""
        self._settle()
        return self._level, self._kept

    def _sample(self, hashes: np.ndarray) -> np.ndarray:
        if self._level == 0:
            return hashes
        return hashes[(hashes & np.uint64((1 << self._level) - 1)) == 0]

    def _settle(self) -> None:
        if not self._waiting:
            return
        together = np.concatenate([self._kept, *self._waiting])
        self._waiting, self._waiting_size = [], 0
        together.sort()  # np.unique goes by a hash table, which takes five times as long
        self._kept = together[np.append(True, together[1:] != together[:-1])] if len(together) else together
        self._repeats += (len(together) - len(self._kept)) << self._level
        while len(self._kept) > self._cap:
            self._level += 1
            self._kept = self._sample(self._kept)
