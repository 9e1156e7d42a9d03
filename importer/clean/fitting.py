"""A recipe and one list: steps that must see the list first, and steps made ready for next month's. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import pandas as pd

from importer.clean.above import FillFromAbove, RunFinder
from importer.clean.cells import SetCells
from importer.clean.decisions import DecideRows
from importer.clean.keyed import SetCellsByKey
from importer.clean.mapping import MapValues
from importer.clean.naming import RenameColumn
from importer.clean.operation import Operation
from importer.clean.recipe import Recipe
from importer.profile import SPACES


class ListSource(Protocol):
    """What is asked of a stage here."""

    def chunks(self) -> Iterator[pd.DataFrame]:
        """The list in row order, chunk by chunk."""

    def take(self, row_numbers: Iterable[int]) -> pd.DataFrame:
        """These rows, in row order."""


class ChunkSource(Protocol):
    """What is asked of a stage that is only read through."""

    def chunks(self) -> Iterator[pd.DataFrame]:
        """The list in row order, chunk by chunk."""


def fit_operation(recipe: Recipe, operation: Operation, stage: ChunkSource) -> Operation:
    """`operation`, to be done after `recipe`, fitted to the list: itself, but for `FillFromAbove`, which reads it."""
    if not isinstance(operation, FillFromAbove):
        return operation
    finder = RunFinder(operation.column)
    for chunk in stage.chunks():
        finder.add(recipe.apply(chunk).frame)
    return FillFromAbove(operation.column, tuple(finder.runs))


def fit(recipe: Recipe, stage: ChunkSource, *, after: Recipe | None = None) -> Recipe:
    """A recipe from elsewhere, to be done `after` another, with every step fitted to this list.

    Reads the list once for each step that must see it.
    """
    before = fitted = after or Recipe()
    for step in recipe.operations:
        fitted = fitted.then(fit_operation(fitted, step, stage))
    return Recipe(fitted.operations[len(before.operations) :])


@dataclass(frozen=True)
class Portable:
    """A recipe for other lists; `left_out`: how many corrections and decisions on single rows stayed behind."""

    recipe: Recipe
    left_out: int


def portable(recipe: Recipe, stage: ListSource, key_column: str | None) -> Portable:
    """The recipe without row numbers, which belong to one file. `key_column`: as it is called after the recipe.

    Corrections of single cells are found by the contact's key from now on (corrections of the key itself by what it
    was); those of rows without a key, and decisions about single rows, are left out. What was filled from above is
    looked up anew in the next list (`fit`).
    """
    steps: list[Operation] = []
    left_out = 0
    for at, step in enumerate(recipe.operations):
        if isinstance(step, SetCells):
            key = key_column and _name_before(recipe.operations[at:], key_column)
            keyed, lost = _by_key(Recipe(recipe.operations[:at]), step, stage, key)
            steps += keyed
            left_out += lost
        elif isinstance(step, DecideRows):
            left_out += len(step.rows)
        else:
            steps.append(step.unfitted() if isinstance(step, FillFromAbove) else step)
    return Portable(Recipe(tuple(steps)), left_out)


def _name_before(steps: Sequence[Operation], column: str) -> str:
    """What the column is called before `steps`."""
    for step in reversed(steps):
        if isinstance(step, RenameColumn) and step.name == column:
            column = step.column
    return column


def _by_key(before: Recipe, step: SetCells, stage: ListSource, key_column: str | None) -> tuple[list[Operation], int]:
    """The same correction found by key (none, or one step), and how many cells could not be."""
    frame = before.apply(stage.take([row for row, _ in step.cells])).frame
    texts = {row: text for row, text in step.cells if row in frame.index}
    if key_column is None or key_column not in frame.columns or not texts:
        return [], len(texts)
    keys = {row: str(frame.at[row, key_column]) for row in texts}
    found = {keys[row]: text for row, text in texts.items() if keys[row].strip(SPACES)}
    lost = sum(1 for key in keys.values() if not key.strip(SPACES))
    if not found:
        return [], lost
    cells = tuple(found.items())
    if step.column == key_column:
        return [MapValues(step.column, cells)], lost
    return [SetCellsByKey(step.column, key_column, cells)], lost
