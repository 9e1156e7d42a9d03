"""DynamoDB's limits for one key and one item in DynamoDB JSON. Pure, the standard library alone.

Sizes: AWS Developer Guide, "DynamoDB item sizes and formats"; limits: "Quotas" and "Constraints". `limits` holds the
same for whole columns. The endpoint's function takes this module along.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

MAX_ITEM_BYTES = 400 * 1024
"""Attribute names and values together."""

MAX_PARTITION_KEY_BYTES = 2048
MAX_SORT_KEY_BYTES = 1024


def number_size(text: str) -> int:
    """One byte for two significant digits and one more; one for a minus sign."""
    digits = text.upper().split("E")[0].translate({ord(sign): None for sign in "-+."})
    return (len(digits.strip("0")) + 1) // 2 + 1 + text.startswith("-")


def value_size(kind: str, inner: Any) -> int:
    """Size in bytes of `{kind: inner}`. A list or map costs 3 bytes and 1 for each element; a set nothing more."""
    if kind in _FLAT_SIZES:
        return _FLAT_SIZES[kind](inner)
    if kind in _MEMBER_KINDS:
        return sum(_FLAT_SIZES[_MEMBER_KINDS[kind]](one) for one in inner)
    if kind == "L":
        return 3 + sum(1 + _only_size(one) for one in inner)
    if kind == "M":
        return 3 + sum(1 + len(name.encode()) + _only_size(one) for name, one in inner.items())
    return 1


_FLAT_SIZES: dict[str, Callable[[str], int]] = {
    "S": lambda text: len(text.encode()),
    "N": number_size,
    "B": lambda base64: len(base64) // 4 * 3 - base64.count("="),
}


_MEMBER_KINDS = {"SS": "S", "NS": "N", "BS": "B"}


def item_size(item: dict[str, dict[str, Any]]) -> int:
    """Size in bytes of an item, attribute names included."""
    return sum(len(name.encode()) + _only_size(value) for name, value in item.items())


def _only_size(value: dict[str, Any]) -> int:
    ((kind, inner),) = value.items()
    return value_size(kind, inner)
