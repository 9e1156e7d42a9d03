"""Whole columns of numbers as text, by the rules of `number_text`. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from importer.check.number_text import MAX_DIGITS, canonical_number
from importer.check.text import arrow_text, as_mask, ask_unique, text_series, trimmed
from importer.profile import TrimmedCells

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
_DECIMAL_ALONE = r"^[+-]?(?:[0-9]+\.(?:[0-9]{1,2}|[0-9]{4,})|0*\.[0-9]+|[0-9]{4,}\.[0-9]+)$"
"""A cell that fits has _DECIMAL, and neither _THOUSANDS nor _COMMA."""
_NO_MARK_ALONE = rf"^(?:[+-]?[0-9]*|{_GROUPED})$"
"""A cell that fits has none of the three."""
_MORE_THAN_A_POINT = r",|\.[0-9]{3}\."
_COMMA = _anywhere(r"[0-9]+,(?:[0-9]{1,2}|[0-9]{4,})")


@dataclass(frozen=True)
class Numbers:
    """Canonical text ("" where it failed), and for each code the cells it hits. Both parallel to the cells."""

    text: pd.Series
    failures: dict[str, np.ndarray]


def canonical_numbers(cells: pd.Series) -> Numbers:
    """Canonical text for all cells (none blank, already stripped); only odd ones are looked at one by one."""
    ends = TrimmedCells.of(arrow_text(cells))
    easy = _where(ends, ~ends.padded, f"^(?:{_EASY_SHAPE})$")
    plus, minus = ends.first == ord("+"), ends.first == ord("-")
    zeros_lost = _where(ends, (ends.sizes > 1) & (plus | minus | (ends.first == ord("0"))), _LEADING_ZERO)
    has_point = ends.has(b".")
    sized = (ends.sizes > 4) & (ends.sizes < 9) & has_point
    grouped = _where(ends, sized, f"^(?:{_GROUPED})$")
    rewritten = zeros_lost | plus | (minus & (ends.last == ord("0")))
    if has_point:
        rewritten |= (ends.last == ord(".")) | (ends.last == ord("0"))
    text = _rewritten(ends.text, np.flatnonzero(rewritten & easy))
    failed: dict[str, np.ndarray] = {code: np.zeros(len(cells), dtype=bool) for code in _CODES}
    odd = np.flatnonzero(~easy)
    if len(odd):
        text = _canonical_one_by_one(cells, odd, text, failed)
    number = ~failed["not_a_number"]
    told = {"leading_zeros_lost": zeros_lost & number, "maybe_thousands": grouped}
    series = cells if text is ends.text else text_series(text, cells)
    return Numbers(series, failed | told | ({"plus_lost": plus & number} if plus.any() else {}))


def _where(cells: TrimmedCells, maybe: np.ndarray, pattern: str) -> np.ndarray:
    """Where one of the cells that `maybe` says may fit matches."""
    at = np.flatnonzero(maybe)
    fits: np.ndarray = np.zeros(len(maybe), dtype=bool)
    if len(at):
        fits[at] = as_mask(pc.match_substring_regex(cells.at(at), pattern))
    return fits


def _rewritten(text: pa.Array, at: np.ndarray) -> pa.Array:
    """The cells with those at these places as DynamoDB writes them: without a plus and zeros that say nothing."""
    if not len(at):
        return text
    some = text.take(pa.array(at))
    for pattern, put in _REWRITING:
        some = pc.replace_substring_regex(some, pattern, put)
    return _put(text, at, some)


def _put(text: pa.Array, at: np.ndarray, some: pa.Array) -> pa.Array:
    """The cells, with others at these places, which ascend."""
    if len(at) == len(text):
        return some
    where: np.ndarray = np.zeros(len(text), dtype=bool)
    where[at] = True
    return pc.replace_with_mask(text, pa.array(where), some)


_REWRITING = (
    (r"^\+", ""),
    (r"^(-?)0+([0-9])", r"\1\2"),
    (r"(\.[0-9]*?)0+$", r"\1"),
    (r"\.$", ""),
    ("^-0$", "0"),
)
"""In this order."""


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
    ends = TrimmedCells.of(arrow_text(cells))
    if not ends.has(b".", b","):
        return CellMarks(separated=separated)
    decimals = thousands = commas = 0
    left = ends.text
    if not separator:  # most cells are a number alone, which a pattern for whole cells tells six times as fast
        sure = pc.match_substring_regex(left, _DECIMAL_ALONE)
        decimals, left = pc.sum(sure).as_py() or 0, left.filter(pc.invert(sure))
        left = left.filter(pc.invert(pc.match_substring_regex(left, _NO_MARK_ALONE)))
    if len(left):
        decimals += _count(left, _DECIMAL)
        if pc.any(pc.match_substring_regex(left, _MORE_THAN_A_POINT)).as_py():
            thousands, commas = (_count(left, shape) for shape in (_THOUSANDS, _COMMA))
    return CellMarks(decimals, thousands, commas, separated)


def _count(cells: pa.Array, pattern: str) -> int:
    """How many cells match."""
    return pc.sum(pc.match_substring_regex(cells, pattern)).as_py() or 0


_CODES = ("not_a_number", "number_too_precise", "number_out_of_range")


def _canonical_one_by_one(
    cells: pd.Series, odd: np.ndarray, text: pa.Array, failed: dict[str, np.ndarray]
) -> pa.Array:
    """Long numbers, exponents and failures: once for each distinct text."""
    codes, texts = pd.factorize(cells.iloc[odd])
    results: np.ndarray = np.empty(len(texts), dtype=object)
    why: np.ndarray = np.full(len(texts), "", dtype=object)
    for position, one in enumerate(texts):
        try:
            results[position] = canonical_number(one)
        except ValueError as error:
            results[position], why[position] = "", str(error)
    for code, mask in failed.items():
        mask[odd] = (why == code)[codes]
    return _put(text, odd, pa.array(results, pa.large_string()).take(pa.array(codes)))


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
