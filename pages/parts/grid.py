"""The grid: only rows with a problem, the reason beside each, edited in place. An edit is a step at once."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from importer.check import FailureCase
from importer.clean import DecideRows, SetCells
from importer.run import RunFolder
from pages.parts import words
from pages.parts.cleaning import Cleaning
from pages.parts.history_bar import do
from pages.parts.markup import plain

PAGE_ROWS = 100
"""At most 200, so that a page stays small however long the list is."""

SHOWN_CHARACTERS = 2_000
"""More of a cell is not sent to the browser: 100 rows of 400 KB would be 40 MB a page."""

ALL = "All problems"


def draw_grid(work: Cleaning) -> None:
    """A filter, a page of failing rows, and what can be done with picked ones."""
    folder, result = work.folder, work.result
    causes = {f"{cause.code} {cause.column}": cause for cause in result.report.causes}
    picked = st.selectbox(
        "Show rows with",
        ["", *causes],
        format_func=lambda name: causes[name].title if name else ALL,
        key=f"grid_cause_{folder.run_id}",
    )
    cause = causes.get(str(picked))
    total = result.report.rejected if cause is None else cause.count
    if total == 0:
        st.success("No row has this problem.", icon=":material/done_all:")
        return
    pages = -(-total // PAGE_ROWS)
    page = int(st.session_state.get("grid_page", 1)) if pages > 1 else 1
    rows = result.failing_rows((min(page, pages) - 1) * PAGE_ROWS, PAGE_ROWS, cause=cause)
    cells = work.recipe.apply(work.stage.take(rows)).frame
    if cells.empty:
        st.info("These rows are dropped by a step.", icon=":material/delete:")
        return
    version = f"{folder.run_id}_{work.recipe.fingerprint()[:12]}_{picked}_{page}_{result.report.fingerprint[:8]}"
    edited = _draw_editor(folder, cells, result.problems_of(cells.index.tolist()), version)
    if pages > 1:
        st.pagination(pages, key="grid_page")
    st.caption(f"{words.count(total, 'row')} here. A changed cell is kept at once and can be undone above.")
    _draw_picked(folder, edited)
    _keep_edits(folder, cells, edited)


def _draw_editor(
    folder: RunFolder, cells: pd.DataFrame, reasons: dict[int, tuple[FailureCase, ...]], version: str
) -> pd.DataFrame:
    frame = shown(cells).reset_index(drop=True)
    bad = {case.column for cases in reasons.values() for case in cases if case.column in cells.columns}
    names = [f"c{at}" for at in range(len(cells.columns))]
    frame.columns = pd.Index(names)
    frame.insert(0, "why", [" ".join(case.message for case in reasons[int(row)]) for row in cells.index])
    frame.insert(0, "row", cells.index.to_numpy())
    frame.insert(0, "pick", False)
    order = sorted(range(len(names)), key=lambda at: cells.columns[at] not in bad)
    config = st.column_config
    columns: dict[str, object] = {
        "pick": config.CheckboxColumn("Pick", width=58, pinned=True),
        "row": config.NumberColumn("Row", width=64, pinned=True, disabled=True),
        "why": config.TextColumn("Why", width=210, pinned=True, disabled=True),
    }
    for at, name in enumerate(names):
        title = cells.columns[at]
        columns[name] = config.TextColumn(f"● {title}" if title in bad else title)
    return st.data_editor(
        frame,
        hide_index=True,
        num_rows="fixed",
        disabled=True if folder.frozen else ["row", "why"],
        column_order=["pick", "row", "why", *(names[at] for at in order)],
        column_config=columns,
        key=f"grid_{version}",
        height=min(600, 38 + 35 * len(frame)),
    )


def _draw_picked(folder: RunFolder, edited: pd.DataFrame) -> None:
    rows = tuple(int(row) for row in edited.loc[edited["pick"].astype(bool), "row"])
    if not rows or folder.frozen:
        return
    line = st.container(horizontal=True, vertical_alignment="center")
    line.markdown(plain(f"{words.count(len(rows), 'row')} picked"), width="content")
    if line.button("Reject them", icon=":material/block:", key="reject_picked"):
        do(folder, DecideRows(rows, "reject"))
    if line.button("Drop them", icon=":material/delete:", key="drop_picked"):
        do(folder, DecideRows(rows, "drop"))
    if line.button("Accept them as they are", icon=":material/check:", key="accept_picked"):
        do(folder, DecideRows(rows, "accept"))


def _keep_edits(folder: RunFolder, cells: pd.DataFrame, edited: pd.DataFrame) -> None:
    """Each changed column becomes one step. A cell that was cut for showing is never saved as it was shown."""
    steps = []
    first = shown(cells)
    for at, column in enumerate(cells.columns):
        after = edited[f"c{at}"].fillna("").astype(str).to_numpy()
        whole, before = cells[column].to_numpy(), first[column].to_numpy()
        touched = [i for i in range(len(cells)) if after[i] != before[i]]
        for i in touched:
            if before[i] != whole[i]:
                st.warning(plain(_too_long(int(cells.index[i]), str(column), len(whole[i]))), icon=":material/cut:")
        changed = [(int(cells.index[i]), after[i]) for i in touched if before[i] == whole[i]]
        if changed:
            steps.append(SetCells(str(column), tuple(changed)))
    if steps:
        do(folder, *steps)


def shown(cells: pd.DataFrame) -> pd.DataFrame:
    """`cells` as the browser gets them: long ones cut, with a mark at the end."""
    return cells.apply(
        lambda column: column.mask(column.str.len() > SHOWN_CHARACTERS, column.str[:SHOWN_CHARACTERS] + " …")
    )


def _too_long(row: int, column: str, length: int) -> str:
    return (
        f"Row {row:,}, column {column}: the cell has {length:,} characters and is shown cut, so it was not changed. "
        "Use Replace a text on its card under By cause."
    )
