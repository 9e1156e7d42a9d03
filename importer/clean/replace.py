"""Replace: a text or a pattern inside the cells of one column."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar, Self

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from importer.clean.columns import with_column
from importer.clean.fields import Fields, wrong_field
from importer.clean.operation import Operation, check_column
from importer.clean.patterns import check_pattern, check_replacement
from importer.profile import column_text

_GROUP = re.compile(r"\\[0-9]")


@dataclass(frozen=True)
class Replace(Operation):
    """Every occurrence of `find` in a cell becomes `replacement`; a pattern is RE2's, `\\1` its first group."""

    column: str
    find: str
    replacement: str
    is_pattern: bool = False

    kind: ClassVar[str] = "replace"

    def __post_init__(self) -> None:
        check_column(self.column)
        if not self.find:
            raise wrong_field("find", "is empty. Say what to look for.")
        if self.is_pattern:
            check_pattern(self.find, field="find")
            check_replacement(self.find, self.replacement, field="replacement")

    def needs(self) -> tuple[str, ...]:
        return (self.column,)

    def changes(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        return (self.column,)

    def title(self) -> str:
        what = f'pattern "{self.find}"' if self.is_pattern else f'"{self.find}"'
        if not self.replacement:
            return f"Remove {what} from {self.column}"
        return f'Replace {what} with "{self.replacement}" in {self.column}'

    def apply(self, chunk: pd.DataFrame) -> pd.DataFrame:
        turn = pc.replace_substring_regex if self.is_pattern else pc.replace_substring
        cells = turn(column_text(chunk, self.column), pattern=self.find, replacement=self.replacement)
        return with_column(chunk, self.column, cells)

    def most_bytes(self, chunk: pd.DataFrame) -> tuple[int, int]:
        cells = column_text(chunk, self.column)
        count = pc.count_substring_regex if self.is_pattern else pc.count_substring
        hits = pc.cast(count(cells, self.find), pa.int64())
        groups = len(_GROUP.findall(self.replacement)) if self.is_pattern else 0
        put = len(self.replacement.encode()) - (0 if self.is_pattern else len(self.find.encode()))
        sizes = pc.cast(pc.binary_length(cells), pa.int64())
        most = pc.add(pc.multiply(sizes, 1 + groups), pc.multiply(hits, max(put, 0)))
        most = most.filter(pc.greater(hits, 0))
        return pc.max(most).as_py() or 0, pc.sum(most).as_py() or 0

    @classmethod
    def read(cls, given: Fields) -> Self:
        return cls(
            given.text("column"), given.text("find"), given.text("replacement"), given.flag("is_pattern", False)
        )
