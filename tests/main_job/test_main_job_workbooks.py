"""Workbooks, down to the content of the table."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
import xlsxwriter
from main_job.kit import BY_EMAIL, MainJob, assert_items, assert_told, same_value
from main_job.made_files import write_ods, write_xls, write_xlsb, write_xlsx, write_zip

ROWS = [["email", "score", "plan"], ["ann@example.com", 42.5, "gold"], ["bob@example.com", 7, "tin"]]
ITEMS = [
    {"email": {"S": "ann@example.com"}, "score": {"?": "42.5"}, "plan": {"S": "gold"}},
    {"email": {"S": "bob@example.com"}, "score": {"?": "7"}, "plan": {"S": "tin"}},
]

OTHER_KINDS: dict[str, Callable[[Path], object]] = {
    "list.xls": lambda path: write_xls(path, {"Contacts": ROWS}),
    "list.xlsb": lambda path: write_xlsb(path, ROWS),
    "list.ods": lambda path: write_ods(path, {"Contacts": ROWS}),
}


@pytest.mark.parametrize("name", OTHER_KINDS)
def test_a_workbook_of_another_kind_arrives_without_a_false_alarm(
    name: str, main_job: MainJob, tmp_path: Path
) -> None:
    OTHER_KINDS[name](tmp_path / name)
    outcome = main_job.import_list(tmp_path / name)
    assert outcome.code == 0, outcome.told
    assert_items(outcome, ITEMS)
    assert outcome.summary is not None
    assert outcome.summary["warnings"] == []


@pytest.mark.parametrize("name", ["list.xls", "list.xlsb"])
def test_numbers_that_may_be_codes_without_their_zeros_are_a_doubt_that_names_the_column(
    name: str, main_job: MainJob, tmp_path: Path
) -> None:
    rows = [["email", "zip", "score", "id"], ["ann@example.com", 501, 3, 1], ["bob@example.com", 94103, 12, 20]]
    write = {"list.xls": lambda path: write_xls(path, {"S": rows}), "list.xlsb": lambda path: write_xlsb(path, rows)}
    write[name](tmp_path / name)
    refused = main_job.import_list(tmp_path / name)
    assert (refused.code, refused.items) == (2, ())
    assert_told(refused, 'doubt: "zip": number cells')
    assert '"score"' not in refused.told
    assert '"id"' not in refused.told


STYLES = (
    '<office:automatic-styles><number:number-style style:name="N5"><number:number number:decimal-places="0" '
    'number:min-integer-digits="5"/></number:number-style><number:number-style style:name="N2"><number:number '
    'number:decimal-places="2" number:min-integer-digits="1"/></number:number-style><style:style style:name="zip" '
    'style:family="table-cell" style:data-style-name="N5"/><style:style style:name="sum" style:family="table-cell" '
    'style:data-style-name="N2"/></office:automatic-styles>'
)


def ods_of(path: Path, table: str) -> Path:
    """A workbook of one sheet with the styles `zip` (00000) and `sum` (0.00)."""
    write_ods(path, {"S": []})
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    content = parts["content.xml"].decode()
    spaces = "urn:oasis:names:tc:opendocument:xmlns:"
    content = content.replace("<office:body>", f"{STYLES}<office:body>").replace(
        " xmlns:table=", f' xmlns:style="{spaces}style:1.0" xmlns:number="{spaces}datastyle:1.0" xmlns:table='
    )
    content = content.replace('table:name="S"></table:table>', f'table:name="S">{table}</table:table>')
    parts["content.xml"] = content.encode()
    return write_zip(path, parts)


def ods_row(*cells: str) -> str:
    """A row of an .ods: texts, and cells that are XML already."""
    shown = [
        cell
        if cell.startswith("<")
        else f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
        for cell in cells
    ]
    return f"<table:table-row>{''.join(shown)}</table:table-row>"


def ods_cell(kind: str, value: str, style: str = "") -> str:
    """A cell of an .ods with a value."""
    name = {"float": "value", "boolean": "boolean-value", "time": "time-value"}[kind]
    styled = f' table:style-name="{style}"' if style else ""
    held = f'office:value-type="{kind}" office:{name}="{value}"'
    return f"<table:table-cell{styled} {held}><text:p>x</text:p></table:table-cell>"


def test_an_ods_brings_the_zeros_of_its_formats_its_booleans_and_its_durations(
    main_job: MainJob, tmp_path: Path
) -> None:
    columns = '<table:table-column/><table:table-column table:default-cell-style-name="zip"/>'
    rows = [
        ods_row("email", "zip", "phone zip", "total", "vip", "worked"),
        ods_row("ann@example.com", ods_cell("float", "501"), ods_cell("float", "123", "zip"),
                ods_cell("float", "12.345", "sum"), ods_cell("boolean", "true"), ods_cell("time", "PT37H30M00S")),
        ods_row("bob@example.com", ods_cell("float", "94103"), ods_cell("float", "4567", "zip"),
                ods_cell("float", "7", "sum"), ods_cell("boolean", "false"), ods_cell("time", "PT00H05M00S")),
    ]  # fmt: skip
    outcome = main_job.import_list(ods_of(tmp_path / "list.ods", columns + "".join(rows)))
    assert outcome.code == 0, outcome.told
    assert_items(
        outcome,
        [
            {"email": {"S": "ann@example.com"}, "zip": {"S": "00501"}, "phone_zip": {"S": "00123"},
             "total": {"N": "12.345"}, "vip": {"BOOL": True}, "worked": {"S": "37:30"}},
            {"email": {"S": "bob@example.com"}, "zip": {"S": "94103"}, "phone_zip": {"S": "04567"},
             "total": {"N": "7"}, "vip": {"BOOL": False}, "worked": {"S": "00:05"}},
        ],
    )  # fmt: skip


def test_numbers_and_booleans_of_a_workbook_arrive_as_such(main_job: MainJob, tmp_path: Path) -> None:
    """A number cell is a number, with three digits after the point too; a code, or text beside it, is none."""
    file = tmp_path / "list.xlsx"
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet("S")
    sheet.write_row(0, 0, ["email", "price", "vip", "mixed", "typed", "zip"])
    sheet.write_row(1, 0, ["ann@example.com", 12.345, True, 12.345, "12.345", 10115])
    sheet.write_row(2, 0, ["bob@example.com", 99.999, False, "1.234", "99.999", 80331])
    sheet.write_row(3, 0, ["cat@example.com", 1234.5])
    book.close()
    outcome = main_job.import_list(file)
    assert outcome.code == 0, outcome.told
    assert_items(
        outcome,
        [
            {"email": {"S": "ann@example.com"}, "price": {"N": "12.345"}, "vip": {"BOOL": True},
             "mixed": {"S": "12.345"}, "typed": {"S": "12.345"}, "zip": {"S": "10115"}},
            {"email": {"S": "bob@example.com"}, "price": {"N": "99.999"}, "vip": {"BOOL": False},
             "mixed": {"S": "1.234"}, "typed": {"S": "99.999"}, "zip": {"S": "80331"}},
            {"email": {"S": "cat@example.com"}, "price": {"N": "1234.5"}},
        ],
    )  # fmt: skip
    assert outcome.summary is not None
    told = {(one["code"], one["column"]) for one in outcome.summary["warnings"]}
    assert told == {("ambiguous_numbers", "mixed"), ("ambiguous_numbers", "typed")}


def test_number_cells_past_fifteen_digits_are_told(main_job: MainJob, tmp_path: Path) -> None:
    file = tmp_path / "list.xlsx"
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet("S")
    sheet.write_row(0, 0, ["email", "card", "order"])
    sheet.write_row(1, 0, ["ann@example.com", 1234567890123456789, 123456789012345])
    sheet.write_row(2, 0, ["bob@example.com", 4111111111111111, 1])
    book.close()
    outcome = main_job.import_list(file)
    assert outcome.summary is not None
    found = [one for one in outcome.summary["warnings"] if one["code"] == "number_past_15_digits"]
    assert [(one["count"], one["first_row"]) for one in found] == [(2, 2)]


def test_a_column_of_formulas_without_a_saved_result_is_a_doubt(main_job: MainJob, tmp_path: Path) -> None:
    """A formula here and there without one is only told."""
    rows = [["email", "full", "half"], ["ann@example.com", 1, 2], ["bob@example.com", 3, 4]]
    file = write_xlsx(tmp_path / "list.xlsx", {"S": rows})
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/s1.xml"]
    for place in (b"B2", b"B3", b"C2"):
        sheet = re.sub(b'(<c r="' + place + b'">)<v>[0-9]</v>', rb"\1<f>1+1</f>", sheet)
    parts["xl/worksheets/s1.xml"] = sheet
    write_zip(file, parts)
    refused = main_job.import_list(file)
    assert (refused.code, refused.items) == (2, ())
    assert_told(refused, "doubt: Column B holds formulas without a saved result and nothing else")


EACH_KIND = (
    ("email", "ann@example.com", None, {"S": "ann@example.com"}),
    ("lat", 52.5170365, "0.00", {"?": "52.5170365"}),
    ("price", 0.005, "0", {"?": "0.005"}),
    ("ratio", 0.12345, "0%", {"?": "0.12345"}),
    ("total", 1234.5, '#,##0.00\\ "€"', {"?": "1234.5"}),
    ("account", 4915112345678, None, {"?": "4915112345678"}),
    ("postcode", 501, "00000", {"S": "00501"}),
    ("zip", 941031234, "00000-0000", {"S": "94103-1234"}),
    ("social", 12345678, "000-00-0000", {"S": "012-34-5678"}),
    ("phone", 4155550100, "[<=9999999]###-####;(###) ###-####", {"S": "(415) 555-0100"}),
    ("born", date(1984, 12, 31), "dd/mm/yyyy", {"S": "1984-12-31"}),
    ("month", date(2024, 2, 1), "mmm yy", {"S": "2024-02-01"}),
    ("seen", datetime(2024, 2, 1, 9, 30), "m/d/yy h:mm", {"S": "2024-02-01T09:30:00"}),
    ("worked", timedelta(hours=26, minutes=30), "[h]:mm", {"S": "26:30"}),
    ("opens", time(9, 30), "h:mm AM/PM", {"S": "09:30"}),
    ("note", " two\nlines ", "@", {"S": " two\nlines "}),
)
"""Name, value, number format, and what the table must hold."""


def test_each_kind_of_value_of_a_workbook_arrives_as_its_value(main_job: MainJob, tmp_path: Path) -> None:
    file = tmp_path / "list.xlsx"
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet("Contacts")
    for at, (name, value, number_format, _) in enumerate(EACH_KIND):
        sheet.write(0, at, name)
        sheet.write(1, at, value, book.add_format({"num_format": number_format} if number_format else {}))
    sheet.write_row(2, 0, ["bob@example.com", 1, 2, 3])
    sheet.set_row(2, None, None, {"hidden": True})
    book.close()
    outcome = main_job.import_list(file, BY_EMAIL, "--yes")
    assert outcome.code == 0, outcome.told
    (ann,) = (item for item in outcome.items if item["email"] == {"S": "ann@example.com"})
    wanted = {name: value for name, _, _, value in EACH_KIND}
    assert {name: value for name, value in ann.items() if not same_value(wanted[name], value)} == {}
    assert ann.keys() == wanted.keys()
    assert outcome.summary is not None
    assert "hidden_rows" in [warning["code"] for warning in outcome.summary["warnings"]]


def lacking(path: Path, *parts: str) -> Path:
    """The workbook without these parts; a part that ends in / means all below it."""
    with zipfile.ZipFile(path) as archive:
        kept = {name: archive.read(name) for name in archive.namelist() if not name.startswith(parts)}
    path.unlink()
    return write_zip(path, kept)


OPTIONAL_PARTS = {
    "an .ods without a manifest": ("list.ods", ["META-INF/"]),
    "an .ods without a mimetype": ("list.ods", ["mimetype"]),
    "an .ods of its content alone": ("list.ods", ["META-INF/", "mimetype"]),
    "an .xlsx without styles": ("list.xlsx", ["xl/styles.xml", "xl/theme/"]),
    "an .xlsx without properties": ("list.xlsx", ["docProps/"]),
    "an .xlsx without types and relations": ("list.xlsx", ["[Content_Types].xml", "_rels/", "xl/_rels/"]),
    "an .xlsx without the workbook": ("list.xlsx", ["xl/workbook.xml", "xl/_rels/"]),
}


@pytest.mark.parametrize(("name", "parts"), OPTIONAL_PARTS.values(), ids=OPTIONAL_PARTS)
def test_a_workbook_without_parts_that_no_list_needs_arrives(
    name: str, parts: list[str], main_job: MainJob, tmp_path: Path
) -> None:
    write = write_ods if name.endswith(".ods") else write_xlsx
    outcome = main_job.import_list(lacking(write(tmp_path / name, {"Contacts": ROWS}), *parts))
    assert outcome.code == 0, outcome.told
    assert_items(outcome, ITEMS)


def test_a_workbook_whose_texts_are_missing_is_refused(main_job: MainJob, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "list.xlsx") as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(ROWS):
            sheet.write_row(number, 0, row)
    whole = main_job.import_list(tmp_path / "list.xlsx")
    assert (whole.code, len(whole.items)) == (0, 2), whole.told
    outcome = main_job.import_list(lacking(tmp_path / "list.xlsx", "xl/sharedStrings.xml"))
    assert (outcome.code, outcome.items) == (1, ())
    assert_told(outcome, "points to a text that is missing in the workbook")


def times(path: Path, cells: list[tuple[float, str]], *, from_1904: bool = False) -> Path:
    """A workbook whose column "time" has these numbers under these formats."""
    book = xlsxwriter.Workbook(path, {"date_1904": from_1904})
    sheet = book.add_worksheet("Contacts")
    sheet.write_row(0, 0, ["email", "time"])
    for at, (value, number_format) in enumerate(cells):
        sheet.write(at + 1, 0, f"p{at}@example.com")
        sheet.write_number(at + 1, 1, value, book.add_format({"num_format": number_format}))
    book.close()
    return path


MORNING = 9.5 / 24
MIXED_TIMES = [
    (MORNING, "h:mm", "09:30"),
    (1 + MORNING, "[h]:mm", "33:30"),
    (1 + MORNING, "h:mm", "33:30"),
    (1 + MORNING, "d h:mm", "33:30"),
    (400.0, "h:mm", "9600:00"),
    (45382.0, "yyyy-mm-dd", "2024-03-31"),
    (45382 + MORNING, "yyyy-mm-dd h:mm", "2024-03-31T09:30:00"),
    (45382 + MORNING, "h:mm", "2024-03-31T09:30:00"),
]


@pytest.mark.parametrize("from_1904", [False, True])
def test_times_hours_and_dates_of_one_column_arrive_each_as_its_value(
    main_job: MainJob, tmp_path: Path, from_1904: bool
) -> None:
    cells = [(value - 1462 if from_1904 and value > 10_000 else value, form) for value, form, _ in MIXED_TIMES]
    outcome = main_job.import_list(times(tmp_path / "times.xlsx", cells, from_1904=from_1904))
    assert outcome.code == 0, outcome.told
    wanted = {f"p{at}@example.com": text for at, (_, _, text) in enumerate(MIXED_TIMES)}
    assert {item["email"]["S"]: item["time"]["S"] for item in outcome.items} == wanted


@pytest.mark.parametrize(
    ("cell", "code", "text"),
    [
        ((45382 + MORNING, "[h]:mm"), "hours_or_moments", "1089177:30"),
        ((1 + MORNING, "dd.mm.yyyy hh:mm"), "moments_of_the_first_year", "1900-01-01T09:30:00"),
    ],
)
def test_a_time_that_may_be_another_is_a_doubt_that_names_the_column(
    main_job: MainJob, tmp_path: Path, cell: tuple[float, str], code: str, text: str
) -> None:
    file = times(tmp_path / "times.xlsx", [(MORNING, "h:mm"), cell, cell])
    refused = main_job.import_list(file)
    assert (refused.code, refused.items) == (2, ()), refused.told
    doubts = (refused.summary or {})["doubts"]
    assert [(one["code"], one["column"], one["count"], one["first_row"]) for one in doubts] == [(code, "time", 2, 3)]
    assert text not in refused.told
    accepted = main_job.import_list(file, BY_EMAIL, "--yes")
    assert accepted.code == 0, accepted.told
    assert sorted(item["time"]["S"] for item in accepted.items) == sorted(["09:30", text, text])
