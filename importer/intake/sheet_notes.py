"""What a sheet holds that its list does not show: hidden rows, merged cells, formulas without a result. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from importer.list_warning import ListWarning

ERROR = "error_cells"
FORMATS_NOT_VISIBLE = "formats_not_visible"
HIDDEN_COLUMNS = "hidden_columns"
HIDDEN_ROWS = "hidden_rows"
HIDDEN_SHEET = "hidden_sheet"
MERGED = "merged_cells"
NO_DATE = "dates_that_are_none"
NO_RESULT = "formulas_without_result"
UNKNOWN_FORMAT = "unknown_number_format"
WORDS = "formats_show_words"

MESSAGES: dict[str, tuple[str, str]] = {
    HIDDEN_SHEET: ("The sheet is hidden in the workbook.", ""),
    HIDDEN_ROWS: (
        "1 row is hidden in the sheet{where}. It is imported like the others.",
        "{n} rows are hidden in the sheet{where}. They are imported like the others.",
    ),
    HIDDEN_COLUMNS: (
        "1 column is hidden in the sheet. It is imported like the others.",
        "{n} columns are hidden in the sheet. They are imported like the others.",
    ),
    MERGED: (
        "1 range of cells is merged. The value stands in its first cell, the others are empty.",
        "{n} ranges of cells are merged. The value stands in the first cell of each, the others are empty.",
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
    FORMATS_NOT_VISIBLE: (
        "Cell formats cannot be seen in this kind of workbook: numbers come without the leading zeros or signs that "
        "a format shows, and error cells come empty. Save it as .xlsx to keep them.",
        "",
    ),
}
"""For 1 or for {n}, in the order in which they are told."""


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook. `has_cells`: whether there is anything in it; `is_hidden`: nobody sees it."""

    name: str
    has_cells: bool
    is_hidden: bool


class SheetNotes:
    """Counts them while the sheet is read. `row`: the one that is being read."""

    def __init__(self) -> None:
        self.row = 0
        self._counts: Counter[str] = Counter()
        self._first_rows: dict[str, int] = {}

    def cell(self, code: str, count: int = 1) -> None:
        """A cell, a row, or so many cells, at `row`."""
        self._counts[code] += count
        self._first_rows.setdefault(code, self.row)

    def whole(self, code: str, count: int = 0) -> None:
        """Something about the sheet: so many columns or ranges."""
        self._counts[code] += count

    def warnings(self) -> tuple[ListWarning, ...]:
        """One for each kind of which there is any."""
        return tuple(
            ListWarning(code, "", self._message(code), self._counts[code], self._first_rows.get(code))
            for code in MESSAGES
            if code in self._counts
        )

    def _message(self, code: str) -> str:
        count, row = self._counts[code], self._first_rows.get(code)
        where = "" if row is None else f", row {row:,}" if count == 1 else f", first in row {row:,}"
        return MESSAGES[code][count > 1].format(n=f"{count:,}", where=where)
