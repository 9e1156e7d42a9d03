"""Values of spreadsheet cells as text: numbers whole, moments as ISO 8601, durations in hours. Pure."""

from __future__ import annotations

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

LONGEST_DURATION_DAYS = 366
"""A time without a date with more days before it is a moment whose date is not shown."""

_WHOLE = re.compile(r"-?[1-9][0-9]*")
_MINUTES = [f"{minute // 60:02}:{minute % 60:02}" for minute in range(24 * 60)]


def number_text(text: str) -> str:
    """A number as a workbook holds it, written out: all digits of a whole one, else the shortest text that is the
    same double (Excel writes 0.1 as 0.10000000000000001). What is no number comes back as it is."""
    whole, _, part = text.partition(".")
    is_plain = whole.isdigit() and (whole[0] != "0" or whole == "0")
    if is_plain and (whole == text or (len(text) <= EXACT_CHARACTERS and part.isdigit() and part[-1] != "0")):
        return text
    try:
        value = float(text)
    except ValueError:
        return text
    return _written_out(text, repr(value))


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
    before = DAYS_TO_1904 if from_1904 and has_date else 0

    def read(serial: float) -> str | None:
        if not 0 <= serial <= LAST_SERIAL:
            return None
        days, rest_ms = divmod(round(serial * DAY_MS), DAY_MS)
        if not has_date and 1 <= days < LONGEST_DURATION_DAYS:
            return duration_text(serial, with_seconds=has_seconds)
        days += before
        if days == 0:
            return time_text(rest_ms, with_seconds=has_seconds) if rest_ms or not has_date else None
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


def duration_text(days: float, *, with_seconds: bool) -> str | None:
    """`26:30`, `-0:45`, `26:30:15`: hours, minutes, and seconds where asked for or not 0; None for more days than a
    date has."""
    if not abs(days) <= LAST_SERIAL:
        return None
    total_ms = round(abs(days) * DAY_MS)
    hours, rest_ms = divmod(total_ms, 3_600_000)
    shown = f"{hours}{time_text(rest_ms, with_seconds=with_seconds)[2:]}"
    return f"-{shown}" if days < 0 and total_ms else shown
