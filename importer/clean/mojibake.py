"""RepairMojibake: letters that were read in a wrong encoding, like Ã© for é. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from importer.clean.columns import map_distinct
from importer.clean.many_columns import ManyColumns

REMEMBERED = 50_000
"""Texts whose answer is kept: the same list is cleaned again and again while a person works on it."""


@dataclass(frozen=True)
class RepairMojibake(ManyColumns):
    """Mends `columns` (none named: every column) with `ftfy.fix_encoding`, which leaves sound text alone.

    Not `fix_text`: that one also changes quotes, widths and ligatures, which may be meant.
    """

    kind: ClassVar[str] = "repair_mojibake"

    def title(self) -> str:
        return f"Repair wrongly decoded letters in {self.where}"

    def mended(self, cells: pa.Array) -> pa.Array | None:
        odd = pc.not_equal(pc.binary_length(cells), pc.cast(pc.utf8_length(cells), pa.int64()))
        if not pc.any(odd).as_py():
            return None
        return pc.replace_with_mask(cells, odd, map_distinct(cells.filter(odd), _mended))


@lru_cache(maxsize=REMEMBERED)
def _mended(text: str) -> str:
    from ftfy import fix_encoding  # loaded when the first such cell comes

    return fix_encoding(text)
