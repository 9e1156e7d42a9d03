"""JSON as programs write it, with what is no JSON in it, down to the content of the table."""

from __future__ import annotations

from pathlib import Path

import pytest
from main_job.kit import MainJob, assert_items, assert_told

ANN = {"email": {"S": "ann@example.com"}, "score": {"N": "1"}}
BOB = {"email": {"S": "bob@example.com"}, "score": {"N": "2"}}


def test_a_byte_order_mark_before_a_later_line_costs_no_item(main_job: MainJob, tmp_path: Path) -> None:
    """Two exports joined; each began with a mark."""
    file = tmp_path / "list.jsonl"
    file.write_text(
        '\ufeff{"email":"ann@example.com","score":1}\n\ufeff{"email":"bob@example.com","score":2}\n', "utf-8"
    )
    outcome = main_job.import_list(file)
    assert outcome.code == 0, outcome.told
    assert_items(outcome, [ANN, BOB])
    assert_told(outcome, "1 line began with a byte-order mark")


FAULTS = {
    "has an object with the same name twice": '{"email":"dan@example.com","score":1,"score":2}',
    "holds NaN, which is no number in JSON": '{"email":"dan@example.com","score":NaN}',
    "holds Infinity, which is no number in JSON": '{"email":"dan@example.com","score":-Infinity}',
    "is not whole JSON": '{"email":"Dan@example.com","score":}',
}


@pytest.mark.parametrize(("why", "line"), FAULTS.items(), ids=FAULTS)
def test_an_item_that_is_no_json_is_rejected_alone_with_its_line_and_reason(
    why: str, line: str, main_job: MainJob, tmp_path: Path
) -> None:
    file = tmp_path / "list.jsonl"
    file.write_text(f'{{"email":"ann@example.com","score":1}}\n{line}\n{{"email":"bob@example.com","score":2}}\n')
    outcome = main_job.import_list(file)
    assert outcome.code == 3
    assert_items(outcome, [ANN, BOB])
    assert_told(outcome, f"Row 3 {why}.*line 2 of the file")
    assert "capitals" not in outcome.told


@pytest.mark.parametrize("is_array", [False, True])
def test_a_file_of_nothing_but_such_items_says_what_is_wrong_with_them(
    is_array: bool, main_job: MainJob, tmp_path: Path
) -> None:
    file = tmp_path / "list.json"
    item = FAULTS["has an object with the same name twice"]
    file.write_text(f"[{item}]" if is_array else item)
    outcome = main_job.import_list(file)
    assert (outcome.code, outcome.items) == (1, ())
    assert_told(outcome, "holds no item that can be read: the first has an object with the same name twice")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ('"hello"', "one value and nothing else"),
        ("[1,2,3]", "a JSON array of values"),
        ('["a", null, NaN]', "a JSON array of values"),
        ('[["a","b"],["c","d"]]', "a JSON array of lists"),
    ],
)
def test_json_without_objects_is_named_as_what_it_is(
    content: str, what: str, main_job: MainJob, tmp_path: Path
) -> None:
    file = tmp_path / "list.json"
    file.write_text(content)
    outcome = main_job.import_list(file)
    assert (outcome.code, outcome.items) == (1, ())
    assert_told(outcome, what)


def test_a_list_whose_names_stand_in_brackets_is_no_json(main_job: MainJob, tmp_path: Path) -> None:
    """The control."""
    file = tmp_path / "list.csv"
    file.write_text("email,score\n[1],2\n")
    outcome = main_job.import_list(file)
    assert outcome.code == 2
    assert_told(outcome, "no e-mail address")


def test_an_attribute_without_a_name_gets_one_and_that_is_told(main_job: MainJob, tmp_path: Path) -> None:
    file = tmp_path / "list.json"
    file.write_text('[{"email":"ann@example.com","":"x","score":1}]')
    outcome = main_job.import_list(file)
    assert_items(outcome, [ANN | {"column_2": {"S": "x"}}])
    assert_told(outcome, "Column 2 has no name")


def test_one_attribute_of_json_is_no_doubt(main_job: MainJob, tmp_path: Path) -> None:
    """No sign could stand between its cells."""
    file = tmp_path / "list.jsonl"
    file.write_text('{"email":"ann@example.com"}\n{"email":"bob@example.com"}\n')
    outcome = main_job.import_list(file)
    assert (outcome.code, len(outcome.items)) == (0, 2), outcome.told
