"""RepairMojibake: letters that were read in a wrong encoding, like Ã© for é. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Self

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from importer.clean.columns import map_distinct, with_column
from importer.clean.fields import Fields
from importer.clean.operation import Operation, check_columns, join_words
from importer.profile import column_text

REMEMBERED = 50_000
"""Texts whose answer is kept: the same list is cleaned again and again while a person works on it."""


@dataclass(frozen=True)
class RepairMojibake(Operation):
    """Mends `columns` (none named: every column) with `ftfy.fix_encoding`, which leaves sound text alone.

    Not `fix_text`: that one also changes quotes, widths and ligatures, which may be meant.
    """

    columns: tuple[str, ...] = ()

    kind: ClassVar[str] = "repair_mojibake"

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", tuple(self.columns))
        check_columns(self.columns, fewest=0)

    def needs(self) -> tuple[str, ...]:
        return self.columns

    def changes(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        return self.columns or columns

    def title(self) -> str:
        where = join_words(self.columns) if self.columns else "every column"
        return f"Repair wrongly decoded letters in {where}"

    def apply(self, chunk: pd.DataFrame) -> pd.DataFrame:
        for column in self.columns or tuple(chunk.columns):
            cells = column_text(chunk, column)
            odd = pc.not_equal(pc.binary_length(cells), pc.cast(pc.utf8_length(cells), pa.int64()))
            if pc.any(odd).as_py():
                mended = pc.replace_with_mask(cells, odd, map_distinct(cells.filter(odd), _mended))
                chunk = with_column(chunk, column, mended)
        return chunk

    @classmethod
    def read(cls, given: Fields) -> Self:
        return cls(given.texts("columns"))


@lru_cache(maxsize=REMEMBERED)
def _mended(text: str) -> str:
    from ftfy import fix_encoding  # loaded when the first such cell comes

    return fix_encoding(text)
