"""Which keys a list has, small enough to keep until next month: how many of one list's keys were in another. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from importer.errors import ConfigError
from importer.plain_types import UNREADABLE
from importer.profile.cells import column_text, trim
from importer.profile.long_list import ChunkSource

SKETCH_KEYS = 8_192
"""Hashes kept at most: a share is then right within about 1 in 100."""


@dataclass(frozen=True)
class KeySketch:
    """64-bit hashes of a list's different keys (no key itself), those alone whose low `level` bits are 0."""

    level: int
    hashes: tuple[int, ...]

    def share_in(self, other: KeySketch) -> float:
        """The share (0 to 1) of this list's keys that the `other` list has too; 0 when this one has none."""
        mask = (1 << max(self.level, other.level)) - 1
        mine = {one for one in self.hashes if not one & mask}
        theirs = {one for one in other.hashes if not one & mask}
        return len(mine & theirs) / len(mine) if mine else 0.0

    def to_dict(self) -> dict[str, object]:
        """JSON-ready; hashes as hexadecimal texts, for JSON's numbers end at 53 bits in many readers."""
        return {"level": self.level, "hashes": [f"{one:x}" for one in self.hashes]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> KeySketch:
        """What `to_dict` wrote; ConfigError if it is not whole."""
        try:
            return cls(int(data["level"]), tuple(int(one, 16) for one in data["hashes"]))
        except UNREADABLE:
            raise ConfigError("There is no whole sketch of the keys. Profile the list again.") from None


def sketch_keys(stage: ChunkSource, key_column: str) -> KeySketch:
    """The keys of the list, spaces at their ends and capitals apart; reads one column of the stage once."""
    if key_column not in stage.columns:
        raise ConfigError(f'The list has no column "{key_column}" to be the key. Choose one of its columns.')
    level, hashes = 0, np.array([], dtype=np.uint64)
    for chunk in stage.chunks([key_column]):
        keys = pc.utf8_lower(trim(column_text(chunk, key_column)))
        keys = keys.filter(pc.not_equal(keys, "")).to_numpy(zero_copy_only=False)
        hashes = np.union1d(hashes, pd.util.hash_array(keys, categorize=False))  # SipHash with a fixed key
        while len(sampled := hashes[(hashes & np.uint64((1 << level) - 1)) == 0]) > SKETCH_KEYS:
            level += 1
        hashes = sampled
    return KeySketch(level, tuple(hashes.tolist()))
