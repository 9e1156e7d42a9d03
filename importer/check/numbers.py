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
_DECIMAL = r"[+-]?(?:[0-9]+\.(?:[0-9]{1,2}|[0-9]{4,})|0?\.[0-9]+|[0-9]{4,}\.[0-9]+)"


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
    if cells.str.contains("+", regex=False).any():
        text = text.str.removeprefix("+")
    if zeros_lost.any():
        text = text.str.replace(r"^(-?)0+([0-9])", r"\1\2", regex=True)
    grouped: np.ndarray = np.zeros(len(cells), dtype=bool)
    if cells.str.contains(".", regex=False).any():
        grouped = _maybe_thousands(cells)
        text = text.str.replace(r"(\.[0-9]*?)0+$", r"\1", regex=True).str.removesuffix(".")
    zero = text == "-0"
    text = text.mask(zero, "0") if zero.any() else text
    failed: dict[str, np.ndarray] = {code: np.zeros(len(cells), dtype=bool) for code in _CODES}
    odd = np.flatnonzero(~easy.to_numpy(dtype=bool))
    if len(odd):
        text = _canonical_one_by_one(cells, odd, text, failed)
    told = {"leading_zeros_lost": zeros_lost & ~failed["not_a_number"], "maybe_thousands": grouped}
    return Numbers(text, failed | told)


def _maybe_thousands(cells: pd.Series) -> np.ndarray:
    """True where three digits stand after the only point (12.000), unless most points are surely decimal ones."""
    grouped = cells.str.fullmatch(_GROUPED).to_numpy(dtype=bool)
    if not grouped.any() or cells.str.fullmatch(_DECIMAL).sum() > grouped.sum():
        return np.zeros(len(cells), dtype=bool)
    return grouped


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
