"""A stage in memory with slices of any size, and short ways to a schema and a check."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd

from importer.check import CheckReport, CheckResult, ColumnSpec, Email, Required
from importer.intake import Dialect
from importer.table import KeyPart, TableKey

EMAIL = ColumnSpec("E-Mail", "email", rules=(Required(), Email()))
EMAIL_KEY = TableKey(KeyPart("email", "S"))


def frame_of(first_row: int = 2, **columns: Iterable[str]) -> pd.DataFrame:
    """A chunk; `E_Mail` stands for the column E-Mail."""
    texts = {name.replace("E_Mail", "E-Mail"): list(cells) for name, cells in columns.items()}
    frame = pd.DataFrame(texts, dtype="str")
    frame.index = pd.RangeIndex(first_row, first_row + len(frame), name="row").astype("int64")
    return frame


@dataclass
class MemoryStage:
    """What the check reads of a stage."""

    frame: pd.DataFrame
    slice_rows: int = 20_000
    blocking: Mapping[int, str] = field(default_factory=dict)
    sha256: str = "0" * 64
    reads: int = 0
    columns_read: dict[int, set[str]] = field(default_factory=dict)

    @property
    def report(self) -> Any:
        return SimpleNamespace(source_sha256=self.sha256, dialect=Dialect(), declared=(), typed={})

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.frame.columns)

    @property
    def rows(self) -> int:
        return len(self.frame)

    @property
    def slices(self) -> int:
        return -(-len(self.frame) // self.slice_rows)

    def chunk(self, slice_index: int, columns: Iterable[str] | None = None) -> pd.DataFrame:
        wanted = list(self.frame.columns if columns is None else columns)
        self.reads += 1
        self.columns_read.setdefault(slice_index, set()).update(wanted)
        return self.frame.iloc[slice_index * self.slice_rows : (slice_index + 1) * self.slice_rows][wanted]

    def chunks(self, columns: Iterable[str] | None = None) -> Iterator[pd.DataFrame]:
        for slice_index in range(self.slices):
            yield self.chunk(slice_index, columns)

    def take(self, row_numbers: Iterable[int], columns: Iterable[str] | None = None) -> pd.DataFrame:
        rows = self.frame[self.frame.index.isin(list(row_numbers))]
        return rows if columns is None else rows[list(columns)]

    def blocking_rows(self) -> dict[int, str]:
        return dict(self.blocking)


@dataclass(frozen=True)
class Checked:
    report: CheckReport
    result: CheckResult
    stage: MemoryStage
    out_dir: Path

    def outcome(self) -> dict[int, tuple[int, str, str]]:
        """Row → (outcome, code, column) of every row that is not ready."""
        return {
            int(row): (int(one.outcome), one.code, one.column)
            for part in self.result.outcomes()
            for row, one in part.iterrows()
        }

    def ready(self) -> list[int]:
        return [row for index in range(self.stage.slices) for row in self.result.ready_rows(index).tolist()]

    def counts(self) -> dict[tuple[str, str], int]:
        return {(cause.code, cause.column): cause.count for cause in self.report.causes}
