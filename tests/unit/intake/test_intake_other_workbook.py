"""Workbooks of other kinds: read in a process of its own, refused in words where they cannot be."""

from __future__ import annotations

import struct
import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import xlwt
from main_job.made_files import write_ods, write_xls, write_xlsb, write_zip

from importer.errors import RunCancelled, SourceError
from importer.intake import unpack_source
from importer.intake.other_workbook import OLE_SIGN
from importer.intake.workbook import list_sheets, sheet_names, workbook_kind, write_sheet

ROWS = [["email", "n"], ["ann@example.com", 42.5], ["bob@example.com", 7]]


def xls(path: Path, write: Any) -> Path:
    """An Excel 97 workbook that `write` fills."""
    book = xlwt.Workbook()
    write(book)
    book.save(str(path))
    return path


@pytest.mark.parametrize(
    ("kind", "write"), [("xls", write_xls), ("ods", write_ods), ("xlsb", lambda path, sheets: write_xlsb(path, ROWS))]
)
def test_each_kind_is_told_by_its_content_and_read(tmp_path: Path, kind: str, write: Any) -> None:
    path = tmp_path / "list.csv"
    write(path, {"Contacts": ROWS})
    assert workbook_kind(path) == kind
    assert sheet_names(path) == ("Contacts",)
    assert unpack_source(path, tmp_path / "plain").path.read_bytes() == (
        b"email,n\r\nann@example.com,42.5\r\nbob@example.com,7\r\n"
    )


def test_values_are_the_same_as_of_an_xlsx(tmp_path: Path) -> None:
    def write(book: Any) -> None:
        sheet = book.add_sheet("S")
        cells = [
            (datetime(2024, 2, 1, 9, 30), "m/d/yy h:mm"),
            (date(2024, 2, 1), "dd/mm/yyyy"),
            (time(9, 30), "h:mm"),
            (26.5 / 24, "[h]:mm"),
            (0.005, "0"),
            (0.12, "0%"),
            (4915112345678, "0"),
            (True, "General"),
        ]
        for at, (value, code) in enumerate(cells):
            sheet.write(4, 2 + at, value, xlwt.easyxf(num_format_str=code))

    path = xls(tmp_path / "list.xls", write)
    unpack_source(path, tmp_path / "plain")
    assert (tmp_path / "plain").read_text("utf-8").splitlines() == [
        *["", "", "", ""],
        ",,2024-02-01T09:30:00,2024-02-01,09:30,26:30,0.005,0.12,4915112345678,TRUE",
    ]


def test_hidden_sheets_and_merged_cells_are_told_as_of_an_xlsx(tmp_path: Path) -> None:
    def write(book: Any) -> None:
        for name in ("S", "Hidden", "Empty"):
            book.add_sheet(name).visibility = int(name == "Hidden")
        book.get_sheet("S").write_merge(0, 0, 0, 1, "title")
        book.get_sheet("Hidden").write(0, 0, "x")

    path = xls(tmp_path / "list.xls", write)
    assert [(sheet.name, sheet.has_cells, sheet.is_hidden) for sheet in list_sheets(path, lambda _: None)] == [
        *(("S", True, False), ("Hidden", True, True), ("Empty", False, False))
    ]
    with (tmp_path / "out").open("wb") as out:
        notes = [write_sheet(path, name, out, lambda _: None) for name in ("S", "Hidden")]
    assert [[one.code for one in each.warnings] for each in notes] == [["merged_cells"], ["hidden_sheet"]]
    assert not any(each.formats_unseen for each in notes)  # a sheet of texts has no number that may be a code


def far_cell(path: Path) -> Path:
    """An .xlsb with a cell at either end, for which calamine asks for 550 GB."""
    write_xlsb(path, ROWS)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.bin"]
    end = b"\x92\x01\x00"  # of the sheet's data
    row = struct.pack("<BBIIHBBBI", 0, 17, 1_048_575, 0, 300, 0, 0, 0, 0)
    cell = struct.pack("<BBIId", 5, 16, 16_383, 0, 1.0)
    parts["xl/worksheets/sheet1.bin"] = sheet.replace(end, row + cell + end)
    path.unlink()
    return write_zip(path, parts)


def test_one_cell_at_the_far_end_costs_the_other_process_and_not_this_one(tmp_path: Path) -> None:
    path = far_cell(tmp_path / "far.xlsb")
    with pytest.raises(SourceError, match="takes more than 512 MB of memory"):
        unpack_source(path, tmp_path / "plain")
    assert [one.name for one in tmp_path.iterdir()] == ["far.xlsb"]


def test_the_other_process_ends_with_a_cancel(tmp_path: Path) -> None:
    path = write_xls(tmp_path / "list.xls", {"S": [[f"u{at}@example.com"] for at in range(5_000)]})
    with pytest.raises(RunCancelled):
        unpack_source(path, tmp_path / "plain", cancelled=lambda: True)
    assert [one.name for one in tmp_path.iterdir()] == ["list.xls"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (OLE_SIGN + bytes(504) + "EncryptedPackage".encode("utf-16-le"), "has a password"),
        (OLE_SIGN + bytes(504) + "WordDocument".encode("utf-16-le"), "Office document without a sheet"),
        (OLE_SIGN + bytes(504) + "Workbook".encode("utf-16-le"), "damaged"),
        (b"\x09\x04\x06\x00\x00\x00\x10\x00", "too old"),
        (b"\x09\x00\x04\x00\x07\x00\x10\x00", "too old"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "list.xls").write_bytes(content)
    with pytest.raises(SourceError, match=message):
        unpack_source(tmp_path / "list.xls", tmp_path / "plain")
