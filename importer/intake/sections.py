"""What a file holds besides its table: repeated headers, a second table, a footer. They are set apart, and listed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from importer.intake.cells import is_data, shape_of
from importer.intake.column_words import names_a_column, says_nothing, words_of
from importer.intake.label_rows import bare_letters

FEWEST_OTHERS = 3
"""As many rows that lack what the table's columns hold are no bad rows at its end."""

FOOTER_RECORDS = 30
"""A footer is no longer than this."""

_FOOTER = re.compile(
    r"\W*(?:\d+ rows?|(?:grand|sub)?[ -]?totals?|sum(?:me|ma|a)?|gesamt\w*|insgesamt|anzahl|count|number of"
    r"|records?|rows?"
    r"|end(?: of)?|source|quelle|notes?|generated|exported|printed|created|report|page|copyright|\(c\)|©"
    r"|confidential|footnote|all rights|fin|somme)\b|[-=*_]{3,}",
    re.IGNORECASE,
)

_DIGIT = re.compile(r"[0-9]")

KNOWN_NAMES = 2
"""Of so many names of columns one at least is known, where words stand in columns of data below a blank record."""

MOST_NAMES = 500
"""Of a header, that another header may begin with."""

Cells = Sequence[str]


@dataclass(frozen=True)
class TableShape:
    """What records of the table look like. `headers` are the rows that name its columns; `shapes` the shape of the
    columns that nearly always hold one kind of data, `texts` the columns that never do. `has_comments`: lines that
    begin with # are comments. `has_short_rows`: some of the first records lack cells, and no line end cut them.
    `repeating`: columns of a few values that come again and again."""

    width: int
    headers: tuple[tuple[str, ...], ...] = ()
    shapes: tuple[tuple[int, str], ...] = ()
    texts: tuple[int, ...] = ()
    has_comments: bool = False
    has_short_rows: bool = False
    repeating: tuple[int, ...] = ()

    @cached_property
    def names(self) -> frozenset[str]:
        """All that names columns, letters and digits alone."""
        return frozenset(bare for row in self.headers for name in row if (bare := bare_letters(name)))

    @cached_property
    def bare_headers(self) -> tuple[tuple[str, ...], ...]:
        """The headers, of each name letters and digits alone."""
        return tuple(tuple(map(bare_letters, row)) for row in self.headers)

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of all that names columns."""
        return frozenset(word for row in self.headers for name in row[:MOST_NAMES] for word in words_of(name))

    @cached_property
    def first_cells(self) -> frozenset[str]:
        """What a header in the middle may begin with: any name, as people write it."""
        names = {name.strip() for row in self.headers for name in row[:MOST_NAMES]} - {""}
        return frozenset(
            form for name in names for form in (name, name.lower(), name.upper(), name.title(), name.capitalize())
        )

    @property
    def telltale(self) -> tuple[int, str] | None:
        """A column whose every cell holds "@" or a digit, so that a header in the middle shows there."""
        for wanted, sign in (("e-mail", "@"), ("date", "[0-9]"), ("time", "[0-9]"), ("number", "[0-9]")):
            for at, shape in self.shapes:
                if shape == wanted:
                    return at, sign
        return None


def column_shapes(rows: Sequence[Cells], width: int) -> tuple[tuple[int, str], ...]:
    """(column, shape) where nine in ten filled cells have one shape of data."""
    found = []
    for at in range(width):
        shapes = [shape_of(row[at]) for row in rows if len(row) == width]
        filled = [shape for shape in shapes if shape != "empty"]
        if len(filled) < 3:
            continue
        common = max(set(filled), key=filled.count)
        if common not in ("text", "mixed") and filled.count(common) >= 0.9 * len(filled):
            found.append((at, common))
    return tuple(found)


def text_columns(rows: Sequence[Cells], width: int) -> tuple[int, ...]:
    """Columns that hold something and never data."""
    found = []
    for at in range(width):
        filled = [row[at] for row in rows if len(row) == width and row[at].strip()]
        if len(filled) >= 3 and not any(map(is_data, filled)):
            found.append(at)
    return tuple(found)


FEWEST_REPEATING, TIMES_EACH = 10, 3
"""Filled cells, and how often each value must come on average, until a column is one of a few values."""


def repeating_columns(rows: Sequence[Cells], width: int) -> tuple[int, ...]:
    """Columns of a few values that come again and again: towns, kinds, states."""
    found = []
    for at in range(width):
        filled = [row[at].strip() for row in rows if len(row) == width and row[at].strip()]
        if len(filled) >= max(FEWEST_REPEATING, TIMES_EACH * len(set(filled))):
            found.append(at)
    return tuple(found)


def is_repeated_header(cells: Cells, shape: TableShape) -> bool:
    """Whether a record is one of the header's rows again; of several cells, whatever the case of letters."""
    if any(len(cells) == len(row) and tuple(cells) == row for row in shape.headers):
        return True
    alike = (row for row in shape.bare_headers if len(row) == len(cells) > 1 and any(row))
    return any(all(bare_letters(cell) == name for cell, name in zip(cells, row, strict=True)) for row in alike)


