"""In a real browser: hostile cells stay text, nothing is fetched from elsewhere, no page without the gate."""

from __future__ import annotations

import re
import socket
import urllib.request
from pathlib import Path

import pytest
from browser_kit import App, calm, new_page, press, running_app
from playwright.sync_api import Browser, expect

from pages.parts.headers import SECURITY_HEADERS

pytestmark = pytest.mark.browser

TRAP = '<img src=x onerror="window.hacked=1">'
MARKDOWN = "![x](http://elsewhere.example/x.png) :red[**boo**] [go](javascript:window.hacked=2)"
FORMULA = '=HYPERLINK("http://elsewhere.example","x")'
PLANTED = "planted-value-7391"

SECRETS = """
[auth]
redirect_uri = "http://localhost/oauth2callback"
cookie_secret = "only-for-this-test"
client_id = "none"
client_secret = "none"
server_metadata_url = "http://127.0.0.1:9/.well-known/openid-configuration"
"""


def quoted(*cells: str) -> str:
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells) + "\n"


def test_hostile_cells_and_names_are_shown_as_text_on_every_page(
    own_app: App, browser: Browser, tmp_path: Path
) -> None:
    source = tmp_path / f"{MARKDOWN[:2]}<b>list<b>.csv"
    rows = [quoted(f"ok{n}@example.com", TRAP, MARKDOWN, FORMULA) for n in range(5)]
    rows += [quoted(f" {PLANTED} {TRAP}", MARKDOWN, TRAP, FORMULA), quoted(MARKDOWN, TRAP, FORMULA, TRAP)]
    source.write_text(quoted("Email", TRAP, MARKDOWN, FORMULA) + "".join(rows), encoding="utf-8")
    page = new_page(browser)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: asked.append("dialog"))
    page.goto(own_app.url)
    page.get_by_label("Choose a list to upload").set_input_files(source)
    page.get_by_role("button", name="Next: the columns").wait_for()
    calm(page)
    page.get_by_role("tab", name="As in the file").click()
    expect(page.get_by_text(TRAP[:12]).first).to_be_visible()
    press(page, "I have looked: it is right")  # a column is called like a web address
    press(page, "Next: the columns")
    for tab in ("Match columns", "Rules", "Save and load"):
        page.get_by_role("tab", name=tab).click()
    press(page, "Next: check every row")
    expect(page.locator(".ci-examples").get_by_text(PLANTED).first).to_be_visible()
    page.get_by_role("tab", name="Row by row").click()
    calm(page)
    press(page, "Next: the import")
    press(page, "Start the import")
    expect(page.get_by_role("heading", name="Result")).to_be_visible()
    for name in ("Table", "Runs", "Settings"):
        page.get_by_role("link", name=name, exact=True).click()
        calm(page)
    assert page.evaluate("window.hacked") is None
    assert page.locator('img[src="x"], img[src*="elsewhere"], a[href^="javascript"]').count() == 0
    hosts = {
        re.sub(r"^(?:blob:|data:)?(?:\w+://)?([^/:]*).*$", r"\1", url) for url in asked if "data:" not in url[:5]
    }
    assert hosts <= {"127.0.0.1", "localhost"}
    log = own_app.log.read_text()
    assert "Traceback" not in log
    assert PLANTED not in log


def test_the_app_itself_answers_with_the_security_headers(own_app: App) -> None:
    for path in ("/", "/check", "/_stcore/health", "/api/plotly.min.js"):
        with urllib.request.urlopen(own_app.url + path) as answer:
            assert {name: answer.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS


@pytest.mark.parametrize(
    ("host", "origin", "answer"),
    [
        ("127.0.0.1", "", b"101"),
        ("elsewhere.example", "", b"403"),
        ("127.0.0.1", "Origin: http://elsewhere.example\r\n", b"403"),
    ],
)
def test_pages_are_drawn_for_this_host_and_origin_alone(own_app: App, host: str, origin: str, answer: bytes) -> None:
    with socket.create_connection(("127.0.0.1", own_app.port)) as line:
        line.sendall(
            f"GET /_stcore/stream HTTP/1.1\r\nHost: {host}\r\n{origin}Connection: Upgrade\r\nUpgrade: websocket\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
        )
        assert line.recv(200).split()[1] == answer


@pytest.mark.parametrize("first", ["/settings", "/frame"])
def test_a_fresh_app_with_sign_in_runs_no_page_before_the_gate(browser: Browser, tmp_path: Path, first: str) -> None:
    secrets = tmp_path / "secrets.toml"
    secrets.write_text(SECRETS)
    with running_app(tmp_path / "home", secrets) as fresh:
        page = new_page(browser)
        page.goto(fresh.url + first)
        expect(page.get_by_role("button", name="Sign in")).to_be_visible()
        shown = page.get_by_test_id("stApp").inner_text()
        assert "EmailContacts" not in shown
        assert "Settings" not in shown
