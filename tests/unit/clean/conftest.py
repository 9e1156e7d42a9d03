"""Literal frames, as a stage gives them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import pytest


def _frame_of(rows: Sequence[int] | None = None, **columns: Sequence[str]) -> pd.DataFrame:
    size = len(next(iter(columns.values())))
    numbers = list(rows) if rows is not None else list(range(2, size + 2))
    index = pd.Index(numbers, name="row", dtype="int64")
    return pd.DataFrame({name: pd.Series(list(cells), index=index, dtype="str") for name, cells in columns.items()})


@pytest.fixture
def frame_of() -> Callable[..., pd.DataFrame]:
    """`frame_of(phone=["1", ""])`: a chunk whose rows are numbered from 2, or by `rows`."""
    return _frame_of
