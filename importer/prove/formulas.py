"""Cells that a spreadsheet would run as a formula, made harmless; phones and numbers stay as they are."""

from __future__ import annotations

import re

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""OWASP, "CSV Injection": signs that make a spreadsheet take a cell for a formula, full-width forms included."""

HARMLESS = re.compile(r"\+\d[\d\s().\-/]*|[+-]?\d+(?:[.,]\d+)*(?:[eE][+-]?\d+)?%?")
"""A phone that starts with + and digits, or a plain number: a quote before it would damage the data for nothing."""


def neutralised(text: str) -> str:
    """`text`, with an apostrophe before it when a spreadsheet could run it."""
    if text.lstrip(" ").startswith(FORMULA_STARTS) and not HARMLESS.fullmatch(text.strip(" ")):
        return f"'{text}"
    return text
