"""Source → stage: reads once, writes Parquet beside, and puts the finished folder in place in one step."""

from __future__ import annotations

import errno
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from importer.errors import FatalError, RunCancelled, SourceError
from importer.files import sha256_of
from importer.intake.ahead import blocks_ahead
from importer.intake.apart import texts
from importer.intake.dialect import Dialect
from importer.intake.encodings import NOT_UTF8, decode_block, find_codec, hide_line_ends, line_marks
from importer.intake.feed import MAX_RECORD_BYTES, Block, Feed, open_source
from importer.intake.grammar import Grammar
from importer.intake.header import HeaderProblem, Layout, find_layout, name_columns
from importer.intake.members import ALL, left_out, named, plain_source, resolve_members
from importer.intake.part_table import Part
from importer.intake.plain_notes import NO_NOTES, PlainNotes, RowNote, read_notes
from importer.intake.problems import Audit, ReadingProblem, problem
from importer.intake.reader import Reader
from importer.intake.repair import NO_REPAIRS, Repairs
from importer.intake.sections import TableShape, footer_length
from importer.intake.sheet_notes import column_doubt
from importer.intake.stage import (
    PROBLEMS_FILE,
    REPORT_FILE,
    ROWS_FILE,
    SLICE_BYTES,
    SLICE_ROWS,
    StageMember,
    StageReport,
)
from importer.intake.telling import dialect_notes
from importer.intake.tokenizer import Tokenizer
from importer.list_warning import ListWarning

HEAD_BYTES = 1024 * 1024
"""Looked at for the header and the number of columns. Not more than a block of the feed."""

TAIL_BYTES = 32 * 1024
"""Looked at for a footer: some hundred records."""

LEFTOVER_AGE_S = 6 * 3600
"""A build touches its folder when it begins and ends; none takes this long (60 MB/s would be 1.3 TB)."""

FEW_ODD_ROWS = 2
"""Of a list in UTF-8 that are in another encoding: told row by row alone."""

PROBLEMS_AT_ONCE = 10_000

PROBLEM_SCHEMA = pa.schema(
    [
        ("code", pa.string()),
        ("row", pa.int64()),
        ("byte_start", pa.int64()),
        ("byte_end", pa.int64()),
        ("message", pa.string()),
        ("blocking", pa.bool_()),
        ("repair", pa.string()),
        ("rows", pa.int64()),
    ]
)


def read_layout(source: Path, dialect: Dialect) -> Layout:
    """The layout from the first HEAD_BYTES. Raises SourceError: empty, gone, no header there, one endless line."""
    with open_source(source) as stream:
        first = next(
            iter(Feed(stream, dialect.encoding, block_bytes=HEAD_BYTES, record_end=dialect.record_end)), None
        )
    if first is None:
        raise SourceError(f'The file "{source.name}" is empty. Upload the list again.')
    if not isinstance(first, Block):
        raise SourceError(
            f'The file "{source.name}" begins with a line of more than {MAX_RECORD_BYTES:,} bytes. No list does. '
            "Look whether it is a list, or choose another encoding."
        )
    layout = find_layout(first.text, dialect, MAX_RECORD_BYTES)
    is_whole = first.byte_end >= source.stat().st_size
    copy_start = _copy_start(first, layout) if is_whole else None
    return replace(layout, footer_start=_footer_start(source, dialect, layout), copy_start=copy_start)


def _copy_start(whole: Block, layout: Layout) -> int | None:
    """The byte at which the whole table, with its header, stands once more; None where it does not. Looked for only
    in lists of up to HEAD_BYTES; in others the second rows are duplicates."""
    text, start = whole.text, layout.header_start
    header = text[start : layout.header_end].strip()
    at = text.find(b"\n" + header, layout.data_start) + 1 if header else 0
    if not at or text[at:].strip() != text[start:at].strip():
        return None
    return int(whole.to_source([at])[0])


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
    decoded = decode_block(raw, codec, place)
    decoded = replace(decoded, text=hide_line_ends(decoded.text, dialect.record_end))
    return _footer_in_tail(Block(place, place + len(raw), decoded), dialect, layout, size)


