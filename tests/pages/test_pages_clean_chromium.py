"""Cleaning in Debian's Chromium: fix, undo, redo, take a step out; the recipe replayed under another header."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from browser_kit import App, calm, choose_until, keep_picture, new_page, press
from playwright.sync_api import Browser, Locator, Page, expect

from importer.intake import write_sample

pytestmark = pytest.mark.browser

GOOD = "".join(f"p{number}@example.com,+44 20 7946 01{number},Bonn\n" for number in range(30, 36))
FIRST = (
    "Email,Phone,City\n"
    " ann@example.com,(020) 7946 0123,köln\n"
    "bob at example.com,020 7946 0124,ulm\n"
    "cleo@example.com,+44 20 7946 0125,bonn\n"
    "nobody,+44 20 7946 0126,bonn\n" + GOOD
)
NEXT_MONTH = (
    "E-Mail,Telefon,City\n"
    " dora@example.com,020 7946 0127,köln\n"
    "emil at example.com,020 7946 0128,ulm\n"
    "cleo@example.com,020 7946 0129,bonn\n" + GOOD
)


def upload(page: Page, path: Path) -> None:
    page.get_by_label("Choose a list to upload").set_input_files(path)
    page.get_by_role("button", name="Next: the columns").wait_for()
    calm(page)
    page.get_by_role("link", name="3 Check").click()
    expect(big(page, "need fixing")).to_be_visible()
    calm(page)


def big(page: Page, label: str) -> Locator:
    return page.locator(".ci-card", has=page.get_by_text(label, exact=True)).first.locator(".ci-number")


def expect_left(page: Page, number: int) -> None:
    expect(big(page, "need fixing")).to_have_text(str(number))
    calm(page)


def change_capitals_of_city(page: Page) -> None:
    page.get_by_role("tab", name="Transform").click()
    calm(page)
    page.get_by_label("What to do").click()
    page.get_by_role("option", name="Change capitals").click()
    calm(page)
    page.get_by_role("combobox", name="Column", exact=False).first.click()
    page.get_by_role("option", name="City").click()
    page.get_by_label("Write it").click()
    page.get_by_role("option", name="as names").click()
    expect(page.get_by_text("Will change 4 cells in 4 rows.")).to_be_visible()
    expect(page.get_by_role("cell", name="Köln", exact=True)).to_be_visible()
    keep_picture(page, "clean-1-change")
    press(page, "Apply")
    expect(page.get_by_role("button", name="Undo: Write names in City")).to_be_visible()
    calm(page)
    page.get_by_role("tab", name="By problem").click()
    calm(page)


def test_fixes_go_back_and_forth_and_next_month_replays_them(app: App, browser: Browser, tmp_path: Path) -> None:
    for name, text in (("first.csv", FIRST), ("next.csv", NEXT_MONTH)):
        (tmp_path / name).write_text(text, "utf-8")
    page = new_page(browser)
    page.goto(app.url)
    upload(page, tmp_path / "first.csv")
    expect_left(page, 3)
    press(page, "Trim spaces in Email")
    expect_left(page, 2)
    press(page, "Undo: Trim spaces in Email")
    expect_left(page, 3)
    press(page, "Redo: Trim spaces in Email")
    expect_left(page, 2)
    change_capitals_of_city(page)
    press(page, 'Replace "at" by')
    expect_left(page, 1)

    page.get_by_role("button", name="Choose their country").click()
    calm(page)
    page.get_by_label("Country of these numbers").click()
    page.keyboard.type("United K")
    page.get_by_role("option", name="United Kingdom (GB, +44)").click()
    expect(page.get_by_text("Will change 10 cells in 10 rows.")).to_be_visible()
    keep_picture(page, "clean-2-country")
    press(page, "Apply")
    expect(page.get_by_text("have no country code")).to_be_hidden()
    expect(big(page, "warnings")).to_have_text("0")
    calm(page)

    page.get_by_role("button", name="Steps (4)").click()
    calm(page)
    keep_picture(page, "clean-3-steps")
    page.get_by_role("button", name="Take out").nth(1).click()
    expect(page.get_by_role("button", name="Steps (3)")).to_be_visible()
    calm(page)
    page.keyboard.press("Escape")
    calm(page)

    page.get_by_role("button", name="Recipe").click()
    calm(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Recipe for next month").click()
    recipe = tmp_path / "recipe.json"
    download.value.save_as(recipe)
    assert [step["kind"] for step in json.loads(recipe.read_text("utf-8"))["operations"]] == [
        "trim",
        "replace",
        "format_phones",
    ]

    page.goto(app.url)
    upload(page, tmp_path / "next.csv")
    expect_left(page, 2)
    page.get_by_role("button", name="Recipe").click()
    calm(page)
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(recipe)
    expect(page.get_by_text("Step 1 needs column “Email”; the list has “E-Mail”: map it?")).to_be_visible()
    expect(page.get_by_text("Step 3 needs column “Phone”; the list has none of a like name.")).to_be_visible()
    keep_picture(page, "clean-4-map")
    press(page, "Use E-Mail for Email")
    other = page.get_by_role("combobox", name=re.compile("Another column for Phone"))
    expect(other).to_have_count(1)  # for a moment the form of before stands beside the new one
    ready = page.get_by_role("button", name="Replay 3 steps on this list")
    choose_until(
        other,
        page.get_by_role("option", name="Telefon"),
        lambda timeout: expect(ready).to_be_visible(timeout=timeout),
    )
    press(page, "Replay 3 steps on this list")
    expect_left(page, 0)
    expect(page.get_by_text("Every row is ready. There is nothing to fix.")).to_be_visible()
    expect(big(page, "ready")).to_have_text("9")
    keep_picture(page, "clean-5-replayed")


def test_a_steward_gets_from_the_sample_to_nothing_left_in_ten_clicks(
    app: App, browser: Browser, tmp_path: Path
) -> None:
    source = tmp_path / "partner list.csv"
    write_sample(source)
    page = new_page(browser)
    page.goto(app.url)
    upload(page, source)
    expect_left(page, 139)
    for fix, left in (
        ("Trim spaces in E-Mail", 79),
        ('Replace "at" by', 71),
        ("Fix double", 65),
        ("Keep the first of several addresses", 60),
        *(("Leave out and list in the error file", left) for left in (35, 18, 10, 7, 3, 0)),
    ):
        press(page, fix)
        expect_left(page, left)
    told = "Nothing is left to decide: 1,929 ready, 60 rejected, 11 duplicates."
    expect(page.get_by_text(told)).to_be_visible()
    keep_picture(page, "clean-6-ready")
