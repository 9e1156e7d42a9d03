"""What the steps of a saved list change of this month's cells that have no problem: shown first, and asked about."""

from __future__ import annotations

import streamlit as st

from importer.check import words_for
from importer.clean import Recipe
from importer.run import (
    Replay,
    ReplayedStep,
    RunFolder,
    accept_replay,
    leave_out_replay,
    open_stage,
    read_recipe,
    replay_of,
)
from pages.parts import words
from pages.parts.guard import guard
from pages.parts.keeping import pressed, then_drawn_again
from pages.parts.markup import plain, show, tag
from pages.parts.pieces import examples

SHOWN = 8


def draw_replay(folder: RunFolder) -> None:
    """A question where nobody agreed to what the steps change, a line where somebody did."""
    with guard("saved steps"):
        with st.spinner("Looking at what the saved steps change …"):
            replayed = replay_of(folder)
        if folder.frozen or not replayed.steps:
            return
        asks = replayed.asks
        if asks:
            _draw_question(folder, replayed, asks)
        agreed = [step for step in replayed.steps if not step.asks]
        if agreed:
            lines = [
                tag("div", f"{words_for(step.effect.step)}: {_cells(step)}, as agreed.") for step in agreed[:SHOWN]
            ]
            show(tag("div", *lines, cls="ci-note"))


def _draw_question(folder: RunFolder, replayed: Replay, asks: tuple[ReplayedStep, ...]) -> None:
    run_id, recipe, stage = folder.run_id, read_recipe(folder), open_stage(folder)
    cells = words.count(sum(step.effect.good for step in asks), "cell")
    with st.container(border=True):
        st.warning(
            f"**Steps of {plain(replayed.name)} would change {cells} that have no problem.** "
            "Nothing is imported before you say what is right.",
            icon=":material/rule:",
        )
        for step in asks[:SHOWN]:
            st.markdown(f"Step {step.number}: **{plain(words_for(step.effect.step), 200)}** · {_cells(step)}")
            before = Recipe(recipe.operations[: step.number - 1]).apply(stage.take(step.effect.good_rows)).frame
            after = step.effect.step.apply(before)
            column = step.effect.column
            lines = [(f"{row:,}", before.at[row, column], after.at[row, column]) for row in before.index]
            show(examples(["row", column, "after"], lines))
        if asks[SHOWN:]:
            st.caption(f"and {words.count(len(asks) - SHOWN, 'more step')}")
        line = st.container(horizontal=True)
        icon = ":material/close:"
        out = pressed(line.button, "Leave these steps out", shown=asks, key=f"replay_out_{run_id}", icon=icon)
        kept = pressed(
            line.button, "Change the cells", shown=asks, key=f"replay_keep_{run_id}", icon=":material/check:"
        )
    if out is not None:
        with then_drawn_again():
            leave_out_replay(folder, out)
    if kept is not None:
        with then_drawn_again():
            accept_replay(folder, kept)


def _cells(step: ReplayedStep) -> str:
    return f"{words.count(step.effect.good, 'cell')} of {step.effect.column}"
