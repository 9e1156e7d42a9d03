"""A page of failing rows as a table to type in: the reason beside each row, the columns with a problem first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from importer.check import FailureCase
from importer.run import RunFolder
from pages.parts.cleaning import Cleaning
from pages.parts.grid_edits import Mounted, keep_edits, mount, mounted
from pages.parts.guard import guard

ROW_PX = 35
TALL_ROW_PX = 62
"""Two lines, for a page where a reason needs them: above 4rem (of 15 px) the editor breaks lines."""

LINE_CHARACTERS = 50
"""Of a reason that fit into one line of its column."""

MOST_PX = 620

READY_NOW = "✓ Ready now."
DECIDED = {"reject": "Rejected by you. ", "drop": "Left out by you. ", "accept": "Accepted by you. "}


def page_on_screen(work: Cleaning, scope: tuple[str, int], rows: Sequence[int]) -> Mounted | None:
    """The rows that stay on screen while they are typed in; new ones when the place or the recipe became another.

    None when a step drops all of them.
    """
    page = mounted(work.folder)
    if page is not None and page.scope == scope and page.stands(work.folder):
        return page
    return _mount(work, scope, rows)


def mount_again(work: Cleaning, page: Mounted, *, picked: bool) -> None:
    """The same rows in a new editor, all of them picked or none."""
    made = _mount(work, page.scope, page.cells.index.tolist())
    if made is not None:
        made.picked = picked


def _mount(work: Cleaning, scope: tuple[str, int], rows: Sequence[int]) -> Mounted | None:
    cells = work.recipe.apply(work.stage.take(rows)).frame
    if cells.empty:
        return None
    cells = cells.loc[[row for row in rows if row in cells.index]]  # in the order that they are shown in
    cases = work.result.problems_of(cells.index.tolist()).values()
    bad = frozenset(case.column for row_cases in cases for case in row_cases if case.column in cells.columns)
    return mount(work.folder, scope, cells, bad, work.recipe.fingerprint())


def draw_editor(work: Cleaning, page: Mounted, reasons: Mapping[int, Sequence[FailureCase]]) -> list[int]:
    """Draw it; the numbers of the picked rows."""
    names = [f"c{at}" for at in range(len(page.cells.columns))]
    frame = page.cells.reset_index(drop=True)
    frame.columns = pd.Index(names)
    verdicts = work.recipe.row_verdicts()
    told = [why(reasons[int(row)], verdicts.get(int(row))) for row in page.cells.index]
    if not page.row_px:
        page.row_px = TALL_ROW_PX if max(map(len, told)) > LINE_CHARACTERS else ROW_PX
    frame.insert(0, "why", told)
    frame.insert(0, "row", page.cells.index.to_numpy())
    frame.insert(0, "pick", page.picked)
    order = sorted(range(len(names)), key=lambda at: page.cells.columns[at] not in page.bad)
    edited = st.data_editor(
        frame,
        hide_index=True,
        num_rows="fixed",
        disabled=True if work.folder.frozen else ["row", "why"],
        column_order=["pick", "row", "why", *(names[at] for at in order)],
        column_config=_columns(page, names),
        key=page.key,
        height=min(MOST_PX, ROW_PX + 3 + page.row_px * len(frame)),
        row_height=page.row_px,
        on_change=_kept,
        args=(work.folder,),
    )
    return [int(row) for row in edited.loc[edited["pick"].astype(bool), "row"]]


def why(cases: Sequence[FailureCase], verdict: str | None = None) -> str:
    """All reasons of a row, one after another: those that name a column, then those of the row."""
    reasons = " ".join(case.message for case in sorted(cases, key=lambda case: not case.column))
    return DECIDED.get(verdict or "", "") + (reasons or READY_NOW)


def _columns(page: Mounted, names: Sequence[str]) -> dict[str, object]:
    config = st.column_config
    columns: dict[str, object] = {
        "pick": config.CheckboxColumn(width=64, pinned=True),
        "row": config.NumberColumn(width=70, pinned=True, disabled=True, format="localized"),
        "why": config.TextColumn(width=310, pinned=True, disabled=True),
    }
    for name, title in zip(names, page.cells.columns, strict=True):
        columns[name] = config.TextColumn(f"● {title}" if title in page.bad else title)
    return columns


def _kept(folder: RunFolder) -> None:
    with guard("grid"):
        keep_edits(folder)


def ready_now(reasons: Mapping[int, Sequence[FailureCase]]) -> int:
    """Rows on screen that have no problem any more."""
    return sum(not cases for cases in reasons.values())
