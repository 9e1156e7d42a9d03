"""Alike values and the same person in Debian's Chromium, down to the table of the real engine."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from browser_kit import App, calm, keep_picture, new_page, press
from playwright.sync_api import Browser, Page, expect

from importer.settings import Settings
from importer.table import dynamodb_client, embedded_connection

pytestmark = pytest.mark.browser

LIST = """Email,Name,Phone,City
ann@example.com,Ann Sample,,Boston
ANN@example.com,Ann Sample,+1 202 555 0143,BOSTON
bo@example.com,Bo Test,+1 202 555 0199,Bostan
bo.test@example.com,Test Bo,(202) 555-0199,Boston
carla@example.com,Carla Other,,<img src=x onerror=hacked=1>
dora@example.com,Dora Fourth,,<IMG src=x onerror=hacked=1>
not an address,Emil Fifth,,Boston
"""


def expect_number(page: Page, label: str, wanted: int) -> None:
    """The big number of a card."""
    card = page.locator(".ci-card", has=page.get_by_text(label, exact=True)).first
    expect(card.locator(".ci-number")).to_have_text(f"{wanted:,}")


def stored(home: Path) -> dict[str, dict[str, str]]:
    """What is in the table, by a client of our own: key → attributes."""
    client = dynamodb_client(embedded_connection(Settings(home), lease="test"))
    items = client.scan(TableName="EmailContacts")["Items"]
    return {item["email"]["S"]: {name: value["S"] for name, value in item.items()} for item in items}


def test_a_cluster_is_approved_two_people_are_merged_and_every_row_is_accounted_for(
    own_app: App, browser: Browser, tmp_path: Path
) -> None:
    source = tmp_path / "alike.csv"
    source.write_text(LIST, encoding="utf-8")
    page = new_page(browser)
    page.goto(own_app.url)
    page.get_by_label("Choose a list to upload").set_input_files(source)
    page.get_by_role("button", name="Next: the columns").wait_for()
    calm(page)
    page.get_by_role("link", name="3 Check").click()
    expect_number(page, "ready", 6)
    expect_number(page, "need fixing", 1)

    page.get_by_role("tab", name="Similar spellings").click()
    expect(page.get_by_text("2 groups of alike spellings")).to_be_visible()
    page.get_by_text("A letter or two different").click()
    expect(page.get_by_text("Bostan (1)")).to_be_visible()
    expect(page.get_by_text("<IMG src=x onerror=hacked=1> (1)").first).to_be_visible()
    keep_picture(page, "alike-values")
    page.get_by_label("Write them all as").first.click()
    page.get_by_role("option", name="Another spelling …").click()
    typed = page.get_by_label("Spelling", exact=True)
    expect(typed).to_have_value("Boston")
    typed.fill("Boston MA")
    typed.press("Enter")
    expect(page.get_by_role("button", name="Change 5 cells")).to_be_visible()
    press(page, "Change 5 cells")
    expect(page.get_by_role("button", name="Undo: Map 3 values of City")).to_be_visible()
    expect(page.get_by_text("1 group of alike spellings")).to_be_visible()
    press(page, "Not the same")
    expect(page.get_by_text("1 group put aside as not the same")).to_be_visible()

    page.get_by_role("tab", name="Possible duplicates").click()
    expect(page.get_by_text("2 people seem")).to_be_visible()
    expect(page.get_by_text("Rows 2 and 3")).to_be_visible()
    keep_picture(page, "same-person")
    press(page, "Choose what stays")
    page.get_by_text(re.compile(r"ann\W*@example\W*com \(row 2\)")).click()
    calm(page)
    page.keyboard.press("Escape")
    press(page, "Merge these 2 rows")
    expect(page.get_by_text("Row 2 went into row 3.")).to_be_visible()
    expect_number(page, "left out", 1)
    expect_number(page, "ready", 5)
    press(page, "They are different people")
    expect(page.get_by_text("No two rows look like the same person.")).to_be_visible()
    page.reload()
    page.get_by_role("tab", name="Possible duplicates").click()
    expect(page.get_by_text("No two rows look like the same person.")).to_be_visible()
    calm(page)

    press(page, "Next: the import")
    press(page, "Start the import")
    expect(page.get_by_text("= 7 rows of the file.")).to_be_visible()
    expect(page.get_by_text("5 written")).to_be_visible()
    assert page.evaluate("() => window.hacked") is None
    kept = stored(own_app.home)
    assert sorted(kept) == [
        "ann@example.com",
        "bo.test@example.com",
        "bo@example.com",
        "carla@example.com",
        "dora@example.com",
    ]
    assert kept["ann@example.com"] == {
        "email": "ann@example.com",
        "Name": "Ann Sample",
        "Phone": "+1 202 555 0143",
        "City": "Boston MA",
    }
    assert kept["carla@example.com"]["City"] == "<img src=x onerror=hacked=1>"
