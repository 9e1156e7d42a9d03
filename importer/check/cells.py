"""One text → one value: yes/no, binary, sets, JSON lists and maps. Pure.

Each answers (value text, code): code "" is success; see `typed.TypedColumn` for the value texts.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable
from typing import Any

from importer.check.number_text import canonical_number, may_be_thousands

Member = Callable[[str], tuple[str, str]]

TRUE_WORDS = frozenset({"true", "t", "yes", "y", "on", "1"})
FALSE_WORDS = frozenset({"false", "f", "no", "n", "off", "0"})

MAX_DEPTH = 32
"""AWS Developer Guide, "Constraints": nested attributes up to 32 levels deep."""


def boolean_text(text: str) -> tuple[str, str]:
    """ "true" or "false"."""
    word = text.lower()
    if word in TRUE_WORDS:
        return "true", ""
    return ("false", "") if word in FALSE_WORDS else ("", "not_a_boolean")


def null_text(text: str) -> tuple[str, str]:
    """A column of type NULL takes blanks and the word null only."""
    return ("", "") if text.lower() == "null" else ("", "not_null")


def base64_text(text: str) -> tuple[str, str]:
    """The same bytes, canonically encoded (RFC 4648, 4)."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return "", "not_base64"
    return base64.b64encode(raw).decode("ascii"), ""


def hex_text(text: str) -> tuple[str, str]:
    """The same bytes in base64; `0x` may stand before the digits, and nothing between them."""
    digits = text[2:] if text[:2] in ("0x", "0X") else text
    if len(digits) % 2 or not digits.isascii() or not digits.isalnum():
        return "", "not_hex"
    try:
        return base64.b64encode(bytes.fromhex(digits)).decode("ascii"), ""
    except ValueError:
        return "", "not_hex"


def set_members(text: str, separator: str, member_of: Member | None = None) -> tuple[str, str]:
    """JSON array of the members, each once, in the order they come.

    A cell is a JSON array (of texts or numbers) or its members with `separator` between them, trimmed. `member_of`:
    one member's text → its value, or a code.
    """
    parts = _json_members(text)
    is_whole = parts is None and separator not in text and _may_be_several(text)
    if parts is None:
        parts = [part.strip() for part in text.split(separator)]
    if not all(parts):
        return "", "empty_set_element"
    if not parts:
        return "", "empty_set"
    members = [(member_of or text_member)(part) for part in parts]
    if (fatal := next((code for value, code in members if not value), "")) != "":
        return "", fatal
    distinct = list(dict.fromkeys(value for value, _ in members))
    repeats = "other_separator" if is_whole else "" if len(distinct) == len(members) else "set_repeats_removed"
    return _dump(distinct), next((code for _, code in members if code), repeats)


_OTHER_SIGNS = re.compile(r"[,;|/\n\t\u3001\uff0c\uff1b\u061b\u060c\u00b7\u2022]")
"""What stands between the values of a cell in lists of people: commas and semicolons of any script, bars, bullets."""


def _may_be_several(text: str) -> bool:
    """Whether another sign than the set's may stand between several members."""
    parts = _OTHER_SIGNS.split(text)
    return len(parts) > 1 and sum(bool(part.strip()) for part in parts) > 1 and "://" not in text


def text_member(text: str) -> tuple[str, str]:
    """One member of a set of texts; that it was a number of JSON is told."""
    return text, "number_as_text" if isinstance(text, JsonNumber) else ""


def number_member(text: str) -> tuple[str, str]:
    """One member of a set of numbers, canonical; that it loses leading zeros, or may have a point for thousands, is
    told. A number of JSON has decimal points only."""
    try:
        value = canonical_number(text)
    except ValueError as error:
        return "", str(error)
    if re.match(r"[+-]?0[0-9]", text):
        return value, "leading_zeros_lost"
    if text.startswith("+"):
        return value, "plus_lost"
    return value, "maybe_thousands" if may_be_thousands(text) and not isinstance(text, JsonNumber) else ""


