"""SetFailing: a fix on a cause, kept as the cause: cells that are not what they must be get a text, no others. Pure.

What a cell must be is the check's business, which comes after cleaning. So the step carries the rule as plain data,
and the check says, once it is loaded, how such a rule is asked (`judge_with`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from importer.clean.columns import with_column
from importer.clean.fields import Fields, wrong_field
from importer.clean.operation import Operation, check_column, longest_bytes
from importer.errors import FatalError
from importer.profile import column_text

Judge = Callable[[pd.Series, str, str], np.ndarray]
"""Cells, a failure code and what a cell must be (JSON) → True for each cell that fails with that code."""

_judges: list[Judge] = []


def judge_with(judge: Judge) -> None:
    """Ask `judge` from now on; the check calls it when it is loaded."""
    _judges[:] = [judge]


@dataclass(frozen=True)
class SetFailing(Operation):
    """Puts `text` into every cell of `column` that fails with `code`; cells that pass stay as they are.

    `must`: what a cell must be, as JSON (`{"rule": "email"}`, `{"type": "N"}`).
    """

    column: str
    code: str
    must: str
    text: str = ""

    kind: ClassVar[str] = "set_failing"

    def __post_init__(self) -> None:
        check_column(self.column)
        if not self.code:
            raise wrong_field("code", "is empty. Name the cause that is mended.")
        try:
            must = json.loads(self.must)
        except ValueError:
            must = None
        if not isinstance(must, dict) or not must:
            raise wrong_field("must", "must say what a cell must be, like a rule or a type.")
        object.__setattr__(self, "must", json.dumps(must, ensure_ascii=False, sort_keys=True))

    def needs(self) -> tuple[str, ...]:
        return (self.column,)

    def changes(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        return (self.column,)

    def title(self) -> str:
        what = f'Put "{self.text}" into' if self.text else "Empty"
        return f"{what} the cells of {self.column} with {self.code.replace('_', ' ')}"

    def longest_put(self) -> int:
        return longest_bytes((self.text,))

    def apply(self, chunk: pd.DataFrame) -> pd.DataFrame:
        if not _judges:
            raise FatalError(f'"{self.title()}" needs the check, which is not loaded. Please report it.')
        failing = _judges[0](chunk[self.column], self.code, self.must)
        if not failing.any():
            return chunk
        text = pa.scalar(self.text, pa.large_string())
        return with_column(chunk, self.column, pc.if_else(pa.array(failing), text, column_text(chunk, self.column)))

    def to_dict(self) -> dict[str, object]:
        return super().to_dict() | {"must": json.loads(self.must)}

    @classmethod
    def read(cls, given: Fields) -> Self:
        must = given.take("must")
        if not isinstance(must, Mapping):
            raise wrong_field("must", "must be an object that says what a cell must be.")
        return cls(given.text("column"), given.text("code"), json.dumps(must), given.text("text"))
