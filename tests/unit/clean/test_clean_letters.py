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


def test_change_case_refuses_a_case_it_does_not_know():
    with pytest.raises(ConfigError, match=r'Field "case" must be one of: lower, upper, title\.'):
        ChangeCase("name", "camel")


def test_change_case_refuses_to_work_on_no_column():
    with pytest.raises(ConfigError, match='Field "column" is empty'):
        ChangeCase("", "lower")


def test_change_case_title_is_plain_words():
    assert ChangeCase("name", "upper").title() == "Change name to upper case"
