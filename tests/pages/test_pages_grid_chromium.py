"""The grid in Debian's Chromium: quick typing loses nothing, a reload neither; and the way by keyboard on a phone."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from browser_kit import PATIENCE_MS, App, bring_in, calm, free_port, keep_picture, new_page, press
from playwright.sync_api import Browser, Page, expect

from importer.clean import DecideRows, Operation, SetCells, load_history
from importer.run import open_run
from importer.settings import Settings

pytestmark = pytest.mark.browser

KEY_DELAY_MS = 40
"""25 letters a second: nobody types faster. (At 5 ms the editor itself, without any app around it, loses letters.)"""

BAD_ROWS = 8

EDITOR = """
import pathlib, sys, time
import pandas as pd
import streamlit as st

out, anew = pathlib.Path(sys.argv[1]), sys.argv[2] == "anew"
kept = dict(line.split("=") for line in out.read_text().splitlines())
key = f"editor_{len(kept)}" if anew else "editor"

def keep(edits):
    new = {str(place): values["cell"] for place, values in edits.items() if str(place) not in kept}
    with out.open("a") as file:
        file.writelines(f"{place}={text}\\n" for place, text in new.items())
    return new

def changed():
    keep(st.session_state[key]["edited_rows"])

time.sleep(1.5)  # the check of a long list
cells = [kept.get(str(n), f"bad {n}") if anew else f"bad {n}" for n in range(8)]
st.data_editor(pd.DataFrame({"cell": cells}), key=key, hide_index=True, num_rows="fixed",
               on_change=None if anew else changed, column_config={"cell": st.column_config.TextColumn(width=400)})
if anew and keep(st.session_state[key]["edited_rows"]):
    st.rerun()
"""
"""The editor alone, with a slow page around it: built anew by each edit (as it was), or the same all the time."""


@contextmanager
def bare_editor(folder: Path, how: str) -> Iterator[tuple[str, Path]]:
    """Its address, and the file of the edits it kept."""
    script, out, port = folder / "editor.py", folder / f"{how}.txt", free_port()
    script.write_text(EDITOR)
    out.write_text("")
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port), "--", str(out), how]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url, deadline = f"http://127.0.0.1:{port}", time.monotonic() + PATIENCE_MS / 1000
    try:
        while True:
            try:
                urllib.request.urlopen(f"{url}/_stcore/health", timeout=1).close()
                break
            except (urllib.error.URLError, OSError):
                assert time.monotonic() < deadline
                time.sleep(0.1)
        yield url, out
    finally:
        process.terminate()
        process.wait()


def type_down(page: Page, x: int, first_row_y: int, texts: list[str]) -> None:
    """Type, Enter, type, Enter … into the cells below one another, as quick as a person does."""
    canvas = page.get_by_test_id("stDataFrame").locator("canvas").first
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + x, box["y"] + first_row_y)
    page.wait_for_timeout(600)
    for text in texts:
        page.keyboard.type(text, delay=KEY_DELAY_MS)
        page.keyboard.press("Enter")
        page.wait_for_timeout(250)
    page.wait_for_timeout(1500)
    calm(page)


def bring(app: App, page: Page, path: Path, rows: int = 0) -> str:
    """Upload a list with BAD_ROWS bad addresses on top and open its grid; the run's id."""
    with path.open("w", encoding="utf-8") as file:
        file.write("Email,Name\n")
        file.writelines(f"bad address {n},Ann {n}\n" for n in range(BAD_ROWS))
        file.writelines(f"ok{n}@example.com,Bob {n}\n" for n in range(max(rows, 100)))
    run_id = bring_in(page, app, path)
    page.goto(f"{app.url}/check?run={run_id}")
    page.get_by_role("tab", name="Row by row").click()
    page.get_by_role("button", name="Next problem").wait_for()
    calm(page)
    return run_id


def steps(app: App, run_id: str) -> tuple[Operation, ...]:
    return load_history(open_run(Settings(app.home), run_id).recipe).done


