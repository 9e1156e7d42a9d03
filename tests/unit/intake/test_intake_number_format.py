"""A cell's number is its value; formats that make the text (codes, dates, durations) are honoured."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import from_excel

from importer.intake.number_format import BUILT_IN, number_shower, shows_time
from importer.intake.sheet_values import duration_text, number_text


def shown(number: str, code: str, *, from_1904: bool = False) -> tuple[str, list[str]]:
    """The text of a number under a format code, and what is told of it."""
    told: list[str] = []
    return number_shower(code, told.append, from_1904=from_1904)(number), told


@pytest.mark.parametrize(
    ("number", "code", "text"),
    [
        ("0.005", "0", "0.005"),
        ("52.5170365", "0.00", "52.5170365"),
        ("1234.5678", "#,##0", "1234.5678"),
        ("-1234.5", "#,##0.00;[Red](#,##0.00)", "-1234.5"),
        ("0.12345", "0%", "0.12345"),
        ("12345678.9", '#,##0,"k"', "12345678.9"),
        ("1500000", '0.0,,"M"', "1500000"),
        ("1E15", "#,##0", "1000000000000000"),
        ("1.0E+3", "0.00E+00", "1000"),
        ("0.5", "# ?/?", "0.5"),
        ("12", '0 "kg"', "12"),
        ("12", "0 kg", "12"),
        ("12", "$#,##0.00", "12"),
        ("12", '#,##0.00\\ "€"', "12"),
        ("1234.5", '_-* #,##0.00\\ [$€-407]_-;\\-* #,##0.00\\ [$€-407]_-;_-* "-"??\\ [$€-407]_-;_-@_-', "1234.5"),
        ("0", '_-* #,##0.00_-;\\-* #,##0.00_-;_-* "-"??_-;_-@_-', "0"),
        ("12500", "# ##0", "12500"),
        ("12500", "#\\ ##0", "12500"),
        ("1250000", "#'###'##0", "1250000"),
        ("12500", '#" "##0\\ [$Kč-405]', "12500"),
        ("7", "EUR 00", "7"),
        ("15551234567", "@", "15551234567"),
        ("15551234567", "General", "15551234567"),
        ("5", ";;;", "5"),
        ("5.5", "00000", "5.5"),
        ("-5", "00000", "-5"),
        ("x", "0", "x"),
        ("x", "00000", "x"),
        ("x", "yyyy-mm-dd", "x"),
    ],
)
def test_a_number_is_its_value_whatever_a_format_shows_of_it(number: str, code: str, text: str) -> None:
    assert shown(number, code) == (text, [])


@pytest.mark.parametrize(
    ("number", "code", "text"),
    [
        ("7", "00000", "00007"),
        ("501", "00000;-00000", "00501"),
        ("501", "[$-407]00000", "00501"),
        ("123456", "00000", "123456"),
        ("5", "00", "05"),
        ("4155550100", "[<=9999999]###-####;(###) ###-####", "(415) 555-0100"),
        ("5550100", "[<=9999999]###-####;(###) ###-####", "555-0100"),
        ("4155550100", "[<=9999999]###\\-####;\\(###\\)\\ ###\\-####", "(415) 555-0100"),
        ("14155550100", "(###) ###-####", "(1415) 555-0100"),
        ("4155550100", "(000) 000-0000", "(415) 555-0100"),
        ("4155550100", "###-###-####", "415-555-0100"),
        ("4915112345678", "+00 00 0000 0000", "+491 51 1234 5678"),
        ("4915112345678", '"+"0', "+4915112345678"),
        ("4915112345678", "+#", "+4915112345678"),
        ("15112345678", '"+49 "0', "+49 15112345678"),
        ("15112345678", '"0"0', "015112345678"),
        ("15112345678", "\\0##########", "015112345678"),
        ("18005550100", "#-###-###-####", "1-800-555-0100"),
        ("8005550100", "[>=10000000000]#-###-###-####;###-###-####", "800-555-0100"),
        ("4111111111111111", "0000 0000 0000 0000", "4111 1111 1111 1111"),
        ("941031234", "00000-0000", "94103-1234"),
        ("501", "00000-0000", "00000-0501"),
        ("12345", "[<=99999]00000;00000\\-0000", "12345"),
        ("123451234", "[<=99999]00000;00000\\-0000", "12345-1234"),
        ("123456789", "000-00-0000", "123-45-6789"),
        ("12345", "000\\-00\\-0000", "000-01-2345"),
        ("12345678909", "000\\.000\\.000\\-00", "123.456.789-09"),
        ("12345678000195", '00"."000"."000"/"0000"-"00', "12.345.678/0001-95"),
        ("612345678", '0#" "##" "##" "##" "##', "06 12 34 56 78"),
        ("600123456", "### ### ###", "600 123 456"),
        ("20240201", "0000-00-00", "2024-02-01"),
        ("12345678", '0000"-"0000', "1234-5678"),
        ("12345", "[$-407]D\\-00000", "D-12345"),
        ("12345", "D-00000", "D-12345"),
        ("17", '"CUST-"0', "CUST-17"),
        ("17", '"CUST-"0000', "CUST-0017"),
    ],
)
def test_a_format_that_makes_a_code_is_honoured(number: str, code: str, text: str) -> None:
    assert shown(number, code) == (text, [])


@pytest.mark.parametrize(
    ("number", "code"), [("100", "###-####"), ("0", "###-####"), ("555", "(###) ###-####"), ("5", '"+"0')]
)
def test_a_number_that_does_not_fill_a_code_comes_without_its_signs(number: str, code: str) -> None:
    assert shown(number, code) == (number, [])


@pytest.mark.parametrize(
    ("number", "code", "text"),
    [
        ("45352", "dd.mm.yyyy", "2024-03-01"),
        ("45352", "mmm yy", "2024-03-01"),
        ("45352", "yyyy", "2024-03-01"),
        ("45352", "[$-409]mmmm\\ d\\,\\ yyyy;@", "2024-03-01"),
        ("45352", "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", "2024-03-01"),
        ("45352", 'yyyy"年"m"月"d"日"', "2024-03-01"),
        ("45352", '[$-411]ggge"年"m"月"d"日";@', "2024-03-01"),
        ("45352", "[Red]yyyy-mm-dd", "2024-03-01"),
        ("45352", '"born "d.m.yy', "2024-03-01"),
        ("45352.75", "d/m/yy h:mm AM/PM", "2024-03-01T18:00:00"),
        ("45352", "yyyy-mm-dd hh:mm", "2024-03-01T00:00:00"),
        ("45352.5", "yyyy-mm-dd", "2024-03-01T12:00:00"),
        ("45352.395833333336", "m/d/yy h:mm", "2024-03-01T09:30:00"),
        ("45352.000002893518", "yyyy-mm-dd hh:mm:ss.000", "2024-03-01T00:00:00.250"),
        ("45352.5", "h:mm", "2024-03-01T12:00:00"),
        ("0.39583333333333331", "h:mm", "09:30"),
        ("0.39583333333333331", "h:mm:ss", "09:30:00"),
        ("0.39600694444444445", "h:mm", "09:30:15"),
        ("0.5", "yyyy-mm-dd hh:mm", "12:00"),
        ("0.0625", "mm:ss", "01:30:00"),
        ("0", "h:mm", "00:00"),
        ("1.1041666666666667", "[h]:mm", "26:30"),
        ("1.1041666666666667", "[h]:mm:ss", "26:30:00"),
        ("1.1041666666666667", "[mm]:ss", "26:30:00"),
        ("1.1041666666666667", "h:mm", "26:30"),
        ("0.052083333333333336", "[hh]:mm", "1:15"),
        ("-0.5", "[h]:mm", "-12:00"),
        ("1", "yyyy-mm-dd", "1900-01-01"),
        ("59", "yyyy-mm-dd", "1900-02-28"),
        ("61", "yyyy-mm-dd", "1900-03-01"),
        ("2958465", "yyyy-mm-dd", "9999-12-31"),
        ("0.99999999999", "h:mm", "24:00"),
        ("45352", "[<1]h:mm;yyyy-mm-dd", "2024-03-01"),
        ("0.5", "[<1]h:mm;yyyy-mm-dd", "12:00"),
    ],
)
def test_a_date_is_iso_8601_with_its_time_where_there_is_one(number: str, code: str, text: str) -> None:
    assert shown(number, code) == (text, [])


def test_dates_from_1904_on_are_read_as_such_and_durations_are_the_same() -> None:
    assert shown("0", "yyyy-mm-dd", from_1904=True) == ("1904-01-01", [])
    assert shown("43890", "yyyy-mm-dd", from_1904=True) == ("2024-03-01", [])
    assert shown("0.25", "h:mm", from_1904=True) == ("06:00", [])
    assert shown("1.5", "[h]:mm", from_1904=True) == ("36:00", [])


def test_a_moment_whose_date_is_not_shown_has_the_date_of_its_workbook() -> None:
    assert shown("45382.395833333336", "h:mm") == ("2024-03-31T09:30:00", [])
    assert shown("43920.395833333336", "h:mm", from_1904=True) == ("2024-03-31T09:30:00", [])
    assert shown("0.25", "yyyy-mm-dd h:mm", from_1904=True) == ("1904-01-01T06:00:00", [])


@pytest.mark.parametrize(
    ("number", "code", "text"),
    [
        ("1.1041666666666667", "d h:mm", "26:30"),
        ("1.1041666666666667", 'd "days" hh:mm:ss', "26:30:00"),
        ("1.1041666666666667", "dd:hh:mm", "26:30"),
        ("400", "h:mm", "9600:00"),
        ("400", "[h]:mm", "9600:00"),
        ("45382.5", "d h:mm", "2024-03-31T12:00:00"),
    ],
)
def test_days_before_hours_are_a_duration_and_every_form_of_a_duration_is_read_alike(
    number: str, code: str, text: str
) -> None:
    assert shown(number, code) == (text, [])


@pytest.mark.parametrize(
    ("number", "code", "text", "unsure"),
    [
        ("45382.5", "[h]:mm", "1089180:00", "hours_or_moments"),
        ("-45382.5", "[h]:mm:ss", "-1089180:00:00", "hours_or_moments"),
        ("9999", "[h]:mm", "239976:00", ""),
        ("1.1041666666666667", "dd.mm.yyyy hh:mm", "1900-01-01T02:30:00", "moments_of_the_first_year"),
        ("1.1041666666666667", "yyyy-mm-dd", "1900-01-01T02:30:00", "moments_of_the_first_year"),
        ("2", "yyyy-mm-dd hh:mm", "1900-01-02T00:00:00", "moments_of_the_first_year"),
        ("2", "yyyy-mm-dd", "1900-01-02", ""),
        ("400.5", "yyyy-mm-dd hh:mm", "1901-02-03T12:00:00", ""),
        ("0.5", "yyyy-mm-dd hh:mm", "12:00", ""),
    ],
)
def test_what_may_be_a_duration_or_a_moment_is_unsure(number: str, code: str, text: str, unsure: str) -> None:
    assert shown(number, code) == (text, [unsure] if unsure else [])


@pytest.mark.parametrize("number", ["0", "60", "-1", "2958466", "1E300"])
def test_a_date_format_without_a_date_gives_the_number_and_is_told(number: str) -> None:
    assert shown(number, "yyyy-mm-dd") == (number_text(number), ["dates_that_are_none"])


@pytest.mark.parametrize("number", ["nan", "inf", "1E999"])
def test_a_number_beyond_all_numbers_is_no_fault(number: str) -> None:
    for code in ("General", "00000", "yyyy-mm-dd", "[h]:mm", "[>1]0;00-00"):
        shown(number, code)


def test_words_in_place_of_a_number_are_told() -> None:
    assert shown("1", '"Yes";;"No"') == ("1", ["formats_show_words"])
    assert shown("0", '[=1]"male";[=0]"female";0') == ("0", ["formats_show_words"])
    assert shown("5", '[=1]"male";[=0]"female";0') == ("5", [])


@pytest.mark.parametrize("code", ["0" * 100_000, 'yyyy"mm', "[h", "0" + "\\"])
def test_a_code_that_no_spreadsheet_takes_gives_the_number_and_is_told(code: str) -> None:
    assert shown("45352", code) == ("45352", ["unknown_number_format"])


@pytest.mark.parametrize("number", [*range(14, 18), *range(27, 32), 36, *range(50, 59), *range(71, 76), 81])
def test_every_built_in_date_is_one(number: int) -> None:
    assert shown("45352", BUILT_IN[number]) == ("2024-03-01", [])


@pytest.mark.parametrize("number", [18, 19, 20, 21, 22, 32, 33, 34, 35, 45, 46, 47, 76, 77, 78, 79, 80])
def test_every_built_in_time_is_one(number: int) -> None:
    assert shown("0.5", BUILT_IN[number])[0] in ("12:00", "12:00:00")


def test_whether_a_format_shows_a_time() -> None:
    assert [shows_time(code) for code in ("h:mm", "yyyy-mm-dd", "d/m/yy h:mm", "0.00", "mmm")] == [
        *(True, False, True, False, False)
    ]


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ("12345678901234567890", "12345678901234567890"),
        ("0.10000000000000001", "0.1"),
        ("0.30000000000000004", "0.30000000000000004"),
        ("1E-7", "0.0000001"),
        ("1.5E+20", "150000000000000000000"),
        ("1E+300", "1E+300"),
        ("5.0", "5"),
        ("1.50", "1.5"),
        ("-0", "0"),
        ("0", "0"),
        ("007", "7"),
        (".5", "0.5"),
        ("5.", "5"),
        ("-7", "-7"),
    ],
)
def test_a_number_keeps_all_its_digits_and_gets_none(stored: str, text: str) -> None:
    assert number_text(stored) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_double_comes_back_from_its_text(value: float) -> None:
    for stored in (repr(value), f"{value:.17g}"):
        text = number_text(stored)
        assert float(text) == value
        assert "e" not in text
        assert "E" not in text or not 1e-20 < abs(value) < 1e21


@given(st.integers(min_value=-(10**30), max_value=10**30))
def test_every_whole_number_keeps_its_digits(value: int) -> None:
    assert number_text(str(value)) == str(value)


PIECES = ["0", "#", "?", ".", ",", "%", "-", " ", "/", "(", ")", "+", '"x"', "\\-", "_)", "*-", "[Red]", "[$€-407]"]
PIECES += ["[>5]", ";", "@", "General", "y", "m", "d", "h", "s", "[h]", "AM/PM", "E+", "e", "g", "k", "'", '"', "["]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join), st.integers(min_value=0, max_value=10**15))
def test_no_format_loses_a_digit_of_a_whole_number_or_makes_up_one(code: str, value: int) -> None:
    text, _ = shown(str(value), code)
    bare = re.sub(r'"[^"]*"|\\.|_.|\*.|general', "", code, flags=re.IGNORECASE)
    if not re.search(r"[ymdhsgeb]", bare, re.IGNORECASE):
        assert re.sub(r"[^0-9]", "", text).lstrip("0") == str(value).lstrip("0")


@given(st.integers(min_value=61, max_value=2_958_464), st.integers(min_value=0, max_value=86_399))
def test_every_moment_is_what_openpyxl_reads(days: int, seconds: int) -> None:
    serial = days + seconds / 86_400
    expected = from_excel(serial)
    assert isinstance(expected, datetime)
    assert shown(repr(serial), "yyyy-mm-dd hh:mm:ss")[0] == expected.isoformat()


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400)))
def test_every_duration_is_its_hours_minutes_and_seconds(value: timedelta) -> None:
    milliseconds = round(value.total_seconds() * 1000)
    text = duration_text(value.total_seconds() / 86_400, with_seconds=True)
    assert text is not None
    hours, minutes, seconds = text.split(":")
    assert abs(int(hours) * 3_600_000 + int(minutes) * 60_000 + round(float(seconds) * 1000) - milliseconds) <= 1
