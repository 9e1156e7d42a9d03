"""Many lines at once, with array operations: which of them are records whose cells are beyond doubt, and those cells.

A line is sure where the tokenizer can come to one reading only: it has the expected width, each quote that opens a
cell closes one in the same line, and nothing else of it is odd. Quotes inside cells and escapes are no doubt: it is
known what some quotes in a row do to a cell that is open and to one that is not, so all of a text are followed
together. Every other line is left to the tokenizer. Pure.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from importer.intake.encodings import HIDDEN
from importer.intake.grammar import Grammar
from importer.intake.tokenizer import LETTERS, MARKS

_LF, _CR, _SPACE = 10, 13, 32

_NEEDS_ESCAPE = b"\"'"
"""Beside the escape and the delimiter."""


FEW_OPEN = 20
"""Where more than one line in so many ends within a quote, records of several lines are the rule: the fast road knows
them."""


class SureLines(NamedTuple):
    """`ends` (int64): offsets in the text after each line's end. `sure` says which lines are; `stray`: which of those
    have a quote inside a cell; `is_open`: which lines end within a quote. `starts`, `stops`: the cells of the sure
    lines, a row for each, in `data`, which is the text without what is no part of a cell's value."""

    ends: Any
    sure: Any
    stray: Any
    is_open: Any
    starts: Any
    stops: Any
    data: Any

    @property
    def are_records(self) -> bool:
        """Whether nearly all records are of one line."""
        return int(self.is_open.sum()) * FEW_OPEN <= len(self.ends)

    @property
    def are_damaged(self) -> bool:
        """Whether the fast road would not read all of them, though nearly all are records."""
        return self.are_records and not (self.sure & ~self.stray).all()

    def moved(self, size: int) -> SureLines:
        """The same in a text in which they stand so many bytes further on."""
        return self._replace(ends=self.ends + size)

    def columns(self, wanted: Any) -> list[Any]:
        """The cells of the sure lines that are `wanted` (a mask over all lines), as columns of text."""
        starts, stops = self.starts, self.stops
        if not wanted[self.sure].all():
            starts, stops = starts[wanted[self.sure]], stops[wanted[self.sure]]
        width = starts.shape[1]
        places = np.zeros(2 * starts.size + 1, dtype=np.int32)
        places[0:-1:2], places[1::2] = starts.ravel(), stops.ravel()
        if starts.size:
            places[-1] = places[-2]
        pieces = pa.StringArray.from_buffers(2 * starts.size, pa.py_buffer(places), pa.py_buffer(self.data))
        return [pieces.take(pa.array(np.arange(2 * at, 2 * starts.size, 2 * width))) for at in range(width)]


class _Signs(NamedTuple):
    """Delimiters, quotes and line ends that are not escaped, in order: `places`, the byte at each, and its line."""

    places: Any
    bytes: Any
    is_end: Any
    lines: Any

    def at(self, some: Any) -> _Signs:
        """Some of them."""
        return _Signs(self.places[some], self.bytes[some], self.is_end[some], self.lines[some])


class _Lines(NamedTuple):
    """What is looked at: the data, the ends of its lines, and what cuts them (`cut`: delimiters and line ends)."""

    data: Any
    ends: Any
    cut: _Signs
    grammar: Grammar


class _Quoting(NamedTuple):
    """`inside`: which signs stand in quotes; `doubled`: places of quotes that only double another; by line, whether
    it ends within a quote and whether a quote is part of a cell; `has_doubled`: which lines have doubled ones."""

    inside: Any
    doubled: Any
    is_open: Any
    stray: Any
    has_doubled: Any


class _Escapes(NamedTuple):
    """`places` of escapes that are none themselves."""

    places: Any
    next: Any


def can_cut(grammar: Grammar) -> bool:
    """Whether lines of the dialect can be sure: signs of one byte, around cells."""
    signs = (grammar.quote, grammar.escape)
    is_plain = len(grammar.delimiter) == 1 and grammar.delimiter.isascii() and all(len(sign) <= 1 for sign in signs)
    return is_plain and grammar.width > 0 and not (grammar.line_quotes or grammar.curly or grammar.drawn)


