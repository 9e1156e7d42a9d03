"""Columns that the schema names and the list does not have (a loaded schema's): which column is meant, or none."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from importer.check import AttributeMatch, ColumnSpec, KnownAttribute, Schema, match_attributes
from importer.clean import load_history
from importer.intake import Stage
from importer.run import RunFolder
from pages.parts.guard import guard
from pages.parts.keeping import keep_schema
from pages.parts.markup import plain

SHOWN = 8


def draw_strangers(folder: RunFolder, stage: Stage, schema: Schema) -> None:
    """One line for each, with the column of the list that looks like it."""
    there = load_history(folder.recipe).recipe.columns_after(stage.columns)
    strangers = [spec for spec in schema.columns if spec.column not in there]
    if folder.frozen or not strangers:
        return
    named = {spec.column for spec in schema.columns}
    free = [KnownAttribute(column) for column in there if column not in named]
    found = {match.column: match for match in match_attributes([spec.column for spec in strangers], free)}
    with st.container(border=True), guard("strangers"):
        st.warning(
            f"The schema names {len(strangers)} column{'s' if len(strangers) > 1 else ''} that this list does not "
            "have. Say which column is meant, or take it out of the schema; until then nothing can be checked.",
            icon=":material/help:",
        )
        for spec in strangers[:SHOWN]:
            _draw_stranger(folder, schema, spec, found.get(spec.column))


def _draw_stranger(folder: RunFolder, schema: Schema, spec: ColumnSpec, match: AttributeMatch | None) -> None:
    line = st.container(horizontal=True, vertical_alignment="center", gap="small")
    line.markdown(f"**{plain(spec.column)}**", width="stretch")
    place = schema.columns.index(spec)
    if match is not None:
        label = f"It is {plain(match.attribute.name, 60)} here"
        if line.button(label, key=f"stranger_is_{folder.run_id}_{place}", icon=":material/arrow_forward:"):
            _save(folder, schema, spec, replace(spec, column=match.attribute.name))
    if spec.attribute in schema.key:
        return
    if line.button("Take it out", key=f"stranger_out_{folder.run_id}_{place}", type="tertiary"):
        _save(folder, schema, spec, None)


def _save(folder: RunFolder, schema: Schema, old: ColumnSpec, new: ColumnSpec | None) -> None:
    columns = tuple(one if one is not old else new for one in schema.columns)
    keep_schema(folder, replace(schema, columns=tuple(one for one in columns if one is not None)), schema)
