"""Operations on columns as such: another name, none any more, one with the same text in every row. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import pandas as pd
import pyarrow as pa

from importer.clean.columns import refuse_twins, text_scalar, with_new_columns
from importer.clean.fields import Fields, wrong_field
from importer.clean.operation import (
    Operation,
    check_column,
    check_columns,
    check_new_columns,
    join_words,
    longest_bytes,
)


@dataclass(frozen=True)
class RenameColumn(Operation):
    """The column keeps its place and its cells, and gets another `name`."""

    column: str
    name: str

    kind: ClassVar[str] = "rename_column"

    def __post_init__(self) -> None:
        check_column(self.column)
        check_new_columns((self.name,), field="name")
        if self.name == self.column:
            raise wrong_field("name", "is the name it has. Give it another one.")

    def needs(self) -> tuple[str, ...]:
        return (self.column,)

    def makes(self) -> tuple[str, ...]:
        return (self.name,)

    def changes(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        return (self.column, self.name)

    def columns_after(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self.name if column == self.column else column for column in columns)

    def title(self) -> str:
        return f"Rename {self.column} to {self.name}"

    def apply(self, chunk: pd.DataFrame) -> pd.DataFrame:
        made = {self.name: chunk[self.column].rename(self.name)}
        refuse_twins((*chunk.columns.drop(self.column), self.name))
        return with_new_columns(chunk, self.columns_after(tuple(chunk.columns)), made)

    @classmethod
    def read(cls, given: Fields) -> Self:
        return cls(given.text("column"), given.text("name"))


@dataclass(frozen=True)
class DropColumns(Operation):
    """Leaves columns out of all that follows; the stage keeps them, so undo brings them back."""

    columns: tuple[str, ...]

    kind: ClassVar[str] = "drop_columns"

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", tuple(self.columns))
        check_columns(self.columns)

    def needs(self) -> tuple[str, ...]:
        return self.columns

    def changes(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        return self.columns

    def columns_after(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(column for column in columns if column not in self.columns)

    def title(self) -> str:
        return f"Drop column{'s' if len(self.columns) > 1 else ''} {join_words(self.columns)}"

    def apply(self, chunk: pd.DataFrame) -> pd.DataFrame:
        return chunk.drop(columns=list(self.columns))

    @classmethod
    def read(cls, given: Fields) -> Self:
        return cls(given.texts("columns"))


@dataclass(frozen=True)
class AddColumn(Operation):
    """A new last column with the same `text` in every row."""

    name: str
    text: str

    kind: ClassVar[str] = "add_column"

    def __post_init__(self) -> None:
        check_new_columns((self.name,), field="name")

    def needs(self) -> tuple[str, ...]:
        return ()

    def makes(self) -> tuple[str, ...]:
        return (self.name,)

    def changes(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        return (self.name,)

    def columns_after(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        return (*columns, self.name)

    def title(self) -> str:
        return f'Add column {self.name} with "{self.text}"' if self.text else f"Add an empty column {self.name}"

    def longest_put(self) -> int:
        return longest_bytes((self.text,))

    def apply(self, chunk: pd.DataFrame) -> pd.DataFrame:
        made = {self.name: pa.repeat(text_scalar(self.text), len(chunk))}
        return with_new_columns(chunk, self.columns_after(tuple(chunk.columns)), made)

    @classmethod
    def read(cls, given: Fields) -> Self:
        return cls(given.text("name"), given.text("text"))
