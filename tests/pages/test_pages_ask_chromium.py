"""Ask in SQL and the grid of all rows in Debian's Chromium: an answer, a cancel, a search, one step for all of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser_kit import App, bring_in, calm, keep_picture, new_page, press
from playwright.sync_api import Browser, expect

from importer.clean import Condition, SetColumn, load_history
from importer.run import open_run
from importer.settings import Settings

pytestmark = pytest.mark.browser

LIST = "Email,City\n" + "".join(f"p{n}@example.com,{('Oslo', 'Rome', 'Bern')[n % 3]}\n" for n in range(300))


def test_a_question_is_answered_and_a_long_one_is_cancelled(app: App, browser: Browser, tmp_path: Path) -> None:
    page = new_page(browser)
    (tmp_path / "ask.csv").write_text(LIST, "utf-8")
    run_id = bring_in(page, app, tmp_path / "ask.csv")
    page.goto(f"{app.url}/check?run={run_id}&view=ask")
    calm(page)
    page.get_by_label("Question in SQL").fill("select City, count(*) as n from list group by all")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("3 rows in")).to_be_visible()
    page.get_by_text("Picture", exact=True).click()
    expect(page.locator(".js-plotly-plot")).to_be_visible()
    keep_picture(page, "ask-picture")
    page.get_by_label("Question in SQL").fill("select count(*) from range(1000000000) a, range(1000000000) b")
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("The question was cancelled.")).to_be_visible()


def test_all_rows_of_a_value_are_changed_in_one_step(app: App, browser: Browser, tmp_path: Path) -> None:
    page = new_page(browser)
    (tmp_path / "grid.csv").write_text(LIST, "utf-8")
    run_id = bring_in(page, app, tmp_path / "grid.csv")
    page.goto(f"{app.url}/check?run={run_id}&view=rows&problem=every")
    calm(page)
    for field, option in (("Only where", "City"), ("is", "Rome (100)")):
        page.get_by_role("combobox", name=field, exact=False).last.click()
        page.get_by_role("option", name=option).click()
        calm(page)
    search = page.get_by_role("textbox", name="Search")
    for text, rows in (("p1", 39), ("p2", 36), ("", 100)):  # the words of what is chosen change with its count
        search.fill(text)
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name=f"For all {rows} rows")).to_be_visible()
    calm(page)
    page.get_by_role("button", name="For all 100 rows").click()
    page.get_by_label("New text").fill("Roma")
    press(page, "Put it into 100 rows")
    expect(page.get_by_role("button", name="Undo: ")).to_be_enabled()
    history = load_history(open_run(Settings(app.home), run_id).recipe)
    assert history.done == (SetColumn("City", "Roma", Condition("City", "equals", "Rome")),)
    press(page, "Undo: ")
    assert load_history(open_run(Settings(app.home), run_id).recipe).done == ()
