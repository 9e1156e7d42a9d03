"""Short way to a check of a stage in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from check_memory_stage import EMAIL, EMAIL_KEY, Checked, MemoryStage

from importer.check import CheckResult, ColumnSpec, Schema, Winner, check_stage
from importer.clean import Recipe
from importer.table import TableKey


@pytest.fixture
def check(tmp_path: Path) -> Callable[..., Checked]:
    """check(frame, *specs, steps=(), winner=…, slice_rows=…, blocking=…) → Checked."""
    made = 0

    def run(
        frame: pd.DataFrame,
        *specs: ColumnSpec,
        steps: Iterable[Any] = (),
        winner: Winner = Winner.LAST,
        slice_rows: int = 20_000,
        blocking: Mapping[int, str] | None = None,
        key: TableKey = EMAIL_KEY,
    ) -> Checked:
        nonlocal made
        made += 1
        stage = MemoryStage(frame, slice_rows, blocking or {})
        schema = Schema(specs or (EMAIL,), key.attributes, winner)
        out_dir = tmp_path / f"check-{made}"
        report = check_stage(stage, Recipe(tuple(steps)), schema, key, out_dir)
        return Checked(report, CheckResult.open(out_dir), stage, out_dir)

    return run
