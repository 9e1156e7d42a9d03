"""A workbook of several sheets and a packed list in Debian's Chromium, from the upload to the table's content."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from browser_kit import App, calm, keep_picture, new_page, press
from main_job.kit import item_differences
from main_job.made_files import write_xlsx
from playwright.sync_api import Browser, Page, expect

from importer.settings import Settings
from importer.table import dynamodb_client, embedded_connection

pytestmark = pytest.mark.browser

NORTH = [["email", "name"], ["ann@example.com", "Ann"]]
SOUTH = [["email", "name"], ["bob@example.com", "Bob"], ["zoe@example.com", "Zoë"]]
PACKED = b"email,name\ncat@example.com,Cat\ndan@example.com,Dan\n"


def import_it(page: Page) -> None:
    """From the File page to the end of the run."""
    press(page, "Next: the columns")
    press(page, "Next: check every row")
    press(page, "Next: the import")
    press(page, "Start the import")
    expect(page.get_by_text("rows of the file.")).to_be_visible()
    calm(page)


def test_a_workbook_and_a_packed_list_reach_the_table(own_app: App, browser: Browser, tmp_path: Path) -> None:
    book = write_xlsx(tmp_path / "book.xlsx", {"North": NORTH, "South": SOUTH, "Sheet3": []})
    packed = tmp_path / "list.csv.gz"
    packed.write_bytes(gzip.compress(PACKED))
    page = new_page(browser)
    page.goto(own_app.url)
    calm(page)
    page.get_by_label("Choose a list to upload").set_input_files(book)
    expect(page.get_by_text("Which sheet is the list?")).to_be_visible()
    expect(page.get_by_text("South · 3 rows")).to_be_visible()
    expect(page.get_by_role("button", name="Next: the columns")).to_be_hidden()
    calm(page)
    keep_picture(page, "members-asked")
    page.get_by_text("All 2 together, as one list").click()
    page.get_by_role("button", name="Next: the columns").wait_for()
    calm(page)
    keep_picture(page, "members-all")
    import_it(page)

    page.goto(own_app.url)
    calm(page)
    page.get_by_label("Choose a list to upload").set_input_files(packed)
    page.get_by_role("button", name="Next: the columns").wait_for()
    calm(page)
    import_it(page)

    client = dynamodb_client(embedded_connection(Settings(own_app.home), lease="test"))
    held = client.scan(TableName="EmailContacts", ConsistentRead=True)["Items"]
    client.close()
    people = [("ann", "Ann"), ("bob", "Bob"), ("zoe", "Zoë"), ("cat", "Cat"), ("dan", "Dan")]
    wanted = [{"email": {"S": f"{key}@example.com"}, "name": {"S": name}} for key, name in people]
    assert item_differences(wanted, held, ["email"]) == []
