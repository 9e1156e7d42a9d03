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
    people_match,
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
        (("Marie Ann", "Sample", "9 Low Road", "York", "02.03.1984", ""), "same birth date, similar name"),
        (("Ann Marie", "Smaple", "12 High Street", "Leeds", "", ""), "same address, similar name"),
        (
            ("Ann Marie", "Sample", "12 Highstreet", "Leeds", "1984-30-02", ""),
            "same name, similar birth date and address",
        ),
        (("Ann Marie", "Other", "9 Low Road", "York", "", "AB 123456"), "same number, similar name"),
        (("Ann Marie", "Sample", "9 Low Road", "York", "2 Mar 84", ""), "same name and birth date"),
        (("Ann Marie", "Sample", "", "", "March 2nd, 1984", ""), "same name and birth date"),
        (
            ("Ann Marie", "Sample", "12 High Street", "Leeds", "1951-11-30", "AB 123456"),
            "same name, address and number",
        ),
        (("", "", "12 High St.", "Leeds", "1984-03-02", "AB123456"), "same birth date and number, similar address"),
        (("A. M.", "Other", "12 High Street", "Leeds", "", "ab-123456"), "same address and number"),
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
        ("2 March 84", "19840203"),
        ("2-Mar-1984", "19840203"),
        ("March 2, 1984", "19840203"),
        ("2. März 1984", "19840203"),
        ("02/03/84", "19840203"),
        ("2 March 31", "19310203"),
        ("2 Marsh 84", ""),
        ("1984", ""),
        ("", ""),
    ],
)
def test_a_birth_date_is_the_same_in_every_order(text, key):
    assert birth_text(pa.array([text], pa.large_string())).to_pylist() == [key]


HOME = ("12 High Street", "Leeds")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Tom", "Sample", *HOME, "1984-03-02", ""), ("Tim", "Sample", *HOME, "1984-03-02", "")),
        (("Paula", "Sample", *HOME, "1984-03-02", ""), ("Peter", "Sample", *HOME, "1984-03-02", "")),
        (("Paul", "Sample", *HOME, "1984-03-02", ""), ("Paula", "Sample", *HOME, "1984-03-02", "")),
        (("Mario", "Sample", *HOME, "1984-03-02", ""), ("Marianne", "Sample", *HOME, "1984-03-02", "")),
        (("Holly", "Sample", *HOME, "1984-03-02", ""), ("Molly", "Sample", *HOME, "1984-03-02", "")),
        (("Lea", "Sample", *HOME, "1984-03-02", ""), ("Lena", "Sample", *HOME, "1984-03-02", "")),
        (("Paul", "Sample", *HOME, "1984-03-02", ""), ("Pauline", "Sample", *HOME, "1984-03-02", "")),
        (("Max", "Sample sen.", *HOME, "", ""), ("Max", "Sample jun.", *HOME, "", "")),
        (("Max", "Sample d. Ä.", *HOME, "", ""), ("Max", "Sample d. J.", *HOME, "", "")),
        (("Anna Maria", "Sample", *HOME, "1984-03-02", ""), ("Elena Maria", "Sample", *HOME, "1984-03-02", "")),
        (("Jan", "Sample", *HOME, "1984-03-02", "440918273"), ("Jens", "Sample", *HOME, "1984-03-02", "440918274")),
        (("Ann", "Sample", *HOME, "1951-02-10", ""), ("Ann", "Sample", *HOME, "1979-08-30", "")),
        (("Ann", "Sample", *HOME, "10 Feb 51", "440918273"), ("Ann", "Sample", *HOME, "1979-08-30", "440918274")),
        (("Bo", "Sample Sr.", *HOME, "", "M-20418"), ("Bo", "Sample Jr.", *HOME, "", "M-77321")),
        (("Bo", "Sample", *HOME, "", ""), ("Bo", "Sample III", *HOME, "", "")),
    ],
)
def test_twins_and_parents_and_children_of_one_household_are_two(one, other):
    assert reasons(one, other) == []
    assert [rows for rows, _ in reasons(one, one)] == [(2, 3)]  # control


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(("Margaret", "Margret"), ("Jon", "John"), ("William", "Bill"), ("Ann", "Anne"), ("Karl", "Carl")),
        *(("M.", "Margaret"), ("Stefan", "Stephan"), ("Anne-Marie", "Annemarie"), ("Jürgen", "Juergen")),
        *(("Sarah", "Sahra"), ("Tpm", "Tom"), ("Roo", "Roro"), ("Denis", "Dennis")),
    ],
)
def test_a_first_name_typed_or_called_otherwise_is_the_same(one, other):
    rows = [(name, "Sample", *HOME, "1984-03-02", "") for name in (one, other)]
    assert [found for found, _ in reasons(*rows)] == [(2, 3)]


