"""The schema editor in Debian's Chromium, against a table of a real engine that has items."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from browser_kit import App, bring_in, calm, keep_picture, new_page, press
from playwright.sync_api import Browser, Locator, Page, expect

from importer.run import list_runs, open_run, read_schema
from importer.settings import Settings
from importer.table import KeyPart, TableKey, create_table, dynamodb_client, embedded_connection, list_tables

pytestmark = pytest.mark.browser

LIST = (
    "Courriel,Vorname,Last Name,Tel,Age,Code,Full name\n"
    "ann@example.com,Ann,Ames,+1 555 010 0100,41,AB1234,<img src=x onerror=\"document.title='out'\">\n"
    "bob@example.com,Bob,Bell,+1 555 010 0101,42,x,Bob\n"
    "eve@example.com,Eve,Endo,+1 555 010 0102,43,AB,Eve\n"
)
ITEMS = 30


@pytest.fixture
def table(own_app: App) -> Any:
    """EmailContacts with items whose names are not those of the list."""
    client = dynamodb_client(embedded_connection(Settings(own_app.home), lease="test"))
    if "EmailContacts" not in list_tables(client):
        create_table(client, "EmailContacts", TableKey(KeyPart("email", "S")))
    for number in range(ITEMS):
        item = {"email": f"p{number}@example.org", "given_name": "A", "lastName": "B", "phone": "+1"}
        typed = {name: {"S": text} for name, text in item.items()} | {"age": {"S": str(number)}}
        client.put_item(TableName="EmailContacts", Item=typed)
    return client


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()
    calm(page)


def choose(page: Page, label: str, option: str) -> None:
    """By typing, as a keyboard does it: on a narrow screen the list of options shows only some of them."""
    field = page.get_by_label(label, exact=True).last
    field.click()
    field.press_sequentially(option, delay=10)
    page.get_by_role("option", name=option, exact=True).click()
    calm(page)


def write(page: Page, label: str, text: str) -> None:
    field = page.get_by_role("textbox", name=label).last
    field.fill(text)
    field.press("Tab")
    calm(page)


def seen_at_both_widths(page: Page, picture: str, *shown: Locator) -> None:
    """On a wide screen, then on a narrow one, where it stays: whatever can be clicked there can be on a wide one."""
    for width in (1440, 420):
        page.set_viewport_size({"width": width, "height": 1000})
        for one in shown:
            expect(one).to_be_visible()
        keep_picture(page, f"schema-{width}-{picture}")


def test_from_a_foreign_list_to_the_tables_own_names_and_one_item(
    own_app: App, browser: Browser, tmp_path: Path, table: Any
) -> None:
    path = tmp_path / "foreign.csv"
    path.write_text(LIST, encoding="utf-8")
    page = new_page(browser)
    bring_in(page, own_app, path)
    press(page, "Next: the columns")
    seen_at_both_widths(page, "key", page.get_by_text('The nearest is "Courriel"'))
    press(page, "It is Courriel")
    tab(page, "Match columns")
    seen_at_both_widths(
        page,
        "match",
        page.get_by_text(f"From {ITEMS} items of EmailContacts"),
        page.get_by_text("Vorname → given_name"),
        page.get_by_text("same meaning, 93 %").first,
        page.get_by_text("Last Name is lastName (text), Age is age (text)"),
    )
    press(page, "Use all 2 sure matches")
    expect(page.get_by_text("no other column looks like")).to_be_visible()
    calm(page)
    page.get_by_text("Change one column").click()
    calm(page)
    choose(page, "Column to change", "Age")
    choose(page, "Type", "Number (N)")
    press(page, "Keep the change")
    text = page.get_by_text("The table holds age as text (S)")
    seen_at_both_widths(page, "taken", page.get_by_text("no other column looks like"), text)
    press(page, "Write text (S)")
    expect(text).to_be_hidden()

    tab(page, "Rules")
    choose(page, "Column", "Code")
    choose(page, "Rule", "must match a pattern")
    write(page, "The whole cell must match", "[A-Z]{2}[0-9]{4}")
    expect(page.get_by_text("2 rows would fail")).to_be_visible()
    write(page, "What to say of a cell that fails", "Partner code is two letters and four digits")
    seen_at_both_widths(page, "rule", page.get_by_text("2 rows would fail"))
    press(page, "Add the rule")
    said = page.get_by_text("Partner code is two letters and four digits")
    seen_at_both_widths(page, "added", page.get_by_text("2 rows fail"), said)

    tab(page, "One item")
    seen_at_both_widths(page, "item", page.get_by_text("Row 2 in the table"))
    shown = json.loads(page.get_by_test_id("stCode").inner_text())
    assert shown == {
        "email": {"S": "ann@example.com"},
        "given_name": {"S": "Ann"},
        "lastName": {"S": "Ames"},
        "phone": {"S": "+1 555 010 0100"},
        "age": {"S": "41"},
        "code": {"S": "AB1234"},
        "full_name": {"S": "<img src=x onerror=\"document.title='out'\">"},
    }
    assert page.title() != "out"
    assert page.locator("img[src=x]").count() == 0

    tab(page, "Save and load")
    with page.expect_download() as download:
        page.get_by_role("button", name="As a pandera model (Python)").click()
    compile(Path(download.value.path()).read_text("utf-8"), "contacts.py", "exec")
    page.context.close()

    settings = Settings(own_app.home)
    run = next(run for run in list_runs(settings) if run.source_name == path.name)
    attributes = {spec.column: spec.attribute for spec in read_schema(open_run(settings, run.run_id)).columns}
    assert attributes["Courriel"] == "email"
    assert attributes["Tel"] == "phone"