def json_list(text: str, *, is_plain: bool = False) -> tuple[str, str]:
    """The inner value of an L in DynamoDB JSON; the cell is plain JSON or DynamoDB JSON (see `_is_dynamo_json`), and
    the code tells which. `is_plain`: nothing but plain JSON."""
    return _json_value(text, "L", "not_a_json_list", is_plain=is_plain)


def json_map(text: str, *, is_plain: bool = False) -> tuple[str, str]:
    """The inner value of an M in DynamoDB JSON; cells as for `json_list`."""
    return _json_value(text, "M", "not_a_json_map", is_plain=is_plain)


NULL_VALUE = '{"NULL":true}'


def typed_value_text(text: str, kind: str, *, own: bool) -> tuple[str, str, str]:
    """A whole value in DynamoDB JSON: its text where it is of type `kind` (as `typed.TypedColumn` has it), the whole
    value where it is NULL or (with `own`) of another type, and a code."""
    try:
        value = parse_json(text)
        if not _is_dynamo_json(value):
            return "", "", "not_a_typed_value"
        whole = as_dynamo_json(value)
        dumped = _dump(whole)
        dumped.encode("utf-8")
    except (JsonProblem, RecursionError):
        return "", "", "json_too_deep"
    except (ValueError, UnicodeEncodeError):
        return "", "", "not_a_typed_value"
    ((type_, inner),) = whole.items()
    if type_ == kind and type_ != "NULL":
        return (str(inner).lower() if type_ == "BOOL" else inner if isinstance(inner, str) else _dump(inner)), "", ""
    return ("", dumped, "") if own or type_ == "NULL" else ("", "", "other_type")


def _json_members(text: str) -> list[str] | None:
    """The members of a set that is written as a JSON array of texts or numbers, or as DynamoDB JSON writes a set."""
    if text[:1] not in ("[", "{"):
        return None
    try:
        value = parse_json(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, dict) and len(value) == 1:
        ((kind, inner),) = value.items()
        value = inner if kind in ("SS", "NS", "BS") else None
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        return None
    return [*value]


class JsonProblem(ValueError):
    """Carries a code."""


class JsonNumber(str):
    """A JSON number, still as it was written."""

    __slots__ = ()


class RepeatedNames(dict[str, Any]):
    """A JSON object that names a member twice."""


def parse_json(text: str | bytes) -> Any:
    """The JSON value; numbers as `JsonNumber`, objects with a name twice as `RepeatedNames`.

    Raises ValueError (JsonProblem for NaN and Infinity), RecursionError when it is nested a thousand deep.
    """
    return json.loads(
        text,
        parse_float=JsonNumber,
        parse_int=JsonNumber,
        parse_constant=_refuse_constant,
        object_pairs_hook=_marking_repeats,
    )


def _json_value(text: str, kind: str, code: str, *, is_plain: bool) -> tuple[str, str]:
    try:
        value, told = _unwrapped(parse_json(text), kind, is_plain=is_plain)
        if not isinstance(value, list if kind == "L" else dict):
            return "", code
        if told == "read_as_dynamodb_json":
            inner = as_dynamo_json({kind: value})[kind]
        else:
            (inner,) = dynamo_json(value).values()
        dumped = _dump(inner)
        dumped.encode("utf-8")
    except JsonProblem as problem:
        return "", str(problem)
    except RecursionError:
        return "", "json_too_deep"
    except (ValueError, UnicodeEncodeError):
        return "", code
    return dumped, told


def _unwrapped(value: Any, kind: str, *, is_plain: bool) -> tuple[Any, str]:
    """The list or map in a cell, and the code of the way in which it is written: one of `JSON_WAYS`, or "" where
    there is one way only."""
    if is_plain:
        return value, ""
    if isinstance(value, dict) and set(value) == {kind} and _is_dynamo_json(value):
        return value[kind], "read_as_dynamodb_json"
    if not value:
        return value, ""
    if _is_dynamo_json({kind: value}):
        return value, "read_as_dynamodb_json"
    return value, "maybe_dynamodb_json" if _names_a_type(value) else "read_as_plain_json"


JSON_WAYS = ("read_as_dynamodb_json", "read_as_plain_json", "maybe_dynamodb_json")
"""How a cell of a list or map was read. All cells of a column together decide what becomes of it."""


