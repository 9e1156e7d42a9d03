from __future__ import annotations

import hashlib
import json

import pytest

from importer.clean import ChangeCase, Condition, DropRows, ParseDates, Recipe, Replace, SetCells, Trim, near_column
from importer.errors import ConfigError

RECIPE = Recipe((Trim(("phone",)), DropRows(Condition("phone", "is blank")), Replace("phone", "-", "")))


def test_steps_follow_each_other_and_dropped_rows_are_told(frame_of):
    frame = frame_of(phone=[" 1-2 ", "  ", "3", ""])
    cleaned = RECIPE.apply(frame)
    assert cleaned.frame["phone"].to_dict() == {2: "12", 4: "3"}
    assert cleaned.dropped == (3, 5)


def test_an_empty_recipe_gives_the_chunk_back(frame_of):
    frame = frame_of(phone=[" 1"])
    cleaned = Recipe().apply(frame)
    assert cleaned.frame is frame
    assert cleaned.dropped == ()


def test_a_recipe_survives_json_and_keeps_its_fingerprint():
    again = Recipe.from_json(RECIPE.to_json())
    assert again == RECIPE
    assert again.fingerprint() == RECIPE.fingerprint()


def test_the_fingerprint_is_that_of_the_canonical_json_and_changes_with_any_step():
    canonical = b'{"operations":[],"version":1}'
    assert Recipe().fingerprint() == hashlib.sha256(canonical).hexdigest()
    others = {Recipe(), RECIPE, RECIPE.then(Trim()), Recipe(RECIPE.operations[::-1])}
    assert len({recipe.fingerprint() for recipe in others}) == 4


def test_a_recipe_fits_a_list_with_its_columns():
    RECIPE.check(("email", "phone"))
    assert RECIPE.columns_after(("email", "phone")) == ("email", "phone")


def test_a_missing_column_is_named_with_the_number_of_the_operation_and_a_near_match():
    recipe = Recipe((Trim(("email",)), Trim(), ChangeCase("phone", "lower")))
    with pytest.raises(ConfigError) as caught:
        recipe.check(("email", "Phone "))
    assert str(caught.value) == (
        'Operation 3 needs column "phone"; the list has no such column. '
        'Did you mean "Phone "? Map it, or take the operation out.'
    )
    mapped = recipe.renamed("phone", "Phone ")
    mapped.check(("email", "Phone "))


def test_a_missing_column_without_a_near_match_says_what_to_do():
    with pytest.raises(ConfigError) as caught:
        Recipe((Trim(("phone",)),)).check(("email", "city"))
    assert str(caught.value) == (
        'Operation 1 needs column "phone"; the list has no such column. '
        "Take the operation out, or load a list that has it."
    )


@pytest.mark.parametrize(
    ("column", "near"),
    [("phone", "Phone No."), ("E-Mail", "email"), ("city", None), ("first name", "First_Name"), ("!!", None)],
)
def test_near_column_looks_at_letters_and_digits_alone(column, near):
    assert near_column(column, ("email", "Phone No.", "First_Name", "??")) == near


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not valid JSON \\(line 1, column 1\\)"),
        ("[1]", "must be a JSON object"),
        ("[" * 100_000, "nested too deep"),
        ('{"operations": []}', '"version" must be 1'),
        ('{"version": 2, "operations": []}', '"version" must be 1'),
        ('{"version": true, "operations": []}', '"version" must be 1'),
        ('{"version": 1}', '"operations" must be a list'),
        ('{"version": 1, "operations": {}}', '"operations" must be a list'),
        ('{"version": 1, "operations": [], "shell": "x"}', 'unknown field "shell"'),
        ('{"version": 1, "operations": [{"kind": "trim", "columns": []}, 7]}', "^Operation 2: It must be an object"),
    ],
)
def test_what_is_no_recipe_is_refused_in_plain_words(text, message):
    with pytest.raises(ConfigError, match=message):
        Recipe.from_json(text)


def test_a_bad_pattern_in_a_recipe_names_the_operation_and_the_field():
    bad = {"kind": "replace", "column": "a", "find": "(", "replacement": "", "is_pattern": True}
    text = json.dumps({"version": 1, "operations": [Trim().to_dict(), bad]})
    with pytest.raises(
        ConfigError, match=r'^Operation 2 \(replace\): Field "find" is not a valid pattern: missing \)\.'
    ):
        Recipe.from_json(text)


def test_cells_of_dropped_rows_are_passed_over(frame_of):
    recipe = Recipe((DropRows(Condition("a", "equals", "x")), SetCells("a", ((2, "new"), (3, "new")))))
    assert recipe.apply(frame_of(a=["x", "y"])).frame["a"].to_dict() == {3: "new"}


@pytest.mark.parametrize("row", [0, -1, 2**63, 99999999999999999999])
def test_a_number_that_is_no_row_of_any_list_is_refused(row):
    with pytest.raises(ConfigError, match=r"must be a list of \[row number, text\] pairs"):
        Recipe.from_json(json.dumps({"version": 1, "operations": [_set_cell(row)]}))
    assert Recipe.from_json(json.dumps({"version": 1, "operations": [_set_cell(2**63 - 1)]})).operations


def _set_cell(row):
    return {"kind": "set_cells", "column": "phone", "cells": [[row, "x"]]}


def test_a_recipe_of_more_than_1_000_steps_is_refused_and_one_of_1_000_is_not():
    step = {"kind": "trim", "columns": ["phone"], "collapse": False}
    assert len(Recipe.from_json(json.dumps({"version": 1, "operations": [step] * 1000})).operations) == 1000
    with pytest.raises(ConfigError, match="The recipe has 1,001 steps; 1,000 at most can be followed"):
        Recipe.from_json(json.dumps({"version": 1, "operations": [step] * 1001}))


def test_what_many_steps_of_one_kind_could_not_read_is_noted_once(frame_of):
    frame = frame_of(date=["2024-01-02", "soon", "2024-13-01", "later"])
    steps = [ParseDates("date", "ymd"), Replace("date", "soon", "2024-05-06"), *[ParseDates("date", "ymd")] * 20]
    unread = Recipe(tuple(steps)).apply(frame, noting=True).unread
    assert {cause: rows.tolist() for cause, rows in unread.items()} == {("parse_dates", "date"): [4, 5]}
