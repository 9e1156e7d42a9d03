"""Record by record on the tolerant road: what belongs to the table and what is set apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from importer.intake.cells import is_data
from importer.intake.sections import (
    TableShape,
    is_other_header,
    is_repeated_header,
    is_title,
    starts_second_table,
)
from importer.intake.tokenizer import Record

LOOKAHEAD = 3

OTHER_TABLES = ("other_header", "second_table")
"""Codes of rows that may be contacts, and are not read."""

_DIGIT = re.compile(rb"[0-9]")

MESSAGES = {
    "repeated_header": "Row {row:,} is the header again; set aside.",
    "second_table": "Row {row:,} belongs to another table in the file; set aside.",
    "second_copy": "Row {row:,} belongs to the table that stands in the file once more; set aside.",
    "other_header": "Row {row:,} names the columns again, but others or in another order; it and the rows below were "
    "set aside.",
    "page_title": "Row {row:,} is a title above names of columns; set aside.",
    "comment": "Row {row:,} is a comment; set aside.",
    "footer": "Row {row:,} stands below the table (a total or a remark); set aside.",
}


def texts(record: Record) -> list[str]:
    """The record's cells as text."""
    return [cell.decode("utf-8", "replace") for cell in record.cells]


class Apart:
    """Knows whether reading is in the table, in a second one, or in the footer. Records come in order."""

    def __init__(
        self, shape: TableShape, footer_start: int | None, copy_start: int | None = None, *, footer_sign: str = ""
    ) -> None:
        self._shape = shape
        self.footer_start = footer_start
        self.copy_start = copy_start
        self._footer_code = "second_table" if footer_sign else "footer"
        self.in_second_table = False
        self.after_blank = False
        self._first_cells = {cell.encode() for cell in shape.first_cells}
        telltale = shape.telltale
        self._telltale = -1 if telltale is None else telltale[0]
        self._needs_at = telltale is not None and telltale[1] == "@"

    def unlike(self, columns: Sequence[Any]) -> Any:
        """Which rows may be none of the table, by the columns of their cells (a mask)."""
        unlike = pc.is_in(columns[0], pa.array(sorted(self._shape.first_cells), pa.string()))
        if len(columns) != self._shape.width:
            return np.ones(len(unlike), dtype=bool)
        if self._shape.has_comments:
            unlike = pc.or_(unlike, pc.match_substring_regex(columns[0], r"^[\s\v]*#"))
        if self._telltale >= 0:
            cells = columns[self._telltale]
            tells = pc.match_substring(cells, "@") if self._needs_at else pc.match_substring_regex(cells, "[0-9]")
            unlike = pc.or_(unlike, pc.and_not(pc.invert(tells), pc.equal(cells, "")))
        mask = unlike.to_numpy(zero_copy_only=False)
        lone: Any = np.arange(len(mask))
        for column in columns[1:]:
            lone = lone[pc.equal(column.take(pa.array(lone)), "").to_numpy(zero_copy_only=False)]
            if not len(lone):
                return mask
        mask[lone] |= len(columns) > 1
        return mask

    def first_below(self, starts: Any) -> int:
        """The place of the first record at or behind the end of the table, by their first bytes."""
        ends = [place for place in (self.footer_start, self.copy_start) if place is not None]
        return int(np.searchsorted(starts, min(ends))) if ends else len(starts)

    def code_of(self, record: Record, byte_start: int, following: Callable[[], Sequence[Record]]) -> str:
        """Why a record is set apart; "" when it is a record of the table (or blank, or too big)."""
        after_blank, self.after_blank = self.after_blank, record.blank
        if not record.cells:
            return ""
        if place := self._code_of_place(byte_start):
            return place
        is_known = record.cells[0] in self._first_cells
        if is_known and is_repeated_header(texts(record), self._shape):
            self.in_second_table = False
            return "repeated_header"
        if self.in_second_table:
            return "second_table"
        if self._shape.has_comments and record.cells[0].lstrip().startswith(b"#"):
            return "comment"
        is_odd = is_known or after_blank or self._is_odd(record)
        return self._code_of_odd(texts(record), following, after_blank=after_blank) if is_odd else ""

    def _code_of_place(self, byte_start: int) -> str:
        """The code of what is from a place on."""
        if self.copy_start is not None and byte_start >= self.copy_start:
            return "second_copy"
        return self._footer_code if self.footer_start is not None and byte_start >= self.footer_start else ""

    def _code_of_odd(self, cells: list[str], following: Callable[[], Sequence[Record]], *, after_blank: bool) -> str:
        code = code_of_odd(cells, lambda: [*map(texts, following())], self._shape, after_blank=after_blank)
        self.in_second_table = code in OTHER_TABLES
        self.after_blank |= code == "page_title"  # what stands below a title is looked at, whatever it holds
        return code

    def _is_odd(self, record: Record) -> bool:
        """Whether a record may be the header of another table, at little cost."""
        cells = record.cells
        if len(cells) != self._shape.width or (len(cells) > 1 and not cells[1] and not any(cells[2:])):
            return True
        if self._telltale < 0:
            return False
        cell = cells[self._telltale]
        return bool(cell) and (b"@" not in cell if self._needs_at else not _DIGIT.search(cell))


def code_of_odd(
    cells: Sequence[str], below: Callable[[], Sequence[Sequence[str]]], shape: TableShape, *, after_blank: bool
) -> str:
    """What a record is that may be no record of the table, by those below it; "" when it is one."""
    if is_repeated_header(cells, shape):
        return "repeated_header"
    if is_other_header(cells, shape):
        return "other_header"
    if is_title(cells, shape):
        rows = below()
        is_of_another = _is_title_of_another(cells, shape, after_blank=after_blank) and _starts_below(rows, shape)
        if is_of_another or any(is_repeated_header(row, shape) for row in rows):
            return "page_title"
    return "second_table" if starts_second_table(cells, below, shape, after_blank=after_blank) else ""


def _is_title_of_another(cells: Sequence[str], shape: TableShape, *, after_blank: bool) -> bool:
    """Whether a record of one cell is no contact of which the other cells are not known."""
    filled = [at for at, cell in enumerate(cells) if cell.strip()]
    is_data_column = any(at == filled[0] for at, _ in shape.shapes)
    is_apart = after_blank or len(cells) < shape.width or is_data_column
    return len(filled) == 1 and is_apart and not is_data(cells[filled[0]])


def _starts_below(below: Sequence[Sequence[str]], shape: TableShape) -> bool:
    """Whether the first record below a title names the columns of another table."""
    return bool(below) and (
        is_other_header(below[0], shape) or starts_second_table(below[0], lambda: below[1:], shape, after_blank=True)
    )
