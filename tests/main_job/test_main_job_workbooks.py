"""Workbooks, down to the content of the table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
import xlsxwriter
from main_job.kit import BY_EMAIL, MainJob, assert_items, same_value
from main_job.made_files import write_ods, write_xls, write_xlsb

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
def test_a_workbook_whose_formats_cannot_be_seen_arrives_and_says_so(
    name: str, main_job: MainJob, tmp_path: Path
) -> None:
    OTHER_KINDS[name](tmp_path / name)
    outcome = main_job.import_list(tmp_path / name)
    assert outcome.code == 0, outcome.told
    assert_items(outcome, ITEMS)
    assert outcome.summary is not None
    assert "formats_not_visible" in [warning["code"] for warning in outcome.summary["warnings"]]


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
