"""Record by record on the tolerant road: what belongs to the table and what is set apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from importer.intake.sections import TableShape, is_repeated_header, starts_second_table
from importer.intake.tokenizer import Record

LOOKAHEAD = 3

MESSAGES = {
    "repeated_header": "Row {row:,} is the header again; set aside.",
    "second_table": "Row {row:,} belongs to another table in the file; set aside. Read that table from a file of its "
    "own.",
    "footer": "Row {row:,} stands below the table (a total or a remark); set aside.",
}


def texts(record: Record) -> list[str]:
    """The record's cells as text."""
    return [cell.decode("utf-8", "replace") for cell in record.cells]


class Apart:
    """Knows whether reading is in the table, in a second one, or in the footer. Records come in order."""

    def __init__(self, shape: TableShape, footer_start: int | None) -> None:
        self._shape = shape
        self.footer_start = footer_start
        self.in_second_table = False
        self.after_blank = False
        self._first_cells = {row[0].encode() for row in shape.headers if row}
        telltale = shape.telltale
        self._telltale = -1 if telltale is None else telltale[0]
        self._needs_at = telltale is not None and telltale[1] == "@"

    def code_of(self, record: Record, byte_start: int, following: Callable[[], Sequence[Record]]) -> str:
        """Why a record is set apart; "" when it is a record of the table (or blank, or too big)."""
        after_blank, self.after_blank = self.after_blank, record.blank
        if not record.cells:
            return ""
        if self.footer_start is not None and byte_start >= self.footer_start:
            return "footer"
        if record.cells[0] in self._first_cells and is_repeated_header(texts(record), self._shape):
            self.in_second_table = False
            return "repeated_header"
        if self.in_second_table:
            return "second_table"
        if (after_blank or self._is_odd(record)) and starts_second_table(
            texts(record), [texts(found) for found in following()], self._shape, after_blank=after_blank
        ):
            self.in_second_table = True
            return "second_table"
        return ""

    def _is_odd(self, record: Record) -> bool:
        """Whether a record may be the header of another table, at little cost."""
        if len(record.cells) != self._shape.width:
            return True
        if self._telltale < 0:
            return False
        cell = record.cells[self._telltale]
        if self._needs_at:
            return bool(cell) and b"@" not in cell
        return bool(cell) and not any(48 <= value <= 57 for value in cell)
