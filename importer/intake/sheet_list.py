"""A sheet's rows written as a plain list: UTF-8, comma, RFC 4180, a line for each row of the sheet."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable
from typing import BinaryIO

WAITING_ROWS = 1_000
"""Written at a time; the first so many say how wide the list is, as for any list."""

WAITING_CHARACTERS = 4 * 1024 * 1024
"""Of these at most: a text may be pointed to by every cell."""


class ListWriter:
    """Writes rows in order. `width`: cells of each row at least, settled by the first WAITING_ROWS. `count` is told
    every byte and may raise."""

    def __init__(self, out: BinaryIO, count: Callable[[int], None]) -> None:
        self._out = out
        self._count = count
        self.width = -1

    def write(self, rows: Iterable[tuple[int, list[str | None]]]) -> None:
        """Rows by their numbers. They may end in empty cells; one without any stands as a blank line."""
        waiting: list[list[str | None]] = []
        size = last = 0
        for row, cells in rows:
            while cells and not cells[-1]:
                cells.pop()
            if not cells:
                continue
            waiting += [[]] * (row - last - 1)
            waiting.append(cells)
            last = row
            size += len(cells) + sum(map(len, filter(None, cells)))
            if len(waiting) >= WAITING_ROWS or size >= WAITING_CHARACTERS:
                self._put(waiting)
                waiting, size = [], 0
        self._put(waiting)

    def _put(self, rows: list[list[str | None]]) -> None:
        if self.width < 0:
            self.width = _width(rows)
        blank: list[str | None] = [None] * self.width
        text = io.StringIO()
        csv.writer(text, lineterminator="\r\n").writerows([cells and cells + blank[len(cells) :] for cells in rows])
        data = text.getvalue().encode("utf-8", "replace")
        self._count(len(data))
        self._out.write(data)


def _width(rows: list[list[str | None]]) -> int:
    """Columns of a list: those of its widest row that is filled at least by a quarter, or of most rows. A row beyond,
    as a note far to the right makes one, is longer than the list and told like any row that is too long."""
    filled = [cells for cells in rows if cells]
    if not filled:
        return 0
    common = Counter(map(len, filled)).most_common(1)[0][0]
    return max([common, *(len(cells) for cells in filled if 4 * sum(map(bool, cells)) >= len(cells))])
