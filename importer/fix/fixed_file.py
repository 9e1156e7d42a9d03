"""The reject file as it comes back: read by its header whatever saved it, rows found by `_row`, columns by name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from importer.errors import SourceError
from importer.intake import BLOCKING, Dialect, FewRecord, Stage, guess_dialect, name_columns, read_few
from importer.prove import LEADING, neutralised, reject_header

ROW = LEADING[0]
DELIMITERS = (",", ";", "\t", "|")

REPLACEMENT = "\ufffd"
UNDECODABLE = "undecodable_bytes"
"""What stands for bytes that are no text, and the problem of a record that has it."""

HEADER_RECORDS = 20
"""The header is looked for in so many records: a person may have put lines above it."""

_ROW_NUMBER = re.compile(r"0*(\d{1,18})(?:[.,]0+)?")


@dataclass(frozen=True)
class FixedFile:
    """What a fixed file says. `cells`: text, index `row`, ascending, each row once, only columns that the list has.

    `surplus` and `problems`: row → its cells past the last column, and what is wrong with its record. `twice`: rows
    that stand in the file with different cells. `no_row`: record numbers (of the file) without a row number.
    `missing`: columns of the list that the file lacks; `added`: columns of the file that the list lacks.
    `exact`: it has the very header of the exact file, so nothing but a text editor touched it.
    """

    cells: pd.DataFrame
    surplus: dict[int, tuple[str, ...]]
    problems: dict[int, str]
    twice: tuple[int, ...]
    no_row: tuple[int, ...]
    missing: tuple[str, ...]
    added: tuple[str, ...]
    exact: bool


@dataclass(frozen=True)
class _Sheet:
    """Records below the header, and for each column of the file the list's name of it (None: it has none)."""

    names: tuple[str | None, ...]
    titles: tuple[str, ...]
    records: list[FewRecord]
    exact: bool


def read_fixed(path: Path, stage: Stage, columns: Sequence[str]) -> FixedFile:
    """The fixed file at `path`, for a list with these `columns` (those of its reject file).

    Raises SourceError when it cannot be read or is no reject file: no column `_row`, or none of the list's columns.
    """
    sheet = _exact_sheet(path, stage, columns) or _found_sheet(path, columns)
    if sheet is None:
        raise SourceError(
            f'The file has no column "{ROW}", by which its rows are found. Download the rows to fix, '
            "change cells in that file, keep its first row and its first column, and send it."
        )
    if not set(sheet.names) & set(columns):
        raise SourceError("None of the list's columns is in the file. Is it the reject file of another list?")
    return _fixed_file(sheet, columns)


def _exact_sheet(path: Path, stage: Stage, columns: Sequence[str]) -> _Sheet | None:
    """The file by position, where it begins with the very bytes of the exact reject file."""
    _, header = reject_header(stage)
    with path.open("rb") as file:
        if file.read(len(header)) != header or tuple(columns) != stage.columns:
            return None
    read = stage.report.dialect
    dialect = replace(read, preamble_rows=0, member="", line_quotes=False, curly="")
    names = (*LEADING, *columns)
    records = read_few(path, dialect, len(names))[1 if read.line_quotes or read.curly else max(1, read.header_rows) :]
    return _Sheet(names, names, records, True)


def _found_sheet(path: Path, columns: Sequence[str]) -> _Sheet | None:
    """The file by the names in its header, with the delimiter under which there is one."""
    guessed = guess_dialect(path).dialect
    for delimiter in dict.fromkeys((guessed.delimiter, *DELIMITERS)):
        for quote in dict.fromkeys((guessed.quote, '"')):
            if quote == delimiter:
                continue
            dialect = replace(guessed, delimiter=delimiter, quote=quote, escape="" if quote else guessed.escape)
            found = _sheet_in(path, dialect, columns)
            if found is not None:
                return found
    return None


