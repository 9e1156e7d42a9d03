"""The whole way in Debian's Chromium: upload, fix, import, totals, browse; then stop and go on with a bigger list."""

from __future__ import annotations

import contextlib
import csv
import json
import re
import signal
from pathlib import Path

import pytest
from browser_kit import App, calm, choose_until, keep_picture, new_page, press
from playwright.sync_api import Browser, Locator, Page, expect

from importer.intake import write_sample
from importer.settings import Settings
from importer.table import count_items, dynamodb_client, embedded_connection

pytestmark = pytest.mark.browser

BIG_ROWS, ROWS_A_SECOND = 6_000, "100"
"""A minute of sending: the app is killed and started again long before the end, on any machine."""


def upload(page: Page, path: Path) -> None:
    page.get_by_label("Choose a list to upload").set_input_files(path)
    page.get_by_role("button", name="Next: the columns").wait_for()
    calm(page)


def big(page: Page, label: str) -> Locator:
    """The big number of a card."""
    return page.locator(".ci-card", has=page.get_by_text(label, exact=True)).first.locator(".ci-number")


def number(page: Page, label: str) -> int:
    """What it says now."""
    return int(big(page, label).inner_text().replace(",", ""))


def expect_number(page: Page, label: str, wanted: int) -> None:
    """Wait until it says `wanted`."""
    expect(big(page, label)).to_have_text(f"{wanted:,}")


def counted(home: Path) -> int:
    """Items in the table, by a client of our own."""
    client = dynamodb_client(embedded_connection(Settings(home), lease="test"))
    return count_items(client, "EmailContacts")


ROW_PX = 62
"""Height of a row whose reasons take three lines."""


def show_rows_with(page: Page, problem: re.Pattern[str]) -> None:
    """Choose a problem as a person does: again where a redraw took the choice away."""
    field = page.get_by_label("Show rows with")
    option = page.get_by_role("option", name=problem)
    choose_until(field, option, lambda timeout: expect(field).to_have_value(problem, timeout=timeout))


def type_into_cell(page: Page, column: int, row: int, text: str, *, then: Locator) -> None:
    """Write into a cell as a person does: click, type, enter; again where a redraw took the click away."""
    for _ in range(3):
        _type_once(page, column, row, text)
        with contextlib.suppress(AssertionError):
            expect(then).to_be_visible(timeout=10_000)
            break
    expect(then).to_be_visible(timeout=1_000)
    calm(page)


def _type_once(page: Page, column: int, row: int, text: str) -> None:
    canvas = page.get_by_test_id("stDataFrame").locator("canvas").first
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + column, box["y"] + 38 + ROW_PX * row + ROW_PX // 2)
    page.wait_for_timeout(300)
    page.keyboard.press("Enter")
    editor = page.locator("#portal textarea, #portal input").first
    expect(editor).to_be_visible()
    page.keyboard.press("Control+A")
    page.keyboard.type(text, delay=10)
    expect(editor).to_have_value(text)
    page.keyboard.press("Enter")
    expect(editor).to_be_hidden()


def test_from_the_sample_to_the_table(own_app: App, browser: Browser, tmp_path: Path) -> None:
    source = tmp_path / "partner list.csv"
    write_sample(source)
    page = new_page(browser)
    page.goto(own_app.url)
    expect(page.get_by_text("EmailContacts, test table on this computer")).to_be_visible()
    keep_picture(page, "1-start")
    upload(page, source)
    assert number(page, "rows") == 2000
    assert number(page, "bytes not read") == 0
    keep_picture(page, "2-file")

    press(page, "Next: the columns")
    expect(page.get_by_text("Damage from Excel or exports")).to_be_visible()
    keep_picture(page, "3-columns")
    press(page, "Next: check every row")
    ready, wrong = number(page, "ready"), number(page, "need fixing")
    keep_picture(page, "4-check")

    press(page, "Trim spaces in E-Mail")
    expect(page.get_by_role("button", name="Undo: Trim spaces in E-Mail")).to_be_visible()
    calm(page)
    fixed, left = number(page, "ready"), number(page, "need fixing")
    assert fixed > ready
    assert left < wrong
    press(page, "Undo: Trim spaces in E-Mail")
    expect_number(page, "ready", ready)
    expect_number(page, "need fixing", wrong)
    press(page, "Redo: Trim spaces in E-Mail")
    expect_number(page, "ready", fixed)
    expect_number(page, "need fixing", left)
    page.get_by_role("button", name=re.compile("Leave out$")).first.click()
    calm(page)
    expect(page.locator(".ci-card", has_text="left out")).to_be_visible()
    calm(page)

    phone = page.get_by_text("phone numbers in").first.inner_text()
    assert "not valid" in phone
    page.get_by_role("tab", name="Row by row").click()
    calm(page)
    before = number(page, "ready")
    show_rows_with(page, re.compile("phone numbers in .* not valid"))
    undo = page.get_by_role("button", name=re.compile("Undo: Set Phone in row"))
    type_into_cell(page, 700, 1, "+1 555 0100", then=undo)  # the first row has a bad address too
    expect_number(page, "ready", before + 1)
    calm(page)
    keep_picture(page, "5-grid")

    ready = number(page, "ready")
    press(page, "Next: the import")
    expect(page.get_by_text(re.compile(f"Write {ready:,} contacts"))).to_be_visible()
    keep_picture(page, "6-plan")
    press(page, "Start the import")
    expect(page.get_by_role("heading", name="Result")).to_be_visible()
    expect_number(page, "Written", ready)
    calm(page)
    expect(page.get_by_text("= 2,000 rows of the file.")).to_be_visible()
    assert counted(own_app.home) == ready
    keep_picture(page, "7-after")

    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile("Rejected and failed rows")).click()
    with Path(download.value.path()).open(encoding="utf-8", errors="surrogateescape", newline="") as file:
        header = next(csv.reader(file))
    assert header[:4] == ["_row", "_column", "_code", "_reason"]
    with page.expect_download() as download:
        page.get_by_role("button", name="Import report").click()
    assert json.loads(Path(download.value.path()).read_text("utf-8"))

    page.get_by_role("link", name="See the contacts in the table").click()
    calm(page)
    page.get_by_label("Find by email").fill("kasia.placeholder0@example.com")
    page.keyboard.press("Enter")
    calm(page)
    press(page, "Count the items now")
    expect(page.get_by_text(f"{ready:,} items, counted one by one")).to_be_visible()
    keep_picture(page, "8-table")
    page.get_by_role("link", name="Runs", exact=True).click()
    calm(page)
    expect(page.get_by_test_id("stMarkdown").get_by_text("partner list.csv")).to_be_visible()
    keep_picture(page, "9-runs")


