"""What operations have in common that do the same to each of several columns, or to every column. Pure."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import Self

import pandas as pd
import pyarrow as pa

from importer.clean.columns import with_column
from importer.clean.fields import Fields
from importer.clean.operation import Operation, check_columns, join_words
from importer.profile import column_text


@dataclass(frozen=True)
class ManyColumns(Operation):
    """The same step on each of `columns`; none named means every column of the list.

    So a recipe still fits a list with one column more.
    """

    columns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", tuple(self.columns))
        check_columns(self.columns, fewest=0)

    @abstractmethod
    def mended(self, cells: pa.Array) -> pa.Array | None:
        """The cells of one column after the step, in their order; None where it changes none of them."""

    @property
    def where(self) -> str:
        """The columns in words, for a title."""
        return join_words(self.columns) if self.columns else "every column"

    def needs(self) -> tuple[str, ...]:
        return self.columns

    def changes(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        return self.columns or columns

    def reads(self, column: str) -> tuple[str, ...]:
        return (column,)

    def only(self, columns: tuple[str, ...]) -> ManyColumns:
        return replace(self, columns=columns)

    def apply(self, chunk: pd.DataFrame) -> pd.DataFrame:
        for column in self.columns or tuple(chunk.columns):
            cells = self.mended(column_text(chunk, column))
            if cells is not None:
                chunk = with_column(chunk, column, cells)
        return chunk

    @classmethod
    def read(cls, given: Fields) -> Self:
        return cls(given.texts("columns"))
