"""One column of a chunk as an Arrow array, and back: where the operations do their vectorised work."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

TEXT = pd.StringDtype("pyarrow", na_value=np.nan)
"""The default `str` type of pandas 3, which is what every column of a chunk has."""


def column_text(frame: pd.DataFrame, column: str) -> pa.Array:
    """The cells of `column` as one contiguous `large_string` array, in row order; shares memory where it can."""
    array = pa.array(frame[column], from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    return array if array.type == pa.large_string() else array.cast(pa.large_string())


def with_column(frame: pd.DataFrame, column: str, text: pa.Array) -> pd.DataFrame:
    """A new frame in which `column` holds `text`; the other columns are shared, and `frame` is as it was."""
    return frame.assign(**{column: pd.Series(TEXT.__from_arrow__(text), index=frame.index)})
