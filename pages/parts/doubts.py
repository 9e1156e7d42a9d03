"""Doubts on top of a page: signs that the list was read wrongly, until a person has looked and says it is right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from importer.intake import OTHER_TABLES, SourceSpec, encoding_words
from importer.list_warning import ListWarning
from importer.run import (
    RunFolder,
    accept_doubts,
    encoding_examples,
    list_doubts,
    open_doubts,
    open_stage,
    prepare_stage,
)
from pages.parts.guard import guard
from pages.parts.keeping import pressed
from pages.parts.markup import plain, show
from pages.parts.pieces import examples

MOST_ENCODINGS = 4


def draw_doubts(folder: RunFolder) -> None:
    """The doubts that nobody accepted yet, with the button that does; those that were in one line. Nothing else."""
    if folder.frozen:
        return
    with guard("doubts"):
        found = list_doubts(folder)
        waiting = open_doubts(folder, found)
        if waiting:
            told = "\n".join(f"- {plain(doubt.message, 500)}" for doubt in waiting)
            with st.container(border=True, key=f"doubts_{folder.run_id}"):
                st.warning(f"**Is this list read as it should be?**\n\n{told}", icon=":material/help:")
                if any(doubt.code == "encoding_unsure" for doubt in waiting):
                    _draw_encodings(folder)
                _draw_other_table(folder, waiting)
                label = "I have looked: it is right"
                key, icon = f"accept_doubts_{folder.run_id}", ":material/done:"
                seen = pressed(st.button, label, shown=waiting, key=key, icon=icon)
                if seen is not None:
                    accept_doubts(folder, seen)
                    st.rerun()
        elif found:
            st.caption(":material/done_all: You have looked at what may be wrong with this list and found it right.")


def _draw_other_table(folder: RunFolder, waiting: Sequence[ListWarning]) -> None:
    """The way to the other table of the file, which takes the place of the one that was read."""
    doubt = next((doubt for doubt in waiting if doubt.code in (*OTHER_TABLES, "table_above")), None)
    stage = open_stage(folder)
    if doubt is None or doubt.first_row is None or stage.report.members:
        return
    label = f"Import the table from row {doubt.first_row:,} on instead"
    if st.button(label, key=f"other_table_{folder.run_id}", icon=":material/table_rows:"):
        spec = replace(SourceSpec.from_dict(folder.draft().reading), header_row=doubt.first_row, header_end=None)
        with st.spinner("Reading the other table …"):
            prepare_stage(folder, spec=replace(spec, no_header=False))
        for key in [key for key in st.session_state if str(key).startswith("dialect_")]:
            del st.session_state[key]
        st.rerun()
    st.caption("Import each table of the file by itself: upload the file once more for the other one.")


def _draw_encodings(folder: RunFolder) -> None:
    """Some words as they are in the encoding that was taken and in those that are nearly as likely."""
    found = encoding_examples(folder)[:MOST_ENCODINGS]
    names = [encoding_words(one.encoding).replace(" ", "\u00a0") for one in found]  # a name is not broken
    lines = [(name, ", ".join(one.words)) for name, one in zip(names, found, strict=True)]
    if any(words for _, words in lines):
        show(examples(["read as", "some words of the list"], lines))
        st.caption("The first is how it was read. To take another, choose it as the encoding on the File page.")
