"""Whole columns of numbers as text, by the rules of `number_text`. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from importer.check.number_text import MAX_DIGITS, canonical_number
from importer.check.text import arrow_text, ask_unique, text_series, trimmed

NUMBER_SHAPE = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_EASY_SHAPE = rf"[+-]?[0-9]{{1,{MAX_DIGITS // 2}}}(?:\.[0-9]{{0,{MAX_DIGITS // 2}}})?"
_LEADING_ZERO = r"^[+-]?0[0-9]"
_GROUPED = r"[+-]?[1-9][0-9]{0,2}\.[0-9]{3}"
_EDGES = r"(?:^|[^0-9.,])", r"(?:$|[^0-9.,])"
"""Beside the numbers of a cell: a sign of money, the brackets of a set."""


def _anywhere(*shapes: str) -> str:
    return f"{_EDGES[0]}(?:{'|'.join(shapes)}){_EDGES[1]}"


_DECIMAL = _anywhere(
    r"[0-9]+\.(?:[0-9]{1,2}|[0-9]{4,})",
    r"0*\.[0-9]+",
    r"0\.[0-9]+",
    r"[0-9]{4,}\.[0-9]+",
    r"[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]*",
)
_THOUSANDS = _anywhere(r"[0-9]{1,3}(?:\.[0-9]{3}){2,}(?:,[0-9]*-*)?", r"[0-9]{1,3}(?:\.[0-9]{3})+,[0-9-]+")
_MORE_THAN_A_POINT = r",|\.[0-9]{3}\."
_COMMA = _anywhere(r"[0-9]+,(?:[0-9]{1,2}|[0-9]{4,})")


@dataclass(frozen=True)
class Numbers:
    """Canonical text ("" where it failed), and for each code the cells it hits. Both parallel to the cells."""

    text: pd.Series
    failures: dict[str, np.ndarray]


def canonical_numbers(cells: pd.Series) -> Numbers:
    """Canonical text for all cells (none blank, already stripped); only odd ones are looked at one by one."""
    zeros_lost = cells.str.contains(_LEADING_ZERO).to_numpy(dtype=bool)
    easy = cells.str.fullmatch(_EASY_SHAPE)
    text = cells if easy.all() else cells.where(easy, "")
    plus = cells.str.startswith("+").to_numpy(dtype=bool)
    if plus.any():
        text = text.str.removeprefix("+")
    if zeros_lost.any():
        text = text.str.replace(r"^(-?)0+([0-9])", r"\1\2", regex=True)
    grouped: np.ndarray = np.zeros(len(cells), dtype=bool)
    if cells.str.contains(".", regex=False).any():
        grouped = cells.str.fullmatch(_GROUPED).to_numpy(dtype=bool)
        text = text.str.replace(r"(\.[0-9]*?)0+$", r"\1", regex=True).str.removesuffix(".")
    zero = text == "-0"
    text = text.mask(zero, "0") if zero.any() else text
    failed: dict[str, np.ndarray] = {code: np.zeros(len(cells), dtype=bool) for code in _CODES}
    odd = np.flatnonzero(~easy.to_numpy(dtype=bool))
    if len(odd):
        text = _canonical_one_by_one(cells, odd, text, failed)
    number = ~failed["not_a_number"]
    told = {"leading_zeros_lost": zeros_lost & number, "maybe_thousands": grouped}
    return Numbers(text, failed | told | ({"plus_lost": plus & number} if plus.any() else {}))


@dataclass(frozen=True)
class CellMarks:
    """How many cells of a column tell what a point is in it: a decimal one for sure (`decimals`: 1.5), one of
    thousands for sure (`thousands`: 1.250.000, 1.234,50); `commas` have a comma that is the decimal mark (9,5).
    `separated`: cells of a set with the sign between its members."""

    decimals: int = 0
    thousands: int = 0
    commas: int = 0
    separated: int = 0

    def __add__(self, other: CellMarks) -> CellMarks:
        return CellMarks(
            self.decimals + other.decimals,
            self.thousands + other.thousands,
            self.commas + other.commas,
            self.separated + other.separated,
        )

    def are_thousands(self) -> bool:
        """Whether the column can only be read with points for thousands."""
        return self.thousands > 0 or self.commas > self.decimals

    def are_decimals(self, unsure: int) -> bool:
        """Whether more cells have a point that is surely decimal than the `unsure` ones, like 12.000."""
        return self.decimals > unsure


def cell_marks(cells: pd.Series, separator: str = "") -> CellMarks:
    """Of a column of numbers, or of sets of them with `separator` between the members (sets in JSON tell nothing)."""
    separated = int(cells.str.contains(separator, regex=False).sum()) if separator else 0
    if separator:
        cells = cells[~cells.str.contains(r"^\s*[\[{]")].str.replace(separator, "\n", regex=False)
    if not cells.str.contains("[.,]").any():
        return CellMarks(separated=separated)
    decimals = int(cells.str.contains(_DECIMAL).sum())
    thousands = commas = 0
    if cells.str.contains(_MORE_THAN_A_POINT).any():
        thousands, commas = (int(cells.str.contains(shape).sum()) for shape in (_THOUSANDS, _COMMA))
    return CellMarks(decimals, thousands, commas, separated)


_CODES = ("not_a_number", "number_too_precise", "number_out_of_range")


def _canonical_one_by_one(
    cells: pd.Series, odd: np.ndarray, text: pd.Series, failed: dict[str, np.ndarray]
) -> pd.Series:
    """Long numbers, exponents and failures: once for each distinct text."""
    codes, texts = pd.factorize(cells.iloc[odd])
    results: np.ndarray = np.empty(len(texts), dtype=object)
    why: np.ndarray = np.full(len(texts), "", dtype=object)
    for position, one in enumerate(texts):
        try:
            results[position] = canonical_number(one)
        except ValueError as error:
            results[position], why[position] = "", str(error)
    values = text.to_numpy(dtype=object).copy()
    values[odd] = results[codes]
    for code, mask in failed.items():
        mask[odd] = (why == code)[codes]
    return text_series(values, cells)


def compare_numbers(cells: pd.Series, low: Decimal | None, high: Decimal | None) -> np.ndarray:
    """True where a cell is a number within [low, high]; exact, although most are decided by their float.

    Rounding to float keeps order, so floats that differ decide; equal ones are compared as Decimal.
    """
    stripped = trimmed(cells)
    good = stripped.str.fullmatch(NUMBER_SHAPE).to_numpy(dtype=bool).copy()
    floats = pc.cast(arrow_text(stripped[good]), pa.float64()).to_numpy(zero_copy_only=False)
    inside: np.ndarray = np.ones(len(floats), dtype=bool)
    near: np.ndarray = np.zeros(len(floats), dtype=bool)
    for bound, sign in ((low, 1.0), (high, -1.0)):
        if bound is not None:
            edge = float(bound)
            inside &= sign * floats >= sign * edge
            near |= (floats == edge) | ~np.isfinite(floats)
    if near.any():
        inside[near] = ask_unique(stripped[good][near], lambda text: _within(Decimal(text), low, high))
    good[good] = inside
    return good


def _within(number: Decimal, low: Decimal | None, high: Decimal | None) -> bool:
    return (low is None or number >= low) and (high is None or number <= high)
