"""Lists in the containers that people send, written by hand so that no reader of ours helps."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pyarrow as pa

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
