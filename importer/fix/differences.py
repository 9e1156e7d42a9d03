"""What a person changed in the rows of a fixed file, and what only went through a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from importer.fix.cells import Came, returned
from importer.fix.fixed_file import FixedFile
from importer.run import RowsNow


@dataclass(frozen=True)
class Differences:
    """`cells`: column → {row: new text}. `whole`: rows whose record was put right or got another problem, which no
    cell shows. `unchanged`: rows that came back as they went. `rewritten`: cells that only a spreadsheet changed."""

    cells: dict[str, dict[int, str]]
    whole: frozenset[int]
    unchanged: tuple[int, ...]
    rewritten: int

    @property
    def rows(self) -> tuple[int, ...]:
        """Rows that changed, ascending."""
        return tuple(sorted({*self.whole, *(row for cells in self.cells.values() for row in cells)}))


def find_differences(
    given: FixedFile, now: RowsNow, written: Callable[[str], str], also: pd.DataFrame | None = None
) -> Differences:
    """The rows of `now` against the same rows of `given`.

    `written` says how the exact file wrote a text. `also`: the rows in a second guise (as the recipe leaves them); a
    cell that came back as either is as it was.
    """
    rows = now.cells.index.intersection(given.cells.index)
    cells: dict[str, dict[int, str]] = {}
    rewritten = 0
    for column in given.cells.columns:
        guises = [frame for frame in (also, now.cells) if frame is not None and column in frame.columns]
        changed, only_rewritten = _column(given, column, rows, guises, written)
        rewritten += only_rewritten
        if changed:
            cells[column] = changed
    whole = frozenset(row for row in rows.tolist() if _put_right(given, now, row))
    touched = {*whole, *(row for one in cells.values() for row in one)}
    return Differences(cells, whole, tuple(row for row in rows.tolist() if row not in touched), rewritten)


def _column(
    given: FixedFile, column: str, rows: pd.Index, guises: list[pd.DataFrame], written: Callable[[str], str]
) -> tuple[dict[int, str], int]:
    """Row → new text of one column, and how many cells were only rewritten."""
    texts = given.cells[column].reindex(rows).to_numpy(dtype=object)
    had = [frame[column].reindex(rows).to_numpy(dtype=object) for frame in guises]
    differs: np.ndarray = np.all([texts != one for one in had], axis=0)
    changed: dict[int, str] = {}
    rewritten = 0
    for at in np.flatnonzero(differs).tolist():
        found = [returned(texts[at], one[at], written) for one in had if isinstance(one[at], str)]
        ways = {one.came for one in found}
        if Came.SAME in ways or not found:
            continue
        if Came.REWRITTEN in ways:
            rewritten += 1
        else:
            changed[int(rows[at])] = found[0].text
    return changed, rewritten


def _put_right(given: FixedFile, now: RowsNow, row: int) -> bool:
    """Whether the record changed where no cell shows it: what is past the last column, or that it is whole now.

    The file for spreadsheets writes short and badly quoted records whole, so there that says nothing.
    """
    surplus = now.surplus.get(row, ())
    if given.exact:
        mended = row in now.problems and row not in given.problems
        return mended or given.surplus.get(row, ()) != surplus
    while surplus and not surplus[-1].strip():
        surplus = surplus[:-1]
    return given.surplus.get(row, ()) != surplus
