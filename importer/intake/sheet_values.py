"""Values of spreadsheet cells as text: numbers whole, moments as ISO 8601, durations in hours. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import lru_cache

PLAIN_LIMIT = 21
"""Digits before the point, or zeros after it, up to which a number is written out: beyond, with an exponent."""

EXACT_CHARACTERS = 16
"""A point and 15 digits: so few are what a double gives back."""

DAY_MS = 86_400_000

LAST_SERIAL = 2_958_465
"""9999-12-31, counted from 1900."""

BEFORE_1900 = date(1899, 12, 31).toordinal()

DAYS_TO_1904 = 1_462
"""From the one beginning of time of workbooks to the other."""

LEAP_DAY_OF_1900 = 60
"""1900-02-29, which never was: Excel counts it all the same, as Lotus did."""

LONGEST_DURATION_DAYS = 10_000
"""Of more days (27 years, or 18 May 1927) a time without a date is a moment whose date is not shown, and hours may be
one."""

FIRST_YEAR_DAYS = 366
"""Of the year that a workbook begins with. Moments of it are mostly durations under the format of a date."""

MOST_DIGITS = 15
"""Of a whole number that a double keeps for sure; spreadsheets write no more."""

LEAST_CUT_DIGITS = 13
"""Of 15 digits that are left 1 number in 1,000 ends in more than two zeros."""

_ISO_DURATION = re.compile(r"(-?)PT([0-9]+)H([0-9]+)M([0-9]+)(?:[.,]([0-9]+))?S")

_WHOLE = re.compile(r"-?[1-9][0-9]*")
_MINUTES = [f"{minute // 60:02}:{minute % 60:02}" for minute in range(24 * 60)]


def number_writer(on_long: Callable[[], None]) -> Callable[[str], str]:
    """What writes out a number as a workbook holds it: all digits of a whole one, else the shortest text that is the
    same double (Excel writes 0.1 as 0.10000000000000001). What is no number comes back as it is. `on_long` is called
    for a whole one of more digits than a spreadsheet keeps."""

    def write(text: str) -> str:
        whole, _, part = text.partition(".")
        is_plain = whole.isdigit() and (whole[0] != "0" or whole == "0") and len(text) <= EXACT_CHARACTERS
        if is_plain and (len(text) <= MOST_DIGITS if whole == text else part.isdigit() and part[-1] != "0"):
            return text
        try:
            value = float(text)
        except ValueError:
            return text
        if is_cut_short(value):
            on_long()
        return _written_out(text, repr(value))

    return write


number_text = number_writer(lambda: None)
"""The same without a word."""


def is_cut_short(value: float) -> bool:
    """Whether a spreadsheet has most likely put zeros or other digits in the place of a long number's end: it is past
    MOST_DIGITS, and no round one."""
    digits = repr(abs(value)).partition("e")[0].replace(".", "").strip("0")
    return 10**MOST_DIGITS <= abs(value) < math.inf and len(digits) >= LEAST_CUT_DIGITS


def float_text(value: float) -> str:
    """The shortest text that is this double, without an exponent where it has at most PLAIN_LIMIT digits."""
    shown = repr(value)
    return _written_out(shown, shown)


def _written_out(text: str, shown: str) -> str:
    """`shown` (Python's text of a double that was stored as `text`) without exponent and needless zeros."""
    if _WHOLE.fullmatch(text):
        return text
    if "e" in shown:
        exponent = int(shown.partition("e")[2])
        return f"{Decimal(shown):f}" if abs(exponent) < PLAIN_LIMIT else shown.replace("e", "E")
    shown = shown.removesuffix(".0")
    return "0" if shown == "-0" else shown


def boolean_text(value: bool) -> str:
    """As every spreadsheet shows it."""
    return "TRUE" if value else "FALSE"


def moment_reader(
    *, has_date: bool, has_time: bool, has_seconds: bool = False, from_1904: bool = False
) -> Callable[[float], str | None]:
    """What makes ISO 8601 of a serial number of days; None where that is no moment.

    `has_date`, `has_time`, `has_seconds`: what its format shows. Time is written where there is one, whether shown or
    not, down to the millisecond. A number below 1 is a time of day; a time alone with days before it is a duration.
    """
    before = DAYS_TO_1904 if from_1904 else 0

    def read(serial: float) -> str | None:
        if not 0 <= serial <= LAST_SERIAL:
            return None
        days, rest_ms = divmod(round(serial * DAY_MS), DAY_MS)
        if not has_date and 1 <= days < LONGEST_DURATION_DAYS:
            return duration_text(serial, with_seconds=has_seconds)
        if days == 0 and not (before and has_date):
            return time_text(rest_ms, with_seconds=has_seconds) if rest_ms or not has_date else None
        days += before
        if days == LEAP_DAY_OF_1900 or days > LAST_SERIAL:
            return None
        return (
            f"{_day_text(days)}T{time_text(rest_ms, with_seconds=True)}" if rest_ms or has_time else _day_text(days)
        )

    return read


@lru_cache(50_000)
def _day_text(days: int) -> str:
    return date.fromordinal(BEFORE_1900 + days - (days > LEAP_DAY_OF_1900)).isoformat()


def time_text(milliseconds: int, *, with_seconds: bool) -> str:
    """`09:30`, `09:30:15`, `09:30:15.250`; seconds where asked for or not 0."""
    minutes, rest_ms = divmod(milliseconds, 60_000)
    seconds, fraction = divmod(rest_ms, 1000)
    shown = _MINUTES[minutes]
    if with_seconds or rest_ms:
        shown = f"{shown}:{seconds:02}"
    return f"{shown}.{fraction:03}" if fraction else shown


def iso_duration_text(text: str) -> str:
    """`PT37H30M00S`, as an .ods has it, in the form of `duration_text`; any other text as it is."""
    match = _ISO_DURATION.fullmatch(text)
    if match is None:
        return text
    sign, hours, minutes, seconds, fraction = match.groups()
    days = (int(hours) * 3600 + int(minutes) * 60 + int(seconds) + float(f"0.{fraction or 0}")) / 86_400
    return duration_text(-days if sign else days, with_seconds=False) or text


def duration_text(days: float, *, with_seconds: bool) -> str | None:
    """`26:30`, `-0:45`, `26:30:15`: hours, minutes, and seconds where asked for or not 0; None for more days than a
    date has."""
    if not abs(days) <= LAST_SERIAL:
        return None
    total_ms = round(abs(days) * DAY_MS)
    hours, rest_ms = divmod(total_ms, 3_600_000)
    shown = f"{hours}{time_text(rest_ms, with_seconds=with_seconds)[2:]}"
    return f"-{shown}" if days < 0 and total_ms else shown


def column_letters(number: int) -> str:
    """0 → A, 26 → AA."""
    letters = ""
    number += 1
    while number:
        number, at = divmod(number - 1, 26)
        letters = chr(65 + at) + letters
    return letters
