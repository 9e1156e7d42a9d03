"""Lists in the containers that people send, written by hand so that no reader of ours helps."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pyarrow as pa
import xlwt

Rows = Sequence[Sequence[str | int | float]]

SHEET_NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATIONS_NS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def write_zip(path: Path, members: Mapping[str, bytes]) -> Path:
    """A zip with these members in this order."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def write_zst(path: Path, content: bytes) -> Path:
    """`content` as Zstandard."""
    with pa.CompressedOutputStream(pa.OSFile(str(path), "wb"), "zstd") as out:
        out.write(content)
    return path


def write_xlsx(path: Path, sheets: Mapping[str, Rows]) -> Path:
    """A workbook as Excel saves it, texts inline."""
    names = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{at}" r:id="r{at}"/>' for at, name in enumerate(sheets, 1)
    )
    kind = f"{RELATIONS_NS}/worksheet"
    links = "".join(
        f'<Relationship Id="r{at}" Type="{kind}" Target="worksheets/s{at}.xml"/>' for at in range(1, len(sheets) + 1)
    )
    parts = {
        "xl/workbook.xml": f'<workbook {SHEET_NS} xmlns:r="{RELATIONS_NS}"><sheets>{names}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f"{links}</Relationships>"
        ),
    }
    for at, rows in enumerate(sheets.values(), 1):
        data = "".join(f'<row r="{number}">{_cells(row, number)}</row>' for number, row in enumerate(rows, 1))
        parts[f"xl/worksheets/s{at}.xml"] = f"<worksheet {SHEET_NS}><sheetData>{data}</sheetData></worksheet>"
    return write_zip(path, {name: content.encode() for name, content in parts.items()})


def _cells(row: Sequence[str | int | float], number: int) -> str:
    cells = []
    for at, value in enumerate(row):
        place = f'r="{chr(ord("A") + at)}{number}"'
        if isinstance(value, str):
            cells.append(f'<c {place} t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>')
        else:
            cells.append(f"<c {place}><v>{value}</v></c>")
    return "".join(cells)


def write_ods(path: Path, sheets: Mapping[str, Rows]) -> Path:
    """A workbook as LibreOffice saves it."""
    spaces = "urn:oasis:names:tc:opendocument:xmlns:"
    tables = "".join(
        f"<table:table table:name={quoteattr(name)}>{''.join(map(_ods_row, rows))}</table:table>"
        for name, rows in sheets.items()
    )
    content = (
        f'<office:document-content xmlns:office="{spaces}office:1.0" xmlns:table="{spaces}table:1.0" '
        f'xmlns:text="{spaces}text:1.0"><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    mimetype = b"application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'<manifest:manifest xmlns:manifest="{spaces}manifest:1.0"><manifest:file-entry manifest:full-path="/" '
        f'manifest:media-type="{mimetype.decode()}"/></manifest:manifest>'
    )
    return write_zip(
        path,
        {"mimetype": mimetype, "META-INF/manifest.xml": manifest.encode(), "content.xml": content.encode()},
    )


def _ods_row(row: Sequence[str | int | float]) -> str:
    return f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>"


def _ods_cell(value: str | int | float) -> str:
    kind = '"string"' if isinstance(value, str) else f'"float" office:value="{value}"'
    return f"<table:table-cell office:value-type={kind}><text:p>{escape(str(value))}</text:p></table:table-cell>"


def write_xls(path: Path, sheets: Mapping[str, Rows]) -> Path:
    """A workbook as Excel 97 saves it."""
    book = xlwt.Workbook()
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        for number, row in enumerate(rows):
            for at, value in enumerate(row):
                sheet.write(number, at, value)
    book.save(str(path))
    return path


def write_xlsb(path: Path, rows: Rows) -> Path:
    """A binary workbook of one sheet, its texts inline (MS-XLSB 2.1.4: records of type, length, body)."""
    size = struct.pack("<IIII", 0, len(rows) - 1, 0, max(map(len, rows)) - 1)
    sheet = _record(129, b"") + _record(148, size) + _record(145, b"")
    for number, row in enumerate(rows):
        sheet += _record(0, struct.pack("<IIHBBBI", number, 0, 300, 0, 0, 0, 0))
        for at, value in enumerate(row):
            head = struct.pack("<II", at, 0)
            sheet += _record(6, head + _wide(value)) if isinstance(value, str) else _record(5, head + _double(value))
    sheet += _record(146, b"") + _record(130, b"")
    book = _record(131, b"") + _record(143, b"")
    book += _record(156, struct.pack("<II", 0, 1) + _wide("rId1") + _wide("Contacts")) + _record(144, b"")
    kind = f"{RELATIONS_NS}/worksheet"
    links = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{kind}" Target="worksheets/sheet1.bin"/></Relationships>'
    )
    return write_zip(
        path,
        {
            "xl/workbook.bin": book + _record(132, b""),
            "xl/_rels/workbook.bin.rels": links.encode(),
            "xl/worksheets/sheet1.bin": sheet,
        },
    )


def _record(kind: int, body: bytes) -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, length = len(body), b""
    while size >= 128:
        length, size = length + bytes([size & 0x7F | 0x80]), size >> 7
    return head + length + bytes([size]) + body


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _double(value: float) -> bytes:
    return struct.pack("<d", value)
