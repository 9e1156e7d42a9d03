"""Two months of a partner's list in Debian's Chromium: cleaned and saved, then opened with everything in place."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import pytest
from browser_kit import App, bring_in, calm, keep_picture, new_page, press
from playwright.sync_api import Browser, Page, expect

from importer.run import find_saved, load_last
from importer.settings import Settings

pytestmark = pytest.mark.browser

HEADER = "E-Mail,Name,Phone,Tier"


def month(path: Path, first: int, last: int, *, header: str = HEADER, phones: int = 100) -> Path:
    rows = [
        f" p{n}@example.com,Person {n},{f'+1 555 {n:04}' if n % 100 < phones else ''},Gold"
        for n in range(first, last)
    ]
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def bring(
    browser: Browser, own_app: App, path: Path, *, width: int = 1440, scheme: Literal["light", "dark"] = "light"
) -> Page:
    """A person's browser with the list just brought in."""
    page = new_page(browser, width=width, scheme=scheme)
    bring_in(page, own_app, path)
    return page


def save_as(page: Page, name: str) -> None:
    page.get_by_role("button", name="Save for next month").click()
    page.get_by_role("textbox", name="Name").fill(name)
    page.get_by_role("button", name="Save", exact=True).click()
    calm(page)


def test_next_months_list_opens_as_this_ones(own_app: App, browser: Browser, tmp_path: Path) -> None:
    settings = Settings(own_app.home)
    page = bring(browser, own_app, month(tmp_path / "october.csv", 0, 200))
    expect(page.get_by_text("Opened as")).to_have_count(0)
    press(page, "Next: the columns")
    press(page, "Next: check every row")
    press(page, "Trim spaces in E-Mail")
    expect(page.get_by_text("Every row is ready.")).to_be_visible()
    save_as(page, "Partner monthly")
    expect(page.get_by_text("Saved as Partner monthly.").first).to_be_visible()
    keep_picture(page, "saved-1-save")
    page.keyboard.press("Escape")
    press(page, "Next: the import")
    press(page, "Start the import")
    expect(page.get_by_text("= 200 rows of the file.")).to_be_visible()
    save_as(page, "Partner monthly")
    expect(page.get_by_role("button", name="Replace Partner monthly")).to_be_visible()
    keep_picture(page, "saved-2-replace")

    november = month(tmp_path / "november.csv", 100, 300, phones=41)
    page = bring(browser, own_app, november, width=420, scheme="dark")
    expect(page.get_by_text("Opened as Partner monthly: 1 step, 4 rules.")).to_be_visible()
    keep_picture(page, "saved-3-opened")
    press(page, "Not this one?")
    expect(page.get_by_text("A plain list, not opened as Partner monthly.")).to_be_visible()
    press(page, "Open it as Partner monthly again")
    expect(page.get_by_text("Opened as Partner monthly: 1 step, 4 rules.")).to_be_visible()
    press(page, "Next: the columns")
    unusual = page.get_by_text('Column "Phone" now has blanks: 59 % of the rows, 0 % in the last list.')
    expect(unusual).to_be_visible()
    keep_picture(page, "saved-4-columns")
    press(page, "Next: check every row")
    expect(page.get_by_text("Every row is ready.")).to_be_visible()
    press(page, "Next: the import")
    expect(unusual).to_be_visible()
    keep_picture(page, "saved-5-plan")
    press(page, "Start the import")
    expect(page.get_by_text("= 200 rows of the file.")).to_be_visible()
    entry = find_saved(settings, "Partner monthly")

    header = HEADER.replace("Name", "Full name")
    page = bring(browser, own_app, month(tmp_path / "december.csv", 200, 400, header=header), scheme="dark")
    expect(page.get_by_text("This looks like Partner monthly")).to_be_visible()
    page.get_by_label("Name").first.click()
    page.get_by_role("option", name="Full name").click()
    calm(page)
    keep_picture(page, "saved-6-near")
    press(page, "Open it as Partner monthly")
    expect(page.get_by_text('"Full name" is taken for "Name".')).to_be_visible()
    page.get_by_role("link", name="Saved lists").click()
    expect(page.get_by_text(re.compile("last list")).first).to_be_visible()
    expect(page.get_by_text("november.csv, 200 rows")).to_be_visible()
    keep_picture(page, "saved-7-library")
    last = load_last(settings, entry.entry_id)
    assert last is not None
    assert (last.source_name, last.known) == ("november.csv", 0.5)
