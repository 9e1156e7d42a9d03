"""A chunk with other cells in one column: how operations give back what they made."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

TEXT = pd.StringDtype("pyarrow", na_value=np.nan)
"""The default `str` type of pandas 3, which is what every column of a chunk has."""


def with_column(frame: pd.DataFrame, column: str, text: pa.Array) -> pd.DataFrame:
    """A new frame in which `column` holds `text`; the other columns are shared, and `frame` is as it was."""
    return frame.assign(**{column: pd.Series(TEXT.__from_arrow__(text), index=frame.index)})