def is_other_header(cells: Cells, shape: TableShape) -> bool:
    """Whether a record names columns of the table in another order or beside others: another export begins."""
    if any(map(is_data, cells)):
        return False
    filled = {cell: bare for cell in cells if (bare := bare_letters(cell))}
    if len(set(filled.values())) < sum(cell in filled for cell in cells):
        return False
    known = [cell for cell, bare in filled.items() if bare in shape.names]
    if all(map(names_a_column, filled)):  # in other words: `Last name` for `last`
        known = [cell for cell, bare in filled.items() if bare in shape.names or shape.words & set(words_of(cell))]
    return len(known) >= 2 and 2 * len(known) >= len(filled)


def is_title(cells: Cells, shape: TableShape) -> bool:
    """Whether a record is one cell, or fewer than there are columns and no data where the table has them: so are
    titles of pages and of parts."""
    filled = sum(bool(cell.strip()) for cell in cells)
    fits = any(at < len(cells) and shape_of(cells[at]) == kind for at, kind in shape.shapes)
    return shape.width > 1 and (filled == 1 or (0 < filled < shape.width and bool(shape.shapes) and not fits))


def starts_second_table(
    cells: Cells, below: Callable[[], Sequence[Cells]], shape: TableShape, *, after_blank: bool
) -> bool:
    """Whether a record names the columns of another table that those `below` it (the next ones) belong to."""
    if after_blank and len(cells) == shape.width and not cells[-1].strip():
        following = below()
        if width := _padded_width(cells, following):
            return _names_fewer_columns(cells[:width], [row[:width] for row in following], shape)
    filled = [cell.strip() for cell in cells if cell.strip()]
    if len(cells) < 2 or len(filled) * 5 < len(cells) * 4 or len(set(filled)) < len(filled):
        return False
    if any(map(is_data, filled)) or any(len(cell) > 60 for cell in filled):
        return False
    following = below()
    if not following:
        return False
    if len(cells) != shape.width:
        alike = sum(len(row) == len(cells) for row in following)
        return alike == len(following) and (len(following) >= 2 or after_blank) and _has_data(following)
    ways = (_stands_where_names_do, _names_other_columns)
    return any(way(cells, following, shape, after_blank=after_blank) for way in ways)


def _padded_width(cells: Cells, following: Sequence[Cells]) -> int:
    """The cells of a record but blank ones at its end, which the records behind it have as well; 0 where they do not.
    So a spreadsheet saves a table that is narrower than the one above."""
    width = max((at for at, cell in enumerate(cells, 1) if cell.strip()), default=0)
    is_padded = 1 < width < len(cells) and not any(cell.strip() for row in following for cell in row[width:])
    return width if is_padded and following else 0


def _names_fewer_columns(names: Cells, rows: Sequence[Cells], shape: TableShape) -> bool:
    """Whether these are names of columns, and what is below them no rows of the table."""
    if not all(map(str.strip, names)) or len({*names}) < len(names) or any(map(is_data, names)) or not shape.shapes:
        return False
    wrong, right = _fit_of(rows, shape)
    found = [([shape_of(row[at]) for row in rows if at < len(row)], kind) for at, kind in shape.shapes]
    is_never_right = len(rows) > 1 and any(kinds and not {kind, "empty"} & {*kinds} for kinds, kind in found)
    return wrong > right or is_never_right or (_has_data(rows) and all(map(names_a_column, names)))


def _fit_of(rows: Sequence[Cells], shape: TableShape) -> tuple[int, int]:
    """Cells that are not what the table's columns hold, and cells of data that are."""
    shapes = [(shape_of(row[at]), kind) for row in rows for at, kind in shape.shapes if at < len(row)]
    wrong = sum(found not in (kind, "empty") for found, kind in shapes)
    wrong += sum(is_data(row[at]) for row in rows for at in shape.texts if at < len(row))
    return wrong, sum(found == kind for found, kind in shapes)


def _has_data(rows: Sequence[Cells]) -> bool:
    return any(is_data(cell) for row in rows for cell in row)


def _names_other_columns(cells: Cells, following: Sequence[Cells], shape: TableShape, *, after_blank: bool) -> bool:
    if len(shape.shapes) + len(shape.texts) < 2 or not (shape.shapes or after_blank):
        return False
    if any(not cells[at].strip() for at, _ in shape.shapes):
        return False
    rows = [row for row in following if len(row) == shape.width]
    wrong, right = _fit_of(rows, shape)
    are_names = all(map(names_a_column, cells))
    if after_blank and rows and shape.shapes and KNOWN_NAMES * sum(map(names_a_column, cells)) >= len(cells):
        return True  # whatever the rows hold: under other names it may be something else
    is_data_below = _is_data_below(rows, shape)
    if is_data_below and any(map(names_a_column, cells)):
        return True
    if not rows or wrong <= right or not (shape.shapes or wrong >= max(2, len(rows))):
        return False
    return is_data_below or are_names or (after_blank and len(rows) >= FEWEST_OTHERS)


