"""Two tabs of Debian's Chromium on one list: the one that is behind undoes nothing, and shows what the other did."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser_kit import App, calm, keep_picture, new_page, press
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

LIST = "Email,Name\n ann@example.com,Ann\nbob at example.com,Bob\nnobody,Carl\n,Dora\n" + "".join(
    f"p{number}@example.com,Testperson {number}\n" for number in range(20)
)


def undo_of(page: Page, step: str) -> None:
    expect(page.get_by_role("button", name=f"Undo: {step}")).to_be_visible()
    calm(page)


def test_a_tab_that_is_behind_says_so_and_one_undo_takes_back_one_click(
    app: App, browser: Browser, tmp_path: Path
) -> None:
    (tmp_path / "list.csv").write_text(LIST)
    first = new_page(browser)
    first.goto(app.url)
    first.get_by_label("Choose a list to upload").set_input_files(tmp_path / "list.csv")
    first.get_by_role("button", name="Next: the columns").wait_for()
    calm(first)
    first.get_by_role("link", name="3 Check").click()
    first.get_by_role("button", name="Trim spaces in Email").wait_for()
    calm(first)
    press(first, "Trim spaces in Email")
    undo_of(first, "Trim spaces in Email")

    second = new_page(browser)
    second.goto(first.url)
    undo_of(second, "Trim spaces in Email")
    second.get_by_role("button", name="Reject the rest").click()
    second.get_by_role("button", name="Yes, reject").click()
    undo_of(second, "Reject the rest")

    press(first, "Undo: Trim spaces in Email")
    expect(first.get_by_text("The list was changed in another tab, so nothing was done.")).to_be_visible()
    keep_picture(first, "two-tabs-behind")
    undo_of(first, "Reject the rest")
    press(first, "Undo: Reject the rest")
    undo_of(first, "Trim spaces in Email")
    expect(first.get_by_role("button", name="Redo: Reject the rest")).to_be_visible()
