"""Workbooks of every kind: what kind a file is, its sheets, a sheet as a plain list."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from importer.errors import SourceError
from importer.intake import xlsx
from importer.intake.other_workbook import list_other_sheets, other_workbook_kind, write_other_sheet
from importer.intake.plain_notes import PlainNotes
from importer.intake.sheet_notes import Sheet

WORKBOOK_KINDS = ("xlsx", "xls", "xlsb", "ods")


def workbook_kind(source: Path) -> str:
    """One of WORKBOOK_KINDS (.xlsm is "xlsx"); "" for a file that is no workbook.

    Raises SourceError: a workbook with a password, or of a kind too old to be read.
    """
    return "xlsx" if xlsx.is_workbook(source) else other_workbook_kind(source)


def sheet_names(source: Path) -> tuple[str, ...]:
    """Names of its sheets, in the workbook's order. Raises SourceError."""
    if xlsx.is_workbook(source):
        return xlsx.sheet_names(source)
    return tuple(sheet.name for sheet in list_other_sheets(source))


def list_sheets(source: Path, count: Callable[[int], None]) -> tuple[Sheet, ...]:
    """Its sheets, in the workbook's order. `count` is told every byte that is unpacked and may raise.

    Raises SourceError, BadZipFile: damaged.
    """
    return xlsx.list_sheets(source, count) if xlsx.is_workbook(source) else list_other_sheets(source)


def write_sheet(source: Path, name: str, out: BinaryIO, count: Callable[[int], None]) -> PlainNotes:
    """The sheet as UTF-8, comma, RFC 4180; a row of the list is the row of the sheet.

    `count` is told every byte that is unpacked or written and may raise. Back comes what is to be known of the sheet.
    Raises SourceError: no such sheet, damaged, more than a list has.
    """
    if name not in sheet_names(source):
        raise SourceError(f'The workbook "{source.name}" has no sheet of that name. Choose another.')
    write = xlsx.write_sheet if xlsx.is_workbook(source) else write_other_sheet
    return write(source, name, out, count)
