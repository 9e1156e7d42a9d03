"""A chunk with other cells in one column, or with other columns: how operations give back what they made. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from importer.errors import ConfigError
from importer.profile import column_text

TEXT = pd.StringDtype("pyarrow", na_value=np.nan)
"""The default `str` type of pandas 3, which is what every column of a chunk has."""


def with_column(frame: pd.DataFrame, column: str, text: pa.Array) -> pd.DataFrame:
    """A new frame in which `column` holds `text`; the other columns are shared, and `frame` is as it was."""
    return frame.assign(**{column: pd.Series(TEXT.__from_arrow__(text), index=frame.index)})


def with_new_columns(
    frame: pd.DataFrame, columns: tuple[str, ...], made: Mapping[str, pa.Array | pd.Series]
) -> pd.DataFrame:
    """The frame with exactly `columns`, in that order: those in `made` as made, the others as they were.

    Raises ConfigError when `columns` names one twice, which is when a new column has the name of another.
    """
    refuse_twins(columns)
    series = {
        name: pd.Series(TEXT.__from_arrow__(cells), index=frame.index) if isinstance(cells, pa.Array) else cells
        for name, cells in made.items()
    }
    return pd.DataFrame({name: series[name] if name in series else frame[name] for name in columns}, frame.index)


def refuse_twins(columns: tuple[str, ...]) -> None:
    """ConfigError if two columns have the same name."""
    twin = next((name for name, times in Counter(columns).items() if times > 1), None)
    if twin is not None:
        raise ConfigError(f'The list has a column "{twin}" already. Give the new one another name.')


def put_after(columns: tuple[str, ...], column: str, new: tuple[str, ...], *, keep: bool) -> tuple[str, ...]:
    """`columns` with `new` right of `column`, or in its place when it is not kept; at the end if it is not there."""
    if column not in columns:
        return (*columns, *new)
    at = columns.index(column)
    return (*columns[: at + keep], *new, *columns[at + 1 :])


def map_distinct(cells: pa.Array, turn: Callable[[str], str | None]) -> pa.Array:
    """`turn` of each cell, asked once for each distinct text; null where it answers None."""
    codes = cells.dictionary_encode()
    turned = pa.array([turn(text) for text in codes.dictionary.to_pylist()], pa.large_string())
    return turned.take(codes.indices)


def turn_distinct(cells: pa.Array, turn: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """`turn`, which works cell by cell, of a column whose texts come again: done once for each distinct text."""
    codes = cells.dictionary_encode()
    return turn(codes.dictionary).take(codes.indices)


def text_bytes(frame: pd.DataFrame, column: str) -> np.ndarray:
    """The size of each cell in bytes (int64)."""
    return np.asarray(pc.fill_null(pc.binary_length(column_text(frame, column)), 0), dtype=np.int64)


def text_scalar(text: str) -> pa.Scalar:
    """A text of the type that columns have."""
    return pa.scalar(text, pa.large_string())


def same_text(cells: pa.Array, texts: tuple[str, ...]) -> pa.Array:
    """For each cell its place among `texts` (int32), null where it is none of them."""
    return pc.index_in(cells, value_set=pa.array(texts, pa.large_string()))
