"""What a sheet holds that its list does not show: hidden rows, merged cells, formulas without a result. Pure."""

from __future__ import annotations

from collections import Counter

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

MESSAGES = {
    HIDDEN_SHEET: "The sheet is hidden in the workbook.",
    HIDDEN_ROWS: "Rows are hidden in the sheet, by a filter or by hand. They are imported like the others.",
    HIDDEN_COLUMNS: "Columns are hidden in the sheet. They are imported like the others.",
    MERGED: "Cells are merged. The value stands in the first cell of each range, the others are empty.",
    NO_RESULT: "Formulas have no saved result, so their cells are empty. Open the workbook in Excel or LibreOffice, "
    "save it, then import it again.",
    ERROR: "Cells hold an error of the spreadsheet (#N/A, #REF! and their like) in place of a value.",
    NO_DATE: "Cells have a date format and hold no date (0, below 0, past the year 9999). Their number is imported.",
    WORDS: "Cells show a word in place of their number, by their format. The number is imported.",
    UNKNOWN_FORMAT: "Cells have a number format that no spreadsheet takes. Their number is imported as stored.",
    FORMATS_NOT_VISIBLE: "Cell formats cannot be seen in this kind of workbook: numbers come without the leading "
    "zeros or signs that a format shows, and error cells come empty. Save it as .xlsx to keep them.",
}
"""In the order in which they are told."""


class SheetNotes:
    """Counts them while the sheet is read. `row`: the one that is being read."""

    def __init__(self) -> None:
        self.row = 0
        self._counts: Counter[str] = Counter()
        self._first_rows: dict[str, int] = {}

    def cell(self, code: str) -> None:
        """A cell, or a row, at `row`."""
        self._counts[code] += 1
        self._first_rows.setdefault(code, self.row)

    def whole(self, code: str, count: int = 0) -> None:
        """Something about the sheet: so many columns or ranges."""
        self._counts[code] += count

    def warnings(self) -> tuple[ListWarning, ...]:
        """One for each kind of which there is any."""
        return tuple(
            ListWarning(code, "", message, self._counts[code], self._first_rows.get(code))
            for code, message in MESSAGES.items()
            if code in self._counts
        )
