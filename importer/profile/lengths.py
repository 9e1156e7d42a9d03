"""How long the cells of a column are, and whether its digits lost their leading zeros."""

from __future__ import annotations

import re

import numpy as np

from importer.profile.cells import TrimmedCells, bytes_of, matches
from importer.profile.damage import LOST_ZEROS, TITLES
from importer.profile.model import Damage
from importer.profile.shapes import SHAPES, WHOLE

LONGEST = 1_024
"""Characters; longer cells share the last bin of the histogram."""

BINS = 20

FEWEST_DIGITS = 4
"""Shorter ones are counts and days as often as codes."""

MOST_DIGITS = 20
"""Longer runs of digits are no codes that a spreadsheet would show whole."""

_CODE_NAME = re.compile(r"zip|post\W?code|postal|postleit|\bplz\b|\bcap\b|\bpin\b|(?:^|[\W_])code(?:$|[\W_])", re.I)
"""Columns where a shorter number next to longer ones is a lost zero, even if no cell with a leading zero is left."""


class Lengths:
    """Range, mean and histogram of the lengths (in characters) of filled cells."""

    def __init__(self) -> None:
        self._counts: np.ndarray = np.zeros(LONGEST + 2, dtype=np.int64)
        self._sum = 0
        self._max = 0

    def add(self, lengths: np.ndarray, counts: np.ndarray) -> None:
        """Takes in lengths and how many cells have each."""
        if not len(lengths):
            return
        self._counts += _weighted(np.minimum(lengths, LONGEST + 1), counts, LONGEST + 2)
        self._sum += int((lengths.astype(np.int64) * counts).sum())
        self._max = max(self._max, int(lengths.max()))

    def summary(self) -> tuple[int, int, float]:
        """Shortest (LONGEST + 1 at most), longest, mean; zeros when there was no cell."""
        seen = np.flatnonzero(self._counts)
        if not len(seen):
            return 0, 0, 0.0
        return int(seen[0]), self._max, round(self._sum / int(self._counts.sum()), 3)

    def histogram(self) -> tuple[tuple[int, int, int], ...]:
        """At most BINS bins of equal width as (from, to, count), ends included, and one for all that is longer."""
        seen = np.flatnonzero(self._counts[: LONGEST + 1])
        bins = []
        if len(seen):
            first, last = int(seen[0]), int(seen[-1])
            width = -(-(last - first + 1) // BINS)
            for start in range(first, last + 1, width):
                stop = min(start + width - 1, last)
                bins.append((start, stop, int(self._counts[start : stop + 1].sum())))
        if self._counts[-1]:
            bins.append((LONGEST + 1, self._max, int(self._counts[-1])))
        return tuple(bins)


class DigitLengths:
    """Lengths of the cells that are digits and nothing else, those with a leading zero apart."""

    def __init__(self) -> None:
        self._plain: np.ndarray = np.zeros(MOST_DIGITS + 1, dtype=np.int64)
        self._zero_led: np.ndarray = np.zeros(MOST_DIGITS + 1, dtype=np.int64)
        self._first_rows: np.ndarray = np.full(MOST_DIGITS + 1, np.iinfo(np.int64).max)

    def add(self, lengths: np.ndarray, counts: np.ndarray, first_rows: np.ndarray, *, zero_led: np.ndarray) -> None:
        """Takes in how many digits different cells have, how often each was seen, and the first row of each.
        `zero_led`: where a cell begins with 0."""
        plain = ~zero_led
        self._plain += _weighted(lengths[plain], counts[plain], MOST_DIGITS + 1)
        self._zero_led += _weighted(lengths[zero_led], counts[zero_led], MOST_DIGITS + 1)
        np.minimum.at(self._first_rows, lengths[plain], first_rows[plain])

    def are_codes(self) -> bool:
        """Whether most have one length, and some of that length start with 0: then they are no numbers."""
        usual, _ = self._usual()
        return usual >= FEWEST_DIGITS and bool(self._zero_led[usual])

    def _usual(self) -> tuple[int, int]:
        """The length that more than half of them have (0 if there is none), and how many there are."""
        together = self._plain + self._zero_led
        digits, usual = int(together.sum()), int(together.argmax())
        return (usual if together[usual] * 2 > digits else 0), digits

    def code_length(self, name: str, filled: int) -> int:
        """How many digits the codes of a column have; 0 where it is no column of codes.

        One is: at least 8 in 10 cells are digits, more than half of these have one length of 4 or more, and either
        some of that length start with 0, or the column's name says so (a ZIP code).
        """
        usual, digits = self._usual()
        if usual < FEWEST_DIGITS or digits < 0.8 * filled:
            return 0
        return usual if self.are_codes() or _CODE_NAME.search(name) else 0

    def lost_zeros(self, name: str, filled: int) -> Damage | None:
        """The cells one or two digits shorter than the codes of the column; None if there are none."""
        usual = self.code_length(name, filled)
        short = [length for length in (usual - 2, usual - 1) if usual and self._plain[length]]
        if not short:
            return None
        count = sum(int(self._plain[length]) for length in short)
        return Damage(LOST_ZEROS, TITLES[LOST_ZEROS], count, int(self._first_rows[short].min()))


def only_digits(cells: TrimmedCells, codes: np.ndarray) -> np.ndarray:
    """Where a cell is digits and nothing else, MOST_DIGITS at most. `codes`: the shapes of the cells."""
    short = (cells.sizes > 0) & (cells.sizes <= MOST_DIGITS) & _DIGIT[cells.first] & _DIGIT[cells.last]
    digits = short & (codes == SHAPES.index(WHOLE))
    led = np.flatnonzero(short & (cells.first == ord("0")) & ~digits)
    if len(led):
        digits[led] = matches(cells.at(led), "^[0-9]+$")
    return digits


_DIGIT = bytes_of("0123456789")


def _weighted(values: np.ndarray, counts: np.ndarray, size: int) -> np.ndarray:
    """How many cells have each value 0 … size - 1 (int64); exact up to 2^53 cells."""
    return np.bincount(values, weights=counts, minlength=size).astype(np.int64)
