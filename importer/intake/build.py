"""Source → stage: reads once, writes Parquet beside, and puts the finished folder in place in one step."""

from __future__ import annotations

import errno
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from importer.errors import FatalError, RunCancelled, SourceError
from importer.files import sha256_of
from importer.intake.ahead import blocks_ahead
from importer.intake.apart import texts
from importer.intake.containers import plain_source, unpacking_warnings
from importer.intake.dialect import Dialect
from importer.intake.encodings import decode_block, find_codec, line_marks
from importer.intake.feed import MAX_RECORD_BYTES, Block, Feed, open_source
from importer.intake.grammar import Grammar
from importer.intake.header import Layout, find_layout
from importer.intake.part_table import Part
from importer.intake.problems import Audit, ReadingProblem
from importer.intake.reader import Reader
from importer.intake.repair import NO_REPAIRS, Repairs
from importer.intake.sections import footer_length
from importer.intake.stage import (
    PROBLEMS_FILE,
    REPORT_FILE,
    ROWS_FILE,
    SLICE_BYTES,
    SLICE_ROWS,
    StageReport,
)
from importer.intake.tokenizer import Tokenizer

HEAD_BYTES = 1024 * 1024
"""Looked at for the header and the number of columns. Not more than a block of the feed."""

TAIL_BYTES = 32 * 1024
"""Looked at for a footer: some hundred records."""

LEFTOVER_AGE_S = 6 * 3600
"""A build touches its folder when it begins and ends; none takes this long (60 MB/s would be 1.3 TB)."""

PROBLEM_SCHEMA = pa.schema(
    [
        ("code", pa.string()),
        ("row", pa.int64()),
        ("byte_start", pa.int64()),
        ("byte_end", pa.int64()),
        ("message", pa.string()),
        ("blocking", pa.bool_()),
        ("repair", pa.string()),
    ]
)


def read_layout(source: Path, dialect: Dialect) -> Layout:
    """The layout from the first HEAD_BYTES. Raises SourceError: empty, gone, no header there, one endless line."""
    with open_source(source) as stream:
        first = next(iter(Feed(stream, dialect.encoding, block_bytes=HEAD_BYTES)), None)
    if first is None:
        raise SourceError(f'The file "{source.name}" is empty. Upload the list again.')
    if not isinstance(first, Block):
        raise SourceError(
            f'The file "{source.name}" begins with a line of more than {MAX_RECORD_BYTES:,} bytes. No list does. '
            "Look whether it is a list, or choose another encoding."
        )
    layout = find_layout(first.text, dialect, MAX_RECORD_BYTES)
    return replace(layout, footer_start=_footer_start(source, dialect, layout))


def _footer_start(source: Path, dialect: Dialect, layout: Layout) -> int | None:
    """The byte at which a footer begins, from the records in the last TAIL_BYTES; None when there is none."""
    with open_source(source) as stream:
        codec = find_codec(dialect.encoding, stream.read(4))
        size = stream.seek(0, 2)
        place = max(0, size - TAIL_BYTES) // 4 * 4
        stream.seek(place)
        raw = stream.read(TAIL_BYTES + 4)
    if place == 0 and codec.mark and raw.startswith(codec.mark):
        place, raw = len(codec.mark), raw[len(codec.mark) :]
    if place > len(codec.mark):
        marks = line_marks(raw, codec)
        if not len(marks):
            return None
        place, raw = place + int(marks[0]), raw[int(marks[0]) :]
    return _footer_in_tail(Block(place, place + len(raw), decode_block(raw, codec, place)), dialect, layout, size)