def test_a_stopped_import_goes_on_in_another_browser_and_after_the_app_was_killed(
    own_app: App, browser: Browser, tmp_path: Path
) -> None:
    source = tmp_path / "big.csv"
    with source.open("w", encoding="utf-8", newline="") as file:
        file.write("Email,Name\n")
        file.writelines(f"person{n}@example.com,Person {n}\n" for n in range(BIG_ROWS))
    before = counted(own_app.home)
    first = new_page(browser)
    first.goto(own_app.url)
    upload(first, source)
    first.get_by_role("link", name="4 Import").click()
    calm(first)
    first.get_by_text("Limit rows per second").click()
    calm(first)
    cap = first.get_by_role("spinbutton", name="Rows a second")
    cap.fill(ROWS_A_SECOND)
    cap.press("Tab")
    calm(first)
    press(first, "Start the import")
    first.get_by_role("button", name="Cancel").click()
    expect(first.get_by_test_id("stMarkdown").get_by_text("Cancelled")).to_be_visible()
    calm(first)
    sent = number(first, "Written")
    assert 0 <= sent < BIG_ROWS
    address = first.url
    assert "run=" in address

    second = new_page(browser)
    second.goto(address)
    assert number(second, "Written") == sent
    press(second, "Resume")
    expect(second.get_by_role("button", name="Pause")).to_be_visible()
    expect(second.locator(".js-plotly-plot")).to_be_visible()
    # The first browser sees it go on, without a click.
    expect(first.get_by_role("button", name="Pause")).to_be_visible()
    keep_picture(second, "10-live")
    first.close()
    own_app.stop(signal.SIGKILL)
    own_app.start()
    second.goto(address)
    second.get_by_text("Change the pace").click()
    second.get_by_text("As fast as the table takes it").click()
    calm(second)
    press(second, "Go on at this pace")
    expect(second.get_by_text(f"{BIG_ROWS:,} written = {BIG_ROWS:,} rows of the file.")).to_be_visible()
    assert counted(own_app.home) == before + BIG_ROWS
    keep_picture(second, "11-resumed")


def test_zoom_is_kept_while_the_chart_grows(own_app: App, browser: Browser, tmp_path: Path) -> None:
    source = tmp_path / "slow.csv"
    lines = "".join(f"slow{n}@example.com,Slow {n}\n" for n in range(10_000))
    source.write_text("Email,Name\n" + lines, encoding="utf-8")
    page = new_page(browser)
    page.goto(own_app.url)
    upload(page, source)
    page.get_by_role("link", name="4 Import").click()
    calm(page)
    page.get_by_text("Slow: pause 0.1 s").click()
    calm(page)
    press(page, "Start the import")
    plot = page.locator('[data-part="plot"].js-plotly-plot')
    expect(plot).to_be_visible()
    points = "node => node.data[0].x.length"
    page.wait_for_function("() => document.querySelector('.js-plotly-plot')?.data[0].x.length > 2")
    box = plot.locator(".draglayer .xy .nsewdrag").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 240, box["y"] + 60, steps=6)
    page.mouse.up()
    zoom = "node => JSON.stringify(node.layout.xaxis.range)"
    wanted, had = plot.evaluate(zoom), plot.evaluate(points)
    page.wait_for_function(f"() => document.querySelector('.js-plotly-plot').data[0].x.length > {had + 2}")
    assert plot.evaluate(zoom) == wanted
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_test_id("stMarkdown").get_by_text("Cancelled")).to_be_visible()
