"""One text → one value: yes/no, base64, sets, JSON lists and maps. Pure.

Each answers (value text, code): code "" is success; see `typed.TypedColumn` for the value texts.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from importer.check.number_text import canonical_number

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


def set_members(text: str, separator: str) -> tuple[str, str]:
    """JSON array of the trimmed members, each once, in the order they come."""
    members = [member.strip() for member in text.split(separator)]
    if not all(members):
        return "", "empty_set_element"
    distinct = list(dict.fromkeys(members))
    return _dump(distinct), "" if len(distinct) == len(members) else "set_repeats_removed"


def json_list(text: str) -> tuple[str, str]:
    """The inner value of an L in DynamoDB JSON."""
    return _json_value(text, list, "not_a_json_list")


def json_map(text: str) -> tuple[str, str]:
    """The inner value of an M in DynamoDB JSON."""
    return _json_value(text, dict, "not_a_json_map")


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


def _json_value(text: str, wanted: type, code: str) -> tuple[str, str]:
    try:
        value = parse_json(text)
        if not isinstance(value, wanted):
            return "", code
        (inner,) = dynamo_json(value).values()
        dumped = _dump(inner)
        dumped.encode("utf-8")
    except JsonProblem as problem:
        return "", str(problem)
    except RecursionError:
        return "", "json_too_deep"
    except (ValueError, UnicodeEncodeError):
        return "", code
    return dumped, ""


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
