"""Doubts on top of a page: signs that the list was read wrongly, until a person has looked and says it is right."""

from __future__ import annotations

import streamlit as st

from importer.run import RunFolder, accept_doubts, list_doubts, open_doubts
from pages.parts.guard import guard
from pages.parts.keeping import pressed
from pages.parts.markup import plain


def draw_doubts(folder: RunFolder) -> None:
    """The doubts that nobody accepted yet, with the button that does; those that were in one line. Nothing else."""
    if folder.frozen:
        return
    with guard("doubts"):
        found = list_doubts(folder)
        waiting = open_doubts(folder, found)
        if waiting:
            told = "\n".join(f"- {plain(doubt.message, 500)}" for doubt in waiting)
            with st.container(border=True, key=f"doubts_{folder.run_id}"):
                st.warning(f"**Is this list read as it should be?**\n\n{told}", icon=":material/help:")
                label = "I have looked: it is right"
                key, icon = f"accept_doubts_{folder.run_id}", ":material/done:"
                seen = pressed(st.button, label, shown=waiting, key=key, icon=icon)
                if seen is not None:
                    accept_doubts(folder, seen)
                    st.rerun()
        elif found:
            st.caption(":material/done_all: You have looked at what may be wrong with this list and found it right.")
