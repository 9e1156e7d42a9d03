from __future__ import annotations

import pytest

from importer.clean import Trim
from importer.errors import ConfigError


def test_trim_takes_every_kind_of_space_off_both_ends_and_none_from_inside(frame_of):
    frame = frame_of(
        name=[" Ann ", "\u00a0Bob\u200b", "\ufeffEve  Li\t", "\u3000", ""], city=[" x", " x", " x", " x", " x"]
    )
    after = Trim(("name",)).apply(frame)
    assert after["name"].tolist() == ["Ann", "Bob", "Eve  Li", "", ""]
    assert after["city"].tolist() == [" x"] * 5


def test_collapse_makes_each_run_one_space_and_leaves_joiners_inside_words(frame_of):
    family = "\U0001f468\u200d\U0001f469"
    frame = frame_of(name=["  Ann \u00a0\t Li ", "می\u200cخواهم", family])
    after = Trim(("name",), collapse=True).apply(frame)
    assert after["name"].tolist() == ["Ann Li", "می\u200cخواهم", family]


def test_trim_of_no_columns_is_trim_of_every_column(frame_of):
    operation = Trim()
    after = operation.apply(frame_of(a=[" 1 "], b=[" 2 "]))
    assert (after["a"].tolist(), after["b"].tolist()) == (["1"], ["2"])
    assert operation.needs() == ()
    assert operation.changes(("a", "b")) == ("a", "b")


def test_trim_titles_are_plain_words():
    assert Trim().title() == "Trim spaces in every column"
    assert Trim(("phone",)).title() == "Trim spaces in phone"
    assert Trim(("a", "b"), collapse=True).title() == "Trim and collapse spaces in a and b"
    assert Trim(("a", "b", "c", "d")).title() == "Trim spaces in a, b, c and 1 more"


def test_trim_refuses_a_nameless_column():
    with pytest.raises(ConfigError, match='Field "columns" holds an empty name'):
        Trim(("a", ""))
