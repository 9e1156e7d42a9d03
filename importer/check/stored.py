"""A finished check on disk: its report and four files that hold no cell value.

report.json · failures.parquet (row, column, code) · outcomes.parquet (row, outcome, code, column; rows that are not
ready) · ready.i64 (the numbers of ready rows, int64). Slice by slice, found by the report's `slices`. What is odd
about rows of cause `odd_row` is in odd_rows.parquet.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from importer.check.codes import NOTICES, message_of
from importer.check.odd_rows import ODD_FILE, OddRow, read_odd
from importer.check.report import Cause, CheckReport, FailureCase, RowOutcome, SliceIndex
from importer.clean import operation_from_dict
from importer.errors import ConfigError
from importer.plain_types import UNREADABLE, of_its_types

REPORT_FILE, FAILURES_FILE, OUTCOMES_FILE, READY_FILE = (
    "report.json",
    "failures.parquet",
    "outcomes.parquet",
    "ready.i64",
)

WORDS = pa.dictionary(pa.int32(), pa.string())
FAILURE_FIELDS = pa.schema([("row", pa.int64()), ("column", WORDS), ("code", WORDS)])
OUTCOME_FIELDS = pa.schema([("row", pa.int64()), ("outcome", pa.uint8()), ("code", WORDS), ("column", WORDS)])
FIELDS_OF = {FAILURES_FILE: FAILURE_FIELDS, OUTCOMES_FILE: OUTCOME_FIELDS}


_NOTICE_CODES = pa.array(list(NOTICES), pa.string())


def report_to_json(report: CheckReport) -> str:
    """All of the report, suggestions as operations' JSON."""
    plain = asdict(replace(report, causes=(), slices=()))
    plain["slices"] = [list(asdict(one).values()) for one in report.slices]
    plain["causes"] = [
        asdict(replace(cause, suggestions=())) | {"suggestions": [one.to_dict() for one in cause.suggestions]}
        for cause in report.causes
    ]
    return json.dumps(plain, ensure_ascii=False)


def report_from_json(text: str) -> CheckReport:
    """The report that `report_to_json` wrote."""
    plain: dict[str, Any] = json.loads(text)
    causes = tuple(_cause(one) for one in plain.pop("causes"))
    slices = tuple(SliceIndex(*one) for one in plain.pop("slices"))
    met = tuple(tuple(path) for path in plain.pop("met"))
    return of_its_types(CheckReport(**plain, causes=causes, slices=slices, met=met))


def _cause(plain: dict[str, Any]) -> Cause:
    suggestions = tuple(operation_from_dict(one, number=1) for one in plain.pop("suggestions"))
    return Cause(**plain | {"example_rows": tuple(plain["example_rows"]), "suggestions": suggestions})


