"""The stage on disk, read back: slices of text, single rows, reading problems, and the original bytes of records."""

from __future__ import annotations

import codecs
import json
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from importer.errors import ConfigError, SourceError
from importer.intake.dialect import Dialect
from importer.intake.encodings import find_codec
from importer.intake.feed import open_source
from importer.intake.members import plain_source
from importer.intake.part_table import PROBLEM_SCHEMA
from importer.intake.plain_notes import DeclaredColumn
from importer.intake.problems import Audit, ReadingProblem
from importer.intake.repair import NO_REPAIRS, Repairs
from importer.list_warning import ListWarning
from importer.plain_types import UNREADABLE, of_its_types

ROWS_FILE = "rows.parquet"
PROBLEMS_FILE = "problems.parquet"
REPORT_FILE = "report.json"

FORMAT = 2
"""Raised when a stage of before can no longer be read."""

SLICE_ROWS = 25_000
"""Rows of a slice at most: pandera costs 17 ms a call, so smaller frames would pay mostly for calls."""

SLICE_BYTES = 64 * 1024 * 1024
"""Source bytes of a slice at most, so that a list of long notes has shorter slices and memory stays bounded."""


@dataclass(frozen=True)
class StageMember:
    """One of several lists that are read as one. Its records are numbered on from `rows_before`, so that the row that
    a spreadsheet shows of it is the number less that; `last_row` is the number of its last record, `rows` are in the
    stage. The header's bytes are those of its own plain list. `same_form`: its records can stand among those of the
    first list byte for byte."""

    name: str
    dialect: Dialect
    rows_before: int
    last_row: int
    rows: int
    header_start: int = 0
    header_end: int = 0
    same_form: bool = True


