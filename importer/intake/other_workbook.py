"""Workbooks that are not .xlsx (.xls, .xlsb, .ods), read with calamine in a process of its own.

calamine gives values and no number formats. What a format makes of a number (a zip code's leading zeros) is read from
the XML of an .ods; in .xls and .xlsb it is not seen, which is a doubt where a column of numbers is one of codes.
"""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from importer.errors import SourceError
from importer.intake import calamine_child, sheet_notes
from importer.intake.effort import Effort, effort_for
from importer.intake.ods_codes import CONTENT, OdsCodes, ods_codes
from importer.intake.plain_notes import PlainNotes
from importer.intake.sheet_list import ListWriter
from importer.intake.sheet_notes import Sheet, SheetNotes
from importer.intake.sheet_values import boolean_text, duration_text, float_text, is_cut_short, iso_duration_text
from importer.intake.sheet_xml import DAMAGED_ZIP, PIECE_BYTES

OLE_SIGN = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Of Microsoft's compound files: .xls, and .xlsx with a password."""

_OLE_BYTES = 8 * 1024 * 1024
"""Looked at for the names of what a compound file holds; its directory may stand anywhere."""

_OLD_SIGNS = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")
"""Of the sheets of Excel 2, 3 and 4, which are no compound files yet."""

_ODS = b"application/vnd.oasis.opendocument.spreadsheet"

_MIMETYPE = "mimetype"

_MANIFEST = "META-INF/manifest.xml"
"""Says which parts are encrypted; nothing where it is missing, for then none can be."""

_NO_ENCRYPTION = (
    b'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"></manifest:manifest>'
)

_ODS_CONTENT = (b"urn:oasis:names:tc:opendocument:xmlns:office:1.0", b"<office:spreadsheet")
"""What the content of a workbook has; before the second may stand thousands of styles."""

_CONTENT_HEAD_BYTES = 4 * 1024 * 1024

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")

_BOOKS = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))


def other_workbook_kind(source: Path) -> str:
    """ "xls", "xlsb", "ods"; "" for anything else. Raises SourceError: a workbook with a password, another document
    of the kinds that .xls is one of."""
    with source.open("rb") as stream:
        head = stream.read(8)
        if head == OLE_SIGN:
            return _ole_kind(source, stream.read(_OLE_BYTES))
    if head.startswith(_OLD_SIGNS):
        _refuse(source, "damaged")
    if not head.startswith(b"PK\x03\x04"):
        return ""
    try:
        with zipfile.ZipFile(source) as archive:
            if "xl/workbook.bin" in archive.NameToInfo:
                return "xlsb"
            return "ods" if _is_ods(archive) else ""
    except DAMAGED_ZIP:
        return ""  # whoever unpacks it says what is wrong with it


def _is_ods(archive: zipfile.ZipFile) -> bool:
    """Whether its mimetype says so; where it has none, whether its content is that of a workbook."""
    mimetype = archive.NameToInfo.get(_MIMETYPE)
    if mimetype is not None:
        return mimetype.file_size < 200 and archive.read(_MIMETYPE).startswith(_ODS)
    if CONTENT not in archive.NameToInfo:
        return False
    with archive.open(CONTENT) as stream:
        head = stream.read(_CONTENT_HEAD_BYTES)
    return all(sign in head for sign in _ODS_CONTENT)


def _ole_kind(source: Path, head: bytes) -> str:
    if _ENCRYPTED in head:
        _refuse(source, "password")
    if not any(name in head for name in _BOOKS):
        raise SourceError(
            f'The file "{source.name}" is an Office document without a sheet. Save the list as CSV UTF-8.'
        )
    return "xls"


def list_other_sheets(source: Path) -> tuple[Sheet, ...]:
    """Its sheets, in the workbook's order. Raises SourceError."""
    with effort_for(source) as effort, closing(_answer(source, None, lambda _: None, effort)) as lines:
        return tuple(Sheet(*facts) for facts in json.loads(next(lines)))


def write_other_sheet(source: Path, name: str, out: BinaryIO, count: Callable[[int], None]) -> PlainNotes:
    """The sheet as UTF-8, comma, RFC 4180; a row of the list is the row of the sheet. `count` is told every byte
    read or written and may raise. Back comes what is to be known of it. Raises SourceError."""
    is_ods = other_workbook_kind(source) == "ods"
    notes = SheetNotes()
    with effort_for(source) as effort:
        codes = ods_codes(source, name, count) if is_ods else OdsCodes()
        with closing(_answer(source, name, count, effort)) as lines:
            facts = json.loads(next(lines))
            ListWriter(out, count).write(_rows(lines, facts["left"], notes, codes))
    if any(sheet.is_hidden for sheet in list_other_sheets(source) if sheet.name == name):
        notes.whole(sheet_notes.HIDDEN_SHEET)
    if facts["merged"]:
        notes.whole(sheet_notes.MERGED, facts["merged"])
    kinds = notes.kinds()
    unseen = not is_ods and any(column.numbers for column in kinds)
    return PlainNotes(warnings=notes.warnings(), is_ours=True, kinds=kinds, formats_unseen=unseen)


