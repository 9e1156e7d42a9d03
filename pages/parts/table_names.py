"""Which names of the list the table has already, and how the fields are called that are new to it."""

from __future__ import annotations

import streamlit as st

from importer.check import ColumnSpec, KnownAttribute, NameStyle, Schema, SchemaChoices, renamed_new
from importer.run import RunFolder
from pages.parts import words
from pages.parts.keeping import keep_schema
from pages.parts.markup import plain

SHOWN = 10


def draw_taken(schema: Schema, known: tuple[KnownAttribute, ...]) -> None:
    """Columns whose name the table has already, so that nothing is offered for them."""
    by_name = {attribute.name: attribute for attribute in known}
    same = [spec for spec in schema.imported if spec.attribute in by_name]
    if not same:
        return
    told = [_taken(spec, by_name[spec.attribute or ""], schema) for spec in same]
    more = f" and {len(told) - SHOWN} more" if len(told) > SHOWN else ""
    st.caption(f":material/check: The table has these already: {', '.join(told[:SHOWN])}{more}.")


def _taken(spec: ColumnSpec, attribute: KnownAttribute, schema: Schema) -> str:
    """`Vorname is **firstName**, text (S)`, and whether it is a key."""
    name = f"**{plain(attribute.name)}**"
    told = name if spec.column == attribute.name else f"{plain(spec.column)} is {name}"
    indexes = schema.indexes_of(attribute.name)
    role = ", the key" if attribute.is_key else f", key of index {plain(', '.join(indexes))}" if indexes else ""
    return f"{told} ({spec.type.words}{role})"


def draw_new_names(folder: RunFolder, schema: Schema, known: tuple[KnownAttribute, ...]) -> None:
    """How fields are called that the table does not have, and what dots in them mean."""
    mark = schema.fingerprint()[:12]
    line = st.container(horizontal=True, vertical_alignment="center", gap="medium")
    style = line.selectbox(
        "Rename new fields",
        list(words.NAME_WORDS),
        index=None,
        placeholder="Choose a style",
        format_func=lambda value: words.NAME_WORDS[value],
        key=f"names_{folder.run_id}_{mark}",
        width=260,
    )
    nest_dots = schema.nest_dots
    if schema.nest_dots or any("." in spec.column for spec in schema.imported):
        nest_dots = line.checkbox(
            "Dots make maps: address.city is city inside address",
            schema.nest_dots,
            key=f"nest_{folder.run_id}_{mark}",
        )
    if style is not None or nest_dots is not schema.nest_dots:
        choices = SchemaChoices(names=NameStyle(style) if style else None, nest_dots=nest_dots)
        keep_schema(folder, renamed_new(schema, known, choices), schema)
