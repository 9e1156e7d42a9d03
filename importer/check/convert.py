"""Text cells → DynamoDB values, column by column, so that no problem hides another. Pure.

Blank means "" for S (its spaces are text); cells of every other type are stripped first. Nothing is ever guessed:
a cell either converts under its declared type or is a failure case with a code of `codes`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa

from importer.check.attribute_json import nest_columns
from importer.check.cells import (
    NULL_VALUE,
    base64_text,
    boolean_text,
    hex_text,
    json_list,
    json_map,
    null_text,
    number_member,
    set_members,
    typed_value_text,
)
from importer.check.codes import CODES
from importer.check.numbers import canonical_numbers
from importer.check.schema import BinaryForm, BlankMeans, ColumnSpec, DynamoType, Schema, TypedCells
from importer.check.text import arrow_text, filled, text_series, trimmed
from importer.check.typed import Conversion, TypedColumn
from importer.errors import FatalError
from importer.intake import is_whole_value

Failures = dict[str, np.ndarray]
Convert = Callable[[str], tuple[str, str]]

EMPTY_TEXT = {DynamoType.S: "", DynamoType.B: "", DynamoType.L: "[]", DynamoType.M: "{}"}


def convert_column(cells: pd.Series, spec: ColumnSpec) -> Conversion:
    """All cells of one imported column under its type; never raises for what a cell holds."""
    if spec.attribute is None:
        raise ValueError("the column is not imported")
    if spec.type is DynamoType.S and spec.typed_cells is None:
        return _texts(cells, spec)
    stripped = cells if spec.type is DynamoType.S else trimmed(cells)
    has_text = filled(stripped)
    whole = _whole_values(stripped, spec) if spec.typed_cells is not None else None
    plain = has_text if whole is None else has_text & ~whole.at
    text, failures = _convert_filled(stripped[plain] if not plain.all() else stripped, spec)
    failed = _any_fatal(failures, len(text))
    present = plain.copy()
    null: np.ndarray = np.zeros(len(cells), dtype=bool)
    present[plain] = ~failed
    text = text.mask(failed, "") if failed.any() else text
    if not plain.all():
        text = _with_blanks(text, cells, plain, EMPTY_TEXT.get(spec.type, ""), spec)
        present, null = _blank_flags(present, null, ~has_text, spec.blank)
    if spec.type is DynamoType.NULL:
        null = null | present
    spread = {code: _spread(mask, plain) for code, mask in failures.items() if mask.any()}
    column = TypedColumn(spec.attribute, spec.type, text, present, null)
    return Conversion(column, spread) if whole is None else whole.put_into(column, spread)


def _texts(cells: pd.Series, spec: ColumnSpec) -> Conversion:
    """A column of text: every cell is its own value already."""
    present = filled(cells)
    null: np.ndarray = np.zeros(len(cells), dtype=bool)
    if not present.all():
        present, null = _blank_flags(present, null, ~present, spec.blank)
    return Conversion(TypedColumn(str(spec.attribute), spec.type, cells, present, null))


@dataclass(frozen=True)
class _WholeValues:
    """The cells (`at`) that are whole values in DynamoDB JSON. For each cell of the column, "" elsewhere: the value's
    text where it has the column's type, the whole value where it has another one, the code where it cannot be."""

    at: np.ndarray
    is_null: np.ndarray
    text: np.ndarray
    other: np.ndarray
    code: np.ndarray

    def put_into(self, column: TypedColumn, failures: Failures) -> Conversion:
        good = self.at & (self.code == "")
        text = text_series(np.where(self.at, self.text, column.text.to_numpy(dtype=object)), column.text)
        codes = {code: self.code == code for code in sorted(set(self.code) - {""})}
        own = good & (self.other != "")
        other = text_series(np.where(own, self.other, ""), column.text) if own.any() else None
        null = column.null | (good & self.is_null)
        made = replace(column, text=text, present=column.present | good, null=null, other=other)
        both = {code: failures[code] | codes[code] for code in failures.keys() & codes.keys()}
        return Conversion(made, {**failures, **codes, **both})


def _whole_values(cells: pd.Series, spec: ColumnSpec) -> _WholeValues:
    """Looked for among the cells that begin with a brace, once for each distinct text."""
    codes, texts = pd.factorize(cells)
    parts: np.ndarray = np.full((4, len(texts)), "", dtype=object)
    for position, text in enumerate(texts):
        if text.startswith("{") and is_whole_value(text):
            parts[:, position] = (
                "yes",
                *typed_value_text(text, spec.type.value, own=spec.typed_cells is TypedCells.OWN),
            )
    at, inner, other, code = (part[codes] if len(texts) else part for part in parts)
    is_null = other == NULL_VALUE
    return _WholeValues(at == "yes", is_null, inner, np.where(is_null, "", other), code)


