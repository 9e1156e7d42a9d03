"""Blocks of text → parts of records: the fast road wherever it proves itself, the tolerant road elsewhere."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa

from importer.intake.fastroad import can_prove, parse_part, prove_part
from importer.intake.feed import MAX_RECORD_BYTES, Block, Gap
from importer.intake.header import Layout
from importer.intake.problems import ReadingProblem, problem
from importer.intake.tokenizer import Grammar, Record, Tokenizer


@dataclass(frozen=True)
class ReaderLimits:
    """Bytes. A part is at most `part`; one that fails is tried again in eighths down to `smallest_part`, so that one
    bad record costs 16 KB of the slow road; a larger `record` is set aside."""

    part: int = 4 * 1024 * 1024
    smallest_part: int = 16 * 1024
    record: int = MAX_RECORD_BYTES


SHRINK = 8

MESSAGES = {
    "row_too_long": "Row {row:,} has {cells:,} cells instead of {width:,}. Correct it, reject it or accept it.",
    "row_too_short": "Row {row:,} has {cells:,} cells instead of {width:,}. Correct it, reject it or accept it.",
    "unclosed_quote": "Row {row:,} has a quote that never closes; it was read as text. Look at the row.",
    "stray_quote": "Row {row:,} has a quote inside a cell; it was read as text. Look at the row.",
    "nul_byte": "Row {row:,} holds a NUL byte, which no text has. Correct it, reject it or accept it.",
    "row_too_big": "Row {row:,} has {size:,} bytes (limit {limit:,}); set aside. Look for a quote that is not "
    "closed, or split the row.",
}


@dataclass(frozen=True)
class Part:
    """Some records in order. `table`: row, byte_start, byte_end (int64), c0… (text). Counts are of this part.
    `header` (first part only): the header's source bytes."""

    table: Any
    problems: list[ReadingProblem]
    record_bytes: int
    set_aside_bytes: int
    set_aside: int
    fast_bytes: int
    tolerant_bytes: int
    byte_end: int
    header: tuple[int, int] | None = None


@dataclass
class _Window:
    """Text that is not read yet: what is left of one or more blocks."""

    blocks: Iterator[Block | Gap]
    text: bytes = b""
    at: int = 0
    gap: Gap | None = None
    at_end: bool = False
    held: deque[tuple[int, Block]] = field(default_factory=deque)

    def fill(self, size: int) -> None:
        """Hold at least `size` unread bytes, unless the text ends (at a gap or for good) before."""
        while len(self.text) - self.at < size and not self.at_end:
            item = next(self.blocks, None)
            if item is None or isinstance(item, Gap):
                self.gap, self.at_end = item, True
                return
            rest = self.text[self.at :]
            self.held = deque(
                (start - self.at, block) for start, block in self.held if start + len(block.text) > self.at
            )
            self.held.append((len(rest), item))
            self.text, self.at = (rest + item.text if rest else item.text), 0

    def pass_gap(self) -> Gap | None:
        """The gap that ended the text, if one did; reading may go on after it."""
        gap, self.gap = self.gap, None
        self.at_end = gap is None
        return gap

    def to_source(self, ends: Any) -> Any:
        """Source offsets of ascending offsets in `text`, each after a line end or at the end."""
        ends = np.asarray(ends, dtype=np.int64)
        out: Any = np.empty(len(ends), dtype=np.int64)
        first = 0
        for start, block in self.held:
            last = int(np.searchsorted(ends, start + len(block.text), side="right"))
            out[first:last] = block.to_source(ends[first:last] - start)
            first = max(first, last)
        return out

    def take_problems(self, byte_end: int) -> list[ReadingProblem]:
        """Problems of decoding that begin before `byte_end`, each handed out once."""
        return [found for _, block in self.held for found in block.decoded.problems if found.byte_start < byte_end]


