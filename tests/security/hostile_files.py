"""Lists made to take a machine down, each written in a second or two and small on the disk."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
from main_job.made_files import RELATIONS_NS, SHEET_NS, write_zip
from pyarrow import parquet

from importer.intake.sheet_values import column_letters

MEGABYTE = 1_000_000


def packed(path: Path, parts: dict[str, Iterable[bytes]]) -> Path:
    """A zip whose parts are written piece by piece."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, pieces in parts.items():
            with archive.open(name, "w", force_zip64=True) as out:
                for piece in pieces:
                    out.write(piece)
    return path


def book(path: Path, rows: Iterable[bytes], more: dict[str, Iterable[bytes]] | None = None, sheets: int = 1) -> Path:
    """A workbook whose sheets have these rows of XML."""
    listed = "".join(f'<sheet name="S{at}" sheetId="{at}" r:id="r{at}"/>' for at in range(1, sheets + 1))
    links = "".join(
        f'<Relationship Id="r{at}" Type="{RELATIONS_NS}/worksheet" Target="worksheets/s{at}.xml"/>'
        for at in range(1, sheets + 1)
    )
    parts: dict[str, Iterable[bytes]] = {
        "xl/workbook.xml": [
            f'<workbook {SHEET_NS} xmlns:r="{RELATIONS_NS}"><sheets>{listed}</sheets></workbook>'.encode()
        ],
        "xl/_rels/workbook.xml.rels": [
            f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{links}</Relationships>'.encode()
        ],
    }
    opened, closed = f"<worksheet {SHEET_NS}><sheetData>".encode(), b"</sheetData></worksheet>"
    for at in range(1, sheets + 1):
        parts[f"xl/worksheets/s{at}.xml"] = (piece for whole in ([opened], rows, [closed]) for piece in whole)
    return packed(path, parts | (more or {}))


def xlsx_rows(count: int, cell: str, columns: int = 1) -> Iterable[bytes]:
    """Rows of a sheet with this cell in each column."""
    names = [column_letters(at) for at in range(columns)]
    for start in range(1, count + 1, 1000):
        yield "".join(
            f'<row r="{row}">' + "".join(cell.replace("%", f"{name}{row}") for name in names) + "</row>"
            for row in range(start, min(start + 1000, count + 1))
        ).encode()


TEXT = '<c r="%" t="inlineStr"><is><t>a</t></is></c>'
EMPTY = '<c r="%" s="1"/>'
POINTER = '<c r="%" t="s"><v>0</v></c>'
ODD = '<c r="%" t="inlineStr" ><is><r><t>a</t></r></is></c>'

STYLED = '<c r="%" s="1"><v>1</v></c>'

STRINGS = "xl/sharedStrings.xml"
LONG_STRING = f"<sst {SHEET_NS}><si><t>{'x' * 900}</t></si></sst>".encode()

ODS = (
    b'<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    b'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    b'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    b'xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0" '
    b'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
)
CODE_STYLE = (
    b'<office:automatic-styles><number:number-style style:name="n"><number:number number:min-integer-digits="5" '
    b'number:decimal-places="0"/></number:number-style><style:style style:name="c" style:family="table-cell" '
    b'style:data-style-name="n"/></office:automatic-styles>'
)


def ods(path: Path, body: Iterable[bytes]) -> Path:
    """An .ods of one sheet with these rows."""
    opened = ODS + CODE_STYLE + b'<office:body><office:spreadsheet><table:table table:name="S">'
    closed = b"</table:table></office:spreadsheet></office:body></office:document-content>"
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    manifest = b'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    parts: dict[str, Iterable[bytes]] = {
        "mimetype": [kind],
        "META-INF/manifest.xml": [manifest],
        "content.xml": (piece for whole in ([opened], body, [closed]) for piece in whole),
    }
    return packed(path, parts)


def repeated_codes(count: int) -> Iterable[bytes]:
    """Rows that each stand for four million codes."""
    cell = b'<table:table-cell table:style-name="c" office:value-type="float" office:value="7"'
    for _ in range(count):
        yield (
            b'<table:table-row table:number-rows-repeated="4000">'
            + cell
            + b' table:number-columns-repeated="999"/></table:table-row>'
        )


def ods_columns_and_cells(columns: int, rows: int) -> Iterable[bytes]:
    """Numbers under so many columns of their own."""
    yield b"<table:table-column/>" * columns
    cell = b'<table:table-cell office:value-type="float" office:value="7"/>'
    for _ in range(rows):
        yield b"<table:table-row>" + cell * columns + b"</table:table-row>"


def write(path: Path, pieces: Iterable[bytes], opener: Callable[..., Any] = open) -> Path:
    """A file of these pieces."""
    with opener(path, "wb") as out:
        for piece in pieces:
            out.write(piece)
    return path


def nested_zips(path: Path, count: int) -> Path:
    """A zip whose members each unpack to 30 MB."""
    squeezed = gzip.compress(b"a,b\n" * 7_500_000, 9)
    return write_zip(path, {f"{at}.tar.gz": squeezed for at in range(count)})


def swollen_books(path: Path, count: int) -> Path:
    """A zip of workbooks whose cells are empty."""
    inner = book(path.with_name("inner.xlsx"), list(xlsx_rows(100_000, EMPTY, 10)))
    content = inner.read_bytes()
    inner.unlink()
    return write_zip(path, {f"{at}.xlsx": content for at in range(count)})


