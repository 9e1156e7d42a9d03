"""A table of things of which a person picks one: it stays the picked one when others come or go."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st


def pick_line(
    ids: Sequence[str],
    lines: Sequence[Mapping[str, object]],
    name: str,
    *,
    height: int,
    columns: Mapping[str, object],
) -> int:
    """Draw it, one line an id; the place of the picked one, the first where nothing was picked.

    A browser tells a place in the table that it has on screen, so another table is another widget.
    """
    shown = hashlib.sha256("\n".join(ids).encode()).hexdigest()[:12]
    chosen = st.dataframe(
        pd.DataFrame(list(lines)),
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        height=min(height, 38 + 35 * len(lines)),
        column_config=columns,
        placeholder="–",
        key=f"{name}_{shown}",
    )
    crumb = f"picked_{name}"
    rows = chosen.selection.rows
    if rows and rows[0] < len(ids):
        st.session_state[crumb] = ids[rows[0]]
    picked = st.session_state.get(crumb)
    return ids.index(picked) if picked in ids else 0
