"""Puts the keyboard into the first field of a part of the page when that shows something new."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_focus = st.components.v2.component(
    "contact_focus",
    html="<span></span>",
    js=(Path(__file__).parent / "focus.js").read_text("utf-8"),
    isolate_styles=False,
)


def focus_first(inside: str, token: str) -> None:
    """The first field in the container with key `inside`, once for each `token`. Takes no room."""
    with st.container(key="focus_first"):
        _focus(key="focus_first_part", data={"inside": inside, "token": token})
