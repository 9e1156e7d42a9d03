"""FillFromColumn: blanks that take what stands in another column. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import pandas as pd
import pyarrow.compute as pc

from importer.clean.columns import with_column
from importer.clean.fields import Fields, wrong_field
from importer.clean.operation import Operation, check_column
from importer.profile import column_text, is_blank


@dataclass(frozen=True)
class FillFromColumn(Operation):
    """Blank cells of `column` take the cell of `other` in the same row."""

    column: str
    other: str

    kind: ClassVar[str] = "fill_from_column"

    def __post_init__(self) -> None:
        check_column(self.column)
        if not self.other or self.other == self.column:
            raise wrong_field("other", "must be another column of the list.")

    def needs(self) -> tuple[str, ...]:
        return (self.column, self.other)

    def changes(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        return (self.column,)

    def title(self) -> str:
        return f"Fill blanks in {self.column} from {self.other}"

    def apply(self, chunk: pd.DataFrame) -> pd.DataFrame:
        cells, others = column_text(chunk, self.column), column_text(chunk, self.other)
        return with_column(chunk, self.column, pc.if_else(is_blank(cells), others, cells))

    @classmethod
    def read(cls, given: Fields) -> Self:
        return cls(given.text("column"), given.text("other"))
