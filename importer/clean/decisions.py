"""Decisions: a person's word on a cause or on picked rows. They change no cell; the check reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import pandas as pd

from importer.clean.fields import Fields, is_row_number, wrong_field
from importer.clean.operation import Operation, check_word

VERDICTS = ("reject", "drop", "accept")
"""reject: to the reject file · drop: left out, as wished · accept: import as it is."""


class Decision(Operation):
    """Common to both: no column is needed (a decision about a column that is gone is moot, not wrong)."""

    def needs(self) -> tuple[str, ...]:
        return ()

    def changes(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        return ()

    def apply(self, chunk: pd.DataFrame) -> pd.DataFrame:
        return chunk


@dataclass(frozen=True)
class Decide(Decision):
    """What happens to the rows that fail with `code` in `column` ("" when the whole row is meant)."""

    code: str
    column: str
    verdict: str

    kind: ClassVar[str] = "decide"

    def __post_init__(self) -> None:
        if not self.code:
            raise wrong_field("code", "is empty. Name the cause that is decided.")
        check_word(self.verdict, VERDICTS, field="verdict")

    def title(self) -> str:
        cause = self.code.replace("_", " ")
        return f"{self.verdict.capitalize()} rows with {cause}" + (f" in {self.column}" if self.column else "")

    @classmethod
    def read(cls, given: Fields) -> Self:
        return cls(given.text("code"), given.text("column", ""), given.text("verdict"))


@dataclass(frozen=True)
class DecideRows(Decision):
    """What happens to picked rows, by number (in ascending order, each once)."""

    rows: tuple[int, ...]
    verdict: str

    kind: ClassVar[str] = "decide_rows"

    def __post_init__(self) -> None:
        if not self.rows or not all(is_row_number(row) for row in self.rows):
            raise wrong_field("rows", "must be a list of row numbers (1 or more), and not an empty one.")
        object.__setattr__(self, "rows", tuple(sorted(set(self.rows))))
        check_word(self.verdict, VERDICTS, field="verdict")

    def title(self) -> str:
        what = f"row {self.rows[0]}" if len(self.rows) == 1 else f"{len(self.rows):,} picked rows"
        return f"{self.verdict.capitalize()} {what}"

    @classmethod
    def read(cls, given: Fields) -> Self:
        return cls(given.row_numbers("rows"), given.text("verdict"))
