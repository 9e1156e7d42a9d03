"""What operations have in common that read each cell of a column and write it in one form. Pure."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from importer.clean.columns import with_column
from importer.clean.operation import Operation
from importer.profile import column_text, is_blank


class CellParser(Operation):
    """Blank cells, and cells it cannot read, stay as they are: the check tells of them. A subclass has `column`."""

    column: str

    keeps_value: ClassVar[bool] = True

    def needs(self) -> tuple[str, ...]:
        return (self.column,)

    def changes(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        return (self.column,)

    @abstractmethod
    def read_cells(self, cells: pa.Array) -> pa.Array:
        """The cells (`large_string`) in the one form, null where one cannot be read; blanks do not matter."""

    def otherwise(self) -> tuple[CellParser, ...]:
        """The same step with each other way to read the same cells (month first, not day first); none where there is
        but one."""
        return ()

    def shapes(self, cells: pa.Array) -> pa.Array | None:
        """Of each cell that it reads, what of its like a person must have seen to agree to this reading of others;
        null where every setting of the step reads it so. None: any text is like others of its form (words, digits,
        signs)."""
        return None

    def apply(self, chunk: pd.DataFrame) -> pd.DataFrame:
        return self.apply_noting(chunk)[0]

    def apply_noting(self, chunk: pd.DataFrame) -> tuple[pd.DataFrame, pa.Array]:
        """The chunk after this step, and where a filled cell could not be read."""
        cells = column_text(chunk, self.column)
        blank, read = is_blank(cells), self.read_cells(cells)
        left = pc.and_(pc.invert(blank), pc.is_null(read))
        return with_column(chunk, self.column, pc.coalesce(pc.if_else(blank, cells, read), cells)), left

    def unparsed(self, chunk: pd.DataFrame) -> int:
        cells = column_text(chunk, self.column)
        return int(pc.sum(pc.and_(pc.invert(is_blank(cells)), pc.is_null(self.read_cells(cells)))).as_py() or 0)
