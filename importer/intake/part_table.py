"""Parts of a list: records as an Arrow table of the stage, and what is told of them. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from importer.intake.problems import ReadingProblem


@dataclass(frozen=True)
class Part:
    """Some records in order. `table`: row, byte_start, byte_end (int64), surplus (the cells past the last column as
    JSON, null where there are none), c0… (text). Counts are of this part;
    `fast_bytes` were read many records at once, `tolerant_bytes` one by one.
    `header` (first part only): the header's source bytes."""

    table: Any
    problems: list[ReadingProblem]
    record_bytes: int
    set_aside_bytes: int
    set_aside: int
    fast_bytes: int
    tolerant_bytes: int
    byte_end: int
    header: tuple[int, int] | None = None


def part_table(rows: Any, starts: Any, ends: Any, columns: list[Any], surplus: Any = None) -> Any:
    """The table of some records; `surplus` as `surplus_of` makes it (default: none has any)."""
    names = ["row", "byte_start", "byte_end", "surplus", *(f"c{at}" for at in range(len(columns)))]
    past = pa.nulls(len(rows), pa.string()) if surplus is None else surplus
    return pa.table([pa.array(rows), pa.array(starts), pa.array(ends), past, *columns], names=names)


def empty_table(width: int) -> Any:
    """The same without records."""
    none: Any = np.empty(0, np.int64)
    return part_table(none, none, none, columns_of([], width))


def columns_of(rows: list[list[bytes]], width: int) -> list[Any]:
    """Columns of text from rows of cells; a short row ends in empty cells, of a long one the cells past the last
    column are kept apart."""
    even = [row if len(row) == width else [*row[:width], *[b""] * (width - len(row))] for row in rows]
    columns = zip(*even, strict=True) if even else [()] * width
    return [pa.array(column, type=pa.binary()).view(pa.string()) for column in columns]


PROBLEM_SCHEMA = pa.schema(
    [
        ("code", pa.string()),
        ("row", pa.int64()),
        ("byte_start", pa.int64()),
        ("byte_end", pa.int64()),
        ("message", pa.string()),
        ("blocking", pa.bool_()),
        ("repair", pa.string()),
        ("rows", pa.int64()),
    ]
)
"""Of reading problems on the disk."""

TEXT_FORMULA = b'="'
"""What every cell has that a spreadsheet is to keep as text: `="00501"`."""

_TEXT_FORMULA = r'^="([^"]*)"$'


def without_text_formulas(columns: list[Any]) -> tuple[list[Any], Any]:
    """The columns with the text itself where a cell is a formula that is nothing but a text; and the places of the
    rows with such cells."""
    out: list[Any] = []
    places: list[Any] = [np.empty(0, np.int64)]
    for column in columns:
        found = pc.indices_nonzero(pc.match_substring_regex(column, _TEXT_FORMULA))
        places.append(found.to_numpy().astype(np.int64))
        out.append(pc.replace_substring_regex(column, _TEXT_FORMULA, r"\1") if len(found) else column)
    return out, np.unique(np.concatenate(places))


def surplus_of(rows: list[list[bytes]], width: int) -> Any:
    """The cells past the last column, as JSON; null where there are none."""
    return pa.array(
        [
            json.dumps([cell.decode("utf-8", "replace") for cell in row[width:]], ensure_ascii=False)
            if len(row) > width
            else None
            for row in rows
        ],
        type=pa.string(),
    )
