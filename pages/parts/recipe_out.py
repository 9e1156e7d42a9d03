"""The recipe as a file: what of it is meant for next month's list, or all of it as it is."""

from __future__ import annotations

import streamlit as st

from importer.clean import Recipe
from importer.run import RunFolder, meant_for_next, read_schema
from pages.parts.markup import plain


def draw_recipe_out(folder: RunFolder, recipe: Recipe) -> None:
    """Two downloads, and what the first leaves behind."""
    made = meant_for_next(recipe, read_schema(folder))
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
    for note in made.notes():
        st.caption(plain(note))
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
