"""What a column of text becomes: a DynamoDB typed column. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from importer.check.schema import DynamoType


@dataclass(frozen=True)
class TypedColumn:
    """One attribute of many rows, parallel to the frame it came from (same index).

    `text`: S the raw text · N canonical number text · BOOL "true"/"false" · B base64 · SS, L, M the JSON of the inner
    value in DynamoDB JSON (`["a","b"]`, `[{"S":"x"}]`, `{"k":{"N":"1"}}`) · NULL "". It is "" where the row has no
    value. `present`: the row has the attribute. `null`: the attribute is NULL there (then `present` too). `other`:
    where it is not "", the value has a type of its own and stands there whole, in DynamoDB JSON; None: nowhere.
    """

    attribute: str
    type: DynamoType
    text: pd.Series
    present: np.ndarray
    null: np.ndarray
    other: pd.Series | None = None


@dataclass(frozen=True)
class Conversion:
    """A typed column and what went wrong: for each code the cells it hits (bool, parallel to the rows).

    A cell of a `fatal` code has no value; one of another code has, and something was lost on the way. `met`: which of
    the paths that the table has in this list or map the cells have too, from the column's own path on.
    """

    column: TypedColumn
    failures: dict[str, np.ndarray] = field(default_factory=dict)
    met: frozenset[tuple[str, ...]] = frozenset()
