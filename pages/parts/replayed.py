"""What the steps of a saved list change of this month's cells: shown first, and asked about."""

from __future__ import annotations

import streamlit as st

from importer.check import words_for
from importer.run import (
    Replay,
    ReplayedStep,
    RunFolder,
    accept_replay,
    effect_examples,
    leave_out_replay,
    replay_of,
)
from pages.parts import words
from pages.parts.guard import guard
from pages.parts.keeping import pressed, then_drawn_again
from pages.parts.markup import plain, show, tag
from pages.parts.pieces import examples

SHOWN = 8

AGREED_ROWS = 3
"""Rows shown of a step that nobody need say anything about."""


def draw_replay(folder: RunFolder) -> None:
    """A question where nobody agreed to what the steps change; where somebody did, a line and some of the cells."""
    with guard("saved steps"):
        with st.spinner("Looking at what the saved steps change …"):
            replayed = replay_of(folder)
        if folder.frozen or not replayed.steps:
            return
        asks = replayed.asks
        if asks:
            _draw_question(folder, replayed, asks)
        agreed = [step for step in replayed.steps if not step.asks]
        for step in agreed[:SHOWN]:
            why = "Accepted on this list." if step.accepted else step.reason
            show(tag("div", f"{words_for(step.effect.step)}: {step.cells}. {why}", cls="ci-note"))
            _draw_examples(folder, step, AGREED_ROWS)


def _draw_question(folder: RunFolder, replayed: Replay, asks: tuple[ReplayedStep, ...]) -> None:
    run_id = folder.run_id
    with st.container(border=True):
        st.warning(
            f"**Steps of {plain(replayed.name)} would {plain(_would_do(asks))}.** "
            "Nothing is imported before you say what is right.",
            icon=":material/rule:",
        )
        for step in asks[:SHOWN]:
            st.markdown(
                f"Step {step.effect.number}: **{plain(words_for(step.effect.step), 200)}** · {plain(step.cells)}. "
                f"{plain(step.reason)}"
            )
            _draw_examples(folder, step)
        if asks[SHOWN:]:
            st.caption(f"and {words.count(len(asks) - SHOWN, 'more step')}")
        line = st.container(horizontal=True)
        icon = ":material/close:"
        out = pressed(line.button, "Leave these steps out", shown=asks, key=f"replay_out_{run_id}", icon=icon)
        kept = pressed(
            line.button, "Do these steps", shown=asks, key=f"replay_keep_{run_id}", icon=":material/check:"
        )
    if out is not None:
        with then_drawn_again():
            leave_out_replay(folder, out)
    if kept is not None:
        with then_drawn_again():
            accept_replay(folder, kept)


def _would_do(asks: tuple[ReplayedStep, ...]) -> str:
    """`change 2 cells and drop 3 rows that have no problem`."""
    drops = sum(step.effect.cells for step in asks if step.effect.drops)
    cells = sum(step.effect.cells for step in asks if not step.effect.drops)
    good = sum(step.effect.good for step in asks)
    unsure = sum(step.effect.unsure for step in asks if not step.effect.cells)
    said = [f"change {words.count(cells, 'cell')}"] if cells else []
    said += [f"drop {words.count(drops, 'row')}"] if drops else []
    if said and good == cells + drops:
        said[-1] += " that have no problem"
    elif said:
        said[-1] += " otherwise than when it was saved"
    if unsure:
        said.append(f"read {words.count(unsure, 'cell')} that may mean something else")
    return " and ".join(said)


def _draw_examples(folder: RunFolder, step: ReplayedStep, most: int | None = None) -> None:
    lines = [(f"{row:,}", before, after) for row, before, after in effect_examples(folder, step.effect)[:most]]
    show(examples(["row", step.effect.column, "after"], lines))
