"""Items as a person reads them: text for each attribute, numbers exact, nothing cut, nothing rounded."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from importer.errors import ConfigError
from importer.table.keys import KeyPart, TableKey


def show_item(item: Mapping[str, Mapping[str, Any]], key: TableKey) -> dict[str, str]:
    """Attribute → text: the key's attributes first, the others by name."""
    names = [name for name in key.attributes if name in item]
    names += sorted(name for name in item if name not in key.attributes)
    return {name: show_value(item[name]) for name in names}


def show_value(value: Mapping[str, Any]) -> str:
    """Text of one DynamoDB value: text and numbers as they are, `true`, `null`, `<12 bytes>`, the rest as JSON."""
    ((kind, inner),) = value.items()
    return str(inner) if kind in ("S", "N") else _plain(kind, inner)


def key_value(part: KeyPart, text: str) -> dict[str, Any]:
    """The DynamoDB value to look a key up by; binary keys are typed as base64. Raises ConfigError if it cannot be."""
    if not text:
        raise ConfigError(f"Type a value for key {part}.")
    if part.type == "N":
        try:
            finite = Decimal(text.strip()).is_finite()
        except InvalidOperation:
            finite = False
        if not finite:
            raise ConfigError(f"Key {part} is a number. Type digits only.")
        return {"N": text.strip()}
    if part.type == "B":
        try:
            return {"B": base64.b64decode(text, validate=True)}
        except ValueError:
            raise ConfigError(f"Key {part} is binary. Type it as base64.") from None
    return {"S": text}


def pack_start(key: Mapping[str, Mapping[str, Any]]) -> str:
    """Where the next page starts, as text a page can keep."""
    plain = {
        name: {kind: base64.b64encode(inner).decode() if kind == "B" else inner for kind, inner in value.items()}
        for name, value in key.items()
    }
    return json.dumps(plain)


def unpack_start(text: str) -> dict[str, dict[str, Any]]:
    """The key of `pack_start`. Raises ConfigError for anything else."""
    try:
        raw = json.loads(text)
        return {
            name: {kind: base64.b64decode(inner) if kind == "B" else inner for kind, inner in value.items()}
            for name, value in raw.items()
        }
    except (ValueError, AttributeError):
        raise ConfigError("The place to go on from cannot be read. Start again from the first page.") from None


def _plain(kind: str, inner: Any) -> str:
    """JSON of a value, with numbers digit for digit (a float would round them)."""
    return _JSON.get(kind, _quoted)(inner)


def _element(kind: str, inner: Any) -> str:
    """A value inside a set, list or map: as `_plain`, but text and bytes in quotes."""
    if kind == "S":
        return _quoted(inner)
    return _quoted(_plain(kind, inner)) if kind == "B" else _plain(kind, inner)


def _numbers(inner: Any) -> str:
    return _list(sorted(inner, key=Decimal))


def _map(inner: Mapping[str, Any]) -> str:
    return "{" + ", ".join(f"{_quoted(name)}: {_element(*_only(value))}" for name, value in inner.items()) + "}"


def _only(value: Mapping[str, Any]) -> tuple[str, Any]:
    ((kind, inner),) = value.items()
    return kind, inner


def _list(elements: list[str]) -> str:
    return "[" + ", ".join(elements) + "]"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


_JSON: dict[str, Callable[[Any], str]] = {
    "N": str,
    "BOOL": lambda inner: "true" if inner else "false",
    "NULL": lambda _: "null",
    "B": lambda inner: f"<{len(inner)} bytes>",
    "SS": lambda inner: _list([_quoted(text) for text in sorted(inner)]),
    "NS": _numbers,
    "BS": lambda inner: _list([_element("B", value) for value in sorted(inner)]),
    "L": lambda inner: _list([_element(*_only(value)) for value in inner]),
    "M": _map,
}
