"""Cells of an .ods whose number format makes a code of them: so many digits, zeros in front (`00000`).

calamine gives the numbers of these cells and not their formats; those stand in the sheet's XML, by the style of the
cell, of its row or of its column (OpenDocument 1.3 part 3, 9.1, 16.2 and 19.354).
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.parsers import expat

PIECE_BYTES = 512 * 1024

CONTENT = "content.xml"
STYLES = "styles.xml"

MOST_CODES = 4_000_000
"""Cells noted at most."""


class OdsCodes:
    """`width_at(row, column)` (from 0): digits of the code in a cell; 0 where its number is one."""

    def __init__(self) -> None:
        self._in_rows: dict[int, dict[int, int]] = {}

    def width_at(self, row: int, column: int) -> int:
        return self._in_rows.get(row, {}).get(column, 0)

    def __bool__(self) -> bool:
        return bool(self._in_rows)

    def note(self, rows: range, columns: range, width: int) -> None:
        """Cells with a value; repeated ones far out are not held one by one."""
        if len(rows) * len(columns) <= MOST_CODES:
            for row in rows:
                self._in_rows.setdefault(row, {}).update(dict.fromkeys(columns, width))


def ods_codes(source: Path, sheet: str, count: Callable[[int], None]) -> OdsCodes:
    """The codes of a sheet; none where its XML cannot be read. `count` is told every byte and may raise."""
    finder = _Finder(sheet)
    try:
        with zipfile.ZipFile(source) as archive:
            for part in (STYLES, CONTENT):
                if part in archive.NameToInfo:
                    finder.read(archive, part, count)
    except (expat.ExpatError, zipfile.BadZipFile, ValueError):
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
        self._columns: list[tuple[range, str]] = []
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
        self._columns, self._row = [], 0

    def _table_column(self, values: dict[str, str]) -> None:
        start = self._columns[-1][0].stop if self._columns else 0
        stop = start + _whole(values.get("table:number-columns-repeated", "1"))
        self._columns.append((range(start, stop), values.get("table:default-cell-style-name", "")))

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
        if width := self._digits_of(style):
            self.codes.note(self._rows, range(start, self._column), width)

    def _column_style(self, column: int) -> str:
        return next((style for columns, style in self._columns if column in columns), "")

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
