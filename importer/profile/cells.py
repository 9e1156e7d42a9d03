"""A column of a chunk as text, and what counts as blank in it."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from importer.profile.space_signs import SPACES


def column_text(frame: pd.DataFrame, column: str) -> pa.Array:
    """The cells of `column` as one contiguous `large_string` array, in row order; shares memory where it can."""
    return as_text(frame[column])


def as_text(series: pd.Series) -> pa.Array:
    """A `str` series as one contiguous `large_string` array."""
    array = pa.array(series, from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    return array if array.type == pa.large_string() else array.cast(pa.large_string())


def trim(cells: pa.Array) -> pa.Array:
    """The cells without the spaces at their ends."""
    return pc.utf8_trim(cells, characters=SPACES)


def is_blank(cells: pa.Array) -> pa.Array:
    """Where a cell is empty or holds nothing but spaces."""
    return pc.equal(trim(cells), "")
