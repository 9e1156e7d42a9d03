"""What steps made for another list do to this one: above all to cells that have no problem as they are. Pure.

No step is trusted for its kind: the cells before and after it are compared, and those before it are judged by the
rules, the type and the warnings of their column. What changes is news unless it is harmless whatever the list
(`change_kinds.harmless`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from importer.check.cell_judge import cells_pass
from importer.check.change_kinds import (
    NAMED_ROWS,
    SURE,
    ChangedCells,
    Readings,
    beside,
    harmless,
    kind_mark,
    kinds_of,
    problem_kinds_of,
)
from importer.check.notices import NO_FACTS, ColumnFacts, Slices, sample_of
from importer.check.rules import Required, Unique
from importer.check.schema import ColumnSpec, DynamoType, Schema
from importer.check.text import arrow_text, as_mask
from importer.clean import (
    DROPPED,
    Decision,
    DropColumns,
    DropRows,
    FillFromAbove,
    KeepRows,
    Operation,
    Recipe,
    RenameColumn,
    SplitColumn,
)
from importer.profile import profile_columns


@dataclass(frozen=True)
class Agreed:
    """What a person agreed to of a step when the list was saved: it changed good cells in `share` (0 to 1) of the
    rows, of the kinds `seen` (`kind_mark`), and cells with a problem in `mended_share`, of the kinds `mended`.
    `mark`: `StepEffect.mark`."""

    mark: str
    share: float = 0.0
    seen: tuple[str, ...] = ()
    mended_share: float = 0.0
    mended: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Agreed:
        """What `to_json` made."""
        seen, mended = (tuple(str(kind) for kind in told[name]) for name in ("seen", "mended"))
        return cls(str(told["mark"]), float(told["share"]), seen, float(told["mended_share"]), mended)

    def to_json(self) -> dict[str, Any]:
        """What `from_json` takes."""
        return asdict(self)


@dataclass(frozen=True)
class StepEffect:
    """One step on one column of one list: of `rows` it changes `cells` in a way that is not harmless, `good` of them
    though they pass every rule as they stand; `new` of these are like none that were seen when it was agreed to,
    `new_mended` of the others, which have a problem.

    `number`: of the step in the recipe, from 1. `unsure`: cells that it reads in one of several ways, and nothing
    says that it is the right one; `turned`: cells that only the other way can read. `example_rows`: new and unsure
    ones before others. `seen`, `seen_mended`: the kinds of what it changes, as marks. Of a step that drops rows,
    cells are rows, told by the column that it asks.
    """

    step: Operation
    number: int
    column: str
    rows: int
    cells: int
    good: int
    new: int = 0
    unsure: int = 0
    turned: int = 0
    example_rows: tuple[int, ...] = ()
    seen: tuple[str, ...] = ()
    new_mended: int = 0
    seen_mended: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        """The same for the same step and column, in whatever recipe and list."""
        return hashlib.sha256(f"{step_mark(self.step)} {self.column}".encode()).hexdigest()[:16]

    @property
    def drops(self) -> bool:
        """Whether it takes out rows."""
        return isinstance(self.step, DropRows | KeepRows)

    @property
    def matters(self) -> bool:
        """Whether there is anything to be told of it."""
        return self.good > 0 or self.unsure > 0

    @property
    def first_row(self) -> int | None:
        """The first of the rows to look at."""
        return self.example_rows[0] if self.example_rows else None

    @property
    def share(self) -> float:
        """Good cells that it changes, as a share (0 to 1) of the rows."""
        return self.good / self.rows if self.rows else 0.0

    @property
    def mended(self) -> int:
        """Cells that it changes and that have a problem as they stand."""
        return self.cells - self.good

    @property
    def mended_share(self) -> float:
        """These as a share (0 to 1) of the rows."""
        return self.mended / self.rows if self.rows else 0.0

    @property
    def agreed(self) -> Agreed:
        """What a person agrees to who saves the step."""
        return Agreed(self.mark, self.share, self.seen, self.mended_share, self.seen_mended)


def step_mark(step: Operation) -> str:
    """The same for the same step, in whatever recipe it stands and whatever list it has seen."""
    step = step.unfitted() if isinstance(step, FillFromAbove) else step
    return hashlib.sha256(json.dumps(step.to_dict(), sort_keys=True).encode()).hexdigest()[:16]


def step_effects(
    recipe: Recipe, schema: Schema, stage: Slices, wanted: Sequence[Operation], agreed: Sequence[Agreed] = ()
) -> tuple[StepEffect, ...]:
    """What each of the `wanted` steps of the recipe does to each column that it changes, in order.

    `schema` speaks of the columns that the recipe leaves. Reads the list once; not at all without such a step.
    """
    marks, known = {step_mark(step) for step in wanted}, {one.mark: one for one in agreed}
    watches = {
        at: _Watch(recipe, at, schema, stage=stage, known=known)
        for at, step in enumerate(recipe.operations)
        if step_mark(step) in marks and not isinstance(step, Decision | DropColumns | RenameColumn)
    }
    if not watches:
        return ()
    for chunk in stage.chunks():
        for at, (_, before, frame) in enumerate(recipe.each_step(chunk)):
            if at in watches:
                watches[at].add(before, frame)
    return tuple(effect for watch in watches.values() for effect in watch.effects())


def _is_ruled(spec: ColumnSpec) -> bool:
    """Whether anything is asked of a filled cell of the column."""
    return spec.type is not DynamoType.S or any(not isinstance(rule, Required | Unique) for rule in spec.rules)


class _Watch:
    """What one step of the recipe does, column by column."""

    def __init__(self, recipe: Recipe, at: int, schema: Schema, *, stage: Slices, known: dict[str, Agreed]) -> None:
        self._step, self._number, self._later = recipe.operations[at], at + 1, recipe.operations[at + 1 :]
        self._before, self._schema, self._stage, self._known = Recipe(recipe.operations[:at]), schema, stage, known
        self._keys = {spec.column for spec in schema.key_specs}
        self._tallies: dict[str, _Tally] = {}
        self._harmless: set[str] = set()

    def add(self, before: pd.DataFrame, after: pd.DataFrame) -> None:
        """The next chunk, before and after the step."""
        for column, now in _changed_columns(self._step, before, after):
            if column not in self._tallies and column not in self._harmless:
                name, is_written = _last_name(column, self._later)
                spec = next((spec for spec in self._schema.columns if spec.column == name), None)
                if not is_written or (spec is not None and spec.attribute is None and not self._goes_on(name)):
                    self._harmless.add(column)
                else:
                    self._tallies[column] = self._tally(column, spec)
            if column in self._tallies:
                self._tallies[column].add(before[column], now, beside(self._step, before))

    def effects(self) -> Iterator[StepEffect]:
        """All of it."""
        return (tally.effect() for tally in self._tallies.values())

    def _goes_on(self, name: str) -> bool:
        """Whether cells of a column that is not imported count all the same: rows are dropped by them, or other
        columns are made of them."""
        return isinstance(self._step, DropRows | KeepRows) or any(name in step.needs() for step in self._later)

    def _tally(self, column: str, spec: ColumnSpec | None) -> _Tally:
        nothing = StepEffect(self._step, self._number, column, 0, 0, 0)
        return _Tally(
            nothing,
            spec,
            is_key=spec is not None and spec.column in self._keys,
            agreed=self._known.get(nothing.mark, Agreed(nothing.mark)),
            facts=lambda: self._facts(column, spec),
        )

    def _facts(self, column: str, spec: ColumnSpec | None) -> ColumnFacts:
        """What the column as a whole is, without the step. What a rule lets pass is not odd beside others."""
        if spec is not None and _is_ruled(spec):
            return NO_FACTS
        frames = [self._before.apply(rows).frame for rows in sample_of(self._stage)]
        found = profile_columns(frames, [column]).get(column)
        return NO_FACTS if found is None else ColumnFacts.of(found)


def _changed_columns(step: Operation, before: pd.DataFrame, after: pd.DataFrame) -> Iterator[tuple[str, pa.Array]]:
    """Each column that a step may change, with what stands there afterwards: DROPPED for a row that goes, the parts
    for a cell that is taken apart."""
    if isinstance(step, DropRows | KeepRows):
        cells, stays = arrow_text(before[step.where.column]), pa.array(before.index.isin(after.index))
        yield step.where.column, pc.if_else(stays, cells, pa.scalar(DROPPED, pa.large_string()))
        return
    if isinstance(step, SplitColumn):
        parts = [arrow_text(after[name]) for name in step.into]
        yield step.column, pc.binary_join_element_wise(*parts, pa.scalar(" | ", pa.large_string()))
        return
    for column in step.changes(tuple(before.columns)):
        if column in before.columns and column in after.columns and column not in step.makes():
            yield column, arrow_text(after[column])


def _last_name(column: str, later: Sequence[Operation]) -> tuple[str, bool]:
    """What a column is called in the end, and whether its cells get anywhere: not when it goes before any other step
    needed it."""
    name, is_needed = column, False
    for step in later:
        if isinstance(step, RenameColumn) and step.column == name:
            name = step.name
        elif isinstance(step, DropColumns) and name in step.columns:
            return "", is_needed
        else:
            is_needed = is_needed or name in step.needs()
    return name, True


class _Tally:
    """What one step does to one column, chunk after chunk."""

    def __init__(
        self,
        nothing: StepEffect,
        spec: ColumnSpec | None,
        *,
        is_key: bool,
        agreed: Agreed,
        facts: Callable[[], ColumnFacts],
    ) -> None:
        self._nothing, self._spec, self._is_key = nothing, spec, is_key
        self._find_facts = facts
        self._facts: ColumnFacts | None = None
        self._readings = Readings(nothing.step)
        self._rows = 0
        self._agreed = frozenset(agreed.seen)
        self._good, self._mended = ChangedCells(self._agreed), ChangedCells(self._agreed | frozenset(agreed.mended))

    def add(self, cells: pd.Series, after: pa.Array, places: pa.Array | None) -> None:
        """The next chunk."""
        before, rows = arrow_text(cells), cells.index.to_numpy()
        self._rows += len(before)
        self._readings.add(before, rows, NAMED_ROWS)
        changed = as_mask(pc.not_equal(before, after))
        if not changed.any():
            return
        news = ~harmless(before.filter(pa.array(changed)), after.filter(pa.array(changed)))
        hit = np.flatnonzero(changed)[news]
        if not len(hit):
            return
        if self._facts is None:
            self._facts = self._find_facts()
        passing = cells_pass(cells.iloc[hit], self._spec, is_key=self._is_key, facts=self._facts)
        good, bad = hit[passing], hit[~passing]
        if len(good):
            here = pa.array(good)
            kinds = kinds_of(self._nothing.step, before.take(here), after.take(here))
            trusted = SURE if self._mended.agreed else None
            self._good.add(kinds, None if places is None else places.take(here), rows[good], trusted=trusted)
        if len(bad):
            here = pa.array(bad)
            kinds = problem_kinds_of(self._nothing.step, before.take(here), after.take(here))
            self._mended.add(kinds, None if places is None else places.take(here), rows[bad], trusted=SURE)

    def effect(self) -> StepEffect:
        """All of it."""
        read = {form: kind_mark(f"read {form}") for form in self._readings.forms()}
        unsure = self._readings.unsure({form for form, mark in read.items() if mark in self._agreed})
        first = [row for form in unsure for row in self._readings.first[form]]
        good, mended = self._good, self._mended
        groups = (sorted(first)[:NAMED_ROWS], good.new_rows, mended.new_rows, good.other_rows, mended.other_rows)
        rows = list(dict.fromkeys(row for group in groups for row in group))[:NAMED_ROWS]
        return replace(
            self._nothing,
            rows=self._rows,
            cells=good.cells + mended.cells,
            good=good.cells,
            new=good.new,
            unsure=sum(unsure.values()),
            turned=self._readings.turned if unsure else 0,
            example_rows=tuple(rows),
            seen=tuple(sorted({*good.seen, *read.values()})),
            new_mended=mended.new,
            seen_mended=tuple(sorted(mended.seen)),
        )
