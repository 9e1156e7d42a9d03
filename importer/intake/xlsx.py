"""Sheets of an Excel workbook (.xlsx, .xlsm) as plain lists: values as they are, not as a format shows them.

Streamed and not read into a grid: one stray cell in row 1,048,576 makes a grid of thousands of millions of cells.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from importer.errors import SourceError
from importer.intake import sheet_notes
from importer.intake.number_format import BUILT_IN, number_shower, shows_time
from importer.intake.plain_notes import PlainNotes
from importer.intake.sheet_list import ListWriter
from importer.intake.sheet_notes import Sheet, SheetNotes
from importer.intake.sheet_values import boolean_text, column_letters
from importer.intake.sheet_xml import DAMAGED_ZIP, Part, SharedStrings, SheetXml, has_filled_cell, without_escapes

WORKBOOK = "xl/workbook.xml"

MOST_SHEETS = 1_000
"""Each is looked into, to tell those with a list."""

MOST_NAMED = 12
"""Hidden columns named."""

MOST_STYLES = 66_000
"""Excel has 65,490 cell styles at most."""

GROWTH = 8
GROWTH_FREE_BYTES = 32 * 1024 * 1024
"""A sheet's list is at most so many times as large as the XML it is in, once past the other. The XML of a cell takes
about 30 bytes; cells of 240 that all point to texts that stand once are no list."""

_ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')
_SHEET_PART = re.compile(r"xl/worksheets/[^/]*?(\d{0,9})\.xml")
_MIDNIGHT = re.compile(r"T00:00(:00(\.0+)?)?Z?$")


def is_workbook(source: Path) -> bool:
    """Whether a file is an Excel workbook of XML parts."""
    try:
        with zipfile.ZipFile(source) as archive:
            book = Workbook(archive, lambda _: None)
            return bool(book.part or book.sheets)
    except (*DAMAGED_ZIP, SourceError):
        return False


def sheet_names(source: Path) -> tuple[str, ...]:
    """Names of its sheets, in the workbook's order."""
    with zipfile.ZipFile(source) as archive:
        return tuple(Workbook(archive, lambda _: None).sheets)


def list_sheets(source: Path, count: Callable[[int], None]) -> tuple[Sheet, ...]:
    """Its sheets, in the workbook's order. `count` is told every byte that is unpacked and may raise.

    Raises SourceError, BadZipFile: damaged.
    """
    with zipfile.ZipFile(source) as archive:
        book = Workbook(archive, count)
        return tuple(Sheet(name, book.has_cells(name), name in book.hidden) for name in book.sheets)


def write_sheet(source: Path, name: str, out: BinaryIO, count: Callable[[int], None]) -> PlainNotes:
    """The sheet as UTF-8, comma, RFC 4180; a row of the list is the row of the sheet.

    `count` is told every byte that is unpacked or written and may raise. Back comes what is to be known of the sheet.
    Raises SourceError: no such sheet, more than a list has. BadZipFile: damaged.
    """
    with zipfile.ZipFile(source) as archive:
        gauge = _Growth(count)
        book = Workbook(archive, gauge.unpacked)
        if name not in book.sheets:
            raise SourceError(f'The workbook "{source.name}" has no sheet of that name. Choose another.')
        notes = SheetNotes()
        if name in book.hidden:
            notes.whole(sheet_notes.HIDDEN_SHEET)
        sheet = SheetXml(Part(archive, book.sheets[name], gauge.unpacked))
        writer = ListWriter(out, gauge.written)
        writer.write(_rows(sheet, book, notes))
        hidden = [at for columns in sheet.hidden_columns for at in columns[: max(0, writer.width - columns.start)]]
        if hidden:
            named = ", ".join(column_letters(at) for at in hidden[:MOST_NAMED])
            notes.whole(sheet_notes.HIDDEN_COLUMNS, len(hidden), f"{named}, …" if len(hidden) > MOST_NAMED else named)
        if sheet.merged_ranges:
            first = "the first " if sheet.merged_ranges > 1 and sheet.first_merged else ""
            notes.whole(sheet_notes.MERGED, sheet.merged_ranges, first + sheet.first_merged)
        return PlainNotes(warnings=notes.warnings(), is_ours=True, kinds=notes.kinds(), unsure=notes.of_columns())


