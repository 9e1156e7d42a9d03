"""The schema as the source text of a pandera `DataFrameModel`, for people who check with Python. Pure.

The text needs pandas and pandera alone. What pandera cannot say without our code (e-mail and phone rules, what a cell
becomes in the table, the winner of a key) is a comment in it. Names and texts go in as Python literals only, so
nothing that a list or a schema holds can become code.
"""

from __future__ import annotations

import builtins
import keyword
import re
import warnings
from collections.abc import Iterator

import pandera.pandas as pa

from importer.check.date_rule import Date, date_pattern
from importer.check.names import attribute_name, free_name
from importer.check.numbers import NUMBER_SHAPE
from importer.check.rules import Allowed, Length, Pattern, Range, Required, Rule, Unique
from importer.check.schema import ColumnSpec, Schema
from importer.clean import LATEST_YEAR
from importer.profile import SPACES

_HEAD = '''"""A list of contacts as a pandera model.

Read the list as text, with blank cells as missing values, then validate all of it at once:

    frame = pd.read_csv("list.csv", dtype="str", keep_default_na=False, na_values=[""])
    Contacts.validate(frame, lazy=True)
"""

import re
from datetime import date
from decimal import Decimal

import pandas as pd
import pandera.pandas as pa
from pandera.typing import Series

SPACES = {spaces}


def whole_cells(cells: pd.Series, pattern: str) -> pd.Series:
    """True where the whole cell matches; classes such as \\\\d and \\\\w are ASCII."""
    compiled = re.compile(pattern, re.ASCII)
    return cells.map(lambda text: compiled.fullmatch(text) is not None).astype(bool)


def in_range(cells: pd.Series, low: str | None, high: str | None) -> pd.Series:
    """True where the cell, without the spaces at its ends, is a number within the bounds."""
    shape = re.compile({number})

    def inside(text: str) -> bool:
        bare = text.strip(SPACES)
        if shape.fullmatch(bare) is None:
            return False
        number = Decimal(bare)
        return (low is None or number >= Decimal(low)) and (high is None or number <= Decimal(high))

    return cells.map(inside).astype(bool)


def are_days(cells: pd.Series, pattern: str, low: str | None, high: str | None) -> pd.Series:
    """True where the whole cell is a day that exists, within the bounds; years of two digits end in {latest}."""
    compiled = re.compile(pattern, re.ASCII)

    def is_day(text: str) -> bool:
        found = compiled.fullmatch(text)
        if found is None:
            return False
        parts = {name: int(part) for name, part in found.groupdict().items() if part is not None}
        year = parts["year"] if len(found["year"]) == 4 else {latest} - ({latest} - parts["year"]) % 100
        if parts.get("hour", 0) > 23 or parts.get("minute", 0) > 59 or parts.get("second", 0) > 59:
            return False
        try:
            day = date(year, parts["month"], parts["day"]).isoformat()
        except ValueError:
            return False
        return (low is None or low <= day) and (high is None or day <= high)

    return cells.map(is_day).astype(bool)


class Contacts(pa.DataFrameModel):
'''

_RESERVED = {*dir(pa.DataFrameModel), *dir(builtins), "Config", "Series", "pa"}
"""Names that the class body reads, or that mean something to pandera."""

_LIBRARIES = {"email": "email-validator", "phone": "phonenumbers", "country_code": "phonenumbers"}
"""Rules that ask a library about each text."""

_ONLY_RE2 = re.compile(r"\{,|\\[0-9pPQECzAZbBGX]|\[\[:|\(\?(?!:)")
"""Parts of a pattern that Python's `re` does not know, or may read otherwise than RE2 does."""


def to_pandera_model(schema: Schema) -> str:
    """Python source of a `DataFrameModel` called `Contacts`."""
    lines = [_HEAD.replace("{spaces}", ascii(SPACES)).replace("{number}", _quoted(NUMBER_SHAPE))]
    lines[0] = lines[0].replace("{latest}", str(LATEST_YEAR))
    key = _quoted(list(schema.key))
    lines += [f"    # The table's key: {key}; of rows with the same key: {schema.winner.value}\n"]
    lines += ["    # (which row wins is not checked here).\n"]
    taken = set(_RESERVED)
    methods: list[str] = []
    for spec in schema.columns:
        name = free_name(_identifier(spec.column), taken)
        taken |= {name, *(_method_name(name, rule) for rule in spec.rules)}
        lines += ["\n", *_field(spec, name)]
        methods += [text for rule in spec.rules for text in _method(spec.column, name, rule)]
    return "".join([*lines, *methods, "\n    class Config:\n        strict = False\n"])


