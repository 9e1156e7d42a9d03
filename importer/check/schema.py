"""The rule spec: which column becomes which attribute, of which type, under which rules.

Pure. `spec_yaml` reads and writes it, `to_pandera` builds pandera's schema from it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property

from importer.check.cells import MAX_DEPTH
from importer.check.rules import Required, Rule, Unique
from importer.errors import ConfigError


class DynamoType(Enum):
    """DynamoDB's attribute types, all of which a cell can become."""

    S = "S"
    N = "N"
    BOOL = "BOOL"
    SS = "SS"
    NS = "NS"
    BS = "BS"
    L = "L"
    M = "M"
    NULL = "NULL"
    B = "B"

    @property
    def words(self) -> str:
        """The type as a person says it."""
        return TYPE_WORDS[self]


TYPE_WORDS = {
    DynamoType.S: "text",
    DynamoType.N: "number",
    DynamoType.BOOL: "yes or no",
    DynamoType.SS: "set of texts",
    DynamoType.NS: "set of numbers",
    DynamoType.BS: "set of binaries",
    DynamoType.L: "list",
    DynamoType.M: "map",
    DynamoType.NULL: "null",
    DynamoType.B: "binary",
}


class BlankMeans(Enum):
    """What an empty cell becomes: no attribute at all, the type's empty value, or NULL."""

    OMIT = "omit"
    EMPTY = "empty"
    NULL = "null"


class BinaryForm(Enum):
    """How the cells of a binary column are written. Nothing tells the two apart for sure, so it is never assumed."""

    HEX = "hex"
    BASE64 = "base64"


class TypedCells(Enum):
    """Cells that are a whole value in DynamoDB JSON (`{"N":"5"}`), as lists that are made of typed items have them:
    such a value may have any type of its OWN, or must have the SAME as the column (or be NULL), or is of an INDEX's
    key: then NULL and empty values are left out, for an item without its key is not in the index."""

    OWN = "own"
    SAME = "same"
    INDEX = "index"


class TypeFrom(Enum):
    """Where a column's type is from when nobody said it and the table did not have it: the list's CELLS, its SOURCE
    (JSON, Parquet, a workbook), or either of an EARLIER list, as a saved list has it. A type of the table, or of a
    source that has types, goes before it."""

    CELLS = "cells"
    SOURCE = "source"
    EARLIER = "earlier list"


class Winner(Enum):
    """Which row is written when a key occurs more than once in the list."""

    FIRST = "first"
    LAST = "last"
    REJECT = "reject"


KEY_TYPES = frozenset({DynamoType.S, DynamoType.N, DynamoType.B})
"""AWS Developer Guide, "Constraints": a key attribute is a string, a number or binary."""

EMPTY_TYPES = frozenset({DynamoType.S, DynamoType.L, DynamoType.M, DynamoType.B})
"""Types that have an empty value DynamoDB accepts outside keys; a set must not be empty, a number cannot be."""

SET_TYPES = frozenset({DynamoType.SS, DynamoType.NS, DynamoType.BS})

BINARY_TYPES = frozenset({DynamoType.B, DynamoType.BS})

MAX_ATTRIBUTE_BYTES = 65_535
"""AWS Developer Guide, "Constraints": attribute names up to 64 KB (255 bytes for a key attribute)."""

MAX_KEY_ATTRIBUTE_BYTES = 255

DEFAULT_SEPARATOR = ";"


@dataclass(frozen=True)
class ColumnSpec:
    """One column of the list. `attribute` None: the column is not imported (its rules still hold). `separator` is of
    the members of a set; `binary` None in a binary column: nobody has said yet, and nothing can be checked.
    `typed_cells` None: every cell is of the column's type. `type_from` None: a person or the table says the type."""

    column: str
    attribute: str | None
    type: DynamoType = DynamoType.S
    blank: BlankMeans = BlankMeans.OMIT
    rules: tuple[Rule, ...] = ()
    separator: str = DEFAULT_SEPARATOR
    binary: BinaryForm | None = None
    typed_cells: TypedCells | None = None
    type_from: TypeFrom | None = None

    @property
    def required(self) -> bool:
        """True when a blank cell is a failure."""
        return any(isinstance(rule, Required) for rule in self.rules)

    @property
    def unique(self) -> bool:
        """True when no text may occur twice in this column."""
        return any(isinstance(rule, Unique) for rule in self.rules)

    def to_dict(self) -> dict[str, object]:
        """Plain data in the order of the YAML."""
        out: dict[str, object] = {"column": self.column, "attribute": self.attribute}
        out |= {"type": self.type.value, "blank": self.blank.value}
        if self.type in SET_TYPES:
            out["separator"] = self.separator
        if self.type in BINARY_TYPES and self.binary is not None:
            out["binary"] = self.binary.value
        if self.typed_cells is not None:
            out["typed_cells"] = self.typed_cells.value
        if self.type_from is not None:
            out["type_from"] = self.type_from.value
        if self.rules:
            out["rules"] = [rule.to_entry() for rule in self.rules]
        return out


