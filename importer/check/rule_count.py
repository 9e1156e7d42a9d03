"""How many rows of a list fail a rule, before or after it is part of the schema, by the code the check uses. I/O."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from importer.check.repeats import RepeatFinder, TextHashes
from importer.check.report import CheckReport
from importer.check.rules import CellRules, Range, Required, Rule, Unique
from importer.check.schema import DynamoType, Schema
from importer.clean import Recipe, part_for, take_cleaned
from importer.intake import Stage

EXAMPLES = 3

RuleName = tuple[str, str]
"""(column, name of the rule): no column has two rules of one name."""


@dataclass(frozen=True)
class RuleCount:
    """`rows` that fail, and the first of them as (row, cell after the recipe). The cells are for the screen only."""

    rows: int
    examples: tuple[tuple[int, str], ...] = ()


@dataclass
class _Tally:
    count: int = 0
    first: list[int] = field(default_factory=list)

    def add(self, rows: np.ndarray) -> None:
        """Failing rows, in any order."""
        self.count += len(rows)
        self.first = sorted([*self.first, *np.sort(rows)[:EXAMPLES].tolist()])[:EXAMPLES]


def count_failing(stage: Stage, recipe: Recipe, rules: Sequence[tuple[str, Rule]]) -> dict[RuleName, RuleCount]:
    """For each (column, rule) how many rows fail it after the recipe. Reads the list once, whatever their number.

    The columns must be there after the recipe.
    """
    wanted = dict.fromkeys(column for column, _ in rules)
    passing = CellRules({column: [rule for of, rule in rules if of == column] for column in wanted})
    names = {(rule.code, column): (column, rule.name) for column, rule in rules}
    tallies = {name: _Tally() for name in names.values()}
    unique = [column for column, rule in rules if isinstance(rule, Unique)]
    with tempfile.TemporaryDirectory(prefix="importer-rules-") as folder, ExitStack() as stack:
        finders = {
            column: stack.enter_context(
                RepeatFinder(Path(folder), f"repeats-{place}", TextHashes.fresh(), stage.rows)
            )
            for place, column in enumerate(unique)
        }
        part = part_for(recipe, stage.columns, wanted, rows=True)
        for chunk in stage.chunks(part.columns):
            frame = part.recipe.apply(chunk).frame
            rows = frame.index.to_numpy(dtype=np.int64)
            for cause, mask in passing.failures(frame[list(wanted)]).items():
                tallies[names[cause]].add(rows[mask])
            for column, finder in finders.items():
                finder.add(finder.hashes.of_filled(rows, frame[column]))
        for column, finder in finders.items():
            tallies[column, Unique.name].add(finder.repeats().rows)
    return _with_cells(stage, recipe, tallies)


def _with_cells(stage: Stage, recipe: Recipe, tallies: dict[RuleName, _Tally]) -> dict[RuleName, RuleCount]:
    rows = sorted({row for tally in tallies.values() for row in tally.first})
    frame = take_cleaned(recipe, stage, rows, {column for column, _ in tallies})
    return {
        (column, rule): RuleCount(tally.count, tuple((row, str(frame.at[row, column])) for row in tally.first))
        for (column, rule), tally in tallies.items()
    }


def counts_in(report: CheckReport, schema: Schema) -> dict[RuleName, int]:
    """What a check with this very schema says already. Left out are rules whose failures the check may tell under
    another name: a blank key, and what is no number at all."""
    return {
        (spec.column, rule.name): cause.count if (cause := report.cause(rule.code, spec.column)) else 0
        for spec in schema.columns
        for rule in spec.rules
        if not (isinstance(rule, Required) and spec.attribute in schema.key)
        and not (isinstance(rule, Range) and spec.type is DynamoType.N)
    }


def rules_of(schema: Schema) -> Iterable[tuple[str, Rule]]:
    """All rules of a schema with their columns, in order."""
    return ((spec.column, rule) for spec in schema.columns for rule in spec.rules)
