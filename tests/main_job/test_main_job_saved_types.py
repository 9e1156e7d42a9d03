"""Saved lists: types that nobody said are found anew, the table's go first, and every column has a way on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from main_job.kit import BY_EMAIL, MainJob, Outcome, TableSpec, assert_items, assert_told, warned, write_list

FIRST = "email,amt,code\na@x.org,5,k\nb@x.org,120,m\n"


@pytest.fixture
def saved(main_job: MainJob, tmp_path: Path) -> Callable[..., str]:
    """The name of a list that was imported and saved."""

    def save(text: str, *options: object, name: str = "first.csv", spec: TableSpec = BY_EMAIL) -> str:
        outcome = main_job.import_list(write_list(tmp_path, text, name), spec, *options)
        assert outcome.code == 0, outcome.told
        run_id = str(outcome.summary and outcome.summary["run_id"])
        code, _, told = main_job.command("saved", "save", run_id, f"list {run_id}", "--json")
        assert code == 0, told
        return f"list {run_id}"

    return save


def people(outcome: Outcome, attribute: str) -> dict[str, Any]:
    return {item["email"]["S"][0]: item.get(attribute) for item in outcome.items if item["email"]["S"] != "old"}


def test_the_tables_types_go_before_those_that_a_saved_list_found_in_its_cells(
    main_job: MainJob, tmp_path: Path, saved: Callable[..., str]
) -> None:
    old = {"email": {"S": "old"}, "amt": {"S": "x"}, "code": {"N": "1"}}
    file = write_list(tmp_path, "email,amt,code\nc@x.org,7,q\nd@x.org,81,12\n")
    outcome = main_job.import_list(file, TableSpec({"email": "S"}, items=[old]), "--saved", saved(FIRST))
    assert outcome.code == 3, outcome.told
    assert_items(outcome, [old, {"email": {"S": "d@x.org"}, "amt": {"S": "81"}, "code": {"N": "12"}}])
    assert [warning[:2] for warning in warned(outcome)] == [("not_a_number", "code")]
    assert_told(outcome, "types that the table has: code \\(number\\)\n")


def test_what_a_person_said_of_a_saved_list_stands_and_the_difference_is_told(
    main_job: MainJob, tmp_path: Path, saved: Callable[..., str]
) -> None:
    """The control."""
    old = {"email": {"S": "old"}, "amt": {"S": "x"}}
    name = saved(FIRST, "--type", "amt=N")
    outcome = main_job.import_list(
        write_list(tmp_path, "email,amt,code\nc@x.org,7,q\n"), TableSpec({"email": "S"}, items=[old]), "--saved", name
    )
    assert outcome.code == 0, outcome.told
    assert people(outcome, "amt") == {"c": {"N": "7"}}
    assert [warning[0] for warning in warned(outcome)] == ["type_conflict"]
    assert_told(outcome, "types that were said: amt")


def test_the_table_that_a_saved_list_filled_gives_its_type_back(
    main_job: MainJob, tmp_path: Path, saved: Callable[..., str]
) -> None:
    name = saved(FIRST)
    old = {"email": {"S": "old"}, "amt": {"N": "5"}}
    outcome = main_job.import_list(
        write_list(tmp_path, "email,amt,code\nc@x.org,?,q\nd@x.org,8,q\n"),
        TableSpec({"email": "S"}, items=[old]),
        "--saved",
        name,
    )
    assert (outcome.code, people(outcome, "amt")) == (3, {"d": {"N": "8"}}), outcome.told


LINES = '{"email":"a@x.org","n":5,"m":{"x":1},"z":"007"}\n'


def test_a_saved_list_of_json_takes_the_types_of_the_next_file(
    main_job: MainJob, tmp_path: Path, saved: Callable[..., str]
) -> None:
    name = saved(LINES, name="first.jsonl")
    lines = '{"email":"b@x.org","n":"x","m":"y","z":8}\n{"email":"c@x.org","n":5.50,"m":{"x":"12.000"},"z":"q"}\n'
    outcome = main_job.import_list(write_list(tmp_path, lines, "l.jsonl"), BY_EMAIL, "--saved", name)
    assert (outcome.code, warned(outcome)) == (0, []), outcome.told
    assert_items(
        outcome,
        [
            {"email": {"S": "b@x.org"}, "n": {"S": "x"}, "m": {"S": "y"}, "z": {"N": "8"}},
            {"email": {"S": "c@x.org"}, "n": {"N": "5.5"}, "m": {"M": {"x": {"S": "12.000"}}}, "z": {"S": "q"}},
        ],
    )


def test_dots_that_made_maps_make_maps_the_next_time(
    main_job: MainJob, tmp_path: Path, saved: Callable[..., str]
) -> None:
    name = saved("email,p.city\na@x.org,Oslo\n", "--nest-dots")
    outcome = main_job.import_list(write_list(tmp_path, "email,p.city\nb@x.org,Rome\n"), BY_EMAIL, "--saved", name)
    assert people(outcome, "p") == {"b": {"M": {"city": {"S": "Rome"}}}}, outcome.told


def test_columns_of_other_capitals_and_signs_are_taken_and_told(
    main_job: MainJob, tmp_path: Path, saved: Callable[..., str]
) -> None:
    file = write_list(tmp_path, "E-Mail,AMT,Code\nc@x.org,7,q\n")
    outcome = main_job.import_list(file, BY_EMAIL, "--saved", saved(FIRST), "--type", "AMT=S")
    assert outcome.code == 0, outcome.told
    assert_items(outcome, [{"email": {"S": "c@x.org"}, "amt": {"S": "7"}, "code": {"S": "q"}}])
    assert_told(outcome, '"E-Mail" is taken for "email"', '"AMT" is taken for "amt"')


def test_other_columns_have_a_way_on_without_a_page(
    main_job: MainJob, tmp_path: Path, saved: Callable[..., str]
) -> None:
    name = saved(FIRST)
    fewer = write_list(tmp_path, "email,amt\nc@x.org,7\n")
    refused = main_job.import_list(fewer, BY_EMAIL, "--saved", name)
    assert (refused.code, refused.items) == (1, ())
    assert_told(refused, 'Missing: "code".*--column "code="')
    outcome = main_job.import_list(fewer, BY_EMAIL, "--saved", name, "--column", "code=")
    assert (outcome.code, people(outcome, "amt")) == (0, {"c": {"N": "7"}}), outcome.told
    assert [warning[0] for warning in warned(outcome)] == ["missing_column", "saved_left_out"]
    other = write_list(tmp_path, "mail,amt,sign\nc@x.org,7,q\n")
    said = main_job.import_list(other, BY_EMAIL, "--saved", name, "--key", "email=mail", "--column", "code=sign")
    assert_items(said, [{"email": {"S": "c@x.org"}, "amt": {"N": "7"}, "code": {"S": "q"}}])
    wrong = main_job.import_list(other, BY_EMAIL, "--saved", name, "--column", "kode=sign")
    assert wrong.code == 1
    assert_told(wrong, '--column names a column that is not there. "list .*" has email, amt, code; the list has mail')
    alone = main_job.import_list(other, BY_EMAIL, "--column", "code=sign")
    assert alone.code == 2
    assert_told(alone, "It goes with --saved")