def _identifier(column: str) -> str:
    name = re.sub("[^a-z0-9_]", "", attribute_name(column)).strip("_") or "column"
    return f"column_{name}" if not name.isidentifier() or keyword.iskeyword(name) else name


def _field(spec: ColumnSpec, name: str) -> Iterator[str]:
    becomes = f"attribute {_quoted(spec.attribute)}, {spec.type.words} ({spec.type.value})"
    yield f"    # {becomes if spec.attribute is not None else 'not imported'}; a blank: {spec.blank.value}\n"
    for rule in spec.rules:
        if (why := _why_not(rule)) is not None:
            yield f"    # Not checked here: {_quoted(rule.sentence())} ({why})\n"
        if rule.message:
            yield f"    # {rule.name}: {_quoted(rule.message)}\n"
    parts = [f"alias={_quoted(spec.column)}", f"nullable={not spec.required}"]
    for rule in spec.rules:
        if isinstance(rule, Allowed) and not rule.ignore_case:
            parts.append(f"isin={_quoted(list(rule.values))}")
        if isinstance(rule, Length):
            bounds = {"min_value": rule.min, **({"max_value": rule.max} if rule.max else {})}
            parts.append(f"str_length={bounds!r}")
    yield f"    {name}: Series[str] = pa.Field({', '.join(parts)})\n"


def _why_not(rule: Rule) -> str | None:
    """Why pandera cannot say the rule; None when it can."""
    if rule.name in _LIBRARIES:
        return f"it takes the library {_LIBRARIES[rule.name]}"
    if isinstance(rule, Pattern) and not _same_in_python(rule.pattern):
        return "Python reads this pattern otherwise"
    return None


def _same_in_python(pattern: str) -> bool:
    if _ONLY_RE2.search(pattern) or not pattern.isascii():
        return False
    with warnings.catch_warnings(action="error"):
        try:
            re.compile(pattern, re.ASCII)
        except (re.error, RecursionError, OverflowError, Warning):
            return False
    return True


def _test(rule: Rule) -> str | None:
    """The body of the method that tests the rule; None where a field says it, or nothing can."""
    test = None
    if isinstance(rule, Required):
        test = 'cells.str.strip(SPACES) != ""'
    elif isinstance(rule, Pattern) and _same_in_python(rule.pattern):
        test = f"whole_cells(cells, {_quoted(rule.pattern)})"
    elif isinstance(rule, Range):
        test = f"in_range(cells, {_quoted(rule.min or None)}, {_quoted(rule.max or None)})"
    elif isinstance(rule, Date):
        bounds = f"{_quoted(rule.not_before or None)}, {_quoted(rule.not_after or None)}"
        test = f"are_days(cells, {_quoted(date_pattern(rule.format))}, {bounds})"
    elif isinstance(rule, Unique):
        test = "~cells.duplicated(keep=False)"
    elif isinstance(rule, Allowed) and rule.ignore_case:
        folded = sorted({value.casefold() for value in rule.values})
        test = f"cells.map(str.casefold).isin({_quoted(folded)})"
    return test


def _method(column: str, name: str, rule: Rule) -> Iterator[str]:
    test = _test(rule)
    if test is not None:
        said = _quoted(rule.message or rule.sentence())
        yield f"\n    @pa.check({_quoted(column)}, name={_quoted(rule.name)}, error={said})\n"
        yield f"    def {_method_name(name, rule)}(cls, cells: Series[str]) -> Series[bool]:\n"
        yield f"        return {test}\n"


def _method_name(name: str, rule: Rule) -> str:
    return f"{name}_keeps_{rule.name}"


def _quoted(value: object) -> str:
    """A Python literal of ASCII alone: no line end, no sign that an editor would hide."""
    return ascii(value)