@dataclass(frozen=True)
class Schema:
    """All columns, the table's key as attribute names (partition[, sort]) and the winner rule.

    `indexes`: name and key attributes of each secondary index of the table; those that the list has are checked as
    the index wants them. `nest_dots`: an attribute `address.city` is the entry `city` of a map `address`. `held`:
    what the table's items have in maps and lists that the list writes too, and in place of such a map: path → types,
    the most frequent first. An element of a list has `[]` as its name.
    Raises ConfigError when the parts contradict each other; the message names the field and what to do.
    """

    columns: tuple[ColumnSpec, ...]
    key: tuple[str, ...]
    winner: Winner = Winner.LAST
    indexes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    nest_dots: bool = False
    held: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = ()

    def __post_init__(self) -> None:
        _check_columns(self.columns)
        _check_key(self.columns, self.key)
        _check_indexes(self)
        if self.nest_dots:
            _check_nesting(self)

    @property
    def imported(self) -> tuple[ColumnSpec, ...]:
        """The columns that become attributes, in order."""
        return tuple(spec for spec in self.columns if spec.attribute is not None)

    @property
    def key_specs(self) -> tuple[ColumnSpec, ...]:
        """The columns of the key, partition first."""
        by_attribute = {spec.attribute: spec for spec in self.columns}
        return tuple(by_attribute[name] for name in self.key)

    def indexes_of(self, attribute: str | None) -> tuple[str, ...]:
        """Names of the indexes whose key has this attribute."""
        return tuple(name for name, attributes in self.indexes if attribute in attributes)

    def is_nested(self, spec: ColumnSpec) -> bool:
        """Whether the column becomes an entry of a map. A key's attribute never does."""
        name = spec.attribute or ""
        return self.nest_dots and "." in name and name not in self.key and not self.indexes_of(name)

    def path(self, spec: ColumnSpec) -> tuple[str, ...]:
        """Where an imported column goes: an attribute, or an entry of a map in one."""
        name = str(spec.attribute)
        return tuple(name.split(".")) if self.is_nested(spec) else (name,)

    def in_place_of(self, path: tuple[str, ...]) -> tuple[str, str] | None:
        """What the table's items have where the entry at `path` wants a map: its name and its type, if it is none."""
        for place, types in self.held:
            if len(place) < len(path) and path[: len(place)] == place and "M" not in types:
                return ".".join(place), types[0]
        return None

    def column(self, name: str) -> ColumnSpec:
        """The spec of one column. Raises ConfigError if there is none."""
        if (spec := self._by_column.get(name)) is not None:
            return spec
        raise ConfigError(f'The schema has no column "{name}". Add it on the Columns page or in the schema.')

    @cached_property
    def _by_column(self) -> dict[str, ColumnSpec]:
        return {spec.column: spec for spec in reversed(self.columns)}

    def check(self, columns: tuple[str, ...]) -> None:
        """Raises ConfigError when a column of the schema is not among `columns` of the (cleaned) list."""
        there = frozenset(columns)
        missing = [spec.column for spec in self.columns if spec.column not in there]
        if missing:
            raise ConfigError(
                f"The schema wants {_named(missing)}; the list has no such column. "
                "Map it on the Columns page, or take it out of the schema."
            )
        for spec in self.imported:
            if spec.type in BINARY_TYPES and spec.binary is None:
                raise ConfigError(
                    f'Column "{spec.column}" becomes {spec.type.words}, and hex and base64 cannot be told apart for '
                    f'sure. Say which it is: on the Columns page, as "binary: hex" or "binary: base64" in the schema '
                    f'or with --type "{spec.column}={spec.type.value}:hex" (or :base64).'
                )

    def to_dict(self) -> dict[str, object]:
        """Plain data in the order of the YAML."""
        out: dict[str, object] = {"version": 1, "key": list(self.key), "winner": self.winner.value}
        if self.indexes:
            out["indexes"] = {name: list(attributes) for name, attributes in self.indexes}
        if self.nest_dots:
            out["nest_dots"] = True
        if self.held:
            out["held"] = [{"path": list(path), "types": list(types)} for path, types in self.held]
        return out | {"columns": [spec.to_dict() for spec in self.columns]}

    def fingerprint(self) -> str:
        """SHA-256 (hex) over the content; the same for the same rules, however the YAML was laid out."""
        canonical = json.dumps(self.to_dict(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


def typed_as(schema: Schema, types: Iterable[tuple[str, DynamoType, BinaryForm | None]]) -> Schema:
    """The schema with other types for some columns: column, type, and how a binary is written.

    Raises ConfigError for a column that it does not have or import, or a type that cannot be.
    """
    wanted = {column: (kind, form) for column, kind, form in types}
    imported = {spec.column for spec in schema.imported}
    if (missing := next((name for name in wanted if name not in imported), None)) is not None:
        raise ConfigError(f'The list has no column "{missing}" that is imported, so it gets no type. Check its name.')
    columns = []
    for spec in schema.columns:
        kind, form = wanted.get(spec.column, (spec.type, spec.binary))
        blank = BlankMeans.OMIT if spec.blank is BlankMeans.EMPTY and kind not in EMPTY_TYPES else spec.blank
        changed = replace(spec, type=kind, binary=form, blank=blank)
        if spec.column in wanted:
            same = TypedCells.SAME if spec.typed_cells is TypedCells.OWN else spec.typed_cells
            changed = replace(changed, type_from=None, typed_cells=same)
        columns.append(changed)
    return replace(schema, columns=tuple(columns))


def _named(names: list[str]) -> str:
    shown = ", ".join(f'"{name}"' for name in names[:5])
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"column{'s' if len(names) > 1 else ''} {shown}{more}"


def _twice(names: list[str]) -> str | None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def _check_columns(columns: tuple[ColumnSpec, ...]) -> None:
    if (name := _twice([spec.column for spec in columns])) is not None:
        raise ConfigError(f'columns: column "{name}" is there twice. Keep one of them.')
    if (name := _twice([spec.attribute for spec in columns if spec.attribute is not None])) is not None:
        raise ConfigError(f'columns: two columns become attribute "{name}". Give one of them another attribute.')
    for spec in columns:
        _check_column(spec)


def _check_column(spec: ColumnSpec) -> None:
    where = f'column "{spec.column}"'
    if spec.attribute is not None and not 1 <= _size(spec.attribute) <= MAX_ATTRIBUTE_BYTES:
        raise ConfigError(f"{where}: attribute must be 1 to {MAX_ATTRIBUTE_BYTES:,} bytes long. Shorten or name it.")
    if spec.blank is BlankMeans.EMPTY and spec.type not in EMPTY_TYPES:
        raise ConfigError(
            f"{where}: blank cannot be empty for type {spec.type.value} (DynamoDB has no such value). "
            "Choose omit or null."
        )
    if spec.type in SET_TYPES and not spec.separator:
        raise ConfigError(
            f"{where}: separator must not be empty for type {spec.type.value}. Give one, e.g. a semicolon."
        )
    if (name := _twice([rule.name for rule in spec.rules])) is not None:
        raise ConfigError(f'{where}: rule "{name}" is there twice. Keep one of them.')


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _check_key(columns: tuple[ColumnSpec, ...], key: tuple[str, ...]) -> None:
    if not 1 <= len(key) <= 2:
        raise ConfigError(
            f"key: {len(key)} attributes given. Name the partition key and, if the table has one, the sort key."
        )
    if len(set(key)) != len(key):
        raise ConfigError(f'key: attribute "{key[0]}" is there twice. The sort key is another attribute.')
    by_attribute = {spec.attribute: spec for spec in columns}
    for name in key:
        if (spec := by_attribute.get(name)) is None:
            raise ConfigError(
                f'key: no column becomes attribute "{name}". Map one on the Columns page or in the schema.'
            )
        if spec.type not in KEY_TYPES:
            raise ConfigError(f'column "{spec.column}": type {spec.type.value} cannot be a key. Choose S, N or B.')
        if _size(name) > MAX_KEY_ATTRIBUTE_BYTES:
            raise ConfigError(f"key: an attribute name is over {MAX_KEY_ATTRIBUTE_BYTES} bytes. Shorten it.")


def _check_indexes(schema: Schema) -> None:
    if (name := _twice([name for name, _ in schema.indexes])) is not None:
        raise ConfigError(f'indexes: index "{name}" is there twice. Keep one of them.')
    for spec in schema.imported:
        if spec.type not in KEY_TYPES and (names := schema.indexes_of(spec.attribute)):
            raise ConfigError(
                f'column "{spec.column}": type {spec.type.value} cannot be the key of index "{names[0]}". '
                "Choose S, N or B."
            )


def _check_nesting(schema: Schema) -> None:
    """No attribute is a value and a map at once, and no map is too deep or without a name."""
    whole = {spec.attribute for spec in schema.imported if not schema.is_nested(spec)}
    nested = [spec for spec in schema.imported if schema.is_nested(spec)]
    names = whole | {spec.attribute for spec in nested}
    for spec in nested:
        where, path = f'column "{spec.column}"', str(spec.attribute).split(".")
        if not all(path) or len(path) > MAX_DEPTH:
            raise ConfigError(
                f'{where}: attribute "{spec.attribute}" needs a name before and after each dot, and at most '
                f"{MAX_DEPTH} of them. Name it otherwise, or leave out nest_dots."
            )
        above = [".".join(path[:length]) for length in range(1, len(path))]
        if (both := next((name for name in above if name in names), None)) is not None:
            raise ConfigError(
                f'{where}: attribute "{both}" is a value of its own and cannot be a map too. '
                "Name one of them otherwise."
            )
