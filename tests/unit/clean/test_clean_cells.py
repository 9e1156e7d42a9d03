from __future__ import annotations

import pytest

from importer.clean import Condition, FillBlanks, SetCells, SetColumn
from importer.errors import ConfigError


def test_set_cells_sets_the_named_rows_whatever_the_gaps_in_their_numbers(frame_of):
    frame = frame_of(rows=[2, 5, 9], phone=["a", "b", "c"], city=["x", "y", "z"])
    after = SetCells("phone", ((9, "new"), (2, ""))).apply(frame)
    assert after["phone"].tolist() == ["", "b", "new"]
    assert after["city"].tolist() == ["x", "y", "z"]


def test_set_cells_passes_over_rows_the_chunk_does_not_have(frame_of):
    frame = frame_of(rows=[2, 5], phone=["a", "b"])
    operation = SetCells("phone", ((1, "x"), (3, "x"), (6, "x")))
    assert operation.apply(frame)["phone"].tolist() == ["a", "b"]
    assert operation.apply(frame.iloc[:0])["phone"].tolist() == []


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ((), "is empty"),
        (((3, "a"), (3, "b")), "names row 3 twice"),
        (((0, "a"),), "must be a list of"),
        (((True, "a"),), "must be a list of"),
    ],
)
def test_set_cells_refuses_what_cannot_be_meant(cells, reason):
    with pytest.raises(ConfigError, match=f'Field "cells" {reason}'):
        SetCells("phone", cells)


def test_set_column_sets_every_row_or_those_that_meet_the_condition(frame_of):
    frame = frame_of(country=["", "FR", ""], city=["Rome", "Paris", "Oslo"])
    assert SetColumn("country", "US").apply(frame)["country"].tolist() == ["US", "US", "US"]
    operation = SetColumn("country", "IT", Condition("city", "equals", "Rome"))
    assert operation.apply(frame)["country"].tolist() == ["IT", "FR", ""]
    assert operation.needs() == ("country", "city")


def test_fill_blanks_fills_empty_cells_and_cells_of_spaces_only(frame_of):
    frame = frame_of(country=["", " \u00a0\u200b", "FR", " FR "])
    assert FillBlanks("country", "US").apply(frame)["country"].tolist() == ["US", "US", "FR", " FR "]


def test_fill_blanks_refuses_to_fill_with_nothing():
    with pytest.raises(ConfigError, match='Field "text" is empty'):
        FillBlanks("country", "")


def test_titles_of_set_operations_are_plain_words():
    assert SetCells("phone", ((7, "x"),)).title() == "Set phone in row 7"
    assert SetCells("phone", ((7, "x"), (8, "y"))).title() == "Set 2 cells of phone"
    assert SetColumn("a", "US").title() == 'Set a to "US" in every row'
    assert SetColumn("a", "", Condition("b", "is blank")).title() == "Empty a where b is blank"
    assert FillBlanks("a", "US").title() == 'Fill blanks in a with "US"'
