from __future__ import annotations

import pyarrow as pa
import pytest

from importer.clean import (
    ChangeCase,
    DecideRows,
    PersonCluster,
    PersonColumns,
    Recipe,
    SetCells,
    find_people,
    merge_people,
    people,
    people_keys,
    propose_survivor,
)
from importer.clean.people import SAME_EMAIL, SAME_PHONE
from importer.clean.people_keys import email_key, phone_key
from importer.errors import ConfigError

WHO = PersonColumns("email", "phone", ("first", "last"))


class Parts:
    def __init__(self, *frames):
        self._frames = frames

    def chunks(self):
        return iter(self._frames)


def _people(frame_of, *rows):
    first, last, email, phone = zip(*rows, strict=True)
    return frame_of(first=first, last=last, email=email, phone=phone)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (" Ann@Example.com", "ann@example.com"),
        ("mailto:ann@example.com", "ann@example.com"),
        ("Ann <ann+fair@example.com>", "ann@example.com"),
        ("a.n.n@googlemail.com", "ann@gmail.com"),
        ("a.nn@example.com", "a.nn@example.com"),
        ("+@example.com", "+@example.com"),
        ("no address", ""),
        ("", ""),
    ],
)
def test_one_mailbox_has_one_key(text, key):
    assert email_key(pa.array([text], pa.large_string())).to_pylist() == [key]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("+49 30 5550123", "305550123"),
        ("(030) 555-0123", "305550123"),
        ("555 0123", ""),
        ("4.44555E+11", ""),
        ("call 0305550123", ""),
    ],
)
def test_one_number_has_one_key_with_and_without_its_country(text, key):
    assert phone_key(pa.array([text], pa.large_string())).to_pylist() == [key]


def test_people_are_found_by_the_mailbox_and_by_phone_and_name(frame_of):
    frame = _people(
        frame_of,
        ("Ann", "Sample", "ann@example.com", ""),
        ("Bo", "Test", "bo@example.com", "+1 202 555 0143"),
        ("A.", "Sample", "Ann+news@example.com", ""),
        ("Test", "Bo", "bo.test@example.org", "(202) 555-0143"),
        ("Carla", "Other", "carla@example.com", "(202) 555-0143"),
        ("Bo", "Testt", "BO.test@example.org", ""),
    )
    expected = (
        PersonCluster((2, 4), (SAME_EMAIL,)),
        PersonCluster((3, 5, 7), (SAME_EMAIL, SAME_PHONE)),
    )
    assert find_people(Recipe(), WHO, Parts(frame)) == expected
    assert find_people(Recipe(), WHO, Parts(frame.iloc[:3], frame.iloc[3:])) == expected


def test_the_same_address_twice_is_a_duplicate_key_and_no_near_duplicate(frame_of):
    frame = _people(frame_of, ("Ann", "A", "ann@example.com", ""), ("Ann", "A", "ann@example.com", ""))
    assert find_people(Recipe(), WHO, Parts(frame)) == ()
    other = _people(frame_of, ("Ann", "A", "ann@example.com", ""), ("Ann", "A", "ANN@example.com", ""))
    assert len(find_people(Recipe(), WHO, Parts(other))) == 1  # control
    assert find_people(Recipe((ChangeCase("email", "lower"),)), WHO, Parts(other)) == ()


def test_people_behind_one_switchboard_are_put_together_by_their_name_alone(frame_of):
    rows = [(f"Given{at}", "Sample", f"p{at}@example.com", "030 5550000") for at in range(60)]
    rows.append(("sample", "given7", "q@example.com", "030 5550000"))
    assert find_people(Recipe(), WHO, Parts(_people(frame_of, *rows))) == (PersonCluster((9, 62), (SAME_PHONE,)),)


def test_blank_keys_join_nobody(frame_of):
    frame = _people(frame_of, ("", "", "", ""), ("", "", "", ""), ("Ann", "A", " ", ""), ("Ann", "A", "x", "12"))
    assert find_people(Recipe(), WHO, Parts(frame)) == ()


