"""Where the table of a list begins and how many rows name its columns, from its first records, with the reason."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from importer.intake.cells import is_data, shape_of

PREAMBLE_RECORDS = 50
"""Looked at for the beginning of the table; longer preambles are set by hand."""

MOST_HEADER_ROWS = 4

_WORDS = """
name email mail phone tel mobile address street city zip postcode country company date id first last surname
firstname lastname notes comment score state region title status type url website gender birthday age source
vorname nachname telefon strasse ort plz land firma datum nom prenom ville pays correo nombre apellido
"""

HEADER_WORDS = frozenset(_WORDS.split())

_IMPORT_ID = re.compile(r"\{.*\}", re.DOTALL)
"""A cell of the row by which survey exports name their questions again."""

_NOTHING = re.compile(r"(?i)\b(?:no|none|not|unknown|missing|without|kein\w*|ohne|sans|aucun\w*|sin|senza|geen)\b")

_UNIT = re.compile(r"[(\[].*[)\]]")
"""A unit below a name: `(cm)`."""


@dataclass(frozen=True)
class HeaderGuess:
    """`preamble_rows` records to set aside, then `header_rows` that name the columns, then `label_rows` that only say
    again what is in them."""

    preamble_rows: int
    header_rows: int
    reason: str
    label_rows: int = 0


def guess_header(records: Sequence[Sequence[str]], width: int, skip: int) -> HeaderGuess:
    """From the first records (a blank one has no cells). `skip`: records that are no part of the table for sure."""
    preamble = _preamble_rows(records, width, skip)
    rest = [record for record in records[preamble:] if record]
    if not rest:
        return HeaderGuess(0, 1, "The list has one row only; it is taken for the header.")
    rows, labels, reason = _header_rows(rest[0], rest[1:101], width)
    return HeaderGuess(preamble, rows, reason, labels)


def data_columns(rows: Sequence[Sequence[str]], width: int) -> tuple[int, ...]:
    """Columns that nearly always hold numbers, dates, addresses: where a text stands there, it is a name."""
    found = []
    for at in range(width):
        filled = [row[at] for row in rows if len(row) == width and row[at].strip()]
        if len(filled) >= min(3, len(rows)) and sum(map(is_data, filled)) >= 0.9 * len(filled) > 0:
            found.append(at)
    return tuple(found)


def _preamble_rows(records: Sequence[Sequence[str]], width: int, skip: int) -> int:
    """Records before the first that is as wide as the list and filled like it."""
    for number, record in enumerate(records[:PREAMBLE_RECORDS]):
        if number < skip or not record:
            continue
        filled = _filled(record)
        if width == 1 or len(record) == width == 2:
            return number
        if len(record) < max(2, width - 1):
            continue
        if filled * 2 > min(len(record), width) or (filled > 1 and not _fuller_below(records, number, width)):
            return number
    return skip


def _filled(record: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in record)


def _fuller_below(records: Sequence[Sequence[str]], number: int, width: int) -> bool:
    """Whether a row of names stands below a sparse one, which is then no row of the table."""
    for record in records[number + 1 : number + 10]:
        if len(record) >= width - 1 and _filled(record) * 4 > 3 * width and not any(map(is_data, record)):
            return True
    return False


def _header_rows(first: Sequence[str], following: Sequence[Sequence[str]], width: int) -> tuple[int, int, str]:
    """(rows that name the columns, rows that say it again, the reason)."""
    labels = _import_id_rows(following)
    known = data_columns(following[max(labels, 1) :], width)
    if reason := _data_reason(first, known):
        return 0, 0, reason
    if labels:
        return 1, labels, "Header: the first row; below it are the labels and import ids that a survey export has."
    reason = _header_reason(first, following)
    if not reason:
        return 0, 0, "No header: the first row has cells, or patterns of cells, that come again below it."
    if following and _is_label_row(first, following[0], known, width):
        return 1, 1, "Header: the first row; the second says the same in other words."
    count = 1
    for row in following[: MOST_HEADER_ROWS - 1]:
        if not _goes_on(first, row, known, width):
            break
        count += 1
    if count > 1:
        return count, 0, f"Header: the first {count} rows hold only words; their words are joined."
    return 1, 0, reason


def _import_id_rows(following: Sequence[Sequence[str]]) -> int:
    """Rows below the header up to one of import ids: a JSON object in most cells, which rows below have not."""
    for at, row in enumerate(following[: MOST_HEADER_ROWS - 1]):
        if 2 * _objects(row) > max(1, _filled(row)) and not any(map(_objects, following[at + 1 :])):
            return at + 1
    return 0


def _objects(row: Sequence[str]) -> int:
    return sum(bool(_IMPORT_ID.fullmatch(cell.strip())) for cell in row)


def _is_label_row(first: Sequence[str], row: Sequence[str], known: Sequence[int], width: int) -> bool:
    """Whether `row` says in other words what `first` says, above columns of data too: no contact does."""
    if len(row) != width or list(row) == list(first) or any(map(is_data, row)):
        return False
    alike = {at for at, name in enumerate(first[:width]) if _says_the_same(name, row[at])}
    in_data = {at for at in known if row[at].strip()}
    return bool(in_data) and (in_data <= alike or (2 * len(alike) >= max(4, _filled(row)) and bool(in_data & alike)))


def _says_the_same(name: str, cell: str) -> bool:
    """Whether a cell is a column's name in other words: all of its letters, or a word of it; `no e-mail` is not."""
    bare, other = _bare(name), _bare(cell)
    if _NOTHING.search(cell):
        return False
    return bool(bare and other) and (bare in other or other in bare or bool(_words(name) & _words(cell)))


