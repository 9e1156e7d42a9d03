"""The run as it goes: read from the ledger once a second, so every browser sees the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import streamlit as st

from importer.plan import Pace
from importer.run import (
    Deed,
    FailedRow,
    Ledger,
    RunFolder,
    RunState,
    Sample,
    ShownRun,
    Snapshot,
    set_pace,
    shown_run,
    speed,
)
from pages.parts import gate, words
from pages.parts.colours import BUCKET_COLOURS
from pages.parts.guard import guard
from pages.parts.keeping import late_press, pressed, say_next, then_drawn_again
from pages.parts.live_plot import MAX_POINTS, has_lines, live_plot
from pages.parts.markup import Markup, plain, show, tag
from pages.parts.pace_form import pace_form
from pages.parts.pieces import card, cards, progress
from pages.parts.run_in_url import settings
from pages.parts.run_orders import cancel, pause, resume
from pages.parts.storm import LAST_FAILURES, draw_storm
from pages.parts.target import look_again

LIVE = (RunState.QUEUED, RunState.RUNNING)
REFRESH_S = {
    RunState.QUEUED: 0.5,
    RunState.RUNNING: 1.0,
    RunState.PAUSED: 5.0,
    RunState.CANCELLED: 5.0,
    RunState.FAILED: 5.0,
}
"""A run that stands still may be resumed from another browser; a finished one never changes."""

EVENTS = 20
LOG_TAIL = 2000

START_PATIENCE_S = 30
"""A runner reports within a few seconds, on a busy machine too."""


def draw_watch(folder: RunFolder, state: RunState) -> None:
    """The refreshing part of the page; it stops when the run is done."""

    @st.fragment(run_every=REFRESH_S.get(state))
    def watch() -> None:
        with guard("watch"):
            with Ledger.open(folder.ledger, read_only=True) as ledger:
                now, samples, shown = ledger.snapshot(), ledger.samples(most=MAX_POINTS), shown_run(ledger)
                failures = ledger.failures(LAST_FAILURES) if now.buckets.failed else []
            if (now.state in LIVE) != (state in LIVE) or (now.state is RunState.FINISHED) != (
                state is RunState.FINISHED
            ):
                look_again()  # what was seen of the table is of before these rows
                st.rerun()
            _draw(folder, now, shown, samples, failures)

    watch()


def _draw(
    folder: RunFolder, now: Snapshot, shown: ShownRun, samples: list[Sample], failures: list[FailedRow]
) -> None:
    head = st.container(horizontal=True, vertical_alignment="center")
    head.title("Import", anchor=False, width="content")
    head.badge(words.STATE_WORDS[now.state.value], color=words.STATE_COLOURS[now.state.value])
    head.space("stretch")
    _draw_buttons(head, folder, now, shown)
    show(_progress(now))
    if now.reason and now.state is not RunState.FINISHED:
        st.info(plain(now.reason, 1000), icon=":material/info:")
    show(_numbers(now))
    draw_storm(now, failures)
    if has_lines(samples):
        live_plot(samples, run_id=folder.run_id)
    elif now.state is RunState.QUEUED:
        if _waits_long(folder):
            st.warning(f"The runner has not reported yet. Its last words: {plain(_last_words(folder))}")
        else:
            st.caption("The runner is a process of its own; it is starting. You may close this page, it goes on.")
    elif now.state in LIVE:
        st.caption("The chart begins with the first answers of the table.")


def _progress(now: Snapshot) -> Markup:
    """How far the sending is: rows that were never to be sent are no part of it, so that it begins at 0 %."""
    sent = replace(now.buckets, rejected=0, skipped=0, duplicate=0)
    total = sum(sent.to_dict().values())
    return progress(words.percent(total - sent.pending, total), _aside(now), sent)


def _aside(now: Snapshot) -> str:
    return " · ".join([f"batch {now.batches_done:,} of {now.batches_total:,}", *speed(now)])


def _numbers(now: Snapshot) -> Markup:
    counts = now.buckets.to_dict()
    shown = [name for name in counts if name in ("written", "rejected", "failed", "pending") or counts[name]]
    return cards(*(card(words.BUCKET_WORDS[name], counts[name], colour=BUCKET_COLOURS[name]) for name in shown))


def _draw_buttons(row: st.delta_generator.DeltaGenerator, folder: RunFolder, now: Snapshot, shown: ShownRun) -> None:
    run_id = folder.run_id
    if now.state is RunState.RUNNING:
        if row.button("Pause", icon=":material/pause:", key="pause"):
            pause(run_id)
        if row.button("Cancel", icon=":material/stop:", key="cancel", help="Stops sending. It can be resumed."):
            cancel(run_id)
    elif now.state is RunState.QUEUED:
        if _waits_long(folder) and row.button("Start it again", icon=":material/play_arrow:", key="again"):
            resume(run_id)
    elif now.state.resumable:
        draw_resume(row, run_id, shown)
        if now.state is RunState.PAUSED and row.button("Cancel", icon=":material/stop:", key="cancel"):
            cancel(run_id)


def draw_resume(row: st.delta_generator.DeltaGenerator, run_id: str, shown: ShownRun) -> None:
    """The button that goes on with the run that is on screen, as it is on screen."""
    meant: ShownRun | None = pressed(
        row.button, "Resume", shown=shown, key="resume", icon=":material/play_arrow:", type="primary"
    )
    if meant is not None:
        with then_drawn_again():
            resume(run_id, meant)


def refuse_late_resume(state: RunState) -> None:
    """Say so to a person who pressed Resume when the run was no longer standing still."""
    if not state.resumable and late_press("resume") is not None:
        say_next(f"Nothing was done: the run is {words.STATE_WORDS[state.value].lower()} by now.")
        st.rerun()


def _waits_long(folder: RunFolder) -> bool:
    """True when a runner should have reported by now."""
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        events = ledger.events(1)
    since = datetime.fromisoformat(events[0].at) if events else None
    return since is None or (datetime.now(UTC) - since).total_seconds() > START_PATIENCE_S


def _last_words(folder: RunFolder) -> str:
    """The end of the runner's log, which holds no cell's value."""
    try:
        lines = folder.log.read_text("utf-8", "replace")[-LOG_TAIL:].splitlines()
    except OSError:
        lines = []
    return lines[-1] if lines else "none"


def draw_pace(folder: RunFolder) -> None:
    """Another pace while it runs; apart from the refreshing part, so that typing is not disturbed."""
    with st.expander("Change the pace", icon=":material/speed:"):
        with Ledger.open(folder.ledger, read_only=True) as ledger:
            told = ledger.read_command()
        pace = pace_form(f"live_{folder.run_id}", Pace(told.rate_wcu, told.rate_rows, told.pause_s, told.workers))
        if st.button("Go on at this pace", icon=":material/check:"):
            set_pace(settings(), folder.run_id, pace, who=gate.who())
            st.toast("The runner follows at once.", icon=":material/speed:")


def draw_deeds(deeds: Sequence[Deed]) -> None:
    """Who did what with the run, newest first."""
    with st.expander(f"Who did what ({len(deeds)})", icon=":material/group:"):
        lines = [
            tag("div", f"{words.moment(deed.at)} · {deed.who} {deed.what}") for deed in reversed(deeds[-EVENTS:])
        ]
        show(tag("div", *lines, cls="ci-note"))


def draw_events(folder: RunFolder) -> None:
    """What happened, newest first."""
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        events, deeds = ledger.events(EVENTS), ledger.deeds()
    if deeds:
        draw_deeds(deeds)
    if events:
        with st.expander("History", icon=":material/history:"):
            lines = [
                tag(
                    "div",
                    f"{words.moment(event.at)} · {words.EVENT_WORDS.get(event.kind, event.kind)}"
                    + (f": {event.text}" if event.text else ""),
                )
                for event in events
            ]
            show(tag("div", *lines, cls="ci-note"))
