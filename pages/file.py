"""1 File: get a list in, see how it is read, correct that."""

from __future__ import annotations

import streamlit as st

from pages.parts import words
from pages.parts.arrive import draw_ways_in
from pages.parts.markup import plain, show, tag
from pages.parts.navigation import link
from pages.parts.reading import draw_audit, draw_frozen_reading, draw_reading
from pages.parts.run_in_url import current_run, show_run

folder = current_run()
if folder is None:
    st.title("Which list?")
    draw_ways_in()
    st.stop()

draft = folder.draft()
left, right = st.columns([5, 1], vertical_alignment="bottom")
left.title(plain(draft.source_name))
if right.button("Another list", icon=":material/add:", width="stretch"):
    show_run(None)
    st.rerun()
show(
    tag(
        "div",
        f"{words.size(draft.size_bytes)}, brought by {draft.who}, {words.moment(draft.created_at)}",
        cls="ci-note",
    )
)

stage = draw_frozen_reading(folder) if folder.frozen else draw_reading(folder)
if stage is not None:
    draw_audit(stage)
    link(
        "import" if folder.frozen else "columns",
        "Next: the import" if folder.frozen else "Next: the columns",
        folder.run_id,
        icon=":material/arrow_forward:",
    )
