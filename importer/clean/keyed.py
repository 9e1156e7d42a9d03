"""SetCellsByKey: corrections of single cells that fit next month's list too, for they name the contact. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from importer.clean.columns import same_text, with_column
from importer.clean.fields import Fields, wrong_field
from importer.clean.operation import Operation, check_column, longest_bytes
from importer.profile import column_text


@dataclass(frozen=True)
class SetCellsByKey(Operation):
    """Puts a text into `column` of every row whose `key_column` holds a given key: `cells` are (key, new text).

    Keys are compared as they stand at this point of the recipe, exactly. Keys the list does not have are left out
    without a word.
    """

    column: str
    key_column: str
    cells: tuple[tuple[str, str], ...]

    kind: ClassVar[str] = "set_cells_by_key"

    def __post_init__(self) -> None:
        check_column(self.column)
        if not self.key_column:
            raise wrong_field("key_column", "is empty. Name the column of the contact's key.")
        if self.key_column == self.column:
            raise wrong_field("key_column", "is the column that is set. A key cannot be found by what it becomes.")
        cells = tuple(sorted(self.cells))
        object.__setattr__(self, "cells", cells)
        keys = [key for key, _ in cells]
        if not cells or "" in keys:
            raise wrong_field("cells", "must name at least one cell, and no empty key.")
        if len(set(keys)) < len(keys):
            raise wrong_field("cells", "names a key twice. Keep one of them.")

    def needs(self) -> tuple[str, ...]:
        return (self.column, self.key_column)

    def changes(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        return (self.column,)

    def title(self) -> str:
        many = f"{len(self.cells):,} contacts" if len(self.cells) > 1 else "1 contact"
        return f"Set {self.column} of {many}, found by {self.key_column}"

    def longest_put(self) -> int:
        return longest_bytes(text for _, text in self.cells)

    def apply(self, chunk: pd.DataFrame) -> pd.DataFrame:
        cells = column_text(chunk, self.column)
        place = same_text(column_text(chunk, self.key_column), tuple(key for key, _ in self.cells))
        texts = pa.array([text for _, text in self.cells], pa.large_string()).take(place)
        return with_column(chunk, self.column, pc.coalesce(texts, cells))

    @classmethod
    def read(cls, given: Fields) -> Self:
        return cls(given.text("column"), given.text("key_column"), given.pairs("cells"))
