"""ChangeCase: lower, upper and title case, and the capitals of names. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import pandas as pd
import pyarrow.compute as pc

from importer.clean.columns import map_distinct, with_column
from importer.clean.fields import Fields
from importer.clean.names import name_case
from importer.clean.operation import Operation, check_column, check_word
from importer.profile import column_text

_TURN = {
    "lower": pc.utf8_lower,
    "upper": pc.utf8_upper,
    "title": pc.utf8_title,
    "name": lambda cells: map_distinct(cells, name_case),
}


@dataclass(frozen=True)
class ChangeCase(Operation):
    """`case` is lower, upper, title or name.

    In title case every letter after something that is no letter is a capital; name knows McDonald, O'Neil, von der.
    """

    column: str
    case: str

    kind: ClassVar[str] = "change_case"
    keeps_value: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check_column(self.column)
        check_word(self.case, tuple(_TURN), field="case")

    def needs(self) -> tuple[str, ...]:
        return (self.column,)

    def changes(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        return (self.column,)

    def title(self) -> str:
        if self.case == "name":
            return f"Write names in {self.column} with their usual capitals"
        return f"Change {self.column} to {self.case} case"

    def apply(self, chunk: pd.DataFrame) -> pd.DataFrame:
        return with_column(chunk, self.column, _TURN[self.case](column_text(chunk, self.column)))

    @classmethod
    def read(cls, given: Fields) -> Self:
        return cls(given.text("column"), given.text("case"))