def test_quick_edits_are_all_kept_and_still_there_after_a_reload(app: App, browser: Browser, tmp_path: Path) -> None:
    page = new_page(browser)
    run_id = bring(app, page, tmp_path / "quick.csv", rows=60_000)
    wanted = [f"good{n}@example.com" for n in range(BAD_ROWS)]
    type_down(page, 480, 38 + 17, wanted)
    assert steps(app, run_id) == tuple(
        SetCells("Email", ((row, text),)) for row, text in enumerate(wanted, start=2)
    ), "one step for each edit, in order"
    keep_picture(page, "grid-quick")
    page.reload()
    expect(page.get_by_text("Every row is ready")).to_be_visible()


def _type_on_when_kept(page: Page, out: Path, texts: list[str], patience_s: float) -> int:
    """Type each text as soon as the one before is kept, which is before the page is drawn again; how many were."""
    canvas = page.get_by_test_id("stDataFrame").locator("canvas").first
    canvas.wait_for()
    calm(page)
    canvas.click(position={"x": 200, "y": 35 + 17}, force=True)
    page.wait_for_timeout(600)
    for text in texts:
        page.keyboard.type(text, delay=KEY_DELAY_MS)
        page.keyboard.press("Enter")
        deadline = time.monotonic() + patience_s
        while text not in out.read_text() and time.monotonic() < deadline:
            page.wait_for_timeout(20)
    return sum(text in out.read_text() for text in texts)


def test_control_an_editor_built_anew_by_each_edit_loses_what_is_typed_meanwhile(
    browser: Browser, tmp_path: Path
) -> None:
    """What is lost is waited for twice as long as the page takes; what is kept, as long as it takes."""
    kept = {}
    for how, patience_s in (("anew", 3.0), ("same", PATIENCE_MS / 1000)):
        with bare_editor(tmp_path, how) as (url, out):
            page = new_page(browser)
            page.goto(url)
            kept[how] = _type_on_when_kept(page, out, ["one", "two", "three"], patience_s)
    assert kept == {"anew": 1, "same": 3}


def test_on_a_phone_the_rows_come_one_at_a_time_and_the_keyboard_is_enough(
    app: App, browser: Browser, tmp_path: Path
) -> None:
    page = new_page(browser, width=420, height=900)
    run_id = bring(app, page, tmp_path / "phone.csv")
    expect(page.get_by_test_id("stDataFrame")).to_be_hidden()
    page.get_by_role("button", name="Next problem").focus()
    page.keyboard.press("Enter")
    for n in range(2):
        field = page.get_by_label("Email: must be an e-mail address.")
        expect(page.get_by_text(f"Row {n + 2}", exact=True)).to_be_visible()
        expect(field).to_have_count(1)
        calm(page)  # the field that is there before may still be that of the row before
        expect(field).to_be_focused()
        page.keyboard.type(f"good{n}@example.com", delay=KEY_DELAY_MS)
        page.keyboard.press("Enter")
    expect(page.get_by_text("Row 4", exact=True)).to_be_visible()
    expect(field).to_have_count(1)
    expect(field).to_be_focused()
    keep_picture(page, "grid-one-row-420")
    calm(page)  # Tab counts from the field only when the page is drawn to its end
    for _ in range(2):  # from the field over Save and next
        page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Reject and next")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Row 5", exact=True)).to_be_visible()
    page.reload()
    expect(page.get_by_text("Row 5", exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 420
    assert steps(app, run_id) == (
        SetCells("Email", ((2, "good0@example.com"),)),
        SetCells("Email", ((3, "good1@example.com"),)),
        DecideRows((4,), "reject"),
    )


def test_find_and_replace_in_the_failing_rows(app: App, browser: Browser, tmp_path: Path) -> None:
    page = new_page(browser)
    run_id = bring(app, page, tmp_path / "find.csv")
    press(page, "Find and replace")
    page.get_by_label("Find", exact=True).fill("bad address ")
    page.get_by_label("Put instead (empty takes it away)").fill("good@example")
    page.get_by_role("combobox", name="In", exact=False).first.click()
    page.get_by_role("option", name="Email", exact=True).click()
    page.get_by_role("button", name="Find", exact=True).click()
    expect(page.get_by_text("8 cells in 8 rows will change: 8 in Email.")).to_be_visible()
    assert steps(app, run_id) == ()
    keep_picture(page, "grid-find")
    press(page, "Replace in 8 cells")
    expect(page.get_by_role("button", name="Undo: Set 8 cells of Email")).to_be_visible()
    assert [step.kind for step in steps(app, run_id)] == ["set_cells"]
