"""Which list of a file is meant: asked on the page where it is open, and kept for next month."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from main_job.made_files import write_xlsx, write_zip
from streamlit.testing.v1 import AppTest

from importer.run import RunFolder, open_stage

SHEETS = {
    "North": [["email", "name"], ["ann@example.com", "Ann"]],
    "South": [["email", "name"], ["bob@example.com", "Bob"], ["zoe@example.com", "Zoë"]],
    "Sheet3": [],
}


@pytest.fixture
def book(bring: Callable[..., RunFolder], tmp_path: Path) -> RunFolder:
    return bring(write_xlsx(tmp_path / "book.xlsx", SHEETS).read_bytes(), "book.xlsx")


def test_no_sheet_is_taken_before_one_is_chosen(open_page: Callable[..., AppTest], book: RunFolder) -> None:
    app = open_page("file.py", book)
    assert not app.exception
    assert (app.radio[0].value, app.radio[0].options) == (
        None,
        ["North · 2 rows", "South · 3 rows", "All 2 together, as one list"],
    )
    assert not book.stage.exists()
    assert not [one for one in app.button if one.label.startswith("Next")]
    app.radio[0].set_value("South").run()
    assert open_stage(book).chunk(0)["name"].tolist() == ["Bob", "Zoë"]
    assert book.draft().reading == {"member": "South"}
    assert [one for one in app.button if one.label.startswith("Next")]


def test_all_sheets_are_one_list_and_another_choice_reads_again(
    open_page: Callable[..., AppTest], book: RunFolder
) -> None:
    app = open_page("file.py", book)
    app.radio[0].set_value("all").run()
    assert not app.exception
    assert open_stage(book).rows == 3
    assert [one.value["rows"].tolist() for one in app.dataframe if "list" in one.value] == [[1, 2]]
    assert [one.split(",")[0] for one in app.dataframe[0].value.index] == ["North", "South", "South"]
    app.radio[0].set_value("North").run()
    assert open_stage(book).rows == 1
    app = open_page("file.py", book)
    assert app.radio[0].value == "North"


def test_lists_with_other_columns_are_said_and_another_can_be_chosen(
    open_page: Callable[..., AppTest], bring: Callable[..., RunFolder], tmp_path: Path
) -> None:
    members = {"a.csv": b"email,name\na@example.com,A\n", "b.csv": b"email,phone\nb@example.com,1\n"}
    folder = bring(write_zip(tmp_path / "two.zip", members).read_bytes(), "two.zip")
    app = open_page("file.py", folder)
    app.radio[0].set_value("all").run()
    assert any("has other columns" in one.value for one in app.error)
    app.radio[0].set_value("b.csv").run()
    assert not app.error
    assert open_stage(folder).columns == ("email", "phone")


def test_typed_values_are_told_and_nothing_of_their_reading_is_asked(
    open_page: Callable[..., AppTest], bring: Callable[..., RunFolder]
) -> None:
    folder = bring(b'{"email":"ann@example.com","age":34}\n', "contacts.jsonl")
    app = open_page("file.py", folder)
    assert not app.exception and not app.error
    assert not app.selectbox
    assert any("says the type of each value" in one.value for one in app.caption)
    assert open_stage(folder).report.declared[1].type == "N"


def test_what_a_workbook_hides_is_said_under_its_rows(
    open_page: Callable[..., AppTest], bring: Callable[..., RunFolder], tmp_path: Path
) -> None:
    with xlsxwriter.Workbook(tmp_path / "book.xlsx") as workbook:
        sheet = workbook.add_worksheet("S")
        for at, row in enumerate(SHEETS["South"]):
            sheet.write_row(at, 0, row)
        sheet.set_row(2, None, None, {"hidden": True})
    app = open_page("file.py", bring((tmp_path / "book.xlsx").read_bytes(), "book.xlsx"))
    assert any("1 row is hidden in the sheet" in one.value for one in app.markdown)
