"""The files that a person takes away: rows that were not written, with the reason before each.

Rows are streamed in chunks; memory does not grow with the list. The files hold cells, so only their owner may read
them (0600), and they get their name when they are whole.
"""

from __future__ import annotations

import csv
import io
import os
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING

from importer.errors import FatalError
from importer.prove.formulas import neutralised
from importer.prove.record import LEADING, RecordWriter
from importer.run import Bucket, Ledger, RowsNow, RunFolder, open_stage, rows_now

if TYPE_CHECKING:
    from importer.check import CheckResult
    from importer.intake import Stage

CHUNK_ROWS = 5_000

NOT_WRITTEN = (Bucket.REJECTED, Bucket.FAILED)

Reasoned = tuple[int, str, str, str]
"""Row number, column, code, reason."""


def write_reject_file(folder: RunFolder) -> Path:
    """rejects.csv: rows rejected by the check or refused by the service, in the source's own encoding and dialect.

    Four fields come first, then each record's original bytes, so that it can be mended and imported again.
    """
    return write_rows_file(folder, folder.rejects, NOT_WRITTEN)


def write_duplicate_file(folder: RunFolder) -> Path:
    """duplicates.csv: rows that lost to another row with the same key, in the same form as the reject file."""
    return write_rows_file(folder, folder.duplicates, (Bucket.DUPLICATE,))


def write_rows_file(folder: RunFolder, path: Path, buckets: tuple[Bucket, ...]) -> Path:
    """All rows in `buckets` with their reasons and original bytes, to `path`."""
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        fixed = ledger.fixed_rows()
    return write_exact(folder, path, in_chunks(reasoned_rows(folder, buckets)), fixed)


def write_exact(folder: RunFolder, path: Path, chunks: Iterable[list[Reasoned]], fixed: dict[int, int]) -> Path:
    """Rows with their reasons and original bytes, to `path`. `fixed`: row → the round that fixed it last; such a row
    is written with the cells of that round, in the source's own encoding and dialect, and so is a row whose bytes
    cannot stand behind others: with quotes around whole lines, or from one of several lists in different forms."""
    stage = open_stage(folder)
    writer, header = reject_header(stage)
    with _whole_file(path) as out:
        out.write(header)
        for chunk in chunks:
            rows = [row for row, *_ in chunk]
            anew = {row for row in rows if row in fixed or not stage.keeps_bytes(row)}
            records = dict(stage.raw_records(set(rows) - anew))
            records |= _records_anew(folder, sorted(anew), fixed, writer)
            for row, column, code, reason in chunk:
                out.write(writer.fields((str(row), column, code, reason)) + records[row] + writer.line_end())
    return path


def reject_header(stage: Stage) -> tuple[RecordWriter, bytes]:
    """How records are written like the source's, and the first bytes of the exact reject file: mark and header."""
    with stage.source.open("rb") as source:
        writer = RecordWriter.like(stage.report.dialect, source.read(4))
    return writer, writer.mark + writer.fields(LEADING) + _header(stage, writer) + writer.line_end()


def _records_anew(
    folder: RunFolder, rows: list[int], fixed: dict[int, int], writer: RecordWriter
) -> dict[int, bytes]:
    """Rows as they are now (read, or last fixed), with what is past the last column."""
    if not rows:
        return {}
    now = rows_now(folder, rows, fixed)
    lines = zip(now.cells.index.tolist(), now.cells.itertuples(index=False, name=None), strict=True)
    return {row: writer.record((*cells, *now.surplus.get(row, ()))) for row, cells in lines}


def write_spreadsheet_rejects(folder: RunFolder) -> Path:
    """rejects-for-spreadsheets.csv: the same rows as UTF-8 with a mark, comma, formulas neutralised."""
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        fixed = ledger.fixed_rows()

    def cells_of(rows: list[int]) -> RowsNow:
        return rows_now(folder, rows, fixed)

    columns = open_stage(folder).columns
    return write_for_spreadsheets(
        folder.spreadsheet_rejects, columns, in_chunks(reasoned_rows(folder, NOT_WRITTEN)), cells_of
    )


