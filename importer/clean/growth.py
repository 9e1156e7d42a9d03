"""What a step may make of a chunk: longer cells and more columns, up to what a table takes and a machine holds. Pure.

Steps multiply: ten replacements of one letter by ten make ten thousand million of it. So what a replacement comes to
is counted before it is done, and what any other step came to after it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import pyarrow.compute as pc

from importer.clean.naming import AddColumn
from importer.clean.operation import Operation
from importer.clean.replace import Replace
from importer.errors import ConfigError
from importer.intake import MOST_COLUMNS
from importer.profile import column_text
from importer.table import MAX_ITEM_BYTES

MOST_TEXT_BYTES = 256 * 1024 * 1024
"""Of one column of a chunk; twice that is in memory while a step works."""

MOST_CELLS = 20_000_000
"""Of a chunk, rows × columns: an empty cell takes some 10 bytes."""


def refuse_ahead(step: Operation, frame: pd.DataFrame, chunk: pd.DataFrame, number: int | None = None) -> None:
    """ConfigError naming the step if it would make cells of `frame` too long; `chunk`: before any step."""
    if isinstance(step, Replace):
        cells = column_text(frame, step.column)
        _refuse_sizes(step, number, chunk, *step.most_bytes(cells))
    elif isinstance(step, AddColumn):
        size = len(step.text.encode())
        _refuse_sizes(step, number, chunk, size, size * len(frame))


def refuse_columns(steps: Sequence[Operation], columns: Sequence[str], rows: int, *, numbered: bool = True) -> None:
    """ConfigError naming the first step that would make too many columns of a chunk with these; none is done for
    that."""
    names = tuple(columns)
    for number, step in enumerate(steps, start=1):
        names = step.columns_after(names)
        at, count = number if numbered else None, len(names)
        if count > max(MOST_COLUMNS, len(columns)):
            raise _too_much(step, at, f"would make {count:,} columns, more than {MOST_COLUMNS:,}")
        if count > len(columns) and count * rows > max(MOST_CELLS, 2 * rows * len(columns)):
            raise _too_much(step, at, f"would make {count:,} columns, too many for a list of so many rows")


def refuse_grown(step: Operation, after: pd.DataFrame, chunk: pd.DataFrame, number: int | None = None) -> None:
    """ConfigError naming the step if a column that it changed holds too much in `after`."""
    for column in step.changes(tuple(after.columns)):
        if column in after.columns:
            lengths = pc.binary_length(column_text(after, column))
            longest, total = pc.max(lengths).as_py() or 0, pc.sum(lengths).as_py() or 0
            _refuse_sizes(step, number, chunk, longest, total)


def _refuse_sizes(step: Operation, number: int | None, chunk: pd.DataFrame, longest: int, total: int) -> None:
    """A cell longer than an item cannot be written. A list may have such itself: then steps may make them twice as
    long."""
    if longest > MAX_ITEM_BYTES and longest > 2 * max(_sizes(chunk, pc.max), default=0):
        raise _too_much(step, number, f"would make a cell of {longest:,} bytes, more than {MAX_ITEM_BYTES:,}")
    if total > MOST_TEXT_BYTES and total > 2 * sum(_sizes(chunk, pc.sum)):
        raise _too_much(step, number, f"would make {total:,} bytes of text of one column in {len(chunk):,} rows")


def _sizes(chunk: pd.DataFrame, of: Callable[[Any], Any]) -> list[int]:
    """`of` (the greatest, the sum) the sizes in bytes of each column's cells."""
    return [of(pc.binary_length(column_text(chunk, column))).as_py() or 0 for column in chunk.columns]


def _too_much(step: Operation, number: int | None, what: str) -> ConfigError:
    name = "This step" if number is None else f"Operation {number}"
    return ConfigError(f"{name} ({step.kind}) {what}. Take the step out, or change it.")
