"""ParseDates: days as people write them into ISO 8601. EpochSeconds: the same days as a number. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import ClassVar, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pyarrow as pa

from importer.clean.columns import map_distinct
from importer.clean.fields import Fields, wrong_field
from importer.clean.operation import check_column, check_word
from importer.clean.parse import CellParser
from importer.profile import SPACES

ORDERS = {"dmy": "day, month, year", "mdy": "month, day, year", "ymd": "year, month, day"}

OTHER_ORDERS = {"dmy": ("mdy",), "mdy": ("dmy",), "ymd": ("dmy", "mdy")}
"""What the same cells may mean as well. Nobody means the year first by 31.12.24, though it could be read so."""

LATEST_YEAR = 2068
"""POSIX `strptime`: two digits 69 to 99 are of the last century, 00 to 68 of this one."""

SECONDS_DIGITS = 10
"""Of seconds since 1970, from September 2001 on. Days written without signs (20240304) have eight."""

LATEST_SECOND = 3_124_223_999
"""The last of LATEST_YEAR."""

_EPOCH, _SECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(seconds=1)

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier enero",
            "feb february februar février fevrier febrero",
            "mar march märz maerz mrz mars marzo",
            "apr april avril abril",
            "may mai mayo",
            "jun june juni juin junio",
            "jul july juli juillet julio",
            "aug august août aout agosto",
            "sep sept september septembre septiembre",
            "oct october okt oktober octobre octubre",
            "nov november novembre noviembre",
            "dec december dez dezember décembre decembre diciembre",
        ),
        start=1,
    )
    for name in names.split()
}
"""English, German, French, Spanish."""

_TIME = (
    r"(?:(?:[T ]+|, *)(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?P<part>[.,][0-9]{1,9})?)?"
    r" ?(?P<half>[AaPp]\.?[Mm]\.?)? ?(?P<zone>Z|UTC|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_YEAR = r"(?P<year>[0-9]{4}|[0-9]{2})"
_WEEKDAY = r"(?:[^\W\d_]{2,10}\.?,? +)??"
_FORMS = {
    "dmy": rf"(?P<day>[0-9]{{1,2}})(?P<gap>[-/.]| )(?P<month>[0-9]{{1,2}})(?P=gap){_YEAR}",
    "mdy": rf"(?P<month>[0-9]{{1,2}})(?P<gap>[-/.]| )(?P<day>[0-9]{{1,2}})(?P=gap){_YEAR}",
    "ymd": rf"{_YEAR}(?P<gap>[-/.]| )(?P<month>[0-9]{{1,2}})(?P=gap)(?P<day>[0-9]{{1,2}})",
}
_SURE = (
    r"(?P<year>[0-9]{4})(?P<gap>[-/.])(?P<month>[0-9]{1,2})(?P=gap)(?P<day>[0-9]{1,2})",
    rf"{_WEEKDAY}(?P<day>[0-9]{{1,2}})(?:\.|st|nd|rd|th)?[- ]*(?:de |of )?(?P<word>[^\W\d_]{{3,10}})\.?[-, ]+(?:de )?"
    rf"{_YEAR}",
    rf"{_WEEKDAY}(?P<word>[^\W\d_]{{3,10}})\.? +(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?,? +(?P<year>[0-9]{{4}})",
)
"""Read in whatever order: a year of four digits comes first, or the month is a word."""

_PATTERNS = {order: tuple(re.compile(rf"{form}{_TIME}") for form in (*_SURE, own)) for order, own in _FORMS.items()}


@dataclass(frozen=True)
class ParseDates(CellParser):
    """Days in the stated `order` (dmy, mdy or ymd) become `2024-03-31`, with a time `2024-03-31T14:05`.

    Months as words and years of four digits in front are understood in any order; 31/02/2024 is no day and stays.
    A year of two digits is one of the hundred that end with `latest_year`. No zone is ever added or taken away.
    """

    column: str
    order: str
    latest_year: int = LATEST_YEAR

    kind: ClassVar[str] = "parse_dates"

    def __post_init__(self) -> None:
        check_column(self.column)
        check_word(self.order, tuple(ORDERS), field="order")
        if not 1999 <= self.latest_year <= 2199:
            raise wrong_field("latest_year", "must be a year from 1999 to 2199.")

    def title(self) -> str:
        return f"Write dates in {self.column} as year-month-day (read as {ORDERS[self.order]})"

    def read_cells(self, cells: pa.Array) -> pa.Array:
        return map_distinct(cells, lambda text: iso_day(text, self.order, self.latest_year))

    def otherwise(self) -> tuple[ParseDates, ...]:
        return tuple(replace(self, order=order) for order in OTHER_ORDERS[self.order])

    def shapes(self, cells: pa.Array) -> pa.Array:
        return map_distinct(cells, lambda text: day_shape(text, self.order, self.latest_year))

    @classmethod
    def read(cls, given: Fields) -> Self:
        return cls(given.text("column"), given.text("order"), given.whole("latest_year", LATEST_YEAR))


@dataclass(frozen=True)
class EpochSeconds(CellParser):
    """Dates, read as ParseDates reads them, become the seconds since 1970-01-01T00:00Z: what DynamoDB's time to live
    and most programs take. A cell that says its own offset keeps it; any other is of `zone` (an IANA name).

    A day without a time is its midnight. An hour that a clock change skips or repeats is taken as before the change.
    Seconds since 1970 stay as they are (ten digits, 2001 to 2068); of milliseconds (thirteen) the last three go.
    """

    column: str
    order: str
    zone: str

    kind: ClassVar[str] = "epoch_seconds"

    def __post_init__(self) -> None:
        check_column(self.column)
        check_word(self.order, tuple(ORDERS), field="order")
        _zone_of(self.zone)

    def title(self) -> str:
        return f"Write dates in {self.column} as seconds since 1970 (read as {ORDERS[self.order]}, {self.zone} time)"

    def read_cells(self, cells: pa.Array) -> pa.Array:
        zone = _zone_of(self.zone)
        return map_distinct(cells, lambda text: _seconds_of(text) or _epoch_text(iso_day(text, self.order), zone))

    def otherwise(self) -> tuple[EpochSeconds, ...]:
        return tuple(replace(self, order=order) for order in OTHER_ORDERS[self.order])

    def shapes(self, cells: pa.Array) -> pa.Array:
        return map_distinct(cells, lambda text: _moment_shape(text, self.order))

    @classmethod
    def read(cls, given: Fields) -> Self:
        return cls(given.text("column"), given.text("order"), given.text("zone"))


@lru_cache(maxsize=50)
def _zone_of(name: str) -> tzinfo:
    """ConfigError for a name that is no time zone."""
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise wrong_field("zone", "is no time zone. Write it like Europe/Berlin, or UTC.") from None


def _seconds_of(text: str) -> str | None:
    """What a cell that is no date but already such a time says in seconds."""
    bare = text.strip(SPACES)
    if not (bare.isascii() and bare.isdigit() and len(bare) in (SECONDS_DIGITS, SECONDS_DIGITS + 3)):
        return None
    seconds = bare[:SECONDS_DIGITS]
    return seconds if 10 ** (SECONDS_DIGITS - 1) <= int(seconds) <= LATEST_SECOND else None


def _moment_shape(text: str, order: str) -> str | None:
    """As `day_shape`; milliseconds are a form of their own, and so is an hour whose place the step's zone says."""
    if _seconds_of(text):
        return "milliseconds" if len(text.strip(SPACES)) > SECONDS_DIGITS else None
    found = _match(text, order)
    if found is None or not found["hour"] or found["zone"]:
        return day_shape(text, order)
    return f"{day_shape(text, order) or ''} hour"


