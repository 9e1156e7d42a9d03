from __future__ import annotations

import pytest

from importer.clean import ChangeCase
from importer.errors import ConfigError


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("lower", ["ann o'neil", "jean-luc", "éva", "123"]),
        ("upper", ["ANN O'NEIL", "JEAN-LUC", "ÉVA", "123"]),
        ("title", ["Ann O'Neil", "Jean-Luc", "Éva", "123"]),
    ],
)
def test_change_case_turns_every_letter(frame_of, case, expected):
    frame = frame_of(name=["ANN o'neil", "jean-LUC", "éVA", "123"])
    assert ChangeCase("name", case).apply(frame)["name"].tolist() == expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("JOHN MCDONALD", "John McDonald"),
        ("o'neil", "O'Neil"),
        ("D’ANGELO", "D’Angelo"),
        ("URSULA VON DER LEYEN", "Ursula von der Leyen"),
        ("VON DER LEYEN", "von der Leyen"),
        ("VAN GOGH", "van Gogh"),
        ("DE LUCA", "De Luca"),
        ("mary-jane smith", "Mary-Jane Smith"),
        ("JOHN SMITH III", "John Smith III"),
        ("JOSÉ DE LA CRUZ", "José de la Cruz"),
        ("DeShawn mcDonald", "DeShawn mcDonald"),
        ("LE", "Le"),
        ("mackey", "Mackey"),
        ("  ann  ", "  Ann  "),
        ("", ""),
    ],
)
def test_names_get_their_usual_capitals(frame_of, before, after):
    assert ChangeCase("name", "name").apply(frame_of(name=[before]))["name"].tolist() == [after]


def test_change_case_refuses_a_case_it_does_not_know():
    with pytest.raises(ConfigError, match=r'Field "case" must be one of: lower, upper, title, name\.'):
        ChangeCase("name", "camel")


def test_change_case_refuses_to_work_on_no_column():
    with pytest.raises(ConfigError, match='Field "column" is empty'):
        ChangeCase("", "lower")


def test_change_case_title_is_plain_words():
    assert ChangeCase("name", "upper").title() == "Change name to upper case"
