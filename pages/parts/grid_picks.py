"""What can be done with many rows at once: with the picked ones, and with all that have the problem shown."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from importer.check import Cause
from importer.clean import Condition, Decide, DecideRows, DropRows, Operation, SetCells, SetColumn
from pages.parts import words
from pages.parts.cleaning import Cleaning
from pages.parts.grid_look import Looked
from pages.parts.history_bar import do
from pages.parts.markup import plain

MOST_ROWS = 20_000
"""More in single rows would make the recipe unreadable; a step with a condition does it better."""

TOO_MANY = (
    f"More than {MOST_ROWS:,} rows, and no one condition says which. Search for less, or choose all rows where one "
    "column is one value."
)

WAYS = (
    ("reject", "Leave out and list in the error file", ":material/block:"),
    ("drop", "Leave out", ":material/delete:"),
    ("accept", "Import anyway", ":material/check:"),
)


def draw_picked(work: Cleaning, rows: Sequence[int]) -> None:
    """One line that stays where it is; its buttons wait for a picked row."""
    line = st.container(horizontal=True, vertical_alignment="center", gap="small")
    line.caption(f"{words.count(len(rows), 'row')} picked:", width="content")
    for verdict, label, icon in WAYS:
        if line.button(label, icon=icon, key=f"{verdict}_picked", disabled=not rows, type="tertiary"):
            do(work.folder, DecideRows(tuple(rows), verdict))


def draw_all(work: Cleaning, cause: Cause | None, total: int) -> None:
    """The same for all rows of the filter, behind a popover that says how many these are."""
    causes = [cause] if cause else [one for one in work.result.report.causes if one.blocking and not one.verdict]
    rows = words.count(total, "row")
    with st.popover(f"For all {rows}", icon=":material/select_all:", disabled=not causes):
        told = f"All {rows} with this problem, on every page." if cause else f"All {rows} that need fixing."
        steps = f" One step for each of {len(causes)} problems." if len(causes) > 1 else ""
        st.caption(plain(f"{told}{steps} It can be undone."))
        for verdict, label, icon in WAYS:
            meant = [one for one in causes if one.verdict != verdict and (verdict != "accept" or one.acceptable)]
            name = f"{label}: {_which(meant, causes, rows)}"
            if meant and st.button(name, icon=icon, key=f"{verdict}_all"):
                do(work.folder, *(Decide(one.code, one.column, verdict) for one in meant), name=name)


def _which(meant: Sequence[Cause], causes: Sequence[Cause], rows: str) -> str:
    if len(meant) == len(causes):
        return rows
    return "those the table can take"


def draw_looked(work: Cleaning, looked: Looked) -> None:
    """What can be done with all rows that were searched or chosen, behind a popover that says how many these are."""
    rows, where = words.count(looked.total, "row"), _condition(looked)
    with st.popover(f"For all {rows}", icon=":material/select_all:"):
        if where is None and looked.total > MOST_ROWS:
            st.info(TOO_MANY, icon=":material/filter_alt:")
            return
        st.caption(f"All {rows} that are shown, on every page, in one step. It can be undone.")
        _draw_set(work, looked, where, rows)
        st.divider()
        for verdict, label, icon in WAYS:
            if st.button(f"{label}: {rows}", icon=icon, key=f"{verdict}_looked"):
                drop = DropRows(where) if where is not None and verdict == "drop" else None
                if drop is None and looked.total > MOST_ROWS:
                    st.info(TOO_MANY, icon=":material/filter_alt:")
                else:
                    do(work.folder, drop or DecideRows(tuple(looked.all_rows()), verdict))


def _draw_set(work: Cleaning, looked: Looked, where: Condition | None, rows: str) -> None:
    columns = work.recipe.columns_after(work.stage.columns)
    start = columns.index(looked.wanted.column) if looked.wanted.column in columns else None
    with st.form(f"set_looked_{work.folder.run_id}", border=False):
        column = st.selectbox("Column", columns, index=start, placeholder="Choose a column")
        key = f"set_text_{work.folder.run_id}"
        text = st.text_input("New text (empty takes it away)", key=key)
        if st.form_submit_button(f"Put it into {rows}", icon=":material/edit:", type="primary"):
            if column is None:
                st.caption("Choose a column.")
                return
            do(work.folder, _set(looked, where, column, text), name=f"Put one text into {column} of {rows}")


def _set(looked: Looked, where: Condition | None, column: str, text: str) -> Operation:
    if where is not None:
        return SetColumn(column, text, where)
    return SetCells(column, tuple((row, text) for row in looked.all_rows()))


def _condition(looked: Looked) -> Condition | None:
    """The condition that means exactly these rows, where there is one: next month's list gets the step then."""
    wanted = looked.wanted
    if wanted.text or wanted.cause or wanted.among is not None or not wanted.value:
        return None
    return Condition(wanted.column, "equals", wanted.value)
