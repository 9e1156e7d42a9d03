"""Parquet files → a plain list of text with the types of its columns. Streamed, a batch of rows at a time.

A missing cell (null, NaN) is a blank one: Parquet does not tell absent from NULL. Dates and times are ISO 8601.
"""

from __future__ import annotations

import base64
import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from importer.errors import SourceError
from importer.intake.grammar import MOST_COLUMNS
from importer.intake.plain_notes import DeclaredColumn, PlainNotes
from importer.intake.typed_rows import (
    Number,
    Value,
    as_typed,
    dumped,
    is_whole_value,
    plain_value,
)

BATCH_ROWS = 500
"""Of texts that stand once in the file and are pointed to by every row, 400 KB each, they take 200 MB."""

PARQUET_SIGN = b"PAR1"


def write_parquet_list(sources: Sequence[Path], out: TextIO, count: Callable[[int], None]) -> PlainNotes:
    """The rows of all files as one plain list (comma, RFC 4180, the names first). `count` is told the characters.

    Raises SourceError: damaged, too many columns, a column of a kind that no cell can hold, files with other columns.
    """
    with ExitStack() as opened:
        try:
            files = [opened.enter_context(parquet.ParquetFile(source)) for source in sources]
            columns = _columns(files, [source.name for source in sources], count)
            writer = csv.writer(out, lineterminator="\r\n")
            writer.writerow(column.name for column in columns)
            for batch in _batches(files, [column.name for column in columns], count):
                texts = [_cells(batch.column(column.name), column) for column in columns]
                count(sum(len(cell) + 1 for cells in texts for cell in cells))
                writer.writerows(zip(*texts, strict=True))
        except pa.ArrowException:
            raise SourceError(
                f'The file "{sources[0].name}" is Parquet, damaged or of a kind that cannot be read. Write it again.'
            ) from None
        rows = tuple(file.metadata.num_rows for file in files)
    return PlainNotes(tuple(columns), rows_of_parts=rows, is_exact=True, is_ours=True)


def _batches(files: Sequence[Any], columns: list[str], count: Callable[[int], None]) -> Iterator[Any]:
    """The rows of all files, on this thread alone, so that its time is what they take."""
    for file in files:
        for batch in file.iter_batches(BATCH_ROWS, columns=columns, use_threads=False):
            count(0)
            yield batch


def _columns(files: Sequence[Any], names: Sequence[str], count: Callable[[int], None]) -> list[DeclaredColumn]:
    first = files[0].schema_arrow
    if len(first.names) > MOST_COLUMNS:
        raise SourceError(f"The file has more than {MOST_COLUMNS:,} columns. No list has so many. Export fewer.")
    for file, name in zip(files, names, strict=True):
        if {field.name: field.type for field in file.schema_arrow} != {field.name: field.type for field in first}:
            raise SourceError(f'"{name}" has other columns, or of other types, than "{names[0]}". Import them apart.')
    return [_declared(field, files, count) for field in first]


def _declared(field: Any, files: Sequence[Any], count: Callable[[int], None]) -> DeclaredColumn:
    """The column's type. Texts are looked through for empty ones beside missing ones, lists and maps for values that
    plain JSON cannot say."""
    type_ = _type_of(field)
    batches = (batch.column(0) for batch in _batches(files, [field.name], count))
    if type_ in ("L", "M"):
        is_unplain = any(value is not None and value.text is None for array in batches for value in _nested(array))
        return DeclaredColumn(field.name, type_, typed_cells=is_unplain)
    if type_ != "S" or not _is_text(field.type):
        return DeclaredColumn(field.name, type_)
    has_empty = has_missing = False
    for array in batches:
        has_missing |= array.null_count > 0
        has_empty |= bool(pc.any(pc.equal(pc.cast(array, pa.string()), "")).as_py())
    return DeclaredColumn(
        field.name, type_, "empty" if has_empty and not has_missing else "omit", has_empty and has_missing
    )


def _is_text(type_: Any) -> bool:
    inner = type_.value_type if pa.types.is_dictionary(type_) else type_
    return bool(pa.types.is_string(inner) or pa.types.is_large_string(inner) or pa.types.is_string_view(inner))


