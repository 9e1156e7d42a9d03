"""One column of the mapping as a form: for a narrow screen, and for who would rather not type into a table."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from importer.check import (
    BINARY_TYPES,
    BinaryForm,
    BlankMeans,
    ColumnSpec,
    DynamoType,
    Required,
    Rule,
    Schema,
    Unique,
    attribute_name,
)
from importer.run import RunFolder
from pages.parts import words
from pages.parts.guard import guard
from pages.parts.keeping import keep_schema


def draw_column_form(folder: RunFolder, schema: Schema) -> None:
    """Folded up until it is wanted."""
    with st.expander("Change one column", icon=":material/edit:"):
        _draw_form(folder, schema)


@st.fragment
def _draw_form(folder: RunFolder, schema: Schema) -> None:
    columns = [spec.column for spec in schema.columns]
    column = st.selectbox(
        "Column to change",
        columns,
        index=None,
        placeholder="Choose a column",
        key=f"form_column_{folder.run_id}",
    )
    if column is None:
        return
    spec = schema.column(column)
    key = f"form_{folder.run_id}_{columns.index(column)}_{schema.fingerprint()[:12]}"
    with st.form(key, border=False), guard("column"):
        imported = st.checkbox("Import it", spec.attribute is not None, key=f"{key}_import")
        attribute = st.text_input("Field in the table", spec.attribute or "", key=f"{key}_attribute")
        types, blanks = list(type_choices(spec)), list(words.BLANK_WORDS)
        kind = st.selectbox(
            "Type",
            types,
            index=types.index(type_choice(spec)),
            format_func=lambda value: type_choices(spec)[value],
            key=f"{key}_type",
        )
        blank = st.selectbox(
            "Empty cell",
            blanks,
            index=blanks.index(spec.blank.value),
            format_func=lambda value: words.BLANK_WORDS[value],
            key=f"{key}_blank",
        )
        filled = st.checkbox("It must be filled", spec.required, key=f"{key}_filled")
        unique = st.checkbox("No value may occur twice", spec.unique, key=f"{key}_unique")
        if st.form_submit_button("Keep the change", icon=":material/check:", type="primary"):
            made = changed(
                spec,
                attribute,
                imported=imported,
                kind=str(kind),
                blank=str(blank),
                filled=filled,
                unique=unique,
            )
            others = tuple(made if one.column == column else one for one in schema.columns)
            keep_schema(folder, replace(schema, columns=others), schema)


def type_choice(spec: ColumnSpec) -> str:
    """The type as one choice: `N`, `B:hex`, and `B` as long as nobody has said how a binary is written."""
    return spec.type.value + (f":{spec.binary.value}" if spec.type in BINARY_TYPES and spec.binary else "")


def type_choices(spec: ColumnSpec) -> dict[str, str]:
    """What may be chosen for the column → its words."""
    unsaid = type_choice(spec)
    return words.TYPE_CHOICES | ({unsaid: words.UNSAID_TYPES[unsaid]} if unsaid in words.UNSAID_TYPES else {})


def changed(
    spec: ColumnSpec, attribute: str, *, imported: bool, kind: str, blank: str, filled: bool, unique: bool
) -> ColumnSpec:
    """The column as a person wants it; an attribute without a name gets the column's own."""
    name = attribute.strip() or attribute_name(spec.column)
    type_, _, form = kind.partition(":")
    return replace(
        spec,
        attribute=name if imported else None,
        type=DynamoType(type_),
        binary=BinaryForm(form) if form else None,
        blank=BlankMeans(blank),
        rules=_rules(spec, filled, unique),
    )


def _rules(spec: ColumnSpec, required: bool, unique: bool) -> tuple[Rule, ...]:
    """The boxes' two rules, kept as they are (with a person's message) where they are there already."""
    unwanted = [kind for kind, wanted in ((Required, required), (Unique, unique)) if not wanted]
    rules = [rule for rule in spec.rules if not isinstance(rule, tuple(unwanted))]
    first = [Required()] if required and not spec.required else []
    last = [Unique()] if unique and not spec.unique else []
    return (*first, *rules, *last)
