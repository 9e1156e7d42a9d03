"""What only a person can say about types: numbers that may be read in two ways, how binaries are written."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from importer.check import BINARY_TYPES, BinaryForm, ColumnSpec, DynamoType, Schema, number_step
from importer.clean import ParseNumbers
from importer.run import RunFolder, TypeQuestion, changing, open_questions, save_schema, settle_questions
from pages.parts import words
from pages.parts.doing import do
from pages.parts.guard import guard
from pages.parts.keeping import keep_schema, then_drawn_again
from pages.parts.markup import plain

MARK_WORDS = {".": "point", ",": "comma", "'": "apostrophe", " ": "space"}

SHOWN = 8


def draw_type_questions(folder: RunFolder, schema: Schema) -> None:
    """One card for each column; nothing is chosen beforehand."""
    if folder.frozen:
        return
    questions = open_questions(folder)
    unsaid = [spec for spec in schema.imported if spec.type in BINARY_TYPES and spec.binary is None]
    with guard("type questions"):
        for spec in unsaid:
            _ask_binary(folder, schema, spec)
        for question in questions[:SHOWN]:
            _ask_numbers(folder, schema, question)
        if len(questions) > SHOWN:
            st.caption(f"{len(questions) - SHOWN} more columns are asked about as these are settled.")


def _ask_binary(folder: RunFolder, schema: Schema, spec: ColumnSpec) -> None:
    with st.container(border=True):
        st.markdown(
            f":material/help: **{plain(spec.column)}** becomes {spec.type.words}. How are its cells written? "
            "Nothing can be checked until this is said."
        )
        line = st.container(horizontal=True)
        for form, label in ((BinaryForm.HEX, "As hex (0A1B…)"), (BinaryForm.BASE64, "As base64 (Chs=…)")):
            if line.button(label, key=f"binary_{form.value}_{folder.run_id}_{schema.columns.index(spec)}"):
                keep_schema(folder, _with(schema, replace(spec, binary=form)), schema)


def _ask_numbers(folder: RunFolder, schema: Schema, question: TypeQuestion) -> None:
    spec, mark = schema.column(question.column), question.marks
    place = f"{folder.run_id}_{schema.columns.index(spec)}"
    cells, is_text = words.count(question.count, "number"), spec.type is DynamoType.S
    until = "they stay text" if is_text else "nothing of this list is imported: the table has numbers here"
    with st.container(border=True):
        st.markdown(
            f":material/help: **{plain(spec.column)}**: {cells}, the first in row {question.first_row:,}, can be "
            f"read in two ways: three digits stand after each mark, as in 12.000. Until you say which, {until}."
        )
        line = st.container(horizontal=True)
        if len(mark) == 1:
            name = MARK_WORDS[mark]
            thousands, fractions = (number_step(spec.column, mark, thousands=way) for way in (True, False))
            if line.button(f"Thousands: take the {name} away", key=f"thousands_{place}"):
                _read(folder, schema, spec, thousands)
            if mark in ".," and line.button(f"Fractions: the {name} is a decimal one", key=f"fractions_{place}"):
                _read(folder, schema, spec, fractions)
        if is_text and line.button("Keep as text", key=f"as_text_{place}"):
            settle_questions(folder, [spec.column])
            st.rerun()


def _read(folder: RunFolder, schema: Schema, spec: ColumnSpec, step: ParseNumbers) -> None:
    """Numbers from now on: the step that writes them plainly, and the type."""
    with then_drawn_again(), changing(folder):
        save_schema(folder, _with(schema, replace(spec, type=DynamoType.N)), seen=schema)
        do(folder, step)


def _with(schema: Schema, spec: ColumnSpec) -> Schema:
    return replace(schema, columns=tuple(spec if one.column == spec.column else one for one in schema.columns))
