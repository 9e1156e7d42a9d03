"""An upload in Chromium loses no byte when requests and answers are lost on the way or the page is reloaded."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from browser_kit import App, new_page
from playwright.sync_api import Browser, Page, Route, expect

pytestmark = pytest.mark.browser

LINE = b"someone@example.com,Some One,\n"
BYTES = 20_000_010
"""Three slices of 8 MB, the last one short."""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "big.csv"
    path.write_bytes((b"Email,Name,Notes\n" + LINE * (BYTES // len(LINE) + 1))[:BYTES])
    return path


def kept(app: App) -> list[str]:
    """Digests of the sources that runs have taken in."""
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in (app.home / "runs").glob("*/source")]


def choose(page: Page, source: Path) -> None:
    page.get_by_label("Choose a list to upload").set_input_files(source)


def test_a_lost_request_and_a_lost_answer_cost_nothing(app: App, browser: Browser, source: Path) -> None:
    page = new_page(browser)
    statuses: list[int] = []
    page.on("response", lambda answer: statuses.append(answer.status) if "/api/upload/" in answer.url else None)
    seen = 0

    def lose(route: Route) -> None:
        nonlocal seen
        seen += 1
        if seen == 1:
            route.abort()
        elif seen == 3:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/api/upload/**", lose)
    page.goto(app.url)
    choose(page, source)
    page.get_by_role("button", name="Next: the columns").wait_for()
    assert 409 in statuses
    assert hashlib.sha256(source.read_bytes()).hexdigest() in kept(app)


def test_after_a_reload_the_same_file_goes_on_where_it_was(app: App, browser: Browser, source: Path) -> None:
    source.write_bytes(source.read_bytes()[::-1])
    page = new_page(browser)
    offsets: list[str] = []
    page.on(
        "request",
        lambda request: offsets.append(request.url.split("offset=")[1]) if "offset=" in request.url else None,
    )
    line_is_down = True

    def pass_on(route: Route) -> None:
        if "offset=0&" in route.request.url or not line_is_down:
            route.continue_()

    page.route("**/api/upload/**", pass_on)
    page.goto(app.url)
    choose(page, source)
    expect(page.get_by_text("8.4 MB of 20.0 MB")).to_be_visible()
    page.reload()
    line_is_down = False
    before = len(offsets)
    choose(page, source)
    page.get_by_role("button", name="Next: the columns").wait_for()
    sent = [int(offset.split("&")[0]) for offset in offsets[before:]]
    assert sent == [0, 8_388_608, 16_777_216]
    assert hashlib.sha256(source.read_bytes()).hexdigest() in kept(app)


def test_a_file_that_is_not_taken_is_named(app: App, browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "nothing.csv").touch()
    page = new_page(browser)
    page.goto(app.url)
    choose(page, tmp_path / "nothing.csv")
    expect(page.get_by_text("nothing.csv was not taken")).to_be_visible()


def test_stop_gives_the_drop_zone_back(app: App, browser: Browser, source: Path) -> None:
    page = new_page(browser)
    page.route("**/api/upload/**", lambda route: None)
    page.goto(app.url)
    choose(page, source)
    page.get_by_role("button", name="Stop the upload").click()
    expect(page.get_by_text("Drop a list here, or choose a file")).to_be_visible()
    page.get_by_label("Choose a list to upload").focus()
    expect(page.get_by_label("Choose a list to upload")).to_be_focused()
