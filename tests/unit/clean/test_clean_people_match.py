"""People without an e-mail address or phone number, found by name, birth date, address and number."""

from __future__ import annotations

from itertools import combinations

import pandas as pd
import pyarrow as pa
import pytest
from corpus.twice import HEADER, people_twice

from importer.clean import (
    PersonColumns,
    PersonGuess,
    Recipe,
    find_people,
    guess_person_columns,
    merge_people,
    people_keys,
    propose_survivor,
)
from importer.clean.people_match import birth_text
from importer.errors import ConfigError
from importer.profile import ListProfile, profile_columns

ANN = ("Ann Marie", "Sample", "12 High Street", "Leeds", "1984-03-02", "AB 123456")
WHO = PersonColumns(names=("first", "last"), birth="born", address=("street", "town"), number="ssn")


class Parts:
    def __init__(self, *frames):
        self._frames = frames

    def chunks(self):
        return iter(self._frames)


def frame_of(*rows):
    frame = pd.DataFrame(list(rows), columns=["first", "last", "street", "town", "born", "ssn"], dtype="str")
    frame.index = pd.RangeIndex(2, len(rows) + 2, name="row")
    return frame


def reasons(*rows, who=WHO):
    return [(person.rows, person.reasons) for person in find_people(Recipe(), who, Parts(frame_of(*rows)))]


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (("Marie Ann", "Sample", "9 Low Road", "York", "02.03.1984", ""), "alike in name and birth date"),
        (("Ann Marie", "Smaple", "12 High Street", "Leeds", "", ""), "alike in name and address"),
        (("Ann Marie", "Sample", "12 Highstreet", "Leeds", "1951-11-30", ""), "alike in name and address"),
        (("", "", "12 High St.", "Leeds", "1984-03-02", "AB123456"), "alike in birth date, address and number"),
        (("A. M.", "Other", "12 High Street", "Leeds", "", "ab-123456"), "alike in address and number"),
    ],
)
def test_two_rows_of_one_person_are_found_and_it_is_said_why(other, reason):
    assert reasons(ANN, other) == [((2, 3), (reason,))]


@pytest.mark.parametrize(
    "other",
    [
        ("Ann Marie", "Sample", "9 Low Road", "York", "1951-11-30", ""),
        ("Zoe", "Sample", "9 Low Road", "York", "1984-03-02", ""),
        ("Boris", "Kowalski", "12 High Street", "Leeds", "1984-03-02", ""),
        ("Ann Marie", "Sample", "", "", "", ""),
        ("Boris", "Kowalski", "9 Low Road", "York", "1951-11-30", "AB 123456"),
        ("", "", "", "", "", ""),
    ],
)
def test_people_who_share_one_thing_alone_are_two(other):
    assert reasons(ANN, other) == []


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("1984-03-02", "19840203"),
        ("2/3/1984", "19840203"),
        ("03.02.1984", "19840203"),
        ("19840302", "19840203"),
        ("1984-03-02T00:00:00", "19840203"),
        ("1984-12-31", "19841231"),
        ("2 March 84", ""),
        ("", ""),
    ],
)
def test_a_birth_date_is_the_same_in_every_order(text, key):
    assert birth_text(pa.array([text], pa.large_string())).to_pylist() == [key]


def test_two_rows_with_one_address_for_mail_are_left_to_the_key():
    frame = frame_of(ANN, ANN).assign(email=["ann@example.com", "ann@example.com"])
    who = PersonColumns("email", names=("first", "last"), birth="born")
    assert find_people(Recipe(), who, Parts(frame)) == ()
    other = frame.assign(email=["ann@example.com", "a.sample@example.org"])
    assert [person.rows for person in find_people(Recipe(), who, Parts(other))] == [(2, 3)]  # control


def test_a_merge_leaves_one_row():
    frame = frame_of(ANN, ("Ann Marie", "Sample", "", "", "1984-03-02", ""))
    steps = merge_people(propose_survivor(frame))
    assert Recipe(steps).row_verdicts() == {3: "drop"}
    assert find_people(Recipe(steps), WHO, Parts(frame)) == ()


def test_one_field_is_not_enough_to_compare_by():
    for who in ({"names": ("first",)}, {"birth": "born"}, {"phone": "tel"}, {}):
        with pytest.raises(ConfigError, match="two of"):
            PersonColumns(**who)


def test_a_list_too_long_to_be_compared_is_refused_and_not_guessed(monkeypatch):
    monkeypatch.setattr(people_keys, "MAX_COMPARED_ROWS", 1)
    with pytest.raises(ConfigError, match="more than 1 rows"):
        reasons(ANN, ANN)


def guess(header, rows=600_000) -> PersonGuess:
    frame = pd.DataFrame([["x"] * len(header)], columns=list(header), dtype="str")
    columns = tuple(profile_columns([frame], header).values())
    return guess_person_columns(ListProfile(rows, columns, 0, None, None, True, ()), header)


def test_columns_are_guessed_by_their_names():
    assert guess(HEADER, 1000) == PersonGuess(
        None, None, ("given_name", "surname"), "date_of_birth", ("street_number", "street", "zip", "city"), "ssn"
    )
    german = guess(("Vorname", "Nachname", "Straße", "PLZ", "Ort", "Geburtsdatum"), 9)
    assert (german.address, german.birth) == (("Straße", "PLZ", "Ort"), "Geburtsdatum")
    assert guess(("id", "name", "city", "number"), 9) == PersonGuess(None, None, ("name",))
    assert guess(HEADER) == PersonGuess(None, None, ("given_name", "surname"))


@pytest.mark.parametrize(("number", "least"), [("ssn", 0.99), (None, 0.95)])
@pytest.mark.parametrize("seed", [1, 2])
def test_nearly_all_pairs_of_a_list_with_slips_are_found_and_few_others(seed, number, least):
    rows, pairs = people_twice(seed)
    frame = pd.DataFrame(rows, columns=list(HEADER), dtype="str")
    who = PersonColumns(
        names=("given_name", "surname"),
        birth="date_of_birth",
        address=("street_number", "street", "zip", "city"),
        number=number,
    )
    found = find_people(Recipe(), who, Parts(frame.iloc[:300], frame.iloc[300:]))
    got = {pair for person in found for pair in combinations(person.rows, 2)}
    assert 2 * len(got & pairs) / (len(got) + len(pairs)) >= least
