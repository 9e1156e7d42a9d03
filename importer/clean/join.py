"""JoinColumns: several columns into one. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from importer.clean.columns import text_bytes, text_scalar, with_new_columns
from importer.clean.fields import Fields
from importer.clean.operation import Operation, check_columns, check_new_columns, join_words
from importer.profile import column_text, is_blank


@dataclass(frozen=True)
class JoinColumns(Operation):
    """The filled cells of `columns`, in that order, with `separator` between, in a new column right of the last.

    Without `keep` the joined columns go, and the new one may have the name of one of them.
    """

    columns: tuple[str, ...]
    separator: str
    into: str
    keep: bool = True

    kind: ClassVar[str] = "join_columns"

    def __post_init__(self) -> None:
        check_columns(self.columns, fewest=2)
        check_new_columns((self.into,), field="into")

    def needs(self) -> tuple[str, ...]:
        return self.columns

    def makes(self) -> tuple[str, ...]:
        return (self.into,)

    def changes(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        return (self.into,) if self.keep else tuple(dict.fromkeys((*self.columns, self.into)))

    def columns_after(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        last = max(self.columns, key=lambda name: columns.index(name) if name in columns else -1)
        placed = [(name, False) for name in columns]
        at = columns.index(last) + 1 if last in columns else len(columns)
        placed.insert(at, (self.into, True))
        return tuple(name for name, new in placed if new or self.keep or name not in self.columns)

    def title(self) -> str:
        return f"Join {join_words(self.columns)} into {self.into}"

    def most_bytes(self, chunk: pd.DataFrame) -> tuple[int, int]:
        sizes: np.ndarray = np.zeros(len(chunk), dtype=np.int64)
        sizes += len(self.separator.encode()) * (len(self.columns) - 1)
        for column in self.columns:
            sizes += text_bytes(chunk, column)
        return int(sizes.max(initial=0)), int(sizes.sum())

    def apply(self, chunk: pd.DataFrame) -> pd.DataFrame:
        parts = [_bare(column_text(chunk, column)) for column in self.columns]
        joined = parts[0]
        for part in parts[1:]:
            both = pc.and_(pc.not_equal(joined, ""), pc.not_equal(part, ""))
            between = pc.if_else(both, text_scalar(self.separator), text_scalar(""))
            joined = pc.binary_join_element_wise(joined, part, between)
        return with_new_columns(chunk, self.columns_after(tuple(chunk.columns)), {self.into: joined})

    @classmethod
    def read(cls, given: Fields) -> Self:
        return cls(given.texts("columns"), given.text("separator"), given.text("into"), given.flag("keep", True))


def _bare(cells: pa.Array) -> pa.Array:
    """Blank cells made empty."""
    return pc.if_else(is_blank(cells), text_scalar(""), cells)
