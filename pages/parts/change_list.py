"""Change the list at will, whether or not anything fails: pick what to do, see what it will change, do it."""

from __future__ import annotations

import streamlit as st

from importer.run import read_schema
from pages.parts.cleaning import Cleaning
from pages.parts.foretell import draw_do
from pages.parts.guard import guard
from pages.parts.operation_fields import Place, draw_columns, draw_operation
from pages.parts.operation_forms import FORMS, GROUPED


@st.fragment
def draw_change(work: Cleaning) -> None:
    """The form; only it runs again while it is filled in."""
    if work.folder.frozen:
        st.info("This list is planned or imported: it can no longer change.", icon=":material/lock:")
        return
    with guard("change the list"):
        key = f"change_{work.folder.run_id}"
        kinds = list(GROUPED)
        group = st.segmented_control(
            "What kind of change", kinds, default=kinds[0], key=f"{key}_group", required=True
        )
        left, right = st.columns([1, 1.2], gap="medium")
        with left:
            names = GROUPED[str(group)]
            name = str(
                st.selectbox("What to do", names, format_func=lambda one: FORMS[one].label, key=f"{key}_{group}")
            )
            _draw_form(work, name, key, right)


def _draw_form(work: Cleaning, name: str, key: str, beside: st.delta_generator.DeltaGenerator) -> None:
    columns = work.recipe.columns_after(work.stage.columns)
    fields = f"{key}_{name}_{len(work.recipe.operations)}"
    place = Place(work, fields, columns, read_schema(work.folder).key_specs[0].column)
    operation = draw_operation(place, FORMS[name], draw_columns(place, FORMS[name], key))
    with beside:
        if operation is None:
            st.caption("What it will change is said here, before anything is done.")
            return
        draw_do(work, operation, fields)