class Reader:
    """Reads the records after the layout's header, once. Row numbers and byte offsets go on from part to part."""

    def __init__(
        self,
        blocks: Iterable[Block | Gap],
        grammar: Grammar,
        layout: Layout,
        *,
        fast: bool = True,
        limits: ReaderLimits = ReaderLimits(),
    ) -> None:
        self._window = _Window(iter(blocks))
        self._grammar = grammar
        self._layout = layout
        self._limits = limits
        self._tokenizer = Tokenizer(grammar, limits.record)
        self._fast = fast and can_prove(grammar)
        self._part_bytes = limits.part
        self._row = 1
        self._byte = 0
        self._seen = -1

    def parts(self) -> Iterator[Part]:
        """All of the list; the first part holds what the layout sets aside and no records."""
        yield self._head()
        while True:
            self._window.fill(self._part_bytes)
            if self._window.at < len(self._window.text):
                yield self._next_part()
            elif self._window.at_end:
                gap = self._window.pass_gap()
                if gap is None:
                    return
                yield self._gap_part(gap)

    def _head(self) -> Part:
        window, layout = self._window, self._layout
        window.fill(max(layout.data_start, 1))
        first = window.held[0][1].byte_start if window.held else 0
        self._byte = first
        problems = [
            problem(found.code, found.row, *self._span(found.start, found.end, first), found.message)
            for found in layout.problems
        ]
        end = int(window.to_source([layout.data_start])[0]) if layout.data_start else first
        problems += self._decoding_problems(end, None)
        header = self._span(layout.header_start, layout.header_end, first)
        window.at, self._byte, self._row = layout.data_start, end, layout.first_row
        return Part(self._empty(), problems, 0, end, layout.set_aside, 0, end, end, header)

    def _span(self, start: int, end: int, first: int) -> tuple[int, int]:
        places = [int(self._window.to_source([at])[0]) if at else first for at in (start, end)]
        return places[0], places[1]

    def _empty(self) -> Any:
        return self._table(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int64), self._texts([]))

    def _next_part(self) -> Part:
        while self._fast:
            part = self._fast_part()
            if part is not None:
                self._part_bytes = min(self._part_bytes * SHRINK, self._limits.part)
                return part
            if self._part_bytes <= self._limits.smallest_part:
                break
            self._part_bytes = max(self._part_bytes // SHRINK, self._limits.smallest_part)
        return self._tolerant_part()

    def _fast_part(self) -> Part | None:
        window = self._window
        stop = min(len(window.text), window.at + self._part_bytes)
        part = memoryview(window.text)[window.at : stop]
        at_end = window.at_end and stop == len(window.text)
        if not at_end and part[-1] == 13:
            part = part[:-1]
        proof = prove_part(part, self._grammar, at_end=at_end, max_record=self._limits.record)
        table = parse_part(part, proof, self._grammar) if proof is not None else None
        if proof is None or table is None:
            return None
        ends = window.to_source(window.at + proof.ends)
        starts = np.concatenate(([self._byte], ends[:-1]))
        rows: Any = np.arange(self._row, self._row + len(ends), dtype=np.int64)
        problems = [self._blank(int(rows[at]), int(starts[at]), int(ends[at])) for at in np.flatnonzero(proof.blank)]
        problems += self._decoding_problems(int(ends[-1]), (rows, ends))
        kept = ~proof.blank
        blank_bytes = int((ends - starts)[proof.blank].sum())
        source_bytes = int(ends[-1]) - self._byte
        self._advance(int(proof.ends[-1]), len(ends), int(ends[-1]))
        return Part(
            self._table(rows[kept], starts[kept], ends[kept], table.columns),
            sorted(problems, key=_place),
            source_bytes - blank_bytes,
            blank_bytes,
            len(rows) - table.num_rows,
            source_bytes,
            0,
            self._byte,
        )

    def _tolerant_part(self) -> Part:
        window = self._window
        window.fill(self._part_bytes + self._limits.record + 1)
        stop = min(len(window.text), window.at + min(self._part_bytes, self._limits.smallest_part * SHRINK))
        records = list(self._tokenizer.records(window.text, window.at, stop))
        ends = window.to_source([record.end for record in records])
        starts = np.concatenate(([self._byte], ends[:-1]))
        rows: Any = np.arange(self._row, self._row + len(ends), dtype=np.int64)
        kept = np.fromiter((bool(record.cells) for record in records), dtype=bool, count=len(records))
        problems: list[ReadingProblem] = []
        for row, record, start, end in zip(rows.tolist(), records, starts.tolist(), ends.tolist(), strict=True):
            if record.blank or record.codes:
                problems += self._record_problems(row, record, start, end)
        aside = set(rows[~kept].tolist())
        problems += [
            replace(found, blocking=False) if found.row in aside else found
            for found in self._decoding_problems(int(ends[-1]), (rows, ends))
        ]
        sizes = ends - starts
        source_bytes = int(ends[-1]) - self._byte
        self._advance(records[-1].end - window.at, len(records), int(ends[-1]))
        return Part(
            self._table(rows[kept], starts[kept], ends[kept], self._texts([r.cells for r in records if r.cells])),
            sorted(problems, key=_place),
            int(sizes[kept].sum()),
            int(sizes[~kept].sum()),
            int((~kept).sum()),
            0,
            source_bytes,
            self._byte,
        )

    def _advance(self, text_bytes: int, records: int, byte_end: int) -> None:
        self._window.at += text_bytes
        self._row += records
        self._byte = byte_end

    def _gap_part(self, gap: Gap) -> Part:
        found = self._record_problems(
            self._row, Record(0, 0, [], ("row_too_big",), False), gap.byte_start, gap.byte_end
        )
        size = gap.byte_end - gap.byte_start
        self._advance(0, 1, gap.byte_end)
        return Part(self._empty(), found, 0, size, 1, 0, size, gap.byte_end)

    def _texts(self, rows: list[list[bytes]]) -> list[Any]:
        """Columns of text from rows of cells; a short row ends in empty cells, a long one loses those past the end
        (its source bytes stay)."""
        width = self._grammar.width
        even = [row if len(row) == width else [*row[:width], *[b""] * (width - len(row))] for row in rows]
        columns = zip(*even, strict=True) if even else [()] * width
        return [pa.array(column, type=pa.binary()).view(pa.string()) for column in columns]

    def _table(self, rows: Any, starts: Any, ends: Any, texts: list[Any]) -> Any:
        names = ["row", "byte_start", "byte_end", *(f"c{number}" for number in range(self._grammar.width))]
        return pa.table([pa.array(rows), pa.array(starts), pa.array(ends), *texts], names=names)

    def _blank(self, row: int, start: int, end: int) -> ReadingProblem:
        return problem("blank_line", row, start, end, f"Row {row:,} is blank; set aside.")

    def _record_problems(self, row: int, record: Record, start: int, end: int) -> list[ReadingProblem]:
        if record.blank:
            return [self._blank(row, start, end)]
        return [
            problem(code, row, start, end, self._message(code, row, record, end - start)) for code in record.codes
        ]

    def _message(self, code: str, row: int, record: Record, size_bytes: int) -> str:
        return MESSAGES[code].format(
            row=row, cells=len(record.cells), width=self._grammar.width, size=size_bytes, limit=self._limits.record
        )

    def _decoding_problems(self, byte_end: int, records: tuple[Any, Any] | None) -> list[ReadingProblem]:
        """Problems that the decoder found up to `byte_end`, now with the record each lies in."""
        out = []
        for found in self._window.take_problems(byte_end):
            if found.byte_start <= self._seen:
                continue
            self._seen = found.byte_start
            row = None
            if records is not None:
                rows, ends = records
                row = int(rows[np.searchsorted(ends, found.byte_start, side="right")])
            out.append(problem(found.code, row, found.byte_start, found.byte_end, found.message))
        return out


def _place(found: ReadingProblem) -> tuple[int, int]:
    return (found.row or 0, found.byte_start)
