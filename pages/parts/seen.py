"""Whether a file was here before, by its hash: when, and where it went."""

from __future__ import annotations

import streamlit as st

from importer.errors import ImporterError
from importer.run import RunFolder, RunState, RunSummary, list_runs, open_run
from pages.parts import words
from pages.parts.markup import plain
from pages.parts.run_in_url import settings

LOOKED_AT = 200
"""Runs, the newest."""


def draw_seen_before(folder: RunFolder) -> None:
    """One line for the newest other run of the same bytes, one that was imported before a draft; nothing when there
    is none."""
    wanted = folder.draft().source_sha256
    same = [run for run in _others(folder) if _sha256_of(run.run_id) == wanted] if wanted else []
    if not same:
        return
    imported = [run for run in same if run.state is not RunState.DRAFT]
    run = next((run for run in imported if run.buckets.written), (imported or same)[0])
    when = words.moment(run.created_at)
    if run.state is RunState.DRAFT:
        told = f"This very file is here as a draft since {when} ({run.source_name}); it was not imported."
    else:
        state = words.STATE_WORDS[run.state.value].lower()
        told = (
            f"This very file went to {run.target} on {when} as {run.source_name} ({state}, "
            f"{words.count(run.buckets.written, 'row')} written)."
        )
    st.info(plain(told, 500), icon=":material/history:")


def _others(folder: RunFolder) -> list[RunSummary]:
    return [run for run in list_runs(settings())[:LOOKED_AT] if run.run_id != folder.run_id]


def _sha256_of(run_id: str) -> str:
    """Of the run's source; empty where it cannot be read."""
    try:
        return open_run(settings(), run_id).draft().source_sha256
    except ImporterError:
        return ""