def repeated_parquet(path: Path, rows: int, text: str, columns: int = 1) -> Path:
    """Rows that all point to one text."""
    array = pa.DictionaryArray.from_arrays(pa.array([0] * 100_000, pa.int32()), pa.array([text]))
    schema = pa.schema([(f"c{at}", array.type) for at in range(columns)])
    with parquet.ParquetWriter(path, schema, compression="zstd") as out:
        for _ in range(rows // 100_000):
            out.write_table(pa.table([array] * columns, schema=schema))
    return path


def part(root: str, piece: bytes, times: int) -> Iterable[bytes]:
    """A part of a workbook that repeats a piece, 100,000 times at once."""
    yield f"<{root} {SHEET_NS}>".encode()
    for _ in range(times // 100_000):
        yield piece * 100_000
    yield f"</{root}>".encode()


def repeated_cell(rows: int, columns: int) -> list[bytes]:
    """One cell of an .ods that stands for many."""
    cell = f'<table:table-cell office:value-type="string" table:number-columns-repeated="{columns}">'
    return [
        f'<table:table-row table:number-rows-repeated="{rows}">{cell}<text:p>x</text:p></table:table-cell>'
        "</table:table-row>".encode()
    ]


def names(count: int) -> bytes:
    """A header of so many columns."""
    return b",".join(b"c%d" % at for at in range(count)) + b"\n"


QUOTED = b'"a","b","c"\n' + b'"Ann","a,b","x"\n' * 2000
"""The rows of an honest list, whose quotes are quotes."""

HOSTILE: dict[str, Callable[[Path], object]] = {
    "too-wide.csv": lambda path: write(path, [names(100_000), (b"x," * 100_000 + b"\n") * 20]),
    "quotes.csv": lambda path: write(path, [b"a,b\n", b'"' * 20 * MEGABYTE]),
    "open-lines.csv": lambda path: write(path, [QUOTED, *(b'"a" , "b%d\n' % at for at in range(50_000))]),
    "open-cells.csv": lambda path: write(path, [QUOTED, *(b'"x%d,' % at for at in range(140_000)), b"\n"]),
    "line-ends.csv": lambda path: write(path, [b"a,b\n1,2\n", b"\n" * 50 * MEGABYTE]),
    "one-line.csv": lambda path: write(path, [b"a" * 100 * MEGABYTE]),
    "commas.csv.gz": lambda path: write(path, [b"a,b\n", *[b"," * MEGABYTE] * 60], gzip.open),
    "rows.csv.xz": lambda path: write(path, [b"a,b\n", *[b"1,2\n" * 250_000] * 200], lzma.open),
    "rows.csv.bz2": lambda path: write(path, [b"a,b\n", *[b"1,2\n" * 250_000] * 200], bz2.open),
    "members.zip": lambda path: write_zip(path, {f"{at}.csv": b"a,b\n1,2\n" for at in range(60_000)}),
    "nested.zip": lambda path: nested_zips(path, 200),
    "books.zip": lambda path: swollen_books(path, 300),
    "empty-rows.xlsx": lambda path: book(path, list(xlsx_rows(1_000_000, "", 0)), sheets=5),
    "odd-rows.xlsx": lambda path: book(path, xlsx_rows(60_000, ODD, 3)),
    "wide.xlsx": lambda path: book(path, xlsx_rows(200, TEXT, 16_384)),
    "shared.xlsx": lambda path: book(path, xlsx_rows(300_000, POINTER, 5), {STRINGS: [LONG_STRING]}),
    "rich.xlsx": lambda path: book(
        path, xlsx_rows(9, POINTER), {STRINGS: part("sst", b"<si><r><t>a</t></r></si>", 4_000_000)}
    ),
    "types.xlsx": lambda path: book(
        path, xlsx_rows(9, TEXT), {"[Content_Types].xml": part("Types", b'<x a="b"/>', 30_000_000)}
    ),
    "styles.xlsx": lambda path: book(
        path, xlsx_rows(9, STYLED), {"xl/styles.xml": part("styleSheet", b'<x a="b"/>', 30_000_000)}
    ),
    "codes.ods": lambda path: ods(path, repeated_codes(300)),
    "columns.ods": lambda path: ods(path, ods_columns_and_cells(4_000, 150)),
    "repeated.ods": lambda path: ods(path, repeated_cell(1_048_576, 1_024)),
    "repeated-few.ods": lambda path: ods(path, repeated_cell(200_000, 30)),
    "deep.json": lambda path: write(path, [b'[{"a":', b"[" * 3 * MEGABYTE, b"]" * 3 * MEGABYTE, b"}]"]),
    "names.json": lambda path: write(path, [b"[", b",".join(b'{"n%d":1}' % at for at in range(16_000)), b"]"]),
    "open-text.json": lambda path: write(path, [b'[{"a":"', b"x" * 100 * MEGABYTE]),
    "many-open.json": lambda path: write(path, [b'[{"a":1},', b'{"a":' * 4 * MEGABYTE]),
    "digits.json": lambda path: write(path, [b'[{"a":', b"9" * 3 * MEGABYTE, b"}]"]),
    "rows.parquet": lambda path: repeated_parquet(path, 20_000_000, "x"),
    "texts.parquet": lambda path: repeated_parquet(path, 200_000, "x" * 100_000),
}
"""By the name of the file."""