def _words(text: str) -> set[str]:
    return {
        word for word in re.split(r"[\W_\d]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).casefold()) if len(word) > 2
    }


def _goes_on(first: Sequence[str], row: Sequence[str], known: Sequence[int], width: int) -> bool:
    """Whether `row` names the columns too: the first row again, or what is missing in the first.

    Words where every row below has data are no proof: a first contact of whom little is known (`unknown`, `none`)
    has them too. A first row that names every column apart needs no second one.
    """
    if len(row) != width or _filled(row) * 2 <= width or any(map(is_data, row)):
        return False
    if list(row) == list(first):
        return True
    if _is_whole(first, width) and not all(_UNIT.fullmatch(cell.strip()) for cell in row if cell.strip()):
        return False
    named = [at for at in known if row[at].strip()]
    if len(named) >= 2:
        return all(shape_of(row[at]) in ("text", "mixed") for at in named)
    return bool(named) and all(_bare(row[at]) == _bare(first[at]) for at in named if at < len(first))


def _is_whole(names: Sequence[str], width: int) -> bool:
    """Whether every column has a name of its own."""
    filled = [_bare(name) for name in names if name.strip()]
    return len(filled) == width and len(set(filled)) == len(filled)


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


def _header_reason(first: Sequence[str], following: Sequence[Sequence[str]]) -> str:
    """Why the first row may be a header; empty when it is rather a row like those below."""
    if not following:
        return "Header: the list has one row only. Set it to none if it is data."
    if not any(map(is_data, first)) and any(is_data(cell) for row in following for cell in row):
        return "Header: the first row holds only words; below it are numbers, dates or e-mail addresses."
    if _is_like_below(first, following):
        return ""
    words = {word for cell in first for word in re.split(r"[\W_]+", cell.casefold()) if word}
    if words & HEADER_WORDS:
        return "Header: the first row holds names that columns often have."
    if any(cell in {row[at] for row in following if at < len(row)} for at, cell in enumerate(first) if cell):
        return ""
    return "Header: the first row looks no different from names of columns. Set it to none if it is data."


def _is_like_below(first: Sequence[str], following: Sequence[Sequence[str]]) -> bool:
    """Whether the first row has the very patterns of the rows below (`12;7` above `3;40`), digits among them."""
    alike = known = 0
    for at, cell in enumerate(first):
        patterns = {_pattern(row[at]) for row in following if len(row) == len(first) and row[at]}
        if len(patterns) == 1 and len(following) > 1 and "9" in "".join(patterns):
            known += 1
            alike += _pattern(cell) in patterns
    return alike > 1 and 2 * alike > known


def _pattern(cell: str) -> str:
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "9", cell))


def _data_reason(first: Sequence[str], known: Sequence[int]) -> str:
    """Why the first row is data; empty when it may be a header."""
    shapes = [shape_of(cell) for cell in first if cell]
    if "e-mail" in shapes:
        return "No header: the first row holds an e-mail address."
    telling = [first[at] for at in known if at < len(first) and first[at]]
    if len(telling) >= 2 and not any(map(is_data, telling)):
        return ""
    if 2 * sum(map(is_data, first)) >= max(1, len(shapes)):
        return "No header: the first row holds numbers or dates."
    return ""
