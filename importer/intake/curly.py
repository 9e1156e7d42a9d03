"""Curly quotes: around a cell that needs them, and around all cells of a list or of some of its columns. Pure.

Word processors, phones and chat programs make the quotes of a list curly. Around every cell they are quotes; around a
cell among others they are what its text has (a title, a quotation), unless a delimiter stands inside.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from importer.intake.cells import is_data

PAIRS = {
    opening.encode(): tuple(closing.encode() for closing in closings)
    for opening, closings in {
        "“": "”", "„": "“”", "‚": "‘’", "‘": "’", "«": "»", "»": "«", "‹": "›", "›": "‹", "”": "”",
    }.items()
}  # fmt: skip
"""What opens, and what closes: as English, German, Polish, French, Danish, Swiss and Swedish write them."""

ALL_COLUMNS = "all"

NEARLY_ALL = 0.95
"""Filled cells in quotes, from which on they are quotes; the others were typed in later."""

FEWEST_CELLS = 3
"""Of a column, with its name, that alone stands in quotes."""

REACH_BYTES = 1024
"""How far beyond its line a cell in curly quotes is followed."""

_LEADS = (b"\xe2\x80", b"\xc2\xab", b"\xc2\xbb")

_LINE = re.compile(rb"[^\r\n]*+")


class CurlyCell(NamedTuple):
    """`text` without quotes, where it stands in a pair of them (`in_pair`); `whole` as it is in the file."""

    text: bytes
    whole: bytes
    in_pair: bool


class CurlyColumns(NamedTuple):
    """Which columns stand in curly quotes: ALL_COLUMNS, their numbers from 1 with commas, or "" for none. `is_sure`:
    no other reading makes sense; else they may be part of the text, as of titles."""

    columns: str = ""
    is_sure: bool = True


def may_be_curly(line: bytes) -> bool:
    """Whether a curly quote can be in a line, at little cost."""
    return any(lead in line for lead in _LEADS)


def closings_of(cell: bytes) -> tuple[bytes, ...]:
    """What closes the curly quote that a cell begins with; empty where it begins with none."""
    return PAIRS.get(cell[:3]) or PAIRS.get(cell[:2]) or ()


def without_pair(cell: bytes) -> bytes | None:
    """What a pair of curly quotes around a cell holds; None where none stands there."""
    bare = cell.strip(b" ")
    closing = next((sign for sign in closings_of(bare) if bare.endswith(sign)), b"")
    opening = len(closing)  # a pair's signs have as many bytes
    return bare[opening:-opening] if closing and len(bare) >= 2 * opening else None


def columns_in(columns: str) -> Container[int]:
    """The places (from 0) that a dialect's `curly` names."""
    return range(1 << 30) if columns == ALL_COLUMNS else {int(number) - 1 for number in columns.split(",")}


def cut_curly(text: bytes, start: int, delimiter: bytes, quote: bytes, over_lines: Container[int]) -> _Cut:
    """The cells of the record at `start`, and where its last line ends. Only cells of the columns `over_lines` may
    go on in the next line."""
    patterns = _patterns(delimiter, quote)
    cells: list[CurlyCell] = []
    at = start
    while True:
        line_end = _LINE.match(text, at).end()  # type: ignore[union-attr]
        found = patterns.curly.match(text, at, line_end)
        if found is None and len(cells) in over_lines and may_be_curly(text[at : at + 6]):
            stop = min(len(text), line_end + REACH_BYTES)
            found = patterns.curly.match(text, at, stop)
            found = None if found and found.end() == stop < len(text) else found
        if found is not None:
            end = found.end()
            cells.append(CurlyCell(found[found.lastindex or 0], text[at:end], True))
        elif (quoted := patterns.quoted.match(text, at, line_end)) is not None:
            end = quoted.end()
            body = quoted[1].replace(quote * 2, quote)
            cells.append(CurlyCell(body, body, False))
        else:
            end = text.find(delimiter, at, line_end)
            end = line_end if end < 0 else end
            cells.append(CurlyCell(text[at:end], text[at:end], False))
        if not text.startswith(delimiter, end):
            return _Cut(cells, end)
        at = end + len(delimiter)


