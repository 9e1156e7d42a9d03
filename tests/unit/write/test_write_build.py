"""Columns become the same JSON as a plain serializer, cell by cell, would write."""

from __future__ import annotations

import json
import random

import numpy as np
import pandas as pd
import pytest
from strict_endpoint.kit import typed
from strict_endpoint.limits import size_of_item

from importer.check import DynamoType, TypedColumn
from importer.errors import FatalError
from importer.write import build_puts

ALPHABET = [
    *"abcXYZ019 ,;'<>&{}[]:/",
    '"', "\\", "\n", "\r", "\t", "\b", "\f", "\x00", "\x01", "\x1f", "\x7f", "\x85",
    "é", "ß", "Ł", "中", "\u2028", "\ufeff", "😀", "\U0010ffff",
]  # fmt: skip


def random_text(dice: random.Random) -> str:
    return "".join(dice.choice(ALPHABET) for _ in range(dice.choice([0, 1, 3, 40])))


def random_value(dice: random.Random, kind: str) -> str:
    makers = {
        "S": lambda: random_text(dice),
        "N": lambda: dice.choice(["0", "1", "-7", "12300", "0.0045", "-1.5E+10", "9.99E+125", "1E-130"]),
        "BOOL": lambda: dice.choice(["true", "false"]),
        "B": lambda: dice.choice(["", "YQ==", "YWI=", "YWJj"]),
        "SS": lambda: json.dumps(sorted({f"{random_text(dice)}x{i}" for i in range(3)}), ensure_ascii=False),
        "L": lambda: json.dumps([{"S": random_text(dice)}, {"N": "1"}], ensure_ascii=False),
        "M": lambda: json.dumps({"k": {"S": random_text(dice)}, "m": {"M": {}}}, ensure_ascii=False),
        "NULL": lambda: "",
    }
    return makers[kind]()


def reference(columns: list[TypedColumn], row: int) -> dict:
    item = {}
    for column in columns:
        if not column.present[row]:
            continue
        text = column.text.iloc[row]
        if column.null[row] or column.type is DynamoType.NULL:
            item[column.attribute] = {"NULL": True}
        elif column.type.value in ("S", "N", "B"):
            item[column.attribute] = {column.type.value: text}
        else:
            item[column.attribute] = {column.type.value: json.loads(text)}
    return {"PutRequest": {"Item": item}}


def random_columns(dice: random.Random, rows: int) -> list[TypedColumn]:
    columns = [typed("email", "S", [f"p{row}@example.com" for row in range(rows)])]
    for place in range(8):
        kind = dice.choice(["S", "N", "BOOL", "B", "SS", "L", "M", "NULL"])
        gaps = dice.choice([0.0, 0.3, 1.0])
        texts = [None if dice.random() < gaps else random_value(dice, kind) for _ in range(rows)]
        nulls = [row for row in range(rows) if texts[row] is not None and dice.random() < dice.choice([0, 0.2])]
        name = dice.choice(["plain", 'quo"te', "back\\slash", "tab\t", "naïve"]) + str(place)
        columns.append(typed(name, kind, texts, nulls))
    dice.shuffle(columns)
    return columns


@pytest.mark.parametrize("seed", range(40))
def test_random_columns_equal_the_reference(seed: int) -> None:
    dice = random.Random(seed)
    rows = dice.choice([1, 2, 30])
    columns = random_columns(dice, rows)
    puts = build_puts(columns, key=("email",))
    assert len(puts) == rows
    for row, body in enumerate(puts.bodies):
        wanted = reference(columns, row)
        assert json.loads(body) == wanted
        assert puts.size_bytes[row] == size_of_item(wanted["PutRequest"]["Item"])


def test_bytes_are_utf8_without_escapes_where_none_is_needed() -> None:
    puts = build_puts([typed("email", "S", ["zoë@example.com"]), typed("n", "N", ["12"])])
    assert list(puts.bodies) == ['{"PutRequest":{"Item":{"email":{"S":"zoë@example.com"},"n":{"N":"12"}}}}'.encode()]


def test_control_characters_quotes_and_backslashes_are_escaped() -> None:
    puts = build_puts([typed("email", "S", ['a"b\\c\nd\x01'])])
    assert puts.bodies[0] == b'{"PutRequest":{"Item":{"email":{"S":"a\\"b\\\\c\\nd\\u0001"}}}}'


def test_absent_is_left_out_and_null_is_null() -> None:
    puts = build_puts([typed("email", "S", ["a", "b", "c"]), typed("x", "S", ["1", None, ""], nulls=[2])])
    bodies = [json.loads(body)["PutRequest"]["Item"] for body in puts.bodies]
    assert bodies == [
        {"email": {"S": "a"}, "x": {"S": "1"}},
        {"email": {"S": "b"}},
        {"email": {"S": "c"}, "x": {"NULL": True}},
    ]


def test_no_column_complete_still_gives_valid_json() -> None:
    puts = build_puts([typed("a", "S", ["1", None]), typed("b", "S", [None, "2"])])
    assert list(puts.bodies) == [
        b'{"PutRequest":{"Item":{"a":{"S":"1"}}}}',
        b'{"PutRequest":{"Item":{"b":{"S":"2"}}}}',
    ]


def test_a_sliced_series_is_read_from_its_own_rows() -> None:
    text = pd.Series(['q"uote', "two", "three"], dtype="str").iloc[1:]
    column = TypedColumn("email", DynamoType.S, text, np.ones(2, bool), np.zeros(2, bool))
    assert [json.loads(body)["PutRequest"]["Item"]["email"]["S"] for body in build_puts([column]).bodies] == [
        "two",
        "three",
    ]


def test_write_units_are_started_kilobytes() -> None:
    # "email" is 5 bytes: 1,019 more make 1,024
    puts = build_puts([typed("email", "S", ["x" * 1019, "y" * 1020, "z"])])
    assert puts.size_bytes.tolist() == [1024, 1025, 6]
    assert puts.wcu.tolist() == [1, 2, 1]


def test_two_rows_with_one_key_are_refused() -> None:
    with pytest.raises(FatalError, match="1 of 3 rows repeat a key"):
        build_puts([typed("email", "S", ["a", "b", "a"])], key=("email",))


def test_keys_of_two_parts_are_compared_as_pairs() -> None:
    build_puts([typed("p", "S", ["a", "a", "ab"]), typed("s", "S", ["b", "c", ""])], key=("p", "s"))


def test_nothing_mapped_is_said() -> None:
    with pytest.raises(FatalError, match="No column is mapped"):
        build_puts([])


def test_a_range_of_puts_cuts_without_copying_rows() -> None:
    puts = build_puts([typed("email", "S", ["a", "b", "c", "d"])])
    middle = puts.bodies[1:3]
    assert len(middle) == 2
    assert middle[-1] == puts.bodies[2]
    assert middle.joined == puts.bodies[1] + b"," + puts.bodies[2]
    assert puts.bodies[4:4].joined == b""
    with pytest.raises(IndexError):
        middle[2]
    with pytest.raises(ValueError, match="neighbours"):
        middle[::2]
