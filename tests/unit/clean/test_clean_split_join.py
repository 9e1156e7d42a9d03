from __future__ import annotations

import pytest

from importer.clean import JoinColumns, SplitColumn
from importer.errors import ConfigError


def test_a_column_is_split_and_the_last_part_takes_what_is_left(frame_of):
    frame = SplitColumn("place", ",", ("city", "rest")).apply(
        frame_of(place=["Köln, NRW, DE", "Bonn", ""], x=["1"] * 3)
    )
    assert frame.to_dict("list") == {
        "place": ["Köln, NRW, DE", "Bonn", ""],
        "city": ["Köln", "Bonn", ""],
        "rest": ["NRW, DE", "", ""],
        "x": ["1", "1", "1"],
    }


def test_from_the_end_the_first_part_takes_what_is_left(frame_of):
    step = SplitColumn("name", " ", ("first", "last"), from_end=True, keep=False)
    frame = step.apply(frame_of(name=["Anna Maria Sample", " Bo Test "]))
    assert frame.to_dict("list") == {"first": ["Anna Maria", "Bo"], "last": ["Sample", "Test"]}


def test_cells_with_too_few_parts_are_counted(frame_of):
    assert SplitColumn("a", ",", ("b", "c")).unparsed(frame_of(a=["1,2", "1", "", " "])) == 1


def test_columns_are_joined_without_their_blanks(frame_of):
    frame = frame_of(a=["x", "", " ", "p"], between=["."] * 4, b=["y", "z", "", ""])
    joined = JoinColumns(("b", "a"), ", ", "both").apply(frame)
    assert joined["both"].tolist() == ["y, x", "z", "", "p"]
    assert tuple(joined.columns) == ("a", "between", "b", "both")


def test_the_joined_columns_may_go_and_leave_their_name(frame_of):
    frame = JoinColumns(("a", "b"), "-", "a", keep=False).apply(frame_of(a=["x"], b=["y"], c=["z"]))
    assert frame.to_dict("list") == {"a": ["x-y"], "c": ["z"]}


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: SplitColumn("a", "", ("b", "c")), "separator"),
        (lambda: SplitColumn("a", ",", ("b",)), "into"),
        (lambda: SplitColumn("a", ",", ("b", "b")), "into"),
        (lambda: SplitColumn("a", ",", ("b", " ")), "into"),
        (lambda: JoinColumns(("a",), "", "b"), "columns"),
        (lambda: JoinColumns(("a", "a"), "", "b"), "columns"),
        (lambda: JoinColumns(("a", "b"), "", ""), "into"),
    ],
)
def test_what_cannot_be_split_or_joined_is_refused(make, field):
    with pytest.raises(ConfigError, match=f'Field "{field}"'):
        make()


def test_titles():
    assert SplitColumn("name", " ", ("first", "last")).title() == 'Split name at " " into first and last'
    assert JoinColumns(("a", "b"), "", "c").title() == "Join a and b into c"
