"""Items of typed values → a plain list of text, and beside it the type of each column. Pure.

A cell is plain text under the type that most of its column has. What does not fit (a number among texts, NULL beside
an empty text) is written as a whole value in DynamoDB JSON (`{"NULL":true}`), and the column says that such cells are
there; a text that looks like one is then written so too, so that none is mistaken for another.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TextIO

from importer.errors import SourceError
from importer.intake.grammar import MOST_COLUMNS
from importer.intake.plain_notes import DeclaredColumn, PlainNotes, RowNote

SCALARS = ("S", "N", "B", "BOOL", "NULL")
SETS = ("SS", "NS", "BS")

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
"""As JSON has it, so that it may stand in JSON as it is."""


class Number(str):
    """A number, still as it was written."""

    __slots__ = ()


class Value(NamedTuple):
    """One value: its DynamoDB `type`, the `text` of its cell where the column has that type (None: it has none), and
    `whole`, the value in DynamoDB JSON."""

    type: str
    text: str | None
    whole: Callable[[], dict[str, Any]]


@dataclass(frozen=True)
class TypedRow:
    """One item by its names, or a problem: `raw` is then what stood there, and nothing of it is lost."""

    number: int
    values: Mapping[str, Value] = field(default_factory=dict)
    problem: RowNote | None = None
    raw: str = ""


@dataclass
class _Census:
    """What one column holds, by type: all values, those whose cell is plain text, those whose text is empty."""

    types: Counter[str] = field(default_factory=Counter)
    plain: Counter[str] = field(default_factory=Counter)
    empty: Counter[str] = field(default_factory=Counter)

    def add(self, value: Value) -> None:
        self.types[value.type] += 1
        if value.text:
            self.plain[value.type] += 1
        elif value.text == "":
            self.empty[value.type] += 1

    def declared(self, name: str, rows: int) -> DeclaredColumn:
        """The column's type, what its blank cells mean, and whether it has cells of other types."""
        present, null = self.types.total(), self.types["NULL"]
        most = max((type_ for type_ in self.types if type_ != "NULL"), key=self.types.__getitem__, default="S")
        blank, of_blank = "omit", 0
        if present == rows and null + self.empty[most]:
            blank, of_blank = max(("null", null), ("empty", self.empty[most]), key=lambda pair: pair[1])
        return DeclaredColumn(name, most, blank, typed_cells=self.plain[most] + of_blank < present)


def collect_columns(rows: Iterable[TypedRow]) -> dict[str, DeclaredColumn]:
    """Every name that an item has, in the order of first use, with its type.

    Raises SourceError: no item, more names than MOST_COLUMNS.
    """
    columns: dict[str, _Census] = {}
    count = 0
    for row in rows:
        if row.problem is not None:
            continue
        count += 1
        for name, value in row.values.items():
            if name not in columns:
                if len(columns) >= MOST_COLUMNS:
                    raise SourceError(
                        f"The items have more than {MOST_COLUMNS:,} different names. No list has so many columns. "
                        "Export fewer fields, or choose the part that holds the contacts."
                    )
                columns[name] = _Census()
            columns[name].add(value)
    return {name: census.declared(name, count) for name, census in columns.items()}


def write_rows(
    columns: Mapping[str, DeclaredColumn], rows: Iterable[TypedRow], out: TextIO, count: Callable[[int], None]
) -> PlainNotes:
    """The rows as a plain list (comma, RFC 4180, the names first), each at its number; what is to be noted of it.

    `count` is told the characters written and may raise. A broken item keeps its text in the first cell.
    """
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    places = {name: at for at, name in enumerate(columns)}
    problems: list[RowNote] = []
    at = 1
    for row in rows:
        out.write("\r\n" * (row.number - at - 1))
        at = row.number
        cells = {0: row.raw}
        if row.problem is None:
            cells = {places[name]: _cell(value, columns[name]) for name, value in row.values.items()}
        if row.problem is not None:
            problems.append(row.problem)
        elif not _is_text(cells.values()):
            problems.append(RowNote("not_an_item", row.number, "holds bytes that are no text"))
        line = [""] * len(columns)
        for place, cell in cells.items():
            line[place] = cell.encode("utf-8", "replace").decode()
        writer.writerow(line)
        count(len(line) + sum(map(len, cells.values())))
    return PlainNotes(tuple(columns.values()), tuple(problems), is_exact=True, is_ours=True)