def find_sure_lines(text: bytes, start: int, stop: int, grammar: Grammar, max_record: int) -> SureLines | None:
    """The lines of `text` that begin and end in [start, stop), where a record begins at `start`; None without one."""
    if text[stop - 1] == _CR:
        stop -= 1
    data: Any = np.frombuffer(text, np.uint8, stop - start, start)
    mask = _marked(data, text, start, stop, grammar)
    escapes = _escapes(data, mask, text, start, grammar)
    signs = _signs(data, mask)
    if signs is None:
        return None
    ends = signs.places[signs.is_end] + 1
    quoting = _quoting(data, mask, signs, len(ends), grammar)
    is_cut = signs.is_end | ((signs.bytes == grammar.delimiter[0]) & ~quoting.inside)
    cut = signs.at(np.flatnonzero(is_cut))
    odd = quoting.is_open | (np.diff(np.flatnonzero(cut.is_end), prepend=-1) != grammar.width)
    odd |= np.diff(ends, prepend=0) > max_record
    odd[_lines_of(_odd_places(data, text, start, int(ends[-1]), grammar), ends)] = True
    has_escape = _with(_lines_of(escapes.places, ends), len(ends))
    odd |= has_escape & quoting.stray
    odd[_lines_of(escapes.places[(escapes.next == _LF) | (escapes.next == _CR)], ends)] = True
    lines = _Lines(data, ends, cut, grammar)
    _doubt_quotes(lines, odd, quoting, has_escape)
    return _with_cells(lines, odd, quoting, escapes, start)


def _marked(data: Any, text: bytes, start: int, stop: int, grammar: Grammar) -> Any:
    """Where a sign that may cut stands, escaped or not."""
    mask = data == _LF
    if text.find(b"\r", start, stop) >= 0:
        returns = np.flatnonzero(data == _CR)
        mask[returns[data[np.minimum(returns + 1, data.size - 1)] != _LF]] = True
    for sign in (grammar.delimiter, grammar.quote):
        if sign:
            mask |= data == sign[0]
    return mask


def _escapes(data: Any, mask: Any, text: bytes, start: int, grammar: Grammar) -> _Escapes:
    """The escapes; what they stand before is taken out of `mask`, line ends excepted."""
    none: Any = np.empty(0, np.int64)
    if not grammar.escape or text.find(grammar.escape, start, start + data.size) < 0:
        return _Escapes(none, none)
    places: Any = np.flatnonzero(data == grammar.escape[0])
    first = np.maximum.accumulate(np.where(np.diff(places, prepend=-2) != 1, np.arange(places.size), 0))
    places = places[(np.arange(places.size) - first) & 1 == 0]
    places = places[places + 1 < data.size]
    following = data[places + 1]
    mask[places[(following != _LF) & (following != _CR)] + 1] = False
    return _Escapes(places, following)


def _signs(data: Any, mask: Any) -> _Signs | None:
    """The signs up to the last line end; None without one."""
    places = np.flatnonzero(mask)
    signs = data[places]
    is_end = (signs == _LF) | (signs == _CR)
    whole = np.flatnonzero(is_end)
    if not whole.size:
        return None
    size = int(whole[-1]) + 1
    is_end = is_end[:size]
    lines: Any = np.repeat(np.arange(whole.size), np.diff(whole, prepend=-1))
    return _Signs(places[:size], signs[:size], is_end, lines)


