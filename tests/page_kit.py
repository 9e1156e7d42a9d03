"""What a page drawn without a browser shows, as one text."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Element


def html_of(app: AppTest) -> str:
    """All that the page draws as HTML of its own."""
    return " ".join(element.proto.body for element in app.get("html"))


def texts(elements: Iterable[Element]) -> str:
    """The texts of `elements`, without the signs that keep Markdown and line breaks away."""
    shown = " ".join(str(element.value) for element in elements)
    return shown.replace("\\", "").replace("\u2060", "")


def until(app: AppTest, is_so: Callable[[AppTest], bool], patience_s: float = 120.0) -> AppTest:
    """The page drawn again, as its own fragments do in a browser, until it shows what is made beside it."""
    end_s = time.monotonic() + patience_s
    while not is_so(app):
        assert time.monotonic() < end_s, "it never came"
        app.run()
    return app