def write_for_spreadsheets(
    path: Path,
    columns: Sequence[str],
    chunks: Iterable[list[Reasoned]],
    cells_of: Callable[[list[int]], RowsNow],
) -> Path:
    """Rows with their reasons as UTF-8 with a mark, comma, formulas neutralised, and cells past the last column."""
    with _whole_file(path) as binary:
        out = io.TextIOWrapper(binary, encoding="utf-8-sig", newline="")
        writer = csv.writer(out)
        writer.writerow([*LEADING, *(neutralised(name) for name in columns)])
        for chunk in chunks:
            now = cells_of([row for row, *_ in chunk])
            lines = zip(now.cells.index.tolist(), now.cells.itertuples(index=False, name=None), strict=True)
            cells = {row: (*found, *now.surplus.get(row, ())) for row, found in lines}
            for row, column, code, reason in chunk:
                leading = (str(row), neutralised(column), code, neutralised(reason))
                writer.writerow([*leading, *(neutralised(cell) for cell in cells.get(row, ()))])
        out.detach()
    return path


def reasoned_rows(folder: RunFolder, buckets: tuple[Bucket, ...]) -> Iterator[Reasoned]:
    """Row, column, code and reason of every row in `buckets`, by row number, from ledger and check."""
    from importer.check import CheckResult

    checked, read = CheckResult.open(folder.check), open_stage(folder).report
    told_by_check = _check_reasons(checked)
    row_told, reason_told = next(told_by_check, (0, ""))
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        said, fixed, columns = ledger.said(), ledger.fixed_rows(), _columns_of(folder)
        for row, bucket, code, attribute in ledger.outcomes(*buckets):
            column = columns.get(attribute, attribute) if bucket == Bucket.FAILED.value else attribute
            while 0 < row_told < row:
                row_told, reason_told = next(told_by_check, (0, ""))
            reason = said.get(f"{code} {attribute}".rstrip(), "")
            if row in fixed and not reason:
                reason = checked.message(code, column)
            elif row_told == row and row not in fixed:
                reason = reason_told
            reason = reason or f"{bucket.capitalize()}: {code}."
            yield row, column, code, f"{read.place_of(row)}: {reason}" if read.members else reason


def _columns_of(folder: RunFolder) -> dict[str, str]:
    """Attribute → the column that becomes it."""
    from importer.run import read_schema

    return {str(spec.attribute): spec.column for spec in read_schema(folder).imported}


def _check_reasons(checked: CheckResult) -> Iterator[tuple[int, str]]:
    """(row, message) of every row that was not ready, by row number."""
    for chunk in checked.outcomes():
        yield from zip(chunk.index.tolist(), chunk["message"].tolist(), strict=True)


@dataclass(frozen=True)
class ReasonCount:
    """How many rows were not written for one reason, the first of them, and its words there."""

    code: str
    column: str
    count: int
    first_row: int
    message: str


def reason_counts(folder: RunFolder) -> list[ReasonCount]:
    """Why rows were rejected or failed, the most frequent reason first; each row counts for its first one."""
    counts: Counter[tuple[str, str]] = Counter()
    first: dict[tuple[str, str], tuple[int, str]] = {}
    for row, column, code, reason in reasoned_rows(folder, NOT_WRITTEN):
        counts[code, column] += 1
        first.setdefault((code, column), (row, reason))
    return [ReasonCount(*cause, count, *first[cause]) for cause, count in counts.most_common()]


def in_chunks(rows: Iterator[Reasoned]) -> Iterator[list[Reasoned]]:
    """CHUNK_ROWS at a time, so that memory does not grow with the list."""
    while chunk := list(islice(rows, CHUNK_ROWS)):
        yield chunk


def _header(stage: Stage, writer: RecordWriter) -> bytes:
    """The source's own header, or our column names when it has none or records have a form of their own."""
    if not stage.report.dialect.header_rows or not stage.report.dialect.has_bare_records:
        return writer.joined(stage.columns)
    header: bytes = stage.raw_header()
    return header.removeprefix(writer.mark) if writer.mark else header


@contextmanager
def _whole_file(path: Path) -> Iterator[IO[bytes]]:
    """A file that its owner alone may read and that has its name only once it is whole."""
    made = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            yield out
        made.replace(path)
    except OSError as error:
        raise FatalError(f"{path} cannot be written ({error.strerror}). Free some space and try again.") from error
    finally:
        made.unlink(missing_ok=True)
