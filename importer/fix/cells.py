"""A cell that went to a spreadsheet and came back: is it the same, was it only rewritten, or did a person change it?

A spreadsheet that opens a CSV and saves it drops zeros in front, `+` signs and digits past the fifteenth, shows dates
its own way, and loses letters that its encoding has not. A person fixes nothing by that, so the list's text is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import Enum

from importer.prove import neutralised

_NUMBER = re.compile(r"\+?\d+(?:[.,]\d+)?")
_SAVED_NUMBER = re.compile(r"(?:0|[1-9]\d*)(?:[.,]\d+)?")
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?E\+\d{1,3}")
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_SHOWN_DAY = re.compile(r"(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})")

_NO_LETTER = frozenset("?\ufffd")

KEPT_DIGITS = 15
"""Excel specifications and limits, "Number precision"."""

_PRECISE = Context(prec=400)


class Came(Enum):
    """How a cell came back."""

    SAME = "same"
    REWRITTEN = "rewritten"
    CHANGED = "changed"


@dataclass(frozen=True)
class Returned:
    """The text that counts, and how it came back."""

    text: str
    came: Came


def returned(given: str, had: str, written: Callable[[str], str]) -> Returned:
    """What `given` means for a cell that holds `had`; `written` says how the exact file wrote a text."""
    lines = _lines(given)
    if lines == _lines(had) or lines == _lines(neutralised(had)) or lines == _lines(written(had)):
        return Returned(had, Came.SAME)
    if is_rewritten(given, had):
        return Returned(had, Came.REWRITTEN)
    return Returned(_without_our_quote(given, had), Came.CHANGED)


def is_rewritten(given: str, had: str) -> bool:
    """True when a spreadsheet makes `given` of `had` by itself."""
    if _lost_letters(_lines(given), _lines(had)):
        return True
    had, given = had.strip(" "), given.strip(" ")
    if had.lower() in {"true", "false"}:
        return given == had.upper()
    if _NUMBER.fullmatch(had):
        return _same_number(given, had)
    return _same_day(given, had)


def _lost_letters(given: str, had: str) -> bool:
    """Whether nothing but letters beyond ASCII became question marks: the encoding it was saved in has not all."""
    if len(given) != len(had) or not set(given) & _NO_LETTER:
        return False
    return all(
        one == other or (one in _NO_LETTER and not other.isascii()) for one, other in zip(given, had, strict=True)
    )


def _same_number(given: str, had: str) -> bool:
    value = _decimal(had)
    if _SCIENTIFIC.fullmatch(given):
        shown = _decimal(given)
        return _rounded(value, len(re.sub(r"E.*|[.,]", "", given))) == shown
    if not _SAVED_NUMBER.fullmatch(given):
        return False
    digits = had.lstrip("+0")
    return _decimal(given) == value or (
        len(digits) > KEPT_DIGITS
        and digits.isdecimal()
        and given == digits[:KEPT_DIGITS] + "0" * (len(digits) - KEPT_DIGITS)
    )


def _decimal(text: str) -> Decimal:
    return _PRECISE.create_decimal(text.replace(",", "."))


def _rounded(value: Decimal, digits: int) -> Decimal:
    return Context(prec=digits, rounding=ROUND_HALF_UP).plus(value)


def _same_day(given: str, had: str) -> bool:
    iso, shown = _ISO_DAY.fullmatch(had), _SHOWN_DAY.fullmatch(given)
    if iso is None or shown is None or _ISO_DAY.fullmatch(given):
        return False
    try:
        day = date(*map(int, iso.groups()))
    except ValueError:
        return False
    first, second, year = map(int, shown.groups())
    return year in {day.year, day.year % 100} and (first, second) in {(day.day, day.month), (day.month, day.day)}


def _without_our_quote(given: str, had: str) -> str:
    """`given` without the apostrophe that our file for spreadsheets put before the cell; any other one stays."""
    ours = neutralised(had) != had and given.startswith("'") and neutralised(given[1:]) == given
    return given[1:] if ours else given


def _lines(text: str) -> str:
    """A spreadsheet changes line ends inside cells."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
