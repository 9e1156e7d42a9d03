"""Dataclasses read back from JSON: what a damaged file makes of them is seen when it is read, not later. Pure, shared
by all steps."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import lru_cache
from math import isfinite
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

Made = TypeVar("Made")

UNREADABLE = (OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError, OverflowError)
"""What reading a damaged JSON file of ours raises, whatever is wrong in it (a wrong nesting or number too)."""

HALF_SIGN = re.compile("[\ud800-\udfff]")
"""What an escape in JSON or YAML can bring in and UTF-8 cannot write."""

_MOST = 2**63


def of_its_types(made: Made) -> Made:
    """`made`, a dataclass; TypeError where a field, at any depth, is not of the type that it is declared with.

    A list stands for a tuple, a whole number for a fraction, as JSON has them; whole numbers have 64 bits,
    fractions are finite, texts can be written.
    """
    for name, hint in _hints(cast(Any, type(made))).items():
        value = getattr(made, name)
        if not _fits(value, hint):
            raise TypeError(f"{type(made).__name__}.{name} is of another type")
    return made


@lru_cache
def _hints(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _fits(value: object, hint: Any) -> bool:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return any(_fits(value, one) for one in inner)
    if hint in (int, float):
        return _is_number(value, hint)
    if origin is tuple:
        return _fits_tuple(value, inner)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        each = [(_fits(key, inner[0]), _fits(one, inner[1])) for key, one in _items(value)]
        return isinstance(value, Mapping) and all(map(all, each))
    kind = NoneType if hint is None else hint
    if kind is str and isinstance(value, str):
        return not HALF_SIGN.search(value)
    if isinstance(kind, type) and is_dataclass(kind) and isinstance(value, kind):
        of_its_types(value)
    return kind is Any or not isinstance(kind, type) or isinstance(value, kind)


def _items(value: object) -> list[tuple[object, object]]:
    return list(value.items()) if isinstance(value, Mapping) else []


def _is_number(value: object, kind: type) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return kind is float and isfinite(value) if isinstance(value, float) else -_MOST <= value < _MOST


def _fits_tuple(value: object, inner: tuple[Any, ...]) -> bool:
    if not isinstance(value, tuple | list):
        return False
    if len(inner) == 2 and inner[1] is Ellipsis:
        return all(_fits(one, inner[0]) for one in value)
    return len(value) == len(inner) and all(map(_fits, value, inner))
