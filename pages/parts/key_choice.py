"""The table's key, where the columns do not cover it: said at the top, with the way to mend it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from importer.check import KeyColumnMissing, Schema, find_key
from importer.clean import load_history
from importer.intake import Stage
from importer.run import RunFolder, choose_key, prepare_schema, read_schema
from importer.table import TableKey
from pages.parts import words
from pages.parts.guard import guard
from pages.parts.markup import plain
from pages.parts.target import TargetNow, keep_known


def schema_or_choice(folder: RunFolder, stage: Stage, now: TargetNow) -> Schema | None:
    """The run's schema; None (and the choice drawn) when no column can be told that becomes the table's key."""
    key = now.key
    columns = load_history(folder.recipe).recipe.columns_after(stage.columns)
    try:
        if not folder.frozen:
            keep_known(folder, now)
        schema = read_schema(folder) if folder.frozen else prepare_schema(folder, key)
    except KeyColumnMissing as missing:
        draw_choice(folder, key, columns, missing.question, missing.nearest)
        return None
    if not folder.frozen and schema.key != key.attributes:
        has = " and ".join(schema.key)
        said = f"The table's key is {key}; here it is {has}. Nothing can be written until they are the same."
        try:
            chosen = dict(zip(key.attributes, find_key(columns, key), strict=True))
        except KeyColumnMissing as missing:
            chosen = missing.nearest
        draw_choice(folder, key, columns, said, chosen)
    return schema


def draw_choice(
    folder: RunFolder, key: TableKey, columns: Sequence[str], said: str, nearest: Mapping[str, str]
) -> None:
    """What is wrong, and a column to choose for each part of the key; those that look like it come first."""
    with st.container(border=True), guard("key"):
        st.warning(plain(said, limit=1000), icon=":material/key:")
        near = [nearest.get(part.attribute) for part in key.parts]
        if None not in near and len(set(near)) == len(near):
            label = f"It is {plain(' and '.join(map(str, near)), 120)}"
            if st.button(label, icon=":material/key:", key="nearest_is_key"):
                _make_key(folder, key, dict(zip(key.attributes, map(str, near), strict=True)))
        chosen = {
            part.attribute: st.selectbox(
                f"Which column becomes {plain(part.attribute)}, {words.type_name(part.type)}?",
                sorted(columns, key=lambda column: column != nearest.get(part.attribute)),
                index=None,
                placeholder="Choose a column",
                key=f"key_{folder.run_id}_{part.attribute}",
            )
            for part in key.parts
        }
        if st.button(
            "Make it the key", icon=":material/key:", type="primary", disabled=None in chosen.values(), key="make_key"
        ):
            _make_key(folder, key, {attribute: str(column) for attribute, column in chosen.items()})


def _make_key(folder: RunFolder, key: TableKey, columns: Mapping[str, str]) -> None:
    choose_key(folder, key, columns)
    st.rerun()