class _Cut(NamedTuple):
    cells: list[CurlyCell]
    end: int


class _Patterns(NamedTuple):
    curly: re.Pattern[bytes]
    quoted: re.Pattern[bytes]


@lru_cache(maxsize=32)
def _patterns(delimiter: bytes, quote: bytes) -> _Patterns:
    """A cell in a pair of curly quotes, and one in other quotes. No other cell in quotes begins in the first."""
    sign = re.escape(delimiter)
    closes = rb"(?:" + sign + rb"|[\r\n]|\Z)"
    space = b"" if delimiter == b" " else b" *"
    pairs = []
    for opening, closings in PAIRS.items():
        closing = rb"(?:" + b"|".join(closings) + rb")"
        inside = rb"(?:(?!(?:" + sign + rb"|[\r\n])" + opening + rb"|" + closing + space + closes + rb")[\s\S])*+"
        pairs.append(opening + rb"(" + inside + rb")" + closing)
    curly = re.compile(space + rb"(?:" + b"|".join(pairs) + rb")" + space + rb"(?=" + closes + rb")")
    mark = re.escape(quote)
    quoted = mark + rb"((?:[^" + mark + rb"]|" + mark * 2 + rb")*+)" + mark + rb"(?=" + closes + rb")"
    return _Patterns(curly, re.compile(quoted if quote else rb"(?!)"))


def find_curly(sample: bytes, delimiter: bytes, quote: bytes, width: int, most_records: int) -> CurlyColumns:
    """The columns of a list that stand in curly quotes, by the first records of its beginning."""
    if not may_be_curly(sample):
        return CurlyColumns()
    rows = [row for row in _rows(sample, delimiter, quote, most_records) if len(row) == width]
    if len(rows) < 2:
        return CurlyColumns()
    names, data = rows[0], rows[1:]
    filled = [[row[at] for row in data if row[at].text.strip()] for at in range(width)]
    curly = [at for at, cells in enumerate(filled) if _are_quoted(cells, names[at])]
    if not curly:
        return CurlyColumns()
    every = [cell for cells in filled for cell in cells]
    if len(every) + width > FEWEST_CELLS and _share(every) >= NEARLY_ALL and (width > 1 or names[0].in_pair):
        return CurlyColumns(ALL_COLUMNS)
    others = [at for at in range(width) if at not in curly and not _are_data(filled[at])]
    is_sure = all(names[at].in_pair for at in curly) or (len(curly) > 1 and not others)
    return CurlyColumns(",".join(str(at + 1) for at in curly), is_sure)


def _rows(sample: bytes, delimiter: bytes, quote: bytes, most: int) -> Iterator[list[CurlyCell]]:
    at, count = 0, 0
    while at < len(sample) and count < most:
        cut = cut_curly(sample, at, delimiter, quote, range(1 << 30))
        yield cut.cells
        at, count = cut.end + (2 if sample.startswith(b"\r\n", cut.end) else 1), count + 1


def _are_quoted(cells: Sequence[CurlyCell], name: CurlyCell) -> bool:
    """Whether nearly all filled cells of a column stand in quotes, and are enough to say so."""
    is_enough = len(cells) + 1 >= FEWEST_CELLS or (bool(cells) and name.in_pair)
    return is_enough and _share(cells) >= NEARLY_ALL


def _share(cells: Sequence[CurlyCell]) -> float:
    return sum(cell.in_pair for cell in cells) / len(cells) if cells else 0.0


def _are_data(cells: Sequence[CurlyCell]) -> bool:
    """Whether most cells of a column are numbers, dates or addresses, which programs write without quotes."""
    return 2 * sum(is_data(cell.text.decode("utf-8", "replace")) for cell in cells) >= len(cells)
