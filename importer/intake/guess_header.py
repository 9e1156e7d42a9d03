"""Where the table of a list begins and how many rows name its columns, from its first records, with the reason."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from importer.intake.cells import is_data, shape_of
from importer.intake.column_words import names_a_column, names_in_series, says_nothing
from importer.intake.label_rows import bare_letters, data_columns, find_label_rows

PREAMBLE_RECORDS = 50
"""Looked at for the beginning of the table; longer preambles are set by hand."""

MOST_HEADER_ROWS = 4

MUCH_MORE = 2.0
"""Of likeness to names of columns: a title of as many words as there are columns has 3, names in usual words 5."""

LONG_NAME, LONG_NAME_WORDS = 40, 6
"""Characters and words: what is longer is a sentence."""

_COMMENT = re.compile(r"#|//|--+ *[^\W\d_]")
"""How a line begins that is a comment, or a cell that may be one."""

_IMPORT_ID = re.compile(r"\{.*\}", re.DOTALL)
"""A cell of the row by which survey exports name their questions again."""

_UNIT = re.compile(r"[(\[].*[)\]]")
"""A unit below a name: `(cm)`."""


@dataclass(frozen=True)
class HeaderGuess:
    """`preamble_rows` records to set aside, then `header_rows` that name the columns, then `label_rows` that only say
    something of them."""

    preamble_rows: int
    header_rows: int
    reason: str
    label_rows: int = 0


def guess_header(records: Sequence[Sequence[str]], width: int, skip: int) -> HeaderGuess:
    """From the first records (a blank one has no cells). `skip`: records that are no part of the table for sure."""
    width = _filled_width(records, width)
    records = [record[:width] if not any(record[width:]) else record for record in records]
    preamble = _below_titles(records, _preamble_rows(records, width, skip), width)
    rest = [record for record in records[preamble:] if record]
    if not rest:
        return HeaderGuess(0, 1, "The list has one row only; it is taken for the header.")
    rows, labels, reason = _header_rows(rest[0], rest[1:101], width)
    if rows == 1 and preamble > skip and _are_titles_of_groups(records[preamble - 1], rest[0], width):
        return HeaderGuess(preamble - 1, 2, "Header: titles of groups, and the names below them; joined.", labels)
    return HeaderGuess(preamble, rows, reason, labels)


def join_names(rows: Sequence[Sequence[str]]) -> list[str]:
    """The names that several rows give together. A title above is carried on over the columns without one that it
    spans, as far as the row below names these, where that needs it: because its names come again, or it has none for
    others."""
    width = max(map(len, rows), default=0)
    even = [[cell.strip() for cell in row] + [""] * (width - len(row)) for row in rows]
    for number, row in enumerate(even[:-1]):
        below = even[number + 1]
        if len(set(below)) == len(below) and all(below):
            continue
        for at in range(1, width):
            row[at] = row[at] or (row[at - 1] if below[at] else "")
    return [" ".join(part for part in parts if part) for parts in zip(*even, strict=True)]


def _filled_width(records: Sequence[Sequence[str]], width: int) -> int:
    """The width without the last columns, where nothing stands in them."""
    if width < 3:
        return width
    return max(2, max((at for row in records for at in range(min(len(row), width), 0, -1) if row[at - 1]), default=2))


def _preamble_rows(records: Sequence[Sequence[str]], width: int, skip: int) -> int:
    """Records before the first that is as wide as the list and filled like it."""
    for number, record in enumerate(records[:PREAMBLE_RECORDS]):
        is_above = _is_wider_title(records, number, width) or _is_of_a_table_above(records, number, width)
        if number < skip or not record or is_above:
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


def _is_wider_title(records: Sequence[Sequence[str]], number: int, width: int) -> bool:
    """Whether a record has more cells than the list has columns, and the next one names just these."""
    if len(records[number]) <= width:
        return False
    below = [record for record in records[number + 1 :] if record]
    names = bool(below) and _filled(below[0]) == len(below[0]) == width and not any(map(is_data, below[0]))
    return names and any(map(is_data, (cell for record in below[1:] if len(record) == width for cell in record)))


def _is_of_a_table_above(records: Sequence[Sequence[str]], number: int, width: int) -> bool:
    """Whether a record is of a small table in front: up to a blank record, behind which the names of the list's
    columns stand. It is narrower than the list, or as wide, much shorter, and all else is named by words that columns
    are called by."""
    blank = next((at for at in range(number, min(len(records), PREAMBLE_RECORDS)) if not records[at]), -1)
    if blank < 0 or any(len(record) > width for record in records[number:blank]):
        return False
    above, rest = records[number:blank], [record for record in records[blank:] if record]
    below = rest[0] if rest else []
    if not len(below) == _filled(below) == width or any(map(is_data, below)):
        return False
    named = sum(map(names_a_column, below))
    if all(len(record) < width for record in above):
        return named > 0
    is_other = not {*map(bare_letters, below)} & {*map(bare_letters, above[0])}
    return is_other and width > 1 and named > 1 and len(above) <= MOST_HEADER_ROWS and len(rest) > 3 * len(above)


def _fuller_below(records: Sequence[Sequence[str]], number: int, width: int) -> bool:
    """Whether a row of names stands below a sparse one, which is then no row of the table."""
    for record in records[number + 1 : number + 10]:
        if len(record) >= width - 1 and _filled(record) * 4 > 3 * width and not any(map(is_data, record)):
            return True
    return False


def _below_titles(records: Sequence[Sequence[str]], preamble: int, width: int) -> int:
    """The preamble, and titles and comments below it that are as wide as the table: above the first record of data
    stands one that looks much more like names of columns."""
    rows = _first_rows(records[preamble:], width)
    known = data_columns(rows[min(MOST_HEADER_ROWS, (len(rows) + 1) // 2) :], width)
    above: list[int] = []
    for at, record in enumerate(records[preamble:], preamble):
        if any(is_data(record[column]) for column in known if column < len(record)) or len(above) > PREAMBLE_RECORDS:
            break
        above += [at] if record else []
    if not known or len(above) < 2 or any(map(_objects, (records[at] for at in above))):
        return preamble
    likeness = {at: _likeness_to_names(records, at, width) for at in above}
    first = likeness[above[0]]
    is_alone = not records[above[0] + 1]
    if (not is_alone and _may_be_titles_of_groups(records[above[0]], width)) or max(
        likeness.values()
    ) < first + MUCH_MORE:
        return preamble
    return next(at for at in above if likeness[at] >= max(first + MUCH_MORE, max(likeness.values()) - 1))


def _first_rows(records: Sequence[Sequence[str]], width: int) -> list[Sequence[str]]:
    """Rows up to a blank record behind some, without comments."""
    rows: list[Sequence[str]] = []
    for record in records:
        if not record and len(rows) >= MOST_HEADER_ROWS:
            break
        if len(record) == width and not _COMMENT.match(record[0]):
            rows.append(record)
    return rows


def _likeness_to_names(records: Sequence[Sequence[str]], at: int, width: int) -> float:
    """How much a record looks like names of columns: a short, different, filled cell for each, in words that columns
    are called by; no sentence, no comment, no data, no blank record behind it."""
    record = records[at]
    cells = [cell for cell in record if cell.strip()]
    likeness = 2.0 if len(cells) == len(record) == width else 1.0 if 4 * len(cells) >= 3 * width else 0.0
    likeness += len(set(map(bare_letters, cells))) == len(cells)
    likeness += 2 * sum(map(names_a_column, cells)) / max(1, width)
    likeness -= 2 * any(len(cell) > LONG_NAME or len(cell.split()) > LONG_NAME_WORDS for cell in cells)
    likeness -= 2 * bool(_COMMENT.match(record[0]) and len(record[0]) > 1) + 2 * any(map(is_data, cells))
    return likeness - (at + 1 < len(records) and not records[at + 1])


def _may_be_titles_of_groups(record: Sequence[str], width: int) -> bool:
    """Whether a row has several short titles, with room between them."""
    filled = [cell for cell in record if cell.strip()]
    short = all(len(cell) <= LONG_NAME and not _COMMENT.match(cell) for cell in filled)
    return width > 2 and len(record) in (width - 1, width) and 1 < len(filled) < width and short


def _are_titles_of_groups(record: Sequence[str], names: Sequence[str], width: int) -> bool:
    """Whether names that come again below different titles need them to be told apart."""
    if not _may_be_titles_of_groups(record, width) or any(map(is_data, record)):
        return False
    alone, joined = [name for name in names if name], join_names([record, names])
    return len(set(alone)) < len(alone) and len(set(joined)) > len({*names})


def _header_rows(first: Sequence[str], following: Sequence[Sequence[str]], width: int) -> tuple[int, int, str]:
    """(rows that name the columns, rows that say something of them, the reason)."""
    labels = _import_id_rows(following)
    known = data_columns(following[max(labels, 1) :], width)
    is_named = _names_by_numbers(first, following, known)
    if not is_named and (reason := _data_reason(first, known)):
        return 0, 0, reason
    if labels:
        return 1, labels, "Header: the first row; below it are the labels and import ids that a survey export has."
    counted = "Header: the first row names the columns, some of them by numbers or dates."
    reason = counted if is_named else _header_reason(first, following, known)
    if not reason:
        return 0, 0, "No header: the first row has cells, or patterns of cells, that come again below it."
    return _more_header_rows(first, following, known, width) or (1, 0, reason)


def _more_header_rows(
    first: Sequence[str], following: Sequence[Sequence[str]], known: Sequence[int], width: int
) -> tuple[int, int, str] | None:
    """The same, where rows below the first belong to the header."""
    if following and _fills_gaps(first, following[0], known, width):
        return 2, 0, "Header: the first row names groups of columns, the second the columns; their words are joined."
    count = 1
    for row in following[: MOST_HEADER_ROWS - 1]:
        if not _goes_on(first, row, known, width):
            break
        count += 1
    labels = find_label_rows(first, following, width).sure if count == 1 or _is_whole(first, width) else 0
    if labels:
        told = "the second says" if labels == 1 else f"the next {labels} rows say"
        return 1, labels, f"Header: the first row; {told} what is in the columns."
    return (
        (count, 0, f"Header: the first {count} rows hold only words; their words are joined.") if count > 1 else None
    )


def _import_id_rows(following: Sequence[Sequence[str]]) -> int:
    """Rows below the header up to one of import ids: a JSON object in most cells, which rows below have not."""
    for at, row in enumerate(following[: MOST_HEADER_ROWS - 1]):
        if 2 * _objects(row) > max(1, _filled(row)) and not any(map(_objects, following[at + 1 :])):
            return at + 1
    return 0


def _objects(row: Sequence[str]) -> int:
    return sum(bool(_IMPORT_ID.fullmatch(cell.strip())) for cell in row)


def _fills_gaps(first: Sequence[str], row: Sequence[str], known: Sequence[int], width: int) -> bool:
    """Whether `row` names every column that the first row leaves without a name, and the one whose title spans them;
    and says nothing where every row below has data."""
    if width < 3 or len(row) != width or any(map(is_data, row)):
        return False
    names = [*first[:width], *[""] * (width - len(first))]
    gaps = [at for at, name in enumerate(names) if not name.strip()]
    spanned = {at for gap in gaps for at in (gap - 1, gap)}
    if not gaps or 0 in gaps or not all(row[at].strip() for at in spanned):
        return False
    return any(not row[at].strip() for at in known) or any(row[at].strip() for at in known if at in spanned)


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
    return bool(named) and all(bare_letters(row[at]) == bare_letters(first[at]) for at in named if at < len(first))


def _is_whole(names: Sequence[str], width: int) -> bool:
    """Whether every column has a name of its own."""
    filled = [bare_letters(name) for name in names if name.strip()]
    return len(filled) == width and len(set(filled)) == len(filled)


def _header_reason(first: Sequence[str], following: Sequence[Sequence[str]], known: Sequence[int]) -> str:
    """Why the first row may be a header; empty when it is rather a row like those below."""
    if not following:
        return "Header: the list has one row only. Set it to none if it is data."
    is_like_below = _is_like_below(first, following)
    has_data = any(is_data(cell) for row in following for cell in row)
    if not any(map(is_data, first)) and has_data and (known or not is_like_below):
        return "Header: the first row holds only words; below it are numbers, dates or e-mail addresses."
    if is_like_below:
        return ""
    if any(map(names_a_column, first)):
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


def _names_by_numbers(first: Sequence[str], following: Sequence[Sequence[str]], known: Sequence[int]) -> bool:
    """Whether numbers or dates in the first row are names: years, months, 1, 2, 3 beside a name that is known, or
    more than two that count on where no row below does; or a name stands over e-mail addresses."""
    as_data = {at for at, cell in enumerate(first) if is_data(cell)}
    counted = names_in_series(first)
    if not as_data or any(shape_of(cell) == "e-mail" for cell in first):
        return False
    named = [at for at in known if at < len(first) and first[at] and at not in as_data]
    if any(names_a_column(first[at]) for at in named) and not any(says_nothing(first[at]) for at in named):
        is_mail = any(shape_of(row[at]) == "e-mail" for at in named for row in following[:5] if at < len(row))
        return is_mail or counted >= as_data or not any(_is_of_the_column(first, at, following) for at in as_data)
    return len(counted) > 2 and counted >= as_data and not any(names_in_series(row) >= counted for row in following)


def _is_of_the_column(first: Sequence[str], at: int, following: Sequence[Sequence[str]]) -> bool:
    """Whether a cell has a shape that cells below it have."""
    return any(shape_of(row[at]) == shape_of(first[at]) for row in following if at < len(row))
