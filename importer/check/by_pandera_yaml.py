"""The schema as pandera YAML, for people who use pandera, and back. Pure.

Out: each column has its rules as our registered checks (`importer_email` …) and one check `importer_type` that
carries attribute, type, blank and how cells are written and tests that cells convert; the frame has `importer_key`
with the key, the winner rule, the indexes' keys and whether dots make maps. Importing this module registers
them, and then pandera's `DataFrameSchema.from_yaml` reads and runs the file. Nothing of our schema is lost that way.

In: our own export comes back equal. Of a foreign file we keep the checks that we have too (str_matches,
str_fullmatch, isin, in_range, greater/less_than_or_equal_to, str_length), `unique`, `nullable: false` (required), and
number and bool dtypes; bounds become inclusive. Lost, as pandera's own YAML or our spec has no place for it: parsers,
metadata, strict, ordered, coerce, index, defaults, titles, other checks and dtypes (the column becomes text). Without
`importer_key` the first column that is unique and not nullable is the key.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
import yaml

from importer.check.by_pandera import PREFIX, check_of, register_check
from importer.check.convert import convert_column
from importer.check.rule_registry import RULES, make_rule
from importer.check.rules import Range, Required, Rule, Unique
from importer.check.schema import (
    DEFAULT_SEPARATOR,
    BinaryForm,
    BlankMeans,
    ColumnSpec,
    DynamoType,
    Schema,
    TypedCells,
    Winner,
)
from importer.check.spec_yaml import refuse_long, refuse_odd_shapes
from importer.errors import ConfigError

TYPE_CHECK, KEY_CHECK = f"{PREFIX}type", f"{PREFIX}key"


def _converts(cells: pd.Series, **given: Any) -> pd.Series:
    spec = _spec_of(str(cells.name), given, ())
    good: np.ndarray = np.ones(len(cells), dtype=bool)
    if spec.attribute is not None:
        for mask in convert_column(cells, spec).failures.values():
            good &= ~mask
    return pd.Series(good, index=cells.index)


def _has_one_row_a_key(frame: pd.DataFrame, **given: Any) -> Any:
    """Fails only under winner `reject`; else repeats are allowed and the winner is found by `check_stage`."""
    if given["winner"] != Winner.REJECT.value:
        return True
    return ~frame.duplicated(list(given["columns"]), keep=False)


register_check(TYPE_CHECK, ("attribute", "type", "blank", "separator", "binary", "typed_cells"), _converts)
register_check(KEY_CHECK, ("attributes", "columns", "winner", "indexes", "nest_dots"), _has_one_row_a_key)


def to_pandera_yaml(schema: Schema) -> str:
    """pandera YAML of the whole schema."""
    columns = {spec.column: pa.Column(None, _checks(spec), nullable=True) for spec in schema.columns}
    key = getattr(pa.Check, KEY_CHECK)(
        attributes=list(schema.key),
        columns=[spec.column for spec in schema.key_specs],
        winner=schema.winner.value,
        indexes={name: list(attributes) for name, attributes in schema.indexes},
        nest_dots=schema.nest_dots,
    )
    return str(pa.DataFrameSchema(columns, checks=[key]).to_yaml())


def _checks(spec: ColumnSpec) -> list[Any]:
    carrier = getattr(pa.Check, TYPE_CHECK)(
        attribute=spec.attribute or "",
        type=spec.type.value,
        blank=spec.blank.value,
        separator=spec.separator,
        binary=spec.binary.value if spec.binary is not None else "",
        typed_cells=spec.typed_cells.value if spec.typed_cells is not None else "",
    )
    return [carrier, *(check_of(rule) for rule in spec.rules)]


def from_pandera_yaml(text: str) -> Schema:
    """The schema of a pandera YAML file. Raises ConfigError when it is none, or no key can be told."""
    refuse_long(text)
    try:
        refuse_odd_shapes(text)
        plain = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError):  # a number of 5,000 digits, a day that does not exist
        plain = None
    if not isinstance(plain, dict) or not isinstance(plain.get("columns"), dict):
        raise ConfigError("This is not a pandera schema in YAML (no columns). Export one with pandera's to_yaml().")
    try:
        return _schema_of(plain)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise ConfigError("The pandera schema has a check whose parameters are not as pandera writes them.") from None


def _schema_of(plain: dict[str, Any]) -> Schema:
    entries = {str(name): entry if isinstance(entry, dict) else {} for name, entry in plain["columns"].items()}
    columns = tuple(_column(name, entry) for name, entry in entries.items())
    carried = _checks_in(plain).get(KEY_CHECK)
    if carried:
        indexes = tuple((str(name), tuple(listed)) for name, listed in (carried.get("indexes") or {}).items())
        nest_dots = carried.get("nest_dots") is True
        return Schema(columns, tuple(carried["attributes"]), Winner(carried["winner"]), indexes, nest_dots)
    return Schema(columns, _guessed_key(columns))


def _guessed_key(columns: tuple[ColumnSpec, ...]) -> tuple[str, ...]:
    for spec in columns:
        if spec.required and spec.unique and spec.attribute:
            return (spec.attribute,)
    raise ConfigError("The pandera schema does not say which column is the key. Make one unique and not nullable.")


_OPTIONS = ("options", "error", "name", "title", "description", "ignore_na", "raise_warning", "n_failure_cases")


def _checks_in(entry: dict[str, Any]) -> dict[str, Any]:
    """Name → parameters, from any of the layouts that pandera writes: flat, a mapping, a list."""
    out: dict[str, Any] = {}
    listed = entry.get("checks") or {}
    if isinstance(listed, list):
        for one in listed:
            if isinstance(one, dict) and isinstance(one.get("options"), dict):
                out[str(one["options"].get("check_name"))] = one
    elif isinstance(listed, dict):
        out |= listed
    out |= {name: given for name, given in entry.items() if name.startswith(PREFIX) or name in _FOREIGN}
    return {name: _without_options(given) for name, given in out.items()}


def _without_options(given: Any) -> Any:
    if not isinstance(given, dict):
        return given
    kept = {name: value for name, value in given.items() if name not in _OPTIONS}
    return kept["value"] if set(kept) == {"value"} else kept


def _column(name: str, entry: dict[str, Any]) -> ColumnSpec:
    checks = _checks_in(entry)
    rules = [rule for check, given in checks.items() for rule in _rules_of(check, given)]
    if entry.get("unique") is True:
        rules.append(Unique())
    carried = checks.get(TYPE_CHECK)
    if isinstance(carried, dict):
        return _spec_of(name, carried, tuple(rules))
    if entry.get("nullable", False) is False:
        rules.insert(0, Required())
    return ColumnSpec(name, name, _type_of(entry.get("dtype")), rules=_each_once(rules))


def _each_once(rules: list[Rule]) -> tuple[Rule, ...]:
    """A lower and an upper bound become one range; of other rules with one name the first is kept."""
    once: dict[str, Rule] = {}
    for rule in rules:
        other = once.setdefault(rule.name, rule)
        if isinstance(rule, Range) and isinstance(other, Range):
            once[rule.name] = Range(other.min or rule.min, other.max or rule.max)
    return tuple(once.values())


def _spec_of(name: str, carried: dict[str, Any], rules: tuple[Rule, ...]) -> ColumnSpec:
    return ColumnSpec(
        column=name,
        attribute=carried["attribute"] or None,
        type=DynamoType(carried["type"]),
        blank=BlankMeans(carried["blank"]),
        rules=rules,
        separator=carried.get("separator", DEFAULT_SEPARATOR),
        binary=BinaryForm(carried["binary"]) if carried.get("binary") else None,
        typed_cells=TypedCells(carried["typed_cells"]) if carried.get("typed_cells") else None,
    )


def _type_of(dtype: object) -> DynamoType:
    word = str(dtype).lower()
    if word.startswith(("int", "uint", "float", "decimal")):
        return DynamoType.N
    return DynamoType.BOOL if word.startswith("bool") else DynamoType.S


def _rules_of(check: str, given: Any) -> list[Rule]:
    """Our rule for a pandera check; none for a check we do not have."""
    name = check.removeprefix(PREFIX)
    if check.startswith(PREFIX) and name in RULES:
        return [make_rule(name, _named(name, given))]
    return [_FOREIGN[check](given)] if check in _FOREIGN else []


def _named(name: str, given: Any) -> dict[str, Any]:
    """pandera writes a single parameter without its name."""
    if isinstance(given, dict):
        return {param: value for param, value in given.items() if value is not None}
    return {} if given is None else {_ONLY[name]: given}


_ONLY = {"pattern": "pattern", "allowed": "values", "range": "min", "length": "min", "phone": "region"}


def _pick(given: Any, *names: str) -> Any:
    if not isinstance(given, dict):
        return given
    return next((given[name] for name in names if given.get(name) is not None), "")


def _length(given: Any) -> Rule:
    exact = _pick(given, "exact_value")
    low, high = (exact, exact) if exact else (_pick(given, "min_value"), _pick(given, "max_value"))
    return make_rule("length", {"min": low or 0, "max": high or 0})


_FOREIGN: dict[str, Callable[[Any], Rule]] = {
    "str_matches": lambda given: make_rule("pattern", {"pattern": f"(?:{_pick(given, 'pattern')}).*"}),
    "str_fullmatch": lambda given: make_rule("pattern", {"pattern": _pick(given, "pattern")}),
    "isin": lambda given: make_rule("allowed", {"values": [str(one) for one in _pick(given, "allowed_values")]}),
    "in_range": lambda given: make_rule(
        "range", {"min": _pick(given, "min_value"), "max": _pick(given, "max_value")}
    ),
    "greater_than_or_equal_to": lambda given: make_rule("range", {"min": _pick(given, "min_value")}),
    "less_than_or_equal_to": lambda given: make_rule("range", {"max": _pick(given, "max_value")}),
    "str_length": _length,
}
