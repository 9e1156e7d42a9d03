"""Types are taken from the table or the source, or proved by every cell; what is unsure stays text and is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from main_job.kit import BY_EMAIL, MainJob, TableSpec, assert_items, assert_told, warned, write_list

BY_ID = TableSpec({"id": "S"})


def test_numbers_that_may_be_thousands_stay_text_and_are_told(main_job: MainJob, tmp_path: Path) -> None:
    text = "email;Saldo;Rate;Fläche\na@x.org;1.500;0,5;2 500\nb@x.org;20.250;1;900\n"
    outcome = main_job.import_list(write_list(tmp_path, text), BY_EMAIL)
    assert outcome.code == 0, outcome.told
    assert_items(
        outcome,
        [
            {"email": {"S": "a@x.org"}, "saldo": {"S": "1.500"}, "rate": {"S": "0,5"}, "flache": {"S": "2 500"}},
            {"email": {"S": "b@x.org"}, "saldo": {"S": "20.250"}, "rate": {"S": "1"}, "flache": {"S": "900"}},
        ],
    )
    assert warned(outcome) == [("ambiguous_numbers", "Saldo", 2, 2), ("ambiguous_numbers", "Fläche", 1, 2)]
    assert_told(outcome, '--type "Saldo=N:thousands" or "Saldo=N:fractions"', 'new names: "Saldo" → saldo')


def test_a_person_says_what_they_are_and_is_not_asked_again(main_job: MainJob, tmp_path: Path) -> None:
    file = write_list(tmp_path, "email,saldo,rest\na@x.org,1.500,1.250\nb@x.org,2.750,2.500\n")
    outcome = main_job.import_list(file, BY_EMAIL, "--type", "saldo=N:fractions", "--type", "rest=S")
    assert outcome.code == 0, outcome.told
    assert_items(
        outcome,
        [
            {"email": {"S": "a@x.org"}, "saldo": {"N": "1.5"}, "rest": {"S": "1.250"}},
            {"email": {"S": "b@x.org"}, "saldo": {"N": "2.75"}, "rest": {"S": "2.500"}},
        ],
    )
    assert warned(outcome) == []


def test_plain_numbers_are_numbers_and_codes_of_every_kind_are_text(main_job: MainJob, tmp_path: Path) -> None:
    text = "email,visits,rating,release,PIN code,Kdnr.,year,flag\na@x.org,7,4.5,1.10,4711,17,2019,yes\n"
    outcome = main_job.import_list(write_list(tmp_path, f"{text}b@x.org,1200,3.25,1.9,815,18,2020,no\n"), BY_EMAIL)
    first = {
        "email": {"S": "a@x.org"}, "visits": {"N": "7"}, "rating": {"N": "4.5"}, "release": {"S": "1.10"},
        "pin_code": {"S": "4711"}, "kdnr": {"S": "17"}, "year": {"S": "2019"}, "flag": {"S": "yes"},
    }  # fmt: skip
    second = {
        "email": {"S": "b@x.org"}, "visits": {"N": "1200"}, "rating": {"N": "3.25"}, "release": {"S": "1.9"},
        "pin_code": {"S": "815"}, "kdnr": {"S": "18"}, "year": {"S": "2020"}, "flag": {"S": "no"},
    }  # fmt: skip
    assert_items(outcome, [first, second])


def test_a_cell_far_down_keeps_its_column_text(main_job: MainJob, tmp_path: Path) -> None:
    rows = "".join(f"p{number}@x.org,{number % 20}\n" for number in range(500))
    outcome = main_job.import_list(write_list(tmp_path, f"email,rank\n{rows}last@x.org,1.0\n"), BY_EMAIL)
    held = {item["email"]["S"]: item["rank"] for item in outcome.items}
    assert (held["last@x.org"], held["p7@x.org"]) == ({"S": "1.0"}, {"S": "7"})


HELD = {
    "email": {"S": "old@x.org"},
    "points": {"N": "3"},
    "active": {"BOOL": True},
    "tags": {"SS": ["x"]},
    "history": {"L": [{"N": "1"}]},
    "zip": {"N": "1000"},
}
LIVE = TableSpec({"email": "S"}, items=[HELD])


def test_the_types_of_the_tables_items_are_taken_and_what_does_not_fit_is_held_back(
    main_job: MainJob, tmp_path: Path
) -> None:
    text = (
        "email,points,active,tags,history,zip\n"
        'a@x.org,12,yes,x;y,"[1,""two""]",2000\n'
        "b@x.org,none,no,z,[],3000\n"
        "c@x.org,14,perhaps,z,[],3000\n"
        "d@x.org,15,no,z,[],03000\n"
    )
    outcome = main_job.import_list(write_list(tmp_path, text), LIVE)
    assert outcome.code == 3, outcome.told
    new = {
        "email": {"S": "a@x.org"}, "points": {"N": "12"}, "active": {"BOOL": True}, "tags": {"SS": ["x", "y"]},
        "history": {"L": [{"N": "1"}, {"S": "two"}]}, "zip": {"N": "2000"},
    }  # fmt: skip
    assert_items(outcome, [HELD, new])
    held_back = [("not_a_number", "points", 1, 3), ("not_a_boolean", "active", 1, 4)]
    held_back += [("leading_zeros_lost", "zip", 1, 5)]
    assert sorted(warned(outcome)) == sorted(held_back)
    assert_told(
        outcome, "types that the table has: points \\(number\\), active \\(yes or no\\), tags \\(set of texts\\)"
    )
    assert_told(outcome, 'row is held back, for 1 of 1 item looked at have "points" as number')
    rejects = Path(str(outcome.summary and outcome.summary["rejects"])).read_text("utf-8")
    assert rejects.count("@x.org") == 3


def test_a_type_that_a_schema_names_is_a_persons_word_and_the_difference_is_told(
    main_job: MainJob, tmp_path: Path
) -> None:
    schema = "version: 1\nkey: [email]\ncolumns:\n  - {column: email, attribute: email}\n"
    schema += "  - {column: points, attribute: points}\n"
    file = write_list(tmp_path, "email,points\na@x.org,none\n")
    outcome = main_job.import_list(file, LIVE, "--schema", write_list(tmp_path, schema, "s.yaml"), "--mode", "insert")
    assert outcome.code == 0, outcome.told
    assert_items(outcome, [HELD, {"email": {"S": "a@x.org"}, "points": {"S": "none"}}])
    assert_told(outcome, 'The table has "points" as number \\(N\\) in 1 of 1 item looked at; the list writes text')


def test_what_the_table_holds_as_several_types_is_told_and_written_as_text(main_job: MainJob, tmp_path: Path) -> None:
    items = [{"email": {"S": f"{kind}@x.org"}, "age": {kind: "7"}} for kind in ("S", "N")]
    spec = TableSpec({"email": "S"}, items=items)
    outcome = main_job.import_list(write_list(tmp_path, "email,age\na@x.org,9\n"), spec)
    assert_items(outcome, [*items, {"email": {"S": "a@x.org"}, "age": {"S": "9"}}])
    assert_told(outcome, '"age" as (text|number) .* in 1, .* in 1 of 2 items looked at; the list writes text')


def test_thousands_in_a_column_that_the_table_has_as_numbers_are_a_doubt(main_job: MainJob, tmp_path: Path) -> None:
    file = write_list(tmp_path, "email,points\na@x.org,1.500\nb@x.org,2.250\n")
    outcome = main_job.import_list(file, LIVE)
    assert outcome.code == 2
    assert_items(outcome, [HELD])
    assert_told(outcome, "doubt: .*points.* may have a point for thousands")
    accepted = main_job.import_list(file, LIVE, "--yes")
    assert accepted.code == 0
    assert {item["points"]["N"] for item in accepted.items} == {"3", "1.5", "2.25"}
    control = main_job.import_list(write_list(tmp_path, "email,points\na@x.org,1.5\nb@x.org,2.25\n"), LIVE)
    assert control.code == 0, control.told


def test_a_recipes_columns_are_judged_as_it_leaves_them(main_job: MainJob, tmp_path: Path) -> None:
    steps = [
        {"kind": "parse_numbers", "column": "Saldo", "decimal": ",", "thousands": "."},
        {"kind": "rename_column", "column": "Saldo", "name": "balance"},
        {"kind": "add_column", "name": "source", "text": "fair"},
    ]
    recipe = write_list(tmp_path, json.dumps({"version": 1, "operations": steps}), "r.json")
    file = write_list(tmp_path, "email;Saldo\na@x.org;1.500,5\nb@x.org;20.250\n")
    outcome = main_job.import_list(file, BY_EMAIL, "--recipe", recipe)
    assert outcome.code == 0, outcome.told
    assert_items(
        outcome,
        [
            {"email": {"S": "a@x.org"}, "balance": {"N": "1500.5"}, "source": {"S": "fair"}},
            {"email": {"S": "b@x.org"}, "balance": {"N": "20250"}, "source": {"S": "fair"}},
        ],
    )
    assert warned(outcome) == []


TYPES = {
    "ns": ("NS", "1;2.50;2.5", {"NS": ["1", "2.5"]}),
    "ns json": ("NS", '"[3,1]"', {"NS": ["1", "3"]}),
    "ss json": ("SS", '"[""a"",""b;c""]"', {"SS": ["a", "b;c"]}),
    "b hex": ("B:hex", "0xDEADbeef", {"B": b"\xde\xad\xbe\xef"}),
    "b base64": ("B:base64", "3q2+7w==", {"B": b"\xde\xad\xbe\xef"}),
    "bs hex": ("BS:hex", "00;ff", {"BS": [b"\x00", b"\xff"]}),
    "l plain": ("L", '"[1,[""x""],{""y"":0}]"', {"L": [{"N": "1"}, {"L": [{"S": "x"}]}, {"M": {"y": {"N": "0"}}}]}),
    "l typed": ("L", '"[{""S"":""a""},{""NS"":[""1""]}]"', {"L": [{"S": "a"}, {"NS": ["1"]}]}),
    "m typed": ("M", '"{""a"":{""N"":""1.0""}}"', {"M": {"a": {"N": "1"}}}),
    "m wrapped": ("M", '"{""M"":{""a"":{""BOOL"":false}}}"', {"M": {"a": {"BOOL": False}}}),
    "m plain": ("M", '"{""S"":1,""t"":[]}"', {"M": {"S": {"N": "1"}, "t": {"L": []}}}),
    "bool": ("BOOL", "Yes", {"BOOL": True}),
    "null": ("NULL", "null", {"NULL": True}),
}  # fmt: skip


@pytest.mark.parametrize("name", TYPES)
def test_every_type_of_dynamodb_is_written(main_job: MainJob, tmp_path: Path, name: str) -> None:
    kind, cell, value = TYPES[name]
    outcome = main_job.import_list(write_list(tmp_path, f"id,v\n1,{cell}\n2,\n"), BY_ID, "--type", f"v={kind}")
    assert outcome.code == 0, outcome.told
    assert_items(outcome, [{"id": {"S": "1"}, "v": value}, {"id": {"S": "2"}}])


MISFITS = {
    "NS": ("1;x", "not_a_number"),
    "BS:hex": ("00;0g", "not_hex"),
    "B:hex": ("abc", "not_hex"),
    "B:base64": ("abc", "not_base64"),
    "SS": ("a;;b", "empty_set_element"),
    "L": ('"{}"', "not_a_json_list"),
    "M": ("x", "not_a_json_map"),
    "BOOL": ("perhaps", "not_a_boolean"),
}


@pytest.mark.parametrize("kind", MISFITS)
def test_a_cell_that_is_not_of_the_type_holds_its_row_alone_back(
    main_job: MainJob, tmp_path: Path, kind: str
) -> None:
    cell, code = MISFITS[kind]
    outcome = main_job.import_list(write_list(tmp_path, f"id,v\n1,{cell}\n2,\n"), BY_ID, "--type", f"v={kind}")
    assert outcome.code == 3, outcome.told
    assert_items(outcome, [{"id": {"S": "2"}}])
    assert f",v,{code}," in Path(str(outcome.summary and outcome.summary["rejects"])).read_text("utf-8")


def test_binary_is_asked_for_and_never_assumed(main_job: MainJob, tmp_path: Path) -> None:
    spec = TableSpec({"id": "S"}, items=[{"id": {"S": "0"}, "raw": {"B": b"\x01"}}])
    file = write_list(tmp_path, "id,raw\n1,0a1b\n")
    outcome = main_job.import_list(file, spec)
    assert (outcome.code, len(outcome.items)) == (1, 1)
    assert_told(outcome, "hex and base64 cannot be told apart", '--type "raw=B:hex"')
    for form, held in (("hex", b"\x0a\x1b"), ("base64", b"\xd1\xad\x5b")):
        said = main_job.import_list(file, spec, "--type", f"raw=B:{form}")
        assert said.code == 0, said.told
        assert_items(said, [{"id": {"S": "0"}, "raw": {"B": b"\x01"}}, {"id": {"S": "1"}, "raw": {"B": held}}])


def test_columns_with_dots_become_maps_when_asked_for(main_job: MainJob, tmp_path: Path) -> None:
    text = 'id,address.city,address.zip,address.geo.lat,note\n1,"Oslo ""S""",0150,59.5,x\n2,,,,\n3,,00184,,y\n'
    outcome = main_job.import_list(write_list(tmp_path, text), BY_ID, "--nest-dots", "--type", "address.geo.lat=N")
    assert outcome.code == 0, outcome.told
    whole = {"city": {"S": 'Oslo "S"'}, "zip": {"S": "0150"}, "geo": {"M": {"lat": {"N": "59.5"}}}}
    assert_items(
        outcome,
        [
            {"id": {"S": "1"}, "address": {"M": whole}, "note": {"S": "x"}},
            {"id": {"S": "2"}},
            {"id": {"S": "3"}, "address": {"M": {"zip": {"S": "00184"}}}, "note": {"S": "y"}},
        ],
    )
    flat = main_job.import_list(write_list(tmp_path, "id,a.b\n1,x\n"), BY_ID)
    assert_items(flat, [{"id": {"S": "1"}, "a_b": {"S": "x"}}])


