"""Excel workbooks: what each kind of cell comes out as, what is told, what is refused. Sheets by hand where it is the
XML that matters, by openpyxl and XlsxWriter where it is what programs write; openpyxl is the second opinion."""

from __future__ import annotations

import csv
import io
import random
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.errors import SourceError
from importer.intake import build_stage, guess_dialect, unpack_source
from importer.intake.sheet_xml import column_letters, column_number
from importer.intake.stage import Stage
from importer.intake.workbook import list_sheets, sheet_names, workbook_kind, write_sheet
from importer.list_warning import ListWarning

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def parts_of(
    data: str | bytes = "",
    *,
    strings: str = "",
    formats: tuple[str, ...] = ("General",),
    before: str = "",
    after: str = "",
) -> dict[str, str | bytes]:
    """The parts of a workbook of one sheet "S"; cell style n has format n. `data`: rows, or the part as bytes."""
    codes = "".join(f'<numFmt numFmtId="{170 + at}" formatCode="{code}"/>' for at, code in enumerate(formats))
    styles = "".join(f'<xf numFmtId="{170 + at}"/>' for at in range(len(formats)))
    sheet = f'<worksheet xmlns="{MAIN}">{before}<sheetData>{data!s}</sheetData>{after}</worksheet>'
    return {
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
        '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        f'relationships"><Relationship Id="r1" Type="{RELATIONS}/worksheet" Target="worksheets/s1.xml"/>'
        "</Relationships>",
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><numFmts>{codes}</numFmts><cellXfs>{styles}</cellXfs>'
        "</styleSheet>",
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
        "xl/worksheets/s1.xml": data if isinstance(data, bytes) else sheet,
    }


def swelling(rows: int) -> dict[str, str | bytes]:
    """A sheet of so many rows of 400 KB that are a text of 999 signs each cell, in a workbook that packs badly."""
    row = '<row r="{}">' + '<c t="s"><v>0</v></c>' * 400 + "</row>"
    parts = parts_of("".join(map(row.format, range(1, rows + 1))), strings=f"<si><t>{'x' * 999}</t></si>")
    return parts | {"docProps/thumbnail.jpeg": random.Random(16).randbytes(1_000_000)}


def saved(folder: Path, parts: Mapping[str, str | bytes]) -> Path:
    """The workbook of these parts."""
    path = folder / "book.xlsx"
    path.write_bytes(packed(parts))
    return path


def read(path: Path, name: str = "S") -> tuple[list[list[str]], tuple[ListWarning, ...]]:
    """The rows of a sheet, and what is told of it."""
    out = io.BytesIO()
    warnings = write_sheet(path, name, out, lambda _: None).warnings
    return list(csv.reader(io.StringIO(out.getvalue().decode(), newline=""))), warnings


def cells(data: str, folder: Path, **options: Any) -> list[str]:
    """The cells of a first row that holds `data`."""
    return read(saved(folder, parts_of(f'<row r="1">{data}</row>', **options)))[0][0]


def told(path: Path, name: str = "S") -> dict[str, tuple[int, int | None]]:
    """Code → (count, first row) of what is told of a sheet."""
    return {warning.code: (warning.count, warning.first_row) for warning in read(path, name)[1]}


