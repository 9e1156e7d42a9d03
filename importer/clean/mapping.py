"""MapValues: whole cells that become other whole cells. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from importer.clean.columns import same_text, with_column
from importer.clean.fields import Fields, wrong_field
from importer.clean.operation import Operation, check_column, longest_bytes
from importer.profile import SPACES, column_text


@dataclass(frozen=True)
class MapValues(Operation):
    """Cells that are exactly the first text of a pair get the second; cells that are in no pair stay.

    With `loosely`, capitals and the spaces at both ends do not count when a cell is looked up.
    """

    column: str
    pairs: tuple[tuple[str, str], ...]
    loosely: bool = False

    kind: ClassVar[str] = "map_values"

    def __post_init__(self) -> None:
        check_column(self.column)
        if not self.pairs:
            raise wrong_field("pairs", "is empty. Say which value becomes which.")
        wanted = [_folded(old) if self.loosely else old for old, _ in self.pairs]
        if len(set(wanted)) < len(wanted):
            raise wrong_field("pairs", "maps one value twice. Keep one of them.")

    def needs(self) -> tuple[str, ...]:
        return (self.column,)

    def changes(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        return (self.column,)

    def title(self) -> str:
        if len(self.pairs) == 1:
            old, new = self.pairs[0]
            return f'Change "{old}" to "{new}" in {self.column}'
        return f"Map {len(self.pairs):,} values of {self.column}"

    def longest_put(self) -> int:
        return longest_bytes(text for _, text in self.pairs)

    def apply(self, chunk: pd.DataFrame) -> pd.DataFrame:
        cells = column_text(chunk, self.column)
        looked_up = pc.utf8_lower(pc.utf8_trim(cells, characters=SPACES)) if self.loosely else cells
        old = tuple(_folded(text) if self.loosely else text for text, _ in self.pairs)
        new = pa.array([text for _, text in self.pairs], pa.large_string())
        return with_column(chunk, self.column, pc.coalesce(new.take(same_text(looked_up, old)), cells))

    @classmethod
    def read(cls, given: Fields) -> Self:
        return cls(given.text("column"), given.pairs("pairs"), given.flag("loosely", False))


def _folded(text: str) -> str:
    """As the cells are folded, by the same hand."""
    return str(pc.utf8_lower(pc.utf8_trim(pa.scalar(text, pa.large_string()), characters=SPACES)).as_py())
