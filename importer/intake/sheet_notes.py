"""What a sheet holds that its list does not show: hidden rows, merged cells, formulas without a result. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from importer.intake.plain_notes import CellKinds, ColumnNote
from importer.intake.sheet_values import column_letters
from importer.list_warning import ListWarning

ERROR = "error_cells"
EMPTY_COLUMN = "column_without_results"
HIDDEN_COLUMNS = "hidden_columns"
HIDDEN_ROWS = "hidden_rows"
HIDDEN_SHEET = "hidden_sheet"
MERGED = "merged_cells"
LONG_NUMBER = "number_past_15_digits"
NO_DATE = "dates_that_are_none"
NO_RESULT = "formulas_without_result"
FIRST_YEAR = "moments_of_the_first_year"
HOURS_OR_MOMENTS = "hours_or_moments"
UNKNOWN_FORMAT = "unknown_number_format"
WORDS = "formats_show_words"

MESSAGES: dict[str, tuple[str, str]] = {
    HIDDEN_SHEET: ("The sheet is hidden in the workbook.", ""),
    HIDDEN_ROWS: (
        "1 row is hidden in the sheet{where}. It is imported like the others.",
        "{n} rows are hidden in the sheet{where}. They are imported like the others.",
    ),
    HIDDEN_COLUMNS: (
        "1 column is hidden in the sheet{place}. It is imported like the others.",
        "{n} columns are hidden in the sheet{place}. They are imported like the others.",
    ),
    MERGED: (
        "1 range of cells is merged{place}. The value stands in its first cell, the others are empty.",
        "{n} ranges of cells are merged{place}. The value stands in the first cell of each, the others are empty.",
    ),
    NO_RESULT: (
        "1 formula has no saved result{where}, so its cell is empty. Open the workbook in Excel or LibreOffice, "
        "save it, then import it again.",
        "{n} formulas have no saved result{where}, so their cells are empty. Open the workbook in Excel or "
        "LibreOffice, save it, then import it again.",
    ),
    ERROR: (
        "1 cell holds an error of the spreadsheet (#N/A, #REF! or the like) in place of a value{where}.",
        "{n} cells hold an error of the spreadsheet (#N/A, #REF! or the like) in place of a value{where}.",
    ),
    NO_DATE: (
        "1 cell has a date format and holds no date (0, below 0, past the year 9999){where}. Its number is imported.",
        "{n} cells have a date format and hold no date (0, below 0, past the year 9999){where}. Their numbers are "
        "imported.",
    ),
    WORDS: (
        "1 cell shows a word in place of its number, by its format{where}. The number is imported.",
        "{n} cells show a word in place of their number, by their format{where}. The numbers are imported.",
    ),
    UNKNOWN_FORMAT: (
        "1 cell has a number format that no spreadsheet takes{where}. Its number is imported as it is stored.",
        "{n} cells have a number format that no spreadsheet takes{where}. Their numbers are imported as stored.",
    ),
    LONG_NUMBER: (
        "1 cell holds a number of more than 15 digits{where}. A spreadsheet keeps 15: its end is made up. Take "
        "the list from where it came from, with the column as text.",
        "{n} cells hold numbers of more than 15 digits{where}. A spreadsheet keeps 15: their ends are made up. Take "
        "the list from where it came from, with the column as text.",
    ),
}
"""For 1 or for {n}, in the order in which they are told."""

RIGHT_FORMAT = "Give them the right format in the workbook and bring it again, or say that it is right as it is."

OF_COLUMNS: dict[str, tuple[str, str]] = {
    FIRST_YEAR: (
        '"{column}": 1 cell is a moment of the first year of workbooks (1900){where}: it may be a duration with the '
        f"format of a date. {RIGHT_FORMAT}",
        '"{column}": {n} cells are moments of the first year of workbooks (1900){where}: they may be durations with '
        f"the format of a date. {RIGHT_FORMAT}",
    ),
    HOURS_OR_MOMENTS: (
        '"{column}": 1 cell with a format of hours holds more than 27 years of them{where}: it may be a date with a '
        f"time. {RIGHT_FORMAT}",
        '"{column}": {n} cells with a format of hours hold more than 27 years of them{where}: they may be dates with '
        f"a time. {RIGHT_FORMAT}",
    ),
}
"""Doubts about cells of a column."""


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook. `has_cells`: whether there is anything in it; `is_hidden`: nobody sees it."""

    name: str
    has_cells: bool
    is_hidden: bool