def _footer_in_tail(tail: Block, dialect: Dialect, layout: Layout, size: int) -> int | None:
    grammar = Grammar.of(dialect, layout.record_width)
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


@dataclass(frozen=True)
class PlainList:
    """One list to be read: its `name` among several, its plain text, and how it is read."""

    name: str
    plain: Path
    dialect: Dialect
    layout: Layout
    notes: PlainNotes = NO_NOTES
    parts: tuple[str, ...] = ()
    """Names of the files that it was made of, where they are several."""


def open_lists(source: Path, dialect: Dialect) -> tuple[PlainList, ...]:
    """The lists of `source` that `dialect` names. Raises SourceError: one has no header, or other columns."""
    lists = []
    for each in dialect.of_each:
        plain = plain_source(source, each.member)
        notes = read_notes(plain)
        parts = resolve_members(source, ALL) if len(notes.rows_of_parts) > 1 else ()
        try:
            layout = _exact(read_layout(plain, each), notes)
            lists.append(PlainList(each.member, plain, each, layout, notes, parts))
        except SourceError as error:
            shown = each.member or source.name
            raise SourceError(str(error).replace(f'"{plain.name}"', f'"{shown}"')) from None
    for other in lists[1:]:
        _refuse_other_columns(lists[0], other)
    return tuple(lists)


def _exact(layout: Layout, notes: PlainNotes) -> Layout:
    """The layout of what is a table as it stands: its names are as they are, and nothing in it is set apart."""
    if not notes.is_exact:
        return layout
    columns, found = name_columns([column.name for column in notes.columns], len(notes.columns))
    span = (layout.header_start, layout.header_end)
    return replace(
        layout,
        columns=columns,
        problems=tuple(HeaderProblem(code, 1, *span, message) for code, message in found),
        shape=TableShape(len(columns)),
        read_width=0,
        footer_start=None,
        copy_start=None,
        doubts=(),
    )


def _other_member(name: str, why: str) -> ReadingProblem:
    return problem("other_member", None, 0, 0, f'"{name}" was not read: it {why}.')


