"""One answer to all that is still undecided: reject the rest, after the number was seen."""

from __future__ import annotations

import streamlit as st

from importer.clean import Decide
from pages.parts import words
from pages.parts.cleaning import Cleaning
from pages.parts.doing import do
from pages.parts.guard import guard


def draw_rest(work: Cleaning) -> None:
    """A button above the cards while more than one cause waits; the number of rows first, then the click."""
    report = work.result.report
    causes = [cause for cause in report.causes if cause.blocking and cause.verdict is None]
    if work.folder.frozen or len(causes) < 2:
        return
    rows = words.count(report.undecided, "row")
    line = st.container(horizontal=True, horizontal_alignment="right", key="reject_rest")
    with line.popover(f"Reject the rest ({rows})", icon=":material/block:"), guard("reject the rest"):
        st.markdown(f"**{rows}** will not be sent. They go to the reject file with their reasons.")
        st.caption(f"One step for each of the {len(causes)} causes; one Undo takes them all back.")
        if st.button(f"Yes, reject {rows}", type="primary", icon=":material/block:", key="reject_rest_yes"):
            steps = (Decide(cause.code, cause.column, "reject") for cause in causes)
            do(work.folder, *steps, name="Reject the rest")
