"""How the numbers of a column are written: what DynamoDB would write the same way, and what may be read two ways."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from importer.profile.cells import Pattern, TrimmedCells, matches
from importer.profile.model import NumberCells
from importer.profile.shapes import SHAPES, WHOLE

MOST_DIGITS = 15
"""Beyond it a program that reads the number as a double may change it (IEEE 754: 15 digits always survive)."""

_MARKS = {".": r"\.", ",": ",", "'": r"['\x{2019}]", " ": r"[ \x{a0}\x{2009}\x{202f}]"}
_GROUPS = "|".join(f"(?:{mark}[0-9]{{3}})+" for mark in _MARKS.values())
_MARKED = f"{'|'.join(_MARKS.values())}|\\s"
_PLAIN_DECIMAL = r"^-?(?:0|[1-9][0-9]*)\.[0-9]*[1-9]$"
_GROUPED = f"^[+-]?[1-9][0-9]{{0,2}}(?:{_GROUPS})$"
_DECIMAL = r"^[+-]?(?:[0-9]+\.(?:[0-9]{1,2}|[0-9]{4,})|0?\.[0-9]+|[0-9]{4,}\.[0-9]+)$"
_NUMBER = f"^[+-]?(?:[0-9]+|[0-9]*[.,][0-9]+|[1-9][0-9]{{0,2}}(?:{_GROUPS})(?:[.,][0-9]+)?)$"
_MAYBE = r"^\s*[+-]?[0-9.,]"
"""What a cell with spaces around a number begins with; other spaces than those of ASCII make it none."""

_ENDS = Pattern("", "+-0123456789.,", "0123456789")


@dataclass(frozen=True)
class NumberSigns:
    """Which cells are numbers, and how they are written, as `NumberCells` has it; `plain_whole` are those of `plain`
    without a point, `digits` how many digits they have, `marks` where a grouped cell has each mark."""

    number: np.ndarray
    plain: np.ndarray
    plain_whole: np.ndarray
    digits: np.ndarray
    decimal: np.ndarray
    grouped: np.ndarray
    marks: dict[str, np.ndarray]

    @classmethod
    def of(cls, raw: pa.Array, cells: TrimmedCells, codes: np.ndarray) -> NumberSigns:
        """Of `raw` cells, trimmed, and their shapes. Most whole numbers need no pattern more."""
        minus = cells.first == ord("-")
        digits = cells.sizes - minus
        whole = (codes == SHAPES.index(WHOLE)) & ~cells.padded
        no_zero = ~minus | (cells.sizes > 2) | (cells.last != ord("0"))  # -0 is written as 0
        plain_whole = whole & (cells.first != ord("+")) & (digits <= MOST_DIGITS) & no_zero
        none: np.ndarray = np.zeros(len(codes), dtype=bool)
        signs = cls(whole.copy(), plain_whole.copy(), plain_whole, digits, none, none.copy(), {})
        signs._add_others(raw, cells, _ENDS.may_fit(cells, (cells.sizes > 0) & ~whole))
        return signs

    def part(self, part: slice) -> NumberSigns:
        """Those of some of the cells."""
        return NumberSigns(
            self.number[part],
            self.plain[part],
            self.plain_whole[part],
            self.digits[part],
            self.decimal[part],
            self.grouped[part],
            {mark: at[part] for mark, at in self.marks.items()},
        )

    def _add_others(self, raw: pa.Array, cells: TrimmedCells, at: np.ndarray) -> None:
        """What patterns tell of the cells at these places: with a mark, a leading zero, a plus, spaces around."""
        padded = np.flatnonzero(cells.padded[at])
        if len(padded):
            maybe = matches(raw.take(pa.array(at[padded])), _MAYBE)
            at = np.delete(at, padded[~maybe])
        if len(at):
            at = at[matches(cells.at(at), _NUMBER)]
            self.number[at] = True
        marked = at[matches(raw.take(pa.array(at)), _MARKED)] if len(at) else at
        if not len(marked):
            return
        text, sizes = cells.at(marked), self.digits[marked] - 1
        self.plain[marked] = (sizes <= MOST_DIGITS) & ~cells.padded[marked] & matches(text, _PLAIN_DECIMAL)
        self.decimal[marked] = matches(text, _DECIMAL)
        grouped = marked[matches(text, _GROUPED)]
        self.grouped[grouped] = True
        if len(grouped):
            some = cells.at(grouped)
            for mark, pattern in _MARKS.items():
                self.marks[mark] = np.zeros(len(self.number), dtype=bool)
                self.marks[mark][grouped] = matches(some, pattern)


class NumberCensus:
    """What was seen of the numbers of one column so far."""

    def __init__(self) -> None:
        self._plain = self._grouped = self._decimal = self._number = 0
        self._whole_digits: tuple[int, int] | None = None
        self._first_grouped: int | None = None
        self._marks: set[str] = set()

    def add(self, signs: NumberSigns, counts: np.ndarray, first_rows: np.ndarray) -> None:
        """Takes in the signs of different cells, how many of each there are and the first row of each."""
        if not signs.number.any():
            return
        self._number += int(counts[signs.number].sum())
        self._plain += int(counts[signs.plain].sum())
        self._decimal += int(counts[signs.decimal].sum())
        digits = signs.digits[signs.plain_whole]
        if len(digits):
            self._note_digits(int(digits.min()), int(digits.max()))
        if signs.grouped.any():
            self._grouped += int(counts[signs.grouped].sum())
            self._note_first(int(first_rows[signs.grouped].min()))
            self._marks |= {mark for mark, at in signs.marks.items() if at.any()}

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
