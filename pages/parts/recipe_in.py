"""A recipe from a file: checked against this list before it runs, its columns mapped, then replayed."""

from __future__ import annotations

import streamlit as st

from importer.check import StepEffect
from importer.clean import History, Recipe
from importer.errors import ConfigError
from importer.intake import Stage
from importer.run import RunFolder, good_changes_of
from pages.parts import words
from pages.parts.doing import do, short_title
from pages.parts.markup import plain, show, tag
from pages.parts.recipe_problems import draw_problems

MAX_RECIPE_BYTES = 20_000_000
SHOWN_STEPS = 20


def draw_recipe_in(folder: RunFolder, stage: Stage, history: History) -> None:
    """Choose a file; see what it would do, or what keeps it from running; replay it."""
    st.markdown("**Replay the steps of another list**")
    round_ = st.session_state.get("recipe_round", 0)
    given = st.file_uploader("Recipe file", type=["json"], key=f"recipe_in_{folder.run_id}_{round_}")
    if given is None:
        return
    key = f"mapped_{folder.run_id}_{given.file_id}"
    recipe = _mended(_read(given.getvalue()), st.session_state.get(key, ()))
    columns = history.recipe.columns_after(stage.columns)
    problems = recipe.problems(columns)
    if problems:
        draw_problems(
            problems,
            columns,
            f"{key}_{len(st.session_state.get(key, ()))}",
            on_map=lambda old, new: _note(key, (old, new)),
            on_leave_out=lambda number: _note(key, number),
        )
        return
    if not recipe.operations:
        st.caption("No step is left to replay.")
        return
    show(tag("ol", *(tag("li", short_title(step)) for step in recipe.operations[:SHOWN_STEPS]), cls="ci-steps"))
    if len(recipe.operations) > SHOWN_STEPS:
        st.caption(f"and {len(recipe.operations) - SHOWN_STEPS} more")
    _draw_good_changes(folder, stage, history, recipe)
    label = f"Replay {words.count(len(recipe.operations), 'step')} on this list"
    if st.button(label, type="primary", icon=":material/replay:", key=f"replay_{folder.run_id}"):
        st.session_state["recipe_round"] = round_ + 1
        do(folder, *recipe.operations, name=f"Replay {words.count(len(recipe.operations), 'step')}")


def _draw_good_changes(folder: RunFolder, stage: Stage, history: History, recipe: Recipe) -> None:
    """What it would change of cells that have no problem as they are, before it is done."""
    version = (stage.report.to_json(), history.recipe.fingerprint(), recipe.fingerprint())
    effects = _good_changes(folder.run_id, version, folder, recipe)
    if effects:
        told = "\n".join(f"- {plain(short_title(one.step), 200)}: {_cells(one)}" for one in effects)
        st.warning(
            f"It changes cells that have no problem, or may mean something else:\n\n{told}", icon=":material/rule:"
        )


def _cells(effect: StepEffect) -> str:
    count = words.count(effect.good or effect.unsure, "row" if effect.drops else "cell")
    unsure = f", {effect.unsure:,} of them can be read in two ways" if effect.unsure else ""
    return f"{count} {'by' if effect.drops else 'of'} {plain(effect.column)}{unsure}"


@st.cache_data(max_entries=8, show_spinner="Looking at what the steps change …")
def _good_changes(
    run_id: str, version: tuple[str, ...], _folder: RunFolder, _recipe: Recipe
) -> tuple[StepEffect, ...]:
    return good_changes_of(_recipe, _folder)


Mending = tuple[str, str] | int
"""A column mapped (old, new), or the number of a step that is left out."""


def _note(key: str, mending: Mending) -> None:
    st.session_state[key] = (*st.session_state.get(key, ()), mending)
    st.rerun()


def _mended(recipe: Recipe, mendings: tuple[Mending, ...]) -> Recipe:
    for mending in mendings:
        recipe = recipe.without(mending) if isinstance(mending, int) else recipe.renamed(*mending)
    return recipe


def _read(content: bytes) -> Recipe:
    if len(content) > MAX_RECIPE_BYTES:
        raise ConfigError(
            f"The recipe has {words.size(len(content))}; at most {words.size(MAX_RECIPE_BYTES)} are read."
        )
    try:
        return Recipe.from_json(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ConfigError("The recipe is not UTF-8 text. Choose a file that this page made.") from None
