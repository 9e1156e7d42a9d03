from __future__ import annotations

import pytest

from importer.clean import FormatPhones
from importer.errors import ConfigError


@pytest.mark.parametrize(
    ("region", "before", "after"),
    [
        ("GB", "(020) 7946 0123", "+442079460123"),
        ("", "+44 (0)20 7946 0123", "+442079460123"),
        ("US", "0044 20 7946 0123", "+442079460123"),
        ("US", "Tel.: 202-555-0143", "+12025550143"),
        ("DE", "030 / 5550123", "+49305550123"),
        ("DE", "+1 202 555 0143", "+12025550143"),
        ("", "+12025550143", "+12025550143"),
    ],
)
def test_numbers_get_their_country_code(frame_of, region, before, after):
    frame = frame_of(phone=[before])
    assert FormatPhones("phone", region).apply(frame)["phone"].tolist() == [after]
    assert FormatPhones("phone", region).unparsed(frame) == 0


@pytest.mark.parametrize(
    "text",
    [
        *("202-555-0143", "1-800-FLOWERS", "+1 202 555 0143 x12", "+1 202 555 0143 / +1 202 555 0144"),
        *("12", "+999 123 4567", "call me", "+1 555 0143", "4.4E+11"),
    ],
)
def test_what_is_no_number_or_would_lose_something_stays_and_is_counted(frame_of, text):
    frame = frame_of(phone=[text, ""])
    assert FormatPhones("phone").apply(frame)["phone"].tolist() == [text, ""]
    assert FormatPhones("phone").unparsed(frame) == 1


def test_numbers_of_a_possible_length_are_written_only_when_asked_for(frame_of):
    frame = frame_of(phone=["555 0143"])
    assert FormatPhones("phone", "US").unparsed(frame) == 1
    assert FormatPhones("phone", "US", only_valid=False).unparsed(frame) in (0, 1)
    far = frame_of(phone=["555 555 0143"])
    assert FormatPhones("phone", "US").apply(far)["phone"].tolist() == ["555 555 0143"]
    assert FormatPhones("phone", "US", only_valid=False).apply(far)["phone"].tolist() == ["+15555550143"]


@pytest.mark.parametrize("region", ["us", "XX", "Germany"])
def test_a_country_that_is_none_is_refused(region):
    with pytest.raises(ConfigError, match='Field "region"'):
        FormatPhones("phone", region)
