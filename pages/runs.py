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
    now = run.buckets
    counts = {
        "written": now.written,
        "not written": now.rejected + now.failed,
        "other": now.unchanged + now.skipped + now.duplicate,
        "pending": now.pending,
    }
    planned = run.state is not RunState.DRAFT
    return {
        "list": run.source_name,
        "state": words.STATE_WORDS[run.state.value],
        "when (UTC)": words.moment(run.created_at).removesuffix(" UTC"),
        "table": run.table or "–",
        "rows": run.rows_read,
        **{name: count if planned else None for name, count in counts.items()},
    }


def columns() -> dict[str, object]:
    """Widths in pixels that leave room for nine columns beside the menu of a window 1400 wide."""
    config = st.column_config
    told = {"not written": "Rejected or failed.", "other": "Unchanged, skipped by rule, or duplicate."}
    numbers = {
        name: config.NumberColumn(width=84, format="localized", help=told.get(name))
        for name in ("rows", "written", "not written", "other", "pending")
    }
    texts = {"state": 130, "when (UTC)": 128, "table": 120}
    return {
        "list": config.TextColumn(pinned=True, width=180),
        **{name: config.TextColumn(width=width) for name, width in texts.items()},
        **numbers,
    }


def draw_one(run: RunSummary) -> None:
    """The picked run: its rows, and the ways on."""
    with st.container(border=True):
        head = st.container(horizontal=True, vertical_alignment="center")
        head.markdown(f"**{plain(run.source_name)}**", width="content")
        head.badge(words.STATE_WORDS[run.state.value], color=words.STATE_COLOURS[run.state.value])
        show(tag("div", f"Brought by {run.who}, {words.moment(run.created_at)}", cls="ci-note"))
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
    column_config=columns(),
    placeholder="–",
    key="runs",
)
picked = chosen.selection.rows
draw_one(found[picked[0]] if picked and picked[0] < len(found) else found[0])
