from __future__ import annotations

import pytest

from importer.clean import MapValues
from importer.errors import ConfigError


def test_whole_cells_are_mapped_and_others_stay(frame_of):
    step = MapValues("country", (("US", "United States"), ("USA", "United States"), ("-", "")))
    frame = step.apply(frame_of(country=["US", "USA", "us", "US ", "-", "AUS"]))
    assert frame["country"].tolist() == ["United States", "United States", "us", "US ", "", "AUS"]


def test_loosely_neither_capitals_nor_spaces_at_the_ends_count(frame_of):
    step = MapValues("country", (("ÖSTERREICH", "AT"),), loosely=True)
    assert step.apply(frame_of(country=[" österreich", "Österreich\u00a0", "x"]))["country"].tolist() == [
        "AT",
        "AT",
        "x",
    ]


@pytest.mark.parametrize(("pairs", "loosely"), [((), False), ((("a", "b"), ("a", "c")), False)])
def test_no_pair_or_a_value_twice_is_refused(pairs, loosely):
    with pytest.raises(ConfigError, match='Field "pairs"'):
        MapValues("a", pairs, loosely)


def test_values_that_are_the_same_loosely_are_refused_only_then():
    pairs = (("a", "b"), ("A ", "c"))
    MapValues("a", pairs)
    with pytest.raises(ConfigError, match="maps one value twice"):
        MapValues("a", pairs, loosely=True)


def test_title():
    assert MapValues("a", (("x", "y"),)).title() == 'Change "x" to "y" in a'
    assert MapValues("a", (("x", "y"), ("z", "y"))).title() == "Map 2 values of a"