def test_a_workbook_is_read_by_its_values_with_identifiers_as_text(tmp_path: Path) -> None:
    data = (
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c>'
        '<c r="D1" t="inlineStr"><is><t>on</t></is></c></row>'
        '<row r="3"><c r="A3" t="s"><v>2</v></c><c r="B3"><v>1234567890123</v></c>'
        '<c r="C3" s="1"><v>45352</v></c><c r="D3" t="b"><v>1</v></c></row>'
        '<row r="4"><c r="B4" s="2"><v>123</v></c><c r="C4"><v>0.10000000000000001</v></c>'
        '<c r="D4" t="e"><v>#N/A</v></c></row>'
    )
    strings = "<si><t>email</t></si><si><r><t>i</t></r><r><t>d</t></r><rPh><t>x</t></rPh></si>"
    strings += "<si><t>a,b@example.com</t></si>"
    source = saved(tmp_path, parts_of(data, strings=strings, formats=("General", "dd.mm.yyyy", "00000")))
    assert workbook_kind(source) == "xlsx"
    assert sheet_names(source) == ("S",)
    assert unpack_source(source, tmp_path / "plain", "S").path.read_text("utf-8").splitlines() == [
        "email,id,,on",
        "",
        '"a,b@example.com",1234567890123,2024-03-01,TRUE',
        ",00123,0.1,#N/A",
    ]
    stage = tmp_path / "stage"
    assert build_stage(source, guess_dialect(source).dialect, stage).rows == 2
    assert Stage.open(stage).chunk(0).index.tolist() == [3, 4]


INLINE_KANJI = '<is><r><t>漢字</t></r><rPh sb="0" eb="2"><t>かん</t></rPh><phoneticPr fontId="1"/></is>'


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (f'<c r="A1" t="inlineStr">{INLINE_KANJI}</c>', "漢字"),
        ('<c r="A1" t="inlineStr"><is><t>a &amp; b &lt;c&gt; &#65;&#x42;</t></is></c>', "a & b <c> AB"),
        ('<c r="A1" t="inlineStr"><is><t xml:space="preserve"> a </t></is></c>', " a "),
        ('<c r="A1" t="inlineStr"><is><t>a_x000D_b_x0041_</t></is></c>', "a\rbA"),
        ('<c r="A1" t="inlineStr"><is><t><![CDATA[a<b]]></t></is></c>', "a<b"),
        ('<c r="A1" t="str"><f>"a"&amp;"b"</f><v>ab</v></c>', "ab"),
        ('<c r="A1"><f t="shared" ref="A1:A2" si="0">1+1</f><v>2</v></c>', "2"),
        ('<c r="A1"><f t="shared" si="0"/><v>2</v></c>', "2"),
        ('<c r="A1" t="b"><v>0</v></c>', "FALSE"),
        ('<c r="A1" t="e"><v>#REF!</v></c>', "#REF!"),
        ('<c r="A1" t="d"><v>2024-02-01T09:30:00</v></c>', "2024-02-01T09:30:00"),
        ('<c r="A1" t="d"><v>2024-02-01T00:00:00</v></c>', "2024-02-01"),
        ('<c r="A1" t="d" s="1"><v>2024-02-01T00:00:00</v></c>', "2024-02-01T00:00:00"),
        ('<c t="s" r="A1"><v>0</v></c>', "first"),
        ('<c r="A1" t="s"><v>0</v></c>', "first"),
        ('<c r="A1" t="s"><v>1</v></c>', "漢字"),
        ('<c t="s"><v>0</v></c>', "first"),
        ('<c r="A1" cm="1" vm="1" t="n" ph="1"><v>5</v></c>', "5"),
        ('<c r="A1"><v xml:space="preserve">5</v></c>', "5"),
        ('<c r="A1" s="99"><v>5</v></c>', "5"),
    ],
)
def test_each_kind_of_cell_is_its_value(tmp_path: Path, cell: str, text: str) -> None:
    strings = f"<si><t>first</t></si><si>{INLINE_KANJI[4:-5]}</si>"
    shown = cells(f'{cell}<c r="B1"><v>1</v></c>', tmp_path, strings=strings, formats=("General", "yyyy-mm-dd h:mm"))
    assert shown == [text, "1"]


PLAIN_ROWS = (
    '<row r="1" spans="1:3"><c r="A1" t="s"><v>0</v></c><c r="B1"><v>1.5</v></c><c r="C1" s="1"><v>7</v></c></row>'
    '<row r="2" spans="1:3"><c r="A2" t="s"><v>1</v></c><c r="C2" s="1"><v>8</v></c></row>'
    '<row r="4" spans="1:3"><c r="A4" t="inlineStr"><is><t>x</t></is></c><c r="B4" s="1"/>'
    '<c r="C4" s="1"><v>9</v></c></row>'
)

