"""Promises that hold for each kind of operation."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from clean_examples import COLUMNS, EXAMPLES, OPTIONAL

from importer.clean import OPERATIONS, Decide, Recipe, operation_from_dict
from importer.errors import ConfigError


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
        after.loc[:, after.columns[0]] = "written later"
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
    assert not set(operation.makes()) - set(after.columns)
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
    after = operation.apply(empty)
    assert len(after) == 0
    assert tuple(after.columns) == operation.columns_after(("a", "b", "c"))
    assert {str(kind) for kind in after.dtypes} == {"str"}


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
    optional = OPTIONAL | {"kind"} | ({"column"} if operation.kind == "decide" else set())
    optional |= {"where"} if operation.kind == "set_column" else set()
    needed = set(operation.to_dict()) - optional
    for name in needed:
        data = operation.to_dict()
        del data[name]
        with pytest.raises(ConfigError, match=rf'^Operation 3 \({operation.kind}\): Field "{name}" is missing'):
            operation_from_dict(data, number=3)


@pytest.mark.parametrize("operation", EXAMPLES, ids=_named)
def test_a_field_of_a_wrong_type_is_named_with_the_operation(operation):
    for name in set(operation.to_dict()) - {"kind"}:
        with pytest.raises(ConfigError, match=rf"^Operation 3 \({operation.kind}\): "):
            operation_from_dict(operation.to_dict() | {name: 12.5}, number=3)


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


def test_many_of_them_one_after_the_other_leave_the_input_alone(frame_of):
    frame = frame_of(**COLUMNS)
    before = frame.copy(deep=True)
    fitting = [one for one in EXAMPLES if one.columns_after(("a", "b", "c")) == ("a", "b", "c")]
    Recipe(tuple(fitting)).apply(frame)
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize("operation", EXAMPLES, ids=_named)
def test_what_an_operation_makes_is_refused_where_it_is_there_already(frame_of, operation):
    taken = tuple(name for name in operation.makes() if name not in operation.needs())
    for name in taken:
        columns = tuple(dict.fromkeys((*COLUMNS, name)))
        (problem,) = Recipe((operation,)).problems(columns)
        assert (problem.number, problem.column, problem.exists) == (1, name, True)
        with pytest.raises(ConfigError, match=f'has a column "{name}" already'):
            operation.apply(frame_of(**COLUMNS, **{name: ["k"] * 6}))
    assert Recipe((operation,)).problems(tuple(COLUMNS)) == ()


@pytest.mark.parametrize("operation", EXAMPLES, ids=_named)
def test_cells_that_cannot_be_read_are_cells_that_stay(frame_of, operation):
    frame = frame_of(**COLUMNS)
    after = operation.apply(frame)
    if operation.unparsed(frame) and not operation.makes():
        (column,) = operation.needs()
        assert int((after[column] == frame[column]).sum()) >= operation.unparsed(frame)