def _is_binary(type_: Any) -> bool:
    return bool(pa.types.is_binary(type_) or pa.types.is_large_binary(type_) or pa.types.is_fixed_size_binary(type_))


def _type_of(field: Any) -> str:
    type_ = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    for is_kind, found in _KINDS:
        if is_kind(type_):
            return found
    raise SourceError(f'Column "{field.name}" is of the kind {type_}, which no cell can hold. Write it as text.')


def _is_uuid(type_: Any) -> bool:
    return isinstance(type_, pa.BaseExtensionType) and type_.extension_name == "arrow.uuid"


_KINDS: tuple[tuple[Callable[[Any], bool], str], ...] = (
    (_is_text, "S"),
    (_is_uuid, "S"),
    (pa.types.is_null, "S"),
    (pa.types.is_duration, "N"),
    (pa.types.is_temporal, "S"),
    (pa.types.is_integer, "N"),
    (pa.types.is_floating, "N"),
    (pa.types.is_decimal, "N"),
    (pa.types.is_boolean, "BOOL"),
    (_is_binary, "B"),
    (pa.types.is_struct, "M"),
    (pa.types.is_map, "M"),
    (pa.types.is_list, "L"),
    (pa.types.is_large_list, "L"),
    (pa.types.is_fixed_size_list, "L"),
)
"""Kinds of Arrow and the types that they are in DynamoDB."""


def _cells(array: Any, column: DeclaredColumn) -> list[str]:
    """The cells of one column of a batch."""
    if column.type in ("L", "M"):
        return ["" if value is None else _nested_cell(value, column) for value in _nested(array)]
    texts = _texts(array)
    if not column.typed_cells:
        return ["" if text is None else text for text in texts]
    return ["" if text is None else _among_typed(text) for text in texts]


def _among_typed(text: str) -> str:
    return dumped({"S": text}) if not text or is_whole_value(text) else text


def _nested_cell(value: Value, column: DeclaredColumn) -> str:
    if value.text is None or value.type != column.type or (column.typed_cells and is_whole_value(value.text)):
        return dumped(value.whole())
    return value.text


def _texts(array: Any) -> list[str | None]:
    """Scalars as text; None for what is missing."""
    type_ = array.type
    if _is_binary(type_):
        return [None if one is None else base64.b64encode(one).decode() for one in array.to_pylist()]
    if pa.types.is_timestamp(type_) or pa.types.is_time(type_) or pa.types.is_duration(type_) or _is_uuid(type_):
        return [None if one is None else str(_plain(one)) for one in array.to_pylist()]
    if pa.types.is_floating(type_):
        array = pc.if_else(pc.is_nan(array), pa.scalar(None, type_), array)
    texts: list[str | None] = pc.cast(array, pa.string()).to_pylist()
    return texts


def _nested(array: Any) -> Iterator[Value | None]:
    is_map = pa.types.is_map(array.type)
    for one in array.to_pylist():
        yield None if one is None else _value(dict(one) if is_map else one)


def _value(value: Any) -> Value:
    """A list or a map; where it holds binary, plain JSON cannot say it."""
    try:
        return plain_value(_plain(value))
    except _Binary:
        typed = _typed(value)
        return Value("L" if isinstance(value, list) else "M", None, lambda: typed)


class _Binary(Exception):
    """A value holds bytes."""


def _plain(value: Any) -> Any:
    """A value of Arrow as JSON has it (numbers as `Number`). Raises _Binary."""
    if isinstance(value, bytes):
        raise _Binary
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, (int, float, Decimal)):
        return None if str(value).lower() == "nan" else Number(value)
    return _moment(value)


def _moment(value: Any) -> Any:
    """A date or time as ISO 8601 without a fraction of zeros, a duration as seconds, anything else as its text."""
    if isinstance(value, timedelta):
        return Number(f"{value.total_seconds():.6f}".rstrip("0").rstrip("."))
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    return str(value)


def _typed(value: Any) -> dict[str, Any]:
    """A value of Arrow in DynamoDB JSON."""
    if isinstance(value, bytes):
        return {"B": base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {"M": {str(name): _typed(one) for name, one in value.items()}}
    if isinstance(value, list):
        return {"L": [_typed(one) for one in value]}
    return as_typed(_plain(value))
