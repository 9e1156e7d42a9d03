"""The fast road: a part of the text is proven regular with array operations, then parsed by Arrow's strict reader.

Proven means: every quote opens after a delimiter or line end (or doubles another), every closing one is followed by a
delimiter or line end (or doubles), no NUL, no escape, no oversized record; and then Arrow must find exactly the
records that the proof counted, each of the expected width. Anything else is no proof, and the tolerant road reads it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from importer.intake.encodings import HIDDEN
from importer.intake.grammar import Grammar
from importer.intake.tokenizer import MARKS

BLOCK_BYTES = 512 * 1024
"""Of a part, for one thread at a time (measured: half the time on two cores, and no more work than in one piece)."""

BLANK_CELL_BYTES = 64
"""A cell of more spaces than this is not looked at; such a record stays a row."""

_LF, _CR, _SPACE = 10, 13, 32


class Proof(NamedTuple):
    """`ends` (int64): offsets in the part after each record's line end; `blank`: which records are empty lines.
    `one_line`: every record is one line. `is_cut`: the record after the last is not regular."""

    ends: Any
    blank: Any
    one_line: bool
    is_cut: bool = False

    def first(self, count: int) -> Proof:
        """The proof of the first `count` records, the next of which is not regular."""
        return Proof(self.ends[:count], self.blank[:count], self.one_line, True)


def can_prove(grammar: Grammar) -> bool:
    """Whether Arrow's reader knows the dialect: one ASCII delimiter, one ASCII quote or none, around cells."""
    is_plain = len(grammar.delimiter) == 1 and grammar.delimiter.isascii() and len(grammar.quote) <= 1
    return is_plain and not (grammar.line_quotes or grammar.curly or grammar.drawn)


def prove_part(part: memoryview, grammar: Grammar, *, at_end: bool, max_record: int) -> Proof | None:
    """Where the records of `part` end, up to the last that ends in it; None when the part is not regular.

    Up to the first quote that is out of place, where there is one. `part` begins at a record's start. With `at_end`
    it holds the last record, whose line end may be missing.
    """
    data = np.frombuffer(part, dtype=np.uint8)
    if not data.all():
        return None
    breaks = lines = _line_ends(data)
    good: int = min(_unmarked_until(part), _unescaped_until(data, grammar))
    quotes: Any = np.empty(0, dtype=np.int64)
    if grammar.quote:
        quotes = np.flatnonzero(data == grammar.quote[0])
        if quotes.size:
            breaks = breaks[np.searchsorted(quotes, breaks) & 1 == 0]
            size = data.size if at_end else (int(breaks[-1]) + 1 if breaks.size else 0)
            good = min(good, _strict_until(data, quotes[: np.searchsorted(quotes, size)], grammar))
    one_line = breaks.size == lines.size
    ends = breaks + 1
    if at_end and (not ends.size or ends[-1] < data.size):
        ends = np.append(ends, data.size)
    if not one_line and ends.size and grammar.width > 1:
        good = min(good, _swallowed_from(data, ends, lines, quotes, grammar))
    is_cut = bool(ends.size and ends[-1] > good)
    if is_cut:
        ends = ends[: np.searchsorted(ends, good, side="right")]
    if not ends.size:
        return None
    starts = np.concatenate(([0], ends[:-1]))
    if int((ends - starts).max()) > max_record:
        return None
    first = data[starts]
    return Proof(ends, (first == _LF) | (first == _CR), one_line, is_cut)


def _unmarked_until(part: memoryview) -> int:
    """The offset of the first byte-order mark, as it is or decoded wrongly once; else the end."""
    text = part.tobytes()
    if text.isascii() or MARKS[0][-1:] not in text:  # one byte is found forty times as fast as three
        return len(text)
    plain, decoded = text.find(MARKS[0]), text.find(MARKS[1][2:])
    return min((at for at in (plain, decoded - 2) if at >= 0), default=len(text))


def _unescaped_until(data: Any, grammar: Grammar) -> int:
    """The offset of the first escape that is more than the NULL of a dump, alone in its cell; else the end."""
    if not grammar.escape:
        return int(data.size)
    escapes: Any = np.flatnonzero(data == grammar.escape[0])
    if not escapes.size:
        return int(data.size)
    if grammar.null != grammar.escape + b"N":
        return int(escapes[0])
    around = np.concatenate(([_LF], data, [_LF, _LF]))
    is_null = around[escapes + 2] == grammar.null[1]
    for side in (around[escapes], around[escapes + 3]):
        is_null &= (side == grammar.delimiter[0]) | (side == _LF) | (side == _CR)
    return int(data.size) if is_null.all() else int(escapes[np.argmin(is_null)])


def _line_ends(data: Any) -> Any:
    """Offsets of the last byte of every line end: a line feed, or a carriage return that no line feed follows."""
    feeds = np.flatnonzero(data == _LF)
    returns = np.flatnonzero(data == _CR)
    if not returns.size:
        return feeds
    following = np.minimum(returns + 1, data.size - 1)
    lone = returns[data[following] != _LF]
    return np.sort(np.concatenate((feeds, lone))) if lone.size else feeds


