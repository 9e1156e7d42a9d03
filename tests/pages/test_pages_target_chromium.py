"""Two people in two browsers on one list: Start does what stood on the screen of the one who presses, or nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser_kit import App, bring_in, calm, keep_picture, new_page, press
from playwright.sync_api import Browser, Page, expect

from importer.settings import Settings
from importer.table import KeyPart, TableKey, create_table, dynamodb_client, embedded_connection

pytestmark = pytest.mark.browser

LIST = "email,name\n ann@example.com,Ann\nbob@example.com,Bob\nno address,Carl\n"


@pytest.fixture
def client(own_app: App) -> Iterator[Any]:
    """Two tables with the same key: EmailContacts, where new lists go, and Others."""
    made = dynamodb_client(embedded_connection(Settings(own_app.home), lease="tests"))
    for table in ("EmailContacts", "Others"):
        if table not in made.list_tables()["TableNames"]:
            create_table(made, table, TableKey(KeyPart("email", "S")))
    yield made
    made.close()


def test_what_another_person_changes_is_not_started_unseen(
    own_app: App, browser: Browser, tmp_path: Path, client: Any
) -> None:
    (tmp_path / "list.csv").write_text(LIST)
    mine, other = new_page(browser), new_page(browser)
    run_id = bring_in(mine, own_app, tmp_path / "list.csv")
    for step in ("Next: the columns", "Next: check every row", "Next: the import"):
        press(mine, step)
    expect(mine.get_by_text("into EmailContacts").first).to_be_visible()

    # the default of new lists is no matter of this one
    other.goto(f"{own_app.url}/settings")
    calm(other)
    other.get_by_label("Table", exact=True).fill("Others")
    other.get_by_label("Table", exact=True).press("Tab")
    press(other, "Use this")

    # a step, a left-out row and the list's own table are
    other.goto(f"{own_app.url}/check?run={run_id}")
    calm(other)
    press(other, "Trim spaces in email")
    expect(other.get_by_role("button", name="Undo: Trim spaces in email")).to_be_visible()
    refused(mine, "Steps added: Trim spaces in email.")
    other.get_by_role("button", name=re.compile("Leave out$")).first.click()
    calm(other)
    refused(mine, "Rejected: 1 → 0.")
    other.goto(mine.url)
    calm(other)
    press(other, "Another table")
    other.get_by_role("button", name="Use that for this list too").click()
    calm(other)
    refused(mine, "Others")
    keep_picture(mine, "target-refused")

    assert tables_of(client) == {"EmailContacts": set(), "Others": set()}
    press(mine, "Start the import")
    expect(mine.get_by_role("heading", name="Result")).to_be_visible()
    calm(mine)
    assert tables_of(client) == {"EmailContacts": set(), "Others": {"ann@example.com", "bob@example.com"}}
    plan = json.loads((own_app.home / "runs" / run_id / "plan.json").read_text("utf-8"))
    assert plan["target"]["table"] == "Others"


def refused(page: Page, what: str) -> None:
    """Start was pressed and did nothing; the page shows what changed, and what the next press would do."""
    press(page, "Start the import")
    warning = page.get_by_test_id("stAlert").filter(has_text="Nothing was done")
    expect(warning).to_be_visible()
    expect(warning).to_contain_text(what)
    calm(page)


def tables_of(client: Any) -> dict[str, set[str]]:
    return {
        table: {item["email"]["S"] for item in client.scan(TableName=table)["Items"]}
        for table in ("EmailContacts", "Others")
    }
