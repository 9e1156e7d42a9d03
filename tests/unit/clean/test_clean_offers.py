from __future__ import annotations

import pytest

from importer.clean import ClusterColumns, PersonGuess, cluster_columns, guess_person_columns
from importer.profile import profile_stage


class Parts:
    def __init__(self, frame):
        self.columns = tuple(frame.columns)
        self.rows = len(frame)
        self._frame = frame

    def chunks(self):
        return iter([self._frame])


def _profile(frame):
    return profile_stage(Parts(frame), None)


def _contacts(frame_of):
    return frame_of(
        **{
            "Notes": ["a note", "a word", "one more", "the last"],
            "E-Mail": ["a@example.com", "b@example.com", "c@example.com", "d@example.com"],
            "Colour": ["red", "red", "Red", "red"],
            "Phone": ["+1 202 555 0143", "+1 202 555 0144", "+1 202 555 0145", "+1 202 555 0146"],
            "Job title": ["Clerk", "clerk", "Clerk", "Clerk"],
            "Score": ["1", "2", "1", "2"],
            "Since": ["2024-01-01", "2024-01-02", "2024-01-01", "2024-01-02"],
            "Empty": ["", "", "", ""],
            "Same": ["x", "x", "x", "x"],
            "City": ["Bonn", "Rome", "Paris", "Köln"],
            "First Name": ["Ann", "Bo", "Cy", "Di"],
            "Surname": ["A", "B", "C", "D"],
        }
    )


def test_columns_of_names_that_come_again_are_offered_first_and_what_is_no_text_not_at_all(frame_of):
    frame = _contacts(frame_of)
    offered = cluster_columns(_profile(frame), tuple(frame.columns), keys=("E-Mail",))
    assert offered == ClusterColumns(("Job title", "City", "Colour"), ("Notes", "First Name", "Surname"))


def test_a_key_is_not_offered_and_a_column_the_recipe_made_comes_last(frame_of):
    frame = _contacts(frame_of)
    offered = cluster_columns(_profile(frame), ("Colour", "Place", "Job title"), keys=("Colour",))
    assert offered == ClusterColumns(("Job title",), ("Place",))


def test_the_columns_that_tell_people_apart_are_guessed(frame_of):
    frame = _contacts(frame_of)
    guess = guess_person_columns(_profile(frame), tuple(frame.columns))
    assert guess == PersonGuess("E-Mail", "Phone", ("First Name", "Surname"))


@pytest.mark.parametrize(
    ("columns", "guess"),
    [
        ({"Contact": ["Ann A"], "x": ["a@example.com"]}, PersonGuess("x", None, ("Contact",))),
        ({"Last name": ["A"], "E-Mail": ["not one"]}, PersonGuess("E-Mail", None, ("Last name",))),
        ({"Fax": ["+1 202 555 0143"], "Mobile": ["+1 202 555 0143"]}, PersonGuess(None, "Mobile", ())),
        ({"Colour": ["red"], "E-Mail": [""]}, PersonGuess(None, None, ())),
    ],
)
def test_the_guess_follows_names_and_shapes(frame_of, columns, guess):
    frame = frame_of(**columns)
    assert guess_person_columns(_profile(frame), tuple(frame.columns)) == guess


def test_a_column_that_a_step_took_out_is_not_guessed(frame_of):
    frame = _contacts(frame_of)
    assert guess_person_columns(_profile(frame), ("Phone", "Surname")) == PersonGuess(None, "Phone", ("Surname",))
