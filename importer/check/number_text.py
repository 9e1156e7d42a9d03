"""One number as text: DynamoDB's N without ever going through a float. Pure, the standard library alone.

Canonical text: no plus sign, no leading zeros, no trailing zeros after the point, no "-0"; positional up to 38
digits, else scientific ("1.5E+50"). Two texts have the same canonical text exactly when they are the same number.
The endpoint's function takes this module along, so it imports nothing that is not in Python itself.
"""

from __future__ import annotations

import re

MAX_DIGITS = 38
MAX_EXPONENT = 125
MIN_EXPONENT = -130
"""AWS Developer Guide, "Data types: Number": 38 digits; 1E-130 to 9.99…E+125 (here: exponent of the first digit)."""

_PARTS = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?")
_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}\.[0-9]{3}")
_MAX_EXPONENT_CHARS = 9
"""Longer exponents are out of range for any mantissa that fits a cell, and would be slow to add."""


def canonical_number(text: str) -> str:
    """Canonical text of one number.

    Raises ValueError("not_a_number" | "number_too_precise" | "number_out_of_range").
    """
    match = _PARTS.fullmatch(text)
    if match is None or not (match[2] or match[3]) or not text.isascii():
        raise ValueError("not_a_number")
    sign, whole, fraction, exponent = match[1], match[2], match[3] or "", match[4] or "0"
    digits = (whole + fraction).lstrip("0")
    if not digits:
        return "0"
    if len(exponent) > _MAX_EXPONENT_CHARS:
        raise ValueError("number_out_of_range")
    first = int(exponent) + len(digits) - len(fraction) - 1
    digits = digits.rstrip("0")
    if len(digits) > MAX_DIGITS:
        raise ValueError("number_too_precise")
    if not MIN_EXPONENT <= first <= MAX_EXPONENT:
        raise ValueError("number_out_of_range")
    return ("-" if sign == "-" else "") + _layout(digits, first)


def may_be_thousands(text: str) -> bool:
    """Whether three digits stand after the only point (12.000), so that thousands and a fraction look alike."""
    return _GROUPED.fullmatch(text) is not None


def _layout(digits: str, first: int) -> str:
    """`digits` × 10^(first - len + 1), positional when that takes at most 38 digits."""
    if first >= len(digits) - 1:
        positional = digits + "0" * (first - len(digits) + 1)
    elif first >= 0:
        positional = f"{digits[: first + 1]}.{digits[first + 1 :]}"
    else:
        positional = "0." + "0" * (-first - 1) + digits
    if sum(char != "." for char in positional) <= MAX_DIGITS:
        return positional
    point = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{point}E{first:+d}"