PHONE = "+49 30 1234567"


@pytest.mark.parametrize(
    ("one", "other", "are_same"),
    [
        (("Tom", "Sample", ""), ("Tim", "Sample", ""), False),
        (("Robert", "Sample", "1951-02-10"), ("Robert", "Sample", "1979-08-30"), False),
        (("Robert", "Sample Sr.", ""), ("Robert", "Sample Jr.", ""), False),
        (("Robert", "Sample", "1951-02-10"), ("Robbert", "Sample", "10 Feb 1951"), True),
        (("Robert", "Sample", ""), ("Sample", "Robert", ""), True),
    ],
)
def test_a_family_of_one_phone_number_is_no_one_person(one, other, are_same):
    frame = pd.DataFrame([(*one, PHONE), (*other, PHONE)], columns=["first", "last", "born", "tel"], dtype="str")
    who = PersonColumns(phone="tel", names=("first", "last"), birth="born")
    assert bool(find_people(Recipe(), who, Parts(frame))) == are_same


@pytest.mark.parametrize(("first", "are_same"), [("Tim", False), ("Thomas", True), ("Tom", True)])
def test_twins_of_one_phone_number_are_two_where_nothing_else_is_known(first, are_same):
    frame = pd.DataFrame([("Tom", "Samplewood", PHONE), (first, "Samplewood", PHONE)], dtype="str")
    frame.columns = ["first", "last", "tel"]
    people = find_people(Recipe(), PersonColumns(phone="tel", names=("first", "last")), Parts(frame))
    assert bool(people) == are_same


@pytest.mark.parametrize(
    ("one", "other", "are_same"),
    [
        ("Margaret Sample", "Sample, Margaret", True),
        ("Margaret Sample", "Mrs. Margaret J. Sample", True),
        ("Margaret Sample", "DR MARGRET SAMPLE", True),
        ("Margaret Sample", "Martin Sample", False),
        ("Mr Tom Sample", "Sample, Tim", False),
        ("Dr. Tom Sample", "Dr. Tim Sample", False),
    ],
)
def test_twins_are_told_apart_where_the_whole_name_is_in_one_cell(one, other, are_same):
    frame = pd.DataFrame({"name": [one, other], "born": ["1984-03-02"] * 2}, dtype="str")
    who = PersonColumns(names=("name",), birth="born")
    assert bool(find_people(Recipe(), who, Parts(frame))) == are_same


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
    return guess_person_columns(ListProfile(rows, columns, 0, None, None, ()), header)


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


@pytest.mark.parametrize("pairs_at_a_time", [7, 50_000])
def test_without_all_reasons_the_same_rows_are_one_person(monkeypatch, pairs_at_a_time):
    monkeypatch.setattr(people_match, "MOST_PAIRS", pairs_at_a_time)
    alike = [
        (f"Given{row % 90}", f"Sample{row % 70}", f"{row % 20} High Street", "Leeds", "", "") for row in range(150)
    ]
    frame = frame_of(*alike, ANN, ("Ann Maria", *ANN[1:4], "", ""), ("Zoe", "Other", "1 Low Road", "York", "", ""))
    everything = find_people(Recipe(), WHO, Parts(frame))
    some = find_people(Recipe(), WHO, Parts(frame), all_reasons=False)
    assert [person.rows for person in some] == [person.rows for person in everything]
    assert everything[-1].rows == (152, 153)
    assert len(everything[0].rows) > 100
    for person, whole in zip(some, everything, strict=True):
        assert person.reasons
        assert set(person.reasons) <= set(whole.reasons)
