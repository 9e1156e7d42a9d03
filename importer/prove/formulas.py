"""Cells that a spreadsheet would run as a formula, made harmless; phones and numbers stay as they are."""

from __future__ import annotations

import re
import unicodedata

FORMULA_SIGNS = frozenset("=+-@\u2212")
"""OWASP, "CSV Injection": signs that make a spreadsheet take a cell for a formula, and the minus of typographers.
Compatible forms (full width, small, superscript) are each taken for the sign they stand for (Unicode, NFKC)."""

LINE_SIGNS = frozenset("\t\r\n")
"""OWASP, ibid.: signs that may end the cell for a spreadsheet, so that what follows stands at a beginning."""

UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Cn", "Mn", "Zl", "Zp", "Zs"})
UNSEEN_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""What nobody sees and a program may drop before the first sign that counts: spaces of every kind, signs of no width
and of direction, byte order marks, controls, variation selectors; and letters that are blank."""

HARMLESS = re.compile(r"\+\d[\d\s().\-/]*|[+\-\u2212]?\d+(?:[.,]\d+)*(?:[eE][+-]?\d+)?%?")
"""A phone that starts with + and digits, or a plain number: a quote before it would damage the data for nothing."""


def neutralised(text: str) -> str:
    """`text`, with an apostrophe before it when a spreadsheet could run it."""
    if not text or (text[0].isascii() and text[0].isalnum()):
        return text
    start = next((place for place, sign in enumerate(text) if not _is_unseen(sign)), len(text))
    runs = not LINE_SIGNS.isdisjoint(text[:start]) or _is_formula(text[start:])
    return f"'{text}" if runs else text


def _is_formula(seen: str) -> bool:
    first = unicodedata.normalize("NFKC", seen[:1])[:1]
    return first in FORMULA_SIGNS and not HARMLESS.fullmatch(_without_unseen_end(seen))


def _without_unseen_end(text: str) -> str:
    end = len(text)
    while end and _is_unseen(text[end - 1]):
        end -= 1
    return text[:end]


def _is_unseen(sign: str) -> bool:
    return unicodedata.category(sign) in UNSEEN_CATEGORIES or sign in UNSEEN_LETTERS
