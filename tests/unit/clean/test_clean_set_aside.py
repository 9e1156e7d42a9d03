from __future__ import annotations

import stat

import pytest

from importer.clean import (
    PEOPLE,
    Cluster,
    PersonCluster,
    SetAside,
    load_set_aside,
    person_mark,
    save_set_aside,
    value_mark,
)
from importer.errors import ConfigError

CLUSTER = Cluster((("Acme", 5), ("ACME", 2)), "Acme", "fingerprint")


def test_a_group_is_known_again_whatever_its_counts_and_the_way_it_was_found():
    again = Cluster((("ACME", 9), ("Acme", 1)), "ACME", "distance")
    assert value_mark(again) == value_mark(CLUSTER)
    assert value_mark(Cluster((("Acme", 5), ("ACME", 2), ("acme", 1)), "Acme", "ngram")) != value_mark(CLUSTER)


def test_rows_are_different_people_in_the_list_as_it_was_read():
    rows = PersonCluster((2, 9), ("why",))
    assert person_mark(rows, "list one") == person_mark(PersonCluster((2, 9), ("other",)), "list one")
    assert person_mark(rows, "list two") != person_mark(rows, "list one")
    assert person_mark(PersonCluster((29,), ()), "list one") != person_mark(rows, "list one")


def test_what_was_put_aside_comes_back_from_the_disk_and_holds_no_value(tmp_path):
    path = tmp_path / "set-aside.json"
    assert load_set_aside(path) == SetAside()
    aside = SetAside().put("Company", value_mark(CLUSTER)).put(PEOPLE, "mark")
    save_set_aside(path, aside)
    assert load_set_aside(path) == aside
    assert load_set_aside(path).has("Company", value_mark(CLUSTER))
    assert not load_set_aside(path).has("City", value_mark(CLUSTER))
    assert "acme" not in path.read_text("utf-8").lower()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_one_topic_is_taken_back_and_the_others_stay():
    aside = SetAside().put("Company", "a").put("City", "b").put(PEOPLE, "c")
    assert aside.without("Company") == SetAside().put("City", "b").put(PEOPLE, "c")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 2, "marks": []}', '{"version": 1, "marks": [1]}'])
def test_a_damaged_file_is_said_with_its_place(tmp_path, text):
    path = tmp_path / "set-aside.json"
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"set-aside\.json. Delete that file"):
        load_set_aside(path)
