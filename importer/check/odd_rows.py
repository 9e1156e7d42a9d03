"""Rows that are not like the others: looked for chunk by chunk, and kept with what is odd about each. I/O.

They are a notice of the check (`odd_row`): such a row is imported all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from importer.check.notices import LOOKED_AT
from importer.check.schema import Schema
from importer.profile import MOST_ODD, ODD_ROW, Oddity, RowShapes

ODD_ROW_CODE = "odd_row"
ODD_ROW_CAUSE = (ODD_ROW_CODE, "")

WIDTH_CODES = ("row_too_long", "row_too_short")
"""Reading problems of rows that have another width than the table."""

ODD_FILE = "odd_rows.parquet"


@dataclass(frozen=True)
class OddRow:
    """`words`: what is odd about the cell in `column`, or about the whole row ("")."""

    row: int
    column: str
    words: str


def learn_shapes(frames: Iterable[pd.DataFrame], schema: Schema) -> RowShapes:
    """What nearly all of some rows have in common, in columns that are imported as text, number or yes and no."""
    return RowShapes.learn(frames, [spec.column for spec in schema.imported if spec.type in LOOKED_AT])


def find_odd(found: np.ndarray, rows: np.ndarray, blocked: Mapping[int, str]) -> np.ndarray:
    """ODD_ROW of the odd ones of `rows`: those `found` by their cells, and those of another width. `blocked`: the
    reading problem of rows that have one."""
    widths = [row for row, code in blocked.items() if code in WIDTH_CODES]
    wide = np.array(sorted(widths), dtype=np.int64)
    wide = wide[np.isin(wide, rows)]
    if not len(wide):
        return found
    found["oddity"][np.isin(found["row"], wide)] = Oddity.WIDTH
    found["column"][np.isin(found["row"], wide)] = -1
    more = np.setdiff1d(wide, found["row"])
    out: np.ndarray = np.empty(len(found) + len(more), dtype=ODD_ROW)
    out[: len(found)] = found
    out["row"][len(found) :], out["column"][len(found) :], out["oddity"][len(found) :] = more, -1, Oddity.WIDTH
    out.sort(order="row")
    return out


def too_many(odd: int, rows: int) -> bool:
    """Whether so many rows are odd that they are of a kind of their own, and none is flagged."""
    return odd > MOST_ODD * rows


def write_odd(path: Path, parts: Sequence[np.ndarray], columns: Sequence[str]) -> None:
    """Put the odd rows by, in the order of the list; no cell is among them. `columns`: what their places mean."""
    records = np.concatenate([np.empty(0, dtype=ODD_ROW), *parts])
    names = pa.array([*columns, ""], pa.string())
    places = pa.array(np.where(records["column"] >= 0, records["column"], len(columns)), pa.int32())
    table = pa.table(
        {
            "row": pa.array(records["row"].astype(np.int64)),
            "column": pa.DictionaryArray.from_arrays(places, names),
            "oddity": pa.array(records["oddity"]),
        }
    )
    parquet.write_table(table, path)


def read_odd(path: Path, rows: Iterable[int] | None = None, limit: int | None = None) -> list[OddRow]:
    """The odd rows (of those in `rows`), `limit` at most, in the order of the list. OSError without the file."""
    table = parquet.read_table(path)
    if rows is not None:
        table = table.filter(pc.is_in(table["row"], value_set=pa.array(list(rows), pa.int64())))
    return [
        OddRow(record["row"], record["column"], Oddity(record["oddity"]).words)
        for record in table.slice(0, limit).to_pylist()
    ]
