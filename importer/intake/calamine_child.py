"""A process of its own that reads one sheet of a workbook with calamine, and is lost instead of this one.

calamine lays a sheet out as a grid from the first to the last used cell, and one stray cell at the far end makes that
grid larger than any memory: the process is ended by the system or by its own limits, and whoever asked is told so.
It loads nothing of the importer (which takes a second and the memory that is limited here): run as
`python -I calamine_child.py SECONDS FILE [SHEET]`, with the seconds of the processor that it may take (a sheet of a
million cells takes 2). Without SHEET the answer is one line of JSON, a list of [name, has cells,
is hidden]; with it a line with what is to be said of the sheet, then a line for each row: text, numbers and booleans
as JSON has them, moments as {"at": ISO 8601}, durations as {"s": seconds}. What goes wrong is one word on stderr.
"""

from __future__ import annotations

import json
import sys
from datetime import date, datetime, time, timedelta
from typing import Any

MEMORY_BYTES = 512 * 1024 * 1024
"""Of address space, Python and calamine included (about 60 MB): room for some eight million cells."""


def limit_self(cpu_s: int) -> None:
    """Bound what this process may take, where the system can."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def plain_cell(value: object) -> Any:
    """A cell as JSON has it."""
    if isinstance(value, (datetime, time)):
        shown = value.isoformat(timespec="milliseconds" if value.microsecond >= 1000 else "seconds")
        return {"at": shown.removesuffix(":00") if isinstance(value, time) else shown}
    if isinstance(value, date):
        return {"at": value.isoformat()}
    if isinstance(value, timedelta):
        return {"s": value.total_seconds()}
    return value


def say(value: Any) -> None:
    """A line of the answer."""
    sys.stdout.write(json.dumps(value) + "\n")


def has_cells(book: Any, sheet: str) -> bool:
    """Whether there is anything in a sheet."""
    return any(cell not in ("", None) for row in book.get_sheet_by_name(sheet).iter_rows() for cell in row)


def main(path: str, sheet: str | None) -> str:
    """Write the answer to stdout; a word for what went wrong, "" when nothing did."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

    try:
        book = CalamineWorkbook.from_path(path)
        if sheet is None:
            sheets = [one for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
            say([[one.name, has_cells(book, one.name), one.visible != SheetVisibleEnum.Visible] for one in sheets])
            return ""
        page = book.get_sheet_by_name(sheet)
        say({"left": (page.start or (0, 0))[1], "merged": len(page.merged_cell_ranges or [])})
        for row in page.iter_rows():
            say([plain_cell(cell) for cell in row])
    except PasswordError:
        return "password"
    except MemoryError:
        return "memory"
    except (CalamineError, OSError, ValueError):
        return "damaged"
    return ""


if __name__ == "__main__":
    limit_self(int(sys.argv[1]))
    fault = main(sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else None)
    if fault:
        sys.exit(fault)
