"""Items in DynamoDB JSON compared as the service compares them: `1.0` is `1`, a set has no order."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Context, Decimal, InvalidOperation
from typing import Any

_DIGITS = Context(prec=60)

Item = dict[str, dict[str, Any]]


def parse_put(put: bytes) -> Item:
    """The item of a put request."""
    item: Item = json.loads(put)["PutRequest"]["Item"]
    return item


def canonical(value: dict[str, Any]) -> tuple[Any, ...]:
    """A hashable form of one value, equal for values that DynamoDB holds equal."""
    ((kind, inner),) = value.items()
    if kind == "N":
        return ("N", _number(inner))
    if kind == "NS":
        return ("NS", frozenset(_number(one) for one in inner))
    if kind in ("SS", "BS"):
        return (kind, frozenset(inner))
    if kind == "L":
        return ("L", tuple(canonical(one) for one in inner))
    if kind == "M":
        return ("M", frozenset((name, canonical(one)) for name, one in inner.items()))
    return (kind, inner)


def canonical_item(item: Item) -> tuple[Any, ...]:
    """A hashable form of a whole item."""
    return canonical({"M": item})


def canonical_key(item: Item, key: Sequence[str]) -> tuple[Any, ...]:
    """A hashable form of the item's key attributes; raises KeyError when it lacks one."""
    return tuple(canonical(item[name]) for name in key)


def match_items(ours: Sequence[bytes], returned: Sequence[Item], key: Sequence[str]) -> list[int] | None:
    """Which of our puts the service handed back, as indexes into `ours`; None if one of them is not ours.

    Without `key` whole items are compared.
    """
    form = (lambda item: canonical_key(item, key)) if key else canonical_item
    try:
        places = {form(parse_put(put)): index for index, put in enumerate(ours)}
        return sorted({places[form(item)] for item in returned})
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def has_repeated_key(puts: Sequence[bytes], key: Sequence[str]) -> bool:
    """Whether two of the puts have one key."""
    try:
        return len({canonical_key(parse_put(put), key) for put in puts}) < len(puts)
    except (KeyError, TypeError, ValueError):
        return False


def _number(text: str) -> Any:
    try:
        return Decimal(text).normalize(_DIGITS)
    except InvalidOperation:
        return text
