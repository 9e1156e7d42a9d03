"""JSON lists: one item a line, an array of items, or DynamoDB JSON in any form that exports have. Streamed.

An item is a JSON object. What DynamoDB writes around it is taken off: `{"Item": …}` of exports to S3,
`{"Items": […]}` of `scan` and `query`, `{"PutRequest": {"Item": …}}` of batches; and so is what stands around the one
list of an answer like `{"total": 2, "contacts": […]}`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from importer.errors import SourceError
from importer.intake.detect import nul_pattern
from importer.intake.encodings import BOMS
from importer.intake.feed import MAX_RECORD_BYTES
from importer.intake.plain_notes import PlainNotes, RowNote
from importer.intake.typed_rows import (
    Number,
    TypedRow,
    collect_columns,
    dumped,
    is_typed,
    plain_value,
    typed_value,
    write_rows,
)
from importer.list_warning import ListWarning

CHUNK_CHARACTERS = 64 * 1024

SCAN_NAMES = frozenset(
    ("Items", "Count", "ScannedCount", "ConsumedCapacity", "LastEvaluatedKey", "NextToken", "ResponseMetadata")
)
"""Of an answer of `scan` or `query`."""

ANSWER_NAMES = re.compile(
    r"data|items|records|results?|rows|values?|contacts|users|customers|people|members|subscribers|list|entries"
    r"|response|content|hits",
    re.IGNORECASE,
)
"""What lists are called in the answers of programs."""

_OBJECT = r"\{\s*(?:\"(?:[^\"\\]|\\.)*+\"\s*:|\})"
_SCALAR = r"(?:\"(?:[^\"\\\r\n]|\\.)*+\"|-?[0-9]++(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?|true|false|null|NaN|-?Infinity)"
_BEGINS = re.compile(rf"\s*(?:{_OBJECT}|\[\s*(?:{_OBJECT}|\]|\[|\"(?:[^\"\\]|\\.)*+\"\s*[,\]]))")
_VALUES = re.compile(rf"\s*(?:{_SCALAR}|\[\s*{_SCALAR}(?:\s*,\s*{_SCALAR})*+\s*(?:\]|,[^\[\]\"]*+\Z))\s*")
"""One value, or an array of them, and nothing else: no list, whoever wrote it."""

_SPACE = re.compile(r"[\s,\ufeff]*")


@dataclass
class JsonNotes:
    """What is told of a whole file once it was gone through."""

    passed_over: list[str] = field(default_factory=list)
    goes_on: bool = False
    marks: int = 0
    first_mark: int | None = None
    first_fault: str = ""
    rows_of_parts: list[int] = field(default_factory=list)


def is_json(head: bytes) -> bool:
    """Whether a file that begins with these bytes is JSON objects, or an array, or is one JSON value alone."""
    text = head.decode(_encoding(head), "replace")
    return bool(_BEGINS.match(text) or _VALUES.fullmatch(text))


def write_json_list(sources: Sequence[Path], out: TextIO, count: Callable[[int], None]) -> PlainNotes:
    """The items of all files as one plain list with the types of its columns; item n is row n + 1, as if the names
    stood first.

    Raises SourceError: no items, damaged beyond one item.
    """
    notes = JsonNotes()
    columns = collect_columns(_rows(sources, notes))
    if not columns:
        why = "no items: no JSON object with a name in it."
        if notes.first_fault:
            why = f"no item that can be read: {notes.first_fault}. Mend that, then import it."
        raise SourceError(f'The file "{sources[0].name}" holds {why}')
    again = JsonNotes()
    written = write_rows(columns, _rows(sources, again), out, count)
    return replace(written, warnings=tuple(_warnings(notes)), rows_of_parts=tuple(again.rows_of_parts))


def _warnings(notes: JsonNotes) -> Iterator[ListWarning]:
    if notes.goes_on:
        yield ListWarning(
            "scan_goes_on",
            "",
            "The answer of scan or query ends before the table does (it has a LastEvaluatedKey or NextToken): other "
            "items are missing. Fetch the other pages too.",
            is_doubt=True,
        )
    if notes.marks:
        rows = "1 line" if notes.marks == 1 else f"{notes.marks:,} lines"
        told = f"{rows} began with a byte-order mark, which is no part of the items; it was taken off."
        yield ListWarning("byte_order_mark", "", told, notes.marks, notes.first_mark)
    if notes.passed_over:
        names = ", ".join(f'"{name}"' for name in notes.passed_over[:6])
        yield ListWarning("beside_the_items", "", f"Beside the list of items stood {names}; that is not imported.")


def _rows(sources: Sequence[Path], notes: JsonNotes) -> Iterator[TypedRow]:
    """Every item of the files, in the form that the first one has; the rows of each go on where the last ended."""
    values = (parsed.value for source in sources for parsed in _parsed(source, JsonNotes()))
    first = next((value for value in values if isinstance(value, dict)), None)
    if first is None:
        return
    is_dynamo = _dynamo_item(first) is not None
    before = 0
    for source in sources:
        row = 1
        for parsed in _parsed(source, notes):
            row = parsed.row
            made = _row(parsed._replace(row=before + row), is_dynamo)
            if made.problem is not None and not notes.first_fault:
                notes.first_fault = f"the first {made.problem.why}"
            yield made
        notes.rows_of_parts.append(row - 1)
        before += row - 1


def _row(parsed: _Parsed, is_dynamo: bool) -> TypedRow:
    why, row, value = parsed.why, parsed.row, parsed.value
    if not why and not isinstance(value, dict):
        why = "is not a JSON object with names"
    if not why and not is_dynamo:
        return TypedRow(row, {name: plain_value(one) for name, one in value.items()})
    if not why:
        item = _dynamo_item(value)
        try:
            if item is not None:
                return TypedRow(row, {name: typed_value(one) for name, one in item.items()})
        except (ValueError, RecursionError):
            pass
        is_deletion = "Keys" in value and "NewImage" not in value
        why = "deletes an item" if is_deletion else "is not DynamoDB JSON, as the first item is"
    return TypedRow(row, problem=RowNote("not_an_item", row, f"{why} ({parsed.place})"), raw=parsed.raw)


def _dynamo_item(value: dict[str, Any]) -> dict[str, Any] | None:
    """The item in DynamoDB JSON, out of what stands around it; None when it is none."""
    if set(value) == {"PutRequest"} and isinstance(value["PutRequest"], dict):
        value = value["PutRequest"]
    if set(value) == {"Item"} and isinstance(value["Item"], dict):
        value = value["Item"]
    if "NewImage" in value and set(value) <= {"NewImage", "OldImage", "Keys", "Metadata"}:
        value = value["NewImage"]
    return value if value and all(map(is_typed, value.values())) else None


class _Parsed(NamedTuple):
    """One item: its row, its value, its text, `why` it is none where it is not, and its `place` in the file."""

    row: int
    value: Any
    raw: str
    why: str = ""
    place: str = ""


def _parsed(source: Path, notes: JsonNotes) -> Iterator[_Parsed]:
    """Every item of the file. Raises SourceError."""
    decoder = _Decoder()
    with _open_text(source) as stream:
        first = stream.readline(MAX_RECORD_BYTES)
        while first and not first.strip():
            first = stream.readline(MAX_RECORD_BYTES)
    first = first.strip().removesuffix(",")
    is_line = first.startswith("{") and first.endswith("}") and not _wraps(first, decoder)
    with _open_text(source) as stream:
        yield from _lines(stream, decoder, notes) if is_line else _Pull(stream, source.name, notes, decoder).items()


def _wraps(line: str, decoder: _Decoder) -> bool:
    """Whether a line is an object with the list of items in it, or several items, rather than an item."""
    try:
        value, end = decoder.raw_decode(line)
        return _wrapped(value) is not None or bool(line[end:].strip())
    except (ValueError, RecursionError):
        return False


def _lines(stream: TextIO, decoder: _Decoder, notes: JsonNotes) -> Iterator[_Parsed]:
    """One item a line; blank lines keep their number."""
    row = 1
    while line := stream.readline(MAX_RECORD_BYTES):
        row += 1
        place = f"line {row - 1:,} of the file"
        if line.startswith("\ufeff"):
            line = line.lstrip("\ufeff")
            notes.marks, notes.first_mark = notes.marks + 1, notes.first_mark or row
        text = line.strip().removesuffix(",")
        if not line.endswith("\n") and len(line) >= MAX_RECORD_BYTES:
            while (rest := stream.readline(MAX_RECORD_BYTES)) and not rest.endswith("\n"):
                pass
            yield _Parsed(row, None, "", f"is longer than {MAX_RECORD_BYTES:,} characters", place)
        elif text:
            try:
                yield _Parsed(row, decoder.decode(text), text, decoder.fault(), place)
            except (ValueError, RecursionError):
                yield _Parsed(row, None, text, "is not whole JSON", place)


class _Pull:
    """Values one after the other, or within one array, read piece by piece."""

    def __init__(self, stream: TextIO, name: str, notes: JsonNotes, decoder: _Decoder) -> None:
        self._stream = stream
        self._name = name
        self._notes = notes
        self._decoder = decoder
        self._text = ""
        self._at = 0
        self._items = 0
        self._in_array = False

    def items(self) -> Iterator[_Parsed]:
        """Every item of the file."""
        while sign := self._next_sign():
            if sign == "[":
                self._at += 1
                self._in_array = True
                yield from self._elements()
            elif sign == "{":
                yield from self._object()
            else:
                value, raw, why = self._value()
                yield self._item(value, raw, why)

    def _object(self) -> Iterator[_Parsed]:
        """A top-level object: an item, or what holds the list of them."""
        try:
            value, raw, why = self._value()
        except _TooLong:
            yield from self._long_object()
            return
        name = _wrapped(value)
        if name is None or (name != "Items" and self._next_sign()):
            yield self._item(value, raw, why)
            return
        self._pass_over(value, name)
        for one in value[name]:
            yield self._item(one, dumped(one), why)

    def _long_object(self) -> Iterator[_Parsed]:
        """An object too long to be held: the list of items in it is streamed."""
        self._at += 1
        while (sign := self._next_sign()) == '"':
            name = str(self._value()[0])
            if self._next_sign() != ":":
                raise self._damaged()
            self._at += 1
            if self._next_sign() == "[":
                self._at += 1
                yield from self._elements()
            else:
                self._pass_over({name: self._value()[0]}, "")
        if sign != "}":
            raise self._damaged()
        self._at += 1

    def _elements(self) -> Iterator[_Parsed]:
        """The elements of an array whose bracket was passed."""
        while (sign := self._next_sign()) != "]":
            if not sign:
                raise self._damaged()
            try:
                yield self._item(*self._value())
            except _TooLong:
                raise self._damaged() from None
        self._at += 1

    def _item(self, value: Any, raw: str, why: str) -> _Parsed:
        if not self._items and not isinstance(value, dict):
            what = f"is a JSON array of {'lists' if isinstance(value, list) else 'values'}"
            raise SourceError(
                f'The file "{self._name}" {what if self._in_array else "holds one value and nothing else"}, '
                'not objects with names ({"email": …}). Write the names into each item.'
            )
        self._items += 1
        return _Parsed(self._items + 1, value, raw, why, f"item {self._items:,} of the file")

    def _pass_over(self, value: dict[str, Any], items: str) -> None:
        self._notes.goes_on |= bool(value.get("LastEvaluatedKey") or value.get("NextToken"))
        others = [name for name in value if name != items and name not in SCAN_NAMES]
        self._notes.passed_over += [name for name in others if name not in self._notes.passed_over]

    def _next_sign(self) -> str:
        """The next character that is no space and no comma, not taken; "" at the end."""
        while True:
            found = _SPACE.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def _more(self, characters: int = CHUNK_CHARACTERS) -> bool:
        more = self._stream.read(characters)
        self._text, self._at = self._text[self._at :] + more, 0
        return bool(more)

    def _value(self) -> tuple[Any, str, str]:
        """The value that begins here, its text, and what is wrong with it.

        Raises _TooLong with nothing taken, SourceError when the file ends in it.
        """
        size = CHUNK_CHARACTERS
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except RecursionError:
                raise self._damaged() from None
            except ValueError:
                if len(self._text) - self._at > MAX_RECORD_BYTES:
                    raise _TooLong from None
                if not self._more(size):
                    raise self._damaged() from None
                size *= 2
                continue
            why = self._decoder.fault()
            if end == len(self._text) and self._more():  # a number may go on
                continue
            raw, self._at = self._text[self._at : end], end
            return value, raw, why

    def _damaged(self) -> SourceError:
        return SourceError(
            f'The file "{self._name}" is JSON, damaged or cut off after {self._items:,} items. Export it again.'
        )


class _TooLong(Exception):
    """A value is longer than an item can be."""


def _wrapped(value: dict[str, Any]) -> str | None:
    """The name under which an object has the list of items; None where it is an item itself."""
    lists = [name for name, one in value.items() if isinstance(one, list) and all(isinstance(x, dict) for x in one)]
    if "Items" in lists and set(value) <= SCAN_NAMES:
        return "Items"
    full = [name for name in lists if value[name]]
    if len(full) != 1 or is_typed(value) or set(value) == {"L"}:
        return None
    others = [one for name, one in value.items() if name != full[0]]
    is_answer = ANSWER_NAMES.fullmatch(full[0]) is not None or not any(isinstance(one, str) for one in others)
    return full[0] if is_answer else None


class _Decoder(json.JSONDecoder):
    """Keeps numbers as they are written, and notices names that come twice, NaN and Infinity."""

    def __init__(self) -> None:
        super().__init__(
            parse_float=Number, parse_int=Number, parse_constant=self._no_number, object_pairs_hook=self._object
        )
        self._fault = ""

    def _no_number(self, word: str) -> None:
        self._fault = f"holds {word.lstrip('-')}, which is no number in JSON; write null there"

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            self._fault = "has an object with the same name twice"
        return made

    def fault(self) -> str:
        """What is wrong with what was decoded since the last call; "" where nothing is."""
        found, self._fault = self._fault, ""
        return found


def _encoding(head: bytes) -> str:
    """The codec of a file that begins with these bytes; it takes off a mark."""
    for mark, name in BOMS:
        if head.startswith(mark):
            return "utf-8-sig" if name == "utf-8" else name[:6]
    return nul_pattern(head) or "utf-8"


def _open_text(source: Path) -> TextIO:
    """Bytes that are no text come out as lone surrogates, which the writer of the list notices."""
    with source.open("rb") as stream:
        encoding = _encoding(stream.read(4096))
    errors = "surrogateescape" if encoding.startswith("utf-8") else "replace"
    return source.open(encoding=encoding, errors=errors, newline="\n")
