"""Whether a file was here before, by its hash: when, and where it went."""

from __future__ import annotations

import streamlit as st

from importer.errors import ImporterError
from importer.run import RunFolder, RunState, list_runs, open_run
from pages.parts import words
from pages.parts.markup import plain
from pages.parts.run_in_url import settings

LOOKED_AT = 200
"""Runs, the newest."""


def draw_seen_before(folder: RunFolder) -> None:
    """One line for the newest other run of the same bytes; nothing when there is none."""
    wanted = folder.draft().source_sha256
    if not wanted:
        return
    for summary in list_runs(settings())[:LOOKED_AT]:
        if summary.run_id == folder.run_id:
            continue
        try:
            same = open_run(settings(), summary.run_id).draft().source_sha256 == wanted
        except ImporterError:
            continue
        if same:
            went = f", went to {summary.target}" if summary.target else ", was not imported"
            state = "" if summary.state is RunState.DRAFT else f" (now {summary.state.value})"
            when = words.moment(summary.created_at)
            told = f"This very file was here on {when} as {summary.source_name}{went}{state}."
            st.info(plain(told), icon=":material/history:")
            return
