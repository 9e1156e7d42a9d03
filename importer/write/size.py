"""Item sizes by AWS's rules.

Source: "DynamoDB item sizes and formats", Developer Guide. An item is as large as its attribute names and values in
UTF-8. A number takes one byte for two significant digits and one more (and one for a minus sign); a boolean or null
one byte; a list or map three bytes and one for each element or pair; a set the sum of its elements.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow.compute as pc

from importer.check import DynamoType, TypedColumn


def column_sizes(column: TypedColumn, text: Any) -> Any:
    """What the attribute adds to each row's item, in bytes (int64 array); 0 where the cell is absent.

    `text` is the column's text as one Arrow array.
    """
    values = np.where(column.null, 1, _value_sizes(column.type, text))
    return np.where(column.present, values + len(column.attribute.encode()), 0)


def _value_sizes(kind: DynamoType, text: Any) -> Any:
    if kind in (DynamoType.BOOL, DynamoType.NULL):
        return np.ones(len(text), dtype=np.int64)
    if kind is DynamoType.S:
        return _ints(pc.binary_length(text))
    if kind is DynamoType.N:
        return _number_sizes(text)
    if kind is DynamoType.B:
        padding = _ints(pc.binary_length(text)) - _ints(pc.binary_length(pc.utf8_rtrim(text, "=")))
        return _ints(pc.binary_length(text)) // 4 * 3 - padding
    return np.array([_nested_size(kind.value, one) if one else 0 for one in text.to_pylist()], dtype=np.int64)


def _number_sizes(text: Any) -> Any:
    digits = pc.replace_substring_regex(text, "[eE].*$", "")
    digits = pc.utf8_trim(pc.replace_substring_regex(digits, "[-+.]", ""), "0")
    minus = _ints(pc.starts_with(text, "-"))
    return (_ints(pc.binary_length(digits)) + 1) // 2 + 1 + minus


def _ints(array: Any) -> Any:
    return array.to_numpy(zero_copy_only=False).astype(np.int64)


@lru_cache(maxsize=4096)
def _nested_size(kind: str, inner: str) -> int:
    return value_size({kind: json.loads(inner)})


def value_size(value: dict[str, Any]) -> int:
    """The size in bytes of one value in DynamoDB JSON, as `{"S": "text"}`."""
    ((kind, inner),) = value.items()
    return _PLAIN_SIZES[kind](inner) if kind in _PLAIN_SIZES else _compound_size(kind, inner)


def _compound_size(kind: str, inner: Any) -> int:
    if kind == "L":
        return 3 + sum(1 + value_size(one) for one in inner)
    if kind == "M":
        return 3 + sum(1 + len(name.encode()) + value_size(one) for name, one in inner.items())
    return sum(value_size({kind[0]: one}) for one in inner)


def item_size(item: dict[str, Any]) -> int:
    """The size in bytes of an item in DynamoDB JSON."""
    return sum(len(name.encode()) + value_size(value) for name, value in item.items())


def _number_size(text: str) -> int:
    digits = text.lower().split("e")[0]
    for mark in "-+.":
        digits = digits.replace(mark, "")
    return (len(digits.strip("0")) + 1) // 2 + 1 + text.startswith("-")


_PLAIN_SIZES: dict[str, Callable[[Any], int]] = {
    "BOOL": lambda inner: 1,
    "NULL": lambda inner: 1,
    "S": lambda inner: len(inner.encode()),
    "N": _number_size,
    "B": lambda inner: len(inner) // 4 * 3 - inner.count("="),
}
