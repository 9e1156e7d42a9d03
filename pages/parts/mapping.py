"""Which column becomes which attribute, of which type, and what a blank means: one editable table."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from importer.check import BlankMeans, ColumnSpec, DynamoType, Required, Schema, Unique, Winner
from importer.run import RunFolder, save_schema
from pages.parts import words
from pages.parts.guard import guard
from pages.parts.markup import plain

_TYPES = {kind.value: words.TYPE_WORDS[kind.value] for kind in DynamoType}
_BLANKS = {blank.value: words.BLANK_WORDS[blank.value] for blank in BlankMeans}


def draw_mapping(folder: RunFolder, schema: Schema) -> None:
    """Draw the table; a change is kept at once, or said to be wrong and not kept."""
    keys = ", ".join(schema.key)
    st.caption(f"The table tells contacts apart by {plain(keys)}. A column that is not imported is still checked.")
    base = pd.DataFrame([_line(spec, schema) for spec in schema.columns])
    edited = st.data_editor(
        base,
        hide_index=True,
        num_rows="fixed",
        disabled=True if folder.frozen else ["column", "key", "rules"],
        column_config=_config(),
        key=f"mapping_{folder.run_id}_{schema.fingerprint()[:12]}",
        height=min(620, 38 + 36 * max(1, len(base))),
    )
    winner = st.selectbox(
        "When a key is in the list more than once",
        list(words.WINNER_WORDS),
        index=list(words.WINNER_WORDS).index(schema.winner.value),
        format_func=lambda value: words.WINNER_WORDS[value],
        disabled=folder.frozen,
        key=f"winner_{folder.run_id}",
    )
    if folder.frozen:
        return
    with guard("mapping"):
        wanted = replace(schema, columns=_specs(schema, edited), winner=Winner(winner))
        if wanted.fingerprint() != schema.fingerprint():
            save_schema(folder, wanted)
            st.rerun()


def _line(spec: ColumnSpec, schema: Schema) -> dict[str, object]:
    others = [rule.sentence() for rule in spec.rules if not isinstance(rule, (Required, Unique))]
    return {
        "column": spec.column,
        "key": "key" if spec.attribute in schema.key else "",
        "import": spec.attribute is not None,
        "attribute": spec.attribute or "",
        "type": _TYPES[spec.type.value],
        "blank": _BLANKS[spec.blank.value],
        "required": spec.required,
        "unique": spec.unique,
        "rules": "; ".join(others),
    }


def _config() -> dict[str, object]:
    config = st.column_config
    return {
        "column": config.TextColumn("Column", pinned=True, disabled=True),
        "key": config.TextColumn("Key", width="small", disabled=True),
        "import": config.CheckboxColumn("Import", width="small"),
        "attribute": config.TextColumn("Attribute", help="The name it gets in the table."),
        "type": config.SelectboxColumn("Type", options=list(_TYPES.values()), required=True),
        "blank": config.SelectboxColumn("A blank becomes", options=list(_BLANKS.values()), required=True),
        "required": config.CheckboxColumn("Filled", width="small", help="A blank cell is a problem."),
        "unique": config.CheckboxColumn("Unique", width="small", help="A value that occurs twice is a problem."),
        "rules": config.TextColumn("Other rules", disabled=True, help="Edited under Rules."),
    }


def _specs(schema: Schema, edited: pd.DataFrame) -> tuple[ColumnSpec, ...]:
    types = {shown: value for value, shown in _TYPES.items()}
    blanks = {shown: value for value, shown in _BLANKS.items()}
    made = []
    for spec, line in zip(schema.columns, edited.to_dict("records"), strict=True):
        attribute = str(line["attribute"] or "").strip() or _attribute(spec.column)
        made.append(
            replace(
                spec,
                attribute=attribute if line["import"] else None,
                type=DynamoType(types[line["type"]]),
                blank=BlankMeans(blanks[line["blank"]]),
                rules=_rules(spec, bool(line["required"]), bool(line["unique"])),
            )
        )
    return tuple(made)


def _attribute(column: str) -> str:
    """A name for a column that is imported after all: the usual snake case."""
    return "_".join("".join(sign if sign.isalnum() else " " for sign in column).lower().split()) or "column"


def _rules(spec: ColumnSpec, required: bool, unique: bool) -> tuple[object, ...]:
    kept = [rule for rule in spec.rules if not isinstance(rule, (Required, Unique))]
    return (*([Required()] if required else []), *kept, *([Unique()] if unique else []))
