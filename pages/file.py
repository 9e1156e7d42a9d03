"""1 File: get a list in, see how it is read, correct that."""

from __future__ import annotations

import streamlit as st

from importer.errors import SourceError
from pages.parts import words
from pages.parts.arrive import draw_recent, draw_ways_in, leave_refused, note_refused
from pages.parts.doubts import draw_doubts
from pages.parts.guard import guard
from pages.parts.head import draw_head
from pages.parts.markup import plain, show, tag
from pages.parts.opened import draw_opening
from pages.parts.reading import draw_audit, draw_frozen_reading, draw_reading
from pages.parts.readings import in_its_name
from pages.parts.repairs import draw_repairs
from pages.parts.run_in_url import current_run, show_run
from pages.parts.seen import draw_seen_before

folder = current_run()
if folder is None:
    draw_head("Which list?")
    draw_ways_in()
    st.stop()

draft = folder.draft()
unreadable = f"unreadable_{folder.run_id}"
onward = ("import", "Next: the import") if folder.frozen else ("columns", "Next: the columns")
on = None if st.session_state.get(unreadable) else onward
head = draw_head(plain(draft.source_name), onward=on, run_id=folder.run_id)
if head.button("Upload another file", icon=":material/add:"):
    leave_refused()
    show_run(None)
    st.rerun()
told = f"{words.size(draft.size_bytes)}, uploaded by {draft.who}, {words.moment(draft.created_at)}"
show(tag("div", told, cls="ci-note"))
st.empty()  # a leaf where "Which list?" had its columns, which else stay in sight until a long list is read

top = st.container()

try:
    stage = draw_frozen_reading(folder) if folder.frozen else draw_reading(folder)
except SourceError as error:
    if on is not None:
        st.session_state[unreadable] = True
        st.rerun()
    st.error(plain(in_its_name(error, folder), limit=2000), icon=":material/error:")
    st.caption("Nothing was taken from this file, and no other list was changed by it.")
    note_refused(folder)
    draw_recent(but=folder.run_id)
    st.stop()
if stage is None:
    if on is not None:
        st.session_state[unreadable] = True
        st.rerun()
    st.stop()
if st.session_state.pop(unreadable, False):
    st.rerun()
with top:
    draw_doubts(folder)
    with guard("saved list"):
        draw_opening(folder, stage)
draw_seen_before(folder)
draw_audit(stage)
if not folder.frozen:
    draw_repairs(folder, stage)
