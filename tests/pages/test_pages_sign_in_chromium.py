"""Sign-in in Chromium with a provider of its own: by keyboard alone, with a wrong password first, and out again."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from browser_kit import App, calm, keep_picture, new_page, press
from playwright.sync_api import Browser, Page, expect

pytest.importorskip("joserfc", reason="the lock of this checkout is not installed yet")

from oidc_kit import CLIENT_ID, EMAIL, PASSWORD, Provider, running_provider

pytestmark = pytest.mark.browser

SECRETS = """
[auth]
redirect_uri = "{app}/oauth2callback"
cookie_secret = "only-for-this-test-and-as-long-as-a-real-one"
client_id = "{client}"
client_secret = "none"
server_metadata_url = "{provider}/.well-known/openid-configuration"
"""


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with running_provider() as started:
        yield started


@pytest.fixture(scope="module")
def gated(tmp_path_factory: pytest.TempPathFactory, provider: Provider) -> Iterator[App]:
    """The app behind that provider."""
    folder = tmp_path_factory.mktemp("gated")
    app = App(folder / "home", folder / "secrets.toml")
    (folder / "secrets.toml").write_text(SECRETS.format(app=app.url, client=CLIENT_ID, provider=provider.url))
    app.start()
    yield app
    app.stop()


def focused(page: Page) -> str:
    return str(page.evaluate("() => `${document.activeElement.tagName} ${document.activeElement.innerText}`"))


def go_by_keyboard(page: Page, wanted: str) -> list[str]:
    """Tab to the button and press Enter; what was passed on the way."""
    passed: list[str] = []
    while not (passed and passed[-1].startswith("BUTTON") and wanted in passed[-1]):
        page.keyboard.press("Tab")
        passed.append(focused(page))
        assert len(passed) < 30, passed
    page.keyboard.press("Enter")
    return passed


@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (420, "dark")])
def test_in_by_keyboard_after_a_wrong_password_and_out_again(
    gated: App, browser: Browser, width: int, scheme: Literal["light", "dark"]
) -> None:
    page = new_page(browser, width=width, height=800, scheme=scheme)
    page.goto(f"{gated.url}/runs")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    keep_picture(page, f"sign-in-{scheme}")
    passed = go_by_keyboard(page, "Sign in")
    assert not [stop for stop in passed if stop.startswith("A ") and "Skip" not in stop]
    page.get_by_text("Who are you?").wait_for()
    for password, told in (("wrong", "Wrong password."), (PASSWORD, "Which list?")):
        page.keyboard.type(password)
        page.keyboard.press("Enter")
        expect(page.get_by_text(told)).to_be_visible()
    calm(page)
    expect(page.get_by_role("button", name="Take this file")).to_have_count(0)  # no path of the server, unless named
    if width < 640:
        page.get_by_test_id("stExpandSidebarButton").click()
    expect(page.get_by_test_id("stSidebar")).to_contain_text(EMAIL)
    keep_picture(page, f"signed-in-{scheme}")
    press(page, "Sign out")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
    page.goto(f"{gated.url}/settings")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_a_sign_in_that_was_refused_is_said_at_the_gate(gated: App, browser: Browser) -> None:
    page = new_page(browser)
    page.goto(f"{gated.url}/oauth2callback?error=access_denied&state=x")
    expect(page.get_by_text("You are not signed in")).to_be_visible()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def asked(link: str, cookies: str = "") -> tuple[int, str, bytes]:
    """Status, Cache-Control and body of one request without a browser."""
    request = urllib.request.Request(link, headers={"Cookie": cookies} if cookies else {})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.headers["Cache-Control"], answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.headers["Cache-Control"], refused.read()


def test_the_rows_of_a_list_go_to_the_person_that_sees_them_and_only_as_long(gated: App, browser: Browser) -> None:
    page = new_page(browser)
    page.goto(gated.url)
    go_by_keyboard(page, "Sign in")
    page.get_by_text("Who are you?").wait_for()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Try with a messy sample list").click()
    page.get_by_role("button", name="Next: the columns").wait_for()
    calm(page)
    press(page, "Next: the columns")
    page.get_by_role("tab", name="Save and load").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Schema (YAML)").click()
    schema = Path(download.value.path()).read_bytes()
    assert b"columns:" in schema
    keep_picture(page, "downloads")
    expect(page.get_by_role("button", name="Schema (YAML)")).to_be_visible()

    place = page.locator("form.ci-download").first.get_attribute("action")
    link = f"{gated.url}{place}"
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies())
    assert asked(link, cookies) == (200, "no-store", schema)
    status, cache, body = asked(link)
    assert (status, cache) == (403, "no-store")
    assert b"columns:" not in body
    page.context.close()
    deadline = time.monotonic() + 20
    while asked(link, cookies)[0] == 200 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert asked(link, cookies)[0] == 403, "gone with the session, whoever kept the cookie"
