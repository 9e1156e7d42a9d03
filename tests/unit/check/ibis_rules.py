"""Our rules as expressions of Ibis over DuckDB, where SQL can say them at all: to be held against ours, case by case
and second by second. Nothing of the app uses them (decision 0038)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import ibis

from importer.check import Allowed, CountryCode, Date, Email, Length, Pattern, Phone, Range, Required, Rule
from importer.check.contact_text import (
    EXTENSION,
    KNOWN_COUNTRY,
    MAX_EMAIL_CHARS,
    MAX_LOCAL_CHARS,
    MAX_PHONE_DIGITS,
    MIN_PHONE_DIGITS,
    PHONE_FILLING,
    PHONE_SHAPE,
    PLAIN_EMAIL,
    SPECIAL_DOMAINS,
)
from importer.check.date_rule import date_pattern
from importer.check.numbers import NUMBER_SHAPE
from importer.clean import LATEST_YEAR
from importer.profile import SPACES

Test = Callable[[Any], Any]

_SPACE = "[" + "".join(f"\\x{{{ord(sign):x}}}" for sign in SPACES) + "]"


def keeps(rule: Rule) -> Test:
    """Column of texts → where the rule is kept, blanks too."""
    if isinstance(rule, Required):
        return lambda cells: cells.re_search(f"[^{_SPACE[1:-1]}]")
    test = _FILLED[type(rule)]
    return lambda cells: (cells == "") | test(rule, cells)


def _whole(cells: Any, pattern: str) -> Any:
    return cells.re_search(rf"\A(?:{pattern})\z")


def _pattern(rule: Pattern, cells: Any) -> Any:
    return _whole(cells, rule.pattern)


def _allowed(rule: Allowed, cells: Any) -> Any:
    if rule.ignore_case:
        return cells.lower().isin([value.lower() for value in rule.values])
    return cells.isin(rule.values)


def _length(rule: Length, cells: Any) -> Any:
    long_enough = cells.length() >= rule.min
    return long_enough & (cells.length() <= rule.max) if rule.max else long_enough


def _range(rule: Range, cells: Any) -> Any:
    bare = cells.re_replace(f"^{_SPACE}+|{_SPACE}+$", "")
    number = bare.try_cast("float64")
    good = _whole(bare, NUMBER_SHAPE)
    for bound, sign in ((rule.min, 1), (rule.max, -1)):
        if bound:
            good &= (sign * number >= sign * float(bound)).fill_null(False)
    return good


def _email(rule: Email, cells: Any) -> Any:
    special = cells.lower().re_search(f"[@.](?:{'|'.join(SPECIAL_DOMAINS)})$")
    short = (cells.length() <= MAX_EMAIL_CHARS) & (cells.find("@") <= MAX_LOCAL_CHARS)
    return _whole(cells, PLAIN_EMAIL) & short & ~special


def _phone(rule: Rule, cells: Any) -> Any:
    digits = cells.re_replace(f"{EXTENSION}$", "").re_replace(PHONE_FILLING, "")
    bare = digits.re_replace(r"^(?:\+|00)", "")
    known = ~digits.re_search(r"^(?:\+|00)") | digits.re_search(KNOWN_COUNTRY)
    return _whole(cells, PHONE_SHAPE) & known & bare.length().between(MIN_PHONE_DIGITS, MAX_PHONE_DIGITS)


def _country_code(rule: CountryCode, cells: Any) -> Any:
    return cells.re_search(r"^\s*\(?(?:\+|00)") | ~_phone(rule, cells)


def _date(rule: Date, cells: Any) -> Any:
    pattern = rf"\A(?:{date_pattern(rule.format)})\z"
    groups = re.compile(pattern.replace(r"\z", r"\Z")).groupindex
    text = {name: cells.re_extract(pattern, at) for name, at in groups.items()}
    year = text["year"]
    if "YYYY" not in (rule.format.upper() or "YYYY"):
        short = year.try_cast("int64")
        year = (LATEST_YEAR - (LATEST_YEAR - short) % 100).cast("string")
    day = year + "-" + text["month"].lpad(2, "0") + "-" + text["day"].lpad(2, "0")
    good = cells.re_search(pattern) & day.try_cast("date").notnull() & (year != "0000")
    for name, most in (("hour", 23), ("minute", 59), ("second", 59)):
        if name in text:
            good &= (text[name].try_cast("int64") <= most).fill_null(True)
    if rule.not_before:
        good &= day >= rule.not_before
    return good & (day <= rule.not_after) if rule.not_after else good


_FILLED: dict[type[Rule], Callable[[Any, Any], Any]] = {
    Pattern: _pattern,
    Allowed: _allowed,
    Length: _length,
    Range: _range,
    Email: _email,
    Phone: _phone,
    CountryCode: _country_code,
    Date: _date,
}


def ibis_schema(rules: dict[str, tuple[Rule, ...]]) -> Any:
    """pandera's schema for its Ibis backend; the rules of each column."""
    import pandera.ibis as pa

    def check(rule: Rule) -> Any:
        test = keeps(rule)
        return pa.Check(lambda data: test(data.table[data.key]), name=rule.code, error=rule.code)

    columns = {name: pa.Column(None, [check(rule) for rule in of], nullable=True) for name, of in rules.items()}
    return pa.DataFrameSchema(columns)


def failing_places(schema: Any, table: Any) -> dict[tuple[str, str], list[int]]:
    """(code, column) → places of the cells that fail, as pandera tells them."""
    import pandera.ibis as pa

    try:
        schema.validate(table, lazy=True)
    except pa.errors.SchemaErrors as problems:
        for error in problems.schema_errors:
            assert error.check_output is not None, error
        cases = problems.failure_cases.groupby(["check", "column"])["index"]
        return {(str(code), str(column)): sorted(map(int, places)) for (code, column), places in cases}
    return {}


def text_table(cells: list[str], column: str = "cell") -> Any:
    """A table of one column in DuckDB."""
    return ibis.memtable({column: cells}, schema=ibis.schema({column: "string"}))
