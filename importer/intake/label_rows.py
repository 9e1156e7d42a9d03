"""Rows below the header that are no contacts: types, units, examples, numbers of questions, names in other words.

A first contact of words (`unknown, none, Walk-in customer`) stays a contact. What says of every column something that
is known to stand in such rows is one of them for sure; words where all rows below have numbers may be one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from importer.intake.cells import is_data, shape_of
from importer.intake.column_words import (
    COLUMN_WORDS,
    are_codes,
    describes,
    is_example,
    is_unit,
    names_a_column,
    names_in_series,
    says_nothing,
    words_of,
)

MOST_LABEL_ROWS = 3
"""Below one header."""

LOOKED_AT = 100
LOOKED_AT_CELLS = 100_000
"""Rows below, and of lists with many columns cells in all."""

Rows = Sequence[Sequence[str]]


class LabelRows(NamedTuple):
    """`sure` rows below the header say something of the columns; the one after them may, where `unsure` is set."""

    sure: int
    unsure: bool


def find_label_rows(names: Sequence[str], following: Rows, width: int) -> LabelRows:
    """What the first rows below the header are; `following` are the rows below it (a blank one has no cells)."""
    count = 0
    following = following[: max(10, min(LOOKED_AT, LOOKED_AT_CELLS // max(1, width)))]
    while count < min(MOST_LABEL_ROWS, len(following) - 1):
        look = _Look(following[count], following[count + 1 :], width)
        if not (look.is_sure(after_one=count > 0) or look.says_it_again(names)):
            return LabelRows(count, look.is_unsure())
        count += 1
    return LabelRows(count, False)


class _Look:
    """One row over those below it."""

    def __init__(self, row: Sequence[str], below: Rows, width: int) -> None:
        self._row, self._below, self._width = row, below, width
        self._cells = {at: cell for at, cell in enumerate(row[:width]) if re.search(r"\w|%", cell)}
        self._known = [at for at in data_columns(below[1:] or below, width) if at in self._cells]

    @property
    def _is_possible(self) -> bool:
        """Whether it has the table's width, no data, and no cell that comes again in its column."""
        if len(self._row) != self._width or not self._cells or any(map(is_data, self._cells.values())):
            return False
        return not any(cell == row[at] for row in self._below for at, cell in self._cells.items() if at < len(row))

    def is_sure(self, *, after_one: bool) -> bool:
        if self._counts_columns() or self._rules_off():
            return True
        if not self._is_possible:
            return False
        cells = list(self._cells.values())
        if all(map(_says_what_is_in_it, cells)):
            if self._is_like_below():
                return False
            return after_one or bool(self._known) or (len(cells) > 1 and all(map(describes, cells)))
        if are_codes(cells):
            return (bool(self._known) or len(cells) > 2) and not any(map(self._has_codes, self._below))
        return bool(self._known) and len(cells) > 1 and all(map(names_a_column, cells)) and not self._says_nothing()

    def says_it_again(self, names: Sequence[str]) -> bool:
        """Whether it says in other words what the names say, above columns of data too: no contact does."""
        if len(self._row) != self._width or list(self._row) == list(names) or any(map(is_data, self._row)):
            return False
        alike = {at for at, name in enumerate(names[: self._width]) if says_the_same(name, self._row[at])}
        in_data = set(self._known)
        enough = 2 * len(alike) >= max(4, len(self._cells)) and bool(in_data & alike)
        return bool(in_data) and (in_data <= alike or enough)

    def is_unsure(self) -> bool:
        """Whether it may be a row of names though nothing proves it."""
        if not self._is_possible or self._says_nothing():
            return False
        cells = self._cells
        if not self._known:
            below = {word for row in self._below for at in cells if at < len(row) for word in words_of(row[at])}
            words = {word for cell in cells.values() for word in words_of(cell)}
            return len(cells) > 1 and words <= COLUMN_WORDS and not words & below
        counted = [at for at in self._known if self._holds_numbers(at)]
        telling = [cells[at] for at in self._known]
        return len(counted) > 1 or any(
            names_a_column(cell) or describes(cell) or is_unit(cell) or is_example(cell) for cell in telling
        )

    def _is_like_below(self) -> bool:
        """Whether a column goes on with types, units or examples: then they are its data, as in a list of them."""
        columns = [[row[at] for row in self._below if at < len(row)] for at in self._cells]
        return any(2 * sum(map(_says_what_is_in_it, cells)) >= len(cells) > 0 for cells in columns)

    def _says_nothing(self) -> bool:
        return any(says_nothing(self._cells[at]) for at in self._known)

    def _holds_numbers(self, at: int) -> bool:
        return all(shape_of(row[at]) in ("number", "date", "time", "empty") for row in self._below if at < len(row))

    def _has_codes(self, row: Sequence[str]) -> bool:
        cells = [row[at] for at in self._cells if at < len(row)]
        return are_codes(cells)

    def _rules_off(self) -> bool:
        """Whether no letter and no digit stands in the row, but signs do (`---`, `*`)."""
        return len(self._row) == self._width and any(cell.strip() for cell in self._row) and not self._cells

    def _counts_columns(self) -> bool:
        """Whether it holds 1, 2, 3 over columns of which one never holds a number."""
        cells = [cell.strip() for cell in self._row]
        if len(cells) != self._width or len(cells) < 3 or cells[0] not in ("0", "1"):
            return False
        rows = [row for row in self._below if len(row) == self._width]
        texts = [at for at in range(self._width) if rows and not any(is_data(row[at]) for row in rows)]
        return len(names_in_series(cells)) == len(cells) and any(row[at].strip() for at in texts for row in rows)


def _says_what_is_in_it(cell: str) -> bool:
    return describes(cell) or is_unit(cell) or is_example(cell)


def data_columns(rows: Rows, width: int) -> tuple[int, ...]:
    """Columns that nearly always hold numbers, dates, addresses: where a text stands there, it is a name."""
    found = []
    for at in range(width):
        filled = [row[at] for row in rows if len(row) == width and row[at].strip()]
        if len(filled) >= min(3, len(rows)) and sum(map(is_data, filled)) >= 0.9 * len(filled) > 0:
            found.append(at)
    return tuple(found)


_NO = re.compile(r"(?i)\b(?:no|none|not|unknown|missing|without|kein\w*|ohne|sans|aucun\w*|sin|senza|geen)\b")


def says_the_same(name: str, cell: str) -> bool:
    """Whether a cell is a column's name in other words: all of its letters, or a word of it; `no e-mail` is not."""
    bare, other = bare_letters(name), bare_letters(cell)
    if _NO.search(cell):
        return False
    return bool(bare and other) and (bare in other or other in bare or bool(_long_words(name) & _long_words(cell)))


def bare_letters(text: str) -> str:
    """Letters and digits alone, folded."""
    return re.sub(r"[\W_]+", "", text.casefold())


def _long_words(text: str) -> set[str]:
    return {
        word for word in re.split(r"[\W_\d]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).casefold()) if len(word) > 2
    }
