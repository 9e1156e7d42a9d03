"""One cleaned chunk against the schema: every failure of every cell, and the keys of its rows. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from importer.check.codes import UNREAD_ITEM, code_of, message_of
from importer.check.convert import convert_column, whole_attributes
from importer.check.held_types import HeldPath, dotted, held_at
from importer.check.limits import index_key_blank, item_sizes, key_missing, key_too_long, oversized
from importer.check.numbers import CellMarks, cell_marks
from importer.check.rules import CellRules, Range, Required
from importer.check.schema import SET_TYPES, ColumnSpec, DynamoType, Schema
from importer.check.typed import TypedColumn
from importer.check.verdicts import Masks
from importer.table import ELEMENT


@dataclass(frozen=True)
class ColumnsCheck:
    """What columns of one chunk show, each looked at by itself (those of the key together, and of a map). Masks and
    texts are parallel to the chunk's rows.

    `sizes`: bytes of each row's attribute, by column; of a map's columns together under its first one. `keys`: one
    text a row, equal for equal keys; it means something only where `has_key`. `key_parts`: the typed texts that the
    keys are made of; none where the key's columns were not looked at. `met`: for each column, paths into the table's
    maps and lists that the chunk has too.
    """

    failures: Masks
    sizes: dict[str, np.ndarray]
    keys: pd.Series
    has_key: np.ndarray
    key_parts: tuple[pd.Series, ...]
    met: dict[str, frozenset[HeldPath]]


class ChunkChecker:
    """A schema made ready once, to be held against chunk after chunk. `columns`: those that are looked at; None: all.
    Of the key's columns either all are or none, and of those that become one map too."""

    def __init__(
        self, schema: Schema, blocking_rows: Mapping[int, str], columns: Collection[str] | None = None
    ) -> None:
        self._schema = schema
        specs = [spec for spec in schema.columns if columns is None or spec.column in columns]
        self._imported = [spec for spec in specs if spec.attribute is not None]
        self._keys = [spec for spec in schema.key_specs if spec in self._imported]
        self._rules = CellRules({spec.column: spec.rules for spec in specs})
        self._blocked = np.fromiter(blocking_rows, dtype=np.int64, count=len(blocking_rows))
        self._blocked_codes: np.ndarray = np.array(list(blocking_rows.values()), dtype=object)

    def failures(self, frame: pd.DataFrame) -> Masks:
        """All problems of `frame` (cleaned, text, index `row`) but those that take the whole list."""
        checked = self.columns(frame)
        sizes: np.ndarray = np.sum([np.zeros(len(frame), dtype=np.int64), *checked.sizes.values()], axis=0)
        return self.with_rows(checked.failures, frame.index.to_numpy(dtype=np.int64), sizes)

    def columns(self, frame: pd.DataFrame) -> ColumnsCheck:
        """All problems of the columns looked at."""
        failures = self._rules.failures(frame)
        columns, met = self._convert(frame, failures)
        keys, has_key = self._key_texts(columns, failures, len(frame))
        self._index_keys(columns, failures)
        _say_once(failures)
        parts = tuple(columns[spec.column].text for spec in self._keys)
        return ColumnsCheck(_only_hits(failures), self._sizes(columns, len(frame)), keys, has_key, parts, met)

    def with_rows(self, failures: Masks, rows: np.ndarray, sizes: np.ndarray) -> Masks:
        """The failures of the columns and of the rows as wholes: of reading, and of items that are too big. What
        stands in the place of an item that could not be read is no cell at all."""
        masks = self._reading(rows) | failures
        too_big = oversized(sizes)
        if too_big.any():
            masks["item_too_big", ""] = too_big
        if UNREAD_ITEM in masks:
            unread = masks[UNREAD_ITEM]
            masks = {cause: mask if cause == UNREAD_ITEM else mask & ~unread for cause, mask in masks.items()}
        return _only_hits(masks)

    def marks(self, frame: pd.DataFrame) -> dict[str, CellMarks]:
        """Of each column of numbers and of sets."""
        specs = [spec for spec in self._imported if spec.type is DynamoType.N or spec.type in SET_TYPES]
        separators = {spec.column: "" if spec.type is DynamoType.N else spec.separator for spec in specs}
        return {column: cell_marks(frame[column], separator) for column, separator in separators.items()}

    def met(self, frame: pd.DataFrame) -> dict[str, frozenset[HeldPath]]:
        """As a ColumnsCheck has it."""
        return self._convert(frame, {})[1]

    def _reading(self, rows: np.ndarray) -> Masks:
        """Blocking reading problems of the stage."""
        if not len(self._blocked) or not len(rows):
            return {}
        hit = np.isin(self._blocked, rows)
        masks: Masks = {}
        for code in sorted(set(self._blocked_codes[hit])):
            masks[code, ""] = np.isin(rows, self._blocked[hit & (self._blocked_codes == code)])
        return masks

    def _convert(
        self, frame: pd.DataFrame, failures: Masks
    ) -> tuple[dict[str, TypedColumn], dict[str, frozenset[HeldPath]]]:
        """The columns as they will be written, and which paths of the table's maps and lists they have."""
        columns, met = {}, {}
        for spec in self._imported:
            path = self._schema.path(spec)
            conversion = convert_column(frame[spec.column], spec, held_at(self._schema.held, path))
            columns[spec.column] = conversion.column
            failures.update({(code, spec.column): mask for code, mask in conversion.failures.items()})
            met[spec.column] = frozenset((*path, *inner) for inner in conversion.met)
            if self._schema.in_place_of(path):
                failures["map_in_its_place", spec.column] = conversion.column.present
        return columns, met

    def _sizes(self, columns: Mapping[str, TypedColumn], rows: int) -> dict[str, np.ndarray]:
        inside = [spec.column for spec in self._imported if self._schema.is_nested(spec)]
        alone = {name: item_sizes([column], rows) for name, column in columns.items() if name not in inside}
        if not inside:
            return alone
        return alone | {
            inside[0]: item_sizes(whole_attributes([columns[name] for name in inside], self._schema), rows)
        }

    def _key_texts(
        self, columns: Mapping[str, TypedColumn], failures: Masks, size: int
    ) -> tuple[pd.Series, np.ndarray]:
        """Key texts, and which rows have a whole key; adds `key_missing` and `key_too_long`."""
        has_key: np.ndarray = np.ones(size, dtype=bool)
        parts = []
        for place, spec in enumerate(self._keys):
            column = columns[spec.column]
            wrong_type = _fatal_cells(failures, spec.column, size)
            missing = key_missing(column) & ~wrong_type
            too_long = key_too_long(column, sort=place > 0)
            failures["key_missing", spec.column] = missing
            failures["key_too_long", spec.column] = too_long
            has_key &= ~(missing | too_long | wrong_type)
            parts.append(column.text)
        return joined_key(parts), has_key

    def _index_keys(self, columns: Mapping[str, TypedColumn], failures: Masks) -> None:
        """A row without an index's key is not in the index; one with an empty, null or too long one is refused."""
        for spec in self._imported:
            keys = [attributes for _, attributes in self._schema.indexes if spec.attribute in attributes]
            if keys:
                column = columns[spec.column]
                is_sort = any(len(key) == 2 and key[1] == spec.attribute for key in keys)
                failures["index_key_blank", spec.column] = index_key_blank(column)
                failures["index_key_too_long", spec.column] = key_too_long(column, sort=is_sort)


