"""SplitColumn: one column into several. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from importer.clean.columns import put_after, with_new_columns
from importer.clean.fields import Fields, wrong_field
from importer.clean.operation import Operation, check_column, check_new_columns, join_words
from importer.profile import SPACES, column_text, is_blank

MOST_PARTS = 500
"""New columns of one step: each takes memory in every row, filled or not."""


AT_A_TIME_BYTES = 16 * 1024 * 1024
"""Of text that is split: four times that is held while its parts are made."""


@dataclass(frozen=True)
class SplitColumn(Operation):
    """The parts of a cell between `separator`, without the spaces at their ends, go `into` new columns right of it.

    The last column takes all that is left over; with `from_end` the separators are counted from the right, so that
    the first column takes it ("Anna Maria Sample" → "Anna Maria", "Sample"). A cell with fewer parts leaves the last
    columns blank. Without `keep` the column itself goes.
    """

    column: str
    separator: str
    into: tuple[str, ...]
    from_end: bool = False
    keep: bool = True

    kind: ClassVar[str] = "split_column"
    keeps_value: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check_column(self.column)
        if not self.separator:
            raise wrong_field("separator", "is empty. Say where to split, for example a comma or a space.")
        if len(self.into) < 2:
            raise wrong_field("into", "must name at least two new columns.")
        if len(self.into) > MOST_PARTS:
            raise wrong_field("into", f"names {len(self.into):,} new columns, more than {MOST_PARTS}. Name fewer.")
        check_new_columns(self.into, field="into")

    def needs(self) -> tuple[str, ...]:
        return (self.column,)

    def makes(self) -> tuple[str, ...]:
        return self.into

    def changes(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        return self.into if self.keep else (self.column, *self.into)

    def columns_after(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        return put_after(columns, self.column, self.into, keep=self.keep)

    def title(self) -> str:
        return f'Split {self.column} at "{self.separator}" into {join_words(self.into)}'

    def apply(self, chunk: pd.DataFrame) -> pd.DataFrame:
        cells = column_text(chunk, self.column)
        rows = max(1, len(cells) * AT_A_TIME_BYTES // max(cells.nbytes, 1))
        slices = [self._split(cells.slice(start, rows)) for start in range(0, max(len(cells), 1), rows)]
        made = {name: pa.concat_arrays([parts[at] for parts in slices]) for at, name in enumerate(self.into)}
        return with_new_columns(chunk, self.columns_after(tuple(chunk.columns)), made)

    def _split(self, cells: pa.Array) -> list[pa.Array]:
        """The cells of each new column."""
        fixed = pc.list_slice(self._parts(cells), 0, len(self.into), return_fixed_size_list=True)
        return [_part(fixed, at) for at in range(len(self.into))]

    def unparsed(self, chunk: pd.DataFrame) -> int:
        cells = column_text(chunk, self.column)
        few = pc.less(pc.list_value_length(self._parts(cells)), len(self.into))
        return int(pc.sum(pc.and_(few, pc.invert(is_blank(cells)))).as_py() or 0)

    def _parts(self, cells: pa.Array) -> pa.Array:
        trimmed = pc.utf8_trim(cells, characters=SPACES)
        most = len(self.into) - 1
        return pc.split_pattern(trimmed, pattern=self.separator, max_splits=most, reverse=self.from_end)

    @classmethod
    def read(cls, given: Fields) -> Self:
        return cls(
            given.text("column"),
            given.text("separator"),
            given.texts("into"),
            given.flag("from_end", False),
            given.flag("keep", True),
        )


def _part(fixed: pa.Array, at: int) -> pa.Array:
    return pc.utf8_trim(pc.fill_null(pc.list_element(fixed, at), ""), characters=SPACES)
