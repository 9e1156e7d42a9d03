"""Cells that are whole values in DynamoDB JSON: each is written as it says, in puts as in sizes."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.check import BinaryForm, BlankMeans, ColumnSpec, DynamoType, Schema, convert_chunk, item_sizes
from importer.check.rules import Required
from importer.check.schema import TypedCells
from importer.intake import DeclaredColumn
from importer.intake.typed_rows import TypedRow, collect_columns, typed_value
from importer.intake.typed_rows import _cell as cell_of
from importer.table import item_size
from importer.write import build_puts
from importer.write.items import parse_put


def written(cells: list[str], spec: ColumnSpec) -> list[dict[str, Any] | None]:
    """What the table would hold of each cell."""
    key = ColumnSpec("id", "id", rules=(Required(),))
    frame = pd.DataFrame({"id": [str(at) for at in range(len(cells))], spec.column: pd.Series(cells, dtype="str")})
    columns = convert_chunk(frame, Schema((key, spec), ("id",)))
    items = [parse_put(put) for put in build_puts(columns, key=("id",)).bodies]
    assert item_sizes(columns, len(cells)).tolist() == [item_size(item) for item in items]
    return [item.get(spec.attribute or "") for item in items]


@pytest.mark.parametrize(
    ("kind", "cells", "values"),
    [
        ("S", ["x", "", '{"S":""}', '{"NULL":true}'], [{"S": "x"}, None, {"S": ""}, {"NULL": True}]),
        ("S", ['{"N":"1.50"}', '{"S":"{\\"N\\":\\"5\\"}"}'], [{"N": "1.5"}, {"S": '{"N":"5"}'}]),
        ("S", ['{"a":"b"}', '{"N":5}', "{"], [{"S": '{"a":"b"}'}, {"S": '{"N":5}'}, {"S": "{"}]),
        (
            "N",
            ["5", '{"N":"7"}', '{"S":"x"}', '{"BOOL":false}'],
            [{"N": "5"}, {"N": "7"}, {"S": "x"}, {"BOOL": False}],
        ),
        ("L", ["[1]", '{"L":[{"SS":["a"]}]}', "[]"], [{"L": [{"N": "1"}]}, {"L": [{"SS": ["a"]}]}, {"L": []}]),
        ("M", ['{"a":1}', '{"M":{"S":{"S":"z"}}}'], [{"M": {"a": {"N": "1"}}}, {"M": {"S": {"S": "z"}}}]),
        ("SS", ['["a"]', '{"SS":["b","c"]}'], [{"SS": ["a"]}, {"SS": ["b", "c"]}]),
    ],
)
def test_a_whole_cell_is_the_value_that_it_says(kind: str, cells: list[str], values: list[dict[str, Any]]) -> None:
    assert written(cells, ColumnSpec("c", "c", DynamoType(kind), typed_cells=TypedCells.OWN)) == values


def test_without_the_columns_word_such_a_cell_is_text() -> None:
    assert written(['{"NULL":true}'], ColumnSpec("c", "c")) == [{"S": '{"NULL":true}'}]


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=4)
numbers = st.integers(-99, 99).map(str)
scalars = st.one_of(
    texts.map(lambda text: {"S": text}),
    numbers.map(lambda number: {"N": number}),
    st.booleans().map(lambda answer: {"BOOL": answer}),
    st.just({"NULL": True}),
    st.just({"B": "AAE="}),
    st.sets(texts.filter(bool), min_size=1, max_size=3).map(lambda members: {"SS": sorted(members)}),
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda parts: {"L": parts})
        | st.dictionaries(texts, inner, max_size=3).map(lambda parts: {"M": parts})
    ),
    max_leaves=6,
)


@given(st.lists(st.none() | values, min_size=1, max_size=8))
def test_every_mix_of_values_in_a_column_is_written_as_it_was(mixed: list[dict[str, Any] | None]) -> None:
    """From the source's values over the cells of the list to the put requests."""
    rows = [TypedRow(at, {} if one is None else {"c": typed_value(one)}) for at, one in enumerate(mixed, 2)]
    told = collect_columns(rows).get("c", DeclaredColumn("c"))
    cells = [cell_of(row.values["c"], told) if "c" in row.values else "" for row in rows]
    own = TypedCells.OWN if told.typed_cells else None
    form = BinaryForm.BASE64 if told.type == "B" else None
    spec = ColumnSpec("c", "c", DynamoType(told.type), BlankMeans(told.blank), binary=form, typed_cells=own)
    assert [json.dumps(one, sort_keys=True) for one in written(cells, spec)] == [
        json.dumps(one, sort_keys=True) for one in mixed
    ]
