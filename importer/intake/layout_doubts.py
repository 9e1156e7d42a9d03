"""Signs in the first rows that a table was taken for another one: doubts, for a person to look at. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from importer.intake.cells import is_data, shape_of
from importer.intake.column_words import COLUMN_WORDS, names_a_column, says_nothing, words_of
from importer.intake.label_rows import bare_letters, data_columns, find_label_rows
from importer.list_warning import ListWarning

LOOKED_AT_COLUMNS = 500
"""Names compared with their cells; enough to know whether the first row is a contact."""

FEWEST_SHORT, NEARLY_ALL = 3, 0.9
"""Rows that are all too short by as many cells: a program that leaves out blank cells at the end does so by different
numbers."""

FEWEST_DOUBLED = 2

_ESCAPED = "\\\\'nrt0"
"""What stands after the escape in dumps."""

_DOUBLED = re.compile(r"[\w:.)\]%~-]\\\\")

LOOK = "Look at how the list was read"

ONE_COLUMN = (
    r"as one column whose cells hold the delimiter: choose tab on the File page, or say --delimiter \t --header-row"
)
"""How a list is read whose delimiter is a sign in its only column: postal addresses with commas."""

Rows = Sequence[Sequence[str]]


def layout_doubts(names: Sequence[str], rows: Rows, widths: Counter[int], first_row: int) -> Iterator[ListWarning]:
    """Doubts about a header of these names (as they stand in the file) over `rows`, the first of them in
    `first_row`; `widths`: how many of more rows have how many cells."""
    width = widths.most_common(1)[0][0] if widths else 0
    regular = [row for row in rows if len(row) == width and not _are_names_again(row, names)]
    yield from _rows_longer_than_header(names, regular, width, first_row)
    if names and 1 < width < len(names) and widths[width] >= max(FEWEST_SHORT, NEARLY_ALL * widths.total()):
        less = f"{len(names) - width:,} cell{'s' if len(names) - width > 1 else ''} less than the header has names"
        yield _doubt(
            "rows_shorter_than_header",
            f"Nearly every row has {less}: there is a name too many, or a cell is missing and those behind it stand "
            f"one column too far to the left. {LOOK}.",
            widths[width],
            first_row,
        )
    if not rows or len(names) > width:
        return
    if _is_rather_names(names, rows, width):
        yield _doubt(
            "row_of_names",
            f"Row {first_row:,} has words where the rows below have numbers, dates or addresses: it may say what is "
            f"in the columns and be no contact. {LOOK}: on the File page, or with --header-row {first_row - 1}-"
            f"{first_row} to join it with the header.",
            1,
            first_row,
        )
    if places := [at for at in range(min(len(names), LOOKED_AT_COLUMNS)) if _is_cell_below(names[at], regular, at)]:
        where = ", ".join(str(at + 1) for at in places[:5])
        told = "name of one column looks" if len(places) == 1 else f"names of {len(places):,} columns look"
        yield _doubt(
            "contact_as_names",
            f"The {told} like the cells below ({where}): the first row may be a contact and no header. {LOOK}.",
            len(places),
        )


FEWEST_OPENED, OPENED_SHARE = 3, 0.1
"""Cells of a column that open a quote, from which on they are no nickname or size that somebody typed."""


def opened_quote_doubts(columns: Sequence[str], rows: Rows) -> Iterator[ListWarning]:
    """A doubt about cells that begin with a double quote and have no other: it was to stand around the cell, and
    would be imported as part of it. `columns`: as they are called here."""
    counts = Counter(at for row in rows for at, cell in enumerate(row[: len(columns)]) if _only_opens(cell))
    wanted = max(FEWEST_OPENED, OPENED_SHARE * len(rows))
    if many := sorted(at for at, count in counts.items() if count >= wanted):
        named = ", ".join(f'"{columns[at][:60]}"' for at in many[:3])
        more = f" and {len(many) - 3:,} more columns" if len(many) > 3 else ""
        yield _doubt(
            "opened_quotes",
            f"Cells of {named}{more} begin with a quotation mark that is never closed, and would be imported with "
            "it. Take the marks away on the Check page (Row by row, Find and replace) or in the file; or say in the "
            "reading what stands around the text.",
            sum(counts[at] for at in many),
        )


def _only_opens(cell: str) -> bool:
    return len(cell) > 1 and cell[0] == '"' and cell.count('"') == 1


def cut_cell_doubts(rows: Rows) -> Iterator[ListWarning]:
    """A doubt about rows of a drawn table that go on in the row below, as psql writes a cell of several lines: with a
    plus at the end of each line but the last, and nothing in the cells that end above."""
    cut = [at for at, (row, below) in enumerate(pairwise(rows)) if _goes_on(row, below)]
    if cut:
        yield _doubt(
            "cut_cells",
            f"{len(cut):,} row{'s go' if len(cut) > 1 else ' goes'} on in the row below (a plus ends a cell, "
            "as psql draws line ends): as it was read, such a cell is cut and its rest is a row of its own. Export "
            r"the table as CSV (\copy … csv header, or psql --csv) and upload that.",
            len(cut),
        )


def _goes_on(row: Sequence[str], below: Sequence[str]) -> bool:
    """Whether cells of `row` end in a plus, and those `below` stand under such only."""
    going = [cell.endswith("+") for cell in row]
    if len(row) != len(below) or not any(going):
        return False
    return any(below) and all(goes or not cell for goes, cell in zip(going, below, strict=True))


FEWEST_OF_A_LIST = 2
"""Names and rows on each side, from which on two lists may stand beside each other."""


def beside_doubts(
    names: Sequence[str], columns: Sequence[str], rows: Rows, *, is_joined: bool
) -> Iterator[ListWarning]:
    """A doubt about two lists beside each other in columns of these `names` as the file has them (`columns`: as they
    are called here), of which each row would become one contact. `is_joined`: several rows name the columns, so that
    names that come again may stand below others."""
    for end, start in _seams(names):
        left, right = ([bare_letters(name) for name in side] for side in (names[:end], names[start:]))
        is_named = all((*left, *right)) and len({*left}) == len(left) >= FEWEST_OF_A_LIST <= len(right)
        if is_named and _are_two_lists(left, right, [[*row, *[""] * len(names)] for row in rows], start, is_joined):
            yield ListWarning(
                "lists_side_by_side",
                columns[start],
                f"A second list seems to begin in column {start + 1:,}, beside the first: each row would become one "
                f"contact with the cells of both. If they are two lists, put the columns from {start + 1:,} on into "
                "a file of their own and import both; if each row is one contact, accept it.",
                len(names) - start,
                is_doubt=True,
            )
            return


def _are_two_lists(left: Sequence[str], right: Sequence[str], rows: Rows, start: int, is_joined: bool) -> bool:
    """Whether columns of these names, the first of `right` at `start`, are two lists by what stands in the `rows`."""
    gap = range(len(left), start)
    if any(row[at].strip() for row in rows for at in gap):
        return False
    sides = [row[: len(left)] for row in rows], [row[start : start + len(right)] for row in rows]
    both_have_addresses = all(map(_has_addresses, sides))
    comes_again = all(mine == other for mine, other in zip(left, right, strict=False))
    if comes_again and (both_have_addresses or not is_joined):
        return True
    return bool(gap) and (both_have_addresses or bool({*left} & {*right}) or _one_ends_first(*sides))


def _seams(names: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where a list may end and another begin: at columns without a name, and where the first name comes again."""
    first = bare_letters(names[0]) if names else ""
    for at in range(1, min(len(names), LOOKED_AT_COLUMNS)):
        if names[at].strip() and not names[at - 1].strip():
            yield max((end for end in range(at) if names[end].strip()), default=-1) + 1, at
        elif first and bare_letters(names[at]) == first:
            yield at, at