def _cell(value: Value, column: DeclaredColumn) -> str:
    if value.type == "NULL" and column.blank == "null":
        return ""
    is_plain = value.type == column.type and value.text is not None and (value.text or column.blank == "empty")
    if is_plain and not (column.typed_cells and is_whole_value(value.text or "")):
        return value.text or ""
    return dumped(value.whole())


def _is_text(cells: Iterable[str]) -> bool:
    try:
        "".join(cells).encode()
    except UnicodeEncodeError:
        return False
    return True


def is_whole_value(text: str) -> bool:
    """Whether a text reads as one value in DynamoDB JSON, as `{"N":"1"}`."""
    if not text.startswith("{"):
        return False
    try:
        return is_typed(json.loads(text))
    except (ValueError, RecursionError):
        return False


def is_typed(value: Any) -> bool:
    """Whether a JSON value is one value in DynamoDB JSON, by its outermost layer."""
    if not isinstance(value, dict) or len(value) != 1:
        return False
    ((type_, inner),) = value.items()
    if type_ in ("S", "N", "B"):
        return isinstance(inner, str) and not isinstance(inner, Number)
    if type_ in SETS:
        return isinstance(inner, list) and bool(inner) and all(isinstance(one, str) for one in inner)
    if type_ == "NULL":
        return inner is True
    return (type_, type(inner)) in (("BOOL", bool), ("L", list), ("M", dict))


def plain_value(value: Any) -> Value:
    """A JSON value (numbers as `Number`) under the type that it has."""
    if isinstance(value, Number):
        return Value("N", value, lambda: {"N": str(value)})
    if isinstance(value, str):
        return Value("S", value, lambda: {"S": value})
    if isinstance(value, bool):
        return Value("BOOL", "true" if value else "false", lambda: {"BOOL": value})
    if value is None:
        return NULL
    looks_typed = is_typed(value) or any(map(is_typed, value if isinstance(value, list) else value.values()))
    text = None if looks_typed else dumped(value)
    return Value("L" if isinstance(value, list) else "M", text, lambda: as_typed(value))


NULL = Value("NULL", None, lambda: {"NULL": True})


def typed_value(value: dict[str, Any]) -> Value:
    """A value in DynamoDB JSON. Raises ValueError when an inner layer is none."""
    ((type_, inner),) = value.items()
    if type_ == "NULL":
        return NULL
    if type_ == "BOOL":
        return Value(type_, "true" if inner else "false", lambda: value)
    if type_ in SCALARS:
        return Value(type_, inner, lambda: value)
    if type_ in SETS:
        return Value(type_, dumped([Number(one) if type_ == "NS" else one for one in inner]), lambda: value)
    try:
        return Value(type_, plain_value(_as_plain(value)).text, lambda: value)
    except _NotPlain:
        return Value(type_, None, lambda: value)


def as_typed(value: Any) -> dict[str, Any]:
    """A JSON value (numbers as `Number`) in DynamoDB JSON."""
    if isinstance(value, list):
        return {"L": [as_typed(one) for one in value]}
    if isinstance(value, dict):
        return {"M": {name: as_typed(one) for name, one in value.items()}}
    return plain_value(value).whole()


class _NotPlain(Exception):
    """Plain JSON has no such value: a set, binary, a number in another form."""


def _as_plain(value: Any) -> Any:
    """The value as plain JSON that says the same. Raises _NotPlain, and ValueError when it is not DynamoDB JSON."""
    if not is_typed(value):
        raise ValueError("an inner value is not in DynamoDB JSON")
    ((type_, inner),) = value.items()
    if type_ == "L":
        return [_as_plain(one) for one in inner]
    if type_ == "M":
        return {name: _as_plain(one) for name, one in inner.items()}
    if type_ in (*SETS, "B") or (type_ == "N" and not _NUMBER.fullmatch(inner)):
        raise _NotPlain
    return Number(inner) if type_ == "N" else None if type_ == "NULL" else inner


def dumped(value: Any) -> str:
    """JSON without spaces; a `Number` as it was written."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, list):
        return f"[{','.join(map(dumped, value))}]"
    if isinstance(value, dict):
        return (
            "{"
            + ",".join(f"{json.dumps(name, ensure_ascii=False)}:{dumped(one)}" for name, one in value.items())
            + "}"
        )
    return json.dumps(value, ensure_ascii=False)
