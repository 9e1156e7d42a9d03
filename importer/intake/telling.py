"""What is said of records that are odd (reading problems with their messages), and of how the list was read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from importer.intake.dialect import Dialect
from importer.intake.problems import ReadingProblem, problem
from importer.intake.repair import Repair
from importer.intake.tokenizer import Record
from importer.list_warning import ListWarning

MESSAGES = {
    "row_too_long": "Row {row:,} has {cells} instead of {width:,}. Correct it, reject it or accept it.",
    "row_too_short": "Row {row:,} has {cells} instead of {width:,}. Correct it, reject it or accept it.",
    "unclosed_quote": "Row {row:,} has a quote that never closes; it was read as text. Look at the row.",
    "stray_quote": "Row {row:,} has a quote inside a cell; it was read as text. Look at the row.",
    "line_quotes": "Row {row:,} stands in quotes as a whole; they were taken off. Look at the row.",
    "curly_quotes": "Row {row:,} has curly quotes around a delimiter; they were read as quotes. Look at the row.",
    "byte_order_mark": "Row {row:,} holds a byte-order mark, which is no part of its cell; it was taken off.",
    "nul_byte": "Row {row:,} holds a NUL byte, which no text has. Correct it, reject it or accept it.",
    "row_too_big": "Row {row:,} has {size:,} bytes (limit {limit:,}); set aside. Look for a quote that is not "
    "closed, or split the row.",
    "mojibake": "Row {row:,} has letters that were decoded wrongly once (Ã© for é). Mend them or leave them.",
    "joined_rows": "Rows {row:,} to {last:,} are one record that a line end in a cell had cut; they were joined. "
    "Look at the row.",
    "repaired_row": "Row {row:,} was repaired as you asked: {title} The original text is kept.",
}


JOIN_HINT = (
    " A line end in a cell may have cut it: take the repair on the File page, or say --repair join_rows, to join the "
    "parts."
)
"""Where the columns allow that rows are one record."""

REPAIR_HINT = " Suggested, on the File page or with --repair {kind}: {title}"
"""For any other repair; its title says what it does."""

LINE_ENDS = {"\r\n": "CR LF", "\n": "LF", "\r": "CR"}
"""By their names, as editors show them."""


def dialect_notes(dialect: Dialect) -> Iterator[ListWarning]:
    """What a person should know of how a list was read that shows in no row of it."""
    if dialect.line_quotes:
        yield ListWarning("line_quotes_everywhere", "", "Quotes stood around whole lines; they were taken off.")
    if dialect.curly:
        yield _about_curly(dialect)
    if dialect.line_ends_in_cells:
        told = (
            f"Records end in {LINE_ENDS[dialect.line_end]} alone; other line ends stand in cells and were kept there."
        )
        yield ListWarning("line_ends_in_cells", "", told)
    if dialect.letters and not dialect.null:
        told = (
            "Backslashes were read as mysql --batch writes them (ClickHouse too): \\n is a line end, \\t a tab, and "
            "two are one."
        )
        yield ListWarning("read_escapes", "", told)
    if dialect.null:
        others = (
            f"Other backslashes were read as the dump means them ({dialect.escape * 2} is one, "
            f"{dialect.escape}t a tab, {dialect.escape}n a line end)."
            if dialect.letters
            else "Other backslashes are text: nothing in the list shows that they are more."
        )
        told = f"Cells that hold {dialect.null} alone were read as NULL, as databases write it: they are empty."
        yield ListWarning("read_as_null", "", f"{told} {others}")


def _about_curly(dialect: Dialect) -> ListWarning:
    """That curly quotes around cells were taken off; a doubt where they may be part of the text."""
    numbers = dialect.curly.split(",")
    where = f"column{'s' if len(numbers) > 1 else ''} {', '.join(numbers)}"
    where = "nearly every cell" if dialect.curly == "all" else f"nearly every cell of {where}"
    told = f"Curly quotes stood around {where}; they were read as quotes and taken off."
    if not dialect.is_curly_sure:
        told += " They may be part of the text, as of titles: choose no quote on the File page to keep them."
    return ListWarning("curly_quotes_everywhere", "", told, is_doubt=not dialect.is_curly_sure)


class Teller:
    """Knows what the table and the limits are; `row`, `start` and `end` are the record's number and source bytes."""

    def __init__(self, width: int, max_record: int) -> None:
        self._width = width
        self._max_record = max_record
        self._blanks: tuple[int, int, int, int] | None = None

    def blanks(self, blank: Any, rows: Any, starts: Any, ends: Any) -> list[ReadingProblem]:
        """One for each run of blank records that has ended; `blank` says which records of the part are."""
        places: Any = np.flatnonzero(blank)
        runs = np.split(places, np.flatnonzero(np.diff(places) > 1) + 1) if places.size else []
        told = [] if blank[0] else self.last_blanks()
        for run in runs:
            told += self.last_blanks() if run[0] else []
            row, start = self._blanks[:2] if self._blanks else (int(rows[run[0]]), int(starts[run[0]]))
            self._blanks = row, start, int(rows[run[-1]]), int(ends[run[-1]])
        return told if blank[-1] else [*told, *self.last_blanks()]

    def last_blanks(self) -> list[ReadingProblem]:
        """The run of blank records that reading is in, now ended."""
        if self._blanks is None:
            return []
        row, start, last, end = self._blanks
        self._blanks = None
        rows = f"Row {row:,} is" if row == last else f"Rows {row:,} to {last:,} are"
        found = problem("blank_line", row, start, end, f"{rows} blank; set aside.")
        return [replace(found, rows=last - row + 1)]

    def record(
        self, record: Record, row: int, start: int, end: int, *, repair: Repair | None = None
    ) -> list[ReadingProblem]:
        """All that is odd about one record; `repair` is the suggestion for its raggedness."""
        found = [
            problem(code, row, start, end, self._message(code, row, record, end - start)) for code in record.codes
        ]
        if repair is None:
            return found
        hint = JOIN_HINT if repair.kind == "join_rows" else REPAIR_HINT.format(kind=repair.kind, title=repair.title())
        return [
            replace(one, repair=repair.to_text(), message=one.message + hint)
            if one.code.startswith("row_too_")
            else one
            for one in found
        ]

    def stray_quote(self, row: int, start: int, end: int) -> ReadingProblem:
        """That nothing is odd about a record but a quote inside a cell."""
        return problem("stray_quote", row, start, end, MESSAGES["stray_quote"].format(row=row))

    def repaired(self, row: int, start: int, end: int, repair: Repair) -> ReadingProblem:
        """That a record was repaired on request."""
        message = MESSAGES["repaired_row"].format(row=row, title=repair.title())
        return replace(problem("repaired_row", row, start, end, message), repair=repair.to_text())

    def joined(self, row: int, last: int, start: int, end: int, *, is_asked: bool) -> ReadingProblem:
        """That records were joined: by themselves, or because a person asked for it."""
        repair = Repair("join_rows", 0, last - row + 1)
        if is_asked:
            return self.repaired(row, start, end, repair)
        return problem("joined_rows", row, start, end, MESSAGES["joined_rows"].format(row=row, last=last))

    def text_formulas(self, row: int, start: int, end: int, rows: int) -> ReadingProblem:
        """That cells like ="00501" were read as the text, in so many rows from `row` on."""
        message = f'Row {row:,} has a formula that is nothing but a text (="…"); the text was read.'
        return replace(problem("text_formula", row, start, end, message), rows=rows)

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
            row=row, cells=_cells(len(record.cells)), width=self._width, size=size_bytes, limit=self._max_record
        )


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count:,} cells"
