"""The watch page in Chromium while the service is in trouble: it says so, and the pace is changed on it."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser_kit import App, calm, keep_picture, new_page, press
from faults.run_kit import planned_run, snapshot, strict_table, until
from playwright.sync_api import Browser, Locator, expect

from importer.run import start_runner
from importer.settings import Settings

pytestmark = pytest.mark.browser

ROWS = 40_000
TROUBLE = {"seed": 3, "unprocessed": 0.2, "throttle": 0.05, "latency_s": 0.02, "bad_mark": "bad"}

REFRESHES, PAGE_CPU_S = 4, 0.1
"""So much CPU a refresh may cost (measured: 0.02); the system counts in steps of 0.01 s."""


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")


def cpu_of_a_refresh_s(app: App, told: Locator) -> float:
    """CPU seconds of the server for each time that the facts change on the page, once a second."""
    expect(told).not_to_have_text(told.text_content() or "")
    begun_s = app.cpu_s()
    for _ in range(REFRESHES):
        expect(told).not_to_have_text(told.text_content() or "")
    return (app.cpu_s() - begun_s) / REFRESHES


def test_a_storm_is_told_and_cap_and_requests_at_a_time_change_while_it_runs(app: App, browser: Browser) -> None:
    settings = Settings(Path(app.home))
    with strict_table(**TROUBLE, capacity_wcu=400.0) as table:
        folder = planned_run(settings, table.url, ROWS, workers=None, bad=(8, 900, 1_500))
        start_runner(settings, folder.run_id)
        page = new_page(browser)
        page.goto(f"{app.url}/import?run={folder.run_id}")
        told = page.locator(".ci-facts")
        expect(page.get_by_text("Holding back: throttled")).to_be_visible()
        expect(told).to_contain_text("rows handed back")
        expect(told).to_contain_text("(found by itself)")
        expect(page.get_by_text("Last rows that the table refused")).to_be_visible()
        keep_picture(page, "12-storm")
        # Plotly would offer to send the chart to its maker's servers.
        expect(page.locator('.modebar-btn[data-title="Download plot as a PNG"]')).to_have_count(1)
        expect(page.locator('.modebar-btn[data-title^="Share"]')).to_have_count(0)
        page.get_by_text("Change the pace").click()
        page.get_by_text("Limit write units per second").click()
        calm(page)
        for name, value in (("Write units a second", "100"), ("Parallel requests", "2")):
            box = page.get_by_role("spinbutton", name=name)
            box.fill(value)
            box.press("Tab")
            calm(page)
        press(page, "Go on at this pace")
        expect(told).to_contain_text("cap 100")
        expect(told).to_contain_text("2 (as chosen)")
        command = snapshot(folder).command
        assert (command.rate_wcu, command.workers) == (100.0, 2)
        until(folder, lambda now: now.last is not None and now.last.workers == 2 and now.last.wcu_s < 130)
        assert cpu_of_a_refresh_s(app, told) < PAGE_CPU_S
        page.reload()
        page.get_by_text("Change the pace").click()
        expect(page.get_by_role("spinbutton", name="Write units a second")).to_have_value("100")
        press(page, "Cancel")
        expect(page.get_by_role("button", name="Resume")).to_be_visible()
