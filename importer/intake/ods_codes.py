"""Cells of an .ods whose number format makes a code of them: so many digits, zeros in front (`00000`).

calamine gives the numbers of these cells and not their formats; those stand in the sheet's XML, by the style of the
cell, of its row or of its column (OpenDocument 1.3 part 3, 9.1, 16.2 and 19.354).
"""

from __future__ import annotations

import zipfile
from bisect import bisect_right
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.parsers import expat

from importer.intake.grammar import MOST_COLUMNS
from importer.intake.sheet_xml import DAMAGED_ZIP

PIECE_BYTES = 512 * 1024

CONTENT = "content.xml"
STYLES = "styles.xml"


class OdsCodes:
    """`width_at(row, column)` (from 0): digits of the code in a cell; 0 where its number is one.

    Kept by runs of rows alike and of cells beside each other, however often the sheet says that they are repeated.
    """

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._stops: list[int] = []
        self._runs: list[_Runs] = []

    def width_at(self, row: int, column: int) -> int:
        at = bisect_right(self._starts, row) - 1
        if at < 0 or row >= self._stops[at]:
            return 0
        runs = self._runs[at]
        place = bisect_right(runs, (column, MOST_COLUMNS, 0)) - 1
        start, stop, width = runs[place] if place >= 0 else (0, 0, 0)
        return width if start <= column < stop else 0

    def __bool__(self) -> bool:
        return bool(self._runs)

    def note(self, rows: range, runs: _Runs) -> None:
        """Rows alike, below those noted before, with their runs of cells."""
        if self._runs and self._stops[-1] == rows.start and self._runs[-1] == runs:
            self._stops[-1] = rows.stop
        elif runs:
            self._starts.append(rows.start)
            self._stops.append(rows.stop)
            self._runs.append(runs)


_Runs = list[tuple[int, int, int]]
"""(first column, the one behind the last, digits), from left to right."""


def ods_codes(source: Path, sheet: str, count: Callable[[int], None]) -> OdsCodes:
    """The codes of a sheet; none where its XML cannot be read. `count` is told every byte and may raise."""
    finder = _Finder(sheet)
    try:
        with zipfile.ZipFile(source) as archive:
            for part in (STYLES, CONTENT):
                if part in archive.NameToInfo:
                    finder.read(archive, part, count)
    except (expat.ExpatError, *DAMAGED_ZIP):
        return OdsCodes()
    return finder.codes


class _Finder:
    """Goes through the parts once, element by element."""

    def __init__(self, sheet: str) -> None:
        self.codes = OdsCodes()
        self._sheet = sheet
        self._digits: dict[str, int] = {}
        self._data_style: dict[str, str] = {}
        self._parents: dict[str, str] = {}
        self._number_style = ""
        self._is_mine = False
        self._stops: list[int] = []
        self._styles: list[str] = []
        self._runs: _Runs = []
        self._row = self._column = 0
        self._rows = range(0)
        self._row_style = ""

    def read(self, archive: zipfile.ZipFile, part: str, count: Callable[[int], None]) -> None:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = _refuse
        with archive.open(part) as stream:
            while piece := stream.read(PIECE_BYTES):
                count(len(piece))
                parser.Parse(piece, False)
        parser.Parse(b"", True)

    def _start(self, name: str, values: dict[str, str]) -> None:
        handler = _STARTS.get(name)
        if handler is not None:
            handler(self, values)

    def _end(self, name: str) -> None:
        if name == "number:number-style":
            self._number_style = ""
        elif name == "table:table-row":
            self.codes.note(self._rows, self._runs)
            self._runs = []
        elif name == "table:table":
            self._is_mine = False

    def _style(self, values: dict[str, str]) -> None:
        name = values.get("style:name", "")
        self._data_style[name] = values.get("style:data-style-name", "")
        self._parents[name] = values.get("style:parent-style-name", "")

    def _begin_number_style(self, values: dict[str, str]) -> None:
        self._number_style = values.get("style:name", "")

    def _number(self, values: dict[str, str]) -> None:
        digits = _whole(values.get("number:min-integer-digits", "1"))
        is_code = digits > 1 and not _whole(values.get("number:decimal-places", "0"))
        if self._number_style and is_code and values.get("number:grouping", "false") != "true":
            self._digits[self._number_style] = digits

    def _table(self, values: dict[str, str]) -> None:
        self._is_mine = values.get("table:name") == self._sheet
        self._stops, self._styles, self._row = [], [], 0

    def _table_column(self, values: dict[str, str]) -> None:
        start = self._stops[-1] if self._stops else 0
        self._stops.append(start + _whole(values.get("table:number-columns-repeated", "1")))
        self._styles.append(values.get("table:default-cell-style-name", ""))

    def _table_row(self, values: dict[str, str]) -> None:
        self._rows = range(self._row, self._row + _whole(values.get("table:number-rows-repeated", "1")))
        self._row, self._column = self._rows.stop, 0
        self._row_style = values.get("table:default-cell-style-name", "")

    def _cell(self, values: dict[str, str]) -> None:
        start = self._column
        self._column += _whole(values.get("table:number-columns-repeated", "1"))
        if not self._is_mine or values.get("office:value-type") != "float":
            return
        style = values.get("table:style-name") or self._row_style or self._column_style(start)
        width = self._digits_of(style)
        if width and self._runs and self._runs[-1][1:] == (start, width):
            self._runs[-1] = (self._runs[-1][0], self._column, width)
        elif width:
            self._runs.append((start, self._column, width))

    def _column_style(self, column: int) -> str:
        at = bisect_right(self._stops, column)
        return self._styles[at] if at < len(self._styles) else ""

    def _digits_of(self, style: str) -> int:
        for _ in range(8):  # parents of parents
            if data_style := self._data_style.get(style, ""):
                return self._digits.get(data_style, 0)
            style = self._parents.get(style, "")
        return 0


_STARTS: dict[str, Callable[[_Finder, dict[str, str]], None]] = {
    "style:style": _Finder._style,
    "number:number-style": _Finder._begin_number_style,
    "number:number": _Finder._number,
    "table:table": _Finder._table,
    "table:table-column": _Finder._table_column,
    "table:table-row": _Finder._table_row,
    "table:table-cell": _Finder._cell,
    "table:covered-table-cell": _Finder._cell,
}


def _whole(text: str) -> int:
    return int(text) if text.isdigit() else 1


def _refuse(*_: Any) -> None:
    raise ValueError("no workbook has a DTD")
