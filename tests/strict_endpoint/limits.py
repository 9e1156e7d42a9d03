"""AWS's limits, written down a second time and plainly, so that the tests do not trust the code they test."""

from __future__ import annotations

import re
from decimal import Decimal

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\Z")


class Refused(Exception):
    """What the service answers: a code and a text that, as real engines do, may quote the item."""

    def __init__(self, code: str, text: str, **more: object) -> None:
        super().__init__(text)
        self.code, self.text, self.more = code, text, more


def invalid(text: str) -> Refused:
    """The most common refusal."""
    return Refused("ValidationException", text)


def check_item(item: dict, key: tuple[str, ...]) -> int:
    """Bytes of the item; raises Refused for one that DynamoDB does not take."""
    for place, name in enumerate(key):
        if name not in item:
            raise invalid("One or more parameter values were invalid: Missing the key " + name + " in the item")
        check_key(item[name], name, 2048 if place == 0 else 1024, "hashkey" if place == 0 else "rangekey")
    for value in item.values():
        check_value(value)
    size_bytes = size_of_item(item)
    if size_bytes > 400 * 1024:
        raise invalid("Item size has exceeded the maximum allowed size")
    return size_bytes


def check_key(value: dict, name: str, most: int, word: str) -> None:
    """A key is text, number or bytes, not empty, and short."""
    ((kind, inner),) = value.items()
    if kind not in ("S", "N", "B"):
        raise invalid(
            f"One or more parameter values were invalid: Type mismatch for key {name} expected: S actual: {kind}"
        )
    if inner == "":
        raise invalid(
            "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an "
            f"empty string value. Key: {name}"
        )
    if kind == "S" and len(inner.encode()) > most:
        raise invalid(
            f"One or more parameter values were invalid: Size of {word} has exceeded the maximum size limit"
        )


def check_value(value: dict) -> None:
    """One attribute value, all the way down."""
    if not isinstance(value, dict) or len(value) != 1:
        raise invalid("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes")
    ((kind, inner),) = value.items()
    if kind == "N":
        check_number(inner)
    elif kind in ("SS", "NS", "BS"):
        check_set(kind, inner)
    elif kind in ("L", "M"):
        for one in inner if kind == "L" else inner.values():
            check_value(one)
    elif kind not in ("S", "B", "BOOL", "NULL"):
        raise Refused("SerializationException", "Unexpected token")


def check_set(kind: str, inner: list[str]) -> None:
    """Not empty, no empty element, none twice."""
    if not inner:
        raise invalid("One or more parameter values were invalid: An string set  may not be empty")
    if kind != "NS" and "" in inner:
        raise invalid("One or more parameter values were invalid: An string set may not have a empty string")
    if len(set(inner)) != len(inner):
        raise invalid("One or more parameter values were invalid: Input collection contains duplicates.")
    for one in inner if kind == "NS" else ():
        check_number(one)


def check_number(text: str) -> None:
    """38 significant digits, magnitude 1E-130 to 9.99…E+125."""
    if not isinstance(text, str) or not _NUMBER.match(text):
        raise invalid("The parameter cannot be converted to a numeric value: " + str(text))
    number = Decimal(text)
    digits = "".join(map(str, number.as_tuple().digits)).strip("0")
    if len(digits) > 38:
        raise invalid("Attempting to store more than 38 significant digits in a Number")
    if number and number.adjusted() > 125:
        raise invalid("Number overflow. Attempting to store a number with magnitude larger than supported range")
    if number and number.adjusted() < -130:
        raise invalid("Number underflow. Attempting to store a number with magnitude smaller than supported range")


def size_of_item(item: dict) -> int:
    """Bytes by AWS's rules."""
    return sum(len(name.encode()) + _size(value) for name, value in item.items())


def _size(value: dict) -> int:
    ((kind, inner),) = value.items()
    if kind in ("SS", "NS", "BS"):
        return sum(_size({kind[0]: one}) for one in inner)
    if kind == "L":
        return 3 + sum(1 + _size(one) for one in inner)
    if kind == "M":
        return 3 + sum(1 + len(name.encode()) + _size(one) for name, one in inner.items())
    if kind == "N":
        digits = re.sub(r"[eE].*|[-+.]", "", inner).strip("0")
        return (len(digits) + 1) // 2 + 1 + inner.startswith("-")
    if kind == "B":
        return len(inner) // 4 * 3 - inner.count("=")
    return len(inner.encode()) if kind == "S" else 1


def key_of(item: dict, key: tuple[str, ...]) -> tuple:
    """What tells items apart: numbers by their value."""
    parts = []
    for name in key:
        ((kind, inner),) = item[name].items()
        parts.append((kind, Decimal(inner).normalize() if kind == "N" else inner))
    return tuple(parts)