def _epoch_text(iso: str | None, zone: tzinfo) -> str | None:
    if iso is None:
        return None
    try:
        moment = datetime.fromisoformat(iso)
    except ValueError:  # an offset of more than a day
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return str((moment - _EPOCH) // _SECOND)


@lru_cache(maxsize=50_000)
def iso_day(text: str, order: str, latest_year: int = LATEST_YEAR) -> str | None:
    """ISO 8601 of one cell, None if it is no day in this order."""
    found = _match(text, order)
    return _iso(found.groupdict(), latest_year) if found else None


@lru_cache(maxsize=50_000)
def day_shape(text: str, order: str, latest_year: int = LATEST_YEAR) -> str | None:
    """How a day is written that may mean another one: its words, groups of digits and signs in their order, and of a
    year of two digits the decade that it comes to (24-03-04 is no day of 2004 in a list of this year's). None where
    no other of ORDERS reads it otherwise, and for no day.
    """
    day, found = iso_day(text, order, latest_year), _match(text, order)
    if day is None or found is None:
        return None
    is_short = len(found["year"]) == 2
    if not is_short and all(iso_day(text, other, latest_year) in (None, day) for other in ORDERS):
        return None
    date_text = found.string[: found.start("hour")] if found["hour"] else found.string
    for pattern, put in ((r"[^\W\d_]+", "month"), ("[0-9]{4}", "year"), ("[0-9]{1,2}", "9")):
        date_text = re.sub(pattern, put, date_text)
    return f"{date_text.strip()} {day[:3]}0" if is_short else date_text.strip()


def _match(text: str, order: str) -> re.Match[str] | None:
    bare = text.strip(SPACES)
    return next((found for pattern in _PATTERNS[order] if (found := pattern.fullmatch(bare))), None)


def _iso(parts: dict[str, str | None], latest_year: int) -> str | None:
    word = parts.get("word")
    month = _MONTHS.get(word.lower(), 0) if word else int(parts["month"] or 0)
    year = parts["year"] or ""
    try:
        day = date(_full_year(year, latest_year), month, int(parts["day"] or 0))
    except ValueError:
        return None
    if parts["hour"] is None:
        return day.isoformat()
    time = _time(parts)
    return f"{day.isoformat()}T{time}" if time else None


def _full_year(year: str, latest_year: int) -> int:
    if len(year) == 4:
        return int(year)
    return latest_year - (latest_year - int(year)) % 100


def _time(parts: dict[str, str | None]) -> str | None:
    hour, minute, second = int(parts["hour"] or 0), int(parts["minute"] or 0), int(parts["second"] or 0)
    half = (parts["half"] or "").lower()[:1]
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    seconds = "" if parts["second"] is None else f":{second:02}{(parts['part'] or '').replace(',', '.')}"
    zone = (parts["zone"] or "").replace("UTC", "Z")
    if len(zone) == 5:
        zone = f"{zone[:3]}:{zone[3:]}"
    return f"{hour:02}:{minute:02}{seconds}{zone}"
