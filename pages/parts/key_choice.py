"""The table's key, where the columns do not cover it: said at the top, with the way to mend it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from importer.check import KeyColumnMissing, Schema
from importer.clean import load_history
from importer.intake import Stage
from importer.run import RunFolder, choose_key, prepare_schema, read_schema
from importer.table import TableKey
from pages.parts import words
from pages.parts.guard import guard
from pages.parts.markup import plain


def schema_or_choice(folder: RunFolder, stage: Stage, key: TableKey) -> Schema | None:
    """The run's schema; None (and the choice drawn) when no column can be told that becomes the table's key."""
    try:
        schema = read_schema(folder) if folder.frozen else prepare_schema(folder, key)
    except KeyColumnMissing as missing:
        columns = load_history(folder.recipe).recipe.columns_after(stage.columns)
        draw_choice(folder, key, stage.columns if not folder.schema.exists() else columns, str(missing))
        return None
    if not folder.frozen and not fits(schema, key):
        has = " and ".join(schema.key)
        said = f"The table's key is {key}; here it is {has}. Nothing can be written until they are the same."
        draw_choice(folder, key, [spec.column for spec in schema.columns], said)
    return schema


def fits(schema: Schema, key: TableKey) -> bool:
    """Whether the schema writes the table's key, each part as its type."""
    types = tuple(spec.type.value for spec in schema.key_specs)
    return schema.key == key.attributes and types == tuple(part.type for part in key.parts)


def draw_choice(folder: RunFolder, key: TableKey, columns: Sequence[str], said: str) -> None:
    """What is wrong, and a column to choose for each part of the key."""
    with st.container(border=True), guard("key"):
        st.warning(plain(said, limit=1000), icon=":material/key:")
        chosen = [
            st.selectbox(
                f"Which column becomes {plain(part.attribute)}, {words.type_name(part.type)}?",
                list(columns),
                index=None,
                placeholder="Choose a column",
                key=f"key_{folder.run_id}_{part.attribute}",
            )
            for part in key.parts
        ]
        if st.button(
            "Make it the key", icon=":material/key:", type="primary", disabled=None in chosen, key="make_key"
        ):
            choose_key(folder, key, [str(column) for column in chosen])
            st.rerun()
