from __future__ import annotations

import pytest

from importer.clean import ParseDates
from importer.errors import ConfigError


@pytest.mark.parametrize(
    ("order", "before", "after"),
    [
        ("dmy", "31/03/2024", "2024-03-31"),
        ("dmy", "3.4.2024", "2024-04-03"),
        ("mdy", "3/4/2024", "2024-03-04"),
        ("dmy", " 01-02-99 ", "1999-02-01"),
        ("dmy", "01-02-68", "2068-02-01"),
        ("ymd", "24/02/01", "2024-02-01"),
        ("dmy", "2024-1-5", "2024-01-05"),
        ("mdy", "2024-01-05", "2024-01-05"),
        ("dmy", "5 March 2024", "2024-03-05"),
        ("dmy", "Mar 5, 2024", "2024-03-05"),
        ("mdy", "1. März 2024", "2024-03-01"),
        ("mdy", "Mon, 5 Feb 2024", "2024-02-05"),
        ("dmy", "5 de mayo de 2024", "2024-05-05"),
        ("dmy", "3/4/2024 2:05 PM", "2024-04-03T14:05"),
        ("dmy", "3/4/2024 12:00 am", "2024-04-03T00:00"),
        ("dmy", "2024-03-31T14:05:06.5Z", "2024-03-31T14:05:06.5Z"),
        ("dmy", "2023-01-05 10:00:00 +0200", "2023-01-05T10:00:00+02:00"),
    ],
)
def test_days_become_iso(frame_of, order, before, after):
    frame = frame_of(day=[before])
    assert ParseDates("day", order).apply(frame)["day"].tolist() == [after]
    assert ParseDates("day", order).unparsed(frame) == 0


@pytest.mark.parametrize(
    "text",
    [
        *("31/02/2024", "03/31/2024", "5-May", "2024-02-30", "1/2", "45291", "12:30", "3/4/2024 25:00"),
        *("3/4/2024 13:00 pm", "1-2/2024", "٣/٤/2024", "1.2.024", "soon", "0/0/0", "1/1/0000"),
    ],
)
def test_what_is_no_day_in_this_order_stays_and_is_counted(frame_of, text):
    frame = frame_of(day=[text, "", " "])
    step = ParseDates("day", "dmy")
    assert step.apply(frame)["day"].tolist() == [text, "", " "]
    assert step.unparsed(frame) == 1


def test_years_of_two_digits_are_of_the_hundred_that_end_with_the_latest(frame_of):
    birth = ParseDates("day", "dmy", latest_year=2024)
    assert birth.apply(frame_of(day=["1.2.24", "1.2.25"]))["day"].tolist() == ["2024-02-01", "1925-02-01"]


def test_an_order_or_a_year_that_is_none_is_refused():
    with pytest.raises(ConfigError, match='Field "order" must be one of: dmy, mdy, ymd'):
        ParseDates("day", "ydm")
    with pytest.raises(ConfigError, match='Field "latest_year" must be a year from 1999 to 2199'):
        ParseDates("day", "dmy", 99)
