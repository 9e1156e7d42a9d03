from __future__ import annotations

import pytest

from importer.clean import Condition, DropRows, KeepRows, Recipe
from importer.errors import ConfigError


def test_keeping_is_the_opposite_of_dropping(frame_of):
    frame = frame_of(country=["DE", "US", "", "DE"])
    german = Condition("country", "equals", "DE")
    assert KeepRows(german).apply(frame)["country"].to_dict() == {2: "DE", 5: "DE"}
    assert DropRows(german).apply(frame)["country"].to_dict() == {3: "US", 4: ""}
    assert Recipe((KeepRows(german),)).apply(frame).dropped == (3, 4)


def test_a_list_that_is_kept_whole_is_given_back(frame_of):
    frame = frame_of(country=["DE"])
    assert KeepRows(Condition("country", "is not blank")).apply(frame) is frame


def test_a_condition_is_needed():
    with pytest.raises(ConfigError, match='Field "where" is missing'):
        Recipe.from_json('{"version": 1, "operations": [{"kind": "keep_rows"}]}')
