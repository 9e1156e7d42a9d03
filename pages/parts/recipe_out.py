"""The recipe as a file: what of it is meant for next month's list, or all of it as it is."""

from __future__ import annotations

import streamlit as st

from importer.clean import Recipe
from importer.run import RunFolder, meant_for_next, read_schema
from pages.parts.downloads import draw_download
from pages.parts.markup import plain


def draw_recipe_out(folder: RunFolder, recipe: Recipe) -> None:
    """Two downloads, and what the first leaves behind."""
    made = meant_for_next(recipe, read_schema(folder))
    st.markdown("**Keep these steps**")
    run_id = folder.run_id
    draw_download(
        st.container(), "Recipe for next month", made.recipe.to_json, "recipe.json", "application/json", key=run_id
    )
    for note in made.notes():
        st.caption(plain(note))
    draw_download(
        st.container(),
        "With row numbers, for this very file",
        recipe.to_json,
        "recipe-this-file.json",
        "application/json",
        key=run_id,
        quiet=True,
    )
