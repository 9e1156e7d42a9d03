"""What may have been read wrongly is a doubt until a person has looked; told the same by pages and command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from run_folders import checked_folder, frozen_folder, plan_for

from importer.check import CheckResult
from importer.clean import Replace, SplitColumn
from importer.errors import ConfigError
from importer.intake import Dialect
from importer.prove import write_receipt
from importer.run import (
    accept_doubts,
    accepted_doubts,
    freeze_plan,
    guards_for,
    list_doubts,
    open_doubts,
    prepare_stage,
)
from importer.run.doubts import is_email_name

GOOD = "".join(f"p{at}@example.com,Person {at}\n" for at in range(10))


def codes(tmp_path: Path, content: str, **how: object) -> list[str]:
    return [doubt.code for doubt in list_doubts(checked_folder(tmp_path, content, **how))]  # type: ignore[arg-type]


def test_a_plain_list_leaves_no_doubt(tmp_path: Path) -> None:
    assert codes(tmp_path, f"email,name\n{GOOD}") == []


def test_a_key_called_e_mail_without_addresses_is_a_doubt_with_its_figures(tmp_path: Path) -> None:
    lines = "".join(f"1{at},Person {at}\n" for at in range(8)) + "a@example.com,Ann\n,Nobody\n"
    (doubt,) = list_doubts(checked_folder(tmp_path, f"E-Mail,name\n{lines}", columns=("E-Mail", "name")))
    assert (doubt.code, doubt.column, doubt.count, doubt.first_row) == ("key_is_no_address", "E-Mail", 8, 2)
    assert "of 9 cells looked at 8 hold no e-mail address" in doubt.message


@pytest.mark.parametrize(("strange", "expected"), [(2, []), (5, ["key_is_no_address"]), (10, ["key_is_no_address"])])
def test_a_third_of_the_key_without_an_address_is_a_doubt(tmp_path: Path, strange: int, expected: list[str]) -> None:
    """Of ten; fewer are held back by the rule for e-mail."""
    lines = "".join(f"1{at},Person {at}\n" for at in range(strange))
    assert codes(tmp_path, f"email,name\n{lines}{GOOD}") == expected


def test_what_stands_behind_the_first_thousands_of_rows_counts_too(tmp_path: Path) -> None:
    lines = "".join(f"p{at}@example.com,Ann\n" for at in range(2_500)) + "".join(
        f"n{at},Bob\n" for at in range(1_900)
    )
    assert codes(tmp_path, f"email,name\n{lines}") == ["key_is_no_address"]


def test_the_key_is_judged_as_the_steps_leave_it(tmp_path: Path) -> None:
    lines = "".join(f"p{at} at example.com,Person {at}\n" for at in range(10))
    content = f"email,name\n{lines}"
    assert codes(tmp_path, content) == ["key_is_no_address"]
    assert codes(tmp_path, content, operations=(Replace("email", " at ", "@"),)) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *(
            (name, True)
            for name in ("email", "E-Mail", "emailAddress", "E-Mail-Adresse", "Mail", "courriel", "E-post")
        ),
        *((name, False) for name in ("mailing_street", "id", "customer_code", "Name", "e", "female")),
    ],
)
def test_what_columns_of_addresses_are_called(name: str, expected: bool) -> None:
    assert is_email_name(name) is expected


@pytest.mark.parametrize(("repeats", "expected"), [(19, ["mostly_duplicates"]), (17, []), (1, [])])
def test_nine_in_ten_rows_that_repeat_a_key_are_a_doubt(tmp_path: Path, repeats: int, expected: list[str]) -> None:
    repeated = "a@example.com,Ann\n" * (repeats + 1)
    assert codes(tmp_path, f"email,name\n{repeated}b@example.com,Bob\n") == expected


def test_one_column_is_a_doubt_until_a_step_makes_several_of_it(tmp_path: Path) -> None:
    content = "email\n" + "".join(f"p#{at}@example.com\n" for at in range(5))
    assert codes(tmp_path, content, columns=("email",)) == ["one_column"]
    step = SplitColumn("email", "@", ("name", "host"))
    assert codes(tmp_path, content, columns=("email",), operations=(step,)) == []


def test_one_column_of_cells_without_a_sign_that_may_cut_them_is_no_doubt(tmp_path: Path) -> None:
    content = "email\n" + "".join(f"p{at}@example.com\n" for at in range(5))
    assert codes(tmp_path, content, columns=("email",)) == []


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("ann@example.com,Ann", ["data_as_names"]),
        ("email,+49 30 5550100", ["data_as_names"]),
        ("email,2024-03-01", ["data_as_names"]),
        ("email,1 May 2024", ["data_as_names"]),
        ("email,4711", ["data_as_names"]),
        ("email,2023,2024", []),
        ("email,1,2,3", []),
        ("email,30 days,Q1 2024,1st name,Line 2", []),
    ],
)
def test_names_of_columns_that_look_like_data_are_a_doubt(tmp_path: Path, names: str, expected: list[str]) -> None:
    width = names.count(",") + 1
    rows = "".join(",".join([f"p{at}@example.com", *["x"] * (width - 1)]) + "\n" for at in range(5))
    columns = tuple(names.split(","))
    assert codes(tmp_path, f"{names}\n{rows}", dialect=Dialect(), columns=columns) == expected


def test_without_a_header_no_name_is_looked_at(tmp_path: Path) -> None:
    assert codes(tmp_path, GOOD, columns=("column_1", "column_2")) == []


def test_a_doubt_stands_in_the_way_until_it_is_accepted_and_is_asked_again_when_it_changes(tmp_path: Path) -> None:
    folder = checked_folder(tmp_path, "contact\n" + "Ann p@example.com\n", columns=("contact",))
    found = list_doubts(folder)
    assert next(guard.code for guard in guards_for(folder, None) if guard.blocking) == "open_doubts"
    assert open_doubts(folder, found) == found
    accept_doubts(folder, found)
    assert (open_doubts(folder, found), accepted_doubts(folder)) == ((), found)
    assert "open_doubts" not in [guard.code for guard in guards_for(folder, None)]
    folder.source.write_bytes(b"mail\nAnn p@example.com\n")
    prepare_stage(folder)
    changed = list_doubts(folder)
    assert [doubt.column for doubt in open_doubts(folder, changed)] == ["mail"]


def test_the_receipt_names_the_doubts_that_were_accepted(tmp_path: Path) -> None:
    folder = checked_folder(tmp_path, "contact\nAnn p@example.com\n", columns=("contact",))
    accept_doubts(folder, list_doubts(folder))
    freeze_plan(folder, plan_for(folder), CheckResult.open(folder.check)).close()
    assert json.loads(write_receipt(folder).read_text())["accepted_doubts"] == ["one_column"]
    with pytest.raises(ConfigError, match="planned"):
        accept_doubts(folder, ())


def test_a_receipt_without_doubts_says_so(tmp_path: Path) -> None:
    assert json.loads(write_receipt(frozen_folder(tmp_path)).read_text())["accepted_doubts"] == []


EITHER = "".join(f"k{at};x,p{at}@example.com;y,Ann {at};z\n" for at in range(20))
DECIMALS = "email;amount\n" + "".join(f"p{at}@example.com;{at},50\n" for at in range(20))


def test_two_delimiters_that_cut_a_list_as_well_are_a_doubt(tmp_path: Path) -> None:
    folder = checked_folder(tmp_path, EITHER, columns=("column_2", "column_1"))
    (doubt,) = [doubt for doubt in list_doubts(folder) if doubt.code == "two_delimiters"]
    assert "semicolon" in doubt.message
    assert "comma" in doubt.message


@pytest.mark.parametrize("content", [DECIMALS, DECIMALS.replace(";", "\t")])
def test_decimal_commas_leave_no_doubt_about_the_delimiter(tmp_path: Path, content: str) -> None:
    """The control."""
    assert codes(tmp_path, content, columns=("email", "amount")) == []