class CheckResult:
    """A finished check, read back piece by piece."""

    def __init__(self, folder: Path, report: CheckReport) -> None:
        self._folder = folder
        self.report = report
        self._causes = {(cause.code, cause.column): cause for cause in report.causes}

    @classmethod
    def open(cls, out_dir: Path) -> CheckResult:
        """The check in `out_dir`. Raises ConfigError when there is none, or not a whole one."""
        try:
            report = report_from_json((out_dir / REPORT_FILE).read_text("utf-8"))
        except (*UNREADABLE, ConfigError):
            raise ConfigError("The list has not been checked yet. Open the Check page and check it.") from None
        return cls(out_dir, report)

    def outcomes(self) -> Iterator[pd.DataFrame]:
        """Frame after frame of the rows that are not ready (index `row`; outcome uint8, code, column, message)."""
        for group in (one.outcome_group for one in self.report.slices if one.outcome_group >= 0):
            frame = self._group(OUTCOMES_FILE, group).to_pandas().set_index("row")
            codes, columns = frame["code"].astype("str"), frame["column"].astype("str")
            messages = [self.message(code, column) for code, column in zip(codes, columns, strict=True)]
            yield pd.DataFrame(
                {"outcome": frame["outcome"], "code": codes, "column": columns, "message": messages},
                index=frame.index,
            )

    def failures(
        self,
        code: str | None = None,
        column: str | None = None,
        offset: int = 0,
        limit: int = 200,
        *,
        notices: bool = True,
    ) -> list[FailureCase]:
        """Failure cases in the order of the list, of one code or column or of all; without `notices` (warnings about
        how cells look) on request."""
        out: list[FailureCase] = []
        tables = self._failure_tables(code, column)
        for table in tables if notices else map(_without_notices, tables):
            if offset >= table.num_rows:
                offset -= table.num_rows
                continue
            for one in table.slice(offset, limit - len(out)).to_pylist():
                out.append(FailureCase(**one, message=self.message(one["code"], one["column"])))
            offset = 0
            if len(out) >= limit:
                break
        return out

    def failing_rows(
        self, offset: int = 0, limit: int = 200, cause: Cause | tuple[str, str] | None = None
    ) -> list[int]:
        """Row numbers, ascending: of one cause ((code, column) will do), else of all rejected rows."""
        if cause is None:
            parts = self._rejected_rows()
        else:
            code, column = (cause.code, cause.column) if isinstance(cause, Cause) else cause
            parts = (pc.unique(table["row"]).to_pylist() for table in self._failure_tables(code, column))
        return _page(parts, offset, limit)

    def undecided_rows(
        self, offset: int = 0, limit: int = 200, *, after: int = 0, by_hand: Iterable[int] = ()
    ) -> list[int]:
        """Row numbers above `after`, ascending, that `report.undecided` counts.

        `by_hand`: the rows that were rejected or dropped one by one, which the files here do not tell apart.
        """
        left_out = pa.array(sorted(by_hand), type=pa.int64())
        return _page(self._undecided(after, left_out), offset, limit)

    def rows_of(self, cause: Cause, *, after: int = 0, limit: int = 200, without: Iterable[int] = ()) -> list[int]:
        """Row numbers of one cause above `after`, ascending, without those named."""
        left_out = pa.array(sorted(without), type=pa.int64())
        parts = (
            _above(table["row"], after, left_out)
            for table in self._failure_tables(cause.code, cause.column, after=after)
        )
        return _page(parts, 0, limit)

    def problems_of(self, rows: Iterable[int]) -> dict[int, tuple[FailureCase, ...]]:
        """All failure cases of these rows, for the badges beside them. Reads only the slices that hold any."""
        numbers = np.unique(np.fromiter(rows, dtype=np.int64))
        wanted = pa.array(numbers)
        out: dict[int, list[FailureCase]] = {int(row): [] for row in numbers}
        for group, (first, last) in enumerate(self._failure_spans):
            if np.searchsorted(numbers, first) == np.searchsorted(numbers, last, side="right"):
                continue
            table = self._group(FAILURES_FILE, group)
            for one in table.filter(pc.is_in(table["row"], wanted)).to_pylist():
                out[one["row"]].append(FailureCase(**one, message=self.message(one["code"], one["column"])))
        return {row: tuple(cases) for row, cases in out.items()}

    def odd_rows(self, rows: Iterable[int] | None = None, limit: int | None = None) -> list[OddRow]:
        """Rows that are not like the others (of those in `rows`), `limit` at most, and what is odd about them."""
        with _damage_told():
            return read_odd(self._folder / ODD_FILE, rows, limit)

    def ready_rows(self, slice_index: int) -> np.ndarray:
        """Numbers of the ready rows of one slice of the stage (int64, ascending)."""
        with _damage_told():
            place = self.report.slices[slice_index]
            path, end = self._folder / READY_FILE, (place.ready_start + place.ready_count) * 8
            if place.ready_count < 0 or path.stat().st_size < end:
                raise ValueError("fewer rows")
            rows: np.ndarray = np.fromfile(path, "<i8", place.ready_count, offset=place.ready_start * 8)
        return rows

    def message(self, code: str, column: str) -> str:
        """What a failure of this code in this column says, in the person's own words if it has some; never a
        cell's value."""
        cause = self._causes.get((code, column))
        return (cause.message if cause else "") or message_of(code, column, cause.rule if cause else "")

    def left_out_rows(self) -> np.ndarray:
        """Numbers of the rows that a step or a person leaves out (int64, ascending)."""
        groups = [
            self._group(OUTCOMES_FILE, one.outcome_group) for one in self.report.slices if one.outcome_group >= 0
        ]
        found = [table.filter(pc.equal(table["outcome"], RowOutcome.SKIPPED.value))["row"] for table in groups]
        rows: np.ndarray = np.concatenate([np.empty(0, np.int64), *(part.to_numpy() for part in found)])
        return rows

    def _rejected_rows(self) -> Iterator[list[int]]:
        for group in (one.outcome_group for one in self.report.slices if one.outcome_group >= 0):
            table = self._group(OUTCOMES_FILE, group)
            yield table.filter(pc.equal(table["outcome"], RowOutcome.REJECTED.value))["row"].to_pylist()

    def _undecided(self, after: int, left_out: Any) -> Iterator[list[int]]:
        rejected = [(cause.code, cause.column) for cause in self.report.causes if cause.verdict == "reject"]
        for group, (_, last) in enumerate(self._spans(OUTCOMES_FILE)):
            if last <= after:
                continue
            table = self._group(OUTCOMES_FILE, group)
            table = table.filter(pc.equal(table["outcome"], RowOutcome.REJECTED.value))
            codes, columns = table["code"].cast(pa.string()), table["column"].cast(pa.string())
            decided = pc.equal(codes, "rejected_by_hand")
            for code, column in rejected:
                decided = pc.or_(decided, pc.and_(pc.equal(codes, code), pc.equal(columns, column)))
            yield _above(table.filter(pc.invert(decided))["row"], after, left_out)

    @cached_property
    def _failure_spans(self) -> list[tuple[int, int]]:
        return self._spans(FAILURES_FILE)

    def _spans(self, name: str) -> list[tuple[int, int]]:
        """The first and the last row of each group; the files are in the order of the list."""
        with _damage_told():
            groups = parquet.read_metadata(self._folder / name)
            told = [groups.row_group(number).column(0).statistics for number in range(groups.num_row_groups)]
            return [(int(one.min), int(one.max)) for one in told]

    def _failure_tables(self, code: str | None, column: str | None, *, after: int = 0) -> Iterator[Any]:
        for group in (one.failure_group for one in self.report.slices if one.failure_group >= 0):
            if after and self._failure_spans[group][1] <= after:
                continue
            table = self._group(FAILURES_FILE, group)
            for field, value in (("code", code), ("column", column)):
                if value is not None:
                    table = table.filter(pc.equal(table[field].cast(pa.string()), value))
            if table.num_rows:
                yield table

    def _group(self, name: str, group: int) -> Any:
        with _damage_told(), parquet.ParquetFile(self._folder / name) as file:
            if not file.schema_arrow.remove_metadata().equals(FIELDS_OF[name]):
                raise TypeError("of other columns")
            return file.read_row_group(group, use_threads=False)


@contextmanager
def _damage_told() -> Iterator[None]:
    """What pyarrow raises of a damaged or missing file as ConfigError."""
    try:
        yield
    except (*UNREADABLE, pa.ArrowException) as error:
        raise ConfigError("What was checked is damaged on the disk. Bring the list in again.") from error


def _without_notices(failures: Any) -> Any:
    return failures.filter(pc.invert(pc.is_in(failures["code"].cast(pa.string()), value_set=_NOTICE_CODES)))


def _above(rows: Any, after: int, left_out: Any) -> list[int]:
    """`rows` (in order, maybe more than once each) above `after`, each once, without those left out."""
    kept = rows.filter(pc.and_(pc.greater(rows, after), pc.invert(pc.is_in(rows, left_out))))
    out: list[int] = pc.unique(kept).to_pylist()
    return out


def _page(parts: Iterable[list[int]], offset: int, limit: int) -> list[int]:
    out: list[int] = []
    for rows in parts:
        out += rows[offset : offset + limit - len(out)]
        offset = max(0, offset - len(rows))
        if len(out) >= limit:
            break
    return out
