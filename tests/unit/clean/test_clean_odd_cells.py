"""Steps that mend what is odd about cells: lost zeros, words for nothing, no dates, texts that look the same."""

from __future__ import annotations

import pytest

from importer.clean import ClearNoDates, ClearWords, EpochSeconds, OneWriting, PadZeros, Recipe
from importer.errors import ConfigError


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("2139", "02139"),
        (" 501 ", "00501"),
        ("12", "12"),
        ("12345", "12345"),
        ("AB1", "AB1"),
        ("", ""),
        ("-123", "-123"),
    ],
)
def test_zeros_come_back_where_few_enough_are_missing(frame_of, before, after):
    assert PadZeros("zip", 5, 3).apply(frame_of(zip=[before]))["zip"].tolist() == [after]


@pytest.mark.parametrize(("width", "shortest"), [(1, 1), (41, 1), (5, 5), (5, 0)])
def test_widths_without_a_meaning_are_refused(width, shortest):
    with pytest.raises(ConfigError):
        PadZeros("zip", width, shortest)


def test_words_for_nothing_are_cleared_whole_and_in_whatever_capitals(frame_of):
    cells = ["n/a", " NULL", "K.A.", "–", "#N/A", "unknown person", "Nancy", "na na", ""]
    cleared = ClearWords(("a",)).apply(frame_of(a=cells))["a"].tolist()
    assert cleared == ["", "", "", "", "", "unknown person", "Nancy", "na na", ""]
    assert ClearWords(("a",), ("Gone",)).apply(frame_of(a=["gone ", "n/a"]))["a"].tolist() == ["", "n/a"]


def test_a_blank_word_is_refused():
    with pytest.raises(ConfigError, match="and none that is blank"):
        ClearWords(("a",), ("n/a", " "))


def test_what_is_a_day_in_any_order_stays(frame_of):
    cells = ["31/12/2024", "12/31/2024", "2024-12-31", "5 May 2024", "31/02/2024", "0/0/00", "tbd", " "]
    assert ClearNoDates("d").apply(frame_of(d=cells))["d"].tolist() == [*cells[:4], "", "", "", " "]


@pytest.mark.parametrize(
    ("zone", "before", "after"),
    [
        ("UTC", "1970-01-01", "0"),
        ("UTC", "31/12/1969", "-86400"),
        ("Europe/Berlin", "31/03/2024", "1711839600"),
        ("Europe/Berlin", "01/07/2024 12:30:30.9", "1719829830"),
        ("America/New_York", "2024-01-01T00:00:00+02:00", "1704060000"),
        ("Europe/Berlin", "2024-03-31 02:30", "1711848600"),
        ("Europe/Berlin", "2024-10-27 02:30", "1729989000"),
        ("UTC", "2024-01-01T00:00:00+99:00", "2024-01-01T00:00:00+99:00"),
        ("UTC", "soon", "soon"),
        ("UTC", "", ""),
    ],
)
def test_days_become_seconds_in_the_zone_that_is_said(frame_of, zone, before, after):
    assert EpochSeconds("d", "dmy", zone).apply(frame_of(d=[before]))["d"].tolist() == [after]


@pytest.mark.parametrize("zone", ["", "Berlin", "../etc/passwd", "UTC+2"])
def test_a_zone_that_is_none_is_refused(zone):
    with pytest.raises(ConfigError, match='Field "zone" is no time zone'):
        EpochSeconds("d", "dmy", zone)


ALIKE = ["A 1", " a 1", "A\u00a01 ", "A\u200b 1", "Ａ 1", "a\u00a0 1\ufeff"]


def test_texts_that_look_the_same_become_one(frame_of):
    lower = OneWriting("k", "lower").apply(frame_of(k=ALIKE))["k"]
    assert set(lower) == {"a 1"}
    kept = OneWriting("k").apply(frame_of(k=["é", "e\u0301", "É"]))["k"].tolist()
    assert kept == ["é", "é", "É"]
    assert OneWriting("k", "upper", "none").apply(frame_of(k=["de 89 3704", "DE893704"]))["k"].nunique() == 1


def test_a_recipe_notes_what_no_step_could_read_by_the_columns_last_name(frame_of):
    frame = frame_of(d=["31/12/2023", "12/31/2023", "soon"])
    steps = [
        {"kind": "parse_dates", "column": "d", "order": "dmy"},
        {"kind": "rename_column", "column": "d", "name": "day"},
        {"kind": "set_cells", "column": "day", "cells": [[4, ""]]},
    ]
    noted = Recipe.from_json(_json(steps)).apply(frame, noting=True)
    assert {name: rows.tolist() for name, rows in noted.unread.items()} == {("parse_dates", "day"): [3]}
    assert Recipe.from_json(_json(steps)).apply(frame).unread == {}
    gone = [*steps, {"kind": "drop_columns", "columns": ["day"]}]
    assert Recipe.from_json(_json(gone)).apply(frame.assign(e="x"), noting=True).unread == {}


def _json(steps):
    import json

    return json.dumps({"version": 1, "operations": steps})


def test_numbers_that_may_count_days_are_not_cleared_as_no_dates(frame_of):
    cells = ["1700000000", "1700000000000", "45352", "20240304", "1234", "12345x"]
    assert ClearNoDates("d").apply(frame_of(d=cells))["d"].tolist() == [*cells[:4], "", ""]
