"""A sheet's rows written as a plain list: UTF-8, comma, RFC 4180, a line for each row of the sheet."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable
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
        self._waiting: list[list[str | None]] = []
        self._waiting_size = 0
        self._row = 0
        self._is_settled = False
        self.width = 0

    def write(self, row: int, cells: list[str | None]) -> None:
        """A row, which may end in empty cells; one without any is passed over, and stands as a blank line."""
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            return
        while row > self._row + 1:
            self._add([])
        self._add(cells)

    def _add(self, cells: list[str | None]) -> None:
        self._row += 1
        self._waiting.append(cells)
        self._waiting_size += len(cells) + sum(map(len, filter(None, cells)))
        if len(self._waiting) >= WAITING_ROWS or self._waiting_size >= WAITING_CHARACTERS:
            self._put()

    def _put(self) -> None:
        if not self._is_settled:
            self._is_settled, self.width = True, _width(self._waiting)
        blank: list[str | None] = [None] * self.width
        text = io.StringIO()
        rows = [cells and cells + blank[len(cells) :] for cells in self._waiting]
        csv.writer(text, lineterminator="\r\n").writerows(rows)
        self._waiting, self._waiting_size = [], 0
        data = text.getvalue().encode("utf-8", "replace")
        self._count(len(data))
        self._out.write(data)

    def finish(self) -> None:
        """Write what waits. The stream stays open."""
        self._put()


def _width(rows: list[list[str | None]]) -> int:
    """Columns of a list: those of its widest row that is filled at least by a quarter, or of most rows. A row beyond,
    as a note far to the right makes one, is longer than the list and told like any row that is too long."""
    filled = [cells for cells in rows if cells]
    if not filled:
        return 0
    common = Counter(map(len, filled)).most_common(1)[0][0]
    return max(common, *(len(cells) for cells in filled if 4 * sum(map(bool, cells)) >= len(cells)))
