"""Reading problems by stable code, and the audit of where every byte of the source went."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

BLOCKING = {
    "row_too_long": True,
    "row_too_short": True,
    "unclosed_quote": True,
    "nul_byte": True,
    "undecodable_bytes": True,
    "repaired_bytes": False,
    "stray_quote": False,
    "blank_line": False,
    "duplicate_header": False,
    "empty_header": False,
    "preamble": False,
    "label_row": False,
    "line_quotes": False,
    "curly_quotes": False,
    "text_formula": False,
    "mended_header": False,
    "joined_header": False,
    "drawn_table": False,
    "blank_columns": False,
    "byte_order_mark": False,
    "row_too_big": False,
    "header_too_long": False,
    "repeated_header": False,
    "second_table": False,
    "second_copy": False,
    "other_header": False,
    "page_title": False,
    "comment": False,
    "footer": False,
    "repaired_row": False,
    "joined_rows": False,
    "mojibake": False,
    "other_member": False,
    "not_an_item": True,
}
"""Every code. Blocking: the row is in the stage but is rejected unless a person accepts it. A record too big never
enters the stage, so there is no row to reject: it is set aside and listed."""


@dataclass(frozen=True)
class ReadingProblem:
    """`row` is the record number (None: no record of its own), the first of `rows` where several are told at once;
    the bytes are those of the source, end exclusive. `repair` is a suggested one, as `Repair.to_text` says it; empty
    when there is none."""

    code: str
    row: int | None
    byte_start: int
    byte_end: int
    message: str
    blocking: bool
    repair: str = ""
    rows: int = 1


TOGETHER = {
    "second_table": "Row {row:,} and {more} belong to another table in the file; set aside.",
    "second_copy": "Row {row:,} and {more} are the whole table once more; set aside.",
    "footer": "Row {row:,} and {more} stand below the table (totals or remarks); set aside.",
    "comment": "Row {row:,} and {more} are comments; set aside.",
}
"""Kinds of rows that stand below each other by the thousand, told once."""


def told_together(problems: Iterable[ReadingProblem], counts: Mapping[str, int]) -> list[ReadingProblem]:
    """The problems with one for all rows of each of the kinds in `TOGETHER`, where the first of them stands.
    `counts`: rows by code, of the whole list."""
    out, seen = list[ReadingProblem](), set[str]()
    for found in problems:
        count = counts.get(found.code, 1)
        if found.code not in TOGETHER or found.row is None or count == 1:
            out.append(found)
        elif found.code not in seen:
            seen.add(found.code)
            more = "1 more" if count == 2 else f"{count - 1:,} more"
            message = TOGETHER[found.code].format(row=found.row, more=more)
            out.append(replace(found, message=message, rows=count))
    return out


NEIGHBOURS = frozenset(
    {"preamble", "repeated_header", "page_title", "second_table", "second_copy", "footer", "comment"}
)
"""Kinds of rows set aside of which many that stand next to each other are one problem. Blank rows always are."""

SET_ASIDE = NEIGHBOURS | {"blank_line", "label_row", "other_header", "row_too_big"}
"""Kinds of rows that are not imported."""

MANY_NEIGHBOURS = 100
"""Fewer are told row by row, as a person can look at them."""


def neighbours_together(problems: Iterable[ReadingProblem]) -> list[ReadingProblem]:
    """The problems, in order, with one for MANY_NEIGHBOURS or more next to each other of a kind in `NEIGHBOURS`; what
    it counts and the bytes that it names are those of all."""
    out, run = list[ReadingProblem](), list[ReadingProblem]()
    for found in problems:
        if run and not _goes_on(run[-1], found):
            out += _as_one(run)
            run = []
        run.append(found)
    return out + _as_one(run)


def _goes_on(before: ReadingProblem, found: ReadingProblem) -> bool:
    """Whether a problem is that of the row below, of the same kind."""
    is_next = before.row is not None and found.row == before.row + 1 and found.byte_start == before.byte_end
    return is_next and found.code == before.code and found.code in NEIGHBOURS


def _as_one(run: list[ReadingProblem]) -> list[ReadingProblem]:
    if len(run) < MANY_NEIGHBOURS:
        return run
    message = f"{run[0].message} The same goes for the {len(run) - 1:,} rows below it."
    return [replace(run[0], byte_end=run[-1].byte_end, message=message, rows=len(run))]


def problem(code: str, row: int | None, byte_start: int, byte_end: int, message: str) -> ReadingProblem:
    """A problem whose blocking follows from its code."""
    return ReadingProblem(code, row, byte_start, byte_end, message, BLOCKING[code])


@dataclass(frozen=True)
class Audit:
    """Bytes of the source by where they went; line ends belong to their record.

    `records` are in the stage; `set_aside` counts preamble, header, blank and oversized records.
    """

    source_bytes: int
    record_bytes: int
    set_aside_bytes: int
    unaccounted_bytes: int
    records: int
    set_aside: int

    def to_dict(self) -> dict[str, Any]:
        """Plain types only, for JSON."""
        return asdict(self)
