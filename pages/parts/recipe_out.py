"""The recipe as a file: for next month's list, with single corrections found by the contact's key; or as it is."""

from __future__ import annotations

import streamlit as st

from importer.clean import Portable, Recipe, portable
from importer.intake import Stage
from importer.run import RunFolder, read_schema
from pages.parts import words
from pages.parts.markup import plain


def draw_recipe_out(folder: RunFolder, stage: Stage, recipe: Recipe) -> None:
    """Two downloads, and what the first leaves behind."""
    key_column = read_schema(folder).key_specs[0].column
    version = (folder.run_id, stage.report.source_sha256, recipe.fingerprint(), key_column)
    made = _portable(version, stage, recipe, key_column)
    st.markdown("**Keep these steps**")
    st.download_button(
        "Recipe for next month",
        made.recipe.to_json(),
        "recipe.json",
        "application/json",
        icon=":material/download:",
        on_click="ignore",
        key=f"recipe_out_{folder.run_id}",
    )
    st.caption(plain(_told(made, key_column)))
    st.download_button(
        "With row numbers, for this very file",
        recipe.to_json(),
        "recipe-this-file.json",
        "application/json",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
        key=f"recipe_exact_{folder.run_id}",
    )


def _told(made: Portable, key_column: str) -> str:
    told = f"Corrections of single cells find their contact by {key_column}."
    if made.left_out:
        left = words.count(made.left_out, "correction or decision", "corrections and decisions")
        told += f" {left} on single rows stay behind: a row number means nothing in another file."
    return told


@st.cache_data(max_entries=8, show_spinner="Making the recipe …")
def _portable(version: tuple[str, ...], _stage: Stage, _recipe: Recipe, key_column: str) -> Portable:
    return portable(_recipe, _stage, key_column)
