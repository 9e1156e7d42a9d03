"""The head of a page: its title, and the way on at its right."""

from __future__ import annotations

import streamlit as st

from pages.parts.navigation import go


def draw_head(
    title: str, *, onward: tuple[str, str] | None = None, run_id: str | None = None
) -> st.delta_generator.DeltaGenerator:
    """Draw it; `onward` is (page, label). Returns the row, for what else belongs there."""
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    row.title(title, anchor=False, width="content")
    row.space("stretch")
    extra = row.container(horizontal=True, width="content")
    if onward and row.button(onward[1], type="primary", icon=":material/arrow_forward:", key=f"onward_{onward[0]}"):
        go(onward[0], run_id)
    return extra
