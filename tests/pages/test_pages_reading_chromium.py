"""The reading page in Chromium: a runner-up, repairs and back, a part of an archive, a file seen before."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser_kit import App, calm, keep_picture, new_page, press
from playwright.sync_api import Browser, Locator, Page, expect

pytestmark = pytest.mark.browser

ROWS = "".join(f"{at},p{at}@example.com,P,2024-01-{at}\n" for at in range(10, 20))
RAGGED = (
    f"id,email,name,day\n{ROWS}30,p@example.com,Doe, Jo,2024-01-30\n31,q@example.com,Roe, Al,2024-01-31\n".encode()
)
EITHER = "".join(f"k{at};x,p{at}@example.com;y,Ann {at};z\n" for at in range(20)).encode()
"""Commas and semicolons cut every row alike."""


@pytest.fixture
def page(app: App, browser: Browser) -> Iterator[Page]:
    opened = new_page(browser)
    opened.goto(app.url)
    yield opened
    opened.context.close()


def upload(page: Page, folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)
    page.get_by_label("Choose a list to upload").set_input_files(folder / name)
    page.get_by_role("button", name="Next: the columns").wait_for()
    calm(page)


def number(page: Page, label: str) -> Locator:
    """The big number of a card."""
    return page.locator(".ci-card", has=page.get_by_text(label, exact=True)).first.locator(".ci-number")


def preview(page: Page) -> Locator:
    """The first lines with their separators marked; the table beside them is a canvas and holds no text."""
    page.get_by_role("tab", name="As in the file").click()
    return page.locator(".ci-raw")


def test_the_runner_up_is_one_click_away_and_the_preview_follows(page: Page, tmp_path: Path) -> None:
    upload(page, tmp_path, "either.csv", EITHER)
    separators = preview(page).locator(".ci-sep")
    expect(separators).to_have_text([";"] * 15)
    expect(number(page, "columns")).to_have_text("4")
    page.get_by_role("button", name=re.compile("Use comma instead")).click()
    expect(separators).to_have_text([","] * 10)
    expect(number(page, "columns")).to_have_text("3")
    expect(number(page, "bytes not read")).to_have_text("0")
    page.get_by_role("button", name=re.compile("Back to semicolon")).click()
    expect(separators).to_have_text([";"] * 15)


def test_all_alike_are_repaired_and_taken_back(page: Page, tmp_path: Path) -> None:
    upload(page, tmp_path, "ragged.csv", RAGGED)
    page.get_by_text("A delimiter inside a cell: join the cells (2 rows)").click()
    keep_picture(page, "reading-repairs")
    press(page, "Repair all 2")
    expect(page.get_by_text("2 rows are repaired.")).to_be_visible()
    expect(page.get_by_role("button", name="Repair all 2")).to_have_count(0)
    press(page, "Take repairs back")
    expect(page.get_by_text("2 rows are repaired.")).to_have_count(0)
    expect(page.get_by_text("A delimiter inside a cell: join the cells (2 rows)")).to_be_visible()


def test_a_part_of_an_archive_is_chosen_and_read_in_its_own_dialect(page: Page, tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("people.csv", "email,name\na@example.com,Zoë Özil\nb@example.com,Bob\n".encode())
        archive.writestr("towns.csv", "town;country;size\nKöln;DE;1\nUlm;DE;2\nZürich;CH;3\n".encode("cp1252"))
    (tmp_path / "lists.zip").write_bytes(packed.getvalue())
    page.get_by_label("Choose a list to upload").set_input_files(tmp_path / "lists.zip")
    choice = page.get_by_role("radiogroup").locator("label")
    expect(choice).to_have_count(3)
    expect(page.get_by_role("button", name="Next: the columns")).to_have_count(0)
    choice.filter(has_text="people.csv").click()
    expect(preview(page)).to_contain_text("Zoë Özil")
    expect(number(page, "columns")).to_have_text("2")
    choice.filter(has_text="towns.csv").click()
    expect(preview(page)).to_contain_text("Zürich")
    expect(number(page, "columns")).to_have_text("3")
    expect(number(page, "rows")).to_have_text("3")


def test_the_same_file_again_is_said_to_have_been_here(app: App, page: Page, tmp_path: Path) -> None:
    content = RAGGED + b"40,r@example.com,R,2024-02-01\n"
    upload(page, tmp_path, "january.csv", content)
    expect(page.get_by_text("This very file")).to_have_count(0)
    page.goto(app.url)
    upload(page, tmp_path, "february.csv", content)
    expect(
        page.get_by_text(re.compile("This very file is here as a draft .*january.csv.*not imported"))
    ).to_be_visible()


def test_next_pressed_early_waits_for_the_reading_and_shows_the_list(page: Page, tmp_path: Path) -> None:
    row = b"someone%d@example.com,Some One,A long street 12,12345,Town\n"
    content = b"email,name,street,zip,town\n" + b"".join(row % at for at in range(700_000))
    (tmp_path / "long.csv").write_bytes(content)
    page.get_by_label("Choose a list to upload").set_input_files(tmp_path / "long.csv")
    page.get_by_role("button", name="Next: the columns").click()
    waits = page.get_by_text("This list is being read").or_(page.get_by_text("Reading the whole list"))
    expect(waits.or_(page.get_by_role("heading", name="Columns")).first).to_be_visible()
    keep_picture(page, "reading-goes-on")
    expect(page.get_by_role("heading", name="Columns")).to_be_visible()
    expect(number(page, "rows")).to_have_text("700,000")
    expect(page.get_by_text("has not been read yet")).to_have_count(0)