def _quoting(data: Any, mask: Any, signs: _Signs, count: int, grammar: Grammar) -> _Quoting:
    """What the quotes of `count` lines do, from one run of quotes in a row to the next.

    A run after a delimiter or line end opens a cell that is not open, with its first quote. A run of an odd number of
    quotes (of those left, where the first opened) before a delimiter or line end closes one that is. Others change
    nothing.
    """
    none: Any = np.empty(0, np.int64)
    clear: Any = np.zeros(count, dtype=bool)
    at = np.flatnonzero(signs.bytes == grammar.quote[0]) if grammar.quote else none
    inside: Any = np.zeros(len(signs.places), dtype=bool)
    if not at.size:
        return _Quoting(inside, none, clear, clear, clear)
    first = np.flatnonzero(np.diff(signs.places[at], prepend=-2) != 1)
    begins, sizes, lines = signs.places[at[first]], np.diff(first, append=at.size), signs.lines[at[first]]
    may_open = mask[np.maximum(begins - 1, 0)]
    after = data[begins + sizes]
    may_close = (after == grammar.delimiter[0]) | (after == _LF) | (after == _CR)
    is_odd = sizes & 1 == 1
    begins_line = np.diff(lines, prepend=-1) != 0
    was_open, is_open = _followed(
        may_open & may_close & is_odd, may_open & ~may_close, ~may_open & may_close & is_odd, begins_line
    )
    opens, closes = ~was_open & may_open, may_close & (is_odd == was_open) & (was_open | may_open)
    left = sizes - opens - closes
    in_quotes = was_open | opens
    literal = ~in_quotes | (left & 1 == 1)
    pairs = np.where(in_quotes, left // 2, 0)
    doubled = _runs(begins + opens, pairs)
    run: Any = np.repeat(np.arange(-1, len(first)), np.diff(at[first], prepend=0, append=len(signs.places)))
    inside = is_open[run] & (lines[run] == signs.lines) & (run >= 0)
    return _Quoting(
        inside, doubled, inside[signs.is_end], _with(lines[literal], count), _with(lines[pairs > 0], count)
    )


def _followed(swaps: Any, to_open: Any, to_closed: Any, begins_line: Any) -> tuple[Any, Any]:
    """Whether a cell is open before each run of quotes, and after it: from the last place where that is known (a line
    begins, or the run before leaves one state only) every run that swaps does."""
    fixed = to_open | to_closed
    is_known = begins_line.copy()
    is_known[1:] |= fixed[:-1]
    state: Any = np.zeros(len(swaps), dtype=bool)
    state[1:] = to_open[:-1] & ~begins_line[1:]
    base = np.maximum.accumulate(np.where(is_known, np.arange(len(swaps)), 0))
    swapped = np.cumsum(swaps.astype(np.int64)) - swaps
    before = state[base] ^ ((swapped - swapped[base]) & 1 == 1)
    return before, np.where(fixed, to_open, before ^ swaps)


def _doubt_quotes(lines: _Lines, odd: Any, quoting: _Quoting, has_escape: Any) -> None:
    """Mark as `odd` lines whose quotes allow another reading: spaces around them, or each cell stands in quotes
    whatever they hold. Lines with each quote in its place, and no escape, do not."""
    data, ends, cut, grammar = lines
    unsure = (quoting.stray | has_escape) & ~odd
    some = np.flatnonzero(unsure)
    if not some.size or not grammar.quote:
        return
    is_most = some.size * 2 > len(ends)
    some = np.arange(len(ends)) if is_most else some
    sizes = np.diff(ends, prepend=0)[some]
    begins, stops, sub_ends = ends[some] - sizes, ends[some], np.cumsum(sizes)
    around: Any = np.full(int(sub_ends[-1]) + 4, _LF, dtype=np.uint8)
    around[2:-2] = data[: ends[-1]] if is_most else data[_runs(begins, sizes)]
    odd |= unsure & _with(some[_lines_of(_spaced_quotes(around, grammar), sub_ends)], len(ends))
    quote, delimiter = grammar.quote[0], grammar.delimiter[0]
    last = np.maximum(stops - 2 - (data[stops - 2] == _CR), begins)
    in_quotes = quoting.stray[some] & (data[begins] == quote) & (data[last] == quote)
    if not in_quotes.any():
        return
    joins = (around[:-2] == quote) & (around[1:-1] == delimiter) & (around[2:] == quote)
    pieces = np.bincount(_lines_of(np.flatnonzero(joins) - 2, sub_ends), minlength=some.size)
    places = cut.places[~cut.is_end]
    places = places[(data[places - 1] == quote) & (data[places + 1] == quote)]
    alike = np.bincount(_lines_of(places, ends), minlength=len(ends))[some]
    wanted = grammar.width - 1
    agrees = (pieces < wanted) | ((pieces == wanted) & (alike == wanted) & ~quoting.has_doubled[some])
    odd[some[in_quotes & ~agrees]] = True


def _spaced_quotes(around: Any, grammar: Grammar) -> Any:
    """Places of quotes with a space between them and a delimiter (before them: or the line's beginning), in the text
    that has two line feeds `around` it."""
    quotes: Any = np.flatnonzero(around == grammar.quote[0])
    before, after = around[quotes - 2], around[quotes + 2]
    is_spaced = (around[quotes - 1] == _SPACE) & (
        (before == grammar.delimiter[0]) | (before == _LF) | (before == _CR)
    )
    is_spaced |= (around[quotes + 1] == _SPACE) & (after == grammar.delimiter[0])
    return quotes[is_spaced] - 2


def _odd_places(data: Any, text: bytes, start: int, size: int, grammar: Grammar) -> Any:
    """Places of what the tokenizer sees to: NUL, byte-order marks, hidden line ends."""
    stop = start + size
    places: list[Any] = [np.empty(0, np.int64)]
    if text.find(b"\0", start, stop) >= 0:
        places.append(np.flatnonzero(data[:size] == 0))
    has_marks = text.find(MARKS[0][-1:], start, stop) >= 0  # one byte, which both have, is found much faster
    for sign in (*(MARKS if has_marks else ()), *(HIDDEN.values() if grammar.hides else ())):
        at = text.find(sign, start, stop)
        while at >= 0:
            places.append(np.array([at - start]))
            at = text.find(sign, at + 1, stop)
    return np.concatenate(places)


def _with_cells(lines: _Lines, odd: Any, quoting: _Quoting, escapes: _Escapes, offset: int) -> SureLines:
    """The lines that are not odd with their cells; among them may be blank ones, which are odd."""
    data, ends, cut, grammar = lines
    wanted = ~odd[cut.lines]
    starts: Any = np.concatenate(([0], cut.places[:-1] + 1))[wanted]
    stops = cut.places[wanted]
    stops -= cut.is_end[wanted] & (data[stops - 1] == _CR) & (stops > starts)
    if grammar.quote:
        quoted = (data[starts] == grammar.quote[0]) & (stops > starts)
        starts, stops = starts + quoted, stops - quoted
    if grammar.null:
        stops = np.where(_hold(data, starts, stops, grammar.null), starts, stops)
    starts, stops = starts.reshape(-1, grammar.width), stops.reshape(-1, grammar.width)
    blank = _maybe_blank(data, starts, stops, grammar)
    if blank.any():
        odd = odd.copy()
        odd[np.flatnonzero(~odd)[blank]] = True
        starts, stops = starts[~blank], stops[~blank]
    gone, value = _without_signs(data, quoting, escapes, grammar)
    if gone.size:
        starts, stops = (places - _count_before(places, gone) for places in (starts, stops))
    return SureLines(ends + offset, ~odd, quoting.stray & ~odd, quoting.is_open, starts, stops, value)


def _hold(data: Any, starts: Any, stops: Any, value: bytes) -> Any:
    """Which cells hold `value` alone."""
    alike = stops - starts == len(value)
    for at, byte in enumerate(value):
        alike[alike] = data[starts[alike] + at] == byte
    return alike


def _maybe_blank(data: Any, starts: Any, stops: Any, grammar: Grammar) -> Any:
    """Which records have no cell that begins with a letter for sure."""
    escape = grammar.escape[0] if grammar.escape else -1

    def begins(starts: Any, stops: Any) -> Any:
        first = data[starts]
        return (stops > starts) & (first > _SPACE) & (first != escape)

    blank = ~begins(starts[:, 0], stops[:, 0])
    if blank.any():
        blank[blank] = ~begins(starts[blank], stops[blank]).any(axis=1)
    return blank if grammar.width > 1 else blank & (stops[:, 0] == starts[:, 0])


def _without_signs(data: Any, quoting: _Quoting, escapes: _Escapes, grammar: Grammar) -> tuple[Any, Any]:
    """Places of quotes and escapes that are no part of a value, and the data without them."""
    gone = quoting.doubled
    if escapes.places.size:
        taken = escapes.places
        if grammar.letters:
            data = data.copy()
            meaning: Any = np.arange(256, dtype=np.uint8)
            for letter, sign in LETTERS.items():
                meaning[letter[0]] = sign[0]
            data[taken + 1] = meaning[data[taken + 1]]
        else:
            signs = np.frombuffer(_NEEDS_ESCAPE + grammar.escape + grammar.delimiter, np.uint8)
            taken = taken[np.isin(escapes.next, signs)]
        gone = np.sort(np.concatenate((gone, taken)))
    if not gone.size:
        return gone, data
    stays = np.ones(data.size, dtype=bool)
    stays[gone] = False
    return gone, data[stays]


def _count_before(places: Any, gone: Any) -> Any:
    """How many of `gone` are before each of the ascending `places` (rows of them)."""
    later = np.searchsorted(places.ravel(), gone, side="right")
    return np.cumsum(np.bincount(later, minlength=places.size + 1)[: places.size]).reshape(places.shape)


def _runs(begins: Any, sizes: Any) -> Any:
    """All places of runs."""
    if not sizes.any():
        return np.empty(0, np.int64)
    before = np.cumsum(sizes) - sizes
    return np.repeat(begins - before, sizes) + np.arange(int(sizes.sum()))


def _lines_of(places: Any, ends: Any) -> Any:
    """The lines in which places lie; those behind the last line end are left out."""
    return np.searchsorted(ends, places[places < ends[-1]], side="right")


def _with(lines: Any, count: int) -> Any:
    """A mask over `count` lines."""
    mask: Any = np.zeros(count, dtype=bool)
    mask[lines] = True
    return mask
