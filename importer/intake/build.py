"""Source → stage: reads once, writes Parquet beside, and puts the finished folder in place in one step."""

from __future__ import annotations

import errno
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from importer.errors import FatalError, RunCancelled
from importer.files import sha256_of
from importer.intake.ahead import blocks_ahead
from importer.intake.dialect import Dialect
from importer.intake.encodings import NOT_UTF8
from importer.intake.feed import Feed, open_source
from importer.intake.grammar import Grammar
from importer.intake.lists import (
    Place,
    PlainList,
    open_lists,
    parts_of,
    same_form,
    typed_columns,
)
from importer.intake.members import left_out
from importer.intake.other_tables import OtherTables
from importer.intake.part_table import PROBLEM_SCHEMA, Part
from importer.intake.plain_notes import RowNote
from importer.intake.problems import Audit, ReadingProblem, neighbours_together, problem
from importer.intake.reader import Reader
from importer.intake.repair import NO_REPAIRS, Repairs
from importer.intake.sheet_notes import column_doubt
from importer.intake.stage import (
    PROBLEMS_FILE,
    REPORT_FILE,
    ROWS_FILE,
    SLICE_BYTES,
    SLICE_ROWS,
    StageMember,
    StageReport,
    stage_schema,
)
from importer.intake.telling import dialect_notes
from importer.list_warning import ListWarning

LEFTOVER_AGE_S = 6 * 3600
"""A build touches its folder when it begins and ends; none takes this long (60 MB/s would be 1.3 TB)."""

FEW_ODD_ROWS = 2
"""Of a list in UTF-8 that are in another encoding: told row by row alone."""

PROBLEMS_AT_ONCE = 10_000


def _other_member(name: str, why: str) -> ReadingProblem:
    return problem("other_member", None, 0, 0, f'"{name}" was not read: it {why}.')


def build_stage(
    source: Path,
    dialect: Dialect,
    stage_dir: Path,
    *,
    on_progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    fast: bool = True,
    repairs: Repairs = NO_REPAIRS,
    before_it_is_placed: Callable[[], object] = lambda: None,
) -> StageReport:
    """Read `source` into `stage_dir`, replacing a stage that is there; what a kill leaves is never taken for one.

    `on_progress` gets source bytes done and in all, after each part (at most 1 MiB); `fast` False reads everything on
    the tolerant road. `repairs`: what to repair of what reading suggests; each is listed, and the original bytes stay
    those of the source. `before_it_is_placed` may refuse, by raising, that the old stage is replaced. Raises
    SourceError (empty, gone, no header), RunCancelled, FatalError (disk full).
    """
    lists = open_lists(source, dialect)
    stage_dir.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{stage_dir.name}-building-", dir=stage_dir.parent))
    _clear_leftovers(beside, f".{stage_dir.name}-building-*")
    try:
        others = [_other_member(*told) for told in left_out(source, [one.dialect.member for one in lists])]
        report = _Builder(dialect, lists, beside, repairs).build(on_progress, cancelled, fast, others)
        if source not in [one.plain for one in lists]:
            report = replace(report, source_sha256=sha256_of(source))
        (beside / REPORT_FILE).write_text(report.to_json(), "utf-8")
        before_it_is_placed()
        _put_in_place(beside, stage_dir)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        needed = sum(one.plain.stat().st_size for one in lists)
        raise FatalError(f"The disk is full at {stage_dir}. Free about {needed:,} bytes and read again.") from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return report


def _clear_leftovers(beside: Path, pattern: str) -> None:
    """Remove what builds that were killed left; younger folders may belong to a build that goes on."""
    limit = beside.stat().st_mtime - LEFTOVER_AGE_S
    for left in beside.parent.glob(pattern):
        if left != beside and left.stat().st_mtime < limit:
            shutil.rmtree(left, ignore_errors=True)


def _put_in_place(beside: Path, stage_dir: Path) -> None:
    if stage_dir.exists():
        old = beside.with_name(beside.name + "-old")
        stage_dir.rename(old)
        beside.rename(stage_dir)
        shutil.rmtree(old, ignore_errors=True)
    else:
        beside.rename(stage_dir)