def test_a_value_and_a_map_of_one_name_are_refused(main_job: MainJob, tmp_path: Path) -> None:
    outcome = main_job.import_list(write_list(tmp_path, "id,a,a.b\n1,x,y\n"), BY_ID, "--nest-dots")
    assert (outcome.code, outcome.items) == (1, ())
    assert_told(outcome, 'attribute "a" is a value of its own and cannot be a map too')


def test_types_of_json_are_kept_value_by_value(main_job: MainJob, tmp_path: Path) -> None:
    lines = (
        '{"id":"1","n":1.50,"mix":5,"none":null,"deep":{"zip":"0150","list":[1,{"x":null}]}}\n'
        '{"id":"2","n":"text","mix":"five","none":"","flag":true}\n'
        '{"id":"3","mix":"{\\"N\\":\\"5\\"}"}\n'
    )
    outcome = main_job.import_list(write_list(tmp_path, lines, "list.jsonl"), BY_ID)
    assert outcome.code == 0, outcome.told
    deep = {"zip": {"S": "0150"}, "list": {"L": [{"N": "1"}, {"M": {"x": {"NULL": True}}}]}}
    assert_items(
        outcome,
        [
            {"id": {"S": "1"}, "n": {"N": "1.5"}, "mix": {"N": "5"}, "none": {"NULL": True}, "deep": {"M": deep}},
            {"id": {"S": "2"}, "n": {"S": "text"}, "mix": {"S": "five"}, "none": {"S": ""}, "flag": {"BOOL": True}},
            {"id": {"S": "3"}, "mix": {"S": '{"N":"5"}'}},
        ],
    )


