"""What a person orders of a run: go on, wait, stop. The ledger carries the order; the runner follows it."""

from __future__ import annotations

import streamlit as st

from importer.run import ShownRun, cancel_run, pause_run, start_runner
from pages.parts import gate
from pages.parts.run_in_url import settings


def resume(run_id: str, seen: ShownRun | None = None) -> None:
    """Start the runner's process for the run as it was `seen` on screen. Raises RunBusy when another process has the
    run, NotAsShown when it is another by now."""
    start_runner(settings(), run_id, seen=seen, who=gate.who())


def pause(run_id: str) -> None:
    """Ask the runner to wait."""
    pause_run(settings(), run_id, who=gate.who())
    st.toast("Asked to pause.", icon=":material/pause:")


def cancel(run_id: str) -> None:
    """Ask the runner to stop; it can be resumed."""
    cancel_run(settings(), run_id, who=gate.who())
    st.toast("Asked to cancel.", icon=":material/stop:")
