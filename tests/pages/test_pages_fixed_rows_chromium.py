"""In Debian's Chromium: rows to fix are taken along, fixed by a program, sent back, before and after the import."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from browser_kit import App, calm, keep_picture, new_page, press
from playwright.sync_api import Browser, Page, expect

from importer.settings import Settings
from importer.table import dynamodb_client, embedded_connection

pytestmark = pytest.mark.browser

GOOD = "".join(f"p{number}@example.com,Testperson {number}\n" for number in range(200))
BAD = "nobody,=1+1\nno one,Berta\nneither,Carla\n"
"""Rows 202 to 204."""


def expect_number(page: Page, label: str, wanted: int) -> None:
    card = page.locator(".ci-card", has=page.get_by_text(label, exact=True)).first.locator(".ci-number")
    expect(card).to_have_text(f"{wanted:,}")


def download_rows(page: Page) -> list[list[str]]:
    with page.expect_download() as download:
        page.get_by_role("button", name="Download for Excel").click()
    text = Path(download.value.path()).read_text("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def send_back(page: Page, rows: list[list[str]], path: Path) -> None:
    """As Excel saves it in much of Europe: semicolons and cp1252."""
    with path.open("w", encoding="cp1252", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)
    page.locator('[data-testid="stFileUploaderDropzone"] input').last.set_input_files(path)
    calm(page)
    press(page, "Take the fixed rows")


def test_rows_are_fixed_before_and_after_the_import(own_app: App, browser: Browser, tmp_path: Path) -> None:
    source = tmp_path / "to be fixed.csv"
    source.write_text("Email,Name\n" + GOOD + BAD)
    page = new_page(browser)
    page.goto(own_app.url)
    page.get_by_label("Choose a list to upload").set_input_files(source)
    page.get_by_role("button", name="Next: the columns").wait_for()
    calm(page)
    page.get_by_role("link", name="3 Check").click()
    calm(page)
    expect_number(page, "need fixing", 3)
    page.get_by_role("tab", name="Fix in Excel").click()
    rows = download_rows(page)
    assert [row[0] for row in rows] == ["_row", "202", "203", "204"]
    assert rows[1][4:] == ["nobody", "'=1+1"]
    rows[1][4] = "anna@example.com"
    send_back(page, [*rows, ["999", "", "", "", "x@example.com", "X"]], tmp_path / "first.csv")
    expect(page.get_by_text("1 row changed, 2 unchanged, 1 row number not known.").first).to_be_visible()
    expect_number(page, "need fixing", 2)
    expect(page.get_by_role("button", name="Undo: Set Email in row 202")).to_be_visible()
    keep_picture(page, "fixed-1-check")

    press(page, "Next: the import")
    press(page, "Start the import")
    expect(page.get_by_text("201 written + 2 rejected = 203 rows of the file.")).to_be_visible()
    rows = download_rows(page)
    rows[1][4], rows[2][4] = "berta@example.com", "still not"
    send_back(page, rows, tmp_path / "second.csv")
    expect(page.get_by_text("202 written + 1 rejected = 203 rows of the file.")).to_be_visible()
    expect(
        page.get_by_text("2 rows changed, 0 unchanged. 1 row can be sent, 1 still rejected.").first
    ).to_be_visible()
    keep_picture(page, "fixed-2-after")

    rows = download_rows(page)
    assert rows[1][4:] == ["still not", "Carla"]
    rows[1][4] = "carla@example.com"
    send_back(page, rows, tmp_path / "third.csv")
    expect(page.get_by_text("203 written = 203 rows of the file.")).to_be_visible()
    calm(page)
    page.get_by_text("Fixed rows sent back (2)").click()
    expect(page.get_by_text("third.csv by")).to_be_visible()
    keep_picture(page, "fixed-3-all-written")

    client = dynamodb_client(embedded_connection(Settings(own_app.home), lease="test"))
    stored = client.scan(TableName="EmailContacts", ConsistentRead=True)["Items"]
    names = {item["Email"]["S"] if "Email" in item else item["email"]["S"]: item for item in stored}
    client.close()
    assert len(names) == 203
    assert {"anna@example.com", "berta@example.com", "carla@example.com"} <= set(names)
    assert "=1+1" in [value["S"] for value in names["anna@example.com"].values()]