def _has_addresses(rows: Rows) -> bool:
    """Whether a column of these holds e-mail addresses nearly everywhere."""
    columns = zip(*rows, strict=True)
    filled = ([shape_of(cell) for cell in column if cell.strip()] for column in columns)
    return any(shapes.count("e-mail") > NEARLY_ALL * len(shapes) for shapes in filled)


def _one_ends_first(left: Rows, right: Rows) -> bool:
    """Whether on one side nothing stands from a row on, and up to there a first cell stands in every row."""
    sides = (left, right)
    ends = [max((at for at, row in enumerate(side, 1) if any(map(str.strip, row))), default=0) for side in sides]
    has_firsts = all(row[0].strip() for side, end in zip(sides, ends, strict=True) for row in side[:end])
    return ends[0] != ends[1] and min(ends) >= FEWEST_OF_A_LIST and has_firsts


def one_name_doubts(above: Rows) -> Iterator[ListWarning]:
    """A doubt about rows without a header below these: the only row above them is one name of a column."""
    if len(above) == 1 and len(above[0]) == 1 and names_a_column(above[0][0]):
        yield _doubt(
            "one_name",
            f"Row 1 names one column, and the rows below it have more: the list may be meant {ONE_COLUMN} 1. {LOOK}.",
            1,
            1,
        )


def glued_doubts(numbers: Sequence[int]) -> Iterator[ListWarning]:
    """A doubt about columns of fixed width, by their numbers, that may each be two."""
    if numbers:
        where = ", ".join(map(str, numbers[:5]))
        columns = f"Column {where} may be two columns" if len(numbers) == 1 else f"Columns {where} may each be two"
        yield _doubt(
            "glued_columns",
            f"{columns}: a space stands at one place in every row, in the name too. {LOOK}. If two are meant, save "
            "the list with a delimiter, or put a second space there.",
            len(numbers),
        )