def convert_chunk(frame: pd.DataFrame, schema: Schema) -> tuple[TypedColumn, ...]:
    """The attributes of rows that the check called ready, cleaned by the same recipe; one typed column each.

    Raises FatalError when a cell does not convert: then what is on disk is not what was checked.
    """
    columns = []
    for spec in schema.imported:
        conversion = convert_column(frame[spec.column], spec)
        broken = _any_fatal(conversion.failures, len(frame))
        if broken.any():
            raise FatalError(
                f'Column "{spec.column}": {int(broken.sum()):,} cells of rows called ready cannot be written as '
                f"{spec.type.value}. The list, recipe or schema changed after the check. Check again "
                "and start anew."
            )
        columns.append(conversion.column)
    return whole_attributes(columns, schema)


def whole_attributes(columns: Sequence[TypedColumn], schema: Schema) -> tuple[TypedColumn, ...]:
    """The columns as the item has them: those with dots in their names put together into maps, if that is wanted."""
    if not schema.nest_dots:
        return tuple(columns)
    keys = [*schema.key, *(name for _, attributes in schema.indexes for name in attributes)]
    return nest_columns(columns, keys)


def _any_fatal(failures: Failures, size: int) -> np.ndarray:
    """Cells that got no value."""
    out: np.ndarray = np.zeros(size, dtype=bool)
    for code, mask in failures.items():
        if CODES[code].fatal:
            out |= mask
    return out


def _spread(mask: np.ndarray, has_text: np.ndarray) -> np.ndarray:
    out: np.ndarray = np.zeros(len(has_text), dtype=bool)
    out[has_text] = mask
    return out


def _with_blanks(
    text: pd.Series, cells: pd.Series, has_text: np.ndarray, empty_text: str, spec: ColumnSpec
) -> pd.Series:
    blank_text = empty_text if spec.blank is BlankMeans.EMPTY else ""
    places = pa.array(np.cumsum(has_text) - 1, mask=~has_text)
    return text_series(arrow_text(text).take(places).fill_null(blank_text), cells)


def _blank_flags(
    present: np.ndarray, null: np.ndarray, blank: np.ndarray, means: BlankMeans
) -> tuple[np.ndarray, np.ndarray]:
    if means is BlankMeans.OMIT:
        return present, null
    return present | blank, (null | blank if means is BlankMeans.NULL else null)


def _convert_filled(cells: pd.Series, spec: ColumnSpec) -> tuple[pd.Series, Failures]:
    if spec.type is DynamoType.S:
        return cells, {}
    if spec.type is DynamoType.N:
        return _numbers(cells)
    if spec.type is DynamoType.B:
        return _one_by_one(cells, _binary(spec))
    if spec.type in _MEMBERS:
        return _one_by_one(cells, lambda text: set_members(text, spec.separator, _MEMBERS[spec.type](spec)))
    return _one_by_one(cells, _BY_TEXT[spec.type])


def _binary(spec: ColumnSpec) -> Convert:
    """`Schema.check` has refused a binary column of which nobody has said how its cells are written."""
    return hex_text if spec.binary is BinaryForm.HEX else base64_text


_MEMBERS: dict[DynamoType, Callable[[ColumnSpec], Convert]] = {
    DynamoType.SS: lambda _: lambda text: (text, ""),
    DynamoType.NS: lambda _: number_member,
    DynamoType.BS: _binary,
}


def _numbers(cells: pd.Series) -> tuple[pd.Series, Failures]:
    numbers = canonical_numbers(cells)
    return numbers.text, numbers.failures


_BY_TEXT: dict[DynamoType, Convert] = {
    DynamoType.BOOL: boolean_text,
    DynamoType.L: json_list,
    DynamoType.M: json_map,
    DynamoType.NULL: null_text,
}


def _one_by_one(cells: pd.Series, convert: Convert) -> tuple[pd.Series, Failures]:
    """`convert` once for each distinct text; it answers (value text, code or "")."""
    codes, texts = pd.factorize(cells)
    values: np.ndarray = np.empty(len(texts), dtype=object)
    why: np.ndarray = np.full(len(texts), "", dtype=object)
    for position, text in enumerate(texts):
        values[position], why[position] = convert(text)
    failures = {code: (why == code)[codes] for code in sorted(set(why) - {""})}
    series = text_series(values[codes], cells)
    return series, failures
