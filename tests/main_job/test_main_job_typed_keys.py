"""Keys and index keys of lists with types: texts that are numbers, null and empty values, values of another type."""

from __future__ import annotations

from pathlib import Path

import pytest
from main_job.kit import BY_EMAIL, MainJob, TableSpec, assert_items, assert_told, warned, write_list

BY_CITY = TableSpec({"email": "S"}, {"byCity": {"city": "S"}, "byAge": {"age": "N"}})

LEFT_OUT = {
    "l.jsonl": '{"email":"a@x.org","city":null,"age":5}\n{"email":"b@x.org","city":"","age":null}\n'
    '{"email":"c@x.org","city":"Oslo","age":"x"}\n{"email":"d@x.org","city":"Rome","age":"7"}\n',
    "l.json": '{"email":{"S":"a@x.org"},"city":{"NULL":true},"age":{"N":"5"}}\n'
    '{"email":{"S":"b@x.org"},"city":{"S":""},"age":{"NULL":true}}\n'
    '{"email":{"S":"c@x.org"},"city":{"S":"Oslo"},"age":{"S":"x"}}\n'
    '{"email":{"S":"d@x.org"},"city":{"S":"Rome"},"age":{"N":"7"}}\n',
}


@pytest.mark.parametrize("name", LEFT_OUT)
def test_null_and_empty_values_are_left_out_of_an_indexs_key_and_that_is_told(
    name: str, main_job: MainJob, tmp_path: Path
) -> None:
    outcome = main_job.import_list(write_list(tmp_path, LEFT_OUT[name], name), BY_CITY)
    assert outcome.code == 3, outcome.told
    assert_items(
        outcome,
        [
            {"email": {"S": "a@x.org"}, "age": {"N": "5"}},
            {"email": {"S": "b@x.org"}},
            {"email": {"S": "d@x.org"}, "city": {"S": "Rome"}, "age": {"N": "7"}},
        ],
    )
    assert sorted(warned(outcome)) == [
        ("index_key_left_out", "age", 1, 3),
        ("index_key_left_out", "city", 2, 2),
        ("not_a_number", "age", 1, 4),
    ]
    assert_told(outcome, 'index byAge of the table wants "age" as number \\(N\\)', "key of index byCity")


def test_control_null_and_empty_values_stay_where_no_index_is(main_job: MainJob, tmp_path: Path) -> None:
    lines = '{"email":"a@x.org","city":null}\n{"email":"b@x.org","city":""}\n{"email":"c@x.org","city":"Oslo"}\n'
    outcome = main_job.import_list(write_list(tmp_path, lines, "l.jsonl"), BY_EMAIL)
    assert (outcome.code, warned(outcome)) == (0, []), outcome.told
    held = {item["email"]["S"][0]: item["city"] for item in outcome.items}
    assert held == {"a": {"NULL": True}, "b": {"S": ""}, "c": {"S": "Oslo"}}


def test_a_text_among_the_numbers_of_a_key_is_read_as_a_lists_cell(main_job: MainJob, tmp_path: Path) -> None:
    lines = "".join(f'{{"id":{value},"v":"x"}}\n' for value in ("7", "6.50", '"8"', '"abc"', '"009"', "null", "true"))
    outcome = main_job.import_list(write_list(tmp_path, lines, "l.jsonl"), TableSpec({"id": "N"}))
    assert outcome.code == 3, outcome.told
    assert {item["id"]["N"] for item in outcome.items} == {"7", "6.5", "8"}
    told = {code: rows for code, _, rows, _ in warned(outcome)}
    assert told == {"not_a_number": 1, "leading_zeros_lost": 1, "key_missing": 1, "other_type": 1}
    assert_told(outcome, 'for the table\'s key is "id" as number \\(N\\)')


def test_numbers_of_a_file_that_the_table_has_as_text_are_told(main_job: MainJob, tmp_path: Path) -> None:
    old = {"email": {"S": "old"}, "zip": {"S": "01067"}, "tags": {"SS": ["q"]}}
    lines = '{"email":"a@x.org","zip":1067,"tags":["a",1]}\n'
    outcome = main_job.import_list(write_list(tmp_path, lines, "l.jsonl"), TableSpec({"email": "S"}, items=[old]))
    assert outcome.code == 0, outcome.told
    assert_items(outcome, [old, {"email": {"S": "a@x.org"}, "zip": {"S": "1067"}, "tags": {"SS": ["a", "1"]}}])
    assert [warning[:2] for warning in warned(outcome)] == [("number_as_text", "zip"), ("number_as_text", "tags")]
    control = main_job.import_list(
        write_list(tmp_path, '{"email":"a@x.org","zip":"1067","tags":["a","1"]}\n', "c.jsonl"),
        TableSpec({"email": "S"}, items=[old]),
    )
    assert (control.code, warned(control)) == (0, []), control.told


ALIKE = {
    "joiner": "a\u200db", "final sigma": "οδοσ", "dash": "a\u2011b", "apostrophe": "o\u2019neil",
    "braille": "cd\u2800",
    "tatweel": "محـمد", "capital of ß": "STRASSE",
}  # fmt: skip
PLAIN = ("ab", "οδος", "a-b", "o'neil", "cd", "محمد", "straße")


def test_keys_that_differ_in_signs_nobody_tells_apart_are_told(main_job: MainJob, tmp_path: Path) -> None:
    rows = "".join(f"{key},x\n" for key in (*ALIKE.values(), *PLAIN, "other"))
    outcome = main_job.import_list(write_list(tmp_path, f"code,v\n{rows}"), TableSpec({"code": "S"}))
    assert (outcome.code, len(outcome.items)) == (0, 15), outcome.told
    assert ("alike_keys", "code", 14, 2) in warned(outcome)
