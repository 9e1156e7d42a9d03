"""Sheets of an Excel workbook as plain lists, streamed: cells as Excel shows them, identifiers as the text they are.

Read with a streaming parser and not into a grid: one stray cell in row 1,048,576 makes a grid of thousands of
millions of cells, and a grid has lost the number formats.
"""

from __future__ import annotations

import csv
import io
import posixpath
import re
import zipfile
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from xml.parsers import expat

from importer.errors import SourceError
from importer.intake.xlsx_format import BUILT_IN, show_number
from importer.list_warning import ListWarning

PARSE_BYTES = 256 * 1024

MOST_COLUMNS = 16_384
"""What Excel has."""

STRINGS_BYTES = 64 * 1024 * 1024
"""Of distinct texts held in memory."""

WORKBOOK = "xl/workbook.xml"

_ROW = re.compile(r"[A-Z]+")


def is_workbook(source: Path) -> bool:
    """Whether a zip is an Excel workbook."""
    try:
        with zipfile.ZipFile(source) as archive:
            return WORKBOOK in archive.namelist()[:1000]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        return False


def sheet_names(source: Path) -> tuple[str, ...]:
    """Names of its sheets, in the workbook's order."""
    with zipfile.ZipFile(source) as archive:
        return tuple(_sheets(archive, lambda _: None))


def write_sheet(source: Path, name: str, out: BinaryIO, count: Callable[[int], None]) -> tuple[ListWarning, ...]:
    """The sheet as UTF-8, comma, RFC 4180; a row of the list is the row of the sheet. `count` is told every unpacked
    byte and may raise. Back comes what is to be told of it. Raises SourceError: no such sheet."""
    with zipfile.ZipFile(source) as archive:
        path = _sheets(archive, count).get(name)
        if path is None:
            raise SourceError(f'The workbook "{source.name}" has no sheet of that name. Choose another.')
        book = _Book(_shared_strings(archive, count), *_formats(archive, count))
        width = max((len(cells) for _, cells in _rows(archive, path, book, count)), default=0)
        text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
        writer = csv.writer(text, lineterminator="\r\n")
        at = 0
        for row, cells in _rows(archive, path, book, lambda _: None):
            text.write("\r\n" * (row - at - 1))
            writer.writerow([*cells, *[""] * (width - len(cells))])
            at = row
        text.flush()
        text.detach()
    return ()


@dataclass(frozen=True)
class _Book:
    strings: _Strings
    formats: tuple[str, ...]
    from_1904: bool


class _Strings:
    """Shared texts packed into one buffer: a list of a million str objects would take ten times the room."""

    def __init__(self) -> None:
        self._text = bytearray()
        self._ends = array("q", [0])

    def add(self, text: str) -> None:
        self._text += text.encode("utf-8", "replace")
        self._ends.append(len(self._text))
        if len(self._text) > STRINGS_BYTES:
            raise SourceError(
                f"The workbook holds more than {STRINGS_BYTES:,} bytes of text. Save the sheet as CSV UTF-8."
            )

    def __getitem__(self, at: int) -> str:
        if not 0 <= at < len(self._ends) - 1:
            return ""
        return self._text[self._ends[at] : self._ends[at + 1]].decode("utf-8")


