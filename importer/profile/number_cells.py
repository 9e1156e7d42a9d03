"""How the numbers of a column are written: what DynamoDB would write the same way, and what may be read two ways."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from importer.profile.cells import trim
from importer.profile.model import NumberCells

MOST_DIGITS = 15
"""Beyond it a program that reads the number as a double may change it (IEEE 754: 15 digits always survive)."""

_MARKS = {".": r"\.", ",": ",", "'": r"['\x{2019}]", " ": r"[ \x{a0}\x{2009}\x{202f}]"}
_GROUPS = "|".join(f"(?:{mark}[0-9]{{3}})+" for mark in _MARKS.values())
_MARKED = f"{'|'.join(_MARKS.values())}|\\s"
_PLAIN_WHOLE = f"^(?:0|-?[1-9][0-9]{{0,{MOST_DIGITS - 1}}})$"
_PLAIN_DECIMAL = r"^-?(?:0|[1-9][0-9]*)\.[0-9]*[1-9]$"
_GROUPED = f"^[+-]?[1-9][0-9]{{0,2}}(?:{_GROUPS})$"
_DECIMAL = r"^[+-]?(?:[0-9]+\.(?:[0-9]{1,2}|[0-9]{4,})|0?\.[0-9]+|[0-9]{4,}\.[0-9]+)$"
_NUMBER = f"^[+-]?(?:[0-9]+|[0-9]*[.,][0-9]+|[1-9][0-9]{{0,2}}(?:{_GROUPS})(?:[.,][0-9]+)?)$"
_MAYBE = r"^\s*[+-]?[0-9.,]"
"""Of the cells of a column of words hardly one is looked at twice."""


class NumberCensus:
    """What was seen of the numbers of one column so far; `merge` joins two parts of a list in any order."""

    def __init__(self) -> None:
        self._plain = self._grouped = self._decimal = self._number = 0
        self._whole_digits: tuple[int, int] | None = None
        self._first_grouped: int | None = None
        self._marks: set[str] = set()

    def add(self, cells: pa.Array, counts: np.ndarray, first_rows: np.ndarray) -> None:
        """Takes in different filled cells, how many of each there are and the first row of each."""
        maybe = _fits(cells, _MAYBE)
        cells, counts, first_rows = cells.filter(pa.array(maybe)), counts[maybe], first_rows[maybe]
        number = _fits(trim(cells), _NUMBER)
        cells, counts, first_rows = cells.filter(pa.array(number)), counts[number], first_rows[number]
        if not len(cells):
            return
        self._number += int(counts.sum())
        marked = _fits(cells, _MARKED)
        self._add_whole(cells.filter(pa.array(~marked)), counts[~marked])
        self._add_marked(cells.filter(pa.array(marked)), counts[marked], first_rows[marked])

    def _add_whole(self, cells: pa.Array, counts: np.ndarray) -> None:
        """Digits alone, with a sign at most."""
        plain = _fits(cells, _PLAIN_WHOLE)
        if not plain.any():
            return
        self._plain += int(counts[plain].sum())
        texts = cells.filter(pa.array(plain))
        digits = np.asarray(pc.binary_length(texts)) - np.asarray(pc.starts_with(texts, "-"))
        self._note_digits(int(digits.min()), int(digits.max()))

    def _add_marked(self, cells: pa.Array, counts: np.ndarray, first_rows: np.ndarray) -> None:
        """With a point, a comma, an apostrophe or a space somewhere."""
        if not len(cells):
            return
        text = trim(cells)
        digits = np.asarray(pc.count_substring_regex(cells, "[0-9]"))
        grouped = _fits(text, _GROUPED)
        self._plain += int(counts[_fits(cells, _PLAIN_DECIMAL) & (digits <= MOST_DIGITS)].sum())
        self._decimal += int(counts[_fits(text, _DECIMAL)].sum())
        self._grouped += int(counts[grouped].sum())
        if grouped.any():
            self._note_first(int(first_rows[grouped].min()))
            some = text.filter(pa.array(grouped))
            self._marks |= {mark for mark, pattern in _MARKS.items() if _fits(some, pattern).any()}

    def merge(self, other: NumberCensus) -> None:
        """Takes in what another one counted."""
        self._plain += other._plain
        self._grouped += other._grouped
        self._decimal += other._decimal
        self._number += other._number
        self._marks |= other._marks
        if other._whole_digits is not None:
            self._note_digits(*other._whole_digits)
        if other._first_grouped is not None:
            self._note_first(other._first_grouped)

    def finish(self) -> NumberCells:
        """What was counted; the census can go on counting."""
        least, most = self._whole_digits or (0, 0)
        return NumberCells(
            numbers=self._number,
            plain=self._plain,
            grouped=self._grouped,
            first_grouped_row=self._first_grouped,
            marks="".join(mark for mark in _MARKS if mark in self._marks),
            decimals=self._decimal,
            digits_min=least,
            digits_max=most,
        )

    def _note_digits(self, least: int, most: int) -> None:
        before = self._whole_digits or (least, most)
        self._whole_digits = (min(least, before[0]), max(most, before[1]))

    def _note_first(self, row: int) -> None:
        self._first_grouped = row if self._first_grouped is None else min(row, self._first_grouped)


def _fits(cells: pa.Array, pattern: str) -> np.ndarray:
    return np.asarray(pc.match_substring_regex(cells, pattern))
