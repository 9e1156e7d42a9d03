"""Whether cells pass: all rules of their column, or one cause alone. Pure.

Only what a cell itself says is asked here: whether it repeats another one, or its row is too big, it cannot tell.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd

from importer.check.codes import CODES, NOTICES
from importer.check.convert import convert_column
from importer.check.notices import NO_FACTS, ColumnFacts, column_notices
from importer.check.rule_registry import make_rule
from importer.check.rules import Unique
from importer.check.schema import DEFAULT_SEPARATOR, ColumnSpec, DynamoType
from importer.check.text import arrow_text, readable
from importer.clean import SetFailing, judge_with
from importer.errors import ConfigError

OF_OTHER_CELLS = frozenset(
    {Unique.code, "duplicate_key", "key_conflict", "key_missing", "key_too_long", "item_too_big"}
)
"""Codes that hang on other cells or rows, or on the column's being a key."""


OF_THE_COLUMN = {
    "point_of_thousands": "maybe_thousands",
    "one_member_each": "other_separator",
    "broken_dynamodb_json": "maybe_dynamodb_json",
    "not_dynamodb_json": "read_as_plain_json",
    "not_plain_json": "read_as_dynamodb_json",
}
"""What all cells of a column together make of a code → the code as a cell alone has it."""


def cells_fail(cells: pd.Series, code: str, spec: ColumnSpec) -> np.ndarray:
    """True for each cell that fails with `code` under the rules and the type of `spec`."""
    for rule in spec.rules:
        if rule.code == code:
            return ~rule.passes(cells)
    told = OF_THE_COLUMN.get(code, code)
    found = None if spec.attribute is None else convert_column(cells, spec).failures.get(told)
    return np.zeros(len(cells), dtype=bool) if found is None else found


def cells_pass(
    cells: pd.Series, spec: ColumnSpec | None, *, is_key: bool = False, facts: ColumnFacts = NO_FACTS
) -> np.ndarray:
    """True for each cell that keeps every rule of its column, has its type, shows nothing odd and is no blank key;
    without a `spec` nothing is asked of them. `facts`: what their column as a whole is."""
    good: np.ndarray = np.ones(len(cells), dtype=bool)
    if spec is None:
        return good
    for odd in column_notices(arrow_text(cells), spec.column, facts).values():
        good &= ~odd
    for rule in spec.rules:
        if not isinstance(rule, Unique):
            good &= rule.passes(cells)
    if spec.attribute is not None:
        for code, failing in convert_column(cells, spec).failures.items():
            if CODES[code].blocking:
                good &= ~failing
    return good & readable(cells) if is_key else good


def _notice(cells: pd.Series, code: str, facts: ColumnFacts, column: str = "") -> np.ndarray:
    found = column_notices(arrow_text(cells), column, facts).get(code)
    return np.zeros(len(cells), dtype=bool) if found is None else found


def fix_of_cause(code: str, spec: ColumnSpec, cells: pd.Series, text: str) -> SetFailing | None:
    """The step that puts `text` into the cells of the column that fail with `code`, of this list and of any other.

    `cells`: those that fail with it here. None where a cell alone does not tell that it fails.
    """
    for must in _musts(code, spec):
        step = SetFailing(spec.column, code, json.dumps(must), text)
        if len(cells) and _judge(cells, code, step.must).all():
            return step
    return None


def _musts(code: str, spec: ColumnSpec) -> Iterator[dict[str, object]]:
    """What a cell must be, as a cause may mean it."""
    rule = next((rule for rule in spec.rules if rule.code == code), None)
    if code in OF_OTHER_CELLS:
        return
    if rule is not None:
        yield {"rule": replace(rule, message="").to_entry()}
    elif code in NOTICES:
        yield {"free_of": code, "named": spec.column}
        yield {"free_of": code, "named": spec.column, "dates": True}
    elif spec.type is DynamoType.SS:
        yield {"type": spec.type.value, "separator": spec.separator}
    else:
        yield {"type": spec.type.value}


@lru_cache(maxsize=64)
def _spec(must: str) -> ColumnSpec:
    """A column that must be so. Raises ConfigError when that is no rule or type of ours."""
    told = json.loads(must)
    if "rule" in told:
        entry = told["rule"]
        name, params = next(iter(entry.items())) if isinstance(entry, Mapping) else (entry, {})
        return ColumnSpec("cell", "cell", rules=(make_rule(str(name), params or {}),))
    try:
        return ColumnSpec(
            "cell", "cell", DynamoType(told["type"]), separator=str(told.get("separator", DEFAULT_SEPARATOR))
        )
    except (KeyError, ValueError):
        raise ConfigError('Field "must" names neither a rule nor a type of this app. Save the list again.') from None


def _judge(cells: pd.Series, code: str, must: str) -> np.ndarray:
    told = json.loads(must)
    if "free_of" in told:
        facts = ColumnFacts(is_dates=bool(told.get("dates")))
        return _notice(cells, code, facts, str(told.get("named", "")))
    return cells_fail(cells, code, _spec(must))


judge_with(_judge)
