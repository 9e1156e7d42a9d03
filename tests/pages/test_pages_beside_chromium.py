"""Two people in two browsers: long work on one's list goes on beside the pages, and slows nobody's click."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
from browser_kit import App, calm, new_page, running_app
from playwright.sync_api import Browser, Page, expect

from importer.run import adopt_source, check_run, create_run, prepare_schema, prepare_stage
from importer.settings import Settings
from importer.table import KeyPart, TableKey

pytestmark = pytest.mark.browser

KEY = TableKey(KeyPart("email", "S"))
HEADER = b"email,first_name,last_name,birth_date,street,zip,town,country,note\n"
ROW = b"p%d@example.com,Given%d,Testperson%d,19%02d-0%d-1%d,A long street %d,%05d,Town %d,Nowhere,met at a fair\n"


def rows(count: int) -> bytes:
    """A list whose people are worth comparing."""
    return HEADER + b"".join(
        ROW % (at, at % 997, at % 4999, at % 60 + 30, at % 9 + 1, at % 10, at % 811, at % 99_999, at % 97)
        for at in range(count)
    )


def bring(app: App, tmp_path: Path, content: bytes, *, is_checked: bool = False) -> str:
    """A list in the app's home; its run."""
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    folder = create_run(Settings(app.home), source_name="list.csv", who="tester", now=datetime.now(UTC))
    adopt_source(folder, path)
    if is_checked:
        prepare_stage(folder)
        prepare_schema(folder, KEY)
        check_run(folder, KEY)
    return folder.run_id


@pytest.fixture
def people(browser: Browser) -> Iterator[tuple[Page, Page]]:
    """Two of them, each in a browser of their own."""
    first, second = new_page(browser), new_page(browser)
    yield first, second
    first.context.close()
    second.context.close()


def the_process(app: App) -> psutil.Process:
    """The one that works for the pages, as soon as there is one."""
    end_s = time.monotonic() + 60
    while time.monotonic() < end_s:
        for child in psutil.Process(app.pid).children():
            if "importer.run.workers" in child.cmdline():
                return child
        time.sleep(0.005)
    raise AssertionError("no process was started")


def press_stop(page: Page, kind: str) -> None:
    """Ours: Streamlit shows a "Stop" of its own while a page is drawn."""
    page.locator(f".st-key-stop_{kind} button").click()


def click_through(page: Page) -> list[float]:
    """Seconds of some clicks on the Check page of a short list, each until its page has been drawn."""
    seconds = []
    for name in ("Transform", "Row by row", "Ask in SQL", "Transform", "By problem"):
        start_s = time.monotonic()
        page.get_by_role("tab", name=name).click()
        calm(page)
        seconds.append(time.monotonic() - start_s)
    return seconds


def test_long_work_is_left_come_back_to_stopped_and_taken_up_while_another_person_works(
    own_app: App, people: tuple[Page, Page], tmp_path: Path
) -> None:
    one, other = people
    long, short = bring(own_app, tmp_path, rows(200_000)), bring(own_app, tmp_path, rows(20), is_checked=True)
    one.goto(f"{own_app.url}/?run={long}")
    process = the_process(own_app)
    process.suspend()  # so that it goes on for as long as this test looks
    expect(one.get_by_text("Reading the whole list")).to_be_visible()
    expect(one.get_by_text("It goes on while you open other pages.")).to_be_visible()

    other.goto(f"{own_app.url}/check?run={short}")
    expect(other.get_by_role("tab", name="Transform")).to_be_visible()
    assert len(click_through(other)) == 5

    one.goto(f"{own_app.url}/settings?run={long}")
    expect(one.get_by_role("heading", name="Settings").first).to_be_visible()
    one.goto(f"{own_app.url}/columns?run={long}")
    expect(one.get_by_text("This list is being read")).to_be_visible()
    press_stop(one, "read")
    expect(one.get_by_text("This list has not been read yet")).to_be_visible()
    assert not process.is_running(), "what hears nothing is ended"

    one.goto(f"{own_app.url}/?run={long}")
    one.get_by_role("button", name="Read the list").click()
    expect(one.locator(".ci-card").first.locator(".ci-number")).to_have_text("200,000")
    one.get_by_role("button", name="Next: the columns").click()
    expect(one.get_by_role("tab", name="Content")).to_be_visible()


@pytest.fixture
def app_without_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    """The app where no process can be started: works are done in the pages' own."""
    (tmp_path / "none").mkdir()
    (tmp_path / "none" / "sitecustomize.py").write_text(
        "import subprocess\n"
        "begin = subprocess.Popen.__init__\n"
        "def refuse(self, args, *more, **how):\n"
        "    if 'importer.run.workers' in args:\n"
        "        raise OSError('no process')\n"
        "    begin(self, args, *more, **how)\n"
        "subprocess.Popen.__init__ = refuse\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "none"))
    with running_app(tmp_path / "home") as started:
        yield started


def times_the_cpu(app: App, people: tuple[Page, Page], tmp_path: Path) -> tuple[float, bool]:
    """How many times the processor's time the pages' process takes for one person's clicks while people are looked
    for in the other's long list, and whether the search outlasts the clicks. The seconds of a click are printed: they
    depend on the machine."""
    one, other = people
    long = bring(app, tmp_path, rows(350_000), is_checked=True)
    short = bring(app, tmp_path, rows(20), is_checked=True)
    other.goto(f"{app.url}/check?run={short}")
    expect(other.get_by_role("tab", name="Transform")).to_be_visible()
    click_through(other)

    def clicks() -> tuple[float, float]:
        before_s = app.cpu_s()
        seconds = click_through(other) + click_through(other)
        return statistics.median(seconds), app.cpu_s() - before_s

    alone_s, alone_cpu_s = clicks()
    one.goto(f"{app.url}/check?run={long}&view=person")
    looking = one.get_by_text("Looking for people who are in the list twice")
    expect(looking).to_be_visible()
    beside_s, beside_cpu_s = clicks()
    goes_on = looking.is_visible()
    print(f"a click {alone_s:.2f} s alone, {beside_s:.2f} s beside; CPU {alone_cpu_s:.2f}, {beside_cpu_s:.2f} s")
    return beside_cpu_s / alone_cpu_s, goes_on


MOST_TIMES = 2.5
"""The page that shows how far the work is is drawn twice a second."""


@pytest.mark.soak
def test_a_click_costs_the_pages_no_more_while_people_are_looked_for_in_anothers_list(
    own_app: App, people: tuple[Page, Page], tmp_path: Path
) -> None:
    times, goes_on = times_the_cpu(own_app, people, tmp_path)
    assert goes_on, "the search ended before the clicks did: nothing was compared"
    assert times < MOST_TIMES
    press_stop(people[0], "people")
    expect(people[0].get_by_text("Looking for people was stopped.")).to_be_visible()


@pytest.mark.soak
def test_control_it_does_where_the_work_is_done_in_the_pages_process(
    app_without_processes: App, people: tuple[Page, Page], tmp_path: Path
) -> None:
    times, _ = times_the_cpu(app_without_processes, people, tmp_path)
    assert times > MOST_TIMES
