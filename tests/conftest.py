"""The real app, the real browser, and how Hypothesis looks."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from browser_kit import App
    from playwright.sync_api import Browser


# Whoever starts the tests in the background may ignore these, and what they start would ignore them too.
for number, handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, handler)

# A busy machine may take any time for an example, or for making one up. Each example of a test that keeps files
# writes its own.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
settings.load_profile("any machine")


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The app as a process of its own. Its home holds the lists of other tests too."""
    from browser_kit import running_app

    with running_app(tmp_path_factory.mktemp("app") / "home") as started:
        yield started


@pytest.fixture(scope="module")
def own_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """One whose home, table and log hold nothing but what this file of tests does."""
    from browser_kit import running_app

    with running_app(tmp_path_factory.mktemp("own-app") / "home") as started:
        yield started


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a window. As long as it is there this thread has a running event loop, which other
    files of tests must not find."""
    from browser_kit import chromium

    with chromium() as started:
        yield started


@pytest.fixture(autouse=True)
def same_main_module() -> Iterator[None]:
    """A page run by AppTest stays behind as `__main__`, and processes that a later test starts would load it."""
    before = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = before