def _rows(
    lines: Iterator[bytes], left: int, notes: SheetNotes, codes: OdsCodes
) -> Iterator[tuple[int, list[str | None]]]:
    """Rows come from the first of the sheet on, columns from the first that is used."""
    before = [None] * left
    for row, line in enumerate(lines, 1):
        notes.row = row
        cells = json.loads(line)
        for column, value in enumerate(cells, left):
            if value not in ("", None):
                _note(notes, column, value)
        texts = list(map(_cell_text, cells))
        if codes:
            for at, value in enumerate(cells):
                if isinstance(value, (int, float)) and (width := codes.width_at(row - 1, left + at)):
                    texts[at] = str(texts[at]).zfill(width) if str(texts[at]).isdigit() else texts[at]
        yield row, [*before, *texts]


def _note(notes: SheetNotes, column: int, value: Any) -> None:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    notes.kind(column, "booleans" if isinstance(value, bool) else "numbers" if is_number else "texts")
    if is_number and is_cut_short(value):
        notes.cell(sheet_notes.LONG_NUMBER)


def _cell_text(value: Any) -> str | None:
    if isinstance(value, str):
        return iso_duration_text(value) if value.startswith(("PT", "-PT")) else value
    if isinstance(value, bool):
        return boolean_text(value)
    if isinstance(value, float):
        return float_text(value)
    if isinstance(value, dict):
        return str(value["at"]) if "at" in value else duration_text(value["s"] / 86_400, with_seconds=False) or ""
    return "" if value is None else str(value)


@contextmanager
def _whole(source: Path, effort: Effort) -> Iterator[Path]:
    """The workbook, or while it is open a copy beside it that has the parts without which calamine reads no .ods."""
    if other_workbook_kind(source) != "ods":
        yield source
        return
    with zipfile.ZipFile(source) as archive:
        parts = {_MIMETYPE: _ODS, _MANIFEST: _NO_ENCRYPTION}
        lacks = {name: text for name, text in parts.items() if name not in archive.NameToInfo}
        if not lacks:
            yield source
            return
        with tempfile.NamedTemporaryFile(dir=source.parent, prefix=".", suffix=".ods") as copy:
            with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as whole:
                for name, text in lacks.items():
                    whole.writestr(name, text)
                for name in sorted({CONTENT, *parts} & set(archive.NameToInfo)):
                    if archive.getinfo(name).file_size > calamine_child.MEMORY_BYTES:  # unpacking holds it to that
                        _refuse(source, "memory")
                    with archive.open(name) as part, whole.open(name, "w") as out:
                        while piece := part.read(PIECE_BYTES):
                            out.write(piece)
                            effort.check_time()
            copy.flush()
            yield Path(copy.name)


def _answer(source: Path, sheet: str | None, count: Callable[[int], None], effort: Effort) -> Generator[bytes]:
    """The lines that the process of `calamine_child` answers; it ends with this iterator."""
    with _whole(source, effort) as whole:
        yield from _asked(source, whole, sheet, count, effort)


def _asked(
    source: Path, whole: Path, sheet: str | None, count: Callable[[int], None], effort: Effort
) -> Generator[bytes]:
    effort.check_time()
    words = [sys.executable, "-I", str(calamine_child.__file__), str(math.ceil(effort.left_s)), str(whole)]
    words += [] if sheet is None else [sheet]
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    is_done = False
    with process:
        try:
            assert process.stdout is not None and process.stderr is not None
            for line in process.stdout:
                count(len(line))
                yield line
            fault = process.stderr.read().decode("utf-8", "replace").strip()
            is_done = True
        finally:
            effort.spent_elsewhere(_end(process, is_done=is_done))
    if process.returncode == -signal.SIGXCPU:
        raise effort.too_long()
    if process.returncode:
        _refuse(source, fault)


def _end(process: subprocess.Popen[bytes], *, is_done: bool) -> float:
    """End the process; the seconds of the processor that it took."""
    if not is_done:
        os.kill(process.pid, signal.SIGKILL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return used.ru_utime + used.ru_stime


def _refuse(source: Path, fault: str) -> NoReturn:
    """In words: `fault` is what `calamine_child` answered; anything else means that it ran into its limits."""
    name = source.name
    if fault == "password":
        raise SourceError(f'The workbook "{name}" has a password. Open it, save it without one, then import that.')
    if fault == "damaged":
        raise SourceError(
            f'The workbook "{name}" is damaged, or of a kind too old to be read. Save it as .xlsx, then import that.'
        )
    raise SourceError(
        f'The workbook "{name}" takes more than {calamine_child.MEMORY_BYTES // 1024**2:,} MB of memory to read. '
        "Save the sheet as .xlsx or CSV UTF-8, then import that."
    )
