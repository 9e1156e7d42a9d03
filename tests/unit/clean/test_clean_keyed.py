from __future__ import annotations

import pytest

from importer.clean import SetCellsByKey
from importer.errors import ConfigError


def test_cells_are_found_by_the_key_wherever_the_row_is(frame_of):
    step = SetCellsByKey("city", "email", (("b@x.co", "Bonn"), ("a@x.co", "")))
    frame = frame_of(email=["a@x.co", "c@x.co", "b@x.co", "b@x.co"], city=["1", "2", "3", "4"])
    assert step.apply(frame)["city"].tolist() == ["", "2", "Bonn", "Bonn"]


def test_the_order_in_which_they_are_given_does_not_count():
    one = SetCellsByKey("a", "k", (("x", "1"), ("y", "2")))
    assert one == SetCellsByKey("a", "k", (("y", "2"), ("x", "1")))


@pytest.mark.parametrize(
    ("key", "cells"),
    [("", (("x", "1"),)), ("a", (("x", "1"),)), ("k", ()), ("k", (("", "1"),)), ("k", (("x", "1"), ("x", "2")))],
)
def test_keys_that_cannot_be_are_refused(key, cells):
    with pytest.raises(ConfigError, match=r'Field "(key_column|cells)"'):
        SetCellsByKey("a", key, cells)


def test_title():
    assert SetCellsByKey("city", "email", (("x", "1"),)).title() == "Set city of 1 contact, found by email"