@dataclass(frozen=True)
class StageReport:
    """What reading came to. `source_sha256` is that of the file as it came, packed or not. `header_start` and
    `header_end` are the header's bytes in the plain list; `fast_bytes` of the list were read many records at
    once, `tolerant_bytes` one by one. `warnings` are what unpacking told, which the plain list does not show, and
    how it was read. `members`: the lists that it is made of, where they are several. `declared`: the types of all
    columns, where the source gives its values types. `typed`: columns of a workbook whose cells are all numbers
    ("N") or booleans ("BOOL"); `formats_unseen`: such a number may be a code whose zeros only its format shows."""

    rows: int
    columns: tuple[str, ...]
    dialect: Dialect
    source_sha256: str
    audit: Audit
    problem_counts: dict[str, int]
    fast_bytes: int
    tolerant_bytes: int
    header_start: int = 0
    header_end: int = 0
    repairs: Repairs = NO_REPAIRS
    warnings: tuple[ListWarning, ...] = ()
    members: tuple[StageMember, ...] = ()
    declared: tuple[DeclaredColumn, ...] = ()
    typed: dict[str, str] = field(default_factory=dict)
    formats_unseen: bool = False

    def to_json(self) -> str:
        """The report with its format number."""
        values = {**asdict(replace(self, repairs=NO_REPAIRS)), "repairs": self.repairs.to_dict()}
        values |= {"dialect": self.dialect.to_dict()}
        return json.dumps({"format": FORMAT, **values}, ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> StageReport:
        """The report that `to_json` wrote. Raises SourceError when another version wrote it."""
        values = json.loads(text)
        if values.pop("format", None) != FORMAT:
            raise SourceError("The stage was made by another version of the importer. Read the file again.")
        values["columns"] = tuple(values["columns"])
        values["dialect"] = Dialect.from_dict(values["dialect"])
        values["audit"] = Audit(**values["audit"])
        values["repairs"] = Repairs.from_dict(values["repairs"])
        values["warnings"] = tuple(ListWarning(**one) for one in values.get("warnings", ()))
        members = [{**one, "dialect": Dialect.from_dict(one["dialect"])} for one in values.get("members", ())]
        values["members"] = tuple(StageMember(**one) for one in members)
        values["declared"] = tuple(DeclaredColumn(**one) for one in values.get("declared", ()))
        return of_its_types(cls(**values))

    def member_of(self, row: int) -> StageMember | None:
        """The list that a row came from; None where the stage is made of one."""
        at = bisect_left(self.members, row, key=lambda member: member.last_row)
        return self.members[at] if at < len(self.members) else None

    def place_of(self, row: int) -> str:
        """Where a person finds the row: `row 7`, or `feb.csv, row 3` where there are several lists."""
        member = self.member_of(row)
        return f"row {row}" if member is None else f"{member.name}, row {row - member.rows_before}"

    def place_facts(self, row: int) -> dict[str, Any]:
        """The list that a row came from and its row there, as plain JSON types; nothing where there is one list."""
        member = self.member_of(row)
        return {} if member is None else {"member": member.name, "member_row": row - member.rows_before}


def stage_schema(columns: int) -> pa.Schema:
    """Of the file with the rows: where each lies in the source, its surplus cells, and so many columns of text."""
    fields = [pa.field(name, pa.int64()) for name in ("row", "byte_start", "byte_end")]
    return pa.schema(
        [*fields, *(pa.field(name, pa.string()) for name in ("surplus", *map("c{}".format, range(columns))))]
    )


@contextmanager
def _damage_told() -> Iterator[None]:
    """What pyarrow raises of a damaged or missing file as SourceError."""
    try:
        yield
    except (*UNREADABLE, pa.ArrowException):
        raise _damaged() from None


def _damaged() -> SourceError:
    return SourceError(
        "What was read of the list is damaged on the disk. Read the list again; once it is planned, as a new run."
    )


class _PlainBytes:
    """Records of one plain list by their places."""

    def __init__(self, stream: BinaryIO, dialect: Dialect) -> None:
        self._stream = stream
        self._codec = find_codec(dialect.encoding, stream.read(4))
        self._size_bytes = stream.seek(0, 2)

    def record(self, start: int, end: int) -> bytes:
        """The bytes without the line end. Raises SourceError where they are not in the list."""
        if not 0 <= start <= end <= self._size_bytes:
            raise _damaged()
        self._stream.seek(start)
        found = self._stream.read(end - start)
        for sign in (self._codec.line_feed, self._codec.carriage_return):
            found = found.removesuffix(sign) if len(found) % self._codec.unit == 0 else found
        return found


class Stage:
    """A list that was read. Nothing of it changes; every method reads what it needs and keeps nothing."""

    def __init__(self, folder: Path, source: Path, report: StageReport) -> None:
        self.folder = folder
        self.packed = source
        self.report = report

    @classmethod
    def open(cls, stage_dir: Path, source: Path | None = None) -> Stage:
        """The stage in `stage_dir`; `source` is the file it was read from (default: `source` beside the folder).

        Raises SourceError when there is none, or it is not whole.
        """
        try:
            text = (stage_dir / REPORT_FILE).read_text("utf-8")
        except OSError:
            raise SourceError("The list has not been read yet. Open the File page and read it.") from None
        except ValueError:
            raise _damaged() from None
        try:
            report = StageReport.from_json(text)
            for dialect in report.dialect.of_each:
                codecs.lookup(dialect.encoding)
        except SourceError:
            raise
        except (*UNREADABLE, ConfigError, LookupError):
            raise _damaged() from None
        return cls(stage_dir, source or stage_dir.parent / "source", report)

    @cached_property
    def source(self) -> Path:
        """The plain list, the first where there are several: the source, or what it unpacks to."""
        return self.plain_of(self.report.dialect.of_each[0])

    def plain_of(self, dialect: Dialect) -> Path:
        """The plain list that is read in this dialect."""
        return plain_source(self.packed, dialect.member)

    @property
    def columns(self) -> tuple[str, ...]:
        """Unique names, in the order of the list."""
        return self.report.columns

    @property
    def rows(self) -> int:
        """Rows in all."""
        return self.report.rows

    @cached_property
    def _metadata(self) -> Any:
        """Where the slices lie in the file; it grows with the list, so it is read once. SourceError for a file of
        other columns or rows than the report tells of."""
        with _damage_told():
            found = parquet.read_metadata(self.folder / ROWS_FILE)
            is_ours = found.schema.to_arrow_schema().remove_metadata().equals(stage_schema(len(self.columns)))
        if not is_ours or found.num_rows != self.rows:
            raise _damaged()
        return found

    @cached_property
    def slice_rows(self) -> tuple[int, ...]:
        """The number of rows in each slice, ≤ SLICE_ROWS."""
        return tuple(self._metadata.row_group(number).num_rows for number in range(self._metadata.num_row_groups))

    @cached_property
    def _first_rows(self) -> Any:
        """Row number at which each slice begins."""
        groups = (self._metadata.row_group(number) for number in range(self._metadata.num_row_groups))
        with _damage_told():
            return np.array([group.column(0).statistics.min for group in groups], dtype=np.int64)

    @property
    def slices(self) -> int:
        """How many slices there are; 0 for a list without rows."""
        return len(self.slice_rows)

    def chunk(self, slice_index: int, columns: Iterable[str] | None = None) -> pd.DataFrame:
        """One slice (text, index `row`), or only some of its columns."""
        return self._frame(self._read([slice_index], self._places(columns)), columns)

    def chunks(self, columns: Iterable[str] | None = None) -> Iterator[pd.DataFrame]:
        """Every slice in order; one frame without rows when the list has none."""
        wanted = None if columns is None else tuple(columns)
        if not self.slices:
            yield self._frame(self._read([], self._places(wanted)), wanted)
        for slice_index in range(self.slices):
            yield self.chunk(slice_index, wanted)

    def tables(self, columns: Iterable[str] | None = None) -> Iterator[Any]:
        """Every slice in order as an Arrow table: `row`, then the columns as text, in their order."""
        places = self._places(columns)
        return (self._read([slice_index], places) for slice_index in range(self.slices))

    def take(self, row_numbers: Iterable[int], columns: Iterable[str] | None = None) -> pd.DataFrame:
        """The rows asked for that are in the stage, in the stage's order, or only some of their columns."""
        wanted = None if columns is None else tuple(columns)
        places = self._places(wanted)
        tables = [self._read([slice_index], places).filter(mask) for slice_index, mask in self._masks(row_numbers)]
        return self._frame(pa.concat_tables(tables) if tables else self._read([], places), wanted)

    def row_numbers(self, offset: int, limit: int) -> list[int]:
        """Numbers of up to `limit` rows from place `offset` (from 0) on, ascending; reads no cell."""
        found: list[int] = []
        for slice_index, rows in enumerate(self.slice_rows):
            if offset < rows and len(found) < limit:
                numbers = self._read([slice_index], ["row"])["row"].slice(offset, limit - len(found))
                found += numbers.to_pylist()
            offset = max(0, offset - rows)
        return found

    def problems(
        self, offset: int = 0, limit: int | None = None, blocking_only: bool = False
    ) -> list[ReadingProblem]:
        """Reading problems in the order of the list."""
        out: list[ReadingProblem] = []
        for batch in self._problem_batches():
            found = batch.filter(batch.column("blocking")) if blocking_only else batch
            if offset >= found.num_rows:
                offset -= found.num_rows
                continue
            found = found.slice(offset, None if limit is None else limit - len(out))
            with _damage_told():
                out += [ReadingProblem(**values) for values in found.to_pylist()]
            offset = 0
            if limit is not None and len(out) >= limit:
                break
        return out

    def offers_repair(self, code: str) -> bool:
        """Whether a reading problem of this code has a repair that can be chosen."""
        return any(
            pc.any(pc.and_(pc.equal(batch["code"], code), pc.not_equal(batch["repair"], ""))).as_py()
            for batch in self._problem_batches()
        )

    def _problem_batches(self) -> Iterator[Any]:
        with _damage_told(), parquet.ParquetFile(self.folder / PROBLEMS_FILE) as file:
            if not file.schema_arrow.remove_metadata().equals(PROBLEM_SCHEMA):
                raise _damaged()
            yield from file.iter_batches()

    def blocking_rows(self) -> dict[int, str]:
        """Row → the code of its first blocking problem; every row of it is in the stage."""
        table = pa.Table.from_batches(self._problem_batches(), PROBLEM_SCHEMA)
        table = table.filter(pc.and_(table["blocking"], pc.is_valid(table["row"])))
        rows, codes = table["row"].to_pylist()[::-1], table["code"].to_pylist()[::-1]
        blocking = dict(zip(rows, codes, strict=True))
        return {row: blocking[row] for row in sorted(blocking)}

    def surplus(self, slice_index: int | None = None) -> dict[int, tuple[str, ...]]:
        """Row → its cells past the last column, of one slice or of all; only rows that have any."""
        found: dict[int, tuple[str, ...]] = {}
        if not {"row_too_long"} & self.report.problem_counts.keys():
            return found
        for number in range(self.slices) if slice_index is None else (slice_index,):
            table = self._read([number], ["row", "surplus"])
            table = table.filter(pc.is_valid(table["surplus"]))
            for row, cells in zip(table["row"].to_pylist(), table["surplus"].to_pylist(), strict=True):
                found[row] = tuple(json.loads(cells))
        return found

    def keeps_bytes(self, row: int) -> bool:
        """Whether the row's original bytes can stand in a file of records, behind others and under the first header:
        not with quotes around whole lines, in curly quotes or drawn in text, not joined of several that line ends
        had cut, nor from another list in another form."""
        member = self.report.member_of(row)
        dialect = self.report.dialect.of_each[0] if member is None else member.dialect
        is_whole = dialect.has_bare_records and row not in self._joined_rows
        return is_whole and (member is None or member.same_form)

    @cached_property
    def _joined_rows(self) -> frozenset[int]:
        if not {"joined_rows", "repaired_row"} & self.report.problem_counts.keys():
            return frozenset()
        told = [one for batch in self._problem_batches() for one in batch.to_pylist()]
        asked = {one["row"] for one in told if one["code"] == "repaired_row" and "join_rows" in one["repair"]}
        return frozenset(asked | {one["row"] for one in told if one["code"] == "joined_rows"})

    def raw_records(self, row_numbers: Iterable[int]) -> Iterator[tuple[int, bytes]]:
        """Row and the original bytes of its record without the line end, in the stage's order.

        Raises SourceError when the source is gone.
        """
        with ExitStack() as opened:
            plain: dict[str, _PlainBytes] = {}
            for slice_index, mask in self._masks(row_numbers):
                places = self._read([slice_index], ["row", "byte_start", "byte_end"]).filter(mask)
                starts, ends = places["byte_start"], places["byte_end"]
                if not pc.all(pc.and_(pc.greater_equal(starts, 0), pc.greater_equal(ends, starts))).as_py():
                    raise _damaged()
                for row, start, end in zip(*(column.to_pylist() for column in places.columns), strict=True):
                    member = self.report.member_of(row)
                    dialect = self.report.dialect.of_each[0] if member is None else member.dialect
                    if dialect.member not in plain:
                        stream = opened.enter_context(open_source(self.plain_of(dialect)))
                        plain[dialect.member] = _PlainBytes(stream, dialect)
                    yield row, plain[dialect.member].record(start, end)

    def raw_header(self) -> bytes:
        """The original bytes of the (first) header without its line end; empty when the list has none."""
        with open_source(self.source) as stream, _damage_told():
            plain = _PlainBytes(stream, self.report.dialect.of_each[0])
            return plain.record(self.report.header_start, self.report.header_end)

    def _masks(self, row_numbers: Iterable[int]) -> Iterator[tuple[int, Any]]:
        """Slice and which of its rows are asked for, for each slice that may hold any."""
        wanted = np.unique(np.fromiter(row_numbers, dtype=np.int64))
        if not self.slices or not wanted.size:
            return
        owners: Any = np.searchsorted(self._first_rows, wanted, side="right") - 1
        for slice_index in np.unique(owners[owners >= 0]).tolist():
            rows = self._read([slice_index], ["row"])["row"]
            yield slice_index, pc.is_in(rows, pa.array(wanted[owners == slice_index]))

    def _places(self, columns: Iterable[str] | None) -> list[str]:
        numbers = {name: number for number, name in enumerate(self.columns)}
        return ["row", *(f"c{numbers[name]}" for name in (self.columns if columns is None else columns))]

    def _read(self, slices: list[int], names: list[str]) -> Any:
        with _damage_told(), parquet.ParquetFile(self.folder / ROWS_FILE, metadata=self._metadata) as file:
            table = file.read_row_groups(slices, columns=names, use_threads=False).select(names)
            table.validate(full=True)  # or bytes that are not UTF-8 are found where nobody looks for damage
        if any(column.null_count for name, column in zip(names, table.columns, strict=True) if name != "surplus"):
            raise _damaged()
        return table

    def _frame(self, table: Any, columns: Iterable[str] | None) -> pd.DataFrame:
        rows = pd.Index(table["row"].to_numpy(), dtype="int64", name="row")
        frame = table.drop_columns(["row"]).to_pandas(types_mapper={pa.string(): pd.StringDtype(na_value=np.nan)}.get)
        frame.index = rows
        frame.columns = list(self.columns if columns is None else columns)
        return frame
