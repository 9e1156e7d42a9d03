"""Quoted cells of many lines in samples of a list: a sample that ends or begins within one holds no records. Pure."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

LONG_BYTES = 8 * 1024
"""A shorter cell leaves most of a sample to other records."""

EDGE_BYTES = 512
"""Of a long cell so much is left at both ends, up to a line end."""

ROW_SHARE = 0.8
"""Where so many lines of a cell are cut as the line above it, a stray quote has run over records."""

LOOKED_AT_BYTES = 64 * 1024
"""Of a cell, to tell whether it holds records."""

MOST_DOUBLED = 30_000
"""Doubled quotes that are gone back over."""

QUOTES = (b'"', b"'")

_LINE = re.compile(rb"[^\r\n]*+")

_CUT = rb"\r\n,;\t|^~"
"""What stands around a cell: line ends and the usual signs."""


class _Patterns(NamedTuple):
    """Of one quote: a cell, and one that does not end; what they hold is the group."""

    cell: re.Pattern[bytes]
    open_cell: re.Pattern[bytes]


def _patterns(quote: bytes) -> _Patterns:
    """A quote within a cell is doubled, or escaped by a backslash."""
    begin, end = rb"(?:\A|(?<=[" + _CUT + rb"]))" + quote, rb"(?=[" + _CUT + rb"]|\Z)"
    inside = rb"((?:[^Q\\]++|QQ|\\(?!Q)|\\QEND)*+)".replace(b"END", end.replace(b"?=", b"?!")).replace(b"Q", quote)
    return _Patterns(re.compile(begin + inside + quote + end), re.compile(begin + inside + rb"\Z"))


_OF_QUOTE = {quote: _patterns(quote) for quote in QUOTES}


class Shortened(NamedTuple):
    """A sample with little of each long cell in it; `is_open`: it ended within one, whose record is left out."""

    text: bytes
    is_open: bool


def without_long_cells(text: bytes) -> Shortened:
    """The text (UTF-8; it begins with a record) with the middle of each long quoted cell left out."""
    pieces, at = list[bytes](), 0
    for quote, patterns in _OF_QUOTE.items():
        last = 0
        for cell in patterns.cell.finditer(text) if quote in text else ():
            start, end = cell.span(1)
            last = end + 1
            if end - start >= LONG_BYTES and start > at and not _holds_records(text, start, end):
                pieces += [text[at:start], _edges(text[start:end], quote)]
                at = end
        open_cell = patterns.open_cell.search(text, last) if quote in text else None
        if open_cell and len(open_cell.group(1)) >= LONG_BYTES:
            start = open_cell.start(1)
            if not _holds_records(text, start, len(text)):
                return Shortened(b"".join([*pieces, text[at : max(at, _line_start(text, start))]]), True)
        if pieces:
            break
    return Shortened(b"".join([*pieces, text[at:]]), False)


def last_opening(raw: bytes, quote: bytes, unit: int) -> int:
    """Where the last quote stands, in text of `unit` bytes a sign, that doubles none and is doubled by none; -1: none
    does."""
    at = _rfind(raw, quote, len(raw), unit)
    for _ in range(MOST_DOUBLED):
        if at < unit or raw[at - unit : at] != quote:
            return at
        at = _rfind(raw, quote, at - unit, unit)
    return -1


def _rfind(raw: bytes, sign: bytes, stop: int, unit: int) -> int:
    at = raw.rfind(sign, 0, stop)
    while at >= 0 and at % unit:
        at = raw.rfind(sign, 0, at + unit - 1)
    return at


def end_of_cell(text: bytes, opened: int, quote: bytes) -> int:
    """Where the record ends, about, whose long cell a quote opens; 0 where it opens none, -1 where the text ends
    before the cell does."""
    patterns = _OF_QUOTE[quote]
    cell = patterns.cell.match(text, opened)
    if cell is None or cell.end() == len(text):
        return -1 if patterns.open_cell.match(text, opened) else 0
    if cell.end(1) - cell.start(1) < LONG_BYTES or _holds_records(text, *cell.span(1)):
        return 0
    return _LINE.match(text, cell.end()).end()  # type: ignore[union-attr]


def _line_start(text: bytes, at: int) -> int:
    return max(text.rfind(b"\n", 0, at), text.rfind(b"\r", 0, at)) + 1


def _edges(body: bytes, quote: bytes) -> bytes:
    """The first and the last lines of a cell, no quote cut from the one that it doubles."""
    head, tail = body[:EDGE_BYTES], body[-EDGE_BYTES:]
    head = head[: _line_start(head, len(head)) or None].rstrip(quote + b"\\")
    return head + tail[_line_start(tail, len(tail) // 2) :].lstrip(quote)


def _holds_records(text: bytes, start: int, end: int) -> bool:
    """Whether what stands between two quotes are records that are cut as those above and below."""
    cuts = {text[start - 2 : start - 1], text[end + 1 : end + 2]} - {b"", b"\n", b"\r"}
    inside = _filled(text[start : min(end, start + LOOKED_AT_BYTES)])
    begin = _line_start(text, start)
    around = _filled(text[max(0, begin - LONG_BYTES) : begin])[-3:] + _filled(text[end : end + LONG_BYTES])[1:4]
    for sign in cuts:
        count, lines = Counter(line.count(sign) for line in inside).most_common(1)[0] if inside else (0, 0)
        if count and lines >= ROW_SHARE * len(inside) and count in {line.count(sign) for line in around}:
            return True
    return False


def _filled(text: bytes) -> list[bytes]:
    return [line for line in text.splitlines() if line.strip()]