def _footer_in_tail(tail: Block, dialect: Dialect, layout: Layout, size: int) -> int | None:
    grammar = Grammar.of(dialect, layout.width)
    records = list(Tokenizer(grammar, MAX_RECORD_BYTES).records(tail.text, 0, len(tail.text)))
    if size - tail.byte_start >= size - 4 and layout.data_start:
        records = [record for record in records if record.start >= layout.data_start]
    length = footer_length(
        [texts(record) for record in records],
        layout.shape,
        ends_in_line_end=tail.text.endswith((b"\n", b"\r")),
    )
    if not length:
        return None
    first = records[-length].start
    return int(tail.to_source([first])[0]) if first else tail.byte_start


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
    packed, source = source, plain_source(source, dialect.member)
    layout = read_layout(source, dialect)
    stage_dir.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{stage_dir.name}-building-", dir=stage_dir.parent))
    _clear_leftovers(beside, f".{stage_dir.name}-building-*")
    try:
        report = _Builder(source, dialect, layout, beside, repairs).build(on_progress, cancelled, fast)
        if packed != source:
            report = replace(report, source_sha256=sha256_of(packed), warnings=unpacking_warnings(source))
        (beside / REPORT_FILE).write_text(report.to_json(), "utf-8")
        before_it_is_placed()
        _put_in_place(beside, stage_dir)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        needed = source.stat().st_size
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
    """Writes one stage."""

    def __init__(self, source: Path, dialect: Dialect, layout: Layout, folder: Path, repairs: Repairs) -> None:
        self._source = source
        self._dialect = dialect
        self._layout = layout
        self._folder = folder
        self._repairs = repairs
        self._waiting: list[Any] = []
        self._behind: ThreadPoolExecutor
        self._writing: Future[None] | None = None
        self._counts: Counter[str] = Counter()
        self._sums: Counter[str] = Counter()

    def build(
        self, on_progress: Callable[[int, int], None] | None, cancelled: Callable[[], bool] | None, fast: bool
    ) -> StageReport:
        total = self._source.stat().st_size
        grammar = Grammar.of(self._dialect, self._layout.width)
        names = [f"c{number}" for number in range(self._layout.width)]
        schema = pa.schema([(name, pa.int64()) for name in ("row", "byte_start", "byte_end")])
        schema = schema.append(pa.field("surplus", pa.string()))
        for name in names:
            schema = schema.append(pa.field(name, pa.string()))
        with (
            open_source(self._source) as stream,
            parquet.ParquetWriter(
                self._folder / ROWS_FILE, schema, compression="lz4", use_dictionary=False, write_statistics=["row"]
            ) as rows,
            parquet.ParquetWriter(self._folder / PROBLEMS_FILE, PROBLEM_SCHEMA, compression="lz4") as problems,
            ThreadPoolExecutor(1) as self._behind,
            ThreadPoolExecutor(1) as hashing,
        ):
            feed = Feed(stream, self._dialect.encoding, behind=hashing)
            header = (0, 0)
            with closing(blocks_ahead(feed, grammar, fast=fast)) as blocks:
                for part in Reader(blocks, grammar, self._layout, fast=fast, repairs=self._repairs).parts():
                    header = part.header if part.header is not None else header
                    self._take(part, rows, problems)
                    if cancelled is not None and cancelled():
                        raise RunCancelled("Reading was cancelled; nothing was kept. Read the file again.")
                    if on_progress is not None:
                        on_progress(part.byte_end, max(total, part.byte_end))
            self._write_slices(rows, at_end=True)
            self._wait()
            return self._report(feed, header)

    def _take(self, part: Part, rows: Any, problems: Any) -> None:
        if part.table.num_rows:
            self._waiting.append(part.table)
        self._write_slices(rows, at_end=False)
        _write_problems(problems, part.problems)
        self._counts.update(found.code for found in part.problems)
        self._sums.update(
            rows=part.table.num_rows,
            record_bytes=part.record_bytes,
            set_aside_bytes=part.set_aside_bytes,
            set_aside=part.set_aside,
            fast_bytes=part.fast_bytes,
            tolerant_bytes=part.tolerant_bytes,
        )

    def _write_slices(self, rows: Any, *, at_end: bool) -> None:
        """Write every slice that is full; at the end also the last."""
        waiting = sum(table.num_rows for table in self._waiting)
        size = sum(_source_bytes(table) for table in self._waiting)
        if not waiting or (not at_end and waiting < SLICE_ROWS and size < SLICE_BYTES):
            return
        table = pa.concat_tables(self._waiting)
        while table.num_rows and (at_end or table.num_rows >= SLICE_ROWS or _source_bytes(table) >= SLICE_BYTES):
            count = _slice_length(table)
            self._wait()
            self._writing = self._behind.submit(rows.write_table, table.slice(0, count), row_group_size=SLICE_ROWS)
            table = table.slice(count)
        self._waiting = [table] if table.num_rows else []

    def _wait(self) -> None:
        """Until the slice before is written: one is, while the next is read, and never more are held."""
        if self._writing is not None:
            self._writing.result()
            self._writing = None

    def _report(self, feed: Feed, header: tuple[int, int]) -> StageReport:
        sums = self._sums
        accounted = sums["record_bytes"] + sums["set_aside_bytes"]
        audit = Audit(
            source_bytes=feed.size_bytes,
            record_bytes=sums["record_bytes"],
            set_aside_bytes=sums["set_aside_bytes"],
            unaccounted_bytes=feed.size_bytes - accounted,
            records=sums["rows"],
            set_aside=sums["set_aside"],
        )
        return StageReport(
            rows=sums["rows"],
            columns=self._layout.columns,
            dialect=self._dialect,
            source_sha256=feed.sha256,
            audit=audit,
            problem_counts=dict(self._counts),
            fast_bytes=sums["fast_bytes"],
            tolerant_bytes=sums["tolerant_bytes"],
            header_start=header[0],
            header_end=header[1],
            repairs=self._repairs,
        )


def _source_bytes(table: Any) -> int:
    """Source bytes from the first to the last record of a table."""
    if not table.num_rows:
        return 0
    return int(table["byte_end"][-1].as_py()) - int(table["byte_start"][0].as_py())


def _slice_length(table: Any) -> int:
    """Rows of the next slice: SLICE_ROWS, or as many as fit into SLICE_BYTES, at least one."""
    table = table.slice(0, SLICE_ROWS)
    if _source_bytes(table) < SLICE_BYTES:
        return int(table.num_rows)
    ends = table["byte_end"].to_numpy() - table["byte_start"][0].as_py()
    return max(1, int(ends.searchsorted(SLICE_BYTES)))


def _write_problems(writer: Any, problems: list[ReadingProblem]) -> None:
    if not problems:
        return
    columns = {name: [getattr(found, name) for found in problems] for name in PROBLEM_SCHEMA.names}
    writer.write_table(pa.table(columns, schema=PROBLEM_SCHEMA))
