"""How many rows each rule fails now: from the kept check where it is of this moment, else counted and kept."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from importer.check import Rule, RuleCount, Schema, count_failing, counts_in, rules_of
from importer.clean import Recipe
from importer.intake import Stage
from importer.run import RunFolder, kept_check
from importer.table import TableKey

COUNTED_ROWS = 200_000
"""Up to here counts come by themselves; above, a count takes seconds and is made when it is asked for."""

KEPT = 2_000

Counted = tuple[str, ...]
"""Source, way of reading, recipe, column and rule: all that a count hangs on."""


@dataclass(frozen=True)
class Ruled:
    """The list with its rules: `recipe` is the one of this moment; `in_sight` is whether a person looks at them."""

    folder: RunFolder
    stage: Stage
    recipe: Recipe
    schema: Schema
    key: TableKey
    in_sight: bool

    @property
    def long(self) -> bool:
        """Whether a count takes so long that it is made only when it is asked for."""
        return self.stage.rows > COUNTED_ROWS

    @property
    def quick(self) -> bool:
        """Whether counts come by themselves."""
        return self.in_sight and not self.long


@st.cache_resource(show_spinner=False)
def _kept() -> OrderedDict[Counted, RuleCount]:
    return OrderedDict()


def counts_of_all(ruled: Ruled, *, asked: bool) -> dict[tuple[str, str], int | None]:
    """(column, name of rule) → rows that fail; None where it was not counted and is not `asked` for."""
    rules = list(rules_of(ruled.schema))
    report = kept_check(ruled.folder, ruled.key) if rules else None
    known = counts_in(report, ruled.schema) if report is not None else {}
    left = [(column, rule) for column, rule in rules if (column, rule.name) not in known]
    counted = counts_of(ruled, left, asked=asked)
    return {name: known.get(name, counted[name].rows if counted.get(name) else None) for name in _names(rules)}


def counts_of(
    ruled: Ruled, rules: Sequence[tuple[str, Rule]], *, asked: bool = False
) -> dict[tuple[str, str], RuleCount]:
    """The counts that are kept, and the others too where the list is short enough or they are `asked` for."""
    kept, there = _kept(), set(ruled.recipe.columns_after(ruled.stage.columns))
    keys = {(column, rule.name): _key(ruled, column, rule) for column, rule in rules if column in there}
    missing = [(column, rule) for column, rule in rules if column in there and keys[column, rule.name] not in kept]
    if missing and (asked or ruled.quick):
        with st.spinner("Counting the rows that fail …"):
            for name, count in count_failing(ruled.stage, ruled.recipe, missing).items():
                kept[keys[name]] = count
        while len(kept) > KEPT:
            kept.popitem(last=False)
    return {name: kept[key] for name, key in keys.items() if key in kept}


def _names(rules: Sequence[tuple[str, Rule]]) -> list[tuple[str, str]]:
    return [(column, rule.name) for column, rule in rules]


def _key(ruled: Ruled, column: str, rule: Rule) -> Counted:
    report = ruled.stage.report
    read = json.dumps(report.dialect.to_dict(), sort_keys=True)
    told = json.dumps(replace(rule, message="").to_entry(), sort_keys=True)
    return (ruled.folder.run_id, report.source_sha256, read, ruled.recipe.fingerprint(), column, told)
