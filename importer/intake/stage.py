"""The stage on disk, read back: slices of text, single rows, reading problems, and the original bytes of records."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from importer.errors import SourceError
from importer.intake.containers import plain_source
from importer.intake.dialect import Dialect
from importer.intake.encodings import find_codec
from importer.intake.feed import open_source
from importer.intake.problems import Audit, ReadingProblem
from importer.intake.repair import NO_REPAIRS, Repairs
from importer.list_warning import ListWarning

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
class StageReport:
    """What reading came to. `source_sha256` is that of the file as it came, packed or not. `header_start` and
    `header_end` are the header's bytes in the plain list; `fast_bytes` and `tolerant_bytes` say which road read how
    much. `warnings` are what unpacking told, which the plain list does not show."""

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

    def to_json(self) -> str:
        """The report with its format number."""
        values = {**asdict(replace(self, repairs=NO_REPAIRS)), "repairs": self.repairs.to_dict()}
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
        return cls(**values)


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
            raise SourceError("The list has not been read yet. Open the Upload page and read it.") from None
        return cls(stage_dir, source or stage_dir.parent / "source", StageReport.from_json(text))

    @cached_property
    def source(self) -> Path:
        """The plain list: the source, or what it unpacks to."""
        return plain_source(self.packed, self.report.dialect.member)

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
        """Where the slices lie in the file; it grows with the list, so it is read once."""
        return parquet.read_metadata(self.folder / ROWS_FILE)

    @cached_property
    def slice_rows(self) -> tuple[int, ...]:
        """The number of rows in each slice, ≤ SLICE_ROWS."""
        return tuple(self._metadata.row_group(number).num_rows for number in range(self._metadata.num_row_groups))

    @cached_property
    def _first_rows(self) -> Any:
        """Row number at which each slice begins."""
        groups = (self._metadata.row_group(number) for number in range(self._metadata.num_row_groups))
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

    def take(self, row_numbers: Iterable[int]) -> pd.DataFrame:
        """The rows asked for that are in the stage, in the stage's order."""
        tables = [
            self._read([slice_index], self._places(None)).filter(mask)
            for slice_index, mask in self._masks(row_numbers)
        ]
        return self._frame(pa.concat_tables(tables) if tables else self._read([], self._places(None)), None)

    def problems(
        self, offset: int = 0, limit: int | None = None, blocking_only: bool = False
    ) -> list[ReadingProblem]:
        """Reading problems in the order of the list."""
        out: list[ReadingProblem] = []
        for batch in parquet.ParquetFile(self.folder / PROBLEMS_FILE).iter_batches():
            found = batch.filter(batch.column("blocking")) if blocking_only else batch
            if offset >= found.num_rows:
                offset -= found.num_rows
                continue
            found = found.slice(offset, None if limit is None else limit - len(out))
            out += [ReadingProblem(**values) for values in found.to_pylist()]
            offset = 0
            if limit is not None and len(out) >= limit:
                break
        return out

    def blocking_rows(self) -> dict[int, str]:
        """Row → the code of its first blocking problem; every row of it is in the stage."""
        table = parquet.read_table(self.folder / PROBLEMS_FILE, columns=["row", "code", "blocking"])
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

    def raw_records(self, row_numbers: Iterable[int]) -> Iterator[tuple[int, bytes]]:
        """Row and the original bytes of its record without the line end, in the stage's order.

        Raises SourceError when the source is gone.
        """
        with open_source(self.source) as stream:
            for slice_index, mask in self._masks(row_numbers):
                places = self._read([slice_index], ["row", "byte_start", "byte_end"]).filter(mask)
                for row, start, end in zip(*(column.to_pylist() for column in places.columns), strict=True):
                    stream.seek(start)
                    yield row, self._without_line_end(stream.read(end - start))

    def raw_header(self) -> bytes:
        """The original bytes of the header without its line end; empty when the list has none."""
        with open_source(self.source) as stream:
            stream.seek(self.report.header_start)
            return self._without_line_end(stream.read(self.report.header_end - self.report.header_start))

    def _without_line_end(self, record: bytes) -> bytes:
        with open_source(self.source) as stream:
            codec = find_codec(self.report.dialect.encoding, stream.read(4))
        for end in (codec.line_feed, codec.carriage_return):
            record = record.removesuffix(end) if len(record) % codec.unit == 0 else record
        return record

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
        with parquet.ParquetFile(self.folder / ROWS_FILE, metadata=self._metadata) as file:
            return file.read_row_groups(slices, columns=names, use_threads=False).select(names)

    def _frame(self, table: Any, columns: Iterable[str] | None) -> pd.DataFrame:
        rows = pd.Index(table["row"].to_numpy(), dtype="int64", name="row")
        frame = table.drop_columns(["row"]).to_pandas(types_mapper={pa.string(): pd.StringDtype(na_value=np.nan)}.get)
        frame.index = rows
        frame.columns = list(self.columns if columns is None else columns)
        return frame