def message_of_failure(schema: Schema, code: str, column: str) -> str:
    """What a failure of this code in this column says under this schema; never a cell's value."""
    rules = schema.column(column).rules if column else ()
    rule = next((rule for rule in rules if rule.code == code), None)
    return (rule.message if rule else "") or message_of(code, column, sentence_of_failure(schema, code, column))


def sentence_of_failure(schema: Schema, code: str, column: str) -> str:
    """What must be, without the column, with what the table has: the type of its attribute, an index's name."""
    spec = schema.column(column) if column else None
    rule = next((rule for rule in spec.rules if rule.code == code), None) if spec else None
    if code == "duplicate_key":
        return f"its key occurs in other rows too; the {schema.winner.value} of them is written"
    if spec is None or rule is not None:
        return rule.sentence() if rule else code_of(code).sentence
    sentence = code_of(code).sentence
    kind = f"{spec.type.words} ({spec.type.value})"
    if code == "other_type":
        sentence = f'must be {kind}, the type that "{spec.attribute}" has'
    if code == "other_type_inside" and (inside := _types_inside(schema, spec)):
        return f"{sentence}: {inside}"
    if code == "map_in_its_place" and (above := schema.in_place_of(schema.path(spec))):
        return f'{sentence}; the table has "{above[0]}" as {DynamoType(above[1]).words} ({above[1]})'
    indexes = schema.indexes_of(spec.attribute)
    if not indexes or code not in _INDEX_CODES:
        return sentence
    named = "index " + indexes[0] if len(indexes) == 1 else "indexes " + ", ".join(indexes)
    return f"{sentence} ({spec.attribute} is a key of {named}, type {spec.type.value})"


def _types_inside(schema: Schema, spec: ColumnSpec) -> str:
    """`p.amt number (N), p.tags set of texts (SS)`: what the table has in the column's maps and lists."""
    path = schema.path(spec)
    inside = [(place, types[0]) for place, types in schema.held if place[: len(path)] == path and place != path]
    named = [f"{dotted(place)} {DynamoType(kind).words} ({kind})" for place, kind in inside if place[-1] != ELEMENT]
    more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    return ", ".join(named[:_MOST_NAMED]) + more


_MOST_NAMED = 6

_INDEX_CODES = frozenset(
    {"not_a_number", "number_too_precise", "number_out_of_range", "not_base64", "not_hex", "other_type"}
    | {"leading_zeros_lost", "plus_lost", "point_of_thousands", "maybe_thousands"}
    | {"index_key_blank", "index_key_too_long", "index_key_left_out"}
)


def _fatal_cells(failures: Masks, column: str, size: int) -> np.ndarray:
    out: np.ndarray = np.zeros(size, dtype=bool)
    for (code, of_column), mask in failures.items():
        if of_column == column and code_of(code).fatal:
            out |= mask
    return out


def joined_key(parts: Sequence[pd.Series]) -> pd.Series:
    """One text for a partition and sort key; the length in front keeps ("a", "bc") and ("ab", "c") apart. An empty
    series for none."""
    if len(parts) < 2:
        return parts[0] if parts else pd.Series([], dtype="str")
    partition, sort = parts
    return partition.str.len().astype("str") + ":" + partition + sort


def _say_once(failures: Masks) -> None:
    """Take out what another failure of the same cell says better: a missing key is not also a blank required cell;
    what is no number is not also out of range."""
    for code, better in ((Required.code, ("key_missing",)), (Range.code, ("not_a_number",))):
        for found, column in list(failures):
            if found == code:
                for other in better:
                    if (other, column) in failures:
                        failures[found, column] = failures[found, column] & ~failures[other, column]


def _only_hits(failures: Masks) -> Masks:
    return {cause: mask for cause, mask in failures.items() if mask.any()}
