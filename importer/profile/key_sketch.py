"""Which keys a list has, small enough to keep until next month: how many of one list's keys were in another. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow.compute as pc

from importer.errors import ConfigError
from importer.plain_types import UNREADABLE
from importer.profile.cells import column_text, trim
from importer.profile.hash_sample import HashSample, text_hashes
from importer.profile.list_census import ChunkSource

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
    sample = HashSample(SKETCH_KEYS)
    for chunk in stage.chunks():
        keys = pc.utf8_lower(trim(column_text(chunk, key_column)))
        sample.add(text_hashes(keys.filter(pc.not_equal(keys, ""))))
    level, kept = sample.kept
    return KeySketch(level, tuple(np.sort(kept).tolist()))
