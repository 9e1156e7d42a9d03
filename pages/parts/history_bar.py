"""Undo, redo, the steps so far, and the recipe that next month's list can replay."""

from __future__ import annotations

import streamlit as st

from importer.clean import History, load_history
from importer.intake import Stage
from importer.run import RunFolder, history_version
from pages.parts.doing import do, keep, short_title, shown_steps
from pages.parts.guard import guard
from pages.parts.markup import plain
from pages.parts.recipe_in import draw_recipe_in
from pages.parts.recipe_out import draw_recipe_out
from pages.parts.steps import draw_misfit, draw_steps

__all__ = ["do", "draw_history", "keep", "short_title"]


def draw_history(folder: RunFolder, stage: Stage) -> None:
    """One line: undo, redo, the steps, the recipe. The page ends here when the steps do not fit the list any more.

    A click is about the steps that were on screen (`seen`); another tab may have made more by now.
    """
    shown = shown_steps(folder)
    seen, shown.version = shown.version, history_version(folder)
    history = load_history(folder.recipe)
    if folder.frozen:
        st.info("This list is planned or imported: it can no longer change.", icon=":material/lock:")
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    back = f"Undo: {plain(short_title(history.moves[-1]), 60)}" if history.moves else "Undo"
    on = f"Redo: {plain(short_title(history.undone[-1]), 60)}" if history.undone else "Redo"
    with guard("undo and redo"):
        if row.button(back, icon=":material/undo:", disabled=folder.frozen or not history.moves, key="undo"):
            keep(folder, History.undo, seen=seen)
        if row.button(on, icon=":material/redo:", disabled=folder.frozen or not history.undone, key="redo"):
            keep(folder, History.redo, seen=seen)
    key = f"steps_{folder.run_id}"
    steps = row.popover(f"Steps ({len(history.done)})", icon=":material/list:", key=key, on_change="rerun")
    recipe = row.popover("Recipe", icon=":material/receipt_long:", key=f"recipe_{folder.run_id}", on_change="rerun")
    with steps, guard("steps"):
        if steps.open:
            draw_steps(folder, stage, history, seen)
    with recipe, guard("recipe"):
        if recipe.open:
            _draw_recipe(folder, stage, history)
    if not folder.frozen:
        draw_misfit(folder, stage, history, seen)


def _draw_recipe(folder: RunFolder, stage: Stage, history: History) -> None:
    if history.done:
        draw_recipe_out(folder, history.recipe)
    if not folder.frozen:
        draw_recipe_in(folder, stage, history)
