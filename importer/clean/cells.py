"""Operations that put a given text into cells: picked cells, rows that meet a condition, blanks."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from importer.clean.columns import with_column
from importer.clean.condition import Condition
from importer.clean.fields import Fields, is_row_number, wrong_field
from importer.clean.operation import Operation, check_column, longest_bytes
from importer.profile import column_text, is_blank


@dataclass(frozen=True)
class SetCells(Operation):
    """Puts a text into picked cells of one column: `cells` are (row number, new text), kept in row order.

    Rows that the list does not have are left out without a word: row numbers belong to one file.
    """

    column: str
    cells: tuple[tuple[int, str], ...]

    kind: ClassVar[str] = "set_cells"

    def __post_init__(self) -> None:
        check_column(self.column)
        cells = tuple(sorted((row, text) for row, text in self.cells))
        object.__setattr__(self, "cells", cells)
        if not cells:
            raise wrong_field("cells", "is empty. Name at least one cell.")
        if not all(is_row_number(row) for row, _ in cells):
            raise wrong_field("cells", "must be a list of [row number, text] pairs.")
        twice = next((row for (row, _), (other, _) in pairwise(cells) if row == other), None)
        if twice is not None:
            raise wrong_field("cells", f"names row {twice} twice. Keep one of them.")

    def needs(self) -> tuple[str, ...]:
        return (self.column,)

    def changes(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        return (self.column,)

    def title(self) -> str:
        if len(self.cells) == 1:
            return f"Set {self.column} in row {self.cells[0][0]}"
        return f"Set {len(self.cells):,} cells of {self.column}"

    def apply(self, chunk: pd.DataFrame) -> pd.DataFrame:
        numbers = chunk.index.to_numpy()
        if not len(numbers):
            return chunk
        rows = np.fromiter((row for row, _ in self.cells), dtype=np.int64, count=len(self.cells))
        at = np.searchsorted(numbers, rows).clip(max=len(numbers) - 1)
        here = numbers[at] == rows
        if not here.any():
            return chunk
        mask: np.ndarray = np.zeros(len(numbers), dtype=bool)
        mask[at[here]] = True
        texts = pa.array([self.cells[i][1] for i in np.flatnonzero(here)], pa.large_string())
        cells = pc.replace_with_mask(column_text(chunk, self.column), pa.array(mask), texts)
        return with_column(chunk, self.column, cells)

    @classmethod
    def read(cls, given: Fields) -> Self:
        return cls(given.text("column"), given.cells("cells"))


@dataclass(frozen=True)
class SetColumn(Operation):
    """Puts one text into every cell of a column, or into those of the rows that meet `where`."""

    column: str
    text: str
    where: Condition | None = None

    kind: ClassVar[str] = "set_column"

    def __post_init__(self) -> None:
        check_column(self.column)

    def needs(self) -> tuple[str, ...]:
        return (self.column,) if self.where is None else tuple(dict.fromkeys((self.column, self.where.column)))

    def changes(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        return (self.column,)

    def title(self) -> str:
        what = f'Set {self.column} to "{self.text}"' if self.text else f"Empty {self.column}"
        return f"{what} where {self.where.words()}" if self.where else f"{what} in every row"

    def longest_put(self) -> int:
        return longest_bytes((self.text,))

    def apply(self, chunk: pd.DataFrame) -> pd.DataFrame:
        if self.where is None:
            cells = pa.repeat(_text(self.text), len(chunk[self.column]))
        else:
            cells = pc.if_else(self.where.mask(chunk), _text(self.text), column_text(chunk, self.column))
        return with_column(chunk, self.column, cells)

    @classmethod
    def read(cls, given: Fields) -> Self:
        where = given.take("where", None)
        return cls(given.text("column"), given.text("text"), None if where is None else Condition.from_dict(where))


@dataclass(frozen=True)
class FillBlanks(Operation):
    """Puts one text into the cells of a column that are empty or hold nothing but spaces."""

    column: str
    text: str

    kind: ClassVar[str] = "fill_blanks"

    def __post_init__(self) -> None:
        check_column(self.column)
        if not self.text:
            raise wrong_field("text", "is empty. Say what to fill the blanks with.")

    def needs(self) -> tuple[str, ...]:
        return (self.column,)

    def changes(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        return (self.column,)

    def title(self) -> str:
        return f'Fill blanks in {self.column} with "{self.text}"'

    def longest_put(self) -> int:
        return longest_bytes((self.text,))

    def apply(self, chunk: pd.DataFrame) -> pd.DataFrame:
        cells = column_text(chunk, self.column)
        return with_column(chunk, self.column, pc.if_else(is_blank(cells), _text(self.text), cells))

    @classmethod
    def read(cls, given: Fields) -> Self:
        return cls(given.text("column"), given.text("text"))


def _text(text: str) -> pa.Scalar:
    return pa.scalar(text, pa.large_string())