SAME_SHEETS: dict[str, Callable[[str], str | bytes]] = {
    "as Excel writes it": lambda sheet: sheet,
    "with a prefix": lambda sheet: (
        sheet.replace("xmlns=", "xmlns:x=").replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:")
    ),
    "spread over lines": lambda sheet: sheet.replace("><", ">\r\n  <"),
    "with attributes in another order": lambda sheet: (
        sheet.replace(' t="s"', "").replace('<c r="A1"', '<c t="s" r="A1"').replace('<c r="A2"', '<c t="s" r="A2"')
    ),
    "without places": lambda sheet: (
        sheet.replace(' r="1" ', " ")
        .replace(' r="2" ', " ")
        .replace(' r="B1"', "")
        .replace(' r="A1"', "")
        .replace(' r="C1"', "")
    ),
    "with empty rows between": lambda sheet: sheet.replace('<row r="4"', '<row r="3" ht="20"/><row r="4"'),
    "in UTF-16": lambda sheet: ('<?xml version="1.0" encoding="UTF-16"?>' + sheet).encode("utf-16"),
    "in Latin-1": lambda sheet: ('<?xml version="1.0" encoding="ISO-8859-1"?>' + sheet).encode("latin-1"),
    "with a mark and a comment": lambda sheet: (
        b"\xef\xbb\xbf<?xml version='1.0' encoding='utf-8'?>"
        + sheet.replace('<row r="2"', '<!-- a row --><row r="2"').encode()
    ),
    "strict": lambda sheet: sheet.replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main"),
}


@pytest.mark.parametrize("kind", SAME_SHEETS)
def test_a_sheet_is_the_same_however_its_xml_is_written(tmp_path: Path, kind: str) -> None:
    sheet = f'<worksheet xmlns="{MAIN}"><dimension ref="A1:C4"/><sheetData>{PLAIN_ROWS}</sheetData></worksheet>'
    parts = parts_of("", strings="<si><t>a</t></si><si><t>b</t></si>", formats=("General", "000"))
    parts["xl/worksheets/s1.xml"] = SAME_SHEETS[kind](sheet)
    rows, _ = read(saved(tmp_path, parts))
    assert rows == [["a", "1.5", "007"], ["b", "", "008"], [], ["x", "", "009"]]


def test_the_parts_may_be_called_and_lie_as_a_program_likes(tmp_path: Path) -> None:
    parts = parts_of(PLAIN_ROWS, strings="<si><t>a</t></si><si><t>b</t></si>", formats=("General", "000"))
    links = str(parts["xl/_rels/workbook.xml.rels"]).replace(
        "</Relationships>",
        f'<Relationship Id="r2" Type="{RELATIONS}/sharedStrings" Target="/texts/t.xml"/>'
        f'<Relationship Id="r3" Type="{RELATIONS}/styles" Target="../looks.xml"/></Relationships>',
    )
    moved = {
        "[Content_Types].xml": '<Types><Override PartName="/book/Main.xml" ContentType="application/vnd.'
        'openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
        "_rels\\.rels": '<Relationships><Relationship Id="x" '
        f'Type="{RELATIONS}/officeDocument" Target="book/main.xml"'
        "/></Relationships>",
        "book\\main.xml": parts["xl/workbook.xml"],
        "book\\_rels\\main.xml.rels": links.replace("worksheets/s1.xml", "tables/S1.xml"),
        "texts\\t.xml": parts["xl/sharedStrings.xml"],
        "looks.xml": parts["xl/styles.xml"],
        "book\\tables\\s1.xml": parts["xl/worksheets/s1.xml"],
    }
    assert read(saved(tmp_path, moved))[0][0] == ["a", "1.5", "007"]


