"""Runs: every list that came in, where it stands, and what became of its rows."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from importer.run import RunState, RunSummary, list_runs
from pages.parts import words
from pages.parts.head import draw_head
from pages.parts.markup import plain, show, tag
from pages.parts.navigation import go, link
from pages.parts.pieces import bucket_bar
from pages.parts.run_in_url import settings
from pages.parts.run_orders import resume

SHOWN = 500


def line(run: RunSummary) -> dict[str, object]:
    """One run as a line of the table."""
    planned = run.state is not RunState.DRAFT
    counts = {words.BUCKET_WORDS[name]: count if planned else None for name, count in run.buckets.to_dict().items()}
    return {
        "list": run.source_name,
        "state": words.STATE_WORDS[run.state.value],
        "when": words.moment(run.created_at),
        "table": run.table or "–",
        "rows": run.rows_read,
        **counts,
        "who": run.who,
    }


def draw_one(run: RunSummary) -> None:
    """The picked run: its rows, and the ways on."""
    with st.container(border=True):
        head = st.container(horizontal=True, vertical_alignment="center")
        head.markdown(f"**{plain(run.source_name)}**", width="content")
        head.badge(words.STATE_WORDS[run.state.value], color=words.STATE_COLOURS[run.state.value])
        if run.target:
            show(tag("div", run.target, cls="ci-note"))
        if run.reason:
            show(tag("div", run.reason, cls="ci-note"))
        if run.state is not RunState.DRAFT:
            show(bucket_bar(run.buckets))
        row = st.container(horizontal=True)
        draft = run.state is RunState.DRAFT
        if row.button("Open", type="primary", icon=":material/open_in_new:"):
            go("file" if draft else "import", run.run_id)
        if run.state.resumable and row.button("Resume", icon=":material/play_arrow:"):
            resume(run.run_id)
            go("import", run.run_id)


draw_head("Runs")
found = list_runs(settings())
if not found:
    st.info("No list has come in yet.", icon=":material/inbox:")
    link("file", "Bring a list in", icon=":material/upload_file:")
    st.stop()
frame = pd.DataFrame([line(run) for run in found[:SHOWN]])
st.caption("Pick a run to open it." if len(found) <= SHOWN else f"The newest {SHOWN} of {len(found):,}. Pick one.")
chosen = st.dataframe(
    frame,
    hide_index=True,
    on_select="rerun",
    selection_mode="single-row",
    height=min(560, 38 + 35 * len(frame)),
    column_config={
        "list": st.column_config.TextColumn(pinned=True, width="medium"),
        **{
            name: st.column_config.NumberColumn(format="localized") for name in ("rows", *words.BUCKET_WORDS.values())
        },
    },
    placeholder="–",
    key="runs",
)
picked = chosen.selection.rows
draw_one(found[picked[0]] if picked and picked[0] < len(found) else found[0])