def test_rows_that_were_dropped_or_rejected_by_hand_are_nobody_any_more(frame_of):
    rows = [("Ann", "A", text, "") for text in ("ann@example.com", "ANN@example.com", "Ann@example.com")]
    parts = Parts(_people(frame_of, *rows))
    assert find_people(Recipe((DecideRows((3,), "drop"),)), WHO, parts) == (PersonCluster((2, 4), (SAME_EMAIL,)),)
    assert find_people(Recipe((DecideRows((3,), "drop"), DecideRows((4,), "reject"))), WHO, parts) == ()
    accepted = Recipe((DecideRows((3,), "drop"), DecideRows((3,), "accept")))
    assert find_people(accepted, WHO, parts) == (PersonCluster((2, 3, 4), (SAME_EMAIL,)),)  # control


def test_a_merge_leaves_nobody_to_merge(frame_of):
    frame = _people(frame_of, ("Ann", "A", "ann@example.com", ""), ("Ann", "A", "ANN@example.com", "12"))
    steps = merge_people(propose_survivor(frame), {"email": 2})
    assert find_people(Recipe(), WHO, Parts(frame)) != ()  # control
    assert find_people(Recipe(steps), WHO, Parts(frame)) == ()


def test_phone_numbers_that_differ_only_in_the_digits_looked_at_are_other_numbers(frame_of):
    rows = [("Ann", "A", "", f"+1 202 000 000 {at}") for at in range(3)]
    assert find_people(Recipe(), WHO, Parts(_people(frame_of, *rows))) == ()


@pytest.mark.parametrize(("limit", "said"), [("MAX_ROWS", "more than 3 rows"), ("MAX_ALIKE", "More than 3 rows")])
def test_a_list_that_would_take_too_much_memory_is_refused_in_words(frame_of, monkeypatch, limit, said):
    place = people_keys if limit == "MAX_ROWS" else people
    rows = [
        ("Ann", "A", text, "")
        for text in ("ann@example.com", "ANN@example.com", "Ann@example.com", "aNn@example.com")
    ]
    parts = Parts(_people(frame_of, *rows))
    assert len(find_people(Recipe(), WHO, parts)) == 1  # control
    monkeypatch.setattr(place, limit, 3)
    with pytest.raises(ConfigError, match=said):
        find_people(Recipe(), WHO, parts)


def test_what_the_check_refuses_is_not_proposed_where_there_is_better(frame_of):
    frame = frame_of(
        rows=[3, 8], email=[" ann@x", "ann@example.com"], city=["Bonn", ""], zip=["1", ""], note=["", "?"]
    )
    found = propose_survivor(frame, {(3, "email"), (8, "note")})
    assert (found.row, {one.column: one.chosen for one in found.fields}) == (
        3,
        {"email": 8, "city": 3, "zip": 3, "note": 8},
    )
    assert propose_survivor(frame).fields[0].chosen == 3  # control
    whole_row = propose_survivor(frame, {(3, "")})
    assert (whole_row.row, [one.chosen for one in whole_row.fields]) == (8, [8, 3, 3, 8])


def test_the_fullest_row_is_the_survivor_and_takes_what_it_lacks(frame_of):
    frame = frame_of(rows=[3, 8], name=["Ann", "Ann B."], city=["", "Bonn"], phone=["1", ""], note=["", " "])
    survivor = propose_survivor(frame)
    assert survivor.row == 3
    assert {one.column: (one.chosen, one.differs) for one in survivor.fields} == {
        "name": (3, True),
        "city": (8, True),
        "phone": (3, True),
        "note": (3, True),
    }
    assert merge_people(survivor) == (SetCells("city", ((3, "Bonn"),)), DecideRows((8,), "drop"))
    assert merge_people(survivor, {"name": 8, "city": 3}) == (
        SetCells("name", ((3, "Ann B."),)),
        DecideRows((8,), "drop"),
    )


@pytest.mark.parametrize("given", [(None, None, ("first",)), (None, "phone", ())])
def test_columns_that_tell_nobody_apart_are_refused(given):
    with pytest.raises(ConfigError, match="Name a column of e-mail addresses"):
        PersonColumns(*given)