def test_dates_that_count_from_1904_are_read_as_such(tmp_path: Path) -> None:
    parts = parts_of('<row r="1"><c r="A1" s="1"><v>43890</v></c></row>', formats=("General", "yyyy-mm-dd"))
    parts["xl/workbook.xml"] = str(parts["xl/workbook.xml"]).replace("<sheets>", '<workbookPr date1904="1"/><sheets>')
    assert read(saved(tmp_path, parts))[0] == [["2024-03-01"]]


def values_of(value: Any) -> str:
    """What a value that openpyxl reads must come out as (to openpyxl every date has a time)."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.isoformat().removesuffix("T00:00:00")
    if isinstance(value, date | str):
        return str(value)
    if isinstance(value, time):
        return value.isoformat()
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return "" if value is None else repr(value).removesuffix(".0")


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), max_size=12).filter(
    lambda text: text == text.strip() and not text.startswith("=") and "_x" not in text
)
SOME_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    TEXTS,
    st.integers(min_value=-(10**15), max_value=10**15),
    st.floats(min_value=-1e12, max_value=1e12, allow_nan=False).filter(lambda value: value == 0 or abs(value) > 1e-4),
    st.dates(min_value=date(1900, 3, 1)),
    st.datetimes(min_value=datetime(1900, 3, 1)).map(lambda moment: moment.replace(microsecond=0)),
    st.times().map(lambda moment: moment.replace(microsecond=0)),
    st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=300)).map(
        lambda span: timedelta(seconds=round(span.total_seconds()))
    ),
)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(SOME_VALUES, min_size=1, max_size=5), min_size=1, max_size=8), st.booleans(), st.booleans())
def test_what_openpyxl_writes_is_read_as_openpyxl_reads_it(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[Any]], iso_dates: bool, write_only: bool
) -> None:
    path = tmp_path_factory.mktemp("book") / "book.xlsx"
    book = openpyxl.Workbook(write_only=write_only, iso_dates=iso_dates)
    sheet = book.create_sheet("S") if write_only else book.active
    assert sheet is not None
    sheet.title = "S"
    for row in rows:
        sheet.append(row)
    book.save(path)
    again = openpyxl.load_workbook(path, read_only=True)
    expected = [[values_of(value) for value in row] for row in again["S"].iter_rows(values_only=True)]
    again.close()
    shown, _ = read(path)
    bare = [[cell.removesuffix("T00:00:00") for cell in row] for row in shown]
    padded = [[*row, *[""] * 5][:5] for row in [*bare, *[[]] * (len(expected) - len(bare))]]
    assert padded == [[*row, *[""] * 5][:5] for row in expected]


def made_by_xlsxwriter(folder: Path, write: Callable[[Any, Any], object], **options: Any) -> Path:
    """A workbook whose sheet "S" is written by `write`."""
    path = folder / "book.xlsx"
    book = xlsxwriter.Workbook(path, options)
    write(book, book.add_worksheet("S"))
    book.close()
    return path


def test_hidden_rows_columns_and_sheets_are_imported_and_told(tmp_path: Path) -> None:
    def write(book: Any, sheet: Any) -> None:
        for at in range(5):
            sheet.write_row(at, 0, ["a", "b", "c"])
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_row(4, None, None, {"hidden": True})
        sheet.set_row(9, None, None, {"hidden": True})
        sheet.set_column(1, 1, None, None, {"hidden": True})
        sheet.set_column(5, 16_383, None, None, {"hidden": True})
        secret = book.add_worksheet("Secret")
        secret.write(0, 0, "x")
        secret.hide()
        book.add_worksheet("Empty")

    path = made_by_xlsxwriter(tmp_path, write)
    assert read(path)[0] == [["a", "b", "c"]] * 5
    assert told(path) == {"hidden_rows": (2, 3), "hidden_columns": (1, None)}
    assert told(path, "Secret") == {"hidden_sheet": (0, None)}
    assert [(sheet.name, sheet.has_cells, sheet.is_hidden) for sheet in list_sheets(path, lambda _: None)] == [
        *(("S", True, False), ("Secret", True, True), ("Empty", False, False))
    ]


def test_merged_cells_errors_and_formulas_without_a_result_are_told(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "S"
    for row in (["email", "n"], ["a@example.com", "=1+1"], ["b@example.com", "#N/A"], ["c@example.com", "=2*3"]):
        sheet.append(row)
    sheet.merge_cells("A5:B5")
    sheet.merge_cells("A7:B8")
    book.save(tmp_path / "book.xlsx")
    assert told(tmp_path / "book.xlsx") == {
        "merged_cells": (2, None),
        "formulas_without_result": (2, 2),
        "error_cells": (1, 3),
    }
    assert [row[1:] for row in read(tmp_path / "book.xlsx")[0]] == [["n"], [""], ["#N/A"], [""]]


def test_a_sheet_with_nothing_odd_tells_nothing(tmp_path: Path) -> None:
    data = (
        '<row r="1" hidden="0"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>""</f><v></v></c></row>'
        '<row r="2"><c r="A2" t="str"><f>""</f><v/></c><c r="B2" s="0"/></row>'
    )
    assert read(saved(tmp_path, parts_of(data, before='<cols><col min="1" max="2" width="9"/></cols>'))) == (
        [["2"]],
        (),
    )


def test_a_note_far_to_the_right_makes_no_columns_and_its_row_is_told_to_be_too_long(tmp_path: Path) -> None:
    def write(_: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["email", "name"])
        for at in range(1, 6):
            sheet.write_row(at, 0, [f"u{at}@example.com", "Ann"])
        sheet.write(3, 16_383, "see below")

    path = made_by_xlsxwriter(tmp_path, write)
    report = build_stage(path, guess_dialect(path).dialect, tmp_path / "stage")
    assert report.columns == ("email", "name")
    assert report.problem_counts == {"row_too_long": 1}


def test_rows_that_end_in_empty_cells_are_whole(tmp_path: Path) -> None:
    def write(_: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["email", "name", "note", "more"])
        for at in range(1, 3_000):
            sheet.write_row(at, 0, [f"u{at}@example.com", "Ann", "x", "y"][: 1 + at % 4])

    path = made_by_xlsxwriter(tmp_path, write)
    report = build_stage(path, guess_dialect(path).dialect, tmp_path / "stage")
    assert (report.rows, report.columns, report.problem_counts) == (2_999, ("email", "name", "note", "more"), {})


def test_a_workbook_with_one_cell_at_the_far_end_costs_no_grid(tmp_path: Path) -> None:
    source = saved(tmp_path, parts_of('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'))
    assert unpack_source(source, tmp_path / "plain").size_bytes < 3_000_000


REFUSED: dict[str, tuple[Callable[[], dict[str, str | bytes]], str]] = {
    "a DTD in the workbook": (
        lambda: parts_of() | {"xl/workbook.xml": '<!DOCTYPE x [<!ENTITY a "b">]><workbook>&a;</workbook>'},
        "DTD",
    ),
    "a DTD in the sheet": (
        lambda: parts_of(b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet><sheetData></sheetData></worksheet>'),
        "DTD",
    ),
    "a sheet that stops": (lambda: parts_of(b'<worksheet><sheetData><row r="1"><c r="A1">'), "damaged"),
    "a sheet that is no XML": (lambda: parts_of('<row r="1"><c r="A1"><v>1</c></row>'), "damaged"),
    "a sheet that is no sheet": (lambda: parts_of(b"hello"), "damaged"),
    "bytes that are no text": (
        lambda: parts_of(b"<worksheet><sheetData>\xff\xfe\xfa</sheetData></worksheet>"),
        "damaged",
    ),
    "rows out of order": (
        lambda: parts_of('<row r="2"><c><v>1</v></c></row><row r="1"><c><v>1</v></c></row>'),
        "damaged",
    ),
    "a row past the last": (lambda: parts_of('<row r="1048577"><c r="A1"><v>1</v></c></row>'), "damaged"),
    "a row number of 5,000 digits": (lambda: parts_of(f'<row r="{"9" * 5000}"><c><v>1</v></c></row>'), "damaged"),
    "a text of 5,000 digits": (lambda: parts_of(f'<row r="1"><c t="s"><v>{"9" * 5000}</v></c></row>'), "damaged"),
    "a column past the last": (lambda: parts_of('<row r="1"><c r="XFE1"><v>1</v></c></row>'), "16,384 columns"),
    "a column with a number of letters": (
        lambda: parts_of(f'<row r="1"><c r="{"A" * 9}1"><v>1</v></c></row>'),
        "16,384",
    ),
    "100,000 columns": (lambda: parts_of(f'<row r="1">{"<c><v>1</v></c>" * 100_000}</row>'), "16,384 columns"),
    "a text 400 times": (
        lambda: parts_of(
            "".join(f'<row r="{at}"><c r="A{at}" t="s"><v>0</v></c></row>' for at in range(1, 401)),
            strings=f"<si><t>{'x' * 1_000_000}</t></si>",
        ),
        "unpacks to more than",
    ),
    "a text of 999 signs in each of 400 cells of 100 rows": (
        lambda: swelling(100),
        "over 8 times what the workbook holds",
    ),
    "a text in each of 16,384 cells of a row": (
        lambda: parts_of(
            "<row>" + '<c t="s"><v>0</v></c>' * 16_384 + "</row>", strings=f"<si><t>{'x' * 1_000_000}</t></si>"
        ),
        "longer than any spreadsheet's",
    ),
    "a cell in the last column of every row": (
        lambda: parts_of("".join(f'<row r="{at}"><c r="XFD{at}"><v>1</v></c></row>' for at in range(1, 3_000))),
        "unpacks to more than",
    ),
    "more sheets than anybody has": (
        lambda: (
            parts_of()
            | {
                "xl/workbook.xml": f'<workbook xmlns:r="{RELATIONS}"><sheets>'
                + "".join(f'<sheet name="S{at}" r:id="r1"/>' for at in range(1_001))
                + "</sheets></workbook>"
            }
        ),
        "more than 1,000 sheets",
    ),
    "a row without an end": (lambda: parts_of(f'<row r="1">{"<c/>" * 12_000_000}</row>'), "than"),
    "a number format without an end": (
        lambda: parts_of('<row r="1"><c r="A1" s="0"><v>1</v></c></row>', formats=("0" * 40_000_000,)),
        "than",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_read_faithfully_is_refused_in_words_and_leaves_nothing(tmp_path: Path, what: str) -> None:
    make, message = REFUSED[what]
    source = saved(tmp_path, make())
    with pytest.raises(SourceError, match=message):
        unpack_source(source, tmp_path / "plain", "S")
    assert [path.name for path in tmp_path.iterdir()] == ["book.xlsx"]


def test_a_sheet_that_swells_to_less_than_the_bound_is_read(tmp_path: Path) -> None:
    assert unpack_source(saved(tmp_path, swelling(20)), tmp_path / "plain", "S").size_bytes == 20 * (400 * 1000 + 1)


def test_number_formats_of_100_000_signs_cost_nothing_and_are_told(tmp_path: Path) -> None:
    data = "".join(f'<row r="{at}"><c r="A{at}" s="{at % 5}"><v>{at}</v></c></row>' for at in range(1, 2_001))
    source = saved(tmp_path, parts_of(data, formats=tuple("0" * 100_000 + sign for sign in "#0?.-")))
    assert told(source) == {"unknown_number_format": (2_000, 1)}


def test_every_column_has_its_letters() -> None:
    assert [column_letters(at) for at in (0, 25, 26, 701, 702, 16_383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]
    assert all(column_number(column_letters(at)) == at for at in range(16_384))