def has_escapes(text: str, delimiter: str) -> bool:
    """Whether every backslash of a list that is cut by no comma or semicolon may be an escape of a dump: it stands
    before a backslash, a sign, or a letter that stands for one."""
    after = re.findall(r"\\(.|\n|\Z)", text, re.DOTALL) if delimiter not in (",", ";") else []
    return bool(after) and set(after) <= {*_ESCAPED, delimiter}


def escape_warnings(rows: Rows, delimiter: str, first_row: int) -> Iterator[ListWarning]:
    """That backslashes of `rows` were read as text and may be escapes; a doubt where two rows or more double them
    within cells."""
    odd = [at for at, row in enumerate(rows) if any("\\" in cell for cell in row)]
    text = delimiter.join(cell for at in odd for cell in rows[at])
    if not has_escapes(text, delimiter):
        return
    doubled = sum(any(_DOUBLED.search(cell) for cell in rows[at]) for at in odd)
    yield ListWarning(
        "maybe_escapes",
        "",
        "Backslashes were read as text, and may be escapes of a dump (\\n for a line end, \\t for a tab, two for "
        "one). Look at some of them; if they are escapes, export the list again as CSV with quotes, or replace them.",
        len(odd),
        first_row + odd[0],
        is_doubt=doubled >= FEWEST_DOUBLED,
    )


def _are_names_again(row: Sequence[str], names: Sequence[str]) -> bool:
    """Whether a row is the header again, as lists that were put together have it: its cells say nothing of the
    columns' cells."""
    if len(row) != len(names) or len(row) < 2:
        return False
    return all(bare_letters(cell) == bare_letters(name) for cell, name in zip(row, names, strict=True))


def _doubt(code: str, message: str, count: int, first_row: int | None = None) -> ListWarning:
    return ListWarning(code, "", message, count, first_row, is_doubt=True)


def _rows_longer_than_header(names: Sequence[str], rows: Rows, width: int, first_row: int) -> Iterator[ListWarning]:
    """Nearly every row has more cells than the header, and something stands in them: one name is missing, or a
    delimiter in a cell without quotes has moved the others."""
    longer = [row for row in rows if len(row) > len(names) and any(cell.strip() for cell in row[len(names) :])]
    if names and width > len(names) and 2 * len(longer) > len(rows):
        one = f" If it is meant {ONE_COLUMN} {first_row - 1}." if len(names) == 1 else ""
        more = f"{width - len(names):,} cell{'s' if width - len(names) > 1 else ''} more than the header has names"
        yield _doubt(
            "rows_longer_than_header",
            f"Most rows have {more}: a name is missing, or a delimiter stands in a cell without quotes and has moved "
            f"what is behind it. {LOOK}.{one}",
            len(longer),
            first_row,
        )


def _is_rather_names(names: Sequence[str], rows: Rows, width: int) -> bool:
    """Whether the first row may name the columns too."""
    found = find_label_rows(names, rows, width)
    return bool(found.sure) or found.unsure or _names_what_has_no_name(names, rows, width)


def _names_what_has_no_name(names: Sequence[str], rows: Rows, width: int) -> bool:
    """Whether the first row has words just where the header has no name, and nothing where others have data."""
    first, below = rows[0], rows[1:]
    gaps = [at for at in range(width) if at >= len(names) or not names[at].strip()]
    if len(first) != width or not gaps or gaps[-1] - gaps[0] + 1 == width or any(map(is_data, first)):
        return False
    known = data_columns(below, width) if all(first[at].strip() for at in gaps) else ()
    return bool(known) and not any(first[at].strip() for at in known)


def _is_cell_below(name: str, rows: Rows, at: int) -> bool:
    """Whether a name looks like a cell of its column: the same text beside others, its words, or words and a number
    like theirs (Main Street 5). Words that columns are called by are names."""
    cells = [row[at].strip() for row in rows if row[at].strip()]
    every = words_of(name)
    words = [word for word in every if word not in COLUMN_WORDS]
    if not words or says_nothing(name) or len(set(cells)) < 2:
        return False
    if len(every) > 1 and re.search(r"\d", name) and shape_of(name) == "text":
        return 2 * sum(_pattern(cell) == _pattern(name) for cell in cells) > len(cells)
    if len(words) > 1:
        return {word for cell in cells for word in words_of(cell)}.issuperset(words)
    return name.strip() in cells and not names_a_column(name)


def _pattern(cell: str) -> str:
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "9", cell))
