"""The steps so far, each with its way out, and what to do when they do not fit the list."""

from __future__ import annotations

import streamlit as st

from importer.clean import History
from importer.intake import Stage
from importer.run import RunFolder
from pages.parts.doing import keep, short_title
from pages.parts.guard import guard
from pages.parts.markup import plain
from pages.parts.recipe_problems import draw_problems

PAGE_STEPS = 20


def draw_steps(folder: RunFolder, stage: Stage, history: History, seen: str) -> None:
    """The list, the newest page first seen; a step in the middle is taken out if no later one needs it."""
    if not history.done:
        st.caption("Nothing done yet. Every fix and every decision becomes a step that can be undone and kept.")
        return
    pages = -(-len(history.done) // PAGE_STEPS)
    page = pages
    if pages > 1:
        page = st.pagination(pages, key=f"steps_page_{folder.run_id}_{pages}", default=pages)
    start = (page - 1) * PAGE_STEPS
    lines = st.container(gap=None)
    for number, step in enumerate(history.done[start : start + PAGE_STEPS], start=start + 1):
        line = lines.container(horizontal=True, vertical_alignment="center", gap="small")
        line.markdown(f"{number}\\. {plain(short_title(step), 200)}", width="stretch")
        if folder.frozen:
            continue
        if line.button("Take out", key=f"out_{folder.run_id}_{number}", type="tertiary", icon=":material/close:"):
            with guard("steps"):
                _take_out(folder, stage, number, seen)


def _take_out(folder: RunFolder, stage: Stage, number: int, seen: str) -> None:
    keep(folder, lambda history: history.without(number, stage.columns), seen=seen)


def draw_misfit(folder: RunFolder, stage: Stage, history: History, seen: str) -> None:
    """Nothing when the steps fit. Else every problem with its remedy, and the page ends: nothing can be checked."""
    problems = history.recipe.problems(stage.columns)
    if not problems:
        return
    st.error("The steps so far do not fit the list as it is read now.", icon=":material/error:")
    with guard("steps"):
        draw_problems(
            problems,
            stage.columns,
            f"misfit_{folder.run_id}_{len(history.moves)}",
            on_map=lambda old, new: keep(folder, lambda now: now.mapped(old, new), seen=seen),
            on_leave_out=lambda number: _take_out(folder, stage, number, seen),
        )
    st.stop()
