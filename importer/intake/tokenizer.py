"""The tolerant road: records and cells out of any bytes, with offsets, without an exception and without a loss.

A closing quote is one followed by a delimiter or a line end; other quotes are literal. A quote that never closes is
literal too, so it costs one cell and not the rest of the file. What looks wrong is read again under another
hypothesis: that the quote of a cell that spans lines is literal; that a quote which runs over the beginning of
another quoted cell is literal (`careful`); that quotes inside are not doubled, so the first before a delimiter closes
(`eager`); that spaces stand around the quotes (`spaced`); that the quotes stand around the whole line; that each cell
of the line stands in quotes whatever stands inside; that a word processor made the quotes curly (see `curly`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from importer.intake.curly import closings_of, columns_in, cut_curly, may_be_curly, without_pair
from importer.intake.drawn import cut_drawn
from importer.intake.encodings import HIDDEN, show_line_ends
from importer.intake.grammar import Grammar, patterns_of


class Record(NamedTuple):
    """`end` is after the line end. `codes` are the reading problems found; a blank record (nothing but delimiters,
    quotes and spaces) has no cells."""

    start: int
    end: int
    cells: list[bytes]
    codes: tuple[str, ...]
    blank: bool


class _Reading(NamedTuple):
    cells: list[bytes]
    end: int
    codes: list[str]
    spans_lines: bool


class _Open(NamedTuple):
    """A pattern of a quoted cell found no end in text[start:end] though it might go on to `stop`."""

    pattern: re.Pattern[bytes] | None = None
    stop: int = -1
    start: int = -1
    end: int = -1


NEAR_BYTES = 1024
"""How far a second hypothesis is followed, so that damage in every line costs time in proportion."""

SPACED_BYTES = 512
"""How far beyond its line a cell with spaces around its quotes is followed."""

MARKS = (b"\xef\xbb\xbf", b"\xc3\xaf\xc2\xbb\xc2\xbf")
"""A byte-order mark that is no part of a cell: as it is, and decoded wrongly once."""

LETTERS = {
    b"0": b"\0", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v", b"Z": b"\x1a",
}  # fmt: skip
"""What letters after the escape stand for in dumps (MySQL `SELECT … INTO OUTFILE`, PostgreSQL `COPY`)."""

PAGE_SIGNS = b"\f\x1a"
"""Form feed and the end-of-file sign of DOS: a line of nothing else is blank."""

_SPACE, _ABOVE_ASCII = 0x20, 0x80

_MARK_END = b"\xbf"
"""The byte that every mark has: it is looked for first, being found at once."""

_QUOTE_CODES = frozenset({"unclosed_quote", "stray_quote"})

_ESCAPABLE = (b'"', b"'", b"\r", b"\n", b"\r\n")

_LINE = re.compile(rb"[^\r\n]*+")

_SPACES = re.compile(rb" *")

MOST_LINE_ENDS_IN_A_RECORD = 1000
"""Hidden line ends of which each is tried as the end of its record."""

_HIDDEN_SIGNS = b"".join(HIDDEN.values())

_ENDS = b" ,;|\t\r\n" + _HIDDEN_SIGNS
"""What may stand behind a quoted cell: line ends, and what is taken off behind quotes around a whole line."""

_BLANKS = b" \t\n\r\v" + PAGE_SIGNS


class Tokenizer:
    """Cuts UTF-8 text into records. `max_record` (bytes) bounds how far a quote is followed, so memory and time."""

    def __init__(self, grammar: Grammar, max_record: int) -> None:
        self._grammar = grammar
        self._max_record = max_record
        self._patterns = patterns_of(grammar)
        self._text = b""
        self._unclosed_from = self._unclosed_to = -1
        self._rejected_to = self._not_around_to = -1
        self._line_from = self._line_end = -1
        self._open = _Open()
        self._has_marks = False
        self._blank_signs = b" " + PAGE_SIGNS + (grammar.delimiter if len(grammar.delimiter) == 1 else b"")
        self._curly_columns = columns_in(grammar.curly) if grammar.curly else ()
        self._signs = (grammar.delimiter, grammar.quote, grammar.escape, grammar.null, grammar.width)

    @cached_property
    def _inner(self) -> Tokenizer:
        """For what quotes around a whole line hold."""
        return Tokenizer(replace(self._grammar, line_quotes=False), self._max_record)

    def records(self, text: bytes, start: int, stop: int) -> Iterator[Record]:
        """Records that begin in [start, stop). The last may end after `stop`; `text` holds whole lines."""
        if text is not self._text:
            self._text = text
            self._unclosed_from = self._unclosed_to = self._rejected_to = self._not_around_to = -1
            self._line_from = self._line_end = -1
            self._open = _Open()
        while start < stop:
            record = self._plain_record(text, start) or self._record(text, start)
            yield record
            start = record.end

    def _plain_record(self, text: bytes, start: int) -> Record | None:
        """The record of a line of which all is plain: as wide as expected, every quote in its place, nothing else to
        be looked at; None for any other. It takes half the time of looking at everything."""
        delimiter, quote, escape, null, width = self._signs
        line_feed = text.find(b"\n", start, start + NEAR_BYTES)
        line = text[start:line_feed] if line_feed >= 0 else b""
        if line.endswith(b"\r"):
            line = line[:-1]
        if not line or line[0] <= _SPACE or b"\r" in line or b"\0" in line or not self._is_plain(line):
            return None
        if (escape and escape in line) or (null and null in line):
            return None
        cells = line.split(delimiter) if not quote or quote not in line else self._strict_cells(line)
        if cells is None or len(cells) != width or not cells[0] or cells[0][0] <= _SPACE:
            return None
        return Record(start, line_feed + 1, cells, (), False)

    def _is_plain(self, line: bytes) -> bool:
        """Whether no mark, no curly quote and no hidden line end can be in a line, and it is cut at signs."""
        if self._grammar.drawn or self._grammar.curly:
            return False
        return line.isascii() or not (self._grammar.hides or _MARK_END in line or may_be_curly(line))

    def _record(self, text: bytes, start: int) -> Record:
        delimiter, quote, escape, null, width = self._signs
        begin = start if text[start] < _ABOVE_ASCII else _after_marks(text, start)
        line_end = _end_of_line(text, begin)
        line = text[begin:line_end]
        if line_end - start > self._max_record:
            return Record(start, _after_line_end(text, line_end), [], ("row_too_big",), False)
        if not line or (width != 1 and not line.strip(self._blank_signs)):
            return Record(start, _after_line_end(text, line_end), [], (), True)
        is_odd = not line.isascii()
        self._has_marks = is_odd and _MARK_END in line
        if self._grammar.drawn or self._grammar.curly:
            return self._formed_record(start, begin, line_end, line)
        if (quote and quote in line) or (escape and escape in line):
            reading = self._quoted_line(text, begin, line_end, line)
        else:
            reading = _Reading(line.split(delimiter), line_end, [], False)
        if is_odd and self._grammar.hides:
            reading = self._with_line_ends(line, begin, reading)
        cells, codes, end = reading.cells, reading.codes, _after_line_end(text, reading.end)
        if self._has_marks or begin > start or (is_odd and may_be_curly(line)) or (null and null in line):
            cells, codes = self._without_odd_signs(cells, codes, line, is_marked=begin > start)
        if not (cells[0] and cells[0][0] > _SPACE) and len(cells) > 1 and not b"".join(cells).strip(_BLANKS):
            return Record(start, end, [], (), True)
        if width and len(cells) != width:
            codes = [*codes, "row_too_long" if len(cells) > width else "row_too_short"]
        if b"\0" in line or (reading.spans_lines and b"\0" in text[start:end]):
            codes = [*codes, "nul_byte"]
        return Record(start, end, cells, tuple(dict.fromkeys(codes)) if codes else (), False)

    def _with_line_ends(self, line: bytes, begin: int, reading: _Reading) -> _Reading:
        """The record with the line ends in its cells. Where it has not the expected width, and what is before one of
        them has, that one ends it."""
        if not self._is_sound(reading):
            signs = (begin + at for at, sign in enumerate(line) if sign in _HIDDEN_SIGNS)
            places = islice(signs, MOST_LINE_ENDS_IN_A_RECORD)
            reading = next(filter(self._is_sound, (self._read(self._text, begin, at) for at in places)), reading)
        return reading._replace(cells=list(map(show_line_ends, reading.cells)))

    def _quoted_line(self, text: bytes, start: int, line_end: int, line: bytes) -> _Reading:
        """The reading of a line with quotes or escapes."""
        strict = self._strict_line(line, line_end)
        if strict is not None and len(strict.cells) == self._grammar.width:
            return strict
        return self._odd_reading(text, start, line_end, line, strict)

    def _drawn_record(self, start: int, line_end: int, line: bytes) -> Record:
        """The record of one line of a table that is drawn in text; one that only rules off is blank."""
        cells, end, width = (
            cut_drawn(line, self._grammar.drawn),
            _after_line_end(self._text, line_end),
            self._grammar.width,
        )
        if not any(cells):
            return Record(start, end, [], (), True)
        codes = [] if width in (0, len(cells)) else ["row_too_long" if len(cells) > width else "row_too_short"]
        return Record(start, end, cells, (*codes, *(["nul_byte"] if b"\0" in line else [])), False)

    def _formed_record(self, start: int, begin: int, line_end: int, line: bytes) -> Record:
        """The record of a list that has a form of its own."""
        if self._grammar.drawn:
            return self._drawn_record(start, line_end, line)
        return self._curly_record(start, begin)

    def _curly_record(self, start: int, begin: int) -> Record:
        """The record of a list whose cells stand in curly quotes; where these hold a delimiter or a line end, they
        are quotes in any column."""
        text, grammar = self._text, self._grammar
        cut = cut_curly(text, begin, grammar.delimiter, grammar.quote, self._curly_columns)
        cells = []
        for at, cell in enumerate(cut.cells):
            is_quoted = cell.in_pair and (at in self._curly_columns or grammar.delimiter in cell.text)
            bare = cell.text if is_quoted else cell.whole
            bare = b"" if grammar.null and bare == grammar.null else bare
            cells.append(show_line_ends(bare) if grammar.hides else bare)
        end = _after_line_end(text, cut.end)
        if len(cells) > 1 and not b"".join(cells).strip(_BLANKS):
            return Record(start, end, [], (), True)
        codes = ["byte_order_mark"] if begin > start and start else []
        if grammar.width not in (0, len(cells)):
            codes.append("row_too_long" if len(cells) > grammar.width else "row_too_short")
        if b"\0" in text[start:end]:
            codes.append("nul_byte")
        return Record(start, end, cells, tuple(codes), False)

    def _odd_reading(self, text: bytes, start: int, line_end: int, line: bytes, strict: _Reading | None) -> _Reading:
        """The reading of a line with quotes or escapes that have not all their place, or not the expected width."""
        if self._grammar.line_quotes and line.lstrip(b" ").startswith(self._grammar.quote):
            inside = self._in_line_quotes(text, start, line_end, line)
            if inside is not None:
                return inside
        reading = strict or self._best_reading(text, start, line_end)
        if reading.codes and not _QUOTE_CODES.isdisjoint(reading.codes):
            reading = self._each_in_quotes(line, line_end) or reading
        return self._line_in_quotes(reading) or reading

    def _without_odd_signs(
        self, cells: list[bytes], codes: list[str], line: bytes, *, is_marked: bool
    ) -> tuple[list[bytes], list[str]]:
        """The cells without NULL, curly quotes that hold them together, and byte-order marks."""
        null, escape = self._grammar.null, self._grammar.escape
        if null and not escape:  # else reading has seen to it, for an escape may stand before the escape
            cells = [b"" if cell == null else cell for cell in cells]
        if may_be_curly(line):
            cells, codes = self._curly_joined(cells, codes)
        if self._has_marks or is_marked:
            bare = [cell[_after_marks(cell, 0) :] for cell in cells]
            if is_marked or bare != cells:
                return bare, [*codes, "byte_order_mark"]
        return cells, codes

    def _in_line_quotes(self, text: bytes, start: int, line_end: int, line: bytes) -> _Reading | None:
        """The record that quotes around the whole line hold; None where they hold none."""
        begin = line_end - len(line.lstrip(b" "))
        bare = line.strip(b" ,;|\t")
        far = min(NEAR_BYTES, self._max_record) if start < self._not_around_to else self._max_record
        for bound in (begin + len(bare), min(len(text), start + far)):
            found = self._match_quoted(text, begin, bound, None)
            stop = _LINE.match(text, found.end()).end() if found else bound  # type: ignore[union-attr]
            if found and not text[found.end() : stop].strip(b" ,;|\t"):
                return self._inside(self._unquoted(found.group(1), []), stop)
            if found and found.end() - start > NEAR_BYTES:
                self._not_around_to = found.end()
        if not (bare.endswith(self._grammar.quote) and self._grammar.width):
            return None
        inside = self._inside(bare[1:-1], line_end)
        return inside if inside is not None and self._is_sound(inside) else None

    def _inside(self, body: bytes, end: int) -> _Reading | None:
        """What stood in quotes read as one record; None where it is none."""
        record = next(self._inner.records(body, 0, len(body)), None)
        if record is None or record.end < len(body) or not record.cells:
            return None
        codes = [code for code in record.codes if not code.startswith("row_too_")]
        return _Reading(record.cells, end, codes, b"\n" in body or b"\r" in body)

    def _line_in_quotes(self, reading: _Reading) -> _Reading | None:
        """In a list whose other lines have none: the record that quotes around one line hold, told by its code."""
        width, body = self._grammar.width, reading.cells[0]
        if not self._grammar.quote or not 1 < width > len(reading.cells):
            return None
        if any(reading.cells[1:]) or reading.spans_lines:
            return None
        if (
            self._grammar.delimiter not in body
            or self._grammar.delimiter + b" " in body.split(self._grammar.quote)[0]
        ):
            return None
        inside = self._inside(body, reading.end)
        if inside is None or not self._is_sound(inside) or any(cell.startswith(b" ") for cell in inside.cells):
            return None
        return inside._replace(codes=[*reading.codes, "line_quotes"])

    def _each_in_quotes(self, line: bytes, line_end: int) -> _Reading | None:
        """The cells of a line where each stands in quotes, those inside being neither doubled nor escaped for sure;
        None where it does not, or the cells would not be those that are expected."""
        quote, delimiter, width = self._grammar.quote, self._grammar.delimiter, self._grammar.width
        if not (line.startswith(quote) and line.endswith(quote) and len(line) > 1):
            return None
        cells = line[1:-1].split(quote + delimiter + quote)
        if len(cells) < 2 or width not in (0, len(cells)):
            return None
        codes: list[str] = []
        for at, cell in enumerate(cells):
            if quote in cell.replace(quote + quote, b""):
                codes.append("stray_quote")
            else:
                cells[at] = cell.replace(quote + quote, quote)
        return _Reading(cells, line_end, codes, False)

    def _curly_joined(self, cells: list[bytes], codes: list[str]) -> tuple[list[bytes], list[str]]:
        """Cells that curly quotes hold together as one, where that gives the expected width (or none is known)."""
        out: list[bytes] = []
        never_closed: set[bytes] = set()
        at = 0
        while at < len(cells):
            end = _curly_end(cells, at, never_closed)
            if end > at:
                out.append(without_pair(self._grammar.delimiter.join(cells[at : end + 1])) or b"")
            else:
                out.append(cells[at])
            at = max(end, at) + 1
        fits = len(out) < len(cells) and self._grammar.width in (0, len(out))
        return (out, [*codes, "curly_quotes"]) if fits else (cells, codes)

    def _strict_line(self, line: bytes, line_end: int) -> _Reading | None:
        """The reading of a line whose every quote is in its place, at a fraction of the time; else None."""
        escape = self._grammar.escape
        cells = None if escape and escape in line else self._strict_cells(line)
        return None if cells is None else _Reading(cells, line_end, [], False)

    def _strict_cells(self, line: bytes) -> list[bytes] | None:
        """The cells of a line whose every quote is in its place; else None."""
        delimiter, quote = self._grammar.delimiter, self._grammar.quote
        if len(quote) != 1 or line.count(quote) % 2:
            return None
        cells = self._patterns.strict_cell.findall(line)
        if delimiter.join(cells) != line:
            return None
        doubled = quote + quote
        if doubled in line:
            return [cell[1:-1].replace(doubled, quote) if cell[:1] == quote else cell for cell in cells]
        return [cell[1:-1] if cell[:1] == quote else cell for cell in cells]

    def _best_reading(self, text: bytes, start: int, line_end: int) -> _Reading:
        """The reading as it stands, or another hypothesis about its quotes where that makes more sense."""
        near = min(len(text), start + min(NEAR_BYTES, self._max_record))
        bound, gives_up = min(len(text), start + self._max_record), None
        if start < self._rejected_to:
            bound, gives_up = near, self._loses_to_its_line
            line_only = self._read(text, start, line_end)
            if self._grammar.width in (0, len(line_only.cells)):
                return line_only
        spaced = self._spaced_reading(text, start, line_end, near)
        if spaced is not None:
            return spaced
        whole = self._read(text, start, bound, gives_up=gives_up)
        if whole.end == bound < len(text):
            self._rejected_to = max(self._rejected_to, bound if bound > near else -1)
            return self._read(text, start, line_end)
        if self._is_sound(whole) and not (whole.spans_lines and self._splits_better(text, start, line_end)):
            return whole
        if not whole.spans_lines:
            return self._another_reading(text, start, line_end, whole)
        chosen = self._lines_or_one(text, start, line_end, whole)
        if chosen.end < whole.end and whole.end - start > NEAR_BYTES:
            self._rejected_to = whole.end
        return chosen

    def _spaced_reading(self, text: bytes, start: int, line_end: int, near: int) -> _Reading | None:
        """The sound reading of a line with spaces between its delimiters and quotes, if there is one."""
        if not self._has_spaces_at_quotes(text, start, line_end):
            return None
        for stop in (line_end, min(near, line_end + SPACED_BYTES)):
            spaced = self._read(text, start, stop, self._patterns.spaced, self._cannot_be_sound)
            if self._is_sound(spaced) and (stop == line_end or spaced.end < stop or stop == len(text)):
                return spaced
        return None

    def _is_sound(self, reading: _Reading) -> bool:
        return not reading.codes and self._grammar.width in (0, len(reading.cells))

    def _cannot_be_sound(self, begun: _Reading) -> bool:
        """Whether no cell more makes it sound."""
        return bool(begun.codes) or len(begun.cells) > self._grammar.width > 0

    def _loses_to_its_line(self, begun: _Reading) -> bool:
        """Whether its first line for itself is taken, whatever cells come more."""
        return begun.spans_lines and bool(begun.codes) and not len(begun.cells) <= self._grammar.width

    def _lines_or_one(self, text: bytes, start: int, line_end: int, whole: _Reading) -> _Reading:
        """Of a reading with something wrong that spans lines: that one, or the first line for itself."""
        width = self._grammar.width
        line_only = self._another_reading(text, start, line_end, self._read(text, start, line_end))
        if not width:
            return line_only if whole.codes else whole
        if len(whole.cells) == width and not self._lines_fit(text, line_only):
            return whole
        if not whole.codes and not self._next_line_fits(text, line_end):
            return whole
        return line_only

    def _has_spaces_at_quotes(self, text: bytes, start: int, line_end: int) -> bool:
        """Whether spaces stand between a delimiter and a quote in the line."""
        delimiter, quote = self._grammar.delimiter, self._grammar.quote
        return bool(quote) and (
            text.find(delimiter + b" " + quote, start, line_end) >= 0
            or text.find(quote + b" " + delimiter, start, line_end) >= 0
            or text.startswith(b" " + quote, start)
        )

    def _another_reading(self, text: bytes, start: int, line_end: int, reading: _Reading) -> _Reading:
        """Of a line that has not the expected width, the first other reading that has it."""
        width = self._grammar.width
        if width and len(reading.cells) != width:
            for pattern in (self._patterns.careful, self._patterns.eager, self._patterns.spaced):
                other = self._read(text, start, line_end, pattern)
                if len(other.cells) == width:
                    return other
        return reading

    def _splits_better(self, text: bytes, start: int, line_end: int) -> bool:
        """Whether a cell that spans lines, with nothing else wrong, is rather a quote that swallowed a record: the
        line alone has the expected width, and so has what begins on the next."""
        width = self._grammar.width
        if width < 2 or _after_line_end(text, line_end) >= len(text):
            return False
        line_only = self._another_reading(text, start, line_end, self._read(text, start, line_end))
        return len(line_only.cells) == width and self._next_line_fits(text, line_end, strict=width < 4)

    def _lines_fit(self, text: bytes, line_only: _Reading) -> bool:
        """Whether this line and the next have the expected width when each is read alone."""
        if len(line_only.cells) != self._grammar.width:
            return False
        return _after_line_end(text, line_only.end) >= len(text) or self._next_line_fits(text, line_only.end)

    def _next_line_fits(self, text: bytes, line_end: int, *, strict: bool = False) -> bool:
        """Whether a record of the expected width begins on the next line; `strict`: and ends there, sound."""
        start = _after_line_end(text, line_end)
        stop = _LINE.match(text, start).end()  # type: ignore[union-attr]
        following = self._read(text, start, stop)
        if not self._is_sound(following) and not strict:
            following = self._another_reading(text, start, stop, following)
        if len(following.cells) == self._grammar.width:
            return not (strict and following.codes)
        if strict:
            return False
        far = min(NEAR_BYTES, self._max_record) if start < self._rejected_to else self._max_record
        bound = min(len(text), start + far)
        return self._is_sound(self._read(text, start, bound, gives_up=self._cannot_be_sound))

    def _read(
        self,
        text: bytes,
        at: int,
        stop: int,
        quoted: re.Pattern[bytes] | None = None,
        gives_up: Callable[[_Reading], bool] | None = None,
    ) -> _Reading:
        """Cells from `at` to the first line end outside quotes, or `stop`, or until `gives_up` of those so far."""
        delimiter, quote = self._grammar.delimiter, self._grammar.quote
        cells: list[bytes] = []
        codes: list[str] = []
        spans_lines = False
        while True:
            if self._has_marks:
                at = _after_marks(text, at)
            opens = bool(quote) and (quoted is self._patterns.spaced or text.startswith(quote, at, stop))
            found = self._match_quoted(text, at, stop, quoted) if opens else None
            if found is not None:
                cell = self._unquoted(found.group(1), codes)
            else:
                found = self._patterns.plain.match(text, at, stop)
                cell = self._literal(found.group(), codes, text.startswith(quote, at, stop))  # type: ignore[union-attr]
            cells.append(cell)
            at = found.end()  # type: ignore[union-attr]
            spans_lines = spans_lines or b"\n" in cell or b"\r" in cell
            if not text.startswith(delimiter, at, stop):
                return _Reading(cells, at, codes, spans_lines)
            if gives_up and gives_up(_Reading(cells, at, codes, spans_lines)):
                return _Reading(cells, at, codes, spans_lines)
            at += len(delimiter)

    def _match_quoted(
        self, text: bytes, at: int, stop: int, quoted: re.Pattern[bytes] | None
    ) -> re.Match[bytes] | None:
        """The quoted cell at `at`. Where an earlier search found no closing quote, only this line is searched:
        the outcome beyond is known, and asking again at each line would make the time quadratic."""
        if quoted is not None:
            return self._closed(text, at, stop, quoted)
        if self._unclosed_from <= at < self._unclosed_to:
            if not self._line_from <= at <= self._line_end:
                self._line_from, self._line_end = at, _LINE.match(text, at).end()  # type: ignore[union-attr]
            stop = min(stop, self._line_end)
            return self._closed(text, at, stop, self._patterns.quoted)
        found = self._closed(text, at, stop, self._patterns.quoted)
        if found is None and stop == len(text):
            self._unclosed_from, self._unclosed_to = at, stop
        elif found is None and stop - at > self._max_record // 4:
            self._unclosed_from, self._unclosed_to = at, at + (stop - at) // 2
        return found

    def _closed(self, text: bytes, at: int, stop: int, quoted: re.Pattern[bytes]) -> re.Match[bytes] | None:
        """The cell at `at` by this pattern. Where it found no closing quote from an earlier cell on, there is none
        but one that stands where the cell opens: a line in which every cell opens a quote is gone over once."""
        known, patterns = self._open, self._patterns
        if quoted is known.pattern and stop == known.stop and known.start < at < known.end:
            if quoted is patterns.eager:
                return None
            at_once = patterns.at_once_spaced if quoted is patterns.spaced else patterns.at_once
            return at_once.match(text, at, stop)
        found = quoted.match(text, at, stop)
        if found is not None and found.end() == stop and not self._may_end(text, stop):
            found = None
        if found is None:
            reach = patterns.careful_reach.match(text, at, stop) if quoted is patterns.careful else None
            if text.startswith(self._grammar.quote, _SPACES.match(text, at, stop).end()):  # type: ignore[union-attr]
                self._open = _Open(quoted, stop, at, reach.end() if reach else stop)
        return found

    def _may_end(self, text: bytes, at: int) -> bool:
        """Whether a quoted cell may end at `at`, and not only because nobody looks beyond."""
        return at >= len(text) or text[at] in _ENDS or text.startswith(self._grammar.delimiter, at)

    def _unquoted(self, body: bytes, codes: list[str]) -> bytes:
        quote = self._grammar.quote
        if self._grammar.null and body == self._grammar.null:
            return b""
        if self._grammar.escape and self._grammar.escape in body:
            return self._unescaped(body)
        if quote not in body:
            return body
        if quote in body.replace(quote + quote, b""):
            codes.append("stray_quote")
        return body.replace(quote + quote, quote)

    def _unescaped(self, body: bytes) -> bytes:
        """Escaped signs as they are; doubled quotes that are not escaped as one."""
        quote = self._grammar.quote
        out: list[bytes] = []
        at = 0
        for match in self._patterns.escaped.finditer(body):
            piece = body[at : match.start()]
            out += (piece.replace(quote + quote, quote) if quote else piece, self._sign(match))
            at = match.end()
        rest = body[at:]
        return b"".join((*out, rest.replace(quote + quote, quote) if quote else rest))

    def _literal(self, cell: bytes, codes: list[str], unclosed: bool) -> bytes:
        quote, escape = self._grammar.quote, self._grammar.escape
        quotes = cell.count(quote) - (cell.count(escape + quote) if escape else 0) if quote else 0
        if quotes:
            codes.append("unclosed_quote" if unclosed and quotes == 1 else "stray_quote")
        if self._grammar.null and cell == self._grammar.null:
            return b""
        if self._grammar.escape and self._grammar.escape in cell:
            return self._patterns.escaped.sub(self._sign, cell)
        return cell

    def _sign(self, match: re.Match[bytes]) -> bytes:
        """What an escape and the sign after it stand for. Where no dump says so, an escape before a sign that needs
        none is text."""
        sign: bytes = match.group(1)
        if self._grammar.letters:
            return LETTERS.get(sign, sign)
        needs_it = sign in _ESCAPABLE or sign == self._grammar.escape or sign == self._grammar.delimiter[:1]
        return sign if needs_it else match.group()


def _curly_end(cells: list[bytes], at: int, never_closed: set[bytes]) -> int:
    """The later cell that ends in the curly quote for the one that the cell at `at` begins with; else `at`.
    `never_closed`: quotes that an earlier cell waited for in vain."""
    first = cells[at].lstrip(b" ")
    closings = tuple(sign for sign in closings_of(first) if sign not in never_closed)
    if not closings or any(sign in first[len(sign) :] for sign in closings):
        return at
    end = next((end for end in range(at + 1, len(cells)) if cells[end].rstrip(b" ").endswith(closings)), at)
    if end == at:
        never_closed.update(closings)
    return end


def _end_of_line(text: bytes, at: int) -> int:
    """Where the line at `at` ends. The pattern is slower, but never looks far for a sign that does not come."""
    line_feed = text.find(b"\n", at, at + NEAR_BYTES)
    if line_feed < 0:
        return _LINE.match(text, at).end()  # type: ignore[union-attr]
    carriage = text.find(b"\r", at, line_feed)
    return line_feed if carriage < 0 else carriage


def _after_marks(text: bytes, at: int) -> int:
    """After the byte-order marks that stand at `at`."""
    while text.startswith(MARKS, at):
        at += 3 if text.startswith(MARKS[0], at) else len(MARKS[1])
    return at


def _after_line_end(text: bytes, at: int) -> int:
    if text.startswith((b"\n", *HIDDEN.values()), at):
        return at + 1
    return min(at + (2 if text.startswith(b"\r\n", at) else 1), len(text))