def _parse(
    archive: zipfile.ZipFile, name: str, count: Callable[[int], None], handlers: dict[str, Any]
) -> Iterator[None]:
    """Feed a part of the workbook to handlers; hands over control after each piece. No DTD: no entity bombs."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise SourceError("The workbook holds what no workbook should (a DTD). Save it again with Excel.")

    parser.StartDoctypeDeclHandler = refuse
    for handler, function in handlers.items():
        setattr(parser, handler, function)
    try:
        with archive.open(name) as stream:
            while piece := stream.read(PARSE_BYTES):
                count(len(piece))
                parser.Parse(piece, False)
                yield
        parser.Parse(b"", True)
        yield
    except (expat.ExpatError, KeyError):
        raise zipfile.BadZipFile from None


def _tag(name: str) -> str:
    return name.rpartition(" ")[2]


def _attributes(
    archive: zipfile.ZipFile, part: str, count: Callable[[int], None]
) -> list[tuple[str, dict[str, str]]]:
    """(tag, attributes) of every element of a small part; empty when the workbook has no such part."""
    if part not in archive.NameToInfo:
        return []
    found: list[tuple[str, dict[str, str]]] = []

    def start(name: str, given: dict[str, str]) -> None:
        found.append((_tag(name), {_tag(key): value for key, value in given.items()}))

    for _ in _parse(archive, part, count, {"StartElementHandler": start}):
        if len(found) > 500_000:
            raise SourceError("The workbook has too many styles. Save the sheet as CSV UTF-8.")
    return found


def _sheets(archive: zipfile.ZipFile, count: Callable[[int], None]) -> dict[str, str]:
    """Name → part, in order."""
    targets = {
        given.get("Id", ""): given.get("Target", "")
        for tag, given in _attributes(archive, "xl/_rels/workbook.xml.rels", count)
        if tag == "Relationship"
    }
    found = {}
    for tag, given in _attributes(archive, WORKBOOK, count):
        target = targets.get(given.get("id", ""), "") if tag == "sheet" else ""
        part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
        if target and "worksheet" in target and part in archive.NameToInfo:
            found[given.get("name", part)] = part
    return found


def _formats(archive: zipfile.ZipFile, count: Callable[[int], None]) -> tuple[tuple[str, ...], bool]:
    """The format code of each cell style, and whether dates count from 1904."""
    codes = dict(BUILT_IN)
    styles: list[str] = []
    inside = False
    for tag, given in _attributes(archive, "xl/styles.xml", count):
        if tag == "numFmt":
            codes[int(given.get("numFmtId", "0"))] = given.get("formatCode", "General")
        elif tag in ("cellXfs", "cellStyleXfs", "cellStyles"):
            inside = tag == "cellXfs"
        elif tag == "xf" and inside:
            styles.append(codes.get(int(given.get("numFmtId", "0")), "General"))
    book = _attributes(archive, WORKBOOK, count)
    from_1904 = any(tag == "workbookPr" and given.get("date1904", "0") in ("1", "true") for tag, given in book)
    return tuple(styles), from_1904


def _shared_strings(archive: zipfile.ZipFile, count: Callable[[int], None]) -> _Strings:
    strings = _Strings()
    if "xl/sharedStrings.xml" not in archive.NameToInfo:
        return strings
    pieces: list[str] = []
    state = {"text": False, "phonetic": False}

    def start(name: str, _: dict[str, str]) -> None:
        tag = _tag(name)
        state["phonetic"] = state["phonetic"] or tag == "rPh"
        state["text"] = tag == "t" and not state["phonetic"]

    def end(name: str) -> None:
        tag = _tag(name)
        state["text"] = False
        if tag == "rPh":
            state["phonetic"] = False
        elif tag == "si":
            strings.add(_unescaped("".join(pieces)))
            pieces.clear()

    def data(text: str) -> None:
        if state["text"]:
            pieces.append(text)

    handlers = {"StartElementHandler": start, "EndElementHandler": end, "CharacterDataHandler": data}
    for _ in _parse(archive, "xl/sharedStrings.xml", count, handlers):
        pass
    return strings


def _unescaped(text: str) -> str:
    """Excel writes control characters as _x000D_."""
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda one: chr(int(one.group(1), 16)), text) if "_x" in text else text


class _SheetReader:
    """Collects rows while the parser runs."""

    def __init__(self, book: _Book) -> None:
        self._book = book
        self.done: list[tuple[int, list[str]]] = []
        self._row = 0
        self._cells: list[str] = []
        self._column = -1
        self._kind = self._style = ""
        self._pieces: list[str] = []
        self._in_text = False

    def start(self, name: str, given: dict[str, str]) -> None:
        tag = _tag(name)
        if tag == "row":
            self._row = int(given.get("r", self._row + 1))
            self._cells, self._column = [], -1
        elif tag == "c":
            place = _ROW.match(given.get("r", ""))
            self._column = _column_number(place.group()) if place else self._column + 1
            self._kind, self._style = given.get("t", "n"), given.get("s", "0")
            self._pieces = []
        self._in_text = tag in ("v", "t")

    def data(self, text: str) -> None:
        if self._in_text:
            self._pieces.append(text)

    def end(self, name: str) -> None:
        tag = _tag(name)
        self._in_text = False
        if tag == "c" and self._pieces:
            text = self._shown("".join(self._pieces))
            if text:
                self._cells += [""] * (self._column + 1 - len(self._cells))
                self._cells[self._column] = text
        elif tag == "row" and self._cells:
            self.done.append((self._row, self._cells))

    def _shown(self, text: str) -> str:
        if self._kind == "s":
            return self._book.strings[int(text)] if text.isdigit() else ""
        if self._kind == "b":
            return "TRUE" if text.strip() == "1" else "FALSE"
        if self._kind in ("inlineStr", "str", "e", "d"):
            return _unescaped(text)
        styles = self._book.formats
        at = int(self._style) if self._style.isdigit() else 0
        return show_number(text, styles[at] if at < len(styles) else "General", from_1904=self._book.from_1904)


def _column_number(letters: str) -> int:
    """A → 0, Z → 25, AA → 26."""
    number = 0
    for letter in letters[:4]:
        number = number * 26 + ord(letter) - 64
    if number > MOST_COLUMNS:
        raise SourceError("The workbook names a column that Excel does not have. Save it again with Excel.")
    return number - 1


def _rows(
    archive: zipfile.ZipFile, part: str, book: _Book, count: Callable[[int], None]
) -> Iterator[tuple[int, list[str]]]:
    """(row number, cells up to the last filled one) of each row that has any."""
    reader = _SheetReader(book)
    handlers = {
        "StartElementHandler": reader.start,
        "EndElementHandler": reader.end,
        "CharacterDataHandler": reader.data,
    }
    last = 0
    for _ in _parse(archive, part, count, handlers):
        for row, cells in reader.done:
            if not last < row <= 1_048_576:
                raise zipfile.BadZipFile
            last = row
            yield row, cells
        reader.done.clear()
