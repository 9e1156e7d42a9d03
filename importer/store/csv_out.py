"""An answer as CSV: UTF-8, comma, RFC 4180. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator

from importer.store.asking import Answer

LINES_AT_ONCE = 1_000


def answer_csv(answer: Answer, cell: Callable[[str], str] = str) -> Iterator[str]:
    """Header and rows, some lines at a time. `cell` is done to each text, names of columns too; nothing is left of
    None, and numbers stay as they are."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([cell(name) for name in answer.columns])
    for at, row in enumerate(answer.rows, start=1):
        writer.writerow([shown(value, cell) for value in row])
        if at % LINES_AT_ONCE == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def shown(value: object, cell: Callable[[str], str] = str) -> str:
    """A cell of an answer as text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return cell(value) if isinstance(value, str) else str(value)
