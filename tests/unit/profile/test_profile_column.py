from __future__ import annotations

import pandas as pd
import pytest

from importer.profile import Damage, ShapeCount, profile_columns


def _profile(cells, *, name="a", chunk=3, first_row=2):
    rows = pd.RangeIndex(first_row, first_row + len(cells), name="row")
    frame = pd.DataFrame({name: cells}, index=rows, dtype="str")
    return profile_columns((frame.iloc[at : at + chunk] for at in range(0, len(cells), chunk)), [name])[name]


def test_filled_empty_and_distinct_are_counted_over_chunks():
    profile = _profile(["a", "b", "", "a", " ", "A", "a "])
    assert (profile.rows, profile.filled, profile.empty, profile.distinct) == (7, 5, 2, 4)


def test_the_census_of_shapes_is_most_first_and_names_the_first_misfit():
    profile = _profile(["", "1", "x", "2", "1.5", "3", "z"])
    assert profile.shapes == (
        ShapeCount("whole number", 3),
        ShapeCount("text", 2),
        ShapeCount("empty", 1),
        ShapeCount("decimal number", 1),
    )
    assert (profile.main_shape, profile.first_misfit_row, profile.first_misfit) == ("whole number", 4, "x")
    assert profile.shape_count("text") == 2
    assert profile.shape_count("phone") == 0


def test_a_misfit_met_before_the_main_shape_is_known_is_found_all_the_same():
    profile = _profile(["late", "1", "2", "3", "4", "other"])
    assert (profile.first_misfit_row, profile.first_misfit) == (2, "late")


def test_a_column_of_one_shape_has_no_misfit_and_blanks_are_none():
    profile = _profile(["a@example.com", "", "b@example.com"])
    assert (profile.main_shape, profile.first_misfit_row, profile.first_misfit) == ("e-mail", None, None)


def test_an_empty_column_is_empty_and_not_a_crash():
    profile = _profile(["", " ", ""])
    assert (profile.main_shape, profile.filled, profile.distinct, profile.top_values) == ("empty", 0, 0, ())
    assert (profile.length_min, profile.length_max, profile.length_mean, profile.length_histogram) == (0, 0, 0.0, ())
    assert _profile([]).rows == 0


def test_a_long_misfit_is_cut():
    profile = _profile(["1", "2", "x" * 5_000])
    assert profile.first_misfit == "x" * 200


def test_top_values_are_the_most_frequent_first_and_then_as_they_come():
    profile = _profile(["b", "a", "a", "c", "a", "b", "", ""])
    assert profile.top_values == (("a", 3), ("b", 2), ("c", 1))


def test_lengths_are_of_characters_not_bytes():
    profile = _profile(["é", "日本", "", "abcdef"])
    assert (profile.length_min, profile.length_max, profile.length_mean) == (1, 6, 3.0)
    assert profile.length_histogram == ((1, 1, 1), (2, 2, 1), (3, 3, 0), (4, 4, 0), (5, 5, 0), (6, 6, 1))


def test_the_histogram_has_at_most_twenty_bins_and_one_for_the_very_long():
    profile = _profile(["x" * n for n in range(1, 101)] + ["y" * 3_000, "y" * 2_000], chunk=40)
    bins = profile.length_histogram
    assert bins[0] == (1, 5, 5)
    assert bins[19] == (96, 100, 5)
    assert bins[20] == (1025, 3000, 2)
    assert len(bins) == 21
    assert sum(count for _, _, count in bins) == 102


@pytest.mark.parametrize(
    ("code", "damaged", "sound"),
    [
        ("scientific", "4.4E+11", "4.4e11"),
        ("scientific", "4,4E+11", "E+11"),
        ("month_day", "5-May", "5-May-2024"),
        ("month_day", "May-05", "Mayor-05"),
        ("month_day", "01-Sep", "Sep"),
        ("error_value", "#N/A", "N/A"),
        ("error_value", "########", "#1"),
        ("mojibake", "JosÃ©", "São"),
        ("mojibake", "Jos\ufffd", "José"),
        ("mojibake", "â€œhiâ€\u009d", "Ä"),
        ("invisible", "a\u200bb", "a\u200db"),
        ("invisible", "a\x00b", "a b"),
        ("zero_date", "00.00.0000", "10.10.2000"),
        ("zero_date", "1/0/1900", "1/1/1900"),
        ("prefix", "p:+4915112345678", "p: see note"),
        ("prefix", "mailto:ann@example.com", "mailto: the boss"),
        ("null_word", " Tbd ", "Tbdx"),
        ("padded", " a", "a b"),
        ("padded", "a\u00a0", "   "),
    ],
)
def test_damage_is_counted_with_its_first_row_and_a_sound_cell_has_none(code, damaged, sound):
    found = _profile([sound, sound, damaged, sound, damaged]).damage
    assert [(damage.code, damage.count, damage.first_row) for damage in found if damage.code == code] == [
        (code, 2, 4)
    ]
    assert not [damage for damage in _profile([sound] * 5).damage if damage.code == code]


def test_codes_one_or_two_digits_short_lost_their_zeros():
    profile = _profile(["02108", "10001", "94110", "2139", "60601", "501", "30301", "07030"])
    assert profile.damage == (
        Damage("lost_zeros", "Codes that may have lost leading zeros, like 7102 for 07102", 2, 5),
    )
    assert (profile.main_shape, profile.first_misfit_row) == ("code", None)


def test_no_zero_led_code_left_is_told_by_the_name_of_the_column():
    cells = ["10001", "94110", "2139", "60601"]
    assert [damage.first_row for damage in _profile(cells, name="ZIP Code").damage] == [4]
    assert _profile(cells, name="amount").damage == ()
    assert _profile(cells, name="amount").main_shape == "whole number"


def test_numbers_of_all_lengths_lost_nothing():
    assert _profile([str(number) for number in range(0, 3_000, 7)], chunk=100).damage == ()


def test_phones_and_words_among_the_codes_keep_the_judgement_off():
    assert _profile(["02108", "10001", "2139", "x", "y", "z"]).damage == ()


def test_notes_are_no_values_that_repeat():
    assert _profile(["x" * 201] * 5 + ["y" * 200]).top_values == (("y" * 200, 1),)


def test_of_values_as_frequent_the_first_ten_are_shown():
    cells = [f"v{number}" for number in range(500, 0, -1)] + ["v7", "v7", "v3"]
    expected = [("v7", 3), ("v3", 2), *((f"v{number}", 1) for number in range(500, 492, -1))]
    assert list(_profile(cells).top_values) == expected
