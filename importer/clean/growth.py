"""What steps may make of a chunk: longer cells and rows, more columns, up to what a table takes and a machine holds.
Pure.

Steps multiply: ten replacements of one letter by ten make ten thousand million of it, a thousand joins as many copies
of a column. So what a step comes to is counted before it is done where it may be much, and of every step after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from importer.clean.columns import text_bytes
from importer.clean.operation import Operation
from importer.errors import ConfigError
from importer.intake import MOST_COLUMNS
from importer.table import MAX_ITEM_BYTES

MOST_TEXT_BYTES = 256 * 1024 * 1024
"""Of all columns of a chunk together; a step may hold twice what it writes while it works."""

SLICE_BYTES = 32 * 1024 * 1024
"""Written at a time where a step is tried."""

MOST_CELLS = 20_000_000
"""Of a chunk, rows × columns: an empty cell takes some 10 bytes."""


class Growth:
    """What steps that are done on a chunk make of it. `chunk`: before any of them.

    A list may have cells, rows or text beyond the limits itself: then steps may make them twice as much. So as long
    as what steps wrote comes to half of a limit, nothing else need be looked at.
    """

    def __init__(self, chunk: pd.DataFrame) -> None:
        self._chunk = chunk
        self._written: dict[str, tuple[int, int]] = {}
        """Columns that steps wrote: the longest cell, and all of them, in bytes; rows may be gone since."""

    def refuse_ahead(self, step: Operation, frame: pd.DataFrame, number: int | None = None) -> None:
        """ConfigError naming the step if it would make too much of `frame`."""
        most, put = step.most_bytes(frame), step.longest_put()
        if most is not None:
            self._refuse_cell(step, number, most[0])
            if self._written_bytes() + most[1] > MOST_TEXT_BYTES // 2:
                self._refuse_text(step, number, _beside(step, frame) + most[1])
        elif self._written_bytes() + put * len(frame) > MOST_TEXT_BYTES // 2:
            self._try(step, frame, number, max(1, SLICE_BYTES // max(put, 1)))

    def refuse_grown(self, step: Operation, after: pd.DataFrame, number: int | None = None) -> None:
        """ConfigError naming the step if what it wrote holds too much in `after`."""
        before = self._written
        sizes = {name: _sizes(after, name) for name in step.changes(tuple(after.columns)) if name in after.columns}
        self._written = {name: size for name, size in before.items() if name in after.columns} | sizes
        self._refuse_cell(step, number, max((longest for longest, _ in sizes.values()), default=0))
        if self._written_bytes() > MOST_TEXT_BYTES // 2:
            self._refuse_text(step, number, sum(_sizes(after, column)[1] for column in after.columns))
        is_longer = any(longest > before.get(name, (0, 0))[0] for name, (longest, _) in sizes.items())
        if is_longer and sum(longest for longest, _ in self._written.values()) > MAX_ITEM_BYTES // 2:
            self._refuse_row(step, number, _longest_row(after))

    def _written_bytes(self) -> int:
        return sum(total for _, total in self._written.values())

    def _try(self, step: Operation, frame: pd.DataFrame, number: int | None, rows: int) -> None:
        """The step on some rows at a time, none of them kept."""
        total = _beside(step, frame)
        for start in range(0, len(frame), rows):
            after = step.apply(frame.iloc[start : start + rows])
            sizes = [_sizes(after, name) for name in step.changes(tuple(after.columns)) if name in after.columns]
            total += sum(size for _, size in sizes)
            self._refuse_cell(step, number, max((longest for longest, _ in sizes), default=0))
            self._refuse_text(step, number, total)

    def _refuse_cell(self, step: Operation, number: int | None, longest: int) -> None:
        if longest > MAX_ITEM_BYTES and longest > 2 * max((size for size, _ in self._own()), default=0):
            raise _too_much(step, number, f"would make a cell of {longest:,} bytes, more than {MAX_ITEM_BYTES:,}")

    def _refuse_text(self, step: Operation, number: int | None, total: int) -> None:
        if total > MOST_TEXT_BYTES and total > 2 * sum(text for _, text in self._own()):
            rows = len(self._chunk)
            raise _too_much(step, number, f"would make more than {MOST_TEXT_BYTES:,} bytes of text in {rows:,} rows")

    def _refuse_row(self, step: Operation, number: int | None, longest: int) -> None:
        if longest > MAX_ITEM_BYTES and longest > 2 * _longest_row(self._chunk):
            raise _too_much(step, number, f"would make a row of {longest:,} bytes, more than {MAX_ITEM_BYTES:,}")

    def _own(self) -> list[tuple[int, int]]:
        return [_sizes(self._chunk, column) for column in self._chunk.columns]


def refuse_columns(
    steps: Sequence[Operation], columns: Sequence[str], rows: int, numbers: Iterable[int | None]
) -> None:
    """ConfigError naming the first step that would make too many columns of a chunk with these; none is done for
    that. `numbers`: what the steps are called by; None: "This step"."""
    names = tuple(columns)
    for step, at in zip(steps, numbers, strict=False):
        names = step.columns_after(names)
        count = len(names)
        if count > max(MOST_COLUMNS, len(columns)):
            raise _too_much(step, at, f"would make {count:,} columns, more than {MOST_COLUMNS:,}")
        if count > len(columns) and count * rows > max(MOST_CELLS, 2 * rows * len(columns)):
            raise _too_much(step, at, f"would make {count:,} columns, too many for a list of so many rows")


def _sizes(frame: pd.DataFrame, column: str) -> tuple[int, int]:
    """Of the longest cell of a column and of all of them, in bytes."""
    sizes = text_bytes(frame, column)
    return int(sizes.max(initial=0)), int(sizes.sum())


def _beside(step: Operation, frame: pd.DataFrame) -> int:
    """Bytes of text of the columns that the step leaves as they are."""
    changed = set(step.changes(tuple(frame.columns)))
    return sum(_sizes(frame, column)[1] for column in frame.columns if column not in changed)


def _longest_row(frame: pd.DataFrame) -> int:
    sizes: np.ndarray = np.zeros(len(frame), dtype=np.int64)
    for column in frame.columns:
        sizes += text_bytes(frame, column)
    return int(sizes.max(initial=0))


def _too_much(step: Operation, number: int | None, what: str) -> ConfigError:
    name = "This step" if number is None else f"Operation {number}"
    return ConfigError(f"{name} ({step.kind}) {what}. Take the step out, or change it.")