def _stands_where_names_do(cells: Cells, following: Sequence[Cells], shape: TableShape, *, after_blank: bool) -> bool:
    """Whether a whole row of words, some of which columns are called by, stands above rows of as many cells that may
    be the table's too: behind a blank record, with nothing but words where columns hold data or numbers of houses;
    elsewhere, where several columns hold data."""
    rows = [row for row in following if len(row) == shape.width]
    known = sum(map(names_a_column, cells))
    has_plain_name = any(names_a_column(cell) and len(words_of(cell)) == 1 for cell in cells)  # Main Street is none
    if (
        not rows
        or not has_plain_name
        or any(not cell.strip() or says_nothing(cell) or _DIGIT.search(cell) for cell in cells)
    ):
        return False
    is_right_below = all(shape_of(row[at]) in (kind, "empty") for row in rows for at, kind in shape.shapes)
    if not after_blank:
        return len(shape.shapes) > 1 and is_right_below and known >= KNOWN_NAMES
    has_digits_below = any(all(_DIGIT.search(row[at]) for row in rows) for at in range(shape.width))
    is_half = KNOWN_NAMES * known >= len(cells) and len(cells) > KNOWN_NAMES
    return is_half or has_digits_below or bool(shape.shapes)


def _is_data_below(rows: Sequence[Cells], shape: TableShape) -> bool:
    """Whether a column of words holds nothing but data here. Rows that only lack what a column wants are bad rows of
    the table as well as rows of another."""
    return len(rows) > 1 and any(all(is_data(row[at]) for row in rows) for at in shape.texts)


def footer_length(records: Sequence[Cells], shape: TableShape, *, ends_in_line_end: bool) -> int:
    """How many of the last records (blank ones have no cells) are a footer; 0 when there is none."""
    at = len(records)
    first = at
    told = False
    inside = [cells[0] for cells in records[:-FOOTER_RECORDS] or records[: -(len(records) // 3)] if cells]
    is_word_of_data = sum(map(is_footer_word, inside)) > 1
    while at > 0 and len(records) - at < FOOTER_RECORDS:
        cells = records[at - 1]
        if _is_empty(cells):
            told = told or first < len(records)
            at -= 1
            continue
        is_word = is_word_of_data and len(cells) == shape.width and not _is_sum_among_data(cells, shape)
        if is_word or not _may_be_footer(cells, shape):
            break
        at -= 1
        first = at
        text = next(cell for cell in cells if cell.strip())
        told = told or bool(_FOOTER.match(text)) or (at > 0 and _is_empty(records[at - 1]))
    if first == len(records) or not told:
        return 0
    while first > 0 and _is_empty(records[first - 1]):
        first -= 1
    return len(records) - first


def _is_empty(cells: Cells) -> bool:
    return not any(cell.strip() for cell in cells)


def _may_be_footer(cells: Cells, shape: TableShape) -> bool:
    """One cell of words, or a row that says it is a sum."""
    filled = [cell for cell in cells if cell.strip()]
    if shape.width < 2 or shape_of(filled[0]) in ("e-mail", "phone", "date"):
        return False
    if len(filled) == 1 and cells[0].strip():
        if len(cells) == shape.width:
            return bool(_FOOTER.match(filled[0])) or len(filled[0].split()) >= 3 or shape.width >= 5
        return not is_data(filled[0])
    if len(cells) < shape.width and len(filled) <= 2 and shape.width >= 5:
        return bool(_FOOTER.match(filled[0]))
    is_sum = len(filled) < shape.width or any(map(is_data, filled))
    if is_sum and _is_sum_among_data(cells, shape):
        return True
    return is_sum and len(filled) * 2 <= max(4, shape.width) and is_footer_word(filled[0]) and not _fits(cells, shape)


def _is_sum_among_data(cells: Cells, shape: TableShape) -> bool:
    """Whether the word of a sum is the first of a row, in a column of numbers or dates: it is nobody's name there."""
    at = next((at for at, cell in enumerate(cells) if cell.strip()), 0)
    kind = dict(shape.shapes).get(at)
    return kind is not None and is_footer_word(cells[at]) and shape_of(cells[at]) != kind


def is_footer_word(cell: str) -> bool:
    """Whether a cell begins as totals and remarks below a table do."""
    return bool(_FOOTER.match(cell))


def _fits(cells: Cells, shape: TableShape) -> bool:
    """Whether a record has the table's data where the table has them."""
    told = [(cells[at], kind) for at, kind in shape.shapes if at < len(cells)]
    right = sum(shape_of(cell) == kind for cell, kind in told)
    return right * 2 > len(told) > 0
