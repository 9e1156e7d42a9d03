"""What was typed into the grid becomes steps on disk, before anything else happens.

The browser's editor is one and the same from edit to edit: built anew by each of them, it lost what was typed while
the list was being checked again (measured on 60,000 rows: 7 of 8 quick edits).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import streamlit as st

from importer.clean import History, Operation, Recipe, SetCells, load_history
from importer.run import RunFolder, changing, open_stage
from pages.parts.doing import keep_shown

SHOWN_CHARACTERS = 2_000
"""More of a cell is not sent to the browser: 100 rows of 400 KB would be 40 MB a page."""


@dataclass
class Mounted:
    """The page of rows in the browser: what it was drawn with, and which of its edits are kept already.

    It changes in place, without a call of Streamlit's that could be cut short by the next edit.
    `cells`: as shown, index `row`. `cut`: (place, column) → whole length of cells shown cut. `bad`: the columns with
    a problem when it was drawn. `row_px`: height of a row, from the first drawing on (0 before). `recipe`:
    fingerprint of the one on disk after the last kept edit.
    """

    key: str
    scope: tuple[str, int]
    cells: pd.DataFrame
    cut: dict[tuple[int, int], int]
    bad: frozenset[str]
    recipe: str
    picked: bool = False
    row_px: int = 0
    kept: dict[tuple[int, int], str] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)

    def stands(self, folder: RunFolder) -> bool:
        """Whether the editor in the browser still shows the list as it is on disk, but for what was typed in it.

        Not after an undo or any other step, nor when another page was on screen meanwhile. Asked of the disk, under
        the lock: the recipe of a run that is being cut short may be older than the last kept edit.
        """
        if self.key not in st.session_state and self.kept:
            return False
        with changing(folder):
            return self.recipe == load_history(folder.recipe).recipe.fingerprint()


def mounted(folder: RunFolder) -> Mounted | None:
    """The page of rows that this session has on screen."""
    found = st.session_state.get(_crumb(folder))
    return found if isinstance(found, Mounted) else None


def mount(
    folder: RunFolder, scope: tuple[str, int], cells: pd.DataFrame, bad: frozenset[str], recipe: str
) -> Mounted:
    """A new page of rows; what was on screen before is gone."""
    number = int(st.session_state.get("grid_mounts", 0)) + 1
    st.session_state["grid_mounts"] = number
    sent = shown(cells)
    cut = {
        (row, at): len(cells.iat[row, at])
        for at in range(len(cells.columns))
        for row in range(len(cells))
        if sent.iat[row, at] != cells.iat[row, at]
    }
    made = Mounted(f"grid_{folder.run_id}_{number}", scope, sent, cut, bad, recipe)
    st.session_state[_crumb(folder)] = made
    return made


def unmount(folder: RunFolder) -> None:
    """The next drawing starts with the rows as they are then."""
    st.session_state.pop(_crumb(folder), None)


def shown(cells: pd.DataFrame) -> pd.DataFrame:
    """`cells` as the browser gets them: long ones cut, with a mark at the end."""
    return cells.apply(
        lambda column: column.mask(column.str.len() > SHOWN_CHARACTERS, column.str[:SHOWN_CHARACTERS] + " …")
    )


def keep_edits(folder: RunFolder) -> None:
    """Save what is new in the editor as steps. May be called at any time, twice too."""
    page = mounted(folder)
    if page is None or folder.frozen or page.key not in st.session_state:
        return
    state = st.session_state[page.key]
    with changing(folder):  # the run of the next edit starts while that of the one before is still on its way
        steps = _new_steps(page, state)
        if steps:
            page.recipe = keep_steps(folder, *steps).fingerprint()


def keep_steps(folder: RunFolder, *steps: Operation) -> Recipe:
    """Put steps into the history, at once on disk; the recipe after them. A step for a column that is gone is not."""
    stage = open_stage(folder)

    def with_them(history: History) -> History:
        columns = history.recipe.columns_after(stage.columns)
        return history.do(*(step for step in steps if set(step.needs()) <= set(columns)))

    return keep_shown(folder, with_them).recipe


def _new_steps(page: Mounted, state: Any) -> list[Operation]:
    """One step for each column with a cell that differs from what is kept. A cell that is shown cut stays whole."""
    found: dict[int, list[tuple[int, str]]] = {}
    for place, values in state["edited_rows"].items():
        for name, value in values.items():
            if name == "pick":
                continue
            at, row, text = int(name.removeprefix("c")), int(place), "" if value is None else str(value)
            if text == page.kept.get((row, at), page.cells.iat[row, at]):
                continue
            page.kept[row, at] = text
            if (row, at) in page.cut:
                page.told.append(_too_long(page, row, at))
            else:
                found.setdefault(at, []).append((int(page.cells.index[row]), text))
    return [SetCells(str(page.cells.columns[at]), tuple(cells)) for at, cells in found.items()]


def _too_long(page: Mounted, row: int, at: int) -> str:
    return (
        f"Row {page.cells.index[row]:,}, column {page.cells.columns[at]}: the cell has {page.cut[row, at]:,} "
        "characters and is shown cut, so it was not changed. Use Find and replace for it."
    )


def _crumb(folder: RunFolder) -> str:
    return f"grid_mounted_{folder.run_id}"
