"""The files that a person takes away: rows that were not written, with the reason before each.

Rows are streamed in chunks; memory does not grow with the list. The files hold cells, so only their owner may read
them (0600), and they get their name when they are whole.
"""

from __future__ import annotations

import csv
import io
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING

from importer.errors import FatalError
from importer.prove.formulas import neutralised
from importer.prove.record import LEADING, RecordWriter
from importer.run import Bucket, Ledger, RunFolder, open_stage

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
    stage = open_stage(folder)
    with folder.source.open("rb") as source:
        writer = RecordWriter.like(stage.report.dialect, source.read(4))
    with _whole_file(path) as out:
        out.write(writer.mark + writer.fields(LEADING) + _header(stage, writer) + writer.line_end())
        for chunk in _chunks(folder, buckets):
            records = dict(stage.raw_records([row for row, *_ in chunk]))
            for row, column, code, reason in chunk:
                out.write(writer.fields((str(row), column, code, reason)) + records[row] + writer.line_end())
    return path


def write_spreadsheet_rejects(folder: RunFolder) -> Path:
    """rejects-for-spreadsheets.csv: the same rows as UTF-8 with a mark, comma, formulas neutralised."""
    stage = open_stage(folder)
    with _whole_file(folder.spreadsheet_rejects) as binary:
        out = io.TextIOWrapper(binary, encoding="utf-8-sig", newline="")
        writer = csv.writer(out)
        writer.writerow([*LEADING, *(neutralised(name) for name in stage.columns)])
        for chunk in _chunks(folder, NOT_WRITTEN):
            frame = stage.take([row for row, *_ in chunk])
            cells = dict(zip(frame.index.tolist(), frame.itertuples(index=False, name=None), strict=True))
            for row, column, code, reason in chunk:
                leading = (str(row), neutralised(column), code, neutralised(reason))
                writer.writerow([*leading, *(neutralised(cell) for cell in cells[row])])
        out.detach()
    return folder.spreadsheet_rejects


def reasoned_rows(folder: RunFolder, buckets: tuple[Bucket, ...]) -> Iterator[Reasoned]:
    """Row, column, code and reason of every row in `buckets`, by row number, from ledger and check."""
    from importer.check import CheckResult

    told_by_check = _check_reasons(CheckResult.open(folder.check))
    row_told, reason_told = next(told_by_check, (0, ""))
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        said = ledger.said()
        for row, bucket, code, column in ledger.outcomes(*buckets):
            while 0 < row_told < row:
                row_told, reason_told = next(told_by_check, (0, ""))
            reason = reason_told if row_told == row else said.get(code, "")
            yield row, column, code, reason or f"{bucket.capitalize()}: {code}."


def _check_reasons(checked: CheckResult) -> Iterator[tuple[int, str]]:
    """(row, message) of every row that was not ready, by row number."""
    for chunk in checked.outcomes():
        yield from zip(chunk.index.tolist(), chunk["message"].tolist(), strict=True)


def _chunks(folder: RunFolder, buckets: tuple[Bucket, ...]) -> Iterator[list[Reasoned]]:
    rows = reasoned_rows(folder, buckets)
    while chunk := list(islice(rows, CHUNK_ROWS)):
        yield chunk


def _header(stage: Stage, writer: RecordWriter) -> bytes:
    """The source's own header, or our column names when it has none."""
    if not stage.report.dialect.header_rows:
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
