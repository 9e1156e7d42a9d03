"""A person's word on which columns become the table's key. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from importer.check.infer import KeyColumnMissing, free_name
from importer.check.rules import Required
from importer.check.schema import ColumnSpec, DynamoType, Schema, Winner
from importer.table import TableKey


def with_key(columns: Iterable[ColumnSpec], key: TableKey, chosen: Sequence[str], winner: Winner) -> Schema:
    """The schema in which the columns `chosen` (one for each part, partition first) become the table's key.

    They get the part's attribute and type and must be filled; a column that had the attribute gets another one.
    Raises ConfigError when they are not as many as the key has parts, or not distinct.
    """
    if len(set(chosen)) != len(key.parts):
        raise KeyColumnMissing(f"The table's key is {key}. Choose one column for each of its {len(key.parts)} parts.")
    parts = dict(zip(chosen, key.parts, strict=True))
    specs = tuple(columns)
    taken = {spec.attribute for spec in specs if spec.attribute is not None} | set(key.attributes)
    made: list[ColumnSpec] = []
    for spec in specs:
        if (part := parts.get(spec.column)) is not None:
            rules = spec.rules if spec.required else (Required(), *spec.rules)
            made.append(replace(spec, attribute=part.attribute, type=DynamoType(part.type), rules=rules))
        elif spec.attribute in key.attributes:
            made.append(replace(spec, attribute=free_name(spec.attribute or "", taken)))
            taken.add(made[-1].attribute or "")
        else:
            made.append(spec)
    return Schema(tuple(made), key.attributes, winner)
