from __future__ import annotations

import json

import pandas as pd
import pytest

from importer.errors import ConfigError
from importer.list_warning import ListWarning
from importer.profile import KeyOverlap, KeySketch, compare_profiles, profile_stage, sketch_keys
from importer.profile.key_sketch import SKETCH_KEYS


class ListOf:
    def __init__(self, **columns):
        self.columns = tuple(columns)
        self.rows = len(next(iter(columns.values())))
        self._frame = pd.DataFrame(columns, index=pd.Index(range(2, self.rows + 2), name="row"), dtype="str")

    def chunks(self, columns=None):
        frame = self._frame if columns is None else self._frame[list(columns)]
        return (frame.iloc[start : start + 7_000] for start in range(0, self.rows, 7_000))


def _profile(key=None, **columns):
    return profile_stage(ListOf(**columns), key)


FULL = ["x"] * 100
WERE, RIGHT = " of the keys were in the last list; the time before", " Is it the right list?"


def _told(previous, now, overlap=None):
    return [(one.code, one.column, one.message) for one in compare_profiles(previous, now, overlap)]


def test_the_same_list_is_nothing_unusual():
    profile = _profile("a", a=[str(at) for at in range(100)], b=FULL)
    assert compare_profiles(profile, profile, KeyOverlap(0.5, 0.6)) == ()


def test_columns_that_came_and_went_are_told_with_what_may_be_the_same():
    assert _told(_profile(phone=FULL, city=FULL), _profile(**{"Phone ": FULL, "note": FULL})) == [
        (
            "missing_column",
            "phone",
            'Column "phone" is missing; the last list had it. It has "Phone ": is that the same?',
        ),
        ("missing_column", "city", 'Column "city" is missing; the last list had it.'),
        ("new_column", "Phone ", 'Column "Phone " is new; the last list did not have it.'),
        ("new_column", "note", 'Column "note" is new; the last list did not have it.'),
    ]


def test_a_lower_fill_rate_is_told():
    now = _profile(a=["x"] * 62 + [""] * 38)
    assert _told(_profile(a=["x"] * 95 + [""] * 5), now) == [
        ("fill_rate", "a", 'Column "a" is filled in 62 % of the rows; in the last list in 95 %.')
    ]
    assert _told(_profile(a=["x"] * 71 + [""] * 29), now) == []  # control: nine in a hundred


def test_ten_times_more_blanks_are_told():
    now = _profile(a=["x"] * 980 + [""] * 20)
    assert _told(_profile(a=["x"] * 998 + [""] * 2), now) == [
        ("more_blanks", "a", 'Column "a" has 10 times more blanks: 2 % of the rows, 0.2 % in the last list.')
    ]
    assert _told(_profile(a=["x"] * 997 + [""] * 3), now) == []  # control
    assert _told(_profile(a=["x"] * 1000), now) == [
        ("more_blanks", "a", 'Column "a" now has blanks: 2 % of the rows, 0 % in the last list.')
    ]


def test_a_column_that_holds_something_else_is_told():
    days, texts = ["2024-01-31"] * 50, ["soon"] * 50
    assert _told(_profile(a=days), _profile(a=texts)) == [
        ("other_shape", "a", 'Most cells of "a" look like text now; in the last list like date.')
    ]


def test_many_more_or_fewer_rows_are_told():
    assert _told(_profile(a=FULL), _profile(a=["x"] * 300)) == [
        ("row_count", "", "The list has 300 rows; the last one had 100.")
    ]
    assert _told(_profile(a=FULL), _profile(a=["x"] * 299)) == []  # control


def test_keys_that_repeat_ten_times_as_often_are_told():
    keys = [str(at) for at in range(100)]
    assert _told(_profile("a", a=keys), _profile("a", a=keys[:80] + keys[:20])) == [
        ("more_repeated_keys", "a", "20 rows repeat the key of an earlier one; in the last list 0 did.")
    ]


@pytest.mark.parametrize(
    ("overlap", "message"),
    [
        (KeyOverlap(0.05, 0.9), f"5 %{WERE} 90 %.{RIGHT}"),
        (
            KeyOverlap(0.999, 0.2),
            "99.9 % of the keys were in the last list; the time before 20 %. Is it the right list?",
        ),
        (KeyOverlap(0.0), "None of the keys was in the last list. Is it the right list?"),
        (KeyOverlap(1.0), "Every key was in the last list. Is it the same list again?"),
        (KeyOverlap(0.8, 0.9), None),
        (KeyOverlap(0.4), None),
        (KeyOverlap(1.0, 1.0), None),
    ],
)
def test_an_unusual_share_of_known_keys_is_told(overlap, message):
    told = compare_profiles(_profile(a=FULL), _profile(a=FULL), overlap)
    assert told == (() if message is None else (ListWarning("key_overlap", "", message),))


def test_of_a_few_rows_no_share_is_compared():
    assert _told(_profile(a=["x"] * 19), _profile(a=[""] * 19), KeyOverlap(0.0)) == []
    assert _told(_profile(a=["x"] * 20), _profile(a=[""] * 20), KeyOverlap(0.0)) != []  # control


def test_known_keys_are_counted_from_sketches_that_survive_json():
    old = sketch_keys(ListOf(k=["a@x.co", "b@x.co", "", "b@x.co"]), "k")
    new = sketch_keys(ListOf(k=[" B@x.co", "c@x.co", "d@x.co", "A@x.co"]), "k")
    assert new.share_in(old) == 0.5
    assert old.share_in(new) == 1.0
    assert KeySketch.from_dict(json.loads(json.dumps(old.to_dict()))) == old
    assert sketch_keys(ListOf(k=["", " "]), "k").share_in(old) == 0.0


def test_a_long_list_keeps_few_hashes_and_a_share_near_the_truth():
    old = sketch_keys(ListOf(k=[f"p{at}@example.com" for at in range(40_000)]), "k")
    new = sketch_keys(ListOf(k=[f"p{at}@example.com" for at in range(30_000, 60_000)]), "k")
    assert len(old.hashes) <= SKETCH_KEYS
    assert new.share_in(old) == pytest.approx(1 / 3, abs=0.03)


def test_a_sketch_needs_its_column_and_to_be_whole():
    with pytest.raises(ConfigError, match='has no column "k"'):
        sketch_keys(ListOf(a=["x"]), "k")
    for data in ({}, {"level": 0, "hashes": ["z!"]}, {"level": 0, "hashes": 3}):
        with pytest.raises(ConfigError, match="no whole sketch"):
            KeySketch.from_dict(data)
