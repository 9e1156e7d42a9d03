"""A recipe and one list: steps that must see the list first, and steps made ready for next month's. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import pandas as pd

from importer.clean.above import FillFromAbove, RunFinder
from importer.clean.blanking import ClearWords
from importer.clean.cells import FillBlanks, SetCells, SetColumn
from importer.clean.condition import Condition
from importer.clean.decisions import DecideRows
from importer.clean.failing import SetFailing
from importer.clean.join import JoinColumns
from importer.clean.keyed import SetCellsByKey
from importer.clean.mapping import MapValues
from importer.clean.naming import RenameColumn
from importer.clean.operation import Operation
from importer.clean.recipe import Recipe
from importer.clean.replace import Replace
from importer.clean.split import SplitColumn
from importer.profile import NULL_WORDS


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
    """A recipe for other lists. Left behind: `cells` that were corrected and `rows` that were decided on one by one,
    and `key_steps`, which put whole values into the key."""

    recipe: Recipe
    cells: int = 0
    rows: int = 0
    key_steps: tuple[Operation, ...] = ()

    @property
    def left_out(self) -> int:
        """How much is left behind, all together."""
        return self.cells + self.rows + len(self.key_steps)

    def notes(self) -> tuple[str, ...]:
        """What stays with its list, a sentence each; no cell is quoted."""
        told = []
        if self.cells:
            told.append(f"{_count(self.cells, 'cell')} corrected one by one")
        if self.rows:
            told.append(f"{_count(self.rows, 'decision')} on single rows")
        if self.key_steps:
            kinds = ", ".join(dict.fromkeys(step.kind.replace("_", " ") for step in self.key_steps))
            told.append(f"values put into the key by {_count(len(self.key_steps), 'step')} ({kinds})")
        return tuple(f"Not saved, because it belongs to this file: {one}." for one in told)

    def texts(self) -> dict[str, int]:
        """Column → texts that the steps look for or put in: what a recipe may hold of a list's cells."""
        found: dict[str, set[str]] = {}
        for step in self.recipe.operations:
            for column, text in _texts_of(step):
                found.setdefault(column, set()).add(text)
        return {column: len(texts - {""}) for column, texts in found.items() if texts - {""}}


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def portable(recipe: Recipe, key_columns: Collection[str]) -> Portable:
    """What of the recipe is meant for any list with these columns. `key_columns`: as they are called after it.

    A correction of a single cell is no rule: it says nothing about next month's cell of the same contact, nor about
    another cell with the same text. So corrections and decisions on single rows stay with their list. So does what
    puts whole values into a key of one column: it was about these contacts. What was filled from above is looked up
    anew in the next list (`fit`).
    """
    steps: list[Operation] = []
    key_steps: list[Operation] = []
    cells = rows = 0
    for step, feeding in zip(recipe.operations, _feeding_columns(recipe.operations, key_columns), strict=True):
        if isinstance(step, SetCells):
            cells += len(step.cells)
        elif isinstance(step, DecideRows):
            rows += len(step.rows)
        elif _corrects_key(step, feeding, whole_key=len(key_columns) == 1):
            key_steps.append(step)
        else:
            steps.append(step.unfitted() if isinstance(step, FillFromAbove) else step)
    return Portable(Recipe(tuple(steps)), cells, rows, tuple(key_steps))


def _feeding_columns(steps: Sequence[Operation], key_columns: Collection[str]) -> list[frozenset[str]]:
    """Before each step: the columns that the key's columns are or will be made of."""
    feeding, found = frozenset(key_columns), []
    for step in reversed(steps):
        if isinstance(step, RenameColumn) and step.name in feeding:
            feeding = feeding - {step.name} | {step.column}
        elif isinstance(step, JoinColumns) and step.into in feeding:
            feeding = feeding - {step.into} | set(step.columns)
        elif isinstance(step, SplitColumn) and feeding & set(step.into):
            feeding = feeding - set(step.into) | {step.column}
        found.append(feeding)
    return found[::-1]


def _corrects_key(step: Operation, feeding: frozenset[str], *, whole_key: bool) -> bool:
    """Whether the step puts a whole value into a column of the key. Where the key has two columns, one of them may
    well say the same in many rows (a country), so a table of values is a rule there."""
    if isinstance(step, SetFailing):
        return step.column in feeding
    if not whole_key:
        return False
    if isinstance(step, Replace):
        return step.column in feeding and bool(_WHOLE_ADDRESS.fullmatch(step.replacement))
    if isinstance(step, SetColumn):
        return step.column in feeding and step.where is not None
    return isinstance(step, MapValues | FillBlanks) and step.column in feeding


_WHOLE_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
"""A replacement that is an e-mail address, not the end of one."""


def _texts_of(step: Operation) -> Iterator[tuple[str, str]]:
    if isinstance(step, MapValues):
        yield from ((step.column, text) for pair in step.pairs for text in pair)
    elif isinstance(step, SetCellsByKey):
        yield from ((step.key_column, key) for key, _ in step.cells)
        yield from ((step.column, text) for _, text in step.cells)
    elif isinstance(step, Replace) and not step.is_pattern:
        yield from ((step.column, text) for text in (step.find, step.replacement))
    elif isinstance(step, SetColumn | FillBlanks | SetFailing):
        yield step.column, step.text
    elif isinstance(step, ClearWords) and step.words != NULL_WORDS:
        yield from ((", ".join(step.columns) or "every column", word) for word in step.words)
    where = getattr(step, "where", None)
    if isinstance(where, Condition):
        yield where.column, where.text
