"""The way back before an import: rows that need fixing go out, and what changed in them comes back as steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from importer.check import CheckResult, RowOutcome
from importer.clean import Recipe, RenameColumn, SetCells, load_history
from importer.errors import ConfigError
from importer.fix.differences import Differences, find_differences
from importer.fix.fixed_file import FixedFile, read_fixed
from importer.fix.told import FixOutcome
from importer.intake import Stage
from importer.prove import Reasoned, in_chunks, reject_header, write_exact, write_for_spreadsheets
from importer.run import RowsNow, RunFolder, open_stage, rows_now


@dataclass(frozen=True)
class FixedBefore:
    """`steps` put what changed into the recipe; `outcome` tells of it."""

    steps: tuple[SetCells, ...]
    outcome: FixOutcome


def write_rows_to_fix(folder: RunFolder, path: Path, *, for_spreadsheets: bool = False) -> Path:
    """The rows that the last check holds back and nobody decided on, with their reasons. Exact: the original bytes
    of each. For spreadsheets: the cells as the steps leave them by now, as the page shows them."""
    stage, recipe = open_stage(folder), load_history(folder.recipe).recipe
    rows = in_chunks(_reasoned(CheckResult.open(folder.check), recipe))
    if not for_spreadsheets:
        return write_exact(folder, path, rows, {})

    def cells_of(some: list[int]) -> RowsNow:
        first = rows_now(folder, some, {})
        return RowsNow(recipe.apply(first.cells).frame, first.surplus, first.problems)

    return write_for_spreadsheets(path, recipe.columns_after(stage.columns), rows, cells_of)


def fixed_before(folder: RunFolder, path: Path) -> FixedBefore:
    """The steps for the fixed file at `path`: cells set by row, only in rows that are held back now.

    A cell counts as changed when it is neither what the list has nor what the steps leave by now: so both files may
    come back. Raises SourceError for a file that is no such file, ConfigError once the run is planned.
    """
    if folder.frozen:
        raise ConfigError(f"Run {folder.run_id} is planned already. Send the fixed rows on its Import page.")
    stage, recipe = open_stage(folder), load_history(folder.recipe).recipe
    writer, header = reject_header(stage)
    with path.open("rb") as file:
        exact = file.read(len(header)) == header
    both = tuple(dict.fromkeys((*stage.columns, *recipe.columns_after(stage.columns))))
    given = read_fixed(path, stage, stage.columns if exact else both)
    held = {row for row, *_ in _reasoned(CheckResult.open(folder.check), recipe)}
    first = rows_now(folder, [row for row in given.cells.index.tolist() if row in held], {})
    draft = _Draft(stage, recipe, given, held, first, recipe.apply(first.cells).frame)
    found = draft.differences(writer.written)
    steps = tuple(SetCells(column, tuple(cells.items())) for column, cells in found.cells.items())
    return FixedBefore(steps, draft.outcome(found))


@dataclass(frozen=True)
class _Draft:
    """A list that is not planned yet. `first`: the rows of the file that are `held` back, as the list has them;
    `after`: the same as the steps leave them."""

    stage: Stage
    recipe: Recipe
    given: FixedFile
    held: set[int]
    first: RowsNow
    after: pd.DataFrame

    @cached_property
    def _renamed(self) -> pd.DataFrame:
        """The file's cells under the names that columns have after the steps."""
        names = _names_after(self.recipe, self.stage.columns)
        cells = self.given.cells.rename(columns=names)
        return cells.loc[:, ~cells.columns.duplicated()]

    def differences(self, written: Callable[[str], str]) -> Differences:
        """What changed, by the columns' names after the steps."""
        shared = [column for column in self._renamed.columns if column in self.after.columns]
        names = _names_after(self.recipe, self.stage.columns)
        cells = self.first.cells.rename(columns=names).reindex(columns=list(self.after.columns))
        now = replace(self.first, cells=cells.reindex(self.after.index))
        return find_differences(replace(self.given, cells=self._renamed[shared]), now, written, also=self.after)

    def outcome(self, found: Differences) -> FixOutcome:
        """What is told of it."""
        given = self.given
        touched = {row for cells in found.cells.values() for row in cells}
        others = [row for row in given.cells.index.tolist() if row not in self.held]
        known = set(self.stage.take(others).index.tolist()) if others else set()
        refused = {
            "twice": given.twice,
            "ready": tuple(row for row in others if row in known),
            "unknown": tuple(row for row in others if row not in known),
        }
        return FixOutcome(
            changed=len(touched),
            unchanged=len(self.first.cells) - len(touched),
            refused={why: rows for why, rows in refused.items() if rows},
            rewritten=found.rewritten,
            no_row=given.no_row,
            missing=tuple(name for name in given.missing if name in self.after.columns),
            added=given.added,
            lost_columns=self._lost(),
            still_ragged=tuple(sorted((touched | found.whole) & self.first.problems.keys())),
        )

    def _lost(self) -> tuple[str, ...]:
        """Columns of the file that a step took away, where a cell changed."""
        first, cells = self.first.cells, self._renamed
        gone = [column for column in cells.columns if column not in self.after.columns and column in first.columns]
        rows = first.index.intersection(cells.index)
        return tuple(column for column in gone if (cells[column].reindex(rows) != first[column].reindex(rows)).any())


def _reasoned(checked: CheckResult, recipe: Recipe) -> Iterator[Reasoned]:
    """Row, column, code and reason of every row that is held back and that no word was given on."""
    by_row = [row for row, verdict in recipe.row_verdicts().items() if verdict != "accept"]
    rejected = {cause for cause, verdict in recipe.cause_verdicts().items() if verdict == "reject"}
    for chunk in checked.outcomes():
        chosen = chunk[(chunk["outcome"] == RowOutcome.REJECTED.value) & ~chunk.index.isin(by_row)]
        columns = (chosen.index, chosen["column"], chosen["code"], chosen["message"])
        for row, column, code, reason in zip(*(column.tolist() for column in columns), strict=True):
            if (code, column) not in rejected:
                yield row, column, code, reason


def _names_after(recipe: Recipe, columns: tuple[str, ...]) -> dict[str, str]:
    """Column of the list → its name once the recipe was applied, for those that were renamed."""
    names = {column: column for column in columns}
    for step in recipe.operations:
        if isinstance(step, RenameColumn):
            names = {column: step.name if name == step.column else name for column, name in names.items()}
    return {column: name for column, name in names.items() if name != column}