def _names_a_type(value: Any) -> bool:
    """Whether an object in it has a type of DynamoDB as its only name, as DynamoDB JSON has everywhere."""
    if isinstance(value, dict):
        is_typed = len(value) == 1 and not value.keys().isdisjoint({*_OF_KIND, "L", "M"})
        return is_typed or any(map(_names_a_type, value.values()))
    return isinstance(value, list) and any(map(_names_a_type, value))


def _is_dynamo_json(value: Any, depth: int = 1) -> bool:
    """Whether a JSON value is one attribute value in DynamoDB JSON: an object whose only name is a type, with a value
    of that type. The console's download and `scan` write nested values so. A plain list of such objects would be
    taken for it too, so a cell that was read so is always told."""
    if not isinstance(value, dict) or isinstance(value, RepeatedNames) or len(value) != 1 or depth > MAX_DEPTH + 1:
        return False
    ((kind, inner),) = value.items()
    if kind == "L":
        return isinstance(inner, list) and all(_is_dynamo_json(one, depth + 1) for one in inner)
    if kind == "M":
        return _is_object(inner) and all(_is_dynamo_json(one, depth + 1) for one in inner.values())
    return kind in _OF_KIND and _OF_KIND[kind](inner)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict) and not isinstance(value, RepeatedNames)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and not isinstance(value, JsonNumber)


def _is_set(value: Any, fits: Callable[[Any], bool]) -> bool:
    return isinstance(value, list) and bool(value) and all(fits(one) for one in value)


def _is_number_text(value: Any) -> bool:
    return _is_text(value) and number_member(value)[0] != ""


def _is_base64(value: Any) -> bool:
    return _is_text(value) and not base64_text(value)[1]


_OF_KIND: dict[str, Callable[[Any], bool]] = {
    "S": _is_text,
    "N": _is_number_text,
    "B": _is_base64,
    "BOOL": lambda value: isinstance(value, bool),
    "NULL": lambda value: value is True,
    "SS": lambda value: _is_set(value, _is_text),
    "NS": lambda value: _is_set(value, _is_number_text),
    "BS": lambda value: _is_set(value, _is_base64),
}


def as_dynamo_json(value: dict[str, Any], depth: int = 1) -> dict[str, Any]:
    """A value that is DynamoDB JSON already, its numbers canonical. Raises JsonProblem when it is nested too deep."""
    if depth > MAX_DEPTH:
        raise JsonProblem("json_too_deep")
    ((kind, inner),) = value.items()
    if kind == "L":
        return {"L": [as_dynamo_json(one, depth + 1) for one in inner]}
    if kind == "M":
        return {"M": {name: as_dynamo_json(one, depth + 1) for name, one in inner.items()}}
    if kind == "N":
        return {"N": canonical_number(inner)}
    if kind == "NS":
        return {"NS": list(dict.fromkeys(canonical_number(one) for one in inner))}
    return {kind: list(dict.fromkeys(inner)) if kind in ("SS", "BS") else inner}


def dynamo_json(value: Any, depth: int = 1) -> dict[str, Any]:
    """`value` in DynamoDB JSON; numbers come in as `JsonNumber`. Raises JsonProblem with a code."""
    if depth > MAX_DEPTH:
        raise JsonProblem("json_too_deep")
    if isinstance(value, RepeatedNames):
        raise JsonProblem("json_name_repeated")
    if isinstance(value, JsonNumber):
        return {"N": _number(value)}
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, bool):
        return {"BOOL": value}
    if value is None:
        return {"NULL": True}
    if isinstance(value, list):
        return {"L": [dynamo_json(one, depth + 1) for one in value]}
    return {"M": {name: dynamo_json(one, depth + 1) for name, one in value.items()}}


def _number(text: str) -> str:
    try:
        return canonical_number(text)
    except ValueError as error:
        raise JsonProblem(str(error)) from None


def _refuse_constant(_: str) -> Any:
    raise JsonProblem("not_a_number")


def _marking_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    return out if len(out) == len(pairs) else RepeatedNames(pairs)


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
