from __future__ import annotations

import pytest

from importer.clean import ParseNumbers
from importer.errors import ConfigError


@pytest.mark.parametrize(
    ("decimal", "thousands", "before", "after"),
    [
        (",", ".", "1.234,50", "1234.50"),
        (",", ".", "1.234.567", "1234567"),
        (",", ".", "12,5 €", "12.5"),
        (",", ".", "EUR 12", "12"),
        (",", " ", "12\u00a0345,6", "12345.6"),
        (".", ",", "1,234.50", "1234.50"),
        (".", ",", "12,34,567", "1234567"),
        (".", "'", "1’234.5", "1234.5"),
        (".", ",", "$1,000", "1000"),
        (".", ",", "-$5", "-5"),
        (".", ",", "(12.5)", "-12.5"),
        (".", ",", "12-", "-12"),
        (".", "", "\u22123", "-3"),
        (".", "", "+.5", "0.5"),
        (".", "", "5.", "5"),
        (".", "", " 007 ", "007"),
    ],
)
def test_numbers_become_plain_decimals(frame_of, decimal, thousands, before, after):
    frame = frame_of(n=[before])
    assert ParseNumbers("n", decimal, thousands).apply(frame)["n"].tolist() == [after]
    assert ParseNumbers("n", decimal, thousands).unparsed(frame) == 0


@pytest.mark.parametrize("text", ["1,23", "1,2345", "99%", "1e5", "NA", "1.2.3", "--1", "12 345", "$", "1 2", "٣"])
def test_what_is_no_number_with_these_separators_stays_and_is_counted(frame_of, text):
    frame = frame_of(n=[text, ""])
    assert ParseNumbers("n").apply(frame)["n"].tolist() == [text, ""]
    assert ParseNumbers("n").unparsed(frame) == 1


@pytest.mark.parametrize(("decimal", "thousands"), [(";", ","), (".", "."), (",", ";")])
def test_separators_that_cannot_be_are_refused(decimal, thousands):
    with pytest.raises(ConfigError, match=r'Field "(decimal|thousands)"'):
        ParseNumbers("n", decimal, thousands)


def test_title():
    told = "Write numbers in n as plain decimals (decimal comma, thousands with point)"
    assert ParseNumbers("n", ",", ".").title() == told