def test_the_tables_type_goes_before_that_of_json_and_a_key_has_one_type(main_job: MainJob, tmp_path: Path) -> None:
    spec = TableSpec({"id": "S"}, items=[{"id": {"S": "0"}, "age": {"N": "7"}}])
    lines = '{"id":"1","age":"8"}\n{"id":"2","age":"old"}\n{"id":3,"age":9}\n{"id":"4","age":null}\n'
    outcome = main_job.import_list(write_list(tmp_path, lines, "list.jsonl"), spec)
    assert outcome.code == 3, outcome.told
    held = {item["id"]["S"]: item.get("age") for item in outcome.items}
    assert held == {"0": {"N": "7"}, "1": {"N": "8"}, "4": {"NULL": True}}


def test_names_and_types_come_from_keys_and_indexes_where_items_may_not_be_read(
    main_job: MainJob, tmp_path: Path
) -> None:
    spec = TableSpec({"userId": "S"}, {"byCity": {"homeCity": "S", "joinedAt": "N"}})
    text = "User ID,Home City,joined-at,First Name\nu1,Oslo,5,Ann\nu2,Rome,soon,Bob\nu3,,7,Cat\n"
    outcome = main_job.import_list(write_list(tmp_path, text), spec)
    assert outcome.code == 3, outcome.told
    assert_items(
        outcome,
        [
            {"userId": {"S": "u1"}, "homeCity": {"S": "Oslo"}, "joinedAt": {"N": "5"}, "first_name": {"S": "Ann"}},
            {"userId": {"S": "u3"}, "joinedAt": {"N": "7"}, "first_name": {"S": "Cat"}},
        ],
    )
    assert_told(outcome, 'index byCity of the table wants "joinedAt" as number', 'the key is "User ID" → userId')