class _Growth:
    """What is unpacked of a workbook and what is written of it, each told to `count`."""

    def __init__(self, count: Callable[[int], None]) -> None:
        self._count = count
        self._unpacked = self._written = 0

    def unpacked(self, size: int) -> None:
        self._unpacked += size
        self._count(size)

    def written(self, size: int) -> None:
        """Raises SourceError past GROWTH."""
        self._written += size
        allowed = max(GROWTH_FREE_BYTES, GROWTH * self._unpacked)
        if self._written > allowed:
            raise SourceError(
                f"The sheet unpacks to more than {allowed:,} bytes, over {GROWTH} times what the workbook holds: it "
                "repeats long texts, or most of its cells are empty. Save the sheet as CSV UTF-8."
            )
        self._count(size)


class Workbook:
    """The parts of a workbook and how they go together."""

    def __init__(self, archive: zipfile.ZipFile, count: Callable[[int], None]) -> None:
        self._archive = archive
        self._count = count
        self._names = {name.replace("\\", "/").lower(): name for name in archive.namelist()}

    @cached_property
    def part(self) -> str:
        """Name of the part that lists the sheets; "" when this is no workbook of XML."""
        kinds = {
            values.get("PartName", "").lstrip("/").lower(): values.get("ContentType", "")
            for _, values in self._elements("[Content_Types].xml", "Override")
        }
        for kind, target in self._relations("").values():
            is_xml = "spreadsheetml" in kinds.get(target.lower(), "") or "macroEnabled.main+xml" in kinds.get(
                target.lower(), ""
            )
            if kind.endswith("/officeDocument") and is_xml and target.lower() in self._names:
                return target
        return WORKBOOK if WORKBOOK in self._names else ""

    @cached_property
    def sheets(self) -> dict[str, str]:
        """Name of each sheet with cells → its part, in order. Where the workbook does not say which part is which
        sheet, they are in the order of their numbers; where there is no workbook they have the names of their parts.
        """
        targets = self._relations(self.part) if self.part else {}
        found = {}
        if not targets:
            parts = sorted(
                (int(match[1] or 0), name) for name in self._names if (match := _SHEET_PART.fullmatch(name))
            )
            names = [values.get("name", "") for values in self._sheet_elements]
            names = names if len(names) == len(parts) else [posixpath.basename(name)[:-4] for _, name in parts]
            return {name: self._names[part] for name, (_, part) in zip(names, parts[:MOST_SHEETS], strict=False)}
        for values in self._sheet_elements:
            kind, target = targets.get(values.get("id", ""), ("", ""))
            is_sheet = kind.endswith("/worksheet") if kind else "worksheet" in target
            if is_sheet and target.lower() in self._names:
                found[values.get("name", target)] = self._names[target.lower()]
        if len(found) > MOST_SHEETS:
            raise SourceError(
                f"The workbook has more than {MOST_SHEETS:,} sheets. Save the one with the list as CSV."
            )
        return found

    @cached_property
    def hidden(self) -> frozenset[str]:
        """Names of hidden sheets."""
        return frozenset(
            values.get("name", "") for values in self._sheet_elements if values.get("state", "visible") != "visible"
        )

    def has_cells(self, name: str) -> bool:
        """Whether a sheet has a cell with anything in it."""
        return has_filled_cell(Part(self._archive, self.sheets[name], self._count))

    @cached_property
    def strings(self) -> SharedStrings:
        """The texts that cells point to."""
        name = self._beside("sharedStrings")
        return SharedStrings.read(Part(self._archive, name, self._count)) if name else SharedStrings()

    @cached_property
    def formats(self) -> tuple[str, ...]:
        """The format code of each cell style."""
        codes = dict(BUILT_IN)
        styles: list[str] = []
        is_cells = False
        part = self._beside("styles")
        for tag, values in self._elements(part, "numFmt", "cellXfs", "cellStyleXfs", "cellStyles", "dxfs", "xf"):
            number = int(values.get("numFmtId", "0"))
            if tag == "numFmt":
                codes[number] = values.get("formatCode", "General")
            elif tag == "xf":
                styles += [codes.get(number, "General")] if is_cells else []
            else:
                is_cells = tag == "cellXfs"
        if len(styles) > MOST_STYLES:
            raise SourceError("The workbook has too many styles. Save the sheet as CSV UTF-8.")
        return tuple(styles)

    @cached_property
    def from_1904(self) -> bool:
        """Whether its dates count from 1904."""
        return any(
            values.get("date1904", "0") in ("1", "true") for _, values in self._elements(self.part, "workbookPr")
        )

    @cached_property
    def _sheet_elements(self) -> list[dict[str, str]]:
        return [values for _, values in self._elements(self.part, "sheet")]

    def _beside(self, kind: str) -> str:
        """The part of that kind that the workbook names, or that stands where Excel puts it; "" for none."""
        usual = posixpath.join(posixpath.dirname(self.part), f"{kind}.xml")
        targets = [target for name, target in self._relations(self.part).values() if name.endswith(f"/{kind}")]
        return next((self._names[name.lower()] for name in (*targets, usual) if name.lower() in self._names), "")

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Id → (type, target) of what a part, or the package (""), refers to."""
        folder, name = posixpath.split(part)
        found = {}
        for _, values in self._elements(posixpath.join(folder, "_rels", f"{name}.rels"), "Relationship"):
            target = values.get("Target", "").replace("\\", "/")
            target = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            found[values.get("Id", "")] = values.get("Type", ""), posixpath.normpath(target)
        return found

    def _elements(self, part: str, *names: str) -> list[tuple[str, dict[str, str]]]:
        """Elements of a small part; none when the workbook has no such part."""
        name = self._names.get(part.lower())
        return Part(self._archive, name, self._count).elements(*names) if name else []


def _rows(sheet: SheetXml, book: Workbook, notes: SheetNotes) -> Iterator[tuple[int, list[str | None]]]:
    """Row number and values, by column from the first, of each row; None where there is no cell."""
    texts = _Texts(book, notes)
    last: tuple[str | None, ...] = ()
    shows: list[Callable[[str], str]] = []
    alike = 0
    for number, attributes, kinds, cells, no_results in sheet.rows():
        notes.row = number
        if 'hidden="' in attributes and re.search(r'\bhidden="(?:1|true)"', attributes):
            notes.cell(sheet_notes.HIDDEN_ROWS)
        if no_results:
            notes.no_results(no_results)
        if notes.has_no_results:
            notes.filled(cells)
        if kinds is not last:
            texts.note_kinds(last, alike)
            last, shows, alike = kinds, [texts[kind or ""] for kind in kinds], 0
        alike += 1
        yield number, [text and show(text) for show, text in zip(shows, cells, strict=True)]
        if notes.unplaced:
            notes.place(shows, cells)
    texts.note_kinds(last, alike)


class _Texts(dict[str, Callable[[str], str]]):
    """What makes the text of a cell from what is stored, by the attributes of the cell as they stand in the sheet."""

    def __init__(self, book: Workbook, notes: SheetNotes) -> None:
        super().__init__()
        self._book = book
        self._notes = notes
        self._by_style: dict[tuple[str, str], Callable[[str], str]] = {}
        self._kind_of: dict[str, str] = {}

    def __missing__(self, attributes: str) -> Callable[[str], str]:
        values = dict(_ATTRIBUTE.findall(attributes))
        show = self.of(values.get("t", "n"), values.get("s", "0"))
        if len(self) < MOST_STYLES:
            self[attributes] = show
        return show

    def note_kinds(self, kinds: Sequence[str | None], rows: int) -> None:
        """So many rows had cells with these attributes."""
        for column, attributes in enumerate(kinds if rows else ()):
            if attributes is not None:
                if attributes not in self._kind_of:
                    kind = dict(_ATTRIBUTE.findall(attributes)).get("t", "n")
                    self._kind_of[attributes] = {"n": "numbers", "b": "booleans"}.get(kind, "texts")
                self._notes.kind(column, self._kind_of[attributes], rows)

    def of(self, kind: str, style: str) -> Callable[[str], str]:
        """For cells of this kind and style."""
        key = (kind, style if kind in ("n", "d") else "")
        if key not in self._by_style:
            self._by_style[key] = self._made(*key)
        return self._by_style[key]

    def _made(self, kind: str, style: str) -> Callable[[str], str]:
        notes = self._notes
        if kind == "s":
            return self._book.strings.reader(lambda: notes.row)
        if kind == "b":
            return lambda text: boolean_text(text in ("1", "true"))
        if kind == "e":

            def error(text: str) -> str:
                notes.cell(sheet_notes.ERROR)
                return text

            return error
        if kind in ("n", "d"):
            formats = self._book.formats
            at = int(style) if style.isdigit() else 0
            code = formats[at] if at < len(formats) else "General"
            if kind == "d":
                return str if shows_time(code) else lambda text: _MIDNIGHT.sub("", text)
            return number_shower(code, notes.cell, from_1904=self._book.from_1904)
        return without_escapes
