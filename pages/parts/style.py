"""The few rules of our own look; colours and type come from the theme."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_CSS = (Path(__file__).parent / "style.css").read_text("utf-8")


def draw_style() -> None:
    """Put our rules into the page; takes no room."""
    st.html(f"<style>{_CSS}</style>")
