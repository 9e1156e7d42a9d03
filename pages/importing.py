"""4 Import: say what will be done, do it in sight, prove what was done."""

from __future__ import annotations

import streamlit as st

from importer.run import Ledger, key_column, read_opening
from pages.parts.after import draw_after
from pages.parts.beside import need_profile
from pages.parts.doubts import draw_doubts
from pages.parts.head import draw_head
from pages.parts.last_list import draw_unusual
from pages.parts.need import need_run, need_stage
from pages.parts.plan_view import draw_plan, refuse_late_start
from pages.parts.watch import LIVE, draw_pace, draw_watch, refuse_late_resume

folder = need_run()  # what a run did is in its ledger, whatever became of its list
if not folder.frozen:
    need_stage()
    draw_head("Ready to import")
    top = st.container()
    if read_opening(folder).opened and folder.schema.exists():
        need_profile(folder, key_column(folder))
    draw_unusual(folder)
    draw_plan(folder)
    with top:  # after the plan, which checks the list where nobody did
        draw_doubts(folder)
    st.stop()

refuse_late_start(folder)
with Ledger.open(folder.ledger, read_only=True) as ledger:
    state = ledger.snapshot().state
refuse_late_resume(state)
draw_watch(folder, state)
if state in LIVE:
    draw_pace(folder)
else:
    draw_after(folder, state)
