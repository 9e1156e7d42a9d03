"""Blocks of text → parts of records: the fast road wherever it proves itself, the tolerant road elsewhere."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Any

import numpy as np
import pyarrow.compute as pc

from importer.intake.apart import LOOKAHEAD, Apart, texts
from importer.intake.apart import MESSAGES as APART_MESSAGES
from importer.intake.fastroad import Proof, can_prove, even_records, parse_part, prove_part, without_blank
from importer.intake.feed import BLOCK_BYTES, MAX_RECORD_BYTES, Block, Gap
from importer.intake.grammar import Grammar
from importer.intake.header import Layout
from importer.intake.mojibake import fix_column, mojibake_places
from importer.intake.part_table import (
    TEXT_FORMULA,
    Part,
    empty_table,
    part_table,
    without_text_formulas,
)
from importer.intake.problems import ReadingProblem, problem
from importer.intake.records import Records, Text, read_records
from importer.intake.repair import (
    MOST_ROWS_JOINED,
    NO_REPAIRS,
    Joined,
    Repairs,
    cut_runs,
    join_cut,
    suggest_repair,
)
from importer.intake.sure_lines import SureLines, can_cut, find_sure_lines
from importer.intake.suspects import regular_records
from importer.intake.telling import Teller
from importer.intake.tokenizer import Record, Tokenizer
from importer.intake.window import Window


@dataclass(frozen=True)
class ReaderLimits:
    """Bytes. A part is at most `part`; one that fails is tried again in eighths down to `smallest_part`. Where
    records are of several lines and it is known which one fails, only `careful_part` is read one by one, and more
    where others follow soon. Sure lines are looked for in more than `few` alone. A larger `record` is set aside."""

    part: int = BLOCK_BYTES
    smallest_part: int = 16 * 1024
    record: int = MAX_RECORD_BYTES
    careful_part: int = 512
    few: int = 4 * 1024


SHRINK = 8


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
        repairs: Repairs = NO_REPAIRS,
    ) -> None:
        self._window = Window(iter(blocks))
        self._grammar = grammar
        self._layout = layout
        self._limits = limits
        self._tokenizer = Tokenizer(grammar, limits.record)
        self._fast = fast and can_prove(grammar)
        self._has_sure_lines = can_cut(grammar)
        self._part_bytes = limits.part
        self._row = 1
        self._byte = 0
        self._seen = -1
        self._repairs = repairs
        self._width = layout.width
        self._teller = Teller(layout.width, limits.record)
        self._apart = Apart(layout.shape, layout.footer_start, layout.copy_start, footer_sign=layout.footer_sign)
        self._is_careful = False
        self._careful_bytes = limits.careful_part
        self._many_lines_to = 0

    @property
    def records(self) -> int:
        """Records met so far, with the header and all that is set aside."""
        return self._row - 1

    def parts(self) -> Iterator[Part]:
        """All of the list; the first part holds what the layout sets aside and no records."""
        yield self._head()
        while True:
            self._window.fill(self._part_bytes // 2)
            if self._window.at < len(self._window.text):
                yield self._next_part()
            elif self._window.at_end:
                gap = self._window.pass_gap()
                if gap is None:
                    break
                yield self._gap_part(gap)
        if last := self._teller.last_blanks():
            yield Part(empty_table(self._width), last, 0, 0, 0, 0, 0, self._byte)

    def _head(self) -> Part:
        window, layout = self._window, self._layout
        window.fill(max(layout.data_start, 1))
        first = window.held[0][1].byte_start if window.held else 0
        self._byte = first
        starts = self._sources([found.start for found in layout.problems], first)
        ends = self._sources([found.end for found in layout.problems], first)
        problems = [
            problem(found.code, found.row, start, end, found.message)
            for found, start, end in zip(layout.problems, starts, ends, strict=True)
        ]
        end = int(window.to_source([layout.data_start])[0]) if layout.data_start else first
        problems += self._decoding_problems(end, None)
        header = self._sources([layout.header_start, layout.header_end], first)
        window.at, self._byte, self._row = layout.data_start, end, layout.first_row
        return Part(empty_table(self._width), problems, 0, end, layout.set_aside, 0, end, end, (header[0], header[1]))

    def _sources(self, places: list[int], first: int) -> list[int]:
        """Source bytes of places in the window, the `first` byte for the window's start."""
        ascending = sorted(set(places))
        source_of = dict(zip(ascending, self._window.to_source(ascending).tolist(), strict=True)) | {0: first}
        return [source_of[at] for at in places]

    def _next_part(self) -> Part:
        block = self._window.block_here()
        if block is not None and block.lines is not None and len(block.text) >= self._limits.few:
            self._is_careful |= block.lines.are_damaged
        while self._fast and not self._is_careful and not self._apart.in_second_table:
            part = self._fast_part()
            if part is not None:
                grown = part.fast_bytes >= self._limits.smallest_part
                self._careful_bytes = self._limits.careful_part if grown else self._careful_bytes
                self._part_bytes = min(self._part_bytes * SHRINK, self._limits.part)
                return part
            if self._is_careful or self._part_bytes <= self._limits.smallest_part:
                break
            self._part_bytes = max(self._part_bytes // SHRINK, self._limits.smallest_part)
        return self._lines_part() or self._tolerant_part()

    def _lines_part(self) -> Part | None:
        """The rest of the block by its sure lines, the others one by one; None where too many records are not one
        line each, or there is too little text. Where some were damaged, the next block is read so too."""
        window, limits = self._window, self._limits
        window.fill(limits.part + 1)
        stop = max(window.block_end, min(window.at + limits.smallest_part, len(window.text)))
        if not self._has_sure_lines or stop - window.at < limits.few or self._byte < self._many_lines_to:
            return None
        lines = self._sure_lines(stop)
        if lines is not None and self._fast and not lines.are_records:
            self._many_lines_to = self._byte + stop - window.at
            return None
        if lines is None or not lines.sure.all():
            at = window.at
            window.fill(limits.part + limits.record + 1, limits.part)
            stop, lines = stop + window.at - at, lines and lines.moved(window.at - at)
        text = Text(window.text, self._tokenizer)
        records = read_records(text, window.at, stop, lines, MOST_ROWS_JOINED)
        self._is_careful = bool(records.odd or records.sure.stray.any())
        self._part_bytes = limits.part
        return self._part_of(records)

    def _sure_lines(self, stop: int) -> SureLines | None:
        """Those up to `stop`; of a whole block they may have been found while the one before was read."""
        window = self._window
        block = window.block_here()
        if block is not None and block.lines is not None and stop == window.block_end:
            lines: SureLines = block.lines
            return lines.moved(window.at)
        return find_sure_lines(window.text, window.at, stop, self._grammar, self._limits.record)

    def _tolerant_part(self) -> Part:
        """Some text record by record: little where it is known which one is damaged."""
        window, limits = self._window, self._limits
        size = self._part_bytes
        if self._is_careful:
            size, self._part_bytes = self._careful_bytes, limits.smallest_part * SHRINK
            self._careful_bytes = min(self._careful_bytes * 2, limits.smallest_part * SHRINK)
            self._is_careful = False
        window.fill(size + limits.record + 1)
        stop = min(len(window.text), window.at + min(size, limits.smallest_part * SHRINK))
        text = Text(window.text, self._tokenizer)
        return self._part_of(read_records(text, window.at, stop, None, MOST_ROWS_JOINED))

    def _fast_part(self) -> Part | None:
        window = self._window
        part, proof = self._proven_block() or self._prove_part()
        table = parse_part(part, proof, self._grammar) if proof is not None else None
        if proof is not None and table is None:
            count = even_records(part, proof, self._grammar)
            proof = proof.first(count) if 0 < count < len(proof.ends) else None
            table = parse_part(part, proof, self._grammar) if proof is not None else None
            self._is_careful = count == 0 or table is not None
        if proof is None or table is None:
            return None
        self._is_careful = proof.is_cut
        proof, table = without_blank(part, proof, table, self._grammar)
        ends = window.to_source(window.at + proof.ends)
        starts = np.concatenate(([self._byte], ends[:-1]))
        count = regular_records(proof, table, starts, self._layout.shape, self._apart)
        if count < len(ends):
            self._is_careful = True
            if not count:
                return None
            proof = proof.first(count)
            table, ends, starts = table.slice(0, count - int(proof.blank.sum())), ends[:count], starts[:count]
        if not self._ends_blank(table):
            return None
        self._apart.after_blank = bool(proof.blank[-1])
        return self._told_part(proof, table, starts, ends)

    def _proven_block(self) -> tuple[memoryview, Proof] | None:
        """A whole block, proven while the one before was read."""
        block = self._window.block_here()
        if block is None or block.proof is None or self._part_bytes < self._limits.part:
            return None
        is_last = self._window.at_end and self._window.block_end == len(self._window.text)
        return None if is_last else (memoryview(block.text), block.proof)

    def _prove_part(self) -> tuple[memoryview, Proof | None]:
        window = self._window
        stop = min(len(window.text), window.at + self._part_bytes)
        if stop > window.block_end >= window.at + self._part_bytes // 2:
            stop = window.block_end  # so that the next part is a whole block
        part = memoryview(window.text)[window.at : stop]
        at_end = window.at_end and stop == len(window.text)
        if not at_end and part[-1] == 13:
            part = part[:-1]
        return part, prove_part(part, self._grammar, at_end=at_end, max_record=self._limits.record)

    def _told_part(self, proof: Proof, table: Any, starts: Any, ends: Any) -> Part:
        rows: Any = np.arange(self._row, self._row + len(ends), dtype=np.int64)
        problems = self._teller.blanks(proof.blank, rows, starts, ends)
        problems += self._decoding_problems(int(ends[-1]), (rows, ends))
        kept = ~proof.blank
        problems += self._teller.mojibake(self._damaged(self._window.at + proof.ends), rows, starts, ends)
        blank_bytes = int((ends - starts)[proof.blank].sum())
        source_bytes = int(ends[-1]) - self._byte
        columns = table.columns[: self._width]
        if self._has_formulas(self._window.at + int(proof.ends[-1])):
            columns = self._without_formulas(columns, (rows[kept], starts[kept], ends[kept]), problems)
        self._advance(int(proof.ends[-1]), len(ends), int(ends[-1]))
        columns = self._mended(columns, rows[kept], problems)
        return Part(
            part_table(rows[kept], starts[kept], ends[kept], columns),
            sorted(problems, key=_place),
            source_bytes - blank_bytes,
            blank_bytes,
            len(rows) - table.num_rows,
            source_bytes,
            0,
            self._byte,
        )

    def _part_of(self, records: Records) -> Part:
        joined = self._joined(records)
        records, rows = joined.records, joined.rows
        ends = self._window.to_source(records.ends)
        starts = np.concatenate(([self._byte], ends[:-1]))
        kept, changed, problems = self._sorted_out(joined, starts, ends)
        aside = set(rows[~kept].tolist())
        problems += [
            replace(found, blocking=False) if found.row in aside else found
            for found in self._decoding_problems(int(ends[-1]), (rows, ends))
        ]
        problems += self._teller.mojibake(self._damaged(records.ends), rows, starts, ends)
        problems += self._teller.blanks(records.blank(), rows, starts, ends)
        sizes = ends - starts
        source_bytes = int(ends[-1]) - self._byte
        fast_bytes = int(sizes[records.sure.places].sum())
        text_end, last_row = int(records.ends[-1]), joined.last_row
        columns, past = records.columns(kept, changed, self._width)
        if self._has_formulas(text_end):
            columns = self._without_formulas(columns, (rows[kept], starts[kept], ends[kept]), problems)
        self._advance(text_end - self._window.at, last_row + 1 - self._row, int(ends[-1]))
        columns = self._mended(columns, rows[kept], problems)
        return Part(
            part_table(rows[kept], starts[kept], ends[kept], columns, past),
            sorted(problems, key=_place),
            int(sizes[kept].sum()),
            int(sizes[~kept].sum()),
            int((~kept).sum()),
            fast_bytes,
            source_bytes - fast_bytes,
            self._byte,
        )

    def _joined(self, records: Records) -> Joined:
        """The records, those joined that line ends had cut."""
        rows = range(self._row, self._row + len(records))
        if self._apart.in_second_table or not records.has_code("row_too_short"):
            return Joined(records, np.array(rows, dtype=np.int64), rows[-1], {}, {})
        count = 1 + self._apart.first_below(self._window.to_source(records.starts[1:]))
        runs = cut_runs(records, min(count, len(records)), self._layout.shape)
        return join_cut(records, rows, runs, self._repairs, self._layout.shape)

    def _sorted_out(
        self, joined: Joined, starts: Any, ends: Any
    ) -> tuple[Any, dict[int, Record], list[ReadingProblem]]:
        """Which records are of the table, those of them that are changed (blank ends taken off, repaired), by their
        places, and the problems of all."""
        records = joined.records
        kept: Any = np.ones(len(records), dtype=bool)
        changed: dict[int, Record] = {}
        problems: list[ReadingProblem] = []
        seen: Any = np.zeros(len(records), dtype=bool)
        for at in self._to_look_at(records, starts):
            seen[at] = True
            row, start, end = (int(facts[at]) for facts in (joined.rows, starts, ends))
            record = self._without_blank_end(records[at])
            code = self._apart.code_of(record, start, partial(self._following, records, at))
            kept[at] = bool(record.cells) and not code
            if code:
                problems.append(problem(code, row, start, end, APART_MESSAGES[code].format(row=row)))
                continue
            if at in joined.lasts:
                last, is_asked = joined.lasts[at]
                problems.append(self._teller.joined(row, last, start, end, is_asked=is_asked))
            if at in joined.suggested:
                problems += self._teller.record(record, row, start, end, repair=joined.suggested[at])
            elif record.codes:
                record, found = self._repaired(record, row, start, end)
                problems += found
            if record is not records[at]:
                changed[at] = record
        for at in records.sure.places[records.sure.stray & ~seen[records.sure.places]].tolist():
            problems.append(self._teller.stray_quote(int(joined.rows[at]), int(starts[at]), int(ends[at])))
        return kept, changed, problems

    def _to_look_at(self, records: Records, starts: Any) -> Iterator[int]:
        """The places of records that may not be of the table, or not as they are: the others are, unless they follow
        a blank record or another table."""
        places = records.sure.places
        looks: Any = np.ones(len(records), dtype=bool)
        if len(places):
            columns = records.sure.columns
            looks[places] = self._apart.unlike(columns[: self._width])
            for column in columns[self._width :]:
                looks[places] |= pc.not_equal(pc.ascii_trim(column, " "), "").to_numpy(zero_copy_only=False)
        looks[self._apart.first_below(starts) :] = True
        wanted: list[int] = [*np.flatnonzero(looks).tolist(), len(records)]
        at = 0
        while at < len(records):
            if not (self._apart.after_blank or self._apart.in_second_table):
                at = wanted[bisect_left(wanted, at)]
            if at < len(records):
                yield at
            at += 1

    def _ends_blank(self, table: Any) -> bool:
        """Whether nothing stands in the last columns, which are left out."""
        return all(
            not pc.any(pc.greater(pc.binary_length(column), 0)).as_py() for column in table.columns[self._width :]
        )

    def _without_blank_end(self, record: Record) -> Record:
        """The record without blank cells in the last columns, which are left out; where something stands in them it
        is too long."""
        cells = record.cells
        if self._width == self._grammar.width or not self._width <= len(cells) <= self._grammar.width:
            return record
        codes = tuple(code for code in record.codes if not code.startswith("row_too_"))
        if any(cell.strip(b" ") for cell in cells[self._width :]):
            return record._replace(codes=(*codes, "row_too_long"))
        return record._replace(cells=cells[: self._width], codes=codes)

    def _following(self, records: Records, at: int) -> list[Record]:
        """The next records that are not blank, from beyond the part where it ends too soon."""
        near = (records[place] for place in range(at + 1, min(len(records), at + 1 + 3 * LOOKAHEAD)))
        found = list(islice((record for record in near if record.cells), LOOKAHEAD))
        if len(found) < LOOKAHEAD:
            beyond = (record for record in records.beyond() if record.cells)
            found += islice(beyond, LOOKAHEAD - len(found))
        return found

    def _repaired(self, record: Record, row: int, start: int, end: int) -> tuple[Record, list[ReadingProblem]]:
        """The record, repaired where that is wanted, with its problems and a suggestion."""
        if not record.cells or {"row_too_long", "row_too_short"}.isdisjoint(record.codes):
            return record, self._teller.record(record, row, start, end)
        cells, delimiter = texts(record), self._grammar.delimiter.decode()
        suggested = suggest_repair(cells, self._layout.shape, delimiter)
        wanted = self._repairs.wanted(row, suggested)
        mended = [text.encode() for text in wanted.apply(cells, delimiter)] if wanted is not None else []
        if wanted is None or len(mended) != self._grammar.width:
            return record, self._teller.record(record, row, start, end, repair=suggested)
        codes = tuple(code for code in record.codes if not code.startswith("row_too_"))
        record = record._replace(cells=mended, codes=codes)
        told = self._teller.repaired(row, start, end, wanted)
        return record, [told, *self._teller.record(record, row, start, end)]

    def _damaged(self, text_ends: Any) -> list[int]:
        """The records (by their place) with damaged letters; `text_ends` are their ends in the window."""
        places = mojibake_places(self._window.text, self._window.at, int(text_ends[-1]))
        return [int(at) for at in np.unique(np.searchsorted(text_ends, places, side="right"))] if places else []

    def _has_formulas(self, end: int) -> bool:
        """Whether there may be cells like ="00501" up to `end`; one byte is found much faster than two."""
        text = self._window.text
        first = text.find(TEXT_FORMULA[:1], self._window.at, end)
        return first >= 0 and text.find(TEXT_FORMULA, first, end) >= 0

    def _without_formulas(
        self, columns: list[Any], records: tuple[Any, Any, Any], problems: list[ReadingProblem]
    ) -> list[Any]:
        """The columns with the text of cells like ="00501", told once; `records`: row numbers, starts, ends."""
        bare, places = without_text_formulas(columns)
        if len(places):
            row, start, end = (int(facts[places[0]]) for facts in records)
            problems.append(self._teller.text_formulas(row, start, end, len(places)))
        return bare

    def _mended(self, columns: list[Any], rows: Any, problems: list[ReadingProblem]) -> list[Any]:
        """The columns, with damaged letters put right where that is wanted; the problems then tell of it."""
        if "mojibake" not in self._repairs.kinds or not any(found.code == "mojibake" for found in problems):
            return columns
        fixed = [fix_column(column) for column in columns]
        changed = {int(rows[at]) for _, places in fixed for at in places}
        problems[:] = self._teller.mended(problems, changed)
        return [column for column, _ in fixed]

    def _advance(self, text_bytes: int, records: int, byte_end: int) -> None:
        self._window.at += text_bytes
        self._row += records
        self._byte = byte_end

    def _gap_part(self, gap: Gap) -> Part:
        record = Record(0, 0, [], ("row_too_big",), False)
        found = self._teller.last_blanks()
        found += self._teller.record(record, self._row, gap.byte_start, gap.byte_end)
        size = gap.byte_end - gap.byte_start
        self._advance(0, 1, gap.byte_end)
        return Part(empty_table(self._width), found, 0, size, 1, 0, size, gap.byte_end)

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
