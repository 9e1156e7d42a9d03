"""What is said of records that are odd: reading problems with their messages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from importer.intake.problems import ReadingProblem, problem
from importer.intake.repair import Repair
from importer.intake.tokenizer import Record

MESSAGES = {
    "row_too_long": "Row {row:,} has {cells:,} cells instead of {width:,}. Correct it, reject it or accept it.",
    "row_too_short": "Row {row:,} has {cells:,} cells instead of {width:,}. Correct it, reject it or accept it.",
    "unclosed_quote": "Row {row:,} has a quote that never closes; it was read as text. Look at the row.",
    "stray_quote": "Row {row:,} has a quote inside a cell; it was read as text. Look at the row.",
    "nul_byte": "Row {row:,} holds a NUL byte, which no text has. Correct it, reject it or accept it.",
    "row_too_big": "Row {row:,} has {size:,} bytes (limit {limit:,}); set aside. Look for a quote that is not "
    "closed, or split the row.",
    "mojibake": "Row {row:,} has letters that were decoded wrongly once (Ã© for é). Mend them or leave them.",
    "repaired_row": "Row {row:,} was repaired as you asked: {title} The original text is kept.",
}


class Teller:
    """Knows what the table and the limits are; `row`, `start` and `end` are the record's number and source bytes."""

    def __init__(self, width: int, max_record: int) -> None:
        self._width = width
        self._max_record = max_record

    def blank(self, row: int, start: int, end: int) -> ReadingProblem:
        """A blank line."""
        return problem("blank_line", row, start, end, f"Row {row:,} is blank; set aside.")

    def record(
        self, record: Record, row: int, start: int, end: int, *, repair: Repair | None = None
    ) -> list[ReadingProblem]:
        """All that is odd about one record; `repair` is the suggestion for its raggedness."""
        if record.blank:
            return [self.blank(row, start, end)]
        found = [
            problem(code, row, start, end, self._message(code, row, record, end - start)) for code in record.codes
        ]
        if repair is None:
            return found
        return [replace(one, repair=repair.to_text()) if one.code.startswith("row_too_") else one for one in found]

    def repaired(self, row: int, start: int, end: int, repair: Repair) -> ReadingProblem:
        """That a record was repaired on request."""
        message = MESSAGES["repaired_row"].format(row=row, title=repair.title())
        return replace(problem("repaired_row", row, start, end, message), repair=repair.to_text())

    def mojibake(self, numbers: Iterable[int], rows: Any, starts: Any, ends: Any) -> list[ReadingProblem]:
        """One for each record (by its place in the part) with damaged letters."""
        told = []
        for at in numbers:
            row = int(rows[at])
            message = MESSAGES["mojibake"].format(row=row)
            told.append(replace(problem("mojibake", row, int(starts[at]), int(ends[at]), message), repair="mojibake"))
        return told

    def mended(self, problems: list[ReadingProblem], rows: set[int]) -> list[ReadingProblem]:
        """The problems after damaged letters in `rows` were put right."""
        title = "Wrongly decoded letters were put right."
        return [
            replace(one, code="repaired_row", message=MESSAGES["repaired_row"].format(row=one.row, title=title))
            if one.code == "mojibake" and one.row in rows
            else one
            for one in problems
        ]

    def _message(self, code: str, row: int, record: Record, size_bytes: int) -> str:
        return MESSAGES[code].format(
            row=row, cells=len(record.cells), width=self._width, size=size_bytes, limit=self._max_record
        )
