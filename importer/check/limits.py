"""DynamoDB's own limits, over whole columns. Pure.

Sizes: AWS Developer Guide, "DynamoDB item sizes and formats"; limits: "Quotas" and "Constraints".
Number limits are in `numbers`, set and JSON limits in `cells`: they are met while a text is converted.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from importer.check.schema import DynamoType
from importer.check.text import arrow_text, filled, readable
from importer.check.typed import TypedColumn
from importer.profile import TrimmedCells
from importer.table import MAX_ITEM_BYTES, MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES, value_size


def item_sizes(columns: Sequence[TypedColumn], rows: int) -> np.ndarray:
    """Size in bytes of each row's item (int64), attribute names included."""
    sizes: np.ndarray = np.zeros(rows, dtype=np.int64)
    for column in columns:
        name_bytes = len(column.attribute.encode())
        values = value_sizes(column)
        if column.null.any():
            values = np.where(column.null, 1, values)
        sizes += values + name_bytes if column.present.all() else np.where(column.present, values + name_bytes, 0)
    return sizes


def write_units(sizes: np.ndarray) -> np.ndarray:
    """Write units (WCU) of items of these sizes in bytes: one for each KB begun, and never none (int64).

    Developer Guide, "Read/write capacity mode"; those of the table's indexes come on top.
    """
    units: np.ndarray = np.maximum(1, (sizes + 1023) // 1024)
    return units


def oversized(sizes: np.ndarray) -> np.ndarray:
    """True where an item of so many bytes is over 400 KB."""
    too_big: np.ndarray = sizes > MAX_ITEM_BYTES
    return too_big


def value_sizes(column: TypedColumn) -> np.ndarray:
    """Size in bytes of each value, without the attribute's name; meaningless where the value is absent or null."""
    if column.other is not None:
        others = np.array([_whole_size(one) if one else -1 for one in arrow_text(column.other).to_pylist()])
        plain = value_sizes(replace(column, other=None))
        return np.where(others >= 0, others, plain)
    text = arrow_text(column.text)
    if column.type is DynamoType.S:
        return _lengths(text)
    if column.type is DynamoType.N:
        return _number_sizes(text)
    if column.type is DynamoType.B:
        return _binary_sizes(text)
    if column.type in (DynamoType.BOOL, DynamoType.NULL):
        return np.ones(len(text), dtype=np.int64)
    kind = column.type.value
    return np.array([nested_size(kind, one) if one else 0 for one in text.to_pylist()], dtype=np.int64)


def _lengths(text: pa.Array) -> np.ndarray:
    lengths: np.ndarray = pc.binary_length(text).to_numpy(zero_copy_only=False).astype(np.int64)
    return lengths


def _binary_sizes(text: pa.Array) -> np.ndarray:
    padding = _lengths(text) - _lengths(pc.utf8_rtrim(text, characters="="))
    return _lengths(text) // 4 * 3 - padding


def _number_sizes(text: pa.Array) -> np.ndarray:
    """One byte for two significant digits and one more; one for a minus sign."""
    ends = TrimmedCells.of(text)
    digits = pc.replace_substring_regex(text, "E.*$", "") if ends.has(b"E") else text
    for sign in "-+.":
        digits = pc.replace_substring(digits, sign, "") if ends.has(sign.encode()) else digits
    minus = ends.first == ord("-")
    return (_lengths(pc.utf8_trim(digits, characters="0")) + 1) // 2 + 1 + minus


@lru_cache(maxsize=4096)
def _whole_size(whole: str) -> int:
    ((kind, inner),) = json.loads(whole).items()
    return value_size(kind, inner)


@lru_cache(maxsize=4096)
def nested_size(kind: str, inner: str) -> int:
    """Size in bytes of a set, list or map given as the JSON of its inner value."""
    return value_size(kind, json.loads(inner))


def key_missing(column: TypedColumn) -> np.ndarray:
    """True where a key attribute is absent, null or empty; a key of spaces only counts as empty too."""
    missing: np.ndarray = ~column.present | column.null | ~readable(column.text)
    return missing


def index_key_blank(column: TypedColumn) -> np.ndarray:
    """True where the attribute is written, but null or empty, which no index key may be."""
    blank: np.ndarray = column.present & (column.null | ~filled(column.text))
    return blank


def key_too_long(column: TypedColumn, *, sort: bool) -> np.ndarray:
    """True where a key value is over 2,048 bytes (1,024 for a sort key)."""
    too_long: np.ndarray = column.present & (
        value_sizes(column) > (MAX_SORT_KEY_BYTES if sort else MAX_PARTITION_KEY_BYTES)
    )
    return too_long
