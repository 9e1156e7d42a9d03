"""Text cells → DynamoDB values, column by column, so that no problem hides another. Pure.

Blank means "" for S (its spaces are text); cells of every other type are stripped first. Nothing is ever guessed:
a cell either converts under its declared type or is a failure case with a code of `codes`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

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
    text_member,
    typed_value_text,
)
from importer.check.codes import CODES
from importer.check.held_types import Held, fit_value, held_at
from importer.check.numbers import canonical_numbers
from importer.check.schema import BinaryForm, BlankMeans, ColumnSpec, DynamoType, Schema, TypedCells
from importer.check.text import arrow_text, filled, text_series, trimmed
from importer.check.typed import Conversion, TypedColumn
from importer.errors import FatalError
from importer.intake import is_whole_value

NOTHING_HELD = Held()

Failures = dict[str, np.ndarray]
Convert = Callable[[str], tuple[str, str]]

EMPTY_TEXT = {DynamoType.S: "", DynamoType.B: "", DynamoType.L: "[]", DynamoType.M: "{}"}


def convert_column(cells: pd.Series, spec: ColumnSpec, held: Held = NOTHING_HELD) -> Conversion:
    """All cells of one imported column under its type; never raises for what a cell holds. `held`: what the table's
    items have in this column's place."""
    if spec.attribute is None:
        raise ValueError("the column is not imported")
    if spec.type is DynamoType.S and spec.typed_cells is None:
        return _texts(cells, spec)
    stripped = cells if spec.type is DynamoType.S else trimmed(cells)
    has_text = filled(stripped)
    whole = None
    emptied: np.ndarray = np.zeros(len(cells), dtype=bool)
    if spec.typed_cells is not None:
        stripped = _plain_of_whole(stripped, spec)
        whole, emptied = _whole_values(stripped, spec), has_text & ~filled(stripped)
        has_text = has_text & ~emptied
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
    made = Conversion(column, spread) if whole is None else whole.put_into(column, spread)
    if spec.typed_cells is TypedCells.INDEX:
        made = _without_empty(made, emptied)
    return _held_against(made, held) if held.inside and spec.type in (DynamoType.L, DynamoType.M) else made


def _without_empty(made: Conversion, emptied: np.ndarray) -> Conversion:
    """An item without the key of an index is not in the index; one in which it is empty or null is refused."""
    column = made.column
    empty = emptied | (column.present & (column.null | ~filled(column.text)))
    if not empty.any():
        return made
    kept = replace(column, present=column.present & ~empty, null=column.null & ~empty)
    return replace(made, column=kept, failures={**made.failures, "index_key_left_out": empty})


def _held_against(made: Conversion, held: Held) -> Conversion:
    """Lists and maps with the types that the table has inside them, once for each distinct text."""
    column = made.column
    codes, texts = pd.factorize(column.text)
    fitted = [fit_value(column.type.value, text, held) if text else None for text in texts]
    told = sorted({code for one in fitted if one is not None for code in one.codes})
    failures = dict(made.failures)
    for code in told:
        hits: np.ndarray = np.array([one is not None and code in one.codes for one in fitted])[codes]
        failures[code] = failures[code] | hits if code in failures else hits
    values: np.ndarray = np.array(["" if one is None else one.text for one in fitted], dtype=object)
    text = text_series(values[codes], column.text) if len(texts) else column.text
    met = frozenset(path for one in fitted if one is not None for path in one.met)
    return Conversion(replace(column, text=text), failures, met)


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


def _plain_of_whole(cells: pd.Series, spec: ColumnSpec) -> pd.Series:
    """A column of one type takes texts among other values (`{"S":"8"}`) as the cells of a list of texts, by the same
    rules: what is a number may become one."""
    if spec.typed_cells is TypedCells.OWN or spec.type not in (DynamoType.N, DynamoType.BOOL):
        return cells
    codes, texts = pd.factorize(cells)
    may_be_empty = spec.typed_cells is TypedCells.INDEX
    plain: np.ndarray = np.array([_text_inside(text, may_be_empty=may_be_empty) for text in texts], dtype=object)
    return trimmed(text_series(plain[codes], cells)) if len(texts) else cells


def _text_inside(text: str, *, may_be_empty: bool) -> str:
    inner = str(json.loads(text)["S"]) if text.startswith('{"S":') and is_whole_value(text) else ""
    return inner if inner.strip() or (may_be_empty and text.startswith('{"S":')) else text


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
        conversion = convert_column(frame[spec.column], spec, held_at(schema.held, schema.path(spec)))
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
    if spec.type in _JSON:
        return _one_by_one(cells, partial(_JSON[spec.type], is_plain=spec.typed_cells is not None))
    return _one_by_one(cells, _BY_TEXT[spec.type])


_JSON = {DynamoType.L: json_list, DynamoType.M: json_map}


def _binary(spec: ColumnSpec) -> Convert:
    """`Schema.check` has refused a binary column of which nobody has said how its cells are written."""
    return hex_text if spec.binary is BinaryForm.HEX else base64_text


_MEMBERS: dict[DynamoType, Callable[[ColumnSpec], Convert]] = {
    DynamoType.SS: lambda _: text_member,
    DynamoType.NS: lambda _: number_member,
    DynamoType.BS: _binary,
}


def _numbers(cells: pd.Series) -> tuple[pd.Series, Failures]:
    numbers = canonical_numbers(cells)
    return numbers.text, numbers.failures


_BY_TEXT: dict[DynamoType, Convert] = {
    DynamoType.BOOL: boolean_text,
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
