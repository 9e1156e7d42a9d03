"""Values of spreadsheet cells as text: numbers whole, moments as ISO 8601, durations in hours. Pure."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal

PLAIN_LIMIT = 21
"""Digits before the point, or zeros after it, up to which a number is written out: beyond, with an exponent."""

DAY_MS = 86_400_000

LAST_SERIAL = 2_958_466
"""The day after 9999-12-31, counted from 1900."""

_WHOLE = re.compile(r"-?[1-9][0-9]*|0")


def number_text(text: str) -> str:
    """A number as a workbook holds it, written out: all digits of a whole one, else the shortest text that is the
    same double (Excel writes 0.1 as 0.10000000000000001). What is no number comes back as it is."""
    if _WHOLE.fullmatch(text):
        return text
    try:
        value = float(text)
    except ValueError:
        return text
    return float_text(value)


def float_text(value: float) -> str:
    """The shortest text that is this double, without an exponent where it has at most PLAIN_LIMIT digits."""
    shown = repr(value)
    if shown.endswith(".0"):
        shown = shown[:-2]
    if "e" in shown:
        exponent = int(shown.partition("e")[2])
        return f"{Decimal(shown):f}" if abs(exponent) < PLAIN_LIMIT else shown.replace("e", "E")
    return "0" if shown == "-0" else shown


def boolean_text(value: bool) -> str:
    """As every spreadsheet shows it."""
    return "TRUE" if value else "FALSE"


def serial_text(serial: float, *, has_date: bool, has_time: bool, from_1904: bool = False) -> str:
    """The moment that a serial number of days stands for, as ISO 8601; "" where it is none.

    `has_date`, `has_time`: what its format shows. Time is written where there is one, whether shown or not, down to
    the millisecond. A number below 1 is a time of day; a time alone that has days before it is a duration.
    """
    days, rest_ms = divmod(round(serial * DAY_MS), DAY_MS)
    if not 0 <= days < LAST_SERIAL:
        return ""
    if days == 0 and not from_1904:
        return time_text(rest_ms, with_seconds=False) if rest_ms or not has_date else ""
    if not has_date and days < 366:
        return duration_text(serial * 86_400, with_seconds=False)
    if days == 60 and not from_1904:
        return ""  # 1900-02-29, which never was: Excel counts it all the same, as Lotus did
    start = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 31 if days < 60 else 30)
    try:
        day = (start + timedelta(days=days)).date().isoformat()
    except OverflowError:
        return ""
    return f"{day}T{time_text(rest_ms, with_seconds=True)}" if rest_ms or has_time else day


def time_text(milliseconds: int, *, with_seconds: bool) -> str:
    """`09:30`, `09:30:15`, `09:30:15.250`; seconds where asked for or not 0."""
    seconds, fraction = divmod(milliseconds, 1000)
    hours, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
    shown = f"{hours:02}:{minutes:02}"
    if with_seconds or seconds or fraction:
        shown += f":{seconds:02}"
    return f"{shown}.{fraction:03}" if fraction else shown


def duration_text(seconds: float, *, with_seconds: bool) -> str:
    """`26:30`, `-0:45`, `26:30:15`: hours, minutes, and seconds where asked for or not 0."""
    total_ms = round(abs(seconds) * 1000)
    hours, rest_ms = divmod(total_ms, 3_600_000)
    shown = f"{hours}{time_text(rest_ms, with_seconds=with_seconds)[2:]}"
    return f"-{shown}" if seconds < 0 and total_ms else shown
