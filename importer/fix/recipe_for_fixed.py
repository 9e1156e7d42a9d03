"""The run's recipe as it holds for rows that a person fixed. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from importer.clean import DecideRows, Operation, Recipe, SetCells


def recipe_for_fixed(recipe: Recipe, changed: Mapping[str, Collection[int]], columns: Collection[str]) -> Recipe:
    """`recipe` without what it says of single cells and rows that were fixed since.

    `changed`: column of the list → rows whose cell there is another than in the list. A step that sets a cell by its
    row number yields to such a cell; where the step's column is none of the list's `columns` (it was renamed or
    made), to any changed cell of the row. A word on a picked row (reject, drop) was on what the row held then.
    """
    rows = {row for some in changed.values() for row in some}
    steps = [_step(step, changed, rows, columns) for step in recipe.operations]
    return Recipe(tuple(step for step in steps if step is not None))


def _step(
    step: Operation, changed: Mapping[str, Collection[int]], rows: Collection[int], columns: Collection[str]
) -> Operation | None:
    if isinstance(step, SetCells):
        beaten = changed.get(step.column, ()) if step.column in columns else rows
        cells = tuple((row, text) for row, text in step.cells if row not in beaten)
        return replace(step, cells=cells) if cells else None
    if isinstance(step, DecideRows) and step.verdict != "accept":
        kept = tuple(row for row in step.rows if row not in rows)
        return replace(step, rows=kept) if kept else None
    return step
