"""The app as people meet it: a server process of its own, and Debian's Chromium in front of it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

import psutil
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

REPOSITORY = Path(__file__).resolve().parents[1]
CHROMIUM = "/usr/bin/chromium"
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 60_000
"""A machine that runs four test processes on two cores is slow; nothing here asserts a time."""


expect.set_options(timeout=PATIENCE_MS)


class App:
    """A running app. `stop` and `start` keep home and port."""

    def __init__(self, home: Path, secrets: Path | None = None) -> None:
        self.home = home
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = home.parent / f"{home.name}.log"
        self._secrets = secrets
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Of the server."""
        assert self._process is not None
        return self._process.pid

    def cpu_s(self) -> float:
        """CPU that the server has used so far, in seconds."""
        used = psutil.Process(self.pid).cpu_times()
        return float(used.user + used.system)

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(self.port)]
        if self._secrets:
            command += ["--secrets.files", str(self._secrets)]
        environ = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(
                command, cwd=REPOSITORY, env={**environ, "IMPORTER_HOME": str(self.home)}, stdout=out, stderr=out
            )
        deadline = time.monotonic() + PATIENCE_MS / 1000
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"The app did not start:\n{self.log.read_text()[-3000:]}")
            time.sleep(0.1)

    def stop(self, how: int = signal.SIGINT) -> None:
        """End it."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(how)
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_app(home: Path, secrets: Path | None = None) -> Iterator[App]:
    """The app for as long as the block lasts."""
    app = App(home, secrets)
    app.start()
    try:
        yield app
    finally:
        app.stop()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS)
        try:
            yield browser
        finally:
            browser.close()


def new_page(
    browser: Browser, width: int = 1400, height: int = 1000, scheme: Literal["light", "dark"] = "light"
) -> Page:
    """A page in a context of its own: another person's browser."""
    page = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme).new_page()
    page.set_default_timeout(PATIENCE_MS)
    return page


def bring_in(page: Page, app: App, path: Path) -> str:
    """Upload a list and wait until it is read; the run's id."""
    page.goto(app.url)
    calm(page)
    page.get_by_label("Choose a list to upload").set_input_files(path)
    page.get_by_role("button", name="Next: the columns").wait_for()
    calm(page)
    return page.url.split("run=")[1].split("&")[0]


def calm(page: Page) -> None:
    """Wait until the page's script has run to its end."""
    page.wait_for_timeout(150)
    expect(page.get_by_test_id("stApp")).to_have_attribute(
        "data-test-script-state", "notRunning", timeout=PATIENCE_MS
    )


def press(page: Page, name: str) -> None:
    """Click the button of this name and wait for the page."""
    page.get_by_role("button", name=name, exact=False).first.click()
    calm(page)


def choose_until(field: Locator, option: Locator, then: Callable[[float], None]) -> None:
    """Choose an option of a field as a person does: again where a redraw took the choice away. `then(timeout_ms)`
    raises AssertionError as long as it is not taken."""
    for _ in range(3):
        field.click()
        option.click()
        calm(field.page)
        with suppress(AssertionError):
            then(10_000)
            break
    then(1_000)
    calm(field.page)


def keep_picture(page: Page, name: str) -> None:
    """A screenshot under `artefacts/`, which is never committed."""
    folder = REPOSITORY / "artefacts"
    folder.mkdir(exist_ok=True)
    page.screenshot(path=folder / f"{name}.png", full_page=True)
