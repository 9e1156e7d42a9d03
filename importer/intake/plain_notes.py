"""What is known of a plain list that its text alone does not say: kept beside it as JSON.

A workbook, a file of JSON or of Parquet becomes a plain list of text before it is read; what it knew of its columns
and what went wrong on the way comes along here.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from importer.list_warning import ListWarning


@dataclass(frozen=True)
class DeclaredColumn:
    """The type that a source gives a column. `type` and `blank` as in the schema ("N"; "omit", "empty" or "null").
    `typed_cells`: a cell may be a whole value in DynamoDB JSON, with a type of its own."""

    name: str
    type: str = "S"
    blank: str = "omit"
    typed_cells: bool = False


@dataclass(frozen=True)
class RowNote:
    """A reading problem of a row that showed before there was a list; `why` as in "Row 7 is not whole JSON"."""

    code: str
    row: int
    why: str


@dataclass(frozen=True)
class CellKinds:
    """How many cells of a column of a sheet hold a number (under whatever format), a boolean, a text."""

    numbers: int = 0
    booleans: int = 0
    texts: int = 0


@dataclass(frozen=True)
class ColumnNote:
    """So many cells of a column (from 0) of a sheet are unsure, by a code of `sheet_notes`."""

    at: int
    code: str
    count: int
    first_row: int


@dataclass(frozen=True)
class PlainNotes:
    """`columns` are those of the list, all of them or none; `is_exact`: it is a table as it stands, so that nothing
    in it is looked at for a title, a footer or another table. `is_ours`: its text was written by us (UTF-8, comma,
    RFC 4180), so that there is nothing to guess of its signs. `rows_of_parts`: how many rows each of the files has
    that it is made of. `kinds`: of each column of a sheet; `unsure`: cells of some of them;
    `formats_unseen`: a number may be a code whose zeros a format shows."""

    columns: tuple[DeclaredColumn, ...] = ()
    problems: tuple[RowNote, ...] = ()
    warnings: tuple[ListWarning, ...] = ()
    rows_of_parts: tuple[int, ...] = ()
    is_exact: bool = False
    is_ours: bool = False
    kinds: tuple[CellKinds, ...] = ()
    unsure: tuple[ColumnNote, ...] = ()
    formats_unseen: bool = False


NO_NOTES = PlainNotes()


def notes_path(plain: Path) -> Path:
    """Where the notes of the plain list lie."""
    return plain.with_name(f"{plain.name}-notes")


def write_notes(plain: Path, notes: PlainNotes) -> None:
    """Keep them; nothing is written where there is nothing to say."""
    if notes != NO_NOTES:
        path = notes_path(plain)
        path.touch(mode=0o600)
        path.write_text(json.dumps(asdict(notes), ensure_ascii=False), "utf-8")


def read_notes(plain: Path) -> PlainNotes:
    """The notes of the plain list; empty ones where there are none."""
    try:
        told: dict[str, Any] = json.loads(notes_path(plain).read_text("utf-8"))
    except FileNotFoundError:
        return NO_NOTES
    return PlainNotes(
        columns=tuple(DeclaredColumn(**one) for one in told["columns"]),
        problems=tuple(RowNote(**one) for one in told["problems"]),
        warnings=tuple(ListWarning(**one) for one in told["warnings"]),
        rows_of_parts=tuple(told["rows_of_parts"]),
        is_exact=told["is_exact"],
        is_ours=told["is_ours"],
        kinds=tuple(CellKinds(**one) for one in told["kinds"]),
        unsure=tuple(ColumnNote(**one) for one in told["unsure"]),
        formats_unseen=told["formats_unseen"],
    )