def column_doubt(note: ColumnNote, column: str) -> ListWarning:
    """What is unsure about cells of the column of that name."""
    where = f", row {note.first_row:,}" if note.count == 1 else f", first in row {note.first_row:,}"
    told = OF_COLUMNS[note.code][note.count > 1].format(n=f"{note.count:,}", where=where, column=column)
    return ListWarning(note.code, column, told, note.count, note.first_row, is_doubt=True)


class SheetNotes:
    """Counts them while the sheet is read. `row`: the one that is being read. `unplaced`: a cell of it is unsure, and
    the column is not known yet."""

    def __init__(self) -> None:
        self.row = 0
        self.unplaced = False
        self._column: int | None = None
        self._of_columns: dict[tuple[int, str], ColumnNote] = {}
        self._counts: Counter[str] = Counter()
        self._first_rows: dict[str, int] = {}
        self._places: dict[str, str] = {}
        self._kinds: dict[int, Counter[str]] = {}
        self._without_result: dict[int, int] = {}

    def kind(self, column: int, kind: str, count: int = 1) -> None:
        """So many cells of a column (from 0) hold "numbers", "booleans" or "texts"."""
        self._kinds.setdefault(column, Counter())[kind] += count

    def kinds(self) -> tuple[CellKinds, ...]:
        """Of each column up to the last that has any."""
        return tuple(_cell_kinds(self._kinds.get(at)) for at in range(max(self._kinds, default=-1) + 1))

    def no_results(self, columns: Iterable[int]) -> None:
        """Formulas of the row have no saved result in these columns."""
        columns = tuple(columns)
        self.cell(NO_RESULT, len(columns))
        for column in columns:
            self._without_result.setdefault(column, 0)

    def filled(self, cells: Sequence[object]) -> None:
        """What a row holds in columns that had a formula without a result above or in it."""
        for column in self._without_result:
            self._without_result[column] += bool(column < len(cells) and cells[column])

    @property
    def has_no_results(self) -> bool:
        """Whether `filled` has anything to count."""
        return bool(self._without_result)

    def cell(self, code: str, count: int = 1) -> None:
        """A cell, a row, or so many cells, at `row`."""
        if code in OF_COLUMNS:
            self._cell_of_column(code)
        elif self._column is None:
            self._counts[code] += count
            self._first_rows.setdefault(code, self.row)

    def _cell_of_column(self, code: str) -> None:
        if self._column is None:
            self.unplaced = True
            return
        old = self._of_columns.get((self._column, code), ColumnNote(self._column, code, 0, self.row))
        self._of_columns[self._column, code] = replace(old, count=old.count + 1)

    def place(self, shows: Sequence[Callable[[str], str]], cells: Sequence[str | None]) -> None:
        """Show the cells of the row once more, to find the columns of those that are unsure."""
        for self._column, (show, text) in enumerate(zip(shows, cells, strict=True)):
            if text:
                show(text)
        self._column, self.unplaced = None, False

    def of_columns(self) -> tuple[ColumnNote, ...]:
        """What is unsure, by column."""
        return tuple(self._of_columns.values())

    def whole(self, code: str, count: int = 0, place: str = "") -> None:
        """Something about the sheet: so many columns or ranges, and where the first of them are."""
        self._counts[code] += count
        self._places[code] = f" ({place})" if place else ""

    def warnings(self) -> tuple[ListWarning, ...]:
        """One for each kind of which there is any, doubts first."""
        empty = [column_letters(column) for column, filled in self._without_result.items() if not filled]
        if empty:
            columns = f"Column {empty[0]} holds" if len(empty) == 1 else f"Columns {', '.join(empty[:8])} hold"
            told = (
                f"{columns} formulas without a saved result and nothing else, so nothing of that is imported. Open "
                "the workbook in Excel or LibreOffice, save it, then import it again."
            )
            doubts = (ListWarning(EMPTY_COLUMN, "", told, len(empty), self._first_rows[NO_RESULT], is_doubt=True),)
        return (doubts if empty else ()) + tuple(
            ListWarning(code, "", self._message(code), self._counts[code], self._first_rows.get(code))
            for code in MESSAGES
            if code in self._counts
        )

    def _message(self, code: str) -> str:
        count, row = self._counts[code], self._first_rows.get(code)
        where = "" if row is None else f", row {row:,}" if count == 1 else f", first in row {row:,}"
        return MESSAGES[code][count > 1].format(n=f"{count:,}", where=where, place=self._places.get(code, ""))


def _cell_kinds(counts: Counter[str] | None) -> CellKinds:
    return CellKinds() if counts is None else CellKinds(counts["numbers"], counts["booleans"], counts["texts"])
