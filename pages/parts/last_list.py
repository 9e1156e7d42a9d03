"""What is unusual about the list beside the last one of the same saved list, before anything runs."""

from __future__ import annotations

import streamlit as st

from importer.run import Comparison, RunFolder, compare_with_last
from pages.parts import words
from pages.parts.guard import guard
from pages.parts.markup import plain
from pages.parts.run_in_url import settings

SHOWN = 8
"""Warnings in sight; the rest is one click away."""


def draw_unusual(folder: RunFolder) -> None:
    """The warnings in one box, or a line that says there are none; nothing for a list that is no saved one."""
    with guard("last list"):
        with st.spinner("Comparing with the last list …"):
            found = compare_with_last(settings(), folder)
        if found is None:
            return
        told = [plain(warning.message, 500) for warning in found.warnings]
        if told:
            count = words.count(len(told), "thing is", "things are")
            st.warning(f"**{count} unusual** {_beside(found)}\n\n{_lines(told[:SHOWN])}", icon=":material/warning:")
            if told[SHOWN:]:
                with st.expander(f"{len(told) - SHOWN} more"):
                    st.markdown(_lines(told[SHOWN:]))
        elif found.last_at:
            about = "Rows, columns, how they are filled: nothing unusual"
            st.caption(f":material/done_all: {about} {_beside(found)} This says nothing of single cells.")


def _beside(found: Comparison) -> str:
    if not found.last_at:
        return f"beside what is saved as {plain(found.name)}."
    rows = words.count(found.last_rows, "row")
    last = f"{plain(found.last_source, 60)}, {rows}, {words.moment(found.last_at)}"
    return f"beside the last {plain(found.name)} ({last})."


def _lines(told: list[str]) -> str:
    return "\n".join(f"- {line}" for line in told)
