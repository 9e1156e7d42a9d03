"""The key of each row as one text, equal for equal keys: for holding rows against rows of another check. Pure."""

from __future__ import annotations

import pandas as pd

from importer.check.convert import convert_column
from importer.check.schema import Schema


def key_texts(frame: pd.DataFrame, schema: Schema) -> pd.Series:
    """One text a row of `frame` (cleaned, ready). The length in front keeps ("a", "bc") and ("ab", "c") apart."""
    parts = [convert_column(frame[spec.column], spec).column.text for spec in schema.key_specs]
    if len(parts) == 1:
        return parts[0]
    return parts[0].str.len().astype("str") + ":" + parts[0] + parts[1]
