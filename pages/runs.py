"""Runs: every list that came in, where it stands, and what became of its rows."""

from __future__ import annotations

import streamlit as st

from importer.errors import ImporterError
from importer.run import Ledger, NotAsShown, RunState, RunSummary, ShownRun, list_runs, open_run, shown_run
from pages.parts import words
from pages.parts.head import draw_head
from pages.parts.keeping import pressed, say_not_as_shown
from pages.parts.markup import plain, show, tag
from pages.parts.navigation import go, link
from pages.parts.pick_line import pick_line
from pages.parts.pieces import bucket_bar
from pages.parts.run_in_url import settings
from pages.parts.run_orders import resume
from pages.parts.watch import draw_deeds

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
        **{name: count if planned else None for name, count in counts.items()},
        "rows": run.rows_read,
        "when (UTC)": words.moment(run.created_at).removesuffix(" UTC"),
        "table": run.table or "–",
    }


def columns() -> dict[str, object]:
    """Widths in pixels that leave room for nine columns beside the menu of a window 1400 wide."""
    config = st.column_config
    told = {"not written": "Rejected or failed.", "other": "Unchanged, left out, or duplicate."}
    numbers = {
        name: config.NumberColumn(width=84, format="localized", help=told.get(name))
        for name in ("rows", "written", "not written", "other", "pending")
    }
    texts = {"state": 120, "when (UTC)": 128, "table": 120}
    return {
        "list": config.TextColumn(pinned=True, width=140),
        **{name: config.TextColumn(width=width) for name, width in texts.items()},
        **numbers,
    }


def draw_one(run: RunSummary) -> None:
    """The picked run: its rows, and the ways on."""
    with st.container(border=True):
        head = st.container(horizontal=True, vertical_alignment="center")
        head.markdown(f"**{plain(run.source_name or 'A list')}**", width="content")
        head.badge(words.STATE_WORDS[run.state.value], color=words.STATE_COLOURS[run.state.value])
        by = f"Uploaded by {run.who}, " if run.who else "Uploaded "
        show(tag("div", f"{by}{words.moment(run.created_at)}", cls="ci-note"))
        if run.target:
            show(tag("div", run.target, cls="ci-note"))
        if run.reason:
            show(tag("div", run.reason, cls="ci-note"))
        if run.state is not RunState.DRAFT:
            show(bucket_bar(run.buckets))
            _draw_people(run)
        row = st.container(horizontal=True)
        draft = run.state is RunState.DRAFT
        key = f"open_{run.run_id}"
        if row.button("Open", type="primary", icon=":material/open_in_new:", key=key):
            go("file" if draft else "import", run.run_id)
        if run.state.resumable:
            _draw_resume(row, run)


def _draw_people(run: RunSummary) -> None:
    """Nothing for a run that cannot be read: its reason says so already."""
    try:
        with Ledger.open(open_run(settings(), run.run_id).ledger, read_only=True) as ledger:
            deeds = ledger.deeds()
    except ImporterError:
        return
    if deeds:
        draw_deeds(deeds)


def _draw_resume(row: st.delta_generator.DeltaGenerator, run: RunSummary) -> None:
    """Nothing for a run that cannot be read: its reason says so already."""
    try:
        with Ledger.open(open_run(settings(), run.run_id).ledger, read_only=True) as ledger:
            shown = shown_run(ledger)
    except ImporterError:
        return
    key, icon = f"resume_{run.run_id}", ":material/play_arrow:"
    meant: ShownRun | None = pressed(row.button, "Resume", shown=shown, key=key, icon=icon)
    if meant is None:
        return
    try:
        resume(run.run_id, meant)
    except NotAsShown as error:
        say_not_as_shown(error)
        st.rerun()
    go("import", run.run_id)


draw_head("Runs")
found = list_runs(settings())
if not found:
    st.info("No list has come in yet.", icon=":material/inbox:")
    link("file", "Bring a list in", icon=":material/upload_file:")
    st.stop()
st.caption("Pick a run to open it." if len(found) <= SHOWN else f"The newest {SHOWN} of {len(found):,}. Pick one.")
shown = found[:SHOWN]
place = pick_line([run.run_id for run in shown], [line(run) for run in shown], "runs", height=560, columns=columns())
draw_one(shown[place])
