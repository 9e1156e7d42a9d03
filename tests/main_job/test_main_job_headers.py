"""Which rows name the columns, from the file to the content of the table."""

from __future__ import annotations

from pathlib import Path

import pytest
from main_job.kit import BY_EMAIL, MainJob, TableSpec, assert_items, assert_told

BY_ID = TableSpec({"id": "S"})

PEOPLE = [("1000", "Ann", "20"), ("1001", "Bob", "21"), ("1002", "Cat", "22"), ("1003", "Dan", "23")]
PEOPLE_LINES = "".join(f"{','.join(person)}\n" for person in PEOPLE)
PEOPLE_ITEMS = [{"id": {"S": id_}, "name": {"S": name}, "age": {"N": age}} for id_, name, age in PEOPLE]


@pytest.mark.parametrize("row", ["INTEGER,VARCHAR(80),NUMERIC", "Q1,Q2,Q3", "Kundennummer,Name,Alter"])
def test_a_row_about_the_columns_is_no_contact_and_costs_no_type(row: str, main_job: MainJob, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(f"id,name,age\n{row}\n{PEOPLE_LINES}")
    outcome = main_job.import_list(file, BY_ID)
    assert outcome.code == 0, outcome.told
    assert_items(outcome, PEOPLE_ITEMS)
    assert_told(outcome, "row 2: label_row")


def test_a_row_that_may_name_the_columns_is_asked_about_and_joined_when_that_is_said(
    main_job: MainJob, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(f"id,name,age\nstaff,reception,adult\n{PEOPLE_LINES}")
    refused = main_job.import_list(file, BY_ID)
    assert (refused.code, refused.items) == (2, ())
    assert_told(refused, "row 2 has words", "--header-row 1-2", "--yes")
    joined = main_job.import_list(file, BY_ID, "--header-row", "1-2", "--key", "id=id staff", table=refused.table)
    assert (joined.code, len(joined.items)) == (0, 4), joined.told
    assert {name for item in joined.items for name in item} == {"id", "name_reception", "age_adult"}


@pytest.mark.parametrize("names", [("2021", "2022"), ("2024-01", "2024-02"), ("1", "2")])
def test_columns_called_by_numbers_keep_their_names(
    names: tuple[str, str], main_job: MainJob, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(f"email,{','.join(names)}\nann@example.com,100,200\nbob@example.com,101,201\n")
    outcome = main_job.import_list(file, BY_EMAIL, "--names", "keep")
    assert outcome.code == 0, outcome.told
    assert_items(
        outcome,
        [
            {"email": {"S": "ann@example.com"}, names[0]: {"?": "100"}, names[1]: {"?": "200"}},
            {"email": {"S": "bob@example.com"}, names[0]: {"?": "101"}, names[1]: {"?": "201"}},
        ],
    )


def test_a_first_row_taken_for_a_contact_is_said_with_what_to_do(main_job: MainJob, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("email,21.5,7,99\nann@example.com,100,200,5\nbob@example.com,101,201,6\n".replace("email", "-"))
    refused = main_job.import_list(file)
    assert (refused.code, refused.items) == (1, ())
    assert_told(refused, "taken for a contact", "--header-row 1")


def test_answers_below_questions_that_span_them_become_attributes(main_job: MainJob, tmp_path: Path) -> None:
    file = tmp_path / "survey.csv"
    file.write_text(
        "Respondent ID,Email,Which do you use?,,\n,,Phone,Tablet,Other (please specify)\n"
        "114,ann@example.com,Phone,,\n115,bob@example.com,,Tablet,Laptop\n116,cat@example.com,,Tablet,\n"
    )
    outcome = main_job.import_list(file)
    assert outcome.code == 0, outcome.told
    phone, tablet = "which_do_you_use_phone", "which_do_you_use_tablet"
    other = "which_do_you_use_other_please_specify"
    assert_items(
        outcome,
        [
            {"email": {"S": "ann@example.com"}, "respondent_id": {"?": "114"}, phone: {"S": "Phone"}},
            {
                "email": {"S": "bob@example.com"},
                "respondent_id": {"?": "115"},
                tablet: {"S": "Tablet"},
                other: {"S": "Laptop"},
            },
            {"email": {"S": "cat@example.com"}, "respondent_id": {"?": "116"}, tablet: {"S": "Tablet"}},
        ],
    )
    assert_told(outcome, "joined_header")


DOUBTFUL = {
    "table_with_other_delimiter": "email;name;city\n"
    + "".join(f"a{at}@example.com;Ann;Oslo\n" for at in range(4))
    + "email,name,city\n"
    + "".join(f"b{at}@example.com,Bob,Rome\n" for at in range(5)),
    "rows_longer_than_header": "email,name,city\n" + "".join(f"p{at}@example.com,Lee, Ann,Oslo\n" for at in range(5)),
    "contact_as_names": "email,Ann Lee,Main Road 5\n"
    + "".join(f"p{at}@example.com,{('Ann', 'Bob')[at % 2]} Lee,Side Road {at}\n" for at in range(5)),
    "data_as_names": "email,https://example.com/ann\n"
    + "".join(f"p{at}@example.com,Person {at}\n" for at in range(5)),
}


@pytest.mark.parametrize(("code", "content"), DOUBTFUL.items(), ids=DOUBTFUL)
def test_a_header_that_may_be_none_is_asked_about(code: str, content: str, main_job: MainJob, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(content)
    refused = main_job.import_list(file)
    assert (refused.code, refused.items) == (2, ())
    assert_told(refused, f"doubt: .*|{code}", "--yes")
    accepted = main_job.import_list(file, BY_EMAIL, "--yes", table=refused.table)
    assert accepted.summary is not None
    assert code in [one["code"] for one in accepted.summary["warnings"] if one["is_doubt"]]
    assert len(accepted.items) == 5


def test_one_column_of_addresses_with_commas_arrives_whole_the_way_that_is_told(
    main_job: MainJob, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    addresses = [f"Hauptstr. {at}, 1011{at} Berlin" for at in range(5)]
    file.write_text("address\n" + "".join(f"{address}\n" for address in addresses))
    refused = main_job.import_list(file, TableSpec({"address": "S"}))
    assert (refused.code, refused.items) == (1, ())
    assert_told(refused, r"one column .* say --delimiter \\t --header-row 1")
    said = ("--delimiter", "\\t", "--header-row", "1", "--yes")
    accepted = main_job.import_list(file, TableSpec({"address": "S"}), *said)
    assert sorted(item["address"]["S"] for item in accepted.items) == addresses
