"""Which column becomes which attribute, of which type, and what a blank means: one editable table."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from importer.check import BlankMeans, ColumnSpec, Required, Schema, Unique, Winner, first_names
from importer.clean import Recipe, load_history
from importer.intake import Stage
from importer.run import RunFolder
from pages.parts import words
from pages.parts.column_form import changed, draw_column_form, type_choice
from pages.parts.guard import guard
from pages.parts.keeping import keep_schema
from pages.parts.markup import plain

_TYPES = words.TYPE_CHOICES | words.UNSAID_TYPES
_BLANKS = {blank.value: words.BLANK_WORDS[blank.value] for blank in BlankMeans}


LOOKED_AT = 200
"""Rows looked through for an example."""

CUT = 60
"""Characters of an example."""

WHOLE_LINES = 16
"""Above it the table scrolls in itself."""


def _source_of(stage: Stage) -> str:
    return f"{stage.report.source_sha256} {stage.report.dialect} {stage.report.repairs}"


def draw_mapping(folder: RunFolder, stage: Stage, schema: Schema) -> None:
    """Draw the table; a change is kept at once, or said to be wrong and not kept."""
    keys = " and ".join(f"{plain(spec.attribute)} (column {plain(spec.column)})" for spec in schema.key_specs)
    st.caption(f"Each contact is identified by {keys}. A column that is not imported is still checked.")
    _say_made(folder, stage, schema)
    if not folder.frozen:
        draw_column_form(folder, schema)
    examples = _examples(folder.run_id, stage, load_history(folder.recipe).recipe)
    base = pd.DataFrame([_line(spec, schema, examples.get(spec.column, "")) for spec in schema.columns])
    edited = st.data_editor(
        base,
        hide_index=True,
        num_rows="fixed",
        disabled=True if folder.frozen else ["column", "example", "key", "rules"],
        column_config=_config(),
        key=f"mapping_{folder.run_id}_{schema.fingerprint()[:12]}",
        height="content" if len(base) <= WHOLE_LINES else 620,
    )
    winner = st.selectbox(
        f"If the same {plain(' and '.join(schema.key))} appears twice",
        list(words.WINNER_WORDS),
        index=list(words.WINNER_WORDS).index(schema.winner.value),
        format_func=lambda value: words.WINNER_WORDS[value],
        disabled=folder.frozen,
        key=f"winner_{folder.run_id}_{schema.winner.value}",
    )
    if folder.frozen:
        return
    with guard("mapping"):
        wanted = replace(schema, columns=_specs(schema, edited), winner=Winner(winner))
        if wanted.fingerprint() != schema.fingerprint():
            keep_schema(folder, wanted, schema)


def _say_made(folder: RunFolder, stage: Stage, schema: Schema) -> None:
    """Columns that came by steps, which nobody has asked about yet."""
    first = first_names(load_history(folder.recipe).recipe, stage.columns)
    made = [spec.column for spec in schema.columns if first.get(spec.column, stage.columns[0]) not in stage.columns]
    if made:
        told = f"Made by steps, and imported as text unless you say otherwise: {', '.join(made)}"
        st.caption(f":material/auto_fix_high: {plain(told)}")


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs={Stage: _source_of, Recipe: Recipe.fingerprint})
def _examples(_run_id: str, stage: Stage, recipe: Recipe) -> dict[str, str]:
    """Column → its first filled cell among the first rows, cut."""
    if not stage.slices:
        return {}
    frame = recipe.apply(stage.chunk(0).head(LOOKED_AT)).frame
    cells = {str(name): next((cell for cell in frame[name] if cell.strip()), "") for name in frame.columns}
    return {name: cell if len(cell) <= CUT else f"{cell[:CUT]}…" for name, cell in cells.items()}


def _line(spec: ColumnSpec, schema: Schema, example: str) -> dict[str, object]:
    others = [rule.sentence() for rule in spec.rules if not isinstance(rule, (Required, Unique))]
    return {
        "column": spec.column,
        "example": example,
        "key": _role(spec, schema),
        "import": spec.attribute is not None,
        "attribute": spec.attribute or "",
        "type": _TYPES[type_choice(spec)],
        "blank": _BLANKS[spec.blank.value],
        "required": spec.required,
        "unique": spec.unique,
        "rules": "; ".join(others),
    }


def _role(spec: ColumnSpec, schema: Schema) -> str:
    if spec.attribute in schema.key:
        return "key"
    indexes = schema.indexes_of(spec.attribute)
    return f"index {', '.join(indexes)}" if indexes else ""


def _config() -> dict[str, object]:
    config = st.column_config
    return {
        "column": config.TextColumn(pinned=True, disabled=True),
        "example": config.TextColumn(disabled=True, help="The first filled cell."),
        "key": config.TextColumn(width="small", disabled=True),
        "import": config.CheckboxColumn(width="small"),
        "attribute": config.TextColumn("field in the table", help="The name it gets there."),
        "type": config.SelectboxColumn(options=list(_TYPES.values()), required=True),
        "blank": config.SelectboxColumn("empty cell", options=list(_BLANKS.values()), required=True),
        "required": config.CheckboxColumn(width="small", help="A blank cell is a problem."),
        "unique": config.CheckboxColumn(width="small", help="A value that occurs twice is a problem."),
        "rules": config.TextColumn("other rules", disabled=True, help="Edited under Rules."),
    }


def _specs(schema: Schema, edited: pd.DataFrame) -> tuple[ColumnSpec, ...]:
    types = {shown: value for value, shown in _TYPES.items()}
    blanks = {shown: value for value, shown in _BLANKS.items()}
    return tuple(
        changed(
            spec,
            str(line["attribute"] or ""),
            imported=bool(line["import"]),
            kind=types[line["type"]],
            blank=blanks[line["blank"]],
            filled=bool(line["required"]),
            unique=bool(line["unique"]),
        )
        for spec, line in zip(schema.columns, edited.to_dict("records"), strict=True)
    )
