from __future__ import annotations

import base64

import numpy as np
import pandas as pd
import pytest
from check_memory_stage import frame_of
from hypothesis import given
from hypothesis import strategies as st

from importer.check import BlankMeans, ColumnSpec, DynamoType, Schema, convert_chunk
from importer.check.convert import convert_column
from importer.errors import ConfigError, FatalError


def cells(*texts: str) -> pd.Series:
    return pd.Series(list(texts), dtype="str")


def converted(kind: DynamoType, *texts: str, blank: BlankMeans = BlankMeans.OMIT, separator: str = ";") -> list[str]:
    return convert_column(cells(*texts), ColumnSpec("c", "a", kind, blank, separator=separator)).column.text.tolist()


def failure(kind: DynamoType, text: str, separator: str = ";") -> str:
    conversion = convert_column(cells(text), ColumnSpec("c", "a", kind, separator=separator))
    assert all(mask.tolist() == [True] for mask in conversion.failures.values())
    return ",".join(conversion.failures)


TRAPS = (
    "00123",
    "+1 555",
    "NA",
    "null",
    "1e5",
    "TRUE",
    " x ",
    "=1+1",
    "nan",
    "\u00a0",
    "2024-01-02",
    "ﬁ",
    "a\nb",
    "\x00",
)


def test_text_stays_text() -> None:
    assert converted(DynamoType.S, *TRAPS) == list(TRAPS)


def test_yes_and_no_have_many_words() -> None:
    assert converted(DynamoType.BOOL, "yes", "No", "TRUE", "f", "1", "0", "Y", "off") == [
        "true", "false", "true", "false", "true", "false", "true", "false",
    ]  # fmt: skip
    assert failure(DynamoType.BOOL, "maybe") == "not_a_boolean"


def test_a_set_has_each_member_once_and_no_empty_one() -> None:
    assert converted(DynamoType.SS, "a; b;c", "x") == ['["a","b","c"]', '["x"]']
    assert converted(DynamoType.SS, "a|b", separator="|") == ['["a","b"]']
    assert converted(DynamoType.SS, "a;a;b") == ['["a","b"]']
    assert failure(DynamoType.SS, "a;a;b") == "set_repeats_removed"
    assert failure(DynamoType.SS, "a;;b") == "empty_set_element"
    assert failure(DynamoType.SS, "a;") == "empty_set_element"


def test_json_keeps_numbers_as_they_are_written() -> None:
    assert converted(DynamoType.L, '[1.10, "x", true, null, [1e2]]') == [
        '[{"N":"1.1"},{"S":"x"},{"BOOL":true},{"NULL":true},{"L":[{"N":"100"}]}]'
    ]
    assert converted(DynamoType.M, '{"ä": {"n": 12345678901234567890123456789012345678}}') == [
        '{"ä":{"M":{"n":{"N":"12345678901234567890123456789012345678"}}}}'
    ]


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        (DynamoType.L, "{}", "not_a_json_list"),
        (DynamoType.L, "[1", "not_a_json_list"),
        (DynamoType.M, "[]", "not_a_json_map"),
        (DynamoType.M, "x", "not_a_json_map"),
        (DynamoType.M, '{"a": NaN}', "not_a_number"),
        (DynamoType.M, '{"a": ' + "9" * 39 + "}", "number_too_precise"),
        (DynamoType.M, '{"a": 1e126}', "number_out_of_range"),
        (DynamoType.M, '{"a": 1, "a": 2}', "json_name_repeated"),
        (DynamoType.M, '{"a": "\\ud800"}', "not_a_json_map"),
        (DynamoType.L, "[" * 33 + "]" * 33, "json_too_deep"),
        (DynamoType.L, "[" * 100_000, "json_too_deep"),
        (DynamoType.B, "abc", "not_base64"),
        (DynamoType.B, "ab c=", "not_base64"),
        (DynamoType.B, "é", "not_base64"),
        (DynamoType.NULL, "x", "not_null"),
        (DynamoType.N, "x", "not_a_number"),
        (DynamoType.N, "007", "leading_zeros_lost"),
    ],
)
def test_what_does_not_convert_has_one_code(kind: DynamoType, text: str, code: str) -> None:
    assert failure(kind, text) == code


def test_lists_may_be_nested_32_deep() -> None:
    assert failure(DynamoType.L, "[" * 31 + "]" * 31) == "read_as_plain_json"


@given(st.binary(min_size=1, max_size=30))
def test_base64_keeps_every_byte(raw: bytes) -> None:
    (text,) = converted(DynamoType.B, base64.b64encode(raw).decode())
    assert base64.b64decode(text) == raw


def test_a_blank_is_omitted_or_null_or_empty() -> None:
    for means, present, null in (
        (BlankMeans.OMIT, [True, False], [False, False]),
        (BlankMeans.NULL, [True, True], [False, True]),
        (BlankMeans.EMPTY, [True, True], [False, False]),
    ):
        column = convert_column(cells("x", ""), ColumnSpec("c", "a", DynamoType.S, means)).column
        assert (column.present.tolist(), column.null.tolist()) == (present, null)
    assert converted(DynamoType.L, "", blank=BlankMeans.EMPTY) == ["[]"]
    assert converted(DynamoType.M, "", blank=BlankMeans.EMPTY) == ["{}"]
    assert converted(DynamoType.N, "", "5", blank=BlankMeans.NULL) == ["", "5"]


@pytest.mark.parametrize("kind", ["N", "BOOL", "SS", "NULL"])
def test_an_empty_value_that_dynamodb_does_not_have_is_refused(kind: str) -> None:
    spec = ColumnSpec("c", "a", DynamoType(kind), BlankMeans.EMPTY)
    with pytest.raises(ConfigError, match=f'column "c": blank cannot be empty for type {kind}'):
        Schema((ColumnSpec("k", "k"), spec), ("k",))


def test_a_null_column_is_null() -> None:
    column = convert_column(cells("", "NULL"), ColumnSpec("c", "a", DynamoType.NULL, BlankMeans.NULL)).column
    assert column.null.tolist() == [True, True]


SCHEMA = Schema(
    (ColumnSpec("E-Mail", "email"), ColumnSpec("n", "n", DynamoType.N), ColumnSpec("x", None)), ("email",)
)


def test_convert_chunk_gives_one_column_for_each_attribute() -> None:
    first, second = convert_chunk(frame_of(E_Mail=["a@b.co", "c@d.co"], n=["007", ""], x=["", ""]), SCHEMA)
    assert (first.attribute, first.type, first.text.tolist()) == ("email", DynamoType.S, ["a@b.co", "c@d.co"])
    assert (second.attribute, second.type, second.text.tolist()) == ("n", DynamoType.N, ["7", ""])
    assert second.present.tolist() == [True, False]
    assert second.text.index.tolist() == [2, 3]


def test_convert_chunk_never_drops_what_does_not_convert() -> None:
    with pytest.raises(FatalError, match='Column "n": 1 cells of rows called ready cannot be written as N') as error:
        convert_chunk(frame_of(E_Mail=["a@b.co", "c@d.co"], n=["7", "secret-value"], x=["", ""]), SCHEMA)
    assert "secret-value" not in str(error.value)


def test_an_empty_chunk_converts() -> None:
    frame = frame_of(E_Mail=["a"], n=["1"], x=[""]).iloc[:0]
    assert [len(column.text) for column in convert_chunk(frame, SCHEMA)] == [0, 0]
    assert convert_chunk(frame, SCHEMA)[0].present.dtype == np.bool_