def test_an_index_key_is_never_written_empty_or_null(main_job: MainJob, tmp_path: Path) -> None:
    schema = (
        "version: 1\nkey: [id]\ncolumns:\n  - {column: id, attribute: id}\n"
        '  - {column: city, attribute: city, blank: "BLANK"}\n'
    )
    spec = TableSpec({"id": "S"}, {"byCity": {"city": "S"}})
    file = write_list(tmp_path, "id,city\n1,Oslo\n2,\n")
    for blank in ("empty", "null"):
        given = write_list(tmp_path, schema.replace("BLANK", blank), "s.yaml")
        outcome = main_job.import_list(file, spec, "--schema", given)
        assert outcome.code == 3, outcome.told
        assert_items(outcome, [{"id": {"S": "1"}, "city": {"S": "Oslo"}}])
        assert_told(outcome, "byCity")
    control = main_job.import_list(
        file, spec, "--schema", write_list(tmp_path, schema.replace("BLANK", "omit"), "s.yaml")
    )
    assert_items(control, [{"id": {"S": "1"}, "city": {"S": "Oslo"}}, {"id": {"S": "2"}}])


def test_a_schemas_type_gives_way_to_an_index_and_that_is_told(main_job: MainJob, tmp_path: Path) -> None:
    schema = "version: 1\nkey: [id]\ncolumns:\n  - {column: id, attribute: id}\n  - {column: age, attribute: age}\n"
    spec = TableSpec({"id": "S"}, {"byAge": {"age": "N"}})
    file = write_list(tmp_path, "id,age\n1,34\n2,?\n")
    outcome = main_job.import_list(file, spec, "--schema", write_list(tmp_path, schema, "s.yaml"))
    assert outcome.code == 3, outcome.told
    assert_items(outcome, [{"id": {"S": "1"}, "age": {"N": "34"}}])
    assert_told(outcome, '"age" is written as number \\(N\\): index byAge has it so')
    refused = main_job.import_list(file, spec, "--type", "age=S")
    assert (refused.code, refused.items) == (1, ())
    assert_told(refused, '"age" must be number \\(N\\): index byAge has it so')
