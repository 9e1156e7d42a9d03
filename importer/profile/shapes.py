"""Shapes: what a cell looks like, judged by its text alone (never by its column's name or its neighbours)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from importer.profile.cells import Pattern, TrimmedCells, as_text, matches, trim

EMPTY, WHOLE, DECIMAL, DATE, DATE_TIME = "empty", "whole number", "decimal number", "date", "date and time"
E_MAIL, PHONE, YES_NO, WEB, CODE, TEXT = "e-mail", "phone", "yes/no", "web address", "code", "text"

SHAPES = (EMPTY, WHOLE, DECIMAL, DATE, DATE_TIME, E_MAIL, PHONE, YES_NO, WEB, CODE, TEXT)
"""In the order in which a tie for the main shape is broken."""

MONTH = (
    "(?i:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    "|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DAY_NUMBER, _MONTH_NUMBER = "(?:0?[1-9]|[12][0-9]|3[01])", "(?:0?[1-9]|1[0-2])"
_DAY = "|".join(
    (
        f"[0-9]{{4}}[-/.]{_MONTH_NUMBER}[-/.]{_DAY_NUMBER}",
        f"{_DAY_NUMBER}[-/.]{_MONTH_NUMBER}[-/.](?:[0-9]{{4}}|[0-9]{{2}})",
        f"{_MONTH_NUMBER}[-/.]{_DAY_NUMBER}[-/.](?:[0-9]{{4}}|[0-9]{{2}})",
        rf"{_DAY_NUMBER}\.?[- ]{MONTH}\.?[- ,]{{1,2}}(?:[0-9]{{4}}|[0-9]{{2}})",
        rf"{MONTH}\.? {_DAY_NUMBER},? [0-9]{{4}}",
    )
)
_TIME = (
    r"[T ]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?"
    r"(?: ?(?i:[ap]\.?m\.?))?(?: ?(?:Z|UTC|[+-][0-9]{2}:?[0-9]{2}))?"
)
_DECIMAL = "|".join(
    (
        "[0-9]*[.,][0-9]+",
        r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?",
        r"[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?",
        "[0-9]+(?:[.,][0-9]+)?[eE][+-]?[0-9]+",
    )
)
_PHONE = "|".join(
    (
        r"(?:\+|00) ?\(?[1-9][0-9 ().\-/]{5,20}[0-9]",
        r"\(?[0-9]{1,5}\)?[ .\-/][0-9 ().\-/]{3,16}[0-9]",
        r"\([0-9]{1,5}\)[0-9 .\-/]{4,14}",
        "0[0-9]{8,11}",
    )
)
_NO_DAY = "[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4}"
_CODE = "0[0-9]{1,7}|0[0-9]{12,}|[0-9]{5}-[0-9]{4}|[0-9]{3}-[0-9]{2}-[0-9]{4}"
_ISBN = "97[89]-[0-9]{1,5}-[0-9]{1,7}-[0-9]{1,6}-[0-9]"
_OF_A_YEAR = "(?:19|20)[0-9]{2}[-/][0-9]{4,8}"
_EXTENSION = "(?:,? ?(?i:x|ext\\.?|extension) ?[0-9]{1,6})?"

_DIGITS, _SIGNED = "0123456789", "+-0123456789"
_DAY_STARTS = _DIGITS + "jfmasondJFMASOND\u017f"
"""RE2 takes the long s for an s where capitals do not count."""

PATTERNS: tuple[tuple[str, Pattern], ...] = (
    (PHONE, Pattern(r"^\+[1-9][0-9]{7,14}$", "+", _DIGITS, least=9, most=16)),
    (WHOLE, Pattern("^[+-]?(?:0|[1-9][0-9]*)$", _SIGNED, _DIGITS)),
    (DECIMAL, Pattern(f"^[+-]?(?:{_DECIMAL})$", f"{_SIGNED}.,", _DIGITS, least=2, has=(b".", b",", b"e", b"E"))),
    (E_MAIL, Pattern(r'^[^@\s,;<>"()]+@[^@\s,;<>"()]+\.[^@\s.,;<>"()]+$', least=5, has=(b"@",))),
    (YES_NO, Pattern("^(?i:yes|no|y|n|true|false)$", "yntfYNTF", most=6)),
    (DATE, Pattern(f"^(?:{_DAY})$", _DAY_STARTS, _DIGITS, least=6, most=21)),
    (DATE_TIME, Pattern(f"^(?:{_DAY}){_TIME}$", _DAY_STARTS, f"{_DIGITS}mM.ZC", least=11, has=(b":",))),
    (CODE, Pattern(f"^(?:{_CODE}|{_ISBN}|{_OF_A_YEAR})$", _DIGITS, _DIGITS)),
    (TEXT, Pattern(f"^(?:{_NO_DAY})$", _DIGITS, _DIGITS, least=8, most=10)),
    (PHONE, Pattern(f"^(?:{_PHONE}){_EXTENSION}$", f"+({_DIGITS}", f"{_DIGITS} .-/", least=5)),
    (WEB, Pattern(r"^(?i:https?://|www\.)\S+\.\S+$", "hwHW", least=7, has=(b".",))),
)
"""The first that fits is the shape (RE2). A plus with 8 to 15 digits is a phone number (E.164). What is written like
a date and is no day (2024-13-45) is text. A code is digits that would not survive as a number: leading zeros (nine to
twelve digits are taken for a phone number of a country that dials 0), ZIP+4, a number like 123-45-6789, an ISBN, a
number of a year (2024-0001)."""

_TIME_OR_NONE = f"(?:{_TIME})?"
DAY_FIRST = f"^(?:1[3-9]|2[0-9]|3[01])[-/.]{_MONTH_NUMBER}[-/.](?:[0-9]{{4}}|[0-9]{{2}}){_TIME_OR_NONE}$"
MONTH_FIRST = f"^{_MONTH_NUMBER}[-/.](?:1[3-9]|2[0-9]|3[01])[-/.](?:[0-9]{{4}}|[0-9]{{2}}){_TIME_OR_NONE}$"
"""Dates in numbers, the year behind, whose first or second number is above 12: only one order makes them a day."""

FEWEST_PHONE_DIGITS = 7
"""Below that, digits with dashes between are an item number more often than a local phone number."""


def shape_codes(cells: TrimmedCells) -> np.ndarray:
    """Positions in SHAPES (int8), one a cell. Spaces at a cell's ends do not count."""
    codes: np.ndarray = np.full(len(cells.sizes), SHAPES.index(TEXT), dtype=np.int8)
    left = cells.sizes > 0
    codes[~left] = SHAPES.index(EMPTY)
    for shape, pattern in PATTERNS:
        if not left.any():
            break
        at = pattern.may_fit(cells, left)
        if len(at):
            some = cells.at(at)
            fits = matches(some, pattern.regex)
            if shape == PHONE and fits.any():
                fits = fits & (_digit_count(some) >= FEWEST_PHONE_DIGITS)
            codes[at[fits]] = SHAPES.index(shape)
            left[at[fits]] = False
    return codes


def is_date(cells: pa.Array) -> pa.Array:
    """Where a cell looks like a date, with or without a time; whether the day exists (31/02/2024) is not asked."""
    return pc.match_substring_regex(trim(cells), f"^(?:{_DAY}){_TIME_OR_NONE}$")


def classify_shapes(series: pd.Series) -> pd.Series:
    """The name of each cell's shape (one of SHAPES), with the index of `series`."""
    names = pd.Categorical.from_codes(shape_codes(TrimmedCells.of(as_text(series))), categories=list(SHAPES))
    return pd.Series(names.astype("str"), index=series.index, name=series.name)


def _digit_count(cells: pa.Array) -> np.ndarray:
    return np.asarray(pc.count_substring_regex(cells, "[0-9]"))
