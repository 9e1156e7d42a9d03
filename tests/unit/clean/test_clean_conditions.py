from __future__ import annotations

import pytest

from importer.clean import Condition, ConditionTest, DropRows
from importer.errors import ConfigError

CITIES = ["Paris", "paris ", "", " \u200b", "Port-au-Prince", "a.b"]


@pytest.mark.parametrize(
    ("test", "text", "rows"),
    [
        ("is blank", "", [4, 5]),
        ("is not blank", "", [2, 3, 6, 7]),
        ("equals", "Paris", [2]),
        ("differs from", "Paris", [3, 4, 5, 6, 7]),
        ("contains", "ar", [2, 3]),
        ("does not contain", "ar", [4, 5, 6, 7]),
        ("starts with", "P", [2, 6]),
        ("ends with", "s", [2]),
        ("contains", ".", [7]),
        ("matches", "^P.*[se]$", [2, 6]),
    ],
)
def test_rows_that_meet_the_condition_are_dropped_and_the_others_keep_their_numbers(frame_of, test, text, rows):
    frame = frame_of(city=CITIES)
    after = DropRows(Condition("city", test, text)).apply(frame)
    assert after.index.tolist() == [row for row in range(2, 8) if row not in rows]
    assert after["city"].tolist() == [CITIES[row - 2] for row in range(2, 8) if row not in rows]
    assert after.index.name == "row"


def test_every_test_has_its_case_above():
    marks = test_rows_that_meet_the_condition_are_dropped_and_the_others_keep_their_numbers.pytestmark
    assert {case[0] for case in marks[0].args[1]} == {test.value for test in ConditionTest}


@pytest.mark.parametrize(
    ("test", "text", "message"),
    [
        ("is like", "a", 'Field "test" must be one of: is blank, '),
        ("equals", "", 'Field "text" is empty'),
        ("is blank", "a", 'Field "text" must be empty'),
        ("matches", "(", 'Field "text" is not a valid pattern: missing \\)'),
    ],
)
def test_a_condition_that_cannot_be_meant_is_refused(test, text, message):
    with pytest.raises(ConfigError, match=message):
        Condition("city", test, text)


def test_drop_rows_says_what_it_needs_and_does():
    operation = DropRows(Condition("city", "equals", "Rome"))
    assert operation.needs() == ("city",)
    assert operation.title() == 'Drop rows where city equals "Rome"'
    assert DropRows(Condition("city", "is blank")).title() == "Drop rows where city is blank"
