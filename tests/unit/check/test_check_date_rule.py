"""The rule `date`: what a day is, in which form, within which bounds."""

from __future__ import annotations

import pandas as pd
import pytest

from importer.check import ColumnSpec, Date, dump_schema, load_schema, make_rule
from importer.check.suggest import suggest
from importer.clean import ParseDates
from importer.errors import ConfigError


def passes(rule: Date, *texts: str) -> list[bool]:
    return rule.passes(pd.Series(list(texts), dtype="str")).tolist()


def test_a_day_that_exists_passes_and_one_that_does_not_fails() -> None:
    good = ("2024-02-29", "1999-12-31T23:59", "1999-12-31 23:59:59.5Z", "2024-01-01T00:00:00+02:00", "")
    bad = ("2023-02-29", "2024-13-01", "2024-1-1", "31/12/2024", "20240101", "2024-01-01T24:00", " 2024-01-01", "x")
    assert passes(Date(), *good) == [True] * len(good)
    assert passes(Date(), *bad) == [False] * len(bad)


@pytest.mark.parametrize(
    ("form", "good", "bad"),
    [
        ("DD.MM.YYYY", "31.12.2024", "31.12.24"),
        ("d/m/yy", "1/2/69", "1/13/69"),
        ("MM-DD-YYYY", "12-31-2024", "31-12-2024"),
        ("DD.MM.YYYY hh:mm", "31.12.2024 09:05", "31.12.2024 9:05"),
        ("YYYYMMDD", "20241231", "20241331"),
    ],
)
def test_a_format_is_said_as_spreadsheets_say_it(form: str, good: str, bad: str) -> None:
    assert passes(Date(form), good, bad) == [True, False]


def test_bounds_hold_whatever_the_format() -> None:
    rule = Date("D.M.YY", "1969-01-01", "2024-12-31")
    assert passes(rule, "1.1.69", "31.12.24", "1.1.25", "31.12.68") == [True, True, False, False]
    assert rule.sentence() == "must be a date like 31.3.24, not before 1969-01-01, not after 2024-12-31"


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"format": "DD.MM"}, "rule date: format must have year, month and day once each"),
        ({"format": "DD.MM.YYYY."}, ""),
        ({"format": "DD-MMM-YYYY"}, 'rule date: format has "MMM", which stands for nothing'),
        ({"format": "DD of MM YYYY"}, "rule date: format has letters that stand for nothing"),
        ({"not_before": "1.1.1900"}, "rule date: not_before is not a day"),
        ({"not_before": "2024-01-01", "not_after": "2023-01-01"}, "rule date: not_before is later than not_after"),
    ],
)
def test_a_wrong_parameter_is_named(params: dict[str, object], said: str) -> None:
    if not said:
        assert make_rule("date", params) == Date("DD.MM.YYYY.")
        return
    with pytest.raises(ConfigError, match=f"^{said}"):
        make_rule("date", params)


def test_days_in_a_schema_need_no_quotes() -> None:
    text = (
        "version: 1\nkey: [id]\ncolumns:\n- {column: id, attribute: id}\n"
        "- column: Born\n  attribute: born\n  rules:\n  - date: {not_before: 1900-01-01}\n"
    )
    schema = load_schema(text)
    assert schema.columns[1] == ColumnSpec("Born", "born", rules=(Date(not_before="1900-01-01"),))
    assert load_schema(dump_schema(schema)) == schema


def test_the_order_of_days_is_offered_both_ways_where_the_cells_do_not_tell() -> None:
    spec = ColumnSpec("c", "c", rules=(Date(),))
    assert suggest("wrong_date", spec, ["31/12/2024", "1/2/2024"]) == (ParseDates("c", "dmy"),)
    both = (ParseDates("c", "dmy"), ParseDates("c", "mdy"))
    assert suggest("wrong_date", spec, ["3/4/2024", "1/2/2024"]) == both
