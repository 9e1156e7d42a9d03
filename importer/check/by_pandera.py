"""Our rules as pandera checks, registered by name, and one lazy pass of pandera over text columns. Pure.

The pass uses the rules as they are, under their codes: pandera puts a check's text beside every failing cell, and the
text of a registered check has all of its parameters. pandera never coerces here: one uncoercible value would make it
skip every other problem of its column. Its errors hold cell values, so they end in this module.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera import extensions
from pandera.backends.pandas.components import ColumnBackend
from pandera.backends.pandas.container import DataFrameSchemaBackend
from pandera.config import ValidationDepth, config_context
from pandera.errors import FailureCaseMetadata

from importer.check.rule_registry import RULES, make_rule
from importer.check.rules import Rule, Unique, fields_of
from importer.check.verdicts import Masks
from importer.errors import FatalError

PREFIX = "importer_"
"""Of the names of registered checks: `importer_email`, `importer_range` …"""


def register_check(name: str, params: tuple[str, ...], answer: Callable[..., Any]) -> None:
    """`pa.Check.<name>(**params)`, once in a process; `answer(cells, **params)` is vectorised."""
    if name in pa.Check.REGISTERED_CUSTOM_CHECKS:
        return

    def check(cells: Any, **given: Any) -> Any:
        return answer(cells, **given)

    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    check.__name__ = name
    check.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [inspect.Parameter(one, kind) for one in ("cells", *params)]
    )
    extensions.register_check_method(statistics=list(params), check_type="vectorized")(check)


def _answer_of(name: str) -> Callable[..., Any]:
    def answer(cells: pd.Series, **params: Any) -> pd.Series:
        given = {
            param: value for param, value in params.items() if value is not None
        }  # pandera's YAML fills with null
        return pd.Series(make_rule(name, given).passes(cells), index=cells.index)

    return answer


for _name, _kind in RULES.items():
    register_check(PREFIX + _name, tuple(field.name for field in fields_of(_kind)), _answer_of(_name))


def check_of(rule: Rule) -> Any:
    """The registered pandera check of a rule."""
    return getattr(pa.Check, PREFIX + rule.name)(**rule.params())


def _pass_of(rule: Rule) -> Any:
    """A check that is known by its rule's code alone. It answers by place, not by row: of an answer with another
    index pandera makes neither a table of failing cells nor a text with all of them, which cost three times as much
    as the rules themselves, and no error of it holds a cell."""

    def keeps(cells: pd.Series) -> pd.Series:
        return pd.Series(rule.passes(cells), index=pd.RangeIndex(-len(cells), 0))

    return pa.Check(keeps, name=rule.code, error=rule.code)


class _NoTable:
    """Of a backend: the error that ends a pass has no table of failures; the errors in it have all that is asked."""

    def failure_cases_metadata(self, schema_name: str, schema_errors: list[Any]) -> FailureCaseMetadata:
        """Nothing but how many they are."""
        del schema_name
        return FailureCaseMetadata(failure_cases=None, message={}, error_counts={"errors": len(schema_errors)})


class _ColumnBackend(_NoTable, ColumnBackend):
    pass


class _FrameBackend(_NoTable, DataFrameSchemaBackend):
    pass


class _Column(pa.Column):
    pass


class _FrameSchema(pa.DataFrameSchema):
    pass


_Column.register_backend(pd.DataFrame, _ColumnBackend)
_FrameSchema.register_backend(pd.DataFrame, _FrameBackend)


class RulePass:
    """pandera's schema for all rules that look at one cell at a time, ready to be run on chunk after chunk."""

    def __init__(self, rules: Mapping[str, Sequence[Rule]]) -> None:
        """`rules`: of each column. `unique` is none of them: it takes the whole list."""
        self._rules = {
            column: [rule for rule in of_column if not isinstance(rule, Unique)]
            for column, of_column in rules.items()
        }
        self._schema = _FrameSchema(
            {
                column: _Column(None, [_pass_of(rule) for rule in rules], nullable=True, coerce=False)
                for column, rules in self._rules.items()
                if rules
            }
        )

    def failures(self, frame: pd.DataFrame) -> Masks:
        """All cells of `frame` that break a rule. Raises FatalError when a check could not run."""
        if not self._schema.columns or frame.empty:
            return {}
        errors: list[Any] = []
        with config_context(validation_enabled=True, validation_depth=ValidationDepth.SCHEMA_AND_DATA):
            try:
                self._schema.validate(frame, lazy=True, inplace=True)
            except pa.errors.SchemaErrors as found:
                errors = list(found.schema_errors)
        return dict(self._mask(error, len(frame)) for error in errors)

    def _mask(self, error: Any, rows: int) -> tuple[tuple[str, str], np.ndarray]:
        column = str(error.schema.name)
        answers = error.check_output
        if not isinstance(answers, pd.Series) or len(answers) != rows:
            raise FatalError(f'A rule of column "{column}" could not be run. Check that column in the schema.')
        rule = self._rules[column][error.check_index]
        return (rule.code, column), ~answers.to_numpy(dtype=bool)
