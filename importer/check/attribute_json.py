"""Typed columns as DynamoDB JSON, whole columns at a time, and columns with dots in their names as maps. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from importer.check.schema import DynamoType
from importer.check.text import arrow_text, text_series
from importer.check.typed import TypedColumn

QUOTED = frozenset({DynamoType.S, DynamoType.N, DynamoType.B})
"""Types whose inner value is a JSON text; that of the others is JSON already."""

_SHORT_ESCAPES = {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r"}


def escaped(text: Any) -> Any:
    """An Arrow array of texts with JSON's escapes where the bytes need them, most often nowhere; else UTF-8."""
    for code in _codes_to_escape(text):
        char = chr(code)
        short = "\\" + char if char in '"\\' else _SHORT_ESCAPES.get(code, f"\\u{code:04x}")
        text = pc.replace_substring(text, char, short)
    return text


def json_text(name: str) -> str:
    """One text as JSON writes it, with its quotes."""
    return '"' + str(escaped(pa.array([name], pa.large_string()))[0]) + '"'


def nest_columns(columns: Sequence[TypedColumn], whole: Sequence[str] = ()) -> tuple[TypedColumn, ...]:
    """`address.city` and `address.zip` as one column of maps `address`, where the first of them stands.

    A map without any entry is absent. `whole`: attributes that keep their dots (a key's).
    """
    groups: dict[str, list[TypedColumn]] = {}
    for column in columns:
        name = column.attribute if column.attribute in whole else column.attribute.split(".", 1)[0]
        groups.setdefault(name, []).append(column)
    return tuple(
        group[0] if len(group) == 1 and group[0].attribute == name else _map_of(name, group)
        for name, group in groups.items()
    )


def _map_of(name: str, group: Sequence[TypedColumn]) -> TypedColumn:
    inner = nest_columns([replace(column, attribute=column.attribute[len(name) + 1 :]) for column in group])
    listed = _join([entries(column) for column in inner])
    present = np.logical_or.reduce([column.present for column in inner])
    braces = _join([_literal("{"), pc.utf8_slice_codeunits(listed, 1), _literal("}")])
    text = pc.if_else(pa.array(present), braces, _literal(""))
    cells = group[0].text
    values = text_series(text.to_numpy(zero_copy_only=False), cells)
    return TypedColumn(name, DynamoType.M, values, present, np.zeros(len(present), dtype=bool))


def entry_pieces(column: TypedColumn) -> list[Any]:
    """What to join for `,"city":{"S":"Oslo"}` of every row, whether it has the attribute or not."""
    name, kind = f",{json_text(column.attribute)}:", column.type
    if kind is DynamoType.NULL:
        return [_literal(f'{name}{{"NULL":true}}')]
    text, mark = arrow_text(column.text), '"' if kind in QUOTED else ""
    value = escaped(text) if kind is DynamoType.S else text
    return [_literal(f'{name}{{"{kind.value}":{mark}'), value, _literal(f"{mark}}}")]


def entries(column: TypedColumn) -> Any:
    """`,"city":{"S":"Oslo"}` for each row, empty where it has none."""
    name = f",{json_text(column.attribute)}:"
    pieces = entry_pieces(column)
    whole = _join(pieces) if len(pieces) > 1 else pa.repeat(pieces[0], len(column.present))
    if column.other is not None:
        other = arrow_text(column.other)
        whole = pc.if_else(pc.equal(other, ""), whole, _join([_literal(name), other]))
    whole = pc.if_else(pa.array(column.null), _literal(f'{name}{{"NULL":true}}'), whole)
    return pc.if_else(pa.array(column.present), whole, _literal(""))


def is_whole(column: TypedColumn) -> bool:
    """Whether every row has the attribute, and as the column's type."""
    return bool(np.all(column.present)) and not bool(np.any(column.null)) and column.other is None


def _join(pieces: list[Any]) -> Any:
    return pc.binary_join_element_wise(*pieces, _literal(""))


def _literal(text: str) -> Any:
    return pa.scalar(text, pa.large_string())


def _codes_to_escape(text: Any) -> list[int]:
    """The bytes below 0x20, quotes and backslashes that occur in the texts, the backslash first."""
    data = text.buffers()[2]
    if data is None or len(text) == 0:
        return []
    ends = np.frombuffer(text.buffers()[1], dtype=np.int64)[text.offset : text.offset + len(text) + 1]
    seen = np.frombuffer(data, dtype=np.uint8)[ends[0] : ends[-1]]
    special = seen[(seen < 0x20) | (seen == 0x22) | (seen == 0x5C)]
    found = set(np.unique(special).tolist())
    return sorted(found, key=lambda code: code != 0x5C)
