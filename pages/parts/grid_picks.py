"""What can be done with many rows at once: with the picked ones, and with all that have the problem shown."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from importer.check import Cause
from importer.clean import Decide, DecideRows
from pages.parts import words
from pages.parts.cleaning import Cleaning
from pages.parts.history_bar import do
from pages.parts.markup import plain

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
