"""The recipe: operations in order, as JSON, checked against a list before it runs, applied chunk by chunk."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from importer.clean.decisions import Decide, DecideRows, Decision
from importer.clean.growth import Growth, refuse_columns
from importer.clean.naming import DropColumns, RenameColumn
from importer.clean.operation import Operation
from importer.clean.parse import CellParser
from importer.clean.problems import RecipeProblem, find_problems
from importer.clean.registry import operation_from_dict
from importer.errors import ConfigError

MOST_STEPS = 1_000
"""Of a recipe that comes from outside: the slowest kind takes 10 ms each until a short list is checked."""

VERSION = 1
"""Of the JSON; one more whenever an older app would misread what this one writes."""


@dataclass(frozen=True)
class Cleaned:
    """A chunk after the recipe: what is left, and the row numbers it dropped, ascending.

    `unread`: (kind of step, column as it is called now) → rows whose cell such a step could not read and no later one
    changed; only where it was asked for.
    """

    frame: pd.DataFrame
    dropped: tuple[int, ...]
    unread: Mapping[tuple[str, str], np.ndarray] = field(default_factory=dict)


@dataclass(frozen=True)
class _Unread:
    """Cells of `column`, by row, that a step of `kind` could not read."""

    kind: str
    column: str
    cells: pd.Series

    def after(self, step: Operation, frame: pd.DataFrame) -> _Unread | None:
        """What is left of them in `frame`, which `step` gave; None for nothing."""
        column = step.name if isinstance(step, RenameColumn) and step.column == self.column else self.column
        if self.cells.empty or column not in frame.columns:
            return None
        now = frame[column].reindex(self.cells.index)
        left = self.cells[(now == self.cells).to_numpy(dtype=bool)]
        return None if left.empty else _Unread(self.kind, column, left)


def _joined(notes: Sequence[_Unread]) -> list[_Unread]:
    """One note of each kind and column: hundreds of steps on a column would each look at the notes of all before."""
    found: dict[tuple[str, str], _Unread] = {}
    for note in notes:
        before = found.setdefault((note.kind, note.column), note)
        if before is not note:
            new = note.cells[~note.cells.index.isin(before.cells.index)]
            found[note.kind, note.column] = replace(note, cells=pd.concat([before.cells, new]))
    return list(found.values())


@dataclass(frozen=True)
class Recipe:
    """Ordered operations; equal recipes have equal fingerprints.

    `numbers`: of a part of a recipe, what number each operation has in the whole; else they count from 1.
    """

    operations: tuple[Operation, ...] = ()
    numbers: tuple[int, ...] = field(default=(), compare=False)

    def then(self, operation: Operation) -> Recipe:
        """This recipe with one more step."""
        return Recipe((*self.operations, operation))

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """The person's word on causes and rows, in the order given; a later one overrules an earlier one."""
        return tuple(step for step in self.operations if isinstance(step, Decision))

    def cause_verdicts(self) -> dict[tuple[str, str], str]:
        """(code, column) → the last verdict given on it; `column` as it is called once the recipe is applied.

        A verdict follows its column to another name and goes with it: it does not pass to a later column of its name.
        """
        verdicts: dict[tuple[str, str], str] = {}
        for step in self.operations:
            if isinstance(step, Decide):
                verdicts[step.code, step.column] = step.verdict
            elif isinstance(step, DropColumns):
                verdicts = {cause: verdict for cause, verdict in verdicts.items() if cause[1] not in step.columns}
            elif isinstance(step, RenameColumn):
                verdicts = {
                    (code, step.name if column == step.column else column): verdict
                    for (code, column), verdict in verdicts.items()
                    if column != step.name
                }
        return verdicts

    def row_verdicts(self) -> dict[int, str]:
        """Row number → the last verdict given on it by hand."""
        steps = (step for step in self.decisions if isinstance(step, DecideRows))
        return {row: step.verdict for step in steps for row in step.rows}

    def columns_after(self, columns: Sequence[str]) -> tuple[str, ...]:
        """The list's columns once the recipe is applied."""
        after = tuple(columns)
        for step in self.operations:
            after = step.columns_after(after)
        return after

    def check(self, columns: Sequence[str]) -> None:
        """ConfigError with the first of `problems`."""
        for problem in self.problems(columns):
            raise ConfigError(problem.message)

    def problems(self, columns: Sequence[str]) -> tuple[RecipeProblem, ...]:
        """What keeps it from running on a list with these columns, in order, each missing column once."""
        return tuple(find_problems(self.operations, tuple(columns)))

    def renamed(self, old: str, new: str) -> Recipe:
        """The recipe for a list that calls column `old` by the name `new`, up to where it makes an `old` itself."""
        steps: list[Operation] = []
        mine = False
        for step in self.operations:
            steps.append(step if mine else step.renamed(old, new))
            mine = mine or old in step.makes()
        return Recipe(tuple(steps))

    def without(self, number: int) -> Recipe:
        """The recipe without operation `number` (from 1); whether the others still fit, `problems` tells."""
        return Recipe((*self.operations[: number - 1], *self.operations[number:]))

    def apply(self, chunk: pd.DataFrame, *, noting: bool = False) -> Cleaned:
        """The chunk after every step; the one given stays as it was. `noting`: also what steps could not read.

        Raises ConfigError naming the step that would make too much of it (see `growth`).
        """
        frame = chunk
        notes: list[_Unread] = []

        def done(step: Operation, before: pd.DataFrame) -> pd.DataFrame:
            if not noting or not isinstance(step, CellParser):
                return step.apply(before)
            after, left = step.apply_noting(before)
            notes.append(_Unread(step.kind, step.column, after[step.column][left.to_numpy(zero_copy_only=False)]))
            return after

        for step, _, frame in self.each_step(chunk, done):
            notes = _joined([note for one in notes if (note := one.after(step, frame)) is not None])
        gone = chunk.index.difference(frame.index) if len(frame) < len(chunk) else ()
        unread = {(note.kind, note.column): np.sort(note.cells.index.to_numpy()) for note in notes}
        return Cleaned(frame, tuple(int(row) for row in gone), unread)

    def each_step(
        self, chunk: pd.DataFrame, done: Callable[[Operation, pd.DataFrame], pd.DataFrame] | None = None
    ) -> Iterator[tuple[Operation, pd.DataFrame, pd.DataFrame]]:
        """Each step, with the chunk before and after it; `done` does one. Raises as `apply` does."""
        numbers = self.numbers or range(1, len(self.operations) + 1)
        refuse_columns(self.operations, tuple(chunk.columns), len(chunk), numbers)
        frame, growth = chunk, Growth(chunk)
        for number, step in zip(numbers, self.operations, strict=True):
            growth.refuse_ahead(step, frame, number)
            before, frame = frame, step.apply(frame) if done is None else done(step, frame)
            growth.refuse_grown(step, frame, number)
            yield step, before, frame

    def to_json(self) -> str:
        """For people and for the next file: indented, stable."""
        return json.dumps(_document(self.operations), ensure_ascii=False, indent=1)

    def fingerprint(self) -> str:
        """SHA-256 (hex) of the canonical JSON."""
        text = json.dumps(_document(self.operations), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @classmethod
    def from_json(cls, text: str) -> Recipe:
        """A recipe from its JSON, or from a history (what is not undone); ConfigError if it is neither."""
        document = read_document(text)
        for only_in_a_history in ("undone", "moves"):
            document.pop(only_in_a_history, None)
        steps = len(read_list(document, "operations"))
        if steps > MOST_STEPS:
            raise ConfigError(
                f"The recipe has {steps:,} steps; {MOST_STEPS:,} at most can be followed. Join steps that are alike."
            )
        return cls(read_operations(document, "operations", document.keys() - {"version", "operations"}))


def _document(operations: tuple[Operation, ...]) -> dict[str, object]:
    return {"version": VERSION, "operations": [step.to_dict() for step in operations]}


def read_document(text: str) -> dict[str, object]:
    """The JSON object of a recipe or a history, its version checked; ConfigError with line and column otherwise."""
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise ConfigError(
            f"The recipe is not valid JSON (line {error.lineno}, column {error.colno}). Download it again or mend it."
        ) from None
    except ValueError:  # Python reads no whole number of more than 4,300 digits
        raise ConfigError("The recipe holds a number of thousands of digits. Download it again or mend it.") from None
    except RecursionError:
        raise ConfigError("The recipe is not valid: it is nested too deep. Download it again.") from None
    if not isinstance(document, dict):
        raise ConfigError('The recipe must be a JSON object with "version" and "operations". Download it again.')
    version = document.get("version")
    if version != VERSION or isinstance(version, bool):
        raise ConfigError(
            f'The recipe\'s "version" must be {VERSION}, the one this app reads. Use the app that wrote it.'
        )
    return document


def read_operations(document: dict[str, object], name: str, unknown: set[str]) -> tuple[Operation, ...]:
    """The operations listed under `name`; ConfigError if it is no list, one is wrong, or `unknown` is not empty."""
    if unknown:
        raise ConfigError(f'The recipe has an unknown field "{min(unknown)[:40]}". Take it out, or mend its name.')
    steps = read_list(document, name)
    return tuple(operation_from_dict(step, number=number) for number, step in enumerate(steps, start=1))


def read_list(document: dict[str, object], name: str) -> list[object]:
    """What stands under `name`; ConfigError if it is no list."""
    steps = document.get(name)
    if not isinstance(steps, list):
        raise ConfigError(f'The recipe\'s "{name}" must be a list of operations. Download it again, or mend it.')
    return steps
