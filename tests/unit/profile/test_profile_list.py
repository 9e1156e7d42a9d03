from __future__ import annotations

import json
import stat

import pandas as pd
import pytest

from importer.errors import ConfigError, FatalError
from importer.files import write_private
from importer.profile import load_profile, profile_columns, profile_stage, save_profile


class ListOf:
    """A stage over a literal list, in chunks of two rows."""

    def __init__(self, **columns):
        self.columns = tuple(columns)
        self.rows = len(next(iter(columns.values())))
        index = pd.Index(range(2, self.rows + 2), name="row")
        self._frame = pd.DataFrame(columns, index=index, dtype="str")

    def chunks(self, columns=None):
        frame = self._frame if columns is None else self._frame[list(columns)]
        return (frame.iloc[start : start + 2] for start in range(0, self.rows, 2))


CONTACTS = ListOf(
    email=["a@example.com", "b@example.com", " a@example.com", "", "A@example.com", "", "b@example.com"],
    city=["Rome", "Oslo", "Rome", "5-May", "Rome", "5-May", "Oslo"],
)


def test_rows_that_are_the_same_in_every_cell_are_duplicates_of_the_first():
    assert profile_stage(CONTACTS).duplicate_rows == 2
    assert profile_stage(ListOf(a=["x", "y", "x"], b=["y", "x", ""])).duplicate_rows == 0


def test_keys_are_the_same_but_for_spaces_at_their_ends_and_blank_ones_do_not_count():
    profile = profile_stage(CONTACTS, "email")
    assert (profile.duplicate_keys, profile.key_column) == (2, "email")
    assert profile_stage(CONTACTS).duplicate_keys is None


def test_an_unknown_key_column_is_refused_before_anything_is_read():
    with pytest.raises(ConfigError, match='The list has no column "mail" to be the key'):
        profile_stage(CONTACTS, "mail")


def test_damage_is_summed_over_the_columns():
    profile = profile_stage(ListOf(a=["5-May", "x", " y"], b=["z ", "May-05", "z"]))
    assert [(damage.code, damage.count, damage.first_row) for damage in profile.damage] == [
        ("month_day", 2, 2),
        ("padded", 2, 2),
    ]


def test_columns_keep_their_order_and_are_found_by_name():
    profile = profile_stage(CONTACTS)
    assert [column.name for column in profile.columns] == ["email", "city"]
    assert profile.column("city").top_values[0] == ("Rome", 3)
    with pytest.raises(KeyError):
        profile.column("country")


def test_a_list_with_no_rows_has_a_profile():
    profile = profile_stage(ListOf(a=[], b=[]), "a")
    assert (profile.rows, profile.duplicate_rows, profile.duplicate_keys) == (0, 0, 0)
    assert [column.main_shape for column in profile.columns] == ["empty", "empty"]


def test_a_saved_profile_is_loaded_whole_and_is_its_owners_alone(tmp_path):
    profile = profile_stage(CONTACTS, "email")
    save_profile(tmp_path / "profile.json", profile)
    assert load_profile(tmp_path / "profile.json") == profile
    assert stat.S_IMODE((tmp_path / "profile.json").stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["profile.json"]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"version": 2}', '{"version": 3}', '{"version": 2, "columns": 3}']
)
def test_what_is_no_profile_is_refused(tmp_path, text):
    (tmp_path / "profile.json").write_text(text)
    with pytest.raises(ConfigError, match=r"There is no whole profile in .*profile\.json\. Profile the list again\."):
        load_profile(tmp_path / "profile.json")


def test_a_profile_with_a_field_too_many_or_none_at_all_is_refused(tmp_path):
    save_profile(tmp_path / "profile.json", profile_stage(CONTACTS))
    data = json.loads((tmp_path / "profile.json").read_text())
    (tmp_path / "other.json").write_text(json.dumps(data | {"colour": "red"}))
    for name in ("other.json", "none.json"):
        with pytest.raises(ConfigError):
            load_profile(tmp_path / name)


def test_a_folder_that_is_gone_is_told_with_path_and_size(tmp_path):
    with pytest.raises(FatalError, match=r"gone/x \(3 bytes\) cannot be written: No such file or directory"):
        write_private(tmp_path / "gone" / "x", b"abc")


def test_columns_counted_together_are_each_as_if_it_were_alone():
    cells = {
        "n": ["1.5", "", "12.000", "007"],
        "Country": ["NA", " DE", "n/a", "DE"],
        "note": ["NA", "5-May", "K\u00c3\u00b6ln", "x\u200by"],
        "day": ["31/12/2024", "12/31/2024", "2024-01-31", "0/0/00"],
        "blank": ["", " ", "", ""],
    }
    frame = pd.DataFrame(cells, dtype="str", index=pd.RangeIndex(2, 6, name="row"))
    together = profile_columns([frame], tuple(cells))
    apart = [profile_columns([frame[[name]]], [name])[name] for name in cells]
    assert [*together.values()] == apart
    told = {one.name: {damage.code: damage.first_row for damage in one.damage} for one in apart}
    assert told == {
        "n": {},
        "Country": {"null_word": 4, "padded": 3},
        "note": {"month_day": 3, "mojibake": 4, "null_word": 2, "invisible": 5},
        "day": {"zero_date": 5},
        "blank": {},
    }
    assert [(one.day_first, one.month_first) for one in apart] == [(0, 0), (0, 0), (0, 0), (1, 1), (0, 0)]
    assert [one.numbers.numbers for one in apart] == [3, 0, 0, 0, 0]
