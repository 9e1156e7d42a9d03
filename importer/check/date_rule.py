"""The rule `date`: a cell is a day that exists, written in one form, within bounds. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import ClassVar

import numpy as np
import pandas as pd

from importer.check.rules import Rule
from importer.check.text import ask_unique
from importer.clean import LATEST_YEAR

ISO = r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
ISO_TIME = r"(?:[T ](?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.[0-9]{1,9})?)?"
ISO_ZONE = r"(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"

MAX_FORMAT_CHARS = 40
"""The longest sensible one has names of zones and spaces around 19 letters."""

_PARTS = {
    "YYYY": ("year", "[0-9]{4}", "2024"),
    "YY": ("year", "[0-9]{2}", "24"),
    "MM": ("month", "[0-9]{2}", "03"),
    "M": ("month", "[0-9]{1,2}", "3"),
    "DD": ("day", "[0-9]{2}", "31"),
    "D": ("day", "[0-9]{1,2}", "31"),
    "HH": ("hour", "[0-9]{2}", "14"),
    "H": ("hour", "[0-9]{1,2}", "14"),
    "MIN": ("minute", "[0-9]{2}", "05"),
    "SS": ("second", "[0-9]{2}", "09"),
}
"""Letters of a format → what they stand for, how it is written, and in an example. M behind an H is a minute."""

_TOKEN = re.compile(r"Y+|M+|D+|H+|S+|[^YMDHS]+")


@dataclass(frozen=True)
class Date(Rule):
    """The cell must be a day that exists.

    `format`: as spreadsheets say it, e.g. DD.MM.YYYY or D/M/YY HH:MM (in whatever capitals); "" is ISO 8601, with or
    without a time. `not_before`, `not_after`: days as 2024-03-31, themselves allowed; "" = open. A year of two digits
    is one from 1969 to 2068.
    """

    format: str = ""
    not_before: str = ""
    not_after: str = ""
    name: ClassVar[str] = "date"
    code: ClassVar[str] = "wrong_date"

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.format) > MAX_FORMAT_CHARS:
            raise self._wrong("format", f"is over {MAX_FORMAT_CHARS} characters long. Write it like DD.MM.YYYY.")
        try:
            date_pattern(self.format)
        except ValueError as error:
            raise self._wrong("format", str(error)) from None
        bounds = [self._bound(name) for name in ("not_before", "not_after")]
        if bounds[0] and bounds[1] and bounds[0] > bounds[1]:
            raise self._wrong("not_before", "is later than not_after. Swap them.")

    def _bound(self, name: str) -> date | None:
        text = getattr(self, name)
        if not text:
            return None
        try:
            if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text) is None:
                raise ValueError
            return date.fromisoformat(text)
        except ValueError:
            raise self._wrong(name, "is not a day. Write it as 2024-03-31.") from None

    def sentence(self) -> str:
        said = f"must be a date like {example(self.format)}"
        if self.not_before:
            said += f", not before {self.not_before}"
        return f"{said}, not after {self.not_after}" if self.not_after else said

    def _passes_filled(self, cells: pd.Series) -> np.ndarray:
        pattern, low, high = re.compile(date_pattern(self.format)), self.not_before, self.not_after

        def passes(text: str) -> bool:
            day = day_of(pattern.fullmatch(text))
            return day is not None and low <= day and (not high or day <= high)

        return ask_unique(cells, passes)


def day_of(found: re.Match[str] | None) -> str | None:
    """ISO 8601 of the day that a match of `date_pattern` names; None where there is no such day or time."""
    if found is None:
        return None
    parts = {name: int(text) for name, text in found.groupdict().items() if text is not None}
    year = parts["year"]
    if len(found["year"]) == 2:
        year = LATEST_YEAR - (LATEST_YEAR - year) % 100
    if parts.get("hour", 0) > 23 or parts.get("minute", 0) > 59 or parts.get("second", 0) > 59:
        return None
    try:
        return date(year, parts["month"], parts["day"]).isoformat()
    except ValueError:
        return None


@lru_cache(maxsize=100)
def date_pattern(form: str) -> str:
    """A pattern (Python's) for the whole cell with the groups year, month, day. ValueError says what is wrong."""
    if not form:
        return f"{ISO}{ISO_TIME}{ISO_ZONE}"
    out, seen = "", []
    for token in _tokens(form):
        if token in _PARTS:
            name, pattern, _ = _PARTS[token]
            seen.append(name)
            out += f"(?P<{name}>{pattern})"
        else:
            out += re.escape(token)
    if sorted(name for name in seen if name in ("year", "month", "day")) != ["day", "month", "year"]:
        raise ValueError("must have year, month and day once each. Write it like DD.MM.YYYY.")
    if len(set(seen)) < len(seen):
        raise ValueError("names a part of the time twice. Write it like DD.MM.YYYY HH:MM.")
    return out


def example(form: str) -> str:
    """31 March 2024, a little after two, in this format."""
    return "".join(_PARTS[token][2] if token in _PARTS else token for token in _tokens(form)) or "2024-03-31"


def _tokens(form: str) -> list[str]:
    """Letters of one kind together, what stands between them as it is."""
    tokens = _TOKEN.findall(form.upper())
    for at, token in enumerate(tokens):
        if token in ("M", "MM") and any(before.startswith("H") for before in tokens[:at]):
            tokens[at] = "MIN"
        elif token[0] in "YMDHS" and token not in _PARTS:
            raise ValueError(f'has "{token[:8]}", which stands for nothing. Write it like DD.MM.YYYY.')
        elif any(sign.isalpha() and sign != "T" for sign in token) and token not in _PARTS:
            raise ValueError("has letters that stand for nothing. Write it like DD.MM.YYYY.")
    return tokens
