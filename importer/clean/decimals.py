"""ParseNumbers: numbers with stated separators into plain decimals. PadZeros: the zeros that codes lost. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar, Self

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from importer.clean.columns import map_distinct, turn_distinct, with_column
from importer.clean.fields import Fields, wrong_field
from importer.clean.operation import Operation, check_column, check_word
from importer.clean.parse import CellParser
from importer.profile import SPACES, column_text

MARKS = {".": "point", ",": "comma"}
GROUPS = {"": "nothing", ",": "comma", ".": "point", " ": "space", "'": "apostrophe"}

_CLASSES = {".": r"\.", ",": ",", " ": r"[ \x{a0}\x{2009}\x{202f}]", "'": r"['\x{2019}]"}
"""A space may be a no-break or thin one, an apostrophe a typographic one."""

MOST_DIGITS = 40
"""Longer codes are no codes."""

_MONEY = r"(?:[$€£¥₹]|[A-Z]{3})"


@dataclass(frozen=True)
class ParseNumbers(CellParser):
    """`1.234,50 €` with `decimal` "," and `thousands` "." becomes `1234.50`; also `(12)` and `12-` for -12.

    A sign of money or a currency code of three capitals beside the number is taken off. Thousands must stand in
    threes (with commas also in the Indian way, twos before the last three), so that 1,23 is never read as 123.
    Percent signs stay.
    """

    column: str
    decimal: str = "."
    thousands: str = ","

    kind: ClassVar[str] = "parse_numbers"

    def __post_init__(self) -> None:
        check_column(self.column)
        check_word(self.decimal, tuple(MARKS), field="decimal")
        if self.thousands not in GROUPS:
            raise wrong_field("thousands", "must be a comma, a point, a space, an apostrophe or empty.")
        if self.decimal == self.thousands:
            raise wrong_field("thousands", "is the same sign as the decimal mark. Choose another, or none.")

    def title(self) -> str:
        groups = f", thousands with {GROUPS[self.thousands]}" if self.thousands else ""
        return f"Write numbers in {self.column} as plain decimals (decimal {MARKS[self.decimal]}{groups})"

    def read_cells(self, cells: pa.Array) -> pa.Array:
        return turn_distinct(cells, self._read)

    def otherwise(self) -> tuple[ParseNumbers, ...]:
        return (ParseNumbers(self.column, "." if self.decimal == "," else ",", self.decimal),)

    def shapes(self, cells: pa.Array) -> pa.Array:
        """Its signs, and the money that is taken off: among amounts in euros a dollar is another thing."""
        (other,) = self.otherwise()
        is_sure = pc.fill_null(pc.equal(self.read_cells(cells), other.read_cells(cells)), True)
        is_plain = pc.invert(pc.match_substring_regex(cells, _MONEY))
        return pc.if_else(pc.and_(is_sure, is_plain), pa.scalar(None, pa.large_string()), map_distinct(cells, _signs))

    def _read(self, cells: pa.Array) -> pa.Array:
        bare = _trimmed(cells)
        money = rf"^([-+(]?) ?{_MONEY}\s*([-+(]?)\s*([0-9.,])|([0-9.,)-])\s*{_MONEY}$"
        bare = pc.replace_substring_regex(bare, pattern=money, replacement=r"\1\2\3\4")
        bare = pc.replace_substring_regex(bare, pattern=r"^\(([0-9].*)\)$|^([0-9].*)-$", replacement=r"-\1\2")
        fits = pc.match_substring_regex(bare, self._shape())
        if self.thousands:
            bare = pc.replace_substring_regex(bare, pattern=_CLASSES[self.thousands], replacement="")
        if self.decimal != ".":
            bare = pc.replace_substring(bare, pattern=self.decimal, replacement=".")
        return pc.if_else(fits, _plain(bare), pa.scalar(None, pa.large_string()))

    def _shape(self) -> str:
        mark = _CLASSES[self.decimal]
        whole = "[0-9]+"
        if self.thousands:
            group = _CLASSES[self.thousands]
            whole += rf"|[0-9]{{1,3}}(?:{group}[0-9]{{3}})+"
            if self.thousands == ",":
                whole += rf"|[0-9]{{1,2}}(?:{group}[0-9]{{2}})+{group}[0-9]{{3}}"
        return rf"^[+-]?(?:(?:{whole})(?:{mark}[0-9]*)?|{mark}[0-9]+)$"

    @classmethod
    def read(cls, given: Fields) -> Self:
        return cls(given.text("column"), given.text("decimal", "."), given.text("thousands", ","))


def _trimmed(cells: pa.Array) -> pa.Array:
    """Without spaces at the ends, and with the minus that typographers use as the plain one."""
    return pc.replace_substring(pc.utf8_trim(cells, characters=SPACES), pattern="\u2212", replacement="-")


def _signs(text: str) -> str:
    money = re.findall(_MONEY, text)
    return "".join((*money, *sorted(set(re.sub(rf"[0-9\s]|{_MONEY}", "", text)))))


def _plain(cells: pa.Array) -> pa.Array:
    """No plus sign, a zero before a leading point, no point at the end."""
    for pattern, put in ((r"^\+", ""), (r"^(-?)\.", r"\10."), (r"\.$", "")):
        cells = pc.replace_substring_regex(cells, pattern=pattern, replacement=put)
    return cells


@dataclass(frozen=True)
class PadZeros(Operation):
    """Codes of digits get back the zeros they lost: `2139` with `width` 5 becomes `02139`.

    What has fewer digits than `shortest`, or is not digits alone, stays as it is.
    """

    column: str
    width: int
    shortest: int = 1

    kind: ClassVar[str] = "pad_zeros"
    keeps_value: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check_column(self.column)
        if not 2 <= self.width <= MOST_DIGITS:
            raise wrong_field("width", f"must be a whole number from 2 to {MOST_DIGITS}.")
        if not 1 <= self.shortest < self.width:
            raise wrong_field("shortest", "must be at least 1 and below the width.")

    def needs(self) -> tuple[str, ...]:
        return (self.column,)

    def changes(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        return (self.column,)

    def title(self) -> str:
        return f"Pad {self.column} with zeros to {self.width} digits"

    def apply(self, chunk: pd.DataFrame) -> pd.DataFrame:
        cells = column_text(chunk, self.column)
        bare = pc.utf8_trim(cells, characters=SPACES)
        short = pc.match_substring_regex(bare, f"^[0-9]{{{self.shortest},{self.width - 1}}}$")
        padded = pc.utf8_lpad(bare, width=self.width, padding="0")
        return with_column(chunk, self.column, pc.if_else(short, padded, cells))

    @classmethod
    def read(cls, given: Fields) -> Self:
        return cls(given.text("column"), given.whole("width"), given.whole("shortest", 1))
