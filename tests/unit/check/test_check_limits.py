from __future__ import annotations

import pandas as pd
import pytest

from importer.check import ColumnSpec, DynamoType
from importer.check.convert import convert_column
from importer.check.limits import item_sizes, key_missing, key_too_long, oversized
from importer.check.typed import TypedColumn
from importer.table import MAX_ITEM_BYTES


def column(kind: DynamoType, *texts: str, attribute: str = "a") -> TypedColumn:
    return convert_column(pd.Series(list(texts), dtype="str"), ColumnSpec("c", attribute, kind)).column


@pytest.mark.parametrize(
    ("kind", "text", "size"),
    [
        (DynamoType.S, "abc", 1 + 3),
        (DynamoType.S, "ä€😀", 1 + 2 + 3 + 4),
        (DynamoType.S, "", 0),
        (DynamoType.N, "27", 1 + 2),
        (DynamoType.N, "-27", 1 + 3),
        (DynamoType.N, "123", 1 + 3),
        (DynamoType.N, "100000", 1 + 2),
        (DynamoType.BOOL, "yes", 1 + 1),
        (DynamoType.B, "YWJj", 1 + 3),
        (DynamoType.B, "YQ==", 1 + 1),
        (DynamoType.SS, "ab;c", 1 + 3),
        (DynamoType.L, '["ab", 1]', 1 + 3 + (1 + 2) + (1 + 2)),
        (DynamoType.M, '{"key": "v", "b": true}', 1 + 3 + (1 + 3 + 1) + (1 + 1 + 1)),
    ],
)
def test_sizes_by_the_rules_of_aws(kind: DynamoType, text: str, size: int) -> None:
    assert item_sizes([column(kind, text)], 1).tolist() == [size]


def test_an_item_of_exactly_400_kb_is_in_and_one_byte_more_is_out() -> None:
    assert MAX_ITEM_BYTES == 409_600
    fits, too_big = "x" * (409_600 - 1), "x" * 409_600
    assert oversized(item_sizes([column(DynamoType.S, fits, too_big)], 2)).tolist() == [False, True]


def test_an_item_is_measured_over_all_its_attributes_in_bytes() -> None:
    parts = [column(DynamoType.S, "é" * 102_399, attribute="n1"), column(DynamoType.S, "é" * 102_399, attribute="n2")]
    assert item_sizes(parts, 1).tolist() == [4 + 4 * 102_399]
    assert oversized(item_sizes(parts, 1)).tolist() == [False]
    assert oversized(item_sizes([*parts, column(DynamoType.S, "x", attribute="n3")], 1)).tolist() == [True]


def test_keys_at_their_exact_edges() -> None:
    keys = column(DynamoType.S, "x" * 2048, "x" * 2049, "é" * 1024, "é" * 1025, "x" * 1024, "x" * 1025)
    assert key_too_long(keys, sort=False).tolist() == [False, True, False, True, False, False]
    assert key_too_long(keys, sort=True).tolist() == [True, True, True, True, False, True]


def test_a_key_of_nothing_or_of_spaces_is_missing() -> None:
    assert key_missing(column(DynamoType.S, "", "  ", "\u00a0\u200b", "x")).tolist() == [True, True, True, False]
    assert key_missing(column(DynamoType.N, "", "0")).tolist() == [True, False]