class _Builder:
    """Writes one stage from one list, or from several with the same columns, one after the other."""

    def __init__(self, dialect: Dialect, lists: Sequence[PlainList], folder: Path, repairs: Repairs) -> None:
        self._dialect = dialect
        self._lists = lists
        self._folder = folder
        self._repairs = repairs
        self._waiting: list[Any] = []
        self._waiting_rows = self._waiting_bytes = 0
        self._behind: ThreadPoolExecutor
        self._rows: Any
        self._problems: Any
        self._unwritten: list[ReadingProblem] = []
        self._writing: Future[None] | None = None
        self._counts: Counter[str] = Counter()
        self._sums: Counter[str] = Counter()
        self._members: list[StageMember] = []
        self._bytes_before = 0
        self._doubts: list[ListWarning] = []
        self._total_bytes = sum(one.plain.stat().st_size for one in lists)
        self._sha256 = ""

    def build(
        self,
        on_progress: Callable[[int, int], None] | None,
        cancelled: Callable[[], bool] | None,
        fast: bool,
        others: list[ReadingProblem],
    ) -> StageReport:
        with (
            parquet.ParquetWriter(
                self._folder / ROWS_FILE,
                stage_schema(self._lists[0].layout.width),
                compression="lz4",
                use_dictionary=False,
                write_statistics=["row"],
            ) as rows,
            parquet.ParquetWriter(self._folder / PROBLEMS_FILE, PROBLEM_SCHEMA, compression="lz4") as problems,
            ThreadPoolExecutor(1) as self._behind,
            ThreadPoolExecutor(1) as hashing,
        ):

            def tell(byte_end: int) -> None:
                if cancelled is not None and cancelled():
                    raise RunCancelled("Reading was cancelled; nothing was kept. Read the file again.")
                if on_progress is not None:
                    done = self._bytes_before + byte_end
                    on_progress(done, max(self._total_bytes, done))

            self._rows, self._problems = rows, problems
            self._note(others)
            for one in self._lists:
                self._read(one, hashing, tell, fast=fast)
            self._write_slices(at_end=True)
            self._write_problems()
            self._wait()
        return self._report()

    def _read(self, one: PlainList, hashing: Executor, tell: Callable[[int], None], *, fast: bool) -> None:
        """Read one list to its end; its rows go on where those of the list before ended."""
        before = self._members[-1].last_row if self._members else 0
        rows_before = self._sums["rows"]
        place = Place(one, before, len(self._lists) > 1, self._lists[0].layout.columns)
        grammar = Grammar.of(one.dialect, one.layout.record_width)
        repairs = self._repairs.shifted(-before)
        header, others = (0, 0), OtherTables()
        with open_source(one.plain) as stream:
            feed = Feed(stream, one.dialect.encoding, behind=hashing, record_end=one.dialect.record_end)
            with closing(blocks_ahead(feed, grammar, fast=fast)) as blocks:
                reader = Reader(blocks, grammar, one.layout, fast=fast, repairs=repairs)
                for part in reader.parts():
                    header = part.header if part.header is not None else header
                    others.add(part.problems)
                    self._take(place.of(part))
                    tell(part.byte_end)
            self._sha256 = feed.sha256
            self._sums["source_bytes"] += feed.size_bytes
            self._bytes_before += feed.size_bytes
        rows_read, same = self._sums["rows"] - rows_before, same_form(self._lists[0], one)
        whole = StageMember(one.name, one.dialect, before, before + reader.records, rows_read, *header, same)
        self._members += parts_of(whole, one) if one.parts else [whole]
        self._note([self._noted(found) for found in one.notes.problems])
        doubt = others.doubt(one.name if len(self._lists) > 1 else "", before, one.layout.footer_sign)
        self._doubts += [doubt] if doubt is not None else []

    def _take(self, part: Part) -> None:
        if part.table.num_rows:
            self._waiting.append(part.table)
            self._waiting_rows += part.table.num_rows
            self._waiting_bytes += part.record_bytes
        self._write_slices(at_end=False)
        self._note(part.problems)
        self._sums.update(
            rows=part.table.num_rows,
            record_bytes=part.record_bytes,
            set_aside_bytes=part.set_aside_bytes,
            set_aside=part.set_aside,
            fast_bytes=part.fast_bytes,
            tolerant_bytes=part.tolerant_bytes,
        )

    def _note(self, problems: list[ReadingProblem]) -> None:
        self._unwritten += problems
        if len(self._unwritten) >= PROBLEMS_AT_ONCE:
            self._write_problems()
        for found in problems:
            self._counts[found.code] += found.rows
            self._sums["no_utf8"] += NOT_UTF8 in found.message

    def _write_problems(self) -> None:
        """Write those that wait: many at once, for each time costs as much as reading 50 KB."""
        problems, self._unwritten = neighbours_together(self._unwritten), []
        if problems:
            columns = {name: [getattr(found, name) for found in problems] for name in PROBLEM_SCHEMA.names}
            self._problems.write_table(pa.table(columns, schema=PROBLEM_SCHEMA))

    def _write_slices(self, *, at_end: bool) -> None:
        """Write every slice that is full; at the end also the last."""
        is_full = self._waiting_rows >= SLICE_ROWS or self._waiting_bytes >= SLICE_BYTES
        if not self._waiting_rows or not (at_end or is_full):
            return
        table = pa.concat_tables(self._waiting)
        while table.num_rows and (at_end or table.num_rows >= SLICE_ROWS or _source_bytes(table) >= SLICE_BYTES):
            count = _slice_length(table)
            self._wait()
            self._writing = self._behind.submit(
                self._rows.write_table, table.slice(0, count), row_group_size=SLICE_ROWS
            )
            table = table.slice(count)
        self._waiting = [table] if table.num_rows else []
        self._waiting_rows, self._waiting_bytes = table.num_rows, _source_bytes(table)

    def _wait(self) -> None:
        """Until the slice before is written: one is, while the next is read, and never more are held."""
        if self._writing is not None:
            self._writing.result()
            self._writing = None

    def _report(self) -> StageReport:
        sums, first = self._sums, self._members[0]
        accounted = sums["record_bytes"] + sums["set_aside_bytes"]
        audit = Audit(
            source_bytes=sums["source_bytes"],
            record_bytes=sums["record_bytes"],
            set_aside_bytes=sums["set_aside_bytes"],
            unaccounted_bytes=sums["source_bytes"] - accounted,
            records=sums["rows"],
            set_aside=sums["set_aside"],
        )
        return StageReport(
            rows=sums["rows"],
            columns=self._lists[0].layout.columns,
            dialect=self._dialect,
            source_sha256=self._sha256,
            audit=audit,
            problem_counts=dict(self._counts),
            fast_bytes=sums["fast_bytes"],
            tolerant_bytes=sums["tolerant_bytes"],
            header_start=first.header_start,
            header_end=first.header_end,
            repairs=self._repairs,
            warnings=tuple(self._warnings()),
            declared=self._lists[0].notes.columns,
            typed=self._typed(),
            formats_unseen=any(one.notes.formats_unseen for one in self._lists),
            members=tuple(self._members) if len(self._members) > 1 else (),
        )

    def _typed(self) -> dict[str, str]:
        """Columns of sheets whose cells are numbers or booleans alone, in each of several the same."""
        first, *others = ({*typed_columns(one).items()} for one in self._lists)
        return dict(sorted(first.intersection(*others)))

    def _noted(self, found: RowNote) -> ReadingProblem:
        """What showed while a list was made of typed values; only one such list is read at a time."""
        member = next(member for member in self._members if found.row <= member.last_row)
        where = f"{member.name}: " if len(self._members) > 1 else ""
        return problem(found.code, found.row, 0, 0, f"{where}Row {found.row - member.rows_before:,} {found.why}.")

    def _warnings(self) -> Iterator[ListWarning]:
        """Doubts about the header, what unpacking had to tell, how it was read; of several lists with their names."""
        yield from self._doubts
        if (rows := self._sums["no_utf8"]) > FEW_ODD_ROWS:
            told = (
                f"The list is a mixture: {rows:,} rows are no UTF-8 and were read as Windows Western (cp1252), the "
                "others as UTF-8. Look at some of them."
            )
            yield ListWarning("mixed_encodings", "", told, rows)
        for one in self._lists:
            for warning in (*one.layout.doubts, *_unsure(one), *one.notes.warnings, *dialect_notes(one.dialect)):
                is_named = len(self._lists) > 1
                yield replace(warning, message=f"{one.name}: {warning.message}") if is_named else warning


def _unsure(one: PlainList) -> Iterator[ListWarning]:
    """Doubts about cells of columns of a sheet."""
    columns = one.layout.columns
    return (column_doubt(note, columns[note.at]) for note in one.notes.unsure if note.at < len(columns))


def _source_bytes(table: Any) -> int:
    """Source bytes of the records of a table."""
    return int(pc.sum(pc.subtract(table["byte_end"], table["byte_start"])).as_py() or 0)


def _slice_length(table: Any) -> int:
    """Rows of the next slice: SLICE_ROWS, or as many as fit into SLICE_BYTES, at least one."""
    table = table.slice(0, SLICE_ROWS)
    if _source_bytes(table) < SLICE_BYTES:
        return int(table.num_rows)
    ends = pc.subtract(table["byte_end"], table["byte_start"]).to_numpy().cumsum()
    return max(1, int(ends.searchsorted(SLICE_BYTES)))