def _sheet_in(path: Path, dialect: Dialect, columns: Sequence[str]) -> _Sheet | None:
    records = read_few(path, dialect)
    for at, record in enumerate(records[:HEADER_RECORDS]):
        titles = [cell.strip(" \ufeff") for cell in record.cells]
        if ROW in titles:
            below = read_few(path, dialect, len(titles))[at + 1 :]
            return _Sheet(_names(titles, columns), tuple(titles), below, False)
    return None


def _names(titles: list[str], columns: Sequence[str]) -> tuple[str | None, ...]:
    """The list's name for each column. Where our four come first, the others are named as the list's reader does."""
    known = {neutralised(name): name for name in columns} | {name: name for name in (*columns, *LEADING)}
    if tuple(titles[: len(LEADING)]) == LEADING:
        rest = titles[len(LEADING) :]
        titles = [*LEADING, *name_columns(rest, len(rest))[0]]
    found = [known.get(title) for title in titles]
    return tuple(name if name not in found[:at] else None for at, name in enumerate(found))


def _fixed_file(sheet: _Sheet, columns: Sequence[str]) -> FixedFile:
    places = {name: at for at, name in enumerate(sheet.names) if name is not None}
    shared = [name for name in columns if name in places]
    unnamed = [at for at, title in enumerate(sheet.titles) if not title and sheet.names[at] is None]
    kept: dict[int, tuple[list[str], tuple[str, ...], str]] = {}
    twice: set[int] = set()
    no_row = []
    for record in sheet.records:
        row = _row_number(_cell(record, places[ROW]))
        if row is None:
            if any(cell.strip() for cell in record.cells):
                no_row.append(record.number)
            continue
        told = (
            [_cell(record, places[name]) for name in shared],
            tuple(_surplus(record, sheet, unnamed)),
            _problem(record, sheet.exact),
        )
        if row in kept and kept[row] != told:
            twice.add(row)
        kept[row] = told
    good = {row: kept[row] for row in sorted(kept) if row not in twice}
    surplus = {row: beyond for row, (_, beyond, _) in good.items() if beyond}
    problems = {row: problem for row, (_, _, problem) in good.items() if problem}
    problems |= {row: "row_too_long" for row in surplus if row not in problems}
    return FixedFile(
        cells=_frame(good, shared),
        surplus=surplus,
        problems=problems,
        twice=tuple(sorted(twice)),
        no_row=tuple(no_row),
        missing=tuple(name for name in columns if name not in places),
        added=tuple(title for at, title in enumerate(sheet.titles) if title and sheet.names[at] is None),
        exact=sheet.exact,
    )


def _cell(record: FewRecord, at: int) -> str:
    """A spreadsheet leaves out blank cells at the end of a row."""
    return record.cells[at] if at < len(record.cells) else ""


def _row_number(text: str) -> int | None:
    found = _ROW_NUMBER.fullmatch(text.strip(" '"))
    return int(found.group(1)) if found else None


def _surplus(record: FewRecord, sheet: _Sheet, unnamed: Sequence[int]) -> Iterator[str]:
    """Cells past the last named column. A spreadsheet fills short rows up: blanks at the end mean nothing."""
    cells = [_cell(record, at) for at in unnamed] + record.cells[len(sheet.titles) :]
    if not sheet.exact:
        while cells and not cells[-1].strip():
            cells.pop()
    yield from cells


def _problem(record: FewRecord, exact: bool) -> str:
    """The first problem of the record that holds a row back, empty when there is none."""
    passed_over = () if exact else ("row_too_short", "row_too_long")
    found = next((code for code in record.codes if BLOCKING[code] and code not in passed_over), "")
    return found or (UNDECODABLE if any(REPLACEMENT in cell for cell in record.cells) else "")


def _frame(good: dict[int, tuple[list[str], tuple[str, ...], str]], shared: list[str]) -> pd.DataFrame:
    index = pd.Index(list(good), dtype="int64", name="row")
    texts = [cells for cells, _, _ in good.values()]
    kind = pd.StringDtype(na_value=np.nan)
    return pd.DataFrame(
        {name: pd.array([cells[at] for cells in texts], dtype=kind) for at, name in enumerate(shared)}, index=index
    )
