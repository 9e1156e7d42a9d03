"""DropRows and KeepRows: rows that meet a condition go, or are all that stays. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import pandas as pd

from importer.clean.condition import Condition
from importer.clean.fields import Fields
from importer.clean.operation import Operation


@dataclass(frozen=True)
class DropRows(Operation):
    """Leaves out the rows that meet `where`; the others keep their numbers."""

    where: Condition

    kind: ClassVar[str] = "drop_rows"

    def needs(self) -> tuple[str, ...]:
        return (self.where.column,)

    def changes(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        return ()

    def title(self) -> str:
        return f"Drop rows where {self.where.words()}"

    def apply(self, chunk: pd.DataFrame) -> pd.DataFrame:
        dropped = np.asarray(self.where.mask(chunk))
        return chunk[~dropped] if dropped.any() else chunk

    @classmethod
    def read(cls, given: Fields) -> Self:
        return cls(Condition.from_dict(given.take("where")))


@dataclass(frozen=True)
class KeepRows(Operation):
    """Leaves out the rows that do not meet `where`; the others keep their numbers."""

    where: Condition

    kind: ClassVar[str] = "keep_rows"

    def needs(self) -> tuple[str, ...]:
        return (self.where.column,)

    def changes(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        return ()

    def title(self) -> str:
        return f"Keep only rows where {self.where.words()}"

    def apply(self, chunk: pd.DataFrame) -> pd.DataFrame:
        kept = np.asarray(self.where.mask(chunk))
        return chunk if kept.all() else chunk[kept]

    @classmethod
    def read(cls, given: Fields) -> Self:
        return cls(Condition.from_dict(given.take("where")))