def _refuse_other_columns(first: PlainList, other: PlainList) -> None:
    mine, others = first.layout.columns, other.layout.columns
    if set(mine) == set(others):
        return
    lacks, besides = [one for one in mine if one not in others], [one for one in others if one not in mine]
    told = [f"it lacks {named(lacks, 6)}"] if lacks else []
    told += [f"it has {named(besides, 6)} besides"] if besides else []
    raise SourceError(
        f'"{other.name}" has other columns than "{first.name}": {" and ".join(told)}. Several lists are read as one '
        "only where their columns are called the same. Make the headers alike, or import them one by one."
    )


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
        self._other_header: int | None = None
        self._total_bytes = sum(one.plain.stat().st_size for one in lists)
        self._sha256 = ""

    def build(
        self,
        on_progress: Callable[[int, int], None] | None,
        cancelled: Callable[[], bool] | None,
        fast: bool,
        others: list[ReadingProblem],
    ) -> StageReport:
        names = [f"c{number}" for number in range(self._lists[0].layout.width)]
        fields = [pa.field(name, pa.int64()) for name in ("row", "byte_start", "byte_end")]
        fields += [pa.field(name, pa.string()) for name in ("surplus", *names)]
        with (
            parquet.ParquetWriter(
                self._folder / ROWS_FILE,
                pa.schema(fields),
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
        place = _Place(one, before, len(self._lists) > 1, self._lists[0].layout.columns)
        grammar = Grammar.of(one.dialect, one.layout.record_width)
        repairs = self._repairs.shifted(-before)
        header = (0, 0)
        with open_source(one.plain) as stream:
            feed = Feed(stream, one.dialect.encoding, behind=hashing, record_end=one.dialect.record_end)
            with closing(blocks_ahead(feed, grammar, fast=fast)) as blocks:
                reader = Reader(blocks, grammar, one.layout, fast=fast, repairs=repairs)
                for part in reader.parts():
                    header = part.header if part.header is not None else header
                    self._take(place.of(part))
                    tell(part.byte_end)
            self._sha256 = feed.sha256
            self._sums["source_bytes"] += feed.size_bytes
            self._bytes_before += feed.size_bytes
        rows_read, same = self._sums["rows"] - rows_before, _same_form(self._lists[0], one)
        whole = StageMember(one.name, one.dialect, before, before + reader.records, rows_read, *header, same)
        self._members += _parts_of(whole, one) if one.parts else [whole]
        self._note([self._noted(found) for found in one.notes.problems])

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
            if found.code == "other_header" and self._other_header is None:
                self._other_header = found.row

    def _write_problems(self) -> None:
        """Write those that wait: many at once, for each time costs as much as reading 50 KB."""
        problems, self._unwritten = self._unwritten, []
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
        first, *others = ({*_typed_columns(one).items()} for one in self._lists)
        return dict(sorted(first.intersection(*others)))

    def _noted(self, found: RowNote) -> ReadingProblem:
        """What showed while a list was made of typed values; only one such list is read at a time."""
        member = next(member for member in self._members if found.row <= member.last_row)
        where = f"{member.name}: " if len(self._members) > 1 else ""
        return problem(found.code, found.row, 0, 0, f"{where}Row {found.row - member.rows_before:,} {found.why}.")

    def _warnings(self) -> Iterator[ListWarning]:
        """Doubts about the header, what unpacking had to tell, how it was read; of several lists with their names."""
        if self._other_header is not None:
            told = (
                f"Row {self._other_header:,} names the columns again, but others or in another order: the rows below "
                "it were set aside. Put each part in a file of its own and import them together (--member all)."
            )
            yield ListWarning("other_header", "", told, 0, self._other_header, is_doubt=True)
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


def _typed_columns(one: PlainList) -> dict[str, str]:
    """Column → "N" or "BOOL" where no cell below the header is of another kind."""
    found = {}
    for name, kinds in zip(one.layout.columns, one.notes.kinds, strict=False):
        is_clean = kinds.texts <= one.layout.set_aside
        if is_clean and kinds.numbers and not kinds.booleans:
            found[name] = "N"
        elif is_clean and kinds.booleans and not kinds.numbers:
            found[name] = "BOOL"
    return found


def _parts_of(whole: StageMember, one: PlainList) -> list[StageMember]:
    """The files that a list was made of; each counts its items from row 2, as if the names stood before them."""
    members, before = [], whole.rows_before
    for name, rows in zip(one.parts, one.notes.rows_of_parts, strict=True):
        members.append(replace(whole, name=name, rows_before=before, last_row=before + rows + 1, rows=rows))
        before += rows
    return members


def _same_form(first: PlainList, other: PlainList) -> bool:
    """Whether records of both can stand in one file, byte for byte."""
    mine, others = (
        (one.dialect.encoding.removesuffix("-sig"), one.dialect.delimiter, one.dialect.quote, one.dialect.escape)
        for one in (first, other)
    )
    return mine == others and first.layout.columns == other.layout.columns


class _Place:
    """Where the parts of one list come in the stage: rows counted on, columns in the order of the first list."""

    def __init__(self, one: PlainList, before: int, is_one_of_several: bool, columns: Sequence[str]) -> None:
        self._name = one.name if is_one_of_several else ""
        self._before = before
        mine = {name: at for at, name in enumerate(one.layout.columns)}
        self._order = [mine[name] for name in columns]

    def of(self, part: Part) -> Part:
        """The part as it stands in the stage; messages name the list that they are about, with its own row."""
        if not self._name:
            return part
        table = part.table
        rows = pa.array(table["row"].to_numpy() + self._before)
        names = [f"c{at}" for at in range(len(self._order))]
        columns = [table[f"c{at}"] for at in self._order]
        moved = pa.table(
            [rows, table["byte_start"], table["byte_end"], table["surplus"], *columns],
            names=["row", "byte_start", "byte_end", "surplus", *names],
        )
        problems = [
            replace(
                found,
                row=None if found.row is None else found.row + self._before,
                message=f"{self._name}: {found.message}",
            )
            for found in part.problems
        ]
        return replace(part, table=moved, problems=problems)


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