def _strict_until(data: Any, quotes: Any, grammar: Grammar) -> int:
    """The offset up to which every quote is in its place: that of the first pair that is not, or the end."""
    delimiter, quote = grammar.delimiter[0], grammar.quote[0]
    unmatched = int(quotes[-1]) if quotes.size % 2 else int(data.size)
    pairs = quotes[: quotes.size // 2 * 2]
    opening, closing = pairs[0::2], pairs[1::2]
    before = data[np.maximum(opening - 1, 0)]
    before[opening == 0] = _LF
    after = data[np.minimum(closing + 1, data.size - 1)]
    after[closing == data.size - 1] = _LF
    good: Any = np.ones(len(opening), dtype=bool)
    for side in (before, after):
        good &= (side == delimiter) | (side == _LF) | (side == _CR) | (side == quote)
    return unmatched if good.all() else int(opening[np.argmin(good)])


def _swallowed_from(data: Any, ends: Any, lines: Any, quotes: Any, grammar: Grammar) -> int:
    """Where the first record over several lines begins that two stray quotes may have made of several; else the end.

    Its first line alone has cells enough, and on its second begins what may be a record. The tolerant road knows.
    """
    starts = np.concatenate(([0], ends[:-1]))
    stops: Any = np.append(lines + 1, data.size)
    first: Any = np.searchsorted(stops, starts, side="right")
    many = np.flatnonzero(stops[first] < ends)
    starts, second, third = starts[many], stops[first[many]], stops[first[many] + 1]
    delimiters = np.flatnonzero(data == grammar.delimiter[0])
    before = data[np.maximum(quotes - 1, 0)]
    opening = quotes[(before == grammar.delimiter[0]) | (before == _LF) | (before == _CR)]

    def between(places: Any, low: Any, high: Any) -> Any:
        return np.searchsorted(places, high) - np.searchsorted(places, low)

    enough = grammar.width - 1
    suspect = (between(delimiters, starts, second) >= enough) & (
        (between(delimiters, second, third) >= enough) | (between(opening, second, third) > 0)
    )
    return int(starts[np.argmax(suspect)]) if suspect.any() else int(data.size)


def even_records(part: memoryview, proof: Proof, grammar: Grammar) -> int:
    """How many of the proven records come before the first whose width is not the expected one."""
    data = np.frombuffer(part[: int(proof.ends[-1])], dtype=np.uint8)
    delimiters = np.flatnonzero(data == grammar.delimiter[0])
    if grammar.quote:
        quotes = np.flatnonzero(data == grammar.quote[0])
        delimiters = delimiters[np.searchsorted(quotes, delimiters) & 1 == 0]
    widths = np.diff(np.searchsorted(delimiters, proof.ends), prepend=0) + 1
    even = proof.blank | (widths == grammar.width)
    if even.all():
        return len(even)
    first = int(np.argmin(even))
    if widths[first] > 1:
        return first
    before = np.flatnonzero(~proof.blank[:first])  # one cell may be the end of the record before
    return int(before[-1]) if before.size else first


def parse_part(part: memoryview, proof: Proof, grammar: Grammar) -> Any | None:
    """The records of a proven part as an Arrow table of text columns c0…; None when shapes differ from the proof."""
    names = [f"c{number}" for number in range(grammar.width)]
    buffer = pa.py_buffer(part[: int(proof.ends[-1])])
    try:
        table = csv.read_csv(
            pa.BufferReader(buffer),
            read_options=csv.ReadOptions(
                use_threads=proof.one_line and buffer.size > BLOCK_BYTES,
                block_size=BLOCK_BYTES if proof.one_line else buffer.size + 1,
                column_names=names,
            ),
            parse_options=csv.ParseOptions(
                delimiter=grammar.delimiter.decode(),
                quote_char=grammar.quote.decode() or False,
                newlines_in_values=not proof.one_line,
                ignore_empty_lines=True,
            ),
            convert_options=csv.ConvertOptions(
                check_utf8=False,
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=False,
                quoted_strings_can_be_null=False,
            ),
        )
    except (pa.ArrowInvalid, pa.ArrowException):
        return None
    if table.num_rows != len(proof.ends) - int(proof.blank.sum()):
        return None
    if grammar.hides:
        table = _with_line_ends(table)
    return _without_null(table, grammar) if grammar.null else table


def _with_line_ends(table: Any) -> Any:
    """The table with the line ends in its cells that were hidden."""
    columns = [column.cast(pa.binary()) for column in table.columns]
    for sign, hidden in HIDDEN.items():
        columns = [pc.replace_substring(column, pattern=hidden, replacement=sign) for column in columns]
    return pa.table([column.cast(pa.string()) for column in columns], names=table.column_names)


def _without_null(table: Any, grammar: Grammar) -> Any:
    """The table with empty cells where a dump says NULL."""
    null = pa.scalar(grammar.null.decode())
    columns = [pc.if_else(pc.equal(column, null), "", column) for column in table.columns]
    return pa.table(columns, names=table.column_names)


def without_blank(part: memoryview, proof: Proof, table: Any, grammar: Grammar) -> tuple[Proof, Any]:
    """Records without a letter in any cell are blank, like empty lines: marked so, and taken from the table."""
    if grammar.width < 2:
        return proof, table
    data = np.frombuffer(part, dtype=np.uint8)
    kept = np.flatnonzero(~proof.blank)
    first = data[np.concatenate(([0], proof.ends[:-1]))[kept]]
    begins_blank = (first == grammar.delimiter[0]) | (first <= _SPACE)
    if grammar.quote:
        begins_blank |= first == grammar.quote[0]
    if grammar.null:
        begins_blank |= first == grammar.null[0]
    places: Any = np.flatnonzero(begins_blank)
    for column in table.columns:
        if not places.size:
            return proof, table
        cells = column.take(pa.array(places))
        short = np.flatnonzero(pc.less(pc.binary_length(cells), BLANK_CELL_BYTES).to_numpy())
        bare = pc.ascii_trim(cells.take(pa.array(short)), " \t\n\r\v\f\x1a")
        places = places[short[np.flatnonzero(pc.equal(pc.binary_length(bare), 0).to_numpy())]]
    if not places.size:
        return proof, table
    blank = proof.blank.copy()
    blank[kept[places]] = True
    return proof._replace(blank=blank), table.filter(pa.array(~blank[kept]))
