"""Trim: spaces at the ends of cells, and runs of them inside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import pandas as pd
import pyarrow.compute as pc

from importer.clean.columns import with_column
from importer.clean.fields import Fields, wrong_field
from importer.clean.operation import Operation, join_words
from importer.profile import SPACES, WHITE_SPACE, column_text

_RUN = "[" + "".join(f"\\x{{{ord(sign):x}}}" for sign in WHITE_SPACE) + "]+"
"""As an RE2 class, sign by number; without the joiners, which inside a word belong to Persian and to emoji."""


@dataclass(frozen=True)
class Trim(Operation):
    """Takes spaces (non-breaking and zero-width too) off both ends; `collapse` also makes each run inside one space.

    No columns means every column of the list, so that a recipe still fits a list with one column more.
    """

    columns: tuple[str, ...] = ()
    collapse: bool = False

    kind: ClassVar[str] = "trim"

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", tuple(self.columns))
        if "" in self.columns:
            raise wrong_field("columns", "holds an empty name. Name columns of the list.")

    def needs(self) -> tuple[str, ...]:
        return self.columns

    def changes(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        return self.columns or columns

    def title(self) -> str:
        where = join_words(self.columns) if self.columns else "every column"
        return f"{'Trim and collapse' if self.collapse else 'Trim'} spaces in {where}"

    def apply(self, chunk: pd.DataFrame) -> pd.DataFrame:
        for column in self.columns or tuple(chunk.columns):
            cells = pc.utf8_trim(column_text(chunk, column), characters=SPACES)
            if self.collapse:
                cells = pc.replace_substring_regex(cells, pattern=_RUN, replacement=" ")
            chunk = with_column(chunk, column, cells)
        return chunk

    @classmethod
    def read(cls, given: Fields) -> Self:
        return cls(given.texts("columns"), given.flag("collapse", False))
