"""Promises that hold for each kind of operation. `EXAMPLES` has at least one of every kind."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from importer.clean import (
    OPERATIONS,
    ChangeCase,
    Condition,
    Decide,
    DecideRows,
    DropRows,
    FillBlanks,
    Recipe,
    Replace,
    SetCells,
    SetColumn,
    Trim,
    operation_from_dict,
)
from importer.errors import ConfigError

EXAMPLES = (
    Trim(),
    Trim(("a", "b"), collapse=True),
    ChangeCase("a", "upper"),
    Replace("a", "x", "y"),
    Replace("a", "(x+)", r"<\1>", is_pattern=True),
    SetCells("a", ((4, "four"), (7, ""))),
    SetColumn("a", "all"),
    SetColumn("a", "some", Condition("b", "is blank")),
    FillBlanks("a", "-"),
    DropRows(Condition("b", "contains", "2")),
    Decide("too_long", "a", "reject"),
    DecideRows((3, 4), "drop"),
)
COLUMNS = {"a": [" x", "xx ", "", "X  x", "\u00a0", "b"], "b": ["1", "2", "", " ", "22", "x"], "c": ["k"] * 6}


def _named(operation):
    return operation.title()


def test_every_kind_has_an_example():
    assert {example.kind for example in EXAMPLES} == set(OPERATIONS)


@pytest.mark.parametrize("operation", EXAMPLES, ids=_named)
def test_an_operation_survives_json_unchanged(operation):
    text = json.dumps(operation.to_dict())
    assert operation_from_dict(json.loads(text)) == operation
    assert hash(operation_from_dict(json.loads(text))) == hash(operation)


@pytest.mark.parametrize("operation", EXAMPLES, ids=_named)
def test_an_operation_never_touches_the_frame_it_is_given(frame_of, operation):
    frame = frame_of(**COLUMNS)
    before = frame.copy(deep=True)
    after = operation.apply(frame)
    pd.testing.assert_frame_equal(frame, before)
    if after is not frame:
        after.loc[:, "c"] = "written later"
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize("operation", EXAMPLES, ids=_named)
def test_an_operation_keeps_order_numbers_types_and_the_columns_it_does_not_name(frame_of, operation):
    frame = frame_of(**COLUMNS)
    after = operation.apply(frame)
    assert after.index.is_monotonic_increasing
    assert set(after.index) <= set(frame.index)
    assert tuple(after.columns) == operation.columns_after(tuple(frame.columns))
    assert {str(kind) for kind in after.dtypes} == {"str"}
    assert not after.isna().any().any()
    for column in set(frame.columns) - set(operation.changes(tuple(frame.columns))):
        pd.testing.assert_series_equal(after[column], frame.loc[after.index, column])


@pytest.mark.parametrize("operation", EXAMPLES, ids=_named)
@pytest.mark.parametrize("size", [1, 2, 5])
def test_chunk_by_chunk_is_the_same_as_the_whole(frame_of, operation, size):
    frame = frame_of(**COLUMNS)
    parts = [operation.apply(frame.iloc[start : start + size]) for start in range(0, len(frame), size)]
    pd.testing.assert_frame_equal(pd.concat(parts), operation.apply(frame))


@pytest.mark.parametrize("operation", EXAMPLES, ids=_named)
def test_an_operation_works_on_a_chunk_with_no_rows(frame_of, operation):
    empty = frame_of(**COLUMNS).iloc[:0]
    assert operation.apply(empty).shape == (0, 3)


@pytest.mark.parametrize("operation", EXAMPLES, ids=_named)
def test_an_operation_needs_exactly_the_columns_it_reads(frame_of, operation):
    frame = frame_of(**COLUMNS)
    operation.apply(frame[list(operation.needs()) or ["c"]])
    for column in operation.needs():
        with pytest.raises(KeyError):
            operation.apply(frame.drop(columns=[column]))


@pytest.mark.parametrize("operation", EXAMPLES, ids=_named)
def test_an_operation_follows_a_renamed_column(operation):
    renamed = operation.renamed("a", "A").renamed("b", "B")
    assert set(renamed.needs()) == {name.upper() for name in operation.needs()}
    if isinstance(operation, Decide):
        assert renamed.column == "A"


@pytest.mark.parametrize("operation", EXAMPLES, ids=_named)
def test_a_missing_field_is_named_with_the_operation(operation):
    optional = {"collapse", "is_pattern", "where", "kind"} | ({"column"} if operation.kind == "decide" else set())
    needed = set(operation.to_dict()) - optional | ({"where"} if operation.kind == "drop_rows" else set())
    for name in needed:
        data = operation.to_dict()
        del data[name]
        with pytest.raises(ConfigError, match=rf'^Operation 3 \({operation.kind}\): Field "{name}" is missing'):
            operation_from_dict(data, number=3)


@pytest.mark.parametrize("operation", EXAMPLES, ids=_named)
def test_a_field_of_a_wrong_type_is_named_with_the_operation(operation):
    for name in set(operation.to_dict()) - {"kind"}:
        with pytest.raises(ConfigError, match=rf"^Operation 3 \({operation.kind}\): "):
            operation_from_dict(operation.to_dict() | {name: 12}, number=3)


@pytest.mark.parametrize("operation", EXAMPLES, ids=_named)
def test_an_unknown_field_is_refused(operation):
    with pytest.raises(ConfigError, match=r'Field "colour" is not known here\.'):
        operation_from_dict(operation.to_dict() | {"colour": "red"}, number=1)


@pytest.mark.parametrize("data", [None, [], "trim", 3, {1: 2}])
def test_what_is_no_object_is_refused(data):
    with pytest.raises(ConfigError, match=r"^Operation 2: It must be an object"):
        operation_from_dict(data, number=2)


def test_an_unknown_kind_is_refused_with_the_known_ones():
    with pytest.raises(ConfigError, match=r'^Operation 2: there is no kind "explode"\. Known kinds: trim, '):
        operation_from_dict({"kind": "explode"}, number=2)


def test_half_a_surrogate_pair_is_refused():
    with pytest.raises(ConfigError, match='Field "text" must be a text'):
        operation_from_dict({"kind": "fill_blanks", "column": "a", "text": "\ud800"})


def test_all_of_them_together_leave_the_input_alone(frame_of):
    frame = frame_of(**COLUMNS)
    before = frame.copy(deep=True)
    Recipe(EXAMPLES).apply(frame)
    pd.testing.assert_frame_equal(frame, before)
