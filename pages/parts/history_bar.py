"""Undo, redo, and the steps so far as a recipe that next month's list can replay."""

from __future__ import annotations

import streamlit as st

from importer.clean import History, Move, Operation, Recipe, Replace, fit, load_history, save_history
from importer.errors import ConfigError
from importer.intake import Stage
from importer.run import RunFolder
from pages.parts import words
from pages.parts.guard import guard
from pages.parts.markup import plain, show, tag

MAX_RECIPE_BYTES = 20_000_000


def do(folder: RunFolder, *operations: Operation) -> None:
    """Put steps into the history, at once on disk, and draw the page again."""
    history = load_history(folder.recipe)
    for operation in operations:
        history = history.do(operation)
    keep(folder, history)


def keep(folder: RunFolder, history: History) -> None:
    """Save `history` and draw the page again. Raises ConfigError for a run that is planned already."""
    if folder.frozen:
        raise ConfigError("This list is planned already and cannot change. Bring it in again to clean it further.")
    save_history(folder.recipe, history)
    st.rerun()


def short_title(operation: Move) -> str:
    """A step in plain words; a pattern, which only its author can read, is left out."""
    if isinstance(operation, Replace) and operation.is_pattern:
        put = f'"{operation.replacement}" instead' if operation.replacement else "nothing instead"
        return f"Replace a pattern in {operation.column}, put {put}"
    return operation.title()


def draw_history(folder: RunFolder, stage: Stage) -> None:
    """One line: undo, redo, the steps."""
    history = load_history(folder.recipe)
    if folder.frozen:
        st.info("This list is planned or imported: it can no longer change.", icon=":material/lock:")
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    back = f"Undo: {plain(short_title(history.moves[-1]), 60)}" if history.moves else "Undo"
    on = f"Redo: {plain(short_title(history.undone[-1]), 60)}" if history.undone else "Redo"
    if row.button(back, icon=":material/undo:", disabled=folder.frozen or not history.moves, key="undo"):
        keep(folder, history.undo())
    if row.button(on, icon=":material/redo:", disabled=folder.frozen or not history.undone, key="redo"):
        keep(folder, history.redo())
    with row.popover(f"Steps ({len(history.done)})", icon=":material/list:"):
        _draw_steps(folder, stage, history)


def _draw_steps(folder: RunFolder, stage: Stage, history: History) -> None:
    if history.done:
        show(tag("ol", *(tag("li", step.title()) for step in history.done)))
        told = Recipe(history.done).to_json()
        st.download_button("Recipe (JSON)", told, "recipe.json", "application/json", icon=":material/download:")
    else:
        st.caption("Nothing done yet. Every fix and every decision becomes a step that can be undone and kept.")
    if folder.frozen:
        return
    given = st.file_uploader("Load a recipe", type=["json"], key=f"recipe_in_{folder.run_id}_{len(history.done)}")
    if given is not None and st.button("Replay it on this list", icon=":material/replay:"):
        with guard("recipe"):
            recipe = _read(given.getvalue())
            recipe.check(history.recipe.columns_after(stage.columns))
            recipe = fit(recipe, stage, after=history.recipe)
            do(folder, *recipe.operations)


def _read(content: bytes) -> Recipe:
    if len(content) > MAX_RECIPE_BYTES:
        raise ConfigError(
            f"The recipe has {words.size(len(content))}; at most {words.size(MAX_RECIPE_BYTES)} are read."
        )
    try:
        return Recipe.from_json(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ConfigError("The recipe is not UTF-8 text. Choose a file that this page made.") from None
