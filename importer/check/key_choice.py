"""Which columns become the table's key: those of its names, else those that a person names; never a guess. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from importer.check.attribute_match import LEAST, likeness, with_type
from importer.check.names import folded, free_name
from importer.check.rules import Required
from importer.check.schema import ColumnSpec, Schema, TypedCells
from importer.errors import ConfigError
from importer.table import KeyPart, TableKey

_NAMELESS = re.compile(r"column_\d+")
"""What a column without a name is called."""


class KeyColumnMissing(ConfigError):
    """No column can be told that becomes an attribute of the table's key; a person may know one. `question`: what is
    missing, without what to do. `nearest`: attribute of the key → the column that looks most like it, if one does."""

    def __init__(self, question: str, advice: str = "", nearest: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{question} {advice}".strip())
        self.question, self.nearest = question, dict(nearest or {})


def find_key(columns: Sequence[str], key: TableKey, chosen: Mapping[str, str] | None = None) -> list[str]:
    """The column for each part of the key, partition first: the one `chosen` (attribute → column), else the one of
    the same name, else the only one of the same name when both are folded.

    Raises KeyColumnMissing for a part without such a column, ConfigError for a choice that does not fit.
    """
    named = dict(chosen or {})
    _refuse_odd_choice(columns, key, named)
    for part in key.parts:
        free = [column for column in columns if column not in named.values()]
        if part.attribute not in named and part.attribute in free:
            named[part.attribute] = part.attribute
    missing = []
    for part in key.parts:
        free = [column for column in columns if column not in named.values()]
        same = [column for column in free if folded(column) == folded(part.attribute)]
        if part.attribute not in named and len(same) == 1:
            named[part.attribute] = same[0]
        elif part.attribute not in named:
            missing.append((part, same))
    if missing:
        free = [column for column in columns if column not in named.values()]
        raise _key_missing(missing, free)
    return [named[part.attribute] for part in key.parts]


def _refuse_odd_choice(columns: Sequence[str], key: TableKey, chosen: Mapping[str, str]) -> None:
    for attribute, column in chosen.items():
        if attribute not in key.attributes:
            raise ConfigError(f'"{attribute}" is no part of the table\'s key, which is {key}. Name one of its parts.')
        if column not in columns:
            nearest = nearest_column(column, columns)
            hint = f' The nearest is "{nearest}".' if nearest else f" It has {_listed(columns)}."
            raise ConfigError(f'The list has no column "{column}" to be the key "{attribute}".{hint}')
    if len(set(chosen.values())) < len(chosen):
        raise ConfigError(f"The table's key is {key}. Choose another column for each of its {len(key.parts)} parts.")


def _key_missing(missing: Sequence[tuple[KeyPart, list[str]]], free: Sequence[str]) -> KeyColumnMissing:
    nearest = {part.attribute: near for part, _ in missing if (near := nearest_column(part.attribute, free))}
    told = []
    for part, same in missing:
        wants = f"The table wants key {part}, and "
        if same:
            told.append(f"{wants}{_listed(same)} are all called nearly so.")
        elif part.attribute in nearest:
            told.append(f'{wants}no column is called so. The nearest is "{nearest[part.attribute]}".')
        else:
            told.append(f"{wants}no column is called so (the list has {_listed(free)}).")
    if free and all(_NAMELESS.fullmatch(column) for column in free):
        told.append(
            "The first row was taken for a contact, so the columns have no names. If it names them, choose it as the "
            "header on the File page, or say --header-row 1."
        )
    ask = " ".join(f'--key "{part.attribute}=COLUMN"' for part, _ in missing)
    return KeyColumnMissing(" ".join(told), f"Say which column it is: on the Columns page, or with {ask}.", nearest)


def _listed(columns: Sequence[str]) -> str:
    shown = ", ".join(f'"{column}"' for column in columns[:8]) or "none"
    return f"{shown} and {len(columns) - 8} more" if len(columns) > 8 else shown


def nearest_column(attribute: str, columns: Sequence[str]) -> str | None:
    """The column whose name looks most like the attribute's: something to ask about, never to take."""
    sure = {column: likeness(column, attribute)[0] for column in columns}
    best = max(sure, key=lambda column: sure[column], default=None)
    if best is not None and sure[best] >= LEAST:
        return best
    name = folded(attribute)
    return next((column for column in columns if name in folded(column) or folded(column) in name), None)


def with_key(schema: Schema, key: TableKey, chosen: Sequence[str]) -> Schema:
    """The schema in which the columns `chosen` (one for each part, partition first) become the table's key.

    They get the part's attribute and type and must be filled; a column that had the attribute gets another one.
    Raises ConfigError when they are not as many as the key has parts, or not distinct.
    """
    if len(set(chosen)) != len(key.parts):
        raise KeyColumnMissing(f"The table's key is {key}. Choose one column for each of its {len(key.parts)} parts.")
    parts = dict(zip(chosen, key.parts, strict=True))
    taken = {spec.attribute for spec in schema.columns if spec.attribute is not None} | set(key.attributes)
    made: list[ColumnSpec] = []
    for spec in schema.columns:
        if (part := parts.get(spec.column)) is not None:
            made.append(key_spec(spec, part))
        elif spec.attribute in key.attributes:
            made.append(replace(spec, attribute=free_name(spec.attribute or "", taken)))
            taken.add(made[-1].attribute or "")
        else:
            made.append(spec)
    return replace(schema, columns=tuple(made), key=key.attributes)


def key_spec(spec: ColumnSpec, part: KeyPart) -> ColumnSpec:
    """The column as a part of the table's key."""
    rules = spec.rules if spec.required else (Required(), *spec.rules)
    same = None if spec.typed_cells is None else TypedCells.SAME
    return replace(
        with_type(spec, part.type), attribute=part.attribute, rules=rules, typed_cells=same, type_from=None
    )
